% # question, answer: parts of the own answer
<p class="how">Pick all that apply.</p>
% for option in question["options"]:
<label class="option">
  <input type="checkbox" name="response" value="{{option["key"]}}" {{"checked" if option["key"] in answer else ""}}>
  % include("partials/_option_card.tpl", question=question, option=option)
</label>
% end
<button>Send answer</button>
