% # presenter, session, counts: {"questions", "joined", "responses"}, files: its CSV files, typed: the name as it was typed, problem
% rebase("layout.tpl", title="Delete session", presenter=presenter, page="plain")
<main class="narrow">
  <h1>Delete <bdi dir="auto">{{session["name"]}}</bdi>?</h1>
  <p>{{counts["questions"]}} {{"question" if counts["questions"] == 1 else "questions"}} and {{counts["responses"]}} {{"answer" if counts["responses"] == 1 else "answers"}} of {{counts["joined"]}} {{"person" if counts["joined"] == 1 else "people"}} are deleted with it. This can't be undone. Copies of the database that you made with <code>backup</code> keep it.</p>
  <form method="post" action="/sessions/{{session["id"]}}/delete">
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    % if files:
    <p class="field check">
      <label><input type="checkbox" name="files" value="1" checked> Delete its CSV files, too</label>
    </p>
    <ul>
      % for file in files:
      <li><code>{{file.name}}</code></li>
      % end
    </ul>
    % end
    <p class="field">
      <label for="name">Type its name to delete it</label>
      <input id="name" name="name" value="{{typed}}" autocomplete="off" dir="auto" required aria-describedby="problem-name">
      % include("partials/_field_problem.tpl", problem=problem, field="name")
    </p>
    <button class="primary">Delete session</button>
    <a href="/sessions/{{session["id"]}}">Cancel</a>
  </form>
</main>
