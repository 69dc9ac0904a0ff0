% # before the session ends: the question whether it should, on control page and projector
<dialog data-ending aria-label="End session" tabindex="-1">
  <h2>End this session?</h2>
  <p>Students can no longer join or answer. All answers are kept, and you can reopen the session.</p>
  <p class="actions"><button class="primary" data-agree data-hint="{{_("Space")}}">End session</button> <button class="quiet" data-close>Keep going</button></p>
</dialog>
