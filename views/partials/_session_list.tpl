% # sessions, shares: what list_session_shares returns
<ul class="sessions" data-list>
  % for session in sessions:
  % label, page = f"session-{session['id']}", f"/sessions/{session['id']}"
  % page += "/report" if session["answered"] and not session["active"] else ""
  <li class="card">
    <h2><a id="{{label}}" href="{{page}}" dir="auto">{{session["name"]}}</a></h2>
    <p class="facts"><span class="pill {{"is-on" if session["active"] else ""}}">{{_("Open") if session["active"] else _("Ended")}}</span> <span>{{day(session["created_at"])}}</span></p>
    <p class="facts"><span>{{_n("{count} question", "{count} questions", session["questions"])}}</span> · <span>{{_n("{count} student", "{count} students", session["joined"])}}</span></p>
    % if session["idle"]:
    <p class="hint">Ended automatically after 12 hours without activity</p>
    % end
    % percents = shares.get(session["id"])
    % if percents:
    <p class="result">
      <svg viewBox="0 0 {{10 * len(percents)}} 24" width="{{10 * len(percents)}}" height="24" aria-hidden="true">
        % for place, percent in enumerate(percents):
        <rect class="rest" x="{{10 * place}}" width="8" height="24" rx="2"/><rect x="{{10 * place}}" y="{{24 - round(0.24 * percent)}}" width="8" height="{{round(0.24 * percent)}}" rx="2"/>
        % end
      </svg>
      {{format_average(percents)}}
    </p>
    % end
    <div class="actions">
      % if session["active"]:
      <a class="button" href="/sessions/{{session["id"]}}" aria-describedby="{{label}}">Continue</a>
      % end
      % if session["archived"]:
      <form method="post" action="/api/sessions/{{session["id"]}}/archive"><button name="archived" value="0" aria-describedby="{{label}}">Unarchive</button></form>
      % elif not session["active"]:
      % if session["answered"]:
      <a class="button" href="{{page}}" aria-describedby="{{label}}">Report</a>
      % end
      % if session["idle"] or not session["answered"]:
      <form method="post" action="/api/sessions/{{session["id"]}}/toggle"><button name="active" value="1" aria-describedby="{{label}}">Reopen</button></form>
      % else:
      <form method="post" action="/sessions/{{session["id"]}}/again"><button aria-describedby="{{label}}">Use with another class</button></form>
      % end
      % end
    </div>
  </li>
  % end
</ul>
