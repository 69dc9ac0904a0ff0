"""A class of pretend students against a real server, on this machine: what they wait for.

    python tests/load_classroom.py --students 100 --window 2
    python tests/load_classroom.py --students 500 --wave

They join, load their page, hold a socket, see a question open, and all vote within the window.
With --wave the server is then killed and started again, and all come back by the rule of
static/js/audience.js. Prints one table, or JSON with --json; exits with 1 when a vote was lost, or
somebody did not come back. The students share the machine with the server, so real classrooms are
a little faster.
"""

from gevent import monkey; monkey.patch_all()

import argparse
import base64
import json
import os
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import gevent
from gevent.event import Event

ROOT = Path(__file__).parent.parent
TIMEOUT_SECONDS = 30


class Browser:
    """Cookies and plain HTTP by one connection a request, as ClassPulse's answers ask for."""

    def __init__(self, port):
        self.port, self.cookies = port, {}

    def connect(self, method, path, body=b"", headers=()):
        """Send a request; the socket's file, the status and the headers as text."""
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT_SECONDS)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}",
                 f"Cookie: {cookies}", f"Content-Length: {len(body)}",
                 "Content-Type: application/x-www-form-urlencoded", *headers, "", ""]
        sock.sendall("\r\n".join(lines).encode() + body)
        stream = sock.makefile("rb")
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = stream.readline()
            if not line:
                raise ConnectionError(f"{path}: no answer")
            head += line
        head = head.decode()
        for name, value in re.findall(r"(?i)^set-cookie: ([^=]+)=([^;\r]*)", head, re.MULTILINE):
            self.cookies[name] = value
        return sock, stream, int(head.split()[1]), head

    def request(self, method, path, fields=(), **options):
        """(status, headers, body) of a whole answer."""
        headers = ["HX-Request: true"] if options.get("htmx") else []
        body = urlencode(fields).encode()
        sock, stream, status, head = self.connect(method, path, body, headers)
        length = re.search(r"(?i)content-length: (\d+)", head)
        body = stream.read(int(length[1])) if length else stream.read()
        stream.close()
        sock.close()
        return status, head, body

    def watch(self, path, hear):
        """Hold a socket in a greenlet; hear(message, at) for each message but beats."""
        key = base64.b64encode(os.urandom(16)).decode()
        sock, stream, status, _ = self.connect("GET", path, headers=[
            "Upgrade: websocket", "Connection: Upgrade", f"Origin: http://127.0.0.1:{self.port}",
            "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"])
        assert status == 101, f"{path}: {status}"
        sock.settimeout(None)
        return gevent.spawn(self._listen, sock, stream, hear)

    def _listen(self, sock, stream, hear):
        with suppress(OSError):
            self._read_frames(sock, stream, hear)

    def _read_frames(self, sock, stream, hear):
        while head := stream.read(2):
            length = head[1] & 127
            if length > 125:
                length = struct.unpack("!H" if length == 126 else "!Q",
                                       stream.read(2 if length == 126 else 8))[0]
            payload = stream.read(length)
            if head[0] & 15 == 9:
                sock.sendall(b"\x8a\x80\0\0\0\0")
            elif head[0] & 15 == 1 and not payload.startswith(b'{"type":"beat"'):
                hear(json.loads(payload), time.perf_counter())


class Student(Browser):
    """A phone: joins, watches, votes once when told to."""

    def __init__(self, port, code):
        super().__init__(port)
        self.code, self.saw_question_at, self.acknowledged_at = code, None, None

    def join(self):
        status, _, _ = self.request("POST", "/join", {"code": self.code})
        assert status == 303, status
        status, _, _ = self.request("GET", f"/audience/{self.code}")
        assert status == 200, status
        self.watch(f"/ws/audience/{self.code}", self.hear)

    def hear(self, message, at):
        if message["questions"] and not self.saw_question_at:
            self.saw_question_at = at

    def vote(self, question_id, after_seconds):
        gevent.sleep(after_seconds)
        began = time.perf_counter()
        status, _, body = self.request(
            "POST", f"/audience/respond/{question_id}",
            {"response": random.choice("ABCD"), "round": 1, "seq": 1}, htmx=True)
        self.acknowledged_at = time.perf_counter()
        self.waited = self.acknowledged_at - began
        self.saved = status == 200 and b"Saved" in body


class Follower(Student):
    """A phone that comes back when the line is lost, as static/js/audience.js does."""
    SCRIPT = (ROOT / "static/js/audience.js").read_text("utf-8")
    FIRST, LONGEST = [int(ms) / 1000 for ms in re.search(
        r"BACKOFF_MS = \[(\d+), (\d+)\]", SCRIPT).groups()]
    CONNECT = int(re.search(r"CONNECT_MS = (\d+)", SCRIPT)[1]) / 1000
    KNOCK_AFTER = int(re.search(r"KNOCK_AFTER = (\d+)", SCRIPT)[1])

    def __init__(self, port, code):
        super().__init__(port, code)
        self.failures, self.tries, self.told, self.state = 0, 0, Event(), None

    def watch(self, path, hear):
        return gevent.spawn(self.follow, path, hear)

    def follow(self, path, hear):
        while True:
            self.tries += 1
            listening = None
            with suppress(OSError, AssertionError), gevent.Timeout(self.CONNECT, OSError):
                if self.failures >= self.KNOCK_AFTER:
                    self.request("GET", f"/audience/{self.code}/state")
                self.told.clear()
                listening = super().watch(path, hear)
                self.told.wait()
            if listening and self.told.is_set():
                listening.join()
            elif listening:
                listening.kill()
            self.failures += 1
            gevent.sleep(min(self.LONGEST, self.FIRST * 2 ** self.failures)
                         * random.uniform(0.5, 1))

    def hear(self, message, at):
        super().hear(message, at)
        if "mine" in message:
            self.state, self.back_at = message, at
        self.failures = 0
        self.told.set()


def start_server(folder, port=0):
    """(process, port, path of the page to begin with) of a server, by default on a free port."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "classpulse.py"), "--data", folder, "--host", "127.0.0.1",
         "--port", str(port), "--no-browser"], stdout=subprocess.PIPE, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    for line in process.stdout:
        found = re.search(r"Presenter: +http://127\.0\.0\.1:(\d+)(/\S*)", line)
        if found:
            return process, int(found[1]), found[2]
    raise SystemExit("The server did not start.")


def read_usage(process):
    """(resident MB, CPU seconds) of a process; zeros where there is no /proc."""
    try:
        stat = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii")
    except OSError:
        return 0.0, 0.0
    stat = stat.rsplit(")", 1)[1].split()       # the name before it may hold spaces
    pages, ticks = int(stat[21]), int(stat[11]) + int(stat[12])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20, ticks / os.sysconf("SC_CLK_TCK")


def percentile(values, percent):
    """The smallest value that so many percent do not exceed."""
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * percent / 100))]


def run_lesson(students, window):
    """One question for so many students; {figure: value}."""
    with tempfile.TemporaryDirectory() as folder:
        process, port, setup = start_server(folder)
        try:
            return measure(process, port, setup, students, window)
        finally:
            process.terminate()
            process.communicate()


def run_wave(count, outage):
    """Kill the server under so many students, and start it again later; {figure: value}."""
    with tempfile.TemporaryDirectory() as folder:
        process, port, setup = start_server(folder)
        try:
            teacher, code, question_id = open_class(port, setup)
            teacher.request("POST", f"/api/questions/{question_id}/toggle", {"active": 1},
                            htmx=True)
            students = [Follower(port, code) for _ in range(count)]
            gevent.joinall([gevent.spawn(student.join) for student in students], raise_error=True)
            gevent.joinall([gevent.spawn(student.vote, question_id, random.uniform(0, 2))
                            for student in students], raise_error=True)
            for student in students:
                student.told.wait(TIMEOUT_SECONDS)
                student.state, student.tries = None, 0
            process.kill()
            process.communicate()
            gevent.sleep(outage)
            probe = subprocess.Popen([sys.executable, __file__, "--probe", str(port)],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            process, _, _ = start_server(folder, port)
            listening_at = time.perf_counter()
            with gevent.Timeout(TIMEOUT_SECONDS, False):
                while not all(student.state for student in students):
                    gevent.sleep(0.01)
            healthy = json.loads(probe.communicate(b"enough")[0])
        finally:
            process.terminate()
            process.communicate()
    back = [1000 * max(0, student.back_at - listening_at) for student in students if student.state]
    mine = [student.state["mine"] for student in students if student.state]
    return {
        "students": count,
        "votes acknowledged": sum(student.saved for student in students),
        "back with question and own answer": sum(str(question_id) in answers for answers in mine),
        "back after listening, p50 ms": round(percentile(back, 50)),
        "back after listening, last, ms": round(max(back)),
        "tries each, most": max(student.tries for student in students),
        "/healthz meanwhile, p50 ms": round(percentile(healthy, 50), 1),
        "/healthz meanwhile, p99 ms": round(percentile(healthy, 99), 1),
        "/healthz meanwhile, worst ms": round(max(healthy), 1),
    }


def probe(port):
    """Ask /healthz from a process of its own until told to end; print what each took, in ms."""
    waits, ended = [], gevent.spawn(gevent.get_hub().threadpool.apply, sys.stdin.read)
    while not ended.ready():
        began = time.perf_counter()
        with suppress(OSError):         # not listening yet
            Browser(port).request("GET", "/healthz")
            waits.append(1000 * (time.perf_counter() - began))
        gevent.sleep(0.005)
    print(json.dumps(waits))


def open_class(port, setup):
    """(teacher, session's code, id of its question, a draft) of a new server."""
    teacher = Browser(port)
    token = setup.split("token=")[1]
    teacher.request("POST", "/setup", {"token": token, "username": "load", "password": "secret-1"})
    _, head, _ = teacher.request("POST", "/sessions/new", {"name": "Load"})
    control = re.search(r"(?i)location: (\S+)", head)[1]
    teacher.request("POST", f"{control}/questions/new/multiple_choice",
                    {"title": "Which?", "options": "Red\nGreen\nBlue\nGrey"})
    page = teacher.request("GET", control)[2].decode()
    code = re.search(r'data-code="(\d+)"', page)[1]
    return teacher, code, int(re.search(r'data-question-id="(\d+)"', page)[1])


def measure(process, port, setup, count, window):
    """The figures of one lesson on a running server."""
    teacher, code, question_id = open_class(port, setup)
    idle_mb, cpu_before = read_usage(process)
    students = [Student(port, code) for _ in range(count)]
    joined_from = time.perf_counter()
    gevent.joinall([gevent.spawn(student.join) for student in students], raise_error=True)
    joining_seconds = time.perf_counter() - joined_from
    full_mb, _ = read_usage(process)

    complete, seen = Event(), {}

    def hear(message, at):
        seen[message["response_count"]] = at
        if message["response_count"] == count:
            complete.set()
    teacher.watch(f"/ws/results/{question_id}", hear)
    opened_at = time.perf_counter()
    teacher.request("POST", f"/api/questions/{question_id}/toggle", {"active": 1}, htmx=True)
    while not all(student.saw_question_at for student in students):
        gevent.sleep(0.005)
    votes = [gevent.spawn(student.vote, question_id, random.uniform(0, window))
             for student in students]
    gevent.joinall(votes, raise_error=True)
    complete.wait(timeout=TIMEOUT_SECONDS)
    _, cpu_after = read_usage(process)
    last = max(student.acknowledged_at for student in students)
    waited = [student.waited * 1000 for student in students]
    return {
        "students": count,
        "window s": window,
        "votes acknowledged": sum(student.saved for student in students),
        "votes on the projector": max(seen),
        "joining, all at once, s": round(joining_seconds, 2),
        "question on the last phone, ms": round(
            1000 * (max(student.saw_question_at for student in students) - opened_at)),
        "vote acknowledged, p50 ms": round(percentile(waited, 50), 1),
        "vote acknowledged, p95 ms": round(percentile(waited, 95), 1),
        "vote acknowledged, p99 ms": round(percentile(waited, 99), 1),
        "projector right after the last, ms": round(1000 * max(0, seen.get(count, 1e9) - last)),
        "server CPU per student, ms": round(1000 * (cpu_after - cpu_before) / count, 2),
        "memory idle, MB": round(idle_mb),
        "memory with all students, MB": round(full_mb),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--window", type=float, default=2.0, help="seconds in which all vote")
    parser.add_argument("--wave", action="store_true", help="kill the server: how all come back")
    parser.add_argument("--outage", type=float, default=0.0, help="seconds until it starts again")
    parser.add_argument("--probe", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.probe:
        return probe(options.probe)
    figures = (run_wave(options.students, options.outage) if options.wave
               else run_lesson(options.students, options.window))
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:36}{value:>8}")
    complete = ("votes acknowledged",
                "back with question and own answer" if options.wave else "votes on the projector")
    return int(any(figures[name] != options.students for name in complete))


if __name__ == "__main__":
    sys.exit(main())
