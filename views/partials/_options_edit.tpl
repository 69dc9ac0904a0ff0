% # form, problem, kind
% typed = form.getall("option")
% filled = max([place for place, text in enumerate(typed, start=1) if text.strip()], default=0)
% shown = max(filled, min(kind.MOST, max(4, filled + 2)))
% rows = list(enumerate([*typed, *[""] * shown][:shown], start=1))
% listed = form.get("options") and not form.getall("option")
<fieldset class="field" data-options data-most="{{kind.MOST}}">
  <legend>Options</legend>
  % if listed:
  <textarea id="options" name="options" rows="6" dir="auto" aria-label="Options, one per line" aria-describedby="problem-options" {{focus(problem, "options")}}>{{form.get("options")}}</textarea>
  % else:
  % for place, text in rows:
  <p class="option-row">
    % if kind.marks_correct:
    <input type="checkbox" name="right" value="{{place}}" aria-label="{{_("Option {place} is correct", place=place)}}" {{"checked" if str(place) in form.getall("right") else ""}}>
    % end
    <textarea name="option" rows="{{text.count("\n") + 1}}" dir="auto" aria-label="{{_("Option {place}", place=place)}}" aria-describedby="options-hint problem-options" {{focus(problem, "options") if place == 1 else ""}}>{{text}}</textarea>
  </p>
  % end
  <span class="hint" id="options-hint">
    % if kind.marks_correct:
    Tick the correct ones. The class can see this if your screen is mirrored.
    % end
    Enter: next option. Shift+Enter: a new line in this one. Paste a list to fill several rows.
  </span>
  % end
  % include("partials/_field_problem.tpl", problem=problem, field="options")
</fieldset>
% if kind.presets and not listed:
<p class="presets" data-fills>
  % for name, text in kind.presets.items():
  <button type="button" class="quiet" data-text="{{text}}">{{_(name)}}</button>
  % end
</p>
% end
