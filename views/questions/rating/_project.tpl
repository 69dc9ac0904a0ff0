% # question, before its results are shown
% scale = question["options"]
<p class="cover"><bdi dir="auto">{{scale["low"]}}</bdi> 1 … {{scale["max_rating"]}} <bdi dir="auto">{{scale["high"]}}</bdi></p>
