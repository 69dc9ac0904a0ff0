% # presenter, sessions
% rebase("layout.tpl", title="Sessions", presenter=presenter, page="sessions", module="list")
% archived = [session for session in sessions if session["archived"]]
% others = [session for session in sessions if not session["archived"]]
<main class="wide">
  <div class="hello">
    <h1>Sessions</h1>
    <a class="button primary" href="/sessions/new">New session</a>
  </div>
  % if len(sessions) > SEARCH_FROM:
  % include("partials/_search.tpl", label="Search sessions")
  % end
  % if others:
  % include("partials/_session_list.tpl", sessions=others, shares={})
  % elif archived:
  <p class="empty">All your sessions are archived.</p>
  % else:
  <p class="empty">You have no sessions yet. Students can join one as soon as you create it.</p>
  % end
  % if archived:
  <h2>Archived</h2>
  % include("partials/_session_list.tpl", sessions=archived, shares={})
  % end
</main>
