% # presenter, session, now: the present message, shown: what _projection.tpl is given, or None
% rebase("layout.tpl", title=session["name"], presenter=None, page="present", module="present")
<div class="projector" data-present="{{session["id"]}}" data-joining="{{"yes" if now["joining"] else "no"}}">
  % include("partials/_trouble.tpl", trouble=now["trouble"])
  <main>
    <div class="{{"is-covered" if now["joining"] else ""}}" data-projection>
      % if shown:
      % include("partials/_projection.tpl", **shown)
      % else:
      <h1 class="cover">This session has no questions yet. Add one on the control page.</h1>
      % end
    </div>
    <section class="join-view" aria-label="Join" {{"" if now["joining"] else "hidden"}}>
      % include("partials/_qr.tpl", text=join_url(session), label="QR code to join")
      <div>
        <h1 dir="auto">{{session["name"]}}</h1>
        <p>Scan, or go to</p>
        <p class="address">{{shorten_address(now["address"])}}</p>
        <p>and enter the code</p>
        <p class="code"><span aria-hidden="true">{{group_code(session["code"])}}</span><span class="visually-hidden">{{format_code(session["code"])}}</span></p>
        <p class="locked" data-locked {{"" if now["locked"] else "hidden"}}>Joining is locked</p>
        <p class="in" data-in>{{_n("{count} is in", "{count} are in", now["joined"])}}</p>
        <p class="dots" data-dots aria-hidden="true"></p>
      </div>
    </section>
    <section class="end-view" aria-label="End of the session" data-end hidden></section>
  </main>
  <p class="link" role="status" data-link></p>
  <footer class="foot">
    <p class="counters {{"is-unseen" if now.get("discussing") else ""}}" data-counters><b data-answered>{{now.get("response_count", 0)}}</b> of <span data-expected>{{now["expected"]}}</span> answered<small data-tallied></small><small data-late></small><small data-abstained></small><small data-raised></small><small data-paired></small></p>
    <span class="track {{"is-unseen" if now.get("discussing") else ""}}" data-answering><i></i></span>
    <p class="talk" data-talk {{"" if now.get("discussing") else "hidden"}}>Talk to your neighbour: convince them, or be convinced</p>
    <button class="skip" data-skip hidden></button>
    <button class="primary next" data-next data-hint="{{_("Space")}}" {{"" if now["next"] else "hidden"}}>{{now["next"]["label"] if now["next"] else ""}}</button>
    <p class="keys">
      <button class="quiet" data-press="?" aria-keyshortcuts="?">Keys <kbd aria-hidden="true">?</kbd></button>
      <button class="quiet" data-press="j" aria-keyshortcuts="J">Join <kbd aria-hidden="true">J</kbd></button>
      <button class="quiet" data-press="r" aria-keyshortcuts="R">Results <kbd aria-hidden="true">R</kbd></button>
      <button class="quiet" data-press="t" aria-keyshortcuts="T">Table <kbd aria-hidden="true">T</kbd></button>
      <button class="quiet" data-press="a" aria-keyshortcuts="A">Ask <kbd aria-hidden="true">A</kbd></button>
      <button class="quiet" data-press="c" aria-keyshortcuts="C">Countdown <kbd aria-hidden="true">C</kbd></button>
      <button class="quiet" data-press="b" aria-keyshortcuts="B">Black <kbd aria-hidden="true">B</kbd></button>
      <button class="quiet" data-press="f" aria-keyshortcuts="F">Full screen <kbd aria-hidden="true">F</kbd></button>
    </p>
  </footer>
  <p class="visually-hidden" role="status" data-announce></p>
  <dialog data-ask aria-label="Quick question">
    <h2>Quick question</h2>
    <p>Ask aloud or write it on the board. Voting opens immediately.</p>
    % include("partials/_ask.tpl", session=session)
    <p class="actions"><button class="quiet" data-close>Cancel</button></p>
  </dialog>
  <dialog data-timing aria-label="Countdown">
    <h2>Countdown</h2>
    <p class="actions" data-running>
      <button data-timer="more_time" aria-keyshortcuts="+">+30 s <kbd aria-hidden="true">+</kbd></button>
      <button data-timer="stop_timer" aria-keyshortcuts="0">Stop <kbd aria-hidden="true">0</kbd></button>
    </p>
    <p class="actions">
      <button value="30" aria-keyshortcuts="1">30 s <kbd aria-hidden="true">1</kbd></button>
      <button value="60" aria-keyshortcuts="2">1 min <kbd aria-hidden="true">2</kbd></button>
      <button value="120" aria-keyshortcuts="3">2 min <kbd aria-hidden="true">3</kbd></button>
    </p>
    <form class="field" novalidate>
      <label for="seconds">Seconds</label>
      <div class="actions"><input id="seconds" name="seconds" inputmode="numeric" autocomplete="off" aria-describedby="problem-seconds"> <button>Start</button></div>
      <span class="problem" id="problem-seconds" role="alert" data-refused></span>
    </form>
    <p class="actions"><button class="quiet" data-close>Cancel</button></p>
  </dialog>
  % include("partials/_ending.tpl")
  <dialog data-closing aria-label="Close all" tabindex="-1">
    <h2>Close all questions?</h2>
    <p data-unfinished></p>
    <p class="actions"><button class="primary" data-agree data-hint="{{_("Space")}}">Close all</button> <button class="quiet" data-close>Keep going</button></p>
  </dialog>
  <dialog class="reading" data-hiding aria-label="An answer">
    <p class="text" data-text dir="auto" tabindex="0"></p>
    <p class="actions"><button class="primary" data-hide>Hide</button> <button class="quiet" data-close autofocus>Cancel</button></p>
  </dialog>
  <p class="toast" role="status" data-toast hidden><span data-done></span> <button data-undo>Undo</button></p>
  <dialog class="help" data-help aria-label="Keys">
    <h2>Keys</h2>
    <dl>
      <dt>Space, Page Down</dt><dd>next step</dd>
      <dt>← →, Page Up</dt><dd>previous or next question (doesn't open or close voting)</dd>
      <dt>↑ ↓</dt><dd>page through written answers</dd>
      <dt>R</dt><dd>show or hide results</dd>
      <dt>O</dt><dd>reopen voting</dd>
      <dt>V</dt><dd>vote again in a new round</dd>
      <dt>A</dt><dd>quick question</dd>
      <dt>C</dt><dd>countdown</dd>
      <dt>J</dt><dd>join view</dd>
      <dt>T</dt><dd>results as a table</dd>
      <dt>B or .</dt><dd>black screen</dd>
      <dt>D</dt><dd><button class="quiet" data-press="d">light or dark</button></dd>
      <dt>F</dt><dd>full screen</dd>
      <dt>Esc</dt><dd>leave join view or full screen</dd>
    </dl>
    <p data-sleep hidden>This browser can't keep the screen awake at this address. Turn off sleep on this laptop.</p>
    <p class="actions"><button data-close autofocus>Close</button></p>
  </dialog>
  <div class="black" data-black hidden></div>
</div>
