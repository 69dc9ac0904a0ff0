% # question, answer: parts of the own answer, results: stats or None
<p class="how">Pick all that apply.</p>
% for option in question["options"]:
% include("partials/_option_card.tpl", question=question, option=option, kind="checkbox", answer=answer, results=results)
% end
<button>Send answer</button>
