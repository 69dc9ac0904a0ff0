"""The commands as they are typed: serve, adduser, passwd, export, backup."""

import configparser
import csv
import io
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import unicodedata
from contextlib import ExitStack, closing, redirect_stderr, redirect_stdout
from types import SimpleNamespace

import classpulse
import pytest
from conftest import PASSWORD, ROOT, START, Browser, hash_of_password

NAME = "Frau Müller-Öz"
GOING_AWAY = bytes([0x88, 2]) + (1001).to_bytes(2, "big")       # a WebSocket's close frame


def run(*arguments, typed="", cwd=ROOT, **environment):
    """A command that has ended: its `returncode`, `stdout` and `stderr`."""
    return subprocess.run(
        [sys.executable, str(ROOT / "classpulse.py"), *map(str, arguments)], cwd=cwd, input=typed,
        capture_output=True, encoding="utf-8", timeout=20,
        # The second start is from compiled code (classpulse.py, check_packages).
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "",
             **environment})


def run_here(*arguments, typed="", cwd=ROOT, **environment):
    """As `run`, but in this process: to start another costs most of what a command does.

    Nothing is served: a server that is not refused fails the test before it begins.
    """
    def fail(*_):
        classpulse.classroom.close()
        pytest.fail("it was not refused")
    stdout, stderr = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    mask = os.umask(0o077)
    with (ExitStack() as held, pytest.MonkeyPatch.context() as patch, redirect_stdout(stdout),
          redirect_stderr(stderr)):
        patch.setattr(sys, "stdin", io.StringIO(typed))
        patch.setattr(classpulse, "give_large_pieces_back", lambda: None)   # of this process
        patch.setattr(classpulse.secrets, "token_bytes", bytes)     # conftest keeps the hashes
        for name in ("lock_folder", "listen"):      # a process would keep both to its end
            patch.setattr(classpulse, name, lambda *args, take=getattr(classpulse, name):
                          held.enter_context(take(*args)))
        patch.setattr(classpulse.Server, "__init__", fail)
        patch.chdir(cwd)
        for name, value in environment.items():
            patch.setenv(name, value)
        os.umask(0o022)         # what processes start with nearly everywhere
        try:
            returncode = classpulse.main(list(map(str, arguments)))
        except SystemExit as end:
            returncode = end.code
    os.umask(mask)
    for stream in (stdout, stderr):
        stream.seek(0)
    return SimpleNamespace(returncode=returncode, stdout=stdout.read(), stderr=stderr.read())


def expect_refusal(ended, *words):
    """Exit 2 after one clear sentence, and no traceback."""
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.startswith("ClassPulse: ")
    assert len(ended.stderr.strip().splitlines()) == 1
    for word in words:
        assert str(word) in ended.stderr
    return ended.stderr


@pytest.fixture
def server(start_server):
    """One for each test: how it begins and ends is what they look at."""
    return start_server()


@pytest.fixture
def data(tmp_path):
    return tmp_path / "Daten für Bio"


@pytest.fixture
def lesson(data):
    """A folder with a presenter, two sessions and a response; {name: code}."""
    folder, codes = classpulse.prepare_folder(data), {}
    with closing(classpulse.connect(folder / "classpulse.db")) as db:
        user_id = classpulse.create_user(db, {
            "username": NAME, "display_name": NAME, "email": "",
            "password_hash": hash_of_password()})
        for name in ("Biologie", "Physik"):
            session_id = classpulse.create_session(db, user_id, name)
            codes[name] = classpulse.get_session(db, session_id)["code"]
            question_id = classpulse.create_question(db, session_id, "rating", {
                "title": "Wie klar?", "options": classpulse.QUESTION_TYPES["rating"].configure(
                    classpulse.Form([("high", "völlig")]))})
            classpulse.toggle_question_status(db, question_id, True)
        classpulse.record_response(db, question_id, "wer", "4")
    return codes


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# serve: what it says

def test_the_start_tells_how_to_join_and_how_to_sign_in(server, capsys):
    assert f"Students join at  {server.url}\n" in server.said
    assert str(server.folder.resolve()) in server.said
    assert re.search(rf"{re.escape(server.url)}/setup\?token=[\w-]{{20,}}\n", server.said)
    classpulse.print_qr(server.url)
    picture = capsys.readouterr().out.strip()
    assert "█" in picture and picture in server.said


def test_the_start_tells_the_codes_of_open_sessions_and_no_set_up_link_to_a_user(
        lesson, data, start_server):
    said = start_server(folder=data).said
    for name, code in lesson.items():
        assert f"{code[:3]} {code[3:]}  ({name})" in said
    assert "/setup" not in said


def test_the_address_may_be_replaced_and_health_says_ok_and_the_version(start_server):
    server = start_server("--url", "http://classroom.example:8080/")
    assert "Students join at  http://classroom.example:8080\n" in server.said
    assert server.url in server.link
    answer = Browser(server).request("GET", "/healthz", Host="classroom.example:8080")
    assert answer.status == 200
    assert answer.content.decode().split() == ["ok", classpulse.__version__]


# serve: what it refuses

def test_a_second_server_on_the_same_folder_is_refused(server):
    ended = run("--data", server.folder, "--port", "0", "--no-browser")
    expect_refusal(ended, server.folder, "--data")
    Browser(server).get("/healthz")


left_open = pytest.mark.filterwarnings(
    "ignore:unclosed <socket:ResourceWarning")      # by gevent, if it can't listen there


@left_open
def test_a_taken_port_is_refused_and_a_free_one_named(data):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = expect_refusal(run_here("serve", "--data", data, "--host", "127.0.0.1",
                                       "--port", port, "--no-browser"), port)
        free = int(re.search(r"--port (\d+)", said)[1])
        assert free != port
        with socket.socket() as other:
            other.bind(("127.0.0.1", free))


@pytest.mark.parametrize("port", ["99999", "-1"])
def test_a_port_that_cannot_be_is_refused(data, port):
    expect_refusal(run_here("--data", data, f"--port={port}", "--no-browser"), port)


@left_open
def test_an_address_of_another_computer_is_refused(data):
    expect_refusal(run_here("--data", data, "--host", "192.0.2.1", "--port=0", "--no-browser"),
                   "192.0.2.1")


COMMANDS = pytest.mark.parametrize("command", [
    ["serve", "--no-browser", "--port", "0"], ["adduser", NAME], ["passwd", NAME], ["export"],
    ["backup", "copy.db"]], ids=lambda command: command[0])


@COMMANDS
def test_a_folder_below_a_file_is_refused(command, tmp_path):
    (tmp_path / "file").write_text("ä", encoding="utf-8")
    folder = tmp_path / "file" / "data"
    ended = run_here(*command, "--data", folder, typed=PASSWORD, cwd=tmp_path)
    expect_refusal(ended, folder, "--data")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0,
                    reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_refused(data):
    data.mkdir(mode=0o500)
    expect_refusal(run_here("--port=0", "--no-browser", "--data", data), data, "--data")


def no_database(path):
    path.write_bytes("Das ist keine Datenbank, sondern ein Brief.\n".encode() * 50)


def cut_off(path):
    classpulse.prepare_folder(path.parent)
    path.write_bytes(path.read_bytes()[:-5000])


def scribbled_over(path):
    classpulse.prepare_folder(path.parent)
    content = path.read_bytes()
    path.write_bytes(content[:8192] + os.urandom(8192) + content[16384:])


def of_another_program(path):
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE rezepte (name)")


def of_a_newer_version(path):
    classpulse.prepare_folder(path.parent)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version=99")


@COMMANDS
@pytest.mark.parametrize("spoil", [no_database, cut_off, scribbled_over, of_another_program,
                                   of_a_newer_version], ids=lambda spoil: spoil.__name__)
def test_a_file_that_cannot_be_used_is_left_as_it_is(command, spoil, data, tmp_path):
    data.mkdir()
    path = data / "classpulse.db"
    spoil(path)
    before = path.read_bytes()
    expect_refusal(run_here(*command, "--data", data, typed=PASSWORD, cwd=tmp_path), path)
    assert path.read_bytes() == before


# serve: how it ends

@pytest.fixture(params=[None, "libuv"], ids=["own_loop", "loop_of_windows"])
def loop(request, monkeypatch):
    """gevent's event loop here, and the one that it has on Windows."""
    if request.param:
        pytest.importorskip("_cffi_backend", reason="this loop is reached by cffi")
        monkeypatch.setenv("GEVENT_LOOP", request.param)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_it_cleanly(loop, server, name):
    listening = Browser(server)
    server.process.send_signal(getattr(signal, name))
    assert server.end() == 0
    assert "Traceback" not in server.said
    with pytest.raises(ConnectionError):
        listening.get("/healthz")


@pytest.mark.parametrize("loop, name", [(None, "SIGTERM"), ("libuv", "SIGINT")],
                         indirect=["loop"])
def test_a_signal_right_after_the_start_ends_it_cleanly(loop, data, name):
    script = ("from gevent import monkey; monkey.patch_all()\n"
              "import classpulse, gevent, os, signal, sys\n"
              "gevent.signal_handler = lambda *_: None\n"   # as if it saw no Ctrl-C of a console
              "def show_start(show=classpulse.show_start):\n"
              "    show()\n"
              f"    os.kill(os.getpid(), signal.{name})\n"
              "classpulse.show_start = show_start\n"
              "sys.exit(classpulse.main(sys.argv[1:]))\n")
    ended = subprocess.run([sys.executable, "-c", script, "--data", data, "--host", "127.0.0.1",
                            "--port", "0", "--no-browser"], cwd=ROOT, capture_output=True,
                           encoding="utf-8", timeout=20,
                           env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_full_hall_does_not_keep_it_from_ending_within_three_seconds(lesson, data,
                                                                       start_server):
    server, code = start_server(folder=data), lesson["Biologie"]
    phones = [Browser(server) for _ in range(125)]
    for phone in phones:
        phone.post("/join", {"code": code})
        for _ in range(4):      # as many as a respondent may have
            phone.watch(f"/ws/audience/{code}")
    phones[0].post("/audience/respond/1", {"response": "5"})        # its export is due
    with socket.create_connection(("127.0.0.1", server.port)) as half_a_request:
        half_a_request.sendall(b"POST /join HTTP/1.1\r\n")
        server.process.terminate()
        server.process.wait(timeout=20)
    # It was done before it would have given up.
    assert server.end() == 0 and classpulse.STOP_SECONDS < 3
    assert "Traceback" not in server.said
    for watched in (watched for phone in phones for watched in phone.sockets):
        received = watched.sock.recv(1 << 20)
        assert received.endswith(GOING_AWAY)
        watched.shutdown()
    [path] = (data / "exports").glob(f"*{code}*_long.csv")
    assert [row["answer"] for row in rows_of(path)] == ["5"]


def test_a_crash_loses_no_saved_answer_and_leaves_the_folder_free(lesson, data, start_server):
    server = start_server(folder=data)
    phone = Browser(server)
    phone.post("/join", {"code": lesson["Biologie"]})
    phone.post("/audience/respond/1", {"response": "5"})
    server.process.kill()
    server.process.wait()
    phone.port = start_server(folder=data).port
    state = phone.get(f"/audience/{lesson['Biologie']}/state").content.decode()
    assert '"mine":{"1":{"value":"5"' in state


# adduser, passwd

def test_a_user_added_beside_a_running_server_signs_in_and_the_set_up_link_is_worth_nothing(
        server):
    ended = run_here("adduser", NAME, "--data", server.folder, typed=PASSWORD + "\n")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert NAME in ended.stdout
    browser = Browser(server)
    browser.sign_in(NAME)
    assert "ClassPulse" in browser.get("/sessions").content.decode()
    browser.sign_in(NAME, PASSWORD[:-1], status=401)
    Browser(server).get(server.link.removeprefix(server.url), status=404)


@pytest.mark.parametrize("name", [NAME, NAME.replace("Frau", "FRAU"),
                                  unicodedata.normalize("NFD", NAME)], ids=ascii)
def test_a_user_name_that_is_taken_is_refused(lesson, data, name):
    expect_refusal(run_here("adduser", name, "--data", data, typed=PASSWORD), "taken")


@pytest.mark.parametrize("typed", ["kurz\n", "\n", ""])
@pytest.mark.parametrize("command", ["adduser", "passwd"])
def test_a_short_password_is_refused(lesson, data, command, typed):
    name = NAME if command == "passwd" else "Zoë"
    ended = run_here(command, name, "--data", data, typed=typed)
    expect_refusal(ended, classpulse.PASSWORD_MIN)


def test_a_new_password_signs_out_and_lets_in_without_a_restart(lesson, data, start_server):
    browser = Browser(start_server(folder=data))
    browser.sign_in(NAME)
    browser.get("/sessions")
    assert run_here("passwd", NAME, "--data", data, typed="neues Kennwort ß\n").returncode == 0
    assert browser.get("/sessions", status=303).headers["Location"] == "/login"
    browser.sign_in(NAME, PASSWORD, status=401)
    browser.sign_in(NAME, "neues Kennwort ß")
    browser.get("/sessions")


def test_the_password_of_an_unknown_user_cannot_be_set(lesson, data):
    expect_refusal(run_here("passwd", "Niemand", "--data", data, typed=PASSWORD), "Niemand")


# export, backup

def test_export_writes_every_session(lesson, data):
    ended = run_here("export", "--data", data)
    assert (ended.returncode, ended.stderr) == (0, "")
    written = sorted((data / "exports").iterdir())
    assert sorted(ended.stdout.splitlines()) == list(map(str, written))
    assert {name for name in lesson.values() for path in written if name in path.name} == set(
        lesson.values())


def test_export_of_a_code_writes_that_session(lesson, data):
    code = lesson["Physik"]
    for typed in (code, f"{code[:3]} {code[3:]}"):
        assert run_here("export", typed, "--data", data).returncode == 0
    [path] = (data / "exports").glob("*_long.csv")
    assert [(row["session_code"], row["answer"]) for row in rows_of(path)] == [(code, "4")]


def test_export_works_beside_a_running_server(lesson, data, start_server):
    server = start_server(folder=data)
    phone = Browser(server)
    phone.post("/join", {"code": lesson["Biologie"]})
    phone.post("/audience/respond/1", {"response": "3"})
    assert run_here("export", lesson["Biologie"], "--data", data).returncode == 0
    [path] = (data / "exports").glob(f"*{lesson['Biologie']}*_long.csv")
    assert [row["answer"] for row in rows_of(path)] == ["3"]


def test_export_of_an_unknown_code_is_refused(lesson, data):
    expect_refusal(run_here("export", "000000", "--data", data), "code")
    assert list((data / "exports").iterdir()) == []


@pytest.mark.parametrize("delimiter", ["", ";;", "\n", '"'], ids=ascii)
@pytest.mark.parametrize("command", [["export"], ["serve", "--no-browser", "--port=0"]],
                         ids=lambda command: command[0])
def test_a_delimiter_that_cannot_be_is_refused(lesson, data, command, delimiter):
    expect_refusal(run_here(*command, "--data", data, "--csv-delimiter", delimiter))


@pytest.mark.parametrize("least, most", [(-1, 70), (35, 101), (71, 70)])
def test_edges_of_the_hint_to_discuss_that_cannot_be_are_refused(data, least, most):
    expect_refusal(run_here("serve", "--data", data, f"--discuss-from={least}",
                            f"--discuss-to={most}"), f"{least} and {most}")
    assert not data.exists()


def test_a_semicolon_is_a_delimiter(lesson, data):
    assert run_here("export", "--data", data, "--csv-delimiter", ";").returncode == 0
    for path in (data / "exports").iterdir():
        assert path.read_text("utf-8-sig").startswith(
            ("session_code;session_name;", "respondent_id;", "question_no;"))


def test_a_backup_is_readable_and_complete(lesson, data, tmp_path):
    target = tmp_path / "Sicherung ü.db"
    ended = run_here("backup", target, "--data", data)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{target}\n", "")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [target.name]
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        with closing(sqlite3.connect(data / "classpulse.db")) as db:
            assert list(copy.iterdump()) == list(db.iterdump())


def test_a_backup_beside_a_running_server_has_what_was_saved_and_can_be_served(
        lesson, data, start_server, tmp_path):
    server = start_server(folder=data)
    phone = Browser(server)
    phone.post("/join", {"code": lesson["Biologie"]})
    phone.post("/audience/respond/1", {"response": "3"})
    (tmp_path / "restored").mkdir()
    restored = tmp_path / "restored" / "classpulse.db"
    assert run_here("backup", restored, "--data", data).returncode == 0
    phone.port = start_server(folder=restored.parent).port
    state = phone.get(f"/audience/{lesson['Biologie']}/state").content.decode()
    assert '"value":"3"' in state


def test_a_backup_into_nowhere_is_refused(lesson, data, tmp_path):
    target = tmp_path / "nowhere" / "copy.db"
    expect_refusal(run_here("backup", target, "--data", data), target)


def test_the_database_is_no_backup_of_itself(lesson, data):
    before = (data / "classpulse.db").read_bytes()
    expect_refusal(run_here("backup", data / "classpulse.db", "--data", data))
    assert (data / "classpulse.db").read_bytes() == before


# Settings and spelling

@pytest.mark.parametrize("before", [True, False])
def test_options_may_stand_before_and_after_the_command(data, before):
    options = ["--data", data, "--csv-delimiter", ";"]
    words = [*options, "adduser", NAME] if before else ["adduser", NAME, *options]
    assert run_here(*words, typed=PASSWORD).returncode == 0
    assert (data / "classpulse.db").exists()


def test_options_may_stand_on_both_sides_of_the_command(data):
    assert run_here("--data", data, "adduser", "--csv-delimiter", ";", NAME, typed=PASSWORD
                    ).returncode == 0
    assert (data / "classpulse.db").exists()


@pytest.mark.parametrize("words", [["dance"], ["adduser"], ["passwd"], ["backup"],
                                   ["serve", "me"], ["export", "123456", "more"],
                                   ["--port", "acht"], ["--colour"]], ids=" ".join)
def test_a_command_that_makes_no_sense_is_refused(words, data):
    ended = run_here(*words, "--data", data)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr and ended.stderr
    assert not data.exists()


def test_a_setting_may_come_from_the_environment(data):
    assert run_here("adduser", NAME, typed=PASSWORD, CLASSPULSE_DATA=str(data)).returncode == 0
    assert (data / "classpulse.db").exists()


def test_an_option_wins_over_the_environment(data, tmp_path):
    assert run_here("adduser", NAME, "--data", data, typed=PASSWORD,
                    CLASSPULSE_DATA=str(tmp_path / "other")).returncode == 0
    assert (data / "classpulse.db").exists()
    assert not (tmp_path / "other").exists()


@left_open
def test_the_port_may_come_from_the_environment(data):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run_here("serve", "--data", data, "--no-browser", CLASSPULSE_PORT=port,
                         CLASSPULSE_HOST="127.0.0.1")
        expect_refusal(ended, f"Port {port} can't be used on 127.0.0.1")


@pytest.mark.parametrize("value", ["acht", "80.5"])
def test_a_setting_that_cannot_be_read_is_refused(data, value):
    expect_refusal(run_here("adduser", NAME, "--data", data, typed=PASSWORD,
                            CLASSPULSE_PORT=value), "CLASSPULSE_")


def test_help_and_version_are_told():
    told = run_here("--help")
    assert told.returncode == 0
    for name, *_ in classpulse.SETTINGS:
        name = name.replace("_", "-")
        assert f"--no-{name}" in told.stdout or f"--{name}" in told.stdout
    for command in classpulse.COMMANDS:
        assert command in told.stdout
    assert run_here("--version").stdout == f"ClassPulse {classpulse.__version__}\n"


def test_the_module_can_be_run_by_its_name(data):
    ended = subprocess.run([sys.executable, "-m", "classpulse", "adduser", NAME, "--data", data],
                           cwd=ROOT, input=PASSWORD, capture_output=True, encoding="utf-8",
                           timeout=60, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert ended.returncode == 0, ended.stderr
    with closing(classpulse.connect(data / "classpulse.db")) as db:
        assert classpulse.find_user(db, NAME)


def test_the_data_folder_is_beside_the_module_and_never_where_one_stands(tmp_path):
    program, elsewhere = tmp_path / "program", tmp_path / "elsewhere"
    program.mkdir()
    elsewhere.mkdir()
    shutil.copy(ROOT / "classpulse.py", program / "classpulse (1).py")      # loaded down twice
    for folder in ("views", "static"):
        (program / folder).symlink_to(ROOT / folder)
    (elsewhere / "json.py").write_text("raise SystemExit('Not mine.')", encoding="utf-8")
    ended = subprocess.run([sys.executable, program / "classpulse (1).py", "adduser", "Ä"],
                           cwd=elsewhere, capture_output=True, timeout=60, input=b"geheim 1")
    assert ended.returncode == 0, ended.stderr
    assert (program / "classpulse-data" / "classpulse.db").exists()
    assert [path.name for path in elsewhere.iterdir()] == ["json.py"]


def test_what_to_run_is_said_when_packages_are_missing(tmp_path):
    ended = subprocess.run([sys.executable, "-I", "-S", ROOT / "classpulse.py"], cwd=tmp_path,
                           capture_output=True, encoding="utf-8", timeout=60)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1 and "Traceback" not in ended.stderr
    assert "gevent" in ended.stderr and "pip install ." in ended.stderr
    assert str(ROOT) in ended.stderr


def test_the_script_names_the_packages_that_are_installed_with_it():
    source = (ROOT / "classpulse.py").read_text("utf-8")
    lines = re.search(r"(?m)^# /// script\n((?:#.*\n)+?)# ///$", source)[1].splitlines()
    script = "\n".join(line[2:] for line in lines)
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    options = setup["options"]
    assert re.findall(r'^    "(.+)",$', script, re.MULTILINE) == [
        line for line in options["install_requires"].splitlines() if line]
    assert f'requires-python = "{options["python_requires"]}"' in script


def test_it_does_not_start_after_bottle_was_imported(data):
    ended = subprocess.run([sys.executable, "-c", f"import bottle; {START[1]}", "export", "--data",
                            data], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60)
    assert ended.returncode != 0
    assert "before bottle" in ended.stderr


def test_nothing_is_patched_when_tests_import_it():
    script = ("import classpulse; from gevent import monkey; "
              "print(monkey.is_module_patched('socket'))")
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True,
                           encoding="utf-8", timeout=60)
    assert ended.stdout.strip() == "False"
