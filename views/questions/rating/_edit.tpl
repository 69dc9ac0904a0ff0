% # form, problem
<p class="field">
  <label for="max_rating">Highest number</label>
  <input id="max_rating" name="max_rating" type="number" min="2" max="10" value="{{form.get("max_rating", "5")}}" aria-describedby="problem-max_rating" {{focus(problem, "max_rating")}}>
  % include("partials/_field_problem.tpl", problem=problem, field="max_rating")
</p>
% for field, label, example in (("low", "What 1 means (optional)", "not at all"), ("high", "What the highest means (optional)", "completely")):
<p class="field">
  <label for="{{field}}">{{_(label)}}</label>
  <input id="{{field}}" name="{{field}}" maxlength="40" dir="auto" placeholder="{{_(example)}}" value="{{form.get(field)}}" aria-describedby="problem-{{field}}" {{focus(problem, field)}}>
  % include("partials/_field_problem.tpl", problem=problem, field=field)
</p>
% end
