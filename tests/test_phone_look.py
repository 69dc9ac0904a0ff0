"""What students see of their answers: tiles, receipt, verdict, pictures, looking back."""

import itertools
import re

import classpulse
import pytest
from conftest import Respondent, resize
from test_images import make_png

PLACES = """() => [...document.querySelectorAll("body *")]
  .filter((one) => !one.closest("[data-receipt], details:not([open]) form"))
  .filter((one) => one.getClientRects().length)
  .map((one) => { const { x, y, width, height } = one.getBoundingClientRect();
                  return [one.outerHTML.slice(0, 60), x, y, width, height]; })"""


# Tiles and receipt

CHOICES = [("multiple_choice", {"options": "\n".join(f"Größe {n}" for n in range(12))}),
           ("select_all", {"options": "Ahorn\nBuche\nZeder"}), ("rating", {"max_rating": "5"})]


def test_a_tap_moves_nothing(teacher, phone):
    for width, (type, fields) in itertools.product((320, 390), CHOICES):
        case = (type, width)
        resize(phone, width, 640)
        teacher.post(f"/api{teacher.session}/all", {"active": 0})
        question = teacher.ask(type, "Wie groß ist das?", **fields)
        phone.locator(f"section:only-of-type[data-question-id='{question}']").wait_for()
        tile = phone.locator("label.tile").nth(1)
        before = phone.evaluate(PLACES)
        heights = [place[4] for place in before if place[0].startswith("<label")]
        assert min(heights) >= 56, case
        tile.tap()
        phone.locator("[data-receipt]", has_text=re.compile("Saved|Not sent")).wait_for()
        after = phone.evaluate(PLACES)
        assert len(after) == len(before), case
        assert [place for place, now in zip(before, after)
                if any(abs(old - new) > 1 for old, new in zip(place[1:], now[1:]))] == [], case
        last = phone.locator("label.tile").last
        phone.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        bar = phone.locator("[data-receipt]").bounding_box()
        assert last.bounding_box()["y"] + last.bounding_box()["height"] <= bar["y"], case
        assert bar["y"] + bar["height"] == pytest.approx(640, abs=1), case
        if type == "select_all":
            tile.tap()      # an answer that is not sent would keep its question here


def test_a_receipt_is_not_there_while_it_has_nothing_to_say(teacher, phone):
    teacher.ask("multiple_choice", "Was?", options="Ahorn\nBuche")
    phone.get_by_text("Ahorn").wait_for()
    assert phone.locator("[data-receipt]").bounding_box()["height"] == 0


def look(button):
    """How a button stands out: its edge, its ground and its ink."""
    return button.evaluate("(one) => { const style = getComputedStyle(one);"
                           " return [style.borderTopColor, style.backgroundColor, style.color]; }")


def test_send_stands_out_only_while_there_is_something_to_send_and_moves_nothing(teacher, phone):
    teacher.ask("short_text", "Was?")
    field, send = phone.get_by_label("Your answer"), phone.get_by_role("button", name="Send")
    field.fill("Ähre")
    typed, places = look(send), phone.evaluate(PLACES)
    send.tap()
    phone.get_by_text("Saved").wait_for()
    assert all(old != new for old, new in zip(typed, look(send)))
    assert [place for place, now in zip(places, phone.evaluate(PLACES))
            if any(abs(old - new) > 1 for old, new in zip(place[1:], now[1:]))] == []
    field.fill("Ähren")
    assert look(send) == typed


def test_in_a_ranking_the_ends_look_as_if_they_go_no_further(teacher, phone):
    teacher.ask("ranking", "Was zuerst?", options="Ahorn\nBuche\nZeder")
    resting, moving = (look(phone.get_by_role("button", name=name)) for name in ("A up", "A down"))
    assert resting != moving
    for _ in range(2):
        phone.get_by_role("button", name="A down").tap()
    assert phone.evaluate("document.activeElement.ariaLabel") == "A down"
    for name, expected in (("A down", resting), ("A up", moving), ("B up", resting),
                           ("B down", moving), ("C up", moving), ("C down", moving)):
        assert look(phone.get_by_role("button", name=name)) == expected, name


def test_who_has_not_answered_is_told_so_after_closing_and_the_field_looks_shut(teacher, phone):
    question = teacher.ask("short_text", "Was?")
    field = phone.get_by_label("Your answer")
    opened = look(field)
    teacher.toggle(question, 0)
    for _ in range(2):
        said = phone.locator("[data-receipt]", has_text="Voting is closed.")
        said.wait_for()
        assert said.inner_text() == "Voting is closed. You didn't answer this question."
        assert look(field)[:2] != opened[:2] and field.is_disabled()
        phone.reload()
    teacher.toggle(question, 1)
    phone.locator("[data-stage=open]").wait_for()
    assert look(field) == opened and not said.count()


def test_the_foot_of_the_page_is_low(teacher, phone):
    links = [phone.locator(link).bounding_box() for link in ("footer > a", "summary")]
    assert links[0]["y"] == links[1]["y"] and links[0]["x"] < links[1]["x"]
    foot = phone.locator("footer").bounding_box()["y"]
    assert links[1]["y"] + links[1]["height"] - foot < 844 / 6
    assert min(link["height"] for link in links) >= 48


# The verdict

def test_both_ways_to_the_answer_look_alike(teacher, phone):
    """A page that was open during the vote, and one that is loaded after it."""
    teacher.post(f"{teacher.session}/edit", {"name": "Ä", "names": "no", "on_phones": "1"})
    question = teacher.ask("multiple_choice", "Was?", options="Mars\n*Jupiter")
    phone.get_by_text("Mars").tap()
    phone.get_by_text("Saved").wait_for()
    seen = []
    for actions in (("close",), ("show_results",), ("show_answer",)):
        stage = {"close": "open", "show_results": "closed", "show_answer": "results"}[actions[0]]
        teacher.post(f"/api{teacher.session}/step", {
            "action": actions[0], "question_id": question, "round": 1, "stage": stage}, status=200)
        phone.locator("section:not([data-stage=open])").wait_for()
        if actions == ("show_answer",):
            phone.locator("[data-verdict=wrong]").wait_for()
        elif actions == ("show_results",):
            phone.locator("[data-percent]").first.wait_for()
        for _ in range(2):
            seen.append(phone.locator("section").inner_text())
            places = phone.evaluate(PLACES)
            phone.reload()
            phone.get_by_text("Saved").wait_for()
        assert seen[-1] == seen[-2]
        assert [place[1:] for place in places] == [place[1:] for place in phone.evaluate(PLACES)]
    assert seen[-1].startswith("Not this time. The answer is B, Jupiter.")
    assert "100 %" in seen[-1] and "Correct answer" in seen[-1]


@pytest.mark.parametrize("type, fields, sent, verdict, said", [
    ("multiple_choice", {"options": "Mars\n*Jupiter"}, ["B"], "correct", "Correct!"),
    ("multiple_choice", {"options": "A\n*B"}, ["A"], "wrong", "Not this time. The answer is B."),
    ("multiple_choice", {"options": "*" + "x" * 61 + "\nB"}, ["B"], "wrong",
     "Not this time. The answer is A."),
    ("select_all", {"options": "*2\n*3\n4\n*5"}, ["A", "B"], "partly",
     "Partly correct: 2 of 3 points"),
    ("select_all", {"options": "*2\n*3\n4\n*5"}, ["A", "B", "C"], "partly",
     "Partly correct: 1 of 3 points"),
    ("select_all", {"options": "*2\n*3\n4"}, ["A", "C"], "wrong",
     "Not this time. The answer is A and B."),
    ("select_all", {"options": "*2\n*3\n4\n5\n*7"}, ["C"], "wrong",
     "Not this time. The answer is A, B and E."),
    ("numeric", {"correct": "46", "tolerance": "0", "unit": "chromosomes"}, ["44"], "wrong",
     "Not this time. The answer is 46 chromosomes."),
    ("numeric", {"correct": "46", "tolerance": "2"}, ["44"], "correct", "Correct!"),
    ("short_text", {"accepted": "Ähre"}, ["ähre"], "correct", "Correct!"),
    ("multiple_choice", {"options": "A\n*B", "abstain": "1"}, ["-"], "", "")])
def test_the_verdict_is_the_first_thing_on_the_page(
        presenter, session, respondent, make_respondent, type, fields, sent, verdict, said):
    question_id = presenter.create_question(session["id"], type, **fields)
    presenter.toggle(question_id)
    respondent.respond(question_id, *sent)
    presenter.step(session["id"], "close")
    assert "data-verdict" not in respondent.get(f"/audience/{respondent.code}").text
    presenter.step(session["id"], "show_answer")
    for phone in (respondent, make_respondent()):
        section = phone.get(f"/audience/{phone.code}").html.section
        assert section.find(True).get("data-judged") == ""
        found = section.select("[data-verdict]")
        mine = phone.state()["mine"].get(str(question_id), {"verdict": "", "result": ""})
        expected = (verdict, said) if phone is respondent else ("", "")
        assert (mine["verdict"], mine["result"]) == expected
        assert [(one["data-verdict"], one.get_text()) for one in found] == (
            [expected] if expected[0] else [])
        assert "± 0" not in section.get_text()
        assert section.select_one(".solution").get_text().startswith("Correct answer: ")


# Pictures

def test_a_picture_is_enlarged_and_closed_by_a_tap_and_by_keys(server, teacher, phone):
    parts = [b'name="title"\r\n\r\nWas?', b'name="options"\r\n\r\nAhorn\nBuche',
             b'name="picture"; filename="a.png"\r\n\r\n' + make_png()]
    body = b"".join(b"--x\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    teacher.post(f"{teacher.session}/questions/new/multiple_choice", body + b"--x--\r\n",
                 Content_Type="multipart/form-data; boundary=x")
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    picture, overlay = phone.locator("[data-enlarge]"), phone.locator(".overlay")
    picture.tap()
    assert overlay.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    overlay.tap()
    overlay.wait_for(state="detached")
    for close in ("Escape", "Enter", "Space", "Tab"):
        picture.focus()
        phone.keyboard.press("Enter")
        overlay.wait_for()
        phone.keyboard.press(close)
        overlay.wait_for(state="detached")
    assert picture.locator("img").get_attribute("loading") == "lazy"
    picture.tap()
    teacher.post(f"/api{teacher.session}/all", {"active": 0})
    phone.locator(".pill", has_text="closed").wait_for(state="attached")
    assert overlay.is_visible()                 # its question is still there
    teacher.ask("open_text", "Und nun?")
    overlay.wait_for(state="detached")


# Looking back

def get_own(phone):
    """{title: (own answers, verdict, correct answer)} of the page that looks back."""
    page = phone.get(f"/audience/{phone.code}/answers", status=200).html
    return {section.h2.get_text(): (
        [one.get_text() for one in section.select("[data-round] bdi")],
        "".join(one.get_text() for one in section.select("[data-verdict]")),
        "".join(one.get_text() for one in section.select(".solution bdi")))
        for section in page.select("section")}


def test_a_student_looks_back_on_own_answers_alone(presenter, session, respondent):
    first = presenter.create_question(session["id"], title="Eins?", options="Mars\n*Jupiter")
    presenter.create_question(session["id"], title="Entwurf?", options="*Ja\nNein")
    other = Respondent(respondent.code)
    assert get_own(respondent) == {}
    presenter.toggle(first)
    respondent.respond(first, "A")
    other.respond(first, "B")
    assert get_own(respondent) == {"Eins?": (["A, Mars"], "", "")}
    presenter.step(session["id"], "close")
    presenter.step(session["id"], "vote_again")
    respondent.respond(first, "B")
    presenter.step(session["id"], "close")
    presenter.step(session["id"], "show_answer")
    expected = {"Eins?": (["A, Mars", "B, Jupiter"], "Correct!", "")}
    assert get_own(respondent) == expected
    assert get_own(Respondent(respondent.code)) == {"Eins?": ([], "", "B, Jupiter")}
    presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": 0}, status=303)
    assert get_own(respondent) == expected
    page = respondent.get(f"/audience/{respondent.code}")
    assert page.html.select_one(f"footer a[href='/audience/{respondent.code}/answers']")


def test_several_correct_options_are_spelled_as_the_own_answer_is(presenter, session, respondent):
    long = "Jupiter " * 12
    question = presenter.create_question(session["id"], "select_all", "Eins?",
                                         options=f"*Mars\n*{long}\nSonne")
    presenter.toggle(question)
    other = Respondent(respondent.code)
    respondent.respond(question, "A", "B")
    other.respond(question, "C")
    presenter.step(session["id"], "close")
    presenter.step(session["id"], "show_answer")
    spelled = f"A, Mars; B, {long.strip()}"
    assert get_own(respondent) == {"Eins?": ([spelled], "Correct!", "")}
    assert get_own(other) == {"Eins?": (["C, Sonne"], "Not this time.", spelled)}


def test_strangers_look_back_on_nothing(visitor, session):
    visitor.get(f"/audience/{session['code']}/answers", status=403)


# Honest words

def test_who_joined_without_a_name_is_told_what_the_teacher_sees(presenter):
    created = presenter.post("/sessions/new", {"name": "Ä", "names": "optional"}, status=303)
    session = classpulse.get_session(classpulse.classroom.db, int(created.location.split("/")[-1]))
    for name, said in (("Zoë", "sees your name with your answers"),
                       ("", "joined without a name: your teacher sees your answers, but not who")):
        phone = Respondent(session["code"])
        phone.post(f"/audience/{phone.code}/name", {"name": name}, status=303)
        assert said in phone.get(f"/audience/{phone.code}").html.footer.get_text()


def test_a_long_unit_makes_no_page_scroll_sideways(server, teacher, open_page):
    teacher.post(teacher.session + "/edit", {"name": "Zellen", "names": "no", "on_phones": 1})
    question = teacher.ask("numeric", "How many?", unit="Chromosomenpaare/ml")
    phone = open_page(f"{server.lan}/{teacher.code}", 320, 640, has_touch=True, is_mobile=True)
    phone.get_by_label("Your answer").fill("46")
    phone.get_by_role("button", name="Send").tap()
    phone.get_by_text("Saved").wait_for()
    for action, stage in (("close", "open"), ("show_results", "closed")):
        teacher.post(f"/api{teacher.session}/step", {
            "action": action, "question_id": question, "round": 1, "stage": stage}, 200)
    phone.locator(".counts").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320


def test_what_was_typed_before_a_reload_can_still_be_sent_late(
        server, teacher, open_page, open_browser):
    text = " ".join(["halb getippt"] * 150)
    first, second = (teacher.create_question("open_text", title)
                     for title in ("Erste?", "Zweite?"))
    teacher.toggle(first, 1)
    phone = open_page(f"{server.lan}/{teacher.code}", has_touch=True, is_mobile=True)
    for act in ("Discard", "Send late"):
        phone.get_by_label("Your answer").fill(text)
        teacher.toggle(first, 0)
        phone.get_by_role("button", name="Send late").wait_for()
        teacher.post(f"/api{teacher.session}/step", {
            "action": "go", "to": second, "question_id": first, "round": 1,
            "stage": "closed"}, 200)
        teacher.toggle(second, 1)
        phone.reload()
        phone.get_by_role("heading", name="Zweite?").wait_for()
        lost = phone.locator("[data-lost]")
        lost.get_by_text("halb getippt").wait_for()
        box = lost.bounding_box()
        assert box["x"] >= 16 and box["x"] + box["width"] <= 390 - 16
        assert box["y"] + box["height"] < phone.locator("h2").bounding_box()["y"] < 844
        lost.get_by_role("button", name=act).tap()
        phone.locator("[data-lost]:empty").wait_for(state="attached")
        if act == "Discard":
            assert not teacher.answers(first)
            teacher.toggle(second, 0)
            teacher.toggle(first, 1)
            phone.get_by_role("heading", name="Erste?").wait_for()
    phone.wait_for_function("() => !Object.keys(JSON.parse(localStorage.getItem("
                            "Object.keys(localStorage)[0])).outbox).length")
    assert teacher.answers(first) == [(text, "1")]
