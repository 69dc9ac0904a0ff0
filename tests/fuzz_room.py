"""Minutes of requests that nobody would send, against a real server on this machine.

    python tests/fuzz_room.py --minutes 5

Every route is asked with four kinds of cookies (none, a respondent's, another presenter's, the
owner's), with every field that the program reads, and with values that were made to cost much: to
normalize, to match, to count, to draw. Bodies and heads are cut, doubled and mislabelled, too.

The server notes what CPU each request took, its own greenlet's alone. One line tells the end:
requests, answers with 500 (the program exits with 1 when there are any, or a line in the server's
log), the CPU of the slowest request, and the server's memory before and after.
"""

import argparse
import random
import re
import socket
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, urlencode

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import classpulse  # noqa: E402
from conftest import Browser, Server, Teacher  # noqa: E402

THREADS = 3
SLOWEST = "slowest.txt"         # in the data folder: what the server writes at its end

# The program, with the CPU of each greenlet counted, and without the waits that guessing earns.
MEASURED = f"""
from gevent import monkey; monkey.patch_all()
import atexit, pathlib, sys, time
import greenlet
import classpulse

spent, began, slowest = {{}}, time.thread_time(), (0, "")

def count(event, arguments):
    global began
    now = time.thread_time()
    if arguments[0] in spent:
        spent[arguments[0]] += now - began
    began = now

class Handler(classpulse.Handler):
    def handle_one_request(self):
        global slowest
        own = greenlet.getcurrent()
        count("request", [own])
        spent[own] = 0.0
        try:
            return super().handle_one_request()
        finally:
            count("request", [own])
            slowest = max(slowest, (spent.pop(own), repr(self.requestline)))

def tell(folder):
    said = f"{{1000 * slowest[0]:.1f}} {{slowest[1]}}"
    pathlib.Path(folder, {SLOWEST!r}).write_text(said, "utf-8")

greenlet.settrace(count)
classpulse.Handler = Handler
classpulse.Throttle.take = lambda self: 0
finish = classpulse.Classroom.close

def close(self):
    tell(self.folder)
    finish(self)

classpulse.Classroom.close = close
sys.exit(classpulse.main())
"""

# Every field that a route or a type reads, as the source names them, and a few of its own making.
SOURCE = (ROOT / "classpulse.py").read_text("utf-8")
FIELDS = sorted({"response", "title", "options", "nonsense", *re.findall(
    r"""(?:form|number|query)?\.?(?:get|getall|text|choice|integer|number)\("(\w+)\"""", SOURCE)})
REPEATED = ["a", "1", " ", "-", ",", ";", ".", "\n", "*", "\t", "<", "&", "\"", "'", "\\", "$",
            "%", "`", "(", "\u0315\u0316", "\u0301", "\ufdfa", "\ufdfd", "\u1f82", "\u1100\u1161",
            "\u202e", "\u200b", "\u2800", "\U0001f468\u200d", "\ud7a3", "①", "٣", "½", "ß", "İ",
            "🏳️", "A;", "a\n", "1,", "a b ", "=1+1\n", "\0", "\x85", "\xa0", "😀"]
USUAL = ["A", "B", "1", "0", "-", "3.5", "A;B", "Paris", "true", "no", "required", "next", "open",
         "close", "vote_again", "show_answer", "go", "results", "draft", "-1", str(2**53),
         "9" * 40, "1e400", "nan", "1/0", "2026-03-04T09:42", "/sessions", "//evil", "on", ""]
LENGTHS = [1, 7, 30, 61, 199, 501, 1000, 5001, 20_000, 60_000]


def make_up_value(choose):
    """A usual value, or one that is expensive to look at, or both."""
    if choose.random() < 0.5:
        return choose.choice(USUAL)
    part = choose.choice(REPEATED) + choose.choice(REPEATED) * choose.randint(0, 1)
    text = part * (choose.choice(LENGTHS) // len(part) + 1)
    return choose.choice(["", "a", "*", "A\nB\n"]) + text


def make_up_form(choose):
    """A body and its content type: a form as the program reads it, or what looks like one."""
    fields = choose.choice([FIELDS, ["response"], ["username", "password", "name", "code"]])
    pairs = [(choose.choice(fields), make_up_value(choose)) for _ in range(choose.randint(0, 9))]
    if choose.random() < 0.15:
        charset = choose.choice(["utf-8", "punycode", "idna", "utf-7", "utf-16", "unicode_escape"])
        parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"'
                 f"{choose.choice(['', '; filename=x'])}\r\n"
                 f"Content-Type: text/plain; charset={charset}\r\n\r\n{value}\r\n"
                 for name, value in pairs]
        return ("".join(parts) + "--x--\r\n").encode("utf-8", "replace"), \
            "multipart/form-data; boundary=x"
    if choose.random() < 0.05:
        return choose.randbytes(choose.choice(LENGTHS)), choose.choice(
            ["application/x-www-form-urlencoded", "multipart/form-data; boundary=\xff", ""])
    return urlencode(pairs, errors="replace").encode(), "application/x-www-form-urlencoded"


def make_up_request(choose, routes, known, cookie):
    """The bytes of one request."""
    method, rule = choose.choice(routes)
    if rule in ("/login", "/setup") and choose.random() < 0.9:
        return None             # each try hashes a password: 0.2 s in a thread, and nothing new

    def fill(match):
        if choose.random() < 0.9:
            return quote(str(choose.choice(known.get(match[1], ["1"]))))
        return quote(make_up_value(choose)[:2000].encode("utf-8", "replace"), safe="")
    path = re.sub(r"<(\w+)[^>]*>", fill, rule)
    body, kind = make_up_form(choose)
    if method == "GET":
        path, body = f"{path}?{body[:6000].decode('latin-1')}" if body else path, b""
        path = re.sub(r"[^\x21-\x7e]", "", path)
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}",
            f"Content-Length: {len(body)}", f"Content-Type: {kind}"]
    for chance, line in ((0.5, "HX-Request: true"), (0.3, "Sec-Fetch-Mode: navigate"),
                         (0.1, "Accept: text/html"), (0.05, "Connection: Upgrade"),
                         (0.05, "Upgrade: websocket"), (0.02, "Expect: 100-continue"),
                         (0.02, "X: " + make_up_value(choose)[:9000].replace("\n", "")),
                         (0.02, "Accept-Encoding: " + "gzip;q=0," * 900),
                         (0.02, "Cookie: " + "; " * 4000),
                         (0.1, "Sec-WebSocket-Version: 13")):
        if choose.random() < chance:
            head.append(line)
    sent = "\r\n".join([*head, "", ""]).encode("utf-8", "replace") + body
    if choose.random() < 0.03:
        sent = sent[:choose.randint(1, len(sent))]
    return sent


def ask(port, sent):
    """What the server answers to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        try:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65536), b""))
        except OSError:                 # refused in the middle
            return b""


class Fuzz:
    """Four kinds of people and what they ask; `run` until the time is over."""

    def __init__(self, server, seed):
        self.server, self.seed = server, seed
        # What anybody may ask for is asked more often than what only presenters may.
        self.routes = [(route.method, route.rule) for route in classpulse.app.routes
                       if route.rule != "/logout"
                       for _ in range(8 if route.rule.startswith("/audience") else 1)]
        self.owner = Teacher(server)
        self.count, self.failed = 0, []
        with classpulse.command_database(server.folder) as db:
            user = classpulse.in_transaction(db, classpulse.create_user, {
                "username": "Otro", "display_name": "", "email": "", "password_hash": "-"})
            token = classpulse.hash_token("otro")
            classpulse.in_transaction(db, classpulse.create_signin, user, token)
            self.instance = classpulse.get_instance(db)["id"]
        self.renew()

    def renew(self):
        """A session with an open question of each type, and a respondent; the old ones may go."""
        self.owner.session = self.owner.post("/sessions/new", {"name": "Fuzz"}).headers["Location"]
        code = re.search(rb'data-code="(\d+)"', self.owner.get(self.owner.session).content)[1]
        for type in classpulse.QUESTION_TYPES:
            self.owner.post(f"{self.owner.session}/questions/new/{type}", {
                "title": type, "options": "*a\nb\nc", "accepted": "x", "correct": "3"})
        self.owner.post(f"/api{self.owner.session}/all", {"active": "1"})
        self.owner.post("/lists", {"name": "Fuzz", "entries": "a\tb\nc"})
        phone = Browser(self.server)
        phone.post("/join", {"code": code.decode()})
        with classpulse.command_database(self.server.folder) as db:
            found = db.all("SELECT id FROM questions ORDER BY id DESC LIMIT 8")
        self.known = {"code": [code.decode()] * 9 + ["000000"],
                      "session_id": [self.owner.session.rsplit("/", 1)[1]] * 9 + ["1"],
                      "question_id": [*(row["id"] for row in found), 1, 10**9],
                      "type": list(classpulse.QUESTION_TYPES),
                      "list_id": [1, 2, 3, 10**9],
                      "version": [classpulse.static_files().version],
                      "path": list(classpulse.static_files().files), "image_id": ["0" * 32]}
        self.cookies = ["", phone.cookie(), f"cp_{self.instance}=otro", self.owner.cookie()]

    def run(self, until):
        """Ask in threads until that moment of the monotonic clock."""
        threads = [threading.Thread(target=self.ask_all, args=(number, until))
                   for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def ask_all(self, number, until):
        choose = random.Random(self.seed * THREADS + number)
        while time.monotonic() < until:
            if number == 0 and choose.random() < 0.002:
                self.renew()
            sent = make_up_request(choose, self.routes, self.known, choose.choice(self.cookies))
            if sent is None:
                continue
            self.count += 1
            if b" 500 " in ask(self.server.port, sent).partition(b"\r\n")[0]:
                self.failed.append(sent)


def main():
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--minutes", type=float, default=5)
    options.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = options.parse_args()
    print(f"seed {options.seed}, {options.minutes:g} minutes", flush=True)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        server = Server(Path(folder, "data"), program=("-c", MEASURED))
        stack.callback(server.process.kill)
        fuzz = Fuzz(server, options.seed)
        before = server.memory_mb()
        fuzz.run(time.monotonic() + 60 * options.minutes)
        after = server.memory_mb()
        server.stop()
        slowest = (server.folder / SLOWEST).read_text("utf-8")
        said = server.said.partition("Stop with Ctrl-C.")[2]
        said = said.replace("Stopping: writing the CSV files …", "").strip()
    for sent in fuzz.failed[:10]:
        print("500:", sent[:300])
    if said:
        print(said[-3000:])
    milliseconds, _, line = slowest.partition(" ")
    print(f"slowest: {line[:200]}")
    print(f"{fuzz.count} requests, {len(fuzz.failed)} answered with 500, slowest {milliseconds} "
          f"ms of CPU, memory {before:.0f} MB before, {after:.0f} MB after")
    return 1 if fuzz.failed or said else 0


if __name__ == "__main__":
    sys.exit(main())
