% # question, before its results are shown
<p class="cover">{{_n("Write a word or a short phrase on your phone", "Write up to {count} words or short phrases on your phone", question["options"]["max_words"])}}</p>
