"""Stored scores and the two views for SQL: always what the files and the program work out."""

import re
import sqlite3
from collections import Counter
from contextlib import closing, suppress

import classpulse
import pytest
from conftest import ROOT
from hypothesis import HealthCheck, Phase, given, settings, strategies

# {type: (its form, the forms that it may be edited to, what students answer)}
TYPES = {
    "multiple_choice": ({"options": "*Paris\nLyon\nBern"}, [
        {"options": "Paris\n*Lyon\nBern"}, {"options": "Paris!\nLyon\nBern"}], "ABC"),
    "select_all": ({"options": "*Paris\n*Lyon\nBern\n*Rom"}, [
        {"options": "*Paris\nLyon\nBern\nRom"}, {"options": "Paris\nLyon\nBern\nRom"}],
        ["A", "A;B", "B;C", "A;B;D"]),
    "short_text": ({"accepted": "Paris"}, [
        {"accepted": "Paris\nLyon", "exact": "1"}, {"accepted": "", "exact": "0"}],
        ["Paris", "paris!", "Lyon", "LYON", "Bern"]),
    "numeric": ({"correct": "5", "tolerance": "1"}, [{"correct": "7"}, {"correct": ""}],
                ["4", "5", "6.5", "-70"]),
    "rating": ({"max_rating": "3"}, [{"max_rating": "3", "low": "nie"}], "123"),
    "ranking": ({"options": "Paris\nLyon"}, [{"options": "Paris!\nLyon"}], ["A;B", "B;A"]),
    "word_cloud": ({"max_words": "2"}, [{"max_words": "2"}], ["rot", "rot\nblau"]),
    "open_text": ({"x": ""}, [{"x": ""}], ["Ein Satz.", "Noch\neiner"]),
}
REFUSALS = (classpulse.Closed, classpulse.Forbidden, classpulse.Invalid)


def list_acts(question, student, choice):
    """What may happen to a question: [(how likely, act, its arguments), ...]."""
    id, session_id, type = question["id"], question["session_id"], question["type"]
    _, others, values = TYPES[type]
    vote, pick = (session_id, id, student), lambda some: some[choice % len(some)]
    return [
        (6, classpulse.accept_response, (*vote, pick(values))),
        (3, classpulse.accept_response, (*vote, pick(values), 1, None, True)),     # perhaps late
        (1, classpulse.accept_response, (*vote, classpulse.ABSTENTION)),
        (1, classpulse.accept_response, (*vote, "")),
        (2, classpulse.toggle_question_status, (id, 0)),
        (1, classpulse.toggle_question_status, (id, 1)),
        (1, start_round, (id,)),
        (1, classpulse.admit_late, (id,)),
        (1, classpulse.leave_out_people, (session_id, [student], choice % 2)),
        (2, classpulse.mark_correct, (id, pick("ABC"))),
        (2, classpulse.accept_answers, (id, [pick(["paris", "lyon", "LYON", "Bern"])])),
        (1, classpulse.accept_answers, (id, [pick(["paris", "lyon"])], True)),
        (2, classpulse.update_question, (id, read_form(question, pick(others)))),
        (1, classpulse.duplicate_question, (id,)),
    ]


def start_round(db, question_id):
    """Vote again, by whatever step leads there."""
    question = classpulse.get_question(db, question_id)
    if question["opened_at"]:
        classpulse.start_round(db, question)
    return classpulse.Change(question["session_id"])


def read_form(question, fields):
    """What the form with these fields makes of a question."""
    form = classpulse.Form([("title", "Wie groß?"), ("abstain", "1"), *fields.items()])
    return classpulse.read_question_form(
        classpulse.classroom.db, question["type"], form, before=question)


def as_text(score):
    """A score with as many digits as a file has."""
    return "" if score in (None, "") else f"{score:.4g}"


def list_rows(db, session_id):
    """The rows of the long file, by the names of its columns."""
    with closing(classpulse.connect(classpulse.classroom.folder / "classpulse.db")) as own:
        columns, *rows = classpulse.list_answer_rows(own, classpulse.get_session(db, session_id))
    return [dict(zip(columns, row)) for row in rows]


def check_scores(db, session_id):
    """Compare everything that is stored or seen in the two views with the long file."""
    questions = {question["id"]: question
                 for question in classpulse.list_questions(db, session_id)}
    for question in questions.values():
        assert question["scored"] == classpulse.has_answer(question)
    for row in db.all("SELECT question_id, response_value, score FROM responses"):
        value = row["response_value"]
        assert row["score"] == (classpulse.score_answer(questions[row["question_id"]], value)
                                if value else None)
    rows = list_rows(db, session_id)
    left_out = classpulse.list_left_out(db, session_id)
    seen = db.all("SELECT * FROM answers")
    assert {row["counted"] for row in seen if row["respondent_id"] in left_out} <= {0}
    shared = ["session_code", "session_name", "question_no", "question_id", "question_type",
              "question_text", "round", "respondent_id", "late", "changes"]
    assert Counter((*map(row.get, shared), as_text(row["score"]), row["counted"])
                   for row in seen if row["respondent_id"] not in left_out) == Counter(
        (*map(row.get, shared), as_text(row["score"]), int(row["late"] != 1)) for row in rows)
    check_sums(db, rows, [question for question in questions.values()
                          if question["stage"] != "draft"], left_out)


def check_sums(db, rows, opened, left_out):
    """Compare the view `scores` with the sums of a long file's rows."""
    rounds = {question["id"]: question["round"] for question in opened}
    most = sum(map(classpulse.has_answer, opened)) or None
    counted = [row for row in rows if row["late"] != 1
               and row["round"] == rounds.get(row["question_id"])]
    sums = db.all("SELECT * FROM scores")
    assert {row["respondent_id"] for row in sums} == {
        id for id, in db.tuples("SELECT id FROM respondents")} - left_out
    for row in sums:
        own = [float(one["score"] or 0) for one in counted
               if one["respondent_id"] == row["respondent_id"]]
        assert (row["answered_count"], row["question_count"]) == (len(own), len(opened))
        assert row["max_score"] == most
        assert row["score"] == (most and pytest.approx(sum(own), abs=1e-4))
        assert row["percent"] == (most and pytest.approx(100 * sum(own) / most, abs=0.051))


@settings(max_examples=25, deadline=None, derandomize=True, phases=[Phase.generate],
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=strategies.lists(strategies.tuples(
    strategies.sampled_from([*TYPES]), strategies.integers(0, 3), strategies.integers(0, 24),
    strategies.integers(0, 60)), min_size=30, max_size=60))
def test_what_is_stored_and_seen_in_sql_is_what_the_file_says(db, presenter, acts):
    session_id = presenter.create_session()
    ids = {type: presenter.create_question(session_id, type, abstain="1", **form)
           for type, (form, _, _) in TYPES.items()}

    def begin(db):
        db.execute("DELETE FROM sessions WHERE id != :id", {"id": session_id})
        for number in range(4):
            classpulse.ensure_respondent(db, session_id, f"Ä{number}")
        classpulse.open_all(db, session_id)
    db.write(begin)
    for type, student, which, choice in acts:
        question = classpulse.get_question(db, ids[type])
        likely = [(act, args) for weight, act, args in list_acts(question, f"Ä{student}", choice)
                  for _ in range(weight)]
        act, args = likely[which]
        with suppress(*REFUSALS):
            db.write(act, *args)
            check_scores(db, session_id)        # only then something may have changed


@pytest.fixture
def lesson(db, presenter, session):
    """Two rounds of a choice, a select-all, a rating, a draft; one late answer, one left out."""
    choice, several, rating = [
        presenter.create_question(session["id"], type, title, abstain="1", **fields)
        for type, title, fields in [
            ("multiple_choice", "Hauptstadt?", {"options": "*Paris\nLyon"}),
            ("select_all", "Flüsse?", {"options": "*Seine\n*Rhône\n*Loire\nEtsch"}),
            ("rating", "Klar?", {"max_rating": "5"})]]

    def hold(db):
        for name in ("Anna", "Ben", "Cem", "Dörte"):
            classpulse.ensure_respondent(db, session["id"], f"id-{name}")
            classpulse.replace_person(db, session["id"], f"id-{name}", {"name": name})
        classpulse.open_all(db, session["id"])
        for question_id, name, value in [
                (choice, "Anna", "B"), (choice, "Ben", "A"), (choice, "Dörte", "A"),
                (several, "Anna", "A;B"), (several, "Ben", "A;D"), (rating, "Ben", "4")]:
            classpulse.record_response(db, question_id, f"id-{name}", value)
        classpulse.start_round(db, classpulse.get_question(db, choice))
        classpulse.record_response(db, choice, "id-Anna", "A")
        classpulse.close_all(db, session["id"])
        classpulse.record_response(db, choice, "id-Ben", "A", queued=True)
        classpulse.set_left_out(db, session["id"], ["id-Dörte"], True)
    db.write(hold)
    presenter.create_question(session["id"], "short_text", "Nie gefragt", accepted="Rhein")
    return session


@pytest.fixture
def query(room):
    """A function that asks another program's SQLite, which knows no function of ours."""
    def ask(sql):
        with closing(sqlite3.connect(f"file:{room.folder}/classpulse.db?mode=ro", uri=True)) as db:
            return db.execute(sql).fetchall()
    return ask


def test_sums_count_the_last_round_and_leave_out_what_is_late(lesson, query):
    code, name = lesson["code"], lesson["name"]
    assert sorted(query("SELECT * FROM scores")) == [
        (code, name, "id-Anna", "Anna", 2, 3, 1.6667, 2, 83.3),
        (code, name, "id-Ben", "Ben", 2, 3, 0.0, 2, 0.0),
        (code, name, "id-Cem", "Cem", 0, 3, 0.0, 2, 0.0)]


def test_every_answer_is_a_row_that_says_whether_it_counts(lesson, query):
    assert query("SELECT question_no, round, respondent_name, answer, ROUND(score, 2), late, "
                 "counted FROM answers ORDER BY 1, 2, 3") == [
        (1, 1, "Anna", "B", 0, 0, 1), (1, 1, "Ben", "A", 1, 0, 1), (1, 1, "Dörte", "A", 1, 0, 0),
        (1, 2, "Anna", "A", 1, 0, 1), (1, 2, "Ben", "A", 1, 1, 0),
        (2, 1, "Anna", "A;B", 0.67, 0, 1), (2, 1, "Ben", "A;D", 0, 0, 1),
        (3, 1, "Ben", "4", None, 0, 1)]


def test_without_a_correct_answer_there_are_no_sums(db, respondent, question, query):
    respondent.respond(question["id"], "A")
    assert query("SELECT answered_count, question_count, score, max_score, percent "
                 "FROM scores") == [(1, 1, None, None, None)]
    db.write(classpulse.mark_correct, question["id"], "A")
    assert query("SELECT score, max_score, percent FROM scores") == [(1.0, 1, 100.0)]


def test_the_queries_of_the_readme_find_what_they_promise(lesson, query):
    [block] = re.findall(r"```sql\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    marks, hardest, term = [sql.replace("482913", lesson["code"]) for sql in block.split(";")[:3]]
    assert query(marks) == [("Anna", 1.6667, 2, 83.3), ("Ben", 0.0, 2, 0.0), ("Cem", 0.0, 2, 0.0)]
    assert query(hardest) == [("Flüsse?", 1, 2, 33.0), ("Hauptstadt?", 1, 2, 50.0),
                              ("Hauptstadt?", 2, 1, 100.0)]
    assert query(term) == [("Anna", 1, 83.0), ("Ben", 1, 0.0), ("Cem", 1, 0.0)]


def test_the_readme_lists_the_columns_of_the_views(room, query):
    readme = (ROOT / "README.md").read_text("utf-8")
    for view in ("answers", "scores"):
        [columns] = re.findall(rf"^\| `{view}` \| (.*) \|$", readme, re.MULTILINE)
        assert re.findall(r"`(\w+)`", columns) == [
            column[1] for column in query(f"PRAGMA table_info({view})")]
