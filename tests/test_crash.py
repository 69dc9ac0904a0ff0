"""kill -9 at any moment: what phones show as saved is there, once, and the lesson goes on."""

import http.client
import json
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import closing, contextmanager

import classpulse
import pytest
from test_real_time_results import Phone, Teacher, hear

KILLS, PHONES = 20, 8
QUIZ = {"options": "Paris\n*Lyon\nKöln"}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.fixture
def teacher(open_browser):
    return open_browser(Teacher)


@pytest.fixture
def phones(open_browser, teacher):
    return [open_browser(Phone, teacher.code) for _ in range(PHONES)]


class Burst:
    """Each phone goes through all letters, as fast as it is answered.

    Who gets the last of so many acknowledgements kills the server, while the others vote.
    `acknowledged` says how many each phone got.
    """

    def __init__(self, server, question_id, phones, kill_after):
        self.server, self.question_id, self.left = server, question_id, kill_after
        self.acknowledged, self.lock = [0] * len(phones), threading.Lock()
        threads = [threading.Thread(target=self.vote, args=numbered)
                   for numbered in enumerate(phones)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server.end()

    def vote(self, number, phone):
        for seq, letter in enumerate(LETTERS, start=1):
            try:
                answer = phone.respond(self.question_id, letter, round=1, seq=seq)
            except (OSError, http.client.HTTPException):
                return
            assert b"Saved" in answer.content
            self.acknowledged[number] = seq
            with self.lock:
                self.left -= 1
                if self.left == 0:
                    self.server.process.kill()


def read_copy(folder, copy, sql):
    """Rows of the database as the crash left it, from a copy: the server repairs its own."""
    copy.mkdir()
    for path in folder.glob("classpulse.db*"):
        shutil.copy(path, copy)
    with closing(sqlite3.connect(copy / "classpulse.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return db.execute(sql).fetchall()


def id_of(phone):
    """The respondent's id in the phone's cookie."""
    [cookie] = phone.cookies.values()
    return cookie.partition(".")[0]


def test_after_each_of_20_kills_the_last_acknowledged_answer_is_kept(
        server, teacher, phones, tmp_path):
    moments = random.Random(4)
    questions = [teacher.open_question(options="\n".join(LETTERS)) for _ in range(KILLS)]
    interrupted = total = 0
    for question_id in questions:
        burst = Burst(server, question_id, phones, moments.randint(1, PHONES * 25))
        rows = read_copy(server.folder, tmp_path / f"copy {question_id}",
                         "SELECT respondent_id, seq, response_value FROM responses "
                         f"WHERE question_id = {question_id}")
        kept = {respondent_id: seq for respondent_id, seq, _ in rows}
        assert len(kept) == len(rows), "an answer is there twice"
        for phone, acknowledged in zip(phones, burst.acknowledged):
            assert kept.get(id_of(phone), 0) in (acknowledged, acknowledged + 1)
            interrupted += acknowledged < len(LETTERS)
            total += acknowledged
        assert all(value == LETTERS[seq - 1] for _, seq, value in rows)

        # The next start goes on with the same question, the same phones, and who was signed in.
        server.start()
        assert 'class="row-state is-open"' in teacher.control()
        for phone in phones:
            state = json.loads(phone.get(f"/audience/{teacher.code}/state").content)
            assert {q["id"] for q in state["questions"] if q["stage"] == "open"} == set(questions)
            mine = state["mine"].get(str(question_id), {"seq": 0, "round": 1})
            assert (mine["seq"], mine["round"]) == (kept.get(id_of(phone), 0), 1)
    assert interrupted > KILLS, "hardly any burst was cut short"
    print(f"{KILLS} kills, {total} answers acknowledged, none lost, none doubled")
    respondents = read_copy(server.folder, tmp_path / "at the end", "SELECT id FROM respondents")
    assert {id for id, in respondents} == set(map(id_of, phones))


def test_a_restart_after_a_kill_is_where_each_lesson_was(server, teacher):
    acts = [("open", "open"), ("close", "closed"), ("show_results", "results"),
            ("show_answer", "answer"), ("vote_again", "open")]
    told = {}
    for number, (_, stage) in enumerate(acts, start=1):
        session_id = teacher.create_session()
        teacher.create_question()
        teacher.create_question(title="Später?")
        for act, _ in acts[:number]:
            told[session_id] = teacher.step(act), stage
    server.kill()
    server.start()
    for teacher.session_id, (before, stage) in told.items():
        now = teacher.now
        assert now["stage"] == stage
        changing = ("epoch", "version")
        assert {name: now[name] for name in now if name not in changing} == {
            name: before[name] for name in now if name not in changing}


# Countdowns

def read_question(server, question_id):
    """The stored question."""
    with closing(classpulse.connect(server.folder / "classpulse.db")) as db:
        return classpulse.get_question(db, question_id)


def end_countdown(server, question_id):
    """Let a countdown end now, while the server does not run; when that was."""
    with closing(classpulse.connect(server.folder / "classpulse.db")) as db:
        classpulse.set_timer(db, question_id, classpulse.now())
        return classpulse.get_question(db, question_id)["closes_at"]


@contextmanager
def stopped(process):
    """A process that gets no time, as on a laptop that sleeps."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def test_a_countdown_goes_on_after_a_kill_and_one_that_ran_out_is_dropped(server, teacher, phones):
    runs, out = [teacher.open_question(**QUIZ, seconds="900") for _ in range(2)]
    before = hear(teacher.watch(f"/ws/results/{runs}"))["remaining_ms"]
    server.kill()
    end_countdown(server, out)
    server.start()
    [told, dropped] = [hear(teacher.watch(f"/ws/results/{id}")) for id in (runs, out)]
    assert 0 < told["remaining_ms"] < before and told["stage"] == "open"
    assert (dropped["remaining_ms"], dropped["stage"]) == (None, "open")
    phones[0].respond(out, "A")
    assert hear(teacher.watch(f"/ws/results/{out}"))["response_count"] == 1


def test_a_laptop_that_slept_through_the_end_closes_as_if_it_had_not(server, teacher, phones):
    question_id = teacher.open_question(**QUIZ, seconds="900")
    for phone in phones[:2]:
        phone.listen()                      # is inside
    phones[0].respond(question_id, "A", seq=1)
    watched = teacher.watch(f"/ws/results/{question_id}")
    answers = []

    def vote(phone, status, **fields):
        answers.append(phone.respond(question_id, "B", seq=2, round=1, status=status, **fields))
    with stopped(server.process):
        closed_at = classpulse.time_in(after=end_countdown(server, question_id), seconds=1.5)
        threads = [threading.Thread(target=vote, args=args, kwargs=fields) for args, fields in (
            ((phones[0], 200), {"queued": "1"}), ((phones[1], 200), {"queued": "1"}),
            ((phones[2], 409), {}))]
        for thread in threads:
            thread.start()
        while classpulse.now() < closed_at:
            time.sleep(0.01)
    for thread in threads:
        thread.join()
    told = hear(watched, lambda message: message["stage"] == "closed" and message["late"])
    assert len(answers) == 3
    assert (told["response_count"], told["late"], told["results_shown"]) == (1, 1, False)
    assert read_question(server, question_id)["closings"] == json.dumps(
        {"1": closed_at}, separators=(",", ":"))


def test_a_countdown_shows_every_page_what_is_left_and_closes_a_moment_later(
        server, teacher, phones):
    question_id = teacher.open_question(**QUIZ, seconds="60")
    left = [hear(teacher.watch(f"/ws/results/{question_id}"))["remaining_ms"]]
    phones[0].respond(question_id, "A")
    for browser, path in ((phones[0], f"/ws/audience/{teacher.code}"),
                          (teacher, f"/ws/present/{teacher.session_id}"),
                          (phones[1], f"/ws/audience/{teacher.code}")):
        told = hear(browser.watch(path))
        left.append(told.get("questions", [told])[0]["remaining_ms"])
    assert 60_000 > left[0] > left[1] > left[2] > left[3] > 0
    question_id = teacher.open_question(**QUIZ, seconds="5")
    question = read_question(server, question_id)
    watched = teacher.watch(f"/ws/results/{question_id}")
    phones[0].respond(question_id, "A")
    told = hear(watched, lambda message: message["stage"] != "open")
    assert (told["stage"], told["remaining_ms"], told["response_count"]) == ("closed", None, 1)
    phones[0].respond(question_id, "B", status=409)
    assert read_question(server, question_id)["closings"] == json.dumps(
        {"1": classpulse.time_in(after=question["reopened_at"], seconds=6.5)},
        separators=(",", ":"))


@pytest.mark.skipif(not shutil.which("strace"), reason="apt-get install strace")
def test_every_acknowledgement_comes_after_a_sync_of_its_own(server, teacher, phones, tmp_path):
    question_id = teacher.open_question(options="\n".join(LETTERS))
    calls = tmp_path / "calls"
    tracer = subprocess.Popen(
        ["strace", "-f", "-s", "999", "-e", "trace=fsync,fdatasync,sendto", "-o", calls,
         "-p", str(server.process.pid)], stderr=subprocess.PIPE, text=True)
    if "attached" not in tracer.stderr.readline():
        pytest.skip("this system lets nobody trace")
    for seq, letter in enumerate(LETTERS, start=1):
        assert b"Saved" in phones[0].respond(question_id, letter, round=1, seq=seq).content
    tracer.terminate()
    tracer.communicate(timeout=20)
    synced = r"f(?:data)?sync(?:\(\d+\)| resumed>\)) += 0"
    answered = r'sendto\(\d+, "HTTP/1\.1 200'
    order = "".join("S" if re.search(synced, line) else "A" if re.search(answered, line) else ""
                    for line in calls.read_text("utf-8", "replace").splitlines())
    assert order.count("A") == len(LETTERS)
    assert "AA" not in order and order.startswith("S"), order
