% # question: its options before results are shown
<ol class="options">
  % for option in question["options"]:
  <li dir="auto"><b class="letter" dir="ltr">{{option["key"]}}</b> <span>{{option["text"] if option["text"] != option["key"] else ""}}</span></li>
  % end
</ol>
