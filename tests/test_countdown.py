"""Countdowns: what starts, moves and ends them, and which votes are still in time."""

import json
from datetime import datetime, timedelta

import classpulse
import pytest


class Clock:
    """A clock that stands still between jumps."""

    def __init__(self):
        self.moment = datetime.fromisoformat("2026-03-04T09:42:07.000+00:00")

    def jump(self, seconds):
        self.moment += timedelta(seconds=seconds)

    def now(self):
        return self.moment.isoformat(timespec="milliseconds")


@pytest.fixture
def clock(db, presenter, session, respondent, monkeypatch):
    """The program's clock, which stands still; everybody is in the room already."""
    clock = Clock()
    clock.moment = datetime.fromisoformat(classpulse.now()) + timedelta(seconds=1)
    monkeypatch.setattr(classpulse, "now", clock.now)
    return clock


def ask(presenter, sid, **fields):
    """The id of a question that was opened with a countdown."""
    question_id = presenter.create_question(sid, options="Paris\nLyon",
                                            **{"seconds": "60", "live": "0", **fields})
    presenter.step(sid, "ask")
    return question_id


def remaining(presenter, sid):
    """What the projector shows, in seconds, or None."""
    left = presenter.now(sid)["remaining_ms"]
    return left and left.measure() / 1000


def test_asking_opening_and_voting_again_start_it_anew(presenter, sid, clock):
    ask(presenter, sid)
    assert remaining(presenter, sid) == 60
    for action in ("open", "vote_again"):
        presenter.step(sid, "close")
        assert remaining(presenter, sid) is None
        presenter.step(sid, action)
        clock.jump(13)
        assert remaining(presenter, sid) == 47


def test_opening_what_is_open_leaves_its_countdown(presenter, sid, clock):
    question_id = ask(presenter, sid, seconds="")
    presenter.step(sid, "start_timer", seconds=120)
    clock.jump(13)
    presenter.toggle(question_id, 1)
    assert remaining(presenter, sid) == 107


def test_it_is_measured_when_a_message_is_encoded(db, room, presenter, sid, respondent, clock):
    question_id = ask(presenter, sid)
    told = room.live.current("results", question_id)
    assert '"remaining_ms":60000' in room.live.encode(told)
    clock.jump(1.25)
    assert '"remaining_ms":58750' in room.live.encode(told)
    assert [asked["remaining_ms"] for asked in respondent.state()["questions"]] == [58750]
    clock.jump(100)
    assert '"remaining_ms":0' in room.live.encode(told)


def test_a_frame_with_a_countdown_is_made_again_when_it_is_old(room, presenter, sid, clock,
                                                               monkeypatch):
    question_id = ask(presenter, sid)
    shared = room.live.current("results", question_id)
    frame = room.live.frame(shared)
    assert room.live.frame(shared) is frame
    monkeypatch.setattr(room.live, "FRESH_SECONDS", -1)
    shared.version += 1
    stale = room.live.frame(shared)
    clock.jump(2)
    assert stale.renew() != stale and b'"remaining_ms":58000' in stale.renew()


def test_thirty_seconds_more_and_stopping(presenter, sid, clock):
    ask(presenter, sid)
    clock.jump(10)
    presenter.step(sid, "more_time", remaining_ms=50_000)
    assert remaining(presenter, sid) == 80
    presenter.step(sid, "more_time", remaining_ms=50_000)       # by somebody else meanwhile
    assert remaining(presenter, sid) == 80
    presenter.step(sid, "stop_timer", remaining_ms=50_000)
    assert remaining(presenter, sid) == 80
    presenter.step(sid, "stop_timer", remaining_ms=81_500)
    assert remaining(presenter, sid) is None


def test_more_time_works_until_the_server_has_closed(db, presenter, sid, clock):
    question_id = ask(presenter, sid)
    clock.jump(61)
    presenter.step(sid, "more_time", remaining_ms=0)
    assert remaining(presenter, sid) == 30
    clock.jump(32)
    classpulse.run_due_acts(db)
    presenter.step(sid, "more_time", remaining_ms=0)
    question = classpulse.get_question(db, question_id)
    assert (question["stage"], question["closes_at"]) == ("closed", None)


def test_one_that_is_started_replaces_the_running_one(presenter, sid, clock):
    ask(presenter, sid)
    presenter.step(sid, "start_timer", seconds=120)
    assert remaining(presenter, sid) == 120
    for seconds in (4, 3601, "soon"):
        now = presenter.now(sid)
        presenter.post(f"/api/sessions/{sid}/step", {
            "action": "start_timer", "question_id": now["question_id"], "round": 1,
            "stage": "open", "seconds": seconds}, status=422)


def test_the_server_closes_after_the_grace_and_shows_no_results(
        db, presenter, sid, respondent, clock):
    question_id = ask(presenter, sid)
    clock.jump(61.4)
    classpulse.run_due_acts(db)
    assert classpulse.get_question(db, question_id)["stage"] == "open"
    respondent.respond(question_id, "A")
    clock.jump(0.1)
    respondent.respond(question_id, "B", status=409)        # also before the server has closed
    classpulse.run_due_acts(db)
    question = classpulse.get_question(db, question_id)
    assert (question["stage"], question["results_shown"]) == ("closed", 0)
    assert classpulse.get_question_stats(db, question_id)["results"][0]["count"] == 1


def test_a_vote_kept_on_a_phone_past_the_end_is_late_even_if_the_laptop_slept(
        db, presenter, sid, respondent, clock):
    question_id = ask(presenter, sid)
    respondent.state()
    clock.jump(600)
    respondent.respond(question_id, "A", queued="1", round=1)
    classpulse.run_due_acts(db)
    stats = classpulse.get_question_stats(db, question_id)
    assert (stats["response_count"], stats["late"]) == (0, 1)
    [closed_at] = json.loads(classpulse.get_question(db, question_id)["closings"]).values()
    assert classpulse.measure_ms(closed_at) == 1000 * (60 + 1.5 - 600)


def test_while_discussing_it_only_shows_zero(db, presenter, sid, clock):
    question_id = ask(presenter, sid, discuss="1")
    for action in ("close", "discuss"):
        presenter.step(sid, action)
    assert remaining(presenter, sid) is None
    presenter.step(sid, "start_timer", seconds=30)
    clock.jump(300)
    classpulse.run_due_acts(db)
    assert remaining(presenter, sid) == 0
    question = classpulse.get_question(db, question_id)
    assert question["discussing"] and question["stage"] == "closed"
    presenter.step(sid, "more_time", remaining_ms=0)
    assert remaining(presenter, sid) == 30
    presenter.step(sid, "vote_again")
    assert remaining(presenter, sid) == 60


def test_two_countdowns_end_each_at_their_own_time(db, presenter, sid, clock):
    first = ask(presenter, sid)
    second = presenter.create_question(sid, options="Ja\nNein", seconds="20", live="0")
    presenter.toggle(second)
    clock.jump(25)
    classpulse.run_due_acts(db)
    assert [classpulse.get_question(db, id)["stage"] for id in (first, second)] == [
        "open", "closed"]
    clock.jump(40)
    classpulse.run_due_acts(db)
    assert classpulse.get_question(db, first)["stage"] == "closed"


@pytest.mark.parametrize("act", ["close", "delete", "reopen", "delete the session"])
def test_what_happened_to_the_question_meanwhile_is_left_alone(db, presenter, sid, clock, act,
                                                               capsys):
    question_id = ask(presenter, sid)
    clock.jump(100)
    [(_, close, args)] = [due for due in classpulse.list_due(db)
                          if due[1] is classpulse.close_on_time]
    if act == "close":
        presenter.toggle(question_id, 0)
    elif act == "reopen":
        presenter.toggle(question_id, 0)
        presenter.toggle(question_id, 1)
    elif act == "delete":
        presenter.post(f"/questions/{question_id}/delete", status=303)
    else:
        presenter.post(f"/sessions/{sid}/delete", {"name": "Biologie 10b"}, status=303)
    classpulse.run_due_act(close, args)
    assert "Error" not in capsys.readouterr().err
    if act == "reopen":
        assert remaining(presenter, sid) == 60


def test_one_that_runs_goes_on_after_a_restart_and_one_that_ran_out_is_dropped(
        room, presenter, sid, clock):
    runs, out = ask(presenter, sid, seconds="900"), presenter.create_question(
        sid, options="Ja\nNein", seconds="20")
    presenter.toggle(out)
    room.close()
    clock.jump(60)
    room.open(room.folder)
    classpulse.run_due_acts(room.db)
    assert [classpulse.get_question(room.db, id)["stage"] for id in (runs, out)] == ["open"] * 2
    assert remaining(presenter, sid) == 840
    assert classpulse.get_question(room.db, out)["closes_at"] == ""


def test_the_scheduler_wakes_for_the_end_of_a_countdown(db, room, presenter, sid, clock):
    assert classpulse.get_seconds_until_due(db) == classpulse.CHECK_SECONDS
    room.alarm.clear()
    ask(presenter, sid)
    assert room.alarm.is_set()
    assert classpulse.get_seconds_until_due(db) == classpulse.TIMER_SECONDS
    clock.jump(61)
    assert classpulse.get_seconds_until_due(db) == pytest.approx(0.5)


def test_several_projected_together_share_a_countdown(db, presenter, sid, clock):
    ids = [presenter.create_question(sid, options="Ja\nNein", seconds="20") for _ in range(2)]
    presenter.post(f"/api/sessions/{sid}/all", {"active": 1}, status=303)
    assert remaining(presenter, sid) is None
    presenter.step(sid, "start_timer", seconds=300)
    assert [classpulse.get_question(db, id)["closes_at"] for id in ids] == [
        classpulse.time_in(seconds=300)] * 2


@pytest.mark.parametrize("odd", ["soon", "2026-03-04", "2026-03-04T09:42:07", b"\xff", 7])
def test_an_odd_end_of_a_countdown_is_none_and_stops_no_other(
        db, presenter, sid, respondent, clock, odd):
    question_id = ask(presenter, sid)
    other = presenter.create_question(sid, options="Ja\nNein", seconds="20", live="0")
    presenter.toggle(other)
    db.write(lambda db: db.execute("UPDATE questions SET closes_at = ?, seconds = 'abc' "
                                   "WHERE id = ?", (odd, question_id)))
    clock.jump(60)
    classpulse.run_due_acts(db)
    assert classpulse.get_question(db, other)["stage"] == "closed"
    respondent.respond(question_id, "A")
    assert remaining(presenter, sid) is None
    presenter.get(f"/sessions/{sid}")
    presenter.step(sid, "close")
    assert presenter.step(sid, "open")["stage"] == "open"


def test_several_projected_together_show_the_first_end_of_theirs(db, presenter, sid, clock):
    ids = [presenter.create_question(sid, options="Ja\nNein", seconds=seconds)
           for seconds in ("40", "")]
    for question_id in ids:
        presenter.toggle(question_id)
    presenter.step(sid, "go", to=ids[1])
    assert remaining(presenter, sid) == 40
    presenter.step(sid, "stop_timer", remaining_ms=40_000)
    assert remaining(presenter, sid) is None
    assert [classpulse.get_question(db, id)["closes_at"] for id in ids] == [None, None]


@pytest.mark.parametrize("seen", ["-1", "59999.5", "soon", "9" * 17])
def test_what_no_message_said_was_not_seen(presenter, sid, clock, seen):
    ask(presenter, sid)
    now = presenter.now(sid)
    presenter.post(f"/api/sessions/{sid}/step", {
        "action": "more_time", "question_id": now["question_id"], "round": 1, "stage": "open",
        "remaining_ms": seen}, status=422)
    assert remaining(presenter, sid) == 60


def test_a_discussion_and_its_countdown_end_with_the_session_and_with_the_setting(
        db, presenter, sid, clock):
    question_id = ask(presenter, sid, discuss="1")
    edit = {"title": "Welche Größe?", "options": "Paris\nLyon", "discuss": "0"}
    for end in (lambda: presenter.post(f"/api/sessions/{sid}/toggle", {"active": 0}, status=303),
                lambda: presenter.post(f"/questions/{question_id}/edit", edit, status=303)):
        presenter.post(f"/api/sessions/{sid}/toggle", {"active": 1}, status=303)
        if presenter.now(sid)["stage"] == "open":
            presenter.step(sid, "close")
        presenter.step(sid, "discuss")
        presenter.step(sid, "start_timer", seconds=30)
        assert presenter.now(sid)["discussing"] and remaining(presenter, sid) == 30
        end()
        assert not presenter.now(sid)["discussing"] and remaining(presenter, sid) is None
