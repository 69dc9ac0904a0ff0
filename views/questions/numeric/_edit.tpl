% # form, problem, kind
% for field, label in kind.labels.items():
<p class="field">
  <label for="{{field}}">{{_(label)}}</label>
  <input id="{{field}}" name="{{field}}" {{"inputmode=decimal" if field == "tolerance" else ""}} maxlength="{{NUMBER_MAX}}" dir="auto" autocomplete="off" value="{{form.get(field)}}" aria-describedby="problem-{{field}}" {{focus(problem, field)}}>
  % include("partials/_field_problem.tpl", problem=problem, field=field)
</p>
% end
<p class="hint">The class can see this if your screen is mirrored.</p>
