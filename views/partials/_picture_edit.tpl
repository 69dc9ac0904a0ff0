% # form, problem
<div class="field picture-edit" data-picture>
  <p class="actions">
    <input id="picture" name="picture" type="file" accept="image/png,image/jpeg,image/webp,image/gif" data-max="{{PICTURE_MAX}}" aria-describedby="problem-picture" {{focus(problem, "picture")}}>
    <label class="button" for="picture">{{"Replace picture" if form.get("image") else "Add a picture"}}</label>
    <button type="button" class="quiet" data-drop hidden>Remove picture</button>
  </p>
  <span class="problem" role="alert" id="problem-picture" data-picture-problem>{{_(problem) if problem and problem.field == "picture" else ""}}</span>
  <canvas class="thumb" data-chosen hidden></canvas>
  % if form.get("image"):
  <input type="hidden" name="image" value="{{form.get("image")}}">
  <img class="thumb" src="/images/{{form.get("image")}}" alt="Current picture" data-stored>
  <span class="check"><label><input type="checkbox" name="remove_image" value="1" {{"checked" if form.get("remove_image") else ""}}> Remove picture</label></span>
  % end
  <p class="field" data-description>
    <label for="image_alt">Picture description for students who can't see it (optional)</label>
    <textarea id="image_alt" name="image_alt" rows="2" maxlength="{{NAME_MAX}}" dir="auto" aria-describedby="problem-image_alt" {{focus(problem, "image_alt")}}>{{form.get("image_alt")}}</textarea>
    % include("partials/_field_problem.tpl", problem=problem, field="image_alt")
  </p>
</div>
