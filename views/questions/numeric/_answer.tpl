% # question, answer: parts of the own answer
% options = question["options"]
% limits = " to ".join(filter(None, [options["min"], options["max"]])) if options["min"] and options["max"] else "at least " + options["min"] if options["min"] else "at most " + options["max"] if options["max"] else ""
<label class="write">
  <span>A number {{options["unit"] and "in " + options["unit"]}} {{limits and "(" + limits + ")"}}</span>
  <input name="response" maxlength="30" inputmode="decimal" dir="auto" autocomplete="off" enterkeyhint="send" value="{{answer[0] if answer else ""}}">
</label>
<button>Send</button>
