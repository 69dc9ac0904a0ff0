% # given: {"name", "number", "question", "answers"}, what a student has answered
% question, answers = given["question"], given["answers"]
<h2><bdi class="text" dir="auto">{{given["name"] or _("Student {number}", number=given["number"])}}</bdi></h2>
<p class="hint">{{_("Question {number}", number=question["number"])}}: <span dir="auto">{{!format_heading(question["title"])}}</span></p>
% for answer in answers:
% kind, sign, words = format_mark(question, answer["value"], answer["late"])
<p data-round="{{answer["round"]}}">
  % if question["round"] > 1:
  <b>{{_("Round {round}", round=answer["round"])}}</b>
  % end
  <bdi class="text" dir="auto">{{!spell_answer_html(question, answer["value"])}}</bdi>
  % if words:
  <small>{{sign}} {{words}}</small>
  % end
</p>
% end
% if not answers:
<p>No answer.</p>
% end
<form class="actions" method="dialog"><button data-close autofocus hidden>Close</button></form>
