% # question, answer: parts of the own answer, saved: the stored answer or None, results: stats or None
% kind = QUESTION_TYPES[question["type"]]
<section class="question" data-question-id="{{question["id"]}}" data-round="{{question["round"]}}" data-stage="{{question["stage"]}}" data-names="{{question["asked_names"]}}">
  <h2 id="title-{{question["id"]}}" dir="auto">{{question["title"]}}</h2>
  % include("partials/_picture.tpl", question=question)
  % if question["round"] > 1:
  <p class="how">{{_("Round {round}: vote again.", round=question["round"])}} Your earlier answer stays in the first count.</p>
  % end
  % if not question["active"]:
  <p class="closed">Voting is closed</p>
  % end
  % if format_correct(question):
  <p class="solution">Right answer: <bdi dir="auto">{{format_correct(question)}}</bdi></p>
  % end
  <form method="post" action="/audience/respond/{{question["id"]}}" data-outbox data-separator="{{kind.separator or ""}}">
    <input type="hidden" name="round" value="{{question["round"]}}">
    <input type="hidden" name="shape" value="{{question["shape"]}}">
    <fieldset aria-labelledby="title-{{question["id"]}}" {{"" if question["active"] else "disabled"}}>
      % include("questions/" + question["type"] + "/_answer.tpl", question=question, answer=answer)
      % if question["abstain"]:
      <button class="quiet abstain" name="response" value="{{ABSTENTION}}" data-abstain aria-pressed="{{"true" if saved and saved["value"] == ABSTENTION else "false"}}">I don't know</button>
      % end
    </fieldset>
    <p class="receipt" role="status">
      % if saved:
      % include("partials/_receipt.tpl", question=question, saved=saved)
      % end
    </p>
  </form>
  % if question["active"]:
  <form class="clear" method="post" action="/audience/respond/{{question["id"]}}" data-clear {{"" if saved and saved["value"] else "hidden"}}>
    <input type="hidden" name="round" value="{{question["round"]}}">
    <button class="quiet" name="clear" value="1">Clear my answer</button>
  </form>
  % end
  % if results:
  % include("questions/" + question["type"] + "/_results.tpl", question=question, stats=results)
  % end
</section>
