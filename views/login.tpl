% # username, problem
% rebase("layout.tpl", title="Sign in", page="plain", scripts=["js/login.js"])
<main class="narrow">
  <p class="face">
  % include("partials/_bars.tpl")
  </p>
  <h1>Sign in</h1>
  <p class="notice" role="status" data-old hidden>This browser is too old for the projector view. You can run a lesson with the buttons of the control page, but pages do not update automatically. Use Safari 16, Chrome 105, Firefox 121 or newer.</p>
  <p class="notice" role="status" data-no-cookies hidden>This browser refuses cookies, so you can't sign in. Allow cookies, and reload this page.</p>
  <form class="card" method="post" action="/login">
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    <p class="field">
      <label for="username">User name</label>
      <input id="username" name="username" value="{{username}}" autocomplete="username" autocapitalize="none" dir="auto" maxlength="{{USERNAME_MAX}}" required aria-describedby="problem-username" {{focus(problem, "username", first=True)}}>
      % include("partials/_field_problem.tpl", problem=problem, field="username")
    </p>
    <p class="field">
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required aria-describedby="problem-password" {{focus(problem, "password")}}>
      % include("partials/_field_problem.tpl", problem=problem, field="password")
    </p>
    <button class="primary">Sign in</button>
  </form>
  <details>
    <summary>Forgot your password?</summary>
    <p>On the laptop that runs ClassPulse, enter <code>python classpulse.py passwd NAME</code> in a terminal, with your user name for NAME.</p>
    <p>No account yet? The terminal shows a link for the first one when ClassPulse starts.</p>
  </details>
  <p><a class="back" href="/">Students join here</a></p>
</main>
