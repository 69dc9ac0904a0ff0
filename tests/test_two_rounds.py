"""A discussed question on the projector: what is held back, and both rounds beside each other."""

import re

import pytest
from conftest import Respondent, Teacher, resize
from still_clock import StillClock
from test_projector import CUT, LARGEST, PLACES, SIZES
from tour import Lesson

AGAIN_MS = 6000     # R does what it said when it is pressed again within this time
# With a clock that stands still there is no frame to wait for.
PLACES_NOW = re.sub(r"(?m)^  await .*\n", "", PLACES)
TALK = "Talk to your neighbour: convince them, or be convinced"
FIRST, SECOND = "AAAABBBBBCCD", "AAABBCCCCCCC"


@pytest.fixture
def lesson(open_browser):
    return Lesson(open_browser(Teacher), open_browser)


@pytest.fixture
def page(lesson, open_page):
    return open_page("about:blank", 1280, 800, **lesson.teacher.options())


@pytest.fixture
def projector(server, lesson, page):
    page.goto(server.lan + lesson.teacher.present)
    page.get_by_role("button", name="Start question 1").wait_for()
    return page


@pytest.fixture
def clock(server, lesson, page):
    """The clock of a projector. It stands still: a press is a second one when it should."""
    return StillClock(page, server.lan + lesson.teacher.present)


def add(lesson, type, **fields):
    """Add a discussed question, and show it as a draft; the selector of its article."""
    lesson.ids[type] = lesson.teacher.create_question(type, "Which is first?", discuss=1, **fields)
    lesson.go(type)
    return f"[data-question-id='{lesson.ids[type]}']"


def vote_twice(lesson, page, type, first, second, **fields):
    """Add a discussed question, and show the results of both rounds."""
    shown = add(lesson, type, **fields)
    for action, answers in (("ask", first), ("close", None), ("discuss", None),
                            ("vote_again", second), ("reveal", None)):
        lesson.step(action)
        if answers:
            lesson.answer(type, answers)
    page.locator(f"{shown} :is(canvas, [data-filled])").wait_for()


OPTIONS = {"option": ["The block", "Both arrive together", "The sphere", "It depends"],
           "right": "3"}


def test_space_alone_leads_to_both_rounds_and_nothing_moves_or_is_told_before(
        page, press, lesson):
    shown = add(lesson, "multiple_choice", **OPTIONS)
    page.locator(shown + ".stage-draft").wait_for()
    talk, skip = page.locator("[data-talk]"), page.locator("[data-skip]")
    draft, secrets = page.evaluate(PLACES_NOW), []
    for stage, round, answers in (("open", 1, FIRST), ("closed", 1, ""), ("closed", 1, ""),
                                  ("open", 2, SECOND), ("results", 2, ""), ("answer", 2, "")):
        press(" ")
        page.locator(f"{shown}.stage-{stage}[data-round='{round}']").wait_for()
        if answers:
            lesson.answer("multiple_choice", answers)
            page.locator("footer [data-answered]", has_text="12").wait_for()
        elif stage == "closed":
            secrets.append(talk.is_visible())
            skip.wait_for()
            if len(secrets) == 1:
                page.locator("[data-next]", has_text="Start the discussion").wait_for()
            else:
                page.locator("[data-status]", has_text="Talk to your neighbour").wait_for()
                talk.get_by_text(TALK).wait_for()
        if stage in ("open", "closed"):
            held_back = page.locator("[data-projection]").inner_html()
            assert not re.search(r"data-(bar|percent|chart)|\d %|is-correct", held_back), stage
        else:
            page.locator(f"{shown} [data-filled]").wait_for()
            assert talk.is_hidden() and skip.is_hidden()
        moved = [(one, other) for one, other in zip(draft, page.evaluate(PLACES_NOW))
                 if not one[0].startswith("strip")
                 and any(abs(before - after) >= 1 for before, after in zip(one[1:], other[1:]))]
        assert not moved, (stage, round, moved)
    assert page.locator("[data-status]").inner_text() == "✓ C is correct · from 17 % to 58 %"
    assert page.locator(".legend").inner_text().split("\n") == ["before you talked", "after"]
    assert page.locator("[data-paired]").inner_text() == " · 12 answered twice"


def test_each_tile_has_both_bars_both_percents_and_the_difference(projector, lesson):
    page = projector
    vote_twice(lesson, page, "multiple_choice", FIRST, SECOND, **OPTIONS)
    for name, texts in (("before", ["33 %", "42 %", "17 %", "8 %"]),
                        ("percent", ["25 %", "17 %", "58 %", "0 %"]), ("count", list("3270")),
                        ("difference", ["−8", "−25", "+41", "−8"])):
        assert page.locator(f"[data-{name}]").all_inner_texts() == texts, name
    page.wait_for_function("""(rounds) => Object.entries(rounds).every(([round, shares]) => {
        const bars = [...document.querySelectorAll(`[data-bar][data-round="${round}"]`)];
        return bars.length === 4 && bars.every((bar, n) => {
            const tile = bar.closest(".tile").getBoundingClientRect();
            const { left, width } = bar.getBoundingClientRect();
            return left === tile.left && Math.abs(width - tile.width * shares[n] / 12) < 1;
        });
    })""", arg={"1": [4, 5, 2, 1], "2": [3, 2, 7, 0]})


# The bars of each tile that are too low to be seen from afar, or lie on each other.
UNCLEAR = """() => {
    const unit = Math.min(window.innerHeight, 0.75 * window.innerWidth) / 100;
    const lane = (bar) => {
        const { bottom, height } = getComputedStyle(bar, "::after");
        return [parseFloat(bottom), parseFloat(height)];
    };
    return [...document.querySelectorAll(".tile")].filter((tile) => {
        const [before, after] = [...tile.querySelectorAll("[data-bar]")].map(lane);
        return before[0] <= after[0] + after[1] || before[1] < 1.5 * unit - 0.1
            || after[1] < unit - 0.1;
    }).map((tile) => tile.textContent);
}"""


def test_two_rounds_fit_at_every_size_and_no_number_lies_on_another(projector, lesson):
    for type, count in (("multiple_choice", 2), ("multiple_choice", 10), ("select_all", 26),
                        ("ranking", 4), ("ranking", 10)):
        check_two_rounds(projector, lesson, type, count)


def check_two_rounds(page, lesson, type, count):
    letters = [chr(ord("A") + n) for n in range(count)]
    answers = [letters[n:] + letters[:n] if type == "ranking" else [letters[n % count]]
               for n in range(12)]
    vote_twice(lesson, page, type, answers, [answers[0]] * 12,
               option=[f"Number {n} is a longer one" for n in range(count)])
    problems = []
    for width, height in [*SIZES, (1024, 768), *[LARGEST] * (count == 10)]:
        resize(page, width, height)
        problems += [(width, one) for one in page.evaluate(CUT) + page.evaluate(UNCLEAR)]
        problems += [(width, one) for one in page.evaluate("""() => {
            const rects = (tile) => [...tile.querySelectorAll(".tile-words > :first-child,"
                + " .tile-number > *")].map((one) => one.getBoundingClientRect());
            return [...document.querySelectorAll(".tile")].filter((tile) => rects(tile).some(
                (one, n, all) => one.right > tile.getBoundingClientRect().right
                    || all.slice(n + 1).some((other) => one.left < other.right - 1
                        && other.left < one.right - 1 && one.top < other.bottom - 1
                        && other.top < one.bottom - 1))).map((tile) => tile.textContent);
        }""")]
    assert not problems, (type, count)
    notes = page.locator("[data-note]").all_inner_texts()
    assert not notes or re.fullmatch(r"mean place [\d.]+ → 1", notes[0])


@pytest.mark.parametrize("type, fields, first, second", [
    ("rating", {"max_rating": "5"}, ["1", "2", "2", "5"], ["2", "5", "5", "5"]),
    ("numeric", {"unit": "m", "correct": "5"}, ["1", "2", "2", "5"], ["2", "5", "5", "5"])])
def test_a_chart_has_a_pale_and_a_solid_column_for_each_row_and_so_has_its_table(
        server, projector, lesson, type, fields, first, second):
    page = projector
    vote_twice(lesson, page, type, first, second, **fields)
    read = """() => {
        const { datasets } = window.Chart.getChart(document.querySelector("canvas")).data;
        return datasets.map(({ data }) => data.map((one) => one.y));
    }"""
    rows = page.evaluate(read)
    assert [sum(shares) for shares in rows] == [100, 100]
    assert rows[0][-1] == 75 and rows[1][-1] == 25 and rows[0][0] == 0
    assert "1: 1, then 0; 2: 2, then 1" in page.locator("canvas").get_attribute("aria-label")
    page.locator(".legend", has_text="before you talked").wait_for()
    assert page.locator("[data-figures]").inner_text() == "Median 2 → 5 · mean 2.5 → 4.25"
    page.evaluate("""() => {
        const { prototype } = CanvasRenderingContext2D, { fillText } = prototype;
        window.written = new Set();
        prototype.fillText = function (...drawn) {
            window.written.add(drawn[0]);
            fillText.apply(this, drawn);
        };
        window.dispatchEvent(new Event("theme"));
    }""")
    page.wait_for_function("() => window.written.has('75 %')")
    written = set(page.evaluate("[...window.written]"))
    assert {"25 %", "50 %"} <= written
    assert not [text for text in written if text in ("0", "0 %") or re.match("Me[da]", text)]
    page.keyboard.press("t")
    table = page.locator("[data-table]")
    table.get_by_text("Share, round 2").wait_for()
    assert table.locator("tr").nth(2).locator("td").all_inner_texts() == [
        "2", "50 %", "1", " 25 %"]
    lesson.teacher.post("/alone", {"alone": 1})
    page.goto(f"{server.lan}/questions/{lesson.ids[type]}/results")
    page.get_by_text("Pale: round 1. Solid: round 2.").wait_for()
    assert page.evaluate(read) == rows


def test_the_table_of_a_ranking_has_the_mean_places_of_both_rounds(presenter, session):
    question_id = presenter.create_question(session["id"], "ranking", options="Wald\nLuft",
                                            discuss="1")
    phone = Respondent(session["code"])
    for actions, answer in ((["ask"], "AB"), (["close", "vote_again"], "BA"), (["reveal"], "")):
        for action in actions:
            presenter.step(session["id"], action)
        if answer:
            phone.respond(question_id, *answer)
    table = presenter.get(f"/questions/{question_id}/table").html
    assert "Mean place, round 1" in table.get_text()
    assert [cell.get_text() for cell in table.select("tbody tr td")][:2] == ["1.0", "2.0"]


WARNING = "Press R again to show the class the results of the first vote."


def test_r_shows_a_first_vote_only_when_it_is_pressed_again(page, clock, press, lesson):
    warning = page.get_by_text(WARNING)
    for actions, label in ((["ask"], "Close voting"), (["ask", "close"], "Start the discussion"),
                           (["ask", "close", "discuss"], "Vote again")):
        shown = add(lesson, "multiple_choice", **OPTIONS)
        for action in actions:
            lesson.step(action)
        page.locator(shown).wait_for()
        page.locator("[data-next]", has_text=label).wait_for()
        bars = page.locator(f"{shown} [data-bar]").first
        press("r")
        warning.wait_for()
        page.keyboard.press("r")        # the second half of a double press
        clock.jump(AGAIN_MS)
        warning.wait_for(state="hidden")
        press("r")                      # too late: it warns again
        warning.wait_for()
        assert bars.count() == 0 and lesson.go("multiple_choice")["results_shown"] is False, label
        press("r")
        bars.wait_for(state="attached")
        warning.wait_for(state="hidden")


def test_whatever_else_is_done_r_warns_again(page, clock, press, lesson):
    shown = add(lesson, "multiple_choice", **OPTIONS)
    for action in ("ask", "close"):
        lesson.step(action)
    next_step, warning = page.locator("[data-next]"), page.get_by_text(WARNING)
    next_step.get_by_text("Start the discussion").wait_for()
    press("r")
    for done in ("Escape", "d", "b", "ArrowRight", "go", "discuss"):
        warning.wait_for()
        assert lesson.go("multiple_choice")["results_shown"] is False, done
        if done == "discuss":
            lesson.step(done)
            next_step.get_by_text("Vote again").wait_for()
        elif done == "go":      # and back: only the question was another for a moment
            lesson.go("rating")
            page.locator(f"[data-question-id='{lesson.ids['rating']}']").wait_for()
            lesson.go("multiple_choice")
            page.locator(shown).wait_for()
        else:
            press(done)
        warning.wait_for(state="hidden")
        if done == "b":
            press("b")
        press("r")
    warning.wait_for()
    assert lesson.go("multiple_choice")["results_shown"] is False


COVERED = """() => {
    const box = (one) => one.getBoundingClientRect();
    const toast = box(document.querySelector("[data-toast]"));
    return [...document.querySelectorAll(".foot, .tile-words > :first-child")].filter(
        (one) => box(one).left < toast.right && toast.left < box(one).right
            && box(one).top < toast.bottom && toast.top < box(one).bottom)
        .map((one) => one.textContent);
}"""


def test_what_r_warns_of_covers_no_option_and_nothing_below_them(page, press, lesson):
    for count in (2, 4, 10, 26):
        shown = add(lesson, "multiple_choice",
                    option=[f"The option with number {n}" for n in range(count)])
        for action in ("ask", "close", "discuss"):
            lesson.step(action)
        page.locator(f"{shown}.stage-closed").wait_for()
        page.get_by_text(TALK).wait_for()
        press("r")
        page.locator("[data-toast]").wait_for()
        for width, height in [*SIZES, (1024, 768)]:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(COVERED) == [], (count, width)
        press("Escape")
        page.locator("[data-toast]").wait_for(state="hidden")


def test_the_counters_tell_the_hands_of_each_round(projector, lesson):
    page = projector
    add(lesson, "multiple_choice", **OPTIONS)
    for action, key, count in (("ask", "A", 2), ("close", "", 0), ("vote_again", "C", 1)):
        lesson.step(action)
        if count:
            lesson.teacher.post(f"/api/questions/{lesson.ids['multiple_choice']}/tally",
                                {"key": key, "count": count})
            hands = f", {count} hand" + "s" * (count > 1)
            page.locator("footer [data-tallied]").get_by_text(hands, exact=True).wait_for()
    lesson.step("reveal")
    page.locator("footer [data-raised]", has_text=" · 2 hands in round 1").wait_for()
    assert page.locator("[data-counters]").inner_text() == (
        "0 of 0 answered, 1 hand · 2 hands in round 1 · 0 answered twice")
    for width, height in [*SIZES, (1024, 768)]:
        resize(page, width, height)
        assert page.evaluate("""() => {
            const box = (selector) => document.querySelector(selector).getBoundingClientRect();
            const [foot, counters, next] = [".foot", ".counters", ".next"].map(box);
            return counters.top >= foot.top && counters.bottom <= foot.bottom
                && counters.right < next.left && next.right < foot.right;
        }"""), width


def test_the_button_beside_the_next_step_leaves_out_the_second_vote(projector, lesson):
    page = projector
    shown = add(lesson, "multiple_choice", **OPTIONS)
    lesson.step("ask")
    lesson.step("close")
    skip = page.get_by_role("button", name="Skip: show results")
    skip.wait_for()
    page.mouse.move(300, 300)
    page.mouse.move(310, 300)
    page.locator(".has-keys").wait_for()
    assert page.evaluate("""() => {
        const box = (selector) => document.querySelector(selector).getBoundingClientRect();
        const [foot, skip] = [box(".foot"), box("[data-skip]")];
        return [...document.querySelectorAll(".keys button")].filter((key) => {
            const { right, top, bottom } = key.getBoundingClientRect();
            return right > skip.left || top < foot.top || bottom > foot.bottom;
        }).map((key) => key.textContent);
    }""") == []
    skip.click()
    page.locator(f"{shown}.stage-results[data-round='1'] [data-bar]").first.wait_for(
        state="attached")
    skip.wait_for(state="hidden")
    assert page.locator(".legend").count() == 0


def test_a_countdown_goes_on_between_messages_that_come_faster_than_it_ticks(server, open_page):
    page = open_page("about:blank", 1280, 800)
    page.clock.install()
    page.goto(server.lan + "/login")
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))      # s
    page.evaluate("""async () => {
        const sheet = document.querySelector("[rel=stylesheet]").href;
        const { countDown } = await import(new URL("../js/lib/countdown.js", sheet).href);
        window.said = [];
        const say = (text) => window.said.push(text);
        window.tell = (left) => countDown({ remaining_ms: left }, say);
    }""")
    for left in range(11000, 9000, -100):
        page.evaluate("(left) => window.tell(left)", left)
        page.clock.run_for(100)
    assert page.evaluate("window.said") == ["10 seconds left"]


def test_a_countdown_of_a_discussion_only_shows_0_and_its_window_closes_with_it(
        page, clock, lesson):
    shown = add(lesson, "multiple_choice", **OPTIONS)
    for action in ("ask", "close", "discuss"):
        lesson.step(action)
    page.locator("[data-talk]").wait_for()
    timing = page.get_by_role("dialog", name="Countdown")
    left = page.locator("[data-remaining]")
    for seconds, text in ((None, "1:00|0:5."), ("5", "0:0[1-5]")):
        page.keyboard.press("c")
        if seconds:
            timing.get_by_label("Seconds").fill(seconds)
        page.keyboard.press("Enter")
        timing.wait_for(state="hidden")
        left.get_by_text(re.compile(text)).wait_for()
    clock.jump(5200)
    page.locator("[data-announce]", has_text="Time is up").wait_for()
    assert left.inner_text() == "0:00"
    assert page.locator(f"{shown}.stage-closed").count() == 1
    page.keyboard.press("c")
    timing.wait_for()
    lesson.step("reveal")
    timing.wait_for(state="hidden")
    left.wait_for(state="hidden")
