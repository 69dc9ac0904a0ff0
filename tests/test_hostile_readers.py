"""Browsers that ask and then take nothing, or send half: what they may cost, and who yields.

And stopping, which waits for writing alone, whatever else is going on.
"""

import gc
import os
import socket
import threading
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlencode

import classpulse
import gevent
import pytest
import test_hostile_room
from conftest import Server
from test_hostile_room import MEMORY_MB, OURS, Target, hold, is_open, linux
from test_real_time_results import wait_for
from webob import Request

cramped = test_hostile_room.cramped
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(490_000)


@pytest.fixture
def target(tmp_path):
    classpulse.raise_file_limit()       # of this process, which is all the readers
    with ExitStack() as stack:
        server = Server(tmp_path / "data")
        stack.callback(server.process.communicate)
        stack.callback(server.process.kill)
        yield Target(server, stack, phones=5)


def ask(target, path, *headers):
    """The bytes of a request."""
    lines = "".join(f"{header}\r\n" for header in headers)
    return f"GET {path} HTTP/1.1\r\n{OURS}{lines}\r\n".encode()


def ask_for_picture(target, content=PICTURE):
    with classpulse.command_database(target.server.folder) as db:
        image = classpulse.in_transaction(db, classpulse.create_image, "image/png", content)
    return ask(target, f"/images/{image}")


def ask_for_chart(target):
    version = classpulse.static_files().version
    return ask(target, f"/static/{version}/vendor/chart-4.6.1.umd.min.js")


def ask_for_long_page(target):
    """The page of a phone whose own texts make 0.6 MB of it."""
    phone, path = target.phones[0], f"/sessions/{target.teacher.session_id}"
    for number in range(2, 12):         # the first question is the target's
        target.teacher.post(f"{path}/questions/new/open_text", {"title": "Warum?"})
        target.teacher.toggle(number, 1)
        phone.respond(number, '"' * 5000, seq=1)
    return ask(target, f"/audience/{phone.code}", f"Cookie: {phone.cookie()}")


@contextmanager
def unread(target, count, request):
    """So many connections that have asked for this, and take as little of it as can be."""
    with ExitStack() as stack:
        yield [stack.enter_context(open_unread(target, request)) for _ in range(count)]


def open_unread(target, request):
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(20)
    line.connect(("127.0.0.1", target.port))
    line.sendall(request)
    return line


# Memory

@linux
@pytest.mark.parametrize("make, count", [
    (ask_for_picture, 600), (ask_for_chart, 600), (ask_for_long_page, 250)])
def test_answers_that_nobody_reads_cost_little_memory(target, make, count):
    request = make(target)
    target.request(request.decode().split(" HTTP")[0])
    memory = target.server.memory_mb()
    with unread(target, count, request):
        target.vote()
        assert target.server.memory_mb() - memory < MEMORY_MB


@linux
def test_pictures_fetched_in_turn_are_in_memory_once(target):
    """More of them than the server keeps for itself."""
    requests = [ask_for_picture(target, PICTURE + bytes([number])) for number in range(24)]
    memory = target.server.memory_mb()
    with ExitStack() as stack:
        for _ in range(30):
            for request in requests:
                stack.enter_context(open_unread(target, request))
        target.vote()
        assert target.server.memory_mb() - memory < MEMORY_MB


@linux
def test_bodies_of_which_the_end_is_never_sent_cost_little_memory(target):
    memory = target.server.memory_mb()
    post = f"POST /join HTTP/1.1\r\n{OURS}Content-Length: 65536\r\n\r\n".encode()
    with hold(target, 1500, post + b"x" * 65_000) as lines:
        target.vote()
        wait_for(lambda: not is_open(lines[0]))
        assert is_open(lines[-1])
        assert target.server.memory_mb() - memory < MEMORY_MB


def test_who_has_gone_longest_without_progress_yields(room, monkeypatch):
    cut, unsent = [], room.unsent
    monkeypatch.setattr(classpulse, "hang_up", cut.append)
    third = unsent.MOST // 3
    for name in ("first", "second", "third", "first"):
        unsent.note(name, third)
    assert cut == []
    unsent.note("fourth", third)
    assert cut == ["second"] and unsent.total <= unsent.MOST
    for name in ("first", "third", "fourth"):
        unsent.note(name, 0)
    assert unsent.total == 0 and unsent.sizes == {}


def test_one_that_is_larger_than_all_may_be_yields_itself(room, monkeypatch):
    cut = []
    monkeypatch.setattr(classpulse, "hang_up", cut.append)
    room.unsent.note("one", room.unsent.MOST + 1)
    assert cut == ["one"] and room.unsent.total == 0


def test_only_what_is_sent_to_one_alone_counts_for_it():
    assert classpulse.count_own(b"abc", None, classpulse.Shared(b"defg")) == 3


def test_a_watchers_own_first_message_is_counted_until_it_is_taken(room):
    ours, theirs = gevent.socket.socketpair()
    with closing(ours), closing(theirs):
        for end in ours, theirs:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        watcher = classpulse.Watcher(ours)
        watcher.show(classpulse.encode_message("x" * 300_000))
        watcher.show(classpulse.Shared(classpulse.encode_message("y" * 200_000)))
        assert 300_000 < room.unsent.total < 301_000
        watcher.show(classpulse.encode_message("z" * 100_000))
        assert 400_000 < room.unsent.total < 401_000
        theirs.settimeout(10)
        received = 0
        while received < 400_000:
            received += len(theirs.recv(65536))
        wait_for(lambda: not watcher.busy)
        assert room.unsent.total == 0 and room.unsent.sizes == {}


def test_a_watcher_that_takes_nothing_makes_no_progress_by_being_told_more(room):
    ours, theirs = gevent.socket.socketpair()
    with closing(ours), closing(theirs):
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        watcher = classpulse.Watcher(ours)
        watcher.show(classpulse.encode_message("x" * 900_000))
        room.unsent.note("a slow reader", 1000)
        watcher.show(classpulse.Shared(classpulse.encode_message("y")))
        assert list(room.unsent.sizes) == [ours, "a slow reader"]


def test_a_watcher_that_is_gone_is_not_counted(room):
    ours, theirs = gevent.socket.socketpair()
    with closing(ours):
        watcher = classpulse.Watcher(ours)
        watcher.show(classpulse.encode_message("x" * 900_000))
        assert room.unsent.total
        theirs.close()
        wait_for(lambda: not room.unsent.total)
        watcher.show(classpulse.encode_message("x" * 900_000))
        watcher.show(classpulse.encode_message("x" * 900_000))
        assert room.unsent.sizes == {}


def test_a_picture_that_is_being_fetched_is_not_read_again(db, room):
    ids = [db.write(classpulse.create_image, "image/png", b"%d" % number * 9)
           for number in range(3 * room.images.NEWEST)]
    sending = memoryview(room.images.get(ids[0])["content"])
    for id in ids:
        room.images.get(id)
    assert room.images.get(ids[0])["content"] is sending.obj
    assert len(room.images.kept) == room.images.NEWEST + 1
    sending.release()
    gc.collect()
    room.images.get(ids[1])
    assert len(room.images.kept) == room.images.NEWEST


# Room for others

@linux
@pytest.mark.parametrize("make", [ask_for_picture, ask_for_chart])
def test_votes_have_room_when_readers_that_take_nothing_hold_all(cramped, make):
    request = make(cramped)
    with unread(cramped, 250, request):
        cramped.vote()


@linux
def test_votes_have_room_when_readers_take_a_little_now_and_then(cramped):
    over = threading.Event()

    def sip():
        while not over.wait(0.2):
            for line in lines:
                try:
                    line.recv(2000)
                except OSError:
                    pass                # it has yielded
    with unread(cramped, 250, ask_for_picture(cramped)) as lines:
        for line in lines:
            line.setblocking(False)
        sipping = threading.Thread(target=sip)
        sipping.start()
        try:
            cramped.vote()
        finally:
            over.set()
            sipping.join()


@linux
def test_a_slow_phone_gets_its_picture_while_stuck_readers_yield(cramped):
    request = ask_for_picture(cramped)
    with open_unread(cramped, request) as phone, ExitStack() as stack:
        received, stuck = phone.recv(2000), []
        for _ in range(15):
            stuck += [stack.enter_context(open_unread(cramped, request)) for _ in range(20)]
            received += phone.recv(20_000)
        while part := phone.recv(20_000):
            received += part
        assert received.endswith(PICTURE)
        assert sum(map(is_ended_early, stuck[:150])) > 90


def is_ended_early(line):
    """Whether a reader was hung up on before it had everything."""
    received = 0
    line.settimeout(5)
    try:
        while part := line.recv(65536):
            received += len(part)
    except TimeoutError:
        return False
    except OSError:
        pass
    return received < len(PICTURE)


@linux
def test_who_takes_nothing_is_hung_up_on_and_who_is_slow_is_not(target):
    request = ask_for_picture(target)
    connections = target.count_connections()
    with unread(target, 20, request), open_unread(target, request) as slow:
        received = b""
        give_up = 40 * classpulse.Handler.SECONDS
        while target.count_connections() > connections + 1 and give_up:
            received += slow.recv(2000)     # a pause for each: the phone's own pace
            give_up -= 1
            gevent.sleep(0.1)
        assert give_up and len(received) < len(PICTURE)
        while part := slow.recv(65536):
            received += part
        assert received.endswith(PICTURE)


# Encodings

@pytest.mark.parametrize("header, compressed", [
    ("gzip", True), ("gzip, deflate, br", True), ("deflate,\tgzip", True), ("br , gzip , *", True),
    ("x-gzip", False), ("*", False), ("gzip;q=0.5", False), ("identity;q=0.5, gzip;q=1", False),
    ("", False), ("deflate", False), ("gzip;q=0", False), ("gzip; q=0.000", False),
    ("identity;q=1, *;q=0", False), ("*, gzip;q=0", False), ("gzip;q=0.5, identity;q=0.8", False),
    ("gzip;q=none", False), ("gzip;q=nan", False), ("nogzip", False),
    ("gzip;q=" + "0" * 8000, False)], ids=lambda value: str(value)[:30])
def test_a_browser_gets_the_encoding_that_it_accepts(room, header, compressed):
    path = f"/static/{classpulse.static_files().version}/css/audience.css"
    # Not by webtest, which would open what is compressed.
    answer = Request.blank(path, headers={"Accept-Encoding": header}).get_response(classpulse.app)
    assert (answer.headers.get("Content-Encoding") == "gzip") == compressed
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert (answer.body[:2] == b"\x1f\x8b") == compressed


# Stopping

def guess_passwords(target, stack, count):
    """Connections that wait to be told that a password is wrong."""
    fields = urlencode({"username": "Åse", "password": "falsch"})
    guess = f"POST /login HTTP/1.1\r\n{OURS}Content-Length: {len(fields)}\r\n\r\n{fields}"
    for number in range(count):
        stack.enter_context(target.connect(guess, f"127.0.0.{2 + number % 30}"))


def flood_with_pages(target, stack, count):
    """Threads that ask for pages, whatever the server does."""
    for _ in range(count):
        stack.enter_context(test_hostile_room.flood(lambda: target.request("GET /join"), 1))


def read_nothing(target, stack, count):
    stack.enter_context(unread(target, count, ask_for_picture(target)))


@linux
@pytest.mark.parametrize("act, count", [
    (guess_passwords, 150), (flood_with_pages, 3), (read_nothing, 200)])
def test_it_stops_at_once_and_what_it_called_saved_is_saved(target, act, count):
    saved, enough = {}, threading.Event()

    def vote(phone):
        try:
            for seq in range(10, 10_000):
                status, _ = target.request(
                    f"POST /audience/respond/{target.question_id}",
                    (sent := f"response=A&seq={seq}".encode()), "HX-Request: true",
                    f"Content-Length: {len(sent)}", f"Cookie: {phone.cookie()}")
                if status != 200:
                    told.add(status)
                    return
                saved[phone] = seq
                if len(saved) == len(target.phones):
                    enough.set()
        except OSError:
            pass                        # nobody listens any more
    told = set()
    voters = [threading.Thread(target=vote, args=(phone,)) for phone in target.phones]
    with ExitStack() as stack:
        act(target, stack, count)
        for voter in voters:
            voter.start()
        assert enough.wait(20)
        assert target.server.stop() == 0
        for voter in voters:
            voter.join()
    said = target.server.said.partition("Stop with Ctrl-C.")[2]
    assert said.strip() == "Stopping: writing the CSV files …"
    assert told <= {503, None}
    with closing(classpulse.connect(target.server.folder / "classpulse.db", 5)) as db:
        kept = [row["seq"] for row in db.all("SELECT seq FROM responses")]
    assert sorted(kept) >= sorted(saved.values()) and len(kept) == len(target.phones)
    assert not os.path.exists(target.server.folder / "classpulse.db-wal")


def test_what_comes_after_the_last_commit_is_asked_to_come_later(
        respondent, question, visitor, db, capsys):
    db.finish()
    respondent.respond(question["id"], "A", status=503)
    visitor.get("/join", status=503)
    assert capsys.readouterr() == ("", "")
