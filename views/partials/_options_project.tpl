% # question: its options before results are shown
<ol class="options">
  % for option in question["options"]:
  <li><b class="letter">{{option["key"]}}</b> <span dir="auto">{{option["text"]}}</span></li>
  % end
</ol>
