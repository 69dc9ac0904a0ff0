% # question, before its results are shown
<p class="cover">Write a short answer</p>
