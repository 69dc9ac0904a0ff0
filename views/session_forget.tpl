% # presenter, session, backups: until when they hold the names, or "", renews: whether this presenter may replace backups, shared: whether there are other presenters
% rebase("layout.tpl", title="Forget names", presenter=presenter, page="plain")
<main class="narrow">
  <p><a class="back" href="/sessions/{{session["id"]}}/edit"><span aria-hidden="true">←</span> Session settings</a></p>
  % if session["settings"]["names"] == "no":
  <h1>Names erased</h1>
  <section class="card">
    <p><bdi dir="auto">{{session["name"]}}</bdi> has numbers instead of names.</p>
    <p>Your class lists keep their names.</p>
    % if backups and not renews:
    <p>{{_("Earlier names may still be in {backups}", backups=backups)}} They also contain other teachers' sessions. Only the teacher whose account was created first can replace them.</p>
    % end
    <p>ClassPulse can't reach files that you saved elsewhere, such as downloads, printed reports and copies that you made with <code>backup</code> or by hand.</p>
    % if renews:
    <p>If a file could not be erased because it was in use, try again. All backups are then replaced with a new one.</p>
    % else:
    <p>If a file could not be erased because it was in use, try again.</p>
    % end
    <form class="actions" method="post" action="/sessions/{{session["id"]}}/forget">
      <a class="button" href="/sessions/{{session["id"]}}">Back to the session</a>
      <button class="quiet">Erase remaining copies</button>
    </form>
  </section>
  % else:
  <h1>Forget the names in <bdi dir="auto">{{session["name"]}}</bdi>?</h1>
  <section class="card">
    <h2>What happens</h2>
    <ul>
      <li>Names, student numbers, e-mail addresses and logins are erased. Answers stay, with “Student 1” and so on.</li>
      <li>The session becomes anonymous.</li>
      <li>Result files in the “exports” folder are written again without names.</li>
      % if backups and renews:
      <li>The older backups are replaced with a new one.</li>
      % end
    </ul>
    % if backups and renews and shared:
    <p>The older backups also contain earlier versions of other teachers' sessions.</p>
    % elif backups and not renews:
    <p>{{_("The names stay in {backups}", backups=backups)}} They also contain other teachers' sessions. Only the teacher whose account was created first can replace them.</p>
    % end
    <p>You can't undo this. Your class lists and files that you saved elsewhere keep their names, and so do names that students wrote in their answers.</p>
    <form class="actions" method="post" action="/sessions/{{session["id"]}}/forget">
      <button class="is-danger">Forget names</button>
      <a class="button quiet" href="/sessions/{{session["id"]}}/edit">Cancel</a>
    </form>
  </section>
  % end
</main>
