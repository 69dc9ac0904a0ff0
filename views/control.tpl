% # presenter, session, questions, now: the present message, shown: what _projection.tpl is given, or None, private: get_private_view or None, addresses: [(url, card)], files: what describe_files gives, and more for _control.tpl
% rebase("layout.tpl", title=session["name"], presenter=None, page="control", scripts=["vendor/htmx-2.0.11.min.js"], module="control")
% # hx-disable: until the module runs. Without it, forms bring the whole page: nothing else keeps it up to date.
<main class="console" hx-disable>
  % include("partials/_trouble.tpl", trouble=now["trouble"])
  <p class="link" role="status" data-link></p>
  <p class="visually-hidden" role="status" data-announce></p>
  <div class="small-screen" inert>
    <div data-projection>
      % if shown and not now["joining"]:
      % include("partials/_projection.tpl", **shown)
      % end
    </div>
    <div class="small-join" data-small-join {{"" if now["joining"] else "hidden"}}>
      % include("partials/_qr.tpl", text=join_url(session), label="QR code to join")
      <p class="address">{{now["address"]}}</p>
      <p class="code">{{group_code(session["code"])}}</p>
      <p><b data-joined>{{now["joined"]}}</b> are in</p>
    </div>
    <div class="end-view" data-small-end="/present/{{session["id"]}}/end" hidden></div>
  </div>
  % include("partials/_control.tpl")
</main>
<p class="toast" role="alert" data-toast hidden></p>
% include("partials/_ending.tpl")
