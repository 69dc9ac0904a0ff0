% # form, problem, kind
% include("partials/_options_edit.tpl", form=form, problem=problem, kind=kind, several=None, hint=_("Students put these in order."))
