% # presenter, sessions
% rebase("layout.tpl", title="Sessions", presenter=presenter, page="plain")
<main>
  <h1>Sessions</h1>
  <p><a class="button primary" href="/sessions/new">New session</a></p>
  % if sessions:
  % include("partials/_session_list.tpl", sessions=sessions)
  % else:
  <p class="empty">There are no sessions yet. Create one, and students can join it at once.</p>
  % end
</main>
