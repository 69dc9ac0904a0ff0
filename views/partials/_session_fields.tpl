% # form, problem
% picked = form.get("names") or "no"
<fieldset class="field" aria-describedby="problem-names">
  <legend>Who is asked for a name?</legend>
  % for value, text in NAMES.items():
  <label class="pick"><input type="radio" name="names" value="{{value}}" {{"checked" if value == picked else ""}} {{focus(problem, "names") if value == picked else ""}}> {{_(text)}}</label>
  % end
  <span class="hint">Only you see names, never the class. Students are told before they answer; after that it can't be changed.</span>
  % include("partials/_field_problem.tpl", problem=problem, field="names")
</fieldset>
% chosen = form.get("pace") or "quick"
<fieldset class="field" aria-describedby="problem-pace">
  <legend>Steps of the lesson</legend>
  % for value, text in PACES.items():
  <label class="pick"><input type="radio" name="pace" value="{{value}}" {{"checked" if value == chosen else ""}} {{focus(problem, "pace") if value == chosen else ""}}> {{_(text)}}</label>
  % end
  % include("partials/_field_problem.tpl", problem=problem, field="pace")
</fieldset>
<p class="field check">
  <label><input type="checkbox" name="on_phones" value="1" {{"checked" if form.get("on_phones") else ""}}> Show results on the phones, too, after the projector showed them (never texts)</label>
</p>
