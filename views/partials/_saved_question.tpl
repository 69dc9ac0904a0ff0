% # saved: a question, kind, covered: whether the class may see the screen, but not this
<section class="card" data-saved>
  <h2>Saved version</h2>
  % if covered:
  <p>Hidden, because it contains the correct answer or an explanation. Turn on the private view in another window and save here again to compare both versions.</p>
  % else:
  <p>Saving your version replaces this one.</p>
  <dl>
    <dt>Question</dt><dd dir="auto">{{saved["title"]}}</dd>
    % for label, text in kind.describe(saved["options"]):
    <dt>{{_(label)}}</dt><dd dir="auto">{{text or "–"}}</dd>
    % end
    <dt>Explanation</dt><dd dir="auto">{{saved["explanation"] or "–"}}</dd>
    <dt>Offer “I don't know”</dt><dd>{{"Yes" if saved["abstain"] else "No"}}</dd>
    % if not kind.is_text:
    <dt>Vote, discuss, vote again</dt><dd>{{"Yes" if saved["discuss"] else "No"}}</dd>
    % end
    <dt>Show results while students vote</dt><dd>{{"Yes" if saved["live"] else "No"}}</dd>
    <dt>Time limit in seconds</dt><dd>{{saved["seconds"] or "–"}}</dd>
    % if saved["image"]:
    <dt>Picture</dt><dd><img class="thumb" src="/images/{{saved["image"]}}" alt="{{plain_text(saved["image_alt"])}}"></dd>
    % else:
    <dt>Picture</dt><dd>–</dd>
    % end
    % if saved["image_alt"]:
    <dt>Picture description</dt><dd dir="auto">{{saved["image_alt"]}}</dd>
    % end
  </dl>
  % end
</section>
