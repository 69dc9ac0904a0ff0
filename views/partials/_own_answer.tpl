% # question, answers: the own ones of all rounds
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
