"""What a phone does with an answer when the network, the laptop or the clock is against it."""

import pytest
from conftest import HURRIED


@pytest.fixture(scope="module")
def program():
    return HURRIED


def forget_lost_connections(open_page):
    """A server that was stopped is what these tests are about."""
    open_page.complaints[:] = [text for text in open_page.complaints if "ERR_" not in text]


def test_an_answer_given_while_the_laptop_is_off_arrives_when_it_is_back(
        server, teacher, phone, open_page):
    question = teacher.ask("multiple_choice", "Größe?", options="klein\ngroß")
    phone.get_by_text("klein").tap()
    phone.get_by_text("Saved").wait_for()
    server.kill()
    bar = phone.get_by_text("Connection lost")
    bar.wait_for()
    bar, title = bar.bounding_box(), phone.get_by_role("heading", name="Größe?").bounding_box()
    assert bar["y"] + bar["height"] <= title["y"]   # nothing could scroll it free
    phone.get_by_text("groß").tap()
    phone.get_by_text("Not sent yet, kept on this phone").wait_for()
    server.start()
    phone.get_by_text("Saved").wait_for()
    phone.locator("label", has_text="groß").locator("input:checked").wait_for()
    assert teacher.answers(question) == [("groß", "0")]
    forget_lost_connections(open_page)


def test_an_answer_that_was_not_sent_survives_a_reload(
        server, teacher, phone, open_page):
    question = teacher.ask("multiple_choice", "Größe?", options="klein\ngroß")
    phone.route("**/audience/respond/*", lambda route: route.abort())
    phone.get_by_text("groß").tap()
    phone.get_by_text("Not sent yet, kept on this phone").wait_for()
    phone.unroute("**/audience/respond/*")
    phone.reload()
    phone.get_by_text("Saved").wait_for()
    assert teacher.answers(question) == [("groß", "0")]
    forget_lost_connections(open_page)


def test_an_answer_that_somebody_else_answered_is_not_taken_for_saved(
        server, teacher, phone, open_page):
    question = teacher.ask("multiple_choice", "Größe?", options="klein\ngroß")
    phone.route("**/audience/respond/*",
                lambda route: route.fulfill(status=200, body="<h1>Log in to the Wi-Fi</h1>"))
    phone.get_by_text("klein").tap()
    phone.get_by_text("Not sent yet, kept on this phone").wait_for()
    phone.unroute("**/audience/respond/*")
    phone.get_by_text("Saved").wait_for()
    assert teacher.answers(question) == [("klein", "0")]


def test_an_answer_tapped_in_time_whose_question_closes_arrives_late(
        server, teacher, phone, open_page):
    question = teacher.ask("multiple_choice", "Größe?", options="klein\ngroß")
    phone.route("**/audience/respond/*", lambda route: route.abort())
    phone.get_by_text("groß").tap()
    phone.get_by_text("Not sent yet, kept on this phone").wait_for()
    teacher.toggle(question, 0)
    phone.locator("section").get_by_text("Voting is closed").wait_for()
    phone.unroute("**/audience/respond/*")
    phone.get_by_text("after voting closed").wait_for()
    assert teacher.answers(question) == [("groß", "1")]
    forget_lost_connections(open_page)


def test_words_typed_but_not_sent_are_offered_and_sent_by_nobody_else(teacher, phone):
    question = teacher.ask("word_cloud", "Ein Wort?")
    phone.get_by_label("Word or short phrase").fill("Übermut")
    phone.get_by_text("Not sent yet").wait_for()
    phone.reload()
    assert phone.get_by_label("Word or short phrase").input_value() == "Übermut"
    teacher.toggle(question, 0)
    phone.get_by_text("Voting closed before this was sent").wait_for()
    assert teacher.answers(question) == []
    phone.get_by_role("button", name="Send late").tap()
    phone.get_by_text("after voting closed").wait_for()
    assert teacher.answers(question) == [("Übermut", "1")]


def test_words_that_are_saved_are_not_offered_when_voting_closes(teacher, phone):
    question = teacher.ask("word_cloud", "Ein Wort?")
    phone.get_by_label("Word or short phrase").fill("Übermut")
    phone.get_by_label("Word or short phrase").press("Enter")
    phone.get_by_text("Saved").wait_for()
    teacher.toggle(question, 0)
    phone.locator("section").get_by_text("Voting is closed").wait_for()
    assert phone.get_by_role("button", name="Send late").count() == 0


def test_a_field_in_use_is_left_alone_when_another_question_opens(teacher, phone):
    teacher.ask("word_cloud", "Ein Wort?")
    field = phone.get_by_label("Word or short phrase")
    field.press_sequentially("Über")
    teacher.ask("rating", "Wie klar?", max_rating="4")
    phone.locator("h2", has_text="Wie klar?").wait_for(state="attached")
    phone.keyboard.type("mut")
    assert field.input_value() == "Übermut"


@pytest.mark.parametrize("press", ["tap", "keyboard"])
def test_a_ranking_is_put_in_order_by_its_buttons(teacher, phone, press):
    question = teacher.ask("ranking", "Was zuerst?", options="Ahorn\nBuche\nZeder")
    up = phone.get_by_role("button", name="C up")
    for _ in range(2):
        if press == "tap":
            up.tap()
        else:
            up.focus()
            phone.keyboard.press("Enter")
    phone.get_by_role("button", name="Send order").click()
    phone.get_by_text("Saved").wait_for()
    assert teacher.answers(question) == [("Zeder; Ahorn; Buche", "0")]


def test_what_a_phone_announces_is_as_it_was_typed(teacher, phone):
    teacher.ask("ranking", "{place} $& <b>?", options="Ahorn\nBuche")
    said = phone.locator("[data-announce]")
    said.get_by_text("New question: {place} $& <b>?", exact=True).wait_for()
    phone.get_by_role("button", name="A down").tap()
    said.get_by_text("A: place 2", exact=True).wait_for()


def test_not_knowing_is_an_answer_where_it_is_offered(teacher, phone):
    question = teacher.ask("numeric", "Wie hoch?", unit="m", abstain="1")
    phone.get_by_role("button", name="I don't know").tap()
    phone.get_by_text("Saved").wait_for()
    assert phone.get_by_role("button", name="I don't know").get_attribute("aria-pressed") == "true"
    assert teacher.answers(question) == [("", "0")]


def test_a_typo_that_is_mended_while_voting_is_open_reaches_the_phone(
        teacher, phone):
    question_id = teacher.ask("word_cloud", "Wort?")
    phone.reload()
    phone.get_by_role("heading", name="Wort?").wait_for()
    for title in ("Wörtt?", "Wörter?"):
        teacher.post(f"/questions/{question_id}/edit", {"title": title})
        phone.get_by_role("heading", name=title).wait_for()


def test_a_right_answer_that_is_changed_after_it_was_shown_is_told_anew(teacher, phone):
    question_id = teacher.ask("multiple_choice", "Größe?", options="*klein\ngroß")
    phone.get_by_text("klein").tap()
    phone.get_by_text("Saved").wait_for()
    for action, stage in (("close", "open"), ("show_answer", "closed")):
        teacher.post(f"/api{teacher.session}/step", {
            "action": action, "question_id": question_id, "round": 1, "stage": stage}, status=200)
    phone.locator("section").get_by_text("Correct!").wait_for()
    teacher.post(f"/api/questions/{question_id}/mark", {"key": "A"})
    teacher.post(f"/api/questions/{question_id}/mark", {"key": "B"})
    phone.locator("section").get_by_text("Not this time.").wait_for()


def test_a_phone_that_abstained_goes_on_when_that_is_not_offered_any_more(teacher, phone):
    question_id = teacher.ask("ranking", "Ordnen!", options="klein\ngroß", abstain="1")
    phone.get_by_role("button", name="I don't know").tap()
    phone.get_by_text("Saved").wait_for()
    teacher.post(f"/questions/{question_id}/edit",
                 {"title": "Sortieren!", "options": "klein\ngroß"})
    phone.get_by_role("heading", name="Sortieren!").wait_for()
    teacher.ask("open_text", "Und nun?")
    phone.locator("h2", has_text="Und nun?").wait_for(state="attached")
    phone.reload()
    phone.get_by_role("heading", name="Und nun?").wait_for()
