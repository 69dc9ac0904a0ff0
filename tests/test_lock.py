"""Locked joining: nobody new gets in, and who is inside notices nothing."""

import classpulse
import pytest
from conftest import HURRIED, Respondent
from test_real_time_results import wait_for


@pytest.fixture(scope="module")
def program():
    return HURRIED


@pytest.fixture
def lock(presenter, session):
    """A function that locks joining, or unlocks it."""
    def lock(locked=1):
        presenter.post(f"/api/sessions/{session['id']}/lock", {"locked": locked}, status=303)
    return lock


def get_audience(phone, status=200):
    return phone.get(f"/audience/{phone.code}", status=status)


def test_who_is_inside_goes_on(lock, question, respondent):
    respondent.respond(question["id"], "A")
    lock()
    assert get_audience(respondent).html.select("[data-question-id]")
    respondent.respond(question["id"], "B")
    assert respondent.state()["mine"][str(question["id"])]["value"] == "B"
    respondent.post("/join", {"code": respondent.code}, status=303)
    get_audience(respondent)


def test_nobody_new_gets_in_until_it_is_unlocked(db, lock, session, question):
    lock()
    phone = Respondent(session["code"])
    page = get_audience(phone)
    assert "get in automatically" in page.html.main.get_text()
    assert page.html.select_one("meta[http-equiv=refresh]") and "Paris" not in page.text
    phone.respond(question["id"], "A", status=403)
    phone.get(f"/audience/{session['code']}/state", status=403)
    phone.get(f"/ws/audience/{session['code']}", status=403)
    assert db.all("SELECT * FROM respondents") == []
    lock(0)
    get_audience(phone)
    phone.respond(question["id"], "A")


def test_nobody_leaves_into_a_locked_session(lock, question, respondent):
    respondent.respond(question["id"], "A")
    lock()
    respondent.post(f"/audience/{respondent.code}/leave", status=409)
    get_audience(respondent)


def test_only_the_owner_locks(db, other_presenter, session):
    other_presenter.post(f"/api/sessions/{session['id']}/lock", status=404)
    assert not classpulse.get_session(db, session["id"])["locked"]


def test_a_phone_that_was_locked_out_goes_on_asking_until_it_gets_in(server, teacher, open_page):
    open_page.expected = "503"
    teacher.ask("open_text", "Wort?")
    control = open_page(server.lan + teacher.session, 1280, 800, **teacher.options())
    control.get_by_role("link", name="Join").click()
    control.get_by_role("button", name="Lock: no new students").click()
    control.get_by_role("button", name="Locked").wait_for()
    phone = open_page(server.lan)
    refused = []

    def refuse(route):
        refused.append(route.request.url)
        route.fulfill(status=503, body="ClassPulse is being stopped.")
    phone.get_by_label("Code on the big screen").fill(teacher.code)
    phone.get_by_role("button", name="Join").click()
    phone.get_by_text("has locked the session").wait_for()
    phone.route("**/audience/*", refuse)
    wait_for(lambda: len(refused) > 1 or phone.wait_for_timeout(50))
    assert phone.get_by_text("has locked the session").is_visible()
    phone.unroute("**/audience/*")
    control.get_by_role("button", name="allow new students").click()
    phone.get_by_role("heading", name="Wort?").wait_for()
