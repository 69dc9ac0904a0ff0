"""Several questions open at once, answered by each at their own pace."""

import classpulse
import pytest
from conftest import Respondent, resize
from test_hostile_identities import fill


@pytest.fixture
def questions(presenter, session):
    """Three drafts: two polls and a word cloud."""
    return [presenter.create_question(session["id"], title="Eins?"),
            presenter.create_question(session["id"], title="Zwei?", options="*Ja\nNein"),
            presenter.create_question(session["id"], "word_cloud", title="Drei?")]


def toggle_all(presenter, session, active, status=303):
    return presenter.post(f"/api/sessions/{session['id']}/all", {"active": active}, status=status)


def get_stages(db, session):
    return [question["stage"] for question in classpulse.list_questions(db, session["id"])]


def test_all_are_opened_and_closed_at_once(db, presenter, session, questions):
    toggle_all(presenter, session, 1)
    assert get_stages(db, session) == ["open"] * 3
    assert presenter.now(session["id"])["question_id"] == questions[0]
    toggle_all(presenter, session, 0)
    assert get_stages(db, session) == ["closed"] * 3


def test_what_was_asked_before_stays_closed(db, presenter, session, questions):
    presenter.step(session["id"], "open")
    presenter.step(session["id"], "close")
    presenter.step(session["id"], "move")
    for action in ("open", "close"):
        presenter.step(session["id"], action)
    toggle_all(presenter, session, 1)
    assert get_stages(db, session) == ["results", "closed", "open"]


def test_a_closed_session_opens_none(db, presenter, session, questions):
    presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": 0}, status=303)
    toggle_all(presenter, session, 1, status=409)
    assert get_stages(db, session) == ["draft"] * 3


def test_the_projector_shows_the_titles_and_who_finished(
        presenter, session, questions, make_respondent):
    toggle_all(presenter, session, 1)
    done, slow = make_respondent(), make_respondent()
    for phone, answers in ((done, ["A", "B", "Wort"]), (slow, ["A", "B"])):
        for question_id, answer in zip(questions, answers):
            phone.respond(question_id, answer)
    now = presenter.now(session["id"])
    assert now["finished"] == 1 and now["next"]["action"] == "close_all"
    page = presenter.get(f"/present/{session['id']}").html.main
    assert [title.get_text() for title in page.select("li span")] == ["Eins?", "Zwei?", "Drei?"]
    assert [number.get_text() for number in page.select("li b")] == ["1", "2", "3"]
    assert [pill.get_text() for pill in page.select(".pill.is-live")] == ["Voting is open"]
    assert not page.select(".place, .segments")
    one = presenter.get(f"/present/{session['id']}?question={questions[1]}").html.main
    assert one.h1.get_text() == "Zwei?"


def test_afterwards_each_is_gone_through_with_the_next_step(presenter, session, questions):
    toggle_all(presenter, session, 1)
    done = []
    for _ in range(20):
        now = presenter.now(session["id"])
        done.append(now["next"]["action"])
        if done[-1] == "end":
            break
        presenter.step(session["id"], done[-1])
    assert done == ["close_all", "reveal", "move", "reveal", "show_answer", "move", "reveal",
                    "end"]


# Who has answered which question

def read_grid(page):
    """{student: the marks of their row} and the questions' numbers, of a page or a fragment."""
    _, *numbers = [cell.get_text() for cell in page.select("[data-grid] thead th")]
    return {row.th.get_text(): "".join(cell.span.get_text() for cell in row.select("td"))
            for row in page.select("[data-grid] tbody tr")}, numbers


def test_those_who_lack_most_come_first_and_without_names_have_numbers(
        presenter, session, questions, make_respondent):
    presenter.create_question(session["id"], title="Vier?")
    presenter.step(session["id"], "ask")        # asked before, so it has no column
    toggle_all(presenter, session, 0)
    toggle_all(presenter, session, 1)
    phones = [make_respondent() for _ in range(5)]
    for phone, answers in zip(phones, (["A"], ["A", "Wort", "B"], [], ["A", "", "A"], ["A"])):
        phone.state()
        for question_id, answer in zip(questions[1:] + [questions[2] + 1], answers):
            if answer:
                phone.respond(question_id, answer)
    phones[3].post(f"/audience/respond/{questions[1]}", {"clear": "1"})
    presenter.be_alone()
    page = presenter.get(f"/sessions/{session['id']}").html
    assert read_grid(page) == ({"Student 3": "–––", "Student 1": "●––", "Student 4": "––●",
                                "Student 5": "●––", "Student 2": "●●●"}, ["2", "3", "4"])
    students = list(read_grid(page)[0])
    assert (students[0], students[-1]) == ("Student 3", "Student 2")
    assert "Those who lack most" in page.select_one("[data-grid] caption").get_text()


def test_a_row_has_the_name_and_nobody_who_is_left_out(db, room, presenter, session, questions):
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Physik", "names": "optional"})
    toggle_all(presenter, session, 1)
    for name in ("Zoë", "Ben", "", "Ada"):
        phone = Respondent(session["code"])
        phone.post(f"/audience/{session['code']}/name", {"name": name} if name else {"skip": "1"})
        phone.state()
    zoe, ben, *_ = [person["id"] for person in classpulse.list_respondents(db, session["id"])]
    presenter.be_alone()
    presenter.post(f"/api/questions/{questions[0]}/people", {"leave_out": ben})
    room.live._save_seen()
    room.live.stored[session["id"]][zoe] = classpulse.time_in(
        seconds=-classpulse.ONLINE_SECONDS - 1)
    path = f"/sessions/{session['id']}/progress"
    assert list(read_grid(presenter.get(path).html)[0]) == ["Student 3", "Ada", "Zoë (away)"]


def test_who_has_answered_is_for_a_private_screen_of_the_owner(
        presenter, other_presenter, session, questions, respondent):
    path = f"/sessions/{session['id']}"
    toggle_all(presenter, session, 1)
    respondent.state()
    refused = presenter.get(path + "/progress", status=403)
    assert "Student 1" not in refused.text
    assert not presenter.get(path).html.select("[data-grid]")
    other_presenter.be_alone()
    other_presenter.get(path + "/progress", status=404)
    presenter.be_alone()
    assert presenter.get(path).html.select("[data-grid]")


def test_who_has_answered_stays_until_another_question_is_started(
        presenter, session, questions, respondent):
    path = f"/sessions/{session['id']}"
    presenter.be_alone()
    presenter.step(session["id"], "ask")        # alone, and closed before the others are opened
    presenter.step(session["id"], "close")
    assert not presenter.get(path).html.select("[data-grid]")
    toggle_all(presenter, session, 1)
    presenter.step(session["id"], "move")
    respondent.respond(questions[2], "Wort")
    toggle_all(presenter, session, 0)
    presenter.create_question(session["id"], title="Vier?")
    for action in ("reveal", "show_answer", "move"):
        for page in (presenter.get(path).html, presenter.get(path + "/progress").html):
            assert read_grid(page) == ({"Student 1": "–●"}, ["2", "3"]), action
        presenter.step(session["id"], action)
    presenter.step(session["id"], "reveal")
    presenter.step(session["id"], "ask")
    assert presenter.now(session["id"])["stage"] == "open"
    assert not presenter.get(path).html.select("[data-grid]")


def test_of_a_lecture_hall_a_screenful_is_listed(db, presenter, session, questions, respondent):
    toggle_all(presenter, session, 1)
    respondent.respond(questions[0], "A")
    fill(db, session["id"], classpulse.LISTED_MAX)
    presenter.be_alone()
    page = presenter.get(f"/sessions/{session['id']}").html
    marks, _ = read_grid(page)
    assert len(marks) == classpulse.LISTED_MAX and set(marks.values()) == {"–––"}
    assert page.select_one("[data-grid] tfoot").get_text(strip=True) == "and 1 more"


def test_a_mark_appears_when_the_answer_comes(server, teacher, open_browser, open_page):
    ids = [teacher.create_question("multiple_choice", f"{number}?", options="Ja\nNein")
           for number in range(12)]
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    teacher.post("/alone", {"alone": 1})
    phones = [open_browser() for _ in range(2)]
    for phone in phones:
        phone.post("/join", {"code": teacher.code})
        phone.get(f"/audience/{teacher.code}/state")
    page = open_page(server.lan + teacher.session, **teacher.options())
    page.get_by_role("link", name="Students").click()
    rows = page.get_by_role("table", name="Who has answered").locator("tbody tr")
    for number, (width, height) in enumerate([(320, 568), (390, 844), (1280, 800)]):
        resize(page, width, height)         # ids: not the first, which is projected
        phones[0].post(f"/audience/respond/{ids[-1 - number]}", {"response": "A"})
        rows.last.get_by_text("●").nth(number).wait_for(state="attached")
        assert rows.all_inner_texts()[0].startswith("Student 2")
        assert page.evaluate("document.scrollingElement.scrollWidth") == width
        rows.last.locator("td").last.scroll_into_view_if_needed()
        left = rows.last.locator("th").bounding_box()
        assert left["x"] >= 0 and rows.last.locator("td").last.bounding_box()["x"] > left["x"]


@pytest.fixture
def tickets(teacher):
    """Three open questions, of which the last is answered by a text."""
    for title in ("Eins?", "Zwei?"):
        teacher.create_question("multiple_choice", title, options="Ja\nNein")
    teacher.create_question("short_text", "Drei?")
    teacher.post(f"/api{teacher.session}/all", {"active": 1})


@pytest.fixture
def phone(server, teacher, tickets, open_page):
    """A phone that shows the first of them."""
    phone = open_page(f"{server.lan}/{teacher.code}", has_touch=True, is_mobile=True)
    phone.get_by_role("heading", name="Eins?").wait_for()
    return phone


def shown(phone):
    """(title, progress) of what the phone shows of several open questions."""
    return (phone.locator("h2:visible").inner_text(),
            phone.locator("[data-progress]").inner_text())


def press(phone, name):
    phone.get_by_role("button", name=name, exact=True).tap()


def answer(phone):
    """Answer the question that is shown."""
    section = phone.locator(".question:visible")
    if section.locator(".tile").count():
        section.locator(".tile").first.tap()
    else:
        section.get_by_role("textbox").fill("Ähre")
        press(phone, "Send")
    section.get_by_text("Saved").wait_for()


def test_a_phone_shows_one_question_at_a_time_and_at_the_end_a_card(
        server, teacher, phone, open_page):
    projector = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    assert shown(phone) == ("Eins?", "1 of 3")
    answer(phone)
    assert shown(phone) == ("Eins?", "1 of 3")          # nothing moves the student but Next
    press(phone, "Next")
    assert shown(phone) == ("Zwei?", "2 of 3")
    press(phone, "Next")
    answer(phone)
    press(phone, "Next")
    card = phone.locator("[data-finished]")
    assert card.locator("button span").all_inner_texts() == [
        "Answered", "Not answered yet", "Answered"]
    assert shown(phone) == ("2 of 3 answered", "")
    card.get_by_role("button", name="2. Zwei?").tap()
    phone.locator(".question:visible .tile").first.tap()
    card.get_by_role("heading", name="All 3 answered").wait_for()
    press(phone, "Back")
    assert shown(phone) == ("Drei?", "3 of 3")
    press(phone, "Next")
    assert shown(phone) == ("All 3 answered", "")
    phone.reload()
    assert shown(phone) == ("All 3 answered", "")
    press(phone, "Finish")
    card.get_by_text("Your answers are saved").wait_for()
    assert card.get_by_role("button").count() == 0
    projector.get_by_text("1 of 1 finished").wait_for()
    teacher.post(f"/api{teacher.session}/all", {"active": 0})
    phone.locator("section").get_by_text("Voting is closed").wait_for()
    assert not card.is_visible() and not phone.get_by_role("button", name="Next").is_visible()


def test_who_leaves_a_question_open_can_finish_and_come_back(phone):
    answer(phone)
    for _ in range(3):
        press(phone, "Next")
    assert shown(phone) == ("1 of 3 answered", "")
    press(phone, "Finish")
    phone.get_by_text("You have finished. Your answers are saved.").wait_for()
    assert shown(phone) == ("1 of 3 answered", "")
    assert not phone.get_by_role("button", name="Finish").is_visible()
    press(phone, "3. Drei? Not answered yet")
    phone.get_by_role("textbox").fill("Ähre")
    press(phone, "Next")
    phone.get_by_role("button", name="3. Drei? Not sent yet").wait_for()
    assert not phone.get_by_role("button", name="Finish").is_visible()
    press(phone, "3. Drei? Not sent yet")
    phone.get_by_role("button", name="Send", exact=True).locator("visible=true").tap()
    press(phone, "Finish")
    phone.get_by_text("You have finished. Your answers are saved.").wait_for()


def is_filled(phone, name):
    """Whether a button is a primary one."""
    return phone.get_by_role("button", name=name, exact=True).locator("visible=true").evaluate(
        "(one) => { const style = getComputedStyle(one);"
        " return style.backgroundColor === style.borderTopColor; }")


def test_send_comes_before_next_while_something_is_typed_and_leads_back_to_the_card(phone):
    for _ in range(2):
        press(phone, "Next")
    boxes = [phone.get_by_role("button", name=name, exact=True).locator("visible=true")
             for name in ("Send", "Next")]
    before = [box.bounding_box() for box in boxes]
    assert (is_filled(phone, "Send"), is_filled(phone, "Next")) == (False, True)
    phone.get_by_role("textbox").fill("Ähre")
    assert (is_filled(phone, "Send"), is_filled(phone, "Next")) == (True, False)
    assert [box.bounding_box() for box in boxes] == before
    press(phone, "Next")
    card = phone.locator("[data-finished]")
    inks = card.locator("button span").evaluate_all(
        "(all) => all.map((one) => [one.textContent, getComputedStyle(one).color])")
    assert [text for text, _ in inks] == ["Not answered yet"] * 2 + ["Not sent yet"]
    assert inks[2][1] == "rgb(163, 36, 11)" != inks[1][1]           # --color-danger
    for name in ("Eins?", "Drei?"):
        card.get_by_role("button", name=name).tap()
        assert shown(phone)[0] == name
        press(phone, "Next")
        assert card.is_visible()
    card.get_by_role("button", name="Drei?").tap()
    press(phone, "Send")
    card.get_by_role("heading", name="1 of 3 answered").wait_for()
    press(phone, "Back")
    assert (is_filled(phone, "Send"), is_filled(phone, "Next")) == (False, True)


def test_a_question_that_closes_under_what_is_typed_says_that_it_is_closed(teacher, phone):
    for _ in range(2):
        press(phone, "Next")
    phone.get_by_role("textbox").fill("Ähre")
    teacher.post(f"/api{teacher.session}/all", {"active": 0})
    phone.get_by_text("Voting closed before this was sent").wait_for()
    assert phone.locator(".is-live").count() == 0
    assert set(phone.locator(".question .pill").all_inner_texts()) == {"Voting is closed\nclosed"}


def test_a_push_moves_nobody_to_another_question_and_keeps_what_is_typed(teacher, phone):
    for _ in range(2):
        press(phone, "Next")
    phone.get_by_role("textbox").press_sequentially("Äh")
    teacher.ask("multiple_choice", "Vier?", options="Ja\nNein")
    phone.locator("[data-progress]", has_text="3 of 4").wait_for()
    phone.keyboard.type("re")
    assert shown(phone) == ("Drei?", "3 of 4")
    assert phone.get_by_role("textbox").input_value() == "Ähre"


def test_a_card_hears_of_a_question_that_opens_after_it_was_finished(teacher, phone):
    for _ in range(3):
        answer(phone)
        press(phone, "Next")
    press(phone, "Finish")
    teacher.ask("multiple_choice", "Vier?", options="Ja\nNein")
    phone.get_by_text("3 of 4 answered").wait_for()
    phone.get_by_role("button", name="Vier?").tap()
    assert shown(phone) == ("Vier?", "4 of 4")


def test_without_scripts_all_are_in_one_list(server, teacher, tickets, open_page):
    plain = open_page(f"{server.lan}/{teacher.code}", java_script_enabled=False)
    assert plain.locator("h2:visible").all_inner_texts() == ["Eins?", "Zwei?", "Drei?"]
    plain.locator(".tile").nth(2).click()
    plain.get_by_role("button", name="Send answer").nth(1).click()
    plain.get_by_text("Saved").wait_for()


def test_a_closed_session_leaves_no_count_behind(teacher, phone):
    teacher.post(f"/api{teacher.session}/toggle", {"active": 0})
    phone.get_by_text("Session closed").wait_for()
    assert not phone.locator("[data-progress]").is_visible()
