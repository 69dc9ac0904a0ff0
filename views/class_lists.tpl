% # presenter, class_lists: what get_user_class_lists gives, form, problem
% rebase("layout.tpl", title="Class lists", presenter=presenter, page="plain", module="lib/unsaved")
<main class="narrow">
  <p><a class="back" href="/"><span aria-hidden="true">←</span> Home</a></p>
  <h1>Class lists</h1>
  % if class_lists:
  <ul class="list">
    % for one in class_lists:
    <li>
      <span><bdi dir="auto" id="list-{{one["id"]}}">{{one["name"]}}</bdi> {{_n("({count} student)", "({count} students)", one["students"])}}</span>
      <a class="button quiet" href="/lists/{{one["id"]}}/edit" aria-describedby="list-{{one["id"]}}">Edit</a>
      <a class="button quiet" href="/lists/{{one["id"]}}/delete" aria-describedby="list-{{one["id"]}}">Delete …</a>
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
