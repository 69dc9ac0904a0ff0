% # question
% if question["image"]:
<img class="picture" src="/images/{{question["image"]}}" loading="lazy" alt="{{question["image_alt"] or "Picture for this question"}}">
% end
