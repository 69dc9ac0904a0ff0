% # question: before its results are shown
<p class="covered">Write a short answer</p>
