% # question, option: {"key", "text"} and where one may be correct "correct", and perhaps a picture, kind: of its input, answer: parts of the own answer, results: stats or None
% judged = question["answer_shown"] and has_answer(question)
% right = judged and option["correct"]
% image = option.get("image")
% if image:
<div class="pictured">
% end
<label class="tile{{" is-correct" if right else " is-judged" if judged else ""}}" data-key="{{option["key"]}}"><input type="{{kind}}" name="response" value="{{option["key"]}}"{{" checked" if option["key"] in answer else ""}}>
<span class="card"><b class="letter">{{option["key"]}}</b> \\
% if image:
<img class="picture" src="/images/{{image}}" loading="lazy" alt="{{plain_text(option["image_alt"])}}">\\
% end
<span class="body">\\
% if option["text"] not in ("", option["key"]) and not is_bare(option):
<span class="text" dir="auto">{{!format_wrapped(option["text"])}}</span>
% end
% if right:
<span class="right">✓ Correct answer</span>
% end
% if judged:
<span class="picked">Your answer</span>
% end
% if image:
% include("partials/_share.tpl", key=option["key"], results=results)
% end
</span>\\
% if not image:
% include("partials/_share.tpl", key=option["key"], results=results)
% end
</span></label>
% if image:
<a href="/images/{{image}}" data-enlarge aria-label="{{_("Enlarge the picture of {letter}", letter=option["key"])}}">⤢</a>
</div>
% end
