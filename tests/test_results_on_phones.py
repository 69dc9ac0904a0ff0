"""Results on the phones: only where the session wants it, after the projector, and no texts."""

import classpulse
import pytest
from conftest import Respondent


@pytest.fixture
def sid(presenter):
    """The id of a session that shows results on phones, too."""
    created = presenter.post("/sessions/new", {"name": "Physik", "on_phones": "1"}, status=303)
    return int(created.location.rsplit("/", 1)[1])


@pytest.fixture
def phone(db, sid):
    return Respondent(classpulse.get_session(db, sid)["code"])


def ask(presenter, sid, type="multiple_choice", **fields):
    question_id = presenter.create_question(sid, type, **fields)
    presenter.toggle(question_id)
    return question_id


def get_rows(phone):
    """[[letter, count, share, bar], ...] in the tiles of the phone's page and of its state.

    Nothing repeats the options below their tiles.
    """
    page = phone.get(f"/audience/{phone.code}").html
    rows = [[tile["data-key"], tile.select_one("[data-count]").get_text(),
             tile.select_one("[data-percent]").get_text(), tile.meter["value"]]
            for tile in page.select(".tile") if tile.select_one(".share")]
    assert ("data-percent" in phone.state()["questions"][0]["html"]) == bool(rows)
    assert not page.select(".counts")
    return rows


def test_phones_show_results_once_the_projector_does_and_voting_is_over(presenter, sid, phone):
    question_id = ask(presenter, sid, options="Lyon\n*Paris")
    phone.respond(question_id, "B")
    assert get_rows(phone) == []
    presenter.step(sid, "close")
    assert get_rows(phone) == []
    presenter.step(sid, "show_results")
    assert get_rows(phone) == [["A", "0", "0 %", "0"], ["B", "1", "100 %", "100"]]
    presenter.step(sid, "show_answer")
    assert get_rows(phone)[1] == ["B", "1", "100 %", "100"]
    [correct] = phone.get(f"/audience/{phone.code}").html.select(".tile .right")
    assert correct.get_text() == "✓ Correct answer" and correct.find_parent("label")[
        "data-key"] == "B"


@pytest.mark.parametrize("type, fields, answer, actions", [
    ("multiple_choice", {"options": "Lyon\n*Paris", "live": "1"}, "B", ["close", "show_answer"]),
    ("multiple_choice", {"options": "Lyon\nParis", "live": "1"}, "B", ["close"]),
    ("open_text", {}, "Gut", ["close", "show_results"]),
    ("numeric", {"correct": "3"}, "3", ["close", "show_results", "show_answer"])])
def test_an_explanation_comes_with_the_correct_answer_or_else_with_the_results(
        presenter, session, type, fields, answer, actions):
    question_id = ask(presenter, session["id"], type, explanation="Weil\n<b>ja</b>", **fields)
    phone = Respondent(session["code"])
    phone.respond(question_id, answer)

    def explained():
        """Where it is: on a phone, in its state, among its own answers, on the projector."""
        pages = [phone.get(f"/audience/{phone.code}").text, phone.state()["questions"][0]["html"],
                 phone.get(f"/audience/{phone.code}/answers").text,
                 presenter.now(session["id"])["html"]]
        return [">Weil\n&lt;b&gt;ja&lt;/b&gt;</p>" in page for page in pages]
    for action in actions:
        assert not any(explained()), action
        presenter.step(session["id"], action)
    assert all(explained())
    presenter.step(session["id"], "vote_again")
    assert not any(explained())


def test_the_private_view_always_explains(presenter, session):
    question_id = presenter.create_question(session["id"], options="Lyon\n*Paris",
                                            explanation="Weil")
    assert "Weil" not in presenter.get(f"/questions/{question_id}/private")
    presenter.be_alone()
    assert "Weil" in presenter.get(f"/questions/{question_id}/private")


def test_numbers_keep_their_table_and_a_ranking_its_mean_places(presenter, sid, phone):
    number = ask(presenter, sid, "numeric", unit="m")
    phone.respond(number, "3")
    for action in ("close", "show_results"):
        presenter.step(sid, action)
    page = phone.get(f"/audience/{phone.code}").html
    assert [row.th.get_text() for row in page.select(".counts tbody tr")] == ["3"]
    ranking = ask(presenter, sid, "ranking", options="Ahorn\nBuche")
    phone.respond(ranking, "B", "A")
    presenter.step(sid, "go", to=ranking)
    for action in ("close", "show_results"):
        presenter.step(sid, action)
    page = phone.get(f"/audience/{phone.code}").html
    assert [(tile["data-key"], tile.select_one(".share").get_text()) for tile in page.select(
        "li.tile")] == [("B", "mean place 1.0"), ("A", "mean place 2.0")]


@pytest.mark.parametrize("on_phones", [True, False])
def test_phones_follow_what_is_hidden_and_counted_only_if_they_show_it(
        db, presenter, on_phones):
    sid = presenter.create_session(on_phones="1" if on_phones else "")
    phone = Respondent(classpulse.get_session(db, sid)["code"])

    def show(type, answer):
        """(the question, the state of phones that show its results)."""
        question_id = ask(presenter, sid, type)
        phone.respond(question_id, answer)
        presenter.step(sid, "go", to=question_id)
        for action in ("close", "show_results"):
            presenter.step(sid, action)
        return question_id, phone.state()
    number, before = show("numeric", "69")
    presenter.post(f"/api/questions/{number}/hide", {"hide": "69"}, status=303)
    after = phone.state()
    assert ["69" in state["questions"][0]["html"] for state in (before, after)] == [
        on_phones, False]
    assert (after["version"] > before["version"]) == on_phones
    choice, before = show("multiple_choice", "B")
    presenter.post(f"/api/questions/{choice}/tally", {"key": "A", "count": 3}, status=303)
    assert [row[2] for row in get_rows(phone)] == ["75 %", "25 %"] * on_phones
    assert (phone.state()["version"] > before["version"]) == on_phones


def test_results_that_grow_stay_on_the_projector(presenter, sid, phone):
    question_id = ask(presenter, sid)
    phone.respond(question_id, "B")
    assert presenter.now(sid)["results_shown"] and get_rows(phone) == []


@pytest.mark.parametrize("type", ["word_cloud", "short_text", "open_text"])
def test_nobody_reads_what_others_wrote(presenter, sid, phone, type):
    question_id = ask(presenter, sid, type)
    Respondent(phone.code).respond(question_id, "Peinliches")
    presenter.step(sid, "close")
    presenter.step(sid, "show_results")
    assert get_rows(phone) == []
    assert "Peinliches" not in phone.get(f"/audience/{phone.code}").text


def test_without_the_setting_phones_show_none(presenter, session, question, respondent):
    respondent.respond(question["id"], "A")
    presenter.step(session["id"], "close")
    assert presenter.now(session["id"])["stage"] == "results" and get_rows(respondent) == []


def test_the_setting_is_kept_and_can_be_changed(db, presenter, sid):
    form = presenter.get(f"/sessions/{sid}/edit").forms[1]
    assert form["on_phones"].checked
    form["on_phones"] = False
    form.submit(status=303)
    assert not classpulse.get_session(db, sid)["settings"]["on_phones"]
