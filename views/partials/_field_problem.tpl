% # problem, field: shown beside the field that it belongs to
% if problem and problem.field == field:
<span class="problem" role="alert" id="problem-{{field}}">{{_(problem)}}</span>
% end
