% # presenter, question
% rebase("layout.tpl", title="Question", presenter=presenter, page="plain")
<main class="narrow">
  <p><a href="/sessions/{{question["session_id"]}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{question["session_name"]}}</bdi></a></p>
  <h1 class="title" dir="auto">{{question["title"]}}</h1>
  <p>This form shows the right answer, so it is covered.</p>
  % include("partials/_alone.tpl", presenter=presenter, back="/questions/" + str(question["id"]) + "/edit")
</main>
