% # key: of the tile, results: stats or None
% for row in results["results"] if results else []:
% if row["key"] == key:
% if "mean_rank" in row:
<span class="share">{{row["note"]}}</span>
% else:
<span class="share"><b data-percent>{{row["percent"]}} %</b> <span data-count aria-hidden="true">{{row["count"]}}</span><span class="visually-hidden">{{_n("{count} answer", "{count} answers", row["count"])}}</span></span>
<meter min="0" max="100" value="{{row["percent"]}}" aria-hidden="true"></meter>
% end
% end
% end
