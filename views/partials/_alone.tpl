% # presenter, back: the path of the page it is on
<form class="alone" method="post" action="/alone">
  <input type="hidden" name="back" value="{{back}}">
  <button name="alone" value="{{0 if presenter["screen_is_private"] else 1}}" aria-pressed="{{"true" if presenter["screen_is_private"] else "false"}}">Only I see this screen</button>
  <span class="hint">{{"Switch it off before the class can see it." if presenter["screen_is_private"] else "Until you say so, the class may see it: right answers, names and what is held back stay covered."}}</span>
</form>
