% # question: before its results are shown
<p class="covered">Write your answer</p>
