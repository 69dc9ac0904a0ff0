% # kind
<p class="hint">{{_("Students may write up to {most} characters.", most=kind.TEXT_MAX)}}</p>
