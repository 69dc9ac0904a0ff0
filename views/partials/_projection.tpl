% # session, question: as the class may see it; nothing in here reveals a correct answer before it is shown. together: several open ones, count: of all questions, status, address
% kind, stage = QUESTION_TYPES[question["type"]], question["stage"]
% shown = question["results_shown"] and question["opened_at"]
% compared = shown and question["round"] > 1 and not together
<article class="projection stage-{{stage}} {{"is-open" if question["active"] else ""}}" data-question-id="{{question["id"]}}" data-round="{{question["round"]}}" data-stage="{{stage}}">
  <header class="strip {{"is-compared" if compared else ""}}">
    % if together:
    <p class="pill is-live">Voting is open</p>
    % else:
    <ol class="segments {{"is-many" if count > 16 else ""}}" aria-hidden="true">
      % for number in range(1, count + 1):
      <li class="{{"is-done" if number < question["number"] else "is-now" if number == question["number"] else ""}}"></li>
      % end
    </ol>
    <p class="place"><span aria-hidden="true">{{_("{number} of {count}", number=question["number"], count=count)}}</span><span class="visually-hidden">{{_("Question {number} of {count}", number=question["number"], count=count)}}</span></p>
    <p class="pill {{"is-live" if stage == "open" else "is-correct" if stage == "answer" else "is-on" if question["discussing"] else ""}}" data-status dir="auto">{{"✓ " if stage == "answer" else ""}}{{status}}</p>
    % if compared:
    <p class="legend" aria-hidden="true"><span class="is-earlier">{{_("before you talked") if question["discuss"] else _("round {round}", round=question["round"] - 1)}}</span> <span>{{_("after") if question["discuss"] else _("round {round}", round=question["round"])}}</span></p>
    % elif question["round"] > 1:
    <p class="pill">{{_("Round {round}", round=question["round"])}}</p>
    % end
    % end
    <p class="countdown" role="timer" data-remaining data-over="{{_("Time is up")}}" hidden></p>
    % if session["active"]:
    <p class="join-chip" data-code="{{session["code"]}}"><span data-address>{{address}}</span> <b class="code"><span aria-hidden="true">{{group_code(session["code"])}}</span><span class="visually-hidden">{{format_code(session["code"])}}</span></b></p>
    % end
  </header>
  % if together:
  <h1>{{_("Answer all {count} questions on your phone", count=len(together))}}</h1>
  <div class="scene">
    <div class="answers">
      <ol class="agenda">
        % for number, other in enumerate(together, 1):
        <li><b>{{number}}</b> <span dir="auto">{{!format_heading(other["title"])}}</span></li>
        % end
      </ol>
      <p class="finished"><b data-completed></b> of <span data-expected></span> finished <span class="track is-open" data-finishing><i></i></span></p>
    </div>
  </div>
  % else:
  % heading, body = split_title(question["title"])
  <h1 dir="auto" data-plain="{{plain_text(heading)}}">{{!format_title(heading)}}</h1>
  <div class="scene {{"has-picture" if question["image"] or question.get("picture") else ""}} {{"has-body" if body else ""}}">
    % if body:
    <div class="title-body" dir="auto" data-body>{{!format_text(body)}}</div>
    % end
    <div class="answers {{"is-explained" if question["explanation"] else ""}}">
      % if not shown or kind.tiles:
      % include("questions/" + question["type"] + "/_project.tpl", question=question, shown=shown)
      % else:
      % include("partials/_chart.tpl", question=question, chart=kind.chart, hides=kind.can_hide)
      % end
      % if shown:
      <div class="table-twin" data-table tabindex="0" hidden></div>
      % end
      % if question["explanation"]:
      % # from the draft on, it has its room
      % room = sum(1 + len(line) // (40 if question["image"] or body else 80) for line in question["explanation"].split("\n") if line)
      % displayed = format_text(question["explanation"]).count(' display="block"')
      <div class="explanation" data-explanation data-lines="{{room + 3 * displayed}}" {{"data-firm" if displayed else ""}}>
        % if find_explanation(question):
        % # blank lines have no room, but in code
        % text = find_explanation(question)
        <p dir="auto">{{!format_text(text if "```" in text else "\n".join(filter(None, text.split("\n"))))}}</p>
        % end
      </div>
      % end
    </div>
    % include("partials/_picture.tpl", question=question)
  </div>
  % end
</article>
