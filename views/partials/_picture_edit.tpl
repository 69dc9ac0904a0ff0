% # form, problem
<p class="field">
  <label for="picture">Picture (optional)</label>
  <input id="picture" name="picture" type="file" accept="image/png,image/jpeg,image/webp,image/gif" data-max="{{PICTURE_MAX}}" aria-describedby="problem-picture" {{focus(problem, "picture")}}>
  <span class="problem" role="alert" id="problem-picture" data-picture-problem>{{_(problem) if problem and problem.field == "picture" else ""}}</span>
  <canvas class="preview" data-preview hidden></canvas>
</p>
% if form.get("image"):
<p class="field check">
  <input type="hidden" name="image" value="{{form.get("image")}}">
  <img class="preview" src="/images/{{form.get("image")}}" alt="The picture as it is">
  <label><input type="checkbox" name="remove_image" value="1"> Without this picture</label>
</p>
% end
<p class="field">
  <label for="image_alt">What the picture shows, for who can't see it (optional)</label>
  <textarea id="image_alt" name="image_alt" rows="2" maxlength="{{NAME_MAX}}" dir="auto" aria-describedby="problem-image_alt" {{focus(problem, "image_alt")}}>{{form.get("image_alt")}}</textarea>
  % include("partials/_field_problem.tpl", problem=problem, field="image_alt")
</p>
