"""What only the presenter may see: covered until they say that nobody else sees the screen."""

import classpulse
import pytest
from conftest import Client, Respondent, make_cookie

RIGHT, TEXT, NAME = "Antwort‑Ω", "Unerhörtes ☠", "Zoë Ñandú"


@pytest.fixture
def named(db, presenter):
    """A session that asks for names, where Zoë has answered a quiz with its right option, B."""
    created = presenter.post("/sessions/new", {"name": "Physik", "names": "required"}, status=303)
    session = classpulse.get_session(db, int(created.location.rsplit("/", 1)[1]))
    question_id = presenter.create_question(session["id"], options=f"Lyon\n*{RIGHT}")
    presenter.toggle(question_id)
    phone = Respondent(session["code"])
    phone.post(f"/audience/{session['code']}/name", {"name": NAME}, status=303)
    phone.respond(question_id, "B")
    return dict(session, question_id=question_id)


@pytest.fixture
def text(db, presenter, session):
    """An open word cloud in which two phones wrote the same, a third something else."""
    question_id = presenter.create_question(session["id"], "word_cloud", max_words="2")
    presenter.toggle(question_id)
    for words in ([TEXT], [TEXT.upper()], ["Öl"]):
        Respondent(session["code"]).respond(question_id, *words)
    return classpulse.get_question(db, question_id)


def get_pages(presenter, session_id, question_id):
    """The presenter's pages as text: control page, its living part, results, their piece."""
    return [presenter.get(f"/sessions/{session_id}").text,
            presenter.get(f"/sessions/{session_id}", headers={"HX-Request": "true"}).text,
            presenter.get(f"/questions/{question_id}/results").text,
            presenter.get(f"/questions/{question_id}/private").text]


def show_answers(stats):
    return {row["label"]: row["count"] for row in stats["results"]}


# The cover

def test_right_answers_names_and_held_back_counts_are_covered_until_i_am_alone(presenter, named):
    pages = get_pages(presenter, named["id"], named["question_id"])
    for page in pages:
        assert NAME not in page and "is-right" not in page and "is-correct" not in page
        assert f"B. <bdi dir=\"auto\">{RIGHT}" not in page
    assert "The answers are covered" in pages[2] and "<meter" not in pages[2]
    assert 'name="key"' not in "".join(pages)

    presenter.be_alone()
    control, living, results, private = get_pages(presenter, named["id"], named["question_id"])
    for page in (control, living, results, private):
        assert NAME in page and f"B. <bdi dir=\"auto\">{RIGHT}" in page

    presenter.be_alone(0)
    assert all(NAME not in page and f"B. <bdi dir=\"auto\">{RIGHT}" not in page
               for page in get_pages(presenter, named["id"], named["question_id"]))


def test_texts_are_covered_until_they_are_shown(presenter, session, text):
    assert all("Unerhörtes" not in page
               for page in get_pages(presenter, session["id"], text["id"]))
    presenter.step(session["id"], "show_results")
    assert "Unerhörtes" in presenter.get(f"/questions/{text['id']}/results").text


def test_the_form_of_a_question_with_a_right_answer_is_covered(presenter, named):
    path = f"/questions/{named['question_id']}/edit"
    page = presenter.get(path)
    assert RIGHT not in page.text and "*" not in page.html.main.get_text()
    uncovered = next(form for form in page.forms.values() if form.action == "/alone").submit(
        "alone", status=303)
    assert uncovered.location.endswith(path)
    assert RIGHT in presenter.get(path).text
    assert "Show it: only I see this screen" in page.html.main.get_text()


def test_the_switch_is_this_browsers_own(presenter, named):
    presenter.be_alone()
    other_browser = Client()
    other_browser.http.cookiejar.set_cookie(next(
        cookie for cookie in presenter.http.cookiejar if not cookie.name.endswith("_alone")))
    assert NAME not in other_browser.get(f"/sessions/{named['id']}").text
    assert NAME in presenter.get(f"/sessions/{named['id']}").text


def test_the_private_view_ends_with_the_sign_in_or_the_browser(db, presenter, named):
    answer = presenter.post("/alone", {"alone": "1"}, status=303)
    assert "max-age" not in answer.headers["Set-Cookie"].lower()
    path = f"/sessions/{named['id']}"
    assert NAME in presenter.get(path).text
    presenter.post("/logout")
    db.write(classpulse.create_signin, presenter.id, classpulse.hash_token("another"))
    presenter.http.cookiejar.set_cookie(make_cookie(f"cp_{classpulse.classroom.id}", "another"))
    assert NAME not in presenter.get(path).text


def test_nobody_switches_the_private_view_on_by_a_cookie_of_their_own(room, presenter, named):
    for value in ("1", "", "0" * 16):
        presenter.http.cookiejar.set_cookie(make_cookie(f"cp_{room.id}_alone", value))
        assert NAME not in presenter.get(f"/sessions/{named['id']}").text


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example", "/\\evil", "", "x",
                                  "/a\r\nSet-Cookie: b=c"])
def test_the_switch_leads_nowhere_else(presenter, back):
    answer = presenter.post("/alone", {"alone": "1", "back": back}, status=303)
    assert answer.headers["Location"] == "/"


# Right answers

def test_a_tap_on_a_letter_marks_it_right_or_takes_it_back(db, presenter, question, respondent):
    respondent.respond(question["id"], "A")
    presenter.be_alone()
    page = presenter.get(f"/questions/{question['id']}/results")
    form = next(form for form in page.forms.values() if form.action.endswith("/mark"))
    form.submit("key", index=1, status=303)
    options = classpulse.get_question(db, question["id"])["options"]
    assert [option["correct"] for option in options] == [False, True]
    piece = presenter.htmx(f"/api/questions/{question['id']}/mark", {"key": "B"}).html
    assert [button["aria-pressed"] for button in piece.select(".marks button")] == ["false"] * 2
    assert not classpulse.has_answer(classpulse.get_question(db, question["id"]))


def test_an_answer_marked_after_the_votes_counts(presenter, session, question, respondent):
    respondent.respond(question["id"], "B")
    presenter.step(session["id"], "close")
    assert presenter.now(session["id"])["next"]["action"] != "show_answer"
    presenter.post(f"/api/questions/{question['id']}/mark", {"key": "B"}, status=303)
    assert presenter.now(session["id"])["next"]["action"] == "show_answer"
    presenter.step(session["id"], "show_answer")
    assert respondent.state()["mine"][str(question["id"])]["result"] == "Correct!"


@pytest.mark.parametrize("key", ["", "C", "a", "AB"])
def test_a_letter_that_is_no_option_is_refused(presenter, question, key):
    presenter.post(f"/api/questions/{question['id']}/mark", {"key": key}, status=422)


@pytest.mark.parametrize("type", ["rating", "word_cloud", "ranking"])
def test_types_without_right_letters_have_none_to_tap(presenter, session, type):
    question_id = presenter.create_question(session["id"], type, options="A\nB")
    presenter.post(f"/api/questions/{question_id}/mark", {"key": "A"}, status=422)
    presenter.be_alone()
    assert ".marks" not in presenter.get(f"/questions/{question_id}/private").text


# Hiding texts

def test_a_hidden_text_leaves_with_all_equal_ones_and_can_be_shown_again(db, presenter, text):
    presenter.be_alone()
    page = presenter.get(f"/questions/{text['id']}/results")
    form = next(form for form in page.forms.values() if form.action.endswith("/hide"))
    form.submit("hide", index=0, status=303)
    stats = classpulse.get_question_stats(db, text["id"])
    assert show_answers(stats) == {"Öl": 1} and stats["response_count"] == 3
    assert "hidden" not in stats["results"][0]

    piece = presenter.get(f"/questions/{text['id']}/private").html
    assert "(hidden)" in piece.select_one(".is-hidden").get_text()
    key = piece.select_one("button[name=show]")["value"]
    presenter.htmx(f"/api/questions/{text['id']}/hide", {"show": key})
    assert show_answers(classpulse.get_question_stats(db, text["id"])) == {TEXT: 2, "Öl": 1}


def test_a_hidden_text_stays_in_the_csv_and_in_the_database(db, presenter, text):
    presenter.htmx(f"/api/questions/{text['id']}/hide", {"hide": classpulse.normalize(TEXT)})
    assert TEXT in presenter.get(f"/questions/{text['id']}/export").text
    assert len(db.all("SELECT * FROM responses")) == 3


def test_a_text_that_is_hidden_stays_so_when_it_is_written_again(db, presenter, session, text):
    presenter.htmx(f"/api/questions/{text['id']}/hide", {"hide": classpulse.normalize(TEXT)})
    Respondent(session["code"]).respond(text["id"], TEXT.lower())
    assert show_answers(classpulse.get_question_stats(db, text["id"])) == {"Öl": 1}


def test_long_texts_have_short_keys_and_are_hidden_with_their_equals(db, presenter, session):
    question_id = presenter.create_question(session["id"], "open_text")
    presenter.toggle(question_id)
    for text in ("\ufdfa" * 5000, "\ufdfa" * 5000, "Kurz", " KURZ "):
        Respondent(session["code"]).respond(question_id, text)
    rows = classpulse.get_question_stats(db, question_id)["results"]
    assert {len(row["key"]) for row in rows} == {16} and len({row["key"] for row in rows}) == 2
    for row in (rows[0], rows[-1]):
        presenter.htmx(f"/api/questions/{question_id}/hide", {"hide": row["key"]})
    assert classpulse.get_question_stats(db, question_id)["results"] == []


def test_only_texts_can_be_hidden(presenter, question):
    presenter.post(f"/api/questions/{question['id']}/hide", {"hide": "A"}, status=422)


def test_another_presenter_can_neither_look_nor_mark_nor_hide(other_presenter, question, text):
    other_presenter.be_alone()
    other_presenter.get(f"/questions/{question['id']}/private", status=404)
    other_presenter.post(f"/api/questions/{question['id']}/mark", {"key": "A"}, status=404)
    other_presenter.post(f"/api/questions/{text['id']}/hide", {"hide": "x"}, status=404)


# Rounds and abstentions

def test_earlier_rounds_stay_in_the_results(presenter, session, question, respondent):
    respondent.respond(question["id"], "A")
    for action in ("close", "vote_again"):
        presenter.step(session["id"], action)
    respondent.respond(question["id"], "B")
    path = f"/questions/{question['id']}/results"
    assert "Round 1" not in presenter.get(path).text
    presenter.be_alone()
    page = presenter.get(path).html
    tables = [[cell.get_text() for cell in table.select("tbody td:nth-of-type(1)")]
              for table in page.select(".counts")]
    assert tables == [["0", "1"], ["1", "0"]]


def test_who_does_not_know_is_told_apart_and_not_in_the_shares(presenter, session, respondent):
    question_id = presenter.create_question(session["id"], abstain="1", options="Ja\nNein")
    presenter.toggle(question_id)
    respondent.respond(question_id, "A")
    for _ in range(3):
        Respondent(session["code"]).respond(question_id, "-")
    page = presenter.get(f"/questions/{question_id}/results").html
    assert "100 %" in page.select_one(".counts").get_text()
    assert "3 don't know" in page.main.get_text()


# In the browser

def test_a_click_on_the_projector_hides_a_text_and_undo_brings_it_back(
        server, teacher, open_browser, open_page):
    question_id = teacher.ask("word_cloud", "Wort?")
    phone = open_browser()
    phone.post("/join", {"code": teacher.code})
    phone.post(f"/audience/respond/{question_id}", {"response": TEXT})
    projector = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    projector.locator("[data-answered]", has_text="1").wait_for()
    projector.keyboard.press("r")
    word = projector.locator(".cloud").get_by_text(TEXT)
    word.click()
    projector.get_by_role("button", name="Hide").click()
    word.wait_for(state="detached")
    projector.get_by_role("button", name="Undo").click()
    word.wait_for()


def test_the_control_page_shows_answers_as_they_come_once_i_am_alone(
        server, teacher, open_browser, open_page):
    question_id = teacher.ask("word_cloud", "Wort?")
    control = open_page(server.lan + teacher.session, **teacher.options())
    control.get_by_role("button", name="Private view").click()
    control.get_by_text("No answers yet").wait_for()
    phone = open_browser()
    phone.post("/join", {"code": teacher.code})
    phone.post(f"/audience/respond/{question_id}", {"response": TEXT})
    control.locator(".moderation").get_by_text(TEXT).wait_for()
    control.get_by_role("button", name="Hide", exact=True).click()
    control.get_by_role("button", name="Show again").click()
    control.get_by_role("button", name="Hide").wait_for()
