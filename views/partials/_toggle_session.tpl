% # session
<form class="toggle" method="post" action="/api/sessions/{{session["id"]}}/toggle">
  <button id="toggle-session" name="active" value="{{0 if session["active"] else 1}}" class="{{"is-open" if session["active"] else ""}}" hx-post="/api/sessions/{{session["id"]}}/toggle" hx-target="closest form" hx-swap="outerHTML" {{"data-asks" if session["active"] else ""}}>{{"Close session" if session["active"] else "Open session"}}</button>
</form>
