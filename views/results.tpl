% # presenter, question, session, private: what get_private_view gives, earlier: {round: stats}, message: the results message, saved_as: the CSV file or None
% rebase("layout.tpl", title=_("Results: {title}", title=plain_text(question["title"])), presenter=presenter, page="results", scripts=["vendor/htmx-2.0.11.min.js", *(["vendor/chart-4.6.1.umd.min.js"] if QUESTION_TYPES[question["type"]].chart == "axis" else [])], module="results")
% chart = QUESTION_TYPES[question["type"]].chart
<main class="wide" data-question-id="{{question["id"]}}" data-round="{{question["round"]}}" data-stage="{{question["stage"]}}" data-results="{{question["id"]}}" data-shown="{{"yes" if question["results_shown"] else "no"}}">
  <p><a class="back" href="/sessions/{{session["id"]}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{session["name"]}}</bdi></a></p>
  <h1 class="title" dir="auto">{{!format_text(question["title"])}}</h1>
  <p class="counters"><span class="pill {{"is-live" if message["stage"] == "open" else ""}}" data-stage-name>{{_(STAGE_NAMES[message["stage"]])}}</span> <b data-answered>{{message["response_count"]}}</b> of <span data-expected>{{message["expected"]}}</span> answered<span data-tallied>{{_n(", {count} hand", ", {count} hands", message["tallied"]) if message["tallied"] else ""}}</span><span data-late>{{_(" · +{count} late", count=message["late"]) if message["late"] else ""}}</span>{{_(" · round {round}", round=question["round"]) if question["round"] > 1 else ""}}</p>
  <p class="link" role="status" data-link></p>
  % include("partials/_trouble.tpl", trouble=message["trouble"])
  % if private["stats"]:
  <section class="card" data-pictured>
    % include("partials/_chart.tpl", question=question, chart=chart, hides=False)
    <p class="actions"><button type="button" data-picture="{{name_file(session, question["id"], ".png")}}" data-title="{{plain_text(question["title"])}}" data-day="{{day(question["opened_at"]) if question["opened_at"] else ""}}" hidden>Save as picture</button></p>
  </section>
  % end
  <section class="card">
    % include("partials/_private.tpl", presenter=presenter, private=private)
  </section>
  % for number, counted in earlier.items():
  <section class="card">
    <h2>{{_("Round {round}", round=number)}}</h2>
    % include("questions/" + question["type"] + "/_results.tpl", question=question, stats=counted, keyed=True)
  </section>
  % end
  % include("partials/_alone.tpl", presenter=presenter, back="/questions/" + str(question["id"]) + "/results")
  <p class="actions"><a class="button" href="/questions/{{question["id"]}}/export">Download CSV</a></p>
  % if saved_as:
  <p class="hint">Saved as <code>{{saved_as}}</code></p>
  % end
</main>
