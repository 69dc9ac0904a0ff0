% # session, asked: [(question, [the own answer in each round])]
% rebase("layout.tpl", title=_("My answers"), sheet="audience", page="answers")
<main data-code="{{session["code"]}}">
  <p class="session" dir="auto">{{session["name"]}}</p>
  <h1>My answers</h1>
  % for question, answers in asked:
  % last = answers[-1] if answers else None
  % verdict, result = judge_answer(question, last) if last else ("", "")
  % correct = format_correct(question)
  <section class="own" data-question-id="{{question["id"]}}" data-stage="{{question["stage"]}}">
    <h2 dir="auto">{{question["title"]}}</h2>
    % include("partials/_picture.tpl", question=question)
    % for answer in answers:
    <p data-round="{{answer["round"]}}"><span>{{_("Round {round}", round=answer["round"]) if question["round"] > 1 else _("Your answer")}}</span> <bdi dir="auto">{{spell_answer(question, answer["value"])}}</bdi> {{_("(late)") if answer["late"] == 1 else ""}}</p>
    % end
    % if not answers:
    <p><span>No answer</span></p>
    % end
    % if verdict:
    <p class="result" data-verdict="{{verdict}}">{{result}}</p>
    % end
    % if correct and correct not in result:
    <p class="solution">Correct answer: <bdi dir="auto">{{correct}}</bdi></p>
    % end
  </section>
  % end
  % if not asked:
  <p>Nothing has been asked yet.</p>
  % end
  <p><a href="/audience/{{session["code"]}}">Back to the questions</a></p>
</main>
