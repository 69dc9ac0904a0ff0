"""A class of pretend students against a real server, on this machine: what they wait for.

    python tests/load_classroom.py --students 100 --window 2

They join, load their page, hold a socket, see a question open, and all vote within the window.
Prints one table, or JSON with --json; exits with 1 when a vote was lost. The students share the
machine with the server, so real classrooms are a little faster.
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


def start_server(folder):
    """(process, port, set-up path) of a server on a free port."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "classpulse.py"), "--data", folder, "--host", "127.0.0.1",
         "--port", "0", "--no-browser"], stdout=subprocess.PIPE, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    for line in process.stdout:
        found = re.search(r"http://127\.0\.0\.1:(\d+)(/setup\S+)", line)
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


def measure(process, port, setup, count, window):
    """The figures of one lesson on a running server."""
    teacher = Browser(port)
    token = setup.split("token=")[1]
    teacher.request("POST", "/setup", {"token": token, "username": "load", "password": "secret-1"})
    _, head, _ = teacher.request("POST", "/sessions/new", {"name": "Load"})
    control = re.search(r"(?i)location: (\S+)", head)[1]
    teacher.request("POST", f"{control}/questions/new/multiple_choice",
                    {"title": "Which?", "options": "Red\nGreen\nBlue\nGrey"})
    page = teacher.request("GET", control)[2].decode()
    code = re.search(r'data-code="(\d+)"', page)[1]
    question_id = int(re.search(r'data-question-id="(\d+)"', page)[1])

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
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = run_lesson(options.students, options.window)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:36}{value:>8}")
    lost = options.students - figures["votes acknowledged"]
    return 1 if lost or figures["votes on the projector"] != options.students else 0


if __name__ == "__main__":
    sys.exit(main())
