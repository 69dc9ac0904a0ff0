% # form, problem, kind
<div class="field-pairs">
  % for field, label in kind.labels.items():
  <p class="field">
    <label for="{{field}}">{{_(label)}}</label>
    <input id="{{field}}" name="{{field}}" {{"inputmode=decimal" if field == "tolerance" else ""}} maxlength="{{NUMBER_MAX}}" dir="auto" autocomplete="off" value="{{form.get(field)}}" aria-describedby="numbers-hint problem-{{field}}" {{focus(problem, field)}}>
    % include("partials/_field_problem.tpl", problem=problem, field=field)
  </p>
  % end
</div>
<p class="hint" id="numbers-hint">Each of these is optional. The class can see them if your screen is mirrored.</p>
