% # question, stats
% unit = question["options"]["unit"]
% include("partials/_table.tpl", question=question, stats=stats, heading=Sentence("Number ({unit})", unit=unit) if unit else "Number")
% include("partials/_figures.tpl", stats=stats)
