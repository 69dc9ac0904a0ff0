"""Both rounds of a question, and who changed their mind: the same as a count in plain Python."""

from collections import Counter

import classpulse
import pytest
from hypothesis import HealthCheck, given, settings, strategies

# {type: (form, other wording of it, values, those that are correct)}
TYPES = {
    "multiple_choice": ({"options": "Pari\n*Lyon\nBern"}, {"options": "Paris\n*Lyon\nBern"},
                        ["A", "B", "C"], ["B"]),
    "select_all": ({"options": "*Pari\nLyon\n*Bern"}, {"options": "*Paris\nLyon\n*Bern"},
                   ["A", "C", "A;C", "A;B;C"], ["A;C"]),
    "ranking": ({"options": "Pari\nLyon", "ordered": "1"}, {"options": "Paris\nLyon",
                                                            "ordered": "1"},
                ["A;B", "B;A"], ["A;B"]),
    "rating": ({"max_rating": "3"}, {"max_rating": "3", "low": "nie"}, ["1", "2", "3"], []),
    "numeric": ({"correct": "5", "tolerance": "1"}, {"correct": "5", "tolerance": "1"},
                ["4", "5", "6.5", "-70", "1000"], ["4", "5"]),
    "short_text": ({"accepted": "Paris"}, {"accepted": "Paris"},
                   ["Paris", "paris!", "Lyon", "LYON", "Bern"], ["Paris", "paris!"]),
}


def answers(values):
    """What somebody does in a round: how, and with which answer."""
    return strategies.one_of(
        strategies.tuples(strategies.just("in time"), strategies.sampled_from([*values, "-"])),
        strategies.tuples(strategies.sampled_from(["in time", "late", "cleared", "nothing"]),
                          strategies.sampled_from(values)))


def fold(value):
    """What equal spellings have in common."""
    return value.lower().strip("!")


def respond(db, question_id, respondent_id, how, value, now_late):
    """Do what somebody does while a round is open, or after it has closed."""
    if now_late and how == "late":
        classpulse.record_response(db, question_id, respondent_id, value, queued=True)
    elif not now_late and how in ("in time", "cleared"):
        classpulse.record_response(db, question_id, respondent_id, value)
        if how == "cleared":
            classpulse.record_response(db, question_id, respondent_id, "")


def hold_round(db, question_id, class_, number, hands):
    for late in (False, True):
        if late:
            classpulse.close_questions(db, classpulse.get_question(db, question_id)["session_id"])
        for respondent_id, (_, *rounds) in class_.items():
            respond(db, question_id, respondent_id, *rounds[number], late)
    for key, count in hands.items():
        classpulse.count_hands(db, question_id, key, count)


def count(class_, number, admitted=False):
    """The answers of a round that count, in plain Python."""
    counted = ["in time", "late"] if admitted else ["in time"]
    return [rounds[number][1] for left_out, *rounds in class_.values()
            if rounds[number][0] in counted and not left_out]


@pytest.mark.parametrize("type", TYPES)
@settings(max_examples=25, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=strategies.data())
def test_two_rounds_and_their_pairs_are_those_of_a_plain_count(db, presenter, session, type, data):
    form, reworded, values, correct = TYPES[type]
    kind, draw = classpulse.QUESTION_TYPES[type], data.draw
    people = draw(strategies.lists(strategies.tuples(
        strategies.sampled_from([False] * 5 + [True]), answers(values), answers(values)),
        max_size=14))
    keys = {"rating": "123", "ranking": "", "numeric": "", "short_text": ""}.get(type, "ABC")
    tallies = strategies.dictionaries(strategies.sampled_from(keys or "A"),
                                      strategies.integers(0, 3)) if keys else strategies.just({})
    hands = [draw(tallies), draw(tallies)]
    admitted, edited = draw(strategies.booleans()), draw(strategies.booleans())
    hidden = type == "short_text" and draw(strategies.booleans())
    question_id = presenter.create_question(session["id"], type, abstain="1", **form)
    class_ = {f"{question_id}-{number}": person for number, person in enumerate(people)}

    def hold(db):
        for respondent_id in class_:
            classpulse.ensure_respondent(db, session["id"], respondent_id)
        classpulse.toggle_question_status(db, question_id, True)
        hold_round(db, question_id, class_, 0, hands[0])
        classpulse.start_round(db, classpulse.get_question(db, question_id))
        hold_round(db, question_id, class_, 1, hands[1])
        for respondent_id, (left_out, *_) in class_.items():
            classpulse.set_left_out(db, session["id"], [respondent_id], left_out)
        if hidden:
            classpulse.hide_text(db, question_id, "lyon", True)
        if admitted:
            classpulse.admit_late(db, question_id)
    db.write(hold)
    if edited:
        presenter.post(f"/questions/{question_id}/edit", {
            "title": "Welche Größe?", "abstain": "1", **reworded}, status=303)
    db.write(classpulse.set_shown, question_id, True)
    told = classpulse.results_message(db, classpulse.classroom.live, question_id)

    assert told["previous"]["round"] == 1
    for number, stats in enumerate([told["previous"], told]):
        given = count(class_, number, admitted and number == 1)
        assert stats["response_count"] == len(given)
        assert stats["abstained"] == given.count("-")
        assert stats["tallied"] == sum(hands[number].values())
        parts = Counter(fold(part) for value in given if value != "-"
                        for part in kind.split(value)) + Counter(hands[number])
        if type == "short_text":
            if hidden:
                del parts["lyon"]
            assert {fold(row["label"]): row["count"] for row in stats["results"]
                    if row["count"]} == parts
        elif type == "numeric":
            assert sum(row["count"] for row in stats["results"]) == parts.total()
        elif type != "ranking":
            assert {row["key"].lower(): row["count"] for row in stats["results"]} == {
                key.lower(): parts[key.lower()] + parts[key.upper()] * (key.upper() != key.lower())
                for key in keys}
    if type in ("multiple_choice", "select_all", "rating", "numeric"):
        assert [row["key"] for row in told["results"]] == [
            row["key"] for row in told["previous"]["results"]]

    pairs = [(first[1], second[1]) for left_out, first, second in class_.values()
             if not left_out and first[0] == second[0] == "in time"]
    changed = sum(fold(before) != fold(after) for before, after in pairs)
    assert told["paired"] == {"n": len(pairs), "changed": changed}

    db.write(lambda db: classpulse.set_shown(db, question_id, True, answer=True))
    paired = classpulse.results_message(db, classpulse.classroom.live, question_id)["paired"]
    judged = Counter(("wrong", "right")[before in correct] + "_" + (
        "wrong", "right")[after in correct] for before, after in pairs)
    names = ["right_right", "wrong_right", "right_wrong", "wrong_wrong"]
    assert paired == {"n": len(pairs), "changed": changed, **(
        {name: judged[name] for name in names} if len(pairs) >= 5 and correct else {})}
