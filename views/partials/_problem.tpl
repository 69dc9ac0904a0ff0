% # problem
<span class="problem" role="alert">{{_(problem)}}</span>
