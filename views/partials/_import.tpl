% # presenter, session: None for a new one, form, problem, found: what read_questions returns or None, mark: what tells that list from others, rows: [(question as found, the same as it would be), ...], formats: {name: its label}
% here = "/sessions/" + str(session["id"]) if session else "/"
% left_out = form.getall("leave_out")
% is_file = bool(form.files.get("file") or form.get("kept") and not form.get("drop"))
% reveals = presenter["screen_is_private"] or bool(form.get("answers"))
% count = sum(str(question["line"]) not in left_out for question in found["questions"]) if found else 0
<div data-found>
  % if found:
  <input type="hidden" name="seen" value="{{mark}}">
  % if is_file:
  <p class="facts">Read from your file. <button class="quiet" name="drop" value="1">Remove the file</button></p>
  <input type="hidden" name="kept" value="{{mark}}">
  % end
  % if found["refused"] and not problem:
  <p class="problem" role="alert">{{explain(found["refused"])}}</p>
  % end
  % if not found["refused"]:
  <h2 data-summary>{{_n("{count} question", "{count} questions", len(found["questions"]))}}
    % if found["skipped"]:
    · <a href="#left-out">{{_("{count} left out", count=len(found["skipped"]))}}</a>
    % end
  </h2>
  % end
  % if found["format"] or form.get("format"):
  <div class="chips" role="group" aria-label="Read as">
    <span>Read as</span>
    % for name, label in formats.items():
    <button class="chip" name="format" value="{{name}}" {{"aria-current=true" if name == found["format"] else ""}}>{{_(label)}}</button>
    % end
    <input type="hidden" name="format" value="{{form.get("format")}}">
  </div>
  % end
  % for code in found["notices"]:
  <p class="notice">{{explain(code)}}</p>
  % end
  % if any("correct" in question or "answers" in question for question in found["questions"]):
  % if reveals:
  <input type="hidden" name="answers" value="{{form.get("answers")}}">
  % else:
  <p class="hint">Correct answers are covered, because the class may see this screen. <button class="quiet" name="answers" value="1">Show correct answers</button></p>
  % end
  % end
  <ol class="found">
    % for question, sketch in rows:
    % kind = QUESTION_TYPES[sketch["type"]]
    % line = str(question["line"])
    <li data-line="{{line}}">
      <div class="found-head">
        <h3><bdi class="title" dir="auto">{{sketch["title"]}}</bdi></h3>
        <label class="leave-out"><input type="checkbox" name="leave_out" value="{{line}}" {{"checked" if line in left_out else ""}}> Leave out</label>
      </div>
      % include("partials/_sketch.tpl", question=sketch, reveals=reveals)
      <p class="facts">{{_(kind.label)}}
        % if question.get("picture"):
        · with a picture
        % end
        <button class="quiet" name="look" value="{{line}}" aria-label="{{_("Preview: {title}", title=cut_text(sketch["title"], 80))}}">Preview</button></p>
      % for code in question["warnings"]:
      <p class="notice">{{explain(code)}}</p>
      % end
    </li>
    % end
  </ol>
  % if found["skipped"]:
  <h2 id="left-out">Left out</h2>
  <ul class="left-out">
    % for skipped in found["skipped"]:
    <li data-line="{{skipped["line"]}}"><b>{{_("Line {line}", line=skipped["line"])}}</b> <q dir="auto">{{skipped["text"]}}</q> {{explain(skipped["code"], **skipped["values"])}}</li>
    % end
  </ul>
  % end
  % if found["questions"]:
  <div class="save-bar">
    <button class="primary" name="confirm" value="1" data-add {{"" if count else "disabled"}}>{{_n("Add {count} question", "Add {count} questions", count)}}</button>
    <a class="button quiet" href="{{here}}">Cancel</a>
  </div>
  % end
  % end
</div>
