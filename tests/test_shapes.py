"""The files of a session, cell by cell: long, wide, summary, workbook, and for grade books."""

import csv
import io
import json
import math
import re
import zipfile
from collections import Counter
from datetime import datetime

import classpulse
import gevent
import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_hostile_files import FORMULAS, SIGNS, list_cells, write_formulas
from test_results_export import wait_for

EMPTY = {"unit": "", "min": "", "max": "", "correct": "", "tolerance": ""}
LETTERS = [{"key": "A", "text": "Mars"}, {"key": "B", "text": "=Jupiter"},
           {"key": "C", "text": "Ve\nnus"}, {"key": "D", "text": "Uranus"}]
TEXTS = ["Paris", "paris", "Rom", "=1+1", "zwei\nZeilen"]
# {type: (its options without a correct answer, and with one; what may be answered)}. Of letters
# these are the correct ones.
KINDS = {
    "multiple_choice": ("", "B", ["A", "B", "C"]),
    "select_all": ("", "BCD", ["A", "B", "B;C", "A;B;C", "B;C;D"]),
    "ranking": ("", "", ["A;B;C;D", "C;A;B;D"]),
    "rating": ({"max_rating": 3, "low": "", "high": ""}, None, ["1", "2", "3"]),
    "numeric": (EMPTY, dict(EMPTY, correct="3", tolerance="1"), ["-1", "2", "3", "5"]),
    "short_text": ({"accepted": []}, {"accepted": ["Paris"]}, TEXTS[:4]),
    "open_text": ({}, None, TEXTS),
    "word_cloud": ({"max_words": 2}, None, ["Paris", "Rom\nparis", "=1+1"]),
}
TALLIED = {"multiple_choice": "ABCD", "select_all": "ABCD", "rating": "123"}


@st.composite
def questions(draw):
    kind = draw(st.sampled_from(list(KINDS)))
    plain, marked, values = KINDS[kind]
    options = marked if marked is not None and draw(st.booleans()) else plain
    if isinstance(options, str):
        options = [dict(option, correct=option["key"] in options) for option in LETTERS]
    hands = draw(st.dictionaries(st.sampled_from(TALLIED[kind]), st.integers(1, 9))) \
        if kind in TALLIED else {}
    return {"type": kind, "options": options, "title": draw(st.sampled_from(["Wie?", "=a\nb"])),
            "rounds": draw(st.sampled_from([0, 1, 1, 2])), "hands": hands,
            "answers": draw(st.lists(st.tuples(
                st.integers(0, 4), st.integers(1, 2), st.sampled_from([*values, "-", ""]),
                st.sampled_from([0, 0, 0, 1, 2])), min_size=5, max_size=10,
                unique_by=lambda answer: answer[:2]))}


people = st.fixed_dictionaries({
    "name": st.sampled_from([None, "", "Anna", "ANNA", "Ben", "=Cem"]),
    "left_out": st.integers(0, 5).map(lambda n: n == 0),
    "number": st.sampled_from([None, "007", "7"]),
    "email": st.sampled_from([None, "a@x.example", "A@X.example", "b@x.example"]),
    "login": st.sampled_from([None, "anna", "ANNA"])})
lessons = st.fixed_dictionaries({
    "questions": st.lists(questions(), min_size=2, max_size=4),
    "people": st.lists(people, min_size=4, max_size=5),
    "identify": st.sampled_from(["list", "login", "email", "number", "name", None])})
NOBODY = [{"questions": [dict(question, answers=[], hands={}, rounds=rounds, title="Wie?")
                         for question in (
                             {"type": kind, "options": [dict(option, correct=True)
                                                        for option in LETTERS]}
                             for kind in ("multiple_choice", "select_all"))],
           "people": people, "identify": "list"}
          for rounds in (0, 2) for people in ([], [dict.fromkeys(
              ("name", "number", "email", "login"), "x") | {"left_out": False}])]


def store(db, presenter, lesson):
    """The id of a session like that."""
    def fill(db):
        session_id = classpulse.create_session(db, presenter.id, "=Bio; 10b", {
            "names": "optional", "identify": lesson["identify"]})
        for n, person in enumerate(lesson["people"]):
            db.execute("INSERT INTO respondents (session_id, id, joined_at, last_seen_at, name, "
                       "left_out, number, email, login) VALUES (:session_id, :id, :at, :at, "
                       ":name, :left_out, :number, :email, :login)", dict(
                           person, session_id=session_id, id=f"r{n}", at=moment(n)))
        for asked in lesson["questions"]:
            asked["id"] = classpulse.create_question(db, session_id, asked["type"], asked)
            db.execute("UPDATE questions SET round = MAX(1, ?), opened_at = ? WHERE id = ?", [
                asked["rounds"], moment(0) if asked["rounds"] else None, asked["id"]])
            for n, round, value, late in given_in(asked, lesson):
                db.execute("INSERT INTO responses (session_id, question_id, round, respondent_id, "
                           "response_value, late, created_at, updated_at) VALUES "
                           "(?, ?, ?, ?, ?, ?, ?, ?)", [session_id, asked["id"], round, f"r{n}",
                                                        value, late, moment(9), moment(9)])
            classpulse.score_again(db, asked["id"])
            for key, count in asked["hands"].items() if asked["rounds"] else ():
                classpulse.set_tally(db, asked["id"], 1, key, count)
        return session_id
    return db.write(fill)


def moment(minute):
    return f"2026-03-04T09:{minute:02}:00.000+00:00"


def given_in(asked, lesson):
    """The answers that could be given: [(person, round, value, late), ...]."""
    return [answer for answer in asked["answers"]
            if answer[0] < len(lesson["people"]) and answer[1] <= asked["rounds"]]


# What the files should say, in plain Python

def spell(asked, value):
    if isinstance(asked["options"], list):
        texts = {option["key"]: option["text"] for option in asked["options"]}
        return "; ".join(texts[key] for key in value.split(";"))
    return value.replace("\n", "; ") if asked["type"] == "word_cloud" else value


def list_correct(asked):
    """What is correct: letters, a number or texts; empty where nothing is."""
    options = asked["options"]
    if isinstance(options, list):
        return [option["key"] for option in options if option.get("correct")]
    return options.get("accepted") or options.get("correct") or []


def mark(asked, value):
    """A score, or "" where no answer is correct."""
    correct = list_correct(asked)
    if not correct:
        return ""
    if value == "-":
        return 0
    if asked["type"] == "numeric":
        return float(2 <= int(value) <= 4)
    if asked["type"] == "short_text":
        return float(value.casefold() == "paris")
    picked = value.split(";")
    right = sum(key in correct for key in picked)
    return max(0, (right - (len(picked) - right)) / len(correct))


def list_names(lesson):
    """Each one's name as no other has it."""
    names, counts = [], Counter()
    for person in lesson["people"]:
        name = person["name"] or ""
        counts[name.casefold()] += 1
        count = counts[name.casefold()]
        names.append(f"{name} ({count})" if name and count > 1 else name)
    return names


def guard(text):
    return re.sub(r"(\A|\n|;)( *)(?=[=@+-])", r"\1\2'", text)


def line(text):
    return text.replace("\n", " / ")


def cell(value, decimals=4):
    """A number as it stands in a file."""
    return value if isinstance(value, str) else f"{round(value, decimals):.4f}".rstrip(
        "0").rstrip(".")


def half_up(share):
    """A share in percent, as people and SQLite round it: 6.25 is 6.3."""
    return f"{math.floor(1000 * share + 0.5) / 10:.1f}"


def local(minute):
    return datetime.fromisoformat(moment(minute)).astimezone().isoformat(timespec="seconds")


def is_number(asked):
    return asked["type"] in ("numeric", "rating")


def list_long(lesson, code):
    rows = []
    for number, asked in enumerate(lesson["questions"], start=1):
        names = list_names(lesson)
        start = [code, guard("=Bio; 10b"), str(number), str(asked["id"]), asked["type"],
                 guard(asked["title"])]
        for round in (1, 2):
            for n, at, value, late in given_in(asked, lesson):
                if at != round or not value or lesson["people"][n]["left_out"]:
                    continue
                said = "" if value == "-" else spell(asked, value)
                keys = value if is_number(asked) or value == "-" or isinstance(
                    asked["options"], list) else ""
                score = mark(asked, value)
                rows.append([*start, str(round), f"r{n}", guard(names[n]),
                             said if is_number(asked) else guard(said), keys,
                             "" if score == "" else str(int(score == 1)), cell(score), str(late),
                             "0", local(9), "1"])
            for key, count in sorted(asked["hands"].items()) if round <= min(
                    1, asked["rounds"]) else ():
                score = "" if asked["type"] == "select_all" else mark(asked, key)
                rows.append([*start, str(round), "", "", guard(spell(asked, key)), key,
                             "" if score == "" else str(int(score == 1)), cell(score), "0", "0",
                             None, str(count)])
    return rows


def list_wide(lesson):
    """The header, and a row for each who is not left out."""
    opened = [(number, asked) for number, asked in enumerate(lesson["questions"], start=1)
              if asked["rounds"]]
    fields = list_fields(lesson)
    header = list("respondent_id respondent_name joined_at answered_count question_count score "
                  "max_score percent".split())
    for number, asked in opened:
        for round in range(1, asked["rounds"] + 1):
            name = f"q{number}_r{round}" if asked["rounds"] > 1 else f"q{number}"
            header += [f"{name}_answer", f"{name}_score"]
    rows, names = [], list_names(lesson)
    most = sum(bool(list_correct(asked)) for _, asked in opened)
    for n, person in sorted(enumerate(lesson["people"]),
                            key=lambda one: (not one[1]["name"],
                                             (one[1]["name"] or "").casefold(), one[0])):
        if person["left_out"]:
            continue
        cells, answered, score = [], 0, 0
        for _, asked in opened:
            answers = {round: value for who, round, value, late in given_in(asked, lesson)
                       if who == n and value and late != 1}
            for round in range(1, asked["rounds"] + 1):
                value = answers.get(round)
                said = "" if value is None else value if value == "-" else line(
                    spell(asked, value))
                cells += [said if value == "-" or is_number(asked) else guard(said),
                          "" if value is None else cell(mark(asked, value))]
            if asked["rounds"] in answers:
                answered += 1
                score += mark(asked, answers[asked["rounds"]]) or 0
        marks = [cell(score), str(most), half_up(score / most)] if most else [""] * 3
        rows.append([f"r{n}", guard(names[n]), local(n), str(answered), str(len(opened)), *marks,
                     *cells, *(guard(person[field] or "") for field in fields)])
    return header + [f"respondent_{field}" for field in fields], rows


def list_fields(lesson):
    counted = [person for person in lesson["people"] if not person["left_out"]]
    return [field for field in ("number", "email", "login") if lesson["identify"] == field
            or any(person[field] for person in counted)]


def list_summary(lesson):
    rows = []
    joined = sum(not person["left_out"] for person in lesson["people"])
    for number, asked in enumerate(lesson["questions"], start=1):
        for round in range(1, asked["rounds"] + 1):
            values = [value for n, at, value, late in given_in(asked, lesson) if at == round
                      and value and late != 1 and not lesson["people"][n]["left_out"]]
            none = values.count("-")
            values = [value for value in values if value != "-"]
            hands = asked["hands"] if round == 1 else {}
            total = len(values) + (max(hands.values(), default=0)
                                   if asked["type"] == "select_all" else sum(hands.values()))
            for key, text, right, count in list_options(asked, values, hands) + (
                    [("-", "", False, none)] if none else []):
                rows.append([str(number), guard(line(asked["title"])), str(round), key, text,
                             str(int(right)) if list_correct(asked) else "", str(count),
                             f"{100 * count / total:.1f}" if total and key != "-" else "",
                             str(total + none), str(joined)])
    return rows


def list_options(asked, values, hands):
    """[(key, text, whether it is correct, count), ...]."""
    kind, options = asked["type"], asked["options"]
    if isinstance(options, list):
        picked = Counter(key for value in values for key in (
            value.split(";")[:1] if kind == "ranking" else value.split(";")))
        return [(option["key"], guard(line(option["text"])), option["correct"],
                 picked[option["key"]] + hands.get(option["key"], 0)) for option in options]
    if kind == "rating":
        return [(key, key, False, values.count(key) + hands.get(key, 0)) for key in "123"]
    if kind == "numeric":
        return [(key, key, mark(asked, key) == 1, values.count(key))
                for key in sorted(set(values), key=int)]
    words = [word for value in values for word in (
        value.split("\n") if kind == "word_cloud" else [value])]
    spellings = {}
    for word in words:
        spellings.setdefault(word.casefold(), []).append(word)
    rows = [("", guard(line(max(same, key=same.count))), mark(asked, same[0]) == 1, len(same))
            for _, same in sorted(spellings.items(), key=lambda one: (-len(one[1]), one[0]))]
    return rows


def read(path, delimiter=","):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def read_sheet(sheet):
    """The rows of a sheet as CSV would have them, without apostrophes of a guard."""
    rows = [["" if value is None else str(value) for value in row]
            for row in sheet.iter_rows(values_only=True)]
    return [[re.sub(r"\.0\Z", "", value) for value in row] for row in rows]


def unguard(rows):
    return [[re.sub(r"'(?=[=@+-])", "", re.sub(r"\.0\Z", "", value or "")) for value in row]
            for row in rows]


MANY = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


@MANY
@given(lesson=lessons)
@example(lesson={"questions": [], "people": [], "identify": "list"})
@example(lesson=NOBODY[0])
@example(lesson=NOBODY[1])
@example(lesson=NOBODY[2])
@example(lesson=NOBODY[3])
def test_the_files_of_any_session_say_what_a_plain_count_says(db, room, presenter, lesson):
    session_id = store(db, presenter, lesson)
    session = classpulse.get_session(db, session_id)
    files = {shape: room.exports.write(session_id, shape=shape)
             for shape in ("long", "wide", "summary", "xlsx")}
    long = read(files["long"])
    answers = list_long(lesson, session["code"])
    hands_at = [row[15] for row in long[1:] if not row[7]]
    for row in answers:             # the moment at which hands were counted is now
        row[15] = hands_at.pop(0) if row[15] is None else row[15]
    assert long == [classpulse.LONG_COLUMNS, *answers]
    header, students = list_wide(lesson)
    assert read(files["wide"]) == [header, *students]
    options = list_summary(lesson)
    assert read(files["summary"]) == [classpulse.SUMMARY_COLUMNS, *options]
    book = openpyxl.load_workbook(files["xlsx"])
    assert book.sheetnames == ["students", "answers", "options"]
    assert read_sheet(book["students"]) == [header, *unguard(students)]
    assert read_sheet(book["answers"]) == [classpulse.LONG_COLUMNS, *unguard(answers)]
    assert read_sheet(book["options"]) == [classpulse.SUMMARY_COLUMNS, *unguard(options)]
    assert all(found.data_type in "sn" for sheet in book for row in sheet for found in row)
    for sheet in book:
        assert sheet.freeze_panes == "A2" and all(found.font.bold for found in sheet[1])
        assert not sheet.max_row > 1 or not sheet["B2"].font.bold
        hidden = {found.value for found in sheet[1]
                  if sheet.column_dimensions[found.column_letter].hidden}
        assert hidden == {"respondent_id"} & {found.value for found in sheet[1]}


# Grade books

MOODLE = {"email": "email", "number": "idnumber", "login": "username"}


def grade(lesson, fields):
    """[(person, name, score), ...] of the students that these fields tell apart, the best one."""
    students, scores = {}, {row[0]: row[5] for row in list_wide(lesson)[1]}
    order = [int(row[0][1:]) for row in list_wide(lesson)[1]]
    for n in order:
        person = lesson["people"][n]
        for field in fields:
            if person[field]:
                own = person[field] if field == "number" else person[field].casefold()
                students.setdefault((field, own), []).append(n)
                break
    return [(lesson["people"][same[0]], list_names(lesson)[same[0]],
             max(float(scores[f"r{n}"]) for n in same)) for same in students.values()]


@MANY
@given(lesson=lessons)
def test_a_grade_book_takes_each_student_once_with_the_better_score(db, presenter, lesson):
    session_id = store(db, presenter, lesson)
    path = f"/sessions/{session_id}/export?shape="
    most = sum(bool(asked["rounds"] and list_correct(asked)) for asked in lesson["questions"])
    fields = [field for field in ("email", "number", "login") if field in list_fields(lesson)]
    counted = [person for person in lesson["people"] if not person["left_out"]]
    fields_of = {"moodle": sorted(fields, key=lambda field: -sum(
        bool(person[field]) for person in counted))[:1],
        "canvas": [field for field in fields if field != "email"]}
    for shape, used in fields_of.items():
        if not (used and most):
            presenter.get(path + shape, status=422)
            continue
        sent = presenter.get(path + shape, status=200).body.decode("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(sent, newline=""))
        if shape == "moodle":
            assert header == [MOODLE[used[0]], "'=Bio; 10b"]
            assert [[found.casefold() if used != ["number"] else found, float(percent)]
                    for found, percent in rows] == [
                [person[used[0]].casefold() if used != ["number"] else person[used[0]],
                 float(half_up(score / most))] for person, _, score in grade(lesson, used)]
            # Moodle ends an import at an identifier that is empty or a grade above 100.
            assert all(found and 0 <= float(percent) <= 100 for found, percent in rows)
        else:
            assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section",
                              "'=Bio; 10b"]
            assert rows[0] == ["Points Possible", "", "", "", "", str(most)]
            assert rows[1:] == [
                [guard(name), "", person["number"] or "", person["login"] or "", "", cell(score)]
                for person, name, score in grade(lesson, used)]
            assert all(row[2] or row[3] for row in rows[1:])


@pytest.fixture
def ticket(db, presenter, session):
    """A marked question, open; e-mail addresses are asked for."""
    question_id = presenter.create_question(session["id"], options="*Paris\nLyon")
    presenter.toggle(question_id)
    identify(db, session, "email")
    return question_id


def identify(db, session, kind):
    db.write(lambda db: db.execute("UPDATE sessions SET settings = ? WHERE id = ?", [
        json.dumps({"names": "required", "identify": kind}), session["id"]]).rowcount)


def join(db, session, question_id, id, key, **who):
    def join(db):
        classpulse.record_response(db, question_id, id, key)
        for field, text in who.items():
            db.execute(f"UPDATE respondents SET {field} = ? WHERE id = ?", [text, id])
    db.write(join)


def test_who_is_left_out_of_a_grade_book_or_doubled_is_listed_for_the_presenter_alone(
        db, presenter, session, ticket):
    for id, name, email in (("a", "Anna", "anna@x.example"), ("b", "Ben", "ANNA@x.example"),
                            ("c", "Chloe", ""), ("d", "", None), ("e", "Ella", "e@x.example")):
        join(db, session, ticket, id, "A", name=name, email=email)
    report = f"/sessions/{session['id']}/report"
    covered = presenter.get(report).html.select_one(".files")
    assert covered.select_one("[data-left-out]")["data-left-out"] == "2"
    assert covered.select_one("[data-doubled]")["data-doubled"] == "2"
    assert "Chloe" not in covered.get_text() and "Anna" not in covered.get_text()
    presenter.be_alone()
    listed = presenter.get(report).html.select_one(".files").get_text()
    assert "Left out: Chloe, Student 4" in listed
    assert "More than one phone: Anna, Ben" in listed and "Ella" not in listed
    rows = presenter.get(f"/sessions/{session['id']}/export?shape=moodle").text.splitlines()
    assert len(rows) == 3
    # What is the same for both is said once, in the order of their buttons.
    identify(db, session, "login")
    db.write(lambda db: db.execute("UPDATE respondents SET email = NULL"))
    page = presenter.get(report).html
    assert [line.get_text() for line in page.select("[data-left-out]")] == [
        "Marks for Canvas, Marks for Moodle: 5 students can't be identified and are left out."]


@pytest.mark.parametrize("kind, offered, reason", [
    ("name", [], "Moodle and Canvas files need"), ("email", ["moodle"], None),
    ("login", ["canvas", "moodle"], None)])
def test_a_grade_book_is_offered_where_the_session_asks_for_what_it_needs(
        db, presenter, session, ticket, kind, offered, reason):
    identify(db, session, kind)
    files = presenter.get(f"/sessions/{session['id']}").html.select_one(".files")
    assert [button["value"] for button in files.select("[name=shape]")
            if button["value"] in ("canvas", "moodle")] == offered
    assert reason is None or reason in files.get_text()


def test_without_a_correct_answer_the_page_says_why_there_are_no_marks(
        db, presenter, session, question):
    identify(db, session, "email")
    page = presenter.get(f"/sessions/{session['id']}")
    assert "no question that was asked has a correct answer" in page
    refused = presenter.get(f"/sessions/{session['id']}/export?shape=moodle", status=422)
    assert "There are no marks yet" in refused


def test_a_file_for_a_grade_book_goes_when_the_session_has_none_any_more(
        room, db, presenter, session, ticket):
    join(db, session, ticket, "a", "A", name="Anna", email="anna@x.example")
    presenter.get(f"/sessions/{session['id']}/export?shape=moodle")
    [path] = room.exports.folder.glob("*_moodle.csv")
    room.exports.wanted(session["id"], at_once=True)
    wait_for(lambda: list(room.exports.folder.glob("*_summary.csv")) and not room.exports.due)
    assert path.exists()
    identify(db, session, "name")       # as when a class list is deleted: the marks stay
    room.exports.wanted(session["id"], at_once=True)
    wait_for(lambda: not room.exports.due)
    assert path.exists()
    db.write(lambda db: db.execute("UPDATE respondents SET email = NULL"))
    room.exports.wanted(session["id"], at_once=True)
    wait_for(lambda: not path.exists())


def test_a_grade_book_that_there_is_none_of_any_more_is_refused_while_it_is_written(
        db, room, presenter, session, ticket, monkeypatch):
    join(db, session, ticket, "a", "A", name="Anna", email="anna@x.example")
    presenter.get(f"/sessions/{session['id']}/export?shape=moodle")
    # What the loop sees may be outdated when the thread comes to it.
    find, loop = classpulse.find_obstacle, gevent.get_hub()

    def find_late(*args):
        found = find(*args)
        if gevent.get_hub() is loop:
            db.write(classpulse.forget_names, session["id"])
        return found
    monkeypatch.setattr(classpulse, "find_obstacle", find_late)
    room.exports.wanted(session["id"], at_once=True)
    wait_for(lambda: list(room.exports.folder.glob("*_summary.csv")) and not room.exports.due)
    for shape in ("moodle", "canvas"):
        presenter.get(f"/sessions/{session['id']}/export?shape={shape}", status=422)


# All shapes

@pytest.mark.parametrize("query", ["shape=tall", "delimiter=bar", "shape=wide&delimiter=;"])
def test_an_unknown_shape_or_delimiter_is_refused(presenter, session, question, query):
    for path in (f"/sessions/{session['id']}", f"/questions/{question['id']}"):
        assert "Choose one of these" in presenter.get(f"{path}/export?{query}", status=422)
    presenter.get(f"/questions/{question['id']}/export?shape=wide", status=422)


def test_a_delimiter_is_remembered_and_its_presenters_files_get_it(
        room, presenter, other_presenter, respondent, session, question):
    respondent.respond(question["id"], "A")
    room.exports.wanted(session["id"], at_once=True)
    wait_for(lambda: len(list(room.exports.folder.glob("*.csv"))) == 3)
    sent = presenter.get(f"/sessions/{session['id']}/export?shape=wide&delimiter=semicolon")
    assert sent.body.startswith(b"\xef\xbb\xbfrespondent_id;respondent_name;")
    assert presenter.get(f"/sessions/{session['id']}/export").body.startswith(
        b"\xef\xbb\xbfsession_code;")
    [summary] = room.exports.folder.glob("*_summary.csv")
    wait_for(lambda: summary.read_bytes().startswith(b"\xef\xbb\xbfquestion_no;"))
    chosen = presenter.get(f"/sessions/{session['id']}").html.select_one("option[selected]")
    assert chosen["value"] == "semicolon"
    folder = room.folder
    room.close()
    room.open(folder)
    assert room.exports.get_delimiter(presenter.id) == ";"
    other = other_presenter.create_session()
    other_presenter.create_question(other)
    assert other_presenter.get(f"/sessions/{other}/export").body.startswith(
        b"\xef\xbb\xbfsession_code,")


def test_files_of_every_shape_follow_a_new_name(room, db, presenter, session, ticket):
    join(db, session, ticket, "a", "A", name="Anna", email="anna@x.example")
    for shape in ("xlsx", "moodle"):
        presenter.get(f"/sessions/{session['id']}/export?shape={shape}")
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Neu"}, status=303)
    start = f"{classpulse.day(session['created_at'])}_{session['code']}_neu"
    wait_for(lambda: sorted(path.name for path in room.exports.folder.iterdir()) == [
        f"{start}_long.csv", f"{start}_moodle.csv", f"{start}_summary.csv", f"{start}_wide.csv",
        f"{start}_workbook.xlsx"])


@pytest.mark.parametrize("shape", ["long", "wide", "summary", "moodle", "canvas"])
def test_no_cell_of_any_shape_begins_a_formula(db, room, presenter, session, shape):
    types = {"multiple_choice": {"options": "*a\nb"}, "short_text": {"accepted": "x"},
             "open_text": {"": ""}, "word_cloud": {"max_words": "1"}}
    ids = [presenter.create_question(session["id"], type, **fields)
           for type, fields in types.items()]
    for question_id in ids:
        presenter.toggle(question_id)

    def fill(db):
        write_formulas(db, "multiple_choice", correct=True)
        for n, text in enumerate(FORMULAS):
            for question_id, value in zip(ids, ["A", text, text, text]):
                classpulse.record_response(db, question_id, f"r{n}", value)
            db.execute("UPDATE respondents SET name = :text, number = :text, email = :text, "
                       "login = :text WHERE id = :id", {"text": text, "id": f"r{n}"})
    db.write(fill)
    identify(db, session, "list")
    text = room.exports.write(session["id"], shape=shape).read_bytes().decode("utf-8-sig")
    for quoted, expected in ((True, ","), (False, ","), (False, ";"), (False, "\t")):
        cells = [found.lstrip("\u00a0\u3000\u200b\u2800\ufeff \"")
                 for found in list_cells(text, expected, quoted)]
        assert sum("1+1" in found for found in cells) >= len(FORMULAS) // 2
        begun = {found for found in cells if found[:1] in tuple(SIGNS)}
        assert begun <= {"-"}, expected


def test_a_workbook_has_texts_as_they_are_but_for_what_xml_forbids(db, room, presenter, session):
    question_id = presenter.create_question(session["id"], "open_text", **{"": ""})
    number = presenter.create_question(session["id"], "numeric", unit="")
    for asked in (question_id, number):
        presenter.toggle(asked)
    texts = ["=SUM(A1)", "<b>&amp;\"'", "a\x00\x1f\ufffe\ud800b", "x" * 40_000,
             " zwei\nZeilen ", "🌱", "_x003D_1"]
    db.write(lambda db: [classpulse.record_response(db, question_id, f"r{n}", text)
                         for n, text in enumerate(texts) if n != 2])
    db.write(lambda db: classpulse.record_response(db, number, "r0", "-3.5"))
    path = room.exports.write(session["id"], shape="xlsx")
    rows = list(openpyxl.load_workbook(path)["answers"].iter_rows(min_row=2, values_only=True))
    assert [row[9] for row in rows] == [
        "=SUM(A1)", "<b>&amp;\"'", "x" * 32_767, " zwei\nZeilen ", "🌱", "_x005F_x003D_1", -3.5]
    assert classpulse.show_cell(texts[2]).count("ab") == 1
    assert zipfile.ZipFile(path).testzip() is None


def test_numbers_in_a_summary_are_the_bins_of_the_results(db, room, presenter, session):
    question_id = presenter.create_question(session["id"], "numeric", correct="50",
                                            tolerance="30", unit="m")
    presenter.toggle(question_id)
    db.write(lambda db: [classpulse.record_response(db, question_id, f"r{n}", str(n * n % 97))
                         for n in range(40)])
    rows = read(room.exports.write(session["id"], shape="summary"))[1:]
    stats = classpulse.get_question_stats(db, question_id)
    assert [(row[3], row[4], int(row[6])) for row in rows] == [
        (found["key"], found["label"], found["count"]) for found in stats["results"]]
    assert {row[5] for row in rows} == {"0", "1"} and len(rows) > 3


def test_a_summary_counts_all_texts_and_not_only_those_that_are_shown(db, room, presenter,
                                                                      session):
    question_id = presenter.create_question(session["id"], "open_text", **{"": ""})
    presenter.toggle(question_id)
    db.write(lambda db: [classpulse.record_response(db, question_id, f"r{n}", f"Text {n % 400}")
                         for n in range(420)])
    rows = read(room.exports.write(session["id"], shape="summary"))[1:]
    assert len(rows) == 400 and sum(int(row[6]) for row in rows) == 420
    assert [row[6] for row in rows[:21]] == ["2"] * 20 + ["1"]
