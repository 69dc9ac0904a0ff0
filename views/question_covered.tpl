% # presenter, question
% rebase("layout.tpl", title="Question", presenter=presenter, page="editor")
<main class="is-single">
  <header class="editor-head">
    <a href="/sessions/{{question["session_id"]}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{question["session_name"]}}</bdi></a>
    <h1>{{_("Question {number}", number=question["number"])}}</h1>
  </header>
  <section class="card">
    <h2 class="asked" dir="auto">{{question["title"]}}</h2>
    <p>Hidden, because this form contains the correct answer.</p>
    % include("partials/_alone.tpl", presenter=presenter, back="/questions/" + str(question["id"]) + "/edit")
  </section>
</main>
