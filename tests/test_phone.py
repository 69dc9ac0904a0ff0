"""What a phone does with an answer that is half done, when its question changes or closes."""


def test_only_words_that_are_not_sent_are_offered_when_voting_closes(teacher, phone):
    question = teacher.ask("word_cloud", "Ein Wort?")
    phone.get_by_label("Word or short phrase").fill("Saft")
    phone.get_by_label("Word or short phrase").press("Enter")
    phone.get_by_text("Saved").wait_for()
    teacher.toggle(question, 0)
    phone.locator("section").get_by_text("Voting is closed").wait_for()
    assert phone.get_by_role("button", name="Send late").count() == 0
    question = teacher.ask("word_cloud", "Noch eins?")
    phone.get_by_role("heading", name="Noch eins?").wait_for()
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


def test_a_ranking_is_put_in_order_by_its_buttons_and_announced_as_it_was_typed(teacher, phone):
    question = teacher.ask("ranking", "{place} $& <b>?", options="Ahorn\nBuche\nZeder")
    said = phone.locator("[data-announce]")
    said.get_by_text("New question: {place} $& <b>?", exact=True).wait_for()
    up = phone.get_by_role("button", name="C up")
    up.tap()
    said.get_by_text("C: place 2", exact=True).wait_for()
    up.focus()
    phone.keyboard.press("Enter")
    said.get_by_text("C: place 1", exact=True).wait_for()
    phone.get_by_role("button", name="Send order").click()
    phone.get_by_text("Saved").wait_for()
    assert teacher.answers(question) == [("Zeder; Ahorn; Buche", "0")]


def test_a_question_that_is_edited_while_voting_is_open_is_so_on_a_phone_that_abstained(
        teacher, phone):
    question_id = teacher.ask("ranking", "Ordnen!", options="klein\ngroß", abstain="1")
    phone.reload()
    phone.get_by_role("button", name="I don't know").tap()
    phone.get_by_text("Saved").wait_for()
    assert phone.get_by_role("button", name="I don't know").get_attribute("aria-pressed") == "true"
    assert teacher.answers(question_id) == [("", "0")]
    for title in ("Sortierren!", "Sortieren!"):
        teacher.post(f"/questions/{question_id}/edit",
                     {"title": title, "options": "klein\ngroß"})     # not to be abstained from
        phone.get_by_role("heading", name=title).wait_for()
    teacher.ask("open_text", "Und nun?")
    phone.locator("h2", has_text="Und nun?").wait_for(state="attached")
    phone.reload()
    phone.get_by_role("heading", name="Und nun?").wait_for()


def test_a_verdict_that_is_changed_after_it_was_shown_is_told_again(teacher, phone):
    def step(action, stage):
        teacher.post(f"/api{teacher.session}/step", {
            "action": action, "question_id": question_id, "round": 1, "stage": stage}, status=200)
    question_id = teacher.ask("multiple_choice", "Größe?", options="*klein\ngroß")
    phone.get_by_text("klein").tap()
    phone.get_by_text("Saved").wait_for()
    step("close", "open")
    step("show_answer", "closed")
    phone.locator("section").get_by_text("Correct!").wait_for()
    teacher.post(f"/api/questions/{question_id}/mark", {"key": "A"})
    teacher.post(f"/api/questions/{question_id}/mark", {"key": "B"})
    phone.locator("section").get_by_text("Not this time.").wait_for()
    question_id = teacher.ask("short_text", "Hauptstadt?", accepted="Canberra")
    phone.get_by_role("textbox").fill("Canbera")
    phone.get_by_role("button", name="Send").tap()
    phone.get_by_text("Saved").wait_for()
    step("close", "open")
    step("show_answer", "closed")
    phone.locator("section").get_by_text("Not this time. The answer is Canberra.").wait_for()
    teacher.post(f"/api/questions/{question_id}/accept", {"key": "canbera"})
    phone.locator("section").get_by_text("Correct!").wait_for()
