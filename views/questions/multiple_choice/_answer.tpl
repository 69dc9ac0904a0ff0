% # question, answer: parts of the own answer
% for option in question["options"]:
<label class="option">
  <input type="radio" name="response" value="{{option["key"]}}" {{"checked" if option["key"] in answer else ""}}>
  <span class="card">
    <b class="letter">{{option["key"]}}</b>
    <span class="text" dir="auto">{{option["text"]}}</span>
    <span class="picked">✓ Your answer</span>
    % if question["answer_shown"] and option["correct"]:
    <span class="right">✓ Right answer</span>
    % end
  </span>
</label>
% end
<button data-tap>Send answer</button>
