% # question, stats, heading: what the first column holds
<table class="counts">
  <caption class="visually-hidden">{{question["title"]}}</caption>
  <thead><tr><th scope="col">{{heading}}</th><th scope="col">Answers</th><th scope="col">Share</th></tr></thead>
  <tbody>
    % for row in stats["results"]:
    <tr class="{{"is-right" if row.get("right") else ""}}">
      <th scope="row">{{row["letter"] + ". " if "letter" in row else ""}}<bdi dir="auto">{{row["label"]}}</bdi>{{" · " if row.get("note") else ""}}<bdi dir="auto">{{row.get("note", "")}}</bdi>{{" ✓ right answer" if row.get("right") else ""}}</th>
      <td>{{row["count"]}}</td>
      <td><meter min="0" max="{{max(stats["response_count"], 1)}}" value="{{row["count"]}}" aria-hidden="true"></meter> {{round(100 * row["count"] / max(stats["response_count"], 1))}} %</td>
    </tr>
    % end
  </tbody>
</table>
% if not stats["results"]:
<p class="empty">No answers yet.</p>
% end
% if stats["more"]:
<p class="more">and {{stats["more"]}} more</p>
% end
