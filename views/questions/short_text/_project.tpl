% # question, before its results are shown
<p class="cover">Write a short answer on your phone</p>
