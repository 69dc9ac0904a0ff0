% # kind
<p class="hint">{{_("Students can write up to {most} characters.", most=kind.TEXT_MAX)}}</p>
