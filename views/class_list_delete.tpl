% # presenter, class_list, sessions: that use it, backups: until when they hold it, or ""
% rebase("layout.tpl", title="Delete class list", presenter=presenter, page="plain")
<main class="narrow">
  <p><a class="back" href="/lists"><span aria-hidden="true">←</span> Class lists</a></p>
  <h1>Delete <bdi dir="auto">{{class_list["name"]}}</bdi>?</h1>
  <section class="card">
    <p>Students who picked their name keep it, and so do your results. This can't be undone.</p>
    % if backups:
    <p>{{_("The list stays in {backups}", backups=backups)}}</p>
    % end
    % if sessions:
    <p>In these sessions new students will type their name:</p>
    <ul>
      % for session in sessions[:SEARCH_FROM]:
      <li><a href="/sessions/{{session["id"]}}"><bdi dir="auto">{{session["name"]}}</bdi></a></li>
      % end
      % if sessions[SEARCH_FROM:]:
      <li>{{_("and {count} more", count=len(sessions) - SEARCH_FROM)}}</li>
      % end
    </ul>
    % end
    <form class="actions" method="post" action="/lists/{{class_list["id"]}}/delete">
      <button class="is-danger">Delete class list</button>
      <a class="button quiet" href="/lists">Cancel</a>
    </form>
  </section>
</main>
