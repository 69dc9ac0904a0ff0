% # private: what get_private_view gives, question, path: of acts on its answers
% session_path = f"/api/sessions/{question['session_id']}"
<section class="pane" id="students" data-panel="students" role="group" aria-label="Students" tabindex="0">
  <h2>Students</h2>
  <p class="counters"><b data-here>{{private["here"]}}</b> here · <b data-away>{{private["joined"] - private["here"]}}</b> away</p>
  % if private["people"] or private["addresses"] > 1 or private["groups"]:
  <form class="people" method="post" action="{{path}}/people" hx-post="{{path}}/people">
    <input type="hidden" name="question" value="{{question["id"]}}">
    % if private["addresses"] > 1:
    <p class="hint">{{_n("{count} student on {addresses} devices or networks.", "{count} students on {addresses} devices or networks.", private["joined"], addresses=private["addresses"])}} Two students on one address may be one phone voting twice, or they share a router.</p>
    % end
    <ul class="list">
      % for person in private["people"][:LISTED_MAX]:
      <li class="{{"is-away" if person["left_out"] or not person["here"] else ""}}">
        <span><bdi dir="auto">{{person["name"] or _("Student {number}", number=person["number"])}}</bdi>{{"" if person["here"] else _(" (away)")}}{{_(": {answer}", answer=cut_text(format_answer(question, person["answer"]), 100)) if person["answer"] is not None else ""}}{{_(" · shares an address") if person["shares"] else ""}}</span>
        % if person["entry_id"]:
        <button class="quiet" name="entry" value="{{person["entry_id"]}}" formaction="{{session_path}}/people" hx-post="{{session_path}}/people" title="Somebody else can then pick this name. This student is asked again.">Free name</button>
        % end
        <button class="quiet" name="{{"count" if person["left_out"] else "leave_out"}}" value="{{person["id"]}}">{{"Include" if person["left_out"] else "Exclude"}}</button>
      </li>
      % end
    </ul>
    % if private["people"][LISTED_MAX:]:
    <p class="more">{{_("and {count} more", count=len(private["people"]) - LISTED_MAX)}}</p>
    % end
    % if private["groups"]:
    % if private["identify"] == "list":
    <p class="hint">Many in one minute or on one address. If you exclude them, other students can pick the names they took.</p>
    % else:
    <p class="hint">Many in one minute or on one address:</p>
    % end
    <ul class="list">
      % for group in private["groups"]:
      <li class="{{"is-away" if group["left_out"] else ""}}">
        <span>{{_("{count} joined at {time}", count=group["count"], time=clock(group["value"] + "+00:00")) if group["field"] == "minute" else _("{count} on one address", count=group["count"])}}</span>
        <button class="quiet" name="{{"count" if group["left_out"] else "leave_out"}}_{{group["field"]}}" value="{{group["value"]}}">{{"Include" if group["left_out"] else "Exclude"}}</button>
      </li>
      % end
    </ul>
    % end
  </form>
  % end
  % nameable = [person for person in private["people"][:LISTED_MAX] if question["asked_names"] != "no" and not person["declined"]]
  % if nameable:
  % identify = private["identify"]
  <form class="rename" method="post" action="{{session_path}}/people" hx-post="{{session_path}}/people">
    <input type="hidden" name="question" value="{{question["id"]}}">
    <select id="respondent-{{question["id"]}}" name="respondent" required aria-label="Student whose name is wrong">
      <option value="">Correct a name …</option>
      % for person in nameable:
      <option value="{{person["id"]}}" dir="auto">{{person["name"] or _("Student {number}", number=person["number"])}}</option>
      % end
    </select>
    % if identify == "list":
    <select id="entry-{{question["id"]}}" name="entry" required aria-label="Correct name">
      <option value="">Correct name …</option>
      % for id, name in private["free"]:
      <option value="{{id}}" dir="auto">{{name}}</option>
      % end
    </select>
    % else:
    <input id="name-{{question["id"]}}" name="name" maxlength="{{PERSON_MAX}}" dir="auto" autocomplete="off" {{"" if identify in IDENTIFIERS else "required"}} aria-label="Correct name" placeholder="Correct name">
    % end
    % if identify in IDENTIFIERS:
    % correct = {"number": "Correct student number", "email": "Correct e-mail address", "login": "Correct login"}[identify]
    <input id="{{identify}}-{{question["id"]}}" name="{{identify}}" maxlength="{{NAME_MAX if identify == "email" else PERSON_MAX}}" autocomplete="off" aria-label="{{_(correct)}}" placeholder="{{_(correct)}}">
    % end
    <button class="quiet">Save</button>
  </form>
  % end
</section>
