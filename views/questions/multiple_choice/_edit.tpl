% # form, problem
<p class="field">
  <label for="options">Options, one per line</label>
  <textarea id="options" name="options" rows="6" dir="auto" aria-describedby="options-hint problem-options" data-presets="options">{{form.get("options")}}</textarea>
  <span class="hint" id="options-hint">A star in front marks a right answer: <code>*Paris</code>. The class can see this if your screen is mirrored.</span>
  % include("partials/_field_problem.tpl", problem=problem, field="options")
</p>
