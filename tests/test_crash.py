"""kill -9 at any moment: what phones show as saved is there, once, and the lesson goes on."""

import http.client
import json
import random
import re
import shutil
import sqlite3
import subprocess
import threading
from contextlib import closing

import pytest
from test_real_time_results import Phone, Teacher

KILLS, PHONES = 20, 8
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


@pytest.mark.parametrize("act, stage", [
    ("open", "open"), ("close", "closed"), ("show_results", "results"), ("show_answer", "answer"),
    ("vote_again", "open")])
def test_a_restart_after_a_kill_is_where_the_lesson_was(server, teacher, act, stage):
    teacher.create_question()
    teacher.create_question(title="Später?")
    for step in ("open", "close", "show_results", "show_answer", "vote_again"):
        told = teacher.step(step)
        if step == act:
            break
    server.kill()
    server.start()
    now = teacher.now
    assert now["stage"] == stage
    changing = ("epoch", "version")
    assert {name: now[name] for name in now if name not in changing} == {
        name: told[name] for name in now if name not in changing}


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
