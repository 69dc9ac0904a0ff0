% # question, stats
% previous = stats.get("previous")
% earlier = {row["key"]: row["mean_rank"] for row in previous["results"]} if previous else {}
<table class="counts">
  <caption class="visually-hidden">{{plain_text(question["title"])}}</caption>
  <thead><tr><th scope="col">Option</th>
    % if previous:
    <th scope="col">{{_("Mean place, round {round}", round=previous["round"])}}</th>
    % end
    <th scope="col">Mean place</th>
    % for place in range(len(stats["results"])):
    <th scope="col">{{place + 1}}.</th>
    % end
  </tr></thead>
  <tbody>
    % for row in stats["results"]:
    <tr>
      <th scope="row">{{row["key"]}}. <bdi dir="auto">{{!format_label(row)}}</bdi></th>
      % if previous:
      <td>{{"" if earlier[row["key"]] is None else earlier[row["key"]]}}</td>
      % end
      <td>{{"" if row["mean_rank"] is None else row["mean_rank"]}}</td>
      % for count in row["places"]:
      <td>{{count}}</td>
      % end
    </tr>
    % end
  </tbody>
</table>
