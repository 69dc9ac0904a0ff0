% # presenter, question, key: of a row, who: what list_who gives
% rebase("layout.tpl", title=_("Who chose this"), presenter=presenter)
<main class="narrow">
  <p><a class="back" href="/questions/{{question["id"]}}/results"><span aria-hidden="true">←</span> Results</a></p>
  <h1 class="title" dir="auto">{{!format_text(question["title"])}}</h1>
  <h2>Who chose <bdi dir="auto">{{!format_label(who)}}</bdi></h2>
  % include("partials/_who.tpl", question=question, key=key, who=who)
</main>
