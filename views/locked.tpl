% # session
% rebase("layout.tpl", title=session["name"], sheet="audience", page="join", module="audience", refresh=5)
<main data-locked-out>
  <h1 dir="auto">{{session["name"]}}</h1>
  <p class="waiting" role="status">Joining is locked just now. This page lets you in by itself when your teacher unlocks it.</p>
</main>
