"""The first release's routes, fields and messages, from outside: plain HTTP and WebSockets.

Nothing here knows the program but by what it answers, which clients rely on: sentences are for
people and may change; addresses, fields, headers, statuses and messages may not. The last part is
what the first release answered otherwise; all the rest passes there, too.
"""

import csv
import gzip
import io
import json
import re
import subprocess
import sys

import pytest
import websocket
from conftest import PASSWORD, ROOT, Browser, Server, gone_at_the_end

MONTH = 30 * 86400
POLL = {"options": "Paris\nLyon"}
QUIZ = {"options": "Paris\n*Lyon\nBern"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
COLUMNS = ("session_code,session_name,question_no,question_id,question_type,question_text,round,"
           "respondent_id,respondent_name,answer,answer_keys,correct,score,late,changes,"
           "answered_at").split(",")

# Fields of messages, and what they hold.
NUMBER = (int, float)
OPTIONAL = type(None)
SHOWN = {"title": str, "question_type": str, "round": int, "active": bool, "stage": str,
         "results_shown": bool, "answer_shown": bool, "response_count": int, "late": int}
PEOPLE = {"joined": int, "here": int, "expected": int}
PRESENT = {
    **PEOPLE, "type": str, "session_id": int, "code": str, "name": str, "locked": bool,
    "address": str, "devices": int, "join_url": str, "session_active": bool, "joining": bool,
    "question_id": (int, OPTIONAL), "question_count": int, "stages": dict,
    "next": (dict, OPTIONAL), "also": list, "others_open": int, "trouble": str,
    "finished": (int, OPTIONAL), "revision": str}
PROJECTED = {**SHOWN, "question_no": int, "previous_id": (int, OPTIONAL),
             "following_id": (int, OPTIONAL), "html": str}
RESULTS = {**SHOWN, **PEOPLE, "type": str, "question_id": int, "abstained": int, "results": list,
           "more": int}
STATE = {"type": str, "epoch": str, "version": int, "active": bool, "questions": list}
ASKED = {"id": int, "round": int, "stage": str, "html": str}
MINE = {"value": str, "round": int, "seq": (int, OPTIONAL), "saved_at": str}


def check(message, *tables):
    """The message, which has all these fields of these types; a bool is no number."""
    for name, types in (pair for table in tables for pair in table.items()):
        allowed = types if isinstance(types, tuple) else (types,)
        assert type(message[name]) in allowed, (name, message[name])
    return message


def hear(watched, so=lambda message: True):
    """The next message that is so; a second beat without one is too long."""
    beats = 0
    while True:
        message = json.loads(watched.recv())
        beats += message["type"] == "beat"
        assert beats < 2, "no such message"
        if message["type"] != "beat" and so(message):
            return message


class Person(Browser):
    """A browser without scripts, which can also ask as scripts of ours do."""

    def htmx(self, path, fields=(), status=200):
        """The fragment that a script of ours gets."""
        text = self.post(path, fields, status, HX_Request="true").content.decode()
        assert "<html" not in text
        return text

    def read(self, path, status=200, **headers):
        return self.get(path, status, **headers).content.decode()

    def json(self, path):
        return json.loads(self.get(path).content)

    def refused(self, path, **options):
        """The status with which a socket is refused; 101 when it is not."""
        try:
            self.watch(path, **options)
        except websocket.WebSocketBadStatusException as problem:
            return problem.status_code
        return 101


class Lesson:
    """A session of a teacher's, and what can be done with it."""

    def __init__(self, school, teacher, **fields):
        self.school, self.teacher = school, teacher
        self.path = teacher.post("/sessions/new", {
            "name": "Ökologie 10b", **fields}).headers["Location"]
        self.id = int(self.path.rsplit("/", 1)[1])
        self.code = self.now()["code"]
        self.present, self.state = f"/present/{self.id}", f"/audience/{self.code}/state"

    def now(self):
        """The present message: a step that nobody offers changes nothing."""
        return self.step("next", seen={"question_id": 0, "round": 0, "stage": ""})

    def step(self, action, seen=None, **more):
        """Do a step of what was seen, by default what is; the present message."""
        seen = seen or self.now()
        fields = {name: seen[name] for name in ("question_id", "round", "stage")}
        done = self.teacher.post(f"/api{self.path}/step", {"action": action, **fields, **more},
                                 200)
        return json.loads(done.content)

    def add(self, type="multiple_choice", title="Welche Stadt?", **fields):
        """Add a question, a draft at the end; its id."""
        self.teacher.post(f"{self.path}/questions/new/{type}",
                          {"title": title, **(fields or POLL)})
        return self.ids()[-1]

    def ask(self, *args, **fields):
        """Add a question and open it; its id."""
        question_id = self.add(*args, **fields)
        self.toggle(question_id, 1)
        return question_id

    def ids(self):
        """The ids of the questions in their order."""
        return [int(id) for id in self.now()["stages"]]

    def toggle(self, question_id, active):
        self.teacher.post(f"/api/questions/{question_id}/toggle", {"active": active})

    def phone(self):
        """A phone that joined and is inside."""
        phone = self.school.person()
        phone.post("/join", {"code": self.code})
        phone.get(self.state)
        return phone

    def results(self, question_id):
        """The results message that a projector gets first."""
        return hear(self.teacher.watch(f"/ws/results/{question_id}"))

    def rows(self, path=None):
        """The rows of an export."""
        text = self.teacher.get(f"{path or self.path}/export").content.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))


class School:
    """A server that is set up from outside, with two teachers."""

    def __init__(self, server):
        self.server, self.people = server, []
        self.setup = re.search(r"/setup\?token=\S+", server.link)[0]
        self.answers = [self.person().request(*row) for row in self.list_setup()]
        self.teacher = self.sign_in("Åse")
        subprocess.run([sys.executable, "classpulse.py", "adduser", "Other", "--data",
                        str(server.folder)], cwd=ROOT, input=PASSWORD + "\n", encoding="utf-8",
                       check=True, stdout=subprocess.DEVNULL)
        self.other = self.sign_in("other")      # a user name's case does not matter

    def list_setup(self):
        """The requests of the first run: a method, a path, and a form."""
        form = {"username": "Åse", "display_name": "Åse Ø.", "email": "", "password": PASSWORD,
                "token": self.setup.rpartition("=")[2]}
        return [("GET", "/setup"), ("GET", "/setup?token=wrong"), ("GET", self.setup),
                ("POST", "/setup", dict(form, token="wrong")),
                ("POST", "/setup", dict(form, password="short")),
                ("POST", "/setup", form), ("GET", self.setup), ("POST", "/setup", form)]

    def person(self):
        self.people.append(Person(self.server))
        return self.people[-1]

    def sign_in(self, username):
        person = self.person()
        person.sign_in(username)
        return person

    def lesson(self, **fields):
        return Lesson(self, self.teacher, **fields)


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    with gone_at_the_end([Server(tmp_path_factory.mktemp("school") / "data")]) as servers:
        school = School(servers[0])
        yield school
        for watched in (watched for person in school.people for watched in person.sockets):
            watched.shutdown()
        assert servers[0].stop() == 0
        assert "Traceback" not in servers[0].said


@pytest.fixture
def teacher(school):
    return school.teacher


@pytest.fixture
def lesson(school):
    return school.lesson()


@pytest.fixture
def phone(lesson):
    return lesson.phone()


def read_cookie(answer):
    """A Set-Cookie header: its name, and what else it says."""
    pair, *rest = answer.headers["Set-Cookie"].split("; ")
    return pair.partition("=")[0], {part.lower() for part in rest}


LASTING = {"httponly", "samesite=lax", "path=/", f"max-age={MONTH}"}


# First run, sign-in, home

def test_the_first_run_wants_its_token_and_comes_once(school):
    assert [answer.status for answer in school.answers] == [
        404, 404, 200, 404, 422, 303, 404, 404]
    created = school.answers[5]
    name, rest = read_cookie(created)
    assert created.headers["Location"] == "/" and name.startswith("cp_") and LASTING <= rest


def test_signing_in_tells_a_wrong_name_and_a_wrong_password_alike(school):
    person = school.person()
    assert "passwd" in person.read("/login")
    refused = [person.sign_in(name, "wrong password", 401).content.decode().replace(name, "")
               for name in ("Åse", "Ase")]
    assert refused[0] == refused[1]
    signed_in = person.sign_in("Åse")
    assert signed_in.headers["Location"] == "/" and LASTING <= read_cookie(signed_in)[1]
    assert person.get("/sessions")
    assert person.post("/logout").headers["Location"] == "/"
    assert person.get("/sessions", 303).headers["Location"] == "/login"


def test_home_is_the_join_form_for_those_who_are_not_signed_in(school, lesson):
    page = school.person().read("/")
    assert 'action="/join"' in page and 'href="/login"' in page
    assert lesson.path in school.teacher.read("/")
    assert str(school.server.folder) in school.teacher.read("/")


PAGES = ["/sessions", "/sessions/new", "{session}", "{session}/edit", "{session}/delete",
         "{session}/reuse", "{session}/open", "{session}/questions/new/rating", "{session}/export",
         "/present/{session_id}", "{question}/edit", "{question}/delete", "{question}/results",
         "{question}/private", "{question}/export"]
POSTS = ["/sessions/new", "/alone", "{session}/edit", "{session}/delete", "{session}/again",
         "{session}/examples", "{session}/reuse", "{session}/questions/new/rating",
         "{question}/edit", "{question}/delete", "{question}/duplicate", "{question}/move",
         *("/api{session}/" + act for act in "toggle lock all step ask archive".split()),
         *("/api{question}/" + act for act in "toggle admit hide mark people".split())]
SOCKETS = ["/ws/present/{session_id}", "/ws/results/{question_id}"]


@pytest.fixture(scope="module")
def paths(school):
    """A function that fills in the names of a session and a question of the first teacher's."""
    lesson = school.lesson()
    question_id = lesson.ask()
    return lambda path: path.format(session=lesson.path, session_id=lesson.id,
                                    question=f"/questions/{question_id}", question_id=question_id)


def test_nobody_without_a_sign_in_gets_a_presenters_page(school, paths):
    stranger = school.person()
    for method, path in [*(("GET", page) for page in PAGES), *(("POST", act) for act in POSTS)]:
        led = stranger.request(method, paths(path), {} if method == "POST" else None)
        assert (led.status, led.headers["Location"]) == (303, "/login"), path
        told = stranger.request(method, paths(path), HX_Request="true")
        assert (told.status, told.headers["HX-Redirect"]) == (403, "/login"), path
    assert [stranger.refused(paths(path)) for path in SOCKETS] == [403, 403]


def test_another_presenters_things_are_not_found(school, paths):
    other = school.other
    for path in (page for page in PAGES if "{" in page):
        other.get(paths(path), 404)
    for path in (act for act in POSTS if "{" in act):
        other.post(paths(path), {"name": "x", "place": 1, "key": "A", "action": "next"}, 404)
    assert [other.refused(paths(path)) for path in SOCKETS] == [404, 404]


# Sessions and questions

def test_a_session_is_open_for_joining_from_its_creation(school, teacher):
    assert 'name="name"' in teacher.read("/sessions/new")
    teacher.post("/sessions/new", {"name": " "}, 422)
    teacher.post("/sessions/new", {"name": "x", "names": "maybe"}, 422)
    for names in ("no", "optional", "required"):
        lesson = school.lesson(names=names, on_phones=1)
        assert re.fullmatch(r"/sessions/\d+", lesson.path)
        assert re.fullmatch(r"\d{6}", lesson.code)
        page = lesson.phone().read(f"/audience/{lesson.code}")
        assert (f'action="/audience/{lesson.code}/name"' in page) == (names != "no")
        assert f'value="{names}" checked' in teacher.read(f"{lesson.path}/edit")
    assert lesson.path in teacher.read("/sessions")


def test_the_control_page_has_code_picture_and_questions(teacher, lesson):
    ids = [lesson.add(), lesson.add("rating", "Wie war es?", max_rating=5)]
    page = teacher.read(lesson.path)
    assert f'data-code="{lesson.code}"' in page and "<svg" in page
    assert re.findall(r'<li data-question-id="(\d+)"', page) == [str(id) for id in ids]
    part = teacher.read(lesson.path, HX_Request="true")
    assert "<html" not in part and f'data-control="{lesson.path}"' in part


# {type: (a form, one that is refused, an answer, its value, what is no answer, the rows of the
#         results by key, label, count; answer, answer_keys, correct, score of the export)}
TYPES = {
    "multiple_choice": (
        QUIZ, {"options": "Paris"}, ["B"], "B", [[], ["D"], ["A", "B"]],
        [("A", "Paris", 0), ("B", "Lyon", 1), ("C", "Bern", 0)], ("Lyon", "B", "1", "1")),
    "word_cloud": (
        {"max_words": "2"}, {"max_words": "6"}, ["Licht", "Laub"], "Licht\nLaub",
        [[], [" "], ["a", "b", "c"]], [("laub", "Laub", 1), ("licht", "Licht", 1)],
        ("Licht; Laub", "", "", "")),
    "rating": (
        {"max_rating": "3", "low": "nein", "high": "ja"}, {"max_rating": "11"}, ["3"], "3",
        [[], ["0"], ["4"]], [("1", "1", 0), ("2", "2", 0), ("3", "3", 1)], ("3", "3", "", "")),
    "select_all": (
        {"options": "*rot\n*grün\nblau"}, {"options": "*\nrot"}, ["A", "C"], "A;C",
        [["D"], ["A", "A"]], [("A", "rot", 1), ("B", "grün", 0), ("C", "blau", 1)],
        ("rot; blau", "A;C", "0", "0")),
    "short_text": (
        {"accepted": "Photosynthese\nAssimilation"}, {"accepted": "ü" * 201}, ["photosynthese"],
        "photosynthese", [[], [" "], ["x" * 201]], [("photosynthese", "photosynthese", 1)],
        ("photosynthese", "", "1", "1")),
    "open_text": (
        {}, {"title": ""}, ["Zeile 1\nZeile 2"], "Zeile 1\nZeile 2", [[], ["x" * 5001]],
        [(None, "Zeile 1\nZeile 2", 1)], ("Zeile 1\nZeile 2", "", "", "")),
    "numeric": (
        {"min": "0", "max": "400", "correct": "300", "tolerance": "10", "unit": "m"},
        {"min": "5", "max": "1"}, ["305,5"], "305.5", [[], ["viel"], ["401"], ["-1"]],
        [("305.5", "305.5", 1)], ("305.5", "305.5", "1", "1")),
    "ranking": (
        {"options": "Wald\nLuft\nMeer"}, {"options": "Wald"}, ["C", "A", "B"], "C;A;B",
        [[], ["A", "B"], ["A", "A", "B"]], [("A", "Wald", 0), ("B", "Luft", 0), ("C", "Meer", 1)],
        ("Meer; Wald; Luft", "C;A;B", "", "")),
}


@pytest.mark.parametrize("type", TYPES)
def test_a_question_goes_from_its_form_to_its_file(lesson, phone, teacher, type):
    form, refused, answer, value, no_answers, rows, exported = TYPES[type]
    title, new = "Was? Genau “das”", f"{lesson.path}/questions/new/{type}"
    assert 'name="title"' in teacher.read(new)
    page = teacher.post(new, {"title": "Getippt", **form, **refused}, 422).content.decode()
    assert refused.get("title") == "" or "Getippt" in page
    assert teacher.post(new, {"title": title, "abstain": 1, **form}).headers[
        "Location"] == lesson.path
    [question_id] = lesson.ids()
    assert lesson.now()["stages"] == {str(question_id): "draft"}
    assert phone.json(lesson.state)["questions"] == []

    lesson.toggle(question_id, 1)
    [asked] = phone.json(lesson.state)["questions"]
    assert (asked["id"], asked["stage"]) == (question_id, "open") and title in asked["html"]
    respond = f"/audience/respond/{question_id}"
    for parts in no_answers:
        phone.post(respond, {"response": parts}, 422, HX_Request="true")
    said = phone.post(respond, {"response": answer}, 200, HX_Request="true").content.decode()
    assert "Saved" in said and "<html" not in said
    assert check(phone.json(lesson.state)["mine"][str(question_id)], MINE)["value"] == value
    message = check(lesson.results(question_id), RESULTS)
    counted = [(row["key"] if rows[0][0] else None, row["label"], row["count"])
               for row in message["results"]]
    assert counted == rows and message["question_type"] == type and message["title"] == title
    assert (message["response_count"], message["abstained"]) == (1, 0)
    if type in ("rating", "numeric"):
        assert message["average"] == message["median"] == float(value)

    [row] = lesson.rows(f"/questions/{question_id}")
    assert [row[name] for name in COLUMNS[9:13]] == list(exported)
    lesson.phone().post(respond, {"response": "-"})
    assert lesson.results(question_id)["abstained"] == 1
    assert lesson.rows()[1]["answer_keys"] == "-"
    teacher.post("/alone", {"alone": 1})
    page = teacher.read(f"/questions/{question_id}/edit")
    for line in [title, *"\n".join(form.values()).split("\n")]:
        assert line.removeprefix("*") in page
    teacher.post("/alone", {"alone": 0})
    teacher.post(f"/questions/{question_id}/edit", {"title": "", **form}, 422)
    edited = teacher.post(f"/questions/{question_id}/edit", {"title": "Neu", **form})
    assert edited.headers["Location"] == lesson.path
    assert lesson.results(question_id)["title"] == "Neu"


def test_no_message_tells_the_right_answer_before_it_is_shown(lesson, phone):
    question_id = lesson.ask(**QUIZ)
    phone.post(f"/audience/respond/{question_id}", {"response": "B"})
    for action in ("close", "show_results", "show_answer"):
        now = lesson.now()
        assert now.pop("next") and now.pop("also")      # which only say what can be done
        told = str(lesson.results(question_id)) + str(now)
        assert "correct" not in told and "'right'" not in told
        state = phone.json(lesson.state)["questions"]
        asked = lesson.step(action)["stage"]
    assert asked == "answer"
    rows = lesson.results(question_id)["results"]
    assert [row["right"] for row in rows] == [False, True, False]
    assert state[0]["html"] != phone.json(lesson.state)["questions"][0]["html"]


def test_a_question_has_a_picture(lesson, teacher, phone):
    def send(content, status=303, **fields):
        parts = [f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                 for name, value in {"title": "Bild", **POLL, **fields}.items()]
        parts.append('--edge\r\nContent-Disposition: form-data; name="picture"; filename="x"'
                     "\r\n\r\n")
        teacher.post(f"{lesson.path}/questions/new/multiple_choice",
                     "".join(parts).encode() + content + b"\r\n--edge--\r\n", status,
                     Content_Type="multipart/form-data; boundary=edge")
    send(b"no picture", 422)
    send(PNG, image_alt="Ein Baum")
    [question_id] = lesson.ids()
    lesson.toggle(question_id, 1)
    html = phone.json(lesson.state)["questions"][0]["html"]
    path = re.search(r"/images/[0-9a-f]{32}", html)[0]
    assert 'alt="Ein Baum"' in html and path in lesson.now()["html"]
    picture = phone.get(path)
    assert picture.content == PNG and picture.headers["Content-Type"] == "image/png"
    assert "immutable" in picture.headers["Cache-Control"]
    phone.get("/images/" + "0" * 32, 404)
    teacher.post(f"/questions/{question_id}/edit",
                 {"title": "Bild", **POLL, "image": path[8:], "remove_image": 1})
    assert "/images/" not in lesson.now()["html"]
    phone.get(path, 404)


def test_questions_are_moved_duplicated_deleted_and_used_again(school, lesson, teacher):
    first, second = lesson.add(title="Eins"), lesson.add(title="Zwei")
    teacher.post(f"/questions/{second}/move", {"place": 1})
    assert lesson.ids() == [second, first]
    teacher.post(f"/questions/{second}/move", {}, 422)
    teacher.post(f"/questions/{second}/duplicate")
    assert lesson.ids()[::2] == [second, first] and len(lesson.ids()) == 3
    copy = lesson.ids()[1]
    teacher.get(f"/questions/{copy}/delete")
    teacher.post(f"/questions/{copy}/delete")
    assert lesson.ids() == [second, first]
    teacher.get(f"/questions/{copy}/edit", 404)

    again = school.lesson(name="Parallelklasse")
    assert lesson.path.rpartition("/")[2] in teacher.read(f"{again.path}/reuse")
    assert f'value="{first}"' in teacher.read(f"{again.path}/reuse?source={lesson.id}")
    teacher.post(f"{again.path}/reuse", {"source": lesson.id}, 422)
    teacher.post(f"{again.path}/reuse", {"source": lesson.id, "question_id": [first, second]})
    teacher.post(f"{again.path}/examples")
    assert list(again.now()["stages"].values()) == ["draft"] * 5
    made = teacher.post(f"{lesson.path}/again").headers["Location"]
    assert re.fullmatch(r"/sessions/\d+", made) and made != lesson.path
    assert "Zwei" in teacher.read(made)


def test_a_session_is_renamed_archived_and_deleted_by_its_name(lesson, teacher):
    lesson.ask()
    phone = lesson.phone()
    teacher.post(f"{lesson.path}/edit", {"name": ""}, 422)
    assert teacher.post(f"{lesson.path}/edit", {"name": "Neuer Name"}).headers[
        "Location"] == lesson.path
    assert lesson.now()["name"] == "Neuer Name"
    for archived in (1, 0):
        assert teacher.post(f"/api{lesson.path}/archive", {"archived": archived}).headers[
            "Location"] == "/sessions"
    teacher.get(f"{lesson.path}/delete")
    teacher.post(f"{lesson.path}/delete", {"name": "Alter Name"}, 422)
    teacher.post(f"{lesson.path}/delete", {"name": "neuer name", "copies": 1})
    teacher.get(lesson.path, 404)
    phone.get(lesson.state, 404)


# The audience

def test_a_code_lets_in_and_nothing_else(school, lesson, teacher):
    code, way = lesson.code, f"/audience/{lesson.code}"
    spaced = f"{code[:3]} {code[3:]}"
    for method, path, fields in [
            ("POST", "/join", {"code": code}), ("POST", "/join", {"code": spaced}),
            ("POST", "/join", {"code": spaced.replace(" ", "-")}),
            ("GET", f"/join?code={code}", None), ("GET", f"/{code}", None)]:
        entered = school.person().request(method, path, fields)
        name, rest = read_cookie(entered)
        assert (entered.status, entered.headers["Location"]) == (303, way)
        assert name.endswith(f"_{lesson.id}") and LASTING <= rest
    stranger = school.person()
    for path in (lesson.state, "/ws" + way):
        stranger.get(path, 403)
    assert read_cookie(stranger.get(way))[0] == name        # the code in the address is the code
    assert school.person().refused("/ws" + way) == 403
    unknown = next(code for code in ("100000", "100001") if code != lesson.code)
    assert 'action="/join"' in stranger.post("/join", {"code": unknown}, 404).content.decode()
    for path in (f"/{unknown}", f"/audience/{unknown}", f"/audience/{unknown}/state"):
        stranger.get(path, 404)
    teacher.post(f"/api{lesson.path}/toggle", {"active": 0})
    school.person().post("/join", {"code": code}, 410)
    school.person().get(f"/{code}", 410)


def test_a_name_is_given_once(school):
    lesson = school.lesson(names="required")
    question_id, phone = lesson.ask(), lesson.phone()
    way, respond = f"/audience/{lesson.code}", f"/audience/respond/{question_id}"
    phone.htmx(respond, {"response": "A"}, 422)
    phone.post(f"{way}/name", {"name": " "}, 422)
    assert phone.post(f"{way}/name", {"name": "Zoë"}).headers["Location"] == way
    phone.htmx(respond, {"response": "A"})
    phone.post(f"{way}/name", {"name": "Another"}, 409)
    assert [row["respondent_name"] for row in lesson.rows()] == ["Zoë"]
    assert "Zoë" in phone.read(way) and "data-question-id" in phone.read(way)


def test_a_name_may_be_declined_where_it_is_optional(school):
    lesson = school.lesson(names="optional")
    phone, way = lesson.phone(), f"/audience/{lesson.code}"
    phone.post(f"{way}/name", {"name": ""})
    assert f'action="{way}/name"' not in phone.read(way)


def test_whoever_leaves_is_somebody_else(lesson, phone):
    question_id, way = lesson.ask(), f"/audience/{lesson.code}"
    respond = f"/audience/respond/{question_id}"
    phone.post(respond, {"response": "A"})
    assert phone.post(f"{way}/leave").headers["Location"] == way
    assert phone.json(lesson.state)["mine"] == {}
    phone.post(respond, {"response": "B"})
    assert len({row["respondent_id"] for row in lesson.rows()}) == 2


# Votes: (what is done before, the fields of a vote, its status, the value stored afterwards).
VOTES = [
    (None, {"response": "A", "round": 1, "seq": 5}, 200, "A"),
    (None, {"response": "B", "round": 1, "seq": 4}, 200, "A"),      # an older tap
    (None, {"response": "B", "round": 1, "seq": 5}, 200, "A"),      # the same once more
    (None, {"response": "B", "round": 1, "seq": 6}, 200, "B"),
    (None, {"response": "A"}, 200, "A"),                            # no number: the last wins
    (None, {"response": "C"}, 422, "A"),
    (None, {"response": "B", "seq": "many"}, 422, "A"),
    (None, {"response": "B", "round": 2}, 409, "A"),
    ("close", {"response": "B", "round": 1, "seq": 9}, 409, "A"),
    (None, {"response": "B", "round": 1, "seq": 9, "queued": 1}, 200, "A"),     # one is in time
    ("vote_again", {"response": "B", "round": 1, "seq": 9}, 409, None),
    (None, {"response": "B", "round": 2, "seq": 10}, 200, "B"),
]


def test_a_vote_is_kept_once_and_in_its_order(school, lesson, phone):
    question_id, respond = lesson.ask(), "/audience/respond/"
    for act, fields, status, value in VOTES:
        if act:
            lesson.step(act)
        said = phone.htmx(f"{respond}{question_id}", fields, status)
        told = "Saved" in said or f"answer {value} counts" in said
        assert told == (status == 200), fields
        mine = phone.json(lesson.state)["mine"].get(str(question_id), {})
        assert mine.get("value") == value, fields
    assert [(row["round"], row["answer_keys"]) for row in lesson.rows()] == [
        ("1", "A"), ("2", "B")]
    assert phone.post(f"{respond}{question_id}", {"response": "A"}).headers[
        "Location"] == f"/audience/{lesson.code}"
    school.person().htmx(f"{respond}{question_id}", {"response": "A"}, 403)
    phone.htmx(f"{respond}999999", {"response": "A"}, 404)


def test_a_late_vote_counts_when_it_is_admitted(lesson, teacher):
    question_id, phone = lesson.ask(**QUIZ), lesson.phone()
    respond, late = f"/audience/respond/{question_id}", {"round": 1, "seq": 1, "queued": 1}
    lesson.step("close")
    phone.htmx(respond, {"response": "B", **late})
    told = lesson.results(question_id)
    assert (told["late"], told["response_count"], lesson.rows()[0]["late"]) == (1, 0, "1")
    assert lesson.now()["late"] == 1
    watched = phone.watch(f"/ws/audience/{lesson.code}")
    hear(watched)
    admitted = teacher.post(f"/api/questions/{question_id}/admit")
    assert admitted.headers["Location"] == lesson.path
    hear(watched, lambda message: message.get("mine"))
    told = lesson.results(question_id)
    assert (told["late"], told["response_count"], lesson.rows()[0]["late"]) == (0, 1, "2")
    lesson.step("show_answer")
    teacher.post(f"/api/questions/{question_id}/admit", {}, 409)


def test_who_is_inside_goes_on_while_joining_is_locked(school, lesson, phone, teacher):
    respond = f"/audience/respond/{lesson.ask()}"
    phone.htmx(respond, {"response": "A"})
    teacher.post(f"/api{lesson.path}/lock", {"locked": 1})
    assert lesson.now()["locked"] is True
    phone.htmx(respond, {"response": "B"})
    phone.post(f"/audience/{lesson.code}/leave", {}, 409)
    assert "data-question-id" not in school.person().read(f"/audience/{lesson.code}")
    teacher.post(f"/api{lesson.path}/lock", {"locked": 0})
    assert lesson.now()["locked"] is False


# Sockets and messages

def test_the_audience_is_told_the_whole_state(lesson, phone, teacher):
    first = hear(phone.watch(f"/ws/audience/{lesson.code}"))
    check(first, STATE)
    assert (first["type"], first["active"], first["questions"], first["mine"]) == (
        "state", True, [], {})
    watched = phone.sockets[-1]
    question_id = lesson.ask()
    told = check(hear(watched, lambda message: message["questions"]), STATE)
    [asked] = told["questions"]
    check(asked, ASKED)
    assert (asked["id"], asked["round"], asked["stage"]) == (question_id, 1, "open")
    assert told["epoch"] == first["epoch"] and told["version"] > first["version"]
    phone.htmx(f"/audience/respond/{question_id}", {"response": "B", "seq": 7})
    state = check(phone.json(lesson.state), STATE)
    again = hear(phone.watch(f"/ws/audience/{lesson.code}"))
    assert state["questions"] == again["questions"]
    mine = check(again["mine"][str(question_id)], MINE)
    assert (mine["value"], mine["round"], mine["seq"]) == ("B", 1, 7)
    lesson.toggle(question_id, 0)
    told = hear(watched, lambda message: message["questions"][0]["stage"] == "results")
    teacher.post(f"/api{lesson.path}/toggle", {"active": 0})
    hear(watched, lambda message: not message["active"])
    assert phone.json(lesson.state)["active"] is False
    teacher.post(f"/api{lesson.path}/toggle", {"active": 1})
    hear(watched, lambda message: message["active"])


def test_the_projector_is_told_where_the_lesson_is(school, teacher):
    lesson = school.lesson(pace="stepwise")
    phone = lesson.phone()
    watched = teacher.watch(f"/ws/present/{lesson.id}")
    empty = check(hear(watched), PRESENT)
    assert (empty["type"], empty["question_id"], empty["joining"], empty["question_count"]) == (
        "present", None, True, 0)
    assert (empty["session_id"], empty["join_url"][-7:]) == (lesson.id, "/" + lesson.code)
    first, second = lesson.add(**QUIZ), lesson.add(title="Zwei")
    told = check(hear(watched, lambda message: message["question_count"] == 2), PRESENT, PROJECTED)
    assert told["stages"] == {str(first): "draft", str(second): "draft"}
    assert told["next"]["action"] == "begin" and told["next"]["label"]
    assert (told["previous_id"], told["following_id"], told["question_no"]) == (None, second, 1)
    lesson.toggle(first, 1)
    lesson.toggle(second, 1)
    told = hear(watched, lambda message: message["others_open"])
    assert (told["finished"], told["active"], told["joining"]) == (0, True, False)
    phone.htmx(f"/audience/respond/{first}", {"response": "B"})
    told = hear(watched, lambda message: message["response_count"])
    assert (told["response_count"], told["joined"], told["expected"]) == (1, 1, 1)
    phone.htmx(f"/audience/respond/{second}", {"response": "B"})
    assert hear(watched, lambda message: message["finished"])["finished"] == 1
    lesson.step("close_all")
    told = check(hear(watched, lambda message: not message["active"]), PRESENT, PROJECTED)
    assert told["finished"] is None and all(check(step, {"action": str, "label": str})
                                            for step in told["also"])
    assert {step["action"] for step in told["also"]} == {"open", "show_answer", "vote_again"}


def test_results_are_told_at_once_and_on_change(lesson, phone, teacher):
    question_id = lesson.ask("rating", max_rating=4)
    watched = teacher.watch(f"/ws/results/{question_id}")
    told = check(hear(watched), RESULTS, {"average": OPTIONAL, "median": OPTIONAL})
    assert (told["type"], told["question_id"], told["round"], told["stage"]) == (
        "results", question_id, 1, "open")
    assert [row["count"] for row in told["results"]] == [0, 0, 0, 0]
    phone.htmx(f"/audience/respond/{question_id}", {"response": "4"})
    told = check(hear(watched, lambda message: message["response_count"]), RESULTS,
                 {"average": NUMBER, "median": NUMBER})
    assert (told["results"][3]["count"], told["average"], told["more"]) == (1, 4, 0)
    assert (told["joined"], told["here"], told["expected"]) == (1, 1, 1)


def test_a_message_of_words_has_eighty_of_them(lesson):
    question_id = lesson.ask("word_cloud", max_words=5)
    for first in range(0, 85, 5):
        lesson.phone().htmx(f"/audience/respond/{question_id}", {
            "response": [f"w{number:02}" for number in range(first, first + 5)]})
    told = lesson.results(question_id)
    assert [row["label"] for row in told["results"]] == [f"w{number:02}" for number in range(80)]
    assert told["more"] == 5


def test_a_socket_that_sends_is_ended(lesson, phone):
    watched = phone.watch(f"/ws/audience/{lesson.code}")
    hear(watched)
    watched.send("hello")
    with pytest.raises((websocket.WebSocketConnectionClosedException, ConnectionError)):
        while True:
            if watched.recv() == "":
                raise ConnectionError


def test_a_socket_has_a_beat(lesson, phone):
    watched = phone.watch(f"/ws/audience/{lesson.code}")
    hear(watched)
    assert json.loads(watched.recv()) == {"type": "beat"}


# Running a session

# Steps through a quiz and a poll: (action, further fields, number of the question shown, its round
# and stage, whether its results are shown).
STEPS = [
    ("begin", {}, 1, 1, "draft", False),
    ("close", {}, 1, 1, "draft", False),            # not offered: changes nothing
    ("open", {}, 1, 1, "open", False),
    ("close", {}, 1, 1, "closed", False),
    ("open", {}, 1, 1, "open", False),
    ("close", {}, 1, 1, "closed", False),
    ("show_results", {}, 1, 1, "results", True),
    ("hide_results", {}, 1, 1, "closed", False),
    ("show_answer", {}, 1, 1, "answer", True),
    ("vote_again", {}, 1, 2, "open", False),
    ("close", {}, 1, 2, "closed", False),
    ("go", {"to": 2}, 2, 1, "draft", False),
    ("go", {"to": 1}, 1, 2, "closed", False),
    ("show_answer", {}, 1, 2, "answer", True),
    ("move", {}, 2, 1, "draft", False),
    ("next", {}, 2, 1, "open", True),
    ("hide_results", {}, 2, 1, "open", False),
    ("next", {}, 2, 1, "closed", False),
    ("vote_again", {}, 2, 2, "open", False),
    ("show_results", {}, 2, 2, "open", True),
    ("hide_results", {}, 2, 2, "open", False),
    ("close_all", {}, 2, 2, "open", False),         # with one question open it is `close`
    ("next", {}, 2, 2, "closed", False),
    ("next", {}, 2, 2, "results", True),
    ("end", {}, 2, 2, "results", True),
]


def test_every_step_leads_where_it_led(school):
    lesson = school.lesson(pace="stepwise")
    ids = [lesson.add(**QUIZ), lesson.add()]
    for action, more, number, round, stage, shown in STEPS:
        more = {name: ids[place - 1] for name, place in more.items()}
        told = lesson.step(action, **more)
        assert (told["question_id"], told["round"], told["stage"], told["results_shown"]) == (
            ids[number - 1], round, stage, shown), action
        assert told["active"] == (stage == "open")
    assert told["session_active"] is False and told["next"] is None


def test_next_goes_through_a_quiz(school):
    lesson = school.lesson(pace="stepwise")
    lesson.add(**QUIZ)
    stages = []
    while (told := lesson.step("next"))["session_active"]:
        stages.append(told["stage"])
    assert stages == ["open", "closed", "results", "answer"]


def test_a_double_press_does_a_step_once(lesson, teacher):
    lesson.add(**QUIZ)
    seen = lesson.now()
    assert lesson.step("next", seen)["stage"] == "open"
    assert lesson.step("next", seen)["stage"] == "open"
    teacher.post(f"/api{lesson.path}/step", {"action": "dance", "question_id": 1, "round": 1,
                                             "stage": "open"}, 422)
    fields = {"action": "close", **{name: lesson.now()[name]
                                    for name in ("question_id", "round", "stage")}}
    assert f'data-control="{lesson.path}"' in teacher.htmx(f"/api{lesson.path}/step", fields)
    led = teacher.post(f"/api{lesson.path}/step", fields, Accept="text/html")
    assert led.headers["Location"] == lesson.path


def test_toggles_set_or_flip(lesson, teacher):
    first, second = lesson.ask(), lesson.ask()
    way, session = f"/api/questions/{first}/toggle", f"/api{lesson.path}/toggle"

    def stages():
        return [lesson.now()["stages"][str(id)] for id in (first, second)]
    for fields, stage in [({}, "results"), ({}, "open"), ({"active": 1}, "open"),
                          ({"active": 0}, "results"), ({"active": 0}, "results")]:
        assert way in teacher.htmx(way, fields)
        assert stages() == [stage, "open"]
    assert teacher.post(way, {"active": 1}).headers["Location"] == lesson.path
    teacher.htmx(way, {"active": "maybe"}, 422)
    assert session in teacher.htmx(session, {"active": 0})
    assert stages() == ["results", "results"] and not lesson.now()["session_active"]
    teacher.htmx(way, {"active": 1}, 409)
    assert teacher.post(session).headers["Location"] == lesson.path
    assert stages() == ["results", "results"] and lesson.now()["session_active"]


def test_all_drafts_open_together(lesson, teacher):
    ids, way = [lesson.add(), lesson.add()], f"/api{lesson.path}/all"
    assert f'data-control="{lesson.path}"' in teacher.htmx(way, {"active": 1})
    told = lesson.now()
    assert (list(told["stages"].values()), told["question_id"]) == (["open", "open"], ids[0])
    assert teacher.post(way, {"active": 0}).headers["Location"] == lesson.path
    assert "open" not in lesson.now()["stages"].values()


@pytest.mark.parametrize("label, type, count", [
    ("A – B", "multiple_choice", 2), ("A – F", "multiple_choice", 6),
    ("True or false", "multiple_choice", 2), ("Rating 1 – 5", "rating", 5),
    ("Open text", "open_text", 0)])
def test_a_question_is_asked_at_once(lesson, teacher, label, type, count):
    shown = lesson.ask()
    teacher.htmx(f"/api{lesson.path}/ask", {"ask": label})
    told = lesson.now()
    assert (told["question_type"], told["stage"], told["question_no"]) == (type, "open", 2)
    assert told["stages"][str(shown)] != "open"
    assert len(lesson.results(told["question_id"])["results"]) == count
    teacher.htmx(f"/api{lesson.path}/ask", {"ask": "Dance"}, 422)


def test_a_new_round_starts_without_answers(lesson, phone):
    question_id = lesson.ask()
    phone.htmx(f"/audience/respond/{question_id}", {"response": "A"})
    lesson.step("close")
    assert lesson.step("vote_again")["round"] == 2
    assert lesson.results(question_id)["response_count"] == 0
    state = phone.json(lesson.state)
    assert (state["mine"], state["questions"][0]["round"]) == ({}, 2)
    assert "checked" not in phone.read(f"/audience/{lesson.code}")


# Answers: what only the presenter sees and does

# {act: (a type, its form, an answer, [(what is sent; then in the results how many answers, and the
#        labels with one; in the file `correct` of each row)], what is refused, with what)}
ACTS = {
    "hide": ("short_text", {"accepted": ""}, "Unsinn",
             [({"hide": "unsinn"}, 1, [], [""]), ({"show": "unsinn"}, 1, ["Unsinn"], [""])],
             {"hide": "x" * 70_000}, 413),
    "mark": ("multiple_choice", POLL, "A",
             [({"key": "A"}, 1, ["Paris"], ["1"]), ({"key": "A"}, 1, ["Paris"], [""])],
             {"key": "Z"}, 422),
    "people": ("multiple_choice", POLL, "A",
               [({"leave_out": ...}, 0, [], []), ({"count": ...}, 1, ["Paris"], [""])],
               {"name": "nobody"}, 404),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_on_answers_is_seen_in_results_and_file(lesson, phone, teacher, act):
    type, form, answer, sent, refused, status = ACTS[act]
    question_id = lesson.ask(type, **form)
    way = f"/api/questions/{question_id}/{act}"
    phone.htmx(f"/audience/respond/{question_id}", {"response": answer})
    person = lesson.rows()[0]["respondent_id"]
    for fields, count, labels, correct in sent:
        fields = {name: person if value is ... else value for name, value in fields.items()}
        assert "data-private" in teacher.htmx(way, fields)
        told = lesson.results(question_id)
        assert told["response_count"] == count
        assert [row["label"] for row in told["results"] if row["count"]] == labels
        assert [row["correct"] for row in lesson.rows()] == correct
    assert teacher.post(way, fields).headers["Location"] == f"/questions/{question_id}/results"
    teacher.htmx(way, refused, status)


def test_what_the_class_must_not_see_is_covered_until_somebody_is_alone(school):
    teacher = school.sign_in("Åse")
    lesson = Lesson(school, teacher)
    question_id = lesson.add("short_text", accepted="Geheimnis")
    way = f"/questions/{question_id}/edit"
    assert "Geheimnis" not in teacher.read(way)
    alone = teacher.post("/alone", {"alone": 1, "back": way})
    assert alone.headers["Location"] == way and "Geheimnis" in teacher.read(way)
    assert teacher.post("/alone", {"alone": 0, "back": "//evil.example"}).headers[
        "Location"] == "/"
    assert "Geheimnis" not in teacher.read(way)


# Results and files

@pytest.mark.parametrize("on_phones", [0, 1])
def test_phones_show_results_where_the_session_says_so(school, on_phones):
    lesson = school.lesson(**({"on_phones": 1} if on_phones else {}))
    question_id, phone = lesson.ask(**QUIZ), lesson.phone()
    phone.htmx(f"/audience/respond/{question_id}", {"response": "B"})
    shown = []
    for action in ("close", "show_results"):
        lesson.step(action)
        html = phone.json(lesson.state)["questions"][0]["html"]
        shown.append(bool(re.search(r"\b100\s?%", html)))
    assert shown == [False, bool(on_phones)]


def test_the_projectors_page_shows_the_current_question(school, lesson, teacher):
    first, second = lesson.add(title="Eins"), lesson.add(title="Zwei")
    for path, shown in [(lesson.present, first), (f"{lesson.present}?question={second}", second)]:
        page = teacher.read(path)
        assert f'data-question-id="{shown}"' in page and f'data-present="{lesson.id}"' in page
    lesson.toggle(second, 1)
    assert f'data-question-id="{second}"' in teacher.read(lesson.present)
    other = school.lesson().add()
    for question_id in (other, 999999):
        teacher.get(f"{lesson.present}?question={question_id}", 404)
    assert f'data-results="{first}"' in teacher.read(f"/questions/{first}/results")
    assert "data-private" in teacher.read(f"/questions/{first}/private")


def test_the_export_is_the_file_on_disk_and_begins_as_ever(school, lesson, phone, teacher):
    question_id = lesson.ask(title="=Summe?", **QUIZ)
    phone.htmx(f"/audience/respond/{question_id}", {"response": "B", "seq": 1})
    phone.htmx(f"/audience/respond/{question_id}", {"response": "C", "seq": 2})
    for path in (lesson.path, f"/questions/{question_id}"):
        sent = teacher.get(f"{path}/export")
        name = re.fullmatch(r'attachment; filename="(\d{4}-\d\d-\d\d_\d{6}_okologie-10b_\w+.csv)"',
                            sent.headers["Content-Disposition"])
        assert lesson.code in name[1]
        assert sent.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert sent.content == (school.server.folder / "exports" / name[1]).read_bytes()
        lines = sent.content.split(b"\r\n")
        assert lines[0].startswith(b"\xef\xbb\xbf" + ",".join(COLUMNS).encode())
        assert lines[2:] == [b""]
    [row] = lesson.rows()
    assert re.fullmatch(r"[0-9a-f-]{36}", row.pop("respondent_id"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", row.pop("answered_at"))
    assert row.items() >= {
        "session_code": lesson.code, "session_name": "Ökologie 10b", "question_no": "1",
        "question_id": str(question_id), "question_type": "multiple_choice",
        "question_text": "'=Summe?", "round": "1", "respondent_name": "", "answer": "Bern",
        "answer_keys": "C", "correct": "0", "score": "0", "late": "0", "changes": "1"}.items()


# Every request

HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
           "Cache-Control": "no-store", "Connection": "close"}


def test_every_page_says_who_may_use_it_and_is_kept_by_nobody(school, lesson, teacher, phone):
    question_id = lesson.ask()
    for person, path in [
            (phone, "/"), (phone, "/join"), (phone, "/login"), (phone, f"/audience/{lesson.code}"),
            *((teacher, path.format(session=lesson.path, session_id=lesson.id,
                                    question=f"/questions/{question_id}"))
              for path in PAGES if not path.endswith(("export", "private")))]:
        page = person.get(path)
        assert {name: page.headers[name] for name in HEADERS} == HEADERS, path
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self';") and "unsafe" not in policy
        assert re.search("<title>[^<]*ClassPulse</title>", page.content.decode()), path
        assert page.headers["Content-Type"].lower() == "text/html; charset=utf-8"
    missing = phone.get("/nothing", 404)
    assert {name: missing.headers[name] for name in HEADERS} == HEADERS


def test_static_files_are_compressed_and_kept_for_ever(school):
    person = school.person()
    path = re.search(r'href="(/static/\w+/css/audience\.css)"', person.read("/"))[1]
    plain, packed = person.get(path), person.get(path, Accept_Encoding="gzip")
    assert plain.content == gzip.decompress(packed.content)
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == (
        "gzip", "Accept-Encoding")
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed.headers["Content-Type"].startswith("text/css")
    for other in (path.replace(path.split("/")[2], "0"), path + "x"):
        person.get(other, 404)


def test_health_and_icon_answer(school):
    health = school.person().get("/healthz")
    assert re.fullmatch(rb"ok \d+\.\d+\S*\n", health.content)
    icon = school.person().get("/favicon.ico")
    assert icon.headers["Content-Type"] == "image/svg+xml" and b"<svg" in icon.content


def test_only_requests_of_this_laptop_and_its_pages_are_served(school, lesson, teacher):
    address = f"127.0.0.1:{school.server.port}"
    for host, status in [("evil.example", 421), ("", 421), ("localhost", 200), ("[::1]:80", 200),
                         ("10.1.2.3", 200)]:
        teacher.get("/healthz", status, Host=host)
    way, fields = f"/api{lesson.path}/lock", {"locked": 1}
    for status, headers in [
            (403, {"Origin": "http://evil.example"}), (403, {"Origin": "null"}),
            (403, {"Origin": "http://127.0.0.1:1"}), (403, {"Sec_Fetch_Site": "cross-site"}),
            (403, {"Sec_Fetch_Site": "same-site"}), (303, {"Sec_Fetch_Site": "same-origin"}),
            (303, {"Sec_Fetch_Site": "none"}), (303, {"Origin": f"http://{address}"})]:
        teacher.post(way, fields, status, **headers)
        teacher.get("/", 200, **headers)            # a link from elsewhere may lead here
    watch = f"/ws/present/{lesson.id}"
    assert teacher.refused(watch, origin="http://evil.example") == 403
    assert teacher.refused(watch, host="evil.example") == 421
    assert teacher.refused(watch, suppress_origin=True) == 101
    teacher.get(watch, 400, Upgrade="websocket", Connection="Upgrade")      # half a handshake
    for path in ("/ws/present/999999", "/ws/results/999999", "/ws/nothing"):
        assert teacher.refused(path) == 404


def test_a_method_or_address_that_is_none_is_refused(school):
    person = school.person()
    for method, path, status in [("GET", "/logout", 405), ("PUT", "/", 405),
                                 ("GET", "/sessions/0x1", 404), ("POST", "/nothing", 404),
                                 ("GET", "/12345", 404)]:
        person.expect(status, person.request(method, path))


# Since the first release, which answered these otherwise

def test_next_goes_through_a_quiz_in_three_presses_where_no_pace_was_chosen(school, lesson):
    for one in (lesson, school.lesson(pace="quick")):
        one.add(**QUIZ)
        stages = [one.step("next")["stage"] for _ in range(3)]
        assert stages == ["open", "results", "answer"]
        assert one.now()["next"]["action"] == "end"


def test_a_pace_is_one_of_two(lesson, teacher):
    teacher.post("/sessions/new", {"name": "Ökologie", "pace": "slow"}, 422)
    teacher.post(f"{lesson.path}/edit", {"name": "Ökologie", "pace": "slow"}, 422)


@pytest.mark.parametrize("pace", ["quick", "stepwise"])
def test_a_question_is_asked_and_its_results_are_shown_in_one_step_each(school, pace):
    lesson = school.lesson(pace=pace)
    first, second = lesson.add(**QUIZ), lesson.add()
    for action, question_id, stage in [
            ("ask", first, "open"), ("reveal", first, "results"), ("show_answer", first, "answer"),
            ("ask", second, "open"), ("close", second, "results")]:
        told = lesson.step(action)
        assert (told["question_id"], told["stage"]) == (question_id, stage)


def test_the_form_says_whether_results_show_while_votes_come_in(lesson):
    for type, fields, live in [
            ("rating", {}, True), ("multiple_choice", POLL, True),
            ("multiple_choice", QUIZ, False), ("numeric", {"unit": "m"}, False),
            ("ranking", POLL, False), ("ranking", {**POLL, "live": "1"}, True),
            ("rating", {"live": "0"}, False)]:
        told = check(lesson.step("go", to=lesson.add(type, **fields)), PROJECTED, {"live": bool})
        assert told["live"] is live
        assert lesson.step("open")["results_shown"] is live


# Fields that results, present and state messages have since then.
MOMENT = {"discussing": bool, "remaining_ms": (int, OPTIONAL)}


@pytest.mark.parametrize("pace, ask, show", [
    ("quick", ["ask"], ["reveal"]), ("stepwise", ["open"], ["close", "show_results"])])
def test_a_discussed_question_is_voted_on_twice_before_results_are_shown(school, pace, ask, show):
    lesson = school.lesson(pace=pace)
    lesson.add(**QUIZ, discuss=1)
    lesson.step("go", to=lesson.ids()[0])
    told = []
    while lesson.now()["session_active"]:
        action = lesson.now()["next"]["action"]
        then = check(lesson.step("next"), PRESENT, PROJECTED, MOMENT)
        told.append((action, then["round"], then["stage"], then["discussing"],
                     then["results_shown"]))
    shown = [("reveal", 2, "results", False, True)] if pace == "quick" else [
        ("close", 2, "closed", False, False), ("show_results", 2, "results", False, True)]
    assert told == [
        (*ask, 1, "open", False, False), ("close", 1, "closed", False, False),
        ("discuss", 1, "closed", True, False), ("vote_again", 2, "open", False, False), *shown,
        ("show_answer", 2, "answer", False, True), ("end", 2, "answer", False, True)]


def test_the_discussion_can_be_skipped_and_a_second_press_skips_nothing(lesson, phone):
    question_id = lesson.ask(**QUIZ, discuss=1)
    seen = lesson.step("close")
    assert seen["also"][0]["action"] == "reveal" and seen["also"][0]["label"]
    assert lesson.step("next", seen, discussing=0)["discussing"] is True
    for sent in ({"discussing": 0}, {"discussing": "0"}):
        told = lesson.step("next", seen, **sent)
        assert (told["discussing"], told["round"]) == (True, 1)
    assert check(lesson.results(question_id), MOMENT)["discussing"] is True
    assert check(phone.json(lesson.state)["questions"][0], ASKED, MOMENT)["discussing"] is True
    assert lesson.now()["also"][0]["action"] == "reveal"
    told = lesson.step("reveal", discussing=1)
    assert (told["stage"], told["round"], told["discussing"]) == ("results", 1, False)


@pytest.mark.parametrize("type, fields, discussed", [
    ("multiple_choice", POLL, True), ("select_all", POLL, True), ("ranking", POLL, True),
    ("rating", {}, True), ("numeric", {"unit": "m"}, True), ("word_cloud", {}, False),
    ("short_text", {"accepted": ""}, False), ("open_text", {}, False)])
def test_what_has_options_numbers_or_ratings_is_discussed(lesson, type, fields, discussed):
    lesson.ask(type, **fields, discuss=1)
    assert (lesson.now()["next"]["action"] == "close") == discussed


def test_a_countdown_is_started_moved_and_stopped(lesson, phone, teacher):
    question_id = lesson.ask(**QUIZ, seconds=3600)
    told = check(lesson.now(), MOMENT)
    assert 3_500_000 < told["remaining_ms"] <= 3_600_000
    for one in (lesson.results(question_id), phone.json(lesson.state)["questions"][0]):
        assert 0 < check(one, MOMENT)["remaining_ms"] <= told["remaining_ms"]
    more = lesson.step("more_time", remaining_ms=told["remaining_ms"])
    assert 0 < more["remaining_ms"] - told["remaining_ms"] <= 30_000
    for action in ("more_time", "stop_timer"):      # as seen before the end was moved
        same = lesson.step(action, remaining_ms=told["remaining_ms"])["remaining_ms"]
        assert 0 < same <= more["remaining_ms"]
    assert lesson.step("stop_timer", remaining_ms=same)["remaining_ms"] is None
    for action in ("more_time", "stop_timer"):
        assert lesson.step(action)["remaining_ms"] is None
    assert 110_000 < lesson.step("start_timer", seconds=120)["remaining_ms"] <= 120_000
    assert lesson.step("close")["remaining_ms"] is None
    assert lesson.step("start_timer", seconds=60)["remaining_ms"] is None
    assert lesson.step("open")["remaining_ms"] > 3_500_000
    lesson.step("close")
    assert lesson.step("vote_again")["remaining_ms"] > 3_500_000
    seen = {name: lesson.now()[name] for name in ("question_id", "round", "stage")}
    for seconds in (4, 3601, "x", ""):
        teacher.post(f"/api{lesson.path}/step", {"action": "start_timer", **seen,
                                                 "seconds": seconds}, 422)
    for seconds in (4, 3601, "x"):
        teacher.post(f"{lesson.path}/questions/new/rating", {"title": "Wie?", "seconds": seconds},
                     422)


def test_a_discussion_has_a_countdown_which_only_runs(lesson):
    lesson.ask(**QUIZ, discuss=1)
    lesson.step("close")
    assert lesson.step("start_timer", seconds=60)["remaining_ms"] is None
    lesson.step("discuss")
    assert 0 < lesson.step("start_timer", seconds=60)["remaining_ms"] <= 60_000
    assert 60_000 < lesson.step("more_time")["remaining_ms"] <= 90_000
    assert lesson.step("vote_again")["remaining_ms"] is None


def test_results_of_a_second_round_have_those_of_the_first(lesson):
    question_id = lesson.ask(**QUIZ, discuss=1)
    phones = [lesson.phone() for _ in range(5)]
    for letters in ("ABCAA", "BBCAB"):
        for phone, letter in zip(phones, letters):
            phone.htmx(f"/audience/respond/{question_id}", {"response": letter})
        if letters == "ABCAA":
            lesson.step("close")
            assert not {"previous", "paired"} & {*lesson.results(question_id)}
            lesson.step("vote_again")
    assert not {"previous", "paired"} & {*lesson.results(question_id)}
    lesson.step("reveal")
    told = check(lesson.results(question_id), RESULTS, MOMENT, {"previous": dict, "paired": dict})
    check(told["previous"], {"round": int, "response_count": int, "results": list})
    assert (told["previous"]["round"], told["previous"]["response_count"]) == (1, 5)
    assert [row["count"] for row in told["previous"]["results"]] == [3, 1, 1]
    assert [row["count"] for row in told["results"]] == [1, 3, 1]
    assert told["paired"] == {"n": 5, "changed": 2}
    lesson.step("show_answer")
    assert lesson.results(question_id)["paired"] == {
        "n": 5, "changed": 2, "right_right": 1, "wrong_right": 2, "right_wrong": 0,
        "wrong_wrong": 2}


def test_raised_hands_are_counted_beside_answers(lesson, phone, teacher):
    question_id = lesson.add(**QUIZ)
    way = f"/api/questions/{question_id}/tally"
    teacher.post(way, {"key": "A", "count": 1}, 409)
    lesson.step("ask")
    phone.htmx(f"/audience/respond/{question_id}", {"response": "B"})
    teacher.post(way, {"key": "B", "count": 999})
    assert "data-private" in teacher.htmx(way, {"key": "B", "count": 3, "round": 1})
    told = check(lesson.results(question_id), RESULTS, {"tallied": int})
    assert [(row["count"], row["tallied"]) for row in told["results"]] == [
        (0, 0), (4, 3), (0, 0)]
    assert (told["response_count"], told["tallied"], told["joined"], told["expected"]) == (
        1, 3, 1, 1)
    for fields, status in [({"round": 2}, 409), ({"count": 1000}, 422), ({"count": -1}, 422),
                           ({"count": ""}, 422), ({"key": "Z"}, 422)]:
        teacher.htmx(way, {"key": "A", "count": 1, **fields}, status)
    lesson.step("show_answer")
    lesson.step("reveal")
    lesson.step("show_answer")
    teacher.htmx(way, {"key": "A", "count": 1}, 409)
    text = lesson.ask("numeric", unit="m")
    teacher.htmx(f"/api/questions/{text}/tally", {"key": "1", "count": 1}, 422)


def test_an_accepted_answer_is_correct_in_file_and_message(lesson, phone, teacher):
    question_id = lesson.ask("short_text", accepted="Canberra")
    phone.htmx(f"/audience/respond/{question_id}", {"response": "Canbera"})
    lesson.phone().htmx(f"/audience/respond/{question_id}", {"response": "Kanberra"})
    keys = [row["key"] for row in lesson.results(question_id)["results"]]
    way = f"/api/questions/{question_id}/accept"
    teacher.htmx(way, {"key": "nothing"}, 422)
    teacher.htmx(way, {}, 422)
    assert [row["correct"] for row in lesson.rows()] == ["0", "0"]
    assert "data-private" in teacher.htmx(way, {"key": keys})
    assert [row["correct"] for row in lesson.rows()] == ["1", "1"]
    lesson.step("close")
    lesson.step("show_answer")
    assert [row["right"] for row in lesson.results(question_id)["results"]] == [True, True]


def test_what_is_hidden_in_one_question_is_not_hidden_in_the_next(lesson):
    lesson.add()
    lesson.add()
    lesson.step("ask")
    assert lesson.step("hide_results")["results_shown"] is False
    lesson.step("reveal")
    assert lesson.step("ask")["results_shown"] is True


def test_a_draft_is_not_found_by_students(lesson, phone):
    phone.htmx(f"/audience/respond/{lesson.add()}", {"response": "A"}, 404)


def test_strangers_are_told_nothing_of_a_session(school, lesson, teacher):
    way, respond = f"/audience/{lesson.code}", f"/audience/respond/{lesson.ask()}"
    refused = school.person().post(respond, {"response": "A"}, 403).content.decode()
    assert "Paris" not in refused and "Ökologie" not in refused
    for act, value in (("lock", 1), ("toggle", 0)):
        teacher.post(f"/api{lesson.path}/{act}", {"locked": value, "active": value})
        page = school.person().get(way)
        assert page.headers["Set-Cookie"] is None and "Ökologie" not in page.content.decode()


def test_a_poll_that_is_answered_counts_as_inside(school, lesson, phone, teacher):
    assert lesson.now()["joined"] == 1
    teacher.post(f"/api{lesson.path}/lock", {"locked": 1})
    phone.get(lesson.state)


def test_only_those_who_were_inside_may_vote_late(lesson):
    question_id = lesson.ask()
    lesson.step("close")
    lesson.phone().htmx(f"/audience/respond/{question_id}", {
        "response": "A", "round": 1, "queued": 1}, 403)


def test_results_are_data_only(lesson):
    assert "html" not in lesson.results(lesson.ask())


def test_a_questions_file_is_named_by_its_id(lesson, teacher):
    question_id = lesson.add()
    sent = teacher.get(f"/questions/{question_id}/export").headers["Content-Disposition"]
    assert f"_q{question_id}_long.csv" in sent


def test_an_address_of_sockets_says_so_to_those_who_ask_for_a_page(lesson, teacher):
    teacher.get(f"/ws/present/{lesson.id}", 426)


def test_a_slash_at_the_end_leads_to_the_address_without_it(school, lesson, teacher):
    for path in ("/login", "/sessions", f"/{lesson.code}", lesson.path, "/nothing", school.setup):
        path, _, query = path.partition("?")
        led = teacher.get(f"{path}/{query and '?' + query}", 303)
        assert led.headers["Location"] == f"{path}{query and '?' + query}"
        assert {name: led.headers[name] for name in HEADERS} == HEADERS
    for path, end in [("//evil.example/", "/evil.example"), ("/\\evil/", "/%5Cevil"), ("//", "/")]:
        assert teacher.get(path, 303).headers["Location"] == end
    teacher.post(f"{lesson.path}/", {}, 404)


def test_being_alone_ends_with_the_browser(school):
    alone = school.sign_in("Åse").post("/alone", {"alone": 1})
    assert "max-age" not in alone.headers["Set-Cookie"].lower()
