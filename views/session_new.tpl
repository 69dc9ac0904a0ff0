% # presenter, form, problem, class_lists: what get_user_class_lists gives
% rebase("layout.tpl", title="New session", presenter=presenter, page="plain", module="lib/unsaved")
<main class="narrow">
  <h1>New session</h1>
  <form method="post" action="/sessions/new" data-unsaved="{{"yes" if problem else ""}}">
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    <p class="field">
      <label for="name">Name (students see it)</label>
      <input id="name" name="name" value="{{form.get("name")}}" placeholder="Biology 10b" maxlength="{{NAME_MAX}}" autocomplete="off" dir="auto" required aria-describedby="name-hint problem-name" {{focus(problem, "name", first=True)}}>
      <span class="hint" id="name-hint">Students can join as soon as you create it.</span>
      % include("partials/_field_problem.tpl", problem=problem, field="name")
    </p>
    % include("partials/_session_fields.tpl", form=form, problem=problem, class_lists=class_lists)
    <p class="actions"><button class="primary">Create session</button> <a class="button quiet" href="/">Cancel</a></p>
  </form>
</main>
