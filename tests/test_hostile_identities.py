"""What one identity may do, and nobody without one: joining, late votes, drafts, many at once."""

import re
import secrets

import classpulse
import pytest
from conftest import Client, Presenter, Respondent

TITLE, SECRET = "Hauptstadt von Ruritanien?", "Strelsau"
PLAIN = {"Accept": "text/html"}
SCRIPT = {"HX-Request": "true"}


# Strangers

@pytest.fixture
def lesson(db, presenter):
    """A session with an open question and a draft: {"session", "open", "draft", "code"}."""
    session_id = presenter.create_session("Geheimklub 7c")
    asked = presenter.create_question(session_id, title=TITLE, options=f"{SECRET}\nZenda")
    presenter.toggle(asked)
    draft = presenter.create_question(session_id, title=TITLE, options=f"*{SECRET}\nZenda")
    session = classpulse.get_session(db, session_id)
    return {"session": session_id, "open": asked, "draft": draft, "code": session["code"]}


def be_nobody(room, lesson):
    return Client()


def be_from_another_session(room, lesson):
    other = Presenter(room.db, "Rudolf")
    return Respondent(classpulse.get_session(room.db, other.create_session())["code"])


def have_a_cookie_of_ones_own_making(room, lesson):
    client, name = Client(), f"cp_{room.id}_{lesson['session']}"
    client.http.set_cookie(name, f"{'0' * 8}-0000-4000-8000-{'0' * 12}.{'0' * 32}")
    return client


def have_the_cookie_of_another_session_under_this_ones_name(room, lesson):
    client = be_from_another_session(room, lesson)
    [cookie] = [cookie for cookie in client.http.cookiejar if cookie.name.count("_") == 2]
    client.http.set_cookie(f"cp_{room.id}_{lesson['session']}", cookie.value)
    return client


def be_another_presenter(room, lesson):
    return Presenter(room.db, "Michael")


STRANGERS = [be_nobody, be_from_another_session, have_a_cookie_of_ones_own_making,
             have_the_cookie_of_another_session_under_this_ones_name, be_another_presenter]

# To be sent to every route: what a form of any of them may have.
FIELDS = {"code": "000000", "response": "A", "name": "Antoinette", "queued": "1", "round": "1",
          "question_id": "1", "action": "close", "stage": "open", "leave_out": "x", "key": "A"}


def walk(person, lesson, question, code):
    """(route, its answer) of every route, as a page and as a script of ours asks for it."""
    parts = {"session_id": lesson["session"], "question_id": lesson[question], "code": code,
             "type": "multiple_choice", "image_id": secrets.token_hex(16), "path": "favicon.svg",
             "version": classpulse.static_files().version}
    for route in classpulse.app.routes:
        path = re.sub(r"<(\w+)[^>]*>", lambda match: str(parts[match[1]]), route.rule)
        for headers in (PLAIN, SCRIPT):
            if route.method == "POST":
                yield route, person.post(path, FIELDS, headers=headers, status="*")
            else:
                yield route, person.get(path, headers=headers, status="*")


@pytest.mark.parametrize("state", ["open", "closed", "locked"])
@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_route_tells_strangers_of_a_lesson_or_lets_them_in(
        db, room, presenter, lesson, stranger, state):
    person = stranger(room, lesson)
    if state != "open":
        presenter.post(f"/api/sessions/{lesson['session']}/" + (
            "toggle" if state == "closed" else "lock"), {"active": 0}, status=303)
    # Where the session can be joined, its code is what lets in: then another one is tried.
    code = "000000" if state == "open" else lesson["code"]
    name = f"cp_{room.id}_{lesson['session']}"
    walked = 0
    for question in ("open", "draft"):
        for route, answer in walk(person, lesson, question, code):
            walked += 1
            said = answer.text if route.rule[:8] != "/static/" else ""
            for secret in ("Geheimklub", TITLE, SECRET):
                assert secret not in said, (route.rule, answer.status)
            if "<code" not in route.rule:
                assert lesson["code"] not in said + answer.headers.get("Location", "")
            assert not [cookie for cookie in answer.headers.getall("Set-Cookie")
                        if cookie.startswith(name)], (route.rule, answer.status)
            assert answer.status_int < 500
    assert walked > 200
    assert db.all("SELECT * FROM respondents") == [] == db.all("SELECT * FROM responses")


@pytest.mark.parametrize("headers", [PLAIN, SCRIPT])
def test_what_is_not_there_and_what_is_a_draft_can_not_be_told_apart(visitor, lesson, headers):
    def ask(question_id):
        return visitor.post(f"/audience/respond/{question_id}", FIELDS, headers=headers,
                            status="*")
    draft, nothing = ask(lesson["draft"]), ask(10**9)
    assert draft.status_int == 404 and draft.text == nothing.text
    assert ask(lesson["open"]).status_int == 403


def test_a_closed_or_locked_session_says_so_and_lets_in_when_it_opens(presenter, visitor, lesson):
    path = f"/audience/{lesson['code']}"
    for act, off, on in (("toggle", {"active": 0}, {"active": 1}),
                         ("lock", {"locked": 1}, {"locked": 0})):
        presenter.post(f"/api/sessions/{lesson['session']}/{act}", off, status=303)
        page = visitor.get(path, status=200)
        assert act == "toggle" and "closed" in page or "locked" in page
        assert page.html.select_one("[data-locked-out]") and not visitor.http.cookies
        visitor.post(path + "/leave", status=403)
        presenter.post(f"/api/sessions/{lesson['session']}/{act}", on, status=303)
    presenter.toggle(lesson["open"])
    assert TITLE in visitor.get(path, status=200)


@pytest.mark.parametrize("act, off", [("toggle", {"active": 0}), ("lock", {"locked": 1})])
def test_nobody_becomes_somebody_else_where_nobody_can_join(presenter, lesson, act, off):
    phone = Respondent(lesson["code"])
    phone.respond(lesson["open"], "A")
    before = phone.http.cookies
    presenter.post(f"/api/sessions/{lesson['session']}/{act}", off, status=303)
    phone.post(f"/audience/{lesson['code']}/leave", status=409)
    assert phone.http.cookies == before


# Drafts

# Each was once told apart from others by its answer: the type, the number of options, the limits.
PROBES = [{"response": "A"}, {"response": "Z"}, {"response": ["A", "B"]}, {"response": "3.5"}, {},
          {"response": "-"}, {"response": "A", "queued": "1"}, {"response": "A", "round": "7"},
          {"response": "A", "round": "x"}, {"response": "A", "seq": "x"}, {"clear": "1"},
          {"response": "x" * 6000}]


@pytest.mark.parametrize("names", ["no", "required"])
@pytest.mark.parametrize("headers", [PLAIN, SCRIPT])
@pytest.mark.parametrize("type", classpulse.QUESTION_TYPES)
def test_a_draft_tells_students_nothing_whatever_is_sent(
        presenter, session, respondent, type, headers, names):
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Neu", "names": names}, status=303)
    draft = presenter.create_question(session["id"], type, options="Eins\nZwei\nDrei")
    nothing = respondent.post("/audience/respond/999", headers=headers, status=404).text
    for fields in PROBES:
        answer = respondent.post(f"/audience/respond/{draft}", fields, headers=headers, status=404)
        assert answer.text == nothing
