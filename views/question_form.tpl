% # presenter, session, question: None for a new one, number: its place in the session, kind, form, elsewhere: [(field, value), ...] of other types, problem, saved: the question as somebody else saved it meanwhile, or None, covered: whether the class may see the screen, but not that, added: the question that this page saved just now, or None
% rebase("layout.tpl", title="Question", presenter=presenter, page="editor", module="question_form")
% here = "/sessions/" + str(session["id"])
% own = "/questions/" + str(question["id"]) if question else None
<main>
  <header class="editor-head">
    <a href="{{here}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{session["name"]}}</bdi></a>
    <h1>{{_("Question {number}", number=number)}}</h1>
    % if question:
    <p class="pill">{{_(kind.label)}}</p>
    % elif added:
    <p role="status">{{_("Question {number} saved.", number=added["number"])}} <a href="/questions/{{added["id"]}}/edit">Edit</a></p>
    % end
  </header>
  % if saved:
  <p class="problem" role="alert">{{_(problem)}}</p>
  % include("partials/_saved_question.tpl", saved=saved, kind=kind, covered=covered)
  % end
  <form id="question" method="post" data-unsaved="{{"yes" if problem or form.get("unsaved") else ""}}" enctype="multipart/form-data" action="{{own + "/edit" if question else here + "/questions/new/" + kind.type}}">
    <button class="visually-hidden" tabindex="-1" aria-hidden="true">Save</button>
    <input type="hidden" name="unsaved" value="">
    <input type="hidden" name="number" value="{{number}}">
    % if question:
    <input type="hidden" name="version" value="{{form.get("version")}}">
    % end
    % for name, value in elsewhere:
    <input type="hidden" name="{{name}}" value="{{value}}">
    % end
    % if saved:
    <h2>Your version</h2>
    % else:
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    % end
    % if not question:
    <div class="chips" role="group" aria-label="Type of question">
      % for other in QUESTION_TYPES.values():
      <button class="chip" name="switch" value="1" formaction="{{here}}/questions/new/{{other.type}}" formnovalidate {{"aria-current=true" if other is kind else ""}}>{{_(other.label)}}</button>
      % end
    </div>
    <p class="hint">{{_(kind.hint)}}</p>
    % end
    <p class="field title-field">
      <label for="title">Question</label>
      <textarea id="title" name="title" rows="{{min(12, max(2, form.get("title").count("\n") + 1))}}" maxlength="{{TITLE_MAX}}" dir="auto" required aria-describedby="unreadable-title problem-title" {{focus(problem, "title", first=True)}}>{{form.get("title")}}</textarea>
      % include("partials/_unreadable.tpl", form=form, field="title")
      % include("partials/_field_problem.tpl", problem=problem, field="title")
    </p>
    % include("partials/_keys.tpl")
    % include("questions/" + kind.type + "/_edit.tpl", form=form, problem=problem, kind=kind)
    <p class="field">
      <label for="explanation">Explanation (optional)</label>
      <textarea id="explanation" name="explanation" rows="{{min(8, max(2, form.get("explanation").count("\n") + 1))}}" maxlength="{{EXPLANATION_MAX}}" dir="auto" aria-describedby="explanation-hint unreadable-explanation problem-explanation" {{focus(problem, "explanation")}}>{{form.get("explanation")}}</textarea>
      <span class="hint" id="explanation-hint">Students see it with the correct answer. If none is marked, they see it with the results.</span>
      % include("partials/_unreadable.tpl", form=form, field="explanation")
      % include("partials/_field_problem.tpl", problem=problem, field="explanation")
    </p>
    % include("partials/_picture_edit.tpl", form=form, problem=problem)
    <p class="field check">
      <label><input type="checkbox" name="abstain" value="1" {{"checked" if form.get("abstain") else ""}}> Offer “I don't know” (counted separately)</label>
    </p>
    % if not kind.is_text:
    <p class="field check">
      <input type="hidden" name="discuss" value="0">
      <label><input type="checkbox" name="discuss" value="1" aria-describedby="discuss-hint" {{"checked" if "1" in form.getall("discuss") else ""}}> Vote, discuss, vote again</label>
      <span class="hint" id="discuss-hint">Students vote, talk to a neighbour and vote again. Results stay hidden until the second vote.</span>
    </p>
    % end
    <p class="field check">
      <input type="hidden" name="live" value="0" {{"" if question or form.getall("live") else "disabled"}}>
      <label><input type="checkbox" name="live" value="1" data-live="{{"preset" if kind.preset_live else ""}}" {{"checked" if "1" in form.getall("live") else ""}}> Show results while students vote</label>
      <span class="hint" id="live-off" data-live-off hidden>Off, because this question is discussed.</span>
      % if kind.preset_live and not question:
      <noscript><span class="hint">Without a correct answer, results always show. To hide them, edit the question.</span></noscript>
      % end
    </p>
    <p class="field">
      <label for="seconds">Time limit in seconds (optional)</label>
      <input id="seconds" name="seconds" inputmode="numeric" maxlength="{{NUMBER_MAX}}" autocomplete="off" value="{{form.get("seconds")}}" aria-describedby="seconds-hint problem-seconds" {{focus(problem, "seconds")}}>
      <span class="hint" id="seconds-hint">Voting closes when the time is up.</span>
      % include("partials/_field_problem.tpl", problem=problem, field="seconds")
    </p>
    % if not question:
    <p class="hint">Students see the question only when you open it.</p>
    % end
    <div class="save-bar">
      % if question:
      <button class="primary" data-close aria-keyshortcuts="Control+S">Save <kbd data-shortcut aria-hidden="true" hidden>Ctrl S</kbd></button>
      <a class="button quiet" href="{{here}}">Cancel</a>
      <button class="quiet" form="duplicate">Duplicate</button>
      <a class="button quiet is-danger" href="{{own}}/delete">Delete …</a>
      % else:
      <button class="primary" name="then" value="another" aria-keyshortcuts="Control+Enter">Save, add another <kbd data-shortcut aria-hidden="true" hidden>Ctrl ⏎</kbd></button>
      <button name="then" value="" data-close aria-keyshortcuts="Control+S">Save and close <kbd data-shortcut aria-hidden="true" hidden>Ctrl S</kbd></button>
      <a class="button quiet" href="{{here}}">Cancel</a>
      % end
    </div>
    % if form.get("then"):
    % # behind the buttons, of which the pressed one counts: for those beside a problem
    <input type="hidden" name="then" value="{{form.get("then")}}">
    % end
  </form>
  % if question and presenter["screen_is_private"]:
  % include("partials/_alone.tpl", presenter=presenter, back=own + "/edit")
  % end
  <aside class="looks" data-previews="{{here}}/preview/{{kind.type}}">
    <p class="hint" data-lacks hidden></p>
    <button form="question" formaction="{{here}}/preview/{{kind.type}}" formtarget="_blank" formnovalidate>Preview</button>
    % include("partials/_previews.tpl", shown=None)
  </aside>
  % if question:
  <form id="duplicate" method="post" action="{{own}}/duplicate"></form>
  % end
</main>
