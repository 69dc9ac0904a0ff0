% # presenter, session, question: None for a new one, kind, form, problem, saved: the question as somebody else saved it meanwhile, or None, covered: whether the class may see the screen, but not that
% rebase("layout.tpl", title="Question", presenter=presenter, page="plain", module="question_form")
<main class="{{"versions" if saved else "narrow"}}">
  <p><a href="/sessions/{{session["id"]}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{session["name"]}}</bdi></a></p>
  <h1>{{_(kind.label)}}</h1>
  % if saved:
  <p class="problem" role="alert">{{_(problem)}}</p>
  % include("partials/_saved_question.tpl", saved=saved, kind=kind, covered=covered)
  % end
  <form method="post" data-unsaved="{{"yes" if problem else ""}}" enctype="multipart/form-data" action="{{"/questions/" + str(question["id"]) + "/edit" if question else "/sessions/" + str(session["id"]) + "/questions/new/" + kind.type}}">
    % if saved:
    <h2>Your version</h2>
    % else:
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    % end
    % if question:
    <input type="hidden" name="version" value="{{form.get("version")}}">
    % end
    <p class="field">
      <label for="title">Question</label>
      <textarea id="title" name="title" rows="{{min(12, max(2, form.get("title").count("\n") + 1))}}" maxlength="{{TITLE_MAX}}" dir="auto" required aria-describedby="problem-title" {{focus(problem, "title", first=True)}}>{{form.get("title")}}</textarea>
      % include("partials/_field_problem.tpl", problem=problem, field="title")
    </p>
    % include("questions/" + kind.type + "/_edit.tpl", form=form, problem=problem, kind=kind)
    % include("partials/_picture_edit.tpl", form=form, problem=problem)
    <p class="field check">
      <label><input type="checkbox" name="abstain" value="1" {{"checked" if form.get("abstain") else ""}}> Offer “I don't know”, counted apart</label>
    </p>
    <p class="field check">
      % if question:
      <input type="hidden" name="live" value="0">
      % end
      <label><input type="checkbox" name="live" value="1" {{"checked" if "1" in form.getall("live") else ""}}> Show results while votes come in</label>
      % if kind.preset_live and not question:
      <span class="hint">Without a correct answer, results always show. To hide them, edit the question.</span>
      % end
    </p>
    <button class="primary">{{"Save" if question else "Add question"}}</button>
    <a href="/sessions/{{session["id"]}}">Cancel</a>
    % if not question:
    <p class="hint">It starts as a draft: students see it when you open it.</p>
    % end
  </form>
  % if question:
  % if presenter["screen_is_private"]:
  % include("partials/_alone.tpl", presenter=presenter, back="/questions/" + str(question["id"]) + "/edit")
  % end
  <form method="post" action="/questions/{{question["id"]}}/duplicate"><button>Duplicate this question</button></form>
  % end
</main>
