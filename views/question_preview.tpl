% # presenter, form, shown: what _projection.tpl is given
% rebase("layout.tpl", title="Preview", presenter=presenter, page="editor")
<main>
  <h1>Preview</h1>
  <p class="hint">Nothing is saved yet. Close this page to go on writing.</p>
  % include("partials/_all_unreadable.tpl", form=form)
  <div class="looks">
    % include("partials/_previews.tpl", shown=shown)
  </div>
</main>
