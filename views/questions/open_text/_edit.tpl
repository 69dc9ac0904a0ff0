% # kind
<p class="hint">Students may write up to {{kind.TEXT_MAX}} characters.</p>
