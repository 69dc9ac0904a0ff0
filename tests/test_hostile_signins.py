"""Floods of sign-ins: who waits, who is refused, and for whom passwords are hashed."""

import os
import socket
import struct
import types
from collections import Counter
from contextlib import ExitStack, closing
from urllib.parse import urlencode

import bottle
import classpulse
import pytest
from conftest import PASSWORD
from test_authentication import no_waiting      # noqa: F401 (a fixture)
from test_real_time_results import wait_for

NAME = "Frau Müller-Öz"
EACH = classpulse.SIGNINS_EACH
THREADS = max(1, (os.cpu_count() or 1) - 1)     # that hash for others than the laptop

# A server that notes whose password it hashes, and does not end as long as a file is there.
PROGRAM = """
from gevent import monkey
monkey.patch_all()
import sys
from pathlib import Path
import classpulse
sleep = monkey.get_original("time", "sleep")

def check_password(password, password_hash):
    with open({log!r}, "a", encoding="utf-8") as file:
        file.write(password + "\\n")
    while Path({held!r}).exists():
        sleep(0.002)
    return password == {right!r}

classpulse.check_password = check_password
sys.exit(classpulse.main(sys.argv[1:]))
"""


class Held:
    """A server whose hashing is held back until `release`; and those who sign in there."""

    def __init__(self, start_server, tmp_path, stack, *options):
        folder, self.stack = classpulse.prepare_folder(tmp_path / "data"), stack
        with closing(classpulse.connect(folder / "classpulse.db")) as db:
            classpulse.create_user(db, {"username": NAME, "display_name": NAME, "email": "",
                                        "password_hash": "scrypt$00$"})
        self.log, self.held = tmp_path / "hashed", tmp_path / "held"
        self.log.touch()
        self.held.touch()
        self.port = start_server(*options, folder=folder, program=("-c", PROGRAM.format(
            log=str(self.log), held=str(self.held), right=PASSWORD))).port

    def sign_in(self, address, password="falsch", host="127.0.0.1", name=NAME):
        """A connection on which somebody signs in from an address; nothing is waited for."""
        sock = self.stack.enter_context(socket.create_connection(
            ("127.0.0.1", self.port), timeout=30, source_address=(address, 0)))
        fields = urlencode({"username": name, "password": password})
        sock.sendall(f"POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/"
                     f"x-www-form-urlencoded\r\nContent-Length: {len(fields)}\r\n\r\n{fields}"
                     .encode())
        return sock

    def flood(self, count, addresses, **how):
        """So many guesses, from so many addresses in turn."""
        return [self.sign_in(f"127.0.0.{10 + number % addresses}", f"guess-{number}",
                             name=f"user-{number}", **how) for number in range(count)]

    def hashed(self):
        return self.log.read_text(encoding="utf-8").split("\n")[:-1]

    def release(self):
        self.held.unlink()


def status(sock):
    """What a connection was answered with."""
    with sock.makefile("rb") as answer:
        return int(answer.readline().split()[1])


def count_refused(lines):
    """How many were answered already; with anything but 503 the test fails."""
    told = 0
    for line in lines:
        line.setblocking(False)
        try:
            told += bool(line.recv(13, socket.MSG_PEEK).endswith(b"503 "))
        except BlockingIOError:
            pass
        line.settimeout(30)
    return told


@pytest.fixture
def held(start_server, tmp_path):
    with ExitStack() as stack:
        yield lambda *options: Held(start_server, tmp_path, stack, *options)


def test_of_one_address_few_wait_and_the_rest_is_told_to_try_again(held):
    server = held()
    lines = server.flood(400, addresses=1)
    waiting = 2 * EACH          # for their turn after failures, and for being hashed
    wait_for(lambda: count_refused(lines) >= 400 - waiting, seconds=30)
    assert len(server.hashed()) <= THREADS
    presenter = server.sign_in("127.0.0.3", PASSWORD)
    laptop = server.sign_in("127.0.0.1", PASSWORD)
    assert status(next(line for line in lines if count_refused([line]))) == 503
    wait_for(lambda: PASSWORD in server.hashed())       # the laptop's, beside the others
    server.release()
    assert (status(laptop), status(presenter)) == (303, 303)
    assert len([said for said in server.hashed() if said.startswith("guess")]) <= waiting


def test_another_addresss_sign_in_waits_for_few_hashes(held):
    server = held()
    lines = server.flood(100, addresses=1)
    wait_for(lambda: count_refused(lines) >= 100 - 2 * EACH)
    presenter = server.sign_in("127.0.0.3", PASSWORD)
    wait_for(lambda: count_refused(lines) >= 100 - 2 * EACH and len(server.hashed()) >= 1)
    server.release()
    assert status(presenter) == 303
    assert server.hashed().index(PASSWORD) <= 2 * EACH


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_nothing_is_hashed_for_those_who_hung_up(held, reset):
    server = held()
    lines = server.flood(60, addresses=20)
    wait_for(lambda: count_refused(lines) == 60 - classpulse.HASHES_WAITING)
    wait_for(lambda: len(server.hashed()) == min(THREADS, classpulse.HASHES_WAITING))
    running = server.hashed()
    for line in lines:
        if reset:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()
    server.release()
    wait_for(lambda: status(server.sign_in("127.0.0.3", PASSWORD)) == 303)
    assert server.hashed() == [*running, PASSWORD]


def test_through_a_tunnel_nobody_is_the_laptop(held):
    server = held("--url", "https://quiz.example")
    lines = [server.sign_in("127.0.0.1", f"guess-{number}", host="quiz.example",
                            name=f"user-{number}") for number in range(60)]
    wait_for(lambda: count_refused(lines) >= 60 - 2 * EACH)
    laptop = server.sign_in("127.0.0.1", PASSWORD)
    wait_for(lambda: PASSWORD in server.hashed())       # it waits for none of them
    server.release()
    assert status(laptop) == 303


def test_those_who_pass_for_the_laptop_are_bounded_too(held):
    server = held()
    count = classpulse.HASHES_WAITING + classpulse.LoginThrottle.WAITING + 50
    lines = [server.sign_in("127.0.0.1", f"guess-{number}", host="localhost",
                            name=f"user-{number}") for number in range(count)]
    wait_for(lambda: count_refused(lines) >= 50)
    server.release()
    assert Counter(map(status, lines))[503] >= 50


# Who is the laptop

@pytest.fixture
def cards(monkeypatch):
    """A laptop with an address of each kind on its network card."""
    ips = [types.SimpleNamespace(ip="192.168.7.5", is_IPv4=True),
           types.SimpleNamespace(ip="169.254.3.4", is_IPv4=True),
           types.SimpleNamespace(ip=("fe80::5", 0, 3), is_IPv4=False)]
    monkeypatch.setattr(classpulse.ifaddr, "get_adapters",
                        lambda: [types.SimpleNamespace(ips=ips)])
    classpulse.list_own_addresses.cache_clear()
    yield
    monkeypatch.undo()
    classpulse.list_own_addresses.cache_clear()


OWN_NAME = socket.gethostname().lower()


@pytest.mark.parametrize("sender, host, own", [
    ("127.0.0.1", "127.0.0.1:8000", True), ("127.0.0.1", "localhost", True),
    ("127.0.0.1", f"{OWN_NAME}:8000", True), ("::1", "[::1]:8000", True),
    ("192.168.7.5", "192.168.7.5:8000", True), ("192.168.7.5", "localhost:8000", True),
    ("169.254.3.4", "169.254.3.4", True), ("fe80::5%wlan0", "[fe80::5]:8000", True),
    ("::ffff:192.168.7.5", "192.168.7.5:8000", True),
    ("::ffff:127.0.0.1", "127.0.0.1:8000", True),
    ("127.0.0.1", "quiz.example", False), ("192.168.7.5", "quiz.example:443", False),
    ("127.0.0.1", "192.168.7.77:8000", False), ("127.0.0.1", "", False),
    ("192.168.7.6", "192.168.7.5:8000", False), ("192.168.7.6", "localhost", False),
    ("192.168.7.6", "127.0.0.1:8000", False), ("::ffff:192.168.7.6", "[::1]", False),
    ("", "localhost", False)])
def test_the_laptop_comes_from_an_own_address_and_asks_for_a_local_one(room, cards, sender, host,
                                                                       own):
    bottle.request.bind({"REMOTE_ADDR": sender, "HTTP_HOST": host,
                         "HTTP_X_FORWARDED_FOR": "127.0.0.1"})
    assert classpulse.is_from_laptop() is own


# The throttle

def test_a_try_counts_before_it_has_failed(no_waiting):     # noqa: F811
    login_throttle = classpulse.LoginThrottle()
    for _ in range(classpulse.LoginThrottle.FREE + 4):  # all at once: none has failed yet
        login_throttle.wait("user", "address")
    assert len(no_waiting) == 4 and no_waiting == sorted(no_waiting)
    login_throttle.passed("user")
    login_throttle.wait("user")
    assert len(no_waiting) == 4, "who has passed is free again"


def test_any_number_of_failures_can_be_counted(no_waiting):     # noqa: F811
    login_throttle = classpulse.LoginThrottle()
    for _ in range(5000):
        login_throttle.failed("user")
    login_throttle.wait("user")
    assert no_waiting == [classpulse.LoginThrottle.MOST_SECONDS]


def test_slots_are_given_back_whatever_happens():
    slots = classpulse.Slots()
    for _ in range(10):
        with pytest.raises(ZeroDivisionError), slots.take(1):
            assert sum(slots.taken.values()) == 1
            1 / 0
    assert slots.taken == Counter() and dict(slots.taken) == {}


def test_a_sign_in_that_was_not_looked_at_is_no_failure(db, room, presenter, visitor, monkeypatch):
    def refuse(*_):
        raise classpulse.Busy("Too many sign-ins at the moment.")
    with monkeypatch.context() as busy:
        busy.setattr(classpulse, "authenticate_user", refuse)
        for _ in range(classpulse.LoginThrottle.FREE + 3):
            visitor.post("/login", {"username": "Åse", "password": "x"}, status=503)
    slept = []
    monkeypatch.setattr(classpulse.gevent, "sleep", lambda seconds=0: slept.append(seconds))
    visitor.post("/login", {"username": "Åse", "password": "x"}, status=401)
    assert slept == []
