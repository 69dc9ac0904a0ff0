% # base, title; optional: sheet ("presenter"), more_sheets, scripts ([path below static/]), module, presenter, page, refresh (seconds)
% htmx = '{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"historyEnabled":false,"defaultSettleDelay":0,"attributesToSettle":["class"],"timeout":5000,"responseHandling":[{"code":"[23]..","swap":true},{"code":"422","swap":true},{"code":"...","swap":false,"error":true}]}'
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
  % if get("refresh"):
  <noscript><meta http-equiv="refresh" content="{{refresh}}"></noscript>
  % end
  <meta name="color-scheme" content="light dark">
  <title>{{title}} · ClassPulse</title>
  <link rel="icon" href="{{static}}/favicon.svg">
  <link rel="stylesheet" href="{{static}}/css/{{get("sheet", "presenter")}}.css">
  % for more in get("more_sheets", []):
  <link rel="stylesheet" href="{{static}}/css/{{more}}.css">
  % end
  % if get("scripts"):
  <meta name="htmx-config" content="{{htmx}}">
  % for script in scripts:
  <script defer src="{{static}}/{{script}}"></script>
  % end
  % end
  % if get("module"):
  <script type="module" src="{{static}}/js/{{module}}.js"></script>
  % if module == "audience":
  <script nomodule defer src="{{static}}/js/old.js"></script>
  % end
  % end
</head>
<body class="page-{{get("page", "plain")}}">
  % if get("presenter"):
  <header class="site">
    <a class="brand" href="/">
      % include("partials/_bars.tpl")
      ClassPulse
    </a>
    <nav aria-label="Main">
      <a href="/sessions">Sessions</a>
      <form method="post" action="/logout"><button class="quiet" title="{{_("Signed in as {name}", name=presenter["display_name"])}}">Sign out</button></form>
    </nav>
  </header>
  % end
  {{!base}}
</body>
</html>
