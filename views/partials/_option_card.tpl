% # question, option: {"key", "text", "correct"}
<span class="card">
  <b class="letter">{{option["key"]}}</b>
  <span class="text" dir="auto">{{option["text"]}}</span>
  <span class="picked">✓ Your answer</span>
  % if question["answer_shown"] and option["correct"]:
  <span class="right">✓ Right answer</span>
  % end
</span>
