"""What bright students found in a second hour: each is a sentence that was false for a while."""

import functools
import socket
import unicodedata
from contextlib import ExitStack
from types import SimpleNamespace

import classpulse
import pytest
import test_hostile_identities
import test_hostile_readers
from test_hostile_identities import come
from test_hostile_room import OURS, Target, hold, is_open, linux
from test_real_time_results import Phone, wait_for

few, waits = test_hostile_identities.few, test_hostile_identities.waits
target = test_hostile_readers.target


# Throttles as weapons

@pytest.mark.parametrize("way", ["poll", "vote", "name"])
def test_one_who_makes_identities_without_end_keeps_nobody_else_from_joining(
        db, presenter, session, question, make_respondent, waits, few, way):
    if way == "name":
        presenter.post(f"/sessions/{session['id']}/edit", {"name": "Neu", "names": "optional"},
                       status=303)

    def come_from(address):
        phone = make_respondent()
        phone.http.extra_environ["REMOTE_ADDR"] = address
        return come(phone, question["id"], way)
    while come_from("10.0.0.66") != 503:
        pass
    passed = len(waits)
    assert all(come_from(f"10.0.0.{number}") < 400 for number in range(30))
    assert len(waits) == passed and come_from("10.0.0.66") == 503


@linux
def test_one_address_that_takes_all_sockets_leaves_one_for_each_other(start_server):
    with ExitStack() as stack:
        server = start_server(program=("-c", FEW_SOCKETS))
        target = Target(server, stack, phones=1)
        code = target.teacher.code

        def watch(address, cookie):
            line = stack.enter_context(target.connect(
                f"GET /ws/audience/{code} HTTP/1.1\r\n{OURS}Upgrade: websocket\r\n"
                f"Connection: Upgrade\r\nCookie: {cookie}\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Key: {'A' * 22}==\r\n\r\n", address))
            return int(line.recv(12).split()[1]), line
        greedy = []
        while not greedy or greedy[-1][0] == 101:
            greedy += [watch("127.0.0.66", Phone(server, code).cookie())]
        assert len(greedy) == 26 and greedy[-1][0] == 503
        honest = [watch(f"127.0.0.{number}", Phone(server, code).cookie())
                  for number in range(2, 12)]
        assert [status for status, _ in honest] == [101] * 10
        wait_for(lambda: sum(is_open(line) for _, line in greedy) == 15)
        assert all(is_open(line) for _, line in honest)
        assert watch("127.0.0.66", Phone(server, code).cookie())[0] == 503


FEW_SOCKETS = """if True:
    import sys
    from gevent import monkey
    monkey.patch_all()
    import classpulse
    classpulse.Server.MOST = 50         # half of them sockets
    sys.exit(classpulse.main())
"""


# Deleting

@pytest.mark.parametrize("what", ["session", "question"])
def test_deleting_comes_to_its_end_while_votes_go_on(
        db, presenter, session, question, make_respondent, monkeypatch, what):
    phones, pieces, write = [make_respondent() for _ in range(3)], [], db.write

    def write_after_votes(change, *args):
        if change.__name__.startswith("delete_some"):
            pieces.append(change)
            assert len(pieces) < 10
            for phone in phones:
                phone.respond(question["id"], "A")
        return write(change, *args)
    monkeypatch.setattr(db, "write", write_after_votes)
    path, fields = {"session": (f"/sessions/{session['id']}", {"name": session["name"]}),
                    "question": (f"/questions/{question['id']}", {})}[what]
    presenter.post(f"{path}/delete", fields, status=303)
    assert not db.all("SELECT id FROM responses") and pieces


# Texts

COSTLY = ["\ufdfa", "\u3313", "\u332b", "\u0390", "\U0001f240", "\u2474"]


@pytest.mark.parametrize("sign", COSTLY, ids=ascii)
def test_texts_that_are_not_remembered_grow_little_while_they_are_folded(sign, monkeypatch):
    """One after the other, so that none is remembered when it is asked for again."""
    monkeypatch.setattr(classpulse, "normalize_short", functools.lru_cache(1000)(
        classpulse.normalize_short.__wrapped__))
    folded = []

    def normalize(form, text):
        folded.append(unicodedata.normalize(form, text))
        return folded[-1]
    monkeypatch.setattr(classpulse, "unicodedata", SimpleNamespace(normalize=normalize))
    texts = [f"{sign * 50}{n} {m}" for n in range(250) for m in "abcde"]
    values = ["\n".join(texts[n:n + 5]) for n in range(0, len(texts), 5)]
    classpulse.QUESTION_TYPES["word_cloud"].count(values, {})
    assert sum(map(len, folded)) <= 4 * sum(map(len, texts))
    assert len(folded) <= 4 * len(texts)


# Connections

LINES = "".join(f"X{number}: {'y' * 190}\r\n" for number in range(70))
HEADS = {
    "one line": f"GET / HTTP/1.1\r\n{OURS}X: {'x' * 14_000}",
    "many lines": f"GET / HTTP/1.1\r\n{OURS}{LINES}",
    "a path": f"GET /{'x' * 8000}",
    "a head, and a body that is short":
        f"POST / HTTP/1.1\r\n{OURS}Content-Length: 4000\r\n{LINES}\r\n{'x' * 3900}"}


@linux
@pytest.mark.parametrize("sent", HEADS.values(), ids=HEADS)
def test_heads_of_which_the_end_is_never_sent_cost_little_more_than_connections(target, sent):
    memory = target.server.memory_mb()
    with hold(target, 1400, sent) as lines:
        wait_for(lambda: target.count_connections() < 1200, seconds=5)      # and not at their end
        target.vote()
        assert is_open(lines[-1]) and not is_open(lines[0])
        assert target.server.memory_mb() - memory < 70      # half of it for connections as such


def test_what_a_socket_sends_is_kept_for_nobody(room):
    """A phone answers pings for hours."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = classpulse.Input(ours, "r")
        theirs.sendall(b"x" * 5000)
        stream.readinto(bytearray(5000))
        assert room.unsent.total == 5000
        stream.size = -float("inf")
        room.unsent.note(ours, 0)
        theirs.sendall(b"x" * 5000)
        stream.readinto(bytearray(5000))
        assert room.unsent.total == 0


def test_a_byte_now_and_then_is_no_progress(room):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = classpulse.Input(ours, "r")
        theirs.sendall(b"x" * 5000)
        stream.readinto(bytearray(5000))
        room.unsent.note("honest", 5000)
        for _ in range(10):
            theirs.sendall(b"x")
            stream.readinto(bytearray(1))
        assert list(room.unsent.sizes) == [ours, "honest"]
        theirs.sendall(b"x" * 4096)
        stream.readinto(bytearray(4096))
        assert list(room.unsent.sizes) == ["honest", ours]
        room.unsent.note("honest", 0)
        room.unsent.note(ours, 0)


# Pages

def test_results_on_phones_are_counted_once_for_all_who_reload_the_page(
        presenter, session, question, make_respondent, monkeypatch):
    phones, counted, count = [make_respondent() for _ in range(3)], [], classpulse.count_answers
    monkeypatch.setattr(classpulse, "count_answers",
                        lambda *args: counted.append(args) or count(*args))
    presenter.post(f"/sessions/{session['id']}/edit",
                   {"name": "Neu", "names": "no", "on_phones": "1"}, status=303)
    phones[0].respond(question["id"], "A")
    presenter.step(session["id"], "close")
    presenter.step(session["id"], "show_results")
    counted.clear()
    pages = [phone.get(f"/audience/{session['code']}").text for phone in phones * 5]
    assert len(counted) == 1
    presenter.post(f"/api/questions/{question['id']}/people", {
        "leave_out": find_id(question, phones[0])}, status=303)
    assert phones[1].get(f"/audience/{session['code']}").text != pages[1]


def find_id(question, phone):
    """The id of the respondent that a phone is."""
    return next(cookie.value.partition(".")[0] for cookie in phone.http.cookiejar
                if cookie.name.endswith(f"_{question['session_id']}"))
