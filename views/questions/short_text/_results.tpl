% # question, stats
% include("partials/_table.tpl", question=question, stats=stats, heading="Answer")
