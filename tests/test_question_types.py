"""What every question type can do, and how words are counted. A new type adds its EXAMPLES."""

import csv
import io
import json
import re
from typing import NamedTuple

import classpulse
import pytest
from classpulse import QUESTION_TYPES, SHARE, Form, Invalid
from conftest import Respondent
from hypothesis import given, settings
from hypothesis import strategies as st

TITLE = "Größe, حجم 🌍 & <b>?"


class Example(NamedTuple):
    """A question of a type, and what three respondents answer."""
    fields: dict            # of the presenter's form, without the title
    answers: list           # of each respondent: the parts that the phone sends
    values: list            # what is stored of each
    counts: dict            # {label: count} of all three
    row: tuple              # answer, answer_keys and correct of the first one's CSV row
    bad: list               # parts that are no answer
    parted: bool = False    # whether each part of an answer is counted
    other_right: dict = {}  # fields that mark another right answer, where a type has them


EXAMPLES = {
    "multiple_choice": Example(
        fields={"options": "*Zürich & <b>\nالقاهرة\n🌍 Welt"},
        answers=[["A"], ["B"], ["A"]], values=["A", "B", "A"],
        counts={"Zürich & <b>": 2, "القاهرة": 1, "🌍 Welt": 0},
        row=("Zürich & <b>", "A", "1"),
        bad=[[], [""], ["D"], ["a"], ["A", "B"], ["Zürich & <b>"], ["-"]],
        other_right={"options": "Zürich & <b>\n*القاهرة\n🌍 Welt"}),
    "rating": Example(
        fields={"max_rating": "3", "low": "gar nicht ☹", "high": "völlig 😀"},
        answers=[["3"], ["1"], ["3"]], values=["3", "1", "3"],
        counts={"1": 1, "2": 0, "3": 2},
        row=("3", "3", ""),
        bad=[[], [""], ["0"], ["4"], ["-1"], ["1.5"], ["٣"], ["1", "2"], ["03"], ["-"]]),
    "word_cloud": Example(
        fields={"max_words": "3"},
        answers=[["Straße!", "سلام 🌍"], ["STRASSE", " (Straße) "], ["“fun & <b>x”"]],
        values=["Straße\nسلام 🌍", "STRASSE", "fun & <b>x"],
        counts={"Straße": 2, "fun & <b>x": 1, "سلام 🌍": 1},
        row=("Straße; سلام 🌍", "", ""),
        bad=[[], [""], [" … "], ["a", "b", "c", "d"], ["ü" * 61], ["-"]], parted=True),
    "select_all": Example(
        fields={"options": "*Äpfel & <b>\n*القاهرة\n🌍 Welt"},
        answers=[["B", "A"], ["B", "C"], ["C"]], values=["A;B", "B;C", "C"],
        counts={"Äpfel & <b>": 1, "القاهرة": 2, "🌍 Welt": 2},
        row=("Äpfel & <b>; القاهرة", "A;B", "1"),
        bad=[[""], ["D"], ["a"], ["A;B"], ["A", "A"], ["A", ""], ["-"]], parted=True,
        other_right={"options": "*Äpfel & <b>\nالقاهرة\n*🌍 Welt"}),
    "short_text": Example(
        fields={"accepted": "Zürich\nالقاهرة"},
        answers=[["ZÜRICH"], [" zürich "], ["🌍 & <b>"]], values=["ZÜRICH", "zürich", "🌍 & <b>"],
        counts={"ZÜRICH": 2, "🌍 & <b>": 1},
        row=("ZÜRICH", "", "1"),
        bad=[[], [""], [" \n "], ["ü" * 201]],
        other_right={"accepted": "Geheim\n🌍 & <b>"}),
    "open_text": Example(
        fields={},
        answers=[["Zeile 1\r\n\r\nسطر ٢ 🌍"], ["“Ä” & <b>"], ["  ü  "]],
        values=["Zeile 1\n\nسطر ٢ 🌍", "“Ä” & <b>", "  ü"],
        counts={"Zeile 1\n\nسطر ٢ 🌍": 1, "“Ä” & <b>": 1, "  ü": 1},
        row=("Zeile 1\n\nسطر ٢ 🌍", "", ""),
        bad=[[], [""], [" \r\n\t"], ["ü" * 5001]]),
    "numeric": Example(
        fields={"min": "-5", "max": "100", "correct": "3.5", "tolerance": "0.5", "unit": "µg"},
        answers=[["3,5"], ["-2"], [" 3.50 "]], values=["3.5", "-2", "3.5"],
        counts={"-2": 1, "3.5": 2},
        row=("3.5", "3.5", "1"),
        bad=[[], [""], ["-5.01"], ["101"], ["drei"], ["NaN"], ["inf"], ["1e400"],
             ["1.2.3"], ["1/0"], ["-"], ["0x1"]],
        other_right={"correct": "-2", "tolerance": "0"}),
    "ranking": Example(
        fields={"options": "Äpfel & <b>\nالقاهرة\n🌍 Welt"},
        answers=[["C", "A", "B"], ["A", "B", "C"], ["C", "B", "A"]],
        values=["C;A;B", "A;B;C", "C;B;A"],
        counts={"Äpfel & <b>": 1, "القاهرة": 0, "🌍 Welt": 2},
        row=("🌍 Welt; Äpfel & <b>; القاهرة", "C;A;B", ""),
        bad=[[], ["A", "B"], ["A", "A", "B"], ["A", "B", "C", "C"], ["A", "B", "D"], ["C;A;B"],
             ["-"]]),
}


def configure(type, fields=None):
    """Options as they come back from the database."""
    fields = EXAMPLES[type].fields if fields is None else fields
    options = QUESTION_TYPES[type].configure(Form(
        fields.items() if isinstance(fields, dict) else fields))
    return json.loads(json.dumps(options, ensure_ascii=False))


def read(type, parts, options=None):
    """The value of an answer's parts."""
    return QUESTION_TYPES[type].read(Form(("response", part) for part in parts),
                                     options or configure(type))


def read_csv(page):
    return list(csv.DictReader(io.StringIO(page.body.decode("utf-8-sig"), newline="")))


def find_form(page, action):
    return next(form for form in page.forms.values() if form.action == action)


def fill(form, fields):
    """Fill in a question's form as a browser does; options have a row each, and a tick."""
    for name, value in fields.items():
        if name != "options":
            form[name] = value
            continue
        for place, line in enumerate(value.split("\n")):
            form.fields["option"][place].value = line.removeprefix("*")
            if "right" in form.fields:
                form.fields["right"][place].checked = line.startswith("*")


def get_fields(form):
    """What a browser would send, with options as lines."""
    sent = [(name, value.replace("\r\n", "\n")) for name, value in form.submit_fields()
            if isinstance(value, str)]
    right = [value for name, value in sent if name == "right"]
    options = [value for name, value in sent if name == "option"]
    lines = "\n".join("*" * (str(place) in right) + text
                      for place, text in enumerate(options, start=1) if text)
    return dict(sent, options=lines) if options else dict(sent)


def read_results(page):
    """{label: count} of a results page: its table, or its list of texts."""
    heads = [head.get_text() for head in page.select("thead th[scope=col]")]
    column = heads.index("Answers" if "Answers" in heads else "1.") - 1 if heads else 0
    table = {row.th.bdi.get_text(): int(row.select("td")[column].get_text())
             for row in page.select("tbody tr")}
    return table or {entry.get_text(): 1 for entry in page.select(".texts li")}


def get_counts(rows):
    return {row["label"]: row["count"] for row in rows}


# Every type

def test_every_type_has_an_example_here():
    assert set(EXAMPLES) == set(QUESTION_TYPES)


@pytest.mark.parametrize("type", QUESTION_TYPES)
def test_a_type_is_complete(type):
    kind = QUESTION_TYPES[type]
    assert kind.type == type and kind.label and kind.hint
    assert (SHARE / "static" / "js" / "charts" / f"{kind.chart}.js").is_file()
    for view in ("_edit", "_answer", "_results"):
        assert (SHARE / "views" / "questions" / type / f"{view}.tpl").is_file()


@pytest.mark.parametrize("type", QUESTION_TYPES)
def test_a_type_works_from_the_form_to_the_csv_file(db, presenter, session, type):
    kind, example = QUESTION_TYPES[type], EXAMPLES[type]
    path = f"/sessions/{session['id']}/questions/new/{type}"

    # The form is shown, refused without a title, shown again as it was typed, and taken.
    page = presenter.get(path, status=200)
    assert page.html.select_one(".chip[aria-current]").get_text() == kind.label
    form = find_form(page, path)
    fill(form, example.fields)
    refused = form.submit(status=422)
    assert refused.html.select_one("#problem-title")
    form = find_form(refused, path)
    assert example.fields.items() <= get_fields(form).items()
    form["title"] = "Größe?"
    form.submit(status=303)
    [question] = classpulse.list_questions_with_counts(db, session["id"])
    assert (question["title"], question["type"], question["stage"]) == ("Größe?", type, "draft")
    assert question["options"] == configure(type)

    # Its form holds what was typed, and takes another title.
    presenter.be_alone()
    edit = f"/questions/{question['id']}/edit"
    form = find_form(presenter.get(edit, status=200), edit)
    assert {"title": "Größe?", **example.fields}.items() <= get_fields(form).items()
    form["title"] = TITLE
    form.submit(status=303)
    assert classpulse.get_question(db, question["id"])["options"] == question["options"]

    # Three phones answer; each sees its own answer in its own form.
    presenter.toggle(question["id"])
    audience = f"/audience/{session['code']}"
    for parts, value in zip(example.answers, example.values):
        phone = Respondent(session["code"])
        assert phone.get(audience).html.h2.get_text() == TITLE
        for bad in example.bad:
            phone.respond(question["id"], *bad, status=422)
        assert phone.respond(question["id"], *parts).html.select_one(".saved")[
            "data-value"].replace("\r\n", "\n") == value
        form = find_form(phone.get(audience), f"/audience/respond/{question['id']}")
        sent_again = [part for name, part in form.submit_fields() if name == "response" and part]
        assert [part.replace("\r\n", "\n") for part in sent_again] == kind.split(value)
    stored = db.all("SELECT response_value AS value FROM responses ORDER BY id")
    assert [row["value"] for row in stored] == example.values

    # The presenter sees them counted, on the page of results and on the projector.
    stats = classpulse.get_question_stats(db, question["id"])
    assert stats["response_count"] == 3 and stats["more"] == 0
    assert get_counts(stats["results"]) == example.counts
    presenter.be_alone(0)
    for action in ("hide_results", "close", "show_results"):
        projector = presenter.get(f"/present/{session['id']}", status=200).html.main
        assert projector.h1.get_text() == TITLE
        presenter.step(session["id"], action)
    page = presenter.get(f"/questions/{question['id']}/results", status=200).html
    assert read_results(page) == example.counts
    assert page.h1.get_text() == TITLE

    # The file says it in words, in keys, and whether it was right.
    rows = read_csv(presenter.get(f"/questions/{question['id']}/export", status=200))
    assert len(rows) == 3
    assert (rows[0]["answer"], rows[0]["answer_keys"], rows[0]["correct"]) == example.row
    assert rows[0]["question_text"] == TITLE and rows[0]["question_type"] == type


@pytest.mark.parametrize("type", QUESTION_TYPES)
def test_nobodys_answers_are_counted_as_nothing(type):
    kind = QUESTION_TYPES[type]
    assert all(row["count"] == 0 for row in kind.count([], configure(type)))
    json.dumps(kind.summarize([]))


@pytest.mark.parametrize("type", QUESTION_TYPES)
@pytest.mark.parametrize("sign", ["-", " - ", "-\n", "\x00-"])
def test_no_answer_is_taken_for_an_abstention(type, sign):
    assert classpulse.ABSTENTION not in sent(type, [[sign]])


@pytest.mark.parametrize("type", QUESTION_TYPES)
def test_abstaining_is_counted_apart_where_it_is_offered(db, presenter, session, respondent, type):
    question_id = presenter.create_question(session["id"], type, abstain="1",
                                            **EXAMPLES[type].fields)
    presenter.toggle(question_id)
    respondent.respond(question_id, classpulse.ABSTENTION)
    assert db.one("SELECT response_value FROM responses")["response_value"] == "-"
    stats = classpulse.get_question_stats(db, question_id)
    assert (stats["response_count"], stats["abstained"]) == (1, 1)
    assert sum(row["count"] for row in stats["results"]) == 0
    [row] = read_csv(presenter.get(f"/questions/{question_id}/export"))
    assert (row["answer"], row["answer_keys"]) == ("", "-")


# A type that exists only here

class TrafficLight(classpulse.QuestionType):
    """Red, yellow or green; the value is the colour."""
    type, label, hint = "traffic_light", "Traffic light", "Where are you?"
    COLOURS = ("red", "yellow", "green")

    def configure(self, form, before=None):
        return {"topic": form.text("topic", "The topic", 40)}

    def read(self, form, options):
        if form.get("response") not in self.COLOURS or len(form.getall("response")) > 1:
            raise Invalid("Pick a colour.", "response")
        return form.get("response")

    def count(self, values, options):
        return [classpulse.row(colour, colour, values.count(colour)) for colour in self.COLOURS]


TRAFFIC_LIGHT_VIEWS = {
    "_edit": '''<input name="topic" value="{{form.get("topic")}}">''',
    "_answer": '''
% for colour in QUESTION_TYPES[question["type"]].COLOURS:
<input type="radio" name="response" value="{{colour}}"
  {{"checked" if colour in answer else ""}}> {{colour}}
% end
<button>Send</button>''',
    "_project": '''<p>{{question["options"]["topic"]}}</p>''',
    "_results": '''
% include("partials/_table.tpl", question=question, stats=stats, heading="Light")''',
}


def test_a_ninth_type_is_one_class_and_one_folder(db, presenter, session, tmp_path, monkeypatch):
    folder = tmp_path / "questions" / TrafficLight.type
    folder.mkdir(parents=True)
    for name, template in TRAFFIC_LIGHT_VIEWS.items():
        (folder / f"{name}.tpl").write_text(template, encoding="utf-8")
    monkeypatch.setitem(QUESTION_TYPES, TrafficLight.type, TrafficLight())
    monkeypatch.setitem(EXAMPLES, TrafficLight.type, Example(
        fields={"topic": "Brüche 🌍"}, answers=[["red"], ["green"], ["red"]],
        values=["red", "green", "red"], counts={"red": 2, "yellow": 0, "green": 1},
        row=("red", "red", ""), bad=[[], [""], ["blue"], ["red", "green"]]))
    monkeypatch.setattr(classpulse, "VIEW_FOLDERS", [*classpulse.VIEW_FOLDERS, str(tmp_path)])
    test_a_type_works_from_the_form_to_the_csv_file(db, presenter, session, TrafficLight.type)
    assert "Traffic light" in presenter.get(f"/sessions/{session['id']}").text


def test_no_type_is_named_outside_its_class_its_folder_and_the_examples():
    for path in [SHARE / "classpulse.py", *SHARE.glob("views/**/*.*"),
                 *SHARE.glob("static/**/*.*")]:
        folder, lines = path.parent.name, path.read_text(encoding="utf-8").splitlines()
        for type in QUESTION_TYPES:
            quoted = rf"(?<!inputmode=)[\"'/]{type}[\"'/]"
            named = [line for line in lines if re.search(quoted, line)]
            if path.name == "classpulse.py":
                assert len(named) == 1 and "type = " in named[0]
            elif path.name != "example_questions.json":
                assert not named or folder == type


# The secret of the right answer

def receive(teacher, phone, question_id):
    """Every byte that a phone or a projector is given, without counters of messages."""
    pages = [phone.get(f"/audience/{teacher.code}"), phone.get(f"/audience/{teacher.code}/state"),
             teacher.get(teacher.present)]
    watched = [phone.watch(f"/ws/audience/{teacher.code}"),
               teacher.watch(f"/ws/results/{question_id}"),
               teacher.watch("/ws" + teacher.present)]
    received = [page.content.decode() for page in pages] + [line.recv() for line in watched]
    return [re.sub('"version":[0-9]+', "", text) for text in received]


@pytest.mark.parametrize("type", [type for type in EXAMPLES if EXAMPLES[type].other_right])
def test_no_byte_tells_the_right_answer_before_it_is_shown(server, teacher, open_browser, type):
    example, phone = EXAMPLES[type], open_browser()
    phone.post("/join", {"code": teacher.code})
    question_id = teacher.ask(type, TITLE, **example.fields)
    phone.post(f"/audience/respond/{question_id}", {"response": example.answers[0]})
    phone.watch(f"/ws/audience/{teacher.code}").recv()      # is here from now on

    def receive_with(right):
        teacher.post(f"/questions/{question_id}/edit",
                     {"title": TITLE, **example.fields, **right})
        return receive(teacher, phone, question_id)

    stage = "open"
    for action, then in (("show_results", "open"), ("close", "results"),
                         ("hide_results", "closed"), ("show_answer", "answer")):
        assert receive_with({}) == receive_with(example.other_right), stage
        seen = {"action": action, "question_id": question_id, "round": 1, "stage": stage}
        answer = teacher.post(f"/api{teacher.session}/step", seen, status=200)
        stage = json.loads(answer.content)["stage"]
        assert stage == then
    told, other = receive_with({}), receive_with(example.other_right)
    assert [one == another for one, another in zip(told, other)] == [False] * 6


# Whatever people send

def parts_of(type):
    """Answers near and far from right ones."""
    example = EXAMPLES[type]
    known = sorted({part for parts in example.answers + example.bad for part in parts})
    return st.lists(st.one_of(st.sampled_from(known), st.text(max_size=70),
                              st.text("Aaß-🌍ـ٣ \n;.", max_size=6)), max_size=4)


def sent(type, all_parts):
    """The values that `read` lets through; it says Invalid to all others."""
    values = []
    for parts in all_parts:
        try:
            values.append(read(type, parts))
        except Invalid as problem:
            assert str(problem)
    return values


@pytest.mark.parametrize("type", QUESTION_TYPES)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_what_read_lets_through_can_be_counted(type, data):
    kind, options = QUESTION_TYPES[type], configure(type)
    values = sent(type, data.draw(st.lists(parts_of(type), max_size=12)))
    rows = kind.count(values, options)
    assert sum(row["count"] for row in rows) == sum(
        len(kind.split(value)) if EXAMPLES[type].parted else 1 for value in values)
    json.dumps([rows, kind.summarize(values)]).encode()


@pytest.mark.parametrize("type", QUESTION_TYPES)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_what_read_lets_through_can_be_said(type, data):
    kind, options = QUESTION_TYPES[type], configure(type)
    for value in sent(type, [data.draw(parts_of(type))]):
        assert isinstance(value, str) and value not in ("", classpulse.ABSTENTION)
        assert kind.say(value, options) and kind.join(value)
        assert isinstance(kind.keys(value), str)
        assert bool(kind.keys(value)) is not kind.is_text
        if kind.has_answer(options):
            assert 0 <= kind.score(value, options) <= 1
        assert value.encode().decode() == value and "\0" not in value


@pytest.mark.parametrize("type", QUESTION_TYPES)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_an_answer_sent_again_as_the_page_shows_it_is_the_same(type, data):
    kind = QUESTION_TYPES[type]
    for value in sent(type, [data.draw(parts_of(type))]):
        parts = kind.split(value)
        assert parts and all(parts)
        assert read(type, parts) == value


ALIKE = ["Straße", "STRASSE", "*Ä", "A\u0308", "ﬁ", "fi", "*", ""]
LINES = st.lists(st.one_of(st.sampled_from(ALIKE), st.text(max_size=6)), max_size=8)


@settings(deadline=None, max_examples=50)
@given(lines=LINES)
def test_options_that_are_taken_are_within_the_limits(lines):
    try:
        options = configure("multiple_choice", {"options": "\r\n".join(lines)})
    except Invalid as problem:
        assert problem.field == "options"
        return
    assert 2 <= len(options) <= 26
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:len(options)]
    assert [option["key"] for option in options] == list(letters)
    assert len({option["text"] for option in options}) == len(options)
    for option in options:
        assert 1 <= len(option["text"]) <= 200
        assert option["text"] == option["text"].strip()


@pytest.mark.parametrize("type", QUESTION_TYPES)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_a_form_is_taken_or_refused_beside_a_field_it_has(type, data):
    kind, names = QUESTION_TYPES[type], list(EXAMPLES[type].fields)
    values = st.one_of(st.text(max_size=8), st.integers(-3, 30).map(str),
                       st.text("0123456789٣½²-+.,e ", max_size=5),
                       st.text("*Aaß\n ", max_size=12))
    fields = data.draw(st.fixed_dictionaries({name: values for name in names}))
    try:
        options = configure(type, fields)
    except Invalid as problem:
        assert problem.field in names and str(problem)
        return
    if "options" in fields:         # lines, and then rows
        assert dict(kind.fields(options)).keys() <= {"option", "right"}
    assert sum(row["count"] for row in kind.count([], options)) == 0
    assert configure(type, kind.fields(options)) == options


# Choices

def test_the_right_option_is_known_from_its_star():
    kind, options = QUESTION_TYPES["multiple_choice"], configure("multiple_choice")
    assert [kind.score(key, options) for key in "ABC"] == [1, 0, 0]
    assert kind.has_answer(options)


def test_a_poll_has_no_right_answer():
    options = configure("multiple_choice", {"options": "Ä\nÖ"})
    kind = QUESTION_TYPES["multiple_choice"]
    assert not kind.has_answer(options)


def test_several_right_options_are_each_right():
    options = configure("multiple_choice", {"options": "*Ä\n*Ö\nÜ"})
    assert [QUESTION_TYPES["multiple_choice"].score(key, options) for key in "ABC"] == [1, 1, 0]


def test_options_stay_in_their_order_also_with_nobody():
    rows = QUESTION_TYPES["multiple_choice"].count(["C"], configure("multiple_choice"))
    assert [(row["key"], row["count"]) for row in rows] == [("A", 0), ("B", 0), ("C", 1)]


@pytest.mark.parametrize("type", ["multiple_choice", "select_all", "ranking"])
@pytest.mark.parametrize("lines", ["*Ä\nÖ", "**Ä\nÖ", "**\nÖ", "* *Ä\nÖ*"])
def test_stars_in_options_survive_editing(type, lines):
    options = configure(type, {"options": lines})
    assert configure(type, QUESTION_TYPES[type].fields(options)) == options


# Ratings

@pytest.mark.parametrize("values, average, median", [
    ([], None, None), (["3"], 3, 3), (["1", "2"], 1.5, 1.5), (["1", "1", "3"], 1.67, 1),
    (["2", "2", "2"], 2, 2)])
def test_a_rating_has_an_average_and_a_median(values, average, median):
    assert QUESTION_TYPES["rating"].summarize(values) == {"average": average, "median": median}


def test_the_ends_of_a_scale_carry_their_labels():
    rows = QUESTION_TYPES["rating"].count([], configure("rating"))
    assert [row.get("note", "") for row in rows] == ["gar nicht ☹", "", "völlig 😀"]


def test_a_rating_of_ten_is_counted_as_ten():
    options = configure("rating", {"max_rating": "10"})
    rows = QUESTION_TYPES["rating"].count([read("rating", ["10"], options)], options)
    assert [row["count"] for row in rows] == [0] * 9 + [1]


# Words

def cloud(*answers, max_words="5"):
    """{shown: count} in the order shown, of answers that are lists of words, or one word."""
    options = configure("word_cloud", {"max_words": max_words})
    values = [read("word_cloud", [answer] if isinstance(answer, str) else answer, options)
              for answer in answers]
    return get_counts(QUESTION_TYPES["word_cloud"].count(values, options))


@pytest.mark.parametrize("one, other", [
    ("Straße", "STRASSE!"), ("Größe", "GRÖSSE"), ("Ähre", "A\u0308hre"), ("café", "CAFÉ…"),
    ("ﬁx", "fix"), ("ｆｕｎ", "fun"), ("Σίσυφος", "ΣΊΣΥΦΟΣ"), ("سلام", "«سلام»"),
    ("ice  cream", "Ice cream")])
def test_spellings_of_one_word_are_one_entry(one, other):
    assert cloud(one, other) == {one.replace("  ", " "): 2}


@pytest.mark.parametrize("one, other", [("Mutter", "Mütter"), ("rot", "Rote"), ("5", "6"),
                                        ("❤️", "💙"), ("ice cream", "icecream")])
def test_different_words_are_different_entries(one, other):
    assert list(cloud(one, other).values()) == [1, 1]


@pytest.mark.parametrize("typed, shown", [
    ("Straße!", "Straße"), ("  …Größe?! ", "Größe"), ("„Ähre“", "Ähre"), ("¿qué?", "qué"),
    ("(سلام)", "سلام"), ("!!! l'été !!!", "l'été"), (" a-b -.", "a-b -"), ("\u200bÖl\u200b", "Öl"),
    ("\tÜber \n uns\r\n", "Über uns"), ("、日本。", "日本"), ("\ufeffÖl\x00", "Öl")])
def test_punctuation_and_spaces_at_the_ends_go_away_for_display_too(typed, shown):
    assert cloud(typed) == {shown: 1}


@pytest.mark.parametrize("emoji", ["🌍", "👩🏽‍🔬", "❤️", "🇩🇪", "👍🏿", "☺", "1️⃣", "#️⃣", "*️⃣",
                                   "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
                                   "Erde 🌍", "🌍 Erde", "€", "C++", "→"])
def test_emoji_and_symbols_stay(emoji):
    assert cloud(emoji) == {emoji: 1}


def test_the_most_frequent_spelling_is_shown():
    assert cloud("STRASSE", "Straße", "straße", "Straße") == {"Straße": 4}


@pytest.mark.parametrize("words", [["Öl", "ÖL", "öl"], ["öl", "Öl", "ÖL"],
                                   ["ÖL", "öl", "Öl", "öl", "ÖL"]])
def test_the_earliest_spelling_wins_a_tie(words):
    assert cloud(*words) == {words[0]: len(words)}


def test_a_phrase_is_one_entry():
    assert cloud("guten Morgen 🌞", "Guten  Morgen 🌞") == {"guten Morgen 🌞": 2}


def test_a_line_break_inside_a_field_makes_a_phrase():
    assert cloud("guten\nMorgen", max_words="1") == {"guten Morgen": 1}


def test_a_word_that_one_person_writes_twice_counts_once():
    assert cloud(["Straße", "STRASSE!", "straße"]) == {"Straße": 1}


def test_repeated_words_do_not_use_up_what_one_may_write():
    assert cloud(["Öl", "öl", "ÖL", ""], max_words="1") == {"Öl": 1}


def test_more_words_than_allowed_are_refused():
    with pytest.raises(Invalid, match="2"):
        cloud(["Ä", "Ö", "Ü"], max_words="2")


def test_a_word_of_sixty_characters_is_taken_and_one_more_refused():
    assert cloud("ü" * 60 + "!") == {"ü" * 60: 1}
    with pytest.raises(Invalid, match="60"):
        cloud("ü" * 61)


def test_words_are_shown_by_count_and_then_by_alphabet():
    assert list(cloud("birne", "Apfel", "zebra", "Zebra", "birne")) == ["birne", "zebra", "Apfel"]


def test_at_most_eighty_words_are_shown_and_the_rest_is_counted(db, presenter, session):
    question_id = presenter.create_question(session["id"], "word_cloud", max_words="5")
    presenter.toggle(question_id)
    for number in range(17):
        Respondent(session["code"]).respond(
            question_id, *(f"Wört {number:02d}{letter}" for letter in "abcde"))
    stats = classpulse.get_question_stats(db, question_id)
    assert (len(stats["results"]), stats["more"]) == (80, 5)
    presenter.step(session["id"], "show_results")
    page = presenter.get(f"/questions/{question_id}/results").html
    assert len(page.select("tbody tr")) == 80 and "and 5 more" in page.get_text()


@pytest.mark.parametrize("values, labels", [
    (["46"] * 9 + ["23", "92"], ["23", "46", "92"]),
    # Too near to each other for a bar each on one axis: bins, none narrower than what was typed.
    (["46", "47", "92"] * 4,
     ["40 – <50", "50 – <60", "60 – <70", "70 – <80", "80 – <90", "90 – <100"]),
    (["46"] * 9 + ["47"] * 4 + ["1000000"], ["46 – <47", "47 – <48", "above 48"]),
])
def test_numbers_get_a_bar_each_where_they_stand_apart_and_else_equal_bins(values, labels):
    options = configure("numeric", {"unit": "chromosomes"})
    rows = QUESTION_TYPES["numeric"].count(values, options)
    assert [row["label"] for row in rows] == labels
    assert sum(row["count"] for row in rows) == len(values)


@pytest.mark.parametrize("tolerance, said", [
    ("", "46 chromosomes"), ("0", "46 chromosomes"), ("0.0", "46 chromosomes"),
    ("2", "46 ± 2 chromosomes")])
def test_a_tolerance_of_nothing_is_not_said(tolerance, said):
    options = configure("numeric", {"correct": "46", "tolerance": tolerance,
                                    "unit": "chromosomes"})
    assert QUESTION_TYPES["numeric"].format_correct(options) == said
