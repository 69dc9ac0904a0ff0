"""Backups that are made by themselves, and the way back to one from a database that is damaged."""

import os
import shlex
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import date, timedelta

import classpulse
import pytest
from conftest import ROOT, Browser, hash_of_password
from test_command_line import expect_refusal, run, run_here
from test_real_time_results import wait_for

NAME = "Frau Müller-Öz"


def add_session(folder, name):
    """One more session, committed."""
    with closing(classpulse.connect(folder / "classpulse.db")) as db:
        user = classpulse.find_user(db, NAME)
        user_id = user["id"] if user else classpulse.create_user(db, {
            "username": NAME, "display_name": NAME, "email": "",
            "password_hash": hash_of_password()})
        classpulse.create_session(db, user_id, name)


def names_in(path):
    """The names of the sessions in a database; nothing is changed by looking."""
    with closing(classpulse.open_read_only(path)) as db:
        return {session["name"] for session in classpulse.list_sessions(db)}


@pytest.fixture
def folder(tmp_path):
    """A folder with a session, and a backup of it; no connection is open."""
    folder = classpulse.prepare_folder(tmp_path / "Daten für 10b")
    add_session(folder, "Ökologie")
    save(folder, 1)
    return folder


def save(folder, days_ago, clock="080000"):
    """A backup of now, dated some days ago."""
    day = date.today() - timedelta(days=days_ago)
    path = folder / "backups" / f"{day.isoformat()}_{clock}.db"
    classpulse.backup(folder / "classpulse.db", path)
    return path


def list_names(folder):
    return sorted(path.name for path in (folder / "backups").iterdir())


# Making them

def test_a_server_that_listens_backs_up_what_has_changed(folder, start_server):
    add_session(folder, "Physik")
    server = start_server(folder=folder)
    Browser(server).get("/healthz")
    wait_for(lambda: len(classpulse.list_backups(folder)) == 2)
    assert names_in(classpulse.list_backups(folder)[0]) == {"Ökologie", "Physik"}
    assert server.stop() == 0


def test_what_has_not_changed_is_not_backed_up_again(folder):
    [before] = classpulse.list_backups(folder)
    with closing(classpulse.connect(folder / "classpulse.db")) as db:
        assert classpulse.count_users(db) == 1
    classpulse.prepare_folder(folder)
    assert classpulse.make_backup(folder) == before
    assert list_names(folder) == [before.name]


def test_a_backup_is_one_file_without_a_log(folder):
    add_session(folder, "Physik")
    path = classpulse.make_backup(folder)
    assert names_in(path) == {"Ökologie", "Physik"}
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert list_names(folder) == sorted(path.name for path in classpulse.list_backups(folder))


def test_the_newest_and_the_last_of_each_day_are_kept(folder):
    for path in classpulse.list_backups(folder):
        path.unlink()
    for days_ago in range(20):
        for clock in ("080000", "150000"):
            save(folder, days_ago, clock)
    kept = sorted(path.name for path in classpulse.Backups(folder).choose_kept())
    newest = [save(folder, days_ago, clock).name for days_ago in range(5)
              for clock in ("080000", "150000")]
    assert kept == sorted({*newest, save(folder, 5, "150000").name,
                           save(folder, 6, "150000").name})


def test_what_newer_backups_replace_is_deleted_and_other_files_are_not(room):
    for days_ago in range(1, 30):
        save(room.folder, days_ago)
    for name in ("my own.db", "2020-01-01_080000.txt"):
        (room.folder / "backups" / name).write_text("ä", encoding="utf-8")
    (room.folder / "backups" / "2020-01-01_080000abc.part").touch()     # left by a crash
    backups = classpulse.Backups(room.folder)
    backups.run()
    assert len(classpulse.list_backups(room.folder)) == classpulse.Backups.NEWEST
    assert {"my own.db", "2020-01-01_080000.txt"} == {
        name for name in list_names(room.folder) if not name.startswith(str(date.today().year))
        and not (room.folder / "backups" / name) in classpulse.list_backups(room.folder)}


def test_a_new_backup_is_kept_when_the_clock_was_set_back(room):
    for days_ahead in range(1, 20):
        save(room.folder, -days_ahead)
    room.db.write(lambda db: db.execute("INSERT INTO instance VALUES ('neu', 'ä')").rowcount)
    made = room.backups.make()
    assert made not in room.backups.choose_kept()
    assert room.backups.renew() == made
    assert classpulse.list_backups(room.folder) == [made]


def test_after_deleting_a_fresh_backup_takes_the_place_of_all(room, presenter):
    secret = "Geheimnis-Äpfel-4711"
    session_id = presenter.create_session(secret)
    save(room.folder, 1)
    old = room.backups.make()
    assert secret.encode() in old.read_bytes()
    assert f"1 backup in {old.parent} until it expires" in str(room.backups.format_until())
    room.db.write(classpulse.delete_session, session_id)
    new = room.backups.renew()
    assert classpulse.list_backups(room.folder) == [new]
    assert secret.encode() not in new.read_bytes()


def test_without_backups_nothing_is_said_of_them(room):
    assert room.backups.format_until() == ""


def test_backups_that_cannot_be_renewed_stay(room, monkeypatch):
    [before] = [save(room.folder, 1)]
    room.db.write(lambda db: db.execute("INSERT INTO instance VALUES ('neu', 'ä')").rowcount)

    def fail(*_):
        raise OSError("no space left")
    monkeypatch.setattr(classpulse.os, "replace", fail)
    with pytest.raises(classpulse.NotSaved, match="no space left"):
        room.backups.renew()
    assert list_names(room.folder) == [before.name]


# A damaged file

def no_database(path):
    path.write_bytes("Das ist keine Datenbank, sondern ein Brief.\n".encode() * 50)


def emptied(path):
    path.write_bytes(b"")


def cut_off(path):
    path.write_bytes(path.read_bytes()[:-5000])


def scribbled_over(path):
    content = path.read_bytes()
    path.write_bytes(content[:8192] + bytes(range(256)) * 32 + content[16384:])


SPOILS = pytest.mark.parametrize("spoil", [no_database, emptied, cut_off, scribbled_over],
                                 ids=lambda spoil: spoil.__name__)


def crash(folder):
    """Leave the folder as a crash does: with a log whose answers are not in the file yet."""
    with closing(classpulse.connect(folder / "classpulse.db")) as db:
        user_id = classpulse.find_user(db, NAME)["id"]
        classpulse.create_session(db, user_id, "Nur im Protokoll")
        files = [folder / "classpulse.db", folder / "classpulse.db-wal"]
        contents = [file.read_bytes() for file in files]
    for file, content in zip(files, contents):
        file.write_bytes(content)


def contents(folder):
    """{name: bytes} of the database and its log, if it has one."""
    return {path.name: path.read_bytes() for path in folder.glob("classpulse*.db*")
            if not path.name.endswith("-shm")}      # an index of the log, made anew at each start


@pytest.mark.parametrize("logged", [False, True], ids=["alone", "with_a_log"])
@SPOILS
def test_a_damaged_file_and_its_log_stay_as_they_are(folder, spoil, logged):
    if logged:
        crash(folder)
    spoil(folder / "classpulse.db")
    before = contents(folder)
    assert len(before) == 1 + logged
    with pytest.raises(classpulse.CannotStart, match="classpulse.db is damaged"):
        classpulse.prepare_folder(folder)       # which every command begins with
    assert contents(folder) == before


def damage(folder, spoil):
    """Damage the database and the newest of two backups of it; the other one."""
    add_session(folder, "Physik")
    good = save(folder, 0, "100000")
    spoil(save(folder, 0, "110000"))
    crash(folder)
    spoil(folder / "classpulse.db")
    return good


@SPOILS
def test_the_command_that_is_told_leads_back_to_the_newest_good_backup(folder, spoil, tmp_path):
    good = damage(folder, spoil)
    before = contents(folder)
    said = expect_refusal(run_here("--data", folder, "--port=0", "--no-browser"), good)
    program, *command = shlex.split(said.split(":  ")[1])[1:]
    assert program == str(ROOT / "classpulse.py")
    ended = run_here(*command, cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert names_in(folder / "classpulse.db") == {"Ökologie", "Physik"}
    after = {name.replace("classpulse-until-" + name[17:34], "classpulse"): content
             for name, content in contents(folder).items() if "until" in name}
    assert after == before, "what was damaged is not kept as it was"


def test_a_shell_runs_the_command_that_is_told_and_the_next_start_serves_the_backup(
        folder, tmp_path, start_server):
    damage(folder, scribbled_over)
    command = expect_refusal(run("--data", folder, "--port=0", "--no-browser")).split(":  ")[1]
    ended = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    browser = Browser(start_server(folder=folder))
    browser.be(NAME)
    assert "Physik" in browser.get("/sessions").content.decode()


def test_without_a_backup_another_folder_is_named(folder):
    for path in classpulse.list_backups(folder):
        path.unlink()
    cut_off(folder / "classpulse.db")
    said = expect_refusal(run_here("--data", folder, "--port=0", "--no-browser"), "--data FOLDER")
    assert "restore" not in said


def test_an_empty_file_beside_a_log_is_damaged_also_without_a_backup(folder):
    for path in classpulse.list_backups(folder):
        path.unlink()
    crash(folder)
    emptied(folder / "classpulse.db")
    before = contents(folder)
    with pytest.raises(classpulse.CannotStart, match="damaged"):
        classpulse.prepare_folder(folder)
    assert contents(folder) == before


def test_a_lock_is_no_damage(folder):
    with closing(classpulse.connect(folder / "classpulse.db")) as db:
        db.execute("BEGIN EXCLUSIVE")
        assert classpulse.prepare_folder(folder) == folder
        db.execute("ROLLBACK")


# Killed at the first start

def journal_left(folder):
    """A file whose first transaction was cut short, with what takes it back."""
    path = folder / "classpulse.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript("PRAGMA cache_size=1; BEGIN")
        db.execute("CREATE TABLE half (a)")
        for _ in range(300):
            db.execute("INSERT INTO half VALUES (?)", ["ä" * 2000])
        left = {file: file.read_bytes() for file in folder.glob("classpulse.db*")}
        db.execute("ROLLBACK")
    assert len(left) == 2
    for file, content in left.items():
        file.write_bytes(content)


def nothing_in_it(folder):
    (folder / "classpulse.db").touch()


def no_table_in_it(folder):
    with closing(classpulse.connect(folder / "classpulse.db")) as db:
        db.execute("PRAGMA journal_mode=WAL")


@pytest.mark.parametrize("leave", [journal_left, nothing_in_it, no_table_in_it],
                         ids=lambda leave: leave.__name__)
def test_a_first_start_that_was_killed_is_begun_again(leave, tmp_path):
    leave(tmp_path)
    folder = classpulse.prepare_folder(tmp_path)
    add_session(folder, "Ökologie")
    assert names_in(folder / "classpulse.db") == {"Ökologie"}


# restore

def test_a_restored_database_takes_nothing_from_the_log_of_the_one_before(folder):
    saved = save(folder, 0)
    crash(folder)
    ended = run_here("restore", saved, "--data", folder)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert names_in(folder / "classpulse.db") == {"Ökologie"}
    [aside] = folder.glob("classpulse-until-*.db")
    assert str(aside) in ended.stdout
    assert names_in(aside) == {"Ökologie", "Nur im Protokoll"}
    assert saved.exists()


def test_a_backup_can_be_restored_into_an_empty_folder(folder, tmp_path):
    shutil.copy(classpulse.list_backups(folder)[0], tmp_path / "Stick.db")
    ended = run_here("restore", tmp_path / "Stick.db", "--data", tmp_path / "neu")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert names_in(tmp_path / "neu" / "classpulse.db") == {"Ökologie"}


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")     # of the refused lock
def test_nothing_is_restored_while_a_server_runs(folder, start_server):
    server = start_server(folder=folder)
    before = contents(folder)
    expect_refusal(run_here("restore", classpulse.list_backups(folder)[-1], "--data", folder),
                   "running")
    assert contents(folder) == before
    assert server.stop() == 0


def of_another_program(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE rezepte (name)")


def of_a_newer_version(path):
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version=99")


@pytest.mark.parametrize("spoil", [no_database, emptied, cut_off, scribbled_over, os.unlink,
                                   of_another_program, of_a_newer_version],
                         ids=lambda spoil: spoil.__name__)
def test_what_is_no_good_backup_is_not_restored(folder, spoil, tmp_path):
    saved = save(folder, 0)
    spoil(saved)
    before = contents(folder)
    expect_refusal(run_here("restore", saved, "--data", folder, cwd=tmp_path), saved)
    assert contents(folder) == before


def test_the_database_is_no_backup_of_itself(folder):
    before = contents(folder)
    expect_refusal(run_here("restore", folder / "classpulse.db", "--data", folder))
    assert contents(folder) == before
