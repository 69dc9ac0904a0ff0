"""A new question: what its form takes, what it refuses, and why."""

import json

import classpulse
import pytest
from bs4 import BeautifulSoup
from conftest import Respondent
from test_question_types import EXAMPLES
from test_real_time_results import wait_for
from webtest import Upload

LONG = "ü" * 200
LETTERS = "\n".join(f"Möglichkeit {number} 🙂" for number in range(26))


@pytest.fixture
def add(presenter, session):
    """A function that posts the form of a type."""
    def post(type="multiple_choice", status=303, title="Größte Stadt? 🌆", **fields):
        return presenter.post(f"/sessions/{session['id']}/questions/new/{type}",
                              {"title": title, **fields}, status=status)
    return post


@pytest.fixture
def stored(db):
    """A function that gives the one question there is, as the database holds it."""
    def read():
        [question] = db.all("SELECT * FROM questions")
        return dict(question, options=json.loads(question["options"]))
    return read


def refused(page, field):
    """The reason that stands beside a field."""
    problem = page.html.select_one(f"#problem-{field}")
    assert problem is not None, f"no reason beside {field}"
    typed = page.html.select_one(f"[name={field}]") or page.html.select_one("[name=option]")
    described = typed["aria-describedby"].split()
    assert f"problem-{field}" in described
    return problem.get_text(strip=True)


def test_a_new_question_leads_back_to_its_session(add, session):
    created = add(options="København\nالقاهرة")
    assert created.location.endswith(f"/sessions/{session['id']}")


def test_another_question_may_follow_in_an_empty_form(add, presenter, session, stored):
    created = add("rating", then="another", max_rating="7")
    page = f"/sessions/{session['id']}/questions/new/rating"
    assert created.location.endswith(page)
    page = presenter.get(created.location).html
    assert page.h1.get_text() == "Question 2"
    assert page.select_one("[role=status]").get_text(" ", strip=True) == "Question 1 saved. Edit"
    assert page.select_one("[role=status] a")["href"] == f"/questions/{stored()['id']}/edit"
    assert (page.select_one("#title").get_text(), page.select_one("#max_rating")["value"]) == (
        "", "5")
    assert stored()["options"]["max_rating"] == 7


def test_a_form_says_of_no_earlier_question_that_it_was_saved(db, presenter, session, stored):
    path = f"/sessions/{session['id']}/questions/new/rating"
    assert "saved." not in presenter.get(path).html.main.get_text()
    presenter.create_question(session["id"])
    assert "Question 1 saved." in presenter.get(path).html.main.get_text()
    db.write(lambda writer: writer.execute(
        "UPDATE questions SET created_at = '2026-03-04T05:06:07+00:00'"))
    assert "saved." not in presenter.get(path).html.main.get_text()


@pytest.mark.parametrize("stars, right", [("list", ""), ("correct", "AB")])
def test_an_answer_about_stars_keeps_that_another_question_is_to_follow(
        add, session, stored, stars, right):
    page = add(status=422, options="* Ä\n* Ö", then="another")
    answered = find_form(page).submit("stars", value=stars, status=303)
    assert answered.location.endswith("/questions/new/multiple_choice")
    assert "".join(one["key"] for one in stored()["options"] if one["correct"]) == right
    form = find_form(page)
    form["options"] = "Ä\n*Ö"
    closed = form.submit("then", index=1, status=303)       # "Save and close"
    assert closed.location.endswith(f"/sessions/{session['id']}")


def find_form(page):
    return next(form for form in page.forms.values() if form.id == "question")


def switch(page, type):
    """The form as another type, by its chip."""
    form = find_form(page)
    chip = form.html.select_one(f"[name=switch][formaction$='/new/{type}']")
    form.action = chip["formaction"]
    return form.submit("switch")


def test_another_type_keeps_everything_that_was_typed(db, add, presenter, session, stored):
    form = find_form(presenter.get(f"/sessions/{session['id']}/questions/new/multiple_choice"))
    form["title"], form["abstain"] = "Größte?\n  Stadt", True
    form.fields["discuss"][1].checked, form["seconds"] = True, "90"
    for place, text in enumerate(["Köln", "", "if x:\n    y"]):
        form.set("option", text, place)
    form.set("right", True, 2)
    page = form.response
    for type in ("short_text", "numeric", "ranking", "open_text", "select_all"):
        page = switch(page, type)
        form = find_form(page)
        assert page.html.select_one(".chip[aria-current]")["formaction"].endswith(type)
        assert not page.html.select(".problem:not(:empty)")
        if type == "short_text":
            form["accepted"], form.fields["exact"][1].checked = "Köln\nBonn", True
        if type == "numeric":
            form["unit"], form["correct"] = "km", "keine Zahl"
        if type == "ranking":
            assert form.fields["option"][2].value == "if x:\n    y"
            assert page.html.select_one(".mark").has_attr("hidden")
    assert db.all("SELECT * FROM questions") == []
    form.submit(status=303)
    kept = stored()
    assert (kept["type"], kept["title"], kept["abstain"], kept["discuss"], kept["seconds"]) == (
        "select_all", "Größte?\n  Stadt", True, True, 90)
    assert kept["options"] == [{"key": "A", "text": "Köln", "correct": False},
                               {"key": "B", "text": "if x:\n    y", "correct": True}]
    for type, fields in (("short_text", {"accepted": "Köln\nBonn"}),
                         ("numeric", {"unit": "km", "correct": "keine Zahl"})):
        form = find_form(switch(form.response, type))
        assert fields.items() <= {name: value for name, value in form.submit_fields()}.items()


def test_a_type_is_switched_without_being_checked_and_only_to_one_that_exists(add, db):
    assert "required" in add(title="", switch="1", status=200).text
    add("telepathy", 404, switch="1")
    assert db.all("SELECT * FROM questions") == []


# Two votes, and a time limit

def test_what_is_not_a_text_can_be_discussed_and_each_form_posts_to_its_own_address(
        db, presenter, session):
    for type, kind in classpulse.QUESTION_TYPES.items():
        path = f"/sessions/{session['id']}/questions/new/{type}"
        page = presenter.get(path).html
        assert page.select_one(f"form[action='{path}'][method=post] [name=title]"), type
        assert bool(page.select("[type=checkbox][name=discuss]")) != kind.is_text, type
        question_id = presenter.create_question(session["id"], type, discuss="1",
                                                **EXAMPLES[type].fields)
        assert classpulse.get_question(db, question_id)["discuss"] != kind.is_text, type


@pytest.mark.parametrize("typed, seconds", [("", None), (" 5 ", 5), ("90", 90), ("3600", 3600)])
def test_a_time_limit_is_kept_and_cleared(db, add, presenter, stored, typed, seconds):
    add(options="Ä\nÖ", seconds=typed)
    assert stored()["seconds"] == seconds
    path = f"/questions/{stored()['id']}/edit"
    form = find_form(presenter.get(path))
    assert form["seconds"].value == typed.strip()
    form.submit(status=303)
    assert stored()["seconds"] == seconds
    presenter.post(path, {"title": "Wo?", "options": "Ä\nÖ"}, status=303)   # an older form
    assert stored()["seconds"] == seconds
    form = find_form(presenter.get(path))
    form["seconds"] = ""
    form.submit(status=303)
    assert stored()["seconds"] is None


def test_a_time_limit_out_of_limits_is_refused_beside_its_field(add, stored):
    for typed in ("4", "3601", "-30", "2 min", "1.5", "9" * 30):
        page = add(options="Ä\nÖ", seconds=typed, discuss="1", status=422)
        assert "5 to 3600" in refused(page, "seconds"), typed
        form = find_form(page)
        assert form["seconds"].value == typed and form.fields["discuss"][1].checked
    form["seconds"] = "30"
    form.submit(status=303)
    assert (stored()["seconds"], stored()["discuss"]) == (30, 1)


def test_an_explanation_is_kept_changed_copied_and_left_alone_by_forms_without_it(
        db, add, presenter, session, stored):
    add(options="Paris\nLyon", explanation="Paris:\r\n<b>2,1</b> Mio. \n")
    kept = stored()
    assert kept["explanation"] == "Paris:\n<b>2,1</b> Mio."
    path = f"/questions/{kept['id']}"
    assert "Hidden, because this form contains an explanation." in presenter.get(f"{path}/edit")
    presenter.post(f"{path}/edit", {"title": "Andere?", "options": "Paris\nLyon"}, status=303)
    assert (stored()["title"], stored()["explanation"]) == ("Andere?", kept["explanation"])
    copy_id = int(presenter.post(f"/sessions/{session['id']}/again",
                                 status=303).location.rsplit("/", 1)[1])
    [copy] = classpulse.list_questions(db, copy_id)
    assert copy["explanation"] == kept["explanation"]
    for format in ("gift", "txt"):
        sent = presenter.get(f"/sessions/{copy_id}/questions.{format}").body
        [found] = classpulse.read_questions(sent)["questions"]
        assert found["explanation"] == copy["explanation"]
    presenter.be_alone()
    form = presenter.get(f"/questions/{copy['id']}/edit").forms["question"]
    assert form["explanation"].value.splitlines() == ["Paris:", "<b>2,1</b> Mio."]
    form["explanation"] = ""
    form.submit(status=303)
    assert classpulse.get_question(db, copy["id"])["explanation"] == ""


def test_an_explanation_that_is_too_long_is_refused_beside_its_field(db, add):
    page = add(status=422, options="Paris\nLyon", explanation="ü" * 5001)
    assert "at most 5000" in refused(page, "explanation")
    assert add(options="Paris\nLyon", explanation="ü" * 5000)


def test_a_discussed_question_keeps_what_was_chosen_about_live_results(db, add, presenter, stored):
    add(options="Ä\nÖ", discuss=["0", "1"], live=["0", "1"])
    assert (stored()["discuss"], stored()["live"]) == (1, 1)
    presenter.toggle(stored()["id"])
    assert not classpulse.get_question(db, stored()["id"])["results_shown"]


# Preview

@pytest.fixture
def preview(presenter, session):
    """A function that asks for the preview of a form, as our script does."""
    def post(type="multiple_choice", status=200, title="Größte Stadt? 🌆", **fields):
        return presenter.htmx(f"/sessions/{session['id']}/preview/{type}",
                              {"title": title, **fields}, status=status)
    return post


@pytest.mark.parametrize("type", classpulse.QUESTION_TYPES)
def test_a_preview_is_what_projector_and_phones_will_show(presenter, session, preview, type):
    fields = {**EXAMPLES[type].fields, "abstain": "1"}
    shown = preview(type, **fields).html
    assert shown.body is None       # a fragment
    question_id = presenter.create_question(session["id"], type, "Größte Stadt? 🌆", **fields)
    presenter.toggle(question_id)
    presenter.step(session["id"], "hide_results")
    phone = Respondent(session["code"])
    real = phone.state()["questions"][0]["html"]
    projected = presenter.get(f"/present/{session['id']}").html.select_one("[data-projection]")

    def words(piece):
        return " ".join(piece.get_text(" ").split())
    assert words(shown.select_one("[data-preview=phone]")) == " ".join(
        BeautifulSoup(real, "html.parser").get_text(" ").split())
    assert words(shown.select_one("[data-preview=projector]")) == words(projected)


def test_a_preview_changes_nothing_and_shows_no_correct_answer(db, preview, presenter, session):
    def dump():
        return list(db.reader.iterdump())
    before = dump()
    shown = preview("short_text", accepted="Geheim")
    assert "Geheim" not in shown.text
    shown = preview(option=["Paris", "Lyon"], right="2", number="1").html
    assert not shown.select(".is-correct, .is-right, :checked")
    path = f"/sessions/{session['id']}/preview/multiple_choice"
    presenter.post(path, {"title": "Wo?", "options": "A\nB", "picture": Upload(
        "bild.png", b"\x89PNG\r\n\x1a\n")}, status=200)
    assert dump() == before


def test_a_preview_says_what_is_missing(preview):
    for fields, reason in (
            ({"title": " ", "options": "A\nB"}, "missing"), ({"option": ["A", ""]}, "2 options"),
            ({"options": "A\nB", "image": "0" * 32}, "picture")):
        for status, more in ((422, {}), (200, {"typing": "1"})):
            shown = preview(status=status, **fields, **more).html
            assert reason in shown.select_one(".problem").get_text()
            assert not shown.select("[data-preview]"), reason


def test_a_preview_without_scripts_is_a_page(presenter, session):
    page = presenter.post(f"/sessions/{session['id']}/preview/rating", {"title": "Wie?"})
    assert page.html.h1.get_text() == "Preview"
    assert len(page.html.select("[data-preview] [data-question-id]")) == 2
    presenter.post(f"/sessions/{session['id']}/preview/telepathy", {"title": "?"}, status=404)


def test_the_place_in_a_preview_is_the_one_that_the_question_has(presenter, session, preview):
    for title in ("Eins", "Zwei"):
        presenter.create_question(session["id"], title=title)
    for number, place in (("", "3 of 3"), ("1", "1 of 2")):
        shown = preview("rating", number=number).html
        assert shown.select_one(".place > [aria-hidden]").get_text() == place
    preview("rating", 422, number="x")


# What becomes of it

def test_a_new_question_is_a_draft_and_not_active(db, add, stored):
    add(options="Ä\nÖ")
    question = classpulse.get_question(db, stored()["id"])
    assert (question["stage"], question["active"], question["round"]) == ("draft", 0, 1)
    assert question["opened_at"] is None


def test_a_new_question_does_not_move_the_projector(db, add, session):
    add(options="Ä\nÖ")
    assert classpulse.get_session(db, session["id"])["current_question_id"] is None


def test_questions_keep_the_order_in_which_they_were_written(db, add, session):
    titles = ["Zuerst?", "ثم؟", "🌍?"]
    for title in titles:
        add(title=title, options="Ä\nÖ")
    questions = classpulse.list_questions_with_counts(db, session["id"])
    assert [question["title"] for question in questions] == titles
    assert [question["number"] for question in questions] == [1, 2, 3]


def test_numbers_of_questions_begin_anew_in_each_session(db, add, presenter):
    add(options="Ä\nÖ")
    second = presenter.create_session("Zweite")
    question_id = presenter.create_question(second)
    assert classpulse.get_question(db, question_id)["number"] == 1


@pytest.mark.parametrize("title", ["ما عاصمة فرنسا؟", "😀<b>&amp;</b>", "ü" * 500, "日本の首都は？"])
def test_a_title_comes_back_as_it_was_typed(add, stored, presenter, session, title):
    add(title=title, options="Ä\nÖ")
    assert stored()["title"] == title
    page = presenter.get(f"/sessions/{session['id']}").html
    assert page.select_one("[data-question-id] [dir=auto]").get_text() == title


def test_a_title_out_of_limits_is_refused_beside_its_field_with_the_limit(db, add):
    for type in classpulse.QUESTION_TYPES:
        for title in ("", " \n\t ", "\x00", "ü" * 501):
            reason = refused(add(type, 422, title, options="Ä\nÖ"), "title")
            assert "500" in reason or len(title) < 500 and reason, (type, title)
    assert db.all("SELECT * FROM questions") == []


def test_a_type_that_does_not_exist_is_404(presenter, session):
    presenter.get(f"/sessions/{session['id']}/questions/new/telepathy", status=404)


def test_a_question_of_a_type_that_does_not_exist_is_404(db, add):
    add("telepathy", 404)
    assert db.all("SELECT * FROM questions") == []


def test_a_form_that_is_too_large_in_number_of_fields_is_refused(db, presenter, session):
    fields = [("title", "Größe?"), ("options", "Ä\nÖ")] + [("x", "ü")] * 500
    presenter.post(f"/sessions/{session['id']}/questions/new/multiple_choice", fields, status=422)
    assert db.all("SELECT * FROM questions") == []


# Options

def test_each_line_is_an_option_with_a_letter(add, stored):
    add(options="Zürich\r\nالقاهرة\n🌍 Welt")
    assert stored()["options"] == [{"key": "A", "text": "Zürich", "correct": False},
                                   {"key": "B", "text": "القاهرة", "correct": False},
                                   {"key": "C", "text": "🌍 Welt", "correct": False}]


@pytest.mark.parametrize("lines, texts, right", [
    ("*Ä\nÖ", ["Ä", "Ö"], "A"), ("* Ä\n *Ö\nÜ", ["Ä", "Ö", "Ü"], "AB"), ("Ä\nÖ", ["Ä", "Ö"], ""),
    ("Ä*\n2 * 3", ["Ä*", "2 * 3"], ""), ("**\nÖ", ["*", "Ö"], "A"),
    ("\\*Ä\nÖ", ["*Ä", "Ö"], ""), ("*\\*Ä\n\\\\*Ö", ["*Ä", "\\\\*Ö"], "A")])
def test_a_star_in_front_marks_a_right_option(add, stored, lines, texts, right):
    add(options=lines)
    options = stored()["options"]
    assert [option["text"] for option in options] == texts
    assert "".join(option["key"] for option in options if option["correct"]) == right


def test_empty_lines_and_spaces_around_options_go_away(add, stored):
    add(options="\n  Ä  \n\n \t\r\nÖ   ö\n\n")
    assert [option["text"] for option in stored()["options"]] == ["Ä", "Ö   ö"]


@pytest.mark.parametrize("lines, count", [("Ä\nÖ", 2), (LETTERS, 26), (f"{LONG}\nÄ", 2),
                                          (f"*{LONG}\nÄ", 2)],
                         ids=["two", "twenty-six", "long", "long and right"])
def test_options_within_the_limits_are_taken(add, stored, lines, count):
    add(options=lines)
    options = stored()["options"]
    assert len(options) == count and options[-1]["key"] == chr(ord("A") + count - 1)


def test_options_out_of_limits_are_refused_with_the_reason(db, add):
    for lines, reason in (
            ("", "2"), ("Ä", "2"), (LETTERS + "\nÜ", "26"), (f"{LONG}ü\nÄ", "200"),
            ("Ä\n*", "star"), ("Ä\nÄ", "Ä"), ("Ä\n*Ä", "Ä"), ("Ä\nA\u0308", "same"),
            ("Ä\nÄ\u200b", "same"), ("Café  au lait\nCafé au lait", "same")):
        page = add(status=422, options=lines)
        assert reason in refused(page, "options"), lines
    assert db.all("SELECT * FROM questions") == []


def test_a_refused_form_keeps_what_was_typed(add):
    lines = "*Ä & Ö\nStraße\nStraße\n🌍\n<b>"
    page = add(status=422, title="“Größe” <i>?", options=lines).html
    assert page.select_one("[name=title]").get_text() == "“Größe” <i>?"
    assert page.select_one("[name=options]").get_text() == lines


def test_a_form_that_is_refused_again_and_again_has_no_more_rows(add):
    form = add(status=422, title="", option=["Ä", "", "", ""]).forms[1]
    for _ in range(2):
        assert len(form.fields["option"]) == 4
        form = form.submit(status=422).forms[1]


def test_a_refused_form_can_be_mended_and_sent(add, stored):
    form = add(status=422, title="Größe?", options="Ä").forms[1]
    form["options"] = "Ä\nÖ"
    form.submit(status=303)
    assert (stored()["title"], len(stored()["options"])) == ("Größe?", 2)


# Numbers

@pytest.mark.parametrize("given, highest", [("", 5), ("2", 2), (" 7 ", 7), ("10", 10)])
def test_a_rating_takes_its_highest_number(add, stored, given, highest):
    add("rating", max_rating=given, low="gar nicht 😟", high="völlig 😀")
    rows = classpulse.QUESTION_TYPES["rating"].count([], stored()["options"])
    assert [row["label"] for row in rows] == [str(n) for n in range(1, highest + 1)]
    assert (rows[0]["note"], rows[-1]["note"]) == ("gar nicht 😟", "völlig 😀")


def test_a_rating_needs_no_fields_but_a_title(add, stored):
    add("rating")
    rows = classpulse.QUESTION_TYPES["rating"].count([], stored()["options"])
    assert [(row["label"], row["note"]) for row in rows] == [(n, "") for n in "12345"]


@pytest.mark.parametrize("given, count", [("", 1), ("1", 1), ("5", 5)])
def test_a_word_cloud_takes_its_number_of_words(add, stored, given, count):
    add("word_cloud", max_words=given)
    assert stored()["options"] == {"max_words": count}


BAD_NUMBERS = ["-1", "0", "5.5", "5,5", "fünf", "1e1", "٥x", "9" * 30, "+5", "0x5", "½", "²"]


@pytest.mark.parametrize("type, field, most", [("rating", "max_rating", 10),
                                               ("word_cloud", "max_words", 5)])
def test_a_number_out_of_limits_is_refused_and_kept(db, add, type, field, most):
    for given in [*BAD_NUMBERS, str(most + 1)]:
        page = add(type, 422, **{field: given})
        assert str(most) in refused(page, field)
        assert page.html.select_one(f"[name={field}]")["value"] == given
    assert db.all("SELECT * FROM questions") == []


def test_a_rating_of_one_number_is_refused(add):
    assert "2" in refused(add("rating", 422, max_rating="1"), "max_rating")


def test_a_label_of_a_rating_that_is_too_long_is_refused_beside_its_field(add):
    for field in ("low", "high"):
        page = add("rating", 422, **{field: "ü" * 41})
        assert refused(page, field)
        assert page.html.select_one(f"[name={field}]")["value"] == "ü" * 41


def test_a_multipart_form_is_read_as_utf_8(presenter, session, stored):
    presenter.post(f"/sessions/{session['id']}/questions/new/multiple_choice",
                   {"title": "Größe عربي 🌍?", "options": "Ä\nÖ"}, status=303,
                   upload_files=[("file", "ü.txt", b"x")])
    assert stored()["title"] == "Größe عربي 🌍?"


# Afterwards

def edit(presenter, question_id, status=303, **fields):
    return presenter.post(f"/questions/{question_id}/edit", fields, status=status)


def order(db, session):
    return [question["title"] for question in classpulse.list_questions(db, session["id"])]


def test_the_form_of_a_question_holds_what_it_was_made_of(presenter, session):
    question_id = presenter.create_question(session["id"], title="Größe?",
                                            options="klein\n*groß\nنعم", abstain="1")
    presenter.be_alone()
    form = presenter.get(f"/questions/{question_id}/edit").forms[1]
    assert form["title"].value == "Größe?"
    assert [field.value for field in form.fields["option"]][:3] == ["klein", "groß", "نعم"]
    assert [field.checked for field in form.fields["right"]][:3] == [False, True, False]
    assert form["abstain"].checked


def test_words_can_be_mended_and_right_answers_marked_when_there_are_answers(
        db, presenter, question, respondent):
    respondent.respond(question["id"], "A")
    edit(presenter, question["id"], title="Wo?", options="*Paris\nLyón")
    mended = classpulse.get_question(db, question["id"])
    assert mended["title"] == "Wo?"
    assert [(option["text"], option["correct"]) for option in mended["options"]] == [
        ("Paris", True), ("Lyón", False)]
    assert classpulse.find_response(db, question["id"], respondent_of(db), 1)["value"] == "A"


def respondent_of(db):
    return db.one("SELECT id FROM respondents")["id"]


def test_what_answers_stand_for_stays_once_there_are_any(db, presenter, question, respondent):
    respondent.respond(question["id"], "A")
    for options in ("Lyon\nParis", "Paris", "Paris\nLyon\nNizza", "Paris\nParis-Lyon\nLyon"):
        page = edit(presenter, question["id"], 422, title="Wo?", options=options)
        assert page.html.select_one("#title").text.strip() == "Wo?"
        assert page.html.find("button", string="Duplicate"), options
        assert classpulse.get_question(db, question["id"])["options"] == question["options"]


def test_options_can_be_changed_while_nobody_has_answered(db, presenter, question):
    edit(presenter, question["id"], title="Wo?", options="Nizza\nLyon\nParis")
    assert len(classpulse.get_question(db, question["id"])["options"]) == 3


def test_a_copy_is_a_draft_right_after_its_question(db, presenter, session, respondent):
    first = presenter.create_question(session["id"], title="Ä", options="A\nB", discuss="1",
                                      seconds="45")
    presenter.create_question(session["id"], title="Ö")
    presenter.toggle(first)
    respondent.respond(first, "A")
    presenter.post(f"/questions/{first}/duplicate", status=303)
    assert order(db, session) == ["Ä", "Ä", "Ö"]
    copy = classpulse.list_questions_with_counts(db, session["id"])[1]
    assert (copy["stage"], copy["responses"]) == ("draft", 0)
    assert (copy["discuss"], copy["seconds"], copy["closes_at"]) == (1, 45, None)


@pytest.mark.parametrize("moved, place, expected", [
    ("Ä", 2, "ÖÄÜ"), ("Ä", 3, "ÖÜÄ"), ("Ü", 1, "ÜÄÖ"), ("Ü", 99, "ÄÖÜ"), ("Ö", 2, "ÄÖÜ")])
def test_a_question_can_be_put_at_another_place(db, presenter, session, moved, place, expected):
    ids = {title: presenter.create_question(session["id"], title=title) for title in "ÄÖÜ"}
    presenter.post(f"/questions/{ids[moved]}/move", {"place": place}, status=303)
    assert order(db, session) == list(expected)
    numbers = [question["number"] for question in classpulse.list_questions(db, session["id"])]
    assert numbers == [1, 2, 3]


def test_deleting_a_question_says_how_many_answers_go(db, presenter, session, question,
                                                      make_respondent):
    for _ in range(2):
        make_respondent().respond(question["id"], "A")
    page = presenter.get(f"/questions/{question['id']}/delete")
    assert "Its 2 answers and its results file are deleted" in page.text
    presenter.post(f"/questions/{question['id']}/delete", status=303)
    assert order(db, session) == [] == db.all("SELECT * FROM responses")
    assert classpulse.get_session(db, session["id"])["current_question_id"] is None


def test_another_presenters_question_cannot_be_changed(db, other_presenter, session, question):
    for path in ("edit", "duplicate", "move", "delete"):
        other_presenter.post(f"/questions/{question['id']}/{path}",
                             {"title": "x", "options": "a\nb", "place": 1}, status=404)
        assert order(db, session) == [question["title"]], path


def test_an_answer_to_options_that_have_changed_meanwhile_is_refused(db, question):
    old = question["options"]
    db.write(classpulse.update_question, question["id"], {
        "title": "Wo?", "options": old[:1] + [dict(old[1], text="Nizza"), dict(old[1], key="C")]})
    with pytest.raises(classpulse.Invalid, match="changed"):
        db.write(classpulse.record_response, question["id"], "wer", "B", None, None, False, old)
    assert db.all("SELECT * FROM responses") == []


def test_another_scale_is_refused_beside_its_field_when_there_are_answers(
        presenter, session, respondent):
    question_id = presenter.create_question(session["id"], "rating", max_rating="5")
    presenter.toggle(question_id)
    respondent.respond(question_id, "5")
    page = edit(presenter, question_id, 422, title="Wie?", max_rating="4")
    assert "already answered" in page.html.select_one("#problem-max_rating").get_text()


def test_a_question_without_a_place_stays_where_it_is(presenter, question):
    presenter.post(f"/questions/{question['id']}/move", {}, status=422)


def test_files_of_questions_keep_their_names_when_moved(room, presenter, session, respondent):
    ids = [presenter.create_question(session["id"], title=title) for title in ("Eins", "Zwei")]
    for question_id in ids:
        presenter.toggle(question_id)
        respondent.respond(question_id, "A")
        presenter.get(f"/questions/{question_id}/export")

    def find_titles():
        rows = {id: path.read_text("utf-8-sig").splitlines()[1].split(",")
                for (id, _), path in room.exports.list_files(session) if id}
        return {id: (row[2], row[5]) for id, row in rows.items()}
    assert find_titles() == {ids[0]: ("1", "Eins"), ids[1]: ("2", "Zwei")}
    presenter.post(f"/questions/{ids[1]}/move", {"place": 1}, status=303)
    wait_for(lambda: find_titles() == {ids[0]: ("2", "Eins"), ids[1]: ("1", "Zwei")})
    presenter.post(f"/questions/{ids[1]}/delete", status=303)
    wait_for(lambda: find_titles() == {ids[0]: ("1", "Eins")})
