"""Opening and closing, and the lesson step by step."""

import re

import classpulse
import pytest
from conftest import NAME, PASSWORD, Client, everything
from test_editing import get_form


@pytest.fixture
def stepwise(presenter, session):
    """Takes the session at the pace of the first release."""
    presenter.post(f"/sessions/{session['id']}/edit", {
        "name": session["name"], "pace": "stepwise"}, status=303)


@pytest.fixture
def step(presenter, sid):
    """A function that does an act at the stage as it is; the new stage."""
    return lambda action, **seen: presenter.step(sid, action, **seen)["stage"]


@pytest.fixture
def toggle_session(presenter, sid):
    """A function that posts the session's toggle."""
    def post(fields=(), status=303):
        return presenter.post(f"/api/sessions/{sid}/toggle", fields, status=status)
    return post


@pytest.fixture
def quiz(presenter, sid):
    """A draft with a right answer."""
    return presenter.create_question(sid, title="Größte? 🌍", options="*Ä\nÖ")


@pytest.fixture
def poll(presenter, sid):
    """A draft without a right answer."""
    return presenter.create_question(sid, title="Umfrage ؟", options="Ä\nÖ")


@pytest.fixture
def look(db):
    """A function that gives a question as it is."""
    return lambda question_id: classpulse.get_question(db, question_id)


# A question's toggle

def toggle(presenter, question_id, status=303, **fields):
    return presenter.post(f"/api/questions/{question_id}/toggle", fields, status=status)


def test_without_active_a_question_flips(presenter, poll, look):
    states = []
    for _ in range(3):
        toggle(presenter, poll)
        states.append(look(poll)["active"])
    assert states == [1, 0, 1]


def test_active_sets_a_question_however_often_it_is_sent(presenter, poll, look):
    for active in (1, 1, 0, 0):
        toggle(presenter, poll, active=active)
        assert look(poll)["active"] == active


def test_an_active_that_is_neither_0_nor_1_is_refused(presenter, poll, look):
    for active in ("2", "-1", "ja", "true", "ü"):
        toggle(presenter, poll, status=422, active=active)
        assert look(poll)["active"] == 0, active


def test_a_plain_form_leads_back_to_the_session(presenter, sid, poll):
    assert toggle(presenter, poll, active=1).location.endswith(f"/sessions/{sid}")


def test_htmx_gets_the_new_button_of_a_question(presenter, poll):
    for active, label, next_value in [(1, "Close voting", "0"), (0, "Open again", "1")]:
        part = presenter.htmx(f"/api/questions/{poll}/toggle", {"active": active}, status=200)
        button = part.html.select_one("button")
        assert (button.get_text(strip=True), button["value"]) == (label, next_value)
        assert button["name"] == "active"
        assert button["hx-post"] == f"/api/questions/{poll}/toggle"
        assert "<html" not in part.text


def test_the_buttons_of_the_page_open_and_close_a_question(presenter, sid, poll, look):
    states = []
    for _ in range(2):
        page = presenter.get(f"/sessions/{sid}")
        form = next(form for form in page.forms.values()
                    if form.action == f"/api/questions/{poll}/toggle")
        form.submit("active", status=303)
        states.append(look(poll)["active"])
    assert states == [1, 0]


def test_a_toggle_touches_only_that_question(db, presenter, sid, quiz, poll):
    presenter.toggle(quiz)
    others = "SELECT * FROM questions WHERE id != :id ORDER BY id"
    before = db.all(others, id=poll)
    for active in (1, 0, 1):
        toggle(presenter, poll, active=active)
        assert db.all(others, id=poll) == before


def test_a_toggle_leaves_the_session_open(db, presenter, sid, poll):
    for active in (1, 0):
        toggle(presenter, poll, active=active)
        assert classpulse.get_session(db, sid)["active"] == 1


def test_several_questions_can_be_open_at_once(presenter, quiz, poll, look):
    presenter.toggle(quiz)
    presenter.toggle(poll)
    assert look(quiz)["stage"] == look(poll)["stage"] == "open"


def test_the_projector_follows_the_first_question_that_is_opened(presenter, sid, quiz, poll):
    presenter.toggle(poll)
    assert presenter.now(sid)["question_id"] == poll
    presenter.toggle(quiz)
    assert presenter.now(sid)["question_id"] == poll


def test_the_projector_shows_the_current_question_then_the_first_active_then_the_first(
        db, presenter, sid, quiz, poll):
    def shown():
        page = presenter.get(f"/present/{sid}", status=200).html
        return int(page.select_one("main [data-question-id]")["data-question-id"])
    assert shown() == quiz
    db.write(lambda connection: connection.execute(
        "UPDATE questions SET active = 1, opened_at = :now WHERE id = :id",
        dict(id=poll, now=classpulse.now())).rowcount)
    assert shown() == poll
    presenter.step(sid, "go", to=quiz)
    assert shown() == quiz


def test_a_question_of_a_closed_session_cannot_be_opened(presenter, toggle_session, poll, look):
    toggle_session({"active": 0})
    toggle(presenter, poll, status=409, active=1)
    assert look(poll)["active"] == 0


def test_answers_stay_when_a_question_is_closed_and_opened_again(db, presenter, question,
                                                                 respondent):
    respondent.respond(question["id"], "B")
    for active in (0, 1):
        presenter.toggle(question["id"], active=active)
    assert classpulse.get_question_stats(db, question["id"])["response_count"] == 1


# The session's toggle

def test_without_active_a_session_flips(db, sid, toggle_session):
    states = []
    for _ in range(3):
        toggle_session()
        states.append(classpulse.get_session(db, sid)["active"])
    assert states == [0, 1, 0]


def test_active_sets_a_session_however_often_it_is_sent(db, sid, toggle_session):
    for active in (1, 1, 0, 0):
        toggle_session({"active": active})
        assert classpulse.get_session(db, sid)["active"] == active


def test_an_active_of_a_session_that_is_neither_0_nor_1_is_refused(db, sid, toggle_session):
    for active in ("2", "ja", "ü"):
        toggle_session({"active": active}, status=422)
    assert classpulse.get_session(db, sid)["active"] == 1


def test_htmx_gets_the_new_button_of_a_session(presenter, sid):
    for active, label, next_value in [(0, "Reopen", "1"), (1, "End session", "0")]:
        part = presenter.htmx(f"/api/sessions/{sid}/toggle", {"active": active}, status=200)
        button = part.html.select_one("button")
        assert (button.get_text(strip=True), button["value"]) == (label, next_value)
        assert button["hx-post"] == f"/api/sessions/{sid}/toggle" and "<html" not in part.text


def test_a_plain_form_of_the_session_leads_back_to_it(sid, toggle_session):
    assert toggle_session({"active": 0}).location.endswith(f"/sessions/{sid}")


def test_closing_a_session_closes_its_questions(presenter, quiz, poll, look, toggle_session):
    presenter.toggle(quiz)
    presenter.toggle(poll)
    toggle_session({"active": 0})
    assert look(quiz)["active"] == look(poll)["active"] == 0


def test_opening_a_session_again_leaves_its_questions_closed(presenter, quiz, poll, look,
                                                             toggle_session):
    presenter.toggle(quiz)
    toggle_session({"active": 0})
    toggle_session({"active": 1})
    assert look(quiz)["active"] == look(poll)["active"] == 0


def test_opening_an_open_session_leaves_its_questions_open(presenter, quiz, look, toggle_session):
    presenter.toggle(quiz)
    toggle_session({"active": 1})
    assert look(quiz)["active"] == 1


def test_closing_a_session_leaves_drafts_drafts(poll, look, toggle_session):
    toggle_session({"active": 0})
    assert look(poll)["stage"] == "draft"


def test_closing_a_session_leaves_other_sessions_alone(db, presenter, look, toggle_session):
    other = presenter.create_session("Zweite Übung")
    question_id = presenter.create_question(other)
    presenter.toggle(question_id)
    toggle_session({"active": 0})
    assert look(question_id)["active"] == classpulse.get_session(db, other)["active"] == 1


def test_a_session_and_its_questions_close_in_one_change(db, presenter, sid, quiz, monkeypatch):
    presenter.toggle(quiz)
    changes, write = [], db.write

    def note(change, *args):
        changes.append(change)
        return write(change, *args)
    monkeypatch.setattr(db, "write", note)
    presenter.post(f"/api/sessions/{sid}/toggle", {"active": 0}, status=303)
    assert changes == [classpulse.open_or_close_session]


def test_phones_and_projector_are_told_of_every_change(room, presenter, sid, poll, monkeypatch):
    told = []
    monkeypatch.setattr(room.live, "changed", lambda topic, id, *_: told.append((topic, id)))
    for path, fields in [(f"/api/questions/{poll}/toggle", {"active": 1}),
                         (f"/api/sessions/{sid}/toggle", {"active": 0})]:
        told.clear()
        presenter.post(path, fields, status=303)
        assert {("audience", sid), ("present", sid), ("results", poll)} <= set(told), path


# The steps of a lesson

@pytest.mark.usefixtures("stepwise")
def test_a_quiz_goes_through_every_stage(presenter, sid, quiz):
    stages = []
    for action in ("begin", "open", "close", "show_results", "show_answer"):
        assert presenter.now(sid)["next"]["action"] == action
        stages.append(presenter.step(sid, action)["stage"])
    assert stages == ["draft", "open", "closed", "results", "answer"]


@pytest.mark.usefixtures("stepwise")
def test_a_poll_skips_the_stages_that_do_not_apply(presenter, sid, poll):
    offered = []
    for _ in range(3):
        offered.append(presenter.now(sid)["next"]["action"])
        presenter.step(sid, offered[-1])
    assert offered == ["begin", "open", "close"]
    assert presenter.now(sid)["stage"] == "results"
    assert presenter.now(sid)["next"]["action"] == "end"


@pytest.mark.usefixtures("stepwise")
def test_after_a_question_comes_the_next_draft(presenter, sid, poll, quiz, step):
    for action in ("begin", "open", "close"):
        step(action)
    assert presenter.now(sid)["next"]["action"] == "move"
    assert step("move") == "draft"
    assert presenter.now(sid)["question_id"] == quiz
    assert presenter.now(sid)["next"]["action"] == "open"


def test_the_last_question_offers_the_end_which_closes_the_session(db, presenter, sid, poll, step):
    for action in ("begin", "open", "close", "end"):
        step(action)
    assert classpulse.get_session(db, sid)["active"] == 0
    assert presenter.now(sid)["next"] is None


def test_a_closed_session_takes_no_step_of_a_lesson(db, poll, toggle_session, step):
    toggle_session({"active": 0})
    before = everything(db)
    for action in ("begin", "open", "close", "vote_again", "move", "end", "next"):
        step(action)
    assert everything(db) == before


def test_an_empty_session_takes_no_step(db, presenter, sid):
    before = everything(db)
    message = presenter.post(f"/api/sessions/{sid}/step", {"action": "begin"}, status=200).json
    assert message["question_id"] is None and everything(db) == before


def test_a_step_that_does_not_exist_is_refused(presenter, sid, poll):
    for action in ("", "jump", "öffnen"):
        presenter.post(f"/api/sessions/{sid}/step", {"action": action, "question_id": poll},
                       status=422)


def test_opening_by_a_step_closes_the_other_open_questions(presenter, quiz, poll, look, step):
    presenter.toggle(poll)
    step("go", to=quiz)
    step("open")
    assert look(quiz)["stage"] == "open" and look(poll)["active"] == 0


def test_the_step_begin_shows_the_first_question_and_opens_nothing(presenter, sid, quiz, look,
                                                                   step):
    assert presenter.now(sid)["joining"] is True
    step("begin")
    assert presenter.now(sid)["joining"] is False and look(quiz)["stage"] == "draft"


@pytest.mark.usefixtures("stepwise")
def test_the_step_next_does_what_is_offered(presenter, sid, quiz, step):
    stages = [step("next") for _ in range(4)]
    assert stages == ["open", "closed", "results", "answer"]


def test_a_step_from_another_state_changes_nothing_and_tells_the_state(db, presenter, sid, quiz,
                                                                       step):
    step("open")
    before = everything(db)
    for wrong in ({"stage": "draft"}, {"round": 2}, {"question_id": 9999}, {"stage": ""},
                  {"round": ""}, {"question_id": ""}, {"stage": "größer"}):
        message = presenter.step(sid, "close", **wrong)
        assert (message["stage"], message["question_id"], message["round"]) == (
            "open", quiz, 1), wrong
        assert everything(db) == before, wrong


# {what was pressed before: what is pressed twice, each in a lesson of its own}.
PRESSED_TWICE = {
    (): ("ask", "begin", "next"), ("begin",): ("ask", "open", "next"), ("ask",): ("reveal",),
    ("ask", "close"): ("reveal",), ("ask", "reveal", "show_answer"): ("ask",),
    ("open",): ("close", "next"), ("open", "close"): ("show_results", "vote_again", "next"),
    ("open", "close", "show_results"): ("show_answer", "next"),
    ("open", "close", "show_results", "show_answer"): ("move", "next")}


def test_a_double_press_never_skips_a_step(db, presenter):
    for earlier, actions in PRESSED_TWICE.items():
        for action in actions:
            sid = presenter.create_session()
            presenter.create_question(sid, title="Größte? 🌍", options="*Ä\nÖ")
            presenter.create_question(sid, title="Umfrage ؟", options="Ä\nÖ")
            for one in earlier:
                presenter.step(sid, one)
            seen = presenter.now(sid)
            seen = {key: seen[key] for key in ("question_id", "round", "stage")}
            first = presenter.step(sid, action, **seen)
            before = everything(db)
            second = presenter.step(sid, action, **seen)
            assert everything(db) == before, (earlier, action)
            assert (second["question_id"], second["stage"], second["round"]) == (
                first["question_id"], first["stage"], first["round"]), (earlier, action)


def test_two_devices_never_skip_a_step(db, presenter, sid, quiz, step):
    step("open")
    phone = Client()
    phone.post("/login", {"username": NAME, "password": PASSWORD}, status=303)
    seen = {"question_id": quiz, "round": 1, "stage": "open"}
    stages = [device.post(f"/api/sessions/{sid}/step", {"action": "next", **seen}).json["stage"]
              for device in (presenter, phone)]
    assert stages == ["results", "results"]


def test_an_act_that_does_not_fit_the_stage_changes_nothing(db, presenter, sid, quiz, step):
    def refused(*actions):
        before = everything(db)
        for action in actions:
            step(action)
        assert everything(db) == before
    step("begin")
    refused("close", "show_results", "hide_results", "show_answer", "vote_again", "begin", "move")
    step("open")
    refused("open", "show_answer", "hide_results", "vote_again", "begin", "move")
    step("close")
    refused("close", "hide_results", "begin", "move")
    step("show_results")
    refused("close", "show_results", "begin", "move")
    step("show_answer")
    refused("open", "close", "show_answer", "begin")


def test_htmx_gets_the_control_pages_living_part(presenter, sid, quiz):
    part = presenter.htmx(f"/api/sessions/{sid}/step", {
        "action": "begin", "question_id": quiz, "round": 1, "stage": "draft"}, status=200)
    assert "<html" not in part.text
    hidden = part.html.select("form:has(.next) input[type=hidden]")
    fields = {field["name"]: field["value"] for field in hidden}
    assert fields == {"question_id": str(quiz), "round": "1", "stage": "draft", "discussing": "0"}
    assert part.html.select_one("button.next")["value"] == "ask"


def test_a_plain_form_of_a_step_leads_back_to_the_session(presenter, sid, quiz, look):
    form = next(form for form in presenter.get(f"/sessions/{sid}").forms.values()
                if form.action == f"/api/sessions/{sid}/step")
    answer = form.submit("action", headers={"Accept": "text/html,*/*;q=0.8"}, status=303)
    assert answer.location.endswith(f"/sessions/{sid}")
    assert presenter.now(sid)["next"]["action"] == "reveal"


def test_go_moves_the_projector_and_neither_opens_nor_closes(presenter, sid, quiz, poll, look,
                                                             step):
    step("open")
    presenter.step(sid, "go", to=poll)
    assert presenter.now(sid)["question_id"] == poll
    assert look(quiz)["stage"] == "open" and look(poll)["stage"] == "draft"


def test_go_leads_to_no_question_of_another_session(db, presenter, sid, quiz):
    other = presenter.create_question(presenter.create_session("Zweite"))
    before = everything(db)
    for to in (other, "9999", ""):
        presenter.post(f"/api/sessions/{sid}/step", {
            "action": "go", "to": to, "question_id": quiz, "round": 1, "stage": "draft"},
            status=404)
        assert everything(db) == before, to


def test_the_message_tells_the_neighbours(presenter, sid, quiz, poll, step):
    step("begin")
    now = presenter.now(sid)
    assert (now["previous_id"], now["following_id"]) == (None, poll)
    presenter.step(sid, "go", to=poll)
    now = presenter.now(sid)
    assert (now["previous_id"], now["following_id"]) == (quiz, None)


# Holding back

def opened(presenter, sid, question_id):
    """Whether a question starts with its results shown, and the projector was told so before."""
    told = presenter.step(sid, "go", to=question_id)["live"]
    assert presenter.step(sid, "open")["results_shown"] is told
    return told


def test_a_poll_starts_with_its_results_shown(presenter, sid, poll):
    assert opened(presenter, sid, poll) is True


def test_a_question_with_a_right_answer_starts_with_its_results_hidden(presenter, sid, quiz):
    assert opened(presenter, sid, quiz) is False


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("type", classpulse.QUESTION_TYPES)
def test_a_rating_and_a_choice_without_a_right_answer_start_shown_unless_the_form_says_otherwise(
        presenter, sid, type, right):
    fields = {"options": "*Ä\nÖ", "accepted": "Ä", "correct": "3"} if right else {
        "options": "Ä\nÖ"}
    preset = type == "rating" or type in ("multiple_choice", "select_all") and not right
    for said, live in (({}, preset), ({"live": "1"}, True), ({"live": "0"}, False)):
        question_id = presenter.create_question(sid, type, **fields, **said)
        assert opened(presenter, sid, question_id) is live, said


def test_an_edit_that_does_not_say_whether_results_start_shown_leaves_it(presenter, sid, poll,
                                                                         look):
    def edit(*fields):
        presenter.post(f"/questions/{poll}/edit", [
            ("title", "Umfrage?"), ("options", "*Ä\nÖ"), *fields], status=303)
        return look(poll)["live"], look(poll)["version"]
    assert edit() == (1, 1)
    assert edit(("live", "0")) == (0, 2)
    assert edit(("live", "0")) == edit() == (0, 2)
    assert edit(("live", "0"), ("live", "1")) == (1, 3)     # the ticked box, and what is before it


def test_a_poll_that_becomes_a_quiz_before_it_is_asked_starts_covered(presenter, sid, poll, look):
    presenter.be_alone()
    presenter.post(f"/api/questions/{poll}/mark", {"key": "B"}, status=303)
    assert not look(poll)["live"] and not opened(presenter, sid, poll)
    presenter.post(f"/api/questions/{poll}/mark", {"key": "B"}, status=303)
    assert not look(poll)["live"], "what is being answered stays as it is"


def test_the_forms_box_says_whether_results_start_shown(presenter, sid, poll, quiz, look):
    presenter.be_alone()
    for question_id, live in ((poll, True), (quiz, False)):
        form = get_form(presenter.get(f"/questions/{question_id}/edit"))
        box = form.fields["live"][-1]
        assert box.checked is live
        box.checked = not live
        form.submit(status=303)
        assert look(question_id)["live"] == (not live)
    refused = presenter.post(f"/sessions/{sid}/questions/new/numeric", {"title": "", "live": "1"},
                             status=422)
    assert refused.html.select_one("[type=checkbox][name=live]").has_attr("checked")
    other = presenter.post(f"/questions/{poll}/edit", {"title": "Anders?", "options": "Ä\nÖ",
                                                       "version": "0"}, status=409)
    assert other.html.select_one("[data-saved]").find(
        string="Show results while students vote").find_next("dd").get_text() == "No"


@pytest.mark.parametrize("live", ["0", "1"])
def test_copies_start_shown_or_hidden_as_their_question_does(db, presenter, sid, live):
    question_id = presenter.create_question(sid, "ranking", options="Ä\nÖ", live=live)
    presenter.post(f"/questions/{question_id}/duplicate", status=303)
    other = presenter.create_session()
    presenter.post(f"/sessions/{other}/reuse", {"question_id": question_id}, status=303)
    copied = presenter.post(f"/sessions/{sid}/again", status=303).location.rsplit("/", 1)[1]
    rows = [question for session_id in (sid, other, copied)
            for question in classpulse.list_questions(db, session_id)]
    assert [question["live"] for question in rows] == [int(live)] * 5


def test_a_question_asked_now_starts_hidden(presenter, session):
    for label in ("A – D", "Rating 1 – 5"):
        ask(presenter, session, label)
        now = presenter.now(session["id"])
        assert (now["stage"], now["live"], now["results_shown"]) == ("open", False, False), label


def test_a_toggle_holds_back_like_a_step(presenter, quiz, poll, look):
    presenter.toggle(quiz)
    presenter.toggle(poll)
    assert (look(quiz)["results_shown"], look(poll)["results_shown"]) == (0, 1)


def test_a_second_round_starts_hidden(presenter, sid, poll):
    for action in ("begin", "open", "close"):
        presenter.step(sid, action)
    assert presenter.now(sid)["results_shown"] is True
    message = presenter.step(sid, "vote_again")
    assert (message["round"], message["stage"], message["results_shown"]) == (2, "open", False)


def test_a_second_round_after_the_answer_hides_the_answer(presenter, sid, quiz, step):
    for action in ("begin", "open", "close", "show_results", "show_answer"):
        step(action)
    message = presenter.step(sid, "vote_again")
    assert (message["answer_shown"], message["results_shown"]) == (False, False)


def test_vote_again_begins_a_new_opening(presenter, sid, poll, look):
    for action in ("begin", "open", "close"):
        presenter.step(sid, action)
    presenter.step(sid, "vote_again")
    assert look(poll)["round"] == 2 and look(poll)["active"] == 1


def test_what_is_shown_or_hidden_while_voting_is_open_holds_for_that_question_only(
        presenter, sid, poll):
    second = presenter.create_question(sid, title="Zweite?")
    assert opened(presenter, sid, poll) is True
    assert presenter.step(sid, "hide_results")["results_shown"] is False
    assert opened(presenter, sid, second) is True
    third, fourth = (presenter.create_question(sid, "word_cloud", title) for title in ("3?", "4?"))
    assert opened(presenter, sid, third) is False
    assert presenter.step(sid, "show_results")["results_shown"] is True
    assert opened(presenter, sid, fourth) is False


def test_opening_again_keeps_what_was_shown_or_hidden(presenter, sid, poll):
    opened(presenter, sid, poll)
    presenter.step(sid, "hide_results")
    presenter.step(sid, "close")
    message = presenter.step(sid, "open")
    assert (message["round"], message["results_shown"]) == (1, False)


def test_opening_again_is_possible_until_the_answer_is_shown(presenter, sid, quiz, step):
    def offered():
        return [also["action"] for also in presenter.now(sid)["also"]]
    for action in ("begin", "open", "close"):
        step(action)
    assert "open" in offered()
    step("show_results")
    assert "open" in offered()
    step("show_answer")
    assert "open" not in offered()
    assert step("open") == "answer"


def test_nothing_on_the_projector_tells_the_answer_before_it_is_shown(db, presenter, sid, quiz,
                                                                      step):
    for action in ("open", "close", "show_results"):
        step(action)
        now = presenter.now(sid)
        assert now.pop("next") and now.pop("also")      # which only say what can be done
        texts = [presenter.get(f"/present/{sid}").html.main.decode(), str(now),
                 str(classpulse.results_message(db, classpulse.classroom.live, quiz))]
        for text in texts:
            assert "correct" not in text and "right" not in text.lower(), action


def test_the_results_tell_the_right_answer_once_it_is_shown(db, presenter, sid, quiz, step):
    for action in ("begin", "open", "close", "show_results", "show_answer"):
        step(action)
    message = classpulse.results_message(db, classpulse.classroom.live, quiz)
    assert [row["right"] for row in message["results"]] == [True, False]


def test_the_projector_covers_what_is_held_back(presenter, sid, quiz, step):
    step("open")
    assert not presenter.get(f"/present/{sid}").html.select("main [data-bar]")
    step("close")
    step("show_results")
    assert presenter.get(f"/present/{sid}").html.select("main [data-bar]")


# Quick question

def ask(presenter, session, label, status=303):
    return presenter.post(f"/api/sessions/{session['id']}/ask", {"ask": label}, status=status)


def test_a_question_asked_now_is_open_current_and_titled_by_number_and_time(db, presenter,
                                                                            session):
    ask(presenter, session, "A – D")
    now = presenter.now(session["id"])
    assert (now["stage"], now["question_no"]) == ("open", 1)
    assert re.fullmatch(r"Question 1, \d\d:\d\d", now["title"])
    options = classpulse.get_question(db, now["question_id"])["options"]
    assert [option["text"] for option in options] == ["A", "B", "C", "D"]


@pytest.mark.parametrize("stage", ["nothing shown", "draft", "open", "closed"])
def test_after_a_question_asked_now_comes_the_one_that_it_interrupted(presenter, session, stage):
    ids = [presenter.create_question(session["id"], title=title, options="*Ja\nNein")
           for title in ("Eins", "Zwei", "Drei")]
    if stage != "nothing shown":
        presenter.step(session["id"], "go", to=ids[1])
    if stage in ("open", "closed"):
        presenter.step(session["id"], "open")
    if stage == "closed":
        presenter.step(session["id"], "close")
    presenter.post(f"/api/sessions/{session['id']}/ask", {"ask": "A – D"}, status=303)
    presenter.step(session["id"], "reveal")
    was_asked = stage in ("open", "closed")
    assert presenter.now(session["id"])["next"]["action"] == ("move" if was_asked else "ask")
    back = presenter.step(session["id"], "next")
    assert back["question_id"] == ids[0 if stage == "nothing shown" else 1]
    assert back["stage"] == ("closed" if was_asked else "open")


def test_after_a_question_asked_now_the_next_step_returns_to_where_one_was(presenter, session):
    first, second = [presenter.create_question(session["id"], title=title) for title in "ÄÖ"]
    presenter.step(session["id"], "begin")
    presenter.step(session["id"], "open")
    ask(presenter, session, "True or false")
    asked = presenter.now(session["id"])
    assert (asked["question_no"], asked["stages"][first], asked["stage"]) == (2, "results", "open")
    presenter.step(session["id"], "reveal")
    assert presenter.step(session["id"], "move")["question_id"] == second


def test_whatever_is_offered_can_be_asked_now_and_answered(db, presenter, session, respondent):
    page = presenter.get(f"/sessions/{session['id']}").html
    offered = [button.get("value") for button in page.select("form.ask button")]
    for kind in classpulse.QUESTION_TYPES.values():
        for label in kind.at_once:
            assert label in offered
            ask(presenter, session, label)
            question = classpulse.list_questions_with_counts(db, session["id"])[-1]
            assert (question["type"], question["active"]) == (kind.type, 1), label
            [shown] = respondent.state()["questions"]
            assert f"/respond/{question['id']}" in shown["html"], label


def test_what_is_not_offered_is_not_asked(db, presenter, session):
    ask(presenter, session, "Größe?", status=422)
    assert classpulse.list_questions_with_counts(db, session["id"]) == []


def test_nothing_is_asked_in_a_closed_session(db, presenter, session):
    presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": 0}, status=303)
    ask(presenter, session, "A – D", status=409)
    assert classpulse.list_questions_with_counts(db, session["id"]) == []


def test_voting_is_not_opened_again_once_the_answer_was_shown(presenter, session):
    question_id = presenter.create_question(session["id"], options="Lyon\n*Zürich")
    for action in ("begin", "open", "close", "show_results", "show_answer"):
        presenter.step(session["id"], action)
    presenter.post(f"/api/questions/{question_id}/toggle", {"active": 1}, status=409)
    assert presenter.step(session["id"], "vote_again")["round"] == 2


def test_next_begins_again_where_the_projected_question_was_deleted(presenter):
    session_id = presenter.create_session(pace="stepwise")
    first, second = [presenter.create_question(session_id, options="*Ja\nNein") for _ in range(2)]
    for action in ("ask", "reveal", "show_answer", "ask"):
        presenter.step(session_id, action)
    presenter.post(f"/questions/{second}/delete", status=303)
    assert presenter.now(session_id)["next"]["action"] == "begin"
    told = presenter.step(session_id, "next")
    assert (told["question_id"], told["stage"], told["joining"]) == (first, "answer", False)
    assert told["next"]["action"] == "end"
