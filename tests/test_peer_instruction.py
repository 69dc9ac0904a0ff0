"""Vote, discuss, vote again: the steps, what is covered meanwhile, and both rounds at the end."""

import re
from collections import Counter

import classpulse
import pytest
from conftest import Respondent

QUIZ = {"options": "Block\nBoth\n*Sphere\nMass", "discuss": "1"}


def results(db, question_id):
    """The results message."""
    return classpulse.results_message(db, classpulse.classroom.live, question_id)


def press(presenter, sid, **more):
    """Press Space: (the step, the stage after it, whether the class discusses, the round)."""
    action = presenter.now(sid)["next"]["action"]
    told = presenter.step(sid, "next", **more)
    return action, told["stage"], told["discussing"], told["round"]


@pytest.mark.parametrize("pace", classpulse.PACES)
def test_space_alone_leads_through_both_rounds_and_shows_results_of_the_second(
        presenter, pace):
    sid = presenter.create_session(pace=pace)
    presenter.create_question(sid, **QUIZ)
    presenter.create_question(sid, "rating", discuss="1")
    done = []
    while presenter.now(sid)["session_active"]:
        done.append(press(presenter, sid))
        if done[-1][3] == 1 and done[-1][0] != "end":
            assert not presenter.now(sid).get("results_shown")
    begin, reveal = {"quick": (["ask"], ["reveal"]),
                     "stepwise": (["begin"], ["close", "show_results"])}[pace]
    following = {"quick": ["ask"], "stepwise": ["move", "open"]}[pace]
    assert [action for action, *_ in done] == [
        *begin, "close", "discuss", "vote_again", *reveal, "show_answer",
        *following, "close", "discuss", "vote_again", *reveal, "end"]
    assert ("discuss", "closed", True, 1) in done and ("vote_again", "open", False, 2) in done


def test_while_closed_the_second_button_skips_the_discussion(presenter, sid):
    presenter.create_question(sid, **QUIZ)
    presenter.step(sid, "ask")
    presenter.step(sid, "close")
    for step in ("close", "discuss"):
        if step == "discuss":
            presenter.step(sid, step)
        now = presenter.now(sid)
        assert now["also"][0] == {"action": "reveal", "label": "Skip: show results"}
        assert "show_results" not in [also["action"] for also in now["also"]]
    told = presenter.step(sid, "reveal")
    assert (told["stage"], told["discussing"], told["round"]) == ("results", False, 1)
    assert told["next"]["action"] == "show_answer"


def test_a_second_press_while_discussing_changes_nothing(presenter, sid):
    presenter.create_question(sid, **QUIZ)
    for action in ("ask", "close", "discuss"):
        presenter.step(sid, action)
    told = presenter.step(sid, "next", discussing=0)
    assert (told["round"], told["stage"], told["discussing"]) == (1, "closed", True)
    assert presenter.step(sid, "next", discussing=1)["round"] == 2


def test_a_discussion_ends_with_the_results_a_new_opening_or_a_new_round(presenter, sid):
    presenter.create_question(sid, **QUIZ)
    for end in ("reveal", "show_results", "show_answer", "open", "vote_again"):
        presenter.step(sid, "vote_again" if presenter.now(sid)["stage"] != "draft" else "ask")
        classpulse.classroom.db.write(
            lambda db: db.execute("UPDATE questions SET round = 1, closings = '{}'"))
        presenter.step(sid, "close")
        assert presenter.step(sid, "discuss")["discussing"]
        assert not presenter.step(sid, end)["discussing"], end


def test_every_message_says_that_the_class_is_discussing(db, presenter, session, respondent):
    question_id = presenter.create_question(session["id"], **QUIZ)
    for action in ("ask", "close", "discuss"):
        presenter.step(session["id"], action)
    assert results(db, question_id)["discussing"] and presenter.now(session["id"])["discussing"]
    assert [asked["discussing"] for asked in respondent.state()["questions"]] == [True]


def test_results_of_both_rounds_are_told_once_the_second_are_shown(db, presenter, session):
    question_id = presenter.create_question(session["id"], **QUIZ)
    phones = [Respondent(session["code"]) for _ in range(6)]
    presenter.step(session["id"], "ask")
    first, second = "ABBCC", "CBACCC"
    for phone, letter in zip(phones, first):
        phone.respond(question_id, letter)
    for action in ("close", "discuss", "vote_again"):
        presenter.step(session["id"], action)
    for phone, letter in zip(phones, second):
        phone.respond(question_id, letter)
    assert not {"previous", "paired"} & {*results(db, question_id)}
    presenter.step(session["id"], "reveal")
    told = results(db, question_id)
    assert told["previous"]["round"] == 1 and told["previous"]["response_count"] == 5
    for stats, votes in ((told, second), (told["previous"], first)):
        assert {row["key"]: row["count"] for row in stats["results"]} == {
            "A": 0, "B": 0, "C": 0, "D": 0, **Counter(votes)}
    assert told["paired"] == {"n": 5, "changed": 2}
    presenter.step(session["id"], "show_answer")
    told = results(db, question_id)
    assert told["paired"] == {"n": 5, "changed": 2, "right_right": 2, "wrong_right": 1,
                              "right_wrong": 0, "wrong_wrong": 2}
    assert "from 40 % to 66 %" in presenter.now(session["id"])["html"]


def test_numbers_of_both_rounds_are_in_the_same_bins(db, presenter, session):
    question_id = presenter.create_question(session["id"], "numeric", discuss="1", unit="")
    phones = [Respondent(session["code"]) for _ in range(30)]
    presenter.step(session["id"], "ask")
    for n, phone in enumerate(phones):
        phone.respond(question_id, str(n))
    for action in ("close", "vote_again"):
        presenter.step(session["id"], action)
    for n, phone in enumerate(phones):
        phone.respond(question_id, str(50 + n * n))
    presenter.step(session["id"], "reveal")
    told = results(db, question_id)
    keys = [[row["key"] for row in stats["results"]] for stats in (told, told["previous"])]
    assert keys[0] == keys[1] and len(keys[0]) > 4
    assert [sum(row["count"] for row in stats["results"])
            for stats in (told, told["previous"])] == [30, 30]


@pytest.mark.parametrize("type", ["open_text", "short_text", "word_cloud"])
def test_written_answers_are_not_discussed_in_two_rounds(db, presenter, sid, type):
    question_id = presenter.create_question(sid, type, discuss="1")
    assert not classpulse.get_question(db, question_id)["discuss"]


def test_a_discussed_question_never_shows_its_first_votes_live(db, presenter, sid):
    question_id = presenter.create_question(sid, "rating", discuss="1", live="1")
    presenter.step(sid, "ask")
    assert not classpulse.get_question(db, question_id)["results_shown"]


# Before the correct answer is shown

def receive(room, presenter, session, phone, question_id):
    """Every byte that the projector, a phone and pages without a private view get."""
    question = classpulse.get_question(room.db, question_id)
    pages = [phone.respond(question_id, "A")] if question["stage"] == "open" else []
    pages += [presenter.get(path) for path in (
        f"/present/{session['id']}", f"/questions/{question_id}/results",
        f"/questions/{question_id}/private")]
    pages.append(presenter.get(f"/sessions/{session['id']}", headers={"HX-Request": "true"}))
    pages += [phone.get(f"/audience/{session['code']}{rest}") for rest in ("", "/state")]
    texts = [page.text for page in pages] + [
        classpulse.to_json(make(room.db, room.live, id)) for make, id in (
            (classpulse.present_message, session["id"]), (classpulse.state_message, session["id"]),
            (classpulse.results_message, question_id))]
    return [re.sub('"version":[0-9]+', "", text) for text in texts]


@pytest.mark.parametrize("type", ["multiple_choice", "select_all"])
def test_no_byte_of_either_round_tells_the_correct_answer_before_it_is_shown(
        room, presenter, monkeypatch, type):
    sid = presenter.create_session(on_phones="1")
    session = classpulse.get_session(room.db, sid)
    question_id = presenter.create_question(sid, type, options="Block\nBoth\nSphere",
                                            discuss="1", seconds="60",
                                            explanation="See page 1")
    phones = [Respondent(session["code"]) for _ in range(7)]
    moment = classpulse.time_in(seconds=1)
    monkeypatch.setattr(classpulse, "now", lambda: moment)      # countdowns stand still
    # Pages name the file once it is there, which is a matter of time.
    monkeypatch.setattr(room.exports, "wanted", lambda *args, **how: None)

    def mark(key):
        presenter.post(f"/api/questions/{question_id}/mark", {"key": key}, status=303)

    def explain(page):
        room.db.write(classpulse.set_question, question_id, dict(
            classpulse.get_question(room.db, question_id), explanation=page), False)

    def compare():
        """Of the texts, whether they are the same whichever answer is correct, and explained."""
        received = []
        for key in ("A", "C"):
            mark(key)
            explain(f"See page {key}")
            received.append(receive(room, presenter, session, phones[0], question_id))
            mark(key)
        return [one == other for one, other in zip(*received)]

    def press_next():
        mark("B")
        action = press(presenter, sid)[0]
        mark("B")
        return action

    took = []
    presenter.step(sid, "ask")
    for letters in ("AABBCCC", "CCCCABB"):
        for phone, letter in zip(phones, letters):
            phone.respond(question_id, letter)
        for key, count in (("A", 4), ("C", 1)):
            presenter.post(f"/api/questions/{question_id}/tally", {"key": key, "count": count},
                           status=303)
        while not took or took[-1] not in ("vote_again", "reveal"):
            assert all(compare()), took
            presenter.step(sid, "start_timer", seconds=45)      # also while discussing
            took.append(press_next())
        assert all(compare()), took
        took.append("")
    told = classpulse.results_message(room.db, room.live, question_id)
    assert took == ["close", "discuss", "vote_again", "", "reveal", ""]
    assert (told["previous"]["tallied"], told["paired"]["n"]) == (5, 7)
    assert press_next() == "show_answer" and not any(compare())
    texts = receive(room, presenter, session, phones[0], question_id)
    assert ["See page C" in text for text in texts].count(True) == 8


def test_the_pill_says_what_the_tile_of_the_correct_answer_says(db, presenter, session):
    question_id = presenter.create_question(session["id"], options="*Ä\nÖ\nÜ", live="0")
    presenter.step(session["id"], "ask")
    for letter in "ABC":
        Respondent(session["code"]).respond(question_id, letter)
    for action in ("reveal", "show_answer"):
        presenter.step(session["id"], action)
    shares = {row["key"]: row["percent"] for row in results(db, question_id)["results"]}
    assert f"{shares['A']} % got it" in presenter.now(session["id"])["html"]


def test_the_same_answer_is_the_same_by_its_types_own_measure(db, presenter, session):
    for type, fields, first, second, changed in [
            ("short_text", {"accepted": "pH", "exact": "1"}, ["PH"], ["pH"], 1),
            ("short_text", {"accepted": "pH"}, ["PH"], ["pH"], 0),
            ("word_cloud", {"max_words": "2"}, ["x", "y"], ["y", "X"], 0),
            ("ranking", {"options": "Ä\nÖ"}, ["A", "B"], ["B", "A"], 1),
            ("open_text", {"title": "Was?"}, ["Ja"], ["Nein"], 1),
            ("open_text", {"title": "Was?"}, ["Ja"], ["Ja"], 0)]:
        question_id = presenter.create_question(session["id"], type, **{"title": "Was?", **fields})
        phone = Respondent(session["code"])
        presenter.toggle(question_id)
        presenter.step(session["id"], "go", to=question_id)
        phone.respond(question_id, *first)
        for action in ("close", "vote_again"):
            presenter.step(session["id"], action)
        phone.respond(question_id, *second)
        presenter.step(session["id"], "reveal")
        assert results(db, question_id)["paired"] == {"n": 1, "changed": changed}, (type, first)
        presenter.toggle(question_id, 0)


@pytest.mark.parametrize("own_results", ["score", "answers"])
def test_no_byte_of_a_first_vote_tells_a_phone_that_has_finished_the_correct_answer(
        room, presenter, monkeypatch, own_results):
    sid = presenter.create_session(own_results=own_results)
    question_id = presenter.create_question(sid, options="Block\nBoth\nSphere", discuss="1")
    moment = classpulse.time_in(seconds=1)
    monkeypatch.setattr(classpulse, "now", lambda: moment)
    phone = Respondent(classpulse.get_session(room.db, sid)["code"])
    path = f"/audience/{phone.code}"

    def compare():
        """Of the texts, whether they are the same whichever answer is correct."""
        received = []
        for key in ("A", "C"):
            presenter.post(f"/api/questions/{question_id}/mark", {"key": key}, status=303)
            pages = [phone.htmx(f"{path}/finish", status=200),
                     *(phone.get(path + rest, status=200) for rest in ("", "/state", "/answers"))]
            received.append([re.sub('"version":[0-9]+', "", page.text) for page in pages])
            presenter.post(f"/api/questions/{question_id}/mark", {"key": key}, status=303)
        return [one == other for one, other in zip(*received)]

    presenter.step(sid, "ask")
    phone.respond(question_id, "A")
    for step in ("close", "discuss", "vote_again"):
        assert classpulse.is_held_back(classpulse.get_question(room.db, question_id))
        assert all(compare()), step
        presenter.step(sid, step)
    presenter.step(sid, "close")
    assert not any(compare())           # now they are told
