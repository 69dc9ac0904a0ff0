% # presenter, form, problem
% rebase("layout.tpl", title="New session", presenter=presenter, page="plain", module="lib/unsaved")
<main class="narrow">
  <h1>New session</h1>
  <form method="post" action="/sessions/new" data-unsaved="{{"yes" if problem else ""}}">
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    <p class="field">
      <label for="name">What is it about?</label>
      <input id="name" name="name" value="{{form.get("name")}}" placeholder="Biology 101" maxlength="{{NAME_MAX}}" dir="auto" required aria-describedby="name-hint problem-name" {{focus(problem, "name", first=True)}}>
      <span class="hint" id="name-hint">Students see this name. They can join at once.</span>
      % include("partials/_field_problem.tpl", problem=problem, field="name")
    </p>
    % include("partials/_session_fields.tpl", form=form, problem=problem)
    <button class="primary">Create session</button>
    <a href="/">Cancel</a>
  </form>
</main>
