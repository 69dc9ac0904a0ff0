% # sessions
<ul class="list">
  % for session in sessions:
  <li>
    <a class="item-title" href="/sessions/{{session["id"]}}" dir="auto">{{session["name"]}}</a>
    <span class="badge {{"is-open" if session["active"] else ""}}">{{"open" if session["active"] else "closed"}}</span>
    <span class="facts">{{day(session["created_at"])}} · {{_("code {code}", code=group_code(session["code"]))}} · {{_n("{count} question", "{count} questions", session["questions"])}} · {{_("{count} joined", count=session["joined"])}}</span>
  </li>
  % end
</ul>
