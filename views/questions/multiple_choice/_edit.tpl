% # question, here: the session's path, form, problem, kind
% # the type with boxes for the same options
% several = next(other for other in QUESTION_TYPES.values() if other.can_be_empty)
% include("partials/_options_edit.tpl", form=form, problem=problem, kind=kind, several=several, hint=_("Tick the correct answer, if there is one. The class can see this if your screen is mirrored."))
