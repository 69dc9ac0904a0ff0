% # question, stats: what the tiles of its results do not show
% if not QUESTION_TYPES[question["type"]].one_each:
<p class="more">Shares are of those who answered; together they can exceed 100 %.</p>
% end
% if "average" in stats:
% include("partials/_figures.tpl", stats=stats)
% end
% if stats["abstained"]:
<p class="more">{{_n("{count} doesn't know", "{count} don't know", stats["abstained"])}}</p>
% end
