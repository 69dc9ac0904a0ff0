"""Somebody who votes more than once: a hint for the presenter, and votes left out."""

import csv
import io

import classpulse
import pytest
from conftest import Respondent


@pytest.fixture
def phones(session, question):
    """Three phones with two addresses, which answered A, A and B."""
    phones = [Respondent(session["code"]) for _ in range(3)]
    for phone, address, key in zip(phones, ("10.0.0.5", "10.0.0.5", "10.0.0.6"), "AAB"):
        phone.http.extra_environ["REMOTE_ADDR"] = address
        phone.respond(question["id"], key)
    return phones


def get_private(presenter, question):
    presenter.be_alone()
    return presenter.get(f"/questions/{question['id']}/private").html


def get_counts(db, question):
    stats = classpulse.get_question_stats(db, question["id"])
    return [row["count"] for row in stats["results"]], stats["response_count"]


def test_the_hint_counts_respondents_and_addresses(presenter, question, phones):
    page = get_private(presenter, question)
    assert "3 students on 2 devices or networks" in page.get_text()
    assert [item.bdi.get_text() for item in page.select(".people li")] == [
        "Student 1", "Student 2"]
    assert "shares an address" in page.select_one(".people li").get_text()


def test_one_address_for_all_is_no_hint(presenter, question, make_respondent):
    for _ in range(2):
        make_respondent().respond(question["id"], "A")
    assert not get_private(presenter, question).select(".people")


def test_the_hint_is_not_for_the_class(presenter, session, question, phones):
    presenter.be_alone(0)
    assert "networks." not in presenter.get(f"/sessions/{session['id']}").html.select_one(
        "#students").get_text()
    assert "networks" not in presenter.get(f"/present/{session['id']}").text


def test_votes_are_left_out_of_every_count_and_come_back(db, presenter, session, question, phones):
    assert get_counts(db, question) == ([2, 1], 3)
    presenter.be_alone()
    form = presenter.get(f"/questions/{question['id']}/results").forms
    form = next(form for form in form.values() if form.action.endswith("/people"))
    form.submit("leave_out", index=0, status=303)
    assert get_counts(db, question) == ([1, 1], 2)
    now = presenter.now(session["id"])
    assert (now["response_count"], now["joined"], now["expected"]) == (2, 2, 2)
    assert classpulse.list_questions_with_counts(db, session["id"])[0]["responses"] == 2
    rows = presenter.get(f"/questions/{question['id']}/export").body.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(rows)))) == 2
    phones[0].respond(question["id"], "B")      # goes on as before, and is told nothing
    assert get_counts(db, question) == ([1, 1], 2)

    page = get_private(presenter, question)
    back = page.select_one(".people button[name=count]")["value"]
    presenter.htmx(f"/api/questions/{question['id']}/people", {"count": back})
    assert get_counts(db, question) == ([1, 2], 3)


def test_who_only_looks_in_is_not_remembered(room, session, visitor):
    for _ in range(3):
        phone = Respondent(session["code"])
        phone.http.extra_environ["REMOTE_ADDR"] = "10.0.0.9"
        phone.get(f"/audience/{session['code']}")
    assert not room.live.addresses and not room.live.stored


def test_only_respondents_of_the_session_can_be_left_out(
        db, presenter, other_presenter, question, phones):
    path = f"/api/questions/{question['id']}/people"
    presenter.post(path, {"leave_out": "somebody"}, status=404)
    presenter.post(path, {}, status=404)
    known = db.one("SELECT id FROM respondents")["id"]
    other_presenter.post(path, {"leave_out": known}, status=404)
    assert get_counts(db, question) == ([2, 1], 3)


def test_a_lecture_hall_is_not_listed_whole(db, presenter, session, question, phones, monkeypatch):
    monkeypatch.setitem(classpulse.VIEW_HELPERS, "LISTED_MAX", 1)
    people = get_private(presenter, question).select_one(".people")
    assert len(people.select("li")) == 1 and "and 1 more" in people.get_text()
