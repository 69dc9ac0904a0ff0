% # question, key: of a row, who: what list_who gives, or None before it is asked for
% path = f"/questions/{question['id']}/who?{urlencode({'key': key, 'round': question['round']})}"
<div class="chosen-by" data-chosen-by hx-get="{{path}}" hx-trigger="toggle from:closest details" hx-target="this" hx-swap="outerHTML">
  % if who is None:
  <a href="{{path}}">Who chose this</a>
  % elif not who["count"]:
  <p>Nobody</p>
  % else:
  % unnamed = who["count"] - len(who["names"])
  <ul class="names">
    % for name in who["names"][:LISTED_MAX]:
    <li><bdi dir="auto">{{name}}</bdi></li>
    % end
    % if who["names"][LISTED_MAX:]:
    <li>{{_("and {count} more", count=len(who["names"]) - LISTED_MAX)}}</li>
    % end
    % if unnamed:
    <li>{{_("and {count} without a name", count=unnamed) if who["names"] else _n("{count} student without a name", "{count} students without a name", unnamed)}}</li>
    % end
  </ul>
  % end
</div>
