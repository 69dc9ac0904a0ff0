% # session, questions, answers: {id: parts}, results: {id: stats or None}, mine: {id: stored answer}, own: what get_own_result gives, name: "" if declined, None if never asked, can_change_name, problem, asked: the id of its question, sent: ids of the open questions that were answered, waits: whether these are left out, outbox: names what this phone keeps, version: of the state message that has the same
% rebase("layout.tpl", title=session["name"], sheet="audience", module="audience", page="audience", refresh=0 if problem or any(question["active"] for question in questions) else 10)
% # refresh: without scripts, and only where no form would lose anything
% is_waiting = waits and sent and not any(question["active"] for question in questions)
<p class="link" role="status" data-link></p>
<main data-audience data-code="{{session["code"]}}" data-settings="{{session["settings"]["names"]}}{{name_identity(session)}} {{session["settings"]["own_results"]}}" data-outbox-name="{{outbox}}" data-version="{{version}}" data-active="{{"yes" if session["active"] else "no"}}">
  <h1 dir="auto">{{session["name"]}}</h1>
  % if problem:
  <p class="problem" role="alert">{{_(problem)}}</p>
  % if asked and asked not in [question["id"] for question in questions]:
  % for part in answers[asked]:
  <p class="text" dir="auto">{{part}}</p>
  % end
  % end
  % if problem.readings:
  <form method="post" action="/audience/respond/{{asked}}">
    % for field, value, label in problem.readings:
    <button name="{{field}}" value="{{value}}">{{_(label)}}</button>
    % end
  </form>
  % end
  % end
  <div class="{{"note" if questions or own else "lobby"}}" data-lobby>
    <p class="beat" aria-hidden="true"><i data-key="A"></i><i data-key="B"></i><i data-key="C"></i><i data-key="D"></i></p>
    <p data-waiting aria-live="polite">{{_n("Your answer is saved. The next question will appear here.", "Your answers are saved. The next question will appear here.", len(sent)) if is_waiting else "" if questions or own and session["active"] else _("You're in. The next question will appear here.") if session["active"] else _("Session closed, your answers are saved")}}</p>
  </div>
  <div data-lost></div>
  <div class="progress" hidden data-turns><p role="status" data-progress></p><progress aria-hidden="true"></progress></div>
  <p class="pill" role="timer" data-remaining></p>
  <div data-result>
    % if own:
    % include("partials/_own_result.tpl", session=session, own=own)
    % end
  </div>
  <div data-questions>
    % for question in questions:
    % include("partials/_asked.tpl", question=question, answer=answers[question["id"]], saved=mine.get(question["id"]), results=results[question["id"]])
    % end
  </div>
  <div hidden data-finished></div>
  % if session["settings"]["own_results"] != "off":
  <form class="finish" method="post" action="/audience/{{session["code"]}}/finish" data-finish {{"" if any(question["active"] and not is_held_back(question) for question in questions) else "hidden"}}>
    <details>
      <summary>Finish and see my result</summary>
      <p>After this your answers are final.</p>
      <button>Finish</button>
      <p class="problem" role="alert"></p>
    </details>
  </form>
  % end
  <nav class="turns" aria-label="Questions" hidden data-turns>
    <button class="quiet" data-turn="-1">Back</button>
    <button data-turn="1">Next</button>
  </nav>
  <p class="visually-hidden" aria-live="polite" data-announce></p>
</main>
% if sent and not problem and all(question["id"] in sent for question in questions if question["active"]):
<noscript>
  <form action="/audience/{{session["code"]}}">
    % if waits:
    <button class="quiet">{{_n("Change my answer", "Change my answers", len(sent))}}</button>
    % else:
    <button name="wait" value="1">Wait for the next question</button>
    % end
  </form>
</noscript>
% end
<footer>
  <p>{{format_privacy(session, name)}}</p>
  % if name:
  <p>You are <bdi dir="auto">{{name}}</bdi>.
    <a href="/audience/{{session["code"]}}/name" data-change-name {{"" if can_change_name else "hidden"}}>Change</a>
  </p>
  % end
  <a href="/audience/{{session["code"]}}/answers">My answers</a>
  <details>
    <summary>Not you?</summary>
    <form method="post" action="/audience/{{session["code"]}}/leave" data-leave>
      <p>Start over as someone else on this device. Earlier answers still count.</p>
      <button class="quiet">Start over as someone else</button>
      <div hidden data-losing>
        <p class="problem" role="alert">What you typed or chose last would be lost.</p>
        <button class="danger">Start over and lose it</button>
        <button class="quiet" type="button" data-stay>Go back to my answer</button>
      </div>
    </form>
  </details>
</footer>
