"""Taking an answer back: what is empty counts nowhere, and no older tap brings it back."""

import csv
import io

import bs4
import classpulse
import pytest
from conftest import Respondent
from test_question_types import EXAMPLES


@pytest.fixture
def ask(db, presenter, session):
    """A function that opens a question of a type, as in EXAMPLES; the question."""
    def ask(type, **more):
        question_id = presenter.create_question(
            session["id"], type, **{**EXAMPLES[type].fields, **more} or {"x": ""})
        presenter.toggle(question_id)
        return classpulse.get_question(db, question_id)
    return ask


def values(db):
    """[(value, seq), ...] of all rows."""
    return [(row["response_value"], row["seq"]) for row in db.all(
        "SELECT response_value, seq FROM responses ORDER BY id")]


def says(fragment):
    return fragment.html.select_one(".saved, .problem").get_text(" ", strip=True)


def count(db, question):
    """How many answers each place knows of that counts or lists them."""
    stats = classpulse.get_question_stats(db, question["id"])
    session_id = question["session_id"]
    people = [person["id"] for person in classpulse.list_respondents(db, session_id)]
    return {
        "stats": stats["response_count"] + stats["late"] + stats["abstained"],
        "rows": sum(row["count"] for row in stats["results"]) + stats["more"],
        "projector": classpulse.count_votes(db, question)["response_count"],
        "finished": classpulse.count_finished(db, session_id),
        "control page": classpulse.list_questions_with_counts(db, session_id)[0]["responses"],
        "private view": len(classpulse.list_answers(db, question, people)),
        "deleting the question": classpulse.count_responses(db, question["id"]),
        "deleting the session": classpulse.count_session(db, session_id)["responses"],
        "file": len(classpulse.list_responses(db.reader, session_id).fetchall()),
    }


@pytest.mark.parametrize("type", EXAMPLES)
def test_an_answer_that_was_taken_back_counts_nowhere(db, presenter, respondent, ask, type):
    question = ask(type)
    respondent.respond(question["id"], *EXAMPLES[type].answers[0], seq=5)
    before = count(db, question)
    assert 0 not in before.values()
    assert says(respondent.respond(question["id"], clear=1, seq=6)) == "Answer cleared"
    assert count(db, question) == dict.fromkeys(before, 0)
    mine = respondent.state()["mine"][str(question["id"])]
    assert (mine["value"], mine["seq"], mine["result"], mine["verdict"]) == ("", 6, "", "")
    page = presenter.get(f"/questions/{question['id']}/export").body.decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(page))) == []


@pytest.mark.parametrize("type", EXAMPLES)
def test_an_older_tap_brings_nothing_back(db, respondent, ask, type):
    question = ask(type)
    respondent.respond(question["id"], clear=1, seq=6)     # before an older tap has arrived
    answer = respondent.respond(question["id"], *EXAMPLES[type].answers[0], seq=5)
    assert says(answer) == "Answer cleared"
    assert values(db) == [("", 6)]
    respondent.respond(question["id"], *EXAMPLES[type].answers[0], seq=7)
    assert values(db) == [(EXAMPLES[type].values[0], 7)]


@pytest.mark.parametrize("type", EXAMPLES)
def test_an_abstention_can_be_taken_back(db, respondent, ask, type):
    question = ask(type, abstain="1")
    respondent.respond(question["id"], classpulse.ABSTENTION)
    assert count(db, question)["stats"] == 2        # in response_count and in abstained
    respondent.respond(question["id"], clear=1)
    assert set(count(db, question).values()) == {0}


def test_nothing_ticked_takes_the_answer_back(db, respondent, ask):
    question = ask("select_all")
    respondent.respond(question["id"], "A", "C", seq=1)
    assert says(respondent.respond(question["id"], seq=2)) == "Answer cleared"
    assert values(db) == [("", 2)]


@pytest.mark.parametrize("type", [type for type in EXAMPLES if type != "select_all"])
@pytest.mark.parametrize("fields", [{}, {"clear": "0"}, {"clear": ""}], ids=str)
def test_only_clear_1_takes_back_what_is_not_ticked(db, respondent, ask, type, fields):
    question = ask(type)
    respondent.respond(question["id"], *EXAMPLES[type].answers[0])
    before = values(db)
    respondent.respond(question["id"], **fields, status=422)
    assert values(db) == before


def test_an_answer_sent_with_clear_is_an_answer(db, respondent, question):
    respondent.respond(question["id"], "A", clear=1)
    assert values(db) == [("A", None)]


@pytest.mark.parametrize("queued", [{}, {"queued": "1"}], ids=["now", "queued"])
@pytest.mark.parametrize("parts", [[], ["A"]], ids=["nothing", "A"])
def test_after_closing_nothing_is_taken_back(db, presenter, respondent, question, queued, parts):
    for part in parts:
        respondent.respond(question["id"], part, seq=1)
    respondent.state()
    presenter.toggle(question["id"], 0)
    before = db.all("SELECT * FROM responses")
    refused = respondent.respond(question["id"], clear=1, seq=2, status=409, **queued)
    assert "closed" in says(refused) and ("Your earlier answer stays" in says(refused)) == bool(
        parts)
    assert db.all("SELECT * FROM responses") == before


def test_an_answer_of_an_earlier_round_is_not_taken_back(db, presenter, session, respondent,
                                                         question):
    respondent.respond(question["id"], "A", round=1, seq=1)
    presenter.toggle(question["id"], 0)
    presenter.step(session["id"], "vote_again")
    respondent.respond(question["id"], clear=1, round=1, seq=2, queued=1, status=409)
    respondent.respond(question["id"], clear=1, round=2, seq=3)
    assert values(db) == [("A", 1), ("", 3)]


def test_a_late_answer_is_late_where_the_one_in_time_was_taken_back(db, presenter, respondent,
                                                                    question):
    respondent.respond(question["id"], "A", seq=1)
    respondent.respond(question["id"], clear=1, seq=2)
    presenter.toggle(question["id"], 0)
    assert "after voting closed" in says(
        respondent.respond(question["id"], "B", seq=3, queued=1))
    stats = classpulse.get_question_stats(db, question["id"])
    assert (stats["response_count"], stats["late"]) == (0, 1)


def test_what_was_taken_back_is_in_nobodys_way(db, presenter, session, respondent, question):
    respondent.respond(question["id"], "A")
    edit = {"title": "?", "options": "Paris\nLyon\nNizza"}
    presenter.post(f"/questions/{question['id']}/edit", edit, status=422)
    respondent.respond(question["id"], clear=1, shape=question["shape"])
    presenter.post(f"/questions/{question['id']}/edit", edit, status=303)
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Ä", "names": "optional"},
                   status=303)
    assert classpulse.find_old_answers(db, session["id"]) is None
    db.write(lambda db: db.execute("UPDATE responses SET updated_at = '2020-01-01T00:00:00'"))
    assert classpulse.find_old_answers(db, session["id"]) is None


def test_an_answer_to_a_question_that_changed_meanwhile_can_be_taken_back(db, presenter,
                                                                          respondent, question):
    presenter.post(f"/questions/{question['id']}/edit", {"title": "?", "options": "Ä\nÖ\nÜ"},
                   status=303)
    respondent.respond(question["id"], clear=1, seq=1, shape=question["shape"])
    assert values(db) == [("", 1)]


@pytest.mark.parametrize("type", EXAMPLES)
def test_an_answer_is_taken_back_without_scripts(db, respondent, ask, type):
    question = ask(type)
    audience = f"/audience/{respondent.code}"
    assert "hidden" in respondent.get(audience).html.select_one(".clear").attrs
    respondent.respond(question["id"], *EXAMPLES[type].answers[0])
    page = respondent.get(audience)
    assert "hidden" not in page.html.select_one(".clear").attrs
    page.forms[1].submit("clear", status=303)
    page = respondent.get(audience)
    assert page.html.select_one(".saved").get_text(strip=True) == "Answer cleared"
    assert "hidden" in page.html.select_one(".clear").attrs
    assert not page.html.select("[checked]")
    assert values(db) == [("", None)]


def test_a_class_hears_of_an_answer_that_was_taken_back(room, respondent, question):
    respondent.respond(question["id"], "A")
    assert room.live.current("results", question["id"]).content["response_count"] == 1
    respondent.respond(question["id"], clear=1)
    assert room.live.current("results", question["id"]).content["response_count"] == 0


def test_a_page_after_the_answer_says_nothing_of_one_that_was_taken_back(
        presenter, session, respondent, ask):
    question = ask("multiple_choice")
    respondent.respond(question["id"], "A")
    respondent.respond(question["id"], clear=1)
    presenter.toggle(question["id"], 0)
    presenter.step(session["id"], "show_results")
    presenter.step(session["id"], "show_answer")
    page = respondent.get(f"/audience/{respondent.code}").html
    assert page.select_one(".saved").get_text(strip=True) == "Answer cleared"
    assert page.select_one(".clear") is None


# What was understood

@pytest.mark.parametrize("type, sent, echo", [
    ("numeric", "6,02e23", "6.02 × 10²³"), ("numeric", "1.5", "1.5"),
    ("word_cloud", "»müde«", "müde"), ("multiple_choice", "A", ""), ("short_text", "Paris", "")])
def test_what_was_understood_stands_beside_saved_after_a_reload_as_well(
        presenter, session, respondent, type, sent, echo):
    fields = EXAMPLES[type].fields if type == "multiple_choice" else {"max_words": "1"}
    question_id = presenter.create_question(session["id"], type, **fields)
    presenter.toggle(question_id)
    answer = respondent.respond(question_id, sent)
    page = respondent.get(f"/audience/{respondent.code}")
    mine = respondent.state()["mine"][str(question_id)]
    fragment = bs4.BeautifulSoup(mine["html"], "html.parser")
    for receipt in (html.select_one(".saved") for html in (answer.html, page.html, fragment)):
        assert receipt.get_text(" ", strip=True).endswith(
            f"{f'Your answer: {echo}. ' if echo else ''}You can change it until voting closes.")


def test_a_number_that_can_be_read_in_two_ways_is_asked(db, presenter, session, respondent):
    question_id = presenter.create_question(session["id"], "numeric", unit="m")
    presenter.toggle(question_id)
    fragment = respondent.respond(question_id, "1.000", status=422)
    buttons = fragment.html.select(".problem button[data-reading]")
    assert [button["data-reading"] for button in buttons] == ["1000", "1.000e0"]
    path, value = f"/audience/respond/{question_id}", {0: "1000", 1: "1"}
    for place, expected in value.items():
        page = respondent.post(path, {"response": "1.000", "round": 1}, status=422)
        form = next(form for form in page.forms.values() if form.action == path)
        assert [field._value for field in form.fields["response"]] == ["1000", "1.000e0"]
        form.submit("response", index=place, status=303)
        assert values(db) == [(expected, None)]


def test_two_phones_take_back_and_answer_apart(db, question, session):
    first, second = Respondent(session["code"]), Respondent(session["code"])
    first.respond(question["id"], "A")
    second.respond(question["id"], "B")
    first.respond(question["id"], clear=1)
    stats = classpulse.get_question_stats(db, question["id"])
    assert {row["key"]: row["count"] for row in stats["results"]} == {"A": 0, "B": 1}
    assert stats["response_count"] == 1
