% # presenter, session, answers: {"people", "answered_at"} or None
% rebase("layout.tpl", title="Open session", presenter=presenter, page="plain")
<main class="narrow">
  <h1>Open <bdi dir="auto">{{session["name"]}}</bdi></h1>
  % if answers:
  <p>{{_n("This has one person's answers from {day}.", "This has {count} people's answers from {day}.", answers["people"], day=format_day(answers["answered_at"]))}}</p>
  % end
  <form method="post" action="/sessions/{{session["id"]}}/again">
    <p><button class="primary">New class (empty)</button></p>
    <p class="hint">The same questions under a new code; the answers here stay as they are.</p>
  </form>
  <form method="post" action="/api/sessions/{{session["id"]}}/toggle">
    <input type="hidden" name="anyway" value="1">
    <p><button name="active" value="1">Continue with these</button></p>
  </form>
  <p><a href="/sessions/{{session["id"]}}">Cancel</a></p>
</main>
