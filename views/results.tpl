% # presenter, question, session, private: what get_private_view gives, earlier: {round: stats}, message: the results message, saved_as: the CSV file or None
% rebase("layout.tpl", title=_("Results: {title}", title=question["title"]), presenter=presenter, page="results", scripts=["vendor/htmx-2.0.11.min.js", "vendor/chart-4.6.1.umd.min.js", "vendor/chartjs-plugin-datalabels-2.2.0.min.js"], module="results")
<main data-results="{{question["id"]}}" data-shown="{{"yes" if question["results_shown"] else "no"}}">
  <p><a href="/sessions/{{session["id"]}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{session["name"]}}</bdi></a></p>
  <h1 class="title" dir="auto">{{question["title"]}}</h1>
  <p class="counters"><b data-answered>{{message["response_count"]}}</b> of <span data-expected>{{message["expected"]}}</span> answered<span data-late>{{_(" · +{count} late", count=message["late"]) if message["late"] else ""}}</span> · <span class="badge is-{{message["stage"]}}" data-stage>{{_(STAGE_NAMES[message["stage"]])}}</span></p>
  <p class="link" role="status" data-link></p>
  % include("partials/_trouble.tpl", trouble=message["trouble"])
  % if question["round"] > 1:
  <p class="hint">{{_("This is round {round}.", round=question["round"])}}</p>
  % end
  % if private["stats"]:
  <div class="chart" data-chart="{{QUESTION_TYPES[question["type"]].chart}}"></div>
  % end
  <section class="panel">
    % include("partials/_private.tpl", presenter=presenter, private=private)
  </section>
  % for number, counted in earlier.items():
  <section class="panel">
    <h2>{{_("Round {round}", round=number)}}</h2>
    % include("questions/" + question["type"] + "/_results.tpl", question=question, stats=counted)
  </section>
  % end
  % include("partials/_alone.tpl", presenter=presenter, back="/questions/" + str(question["id"]) + "/results")
  <p class="actions"><a class="button" href="/questions/{{question["id"]}}/export">Download CSV</a></p>
  % if saved_as:
  <p class="hint">Saved as <code>{{saved_as}}</code></p>
  % end
</main>
