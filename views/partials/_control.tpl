% # presenter, session, questions, now: the present message, shown: what _projection.tpl is given, or None, private: get_private_view or None, addresses: [(url, card)], files: what describe_files gives, first_vote: whether these are votes before a discussion, ran_out: whether the countdown did while the server was down, hands: how many were raised, ticket: the questions that were opened with it, progress: list_progress of these
% base, alone, opened = f"/sessions/{session['id']}", presenter["screen_is_private"], bool(now["question_id"]) and now["stage"] != "draft"
% new = f"{base}/questions/new/{next(iter(QUESTION_TYPES))}"
% answered = now["finished"] if now["finished"] is not None else now.get("response_count", 0)
<div class="living {{"is-private" if alone else ""}}" data-control="{{base}}" data-revision="{{now["revision"]}}" hx-target="closest [data-control]" hx-swap="outerHTML">
  <header class="console-bar">
    <a class="home" href="/"><img src="{{static}}/favicon.svg" alt="Home" width="28" height="28"></a>
    <h1 dir="auto">{{session["name"]}}</h1>
    <p class="pill join-pill" data-code="{{session["code"]}}"><span>{{shorten_address(now["address"])}}</span> <b class="code"><span aria-hidden="true">{{group_code(session["code"])}}</span><span class="visually-hidden">{{format_code(session["code"])}}</span></b></p>
    % if now["question_id"]:
    <p class="console-place">{{_("{number} of {count}", number=now["question_no"], count=now["question_count"])}}</p>
    <p class="pill state-pill {{"is-live" if now["stage"] == "open" else "is-correct" if now["stage"] == "answer" else ""}}" dir="auto"><span>{{shown["status"]}}</span></p>
    % end
    % if session["active"]:
    <p class="pill here"><b data-here>{{now["here"]}}</b> here</p>
    % end
  </header>
  <nav class="tools" aria-label="Session">
    <a class="button" href="/present/{{session["id"]}}" target="classpulse-projector">Projector <span aria-hidden="true">↗</span></a>
    % if any(question["opened_at"] for question in questions):
    <a class="button" href="{{base}}/report">Report</a>
    % end
    <a class="button" href="{{base}}/edit">Settings</a>
    % include("partials/_toggle_session.tpl", session=session)
  </nav>
  <section class="console-now" aria-label="Now">
    % if not session["active"]:
    % asked, answers = sum(bool(question["opened_at"]) for question in questions), sum(question["responses"] for question in questions)
    % facts = [_n("{count} student", "{count} students", now["joined"]), _n("{count} question asked", "{count} questions asked", asked), _n("{count} answer", "{count} answers", answers), format_average([question["percent"] for question in questions if question["percent"] is not None])]
    <p class="counters">{{_("Session ended: {facts}", facts=" · ".join(filter(None, facts)))}}</p>
    <div class="files">
      % include("partials/_files.tpl", session=session, files=files)
    </div>
    % end
    % if now["question_id"]:
    <h2 class="now-title title" dir="auto">{{!format_text(now["title"])}}</h2>
    % end
    <div class="answered" {{"" if opened and session["active"] else "hidden"}}>
      % if now["finished"] is not None:
      <p class="counters"><b data-completed>{{answered}}</b> of <span data-expected>{{now["expected"]}}</span> finished</p>
      % else:
      <p class="counters"><b data-answered>{{answered}}</b> of <span data-expected>{{now["expected"]}}</span> answered<span data-tallied>{{_n(", {count} hand", ", {count} hands", hands) if hands else ""}}</span><span data-late>{{_(" · +{count} late", count=now["late"]) if now.get("late") else ""}}</span></p>
      % end
      <span class="track {{"is-open" if now.get("active") else ""}}"><i data-track></i></span>
      % if now.get("active") or now.get("discussing"):
      % include("partials/_countdown.tpl", base=base, now=now)
      % end
      % missing = max(0, now["expected"] - answered) if opened else 0
      <details class="menu {{"" if missing else "is-none"}}" id="who">
        <summary class="button quiet" id="who-missing"><b data-missing>{{missing}}</b> missing</summary>
        <div class="menu-panel">
          % if alone:
          <div data-who hx-get="{{base}}/missing" hx-trigger="answers, toggle from:#who" hx-target="this"><a href="{{base}}/missing">Show who is missing</a></div>
          % else:
          <p>Names stay covered until you turn on the private view.</p>
          <form method="post" action="/alone"><input type="hidden" name="back" value="{{base}}"><button name="alone" value="1">Private view</button></form>
          % end
        </div>
      </details>
      % if ran_out:
      <p class="hint" data-ran-out>The countdown ran out while ClassPulse was not running. Voting is still open.</p>
      % end
    </div>
    % if not now["question_id"] and session["active"]:
    <p class="empty">No questions yet. Students can already join and will wait.</p>
    % end
    <div class="drive">
      % switches = [step for step in now["also"] if step["action"] in ("show_results", "hide_results", "reveal")]
      % others = [step for step in now["also"] if step not in switches]
      % if not now["question_id"] and session["active"]:
      <a class="button primary next" href="{{new}}">Add a question</a>
      <a class="button paste" href="{{base}}/import">Paste a list</a>
      <form method="post" action="{{base}}/examples"><button class="examples">Add three example questions</button></form>
      % elif not session["active"]:
      <form method="post" action="{{base}}/again"><button class="primary next" title="The same questions with a new code; the answers stay here">Use with another class</button></form>
      % end
      % if now["next"] or now["also"]:
      <form id="step" method="post" action="/api{{base}}/step" hx-post="/api{{base}}/step">
        % include("partials/_seen.tpl", now=now)
        % if now["next"]:
        <button id="step-next" class="primary next" data-next name="action" value="{{now["next"]["action"]}}">{{now["next"]["label"]}}</button>
        % end
        % for step in switches:
        % if first_vote and step["action"] == "show_results":
        <details class="menu results-menu" id="early">
          <summary class="button" id="early-results">{{step["label"]}}</summary>
          <div class="menu-panel">
            <p>Students would see the first vote before they discuss it.</p>
            <button id="step-show_results" name="action" value="show_results">Show results anyway</button>
          </div>
        </details>
        % else:
        <button id="step-{{step["action"]}}" name="action" value="{{step["action"]}}">{{step["label"]}}</button>
        % end
        % end
        % if not switches:
        <button class="remote-only" disabled>Results</button>
        % end
      </form>
      <button type="submit" form="go" class="remote-only" id="step-back" name="to" value="{{now["previous_id"]}}" {{"" if now["previous_id"] else "disabled"}}><span aria-hidden="true">‹</span> Back</button>
      % end
      % if session["active"]:
      <details class="menu ask-menu" id="ask">
        <summary class="button" id="ask-now"><span aria-hidden="true">+</span> Quick question</summary>
        <div class="menu-panel">
          <p>Ask aloud or write it on the board. Voting opens immediately.</p>
          % include("partials/_ask.tpl", session=session)
        </div>
      </details>
      % end
      % if session["active"] or others:
      <details class="menu more-menu {{"" if others or now["question_id"] else "is-spare"}}" id="more">
        <summary class="button" id="more-steps">More <span aria-hidden="true">▾</span></summary>
        <div class="menu-panel">
          % for step in others:
          <button type="submit" form="step" id="step-{{step["action"]}}" name="action" value="{{step["action"]}}">{{step["label"]}}</button>
          % end
          % if now.get("late") and not now["answer_shown"]:
          <form method="post" action="/api/questions/{{now["question_id"]}}/admit"><button>Count late answers</button></form>
          % end
          % if now["question_id"]:
          <a class="button" href="/questions/{{now["question_id"]}}/edit">Edit this question</a>
          % end
          % if session["active"]:
          <div class="remote-only">
            <h2>Quick question</h2>
            <p>Voting opens immediately.</p>
            % include("partials/_ask.tpl", session=session)
          </div>
          % end
        </div>
      </details>
      % end
    </div>
    % if not alone and private:
    <form class="offer remote-only" method="post" action="/alone"><input type="hidden" name="back" value="{{base}}">Only you see this phone? <button name="alone" value="1">Private view</button></form>
    % end
  </section>
  <div class="side">
    <nav class="tabs" aria-label="Session parts">
      <a href="#questions" data-tab="questions">Questions</a>
      <a href="#answers" data-tab="answers">Answers
        % if not alone:
        <span aria-hidden="true">🔒</span>
        % end
      </a>
      <a href="#students" data-tab="students">Students</a>
      <a href="#join" data-tab="join">Join</a>
    </nav>
    <section class="pane" id="questions" data-panel="questions" aria-label="Questions">
      <form id="go" method="post" action="/api{{base}}/step" hx-post="/api{{base}}/step">
        <input type="hidden" name="action" value="go">
        % include("partials/_seen.tpl", now=now)
      </form>
      % if not questions:
      <p class="empty">Your questions will be listed here.</p>
      % end
      <ol class="questions {{"" if session["active"] else "has-results"}}">
        % for question in questions:
        <li data-question-id="{{question["id"]}}">
          <span class="grip" draggable="true" data-grip title="Drag to another place" aria-hidden="true">⠿</span>
          <button type="submit" form="go" class="row" id="row-{{question["id"]}}" name="to" value="{{question["id"]}}" title="Show on projector" {{"aria-current=true" if question["id"] == now["question_id"] and not now["joining"] else ""}}>
            <b>{{question["number"]}}</b>
            <span class="row-text"><bdi class="item-title" dir="auto">{{!format_heading(question["title"])}}</bdi> <small>{{_(QUESTION_TYPES[question["type"]].label)}}{{_(" · round {round}", round=question["round"]) if question["round"] > 1 else ""}}</small></span>
            % if question["active"]:
            <span class="row-state is-open">open · <b data-answers>{{question["responses"]}}</b></span>
            % elif question["percent"] is not None:
            <span class="row-state is-correct"><span aria-hidden="true">✓</span> {{_("{percent} %", percent=question["percent"])}} <span class="visually-hidden">correct</span></span>
            % elif question["stage"] == "draft":
            <span class="row-state visually-hidden">not asked yet</span>
            % else:
            <span class="row-state">{{_n("{count} answer", "{count} answers", question["responses"])}}</span>
            % end
          </button>
          % if not session["active"] and question["opened_at"]:
          <a class="row-results" href="/questions/{{question["id"]}}/results" aria-label="{{_("Results: {title}", title=plain_text(question["title"]))}}">Results</a>
          % end
          <details class="row-more" id="more-{{question["id"]}}">
            <summary id="open-{{question["id"]}}" aria-label="{{_("More: {title}", title=plain_text(question["title"]))}}"><span aria-hidden="true">⋯</span></summary>
            <div class="actions">
              % include("partials/_toggle_question.tpl", question=question)
              <a class="button" href="/questions/{{question["id"]}}/results">Results</a>
              <a class="button" href="/questions/{{question["id"]}}/edit">Edit</a>
              <form method="post" action="/questions/{{question["id"]}}/duplicate"><button>Duplicate</button></form>
              <form class="actions" method="post" action="/questions/{{question["id"]}}/move" hx-post="/questions/{{question["id"]}}/move">
                <button id="up-{{question["id"]}}" name="place" value="{{max(1, question["number"] - 1)}}" aria-label="{{_("Move up: {title}", title=plain_text(question["title"]))}}" {{"disabled" if question["number"] == 1 else ""}}>↑</button>
                <button id="down-{{question["id"]}}" name="place" value="{{question["number"] + 1}}" aria-label="{{_("Move down: {title}", title=plain_text(question["title"]))}}" {{"disabled" if question["number"] == len(questions) else ""}}>↓</button>
              </form>
              <a class="button is-danger" href="/questions/{{question["id"]}}/delete">Delete …</a>
            </div>
          </details>
        </li>
        % end
      </ol>
      <div class="pane-foot actions">
        <a class="button" href="{{new}}"><span aria-hidden="true">+</span> Add question</a>
        % if now["question_id"] or not session["active"]:
        <a class="button quiet" href="{{base}}/import">Paste a list</a>
        % end
        <a class="button quiet" href="{{base}}/reuse">Copy questions</a>
        % if session["active"] and len(questions) > 1:
        <form class="actions" method="post" action="/api{{base}}/all" hx-post="/api{{base}}/all">
          <button id="open-all" class="quiet" name="active" value="1" title="For an exit ticket or quiz: students work at their own speed" {{"" if "draft" in now["stages"].values() else "disabled"}}>Open all questions (self-paced)</button>
          <button id="close-all" class="quiet" name="active" value="0" {{"" if "open" in now["stages"].values() else "disabled"}}>Close all</button>
        </form>
        % end
      </div>
    </section>
    <div class="pane private-switch" data-panel="answers students">
      % include("partials/_alone.tpl", presenter=presenter, back=base)
    </div>
    % if progress:
    <section class="pane progress" data-panel="students" role="group" aria-label="Who has answered" tabindex="0">
      % include("partials/_progress.tpl", session=session, asked=ticket, people=progress)
    </section>
    % end
    % if private:
    % include("partials/_private.tpl", presenter=presenter, private=private)
    % else:
    <section class="pane" id="answers" data-panel="answers" aria-label="Answers"><p class="empty">Answers will appear here.</p></section>
    <section class="pane" id="students" data-panel="students" aria-label="Students"><p><b data-joined>{{now["joined"]}}</b> joined</p></section>
    % end
    % if session["active"]:
    <section class="pane files" data-panel="answers" aria-label="Results">
      % include("partials/_files.tpl", session=session, files=files)
    </section>
    % end
    <section class="pane" id="join" data-panel="join" aria-label="Join">
      % if session["active"]:
      <div class="join-card">
        % include("partials/_qr.tpl", text=join_url(session), label="QR code to join")
        <div>
          <p>Students go to <strong class="address">{{now["address"]}}</strong> and enter the code</p>
          <p class="code"><span aria-hidden="true">{{group_code(session["code"])}}</span><span class="visually-hidden">{{format_code(session["code"])}}</span></p>
          <form method="post" action="/api{{base}}/lock" hx-post="/api{{base}}/lock"><button id="lock" name="locked" value="{{0 if session["locked"] else 1}}" title="Students who are in already stay in">{{"Locked – allow new students" if session["locked"] else "Lock: no new students"}}</button></form>
        </div>
      </div>
      <div class="reach">
        % if now["devices"]:
        <p class="reached">Phones can connect: <b data-devices>{{now["devices"]}}</b> so far.</p>
        % elif not now["here"]:
        <p>{{_("No phone has connected yet. In a phone's browser, open {address}", address=now["address"])}}</p>
        % end
        <details id="trouble">
          <summary>Students can't connect?</summary>
          <ol>
            <li>This laptop's firewall may be blocking Python. Allow it for private and public networks.</li>
            <li>Guest Wi-Fi often keeps devices apart. Use another network, or your own router (no internet needed).</li>
            <li>The phone is on mobile data or on another Wi-Fi. Turn mobile data off for a moment.</li>
            <li>The address may belong to another network card. This laptop's addresses, best first:
              <ul>
                % for url, card in addresses:
                <li><code>{{url}}</code> ({{card}})</li>
                % end
              </ul>
              If one of these works on the phone, restart ClassPulse with <code>--url</code> followed by that address.</li>
          </ol>
        </details>
      </div>
      % else:
      <p class="empty">This session has ended. Nobody can join until you reopen it.</p>
      % end
      <div class="join-card">
        % include("partials/_qr.tpl", text=now["address"] + "/login", label="QR code to sign in on your phone")
        <p>Control the lesson from your phone: scan this code.</p>
      </div>
    </section>
  </div>
</div>
