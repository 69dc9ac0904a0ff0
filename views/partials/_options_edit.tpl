% # form, problem, kind, hint
% typed = form.getall("option")
% filled = max([place for place, text in enumerate(typed, start=1) if text.strip()], default=0)
% shown = max(filled, min(kind.MOST, max(4, filled + 2)))
% rows = list(enumerate([*typed, *[""] * shown][:shown], start=1))
% listed = form.get("options") and not form.getall("option")
<fieldset class="field" data-options data-most="{{kind.MOST}}" {{"data-marks" if kind.marks_correct else ""}}>
  <legend>Options</legend>
  % if listed:
  <textarea id="options" name="options" rows="6" dir="auto" aria-label="Options, one per line" aria-describedby="problem-options" {{focus(problem, "options")}}>{{form.get("options")}}</textarea>
  % if kind.marks_correct:
  <span class="hint">One per line. A star in front marks a correct one: *Paris</span>
  % end
  % else:
  <span class="hint" id="options-hint">{{hint}}</span>
  % for place, text in rows:
  % letter = chr(ord("A") + place - 1)
  <p class="option-edit" data-key="{{letter}}">
    <b class="letter" aria-hidden="true">{{letter}}</b>
    <textarea name="option" rows="{{text.count("\n") + 1}}" dir="auto" aria-label="{{_("Option {letter}", letter=letter)}}" aria-describedby="options-hint problem-options" {{focus(problem, "options") if place == 1 else ""}}>{{text}}</textarea>
    <label class="mark" {{"" if kind.marks_correct else "hidden"}}><input type="checkbox" name="right" value="{{place}}" aria-label="{{_("Option {letter} is correct", letter=letter)}}" {{"checked" if str(place) in form.getall("right") else ""}}> <span aria-hidden="true">Correct</span></label>
    <button type="button" class="quiet remove" data-remove hidden aria-label="{{_("Remove option {letter}", letter=letter)}}">✕</button>
  </p>
  % end
  <span class="hint" data-keys hidden>Enter: next option. Shift+Enter: new line. Alt+↑ or ↓: move. Paste a list to fill several rows.</span>
  % end
  % include("partials/_field_problem.tpl", problem=problem, field="options")
  % if kind.presets and not listed:
  <span class="presets" data-fills hidden>
    % for name, text in kind.presets.items():
    <button type="button" class="quiet" data-text="{{text}}">{{_(name)}}</button>
    % end
  </span>
  % end
</fieldset>
