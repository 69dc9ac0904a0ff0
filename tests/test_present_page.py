"""The projector's page itself: join view, foot, end, look, and that the screen stays awake."""

import json
import re

import pytest
from conftest import Teacher, resize


@pytest.fixture
def teacher(open_browser):
    teacher = open_browser(Teacher)
    teacher.phones = []
    return teacher


DARK = "getComputedStyle(document.body).backgroundColor === 'rgb(16, 19, 28)'"


def test_d_switches_between_light_and_dark_and_is_remembered(server, teacher, open_page):
    page = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    page.locator("[data-in]", has_text="0 are in").wait_for()
    assert not page.evaluate(DARK)
    for dark in (True, False, True):
        page.keyboard.press("d")
        page.wait_for_function(f"() => {DARK}" if dark else f"() => !({DARK})")
    page.reload()
    page.wait_for_function(f"() => {DARK}")


def test_the_switch_goes_on_from_what_the_system_says(server, teacher, open_page):
    page = open_page(server.lan + teacher.present, 1280, 800, color_scheme="dark",
                     **teacher.options())
    page.locator("[data-in]", has_text="0 are in").wait_for()
    assert page.evaluate(DARK)
    page.keyboard.press("d")
    page.wait_for_function(f"() => !({DARK})")


def test_the_screen_stays_awake_where_the_browser_allows_it(server, teacher, open_page):
    options = teacher.options()
    for cookie in options["storage_state"]["cookies"]:
        cookie["domain"] = "127.0.0.1"
    page = open_page("about:blank", 1280, 800, **options)
    page.add_init_script("""
        navigator.wakeLock.request = (kind) => { window.asked = kind; return Promise.resolve(); }
    """)
    page.goto(server.url + teacher.present)
    page.wait_for_function("() => window.asked === 'screen'")
    assert page.locator("[data-sleep]").get_attribute("hidden") is not None


def test_elsewhere_the_page_says_to_turn_off_sleep(server, teacher, open_page):
    page = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    page.locator("[data-in]", has_text="0 are in").wait_for()
    page.keyboard.press("?")
    page.get_by_text("turn off sleep").wait_for()


def test_the_join_view_covers_neither_a_lost_connection_nor_that_joining_is_locked(
        server, teacher, open_page):
    page = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    page.locator("[data-in]", has_text="0 are in").wait_for()
    on_top = """(selector) => {
        const one = document.querySelector(selector);
        const { left, top, width, height } = one.getBoundingClientRect();
        return one === document.elementFromPoint(left + width / 2, top + height / 2);
    }"""
    teacher.post(f"/api{teacher.session}/lock", {"locked": 1})
    page.get_by_text("Joining is locked").wait_for()
    assert page.evaluate(on_top, "[data-locked]")
    open_page.expected = "WebSocket|ERR_"
    server.stop()
    page.get_by_text("Connection lost").wait_for()
    assert page.evaluate(on_top, "[data-link]")


def test_a_page_whose_connection_is_back_does_not_say_why_it_was_lost(server, teacher, open_page):
    question = teacher.ask("multiple_choice", "Which?", options="Yes\nNo")
    page = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    page.locator(".stage-open").wait_for()
    link, held = page.locator("[data-link]"), []
    page.evaluate("AbortController.prototype.abort = () => {}")        # it may take its time
    page.route("**/step", lambda route: route.abort(), times=1)
    page.route(page.url, lambda route: held.append(route), times=1)
    open_page.expected = "ERR_|status of 404"
    with page.expect_request(page.url):
        page.keyboard.press("Space")
    link.get_by_text("Connection lost").wait_for()
    teacher.toggle(question, 0)
    page.locator(".projection:not(.is-open)").wait_for()
    assert link.inner_text() == ""
    with page.expect_response(page.url):
        held[0].fulfill(status=404)
    page.evaluate("fetch('/healthz').then((answer) => answer.text())")
    assert link.inner_text() == ""


SIZE = """(selector) => {
    const one = document.querySelector(selector);
    const { width, height } = one.getBoundingClientRect();
    return [Math.min(width, height) / innerHeight,
            parseFloat(getComputedStyle(one).fontSize) / innerHeight];
}"""


def test_the_join_view_can_be_read_from_the_last_row_and_has_a_dot_for_each(
        server, teacher, open_browser, open_page):
    page = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    page.locator("[data-in]", has_text="0 are in").wait_for()
    assert page.evaluate(SIZE, ".join-view .qr")[0] >= 0.6
    assert page.evaluate(SIZE, ".join-view .code")[1] >= 0.149
    assert page.locator(".join-view .address").inner_text() == f"127.0.0.1:{server.port}"
    for count, said in ((1, "1 is in"), (2, "2 are in"), (61, "61 are in")):
        while len(teacher.phones) < count:
            teacher.phones.append(open_browser())
            teacher.phones[-1].get(f"/{teacher.code}", 303)
            teacher.phones[-1].watch(f"/ws/audience/{teacher.code}")
        page.locator("[data-in]", has_text=said).wait_for()
        assert page.locator("[data-dots] i").count() == min(count, 60)
        assert page.locator("[data-dots]").is_hidden() == (count > 60)


def test_the_last_answer_fills_the_bar_and_the_button_pulses_once(
        server, teacher, open_browser, open_page):
    page = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    question = teacher.ask("multiple_choice", "Which?", options="Yes\nNo")
    phones = [open_browser() for _ in range(2)]
    for phone in phones:
        phone.get(f"/{teacher.code}", 303)
        phone.watch(f"/ws/audience/{teacher.code}")
    page.locator(".foot [data-expected]", has_text="2").wait_for()
    page.evaluate("""() => {
        window.pulses = [];
        addEventListener("animationstart", (event) => window.pulses.push(event.animationName));
    }""")
    share = "() => document.querySelector('[data-answering]').style.getPropertyValue('--share')"
    for count, phone in enumerate(phones, 1):
        phone.post(f"/audience/respond/{question}", {"response": "A"})
        page.wait_for_function(f"{share} === '{50 * count}'")
    page.wait_for_function("() => window.pulses.length")
    phones[0].post(f"/audience/respond/{question}", {"response": "B"})
    teacher.toggle(question, 0)
    page.locator(".projection:not(.is-open)").wait_for()
    assert page.evaluate("window.pulses") == ["pulse"]
    assert page.locator("[data-answering].is-open").count() == 0


def test_keys_appear_with_the_mouse_and_move_nothing(server, teacher, open_page):
    teacher.ask("multiple_choice", "Which?", options="Yes\nNo")
    page = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    page.locator(".stage-open").wait_for()
    page.locator(".foot [data-expected]").wait_for()
    look = """() => [getComputedStyle(document.querySelector(".keys")).opacity,
        document.querySelector(".foot").offsetTop, document.querySelector(".tile").offsetHeight,
        document.querySelector("[data-answering]").offsetWidth]"""
    hidden, *before = page.evaluate(look)
    assert hidden == "0"
    for _ in range(2):      # a browser says so when the page changes below the mouse
        page.evaluate("document.dispatchEvent(new MouseEvent('mousemove'))")
    assert page.evaluate(look) == [hidden, *before]
    page.mouse.move(300, 300)
    page.mouse.move(310, 300)
    page.locator(".has-keys").wait_for()
    shown, *after = page.evaluate(look)
    assert shown == "1" and before == after
    for width, height in ((1280, 800), (1024, 768), (1920, 1080)):
        resize(page, width, height)
        tracks = set()
        for label in ("Close voting", "Close voting and show results", "Next question"):
            track, *outside = page.evaluate("""(label) => {
                const next = document.querySelector("[data-next]");
                next.textContent = label;
                const [foot, button] = [".foot", "[data-next]"].map((one) =>
                    document.querySelector(one).getBoundingClientRect());
                return [document.querySelector("[data-answering]").offsetWidth,
                    ...[...document.querySelectorAll(".keys button")].filter((key) => {
                        const { left, right, top, bottom } = key.getBoundingClientRect();
                        return left < 0 || right > button.left || top < foot.top
                            || bottom > foot.bottom;
                    }).map((key) => key.textContent)];
            }""", label)
            assert not outside, (width, label, outside)
            tracks.add(track)
        assert len(tracks) == 1 and tracks.pop() > 0.2 * width


def test_several_open_questions_are_a_list_with_a_bar_of_those_who_finished(
        server, teacher, open_browser, open_page):
    page = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    one = teacher.create_question("open_text", "What is still unclear?")
    two = teacher.create_question("rating", "How was it?")
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    phones = [open_browser() for _ in range(2)]
    for phone in phones:
        phone.get(f"/{teacher.code}", 303)
        phone.watch(f"/ws/audience/{teacher.code}")
    page.locator(".agenda li", has_text="How was it?").wait_for()
    for question, answer in ((one, "All"), (two, "4")):
        phones[0].post(f"/audience/respond/{question}", {"response": answer})
    page.locator(".finished", has_text="1 of 2 finished").wait_for()
    page.wait_for_function("() => document.querySelector('[data-finishing]').style"
                           ".getPropertyValue('--share') === '50'")


def test_the_end_tells_the_session_in_numbers_and_nothing_that_was_never_shown(
        teacher, open_browser):
    """The hardest question is one of those whose correct answer the class has seen."""
    shown = [teacher.create_question("multiple_choice", title, options="*Yes\nNo")
             for title in ("Easy one", "Hard one", "Secret one")]
    phones = [open_browser() for _ in range(4)]
    for phone in phones:
        phone.get(f"/{teacher.code}", 303)
    for question, right in zip(shown, (4, 1, 0)):
        teacher.toggle(question, 1)
        for n, phone in enumerate(phones):
            phone.post(f"/audience/respond/{question}", {"response": "A" if n < right else "B"})
        teacher.toggle(question, 0)
    for question in shown[:2]:
        step = f"/api{teacher.session}/step"
        now = teacher.post(step, {"action": "go", "question_id": 0, "round": 0, "stage": ""}, 200)
        now = teacher.post(step, {**json.loads(now.content), "action": "go", "to": question}, 200)
        teacher.post(step, {**json.loads(now.content), "action": "show_answer"}, 200)
    teacher.post(f"/api{teacher.session}/toggle", {"active": 0})
    end = teacher.get(f"{teacher.present}/end").content.decode()
    told = " ".join(re.sub("<[^>]*>", " ", end).split())
    assert told == ("Thank you Ökologie 🌱 students 4 answers 12 "
                    "The hardest question, which 25 % got right: Hard one")
    open_browser(Teacher, "Señor Otro").get(f"{teacher.present}/end", 404)
    open_browser().get(f"{teacher.present}/end", 303)


def test_the_results_page_draws_its_chart_and_saves_it_as_a_picture(
        server, teacher, open_browser, open_page):
    """The picture is on white paper, whatever the page looks like, and needs no HTTPS."""
    questions = [teacher.ask("multiple_choice", "Which: one?", options="*Yes\nNo\nPerhaps"),
                 teacher.ask("rating", "How was it?")]
    phone = open_browser()
    phone.get(f"/{teacher.code}", 303)
    for question in questions:
        phone.post(f"/audience/respond/{question}", {"response": "A" if question == questions[0]
                                                     else "4"})
        teacher.toggle(question, 0)
    teacher.post("/alone", {"alone": 1})
    page = open_page(f"{server.lan}/questions/{questions[0]}/results", 1280, 800,
                     color_scheme="dark", **teacher.options())
    for question, axis in zip(questions, ("y", "x")):
        page.goto(f"{server.lan}/questions/{question}/results")
        page.locator("[data-chart] canvas").wait_for()
        assert page.evaluate("""() => window.Chart.getChart(document.querySelector("canvas"))
            .options.indexAxis || "x" """) == axis
        assert page.locator("[data-stage-name]").inner_text() in ("closed", "results shown")
        page.evaluate("""() => {
            const { toBlob } = HTMLCanvasElement.prototype;
            HTMLCanvasElement.prototype.toBlob = function (...args) {
                window.corner = [...this.getContext("2d").getImageData(5, 5, 1, 1).data];
                return toBlob.apply(this, args);
            };
        }""")
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as picture").click()
        assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d_{teacher.code}_okologie_q{question}\.png",
                            download.value.suggested_filename)
        with open(download.value.path(), "rb") as file:
            assert file.read(8) == b"\x89PNG\r\n\x1a\n"
        assert page.evaluate("window.corner") == [255, 255, 255, 255]


@pytest.mark.parametrize("accepted, said", [
    ("Mitose", "“Mitose” is correct"), ("Mitose\nmitosis", "“Mitose” and 1 more are accepted"),
    ("Mitose\nmitosis\nМитоз", "“Mitose” and 2 more are accepted")])
def test_the_projector_says_how_many_short_answers_are_accepted(
        presenter, session, accepted, said):
    presenter.create_question(session["id"], "short_text", "Was?", accepted=accepted)
    for action in ("open", "close", "show_results", "show_answer"):
        presenter.step(session["id"], action)
    assert said in presenter.now(session["id"])["html"]


@pytest.mark.parametrize("type, fields", [
    ("open_text", {}), ("short_text", {"accepted": ""}), ("numeric", {"unit": "m"}),
    ("numeric", {"unit": ""}), ("word_cloud", {"max_words": "1"}),
    ("word_cloud", {"max_words": "3"})])
def test_what_is_typed_on_phones_says_so_until_there_are_results(
        presenter, session, type, fields):
    presenter.create_question(session["id"], type, "Was?", **fields)
    for action in ("begin", "open", "close"):
        presenter.step(session["id"], action)
        cover = presenter.get(f"/present/{session['id']}").html.select_one(".cover")
        assert "on your phone" in cover.get_text()
    presenter.step(session["id"], "show_results")
    assert not presenter.get(f"/present/{session['id']}").html.select(".cover")


@pytest.mark.parametrize("type, marked, unmarked, answer", [
    ("multiple_choice", {"options": "*Paris\nLyon"}, {"options": "Paris\nLyon"}, "A"),
    ("select_all", {"options": "*Paris\nLyon"}, {"options": "Paris\nLyon"}, "A"),
    ("short_text", {"accepted": "Paris"}, {"accepted": ""}, "Paris"),
    ("numeric", {"correct": "46"}, {"correct": ""}, "46")])
def test_a_mark_that_is_removed_after_the_answer_was_shown_breaks_no_page(
        presenter, session, make_respondent, type, marked, unmarked, answer):
    presenter.be_alone()
    question_id = presenter.create_question(session["id"], type, "Was?", **marked)
    presenter.step(session["id"], "open")
    make_respondent().respond(question_id, answer)
    for action in ("close", "show_results", "show_answer"):
        presenter.step(session["id"], action)
    assert "100 % got it" in presenter.now(session["id"])["html"]
    presenter.post(f"/questions/{question_id}/edit", {"title": "Was?", **unmarked}, status=303)
    shown = presenter.now(session["id"])
    assert "Results" in shown["html"] and "got it" not in shown["html"]
    for page in ("/", f"/sessions/{session['id']}", f"/present/{session['id']}",
                 f"/present/{session['id']}/end", f"/questions/{question_id}/results"):
        presenter.get(page, status=200)
