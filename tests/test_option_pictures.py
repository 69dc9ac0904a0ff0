"""Pictures of options: sent by the place of their option, kept, described and shown."""

import re
from base64 import b64encode
from contextlib import closing

import pytest
from classpulse import OPTION_PICTURE_MAX, QUESTION_TYPES, connect, get_question
from conftest import hold, resize
from test_accessibility import MEASURE, TARGET_PX, TEXT_PX
from test_images import HEADS, SECRET, count_images, get_last, make_png
from webtest import Upload

TYPES = ["multiple_choice", "select_all"]


def picture(number=0):
    """A small PNG unlike those of other numbers."""
    return Upload(f"{number}.png", make_png(2 + number))


@pytest.fixture
def send(presenter, session):
    """A function that sends the form of a new question with fields of options' pictures."""
    def send(*options, type="multiple_choice", status=303, **fields):
        return presenter.post(f"/sessions/{session['id']}/questions/new/{type}",
                              [("title", "Welches Blatt?"), *(("option", text)
                                                              for text in options),
                               *fields.items()], status=status,
                              content_type="multipart/form-data")
    return send


@pytest.fixture
def change(presenter, db):
    """A function that sends the form of the newest question with these fields only."""
    def change(*options, status=303, **fields):
        return presenter.post(f"/questions/{get_last(db)['id']}/edit",
                              [("title", "Welches Blatt?"), *(("option", text)
                                                              for text in options),
                               *fields.items()], status=status,
                              content_type="multipart/form-data")
    return change


def list_options(db):
    return get_last(db)["options"]


def show_problem(page):
    return page.html.select_one("#problem-options").get_text()


@pytest.mark.parametrize("type", TYPES)
def test_a_picture_belongs_to_the_option_in_its_place_empty_ones_counted(
        db, send, visitor, type):
    send("", "Ahorn", "", "Eiche", type=type, picture_2=picture(2), alt_2="fünf Zacken",
         picture_4=picture(4), alt_4="")
    ahorn, eiche = list_options(db)
    assert (ahorn["key"], ahorn["text"], ahorn["image_alt"]) == ("A", "Ahorn", "fünf Zacken")
    assert (eiche["key"], eiche["text"], eiche["image_alt"]) == ("B", "Eiche", "")
    assert visitor.get(f"/images/{ahorn['image']}").body == make_png(4)
    assert visitor.get(f"/images/{eiche['image']}").body == make_png(6)


def test_the_description_of_a_picture_alone_is_its_text_everywhere(
        db, send, presenter, session, respondent):
    send("", "Eiche", "", picture_1=picture(), alt_1="ein Ahornblatt", picture_3=picture(1),
         alt_3="ein Lindenblatt")
    question = get_last(db)
    assert [option["text"] for option in question["options"]] == [
        "ein Ahornblatt", "Eiche", "ein Lindenblatt"]
    presenter.toggle(question["id"])
    tile = respondent.get(f"/audience/{session['code']}").html.select_one("label[data-key=A]")
    assert tile.img["alt"] == "ein Ahornblatt" and tile.select_one(".text") is None
    respondent.respond(question["id"], "A")
    csv = presenter.get(f"/questions/{question['id']}/export").text
    assert "ein Ahornblatt" in csv
    assert "ein Ahornblatt" in presenter.get(f"/questions/{question['id']}/results").text
    assert "ein Ahornblatt" in respondent.get(f"/audience/{session['code']}/answers").text
    assert "ein Lindenblatt" in presenter.get(
        f"/sessions/{session['id']}/questions.gift").text
    form = next(form for form in presenter.get(f"/questions/{question['id']}/edit").forms.values()
                if "title" in form.fields)
    assert [field.value for field in form.fields["option"]][:3] == ["", "Eiche", ""]


def test_a_description_with_a_formula_is_read_aloud_as_one(
        db, send, presenter, session, respondent):
    send("", "Gerade", picture_1=picture(), alt_1=r"Graph von $\frac{1}{x}$",
         picture=picture(2), image_alt="`y` von $x^2$")
    presenter.toggle(get_last(db)["id"])
    for page in (respondent.get(f"/audience/{session['code']}"),
                 presenter.get(f"/present/{session['id']}")):
        alts = [image.get("alt") for image in page.html.select("img[src^='/images/']")]
        assert sorted(alts) == ["Graph von 1/x", "y von x²"]


@pytest.mark.parametrize("names, columns", [
    (["", "", "", ""], "four"), (["", "", "", "Eiche"], "two"), (["", ""], "two"),
    (["", "", ""], "three")])
def test_pictures_stand_side_by_side_on_the_projector(
        db, send, presenter, session, names, columns):
    pictures = {f"picture_{place}": picture(place) for place in range(1, len(names) + 1)}
    send(*names, **pictures, **{f"alt_{place}": f"Blatt {place}" for place in range(1, 5)})
    presenter.toggle(get_last(db)["id"])
    assert f'"tiles is-pictured is-{columns} ' in presenter.now(session["id"])["html"]


def test_a_picture_without_words_is_refused_but_kept(db, send):
    page = send("", "Eiche", picture_1=picture(), status=422)
    assert "Describe the picture of option A" in show_problem(page)
    form = next(form for form in page.forms.values() if "title" in form.fields)
    form["alt_1"] = "ein Ahornblatt"
    form.submit(status=303)
    assert list_options(db)[0]["text"] == "ein Ahornblatt"
    assert list_options(db)[0]["image"]


def test_what_is_said_twice_is_only_said_once(db, send):
    send("Ahorn", "Eiche", picture_1=picture(), alt_1=" Ahorn ")
    assert list_options(db)[0]["text"] == "Ahorn" and list_options(db)[0]["image_alt"] == ""


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"<html>", b"GIF88a", b"\x89PNG"])
def test_a_hostile_file_is_refused_with_its_option_and_the_others_are_kept(db, send, content):
    page = send("Ahorn", "Eiche", "Linde", status=422, picture_1=picture(),
                picture_2=Upload("x.png", content), picture_3=picture(1))
    assert "Option B: A picture must be a PNG" in show_problem(page)
    kept = [page.html.select_one(f"[name=image_{place}]").get("value") for place in (1, 2, 3)]
    assert [bool(image) for image in kept] == [True, False, True] and count_images(db) == 2


def test_an_options_picture_over_its_limit_is_refused(db, send):
    most = HEADS["image/png"] + bytes(OPTION_PICTURE_MAX - 8)
    send("Ahorn", "Eiche", picture_2=Upload("a.png", most))
    page = send("Ahorn", "Eiche", picture_2=Upload("a.png", most + b"\0"), status=422)
    assert "Option B: A picture can have 60 kB; this has 61 kB." in show_problem(page)


def test_a_hostile_description_stays_text(db, send, presenter, session, respondent):
    alt = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>"
    send("", "Eiche", picture_1=picture(), alt_1=alt)
    presenter.toggle(get_last(db)["id"])
    for page in (respondent.get(f"/audience/{session['code']}"),
                 presenter.get(f"/present/{session['id']}"),
                 presenter.get(f"/questions/{get_last(db)['id']}/edit")):
        assert "<script>alert" not in page.text and "<img src=x" not in page.text
        assert alt in [image.get("alt") for image in page.html.select("img")] + [
            field["value"] for field in page.html.select("[name=alt_1]")]


@pytest.mark.parametrize("forged", ["0" * 32, "../../etc/passwd", "x' OR 1=1 --", "0" * 4000])
def test_an_unknown_picture_is_refused(send, forged):
    assert "again" in show_problem(send("Ahorn", "Eiche", image_1=forged, status=422))


def test_other_types_take_no_pictures(db, send):
    send("Ahorn", "Eiche", type="ranking", picture_1=picture(), alt_1="Blatt")
    assert list_options(db)[0].keys() == {"key", "text", "correct"}


def test_a_form_without_these_fields_keeps_the_pictures(db, send, change):
    send("", "Eiche", "Linde", picture_1=picture(), alt_1="Ahornblatt", picture_3=picture(1))
    before = list_options(db)
    change("", "Eiche!", "Linde")
    assert [option.get("image") for option in list_options(db)] == [
        option.get("image") for option in before]
    assert list_options(db)[0]["text"] == "Ahornblatt"
    change("Linde", "", "Eiche", alt_2="Ahornblatt")        # each goes with its text
    assert list_options(db)[0]["image"] == before[2]["image"]


def test_a_picture_can_be_replaced_described_and_removed(db, send, change, visitor):
    send("Ahorn", "Eiche", picture_1=picture())
    first = list_options(db)[0]
    change("Ahorn", "Eiche", picture_1=picture(5), alt_1="fünf Zacken")
    second = list_options(db)[0]
    assert second["image"] != first["image"] and second["image_alt"] == "fünf Zacken"
    visitor.get(f"/images/{first['image']}", status=404)
    change("Ahorn", "Eiche", remove_picture_1="1", alt_1="fünf Zacken")
    assert "image" not in list_options(db)[0] and count_images(db) == 0


def test_a_form_sent_again_changes_nothing(db, send, presenter):
    presenter.be_alone()
    send("", "Eiche", "Linde", right="1", picture_1=picture(), alt_1="Ahornblatt",
         picture_3=picture(1))
    before = get_last(db)
    page = presenter.get(f"/questions/{before['id']}/edit")
    next(form for form in page.forms.values() if "title" in form.fields).submit(status=303)
    assert get_last(db) == before


def test_pictures_go_with_the_form_through_other_types(db, send, presenter, session):
    page = send("Ahorn", "", right="1", picture_1=picture(), picture_2=picture(1),
                alt_2="Eichenblatt", switch="1", status=200)
    for type in ("rating", "ranking", "select_all"):
        form = next(form for form in page.forms.values() if "title" in form.fields)
        page = presenter.post(f"/sessions/{session['id']}/questions/new/{type}",
                              [*form.submit_fields(), ("switch", "1")], status=200,
                              content_type="multipart/form-data")
    next(form for form in page.forms.values() if "title" in form.fields).submit(status=303)
    assert get_last(db)["type"] == "select_all"
    ahorn, eiche = list_options(db)
    assert (ahorn["text"], ahorn["correct"]) == ("Ahorn", True) and ahorn["image"]
    assert (eiche["text"], eiche["correct"]) == ("Eichenblatt", False) and eiche["image"]


def test_after_answers_words_and_pictures_can_be_mended_but_not_exchanged(
        db, send, change, presenter, respondent):
    send("Ahorn", "Eiche", picture_1=picture(), picture_2=picture(1))
    question = get_last(db)
    presenter.toggle(question["id"])
    respondent.respond(question["id"], "A")
    ahorn, eiche = (option["image"] for option in question["options"])
    refused = change("Ahorn", "Eiche", status=422, image_1=eiche, image_2=ahorn)
    assert "already answered" in show_problem(refused)
    change("Ahorn", "Eiche", image_1=ahorn, alt_1="fünf Zacken", picture_2=picture(3))
    assert list_options(db)[0]["image_alt"] == "fünf Zacken"
    assert list_options(db)[1]["image"] not in (ahorn, eiche)


def test_an_odd_question_in_a_restored_file_does_not_keep_pictures_from_being_deleted(
        db, send, change):
    send("Ahorn", "Eiche", picture_1=picture())
    send("Ahorn", "Eiche", picture_1=picture())
    odd = ['{"image": null}', '[{"image', '{"image": {"image": 5}}', '"image"']
    for options in odd:
        db.write(lambda db, options: db.execute(
            "UPDATE questions SET options = :odd WHERE id = 1", dict(odd=options)), options)
        change("Ahorn", "Eiche", picture_1=picture())
        assert count_images(db) == 1


def test_copies_share_pictures_until_the_last_one_is_deleted(db, send, presenter, session):
    send("Ahorn", "Eiche", picture_1=picture(), picture_2=picture(1))
    question = get_last(db)
    presenter.post(f"/questions/{question['id']}/duplicate", status=303)
    presenter.post(f"/sessions/{session['id']}/again", status=303)
    other = presenter.create_session()
    presenter.post(f"/sessions/{other}/reuse", {"source": session["id"],
                   "question_id": question["id"]}, status=303)
    assert get_last(db)["options"] == question["options"] and count_images(db) == 2
    ids = [row["id"] for row in db.all("SELECT id FROM questions ORDER BY id")]
    for question_id in ids:
        assert count_images(db) == 2
        presenter.post(f"/questions/{question_id}/delete", status=303)
    assert count_images(db) == 0


@pytest.mark.parametrize("type", TYPES)
def test_no_byte_depends_on_which_option_is_correct(
        db, send, presenter, session, respondent, type):
    send("", "Eiche", type=type, right="1", picture_1=picture(), alt_1="Ahornblatt",
         picture_2=picture(1))
    question = get_last(db)
    presenter.toggle(question["id"])
    respondent.respond(question["id"], "A")
    phones, projectors = set(), set()
    for right in ("1", "2"):
        fields = QUESTION_TYPES[type].fields(question["options"])
        presenter.post(f"/questions/{question['id']}/edit",
                       [("title", question["title"]), ("right", right),
                        *(field for field in fields if field[0] != "right")], status=303)
        phones.add(respondent.state()["questions"][0]["html"])
        projectors.add(presenter.now(session["id"])["html"])
    assert len(phones) == len(projectors) == 1
    assert get_last(db)["options"][1]["correct"]


# In browsers

def hand_over(page, letter, kind, content):
    """Paste or drop a picture into the text of an option."""
    page.evaluate("""([letter, kind, content]) => {
        const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt());
        const data = new DataTransfer();
        data.items.add(new File([bytes], "picture.png", { type: "image/png" }));
        const field = document.querySelector(`.option-edit[data-key=${letter}] textarea`);
        field.dispatchEvent(kind === "paste"
            ? new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data })
            : new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
    }""", [letter, kind, b64encode(content).decode()])
    page.locator(f".option-edit[data-key={letter}] img.thumb").wait_for()


def describe(page, letter, text):
    page.locator(f".option-edit[data-key={letter}]").get_by_label("Picture description").fill(text)


def is_loaded(picture):
    picture.wait_for()
    picture.evaluate("""async (picture) => {
        picture.loading = "eager";
        await picture.decode();
    }""")
    return picture.evaluate("picture => picture.naturalWidth") > 0


def show_pictures(page, within):
    """The letters of the options whose pictures a page shows, loaded."""
    page.locator(f"{within} [data-key=F] img").wait_for()
    pictures = page.locator(f"{within} [data-key] img")
    assert all(is_loaded(pictures.nth(n)) for n in range(pictures.count()))
    return pictures.evaluate_all("all => all.map(one => one.closest('[data-key]').dataset.key)")


def test_six_pictures_are_options_from_the_editor_to_the_correct_answer(
        server, teacher, open_page, axe):
    page = open_page(f"{server.lan}{teacher.session}/questions/new/multiple_choice", 1280, 800,
                     **teacher.options())
    page.get_by_label("Question", exact=True).fill("Welches Blatt ist von einer Eiche?")
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Picture of option A").click()
    photo = make_png(900, 675, noise=True)
    asked.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": photo})
    describe(page, "A", "rund gelappt")
    for n, letter in enumerate("BCDEF"):
        hand_over(page, letter, "paste" if n % 2 else "drop", make_png(40 + n, 30))
        describe(page, letter, f"Blatt {letter}")
    page.get_by_label("Option F", exact=True).fill("Linde")
    page.get_by_label("Option A is correct").check()
    for box in ("projector", "phone"):
        assert show_pictures(page, f"[data-preview={box}]") == list("ABCDEF")
    assert axe(page) == []

    # Pictures go with their option.
    page.get_by_label("Option F", exact=True).press("Alt+ArrowUp")
    page.get_by_role("button", name="Remove option D").click()
    hand_over(page, "F", "paste", make_png(60, 30))
    describe(page, "F", "neu")
    page.get_by_role("button", name="Save and close").click()
    page.wait_for_url("**" + teacher.session)
    [question_id] = re.findall(r'data-question-id="(\d+)"', teacher.control())
    with closing(connect(teacher.folder / "classpulse.db", 5)) as db:
        options = get_question(db, question_id)["options"]
    assert [option["text"] for option in options] == [
        "rund gelappt", "Blatt B", "Blatt C", "Linde", "Blatt E", "neu"]
    assert options[0]["correct"] and options[3]["image_alt"] == "Blatt F"
    kept = teacher.get(f"/images/{options[0]['image']}")
    assert kept.headers["Content-Type"] == "image/jpeg"
    assert len(kept.content) <= OPTION_PICTURE_MAX and SECRET not in kept.content

    teacher.toggle(question_id, 1)
    phone = open_page(f"{server.lan}/{teacher.code}", 320, 640)
    assert show_pictures(phone, "main") == list("ABCDEF")
    lefts = phone.locator("label.tile").evaluate_all(
        "tiles => tiles.map((tile) => Math.round(tile.getBoundingClientRect().left))")
    assert len(set(lefts)) == 2 and lefts[::2] == lefts[:1] * 3
    assert phone.evaluate(MEASURE, [TARGET_PX, TEXT_PX, True]) == [] and axe(phone) == []
    assert phone.get_by_role("radio", name="B Blatt B").count() == 1
    phone.get_by_role("link", name="Enlarge the picture of C").click()
    phone.get_by_role("button", name="Close the picture: Blatt C").click()
    assert phone.locator("input:checked").count() == 0
    phone.locator("label[data-key=A] img").click()
    phone.locator(".saved").wait_for()

    present = f"{server.lan}{teacher.present}?question={question_id}"
    projector = open_page(present, 1280, 800, **teacher.options())
    assert show_pictures(projector, "[data-projection]") == list("ABCDEF")
    before = measure_pictures(projector)

    def step(action, stage):
        teacher.post(f"/api{teacher.session}/step", {
            "action": action, "question_id": question_id, "round": 1, "stage": stage}, status=200)

    step("reveal", "open")
    projector.locator("[data-key=A] [data-percent]", has_text="100 %").wait_for()
    assert measure_pictures(projector) == before
    step("show_answer", "results")
    projector.get_by_label("Correct answer").wait_for()
    assert axe(projector) == []
    assert measure_pictures(projector) == before
    for width, height in ((1280, 800), (1024, 768), (1920, 1080)):
        resize(projector, width, height)
        hidden = projector.locator(".tiles").evaluate("""(tiles) => Math.max(
            tiles.scrollHeight - tiles.clientHeight, tiles.scrollWidth - tiles.clientWidth)""")
        assert hidden <= 1
    phone.locator(".is-correct img").wait_for()


def measure_pictures(page):
    """Where the pictures of options are, and their size."""
    return page.locator(".tiles img").evaluate_all("""(all) => all.map((one) =>
        Object.values(one.getBoundingClientRect().toJSON()).map(Math.round))""")


def list_pictures(page):
    """{text: id} of the rows with a picture, once none is on its way."""
    page.locator(".save-bar .primary:enabled").wait_for()
    return dict(page.locator(".option-edit").evaluate_all("""(rows) => rows
        .map((row) => ["textarea", "[type=hidden]"].map((one) => row.querySelector(one).value))
        .filter(([, image]) => image)"""))


def test_a_slow_picture_ends_at_its_option_and_replaces_none_that_was_chosen_later(form):
    page = form()

    def choose(place, width):
        """The route of a picture that is on its way."""
        with hold(page, "**/pictures") as held:
            page.locator(f"[name=picture_{place}]").set_input_files(
                {"name": "a.png", "mimeType": "image/png", "buffer": make_png(width, 30)})
        return held[0]
    page.get_by_label("Option B", exact=True).fill("Katze")
    slow = choose(2, 40)
    page.get_by_label("Question", exact=True).fill("Hund\nMaus\nKuh")
    for key in ("a", "x"):
        page.get_by_label("Question", exact=True).press(f"Control+{key}")
    page.get_by_label("Option A", exact=True).press("Control+v")
    page.get_by_label("Question", exact=True).fill("Welches Tier?")
    page.get_by_label("Option A is correct").press("Enter")     # sends nothing yet
    slow.continue_()
    assert list(list_pictures(page)) == ["Katze"]
    # Of two for one option, the later one; of none, none.
    slow, later = choose(1, 40), choose(1, 60)
    with page.expect_response("**/pictures") as answered:
        later.continue_()
    kept = {"Hund": answered.value.json()["image"]}
    page.locator(f".thumb[src$='{kept['Hund']}']").wait_for()
    unwanted = choose(4, 50)
    page.locator(".option-edit[data-key=D]").get_by_role("button", name="Remove picture").click()
    for route in (slow, unwanted):
        route.continue_()
    assert list_pictures(page) == kept


def test_a_picture_that_cant_be_used_leaves_the_form_as_it_was(server, teacher, open_page):
    page = open_page(f"{server.lan}{teacher.session}/questions/new/select_all", 1280, 800,
                     **teacher.options())
    page.get_by_label("Option A", exact=True).fill("Ahorn")
    for name, content in (("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
                          ("a.png", b"nothing of the kind")):
        page.locator("[name=picture_1]").set_input_files(
            {"name": name, "mimeType": "image/png", "buffer": content})
        page.get_by_text("This picture can't be read").wait_for()
        page.get_by_label("Option A", exact=True).press("End")
    assert page.get_by_label("Option A", exact=True).input_value() == "Ahorn"
    assert page.get_by_role("button", name="Picture of option A").is_visible()
    assert page.get_by_role("button", name="Save and close").is_enabled()
