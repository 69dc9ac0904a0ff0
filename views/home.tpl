% # presenter, sessions, folder
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
  <p><a class="button primary" href="/sessions/new">New session</a></p>
  % include("partials/_session_list.tpl", sessions=[session for session in sessions if not session["archived"]][:10])
  % if len(sessions) > 10 or any(session["archived"] for session in sessions):
  <p><a href="/sessions">All {{len(sessions)}} sessions</a></p>
  % end
  % end
  <p class="small">Everything is kept on this laptop, in <code>{{folder}}</code>. CSV files are in its folder <code>exports</code>.</p>
</main>
