% # session, other: the one that it is compared with, compared: what compare_questions gives of a question, or None without a counterpart
% if compared is None:
<p class="hint" data-unpaired>{{_("This question was not in {name}.", name=other["name"])}}</p>
% else:
% question, there = (side["question"] for side in compared["sides"])
% ranked = any("mean_rank" in row["row"] for row in compared["rows"])
<div class="comparison" data-comparison="{{there["id"]}}">
  % if normalize(question["title"]) != normalize(there["title"]):
  <p class="hint">{{_("In {name} the question reads:", name=other["name"])}} <bdi dir="auto">{{!format_heading(there["title"])}}</bdi></p>
  % end
  % if compared["covered"]:
  <p class="empty" data-covered>{{_(compared["covered"])}}</p>
  % else:
  % if compared["rounds"][0] != compared["rounds"][1]:
  <p class="hint">The first rounds are compared, because one class had more rounds.</p>
  % end
  <ul class="differences">
    % for sentence in compared["said"]:
    <li data-difference>{{_(sentence)}}</li>
    % end
    % if not compared["said"]:
    <li>{{"There is nothing to compare yet." if not all(side["total"] for side in compared["sides"]) else "Both classes answered almost alike." if compared["rows"] else "Longer texts are counted, not compared."}}</li>
    % end
  </ul>
  % counts = [_n("{count} answer", "{count} answers", side["total"]) + (_(" · round {round}", round=side["round"]) if max(compared["rounds"]) > 1 else "") + (_n(" · {count} doesn't know", " · {count} don't know", side["abstained"]) if side["abstained"] else "") for side in compared["sides"]]
  % if compared["rows"]:
  <table class="compared">
    <caption class="visually-hidden">{{plain_text(question["title"])}}</caption>
    <thead><tr><th scope="col">Answer</th>
      % for one, count in zip((session, other), counts):
      <th scope="col"><bdi dir="auto">{{one["name"]}}</bdi> <small>{{count}}</small></th>
      % end
      <th scope="col">Difference</th></tr></thead>
    <tbody>
      % for row in compared["rows"]:
      <tr class="{{"is-right" if row["row"].get("right") else ""}}" {{"data-key=" + row["letter"] if row["letter"] else ""}}>
        <th scope="row">
          % if row["letter"]:
          <b class="letter">{{row["letter"]}}</b>
          % end
          <span><bdi dir="auto">{{!format_label(row["row"])}}</bdi>
            % if row["row"].get("note") and not ranked:
            · <bdi dir="auto">{{row["row"]["note"]}}</bdi>
            % end
            % if row["row"].get("right"):
            <b class="verdict">✓ correct answer</b>
            % end
            % if row["letter"] != row["letter_there"]:
            <small>{{_("{letter} in {name}", letter=row["letter_there"], name=other["name"]) if row["letter_there"] else _("not in {name}", name=other["name"])}}</small>
            % end
          </span>
        </th>
        % for place, value in enumerate(row["values"]):
        <td>
          % if not ranked:
          <svg class="share {{"is-there" if place else ""}}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="10"/><rect class="filled" width="{{value or 0}}" height="10"/></svg>
          % end
          <span>{{"–" if value is None else value if ranked else _("{percent} %", percent=value)}}</span>
          % if not ranked:
          <small>{{row["counts"][place]}}</small>
          % end
        </td>
        % end
        <td>{{"–" if row["difference"] is None else ("+" if row["difference"] > 0 else "−" if row["difference"] < 0 else "") + show_number(abs(row["difference"]))}}</td>
      </tr>
      % end
      % figures = [(FIGURES[name], *values, "") for name, *values in compared["figures"]]
      % if None not in (side["percent"] for side in compared["sides"]):
      % figures.insert(0, ("Correct", *(side["percent"] for side in compared["sides"]), " %"))
      % end
      % for label, own, theirs, unit in figures:
      <tr class="figure"><th scope="row">{{label}}</th><td>{{show_number(own)}}{{unit}}</td><td>{{show_number(theirs)}}{{unit}}</td><td>{{"+" if own > theirs else "−" if own < theirs else ""}}{{show_number(round(abs(own - theirs), 2))}}</td></tr>
      % end
    </tbody>
  </table>
  % else:
  <ul class="facts">
    % for one, count in zip((session, other), counts):
    <li><bdi dir="auto">{{one["name"]}}</bdi> · {{count}}</li>
    % end
  </ul>
  % end
  % if ranked:
  <p class="more">The numbers are mean places, 1 at the top.</p>
  % end
  % end
</div>
% end
