% # presenter, session, others, comparison, problem: what read_comparison returns, report: what read_report returns, grid: what read_grid returns, or False, given: what find_given returns, or None, files: what describe_files gives, order, sort, query: what links to this page repeat
% rebase("layout.tpl", title=_("Report: {name}", name=session["name"]), presenter=presenter, page="report", more_sheets=["report"], module="report")
% path, alone, asked = f"/sessions/{session['id']}/report", presenter["screen_is_private"], report["asked"]
<main class="wide">
  <p class="screen-only"><a class="back" href="/sessions/{{session["id"]}}#questions"><span aria-hidden="true">←</span> Questions and settings</a></p>
  <div class="report-head">
    <h1><bdi dir="auto">{{session["name"]}}</bdi> <small>Report</small></h1>
    <p class="pill">{{day(session["created_at"])}}</p>
    % if session["active"]:
    <p class="pill is-on">Still open</p>
    % end
    <div class="actions screen-only">
      <button data-print hidden>Print or save as PDF</button>
      <form method="post" action="/sessions/{{session["id"]}}/again"><button class="primary">Use with another class</button></form>
    </div>
  </div>
  <div class="files screen-only">
    % include("partials/_files.tpl", session=session, files=files)
  </div>
  <div class="screen-only">
    % include("partials/_alone.tpl", presenter=presenter, back=path + (f"?compare={comparison['other']['id']}" if comparison else ""))
  </div>
  <ul class="sums">
    <li class="card"><b data-students>{{report["joined"]}}</b> <span>{{_n("student", "students", report["joined"])}}{{_n(" · {count} answered everything", " · {count} answered everything", report["complete"]) if report["joined"] and asked else ""}}</span></li>
    <li class="card"><b>{{len(asked)}}</b> <span>{{_n("question asked", "questions asked", len(asked))}}</span></li>
    % if report["average"] is not None:
    <li class="card"><b data-average>{{_("{percent} %", percent=report["average"])}}</b> <span>fully correct on average</span></li>
    % end
    % if report["hardest"]:
    % hardest = report["hardest"]["question"]
    <li class="card"><b><a href="#question-{{hardest["id"]}}">{{_("Question {number}", number=hardest["number"])}}</a></b> <span>{{_("hardest: {percent} % answered correctly", percent=report["hardest"]["percent"])}}</span></li>
    % end
  </ul>
  % if not asked:
  <p class="empty">Nothing has been asked yet.</p>
  % end
  % if given:
  <section class="card given screen-only" id="answer" aria-label="Answer">
    % include("partials/_given.tpl", given=given)
  </section>
  % end
  % if grid and asked and grid["count"]:
  % include("partials/_grid.tpl", session=session, grid=grid, sort=sort, query=query, path=path)
  % elif grid and asked:
  <p class="empty">Nobody has joined this session.</p>
  % end
  % include("partials/_compare.tpl", session=session, query={name: value for name, value in query.items() if name != "compare"}, others=others, comparison=comparison, problem=problem)
  % if asked:
  <div class="report-order">
    <h2>Questions</h2>
    % if report["average"] is not None and asked[1:]:
    <nav class="chips screen-only" aria-label="Order of the questions">
      % for name, label in ORDERS.items():
      <a class="button chip" href="{{path}}?{{urlencode({**query, "order": name})}}" {{"aria-current=true" if name == order else ""}}>{{_(label)}}</a>
      % end
    </nav>
    % end
  </div>
  % end
  % for told in take_turns(asked):
  % include("partials/_reported.tpl", told=told, session=session, joined=report["joined"], alone=alone, comparison=comparison)
  % end
</main>
<dialog class="given" data-given aria-label="Answer"></dialog>
