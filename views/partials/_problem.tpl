% # problem
<span class="problem" role="alert">{{problem}}</span>
