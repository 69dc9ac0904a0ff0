% # question, before its results are shown
<p class="cover">{{_n("Write a word or a short phrase", "Write up to {count} words or short phrases", question["options"]["max_words"])}}</p>
