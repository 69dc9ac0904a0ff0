% # presenter, question, responses: how many
% rebase("layout.tpl", title="Delete question", presenter=presenter, page="plain")
<main class="narrow">
  <h1>Delete this question?</h1>
  <p><strong class="title" dir="auto">{{question["title"]}}</strong></p>
  <p>{{_n("Its one answer is deleted with it.", "Its {count} answers are deleted with it.", responses) if responses else _("No answers are lost.")}} This can't be undone.</p>
  <form method="post" action="/questions/{{question["id"]}}/delete">
    <button class="primary">Delete question</button>
    <a href="/sessions/{{question["session_id"]}}">Cancel</a>
  </form>
</main>
