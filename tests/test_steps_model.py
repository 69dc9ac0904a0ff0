"""Steps of two devices, countdowns, votes, crashes and restarts in any order: what must hold."""

import json
import shutil
import tempfile
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import classpulse
import pytest
from conftest import Presenter, Respondent
from hypothesis import settings, strategies
from hypothesis.stateful import (RuleBasedStateMachine, initialize, invariant, precondition,
                                 rule)

LETTERS = "ABC"
SECONDS = 20            # how long the first question is open
QUESTIONS = [("multiple_choice", {"options": "Ja\n*Nein\nWeiß nicht", "discuss": "1",
                                  "seconds": str(SECONDS)}),
             ("multiple_choice", {"options": "Rot\nGrün\nBlau", "discuss": "1", "live": "1"}),
             ("multiple_choice", {"options": "*Eins\nZwei\nDrei", "live": "1"})]
SEEN = "question_id", "round", "stage", "discussing", "remaining_ms"

numbers = strategies.integers(0, 1000)      # of one of several things, however many there are
places = strategies.integers(0, len(QUESTIONS) - 1)
devices = strategies.integers(0, 1)
pauses = strategies.sampled_from([10, 900, 5000, SECONDS * 1000])
letters = strategies.sampled_from(LETTERS)
steps = strategies.sampled_from(sorted(classpulse.STEPS))


class Lesson(RuleBasedStateMachine):
    """A session of three questions, two devices that control it, and phones.

    A device knows the message that it saw last. `answers` {(question, round, phone): [letter,
    whether it was late]} and `hands` {(question, round, letter): count} are what should be stored.
    """
    @initialize(pace=strategies.sampled_from(sorted(classpulse.PACES)))
    def begin(self, pace):
        self.root, self.lives = Path(tempfile.mkdtemp()), 0
        self.moment = datetime.fromisoformat("2026-03-04T09:42:07.000+00:00")
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(classpulse, "now", self.now)
        self.patch.setattr(classpulse.Exports, "write", lambda *_: None)    # files are others'
        classpulse.classroom.open(self.root / "0")
        self.presenter = Presenter(classpulse.classroom.db)
        self.session_id = self.presenter.create_session(pace=pace)
        self.ids = [self.presenter.create_question(self.session_id, type, **fields)
                    for type, fields in QUESTIONS]
        self.code = classpulse.get_session(classpulse.classroom.db, self.session_id)["code"]
        self.answers, self.hands, self.taps = {}, Counter(), 0
        self.phones, self.kept = {}, []     # {phone: when it joined}, taps without a network
        self.join()
        self.join()
        self.presenter.step(self.session_id, "ask")
        self.devices = [self.look(), self.look()]

    def now(self):
        return self.moment.isoformat(timespec="milliseconds")

    def teardown(self):
        classpulse.classroom.close()
        self.patch.undo()
        shutil.rmtree(self.root)

    def look(self):
        """The present message as a page gets it."""
        return json.loads(classpulse.to_json(self.presenter.now(self.session_id)))

    def states(self, db=None):
        """Everything that a step can change: the session's row, and those of its questions."""
        db = db or classpulse.classroom.db.reader
        return [db.tuples("SELECT * FROM sessions"), db.tuples("SELECT * FROM questions")]

    def questions(self):
        return [classpulse.get_question(classpulse.classroom.db, id) for id in self.ids]

    def try_out(self, action, seen):
        """What a step would change, done to a copy of the database."""
        with closing(classpulse.connect(":memory:")) as copy:
            classpulse.classroom.db.reader.backup(copy)
            classpulse.take_step(copy, self.session_id, action, classpulse.Seen(
                seen["question_id"], seen["round"], seen["stage"]))
            return self.states(copy)

    # The teacher's devices

    @rule(device=devices)
    def refresh(self, device):
        self.devices[device] = self.look()

    @rule(device=devices, action=steps, place=places, told=strategies.booleans())
    def press(self, device, action, place, told):
        self.step(device, action, told, to=self.ids[place], seconds=30)

    @rule(device=devices, number=numbers, told=strategies.booleans())
    def press_what_is_offered(self, device, number, told):
        offered = [step["action"] for step in self.devices[device]["also"]] or ["next"]
        self.step(device, offered[number % len(offered)], told)

    @rule(device=devices, told=strategies.booleans(),
          action=strategies.sampled_from(sorted(classpulse.TIMER_STEPS)))
    def press_countdown(self, device, told, action):
        self.step(device, action, told, seconds=10)

    @rule(device=devices, told=strategies.booleans(), fresh=strategies.booleans())
    def press_space(self, device, told, fresh):
        """What a lesson is made of; where a device does not hear what it did, it presses again."""
        if not self.look()["session_active"]:
            self.open_or_close_session(1)
        if fresh:
            self.refresh(device)
        self.step(device, "next", told)

    def step(self, device, action, told, **fields):
        seen, now, before = self.devices[device], self.look(), self.states()
        asked = self.questions()
        stale = any(seen[name] != now[name] for name in SEEN[:4])
        if action in ("more_time", "stop_timer"):
            stale |= seen["remaining_ms"] is not None and (now["remaining_ms"] is None or abs(
                seen["remaining_ms"] - now["remaining_ms"]) > 2000)
        if action == "next" and now["next"] and not stale:
            promised = now["next"]["action"]
            if promised == "begin" and now["stage"] == "draft":
                promised = "open"       # which Space does in one press since the first release
            then = self.try_out(promised, now)
        self.presenter.post(f"/api/sessions/{self.session_id}/step", {
            "action": action, **{name: str(seen[name]) for name in SEEN if seen[name] is not None},
            **fields}, status=200)
        if stale:
            assert self.states() == before
        elif action == "next" and now["next"]:
            assert self.states() == then
        if action == "next":
            for was, question in zip(asked, self.questions()):
                assert question["results_shown"] <= was["results_shown"] or not (
                    was["discuss"] and question["round"] == 1)
        if told:
            self.refresh(device)

    @rule(place=places, active=strategies.sampled_from([0, 1]))
    def toggle(self, place, active):
        question = self.questions()[place]
        refused = active and (not question["session_active"] or question["stage"] == "answer")
        self.presenter.post(f"/api/questions/{self.ids[place]}/toggle", {"active": active},
                            status=409 if refused else 303)
        assert self.questions()[place]["active"] == (active and not refused)
        if active == question["active"]:        # pressed twice: its countdown goes on, too
            assert self.questions()[place] == question

    @rule(active=strategies.sampled_from([1, 0]))
    def open_or_close_session(self, active):
        self.presenter.post(f"/api/sessions/{self.session_id}/toggle", {"active": active},
                            status=303)

    @rule(place=places, letter=letters, count=strategies.integers(0, 3))
    def raise_hands(self, place, letter, count):
        question = self.questions()[place]
        refused = question["stage"] in ("draft", "answer")
        self.presenter.post(f"/api/questions/{question['id']}/tally", {
            "key": letter, "count": count}, status=409 if refused else 303)
        if not refused:
            self.hands[question["id"], question["round"], letter] = count

    # The audience

    def pick(self, number):
        return list(self.phones)[number % len(self.phones)]

    @rule()
    @precondition(lambda self: len(self.phones) < 5 and self.look()["session_active"])
    def join(self):
        phone = Respondent(self.code)
        phone.state()
        self.phones[phone] = self.now()

    @rule(number=numbers, place=strategies.none() | places, letter=letters)
    def vote(self, number, place, letter):
        """Answer a question, most often the one that the projector shows."""
        id = self.look()["question_id"] if place is None else self.ids[place]
        self.send(self.pick(number), classpulse.get_question(classpulse.classroom.db, id), letter)

    @rule(number=numbers, letter=letters)
    def keep(self, number, letter):
        """Tap an answer without a network."""
        question = self.look()
        self.taps += 1
        self.kept.append((self.pick(number), question["question_id"], letter, {
            "round": question["round"], "seq": self.taps, "queued": "1"}))

    @rule(number=numbers)
    @precondition(lambda self: self.kept)
    def send_what_was_kept(self, number):
        phone, question_id, letter, kept = self.kept.pop(number % len(self.kept))
        self.send(phone, classpulse.get_question(classpulse.classroom.db, question_id), letter,
                  **kept)

    def send(self, phone, question, letter, **kept):
        if not kept:
            self.taps += 1
        round = kept.get("round", question["round"])
        sent = {"round": round, "seq": self.taps, **kept}
        end = question["closes_at"] and classpulse.time_in(after=question["closes_at"],
                                                           seconds=1.5)
        is_open = question["active"] and not (end and end <= self.now())
        in_time = is_open and round == question["round"]
        was_open = question["opened_at"] if round == question["round"] else True
        place = question["id"], round, phone
        newer = sent["seq"] > self.answers.get(place, [0, 0, 0])[2]
        closed_at = json.loads(question["closings"]).get(str(round), "")
        if question["active"] and round == question["round"]:
            closed_at = end or closed_at
        if not newer or in_time:
            status = 200
        elif not was_open:
            status = 404 if round == 1 else 409
        elif not kept:
            status = 409
        elif place in self.answers and not self.answers[place][1]:
            status = 200        # the one in time stays
        else:
            status = 200 if self.phones[phone] <= closed_at else 403
        phone.respond(question["id"], letter, status=status, **sent)
        if status == 200 and newer and (in_time or self.answers.get(place, [0, True])[1]):
            self.answers[place] = [letter, not in_time, sent["seq"]]

    # Time, and the laptop

    @rule(milliseconds=pauses)
    def go_on(self, milliseconds):
        """Let time pass, in which the laptop sleeps: nothing that is due is done."""
        self.moment += timedelta(milliseconds=milliseconds)

    @rule(milliseconds=strategies.sampled_from([-10, 0, 700]))
    @precondition(lambda self: any(question["closes_at"] for question in self.questions()))
    def sleep_until_the_end(self, milliseconds):
        """Of a countdown, with what is added for votes that are on their way."""
        end = max(question["closes_at"] or "" for question in self.questions())
        self.moment = max(self.moment, datetime.fromisoformat(end) + timedelta(
            milliseconds=1500 + milliseconds))

    @rule()
    def do_what_is_due(self):
        before = self.questions()
        classpulse.run_due_acts(classpulse.classroom.db)
        for was, question in zip(before, self.questions()):
            end = was["active"] and was["closes_at"] and classpulse.time_in(
                after=was["closes_at"], seconds=1.5)
            if end and end <= self.now():
                closings = {**json.loads(was["closings"]), str(was["round"]): end}
                stage = "results" if was["results_shown"] else "closed"
                was.update(active=0, closes_at=None, closings=json.dumps(closings), stage=stage)
                question["closings"] = json.dumps(json.loads(question["closings"]))
            assert question == was

    def revive(self, folder, milliseconds):
        """Start on a folder, later; a countdown that has ended until then is dropped."""
        before = self.questions()
        classpulse.classroom.close()
        self.go_on(milliseconds)
        classpulse.classroom.open(folder)
        for was, question in zip(before, self.questions()):
            if was["active"] and was["closes_at"] and was["closes_at"] <= self.now():
                was["closes_at"] = ""
            assert question == was

    @rule(milliseconds=pauses, crashed=strategies.booleans())
    def start_again(self, milliseconds, crashed):
        """After a crash with the files as they are while the program runs: nothing is finished."""
        if not crashed:
            self.revive(classpulse.classroom.folder, milliseconds)
            return
        self.lives += 1
        left = self.root / str(self.lives)
        left.mkdir()
        for name in ("classpulse.db", "classpulse.db-wal"):
            shutil.copy(classpulse.classroom.folder / name, left)
        self.revive(left, milliseconds)

    @invariant()
    def votes_are_where_they_were_given(self):
        stored = classpulse.classroom.db.tuples(
            "SELECT question_id, round, response_value, late, COUNT(*) FROM responses "
            "GROUP BY 1, 2, 3, 4")
        given = Counter((question_id, round, letter, int(late)) for (question_id, round, _), (
            letter, late, _) in self.answers.items())
        assert {tuple(row[:4]): row[4] for row in stored} == given

    @invariant()
    def what_is_told_agrees(self):
        session = classpulse.get_session(classpulse.classroom.db, self.session_id)
        for question in self.questions():
            assert not (question["active"] and not session["active"])
            if question["discussing"]:
                assert (question["stage"], question["results_shown"]) == ("closed", 0)
            if question["closes_at"]:
                assert question["active"] or question["discussing"]
            told = json.loads(classpulse.to_json(classpulse.results_message(
                classpulse.classroom.db, classpulse.classroom.live, question["id"])))
            counts = Counter(letter for (id, round, _), (letter, late, _) in self.answers.items()
                             if (id, round) == (question["id"], question["round"]) and not late)
            for row in told["results"]:
                tallied = self.hands[question["id"], question["round"], row["key"]]
                assert (row["count"], row["tallied"]) == (counts[row["key"]] + tallied, tallied)
            assert ("previous" in told) == bool(question["round"] > 1
                                                and question["results_shown"])
            assert (told["remaining_ms"] is None) == (not question["closes_at"])


Lesson.TestCase.settings = settings(max_examples=30, stateful_step_count=60, deadline=None,
                                    derandomize=True)
TestLesson = Lesson.TestCase
