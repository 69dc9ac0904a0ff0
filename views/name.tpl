% # session, form, problem
% rebase("layout.tpl", title=session["name"], sheet="audience", page="join")
<main>
  <h1 dir="auto">{{session["name"]}}</h1>
  <form method="post" action="/audience/{{session["code"]}}/name">
    <label for="name">Your name</label>
    <input id="name" name="name" value="{{form.get("name")}}" maxlength="{{PERSON_MAX}}" dir="auto" autocomplete="name" autocapitalize="none" autocorrect="off" spellcheck="false" enterkeyhint="go" aria-describedby="name-privacy name-problem" {{focus(problem, "name")}}>
    <p class="problem" id="name-problem" role="alert">{{_(problem) if problem else ""}}</p>
    <p id="name-privacy">{{format_privacy(session)}}</p>
    <button>Join</button>
  </form>
  % if asked_names(session) == "optional":
  <form method="post" action="/audience/{{session["code"]}}/name">
    <p>Without a name, your teacher sees your answers, but not who gave them.</p>
    <button class="quiet" name="name" value="">Join without a name</button>
  </form>
  % end
</main>
