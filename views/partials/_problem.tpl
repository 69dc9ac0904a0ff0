% # problem
<div class="problem" role="alert">{{_(problem)}}
  % page = problem.page
  % if page:
  <a href="{{page}}">{{_(problem.link)}}</a>
  % end
  % for field, value, label in problem.readings:
  <button type="button" class="quiet" data-reading="{{value}}">{{_(label)}}</button>
  % end
</div>
