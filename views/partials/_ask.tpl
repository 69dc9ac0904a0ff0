% # session
<form class="ask" method="post" action="/api/sessions/{{session["id"]}}/ask" hx-post="/api/sessions/{{session["id"]}}/ask">
  % for kind in QUESTION_TYPES.values():
  % for label in kind.at_once:
  <button name="ask" value="{{label}}">{{_(label)}}</button>
  % end
  % end
</form>
