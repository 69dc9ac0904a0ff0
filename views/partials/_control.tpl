% # session, questions, now: the present message
<div data-control="/sessions/{{session["id"]}}">
  <section class="panel now" aria-label="Now">
    <div class="row">
      <p class="counters"><b data-here>{{now["here"]}}</b> here · <b data-joined>{{now["joined"]}}</b> joined · <b data-answered>{{now.get("response_count", 0)}}</b> of <span data-expected>{{now["expected"]}}</span> answered<span data-late>{{f" · +{now['late']} late" if now.get("late") else ""}}</span></p>
      % include("partials/_toggle_session.tpl", session=session)
    </div>
    % if now["question_id"]:
    <p class="current">Question {{now["question_no"]}} of {{now["question_count"]}}: <strong dir="auto">{{now["title"]}}</strong> <span class="badge is-{{now["stage"]}}">{{now["stage"]}}</span></p>
    % if now["next"]:
    <form method="post" action="/api/sessions/{{session["id"]}}/step" hx-post="/api/sessions/{{session["id"]}}/step" hx-target="closest [data-control]" hx-swap="outerHTML">
      <input type="hidden" name="question_id" value="{{now["question_id"]}}">
      <input type="hidden" name="round" value="{{now["round"]}}">
      <input type="hidden" name="stage" value="{{now["stage"]}}">
      <button class="primary next" name="action" value="{{now["next"]["action"]}}">{{now["next"]["label"]}}</button>
      % for action in now["also"]:
      <button name="action" value="{{action}}">{{STEPS[action]}}</button>
      % end
    </form>
    % end
    % elif session["active"]:
    <p class="empty">No questions yet. Add one below; students wait on their phones until you open it.</p>
    % end
  </section>
  % if questions:
  <section class="panel">
    <h2>Questions</h2>
    <ol class="list questions">
      % for question in questions:
      <li data-question-id="{{question["id"]}}">
        <span class="item-title" dir="auto">{{question["title"]}}</span>
        <span class="facts">{{QUESTION_TYPES[question["type"]].label}} · <span class="badge is-{{question["stage"]}}">{{question["stage"]}}</span> · {{question["responses"]}} {{"answer" if question["responses"] == 1 else "answers"}}</span>
        <span class="actions">
          % include("partials/_toggle_question.tpl", question=question)
          <a class="button" href="/questions/{{question["id"]}}/results">Results</a>
          <a class="button" href="/present/{{session["id"]}}?question={{question["id"]}}" target="classpulse-projector">Project</a>
        </span>
      </li>
      % end
    </ol>
  </section>
  % end
</div>
