% # question, saved: {"value", "round", "seq", "late", "saved_at"} and perhaps "too_late"
% echo = format_echo(question, saved["value"])
<div class="saved" data-value="{{saved["value"]}}" data-round="{{saved["round"]}}" data-seq="{{saved["seq"] or 0}}" data-late="{{saved["late"]}}" data-saved-at="{{saved["saved_at"]}}">
  % if saved.get("too_late"):
  <b>{{_("Voting was already closed. Your earlier answer {answer} counts.", answer=format_answer(question, saved["value"]))}}</b>
  % elif saved["value"] == "":
  <b>Answer cleared</b>
  % elif saved["late"] == 1:
  <b>{{_("Saved at {time}, after voting closed.", time=clock(saved["saved_at"]))}}</b>
  <span>Your teacher decides if it counts.</span>
  % else:
  <b>{{_("Saved {time}", time=clock(saved["saved_at"]))}}</b>
  <span>{{_("Your answer: {answer}.", answer=echo) if echo else ""}} <span class="while-open">You can change it until voting closes.</span></span>
  % end
</div>
