% # question: as the class may see it; nothing in here reveals a correct answer before it is shown. together: several open ones
% kind = QUESTION_TYPES[question["type"]]
% says = "The session is closed. Thank you!" if not question["session_active"] else {"draft": "Read the question", "open": "Voting is open", "answer": "Answer shown"}.get(question["stage"], "Voting is closed")
<article class="projection stage-{{question["stage"]}}" data-question-id="{{question["id"]}}" data-round="{{question["round"]}}">
  % if together:
  <h1>{{_("{count} questions are open: answer them all on your phone", count=len(together))}}</h1>
  <ol class="options">
    % for other in together:
    <li dir="auto"><b class="letter">{{other["number"]}}</b> <span>{{other["title"]}}</span></li>
    % end
  </ol>
  <p class="finished"><b data-finished></b> of <b data-expected></b> finished</p>
  % else:
  <p class="stage-line">{{_("Question {number}", number=question["number"])}}{{_(" · round {round}", round=question["round"]) if question["round"] > 1 else ""}} · {{says}}<span data-others></span></p>
  <h1 dir="auto">{{question["title"]}}</h1>
  % if format_correct(question):
  <p class="solution">✓ Right answer: <bdi dir="auto">{{format_correct(question)}}</bdi></p>
  % end
  <div class="scene">
  <div class="answers">
  % if question["results_shown"] and question["opened_at"]:
  <div class="chart" data-chart="{{kind.chart}}" {{"data-hides" if kind.can_hide else ""}}></div>
  <p class="figures" data-figures></p>
  <div class="table-twin" data-table tabindex="0" hidden></div>
  % else:
  % include("questions/" + question["type"] + "/_project.tpl", question=question)
  % end
  </div>
  % include("partials/_picture.tpl", question=question)
  </div>
  % end
</article>
