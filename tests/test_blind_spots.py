"""What most tests have only one of, or quite fresh: two sessions, a sign-in of yesterday, ticks
under edited options, a second step that fails."""

import classpulse
import gevent
import pytest
from conftest import NAME
from still_clock import StillClock
from test_real_time_results import Listener, Phone, counts, hear
from test_real_time_results import Teacher as Lecturer


# Two sessions at once

@pytest.fixture
def lessons(open_browser):
    """Two presenters' lessons on one laptop, each with an open question: (teacher, question)."""
    teachers = [open_browser(Lecturer, name) for name in (NAME, "Señor Otro")]
    return [(teacher, teacher.open_question()) for teacher in teachers]


def test_votes_in_one_session_are_told_in_no_other(lessons, open_browser):
    (first, asked), (second, other) = lessons
    phones = [open_browser(Phone, first.code) for _ in range(2)]
    watched = [first.watch(f"/ws/results/{asked}"), second.watch(f"/ws/results/{other}"),
               second.watch(f"/ws/present/{second.session_id}")]
    for one in watched:
        assert hear(one)["joined"] == 0
    for phone in phones:
        phone.respond(asked, "B")
    message = hear(watched[0], lambda message: message["response_count"] == 2)
    assert counts(message) == {"Paris": 0, "Lyon": 2, "Köln": 0} and message["joined"] == 2
    open_browser(Phone, second.code).respond(other, "A")
    # What they hear first of anything is their own.
    message = hear(watched[1])
    assert counts(message) == {"Paris": 1, "Lyon": 0, "Köln": 0} and message["joined"] == 1
    assert hear(watched[2])["joined"] == 1


def test_one_phone_in_two_sessions_is_somebody_in_each(lessons, open_browser):
    (first, asked), (second, other) = lessons
    phone = open_browser(Phone, first.code)
    phone.post("/join", {"code": second.code})
    phone.respond(asked, "A")
    phone.respond(other, "C")
    for code, question_id, answer in ((first.code, asked, "A"), (second.code, other, "C")):
        state = hear(phone.watch(f"/ws/audience/{code}"))
        assert [question["id"] for question in state["questions"]] == [question_id]
        assert {id: mine["value"] for id, mine in state["mine"].items()} == {
            str(question_id): answer}


def test_closing_one_session_leaves_the_other_open(lessons, open_browser):
    (first, asked), (second, other) = lessons
    phones = [open_browser(Phone, teacher.code) for teacher, _ in lessons]
    first.toggle_session(0)
    assert hear(phones[0].listen())["active"] is False
    state = hear(phones[1].listen())
    assert state["active"] is True and state["questions"][0]["stage"] == "open"
    phones[0].respond(asked, "A", status=409)
    phones[1].respond(other, "A")


# A sign-in of yesterday

def make_older(room, hours):
    """Let the only sign-in have been made or renewed so long ago."""
    expires_at = classpulse.time_in(days=classpulse.COOKIE_DAYS - hours / 24)
    room.db.write(lambda db: db.execute("UPDATE signins SET expires_at = :at",
                                        dict(at=expires_at)))


@pytest.mark.parametrize("hours, renewed", [(20, False), (28, True)])
def test_a_lesson_is_run_with_a_sign_in_of_yesterday(room, db, presenter, session, hours, renewed):
    question_id = presenter.create_question(session["id"])
    make_older(room, hours)
    [before] = db.all("SELECT * FROM signins")
    cookie = presenter.post(f"/api/questions/{question_id}/toggle", {"active": 1},
                            status=303).headers.get("Set-Cookie", "")
    assert classpulse.get_question(db, question_id)["active"]
    [after] = db.all("SELECT * FROM signins")
    assert after["token_hash"] == before["token_hash"]
    assert (after["expires_at"] > before["expires_at"]) is renewed
    assert (f"cp_{room.id}=" in cookie) is renewed
    assert "Max-Age=2592000" in cookie or not renewed


# A draft under an edited question

def test_ticks_not_sent_under_edited_options_are_sent_as_they_stand(server, teacher, open_page):
    question_id = teacher.ask("select_all", "Welche?", options="Ahron\nBuche\nZeder")
    phone = open_page(f"{server.lan}/{teacher.code}", has_touch=True, is_mobile=True)
    for option in ("Ahron", "Zeder"):
        phone.get_by_text(option).tap()
    teacher.post(f"/questions/{question_id}/edit",
                 {"title": "Welche?", "options": "Ahorn\nBuche\nZeder"})
    phone.get_by_text("Ahorn").wait_for()
    assert [phone.get_by_label(option).is_checked() for option in ("Ahorn", "Buche", "Zeder")] == [
        True, False, True]
    phone.get_by_role("button", name="Send").tap()
    phone.get_by_text("Saved").wait_for()
    assert teacher.answers(question_id) == [("Ahorn; Zeder", "0")]


# A second step that fails

def test_a_second_step_skips_nothing_and_is_told_when_it_fails(server, teacher, open_page):
    question_id = teacher.create_question("multiple_choice", "Größe?", options="klein\n*groß")
    page = open_page("about:blank", 1280, 800, **teacher.options())
    clock = StillClock(page, server.lan + teacher.present)
    clock.jump(700)
    with page.expect_response("**/step"):       # the next one is another's
        page.keyboard.press(" ")
    page.locator(".stage-open").wait_for()
    clock.jump(700)

    def step_elsewhere(route):      # while the press is on its way
        teacher.post(f"/api{teacher.session}/step", {
            "action": "close", "question_id": question_id, "round": 1, "stage": "open"}, 200)
        route.continue_()
    page.route("**/step", step_elsewhere, times=1)
    with page.expect_response("**/step") as answer:
        page.keyboard.press(" ")
    assert answer.value.json()["stage"] == "closed"
    page.locator(".stage-closed").wait_for()
    clock.jump(700)
    open_page.expected = "ERR_FAILED"
    page.route("**/step", lambda route: route.abort(), times=1)
    page.evaluate("""() => {
        const link = document.querySelector("[data-link]");
        window.told = "";       // the next message says again that there is a connection
        new MutationObserver(() => { window.told += link.textContent; }).observe(
            link, { childList: true });
    }""")
    page.keyboard.press(" ")
    page.wait_for_function("() => window.told.includes('Connection lost')")
    assert page.locator(".stage-closed").is_visible()
    clock.jump(700)
    page.keyboard.press(" ")
    page.locator(".stage-results").wait_for()
    page.get_by_text("Connection lost").wait_for(state="hidden")


# A change after a while

@pytest.mark.parametrize("change", ["toggle", "step"])
def test_what_the_presenter_does_is_told_at_once(room, presenter, session, question, monkeypatch,
                                                 change):
    """At once is no delay at all: the first change since the last message waits for no timer."""
    for topic, id in (("audience", session["id"]), ("present", session["id"]),
                      ("results", question["id"])):
        Listener(room, topic, id)
    delays, spawn_later = [], gevent.spawn_later

    def note(seconds, function, *args):
        if room.live._tell in args:
            delays.append((args[1], seconds))
        return spawn_later(seconds, function, *args)
    monkeypatch.setattr(classpulse.gevent, "spawn_later", note)
    if change == "toggle":
        presenter.toggle(question["id"], 0)
    else:
        presenter.step(session["id"], "close")
    assert {topic: seconds for topic, seconds in delays} == {
        "audience": 0, "present": 0, "results": 0}


def test_a_profile_is_emptied_for_the_next_test_or_not_used_again(server, profiles, open_page):
    def use(spend):
        page = profiles.open({"width": 390, "height": 844})
        page.goto(server.lan + "/join")
        found = page.evaluate("[document.cookie, {...localStorage}, {...sessionStorage}]")
        page.evaluate("document.cookie = 'a=1'; localStorage.b = sessionStorage.c = 2")
        spend(page)
        profiles.end(page.context)
        return page.context, found

    def go_elsewhere(page):
        page.goto(server.url + "/join")
    first, fresh = use(lambda page: None)
    assert fresh == ["", {}, {}]
    assert use(lambda page: page.emulate_media(color_scheme="dark")) == (first, fresh)
    second, found = use(go_elsewhere)
    assert second != first and found == fresh
    third, found = use(lambda page: page.context.new_page())
    assert third not in (first, second) and found == fresh
    assert use(lambda page: None)[0] not in (first, second, third)
