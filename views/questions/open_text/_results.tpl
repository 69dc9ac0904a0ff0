% # question, stats
<ul class="texts">
  % for row in stats["results"]:
  <li dir="auto">{{row["label"]}}</li>
  % end
</ul>
% if not stats["results"]:
<p class="empty">No answers yet.</p>
% end
% if stats["more"]:
<p class="more">{{_("and {count} more", count=stats["more"])}}</p>
% end
