% # question, stats
% include("partials/_table.tpl", question=question, stats=stats, heading="Rating")
% include("partials/_figures.tpl", stats=stats)
