"""The page that runs a session: on one screen of a laptop, and as a remote in the hand."""

import gzip
import re

import classpulse
import pytest
from conftest import ROOT, Respondent, resize
from test_layout import weigh


@pytest.fixture
def names(db, presenter):
    """A function that makes a session that asks for names, in which these people have joined."""
    def join(*people):
        created = presenter.post("/sessions/new", {"name": "Physik", "names": "optional"})
        session = classpulse.get_session(db, int(created.location.rsplit("/", 1)[1]))
        phones = [Respondent(session["code"]) for _ in people]
        for phone, name in zip(phones, people):
            fields = {"name": name} if name else {"skip": "1"}
            phone.post(f"/audience/{session['code']}/name", fields, status=303)
        return session, phones
    return join


def get_missing(presenter, session, status=200):
    return presenter.get(f"/sessions/{session['id']}/missing", status=status).html


def list_names(page):
    return [item.get_text() for item in page.select("li")]


# Who is missing

def test_those_without_an_answer_are_listed_by_name(presenter, names):
    session, phones = names("Zoë", "Ben", "Ada")
    question_id = presenter.create_question(session["id"])
    presenter.toggle(question_id)
    presenter.be_alone()
    for phone in phones:
        phone.state()
    phones[1].respond(question_id, "A")
    page = get_missing(presenter, session)
    assert list_names(page) == ["Ada", "Zoë"] and page.h2.get_text() == "Here"
    control = presenter.get(f"/sessions/{session['id']}").html
    assert control.select_one("[data-missing]").get_text() == "2"
    phones[0].respond(question_id, "A")
    phones[2].respond(question_id, "B")
    assert list_names(get_missing(presenter, session)) == []


def test_those_without_a_name_are_a_number(presenter, session, question, make_respondent):
    for phone in (make_respondent(), make_respondent(), make_respondent()):
        phone.state()
    presenter.be_alone()
    assert list_names(get_missing(presenter, session)) == ["3 without a name"]


def test_those_who_are_away_are_listed_by_themselves(room, presenter, names):
    session, phones = names("Zoë", "Ben")
    question_id = presenter.create_question(session["id"])
    presenter.toggle(question_id)
    for phone in phones:
        phone.state()
    gone, _ = [row["id"] for row in classpulse.list_respondents(room.db, session["id"])]
    room.live._save_seen()
    room.live.stored[session["id"]][gone] = classpulse.time_in(
        seconds=-classpulse.ONLINE_SECONDS - 1)
    presenter.be_alone()
    page = get_missing(presenter, session)
    assert [heading.get_text() for heading in page.select("h2")] == ["Here", "Away"]
    assert list_names(page) == ["Ben", "Zoë"]


def test_of_several_open_questions_one_without_an_answer_is_enough(presenter, names):
    session, phones = names("Zoë", "Ben")
    ids = [presenter.create_question(session["id"], title=title) for title in ("1?", "2?")]
    presenter.post(f"/api/sessions/{session['id']}/all", {"active": 1}, status=303)
    for question_id in ids:
        phones[0].respond(question_id, "A")
    phones[1].respond(ids[0], "A")
    presenter.be_alone()
    assert list_names(get_missing(presenter, session)) == ["Ben"]
    page = presenter.get(f"/sessions/{session['id']}").html
    assert page.select_one("[data-missing]").get_text() == "1"


@pytest.mark.parametrize("made", ["nothing", "a draft"])
def test_nobody_is_missing_before_a_question_is_open(presenter, session, respondent, made):
    if made == "a draft":
        presenter.create_question(session["id"])
    presenter.be_alone()
    assert "Nobody is missing" in get_missing(presenter, session).get_text()
    page = presenter.get(f"/sessions/{session['id']}").html
    assert page.select_one("[data-missing]").get_text() == "0"


def test_who_is_missing_is_for_a_private_screen_of_the_owner(presenter, other_presenter, names):
    session, phones = names("Zoë")
    phones[0].state()
    presenter.toggle(presenter.create_question(session["id"]))
    refused = presenter.get(f"/sessions/{session['id']}/missing", status=403)
    assert "Zoë" not in refused.text
    other_presenter.be_alone()
    get_missing(other_presenter, session, status=404)
    for path in (f"/sessions/{session['id']}", f"/present/{session['id']}"):
        assert "Zoë" not in presenter.get(path).text


# Numbers

def test_the_present_message_counts_every_open_question(presenter, session, make_respondent):
    first, second, draft = [presenter.create_question(session["id"], title=title)
                            for title in ("1?", "2?", "3?")]
    for question_id in (first, second):
        presenter.toggle(question_id)
    phones = make_respondent(), make_respondent()
    for phone in phones:
        phone.respond(first, "A")
    phones[0].respond(second, "B")
    assert presenter.now(session["id"])["answers"] == {first: 2, second: 1}
    presenter.toggle(second, 0)
    assert presenter.now(session["id"])["answers"] == {first: 2}
    presenter.toggle(first, 0)
    assert presenter.now(session["id"])["answers"] == {first: 2}


def test_a_row_tells_the_result_once_the_answer_was_shown(presenter, session, make_respondent):
    question_id = presenter.create_question(session["id"], options="*Paris\nLyon")

    def read():
        row = presenter.get(f"/sessions/{session['id']}").html.select_one(".row-state")
        return row.get_text(" ", strip=True)
    assert read() == "not asked yet"
    presenter.step(session["id"], "open")
    for key in "AAB":
        make_respondent().respond(question_id, key)
    assert read() == "open · 3"
    presenter.step(session["id"], "close")
    assert read() == "3 answers"
    presenter.step(session["id"], "show_answer")
    assert read() == "✓ 67 % correct"


# Without scripts

def test_a_tap_on_a_row_is_a_form_that_moves_the_projector(presenter, session):
    ids = [presenter.create_question(session["id"], title=title) for title in ("1?", "2?")]
    presenter.step(session["id"], "begin")
    page = presenter.get(f"/sessions/{session['id']}")
    button = page.html.select_one(f"#row-{ids[1]}")
    assert button["form"] == "go" and button["name"] == "to"
    form = page.forms["go"]
    presenter.post(form.action, [*form.submit_fields(), ("to", button["value"])],
                   headers={"Accept": "text/html"}, status=303)
    now = presenter.now(session["id"])
    assert now["question_id"] == ids[1] and set(now["stages"].values()) == {"draft"}


def test_the_page_shows_the_projector_in_small(presenter, session, question):
    page = presenter.get(f"/sessions/{session['id']}").html
    small = page.select_one(".small-screen [data-projection] article")
    large = presenter.get(f"/present/{session['id']}").html.select_one("[data-projection] article")
    assert str(small) == str(large)
    assert page.select_one(".small-screen").has_attr("inert")


# What it loads

def test_the_control_page_loads_little(presenter, session):
    for number in range(12):
        presenter.create_question(session["id"], title=f"Frage {number}?")
    page = presenter.get(f"/sessions/{session['id']}")
    loads = weigh(page)
    scripts = [path for path in loads if path.endswith(".js")]
    for path in scripts:        # grows while modules import further ones
        found = re.findall(r'import [^;]* from "(\..+?)";', loads[path].decode())
        for imported in found:
            module = ((ROOT / "static" / path).parent / imported).resolve()
            name = module.relative_to(ROOT / "static").as_posix()
            if name not in loads:
                loads[name] = classpulse.static_files().files[name][0]      # as it is sent
                scripts.append(name)
    assert "js/audience.js" in loads and not [path for path in loads if "chart" in path]
    assert sum(len(gzip.compress(content, 9)) for content in loads.values()) <= 58_000


# In the browser

@pytest.fixture
def twelve(teacher):
    """Ids of a lesson's twelve questions."""
    title = "Welche dieser Strukturen kommen in Pflanzenzellen vor, aber nicht in Tierzellen? "
    return [teacher.create_question("multiple_choice", title + str(number),
                                    options="*Zellwand\nChloroplast\nVakuole")
            for number in range(12)]


def is_inside(page, selector):
    """Whether every such element is seen whole without scrolling."""
    return page.locator(selector).evaluate_all("""(all) => all.every((one) => {
        const { top, left, bottom, right, width } = one.getBoundingClientRect();
        const middle = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        return width && top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth
          && (one.contains(middle) || one.closest("[inert]"));
    })""")


def test_everything_that_a_lesson_needs_is_on_one_screen(server, teacher, twelve, open_page):
    teacher.toggle(twelve[2], 1)
    page = open_page(server.lan + teacher.session, 1280, 800, **teacher.options())
    page.locator(".small-screen h1").wait_for()
    for part in ("[data-next]", "#step-show_results", "#ask-now", ".small-screen", "#who-missing",
                 ".answered .track", "li[data-question-id] .row", "li[data-question-id] summary",
                 ".pane-foot button", ".pane-foot a", ".tools .button", ".tabs a",
                 ".join-pill", ".here"):
        assert page.locator(part).count() and is_inside(page, part), part
    assert page.locator("li[data-question-id]").count() == 12
    heights = page.locator("li[data-question-id]").evaluate_all(
        "(rows) => rows.map((row) => row.getBoundingClientRect().height)")
    assert set(heights) == {48}
    assert page.evaluate("document.scrollingElement.scrollHeight") == 800
    assert page.evaluate("document.querySelector('.side').scrollHeight") <= 744


def test_the_remote_has_the_next_step_below_the_thumb(server, teacher, twelve, open_page):
    teacher.toggle(twelve[0], 1)
    page = open_page(server.lan + teacher.session, **teacher.options())
    page.locator(".console-place", has_text="1 of 12").wait_for()
    for width, height in ((390, 844), (320, 568)):
        resize(page, width, height)
        page.evaluate("scrollTo(0, 0)")
        for part in ("[data-next]", "#step-back", "#step-show_results", "#more-steps",
                     ".now-title", ".answered .counters", ".here", ".state-pill"):
            assert is_inside(page, part), (part, width)
        top = page.locator("[data-next]").evaluate("(one) => one.getBoundingClientRect().top")
        assert top > height / 2
        assert page.evaluate("document.scrollingElement.scrollWidth") == width
        page.locator("#more-steps").click()
        assert is_inside(page, ".more-menu .menu-panel"), width
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Private view").click()
    page.locator("#answers [data-key=A]").wait_for()
    page.get_by_role("link", name="Join").click()
    assert page.locator("#join .code").is_visible() and page.locator("#answers").is_visible()


def test_a_row_tells_its_title_and_type_to_a_finger(server, teacher, twelve, open_page):
    page = open_page(server.lan + teacher.session, has_touch=True, is_mobile=True,
                     **teacher.options())
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    for width, height in ((320, 568), (390, 844), (1024, 768)):
        resize(page, width, height)
        for part in (".item-title", ".row small"):
            widths = page.locator(f"li[data-question-id] {part}").evaluate_all(
                "(all) => all.map((one) => one.getBoundingClientRect().width)")
            assert len(widths) == 12 and min(widths) > 80, (part, width)


def test_only_the_results_are_switched_in_the_middle_of_the_remote(server, teacher, open_page):
    question_id = teacher.create_question("multiple_choice", "Welche?", options="*Paris\nLyon")
    page = open_page(server.lan + teacher.session, **teacher.options())
    middle = page.locator("#step button:not(.next)")
    page.locator("[data-next]", has_text="Start question 1").wait_for()
    assert middle.inner_text() == "Results" and middle.is_disabled()
    seen = []
    for step in ("Start question 1", "Close voting and show results", "Show the correct answer"):
        left = page.locator("#more-steps").bounding_box()["x"]
        page.locator("[data-next]", has_text=step).click()
        page.locator("[data-next]", has_not_text=step).wait_for()
        seen.append(middle.inner_text())
        assert page.locator("#more-steps").bounding_box()["x"] == left
    assert seen == ["Show results", "Hide results", "Results"]
    page.locator("#more-steps").click()
    page.locator(".more-menu").get_by_role("button", name="Vote again").click()
    page.locator(f".stage-open[data-question-id='{question_id}'][data-round='2']").wait_for(
        state="attached")


def test_a_tab_of_the_remote_gets_the_room_that_is_there(server, teacher, open_browser,
                                                         open_page):
    teacher.post(f"{teacher.session}/edit", {"name": "Physik", "names": "required"})
    teacher.ask("multiple_choice", "Welche?", options="Paris\nLyon\nNizza\nLille\nMetz\nBrest")
    for number in range(6):
        phone = open_browser()
        phone.post("/join", {"code": teacher.code})
        phone.post(f"/audience/{teacher.code}/name", {"name": f"Zoë {number}"})
    teacher.post("/alone", {"alone": 1})
    page = open_page(server.lan + teacher.session, **teacher.options())
    page.locator("#answers [data-key=F]").wait_for()
    page.get_by_role("link", name="Students").click()
    page.locator(".tabs [aria-current]", has_text="Students").wait_for()
    assert is_inside(page, ".tabs [data-tab]:not([data-tab=answers])")
    assert page.locator("#students li").count() == 6 and is_inside(page, "#students li")


def test_a_session_that_has_ended_lists_the_results_of_what_was_asked(
        server, teacher, open_browser, open_page):
    question_id = teacher.ask("multiple_choice", "Welche?", options="*Paris\nLyon")
    teacher.create_question("open_text", "Never asked")
    phone = open_browser()
    phone.post("/join", {"code": teacher.code})
    phone.post(f"/audience/respond/{question_id}", {"response": "A"})
    assert "row-results" not in teacher.control()
    teacher.post(f"/api{teacher.session}/toggle", {"active": 0})
    report = f"{teacher.session}/report"
    assert f'href="{report}"' in teacher.get("/sessions").content.decode()
    page = open_page(server.lan + report, **teacher.options())
    page.get_by_role("link", name="Questions and settings").click()
    page.get_by_role("link", name="Results: Welche?").click()
    page.get_by_role("heading", name="Welche?").wait_for()


def test_somebody_who_is_here_has_connected(presenter, session, make_respondent):
    def read():
        return presenter.get(f"/sessions/{session['id']}").html.select_one(".reach").get_text()
    before = presenter.now(session["id"])["revision"]
    assert "No phone has connected yet" in read()
    make_respondent().state()
    assert presenter.now(session["id"])["devices"] == 0 and "connected yet" not in read()
    assert presenter.now(session["id"])["revision"] != before


def test_the_page_follows_a_lesson_as_it_goes(server, teacher, open_browser, open_page, twelve):
    page = open_page(server.lan + teacher.session, 1280, 800, reduced_motion="reduce",
                     **teacher.options())
    assert page.locator("[data-small-join]").is_visible()
    teacher.toggle(twelve[1], 1)
    page.locator(f".small-screen [data-question-id='{twelve[1]}'].stage-open").wait_for()
    page.locator("[data-small-join]").wait_for(state="hidden")
    row = page.locator(f"li[data-question-id='{twelve[1]}']")
    row.get_by_text("open · 0").wait_for()
    phones = [open_browser() for _ in range(3)]
    for phone in phones:
        phone.get(f"/{teacher.code}", 303)
        phone.get(f"/audience/{teacher.code}/state")
    page.locator("[data-missing]", has_text="3").wait_for()
    for phone in phones[:2]:
        phone.post(f"/audience/respond/{twelve[1]}", {"response": "A"})
    row.get_by_text("open · 2").wait_for()
    page.locator("[data-missing]", has_text="1").wait_for()
    assert page.locator(".is-pulsing").count() == 0
    phones[2].post(f"/audience/respond/{twelve[1]}", {"response": "B"})
    page.locator("[data-next].is-pulsing").wait_for()
    share = "(one) => Math.abs(one.getBoundingClientRect().width / one.parentNode.clientWidth - 1)"
    page.wait_for_function(f"() => ({share})(document.querySelector('[data-track]')) < 0.01")
    page.locator("#step-show_results").click()      # on the projector, and so here
    page.locator(".small-screen [data-key=A] [data-count]", has_text="2").wait_for()
    page.locator(f"#row-{twelve[4]}").click()
    page.locator(f".small-screen [data-question-id='{twelve[4]}']").wait_for()
    page.locator(f"#row-{twelve[4]}[aria-current]").wait_for()
    assert page.locator(".row[aria-current]").count() == 1


def test_who_is_missing_is_told_and_follows(server, teacher, open_browser, open_page):
    teacher.post(f"{teacher.session}/edit", {"name": "Physik", "names": "required"})
    question_id = teacher.ask("multiple_choice", "Welche?", options="Paris\nLyon")
    phones = [open_browser() for _ in range(2)]
    for phone, name in zip(phones, ("Zoë", "Ben")):
        phone.post("/join", {"code": teacher.code})
        phone.post(f"/audience/{teacher.code}/name", {"name": name})
    page = open_page(server.lan + teacher.session, 1280, 800, **teacher.options())
    asked = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    page.locator("#who summary").click()
    page.locator("#who").get_by_role("button", name="Private view").click()
    page.locator("#who summary").click()
    page.locator("#who li", has_text="Zoë").wait_for()
    resize(page, 390, 844)
    assert is_inside(page, "#who .menu-panel")
    phones[0].post(f"/audience/respond/{question_id}", {"response": "A"})
    page.locator("#who li", has_text="Zoë").wait_for(state="detached")
    assert page.locator("#who li").all_inner_texts() == ["Ben"]
    page.locator(".living").evaluate("(one) => htmx.trigger(one, 'htmx:afterSwap')")
    assert asked.count("missing") <= 4      # when opened, and for each change of the number
    page.keyboard.press("Escape")
    assert not page.locator("#who li").is_visible()
    phones[1].post(f"/audience/respond/{question_id}", {"response": "A"})
    page.locator("[data-missing]", has_text="0").wait_for()
    page.locator("#who summary").click()
    page.get_by_text("Nobody is missing.").wait_for()


def test_the_page_catches_up_when_fetching_it_failed_or_took_long(server, teacher, open_page):
    question_id = teacher.create_question("multiple_choice", "Welche?", options="Paris\nLyon")
    page = open_page(server.lan + teacher.session, 1280, 800, **teacher.options())
    step = page.locator("[data-next]")
    step.filter(has_text="Start question 1").wait_for()
    open_page.expected = "htmx:|ERR_FAILED"
    held = []
    page.route(f"**{teacher.session}", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        teacher.toggle(question_id, 1)
    page.unroute(f"**{teacher.session}")
    page.route(f"**{teacher.session}",
               lambda route: route.continue_() if held else held.append(route))
    with page.expect_request(f"**{teacher.session}"):
        teacher.toggle(question_id, 0)
    with page.expect_response(f"**{teacher.session}"):     # by a socket; the page is not yet back
        teacher.toggle(question_id, 1)
        page.locator(".small-screen .stage-open").wait_for()
        held[0].continue_()
    step.filter(has_text="Close voting").wait_for()


def test_a_step_takes_no_half_typed_name_away(server, teacher, open_browser, open_page):
    teacher.post(f"{teacher.session}/edit", {"name": "Physik", "names": "required"})
    teacher.ask("multiple_choice", "Welche?", options="Paris\nLyon")
    phone = open_browser()
    phone.post("/join", {"code": teacher.code})
    phone.post(f"/audience/{teacher.code}/name", {"name": "Zo"})
    teacher.post("/alone", {"alone": 1})
    page = open_page(server.lan + teacher.session, 1280, 800, **teacher.options())
    page.get_by_role("link", name="Students").click()
    page.get_by_label("Student whose name is wrong").select_option("Zo")
    page.get_by_label("Correct name").fill("Zoë")
    teacher.post(f"/api{teacher.session}/lock", {"locked": 1})      # told to this page, too
    page.locator("#lock", has_text="Locked").wait_for(state="attached")
    assert page.get_by_label("Correct name").input_value() == "Zoë"
    assert page.get_by_label("Correct name").evaluate("(one) => one === document.activeElement")
    page.locator(".rename button").click()
    page.locator(".people bdi", has_text="Zoë").wait_for()
    assert page.get_by_label("Correct name").input_value() == ""


def test_the_end_is_asked_in_a_dialog_of_its_own_and_done_though_the_page_changes(
        server, teacher, open_page):
    question_id = teacher.ask("multiple_choice", "Welche?", options="Paris\nLyon")
    page = open_page(server.lan + teacher.session, 1280, 800, **teacher.options())
    page.on("dialog", lambda dialog: pytest.fail("a dialog of the browser"))
    dialog = page.get_by_role("dialog")
    for step in ("End session", "Close voting", "End session"):
        page.get_by_role("button", name=step).first.click()
        if step == "Close voting":
            page.locator("[data-next]", has_text="End session").wait_for()
            continue
        dialog.get_by_role("button", name="Keep going").click()
        dialog.wait_for(state="hidden")
    page.locator("[data-next]").click()
    dialog.get_by_role("button", name="End session").click()
    page.get_by_role("button", name="Reopen").wait_for()
    page.get_by_text("Session ended").first.wait_for()
    page.get_by_role("button", name="Reopen").click()
    page.get_by_role("button", name="End session").first.wait_for()
    teacher.toggle(question_id, 1)
    page.locator("[data-next]", has_text="Close voting").wait_for()
    page.get_by_role("button", name="End session").click()
    dialog.wait_for()
    teacher.toggle(question_id, 0)
    page.locator("[data-next]", has_text="End session").wait_for()
    dialog.get_by_role("button", name="End session").click()
    page.get_by_text("Session ended").first.wait_for()
    page.get_by_role("button", name="Reopen").click()
    page.locator("[data-next]", has_text="End session").click()
    dialog.wait_for()
    teacher.post(f"/api{teacher.session}/toggle", {"active": 0})
    dialog.wait_for(state="hidden")     # there is nothing left to ask


def test_a_menu_and_its_place_outlive_what_happens_elsewhere(server, teacher, twelve, open_page):
    page = open_page(server.lan + teacher.session, 1280, 500, **teacher.options())
    page.locator(f"#more-{twelve[11]} summary").click()
    top = page.locator(".side").evaluate("(side) => side.scrollTop")
    assert top > 0
    teacher.toggle(twelve[0], 1)
    page.get_by_text("open · 0").wait_for(state="attached")
    assert page.locator(f"#more-{twelve[11]} a", has_text="Edit").is_visible()
    assert page.locator(".side").evaluate("(side) => side.scrollTop") == top


def test_a_step_that_failed_moves_neither_focus_nor_place_later(
        server, teacher, twelve, open_page):
    teacher.toggle(twelve[0], 1)
    teacher.post("/alone", {"alone": 1})
    page = open_page(server.lan + teacher.session, 1280, 500, **teacher.options())
    open_page.expected = "503"
    page.route("**/step", lambda route: route.fulfill(status=503, body="Busy"), times=1)
    page.locator("[data-next]").click()
    page.get_by_text("This did not work.").wait_for()
    page.locator(f"#open-{twelve[11]}").focus()
    place = """() => [document.activeElement.id, document.querySelector(".side").scrollTop]"""
    before = page.evaluate(place)
    page.evaluate("""() => new Promise((done) => {
        document.addEventListener("htmx:afterSettle", done);
        htmx.trigger(document.querySelector("[data-private]"), "answers");
    })""")
    assert page.evaluate(place) == before and before[1] > 0


def test_the_small_projector_shows_the_end_until_a_question_is_looked_at(
        server, teacher, twelve, open_page):
    page = open_page(server.lan + teacher.session, 1280, 800, **teacher.options())
    end = page.locator(".small-screen .end-view")
    page.locator(".questions .row").nth(1).click()
    page.locator(".small-screen .place", has_text="2 of 12").wait_for()
    assert end.is_hidden()
    teacher.post(f"/api{teacher.session}/toggle", {"active": 0})
    end.get_by_text("Thank you").wait_for()
    page.reload()
    end.get_by_text("Thank you").wait_for()
    page.locator(".questions .row").nth(2).click()
    end.wait_for(state="hidden")
    page.locator(".small-screen .place", has_text="3 of 12").wait_for()
    # An end that comes late covers no question.
    teacher.post(f"/api{teacher.session}/toggle", {"active": 1})
    page.locator("[data-next]").wait_for()
    held = []
    page.evaluate("AbortController.prototype.abort = () => {}")        # it may take its time
    page.route("**/end", lambda route: held.append(route), times=1)
    page.locator(".questions .row").nth(1).click()
    page.locator(".small-screen .place", has_text="2 of 12").wait_for()
    with page.expect_request("**/end"):
        teacher.post(f"/api{teacher.session}/toggle", {"active": 0})
    page.get_by_role("button", name="Reopen").wait_for()
    page.locator(".questions .row").nth(2).click()
    page.locator(".small-screen .place", has_text="3 of 12").wait_for()
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/end")):
        held[0].continue_()
    page.evaluate("() => fetch(location.href).then((answer) => answer.text())")
    assert end.is_hidden()


def test_a_row_in_the_hand_is_dropped_though_the_page_changes(
        server, teacher, twelve, open_page, stored):
    page = open_page(server.lan + teacher.session, 1280, 800, **teacher.options())
    path = server.lan + teacher.session
    rows = page.locator("li[data-question-id]")
    rows.nth(2).locator("[data-grip]").hover()
    page.mouse.down()
    rows.nth(0).hover(position={"x": 60, "y": 5})
    rows.nth(0).hover(position={"x": 60, "y": 6})
    with page.expect_event("requestfinished", lambda request: request.url == path):
        teacher.toggle(twelve[5], 1)
    page.locator(".small-screen .stage-open").wait_for()
    rows.nth(0).hover(position={"x": 60, "y": 7})
    page.mouse.up()
    page.get_by_text("open · 0").wait_for(state="attached")
    assert [question["id"] for question in stored()][:3] == [twelve[2], *twelve[:2]]
    assert rows.nth(0).get_attribute("data-question-id") == str(twelve[2])
