% # question: its options before results are shown
<ol class="options">
  % for option in question["options"]:
  <li dir="auto"><b class="letter" dir="ltr">{{option["key"]}}</b> <span>{{option["text"]}}</span></li>
  % end
</ol>
