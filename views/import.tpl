% # presenter, session: None for a new one, and what partials/_import.tpl uses: form, problem, found, mark, rows, is_prose; shown: what _projection.tpl is given, or None, token
% rebase("layout.tpl", title="Paste a list", presenter=presenter, page="editor", module="import")
% here = "/sessions/" + str(session["id"]) if session else "/"
<main>
  <header class="editor-head">
    <a href="{{here}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{session["name"] if session else _("Home")}}</bdi></a>
    <h1>{{_("Paste a list") if session else _("Start from questions you have")}}</h1>
  </header>
  <form id="list" method="post" enctype="multipart/form-data" action="{{here + "/import" if session else "/sessions/new"}}" data-unsaved="{{"yes" if found or problem else ""}}">
    <input type="hidden" name="token" value="{{token}}">
    % if not session:
    <p class="field">
      <label for="name">Name of the session (students see it)</label>
      <input id="name" name="name" value="{{form.get("name")}}" placeholder="Biology 10b" maxlength="{{NAME_MAX}}" autocomplete="off" dir="auto" aria-describedby="problem-name" {{focus(problem, "name", first=True)}}>
      % include("partials/_field_problem.tpl", problem=problem, field="name")
    </p>
    % end
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    <p class="field list-field">
      <label for="text">Questions</label>
      <textarea id="text" name="text" rows="{{3 if found else 9}}" dir="auto" autocomplete="off" spellcheck="false" aria-describedby="text-hint problem-text" {{focus(problem, "text", first=bool(session))}}>
{{form.get("text")}}</textarea>
      <span class="hint" id="text-hint">From a document, a spreadsheet (Kahoot, Quizizz and others), Moodle or your own notes.</span>
      % include("partials/_field_problem.tpl", problem=problem, field="text")
    </p>
    <div class="field list-file" data-chooser data-max="{{UPLOAD_MAX}}" data-large="{{explain("too-large")}}">
      <p class="actions">
        <input id="file" name="file" type="file" aria-label="File with questions" aria-describedby="problem-file" {{focus(problem, "file")}}>
        <label class="button" for="file">Choose a file</label>
        <button name="read" value="1" data-read>Preview</button>
      </p>
      % include("partials/_field_problem.tpl", problem=problem, field="file")
      % include("partials/_field_problem.tpl", problem=problem, field="format")
    </div>
    <p class="visually-hidden" role="status" data-said></p>
    <p class="problem" role="alert" data-failed></p>
    % include("partials/_import.tpl")
    <details>
      <summary>How to write a list</summary>
      <p>Leave a blank line between questions. The first line is the question, the others are its answers, and a star or ✓ marks a correct one. They can begin with a), b), c). A question alone is an open question.</p>
      <pre class="card">Which planet is the largest?
Mars
*Jupiter
Venus

What is still unclear?</pre>
      <p>In a spreadsheet, give the columns names such as Question, Answer 1, Answer 2, Correct answer and Explanation. Excel files (.xlsx), CSV, GIFT, Aiken, Moodle XML and Blackboard's tab-delimited text are also understood. Feedback for single answers is left out.</p>
    </details>
  </form>
  <aside class="looks" data-previews {{"" if shown else "hidden"}}>
    % include("partials/_previews.tpl", shown=shown or None)
  </aside>
</main>
<p class="drop-zone" data-drop hidden>Drop the file here</p>
