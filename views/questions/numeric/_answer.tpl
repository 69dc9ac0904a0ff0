% # question, answer: parts of the own answer
% options = question["options"]
% least, most = options["min"], options["max"]
<label class="write">
  <span>{{_("A number in {unit}", unit=options["unit"]) if options["unit"] else _("A number")}} {{_("({least} to {most})", least=least, most=most) if least and most else _("(at least {least})", least=least) if least else _("(at most {most})", most=most) if most else ""}}</span>
  <input name="response" maxlength="{{NUMBER_MAX}}" inputmode="{{"decimal" if options["min"] and not options["min"].startswith("-") else "text"}}" dir="auto" autocomplete="off" autocorrect="off" spellcheck="false" enterkeyhint="send" value="{{answer[0] if answer else ""}}">
</label>
<button>Send</button>
