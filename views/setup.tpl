% # form, token, problem
% rebase("layout.tpl", title="Create your account", page="plain", module="setup")
<main class="narrow">
  <p class="face">
  % include("partials/_bars.tpl")
  </p>
  <h1>Welcome to ClassPulse</h1>
  <p>Create your teacher account. It stays on this laptop.</p>
  <form class="card" method="post" action="/setup" data-unsaved="{{"yes" if problem else ""}}">
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    % include("partials/_field_problem.tpl", problem=problem, field="email")
    <input type="hidden" name="token" value="{{token}}">
    <p class="field">
      <label for="username">User name</label>
      <input id="username" name="username" value="{{form.get("username")}}" autocomplete="username" autocapitalize="none" dir="auto" maxlength="{{USERNAME_MAX}}" required aria-describedby="problem-username" {{focus(problem, "username", first=True)}}>
      % include("partials/_field_problem.tpl", problem=problem, field="username")
    </p>
    <p class="field">
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="new-password" minlength="{{PASSWORD_MIN}}" required aria-describedby="password-hint problem-password" {{focus(problem, "password")}}>
      <span class="check" data-show hidden><label><input type="checkbox" autocomplete="off"> Show password</label></span>
      <span class="hint" id="password-hint">{{_("At least {least} characters.", least=PASSWORD_MIN)}} Students are on the same Wi-Fi: choose one they can't guess.</span>
      % include("partials/_field_problem.tpl", problem=problem, field="password")
    </p>
    <p class="field">
      <label for="display_name">Your name (optional)</label>
      <input id="display_name" name="display_name" value="{{form.get("display_name")}}" autocomplete="name" dir="auto" maxlength="{{NAME_MAX}}" aria-describedby="problem-display_name" {{focus(problem, "display_name")}}>
      % include("partials/_field_problem.tpl", problem=problem, field="display_name")
    </p>
    <button class="primary">Create account</button>
  </form>
</main>
