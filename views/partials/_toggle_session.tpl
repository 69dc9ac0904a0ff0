% # session
<form class="toggle" method="post" action="/api/sessions/{{session["id"]}}/toggle">
  <button id="toggle-session" name="active" value="{{0 if session["active"] else 1}}" hx-post="/api/sessions/{{session["id"]}}/toggle" hx-target="closest form" hx-swap="outerHTML" {{"data-asks" if session["active"] else ""}}>{{"End session" if session["active"] else "Reopen"}}</button>
</form>
