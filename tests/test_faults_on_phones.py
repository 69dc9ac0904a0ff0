"""Faults of phones and presenter pages that must stay small: one odd thing costs itself."""

import classpulse
import pytest


# A question that was edited while an answer was on its way

def shape_in(page):
    return page.html.select_one("[name=shape]")["value"]


def edit(presenter, question, **fields):
    presenter.post(f"/questions/{question['id']}/edit",
                   {"title": question["title"], "options": "Paris\nLyon", **fields}, status=303)


def test_the_shape_changes_with_an_edit_before_answers_and_with_none_after(
        presenter, question, respondent, make_respondent):
    page = f"/audience/{respondent.code}"
    shapes = [shape_in(respondent.get(page))]
    for fields in ({}, {"options": "Lyon\nParis"}, {"title": "Welche Stadt?"}):
        edit(presenter, question, **fields)
        shapes.append(shape_in(respondent.get(page)))
    assert shapes[1] == shapes[0]       # nothing was changed
    assert len(set(shapes)) == 3
    edit(presenter, question)
    shape = shape_in(respondent.get(page))
    respondent.respond(question["id"], "A", shape=shape)
    edit(presenter, question, title="Große Stadt?", options="Paris!\nLyon")
    assert shape_in(respondent.get(page)) == shape
    make_respondent().respond(question["id"], "B", shape=shape)


def test_an_answer_without_a_shape_is_not_checked(db, presenter, question, respondent):
    edit(presenter, question, options="Lyon\nParis")
    respondent.respond(question["id"], "A")
    assert classpulse.get_question_stats(db, question["id"])["response_count"] == 1


@pytest.mark.parametrize("shape", ["99", "-1", "x", "ä" * 1000, "0 ", "1e0"])
def test_an_odd_shape_is_another_one(db, question, respondent, shape):
    answer = respondent.respond(question["id"], "A", shape=shape, status=422)
    assert answer.html.select_one(".problem")
    assert answer.html.select_one("section[data-question-id] form [name=shape]")
    assert classpulse.get_question_stats(db, question["id"])["response_count"] == 0


def test_an_answer_that_is_none_any_more_is_refused_with_the_new_form(
        presenter, session, make_respondent):
    question_id = presenter.create_question(session["id"], options="A\nB\nC")
    presenter.toggle(question_id)
    phone = make_respondent()
    shape = shape_in(phone.get(f"/audience/{phone.code}"))
    presenter.post(f"/questions/{question_id}/edit", {"title": "?", "options": "A\nB"}, status=303)
    answer = phone.respond(question_id, "C", shape=shape, status=422)
    assert [field["value"] for field in answer.html.select("[type=radio]")] == ["A", "B"]


def test_a_question_that_changes_while_its_answer_is_written_takes_none(db, question):
    shape = str(question["shape"])
    db.write(classpulse.update_question, question["id"], {"title": "?", "options": [
        dict(question["options"][1], key="A"), dict(question["options"][0], key="B")]})
    with pytest.raises(classpulse.Changed):
        db.write(classpulse.record_response, question["id"], "wer", "A", None, None, False,
                 shape)
    assert classpulse.get_question_stats(db, question["id"])["response_count"] == 0


@pytest.mark.parametrize("type, sent", [("multiple_choice", ["B"]), ("select_all", ["A", "B"]),
                                        ("ranking", ["B", "A"])])
def test_a_plain_form_of_another_shape_is_shown_again_with_the_choice_and_the_new_text(
        presenter, session, respondent, type, sent):
    question_id = presenter.create_question(session["id"], type, options="Paris\nLyon")
    presenter.toggle(question_id)
    shape = shape_in(respondent.get(f"/audience/{respondent.code}"))
    presenter.post(f"/questions/{question_id}/edit", {"title": "?", "options": "Lyon\nParis"},
                   status=303)
    page = respondent.post(f"/audience/respond/{question_id}",
                           [("response", key) for key in sent] + [("shape", shape)], status=422)
    assert "has changed this question" in page.html.select_one(".problem").text
    assert shape_in(page) != shape
    kept = [field["value"] for field in page.html.select("[checked], option[selected]")]
    assert kept == sent
    again = [("response", key) for key in sent] + [("shape", shape_in(page))]
    respondent.post(f"/audience/respond/{question_id}", again, status=303)


@pytest.mark.parametrize("sent", [["Z"], ["A", "A"], ["B"], [], ["A", "B", "C"], ["-"]])
def test_an_odd_ranking_from_a_plain_form_shows_the_form_again(
        presenter, session, respondent, sent):
    question_id = presenter.create_question(session["id"], "ranking", options="Paris\nLyon")
    presenter.toggle(question_id)
    page = respondent.post(f"/audience/respond/{question_id}",
                           [("response", key) for key in sent], status=422)
    shown = [item["data-key"] for item in page.html.select("[data-sortable] li")]
    assert sorted(shown) == ["A", "B"]
