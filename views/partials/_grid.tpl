% # session, grid: what read_grid returns, sort, query: what links repeat, path: of the page
% questions, aside = grid["questions"], "visually-hidden" if grid["questions"][10:] else ""
% link = f"{path}?{urlencode(query)}{'&' * bool(query)}"
<section id="grid" aria-label="Students and questions" data-pictured>
  <div class="report-order">
    <h2>Students</h2>
    % if grid["most"]:
    <nav class="chips screen-only" aria-label="Order of the students">
      % for name, label in SORTS.items():
      <a class="button chip" href="{{path}}?{{urlencode({**query, "sort": name})}}#grid" {{"aria-current=true" if name == sort else ""}}>{{_(label)}}</a>
      % end
    </nav>
    % end
  </div>
  <div class="grid-box {{"is-long" if grid["rows"][40:] else ""}}" tabindex="0" role="region" aria-label="Table of students and questions">
    <table class="marks-grid {{"is-wide" if aside else ""}} {{"is-widest" if questions[24:] else ""}}" data-marks>
      <caption class="visually-hidden">Points of each student for each question. Choose one to see the answer.</caption>
      <thead>
        <tr>
          <th scope="col">Student</th>
          % for question in questions:
          <th scope="col"><a href="#question-{{question["id"]}}" title="{{plain_text(question["title"])}}">{{question["number"]}}<span class="{{aside}}"> {{cut_text(plain_text(split_title(question["title"])[0]).replace("\n", " "), 40)}}</span></a></th>
          % end
          % if grid["most"]:
          <th scope="col">Points</th>
          % end
        </tr>
      </thead>
      <tbody>
        % for row in take_turns(grid["rows"]):
        <tr>
          <th scope="row"><bdi dir="auto">{{row["shown"] or _("Student {number}", number=row["place"])}}</bdi></th>
          % for question in questions:
          % kind, sign, words = format_mark(question, *row["answers"].get(question["id"], (None, 0)))
          % if words:
          <td class="is-{{kind}}"><a href="{{link}}student={{row["place"]}}&question={{question["id"]}}#answer" aria-label="{{words}}" title="{{words}}">{{sign}}</a></td>
          % else:
          <td class="is-said"><a href="{{link}}student={{row["place"]}}&question={{question["id"]}}#answer"><bdi dir="auto">{{sign}}</bdi></a></td>
          % end
          % end
          % if grid["most"]:
          <td class="points">{{show_points(row["points"])}} / {{grid["most"]}}</td>
          % end
        </tr>
        % end
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{{_("All {count} students", count=grid["count"]) if grid["pages"] > 1 else _("All")}}</th>
          % for question in questions:
          % total = grid["totals"][question["id"]]
          % if has_answer(question):
          <td>{{show_points(total["points"])}} <span class="{{aside}}">{{_n("point", "points", total["points"])}}</span></td>
          % else:
          <td>{{total["answers"]}} <span class="{{aside}}">{{_n("answer", "answers", total["answers"])}}</span></td>
          % end
          % end
          % if grid["most"]:
          <td class="points">{{_("mean {points}", points=show_points(grid["mean"]))}}</td>
          % end
        </tr>
      </tfoot>
    </table>
  </div>
  <p class="actions screen-only"><button type="button" class="quiet" data-picture="{{name_file(session, None, "_grid.png")}}" data-day="{{_("{name} · {day}", name=session["name"], day=day(session["created_at"]))}}" hidden>Save as picture</button></p>
  <p class="hint legend-line">✓ correct · ½ ⅔ partly correct · ✗ wrong · ? “I don't know” · – not answered, which counts as 0 points
    % if aside:
    <span class="paper-only">· • any other answer</span>
    % end
  </p>
  % if grid["pages"] > 1:
  <nav class="actions screen-only" aria-label="Pages of the table">
    % first = (grid["page"] - 1) * GRID_ROWS + 1
    % if grid["page"] > 1:
    <a class="button" href="{{link}}page={{grid["page"] - 1}}#grid">Previous</a>
    % end
    <span>{{_("{first} to {last} of {count}", first=first, last=first + len(grid["rows"]) - 1, count=grid["count"])}}</span>
    % if grid["page"] < grid["pages"]:
    <a class="button" href="{{link}}page={{grid["page"] + 1}}#grid">Next</a>
    % end
  </nav>
  % end
</section>
