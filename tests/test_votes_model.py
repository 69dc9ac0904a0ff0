"""Votes, rounds, crashes and restarts in any order: the counts are those of a plain model."""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import classpulse
import pytest
from conftest import Presenter, Respondent
from hypothesis import settings, strategies
from hypothesis.stateful import (Bundle, RuleBasedStateMachine, initialize, invariant,
                                 precondition, rule)

LETTERS = "ABC"
letters = strategies.sampled_from(LETTERS)


class Lesson(RuleBasedStateMachine):
    """A session with one question, and beside it what should be stored: {(round, phone): answer}.

    A model answer is [letter, whether it was late].
    """
    phones = Bundle("phones")

    @initialize()
    def begin(self):
        self.root, self.lives = Path(tempfile.mkdtemp()), 0
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(classpulse.Exports, "write", lambda *_: None)    # files are others'
        classpulse.classroom.open(self.root / "0")
        self.presenter = Presenter(classpulse.classroom.db)
        self.session_id = self.presenter.create_session()
        self.question_id = self.presenter.create_question(self.session_id,
                                                          options="\n".join(LETTERS))
        self.code = classpulse.get_session(classpulse.classroom.db, self.session_id)["code"]
        self.answers, self.round, self.taps = {}, 1, 0
        self.session_open, self.open, self.opened = True, False, False
        self.steps, self.came, self.closed = 0, {}, {}      # {phone: step}, {round: step}
        self.real_now, self.moments = classpulse.now, 0
        self.patch.setattr(classpulse, "now", self.now)

    def now(self):
        """Moments that differ, however quickly things happen."""
        self.moments += 1
        return classpulse.time_in(after=self.real_now(), milliseconds=self.moments)

    def close(self):
        """What a closing changes, if the question was open."""
        if self.open:
            self.steps += 1
            self.open, self.closed[self.round] = False, self.steps

    def teardown(self):
        classpulse.classroom.close()
        self.patch.undo()
        shutil.rmtree(self.root)

    # The audience

    @rule(target=phones)
    @precondition(lambda self: self.session_open)
    def join(self):
        phone = Respondent(self.code)
        phone.state()
        self.steps += 1
        self.came[phone] = self.steps
        return phone

    @rule(phone=phones, letter=letters)
    def vote(self, phone, letter):
        self.send(phone, letter, 200 if self.open else 409 if self.opened else 404)
        if self.open:
            self.answers[self.round, phone] = [letter, False]

    @rule(phone=phones, queued=strategies.booleans())
    def take_back(self, phone, queued):
        self.send(phone, None, 200 if self.open else 409 if self.opened else 404, clear="1",
                  **({"queued": "1"} if queued else {}))
        if self.open:
            self.answers.pop((self.round, phone), None)

    @rule(phone=phones, letter=letters, back=strategies.integers(0, 2))
    def send_what_was_kept(self, phone, letter, back):
        round = max(1, self.round - back)
        if round == self.round and not self.opened:
            return self.send(phone, letter, 404, queued="1")
        in_time = self.open and round == self.round
        if not in_time and self.came[phone] > self.closed[round]:
            return self.send(phone, letter, 403, round=round, queued="1")
        self.send(phone, letter, 200, round=round, queued="1")
        if in_time or self.answers.get((round, phone), ["", True])[1]:
            self.answers[round, phone] = [letter, not in_time]

    @rule(phone=phones, letter=letters)
    @precondition(lambda self: self.open)
    def send_twice(self, phone, letter):
        self.vote(phone, letter)
        self.taps -= 1
        self.send(phone, "A", 200)      # the same tap: whatever it says, nothing changes

    def send(self, phone, letter, status, round=None, **fields):
        self.taps += 1
        phone.respond(self.question_id, *([letter] if letter else []), status=status,
                      round=round or self.round, seq=self.taps, **fields)

    # The presenter

    @rule(active=strategies.sampled_from([0, 1]))
    @precondition(lambda self: self.session_open)
    def open_or_close(self, active):
        self.presenter.toggle(self.question_id, active)
        if not active:
            self.close()
        self.open, self.opened = bool(active), self.opened or bool(active)

    @rule()
    @precondition(lambda self: self.session_open and self.opened and not self.open)
    def vote_again(self):
        self.presenter.step(self.session_id, "vote_again")
        self.open, self.round = True, self.round + 1

    @rule(active=strategies.sampled_from([0, 1]))
    def open_or_close_session(self, active):
        self.presenter.post(f"/api/sessions/{self.session_id}/toggle", {"active": active},
                            status=303)
        if not active:
            self.close()
        self.session_open = bool(active)

    # The laptop

    @rule()
    def restart(self):
        classpulse.classroom.close()
        classpulse.classroom.open(classpulse.classroom.folder)

    @rule()
    def crash(self):
        """Go on with the files as they are while the program runs; nothing is finished."""
        self.lives += 1
        left = self.root / str(self.lives)
        left.mkdir()
        for name in ("classpulse.db", "classpulse.db-wal"):
            shutil.copy(classpulse.classroom.folder / name, left)
        classpulse.classroom.close()
        classpulse.classroom.open(left)

    @invariant()
    def counts_are_the_models(self):
        db = classpulse.classroom.db
        stats = classpulse.get_question_stats(db, self.question_id)
        mine = [answer for (round, _), answer in self.answers.items() if round == self.round]
        in_time = Counter(letter for letter, late in mine if not late)
        assert {row["key"]: row["count"] for row in stats["results"]} == {
            letter: in_time[letter] for letter in LETTERS}
        assert (stats["response_count"], stats["late"]) == (
            in_time.total(), len(mine) - in_time.total())
        stored = classpulse.list_responses(db.reader, self.session_id, self.question_id)
        assert sorted((row["round"], row["response_value"], bool(row["late"]))
                      for row in stored) == sorted(
            (round, letter, late) for (round, _), (letter, late) in self.answers.items())
        question = classpulse.get_question(db, self.question_id)
        assert (bool(question["active"]), question["round"]) == (self.open, self.round)


Lesson.TestCase.settings = settings(max_examples=30, stateful_step_count=30, deadline=None,
                                    derandomize=True)
TestLesson = Lesson.TestCase
