% # form: with what is sent to show a question before it is stored
% for field in ("title", "option", "options", "accepted", "explanation"):
% include("partials/_unreadable.tpl", form=form, field=field)
% end
