% # presenter, session, questions, now: the present message, private: get_private_view or None, addresses: [(url, card)], saved_as: the CSV file or None
<div class="living" data-control="/sessions/{{session["id"]}}" data-revision="{{now["revision"]}}">
  <section class="panel now" aria-label="Now">
    % if session["active"]:
    <p class="counters"><b data-here>{{now["here"]}}</b> here · <b data-away>{{now["joined"] - now["here"]}}</b> away · <b data-joined>{{now["joined"]}}</b> joined · <b data-answered>{{now.get("response_count", 0)}}</b> of <span data-expected>{{now["expected"]}}</span> answered<span data-late>{{_(" · +{count} late", count=now["late"]) if now.get("late") else ""}}</span></p>
    % else:
    % asked = [question for question in questions if question["opened_at"]]
    % answers = sum(question["responses"] for question in questions)
    <p class="counters">The session is closed: <b data-joined>{{now["joined"]}}</b> joined · <b>{{len(asked)}}</b> {{_n("question asked", "questions asked", len(asked))}} · <b>{{answers}}</b> {{_n("answer", "answers", answers)}}</p>
    % include("partials/_saved.tpl", session=session, saved_as=saved_as)
    <form method="post" action="/sessions/{{session["id"]}}/again"><button class="primary">Use with another class</button> <span class="hint">The same questions under a new code; the answers here stay.</span></form>
    % end
    % if now["question_id"]:
    <p class="current"><span class="badge is-{{now["stage"]}}">{{_(STAGE_NAMES[now["stage"]])}}</span> {{_("Question {number} of {count}, round {round}:", number=now["question_no"], count=now["question_count"], round=now["round"]) if now["round"] > 1 else _("Question {number} of {count}:", number=now["question_no"], count=now["question_count"])}} <strong class="title" dir="auto">{{now["title"]}}</strong></p>
    % if now["next"] or now["also"]:
    <form method="post" action="/api/sessions/{{session["id"]}}/step" hx-post="/api/sessions/{{session["id"]}}/step" hx-target="closest [data-control]" hx-swap="outerHTML">
      <input type="hidden" name="question_id" value="{{now["question_id"]}}">
      <input type="hidden" name="round" value="{{now["round"]}}">
      <input type="hidden" name="stage" value="{{now["stage"]}}">
      % if now["finished"] is not None:
      <p class="hint wide">{{_("{count} questions are open together", count=now["others_open"] + 1)}} · <b data-finished>{{now["finished"]}}</b> of <b data-expected>{{now["expected"]}}</b> finished</p>
      % end
      % if now["next"]:
      <button id="step-next" class="primary next" name="action" value="{{now["next"]["action"]}}">{{now["next"]["label"]}}</button>
      % end
      % for step in now["also"]:
      <button id="step-{{step["action"]}}" name="action" value="{{step["action"]}}">{{step["label"]}}</button>
      % end
    </form>
    % if now["late"] and not now["answer_shown"]:
    <form method="post" action="/api/questions/{{now["question_id"]}}/admit"><button>Count the late ones, too</button></form>
    % end
    % end
    % elif session["active"]:
    <p class="empty">No questions yet. Add one below; students wait on their phones until you open it.</p>
    <form method="post" action="/sessions/{{session["id"]}}/examples"><button>Add three example questions</button> <span class="hint">To try it with.</span></form>
    % end
    <div class="actions">
      % if session["active"]:
      <form class="toggle" method="post" action="/api/sessions/{{session["id"]}}/lock" hx-post="/api/sessions/{{session["id"]}}/lock" hx-target="closest [data-control]" hx-swap="outerHTML"><button id="lock" class="quiet" name="locked" value="{{0 if session["locked"] else 1}}" title="Nobody new gets in; those inside and returning phones go on">{{"Joining is locked: unlock" if session["locked"] else "Lock joining"}}</button></form>
      % end
      % include("partials/_toggle_session.tpl", session=session)
    </div>
  </section>
  <section class="panel reach" aria-label="Connection">
    % if now["devices"]:
    <p class="reached">✓ Phones reach this laptop: <b data-devices>{{now["devices"]}}</b> so far.</p>
    % else:
    <p>No phone has reached this laptop yet. In a phone's browser, open <strong>{{now["address"]}}</strong></p>
    <details>
      <summary>Nothing comes?</summary>
      <ol>
        <li>A firewall asked on this laptop, and was refused: allow Python in its settings, for private and public networks.</li>
        <li>A guest Wi-Fi keeps its devices apart: use another network, or a router of your own without internet.</li>
        <li>The phone is on mobile data, or on another Wi-Fi: switch mobile data off for a moment.</li>
        <li>The address belongs to another network card. This laptop has, the likeliest first:
          <ul>
            % for url, card in addresses:
            <li><code>{{url}}</code> ({{card}})</li>
            % end
          </ul>
          When another one works, start again with <code>--url</code> and that address.</li>
      </ol>
    </details>
    % end
  </section>
  % if private:
  <section class="panel only-me" aria-label="Only for you">
    % include("partials/_alone.tpl", presenter=presenter, back="/sessions/" + str(session["id"]))
    % if presenter["screen_is_private"]:
    <h2 class="title" dir="auto">{{private["question"]["title"]}}</h2>
    % include("partials/_private.tpl", presenter=presenter, private=private)
    % end
  </section>
  % end
  % if session["active"]:
  <section class="panel">
    <h2>Ask now</h2>
    <p class="hint">For a question on the board: voting opens at once.</p>
    % include("partials/_ask.tpl", session=session)
  </section>
  % end
  % if questions:
  <section class="panel">
    <h2>Questions</h2>
    <p><a class="button" href="#add">Add a question</a></p>
    % if session["active"] and len(questions) > 1:
    <form class="actions" method="post" action="/api/sessions/{{session["id"]}}/all" hx-post="/api/sessions/{{session["id"]}}/all" hx-target="closest [data-control]" hx-swap="outerHTML">
      <button id="open-all" name="active" value="1" {{"" if "draft" in now["stages"].values() else "disabled"}}>Open all drafts</button>
      <button id="close-all" name="active" value="0" {{"" if "open" in now["stages"].values() else "disabled"}}>Close all</button>
      <span class="hint">Together, such as an exit ticket: everybody answers at their own pace.</span>
    </form>
    % end
    <ol class="list questions">
      % for question in questions:
      <li data-question-id="{{question["id"]}}">
        <form class="places" method="post" action="/questions/{{question["id"]}}/move" hx-post="/questions/{{question["id"]}}/move" hx-target="closest [data-control]" hx-swap="outerHTML">
          <span class="grip" draggable="true" data-grip title="Drag to another place" aria-hidden="true">⠿</span>
          <button id="up-{{question["id"]}}" class="quiet" name="place" value="{{max(1, question["number"] - 1)}}" aria-label="{{_("Move up: {title}", title=question["title"])}}" {{"disabled" if question["number"] == 1 else ""}}>↑</button>
          <button id="down-{{question["id"]}}" class="quiet" name="place" value="{{question["number"] + 1}}" aria-label="{{_("Move down: {title}", title=question["title"])}}" {{"disabled" if question["number"] == len(questions) else ""}}>↓</button>
        </form>
        <span class="item-title">{{question["number"]}}. <bdi dir="auto">{{question["title"]}}</bdi></span>
        <span class="facts">{{_(QUESTION_TYPES[question["type"]].label)}} · <span class="badge is-{{question["stage"]}}">{{_(STAGE_NAMES[question["stage"]])}}</span> · {{_("round {round} · ", round=question["round"]) if question["round"] > 1 else ""}}{{_n("{count} answer", "{count} answers", question["responses"])}}</span>
        <span class="actions">
          % include("partials/_toggle_question.tpl", question=question)
          <a class="button" href="/questions/{{question["id"]}}/results">Results</a>
          <a class="button" href="/present/{{session["id"]}}?question={{question["id"]}}" target="classpulse-projector" data-project="{{question["id"]}}">Project</a>
        </span>
        <details class="more">
          <summary>Change</summary>
          <span class="actions">
          <a class="button quiet" href="/questions/{{question["id"]}}/edit">Edit</a>
          <form class="toggle" method="post" action="/questions/{{question["id"]}}/duplicate"><button class="quiet">Duplicate</button></form>
          <a class="button quiet" href="/questions/{{question["id"]}}/delete">Delete</a>
          </span>
        </details>
      </li>
      % end
    </ol>
  </section>
  % end
  % if session["active"]:
  <section class="panel">
    <h2>Answers on disk</h2>
    % include("partials/_saved.tpl", session=session, saved_as=saved_as)
  </section>
  % end
</div>
