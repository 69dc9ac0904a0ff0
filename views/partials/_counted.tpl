% # question, stats: its results as a picture that needs no script, and that printers draw: shapes of SVG, which are no background
% kind, previous = QUESTION_TYPES[question["type"]], stats.get("previous")
% rows, total = stats["results"], max(stats["total"], 1)
% earlier = {row["key"]: row for row in previous["results"]} if previous else {}
% before = max(previous["total"], 1) if previous else 1
% axis = kind.axis(question["options"], False)
% if previous:
<p class="rounds"><span class="is-earlier"><svg width="24" height="10" aria-hidden="true"><rect class="earlier" width="100%" height="100%"/></svg> {{_("Round {round}", round=previous["round"])}}</span> <span><svg width="24" height="10" aria-hidden="true"><rect class="later" width="100%" height="100%"/></svg> {{_("Round {round}", round=previous["round"] + 1)}}</span></p>
% end
% if kind.NEWEST:
<ul class="texts">
  % for row in rows:
  <li dir="auto">{{row["label"]}}</li>
  % end
</ul>
% elif kind.chart == "cloud":
<ul class="words">
  % most = max([row["count"] for row in rows], default=1)
  % for row in rows:
  <li class="is-size-{{1 if row["count"] == 1 else 2 + 2 * row["count"] // most}}"><bdi dir="auto">{{row["label"]}}</bdi> <small>{{row["count"]}}</small></li>
  % end
</ul>
% elif kind.chart == "axis" and not kind.tiles:
% highest = max([max(row["count"] / total, earlier[row["key"]]["count"] / before if row["key"] in earlier else 0) for row in rows], default=0) or 1
<div class="columns-box" tabindex="0" role="group" aria-label="Distribution">
  <table class="columns {{"is-dense" if rows[6:] else ""}}">
    <tbody>
      <tr>
        % for row in rows:
        % old = earlier.get(row["key"])
        <td>
          % if old:
          <small>{{_("{percent} %", percent=old["percent"])}} <span aria-hidden="true">→</span><span class="visually-hidden">then</span></small>
          % end
          <b>{{_("{percent} %", percent=row["percent"])}}</b> <small>{{row["count"]}}</small>
        </td>
        % end
      </tr>
      <tr aria-hidden="true">
        % for row in rows:
        <td><svg width="100%" height="120">
          % if row["key"] in earlier:
          % tall = round(100 * earlier[row["key"]]["count"] / before / highest, 1)
          <rect class="earlier" x="4%" y="{{round(100 - tall, 1)}}%" width="42%" height="{{tall}}%"/>
          % end
          % tall = round(100 * row["count"] / total / highest, 1)
          <rect class="later" x="{{"52%" if previous else "12%"}}" y="{{round(100 - tall, 1)}}%" width="{{"42%" if previous else "76%"}}" height="{{tall}}%"/>
        </svg></td>
        % end
      </tr>
      <tr>
        % for row in rows:
        <th scope="col" class="{{"is-right" if row.get("right") else ""}}">{{row["label"]}}{{" ✓" if row.get("right") else ""}}</th>
        % end
      </tr>
    </tbody>
  </table>
  % if axis.get("unit"):
  <p class="unit">{{axis["unit"]}}</p>
  % end
  % if axis.get("low") or axis.get("high"):
  <p class="ends"><bdi dir="auto">{{axis["low"]}}</bdi> <bdi dir="auto">{{axis["high"]}}</bdi></p>
  % end
</div>
% else:
<ol class="bar-rows">
  % for row in rows:
  % old, note = earlier.get(row["key"]), row.get("note")
  % option = next((option for option in question["options"] if option["key"] == row["key"]), {}) if kind.tiles else {}
  <li class="{{"is-right" if row.get("right") else ""}}" {{"data-key=" + row["letter"] if "letter" in row else ""}}>
    % if "letter" in row:
    <b class="letter">{{row["letter"]}}</b>
    % end
    <div class="bar-words">
      % if "image" in option:
      <img src="/images/{{option["image"]}}" alt="{{option["image_alt"]}}" loading="lazy">
      % end
      <span dir="auto">{{!format_text("" if option["text"] == option["key"] or is_bare(option) else option["text"]) if option else format_label(row)}}</span>
      % if row.get("right"):
      <b class="verdict">✓ <span>{{"correct answer" if kind.tiles else ""}}</span></b>
      % end
    </div>
    <p class="bar-number">
      % if old:
      <small data-before>{{_("{percent} %", percent=old["percent"])}} <span aria-hidden="true">→</span><span class="visually-hidden">then</span></small>
      % end
      <b data-percent>{{_("{percent} %", percent=row["percent"])}}</b> <small data-count>{{row["count"]}}</small>
      % if note:
      <small>{{_("mean place {before} → {mean}", before=old["mean_rank"], mean=row["mean_rank"]) if old and old["mean_rank"] and row["mean_rank"] else note}}</small>
      % end
    </p>
    % if old:
    <svg class="bar-line" width="100%" height="10" aria-hidden="true"><rect class="earlier" data-bar data-round="{{previous["round"]}}" width="{{round(100 * old["count"] / before, 1)}}%" height="100%"/></svg>
    % end
    <svg class="bar-line" width="100%" height="10" aria-hidden="true"><rect class="later" data-bar {{f"data-round={question['round']}" if previous else ""}} width="{{round(100 * row["count"] / total, 1)}}%" height="100%"/></svg>
  </li>
  % end
</ol>
% end
% if not rows:
<p class="empty">No answers.</p>
% end
% if stats["abstained"]:
<p class="more">{{_n("{count} doesn't know", "{count} don't know", stats["abstained"])}}</p>
% end
% if stats["more"]:
<p class="more">{{_n("{count} more answer is in your files.", "{count} more answers are in your files.", stats["more"])}}</p>
% end
% if rows and not kind.one_each and kind.tiles:
<p class="more">Shares are of those who answered; together they can exceed 100 %.</p>
% end
% for round_no, figures in ([(previous["round"], previous)] if previous else []) + [(question["round"], stats)]:
% if figures.get("average") is not None:
<p class="figures">{{_("Round {round}: median {median} · mean {mean}", round=round_no, mean=show_number(figures["average"]), median=show_number(figures["median"])) if previous else _("Median {median} · mean {mean}", mean=show_number(figures["average"]), median=show_number(figures["median"]))}}</p>
% end
% end
