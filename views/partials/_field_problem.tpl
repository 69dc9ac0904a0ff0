% # problem, field: shown beside the field that it belongs to
% if problem and problem.field == field:
<span class="problem" role="alert" id="problem-{{field}}">{{_(problem)}}
  % for name, value, label in problem.readings:
  % if name != field:
  <button class="quiet" name="{{name}}" value="{{value}}">{{_(label)}}</button>
  % end
  % end
</span>
% end
