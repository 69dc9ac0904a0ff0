"""What the private view and the results page tell of a first vote, and of two rounds."""

import random
from collections import Counter

import classpulse
import pytest
from conftest import Respondent

QUIZ = {"options": "Block\nBoth\n*Sphere\nMass", "discuss": "1", "abstain": "1"}
HINTS = ["explain it again", "A discussion usually helps", "you can go on"]


class Lesson:
    """A session with a question that is discussed, and phones that answer it."""

    def __init__(self, presenter, type="multiple_choice", names="no", **fields):
        self.presenter, self.phones = presenter, []
        self.session = classpulse.get_session(classpulse.classroom.db,
                                              presenter.create_session(names=names))
        self.id = presenter.create_question(self.session["id"], type, **(fields or QUIZ))
        self.step("ask")

    def step(self, *actions):
        for action in actions:
            self.presenter.step(self.session["id"], action)

    def vote(self, answers):
        """Each phone answers, in order; None: it does not."""
        while len(self.phones) < len(answers):
            self.phones.append(Respondent(self.session["code"]))
        for phone, answer in zip(self.phones, answers):
            if answer:
                phone.respond(self.id, *answer.split(";"))

    def vote_twice(self, first, second):
        self.vote(first)
        self.step("close", "discuss", "vote_again")
        self.vote(second)

    def look(self, page="private"):
        return self.presenter.get(f"/questions/{self.id}/{page}").html

    def rows(self, page="private"):
        """The cells of each row, without those that count hands."""
        return [[cell.get_text(" ", strip=True) for cell in row.select("td:not(.hands-cell)")]
                for row in self.look(page).select(".answer-rows tbody tr")]

    def changes(self, page="private"):
        """The cells of the paired table."""
        return [[cell.get_text(" ", strip=True) for cell in row.select("td")]
                for row in self.look(page).select(".paired tbody tr")]


@pytest.fixture
def lesson(presenter):
    presenter.be_alone()
    return lambda *type, **fields: Lesson(presenter, *type, **fields)


# The first vote

@pytest.mark.parametrize("type, fields, answer", [
    ("multiple_choice", QUIZ, "C"), ("select_all", QUIZ, "A;C"),
    ("rating", {"discuss": "1"}, "4"), ("ranking", {"options": "x\ny", "discuss": "1"}, "B;A"),
    ("numeric", {"unit": "km", "correct": "471147", "discuss": "1"}, "471147")])
def test_a_first_vote_that_is_running_is_seen_by_nobody(lesson, presenter, type, fields, answer):
    first = lesson(type, **fields)
    first.vote([answer] * 3)
    for path in (f"/questions/{first.id}/private", f"/questions/{first.id}/results",
                 f"/sessions/{first.session['id']}"):
        page = presenter.get(path)
        assert "The first vote is running" in page.text and "471147" not in page.text
        assert not page.html.select("meter, .moderation, [data-chart], .advice")
        assert not page.html.select(".answer-rows td:not(.hands-cell)")
    assert presenter.get(f"/questions/{first.id}/results").html.select_one(
        "[data-answered]").get_text() == "3"
    presenter.get(f"/questions/{first.id}/who?key=C", status=403)
    first.step("close")
    assert "The first vote is running" not in first.look().get_text()
    assert first.rows() and first.look("results").select("[data-chart]")


def test_names_do_not_tell_how_they_voted_first(lesson):
    first = lesson("numeric", names="required", discuss="1", unit="")
    code = first.session["code"]
    phone = Respondent(code)
    phone.post(f"/audience/{code}/name", {"name": "Zoë"}, status=303)
    phone.respond(first.id, "471147")
    students = first.look().select_one("#students").get_text()
    assert "Zoë" in students and "471147" not in students
    first.step("close")
    assert "471147" in first.look().select_one("#students").get_text()


def test_hands_can_be_counted_during_a_first_vote(lesson, presenter):
    first = lesson()
    presenter.post(f"/api/questions/{first.id}/tally", {"key": "B", "count": "4"}, status=303)
    assert [text.get_text() for text in first.look().select("output")] == [
        "0 hands", "4 hands", "0 hands", "0 hands"]
    assert first.rows() == [[]] * 4


@pytest.mark.parametrize("correct, hint", [(6, 0), (7, 1), (14, 1), (15, 2)])
def test_after_the_first_vote_a_hint_names_the_share_and_what_helps(lesson, correct, hint):
    first = lesson()        # of 20: 30 %, 35 %, 70 % and 75 %
    first.vote(["C"] * correct + ["A"] * (20 - correct))
    assert not first.look().select(".advice")
    first.step("close")
    for _ in range(2):
        text = first.look().select_one(".advice").get_text()
        assert f"{5 * correct} % answered correctly." in text and HINTS[hint] in text
        first.step("discuss")
    first.step("vote_again")
    assert not first.look().select(".advice")


def test_there_is_no_hint_without_a_correct_answer_or_votes_or_beside_the_class(
        lesson, presenter):
    for fields, answers in (({"options": "a\nb", "discuss": "1"}, ["A"]), (QUIZ, []),
                            (QUIZ, ["-"]), ({"options": "a\n*b"}, ["A"])):
        first = lesson("multiple_choice", **fields)
        first.vote(answers)
        first.step("close")
        assert not first.look().select(".advice")
    first = lesson()
    first.vote(["C"])
    first.step("close", "discuss")
    assert first.look().select(".advice")
    told = classpulse.to_json([presenter.now(first.session["id"]), first.phones[0].state(),
                               classpulse.results_message(classpulse.classroom.db,
                                                          classpulse.classroom.live, first.id)])
    presenter.be_alone(0)
    told += str(first.look()) + str(first.look("results"))
    assert not [hint for hint in HINTS if hint in told] and "100 % answered" not in told


# Two rounds

def test_both_rounds_stand_in_one_table(lesson):
    two = lesson()
    two.vote_twice("ABBCC", "CBCCCC")
    assert two.rows() == two.rows("results") == [
        ["20 % 1", "0 % 0", "−20"], ["40 % 2", "17 % 1", "−23"], ["40 % 2", "83 % 5", "+43"],
        ["0 % 0", "0 % 0", "0"]]
    assert "Round 1" not in [title.get_text() for title in two.look("results").select("h2")]


def test_mean_places_and_bins_stand_beside_each_other(lesson):
    ranked = lesson("ranking", options="x\ny", discuss="1")
    ranked.vote_twice(["A;B", "A;B"], ["B;A", "A;B"])
    assert ranked.rows() == [["1.0", "1.5", "+0.5"], ["2.0", "1.5", "−0.5"]]
    numbers = lesson("numeric", discuss="1", unit="km")
    numbers.vote_twice(["5", "7"], ["7", "7", "9"])
    assert numbers.rows() == [["50 % 1", "0 % 0", "−50"], ["50 % 1", "67 % 2", "+17"],
                              ["0 % 0", "33 % 1", "+33"]]
    assert "Round 1: median 6" in numbers.look().get_text()


def test_the_paired_table_counts_who_voted_twice_in_time(lesson, presenter):
    two = lesson()
    two.vote_twice("CCAABC", ["C", "A", "C", "C", "D", None, "C"])
    presenter.post(f"/api/questions/{two.id}/tally", {"key": "C", "count": "9"}, status=303)
    assert two.changes() == [["1 20 %", "1 20 %"], ["2 40 %", "1 20 %"]]
    assert "4 of the 5 students who voted in both rounds changed their answer." in \
        two.look().get_text()


def test_random_rounds_are_paired_as_a_plain_count_does(lesson):
    chance = random.Random(4)
    two = lesson()
    rounds = [[chance.choice(["A", "B", "C", "D", "-", None]) for _ in range(30)]
              for _ in range(2)]
    two.vote_twice(*rounds)
    pairs = Counter((before == "C", after == "C") for before, after in zip(*rounds)
                    if before and after)
    assert [[int(cell.split()[0]) for cell in row] for row in two.changes()] == [
        [pairs[before, after] for after in (True, False)] for before in (True, False)]


def test_the_class_sees_the_paired_table_only_with_the_answer(lesson, presenter):
    two = lesson()
    two.vote_twice("AAAAB", "CCCCB")
    presenter.be_alone(0)
    assert not two.look("results").select(".changes, .answer-rows")
    two.step("reveal")
    assert "4 of the 5 students" in two.look("results").get_text() and not two.changes("results")
    two.step("show_answer")
    assert two.changes("results") == [["0 0 %", "0 0 %"], ["4 80 %", "1 20 %"]]


def test_fewer_than_five_pairs_are_not_told(lesson):
    for type, fields in (("multiple_choice", QUIZ), ("rating", {"discuss": "1"})):
        answers = {"multiple_choice": ("AAAA", "CCCC"), "rating": ("1111", "2222")}[type]
        two = lesson(type, **fields)
        two.vote_twice(*answers)
        text = two.look().select_one(".changes").get_text()
        assert "Fewer than 5 students voted in both rounds" in text
        assert not two.look().select(".paired, .changes li")


def list_moves(lesson):
    return [" ".join(line.get_text(" ", strip=True).split())
            for line in lesson.look().select(".changes li")]


def test_without_a_correct_answer_the_most_frequent_changes_are_told_in_words(lesson):
    two = lesson("multiple_choice", options="Block\nKugel\nC", discuss="1", abstain="1")
    two.vote_twice("AAABBC-", "BBAACCA")
    assert list_moves(two) == ["A, Block → B, Kugel 2", "“I don't know” → A, Block 1",
                               "B, Kugel → A, Block 1", "B, Kugel → C 1"]
    assert "5 of the 7 students" in two.look().get_text()


def test_a_long_list_of_changes_ends_with_how_many_more(lesson):
    two = lesson("select_all", options="a\nb\nc\nd", discuss="1")
    two.vote_twice(["A"] * 13, ["B", "C", "D", "A;B", "A;C", "A;D", "B;C", "B;D", "C;D", "A;B;C",
                                "A;B;D", "A;C;D", "B"])
    moves = list_moves(two)
    assert moves[0] == "A, a → B, b 2" and len(moves) == 11 and moves[-1] == "and 2 more"


def test_of_many_numbers_only_how_many_changed_is_told(lesson):
    for second, moves in ((range(2, 8), 6), (range(1, 700, 101), 0)):
        two = lesson("numeric", discuss="1", unit="")
        two.vote_twice("111111", [str(number + 1) for number in second][:6])
        assert len(list_moves(two)) == moves
        assert "6 of the 6 students" in two.look().get_text()


# In the browser

def test_the_results_page_shows_the_first_vote_once_it_is_closed(server, teacher, open_browser,
                                                                 open_page):
    question_id = teacher.ask("multiple_choice", "Was?", **QUIZ)
    teacher.post("/alone", {"alone": "1"})
    page = open_page(f"{server.lan}/questions/{question_id}/results", **teacher.options())
    phone = open_browser()
    phone.post("/join", {"code": teacher.code})
    phone.post(f"/audience/respond/{question_id}", {"response": "C"})
    page.locator("[data-answered]", has_text="1").wait_for()
    page.get_by_text("The first vote is running").wait_for()
    assert page.locator("meter, [data-chart]").count() == 0
    teacher.toggle(question_id, 0)
    page.locator(".advice", has_text="100 % answered correctly.").wait_for()
    page.locator("[data-chart] canvas").wait_for()
    teacher.post(f"/api/questions/{question_id}/tally", {"key": "B", "count": "4"})
    page.locator("[data-tallied]", has_text=", 4 hands").wait_for()
