% # presenter, sessions: the newest, count: of all, shares: what list_session_shares returns, folder, today
% rebase("layout.tpl", title="Home", presenter=presenter, page="home")
<main class="wide">
  <div class="hello">
    % include("partials/_bars.tpl")
    <h1>Hello, <bdi dir="auto">{{presenter["display_name"]}}</bdi></h1>
    % if count:
    <a class="button primary" href="/sessions/new">New session</a>
    <a class="button" href="/sessions/new?text=">Start from questions you have</a>
    % end
    <a class="button quiet" href="/lists">Class lists</a>
  </div>
  % if sessions:
  % include("partials/_session_list.tpl")
  % elif count:
  <p class="empty">All your sessions are archived.</p>
  % else:
  <div class="starts">
    <form class="card" method="post" action="/sessions/new">
      <h2>Create your first session</h2>
      <p>A session is one meeting of a class. Students join it with a code. You can write the questions now or while they sit down.</p>
      <p class="field">
        <label for="name">Name (students see it)</label>
        <input id="name" name="name" placeholder="Biology 10b" maxlength="{{NAME_MAX}}" autocomplete="off" dir="auto" required>
      </p>
      <button class="primary">Create session</button>
    </form>
    <div class="card">
      <h2>Start from questions you have</h2>
      <p>Paste them from a document, a spreadsheet or Moodle, or choose a file.</p>
      <a class="button" href="/sessions/new?text=">Paste a list</a>
    </div>
    <form class="card" method="post" action="/sessions/new">
      <h2>Try the examples</h2>
      <p>A session with questions of every type. Answer it yourself on your phone.</p>
      <input type="hidden" name="name" value="Examples">
      <button name="examples" value="1">Create the examples</button>
    </form>
    <div class="card">
      <h2>Quick question</h2>
      % include("partials/_quick.tpl")
    </div>
  </div>
  % end
  % if count:
  <details>
    <summary>Quick question</summary>
    % include("partials/_quick.tpl")
  </details>
  % end
  % if count > len(sessions):
  <p><a class="back" href="/sessions">{{_n("{count} session", "All {count} sessions", count)}}</a></p>
  % end
  <p class="hint">Everything stays on this laptop, in <code>{{folder}}</code>. Your result files are in the “exports” folder inside it.</p>
</main>
