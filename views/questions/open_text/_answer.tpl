% # question, answer: parts of the own answer
<label class="write">
  <span>Your answer</span>
  <textarea name="response" rows="5" maxlength="{{QUESTION_TYPES[question["type"]].TEXT_MAX}}" dir="auto" autocomplete="off">{{answer[0] if answer else ""}}</textarea>
</label>
<button>Send</button>
