% # question, shown: whether its results are; optional: noted, whether a note stands beside each number. A script fills in the numbers, and the widths of the bars
% judged = question["answer_shown"] and any(option["correct"] for option in question["options"])
% many, round = len(question["options"]), question["round"]
% compared = question["discuss"] or round > 1     # from the draft on, there is room for two rounds
% pictured = any("image" in option for option in question["options"])
% bare = all(map(is_bare, question["options"]))     # without names below, pictures have room beside one another
<ol class="tiles {{"is-pictured is-" + ("two" if many == 2 or many == 4 and not bare else "three" if many < 7 and many != 4 else "four" + " is-beside" * (many > 12)) if pictured else "is-double" if many > 10 else "is-many" if many > 6 else ""}} {{"is-noted" if get("noted") else ""}} {{"is-compared" if compared else ""}}" data-tiles>
  % for option in question["options"]:
  <li class="tile {{"is-correct" if judged and option["correct"] else "is-dimmed" if judged else ""}}" data-key="{{option["key"]}}">
    % if shown and round > 1:
    <i class="bar is-earlier" data-bar data-round="{{round - 1}}"></i><i class="bar" data-bar data-round="{{round}}"></i>
    % elif shown:
    <i class="bar" data-bar></i>
    % end
    <b class="letter">{{option["key"]}}</b>
    % if "image" in option:
    <img src="/images/{{option["image"]}}" alt="{{plain_text(option["image_alt"])}}">
    % end
    <span class="tile-text"><span class="tile-words"><span dir="auto">{{!format_wrapped("" if option["text"] == option["key"] or is_bare(option) else option["text"])}}</span>
      % if judged and option["correct"]:
      <b class="tick" role="img" aria-label="Correct answer">✓</b>
      % end
    </span></span>
    <span class="tile-number" aria-hidden="true">
      % if shown:
      <small data-before></small> <span data-percent></span> <small data-count></small> <small data-difference></small>
      % if get("noted"):
      <small data-note></small>
      % end
      % end
    </span>
    % if shown:
    <span class="visually-hidden" data-told></span>
    % end
  </li>
  % end
</ol>
