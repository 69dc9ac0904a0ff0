% # code: as typed, problem
% rebase("layout.tpl", title="Join", sheet="audience", page="join")
<main>
  <h1>Join your class</h1>
  <form method="post" action="/join">
    <label for="code">Code on the big screen</label>
    <input id="code" class="entry" name="code" value="{{code}}" inputmode="numeric" autocomplete="off" maxlength="20" required
      placeholder="000 000" aria-describedby="code-problem" {{"autofocus aria-invalid=true" if problem else ""}}>
    <p class="problem" id="code-problem" role="alert">{{_(problem) if problem else ""}}</p>
    <button>Join</button>
  </form>
  <p>No account and no app. Nothing leaves this room's network. Before you answer, you'll see what your teacher can see.</p>
</main>
<footer>
  <p><a href="/login">Teacher? Sign in</a></p>
</footer>
