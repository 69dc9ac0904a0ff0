% # session, files: what describe_files gives
% *first, summary, long = reversed(files["shapes"].items())
<form class="file-list" action="/sessions/{{session["id"]}}/export">
  % for name, shape in first:
  <button name="shape" value="{{name}}" title="{{_(shape.hint)}}">{{_(shape.label)}}</button>
  % end
  <details class="menu" id="files">
    <summary class="button quiet" id="more-files">More files <span aria-hidden="true">▾</span></summary>
    <div class="menu-panel">
      % for name, shape in (long, summary):
      <button name="shape" value="{{name}}" title="{{_(shape.hint)}}">{{_(shape.label)}}</button>
      % end
      <label>Separate CSV columns with
        <select name="delimiter">
          % if files["delimiter"] not in CSV_DELIMITERS.values():
          <option value="" selected>{{files["delimiter"]}}</option>
          % end
          % for name, sign in CSV_DELIMITERS.items():
          <option value="{{name}}" {{"selected" if sign == files["delimiter"] else ""}}>{{_(name)}}</option>
          % end
        </select>
      </label>
      % for label, found in ((_("Left out"), files["left_out"]), (_("More than one phone"), files["doubled"])):
      % for people, (labels, names) in found.items():
      % if names:
      <p class="hint">{{", ".join(labels)}}. {{label}}: <bdi>{{", ".join(names[:LISTED_MAX])}}</bdi>{{_(" and {count} more", count=len(people) - LISTED_MAX) if len(people) > LISTED_MAX else ""}}</p>
      % end
      % end
      % end
      % if files["obstacle"]:
      <p class="hint">{{_(files["obstacle"])}}</p>
      % end
      % if files["saved"]:
      <p class="hint">Saved automatically in <code>{{files["folder"]}}</code>:
        % for name in files["saved"]:
        <br><code>{{name}}</code>
        % end
      </p>
      % else:
      <p class="hint">CSV files are also saved automatically in <code>{{files["folder"]}}</code> when a question or the session closes.</p>
      % end
    </div>
  </details>
</form>
% for people, (labels, _names) in files["left_out"].items():
<p class="hint" data-left-out="{{len(people)}}">{{", ".join(labels)}}: {{_n("{count} student can't be identified and is left out.", "{count} students can't be identified and are left out.", len(people))}}</p>
% end
% for people, (labels, _names) in files["doubled"].items():
<p class="hint" data-doubled="{{len(people)}}">{{", ".join(labels)}}: {{_("{count} phones belong to students who used more than one. The better result counts.", count=len(people))}}</p>
% end
