% # form, problem, kind
<p class="field">
  <label for="options">Options, one per line</label>
  <textarea id="options" name="options" rows="6" dir="auto" aria-describedby="options-hint problem-options" {{focus(problem, "options")}}>{{form.get("options")}}</textarea>
  <span class="hint" id="options-hint">
    % if kind.marks_correct:
    A star in front marks a right answer: <code>*Paris</code>. The class can see this if your screen is mirrored.
    % else:
    {{_("At most {most}.", most=kind.MOST)}}
    % end
  </span>
  % include("partials/_field_problem.tpl", problem=problem, field="options")
</p>
% if kind.presets:
<p class="presets" data-fills="options">
  % for name, text in kind.presets.items():
  <button type="button" class="quiet" data-text="{{text}}">{{_(name)}}</button>
  % end
</p>
% end
