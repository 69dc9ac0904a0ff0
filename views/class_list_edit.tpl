% # presenter, class_list, form, problem, covered: whether the names are hidden, saved: the list as it was saved meanwhile, or None
% rebase("layout.tpl", title="Class list", presenter=presenter, page="plain", module="lib/unsaved")
<main class="{{"versions" if saved else "narrow"}}">
  <p><a class="back" href="/lists"><span aria-hidden="true">←</span> Class lists</a></p>
  <h1 dir="auto">{{class_list["name"]}}</h1>
  % if covered:
  <section class="card">
    <p>Hidden, because this form contains the names.</p>
    <p class="hint">This turns on the private view. Turn it off before you mirror your screen.</p>
    <form method="post" action="/alone">
      <input type="hidden" name="back" value="/lists/{{class_list["id"]}}/edit">
      <button class="primary" name="alone" value="1">Show it: only I see this screen</button>
    </form>
  </section>
  % else:
  % if saved:
  <p class="problem" role="alert">{{_(problem)}}</p>
  <section class="card" data-saved>
    <h2>Saved version</h2>
    <p>Saving your version replaces this one.</p>
    <p dir="auto">{{saved["name"]}}</p>
    <pre dir="auto">{{saved["entries"]}}</pre>
  </section>
  % end
  <form method="post" action="/lists/{{class_list["id"]}}/edit" enctype="multipart/form-data" data-unsaved="{{"yes" if problem else ""}}">
    % if saved:
    <h2>Your version</h2>
    % else:
    % include("partials/_field_problem.tpl", problem=problem, field=None)
    % end
    <input type="hidden" name="version" value="{{form.get("version")}}">
    % include("partials/_class_list_fields.tpl", form=form, problem=problem)
    <p class="hint">Students who picked a name stay who they are when you correct their line, as long as the name or the student number is the same.</p>
    <p class="actions"><button class="primary">Save</button> <a class="button quiet" href="/lists">Cancel</a></p>
  </form>
  % end
</main>
