"""A new session: its name, its code, and the page that runs it."""

import re
import threading

import classpulse
import gevent
import pytest
from conftest import NAME, Respondent
from test_real_time_results import wait_for

NAMES = ["Größenlehre 🦉", "درس الرياضيات", "“<b>Fish & Chips</b>” 'n' \\", "ü" * 200, "物理 3年"]


def create(presenter, name, status=303):
    return presenter.post("/sessions/new", {"name": name}, status=status)


def counts(db):
    return db.one("SELECT COUNT(*) AS count FROM sessions")["count"]


def test_a_name_comes_back_as_it_was_typed(db, presenter):
    for name in NAMES:
        session_id = presenter.create_session(name)
        assert classpulse.get_session(db, session_id)["name"] == name
        assert presenter.get(f"/sessions/{session_id}").html.h1.get_text() == name
        assert presenter.get("/sessions").html.select_one(
            f"h2 a[href='/sessions/{session_id}']").get_text() == name


def test_the_form_of_the_page_creates_a_session(db, presenter):
    form = presenter.get("/sessions/new", status=200).forms[1]
    form["name"] = "Übung 🌱"
    created = form.submit(status=303)
    session = db.one("SELECT id, name FROM sessions")
    assert session["name"] == "Übung 🌱"
    assert created.location.endswith(f"/sessions/{session['id']}")


def test_spaces_around_a_name_and_control_characters_go_away(db, presenter):
    presenter.create_session(" \t Übung\x00\r\n  sieben\x07 ")
    assert db.one("SELECT name FROM sessions")["name"] == "Übung sieben"


def test_a_name_out_of_limits_is_refused_beside_its_field(db, presenter):
    for name in ("", " \n ", "\x00", "ü" * 201):
        page = create(presenter, name, status=422).html
        assert page.select_one("#problem-name").get_text(strip=True), name
        assert "problem-name" in page.select_one("input[name=name]")["aria-describedby"].split()
        assert counts(db) == 0, name


def test_a_refused_name_is_kept_in_the_form(presenter):
    page = create(presenter, "“Ähre” & " + "ü" * 200, status=422)
    assert page.html.select_one("input[name=name]")["value"] == "“Ähre” & " + "ü" * 200


def test_a_form_without_a_name_is_refused(presenter):
    presenter.post("/sessions/new", {}, status=422)


def test_a_new_session_belongs_to_who_created_it(db, presenter, other_presenter):
    session_id = other_presenter.create_session()
    assert classpulse.get_session(db, session_id)["user_id"] == other_presenter.id


def test_a_new_session_is_open_for_joining_at_once(session, visitor):
    assert session["active"] == 1 and session["archived"] == 0
    visitor.post("/join", {"code": session["code"]}, status=303)


def test_a_new_session_has_no_questions_and_shows_none(db, session):
    assert session["current_question_id"] is None
    assert classpulse.list_questions_with_counts(db, session["id"]) == []


def test_the_code_has_six_digits(db, presenter):
    for _ in range(20):
        presenter.create_session()
    codes = [session["code"] for session in db.all("SELECT code FROM sessions")]
    assert all(re.fullmatch("[0-9]{6}", code) for code in codes) and len(set(codes)) == 20


def test_a_code_that_is_taken_is_not_given_again(db, presenter, session, monkeypatch):
    taken = int(session["code"])
    picks = iter([taken, taken, 111111 if taken != 111111 else 222222])
    least = 10 ** 5
    monkeypatch.setattr(classpulse.secrets, "randbelow", lambda _: next(picks) - least)
    second = classpulse.get_session(db, presenter.create_session())
    assert second["code"] in ("111111", "222222") and second["code"] != session["code"]


def test_two_sessions_may_have_the_same_name(db, presenter):
    first, second = presenter.create_session("Übung"), presenter.create_session("Übung")
    assert first != second and counts(db) == 2


def test_the_newest_session_is_listed_first(db, presenter):
    ids = [presenter.create_session(name) for name in NAMES]
    assert [row["id"] for row in classpulse.get_user_sessions(db, presenter.id)] == ids[::-1]
    links = [link["href"] for link in presenter.get("/sessions").html.select("main h2 a")]
    assert links == [f"/sessions/{id}" for id in ids[::-1]]


def test_the_list_counts_questions_and_people(db, presenter, question, make_respondent):
    for key in "AB":
        make_respondent().respond(question["id"], key)
    [session] = classpulse.get_user_sessions(db, presenter.id)
    assert (session["questions"], session["joined"]) == (1, 2)
    assert "1 question · 2 students" in presenter.get("/sessions").html.main.get_text()


def test_an_empty_list_says_what_to_do(presenter):
    assert presenter.get("/sessions").html.select_one("main a[href='/sessions/new']")
    archived = presenter.create_session()
    presenter.post(f"/api/sessions/{archived}/archive", status=303)
    for path in ("/", "/sessions"):
        assert "All your sessions are archived." in presenter.get(path).text


def test_the_empty_home_creates_a_session_from_a_name_or_with_all_examples(db, presenter):
    _, *forms = presenter.get("/").forms.values()
    forms[0]["name"] = "Übung"
    forms[0].submit(status=303)
    made = forms[1].submit("examples", status=303).location
    assert {question["type"] for question in classpulse.list_questions(
        db, int(made.rsplit("/", 1)[1]))} == set(classpulse.QUESTION_TYPES)
    assert "Übung" in presenter.get("/").text


def test_the_empty_home_asks_a_question_now(db, presenter):
    form = presenter.get("/").forms[3]
    made = form.submit("ask", value="A – C", status=303).location
    [question] = classpulse.list_questions(db, int(made.rsplit("/", 1)[1]))
    assert question["stage"] == "open" and len(question["options"]) == 3
    presenter.post("/sessions/new", {"name": "x", "ask": "Nothing"}, status=422)
    assert counts(db) == 1


def test_a_card_says_how_much_was_correct_once_the_answer_was_shown(
        presenter, session, make_respondent):
    correct = presenter.create_question(session["id"], options="*Paris\nLyon")
    number = presenter.create_question(session["id"], "numeric", "Wie viele?", correct="1")
    poll = presenter.create_question(session["id"], "rating")
    phones = [make_respondent() for _number in range(4)]
    for question_id, answers in ((correct, "ABBB"), (number, "1131"), (poll, "1234")):
        presenter.toggle(question_id)
        for phone, answer in zip(phones, answers):
            phone.respond(question_id, answer)
        presenter.toggle(question_id, 0)
    assert "correct on average" not in presenter.get("/").text
    for question_id in (correct, number):
        presenter.step(session["id"], "go", to=question_id)
        presenter.step(session["id"], "show_answer")
    card = presenter.get("/").html.select_one(".sessions li")
    assert "50 % correct on average" in card.get_text() and len(card.select("svg .rest")) == 2
    presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": 0}, status=303)
    assert "50 % correct on average" in presenter.get(f"/sessions/{session['id']}").text
    presenter.post(f"/api/questions/{correct}/people", {"leave_out": classpulse.list_respondents(
        classpulse.classroom.db, session["id"])[0]["id"]}, status=303)
    assert "34 % correct on average" in presenter.get("/").text      # of 0 % and 67 %


def test_a_card_has_one_verb_for_each_state(presenter, session, question, respondent):
    def verbs():
        page = presenter.get("/").html
        return [verb.get_text() for verb in page.select(".sessions .actions > *")]
    assert verbs() == ["Continue"]
    toggle = f"/api/sessions/{session['id']}/toggle"
    presenter.post(toggle, {"active": 0}, status=303)
    assert verbs() == ["Reopen"]
    presenter.post(toggle, {"active": 1}, status=303)
    presenter.toggle(question["id"])
    respondent.respond(question["id"], "A")
    presenter.post(toggle, {"active": 0}, status=303)
    assert verbs() == ["Report", "Use with another class"]


def test_an_archived_session_that_is_open_is_continued_from_its_card(presenter, session):
    def verbs():
        return [verb.get_text() for verb in presenter.get("/sessions").html.select(
            ".sessions .actions > *")]
    settings = f"/sessions/{session['id']}/edit"
    assert "It stays open until you end it." in presenter.get(settings).text
    presenter.post(f"/api/sessions/{session['id']}/archive", status=303)
    assert verbs() == ["Continue", "Unarchive"]
    presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": 0}, status=303)
    assert verbs() == ["Unarchive"] and "Ended" in presenter.get("/sessions").text


def test_home_asks_a_quick_question_at_any_time(db, presenter):
    for sessions in (0, 1):
        page = presenter.get("/")
        assert len(page.html.select("details [name=ask]")) == (8 if sessions else 0)
        form = next(form for form in page.forms.values() if "ask" in form.fields)
        created = presenter.post(form.action, [("name", form["name"].value), ("ask", "A – D")],
                                 status=303)
        session = classpulse.get_session(db, int(created.location.rsplit("/", 1)[1]))
        assert session["name"] == f"Quick question, {classpulse.day(classpulse.now())}"
        question, = classpulse.list_questions(db, session["id"])
        assert question["stage"] == "open"


def test_the_page_shows_the_code_and_the_code_as_a_picture(presenter, session):
    page = presenter.get(f"/sessions/{session['id']}", status=200).html
    code = page.select_one("[data-code]")
    assert code["data-code"] == session["code"]
    assert f"{session['code'][:3]} {session['code'][3:]}" in code.get_text()
    qr = classpulse.qr_code(f"{classpulse.classroom.address}/{session['code']}")
    assert page.select_one("svg[role=img] path")["d"] == qr["path"]


def test_the_picture_of_a_code_is_drawn_once(presenter, session, monkeypatch):
    presenter.get(f"/sessions/{session['id']}", status=200)
    monkeypatch.setattr(classpulse.segno, "make", None)
    presenter.get(f"/sessions/{session['id']}", status=200)
    presenter.get(f"/present/{session['id']}", status=200)


def test_the_address_in_the_picture_leads_to_the_session(visitor, session):
    path = classpulse.join_url(session).removeprefix(classpulse.classroom.address)
    assert visitor.get(path, status=303).location.endswith(f"/audience/{session['code']}")


def test_the_page_leads_to_the_form_of_a_new_question(presenter, session):
    page = presenter.get(f"/sessions/{session['id']}")
    assert page.click("Add a question").html.select_one("form [name=title]")


def test_the_page_holds_each_question_with_its_id_in_order(presenter, session):
    ids = [presenter.create_question(session["id"], title=title) for title in ("Ä?", "ب؟", "🌍?")]
    page = presenter.get(f"/sessions/{session['id']}").html
    assert [int(row["data-question-id"]) for row in page.select("[data-question-id]")] == ids
    assert [row.select_one("[dir=auto]").get_text() for row in page.select(
        "[data-question-id]")] == ["Ä?", "ب؟", "🌍?"]


def test_the_page_leads_to_the_projector_the_results_and_the_file(presenter, session, question):
    page = presenter.get(f"/sessions/{session['id']}").html
    for path in (f"/present/{session['id']}", f"/questions/{question['id']}/results"):
        assert page.select_one(f"a[href='{path}']")
        presenter.get(path, status=200)
    assert page.select_one(f"form[action='/sessions/{session['id']}/export'] [name=shape]")


def test_the_page_counts_who_joined_and_answered(presenter, question, session, make_respondent):
    make_respondent().respond(question["id"], "A")
    page = presenter.get(f"/sessions/{session['id']}").html
    assert page.select_one("[data-joined]").get_text() == "1"
    assert page.select_one("[data-answered]").get_text() == "1"


def test_htmx_gets_the_living_part_of_the_page(presenter, session, question):
    part = presenter.htmx(f"/api/sessions/{session['id']}/step", {"action": "close"}, status=200)
    assert "<html" not in part.text and part.html.select_one("[data-question-id]")
    part = presenter.get(f"/sessions/{session['id']}", headers={"HX-Request": "true"})
    assert "<html" not in part.text and part.html.select_one("[data-question-id]")


def test_the_home_greets_by_name_and_lists_the_sessions(presenter, session):
    page = presenter.get("/", status=200).html
    assert NAME in page.h1.get_text()
    assert page.select_one(f"a[href='/sessions/{session['id']}']")


def test_the_audience_sees_the_sessions_name(presenter):
    session = classpulse.get_session(classpulse.classroom.db,
                                     presenter.create_session("درس <الرياضيات> 🧮"))
    phone = Respondent(session["code"])
    assert phone.get(f"/audience/{session['code']}").html.h1.get_text() == "درس <الرياضيات> 🧮"


# Afterwards

def test_a_session_can_be_renamed_and_keeps_its_code(db, presenter, session):
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Ökologie 🌍"}, status=303)
    renamed = classpulse.get_session(db, session["id"])
    assert (renamed["name"], renamed["code"]) == ("Ökologie 🌍", session["code"])


def test_a_session_without_a_name_stays_as_it_was(db, presenter, session):
    page = presenter.post(f"/sessions/{session['id']}/edit", {"name": "  "}, status=422)
    assert "The name is missing" in page.text
    assert classpulse.get_session(db, session["id"])["name"] == session["name"]


def list_exports(room):
    return sorted(path.name for path in (room.folder / "exports").iterdir())


def test_the_files_of_a_renamed_session_have_its_new_name(room, presenter, session, respondent,
                                                          question):
    respondent.respond(question["id"], "A")
    for path in (f"/sessions/{session['id']}/export", f"/questions/{question['id']}/export"):
        presenter.get(path)
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Okologie"}, status=303)
    start = f"{classpulse.day(session['created_at'])}_{session['code']}_okologie"
    wait_for(lambda: list_exports(room) == [
        f"{start}_long.csv", f"{start}_q{question['id']}_long.csv", f"{start}_summary.csv",
        f"{start}_wide.csv"])


def test_files_go_only_when_those_of_the_new_name_are_there(room, presenter, session, respondent,
                                                            question, monkeypatch, capsys):
    respondent.respond(question["id"], "A")
    presenter.get(f"/sessions/{session['id']}/export")
    before = list_exports(room)

    def fail(*_):
        raise OSError("disk full")
    with monkeypatch.context() as broken:
        broken.setattr(classpulse, "replace_file", fail)
        presenter.post(f"/sessions/{session['id']}/edit", {"name": "Okologie"}, status=303)
        wait_for(lambda: "was not written" in capsys.readouterr().err)
        assert list_exports(room) == before and session["id"] in room.exports.due
    room.exports.wanted(session["id"], at_once=True)
    wait_for(lambda: [name for name in list_exports(room) if "okologie" in name])
    wait_for(lambda: len(list_exports(room)) == 3)


@pytest.mark.parametrize("act", ["rename", "move", "delete"])
def test_a_file_of_the_teachers_own_is_never_touched(room, presenter, session, respondent,
                                                     question, act):
    other = presenter.create_question(session["id"])
    respondent.respond(question["id"], "A")
    [path] = [room.exports.write(session["id"])]
    stem = path.name.removesuffix("_long.csv")
    mine = [f"marks_{session['code']}_x.csv", f"{stem}_marks.csv", f"{stem}_long.xlsx",
            f"{stem}.xlsx", f"{stem}_workbook.csv", f"{stem}_wide_.csv",
            f"{stem}_long - Copy.csv", f"{stem}-2_long.csv", f"{stem}_qx_long.csv"]
    for name in mine:
        (path.parent / name).write_text("ä", "utf-8")
    if act == "rename":
        presenter.post(f"/sessions/{session['id']}/edit", {"name": "Okologie"}, status=303)
        wait_for(lambda: path.name not in list_exports(room))
    elif act == "move":
        presenter.post(f"/questions/{other}/move", {"place": 1}, status=303)
        wait_for(lambda: not room.exports.due)
    else:
        presenter.post(f"/sessions/{session['id']}/delete",
                       {"name": session["name"], "copies": "1"}, status=303)
        assert path.name not in list_exports(room)
    assert set(mine) <= set(list_exports(room))
    assert all((path.parent / name).read_text("utf-8") == "ä" for name in mine)


def test_another_class_gets_the_questions_and_nobodys_answers(db, presenter, session, respondent,
                                                              question):
    presenter.create_question(session["id"], "rating", "Wie klar?", max_rating="4", low="نعم")
    respondent.respond(question["id"], "A")
    created = presenter.post(f"/sessions/{session['id']}/again", status=303)
    copy = classpulse.get_session(db, int(created.location.rsplit("/", 1)[1]))
    assert copy["active"] and copy["code"] != session["code"]
    questions = classpulse.list_questions_with_counts(db, copy["id"])
    assert [(question["title"], question["type"], question["stage"], question["responses"])
            for question in questions] == [
        ("Welche Größe?", "multiple_choice", "draft", 0), ("Wie klar?", "rating", "draft", 0)]
    assert questions[1]["options"]["low"] == "نعم"
    assert classpulse.list_questions_with_counts(db, session["id"])[0]["responses"] == 1


def test_copies_are_told_apart_by_a_number(db, presenter, session):
    def copy(session_id):
        created = presenter.post(f"/sessions/{session_id}/again", status=303)
        return int(created.location.rsplit("/", 1)[1])
    copies = [copy(session["id"]), copy(session["id"])]
    copies.append(copy(copies[0]))
    assert [classpulse.get_session(db, copy_id)["name"] for copy_id in copies] == [
        f"{session['name']} ({number})" for number in (2, 3, 4)]
    dated = copy(presenter.create_session("Biologie (2026)"))
    assert classpulse.get_session(db, dated)["name"] == "Biologie (2026) (2)"
    longest = copy(presenter.create_session("ß" * classpulse.NAME_MAX))
    name = classpulse.get_session(db, longest)["name"]
    presenter.post(f"/sessions/{longest}/edit", {"name": name}, status=303)


def test_a_closed_session_offers_itself_for_another_class(presenter, session):
    assert "Use with another class" not in presenter.get(f"/sessions/{session['id']}").text
    presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": 0}, status=303)
    page = presenter.get(f"/sessions/{session['id']}").html
    assert page.select_one("button.primary").text == "Use with another class"


def test_a_closed_session_is_summed_up(presenter, room, session, question, make_respondent):
    presenter.create_question(session["id"], title="Never asked")
    for key in "ABB":
        make_respondent().respond(question["id"], key)
    presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": 0}, status=303)
    path = room.exports.write(session["id"])
    page = presenter.get(f"/sessions/{session['id']}").html
    assert page.select_one(".counters").get_text() == (
        "Session ended: 3 students · 1 question asked · 3 answers")
    assert [found.get_text() for found in page.select(".files code")][:2] == [
        str(path.parent), path.name]
    assert page.select_one(".files form")["action"] == f"/sessions/{session['id']}/export"


def test_an_archived_session_is_listed_separately_until_it_is_unarchived(presenter, session):
    presenter.post(f"/api/sessions/{session['id']}/archive", status=303)
    assert presenter.get("/sessions").html.find("h2", string="Archived")
    assert session["name"] not in presenter.get("/").text
    presenter.post(f"/api/sessions/{session['id']}/archive", {"archived": 0}, status=303)
    assert not presenter.get("/sessions").html.find("h2", string="Archived")


def test_deleting_says_what_goes_and_needs_the_name(room, db, presenter, session, respondent,
                                                    question):
    respondent.respond(question["id"], "A")
    room.exports.write(session["id"])
    page = presenter.get(f"/sessions/{session['id']}/delete").text
    assert "1 question" in page and "1 answer from 1 student" in page and "_long.csv" in page
    refused = presenter.post(f"/sessions/{session['id']}/delete", {"name": "Physik"}, status=422)
    assert refused.html.select_one("#name")["value"] == "Physik"
    assert classpulse.get_session(db, session["id"])


def test_a_deleted_session_is_gone_with_its_answers_and_the_files_that_were_ticked(
        room, db, presenter, session, respondent, question):
    respondent.respond(question["id"], "A")
    room.exports.write(session["id"])
    presenter.post(f"/sessions/{session['id']}/delete",
                   {"name": session["name"].upper(), "copies": "1"}, status=303)
    presenter.get(f"/sessions/{session['id']}", status=404)
    respondent.get(f"/audience/{session['code']}", status=404)
    assert db.all("SELECT * FROM responses") == db.all("SELECT * FROM questions") == []
    assert list((room.folder / "exports").glob("*.csv")) == []


def test_a_fresh_backup_takes_the_place_of_those_that_hold_a_deleted_session(
        room, presenter, session, question):
    room.backups.make()
    page = presenter.get(f"/sessions/{session['id']}/delete")
    assert "Otherwise it stays in 1 backup in" in page.html.main.get_text()
    form = page.forms[1]
    assert form["copies"].checked
    form["name"] = session["name"]
    form.submit(status=303)
    [kept] = (room.folder / "backups").glob("*.db")
    assert session["name"].encode() not in kept.read_bytes()


def test_a_deleted_session_says_which_copies_stayed(room, db, presenter, session, respondent,
                                                    question, monkeypatch):
    respondent.respond(question["id"], "A")
    room.exports.write(session["id"])

    def refuse(path, missing_ok=False):
        raise PermissionError("open in Excel")

    def fail():
        raise classpulse.NotSaved("The older backups could not be replaced: disk full.")
    monkeypatch.setattr(room.backups, "renew", fail)
    with monkeypatch.context() as patch:
        patch.setattr(classpulse.Path, "unlink", refuse)
        page = presenter.post(f"/sessions/{session['id']}/delete",
                              {"name": session["name"], "copies": "1"})
    text = page.html.main.get_text()
    assert "_long.csv" in text and "disk full" in text
    presenter.get(f"/sessions/{session['id']}", status=404)


def test_a_file_that_is_being_written_does_not_come_back(room, db, presenter, session, respondent,
                                                         question, monkeypatch):
    respondent.respond(question["id"], "A")
    reached, go_on = threading.Event(), threading.Event()
    put = classpulse.replace_file

    def wait(part, path):
        reached.set()
        assert go_on.wait(20)
        return put(part, path)
    monkeypatch.setattr(classpulse, "replace_file", wait)
    writing = gevent.spawn(room.exports.write, session["id"])
    gevent.get_hub().threadpool.apply(reached.wait, (20,))
    gevent.spawn_later(0.05, go_on.set)
    presenter.post(f"/sessions/{session['id']}/delete", {"name": session["name"], "copies": "1"},
                   status=303)
    writing.join()
    assert room.exports.list_files(session) == []


def test_backups_stay_when_nothing_was_ticked(room, presenter, session):
    made = room.backups.make()
    page = presenter.post(f"/sessions/{session['id']}/delete", {"name": "Physik"}, status=422)
    assert not page.forms[1]["copies"].checked
    presenter.post(f"/sessions/{session['id']}/delete", {"name": session["name"]}, status=303)
    assert session["name"].encode() in made.read_bytes()


def test_the_files_of_a_deleted_session_stay_when_they_were_not_ticked(room, presenter, session,
                                                                       respondent, question):
    respondent.respond(question["id"], "A")
    room.exports.write(session["id"])
    presenter.post(f"/sessions/{session['id']}/delete", {"name": session["name"]}, status=303)
    assert len(list((room.folder / "exports").glob("*.csv"))) == 1


def test_another_presenters_session_can_be_neither_changed_nor_copied(
        db, other_presenter, session):
    for path in ("edit", "delete", "again"):
        other_presenter.post(f"/sessions/{session['id']}/{path}", {"name": session["name"]},
                             status=404)
        assert [row["id"] for row in db.all("SELECT id FROM sessions")] == [session["id"]], path


def test_a_file_of_the_first_release_named_by_a_questions_place_stays(
        room, presenter, session, respondent, question):
    respondent.respond(question["id"], "A")
    path = room.exports.write(session["id"])
    old = path.with_name(path.name.replace("_long", "_q30_long"))
    old.write_text("3", "utf-8")
    presenter.toggle(question["id"], 0)
    wait_for(lambda: not room.exports.due)
    room.exports.write(session["id"])           # after the one that was due
    assert old.read_text("utf-8") == "3"
