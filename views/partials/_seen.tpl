% # now: the present message, of which a step's form says what it has seen
<input type="hidden" name="question_id" value="{{now["question_id"] or ""}}">
<input type="hidden" name="round" value="{{now.get("round", "")}}">
<input type="hidden" name="stage" value="{{now.get("stage", "")}}">
<input type="hidden" name="discussing" value="{{int(now.get("discussing", 0))}}">
