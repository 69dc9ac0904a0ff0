% # presenter, question
% rebase("layout.tpl", title="Question", presenter=presenter, page="editor")
<main class="is-single">
  <header class="editor-head">
    <a href="/sessions/{{question["session_id"]}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{question["session_name"]}}</bdi></a>
    <h1>{{_("Question {number}", number=question["number"])}}</h1>
  </header>
  <section class="card">
    <h2 class="asked" dir="auto">{{!format_text(question["title"])}}</h2>
    <p>{{_("Hidden, because this form contains the correct answer.") if has_answer(question) else _("Hidden, because this form contains an explanation.")}}</p>
    <p class="hint">This turns on the private view. Turn it off before you mirror your screen.</p>
    <form method="post" action="/alone">
      <input type="hidden" name="back" value="/questions/{{question["id"]}}/edit">
      <button class="primary" name="alone" value="1">Show it: only I see this screen</button>
    </form>
  </section>
</main>
