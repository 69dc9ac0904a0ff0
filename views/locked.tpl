% # session
% rebase("layout.tpl", title="Join", sheet="audience", page="join", module="audience", refresh=5)
<main data-locked-out>
  <h1>Please wait</h1>
  % if session["active"]:
  <p class="waiting" role="status">Joining is locked just now. This page lets you in by itself when your teacher unlocks it.</p>
  % else:
  <p class="waiting" role="status">This session is closed. You'll get in automatically when your teacher opens it again.</p>
  % end
</main>
