% # presenter, session, counts: {"questions", "joined", "responses"}, files: its CSV files, backups: until when they hold it, or "", renews: whether this presenter may replace backups, shared: whether there are other presenters, ticked, typed: the name as it was typed, problem
% rebase("layout.tpl", title="Delete session", presenter=presenter, page="plain")
<main class="narrow">
  <p><a class="back" href="/sessions/{{session["id"]}}/edit"><span aria-hidden="true">←</span> Session settings</a></p>
  <h1>Delete <bdi dir="auto">{{session["name"]}}</bdi>?</h1>
  <section class="card">
    <h2>This will be lost</h2>
    <ul>
      <li>{{_n("{count} question", "{count} questions", counts["questions"])}}</li>
      <li>{{_("{answers} from {people}", answers=_n("{count} answer", "{count} answers", counts["responses"]), people=_n("{count} student", "{count} students", counts["joined"]))}}</li>
      <li>Its code: students can't join or look back any more</li>
    </ul>
    <p>You can't undo this. Copies that you made yourself, with <code>backup</code> or by hand, keep it.</p>
  </section>
  <form method="post" action="/sessions/{{session["id"]}}/delete">
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    <p class="check">
      <label><input type="checkbox" name="copies" value="1" {{"checked" if ticked else ""}}> {{"Also delete its result files and replace the older backups with a new one" if renews else "Also delete its result files"}}</label>
    </p>
    % if files:
    <ul class="hint">
      % for file in files:
      <li><code>{{file.name}}</code></li>
      % end
    </ul>
    % else:
    <p class="hint">It has no result files.</p>
    % end
    % if not backups:
    <p class="hint">There are no backups yet.</p>
    % elif renews:
    <p class="hint">{{_("Otherwise it stays in {backups}", backups=backups)}}</p>
    % if shared:
    <p class="hint">The older backups also contain earlier versions of other teachers' sessions. They are replaced as well.</p>
    % end
    % else:
    <p class="hint">{{_("It stays in {backups}", backups=backups)}} They also contain other teachers' sessions. Only the teacher whose account was created first can replace them.</p>
    % end
    <p class="field">
      <label for="name">Type its name to delete it</label>
      <input id="name" name="name" value="{{typed}}" autocomplete="off" dir="auto" required aria-describedby="problem-name" {{focus(problem, "name")}}>
      % include("partials/_field_problem.tpl", problem=problem, field="name")
    </p>
    <p class="actions"><button class="is-danger">Delete session</button> <a class="button quiet" href="/sessions/{{session["id"]}}">Cancel</a></p>
  </form>
</main>
