% # session, comparison: what compare_sessions returns or None, told: what read_asked returns, joined: how many students did, alone
% question, stats = told["question"], told["stats"]
% compared = comparison["questions"].get(question["id"]) if comparison else None
% kind, (heading, body) = QUESTION_TYPES[question["type"]], split_title(question["title"])
<article class="card reported" id="question-{{question["id"]}}" data-question-id="{{question["id"]}}" data-round="{{question["round"]}}" data-stage="{{question["stage"]}}" data-pictured>
  <h3><span class="number">{{question["number"]}}.</span> <span class="title" dir="auto">{{!format_text(heading)}}</span></h3>
  % if body:
  <div class="title" dir="auto">{{!format_text(body)}}</div>
  % end
  % include("partials/_picture.tpl", question=question)
  <p class="facts"><span>{{_(kind.label)}}</span>
    % if stats:
    · <span>{{_("{count} of {joined} answered", count=stats["response_count"], joined=joined)}}</span>
    % if stats["tallied"]:
    · <span data-tallied>{{_n("{count} hand", "{count} hands", stats["tallied"])}}</span>
    % end
    % if stats["late"]:
    · <span data-late>{{_("+{count} late", count=stats["late"])}}</span>
    % end
    % end
    % if question["round"] > 1:
    · <span>{{_("{count} rounds", count=question["round"])}}</span>
    % end
  </p>
  % if told["percent"] is not None:
  % declined = told["percent"] < (told["before"] or 0)
  <p class="pill {{"" if declined else "is-correct"}}">{{"" if declined else "✓ "}}{{_("{percent} % answered correctly", percent=told["percent"]) if told["before"] is None else _("from {before} % to {percent} % correct", before=told["before"], percent=told["percent"])}}</p>
  % end
  % if not stats:
  <p class="empty">{{"The first vote is running. Its results appear when you close it." if alone else "The results are covered. Turn on the private view to see and print them."}}</p>
  % elif not (compared and compared["rows"]):
  % include("partials/_counted.tpl", question=question, stats=stats)
  % end
  % if comparison:
  % include("partials/_comparison.tpl", session=session, other=comparison["other"], compared=compared)
  % end
  % if question["answer_shown"] and not kind.tiles:
  <p class="solution">✓ Correct answer: <bdi dir="auto">{{!format_correct_html(question)}}</bdi></p>
  % end
  % if told["instead"]:
  % wrong = told["instead"]
  <p data-instead>Most frequent wrong answer: <b>{{wrong["letter"] + ". " if wrong.get("letter", wrong["label"]) != wrong["label"] else ""}}<bdi dir="auto">{{!format_label(wrong)}}</bdi></b> <small>{{_("({count})", count=wrong["count"])}}</small></p>
  % end
  % if told["hidden"]:
  <p class="more">{{_n("{count} answer that you hid from the class is only in your files and in the table of students.", "{count} answers that you hid from the class are only in your files and in the table of students.", told["hidden"])}}</p>
  % end
  % if told["changes"]:
  % include("partials/_changes.tpl", question=question, changes=told["changes"])
  % end
  % for number, counted in told["earlier"].items():
  <h4>{{_("Round {round}", round=number)}}</h4>
  % include("partials/_counted.tpl", question=question, stats=counted)
  % end
  % if told["explanation"]:
  <div class="explained"><p dir="auto">{{!format_text(told["explanation"])}}</p></div>
  % end
  % if stats:
  <p class="actions screen-only"><button type="button" class="quiet" data-picture="{{name_file(session, question["id"], ".png")}}" data-day="{{_("{name} · {day}", name=session["name"], day=day(session["created_at"]))}}" hidden>Save as picture</button></p>
  % end
</article>
