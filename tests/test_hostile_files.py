"""What files can do to their readers, and to the program that takes them in."""

import csv
import io
import itertools
import os
import re
import shutil
import sqlite3
import stat
import sys
from contextlib import closing
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote, urlsplit

import classpulse
import pytest
from conftest import PASSWORD, Presenter, Teacher
from costs import costs_at_most
from test_command_line import expect_refusal, run_here
from test_real_time_results import wait_for

SIGNS = "=+-@\t\r＝＋－＠\u2212﹣﹢"
BEFORE = ["", " ", "\u3000", "\u00a0\u200b", '"', "x\n", "x\n \n", "x;", "x; ", 'x;"', 'x;""',
          "x,", "x,\u2800", "x\t", "x\t ", "x|", "x؛", "x،", "x\r\n", "x;\ufeff", ",;", "'x;"]
FORMULAS = [f"{before}{sign}1+1" for before, sign in itertools.product(BEFORE, SIGNS)]


# CSV files

def write_formulas(db, type, correct=False):
    """Make formulas of a session's name, its titles, and the options of a type's question."""
    options = classpulse.to_json([{"key": key, "text": text, "correct": correct}
                                  for key, text in zip("AB", ["=1;=2", "x\n@3"])])
    db.execute("UPDATE sessions SET name = 'x;=1+1'")
    db.execute("UPDATE questions SET title = '+1;' || char(10) || '=2'")
    db.execute("UPDATE questions SET options = ? WHERE type = ?", [options, type])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Files of a lesson in which everything that people type is a formula; {delimiter: text}."""
    room = classpulse.classroom
    room.open(tmp_path_factory.mktemp("formulas") / "data")
    db, presenter = room.db, Presenter(room.db)
    session = classpulse.get_session(db, presenter.create_session())
    asked = [("open_text", {}), ("short_text", {}), ("word_cloud", {}), ("numeric", {}),
             ("select_all", {"options": "a\nb"})]
    ids = [presenter.create_question(session["id"], type, **fields or {"unit": ""})
           for type, fields in asked]
    for question_id in ids:
        presenter.toggle(question_id)

    def fill(db):
        write_formulas(db, "select_all")
        for number, text in enumerate(FORMULAS):
            for question_id, value in zip(ids, [text, text, text, "-3.5", "A;B"]):
                classpulse.record_response(db, question_id, f"r{number}", value)
            classpulse.replace_person(db, session["id"], f"r{number}", {"name": text})
    db.write(fill)
    files = {}
    for delimiter in ",;\t|":
        path = classpulse.export_to_file(room.folder / "classpulse.db", room.folder / "exports",
                                         delimiter, session["id"])
        files[delimiter] = path.read_bytes().decode("utf-8-sig")
    room.close()
    return files


def list_cells(text, delimiter, quoted):
    """The cells of a file for a spreadsheet that expects this delimiter."""
    if quoted:
        return itertools.chain(*csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    lines = text.replace("\r", "\n").split("\n")
    return (cell for line in lines for cell in line.split(delimiter))


@pytest.mark.parametrize("quoted", [True, False], ids=["quotes", "no_quotes"])
@pytest.mark.parametrize("expected", ",;\t|؛")
def test_no_cell_begins_a_formula_whichever_delimiter_is_expected(written, expected, quoted):
    invisible = "\u00a0\u3000\u200b\u2800\ufeff \""
    for text in written.values():
        cells = [cell.lstrip(invisible) for cell in list_cells(text, expected, quoted)]
        assert sum("1+1" in cell for cell in cells) >= len(FORMULAS)
        begun = {cell for cell in cells if cell[:1] in tuple(SIGNS)}
        assert begun <= {"-3.5"}, expected


def test_a_readers_own_delimiter_gives_back_what_was_typed_but_for_apostrophes(written):
    rows = list(csv.DictReader(io.StringIO(written[";"], newline=""), delimiter=";"))
    answers = {row["answer"].replace("'", "") for row in rows
               if row["question_type"] == "open_text"}
    assert answers == {text.replace("'", "") for text in FORMULAS}
    assert {row["answer"] for row in rows if row["question_type"] == "numeric"} == {"-3.5"}


@pytest.mark.parametrize("text", [
    "Anna-Lena", "a@b.example", "5 = five", "3 + 4; 7 - 2", "'quoted'", "C++, C#", "x;y", "",
    "Zeile\n\nZeile"])
def test_a_text_without_a_sign_where_a_cell_could_begin_stays_as_it_is(text):
    assert classpulse.guard_cell(text) == text


@pytest.mark.parametrize("worst", ["\n", " ", "\t", '"', ";", "; ", ";=", "\u200b", "\t ", "\n\""],
                         ids=ascii)
def test_guarding_a_text_takes_time_in_proportion_to_its_length(worst):
    def guard(length):
        return partial(classpulse.guard_cell, worst * (length // len(worst)) + "x")
    # Were it quadratic: 256 times.
    assert costs_at_most(64, guard(8_000), guard(128_000))


# Names of folders

@pytest.mark.parametrize("path, address", [
    (PureWindowsPath(r"\\server\home\Öz #1\a?b%20.db"),
     "file:////server/home/%C3%96z%20%231/a%3Fb%2520.db"),
    (PureWindowsPath(r"C:\Users\Öz\x.db"), "file:///C%3A/Users/%C3%96z/x.db"),
    (PurePosixPath("/home/öz/x&mode=rw.db"), "file:///home/%C3%B6z/x%26mode%3Drw.db"),
    (PurePosixPath("//server/x.db"), "file:////server/x.db")], ids=str)
def test_an_address_for_the_database_names_a_path_and_never_a_host(path, address):
    assert classpulse.write_uri(path) == address
    read = urlsplit(address)
    assert (read.netloc, read.query, read.fragment) == ("", "", "")
    assert unquote(read.path).removeprefix("/") == path.as_posix().removeprefix("/")


@pytest.mark.skipif(os.name == "nt", reason="Windows refuses such names")
@pytest.mark.parametrize("name", [
    "Öz #1", "a?mode=memory", "50%", "%2e%2e", "a&b=c;d", "two  spaces ", "file:x", "\\\\server",
    pytest.param(os.fsdecode(b"no UTF-8 \xff"), marks=pytest.mark.skipif(
        sys.platform != "linux", reason="other systems refuse such a name"))], ids=ascii)
def test_a_folder_with_an_odd_name_opens_again(tmp_path, name):
    folder = classpulse.prepare_folder(tmp_path / name)
    with closing(classpulse.open_read_only(folder / "classpulse.db")) as db:
        kept = classpulse.get_instance(db)
    assert classpulse.prepare_folder(tmp_path / name) == folder
    with closing(classpulse.open_read_only(classpulse.make_backup(folder))) as db:
        assert classpulse.get_instance(db) == kept


# The rows that no database of ours is without

def test_a_first_start_killed_before_any_of_its_statements_is_begun_again(tmp_path, monkeypatch):
    left, folder = [], tmp_path / "killed"

    class Traced(classpulse.Connection):
        """Keeps what is in the folder before each statement, as a kill would leave it."""

        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            self.set_trace_callback(self.keep)

        def keep(self, statement):
            left.append({path.name: path.read_bytes() for path in folder.glob("classpulse.db*")
                         if not path.name.endswith("-shm")})

    with monkeypatch.context() as patch:
        patch.setattr(classpulse, "Connection", Traced)
        classpulse.prepare_folder(folder)
    assert len(left) > 20 and {"classpulse.db", "classpulse.db-wal"} in map(set, left)
    for number, files in enumerate(left):
        again = tmp_path / str(number)
        again.mkdir()
        for name, content in files.items():
            (again / name).write_bytes(content)
        classpulse.prepare_folder(again)
        with closing(classpulse.open_read_only(again / "classpulse.db")) as db:
            assert set(classpulse.get_instance(db)) == {"id", "key"}


@pytest.mark.parametrize("spoil", [
    "DELETE FROM instance", "DELETE FROM instance WHERE key = 'key'",
    "UPDATE instance SET value = 'zz' WHERE key = 'key'",
    "UPDATE instance SET value = '.*' WHERE key = 'id'", "UPDATE instance SET value = x'00ff'",
    "UPDATE instance SET value = 'a; Path=/x' WHERE key = 'id'"])
def test_an_id_or_key_that_is_missing_or_odd_is_made_again(tmp_path, spoil):
    folder = classpulse.prepare_folder(tmp_path / "data")
    with closing(sqlite3.connect(folder / "classpulse.db")) as db, db:
        before = dict(db.execute("SELECT * FROM instance"))
        db.execute(spoil)
        spoilt = dict(db.execute("SELECT * FROM instance"))
    classpulse.classroom.open(folder)
    try:
        made = classpulse.get_instance(classpulse.classroom.db)
    finally:
        classpulse.classroom.close()
    for key, size in (("id", 6), ("key", 64)):
        assert re.fullmatch(f"[0-9a-f]{{{size}}}", made[key])
        assert (made[key] == before[key]) == (spoilt.get(key) == before[key])


def test_a_start_writes_nothing_when_id_and_key_are_there(tmp_path):
    folder = classpulse.prepare_folder(tmp_path / "data")
    before = (folder / "classpulse.db").read_bytes()
    classpulse.prepare_folder(folder)
    assert (folder / "classpulse.db").read_bytes() == before


# restore

CHEAT = ("CREATE TRIGGER {name} AFTER UPDATE ON instance BEGIN "
         "UPDATE users SET password_hash = 'x'; END")


def rewrite(old, new):
    """Spoils a definition behind SQLite's back: as text, without a word of it being run."""
    return (f"PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = replace(sql, '{old}', "
            f"'{new}') WHERE sql LIKE '%{old}%'")


FOREIGN = {
    "a_trigger": (CHEAT.format(name="ours"), "trigger"),
    "a_trigger_that_hides": (
        CHEAT.format(name="x") + "; PRAGMA writable_schema=ON; UPDATE sqlite_schema SET "
        "name = 'sqlite_x', sql = replace(sql, 'TRIGGER x', 'TRIGGER sqlite_x') WHERE name = 'x'",
        "sqlite_x"),
    "a_trigger_called_a_table": (
        CHEAT.format(name="x") + "; PRAGMA writable_schema=ON; UPDATE sqlite_schema SET "
        "type = 'table', rootpage = 2 WHERE name = 'x'", ""),
    "a_view": ("CREATE VIEW alle AS SELECT * FROM users", "view 'alle'"),
    "another_view_of_the_same_name": (
        "DROP VIEW scores; CREATE VIEW scores AS SELECT * FROM users", "view 'scores'"),
    "a_view_that_is_called_a_table": (
        rewrite("CREATE TABLE images", "CREATE VIEW images AS SELECT 1 AS a --"), ""),
    "no_view": ("DROP VIEW answers", "view 'answers'"),
    "a_view_in_a_tables_place": (
        "ALTER TABLE images RENAME TO bilder; CREATE VIEW images AS SELECT * FROM bilder", "view"),
    "a_virtual_table": ("CREATE VIRTUAL TABLE suche USING fts5(text)", "suche"),
    "another_table": ("CREATE TABLE mehr (a)", "mehr"),
    "another_column": ("ALTER TABLE users ADD COLUMN admin INTEGER", "users"),
    "a_column_that_computes": (
        "ALTER TABLE users ADD COLUMN x AS (zeroblob(100000000))", "users"),
    "no_column": ("ALTER TABLE responses DROP COLUMN seq", "responses"),
    "another_index": ("CREATE INDEX schnell ON responses (late)", "schnell"),
    "an_index_that_computes": (
        "CREATE INDEX langsam ON sessions (hex(zeroblob(length(name))))", ""),
    "no_index": ("DROP INDEX responses_of_respondent", "responses_of_respondent"),
    "another_index_of_the_same_name": (
        "DROP INDEX signins_by_end; CREATE INDEX signins_by_end ON signins (created_at)",
        "signins_by_end"),
    "a_check": (rewrite("email TEXT NOT NULL", "email TEXT NOT NULL CHECK (abs(1) > 0)"),
                "users"),
    "no_constraint": (rewrite("UNIQUE COLLATE NOCASE", "COLLATE NOCASE"), ""),
    "no_foreign_key": (rewrite("REFERENCES users ON DELETE CASCADE", ""), ""),
    "a_table_that_a_query_makes": (
        "CREATE TABLE x (a); PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = 'CREATE "
        "TABLE x AS WITH RECURSIVE r (a) AS (SELECT 1 UNION ALL SELECT a FROM r) SELECT a FROM r' "
        "WHERE name = 'x'", ""),
    "no_table": ("DROP TABLE hidden_entries", "hidden_entries"),
    "a_name_that_plays_with_the_terminal": (
        'CREATE TABLE "\x1b[2J\n' + "x" * 500 + '" (a)', "\\x1b"),
    "no_version": ("PRAGMA user_version=0", "version"),
    "a_version_before_the_first": ("PRAGMA user_version=-1", "version")}


@pytest.fixture
def lesson(tmp_path):
    """A folder with a session, and a backup of it."""
    folder = classpulse.prepare_folder(tmp_path / "data")
    with closing(classpulse.connect(folder / "classpulse.db")) as db:
        user_id = classpulse.create_user(db, {"username": "Zoë", "display_name": "Zoë",
                                              "email": "", "password_hash": ""})
        classpulse.create_session(db, user_id, "Ökologie")
    return folder, classpulse.make_backup(folder)


def restore(file, folder, capsys):
    """Exit code of `restore`, and what it said."""
    mask = os.umask(0o022)
    try:
        code = classpulse.main(["restore", str(file), "--data", str(folder)])
    finally:
        os.umask(mask)
    said = capsys.readouterr()
    return code, said.out + said.err


def files_of(folder):
    return {path: path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and path.name != "classpulse.lock"}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_file_that_is_not_wholly_ours_is_not_restored(lesson, what, capsys):
    (folder, backup), (spoil, named) = lesson, FOREIGN[what]
    with closing(sqlite3.connect(backup, isolation_level=None)) as db:
        db.executescript(spoil)
        db.execute("PRAGMA writable_schema=OFF")
    before = files_of(folder)
    code, said = restore(backup, folder, capsys)
    assert (code, len(said.splitlines())) == (2, 1), said
    assert said.startswith("ClassPulse: ") and named in said and len(said) < 600
    assert "\x1b" not in said
    assert files_of(folder) == before
    assert not classpulse.is_sound(backup)      # nor is it named as the way out of a damage


def test_nothing_of_a_foreign_file_runs_before_it_is_refused(lesson, monkeypatch):
    folder, backup = lesson
    with closing(sqlite3.connect(backup, isolation_level=None)) as db:
        db.executescript("CREATE TABLE x (a CHECK (abs(a) > 0)); INSERT INTO x VALUES (1);"
                         "CREATE INDEX y ON x (abs(a))")
    asked, open_read_only = [], classpulse.open_read_only

    def watch(path):
        db = open_read_only(path)
        db.set_trace_callback(asked.append)
        return db
    monkeypatch.setattr(classpulse, "open_read_only", watch)
    with pytest.raises(classpulse.CannotStart, match="'x'|'y'"):
        classpulse.check_file(backup, folder, foreign=False)
    assert asked and [said for said in asked if "sqlite_schema" not in said
                      and said not in ("PRAGMA application_id", "PRAGMA user_version")] == []


def test_what_is_restored_may_call_no_function_and_write_nothing(lesson):
    with closing(classpulse.open_read_only(lesson[1])) as db:
        assert db.one("PRAGMA trusted_schema") == {"trusted_schema": 0}
        assert db.one("PRAGMA query_only") == {"query_only": 1}


def test_a_file_without_id_and_key_is_restored_and_gets_new_ones(lesson, capsys):
    folder, backup = lesson
    with closing(sqlite3.connect(backup)) as db, db:
        db.execute("DELETE FROM instance")
    assert restore(backup, folder, capsys)[0] == 0
    classpulse.prepare_folder(folder)
    with closing(classpulse.open_read_only(folder / "classpulse.db")) as db:
        assert set(classpulse.get_instance(db)) == {"id", "key"}
        assert [session["name"] for session in classpulse.list_sessions(db)] == ["Ökologie"]


def test_a_file_of_an_older_version_is_restored(lesson, capsys, monkeypatch):
    folder, backup = lesson
    version = len(classpulse.MIGRATIONS) + 1
    late, hands = ("late INTEGER NOT NULL DEFAULT 0,", "CREATE TABLE hands (id INTEGER PRIMARY "
                   "KEY, at TEXT NOT NULL /* UTC */); CREATE INDEX hands_by_time ON hands (at);")
    assert late in classpulse.SCHEMA
    monkeypatch.setattr(classpulse, "SCHEMA", classpulse.SCHEMA.replace(
        late, f"{late} reasons TEXT NOT NULL DEFAULT 'a, (b', -- why, in words)\n") + hands)
    monkeypatch.setattr(classpulse, "MIGRATIONS", [
        *classpulse.MIGRATIONS,
        f"{hands} INSERT INTO hands (at) SELECT created_at FROM sessions",
        "ALTER TABLE responses ADD COLUMN reasons TEXT NOT NULL DEFAULT 'a, (b'"])
    code, said = restore(backup, folder, capsys)
    assert code == 0, said
    classpulse.prepare_folder(folder)
    with closing(classpulse.open_read_only(folder / "classpulse.db")) as db:
        assert classpulse.find_schema_mismatch(db, version + 2) is None
        assert db.one("SELECT COUNT(*) AS count FROM hands") == {"count": 1}


def test_an_older_file_that_is_not_as_its_version_was_is_not_restored(lesson, capsys,
                                                                      monkeypatch):
    folder, backup = lesson
    monkeypatch.setattr(classpulse, "MIGRATIONS", [*classpulse.MIGRATIONS,
                                                   "ALTER TABLE responses ADD COLUMN late INT"])
    before = files_of(folder)
    code, said = restore(backup, folder, capsys)
    assert code == 2 and "duplicate column" in said
    assert files_of(folder) == before


def test_a_refused_restore_makes_no_folder(lesson, tmp_path, capsys):
    (tmp_path / "letter.db").write_text("Brief " * 1000, encoding="utf-8")
    assert restore(tmp_path / "letter.db", tmp_path / "new", capsys)[0] == 2
    assert not (tmp_path / "new").exists()


# Who may read the files

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such rights")


def open_to_others(folder):
    """What in a folder other accounts may read or change: {name: its rights}."""
    return {str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode))
            for path in folder.rglob("*") if path.stat().st_mode & 0o077
            # A folder that is closed keeps what lies in it.
            and not any(above.stat().st_mode & 0o077 == 0 for above in path.parents
                        if folder in above.parents)}


@pytest.fixture
def usual_umask():
    """What processes start with nearly everywhere: others may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def wide(tmp_path, usual_umask):
    """A folder that existed before, open to all."""
    (tmp_path / "shared").mkdir(mode=0o755)
    return tmp_path / "shared"


@posix
def test_a_server_leaves_nothing_for_other_accounts_in_a_folder_open_to_all(wide, start_server):
    server = start_server(folder=wide)
    teacher = Teacher(server)
    question_id = teacher.ask("multiple_choice", "Größe?", options="Paris\nLyon")
    teacher.toggle(question_id, 0)
    wait_for(lambda: list((wide / "exports").glob("*.csv")) and classpulse.list_backups(wide))
    assert {"classpulse.db", "classpulse.db-wal", "classpulse.db-shm", "classpulse.lock"} <= {
        path.name for path in wide.iterdir()}
    assert open_to_others(wide) == {}
    assert server.stop() == 0
    assert open_to_others(wide) == {}
    assert stat.S_IMODE(wide.stat().st_mode) == 0o755       # the folder is not ours to close


@posix
@pytest.mark.parametrize("command", [["backup", "copy.db"], ["export"], ["passwd", "Zoë"],
                                     ["adduser", "Åse"]], ids=lambda command: command[0])
def test_a_command_takes_from_other_accounts_what_was_open_to_them(wide, lesson, command):
    folder, _ = lesson
    shutil.copytree(folder, wide, dirs_exist_ok=True)
    (wide / "classpulse-until-2026-01-01_080000.db").write_text("ä", encoding="utf-8")
    for path in [*wide.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert len(open_to_others(wide)) >= 5
    if command[0] == "backup":
        command = ["backup", wide / "copy.db"]
    ended = run_here(*command, "--data", wide, typed=PASSWORD)
    assert ended.returncode == 0, ended.stderr
    assert open_to_others(wide) == {}


@posix
def test_a_new_folder_in_a_new_folder_is_its_owners(tmp_path, usual_umask):
    ended = run_here("adduser", "Zoë", "--data", tmp_path / "a" / "b", typed=PASSWORD)
    assert ended.returncode == 0, ended.stderr
    assert open_to_others(tmp_path) == {}


@posix
def test_the_program_itself_stays_readable_where_its_folder_holds_the_data(wide):
    program, data = wide / "classpulse.py", wide / "classpulse.db-wal"
    for path in program, data:
        path.touch(mode=0o644)
    classpulse.make_folder(wide)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (program, data)] == [0o644, 0o600]


@posix
def test_what_a_link_leads_to_keeps_its_rights(wide, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (wide / "exports").symlink_to(tmp_path / "elsewhere")
    classpulse.make_folder(wide)
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o755


@posix
def test_rights_that_cannot_be_changed_are_left(wide, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError("another account's")
    monkeypatch.setattr(os, "chmod", refuse)
    monkeypatch.setattr(Path, "chmod", refuse)
    assert classpulse.prepare_folder(wide) == wide


# Commands that read

READING = pytest.mark.parametrize("command", [["export"], ["export", "123456"], [
    "backup", "copy.db"], ["passwd", "Zoë"]], ids=" ".join)


@READING
def test_a_command_that_reads_makes_no_folder(command, tmp_path):
    expect_refusal(run_here(*command, "--data", tmp_path / "typo", typed=PASSWORD, cwd=tmp_path),
                   tmp_path / "typo", "--data")
    assert list(tmp_path.iterdir()) == []


def empty_file(folder):
    (folder / "classpulse.db").touch()


def folder_of_that_name(folder):
    (folder / "classpulse.db").mkdir()


def other_files(folder):
    (folder / "classpulse.db.txt").write_text("ä", encoding="utf-8")


@READING
@pytest.mark.parametrize("fill", [empty_file, folder_of_that_name, other_files],
                         ids=lambda fill: fill.__name__)
def test_a_command_that_reads_makes_no_database(command, fill, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    fill(data)
    before = sorted(tmp_path.rglob("*"))
    expect_refusal(run_here(*command, "--data", data, typed=PASSWORD, cwd=tmp_path),
                   data, "--data")
    assert sorted(tmp_path.rglob("*")) == before
    assert files_of(data) in ({}, {data / "classpulse.db": b""},
                              {data / "classpulse.db.txt": "ä".encode()})


# Backups hold all presenters' sessions

def delete_page(who, session_id):
    return who.get(f"/sessions/{session_id}/delete").html.main.get_text()


@pytest.mark.parametrize("copies", ["1", "on"])
def test_only_the_first_presenter_replaces_backups_whatever_another_sends(
        room, db, presenter, other_presenter, copies):
    presenter.create_session("Ökologie")
    session_id = other_presenter.create_session("Größen")
    before = room.backups.make()
    room.exports.write(session_id)
    other_presenter.post(f"/sessions/{session_id}/delete", {"name": "Größen", "copies": copies},
                         status=303)
    assert classpulse.list_backups(room.folder) == [before]
    assert "Größen".encode() in before.read_bytes()
    assert list((room.folder / "exports").glob("*.csv")) == [], "its own files go all the same"


def test_another_presenter_is_told_how_long_backups_hold_a_session(room, presenter,
                                                                   other_presenter):
    session_id = other_presenter.create_session("Größen")
    room.backups.make()
    said = delete_page(other_presenter, session_id)
    assert "older backups" not in said and "stays in 1 backup" in said
    assert "until it expires (after backups on 7 more days)" in said and "first" in said
    page = other_presenter.get(f"/sessions/{session_id}/delete")
    form = page.forms[1]
    form["name"] = "falsch"
    assert "stays in 1 backup" in form.submit(status=422).html.main.get_text()


def test_the_first_presenter_is_told_that_others_states_go_too(room, presenter, other_presenter):
    session_id = presenter.create_session("Größen")
    assert "other teachers" not in delete_page(presenter, session_id), "there is no backup yet"
    before = room.backups.make()
    said = delete_page(presenter, session_id)
    assert "older backups" in said and "other teachers" in said
    presenter.post(f"/sessions/{session_id}/delete", {"name": "Größen", "copies": "1"}, status=303)
    [kept] = classpulse.list_backups(room.folder)
    assert kept != before or "Größen".encode() not in kept.read_bytes()


def test_a_presenter_alone_reads_nothing_of_others(room, presenter):
    session_id = presenter.create_session("Größen")
    room.backups.make()
    said = delete_page(presenter, session_id)
    assert "older backups" in said and "other teachers" not in said
