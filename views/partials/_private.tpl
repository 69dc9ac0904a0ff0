% # presenter, private: what get_private_view gives
% question, stats, keyed = private["question"], private["stats"], True
% kind, path = QUESTION_TYPES[question["type"]], f"/api/questions/{question['id']}"
<div data-private hx-get="/questions/{{question["id"]}}/private" hx-trigger="answers" hx-swap="outerHTML">
  <section class="pane" id="answers" data-panel="answers" role="group" aria-label="Answers" tabindex="0">
    % if stats is None:
    <p>The answers are covered.</p>
    % else:
    % if not private["entries"] or not kind.is_text:
    % include("questions/" + question["type"] + "/_results.tpl", question=question, stats=stats)
    % end
    % if private["entries"]:
    <form class="moderation" method="post" action="{{path}}/hide" hx-post="{{path}}/hide" hx-target="closest [data-private]" hx-swap="outerHTML">
      <ul class="list">
        % for row in private["entries"]:
        % hidden = row.get("hidden")
        <li class="{{"is-hidden" if hidden else ""}}">
          <span><bdi dir="auto">{{row["label"]}}</bdi>{{_(" {count}×", count=row["count"]) if row["count"] > 1 else ""}}{{_(" (hidden)") if hidden else ""}}
            % if row.get("cut"):
            <a href="/questions/{{question["id"]}}/text?key={{row["key"]}}">whole text</a>
            % end
          </span>
          <button class="quiet" name="{{"show" if hidden else "hide"}}" value="{{row["key"]}}">{{"Show again" if hidden else "Hide"}}</button>
        </li>
        % end
      </ul>
      % if private["more"]:
      <p class="more">{{_("and {count} more", count=private["more"])}}</p>
      % end
    </form>
    % end
    % end
    % if presenter["screen_is_private"] and kind.marks_correct:
    <form class="marks" method="post" action="{{path}}/mark" hx-post="{{path}}/mark" hx-target="closest [data-private]" hx-swap="outerHTML">
      <p>Mark the correct answer:</p>
      % for option in question["options"]:
      <button id="mark-{{question["id"]}}-{{option["key"]}}" name="key" value="{{option["key"]}}" aria-pressed="{{"true" if option["correct"] else "false"}}" aria-label="{{option["key"]}}: {{option["text"]}}">{{option["key"]}}</button>
      % end
    </form>
    % end
  </section>
  % include("partials/_students.tpl", private=private, question=question, path=path)
</div>
