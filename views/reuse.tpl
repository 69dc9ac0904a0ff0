% # presenter, session, source: the session to take from or None, questions: of that one, sessions: to choose from, problem
% rebase("layout.tpl", title="Copy questions", presenter=presenter, page="plain", module="list")
<main class="narrow">
  <p><a class="back" href="/sessions/{{session["id"]}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{session["name"]}}</bdi></a></p>
  <h1>Copy questions</h1>
  % if source:
  <p>From <bdi dir="auto">{{source["name"]}}</bdi>, without answers. <a href="/sessions/{{session["id"]}}/reuse">Choose another session</a></p>
  % if len(questions) > SEARCH_FROM:
  % include("partials/_search.tpl", label="Search questions")
  % end
  <form method="post" action="/sessions/{{session["id"]}}/reuse">
    <input type="hidden" name="source" value="{{source["id"]}}">
    <p class="check" data-all hidden><label><input type="checkbox" autocomplete="off"> Select all</label></p>
    <ul class="rows" data-list>
      % for question in questions:
      <li class="check"><label><input type="checkbox" name="question_id" value="{{question["id"]}}" {{focus(problem, "question_id") if question is questions[0] else ""}}> <span><bdi class="title" dir="auto">{{question["title"]}}</bdi> <span class="facts">{{_(QUESTION_TYPES[question["type"]].label)}}</span></span></label></li>
      % end
    </ul>
    % include("partials/_field_problem.tpl", problem=problem, field="question_id")
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    <p class="actions"><button class="primary" data-copy>Copy questions</button> <a class="button quiet" href="/sessions/{{session["id"]}}">Cancel</a></p>
  </form>
  % elif sessions:
  <p>Choose a session.</p>
  % if len(sessions) > SEARCH_FROM:
  % include("partials/_search.tpl", label="Search sessions")
  % end
  <ul class="rows" data-list>
    % for other in sessions:
    <li><a href="/sessions/{{session["id"]}}/reuse?source={{other["id"]}}"><bdi class="title" dir="auto">{{other["name"]}}</bdi> <span class="facts">{{day(other["created_at"])}} · {{_n("{count} question", "{count} questions", other["questions"])}}</span></a></li>
    % end
  </ul>
  % else:
  <p class="empty">None of your other sessions has questions yet.</p>
  % end
</main>
