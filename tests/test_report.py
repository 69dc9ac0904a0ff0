"""The report: a session to read and print, and the grid of students and questions."""

import random
import re

import classpulse
import pytest
from conftest import LAN, Respondent, hold, let_go
from tour import QUESTIONS, Lesson

POINTS = {      # of the tour's answers, worked out by hand: {type: the points of each phone}
    "multiple_choice": [1, 1, 0, 1, 0], "select_all": [1, .5, 0, 1, 0],
    "short_text": [1, 1, 0, 0, 0], "numeric": [1, 0, 1, 1, 0]}
SIGNS = {0: ("✗", "wrong"), .5: ("½", "1 of 2 points"), 1: ("✓", "correct")}
SIGN_OF_SIXTHS = {0: "✗", 2: "⅓", 3: "½", 4: "⅔", 6: "✓"}
NAMES = ["Berta", "Anna", "anna", "", "Carl"]


def read_report(presenter, session, query=""):
    return presenter.get(f"/sessions/{session['id']}/report{query}").html


def read_text(element):
    return " ".join(element.get_text(" ").split())


def read_marks(page):
    """{name: [(sign, words) of each question, points]} of the grid, in the order of its rows."""
    rows = page.select("[data-marks] tbody tr")
    return {read_text(row.select_one("th")): [
        *((read_text(link), link.get("aria-label")) for link in row.select("td > a")),
        read_text(row.select_one(".points"))] for row in rows}


def ask(presenter, session, phones, type, title, fields, answers):
    """The id of a new question, after the phones' answers; None: no answer."""
    question_id = presenter.create_question(session["id"], type, title, **fields)
    presenter.toggle(question_id)
    for phone, parts in zip(phones, answers):
        if parts is not None:
            phone.respond(question_id, *parts)
    presenter.toggle(question_id, 0)
    return question_id


@pytest.fixture
def named(presenter, session):
    """Phones of students with NAMES; the fourth has none."""
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "8a", "names": "optional"})
    return [join(session, name) for name in NAMES]


def join(session, name):
    """A phone that has joined under a name."""
    phone = Respondent(session["code"])
    phone.post(f"/audience/{session['code']}/name", {"name": name}, status=303)
    return phone


def show_answer(presenter, session, question_id):
    presenter.step(session["id"], "go", to=question_id)
    presenter.step(session["id"], "show_results")
    presenter.step(session["id"], "show_answer")


# The grid

def test_the_grid_has_what_each_student_answered_and_earned(presenter, session, named):
    for type, (title, fields, answers) in QUESTIONS.items():
        ask(presenter, session, named, type, title, fields, answers)
    presenter.create_question(session["id"], title="Never asked")
    presenter.be_alone()
    page = read_report(presenter, session)
    said = {"word_cloud": ["Straße; 光合作用", "STRASSE; سلام", "Licht", "Licht; 🌱", "Straße"],
            "rating": ["3", "4", "5", "4", "2"],
            "open_text": ["Why are leaves green? A…", "لماذا؟", "Nothing.", "没有", "All"],
            "ranking": ["A; B; C", "B; A; C", "B; C; A", "B; A; C", "A; C; B"]}
    expected = {}
    for name, place in (("Anna", 1), ("anna (2)", 2), ("Berta", 0), ("Carl", 4), ("Student 4", 3)):
        expected[name] = [SIGNS[POINTS[type][place]] if type in POINTS
                          else (said[type][place], None) for type in QUESTIONS]
        points = sum(scored[place] for scored in POINTS.values())
        expected[name].append(f"{points:g} / 4")
    marks = read_marks(page)
    assert marks == expected and list(marks) == list(expected)
    foot = [read_text(cell) for cell in page.select("[data-marks] tfoot td")]
    assert foot == [*("5 answers" if type not in POINTS
                      else {3: "3 points", 2.5: "2.5 points", 2: "2 points"}[sum(POINTS[type])]
                      for type in QUESTIONS), "mean 2.1"]
    assert [head["scope"] for head in page.select("[data-marks] thead th")] == ["col"] * 10
    assert all(head["scope"] == "row" for head in page.select("[data-marks] :not(thead) > tr th"))


def test_the_grid_is_what_a_plain_model_of_random_lessons_says(db, presenter):
    chance = random.Random(20)
    for lesson in range(3):
        session = classpulse.get_session(db, presenter.create_session(
            f"Lesson {lesson}", names="required"))
        phones = [join(session, f"Person {place}") for place in range(6)]
        cells = [[] for _phone in phones]
        for number in range(4):
            correct = chance.choice(["A", "AB", "ABC"])
            question_id = presenter.create_question(
                session["id"], "select_all", f"{number}?", abstain="1", options="\n".join(
                    "*" * (letter in correct) + letter for letter in "ABCD"))
            rounds = chance.choice([1, 2])
            for vote in range(rounds):
                if vote:
                    presenter.step(session["id"], "go", to=question_id)
                    presenter.step(session["id"], "vote_again")
                else:
                    presenter.toggle(question_id)
                for place, phone in enumerate(phones):
                    letters = chance.sample("ABCD", chance.randint(1, 4))
                    kind = chance.choice(["none", "picked", "picked", "abstained", "cleared"])
                    if kind != "none":
                        phone.respond(question_id, *(
                            ["-"] if kind == "abstained" else letters), seq=1)
                    if kind == "cleared":
                        phone.respond(question_id, clear=1, seq=2)
                    ticks = sum(1 if letter in correct else -1 for letter in letters)
                    if vote == rounds - 1:
                        cells[place].append({
                            "picked": max(0, ticks / len(correct)), "abstained": "?"}.get(
                                kind, "–"))
                presenter.toggle(question_id, 0)
        presenter.be_alone()
        marks = read_marks(read_report(presenter, session))
        for place, cell in enumerate(cells):
            *found, points = marks[f"Person {place}"]
            assert [sign for sign, _words in found] == [
                mark if isinstance(mark, str) else SIGN_OF_SIXTHS[round(6 * mark)]
                for mark in cell]
            earned = sum(mark for mark in cell if not isinstance(mark, str))
            assert points == f"{earned:.1f}".removesuffix(".0") + " / 4"


def test_everybody_who_joined_has_a_row_but_not_who_is_excluded(presenter, session, named):
    question_id = ask(presenter, session, named, "rating", "?", {}, [["1"], None, ["3"]])
    presenter.be_alone()
    page = read_report(presenter, session)
    rows = [read_text(head) for head in page.select("[data-marks] tbody th")]
    assert rows == ["Anna", "anna (2)", "Berta", "Carl", "Student 4"]
    assert not page.select("[data-marks] .points")      # nothing has a correct answer
    people = classpulse.list_respondents(classpulse.classroom.db, session["id"])
    presenter.post(f"/api/questions/{question_id}/people", {"leave_out": people[0]["id"]})
    rows = read_report(presenter, session).select("[data-marks] tbody th")
    assert [read_text(head) for head in rows] == ["Anna", "anna (2)", "Carl", "Student 4"]


def test_a_late_answer_has_no_points_until_it_is_admitted(presenter, session, named):
    question_id = ask(presenter, session, named, "multiple_choice", "?", {"options": "*A\nB"},
                      [["A"]])
    presenter.be_alone()
    named[1].respond(question_id, "A", round=1, seq=1, queued=1)
    page = read_report(presenter, session)
    assert read_marks(page)["Anna"] == [("–", "late, not counted"), "0 / 1"]
    assert page.select_one("[data-late]").get_text() == "+1 late"
    assert read_sums(page) == ("5 students · 1 answered everything", "1 point", "mean 0.2")
    presenter.post(f"/api/questions/{question_id}/admit", status=303)
    page = read_report(presenter, session)
    assert read_marks(page)["Anna"] == [("✓", "correct"), "1 / 1"]
    assert read_sums(page) == ("5 students · 2 answered everything", "2 points", "mean 0.4")
    berta = classpulse.list_respondents(classpulse.classroom.db, session["id"])[0]
    presenter.post(f"/api/questions/{question_id}/people", {"leave_out": berta["id"]}, status=303)
    page = read_report(presenter, session)
    assert read_sums(page) == ("4 students · 1 answered everything", "1 point", "mean 0.2")


def read_sums(page):
    """(what is said of all students, the first question's points, the mean of all)."""
    points, mean = page.select("[data-marks] tfoot td")
    return tuple(map(read_text, (page.select_one(".sums li"), points, mean)))


def add_people(db, session, question_id, count):
    """Respondents with an answer each: the last one's is correct."""
    def add(db):
        for number in range(count):
            id = f"{number:08d}-0000-4000-8000-000000000000"
            classpulse.ensure_respondent(db, session["id"], id)
            db.execute("INSERT INTO responses (question_id, session_id, round, response_value, "
                       "respondent_id, created_at, updated_at) VALUES (?, ?, 1, ?, ?, '', '')",
                       (question_id, session["id"], "AB"[number < count - 1], id))
        classpulse.score_again(db, question_id)
    db.write(add)


def test_a_large_grid_comes_in_pages_by_name_or_by_points(db, presenter, session):
    question_id = ask(presenter, session, [], "multiple_choice", "?", {"options": "*A\nB"}, [])
    add_people(db, session, question_id, 230)
    presenter.be_alone()
    page = read_report(presenter, session)
    assert len(read_marks(page)) == 100 and "1 to 100 of 230" in read_text(page)
    last = presenter.get(page.select_one("[aria-label='Pages of the table'] a")["href"]
                         .replace("page=2", "page=9")).html
    marks = read_marks(last)
    assert len(marks) == 30 and marks["Student 230"] == [("✓", "correct"), "1 / 1"]
    by_points = read_report(presenter, session, "?sort=points")
    assert next(iter(read_marks(by_points))) == "Student 230"
    foot = by_points.select_one("[data-marks] tfoot")
    assert read_text(foot) == "All 230 students 1 point mean 0"
    # The link of a cell leads to the same page of the table.
    link = last.select("[data-marks] tbody a")[-1]["href"]
    shown = presenter.get(link.partition("#")[0]).html
    assert list(read_marks(shown)) == list(marks) and shown.select_one("#answer")


def test_a_cell_leads_to_the_answer_in_full(presenter, session, named):
    question_id = ask(presenter, session, named, "open_text", "Why?\n```\nx = 1\n```", {},
                      [["<b>Because</b> " + "of it all " * 40 + "\nand so on"]])
    presenter.be_alone()
    row = read_report(presenter, session).select("[data-marks] tbody tr")[2]
    path = row.select_one("a")["href"].partition("#")[0]
    answer = presenter.get(path).html.select_one("#answer")
    fragment = presenter.get(path, headers={"HX-Request": "true"})
    assert read_text(fragment.html) == read_text(answer) and "ClassPulse" not in fragment.text
    said = read_text(answer)
    assert said.startswith("Berta Question 1: Why?") and said.endswith("and so on Close")
    assert "<b>Because</b>" in said
    nobody = path.replace("student=1", "student=6")
    assert presenter.get(nobody, status=404)
    other = presenter.create_question(presenter.create_session())
    presenter.get(path.replace(f"question={question_id}", f"question={other}"), status=404)
    presenter.be_alone(0)
    assert not presenter.get(path).html.select("#answer, [data-marks]")
    presenter.get(path, headers={"HX-Request": "true"}, status=403)


# What the class may see

def test_what_the_class_has_not_seen_is_covered(presenter, session, named):
    ids = {type: ask(presenter, session, named, type, title,
                     {**fields, "explanation": f"Reason of {type}"}, answers)
           for type, (title, fields, answers) in QUESTIONS.items()}
    covered = read_report(presenter, session)
    assert not covered.select("[data-marks], .is-right, .solution, .is-correct, [data-instead]")
    for type in ("multiple_choice", "select_all", "short_text", "open_text", "numeric"):
        part = covered.select_one(f"[data-question-id='{ids[type]}']")
        assert "The results are covered." in part.get_text() and not part.select("[data-percent]")
        assert "Reason" not in part.get_text()
    assert not [name for name in NAMES if name and name in covered.get_text()]
    assert all(("covered" in part.get_text()) != bool(part.select("[data-picture]"))
               for part in covered.select(".reported"))
    show_answer(presenter, session, ids["multiple_choice"])
    shown = read_report(presenter, session)
    part = shown.select_one(f"[data-question-id='{ids['multiple_choice']}']")
    assert [row["data-key"] for row in part.select(".is-right")] == ["B"]
    assert "60 % answered correctly" in part.get_text() and "Reason" in part.get_text()
    assert len(shown.select(".is-right")) == 1
    presenter.be_alone()
    whole = read_report(presenter, session)
    assert "covered" not in whole.get_text() and len(whole.select(".reported")) == 8
    assert len(re.findall("Reason of", whole.get_text())) == 8


def test_a_first_vote_that_is_running_stays_covered(presenter, session, respondent):
    question_id = presenter.create_question(session["id"], options="*A\nB", discuss="1")
    presenter.toggle(question_id)
    respondent.respond(question_id, "B")
    presenter.be_alone()
    part = read_report(presenter, session).select_one(".reported")
    assert "The first vote is running." in part.get_text() and not part.select("[data-bar]")


# The questions

def test_a_question_shows_its_shares_hands_and_the_most_frequent_wrong_answer(
        presenter, session, make_respondent):
    question_id = presenter.create_question(session["id"], options="Mars\n*Jupiter\nVenus")
    presenter.toggle(question_id)
    for letter in "ABBC":
        make_respondent().respond(question_id, letter)
    presenter.be_alone()
    presenter.post(f"/api/questions/{question_id}/tally", {"key": "C", "count": 4})
    presenter.toggle(question_id, 0)
    part = read_report(presenter, session).select_one(".reported")
    rows = {row["data-key"]: row for row in part.select("[data-key]")}
    assert {key: (row.select_one("[data-percent]").get_text(),
                  row.select_one("[data-count]").get_text(),
                  row.select_one("[data-bar]")["width"]) for key, row in rows.items()} == {
        "A": ("13 %", "1", "12.5%"), "B": ("25 %", "2", "25.0%"), "C": ("62 %", "5", "62.5%")}
    assert "correct answer" in rows["B"].get_text() and "is-right" in rows["B"]["class"]
    assert part.select_one("[data-tallied]").get_text() == "4 hands"
    assert read_text(part.select_one("[data-instead]")) \
        == "Most frequent wrong answer: C. Venus (5)"
    assert "4 of 4 answered" in read_text(part)


@pytest.mark.parametrize("type, fields, answers, expected", [
    ("short_text", {"accepted": "Paris"}, ["Lyon", "LYON", "Metz", "Paris"], "Lyon (2)"),
    ("short_text", {"accepted": "Paris"}, ["Lyon", "Metz"], None),
    ("numeric", {"correct": "3"}, ["4", "4.0", "5", "3"], "4 (2)"),
    ("multiple_choice", {"options": "*A\nB"}, ["A"], None),
    ("multiple_choice", {"options": "*A\nB"}, ["B"], "B (1)")])
def test_a_wrong_answer_is_named_if_it_was_given_often(
        presenter, session, make_respondent, type, fields, answers, expected):
    ask(presenter, session, [make_respondent() for _answer in answers], type, "?", fields,
        [[answer] for answer in answers])
    presenter.be_alone()
    found = read_report(presenter, session).select_one("[data-instead]")
    assert (found and read_text(found)) == (
        expected and f"Most frequent wrong answer: {expected}")


def test_two_rounds_stand_beside_each_other_with_what_changed(
        presenter, session, make_respondent):
    phones = [make_respondent() for _phone in range(6)]
    question_id = presenter.create_question(session["id"], options="*A\nB", discuss="1")
    presenter.step(session["id"], "go", to=question_id)
    for answers, step in (("ABBBBB", "vote_again"), ("AAAABB", "show_answer")):
        presenter.toggle(question_id)
        for phone, letter in zip(phones, answers):
            phone.respond(question_id, letter)
        presenter.toggle(question_id, 0)
        presenter.step(session["id"], step)
    part = read_report(presenter, session).select_one(".reported")
    assert "from 17 % to 67 % correct" in read_text(part)
    bars = part.select("[data-key=A] [data-bar]")
    assert [(bar["data-round"], bar["width"]) for bar in bars] == [("1", "16.7%"), ("2", "66.7%")]
    assert part.select_one("[data-key=A] [data-before]").get_text().startswith("17 %")
    assert "3 of the 6 students who voted in both rounds changed" in read_text(part)
    presenter.step(session["id"], "vote_again")
    phones[0].respond(question_id, "B")
    presenter.be_alone()
    part = read_report(presenter, session).select_one(".reported")
    [pill] = part.select(".pill")
    assert read_text(pill) == "from 67 % to 0 % correct" and "is-correct" not in pill["class"]
    assert [read_text(head) for head in part.select("h4")] == ["Round 1"]
    assert [bar["data-round"] for bar in part.select("[data-key=B] [data-bar][data-round]")] == [
        "2", "3"]


def test_the_hardest_question_comes_first_on_demand(presenter, session, make_respondent):
    phones = [make_respondent() for _phone in range(4)]
    for letters in ("AAAB", "ABBB", "AAAA"):
        ask(presenter, session, phones, "multiple_choice", "?", {"options": "*A\nB"}, letters)
    ask(presenter, session, phones, "rating", "?", {}, "1234")
    presenter.be_alone()
    page = read_report(presenter, session)
    assert read_text(page.select_one(".sums")) == (
        "4 students · 4 answered everything 4 questions asked 67 % fully correct on average "
        "Question 2 hardest: 25 % answered correctly")
    link = next(link for link in page.select(".chip") if link.get_text() == "Hardest first")
    page = presenter.get(link["href"]).html
    assert [read_text(one) for one in page.select(".reported .number")] == ["2.", "1.", "3.", "4."]
    presenter.get(f"/sessions/{session['id']}/report?order=odd", status=422)


def test_texts_are_whole_and_hidden_ones_are_not_shown(
        presenter, session, make_respondent, monkeypatch):
    texts = ["Erste " + "ganz lange Antwort " * 200 + "Ende.", "Zweite\nmit Zeilen", "Versteckt"]
    question_id = ask(presenter, session, [make_respondent() for _text in texts], "open_text",
                      "Warum?", {}, [[text] for text in texts])
    presenter.post(f"/api/questions/{question_id}/hide", {
        "hide": classpulse.QUESTION_TYPES["open_text"].hides("Versteckt")}, status=303)
    presenter.be_alone()
    part = read_report(presenter, session).select_one(".reported")
    assert [text.get_text() for text in part.select(".texts li")] == texts[1::-1]
    assert "1 answer that you hid from the class" in part.get_text()
    monkeypatch.setattr(classpulse, "TEXTS_MAX", 100)
    part = read_report(presenter, session).select_one(".reported")
    assert len(part.select(".texts li")) == 1
    assert "1 more answer is in your files." in read_text(part)


def test_options_with_pictures_and_code_are_in_the_report(presenter, session, respondent):
    ask(presenter, session, [respondent], "multiple_choice", "Which?\n```\nif x:\n    y\n```",
        {"options": "`a_b`\n$\\frac{1}{2}$"}, [["A"]])
    presenter.be_alone()
    part = read_report(presenter, session).select_one(".reported")
    assert part.select_one("[data-key=A] code").get_text() == "a_b"
    assert part.select_one("[data-key=B] math") and "if x:\n    y" in part.get_text()
    head = read_report(presenter, session).select_one("[data-marks] thead a")
    assert head["title"] == "Which?\nif x:\n    y" and read_text(head) == "1 Which?"


# The way to it

def test_a_session_without_questions_says_so(presenter, session):
    for alone in (0, 1):
        presenter.be_alone(alone)
        page = read_report(presenter, session)
        assert "Nothing has been asked yet." in page.get_text() and not page.select("table")


def test_home_leads_to_the_report_of_a_session_that_has_ended(
        presenter, session, question, respondent):
    control, report = f"/sessions/{session['id']}", f"/sessions/{session['id']}/report"
    respondent.respond(question["id"], "A")

    def list_links(path):
        return {link["href"] for link in presenter.get(path).html.select("main a[href]")}
    assert control in list_links("/") and report not in list_links("/")
    assert report in list_links(control)
    presenter.post(f"/api{control}/toggle", {"active": 0}, status=303)
    assert report in list_links("/") and control not in list_links("/")
    assert report in list_links(control)
    assert f"{control}#questions" in list_links(report)
    assert presenter.get(report).html.select_one(f"form[action='{control}/export'] [value=xlsx]")


# In the browser

SEEN_ON_PAPER = """() => [...document.querySelectorAll("button, .chip, header.site, form, nav")]
  .filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 80))"""


def test_the_report_is_printed_and_read_by_keyboard(server, teacher, open_browser, open_page, axe):
    lesson = Lesson(teacher, open_browser)
    for type in QUESTIONS:
        teacher.toggle(lesson.ids[type], 1)
        lesson.answer(type)
        teacher.toggle(lesson.ids[type], 0)
    teacher.post(f"/api{teacher.session}/toggle", {"active": 0})
    page = open_page(f"{server.lan}{teacher.session}/report", 1280, 800, **teacher.options())
    files = page.locator("#files")
    for leave in (lambda: page.keyboard.press("Escape"), page.locator("h1").click):
        page.get_by_text("More files").click()
        files.get_by_role("button", name="Counts").wait_for()
        leave()
        assert files.get_attribute("open") is None
    page.get_by_role("button", name="Private view").click()
    page.get_by_role("table", name="Points of each student").wait_for()
    # The table is one stop of the Tab key; arrows move in it, and Escape leads back to the cell.
    first = page.locator("[data-marks] tbody a").first
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    mark = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("heading", name="Student 2").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Close"
    assert mark and mark in dialog.inner_text() and axe(page) == []
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert f"student=2&question={lesson.ids['select_all']}" in focused
    assert page.locator("[data-marks] tbody a[tabindex='0']").count() == 1
    # On paper it is black on white in the dark, too, and has nothing that can be pressed.
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(SEEN_ON_PAPER) == []
    assert page.locator("[data-marks] tbody th").first.evaluate(
        "(one) => getComputedStyle(one).position") == "static"
    assert page.evaluate("""() => {
        const { color, backgroundColor } = getComputedStyle(document.body);
        return [color, backgroundColor];
    }""") == ["rgb(23, 26, 43)", "rgb(255, 255, 255)"]
    for name, points in (("A4", "596 843"), ("Letter", "612 792")):
        paper = page.pdf(format=name)
        sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
        assert sizes and {" ".join(f"{float(side):.0f}" for side in size)
                          for size in sizes} == {points}


def test_the_cell_that_was_pressed_last_is_shown(server, teacher, open_browser, open_page):
    question_id = teacher.ask("open_text", "Warum?")
    for _place in range(2):
        phone = open_browser()
        phone.get(f"/{teacher.code}", 303)
        phone.post(f"/audience/respond/{question_id}", {"response": "Darum."})
    teacher.post("/alone", {"alone": 1})
    page = open_page(f"{server.lan}{teacher.session}/report", 1280, 800, **teacher.options())
    cells = page.locator("[data-marks] tbody a")
    with hold(page, "**/report?*") as held:
        cells.nth(0).click()
    cells.nth(1).click()
    page.get_by_role("dialog").get_by_role("heading", name="Student 2").wait_for()
    let_go(page, held[0])
    assert page.get_by_role("dialog").get_by_role("heading").inner_text() == "Student 2"


def test_without_scripts_bars_and_answers_are_there(teacher, server, chromium, open_browser):
    lesson = Lesson(teacher, open_browser)
    teacher.toggle(lesson.ids["multiple_choice"], 1)
    lesson.answer("multiple_choice")
    teacher.post("/alone", {"alone": 1})
    context = chromium.new_context(java_script_enabled=False, **teacher.options())
    page = context.new_page()
    page.goto(f"{server.url}{teacher.session}/report".replace("127.0.0.1", LAN))
    bar = page.locator("[data-key=B] [data-bar]").bounding_box()
    row = page.locator("[data-key=B] svg").bounding_box()
    assert abs(bar["width"] / row["width"] - .6) < .02
    page.locator("[data-marks] tbody a").first.click()
    page.locator("#answer").get_by_text("B, Jupiter").wait_for()
    context.close()
