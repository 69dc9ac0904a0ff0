"""The question's form in a browser: rows of options, and leaving it with something typed."""

import re
from contextlib import closing

import classpulse
import pytest


@pytest.fixture
def form(teacher, open_page, server):
    """A function that opens the form for a new question of a type."""
    def form(type="multiple_choice", **options):
        return open_page(f"{server.lan}{teacher.session}/questions/new/{type}",
                         **{**teacher.options(), **options})
    return form


@pytest.fixture
def stored(teacher):
    """A function that returns the session's questions."""
    def stored():
        with closing(classpulse.connect(teacher.folder / "classpulse.db", 5)) as db:
            return classpulse.list_questions(db, teacher.session_id)
    return stored


def save(page):
    page.get_by_label("Question", exact=True).fill("Welche?")
    page.locator(".save-bar").get_by_role("button", name=re.compile("^Save( and close)?$")).click()
    page.wait_for_url("**/sessions/*")


def get_texts(stored):
    return [option["text"] for option in stored()[-1]["options"]]


def get_correct(stored):
    return "".join(option["key"] for option in stored()[-1]["options"] if option["correct"])


def list_rows(page):
    """What is in the rows, but for empty ones at the end."""
    return page.locator("[name=option]").evaluate_all("all => all.map(one => one.value)")


def paste(page, place, text):
    """Copy a text and paste it into a row."""
    title = page.get_by_label("Question", exact=True)
    title.fill(text)
    title.press("Control+a")
    title.press("Control+x")
    page.get_by_label(f"Option {'ABC'[place - 1]}", exact=True).press("Control+v")


def test_a_question_is_typed_without_the_mouse(form, stored):
    page = form()
    page.get_by_label("Option A", exact=True).focus()
    for line in ("if x:", None, "    print(x)", "", "Brest", "", "Lyon", "", "Metz", "", "Nizza"):
        if line is None:
            page.keyboard.press("Shift+Enter")
        elif line:
            page.keyboard.type(line)
        else:
            page.keyboard.press("Enter")
    page.get_by_label("Option B is correct").check()
    save(page)
    assert get_texts(stored) == ["if x:\n    print(x)", "Brest", "Lyon", "Metz", "Nizza"]
    assert get_correct(stored) == "B"


def test_a_pasted_list_fills_rows_and_replaces_nothing(form, stored):
    page = form()
    page.get_by_label("Option A", exact=True).fill("vorn")
    page.get_by_label("Option C", exact=True).fill("hinten")
    page.get_by_label("Option C is correct").check()
    paste(page, 2, "Ä\n\n  *Ö  \r\n\\*Ü\nß\n")
    assert list_rows(page) == ["vorn", "Ä", "Ö", "*Ü", "ß", "hinten", ""]
    save(page)
    assert get_correct(stored) == "CF"


@pytest.mark.parametrize("answer, correct", [
    ("It is a list", ""), ("Every option is correct", "ABC"), (None, "")])
def test_a_list_in_which_every_line_has_a_star_is_asked_about(form, stored, answer, correct):
    page = form()
    paste(page, 1, "* a\n* b\n* c")
    assert list_rows(page) == ["a", "b", "c", ""]
    question = page.get_by_text("Every line begins with a star")
    question.wait_for()
    if answer:
        page.get_by_role("button", name=answer).click()
        question.wait_for(state="detached")
    save(page)
    assert (get_texts(stored), get_correct(stored)) == (["a", "b", "c"], correct)


def test_a_list_without_correct_options_keeps_its_stars(form, stored):
    page = form("ranking")
    paste(page, 1, "* a\n* b")
    save(page)
    assert get_texts(stored) == ["* a", "* b"]


def test_more_lines_than_there_are_rows_are_not_dropped_without_a_word(form):
    page = form()
    paste(page, 1, "\n".join(map(str, range(30))))
    assert list_rows(page) == [str(number) for number in range(26)]
    page.get_by_text("There can be at most 26 options; this has 30.").wait_for()


def test_lines_pasted_within_an_option_stay_in_it(form, stored):
    page = form()
    page.get_by_label("Option A", exact=True).fill("vorn")
    paste(page, 1, "mit\n    Einzug")
    page.get_by_label("Option B", exact=True).fill("ohne")
    save(page)
    assert get_texts(stored) == ["vornmit\n    Einzug", "ohne"]


def test_pasted_code_is_one_option_that_can_be_seen_as_a_whole(form, stored):
    page = form()
    code = "def f(x):\n    if x:\n        return 1\n    return 2"
    paste(page, 2, code)
    field = page.get_by_label("Option B", exact=True)
    assert list_rows(page)[:3] == ["", code, ""]
    assert field.evaluate("field => field.scrollHeight <= field.clientHeight")
    page.get_by_label("Option A", exact=True).fill("x " * 90)
    assert page.get_by_label("Option A", exact=True).evaluate(
        "field => field.scrollHeight <= field.clientHeight")
    save(page)
    assert get_texts(stored) == [("x " * 90).strip(), code]


def test_a_preset_replaces_a_preset_and_nothing_that_was_typed(form, stored):
    page = form()
    page.get_by_role("button", name="A to D").click()
    page.get_by_label("Option D is correct").check()
    page.get_by_role("button", name="True or false").click()
    assert [text for text in list_rows(page) if text] == ["True", "False"]
    page.get_by_label("Option C", exact=True).fill("Vielleicht")
    page.get_by_role("button", name="Yes or no").click()
    save(page)
    assert get_texts(stored) == ["True", "False", "Vielleicht", "Yes", "No"]
    assert get_correct(stored) == ""


def test_the_rows_work_without_scripts(form, stored, server):
    page = form(java_script_enabled=False)
    for letter, text in (("A", "*p"), ("B", "if x:\n    y"), ("D", "ß")):
        page.get_by_label(f"Option {letter}", exact=True).fill(text)
    page.get_by_label("Option D is correct").check()
    save(page)
    assert get_texts(stored) == ["*p", "if x:\n    y", "ß"] and get_correct(stored) == "C"
    page.goto(f"{server.lan}/questions/{stored()[-1]['id']}/edit")
    page.get_by_role("button", name="Only I see this screen").click()
    assert list_rows(page) == ["*p", "if x:\n    y", "ß", "", ""]
    page.get_by_label("Option E", exact=True).fill("neu")
    save(page)
    assert get_texts(stored) == ["*p", "if x:\n    y", "ß", "neu"] and get_correct(stored) == "C"


# Leaving

def leave(page):
    """Whether leaving the page by a link asks first, and is not done then."""
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()
    page.on("dialog", stay)
    here = page.url
    page.get_by_role("link", name="Sessions", exact=True).click()
    page.wait_for_timeout(0)
    if not asked:
        page.wait_for_url("**/sessions")
    page.remove_listener("dialog", stay)
    assert asked in ([], ["beforeunload"]) and (page.url == here) == bool(asked)
    return bool(asked)


@pytest.mark.parametrize("path, label", [
    ("{session}/questions/new/multiple_choice", "Option B"),
    ("{session}/questions/new/numeric", "Question"), ("{session}/questions/new/open_text", None),
    ("{session}/edit", "Name (students see it)"),
    ("/sessions/new", "Name (students see it)")])
def test_leaving_a_form_asks_only_when_something_was_typed(
        teacher, open_page, server, path, label):
    page = open_page(server.lan + path.format(session=teacher.session), **teacher.options())
    page.locator("main h1").click()
    if label is None:
        page.get_by_label("Offer").check()
    else:
        field = page.get_by_label(label, exact=True)
        before = field.input_value()
        field.fill("Neu")
    assert leave(page)
    if label is None:
        page.get_by_label("Offer").uncheck()
    else:
        field.fill(before)
    assert not leave(page)


def test_saving_a_form_asks_nothing_but_what_was_refused_is_not_saved(form, open_page):
    open_page.expected = "422"
    page = form()
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    page.get_by_label("Question", exact=True).fill("Welche?")
    page.locator("button.primary").click()
    page.get_by_text("Write at least 2 options").wait_for()
    assert not dialogs
    page.locator("main h1").click()
    page.get_by_role("link", name="Sessions", exact=True).click()
    page.wait_for_url("**/sessions")
    assert dialogs == ["beforeunload"]


def test_another_button_asks_before_it_loses_what_was_typed(form, server):
    page = form()
    page.get_by_label("Option A", exact=True).fill("Paris")
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(server.lan + "/")
    assert dialogs == ["beforeunload"]
