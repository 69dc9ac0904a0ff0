% # question, answer: parts of the own answer, results: stats or None
<p class="how">Pick all that apply.</p>
% pictured = any("image" in option for option in question["options"])
% if pictured:
<div class="pictures">
% end
% for option in question["options"]:
% include("partials/_option_card.tpl", question=question, option=option, kind="checkbox", answer=answer, results=results)
% end
% if pictured:
</div>
% end
<button>Send answer</button>
