"""What must hold however large a class is; load_classroom.py measures what it takes."""

import ast
import inspect
import json
import os
import re
import subprocess
import sys
import threading
from collections import defaultdict
from contextlib import closing, contextmanager

import classpulse
import pytest
from conftest import ROOT
from test_layout import TREE, section_of

# What may look at all rows of a table that grows, and why.
LOOKS_AT_ALL = {
    "list_sessions": "which exports are out of date: at start, and by the export command",
    "list_open_sessions": "what can be joined: at start, and when the address changes",
    "complete_step": "what a migration fills in, once",
    "list_with_timer": "all of an index that holds nothing but running countdowns",
    "delete_unused_images": "a question's picture changed: presenters keep few, and none is read",
}
GROWING = {"responses", "respondents", "questions", "sessions", "signins", "images"}


def list_values(node, function):
    """Every text that an expression in a function may stand for: names are looked up."""
    if isinstance(node, ast.BinOp):
        return [left + right for left in list_values(node.left, function)
                for right in list_values(node.right, function)]
    if isinstance(node, ast.IfExp):
        return list_values(node.body, function) + list_values(node.orelse, function)
    if isinstance(node, ast.Name):
        for part in ast.walk(function):
            if isinstance(part, ast.Assign) and getattr(part.targets[0], "id", "") == node.id:
                return list_values(part.value, function)
        return [getattr(classpulse, node.id)]
    if isinstance(node, ast.Subscript):         # what a file holds
        return []
    return [ast.literal_eval(node)]


def list_statements():
    """[(function, statement), ...] of the Store that read or change rows."""
    found = []
    for function in TREE.body:
        if isinstance(function, ast.FunctionDef) and section_of(function) == "Store":
            for call in ast.walk(function):
                if not isinstance(call, ast.Call) or function.name == "select_questions":
                    continue
                if getattr(call.func, "id", "") == "select_questions":
                    found += [(function.name, f"{classpulse.QUESTION} WHERE {where}")
                              for where in list_values(call.args[1], function)]
                elif getattr(call.func, "attr", "") in ("execute", "executemany", "one", "all",
                                                        "tuples", "value", "column"):
                    found += [(function.name, sql)
                              for sql in list_values(call.args[0], function)]
    return [(name, sql) for name, sql in found
            if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", sql)]


STATEMENTS = list_statements()


def test_every_kind_of_statement_is_found():
    assert len(STATEMENTS) > 60
    assert {name for name, _ in STATEMENTS} > {"upsert_response", "count_respondents",
                                               "list_for_audience", "set_hidden", "set_seen"}


def test_no_statement_looks_at_all_rows_of_a_table_that_grows(tmp_path):
    folder = classpulse.prepare_folder(tmp_path)
    with closing(classpulse.connect(folder / "classpulse.db")) as db:
        for function, sql in STATEMENTS:
            values = [None] * sql.count("?") if "?" in sql else defaultdict(lambda: None)
            plan = [row["detail"].strip()
                    for row in db.execute("EXPLAIN QUERY PLAN " + sql, values)]
            tables = {alias: table for table, alias in re.findall(r"(\w+) AS (\w+)", sql)}
            scanned = {tables.get(name, name) for line in plan
                       for name in re.findall(r"^SCAN (?:TABLE )?(\w+)", line)}
            assert bool(scanned & GROWING) == (function in LOOKS_AT_ALL), (function, sql, plan)


@pytest.fixture
def quiet(room):
    """Nothing runs by itself that would be counted: no heart, no export of what has closed."""
    room.live.heart.kill()
    room.exports.greenlet.kill()


@contextmanager
def list_run(db):
    """The statements that a store runs meanwhile."""
    run = []
    for connection in (db.reader, db.writer):
        connection.set_trace_callback(run.append)
    yield run
    for connection in (db.reader, db.writer):
        connection.set_trace_callback(None)


def count_run(db, function, *args, **options):
    """How many statements a call takes."""
    with list_run(db) as run:
        function(*args, **options)
    return len(run)


def tell_all(room, session_id, question_id):
    """Work out every message about a question, as if somebody watched."""
    classpulse.results_message(room.db, room.live, question_id)
    classpulse.present_message(room.db, room.live, session_id)
    classpulse.state_message(room.db, room.live, session_id)


def test_votes_go_between_the_questions_of_an_exit_ticket(
        quiet, room, db, presenter, session, respondent, monkeypatch):
    ids = [presenter.create_question(session["id"]) for _ in range(20)]
    presenter.post(f"/api/sessions/{session['id']}/all", {"active": 1}, status=303)
    for question_id in ids:
        respondent.respond(question_id, "A")
    presenter.be_alone()
    page, present = f"/sessions/{session['id']}", room.live.room("present", session["id"])

    def tell():
        present.dirty = True
        room.live._tell("present", session["id"], present)
    for show in (tell, lambda: presenter.get(page), lambda: presenter.get(f"{page}/progress"),
                 lambda: presenter.get(f"{page}/missing"),
                 lambda: presenter.get(page.replace("sessions", "present")),
                 lambda: presenter.post(f"/api{page}/step", {"action": "more_time"})):
        db.answerers.clear()
        with list_run(db) as run:
            monkeypatch.setattr(classpulse.gevent, "sleep", lambda seconds=0: run.append("PAUSE"))
            monkeypatch.setattr(classpulse, "TURN_SECONDS", 0)      # so few take less
            show()
            monkeypatch.undo()
        pieces = " ".join(run).split("PAUSE")
        assert len(pieces) > 20
        assert max(piece.count("FROM responses") for piece in pieces) <= 5
    assert present.content["answers"] == dict.fromkeys(ids, 1)
    assert present.content["finished"] == 1


def test_a_step_that_goes_between_is_on_the_page(db, presenter, session, monkeypatch):
    """Else the page would be old, with the revision of the new one, and stay so."""
    for _ in range(2):
        presenter.create_question(session["id"])
    presenter.post(f"/api/sessions/{session['id']}/all", {"active": 1}, status=303)
    page, ends = f"/sessions/{session['id']}", [False]
    monkeypatch.setattr(classpulse.gevent, "sleep", lambda seconds=0: ends and classpulse.happen(
        classpulse.open_or_close_session, session["id"], ends.pop()))
    shown = presenter.get(page).html.select_one("[data-control]")
    monkeypatch.undo()
    assert not ends
    assert str(shown) == str(presenter.get(page).html.select_one("[data-control]"))


def test_the_hundredth_question_takes_as_many_statements_as_the_first(
        quiet, room, db, presenter, session, make_respondent):
    respondent, page = make_respondent(), f"/audience/{session['code']}"
    question_ids = [presenter.create_question(session["id"]) for _ in range(100)]
    taken = []
    for question_id in (question_ids[0], question_ids[-1]):
        presenter.step(session["id"], "go", to=question_id)
        presenter.step(session["id"], "open")
        respondent.respond(question_id, "A")
        taken.append([count_run(db, respondent.respond, question_id, "B"),
                      count_run(db, respondent.get, page),
                      count_run(db, respondent.state),
                      count_run(db, room.live.people_changed, session["id"]),
                      count_run(db, tell_all, room, session["id"], question_id)])
    assert taken[0] == taken[1]
    assert max(taken[0]) < 40


def test_a_returning_phone_takes_as_many_statements_with_thirty_open_questions_as_with_one(
        quiet, db, presenter, session, respondent):
    taken = []
    for opened in range(30):
        question_id = presenter.create_question(session["id"])
        presenter.toggle(question_id)
        respondent.respond(question_id, "A")
        if opened in (0, 29):
            taken.append(count_run(db, respondent.state))
    assert taken[0] == taken[1]
    assert len(respondent.state()["mine"]) == 30


def test_a_session_is_deleted_in_pieces(quiet, db, presenter, session, question, monkeypatch):
    db.write(lambda connection: fill(connection, question, 95))
    monkeypatch.setattr(classpulse, "PIECE", 10)
    deleted = []
    for name in ("delete_some_responses", "delete_some_respondents"):
        delete = getattr(classpulse, name)
        monkeypatch.setattr(classpulse, name, lambda *args, delete=delete: deleted.append(
            delete(*args)) or deleted[-1])
    presenter.post(f"/sessions/{session['id']}/delete", {"name": session["name"]}, status=303)
    assert deleted == ([10] * 9 + [5]) * 2
    assert not db.all("SELECT * FROM responses") and not db.all("SELECT * FROM respondents")


def test_a_question_is_deleted_in_pieces(quiet, db, presenter, question, monkeypatch):
    kept = presenter.create_question(question["session_id"])
    db.write(lambda connection: fill(connection, question, 25))
    monkeypatch.setattr(classpulse, "PIECE", 10)
    with list_run(db) as run:
        presenter.post(f"/questions/{question['id']}/delete", status=303)
    assert sum("DELETE FROM responses" in statement for statement in run) == 3
    assert classpulse.list_question_ids(db, question["session_id"]) == [kept]


def test_a_session_is_deleted_while_its_students_go_on_voting(quiet, db, presenter, session,
                                                              question, monkeypatch):
    delete, pieces = classpulse.delete_some_responses, []

    def vote_meanwhile(db, question_id):
        assert len(pieces) < 10, "it never ends"
        classpulse.record_response(db, question_id, f"respondent-{len(pieces)}", "A")
        pieces.append(delete(db, question_id))
        return pieces[-1]
    monkeypatch.setattr(classpulse, "delete_some_responses", vote_meanwhile)
    presenter.post(f"/sessions/{session['id']}/delete", {"name": session["name"]}, status=303)
    assert not db.all("SELECT * FROM responses") and not db.all("SELECT * FROM respondents")


def test_the_folder_is_listed_once_at_the_start(room, db, presenter, monkeypatch):
    for number in range(60):
        presenter.create_session(f"Stunde {number}")
    listed = []
    monkeypatch.setattr(classpulse.os, "listdir", lambda folder: listed.append(folder) or [])
    room.exports.refresh()
    assert listed == [room.exports.folder]


def test_which_files_are_out_of_date_is_not_looked_up_on_the_loop(
        quiet, room, db, question, monkeypatch):
    db.write(fill, question, 3)
    threads, look = [], classpulse.list_sessions
    monkeypatch.setattr(classpulse, "list_sessions", lambda db: threads.append(
        threading.get_ident()) or look(db))
    room.exports.refresh()
    assert threads and threading.get_ident() not in threads
    assert list(room.exports.due) == [question["session_id"]]


def test_an_act_lists_no_files_and_writing_them_lists_the_folder_once_beside_the_loop(
        quiet, room, presenter, session, question, monkeypatch):
    presenter.create_question(session["id"])
    room.exports.write(session["id"])
    room.exports.write(session["id"], question["id"])
    listed, listdir = [], os.listdir
    monkeypatch.setattr(classpulse.os, "listdir", lambda folder: listed.append(
        threading.get_ident()) or listdir(folder))
    presenter.post(f"/questions/{question['id']}/move", {"place": 2}, status=303)
    presenter.post(f"/questions/{question['id']}/duplicate", status=303)
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Neu"}, status=303)
    assert not listed and list(room.exports.due) == [session["id"]]
    room.exports._write_all_due()
    assert len(listed) == 1 and threading.get_ident() not in listed
    assert len([name for name in listdir(room.exports.folder) if "_neu_" in name]) == 4


def test_what_was_done_is_saved_also_when_the_folder_of_files_is_gone(
        quiet, room, db, presenter, session, question, capsys):
    other = presenter.create_question(session["id"])
    room.exports.folder.rmdir()
    presenter.post(f"/questions/{other}/move", {"place": 1}, status=303)
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Neu"}, status=303)
    assert [asked["id"] for asked in classpulse.list_questions(db, session["id"])] == [
        other, question["id"]]
    assert "Neu" in presenter.get(f"/sessions/{session['id']}").text
    assert "The folder of CSV files can't be read: FileNotFoundError" in capsys.readouterr().err
    room.exports._write_all_due()
    assert room.exports.find_file(classpulse.get_session(db, session["id"]))


def test_what_was_done_is_answered_as_saved_when_telling_others_of_it_fails(
        quiet, room, db, presenter, session, monkeypatch, capsys):
    monkeypatch.setattr(room.live, "session_changed", lambda session_id: 1 / 0)
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Neu"}, status=303)
    assert classpulse.get_session(db, session["id"])["name"] == "Neu"
    assert session["id"] in room.exports.due
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_copy_is_named_without_counting_the_people_of_all_other_sessions(
        quiet, db, presenter, session):
    with list_run(db) as run:
        presenter.post(f"/sessions/{session['id']}/again", status=303)
    assert any("SELECT name FROM sessions" in sql for sql in run)
    assert not any("COUNT(*) FROM respondents" in sql for sql in run)


# Long texts, and many people

@pytest.fixture
def text(db, presenter, session):
    """An open question with 40 long texts."""
    question_id = presenter.create_question(session["id"], "open_text", title="Warum?")
    presenter.toggle(question_id)
    question = classpulse.get_question(db, question_id)
    for number in range(40):
        db.write(classpulse.record_response, question_id, f"respondent-{number:02}",
                 f"{number:02} " + "x" * 997)
    return question


def test_of_long_texts_only_the_newest_are_read(quiet, db, presenter, text, monkeypatch):
    """And of these one more than the rest is hidden: it is in no row either."""
    monkeypatch.setattr(classpulse.OpenText, "NEWEST", 6)
    monkeypatch.setattr(classpulse.OpenText, "SHOWN", 4)
    read, count = [], classpulse.OpenText.count
    monkeypatch.setattr(classpulse.OpenText, "count", lambda self, values, options: read.append(
        len(values)) or count(self, values, options))
    stats = classpulse.get_question_stats(db, text["id"])
    assert [row["label"][:2] for row in stats["results"]] == ["39", "38", "37", "36"]
    assert (stats["response_count"], stats["more"], read) == (40, 36, [6])
    db.write(classpulse.set_hidden, text["id"], stats["results"][0]["key"], True)
    stats = classpulse.get_question_stats(db, text["id"])
    assert [row["label"][:2] for row in stats["results"]] == ["38", "37", "36", "35"]
    assert stats["more"] == 35


def test_each_text_is_read_once_for_a_page(quiet, db, presenter, session, text):
    presenter.be_alone()
    for path, times in ((f"/questions/{text['id']}/private", 1), (f"/sessions/{session['id']}", 1),
                        (f"/questions/{text['id']}/results", 1)):
        with list_run(db) as run:
            assert "39 x" in presenter.get(path).text
        assert len([sql for sql in run if "response_value" in sql
                    and "LIMIT" in sql]) == times, path


def test_answers_of_people_who_are_not_listed_are_not_read(quiet, room, db, text, monkeypatch):
    monkeypatch.setattr(classpulse, "LISTED_MAX", 2)
    for number in range(5):
        who = text["session_id"], f"respondent-{number:02}"
        db.write(classpulse.ensure_respondent, *who)
        db.write(classpulse.replace_person, *who, {"name": f"P{number}"})
    with list_run(db) as run:
        people, _ = classpulse.list_people(db, room.live, text)
    [read] = [sql for sql in run if "response_value" in sql]
    assert "respondent-01" in read and "respondent-02" not in read
    assert [person["name"] for person in people] == ["P0", "P1", "P2", "P3", "P4"]
    assert [person.get("answer", "")[:2] for person in people] == ["00", "01", "", "", ""]


def fill(db, question, count):
    """Let so many respondents answer."""
    for number in range(count):
        classpulse.record_response(db, question["id"], f"respondent-{number}", "AB"[number % 2])


def test_a_later_vote_takes_as_many_statements_as_an_early_one(quiet, room, db, session, question,
                                                               make_respondent):
    taken = []
    for already in (0, 500):
        db.write(fill, question, already)
        respondent = make_respondent()
        taken.append([count_run(db, respondent.respond, question["id"], "A"),
                      count_run(db, tell_all, room, session["id"], question["id"])])
    assert taken[0] == taken[1]


def test_a_phone_that_joins_reads_no_responses_but_its_own(quiet, room, db, session, question,
                                                           respondent):
    db.write(fill, question, 50)
    respondent.respond(question["id"], "A")
    with list_run(db) as run:
        respondent.get(f"/audience/{session['code']}")
        respondent.state()
        room.live.people_changed(session["id"])
    read = [sql for sql in run if "FROM responses" in sql or "JOIN responses" in sql]
    assert read and all("respondent_id = '" in sql for sql in read)


def test_rows_of_an_export_are_written_as_they_are_read(db, room, session, question):
    db.write(fill, question, 3)
    for list_rows in (classpulse.list_answer_rows, classpulse.list_student_rows,
                      classpulse.list_option_rows):
        rows = list_rows(db.reader, session)
        assert inspect.isgenerator(rows)
        next(rows)
        assert len(list(rows)) >= 2


def test_an_export_is_sent_piece_by_piece(db, room, session, question, presenter):
    db.write(fill, question, 3000)
    answer = presenter.get(f"/sessions/{session['id']}/export")
    [path] = (room.folder / "exports").glob("*.csv")
    assert answer.body == path.read_bytes()
    assert answer.content_length == path.stat().st_size
    with closing(answer.request.copy().call_application(classpulse.app)[2]) as pieces:
        assert max(map(len, pieces)) < 100_000 < answer.content_length


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_run_as_a_file_it_takes_no_more_memory_than_as_a_module(start_server, tmp_path):
    """Sixteen MB more, were the file's syntax tree kept."""
    file = start_server(folder=tmp_path / "file")
    module = start_server(folder=tmp_path / "module", program=("-m", "classpulse"))
    assert file.memory_mb() < module.memory_mb() + 4


def test_a_class_that_votes_all_at_once_in_two_rounds_loses_nothing():
    """By the script that measures, small: what it prints beside that is no test's business."""
    done = subprocess.run([sys.executable, str(ROOT / "tests/load_classroom.py"), "--students",
                           "60", "--questions", "2", "--window", "0.1", "--brief", "--json",
                           "--discuss"], stdout=subprocess.PIPE, timeout=120)
    figures = json.loads(done.stdout)
    assert done.returncode == 0
    assert figures["votes acknowledged"] == figures["votes on the projector"] == 240
