"""What nobody would send: any bytes at all, and the errors nobody foresaw."""

import re
import socket
import sqlite3
from contextlib import closing
from urllib.parse import quote

import classpulse
import gevent.socket
import pytest
from conftest import PASSWORD, Browser, Server
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

# The fixtures are made once for all examples, on purpose: nothing may pile up in them either.
fuzz = settings(max_examples=200, deadline=None, derandomize=True,
                suppress_health_check=[HealthCheck.function_scoped_fixture])
UTF_8 = st.text(st.characters(codec="utf-8"))
# What a header may hold: bytes, which WSGI hands over as Latin-1.
HEADER = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"))


@pytest.fixture
def code_entry(visitor, session, monkeypatch):
    """A visitor who may try codes as often as they like."""
    monkeypatch.setattr(classpulse.Throttle, "take", lambda throttle: 0)
    return visitor


def is_told(page):
    """Whether it is an answer that we meant to give."""
    return page.status_int < 500 or page.status_int == 503


# Frames

@fuzz
@given(st.binary(max_size=300))
@example(b"\x8a\xff" + b"\xff" * 8 + b"mask")
@example(b"\x8a\x80mask" * 40)
@example(b"\x88\x82mask\x03\xe8")
def test_any_bytes_end_the_reading_of_frames_and_raise_nothing(sent):
    ours, theirs = gevent.socket.socketpair()
    with closing(ours), closing(theirs):
        theirs.sendall(sent)
        theirs.shutdown(socket.SHUT_WR)
        classpulse.Watcher(ours, ours.makefile("rb")).listen()
        theirs.settimeout(10)
        assert theirs.recv(16) in (classpulse.BYE, b"")


# Forms

BOUNDED = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="code"\r\n'


@fuzz
@given(st.binary(max_size=300), st.sampled_from([
    "application/x-www-form-urlencoded", BOUNDED, BOUNDED + "; charset=nonsense", "text/plain",
    "multipart/form-data", "multipart/mixed; boundary=\xff", ""]))
@example(PART + b"\r\n\xff\r\n--x--\r\n", BOUNDED)
@example(PART + b"\r\n1\r\n--x--\r\n", BOUNDED + "; charset=nonsense")
@example(PART + b"Content-Length: x\r\n\r\n1\r\n--x--\r\n", BOUNDED)
@example(PART + b"Content-Type: text/plain; charset=idna\r\n\r\n.\r\n--x--\r\n", BOUNDED)
@example(PART + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-\r\n--x--\r\n", BOUNDED)
@example(b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n", BOUNDED)
@example((PART + b"\r\n1\r\n") * 701 + b"--x--\r\n", BOUNDED)
@example(b"&code=" * 201, "application/x-www-form-urlencoded")
@example(b"code=%ED%A0%80%00%FF", "application/x-www-form-urlencoded")
def test_any_form_is_read_or_refused(code_entry, presenter, sent, content_type):
    for who in code_entry, presenter:
        assert is_told(who.http.post("/join", sent, status="*", headers={
            "Content-Type": content_type}))


@pytest.mark.parametrize("sent, content_type", [
    (b"a=1&" * 201, "application/x-www-form-urlencoded"),
    ((PART + b"\r\n1\r\n") * 701 + b"--x--\r\n", BOUNDED)])
def test_a_form_of_too_many_fields_is_refused(presenter, sent, content_type):
    page = presenter.http.post("/sessions/new", sent, status=422,
                               headers={"Content-Type": content_type})
    assert "too many fields" in page.text


# Cookies

@fuzz
@given(HEADER)
@example("cp_{room}=; cp_{room}_1=.")
@example("cp_{room}_1=\xff.\xfe")
@example("cp_{room}_1=" + "0" * 36 + "." + "0" * 32)
@example('cp_{room}="\\012\\400"; ;;=;')
def test_any_cookie_is_nobodys(room, visitor, session, cookie):
    sent = {"Cookie": cookie.replace("{room}", room.id)}
    visitor.http.reset()
    assert visitor.get("/sessions", headers=sent, status=303).location.endswith("/login")
    visitor.http.reset()
    visitor.get(f"/audience/{session['code']}/state", headers=sent, status=403)


# Codes

@fuzz
@given(UTF_8)
@example("\0")
@example("٤٨٢٩١٣")
@example("²²²²²²")
@example("1" * 5000)
@example("-")
def test_any_code_is_told_apart_from_the_right_one(code_entry, code):
    for page in (code_entry.post("/join", {"code": code}, status="*"),
                 code_entry.get("/join", params={"code": code}, status="*"),
                 code_entry.get(f"/{quote(code, safe='')}", status="*"),
                 code_entry.get(f"/audience/{quote(code, safe='')}", status="*"),
                 code_entry.get(f"/audience/{quote(code, safe='')}/state", status="*")):
        assert is_told(page) and not page.headers.get("Set-Cookie")


# Whole requests

@pytest.fixture(scope="module")
def target(tmp_path_factory):
    """A server that must have nothing to say at the end."""
    server = Server(tmp_path_factory.mktemp("fuzz") / "data")
    yield server
    server.stop()
    said = server.said.partition("Stop with Ctrl-C.")[2]
    assert said.replace("Stopping: writing the CSV files …", "").strip() == ""


def send(server, data, reset=False):
    """The first line of what a server answers to these bytes, if anything."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        try:
            line.sendall(data)
            if reset:       # gone without a goodbye
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                return b""
            line.shutdown(socket.SHUT_WR)
            return line.makefile("rb").readline()
        except ConnectionError:
            return b""


OURS = b"Host: 127.0.0.1\r\n"
REQUESTS = [
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\0\r\n\r\n", b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + OURS + b"no colon\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/1\r\n\r\n",
    b"POST /join HTTP/1.1\r\n" + OURS + b"Origin: http://[\r\nContent-Length: 0\r\n\r\n",
    b"POST /join HTTP/1.1\r\n" + OURS + b"Content-Length: -1\r\n\r\n",
    b"POST /join HTTP/1.1\r\n" + OURS + b"Content-Length: \xb2\r\n\r\n",
    b"POST /join HTTP/1.1\r\n" + OURS + b"Content-Length: 100\r\n\r\ncut off",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello\n\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\xc3\xa0\r\n\r\n",
    *(b"GET /static/x/y HTTP/1.1\r\n" + OURS + name + b": " + value + b"\r\n\r\n"
      for value in (b"\xff", b"\xc3\xa0", b"\xc2\x85") for name in (
        b"Accept-Encoding", b"Host", b"Cookie", b"HX-Request", b"Origin", b"Sec-Fetch-Mode",
        b"Upgrade", b"Sec-WebSocket-Key", b"Content-Type"))]


@pytest.mark.parametrize("request_sent", REQUESTS)
def test_an_odd_request_is_answered_and_not_logged(target, request_sent):
    for reset in (False, True):
        assert b" 500 " not in send(target, request_sent, reset)


@fuzz
@given(st.lists(st.one_of(
    st.binary(max_size=40), st.sampled_from([
        b"GET ", b"POST ", b"/", b"/join", b"/ws/audience/482913", b"/%00%ff", b" HTTP/1.1",
        b" HTTP/1.0", b"\r\n", b"\r\n\r\n", b"Content-Length: ", b"7", b"Upgrade: websocket\r\n",
        b"Connection: Upgrade\r\n", b"Expect: 100-continue\r\n", b"Cookie: ", b"Origin: ", OURS,
        b"Transfer-Encoding: chunked\r\n", b"Content-Type: multipart/form-data; boundary=x\r\n",
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"])),
    max_size=12).map(b"".join))
def test_any_bytes_are_answered_or_left_and_never_with_500(target, sent):
    assert b" 500 " not in send(target, sent)


# Errors that nobody foresaw

@pytest.fixture
def server(start_server):
    return start_server()


@pytest.fixture
def broken(open_browser, server):
    """A server with a presenter and a respondent, whose database lacks tables by now."""
    teacher = open_browser(Browser)
    teacher.post("/setup", {"token": server.link.split("=")[1], "username": "Åse",
                            "password": PASSWORD})
    control = teacher.post("/sessions/new", {"name": "Ökologie"}).headers["Location"]
    teacher.post(f"{control}/questions/new/rating", {"title": "Wie?"})
    teacher.post("/api/questions/1/toggle", {"active": 1})
    code = re.search(r'data-code="(\d+)"', teacher.get(control).content.decode())[1]
    phone = open_browser(Browser)
    phone.post("/join", {"code": code})
    with closing(sqlite3.connect(server.folder / "classpulse.db")) as db:
        db.executescript("DROP TABLE signins; DROP TABLE responses")
    return teacher, phone, code


def test_an_error_is_told_by_its_number_and_logged_without_secrets(server, broken):
    teacher, phone, code = broken
    secrets = [PASSWORD, *teacher.cookies.values(), *phone.cookies.values(),
               phone.cookies[list(phone.cookies)[0]].split(".")[0]]
    pages = [teacher.get("/sessions", 500), teacher.sign_in("Åse", status=500),
             phone.get(f"/audience/{code}", 500),
             phone.post("/audience/respond/1", {"response": "3"}, 500)]
    server.stop()
    for page in pages:
        told = page.content.decode()
        assert "Traceback" not in told and "sqlite" not in told and "classpulse.py" not in told
        reference = re.search(r"\(reference ([0-9a-f]{8})\)", told)[1]
        assert f"Error {reference}: OperationalError\n" in server.said
    assert "find_signin" in server.said and "record_response" in server.said
    for secret in secrets:
        assert secret not in server.said


def test_what_an_exception_says_is_not_logged(visitor, capsys, monkeypatch):
    def fail(*_):
        raise ValueError(f"the password was {PASSWORD}") from KeyError(PASSWORD)
    monkeypatch.setattr(classpulse, "authenticate_user", fail)
    page = visitor.http.post("/login", {"username": "Åse", "password": PASSWORD},
                             expect_errors=True)
    assert page.status_int == 500
    log = capsys.readouterr().err
    assert "ValueError" in log and "in fail" in log
    assert PASSWORD not in log and PASSWORD not in page.text
