"""What the class sees: whole at every size, in every script, with Space alone."""

import pytest
from conftest import Teacher
from still_clock import StillClock
from tour import QUESTIONS, Lesson

SIZES = [(1280, 800), (1920, 1080), (3840, 2160)]
LONG = "Which of these sentences, all of which are long, is the one that explains it best? "
# Ten options of 100 characters under a title of 500: {type: fields}.
LONGEST = {
    "multiple_choice": {"options": "\n".join(f"{n}. {LONG}"[:100] for n in range(10))},
    "select_all": {"options": "\n".join(
        f"{n}. {'حروف عربية كثيرة ' * 9}"[:100] for n in range(10))},
    "ranking": {"options": "\n".join(f"{n}. {'光合作用需要阳光和水' * 9}"[:60] for n in range(10))},
    "rating": {"max_rating": "10", "low": "not at all, not even a little of it 😕!", "high": "ja"},
    "numeric": {"unit": "µg"},
    "word_cloud": {"max_words": "5"},
    "short_text": {"accepted": "Ahorn"},
    "open_text": {},
}
# What is cut off or too small to read; what is covered by its own scroll bar counts as cut off.
CUT = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)));
  const problems = [];
  const seen = (one) => one.checkVisibility() && !one.closest(".visually-hidden, dialog");
  const complain = (one, what) => problems.push(
    `${one.className || one.tagName} ${one.textContent.trim().slice(0, 40)}: ${what}`);
  for (const box of document.querySelectorAll("html, main, main div, main article, main ol")) {
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = box;
    if (!seen(box)) continue;
    if (scrollHeight > clientHeight + 1) complain(box, `${scrollHeight} high in ${clientHeight}`);
    if (scrollWidth > clientWidth + 1) complain(box, `${scrollWidth} wide in ${clientWidth}`);
  }
  const main = document.querySelector("main").getBoundingClientRect();
  for (const one of document.querySelectorAll("main h1, main li, main canvas, main p")) {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const inside = left > main.left - 1 && right < main.right + 1
      && top > main.top - 1 && bottom < main.bottom + 1;
    if (seen(one) && !inside) complain(one, "outside");
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement, data } = texts.currentNode;
    const size = parseFloat(getComputedStyle(parentElement).fontSize);
    const small = size < 0.0199 * window.innerHeight;
    if (data.trim() && seen(parentElement) && small) complain(parentElement, `${size} px`);
  }
  return problems;
}"""


@pytest.fixture
def project(server, open_browser, open_page):
    """A function that puts a lesson of one question of each type on a projector: lesson, page."""
    def put(width=1280, height=800, **options):
        lesson = Lesson(open_browser(Teacher), open_browser)
        page = open_page(server.lan + lesson.teacher.present, width, height,
                         **lesson.teacher.options(), **options)
        page.get_by_role("button", name="Start question 1").wait_for()
        page.keyboard.press("j")
        return lesson, page
    return put


def show_results(lesson, page, type, answers=None):
    """Open, answer and close the question, and show what came in."""
    lesson.go(type)
    lesson.step("open")
    lesson.answer(type, answers)
    lesson.step("close")
    lesson.step("show_results")
    page.locator(f"[data-question-id='{lesson.ids[type]}'] .chart > *").first.wait_for()
    page.locator("[data-answered]", has_text="5").first.wait_for()


@pytest.mark.parametrize("type", QUESTIONS)
def test_everything_fits_at_every_size(project, type):
    lesson, page = project()
    title = (LONG * 7)[:500]
    lesson.teacher.post(f"/questions/{lesson.ids[type]}/edit", {"title": title, **LONGEST[type]})
    problems = []

    def look(stage):
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            problems.extend(f"{stage} {width}: {one}" for one in page.evaluate(CUT))
    lesson.go(type)
    page.locator("h1", has_text=title[:50]).first.wait_for()
    look("draft")
    show_results(lesson, page, type, [list("ABCDEFGHIJ")] * 5 if type == "ranking" else None)
    look("results")
    if lesson.step("show_answer")["stage"] == "answer":
        page.locator(".stage-answer .chart > *").first.wait_for()
        look("answer")
    assert not problems, "\n".join(problems)


def test_few_short_texts_are_large_until_they_find_no_room(project):
    lesson, page = project()
    show_results(lesson, page, "open_text", [[f"Text {n}"] for n in range(5)])
    columns = "getComputedStyle(document.querySelector('.entries')).columnCount"
    assert page.evaluate(columns) == "1"
    lesson.step("open")
    lesson.answer("open_text", [[f"{n} {LONG}"] for n in range(5)])
    page.locator(".entries li", has_text=f"4 {LONG}").wait_for()
    assert page.evaluate(columns) == "2"
    assert page.evaluate(CUT) == []


def test_texts_without_room_are_counted(project):
    lesson, page = project()
    show_results(lesson, page, "open_text", [[f"{n} {LONG * 4}"] for n in range(5)])
    page.get_by_text("+3 more").wait_for()
    assert page.locator(".entries li").count() == 2
    assert page.evaluate(CUT) == []
    page.set_viewport_size({"width": 2560, "height": 800})
    page.locator(".entries li").nth(3).wait_for()


def test_options_begin_where_their_script_begins(project):
    lesson, page = project()
    lesson.go("select_all")
    page.locator(f"[data-question-id='{lesson.ids['select_all']}'] .options li").first.wait_for()
    start = """([row, text]) => {
        const [outer, inner] = [document.querySelector(row), document.querySelector(text)]
            .map((one) => one.getBoundingClientRect());
        return [inner.left - outer.left, outer.right - inner.right];
    }"""
    left, right = page.evaluate(start, [".options li", ".options .letter"])
    assert right < 60 < left
    show_results(lesson, page, "select_all")
    left, right = page.evaluate(start, [".bar-label", ".bar-letter"])
    assert right < 60 < left
    lesson.go("multiple_choice")
    page.locator(".options li", has_text="Mars").wait_for()
    left, right = page.evaluate(start, [".options li", ".options .letter"])
    assert left < 60 < right


def test_a_scale_has_one_colour_and_options_have_their_own(project):
    lesson, page = project()
    fills = """() => new Set(
        window.Chart.getChart(document.querySelector("canvas")).data.datasets[0].backgroundColor
    ).size"""
    for type, colours in (("rating", 1), ("numeric", 1), ("multiple_choice", 4)):
        show_results(lesson, page, type)
        assert page.evaluate(fills) == colours, type


def test_the_first_word_is_in_the_middle(project):
    lesson, page = project()
    lesson.go("word_cloud")
    lesson.step("open")
    page.locator(".stage-open").wait_for()
    lesson.answer("word_cloud", [["Licht"]])
    lesson.step("show_results")
    page.locator(".cloud li").wait_for()
    off = page.evaluate("""() => {
        const [cloud, word] = [".cloud", ".cloud li"].map((one) =>
            document.querySelector(one).getBoundingClientRect());
        return [cloud.x + cloud.width / 2 - word.x - word.width / 2,
                cloud.y + cloud.height / 2 - word.y - word.height / 2].map(Math.abs);
    }""")
    assert max(off) < 2


def test_a_few_words_fill_their_place_whatever_size_it_had_before(project):
    lesson, page = project()
    show_results(lesson, page, "word_cloud")
    for width, height in [(320, 640), *SIZES, (1280, 800)]:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(CUT)      # waits until nothing moves
        off, wide, high = page.evaluate("""() => {
            const area = document.querySelector(".cloud").getBoundingClientRect();
            const words = [...document.querySelectorAll(".cloud li")].map((one) =>
                one.getBoundingClientRect());
            const [left, right] = [Math.min(...words.map((one) => one.left)),
                                   Math.max(...words.map((one) => one.right))];
            const [top, bottom] = [Math.min(...words.map((one) => one.top)),
                                   Math.max(...words.map((one) => one.bottom))];
            const middle = (words[0].left + words[0].right - area.left - area.right) / 2;
            return [Math.abs(middle) / area.width, (right - left) / area.width,
                    (bottom - top) / area.height];
        }""")
        assert off < 0.05, (width, off)
        assert max(wide, high) > 0.6 and min(wide, high) > 0.4, (width, wide, high)


def test_space_alone_leads_through_five_questions_of_different_types(
        server, open_browser, open_page):
    """Nothing but Space is pressed, from the join view to the end of the session."""
    lesson = Lesson(open_browser(Teacher), open_browser)
    for type in ("short_text", "open_text", "numeric"):
        lesson.teacher.post(f"/questions/{lesson.ids[type]}/delete")
    page = open_page("about:blank", 1280, 800, **lesson.teacher.options())
    page.on("dialog", lambda dialog: dialog.accept())
    clock = StillClock(page, server.lan + lesson.teacher.present)
    step, done = page.locator("[data-next]"), []
    types = [type for type in QUESTIONS if type not in ("short_text", "open_text", "numeric")]
    opened = iter(types)
    while not done or done[-1] != "End session":
        done.append(step.inner_text())
        clock.jump(701)     # a second press within 700 ms counts as a slip
        page.keyboard.press(" ")
        if done[-1] in ("Start question 1", "Next question"):
            page.locator(".stage-open").wait_for()
            lesson.answer(next(opened))
            page.locator("[data-answered]", has_text="5").first.wait_for()
        if done[-1] != "End session":
            page.wait_for_function(
                "said => document.querySelector('[data-next]').textContent !== said",
                arg=done[-1])
    page.get_by_text("The session is closed").wait_for()
    right = ["Close voting and show results", "Show the correct answer"]
    held_back, shown = right[:1], ["Close voting"]      # from the first vote: of the rating
    of_types = [right, right, held_back, shown, held_back]
    assert done == ["Start question 1", *of_types[0], *(
        label for labels in of_types[1:] for label in ["Next question", *labels]), "End session"]
    assert len(page.context.pages) == 1
