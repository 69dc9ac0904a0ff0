% # question
<form class="toggle" method="post" action="/api/questions/{{question["id"]}}/toggle">
  <button id="toggle-{{question["id"]}}" name="active" value="{{0 if question["active"] else 1}}" class="{{"is-open" if question["active"] else ""}}" {{"" if question["session_active"] and question["stage"] != "answer" else "disabled"}} hx-post="/api/questions/{{question["id"]}}/toggle" hx-target="closest form" hx-swap="outerHTML">{{"Close voting" if question["active"] else "Open voting" if question["stage"] == "draft" else "Open again"}}</button>
</form>
