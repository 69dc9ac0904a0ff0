% # question, stats
% include("partials/_table.tpl", question=question, stats=stats, heading="Rating")
<p class="figures">
  % if stats["average"] is not None:
  Average {{stats["average"]}} · median {{stats["median"]}}
  % end
</p>
