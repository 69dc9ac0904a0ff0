"""A way through every page in each of its states, for all who want to look at them.

Each part is a generator of (name, page): what it yields stands still until it is asked for the
next. What looks the same with every type of question is shown with one or two of them. The lesson
is in five languages and three scripts, as lessons are.

`python tests/tour.py FOLDER` writes pictures of all of them at five widths, in light and dark;
names of parts behind the folder (`strangers`, `projectors` ...) make it these alone. Those of
`subjects`, the lessons in lessons.py, are as wide as such pages mostly are.
"""

import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))   # as a command, too, it shows the pages of this folder

from conftest import (CHROMIUM, CHROMIUM_ARGS, PASSWORD, Browser, Server,  # noqa: E402
                      Teacher, gone_at_the_end, resize)
from lessons import LESSONS, ask_lesson, send_question  # noqa: E402

# One of every type: {type: (title, fields, [the parts of each phone's answer])}.
QUESTIONS = {
    "multiple_choice": (
        "Which planet is the largest?", {"options": "Mars\n*Jupiter\nVenus\nEarth"},
        [["B"], ["B"], ["A"], ["B"], ["D"]]),
    "select_all": (
        "ما هي عاصمة كل بلد؟", {"options": "*القاهرة – مصر\n*بيروت – لبنان\nحلب – سوريا"},
        [["A", "B"], ["A"], ["B", "C"], ["A", "B"], ["C"]]),
    "word_cloud": (
        "Ein Wort, das bleibt?", {"max_words": "3"},
        [["Straße", "光合作用"], ["STRASSE", "سلام"], ["Licht"], ["Licht", "🌱"], ["Straße"]]),
    "rating": (
        "你今天听懂了多少？", {"max_rating": "5", "low": "完全没有", "high": "全部 😀"},
        [["3"], ["4"], ["5"], ["4"], ["2"]]),
    "short_text": (
        "The process by which plants make sugar", {"accepted": "photosynthesis"},
        [["photosynthesis"], ["Photosynthesis"], ["البناء الضوئي"], ["光合作用"], ["breathing"]]),
    "open_text": (
        "What is still unclear? 🤔", {},
        [["Why are leaves green?\nAnd not black?"], ["لماذا؟"], ["Nothing."], ["没有"], ["All"]]),
    "numeric": (
        "How high is the tower?", {"min": "0", "correct": "300", "tolerance": "10", "unit": "m"},
        [["300"], ["310,5"], ["295"], ["300"], ["120"]]),
    "ranking": (
        "What would you save first?", {"options": "Wald 🌳\nمياه\nLuft"},
        [["A", "B", "C"], ["B", "A", "C"], ["B", "C", "A"], ["B", "A", "C"], ["A", "C", "B"]]),
}
CLASS = {"name": "Ökologie 10b", "entries": "Zoë Öztürk\t12345\nليلى حداد\n" + "\n".join(
    f"Ida Müller-Lüdenscheidt {number}" for number in range(40))}
WRONG = {   # a form of the type that is turned down; what is not here has no field to get wrong
    "multiple_choice": {"options": "Only one"}, "select_all": {"options": "Only one"},
    "ranking": {"options": "Only one"}, "rating": {"max_rating": "11"},
    "word_cloud": {"max_words": "9"}, "numeric": {"min": "5", "max": "1"},
    "short_text": {"accepted": "ü" * 201}}
LONG = ("A plant cell is placed into a concentrated salt solution for thirty minutes, and then"
        " observed under the microscope. Which of these statements best describes what is seen?")
LONG_OPTIONS = """*The membrane detaches from the wall, because water leaves the vacuole by osmosis
The cell swells and finally bursts, because water enters the vacuole by osmosis
Nothing changes, because the cell wall is impermeable to water and to salts
The chloroplasts dissolve, because salt destroys their double membrane"""
WIDTHS = {320: 640, 390: 844, 768: 1024, 1280: 800, 1920: 1080}
FEW = {width: WIDTHS[width] for width in (320, 390, 1280)}      # the first ones of phones only
# A change of size or colour is over when what scripts draw has come to rest, and what fades is at
# its end, to which it need not take its time. A chart is drawn a frame later than the page.
SETTLE = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  if (document.querySelector("[data-chart]")) await frame();
  for (const one of document.getAnimations()) one.finish();
}"""


class Lesson:
    """A teacher's session with one question of every type, and the phones that answer them.

    Its own questions are those of `ids`, if there are any.
    """

    def __init__(self, teacher, open_browser, ids=None):
        self.teacher, self.open_browser = teacher, open_browser
        self.ids = ids or {type: self.add(type) for type in QUESTIONS}
        self.phones = []

    def add(self, type):
        title, fields, _ = QUESTIONS[type]
        return self.teacher.create_question(type, title, **fields)

    def answer(self, type, answers=None):
        """A phone for each answer gives it to the open question of this type."""
        answers = answers or QUESTIONS[type][2]
        while len(self.phones) < len(answers):
            self.phones.append(self.open_browser())
            self.phones[-1].get(f"/{self.teacher.code}", 303)
        for phone, parts in zip(self.phones, answers):
            phone.post(f"/audience/respond/{self.ids[type]}", {"response": parts})

    def step(self, action, to=""):
        """Do a step of the lesson; the present message."""
        seen = self.teacher.post(f"/api{self.teacher.session}/step", {
            "action": "next", "question_id": 0, "round": 0, "stage": ""}, 200)
        seen = json.loads(seen.content)
        done = self.teacher.post(f"/api{self.teacher.session}/step", {
            "action": action, "to": to,
            **{name: seen[name] for name in ("question_id", "round", "stage")}}, 200)
        return json.loads(done.content)

    def go(self, type):
        return self.step("go", self.ids[type])

    def ask(self, title, options):
        """Show another multiple-choice question and open it; the selector of what shows it."""
        question_id = self.teacher.create_question("multiple_choice", title, options=options)
        self.step("go", question_id)
        self.step("open")
        return f"[data-question-id='{question_id}'].stage-open"

    def add_picture(self):
        """Add a question with a picture, as a browser's form sends it."""
        send_question(self.teacher, "multiple_choice", [
            ("title", "Which structure is marked with X?"),
            ("options", "*Nucleus\nMitochondrion\nChloroplast\nVacuole"),
            ("picture", (ROOT / "tests/lesson.png").read_bytes())])


def submit(page):
    """Send the form as browsers without its checks would."""
    page.locator("main form").first.evaluate(
        "form => { form.noValidate = true; form.requestSubmit(); }")


def strangers(server, open_page):
    """What people see who are not known yet, up to the teacher's empty home page."""
    page = open_page(server.link.replace(server.url, server.lan), 1280, 800)
    yield "setup", page
    page.get_by_label("Password", exact=True).fill("short")
    submit(page)
    page.get_by_text("characters").first.wait_for()
    yield "setup-wrong", page
    page.get_by_label("User name").fill("Åse")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    submit(page)
    page.get_by_text("Create your first session").wait_for()
    yield "home-empty", page
    page.goto(server.lan + "/sessions")
    yield "sessions-empty", page
    page.goto(server.lan + "/questions/99/results")
    yield "problem", page
    stranger = open_page(server.lan + "/login", 1280, 800)
    yield "login", stranger
    stranger.get_by_text("Forgot your password?").click()
    stranger.get_by_label("User name").fill("Åse")
    stranger.get_by_label("Password").fill("something else")
    submit(stranger)
    stranger.get_by_text("Forgot your password?").wait_for()
    yield "login-wrong", stranger


def presenters(server, open_page, lesson):
    """The pages around a lesson, all but the projector's."""
    teacher, options = lesson.teacher, lesson.teacher.options()
    base = server.lan
    page = open_page(base + "/", 1280, 800, **options)
    other = teacher.post("/sessions/new", {"name": "الأحياء 10ب"}).headers["Location"]
    for name, path in (("control-empty", other), ("reuse", other + "/reuse"),
                       ("reuse-pick", f"{other}/reuse?source={teacher.session_id}"),
                       ("reuse-none", teacher.session + "/reuse")):
        page.goto(base + path)
        yield name, page
    yield from lists(page, base, other)
    teacher.post(f"/api{other}/archive", {"archived": 1})
    teacher.post("/lists", CLASS)
    for name, path in (("sessions", "/sessions"), ("session-new", "/sessions/new"),
                       ("session-edit", teacher.session + "/edit"),
                       ("class-lists", "/lists"),
                       ("session-delete", teacher.session + "/delete")):
        page.goto(base + path)
        yield name, page
        if name in ("session-new", "session-delete"):
            page.locator("input[name=name]").fill("")
            submit(page)
            page.locator(".problem").wait_for()
            yield name + "-wrong", page
        elif name == "session-edit":
            page.locator("[name=version]").evaluate("one => { one.value = 99; }")
            page.locator("input[name=name]").fill("Photosynthesis, 8a")
            submit(page)
            page.locator("[data-saved]").wait_for()
            yield "session-versions", page
    yield from question_forms(page, lesson, base)
    yield from controls(page, lesson, base)
    for type in QUESTIONS:
        if type == "select_all":        # its table is multiple_choice's
            continue
        teacher.toggle(lesson.ids[type], 1)
        lesson.answer(type)
        teacher.toggle(lesson.ids[type], 0)
        page.goto(f"{base}/questions/{lesson.ids[type]}/results")
        page.locator(".chart > *").first.wait_for()
        yield f"results-{type}", page
    teacher.post(f"/api{teacher.session}/toggle", {"active": 0})
    copy = teacher.post(f"{teacher.session}/again").headers["Location"]
    report = teacher.session + "/report"
    student = f"?student=1&question={lesson.ids['multiple_choice']}"
    for name, path in (("control-ended", teacher.session),
                       ("session-forget", teacher.session + "/forget"),
                       ("comparison", f"{teacher.session}/report?compare={copy.split('/')[-1]}"),
                       ("session-open", teacher.session + "/open"), ("home", "/"),
                       ("report-answer", report + student), ("report-private", report)):
        page.goto(base + path)
        yield name, page
    page.get_by_role("button", name="Private view").click()
    yield "report", page


def lists(page, base, path):
    """The page for a list of questions: empty, turned down, and with what was understood."""
    page.goto(f"{base}/sessions/new?text=")
    yield "list-new", page
    page.goto(f"{base}{path}/import")
    yield "list-empty", page
    page.get_by_text("How to write a list").click()
    page.get_by_label("Questions", exact=True).fill('{"a": 1}')
    page.locator("[data-found] .problem").wait_for()
    yield "list-wrong", page
    page.get_by_label("Questions", exact=True).fill("\n\n".join([
        f"{LONG}\n{LONG_OPTIONS}", "ما هي عاصمة لبنان؟\n*بيروت", "你懂了吗？\nja\nnein",
        "{a} ~\n~\n="]))
    page.locator("[data-preview=projector] .projection").wait_for()
    page.get_by_label("Leave out").nth(2).check()
    yield "list-found", page
    page.get_by_role("button", name="Show correct answers").click()
    page.locator(".found .tick").wait_for()
    yield "list-answers", page


def question_forms(page, lesson, base):
    """The form of every type: new, filled in with its previews, and turned down."""
    teacher, one = lesson.teacher, lesson.ids["multiple_choice"]
    for type in ("multiple_choice", "open_text"):
        page.goto(f"{base}{teacher.session}/questions/new/{type}")
        yield f"question-new-{type}", page
    page.goto(f"{base}/questions/{one}/edit")
    yield "question-covered", page
    page.get_by_role("button", name="only I see this screen").click()
    for type, question_id in lesson.ids.items():
        if type == "select_all":        # its form is multiple_choice's
            continue
        page.goto(f"{base}/questions/{question_id}/edit")
        page.locator("[data-previews] .projection").wait_for()
        yield f"question-edit-{type}", page
        if type in ("multiple_choice", "numeric"):      # several fields, and a single one
            for field, text in WRONG[type].items():
                if field == "options":
                    field, text = "option", page.locator("[name=option]").nth(1).input_value()
                page.locator(f"[name={field}]").first.fill(text)
            submit(page)
            page.locator(".problem:not(:empty)").wait_for()
            yield f"question-wrong-{type}", page
    page.locator("[formtarget]").evaluate("one => { one.formTarget = ''; one.click(); }")
    page.get_by_role("heading", name="Preview").wait_for()
    yield "question-preview", page
    page.goto(f"{base}/questions/{one}/edit")
    page.locator("[name=version]").evaluate("one => { one.value = 99; }")
    page.get_by_label("Question", exact=True).fill("Anders?")
    submit(page)
    page.locator("[data-saved]").wait_for()
    yield "question-versions", page
    page.get_by_role("button", name="Private view").click()
    page.goto(f"{base}/questions/{one}/delete")
    yield "question-delete", page


def controls(page, lesson, base):
    """The control page from before the first question to an exit ticket, and the remote."""
    teacher = lesson.teacher
    teacher.post(f"{teacher.session}/edit", {"name": "Ökologie 🌱", "names": "optional"})
    page.goto(base + teacher.session)
    yield "control-join", page
    lesson.go("multiple_choice")
    for stage, action in (("draft", None), ("open", "open"), ("closed", "close"),
                          ("results", "show_results"), ("answer", "show_answer")):
        if action:
            lesson.step(action)
        page.locator(f".small-screen .stage-{stage}").wait_for()
        if stage == "open":
            lesson.answer("multiple_choice")
            page.locator("[data-control] [data-answered]", has_text="5").wait_for()
        yield f"control-{stage}", page
    for tab in ("Answers", "Students", "Join"):
        page.get_by_role("link", name=tab).click()
        yield f"control-tab-{tab.lower()}", page
    page.get_by_role("link", name="Answers").click()
    page.get_by_role("button", name="Private view").click()
    lesson.step("vote_again")
    page.locator("[data-control] .track.is-open").wait_for()
    lesson.answer("multiple_choice", [["B"], ["A"], ["B"], ["B"], ["B"]])
    page.locator(".paired").wait_for()
    page.locator(".chosen summary").first.click()
    page.locator(".chosen .names").wait_for()
    yield "control-private", page
    for name, opened in (("who", "who-missing"), ("more", "more-steps"), ("ask", "ask-now"),
                         ("countdown", "countdown-left")):
        page.locator(f"#{opened}").click()
        page.locator(f"#{name}[open] .menu-panel").wait_for()
        yield f"control-{name}", page
        page.keyboard.press("Escape")
    page.locator("#toggle-session").click()
    page.locator("dialog[open]").wait_for()
    yield "control-end", page
    page.keyboard.press("Escape")
    resize(page, 390, 844)
    yield "remote", page
    page.locator("#more-steps").click()
    page.locator("#more[open] .menu-panel").wait_for()
    yield "remote-more", page
    resize(page, 1280, 800)
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    page.goto(base + teacher.session)
    page.get_by_role("link", name="Questions", exact=True).click()
    page.locator(".row-more summary").first.click()
    yield "control-exit-ticket", page
    page.get_by_role("link", name="Students").click()
    page.locator("[data-grid] td").first.wait_for()
    yield "control-exit-ticket-students", page
    teacher.post(f"/api{teacher.session}/all", {"active": 0})


def demo(server, open_page):
    """What `--demo` opens the browser at, with a finished session and one of every type."""
    page = open_page(server.link, 1280, 800)       # it signs in on this laptop only
    page.locator(".sessions .result").first.wait_for()
    yield "demo-home", page
    page.get_by_role("link", name="Continue").first.click()
    page.locator(".questions .row").first.wait_for()
    yield "demo-control", page


def subjects(server, open_page):
    """Formulas, code and pictures on the projector, phones, control and results pages."""
    for subject in LESSONS:
        teacher = Teacher(server, subject.title())
        teacher.post(teacher.session + "/edit", {"name": subject.title(), "on_phones": 1})
        asked = ask_lesson(teacher, subject)
        lesson = Lesson(teacher, lambda: Browser(server), {id: id for id, _, _ in asked})
        wall, desk = (open_page(server.lan + path, 1280, 800, **teacher.options())
                      for path in (teacher.present, teacher.session))
        phone = open_page(f"{server.lan}/{teacher.code}", has_touch=True, is_mobile=True)
        for number, (id, _, answers) in enumerate(asked, 1):
            here, name = f"[data-question-id='{id}']", f"{subject}-{number}"
            lesson.go(id)
            lesson.step("open")
            wall.locator(f"{here}.stage-open").wait_for()
            phone.locator(here).wait_for()
            yield f"projector-open-{name}", wall
            yield f"phone-open-{name}", phone
            respond(phone.locator(here), answers[0])
            phone.locator(here).get_by_text("Saved").wait_for()
            lesson.answer(id, answers)
            lesson.step("close")
            lesson.step("show_results")
            wall.locator(f"{here} :is(.chart > *, [data-filled])").first.wait_for()
            yield f"projector-results-{name}", wall
            stage = lesson.step("show_answer")["stage"]
            for page in (wall, phone):
                page.locator(f"{here}:is(.stage-{stage}, [data-stage='{stage}'])").wait_for()
            yield f"projector-{stage}-{name}", wall
            if stage == "answer":
                phone.locator("[data-verdict]").wait_for()
            yield f"phone-{stage}-{name}", phone
        yield f"control-{subject}", desk
        teacher.post("/alone", {"alone": 1, "back": "/"})
        for number, (id, _, _) in enumerate(asked, 1):
            desk.goto(f"{server.lan}/questions/{id}/results")
            desk.locator(".chart > *").first.wait_for()
            yield f"results-{subject}-{number}", desk


def phones(server, open_page, lesson):
    """What students see."""
    teacher = lesson.teacher
    options = {"has_touch": True, "is_mobile": True}
    page = open_page(server.lan, **options)
    yield "phone-join", page
    page.get_by_label("Code on the big screen").fill("000 000")
    page.get_by_role("button", name="Join").tap()
    page.locator(".problem:not(:empty)").wait_for()
    yield "phone-join-wrong", page
    teacher.post("/lists", CLASS)
    teacher.post(teacher.session + "/edit", {
        "name": "Ökologie 🌱", "names": "optional", "identify": "list", "list": 1})
    page = open_page(f"{server.lan}/{teacher.code}", **options)
    yield "phone-pick", page
    teacher.post(teacher.session + "/edit", {
        "name": "Ökologie 🌱 علم البيئة", "names": "optional", "identify": "number",
        "on_phones": 1})
    page.reload()
    yield "phone-name", page
    page.get_by_label("Your name").fill("ليلى 🌸")
    page.get_by_label("Your student number").fill("12345")
    page.get_by_role("button", name="Join", exact=True).tap()
    page.get_by_text("You're in. The next question will appear here.").wait_for()
    page.get_by_text("Not you?").tap()
    yield "phone-waiting", page
    page.get_by_text("Not you?").tap()
    for type, question_id in lesson.ids.items():
        lesson.go(type)
        lesson.step("open")
        section = page.locator(f"[data-question-id='{question_id}']")
        section.wait_for()
        yield f"phone-open-{type}", page
        respond(section, QUESTIONS[type][2][0])
        section.get_by_text("Saved").wait_for()
        if type in ("multiple_choice", "select_all", "word_cloud"):     # tapped, ticked, typed
            yield f"phone-saved-{type}", page
        lesson.answer(type)
        for action in ("close", "show_results", "show_answer"):
            stage = lesson.step(action)["stage"]
        page.locator(f"[data-question-id='{question_id}'][data-stage='{stage}']").wait_for()
        yield f"phone-{stage}-{type}", page
    for _ in range(2):
        teacher.post(f"/questions/{lesson.ids['multiple_choice']}/duplicate")
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    page.locator("[data-progress]", has_text="1 of").wait_for()
    yield "phone-several", page
    for _ in page.locator(".question").all():
        page.get_by_role("button", name="Next").tap()
    page.locator("[data-finished]:visible").wait_for()
    yield "phone-card", page
    page.goto(f"{server.lan}/audience/{teacher.code}/answers")
    yield "phone-answers", page
    page.go_back()
    teacher.post(f"/api{teacher.session}/lock", {"locked": 1})
    locked = open_page(f"{server.lan}/{teacher.code}", **options)
    locked.get_by_text("has locked the session").wait_for()
    yield "phone-locked", locked
    teacher.post(f"/api{teacher.session}/toggle", {"active": 0})
    page.get_by_text("Session closed").wait_for()
    yield "phone-session-closed", page


def respond(section, parts):
    """Answer a question as a thumb does: by its options, its fields, or the order as it is."""
    for part, place in zip(parts, range(5)):
        option = section.locator(f".tile:has(input[value={json.dumps(part)}])")
        if option.count():
            option.tap()
        elif section.locator("[data-sortable]").count() == 0:
            section.locator("[name=response]").nth(place).fill(part)
    send = section.locator("fieldset button:visible", has_text="Send")
    if send.count():
        send.first.tap()


def projectors(server, open_page, lesson):
    """The projector, from the join view to the end of the session."""
    teacher = lesson.teacher
    page = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    page.get_by_role("button", name="Start question 1").wait_for()
    yield "projector-join", page
    for dialog, key in (("help", "?"), ("ask", "a")):
        page.keyboard.press(key)
        page.locator("dialog[open]").wait_for()
        yield f"projector-{dialog}", page
        page.keyboard.press("Escape")
    page.keyboard.press("j")
    for type, question_id in lesson.ids.items():
        article = f"[data-question-id='{question_id}']"
        lesson.go(type)
        if type == "multiple_choice":       # of others, all but the buttons is as when it is open
            page.locator(article + ".stage-draft").wait_for()
            yield f"projector-draft-{type}", page
        lesson.step("open")
        page.locator(article + ".stage-open").wait_for()
        lesson.answer(type)
        page.locator("[data-answered]", has_text="5").first.wait_for()
        if type not in ("short_text", "open_text", "numeric"):      # typed, as words of a cloud
            yield f"projector-open-{type}", page
        lesson.step("close")
        lesson.step("show_results")
        page.locator(f"{article} :is(.chart > *, [data-filled])").first.wait_for()
        yield f"projector-results-{type}", page
        if lesson.step("show_answer")["stage"] == "answer":
            page.locator(f"{article}.stage-answer :is(.chart > *, [data-filled])").first.wait_for()
            yield f"projector-answer-{type}", page
    lesson.go("word_cloud")
    page.locator(".cloud li").first.wait_for()
    page.keyboard.press("t")
    page.locator("[data-table]:not([hidden]):not(:empty)").wait_for()
    yield "projector-table", page
    page.keyboard.press("t")
    page.locator(".cloud button").first.click()
    page.locator("dialog[open]").wait_for()
    yield "projector-hide", page
    page.get_by_role("button", name="Hide", exact=True).click()
    page.get_by_role("button", name="Undo").wait_for()
    yield "projector-hidden", page
    page.locator(lesson.ask(LONG, LONG_OPTIONS)).wait_for()
    yield "projector-long", page
    lesson.step("show_results")
    page.locator("[data-filled]").wait_for()
    yield "projector-live", page
    yield from two_rounds(page, lesson)
    page.locator(lesson.ask("Which?", "\n".join(f"Option {n}" for n in range(26)))).wait_for()
    yield "projector-26", page
    lesson.go("multiple_choice")
    lesson.step("vote_again")
    lesson.answer("multiple_choice", [["B"]] * 4)
    page.locator(".pill", has_text="Round 2").wait_for()
    yield "projector-round-2", page
    lesson.step("close")
    for type in ("multiple_choice", "rating", "open_text"):
        teacher.post(f"/questions/{lesson.ids[type]}/duplicate")
    lesson.add_picture()
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    page.locator(".finished").wait_for()
    yield "projector-exit-ticket", page
    teacher.post(f"/api{teacher.session}/all", {"active": 0})
    lesson.step("go", max(lesson.step("next")["stages"], key=int))
    page.locator(".has-picture img").wait_for()
    yield "projector-picture", page
    teacher.post(f"/api{teacher.session}/toggle", {"active": 0})
    page.get_by_text("Thank you").wait_for()
    yield "projector-end", page
    empty = teacher.post("/sessions/new", {"name": "Leer"}).headers["Location"]
    page.goto(server.lan + empty.replace("sessions", "present"))
    page.locator("[data-counters]").wait_for(state="hidden")
    page.keyboard.press("j")
    yield "projector-empty", page


def two_rounds(page, lesson):
    """A question on the projector that is discussed, and its countdown."""
    lesson.ids["discussed"] = lesson.teacher.create_question(
        "multiple_choice", LONG, options=LONG_OPTIONS, discuss=1)
    lesson.go("discussed")
    lesson.step("ask")
    lesson.answer("discussed", [["A"], ["B"], ["B"], ["C"], ["C"]])
    lesson.step("close")
    page.locator("[data-next]", has_text="Start the discussion").wait_for()
    yield "projector-first-vote", page
    lesson.step("discuss")
    page.locator("[data-talk]").wait_for()
    page.keyboard.press("c")
    page.locator("dialog[open]").wait_for()
    yield "projector-timing", page
    page.keyboard.press("3")
    page.locator("[data-remaining]").wait_for()
    yield "projector-discussing", page
    lesson.step("vote_again")
    lesson.answer("discussed", [["A"], ["A"], ["A"], ["C"], ["A"]])
    for action in ("reveal", "show_answer"):
        lesson.step(action)
    page.locator(".stage-answer [data-filled]").wait_for()
    yield "projector-two-rounds", page


PARTS = [presenters, phones, projectors]


def take_pictures(folder, names):
    """Write pictures of the parts of these names, or of all."""
    from playwright.sync_api import sync_playwright

    with ExitStack() as at_the_end:
        servers = at_the_end.enter_context(gone_at_the_end([]))
        chromium = at_the_end.enter_context(sync_playwright()).chromium
        browser = chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        for part in [strangers, demo, subjects, *PARTS]:
            if names and part.__name__ not in names:
                continue
            data = at_the_end.enter_context(tempfile.TemporaryDirectory())
            servers.append(Server(data, *(["--demo"] if part is demo else [])))
            pages = part(servers[-1], *open_for(browser, servers[-1], part))
            for name, page in pages:
                shoot(page, folder / name, FEW if part is subjects else WIDTHS)
                print(name, flush=True)


def open_for(browser, server, part):
    """What a part is given besides its server: a function that opens pages, and its lesson."""
    def open_page(url, width=390, height=844, **options):
        page = browser.new_page(viewport={"width": width, "height": height},
                                reduced_motion="reduce", **options)
        page.goto(url)
        return page
    if part not in PARTS:
        return [open_page]
    return [open_page, Lesson(Teacher(server), lambda: Browser(server))]


def shoot(page, path, widths):
    """Write pictures of a page at these widths, in light and dark: home-1280-dark.png ..."""
    before = page.viewport_size
    for width, height in widths.items():
        if widths is FEW and (width < 768) != path.name.startswith("phone"):
            continue
        resize(page, width, height)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLE)
            page.screenshot(path=f"{path}-{width}-{scheme}.png",
                            full_page=not path.name.startswith("projector"))
    page.emulate_media(color_scheme="light")
    resize(page, **before)


if __name__ == "__main__":
    into = Path(sys.argv[1])
    into.mkdir(parents=True, exist_ok=True)
    take_pictures(into, sys.argv[2:])
