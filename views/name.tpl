% # session, form, problem, identifier: what is asked for beside the name, or None, picks: what list_picks gives, or None
% rebase("layout.tpl", title=session["name"], sheet="audience", page="join")
% path = f"/audience/{session['code']}/name"
<main>
  <h1 dir="auto">{{session["name"]}}</h1>
  % if session["settings"]["identify"] == "list":
  <p>{{format_privacy(session)}}</p>
  <p class="problem" role="alert">{{_(problem) if problem else ""}}</p>
  <h2>Who are you?</h2>
  % if picks is None:
  <form action="{{path}}"><button>Continue</button></form>
  % else:
  % if picks["count"] > LONG_LIST:
  <form action="{{path}}">
    <label for="search">Part of your name</label>
    <input id="search" name="search" value="{{picks["search"]}}" maxlength="{{PERSON_MAX}}" dir="auto" autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false" enterkeyhint="search">
    <button class="quiet">Search</button>
  </form>
  % end
  <form method="post" action="{{path}}">
    % for one in picks["names"]:
    <button class="go" name="entry" value="{{one["id"]}}" {{"disabled" if one["taken"] else ""}}><bdi dir="auto">{{one["name"]}}</bdi>{{_(" (taken)") if one["taken"] else ""}}</button>
    % end
    % if picks["more"]:
    <p class="more">{{_("and {count} more", count=picks["more"])}}</p>
    % elif not picks["names"]:
    <p>Nobody on the list has this name.</p>
    % end
  </form>
  <p>Is your name missing or taken? Tell your teacher.</p>
  % end
  % else:
  <form method="post" action="{{path}}">
    <label for="name">Your name</label>
    <input id="name" name="name" value="{{form.get("name")}}" maxlength="{{PERSON_MAX}}" dir="auto" autocomplete="name" autocapitalize="none" autocorrect="off" spellcheck="false" enterkeyhint="go" aria-describedby="name-privacy name-problem" {{focus(problem, "name")}}>
    % if identifier:
    <label for="{{identifier}}">{{_(IDENTIFIERS[identifier].label)}}</label>
    <input id="{{identifier}}" name="{{identifier}}" value="{{form.get(identifier)}}" maxlength="{{NAME_MAX if identifier == "email" else PERSON_MAX}}" autocomplete="{{{"email": "email", "login": "username"}.get(identifier, "off")}}" inputmode="{{"email" if identifier == "email" else "text"}}" autocapitalize="none" autocorrect="off" spellcheck="false" enterkeyhint="go" aria-describedby="name-privacy name-problem" {{focus(problem, identifier)}}>
    % end
    <p class="problem" id="name-problem" role="alert">{{_(problem) if problem else ""}}</p>
    <p id="name-privacy">{{format_privacy(session)}}</p>
    <button>Join</button>
  </form>
  % end
  % if session["settings"]["names"] == "optional":
  <form method="post" action="{{path}}">
    <p>Without a name, your teacher sees your answers, but not who gave them.</p>
    <button class="quiet" name="name" value="">Join without a name</button>
  </form>
  % end
</main>
