"""The README's pictures: a projector with a phone, the control page, a report: real pages.

`CLASSPULSE_SCREENSHOTS=tests python -m pytest tests/test_readme_picture.py` takes them again.
"""

import base64
import os
import re
from pathlib import Path

import classpulse
import pytest
from conftest import ROOT, Browser, Teacher
from tour import Lesson

SCREENSHOTS = os.environ.get("CLASSPULSE_SCREENSHOTS")
ADDRESS = "http://192.168.178.34:8000"
PICTURE = """
<style>
  body { margin: 0; width: 1200px; height: 620px; position: relative; background: #e4e3f1; }
  img { position: absolute; border: 8px solid #171a2b; }
  .projector { left: 32px; top: 44px; width: 842px; border-radius: 14px; }
  .phone { right: 32px; top: 44px; width: 236px; border-radius: 30px; }
</style>
<img class="projector" src="%s"><img class="phone" src="%s">
"""
ANSWERS = {     # what the students of a small class say: [(answer, how many), ...]
    "multiple_choice": [("B", 16), ("A", 3), ("C", 2), ("D", 4)],
    "word_cloud": [("planets", 8), ("stars", 6), ("gravity", 5), ("moon", 4), ("rockets", 2)],
    "rating": [("4", 11), ("5", 8), ("3", 5), ("2", 1)],
    "select_all": [("A;B", 14), ("A;B;C", 5)],
}


STUDENTS = ["Amira", "Ben", "Chloé", "David", "Ela", "Finn", "Grace", "Hugo"]


class Examples(Lesson):
    """A lesson with the example questions."""

    def __init__(self, teacher, open_browser, names="no"):
        self.teacher, self.open_browser, self.phones = teacher, open_browser, []
        teacher.post(teacher.session + "/edit", {"name": "Astronomy 8a", "names": names})
        self.ids = {example["type"]: teacher.create_question(**example)
                    for example in classpulse.read_examples() if "discuss" not in example}

    def open(self, type):
        self.go(type)
        self.step("open")

    def answer_all(self, type):
        kind = classpulse.get_question_type(type)
        self.answer(type, [kind.split(value) for value, count in ANSWERS[type]
                           for _ in range(count)])


def let_move(page):
    """Wait until everything on the page has come to rest."""
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")


def encode(page):
    return "data:image/png;base64," + base64.b64encode(page.screenshot()).decode()


@pytest.mark.skipif(not SCREENSHOTS, reason="CLASSPULSE_SCREENSHOTS names no folder")
def test_the_pictures_are_taken(start_server, open_page):
    server = start_server("--url", ADDRESS)
    lesson = Examples(Teacher(server), lambda: Browser(server))
    teacher = lesson.teacher
    projector = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    phone = open_page(f"{server.lan}/{teacher.code}", 390, 820, has_touch=True, is_mobile=True)
    lesson.open("multiple_choice")
    phone.get_by_text("Jupiter").tap()
    phone.get_by_text("Saved").wait_for()
    lesson.answer_all("multiple_choice")
    for student in lesson.phones:       # who is away is not missing
        student.watch(f"/ws/audience/{teacher.code}")
    projector.locator("[data-answered]", has_text="26").wait_for()
    lesson.step("reveal")
    lesson.step("show_answer")
    projector.locator(".stage-answer [data-filled]").wait_for()
    phone.locator("section").get_by_text("Correct!").wait_for()
    let_move(projector)
    paper = open_page("about:blank", 1200, 620)
    paper.set_content(PICTURE % (encode(projector), encode(phone)))
    paper.screenshot(path=Path(SCREENSHOTS, "lesson.png"))
    for type in ("word_cloud", "rating"):
        lesson.open(type)
        lesson.answer_all(type)
        lesson.step("reveal")
    lesson.open("select_all")
    lesson.answer_all("select_all")
    control = open_page(server.lan + teacher.session, 1280, 800, **teacher.options())
    control.locator("[data-missing]", has_text="7").wait_for()
    let_move(control)
    control.screenshot(path=Path(SCREENSHOTS, "control.png"))
    for student in lesson.phones:
        student.sockets[0].shutdown()
    take_the_report(server, open_page)


def take_the_report(server, open_page):
    lesson = Examples(Teacher(server, "Bo"), lambda: Browser(server), "required")
    teacher = lesson.teacher
    for place, name in enumerate(STUDENTS):
        lesson.phones.append(Browser(server))
        lesson.phones[place].get(f"/{teacher.code}", 303)
        lesson.phones[place].post(f"/audience/{teacher.code}/name", {"name": name})
    for example in classpulse.read_examples():
        type = example["type"]
        if "discuss" not in example:
            teacher.toggle(lesson.ids[type], 1)
            lesson.answer(type, [classpulse.get_question_type(type).split(value)
                                 for value in example["answers"][:len(STUDENTS)]])
            teacher.toggle(lesson.ids[type], 0)
    teacher.post(f"/api{teacher.session}/toggle", {"active": 0})
    teacher.post("/alone", {"alone": 1})
    report = open_page(server.lan + teacher.session + "/report", 1280, 760, **teacher.options())
    report.locator(".sums").evaluate("(one) => scrollTo(0, one.offsetTop - 24)")
    let_move(report)
    report.screenshot(path=Path(SCREENSHOTS, "report.png"),
                      clip={"x": 96, "y": 8, "width": 1088, "height": 704})


def test_the_pictures_of_the_readme_are_there():
    readme = (ROOT / "README.md").read_text("utf-8")
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", readme)
    assert pictures and all((ROOT / path).is_file() for path in pictures)
