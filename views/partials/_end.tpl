% # session, students, answers: how many, hardest: a question with `percent`, of those whose correct answer was shown, or None
% include("partials/_bars.tpl")
<h1>Thank you</h1>
<p class="session-name" dir="auto">{{session["name"]}}</p>
<dl>
  <div><dt>{{_n("student", "students", students)}}</dt><dd>{{students}}</dd></div>
  <div><dt>{{_n("answer", "answers", answers)}}</dt><dd>{{answers}}</dd></div>
</dl>
% if hardest:
<p class="hardest">{{_("The hardest question, which {percent} % got right:", percent=hardest["percent"])}} <b dir="auto">{{!format_cut(split_title(hardest["title"])[0], 160)}}</b></p>
% end
