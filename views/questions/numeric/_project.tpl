% # question: before its results are shown
<p class="covered">Type a number {{question["options"]["unit"] and "in " + question["options"]["unit"]}}</p>
