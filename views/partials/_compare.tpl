% # session, query: what links to this page repeat, others: what it can be compared with, comparison: with the one that was chosen or None, problem: why there is none, as a Sentence, or None
<section class="card compare {{"" if comparison else "screen-only"}}" data-compare="{{comparison["other"]["id"] if comparison else ""}}">
  <h2>Compare with another session</h2>
  % if problem:
  <p class="problem" role="alert">{{_(problem)}}</p>
  % end
  % if others:
  <form class="field screen-only" action="/sessions/{{session["id"]}}/report">
    % for name, value in query.items():
    <input type="hidden" name="{{name}}" value="{{value}}">
    % end
    <label for="compare">Sessions with the same questions</label>
    <span class="search"><select id="compare" name="compare">
      % for related, label in ((True, "Same set of questions"), (False, "Some questions in common")):
      % group = [other for other in others if other["related"] == related]
      % if group:
      <optgroup label="{{label}}">
        % for other in group:
        <option value="{{other["id"]}}" {{"selected" if comparison and other["id"] == comparison["other"]["id"] else ""}}>{{_("{name} · {day}", name=other["name"], day=day(other["created_at"]))}}</option>
        % end
      </optgroup>
      % end
      % end
    </select> <button>Compare</button></span>
  </form>
  % else:
  <p class="hint">None of your other sessions has answers to these questions yet. “Use with another class” above makes a copy for one.</p>
  % end
  % if comparison:
  % other = comparison["other"]
  <p>{{_n("{count} question in common.", "{count} questions in common.", len(comparison["questions"]))}} <a class="screen-only" href="/sessions/{{session["id"]}}/report?{{urlencode(query)}}">Stop comparing</a></p>
  % if comparison["percents"]:
  <dl class="averages">
    % for one, percent in zip((session, other), comparison["percents"]):
    <div><dt><bdi dir="auto">{{one["name"]}}</bdi></dt><dd>{{_("{percent} % correct on average", percent=percent)}}</dd></div>
    % end
  </dl>
  % end
  <p class="hint">{{_("Shares are percentages of the answers. Differences are percentage points: this session minus {name}.", name=other["name"])}}</p>
  % if comparison["missing"]:
  <details data-missing-questions><summary>{{_n("{count} question was only in {name}", "{count} questions were only in {name}", len(comparison["missing"]), name=other["name"])}}</summary>
    <ul>
      % for question in comparison["missing"]:
      <li><bdi dir="auto">{{!format_heading(question["title"])}}</bdi></li>
      % end
    </ul>
  </details>
  % end
  % end
</section>
