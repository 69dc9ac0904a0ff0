% # presenter, sessions, folder, idle: sessions closed at start
% rebase("layout.tpl", title="Home", presenter=presenter, page="plain")
<main>
  <h1>Hello, <bdi dir="auto">{{presenter["display_name"]}}</bdi></h1>
  % if not sessions:
  <section class="panel invite">
    <h2>Create your first session</h2>
    <p>A session is one meeting of a class. Students join it with a code; you write the questions now or while they sit down.</p>
    <p><a class="button primary" href="/sessions/new">Create a session</a></p>
  </section>
  % else:
  % if idle:
  <section class="panel">
    <h2>Closed, since nothing happened for 12 hours</h2>
    <ul class="list">
      % for session in idle:
      <li class="row"><a class="item-title" href="/sessions/{{session["id"]}}" dir="auto">{{session["name"]}}</a>
        <form class="toggle" method="post" action="/api/sessions/{{session["id"]}}/toggle"><button name="active" value="1">Open again</button></form></li>
      % end
    </ul>
  </section>
  % end
  <p><a class="button primary" href="/sessions/new">New session</a></p>
  % include("partials/_session_list.tpl", sessions=[session for session in sessions if not session["archived"]][:10])
  % if len(sessions) > 10 or any(session["archived"] for session in sessions):
  <p><a href="/sessions">{{_n("{count} session", "All {count} sessions", len(sessions))}}</a></p>
  % end
  % end
  <p class="small">Everything is kept on this laptop, in <code>{{folder}}</code>. CSV files are in its folder <code>exports</code>.</p>
</main>
