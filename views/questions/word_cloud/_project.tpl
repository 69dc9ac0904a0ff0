% # question: before its results are shown
<p class="covered">{{"Write a word or a short phrase" if question["options"]["max_words"] == 1 else "Write up to " + str(question["options"]["max_words"]) + " words or short phrases"}}</p>
