% # presenter, question, responses: how many
% rebase("layout.tpl", title="Delete question", presenter=presenter, page="editor")
<main class="is-single">
  <header class="editor-head">
    <a href="/sessions/{{question["session_id"]}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{question["session_name"]}}</bdi></a>
    <h1>Delete this question?</h1>
  </header>
  <section class="card">
    <h2 class="asked" dir="auto">{{!format_text(question["title"])}}</h2>
    <p>{{_n("Its one answer and its results file are deleted with it.", "Its {count} answers and its results file are deleted with it.", responses) if responses else _("It has no answers yet.")}} This can't be undone.</p>
    <form class="actions" method="post" action="/questions/{{question["id"]}}/delete">
      <button class="is-danger">Delete question</button>
      <a class="button quiet" href="/sessions/{{question["session_id"]}}">Cancel</a>
    </form>
  </section>
</main>
