"""Everybody can use every page: by axe, at 320 px, with text twice as large, in light and dark.

CLASSPULSE_SCREENSHOTS=FOLDER makes these tests write a picture of every page at four widths, too.
"""

import os
from pathlib import Path

import pytest
from conftest import Teacher
from tour import PARTS, Lesson, strangers

SCREENSHOTS = os.environ.get("CLASSPULSE_SCREENSHOTS")
WIDTHS = {320: 640, 390: 844, 1280: 800, 1920: 1080}
ASKED_FOR = "status of 4"       # what browsers report of forms that are turned down on purpose
TARGET_PX, TEXT_PX = 48, 16
# What is wrong with the page at hand, beyond what axe looks for.
# A change of size or colour is over when what scripts draw and what fades has come to rest.
SETTLE = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)));
}"""
MEASURE = """ ([targetPx, textPx, isPhone]) => {
  const problems = [];
  const name = (element) => element.outerHTML.slice(0, 90);
  const wide = document.documentElement.scrollWidth;
  if (wide > window.innerWidth) {
    const first = [...document.querySelectorAll("body *")].find((element) =>
      element.getBoundingClientRect().right > window.innerWidth);
    problems.push(`scrolls sideways to ${wide} px: ${name(first)}`);
  }
  if (!isPhone) return problems;
  const targets = "button, summary, select, textarea, a, label.option, input";
  for (const target of document.querySelectorAll(targets)) {
    const { width, height } = target.getBoundingClientRect();
    if (width === 0 || target.closest(".option input")) continue;
    if (Math.min(width, height) < targetPx) problems.push(`${width} × ${height}: ${name(target)}`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement, data } = texts.currentNode;
    const size = parseFloat(getComputedStyle(parentElement).fontSize);
    if (data.trim() && size < textPx) problems.push(`${size} px: ${name(parentElement)}`);
  }
  return problems;
}"""


@pytest.fixture(scope="module")
def axe():
    """A function that says what axe finds on a page."""
    sync_playwright = pytest.importorskip("axe_playwright_python.sync_playwright")
    runner = sync_playwright.Axe()

    def run(page, *rules):
        options = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = list(rules)
        found = runner.run(page, options=options).response["violations"]
        return [f"{one['id']}: {node['html'][:90]} {node['failureSummary'][:200]}"
                for one in found for node in one["nodes"]]
    return run


def look(page, name, axe):
    """What is wrong with the page in every look; its size and colours are as before after it."""
    problems, before = [], page.viewport_size
    is_phone, is_projector = name.startswith("phone"), name.startswith("projector")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLE)
        # In the dark, only colours can be wrong that were right in the light.
        found = axe(page, *(["color-contrast"] if scheme == "dark" else []))
        problems += [f"{scheme}: {one}" for one in found]
        shoot(page, f"{name}-{scheme}")
    page.emulate_media(color_scheme="light")
    if not is_projector:        # which is never 320 px wide, and knows no size but its own
        page.set_viewport_size({"width": 320, "height": 640})
        page.evaluate(SETTLE)
        problems += page.evaluate(MEASURE, [TARGET_PX, TEXT_PX, is_phone])
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        page.evaluate(SETTLE)
        problems += [f"200 %: {one}" for one in
                     [*page.evaluate(MEASURE, [TARGET_PX, TEXT_PX, is_phone]), *axe(page)]]
        page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(before)
    return problems


def expect_none(pages, axe):
    problems = [f"{name}: {one}" for name, page in pages for one in look(page, name, axe)]
    assert not problems, "\n".join(problems)


def shoot(page, name):
    """Keep pictures of the page, when a folder for them is named."""
    if not SCREENSHOTS:
        return
    before = page.viewport_size
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(SETTLE)
        page.screenshot(path=Path(SCREENSHOTS, f"{name}-{width}.png"),
                        full_page=not name.startswith("projector"))
    page.set_viewport_size(before)


def test_pages_of_strangers_are_for_everybody(server, open_page, axe):
    open_page.expected = ASKED_FOR
    expect_none(strangers(server, open_page), axe)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_page_is_for_everybody(server, open_page, open_browser, axe, part):
    lesson = Lesson(open_browser(Teacher), open_browser)
    open_page.expected = ASKED_FOR
    expect_none(part(server, open_page, lesson), axe)
