"""Joining: by typing the code, by its link, once, and again."""

import re
import uuid

import classpulse
import pytest
from conftest import Client, Respondent, everything


def cookie_name(room, session):
    return f"cp_{room.id}_{session['id']}"


def identity(room, client, session):
    """The respondent's id in a browser's cookie."""
    return client.http.cookies[cookie_name(room, session)].strip('"').split(".")[0]


def close(presenter, session, active=0):
    presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": active}, status=303)


@pytest.fixture
def page(session):
    return f"/audience/{session['code']}"


def typed(code):
    """The ways in which people type a code."""
    return [code, f"{code[:3]} {code[3:]}", f" {code[:3]}-{code[3:]} ", "-".join(code),
            " ".join(code), f"{code[:2]} - {code[2:]}"]


# By code

def test_a_code_typed_with_spaces_and_dashes_leads_to_the_session(visitor, session, page):
    for code in typed(session["code"]):
        assert visitor.post("/join", {"code": code}, status=303).location.endswith(page)


def test_a_code_in_the_address_of_join_leads_to_the_session(visitor, session, page):
    for code in typed(session["code"]):
        assert visitor.get("/join", params={"code": code}, status=303).location.endswith(page)


def test_a_code_as_the_address_leads_to_the_session(visitor, session, page):
    code = session["code"]
    for path in (code, f"{code[:3]}-{code[3:]}", f"{code[:3]}%20{code[3:]}"):
        assert visitor.get("/" + path, status=303).location.endswith(page)


def test_a_code_typed_in_arabic_digits_leads_to_the_session(visitor, session, page):
    code = session["code"].translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert visitor.post("/join", {"code": code}, status=303).location.endswith(page)


def test_get_session_by_code_finds_the_session(db, session):
    for code in typed(session["code"]):
        assert classpulse.get_session_by_code(db, code)["id"] == session["id"]
    with pytest.raises(classpulse.NotFound):
        classpulse.get_session_by_code(db, "000000")


def test_the_form_of_the_join_page_joins(visitor, session, page):
    for path in ("/", "/join"):
        form = visitor.get(path, status=200).form
        form["code"] = session["code"]
        assert form.submit(status=303).location.endswith(page)


UNKNOWN = ["000000", "12345", "1234567", "Größe", "🌍", "' OR 1=1 --", "²²²²²²"]


def test_an_unknown_code_is_404_with_the_form_and_what_was_typed(visitor, session):
    for code in [*UNKNOWN, "", " - "]:
        page = visitor.post("/join", {"code": code}, status=404).html
        assert page.select_one("form[action='/join'] input[name=code]")["value"] == code
        assert page.select_one("[role=alert]").get_text(strip=True), code


def test_an_unknown_code_in_the_address_of_join_is_404_with_the_form(visitor, session):
    for code in UNKNOWN:
        page = visitor.get("/join", params={"code": code}, status=404).html
        assert page.select_one("form[action='/join'] input[name=code]")["value"] == code


def test_an_unknown_code_as_the_address_is_404_with_the_form(visitor, session):
    page = visitor.get("/000000", status=404).html
    assert page.select_one("form[action='/join'] input[name=code]")["value"] == "000000"


def test_an_unknown_code_sets_no_cookie(visitor, session):
    assert "Set-Cookie" not in visitor.post("/join", {"code": "000000"}, status=404).headers


def test_an_unknown_session_has_no_audience(visitor, session):
    visitor.get("/audience/000000", status=404)
    visitor.get("/audience/000000/state", status=404)
    visitor.post("/audience/000000/leave", status=404)


def test_a_closed_session_cannot_be_joined(visitor, presenter, session):
    close(presenter, session)
    for page in (visitor.post("/join", {"code": session["code"]}, status=410),
                 visitor.get("/join", params={"code": session["code"]}, status=410),
                 visitor.get(f"/{session['code']}", status=410)):
        assert "closed" in page.html.select_one("[role=alert]").get_text()
        assert "Set-Cookie" not in page.headers


def test_a_session_that_opens_again_can_be_joined(visitor, presenter, session):
    close(presenter, session)
    close(presenter, session, active=1)
    visitor.post("/join", {"code": session["code"]}, status=303)


# Who one is

def test_the_cookie_is_http_only_lax_not_secure_and_lasts_30_days(room, visitor,
                                                                  session):
    cookie = visitor.post("/join", {"code": session["code"]}).headers["Set-Cookie"].lower()
    name, *attributes = cookie.split("; ")
    assert name.startswith(cookie_name(room, session) + "=")
    assert {"httponly", "samesite=lax", "path=/", f"max-age={30 * 86400}"} <= set(attributes)
    assert not any(attribute.startswith(("secure", "domain")) for attribute in attributes)


def test_the_cookie_is_a_uuid_with_a_mark(room, respondent, session):
    value = respondent.http.cookies[cookie_name(room, session)]
    respondent_id, mark = value.split(".")
    assert str(uuid.UUID(respondent_id)) == respondent_id
    assert re.fullmatch("[0-9a-f]{32,}", mark) and mark not in respondent_id


def test_two_browsers_are_two_respondents(room, make_respondent, session):
    assert len({identity(room, make_respondent(), session) for _ in range(5)}) == 5


def test_who_joins_again_stays_the_same(room, respondent, session, page):
    before = identity(room, respondent, session)
    respondent.post("/join", {"code": session["code"]}, status=303)
    respondent.get(f"/{session['code']}", status=303)
    respondent.get(page, status=200)
    assert identity(room, respondent, session) == before


def test_a_visitor_without_a_cookie_gets_one(room, visitor, session, page):
    visitor.get(page, status=200)
    first = identity(room, visitor, session)
    visitor.get(page, status=200)
    assert identity(room, visitor, session) == first


def test_a_visitor_without_a_cookie_can_answer_after_seeing_the_page(visitor, question, page):
    visitor.get(page, status=200)
    visitor.htmx(f"/audience/respond/{question['id']}", {"response": "A"}, status=200)


def test_a_second_session_gets_a_second_cookie(room, db, presenter, respondent, session):
    other = classpulse.get_session(db, presenter.create_session("Zweite Übung"))
    before = identity(room, respondent, session)
    respondent.post("/join", {"code": other["code"]}, status=303)
    assert identity(room, respondent, session) == before
    assert identity(room, respondent, other) != before


def altered(value):
    """Cookies that somebody might try instead of the one that was given."""
    respondent_id, mark = value.split(".")
    flipped = mark[:-1] + ("0" if mark[-1] != "0" else "1")
    return {"another id": f"{uuid.uuid4()}.{mark}", "another mark": f"{respondent_id}.{flipped}",
            "no mark": respondent_id, "empty mark": respondent_id + ".", "empty": "",
            "only a mark": "." + mark, "shortened": value[:-1], "longer": value + "0",
            "upper case": value.upper(), "zeros": respondent_id + "." + "0" * 32}


def test_an_altered_cookie_is_not_accepted(db, room, respondent, session, question):
    name = cookie_name(room, session)
    for how, forged in altered(respondent.http.cookies[name]).items():
        thief = Client()
        thief.get("/join", headers={"Cookie": f"{name}={forged}"})
        thief.post(f"/audience/respond/{question['id']}", {"response": "A"},
                   headers={"Cookie": f"{name}={forged}", "HX-Request": "true"}, status=403)
        thief.get(f"/audience/{session['code']}/state", headers={"Cookie": f"{name}={forged}"},
                  status=403)
        assert db.all("SELECT * FROM responses") == [], how


def test_who_has_an_altered_cookie_gets_a_fresh_identity(room, respondent, session, page):
    name = cookie_name(room, session)
    before = respondent.http.cookies[name]
    visitor = Client()
    visitor.http.set_cookie(name, before[:-1] + ("0" if before[-1] != "0" else "1"))
    visitor.get(page, status=200)
    assert identity(room, visitor, session) != before.split(".")[0]


def test_the_cookie_of_one_session_is_not_accepted_in_another(room, db, presenter, respondent,
                                                              session):
    other = classpulse.get_session(db, presenter.create_session("Zweite Übung"))
    value = respondent.http.cookies[cookie_name(room, session)]
    Client().get(f"/audience/{other['code']}/state", status=403,
                 headers={"Cookie": f"{cookie_name(room, other)}={value}"})


def test_leaving_gives_a_fresh_identity(room, respondent, session, page):
    before = identity(room, respondent, session)
    assert respondent.post(page + "/leave", status=303).location.endswith(page)
    assert identity(room, respondent, session) != before


def test_answers_of_who_left_stay_counted_and_are_not_shown(db, respondent, question, page):
    respondent.respond(question["id"], "A")
    respondent.post(page + "/leave", status=303)
    assert respondent.state()["mine"] == {}
    assert not respondent.get(page).html.select("input[checked]")
    respondent.respond(question["id"], "A")
    assert classpulse.get_question_stats(db, question["id"])["response_count"] == 2


def test_leaving_has_a_button_on_the_page(respondent, page):
    assert respondent.get(page).html.select_one(f"form[action='{page}/leave'][method=post] button")


# What a visit writes

def test_looking_and_joining_write_nothing(db, visitor, session, question, page):
    before = everything(db)
    visitor.post("/join", {"code": session["code"]}, status=303)
    for path in (f"/{session['code']}", page, "/", "/join"):
        visitor.get(path)
    visitor.post(page + "/leave", status=303)
    assert everything(db) == before


def test_the_first_vote_makes_a_respondent(room, db, respondent, session, question):
    assert db.all("SELECT * FROM respondents") == []
    respondent.respond(question["id"], "A")
    [row] = db.all("SELECT session_id, id, name FROM respondents")
    assert row == {"session_id": session["id"], "name": None,
                   "id": identity(room, respondent, session)}


# The page

def test_the_page_says_who_sees_what(respondent, page):
    text = respondent.get(page).html.footer.p.get_text()
    assert text.startswith("Anonymous: your teacher sees the answers, but not who gave them")


def test_the_page_says_that_it_waits(respondent, page):
    assert "You're in. The next question will appear here." in (
        respondent.get(page, status=200).html.get_text())


def test_the_page_of_a_closed_session_says_so(presenter, respondent, session, question, page):
    respondent.respond(question["id"], "A")
    close(presenter, session)
    text = respondent.get(page, status=200).text
    assert "Session closed, your answers are saved" in text
    assert "next question" not in text and "Paris" not in text


def test_strangers_are_told_that_a_session_is_closed(visitor, presenter, session, page):
    close(presenter, session)
    assert "This session is closed" in visitor.get(page, status=200).text


def test_options_in_any_script_come_as_they_were_written(presenter, respondent, session, page):
    options = ["Zürich <b>", "القاهرة", "🌍 & Welt"]
    question_id = presenter.create_question(session["id"], title="أين؟ 🧭",
                                            options="\n".join(options))
    presenter.toggle(question_id)
    html = respondent.get(page).html
    assert html.select_one("h2").get_text() == "أين؟ 🧭"
    assert [text.get_text() for text in html.select("label .text")] == options


def test_the_right_answer_is_not_in_the_page_before_it_is_shown(presenter, respondent, session,
                                                                page):
    question_id = presenter.create_question(session["id"], options="*Ä\nÖ")
    presenter.toggle(question_id)
    pages = [respondent.get(page).text]
    presenter.step(session["id"], "close")
    presenter.step(session["id"], "show_results")
    pages.append(respondent.get(page).text)
    assert not any("orrect" in text for text in pages)
    presenter.step(session["id"], "show_answer")
    [label] = [label for label in respondent.get(page).html.select("label")
               if "Correct answer" in label.get_text()]
    assert label.input["value"] == "A"


# The state message

def test_the_state_of_an_empty_session_has_no_questions(respondent):
    state = respondent.state()
    assert state.pop("epoch") and isinstance(state.pop("version"), int)
    assert state == {"type": "state", "active": True, "questions": [], "mine": {}}


def test_the_state_is_json_that_is_not_kept(respondent, page):
    answer = respondent.get(page + "/state", status=200)
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_state_is_for_those_who_joined(visitor, session, page):
    visitor.get(page + "/state", status=403)


def test_the_state_holds_an_open_question(presenter, respondent, session):
    question_id = presenter.create_question(session["id"], title="Größe? 🌍 ما؟")
    presenter.toggle(question_id)
    [question] = respondent.state()["questions"]
    html = question.pop("html")
    assert question == {"id": question_id, "round": 1, "stage": "open", "discussing": False,
                        "remaining_ms": None}
    assert "Größe? 🌍 ما؟" in html and f'action="/audience/respond/{question_id}"' in html


def test_the_state_holds_open_questions_and_no_draft(presenter, respondent, session, question):
    second = presenter.create_question(session["id"], title="Zweite?")
    presenter.create_question(session["id"], title="Geheimer Entwurf")
    presenter.toggle(second)
    state = respondent.state()
    assert {asked["id"] for asked in state["questions"]} == {question["id"], second}
    assert "Entwurf" not in str(state)


def test_the_page_holds_what_the_state_holds(presenter, respondent, session, question, page):
    presenter.toggle(presenter.create_question(session["id"], title="Zweite?"))
    presenter.create_question(session["id"], title="Geheimer Entwurf")
    html = respondent.get(page).html
    assert [int(part["data-question-id"]) for part in html.select("section[data-question-id]")] \
        == [asked["id"] for asked in respondent.state()["questions"]]


def stages(respondent):
    return {question["id"]: question["stage"] for question in respondent.state()["questions"]}


def test_the_current_question_stays_from_its_opening_until_the_next_one_opens(
        presenter, respondent, session):
    first, second = (presenter.create_question(session["id"], title=title)
                     for title in ("Erste?", "Zweite?"))
    presenter.step(session["id"], "begin")
    assert stages(respondent) == {}                     # the class reads, phones wait
    for action, expected in [("open", {first: "open"}), ("close", {first: "results"}),
                             ("hide_results", {first: "closed"}), ("go", {first: "closed"}),
                             ("open", {second: "open"})]:
        presenter.step(session["id"], action, to=second)
        assert stages(respondent) == expected, action


def test_an_earlier_question_that_was_opened_again_stays_until_the_next_one_opens(
        presenter, respondent, session):
    first, second, third = (presenter.create_question(session["id"], title=title)
                            for title in ("Erste?", "Zweite?", "Dritte?"))
    for question_id in (first, second):
        presenter.toggle(question_id)
        presenter.toggle(question_id, active=0)
    presenter.step(session["id"], "go", to=first)
    presenter.step(session["id"], "open")
    presenter.step(session["id"], "close")
    presenter.step(session["id"], "go", to=third)
    assert stages(respondent) == {first: "results"}


def test_a_closed_current_question_says_so_and_takes_no_answers(presenter, respondent, question):
    presenter.toggle(question["id"], active=0)
    [asked] = respondent.state()["questions"]
    assert asked["stage"] == "results" and "Voting is closed" in asked["html"]
    assert "disabled" in asked["html"]


def test_a_closed_question_keeps_the_respondents_own_answer(presenter, respondent, question, page):
    respondent.respond(question["id"], "B")
    presenter.toggle(question["id"], active=0)
    assert respondent.state()["mine"][str(question["id"])]["value"] == "B"
    html = respondent.get(page).html
    assert html.select_one("input[checked]")["value"] == "B"
    assert "Voting is closed" in html.get_text()


def test_the_state_of_a_closed_session_says_so(presenter, respondent, session, question):
    close(presenter, session)
    state = respondent.state()
    assert state["active"] is False and state["questions"] == []


def test_the_state_tells_everybody_their_own_answers_only(question, make_respondent):
    first, second, third = (make_respondent() for _ in range(3))
    first.respond(question["id"], "A", seq=5)
    second.respond(question["id"], "B", seq=7)
    key = str(question["id"])
    assert [phone.state()["mine"].get(key, {}).get("value") for phone in (first, second, third)] \
        == ["A", "B", None]


def test_mine_tells_what_is_stored(db, respondent, question):
    respondent.respond(question["id"], "B", seq=5)
    mine = respondent.state()["mine"]
    assert list(mine) == [str(question["id"])]
    stored = db.one("SELECT updated_at FROM responses")["updated_at"]
    expected = {"value": "B", "round": 1, "seq": 5, "saved_at": stored}
    assert expected.items() <= mine[str(question["id"])].items()


def test_the_html_of_the_state_is_the_same_for_everybody(question, make_respondent):
    first, second = make_respondent(), make_respondent()
    first.respond(question["id"], "A")
    states = [first.state(), second.state()]
    assert states[0]["questions"] == states[1]["questions"]
    assert "checked" not in states[0]["questions"][0]["html"]
    assert "Saved" not in states[0]["questions"][0]["html"]


def test_the_version_grows_with_a_change_and_only_then(presenter, respondent, session, question):
    first, second = respondent.state(), respondent.state()
    assert first["version"] == second["version"]
    presenter.toggle(question["id"], active=0)
    third = respondent.state()
    assert third["version"] > second["version"] and third["epoch"] == second["epoch"]


def test_another_sessions_questions_are_not_in_the_state(db, presenter, question):
    other = classpulse.get_session(db, presenter.create_session("Zweite Übung"))
    assert Respondent(other["code"]).state()["questions"] == []


def test_the_earlier_rounds_answer_is_not_mine_in_a_new_round(presenter, respondent, session,
                                                              question, page):
    respondent.respond(question["id"], "A")
    presenter.step(session["id"], "close")
    presenter.step(session["id"], "vote_again")
    state = respondent.state()
    assert state["mine"] == {}
    assert [(asked["round"], asked["stage"]) for asked in state["questions"]] == [(2, "open")]
    assert not respondent.get(page).html.select("input[checked]")


@pytest.mark.parametrize("picked, said", [
    ("A", "Not this time. The answer is B, Zürich."), ("B", "Correct!")])
def test_a_phone_is_told_how_far_its_own_answer_was_right_once_the_answer_is_shown(
        presenter, session, respondent, picked, said):
    question_id = presenter.create_question(session["id"], options="Lyon\n*Zürich")
    presenter.toggle(question_id)
    respondent.respond(question_id, picked)
    for action in ("close", "show_results"):
        presenter.step(session["id"], action)
        assert respondent.state()["mine"][str(question_id)]["result"] == ""
    presenter.step(session["id"], "show_answer")
    state = respondent.state()
    assert state["mine"][str(question_id)]["result"] == said
    assert "Correct answer: <bdi dir=\"auto\">B, Zürich</bdi>" in state["questions"][0]["html"]
