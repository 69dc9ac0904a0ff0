"""One lesson as it happens: a projector and two phones, from the set-up link to the CSV file."""

import csv
import os
from pathlib import Path
from urllib.parse import urlsplit

from conftest import PASSWORD, SLIP_MS, resize
from still_clock import StillClock

SCREENSHOTS = os.environ.get("CLASSPULSE_SCREENSHOTS")
ARABIC, EMOJI = "عاصمة فرنسا", "🌱 Grün"


def shoot(page, name):
    """Keep a picture of the page, when a folder for them is named."""
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS, name + ".png"))


def test_a_lesson_from_the_set_up_link_to_the_csv_file(server, open_page, open_browser):
    # The teacher creates an account with the link from the terminal.
    control = open_page(server.link.replace(server.url, server.lan), 1280, 800)
    assert control.evaluate("isSecureContext") is False
    shoot(control, "setup")
    control.get_by_label("User name").fill("مدرسة")
    control.get_by_label("Password", exact=True).fill(PASSWORD)
    control.get_by_label("Your name (optional)").fill("Frau Öztürk 🦉")
    control.get_by_role("button", name="Create account").click()
    shoot(control, "home-empty")
    control.get_by_label("Name (students see it)").fill("Geografie & Größe")
    control.get_by_role("button", name="Create session").click()
    control.goto(control.url + "/questions/new/multiple_choice")
    control.get_by_label("Question", exact=True).fill("Was ist " + ARABIC + "?")
    for letter, text in zip("ABC", ("Lyon", "Paris", EMOJI)):
        control.get_by_label(f"Option {letter}", exact=True).fill(text)
    control.get_by_label("Option B is correct").check()
    shoot(control, "question")
    control.get_by_role("button", name="Save and close").click()
    control.wait_for_url("**/sessions/*")
    teacher, session = open_browser(), urlsplit(control.url).path
    teacher.cookies = {one["name"]: one["value"] for one in control.context.cookies()}
    for kind, title, fields in (
            ("word_cloud", "Ein Wort über heute?", {"max_words": "2"}),
            ("rating", "Wie klar war es?", {"low": "gar nicht", "high": "völlig"})):
        teacher.post(f"{session}/questions/new/{kind}", {"title": title, **fields})
        control.locator(".item-title", has_text=title).wait_for()
    code = control.locator("[data-code]").get_attribute("data-code")
    shoot(control, "control")

    # The projector shows how to join, and two phones do: by the link in the QR, and by typing.
    with control.expect_popup() as popup:
        control.get_by_role("link", name="Projector").click()
    projector = popup.value
    resize(projector, 1280, 800)
    join_view = projector.locator(".join-view")
    join_view.wait_for()
    shoot(projector, "present-join")
    first = open_page(f"{server.lan}/{code}", has_touch=True, is_mobile=True)
    second = open_page(server.lan, has_touch=True, is_mobile=True)
    shoot(second, "join")
    second.get_by_label("Code on the big screen").fill(f"{code[:3]}-{code[3:]}")
    second.get_by_role("button", name="Join").tap()
    first.get_by_text("You're in. The next question will appear here.").wait_for()
    shoot(first, "phone-waiting")
    projector.locator(".join-view [data-in]", has_text="2 are in").wait_for()

    # Space leads through the first question; nothing tells the right answer before it is shown.
    step = projector.locator("[data-next]")
    press = projector.keyboard.press
    projector.get_by_role("button", name="Start question 1").wait_for()
    press(" ")
    first.get_by_text("Paris").tap()
    first.get_by_text("Saved").wait_for()
    second.get_by_text(EMOJI).tap()
    second.get_by_text("Saved").wait_for()
    second.get_by_text("Paris").tap()
    second.locator("label", has_text="Paris").locator("input:checked").wait_for()
    shoot(first, "phone-saved")
    projector.locator("[data-answered]", has_text="2").first.wait_for()
    shoot(projector, "present-held-back")
    assert "correct" not in projector.locator("main").inner_html()
    for expected in ("Show the correct answer", "Next question"):
        projector.wait_for_timeout(700)     # a second press within this time counts as a slip
        press(" ")
        step.filter(has_text=expected).wait_for()
    projector.locator(".tile.is-correct", has_text="Paris").wait_for()
    shoot(projector, "present-answer")
    first.locator("section").get_by_text("Correct!").wait_for()
    first.locator("[data-key=A].is-correct, [data-key=B].is-correct").wait_for()
    shoot(first, "phone-closed")

    # The word cloud is held back until R; the table twin says what the picture shows.
    projector.wait_for_timeout(700)
    press(" ")
    first.get_by_label("Word or short phrase").fill("Straße")
    first.get_by_label("Another one").fill("سلام 🌍")
    shoot(first, "phone-words")
    first.get_by_role("button", name="Send").tap()
    second.get_by_label("Word or short phrase").fill("STRASSE!")
    second.get_by_role("button", name="Send").tap()
    for phone in (first, second):
        phone.get_by_text("Saved").wait_for()
    projector.locator("[data-answered]", has_text="2").first.wait_for()
    assert projector.locator(".cloud").count() == 0
    projector.wait_for_timeout(700)
    press("r")
    projector.locator(".cloud li", has_text="Straße").wait_for()
    shoot(projector, "present-cloud")
    projector.wait_for_timeout(700)
    press("t")
    row = projector.locator("[data-table] tr", has_text="Straße")
    row.wait_for()
    assert row.locator("td").first.inner_text() == "2"
    shoot(projector, "present-table")

    # The rating is run from the control page, by its toggle.
    control.bring_to_front()
    rating = control.locator("li[data-question-id]").nth(2)
    rating.locator("summary").click()
    rating.get_by_role("button", name="Open voting").click()
    rating.get_by_role("button", name="Close voting").wait_for()
    first.get_by_role("button", name="Next").tap()      # the word cloud is still open
    first.get_by_text("völlig").tap()
    first.locator("section", has_text="völlig").get_by_text("Saved").wait_for()
    control.locator("li[data-question-id]").nth(2).get_by_role("link", name="Results").click()
    control.get_by_text("mean 5").first.wait_for()
    shoot(control, "results")
    control.go_back()
    control.get_by_role("button", name="End session").click()
    control.get_by_role("dialog").get_by_role("button", name="End session").click()
    control.get_by_role("button", name="Reopen").wait_for()
    first.get_by_text("Session closed, your answers are saved").wait_for()
    shoot(control, "control-closed")

    # The answers are on the disk, and what was downloaded is the same.
    control.get_by_text("More files").click()
    with control.expect_download() as download:
        control.get_by_role("button", name="All answers").click()
    [saved] = (server.folder / "exports").glob(f"*_{code}_geografie-große_long.csv".replace(
        "große", "groe"))
    assert Path(download.value.path()).read_bytes() == saved.read_bytes()
    with saved.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["question_type"], row["answer"], row["correct"]) for row in rows] == [
        ("multiple_choice", "Paris", "1"), ("multiple_choice", "Paris", "1"),
        ("word_cloud", "Straße; سلام 🌍", ""), ("word_cloud", "STRASSE", ""), ("rating", "5", "")]
    assert rows[0]["question_text"] == "Was ist " + ARABIC + "?"
    assert len({row["respondent_id"] for row in rows}) == 2


def test_a_question_is_voted_on_discussed_and_voted_on_again(server, teacher, open_page):
    question_id = teacher.create_question("multiple_choice", "Was bleibt gleich?", discuss="1",
                                          options="Volumen\n*Masse\nDichte", seconds="600")
    projector = open_page("about:blank", 1280, 800, **teacher.options())
    clock = StillClock(projector, server.lan + teacher.present)
    tapping, typing = [open_page(f"{server.lan}/{teacher.code}") for _ in range(2)]
    step, tiles = projector.locator("[data-next]"), projector.locator(".tile")

    def press_space(expected):
        clock.jump(SLIP_MS)
        projector.keyboard.press(" ")
        step.filter(has_text=expected).wait_for()

    def assert_covered():
        assert projector.locator("[data-percent]:visible, [data-count]:visible").count() == 0
        assert tiles.count() == 3

    def vote_by_keyboard(page, letter):
        """Arrow keys choose without voting; Enter votes."""
        page.locator("input[type=radio]").first.focus()
        for _ in range("ABC".index(letter)):
            page.keyboard.press("ArrowDown")
        assert page.get_by_text("Saved").count() == 0
        page.keyboard.press("Enter")
        page.get_by_text("Saved").wait_for()

    step.filter(has_text="Start question 1").wait_for()
    press_space("Close voting")
    tapping.get_by_text("Volumen").click()
    tapping.get_by_text("Saved").wait_for()
    vote_by_keyboard(typing, "C")
    projector.locator("[data-answered]", has_text="2").first.wait_for()
    assert_covered()
    shoot(projector, "discuss-1-vote")
    press_space("Start the discussion")
    assert_covered()
    shoot(projector, "discuss-2-closed")
    press_space("Vote again")
    projector.get_by_text("Talk to your neighbour").first.wait_for()
    assert_covered()
    shoot(projector, "discuss-3-discussion")
    shoot(tapping, "discuss-3-phone")
    late = open_page(f"{server.lan}/{teacher.code}")
    late.get_by_text("Was bleibt gleich?").wait_for()

    press_space("Close voting and show results")
    for page in (tapping, late):
        page.locator("input[type=radio]:not(:disabled)").first.wait_for(state="attached")
        page.get_by_text("Masse").click()
        page.get_by_text("Saved").wait_for()
    typing.locator("input[type=radio]:not(:disabled)").first.wait_for(state="attached")
    assert typing.locator("input:checked").count() == 0
    vote_by_keyboard(typing, "C")
    projector.locator("[data-answered]", has_text="3").first.wait_for()
    assert_covered()
    press_space("Show the correct answer")
    projector.locator("[data-key=B] [data-percent]").filter(has_text="67").first.wait_for()
    shoot(projector, "discuss-4-results")
    press_space("End session")
    projector.get_by_text("from 0 % to 67 %").first.wait_for()
    shoot(projector, "discuss-5-answer")
    tapping.locator("section").get_by_text("Correct!").wait_for()
    typing.locator("section").get_by_text("Not this time").wait_for()
    assert sorted(teacher.answers(question_id)) == sorted(
        [(answer, "0") for answer in ("Volumen", "Dichte", "Masse", "Masse", "Dichte")])
