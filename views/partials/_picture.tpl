% # question; one that is not stored may have a `picture` that isn't either
% if question["image"]:
<img class="picture" src="/images/{{question["image"]}}" loading="lazy" alt="{{plain_text(question["image_alt"]) or "Picture for this question"}}">
% elif question.get("picture"):
<p class="picture" role="img" aria-label="Picture for this question"></p>
% end
