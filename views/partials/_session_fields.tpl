% # form, problem
% picked = form.get("names") or "no"
<fieldset class="field" aria-describedby="names-hint problem-names">
  <legend>Student names</legend>
  <div class="picks">
    % for value, text in NAMES.items():
    <label class="pick"><input type="radio" name="names" value="{{value}}" {{"checked" if value == picked else ""}} {{focus(problem, "names") if value == picked else ""}}> {{_(text)}}</label>
    % end
  </div>
  <span class="hint" id="names-hint">Only you see the names. Students are told so before they answer, so you can't change this after the first answer.</span>
  % include("partials/_field_problem.tpl", problem=problem, field="names")
</fieldset>
<p class="field check">
  <label><input type="checkbox" name="on_phones" value="1" {{"checked" if form.get("on_phones") else ""}}> Also show results on students' phones, after you reveal them (never written answers)</label>
</p>
% chosen = form.get("pace") or "quick"
<details class="more" {{"" if chosen == "quick" and not (problem and problem.field == "pace") else "open"}}>
  <summary>More settings</summary>
  <fieldset class="field" aria-describedby="problem-pace">
    <legend>Steps of the lesson</legend>
    % for value, text in PACES.items():
    <label class="pick"><input type="radio" name="pace" value="{{value}}" {{"checked" if value == chosen else ""}} {{focus(problem, "pace") if value == chosen else ""}}> {{_(text)}}</label>
    % end
    % include("partials/_field_problem.tpl", problem=problem, field="pace")
  </fieldset>
</details>
