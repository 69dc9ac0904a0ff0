% # question, answer: parts of the own answer
<label class="write">
  <span>Your answer</span>
  <input name="response" maxlength="{{QUESTION_TYPES[question["type"]].TEXT_MAX}}" dir="auto" autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false" enterkeyhint="send" value="{{answer[0] if answer else ""}}">
</label>
<button>Send</button>
