"""How long the event loop stands still: one act after another on a folder full of lessons.

    python tests/measure_sizes.py
    python tests/measure_sizes.py --runs 5 --sessions 200 --people 300

The folder holds 1,000 sessions, each with its questions and CSV files. One of them has 50,000
responses, among them a long text of everybody, one has 51 questions, and one has 30 that are open.
From a process of its own the server is asked for /healthz in a tight loop: what one answer takes
is how long every phone would have to wait.

Prints for each act the longest such wait, and the CPU that the loop's thread took in the longest
one: the clock counts other programs of the machine, too. Both are the least of several runs, each
on a fresh copy of the folder. The last column is all the CPU of the act and of what follows it.
"""

from gevent import monkey; monkey.patch_all()

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

import gevent
from load_classroom import Browser, start_server

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import classpulse

PLAIN_QUESTIONS, PLAIN_PEOPLE = 3, 10
QUIET_SECONDS, SETTLE_SECONDS = 0.4, 20     # without work, and at most, after an act
TOKEN = "measure"
LETTERS = {"options": "Red\n*Green\nBlue\nGrey"}
# {type: (the form, the value of respondent n)} of the session with most responses.
KINDS = {
    "open_text": ({}, lambda n: f"{n}: " + "面白い講義でした。もっと聞きたい。" * 290),
    "short_text": ({"accepted": "Paris"}, lambda n: f"{n} Straße " + "ﬁ und ½ " * 20),
    "word_cloud": ({"max_words": "5"}, lambda n: "\n".join(
        f"Wort {n * k % 2999}" for k in range(1, 6))),
    "multiple_choice": (LETTERS, lambda n: "ABCD"[n % 4]),
    "select_all": (LETTERS, lambda n: "A;C" if n % 3 else "B"),
    "rating": ({}, lambda n: str(n % 5 + 1)),
    "numeric": ({}, lambda n: str(n * n % 1009 / 4)),
    "ranking": ({"options": "Red\nGreen\nBlue"}, lambda n: ("A;B;C", "C;A;B", "B;C;A")[n % 3]),
}


class Lesson:
    """A session made by SQL; its files lie in `exports` as if they had been written."""

    def __init__(self, db, name, kinds, people, active=True, settings=None):
        self.id = classpulse.create_session(db, 1, name, settings)
        self.code = classpulse.get_session(db, self.id)["code"]
        self.people = [classpulse.create_respondent_id() for _ in range(people)]
        moment = classpulse.now()
        db.executemany(
            "INSERT INTO respondents (session_id, id, name, joined_at, last_seen_at) "
            "VALUES (?, ?, ?, ?, ?)",
            [(self.id, id, f"Schüler {n * 7919 % 10007}" if settings else None, moment, moment)
             for n, id in enumerate(self.people)])
        self.questions = []
        for number, kind in enumerate(kinds, start=1):
            fields, answer = KINDS[kind]
            question_id = classpulse.create_question(db, self.id, kind, {
                "title": f"Question {number}, in words as long as they mostly are", "options":
                classpulse.QUESTION_TYPES[kind].configure(classpulse.Form(fields.items()))})
            self.questions.append(question_id)
            classpulse.toggle_question_status(db, question_id, True)
            db.executemany(
                "INSERT INTO responses (question_id, session_id, round, response_value, "
                "respondent_id, seq, created_at, updated_at) VALUES (?, ?, 1, ?, ?, 1, ?, ?)",
                [(question_id, self.id, answer(n), id, moment, moment)
                 for n, id in enumerate(self.people)])
            classpulse.score_again(db, question_id)
        if not active:
            classpulse.toggle_session_status(db, self.id, False)

    def write_files(self, db, folder):
        session = classpulse.get_session(db, self.id)
        for question_id in [None, *self.questions]:
            (folder / "exports" / classpulse.name_file(session, question_id, "_long.csv")).touch()


def fill(db, options):
    """The lessons of a folder: {what is special: Lesson}; the plain ones are closed."""
    classpulse.create_user(db, {"username": "measure", "password_hash": "scrypt$$", "email": "",
                                "display_name": "Measure"})
    classpulse.create_signin(db, 1, classpulse.hash_token(TOKEN))
    kinds = list(KINDS)
    lessons = [Lesson(db, f"Biologie {n}", ["multiple_choice"] * PLAIN_QUESTIONS, PLAIN_PEOPLE,
                      active=False) for n in range(options.sessions - 3)]
    special = {"51 questions": Lesson(db, "Fifty-one", ["multiple_choice"] * 51, 20),
               "30 open": Lesson(db, "Thirty", (kinds * 4)[3:33], options.phones),
               "50,000": Lesson(db, "Fifty thousand", kinds + ["multiple_choice"] * 12,
                                options.people, settings={"names": "optional"})}
    big = special["50,000"]
    for question_id in big.questions[1:]:
        classpulse.close_questions(db, big.id, question_id)
    classpulse.set_current_question(db, big.id, big.questions[0])
    classpulse.set_shown(db, big.questions[0], True)
    return lessons, special


def build(folder, options):
    """Make the data folder; {what is special: Lesson}."""
    path = classpulse.prepare_folder(folder) / "classpulse.db"
    with closing(classpulse.connect(path)) as db:
        lessons, special = classpulse.in_transaction(db, fill, options)
        for lesson in [*lessons, *special.values()]:
            lesson.write_files(db, folder)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return special


def read_cpu(pid):
    """CPU seconds of a process's first thread, in which the loop runs; 0.0 without Linux."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9
    except OSError:
        return 0.0


def probe():
    """Ask /healthz until told to end; print [[asked at, answered at, CPU then, CPU now], ...].

    The server's port and process id are read first: so it is ready when the server is.
    """
    port, pid = map(int, sys.stdin.readline().split())
    asked, ended = [], gevent.spawn(gevent.get_hub().threadpool.apply, sys.stdin.read)
    browser = Browser(port)
    while not ended.ready():
        began, before = time.monotonic(), read_cpu(pid)
        with suppress(OSError):
            browser.request("GET", "/healthz")
            asked.append([began, time.monotonic(), before, read_cpu(pid)])
        gevent.sleep(0.002)
    print(json.dumps(asked))


class Meter:
    """Acts on a server that is probed meanwhile: {act: (longest wait, its CPU, all CPU)}, in s."""

    def __init__(self):
        self.acts = []
        self.probing = subprocess.Popen([sys.executable, __file__, "--probe"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def begin(self, process, port):
        self.pid = process.pid
        self.probing.stdin.write(f"{port} {self.pid}\n")
        self.probing.stdin.flush()

    def do(self, name, act, *args):
        """Run an act, and wait until what it set going is done; what it returns."""
        began, result = time.monotonic(), act(*args)
        quiet_at = give_up_at = time.monotonic() + SETTLE_SECONDS
        last = read_cpu(self.pid)
        while time.monotonic() < min(quiet_at, give_up_at):
            gevent.sleep(0.1)
            cpu, last = read_cpu(self.pid) - last, read_cpu(self.pid)
            if cpu > 0.06:              # more than the probe's own
                quiet_at = give_up_at
            elif quiet_at == give_up_at:
                quiet_at = time.monotonic() + QUIET_SECONDS
        self.acts.append((name, began, time.monotonic()))
        return result

    def finish(self):
        asked = json.loads(self.probing.communicate("enough")[0])
        figures = {}
        for name, began, ended in self.acts:
            inside = [(at - since, after - before, before, after)
                      for since, at, before, after in asked if at > began and since < ended]
            if inside:
                figures[name] = (max(wait for wait, *_ in inside),
                                 max(cpu for _, cpu, *_ in inside),
                                 inside[-1][3] - inside[0][2])
        return figures


def run(folder, special):
    """Start a server on the folder, and do one act after another; what Meter.finish gives."""
    with closing(classpulse.connect(folder / "classpulse.db")) as db:
        instance = classpulse.get_instance(db)
    meter = Meter()
    process, port, _ = start_server(str(folder))
    meter.begin(process, port)
    try:
        teacher = Browser(port)
        teacher.cookies[f"cp_{instance['id']}"] = TOKEN
        do_all(meter, teacher, instance, special)
        return meter.finish()
    finally:
        for one in (meter.probing, process):
            one.kill()
            one.communicate()


def do_all(meter, teacher, instance, special):
    """The acts, those that delete at the end."""
    def get(path):
        status, _, body = teacher.request("GET", path)
        assert status == 200, (path, status)
        return body.decode("utf-8")

    def post(path, **fields):
        status, head, body = teacher.request("POST", path, fields)
        assert status in (200, 303), (path, status, body[-300:])
        return head

    big, many, thirty = special["50,000"], special["51 questions"], special["30 open"]
    text, plain = big.questions[0], f"/sessions/{big.id - 3}"
    meter.do("start", gevent.sleep, 1)
    post("/alone", alone=1)
    meter.do("home", get, "/")
    meter.do("all sessions", get, "/sessions")
    meter.do("sessions to reuse", get, f"{plain}/reuse")
    meter.do("questions to reuse", get, f"{plain}/reuse?source={many.id}")
    meter.do("control page, 51 questions", get, f"/sessions/{many.id}")
    meter.do("control page, 30 open", get, f"/sessions/{thirty.id}")
    meter.do("control page with private view", get, f"/sessions/{big.id}")
    meter.do("sessions compared", get, f"/sessions/{big.id}/report?compare={plain[10:]}")
    meter.do("projector", get, f"/present/{big.id}")
    meter.do("projector of 30 open", get, f"/present/{thirty.id}")
    for kind, question_id in zip(KINDS, big.questions):
        meter.do(f"results, {kind}", get, f"/questions/{question_id}/results")
    meter.do("report of 50,000", get, f"/sessions/{big.id}/report")
    meter.do("report of 50,000 by points", get, f"/sessions/{big.id}/report?sort=points")
    meter.do("private view of texts", get, f"/questions/{text}/private")
    meter.do("table of texts", get, f"/questions/{text}/table")
    key = re.search(r'name="hide" value="([^"]+)"', get(f"/questions/{text}/private"))[1]
    meter.do("whole text", get, f"/questions/{text}/text?key={key}")
    for path in (f"/ws/results/{text}", f"/ws/present/{big.id}"):
        meter.do(f"socket of {path.split('/')[2]}", teacher.watch, path, lambda *_: None)
    meter.do("hide a text", lambda: post(f"/api/questions/{text}/hide", hide=key))
    meter.do("leave somebody out", lambda: post(f"/api/questions/{text}/people",
                                                leave_out=big.people[7]))
    texts, choices = big.questions[1], big.questions[3]
    meter.do("mark an option as correct", lambda: post(f"/api/questions/{choices}/mark", key="A"))
    meter.do("accept a short answer", lambda: post(
        f"/api/questions/{texts}/accept", key=classpulse.normalize(KINDS["short_text"][1](8))))
    classpulse.classroom.key = bytes.fromhex(instance["key"])

    def phone(lesson, respondent):
        browser, mark = Browser(teacher.port), classpulse.sign_respondent(lesson.id, respondent)
        browser.cookies[f"cp_{instance['id']}_{lesson.id}"] = f"{respondent}.{mark}"
        return browser

    def vote(respondent, value):
        status, _, body = phone(big, respondent).request(
            "POST", f"/audience/respond/{text}", {"response": value, "round": 1, "seq": 5})
        assert status == 200, body[-300:]

    def return_all(path, count=30):
        gevent.joinall([gevent.spawn(phone(thirty, id).request, "GET", path)
                        for id in thirty.people[:count]], raise_error=True)
    meter.do("a vote among long texts", vote, big.people[3], "Short.")
    meter.do("30 phones return", return_all, f"/audience/{thirty.code}/state")
    meter.do("30 phones load the page", return_all, f"/audience/{thirty.code}")
    meter.do("close all", lambda: post(f"/api/sessions/{thirty.id}/all", active=0))
    meter.do("duplicate a question", lambda: post(f"/questions/{many.questions[3]}/duplicate"))
    meter.do("move among 51", lambda: post(f"/questions/{many.questions[50]}/move", place=2))
    meter.do("open all", lambda: post(f"/api/sessions/{many.id}/all", active=1))
    meter.do("rename", lambda: post(f"/sessions/{big.id}/edit", name="Fifty thousand two"))
    meter.do("close the question", lambda: post(f"/api/questions/{text}/toggle", active=0))
    meter.do("vote again", lambda: post(
        f"/api/sessions/{big.id}/step", action="vote_again", question_id=text, round=1,
        stage="results"))
    meter.do("download one question", get, f"/questions/{big.questions[3]}/export")
    meter.do("download of 50,000", get, f"/sessions/{big.id}/export")
    meter.do("close the session", lambda: post(f"/api/sessions/{big.id}/toggle", active=0))
    meter.do("archive", lambda: post(f"/api/sessions/{big.id - 9}/archive", archived=1))
    meter.do("again", lambda: post(f"/sessions/{many.id}/again"))
    meter.do("open after another lesson", lambda: post(f"/api/sessions/{big.id - 9}/toggle",
                                                       active=1))
    meter.do("asks whether to delete", get, f"/sessions/{big.id}/delete")
    meter.do("delete the texts", lambda: post(f"/questions/{text}/delete"))
    meter.do("delete 50,000 with files", lambda: post(
        f"/sessions/{big.id}/delete", name="Fifty thousand two", copies=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--people", type=int, default=2500, help="in the session of 20 questions")
    parser.add_argument("--phones", type=int, default=200, help="in that of 30 open questions")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--probe", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.probe:
        return probe()
    random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        special = build(Path(folder, "made"), options)
        runs = []
        for number in range(options.runs):
            copy = Path(folder, f"run-{number}")
            shutil.copytree(Path(folder, "made"), copy)
            runs.append(run(copy, special))
            shutil.rmtree(copy)
    figures = {name: [round(1000 * min(run[name][n] for run in runs if name in run), 1)
                      for n in range(3)] for name in runs[0]}
    if options.json:
        print(json.dumps(figures))
        return
    print(f"{'':34}{'longest wait':>14}{'its CPU':>10}{'all CPU, ms':>14}")
    for name, values in figures.items():
        print(f"{name:34}{values[0]:>14}{values[1]:>10}{values[2]:>14}")


if __name__ == "__main__":
    sys.exit(main())
