% # form, problem, kind
<div class="field-pairs">
  % for field, example in (("low", "not at all"), ("high", "completely")):
  <p class="field">
    <label for="{{field}}">{{_(kind.labels[field])}}</label>
    <input id="{{field}}" name="{{field}}" maxlength="40" dir="auto" placeholder="{{_(example)}}" value="{{form.get(field)}}" aria-describedby="problem-{{field}}" {{focus(problem, field)}}>
    % include("partials/_field_problem.tpl", problem=problem, field=field)
  </p>
  % end
  <p class="field">
    <label for="max_rating">{{_(kind.labels["max_rating"])}}</label>
    <input id="max_rating" name="max_rating" type="number" min="2" max="10" value="{{form.get("max_rating", "5")}}" aria-describedby="problem-max_rating" {{focus(problem, "max_rating")}}>
    % include("partials/_field_problem.tpl", problem=problem, field="max_rating")
  </p>
</div>
