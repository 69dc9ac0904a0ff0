% # question, option: {"key", "text", "correct"}
<span class="card" dir="auto">
  <b class="letter" dir="ltr">{{option["key"]}}</b>
  <span class="text">{{option["text"]}}</span>
  <span class="picked">✓ Your answer</span>
  % if question["answer_shown"] and option["correct"]:
  <span class="right">✓ Right answer</span>
  % end
</span>
