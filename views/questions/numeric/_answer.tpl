% # question, answer: parts of the own answer
% options = question["options"]
% least, most = options["min"], options["max"]
<label class="write">
  <span>{{_("Your answer ({unit})", unit=options["unit"]) if options["unit"] else _("Your answer")}}</span>
  % if least or most:
  <span class="how">{{_("From {least} to {most}", least=show_number(least), most=show_number(most)) if least and most else _("{least} or more", least=show_number(least)) if least else _("{most} or less", most=show_number(most))}}</span>
  % end
  <input name="response" maxlength="{{NUMBER_MAX}}" inputmode="{{"decimal" if least and not least.startswith("-") else "text"}}" dir="auto" autocomplete="off" autocorrect="off" spellcheck="false" enterkeyhint="send" value="{{answer[0] if answer else ""}}">
</label>
<button>Send</button>
