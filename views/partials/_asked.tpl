% # question, answer: parts of the own answer, saved: the own stored answer or None, results: stats or None
% kind = QUESTION_TYPES[question["type"]]
% correct = format_correct(question)
% verdict, result = judge_answer(question, saved) if saved else ("", "")
% heading, body = split_title(question["title"])
<section class="question" data-question-id="{{question["id"]}}" data-round="{{question["round"]}}" data-stage="{{question["stage"]}}" data-settings="{{question["asked_names"]}}{{question["identity"]}} {{question["own_results"]}}"{{" data-held=yes" if is_held_back(question) else ""}}>
  % if correct:
  <div data-judged>
    % if verdict:
    <p class="result" data-verdict="{{verdict}}">{{result}}</p>
    % end
    <p class="solution {{"is-in-tile" if kind.in_tiles else ""}}">Correct answer: <bdi dir="auto">{{!format_correct_html(question)}}</bdi></p>
  </div>
  % end
  % if question["active"]:
  <p class="pill is-live"><span class="visually-hidden">Voting is open</span><span aria-hidden="true">open</span></p>
  % elif question["discussing"]:
  <p class="pill"><span class="visually-hidden">Voting is closed</span><span aria-hidden="true">discuss</span></p>
  % else:
  <p class="pill"><span class="visually-hidden">Voting is closed</span><span aria-hidden="true">closed</span></p>
  % end
  <h2 class="{{"is-long" if len(question["title"]) > 90 else ""}}" id="title-{{question["id"]}}" dir="auto">{{!format_wrapped(heading)}}</h2>
  % if plain_text(heading) != heading:
  <span hidden data-said>{{plain_text(heading)}}</span>
  % end
  % if body:
  <p class="text" dir="auto">{{!format_wrapped(body)}}</p>
  % end
  % if question["image"]:
  <a href="/images/{{question["image"]}}" data-enlarge>
    % include("partials/_picture.tpl", question=question)
    <span class="visually-hidden">Enlarge the picture</span>
  </a>
  % else:
  % include("partials/_picture.tpl", question=question)
  % end
  % if find_explanation(question):
  <p class="how">Explanation</p>
  <p class="text" data-explanation dir="auto">{{!format_wrapped(find_explanation(question))}}</p>
  % end
  % if question["discussing"]:
  <p class="note" data-talk>Talk to your neighbour: convince them, or be convinced</p>
  % elif question["round"] > 1 and question["active"]:
  <p class="how">{{_("Round {round}: vote again. Earlier votes are kept for comparison.", round=question["round"])}}</p>
  % end
  <form method="post" action="/audience/respond/{{question["id"]}}"\\
  % if kind.separator:
 data-separator="{{kind.separator}}"\\
  % end
>
    <input type="hidden" name="round" value="{{question["round"]}}">
    <input type="hidden" name="shape" value="{{question["shape"]}}">
    <fieldset aria-labelledby="title-{{question["id"]}}"{{"" if question["active"] else " disabled"}}>
      % include("questions/" + question["type"] + "/_answer.tpl", question=question, answer=answer, results=results)
      % if question["abstain"]:
      <button class="quiet abstain" name="response" value="{{ABSTENTION}}" data-abstain aria-pressed="{{"true" if saved and saved["value"] == ABSTENTION else "false"}}">I don't know</button>
      % end
    </fieldset>
    % missed = "" if question["active"] else _("Voting is closed. You didn't vote in round {round}.", round=question["round"]) if question["round"] > 1 else _("Voting is closed. You didn't answer this question.")
    <div class="receipt" role="status" data-receipt="{{missed}}">
      % if saved:
      % include("partials/_receipt.tpl", question=question, saved=saved)
      % elif missed:
      <b>{{missed}}</b>
      % end
    </div>
  </form>
  % if question["active"]:
  <form class="clear" method="post" action="/audience/respond/{{question["id"]}}" data-clear {{"" if saved and saved["value"] else "hidden"}}>
    <input type="hidden" name="round" value="{{question["round"]}}">
    <button class="quiet" name="clear" value="1">Clear my answer</button>
  </form>
  % end
  % if results and kind.in_tiles:
  % include("partials/_beside_tiles.tpl", question=question, stats=results)
  % elif results:
  % include("questions/" + question["type"] + "/_results.tpl", question=question, stats=results)
  % end
</section>
