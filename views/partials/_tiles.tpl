% # question, shown: whether its results are. A script fills in the numbers, and the widths of the bars
% judged = question["answer_shown"] and any(option["correct"] for option in question["options"])
<ol class="tiles {{"is-double" if len(question["options"]) > 10 else ""}}" data-tiles>
  % for option in question["options"]:
  <li class="tile {{"is-correct" if judged and option["correct"] else "is-dimmed" if judged else ""}}" data-key="{{option["key"]}}">
    % if shown:
    <i class="bar" data-bar></i>
    % end
    <b class="letter">{{option["key"]}}</b>
    <span class="tile-text" dir="auto"><span>{{option["text"] if option["text"] != option["key"] else ""}}</span>
      % if judged and option["correct"]:
      <b class="tick" role="img" aria-label="Correct answer">✓</b>
      % end
    </span>
    <span class="tile-number">
      % if shown:
      <span data-percent></span> <small data-count></small>
      % end
    </span>
  </li>
  % end
</ol>
