"""Questions that teachers already have: pasted or from a file, looked at, then added."""

import base64
import json
import re
import threading
from contextlib import closing
from urllib.parse import urlencode

import classpulse
import pytest
from conftest import Browser, Respondent, hold, let_go
from test_command_line import expect_refusal, run_here
from test_images import make_png
from webtest import Upload

LIST = """Which planet is the largest?
Mars
*Jupiter
Venus

What is still unclear?

Which are prime? <b>
*2
*3
4

Ein
Wort ist zu wenig
Wort ist zu wenig
"""
TITLES = ["Which planet is the largest?", "What is still unclear?", "Which are prime? <b>"]
PICTURE = f"""<?xml version="1.0"?><quiz><question type="essay">
<questiontext format="html"><text><![CDATA[Was? <img src="@@PLUGINFILE@@/a.png" alt="Zelle">
]]></text><file name="a.png" encoding="base64">{base64.b64encode(make_png()).decode()}</file>
</questiontext></question></quiz>"""


@pytest.fixture
def path(session):
    return f"/sessions/{session['id']}/import"


def get_titles(db, session_id):
    return [question["title"] for question in classpulse.list_questions(db, session_id)]


def find_form(page):
    return page.forms["list"]


# What is shown first

@pytest.mark.parametrize("sends", ["text", "file"])
def test_nothing_is_created_before_what_was_understood_is_confirmed(
        db, presenter, session, path, sends):
    sent = {"text": LIST} if sends == "text" else {"file": Upload("a.txt", LIST.encode())}
    page = presenter.post(path, sent)
    assert get_titles(db, session["id"]) == []
    assert [one.get_text() for one in page.html.select(".found h3")] == TITLES
    tiles = page.html.select(".found .tile")
    assert [tile["data-key"] for tile in tiles] == list("ABCABC")
    left_out = page.html.select_one(".left-out").get_text()
    assert "Line 13" in left_out and "Ein" in left_out and "same" in left_out
    assert "Add 3 questions" in page
    added = find_form(page).submit("confirm", status=303)
    assert added.location.endswith(f"/sessions/{session['id']}")
    assert get_titles(db, session["id"]) == TITLES
    kinds = [(question["type"], question["stage"])
             for question in classpulse.list_questions(db, session["id"])]
    assert kinds == [("multiple_choice", "draft"), ("open_text", "draft"), ("select_all", "draft")]


def test_clients_get_what_was_read_as_json(db, presenter, session, path):
    accepts = {"Accept": "application/json"}
    for content in (LIST.encode(), b"%PDF-1.7"):
        answer = presenter.post(path, {"file": Upload("a", content)}, headers=accepts)
        assert answer.json == classpulse.read_questions(content)
    presenter.post(path, {"file": Upload("a", content), "confirm": 1}, headers=accepts,
                   status=422)
    answer = presenter.post(path, {"text": LIST, "format": "pdf"}, headers=accepts, status=422)
    assert "Choose one" in answer.json["problem"]
    assert get_titles(db, session["id"]) == []


def test_the_first_question_or_another_is_shown_as_projector_and_phones_will(presenter, path):
    for look, title in (("", TITLES[0]), ("6", TITLES[1])):
        page = presenter.post(path, {"text": LIST, "look": look})
        for where in ("projector", "phone"):
            assert title in page.html.select_one(f"[data-preview={where}]").get_text()
    both = presenter.htmx(path, {"text": LIST}).html
    assert TITLES[0] in both.select_one("[data-preview=phone] h2") and both.select("[data-found]")
    piece = presenter.htmx(path, {"text": LIST, "look": "8"}).html
    assert TITLES[2] in piece.select_one("[data-preview=phone] h2")
    assert not piece.select("[data-found]")


def test_correct_answers_are_shown_only_when_the_class_can_not_see_them(presenter, path):
    text = LIST + "\nHauptstadt?\n*Wien"
    page = presenter.post(path, {"text": text})
    covered = page.html.select_one("[data-found]")
    assert not covered.select(".tick") and "Wien" not in covered.get_text()
    shown = find_form(page).submit("answers").html.select_one("[data-found]")
    assert len(shown.select(".tick")) == 3 and "✓ Wien" in shown.get_text()
    presenter.be_alone()
    assert "✓ Wien" in presenter.post(path, {"text": text}).html.select_one(".found").get_text()


def test_an_explanation_is_announced_and_shown_with_the_correct_answer(presenter, path):
    page = presenter.post(path, {"text": "question,correct,explanation\nWhy?,so,Because."})
    covered = page.html.select_one(".found").get_text()
    assert "with an explanation" in covered and "Because." not in covered
    shown = find_form(page).submit("answers").html.select_one(".found").get_text()
    assert "Because." in shown and "with an explanation" not in shown


def test_what_may_be_meant_otherwise_is_pointed_out(presenter, session, path):
    def get_notices(text):
        page = presenter.post(path, {"text": text}).html
        return [one.get_text() for one in page.select("[data-found] .notice")]
    presenter.post(path, {"text": "Größte Stadt?\n*Köln\nUlm", "confirm": 1}, status=303)
    assert get_notices("GRÖSSTE Stadt?\nKöln\n*Ulm") == ["This session already has this question."]
    assert get_notices("Größte Stadt?\n*Köln\nBonn") == []
    letter = "Liebe Eltern,\nam Freitag\nist frei.\n\nViele Grüße"
    assert "This may not be a list of questions." in get_notices(letter)
    for marked in (letter + "?", "1. " + letter, letter + "\n*A\nB", letter.partition("\n\n")[0]):
        assert "This may not be a list of questions." not in get_notices(marked)


def test_a_list_that_was_read_wrongly_is_read_as_something_else(db, presenter, session, path):
    page = presenter.post(path, {"text": "Frage {=Wien}\n\nWas?"})
    assert page.html.select_one(".chip[aria-current]").get_text() == "GIFT"
    form = find_form(page)
    form.fields["format"][-1].value = "plain"       # as one of the buttons would
    page = form.submit("read")
    assert page.html.select_one(".chip[aria-current]").get_text() == "List"
    find_form(page).submit("confirm", status=303)
    assert get_titles(db, session["id"]) == ["Frage {=Wien}", "Was?"]


def test_a_format_that_fits_nothing_is_current_and_keeps_what_is_left_out(presenter, path):
    page = presenter.post(path, {"text": LIST, "format": "table", "leave_out": ["1", "6"],
                                 "answers": "1"}, status=422)
    assert page.html.select_one(".chip[aria-current]").get_text() == "Table"
    form = find_form(page)
    form.fields["format"][-1].value = "plain"
    page = form.submit("read").html
    assert [box["value"] for box in page.select("[name=leave_out][checked]")] == ["1", "6"]
    assert page.select(".found .tick")


@pytest.mark.parametrize("content, place", [
    ("question,correct,answer 1,answer 2\nWhy?,2,so,so", "Row 2"),
    (PICTURE.replace("essay", "matching"), "Question 1"), ("A?\nb\nb", "Line 1")])
def test_what_is_left_out_is_found_by_line_row_or_number(presenter, path, content, place):
    page = presenter.post(path, {"text": content})
    assert page.html.select_one(".left-out b").get_text() == place


@pytest.mark.parametrize("format", ["plain", "aiken", "gift", "moodle", "table"])
def test_clients_say_how_a_list_is_to_be_read(presenter, path, format):
    read = presenter.post(path, {"text": "a\nb\nc", "format": format},
                          headers={"Accept": "application/json"}).json
    assert read["refused"] or read["format"] == format


def test_what_can_not_be_read_says_what_to_do_and_keeps_what_was_typed(db, presenter, path):
    long = "x" * 30_000         # more than other fields get back
    for sent, reason in (({"text": long, "file": Upload("a.pdf", b"%PDF")}, "PDF"),
                         ({"text": long, "format": "moodle"}, "XML"),
                         ({"text": long, "format": "pdf"}, "Choose one"),
                         ({"text": long, "kept": "0" * 16}, "Choose it again"),
                         ({"text": long, "seen": "0" * 16, "confirm": 1}, "has changed"),
                         ({"text": "", "confirm": 1}, "nothing to read"),
                         ({"text": LIST.split("\n\n")[-1], "confirm": 1}, "no question to add")):
        page = presenter.post(path, sent, status=422)
        assert reason in " ".join(one.get_text() for one in page.html.select(".problem"))
        assert find_form(page)["text"].value == sent["text"]


def test_a_file_is_kept_for_its_sign_in_alone(db, presenter, other_presenter, session, path):
    page = presenter.post(path, {"file": Upload("a", LIST.encode()), "text": "Anderes"})
    kept = find_form(page)["kept"].value
    other = f"/sessions/{other_presenter.create_session()}/import"
    other_presenter.post(other, {"text": "", "kept": kept}, status=422)
    nameless = find_form(page).submit("read")               # as browsers send no file
    assert [one.get_text() for one in nameless.html.select(".found h3")] == TITLES
    empty = presenter.post(path, {"kept": kept, "file": Upload("leer.txt", b"")}, status=422)
    assert "nothing to read" in empty and not empty.html.select(".found li")
    page = presenter.post(path, {"file": Upload("a", LIST.encode()), "text": "Anderes"})
    dropped = find_form(page).submit("drop")
    assert [one.get_text() for one in dropped.html.select(".found h3")] == ["Anderes"]
    for number in range(classpulse.classroom.lists.maxlen):
        presenter.post(path, {"file": Upload("b", b"Neu %d" % number)})
    find_form(page).submit("confirm", status=422)
    assert get_titles(db, session["id"]) == []


# What is added

def test_what_is_left_out_is_not_added(db, presenter, session, path):
    presenter.post(path, {"text": LIST, "leave_out": ["1", "8"], "confirm": 1}, status=303)
    assert get_titles(db, session["id"]) == TITLES[1:2]
    page = presenter.post(path, {"text": LIST, "leave_out": "6"})
    assert "Add 2 questions" in page
    assert [box["value"] for box in page.html.select("[name=leave_out][checked]")] == ["6"]


def test_all_of_five_hundred_questions_can_be_left_out_but_one(teacher):
    text = "\n\n".join(f"Frage {number}" for number in range(500))
    lines = [str(2 * number + 1) for number in range(499)]
    fields = [("text", text), ("confirm", "1"), *(("leave_out", line) for line in lines)]
    body = "".join(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                   for name, value in fields) + "--x--\r\n"
    teacher.post(f"{teacher.session}/import", body.encode(),
                 Content_Type="multipart/form-data; boundary=x")
    assert {*re.findall("Frage [0-9]+", teacher.control())} == {"Frage 499"}


def test_a_token_adds_once(db, presenter, other_presenter, session, path):
    for who, where in ((presenter, path), (presenter, path),
                       (other_presenter, f"/sessions/{other_presenter.create_session()}/import")):
        who.post(where, {"text": "Eins", "token": "a", "confirm": 1}, status=303)
    assert get_titles(db, session["id"]) == ["Eins"]
    assert db.one("SELECT COUNT(*) AS count FROM questions")["count"] == 2
    presenter.post(path, {"text": "Eins", "token": "b", "confirm": 1}, status=303)
    assert get_titles(db, session["id"]) == ["Eins", "Eins"]
    for sent in ({"text": "Zwei"}, {"file": Upload("a", b"Drei")}):
        presenter.post(path, {**sent, "token": "a", "confirm": 1}, status=303)
    assert get_titles(db, session["id"]) == ["Eins", "Eins", "Zwei", "Drei"]


def test_a_session_that_is_deleted_while_its_list_is_read_is_missed(
        db, presenter, session, path, monkeypatch):
    def delete():
        if classpulse.find_session_id(db, session["code"]):
            classpulse.happen(classpulse.delete_whole_session, session["id"])
    monkeypatch.setattr(classpulse, "take_turn", delete)
    presenter.post(path, {"text": LIST, "confirm": 1}, status=404)
    assert db.all("SELECT * FROM questions") == []


def test_a_token_makes_one_session_with_its_questions(db, presenter):
    new = {"name": "Neu", "text": LIST, "token": "a", "confirm": 1}
    first, again = (presenter.post("/sessions/new", new, status=303).location for _ in range(2))
    assert first == again
    assert get_titles(db, int(first.rsplit("/", 1)[1])) == TITLES
    classpulse.happen(classpulse.delete_whole_session, int(first.rsplit("/", 1)[1]))
    assert presenter.post("/sessions/new", new, status=303).location != first


def test_a_new_session_starts_with_a_list(db, presenter):
    page = presenter.get("/").click("Paste a list")
    form = find_form(page)
    form["text"] = LIST
    page = find_form(form.submit("read")).submit("confirm", status=422)
    assert "The name is missing." in page and get_user_sessions(db, presenter) == []
    form = find_form(page)
    form["name"] = "Bio"
    made = form.submit("confirm", status=303).location
    assert get_titles(db, int(made.rsplit("/", 1)[1])) == TITLES


def get_user_sessions(db, presenter):
    return classpulse.get_user_sessions(db, presenter.id)


def test_a_fault_in_one_question_adds_none(db, presenter, session, path, monkeypatch):
    create = classpulse.create_question
    monkeypatch.setattr(classpulse, "create_question", lambda db, *question: (
        create(db, *question) if question[1] != "select_all" else 1 / 0))
    with pytest.raises(ZeroDivisionError):
        classpulse.happen(classpulse.add_drafts, session["id"], [
            (type, {"title": type, "options": []}) for type in ("rating", "select_all")], "key")
    assert get_titles(db, session["id"]) == [] and classpulse.find_made(db, "key") is None


def test_a_picture_of_moodle_is_stored_when_its_question_is_added(db, presenter, session, path):
    page = presenter.post(path, {"file": Upload("a.xml", PICTURE.encode())})
    assert "with a picture" in page and db.all("SELECT * FROM images") == []
    assert len(page.html.select("[data-preview] .picture")) >= 2      # their places
    find_form(page).submit("confirm", status=303)
    [question] = classpulse.list_questions(db, session["id"])
    assert presenter.get(f"/images/{question['image']}").body == make_png()
    assert question["image_alt"] == "Zelle"


def test_phones_get_an_added_question_when_it_is_opened(db, presenter, session, path):
    phone = Respondent(session["code"])
    presenter.post(path, {"text": LIST, "confirm": 1}, status=303)
    assert phone.state()["questions"] == []
    question = classpulse.list_questions(db, session["id"])[0]
    presenter.toggle(question["id"])
    phone.respond(question["id"], "B")
    assert [row["count"] for row in classpulse.get_question_stats(
        db, question["id"])["results"]] == [0, 1, 0]


# Out again

@pytest.mark.parametrize("format", ["gift", "txt"])
def test_questions_that_were_taken_out_can_be_put_in_again(
        db, presenter, session, path, format):
    for type, fields in {"multiple_choice": {"option": ["=~{}", "<b>"], "right": "1"},
                         "rating": {"max_rating": "7", "low": "nie"}, "open_text": {},
                         "numeric": {"correct": "3.14", "tolerance": "0.01", "unit": "m"},
                         "short_text": {"accepted": "C#\n*", "exact": "1"},
                         "ranking": {"options": "eins\nzwei"}}.items():
        presenter.create_question(session["id"], type, f"{type}: was?", live="0", **fields)
    file = presenter.get(f"/sessions/{session['id']}/questions.{format}")
    assert file.headers["Content-Disposition"].endswith(f'.{format}"')
    other = presenter.create_session()
    presenter.post(f"/sessions/{other}/import", {"file": Upload("a", file.body), "confirm": 1},
                   status=303)
    before, after = ([(question["type"], question["title"], question["options"])
                      for question in classpulse.list_questions(db, id)]
                     for id in (session["id"], other))
    assert before == after


# A running server

def test_two_requests_together_add_once(teacher, server):
    def send():
        other = Browser(server)
        other.cookies = dict(teacher.cookies)
        other.post(f"{teacher.session}/import", {"text": LIST, "token": "x", "confirm": 1})
    senders = [threading.Thread(target=send) for _ in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert teacher.control().count("data-question-id") == 3


def test_a_file_that_is_too_large_is_answered_with_what_to_do(teacher):
    body = (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
            + b"a" * 3_000_000 + b"\r\n--x--\r\n")
    for accepts, piece in (("text/html", "<title>"), ("*/*", '<div class="problem"')):
        said = teacher.post(f"{teacher.session}/import", body, 413, Accept=accepts,
                            Content_Type="multipart/form-data; boundary=x").content.decode()
        assert "2 MB" in said and "into several files" in said and piece in said
    said = teacher.post(f"{teacher.session}/import", body, 413, Accept="application/json",
                        Content_Type="multipart/form-data; boundary=x").content
    assert json.loads(said) == {"format": None, "refused": "too-large", "questions": [],
                                "skipped": [], "notices": []}
    said = teacher.post(f"{teacher.session}/import", b"text=" + b"a" * 100_000, 413,
                        Content_Type="application/x-www-form-urlencoded").content.decode()
    assert "64 kB" in said and "as a file" in said and "2 MB" not in said


# The command

@pytest.fixture
def stored(tmp_path):
    """A data folder with two users, and a function that lists their sessions with titles."""
    folder = tmp_path / "data"
    for name in ("Åse", "Bo"):
        run_here("adduser", name, "--data", folder, typed="geheim 1")

    def stored(name):
        with closing(classpulse.connect(folder / "classpulse.db")) as db:
            user = classpulse.find_user(db, name)
            return [(session["name"], get_titles(db, session["id"]))
                    for session in classpulse.get_user_sessions(db, user["id"])]
    stored.folder = folder
    return stored


def test_a_command_makes_a_session_of_a_file_and_says_what_it_left_out(stored, tmp_path):
    file = tmp_path / "Planeten & mehr.txt"
    file.write_text(LIST, encoding="utf-8")
    ended = run_here("import", file, "--data", stored.folder)
    assert ended.returncode == 0, ended.stderr
    assert "Line 13 was left out" in ended.stdout and "(Ein" in ended.stdout
    assert re.search(r"Planeten & mehr has 3 questions\. Its code is \d{3} \d{3}\.", ended.stdout)
    assert stored("Åse") == [("Planeten & mehr", TITLES)] and stored("Bo") == []
    run_here("import", file, "--data", stored.folder, "--user", "bo")
    assert stored("Bo") == [("Planeten & mehr", TITLES)]


def test_a_command_that_can_not_read_a_file_says_why(stored, tmp_path):
    file = tmp_path / "a.pdf"
    for content, options, reason in ((b"%PDF-1.7", (), "PDF"), (b"", (), "nothing to read"),
                                     (b"A?", ("--user", "Cy"), "no user Cy")):
        file.write_bytes(content)
        expect_refusal(run_here("import", file, "--data", stored.folder, *options), reason)
    expect_refusal(run_here("import", tmp_path / "no", "--data", stored.folder),
                   "There is no file")
    expect_refusal(run_here("import", file, "--data", tmp_path / "new"), "no database")
    assert stored("Åse") == []


def test_a_command_adds_a_session_beside_a_running_server(teacher, tmp_path):
    file = tmp_path / "Neben dem Server.txt"
    file.write_text(LIST, encoding="utf-8")
    ended = run_here("import", file, "--data", teacher.folder, "--user", "Åse")
    assert ended.returncode == 0, ended.stderr
    assert "Neben dem Server" in teacher.get("/").content.decode()


# In a browser

TABLE = """<html><head><style>td {mso-number-format: General}</style></head><body><table>
<tr><td>Question</td><td>Answer 1</td><td>Answer 2</td><td>Correct answer</td></tr>
<tr><td>Which line<br>is first?</td><td>the
  "upper"</td><td>the lower</td><td>1</td></tr>
</table></body></html>"""
CELLS = "Question\tAnswer 1\tAnswer 2\tCorrect answer\nHow many?\t8\t9\t1\n"
PASTE = """([html, plain]) => {
  const data = new DataTransfer();
  if (html) data.setData("text/html", html);
  data.setData("text/plain", plain);
  document.getElementById("text").dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
DROP = """(text) => {
  const data = new DataTransfer();
  data.items.add(new File([text], "fragen.txt"));
  for (const type of ["dragover", "drop"]) document.body.dispatchEvent(
    new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def page(server, teacher, open_page):
    page = open_page(f"{server.lan}{teacher.session}/import", 1280, 800, **teacher.options())
    page.locator(".is-scripted").wait_for()
    return page


def list_titles(page):
    return page.locator(".found h3").all_text_contents()


def test_pasted_cells_and_dropped_files_are_read_while_a_phone_votes(
        server, teacher, open_browser, page):
    question_id = teacher.ask("multiple_choice", "Schon da?", options="ja\nnein")
    phone = open_browser()
    phone.get(f"/{teacher.code}", 303)

    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.evaluate(PASTE, [TABLE, "wrong"])
    page.locator("[data-add]", has_text="Add 1 question").wait_for()
    assert list_titles(page) == ["Which line\nis first?"]
    assert page.locator(".found .tile-words").all_inner_texts() == ['the "upper"', "the lower"]
    page.locator("[data-preview=projector]").get_by_text("the lower").wait_for()
    page.locator("[data-preview=phone]").get_by_text("the lower").wait_for()
    assert sent.count("POST") == 1
    phone.post(f"/audience/respond/{question_id}", {"response": "A"})

    page.get_by_label("Questions", exact=True).fill("")
    page.locator("[data-add]").wait_for(state="detached")
    page.evaluate(PASTE, ["", CELLS])
    page.locator(".found h3", has_text="How many?").wait_for()

    page.evaluate(DROP, LIST)
    page.locator(".found h3", has_text=TITLES[0]).wait_for()
    assert list_titles(page) == TITLES
    page.get_by_text("fragen.txt").wait_for()
    assert page.locator("[data-drop]").is_hidden()
    page.get_by_role("button", name=f"Preview: {TITLES[2]}").click()
    page.locator("[data-preview=projector] h1", has_text=TITLES[2]).wait_for()
    page.get_by_label("Leave out").nth(1).check()
    page.get_by_role("button", name="Add 2 questions").click()
    page.wait_for_url(f"**{teacher.session}")
    with closing(classpulse.connect(teacher.folder / "classpulse.db", 5)) as db:
        assert get_titles(db, teacher.session_id) == ["Schon da?", TITLES[0], TITLES[2]]
    assert teacher.answers(question_id) == [("ja", "0")]


def test_the_clipboard_of_a_browser_brings_its_table(page):
    sheet = page.context.new_page()
    sheet.set_content(TABLE)
    sheet.keyboard.press("Control+a")
    sheet.keyboard.press("Control+c")
    page.bring_to_front()
    page.get_by_label("Questions", exact=True).press("Control+v")
    page.locator(".found h3").wait_for()
    assert list_titles(page) == ["Which line\nis first?"]


def test_a_table_within_a_text_is_pasted_as_text(page):
    page.evaluate(PASTE, [TABLE.replace("<body>", "<body>Quiz"), "Quiz\nWelche?\nA"])
    page.locator(".found h3", has_text="Quiz").wait_for()


def test_typing_takes_the_place_of_a_file_and_leaving_asks_first(page, teacher, tmp_path):
    file = tmp_path / "fragen.txt"
    file.write_text(LIST, encoding="utf-8")
    page.locator("#file").set_input_files(file)
    page.locator(".found h3", has_text=TITLES[0]).wait_for()
    page.get_by_text("Read as List").click()
    page.get_by_role("button", name="Table", exact=True).click()
    page.locator(".problem", has_text="column").wait_for()
    page.get_by_label("Questions", exact=True).type("Und jetzt?")
    page.locator("label", has_text="Choose a file").wait_for()
    page.get_by_role("button", name="List", exact=True).click()
    page.locator(".found h3", has_text="Und jetzt?").wait_for()
    asked = []
    page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.accept())
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(f"**{teacher.session}")
    assert asked == ["beforeunload"]


def test_a_file_over_the_limit_is_not_sent(page):
    page.evaluate(DROP, "x" * 2_200_000)
    page.locator("[data-failed]", has_text="2 MB").wait_for()
    assert page.locator("[data-found]").inner_text() == ""


def test_the_question_that_was_looked_at_last_is_shown(page):
    page.evaluate(PASTE, ["", LIST])
    projector = page.locator("[data-preview=projector] h1")
    projector.get_by_text(TITLES[0]).wait_for()
    with hold(page, "**/import") as held:
        page.get_by_role("button", name=f"Preview: {TITLES[1]}").click()
    page.get_by_role("button", name=f"Preview: {TITLES[2]}").click()
    projector.get_by_text(TITLES[2]).wait_for()
    let_go(page, held[0])
    assert projector.inner_text() == page.locator(".is-shown h3").inner_text() == TITLES[2]


def test_what_is_left_out_while_a_list_is_read_stays_left_out(page):
    add = page.locator("[data-add]")
    page.evaluate(PASTE, ["", LIST])
    page.get_by_label("Leave out").nth(1).check()
    with hold(page, "**/import") as held:
        page.get_by_label("Questions", exact=True).fill(LIST + "\nVier?")
    page.get_by_label("Leave out").nth(0).check()
    page.get_by_label("Leave out").nth(1).uncheck()
    assert add.is_disabled()            # what it will add is not shown yet
    held[0].continue_()
    page.locator(".found h3", has_text="Vier?").wait_for()
    assert add.inner_text() == "Add 3 questions" and add.is_enabled()
    assert [page.get_by_label("Leave out").nth(n).is_checked() for n in range(4)] == [
        True, False, False, False]


def test_the_page_has_room_on_a_phone(server, teacher, open_page):
    page = open_page(f"{server.lan}{teacher.session}", **teacher.options())
    page.locator(".drive").get_by_role("link", name="Paste a list").click()
    page.locator(".is-scripted").wait_for()
    page.evaluate(PASTE, ["", LIST])
    page.locator("[data-summary]").wait_for()
    page.wait_for_function(
        "() => document.querySelector('[data-summary]').getBoundingClientRect().top < 9")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    item = page.locator(".found > li", has_text=TITLES[1])
    preview = item.get_by_role("button", name="Preview")
    preview.click()
    item.locator("[data-preview=projector] h1", has_text=TITLES[1]).wait_for()
    preview.click()
    page.locator("[data-previews]").wait_for(state="hidden")
    page.get_by_label("Questions", exact=True).fill("Und jetzt?")
    page.get_by_role("button", name="Preview: Und jetzt?").click()
    page.locator("[data-preview=phone] h2", has_text="Und jetzt?").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_file_names_the_session_and_an_empty_one_takes_its_place(
        server, teacher, open_page, tmp_path):
    page = open_page(f"{server.lan}/sessions/new?text=", 1280, 800, **teacher.options())
    page.locator(".is-scripted").wait_for()
    page.evaluate(DROP, LIST)
    page.locator("[data-add]", has_text="Add 3 questions").wait_for()
    name = page.get_by_label("Name of the session")
    assert name.input_value() == "fragen"
    name.fill("")
    page.locator("[data-add]").click()                      # asks for the name first
    assert page.url.endswith("text=") and name.evaluate("one => one === document.activeElement")
    (tmp_path / "leer.txt").touch()
    page.locator("#file").set_input_files(tmp_path / "leer.txt")
    page.locator(".problem", has_text="nothing to read").wait_for()
    assert not page.locator(".found li, [data-add]").count()


def test_urlencoded_lists_are_read_as_well(teacher):
    sent = urlencode({"text": LIST, "confirm": 1})
    teacher.post(f"{teacher.session}/import", sent.encode(),
                 Content_Type="application/x-www-form-urlencoded")
    assert teacher.control().count("data-question-id") == 3
