"""What a phone does with what is typed, ticked and pressed before and after it is sent."""

import json

import pytest

REFUSED = r"status of 4"
CHANGEABLE = "You can change it until voting closes."
EMPTIED = "Send it empty to clear your answer."


@pytest.fixture
def phone(server, teacher, open_page):
    open_page.expected = REFUSED
    return open_page(f"{server.lan}/{teacher.code}", has_touch=True, is_mobile=True)


@pytest.fixture
def laptop(server, teacher, open_page):
    """A browser with a keyboard."""
    return open_page(f"{server.lan}/{teacher.code}")


def receipt(page):
    return page.locator(".receipt").first


def option(page, text):
    return page.locator("label.tile", has_text=text)


def picked(page):
    """The options that are shown as chosen."""
    return page.evaluate(
        "() => [...document.querySelectorAll('input:checked')].map(one => one.value)")


def stored(page):
    """{name: what is stored under it}."""
    return {name: json.loads(text) for name, text in page.evaluate(
        "() => Object.entries(localStorage)") if name.startswith("classpulse-")}


def push(teacher, phone, title="Noch eine?"):
    """Let a state message arrive, by which every question is shown again."""
    teacher.ask("open_text", title)
    phone.locator("h2", has_text=title).wait_for(state="attached")


def ask_alone(teacher, page, type, **fields):
    """Ask one question instead of those before, and wait until it is shown; its id."""
    teacher.post(f"/api{teacher.session}/all", {"active": 0})
    question = teacher.ask(type, "Was?", **fields)
    page.locator(f"section:only-of-type[data-question-id='{question}']").wait_for()
    return question


def tap_clear(phone):
    phone.get_by_role("button", name="Clear my answer").tap()


def listen_to_votes(page):
    votes = []
    page.on("request", lambda request: "/respond/" in request.url and votes.append(
        request.post_data))
    return votes


# Empty is a state

def test_what_was_unticked_does_not_come_back(teacher, phone):
    question = teacher.ask("select_all", "Was?", options="Ahorn\nBuche\nZeder")
    option(phone, "Zeder").tap()
    phone.get_by_role("button", name="Send answer").tap()
    receipt(phone).get_by_text(CHANGEABLE).wait_for()
    option(phone, "Zeder").tap()
    receipt(phone).get_by_text(EMPTIED).wait_for()
    push(teacher, phone)
    assert picked(phone) == []
    phone.reload()
    receipt(phone).get_by_text(EMPTIED).wait_for()
    assert picked(phone) == [] and teacher.answers(question) == [("Zeder", "0")]
    phone.get_by_role("button", name="Send answer").tap()
    receipt(phone).get_by_text("Answer cleared").wait_for()
    assert teacher.answers(question) == []
    phone.reload()
    receipt(phone).get_by_text("Answer cleared").wait_for()
    assert picked(phone) == []


def test_a_text_that_was_emptied_does_not_come_back(teacher, phone):
    for type, label, text in (
            ("short_text", "Your answer", "Ähre"),
            ("open_text", "Your answer", "Zeile 1\nZeile 2"),
            ("word_cloud", "Word or short phrase", "Übermut"), ("numeric", "Your answer", "3.5")):
        question = ask_alone(teacher, phone, type)
        field, send = phone.get_by_label(label), phone.get_by_role("button", name="Send").first
        field.fill(text)
        send.tap()
        receipt(phone).get_by_text("Saved").wait_for()
        field.fill("")
        field.blur()
        receipt(phone).get_by_text(EMPTIED).wait_for()
        push(teacher, phone, f"Nach {type}?")
        assert field.first.input_value() == "", type
        send.tap()
        receipt(phone).get_by_text("Answer cleared").wait_for()
        assert field.first.input_value() == "" and teacher.answers(question) == [], type


def test_nothing_was_never_sent_and_is_not_sent(teacher, phone):
    teacher.ask("select_all", "Was?", options="Ahorn\nBuche")
    votes = listen_to_votes(phone)
    option(phone, "Buche").tap()
    receipt(phone).get_by_text("Not sent yet").wait_for()
    option(phone, "Buche").tap()
    phone.get_by_role("button", name="Send answer").tap()
    receipt(phone).get_by_text("Give an answer first.").wait_for()
    assert votes == [] and [one["drafts"] for one in stored(phone).values()] == [{}]


def empty_what_is_saved(teacher, phone):
    """Send Buche of two options, and take its tick back without sending; the question's id."""
    question = teacher.ask("select_all", "Was?", options="Ahorn\nBuche")
    option(phone, "Buche").tap()
    phone.get_by_role("button", name="Send answer").tap()
    receipt(phone).get_by_text("Saved").wait_for()
    option(phone, "Buche").tap()
    receipt(phone).get_by_text(EMPTIED).wait_for()
    return question


def test_what_was_emptied_and_not_sent_stays_when_voting_closes(teacher, phone):
    question = empty_what_is_saved(teacher, phone)
    teacher.toggle(question, 0)
    receipt(phone).get_by_text("Saved").wait_for()
    assert picked(phone) == ["B"] and teacher.answers(question) == [("Buche", "0")]
    assert phone.get_by_role("button", name="Send late").count() == 0


def test_what_was_emptied_and_not_sent_goes_with_its_question(teacher, phone):
    question = empty_what_is_saved(teacher, phone)
    teacher.post(f"/questions/{question}/delete")
    phone.get_by_text("You're in. The next question will appear here.", exact=True).wait_for()
    assert phone.locator("section").count() == 0
    assert [one["drafts"] for one in stored(phone).values()] == [{}]


# Clear my answer

def test_a_choice_by_mistake_is_taken_back(teacher, phone):
    clear = phone.get_by_role("button", name="Clear my answer")
    for type, fields in (("multiple_choice", {"options": "Ahorn\nBuche"}),
                         ("rating", {"max_rating": "2"})):
        question = ask_alone(teacher, phone, type, **fields)
        height = phone.evaluate("document.documentElement.scrollHeight")
        assert not clear.is_visible(), type
        phone.locator("label.tile").nth(1).tap()
        receipt(phone).get_by_text(CHANGEABLE).wait_for()
        assert phone.evaluate("document.documentElement.scrollHeight") == height, type
        tap_clear(phone)
        receipt(phone).get_by_text("Answer cleared").wait_for()
        assert picked(phone) == [] and teacher.answers(question) == [], type
        assert not clear.is_visible(), type
        assert phone.evaluate("document.activeElement.closest('form') !== null"), type
        phone.locator("label.tile").first.tap()
        receipt(phone).get_by_text(CHANGEABLE).wait_for()
        assert len(teacher.answers(question)) == 1, type


def test_every_other_answer_is_taken_back_as_well(teacher, phone):
    for type, fields, act in (("ranking", {"options": "Ahorn\nBuche"}, "Send order"),
                              ("numeric", {}, "Send"),
                              ("numeric", {"abstain": "1"}, "I don't know")):
        question = ask_alone(teacher, phone, type, **fields)
        if act == "Send":
            phone.get_by_label("Your answer").fill("3")
        phone.get_by_role("button", name=act, exact=True).tap()
        receipt(phone).get_by_text("Saved").wait_for()
        assert len(teacher.answers(question)) == 1, act
        tap_clear(phone)
        receipt(phone).get_by_text("Answer cleared").wait_for()
        assert teacher.answers(question) == [], act
        assert phone.locator("[aria-pressed=true]").count() == 0, act
        assert type == "ranking" or phone.get_by_label("Your answer").input_value() == "", act


def test_an_answer_is_taken_back_before_it_has_arrived(teacher, phone, open_page):
    question = teacher.ask("multiple_choice", "Was?", options="Ahorn\nBuche")
    phone.route("**/audience/respond/*", lambda route: route.abort())
    option(phone, "Buche").tap()
    receipt(phone).get_by_text("Not sent yet").wait_for()
    tap_clear(phone)
    phone.unroute("**/audience/respond/*")
    receipt(phone).get_by_text("Answer cleared").wait_for()
    assert picked(phone) == [] and teacher.answers(question) == []
    open_page.complaints[:] = [text for text in open_page.complaints if "ERR_" not in text]


def test_an_answer_that_could_not_be_taken_back_in_time_is_shown_again(teacher, phone, open_page):
    question = teacher.ask("multiple_choice", "Was?", options="Ahorn\nBuche")
    option(phone, "Buche").tap()
    receipt(phone).get_by_text(CHANGEABLE).wait_for()
    phone.route("**/audience/respond/*", lambda route: route.abort())
    tap_clear(phone)
    receipt(phone).get_by_text("Not sent yet").wait_for()
    teacher.toggle(question, 0)
    phone.locator("section").get_by_text("Voting is closed").wait_for()
    phone.unroute("**/audience/respond/*")
    receipt(phone).get_by_text("Your earlier answer stays").wait_for()
    assert picked(phone) == ["B"] and teacher.answers(question) == [("Buche", "0")]
    assert [(one["outbox"], one["drafts"]) for one in stored(phone).values()] == [({}, {})]
    open_page.complaints[:] = [text for text in open_page.complaints if "ERR_" not in text]


def test_answers_are_counted_without_those_taken_back(teacher, phone):
    teacher.ask("multiple_choice", "Eins?", options="Ahorn\nBuche")
    teacher.ask("multiple_choice", "Zwei?", options="Ahorn\nBuche")
    card = phone.locator("[data-finished]")
    option(phone, "Ahorn").first.tap()
    receipt(phone).get_by_text(CHANGEABLE).wait_for()
    for _ in range(2):
        phone.get_by_role("button", name="Next").tap()
    card.get_by_text("1 of 2 answered").wait_for()
    card.get_by_role("button", name="Eins?").tap()
    tap_clear(phone)
    receipt(phone).get_by_text("Answer cleared").wait_for()
    phone.get_by_role("button", name="Next").tap()
    card.get_by_text("0 of 2 answered").wait_for()


# Keys

def test_arrow_keys_move_through_options_and_do_not_vote(teacher, laptop):
    votes = listen_to_votes(laptop)
    radios = laptop.get_by_role("radio")
    focused = "document.activeElement.value"
    for type, fields, vote in (
            ("multiple_choice", {"options": "Ahorn\nBuche\nZeder"}, "Enter"),
            ("rating", {"max_rating": "3"}, "Space")):
        question = ask_alone(teacher, laptop, type, **fields)
        votes.clear()
        values = [radio.get_attribute("value") for radio in radios.all()]
        radios.first.focus()
        for key, place in (("ArrowDown", 1), ("ArrowRight", 2), ("ArrowDown", 0),
                           ("ArrowUp", 2), ("ArrowLeft", 1)):
            laptop.keyboard.press(key)
            assert laptop.evaluate(focused) == values[place], type
        assert picked(laptop) == [] and votes == [] and teacher.answers(question) == [], type
        laptop.keyboard.press(vote)
        receipt(laptop).get_by_text(CHANGEABLE).wait_for()
        laptop.keyboard.press("ArrowDown")
        laptop.keyboard.press("Tab")
        assert picked(laptop) == [values[1]] and len(votes) == 1, type
        assert len(teacher.answers(question)) == 1, type


# Numbers that can be read in two ways

def test_a_number_that_can_be_read_in_two_ways_is_asked_once(teacher, phone):
    field = phone.get_by_label("Your answer")
    for place, kept in ((0, "1000"), (1, "1")):
        question = ask_alone(teacher, phone, "numeric", unit="m")
        field.fill("1.000")
        phone.get_by_role("button", name="Send").tap()
        readings = phone.locator(".receipt [data-reading]")
        readings.nth(1).wait_for()
        assert field.input_value() == "1.000"
        readings.nth(place).tap()
        receipt(phone).get_by_text(f"Your answer: {kept}. {CHANGEABLE}").wait_for()
        assert teacher.answers(question) == [(kept, "0")]
        phone.get_by_role("heading", name="Was?").tap()
        assert field.input_value() == kept


def test_a_late_number_that_can_be_read_in_two_ways_is_asked_and_may_be_discarded(teacher, phone):
    question = teacher.ask("numeric", "Wie hoch?", unit="m")
    phone.get_by_label("Your answer").fill("1.000")
    receipt(phone).get_by_text("Not sent yet").wait_for()
    teacher.toggle(question, 0)
    phone.get_by_role("button", name="Send late").tap()
    phone.locator(".receipt [data-reading]").first.wait_for()
    phone.get_by_role("button", name="Discard").wait_for()
    phone.locator(".receipt [data-reading='1000']").tap()
    receipt(phone).get_by_text("after voting closed").wait_for()
    assert teacher.answers(question) == [("1000", "1")]


def test_what_was_understood_is_said_until_voting_closes(teacher, phone):
    question = teacher.ask("numeric", "Wie viele?")
    phone.get_by_label("Your answer").fill("6,02·10^23")
    phone.get_by_role("button", name="Send").tap()
    said = receipt(phone).get_by_text(f"Your answer: 6.02 × 10²³. {CHANGEABLE}")
    said.wait_for()
    phone.get_by_label("Your answer").fill("7")
    phone.get_by_label("Your answer").fill("6,02·10^23")
    phone.reload()
    phone.get_by_role("button", name="Send").tap()
    said.wait_for()
    phone.reload()
    said.wait_for()
    push(teacher, phone)
    said.wait_for()
    teacher.toggle(question, 0)
    phone.locator("section").get_by_text("Voting is closed").wait_for()
    assert CHANGEABLE not in receipt(phone).inner_text()


# Keyboards

@pytest.fixture
def read_field(presenter, session, respondent):
    """A function that asks a question, and returns the field for its answer on a phone."""
    def read_field(type, **fields):
        question_id = presenter.create_question(session["id"], type, title="Was?", **fields)
        presenter.toggle(question_id)
        page = respondent.get(f"/audience/{session['code']}").html
        return page.select_one(f"[data-question-id='{question_id}'] input[name=response]")
    return read_field


@pytest.mark.parametrize("least, keyboard", [
    ("", "text"), ("-3", "text"), ("0", "decimal"), ("0.5", "decimal"), ("12", "decimal")])
def test_a_keyboard_has_a_minus_where_a_number_may_be_negative(read_field, least, keyboard):
    assert read_field("numeric", min=least)["inputmode"] == keyboard


def test_a_keyboard_changes_nothing_of_short_answers_words_and_names(
        presenter, session, make_respondent, read_field):
    fields = {type: read_field(type, max_words="1") for type in (
        "short_text", "word_cloud", "numeric")}
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Ä", "names": "required"})
    fields["name"] = make_respondent().get(
        f"/audience/{session['code']}/name").html.select_one("#name")
    for type, field in fields.items():
        assert (field["autocorrect"], field["spellcheck"]) == ("off", "false"), type
        assert field.get("autocapitalize") == (None if type == "numeric" else "none"), type


# Another student on the same device

def leave(phone):
    """Press the button that joins as someone else."""
    if not phone.get_by_role("button", name="Start over as someone else").is_visible():
        phone.get_by_text("Not you?").tap()
    phone.get_by_role("button", name="Start over as someone else").tap()


def test_half_a_text_is_asked_about_and_goes_with_the_student_who_leaves(teacher, phone):
    teacher.ask("open_text", "Was?")
    field = phone.get_by_label("Your answer")
    field.fill("Geheim")
    receipt(phone).get_by_text("Not sent yet").wait_for()
    [former] = stored(phone)
    leave(phone)
    phone.get_by_text("would be lost").wait_for()
    phone.get_by_role("button", name="Go back to my answer").tap()
    assert not phone.get_by_text("would be lost").is_visible()
    assert field.input_value() == "Geheim" and "Geheim" in str(stored(phone))
    leave(phone)
    with phone.expect_navigation():
        phone.get_by_role("button", name="Start over and lose it").tap()
    receipt(phone).wait_for(state="attached")
    assert field.input_value() == ""
    [latter] = stored(phone)
    assert former != latter and "Geheim" not in str(stored(phone))
    phone.go_back()
    phone.get_by_role("heading", name="Was?").wait_for()
    assert field.input_value() == "" and list(stored(phone)) == [latter]


def test_nothing_typed_is_not_asked_about(teacher, phone):
    teacher.ask("open_text", "Was?")
    phone.get_by_label("Your answer").fill("Gesendet")
    phone.get_by_role("button", name="Send").tap()
    receipt(phone).get_by_text("Saved").wait_for()
    with phone.expect_navigation():
        leave(phone)
    assert phone.get_by_label("Your answer").input_value() == ""


def test_a_student_who_may_not_leave_keeps_what_was_typed(teacher, phone):
    teacher.ask("open_text", "Was?")
    phone.get_by_label("Your answer").fill("Geheim")
    receipt(phone).get_by_text("Not sent yet").wait_for()
    teacher.post(f"/api{teacher.session}/lock", {"locked": 1})
    leave(phone)
    with phone.expect_navigation():
        phone.get_by_role("button", name="Start over and lose it").tap()
    phone.goto(phone.url.replace("/leave", ""))
    receipt(phone).get_by_text("Not sent yet").wait_for()
    assert phone.get_by_label("Your answer").input_value() == "Geheim"
