"""The projector's keys: what each does, and that none does more.

The page's clock stands still, so that a press counts as a second one exactly when it should.
"""

import re

import pytest
from conftest import SLIP_MS, Teacher
from still_clock import StillClock
from test_real_time_results import wait_for
from tour import QUESTIONS, Lesson


@pytest.fixture
def lesson(open_browser):
    return Lesson(open_browser(Teacher), open_browser)


@pytest.fixture
def page(lesson, open_page):
    """The projector, in the join view as soon as its clock stands still."""
    return open_page("about:blank", 1280, 800, **lesson.teacher.options())


@pytest.fixture
def clock(server, lesson, page):
    return StillClock(page, server.lan + lesson.teacher.present)


@pytest.fixture
def last_results(page, lesson):
    """The results of the last question are shown, so the next step ends the session."""
    lesson.go("ranking")
    for action in ("open", "close", "show_results"):
        lesson.step(action)
    page.locator("[data-next]", has_text="End session").wait_for()


def see(page, number, stage):
    """Wait until the projector shows this question at this stage."""
    page.locator(f".stage-{stage} .place", has_text=f"{number} of ").wait_for()


def test_space_and_page_down_do_the_next_step(page, press):
    for key, number, stage in (
            (" ", 1, "open"), ("PageDown", 1, "results"), (" ", 1, "answer"),
            ("PageDown", 2, "open"), (" ", 2, "results")):
        press(key)
        see(page, number, stage)


def test_arrows_and_page_up_move_and_neither_open_nor_close(page, press, lesson):
    lesson.step("begin")
    lesson.step("open")
    see(page, 1, "open")
    for key, number, stage in (("ArrowRight", 2, "draft"), ("ArrowRight", 3, "draft"),
                               ("ArrowLeft", 2, "draft"), ("PageUp", 1, "open"),
                               ("PageUp", 1, "open"), ("ArrowRight", 2, "draft")):
        press(key)
        see(page, number, stage)
    now = lesson.go("multiple_choice")
    assert sorted(now["stages"].values()) == ["draft"] * 7 + ["open"]


def test_r_shows_and_hides_the_results_o_opens_again_and_v_votes_again(page, press, lesson):
    lesson.step("open")
    see(page, 1, "open")
    assert page.locator("[data-bar]").count() == 0
    press("r")
    page.locator(".stage-open [data-bar]").first.wait_for(state="attached")
    press("R")
    page.locator(".stage-open [data-bar]").first.wait_for(state="detached")
    lesson.step("close")
    see(page, 1, "closed")
    press("o")
    see(page, 1, "open")
    lesson.step("close")
    see(page, 1, "closed")
    press("v")
    page.locator(".stage-open .pill", has_text="Round 2").wait_for()


def test_j_and_escape_come_and_go_from_the_join_view_and_a_asks_now(page, press, lesson):
    join_view = page.locator(".join-view")
    asking = page.get_by_role("dialog", name="Quick question")
    press("Escape")         # nothing was shown yet: there is nowhere to go back to
    assert join_view.is_visible()
    press("a")
    asking.wait_for()
    press("Escape")
    asking.wait_for(state="hidden")
    assert join_view.is_visible()
    lesson.step("begin")
    join_view.wait_for(state="hidden")
    for key, state in (("j", "visible"), ("j", "hidden"), ("j", "visible"),
                       ("Escape", "hidden"), ("j", "visible"), (" ", "hidden")):
        press(key)
        join_view.wait_for(state=state)
    see(page, 1, "draft")   # Space led back, and opened nothing


def test_question_mark_opens_and_closes_the_keys_which_have_the_keyboard(page, press, lesson):
    lesson.step("begin")
    see(page, 1, "draft")
    keys = page.get_by_role("dialog", name="Keys")
    press("?")
    keys.wait_for()
    for key in ("r", "PageDown", "ArrowRight", "a", "j"):
        press(key)
    assert page.locator("dialog[open]").count() == 1
    press("?")
    keys.wait_for(state="hidden")
    press("?")
    keys.wait_for()
    press("Escape")
    keys.wait_for(state="hidden")
    see(page, 1, "draft")
    press(" ")
    see(page, 1, "open")


def test_b_and_the_full_stop_make_the_screen_black_and_what_leads_back_does_no_step(
        page, press, lesson):
    lesson.step("open")
    see(page, 1, "open")
    for key, back in (("b", " "), (".", "PageDown"), ("b", "b"), (".", "Escape")):
        press(key)
        page.locator("[data-black]").wait_for()
        press("r")
        press(back)
        page.locator("[data-black]").wait_for(state="hidden")
        page.keyboard.press(" ")        # the second half of a double press
        press("j")
        page.locator(".join-view").wait_for()
        assert page.locator(".stage-open").count() == 1, back
        assert lesson.go("multiple_choice")["stage"] == "open", back
        press("j")
        page.locator(".join-view").wait_for(state="hidden")


def ask_in_vain(press, asked, text):
    """Press what asks with this text, and take that back, by each key that does."""
    for no in ("PageUp", "Escape"):
        press(" ")
        asked.get_by_text(text).wait_for()
        press(no)
        asked.wait_for(state="hidden")


def test_the_end_is_asked_and_a_clicker_can_answer(page, clock, press, lesson, last_results):
    """No press that asked ends the session, nor the second half of it, nor Space on a button."""
    teacher, asked = lesson.teacher, page.get_by_role("dialog", name="End session")
    ask_in_vain(press, asked, "Students can no longer join or answer.")
    press(" ")
    page.get_by_role("button", name="Keep going").focus()
    press(" ")
    asked.wait_for(state="hidden")
    assert lesson.go("ranking")["session_active"]
    for key in (" ", "PageDown", "Enter"):
        press("PageDown")
        asked.wait_for()
        clock.jump(SLIP_MS - 1)
        page.keyboard.press(key)
        assert asked.is_visible(), key
        press("r")                      # the dialog has the keys to itself
        press(key)
        page.get_by_text("Thank you").wait_for()
        assert lesson.go("ranking")["session_active"] is False, key
        teacher.post(f"/api{teacher.session}/toggle", {"active": 1})
        page.locator("[data-next]", has_text="End session").wait_for()


def test_a_page_for_another_question_goes_there_and_does_not_ask_about_the_end(
        page, press, lesson, last_results):
    page.goto(f"{page.url}?question={lesson.ids['multiple_choice']}")
    page.get_by_role("button", name="Show this question").wait_for()
    press(" ")
    page.get_by_role("button", name="Start question 1").wait_for()
    assert page.locator("dialog[open]").count() == 0


def test_what_asks_is_gone_with_what_it_asks_about(page, press, lesson, last_results):
    teacher, ending = lesson.teacher, page.get_by_role("dialog", name="End session")
    press(" ")
    ending.wait_for()
    lesson.step("end")
    ending.wait_for(state="hidden")
    page.get_by_text("Thank you").wait_for()
    teacher.post(f"/api{teacher.session}/toggle", {"active": 1})
    page.locator("[data-next]").wait_for()
    press(" ")
    ending.wait_for()
    lesson.go("rating")
    ending.wait_for(state="hidden")
    press("a")
    asking = page.get_by_role("dialog", name="Quick question")
    asking.wait_for()
    lesson.step("end")
    asking.wait_for(state="hidden")


def test_voting_of_several_is_closed_by_one_press_only_when_all_have_finished(
        page, clock, press, lesson):
    teacher = lesson.teacher
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    lesson.answer("rating")
    sockets = [phone.watch(f"/ws/audience/{teacher.code}") for phone in lesson.phones]
    page.locator("[data-completed]", has_text="0").wait_for()
    page.locator(".finished [data-expected]", has_text="5").wait_for()
    asked = page.get_by_role("dialog", name="Close all")
    ask_in_vain(press, asked, "5 of 5 have not finished.")
    press(" ")
    for type, (_, _, answers) in QUESTIONS.items():
        lesson.answer(type, answers[:4])
    asked.get_by_text("1 of 5 has not finished.").wait_for()
    press("PageUp")
    for type in QUESTIONS:
        lesson.answer(type)
    page.locator("[data-completed]", has_text="5").wait_for()
    press(" ")
    page.locator(".stage-closed").wait_for()
    assert asked.is_hidden()
    teacher.post(f"/questions/{lesson.ids['rating']}/duplicate")
    teacher.post(f"/questions/{lesson.ids['numeric']}/duplicate")
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    page.locator("[data-completed]", has_text="0").wait_for()
    press(" ")
    asked.wait_for()
    clock.jump(SLIP_MS - 1)
    page.keyboard.press(" ")
    assert asked.is_visible()
    press(" ")
    page.locator(".finished").wait_for(state="detached")
    for socket in sockets:
        socket.close()


def test_after_the_end_arrows_look_back_and_j_shows_the_end_again(
        page, press, lesson, open_page):
    for action in ("open", "close", "show_results"):
        lesson.step(action)
    lesson.go("ranking")
    held, end = [], page.locator("[data-end]")
    page.route("**/end", lambda route: held.append(route), times=1)
    with page.expect_request("**/end"):
        lesson.step("end")
    press("Escape")
    end.wait_for(state="hidden")
    press("j")
    end.get_by_text("Thank you").wait_for()
    open_page.expected = "ERR_"
    with page.expect_event("requestfailed"):
        held[0].abort()         # what was asked for before is not missed
    page.evaluate("fetch(location.href).then((answer) => answer.text())")
    assert end.is_visible()
    press("ArrowLeft")
    end.wait_for(state="hidden")
    see(page, 7, "draft")
    for state in ("visible", "hidden", "visible"):
        press("j")
        end.wait_for(state=state)


def test_f_fills_the_screen_and_leaves_it(page, press):
    for full in ("true", "false"):
        press("f")
        page.wait_for_function(f"() => Boolean(document.fullscreenElement) === {full}")


def test_a_second_press_at_once_and_a_key_held_down_do_nothing_more(page, clock, press):
    steps = []
    page.on("request", lambda asked: steps.append(asked.url) if "/step" in asked.url else None)
    press(" ")
    see(page, 1, "open")
    page.keyboard.press(" ")
    clock.jump(SLIP_MS - 1)
    page.keyboard.press("PageDown")
    clock.jump(SLIP_MS)
    page.keyboard.down("PageDown")
    see(page, 1, "results")
    for _ in range(2):
        clock.jump(SLIP_MS)
        page.keyboard.down("PageDown")      # held down, it repeats
    page.keyboard.up("PageDown")
    press("ArrowRight")
    see(page, 2, "draft")
    assert len(steps) == 3


def test_space_on_a_control_does_what_the_control_does_and_nothing_else(page, press, lesson):
    lesson.step("begin")
    see(page, 1, "draft")
    page.get_by_role("button", name="Keys").focus()
    press(" ")
    page.get_by_role("dialog", name="Keys").wait_for()
    press(" ")              # on its "Close"
    page.get_by_role("dialog", name="Keys").wait_for(state="hidden")
    see(page, 1, "draft")
    page.locator("[data-next]").focus()
    press(" ")
    see(page, 1, "open")
    press("ArrowRight")
    see(page, 2, "draft")
    assert lesson.go("multiple_choice")["stage"] == "open"


def test_what_belongs_to_the_browser_is_left_to_it(page, press, lesson):
    for action in ("open", "close"):
        lesson.step(action)
    see(page, 1, "closed")
    for key in ("Control+o", "Alt+v", "Meta+a", "Control+j", "t"):
        press(key)
    see(page, 1, "closed")
    assert page.locator("dialog[open]").count() == 0
    assert page.locator(".join-view").is_hidden()


def test_c_starts_extends_and_stops_a_countdown_which_is_announced(
        page, clock, press, lesson, open_page):
    timing = page.get_by_role("dialog", name="Countdown")
    left, announced = page.locator("[data-remaining]"), page.locator("[data-announce]")
    lesson.step("begin")
    see(page, 1, "draft")
    press("c")
    page.get_by_text("Open voting first. Then you can start a countdown.").wait_for()
    assert timing.is_hidden() and left.is_hidden()
    lesson.step("open")
    see(page, 1, "open")

    def choose(*keys):
        page.keyboard.press("c")
        timing.wait_for()
        for key in keys:
            page.keyboard.press(key)
        timing.wait_for(state="hidden")

    def type_seconds(seconds):
        page.keyboard.press("c")
        timing.get_by_label("Seconds").fill(seconds)
        page.keyboard.press("Enter")
    # What is left is told some time after it is chosen, and this clock stands still.
    for key, text in (("1", "0:30|0:2."), ("2", "1:00|0:5."), ("3", "2:00|1:5."),
                      ("Enter", "2:[23]")):
        choose(key)
        left.get_by_text(re.compile(text)).wait_for()
    lesson.step("show_results")
    page.locator("[data-bar]").first.wait_for(state="attached")
    left.get_by_text(re.compile("2:[23]")).wait_for()       # in the question's new picture, too
    choose("0")
    left.wait_for(state="hidden")
    open_page.expected = "422"
    type_seconds("4")
    timing.get_by_text("This must be a whole number from 5 to 3600.").wait_for()
    assert timing.get_by_label("Seconds").get_attribute("aria-invalid") == "true"
    timing.get_by_label("Seconds").fill("35")
    page.keyboard.press("Enter")
    timing.wait_for(state="hidden")
    left.get_by_text(re.compile("0:3[1-5]")).wait_for()
    clock.jump(5200)
    announced.get_by_text("30 seconds left").wait_for()
    type_seconds("15")
    left.get_by_text(re.compile("0:1[1-5]")).wait_for()
    clock.jump(5200)
    announced.get_by_text("10 seconds left").wait_for()
    assert "is-short" in left.get_attribute("class")
    clock.jump(int(left.inner_text()[-2:]) * 1000)
    announced.get_by_text("Time is up").wait_for()
    assert left.inner_text() == "0:00" and "is-over" in left.get_attribute("class")


def test_a_late_answer_is_not_for_a_window_that_was_opened_again(
        page, press, lesson, open_page):
    timing, held = page.get_by_role("dialog", name="Countdown"), []
    seconds = timing.get_by_label("Seconds")
    lesson.step("open")
    see(page, 1, "open")
    open_page.expected = "422"
    for typed in ("60", "4"):       # the one is done, the other is refused
        page.route("**/step", lambda route: held.append(route), times=1)
        press("c")
        seconds.fill(typed)
        page.keyboard.press("Enter")
        wait_for(lambda: page.evaluate("true") and held)
        page.keyboard.press("Escape")
        timing.wait_for(state="hidden")
        press("c")
        seconds.fill("90")
        with page.expect_event("requestfinished"):
            held.pop().continue_()
        page.evaluate("fetch(location.href).then((answer) => answer.text())")
        assert timing.is_visible() and timing.locator("[data-refused]").inner_text() == ""
        page.keyboard.press("Escape")
        timing.wait_for(state="hidden")
