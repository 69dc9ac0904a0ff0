% # presenter, private: what get_private_view gives
% question, stats = private["question"], private["stats"]
% kind, path = QUESTION_TYPES[question["type"]], f"/api/questions/{question['id']}"
<div data-private role="group" aria-label="Answers" tabindex="0" hx-get="/questions/{{question["id"]}}/private" hx-trigger="answers" hx-swap="outerHTML">
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
        <span><bdi dir="auto">{{row["label"]}}</bdi>{{f" {row['count']}×" if row["count"] > 1 else ""}}{{" (hidden)" if hidden else ""}}
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
    <p>Right answers, one tap on the letter:</p>
    % for option in question["options"]:
    <button id="mark-{{question["id"]}}-{{option["key"]}}" name="key" value="{{option["key"]}}" aria-pressed="{{"true" if option["correct"] else "false"}}" aria-label="{{option["key"]}}: {{option["text"]}}">{{option["key"]}}</button>
    % end
  </form>
  % end
  % if private["people"] or private["addresses"] > 1 or private["groups"]:
  <form class="people" method="post" action="/api/questions/{{question["id"]}}/people" hx-post="/api/questions/{{question["id"]}}/people" hx-target="closest [data-private]" hx-swap="outerHTML">
    <h2>Who is here</h2>
    % if private["addresses"] > 1:
    <p class="hint">{{_n("{count} respondent from {addresses} addresses.", "{count} respondents from {addresses} addresses.", private["joined"], addresses=private["addresses"])}} Two on one address may share a device, or a router.</p>
    % end
    <ul>
      % for person in private["people"][:LISTED_MAX]:
      <li class="{{"is-away" if person["left_out"] or not person["here"] else ""}}">
        <span><bdi dir="auto">{{person["name"] or _("Respondent {number}", number=person["number"])}}</bdi>{{"" if person["here"] else " (away)"}}{{": " + cut_text(format_answer(question, person["answer"]), 100) if person["answer"] is not None else ""}}{{" · shares an address" if person["shares"] else ""}}</span>
        <button class="quiet" name="{{"count" if person["left_out"] else "leave_out"}}" value="{{person["id"]}}">{{"Count again" if person["left_out"] else "Leave out"}}</button>
      </li>
      % end
    </ul>
    % if private["people"][LISTED_MAX:]:
    <p class="more">{{_("and {count} more", count=len(private["people"]) - LISTED_MAX)}}</p>
    % end
    % if private["groups"]:
    <p class="hint">Many in one minute or on one address:</p>
    <ul>
      % for group in private["groups"]:
      <li class="{{"is-away" if group["left_out"] else ""}}">
        <span>{{_("{count} joined at {time}", count=group["count"], time=clock(group["value"] + "+00:00")) if group["field"] == "minute" else _("{count} on one address", count=group["count"])}}</span>
        <button class="quiet" name="{{"count" if group["left_out"] else "leave_out"}}_{{group["field"]}}" value="{{group["value"]}}">{{"Count again" if group["left_out"] else "Leave out"}}</button>
      </li>
      % end
    </ul>
    % end
  </form>
  % end
  % named = [person for person in private["people"][:LISTED_MAX] if person["name"]]
  % if named:
  <form class="rename" method="post" action="/api/sessions/{{question["session_id"]}}/people" hx-post="/api/sessions/{{question["session_id"]}}/people" hx-target="closest [data-private]" hx-swap="outerHTML">
    <input type="hidden" name="question" value="{{question["id"]}}">
    <select id="respondent-{{question["id"]}}" name="respondent" required aria-label="Student whose name is wrong">
      <option value="">Correct a name …</option>
      % for person in named:
      <option value="{{person["id"]}}" dir="auto">{{person["name"]}}</option>
      % end
    </select>
    <input id="name-{{question["id"]}}" name="name" maxlength="{{PERSON_MAX}}" dir="auto" autocomplete="off" required aria-label="Correct name">
    <button class="quiet">Save</button>
  </form>
  % end
</div>
