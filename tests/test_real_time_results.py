"""Results as they come in: what the three sockets say, to whom, and when."""

import json
import re
import socket
import time

import classpulse
import gevent
import gevent.socket
import pytest
import websocket
from conftest import NAME, Browser
from geventwebsocket.websocket import Header

RESULTS = {"type": str, "question_id": int, "title": str, "question_type": str, "round": int,
           "active": bool, "stage": str, "results_shown": bool, "answer_shown": bool,
           "response_count": int, "joined": int, "here": int, "expected": int, "late": int,
           "abstained": int, "results": list, "more": int}
CLOSE, PING, PONG, TEXT, BINARY, CONTINUATION = 8, 9, 10, 1, 2, 0


def hear(watched, true=lambda message: True):
    """The next message of which it is true; the test fails when none comes."""
    give_up_at, heard = time.monotonic() + 15, []
    while time.monotonic() < give_up_at:
        message = json.loads(watched.recv())
        if message["type"] != "beat" and true(message):
            return message
        heard.append(message)
    raise AssertionError(f"not heard, but {heard}")


def wait_for(true, seconds=10):
    """Until it is true; the test fails when it never becomes so."""
    give_up_at = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up_at, "waited in vain"
        gevent.sleep(0.005)


def counts(message):
    return {row["label"]: row["count"] for row in message["results"]}


class Teacher(Browser):
    """A presenter at a server process, with the session that they run."""

    def __init__(self, server, username=NAME):
        super().__init__(server)
        self.be(username)
        self.create_session()

    def create_session(self, name="Biologie 10b – Größe"):
        created = self.post("/sessions/new", {"name": name})
        self.session_id = int(created.headers["Location"].rsplit("/", 1)[1])
        self.code = re.search(r'data-code="(\d+)"', self.control())[1]
        return self.session_id

    def control(self):
        return self.get(f"/sessions/{self.session_id}").content.decode()

    def create_question(self, type="multiple_choice", title="Was ist عاصمة?", **fields):
        fields = fields or {"options": "Paris\n*Lyon\nKöln"}
        self.post(f"/sessions/{self.session_id}/questions/new/{type}", {"title": title, **fields})
        return max(map(int, re.findall(r'data-question-id="(\d+)"', self.control())))

    def open_question(self, *question, **fields):
        question_id = self.create_question(*question, **fields)
        self.toggle(question_id, 1)
        return question_id

    def toggle(self, question_id, active):
        self.post(f"/api/questions/{question_id}/toggle", {"active": active})

    def toggle_session(self, active):
        self.post(f"/api/sessions/{self.session_id}/toggle", {"active": active})

    def step(self, action):
        """Do what the projector's button does; the state afterwards."""
        now = self.now
        seen = {name: now[name] for name in ("question_id", "round", "stage")}
        answer = self.post(f"/api/sessions/{self.session_id}/step", {"action": action, **seen},
                           200, HX_Request="", Accept="application/json")
        return json.loads(answer.content)

    @property
    def now(self):
        return hear(self.watch(f"/ws/present/{self.session_id}"))


class Phone(Browser):
    """A respondent's browser at a server process."""

    def __init__(self, server, code):
        super().__init__(server)
        self.code = code
        self.post("/join", {"code": code})

    def respond(self, question_id, *parts, status=200, **fields):
        return self.post(f"/audience/respond/{question_id}", [
            *(("response", part) for part in parts), *fields.items()], status, HX_Request="true")

    def listen(self):
        return self.watch(f"/ws/audience/{self.code}")


@pytest.fixture
def teacher(open_browser):
    return open_browser(Teacher)


@pytest.fixture
def join(open_browser, teacher):
    """A function that lets a phone join the teacher's session."""
    return lambda: open_browser(Phone, teacher.code)


@pytest.fixture
def phone(join):
    return join()


def list_sockets(teacher, phone):
    """[(browser, path), ...]: each socket, and who may open it; a question is open."""
    question_id = teacher.open_question()
    return [(teacher, f"/ws/present/{teacher.session_id}"),
            (teacher, f"/ws/results/{question_id}"), (phone, f"/ws/audience/{teacher.code}")]


# Results messages

def test_the_first_results_message_is_the_full_state(teacher, phone):
    question_id = teacher.open_question()
    phone.respond(question_id, "B")
    message = hear(teacher.watch(f"/ws/results/{question_id}"))
    assert {name: type(message[name]) for name in RESULTS} == RESULTS
    assert {name: message[name] for name in RESULTS if name not in ("results", "here")} == {
        "type": "results", "question_id": question_id, "title": "Was ist عاصمة?",
        "question_type": "multiple_choice", "round": 1, "active": True, "stage": "open",
        "results_shown": False, "answer_shown": False, "response_count": 1, "joined": 1,
        "expected": 1, "late": 0, "abstained": 0, "more": 0}
    assert [(row["key"], row["label"], row["count"]) for row in message["results"]] == [
        ("A", "Paris", 0), ("B", "Lyon", 1), ("C", "Köln", 0)]


def test_a_draft_has_a_results_message_too(teacher):
    message = hear(teacher.watch(f"/ws/results/{teacher.create_question()}"))
    assert (message["stage"], message["active"], message["response_count"]) == ("draft", False, 0)


def test_a_rating_is_told_with_average_and_median(teacher, join):
    question_id = teacher.open_question("rating", "Wie klar?", max_rating=4)
    watched = teacher.watch(f"/ws/results/{question_id}")
    first = hear(watched)
    assert [(row["key"], row["label"], row["count"]) for row in first["results"]] == [
        (str(number), str(number), 0) for number in range(1, 5)]
    assert first["average"] is None and first["median"] is None
    assert first["results_shown"] is True
    for number in "144":
        join().respond(question_id, number)
    last = hear(watched, lambda message: message["response_count"] == 3)
    assert (last["average"], last["median"]) == (3, 4)


def test_words_are_told_by_count_then_alphabet_and_at_most_80(teacher, join):
    question_id = teacher.open_question("word_cloud", "Ein Wort?", max_words=5)
    words = [f"wort{number:03}" for number in range(84, 0, -1)] + ["Äpfel"]
    for start in range(0, 85, 5):
        join().respond(question_id, *words[start:start + 5])
    join().respond(question_id, "wort050", "STRASSE")
    join().respond(question_id, "Straße")
    message = hear(teacher.watch(f"/ws/results/{question_id}"))
    rows = [(row["label"], row["count"]) for row in message["results"]]
    assert rows[:4] == [("STRASSE", 2), ("wort050", 2), ("wort001", 1), ("wort002", 1)]
    assert (len(rows), message["more"], message["response_count"]) == (80, 6, 19)


def test_each_vote_is_pushed_and_a_second_one_moves(teacher, join):
    question_id = teacher.open_question()
    watched = teacher.watch(f"/ws/results/{question_id}")
    assert counts(hear(watched)) == {"Paris": 0, "Lyon": 0, "Köln": 0}
    first, second = join(), join()
    first.respond(question_id, "A")
    hear(watched, lambda message: counts(message) == {"Paris": 1, "Lyon": 0, "Köln": 0})
    second.respond(question_id, "C")
    hear(watched, lambda message: counts(message) == {"Paris": 1, "Lyon": 0, "Köln": 1})
    first.respond(question_id, "C")
    message = hear(watched, lambda message: counts(message)["Köln"] == 2)
    assert (counts(message)["Paris"], message["response_count"]) == (0, 2)


def test_every_stage_is_pushed(teacher):
    question_id = teacher.create_question()
    watched = teacher.watch(f"/ws/results/{question_id}")
    assert hear(watched)["stage"] == "draft"
    for action, stage, results_shown, answer_shown in (
            ("open", "open", False, False), ("close", "closed", False, False),
            ("show_results", "results", True, False), ("show_answer", "answer", True, True)):
        teacher.step(action)
        message = hear(watched, lambda message: message["stage"] == stage)
        assert (message["active"], message["results_shown"], message["answer_shown"]) == (
            stage == "open", results_shown, answer_shown)


def test_a_new_round_counts_from_nothing(teacher, phone):
    question_id = teacher.open_question()
    phone.respond(question_id, "B")
    watched = teacher.watch(f"/ws/results/{question_id}")
    assert hear(watched)["response_count"] == 1
    teacher.step("close")
    teacher.step("vote_again")
    message = hear(watched, lambda message: message["round"] == 2)
    assert (message["response_count"], counts(message)["Lyon"], message["stage"]) == (0, 0, "open")


def test_a_late_vote_is_told_apart_from_the_counted_ones(teacher, join):
    question_id = teacher.open_question()
    join().respond(question_id, "A")
    late = join()
    hear(late.listen())
    teacher.toggle(question_id, 0)
    watched = teacher.watch(f"/ws/results/{question_id}")
    assert hear(watched)["late"] == 0
    late.respond(question_id, "B", round=1, seq=1, queued=1)
    message = hear(watched, lambda message: message["late"] == 1)
    assert (message["response_count"], counts(message)) == (1, {"Paris": 1, "Lyon": 0, "Köln": 0})


def test_counters_tell_who_joined_who_is_here_and_who_is_expected(teacher, join):
    early, late = join(), join()
    early.respond(teacher.open_question("rating", "Vorher?", max_rating=3), "1")
    question_id = teacher.open_question()
    watched = teacher.watch(f"/ws/results/{question_id}")
    assert hear(watched)["joined"] == 1
    late.listen()
    message = hear(watched, lambda message: message["joined"] == 2)
    # Who was seen only before this round opened is here, but not expected yet.
    assert (message["here"], message["expected"], message["response_count"]) == (2, 1, 0)


def test_a_page_that_was_only_fetched_is_nobody_who_joined(teacher, phone):
    phone.get(f"/audience/{teacher.code}")
    assert teacher.now["joined"] == 0


# Present messages

def test_the_first_present_message_says_where_the_projector_is(server, teacher):
    message = teacher.now
    assert message["type"] == "present"
    assert message["question_id"] is None
    question_id = teacher.open_question()
    message = teacher.now
    assert message["question_id"] == question_id
    assert message["address"] == server.url
    assert {name: message[name] for name in (
        "stage", "round", "joined", "here", "expected", "response_count")} == {
        "stage": "open", "round": 1, "joined": 0, "here": 0, "expected": 0, "response_count": 0}


def test_the_projector_is_told_of_steps_votes_and_people(teacher, phone):
    question_id = teacher.create_question()
    watched = teacher.watch(f"/ws/present/{teacher.session_id}")
    assert hear(watched)["stage"] == "draft"
    teacher.step("open")
    assert hear(watched, lambda message: message["stage"] == "open")["question_id"] == question_id
    phone.listen()
    hear(watched, lambda message: message["joined"] == 1)
    phone.respond(question_id, "A")
    message = hear(watched, lambda message: message["response_count"] == 1)
    assert message["expected"] == 1
    teacher.toggle_session(0)
    assert hear(watched, lambda message: not message["session_active"])["stage"] == "closed"


def test_the_projector_follows_to_the_next_question(teacher):
    teacher.open_question()
    second = teacher.create_question("rating", "Wie klar?", max_rating=3)
    watched = teacher.watch(f"/ws/present/{teacher.session_id}")
    for action in ("close", "show_results", "show_answer", "move"):
        teacher.step(action)
    message = hear(watched, lambda message: message["question_id"] == second)
    assert (message["title"], message["stage"]) == ("Wie klar?", "draft")


def test_a_question_that_opens_beside_the_current_one_leaves_the_projector_there(teacher):
    first = teacher.open_question()
    watched = teacher.watch(f"/ws/present/{teacher.session_id}")
    hear(watched)
    second = teacher.open_question("rating", "Wie klar?", max_rating=3)
    message = hear(watched, lambda message: message["stages"].get(str(second)) == "open")
    assert message["question_id"] == first


# State messages

def test_the_first_state_message_is_the_full_state(teacher, phone):
    question_id = teacher.open_question()
    phone.respond(question_id, "B", round=1, seq=5)
    message = hear(phone.listen())
    mine = message["mine"].pop(str(question_id))
    assert message["mine"] == {}
    assert {name: mine[name] for name in ("value", "round", "seq")} == {
        "value": "B", "round": 1, "seq": 5}
    assert mine["saved_at"]
    [question] = message["questions"]
    assert set(question) == {"id", "round", "stage", "discussing", "remaining_ms", "html"}
    assert (question["id"], question["round"], question["stage"]) == (question_id, 1, "open")
    assert all(text in question["html"] for text in ("عاصمة", "Paris", "Lyon", "Köln"))
    assert {name: type(value) for name, value in message.items()} == {
        "type": str, "epoch": str, "version": int, "active": bool, "questions": list,
        "mine": dict}
    assert (message["type"], message["active"]) == ("state", True)


def test_the_polled_state_is_the_first_message_of_a_socket(teacher, phone):
    phone.respond(teacher.open_question(), "A", seq=7, round=1)
    assert json.loads(phone.get(f"/audience/{phone.code}/state").content) == hear(phone.listen())


def test_only_the_first_message_says_what_is_mine_and_the_html_is_the_same_for_all(teacher, join):
    question_id = teacher.open_question()
    first, second = join(), join()
    first.respond(question_id, "B")
    sockets = first.listen(), second.listen()
    opening = [hear(watched) for watched in sockets]
    assert [list(message["mine"]) for message in opening] == [[str(question_id)], []]
    assert opening[0]["questions"] == opening[1]["questions"]
    assert "checked" not in opening[0]["questions"][0]["html"]
    teacher.toggle(question_id, 0)
    later = [hear(watched, lambda message: message["questions"][0]["stage"] == "closed")
             for watched in sockets]
    assert later[0] == later[1]
    assert "mine" not in later[0]


def test_who_was_late_is_told_at_once_that_the_vote_counts_and_nobody_else_is(teacher, join):
    question_id = teacher.open_question()
    late, in_time = join(), join()
    in_time.respond(question_id, "A")
    sockets = late.listen(), late.listen(), in_time.listen()
    for watched in sockets:
        hear(watched)
    teacher.toggle(question_id, 0)
    for watched in sockets:
        hear(watched, lambda message: message["questions"][0]["stage"] == "closed")
    late.respond(question_id, "B", queued=1)
    teacher.post(f"/api/questions/{question_id}/admit")
    for watched in sockets[:2]:
        assert hear(watched)["mine"][str(question_id)]["late"] == 2
    teacher.toggle_session(0)
    assert hear(sockets[2])["active"] is False


def test_a_later_state_has_a_larger_version_of_the_same_epoch(teacher, phone):
    watched = phone.listen()
    before = hear(watched)
    question_id = teacher.open_question()
    after = hear(watched, lambda message: message["questions"])
    assert after["epoch"] == before["epoch"]
    assert after["version"] > before["version"]
    assert after["questions"][0]["id"] == question_id


def test_a_vote_says_nothing_to_the_other_phones(teacher, join):
    question_id = teacher.open_question()
    watched = join().listen()
    before = hear(watched)
    other = join()
    other.respond(question_id, "B")
    other.listen()
    teacher.create_question("rating", "Wie klar?", max_rating=3)        # a draft
    teacher.toggle(question_id, 0)
    after = hear(watched)
    assert after["version"] == before["version"] + 1
    assert after["questions"][0]["stage"] == "closed"


def test_drafts_never_reach_a_phone(teacher, phone):
    teacher.create_question("rating", "Geheimer Entwurf?", max_rating=3)
    question_id = teacher.open_question()
    assert [question["id"] for question in hear(phone.listen())["questions"]] == [question_id]


def test_a_closed_question_stays_on_the_phone_until_the_next_one_opens(teacher, phone):
    first = teacher.open_question()
    second = teacher.create_question("rating", "Wie klar?", max_rating=3)
    watched = phone.listen()
    for action in ("close", "show_results", "show_answer", "move"):
        teacher.step(action)
    message = hear(watched, lambda message: message["questions"][0]["stage"] == "answer")
    assert [question["id"] for question in message["questions"]] == [first]
    assert "Voting is closed" in message["questions"][0]["html"]
    teacher.step("open")
    message = hear(watched, lambda message: message["questions"][0]["stage"] == "open")
    assert [question["id"] for question in message["questions"]] == [second]


def test_every_open_question_is_on_the_phone(teacher, phone):
    first = teacher.open_question()
    second = teacher.open_question("word_cloud", "Ein Wort?", max_words=2)
    message = hear(phone.listen())
    assert [question["id"] for question in message["questions"]] == [first, second]


def test_phones_keep_their_socket_while_a_session_is_closed_and_return_by_themselves(
        teacher, phone):
    question_id = teacher.open_question()
    phone.respond(question_id, "A")
    watched = phone.listen()
    assert hear(watched)["active"] is True
    teacher.toggle_session(0)
    message = hear(watched, lambda message: not message["active"])
    assert message["questions"] == []
    teacher.toggle_session(1)
    assert hear(watched, lambda message: message["active"])["type"] == "state"
    teacher.toggle(question_id, 1)
    hear(watched, lambda message: [question["stage"] for question in message["questions"]]
         == ["open"])


def test_a_phone_may_listen_to_a_closed_session(teacher, phone):
    phone.listen()
    teacher.toggle_session(0)
    assert hear(phone.listen())["active"] is False


# Nothing tells the right answer too early

def gather(teacher, phone, question_id):
    """Everything that the projector and a phone get now, without what differs by chance."""
    sent = [teacher.get(path).content for path in (
        f"/present/{teacher.session_id}", f"/present/{teacher.session_id}?question={question_id}",
        f"/questions/{question_id}/results")]
    sent += [phone.get(path).content for path in (
        f"/audience/{phone.code}", f"/audience/{phone.code}/state")]
    sent += [browser.watch(path).recv().encode() for browser, path in (
        (teacher, f"/ws/present/{teacher.session_id}"), (teacher, f"/ws/results/{question_id}"),
        (phone, f"/ws/audience/{phone.code}"))]
    sent += [phone.respond(question_id, answer, status=None).content for answer in "BZ"]
    text = b"\n".join(sent).decode()
    # QR pictures, and names of files.
    text = re.sub(r'(?:\bd|data-picture)=\\?"[^"]+"', "", text)
    return re.sub(r"\b[0-9a-f]*\d[0-9a-f:.]*\b", "#", text)             # ids, codes, times


class Curious(Phone):
    """A phone that keeps everything, whatever the status."""

    def expect(self, status, answer):
        return answer if status is None else super().expect(status, answer)


def test_nothing_tells_the_right_answer_before_it_is_shown(teacher, open_browser):
    lessons = []
    for options in ("*Paris\nLyon", "Paris\n*Lyon"):
        teacher.create_session()
        question_id = teacher.create_question(title="Hauptstadt?", options=options)
        phone = open_browser(Curious, teacher.code)
        told = {"draft": gather(teacher, phone, question_id)}
        for action in ("open", "close", "show_results", "show_answer"):
            teacher.step(action)
            told[action] = gather(teacher, phone, question_id)
        lessons.append(told)
    one, other = lessons
    assert one.pop("show_answer") != other.pop("show_answer")   # so the comparison does notice
    assert one == other


# Who may watch

def refused(browser, path, **options):
    """The plain HTTP status with which an upgrade was refused."""
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        browser.watch(path, **options)
    return refusal.value.status_code


def test_nobody_in_particular_is_refused(open_browser, teacher, phone):
    visitor = open_browser()
    for _, path in list_sockets(teacher, phone):
        assert refused(visitor, path) == 403, path


def test_what_does_not_exist_cannot_be_watched(teacher):
    for path in ("/ws/present/999", "/ws/results/999", "/ws/audience/000000", "/ws/present/x",
                 "/ws/results/99999999999999999999", "/ws/nothing"):
        assert refused(teacher, path) == 404, path


def test_a_page_is_no_socket(teacher):
    assert refused(teacher, "/healthz") < 500


def test_another_presenters_things_cannot_be_watched(open_browser, teacher, phone):
    other = open_browser(Teacher, "Señor Otro")
    for _, path in list_sockets(teacher, phone)[:2]:
        assert refused(other, path) == 404, path


def test_a_phone_cannot_watch_what_the_presenter_does(teacher, phone):
    question_id = teacher.open_question()
    assert refused(phone, f"/ws/results/{question_id}") == 403
    assert refused(phone, f"/ws/present/{teacher.session_id}") == 403


def test_a_phone_cannot_watch_another_session(teacher, phone):
    teacher.create_session("Physik")
    assert refused(phone, f"/ws/audience/{teacher.code}") == 403


def test_a_respondents_cookie_that_was_made_up_is_refused(teacher, phone):
    [(name, value)] = phone.cookies.items()
    respondent_id, mark = value.split(".")
    phone.cookies[name] = f"{respondent_id[::-1]}.{mark}"
    assert refused(phone, f"/ws/audience/{phone.code}") == 403


def test_other_sites_are_refused(teacher, phone):
    sockets = list_sockets(teacher, phone)
    for options, status in (
            ({"host": "evil.example"}, 421), ({"host": "classpulse.evil.example:8000"}, 421),
            ({"origin": "http://evil.example"}, 403), ({"origin": "http://127.0.0.1:1"}, 403),
            ({"origin": "null"}, 403), ({"header": ["Sec-Fetch-Site: cross-site"]}, 403),
            ({"header": ["Sec-Fetch-Site: same-site"], "suppress_origin": True}, 403)):
        for browser, path in sockets:
            assert refused(browser, path, **options) == status, (path, options)


def test_our_own_pages_are_served(teacher, phone):
    sockets = list_sockets(teacher, phone)
    for options in ({}, {"suppress_origin": True}, {"header": ["Sec-Fetch-Site: same-origin"]}):
        for browser, path in sockets:
            message = hear(browser.watch(path, **options))
            assert message["type"] in ("present", "results", "state"), options


def test_a_key_that_is_none_is_refused_without_an_upgrade(teacher, phone):
    answer = phone.request("GET", f"/ws/audience/{phone.code}", Upgrade="websocket",
                           Connection="Upgrade", Sec_WebSocket_Version="13",
                           Sec_WebSocket_Key="too short")
    assert answer.status in (400, 426)


# One way only

def test_any_frame_but_a_pong_ends_the_connection(teacher, phone):
    sockets = list_sockets(teacher, phone)
    for opcode, payload in ((TEXT, b"hello"), (TEXT, b""), (BINARY, b"\x00" * 200),
                            (PING, b"are you there"), (CONTINUATION, b"x"), (CLOSE, b"\x03\xe8")):
        for browser, path in sockets:
            watched = browser.watch(path)
            hear(watched)
            watched.send(payload, opcode)
            assert is_ended(watched), (path, opcode, payload)
    teacher.get("/healthz")


def is_ended(watched):
    """Whether the server hangs up; messages on their way are passed over."""
    give_up_at = time.monotonic() + 8       # before the next beat but one
    try:
        while time.monotonic() < give_up_at:
            if watched.recv_data(control_frame=True)[0] == CLOSE:
                return True
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        return True
    return False


def test_a_frame_that_is_announced_as_huge_ends_the_connection(teacher, phone):
    watched = phone.listen()
    hear(watched)
    watched.sock.sendall(b"\x82\xff" + (2 ** 40).to_bytes(8, "big") + b"mask")
    assert is_ended(watched)


def test_a_pong_leaves_the_connection_open(teacher, phone):
    watched = phone.listen()
    hear(watched)
    watched.pong("ä".encode())
    teacher.open_question()
    assert hear(watched, lambda message: message["questions"])


def test_the_server_stopping_says_that_it_goes_away(server, teacher, phone):
    watched = phone.listen()
    hear(watched)
    server.stop()
    opcode, payload = watched.recv_data(control_frame=True)
    assert (opcode, payload[:2]) == (CLOSE, (1001).to_bytes(2, "big"))


def test_a_restart_has_a_new_epoch_and_the_same_answers(server, teacher, phone):
    question_id = teacher.open_question()
    phone.respond(question_id, "B", round=1, seq=3)
    before = hear(phone.listen())
    server.stop()
    server.start()
    after = hear(phone.listen())
    assert after["epoch"] != before["epoch"]
    assert (after["questions"], after["mine"]) == (before["questions"], before["mine"])


# Watchers, in this process

@pytest.fixture
def pair(room):
    """Our end of a connection with little room, and the browser's."""
    ours, theirs = gevent.socket.socketpair()
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    theirs.settimeout(10)
    ours.settimeout(10)
    yield ours, theirs
    ours.close()
    theirs.close()


def read_frames(end, last):
    """The texts of all frames up to the one that equals `last`."""
    stream, texts = end.makefile("rb"), []
    while not texts or texts[-1] != last:
        head = Header.decode_header(stream)
        payload = stream.read(head.length)
        if head.opcode == TEXT:
            texts.append(payload.decode())
    return texts


def test_a_slow_watcher_gets_what_was_begun_and_then_only_the_newest(pair):
    ours, theirs = pair
    watcher = classpulse.Watcher(ours)
    watcher.show(classpulse.encode_message("ä" * 200_000))
    for number in range(50):
        watcher.show(classpulse.encode_message(f"state {number}"))
        watcher.beat()
        gevent.sleep(0)
    assert read_frames(theirs, "state 49") == ["ä" * 200_000, "state 49"]
    watcher.show(classpulse.encode_message("quick again"))
    assert read_frames(theirs, "quick again") == ["quick again"]


def test_a_slow_watcher_holds_nobody_up(room, presenter, session, pair):
    live, other = room.live, gevent.socket.socketpair()
    slow, quick = (classpulse.Watcher(ours, respondent_id=name) for ours, name in
                   ((pair[0], "slow"), (other[0], "quick")))
    live.room("audience", session["id"]).watchers |= {slow, quick}
    slow.show(classpulse.encode_message("x" * 500_000))
    assert slow.busy
    presenter.toggle(presenter.create_question(session["id"], title="Für die Schnellen?"))
    stream = other[1].makefile("rb")
    other[1].settimeout(10)
    heard = ""
    while "Schnellen" not in heard:
        head = Header.decode_header(stream)
        heard = stream.read(head.length).decode()
    assert slow.busy
    for end in other:
        end.close()


def test_a_watcher_that_does_not_read_is_dropped(pair, monkeypatch):
    ours, theirs = pair
    dropped, hang_up = [], classpulse.hang_up
    monkeypatch.setattr(classpulse, "hang_up", lambda sock: dropped.append(hang_up(sock)))
    watcher = classpulse.Watcher(ours)
    ours.settimeout(0.05)
    watcher.show(classpulse.encode_message("x" * 500_000))
    wait_for(lambda: dropped)
    received = 0
    while part := theirs.recv(65536):
        received += len(part)
    assert received < 500_000


@pytest.fixture
def listening(pair, monkeypatch):
    """A watcher that reads what the browser's end sends; and that end."""
    started = []

    def start(**bounds):
        for name, value in bounds.items():
            monkeypatch.setattr(classpulse.Watcher, name, value)
        watcher = classpulse.Watcher(pair[0], pair[0].makefile("rb"))
        started.append(gevent.spawn(watcher.listen))
        return started[0], pair[1]
    yield start
    gevent.killall(started)


def frame(opcode, payload=b"", mask=b"mask"):
    return Header.encode_header(True, opcode, mask, len(payload), 0) + payload


def test_a_watcher_that_floods_with_pongs_is_dropped(listening):
    greenlet, browser = listening()
    browser.sendall(frame(PONG) * 30)
    greenlet.get(timeout=10)


def test_a_frame_without_a_mask_ends_the_connection(listening):
    greenlet, browser = listening()
    browser.sendall(frame(PONG, b"", mask=b""))
    greenlet.get(timeout=10)


def test_a_watcher_that_answers_no_ping_is_dropped(listening):
    assert classpulse.Live.BEAT_SECONDS < classpulse.Watcher.SILENCE_SECONDS <= 60
    greenlet, browser = listening(SILENCE_SECONDS=0.05)
    greenlet.get(timeout=10)
    assert Header.decode_header(browser.makefile("rb")).opcode == CLOSE


# Rooms, in this process

class Listener:
    """A watcher that keeps what it is shown."""
    respondent_id, signin = "x", None

    def __init__(self, room, topic, id):
        self.heard, self.beats = [], 0
        watched = room.live.current(topic, id)
        watched.watchers.add(self)
        watched.told = watched.version      # as Live.watch does for the first one

    def show(self, frame):
        stream_head = 2 if frame[1] < 126 else 4 if frame[1] == 126 else 10
        self.heard.append(json.loads(frame[stream_head:]))

    def beat(self):
        self.beats += 1

    def close(self):
        pass


def test_many_changes_are_few_messages_and_the_last_one_is_right(room, make_respondent, question,
                                                                 monkeypatch):
    listener = Listener(room, "results", question["id"])
    monkeypatch.setitem(room.live.SECONDS, "results", 0.4)
    phone = make_respondent()
    for number in range(60):
        phone.respond(question["id"], "AB"[number % 2])
    make_respondent().respond(question["id"], "A")
    wait_for(lambda: listener.heard and listener.heard[-1]["response_count"] == 2)
    assert counts(listener.heard[-1]) == {"Paris": 1, "Lyon": 1}
    assert len(listener.heard) < 30


def test_a_change_that_changes_nothing_is_not_told(room, presenter, question):
    listener = Listener(room, "audience", question["session_id"])
    presenter.toggle(question["id"], 1)
    wait_for(lambda: room.live.room("audience", question["session_id"]).due_at is None)
    assert listener.heard == []
    presenter.toggle(question["id"], 0)
    wait_for(lambda: listener.heard)
    assert listener.heard[0]["questions"][0]["stage"] != "open"


def test_a_message_is_worked_out_once_for_all_who_watch(room, presenter, question, monkeypatch):
    listeners = [Listener(room, "audience", question["session_id"]) for _ in range(20)]
    worked_out = []

    def state_message(*args):
        worked_out.append(args)
        return classpulse.state_message(*args)
    monkeypatch.setitem(classpulse.MESSAGES, "audience", state_message)
    presenter.toggle(question["id"], 0)
    wait_for(lambda: all(listener.heard for listener in listeners))
    assert len(worked_out) == 1


def test_people_alone_are_told_less_often_than_votes(room, respondent, question):
    listener = Listener(room, "present", question["session_id"])
    live, due = room.live, []
    live.room("present", question["session_id"]).sent_at = time.monotonic()
    for change in (lambda: live.people_changed(question["session_id"]),
                   lambda: live.changed("present", question["session_id"])):
        change()
        due.append(live.room("present", question["session_id"]).due_at)
    assert due[0] - due[1] > 0.5
    assert listener.heard == []


def test_somebody_who_left_is_no_longer_here_but_still_joined_and_expected(room, db, presenter,
                                                                           session, monkeypatch):
    db.write(classpulse.ensure_respondent, session["id"], "gegangen")
    room.live.seen(session["id"], "gegangen")
    question_id = presenter.create_question(session["id"])
    presenter.toggle(question_id)
    db.write(classpulse.ensure_respondent, session["id"], "gegangen")

    def people():
        message = classpulse.results_message(db, room.live, question_id)
        return message["joined"], message["here"], message["expected"]
    assert people() == (1, 1, 1)
    monkeypatch.setattr(classpulse, "ONLINE_SECONDS", 0)
    assert people() == (1, 0, 1)


def test_answers_stay_in_memory_no_longer_than_somebody_watches(room, respondent, question):
    respondent.respond(question["id"], "A")
    listeners = [Listener(room, "results", question["id"]) for _ in range(2)]
    watched = room.live.current("results", question["id"])
    version = watched.version
    for number, listener in enumerate(listeners):
        listener.respondent_id, listener.listen = None, lambda: None
        room.live.sockets += 1
        assert room.live.frame(watched) and watched.content
        room.live._follow(question["id"], watched, listener)
        assert (watched.content, watched.frame) == ({}, None) or number == 0
    assert room.live.current("results", question["id"]).version > version


def test_somebody_who_left_before_the_question_opened_is_not_expected(room, db, presenter,
                                                                      session, monkeypatch):
    db.write(classpulse.ensure_respondent, session["id"], "gegangen")
    monkeypatch.setattr(classpulse, "ONLINE_SECONDS", 0)
    question_id = presenter.create_question(session["id"])
    presenter.toggle(question_id)
    message = classpulse.results_message(db, room.live, question_id)
    assert (message["joined"], message["here"], message["expected"]) == (1, 0, 0)


def test_a_beat_goes_to_everybody_and_asks_for_a_pong(tmp_path, monkeypatch, pair):
    monkeypatch.setattr(classpulse.Live, "BEAT_SECONDS", 0.02)
    classpulse.classroom.open(tmp_path / "data")
    try:
        watcher = classpulse.Watcher(pair[0], respondent_id="ü")
        classpulse.classroom.live.room("audience", 1).watchers.add(watcher)
        stream = pair[1].makefile("rb")
        for opcode, payload in ((TEXT, b'{"type":"beat"}'), (PING, b"")) * 2:
            head = Header.decode_header(stream)
            assert (head.opcode, stream.read(head.length)) == (opcode, payload)
    finally:
        classpulse.classroom.close()


def test_another_address_is_told_to_the_projector_and_in_the_terminal(room, question, monkeypatch,
                                                                      capsys):
    page = Listener(room, "present", question["session_id"])
    monkeypatch.setattr(classpulse, "find_address", lambda: "http://192.168.7.7:8000")
    room.live._beat()
    wait_for(lambda: page.heard)
    assert page.heard[-1]["address"] == "http://192.168.7.7:8000"
    assert page.heard[-1]["join_url"].startswith("http://192.168.7.7:8000/")
    said = capsys.readouterr().out
    assert "another address now. Students join at  http://192.168.7.7:8000\n" in said
    assert "█" in said, "there is no QR picture"
    room.live._beat()
    assert capsys.readouterr().out == "", "what did not change is told again"


def test_a_beat_comes_every_ten_seconds():
    assert classpulse.Live.BEAT_SECONDS == 10


def test_phones_come_and_go_after_a_question_that_was_watched_is_deleted(teacher, join):
    deleted, kept = teacher.open_question(), teacher.open_question("rating", "Wie?", max_rating=3)
    hear(teacher.watch(f"/ws/results/{deleted}"))
    teacher.post(f"/questions/{deleted}/delete")
    phone = join()
    heard = phone.watch(f"/ws/audience/{teacher.code}")
    assert hear(heard)["questions"][0]["stage"] == "open"
    teacher.toggle(kept, 0)
    assert hear(heard)["questions"][0]["stage"] == "results"


@pytest.mark.parametrize("topic", ["audience", "present"])
def test_who_watches_a_session_that_is_deleted_is_sent_away(room, presenter, session, topic):
    listener = Listener(room, topic, session["id"])
    gone = []
    listener.close = lambda: gone.append(True)
    presenter.post(f"/sessions/{session['id']}/delete", {"name": session["name"]}, status=303)
    wait_for(lambda: gone)
    assert (topic, session["id"]) not in room.live.rooms


def test_projectors_hear_soon_of_phones_whose_sockets_are_blocked(room, make_respondent, session):
    page = Listener(room, "present", session["id"])
    make_respondent().state()
    wait_for(lambda: page.heard and page.heard[-1]["joined"] == 1,
             seconds=classpulse.Live.BEAT_SECONDS / 2)
