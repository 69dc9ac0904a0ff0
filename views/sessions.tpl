% # presenter, sessions
% rebase("layout.tpl", title="Sessions", presenter=presenter, page="plain")
% present = [session for session in sessions if not session["archived"]]
% archived = [session for session in sessions if session["archived"]]
<main>
  <h1>Sessions</h1>
  <p><a class="button primary" href="/sessions/new">New session</a></p>
  % if present:
  % include("partials/_session_list.tpl", sessions=present)
  % else:
  <p class="empty">There are no sessions yet. Create one, and students can join it at once.</p>
  % end
  % if archived:
  <h2>Archived</h2>
  % include("partials/_session_list.tpl", sessions=archived)
  % end
</main>
