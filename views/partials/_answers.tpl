% # question, rows: of the results, or of a first vote that is running, without counts, stats: or None then, takes_hands: whether they can be counted, named: whether it can be seen who chose a row, path: of acts on its answers
% kind, before = QUESTION_TYPES[question["type"]], stats and stats.get("previous")
% earlier = {row["key"]: row for row in before["results"]} if before else {}
% ranked, unit = any("places" in row for row in rows), kind.axis(question["options"], False).get("unit")
% if before:
% headings = [_("Round {round}", round=before["round"]), _("Round {round}", round=question["round"]), "Change"]
% elif ranked:
% headings = ["Mean place", *(f"{place}." for place in range(1, len(rows) + 1))]
% else:
% headings = ["Answers", "Share"] if stats else []
% end
% as_bars = not ranked or before
% if takes_hands:
<div class="countable">
% if not any(row["tallied"] for row in rows):
<details data-counting><summary class="button quiet" id="count-hands">Count hands</summary></details>
% end
% end
<table class="counts answer-rows {{"is-keyed" if as_bars else ""}} {{"is-compared" if before else "is-bare" if not stats else ""}}">
  <caption class="visually-hidden">{{plain_text(question["title"])}}</caption>
  <thead class="{{"visually-hidden" if as_bars and not before else ""}}"><tr>
    <th scope="col">{{_("Answer ({unit})", unit=unit) if unit else "Answer"}}</th>
    % for heading in headings:
    <th scope="col">{{heading}}</th>
    % end
    % if takes_hands:
    <th scope="col" class="visually-hidden">Raised hands</th>
    % end
  </tr></thead>
  <tbody>
    % for row in rows:
    % old, note = earlier.get(row["key"]), "" if ranked else row.get("note")
    <tr class="{{"is-right" if row.get("right") else ""}}" {{"data-key=" + row["letter"] if "letter" in row and as_bars else ""}}>
      <th scope="row">
        % if named and stats:
        <details class="chosen" data-chosen="{{row["key"]}}"><summary>
        % end
        <span>{{row["letter"] + ". " if "letter" in row else ""}}<bdi dir="auto">{{!format_label(row)}}</bdi>{{" · " if note else ""}}<bdi dir="auto">{{note or ""}}</bdi>
          % if row.get("right"):
          <b class="verdict">✓ <span class="wide-only">correct answer</span></b>
          % end
        </span>
        % if named and stats:
        </summary>
        % include("partials/_who.tpl", question=question, key=row["key"], who=None)
        </details>
        % end
      </th>
      % if before:
      % figures = [(one["mean_rank"], one["count"]) if ranked else (one["percent"], one["count"]) for one in (old, row)]
      % change = figures[1][0] - figures[0][0] if None not in (figures[0][0], figures[1][0]) else 0
      % for share, count in figures:
      <td>
        {{"–" if share is None else share if ranked else _("{percent} %", percent=share)}}
        % if not ranked:
        <small>{{count}}</small>
        % end
      </td>
      % end
      <td><meter min="0" max="{{max(stats["total"], 1)}}" value="{{row["count"]}}" aria-hidden="true"></meter>{{"−" if change < 0 else "+" if change > 0 else ""}}{{round(abs(change), 2)}}</td>
      % elif ranked:
      <td>{{"" if row["mean_rank"] is None else row["mean_rank"]}}</td>
      % for count in row["places"]:
      <td>{{count}}</td>
      % end
      % elif stats:
      <td>{{row["count"]}}</td>
      <td><meter min="0" max="{{max(stats["total"], 1)}}" value="{{row["count"]}}" aria-hidden="true"></meter> {{row["percent"]}} %</td>
      % end
      % if takes_hands:
      <td class="hands-cell">
        % include("partials/_hands.tpl", question=question, row=row, path=path)
      </td>
      % end
    </tr>
    % end
  </tbody>
</table>
% if takes_hands:
</div>
% end
% if not rows:
<p class="empty">No answers yet.</p>
% end
% if stats and stats["abstained"]:
<p class="more">{{_n("{count} doesn't know", "{count} don't know", stats["abstained"])}}</p>
% end
% if ranked and before:
<p class="more">The numbers are mean places, 1 at the top. Bars show who put it first.</p>
% end
% if stats and not kind.one_each:
<p class="more">Shares are of those who answered; together they can exceed 100 %.</p>
% end
% if before and "average" in stats:
% for round, one in ((before["round"], before), (question["round"], stats)):
% if one["average"] is not None:
<p class="figures">{{_("Round {round}: median {median} · mean {mean}", round=round, mean=show_number(one["average"]), median=show_number(one["median"]))}}</p>
% end
% end
% elif stats and "average" in stats:
% include("partials/_figures.tpl", stats=stats)
% end
