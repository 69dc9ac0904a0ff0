% # session, here, away: [{"id", "name"}, ...], those who have not answered, absent: names on the class list that nobody has picked
<div data-who hx-get="/sessions/{{session["id"]}}/missing" hx-trigger="answers, toggle from:#who" hx-target="this">
  % if not here and not away and not absent:
  <p>Nobody is missing.</p>
  % end
  % for heading, people in (("Here", here), ("Away", away), ("Not joined", [{"name": name} for name in absent])):
  % names = [person["name"] for person in people if person["name"]]
  % unnamed = len(people) - len(names)
  % if people:
  <h2>{{_(heading)}}</h2>
  <ul class="names">
    % for name in names[:LISTED_MAX]:
    <li><bdi dir="auto">{{name}}</bdi></li>
    % end
    % if names[LISTED_MAX:]:
    <li>{{_("and {count} more", count=len(names) - LISTED_MAX)}}</li>
    % end
    % if unnamed:
    <li>{{_("and {count} without a name", count=unnamed) if names else _("{count} without a name", count=unnamed)}}</li>
    % end
  </ul>
  % end
  % end
</div>
