% # presenter, session, counts: {"questions", "joined", "responses"}, files: its CSV files, backups: until when they hold it, or "", renews: whether this presenter may replace backups, shared: whether there are other presenters, ticked, typed: the name as it was typed, problem
% rebase("layout.tpl", title="Delete session", presenter=presenter, page="plain")
<main class="narrow">
  <h1>Delete <bdi dir="auto">{{session["name"]}}</bdi>?</h1>
  <p>{{counts["questions"]}} {{"question" if counts["questions"] == 1 else "questions"}} and {{counts["responses"]}} {{"answer" if counts["responses"] == 1 else "answers"}} of {{counts["joined"]}} {{"person" if counts["joined"] == 1 else "people"}} are deleted with it. This can't be undone. Copies that you made yourself, with <code>backup</code> or by hand, keep it.</p>
  <form method="post" action="/sessions/{{session["id"]}}/delete">
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    <p class="field check">
      <label><input type="checkbox" name="copies" value="1" {{"checked" if ticked else ""}}> Delete its CSV files, too{{", and make a fresh backup in place of the older ones" if renews else ""}}</label>
    </p>
    % if renews and shared and backups:
    <p class="hint">The older backups also hold earlier states of other teachers' sessions. These go with them.</p>
    % end
    % if files:
    <ul>
      % for file in files:
      <li><code>{{file.name}}</code></li>
      % end
    </ul>
    % end
    % if not backups:
    <p class="hint">There are no backups yet.</p>
    % elif renews:
    <p class="hint">Otherwise backups go on holding it: {{backups}}</p>
    % else:
    <p class="hint">Backups go on holding it: {{backups}} They hold other teachers' sessions, too: only the teacher whose account was created first can replace them.</p>
    % end
    <p class="field">
      <label for="name">Type its name to delete it</label>
      <input id="name" name="name" value="{{typed}}" autocomplete="off" dir="auto" required aria-describedby="problem-name" {{focus(problem, "name")}}>
      % include("partials/_field_problem.tpl", problem=problem, field="name")
    </p>
    <button class="primary">Delete session</button>
    <a href="/sessions/{{session["id"]}}">Cancel</a>
  </form>
</main>
