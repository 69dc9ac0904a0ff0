% # question, answer: parts of the own answer
% scale = question["options"]
<div class="scale">
  % for number in map(str, range(1, scale["max_rating"] + 1)):
  % ends = {"1": scale["low"], str(scale["max_rating"]): scale["high"]}.get(number)
  <label class="option">
    <input type="radio" name="response" value="{{number}}" {{"checked" if number in answer else ""}}>
    <span class="card"><b class="letter">{{number}}</b>
      % if ends:
      <span class="text" dir="auto">{{ends}}</span>
      % end
      <span class="picked">✓ Your answer</span>
    </span>
  </label>
  % end
</div>
<button data-tap>Send answer</button>
