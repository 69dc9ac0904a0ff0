"""Pictures of questions: what is taken, who sees them, and that nothing is kept too long."""

import http.client
import random
import re
import struct
import zlib
from contextlib import closing

import classpulse
import pytest
from conftest import Respondent
from webtest import Upload

HEADS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff\xe0",
         "image/gif": b"GIF89a", "image/webp": b"RIFF\x10\0\0\0WEBP"}
SECRET = b"48.2082 N 16.3738 E"


def make_png(width=2, height=2, noise=False):
    """A grey PNG with a remark in it, as cameras leave them; noise can't be compressed."""
    def chunk(kind, content):
        return (struct.pack(">I", len(content)) + kind + content
                + struct.pack(">I", zlib.crc32(kind + content)))
    grey = random.Random(1).randbytes(width * height) if noise else bytes(width * height)
    lines = b"".join(b"\0" + grey[y * width:(y + 1) * width] for y in range(height))
    return (HEADS["image/png"]
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"tEXt", b"Comment\0" + SECRET) + chunk(b"IDAT", zlib.compress(lines))
            + chunk(b"IEND", b""))


@pytest.fixture
def send(presenter, session):
    """A function that sends the form of a new question with a picture."""
    def send(content, status=303, name="bild.png", **fields):
        return presenter.post(
            f"/sessions/{session['id']}/questions/new/multiple_choice",
            {"title": "Größe?", "options": "Paris\nLyon", "picture": Upload(name, content),
             **fields}, status=status)
    return send


def get_last(db):
    return classpulse.get_question(db, db.one("SELECT MAX(id) AS id FROM questions")["id"])


def count_images(db):
    return db.one("SELECT COUNT(*) AS count FROM images")["count"]


def find_problem(page):
    return page.html.select_one("#problem-picture").get_text()


@pytest.mark.parametrize("type", HEADS)
def test_a_picture_is_known_by_its_first_bytes(db, send, visitor, type):
    content = HEADS[type] + bytes(100)
    send(content, name="x.html")
    answer = visitor.get(f"/images/{get_last(db)['image']}", status=200)
    assert (answer.content_type, answer.body) == (type, content)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"<html>", b"\x89PNG", b"GIF88a",
                                     b"RIFF\0\0\0\0WAVE", b"\xff\xd8", b" \xff\xd8\xff"])
def test_anything_else_is_refused_beside_the_field(db, send, content):
    page = send(content, status=422, title="Getippt")
    assert "PNG" in find_problem(page)
    assert page.html.select_one("#title").get_text() == "Getippt"
    assert count_images(db) == 0


def test_a_picture_over_the_limit_is_refused(db, send):
    kept = HEADS["image/png"] + bytes(classpulse.PICTURE_MAX - 8)
    send(kept)
    assert "500 kB" in find_problem(send(kept + b"\0", status=422))
    assert count_images(db) == 1


def test_a_picture_is_kept_when_something_else_is_refused(db, send, presenter):
    page = send(make_png(), status=422, title="")
    form = next(form for form in page.forms.values() if "picture" in form.fields)
    form["title"] = "Nachgetragen"
    form.submit(status=303)
    question = get_last(db)
    assert question["title"] == "Nachgetragen"
    assert presenter.get(f"/images/{question['image']}").body == make_png()


def test_a_picture_can_be_exchanged_described_and_taken_away(db, send, presenter):
    send(make_png(), image_alt="Ein Kreis 🌍")
    first = get_last(db)
    page = presenter.get(f"/present/{first['session_id']}").html
    assert page.select_one(".scene img")["alt"] == "Ein Kreis 🌍"

    path = f"/questions/{first['id']}/edit"
    form = next(form for form in presenter.get(path).forms.values() if "picture" in form.fields)
    assert form["image_alt"].value == "Ein Kreis 🌍"
    form["picture"] = Upload("neu.gif", HEADS["image/gif"])
    form.submit(status=303)
    second = get_last(db)
    assert second["image"] != first["image"] and count_images(db) == 1

    form = next(form for form in presenter.get(path).forms.values() if "picture" in form.fields)
    form["remove_image"] = True
    form.submit(status=303)
    assert get_last(db)["image"] is None and count_images(db) == 0


def test_a_form_sent_again_keeps_its_picture(db, send, presenter):
    send(make_png())
    path = f"/questions/{get_last(db)['id']}/edit"
    next(form for form in presenter.get(path).forms.values()
         if "picture" in form.fields).submit(status=303)
    assert get_last(db)["image"]


def test_copies_share_a_picture_until_the_last_one_is_deleted(db, send, presenter, session):
    send(make_png())
    question = get_last(db)
    presenter.post(f"/questions/{question['id']}/duplicate", status=303)
    presenter.post(f"/sessions/{session['id']}/again", status=303)
    images = [row["image"] for row in db.all("SELECT image FROM questions")]
    assert images == [question["image"]] * 4 and count_images(db) == 1
    presenter.post(f"/sessions/{session['id']}/delete", {"name": session["name"]}, status=303)
    assert count_images(db) == 1
    presenter.post(f"/questions/{get_last(db)['id']}/delete", status=303)
    assert count_images(db) == 1
    presenter.post(f"/questions/{get_last(db)['id']}/delete", status=303)
    assert count_images(db) == 0


def test_a_deleted_picture_is_gone_at_once_also_from_forms(db, send, presenter, visitor):
    send(make_png())
    question = get_last(db)
    visitor.get(f"/images/{question['image']}", status=200)
    presenter.post(f"/questions/{question['id']}/delete", status=303)
    visitor.get(f"/images/{question['image']}", status=404)
    assert "again" in find_problem(send(b"", status=422, name="", image=question["image"]))


def test_an_unknown_picture_is_refused(send, visitor):
    send(b"", status=422, name="", image="0" * 32)
    visitor.get("/images/" + "0" * 32, status=404)


def test_phones_get_the_picture_with_the_question(db, send, presenter, session):
    send(make_png(), image_alt="Kreis")
    phone = Respondent(session["code"])
    question = get_last(db)
    assert question["image"] not in phone.get(f"/audience/{session['code']}").text
    presenter.toggle(question["id"])
    picture = phone.get(f"/audience/{session['code']}").html.select_one(".question img")
    assert picture["alt"] == "Kreis" and phone.get(picture["src"]).body == make_png()
    assert question["image"] in phone.state()["questions"][0]["html"]


def upload(server, path, cookie, size):
    """The status for a form with a picture of `size` bytes."""
    boundary, content = "x" * 20, HEADS["image/png"] + bytes(size - 8)
    body = b"".join([
        f"--{boundary}\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n".encode()
        for name, value in (("title", "Wo?"), ("options", "A\nB"))] + [
        f"--{boundary}\r\nContent-Disposition: form-data; name=picture; "
        "filename=a\r\n\r\n".encode(), content, f"\r\n--{boundary}--\r\n".encode()])
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as line:
        line.putrequest("POST", path)
        line.putheader("Cookie", cookie)
        line.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
        line.putheader("Content-Length", str(len(body)))
        line.endheaders()
        try:
            line.send(body)
        except OSError:
            pass        # refused at the head
        return line.getresponse().status


def test_only_presenters_may_send_much_at_once(server, teacher):
    path = f"{teacher.session}/questions/new/multiple_choice"
    assert upload(server, path, teacher.cookie(), 400_000) == 303
    assert upload(server, path, teacher.cookie(), 600_000) == 422
    assert upload(server, path, "", 100_000) == 413
    assert upload(server, path, teacher.cookie()[:-1] + "x", 100_000) == 413
    assert upload(server, path, teacher.cookie(), 2_200_000) == 413


def test_the_browser_shrinks_a_picture_and_takes_out_what_the_camera_wrote(
        server, teacher, open_page, tmp_path):
    photo = tmp_path / "foto.png"
    photo.write_bytes(make_png(1800, 1350, noise=True))
    assert photo.stat().st_size > 2_300_000
    page = open_page(f"{server.lan}{teacher.session}/questions/new/multiple_choice", 1280, 800,
                     **teacher.options())
    page.get_by_label("Question", exact=True).fill("Was ist das?")
    page.get_by_label("Option A", exact=True).fill("Ein Kreis")
    page.get_by_label("Option B", exact=True).fill("Rauschen")
    page.locator("#picture").set_input_files(photo)
    page.locator("canvas.thumb").wait_for()
    page.get_by_label("Picture description for").wait_for()
    for box in ("projector", "phone"):      # where it is shown before it is sent
        page.locator(f"[data-preview={box}] canvas.picture").wait_for()
    page.get_by_role("button", name="Save and close").click()
    page.wait_for_url("**" + teacher.session)
    [question_id] = re.findall(r'data-question-id="(\d+)"', teacher.control())
    teacher.toggle(question_id, 1)
    phone = open_page(f"{server.lan}/{teacher.code}")
    source = phone.locator("img.picture").get_attribute("src")
    phone.locator("img.picture").evaluate("picture => picture.decode()")
    kept = teacher.get(source)
    assert kept.headers["Content-Type"] == "image/jpeg"
    assert len(kept.content) <= classpulse.PICTURE_MAX and SECRET not in kept.content
    shown = phone.locator("img.picture").evaluate(
        "picture => [picture.complete, picture.naturalWidth > 0, picture.clientWidth <= 390]")
    assert shown == [True, True, True]


def test_a_picture_is_added_by_a_button_and_removed_by_another(server, teacher, open_page):
    page = open_page(f"{server.lan}{teacher.session}/questions/new/rating", 1280, 800,
                     **teacher.options())
    chosen = page.locator("#picture")
    assert chosen.evaluate("one => getComputedStyle(one).opacity") == "0"
    assert not page.get_by_label("Picture description for").is_visible()
    page.get_by_label("Question", exact=True).fill("Wie?")
    with page.expect_file_chooser() as asked:
        page.get_by_text("Add a picture").click()
    asked.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": make_png()})
    page.locator("canvas.thumb").wait_for()
    page.get_by_role("button", name="Number", exact=True).click()       # another type keeps it
    page.locator("img.thumb").wait_for()
    page.locator("[data-preview=projector] img.picture").wait_for()
    page.get_by_role("button", name="Remove picture").click()
    page.locator("[data-preview=projector] img.picture").wait_for(state="detached")
    assert not page.get_by_label("Picture description for").is_visible()
    page.get_by_role("button", name="Save and close").click()
    page.wait_for_url("**" + teacher.session)
    with closing(classpulse.connect(teacher.folder / "classpulse.db", 5)) as db:
        assert classpulse.list_questions(db, teacher.session_id)[-1]["image"] is None


SLOW = """() => {
    const read = createImageBitmap;
    window.slow = [];
    window.createImageBitmap = (file) => new Promise((done) => {
        slow.push(() => done(read(file)));
    });
}"""


def test_a_slow_picture_takes_the_place_of_none_that_was_chosen_later(form):
    page = form(width=1280, height=800)
    page.evaluate(SLOW)

    def choose(*contents):
        for content in contents:
            page.locator("#picture").set_input_files(
                {"name": "a.png", "mimeType": "image/png", "buffer": content})

    def show():
        """The width of what is shown, how many files will be sent, and the problem."""
        page.locator(".save-bar .primary:enabled").wait_for()
        return page.evaluate("""() => {
            const chosen = document.querySelector("[data-chosen]");
            const { files } = document.getElementById("picture");
            return [chosen.hidden ? 0 : chosen.width, files.length, document
                .querySelector("[data-picture-problem]").textContent];
        }""")
    for other in (make_png(60, 30), b"unreadable"):
        choose(other, make_png(40, 30))
        page.evaluate("slow.pop()()")
        page.locator("[data-chosen]").wait_for()
        page.evaluate("slow.pop()()")
        assert show() == [40, 1, ""]
    choose(make_png(60, 30))
    page.get_by_role("button", name="Remove picture").click()
    page.evaluate("slow.pop()()")
    assert show() == [0, 0, ""]


def test_a_file_that_is_no_picture_is_refused_before_it_is_sent(
        server, teacher, open_page, tmp_path):
    page = open_page(f"{server.lan}{teacher.session}/questions/new/multiple_choice", 1280, 800,
                     **teacher.options())
    page.locator("#picture").set_input_files(
        {"name": "text.png", "mimeType": "image/png", "buffer": b"nothing of the kind"})
    page.get_by_text("This picture can't be read").wait_for()
    assert page.locator("#picture").input_value() == ""
