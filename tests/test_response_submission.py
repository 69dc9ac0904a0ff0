"""Sending an answer: what is saved, what is refused, and what the phone is told."""

import sqlite3

import classpulse
import pytest
from conftest import Client

WORDS = ["Größe", "حرية 🌍", "“Ähre” <b>&"]


def stored(db):
    """The one response there is."""
    [response] = db.all("SELECT * FROM responses")
    return response


def counts(stats):
    return {row["label"]: row["count"] for row in stats["results"]}


def told(fragment):
    """What a receipt says, in words."""
    return fragment.html.select_one(".saved").get_text(" ", strip=True)


def receipt(fragment):
    return fragment.html.select_one(".saved")


@pytest.fixture
def path(question):
    return f"/audience/respond/{question['id']}"


@pytest.fixture
def audience(session):
    return f"/audience/{session['code']}"


@pytest.fixture
def close(presenter, question):
    return lambda: presenter.toggle(question["id"], active=0)


@pytest.fixture
def reopen(presenter, question):
    return lambda: presenter.toggle(question["id"], active=1)


@pytest.fixture
def vote_again(presenter, session, close):
    """A function that starts the next round."""
    def again():
        close()
        presenter.step(session["id"], "vote_again")
    return again


@pytest.fixture
def cloud(presenter, session):
    """An open word cloud of three words."""
    question_id = presenter.create_question(session["id"], "word_cloud", "Ein Wort? 🌱",
                                            max_words="3")
    presenter.toggle(question_id)
    return question_id


# What is saved

def test_an_answer_is_one_row(db, respondent, session, question):
    respondent.respond(question["id"], "B", round=1, seq=3)
    row = stored(db)
    assert (row["question_id"], row["session_id"], row["round"], row["response_value"],
            row["seq"], row["changes"], row["late"]) == (
                question["id"], session["id"], 1, "B", 3, 0, 0)
    assert row["created_at"] == row["updated_at"]


def test_a_second_answer_replaces_the_first(db, respondent, question, audience):
    respondent.respond(question["id"], "A")
    respondent.respond(question["id"], "B")
    assert respondent.get(audience).html.select_one("input[checked]")["value"] == "B"
    assert counts(classpulse.get_question_stats(db, question["id"])) == {"Paris": 0, "Lyon": 1}


def test_changes_of_mind_are_counted(db, respondent, question):
    for key in ["A", "B", "B", "A"]:
        respondent.respond(question["id"], key)
    assert stored(db)["changes"] == 2


def test_answers_of_a_class_are_counted(db, question, make_respondent):
    for key in "ABBAB":
        make_respondent().respond(question["id"], key)
    stats = classpulse.get_question_stats(db, question["id"])
    assert counts(stats) == {"Paris": 2, "Lyon": 3} and stats["response_count"] == 5


def test_words_in_any_script_come_back_as_they_were_typed(db, respondent, cloud, audience):
    words = ["Größe", "حرية 🌍", "Ähre <b>& c"]
    respondent.respond(cloud, *words)
    assert stored(db)["response_value"] == "\n".join(words)
    fields = respondent.get(audience).html.select("input[name=response]")
    assert [field.get("value", "") for field in fields] == words


def test_the_database_refuses_a_second_row(db, respondent, question):
    respondent.respond(question["id"], "A")
    row = stored(db)
    with pytest.raises(sqlite3.IntegrityError):
        db.write(lambda connection: connection.execute("""
            INSERT INTO responses (question_id, session_id, round, response_value, respondent_id,
                created_at, updated_at) VALUES (:question_id, :session_id, :round, 'B',
                :respondent_id, :created_at, :updated_at)""", row))


def test_one_respondent_answers_two_questions(db, presenter, respondent, session, question):
    second = presenter.create_question(session["id"])
    presenter.toggle(second)
    respondent.respond(question["id"], "A")
    respondent.respond(second, "B")
    assert {row["question_id"]: row["response_value"] for row in db.all(
        "SELECT * FROM responses")} == {question["id"]: "A", second: "B"}


# What the phone is told

def test_htmx_gets_a_fragment_that_says_saved(db, respondent, question):
    answer = respondent.respond(question["id"], "B", seq=5)
    assert "<html" not in answer.text
    assert told(answer).startswith(f"Saved {classpulse.clock(stored(db)['updated_at'])}")
    assert "change" in told(answer)


def test_the_fragment_carries_what_is_stored(db, respondent, question):
    saved = receipt(respondent.respond(question["id"], "B", seq=5))
    assert (saved["data-value"], saved["data-round"], saved["data-seq"],
            saved["data-saved-at"]) == ("B", "1", "5", stored(db)["updated_at"])


def test_fetch_gets_the_fragment_as_well(respondent, path):
    answer = respondent.post(path, {"response": "B"}, headers={"Sec-Fetch-Mode": "cors"},
                             status=200)
    assert "<html" not in answer.text and told(answer).startswith("Saved")


def test_a_plain_form_leads_back_to_the_questions(respondent, path, audience):
    answer = respondent.post(path, {"response": "B"}, status=303)
    assert answer.location.endswith(audience)
    page = respondent.get(audience)
    assert told(page).startswith("Saved")
    assert page.html.select_one("input[checked]")["value"] == "B"


def test_a_form_sent_from_the_page_is_saved(db, respondent, question, audience):
    form = respondent.get(audience).forms[0]
    form["response"] = "B"
    form.submit(status=303)
    assert stored(db)["response_value"] == "B"


def test_nothing_says_saved_when_it_was_not(respondent, path, monkeypatch, db):
    def refuse(*_):
        raise classpulse.NotSaved("Not saved: the laptop is too busy.")
    monkeypatch.setattr(db, "write", refuse)
    answer = respondent.htmx(path, {"response": "A"}, status=503)
    assert not answer.html.select(".saved") and "Not saved" in answer.text
    monkeypatch.undo()
    assert db.all("SELECT * FROM responses") == []


def test_a_plain_form_that_was_not_saved_gets_503_and_keeps_what_was_typed(respondent, cloud,
                                                                           monkeypatch, db):
    def refuse(*_):
        raise classpulse.NotSaved("Not saved: the laptop is too busy.")
    monkeypatch.setattr(db, "write", refuse)
    fields = [("response", word) for word in WORDS]
    page = respondent.post(f"/audience/respond/{cloud}", fields, status=503).html
    assert [field["value"] for field in page.select("input[name=response]")] == WORDS
    assert "Not saved" in page.select_one("[role=alert]").get_text()


# What is refused

def test_who_has_not_joined_gets_403(db, visitor, path):
    for post in visitor.post, visitor.htmx:
        post(path, {"response": "A"}, status=403)
    assert db.all("SELECT * FROM responses") == db.all("SELECT * FROM respondents") == []


def test_who_joined_another_session_gets_403(db, presenter, question, path):
    other = classpulse.get_session(db, presenter.create_session("Zweite Übung"))
    stranger = Client()
    stranger.post("/join", {"code": other["code"]}, status=303)
    stranger.htmx(path, {"response": "A"}, status=403)
    assert db.all("SELECT * FROM responses") == []


def test_a_question_that_does_not_exist_is_404(respondent):
    for id in ("9999", "0", "x", "-1", "99999999999999999999"):
        for post in respondent.post, respondent.htmx:
            post(f"/audience/respond/{id}", {"response": "A"}, status=404)


def test_a_closed_question_takes_no_answer(db, respondent, close, path):
    close()
    for post in respondent.post, respondent.htmx:
        answer = post(path, {"response": "A"}, status=409)
        assert "Voting is closed" in answer.html.select_one("[role=alert]").get_text(), post
    assert db.all("SELECT * FROM responses") == []


def test_a_draft_takes_no_answer(db, presenter, respondent, session):
    draft = presenter.create_question(session["id"])
    for queued in ("", "1"):
        respondent.respond(draft, "A", queued=queued, status=404)
    assert db.all("SELECT * FROM responses") == []


def test_a_closed_session_takes_no_answer(db, presenter, respondent, session, question):
    presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": 0}, status=303)
    respondent.respond(question["id"], "A", status=409)
    assert db.all("SELECT * FROM responses") == []


def test_an_answer_after_closing_leaves_the_one_in_time(db, respondent, question, close):
    respondent.respond(question["id"], "A", seq=1)
    before = stored(db)
    close()
    respondent.respond(question["id"], "B", seq=2, status=409)
    assert stored(db) == before


def test_what_is_no_answer_to_the_question_is_refused(db, respondent, question):
    for parts in ([], [""], ["C"], ["a"], ["A;B"], ["A", "B"], ["Ä"], ["🌍"], ["-"], [" A"]):
        answer = respondent.respond(question["id"], *parts, status=422)
        assert answer.html.select_one("[role=alert]").get_text(strip=True), parts
        assert db.all("SELECT * FROM responses") == [], parts


def test_a_round_or_seq_that_is_no_number_is_refused(db, respondent, question):
    for field in ("round", "seq"):
        for value in ("x", "-1", "1.5", "ü", "9" * 30, "1e3"):
            respondent.respond(question["id"], "A", **{field: value}, status=422)
    assert db.all("SELECT * FROM responses") == []


def test_a_refused_answer_leaves_the_stored_one(db, respondent, question):
    respondent.respond(question["id"], "A")
    before = stored(db)
    respondent.respond(question["id"], "C", status=422)
    assert stored(db) == before


def test_a_refused_plain_form_keeps_what_was_typed_and_says_why(respondent, cloud):
    words = ["ü" * 61, "حرية 🌍", "“Ähre” <b>&"]
    page = respondent.post(f"/audience/respond/{cloud}", [("response", word) for word in words],
                           status=422).html
    assert [field["value"] for field in page.select("input[name=response]")] == words
    assert "60" in page.select_one("[role=alert]").get_text()


def test_a_refused_plain_form_keeps_what_was_sent_to_the_other_questions(respondent, question,
                                                                         cloud):
    respondent.respond(question["id"], "B")
    page = respondent.post(f"/audience/respond/{cloud}", {"response": "…"}, status=422).html
    assert page.select_one("input[checked]")["value"] == "B"


def test_a_plain_form_after_closing_keeps_what_was_typed(presenter, respondent, cloud):
    presenter.toggle(cloud, active=0)
    page = respondent.post(f"/audience/respond/{cloud}", {"response": "Größe 🌍"}, status=409).html
    assert page.select_one("input[name=response]")["value"] == "Größe 🌍"


# Which of two answers wins

def test_a_late_plain_form_whose_question_has_gone_shows_what_was_typed(
        presenter, respondent, session, cloud):
    presenter.toggle(cloud, active=0)
    presenter.toggle(presenter.create_question(session["id"], title="Und nun?"))
    page = respondent.post(f"/audience/respond/{cloud}", [("response", word) for word in WORDS],
                           status=409).html
    assert page.select_one("section h2").get_text() == "Und nun?"
    alert = page.select_one("main > [role=alert]")
    assert "Voting is closed" in alert.get_text()
    shown = [alert.find_next_sibling()]
    while shown[-1].find_next_sibling().name == "p":
        shown.append(shown[-1].find_next_sibling())
    assert [part.get_text() for part in shown] == WORDS


def test_the_same_tap_sent_twice_changes_nothing(db, respondent, question):
    first = respondent.respond(question["id"], "A", seq=5)
    before = stored(db)
    second = respondent.respond(question["id"], "A", seq=5)
    assert stored(db) == before
    assert str(receipt(second)) == str(receipt(first))


def test_a_seq_not_above_the_stored_one_gets_what_is_stored(db, respondent, question):
    respondent.respond(question["id"], "B", seq=5)
    before = stored(db)
    for seq in (0, 4, 5):
        saved = receipt(respondent.respond(question["id"], "A", seq=seq))
        assert stored(db) == before, seq
        assert (saved["data-value"], saved["data-seq"]) == ("B", "5"), seq


def test_a_seq_above_the_stored_one_replaces_it(db, respondent, question):
    respondent.respond(question["id"], "B", seq=5)
    assert receipt(respondent.respond(question["id"], "A", seq=6))["data-value"] == "A"
    assert (stored(db)["response_value"], stored(db)["seq"]) == ("A", 6)


def test_an_answer_without_seq_wins_as_the_last(db, respondent, question):
    respondent.respond(question["id"], "B", seq=5)
    respondent.respond(question["id"], "A")
    assert stored(db)["response_value"] == "A"


def test_an_answer_without_seq_does_not_let_older_taps_in(db, respondent, question):
    respondent.respond(question["id"], "B", seq=5)
    respondent.respond(question["id"], "A")
    respondent.respond(question["id"], "B", seq=4)
    assert stored(db)["response_value"] == "A"


def test_a_seq_wins_over_an_answer_without_one(db, respondent, question):
    respondent.respond(question["id"], "B")
    respondent.respond(question["id"], "A", seq=1)
    assert (stored(db)["response_value"], stored(db)["seq"]) == ("A", 1)


def test_a_seq_as_large_as_a_clock_in_milliseconds_is_taken(db, respondent, question):
    respondent.respond(question["id"], "A", seq=2**53 - 1)
    assert stored(db)["seq"] == 2**53 - 1


# Rounds

def test_an_answer_without_round_belongs_to_the_present_one(db, respondent, question, vote_again):
    vote_again()
    respondent.respond(question["id"], "A")
    assert stored(db)["round"] == 2


def test_each_round_has_its_own_answer(db, respondent, question, vote_again):
    respondent.respond(question["id"], "A", round=1, seq=1)
    vote_again()
    respondent.respond(question["id"], "B", round=2, seq=2)
    assert db.all("SELECT round, response_value AS value FROM responses ORDER BY round") == [
        {"round": 1, "value": "A"}, {"round": 2, "value": "B"}]
    assert counts(classpulse.get_question_stats(db, question["id"])) == {"Paris": 0, "Lyon": 1}


def test_the_earlier_answer_is_not_counted_in_a_new_round(db, respondent, question, vote_again):
    respondent.respond(question["id"], "A")
    vote_again()
    stats = classpulse.get_question_stats(db, question["id"])
    assert counts(stats) == {"Paris": 0, "Lyon": 0} and stats["response_count"] == 0


def test_a_seq_of_an_earlier_round_does_not_bind_the_new_one(db, respondent, question, vote_again):
    respondent.respond(question["id"], "A", round=1, seq=9)
    vote_again()
    assert receipt(respondent.respond(question["id"], "B", round=2, seq=1))["data-value"] == "B"


def test_an_answer_for_an_earlier_round_is_refused(db, respondent, question, vote_again):
    vote_again()
    respondent.respond(question["id"], "A", round=1, status=409)
    assert db.all("SELECT * FROM responses") == []


def test_an_answer_for_a_round_to_come_is_refused(db, respondent, question):
    for queued in ("", "1"):
        respondent.respond(question["id"], "A", round=2, queued=queued, status=409)
    assert db.all("SELECT * FROM responses") == []


# Late

def test_a_queued_answer_in_time_is_an_answer_in_time(db, respondent, question):
    respondent.respond(question["id"], "A", round=1, seq=1, queued=1)
    assert stored(db)["late"] == 0


def test_a_queued_answer_after_closing_is_stored_as_late(db, respondent, question, close):
    close()
    answer = respondent.respond(question["id"], "A", round=1, seq=1, queued=1)
    assert (stored(db)["late"], stored(db)["round"], stored(db)["response_value"]) == (1, 1, "A")
    assert receipt(answer)["data-value"] == "A"
    assert told(answer).startswith("Saved") and "closed" in told(answer)


def test_late_answers_are_left_out_of_the_counts(db, respondent, question, close, make_respondent):
    make_respondent().respond(question["id"], "B")
    close()
    respondent.respond(question["id"], "A", round=1, seq=1, queued=1)
    stats = classpulse.get_question_stats(db, question["id"])
    assert counts(stats) == {"Paris": 0, "Lyon": 1}
    assert (stats["response_count"], stats["late"]) == (1, 1)


def test_late_answers_are_shown_beside_the_counts(presenter, question, close, make_respondent):
    phones = [make_respondent() for _ in range(2)]
    close()
    for phone in phones:
        phone.respond(question["id"], "A", round=1, seq=1, queued=1)
    assert "+2 late" in presenter.get(f"/questions/{question['id']}/results").text


def test_admitted_answers_are_counted(db, respondent, question, close):
    close()
    respondent.respond(question["id"], "A", round=1, seq=1, queued=1)
    db.write(lambda connection: connection.execute("UPDATE responses SET late = 2").rowcount)
    stats = classpulse.get_question_stats(db, question["id"])
    assert counts(stats) == {"Paris": 1, "Lyon": 0} and stats["late"] == 0


def test_a_late_answer_never_replaces_one_in_time(db, respondent, question, close):
    respondent.respond(question["id"], "A", round=1, seq=1)
    before = stored(db)
    close()
    answer = respondent.respond(question["id"], "B", round=1, seq=2, queued=1)
    assert stored(db) == before
    assert "Voting was already closed. Your earlier answer A counts" in told(answer)
    assert receipt(answer)["data-value"] == "A"


def test_a_late_answer_never_replaces_an_admitted_one(db, respondent, question, close):
    close()
    respondent.respond(question["id"], "A", round=1, seq=1, queued=1)
    db.write(lambda connection: connection.execute("UPDATE responses SET late = 2").rowcount)
    before = stored(db)
    answer = respondent.respond(question["id"], "B", round=1, seq=2, queued=1)
    assert stored(db) == before and "Your earlier answer A counts" in told(answer)


def test_an_answer_in_time_sent_again_after_closing_counts(db, respondent, question, close):
    respondent.respond(question["id"], "A", round=1, seq=1)
    before = stored(db)
    close()
    saved = receipt(respondent.respond(question["id"], "A", round=1, seq=1, queued=1))
    assert stored(db) == before and saved["data-value"] == "A"


def test_words_in_time_are_named_when_a_late_answer_comes(presenter, respondent, cloud):
    respondent.respond(cloud, "Größe", "حرية 🌍", seq=1)
    presenter.toggle(cloud, active=0)
    answer = respondent.respond(cloud, "zu spät", seq=2, queued=1)
    assert "Voting was already closed. Your earlier answer Größe; حرية 🌍 counts" in told(answer)


def test_a_later_late_answer_replaces_an_earlier_late_one(db, respondent, question, close):
    close()
    respondent.respond(question["id"], "A", round=1, seq=1, queued=1)
    respondent.respond(question["id"], "B", round=1, seq=2, queued=1)
    respondent.respond(question["id"], "A", round=1, seq=1, queued=1)
    assert (stored(db)["response_value"], stored(db)["late"], stored(db)["changes"]) == ("B", 1, 1)


def test_an_answer_in_time_replaces_a_late_one_when_voting_opens_again(db, respondent, question,
                                                                       close, reopen):
    close()
    respondent.respond(question["id"], "A", round=1, seq=1, queued=1)
    reopen()
    respondent.respond(question["id"], "B", round=1, seq=2)
    assert (stored(db)["response_value"], stored(db)["late"]) == ("B", 0)


def test_a_queued_answer_of_an_earlier_round_is_stored_there_as_late(db, respondent, question,
                                                                     vote_again):
    vote_again()
    respondent.respond(question["id"], "A", round=1, seq=1, queued=1)
    assert (stored(db)["round"], stored(db)["late"]) == (1, 1)
    assert classpulse.get_question_stats(db, question["id"])["response_count"] == 0


def test_a_queued_answer_of_an_earlier_round_leaves_the_one_in_time(db, respondent, question,
                                                                    vote_again):
    respondent.respond(question["id"], "A", round=1, seq=1)
    before = stored(db)
    vote_again()
    answer = respondent.respond(question["id"], "B", round=1, seq=2, queued=1)
    assert stored(db) == before and "Your earlier answer A counts" in told(answer)


def test_a_queued_answer_after_the_session_closed_is_stored_as_late(db, presenter, respondent,
                                                                    session, question):
    presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": 0}, status=303)
    respondent.respond(question["id"], "A", round=1, seq=1, queued=1)
    assert stored(db)["late"] == 1


def test_only_queued_1_makes_an_answer_late(db, respondent, question, close):
    close()
    for queued in ("0", "", "yes"):
        respondent.respond(question["id"], "A", round=1, seq=1, queued=queued, status=409)
    assert db.all("SELECT * FROM responses") == []


def test_a_queued_answer_is_still_checked(db, respondent, question, close):
    close()
    respondent.respond(question["id"], "C", round=1, seq=1, queued=1, status=422)
    assert db.all("SELECT * FROM responses") == []


# Who sees it

def test_a_saved_answer_marks_the_results_and_the_projector_as_changed(room, respondent, question,
                                                                       session, monkeypatch):
    changed = []
    monkeypatch.setattr(room.live, "changed", lambda topic, id, *_: changed.append((topic, id)))
    respondent.respond(question["id"], "A")
    assert {("results", question["id"]), ("present", session["id"])} <= set(changed)


def test_the_presenter_sees_the_answer_and_the_class_sees_no_name(presenter, respondent, cloud):
    respondent.respond(cloud, "Größe 🌍")
    presenter.be_alone()
    page = presenter.get(f"/questions/{cloud}/results")
    assert "Größe 🌍" in page.text
    assert classpulse.classroom.db.one("SELECT id FROM respondents")["id"] not in page.text


def test_late_answers_are_counted_when_the_presenter_admits_them(db, presenter, question,
                                                                 respondent):
    presenter.toggle(question["id"], 0)
    respondent.respond(question["id"], "B", queued="1")
    assert classpulse.get_question_stats(db, question["id"])["late"] == 1
    presenter.post(f"/api/questions/{question['id']}/admit", status=303)
    stats = classpulse.get_question_stats(db, question["id"])
    assert (stats["late"], stats["response_count"]) == (0, 1)
    assert respondent.state()["mine"][str(question["id"])]["late"] == 2


def test_a_late_answer_and_a_mended_title_let_the_control_page_be_fetched_anew(
        presenter, respondent, question, close):
    close()
    revisions = [presenter.now(question["session_id"])["revision"]]
    respondent.respond(question["id"], "A", queued="1")
    revisions.append(presenter.now(question["session_id"])["revision"])
    presenter.post(f"/questions/{question['id']}/edit",
                   {"title": "Wie groß?", "options": "Paris\nLyon"}, status=303)
    revisions.append(presenter.now(question["session_id"])["revision"])
    assert len(set(revisions)) == 3


def test_late_answers_are_not_admitted_once_the_answer_was_shown(db, presenter, session,
                                                                 respondent):
    question_id = presenter.create_question(session["id"], options="Lyon\n*Zürich")
    presenter.toggle(question_id)
    presenter.toggle(question_id, 0)
    respondent.respond(question_id, "B", queued="1")
    for action in ("show_results", "show_answer"):
        presenter.step(session["id"], action)
    presenter.post(f"/api/questions/{question_id}/admit", status=409)
    assert classpulse.get_question_stats(db, question_id)["late"] == 1


@pytest.mark.parametrize("seq, value", [(6, "A"), (3, "B")])
def test_an_answer_sent_twice_is_saved_also_when_voting_closed_meanwhile(
        db, presenter, question, respondent, seq, value):
    respondent.respond(question["id"], "A", seq=6, round=1)
    presenter.toggle(question["id"], 0)
    answer = respondent.respond(question["id"], value, seq=seq, round=1)
    assert "Saved" in answer.text and 'data-value="A"' in answer.text
    assert classpulse.get_question_stats(db, question["id"])["response_count"] == 1
