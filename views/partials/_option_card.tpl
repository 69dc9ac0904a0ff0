% # question, option: {"key", "text"} and where one may be correct "correct", kind: of its input, answer: parts of the own answer, results: stats or None
% judged = question["answer_shown"] and has_answer(question)
% right = judged and option["correct"]
<label class="tile{{" is-correct" if right else " is-judged" if judged else ""}}" data-key="{{option["key"]}}"><input type="{{kind}}" name="response" value="{{option["key"]}}" {{"checked" if option["key"] in answer else ""}}>
<span class="card"><b class="letter">{{option["key"]}}</b> <span class="body">
% if option["text"] not in ("", option["key"]):
<span class="text" dir="auto">{{!format_text(option["text"])}}</span>
% end
% if right:
<span class="right">✓ Correct answer</span>
% end
% if judged:
<span class="picked">Your answer</span>
% end
</span>
% include("partials/_share.tpl", key=option["key"], results=results)
</span></label>
