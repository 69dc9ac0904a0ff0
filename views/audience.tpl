% # session, questions, answers: {id: parts}, results: {id: stats or None}, mine: {id: stored answer}, name: or None, can_change_name, problem, asked: the id of its question, outbox: names what this phone keeps
% rebase("layout.tpl", title=session["name"], sheet="audience", module="audience", page="audience")
<p class="link" role="status" data-link></p>
<main data-audience="{{session["code"]}}" data-names="{{asked_names(session)}}" data-outbox-name="{{outbox}}" data-active="{{"yes" if session["active"] else "no"}}">
  <h1 dir="auto">{{session["name"]}}</h1>
  % if problem:
  <p class="problem" role="alert">{{_(problem)}}</p>
  % if problem.readings:
  <form method="post" action="/audience/respond/{{asked}}">
    % for field, value, label in problem.readings:
    <button name="{{field}}" value="{{value}}">{{_(label)}}</button>
    % end
  </form>
  % end
  % end
  <p class="waiting" data-waiting aria-live="polite">{{"" if questions else "Waiting for the next question" if session["active"] else "Session closed, your answers are saved"}}</p>
  <p class="progress" role="status" data-progress></p>
  <div data-questions>
    % for question in questions:
    % include("partials/_asked.tpl", question=question, answer=answers[question["id"]], saved=mine.get(question["id"]), results=results[question["id"]])
    % end
  </div>
  <p class="visually-hidden" aria-live="polite" data-announce></p>
</main>
<footer>
  <p class="privacy">{{format_privacy(session)}}</p>
  % if name:
  <p class="privacy">You are <bdi dir="auto">{{name}}</bdi>.
    % if can_change_name:
    <a href="/audience/{{session["code"]}}/name" data-change-name>Change</a>
    % end
  </p>
  % end
  <details>
    <summary>Not you?</summary>
    <form method="post" action="/audience/{{session["code"]}}/leave">
      <p>Joining as someone else starts afresh on this device. Answers given so far stay counted.</p>
      <button class="quiet" data-leave="An answer is not sent yet, and would be lost. Join as someone else?">Join as someone else</button>
    </form>
  </details>
</footer>
