% # session, saved_as: the CSV file or None
<p><a class="button" href="/sessions/{{session["id"]}}/export">Download CSV</a></p>
% if saved_as:
<p class="hint">Saved automatically as <code>{{saved_as}}</code></p>
% else:
<p class="hint">Answers are also saved automatically, as a CSV file in <code>exports</code>, when a question or the session closes.</p>
% end
