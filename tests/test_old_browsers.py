"""What the oldest browsers can read of what they are sent; README's "Browsers" lists them.

Phones: iOS 12, Chrome 61, Firefox 60. Presenter pages: Safari 16, Chrome 105, Firefox 121; that
their scripts can be read is tested in Safari 16's engine (test_engines.py).
"""

import re
from contextlib import closing

import classpulse
import esprima
import pytest
import tinycss2
from conftest import PASSWORD, ROOT
from test_layout import SCRIPTS, check_each, without_comments
from tour import QUESTIONS, Lesson

PHONE_SCRIPTS = ["audience.js", "old.js", "login.js"]

# What style sheets may use: selectors' ":names", "functions()", "1units", "@rules", media's
# "(features)" and properties. All supported phones have these.
OLD = set("""
    @media @supports not() (not) (max-width) (min-width) (max-aspect-ratio) (pointer)
    :placeholder 1deg 1em 1fr 1ms 1px 1rem 1s 1vh 1vw
    :-moz-meter-bar :-moz-progress-bar :-webkit-meter-bar :-webkit-meter-inner-element
    :-webkit-meter-optimum-value :-webkit-progress-bar :-webkit-progress-value
    :after :before :checked :disabled :empty :first-child :focus :last-child :not() :nth-child()
    :only-child :root attr() calc() inset() minmax() nth-child() radial-gradient() repeat() var()
    -moz-appearance -webkit-appearance -webkit-text-size-adjust align-items align-self background
    border border-collapse border-color border-radius border-top bottom box-sizing clear color
    content cursor display flex flex-direction float font font-family font-size
    font-variant-numeric font-weight grid-area grid-column-gap grid-template grid-template-columns
    height justify-content left letter-spacing line-height list-style margin margin-bottom
    margin-left margin-right margin-top max-height max-width min-height min-width object-fit
    opacity order outline outline-offset overflow overflow-wrap overflow-x overflow-y padding
    padding-bottom padding-left padding-right padding-top pointer-events position right text-align
    text-decoration top touch-action transition vertical-align visibility white-space width
    word-break z-index""".split())
# What older phones lose.
LOST_ON_PHONES = {
    "(prefers-color-scheme)": "the dark theme", "(prefers-reduced-motion)": "the fading tiles",
    "(forced-colors)": "nothing: Windows alone has them",
    ":focus-visible": "our ring around what has the focus: the browser's own is there",
    "clip-path": "nothing: what is hidden is one pixel large anyway",
    "conic-gradient()": "the pie of the countdown, whose numbers stay",
    "forced-color-adjust": "nothing: the same",
    "env()": "room for a home indicator, which these phones do not have",
    "scroll-padding": "free sight of a field below the receipt when Tab leads to it",
}
# Presenter pages may use these, too.
MODERN = set("""
    @keyframes (prefers-color-scheme) (prefers-reduced-motion) (forced-colors) 1cqh 1cqw
    :-webkit-details-marker :backdrop :first-of-type :focus-visible :focus-within :has() has()
    :hover :is() is() :marker clip-path conic-gradient() counter() cubic-bezier() env()
    fit-content() linear-gradient() max() min() rgb() scaley() translate()
    -webkit-box-orient -webkit-line-clamp -webkit-user-select accent-color align-content animation
    appearance aspect-ratio background-clip border-bottom border-inline-start border-spacing
    border-width box-shadow break-inside color-scheme column-fill column-gap columns contain
    container-type counter-increment counter-reset fill flex-basis flex-grow flex-wrap gap grid
    grid-auto-columns grid-auto-flow grid-auto-rows grid-column grid-row grid-template-rows inset
    inset-inline inset-inline-end inset-inline-start isolation justify-items justify-self
    margin-inline-end margin-inline-start padding-block padding-inline padding-inline-end
    padding-inline-start place-items resize scroll-margin scroll-margin-top scroll-padding
    stroke stroke-width tab-size text-overflow transform transform-origin transition-delay
    unicode-bidi user-select vector-effect""".split())
LOST_ON_PRESENTER_PAGES = {
    "1dvh": "nothing: the line before it says the same in vh",
    "content-visibility": "time, in a list of hundreds of questions",
    "contain-intrinsic-size": "the same", "forced-color-adjust": "colours that Windows replaces",
    "text-wrap": "lines of equal length", "zoom": "the size of the phone beside the form",
}
# Of the library that scripts call.
NEW_ON_PHONES = (r"\.(at|flat|flatMap|replaceAll|replaceChildren|matchAll|trimStart|trimEnd"
                 r"|finally|findLast|toSorted)\(|\b(structuredClone|globalThis|queueMicrotask"
                 r"|AbortController|ResizeObserver|fromEntries|allSettled|requestSubmit)\b")
NEW_ON_PRESENTER_PAGES = (
    r"AbortSignal\.(timeout|any)|\.(toSorted|toReversed|toSpliced|with|isSubsetOf|union)\(|"
    r"\b(groupBy|withResolvers|canParse|showPopover|startViewTransition|fromAsync|moveBefore"
    r"|checkVisibility|requestIdleCallback|isWellFormed)\b")


def walk(node):
    """Every node of a script's tree."""
    if isinstance(node, list):
        for part in node:
            yield from walk(part)
    elif isinstance(node, esprima.nodes.Node):
        yield node
        for part in vars(node).values():
            yield from walk(part)


def is_newer_than_es2015(node):
    """What esprima takes beyond ES2015 is ES2018's, without what later versions have."""
    regex = getattr(node, "regex", None)
    return (getattr(node, "isAsync", False) or node.type in ("AwaitExpression", "Import")
            or getattr(node, "operator", None) in ("**", "**=")
            or node.type == "ObjectExpression" and has(node.properties, "SpreadElement")
            or node.type == "ObjectPattern" and has(node.properties, "RestElement")
            or regex and (set(regex.flags) - set("gimuy") or "(?<" in regex.pattern))


def has(nodes, type):
    return any(node.type == type for node in nodes)


def find_newer_than_es2015(script):
    try:
        tree = esprima.parseModule(script, loc=True)
    except esprima.Error as problem:
        return [str(problem)]
    return [f"line {node.loc.start.line}: {node.type}" for node in walk(tree)
            if is_newer_than_es2015(node)] + re.findall(r",\s*\)", script)


def test_phones_scripts_are_es2015():
    check_each([ROOT / "static/js" / name for name in PHONE_SCRIPTS],
               lambda path: find_newer_than_es2015(without_comments(path)))
    for newer in ("a ?? b", "a?.b", "try {} catch {}", "f({ ...a })", "const { a, ...b } = c",
                  "async function f() {}", "a ** b", "f(a,)", "a ||= b", "import('a')", "1_000",
                  "class A { b = 1; }", "/(?<=a)b/", "/a/s", r"/\p{L}/u"):
        assert find_newer_than_es2015(newer), newer


@pytest.mark.parametrize("name", PHONE_SCRIPTS)
def test_what_phones_are_sent_of_a_script_means_the_same(name):
    sent = classpulse.static_files().files[f"js/{name}"][0].decode()
    assert (esprima.parseModule(sent).toDict()
            == esprima.parseModule((ROOT / "static/js" / name).read_text("utf-8")).toDict())


def list_features(path):
    """What a style sheet asks of a browser, as OLD names it."""
    return set(list_of_rules(tinycss2.parse_stylesheet(path.read_text("utf-8"), True, True)))


def list_of_rules(rules):
    for rule in rules:
        assert rule.type in ("at-rule", "qualified-rule"), rule
        if rule.type == "qualified-rule":
            yield from list_of_tokens(rule.prelude, in_selector=True)
            yield from list_of_declarations(rule.content)
            continue
        yield "@" + rule.lower_at_keyword
        for block in rule.prelude:
            if block.type == "() block":
                yield f"({block.content[0].serialize()})"
        if rule.lower_at_keyword in ("media", "supports"):
            yield from list_of_rules(tinycss2.parse_rule_list(rule.content, True, True))


def list_of_declarations(content):
    for declaration in tinycss2.parse_declaration_list(content, True, True):
        assert declaration.type == "declaration", declaration
        if not declaration.name.startswith("--"):
            yield declaration.lower_name
        yield from list_of_tokens(declaration.value)


def list_of_tokens(tokens, in_selector=False):
    for before, token in zip([None, *tokens], tokens):
        if token.type == "function":
            yield token.lower_name + "()"
            yield from list_of_tokens(token.arguments, in_selector)
        elif token.type == "dimension":
            yield f"1{token.lower_unit}"
        elif token.type.endswith(" block"):
            yield from list_of_tokens(token.content, in_selector)
        if in_selector and before == ":" and token.type in ("ident", "function"):
            yield f":{token.value}" if token.type == "ident" else f":{token.name}()"


@pytest.mark.parametrize("name, known, lost", [
    ("audience", OLD, LOST_ON_PHONES), ("presenter", OLD | MODERN, LOST_ON_PRESENTER_PAGES)])
def test_what_a_sheet_asks_of_old_browsers_is_known_and_so_is_what_they_lose(name, known, lost):
    assert list_features(ROOT / f"static/css/{name}.css") - known == set(lost)


def test_no_feature_is_listed_that_no_sheet_has():
    used = [list_features(ROOT / f"static/css/{name}.css") for name in ("audience", "presenter")]
    assert OLD | MODERN <= used[0] | used[1]


def test_a_newer_value_on_phones_follows_an_older_one():
    text = without_comments(ROOT / "static/css/audience.css")
    for older, newer in (("word-break: break-word", "overflow-wrap: anywhere"),
                         ("position: -webkit-sticky", "position: sticky")):
        rules = [rule for rule in re.findall(r"\{([^{}]*)\}", text) if newer in rule]
        assert rules and all(older in rule.split(newer)[0] for rule in rules)


def test_scripts_call_nothing_that_is_too_new():
    phones = [path for path in SCRIPTS if path.name in PHONE_SCRIPTS]
    check_each(phones, lambda path: re.findall(NEW_ON_PHONES, without_comments(path)))
    check_each(SCRIPTS, lambda path: re.findall(NEW_ON_PRESENTER_PAGES, without_comments(path)))


@pytest.fixture
def phone_without_modules(server, teacher, open_page):
    """A phone's page whose browser runs the script for those that know no modules."""
    page = open_page("about:blank")
    page.clock.install()
    page.route("**/js/audience.js", lambda route: route.fulfill(
        path=ROOT / "static/js/old.js", content_type="text/javascript"))
    page.goto(f"{server.lan}/{teacher.code}")
    assert page.locator("script[nomodule]").get_attribute("src").endswith("/js/old.js")
    return page


def test_the_waiting_page_of_a_phone_without_modules_comes_on_and_leaves_what_is_typed(
        teacher, phone_without_modules):
    page = phone_without_modules
    teacher.ask("short_text", "What is it?")
    page.clock.run_for(11_000)
    page.locator("[name=response]").fill("a leaf")
    page.locator("h2").click()                          # the field is left
    teacher.ask("ranking", "Which first?", options="One\nTwo\nThree")
    page.clock.run_for(60_000)
    assert page.locator("[name=response]").input_value() == "a leaf"
    page.get_by_role("button", name="Send").click()
    page.locator(".saved").wait_for()
    ranking = page.locator("select[name=response]")
    for place, key in enumerate("CAB"):
        ranking.nth(place).select_option(key)
    page.clock.run_for(60_000)
    page.get_by_role("button", name="Send order").click()
    page.locator(".saved").nth(1).wait_for()
    ids = [int(id) for id in page.locator(".question").evaluate_all(
        "all => all.map((one) => one.dataset.questionId)")]
    assert [teacher.answers(id) for id in sorted(ids)] == [
        [("a leaf", "0")], [("Three; One; Two", "0")]]


def test_without_scripts_the_waiting_page_comes_on_and_no_form_is_taken_away(
        presenter, session, respondent):
    def load(waits=False):
        """(what the page says, whether it loads itself again, the button for what comes next)"""
        page = respondent.get(f"/audience/{respondent.code}", params={"wait": 1} if waits else {})
        fields = page.html.select("fieldset:not([disabled]) [name=response]")
        is_loaded_again = page.html.select_one("noscript meta[http-equiv=refresh]") is not None
        assert not (fields and is_loaded_again)
        button = page.html.select_one("noscript form button")
        assert button is None or (button.get("name") == "wait") != waits
        return (page.html.select_one("[data-waiting]").text, is_loaded_again,
                button and button.text)
    assert load() == load(waits=True) == ("You're in. The next question will appear here.", True,
                                          None)
    question_id = presenter.create_question(session["id"], "open_text")
    presenter.toggle(question_id)
    assert load() == load(waits=True) == ("", False, None)
    respondent.post(f"/audience/respond/{question_id}", {"response": "a leaf"}, status=303)
    assert load() == ("", False, "Wait for the next question")
    saved = "Your answer is saved. The next question will appear here."
    assert load(waits=True) == (saved, True, "Change my answer")
    other_id = presenter.create_question(session["id"])
    presenter.toggle(other_id)
    assert load() == load(waits=True) == ("", False, None)
    for id in question_id, other_id:
        presenter.toggle(id, 0)
    assert load() == load(waits=True) == ("", True, None)


def test_without_scripts_every_type_is_answered_and_the_next_question_comes(
        server, teacher, open_page):
    def hurry(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('content="10"', 'content="1"'))
    lesson = Lesson(teacher, None)
    page = open_page("about:blank", java_script_enabled=False)
    page.route("**/audience/*?wait=1", hurry)
    page.goto(f"{server.url}/{teacher.code}")   # `fetch` knows no other address
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    page.reload()
    for type, question_id in lesson.ids.items():
        parts = QUESTIONS[type][2][0]
        question = page.locator(f"[data-question-id='{question_id}']")
        for place, part in enumerate(parts):
            if question.locator("select").count():
                question.locator("select").nth(place).select_option(part)
            elif question.locator(".tile").count():
                question.locator(f".tile[data-key='{part}']").click()
            else:
                question.locator("[name=response]").nth(place).fill(part)
        assert page.get_by_text("Wait for the next question").count() == 0
        assert page.locator("[data-move]:visible").count() == 0     # which do nothing here
        question.locator("fieldset > button").click()
        question.locator(".saved", has_text="Saved").wait_for()
    page.get_by_role("button", name="Wait for the next question").click()
    page.get_by_text("Your answers are saved.").wait_for()
    teacher.ask("open_text", "What else?")
    page.get_by_role("textbox").fill("nothing")
    with closing(classpulse.connect(teacher.folder / "classpulse.db", 5)) as db:
        assert [value for value, in db.execute(
            "SELECT response_value FROM responses WHERE session_id = ? ORDER BY question_id",
            [teacher.session_id])] == [
                "B", "A;B", "Straße\n光合作用", "3", "photosynthesis",
                "Why are leaves green?\nAnd not black?", "300", "A;B;C"]


def test_a_browser_too_old_to_present_is_told_so_at_sign_in(server, open_page):
    page = open_page(server.lan + "/login")
    assert page.locator(".notice").evaluate_all("all => all.map((one) => one.hidden)") == [
        True, True]
    assert page.context.cookies() == []
    page.add_init_script("CSS.supports = (...what) => what.length > 1")
    page.reload()
    page.get_by_text("too old for the projector view").wait_for()


LESSON = ["Show the first question", "Open voting", "Close voting", "Show results",
          "Show the correct answer", "Next question", "Open voting", "Close voting",
          "End session"]


def test_a_whole_lesson_is_run_without_scripts(presenter, sid):
    presenter.create_question(sid, options="Paris\n*Lyon")
    presenter.create_question(sid, "rating", "How clear?", max_rating=3)
    presenter.post(f"/sessions/{sid}/edit", {"name": "Ökologie", "pace": "stepwise"}, status=303)
    page = presenter.get("/").click("Continue")
    for label in LESSON:
        [button] = page.html.select("[data-next]")
        assert button.get_text() == label
        form = page.forms[button.find_parent("form")["id"]]
        fields = form.submit_fields(button["name"], submit_value=button["value"])
        page = presenter.post(form.action, fields, headers={"Accept": "text/html"}).maybe_follow()
        assert page.request.path == f"/sessions/{sid}"
    assert "Session ended:" in page.html.get_text()
    assert page.html.select_one(".small-screen h1").get_text() == "How clear?"


def test_a_whole_lesson_is_run_by_a_browser_that_is_too_old_to_present(
        server, teacher, open_page):
    teacher.post(f"{teacher.session}/edit", {"name": "Ökologie", "pace": "stepwise"})
    teacher.create_question("multiple_choice", "Which?", options="Paris\n*Lyon")
    teacher.create_question("rating", "How clear?", max_rating=3)
    page = open_page("about:blank", 1280, 800)
    page.route("**/js/control.js", lambda route: route.fulfill(
        body="", content_type="text/javascript"))
    page.goto(server.lan + "/login")
    page.get_by_label("User name").fill("Åse")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator(f"[href='{teacher.session}']", has_text="Continue").click()
    for label in LESSON:
        page.locator("[data-next]", has_text=label).click()
    page.get_by_text("Session ended:").wait_for()
    assert page.url == server.lan + teacher.session
    assert page.locator(".small-screen h1").inner_text() == "How clear?"


def test_a_session_is_ended_where_the_browser_has_no_dialogs(server, teacher, open_page):
    page = open_page("about:blank", **teacher.options())
    page.add_init_script("delete HTMLDialogElement.prototype.showModal")
    page.goto(server.lan + teacher.session)
    page.locator("#toggle-session").click()
    page.get_by_text("Session ended:").wait_for()
    # Such a browser shows what is in them, if nothing else hides it.
    assert "dialog:not([open]) { display: none; }" in (
        ROOT / "static/css/presenter.css").read_text("utf-8")


def test_a_phone_has_room_at_its_edge_and_no_tap_zooms_or_needs_a_mouse():
    """What iOS does is tested by what it is told; fields and sizes are in test_phone_input.py and
    test_accessibility.py."""
    assert "viewport-fit=cover" in (ROOT / "views/layout.tpl").read_text("utf-8")
    for name, bars in (("audience", [".is-shown .receipt"]),
                       ("presenter", [".save-bar", ".drive"])):
        rules = re.findall(r"([^{}]*)\{([^{}]*)\}", without_comments(
            ROOT / f"static/css/{name}.css"))
        fixed = [selector.strip() for selector, rule in rules if "safe-area-inset-bottom" in rule]
        assert fixed == bars
        assert [rule for selector, rule in rules
                if selector.strip() == "body" and "touch-action: manipulation" in rule]
        assert not [selector for selector, rule in rules if ":hover" in selector
                    and re.search("display|visibility|opacity|pointer-events", rule)]


def test_every_field_of_joining_asks_for_its_own_keyboard(presenter, session, respondent):
    presenter.post("/lists", {"name": "10b", "entries": "\n".join(map(str, range(100)))})
    plain = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}
    for identify, name, wanted in (
            ("", "name", dict(plain, autocomplete="name", enterkeyhint="go")),
            ("number", "number", dict(plain, inputmode="text", autocomplete="off")),
            ("email", "email", dict(plain, inputmode="email", autocomplete="email")),
            ("login", "login", dict(plain, inputmode="text", autocomplete="username")),
            ("list", "search", dict(plain, autocomplete="off", enterkeyhint="search"))):
        presenter.post(f"/sessions/{session['id']}/edit", {
            "name": "Ö", "names": "required", "identify": identify, "list": 1}, status=303)
        field = respondent.get(f"/audience/{session['code']}/name").html.find(id=name)
        assert {key: field.get(key) for key in wanted} == wanted, identify
    field = respondent.get("/").html.find(id="code")
    assert (field["inputmode"], field["autocomplete"]) == ("numeric", "off")


def test_a_phone_that_refuses_cookies_is_told_so(visitor, session, question):
    path = f"/audience/respond/{question['id']}"
    answer = visitor.htmx(path, {"response": "A"}, status=403)
    assert "Allow cookies" in answer.html.select_one(".problem").get_text()
    for form, fields in ((path, {"response": "A"}),
                         (f"/audience/{session['code']}/name", {"name": "Zoë"})):
        assert "Allow cookies" in visitor.post(form, fields, status=403).html.h1.get_text()
