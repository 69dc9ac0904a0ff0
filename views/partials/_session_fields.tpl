% # form, problem, class_lists: of the presenter; of a session that exists: session, promise: what find_promise gives
% stored = session["settings"]["names"] if get("session") else "no"
% refused = [value for value in NAMES if get("promise") and (value == "no") != (stored == "no")]
% picked = form.get("names") or "no"
% picked = stored if picked in refused else picked
<fieldset class="field" aria-describedby="names-hint problem-names">
  <legend>Student names</legend>
  <div class="picks">
    % for value, text in NAMES.items():
    <label class="pick"><input type="radio" name="names" value="{{value}}" {{"checked" if value == picked else "disabled" if value in refused else ""}} {{focus(problem, "names") if value == picked else ""}}> {{_(text)}}</label>
    % end
  </div>
  % if not refused or not problem or problem.field != "names":
  <span class="hint" id="names-hint">{{_(promise) if refused else _("Only you see who gave which answer. The class sees names only if students pick theirs from a class list. Students are told so before they answer, so you can't change this after the first answer.")}}</span>
  % end
  % include("partials/_field_problem.tpl", problem=problem, field="names")
</fieldset>
% identify, failed = form.get("identify") or "name", problem and problem.field in ("identify", "list")
<p class="field {{"" if failed else "is-for-names"}}">
  <label for="identify">Students join with</label>
  <select id="identify" name="identify" aria-describedby="identify-hint problem-identify" {{"disabled" if get("promise") else ""}} {{focus(problem, "identify")}}>
    % for value, text in IDENTIFY.items():
    <option value="{{value}}" {{"selected" if value == identify else ""}}>{{_(text)}}</option>
    % end
  </select>
  <span class="hint" id="identify-hint">With a <a href="/lists" target="_blank">class list</a>, students see its names and pick theirs. Student numbers, e-mail addresses and logins are for grade-book files.</span>
  % include("partials/_field_problem.tpl", problem=problem, field="identify")
</p>
<p class="field {{"" if failed else "is-for-lists"}}">
  % if class_lists:
  <label for="list">Class list</label>
  <select id="list" name="list" aria-describedby="problem-list" {{"disabled" if get("promise") else ""}} {{focus(problem, "list")}}>
    <option value="">Choose …</option>
    % for one in class_lists:
    <option value="{{one["id"]}}" {{"selected" if str(one["id"]) == form.get("list") else ""}} dir="auto">{{one["name"]}}</option>
    % end
  </select>
  % else:
  <span class="hint">You have no class lists yet. <a href="/lists" target="_blank">Create one</a> in a new tab, then save this form to choose it.</span>
  % end
  % include("partials/_field_problem.tpl", problem=problem, field="list")
</p>
<p class="field check">
  <label><input type="checkbox" name="on_phones" value="1" {{"checked" if form.get("on_phones") else ""}}> Also show results on students' phones, after you reveal them (never written answers)</label>
</p>
% chosen, own = form.get("pace") or "quick", form.get("own_results") or "off"
% changed = (chosen, own) != ("quick", "off") or get("session") and (session["settings"]["pace"], session["settings"]["own_results"]) != ("quick", "off")
<details class="more" {{"open" if changed or problem and problem.field in ("pace", "own_results") else ""}}>
  <summary>More settings</summary>
  <fieldset class="field" aria-describedby="problem-pace">
    <legend>Steps of the lesson</legend>
    % for value, text in PACES.items():
    <label class="pick"><input type="radio" name="pace" value="{{value}}" {{"checked" if value == chosen else ""}} {{focus(problem, "pace") if value == chosen else ""}}> {{_(text)}}</label>
    % end
    % include("partials/_field_problem.tpl", problem=problem, field="pace")
  </fieldset>
  <fieldset class="field" aria-describedby="own-hint problem-own_results">
    <legend>Students who tap Finish see</legend>
    % for value, text in OWN_RESULTS.items():
    <label class="pick"><input type="radio" name="own_results" value="{{value}}" {{"checked" if value == own else ""}} {{focus(problem, "own_results") if value == own else ""}}> {{_(text)}}</label>
    % end
    <span class="hint" id="own-hint">They can't change their answers afterwards. Others may still be answering.</span>
    % include("partials/_field_problem.tpl", problem=problem, field="own_results")
  </fieldset>
</details>
