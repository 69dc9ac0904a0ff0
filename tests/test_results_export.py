"""Results as CSV: what stands in the long file, and when it is written."""

import contextlib
import csv
import io
import os
import re
import time
import types
from datetime import datetime

import classpulse
import gevent
import pytest
from conftest import Presenter, Respondent

COLUMNS = ["session_code", "session_name", "question_no", "question_id", "question_type",
           "question_text", "round", "respondent_id", "respondent_name", "answer", "answer_keys",
           "correct", "score", "late", "changes", "answered_at", "answer_count"]


def wait_for(true):
    """Until it is true; the test fails when it never becomes so."""
    give_up_at = time.monotonic() + 10
    while not true():
        assert time.monotonic() < give_up_at, "waited in vain"
        gevent.sleep(0.005)


def read_csv(content, delimiter=","):
    """The rows of a file as dicts, quotes undone and nothing else."""
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def change(db, sql, **values):
    """Something that no page offers."""
    db.write(lambda connection: connection.execute(sql, values).rowcount)


@pytest.fixture
def folder(room):
    return room.folder / "exports"


@pytest.fixture
def export(presenter, session):
    """A function that downloads the session's file, or one question's; its rows."""
    def download(question_id=None):
        path = (f"/questions/{question_id}/export" if question_id
                else f"/sessions/{session['id']}/export")
        return read_csv(presenter.get(path, status=200).body)
    return download


# What stands in the file

def test_the_file_begins_with_a_byte_order_mark_and_the_header(presenter, session):
    content = presenter.get(f"/sessions/{session['id']}/export").body
    assert content == b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\r\n"


def test_every_line_ends_with_carriage_return_and_newline(presenter, session, question,
                                                          make_respondent):
    for key in "AB":
        make_respondent().respond(question["id"], key)
    lines = presenter.get(f"/sessions/{session['id']}/export").body.split(b"\r\n")
    assert len(lines) == 4 and lines[-1] == b""
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def test_a_response_is_one_row_that_says_everything(db, presenter, session, export):
    question_id = presenter.create_question(session["id"], title="Größte Stadt?",
                                            options="*København\nالقاهرة")
    presenter.toggle(question_id)
    phone = Respondent(session["code"])
    phone.respond(question_id, "A")
    respondent = db.one("SELECT * FROM respondents")
    [row] = export()
    moment = row.pop("answered_at")
    assert row == {
        "session_code": session["code"], "session_name": "Biologie 10b", "question_no": "1",
        "question_id": str(question_id), "question_type": "multiple_choice",
        "question_text": "Größte Stadt?", "round": "1", "respondent_id": respondent["id"],
        "respondent_name": "", "answer": "København", "answer_keys": "A", "correct": "1",
        "score": "1", "late": "0", "changes": "0", "answer_count": "1"}
    stored = datetime.fromisoformat(db.one("SELECT updated_at FROM responses")["updated_at"])
    assert datetime.fromisoformat(moment) == stored.replace(microsecond=0)


@pytest.fixture
def kolkata(monkeypatch):
    """The laptop's clock five and a half hours ahead."""
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_times_are_of_the_laptops_zone_with_its_offset(kolkata, db, respondent, question, export):
    respondent.respond(question["id"], "A")
    change(db, "UPDATE responses SET updated_at = '2026-03-04T20:12:07.890+00:00'")
    assert export()[0]["answered_at"] == "2026-03-05T01:42:07+05:30"


def test_the_files_date_is_that_of_the_creation_in_the_laptops_zone(kolkata, db, presenter,
                                                                    session):
    change(db, "UPDATE sessions SET created_at = '2026-03-04T20:12:07.890+00:00'")
    path = f"/sessions/{session['id']}/export"
    assert "2026-03-05_" in presenter.get(path).headers["Content-Disposition"]


def test_a_text_that_looks_like_a_formula_is_guarded(db, respondent, question, session, export):
    respondent.respond(question["id"], "A")
    for text, cell in (
            ("=SUM(A1:A9)", "'=SUM(A1:A9)"), ("+49 30 Köln", "'+49 30 Köln"),
            ("-5 °C", "'-5 °C"), ("@sum", "'@sum"), ("\tTab", "'\tTab"), ("\rCR", "'\rCR"),
            ("5 = five", "5 = five"), ("'quoted'", "'quoted'"), (" =1", " '=1")):
        change(db, "UPDATE sessions SET name = :text", text=text)
        change(db, "UPDATE questions SET title = :text, options = :options", text=text,
               options=classpulse.to_json([{"key": "A", "text": text, "correct": False}]))
        change(db, "UPDATE respondents SET name = :text", text=text)
        [row] = export()
        assert {row[name] for name in ("session_name", "question_text", "respondent_name",
                                       "answer")} == {cell}
        assert db.one("SELECT title FROM questions")["title"] == text


def test_a_word_that_looks_like_a_formula_is_guarded_and_stays_raw_in_the_database(
        db, presenter, respondent, session, export):
    question_id = presenter.create_question(session["id"], "word_cloud", max_words="1")
    presenter.toggle(question_id)
    respondent.respond(question_id, "=1+1")
    assert export()[0]["answer"] == "'=1+1"
    assert db.one("SELECT response_value FROM responses")["response_value"] == "=1+1"


class Thermometer(classpulse.QuestionType):
    """A question type whose answer is a number that may be negative, or a fraction right."""
    type = "thermometer"
    is_number = True

    def has_answer(self, options):
        return True

    def score(self, value, options):
        return {"-3": 0.5, "-4.5": 1.0}.get(value, 0.0)


@pytest.fixture
def thermometer(db, session, respondent, monkeypatch):
    """A function that answers a question for a number."""
    monkeypatch.setitem(classpulse.QUESTION_TYPES, "thermometer", Thermometer())
    question_id = db.write(classpulse.create_question, session["id"], "thermometer",
                           {"title": "°C?", "options": {}})
    change(db, "UPDATE questions SET active = 1, opened_at = created_at")

    def answer(value):
        db.write(classpulse.record_response, question_id, "respondent", value)
    return answer


def test_a_number_is_left_as_it_is(thermometer, export):
    thermometer("-4.5")
    assert (export()[0]["answer"], export()[0]["answer_keys"]) == ("-4.5", "-4.5")


def test_a_score_may_be_fractional(thermometer, export):
    thermometer("-3")
    assert (export()[0]["correct"], export()[0]["score"]) == ("0", "0.5")


@pytest.mark.parametrize("correct, score", [(False, ""), (True, "0")])
def test_an_abstention_has_an_empty_answer_and_its_own_key(db, respondent, question, export,
                                                           correct, score):
    respondent.respond(question["id"], "A")
    change(db, "UPDATE responses SET response_value = '-'")
    change(db, "UPDATE questions SET options = :options", options=classpulse.to_json([
        {"key": "A", "text": "Zürich", "correct": correct}]))
    [row] = export()
    assert (row["answer"], row["answer_keys"], row["correct"], row["score"]) == (
        "", "-", score, score)


def test_several_words_are_one_row(presenter, respondent, session, export):
    question_id = presenter.create_question(session["id"], "word_cloud", max_words="3")
    presenter.toggle(question_id)
    respondent.respond(question_id, "Straße", "سلام", "日本 oder \"so\"")
    [row] = export()
    assert row["answer"] == 'Straße; سلام; 日本 oder "so'
    assert row["answer_keys"] == ""


def test_line_breaks_in_a_text_stay_inside_their_quotes(db, respondent, question, export):
    respondent.respond(question["id"], "A")
    change(db, "UPDATE questions SET title = :title", title='Zeile 1\nZeile "2", é')
    assert export()[0]["question_text"] == 'Zeile 1\nZeile "2", é'


def test_a_rating_has_no_right_answer(presenter, respondent, session, export):
    question_id = presenter.create_question(session["id"], "rating", max_rating="5")
    presenter.toggle(question_id)
    respondent.respond(question_id, "4")
    [row] = export()
    assert (row["answer"], row["answer_keys"], row["correct"], row["score"]) == ("4", "4", "", "")


def test_a_right_answer_that_is_marked_later_counts(db, question, make_respondent, export):
    for key in "AB":
        make_respondent().respond(question["id"], key)
    assert [(row["correct"], row["score"]) for row in export()] == [("", ""), ("", "")]
    change(db, "UPDATE questions SET options = :options", options=classpulse.to_json([
        {"key": "A", "text": "Paris", "correct": True},
        {"key": "B", "text": "Lyon", "correct": False}]))
    assert [(row["correct"], row["score"]) for row in export()] == [("1", "1"), ("0", "0")]


def test_changes_of_mind_are_counted(respondent, question, export):
    for seq, key in enumerate("ABBA", start=1):
        respondent.respond(question["id"], key, seq=seq, round=1)
    [row] = export()
    assert (row["answer_keys"], row["changes"]) == ("A", "2")


def test_a_late_answer_says_so_and_whether_it_was_admitted(db, presenter, respondent, question,
                                                           export):
    respondent.state()                  # inside while it was open
    presenter.toggle(question["id"], 0)
    respondent.respond(question["id"], "B", round=1, seq=1, queued=1)
    assert export()[0]["late"] == "1"
    change(db, "UPDATE responses SET late = 2")
    assert export()[0]["late"] == "2"


def test_each_round_has_its_rows(presenter, respondent, session, question, export):
    respondent.respond(question["id"], "A")
    presenter.step(session["id"], "close")
    presenter.step(session["id"], "vote_again")
    respondent.respond(question["id"], "B")
    assert [(row["round"], row["answer_keys"]) for row in export()] == [("1", "A"), ("2", "B")]


def test_raised_hands_are_rows_of_their_own_behind_the_answers_of_their_round(
        db, presenter, respondent, session, question, export):
    def raise_hands(question_id, key, count):
        presenter.post(f"/api/questions/{question_id}/tally", {"key": key, "count": count})
    change(db, "UPDATE questions SET options = :options", options=classpulse.to_json([
        {"key": "A", "text": "=1+1", "correct": True},
        {"key": "B", "text": "Lyon", "correct": False}]))
    before = presenter.create_question(session["id"], "rating", "Nur Hände?")
    presenter.post(f"/questions/{before}/move", {"place": 1}, status=303)
    presenter.toggle(before)
    raise_hands(before, "4", 9)
    raise_hands(question["id"], "B", 3)
    raise_hands(question["id"], "A", 12)
    respondent.respond(question["id"], "B")
    presenter.toggle(question["id"], 0)
    presenter.step(session["id"], "go", to=question["id"])
    presenter.step(session["id"], "vote_again")
    raise_hands(question["id"], "A", 2)
    raise_hands(question["id"], "B", 1)
    raise_hands(question["id"], "B", 0)     # a mistake
    respondent.respond(question["id"], "A")
    names = ("question_no", "round", "answer", "answer_keys", "correct", "score", "answer_count")
    rows = [tuple(row[name] for name in names) for row in export()]
    assert rows == [
        ("1", "1", "4", "4", "", "", "9"),
        ("2", "1", "Lyon", "B", "0", "0", "1"), ("2", "1", "'=1+1", "A", "1", "1", "12"),
        ("2", "1", "Lyon", "B", "0", "0", "3"),
        ("2", "2", "'=1+1", "A", "1", "1", "1"), ("2", "2", "'=1+1", "A", "1", "1", "2")]
    assert [row["answer_count"] for row in export(before)] == ["9"]
    change(db, "UPDATE tallies SET updated_at = '2026-03-04T20:12:07.890+00:00'")
    hands = [row for row in export() if not row["respondent_id"]]
    moment = classpulse.to_local("2026-03-04T20:12:07+00:00").isoformat()
    assert len(hands) == 4 and {(row["respondent_name"], row["late"], row["changes"],
                                 row["answered_at"]) for row in hands} == {("", "0", "0", moment)}


def test_a_hand_for_one_of_several_options_has_no_score(presenter, session, respondent, export):
    question_id = presenter.create_question(session["id"], "select_all", options="*Ja\nNein")
    presenter.toggle(question_id)
    respondent.respond(question_id, "A")
    presenter.post(f"/api/questions/{question_id}/tally", {"key": "A", "count": "2"})
    assert [(row["answer_keys"], row["correct"], row["score"], row["answer_count"])
            for row in export()] == [("A", "1", "1", "1"), ("A", "", "", "2")]


def test_the_export_of_a_question_has_its_rows_only(presenter, respondent, session, question,
                                                    export):
    other = presenter.create_question(session["id"], "rating", "Wie klar?", max_rating="5")
    presenter.toggle(other)
    respondent.respond(question["id"], "A")
    respondent.respond(other, "5")
    assert [row["answer"] for row in export()] == ["Paris", "5"]
    assert [(row["question_no"], row["answer"]) for row in export(other)] == [("2", "5")]


def test_the_rows_of_another_session_stay_out(presenter, respondent, question, export):
    respondent.respond(question["id"], "A")
    other = presenter.create_session("Physik")
    assert len(presenter.get(f"/sessions/{other}/export").body.splitlines()) == 1
    assert len(export()) == 1


def test_a_semicolon_separates_where_it_is_wanted(tmp_path, monkeypatch):
    monkeypatch.setenv("CLASSPULSE_CSV_DELIMITER", ";")
    classpulse.classroom.open(tmp_path / "data")
    try:
        db = classpulse.classroom.db
        user_id = db.write(classpulse.create_user, dict(
            username="Zoë", password_hash="", email="", display_name="Zoë"))
        session_id = db.write(classpulse.create_session, user_id, "Größen; Maße, Zahlen")
        question_id = db.write(classpulse.create_question, session_id, "rating", {
            "title": "Wie?",
            "options": classpulse.QUESTION_TYPES["rating"].configure(classpulse.Form())})
        change(db, "UPDATE questions SET active = 1, opened_at = created_at")
        db.write(classpulse.record_response, question_id, "wer", "4")
        content = classpulse.classroom.exports.write(session_id).read_bytes()
    finally:
        classpulse.classroom.close()
    assert content.startswith(b"\xef\xbb\xbfsession_code;session_name;")
    assert read_csv(content, ";")[0]["session_name"] == "Größen; Maße, Zahlen"


# File names and places

def test_a_files_name_is_ascii_and_says_when_which_and_what(db, presenter):
    for name, slug in (
            ("Biology 101", "_biology-101"), ("Ångström & Café", "_angstrom-cafe"), ("日本語", ""),
            ("../../etc/passwd", "_etc-passwd"), ("a" * 200, "_" + "a" * 60)):
        session = classpulse.get_session(db, presenter.create_session(name))
        change(db, "UPDATE sessions SET created_at = '2026-03-04T12:00:00.000+00:00'")
        question_id = presenter.create_question(session["id"])
        start = f"2026-03-04_{session['code']}{slug}"
        for path, expected in (
                (f"/sessions/{session['id']}/export", f"{start}_long.csv"),
                (f"/questions/{question_id}/export", f"{start}_q{question_id}_long.csv")):
            answer = presenter.get(path)
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{expected}"'
            assert answer.content_type == "text/csv"


def test_what_is_downloaded_is_what_is_on_disk(presenter, respondent, session, question, folder):
    respondent.respond(question["id"], "A")
    for path in (f"/sessions/{session['id']}/export", f"/questions/{question['id']}/export",
                 f"/sessions/{session['id']}/export?shape=wide"):
        answer = presenter.get(path)
        name = re.search('filename="(.+)"', answer.headers["Content-Disposition"])[1]
        assert (folder / name).read_bytes() == answer.body
        assert b"Paris" in answer.body


def test_a_rewrite_replaces_the_file_and_leaves_nothing_beside_it(respondent, question, export,
                                                                  folder):
    export()
    respondent.respond(question["id"], "A")
    export()
    [path] = folder.iterdir()
    assert len(read_csv(path.read_bytes())) == 1


def test_the_pages_name_the_saved_files(presenter, session, question, folder):
    for path, page in ((f"/sessions/{session['id']}/export", f"/sessions/{session['id']}"),
                       (f"/questions/{question['id']}/export",
                        f"/questions/{question['id']}/results")):
        saved = presenter.get(path).headers["Content-Disposition"].split('"')[1]
        assert str(folder) in presenter.get(page) and saved in presenter.get(page)


@pytest.fixture
def open_in_excel(monkeypatch):
    """A function that locks a path, as programs do on Windows."""
    locked, replace = set(), os.replace

    def replace_unless_locked(source, target):
        if str(target) in locked:
            raise PermissionError(13, "in use", str(target))
        replace(source, target)
    monkeypatch.setattr(classpulse.os, "replace", replace_unless_locked)
    return lambda path: locked.add(str(path))


def test_a_locked_file_gets_a_numbered_sibling_and_that_is_said(
        presenter, respondent, session, question, export, folder, open_in_excel, capsys):
    export()
    [path] = folder.iterdir()
    before = path.read_bytes()
    open_in_excel(path)
    respondent.respond(question["id"], "A")
    answer = presenter.get(f"/sessions/{session['id']}/export")
    [sibling] = set(folder.iterdir()) - {path}
    assert sibling.name == path.name.replace(".csv", "-2.csv")
    assert path.read_bytes() == before
    assert sibling.read_bytes() == answer.body and b"Paris" in answer.body
    assert sibling.name in answer.headers["Content-Disposition"]
    assert path.name in (said := capsys.readouterr().err) and sibling.name in said
    assert sibling.name in presenter.get(f"/sessions/{session['id']}").text


def test_two_locked_files_lead_to_a_third(export, folder, open_in_excel):
    for _ in range(2):
        export()
        for path in folder.iterdir():
            open_in_excel(path)
    export()
    assert len(list(folder.glob("*-3.csv"))) == 1


# When it is written

def test_closing_a_question_writes_the_file(presenter, respondent, question, folder):
    respondent.respond(question["id"], "A")
    presenter.toggle(question["id"], 0)
    wait_for(lambda: list(folder.glob("*_long.csv")))
    [path] = folder.glob("*_long.csv")
    assert read_csv(path.read_bytes())[0]["answer"] == "Paris"


def test_closing_a_session_writes_the_file(presenter, respondent, session, question, folder):
    respondent.respond(question["id"], "B")
    presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": 0})
    wait_for(lambda: list(folder.glob("*_long.csv")))
    [path] = folder.glob("*_long.csv")
    assert read_csv(path.read_bytes())[0]["answer"] == "Lyon"


def test_closing_by_a_step_writes_the_file(presenter, respondent, session, question, folder):
    respondent.respond(question["id"], "A")
    presenter.step(session["id"], "close")
    wait_for(lambda: list(folder.glob("*_long.csv")))


def question_numbers(folder):
    """Of the responses in the session's file, the only one there is."""
    [path] = folder.glob("*_long.csv")
    return [row["question_no"] for row in read_csv(path.read_bytes())]


def test_moving_a_question_writes_its_new_number_into_the_file(presenter, respondent, session,
                                                               question, folder):
    following = presenter.create_question(session["id"])
    respondent.respond(question["id"], "A")
    presenter.toggle(question["id"], 0)
    wait_for(lambda: list(folder.glob("*_long.csv")))
    assert question_numbers(folder) == ["1"]
    presenter.post(f"/questions/{following}/move", {"place": 1}, status=303)
    wait_for(lambda: question_numbers(folder) == ["2"])


def test_moving_a_question_of_a_session_without_a_file_writes_none(room, presenter, session,
                                                                   question):
    presenter.create_question(session["id"])
    presenter.post(f"/questions/{question['id']}/move", {"place": 2}, status=303)
    room.exports.close()            # which writes what is due
    assert list(room.exports.folder.iterdir()) == []


@pytest.fixture
def clock(monkeypatch, room):
    """A clock that goes when told to, and lets the exports look at it."""
    clock = types.SimpleNamespace(seconds=1000.0)

    def forward(seconds):
        clock.seconds += seconds
        wait_for(lambda: not room.exports.bell.is_set())
        room.exports.bell.set()
        wait_for(lambda: not room.exports.bell.is_set())
    clock.forward = forward
    gevent.sleep(0)             # the exports look once at their start, and in a thread
    classpulse.run_in_thread(room.exports.pool, room.exports.list_names)
    monkeypatch.setattr(classpulse, "time", types.SimpleNamespace(
        monotonic=lambda: clock.seconds, time=time.time))
    return clock


def test_the_file_is_written_five_seconds_after_the_last_vote(clock, respondent, question, folder):
    respondent.respond(question["id"], "A")
    clock.forward(4)
    respondent.respond(question["id"], "B")
    clock.forward(4.9)
    assert list(folder.iterdir()) == []
    clock.forward(0.2)
    wait_for(lambda: list(folder.glob("*_long.csv")))
    [path] = folder.glob("*_long.csv")
    assert read_csv(path.read_bytes())[0]["answer"] == "Lyon"


def test_the_file_is_written_every_minute_while_votes_come_in(clock, respondent, question, folder):
    respondent.respond(question["id"], "A")
    for _ in range(14):
        clock.forward(4)
        respondent.respond(question["id"], "A")
    assert list(folder.iterdir()) == []
    clock.forward(4)
    wait_for(lambda: list(folder.glob("*_long.csv")))


def test_a_quiet_session_is_not_written_again(clock, respondent, question, folder):
    respondent.respond(question["id"], "A")
    clock.forward(6)
    wait_for(lambda: list(folder.glob("*_long.csv")))
    [path] = folder.glob("*_long.csv")
    path.unlink()
    clock.forward(500)
    assert not path.exists()


def test_files_that_votes_overtake_are_written_when_it_is_quiet_or_late(
        room, respondent, question, monkeypatch):
    exports, written, id = room.exports, [], question["session_id"]
    exports.greenlet.kill()

    def vote_and_write(session_id, question_id, shape, write=exports.write):
        written.append(shape)
        if len(written) == 1:
            respondent.respond(question["id"], "B")
        return write(session_id, question_id, shape)
    monkeypatch.setattr(exports, "write", vote_and_write)
    respondent.respond(question["id"], "A")
    latest = exports.due[id][1]
    exports._write_due(id)
    assert written == ["long"] and exports.due[id][1:] == [latest, False]
    exports._write_due(id)
    assert written[1:] == ["long", "summary", "wide"] and not exports.due
    written.clear()
    respondent.respond(question["id"], "A")
    exports.due[id][1] = 0
    exports._write_due(id)
    assert written == ["long", "summary", "wide"] and exports.due[id][1] > latest


def test_stopping_writes_what_is_due(room, respondent, question, folder):
    respondent.respond(question["id"], "A")
    room.exports.close()
    [path] = folder.glob("*_long.csv")
    assert read_csv(path.read_bytes())[0]["answer"] == "Paris"


def test_stopping_while_a_file_is_written_leaves_it_whole(room, respondent, question, folder):
    for key in "AB":
        respondent.respond(question["id"], key)
    room.exports.wanted(question["session_id"], at_once=True)
    wait_for(lambda: not room.exports.due)      # the writing has begun
    room.exports.close()
    [path] = folder.glob("*_long*")
    assert read_csv(path.read_bytes())[0]["answer"] == "Lyon"


def reopen(room, before_start=lambda: None):
    """Stop, let something happen in the meantime, and start again."""
    folder = room.folder
    room.close()
    before_start()
    room.open(folder)


@pytest.mark.parametrize("who, path, fields, written", [
    ("respondent", "/audience/respond/{id}", {"response": "A"}, b"Paris"),
    ("presenter", "/api/questions/{id}/tally", {"key": "A", "count": "7"}, b",7\r\n")])
def test_a_file_older_than_its_answers_or_hands_is_rewritten_at_the_start(
        request, room, question, folder, who, path, fields, written):
    request.getfixturevalue(who).post(path.format(**question), fields)

    def crash():
        [path] = folder.glob("*_long.csv")
        path.write_bytes(b"of last week")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    reopen(room, crash)
    [path] = folder.glob("*_long.csv")
    wait_for(lambda: written in path.read_bytes())


def test_a_missing_file_is_written_at_the_start(room, respondent, question, folder):
    respondent.respond(question["id"], "A")
    reopen(room, lambda: [path.unlink() for path in folder.iterdir()])
    wait_for(lambda: list(folder.glob("*_long.csv")))


def test_what_a_crash_left_of_a_file_is_gone_after_the_start(room, respondent, question, folder):
    respondent.respond(question["id"], "A")
    room.exports.close()
    files = set(folder.iterdir())
    [path] = folder.glob("*_wide.csv")
    part, written_now = (folder / f"{path.stem}{end}.part" for end in ("h2x8", "a1b2"))
    film = folder / "film.part"     # somebody else's

    def crash():
        for half in (part, film, written_now):
            half.write_bytes(b"half of i")
        for half in (part, film):
            os.utime(half, (1e9, 1e9))
    reopen(room, crash)
    wait_for(lambda: set(folder.iterdir()) == {*files, film, written_now})


def test_a_file_newer_than_its_data_is_left_alone_at_the_start(room, respondent, question,
                                                               folder, monkeypatch):
    respondent.respond(question["id"], "A")
    written = []
    reopen(room, lambda: monkeypatch.setattr(
        classpulse.Exports, "write", lambda self, *which: written.append(which)))
    room.exports.bell.set()
    wait_for(lambda: not room.exports.bell.is_set())
    assert written == []


@pytest.fixture
def pulled_out(monkeypatch):
    """A stick that is not there while this context lasts."""
    @contextlib.contextmanager
    def context():
        def fail(*_):
            raise OSError("the stick was pulled out")
        with monkeypatch.context() as broken:
            broken.setattr(classpulse.os, "replace", fail)
            yield
    return context


def test_a_file_that_could_not_be_written_is_said_and_does_not_end_the_writing(
        clock, respondent, question, folder, pulled_out, capsys):
    respondent.respond(question["id"], "A")
    with pulled_out():
        clock.forward(6)
        wait_for(lambda: "the stick was pulled out" in capsys.readouterr().err)
    respondent.respond(question["id"], "B")
    clock.forward(6)
    wait_for(lambda: list(folder.glob("*_long.csv")))


def test_a_file_that_could_not_be_written_is_written_at_the_stop(
        room, clock, respondent, question, folder, pulled_out, capsys):
    respondent.respond(question["id"], "A")
    with pulled_out():
        clock.forward(6)
        wait_for(lambda: "the stick was pulled out" in capsys.readouterr().err)
    room.exports.close()
    assert len(list(folder.glob("*_long.csv"))) == 1


def test_a_session_that_cannot_be_written_keeps_no_other_from_being_written(
        room, presenter, respondent, question, folder):
    respondent.respond(question["id"], "A")
    change(room.db, "UPDATE questions SET type = 'hologram'")       # of a later version
    other = presenter.create_session("Physik")
    room.exports.wanted(question["session_id"], at_once=True)
    room.exports.wanted(other, at_once=True)
    wait_for(lambda: list(folder.glob("*physik*.csv")))


def test_a_file_that_two_programs_write_at_once_is_whole(room, respondent, session, question,
                                                         folder, monkeypatch):
    respondent.respond(question["id"], "A")
    fsync, files = os.fsync, [room.folder / "classpulse.db", folder, ",", session["id"]]

    def meanwhile(file):
        """The command `export`, at the worst moment."""
        fsync(file)
        monkeypatch.undo()
        classpulse.export_to_file(*files)
    monkeypatch.setattr(classpulse.os, "fsync", meanwhile)
    path = classpulse.export_to_file(*files)
    assert read_csv(path.read_bytes())[0]["answer"] == "Paris"
    assert list(folder.glob("*_long.csv")) == [path]


# Who may have it

@pytest.mark.parametrize("path", ["/sessions/{0}/export", "/questions/{1}/export"])
def test_an_export_is_for_its_presenter_only(visitor, other_presenter, session, question, path):
    path = path.format(session["id"], question["id"])
    assert visitor.get(path, status=303).headers["Location"].endswith("/login")
    other_presenter.get(path, status=404)


def test_a_file_that_vanishes_at_the_start_does_not_end_the_writing(tmp_path, monkeypatch, capsys):
    def vanish(exports):
        raise FileNotFoundError("weg.csv")
    monkeypatch.setattr(classpulse.Exports, "refresh", vanish)
    classpulse.classroom.open(tmp_path / "data")
    try:
        presenter = Presenter(classpulse.classroom.db)
        session_id = presenter.create_session("Später")
        classpulse.classroom.exports.wanted(session_id, at_once=True)
        wait_for(lambda: list(classpulse.classroom.exports.folder.glob("*spater*.csv")))
    finally:
        classpulse.classroom.close()
    assert "weg.csv" in capsys.readouterr().err


def test_a_file_that_is_being_written_when_the_server_stops_is_written(room, session,
                                                                       monkeypatch):
    begun, written = gevent.event.Event(), []

    def write(*which):
        if not begun.is_set():
            begun.set()
            gevent.sleep(60)        # until the greenlet is killed
        written.append(which)
    monkeypatch.setattr(room.exports, "write", write)
    room.exports.wanted(session["id"], at_once=True)
    assert begun.wait(10)
    room.exports.close()
    assert written == [(session["id"], None, shape) for shape in ("long", "summary", "wide")]


def test_who_orders_many_files_and_reports_is_asked_to_wait_and_nobody_else_is(
        room, presenter, other_presenter, session, question):
    others = other_presenter.create_session()
    paths = [f"/questions/{question['id']}/export", f"/sessions/{session['id']}/report",
             *(f"/sessions/{session['id']}/export?shape={shape}" for shape in ("long", "xlsx"))]
    with contextlib.ExitStack() as ordered:
        for _ in range(classpulse.Jobs.EACH):
            ordered.enter_context(room.jobs.take(presenter.id))
        for path in paths:
            assert "still working on your last" in presenter.get(path, status=503).text
        other_presenter.get(f"/sessions/{others}/report", status=200)
        other_presenter.get(f"/sessions/{others}/export", status=200)
    for path in paths:
        presenter.get(path, status=200)
    presenter.get(f"/sessions/{session['id']}/export?shape=moodle", status=422)     # has none
    assert room.jobs.ordered[presenter.id] == 0
