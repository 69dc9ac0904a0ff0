% # question, option: {"key", "text", "correct"}
% judged = question["answer_shown"] and any(other["correct"] for other in question["options"])
<span class="card {{"is-right" if judged and option["correct"] else ""}}" dir="auto">
  <b class="letter" dir="ltr">{{option["key"]}}</b>
  <span class="text">{{option["text"] if option["text"] != option["key"] else ""}}</span>
  <span class="picked">{{"✗ Your answer" if judged and not option["correct"] else "✓ Your answer"}}</span>
  % if judged and option["correct"]:
  <span class="right">✓ Right answer</span>
  % end
</span>
