% # presenter, session, source: the session to take from or None, questions: of that one, or of all others where `search` was found, sessions: to choose from, picked: ids of the ticked ones, shown: what _projection.tpl is given, or None, problem
% rebase("layout.tpl", title="Copy questions", presenter=presenter, page="plain", module="reuse")
<main class="narrow">
  <p><a class="back" href="/sessions/{{session["id"]}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{session["name"]}}</bdi></a></p>
  <h1>Copy questions</h1>
  % if not source:
  <form class="field" action="/sessions/{{session["id"]}}/reuse">
    <label for="all">Search your other sessions</label>
    <span class="search"><input id="all" name="search" type="search" value="{{search}}" maxlength="{{NAME_MAX}}" dir="auto" autocomplete="off"> <button>Search</button></span>
  </form>
  % end
  % if source or questions:
  % if source:
  <p>From <bdi dir="auto">{{source["name"]}}</bdi>, without answers. <a href="/sessions/{{session["id"]}}/reuse">Choose another session</a></p>
  % else:
  <p>{{_n("{count} question found.", "{count} questions found.", len(questions))}} <a href="/sessions/{{session["id"]}}/reuse">Choose a session</a></p>
  % end
  % if len(questions) > SEARCH_FROM:
  % include("partials/_search.tpl", label="Search questions")
  % end
  <form method="post" action="/sessions/{{session["id"]}}/reuse" data-reuse>
    <input type="hidden" name="source" value="{{source["id"] if source else ""}}">
    <input type="hidden" name="search" value="{{search}}">
    <p class="check" data-all hidden><label><input type="checkbox" autocomplete="off"> Select all</label></p>
    <ul class="rows" data-list>
      % for question in take_turns(questions):
      <li class="check"><label><input type="checkbox" name="question_id" value="{{question["id"]}}" {{"checked" if str(question["id"]) in picked else ""}} {{focus(problem, "question_id") if question is questions[0] else ""}}>
        <span><bdi class="title" dir="auto">{{!format_text(question["title"])}}</bdi> <span class="facts">{{_(QUESTION_TYPES[question["type"]].label)}}
          % if question["explanation"] and not presenter["screen_is_private"]:
          · with an explanation
          % end
          % if not source:
          · <bdi dir="auto">{{question["session_name"]}}</bdi>
          % end
        </span></span></label>
        % include("partials/_sketch.tpl", question=question, reveals=presenter["screen_is_private"])
        <button class="quiet" name="look" value="{{question["id"]}}" aria-label="{{_("Preview: {title}", title=cut_text(plain_text(question["title"]), 80))}}">Preview</button>
      </li>
      % end
    </ul>
    % include("partials/_field_problem.tpl", problem=problem, field="question_id")
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    <p class="save-bar"><button class="primary" data-copy>Copy questions</button> <a class="button quiet" href="/sessions/{{session["id"]}}">Cancel</a></p>
    <div class="looks" data-previews {{"" if shown else "hidden"}}>
      % include("partials/_previews.tpl", shown=shown)
    </div>
  </form>
  % elif sessions:
  % if search:
  <p class="empty">Nothing matches your search.</p>
  % end
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
