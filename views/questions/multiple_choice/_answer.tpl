% # question, answer: parts of the own answer, results: stats or None
% for option in question["options"]:
% include("partials/_option_card.tpl", question=question, option=option, kind="radio", answer=answer, results=results)
% end
<button data-tap>Send answer</button>
