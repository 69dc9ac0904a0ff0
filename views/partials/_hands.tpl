% # question, row: of the results, path: of acts on its answers. A script counts presses while one is saved
% count, id = row["tallied"], f"{question['id']}-{row['key']}"
<form class="hands" method="post" action="{{path}}/tally" data-hands="{{id}}" data-round="{{question["round"]}}">
  <input type="hidden" name="key" value="{{row["key"]}}">
  <input type="hidden" name="round" value="{{question["round"]}}">
  <button id="fewer-{{id}}" name="count" value="{{max(0, count - 1)}}" aria-label="{{_("{label}: one hand less", label=plain_text(row["label"]))}}">−</button>
  <output>{{_n("{count} hand", "{count} hands", count)}}</output>
  <button id="more-{{id}}" name="count" value="{{min(999, count + 1)}}" aria-label="{{_("{label}: one hand more", label=plain_text(row["label"]))}}">+</button>
</form>
