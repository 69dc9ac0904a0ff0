"""A quiz at one's own pace: students who finish get their own result, and nobody else's."""

import classpulse
import pytest

from conftest import Respondent

FINAL = "You have finished, so your answers are final."
KEYS = ["B", "A", "C"]          # what the student of most tests answers: 1, 0 and no point


@pytest.fixture(params=["score", "answers"])
def setting(request):
    return request.param


@pytest.fixture
def make_quiz(db, presenter):
    """A function that opens a session with a setting and three questions: (session, their ids)."""
    def make(setting):
        session_id = presenter.create_session(own_results=setting)
        ids = [presenter.create_question(session_id, title="Eins?", options="Ähre\n*Öl"),
               presenter.create_question(session_id, title="Zwei?", options="Ähre\n*Öl"),
               presenter.create_question(session_id, title="Umfrage?", options="Ähre\nÖl\nÜber")]
        presenter.post(f"/api/sessions/{session_id}/all", {"active": 1}, status=303)
        return classpulse.get_session(db, session_id), ids
    return make


@pytest.fixture
def quiz(make_quiz, setting):
    return make_quiz(setting)


def join(session, ids, keys=KEYS):
    """A phone that has answered."""
    phone = Respondent(session["code"])
    for question_id, key in zip(ids, keys):
        phone.respond(question_id, key)
    return phone


def finish(phone, status=200):
    return phone.htmx(f"/audience/{phone.code}/finish", status=status)


def close_all(presenter, session):
    presenter.post(f"/api/sessions/{session['id']}/all", {"active": 0}, status=303)


def read(phone):
    """What the page, the state and the page of own answers tell a phone, as one text each."""
    page = phone.get(f"/audience/{phone.code}").html.select_one("[data-result]").get_text()
    answers = phone.get(f"/audience/{phone.code}/answers").html.main.get_text()
    return [page, phone.state().get("own", ""), answers]


def test_a_result_is_sent_once_the_student_has_finished_and_names_correct_answers_when_it_may(
        presenter, quiz, setting):
    session, ids = quiz
    phone = join(session, ids)
    assert "own" not in phone.state()
    assert not any("points" in text or "The answer is" in text for text in read(phone))
    told = finish(phone).text
    for text in [told, *read(phone)]:
        assert "You have 1 of 2 points" in text and FINAL in text
        assert ("The answer is B, Öl." in text) == (setting == "answers")
        assert ("when voting has closed" in text) == (setting == "score")
    close_all(presenter, session)
    for text in read(phone):
        assert "You have 1 of 2 points" in text and "The answer is B, Öl." in text
        assert "when voting has closed" not in text


def test_without_the_setting_nobody_finishes(db, presenter, make_quiz):
    session, ids = make_quiz("off")
    phone = join(session, ids)
    assert not phone.get(f"/audience/{phone.code}").html.select("[data-finish]")
    finish(phone, status=409)
    phone.post(f"/audience/{phone.code}/finish", status=409)
    close_all(presenter, session)
    assert all("point" not in text and "The answer is" not in text for text in read(phone))


@pytest.mark.parametrize("state", ["open", "closed", "opened again", "voted again"])
def test_a_final_answer_is_changed_by_nothing(db, presenter, make_quiz, state):
    session, ids = make_quiz("answers")
    phone = join(session, ids[:1])
    finish(phone)
    if state != "open":
        close_all(presenter, session)
    for question_id in ids if state == "opened again" else []:
        presenter.toggle(question_id)
    for question_id in ids[:2] if state == "voted again" else []:
        db.write(classpulse.start_round, classpulse.get_question(db, question_id))

    def stored():
        return db.tuples("SELECT * FROM responses ORDER BY id")
    before = stored()
    assert len(before) == 1
    for fields in ({}, {"seq": "9" * 13}, {"clear": "1"}, {"queued": "1"}, {"round": "1"},
                   {"queued": "1", "seq": "9" * 13}, {"queued": "1", "clear": "1"}):
        if state == "voted again":
            fields = {**fields, "round": "1"}
        for question_id in ids[:2]:             # also one that was not answered
            parts = [] if "clear" in fields else ["A"]
            refused = phone.respond(question_id, *parts, **fields, status=409)
            assert FINAL in refused.text
    assert stored() == before


def test_what_opens_after_finishing_is_free_and_a_new_round_too(db, presenter, quiz):
    session, ids = quiz
    phone = join(session, ids)
    finish(phone)
    later = presenter.create_question(session["id"], title="Später?", options="*Ähre\nÖl")
    presenter.toggle(later)
    phone.respond(later, "B")
    phone.respond(later, "A")
    presenter.toggle(ids[0], 0)
    now = classpulse.get_question(db, ids[0])
    presenter.step(session["id"], "vote_again", question_id=ids[0], round=1, stage=now["stage"])
    phone.respond(ids[0], "A", round="2")
    page = phone.get(f"/audience/{phone.code}").html
    shown = [one["data-question-id"] for one in page.select("section.question")]
    assert str(ids[0]) in shown and str(ids[1]) not in shown
    assert page.select_one("[data-finish]")     # and can be finished with
    assert "of 3 points" in finish(phone).text


def test_finishing_is_nobody_elses_business(presenter, quiz):
    session, ids = quiz
    phone, other = join(session, ids), join(session, ids, "BB")
    room = classpulse.classroom
    results = [classpulse.results_message(room.db, room.live, id) for id in ids]

    def look():
        return (other.get(f"/audience/{other.code}").body, other.state(),
                classpulse.to_json(room.live.current("audience", session["id"]).content),
                presenter.now(session["id"])["html"])
    before = look()
    finish(phone)
    assert look() == before
    assert [classpulse.results_message(room.db, room.live, id) for id in ids] == results
    assert "own" in phone.state() and "own" not in other.state()
    other.respond(ids[0], "A")
    phone.post(f"/audience/{phone.code}/leave", status=303)     # "Not you?"
    assert "own" not in phone.state()
    phone.respond(ids[0], "A")


def test_a_plain_form_finishes_as_well(quiz, setting):
    session, ids = quiz
    phone = join(session, ids)
    [form] = [form for form in phone.get(f"/audience/{phone.code}").forms.values()
              if form.action.endswith("/finish")]
    page = form.submit(status=303).follow()
    assert "You have 1 of 2 points" in page.html.select_one("[data-result]").get_text()
    assert not page.html.select(".question") and page.html.select_one("[data-finish][hidden]")
    refused = phone.post(f"/audience/respond/{ids[0]}", {"response": "A"}, status=409)
    assert FINAL in refused.html.select_one("[role=alert]").get_text()


def test_a_quiz_without_correct_answers_says_so(presenter, quiz):
    session, ids = quiz
    for question_id in ids[:2]:
        presenter.post(f"/api/questions/{question_id}/mark", {"key": "B"})
    told = finish(join(session, ids)).text
    assert "there are no points" in told and "You have 0" not in told


def test_an_answer_that_came_late_or_was_never_given_earns_nothing(presenter, quiz):
    session, ids = quiz
    phone = join(session, [])
    phone.state()
    close_all(presenter, session)
    phone.respond(ids[0], "B", queued="1")
    assert "You have 0 of 2 points" in finish(phone).text
    presenter.post(f"/api/questions/{ids[0]}/admit")
    assert "You have 1 of 2 points" in phone.state()["own"]


def test_a_part_of_an_answer_earns_its_part_of_the_points(presenter, make_quiz):
    session, _ = make_quiz("score")
    several = presenter.create_question(session["id"], "select_all", options="*A\n*B\n*C\nD")
    presenter.toggle(several)
    phone = join(session, [])
    phone.respond(several, "A", "B")
    assert "You have 2 of 5 points" in finish(phone).text
    whole, wrong = join(session, []), join(session, [])
    whole.respond(several, "A", "B", "C")
    wrong.respond(several, "D")
    assert "You have 3 of 5 points" in finish(whole).text
    finish(wrong)
    close_all(presenter, session)
    assert [read_last(one) for one in (phone, whole, wrong)] == [
        ["Your answer A; B", "Partly correct: 2 of 3 points", "Correct answer: A; B; C"],
        ["Your answer A; B; C", "Correct!", "3 of 3 points"],
        ["Your answer D", "Not this time.", "0 of 3 points", "Correct answer: A; B; C"]]


def test_a_vote_of_an_earlier_round_alone_is_neither_judged_nor_worth_a_point(
        db, presenter, make_quiz):
    session, ids = make_quiz("answers")
    phone = join(session, ids[:1])
    db.write(classpulse.start_round, classpulse.get_question(db, ids[0]))
    close_all(presenter, session)
    assert "You have 0 of 2 points" in finish(phone).text
    first = phone.get(f"/audience/{phone.code}").html.select_one(".own")
    assert [one.get_text().strip() for one in first.select("p")] == [
        "Round 1 B, Öl", "Round 2: no answer", "Correct answer: B, Öl"]


def read_last(phone):
    """The lines of the last question in a phone's result, which say each thing once."""
    page = phone.get(f"/audience/{phone.code}").html
    return [" ".join(one.get_text().split()) for one in page.select(".own")[-1].select("p")]


def test_a_mended_correct_answer_reaches_whoever_has_finished(
        room, presenter, make_quiz, monkeypatch):
    session, ids = make_quiz("answers")
    phone, other = join(session, ids), join(session, ids)
    finish(phone)
    sent = []
    monkeypatch.setattr(room.live, "send_answers", lambda id, people: sent.extend(people))
    presenter.post(f"/api/questions/{ids[1]}/mark", {"key": "A"})
    assert len(sent) == 1
    assert "You have 2 of 2 points" in phone.state()["own"] and "own" not in other.state()


def test_strangers_and_the_locked_out_finish_nothing(visitor, presenter, quiz):
    session, ids = quiz
    visitor.htmx(f"/audience/{session['code']}/finish", status=403)
    newcomer = Respondent(session["code"])
    presenter.post(f"/api/sessions/{session['id']}/lock", {"locked": 1})
    finish(newcomer, status=403)


def test_whoever_owes_a_name_gives_it_first(presenter):
    session_id = presenter.create_session(own_results="answers", names="required")
    presenter.toggle(presenter.create_question(session_id, options="Ähre\n*Öl"))
    code = classpulse.get_session(classpulse.classroom.db, session_id)["code"]
    phone = Respondent(code)
    assert "asks for your name" in finish(phone, status=422).text
    phone.post(f"/audience/{code}/name", {"name": "Åsa"}, status=303)
    finish(phone)


def test_the_setting_is_kept_until_a_form_says_otherwise(db, presenter):
    session_id = presenter.create_session()
    path = f"/sessions/{session_id}/edit"

    def stored():
        return classpulse.get_session(db, session_id)["settings"]["own_results"]
    assert stored() == "off"
    for fields, expected in [({"own_results": "score"}, "score"), ({"names": "no"}, "score"),
                             ({"names": "no", "own_results": "answers"}, "answers")]:
        presenter.post(path, {"name": "Ökologie", **fields}, status=303)
        assert stored() == expected
    form = presenter.get(path).html
    assert form.select_one("[name=own_results][checked]")["value"] == "answers"
    assert form.select_one("details.more").has_attr("open")
    assert "Others may still be answering." in form.get_text()
    assert "voting has closed, before you show them" in form.get_text()
    for path in (path, "/sessions/new"):
        page = presenter.post(path, {"name": "Ökologie", "own_results": "all"}, status=422).html
        assert page.select_one("#problem-own_results").get_text(strip=True)
    assert stored() == "answers"


@pytest.fixture
def quiz_on_phone(server, teacher, open_page):
    """A phone at a quiz of three questions, whose session tells points."""
    teacher.post(f"{teacher.session}/edit", {"name": "Quiz", "own_results": "score"})
    for title in ("Eins?", "Zwei?", "Drei?"):
        teacher.create_question("multiple_choice", title, options="*Ja\nNein")
    teacher.create_question("short_text", "Vier?", accepted="Ähre")
    phone = open_page(f"{server.lan}/{teacher.code}", has_touch=True, is_mobile=True)
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    phone.get_by_role("heading", name="Eins?").wait_for()
    return phone


def press(phone, name):
    phone.get_by_role("button", name=name, exact=True).locator("visible=true").tap()


def test_a_student_finishes_reads_the_points_and_after_closing_the_answers(
        server, teacher, quiz_on_phone):
    phone = quiz_on_phone
    second = phone.context.new_page()           # another tab of the same student
    second.goto(f"{server.lan}/audience/{teacher.code}")
    for place in (0, 1, 0):
        section = phone.locator(".question:visible")
        section.locator(".tile").nth(place).tap()
        section.get_by_text("Saved").wait_for()
        press(phone, "Next")
    phone.get_by_role("textbox").fill("Ähre")
    press(phone, "Next")
    phone.get_by_role("heading", name="3 of 4 answered").wait_for()
    assert phone.locator("progress").evaluate("(bar) => [bar.value, bar.max]") == [3, 4]
    phone.get_by_text("Finish and see my result").tap()
    phone.get_by_text("After this your answers are final.").wait_for()
    press(phone, "Finish")                      # would lose what is typed
    phone.get_by_text("An answer is not sent yet. Send it first.").wait_for()
    press(phone, "4. Vier? Not sent yet")
    press(phone, "Send")
    phone.get_by_role("heading", name="All 4 answered").wait_for()
    press(phone, "Finish")
    points = "You have 3 of 4 points"
    phone.get_by_role("heading", name=points).wait_for()
    second.get_by_role("heading", name=points).wait_for()
    phone.get_by_role("heading", name=points, exact=True).and_(phone.locator(":focus")).wait_for()
    for page in (phone, second):
        assert not page.locator(".question:visible, [data-finish]:visible, [data-turn]:visible"
                                ).count()
    phone.reload()
    phone.get_by_role("heading", name=points).wait_for()
    phone.get_by_text("You will see the correct answers when voting has closed.").wait_for()
    teacher.post(f"/api{teacher.session}/all", {"active": 0})
    phone.locator("section").get_by_text("Not this time. The answer is A, Ja.").wait_for()
    assert phone.locator("[data-result] [data-verdict=correct]").count() == 3
    tops = [phone.locator(one).bounding_box()["y"]
            for one in ("[data-result]", ".question:visible")]
    assert tops == sorted(tops)                 # the result is what the phone shows
    later = teacher.ask("multiple_choice", "Später?", options="*Ja\nNein")
    phone.get_by_role("heading", name="Später?").wait_for()
    assert not phone.locator("[data-result]").is_visible()
    phone.locator(".question:visible .tile").first.tap()
    phone.get_by_text("Saved").locator("visible=true").wait_for()
    phone.get_by_text("Finish and see my result").tap()
    press(phone, "Finish")
    phone.get_by_role("heading", name="You have 4 of 5 points").wait_for()
    assert teacher.answers(later) == [("Ja", "0")]


def test_an_answer_that_arrives_after_finishing_is_refused_once_and_can_be_discarded(
        quiz_on_phone, open_page):
    open_page.expected = "ERR_FAILED|409"
    phone, votes = quiz_on_phone, "**/audience/respond/**"
    phone.route(votes, lambda route: route.abort())
    phone.locator(".question:visible .tile").first.tap()
    phone.get_by_text("Not sent yet").locator("visible=true").wait_for()
    # In another tab, whose page did not know of this answer.
    phone.evaluate("""() => fetch(location.pathname + "/finish", {
        method: "POST", headers: { "HX-Request": "true" } })""")
    phone.unroute(votes)
    phone.get_by_text(FINAL).locator("visible=true").nth(1).wait_for()
    assert not phone.get_by_role("button", name="Send late").is_visible()
    press(phone, "Discard")
    phone.locator(".question:visible").wait_for(state="detached")
    phone.get_by_role("heading", name="You have 0 of 4 points").wait_for()


def test_finishing_tells_nothing_of_a_first_vote_and_leaves_the_second_free(
        db, presenter, setting):
    session_id = presenter.create_session(own_results=setting)
    session = classpulse.get_session(db, session_id)
    question_id = presenter.create_question(session_id, options="Ähre\n*Öl", discuss="1")
    presenter.step(session_id, "ask")
    phone = join(session, [question_id], ["A"])
    for act in ("close", "discuss", None):
        finish(phone)
        told = "".join(read(phone)) + phone.get(f"/audience/{phone.code}").text
        assert "B, Öl" not in told and "point" not in "".join(read(phone)), act
        if act:
            presenter.step(session_id, act)
    presenter.step(session_id, "vote_again")
    phone.respond(question_id, "B", round=2)
    presenter.step(session_id, "reveal")
    assert classpulse.get_question_stats(db, question_id)["results"][1]["count"] == 1


def test_correct_answers_wait_until_nothing_is_open_any_more(presenter, make_quiz):
    session, ids = make_quiz("score")
    phone = join(session, ids)
    finish(phone)
    for question_id in ids[:-1]:
        presenter.toggle(question_id, 0)
    assert "The answer is B, Öl" not in "".join(read(phone))
    presenter.toggle(ids[-1], 0)
    assert "The answer is B, Öl" in read(phone)[2]


def test_a_session_that_has_ended_takes_nobody_in_to_finish(db, presenter, quiz):
    session, ids = quiz
    inside, outside = join(session, ids), Respondent(session["code"])
    presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": 0}, status=303)
    finish(outside, 409)
    finish(inside)
    assert len(classpulse.list_respondents(db, session["id"])) == 1


def test_points_are_those_of_the_current_round(presenter, make_quiz):
    session, ids = make_quiz("answers")
    phone = join(session, ids[:1], ["B"])
    close_all(presenter, session)
    presenter.step(session["id"], "go", to=ids[0])
    presenter.step(session["id"], "vote_again")
    finish(phone)
    assert "0 of 2 points" in read(phone)[0]
