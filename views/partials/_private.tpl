% # presenter, private: what get_private_view gives
% question, stats = private["question"], private["stats"]
% kind, path = QUESTION_TYPES[question["type"]], f"/api/questions/{question['id']}"
% named = presenter["screen_is_private"] and question["asked_names"] != "no"
<div data-private hx-get="/questions/{{question["id"]}}/private" hx-target="closest [data-private]" hx-swap="outerHTML" hx-trigger="answers">
  <section class="pane" id="answers" data-panel="answers" role="group" aria-label="Answers" tabindex="0">
    % if stats is None:
    <p>{{"The first vote is running. Its results appear here when you close it." if private["is_covered"] and presenter["screen_is_private"] else "The answers are covered."}}</p>
    % end
    % if "right_right" in (private["changes"] or ()):
    % include("partials/_changes.tpl", question=question, changes=private["changes"])
    % end
    % if private["hint"]:
    <p class="advice">{{_(private["hint"])}}</p>
    % end
    % if kind.is_text and stats and not private["entries"]:
    % include("questions/" + question["type"] + "/_results.tpl", question=question, stats=stats)
    % elif not kind.is_text and (stats or private["rows"]):
    % include("partials/_answers.tpl", question=question, stats=stats, rows=private["rows"], takes_hands=private["takes_hands"], named=named, path=path)
    % end
    % if private["changes"] and "right_right" not in private["changes"]:
    % include("partials/_changes.tpl", question=question, changes=private["changes"])
    % end
    % for near in private["near"]:
    <form class="near" method="post" action="{{path}}/accept" hx-post="{{path}}/accept">
      <p><span>{{_("Close to “{answer}”:", answer=near["answer"])}}</span>
        % for row in near["rows"]:
        <input type="hidden" name="key" value="{{row["key"]}}"><bdi dir="auto">{{row["label"]}}</bdi> ({{row["count"]}}){{"" if row is near["rows"][-1] else ", "}}
        % end
      </p>
      <button>{{"Accept these" if near["rows"][1:] else "Accept"}}</button>
    </form>
    % end
    % if private["entries"]:
    % added = kind.list_added(question["options"]) if kind.can_accept else ()
    <form class="moderation" method="post" action="{{path}}/hide" hx-post="{{path}}/hide">
      <ul class="list">
        % for row in private["entries"]:
        % hidden = row.get("hidden")
        <li class="{{"is-hidden" if hidden else ""}}">
          % if named:
          <details class="chosen" data-chosen="entry {{row["key"]}}"><summary>
          % end
          <span><bdi dir="auto">{{row["label"]}}</bdi>{{_(" {count}×", count=row["count"]) if row["count"] > 1 else ""}}{{_(" (hidden)") if hidden else ""}}
            % if row["right"] and row["key"] not in added:
            <b class="verdict">✓ <span class="wide-only">correct answer</span></b>
            % end
          </span>
          % if named:
          </summary>
          % include("partials/_who.tpl", question=question, key=row["key"], who=None)
          </details>
          % end
          % if row.get("cut"):
          <a href="/questions/{{question["id"]}}/text?key={{row["key"]}}">whole text</a>
          % end
          % if row["key"] in added:
          <b class="verdict">✓ Accepted</b>
          <button class="quiet" formaction="{{path}}/accept" name="withdraw" value="{{row["key"]}}" aria-label="{{_("Undo: {answer}", answer=row["label"])}}">Undo</button>
          % elif kind.can_accept and not row["right"]:
          <button class="quiet" formaction="{{path}}/accept" name="key" value="{{row["key"]}}">Accept</button>
          % end
          <button class="quiet" name="{{"show" if hidden else "hide"}}" value="{{row["key"]}}">{{"Show again" if hidden else "Hide"}}</button>
        </li>
        % end
      </ul>
      % if private["more"]:
      <p class="more">{{_("and {count} more", count=private["more"])}}</p>
      % end
    </form>
    % end
    % if question["explanation"] if presenter["screen_is_private"] else find_explanation(question):
    <section class="explained">
      <h2>Explanation</h2>
      <p dir="auto">{{!format_text(question["explanation"])}}</p>
    </section>
    % end
    % if presenter["screen_is_private"] and kind.marks_correct:
    <form class="marks" method="post" action="{{path}}/mark" hx-post="{{path}}/mark">
      <p>Mark the correct answer:</p>
      % for option in question["options"]:
      <button id="mark-{{question["id"]}}-{{option["key"]}}" name="key" value="{{option["key"]}}" aria-pressed="{{"true" if option["correct"] else "false"}}" aria-label="{{option["key"]}}: {{plain_text(option["text"])}}">{{option["key"]}}</button>
      % end
    </form>
    % end
  </section>
  % include("partials/_students.tpl", private=private, question=question, path=path)
</div>
