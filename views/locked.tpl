% # session
% rebase("layout.tpl", title="Join", sheet="audience", page="join", module="audience", refresh=5)
<main data-locked-out>
  <h1>Please wait</h1>
  % if session["active"]:
  <p role="status">Your teacher has locked the session. You'll get in automatically when it's unlocked.</p>
  % else:
  <p role="status">This session is closed. You'll get in automatically when your teacher opens it again.</p>
  % end
</main>
