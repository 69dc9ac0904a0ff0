% # presenter, class_lists: what get_user_class_lists gives, form, problem
% rebase("layout.tpl", title="Class lists", presenter=presenter, page="plain", module="lib/unsaved")
<main class="narrow">
  <h1>Class lists</h1>
  % if class_lists:
  <ul class="choices">
    % for one in class_lists:
    <li>
      <span class="actions"><bdi dir="auto">{{one["name"]}}</bdi> <a class="button" href="/lists/{{one["id"]}}/edit" aria-label="{{_("Edit {name}", name=one["name"])}}">Edit</a> <a class="button is-danger" href="/lists/{{one["id"]}}/delete" aria-label="{{_("Delete {name} …", name=one["name"])}}">Delete …</a></span>
      <span class="hint">{{_n("{count} student", "{count} students", one["students"])}}</span>
    </li>
    % end
  </ul>
  % else:
  <p class="empty">You have no class lists yet. With one, students pick their name instead of typing it.</p>
  % end
  <h2>New class list</h2>
  <form method="post" action="/lists" enctype="multipart/form-data" data-unsaved="{{"yes" if problem else ""}}">
    % include("partials/_class_list_fields.tpl", form=form, problem=problem)
    <p class="actions"><button class="primary">Create class list</button></p>
  </form>
</main>
