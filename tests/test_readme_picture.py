"""The README's picture: a projector and a phone, taken from the real pages.

`CLASSPULSE_SCREENSHOTS=tests python -m pytest tests/test_readme_picture.py` takes it anew.
"""

import base64
import os
import re
from pathlib import Path

import pytest
from conftest import ROOT, Browser, Teacher
from tour import Lesson

SCREENSHOTS = os.environ.get("CLASSPULSE_SCREENSHOTS")
ADDRESS = "http://192.168.178.34:8000"
PICTURE = """
<style>
  body { margin: 0; width: 1200px; height: 620px; position: relative; background: #dfe5ec; }
  img { position: absolute; border-radius: 10px; box-shadow: 0 6px 28px rgb(20 24 31 / 0.3); }
  .projector { left: 32px; top: 40px; width: 850px; border: 6px solid #14181f; }
  .phone { right: 32px; top: 54px; width: 234px; border: 9px solid #14181f; }
  .phone { border-radius: 30px; }
</style>
<img class="projector" src="%s"><img class="phone" src="%s">
"""


def encode(page):
    return "data:image/png;base64," + base64.b64encode(page.screenshot()).decode()


@pytest.mark.skipif(not SCREENSHOTS, reason="CLASSPULSE_SCREENSHOTS names no folder")
def test_the_picture_is_taken(start_server, open_page):
    server = start_server("--url", ADDRESS)
    lesson = Lesson(Teacher(server), lambda: Browser(server))
    teacher = lesson.teacher
    teacher.post(teacher.session + "/edit", {"name": "Astronomy"})
    projector = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    phone = open_page(f"{server.lan}/{teacher.code}", 390, 720, has_touch=True, is_mobile=True)
    lesson.go("multiple_choice")
    lesson.step("open")
    phone.get_by_text("Jupiter").tap()
    phone.get_by_text("Saved").wait_for()
    lesson.answer("multiple_choice", [["B"]] * 15 + [["A"]] * 2 + [["C"]] * 3 + [["D"]] * 4)
    lesson.step("show_results")
    projector.locator("[data-answered]", has_text="25").first.wait_for()
    projector.locator(".chart canvas[aria-label*='B 16']").wait_for()
    projector.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    projector.wait_for_timeout(400)     # the bars grow on a canvas, which says nothing of it
    paper = open_page("about:blank", 1200, 620)
    paper.set_content(PICTURE % (encode(projector), encode(phone)))
    paper.screenshot(path=Path(SCREENSHOTS, "lesson.png"))


def test_the_pictures_of_the_readme_are_there():
    readme = (ROOT / "README.md").read_text("utf-8")
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", readme)
    assert pictures and all((ROOT / path).is_file() for path in pictures)
