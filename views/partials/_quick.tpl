% # today
<form method="post" action="/sessions/new">
  <p>Ask aloud or write it on the board. Voting opens immediately.</p>
  <input type="hidden" name="name" value="{{_("Quick question, {day}", day=today)}}">
  <p class="chips">
    % for kind in QUESTION_TYPES.values():
    % for label in kind.at_once:
    <button class="chip" name="ask" value="{{label}}">{{_(label)}}</button>
    % end
    % end
  </p>
</form>
