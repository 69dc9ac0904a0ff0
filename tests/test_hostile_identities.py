"""What one identity may do, and nobody without one: joining, late votes, drafts, many at once."""

import re
import secrets

import classpulse
import pytest
from conftest import Client, Presenter, Respondent
from costs import costs_at_most

TITLE, SECRET = "Hauptstadt von Ruritanien?", "Strelsau"
PLAIN = {"Accept": "text/html"}
SCRIPT = {"HX-Request": "true"}


# Strangers

@pytest.fixture
def lesson(db, presenter):
    """A session with an open question and a draft: {"session", "open", "draft", "code"}."""
    session_id = presenter.create_session("Geheimklub 7c")
    presenter.post("/lists", {"name": "Geheimklub", "entries": SECRET}, status=303)
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


def walk(person, lesson, code):
    """(route, its answer) of every route, as a page and as a script of ours asks for it.

    A route of a question is asked for the open one and for the draft.
    """
    parts = {"session_id": lesson["session"], "code": code, "type": "multiple_choice",
             "image_id": secrets.token_hex(16), "path": "favicon.svg", "format": "gift",
             "version": classpulse.static_files().version, "list_id": 1}
    for route in classpulse.app.routes:
        for question in ("open", "draft") if "<question_id" in route.rule else ("open",):
            parts["question_id"] = lesson[question]
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
    for route, answer in walk(person, lesson, code):
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


def test_what_is_not_there_and_what_is_a_draft_can_not_be_told_apart(visitor, lesson):
    for headers in (PLAIN, SCRIPT):
        draft, nothing, open = (
            visitor.post(f"/audience/respond/{question_id}", FIELDS, headers=headers, status="*")
            for question_id in (lesson["draft"], 10**9, lesson["open"]))
        assert draft.status_int == 404 and draft.text == nothing.text, headers
        assert open.status_int == 403, headers


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
def test_a_draft_tells_students_nothing_whatever_is_sent(presenter, session, respondent, names):
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Neu", "names": names}, status=303)
    for type in classpulse.QUESTION_TYPES:
        draft = presenter.create_question(session["id"], type, options="Eins\nZwei\nDrei")
        for headers in (PLAIN, SCRIPT):
            nothing = respondent.post("/audience/respond/999", headers=headers, status=404).text
            for fields in PROBES:
                answer = respondent.post(f"/audience/respond/{draft}", fields, headers=headers,
                                         status=404)
                assert answer.text == nothing, (type, fields)


# Late votes

def close(presenter, session_id, question_id, way):
    """Close the first round of a question in one of the ways there are."""
    if way == "toggle":
        presenter.toggle(question_id, active=0)
    elif way in ("close", "vote_again", "end"):
        presenter.step(session_id, way if way != "vote_again" else "close")
        if way == "vote_again":
            presenter.step(session_id, "vote_again")
    elif way == "all":
        presenter.post(f"/api/sessions/{session_id}/all", {"active": 0}, status=303)
    elif way == "ask":
        presenter.post(f"/api/sessions/{session_id}/ask", {"ask": "A – D"}, status=303)
    else:
        presenter.post(f"/api/sessions/{session_id}/toggle", {"active": 0}, status=303)


WAYS = ["toggle", "close", "vote_again", "end", "all", "ask", "session"]


@pytest.mark.parametrize("way", WAYS)
def test_a_late_vote_is_taken_from_those_who_were_inside_and_from_nobody_else(
        db, presenter, session, question, make_respondent, clock, way):
    slow, unseen = make_respondent(), make_respondent()
    slow.state()
    clock()
    close(presenter, session["id"], question["id"], way)
    clock()
    if not classpulse.get_session(db, session["id"])["active"]:
        presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": 1}, status=303)
    late, looks_in = make_respondent(), make_respondent()
    late.state()            # inside from now on
    before = db.all("SELECT id FROM respondents")
    for _ in range(2):
        late.respond(question["id"], "A", queued="1", round="1", status=403)
        looks_in.respond(question["id"], "A", queued="1", round="1", status=403)
    assert db.all("SELECT id FROM respondents") == before
    slow.respond(question["id"], "B", queued="1", round="1")
    unseen.respond(question["id"], "B", queued="1", round="1")  # the network went after its page
    assert [(row["response_value"], row["late"]) for row in db.all(
        "SELECT response_value, late FROM responses")] == [("B", 1)] * 2


@pytest.fixture
def clock(monkeypatch):
    """A function that lets a second pass, by the clock of the Store."""
    passed, real = [0], classpulse.now

    def later():
        return classpulse.time_in(after=real(), seconds=passed[0])
    monkeypatch.setattr(classpulse, "now", later)
    assert len(real()) == len(later())

    def tick():
        passed[0] += 1
    return tick


def test_a_round_that_was_opened_again_is_closed_when_it_is_closed_again(
        db, presenter, session, question, make_respondent, clock):
    presenter.toggle(question["id"], active=0)
    clock()
    phone = make_respondent()
    phone.state()
    clock()
    phone.respond(question["id"], "A", queued="1", status=403)
    presenter.toggle(question["id"])
    presenter.toggle(question["id"], active=0)
    phone.respond(question["id"], "A", queued="1")
    clock()
    presenter.toggle(question["id"], active=0)      # closed already: nothing closes
    [closings] = db.all("SELECT closings FROM questions")
    assert closings["closings"].count("T") == 1
    stranger = make_respondent()
    stranger.state()
    stranger.respond(question["id"], "A", queued="1", status=403)


def test_nobody_is_late_for_an_earlier_round_that_was_over_before_they_came(
        presenter, session, question, make_respondent, clock):
    early = make_respondent()
    early.state()
    clock()
    presenter.step(session["id"], "close")
    clock()
    presenter.step(session["id"], "vote_again")
    phone = make_respondent()
    phone.respond(question["id"], "A", round="2")
    phone.respond(question["id"], "A", round="1", queued="1", status=403)
    early.respond(question["id"], "A", round="1", queued="1")


def test_a_copy_of_a_question_was_never_closed(db, presenter, session, question):
    presenter.toggle(question["id"], active=0)
    presenter.post(f"/questions/{question['id']}/duplicate", status=303)
    presenter.post(f"/sessions/{session['id']}/again", status=303)
    closings = [row["closings"] for row in db.all("SELECT closings FROM questions ORDER BY id")]
    assert len(closings) == 4 and set(closings[1:]) == {"{}"}


def test_a_phone_that_joined_too_late_stops_and_says_why(server, teacher, open_page):
    question = teacher.ask("multiple_choice", "Größe?", options="klein\ngroß")
    phone = open_page(f"{server.lan}/{teacher.code}")
    phone.get_by_text("klein").wait_for()
    open_page.expected = "403|ERR_FAILED"
    phone.route("**/audience/respond/*", lambda route: route.abort())
    phone.get_by_text("groß").click()
    phone.get_by_text("Not sent yet, kept on this phone").wait_for()
    teacher.toggle(question, 0)
    phone.locator("section").get_by_text("Voting is closed").wait_for()
    phone.context.clear_cookies()
    sent = []
    phone.on("response", lambda answer: sent.append((answer.request.method, answer.status)))
    phone.unroute("**/audience/respond/*")
    phone.get_by_text("Voting was closed before you joined").wait_for()
    with phone.expect_response("**/healthz"):        # long enough for another try to have begun
        phone.evaluate("setTimeout(() => fetch('/healthz'), 3000)")
    assert [status for method, status in sent if method == "POST"] == [403, 403]
    assert phone.locator("label", has_text="groß").locator("input").is_checked()
    assert teacher.answers(question) == []
    assert phone.get_by_role("button", name="Send late").count() == 0
    phone.get_by_role("button", name="Discard").click()
    phone.get_by_text("Voting was closed before you joined").wait_for(state="detached")


# Who is inside

def lock(presenter, session):
    presenter.post(f"/api/sessions/{session['id']}/lock", {"locked": 1}, status=303)


def test_a_phone_that_polls_is_inside_when_joining_is_locked(db, presenter, session, respondent):
    for _ in range(3):
        respondent.state()
    assert db.one("SELECT COUNT(*) AS count FROM respondents")["count"] == 1
    lock(presenter, session)
    assert respondent.state()["active"]
    respondent.get(f"/ws/audience/{session['code']}", status=426)


def test_polls_that_are_not_answered_let_nobody_in(db, presenter, session, respondent, visitor):
    visitor.get(f"/audience/{session['code']}/state", status=403)
    lock(presenter, session)
    respondent.get(f"/audience/{session['code']}/state", status=403)
    assert db.all("SELECT * FROM respondents") == []


def test_polling_goes_on_while_nothing_can_be_saved(room, respondent, monkeypatch):
    def fail(*_):
        raise classpulse.NotSaved("The disk is full.")
    monkeypatch.setattr(room.db, "write", fail)
    for _ in range(3):
        assert respondent.state()["active"]
    monkeypatch.undo()
    respondent.state()
    assert room.db.one("SELECT COUNT(*) AS count FROM respondents")["count"] == 1


def test_a_phone_whose_turn_comes_after_joining_was_locked_stays_outside(
        db, presenter, session, respondent, question, monkeypatch):
    monkeypatch.setattr(classpulse, "wait_to_join", lambda *_: db.write(
        classpulse.set_locked, session["id"], True))
    respondent.get(f"/audience/{session['code']}/state", status=403)
    db.write(classpulse.set_locked, session["id"], False)
    respondent.respond(question["id"], "A", status=403)
    assert db.all("SELECT * FROM respondents") == []


HANDSHAKE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13",
             "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ=="}


@pytest.mark.parametrize("odd", [
    {}, {"Upgrade": "websocket"}, {**HANDSHAKE, "Sec_WebSocket_Key": "x"},
    {**HANDSHAKE, "Sec_WebSocket_Version": "8"}, {**HANDSHAKE, "Upgrade": "h2c"}],
    ids=["none", "only upgrade", "key", "version", "another protocol"])
def test_what_is_no_whole_handshake_makes_nobody_inside(open_browser, teacher, odd):
    phone = open_browser()
    phone.post("/join", {"code": teacher.code})
    for method in ("GET", "HEAD"):
        assert phone.request(method, f"/ws/audience/{teacher.code}", **odd).status >= 400
    teacher.post(teacher.session.replace("/", "/api/", 1) + "/lock", {"locked": 1})
    phone.get(f"/audience/{teacher.code}/state", status=403)
    inside = open_browser()
    teacher.post(teacher.session.replace("/", "/api/", 1) + "/lock", {"locked": 0})
    inside.post("/join", {"code": teacher.code})
    inside.watch(f"/ws/audience/{teacher.code}").recv()
    teacher.post(teacher.session.replace("/", "/api/", 1) + "/lock", {"locked": 1})
    inside.get(f"/audience/{teacher.code}/state")


# Many at once

@pytest.fixture
def waits(monkeypatch):
    """How long newcomers would have had to wait, in seconds; nobody does."""
    waited, sleep = [], classpulse.gevent.sleep
    monkeypatch.setattr(classpulse.gevent, "sleep", lambda seconds=0, ref=True: (
        waited.append(seconds), sleep(0)) if seconds else sleep(0))
    monkeypatch.setattr(classpulse.time, "monotonic", lambda: 1000.0)
    return waited


@pytest.fixture
def few(monkeypatch):
    """A room in which five may come at once."""
    monkeypatch.setattr(classpulse, "FREE_ARRIVALS", 5 - classpulse.AddressThrottle.TRIES)


def come(phone, question_id, way):
    """Become one of the respondents, in one of the ways there are."""
    if way == "vote":
        return phone.http.post(f"/audience/respond/{question_id}", {"response": "A"},
                               headers=SCRIPT, status="*").status_int
    if way == "name":
        return phone.post(f"/audience/{phone.code}/name", {"name": "Ada"}, status="*").status_int
    return phone.get(f"/audience/{phone.code}/state", status="*").status_int


@pytest.mark.parametrize("way", ["poll", "vote", "name"])
def test_a_flood_of_identities_is_slowed_down_all_together(
        db, presenter, session, question, make_respondent, waits, few, way):
    if way == "name":
        presenter.post(f"/sessions/{session['id']}/edit", {"name": "Neu", "names": "optional"},
                       status=303)
    assert all(come(make_respondent(), question["id"], way) < 400 for _ in range(5))
    assert waits == []
    statuses = [come(make_respondent(), question["id"], way) for _ in range(200)]
    passed = classpulse.AddressThrottle.PER_SECOND * classpulse.Throttle.MOST_SECONDS
    assert statuses == [statuses[0]] * passed + [503] * (200 - passed) and statuses[0] < 400
    assert waits == sorted(waits) and len(waits) == passed and max(waits) <= 30
    assert db.one("SELECT COUNT(*) AS count FROM respondents")["count"] == 5 + passed


def test_those_inside_never_wait_and_no_other_session_does(
        db, room, presenter, session, question, make_respondent, waits, few):
    phones = [make_respondent() for _ in range(5)]
    for phone in phones:
        phone.state()
    room.live.join_throttles[session["id"]].line.take = lambda: None
    make_respondent().get(f"/audience/{session['code']}/state", status=503)
    for phone in phones:
        phone.state()
        phone.respond(question["id"], "B")
    room.live.stored.clear()            # as after a start: the database knows them
    room.live.admitted.clear()
    for phone in phones:
        phone.respond(question["id"], "A")
    other = classpulse.get_session(db, presenter.create_session("Nebenan"))
    Respondent(other["code"]).state()
    assert waits == []


def test_a_hall_of_two_thousand_comes_at_once():
    line = classpulse.AddressThrottle(classpulse.FREE_ARRIVALS, "").line
    assert {line.take() for _ in range(2400)} == {0.0}


def test_a_phone_that_asks_again_while_it_waits_takes_no_second_place(
        room, session, question, make_respondent, few):
    phone = make_respondent()
    cookie = next(cookie for cookie in phone.http.cookiejar if cookie.name.count("_") == 2)
    room.live.waiting_to_join.add(cookie.value.partition(".")[0])
    answer = phone.get(f"/audience/{session['code']}/state", status=503)
    assert "let in automatically" in answer.text and not room.live.join_throttles


def fill(db, session_id, number, **columns):
    """So many respondents in the database; their ids."""
    def insert(db):
        ids = [f"{session_id}-{place}" for place in range(number)]
        for id in ids:
            classpulse.ensure_respondent(db, session_id, id)
            for name, value in columns.items():
                db.execute(f"UPDATE respondents SET {name} = ? WHERE id = ?", (value, id))
        return ids
    return db.write(insert)


def test_counters_are_what_they_were_with_people_here_seen_and_left_out(
        db, room, presenter, session, make_respondent, clock):
    away = fill(db, session["id"], 4)
    clock()
    question_id = presenter.create_question(session["id"])
    presenter.toggle(question_id)
    here = [make_respondent() for _ in range(3)]
    here[0].state()
    here[1].respond(question_id, "A")
    db.write(classpulse.ensure_respondent, session["id"], away[0])

    def count():
        now = presenter.now(session["id"])
        return now["joined"], now["here"], now["expected"]
    assert count() == (6, 2, 3)
    db.write(classpulse.set_left_out, session["id"], away[:2], True)
    assert count() == (4, 2, 2)
    voter = db.one("SELECT respondent_id AS id FROM responses")["id"]
    db.write(classpulse.set_left_out, session["id"], [voter], True)
    assert count() == (3, 1, 1)


def test_a_message_costs_little_more_with_many_identities(db, room, presenter, session, question):
    """Six times as many were six times as slow; compared with reading their rows, in one run."""
    fill(db, session["id"], 12_000)
    assert costs_at_most(1 / 4, lambda: classpulse.list_respondents(db, session["id"]),
                         lambda: room.live.count_people(session["id"], question))


def test_all_that_came_in_a_minute_are_left_out_and_come_back(
        db, presenter, session, question, make_respondent):
    crowd = fill(db, session["id"], 12, joined_at="2026-03-04T09:42:59.999+00:00")
    honest = make_respondent()
    honest.respond(question["id"], "B")
    for id in crowd:
        db.write(classpulse.record_response, question["id"], id, "A")
    presenter.be_alone()
    page = presenter.get(f"/questions/{question['id']}/private").html
    [button] = page.select("button[name=leave_out_minute]")
    assert button["value"] == "2026-03-04T09:42" and "12 joined at" in button.parent.get_text()
    path = f"/api/questions/{question['id']}/people"
    page = presenter.htmx(path, {"leave_out_minute": button["value"]}).html
    assert classpulse.get_question_stats(db, question["id"])["response_count"] == 1
    assert presenter.now(session["id"])["joined"] == 1
    [button] = page.select("button[name=count_minute]")
    presenter.htmx(path, {"count_minute": button["value"]})
    assert classpulse.get_question_stats(db, question["id"])["response_count"] == 13
    for odd in ("2026-03-04T09:4", "2026-03-04T09:43", "%", "", "x' OR 1"):
        presenter.post(path, {"leave_out_minute": odd}, status=404)


def test_all_from_one_address_are_left_out_which_is_told_to_nobody(
        db, room, presenter, session, question, make_respondent):
    for number in range(14):
        phone = make_respondent()
        phone.http.extra_environ["REMOTE_ADDR"] = f"10.0.0.{max(number, 11) + 55}"
        phone.respond(question["id"], "A")
    presenter.be_alone()
    page = presenter.get(f"/questions/{question['id']}/private")
    assert "10.0.0." not in page.text
    [button] = page.html.select("button[name=leave_out_address]")
    assert "12 on one address" in button.parent.get_text()
    path = f"/api/questions/{question['id']}/people"
    page = presenter.htmx(path, {"leave_out_address": button["value"]}).html
    assert classpulse.get_question_stats(db, question["id"])["response_count"] == 2
    [button] = page.select("button[name=count_address]")
    presenter.htmx(path, {"count_address": button["value"]})
    assert classpulse.get_question_stats(db, question["id"])["response_count"] == 14
    presenter.post(path, {"leave_out_address": "10.0.0.66"}, status=404)
    assert "10.0.0.66" not in "\n".join(db.reader.iterdump())


def test_groups_that_were_left_out_make_room_for_others(db, presenter, session, question):
    def arrive(db):
        for number in range(10 * 25):
            db.execute("INSERT INTO respondents (session_id, id, joined_at, last_seen_at) "
                       "VALUES (?1, ?2, ?3, ?3)", (
                           session["id"], f"student-{number}",
                           f"2026-03-04T09:{number // 10:02}:00.000+00:00"))
    db.write(arrive)
    presenter.be_alone()
    path = f"/questions/{question['id']}/private"
    while buttons := presenter.get(path).html.select("button[name=leave_out_minute]"):
        presenter.htmx(f"/api{path.replace('private', 'people')}",
                       {"leave_out_minute": buttons[0]["value"]})
    assert presenter.now(session["id"])["joined"] == 0


def test_nobody_else_leaves_groups_out(db, other_presenter, respondent, session, question):
    fill(db, session["id"], 12, joined_at="2026-03-04T09:42:00.000+00:00")
    path = f"/api/questions/{question['id']}/people"
    other_presenter.post(path, {"leave_out_minute": "2026-03-04T09:42"}, status=404)
    respondent.post(path, {"leave_out_minute": "2026-03-04T09:42"}, status=303)
    assert classpulse.list_left_out(db, session["id"]) == set()


def test_one_router_for_all_is_no_group(presenter, question, make_respondent):
    for _ in range(12):
        make_respondent().respond(question["id"], "A")
    presenter.be_alone()
    assert not presenter.get(f"/questions/{question['id']}/private").html.select(
        "button[name=leave_out_address]")
