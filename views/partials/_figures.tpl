% # stats: with "average" and "median", None without answers
<p class="figures">
  % if stats["average"] is not None:
  {{_("Median {median} · mean {mean}", mean=show_number(stats["average"]), median=show_number(stats["median"]))}}
  % end
</p>
