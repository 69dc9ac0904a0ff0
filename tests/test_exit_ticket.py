"""Several questions open at once, answered by each at their own pace."""

import classpulse
import pytest


@pytest.fixture
def questions(presenter, session):
    """Three drafts: two polls and a word cloud."""
    return [presenter.create_question(session["id"], title="Eins?"),
            presenter.create_question(session["id"], title="Zwei?", options="*Ja\nNein"),
            presenter.create_question(session["id"], "word_cloud", title="Drei?")]


def toggle_all(presenter, session, active, status=303):
    return presenter.post(f"/api/sessions/{session['id']}/all", {"active": active}, status=status)


def get_stages(db, session):
    return [question["stage"] for question in classpulse.list_questions(db, session["id"])]


def test_all_are_opened_and_closed_at_once(db, presenter, session, questions):
    toggle_all(presenter, session, 1)
    assert get_stages(db, session) == ["open"] * 3
    assert presenter.now(session["id"])["question_id"] == questions[0]
    toggle_all(presenter, session, 0)
    assert get_stages(db, session) == ["closed"] * 3


def test_what_was_asked_before_stays_closed(db, presenter, session, questions):
    presenter.step(session["id"], "open")
    presenter.step(session["id"], "close")
    presenter.step(session["id"], "move")
    for action in ("open", "close"):
        presenter.step(session["id"], action)
    toggle_all(presenter, session, 1)
    assert get_stages(db, session) == ["results", "closed", "open"]


def test_a_closed_session_opens_none(db, presenter, session, questions):
    presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": 0}, status=303)
    toggle_all(presenter, session, 1, status=409)
    assert get_stages(db, session) == ["draft"] * 3


def test_the_projector_shows_the_titles_and_who_finished(
        presenter, session, questions, make_respondent):
    toggle_all(presenter, session, 1)
    done, slow = make_respondent(), make_respondent()
    for phone, answers in ((done, ["A", "B", "Wort"]), (slow, ["A", "B"])):
        for question_id, answer in zip(questions, answers):
            phone.respond(question_id, answer)
    now = presenter.now(session["id"])
    assert now["finished"] == 1 and now["next"]["action"] == "close_all"
    page = presenter.get(f"/present/{session['id']}").html.main
    assert [title.get_text() for title in page.select("li span")] == ["Eins?", "Zwei?", "Drei?"]
    one = presenter.get(f"/present/{session['id']}?question={questions[1]}").html.main
    assert one.h1.get_text() == "Zwei?"


def test_afterwards_each_is_gone_through_with_the_next_step(presenter, session, questions):
    toggle_all(presenter, session, 1)
    done = []
    for _ in range(20):
        now = presenter.now(session["id"])
        done.append(now["next"]["action"])
        if done[-1] == "end":
            break
        presenter.step(session["id"], done[-1])
    assert done == ["close_all", "reveal", "move", "reveal", "show_answer", "move", "reveal",
                    "end"]


def test_a_phone_says_how_many_are_answered(server, teacher, open_page):
    for title in ("Eins?", "Zwei?"):
        teacher.post(f"{teacher.session}/questions/new/multiple_choice",
                     {"title": title, "options": "Ja\nNein"})
    projector = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    phone = open_page(f"{server.lan}/{teacher.code}")
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    phone.get_by_text("0 of 2 answered").wait_for()
    projector.get_by_text("0 of 1 finished").wait_for()
    for number in (0, 1):
        phone.locator(".question").nth(number).locator(".option").first.click()
        phone.get_by_text(f"{number + 1} of 2 answered").wait_for()
    projector.get_by_text("1 of 1 finished").wait_for()
    projector.keyboard.press(" ")
    phone.get_by_text("Voting is closed").first.wait_for()


def test_a_closed_session_leaves_no_count_behind(server, teacher, open_page):
    for title in ("Eins?", "Zwei?"):
        teacher.post(f"{teacher.session}/questions/new/multiple_choice",
                     {"title": title, "options": "Ja\nNein"})
    phone = open_page(f"{server.lan}/{teacher.code}")
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    phone.get_by_text("0 of 2 answered").wait_for()
    teacher.post(f"/api{teacher.session}/toggle", {"active": 0})
    phone.get_by_text("Session closed").wait_for()
    phone.locator("[data-progress]:empty").wait_for(state="attached")
