% # question, before its results are shown
<p class="cover">Write your answer on your phone</p>
