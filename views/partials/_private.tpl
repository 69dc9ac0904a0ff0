% # presenter, private: what look_closely gives
% question, stats = private["question"], private["stats"]
% kind, path = QUESTION_TYPES[question["type"]], f"/api/questions/{question['id']}"
<div data-private hx-get="/questions/{{question["id"]}}/private" hx-trigger="answers" hx-swap="outerHTML">
  % if stats is None:
  <p class="covered-here">The answers are covered.</p>
  % elif private["entries"]:
  <form class="moderation" method="post" action="{{path}}/hide" hx-post="{{path}}/hide" hx-target="closest [data-private]" hx-swap="outerHTML">
    <ul class="list">
      % for row in private["entries"]:
      % hidden = row.get("hidden")
      <li class="{{"is-hidden" if hidden else ""}}">
        <span><bdi dir="auto">{{row["label"]}}</bdi>{{f" {row['count']}×" if row["count"] > 1 else ""}}{{" (hidden)" if hidden else ""}}</span>
        <button class="quiet" name="{{"show" if hidden else "hide"}}" value="{{row["key"]}}">{{"Show again" if hidden else "Hide"}}</button>
      </li>
      % end
    </ul>
  </form>
  % else:
  % include("questions/" + question["type"] + "/_results.tpl", question=question, stats=stats)
  % end
  % if presenter["alone"] and kind.marks_right:
  <form class="marks" method="post" action="{{path}}/mark" hx-post="{{path}}/mark" hx-target="closest [data-private]" hx-swap="outerHTML">
    <p>Right answers, one tap on the letter:</p>
    % for option in question["options"]:
    <button id="mark-{{question["id"]}}-{{option["key"]}}" name="key" value="{{option["key"]}}" aria-pressed="{{"true" if option["correct"] else "false"}}" aria-label="{{option["key"]}}: {{option["text"]}}">{{option["key"]}}</button>
    % end
  </form>
  % end
  % if private["people"]:
  <h3>Who is here</h3>
  <ul class="people">
    % for person in private["people"]:
    <li class="{{"" if person["here"] else "is-away"}}"><bdi dir="auto">{{person["name"]}}</bdi>{{"" if person["here"] else " (away)"}}{{" ✓ answered" if person["answered"] else ""}}</li>
    % end
  </ul>
  % end
</div>
