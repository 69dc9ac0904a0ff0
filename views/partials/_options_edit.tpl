% # question, here: the session's path, form, problem, kind, hint, several: the type for several answers where students pick one, or None
% typed = form.getall("option")
% pictures = {place: form.get(f"image_{place}") for place in range(1, kind.MOST + 1)}
% filled = max([place for place, text in enumerate(typed, start=1) if text.strip() or pictures.get(place)], default=0)
% shown = max(filled, min(kind.MOST, max(4, filled + 2)))
% rows = list(enumerate([*typed, *[""] * shown][:shown], start=1))
% listed = form.get("options") and not form.getall("option")
<fieldset class="field" data-options data-most="{{kind.MOST}}" {{"data-marks" if kind.marks_correct else ""}} {{"data-pictures=" + here + "/pictures" if kind.has_pictures else ""}} data-picture-max="{{OPTION_PICTURE_MAX}}">
  <legend>Options</legend>
  % if listed:
  <textarea id="options" name="options" rows="6" dir="auto" aria-label="Options, one per line" aria-describedby="problem-options" {{focus(problem, "options")}}>{{form.get("options")}}</textarea>
  % if kind.marks_correct:
  <span class="hint">One per line. A star in front marks a correct one: *Paris</span>
  % end
  % include("partials/_field_problem.tpl", problem=problem, field="options")
  % else:
  % if kind.presets:
  <span class="presets" data-fills hidden>
    % for name, text in kind.presets.items():
    <button type="button" class="quiet" data-text="{{text}}">{{_(name)}}</button>
    % end
  </span>
  % end
  % include("partials/_field_problem.tpl", problem=problem, field="options")
  % ticked = several and len(form.getall("right")) > 1
  <span class="hint" id="options-hint" {{"hidden" if ticked else ""}}>{{hint}}</span>
  % if several:
  <span role="status">
    <span class="hint several" data-several {{"" if ticked else "hidden"}}>Each of these counts as correct.
      % if not question:
      <button class="quiet" name="switch" value="1" formaction="{{here}}/questions/new/{{several.type}}" formnovalidate>{{_("If students should tick several, choose “{type}”.", type=_(several.label))}}</button>
      % end
    </span>
  </span>
  % end
  % for place, text in rows:
  % letter = chr(ord("A") + place - 1)
  % image = pictures.get(place) or ""
  <div class="option-edit" data-key="{{letter}}">
    <b class="letter" aria-hidden="true">{{letter}}</b>
    <textarea name="option" rows="{{text.count("\n") + 1}}" dir="auto" aria-label="{{_("Option {letter}", letter=letter)}}" aria-describedby="options-hint problem-options" {{focus(problem, "options") if place == 1 else ""}}>{{text}}</textarea>
    <button type="button" class="quiet" data-pick hidden aria-label="{{_("Picture of option {letter}", letter=letter)}}">Picture</button>
    <label class="mark {{"is-round" if several else ""}}" {{"" if kind.marks_correct else "hidden"}}><input type="checkbox" name="right" value="{{place}}" aria-label="{{_("Option {letter} is correct", letter=letter)}}" {{"checked" if str(place) in form.getall("right") else ""}}> <span aria-hidden="true">Correct</span></label>
    <button type="button" class="quiet remove" data-remove hidden aria-label="{{_("Remove option {letter}", letter=letter)}}">✕</button>
    <details class="option-picture" {{"open" if image else ""}} {{"" if kind.has_pictures else "hidden"}}>
      <summary>Picture</summary>
      <div>
      <input type="hidden" name="image_{{place}}" value="{{image}}">
      <img class="thumb" {{"src=/images/" + image if image else "hidden"}} alt="{{_("Picture of option {letter}", letter=letter)}}">
      <input name="picture_{{place}}" type="file" accept="image/png,image/jpeg,image/webp,image/gif" aria-label="{{_("Picture of option {letter}", letter=letter)}}" aria-describedby="problem-options">
      <label>Picture description <input name="alt_{{place}}" value="{{form.get(f"alt_{place}")}}" maxlength="{{NAME_MAX}}" dir="auto" autocomplete="off" aria-label="{{_("Picture description of option {letter}", letter=letter)}}" aria-describedby="problem-options"></label>
      <label class="check"><input type="checkbox" name="remove_picture_{{place}}" value="1" {{"checked" if form.get(f"remove_picture_{place}") else ""}}> Remove picture</label>
      <button type="button" class="quiet" data-unpick hidden>Remove picture</button>
      </div>
    </details>
  </div>
  % end
  <span class="hint" data-keys hidden>{{_("Enter: next option. Shift+Enter: new line. Ctrl+Space: correct. Alt+↑ or ↓: move. Paste a list to fill rows.") if kind.marks_correct else _("Enter: next option. Shift+Enter: new line. Alt+↑ or ↓: move. Paste a list to fill rows.")}}</span>
  % end
  % include("partials/_unreadable.tpl", form=form, field="options" if listed else "option")
</fieldset>
