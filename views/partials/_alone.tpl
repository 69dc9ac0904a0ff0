% # presenter, back: the path of the page it is on
<form class="alone" method="post" action="/alone">
  <input type="hidden" name="back" value="{{back}}">
  <button name="alone" value="{{0 if presenter["screen_is_private"] else 1}}" aria-pressed="{{"true" if presenter["screen_is_private"] else "false"}}">Private view</button>
  <span class="hint">{{"Turn this off before you mirror your screen." if presenter["screen_is_private"] else "Names, correct answers and hidden results stay covered until you confirm that the class can't see this screen."}}</span>
</form>
