% # base: the session's address, now: the present message
% left = now["remaining_ms"]
<details class="menu timer" id="countdown">
  <summary class="button quiet" id="countdown-left">
    <span class="ring" data-remaining {{"" if left else "hidden"}}>{{left or ""}}</span>
    <span class="{{"visually-hidden" if left else ""}}">Countdown</span>
  </summary>
  <div class="menu-panel">
    % if left:
    <div class="times">
      <button type="submit" form="step" id="step-more_time" name="action" value="more_time">+30 s</button>
      <button type="submit" form="step" id="step-stop_timer" name="action" value="stop_timer">Stop</button>
    </div>
    <h2>Start again with</h2>
    % end
    <form class="times" method="post" action="/api{{base}}/step" hx-post="/api{{base}}/step">
      % include("partials/_seen.tpl", now=now)
      <input type="hidden" name="action" value="start_timer">
      <button name="seconds" value="30">30 s</button>
      <button name="seconds" value="60">1 min</button>
      <button name="seconds" value="120">2 min</button>
    </form>
    <form class="times" method="post" action="/api{{base}}/step" hx-post="/api{{base}}/step">
      % include("partials/_seen.tpl", now=now)
      <input type="hidden" name="action" value="start_timer">
      <label>Seconds <input type="number" id="seconds" name="seconds" min="{{SECONDS_MIN}}" max="{{SECONDS_MAX}}" required hx-preserve></label>
      <button>Start</button>
    </form>
  </div>
</details>
