% # session, files: what describe_files gives
<form class="file-list" action="/sessions/{{session["id"]}}/export">
  % for name, shape in reversed(files["shapes"].items()):
  <button name="shape" value="{{name}}" title="{{_(shape.hint)}}">{{_(shape.label)}}</button>
  % end
  <label>CSV columns separated by
    <select name="delimiter">
      % if files["delimiter"] not in CSV_DELIMITERS.values():
      <option value="" selected>{{files["delimiter"]}}</option>
      % end
      % for name, sign in CSV_DELIMITERS.items():
      <option value="{{name}}" {{"selected" if sign == files["delimiter"] else ""}}>{{_(name)}}</option>
      % end
    </select>
  </label>
</form>
% for shape, count, names in files["left_out"]:
<p class="hint" data-left-out>{{_(shape.label)}}: {{_n("{count} student is left out, because they gave nothing to find them by.", "{count} students are left out, because they gave nothing to find them by.", count)}} {{", ".join(names[:LISTED_MAX])}}</p>
% end
% for shape, count, names in files["doubled"]:
<p class="hint" data-doubled>{{_(shape.label)}}: {{_("{count} phones gave the same student as another one. Only the better result counts.", count=count)}} {{", ".join(names[:LISTED_MAX])}}</p>
% end
% if files["obstacle"]:
<p class="hint">{{_(files["obstacle"])}}</p>
% end
% if files["saved"]:
<p class="hint">Saved automatically in <code>{{files["folder"]}}</code>:
  % for name in files["saved"]:
  <code>{{name}}</code>
  % end
</p>
% else:
<p class="hint">Answers are also saved automatically, as CSV files in <code>exports</code>, when a question or the session closes.</p>
% end
