"""Disks that are full, failing, read-only or slow, and files that somebody else holds."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import classpulse
import gevent
import pytest
from conftest import ROOT
from test_real_time_results import Listener, Phone, Teacher, hear, wait_for
from test_store import SlowDisk, note, noted, refuse_commit, write_together

resource = pytest.importorskip("resource", reason="faults are made as POSIX makes them")


# Faults of a running server, over at the end of the block

@contextmanager
def limited(server):
    """No file may grow, nor be written at all: what a full disk or a quota does."""
    if not hasattr(resource, "prlimit"):
        pytest.skip("this system has no prlimit")
    _, most = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, most))
    yield
    if server.process.poll() is None:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (most, most))


@contextmanager
def immutable(server):
    """The database and its log may not be changed, not even by who has opened them."""
    files = [server.folder / name for name in ("classpulse.db", "classpulse.db-wal")]

    def change(flag):
        return subprocess.run(["chattr", flag, *files], capture_output=True).returncode == 0
    if not shutil.which("chattr") or not change("+i"):
        pytest.skip("only root may do this, and not on every file system")
    try:
        with pytest.raises(OSError):
            files[0].open("ab")
        yield
    finally:
        change("-i")


@contextmanager
def injected(server, calls, fault):
    """System calls of the server that go wrong, by strace."""
    if not shutil.which("strace"):
        pytest.skip("apt-get install strace")
    tracer = subprocess.Popen(["strace", "-f", "-p", str(server.process.pid), "-o", os.devnull,
                               "-e", f"inject={calls}:{fault}"], stderr=subprocess.PIPE, text=True)
    try:
        if "attached" not in tracer.stderr.readline():
            pytest.skip("this system lets nobody trace")
        yield
    finally:
        tracer.terminate()
        tracer.communicate(timeout=20)


@contextmanager
def locked(server):
    """Another program is in the middle of a transaction."""
    script = ("import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
              "db.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()")
    holder = subprocess.Popen([sys.executable, "-c", script, server.folder / "classpulse.db"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    try:
        yield
    finally:
        holder.communicate()


SYNCS = "fsync,fdatasync"
# What fails, and what is said of it.
FAULTS = {
    "no room by a limit": (limited, "refuses to write"),
    "no space left": (partial(injected, calls="pwrite64", fault="error=ENOSPC"), "disk is full"),
    "a sync fails": (partial(injected, calls=SYNCS, fault="error=EIO"), "refuses to write"),
    "a read-only file system": (
        partial(injected, calls="pwrite64", fault="error=EROFS"), "refuses to write"),
    "a read-only file": (immutable, ""),
    "locked": (locked, "Another program")}


@pytest.fixture
def tmp_path():
    """A folder on a disk: in memory, files that are open may be written whatever their flags."""
    with tempfile.TemporaryDirectory(prefix="classpulse-", dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def server(start_server):
    """One for each test: it is made to fail."""
    return start_server()


@pytest.fixture
def teacher(open_browser):
    return open_browser(Teacher)


@pytest.fixture
def phone(open_browser, teacher):
    return open_browser(Phone, teacher.code)


def test_a_vote_is_never_called_saved_when_it_is_not_and_all_recovers(server, teacher, phone):
    question_id = teacher.open_question()
    phone.respond(question_id, "A", seq=1)
    pages = [teacher.watch(f"/ws/present/{teacher.session_id}"),
             teacher.watch(f"/ws/results/{question_id}")]
    saved, skipped = "A", []
    for seq, (name, (fault, said)) in enumerate(FAULTS.items(), start=2):
        other = "BA"["AB".index(saved)]
        try:
            with fault(server):
                answer = phone.respond(question_id, other, seq=seq, status=503).content.decode()
                assert "Not saved" in answer and said in answer, name
                for page in pages:
                    assert said in hear(page, lambda message: message["trouble"])["trouble"], name
                assert "Answers are not being saved" in teacher.control(), name
                assert hear(phone.listen())["mine"][str(question_id)]["value"] == saved, name
        except pytest.skip.Exception as reason:
            skipped.append(f"{name}: {reason}")
            continue
        for page in pages:      # by itself: nobody votes meanwhile
            hear(page, lambda message: not message["trouble"])
        assert "Answers are not being saved" not in teacher.control(), name
        phone.respond(question_id, other, seq=seq)
        saved = other
    assert server.stop() == 0
    done = len(FAULTS) - len(skipped)
    with closing(sqlite3.connect(server.folder / "classpulse.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT response_value, changes FROM responses").fetchall() == [
            (saved, done)]
    assert server.said.count("Not saved. ") == server.said.count("Saving works again.") == done
    if skipped:
        pytest.skip("; ".join(skipped))


def test_the_presenters_pages_show_a_red_bar_while_nothing_is_saved(server, teacher, open_page):
    question_id = teacher.open_question()
    pages = []
    for path in (f"/present/{teacher.session_id}", f"/sessions/{teacher.session_id}",
                 f"/questions/{question_id}/results"):
        page = open_page(server.url + "/login", 1280, 800)
        page.context.add_cookies([{"name": name, "value": value, "url": server.url}
                                  for name, value in teacher.cookies.items()])
        page.goto(server.url + path)
        pages.append(page)
    with limited(server):
        teacher.post("/sessions/new", {"name": "Ökologie"}, status=503)
        for page in pages:
            page.get_by_role("alert").filter(has_text="Answers are not being saved").wait_for()
    for page in pages:
        page.locator("[data-trouble]:empty").wait_for(state="attached")


@pytest.mark.parametrize("command", ["present", "results"])
def test_a_page_hears_of_trouble_when_nothing_else_changes(room, question, command, monkeypatch):
    id = question["session_id"] if command == "present" else question["id"]
    page = Listener(room, command, id)
    monkeypatch.setattr(room.db, "TRY_SECONDS", 0.05)
    monkeypatch.setattr(room.db, "_run_commit", refuse_commit)
    with pytest.raises(classpulse.NotSaved):
        room.db.write(note, "first")
    wait_for(lambda: page.heard and "refuses to write" in page.heard[-1]["trouble"])
    monkeypatch.undo()
    wait_for(lambda: page.heard[-1]["trouble"] == "")
    assert len(page.heard) == 2


def test_a_writer_that_hangs_is_said_to_hang(room, question, monkeypatch, capsys):
    page = Listener(room, "present", question["session_id"])
    disk = SlowDisk(room.db)
    committing = gevent.spawn(room.db.write, note, "first")
    disk.started.get(timeout=20)
    monkeypatch.setattr(room.db, "WAIT_SECONDS", 0.05)
    try:
        with pytest.raises(classpulse.NotSaved, match="is not responding"):
            room.db.write(note, "second")
        wait_for(lambda: page.heard and "is not responding" in page.heard[-1]["trouble"])
    finally:
        disk.finish.set()
    assert committing.get(timeout=20) == "FIRST"
    wait_for(lambda: page.heard[-1]["trouble"] == "")
    said = capsys.readouterr().err
    assert said.index("is not responding") < said.index("Saving works again")


def test_the_beat_does_not_wait_for_a_disk_that_hangs(room, session):
    room.db.write(classpulse.ensure_respondent, session["id"], "ü")
    disk = SlowDisk(room.db)
    room.live.seen(session["id"], "ü")
    try:
        room.live._beat()
        assert not disk.started.ready()
    finally:
        disk.finish.set()
    wait_for(lambda: disk.started.ready() and not room.live.unsaved)


def test_a_change_that_writes_nothing_does_not_end_the_trouble(db, monkeypatch):
    monkeypatch.setattr(db, "_run_commit", refuse_commit)
    with pytest.raises(classpulse.NotSaved):
        db.write(note, "first")
    monkeypatch.undo()
    monkeypatch.setattr(db, "writer", OneThatCannotWrite(db.writer))
    assert db.write(lambda connection: connection.one("SELECT 1 AS one")) == {"one": 1}
    assert "can't be written" in str(db.trouble)


class OneThatCannotWrite:
    """A connection whose statements that write are refused, and no others."""

    def __init__(self, connection):
        self.connection = connection

    def __getattr__(self, name):
        return getattr(self.connection, name)

    def execute(self, sql, *values):
        if sql.startswith(("INSERT", "UPDATE")):
            raise sqlite3.OperationalError("attempt to write a readonly database")
        return self.connection.execute(sql, *values)


def full(db):
    note(db, "undone")
    raise sqlite3.OperationalError("database or disk is full")


def test_a_change_the_disk_refuses_is_not_saved_and_harms_no_other(db):
    outcomes = write_together(db, (note, "before"), (full,), (note, "after"))
    assert outcomes[::2] == ["BEFORE", "AFTER"]
    assert isinstance(outcomes[1], classpulse.NotSaved) and "disk is full" in str(outcomes[1])
    assert noted(db) == {"before", "after"}
    assert "disk is full" in str(db.trouble)
    assert db.write(note, "next") == "NEXT"
    assert db.trouble == ""


def test_a_fault_of_the_program_is_no_trouble_with_the_disk(db):
    [outcome] = write_together(db, (lambda connection: connection.execute("SELECT nothing"),))
    assert isinstance(outcome, sqlite3.OperationalError)
    assert db.trouble == ""


# Stopping meanwhile: how it ends says whether it gave up, and it is known when it does that

def test_it_gives_up_within_three_seconds():
    assert classpulse.STOP_SECONDS < 3


@pytest.mark.parametrize("fault", [locked, limited], ids=["locked", "no_room"])
def test_it_stops_within_three_seconds_when_nothing_can_be_saved(server, teacher, phone, fault):
    question_id = teacher.open_question()
    phone.respond(question_id, "A", seq=1)
    with fault(server):
        server.process.terminate()
        server.process.wait(timeout=20)
    assert server.end() == 0
    assert "Traceback" not in server.said
    with closing(sqlite3.connect(server.folder / "classpulse.db")) as db:
        assert db.execute("SELECT response_value FROM responses").fetchall() == [("A",)]


COMMIT_HANGS = ("    classpulse.classroom.db._run_commit = lambda: wait(60)\n"
                "    gevent.spawn(classpulse.classroom.db.write, classpulse.touch)\n")
EXPORT_HANGS = ("    classpulse.get_session = lambda *_: {'id': 1, 'settings': {'identify': ''}}\n"
                "    classpulse.list_question_ids = lambda *_: []\n"
                "    classpulse.Exports.list_files = lambda *_: []\n"
                "    classpulse.export_to_file = lambda *_: wait(60)\n"
                "    classpulse.classroom.exports.wanted(1)\n")


@pytest.mark.parametrize("hang", [COMMIT_HANGS, EXPORT_HANGS], ids=["commit", "export"])
def test_it_stops_within_three_seconds_when_the_disk_hangs(tmp_path, hang):
    script = ("from gevent import monkey; monkey.patch_all()\n"
              "import classpulse, gevent, os, signal, sys\n"
              "def show_start():\n" + hang +
              "    gevent.sleep(0)\n"
              "    os.kill(os.getpid(), signal.SIGTERM)\n"
              "classpulse.show_start = show_start\n"
              "wait = monkey.get_original('time', 'sleep')\n"
              "sys.exit(classpulse.main(sys.argv[1:]))\n")
    with subprocess.Popen([sys.executable, "-c", script, "--data", tmp_path / "data", "--port=0",
                           "--host=127.0.0.1", "--no-browser"], cwd=ROOT, encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert any("Stopping" in line for line in process.stdout)
        process.wait(timeout=20)
        assert process.stdout.read().startswith("ClassPulse: Stopped before everything")
    assert process.returncode == 2


# The terminal

def test_a_terminal_that_cannot_be_written_ends_nothing(db, monkeypatch):
    class Gone:
        def write(self, text):
            raise OSError("Input/output error")
    monkeypatch.setattr(classpulse.sys, "stderr", Gone())
    classpulse.log_error("ä")
    monkeypatch.setattr(db, "_run_commit", refuse_commit)
    with pytest.raises(classpulse.NotSaved):
        db.write(note, "first")
    monkeypatch.undo()
    assert db.write(note, "next") == "NEXT"
