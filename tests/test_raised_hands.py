"""Raised hands: students without a phone count."""

import classpulse
import pytest


def hands(presenter, question_id, key, count, status=303, **fields):
    presenter.post(f"/api/questions/{question_id}/tally",
                   {"key": key, "count": count, **fields}, status=status)


def test_hands_are_in_counts_and_shares_and_told_apart(db, presenter, session, respondent):
    question_id = presenter.create_question(session["id"], options="*Ja\nNein", abstain="1")
    presenter.step(session["id"], "ask")
    respondent.respond(question_id, "A")
    hands(presenter, question_id, "B", 5)
    hands(presenter, question_id, "B", 3)       # replaces the number
    stats = classpulse.get_question_stats(db, question_id)
    assert [(row["count"], row["tallied"], row["percent"]) for row in stats["results"]] == [
        (1, 0, 25), (3, 3, 75)]
    assert (stats["response_count"], stats["tallied"], stats["total"]) == (1, 3, 4)
    for action in ("close", "show_results", "show_answer"):
        presenter.step(session["id"], action)
    assert "25 % got it" in presenter.now(session["id"])["html"]


def test_hands_for_several_options_are_as_few_people_as_possible(db, presenter, session,
                                                                 respondent):
    question_id = presenter.create_question(session["id"], "select_all", options="A\nB\nC")
    presenter.step(session["id"], "ask")
    respondent.respond(question_id, "A", "B")
    hands(presenter, question_id, "A", 3)
    hands(presenter, question_id, "C", 2)
    stats = classpulse.get_question_stats(db, question_id)
    assert [(row["count"], row["percent"]) for row in stats["results"]] == [
        (4, 100), (1, 25), (2, 50)]


def test_a_ratings_mean_has_them_too(db, presenter, session, respondent):
    question_id = presenter.create_question(session["id"], "rating")
    presenter.step(session["id"], "ask")
    respondent.respond(question_id, "5")
    hands(presenter, question_id, "2", 2)
    stats = classpulse.get_question_stats(db, question_id)
    assert (stats["average"], stats["median"]) == (3, 2)


@pytest.mark.parametrize("fields, status", [
    ({"key": "Z"}, 422), ({"key": ""}, 422), ({"count": ""}, 422), ({"count": "-1"}, 422),
    ({"count": "1000"}, 422), ({"round": "2"}, 409), ({"round": "1"}, 303)])
def test_what_is_no_count_of_hands_is_refused(presenter, session, fields, status):
    question_id = presenter.create_question(session["id"])
    presenter.step(session["id"], "ask")
    hands(presenter, question_id, **{"key": "A", "count": "1", "status": status, **fields})


def test_they_are_counted_from_the_opening_until_the_answer_is_shown(presenter, session):
    question_id = presenter.create_question(session["id"], options="*Ja\nNein")
    hands(presenter, question_id, "A", 1, status=409)
    for action, status in (("ask", 303), ("close", 303), ("show_results", 303),
                           ("show_answer", 409)):
        presenter.step(session["id"], action)
        hands(presenter, question_id, "A", 1, status=status)


@pytest.mark.parametrize("type", ["numeric", "ranking", "short_text", "open_text", "word_cloud"])
def test_other_types_have_none(presenter, session, type):
    fields = {"ranking": {"options": "A\nB"}}.get(type, {"title": "Was?"})
    question_id = presenter.create_question(session["id"], type, **{"title": "Was?", **fields})
    presenter.step(session["id"], "ask")
    hands(presenter, question_id, "A", 1, status=422)


def test_each_round_has_its_own(db, presenter, session):
    question_id = presenter.create_question(session["id"])
    presenter.step(session["id"], "ask")
    hands(presenter, question_id, "A", 4)
    for action in ("close", "vote_again"):
        presenter.step(session["id"], action)
    assert classpulse.get_question_stats(db, question_id)["tallied"] == 0
    hands(presenter, question_id, "B", 2)
    presenter.step(session["id"], "reveal")
    told = classpulse.results_message(db, classpulse.classroom.live, question_id)
    assert (told["tallied"], told["previous"]["tallied"], told["paired"]["n"]) == (2, 4, 0)


def test_hands_keep_the_meaning_of_the_options(db, presenter, session):
    question_id = presenter.create_question(session["id"], options="Katze\nHund")
    presenter.step(session["id"], "ask")
    hands(presenter, question_id, "A", 5)
    page = f"/questions/{question_id}/edit"
    presenter.post(page, {"title": "Welche?", "options": "Hund\nKatze"}, status=422)
    presenter.post(page, {"title": "Welche?", "options": "Katze\nHunde"}, status=303)
    hands(presenter, question_id, "A", 0)
    presenter.post(page, {"title": "Welche?", "options": "Hunde\nKatze"}, status=303)


def test_odd_hands_harm_no_message(db, presenter, session):
    question_id = presenter.create_question(session["id"], "rating")
    presenter.step(session["id"], "ask")
    db.write(lambda db: [db.execute("INSERT INTO tallies VALUES (?, 1, ?, ?, '')",
                                    (question_id, key, count))
                         for key, count in (("x", 3), ("2", 3_000_000))])
    stats = classpulse.get_question_stats(db, question_id)
    assert stats["tallied"] == stats["results"][1]["count"] == 999
