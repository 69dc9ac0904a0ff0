"""Sessions used before: old answers, idle sessions, questions used again, their order."""

from contextlib import closing
from datetime import datetime

import classpulse
import pytest
from conftest import Respondent, Teacher, hold, let_go
from test_import_page import get_titles

LONG_AGO = "2020-02-29T09:00:00.000+00:00"


@pytest.fixture
def make_older(db):
    """A function that moves everything that happened so many hours into the past."""
    def make_older(hours):
        def change(db):
            at = classpulse.time_in(hours=-hours)
            db.execute("UPDATE sessions SET created_at = :at, opened_at = :at", dict(at=at))
            db.execute("UPDATE questions SET opened_at = :at, reopened_at = :at", dict(at=at))
            db.execute("UPDATE respondents SET joined_at = :at, last_seen_at = :at", dict(at=at))
            db.execute("UPDATE responses SET created_at = :at, updated_at = :at", dict(at=at))
        db.write(change)
    return make_older


def is_open(db, session):
    return bool(classpulse.get_session(db, session["id"])["active"])


def toggle(presenter, session, active=1, status=303, **fields):
    return presenter.post(f"/api/sessions/{session['id']}/toggle", {"active": active, **fields},
                          status=status)


# Answers of another lesson

def test_a_session_with_old_answers_asks_before_it_is_opened(
        db, presenter, session, question, make_respondent, make_older, monkeypatch):
    moment = datetime.now().astimezone()

    class Still(datetime):      # midnight does not fall between two readings
        @classmethod
        def now(cls, zone=None):
            return moment.astimezone(zone)
    monkeypatch.setattr(classpulse, "datetime", Still)
    for key in "AB":
        make_respondent().respond(question["id"], key)
    make_older(moment.hour + 12)        # yesterday, at noon
    toggle(presenter, session, 0)
    page = toggle(presenter, session).follow()
    assert not is_open(db, session)
    assert "2 students answered here, most recently yesterday" in page.html.main.get_text()
    page.forms[2].submit("active", status=303)
    assert is_open(db, session)
    assert classpulse.list_questions_with_counts(db, session["id"])[0]["responses"] == 2


def test_a_new_class_gets_an_empty_copy_instead(db, presenter, session, question, respondent,
                                                make_older):
    respondent.respond(question["id"], "A")
    make_older(classpulse.OLD_HOURS + 1)
    toggle(presenter, session, 0)
    page = presenter.get(f"/sessions/{session['id']}/open")
    assert "One student answered here" in page.html.main.get_text()
    copy = page.forms[1].submit(status=303).location
    copy_id = int(copy.rsplit("/", 1)[1])
    assert classpulse.list_questions_with_counts(db, copy_id)[0]["responses"] == 0
    assert is_open(db, {"id": copy_id}) and not is_open(db, session)


def test_htmx_is_led_to_the_question(presenter, session, question, respondent, make_older):
    respondent.respond(question["id"], "A")
    make_older(7)
    toggle(presenter, session, 0)
    answer = presenter.htmx(f"/api/sessions/{session['id']}/toggle", {"active": 1})
    assert answer.headers["HX-Redirect"] == f"/sessions/{session['id']}/open"


@pytest.mark.parametrize("hours, answers", [(5, True), (7, False)])
def test_a_session_without_old_answers_opens_at_once(
        db, presenter, session, question, respondent, make_older, hours, answers):
    if answers:
        respondent.respond(question["id"], "A")
    make_older(hours)
    toggle(presenter, session, 0)
    toggle(presenter, session)
    assert is_open(db, session)


def test_an_open_session_with_old_answers_can_be_closed(db, presenter, session, question,
                                                        respondent, make_older):
    respondent.respond(question["id"], "A")
    make_older(7)
    toggle(presenter, session, 1)
    toggle(presenter, session, 0)
    assert not is_open(db, session)


# Idle sessions

def test_sessions_in_which_nothing_happened_for_long_are_closed(
        db, presenter, session, question, make_older):
    make_older(13)
    recent = presenter.create_session("Heute")
    assert classpulse.get_seconds_until_due(db) == 1
    classpulse.run_due_acts(db)
    assert not is_open(db, session) and is_open(db, {"id": recent})
    assert not classpulse.get_question(db, question["id"])["active"]
    assert classpulse.get_seconds_until_due(db) == classpulse.CHECK_SECONDS


def test_the_next_look_is_when_a_session_is_due(db, session, make_older, monkeypatch):
    monkeypatch.setattr(classpulse, "CHECK_SECONDS", 10**6)
    make_older(classpulse.IDLE_HOURS - 1)
    assert 3000 < classpulse.get_seconds_until_due(db) <= 3600


def test_a_session_that_can_not_be_closed_keeps_no_other_open(
        db, presenter, session, question, make_older, monkeypatch):
    other = presenter.create_session("Andere")
    make_older(13)
    close = classpulse.toggle_session_status

    def fail(writer, session_id, **how):
        if session_id == session["id"]:
            raise ValueError
        return close(writer, session_id, **how)
    monkeypatch.setattr(classpulse, "toggle_session_status", fail)
    classpulse.run_due_acts(db)
    assert is_open(db, session) and not is_open(db, {"id": other})


def test_home_says_what_closed_a_session(db, presenter, session, question, make_older):
    def says():
        return "Ended automatically after 12 hours" in presenter.get("/").text
    make_older(13)
    classpulse.run_due_acts(db)
    assert says()
    toggle(presenter, session, 1, anyway=1)
    assert not says()
    toggle(presenter, session, 0)
    assert not says()


@pytest.mark.parametrize("happens", ["a phone", "a question", "opened again"])
def test_what_happened_lately_keeps_a_session_open(
        db, presenter, session, question, make_older, happens):
    make_older(13)
    if happens == "a phone":
        Respondent(session["code"]).respond(question["id"], "A")
    elif happens == "a question":
        presenter.toggle(question["id"], 0)
        presenter.toggle(question["id"], 1)
    else:
        toggle(presenter, session, 0)
        toggle(presenter, session, 1)
    classpulse.run_due_acts(db)
    assert is_open(db, session)


def test_a_server_that_starts_closes_idle_sessions_and_offers_them(start_server, tmp_path):
    server = start_server()
    teacher = Teacher(server)
    teacher.ask("rating", "Wie?")
    assert server.stop() == 0
    with classpulse.command_database(tmp_path / "data") as db:
        db.execute("UPDATE sessions SET opened_at = :at", dict(at=LONG_AGO))
        db.execute("UPDATE questions SET reopened_at = :at", dict(at=LONG_AGO))
    server.start()
    page = teacher.get("/").content.decode()
    assert ">Reopen<" in page and "Ökologie" in page
    teacher.post("/api/sessions/1/toggle", {"active": 1})
    assert ">Reopen<" not in teacher.get("/").content.decode()


# Questions used again

def test_questions_of_another_session_come_as_drafts_without_answers(
        db, presenter, session, question, respondent):
    respondent.respond(question["id"], "A")
    presenter.create_question(session["id"], "rating", "Wie klar? 🌍", low="نعم", discuss="1",
                              seconds="45")
    presenter.create_question(session["id"], "open_text", "Was noch?")
    other = presenter.create_session("Physik")
    first = presenter.create_question(other, "open_text", "Zuerst")
    page = presenter.get(f"/sessions/{other}/reuse").click("Biologie 10b")
    form = page.forms[1]
    for index in (0, 1):
        form.get("question_id", index=index).checked = True
    form.submit(status=303)
    assert get_titles(db, other) == ["Zuerst", "Welche Größe?", "Wie klar? 🌍"]
    copies = classpulse.list_questions_with_counts(db, other)[1:]
    assert {(copy["stage"], copy["responses"]) for copy in copies} == {("draft", 0)}
    assert [(copy["discuss"], copy["seconds"]) for copy in copies] == [(0, None), (1, 45)]
    assert copies[1]["options"]["low"] == "نعم" and first not in [copy["id"] for copy in copies]


def test_copies_remember_what_they_are_copies_of(db, presenter, session, question):
    def get_sources(session_id):
        return [question["copied_from"] for question in classpulse.list_questions(db, session_id)]
    presenter.post(f"/questions/{question['id']}/duplicate", status=303)
    assert get_sources(session["id"]) == [None, question["id"]]
    again = presenter.post(f"/sessions/{session['id']}/again", status=303).location
    copy_id = int(again.rsplit("/", 1)[1])
    ids = [copied["id"] for copied in classpulse.list_questions(db, session["id"])]
    assert get_sources(copy_id) == ids
    assert classpulse.get_session(db, copy_id)["copied_from"] == session["id"]
    settings = presenter.get(f"/sessions/{copy_id}/edit").html
    assert "Copied from Biologie 10b" in settings.select_one(".facts").get_text()
    other = presenter.create_session("Physik")
    presenter.post(f"/sessions/{other}/reuse", {"question_id": ids[1]}, status=303)
    assert get_sources(other) == ids[1:]
    assert classpulse.get_session(db, other)["copied_from"] is None


def test_all_own_questions_are_searched_by_each_word_and_copied(
        db, presenter, other_presenter, session):
    for owner, sid in ((presenter, session["id"]),
                       (other_presenter, other_presenter.create_session("Fremde"))):
        owner.create_question(sid, title="Größte STADT?", options="*Köln\nUlm")
        owner.create_question(sid, "rating", "Wie klar?")
        owner.create_question(sid, "short_text", "Wer?", exact="1")
    other = presenter.create_session("Physik")
    path = f"/sessions/{other}/reuse"
    page = presenter.get(f"{path}?search=stadt+ulm")
    [row] = page.html.select("[data-list] > li")
    assert "Biologie 10b" in row.get_text() and not row.select(".tick")
    assert [tile.get_text(strip=True) for tile in row.select(".tile-words")] == ["Köln", "Ulm"]
    for search in ("stadt+klar", "picture", "numeric", "yes"):       # only what they wrote
        assert not presenter.get(f"{path}?search={search}").html.select("[name=question_id]")
    own = presenter.get(f"/sessions/{session['id']}/reuse?search=stadt")
    assert not own.html.select("[name=question_id]")
    refused = presenter.post(path, {"search": "stadt"}, status=422)
    assert refused.html.select("[name=question_id]")
    presenter.be_alone()
    page = presenter.get(f"{path}?search=stadt")
    assert page.html.select_one("[data-list] .is-correct .tick")
    form = page.forms[2]
    form["question_id"].checked = True
    form.submit(status=303)
    assert get_titles(db, other) == ["Größte STADT?"]


def test_a_question_of_any_length_is_found_however_its_words_are_written(presenter, session):
    presenter.create_question(
        session["id"], title="Welche Stadt?", options=f"Größte {'x' * 190}\nULM, an der Donau")
    path = f"/sessions/{presenter.create_session()}/reuse?search="
    for search in ("grösste", "STADT+donau", "ulm", "Größte+stadt%3F+ULM."):
        assert presenter.get(path + search).html.select("[name=question_id]"), search


def test_a_question_is_looked_at_before_it_is_copied(server, teacher, open_page):
    for title in ("Warum?", "Wozu?"):
        teacher.create_question("multiple_choice", title, options="*Köln\nUlm", explanation="Weil")
    other = teacher.post("/sessions/new", {"name": "Physik"}).headers["Location"]
    address = f"{server.lan}{other}/reuse?source={teacher.session_id}"
    for scripts in (True, False):
        page = open_page(address, java_script_enabled=scripts, **teacher.options())
        page.get_by_label("Warum?").first.check()
        item = page.locator("[data-list] > li", has_text="Wozu?").first
        assert "with an explanation" in item.inner_text()
        item.get_by_role("button", name="Preview").click()
        looks = (item if scripts else page).locator("[data-previews]")
        looks.locator("[data-projection] h1", has_text="Wozu?").wait_for()
        looks.locator("[data-preview=phone] h2:visible", has_text="Wozu?").wait_for()
        assert "Weil" not in looks.inner_text() and not looks.locator(".tick").count()
        assert page.get_by_label("Warum?").first.is_checked()
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_question_that_was_looked_at_last_is_shown(server, teacher, open_page):
    for title in ("Warum?", "Wozu?"):
        teacher.create_question("open_text", title)
    other = teacher.post("/sessions/new", {"name": "Physik"}).headers["Location"]
    page = open_page(f"{server.lan}{other}/reuse?source={teacher.session_id}", 1280, 800,
                     **teacher.options())
    with hold(page, "**/reuse") as held:
        page.get_by_role("button", name="Preview: Warum?").click()
    page.get_by_role("button", name="Preview: Wozu?").click()
    shown = page.locator("[data-list] > li", has_text="Wozu?").locator("[data-projection] h1")
    shown.get_by_text("Wozu?").wait_for()
    let_go(page, held[0])
    assert shown.is_visible()


def test_picking_nothing_is_refused_with_the_list_shown_again(presenter, session, question):
    other = presenter.create_session("Physik")
    page = presenter.post(f"/sessions/{other}/reuse", {"source": session["id"]}, status=422)
    assert "at least one" in page.html.select_one("#problem-question_id").get_text()
    assert page.html.select("input[name=question_id]")


def test_only_ones_own_questions_can_be_used(db, other_presenter, session, question):
    own = other_presenter.create_session("Eigene")
    assert session["name"] not in other_presenter.get(f"/sessions/{own}/reuse").text
    other_presenter.get(f"/sessions/{own}/reuse?source={session['id']}", status=404)
    for question_id in (question["id"], "0", "x", "9" * 30):
        other_presenter.post(f"/sessions/{own}/reuse", {"question_id": question_id}, status=404)
    assert get_titles(db, own) == []


def test_a_search_gives_way_to_votes_and_finds_the_oldest_of_many(
        db, presenter, session, monkeypatch):
    taken = []
    monkeypatch.setattr(classpulse, "take_turn", lambda: taken.append("turn"))
    for other in (presenter.create_session(), presenter.create_session()):
        for number in range(60):
            presenter.create_question(other, title=f"Nr. {number}")
    found = classpulse.search_questions(db, classpulse.get_session(db, session["id"]), "nr. 59")
    assert [question["title"] for question in found] == ["Nr. 59", "Nr. 59"] and len(taken) == 3


def test_a_long_list_is_searched_and_its_button_counts_what_is_ticked(
        server, teacher, open_page):
    for number in range(classpulse.SEARCH_FROM):
        teacher.create_question("open_text", f"Warum {number}?")
    teacher.create_question("rating", "WIE klar? ²")
    source = teacher.session_id
    other = teacher.post("/sessions/new", {"name": "Physik"}).headers["Location"]
    page = open_page(f"{server.lan}{other}/reuse?source={source}", 1280, 800, **teacher.options())
    button, everything = page.locator("[data-copy]"), page.get_by_label("Select all")
    assert button.inner_text() == "Copy questions"
    page.get_by_role("checkbox", name="Warum 3?").check()
    assert button.inner_text() == "Copy 1 question"
    search = page.get_by_label("Search questions")
    search.fill("wie")
    assert page.locator("[data-list] > li:visible").count() == 1
    everything.check()
    assert button.inner_text() == "Copy 2 questions"
    search.fill("Nichts davon")
    page.get_by_text("Nothing matches your search.").wait_for()
    search.fill("rating")                                   # types are shown, and found
    assert page.locator("[data-list] > li:visible").count() == 1 and everything.is_checked()
    search.fill("")
    assert not everything.is_checked()
    button.click()
    page.wait_for_url(f"**{other}")
    with closing(classpulse.connect(server.folder / "classpulse.db")) as db:
        assert get_titles(db, int(other.rsplit("/", 1)[1])) == ["Warum 3?", "WIE klar? ²"]


# Order

def test_questions_are_dragged_and_moved_by_keyboard_and_the_focus_stays(
        server, teacher, open_page):
    for title in ("Eins", "Zwei", "Drei"):
        teacher.ask("open_text", title)
    page = open_page(server.lan + teacher.session, 1280, 1400, **teacher.options())
    items = page.locator("[data-control] li[data-question-id]")
    items.nth(2).locator("[data-grip]").drag_to(items.nth(0), target_position={"x": 40, "y": 4})
    items.nth(0).get_by_text("Drei").wait_for()
    page.locator("[data-control] .row").nth(0).get_by_text("1", exact=True).wait_for()
    assert page.locator(".item-title").all_inner_texts() == ["Drei", "Eins", "Zwei"]
    page.get_by_label("More: Drei").click()
    page.get_by_role("button", name="Move down: Drei").focus()
    for place, title in enumerate(("Eins", "Zwei")):
        page.keyboard.press("Enter")
        page.locator(".row").nth(place).get_by_text(title).wait_for()
    assert page.locator(".item-title").all_inner_texts() == ["Eins", "Zwei", "Drei"]
