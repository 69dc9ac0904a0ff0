"""The pace of a lesson: how many presses it takes, and what each of them does."""

import classpulse

QUIZ = {"options": "*Ä\nÖ"}


def see(presenter, sid):
    """(the next step, its label, what the further buttons do)."""
    now = presenter.now(sid)
    return (now["next"]["action"], now["next"]["label"],
            [also["action"] for also in now["also"]])


def press_to_the_end(presenter, sid):
    """Press Space until the session is over: [(action, number of the question, its stage)]."""
    done = []
    while presenter.now(sid)["session_active"]:
        action = presenter.now(sid)["next"]["action"]
        told = presenter.step(sid, "next")
        done.append((action, told["question_no"], told["stage"]))
        assert len(done) < 100
    return done


def test_twelve_polls_take_two_presses_each_and_one_for_the_end(presenter, sid):
    types = ["multiple_choice", "rating", "word_cloud", "numeric", "ranking", "open_text"] * 2
    for type in types:
        presenter.create_question(sid, type)
    assert press_to_the_end(presenter, sid) == [
        press for number in range(1, 13)
        for press in (("ask", number, "open"), ("reveal", number, "results"))
    ] + [("end", 12, "results")]


def test_twelve_questions_with_a_right_answer_take_three_presses_each(presenter, sid):
    for _ in range(12):
        presenter.create_question(sid, **QUIZ)
    assert press_to_the_end(presenter, sid) == [
        press for number in range(1, 13)
        for press in (("ask", number, "open"), ("reveal", number, "results"),
                      ("show_answer", number, "answer"))] + [("end", 12, "answer")]


def test_each_button_says_what_will_happen(presenter, sid):
    presenter.create_question(sid, **QUIZ)
    presenter.create_question(sid, "rating")
    shown = []
    for action, label, also in [
            ("ask", "Start question 1", []),
            ("reveal", "Close voting and show results", ["close", "show_results"]),
            ("show_answer", "Show the correct answer", ["open", "hide_results", "vote_again"]),
            ("ask", "Next question", ["vote_again"]),
            ("reveal", "Close voting", ["hide_results"]),       # a rating's results show already
            ("end", "End session", ["open", "hide_results", "vote_again"])]:
        shown.append(see(presenter, sid))
        assert shown[-1] == (action, label, also)
        presenter.step(sid, action)
    assert presenter.now(sid)["next"] is None and presenter.now(sid)["also"]


def test_a_question_that_was_closed_covered_is_revealed_next(presenter, sid):
    question_id = presenter.create_question(sid, **QUIZ)
    presenter.step(sid, "ask")
    for close in (lambda: presenter.step(sid, "close"), lambda: presenter.toggle(question_id, 0)):
        close()
        assert see(presenter, sid) == (
            "reveal", "Show results", ["open", "show_answer", "vote_again"])
        presenter.step(sid, "open")
    presenter.step(sid, "close")
    told = presenter.step(sid, "vote_again")
    assert (told["round"], told["stage"], told["next"]["action"]) == (2, "open", "reveal")
    assert presenter.step(sid, "reveal")["stage"] == "results"


def test_a_draft_that_the_arrows_lead_to_is_asked_next(presenter, sid):
    for _ in range(3):
        presenter.create_question(sid, **QUIZ)
    ids = [*presenter.now(sid)["stages"]]
    for to, stages in ((ids[2], ["draft", "draft", "open"]),
                       (ids[0], ["open", "draft", "closed"])):
        presenter.step(sid, "go", to=to)
        assert see(presenter, sid)[:2] == ("ask", f"Start question {ids.index(to) + 1}")
        told = presenter.step(sid, "ask")
        assert told["question_id"] == to and [*told["stages"].values()] == stages


def test_a_question_that_was_open_before_is_moved_to_and_not_opened(presenter, sid):
    first, second = presenter.create_question(sid), presenter.create_question(sid, **QUIZ)
    presenter.toggle(second)
    presenter.toggle(second, 0)
    presenter.step(sid, "go", to=first)
    presenter.step(sid, "ask")
    presenter.step(sid, "reveal")
    assert see(presenter, sid)[:2] == ("move", "Next question")
    told = presenter.step(sid, "next")
    assert (told["question_id"], told["stage"]) == (second, "closed")


def test_reveal_closes_for_votes_and_shows_in_one_change(db, presenter, sid, respondent,
                                                         monkeypatch):
    question_id = presenter.create_question(sid, **QUIZ)
    presenter.step(sid, "ask")
    respondent.respond(question_id, "A")
    changes, write = [], db.write

    def note(change, *args):
        changes.append(change)
        return write(change, *args)
    monkeypatch.setattr(db, "write", note)
    presenter.step(sid, "reveal")
    assert changes == [classpulse.take_step]
    question = classpulse.get_question(db, question_id)
    assert (question["stage"], "1" in question["closings"]) == ("results", True)
    assert "Voting is closed" in respondent.respond(question_id, "B", status=409)
    respondent.respond(question_id, "B", round=1, seq=9, queued=1)
    assert classpulse.get_question_stats(db, question_id)["results"][0]["count"] == 1


def test_a_closed_session_takes_neither_of_the_two(db, presenter, sid):
    presenter.create_question(sid, **QUIZ)
    presenter.create_question(sid)
    for stage in ("draft", "closed"):
        presenter.post(f"/api/sessions/{sid}/toggle", {"active": 0}, status=303)
        before = list(db.reader.iterdump())
        for action in ("ask", "reveal", "next"):
            assert presenter.step(sid, action)["stage"] == stage
        assert list(db.reader.iterdump()) == before
        presenter.post(f"/api/sessions/{sid}/toggle", {"active": 1}, status=303)
        presenter.step(sid, "ask")


def test_an_exit_ticket_closes_all_and_then_reveals_one_after_the_other(presenter, sid):
    presenter.create_question(sid)
    presenter.create_question(sid, **QUIZ)
    presenter.create_question(sid, "word_cloud")
    presenter.post(f"/api/sessions/{sid}/all", {"active": 1}, status=303)
    assert press_to_the_end(presenter, sid) == [
        ("close_all", 1, "closed"), ("reveal", 1, "results"),
        ("move", 2, "closed"), ("reveal", 2, "results"), ("show_answer", 2, "answer"),
        ("move", 3, "closed"), ("reveal", 3, "results"), ("end", 3, "results")]


def test_a_question_asked_now_comes_in_between(presenter, sid):
    for _ in range(3):
        presenter.create_question(sid, **QUIZ)
    presenter.step(sid, "ask")
    presenter.post(f"/api/sessions/{sid}/ask", {"ask": "A – D"}, status=303)
    assert see(presenter, sid)[:2] == ("reveal", "Close voting and show results")
    assert press_to_the_end(presenter, sid) == [
        ("reveal", 2, "results"),
        ("move", 1, "closed"), ("reveal", 1, "results"), ("show_answer", 1, "answer"),
        ("ask", 3, "open"), ("reveal", 3, "results"), ("show_answer", 3, "answer"),
        ("ask", 4, "open"), ("reveal", 4, "results"), ("show_answer", 4, "answer"),
        ("end", 4, "answer")]


def test_step_by_step_shows_opens_closes_and_reveals_each_alone(presenter):
    sid = presenter.create_session(pace="stepwise")
    presenter.create_question(sid, **QUIZ)
    presenter.create_question(sid)
    seen = []
    while presenter.now(sid)["session_active"]:
        seen.append(see(presenter, sid))
        presenter.step(sid, seen[-1][0])
    assert seen == [
        ("begin", "Show the first question", ["open"]),
        ("open", "Open voting", []),
        ("close", "Close voting", ["show_results"]),
        ("show_results", "Show results", ["open", "show_answer", "vote_again"]),
        ("show_answer", "Show the correct answer", ["open", "hide_results", "vote_again"]),
        ("move", "Next question", ["vote_again"]),
        ("open", "Open voting", []),
        ("close", "Close voting", ["hide_results"]),
        ("end", "End session", ["open", "hide_results", "vote_again"])]


def test_the_pace_is_kept_until_a_form_says_otherwise(db, presenter, sid):
    def pace():
        return classpulse.get_session(db, sid)["settings"]["pace"]
    path = f"/sessions/{sid}/edit"
    assert pace() == "quick"
    for fields, expected in [({"pace": "stepwise"}, "stepwise"), ({}, "stepwise"),
                             ({"names": "optional"}, "stepwise"),
                             ({"names": "no", "pace": "quick"}, "quick"), ({}, "quick")]:
        presenter.post(path, {"name": "Ökologie", **fields}, status=303)
        assert pace() == expected
    for path, name in ((path, "Ökologie"), ("/sessions/new", "Neu")):
        page = presenter.post(path, {"name": name, "pace": "schnell"}, status=422).html
        assert page.select_one("#problem-pace").get_text(strip=True)
    assert pace() == "quick" and len(classpulse.get_user_sessions(db, presenter.id)) == 1


def test_the_pace_goes_along_with_a_copy_and_stands_in_the_forms(db, presenter):
    sid = presenter.create_session(pace="stepwise")
    copied = presenter.post(f"/sessions/{sid}/again", status=303).location.rsplit("/", 1)[1]
    for path, pace in ((f"/sessions/{copied}/edit", "stepwise"), ("/sessions/new", "quick")):
        [picked] = presenter.get(path).html.select("[name=pace][checked]")
        assert picked["value"] == pace


def test_more_settings_are_open_where_one_of_them_was_changed_or_refused(presenter, sid):
    def is_open(page):
        return page.html.select_one("details.more").has_attr("open")
    path = f"/sessions/{sid}/edit"
    refused = {"name": "", "names": "no"}
    assert not is_open(presenter.get(path))
    assert not is_open(presenter.post(path, {**refused, "pace": "quick"}, status=422))
    assert is_open(presenter.post(path, {**refused, "pace": "stepwise"}, status=422))
    assert is_open(presenter.post(path, {"name": "X", "names": "no", "pace": "?"}, status=422))
    presenter.post(path, {"name": "Ökologie", "pace": "stepwise"}, status=303)
    assert is_open(presenter.get(path))
    assert is_open(presenter.post(path, {**refused, "pace": "quick"}, status=422))
