% # stats: with "average" and "median", None without answers
<p class="figures">
  % if stats["average"] is not None:
  {{_("Average {average} · median {median}", average=stats["average"], median=stats["median"])}}
  % end
</p>
