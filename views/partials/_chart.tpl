% # question, chart: the module of static/js/charts/ that draws it, hides: whether a click offers to hide an entry
% axis = QUESTION_TYPES[question["type"]].axis(question["options"], question["answer_shown"])
<figure class="chart-box">
  <div class="chart" data-chart="{{chart}}" data-unit="{{axis.get("unit", "")}}" data-range="{{axis.get("range", "")}}" {{"data-hides" if hides else ""}}></div>
  % if axis.get("low") or axis.get("high"):
  <p class="ends"><bdi dir="auto">{{axis["low"]}}</bdi> <bdi dir="auto">{{axis["high"]}}</bdi></p>
  % end
  % if chart == "axis":
  <figcaption class="figures" data-figures></figcaption>
  % end
</figure>
