% # question, shown: whether its results are
% include("partials/_tiles.tpl", question=question, shown=shown, noted=True)
