% # question, answer: parts of the own answer
% for option in question["options"]:
<label class="option">
  <input type="radio" name="response" value="{{option["key"]}}" {{"checked" if option["key"] in answer else ""}}>
  % include("partials/_option_card.tpl", question=question, option=option)
</label>
% end
<button data-tap>Send answer</button>
