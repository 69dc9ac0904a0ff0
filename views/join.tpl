% # code: as typed, problem
% rebase("layout.tpl", title="Join", sheet="audience", page="join")
<main>
  <h1>Join your class</h1>
  <form method="post" action="/join" class="join">
    <label for="code">The code on the screen in front</label>
    <input id="code" class="entry" name="code" value="{{code}}" inputmode="numeric" autocomplete="off" maxlength="20" required
      placeholder="000 000" aria-describedby="code-problem" {{"autofocus aria-invalid=true" if problem else ""}}>
    <p class="problem" id="code-problem" role="alert">{{_(problem) if problem else ""}}</p>
    <button>Join</button>
  </form>
  <p class="privacy">No account and no app. Nothing leaves this room's network. You are told what your teacher sees before you answer.</p>
  <p class="small"><a href="/login">Presenter? Sign in</a></p>
</main>
