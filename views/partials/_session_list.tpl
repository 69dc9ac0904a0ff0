% # sessions
<ul class="list">
  % for session in sessions:
  <li>
    <a class="item-title" href="/sessions/{{session["id"]}}" dir="auto">{{session["name"]}}</a>
    <span class="badge {{"is-open" if session["active"] else ""}}">{{"open" if session["active"] else "closed"}}</span>
    <span class="facts">{{day(session["created_at"])}} · code {{group_code(session["code"])}} · {{session["questions"]}} {{"question" if session["questions"] == 1 else "questions"}} · {{session["joined"]}} joined</span>
  </li>
  % end
</ul>
