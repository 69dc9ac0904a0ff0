% # question: before its results are shown
% include("partials/_options_project.tpl", question=question)
