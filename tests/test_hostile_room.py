"""Thirty bright students on the same Wi-Fi: what they may try, and that a class can go on voting.

Each attack is made on a server process while others vote. What must hold is that every vote is
answered and counted, that the server's memory keeps its bounds, and that nothing stays behind.
"""

import os
import re
import socket
import stat
import struct
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlencode

import classpulse
import gevent
import gevent.socket
import pytest
from conftest import NAME, Browser, Client, Server
from test_real_time_results import Phone, Teacher, hear, is_ended, refused, wait_for

linux = pytest.mark.skipif(not sys.platform.startswith("linux"),
                           reason="needs /proc, and every address of 127/8")
MEMORY_MB = 75          # what an attack may cost; without bounds it is hundreds
OURS = "Host: 127.0.0.1\r\n"
FRAME_PING, FRAME_TEXT, FRAME_HUGE = (b"\x89\x80mask", b"\x81\x80mask",
                                      b"\x82\xff" + struct.pack("!Q", 2**62) + b"mask")


class Target:
    """A server process with a lesson, and the phones of its class."""

    def __init__(self, server, stack, phones=10):
        self.server, self.port = server, server.port
        self.teacher = Teacher(server)
        self.question_id = self.teacher.open_question()
        self.phones = [Phone(server, self.teacher.code) for _ in range(phones)]
        for browser in (self.teacher, *self.phones):
            stack.callback(lambda browser=browser: [one.shutdown() for one in browser.sockets])
        self.answers = 0
        self.vote()                     # the first ones load what is loaded once
        self.peaceful = self.vote()

    def vote(self):
        """Everybody votes twice, one after the other; the p95 in ms. All must be counted."""
        waited = []
        for _ in range(2):
            self.answers += 1
            for phone in self.phones:
                began = time.perf_counter()
                phone.respond(self.question_id, "ABC"[self.answers % 3], seq=self.answers)
                waited.append(1000 * (time.perf_counter() - began))
        assert [row["value"] for row in self.list_votes()] == \
            ["ABC"[self.answers % 3]] * len(self.phones)
        return sorted(waited)[int(len(waited) * 0.95)]

    def list_votes(self):
        """What is stored of the votes for the class's question."""
        with closing(classpulse.connect(self.server.folder / "classpulse.db", 5)) as db:
            return db.all("SELECT response_value AS value FROM responses WHERE question_id = :id",
                          id=self.question_id)

    def connect(self, sent=b"", address="127.0.0.1"):
        """A connection of an attacker who has sent this."""
        line = socket.create_connection(("127.0.0.1", self.port), 20, (address, 0))
        line.sendall(sent.encode() if isinstance(sent, str) else sent)
        return line

    def request(self, line, body=b"", *headers, address="127.0.0.1"):
        """(status, the rest) of what a request's bytes are answered with."""
        head = f"{line} HTTP/1.1\r\n{OURS}" + "".join(f"{header}\r\n" for header in headers)
        with self.connect(head.encode("latin-1") + b"\r\n" + body, address) as sent:
            return read_answer(sent)

    def count_connections(self):
        """Open connections of the server, and the few sockets it needs itself."""
        folder, count = f"/proc/{self.server.process.pid}/fd", 0
        for name in os.listdir(folder):
            try:
                count += os.readlink(f"{folder}/{name}").startswith("socket:")
            except FileNotFoundError:
                pass                    # closed meanwhile
        return count


def read_answer(line):
    """(status, the rest) of one answer; (None, "") when the connection ends without one."""
    answer = b""
    try:
        while part := line.recv(65536):
            answer += part
    except ConnectionError:
        pass
    text = answer.decode("utf-8", "replace")
    return (int(text.split()[1]), text) if text else (None, "")


def is_open(line):
    """Whether the server has left this connection open; what it said is thrown away."""
    line.setblocking(False)
    try:
        while line.recv(65536):
            pass
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    classpulse.raise_file_limit()       # of this process, which is all the attackers
    with ExitStack() as stack:
        server = Server(tmp_path_factory.mktemp("hostile") / "data")
        stack.callback(server.process.communicate)
        stack.callback(server.process.kill)
        target = Target(server, stack)
        yield target
        server.stop()
        said = server.said.partition("Stop with Ctrl-C.")[2]
        assert said.replace("Stopping: writing the CSV files …", "").strip() == ""


# Attacks: each is kept up as long as its block runs, and lets go of everything at its end.

ATTACKS = []


def attack(function):
    """Decorator: let the class vote under this one, too."""
    ATTACKS.append(pytest.param(contextmanager(function), id=function.__name__))
    return function


def flood(act, threads=4):
    """Do `act` again and again in threads, whatever the server answers, until the block ends."""
    @contextmanager
    def running():
        over = threading.Event()

        def run():
            while not over.is_set():
                try:
                    act()
                except OSError:
                    pass
        workers = [threading.Thread(target=run) for _ in range(threads)]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            over.set()
            for worker in workers:
                worker.join()
    return running()


@contextmanager
def hold(target, count, sent=b""):
    """So many connections that have sent this, or as much of it as is taken, and wait."""
    with ExitStack() as stack:
        lines = [stack.enter_context(target.connect()) for _ in range(count)]
        for line in lines:
            line.setblocking(False)
            line.send(sent.encode() if isinstance(sent, str) else sent)
            line.settimeout(20)
        yield lines


@contextmanager
def upgraded(target, phones):
    """A raw connection for each of these phones that is a WebSocket now; nothing was read."""
    with ExitStack() as stack:
        yield [stack.enter_context(upgrade(target, phone)) for phone in phones]


@attack
def thousand_idle_connections(target):
    with hold(target, 1000):
        yield


@attack
def slow_heads(target):
    def dribble():                      # a byte a second from each
        for line in lines:
            line.sendall(b"x")
            time.sleep(1 / len(lines))
    with (hold(target, 600, f"GET / HTTP/1.1\r\n{OURS}X-Slow: ") as lines,
          flood(dribble, threads=1)):
        yield


@attack
def slow_bodies(target):
    with hold(target, 300, f"POST /join HTTP/1.1\r\n{OURS}Content-Length: 60000\r\n\r\ncode="):
        yield


@attack
def ten_gigabytes_announced(target):
    def pour():
        head = f"POST /join HTTP/1.1\r\n{OURS}Content-Length: {10**10}\r\n\r\n"
        with target.connect(head) as line:
            for _ in range(1000):
                line.sendall(b"x" * 65536)
    with flood(pour):
        yield


@attack
def one_byte_chunks(target):
    def pour():
        head = f"POST /join HTTP/1.1\r\n{OURS}Transfer-Encoding: chunked\r\n\r\n"
        with target.connect(head) as line:
            for _ in range(1000):
                line.sendall(b"1\r\nx\r\n" * 1000)
    with flood(pour):
        yield


@attack
def heads_of_six_megabytes(target):
    def pour():
        with target.connect(f"GET / HTTP/1.1\r\n{OURS}") as line:
            for _ in range(100):
                line.sendall(b"X-Large: " + b"x" * 60_000 + b"\r\n")
    with flood(pour):
        yield


def static_requests(target, count):
    """Requests for a file whose answer keeps the connection, one right after the other."""
    path = re.search(r"/static/[^\"]+\.css", target.teacher.control())[0]
    return f"GET {path} HTTP/1.1\r\n{OURS}\r\n".encode() * count


@attack
def one_connection_that_pipelines_without_end(target):
    requests = static_requests(target, 100)

    def pour():
        line.settimeout(0.05)           # the one direction must not block the other
        try:
            line.send(requests)
        except TimeoutError:
            pass
        line.recv(2**20)
    with target.connect() as line, flood(pour, threads=1):
        yield


@attack
def pipelining_and_never_reading(target):
    with hold(target, 200, static_requests(target, 100)):
        yield


@attack
def five_thousand_quick_connects(target):
    def connect():
        for _ in range(1250):
            line = target.connect()
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()
    workers = [threading.Thread(target=connect) for _ in range(4)]
    for worker in workers:
        worker.start()
    yield
    for worker in workers:
        worker.join()


@attack
def garbage(target):
    def throw():
        with target.connect(os.urandom(2000) + b"\r\n\r\n") as line:
            line.recv(100)
    with flood(throw):
        yield


@attack
def pages_without_end(target):
    with flood(lambda: target.request("GET /join")):
        yield


def upgrade(target, phone):
    """A raw connection that is a WebSocket now; nothing of it was read."""
    return target.connect(
        f"GET /ws/audience/{phone.code} HTTP/1.1\r\n{OURS}Upgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nCookie: {phone.cookie()}\r\n\r\n")


@attack
def two_hundred_sockets_that_never_read(target):
    other = target.teacher.create_question(title="x" * 400)
    with upgraded(target, [Phone(target.server, target.teacher.code) for _ in range(200)]):
        for active in (1, 0) * 5:       # each change is a message for everybody
            target.teacher.toggle(other, active)
        yield


@attack
def sockets_that_are_gone_before_they_are_answered(target):
    phone = Phone(target.server, target.teacher.code)

    def cut():
        with upgrade(target, phone) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    with flood(cut):
        yield


def flood_with(frames):
    """An attack of sockets that send these frames, again and again."""
    def flooding(target):
        phone = Phone(target.server, target.teacher.code)

        def pour():
            with upgrade(target, phone) as line:
                line.recv(100)
                for _ in range(100):
                    line.sendall(frames)
        with flood(pour):
            yield
    return flooding


for name, frames in (("pings", FRAME_PING * 1000), ("empty_texts", FRAME_TEXT * 1000),
                     ("frames_announced_as_huge", FRAME_HUGE + b"x" * 10_000),
                     ("fragments", b"\x01\x84maskxxxx" + b"\x00\x84maskxxxx" * 1000)):
    ATTACKS.append(pytest.param(contextmanager(flood_with(frames)), id=name))


@linux
@pytest.mark.parametrize("attack", ATTACKS)
def test_all_votes_are_counted_and_memory_keeps_its_bounds_under_attack(target, attack):
    connections, memory = target.count_connections(), target.server.memory_mb()
    with attack(target):
        target.vote()
        assert target.server.memory_mb() - memory < MEMORY_MB
    wait_for(lambda: target.count_connections() <= connections)
    assert target.server.memory_mb() - memory < MEMORY_MB


# Two seconds instead of ten for a request.
IMPATIENT = """from gevent import monkey; monkey.patch_all()
import classpulse, sys
classpulse.Handler.SECONDS = 2
sys.exit(classpulse.main(sys.argv[1:]))
"""


@pytest.fixture
def impatient(start_server):
    with ExitStack() as stack:
        yield Target(start_server(program=["-c", IMPATIENT]), stack, phones=1)


@linux
def test_who_is_slow_is_hung_up_on(impatient):
    """Nobody gets more than ten seconds for a request, however it is dribbled."""
    assert classpulse.Handler.SECONDS == 10
    target = impatient
    connections = target.count_connections()
    give_up_at = time.monotonic() + 20
    post = f"POST /join HTTP/1.1\r\n{OURS}Content-Length: 900\r\n\r\n"
    with (hold(target, 10) as silent, hold(target, 10, "GET / HTTP/1.1\r\nX: ") as heads,
          hold(target, 10, post) as bodies):
        while any(map(is_open, silent + heads + bodies)) and time.monotonic() < give_up_at:
            for line in filter(is_open, heads + bodies):
                try:
                    line.send(b"x")
                except ConnectionError:
                    pass                # hung up this moment
            time.sleep(0.1)             # the attackers' own pace
        assert not any(map(is_open, silent + heads + bodies))
        wait_for(lambda: target.count_connections() <= connections)


def test_a_connection_sends_at_once_and_keeps_little_for_who_does_not_read(room):
    with closing(classpulse.listen("127.0.0.1", 0)) as listener:
        server = classpulse.Server(listener, classpulse.app)
        with socket.create_connection(listener.getsockname(), timeout=5):
            gevent.socket.wait_read(listener.fileno())
            accepted, _ = server.do_read()
            with closing(accepted):
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                kept = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
                assert kept in (65536, 2 * 65536)       # Linux counts its own part of it, too


# Where connections are few

@pytest.fixture
def cramped(monkeypatch, tmp_path):
    """A server that may open 400 files: 200 connections, 100 of them phones' sockets."""
    starter = tmp_path / "python"
    starter.write_text(f'#!/bin/sh\nulimit -n 400\nexec {sys.executable} "$@"\n', "utf-8")
    starter.chmod(0o700)
    with ExitStack() as stack:
        with monkeypatch.context() as changed:
            changed.setattr(sys, "executable", str(starter))
            server = Server(tmp_path / "data")
        stack.callback(server.process.communicate)
        stack.callback(server.process.kill)
        yield Target(server, stack, phones=5)


@linux
def test_who_has_waited_longest_without_a_request_makes_room(cramped):
    with hold(cramped, 190) as early:
        assert all(map(is_open, early))
        with hold(cramped, 60) as late:
            cramped.vote()
            wait_for(lambda: not any(map(is_open, early[:50])))
            assert all(map(is_open, early[70:] + late))


@linux
def test_votes_and_the_presenter_have_room_when_sockets_are_all_taken(cramped):
    phone = cramped.phones[0]
    many = [Phone(cramped.server, cramped.teacher.code) for _ in range(100)]
    with upgraded(cramped, many) as taken:
        assert all(line.recv(12) == b"HTTP/1.1 101" for line in taken)
        assert refused(phone, f"/ws/audience/{phone.code}") == 503
        phone.get(f"/audience/{phone.code}/state")      # what phones then do
        assert cramped.teacher.now["joined"] == 105
        cramped.vote()


@linux
def test_there_are_no_more_sockets_than_may_be_when_many_ask_at_once(cramped):
    many = [Phone(cramped.server, cramped.teacher.code) for _ in range(120)]
    with upgraded(cramped, many) as asked:
        assert Counter(line.recv(12)[-3:] for line in asked) == {b"101": 100, b"503": 20}


# Sizes

@pytest.mark.parametrize("status, line, body, headers", [
    (414, "GET /" + "x" * 8200, b"", []),
    (431, "GET /join", b"", ["X: " + "x" * 17_000]),
    (431, "GET /join", b"", [f"X-{number}: x" for number in range(100)]),
    (413, "POST /join", b"", ["Content-Length: 65537"]),
    (413, "POST /join", b"", [f"Content-Length: {2**62}"]),
    (411, "POST /join", b"", ["Transfer-Encoding: chunked"]),
    (411, "POST /join", b"", ["Transfer-Encoding: identity", "Content-Length: 1"]),
    (422, "POST /join", b"a&" * 300, ["Content-Length: 600"]),
    (404, "POST /join", b"code=" + b"1" * 65531, ["Content-Length: 65536"]),
    (404, "GET /" + "x" * 8000, b"", ["X: " + "x" * 8000])], ids=lambda value: str(value)[:30])
def test_what_is_too_large_is_refused_and_what_is_not_is_read(target, status, line, body, headers):
    assert target.request(line, body, *headers)[0] == status


@pytest.mark.parametrize("header", [
    "no colon", ": no name", "Two words: 1", "X-Folded: 1\r\n over lines",
    "Content-Length: 1\r\nContent-Length: 1", "Content-Length: one"])
def test_a_head_that_can_be_read_in_two_ways_is_refused(target, header):
    assert target.request("GET /join", b"", header)[0] == 400


def test_headers_have_one_name_and_come_once(target):
    cookies = [f"Cookie: {part}" for part in (
        "other=1", target.phones[0].cookie(), "another=2")]
    state = f"GET /audience/{target.phones[0].code}/state"
    assert target.request(state, b"", *cookies)[0] == 200
    assert target.request("POST /join", b"", "Sec_Fetch_Site: cross-site")[0] == 404
    assert target.request("POST /join", b"", "SEC-FETCH-SITE: cross-site")[0] == 403


@linux
def test_a_frame_that_announces_the_most_costs_nothing(target):
    memory = target.server.memory_mb()
    with upgraded(target, target.phones[:1] * 4) as lines:
        for line in lines:
            line.sendall(FRAME_HUGE)
        wait_for(lambda: not any(map(is_open, lines)))
    assert target.server.memory_mb() - memory < 5


# Sockets

def test_a_respondent_has_four_sockets_and_the_oldest_yields(target):
    phone = target.phones[1]
    opened = [phone.listen() for _ in range(4)]
    for watched in opened:
        hear(watched)
    hear(phone.listen())
    assert is_ended(opened[0])
    target.teacher.toggle(target.question_id, 0)
    target.teacher.toggle(target.question_id, 1)
    for watched in opened[1:]:
        hear(watched, lambda message: message["questions"][0]["stage"] == "open")


@pytest.mark.parametrize("path", ["/", "/join", "/nothing", "/login", "/healthz", "/audience/{}",
                                  "/audience/{}/state"])
def test_only_sockets_are_upgraded(target, path):
    phone = target.phones[0]
    status, _ = target.request(
        f"GET {path.format(phone.code)}", b"", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        f"Cookie: {phone.cookie()}")
    assert status in (200, 404)


@pytest.mark.parametrize("headers", [
    ["Connection: Upgrade", "Sec-WebSocket-Version: 99"], ["Connection: close"],
    ["Connection: Upgrade"]], ids=str)
def test_half_a_handshake_is_refused(target, headers):
    phone = target.phones[0]
    assert target.request(f"GET /ws/audience/{phone.code}", b"", "Upgrade: websocket", *headers,
                          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
                          f"Cookie: {phone.cookie()}")[0] in (400, 426)


def test_signing_out_ends_what_was_watched_with_it_and_nothing_else(server, open_browser):
    teacher = open_browser(Teacher)
    phone = open_browser(Phone, teacher.code)
    question_id = teacher.open_question()
    elsewhere = open_browser()
    elsewhere.sign_in(NAME)
    path = f"/ws/present/{teacher.session_id}"
    ended = [teacher.watch(path), teacher.watch(f"/ws/results/{question_id}")]
    kept = [elsewhere.watch(path), phone.listen()]
    for watched in ended + kept:
        hear(watched)
    teacher.post("/logout")
    assert all(map(is_ended, ended))
    elsewhere.post(f"/api/questions/{question_id}/toggle", {"active": 0})
    hear(kept[0], lambda message: message["stage"] == "closed")
    hear(kept[1], lambda message: message["questions"][0]["stage"] == "closed")


def test_a_new_password_ends_what_was_watched_with_the_old_one(tmp_path, monkeypatch):
    monkeypatch.setattr(classpulse.Live, "BEAT_SECONDS", 0.02)
    classpulse.classroom.open(tmp_path / "data")
    ours, theirs = gevent.socket.socketpair()
    try:
        db, live = classpulse.classroom.db, classpulse.classroom.live
        user_id = db.write(classpulse.create_user, {
            "username": "Åse", "display_name": "", "email": "", "password_hash": "-"})
        db.write(classpulse.create_signin, user_id, "hash")
        live.room("present", 1).watchers.add(classpulse.Watcher(ours, signin="hash"))
        theirs.settimeout(10)
        assert theirs.recv(len(classpulse.BEAT)) == classpulse.BEAT
        with classpulse.command_database(tmp_path / "data") as command:
            classpulse.in_transaction(command, classpulse.set_password, user_id, "new")
        while part := theirs.recv(4096):    # beats, goodbye, and the end
            assert part
        live.room("present", 1).watchers.clear()
    finally:
        classpulse.classroom.close()
        theirs.close()


# Sign-in

# A fifth of the rounds, in as much memory: a flood has as many hashed as before in a fifth of the
# time.
QUICK = """from gevent import monkey; monkey.patch_all()
import classpulse, sys
scrypt = classpulse.hashlib.scrypt
classpulse.hashlib.scrypt = lambda password, **how: scrypt(password, **{**how, "p": 1})
sys.exit(classpulse.main(sys.argv[1:]))
"""


@linux
def test_the_right_password_signs_in_on_the_laptop_while_a_flood_guesses(
        start_server, monkeypatch, capsys):
    scrypt = classpulse.hashlib.scrypt
    monkeypatch.setattr(classpulse.hashlib, "scrypt", lambda password, **how: scrypt(
        password, **{**how, "p": 1}))
    fields = urlencode({"username": NAME, "password": "falsch"})
    guess = f"POST /login HTTP/1.1\r\n{OURS}Content-Length: {len(fields)}\r\n\r\n{fields}"
    with ExitStack() as stack:
        target, told = Target(start_server(program=["-c", QUICK]), stack, phones=5), {}
        memory = target.server.memory_mb()

        def flood_with(count):
            return [stack.enter_context(target.connect(guess, f"127.0.0.{2 + number % 30}"))
                    for number in range(count)]
        lines = flood_with(100)
        wait_for(lambda: count_answers(lines, told)[401] > classpulse.LoginThrottle.FREE,
                 seconds=60)
        lines += flood_with(2 * classpulse.LoginThrottle.WAITING)
        wait_for(lambda: count_answers(lines, told)[503], seconds=60)
        waited = target.vote()
        began = time.perf_counter()
        Browser(target.server).sign_in(NAME)
        took = time.perf_counter() - began
        with capsys.disabled():
            print(f"\n  of {len(lines)} guesses {told_so_far(told)}; votes' p95 {waited:.1f} ms, "
                  f"peaceful {target.peaceful:.1f} ms; the right password took {took:.1f} s",
                  end=" ")
        # Two passwords are hashed at once, in 16 MB each.
        assert target.server.memory_mb() - memory < MEMORY_MB


def told_so_far(told):
    return ", ".join(f"{count} got {status}" for status, count in Counter(told.values()).items())


def count_answers(lines, told):
    """How many of these connections were answered with what; `told` remembers: {line: status}."""
    for line in set(lines) - set(told):
        line.setblocking(False)
        try:
            line.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            continue
        line.settimeout(20)
        told[line] = read_answer(line)[0]
    return Counter(told.values())


# Codes

@pytest.fixture
def waits(monkeypatch):
    """How long guesses would have had to wait, in seconds; nobody does, and no time passes."""
    waited, sleep, test = [], gevent.sleep, gevent.getcurrent()

    def note(seconds=0, ref=True):
        if gevent.getcurrent() is not test:     # what runs by itself goes on in its own time
            return sleep(seconds, ref)
        waited.append(seconds)
        sleep(0)
    monkeypatch.setattr(classpulse.gevent, "sleep", note)
    monkeypatch.setattr(classpulse.time, "monotonic", lambda: 1000.0)
    return waited


Throttle = classpulse.AddressThrottle
# What one address may try at once.
AT_ONCE = Throttle.TRIES + classpulse.FREE_CODES


def from_address(client, number):
    client.http.extra_environ["REMOTE_ADDR"] = f"10.0.{number >> 8}.{number & 255}"
    return client


def test_a_class_that_mistypes_does_not_wait_and_a_script_needs_days(visitor, session, waits):
    for _ in range(AT_ONCE):
        visitor.post("/join", {"code": "000000"}, status=404)
    assert waits == [] and classpulse.FREE_CODES >= 2 * 30
    for _ in range(20):
        visitor.post("/join", {"code": "000000"}, status=404)
    assert waits == sorted(waits) and waits[-1] - waits[0] > 4
    assert 900_000 / Throttle.PER_SECOND / 86_400 > 2


def test_every_way_to_try_a_code_is_slowed_alike(visitor, session, waits):
    for number, path in enumerate(("/join?code=000000", "/000000", "/audience/000000",
                                   "/audience/000000/state", "/ws/audience/000000")):
        for _ in range(AT_ONCE if not number else 1):
            visitor.get(path, status=404)
    visitor.post("/audience/000000/leave", status=404)
    assert len(waits) == 5


@pytest.mark.parametrize("way", ["{}", "join?code={}", "audience/{}"])
@pytest.mark.parametrize("watched", [False, True])
def test_a_right_guess_waits_and_is_answered_like_a_wrong_one(
        visitor, session, waits, room, watched, way):
    if watched:             # once told the code of a lesson in progress to those who asked often
        room.live.room("present", session["id"]).watchers.add(classpulse.Watcher(None))
    for _ in range(AT_ONCE):
        visitor.get("/000000", status=404)
    waits.clear()
    statuses = []
    for _ in range(200):
        wrong = visitor.get("/" + way.format("000000"), status="*").status_int
        right = Client().get("/" + way.format(session["code"]), status="*").status_int
        statuses.append((wrong, right))
        if statuses[-1] == (503, 503):
            break
    assert (503, 503) in statuses[100:] and max(waits) <= classpulse.Throttle.MOST_SECONDS
    assert {right for _, right in statuses} <= {200, 303, 503}
    # Each waited for a turn of its own; the right one's then was the next wrong one's.
    pairs = list(zip(waits[::2], waits[1::2]))
    assert len(pairs) > 100
    assert {right - wrong for wrong, right in pairs} == {1 / Throttle.PER_SECOND}
    room.live.rooms.clear()


def test_a_class_on_other_addresses_joins_at_once_while_one_address_guesses(
        session, waits, room):
    guesser = from_address(Client(), 1)
    while guesser.get("/000000", status="*").status_int != 503:
        pass
    waits.clear()
    assert Throttle.POOL >= 2500        # of whom that many may mistype a code
    for number in range(2, 302):
        from_address(Client(), number).get(f"/{session['code']}", status=303)
        if number % 10 == 0:
            from_address(Client(), number).get("/000000", status=404)
    room.code_throttle.line.take = lambda: None         # it got shorter while they came
    guesser.get(f"/{session['code']}", status=503)
    assert waits == []


def test_a_guesser_with_many_addresses_gets_no_more_than_the_pool_and_the_line(
        session, waits, room, monkeypatch):
    monkeypatch.setattr(Throttle, "POOL", 300)
    monkeypatch.setattr(Throttle, "ADDRESSES", 200)
    room.code_throttle = Throttle(classpulse.FREE_CODES, classpulse.TOO_MANY_CODES)
    room.code_throttle.line.take = lambda: None         # the line is as long as it may be
    statuses = [from_address(Client(), number // 2).get("/000000", status="*").status_int
                for number in range(Throttle.POOL + 500)]
    assert Throttle.POOL <= statuses.count(404) < Throttle.POOL + 400 and statuses[-1] == 503
    assert len(room.code_throttle.addresses) <= Throttle.ADDRESSES


def test_addresses_are_remembered_up_to_a_number(room, waits, monkeypatch):
    monkeypatch.setattr(Throttle, "ADDRESSES", 10)
    for number in range(30):
        room.code_throttle.wait(f"10.0.0.{number}")
    assert list(room.code_throttle.addresses) == [f"10.0.0.{number}" for number in range(20, 30)]


def test_right_codes_leave_the_turns_to_others(make_respondent, waits, room):
    for _ in range(2 * AT_ONCE):
        make_respondent()
    assert waits == []
    room.code_throttle.addresses.update(dict.fromkeys(("127.0.0.1", ""),
                                                      classpulse.Throttle(0, 1, 0)))
    for _ in range(2 * AT_ONCE):
        make_respondent()
    assert waits == []


def test_those_who_joined_wait_for_no_guesses(room, visitor, respondent, session, waits):
    room.code_throttle.line.turn = time.monotonic() + 1000
    room.code_throttle.pool.turn = time.monotonic() + 1000
    respondent.get(f"/audience/{session['code']}", status=200)
    respondent.get(f"/{session['code']}", status=303)
    visitor.get(f"/{session['code']}", status=503)
    assert waits == []


def test_a_throttle_lets_so_many_pass_on_a_laptop_that_was_just_started(monkeypatch):
    monkeypatch.setattr(classpulse.time, "monotonic", lambda: 1.0)
    throttle = classpulse.Throttle(3, 3 / 600, most_seconds=0)
    assert [throttle.take() for _ in range(4)] == [0, 0, 0, None]
    throttle.give_back()
    assert [throttle.take(), throttle.take()] == [0, None]
    monkeypatch.setattr(classpulse.time, "monotonic", lambda: 202.0)
    assert [throttle.take(), throttle.take()] == [0, None]


def test_what_the_phones_of_a_deleted_session_ask_is_no_guess(
        presenter, visitor, session, make_respondent, waits):
    phones = [make_respondent() for _ in range(30)]
    presenter.post(f"/sessions/{session['id']}/delete", {"name": session["name"]}, status=303)
    for phone in phones * 4:            # three sockets that fail, and the question why
        phone.get(f"/audience/{session['code']}/state", status=404)
    assert waits == []
    for code in range(100_000, 100_100):        # its cookie opens no other code
        if str(code) != session["code"]:
            phones[0].get(f"/audience/{code}/state", status="*")
    assert waits


@linux
def test_a_class_joins_while_a_script_guesses(start_server, capsys):
    with ExitStack() as stack:
        server = start_server()
        target = Target(server, stack, phones=1)
        memory, began = target.server.memory_mb(), time.monotonic()
        lines = [stack.enter_context(target.connect(f"GET /{code} HTTP/1.1\r\n{OURS}\r\n",
                                                    "127.0.0.66"))
                 for code in range(100_000, 100_600) if str(code) != target.teacher.code]
        most, told = classpulse.Throttle.MOST_SECONDS * Throttle.PER_SECOND, {}
        wait_for(lambda: count_answers(lines, told).total() >= len(lines) - most - 5, seconds=60)
        target.phones += [Phone(server, target.teacher.code) for _ in range(30)]
        waited = target.vote()
        counts, seconds = count_answers(lines, told), time.monotonic() - began
        with capsys.disabled():
            print(f"\n  of {len(lines)} guesses in {seconds:.1f} s {told_so_far(told)}; "
                  f"votes' p95 {waited:.1f} ms", end=" ")
        assert set(counts) == {404, 503}
        assert counts[404] <= AT_ONCE + Throttle.PER_SECOND * seconds + 1
        assert target.server.memory_mb() - memory < MEMORY_MB


# Files

@pytest.mark.parametrize("path", [
    "/static/{}/../../classpulse.py", "/static/{}/%2e%2e/%2e%2e/classpulse.py",
    "/static/{}/..%2f..%2fclasspulse.py", "/static/{}//etc/passwd", "/static/{}/%2fetc%2fpasswd",
    "/static/{}/..\\..\\classpulse.py", "/static/{}/....//....//classpulse.py",
    "/static/{}/C:/Windows/win.ini", "/static/{}/css/../js/audience.js", "/static/{}/%00",
    "/static/../classpulse.py", "/../classpulse.py", "//etc/passwd",
    "/classpulse-data/classpulse.db",
    "/exports", "/static/{}", "/questions/../exports/x.csv", "/questions/1%2f..%2f2/export",
    "file:///etc/passwd"])
def test_no_path_leads_out_of_the_static_files(target, path):
    status, said = target.request("GET " + path.format(classpulse.static_files().version))
    assert status == (404 if path.startswith("/") else 400)
    assert "import" not in said and "root:" not in said


def test_the_data_folder_is_for_its_owner_only(target):
    if os.name == "posix":
        assert stat.S_IMODE(target.server.folder.stat().st_mode) == 0o700


# Other sites

def test_no_answer_lets_another_site_read_it_or_frame_it(target):
    for line in ("GET /", "GET /healthz", "OPTIONS /join", "GET /nothing", "GET /login",
                 f"GET /static/{classpulse.static_files().version}/js/audience.js"):
        _, said = target.request(line, b"", "Origin: http://evil.example", "Connection: close",
                                 "Access-Control-Request-Method: POST")
        head = said.partition("\r\n\r\n")[0].lower()
        assert "access-control" not in head and "cross-origin-opener" not in head
        assert "frame-ancestors 'none'" in head and "x-content-type-options: nosniff" in head
        assert "referrer-policy: same-origin" in head


def test_a_host_that_is_refused_is_not_repeated(target):
    with target.connect("GET / HTTP/1.1\r\nHost: evil; script-src *\r\n\r\n") as line:
        status, said = read_answer(line)
    assert status == 421 and "evil" not in said
