% # question, saved: {"value", "round", "seq", "late", "saved_at"} and perhaps "result", "too_late"
<span class="saved" data-value="{{saved["value"]}}" data-round="{{saved["round"]}}" data-seq="{{saved["seq"] or 0}}" data-late="{{saved["late"]}}" data-stage="{{question["stage"] if saved["round"] == question["round"] else "closed"}}" data-saved-at="{{saved["saved_at"]}}">
  % if saved.get("too_late"):
  Voting had closed; your answer {{format_answer(question, saved["value"])}} counts.
  % elif saved["late"] == 1:
  Saved {{clock(saved["saved_at"])}}, but after voting had closed: your teacher decides whether it counts.
  % elif question["active"]:
  Saved {{clock(saved["saved_at"])}}. You can change it until voting closes.
  % else:
  {{saved.get("result", "")}} Saved {{clock(saved["saved_at"])}}
  % end
</span>
