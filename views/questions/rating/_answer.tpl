% # question, answer: parts of the own answer, results: stats or None
% scale = question["options"]
% for number in map(str, range(1, scale["max_rating"] + 1)):
% ends = {"1": scale["low"], str(scale["max_rating"]): scale["high"]}.get(number, "")
% include("partials/_option_card.tpl", question=question, option={"key": number, "text": ends}, kind="radio", answer=answer, results=results)
% end
<button data-tap>Send answer</button>
