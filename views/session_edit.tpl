% # presenter, session, form, problem, saved: the session as it was saved meanwhile, or None
% rebase("layout.tpl", title="Session", presenter=presenter, page="plain", module="lib/unsaved")
<main class="{{"versions" if saved else "narrow"}}">
  <p><a href="/sessions/{{session["id"]}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{session["name"]}}</bdi></a></p>
  <h1>This session</h1>
  % if saved:
  <p class="problem" role="alert">{{_(problem)}}</p>
  <section class="panel" data-saved>
    <h2>Saved version</h2>
    <p>Saving your version replaces this one.</p>
    <dl>
      <dt>Name</dt><dd dir="auto">{{saved["name"]}}</dd>
      <dt>Who is asked for a name?</dt><dd>{{_(NAMES[asked_names(saved)])}}</dd>
      <dt>Steps of the lesson</dt><dd>{{_(PACES[get_pace(saved)])}}</dd>
      <dt>Show results on the phones</dt><dd>{{"Yes" if saved["settings"].get("on_phones") else "No"}}</dd>
    </dl>
  </section>
  % end
  <form method="post" action="/sessions/{{session["id"]}}/edit" data-unsaved="{{"yes" if problem else ""}}">
    % if saved:
    <h2>Your version</h2>
    % else:
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    % end
    <input type="hidden" name="version" value="{{form.get("version")}}">
    <p class="field">
      <label for="name">Name</label>
      <input id="name" name="name" value="{{form.get("name")}}" maxlength="{{NAME_MAX}}" dir="auto" required aria-describedby="problem-name" {{focus(problem, "name")}}>
      % include("partials/_field_problem.tpl", problem=problem, field="name")
    </p>
    % include("partials/_session_fields.tpl", form=form, problem=problem)
    <button class="primary">Save</button>
  </form>
  <form method="post" action="/sessions/{{session["id"]}}/again">
    <p class="hint">A copy has the same questions, a code of its own, and nobody's answers.</p>
    <button>Use with another class</button>
  </form>
  <form method="post" action="/api/sessions/{{session["id"]}}/archive">
    <p class="hint">{{"It is put away: it is listed apart." if session["archived"] else "Put away, it is listed apart, and nothing is lost."}}</p>
    <button name="archived" value="{{0 if session["archived"] else 1}}">{{"Take it back" if session["archived"] else "Archive"}}</button>
  </form>
  <p class="actions"><a class="button quiet" href="/sessions/{{session["id"]}}/delete">Delete this session …</a></p>
</main>
