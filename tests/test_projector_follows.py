"""The projector follows at once: what the presenter does elsewhere, and votes as they come in.

How long it takes is measured from the answer to a POST, and printed (`pytest -s`), never asserted.
"""

import statistics
import time

from conftest import Teacher
from tour import Lesson

VOTES_PER_SECOND, SECONDS = 20, 4
STAGES = {"open": "open", "close": "closed", "show_results": "results", "show_answer": "answer",
          "move": "draft"}
# Notes when a stage and its picture are first drawn, and in every frame what the page shows.
WATCH = """() => {
  window.stages = [];
  window.frames = [];
  const look = () => {
    const article = document.querySelector("article.projection");
    const canvas = document.querySelector(".chart canvas");
    const chart = canvas && window.Chart.getChart(canvas);
    const stage = `${article.dataset.questionId} ${article.dataset.stage}`;
    const last = window.stages[window.stages.length - 1];
    const whole = !document.querySelector("[data-bar]") || document.querySelector("[data-filled]");
    if (whole && (!last || last.stage !== stage)) window.stages.push({ stage, at: Date.now() });
    if (chart) {
      const counts = (selector) => [...document.querySelectorAll(selector)]
        .map((one) => Number(one.textContent));
      window.frames.push({
        at: Date.now(),
        bars: chart.data.datasets[0].data.map(({ y }) => y),
        lengths: chart.getDatasetMeta(0).data.map((bar) => chart.scales.y.getValueForPixel(bar.y)),
        scale: chart.scales.y.max,
        counter: counts("footer [data-answered]")[0],
      });
    }
    requestAnimationFrame(look);
  };
  look();
}"""


def say(what, milliseconds):
    print(f"\n  {what}: median {statistics.median(milliseconds):.0f} ms, "
          f"worst {max(milliseconds):.0f} ms of {len(milliseconds)}")


def open_projector(server, open_page, lesson):
    page = open_page(server.lan + lesson.teacher.present, 1280, 800, **lesson.teacher.options())
    page.get_by_role("button", name="Start question 1").wait_for()
    page.evaluate(WATCH)
    return page


def find_change(page, question_id, stage):
    """When the projector showed this stage, in milliseconds, once it does."""
    wanted = f"{question_id} {stage}"
    found = "wanted => window.stages.find((one) => one.stage === wanted)"
    return page.wait_for_function(found, arg=wanted).json_value()["at"]


def test_the_projector_follows_what_is_done_on_another_device(server, open_browser, open_page):
    lesson = Lesson(open_browser(Teacher), open_browser)
    page = open_projector(server, open_page, lesson)
    ids, waits = list(lesson.ids.values()), []
    lesson.step("begin")
    for place in (0, 1):    # those with a right answer, which have every stage
        for action, stage in STAGES.items():
            lesson.step(action)
            answered = time.time() * 1000
            shown = find_change(page, ids[place + (action == "move")], stage)
            waits.append(shown - answered)
    say("from the answer to a step until the projector shows it", waits)


def test_the_projector_follows_the_control_page_in_the_hand(server, open_browser, open_page):
    lesson = Lesson(open_browser(Teacher), open_browser)
    page = open_projector(server, open_page, lesson)
    control = open_page(server.lan + lesson.teacher.session, **lesson.teacher.options())
    control.evaluate("""document.addEventListener("htmx:beforeSwap", () => {
        window.answered = Date.now();
    })""")
    one, waits = lesson.ids["multiple_choice"], []
    for label, stage in (("Start question 1", "open"),
                         ("Close voting and show results", "results"),
                         ("Show the correct answer", "answer")):
        control.locator("#step-next", has_text=label).click()
        shown = find_change(page, one, stage)
        control.locator("#step-next:not(:text-is('%s'))" % label).wait_for()
        waits.append(shown - control.evaluate("window.answered"))
    say("from the answer to a button until the projector shows it", waits)


def test_the_bars_keep_up_with_twenty_votes_a_second(server, open_browser, open_page):
    lesson = Lesson(open_browser(Teacher), open_browser)
    for _ in range(VOTES_PER_SECOND * SECONDS):
        lesson.phones.append(open_browser())
        lesson.phones[-1].get(f"/{lesson.teacher.code}", 303)
        lesson.phones[-1].watch(f"/ws/audience/{lesson.teacher.code}")
    page = open_projector(server, open_page, lesson)
    lesson.go("rating")
    lesson.step("open")
    find_change(page, lesson.ids["rating"], "open")
    answered, began = [], time.monotonic()
    for number, phone in enumerate(lesson.phones):
        # The rate is what is tried; who is behind catches up.
        time.sleep(max(0, began + number / VOTES_PER_SECOND - time.monotonic()))
        phone.post(f"/audience/respond/{lesson.ids['rating']}", {"response": number % 5 + 1})
        answered.append(time.time() * 1000)
    each = len(lesson.phones) // 5
    page.wait_for_function(
        "each => window.frames[window.frames.length - 1].lengths.every("
        "(length) => Math.abs(length - each) < 0.01)", arg=each)
    frames = page.evaluate("window.frames")
    # Whenever it is looked at, the picture and the counter say the same.
    differing = [frame for frame in frames
                 if sum(frame["bars"]) != frame["counter"]]
    assert not differing, "\n".join(map(str, differing))
    # The scale is everybody in the room, and no bar ever gets shorter.
    assert {frame["scale"] for frame in frames} == {len(lesson.phones)}
    assert not [(one, other) for one, other in zip(frames, frames[1:]) for before, after
                in zip(one["lengths"], other["lengths"]) if after < before - 0.01]
    assert frames[-1]["bars"] == [each] * 5 and frames[-1]["counter"] == 5 * each
    say("from the answer to a vote until its number is on the projector", [
        next(frame["at"] for frame in frames if sum(frame["bars"]) > number) - at
        for number, at in enumerate(answered)])
    say("and until its bar has grown to within half a vote", [
        next(frame["at"] for frame in frames if sum(frame["lengths"]) > number + 0.5) - at
        for number, at in enumerate(answered)])
