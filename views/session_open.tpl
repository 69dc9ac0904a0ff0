% # presenter, session, answers: {"people", "answered_at"} or None
% rebase("layout.tpl", title="Reopen session", presenter=presenter, page="plain")
<main class="narrow">
  <h1>Reopen <bdi dir="auto">{{session["name"]}}</bdi></h1>
  % if answers:
  <p>{{_n("One student answered here, most recently {day}.", "{count} students answered here, most recently {day}.", answers["people"], day=format_day(answers["answered_at"]))}}</p>
  % end
  <ul class="choices">
    <li>
      <form method="post" action="/sessions/{{session["id"]}}/again"><button class="primary">Use with another class</button></form>
      <span class="hint">Same questions, new code, no answers. The answers in this session stay as they are.</span>
    </li>
    <li>
      <form method="post" action="/api/sessions/{{session["id"]}}/toggle"><input type="hidden" name="anyway" value="1"><button name="active" value="1">Continue and keep the answers</button></form>
      <span class="hint">Same code. New answers are added to these.</span>
    </li>
  </ul>
  <p><a class="back" href="/sessions/{{session["id"]}}">Cancel</a></p>
</main>
