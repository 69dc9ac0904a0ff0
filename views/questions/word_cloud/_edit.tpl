% # form, problem, kind
<p class="field">
  <label for="max_words">{{_(kind.labels["max_words"])}}</label>
  <input id="max_words" name="max_words" type="number" min="1" max="5" value="{{form.get("max_words", "1")}}" aria-describedby="problem-max_words" {{focus(problem, "max_words")}}>
  % include("partials/_field_problem.tpl", problem=problem, field="max_words")
</p>
