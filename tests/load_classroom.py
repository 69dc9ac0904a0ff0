"""A class of pretend students against a real server, on this machine: what they wait for.

    python tests/load_classroom.py --students 1000 --window 2
    python tests/load_classroom.py --students 1000 --discuss
    python tests/load_classroom.py --students 500 --wave
    python tests/load_classroom.py --students 2000 --soak 15
    python tests/load_classroom.py --large

They join, load their page, hold a socket, see each of ten questions open, and all vote within the
window. Their votes are then compared with a bare Bottle application that reads a form and a
cookie. With --discuss each question counts down and is voted on twice, with a discussion between;
the figures of a question are those of its first vote. With --wave the server is killed and started
again, and all come back by the rule of static/js/audience.js; with --soak they vote for so many
minutes, while 5 % of them lose the line each minute; --large asks a database of 100,000 responses
for its start and its export.

Prints one table, or JSON with --json; exits with 1 when a vote was lost, or somebody did not come
back. The students share the machine with the server, so real classrooms are a little faster.
"""

from gevent import monkey; monkey.patch_all()

import argparse
import base64
import gc
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
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import gevent
from gevent.event import Event

ROOT = Path(__file__).parent.parent
TIMEOUT_SECONDS = 30
LEFT_SECONDS = 12                       # the server looks every 10 s whether they have left
# Of each in the comparison with a bare application: in turns, for the machine's speed changes.
FLOOR_CLIENTS, FLOOR_POSTS, FLOOR_TURNS = 50, 20, 7
# What a phone's browser says of itself with each request; the server reads it all.
HEADERS = "\r\n".join([
    "Content-Type: application/x-www-form-urlencoded",
    "User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1", "Accept: */*",
    "Accept-Language: de-DE,de;q=0.9", "Accept-Encoding: gzip, deflate", "Sec-Fetch-Mode: cors",
    "Sec-Fetch-Site: same-origin"])


class Browser:
    """Cookies and plain HTTP by one connection a request, as ClassPulse's answers ask for."""

    def __init__(self, port):
        self.port, self.cookies = port, {}
        self.bytes, self.socket = 0, None

    def send(self, method, path, body=b"", headers=()):
        """The socket of a request that was sent."""
        sock = socket.socket()      # create_connection would look up the address, in a thread
        sock.settimeout(TIMEOUT_SECONDS)
        sock.connect(("127.0.0.1", self.port))
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}",
                 f"Cookie: {cookies}", f"Content-Length: {len(body)}", HEADERS, *headers, "", ""]
        sent = "\r\n".join(lines).encode() + body
        sock.sendall(sent)
        self.bytes += len(sent)
        return sock

    def request(self, method, path, fields=(), htmx=False):
        """(status, headers, body) of a whole answer; every answer closes its connection."""
        headers = ["HX-Request: true"] if htmx else []
        with self.send(method, path, urlencode(fields).encode(), headers) as sock:
            answer = b"".join(iter(partial(sock.recv, 65536), b""))
        self.bytes += len(answer)
        head, end, body = answer.partition(b"\r\n\r\n")
        if not end:
            raise ConnectionError(f"{path}: no answer")
        head = head.decode()
        length = re.search(r"(?i)\ncontent-length: (\d+)", head)
        if length and int(length[1]) != len(body):
            raise ConnectionError(f"{path}: cut off")
        for cookie in re.finditer(r"(?i)\nset-cookie: ([^=]+)=([^;\r]*)", head):
            self.cookies[cookie[1]] = cookie[2]
        return int(head[9:12]), head, body

    def watch(self, path, hear):
        """Hold a socket in a greenlet; hear(message, at) for each message but beats."""
        key = base64.b64encode(os.urandom(16)).decode()
        sock = self.send("GET", path, headers=[
            "Upgrade: websocket", "Connection: Upgrade", f"Origin: http://127.0.0.1:{self.port}",
            "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"])
        stream = sock.makefile("rb")
        status = stream.readline()
        assert status.split()[1:2] == [b"101"], f"{path}: {status}"
        while stream.readline().strip():
            pass
        sock.settimeout(None)
        self.socket = sock
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
            self.bytes += len(head) + length
            if head[0] & 15 == 9:
                sock.sendall(b"\x8a\x80\0\0\0\0")
            elif head[0] & 15 == 1 and not payload.startswith(b'{"type":"beat"'):
                hear(json.loads(payload), time.perf_counter())


class Student(Browser):
    """A phone: joins, watches, votes when told to."""

    def __init__(self, port, code):
        super().__init__(port)
        self.code, self.seq, self.saved = code, 0, 0
        self.sees, self.saw_at = set(), {}      # (question, round) open now; when first seen

    def join(self):
        status, _, _ = self.request("POST", "/join", {"code": self.code})
        assert status == 303, status
        status, _, page = self.request("GET", f"/audience/{self.code}")
        assert status == 200, status
        self.watch(f"/ws/audience/{self.code}", self.hear)
        return page

    def hear(self, message, at):
        self.sees = {(question["id"], question["round"]) for question in message["questions"]}
        for asked in self.sees:
            self.saw_at.setdefault(asked, at)

    def vote(self, question_id, after_seconds, round=1):
        gevent.sleep(after_seconds)
        began = time.perf_counter()
        self.seq += 1
        status, _, body = self.request(
            "POST", f"/audience/respond/{question_id}",
            {"response": random.choice("ABCD"), "round": round, "seq": self.seq}, htmx=True)
        self.acknowledged_at = time.perf_counter()
        self.waited = self.acknowledged_at - began
        self.saved += status == 200 and b"Saved" in body


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
        found = re.search(r"Teacher: +http://127\.0\.0\.1:(\d+)(/\S*)", line)
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


@contextmanager
def serve():
    """(process, port, path of the page to begin with) of a server on a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        process, port, setup = start_server(folder)
        try:
            yield process, port, setup
        finally:
            process.terminate()
            process.communicate()


def join_all(jobs):
    """Run functions at the same time; what fails, fails here."""
    return [job.value for job in gevent.joinall([gevent.spawn(job) for job in jobs],
                                                raise_error=True)]


def in_ms(seconds, percent):
    """A percentile of seconds, in ms."""
    return round(1000 * percentile(seconds, percent), 1)


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


DISCUSSED = {"discuss": 1, "seconds": 600}
FORMULAS = {"title": r"Which is the relativistic energy, with $E_0 = m c^2$?",
            "options": "\n".join([
                r"$E = \frac{E_0}{\sqrt{1 - \frac{v^2}{c^2}}}$",
                r"$E = E_0 + \frac{1}{2} m v^2$", r"$E = \sum_{i=1}^{n} p_i c$", "None of these"])}


def open_class(port, setup, questions=1, **fields):
    """(teacher, session's code, id of its first question; all are drafts) of a new server."""
    teacher = Browser(port)
    token = setup.split("token=")[1]
    teacher.request("POST", "/setup", {"token": token, "username": "load", "password": "secret-1"})
    _, head, _ = teacher.request("POST", "/sessions/new", {"name": "Load"})
    control = re.search(r"(?i)location: (\S+)", head)[1]
    for _ in range(questions):
        teacher.request("POST", f"{control}/questions/new/multiple_choice",
                        {"title": "Which of these is it?", "options": "Red\nGreen\nBlue\nGrey",
                         **fields})
    page = teacher.request("GET", control)[2].decode()
    code = re.search(r'data-code="(\d+)"', page)[1]
    return teacher, code, int(re.search(r'data-question-id="(\d+)"', page)[1])


def ask(process, teacher, students, question_id, window):
    """Open a question, let all vote within the window, and close it; {figure: value}."""
    def toggle(active):
        teacher.request("POST", f"/api/questions/{question_id}/toggle", {"active": active},
                        htmx=True)
    return hold_round(process, teacher, students, question_id, window, 1, partial(toggle, 1),
                      partial(toggle, 0))


def discuss(process, teacher, students, question_id, window):
    """Let all vote, discuss with a countdown, and vote again; {figure: value} of the first votes.

    `counted` are the votes of both rounds on the projector.
    """
    step = partial(take_step, teacher)
    hold = partial(hold_round, process, teacher, students, question_id, window)
    first = hold(1, partial(step, "ask"), partial(step, "close"))
    step("discuss")
    step("start_timer", seconds=60)
    second = hold(2, partial(step, "vote_again"), partial(step, "reveal"))
    return dict(first, counted=first["counted"] + second["counted"])


def take_step(teacher, action, **more):
    """Take a step on what the projector of the first session shows."""
    path = "/api/sessions/1/step"
    # One on another question changes nothing, and is answered with the state.
    now = json.loads(teacher.request("POST", path, {"action": action, "question_id": 0})[2])
    seen = {name: now[name] for name in ("question_id", "round", "stage")}
    status, _, _ = teacher.request("POST", path, {"action": action, **seen, **more})
    assert status == 200, status


def hold_round(process, teacher, students, question_id, window, round, open, close):
    """Let all vote in a round within the window; {figure: value}."""
    counted, complete = {}, Event()

    def hear(message, at):
        if message["round"] == round:
            counted[message["response_count"]] = at
            if message["response_count"] == len(students):
                complete.set()
    watching = teacher.watch(f"/ws/results/{question_id}", hear)
    opened_at, cpu_before = time.perf_counter(), read_usage(process)[1]
    open()
    while not all((question_id, round) in student.saw_at for student in students):
        gevent.sleep(0.005)
    began, cpu_after = time.perf_counter(), read_usage(process)[1]
    join_all([partial(student.vote, question_id, random.uniform(0, window), round)
              for student in students])
    complete.wait(timeout=TIMEOUT_SECONDS)
    close()
    watching.kill()
    last = max(student.acknowledged_at for student in students)
    return {"seen": max(student.saw_at[question_id, round] for student in students) - opened_at,
            "opening": cpu_after - cpu_before,
            "waited": [student.waited for student in students], "took": last - began,
            "counted": max(counted), "right after": max(0, counted.get(len(students), 1e9) - last)}


def run_lesson(count, window, questions, brief, discussed, formulas):
    """A lesson of so many questions for so many students; {figure: value}, most of the first."""
    fields = {**(DISCUSSED if discussed else {}), **(FORMULAS if formulas else {})}
    hold = discuss if discussed else ask
    with serve() as (process, port, setup):
        teacher, code, first_id = open_class(port, setup, questions, **fields)
        idle_mb, cpu_before = read_usage(process)
        students = [Student(port, code) for _ in range(count)]
        began = time.perf_counter()
        page = join_all([student.join for student in students])[0].decode()
        joining = time.perf_counter() - began
        for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
            students[0].request("GET", path)        # others would get the same
        static, students[0].bytes = students[0].bytes - students[1].bytes, students[1].bytes
        teacher.watch("/ws/present/1", lambda message, at: None)
        lesson = [hold(process, teacher, students, first_id, window)]
        full_mb, cpu_after = read_usage(process)
        lesson += [hold(process, teacher, students, first_id + n, window)
                   for n in range(1, questions)]
        saved = sum(student.saved for student in students)
        transferred = static + sum(student.bytes for student in students) / count
        floor = {} if brief else compare_with_floor(process, teacher, students, first_id, window,
                                                    2 if discussed else 1)
        for student in students:
            student.socket.shutdown(socket.SHUT_RDWR)
        gevent.sleep(0 if brief else LEFT_SECONDS)
        left_mb, _ = read_usage(process)
    first, last = lesson[0], lesson[-1]
    return {
        "students": count,
        "questions": questions,
        "window s": window,
        "votes acknowledged": saved,
        "votes on the projector": sum(asked["counted"] for asked in lesson),
        "joining, all at once, s": round(joining, 2),
        "question on the last phone, ms": round(1000 * first["seen"]),
        "vote acknowledged, p50 ms": in_ms(first["waited"], 50),
        "vote acknowledged, p95 ms": in_ms(first["waited"], 95),
        "vote acknowledged, p99 ms": in_ms(first["waited"], 99),
        "votes a second while they came": round(count / first["took"]),
        "projector right after the last, ms": round(1000 * first["right after"]),
        "p50 of the last question, ms": in_ms(last["waited"], 50),
        "server CPU to open it, ms": round(1000 * first["opening"]),
        "server CPU per student, ms": round(1000 * (cpu_after - cpu_before) / count, 2),
        **floor,
        "memory idle, MB": round(idle_mb),
        "memory with all students, MB": round(full_mb),
        "memory when they have left, MB": round(left_mb),
        "kB to and from each phone": round(transferred / 1000, 1),
    }


def compare_with_floor(process, teacher, students, question_id, window, round_now):
    """What a bare Bottle application takes for as many POSTs as votes; {figure: value}.

    CPU is of the turn whose ratio is in the middle.
    """
    teacher.request("POST", f"/api/questions/{question_id}/toggle", {"active": 1}, htmx=True)
    bare = subprocess.Popen([sys.executable, __file__, "--floor"], stdout=subprocess.PIPE)
    try:
        port = int(bare.stdout.readline())
        browsers = [Browser(port) for _ in students]
        for browser, student in zip(browsers, students):
            browser.cookies = student.cookies
        posts = [partial(browser.request, "POST", "/", {"response": "A", "round": 1, "seq": 1},
                         htmx=True) for browser in browsers]
        turns = [(measure_posts(process, [partial(student.vote, question_id, 0, round_now)
                                          for student in students[:FLOOR_CLIENTS]]),
                  measure_posts(bare, posts[:FLOOR_CLIENTS])) for _ in range(FLOOR_TURNS)]
        began = time.perf_counter()
        waited = join_all([partial(wait_and_measure, random.uniform(0, window), post)
                           for post in posts])
        took = time.perf_counter() - began
    finally:
        bare.kill()
        bare.communicate()
    vote, post = sorted(turns, key=lambda turn: turn[1] / max(turn[0], 1e-9))[FLOOR_TURNS // 2]
    return {
        "server CPU per vote alone, ms": round(1000 * vote, 2),
        "the same of a bare Bottle POST, ms": round(1000 * post, 2),
        "requests to a bare POST's, %": round(100 * post / vote),
        "bare POSTs in the window, p95 ms": in_ms(waited, 95),
        "bare POSTs in the window, p99 ms": in_ms(waited, 99),
        "bare POSTs a second while they came": round(len(posts) / took),
    }


def measure_posts(process, posts):
    """CPU seconds that one takes of a process when several clients post at once."""
    before = read_usage(process)[1]
    join_all([partial(repeat, post) for post in posts])
    return (read_usage(process)[1] - before) / len(posts) / FLOOR_POSTS


def wait_and_measure(seconds, function):
    """Seconds that a call takes, so much later."""
    gevent.sleep(seconds)
    return measure(function)


def repeat(post):
    for _ in range(FLOOR_POSTS):
        post()


def serve_floor():
    """A bare Bottle application that reads a form and a cookie, and saves nothing."""
    import bottle
    from gevent.pywsgi import WSGIServer
    app = bottle.Bottle()

    @app.post("/")
    def post():
        name = next(iter(bottle.request.cookies))
        bottle.response.set_header("Connection", "close")
        return bottle.request.forms.response + bottle.request.get_cookie(name)
    server = WSGIServer(("127.0.0.1", 0), app, log=None)
    server.start()
    print(server.server_port, flush=True)
    server.serve_forever()


def run_soak(count, minutes, questions):
    """A long lesson: 5 % of the phones lose the line each minute; {figure: value}."""
    with serve() as (process, port, setup):
        teacher, code, first_id = open_class(port, setup, questions)
        students = [Follower(port, code) for _ in range(count)]
        join_all([student.join for student in students])
        for student in students:
            student.told.wait(TIMEOUT_SECONDS)
        teacher.watch("/ws/present/1", lambda message, at: None)
        dropped, lesson, memory = [], [], []

        def drop():
            while True:
                gevent.sleep(60 / (0.05 * count))
                dropped.append(random.choice(students))
                with suppress(OSError):         # it may be away already
                    dropped[-1].socket.shutdown(socket.SHUT_RDWR)
        dropping = gevent.spawn(drop)
        for question_id in range(first_id, first_id + questions):
            lesson.append(ask(process, teacher, students, question_id, 60 * minutes / questions))
            memory.append(read_usage(process)[0])
        dropping.kill()
        with gevent.Timeout(TIMEOUT_SECONDS, False):
            while not all((question_id, 1) in student.sees for student in students):
                gevent.sleep(0.1)
        back = sum((question_id, 1) in student.sees for student in students)
    waited = [seconds for asked in lesson for seconds in asked["waited"]]
    return {
        "students": count,
        "questions": questions,
        "minutes": minutes,
        "votes acknowledged": sum(student.saved for student in students),
        "votes on the projector": sum(asked["counted"] for asked in lesson),
        "times that a phone lost the line": len(dropped),
        "phones there at the end": back,
        "vote acknowledged, p50 ms": in_ms(waited, 50),
        "vote acknowledged, p99 ms": in_ms(waited, 99),
        "memory after the 1st question, MB": round(memory[0]),
        "memory after the 2nd, MB": round(memory[min(1, questions - 1)]),
        "memory after the last, MB": round(memory[-1]),
    }


def fill(db, classpulse, sessions, people, questions):
    """(code of the last session, id of its last question, which is open) of a presenter's.

    The last session's questions, a word cloud and texts among them, have everybody's answers.
    """
    user_id = classpulse.create_user(db, {
        "username": "load", "password_hash": classpulse.hash_password("secret-1"), "email": "",
        "display_name": "Load"})
    for number in range(sessions):
        session_id = classpulse.create_session(db, user_id, f"Session {number}")
    kinds = {"word_cloud": ({}, lambda n: f"word {n * n % 997}"),
             "open_text": ({}, lambda n: f"{n} says: " + "I wonder why this is so. " * 8),
             "multiple_choice": ({"options": "Red\n*Green\nBlue\nGrey"}, lambda n: "ABCD"[n % 4])}
    for kind in [*kinds, *["multiple_choice"] * (questions - len(kinds))]:
        fields, answer = kinds[kind]
        question_id = classpulse.create_question(db, session_id, kind, {
            "title": "Which of these is it?", "options":
            classpulse.QUESTION_TYPES[kind].configure(classpulse.Form(fields.items()))})
        classpulse.toggle_question_status(db, question_id, True)
        for n in range(people):
            classpulse.record_response(db, question_id, f"respondent-{n}", answer(n))
    return classpulse.get_session(db, session_id)["code"], question_id


def grow(db, classpulse, questions=100, people=5000):
    """Seconds that a vote's statements take: of a session's first votes, and of the last ones."""
    session_id = classpulse.create_session(db, 1, "Growing")
    took = []
    for number in range(1, questions + 1):
        question_id = classpulse.create_question(db, session_id, "multiple_choice", {
            "title": "Which of these is it?", "options": classpulse.QUESTION_TYPES[
                "multiple_choice"].configure(classpulse.Form([("options", "Red\nGreen")]))})
        if number not in (1, questions):
            continue
        classpulse.toggle_question_status(db, question_id, True)
        votes = [measure(classpulse.record_response, db, question_id, f"respondent-{n}", "A")
                 for n in range(people)]
        took.append(percentile(votes[:200] if number == 1 else votes[-200:], 50))
    classpulse.delete_session(db, session_id)
    return took


def run_large(count, people=2000, questions=50):
    """Start and export with 200 sessions and 100,000 responses; {figure: value}."""
    sys.path.insert(0, str(ROOT))
    import classpulse
    with tempfile.TemporaryDirectory() as folder:
        path = classpulse.prepare_folder(folder) / "classpulse.db"
        with closing(classpulse.connect(path)) as db:
            code, last_id = classpulse.in_transaction(db, fill, classpulse, 200, people, questions)
            cloud, texts = [percentile([measure(classpulse.get_question_stats, db, question_id)
                                        for _ in range(9)], 50) for question_id in (1, 2)]
            first, last = classpulse.in_transaction(db, grow, classpulse)
        began = time.perf_counter()
        process, port, _ = start_server(folder)
        started = time.perf_counter() - began
        try:
            while not list(Path(folder, "exports").glob("*.csv")):      # missing: written at start
                gevent.sleep(0.05)
            teacher, students = Browser(port), [Student(port, code) for _ in range(count)]
            teacher.request("POST", "/login", {"username": "load", "password": "secret-1"})
            join_all([student.join for student in students])
            alone, before = vote_until(process, students, last_id, gevent.spawn(gevent.sleep, 2))
            export = gevent.spawn(measure, teacher.request, "GET", "/sessions/200/export")
            meanwhile, most = vote_until(process, students, last_id, export)
        finally:
            process.terminate()
            process.communicate()
    return {
        "students": count,
        "votes acknowledged": sum(student.saved for student in students),
        "votes sent": len(alone) + len(meanwhile),
        "start to listening, s": round(started, 2),
        "a session's first votes, µs each": round(1e6 * first),
        "the 5,000th of its 100th question": round(1e6 * last),
        "word cloud of 2,000 counted, ms": round(1000 * cloud, 1),
        "open text of 2,000 counted, ms": round(1000 * texts, 1),
        "export of 100,000 answers, s": round(export.value, 2),
        "its size, MB": round(teacher.bytes / 2**20, 1),
        "memory meanwhile, MB more": round(most - before),
        "vote acknowledged before it, p50 ms": in_ms(alone, 50),
        "before it, p95 ms": in_ms(alone, 95),
        "meanwhile, p50 ms": in_ms(meanwhile, 50),
        "meanwhile, p95 ms": in_ms(meanwhile, 95),
    }


def measure(function, *args):
    """Seconds that a call takes."""
    began = time.perf_counter()
    function(*args)
    return time.perf_counter() - began


def vote_until(process, students, question_id, end):
    """Let all vote, again and again, until a greenlet ends: (seconds of each, most MB)."""
    waited, memory = [], []

    def vote(student):
        while not end.ready():
            student.vote(question_id, random.uniform(0, 0.4))
            waited.append(student.waited)
            memory.append(read_usage(process)[0])
    join_all([partial(vote, student) for student in students])
    return waited, max(memory)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--questions", type=int, default=10)
    parser.add_argument("--window", type=float, default=2.0, help="seconds in which all vote")
    parser.add_argument("--discuss", action="store_true",
                        help="two votes on each question, with countdowns")
    parser.add_argument("--formulas", action="store_true", help="four in each question")
    parser.add_argument("--wave", action="store_true", help="kill the server: how all come back")
    parser.add_argument("--outage", type=float, default=0.0, help="seconds until it starts again")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="how long a lesson lasts")
    parser.add_argument("--large", action="store_true", help="start and export a large database")
    parser.add_argument("--probe", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--floor", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--brief", action="store_true",
                        help="no comparison, nor a wait for the memory that is given back")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    gc.disable()            # its pauses would be taken for the server's
    if options.probe:
        return probe(options.probe)
    if options.floor:
        return serve_floor()
    count, votes = options.students, options.students * options.questions
    if options.wave:
        figures = run_wave(count, options.outage)
        expected = {"votes acknowledged": count, "back with question and own answer": count}
    elif options.soak:
        figures = run_soak(count, options.soak, options.questions)
        expected = {"votes acknowledged": votes, "votes on the projector": votes,
                    "phones there at the end": count}
    elif options.large:
        figures = run_large(count)
        expected = {"votes acknowledged": figures["votes sent"]}
    else:
        figures = run_lesson(count, options.window, options.questions, options.brief,
                             options.discuss, options.formulas)
        votes *= 1 + options.discuss
        expected = {"votes acknowledged": votes, "votes on the projector": votes}
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:36}{value:>8}")
    return int(any(figures[name] != value for name, value in expected.items()))


if __name__ == "__main__":
    sys.exit(main())
