% # question, answer: parts of the own answer, results: stats or None
% texts = {option["key"]: option["text"] for option in question["options"]}
% # an answer that was refused may lack options: they follow
% order = [key for key in dict.fromkeys([*answer, *texts]) if key in texts]
<p class="how">Put these in order, first at the top.</p>
<ol class="sortable" data-sortable>
  % for key in order:
  <li class="tile" data-key="{{key}}">
    <span class="card"><b class="letter">{{key}}</b>
    <span class="body"><span class="text" dir="auto">{{!format_wrapped(texts[key])}}</span>
    % include("partials/_share.tpl", key=key, results=results)
    </span></span>
    <button type="button" class="quiet" hidden data-move="-1" aria-label="{{_("{letter} up", letter=key)}}">▲</button>
    <button type="button" class="quiet" hidden data-move="1" aria-label="{{_("{letter} down", letter=key)}}">▼</button>
  </li>
  % end
</ol>
<noscript>
  % for place in range(len(texts)):
  <label>{{place + 1}}. <select name="response">
    % for key, text in texts.items():
    <option value="{{key}}" {{"selected" if key == order[place] else ""}}>{{key}}: {{plain_text(text)}}</option>
    % end
  </select></label>
  % end
</noscript>
<button>Send order</button>
