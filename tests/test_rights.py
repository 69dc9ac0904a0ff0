"""Who may ask for what: every route, asked by everybody there is."""

import copy
import re
import secrets

import classpulse
import pytest
from conftest import Client, Presenter, Respondent, everything, open_room

ROLES = ("nobody", "respondent", "respondent of another session", "other presenter", "owner")
LOGIN = "to the sign-in page"

# What each of ROLES gets.
EVERYBODY = (200,) * 5
JOINS = (303,) * 5
NOTHING = (404,) * 5
JOINED = (403, 303, 403, 403, 403)
PRESENTERS = (LOGIN, LOGIN, LOGIN, 200, 200)
CHANGES = (LOGIN, LOGIN, LOGIN, 303, 303)
OWN = (LOGIN, LOGIN, LOGIN, 404, 200)
OWN_CHANGE = (LOGIN, LOGIN, LOGIN, 404, 303)
OWN_REFUSED = (LOGIN, LOGIN, LOGIN, 404, 422)           # of a number nothing is marked

QUESTION = {"title": "Neu?", "options": "Ä\nÖ", "correct": "1"}
STEP = {"action": "close", "question_id": "1", "round": "1", "stage": "open"}

# {route: (what each of ROLES gets, the fields that are posted)}, in the program's order.
RIGHTS = {
    "GET /": (EVERYBODY,),
    "POST /join": (JOINS, {"code": "{code}"}),
    "GET /join": (EVERYBODY,),
    "GET /<code:re:[0-9][0-9 -]{4,20}[0-9]>": (JOINS,),
    "GET /audience/<code>": (EVERYBODY,),
    "GET /audience/<code>/answers": ((403, 200, 403, 403, 403),),
    "GET /audience/<code>/name": ((403, 200, 403, 403, 403),),
    "POST /audience/<code>/name": (JOINED, {"name": "Karim"}),
    "GET /audience/<code>/state": ((403, 200, 403, 403, 403),),
    "POST /audience/<code>/finish": ((403, 409, 403, 403, 403),),      # the setting is off
    "POST /audience/<code>/leave": (JOINED,),
    "POST /audience/respond/<question_id:id>": (JOINED, {"response": "3"}),
    "GET /images/<image_id:re:[0-9a-f]{32}>": (NOTHING,),
    "GET /healthz": (EVERYBODY,),
    "GET /favicon.ico": (EVERYBODY,),
    "GET /static/<version>/<path:path>": (EVERYBODY,),
    "GET /setup": (NOTHING,),
    "POST /setup": (NOTHING, {"username": "Dieb", "password": "geheim 1"}),
    "GET /demo": ((404, 404, 404, 303, 303),),
    "GET /login": (EVERYBODY,),
    "POST /login": ((401,) * 5, {"username": "Dieb", "password": "geheim 1"}),
    "POST /logout": (JOINS,),
    "POST /alone": (CHANGES, {"alone": "1"}),
    "GET /sessions": (PRESENTERS,),
    "GET /sessions/new": (PRESENTERS,),
    "POST /sessions/new": (CHANGES, {"name": "Neu"}),
    "GET /sessions/<session_id:id>": (OWN,),
    "GET /sessions/<session_id:id>/edit": (OWN,),
    "POST /sessions/<session_id:id>/edit": (OWN_CHANGE, {"name": "Neu"}),
    "POST /sessions/<session_id:id>/again": (OWN_CHANGE,),
    "POST /api/sessions/<session_id:id>/archive": (OWN_CHANGE,),
    "GET /sessions/<session_id:id>/delete": (OWN,),
    "POST /sessions/<session_id:id>/delete": (OWN_CHANGE, {"name": "Biologie 10b"}),
    "GET /sessions/<session_id:id>/forget": (OWN,),
    "POST /sessions/<session_id:id>/forget": (OWN_CHANGE,),
    "GET /lists": (PRESENTERS,),
    "POST /lists": (CHANGES, {"name": "Neu", "entries": "Karim"}),
    "GET /lists/<list_id:id>/edit": (OWN,),
    "POST /lists/<list_id:id>/edit": (OWN_CHANGE, {"name": "Neu", "entries": "Karim"}),
    "GET /lists/<list_id:id>/delete": (OWN,),
    "POST /lists/<list_id:id>/delete": (OWN_CHANGE,),
    "GET /sessions/<session_id:id>/questions/new/<type>": (OWN,),
    "POST /sessions/<session_id:id>/questions/new/<type>": (OWN_CHANGE, QUESTION),
    "POST /sessions/<session_id:id>/pictures": (OWN, {}),
    "POST /sessions/<session_id:id>/preview/<type>": (OWN, QUESTION),
    "POST /sessions/<session_id:id>/examples": (OWN_CHANGE,),
    "GET /sessions/<session_id:id>/import": (OWN,),
    "POST /sessions/<session_id:id>/import": (OWN_CHANGE, {"text": "Neu?", "confirm": "1"}),
    "GET /sessions/<session_id:id>/reuse": (OWN,),
    "POST /sessions/<session_id:id>/reuse": (OWN_CHANGE, {"question_id": "1"}),
    "GET /questions/<question_id:id>/edit": (OWN,),
    "POST /questions/<question_id:id>/edit": (OWN_CHANGE, QUESTION),
    "POST /questions/<question_id:id>/duplicate": (OWN_CHANGE,),
    "POST /questions/<question_id:id>/move": (OWN_CHANGE, {"place": "1"}),
    "GET /questions/<question_id:id>/delete": (OWN,),
    "POST /questions/<question_id:id>/delete": (OWN_CHANGE,),
    "POST /api/sessions/<session_id:id>/toggle": (OWN_CHANGE, {"active": "0"}),
    "GET /sessions/<session_id:id>/missing": ((*OWN[:-1], 403),),     # without the private view
    "GET /sessions/<session_id:id>/progress": ((*OWN[:-1], 403),),
    "GET /sessions/<session_id:id>/open": (OWN,),
    "POST /api/questions/<question_id:id>/toggle": (OWN_CHANGE, {"active": "0"}),
    "POST /api/sessions/<session_id:id>/all": (OWN_CHANGE, {"active": "1"}),
    "POST /api/sessions/<session_id:id>/lock": (OWN_CHANGE,),
    "POST /api/sessions/<session_id:id>/step": (OWN_CHANGE, STEP),
    "POST /api/sessions/<session_id:id>/ask": (OWN_CHANGE, {"ask": "A – D"}),
    "POST /api/questions/<question_id:id>/admit": (OWN_CHANGE,),
    "GET /questions/<question_id:id>/results": (OWN,),
    "GET /questions/<question_id:id>/private": (OWN,),
    "GET /questions/<question_id:id>/who": ((*OWN[:-1], 403),),
    "GET /questions/<question_id:id>/table": (OWN,),
    "GET /questions/<question_id:id>/text": ((LOGIN, LOGIN, LOGIN, 404, 404),),
    "POST /api/questions/<question_id:id>/mark": (OWN_REFUSED, {"key": "A"}),
    "POST /api/questions/<question_id:id>/accept": (OWN_REFUSED, {"key": "A"}),
    "POST /api/questions/<question_id:id>/tally": (OWN_REFUSED, {"key": "A", "count": "1"}),
    "POST /api/questions/<question_id:id>/hide": (OWN_CHANGE, {"hide": "3"}),
    "POST /api/questions/<question_id:id>/people": (OWN_CHANGE, {"leave_out": "{respondent}"}),
    "POST /api/sessions/<session_id:id>/people": (
        OWN_CHANGE, {"respondent": "{respondent}", "name": "Karim"}),
    "GET /present/<session_id:id>": (OWN,),
    "GET /present/<session_id:id>/end": (OWN,),
    "GET /questions/<question_id:id>/export": (OWN,),
    "GET /sessions/<session_id:id>/report": (OWN,),
    "GET /sessions/<session_id:id>/export": (OWN,),
    "GET /sessions/<session_id:id>/questions.<format:re:gift|txt>": (OWN,),
    # A socket is refused by plain HTTP; 426 is what who may watch gets where there is none.
    "GET /ws/audience/<code>": ((403, 426, 403, 403, 403),),
    "GET /ws/present/<session_id:id>": ((403, 403, 403, 404, 426),),
    "GET /ws/results/<question_id:id>": ((403, 403, 403, 404, 426),),
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """(the data folder, one for each of ROLES, what a path or a field may name) of a lesson.

    Its question is open, its right answer is 471147114711, and it asks for names.
    """
    folder, room = tmp_path_factory.mktemp("lesson") / "data", classpulse.classroom
    room.open(folder)
    owner, other = Presenter(room.db), Presenter(room.db, "Señor Otro")
    session_id = owner.create_session()
    owner.post(f"/sessions/{session_id}/edit", {"name": "Biologie 10b", "names": "required"},
               status=303)
    question_id = owner.create_question(session_id, "numeric", "Wie viele?",
                                        correct="471147114711")
    owner.toggle(question_id)
    codes = [classpulse.get_session(room.db, id)["code"]
             for id in (session_id, other.create_session())]
    joined, elsewhere = map(Respondent, codes)
    joined.post(f"/audience/{codes[0]}/name", {"name": "Nilufar"}, status=303)
    list_id = room.db.write(classpulse.create_class_list, owner.id, "10b", [
        {"name": "Nilufar", "number": "1", "email": "", "login": ""}])
    known = {"code": codes[0], "session_id": session_id, "question_id": question_id,
             "list_id": list_id,
             "respondent": classpulse.list_respondents(room.db, session_id)[0]["id"]}
    room.close()
    return folder, [Client(), joined, elsewhere, other, owner], known


@pytest.fixture
def room(prepared, tmp_path):
    """The classroom on a copy of the lesson's folder."""
    with open_room(tmp_path / "data", copy_of=prepared[0]) as room:
        room.live.heart.kill()      # else a beat may save who was seen, between two looks
        yield room


@pytest.fixture
def gather(room, prepared):
    """A function: one for each of ROLES, in this order, with the cookies that they had."""
    def gather():
        people = list(map(copy.copy, prepared[1]))
        for person, before in zip(people, prepared[1]):
            person.http = Client().http
            for cookie in before.http.cookiejar:
                person.http.cookiejar.set_cookie(copy.copy(cookie))
        return people
    return gather


@pytest.fixture
def people(gather):
    return gather()


@pytest.fixture
def session(room, prepared):
    return classpulse.get_session(room.db, prepared[2]["session_id"])


@pytest.fixture
def lesson(prepared):
    """The question."""
    return prepared[2]["question_id"]


@pytest.fixture
def ask(room, prepared):
    """A function that lets somebody ask for a route, as a page or as a script of ours does."""
    known = prepared[2]

    def ask(person, route, htmx=False):
        method, rule = route.split(" ", 1)
        fields = {name: value.format(**known)
                  for name, value in (RIGHTS[route][1:] or ({},))[0].items()}
        parts = {**known, "image_id": secrets.token_hex(16), "type": "numeric",
                 "path": "favicon.svg", "format": "gift",
                 "version": classpulse.static_files().version}
        path = re.sub(r"<(\w+)[^>]*>", lambda match: str(parts[match[1]]), rule)
        headers = {"HX-Request": "true"} if htmx else {"Accept": "text/html"}
        if rule.startswith("/ws/"):
            headers["Upgrade"] = "websocket"
        if method == "POST":
            return person.post(path, fields, headers=headers, status="*")
        return person.get(path, headers=headers, status="*")
    return ask


def test_every_route_is_in_the_table():
    routes = [f"{route.method} {route.rule}" for route in classpulse.app.routes]
    assert sorted(routes) == sorted(RIGHTS)


# A post needs a lesson of its own, which it may change.
TOGETHER = pytest.mark.parametrize("routes", [
    [route for route in RIGHTS if route.startswith("GET ")],
    *([route] for route in RIGHTS if route.startswith("POST "))],
    ids=lambda routes: routes[0] if len(routes) == 1 else "GET")


@TOGETHER
def test_everybody_gets_what_is_theirs(db, gather, ask, routes):
    for route in routes:
        unchanged = everything(db)
        for role, person, right in zip(ROLES, gather(), RIGHTS[route][0]):
            is_refused = right in (LOGIN, 403, 404)
            if is_refused:
                refused = ask(person, route, htmx=True)
                assert refused.status_int == (403 if right == LOGIN else right), (route, role)
            page = ask(person, route)
            assert page.status_int == (303 if right == LOGIN else right), (route, role)
            assert (right == LOGIN) == page.headers.get("Location", "").endswith("/login"), (
                route, role)
            changed = everything(db)
            assert not is_refused or changed == unchanged, (route, role)
            unchanged = changed


@TOGETHER
def test_right_answers_names_and_hidden_results_reach_only_their_presenter(
        db, room, gather, ask, session, lesson, routes):
    """Asked by all but the owner, while somebody called Nilufar has answered 815815815815."""
    other = Respondent(session["code"])
    other.post(f"/audience/{session['code']}/name", {"name": "Nilufar"}, status=303)
    other.respond(lesson, "815815815815")
    for route in routes:
        people = gather()
        people[1] = Respondent(session["code"])         # who gave no name of their own
        for role, person in zip(ROLES[:-1], people):
            said = ask(person, route)
            while said.status_int == 303:
                said = said.follow(status="*")
            for secret in ("471147114711", "Nilufar", "815815815815"):
                assert secret not in said.text, (route, role, secret)


def test_the_presenter_gets_them(people, session, lesson):
    owner = people[-1]
    owner.be_alone()
    people[1].respond(lesson, "815815815815")
    assert "471147114711" in owner.get(f"/questions/{lesson}/edit").text
    assert "Nilufar" in owner.get(f"/questions/{lesson}/private").text
    export = owner.get(f"/sessions/{session['id']}/export").text
    assert "Nilufar" in export and "815815815815" in export


def test_another_presenters_questions_can_not_be_copied(db, people, lesson):
    thief = people[3]
    own = thief.create_session("Raub")
    thief.post(f"/sessions/{own}/reuse", {"question_id": str(lesson)}, status="*")
    assert classpulse.list_questions_with_counts(db, own) == []
    for odd in ("x", "-1", "9" * 30, "1; DROP TABLE questions", "\ufffd"):
        assert thief.post(f"/sessions/{own}/reuse", {"question_id": odd},
                          status="*").status_int < 500


def test_an_id_from_a_csv_is_nobodys_key(room, people, session, lesson):
    people[1].respond(lesson, "815815815815")
    [found] = room.db.all("SELECT id FROM respondents")
    thief = Client()
    for mark in ("", "." + "0" * 32, f".{found['id']}"):
        thief.http.set_cookie(f"cp_{room.id}_{session['id']}", found["id"] + mark)
        thief.get(f"/audience/{session['code']}/state", status=403)
        thief.post(f"/audience/respond/{lesson}", {"response": "1"}, status=403)
