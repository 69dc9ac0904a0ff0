% # session, own: what get_own_result gives
% gives = session["settings"]["own_results"] != "off"
<div data-own data-final="{{" ".join(own["final"])}}" data-whole="{{"yes" if own["whole"] or not gives else ""}}">
  <h2>{{_n("You have {points} of {count} point", "You have {points} of {count} points", own["most"], points=own["points"]) if gives and own["most"] else _("You have finished")}}</h2>
  % if not own["final"]:
  <p>There is more to answer now.</p>
  % else:
  <p>You have finished, so your answers are final.</p>
  % end
  % if gives and own["final"] and not own["most"]:
  <p>None of the questions has a correct answer, so there are no points.</p>
  % elif gives and own["final"] and not own["whole"]:
  <p>You will see the correct answers when voting has closed.</p>
  % end
  % for question, answers in own["asked"] if gives and own["whole"] else []:
  % include("partials/_own_answer.tpl", question=question, answers=answers)
  % end
</div>
