% # shown: what _projection.tpl is given, or None before the question can be shown
<h2>On the projector</h2>
<div class="small-screen" data-preview="projector">
  <div data-projection inert>
    % if shown:
    % include("partials/_projection.tpl", **shown)
    % end
  </div>
</div>
<h2>On phones</h2>
<div class="phone" data-preview="phone" inert>
  % if shown:
  <template shadowrootmode="open">
    <link rel="stylesheet" href="{{static}}/css/audience.css">
    <div class="page-audience" data-asked><main>
      <h1 dir="auto">{{shown["session"]["name"]}}</h1>
      <div>
        % include("partials/_asked.tpl", question=shown["question"], answer=[], saved=None, results=None)
      </div>
    </main></div>
  </template>
  % # what older browsers show without a script
  % include("partials/_asked.tpl", question=shown["question"], answer=[], saved=None, results=None)
  % end
</div>
