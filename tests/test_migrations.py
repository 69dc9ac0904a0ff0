"""Databases of earlier releases: they open, and hold what they held."""

import csv
import io
import json
import shutil
from collections import Counter
from contextlib import closing
from datetime import datetime
from pathlib import Path

import classpulse
import pytest
from conftest import Client, make_cookie

DATA = Path(__file__).parent / "data"


@pytest.fixture
def migrated(tmp_path):
    """The classroom on a database that the first release wrote."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(DATA / "version-1.db", folder / "classpulse.db")
    with closing(classpulse.connect(folder / "classpulse.db")) as db:   # or it ends after 30 days
        db.execute("UPDATE signins SET expires_at = :soon", {"soon": classpulse.time_in(days=9)})
    classpulse.classroom.open(folder)
    yield classpulse.classroom
    classpulse.classroom.close()


def read_rows(text):
    """The cells of a CSV file, its times as moments: files have them in the laptop's own zone."""
    return [[datetime.fromisoformat(cell) if "T" in cell and cell[-6:-5] in ("+", "-") else cell
             for cell in row] for row in csv.reader(io.StringIO(text))]


def list_columns(db):
    """{table or index: its columns with their types and defaults}."""
    names = [row["name"] for row in db.all("SELECT name FROM sqlite_schema WHERE name NOT LIKE "
                                           "'sqlite_%'")]
    return {name: sorted((column["name"], column["type"], column["notnull"],
                          column["dflt_value"], column["pk"])
                         for column in db.all(f'PRAGMA table_xinfo("{name}")'))
            or [row["name"] for row in db.all(f'PRAGMA index_info("{name}")')] for name in names}


def test_a_lesson_of_the_first_release_is_counted_as_it_was(migrated):
    counted = json.loads((DATA / "version-1.json").read_text("utf-8"))
    assert len(counted) > 15
    for asked, stats in counted.items():
        question_id, round = asked.split(", round ")
        now = classpulse.get_question_stats(migrated.db, int(question_id), int(round))
        shares = [row.pop("percent") for row in now["results"]]
        for row in now["results"]:
            assert row.pop("label_html", None) in (None, classpulse.format_line(row["label"]))
        assert now.pop("tallied") == sum(row.pop("tallied", 0) for row in now["results"]) == 0
        assert now.pop("total") == now["response_count"] - now["abstained"]
        type = classpulse.get_question(migrated.db, int(question_id))["type"]
        if type == "open_text":
            keys = [row.pop("key") for row in now["results"] + stats["results"]]    # hashes
            assert len({*keys}) >= len(now["results"])
        if type == "numeric":       # drawn in other bins now, which say no unit
            totals = [sum(row["count"] for row in counts.pop("results"))
                      for counts in (now, stats)]
            assert totals[0] == totals[1] == stats["response_count"]
        assert now == stats and all(0 <= share <= 100 for share in shares)


def test_its_files_are_the_same_but_for_numbers_behind_equal_names_and_the_last_column(migrated):
    files = [migrated.exports.write(session["id"]).read_text("utf-8-sig")
             for session in classpulse.list_sessions(migrated.db)]
    rows = read_rows("".join(files))
    assert {"Anna", "Anna (2)"} <= {row[8] for row in rows}
    for row in rows:
        row[8] = row[8].replace("Anna (2)", "Anna")
        assert row.pop() in ("answer_count", "1")
    assert rows == read_rows((DATA / "version-1.csv").read_text("utf-8"))


def test_its_picture_and_the_sign_in_of_its_teacher_are_there(migrated):
    client = Client()
    client.http.cookiejar.set_cookie(make_cookie(f"cp_{migrated.id}", "Åse".encode().hex()))
    page = client.get("/questions/1/results")
    assert "Welche Größe?" in page
    image = classpulse.get_question(migrated.db, 1)["image"]
    assert client.get(f"/images/{image}").body.startswith(b"\x89PNG")


def test_a_migrated_database_is_built_like_a_new_one(migrated, tmp_path):
    new = classpulse.prepare_folder(tmp_path / "new") / "classpulse.db"
    with closing(classpulse.connect(new)) as db:
        assert list_columns(migrated.db) == list_columns(db)
        assert migrated.db.one("PRAGMA user_version") == db.one("PRAGMA user_version")


def preset_live(question):
    """Whether the form would preset that results show while votes come in."""
    options = json.loads(question["options"])
    return question["type"] == "rating" or question["type"] in (
        "multiple_choice", "select_all") and not any(option["correct"] for option in options)


def test_results_show_while_votes_come_in_as_the_type_presets(migrated):
    questions = migrated.db.all("SELECT type, options, live FROM questions")
    assert {question["live"] for question in questions} == {0, 1}
    for question in questions:
        assert question["live"] == preset_live(question), question


def test_a_database_of_version_3_forgets_what_sessions_remembered_of_types(tmp_path, monkeypatch):
    shutil.copy(DATA / "version-1.db", tmp_path / "classpulse.db")
    with monkeypatch.context() as earlier:
        earlier.setattr(classpulse, "MIGRATIONS", classpulse.MIGRATIONS[:2])
        classpulse.prepare_folder(tmp_path)
    with closing(classpulse.connect(tmp_path / "classpulse.db")) as db:
        assert db.one("PRAGMA user_version")["user_version"] == 3
        db.execute("UPDATE sessions SET settings = :settings WHERE id = 1", {
            "settings": json.dumps({"names": "optional", "live": {"rating": False}})})
        db.execute("UPDATE questions SET type = 'odd' WHERE id = 1")
        db.execute("UPDATE sessions SET settings = 'odd' WHERE id = 2")
    classpulse.prepare_folder(tmp_path)
    with closing(classpulse.connect(tmp_path / "classpulse.db")) as db:
        session = classpulse.get_session(db, 1)
        assert session["settings"] == {**classpulse.USUAL_SETTINGS, "names": "optional"}
        assert session["settings"]["pace"] == "quick"
        for question in db.all("SELECT id, type, options, live FROM questions"):
            assert question["live"] == preset_live(question), question      # 0 for the odd one


@pytest.mark.parametrize("left", [0, 1, 2])
def test_of_two_programs_that_start_together_each_finds_what_the_other_made(
        tmp_path, monkeypatch, left):
    """On a new folder, and on an old one that the other has migrated wholly or by one step."""
    if left:
        shutil.copy(DATA / "version-1.db", tmp_path / "classpulse.db")
    in_transaction, made = classpulse.in_transaction, []

    def be_late(*args, **script):
        monkeypatch.setattr(classpulse, "in_transaction", in_transaction)
        with monkeypatch.context() as other:
            if left == 2:
                other.setattr(classpulse, "MIGRATIONS", classpulse.MIGRATIONS[:1])
            classpulse.prepare_folder(tmp_path)
        with closing(classpulse.connect(tmp_path / "classpulse.db")) as db:
            made.append(classpulse.get_instance(db))
        return in_transaction(*args, **script)
    monkeypatch.setattr(classpulse, "in_transaction", be_late)
    classpulse.prepare_folder(tmp_path)
    with closing(classpulse.connect(tmp_path / "classpulse.db")) as db:
        assert db.value("PRAGMA user_version") == len(classpulse.MIGRATIONS) + 1
        assert [classpulse.get_instance(db)] == made


def test_answers_of_the_first_release_have_scores_and_an_odd_question_costs_only_its_own(
        tmp_path, capsys):
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(DATA / "version-1.db", folder / "classpulse.db")
    with closing(classpulse.connect(folder / "classpulse.db")) as db:
        db.execute("UPDATE questions SET options = '[]' WHERE id = (SELECT question_id FROM "
                   "responses JOIN questions ON questions.id = question_id "
                   "WHERE type = 'short_text' LIMIT 1)")
    classpulse.prepare_folder(folder)
    with closing(classpulse.connect(folder / "classpulse.db")) as db:
        judged = Counter()
        for question in db.all("SELECT id, session_id, type, options, scored FROM questions"):
            question["options"] = json.loads(question["options"])
            is_odd = question["options"] == [] and question["type"] == "short_text"
            judged[question["type"], is_odd] += question["scored"]
            assert question["scored"] == (not is_odd and classpulse.has_answer(question))
            for value, score in db.tuples("SELECT response_value, score FROM responses "
                                          "WHERE question_id = :id", id=question["id"]):
                assert score == (None if is_odd else classpulse.score_answer(question, value))
        assert judged["multiple_choice", False] and judged["numeric", False]
        assert judged["short_text", True] == 0 and "Error" in capsys.readouterr().err


def test_every_round_that_was_closed_has_a_closing_and_honest_late_votes_come_in(migrated):
    db = migrated.db
    opened = db.all("SELECT id, round, active, closings FROM questions WHERE opened_at NOTNULL")
    assert len(opened) > 5
    for question in opened:
        closings = json.loads(question["closings"])
        assert list(map(int, sorted(closings))) == list(
            range(1, question["round"] + 1 - question["active"]))
        for moment in closings.values():
            assert datetime.fromisoformat(moment).isoformat(timespec="milliseconds") == moment
            assert moment <= classpulse.now()
    drafts = db.all("SELECT closings FROM questions WHERE opened_at IS NULL")
    assert {row["closings"] for row in drafts} <= {"{}"}

    closed = db.one("SELECT questions.id, session_id FROM questions JOIN sessions "
                    "ON sessions.id = session_id WHERE NOT questions.active AND "
                    "opened_at NOTNULL AND type = 'multiple_choice'".replace(
                        "opened_at", "questions.opened_at"))
    inside = db.one("SELECT id FROM respondents WHERE session_id = :session_id AND id NOT IN "
                    "(SELECT respondent_id FROM responses WHERE question_id = :id)", **closed)
    db.write(classpulse.record_response, closed["id"], inside["id"], "A", 1, None, True)
    db.write(classpulse.ensure_respondent, closed["session_id"], "came later")
    with pytest.raises(classpulse.Forbidden):
        db.write(classpulse.record_response, closed["id"], "came later", "A", 1, None, True)
