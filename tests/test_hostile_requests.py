"""What one request may cost, whatever is in it: its texts, its parts, its framing."""

import functools
import inspect
import socket
import unicodedata
from contextlib import closing
from urllib.parse import quote

import classpulse
import gevent
import gevent.socket
import pytest
from conftest import PASSWORD, Client, Presenter, Respondent, Server, Teacher, open_room
from costs import costs_at_most, measure
from test_hostile_room import read_answer
from test_real_time_results import Phone

# Texts that take longest: to sort, to compose, to expand, to split, to escape, to match.
WORST = {
    "marks": "\u0315\u0316", "marks of an accent": "\u0344\u0316",
    "nine marks": "a" + "\u0316" * 9,
    "marks that were none": "\uff9e\u0316", "a mark and a joiner": "\u0315\u034f\u0316",
    "expanding": "\ufdfa", "composed": "\u1f82", "syllables": "\u1100\u1161\u11a8",
    "dotted": "İ", "spaces": " ", "wide spaces": "\u3000a", "line ends": "\r\na",
    "escaped": "&a", "joiners": "\u200d",
    "quotes": "\"'", "tags": "<b>", "ones": "1", "digits": "١٢", "dashes": "-",
    "slashes": "/a", "points": "1,", "controls": "\x07a", "stars": "\n*", "semicolons": ";",
    "equals": "=", "halves": "\udc80a"}
# Bytes of a text: all that a request may have, and what is still read.
SIZES = {"POST": (60_000, 600), "GET": (6000,)}

TITLE = {"title": "Welche?"}
SESSION, QUESTION = "/sessions/1", "/questions/1"
# What the lesson has of each type: {type: fields}.
LESSON = {"multiple_choice": {"options": "*A\nB"}, "select_all": {"options": "*A\nB"},
          "ranking": {"options": "A\nB"}, "short_text": {"accepted": "Paris"},
          "word_cloud": {"max_words": "5"}, "numeric": {"min": "1", "max": "2"}}
# {route: [(path, field, what else is sent), ...]} of each route that reads a form.
FIELDS = {
    "GET /": [("/", "code", {})],
    "GET /join": [("/join", "code", {})],
    "POST /join": [("/join", "code", {}), ("/join", "", {})],
    "GET /audience/<code>": [("/audience/{code}", "wait", {})],
    "GET /audience/<code>/name": [("/audience/{code}/name", field, {})
                                  for field in ("name", "search")],
    "POST /audience/<code>/name": [("/audience/{code}/name", field, {})
                                   for field in ("name", "entry")],
    "POST /audience/respond/<question_id:id>": [
        *(("/audience/respond/{%s}" % type, "response", {})
          for type in classpulse.QUESTION_TYPES),
        *(("/audience/respond/{rating}", field, {"response": "1"})
          for field in ("round", "seq", "queued", "clear"))],
    "GET /setup": [("/setup", "token", {})],
    "POST /setup": [("/setup", field, {"username": "Å", "password": PASSWORD, "token": "{token}"})
                    for field in ("username", "password", "display_name", "email", "token")],
    "GET /demo": [("/demo", "token", {})],
    "GET /login": [("/login", "username", {})],
    "POST /login": [("/login", "username", {"password": "x"}), ("/login", "password", {})],
    "GET /questions/<question_id:id>/text": [(f"{QUESTION}/text", "key", {})],
    "POST /alone": [("/alone", "alone", {}), ("/alone", "back", {})],
    "GET /sessions/new": [("/sessions/new", "name", {})],
    "POST /sessions/new": [("/sessions/new", field, {"name": "Neu"})     # a list: see import
                           for field in ("name", "names", "on_phones", "ask", "token")],
    "GET /sessions/<session_id:id>/edit": [(f"{SESSION}/edit", "name", {})],
    "POST /sessions/<session_id:id>/edit": [(f"{SESSION}/edit", field, {"name": "Neu"})
                                            for field in ("name", "names", "identify", "list")],
    "GET /lists": [("/lists", "name", {})],
    "POST /lists": [("/lists", "name", {}), ("/lists", "entries", {"name": "Neu"})],
    "GET /lists/<list_id:id>/edit": [("/lists/1/edit", "name", {})],
    "POST /lists/<list_id:id>/edit": [("/lists/1/edit", field, {"name": "Neu"})
                                      for field in ("name", "entries", "version")],
    "POST /api/sessions/<session_id:id>/archive": [(f"/api{SESSION}/archive", "archived", {})],
    "GET /sessions/<session_id:id>/delete": [(f"{SESSION}/delete", "name", {})],
    "POST /sessions/<session_id:id>/delete": [(f"{SESSION}/delete", "name", {})],
    "GET /sessions/<session_id:id>/questions/new/<type>": [
        (f"{SESSION}/questions/new/numeric", "title", {})],
    "POST /sessions/<session_id:id>/questions/new/<type>": [
        (f"{SESSION}/questions/new/{type}", field, {**TITLE, **LESSON.get(type, {})})
        for type, fields in {
            # "high" is read as "low" is, and "max" and "tolerance" as "min" is.
            "multiple_choice": ["title", "options", "option", "right", "stars", "image",
                                "image_alt", "image_1", "alt_1", "remove_picture_1", "abstain",
                                "explanation", "seconds", "switch", "unsaved"],
            "ranking": ["options"], "rating": ["max_rating", "low"],
            "word_cloud": ["max_words"], "short_text": ["accepted", "exact"],
            "numeric": ["min", "correct", "unit"]}.items()
        for field in fields],
    "POST /sessions/<session_id:id>/pictures": [(f"{SESSION}/pictures", "image", {})],
    "POST /sessions/<session_id:id>/preview/<type>": [
        (f"{SESSION}/preview/multiple_choice", field, TITLE)
        for field in ("title", "options", "number", "typing")],     # others: see new
    "GET /sessions/<session_id:id>/import": [(f"{SESSION}/import", "text", {})],
    "POST /sessions/<session_id:id>/import": [
        *((f"{SESSION}/import", field, {"text": "Wie?"})
          for field in ("text", "format", "kept", "look", "leave_out", "token")),
        (f"{SESSION}/import", "text", {"confirm": "1"})],
    "GET /sessions/<session_id:id>/reuse": [(f"{SESSION}/reuse", "source", {})],
    "POST /sessions/<session_id:id>/reuse": [(f"{SESSION}/reuse", "question_id", {})],
    "GET /questions/<question_id:id>/edit": [(f"{QUESTION}/edit", "title", {})],
    "POST /questions/<question_id:id>/edit": [(f"{QUESTION}/edit", field, TITLE)
                                              for field in ("title", "options", "version")],
    "POST /questions/<question_id:id>/move": [(f"{QUESTION}/move", "place", {})],
    "POST /api/sessions/<session_id:id>/toggle": [(f"/api{SESSION}/toggle", "active", {})],
    "POST /api/questions/<question_id:id>/toggle": [(f"/api{QUESTION}/toggle", "active", {})],
    "POST /api/sessions/<session_id:id>/all": [(f"/api{SESSION}/all", "active", {})],
    "POST /api/sessions/<session_id:id>/lock": [(f"/api{SESSION}/lock", "locked", {})],
    "POST /api/sessions/<session_id:id>/step": [
        (f"/api{SESSION}/step", field, {"action": "close", "question_id": "1"})
        for field in ("action", "question_id", "round", "stage", "to")],
    "POST /api/sessions/<session_id:id>/ask": [(f"/api{SESSION}/ask", "ask", {})],
    "POST /api/questions/<question_id:id>/mark": [(f"/api{QUESTION}/mark", "key", {})],
    "POST /api/questions/<question_id:id>/hide": [("/api/questions/{short_text}/hide", field, {})
                                                  for field in ("hide", "show")],
    "POST /api/questions/<question_id:id>/accept": [(f"/api{QUESTION}/accept", "key", {})],
    "POST /api/questions/<question_id:id>/tally": [(f"/api{QUESTION}/tally", field, {})
                                                   for field in ("key", "count", "round")],
    "POST /api/questions/<question_id:id>/people": [(f"/api{QUESTION}/people", field, {})
                                                    for field in ("leave_out", "count")],
    "POST /api/sessions/<session_id:id>/people": [(f"/api{SESSION}/people", "respondent", {}),
                                                  (f"/api{SESSION}/people", "name", {})],
    "GET /questions/<question_id:id>/who": [(f"{QUESTION}/who", field, {})
                                            for field in ("key", "round")],
    "GET /present/<session_id:id>": [("/present/1", "question", {})],
    "GET /sessions/<session_id:id>/export": [(f"{SESSION}/export", field, {})
                                             for field in ("shape", "delimiter")],
    "GET /questions/<question_id:id>/export": [(f"{QUESTION}/export", field, {})
                                               for field in ("shape", "delimiter")],
    "GET /sessions/<session_id:id>/report": [
        (f"{SESSION}/report", field, {"student": "1"} if field == "question" else {})
        for field in ("order", "sort", "page", "student", "question")],
}


def forms():
    """The routes that read a form, as the program has them."""
    return {f"{route.method} {route.rule}" for route in classpulse.app.routes
            if "form" in inspect.signature(route.callback).parameters}


def test_each_route_that_reads_a_form_is_tried_with_the_worst_texts():
    assert forms() == set(FIELDS)


# What a text costs

def encode(fields):
    """A form's bytes: only what must be is escaped, so that the most text has room."""
    return "&".join(f"{escape(name)}={escape(text)}" for name, text in fields.items()) \
        .encode("utf-8", "surrogatepass")


@functools.cache        # each field is sent the same texts
def escape(text):
    return text.translate({ord(sign): f"%{ord(sign):02X}" for sign in "%&+=;"})


@functools.cache
def fill(unit, size):
    """That unit again and again, as long as it has so many bytes in a form."""
    return unit * (size // len(encode({"": unit})[1:]))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """(the data folder of a lesson, its presenter, its respondent, what paths stand for).

    And what its page has cost at least, in seconds.
    """
    folder, room = tmp_path_factory.mktemp("lesson") / "data", classpulse.classroom
    room.open(folder)
    presenter = Presenter(room.db)
    session_id = presenter.create_session()
    presenter.post("/lists", {"name": "Ö", "entries": "Å"}, status=303)
    names = {"code": classpulse.get_session(room.db, session_id)["code"],
             "token": room.setup_token}
    for type in classpulse.QUESTION_TYPES:
        names[type] = presenter.create_question(session_id, type, **LESSON.get(type, {"x": ""}))
        presenter.toggle(names[type])
    presenter.be_alone()
    respondent = Respondent(names["code"])
    page = min(measure(lambda: presenter.get(SESSION, status=200)) for _ in range(5))
    room.close()
    return folder, presenter, respondent, names, page


@pytest.fixture
def lesson(prepared, tmp_path, monkeypatch):
    """(presenter, respondent, visitor, what paths stand for, is_cheap); each type's is open.

    `is_cheap(ask, usual)` says whether a request costs at most 15 times as much as the lesson's
    page, or as a usual one if there is one.
    """
    folder, presenter, respondent, names, page = prepared

    def is_cheap(ask, usual=None):
        def load():
            presenter.get(SESSION, status=200)
        return (measure(ask) <= 15 * page       # nearly all are
                or usual and costs_at_most(15, usual, ask) or costs_at_most(15, load, ask))
    monkeypatch.setattr(classpulse.LoginThrottle, "wait", lambda *who: None)
    monkeypatch.setattr(classpulse.Throttle, "take", lambda self: 0)
    monkeypatch.setattr(classpulse, "hash_password", lambda password, salt=b"": "scrypt$00$00")
    with open_room(tmp_path / "data", copy_of=folder):
        yield presenter, respondent, Client(), names, is_cheap


def prepare(monkeypatch, presenter, path):
    """What some forms are there for only."""
    if path == "/setup":
        monkeypatch.setattr(classpulse, "count_users", lambda db: 0)
    if path.endswith("/name"):
        presenter.post(f"{SESSION}/edit", {"name": "Ö", "names": "required"}, status=303)


def judge_texts(lesson, route):
    """(what was sent where, whether it is cheap beside another text of its length), by turns."""
    presenter, respondent, visitor, names, is_cheap = lesson
    method = route.split()[0]
    last = max(names[type] for type in classpulse.QUESTION_TYPES)
    for path, field, others in FIELDS[route]:
        # Each question that was created makes the next request slower.
        classpulse.classroom.db.write(lambda db: db.execute(
            "DELETE FROM questions WHERE id > :last", {"last": last}).rowcount)
        who = (respondent if "/audience/" in path or path == "/join"
               else visitor if path in ("/", "/login", "/setup") else presenter)
        others = {name: text.format(**names) for name, text in others.items()}
        address = path.format(**names)

        def ask(text):
            sent = encode({**others, field: text})
            if method == "GET":
                asked = f"{address}?{sent.decode('latin-1')}"
                return lambda: who.get(asked, status="*")
            return lambda: who.post(address, sent, status="*")
        for size in SIZES[method]:
            for name, unit in WORST.items():
                yield ((address, field, name, size),
                       is_cheap(ask(fill(unit, size)), ask(fill("ä", size))))


@pytest.mark.parametrize("route", FIELDS)
def test_no_text_costs_much_more_than_another_of_its_length(lesson, monkeypatch, route):
    prepare(monkeypatch, lesson[0], route.split()[1])
    for sent, cheap in judge_texts(lesson, route):
        assert cheap, sent


def vary(unit, count, size):
    """That many lines, all different, of so many characters."""
    return [f"{number}{unit * size}"[:size] for number in range(count)]


@pytest.mark.parametrize("unit", ["a", "\ufdfa", "\u0344", "İ"], ids=ascii)
@pytest.mark.parametrize("path, field, lines", [
    (f"{SESSION}/questions/new/multiple_choice", "options", (26, 200)),
    (f"{SESSION}/questions/new/multiple_choice", "options", (5000, 5)),
    (f"{SESSION}/questions/new/short_text", "accepted", (50, 200)),
    (f"{SESSION}/questions/new/short_text", "accepted", (8000, 5)),
    ("/audience/respond/{word_cloud}", "response", (199, 60)),
    ("/audience/respond/{select_all}", "response", (199, 60)),
    (f"{SESSION}/reuse", "question_id", (199, 60))])
def test_many_lines_or_fields_cost_what_a_long_one_does(lesson, unit, path, field, lines):
    presenter, respondent, _, names, is_cheap = lesson
    who = respondent if "/audience/" in path else presenter
    address, parts = path.format(**names), vary(unit, *lines)
    one = encode({"title": "?", field: "\n".join(parts)})
    sent = one if "new" in path else b"&".join(encode({field: part}) for part in parts)
    if len(sent) <= classpulse.BODY_MAX:
        # Each of up to 26 options, or words, is folded, and that may make it 18 times as long.
        assert is_cheap(lambda: who.post(address, sent, status="*"))


@pytest.mark.parametrize("name", ["Cookie", "Host", "Origin", "Sec-Fetch-Site", "HX-Request",
                                  "Accept", "Accept-Encoding", "Content-Type", "Upgrade"])
def test_no_header_costs_much_more_than_another_of_its_length(lesson, name):
    _, _, visitor, _, is_cheap = lesson

    def ask(value):
        value = value.encode("utf-8", "replace")[:14_000].decode("latin-1")
        visitor.http.post("/join", b"code=1", headers={name: value.strip() or "-"}, status="*")
    units = [*WORST.values(), "; ", "; cp_", f"; cp_{classpulse.classroom.id}_1", "a.", "[:", "1.",
             "multipart/form-data; boundary=\"", "multipart/form-data; boundary=x; charset=idna;"]
    for unit in units:
        text = "".join(c for c in fill(unit, 14_000) if c.isprintable())
        assert is_cheap(lambda: ask(text)), (name, unit)


@pytest.mark.parametrize("path", ["/", "/audience/", "/static/x/", "/images/", "/sessions/1/",
                                  "/sessions/1/questions/new/"])
def test_no_address_costs_much_more_than_another_of_its_length(lesson, path):
    presenter, _, visitor, _, is_cheap = lesson
    for who in visitor, presenter:
        for unit in WORST.values():
            address = path + quote(fill(unit, 2600), safe="/", errors="replace")
            assert is_cheap(lambda: who.get(address, status="*")), (path, unit)


# What is too long

TEXTS = [
    ("/login", "username", 64, {"password": "x"}), ("/login", "password", 1000, {}),
    ("/setup", "username", 64, {"token": "{token}", "password": PASSWORD}),
    ("/setup", "password", 1000, {"token": "{token}", "username": "Å"}),
    ("/setup", "email", 200, {"token": "{token}", "username": "Å", "password": PASSWORD}),
    ("/audience/{code}/name", "name", 60, {}), ("/sessions/new", "name", 200, {}),
    ("/sessions/1/edit", "name", 200, {}), ("/sessions/1/delete", "name", 200, {}),
    ("/sessions/1/questions/new/rating", "title", 500, {}),
    ("/sessions/1/questions/new/rating", "low", 40, {"title": "?"}),
    ("/sessions/1/questions/new/numeric", "unit", 20, {"title": "?"}),
    ("/sessions/1/questions/new/numeric", "min", 40, {"title": "?"}),
    ("/sessions/1/questions/new/ranking", "options", 10_000, {"title": "?"}),
    ("/sessions/1/questions/new/short_text", "accepted", 10_000, {"title": "?"}),
    ("/audience/respond/{short_text}", "response", 200, {}),
    ("/audience/respond/{open_text}", "response", 5000, {}),
    ("/audience/respond/{word_cloud}", "response", 60, {}),
    ("/audience/respond/{numeric}", "response", 40, {})]


@pytest.mark.parametrize("path, field, most, others", TEXTS)
def test_a_text_over_its_limit_is_refused_beside_its_field_and_shown_to_what_it_may_hold(
        lesson, monkeypatch, path, field, most, others):
    presenter, respondent, visitor, names, _ = lesson
    prepare(monkeypatch, presenter, path)
    cleaned = []
    monkeypatch.setattr(classpulse, "clean_text", lambda text: cleaned.append(text) or text)
    who = respondent if "/audience/" in path else presenter if "/sessions/" in path else visitor
    others = {name: text.format(**names) for name, text in others.items()}
    # In ASCII: a body of 64 kB holds enough of it for every field.
    page = who.post(path.format(**names), encode({**others, field: "~" * 60_000}), status=422)
    assert f"can have at most {most} characters. This has 60000." in page.text
    shown = page.text.count("~")
    assert shown <= 4 * most + 100 and (shown >= most or field in ("password", "email"))
    assert sum(map(len, cleaned)) < 1000


def test_a_text_at_its_limit_is_kept_also_when_much_of_it_is_cleaned_away(presenter, db):
    session_id = presenter.create_session(" " * 200 + "\x07ü" * 200 + " " * 200)
    assert classpulse.get_session(db, session_id)["name"] == "ü" * 200


def test_a_password_over_the_limit_is_not_hashed(visitor, monkeypatch):
    monkeypatch.setattr(classpulse, "off_loop", None)
    visitor.post("/login", {"username": "Å", "password": "x" * 1001}, status=422)


def test_the_other_fields_of_a_refused_form_are_not_shown_without_limit(presenter, session):
    page = presenter.http.post(f"/sessions/{session['id']}/questions/new/multiple_choice", {
        "title": "", "options": "~" * 60_000}, status=422)
    assert page.text.count("~") == classpulse.LINES_MAX


# What is kept of a text

@pytest.mark.parametrize("typed, kept", [
    ("plain", "plain"), ("e\u0301", "é"), ("a\r\nb\rc\n", "a\nb\nc\n"),
    ("\0a\x07\x85\ud800b", "ab"), ("x" + "\u0316" * 9, "x" + "\u0316" * 6),
    ("x" + "\u0316\u0315" * 9, "x" + "\u0316" * 3 + "\u0315" * 3),
    ("\u0316" * 9 + "x", "\u0316" * 6 + "x"), ("か" + "\uff9e" * 9, "か" + "\uff9e" * 6),
    ("x" + "\u0316" * 6 + "y" + "\u0316" * 6, "x" + "\u0316" * 6 + "y" + "\u0316" * 6),
    ("x" + "\u0316\x07" * 9, "x" + "\u0316" * 6), ("#\ufe0f\u20e3 👩🏽‍🔬", "#\ufe0f\u20e3 👩🏽‍🔬"),
    ("क्ष्म्य", "क्ष्म्य"), ("ﾊﾟﾊﾞ", "ﾊﾟﾊﾞ"), ("漢字" * 9, "漢字" * 9), ("각", "각")], ids=ascii)
def test_a_text_is_cleaned_in_one_way(typed, kept):
    assert classpulse.clean_text(typed) == kept
    assert classpulse.clean_text(kept) == kept


def test_no_character_begins_with_marks_that_cleaning_does_not_count():
    """By this Python's Unicode: else sorting them would take the square of their number."""
    for c in map(chr, range(0x110000)):
        if unicodedata.combining(unicodedata.normalize("NFKD", c)[0]):
            assert len(classpulse.clean_text(c * 50)) <= 3 * classpulse.MARKS_MAX, ascii(c)


# Uploads

BOUNDARY = "multipart/form-data; boundary=x"


def make_part(name, value, *headers, filename=""):
    """A part of a form, as bytes."""
    head = "\r\n".join([f'Content-Disposition: form-data; name="{name}"{filename}', *headers])
    return f"--x\r\n{head}\r\n\r\n".encode("latin-1") + value + b"\r\n"


def post_parts(who, path, *parts, status, content_type=BOUNDARY):
    return who.http.post(path, b"".join(parts) + b"--x--\r\n", status=status,
                         headers={"Content-Type": content_type})


def test_a_part_in_another_charset_is_refused_unread(presenter, session):
    path = f"/sessions/{session['id']}/questions/new/open_text"
    plain = make_part("title", b"-a" * 30_000)
    for charset in ("punycode", "idna", "utf-7", "latin-1", "utf-16", "utf8x", "unicode_escape",
                    "zlib", '"idna"', " idna"):
        odd = make_part("title", b"-a" * 30_000, f"Content-Type: text/plain; charset={charset}")
        refused = post_parts(presenter, path, odd, status=422)
        assert "can&#039;t be read" in refused.text, charset
        assert costs_at_most(5, lambda: post_parts(presenter, path, plain, status=422),
                             lambda: post_parts(presenter, path, odd, status=422)), charset


def test_a_part_in_utf_8_is_read(presenter, session, db):
    for header in ("Content-Type: text/plain; charset=UTF-8", "X: y",
                   "content-type: text/plain; charset=\"utf-8\""):
        post_parts(presenter, f"/sessions/{session['id']}/questions/new/open_text",
                   make_part("title", "Größe عربي?".encode(), header), status=303)
        [question] = db.all("SELECT title FROM questions ORDER BY id DESC LIMIT 1")
        assert question["title"] == "Größe عربي?", header
    assert len(classpulse.list_questions(db, session["id"])) == 3


def test_only_a_presenter_is_read_in_parts(visitor, question, session, respondent, monkeypatch):
    monkeypatch.setattr(classpulse, "read_multipart", None)     # would fail with 500
    for path in ("/join", "/login", "/logout", "/setup", "/alone",
                 f"/audience/{session['code']}/name", "/audience/respond/1"):
        for who in visitor, respondent:
            page = post_parts(who, path, make_part("code", b"-a" * 30_000), status="*")
            assert page.status_int in (303, 403, 404), path


def test_a_form_in_parts_is_whole_or_refused(presenter, session):
    for sent in (
            b"", b"--x", b"--x--", b"--x\r\n\r\n", b"\r\n--y\r\n", make_part("title", b"\xff"),
            make_part("title", b"a")[:-3],
            b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--",
            b"--x\r\nContent-Disposition: attachment; name=title\r\n\r\na\r\n--x--"):
        presenter.http.post(f"/sessions/{session['id']}/questions/new/open_text", sent, status=422,
                            headers={"Content-Type": BOUNDARY})


def test_a_form_in_parts_without_a_boundary_is_refused(presenter, session):
    for content_type in (
            "multipart/form-data", "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"", "multipart/mixed", "Multipart/Form-Data"):
        post_parts(presenter, f"/sessions/{session['id']}/questions/new/open_text",
                   make_part("title", b"a"), status=422, content_type=content_type)


def test_two_megabytes_of_parts_cost_what_a_picture_does(presenter, session):
    path = f"/sessions/{session['id']}/questions/new/open_text"
    size = classpulse.UPLOAD_MAX - 500

    def ask(unit):
        head = make_part("title", b"a") + make_part("picture", b"", filename="; filename=a")[:-4]
        post_parts(presenter, path, head + unit * (size // len(unit)), status="*")
    for unit in (b"\r\n--x", b"\r\n", b"\r\n a", b"--x\r\n\r\n", b"\r\n--", b"--x",
                 make_part("a", b"")):
        assert costs_at_most(20, lambda: ask(b"\xff"), lambda: ask(unit)), unit


# Framing

HOST = "Host: 127.0.0.1"
SOCKET = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    """(server, phone) of a lesson; the server must have nothing to say at the end."""
    server = Server(tmp_path_factory.mktemp("requests") / "data")
    teacher = Teacher(server)
    yield server, Phone(server, teacher.code)
    server.stop()
    said = server.said.partition("Stop with Ctrl-C.")[2]
    assert said.replace("Stopping: writing the CSV files …", "").strip() == ""


def connect(server, sent):
    """A connection on which these bytes were sent."""
    line = socket.create_connection(("127.0.0.1", server.port), 20)
    line.sendall(sent)
    return line


def write_head(request, *headers):
    """A request's head, as bytes."""
    return "".join(f"{line}\r\n" for line in (request, HOST, *headers, "")).encode("latin-1")


def answer(server, sent):
    """The status that these bytes are answered with; the connection is left open by us."""
    with connect(server, sent) as line:
        return read_answer(line)[0]


@pytest.mark.parametrize("request_line", ["POST {} HTTP/1.1", "PUT {} HTTP/1.1"])
@pytest.mark.parametrize("headers", [
    ["Connection: Upgrade"], ["Connection: Upgrade", "Content-Length: 0"],
    ["Connection: upgrade", "Expect: 100-continue"], ["Expect: 100-continue"], []], ids=str)
def test_what_is_not_announced_is_not_read(target, request_line, headers):
    server, _ = target
    # Answered, and then closed, while we still would send.
    assert answer(server, write_head(request_line.format("/join"), *headers)) in (404, 405)


@pytest.mark.parametrize("request_line, headers, body", [
    ("POST {} HTTP/1.1", SOCKET, b""), ("POST {} HTTP/1.1", [*SOCKET, "Content-Length: 0"], b""),
    ("POST {} HTTP/1.1", [*SOCKET, "Content-Length: 2"], b"a="),
    ("POST {} HTTP/1.1", ["Upgrade: websocket"], b""), ("POST {} HTTP/1.1", ["Upgrade: h2c"], b""),
    ("PUT {} HTTP/1.1", SOCKET, b""), ("HEAD {} HTTP/1.1", SOCKET, b""),
    ("GET {} HTTP/1.0", SOCKET, b""), ("GET {} HTTP/1.1", [*SOCKET, "Content-Length: 2"], b"12"),
    ("GET {} HTTP/1.1", [*SOCKET, "Content-Length: 0", "Expect: 100-continue"], b""),
    ("GET {} HTTP/1.1", [*SOCKET[:1], "Connection: keep-alive", *SOCKET[2:]], b""),
    ("GET {} HTTP/1.1", [*SOCKET[:2], "Sec-WebSocket-Version: 8", SOCKET[3]], b""),
    ("GET {} HTTP/1.1", [*SOCKET[:3], "Sec-WebSocket-Key: AAAA"], b""),
    ("GET {} HTTP/1.1", ["Upgrade: h2c, websocket", *SOCKET[1:]], b"")], ids=str)
@pytest.mark.parametrize("path", ["/join", "/ws/audience/{}"])
def test_an_upgrade_is_a_whole_handshake_or_refused(target, path, request_line, headers, body):
    server, phone = target
    sent = write_head(request_line.format(path.format(phone.code)), *headers,
                      f"Cookie: {phone.cookie()}")
    assert answer(server, sent + body) == 400


@pytest.mark.parametrize("connection", ["Upgrade", "keep-alive, Upgrade", "upgrade,keep-alive"])
def test_a_whole_handshake_is_answered_in_every_browsers_words(target, connection):
    server, phone = target
    head = write_head(f"GET /ws/audience/{phone.code} HTTP/1.1", SOCKET[0], *SOCKET[2:],
                      f"Connection: {connection}", f"Cookie: {phone.cookie()}")
    with connect(server, head) as line:
        assert line.recv(12) == b"HTTP/1.1 101"


def test_a_socket_address_asked_without_an_upgrade_says_what_it_is(target):
    server, phone = target
    assert answer(server, write_head(f"GET /ws/audience/{phone.code} HTTP/1.1",
                                     f"Cookie: {phone.cookie()}")) == 426


@pytest.mark.parametrize("expect", ["100-continue", "100-Continue"])
def test_who_asks_whether_to_go_on_is_told_to_and_then_read(target, expect):
    server, phone = target
    body = b"code=" + phone.code.encode()
    head = write_head("POST /join HTTP/1.1", f"Expect: {expect}", f"Content-Length: {len(body)}")
    with connect(server, head) as line:
        assert line.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(body)
        assert read_answer(line)[0] == 303


@pytest.mark.parametrize("status, version, headers", [
    (413, "1.1", ["Expect: 100-continue", "Content-Length: 65537"]),
    (413, "1.1", ["Expect: 100-continue", f"Content-Length: {10**19}"]),
    (411, "1.1", ["Expect: 100-continue", "Transfer-Encoding: chunked"]),
    (417, "1.1", ["Expect: 200-ok", "Content-Length: 2"]),
    (417, "1.1", ["Expect: 100-continue, 100-continue", "Content-Length: 2"]),
    (417, "1.1", ["Expect: 100-continue", "Expect: more", "Content-Length: 2"]),
    (417, "1.1", ["Expect: more"]), (404, "1.0", ["Expect: 100-continue", "Content-Length: 2"])],
    ids=str)
def test_what_is_expected_is_answered_within_the_limits(target, status, version, headers):
    server, _ = target
    body = b"a=" if status == 404 else b""
    assert answer(server, write_head(f"POST /join HTTP/{version}", *headers) + body) == status


@pytest.mark.parametrize("headers", [
    ["Expect: 100-continue", "Content-Length: 9"], ["Connection: Upgrade", "Content-Length: 9"],
    ["Connection: Upgrade", "Expect: 100-continue", "Content-Length: 9"]], ids=str)
def test_who_waits_with_a_body_is_among_those_who_may_be_hung_up_on(room, headers):
    with closing(classpulse.listen("127.0.0.1", 0)) as listener:
        server = classpulse.Server(listener, classpulse.app)
        server.start()
        try:
            with closing(gevent.socket.create_connection(listener.getsockname(), 20)) as line:
                line.sendall(write_head("POST /join HTTP/1.1", *headers) + b"a")
                if "Expect: 100-continue" in headers:
                    assert line.recv(100).startswith(b"HTTP/1.1 100 ")
                wait_until(lambda: len(server.idle) == 1)
                assert server.make_room()
                assert line.recv(100) == b""
        finally:
            server.stop()


def wait_until(holds):
    """Let the other greenlets work until that holds."""
    with gevent.Timeout(20):
        while not holds():
            gevent.sleep(0.01)


@pytest.mark.parametrize("length", [
    "+2", "-0", "1_0", "2.0", "0x2", "2,2", "2, 2", "\xa02", "2\x0b", "\x0c2", "2 2", "", "\xb2",
    "9" * 21, "two", "2\x85"])
def test_a_length_is_a_number_in_plain_digits(target, length):
    server, _ = target
    head = write_head("POST /join HTTP/1.1", f"Content-Length: {length}")
    assert answer(server, head + b"a=" * 5) == 400


@pytest.mark.parametrize("length", ["2", " 2", "\t2 ", "0002"])
def test_a_length_in_plain_digits_is_read(target, length):
    server, _ = target
    assert answer(server, write_head("POST /join HTTP/1.1", f"Content-Length:{length}")
                  + b"a=") == 404


@pytest.mark.parametrize("sign", [*map(chr, [*range(9), *range(11, 32), 127])], ids=ascii)
def test_a_header_has_no_control_characters(target, sign):
    server, _ = target
    for value in f"{sign}x", f"x{sign}", f"x{sign}y":
        assert answer(server, write_head("GET /join HTTP/1.1", f"X: {value}")) == 400, value


def test_a_header_may_have_tabs_and_letters_of_all_kinds(target):
    server, _ = target
    assert answer(server, write_head("GET /join HTTP/1.1", "X:\ta\tb \t", "Y: à\xff\x85")) == 200


@pytest.mark.parametrize("sent", [
    b"GET /join HTTP/1.1\nHost: 127.0.0.1\r\n\r\n", b"GET /join HTTP/1.1\r\nHost: 127.0.0.1\n\r\n",
    b"GET /join HTTP/1.1\r\nHost: 127.0.0.1\r\n\n", b"GET /join HTTP/1.1\nHost: 127.0.0.1\n\n",
    b"GET /join HTTP/1.1\r\nHost: 127.0.0.1\r\nX: y\rCookie: z\r\n\r\n",
    b"GET /join HTTP/1.1\rX: y\r\nHost: 127.0.0.1\r\n\r\n", b"GET /join HTTP/1.1\r\r\n\r\n",
    b"GET /join\r\nHost: 127.0.0.1\r\n\r\n", b"GET  /join HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET\t/join\tHTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b" GET /join HTTP/1.1\r\n\r\n",
    b"GET\xa0/join\x85HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"get /join HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET http://127.0.0.1/join HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /join HTTP/1.1 \r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /join HTTP/1.01\r\nHost: 127.0.0.1\r\n\r\n", b"GET /join HTTP/0.9\r\n\r\n",
    b"GET /join HTTP/1.2\r\nHost: 127.0.0.1\r\n\r\n", b"GET /jo\0in HTTP/1.1\r\n\r\n"])
def test_a_line_ends_and_is_parted_in_one_way(target, sent):
    assert answer(target[0], sent) == 400


# Steps, hands and accepted answers

ODD_NUMBERS = ["9" * 16, "9" * 5000, "-1", "1e3", "0x1", "²", "٣", "1.5", "[1]", "NaN", " ",
               "\x00"]


def test_odd_numbers_in_a_step_or_a_count_of_hands_change_nothing(db, presenter, session):
    question_id = presenter.create_question(session["id"], options="Ja\nNein", discuss="1")
    presenter.step(session["id"], "ask")
    step, tally = f"/api/sessions/{session['id']}/step", f"/api/questions/{question_id}/tally"
    seen = {"question_id": question_id, "round": 1, "stage": "open", "discussing": 0}

    def read_all():
        return db.tuples("SELECT * FROM questions"), db.tuples("SELECT * FROM tallies")
    before = read_all()
    for odd in [*ODD_NUMBERS, ["1", "2"]]:
        for field in ("question_id", "round", "seconds", "to"):
            sent = {**seen, "action": "go" if field == "to" else "start_timer", field: odd}
            answer = presenter.post(step, [*sent.items()], status="*")
            assert answer.status_int in (200, 404, 422), (odd, field)
            assert read_all() == before, (odd, field)
        if odd not in ("٣", ["1", "2"]):
            presenter.post(tally, [("key", "A"), ("count", odd)], status=422)
        for field in ("discussing", "remaining_ms"):
            answer = presenter.post(step, [*{**seen, "action": "more_time", field: odd}.items()],
                                    status="*")
            assert answer.status_int == (
                200 if odd in (" ", "٣", ["1", "2"]) else 422), (odd, field)
        assert read_all() == before, odd


def test_no_step_hands_or_answers_come_from_another_session_or_page(
        db, presenter, session, respondent):
    question_id = presenter.create_question(session["id"], "short_text", accepted="Paris")
    presenter.step(session["id"], "ask")
    respondent.respond(question_id, "Pariss")
    other = presenter.create_session("Physik")
    presenter.create_question(other)
    now = presenter.now(other)
    before = db.tuples("SELECT * FROM questions"), db.tuples("SELECT * FROM tallies")
    presenter.post(f"/api/sessions/{other}/step", {
        "action": "close", "question_id": question_id, "round": 1, "stage": "open"}, status=200)
    presenter.post(f"/api/sessions/{other}/step", {
        "action": "go", "to": question_id, "question_id": now["question_id"], "round": 1,
        "stage": "draft"}, status=404)
    for path, fields in [
            (f"/api/sessions/{session['id']}/step", {"action": "next", "stage": "open", "round": 1,
                                                     "question_id": question_id}),
            (f"/api/questions/{question_id}/accept", {"key": "pariss"}),
            (f"/api/questions/{question_id}/tally", {"key": "A", "count": "1"})]:
        presenter.post(path, fields, status=403, headers={"Origin": "http://evil.example"})
        presenter.post(path, fields, status=403, headers={"Sec-Fetch-Site": "cross-site"})
        respondent.post(path, fields, status="3*")
        respondent.htmx(path, fields, status=403)
    assert (db.tuples("SELECT * FROM questions"), db.tuples("SELECT * FROM tallies")) == before


def test_ten_thousand_keys_are_not_accepted(db, presenter, session, respondent):
    question_id = presenter.create_question(session["id"], "short_text", accepted="Paris")
    presenter.step(session["id"], "ask")
    respondent.respond(question_id, "Pariss")
    [row] = classpulse.get_question_stats(db, question_id)["results"]
    way, key = f"/api/questions/{question_id}/accept", row["key"]
    presenter.post(way, [("key", key)] * 10_000, status=[413, 422])
    presenter.post(way, [("key", key), ("key", "nothing")], status=422)
    presenter.post(way, [], status=422)
    assert classpulse.get_question(db, question_id)["options"]["accepted"] == ["Paris"]
    presenter.post(way, [("key", key)] * 50, status=303)
    assert classpulse.get_question(db, question_id)["options"]["accepted"] == ["Paris", "Pariss"]
