% # session, asked: the questions that are open together, or were closed together last, people: what list_progress gives
<table class="grid" data-grid hx-get="/sessions/{{session["id"]}}/progress" hx-trigger="answers" hx-target="this">
  <caption class="visually-hidden">Who has answered which question. Those who lack most come first.</caption>
  <thead>
    <tr><th scope="col">Student</th>
      % for question in asked:
      <th scope="col" title="{{plain_text(question["title"])}}">{{question["number"]}}</th>
      % end
    </tr>
  </thead>
  <tbody>
    % for person in people[:LISTED_MAX]:
    <tr class="{{"" if person["here"] else "is-away"}}"><th scope="row"><bdi dir="auto">{{person["name"] or _("Student {number}", number=person["number"])}}</bdi>{{"" if person["here"] else _(" (away)")}}</th>
      % for question in asked:
      % if question["id"] in person["answered"]:
      <td><span aria-hidden="true">●</span><span class="visually-hidden">answered</span></td>
      % else:
      <td class="is-away"><span aria-hidden="true">–</span><span class="visually-hidden">not answered</span></td>
      % end
      % end
    </tr>
    % end
  </tbody>
  % if people[LISTED_MAX:]:
  <tfoot><tr><td colspan="{{len(asked) + 1}}">{{_("and {count} more", count=len(people) - LISTED_MAX)}}</td></tr></tfoot>
  % end
</table>
