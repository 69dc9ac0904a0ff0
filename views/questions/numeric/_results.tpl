% # question, stats
% include("partials/_table.tpl", question=question, stats=stats, heading="Number")
% include("partials/_figures.tpl", stats=stats)
