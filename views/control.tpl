% # presenter, session, questions, now: the present message, private: get_private_view or None, addresses: [(url, card)], saved_as: the CSV file or None
% rebase("layout.tpl", title=session["name"], presenter=presenter, page="control", scripts=["vendor/htmx-2.0.11.min.js"], module="control")
<main>
  <p class="link" role="status" data-link></p>
  % include("partials/_trouble.tpl", trouble=now["trouble"])
  <h1 dir="auto">{{session["name"]}}</h1>
  <p class="aside"><a href="/sessions/{{session["id"]}}/edit">Rename, copy, archive or delete</a></p>
  <section class="panel join-card" aria-label="How students join">
    % include("partials/_qr.tpl", text=join_url(session), label="QR code to join")
    <div>
      <p>Students open <strong class="address">{{now["address"]}}</strong> and type</p>
      <p class="code" data-code="{{session["code"]}}"><span aria-hidden="true">{{group_code(session["code"])}}</span><span class="visually-hidden">{{format_code(session["code"])}}</span></p>
      <p class="actions">
        <a class="button primary" href="/present/{{session["id"]}}" target="classpulse-projector">Put it on the projector</a>
      </p>
      <p class="hint">{{_("This page also works on your phone: open {address}/login there.", address=now["address"])}}</p>
    </div>
  </section>
  % include("partials/_control.tpl")
  <section class="panel">
    <h2 id="add">Add a question</h2>
    <ul class="kinds">
      % for kind in QUESTION_TYPES.values():
      <li><a class="button" href="/sessions/{{session["id"]}}/questions/new/{{kind.type}}">{{_(kind.label)}}</a> <span class="hint">{{_(kind.hint)}}</span></li>
      % end
    </ul>
    <p><a href="/sessions/{{session["id"]}}/reuse">Use questions of another session</a></p>
  </section>
  <p class="toast" role="alert" data-toast hidden></p>
</main>
