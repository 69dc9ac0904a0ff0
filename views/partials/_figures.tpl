% # stats: with "average" and "median", None without answers
<p class="figures">
  % if stats["average"] is not None:
  {{_("Median {median} · average {average}", average=stats["average"], median=stats["median"])}}
  % end
</p>
