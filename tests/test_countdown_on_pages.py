"""The control page and the remote run two rounds and a countdown, with and without scripts."""

import re

import classpulse
import pytest
from conftest import resize
from still_clock import StillClock
from test_control_page import is_inside
from test_real_time_results import wait_for

QUIZ = {"options": "Block\n*Sphere", "discuss": "1"}


# Without scripts

@pytest.fixture
def quiz(presenter, sid):
    """The id of a question whose first vote is open."""
    question_id = presenter.create_question(sid, **QUIZ)
    presenter.step(sid, "ask")
    return question_id


@pytest.fixture
def read(presenter, sid):
    """A function that reads the control page."""
    return lambda: presenter.get(f"/sessions/{sid}").html


@pytest.fixture
def submit(presenter):
    """A function that presses a button of a page; the page that follows."""
    def submit(page, button, **typed):
        button = page.select_one(button)
        form = button.find_parent("form")
        if "form" in button.attrs:
            form = page.find(id=button["form"])
        fields = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
        if "name" in button.attrs:
            fields[button["name"]] = button["value"]
        return presenter.post(form["action"], {**fields, **typed},
                              headers={"Accept": "text/html"}, status=303).follow().html
    return submit


def test_the_page_leads_through_both_rounds(presenter, sid, read, submit):
    presenter.create_question(sid, **QUIZ)
    page, seen = read(), []
    while not seen or seen[-1][0] != "End session":
        step = page.select_one("[data-next]")
        beside = step.find_next_sibling()
        seen.append((step.get_text(), (beside.summary or beside).get_text()))
        page = submit(page, "[data-next]")
    assert seen == [
        ("Start question 1", "Results"), ("Close voting", "Show results"),
        ("Start the discussion", "Skip: show results"), ("Vote again", "Skip: show results"),
        ("Close voting and show results", "Show results"),
        ("Show the correct answer", "Hide results"), ("End session", "Results")]


def test_a_page_from_before_the_discussion_does_not_end_it(presenter, sid, quiz, read, submit):
    presenter.step(sid, "close")
    old = read()
    assert submit(old, "[data-next]").select_one(".state-pill").get_text() == (
        "Talk to your neighbour")
    submit(old, "#step-reveal")
    submit(old, f"#row-{quiz}")
    now = presenter.now(sid)
    assert now["discussing"] and not now["results_shown"]
    assert submit(read(), "#step-reveal").select_one("[data-next]")["value"] == "show_answer"


def test_a_first_vote_is_shown_from_a_menu_that_says_what_that_does(presenter, sid, quiz, read,
                                                                    submit):
    [early] = read().select("[value=show_results]")
    assert "before they discuss it" in early.find_parent("details").get_text()
    submit(read(), "[value=show_results]")
    assert presenter.now(sid)["results_shown"]
    submit(read(), "#step > [value=hide_results]")
    for action in ("close", "vote_again"):
        presenter.step(sid, action)
    assert read().select("#step > [value=show_results]")


def test_a_countdown_is_started_prolonged_and_stopped(presenter, sid, quiz, read, submit):
    def left():
        shown = presenter.now(sid)["remaining_ms"]
        return shown and round(shown.measure() / 1000, -1)
    page = read()
    assert page.select_one("#countdown [data-remaining]").has_attr("hidden")
    assert [button.get_text() for button in page.select("#countdown button")] == [
        "30 s", "1 min", "2 min", "Start"]
    page = submit(page, "#countdown [value='120']")
    assert left() == 120 and page.select_one("#countdown [data-remaining]").get_text() in (
        "2:00", "1:59")
    page = submit(page, "#step-more_time")
    assert left() == 150
    submit(page, "#step-stop_timer")
    assert left() is None
    submit(read(), "#countdown button:not([name])", seconds="3600")
    assert left() == 3600
    for action, possible in (("close", False), ("discuss", True), ("vote_again", True),
                             ("reveal", False)):
        presenter.step(sid, action)
        assert bool(read().select("#countdown")) == possible, action


def test_a_countdown_that_ran_out_while_the_server_was_down_is_told(
        room, presenter, sid, quiz, read, submit):
    presenter.step(sid, "start_timer", seconds=60)
    assert not read().select("[data-ran-out]")
    room.close()
    room.open(room.folder)
    room.db.write(classpulse.set_timer, quiz, "")       # as starting does
    assert read().select_one("[data-ran-out]").get_text() == (
        "The countdown ran out while ClassPulse was not running. Voting is still open.")
    assert not submit(read(), "#countdown [value='30']").select("[data-ran-out]")


def test_raised_hands_are_said_beside_the_answers(presenter, respondent, quiz, read):
    def said():
        return read().select_one(".answered .counters").get_text()
    respondent.respond(quiz, "A")
    assert said() == "1 of 1 answered"
    for count, end in ((1, ", 1 hand"), (4, ", 4 hands")):
        presenter.post(f"/api/questions/{quiz}/tally", {"key": "B", "count": count}, status=303)
        assert said() == "1 of 1 answered" + end


# In the browser

@pytest.fixture
def asked(teacher):
    """The id of a question whose first vote is open."""
    question_id = teacher.create_question("multiple_choice", "Welche?", **QUIZ)
    teacher.toggle(question_id, 1)
    return question_id


@pytest.fixture
def remote(server, teacher, asked, open_page):
    """The control page in the hand, which only the teacher sees."""
    teacher.post("/alone", {"alone": 1})
    page = open_page(server.lan + teacher.session, **teacher.options())
    page.locator("[data-next]", has_text="Close voting").wait_for()
    return page


STEPS = ["Close voting", "Start the discussion", "Vote again", "Close voting and show results",
         "Show the correct answer", "End session"]


def find_step(page, label):
    """The button of the next step, once it says this."""
    step = page.locator("[data-next]", has_text=re.compile(f"^{label}$"))
    step.wait_for()
    return step


def test_projector_and_remote_pressed_together_never_skip_a_step(server, teacher, remote,
                                                                 open_page):
    projector = open_page("about:blank", 1280, 800, **teacher.options())
    clock = StillClock(projector, server.lan + teacher.present)
    held = []
    projector.route("**/step", lambda route: held.append(route))
    for step, following in zip(STEPS, STEPS[1:]):
        find_step(projector, step)
        clock.jump(701)     # a second press within 700 ms counts as a slip
        projector.keyboard.press(" ")
        wait_for(lambda: projector.evaluate("true") and held)
        find_step(remote, step).click()
        find_step(remote, following)
        with projector.expect_response("**/step") as answered:
            held.pop().continue_()
        assert answered.value.json()["next"]["label"] == following


def test_the_remote_has_all_of_a_first_vote_without_scrolling(remote):
    # What a second tap would hit as soon as the button does something else. What it does at first
    # may be drawn again meanwhile.
    remote.evaluate("""
    window.hits = { [document.querySelector("[data-next]").textContent]: false };
    document.addEventListener("htmx:afterSwap", () => {
        const next = document.querySelector("[data-next]");
        const { left, top } = next.getBoundingClientRect();
        if (!(next.textContent in hits)) {
          hits[next.textContent] = next.contains(document.elementFromPoint(left + 9, top + 9));
        }
    });""")
    for step, said, bars in (("Close voting", "Voting is open", False),
                             ("Start the discussion", "Voting is closed", True),
                             ("Vote again", "Talk to your neighbour", True)):
        next = find_step(remote, step)
        if bars:
            remote.locator(".drive:not(.is-resting)").wait_for()
            assert remote.locator("#step-reveal").inner_text() == "Skip: show results"
            assert is_inside(remote, "#step-reveal, #answers [data-key]")
        assert remote.locator(".state-pill").inner_text() == said
        assert is_inside(remote, "[data-next], .state-pill, #more-steps, .answered .counters")
        next.click()
    find_step(remote, "Close voting and show results")
    assert set(remote.evaluate("hits").values()) == {False}


def test_showing_a_first_vote_asks_first(teacher, remote):
    remote.get_by_text("Show results", exact=True).click()
    anyway = remote.get_by_role("button", name="Show results anyway")
    assert is_inside(remote, "#early .menu-panel")
    assert remote.locator(".small-screen [data-bar]").count() == 0
    remote.keyboard.press("Escape")
    anyway.wait_for(state="hidden")
    remote.get_by_text("Show results", exact=True).click()
    anyway.click()
    remote.locator(".small-screen [data-bar]").first.wait_for(state="attached")
    remote.get_by_role("button", name="Hide results").wait_for()


def test_a_countdown_follows_what_is_pressed_and_says_what_was_left(teacher, remote):
    menu, sent = remote.locator("#countdown"), []
    remote.on("request", lambda request: sent.append(request.post_data))

    def press(name):
        menu.locator("summary").click()
        assert is_inside(remote, "#countdown .menu-panel")
        menu.get_by_role("button", name=name, exact=True).click()

    def see(*texts):
        for shown in (menu, remote.locator(".small-screen")):
            shown.locator("[data-remaining]", has_text=re.compile("^" + "|".join(texts))).wait_for(
                state="attached")

    def settle():
        """Wait until no living part is on its way: it would replace what is being pressed."""
        remote.wait_for_function("() => !document.querySelector('.htmx-request')")

    press("2 min")
    see("2:00", "1:5")
    settle()
    press("+30 s")
    see("2:30", "2:2")
    [said] = [body for body in sent if body and "more_time" in body]
    assert "discussing=0" in said and re.search(r"remaining_ms=1[12]\d{4}$", said)
    resize(remote, 1280, 800)
    settle()
    menu.locator("summary").click()
    assert is_inside(remote, "#countdown .menu-panel")
    menu.get_by_label("Seconds").fill("900")
    teacher.post(f"/api{teacher.session}/lock", {"locked": 1})      # told to this page as well
    remote.locator("#lock", has_text="Locked").wait_for(state="attached")
    assert menu.get_by_label("Seconds").evaluate("(one) => one === document.activeElement")
    remote.keyboard.press("Enter")
    see("15:00", "14:5")
    remote.locator("#countdown .menu-panel").wait_for(state="hidden")
    settle()
    press("Stop")
    remote.wait_for_function(
        "() => [...document.querySelectorAll('[data-remaining]')].every((one) => one.hidden)")


def test_what_is_typed_outlives_answers_that_overtake_each_other(server, teacher, remote):
    held, path = [], server.lan + teacher.session
    remote.route(path, lambda route: route.continue_() if held else held.append(route))
    with remote.expect_request(path):       # told to this page, which fetches its living part
        teacher.post(f"/api{teacher.session}/lock", {"locked": 1})
    seconds = remote.get_by_label("Seconds")
    remote.locator("#countdown summary").click()
    with remote.expect_response("**/step"):
        remote.get_by_role("button", name="1 min", exact=True).click()
    remote.locator("#countdown-left", has_text=":").wait_for()
    remote.locator("#countdown summary").click()
    seconds.fill("900")
    with remote.expect_response(path):
        held[0].continue_()
    remote.locator("#lock", has_text="Locked").wait_for(state="attached")
    remote.wait_for_function("() => !document.querySelector('.htmx-request')")
    assert seconds.input_value() == "900"
    assert seconds.evaluate("(one) => one === document.activeElement")


def test_hands_are_counted_as_they_are_raised_and_on_their_way_stay_in_their_round(
        teacher, remote, asked, open_page):
    counters = remote.locator(".answered .counters")
    for count, said in ((1, "0 of 0 answered, 1 hand"), (4, "0 of 0 answered, 4 hands"),
                        (0, "0 of 0 answered")):
        teacher.post(f"/api/questions/{asked}/tally", {"key": "B", "count": count})
        counters.get_by_text("hand").wait_for(state="attached" if count else "detached")
        counters.locator("[data-tallied]").get_by_text(said[15:], exact=True).wait_for(
            state="attached")
        assert counters.inner_text() == said
    remote.get_by_text("Count hands").click()
    output, more = [remote.locator(f".hands:has(#more-{asked}-B) {part}")
                    for part in ("output", "button:last-child")]
    held = []
    remote.evaluate("AbortController.prototype.abort = () => {}")      # it may take its time
    remote.route("**/tally", lambda route: held.append(route), times=1)
    for _ in range(3):
        more.click()
    output.get_by_text("3 hands").wait_for()
    for action, stage in (("close", "open"), ("discuss", "closed"), ("vote_again", "closed")):
        teacher.post(f"/api{teacher.session}/step", {
            "action": action, "question_id": asked, "round": 1, "stage": stage}, 200)
    find_step(remote, "Close voting and show results")
    output.get_by_text("0 hands").wait_for()
    more.click()
    output.get_by_text("1 hand", exact=True).wait_for()
    open_page.expected = "409"
    held[0].continue_()
    remote.get_by_text("A new round has begun.").wait_for()
    remote.locator(".counters [data-tallied]", has_text=", 1 hand").wait_for()
    assert output.inner_text() == "1 hand"
