"""Formulas and code in the question's form: keys for them, what can't be shown, what stays."""

import re

import classpulse
import pytest
from classpulse import read_questions, write_questions
from conftest import resize

CODE = "def f(x):\n\n    if x < 1 and x & 2:\n\treturn {x: \"$a$ `b` \\\\n\"}"
TEXTS = [
    r"What is $\frac{1}{2}mv^2$ from $5 to $6?", r"\(\nu\neq\sqrt{a^{2}}\) and \[x \\ y < z\]",
    "$$\\sum_{i=1}^n\ni$$", r"Is \$5 or \` or $\ce{2H2 + O2 -> 2H2O}$ a `# price ~ {x}`?",
    f"What does it print?\n```python\n{CODE}\n```\nSay it.", f"```\n{CODE}\n```",
    r"$\begin{cases}1 & x\\2 & y\end{cases}$", r"$\foo{x}$ stays, `<b>` too"]


def find_key(page, name):
    return page.get_by_role("toolbar").get_by_role("button", name=name, exact=True)


def select(field, start, end):
    field.evaluate("(field, [start, end]) => field.setSelectionRange(start, end)", [start, end])


def read_field(field):
    """What is typed into a field, with | at the caret or around what is selected."""
    return field.evaluate("""({ value, selectionStart: start, selectionEnd: end }) =>
        value.slice(0, start) + "|" + (start < end ? value.slice(start, end) + "|" : "")
        + value.slice(end)""")


def press(page, name, typed, start, end=None):
    """The question's field after a key, with `typed` in it and a part of that selected."""
    field = page.get_by_label("Question", exact=True)
    field.fill(typed)
    select(field, start, start if end is None else end)
    find_key(page, name).click()
    return read_field(field)


# Keys

def test_a_key_writes_at_the_caret_of_the_field_with_the_focus(form):
    page = form()
    fields = {name: page.get_by_label(name, exact=True) for name in (
        "Question", "Option A", "Option C", "Explanation (optional)")}
    for name, field in fields.items():
        field.fill("x ist")
        select(field, 1, 1)
        find_key(page, "Squared").click()
        assert page.locator(":focus").evaluate("one => one.name") == field.evaluate(
            "one => one.name")
        page.keyboard.type("+1")
        assert read_field(field) == "x²+1| ist", name
    page.get_by_role("button", name="Remove option C").focus()
    page.keyboard.press("Enter")            # the keys serve the row that has the focus then
    find_key(page, "Pi").click()
    assert [field.input_value() for field in page.locator("[name=option]").all()] == [
        "x²+1 ist", "", "π", ""]
    page.get_by_role("button", name="Number", exact=True).click()
    page.wait_for_url("**/numeric")
    page.get_by_label("Unit").focus()
    page.keyboard.type("m")
    find_key(page, "Cubed").click()
    page.get_by_label("Time limit").focus()
    find_key(page, "Degrees").click()       # not into a field for digits
    assert page.get_by_label("Unit").input_value() == "m³°"


def test_every_key_has_a_name_and_what_it_writes_can_be_undone(form):
    page = form("open_text")
    field = page.get_by_label("Question", exact=True)
    keys = page.get_by_role("toolbar", name="Formulas, code and signs").locator("[data-sign]")
    names = keys.evaluate_all("keys => keys.map((key) => key.getAttribute('aria-label'))")
    assert len(set(names)) == 12 and all(re.fullmatch("[A-Z][a-z ]+", name) for name in names)
    for key in keys.all():
        key.click()
    assert field.input_value() == "²³√πΔ→≤≥≈°·½"
    for _ in range(12):
        page.keyboard.press("Control+z")
    assert field.input_value() == ""
    assert press(page, "Formula", "die x^2 da", 4, 7) == "die $x^2$| da"
    page.keyboard.press("Control+z")
    assert field.input_value() == "die x^2 da"
    field.fill("x" * 499)
    find_key(page, "Formula").click()
    assert field.input_value() == "x" * 499             # no room for both signs


def test_the_preview_follows_a_key(form):
    page = form("open_text")
    page.keyboard.type("Was ist x")
    find_key(page, "Squared").click()
    page.locator("[data-preview=projector]").get_by_text("Was ist x²").wait_for()


def test_formula_and_code_stand_around_what_is_selected_or_the_caret(form):
    page = form("open_text")
    for name, typed, part, expected in (
            ("Formula", "", [0], "$|$"), ("Formula", "Was ist ?", [8], "Was ist $|$?"),
            ("Formula", "ist  x^2 da", [3, 9], "ist  $x^2$| da"),
            ("Formula", "a\n=b", [0, 4], "$$a\n=b$$|"),
            ("Code", "Was ist ?", [8], "Was ist `|`?"),
            ("Code", "ist x da", [4, 6], "ist `x`| da"), ("Code", "", [0], "```\n|\n```"),
            ("Code", "Was?\n\nUnd?", [5], "Was?\n```\n|\n```\nUnd?"),
            ("Code", "Was?\n  if x:\n    y\nUnd?", [8, 18],
             "Was?\n```\n  if x:\n    y|\n```\nUnd?"),
            ("Code", "if x:\n    y\n", [0, 12], "```\nif x:\n    y|\n```\n")):
        assert press(page, name, typed, *part) == expected
    shown = classpulse.format_text("Was?\n```\n  if x:\n    y\n```\nUnd?")
    assert shown == 'Was?\n<code tabindex="0">  if x:\n    y</code>Und?'


def test_keys_are_reached_from_each_field_and_lead_back(form):
    page = form()
    focused = page.locator(":focus")
    page.keyboard.press("Tab")
    assert focused.inner_text() == "Formula"
    for key in ("End", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert focused.inner_text() == "Code"
    page.keyboard.press("Escape")
    assert focused.get_attribute("id") == "title"
    page.get_by_label("Option B", exact=True).focus()
    page.keyboard.type("90")
    page.keyboard.press("Alt+F10")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert focused.get_attribute("aria-label") == "Degrees"
    page.keyboard.press("Enter")
    page.keyboard.type("!")
    page.keyboard.press("Alt+F10")
    assert focused.get_attribute("aria-label") == "Degrees"     # the last one
    page.keyboard.press("Space")
    assert page.get_by_label("Option B", exact=True).input_value() == "90°!°"
    assert focused.get_attribute("aria-label") == "Option B"
    assert page.get_by_role("toolbar").locator("[tabindex='0']").count() == 1


def test_enter_begins_a_new_line_within_code_only(form, stored):
    page = form()
    find_key(page, "Code").click()
    page.keyboard.type("if x:\n    y")      # \n is Enter
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator(":focus").get_attribute("aria-label") == "Option A"
    find_key(page, "Code").click()
    page.keyboard.type("a\nb")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("c")
    page.locator("[data-close]").click()
    page.wait_for_url("**/sessions/*")
    [question] = stored()
    assert question["title"] == "```\nif x:\n    y\n```"
    assert [option["text"] for option in question["options"]] == ["```\na\nb\n```", "c"]


def test_the_keys_stay_in_sight_of_what_they_serve(form):
    page = form()
    last, helped = find_key(page, "One half"), page.locator(".sign-help summary")
    for width, height in ((390, 844), (1280, 800)):
        resize(page, width, height)
        for name in ("Question", "Option D", "Explanation (optional)"):
            field = page.get_by_label(name, exact=True)
            field.focus()
            bar, box = page.get_by_role("toolbar").bounding_box(), field.bounding_box()
            assert 0 <= bar["y"] and bar["y"] + bar["height"] < height
            assert (box["y"] + box["height"] <= bar["y"] + 1
                    or bar["y"] + bar["height"] <= box["y"])
        page.evaluate("scrollTo(0, 0)")
        last.focus()
        end = last.bounding_box()
        assert end["x"] + end["width"] <= helped.bounding_box()["x"]
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_without_scripts_there_is_help_but_no_key(form):
    page = form(java_script_enabled=False)
    assert not page.get_by_role("toolbar").count()
    page.get_by_text("Help with formulas and code").click()
    assert page.get_by_text("Formulas are TeX between dollar signs").is_visible()
    page.get_by_label("Question", exact=True).fill(r"Was ist $\foo$?")
    page.get_by_label("Option A", exact=True).fill("a")
    page.get_by_label("Option C", exact=True).fill(r"$\bar{<b>}$ $\baz$")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview").click()
    opened.value.get_by_text(r"\foo can't be shown. The formula appears as you typed it."
                             ).wait_for()
    opened.value.get_by_text(r"Option C: \baz can't be shown.").wait_for()


# What can't be shown

def test_the_form_says_beside_each_field_which_command_it_cannot_show(form, stored, server):
    page = form()
    places = {name: page.locator(f"#unreadable-{name}")
              for name in ("title", "option", "explanation")}
    page.get_by_label("Question", exact=True).fill(r"Was ist $\foo{x}$, $\sideset{}{}$, $\foo$?")
    places["title"].get_by_text(
        r"\foo can't be shown. \sideset can't be shown. These formulas appear as you typed them."
    ).wait_for()                            # although options are missing
    page.get_by_label("Option A", exact=True).fill("$x^2$")
    page.get_by_label("Option B", exact=True).fill(r"$\text{<script>alert(1)</script>}\bär$")
    page.get_by_label("Explanation").fill(r"`$\foo$` or $\frac{1}$")
    places["option"].get_by_text(
        r"Option B: \b can't be shown. The formula appears as you typed it.").wait_for()
    places["explanation"].get_by_text(
        r"\frac{1} can't be read. Are all its braces closed? The formula appears").wait_for()
    assert not page.locator("[role=alert]:not(:empty), [aria-invalid]").count()
    page.get_by_label("Explanation").fill(r"$\frac{1}{2}$")
    page.wait_for_function("() => !document.getElementById('unreadable-explanation').textContent")
    page.locator("[data-close]").click()    # saving stays possible
    page.wait_for_url("**/sessions/*")
    page = page.context.new_page()
    page.goto(f"{server.lan}/questions/{stored()[0]['id']}/edit")
    page.get_by_role("button", name="Show it: only I see this screen").click()
    page.get_by_text(r"Option B: \b can't be shown.").wait_for()


def test_hostile_formulas_are_named_briefly_and_as_text(presenter, session):
    answer = presenter.htmx(f"/sessions/{session['id']}/preview/multiple_choice", [
        ("title", " ".join(rf"$\x{letter}$" for letter in "abcdefgh")),
        ("option", r"$\ce{<img src=x onerror=alert(1)>}$"), ("option", "$" + "{" * 200 + "$"),
        ("option", "$" + r"\text{</span><script>}\foo" + "$"), ("typing", "1"),
        ("accepted", "x\n$\\bar{$"), ("explanation", "```\r\n$\\foo$\r\n```\r\n")])
    said = {place["id"]: place.get_text() for place in answer.html.select("[data-unreadable]")}
    assert said["unreadable-title"] == (
        r"\xa can't be shown. \xb can't be shown. \xc can't be shown. "
        "These formulas appear as you typed them.")
    assert said["unreadable-option"].startswith(r"Option A: \ce can't show <img src=x onerror=")
    assert "Option B: Braces can be at most 20 deep in a formula." in said["unreadable-option"]
    assert said["unreadable-accepted"].startswith(r"\bar{ can't be read.")
    assert said["unreadable-explanation"] == said["unreadable-options"] == ""
    assert not answer.html.select("img[src=x], script")


# Round trips

def create_all(presenter, session):
    """A question of each type with texts that hold formulas and code; their texts."""
    for title, option in zip(TEXTS, reversed(TEXTS)):
        presenter.create_question(
            session["id"], title=title, option=[option, "b"], right="1", explanation=option)
    return list_texts(session["id"])


def list_texts(session_id):
    return [(question["title"], *(option["text"] for option in question["options"]),
             question["explanation"])
            for question in classpulse.list_questions(classpulse.classroom.db, session_id)]


def test_a_form_saved_unchanged_keeps_its_texts_to_the_letter(presenter, session):
    presenter.be_alone()
    before = create_all(presenter, session)
    assert before == [(title, option, "b", option) for title, option in zip(TEXTS, TEXTS[::-1])]
    for question in classpulse.list_questions(classpulse.classroom.db, session["id"]):
        page = presenter.get(f"/questions/{question['id']}/edit")
        page.forms["question"].submit("then", status=303)
    assert list_texts(session["id"]) == before


@pytest.mark.parametrize("format", ["gift", "txt"])
def test_a_file_of_the_questions_gives_them_back_to_the_letter(presenter, session, format):
    before = create_all(presenter, session)
    file = presenter.get(f"/sessions/{session['id']}/questions.{format}").body
    found = read_questions(file)
    assert not found["skipped"]
    assert [(question["title"], *question["options"], question["explanation"])
            for question in found["questions"]] == before
    again = [{name: value for name, value in question.items() if name not in ("line", "warnings")}
             for question in found["questions"]]
    assert write_questions(again, format).encode() == file


@pytest.mark.parametrize("text, title", [
    (r"Is $\\frac\{E\}\{E_0\}\=\gamma$ or \\(\nu\\)? {T}",
     r"Is $\frac{E}{E_0}=\gamma$ or \(\nu\)?"),
    (r"[html]<p>Solve \\[x^2 \= 4\\] &amp; $a &lt; b$</p> {T}", r"Solve \[x^2 = 4\] & $a < b$"),
    (r"[markdown]Is `__init__` **so**, or $x__a__y$ and `a**b**c`? {T}",
     "Is `__init__` so, or $x__a__y$ and `a**b**c`?"),
    (r"[markdown]Is it $5 __or__ $6?\n```\na**b**c\n\n  x__y__z\n``` {T}",
     "Is it $5 or $6?\n```\na**b**c\n\n  x__y__z\n```"),
    ("<quiz><question type='essay'><questiontext format='html'><text><![CDATA[<p>Find \\(\\frac{a}"
     "{b}\\) if \\[x &lt; 3\\], $$\\sum_i i$$</p>]]></text></questiontext></question></quiz>",
     r"Find \(\frac{a}{b}\) if \[x < 3\], $$\sum_i i$$"),
    ("<quiz><question type='essay'><questiontext format='markdown'><text>```\nif x:\n    __y__()"
     "\n```</text></questiontext></question></quiz>", "```\nif x:\n    __y__()\n```")])
def test_formulas_and_code_come_out_of_a_file_as_they_were(text, title):
    [question] = read_questions(text.encode())["questions"]
    assert question["title"] == title
