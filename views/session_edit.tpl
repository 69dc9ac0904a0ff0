% # presenter, session, form, problem, promise: what find_promise gives, source: the session that this is a copy of or None, saved: the session as it was saved meanwhile, or None, class_lists: what get_user_class_lists gives
% rebase("layout.tpl", title="Session settings", presenter=presenter, page="plain", module="lib/unsaved")
<main class="{{"versions" if saved else "narrow"}}">
  <p><a class="back" href="/sessions/{{session["id"]}}"><span aria-hidden="true">←</span> <bdi dir="auto">{{session["name"]}}</bdi></a></p>
  <h1>Session settings</h1>
  % if source:
  <p class="facts">Copied from <a href="/sessions/{{source["id"]}}"><bdi dir="auto">{{source["name"]}}</bdi></a></p>
  % end
  % if saved:
  <p class="problem" role="alert">{{_(problem)}}</p>
  <section class="card" data-saved>
    <h2>Saved version</h2>
    <p>Saving your version replaces this one.</p>
    <dl>
      <dt>Name</dt><dd dir="auto">{{saved["name"]}}</dd>
      <dt>Student names</dt><dd>{{_(NAMES[saved["settings"]["names"]])}}</dd>
      <dt>Students join with</dt><dd>{{_(IDENTIFY[saved["settings"]["identify"]])}} <bdi dir="auto">{{next((one["name"] for one in class_lists if one["id"] == name_identity(saved)), "")}}</bdi></dd>
      <dt>Steps of the lesson</dt><dd>{{_(PACES[saved["settings"]["pace"]])}}</dd>
      <dt>Students who finish see</dt><dd>{{_(OWN_RESULTS[saved["settings"]["own_results"]])}}</dd>
      <dt>Results on students' phones</dt><dd>{{"Yes" if saved["settings"]["on_phones"] else "No"}}</dd>
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
      <label for="name">Name (students see it)</label>
      <input id="name" name="name" value="{{form.get("name")}}" maxlength="{{NAME_MAX}}" autocomplete="off" dir="auto" required aria-describedby="problem-name" {{focus(problem, "name")}}>
      % include("partials/_field_problem.tpl", problem=problem, field="name")
    </p>
    % include("partials/_session_fields.tpl", form=form, problem=problem, class_lists=class_lists)
    <p class="actions"><button class="primary">Save</button> <a class="button quiet" href="/sessions/{{session["id"]}}">Cancel</a></p>
  </form>
  <ul class="choices">
    <li>
      <form method="post" action="/sessions/{{session["id"]}}/again"><button>Use with another class</button></form>
      <span class="hint">Same questions, new code, no answers.</span>
    </li>
    <li>
      <span class="actions"><a class="button" href="/sessions/{{session["id"]}}/questions.gift">Questions as GIFT</a> <a class="button" href="/sessions/{{session["id"]}}/questions.txt">Questions as text</a></span>
      <span class="hint">For another session, or for Moodle (GIFT). Pictures are not included.</span>
    </li>
    <li>
      <form method="post" action="/api/sessions/{{session["id"]}}/archive"><button name="archived" value="{{0 if session["archived"] else 1}}">{{"Unarchive" if session["archived"] else "Archive"}}</button></form>
      <span class="hint">{{"Archived sessions are listed separately." if session["archived"] else "Moves it to the archive. It stays open until you end it." if session["active"] else "Moves it to the archive. Nothing is deleted."}}</span>
    </li>
    % if session["settings"]["names"] != "no":
    <li>
      <a class="button is-danger" href="/sessions/{{session["id"]}}/forget">Forget names …</a>
      <span class="hint">Answers stay, with numbers instead of names.</span>
    </li>
    % elif session["settings"]["forgotten"]:
    <li>
      <a class="button" href="/sessions/{{session["id"]}}/forget">Erase remaining copies …</a>
      <span class="hint">The names are erased. Files that were in use may still have them.</span>
    </li>
    % end
    <li>
      <a class="button is-danger" href="/sessions/{{session["id"]}}/delete">Delete session …</a>
      <span class="hint">Shows first what will be lost.</span>
    </li>
  </ul>
</main>
