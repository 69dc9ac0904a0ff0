% # question, stats
% include("partials/_table.tpl", question=question, stats=stats, heading="Option")
<p class="more">Shares are of those who answered; together they can exceed 100 %.</p>
