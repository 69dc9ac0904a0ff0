"""What one request may cost, whatever is in it: its texts, its parts, its framing."""

import socket
from contextlib import closing

import classpulse
import gevent
import gevent.socket
import pytest
from conftest import Server, Teacher
from test_hostile_room import read_answer
from test_real_time_results import Phone

# Framing

HOST = "Host: 127.0.0.1"
SOCKET = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    """(server, phone) of a lesson; the server must have nothing to say at the end."""
    server = Server(tmp_path_factory.mktemp("requests") / "data")
    teacher = Teacher(server)
    yield server, Phone(server, teacher.code)
    server.stop()
    said = server.said.partition("Stop with Ctrl-C.")[2]
    assert said.replace("Stopping: writing the CSV files …", "").strip() == ""


def connect(server, sent):
    """A connection on which these bytes were sent."""
    line = socket.create_connection(("127.0.0.1", server.port), 20)
    line.sendall(sent)
    return line


def write_head(request, *headers):
    """A request's head, as bytes."""
    return "".join(f"{line}\r\n" for line in (request, HOST, *headers, "")).encode("latin-1")


def answer(server, sent):
    """The status that these bytes are answered with; the connection is left open by us."""
    with connect(server, sent) as line:
        return read_answer(line)[0]


@pytest.mark.parametrize("request_line", ["POST {} HTTP/1.1", "PUT {} HTTP/1.1"])
@pytest.mark.parametrize("headers", [
    ["Connection: Upgrade"], ["Connection: Upgrade", "Content-Length: 0"],
    ["Connection: upgrade", "Expect: 100-continue"], ["Expect: 100-continue"], []], ids=str)
def test_what_is_not_announced_is_not_read(target, request_line, headers):
    server, _ = target
    # Answered, and then closed, while we still would send.
    assert answer(server, write_head(request_line.format("/join"), *headers)) in (404, 405)


@pytest.mark.parametrize("request_line, headers, body", [
    ("POST {} HTTP/1.1", SOCKET, b""), ("POST {} HTTP/1.1", [*SOCKET, "Content-Length: 0"], b""),
    ("POST {} HTTP/1.1", [*SOCKET, "Content-Length: 2"], b"a="),
    ("POST {} HTTP/1.1", ["Upgrade: websocket"], b""), ("POST {} HTTP/1.1", ["Upgrade: h2c"], b""),
    ("PUT {} HTTP/1.1", SOCKET, b""), ("HEAD {} HTTP/1.1", SOCKET, b""),
    ("GET {} HTTP/1.0", SOCKET, b""), ("GET {} HTTP/1.1", [*SOCKET, "Content-Length: 2"], b"12"),
    ("GET {} HTTP/1.1", [*SOCKET, "Content-Length: 0", "Expect: 100-continue"], b""),
    ("GET {} HTTP/1.1", [*SOCKET[:1], "Connection: keep-alive", *SOCKET[2:]], b""),
    ("GET {} HTTP/1.1", [*SOCKET[:2], "Sec-WebSocket-Version: 8", SOCKET[3]], b""),
    ("GET {} HTTP/1.1", [*SOCKET[:3], "Sec-WebSocket-Key: AAAA"], b""),
    ("GET {} HTTP/1.1", ["Upgrade: h2c, websocket", *SOCKET[1:]], b"")], ids=str)
@pytest.mark.parametrize("path", ["/join", "/ws/audience/{}"])
def test_an_upgrade_is_a_whole_handshake_or_refused(target, path, request_line, headers, body):
    server, phone = target
    sent = write_head(request_line.format(path.format(phone.code)), *headers,
                      f"Cookie: {phone.cookie()}")
    assert answer(server, sent + body) == 400


@pytest.mark.parametrize("connection", ["Upgrade", "keep-alive, Upgrade", "upgrade,keep-alive"])
def test_a_whole_handshake_is_answered_in_every_browsers_words(target, connection):
    server, phone = target
    head = write_head(f"GET /ws/audience/{phone.code} HTTP/1.1", SOCKET[0], *SOCKET[2:],
                      f"Connection: {connection}", f"Cookie: {phone.cookie()}")
    with connect(server, head) as line:
        assert line.recv(12) == b"HTTP/1.1 101"


def test_a_socket_address_asked_without_an_upgrade_says_what_it_is(target):
    server, phone = target
    assert answer(server, write_head(f"GET /ws/audience/{phone.code} HTTP/1.1",
                                     f"Cookie: {phone.cookie()}")) == 426


@pytest.mark.parametrize("expect", ["100-continue", "100-Continue"])
def test_who_asks_whether_to_go_on_is_told_to_and_then_read(target, expect):
    server, phone = target
    body = b"code=" + phone.code.encode()
    head = write_head("POST /join HTTP/1.1", f"Expect: {expect}", f"Content-Length: {len(body)}")
    with connect(server, head) as line:
        assert line.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(body)
        assert read_answer(line)[0] == 303


@pytest.mark.parametrize("status, version, headers", [
    (413, "1.1", ["Expect: 100-continue", "Content-Length: 65537"]),
    (413, "1.1", ["Expect: 100-continue", f"Content-Length: {10**19}"]),
    (411, "1.1", ["Expect: 100-continue", "Transfer-Encoding: chunked"]),
    (417, "1.1", ["Expect: 200-ok", "Content-Length: 2"]),
    (417, "1.1", ["Expect: 100-continue, 100-continue", "Content-Length: 2"]),
    (417, "1.1", ["Expect: 100-continue", "Expect: more", "Content-Length: 2"]),
    (417, "1.1", ["Expect: more"]), (404, "1.0", ["Expect: 100-continue", "Content-Length: 2"])],
    ids=str)
def test_what_is_expected_is_answered_within_the_limits(target, status, version, headers):
    server, _ = target
    body = b"a=" if status == 404 else b""
    assert answer(server, write_head(f"POST /join HTTP/{version}", *headers) + body) == status


@pytest.mark.parametrize("headers", [
    ["Expect: 100-continue", "Content-Length: 9"], ["Connection: Upgrade", "Content-Length: 9"],
    ["Connection: Upgrade", "Expect: 100-continue", "Content-Length: 9"]], ids=str)
def test_who_waits_with_a_body_is_among_those_who_may_be_hung_up_on(room, headers):
    with closing(classpulse.listen("127.0.0.1", 0)) as listener:
        server = classpulse.Server(listener, classpulse.app)
        server.start()
        try:
            with closing(gevent.socket.create_connection(listener.getsockname(), 20)) as line:
                line.sendall(write_head("POST /join HTTP/1.1", *headers) + b"a")
                if "Expect: 100-continue" in headers:
                    assert line.recv(100).startswith(b"HTTP/1.1 100 ")
                wait_until(lambda: len(server.idle) == 1)
                assert server.make_room()
                assert line.recv(100) == b""
        finally:
            server.stop()


def wait_until(holds):
    """Let the other greenlets work until that holds."""
    with gevent.Timeout(20):
        while not holds():
            gevent.sleep(0.01)


@pytest.mark.parametrize("length", [
    "+2", "-0", "1_0", "2.0", "0x2", "2,2", "2, 2", "\xa02", "2\x0b", "\x0c2", "2 2", "", "\xb2",
    "9" * 21, "two", "2\x85"])
def test_a_length_is_a_number_in_plain_digits(target, length):
    server, _ = target
    head = write_head("POST /join HTTP/1.1", f"Content-Length: {length}")
    assert answer(server, head + b"a=" * 5) == 400


@pytest.mark.parametrize("length", ["2", " 2", "\t2 ", "0002"])
def test_a_length_in_plain_digits_is_read(target, length):
    server, _ = target
    assert answer(server, write_head("POST /join HTTP/1.1", f"Content-Length:{length}")
                  + b"a=") == 404


@pytest.mark.parametrize("sign", [*map(chr, [*range(9), *range(11, 32), 127])], ids=ascii)
def test_a_header_has_no_control_characters(target, sign):
    server, _ = target
    for value in f"{sign}x", f"x{sign}", f"x{sign}y":
        assert answer(server, write_head("GET /join HTTP/1.1", f"X: {value}")) == 400, value


def test_a_header_may_have_tabs_and_letters_of_all_kinds(target):
    server, _ = target
    assert answer(server, write_head("GET /join HTTP/1.1", "X:\ta\tb \t", "Y: à\xff\x85")) == 200


@pytest.mark.parametrize("sent", [
    b"GET /join HTTP/1.1\nHost: 127.0.0.1\r\n\r\n", b"GET /join HTTP/1.1\r\nHost: 127.0.0.1\n\r\n",
    b"GET /join HTTP/1.1\r\nHost: 127.0.0.1\r\n\n", b"GET /join HTTP/1.1\nHost: 127.0.0.1\n\n",
    b"GET /join HTTP/1.1\r\nHost: 127.0.0.1\r\nX: y\rCookie: z\r\n\r\n",
    b"GET /join HTTP/1.1\rX: y\r\nHost: 127.0.0.1\r\n\r\n", b"GET /join HTTP/1.1\r\r\n\r\n",
    b"GET /join\r\nHost: 127.0.0.1\r\n\r\n", b"GET  /join HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET\t/join\tHTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b" GET /join HTTP/1.1\r\n\r\n",
    b"GET\xa0/join\x85HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"get /join HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET http://127.0.0.1/join HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /join HTTP/1.1 \r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /join HTTP/1.01\r\nHost: 127.0.0.1\r\n\r\n", b"GET /join HTTP/0.9\r\n\r\n",
    b"GET /join HTTP/1.2\r\nHost: 127.0.0.1\r\n\r\n", b"GET /jo\0in HTTP/1.1\r\n\r\n"])
def test_a_line_ends_and_is_parted_in_one_way(target, sent):
    assert answer(target[0], sent) == 400
