"""What others wrote into the database: an odd row costs itself, never a vote, a page or a file."""

import io
import json

import classpulse
import openpyxl
import pytest
from conftest import Presenter, Respondent, open_room
from tour import QUESTIONS

SQL = "UPDATE questions SET {} = ? WHERE session_id = ? AND title != 'Sane'"
FILES = ["long", "summary", "wide", "xlsx", "moodle", "canvas"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """(the data folder, the presenter, the ids) of two sessions.

    They have a question of each type, and a sane one that was answered with A.
    """
    folder, room = tmp_path_factory.mktemp("lesson") / "data", classpulse.classroom
    room.open(folder)
    presenter = Presenter(room.db)

    def ask():
        session_id = presenter.create_session(names="required", identify="number")
        code = classpulse.get_session(room.db, session_id)["code"]
        phone = Respondent(code)
        phone.post(f"/audience/{code}/name", {"name": "Anna", "number": "7"}, status=303)
        for type, (title, fields, answers) in {
                **QUESTIONS, "": ("Sane", {"options": "*Ja\nNein"}, [["A"]])}.items():
            question_id = presenter.create_question(
                session_id, type or "multiple_choice", title, **fields)
            presenter.toggle(question_id)
            phone.respond(question_id, *answers[0])
            presenter.toggle(question_id, 0)
        return session_id
    ids = ask(), ask()
    presenter.be_alone()
    room.close()
    return folder, presenter, ids


@pytest.fixture
def room(prepared, tmp_path):
    """The classroom on a copy of the folder."""
    with open_room(tmp_path / "data", copy_of=prepared[0]) as room:
        yield room


@pytest.fixture
def presenter(room, prepared):
    return prepared[1]


@pytest.fixture
def lesson(prepared):
    return prepared[2]


def check(presenter, odd, other):
    """All pages and files of a session, and of the one that is compared with it, work."""
    for session_id, beside in ((odd, other), (other, odd)):
        for query in ("?order=hardest&sort=points", f"?compare={beside}"):
            report = presenter.get(f"/sessions/{session_id}/report{query}").html
            assert len(report.select("article.reported")) == len(QUESTIONS) + 1
            assert report.select_one(".marks-grid a[title=correct]")
        assert [int(option["value"]) for option in report.select("[name=compare] option[value]")
                if option["value"]] == [beside]
    for path in ("", "/edit", "/delete"):
        presenter.get(f"/sessions/{odd}{path}")
    presenter.get(f"/present/{odd}")
    files = {shape: presenter.get(f"/sessions/{odd}/export?shape={shape}").body
             for shape in FILES}
    assert all(text in files["long"].decode() for text in ("Sane", "Ja"))
    assert files["long"].decode().count("Anna") == len(QUESTIONS) + 1
    assert openpyxl.load_workbook(io.BytesIO(files["xlsx"]))["answers"].max_row == \
        len(QUESTIONS) + 2


@pytest.mark.parametrize("options", [
    "{}", "null", "{not", '[{"key": 1, "text": null}]', '[{"key": "A", "text": "a"}]',
    '{"accepted": [1, "x"], "max_rating": "5", "min": "x", "correct": "abc", "unit": []}'])
def test_odd_options_cost_no_vote_no_page_and_no_file(db, presenter, lesson, options):
    db.write(lambda db: db.execute(SQL.format("options"), (options, lesson[0])))
    check(presenter, *lesson)
    for question in classpulse.list_questions(db, lesson[0]):
        presenter.toggle(question["id"])
        saved = db.write(classpulse.record_response, question["id"], "r1", "1")
        assert saved["value"] == "1"
        db.write(classpulse.score_again, question["id"])


def test_a_type_that_is_not_known_costs_no_page_and_no_file(db, presenter, lesson):
    db.write(lambda db: db.execute(SQL.format("type"), ("odd", lesson[0])))
    check(presenter, *lesson)


@pytest.mark.parametrize("value", [
    "x", ";", "<b>&", "99999", "1e400", "NaN"])
def test_an_odd_answer_costs_no_page_and_no_file(db, presenter, lesson, value):
    db.write(lambda db: db.execute(
        "UPDATE responses SET response_value = ? WHERE session_id = ? AND question_id NOT IN "
        "(SELECT id FROM questions WHERE title = 'Sane')", (value, lesson[0])))
    check(presenter, *lesson)
    for question in classpulse.list_questions(db, lesson[0]):
        db.write(classpulse.score_again, question["id"])


def test_what_can_be_read_of_odd_options_stays(db, presenter, session, respondent):
    def store(type, stored, **fields):
        question_id = presenter.create_question(session["id"], type, **fields)
        db.write(lambda db: db.execute("UPDATE questions SET options = ? WHERE id = ?",
                                       (stored, question_id)))
        presenter.toggle(question_id)
        return question_id
    choice = store("multiple_choice", '[{"key": "A", "text": "a"}, {"key": "B", "text": "b", '
                   '"correct": true}, 7]', options="*a\nb")
    number = store("numeric", '{"min": null, "correct": "3", "unit": "m"}', correct="3")
    respondent.respond(choice, "B")
    respondent.respond(number, "3")
    assert db.tuples("SELECT score FROM responses WHERE session_id = :id ORDER BY id",
                     id=session["id"]) == [(1,), (1,)]


@pytest.mark.parametrize("odd", ["{odd", "[]", "7"])
def test_an_odd_session_costs_nothing_but_its_settings(db, presenter, lesson, room, capsys, odd):
    db.write(lambda db: db.execute("UPDATE sessions SET settings = ?, file_stems = ? WHERE id = ?",
                                   (odd, odd.replace("[", "{").replace("]", "}"), lesson[0])))
    db.write(lambda db: db.execute("UPDATE questions SET closings = ?, answer_shown = "
                                   "title = 'Sane' WHERE session_id = ?", (odd, lesson[0])))
    check(presenter, *lesson)
    for path in ("/", "/sessions", f"/sessions/{lesson[1]}/reuse?search=Sane"):
        presenter.get(path)
    classpulse.export_files(room.folder, {"csv_delimiter": ","})
    said = capsys.readouterr().out
    assert all(f"_{row['code']}_" in said for row in db.all("SELECT code FROM sessions"))
    # Its questions still take votes, and close; and a class list that it never had can be deleted.
    question = classpulse.list_questions(db, lesson[0])[0]
    presenter.toggle(question["id"])
    assert db.write(classpulse.record_response, question["id"], "r1", "A")["value"] == "A"
    presenter.post(f"/api/sessions/{lesson[0]}/toggle", {"active": 0}, status=303)
    assert not classpulse.list_active(db, lesson[0])
    presenter.post("/lists", {"name": "10b", "entries": "Anna"}, status=303)
    [class_list] = classpulse.get_user_class_lists(db, presenter.id)
    presenter.post(f"/lists/{class_list['id']}/delete", status=303)
    assert classpulse.get_user_class_lists(db, presenter.id) == []


ODD = [
    "sessions SET created_at = 'x', opened_at = 'x' WHERE id = :id",
    "respondents SET joined_at = 'x', last_seen_at = 'x' WHERE session_id = :id",
    "responses SET updated_at = 'x', score = 'x' WHERE session_id = :id",
    "questions SET opened_at = 'x', reopened_at = 'x', closes_at = 'x', round = 'x', "
    "seconds = 'x', \"order\" = 'x' WHERE session_id = :id AND title != 'Sane'"]


def test_an_odd_time_or_number_costs_no_page_and_no_file(db, presenter, lesson, room, capsys):
    for odd in ODD:
        db.write(lambda db: db.execute(f"UPDATE {odd}", {"id": lesson[0]}))
    check(presenter, *lesson)
    question = classpulse.list_questions(db, lesson[0])[0]
    presenter.toggle(question["id"])
    assert db.write(classpulse.record_response, question["id"], "r1", "A")["value"] == "A"
    code = classpulse.get_session(db, lesson[0])["code"]
    for path in ("/", "/sessions", f"/audience/{code}"):
        presenter.get(path)
    classpulse.export_files(room.folder, {"csv_delimiter": ","})
    assert not capsys.readouterr().err
    # The others are closed once nothing has happened in them for long.
    assert len(classpulse.list_due(db)) == 2


@pytest.mark.parametrize("odd", ["odd", []], ids=str)
def test_an_odd_setting_is_the_usual_one(db, presenter, lesson, odd):
    stored = dict.fromkeys(classpulse.USUAL_SETTINGS, odd)
    db.write(lambda db: db.execute("UPDATE sessions SET settings = ? WHERE id = ?",
                                   (json.dumps(stored), lesson[0])))
    session = classpulse.get_session(db, lesson[0])
    for path in (f"/sessions/{lesson[0]}", f"/sessions/{lesson[0]}/edit", f"/present/{lesson[0]}",
                 f"/sessions/{lesson[0]}/report", f"/audience/{session['code']}"):
        presenter.get(path)
    assert session["settings"]["pace"] == "quick"
