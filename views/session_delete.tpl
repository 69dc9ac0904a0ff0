% # presenter, session, counts: {"questions", "joined", "responses"}, files: its CSV files, backups: until when they hold it, or "", renews: whether this presenter may replace backups, shared: whether there are other presenters, ticked, typed: the name as it was typed, problem
% rebase("layout.tpl", title="Delete session", presenter=presenter, page="plain")
<main class="narrow">
  <h1>Delete <bdi dir="auto">{{session["name"]}}</bdi>?</h1>
  <p>{{_("{questions} and {answers} of {people} are deleted with it.", questions=_n("{count} question", "{count} questions", counts["questions"]), answers=_n("{count} answer", "{count} answers", counts["responses"]), people=_n("{count} person", "{count} people", counts["joined"]))}} This can't be undone. Copies that you made yourself, with <code>backup</code> or by hand, keep it.</p>
  <form method="post" action="/sessions/{{session["id"]}}/delete">
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    <p class="field check">
      <label><input type="checkbox" name="copies" value="1" {{"checked" if ticked else ""}}> {{"Delete its CSV files, too, and make a fresh backup in place of the older ones" if renews else "Delete its CSV files, too"}}</label>
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
    <p class="hint">{{_("Otherwise backups go on holding it: {backups}", backups=backups)}}</p>
    % else:
    <p class="hint">{{_("Backups go on holding it: {backups}", backups=backups)}} They hold other teachers' sessions, too: only the teacher whose account was created first can replace them.</p>
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
