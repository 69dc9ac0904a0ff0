% # question, saved: {"value", "round", "seq", "late", "saved_at"} and perhaps "result", "too_late"
% echo = format_echo(question, saved["value"])
<span class="saved" data-value="{{saved["value"]}}" data-round="{{saved["round"]}}" data-seq="{{saved["seq"] or 0}}" data-late="{{saved["late"]}}" data-stage="{{question["stage"] if saved["round"] == question["round"] else "closed"}}" data-echo="{{echo}}" data-saved-at="{{saved["saved_at"]}}">
  % if saved.get("too_late"):
  {{_("Voting had closed; your answer {answer} counts.", answer=format_answer(question, saved["value"]))}}
  % elif saved["value"] == "":
  {{_("Answer cleared")}}
  % elif saved["late"] == 1:
  {{_("Saved {time}, but after voting had closed: your teacher decides whether it counts.", time=clock(saved["saved_at"]))}}
  % elif question["active"] and echo:
  {{_("Saved {time}: {answer}. You can change it until voting closes.", time=clock(saved["saved_at"]), answer=echo)}}
  % elif question["active"]:
  {{_("Saved {time}. You can change it until voting closes.", time=clock(saved["saved_at"]))}}
  % else:
  {{saved.get("result", "")}} {{_("Saved {time}", time=clock(saved["saved_at"]))}}
  % end
</span>
