% # question, before its results are shown
<p class="cover">Write your answer</p>
