% # problem
<div class="problem" role="alert">{{_(problem)}}
  % for field, value, label in problem.readings:
  <button type="button" class="quiet" data-reading="{{value}}">{{_(label)}}</button>
  % end
</div>
