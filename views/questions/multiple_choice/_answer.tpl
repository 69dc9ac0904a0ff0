% # question, answer: parts of the own answer, results: stats or None
% pictured = any("image" in option for option in question["options"])
% if pictured:
<div class="pictures">
% end
% for option in question["options"]:
% include("partials/_option_card.tpl", question=question, option=option, kind="radio", answer=answer, results=results)
% end
% if pictured:
</div>
% end
<button data-tap>Send answer</button>
