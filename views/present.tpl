% # presenter, session, now: the present message, shown: what _projection.tpl is given, or None
% rebase("layout.tpl", title=session["name"], presenter=None, page="present", scripts=["vendor/chart-4.6.1.umd.min.js", "vendor/chartjs-plugin-datalabels-2.2.0.min.js"], module="present")
<div class="projector" data-present="{{session["id"]}}" data-joining="{{"yes" if now["joining"] else "no"}}" data-active="{{"yes" if session["active"] else "no"}}">
  % include("partials/_trouble.tpl", trouble=now["trouble"])
  <main data-projection>
    % if shown:
    % include("partials/_projection.tpl", **shown)
    % else:
    <p class="cover">This session has no questions yet. Add one on the control page.</p>
    % end
  </main>
  <section class="join-view" aria-label="Join" {{"" if now["joining"] else "hidden"}}>
    <h1 dir="auto">{{session["name"]}}</h1>
    % include("partials/_qr.tpl", text=join_url(session), label="QR code to join")
    <p>Scan, or open <strong>{{now["address"]}}</strong> and type</p>
    <p class="code"><span aria-hidden="true">{{group_code(session["code"])}}</span><span class="visually-hidden">{{format_code(session["code"])}}</span></p>
    <p><b data-joined>{{now["joined"]}}</b> joined</p>
  </section>
  <p class="link" role="status" data-link></p>
  <p class="locked" data-locked {{"" if now["locked"] else "hidden"}}>Joining is locked</p>
  <footer class="foot">
    <p class="counters" data-counters><b data-answered>{{now.get("response_count", 0)}}</b> of <b data-expected>{{now["expected"]}}</b> answered<span data-late></span><span data-abstained></span></p>
    <p class="keys">
      <button class="quiet" data-press="j">Join view <kbd>J</kbd></button>
      <button class="quiet" data-press="r">Results <kbd>R</kbd></button>
      <button class="quiet" data-press="t">Table <kbd>T</kbd></button>
      <button class="quiet" data-press="a">Ask now <kbd>A</kbd></button>
      <button class="quiet" data-press="f">Full screen <kbd>F</kbd></button>
      <button class="quiet" data-press="?" aria-expanded="false">Keys <kbd>?</kbd></button>
    </p>
    <button class="primary next" data-next {{"" if now["next"] else "hidden"}}>{{now["next"]["label"] if now["next"] else ""}}</button>
  </footer>
  <p class="visually-hidden" role="status" data-announce></p>
  <dialog class="help" data-ask aria-label="Ask now">
    <h2>Ask now</h2>
    % include("partials/_ask.tpl", session=session)
    <button class="quiet" data-close>Cancel</button>
  </dialog>
  <dialog class="help" data-hiding aria-label="Hide an answer">
    <p>Hide this answer, and all that are equal to it? They stay in your files.</p>
    <button class="primary" data-hide>Hide</button>
    <button class="quiet" data-close>Cancel</button>
  </dialog>
  <p class="toast" role="status" data-toast hidden><span data-done></span> <button data-undo>Undo</button></p>
  <dialog class="help" data-help aria-label="Keys">
    <h2>Keys</h2>
    <dl>
      <dt>Space, Page Down</dt><dd>next step</dd>
      <dt>← → Page Up</dt><dd>show another question; opens and closes nothing</dd>
      <dt>R</dt><dd>show or hide the results</dd>
      <dt>O</dt><dd>open again after closing</dd>
      <dt>V</dt><dd>vote again: a new round</dd>
      <dt>A</dt><dd>ask now: a question on the board</dd>
      <dt>J</dt><dd>join view</dd>
      <dt>T</dt><dd>the numbers as a table</dd>
      <dt>D</dt><dd><button class="quiet" data-press="d">dark or light</button></dd>
      <dt>F</dt><dd>full screen</dd>
      <dt>Esc</dt><dd>back from the join view or full screen</dd>
    </dl>
    <p data-sleep hidden>This browser can't keep the screen awake at this address: turn off sleep.</p>
    <button data-close autofocus>Close</button>
  </dialog>
</div>
