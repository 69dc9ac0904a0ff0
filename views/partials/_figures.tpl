% # stats: with "average" and "median", None without answers
<p class="figures">
  % if stats["average"] is not None:
  {{_("Median {median} · average {average}", average=show_number(stats["average"]), median=show_number(stats["median"]))}}
  % end
</p>
