% # session, asked: [(question, [the own answer in each round])], own: what get_own_result gives
% rebase("layout.tpl", title=_("My answers"), sheet="audience", page="answers")
<main data-code="{{session["code"]}}">
  <p class="session" dir="auto">{{session["name"]}}</p>
  <h1>My answers</h1>
  % if own:
  % include("partials/_own_result.tpl", session=session, own=dict(own, asked=[]))
  % end
  % for question, answers in asked:
  % include("partials/_own_answer.tpl", question=question, answers=answers)
  % end
  % if not asked:
  <p>Nothing has been asked yet.</p>
  % end
  <p><a href="/audience/{{session["code"]}}">Back to the questions</a></p>
</main>
