"""What is typed into a form of the presenter's is what is kept, and is shown as it was typed.

What two windows do to one form: nothing is overwritten that nobody has seen.
"""

import csv
import io
import re

import classpulse
import gevent
import pytest
import webtest
from conftest import Respondent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_question_types import EXAMPLES


def get_form(page):
    """The page's main form, as a browser would send it unchanged."""
    text = re.search(r'<form [^>]*/edit".*?</form>', page.text, re.DOTALL)[0]
    return webtest.Form(page, text)     # `page.forms` reads the whole page twice


def show_saved(page):
    """What the page says is stored: {label: text}."""
    saved = page.html.select_one("[data-saved]")
    return {term.get_text(): term.find_next("dd").get_text().strip()
            for term in saved.select("dt")}


@pytest.fixture
def edit(presenter, session):
    """A function that opens the form of a new question, in two windows."""
    def edit(type="multiple_choice", **fields):
        question_id = presenter.create_question(session["id"], type, **fields)
        presenter.be_alone()
        path = f"/questions/{question_id}/edit"
        return question_id, get_form(presenter.get(path)), get_form(presenter.get(path))
    return edit


def test_a_second_window_never_overwrites_a_question_unseen(db, edit):
    question_id, mine, other = edit(options="Paris\nLyon")
    other["title"], other["seconds"] = "Größte Stadt?", "90"
    other.fields["discuss"][1].checked = True
    other.set("option", "Brest", 1)
    other.submit(status=303)
    mine["title"] = "Hauptstadt?"
    refused = mine.submit(status=409)
    assert "not saved yet" in refused.html.select_one("main > .problem").get_text()
    kept = classpulse.get_question(db, question_id)
    assert kept["title"] == "Größte Stadt?" and kept["options"][1]["text"] == "Brest"

    typed, saved = get_form(refused), show_saved(refused)
    assert (typed["title"].value, typed.fields["option"][1].value) == ("Hauptstadt?", "Lyon")
    assert (saved["Question"], saved["A"], saved["B"]) == ("Größte Stadt?", "Paris", "Brest")
    assert (saved["Vote, discuss, vote again"], saved["Time limit in seconds"]) == ("Yes", "90")
    typed.submit(status=303)        # knowingly
    kept = classpulse.get_question(db, question_id)
    assert kept["title"] == "Hauptstadt?" and kept["options"][1]["text"] == "Lyon"


def test_a_third_window_is_seen_as_well(db, edit):
    question_id, mine, other = edit()
    other["title"] = "Zwei"
    other.submit(status=303)
    mine["title"] = "Eins"
    again = get_form(mine.submit(status=409))
    other["title"], other["version"] = "Drei", "1"
    other.submit(status=303)
    assert show_saved(again.submit(status=409))["Question"] == "Drei"
    assert classpulse.get_question(db, question_id)["title"] == "Drei"


def test_a_second_click_on_save_is_no_second_version(db, edit):
    question_id, mine, other = edit()
    mine["title"] = "Neu"
    mine.submit(status=303)
    mine.submit(status=303)
    other["title"] = "Neu"
    other.submit(status=303)        # what is stored says the same
    assert classpulse.get_question(db, question_id)["version"] == 1


def test_a_form_without_a_version_is_not_checked(db, presenter, session, edit):
    question_id, _, other = edit()
    other["title"] = "Anders"
    other.submit(status=303)
    presenter.post(f"/questions/{question_id}/edit",
                   {"title": "Neu", "options": "A\nB"}, status=303)
    assert classpulse.get_question(db, question_id)["title"] == "Neu"
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Eins"}, status=303)
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Zwei"}, status=303)
    assert classpulse.get_session(db, session["id"])["name"] == "Zwei"


def test_an_option_marked_meanwhile_is_not_unmarked_unseen(db, presenter, edit):
    question_id, mine, _ = edit(options="Paris\nLyon")
    presenter.post(f"/api/questions/{question_id}/mark", {"key": "B"}, status=303)
    mine["title"] = "Neu"
    assert show_saved(mine.submit(status=409))["B ✓"] == "Lyon"
    assert classpulse.get_question(db, question_id)["options"][1]["correct"]


def test_a_version_with_the_correct_answer_is_covered_and_not_overwritten_unseen(
        db, presenter, edit):
    question_id, mine, _ = edit(options="Paris\nLyon")
    presenter.post(f"/api/questions/{question_id}/mark", {"key": "B"}, status=303)
    presenter.be_alone(0)
    mine["title"] = "Neu"
    for _ in range(2):
        page = mine.submit(status=409)
        assert "Hidden" in page.html.select_one("[data-saved]").get_text()
        assert "Lyon" not in page.html.select_one("[data-saved]").get_text()
        mine = get_form(page)
    presenter.be_alone()
    page = mine.submit(status=409)
    assert show_saved(page)["B ✓"] == "Lyon"
    get_form(page).submit(status=303)
    assert classpulse.get_question(db, question_id)["title"] == "Neu"


def test_what_is_invalid_does_not_pass_for_what_was_seen(edit):
    _, mine, other = edit()
    other["title"] = "Anders"
    other.submit(status=303)
    mine["title"] = " "
    again = get_form(mine.submit(status=422))
    again["title"] = "Neu"
    assert show_saved(again.submit(status=409))["Question"] == "Anders"


@pytest.mark.parametrize("type", sorted(EXAMPLES))
def test_the_saved_version_of_every_type_is_shown(presenter, edit, type):
    _, mine, other = edit(type, **EXAMPLES[type].fields)
    other["title"] = "Anders"
    other.submit(status=303)
    mine["title"] = "Neu"
    page = mine.submit(status=409)
    saved, kind = show_saved(page), classpulse.QUESTION_TYPES[type]
    assert saved["Question"] == "Anders" and saved["Time limit in seconds"] == "–"
    assert saved.get("Vote, discuss, vote again") == (None if kind.is_text else "No")
    assert set(map(str, kind.labels.values())) <= set(saved)


def test_both_versions_stand_side_by_side(teacher, open_page, server):
    open_page.expected = "status of 409"
    question_id = teacher.create_question("multiple_choice", "Welche?", options="*Köln\nBonn")
    teacher.post("/alone", {"alone": "1"})
    path = f"/questions/{question_id}/edit"
    page = open_page(server.lan + path, 1280, 800, **teacher.options())
    teacher.post(path, {"title": "Welche nun?", "options": "*Köln\nBonn"})
    page.get_by_label("Question", exact=True).fill("Welche denn?")
    page.get_by_role("button", name="Save", exact=True).click()
    saved = page.locator("[data-saved]")
    saved.get_by_text("Welche nun?").wait_for()
    mine, other = page.locator("#question").bounding_box(), saved.bounding_box()
    assert mine["x"] + mine["width"] <= other["x"] and abs(mine["y"] - other["y"]) < 30
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**" + teacher.session)


def test_a_session_renamed_in_two_windows_is_shown_in_both_versions(db, presenter, session):
    path = f"/sessions/{session['id']}/edit"
    mine, other = (get_form(presenter.get(path)) for _ in range(2))
    other["name"], other["names"], other["on_phones"] = "Physik", "required", True
    other["pace"] = "stepwise"
    other.submit(status=303)
    mine["name"] = "Chemie"
    refused = mine.submit(status=409)
    assert get_form(refused)["name"].value == "Chemie"
    assert show_saved(refused) == {
        "Name": "Physik", "Student names": classpulse.NAMES["required"],
        "Students join with": classpulse.IDENTIFY["name"],
        "Steps of the lesson": classpulse.PACES["stepwise"],
        "Results on students' phones": "Yes", "Students who finish see": "Nothing"}
    assert classpulse.get_session(db, session["id"])["name"] == "Physik"
    get_form(refused).submit(status=303)
    kept = classpulse.get_session(db, session["id"])
    assert (kept["name"], kept["settings"]["names"], kept["settings"]["pace"]) == (
        "Chemie", "no", "quick")


def test_a_lesson_changes_no_version_of_the_sessions_form(db, presenter, session, question):
    form = get_form(presenter.get(f"/sessions/{session['id']}/edit"))
    for action in ("show_results", "close"):
        presenter.step(session["id"], action)
    form["name"] = "Chemie"
    form.submit(status=303)


def test_of_saves_in_one_moment_one_is_kept_and_the_others_are_shown_it(db, presenter, edit):
    question_id, mine, _ = edit()
    options = classpulse.get_question(db, question_id)["options"]

    def save(number):
        try:
            classpulse.happen(classpulse.update_question, question_id, {
                "title": f"Titel {number}", "options": options}, 0)
        except classpulse.Overwriting:
            return None
        return number
    saving = [gevent.spawn(save, number) for number in range(8)]
    gevent.joinall(saving, raise_error=True)
    saved = [one.value for one in saving if one.value is not None]
    kept = classpulse.get_question(db, question_id)
    assert (len(saved), kept["version"], kept["title"]) == (1, 1, f"Titel {saved[0]}")


# What is typed is what is kept

CODE = "Was gibt das aus?\n\ndef f(n):\n    if n < 2:\n        return n"
OPTION, INDENTED = "for x in y:\n    print(x)", "    eingerückt\nkurz"
ANSWER = "  x = 1\n    y = 2\nz"


def test_lines_and_indentation_reach_the_file(db, presenter, session):
    question_id = presenter.create_question(
        session["id"], "select_all", CODE, option=[OPTION, INDENTED])
    question = classpulse.get_question(db, question_id)
    assert question["title"] == CODE
    assert [option["text"] for option in question["options"]] == [OPTION, INDENTED]
    presenter.toggle(question_id)
    phone = Respondent(session["code"])
    phone.respond(question_id, "A", "B")
    page = presenter.get(f"/sessions/{session['id']}/export")
    [row] = csv.DictReader(io.StringIO(page.body.decode("utf-8-sig"), newline=""))
    assert (row["question_text"], row["answer"]) == (CODE, f"{OPTION}; {INDENTED}")


# Texts of people in which a line break or an indentation is shown as one space. In the lists of
# the control page and of an exit ticket a question is one line.
FOLDED = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), folded = [];
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement, style = getComputedStyle(parent);
    if (!/\\S\\n *\\S|\\n    \\S/.test(texts.currentNode.data.trimEnd())
        || !/def f|print|kurz|y = 2/.test(texts.currentNode.data)) continue;
    const others = "textarea, option, .visually-hidden, script, [hidden], .row, .agenda";
    if (parent.closest(others)) continue;
    if (!["pre-wrap", "break-spaces"].includes(style.whiteSpace)) folded.push(parent.outerHTML);
  }
  return folded;
}"""


def test_lines_and_indentation_are_shown_wherever_a_text_is(
        teacher, open_browser, open_page, server):
    phone = open_page(f"{server.lan}/{teacher.code}")
    other = teacher.post("/sessions/new", {"name": "Andere"}).headers["Location"]
    teacher.post("/alone", {"alone": "1"})
    desk, projector = (open_page(server.lan + path, 1280, 800, **teacher.options())
                       for path in (other, teacher.present))

    def look_at(page):
        page.locator("main", has_text="def f").first.wait_for()
        assert page.evaluate(FOLDED) == [], page.url

    def look(*paths):
        for path in paths:
            desk.goto(server.lan + path)
            if path.endswith("/edit"):
                desk.locator("[data-preview=phone] h2").wait_for()
            look_at(desk)
    results = {}
    for type, answer, result in (
            ("multiple_choice", "A", "[data-bar]"), ("select_all", ["A", "B"], "[data-bar]"),
            ("ranking", ["B", "A", "C"], "[data-bar]"), ("open_text", ANSWER, "text=y = 2")):
        question_id = teacher.ask(type, CODE, option=[OPTION, INDENTED, "kurz"], right="1")
        results[question_id] = result
        answered = open_browser()
        answered.post("/join", {"code": teacher.code})
        answered.post(f"/audience/respond/{question_id}", {"response": answer})
        asked = phone.locator(f"[data-question-id='{question_id}']")
        asked.wait_for(state="attached")
        if asked.is_hidden():
            phone.get_by_role("button", name="Next").click()
        asked.wait_for()
        look_at(phone)
    teacher.post(f"/api{teacher.session}/all", {"active": 0})
    for question_id, result in results.items():
        teacher.toggle(question_id, 1)
        projected = projector.locator(f".stage-open[data-question-id='{question_id}']")
        projected.wait_for()
        look_at(projector)
        teacher.post(f"/api{teacher.session}/step", {
            "action": "show_results", "question_id": question_id, "round": 1, "stage": "open"},
            status=200)
        projected.locator(result).first.wait_for(state="attached")
        look_at(projector)
        # Not the results last: that page loads itself again when the next step is done.
        look(f"/questions/{question_id}/results", f"/questions/{question_id}/edit",
             teacher.session)
        teacher.toggle(question_id, 0)
    look(f"/questions/{question_id}/delete", f"{other}/reuse?source={teacher.session_id}")
    teacher.post("/alone", {"alone": "0"})
    covered = open_page(f"{server.lan}/questions/{question_id - 3}/edit", **teacher.options())
    covered.get_by_text("Hidden, because this form").wait_for()
    assert covered.evaluate(FOLDED) == []
    assert covered.evaluate("() => document.body.scrollWidth <= innerWidth")


def test_a_title_of_many_lines_does_not_make_the_options_tiny(teacher, open_page, server):
    question_id = teacher.ask("multiple_choice", CODE + "\n    return f(n - 1)",
                              options="*Paris\nLyon\nBrest")
    teacher.post(f"/api/sessions/{teacher.session_id}/step", {
        "action": "go", "to": question_id, "question_id": question_id, "round": 1,
        "stage": "open"}, status=200)
    page = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    option = page.locator(".tile-text").first
    option.wait_for()
    size = option.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= 0.03 * 800
    assert page.locator(".projection").evaluate("one => one.scrollHeight <= one.clientHeight")


HOSTILE = st.text(st.one_of(
    st.sampled_from("* \\*\t\n\n&<>\"';,.-–+%#=@|\u200b\u200d\ufe0f\u0301\u3164ßİﬁ½²"),
    st.characters()), max_size=40)
BLOCKS = HOSTILE.map(classpulse.clean_block).filter(bool)
LINES = HOSTILE.map(classpulse.clean_line)


@st.composite
def questions(draw):
    """(type, fields of its form) with texts that try to be something else."""
    type = draw(st.sampled_from(sorted(classpulse.QUESTION_TYPES)))
    kind = classpulse.QUESTION_TYPES[type]
    fields = [("title", draw(BLOCKS)),
              ("image_alt", draw(HOSTILE).encode("utf-8", "ignore").decode()),
              ("discuss", draw(st.sampled_from("01"))), ("live", draw(st.sampled_from("01"))),
              ("seconds", draw(st.sampled_from(["", "5", "3600"])))]
    if isinstance(kind, classpulse.Choice):
        texts = draw(st.lists(BLOCKS, min_size=2, max_size=6, unique_by=classpulse.fold_spaces))
        fields += [("option", text) for text in texts]
        fields += [("right", str(place)) for place in draw(st.sets(st.integers(1, len(texts))))]
    elif type in EXAMPLES:
        fields += [(name, value) for name, value in EXAMPLES[type].fields.items()]
    for name in {"low", "high", "unit"} & set(kind.labels):
        fields.insert(0, (name, draw(LINES)[:20]))
    if "accepted" in kind.labels:
        fields[0:0] = [("accepted", "\n".join(draw(st.lists(LINES, max_size=4)))),
                       ("exact", draw(st.sampled_from("01")))]
    return type, fields


@settings(max_examples=100, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions())
def test_a_form_that_is_saved_unchanged_changes_nothing(db, presenter, session, question):
    type, fields = question
    presenter.be_alone()
    before = len(classpulse.list_questions(db, session["id"]))
    path = f"/sessions/{session['id']}/questions/new/{type}"
    page = presenter.post(path, fields, status="*")
    if page.status_int == 422:          # such as two numbers that are no limits
        assert page.html.select_one(".problem:not(:empty)")
        return
    stored = classpulse.list_questions(db, session["id"])[before]
    for field, value in fields:
        if field == "title":
            assert stored["title"] == value
    if isinstance(classpulse.QUESTION_TYPES[type], classpulse.Choice):
        assert [option["text"] for option in stored["options"]] == [
            value for field, value in fields if field == "option"]
    get_form(presenter.get(f"/questions/{stored['id']}/edit")).submit(status=303)
    again = classpulse.get_question(db, stored["id"])
    assert (again["version"], again["options"]) == (0, stored["options"])
    assert classpulse.to_columns(again) == classpulse.to_columns(stored)
