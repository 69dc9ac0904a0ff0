"""The one door for writing: shared transactions, what a failure undoes, and the schema."""

import re
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import classpulse
import gevent
import pytest
from conftest import ROOT
from gevent.event import AsyncResult
from test_real_time_results import wait_for

TABLES = {  # DESIGN.md, Data
    "instance": {"key", "value"},
    "users": {"id", "username", "password_hash", "email", "display_name", "created_at"},
    "signins": {"token_hash", "user_id", "created_at", "expires_at"},
    "sessions": {"id", "code", "name", "created_at", "user_id", "active", "archived",
                 "current_question_id", "settings"},
    "questions": {"id", "session_id", "type", "title", "options", "active", "created_at", "order",
                  "round", "opened_at", "results_shown", "answer_shown"},
    "respondents": {"session_id", "id", "name", "joined_at", "last_seen_at"},
    "responses": {"id", "question_id", "session_id", "round", "response_value", "respondent_id",
                  "seq", "created_at", "updated_at", "changes", "late"},
}


def note(db, text):
    """A change that leaves a trace; what it returns is its caller's."""
    db.execute("INSERT INTO instance VALUES (:text, 'ä')", dict(text=text))
    return text.upper()


def noted(db):
    """What `note` left, as read by who only sees what is committed."""
    return {row["key"] for row in db.all("SELECT key FROM instance")} - {"id", "key"}


def fail_with(problem):
    """A change that writes something and then raises."""
    def change(db):
        note(db, "undone")
        raise problem
    return change


def write_together(db, *changes):
    """What many callers get who write at once: values, and exceptions where they were raised."""
    def caller(change, *args):
        try:
            return db.write(change, *args)
        except BaseException as problem:
            return problem
    callers = [gevent.spawn(caller, *change) for change in changes]
    gevent.joinall(callers, timeout=20)
    return [caller.value for caller in callers]


def other_program(db):
    """A connection that another program might have to the same file."""
    path = db.one("PRAGMA database_list")["file"]
    return closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False))


@pytest.fixture
def statements(db):
    """Every statement that the writer runs from now on."""
    said = []
    db.writer.set_trace_callback(said.append)
    yield said
    db.writer.set_trace_callback(None)


def refuse_commit():
    """A COMMIT on a disk that fails."""
    raise sqlite3.OperationalError("disk I/O error")


class SlowDisk:
    """A COMMIT that waits until it is released, in the thread that does it."""

    def __init__(self, db):
        self.started, self.finish = AsyncResult(), threading.Event()
        self.loop, self.commit = gevent.get_hub().loop, db._run_commit
        db._run_commit = self

    def __call__(self):
        self.loop.run_callback_threadsafe(self.started.set)
        assert self.finish.wait(20)
        return self.commit()


@pytest.fixture
def slow_disk(db):
    disk = SlowDisk(db)
    yield disk
    disk.finish.set()


# Group commit

def test_many_writers_at_once_share_one_transaction(db, statements):
    texts = [f"ö{number}" for number in range(50)]
    assert write_together(db, *((note, text) for text in texts)) == [t.upper() for t in texts]
    assert noted(db) == set(texts)
    assert statements.count("COMMIT") == 1


def test_writers_who_come_during_a_commit_share_the_next_one(db, statements, slow_disk):
    first = gevent.spawn(db.write, note, "first")
    slow_disk.started.get(timeout=20)
    others = [gevent.spawn(db.write, note, f"later{number}") for number in range(20)]
    gevent.sleep(0)
    slow_disk.finish.set()
    gevent.joinall([first, *others], timeout=20, raise_error=True)
    assert len(noted(db)) == 21
    assert statements.count("COMMIT") == 2


def test_a_writer_returns_only_after_its_commit(db, slow_disk):
    caller = gevent.spawn(db.write, note, "first")
    slow_disk.started.get(timeout=20)
    assert not caller.ready()
    with other_program(db) as other:
        assert other.execute("SELECT 1 FROM instance WHERE key = 'first'").fetchall() == []
        slow_disk.finish.set()
        assert caller.get(timeout=20) == "FIRST"
        assert other.execute("SELECT 1 FROM instance WHERE key = 'first'").fetchall() == [(1,)]


def test_the_loop_runs_while_the_disk_is_slow(db, slow_disk):
    caller = gevent.spawn(db.write, note, "first")
    slow_disk.started.get(timeout=20)
    assert gevent.spawn(lambda: "served").get(timeout=20) == "served"
    slow_disk.finish.set()
    caller.get(timeout=20)


def test_a_reader_sees_committed_data_only_and_does_not_wait(db, slow_disk):
    caller = gevent.spawn(db.write, note, "first")
    slow_disk.started.get(timeout=20)
    assert noted(db) == set()
    slow_disk.finish.set()
    caller.get(timeout=20)
    assert noted(db) == {"first"}


def test_what_is_recalled_is_read_anew_when_more_than_votes_and_arrivals_was_written(
        db, presenter, respondent, question):
    def recall():
        return db.recall(classpulse.get_question, question["id"])
    before = recall()
    respondent.respond(question["id"], "A")
    db.write(classpulse.ensure_respondent, question["session_id"], "newcomer")
    assert recall() is before
    presenter.toggle(question["id"], active=0)
    assert before["active"] and not recall()["active"]


def test_a_vote_beside_another_write_does_not_keep_what_was_recalled(db, question):
    before = db.recall(classpulse.get_question, question["id"])
    write_together(db, (classpulse.toggle_question_status, question["id"], False), (note, "with"),
                   (classpulse.record_response, question["id"], "someone", "A"))
    assert before["active"] and not db.recall(classpulse.get_question, question["id"])["active"]


def test_the_reading_connection_cannot_write(db):
    with pytest.raises(sqlite3.OperationalError):
        note(db.reader, "unseen")


def test_more_writers_than_may_wait_are_turned_away(db, monkeypatch):
    monkeypatch.setattr(db, "MAX_WAITING", 3)
    outcomes = write_together(db, *((note, f"ß{number}") for number in range(5)))
    assert [isinstance(outcome, classpulse.NotSaved) for outcome in outcomes] == [
        False, False, False, True, True]
    assert noted(db) == {"ß0", "ß1", "ß2"}
    assert db.write(note, "later") == "LATER"


def test_what_waits_at_the_end_is_saved(room, tmp_path):
    store = classpulse.Store(room.folder)
    callers = [gevent.spawn(store.write, note, f"Ω{number}") for number in range(300)]
    gevent.sleep(0)
    store.finish()
    store.close()
    gevent.joinall(callers, timeout=20, raise_error=True)
    assert len(noted(room.db)) == 300


# What a failure undoes

@pytest.mark.parametrize("problem", [
    sqlite3.IntegrityError("doppelt"), classpulse.Invalid("Pick one."), ValueError("no"),
    SystemExit(3), KeyboardInterrupt(), gevent.GreenletExit()], ids=lambda p: type(p).__name__)
def test_a_change_that_fails_is_undone_alone_and_told_to_its_caller_alone(db, problem):
    outcomes = write_together(db, (note, "before"), (fail_with(problem),), (note, "after"))
    assert outcomes == ["BEFORE", problem, "AFTER"]
    assert noted(db) == {"before", "after"}
    assert db.write(note, "next") == "NEXT"


def test_a_statement_that_the_database_refuses_fails_alone(db):
    outcomes = write_together(db, (note, "twice"), (note, "twice"), (note, "once"))
    assert outcomes[::2] == ["TWICE", "ONCE"]
    assert isinstance(outcomes[1], sqlite3.IntegrityError)
    assert noted(db) == {"twice", "once"}


def test_a_commit_that_fails_saves_nobody_and_the_next_one_works(db, monkeypatch, capsys):
    monkeypatch.setattr(db, "_run_commit", refuse_commit)
    outcomes = write_together(db, *((note, f"é{number}") for number in range(5)))
    assert [type(outcome) for outcome in outcomes] == [classpulse.NotSaved] * 5
    assert noted(db) == set()
    monkeypatch.undo()
    assert db.write(note, "next") == "NEXT"
    assert "disk refuses to write" in capsys.readouterr().err
    assert noted(db) == {"next"}


def test_a_full_disk_saves_nobody_of_the_batch_and_the_next_write_works(db):
    def fill(connection):
        pages = connection.one("PRAGMA page_count")["page_count"]
        connection.execute(f"PRAGMA max_page_count={pages}")
        note(connection, "ü" * 500_000)
    outcomes = write_together(db, (note, "before"), (fill,), (note, "after"))
    assert isinstance(outcomes[1], (classpulse.NotSaved, sqlite3.OperationalError))
    db.writer.execute("PRAGMA max_page_count=1000000")
    saved = {outcome.lower() for outcome in outcomes if isinstance(outcome, str)}
    assert noted(db) == saved
    assert db.write(note, "next") == "NEXT"


# Waiting

def test_a_write_that_gives_up_is_not_carried_out_later(db, monkeypatch, slow_disk):
    committing = gevent.spawn(db.write, note, "first")
    slow_disk.started.get(timeout=20)
    monkeypatch.setattr(db, "WAIT_SECONDS", 0.05)
    with pytest.raises(classpulse.NotSaved) as problem:
        db.write(note, "second")
    assert problem.value.status == 503
    slow_disk.finish.set()
    assert committing.get(timeout=20) == "FIRST"
    assert db.write(note, "third") == "THIRD"
    assert noted(db) == {"first", "third"}


def test_a_write_that_is_being_committed_waits_for_the_truth(db, monkeypatch, slow_disk):
    monkeypatch.setattr(db, "WAIT_SECONDS", 0.05)
    committing = gevent.spawn(db.write, note, "first")
    wait_for(lambda: db.trouble)            # it has waited for long
    assert not committing.ready()
    slow_disk.finish.set()
    assert committing.get(timeout=20) == "FIRST"


def test_a_write_waits_for_five_seconds_at_most():
    assert classpulse.Store.WAIT_SECONDS <= 5
    assert classpulse.Store.LOCKED_SECONDS < classpulse.Store.WAIT_SECONDS


def test_a_write_while_another_program_holds_the_lock_is_not_saved(db, monkeypatch):
    monkeypatch.setattr(db, "WAIT_SECONDS", 0.05)
    with other_program(db) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(classpulse.NotSaved):
            db.write(note, "locked")
        assert noted(db) == set()
        other.execute("ROLLBACK")
    assert db.write(note, "later") == "LATER"
    assert noted(db) == {"later"}


def test_a_lock_that_stays_fails_who_waits_and_the_next_write_works(db, monkeypatch):
    monkeypatch.setattr(db, "LOCKED_SECONDS", 0.05)
    with other_program(db) as other:
        other.execute("BEGIN IMMEDIATE")
        outcomes = write_together(db, (note, "one"), (note, "two"))
        assert [type(outcome) for outcome in outcomes] == [classpulse.NotSaved] * 2
        other.execute("ROLLBACK")
    assert db.write(note, "next") == "NEXT"
    assert noted(db) == {"next"}


def test_a_write_waits_until_another_program_lets_go(db):
    with other_program(db) as other:
        other.execute("BEGIN IMMEDIATE")
        caller = gevent.spawn(db.write, note, "patient")
        gevent.sleep(0)
        assert not caller.ready()
        other.execute("ROLLBACK")
        assert caller.get(timeout=20) == "PATIENT"


def test_a_request_that_is_not_saved_gets_503(db, respondent, question, monkeypatch):
    monkeypatch.setattr(db, "WAIT_SECONDS", 0.05)
    with other_program(db) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "Saved" not in respondent.respond(question["id"], "A", status=503).text
        other.execute("ROLLBACK")


def test_a_writer_that_ends_takes_the_process_with_it_and_says_so(tmp_path):
    script = ("from gevent import monkey; monkey.patch_all()\n"
              "import classpulse, gevent, pathlib, sys\n"
              "store = classpulse.Store(classpulse.prepare_folder(pathlib.Path(sys.argv[1])))\n"
              "store._attempt = None\n"        # a fault in the writer itself
              "store.write(lambda db: None)\n")
    ended = subprocess.run([sys.executable, "-c", script, tmp_path / "data"], cwd=ROOT,
                           capture_output=True, encoding="utf-8", timeout=60)
    assert ended.returncode not in (0, 1)
    assert "Saving has stopped" in ended.stderr


def test_a_writer_that_is_told_to_finish_leaves_the_process_alone(room, monkeypatch):
    monkeypatch.setattr(classpulse.os, "_exit", lambda code: pytest.fail("the process ended"))
    store = classpulse.Store(room.folder)
    store.finish()
    gevent.sleep(0)
    with pytest.raises(classpulse.NotSaved):
        store.write(note, "too late")
    store.close()


# Schema

def test_every_column_of_the_design_exists(db):
    for table, columns in TABLES.items():
        assert columns <= {row["name"] for row in db.all(f"PRAGMA table_info({table})")}, table


def test_every_connection_is_set_to_keep_what_it_promises(db):
    for connection in (db.writer, db.reader):
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("fullfsync", 1),
                              ("foreign_keys", 1), ("secure_delete", 1)):
            assert connection.one(f"PRAGMA {pragma}")[pragma] == value, pragma


def test_the_database_holds_one_response_per_respondent_question_and_round(db, respondent,
                                                                           question):
    respondent.respond(question["id"], "A")
    copy = ("INSERT INTO responses (question_id, session_id, round, response_value, "
            "respondent_id, created_at, updated_at) SELECT question_id, session_id, round + ?, "
            "'B', respondent_id, created_at, updated_at FROM responses LIMIT 1")
    with pytest.raises(sqlite3.IntegrityError):
        db.write(lambda connection: connection.execute(copy, [0]).rowcount)
    assert db.write(lambda connection: connection.execute(copy, [1]).rowcount) == 1


def test_two_users_cannot_share_a_name_written_differently(db, presenter):
    with pytest.raises(sqlite3.IntegrityError):
        db.write(lambda connection: connection.execute(
            "INSERT INTO users (username, password_hash, email, display_name, created_at) "
            "SELECT UPPER(username), '', '', '', '' FROM users").rowcount)


def test_a_deleted_session_takes_everything_of_it_along(db, respondent, question):
    respondent.respond(question["id"], "A")
    db.write(lambda connection: connection.execute("DELETE FROM sessions").rowcount)
    for table in ("questions", "respondents", "responses"):
        assert db.all(f"SELECT * FROM {table}") == []


def test_a_deleted_text_is_gone_from_the_file(room, presenter):
    secret = "Geheimnis-Äpfel-4711"
    session_id = presenter.create_session(secret)
    room.db.write(lambda connection: connection.execute("DELETE FROM sessions").rowcount)
    assert session_id
    room.db.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert secret.encode() not in (room.folder / "classpulse.db").read_bytes()


def test_a_new_folder_can_be_opened_twice_and_keeps_its_key(room):
    before = classpulse.get_instance(room.db)
    classpulse.prepare_folder(room.folder)
    assert classpulse.get_instance(room.db) == before
    assert len(before["key"]) >= 64


# Migrations

def schema_of(path):
    """Every table, index and trigger of a file, without comments and spacing; and its versions."""
    def plain(sql):
        sql = re.sub(r"--[^\n]*", " ", sql or "")
        return " ".join(re.sub(r"([(),])", r" \1 ", sql).replace('"', "").split())
    with closing(classpulse.connect(path)) as db:
        things = {(row["type"], row["name"]): plain(row["sql"])
                  for row in db.all("SELECT type, name, sql FROM sqlite_schema")}
        return {**things, "user_version": db.one("PRAGMA user_version")["user_version"],
                "application_id": db.one("PRAGMA application_id")["application_id"]}


SCRIPT = """
    CREATE TABLE hands (id INTEGER PRIMARY KEY, raised_at TEXT NOT NULL);
    CREATE INDEX hands_in_order ON hands (raised_at);
    INSERT INTO hands (raised_at) SELECT created_at FROM sessions
"""


@pytest.fixture
def later_version(monkeypatch):
    """A function that makes this the next version of ClassPulse, which knows raised hands."""
    def become(script=SCRIPT):
        tables = [part for part in SCRIPT.split(";") if "CREATE" in part]
        monkeypatch.setattr(classpulse, "SCHEMA", classpulse.SCHEMA + ";".join(tables) + ";")
        monkeypatch.setattr(classpulse, "MIGRATIONS", [*classpulse.MIGRATIONS, script])
    return become


@pytest.fixture
def old_folder(tmp_path):
    """A folder with a session, written by the version before; no connection is open."""
    folder = classpulse.prepare_folder(tmp_path / "älter")
    with closing(classpulse.connect(folder / "classpulse.db")) as db:
        user_id = classpulse.create_user(db, dict(username="Zoë", password_hash="", email="",
                                                  display_name="Zoë"))
        classpulse.create_session(db, user_id, "Größen")
    return folder


def test_a_migrated_database_equals_a_new_one(old_folder, tmp_path, later_version):
    before = schema_of(old_folder / "classpulse.db")
    later_version()
    classpulse.prepare_folder(old_folder)
    new = classpulse.prepare_folder(tmp_path / "neu")
    migrated = schema_of(old_folder / "classpulse.db")
    assert migrated == schema_of(new / "classpulse.db")
    assert migrated["user_version"] == before["user_version"] + 1


def test_a_migration_keeps_and_uses_what_is_there(old_folder, later_version):
    later_version()
    classpulse.prepare_folder(old_folder)
    with closing(classpulse.connect(old_folder / "classpulse.db")) as db:
        [session] = db.all("SELECT name, created_at FROM sessions")
        assert session["name"] == "Größen"
        assert db.all("SELECT raised_at FROM hands") == [{"raised_at": session["created_at"]}]


def test_a_migration_leaves_a_backup_of_the_version_before(old_folder, later_version):
    before = schema_of(old_folder / "classpulse.db")
    later_version()
    classpulse.prepare_folder(old_folder)
    [saved] = (old_folder / "backups").glob("*.db")
    assert schema_of(saved) == before


def test_a_migration_runs_once(old_folder, later_version):
    later_version()
    classpulse.prepare_folder(old_folder)
    classpulse.prepare_folder(old_folder)
    with closing(classpulse.connect(old_folder / "classpulse.db")) as db:
        assert db.one("SELECT COUNT(*) AS count FROM hands")["count"] == 1


def test_several_migrations_run_in_their_order(old_folder, later_version):
    later_version()
    later_version("ALTER TABLE hands ADD COLUMN name TEXT; UPDATE hands SET name = 'Jürgen'")
    classpulse.prepare_folder(old_folder)
    with closing(classpulse.connect(old_folder / "classpulse.db")) as db:
        assert db.one("SELECT name FROM hands")["name"] == "Jürgen"


def test_a_migration_that_fails_in_the_middle_leaves_the_file_as_it_was(old_folder, later_version):
    before = schema_of(old_folder / "classpulse.db")
    later_version(SCRIPT + "; INSERT INTO no_such_table VALUES (1)")
    with pytest.raises(classpulse.CannotStart, match="no_such_table"):
        classpulse.prepare_folder(old_folder)
    assert schema_of(old_folder / "classpulse.db") == before


def test_a_new_schema_that_fails_in_the_middle_leaves_no_table(tmp_path, monkeypatch):
    monkeypatch.setattr(classpulse, "SCHEMA", classpulse.SCHEMA + "INSERT INTO nowhere VALUES (1)")
    with pytest.raises(classpulse.CannotStart):
        classpulse.prepare_folder(tmp_path / "neu")
    found = schema_of(tmp_path / "neu" / "classpulse.db")
    assert found == {"user_version": 0, "application_id": 0}


# Files that are none of ours

def test_another_programs_database_is_left_as_it_is(tmp_path):
    with closing(sqlite3.connect(tmp_path / "classpulse.db")) as db:
        db.execute("CREATE TABLE rezepte (name)")
    before = (tmp_path / "classpulse.db").read_bytes()
    with pytest.raises(classpulse.CannotStart, match="not a ClassPulse database"):
        classpulse.prepare_folder(tmp_path)
    assert (tmp_path / "classpulse.db").read_bytes() == before


def test_a_backup_is_there_whole_or_not_at_all(room, tmp_path, monkeypatch):
    target = tmp_path / "Sicherung.db"
    target.write_bytes(b"the backup of yesterday")

    def fail(*_):
        raise OSError("no space left")
    monkeypatch.setattr(classpulse.os, "replace", fail)
    with pytest.raises(OSError):
        classpulse.backup(room.folder / "classpulse.db", target)
    assert target.read_bytes() == b"the backup of yesterday"
