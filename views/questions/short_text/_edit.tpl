% # form, problem, kind
<p class="field">
  <label for="accepted">{{_(kind.labels["accepted"])}}</label>
  <textarea id="accepted" name="accepted" rows="3" dir="auto" aria-describedby="accepted-hint unreadable-accepted problem-accepted" {{focus(problem, "accepted")}}>{{form.get("accepted")}}</textarea>
  <span class="hint" id="accepted-hint">The class can see this if your screen is mirrored.</span>
  % include("partials/_unreadable.tpl", form=form, field="accepted")
  % include("partials/_field_problem.tpl", problem=problem, field="accepted")
</p>
<p class="field check">
  <input type="hidden" name="exact" value="0">
  <label><input type="checkbox" name="exact" value="1" {{"checked" if "1" in form.getall("exact") else ""}}> Capital letters and special characters matter</label>
</p>
