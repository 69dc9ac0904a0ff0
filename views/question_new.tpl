% # presenter, session, kind, form, problem
% rebase("layout.tpl", title="New question", presenter=presenter, page="plain")
<main class="narrow">
  <p><a href="/sessions/{{session["id"]}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{session["name"]}}</bdi></a></p>
  <h1>{{kind.label}}</h1>
  <form method="post" action="/sessions/{{session["id"]}}/questions/new/{{kind.type}}">
    <p class="field">
      <label for="title">Question</label>
      <textarea id="title" name="title" rows="2" maxlength="{{TITLE_MAX}}" dir="auto" required autofocus aria-describedby="problem-title">{{form.get("title")}}</textarea>
      % include("partials/_field_problem.tpl", problem=problem, field="title")
    </p>
    % include("questions/" + kind.type + "/_edit.tpl", form=form, problem=problem)
    <button class="primary">Add question</button>
    <a href="/sessions/{{session["id"]}}">Cancel</a>
    <p class="hint">It starts as a draft: students see it when you open it.</p>
  </form>
</main>
