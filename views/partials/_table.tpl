% # question, stats, heading: what the first column holds; optional: keyed, whether a row has its option's colour
% coloured = get("keyed") and any("letter" in row for row in stats["results"])
% answers = max(stats["total"], 1)
% previous = stats.get("previous")
% earlier = {row["key"]: row for row in previous["results"]} if previous else {}
<table class="counts {{"is-keyed" if coloured else ""}}">
  <caption class="visually-hidden">{{plain_text(question["title"])}}</caption>
  <thead class="{{"visually-hidden" if coloured else ""}}"><tr><th scope="col">{{_(heading)}}</th>
    % if previous:
    <th scope="col">{{_("Answers, round {round}", round=previous["round"])}}</th><th scope="col">{{_("Share, round {round}", round=previous["round"])}}</th>
    <th scope="col">{{_("Answers, round {round}", round=previous["round"] + 1)}}</th><th scope="col">{{_("Share, round {round}", round=previous["round"] + 1)}}</th>
    % else:
    <th scope="col">Answers</th><th scope="col">Share</th>
    % end
  </tr></thead>
  <tbody>
    % for row in stats["results"]:
    <tr class="{{"is-right" if row.get("right") else ""}}" {{"data-key=" + row["letter"] if coloured else ""}}>
      <th scope="row">{{row["letter"] + ". " if "letter" in row else ""}}<bdi dir="auto">{{!format_label(row)}}</bdi>{{" · " if row.get("note") else ""}}<bdi dir="auto">{{row.get("note", "")}}</bdi>{{" ✓ correct answer" if row.get("right") else ""}}</th>
      % if row["key"] in earlier:
      <td>{{earlier[row["key"]]["count"]}}</td><td>{{earlier[row["key"]]["percent"]}} %</td>
      % elif previous:
      % # among those that found no room it may be, too
      <td>{{"–" if previous["more"] else 0}}</td><td>{{"–" if previous["more"] else _("{percent} %", percent=0)}}</td>
      % end
      <td>{{row["count"]}}</td>
      <td><meter min="0" max="{{answers}}" value="{{row["count"]}}" aria-hidden="true"></meter> {{row["percent"]}} %</td>
    </tr>
    % end
  </tbody>
</table>
% if not stats["results"]:
<p class="empty">No answers yet.</p>
% end
% if stats["abstained"]:
<p class="more">{{_n("{count} doesn't know", "{count} don't know", stats["abstained"])}}</p>
% end
% if stats["more"]:
<p class="more">{{_("and {count} more", count=stats["more"])}}</p>
% end
