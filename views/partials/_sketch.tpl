% # question: one that is listed, before it is asked, reveals: whether with its correct answer
% kind = QUESTION_TYPES[question["type"]]
% if kind.tiles:
<div class="projection sketch">
  % include("partials/_tiles.tpl", question=dict(question, answer_shown=reveals, round=1), shown=False)
</div>
% elif reveals and kind.has_answer(question["options"]):
<p class="sketch solution">✓ <bdi dir="auto">{{!format_correct_html(dict(question, answer_shown=True))}}</bdi></p>
% end
% if reveals and question["explanation"]:
<p class="sketch" dir="auto">{{!format_cut(question["explanation"], 200)}}</p>
% end
