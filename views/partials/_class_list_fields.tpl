% # form, problem
<p class="field">
  <label for="name">Name of the class</label>
  <input id="name" name="name" value="{{form.get("name")}}" placeholder="Biology 10b" maxlength="{{NAME_MAX}}" autocomplete="off" dir="auto" required aria-describedby="problem-name" {{focus(problem, "name")}}>
  % include("partials/_field_problem.tpl", problem=problem, field="name")
</p>
<p class="field">
  <label for="entries">Students, one per line</label>
  <textarea id="entries" name="entries" rows="12" dir="auto" autocomplete="off" autocapitalize="none" spellcheck="false" required aria-describedby="entries-hint problem-entries" {{focus(problem, "entries")}}>
{{form.get("entries")}}</textarea>
  <span class="hint" id="entries-hint">You can paste the columns of a spreadsheet: name, student number, e-mail, login. If they have other columns or another order, paste the line with their titles, too. Only the name is needed, and students see only the names. If two have the same name, add something that tells them apart.</span>
  % include("partials/_field_problem.tpl", problem=problem, field="entries")
</p>
