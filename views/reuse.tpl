% # presenter, session, source: the session to take from or None, questions: of that one, sessions: to choose from, problem
% rebase("layout.tpl", title="Use questions again", presenter=presenter, page="plain")
<main class="narrow">
  <p><a href="/sessions/{{session["id"]}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{session["name"]}}</bdi></a></p>
  <h1>Use questions again</h1>
  % if source:
  <form method="post" action="/sessions/{{session["id"]}}/reuse">
    <p>From <bdi dir="auto">{{source["name"]}}</bdi>, as drafts without answers:</p>
    <input type="hidden" name="source" value="{{source["id"]}}">
    % for question in questions:
    <p class="check"><label><input type="checkbox" name="question_id" value="{{question["id"]}}" {{focus(problem, "question_id") if question is questions[0] else ""}}> <span><bdi class="title" dir="auto">{{question["title"]}}</bdi> <span class="facts">{{_(QUESTION_TYPES[question["type"]].label)}}</span></span></label></p>
    % end
    % include("partials/_field_problem.tpl", problem=problem, field="question_id")
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    <p><button class="primary">Add these questions</button> <a href="/sessions/{{session["id"]}}/reuse">Another session</a></p>
  </form>
  % elif sessions:
  <p>From which session?</p>
  <ul class="list">
    % for other in sessions:
    <li><a class="item-title" href="/sessions/{{session["id"]}}/reuse?source={{other["id"]}}" dir="auto">{{other["name"]}}</a> <span class="facts">{{day(other["created_at"])}} · {{_n("{count} question", "{count} questions", other["questions"])}}</span></li>
    % end
  </ul>
  % else:
  <p class="empty">None of your other sessions has questions yet.</p>
  % end
</main>
