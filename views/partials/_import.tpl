% # presenter, session: None for a new one, form, problem, found: what read_questions returns or None, mark: what tells that list from others, rows: what sketch_rows returns, is_prose: whether it looks like no list
% here = "/sessions/" + str(session["id"]) if session else "/"
% left_out = form.getall("leave_out")
% is_file = "file" in form.files or form.get("kept") and not form.get("drop")
% format = {"moodle": "moodle-xml"}.get(form.get("format"), form.get("format"))
% current = found and found["format"] or format
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
  % if current in FORMATS:
  <details {{"open" if found["refused"] else ""}}>
    <summary>{{_("Read as {format}", format=Sentence(FORMATS[current]["label"]))}}</summary>
    <div class="chips" role="group" aria-label="Read as">
      % for name, one in reversed(FORMATS.items()):
      <button class="chip" name="format" value="{{name}}" {{"aria-current=true" if name == current else ""}}>{{_(one["label"])}}</button>
      % end
    </div>
    <input type="hidden" name="format" value="{{format}}">
  </details>
  % end
  % if is_prose:
  <p class="notice">This may not be a list of questions.</p>
  % end
  % for code in found["notices"]:
  <p class="notice">{{explain(code)}}</p>
  % end
  % if reveals:
  <input type="hidden" name="answers" value="{{form.get("answers")}}">
  % elif any("correct" in question or "answers" in question or "explanation" in question for question in found["questions"]):
  <p class="hint">Correct answers are covered, because the class may see this screen. <button class="quiet" name="answers" value="1">Show correct answers</button></p>
  % end
  % if found["refused"]:
  % for line in left_out:
  <input type="hidden" name="leave_out" value="{{line}}">
  % end
  % end
  <ol class="found">
    % for question, sketch, is_own in rows:
    % kind = QUESTION_TYPES[sketch["type"]]
    % line = str(question["line"])
    <li data-line="{{line}}">
      <div class="found-head">
        <h3><bdi class="title" dir="auto">{{!format_text(sketch["title"])}}</bdi></h3>
        <label class="leave-out"><input type="checkbox" name="leave_out" value="{{line}}" {{"checked" if line in left_out else ""}}> Leave out</label>
      </div>
      % include("partials/_sketch.tpl", question=sketch, reveals=reveals)
      <p class="facts">{{_(kind.label)}}
        % if question.get("picture"):
        · with a picture
        % end
        % if sketch["explanation"] and not reveals:
        · with an explanation
        % end
        <button class="quiet" name="look" value="{{line}}" aria-label="{{_("Preview: {title}", title=cut_text(plain_text(sketch["title"]), 80))}}">Preview</button></p>
      % if is_own:
      <p class="notice">This session already has this question.</p>
      % end
      % for code in question["warnings"]:
      <p class="notice">{{explain(code)}}</p>
      % end
    </li>
    % end
  </ol>
  % if found["skipped"]:
  <h2 id="left-out">Left out</h2>
  <ul class="left-out">
    % for skipped in take_turns(found["skipped"]):
    <li data-line="{{skipped["line"]}}"><b>{{_(FORMATS[found["format"]]["place"], line=skipped["line"])}}</b> <q dir="auto">{{skipped["text"]}}</q> {{explain(skipped["code"], **skipped["values"])}}</li>
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
