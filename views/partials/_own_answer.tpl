% # question, answers: the own ones of all rounds
% last = answers[-1] if answers and answers[-1]["round"] == question["round"] else None
% verdict, result = judge_answer(question, last) if last else ("", "")
% correct = format_correct(question)
% points, most = count_points(question, answers) if correct else (0, 1)
% spelled = [spell_answer(question, last["value"])] if verdict == "correct" else []
% heading, body = split_title(question["title"])
<section class="own" data-question-id="{{question["id"]}}" data-stage="{{question["stage"]}}">
  <h2 dir="auto">{{!format_wrapped(heading)}}</h2>
  % if body:
  <p class="text" dir="auto">{{!format_wrapped(body)}}</p>
  % end
  % include("partials/_picture.tpl", question=question)
  % for answer in answers:
  <p data-round="{{answer["round"]}}"><span>{{_("Round {round}", round=answer["round"]) if question["round"] > 1 else _("Your answer")}}</span> <bdi dir="auto">{{!spell_answer_html(question, answer["value"])}}</bdi> {{_("(late)") if answer["late"] == 1 else ""}}</p>
  % end
  % if not last:
  <p><span>{{_("Round {round}: no answer", round=question["round"]) if question["round"] > 1 else _("No answer")}}</span></p>
  % end
  % if verdict:
  <p class="result" data-verdict="{{verdict}}">{{_("Not this time.") if verdict == "wrong" and correct not in result else result}}</p>
  % end
  % if most > 1 and verdict != "partly":
  <p><span>{{_("{points} of {most} points", points=points, most=most)}}</span></p>
  % end
  % if correct and correct not in result and correct not in spelled:
  <p class="solution">Correct answer: <bdi dir="auto">{{!format_correct_html(question)}}</bdi></p>
  % end
  % if find_explanation(question):
  <p><span>Explanation</span></p>
  <p class="text" data-explanation dir="auto">{{!format_wrapped(find_explanation(question))}}</p>
  % end
</section>
