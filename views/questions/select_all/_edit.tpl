% # form, problem, kind
% include("partials/_options_edit.tpl", form=form, problem=problem, kind=kind, several=None, hint=_("Tick the correct answers, if there are any. The class can see this if your screen is mirrored."))
