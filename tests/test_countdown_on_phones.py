"""What phones show while a class votes, discusses and votes again, and while time runs out."""

import re

import pytest

from still_clock import StillClock

# Everything that a page's own live region says, in order.
LISTEN = """() => {
    window.said = [];
    const region = document.querySelector("[data-announce]");
    new MutationObserver(() => region.textContent && said.push(region.textContent))
        .observe(region, { childList: true });
}"""


@pytest.fixture
def page(open_page):
    return open_page("about:blank", has_touch=True, is_mobile=True)


@pytest.fixture
def clock(server, teacher, page):
    """The clock of a phone that has joined; it stands still."""
    clock = StillClock(page, f"{server.lan}/{teacher.code}")
    page.evaluate(LISTEN)
    return clock


def step(teacher, action, question_id, round=1, stage="open", **fields):
    teacher.post(f"/api{teacher.session}/step", {
        "action": action, "question_id": question_id, "round": round, "stage": stage, **fields},
        status=200)


def timer(page):
    return page.locator("[data-remaining]")


def wait_for_seconds(page, figures):
    """The seconds that are shown when they are such figures: how late they are told may differ."""
    page.locator("[data-remaining]", has_text=re.compile(figures)).wait_for()
    minutes, seconds = timer(page).inner_text().split(":")
    return 60 * int(minutes) + int(seconds)


def test_figures_count_down_are_announced_and_a_tap_at_the_end_still_counts(teacher, page, clock):
    question = teacher.ask("multiple_choice", "Größe?", options="klein\ngroß", seconds="75")
    left = wait_for_seconds(page, "1:1[0-5]")
    pill = page.locator(".question .pill")
    assert pill.evaluate("one => getComputedStyle(one).opacity") == "0"     # but it is read
    clock.jump((left - 69) * 1000)
    assert timer(page).inner_text() == "1:09"
    for seconds, told, end, is_near in ((36, "0:3[1-6]", 29, False), (15, "0:1[1-5]", 10, True)):
        step(teacher, "start_timer", question, seconds=seconds)
        clock.jump((wait_for_seconds(page, told) - end) * 1000)
        assert timer(page).inner_text() == f"0:{end}"
        assert ("is-near" in timer(page).get_attribute("class")) == is_near
    step(teacher, "start_timer", question, seconds=8)
    clock.jump(wait_for_seconds(page, "0:0[1-8]") * 1000)
    assert timer(page).inner_text() == "Time is up"
    assert timer(page).get_attribute("style") == "--left: 0;"       # and not a moment earlier
    page.get_by_text("groß").tap()
    page.get_by_text("Saved").wait_for()
    step(teacher, "stop_timer", question)
    timer(page).wait_for(state="hidden")
    assert pill.evaluate("one => getComputedStyle(one).opacity") == "1"
    assert page.evaluate("said") == [
        "New question: Größe?", "30 seconds left", "10 seconds left", "Time is up"]
    assert teacher.answers(question) == [("groß", "0")]


def test_each_of_several_questions_has_its_own_countdown(server, teacher, page, clock):
    for title, seconds in (("Eins?", "45"), ("Zwei?", ""), ("Drei?", "90")):
        teacher.ask("multiple_choice", title, options="Ja\nNein", seconds=seconds)
    page.locator("[data-progress]", has_text="1 of 3").wait_for()
    forward = page.get_by_role("button", name="Next", exact=True)
    left = wait_for_seconds(page, "0:[34]")         # to ask the other two takes some time
    clock.jump(2000)
    assert wait_for_seconds(page, "0:[34]") == left - 2
    forward.tap()
    assert not timer(page).is_visible()
    forward.tap()
    assert 80 < wait_for_seconds(page, "1:2") <= 88
    forward.tap()                                           # the card
    assert not timer(page).is_visible()
    page.set_viewport_size({"width": 320, "height": 480})
    page.get_by_role("button", name="Drei?").tap()
    page.mouse.wheel(0, 1000)
    assert timer(page).bounding_box()["y"] >= 0             # it does not scroll away
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_phone_in_a_discussion_says_so_keeps_the_first_vote_and_shows_no_results_before_time(
        server, teacher, page, open_page, clock):
    teacher.post(f"{teacher.session}/edit", {"name": "Ökologie", "names": "no", "on_phones": "1"})
    slow = open_page(f"{server.lan}/{teacher.code}", has_touch=True, is_mobile=True)
    question = teacher.ask("select_all", "Größe?", options="*klein\ngroß", discuss="1")
    page.get_by_text("groß").tap()
    page.get_by_role("button", name="Send answer").tap()
    page.get_by_text("Saved").wait_for()
    slow.get_by_text("klein").tap()
    step(teacher, "close", question)
    slow.get_by_text("Voting closed before this was sent.").wait_for()
    step(teacher, "discuss", question, stage="closed")
    talk = "Talk to your neighbour: convince them, or be convinced"
    for phone in (page, slow):
        phone.locator("[data-talk]", has_text=talk).wait_for()
        assert phone.locator(".question .pill").inner_text() == "Voting is closed\ndiscuss"
        assert not phone.locator("[data-percent], [data-verdict]").count()
    assert page.evaluate("said").count(talk) == 1
    assert page.locator("input:checked").evaluate("(one) => one.value") == "B"
    assert slow.locator("input:checked").evaluate("(one) => one.value") == "A"
    assert slow.get_by_role("button", name="Send late").is_visible()
    step(teacher, "start_timer", question, stage="closed", discussing=1, seconds=5)
    wait_for_seconds(page, "0:0[1-5]")
    clock.jump(6000)
    assert timer(page).inner_text() == "Time is up"
    assert "is-live" not in timer(page).get_attribute("class")
    step(teacher, "vote_again", question, stage="closed", discussing=1)
    again = "Round 2: vote again. Earlier votes are kept for comparison."
    page.get_by_text(again).wait_for()
    assert not page.locator("input:checked, [data-percent]").count()
    page.get_by_text("klein").tap()
    page.get_by_role("button", name="Send answer").tap()
    page.get_by_text("Saved").wait_for()
    assert page.get_by_text(again).is_visible()
    step(teacher, "reveal", question, round=2)
    slow.get_by_text("You didn't vote in round 2.").wait_for()
    assert not page.get_by_text(again).count() + slow.get_by_text(again).count()
    page.locator("[data-percent]", has_text="100 %").wait_for()
    step(teacher, "show_answer", question, round=2, stage="results")
    page.locator(".is-correct").wait_for()
    clock.jump(1000)                    # by then each phone has requested its own verdict
    page.locator("section").get_by_text("Correct!").wait_for()
    assert page.evaluate("said") == [
        "New question: Größe?", "Voting is closed", talk, "Time is up", "New question: Größe?",
        "Voting is closed", "Correct!"]
