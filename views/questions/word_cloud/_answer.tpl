% # question, answer: parts of the own answer
% for number in range(question["options"]["max_words"]):
<label class="write">
  <span>{{"Word or short phrase" if not number else "Another one, if you like"}}</span>
  <input name="response" maxlength="{{QUESTION_TYPES[question["type"]].WORD_MAX}}" dir="auto" autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false" enterkeyhint="send" value="{{answer[number] if number < len(answer) else ""}}">
</label>
% end
<button>Send</button>
