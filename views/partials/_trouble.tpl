% # trouble: a sentence on why nothing is saved just now, or ""
<p class="trouble" role="alert" data-trouble>{{trouble}}</p>
