% # question, shown: whether its results are; optional: noted, whether a note stands beside each number. A script fills in the numbers, and the widths of the bars
% judged = question["answer_shown"] and any(option["correct"] for option in question["options"])
% many = len(question["options"])
<ol class="tiles {{"is-double" if many > 10 else "is-many" if many > 6 else ""}} {{"is-noted" if get("noted") else ""}}" data-tiles>
  % for option in question["options"]:
  <li class="tile {{"is-correct" if judged and option["correct"] else "is-dimmed" if judged else ""}}" data-key="{{option["key"]}}">
    % if shown:
    <i class="bar" data-bar></i>
    % end
    <b class="letter">{{option["key"]}}</b>
    <span class="tile-text"><span class="tile-words"><span dir="auto">{{option["text"] if option["text"] != option["key"] else ""}}</span>
      % if judged and option["correct"]:
      <b class="tick" role="img" aria-label="Correct answer">✓</b>
      % end
    </span></span>
    <span class="tile-number">
      % if shown:
      <span data-percent></span> <small data-count></small>
      % if get("noted"):
      <small data-note></small>
      % end
      % end
    </span>
  </li>
  % end
</ol>
