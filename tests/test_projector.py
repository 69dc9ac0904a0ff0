"""What the class sees: whole at every size, in every script, with Space alone."""

import pytest
from conftest import Teacher
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
        page.get_by_role("button", name="Show the first question").wait_for()
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
    page.locator("[data-table]:not(:empty)").wait_for(state="attached")


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
