"""Phones, projector and control page through a network that breaks: nothing is lost.

CLASSPULSE_REAL_WAITS=1 lets the pages wait as long as those of a lesson.
"""

import json
import os
import re
import subprocess
import sys
import time

import classpulse
import pytest
from conftest import CHROMIUM_ARGS, HURRIED, LAN, PASSWORD, ROOT, WHOLE_CHROMIUM, Teacher
from hurried import WAITS, hurry, read_waits
from proxy import Proxy
from test_real_time_results import hear, wait_for

BROKEN = ["refuse", "frozen"]
KEPT = "Not sent yet, kept on this phone"
LOST = "Connection lost"
# When a test gives up. What is promised is counted in tries and read from the constants; a clock
# would tell how busy the machine is.
BACK_SECONDS = 15
SILENT_SECONDS = 28     # where only the missing beat tells


@pytest.fixture(scope="module")
def program():
    return ("classpulse.py",) if os.environ.get("CLASSPULSE_REAL_WAITS") else HURRIED


@pytest.fixture
def proxy(server):
    """The network; its `lan` is where browsers find the server."""
    proxy = Proxy(server.port)
    proxy.lan = f"http://{LAN}:{proxy.port}"
    yield proxy
    proxy.close()


@pytest.fixture(autouse=True)
def expect_complaints(open_page):
    """Browsers log every request and socket that fails: what these tests are about."""
    open_page.expected = r"ERR_|status of 4|WebSocket connection to \S+ failed|htmx:|script-src"


@pytest.fixture
def phone(proxy, teacher, open_page):
    """A phone that has joined, behind the proxy."""
    return open_page(f"{proxy.lan}/{teacher.code}", has_touch=True, is_mobile=True)


@pytest.fixture
def open_presenter(server, teacher, open_page):
    """A function that opens a presenter's page, on the laptop unless `at` says otherwise."""
    def open_presenter(path, at=server.lan):
        return open_page(at + path, 1280, 800, **teacher.options())
    return open_presenter


def wait_until_back(locators, seconds=BACK_SECONDS):
    """Until each of {name: locator} is there; `pytest -s` shows how long it took."""
    began = time.monotonic()
    for name, locator in locators.items():
        locator.wait_for(timeout=seconds * 1000)
        print(f"\n{name}: {time.monotonic() - began:.2f} s", end="")


def receipt(page):
    return page.locator(".receipt").first


def wait_for_saved(page, option):
    """Until the option is what the phone shows as chosen, and says is saved."""
    page.locator("label", has_text=option).locator("input:checked").wait_for()
    receipt(page).get_by_text("Saved").wait_for()


def ask(teacher):
    return teacher.ask("multiple_choice", "Größe?", options="klein\ngroß")


def step(teacher, action, question, stage):
    teacher.post(f"/api{teacher.session}/step", {"action": action, "question_id": question,
                                                 "round": 1, "stage": stage}, status=200)


# Answers

def test_an_answer_given_while_the_network_is_gone_or_half_open_arrives_once(
        proxy, teacher, phone):
    question = ask(teacher)
    phone.get_by_text("klein").tap()
    wait_for_saved(phone, "klein")
    for mode, before, option in zip(BROKEN, ("klein", "groß"), ("groß", "klein")):
        proxy.set(mode)
        phone.get_by_text(option).tap()
        phone.get_by_text(KEPT).wait_for()
        assert teacher.answers(question) == [(before, "0")]
        proxy.set("pass")
        wait_until_back({f"saved after {mode}": receipt(phone).get_by_text("Saved")})
        wait_for_saved(phone, option)
        assert teacher.answers(question) == [(option, "0")]
    proxy.set("half-open")
    phone.get_by_text("groß").tap()
    wait_for_saved(phone, "groß")
    assert teacher.answers(question) == [("groß", "0")]


def test_an_answer_survives_kill_9_and_the_phone_is_the_same_afterwards(
        server, proxy, teacher, phone):
    question = ask(teacher)
    phone.get_by_text("klein").tap()
    wait_for_saved(phone, "klein")
    server.kill()
    phone.get_by_text("groß").tap()
    phone.get_by_text(KEPT).wait_for()
    phone.get_by_text(LOST).wait_for()
    bar, title = [one.bounding_box() for one in (
        phone.get_by_text(LOST), phone.get_by_role("heading", name="Größe?"))]
    assert bar["y"] + bar["height"] <= title["y"]   # nothing could scroll it free
    server.start()
    wait_until_back({"saved after kill -9": receipt(phone).get_by_text("Saved")})
    wait_for_saved(phone, "groß")
    phone.get_by_text(LOST).wait_for(state="hidden")
    assert teacher.answers(question) == [("groß", "0")]


def test_an_answer_survives_a_reload_without_network(proxy, teacher, phone):
    question = ask(teacher)
    phone.get_by_text("groß").wait_for()
    for mode, option in zip(BROKEN, ("groß", "klein")):
        proxy.set(mode)
        phone.get_by_text(option).tap()
        phone.get_by_text(KEPT).wait_for()
        phone.evaluate("location.reload()")
        if mode == "refuse":
            phone.wait_for_function("() => location.protocol === 'chrome-error:'")
            proxy.set("pass")
            phone.evaluate("location.reload()")
        proxy.set("pass")
        wait_for_saved(phone, option)
        assert teacher.answers(question) == [(option, "0")]


def test_what_a_closed_tab_kept_is_sent_by_one_that_was_left_open_and_by_a_new_one(
        proxy, teacher, phone, open_page):
    question, context = ask(teacher), phone.context
    phone.get_by_text("groß").wait_for()

    def answer_and_close(page, option):
        proxy.set("refuse")
        page.get_by_text(option).tap()
        page.get_by_text(KEPT).wait_for()
        page.close()
        proxy.set("pass")
    second = open_page(f"{proxy.lan}/{teacher.code}", context=context)
    answer_and_close(second, "groß")
    phone.evaluate("dispatchEvent(new Event('online'))")
    wait_for_saved(phone, "groß")
    assert teacher.answers(question) == [("groß", "0")]
    answer_and_close(phone, "klein")
    wait_for_saved(open_page(f"{proxy.lan}/{teacher.code}", context=context), "klein")
    assert teacher.answers(question) == [("klein", "0")]


HIDE = """(hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def stop_scripts(devtools):
    """Let nothing run on a page, as on a phone that is put away: headless, none can be frozen."""
    devtools.send("Debugger.enable")
    devtools.send("Debugger.pause")


def test_an_answer_given_just_before_the_phone_is_put_away_arrives_when_it_is_back(
        proxy, teacher, phone):
    question, on_the_way = ask(teacher), set()
    phone.on("request", lambda request: on_the_way.add(request))
    for end in ("requestfailed", "requestfinished"):
        phone.on(end, lambda request: on_the_way.discard(request))
    phone.get_by_text("groß").wait_for()
    proxy.set("refuse")
    phone.get_by_text("groß").tap()
    phone.get_by_text(KEPT).wait_for()
    phone.evaluate(HIDE, True)
    devtools = phone.context.new_cdp_session(phone)
    stop_scripts(devtools)
    while on_the_way:       # it would find the way that is free again
        devtools.send("Debugger.disable")
        wait_for(lambda: phone.evaluate("true") and not on_the_way)
        stop_scripts(devtools)
    proxy.set("pass")
    following = teacher.ask("rating", "Wie klar?", max_rating="4")
    assert teacher.answers(question) == []
    devtools.send("Debugger.disable")
    phone.evaluate(HIDE, False)
    wait_for_saved(phone, "groß")
    phone.locator("h2", has_text="Wie klar?").wait_for(state="attached")
    assert teacher.answers(question) == [("groß", "0")]
    assert teacher.answers(following) == []


def test_an_answer_that_another_machine_answered_is_kept(teacher, phone):
    question = ask(teacher)
    for status, option in ((404, "klein"), (200, "groß")):
        phone.route("**/audience/respond/*", lambda route: route.fulfill(
            status=status, body="<h1>Log in to the Wi-Fi</h1>"))
        phone.get_by_text(option).tap()
        phone.get_by_text(KEPT).wait_for()
        phone.unroute("**/audience/respond/*")
        wait_for_saved(phone, option)
        assert teacher.answers(question) == [(option, "0")]


# A phone that may keep nothing

@pytest.fixture
def forgetful(proxy, teacher, open_page):
    """A phone whose browser denies localStorage, as in a private window."""
    page = open_page("about:blank", has_touch=True, is_mobile=True)
    page.context.add_init_script(
        "Object.defineProperty(window, 'localStorage',"
        " { get() { throw new DOMException('denied', 'SecurityError'); } })")
    page.goto(f"{proxy.lan}/{teacher.code}")
    return page


def test_a_phone_that_may_keep_nothing_warns_before_it_is_closed_until_all_is_sent(
        proxy, teacher, forgetful):
    question = ask(teacher)
    forgetful.get_by_text("groß").wait_for()
    proxy.set("refuse")
    forgetful.get_by_text("groß").tap()
    forgetful.locator(".receipt", has_text="Keep this page open").wait_for()
    assert forgetful.get_by_text("kept on this phone").count() == 0
    with forgetful.expect_event("dialog") as warned:
        forgetful.once("dialog", lambda dialog: dialog.dismiss())
        forgetful.close(run_before_unload=True)
    assert warned.value.type == "beforeunload"
    proxy.set("pass")
    wait_for_saved(forgetful, "groß")
    assert teacher.answers(question) == [("groß", "0")]
    with forgetful.expect_event("close"):
        forgetful.close(run_before_unload=True)


# Late answers

def test_a_late_answer_is_counted_once_the_teacher_admits_it(
        proxy, teacher, phone, open_presenter):
    question = ask(teacher)
    control, projector = open_presenter(teacher.session), open_presenter(teacher.present)
    phone.get_by_text("groß").wait_for()
    proxy.set("frozen")
    phone.get_by_text("groß").tap()
    phone.get_by_text(KEPT).wait_for()
    teacher.toggle(question, 0)
    proxy.set("pass")
    receipt(phone).get_by_text("Your teacher decides if it counts").wait_for()
    for page in (control, projector):
        page.get_by_text("0 of 1 answered · +1 late").wait_for()
    control.locator("#more-steps").click()
    control.get_by_role("button", name="Count late answers").click()
    for page in (control, projector):
        page.get_by_text(re.compile(r"\b1 of 1 answered$")).wait_for()
    receipt(phone).get_by_text(re.compile(r"^Saved \d\d:\d\d$")).wait_for()
    assert teacher.answers(question) == [("groß", "2")]


def test_an_answer_on_its_way_while_voting_closes_is_kept_and_sent_only_on_demand(teacher, phone):
    question = ask(teacher)

    def close_first(route):
        teacher.toggle(question, 0)
        route.continue_()
    phone.route("**/audience/respond/*", close_first, times=1)
    phone.get_by_text("groß").tap()
    kept = "This one is kept on this phone. Keep this page open."
    receipt(phone).get_by_text(kept).wait_for()
    phone.reload()
    receipt(phone).get_by_text(kept).wait_for()
    assert phone.get_by_label("groß").is_checked()
    assert teacher.answers(question) == []
    phone.get_by_role("button", name="Send late").tap()
    receipt(phone).get_by_text("Your teacher decides if it counts").wait_for()
    assert teacher.answers(question) == [("groß", "1")]


def test_a_late_answer_leaves_the_one_in_time_and_the_phone_says_which_counts(
        proxy, teacher, phone):
    question = ask(teacher)
    phone.get_by_text("klein").tap()
    wait_for_saved(phone, "klein")
    proxy.set("frozen")
    phone.get_by_text("groß").tap()
    phone.get_by_text(KEPT).wait_for()
    teacher.toggle(question, 0)
    proxy.set("pass")
    receipt(phone).get_by_text("Your earlier answer A counts.").wait_for()
    phone.locator("label", has_text="klein").locator("input:checked").wait_for()
    told = hear(teacher.watch(f"/ws/results/{question}"))
    assert (told["response_count"], told["late"]) == (1, 0)
    assert teacher.answers(question) == [("klein", "0")]


def test_a_late_answer_is_called_late_at_every_stage(teacher, phone):
    question = teacher.ask("multiple_choice", "Größe?", options="klein\n*groß")
    phone.route("**/audience/respond/*", lambda route: route.abort())
    phone.get_by_text("groß").tap()
    phone.get_by_text(KEPT).wait_for()
    teacher.toggle(question, 0)
    phone.locator("section").get_by_text("Voting is closed").wait_for()
    phone.unroute("**/audience/respond/*")
    receipt(phone).get_by_text("Your teacher decides if it counts").wait_for()
    assert teacher.answers(question) == [("groß", "1")]
    for action, before, after in (("show_results", "closed", "results"),
                                  ("show_answer", "results", "answer")):
        step(teacher, action, question, before)
        phone.locator(f"[data-stage={after}]").wait_for()
        receipt(phone).get_by_text("Your teacher decides if it counts").wait_for()


def test_an_answer_of_an_earlier_round_leaves_the_new_one_as_it_is(proxy, teacher, phone):
    question = ask(teacher)
    phone.get_by_text("klein").wait_for()
    phone.route("**/audience/respond/*", lambda route: (
        route.abort() if "round=1" in route.request.post_data else route.continue_()))
    phone.get_by_text("klein").tap()
    phone.get_by_text(KEPT).wait_for()
    teacher.toggle(question, 0)
    step(teacher, "vote_again", question, stage="results")
    second = phone.locator("[data-round='2']")
    second.get_by_text("groß").tap()
    second.get_by_text("Saved").wait_for()
    phone.unroute("**/audience/respond/*")
    phone.locator("[data-round='1']").get_by_text("Your teacher decides").wait_for()
    second.locator("label", has_text="groß").locator("input:checked").wait_for()
    assert teacher.answers(question) == [("klein", "1"), ("groß", "0")]


def test_who_starts_over_or_is_in_a_closed_session_is_told_of_what_is_not_sent(teacher, phone):
    ask(teacher)
    phone.get_by_text("groß").wait_for()
    phone.route("**/audience/respond/*", lambda route: route.abort())
    phone.get_by_text("groß").tap()
    phone.get_by_text(KEPT).wait_for()
    phone.get_by_text("Not you?").tap()
    phone.get_by_role("button", name="Start over as someone else").tap()
    phone.get_by_text("would be lost").wait_for()
    phone.get_by_role("button", name="Go back to my answer").tap()
    phone.get_by_text(KEPT).wait_for()
    teacher.post(f"/api{teacher.session}/toggle", {"active": "0"})
    phone.get_by_text("Session closed. An answer is not sent yet.").wait_for()
    phone.unroute("**/audience/respond/*")
    phone.get_by_text("Session closed, your answers are saved").wait_for()


def test_an_unsent_answer_whose_question_has_gone_is_told_of_until_it_is_sent(
        proxy, teacher, phone, open_page):
    question = ask(teacher)
    phone.get_by_text("groß").wait_for()
    phone.context.route("**/audience/respond/*", lambda route: route.abort())
    phone.get_by_text("groß").tap()
    phone.get_by_text(KEPT).wait_for()
    teacher.toggle(question, 0)
    teacher.ask("rating", "Wie klar?", max_rating="4")
    phone.reload()
    phone.get_by_text("An answer is not sent yet. Keep this page open.").wait_for()
    phone.context.unroute("**/audience/respond/*")
    phone.get_by_text("An answer is not sent yet").wait_for(state="hidden")
    assert teacher.answers(question) == [("groß", "1")]


# Everybody is back

@pytest.fixture
def pages(proxy, teacher, phone, open_presenter):
    """{name: page} of all that follow a lesson, behind the same network."""
    pages = {"phone": phone, "projector": open_presenter(teacher.present, proxy.lan),
             "control page": open_presenter(teacher.session, proxy.lan)}
    phone.get_by_text("You're in. The next question will appear here.").wait_for()
    return pages


def rename(teacher, question, title):
    """Give a question that nobody has answered another title."""
    teacher.post(f"/questions/{question}/edit", {"title": title, "options": "klein\ngroß"})
    return title


def expect_question(pages, after, title="Größe?", seconds=BACK_SECONDS):
    """Each page shows the question that was opened or changed while it was cut off."""
    wait_until_back({f"{name} back after {after}": page.get_by_text(title).first
                     for name, page in pages.items()}, seconds)
    for page in pages.values():
        page.get_by_text(LOST).wait_for(state="hidden")


def read_script(name):
    return (ROOT / "static/js" / name).read_text("utf-8")


def test_the_waits_are_those_that_the_readme_tells():
    waits = read_waits(read_script("audience.js"))
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    beat = 1000 * classpulse.Live.BEAT_SECONDS
    # The network is back right after a try that failed, or while one is held.
    assert waits["BACKOFF_MS"][1] + waits["CONNECT_MS"][0] == 5000
    assert "within 5 seconds of the network's" in readme
    # The longest patience is a quarter more, and the silence is looked for every second.
    assert (waits["SILENCE_MS"][0], 5 / 4 * waits["SILENCE_MS"][0]) == (16_000, 20_000)
    assert "after 16 to 20 seconds of silence" in readme
    assert waits["SILENCE_MS"][0] > 1.5 * beat      # a beat may be late


def test_hurried_pages_differ_in_their_waits_only():
    for name in ("audience.js", "lib/page.js"):
        real = read_script(name)
        hurried = hurry(real)
        lines = [one for one, other in zip(real.splitlines(), hurried.splitlines(), strict=True)
                 if one != other]
        assert lines and all(re.match(rf"const ({'|'.join(WAITS)}) = ", line) for line in lines)


def sleep_through(pages, seconds=30):
    """Let so much time have passed on the pages' clocks, as after sleep: no timer ran."""
    for page in pages.values():
        page.evaluate("(ms) => { const now = Date.now; Date.now = () => now() + ms; }",
                      1000 * seconds)


def test_the_first_try_after_the_networks_return_or_a_restart_brings_everybody_back(
        server, proxy, teacher, pages):
    refused = proxy.refused
    proxy.set("refuse")
    for page in pages.values():
        page.get_by_text(LOST).wait_for()
    question = ask(teacher)
    # Several tries of each: then pages ask by plain HTTP first, and open a socket next.
    wait_for(lambda: pages["phone"].evaluate("true") and proxy.refused > refused + 8 * len(pages))
    proxy.upgraded.clear()
    proxy.set("pass")
    expect_question(pages, "many tries")
    own = [path for path in proxy.upgraded if "results" not in path]    # of what is shown
    assert sorted(own) == sorted([f"/ws/audience/{teacher.code}", *["/ws" + teacher.present] * 2])
    proxy.set("frozen")
    sleep_through(pages)
    for page in pages.values():
        page.get_by_text(LOST).wait_for()
    title = rename(teacher, question, "Wie klein?")
    proxy.set("pass")
    expect_question(pages, "a frozen network", title)
    server.kill()
    for page in pages.values():
        page.get_by_text(LOST).wait_for()
    server.start()
    expect_question(pages, "a restart", rename(teacher, question, "Wie groß?"))


# How many sockets a page opens when it is woken, in the same moment.
WAKE = """(event) => {
    const before = WebSocket.silent;
    const wake = {
        online: () => window.dispatchEvent(new Event('online')),
        visible: () => document.dispatchEvent(new Event('visibilitychange')),
        pageshow: () => window.dispatchEvent(
            new PageTransitionEvent('pageshow', { persisted: true })),
    };
    wake[event]();
    return WebSocket.silent - before;
}"""


def test_everybody_tries_at_once_when_woken_and_notices_a_half_open_line(
        proxy, teacher, pages):
    question = ask(teacher)
    expect_question(pages, "nothing")
    for event in ("online", "visible", "pageshow"):
        proxy.set("half-open")
        rename(teacher, question, f"Nach {event}?")
        sleep_through(pages, 2)     # a line younger than a second is not tried anew
        tries = {name: page.evaluate(WAKE, event) for name, page in pages.items()}
        assert all(tries.values()), (event, tries)
        expect_question(pages, event, f"Nach {event}?")
    for slept, seconds in ((True, BACK_SECONDS), (False, SILENT_SECONDS)):
        proxy.set("half-open")
        if slept:
            sleep_through(pages)
        title = rename(teacher, question, f"Nach {seconds} Sekunden?")
        expect_question(pages, f"a half-open line, {slept=}", title, seconds)


def test_a_phone_that_hears_the_beat_asks_for_nothing_in_between(proxy, teacher, open_page):
    phone = open_page("about:blank")
    with phone.expect_websocket() as opened:
        phone.goto(f"{proxy.lan}/{teacher.code}")
    asked = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.on("websocket", lambda socket: asked.append(socket.url))
    for _ in range(2):
        asked.clear()
        opened.value.wait_for_event("framereceived", lambda text: "beat" in text)
    assert asked == []


def test_what_is_being_typed_stays_through_a_lost_network_and_another_question(
        proxy, teacher, phone):
    teacher.ask("word_cloud", "Ein Wort?")
    field = phone.get_by_label("Word or short phrase")
    field.press_sequentially("Über")
    proxy.set("refuse")
    phone.get_by_text(LOST).wait_for()
    phone.keyboard.type("mut")
    proxy.set("pass")
    phone.get_by_text(LOST).wait_for(state="hidden")
    assert field.input_value() == "Übermut"
    teacher.ask("rating", "Wie klar?", max_rating="4")
    phone.locator("h2", has_text="Wie klar?").wait_for(state="attached")
    phone.keyboard.type("e")
    assert field.input_value() == "Übermute"


def test_a_title_mended_while_the_phone_was_away_is_there_afterwards(proxy, teacher, phone):
    question = ask(teacher)
    phone.reload()
    phone.get_by_text("groß").tap()
    wait_for_saved(phone, "groß")
    proxy.set("refuse")
    phone.get_by_text(LOST).wait_for()
    teacher.post(f"/questions/{question}/edit", {"title": "Wie groß?", "options": "klein\ngroß"})
    proxy.set("pass")
    phone.get_by_role("heading", name="Wie groß?").wait_for()
    wait_for_saved(phone, "groß")


def test_a_phone_whose_sockets_are_blocked_asks_for_the_state_and_takes_no_login_page(
        proxy, teacher, phone):
    phone.get_by_text("You're in. The next question will appear here.").wait_for()
    phone.route("**/state", lambda route: route.fulfill(status=200, body="<h1>Log in</h1>"))
    proxy.set("no sockets")
    with phone.expect_response("**/state"):
        phone.get_by_text(LOST).wait_for()
    assert phone.get_by_text(LOST).is_visible()
    phone.unroute("**/state")
    phone.get_by_text(LOST).wait_for(state="hidden")
    question = ask(teacher)
    wait_until_back({"question without sockets": phone.get_by_role("heading", name="Größe?")})
    phone.get_by_text(LOST).wait_for(state="hidden")
    phone.get_by_text("groß").tap()
    wait_for_saved(phone, "groß")
    teacher.toggle(question, 0)
    wait_until_back({"closing without sockets": phone.locator("fieldset:disabled")})
    assert phone.get_by_text(LOST).count() == 0
    assert teacher.answers(question) == [("groß", "0")]


@pytest.fixture
def keep_pages(chromium):
    """A browser that keeps the pages one leaves, as people's do; tests' do not by default."""
    if WHOLE_CHROMIUM is None:
        pytest.skip("the headless shell keeps no pages")
    browser = chromium.browser_type.launch(
        executable_path=WHOLE_CHROMIUM, args=CHROMIUM_ARGS,
        ignore_default_args=["--disable-back-forward-cache"])
    yield browser
    browser.close()


def test_a_page_that_was_kept_for_going_back_is_up_to_date(
        proxy, teacher, open_page, keep_pages):
    proxy.replace = (b"no-store", b"no-cache")      # with the first, Safari keeps it all the same
    context = keep_pages.new_context()
    context.add_cookies([{"name": name, "value": value, "url": proxy.lan}
                         for name, value in teacher.cookies.items()])
    pages = {"phone": open_page(f"{proxy.lan}/{teacher.code}", context=context),
             "projector": open_page(proxy.lan + teacher.present, context=context)}
    for page in pages.values():
        page.evaluate("addEventListener('pageshow', (event) => { window.kept = event.persisted })")
        page.goto(f"{proxy.lan}/join")
    ask(teacher)
    for page in pages.values():
        page.evaluate("history.back()")
    expect_question(pages, "going back")
    assert [page.evaluate("window.kept") for page in pages.values()] == [True, True]
    context.close()


def test_a_class_that_is_dropped_at_once_is_back_with_its_answers():
    script = ROOT / "tests" / "load_classroom.py"
    wave = subprocess.run([sys.executable, script, "--wave", "--students", "40", "--json"],
                          capture_output=True, timeout=120)
    figures = json.loads(wave.stdout)
    assert figures["back with question and own answer"] == 40, figures
    assert wave.returncode == 0


# Another address

# Once there is a file "moved" in the data folder, the laptop finds itself at another address.
MOVING = f"""from gevent import monkey; monkey.patch_all()
import classpulse, sys
find = classpulse.find_address
def find_address():
    moved = (classpulse.classroom.folder / "moved").exists()
    return find().replace("127.0.0.1", "{LAN}") if moved else find()
classpulse.find_address, classpulse.Live.BEAT_SECONDS = find_address, 0.5
sys.exit(classpulse.main(sys.argv[1:]))
"""


@pytest.fixture
def moving(start_server):
    """A server in the place of `server`, which may get another address."""
    return start_server(program=["-c", MOVING])


def wait_for_address(page, address, code):
    """Until a presenter's page shows the address, and the QR picture that leads there."""
    page.locator("[data-code]:visible", has_text=address.split("//")[1]).first.wait_for()
    path = classpulse.qr_code(f"{address}/{code}")["path"]
    page.locator(f".qr path[d='{path}']").first.wait_for(state="attached")


def test_another_address_is_on_the_screen_by_itself_and_takes_a_new_sign_in(moving, open_page):
    teacher = Teacher(moving)
    ask(teacher)
    known = teacher.options()
    for cookie in known["storage_state"]["cookies"]:
        cookie["domain"] = "127.0.0.1"
    projector, control = [open_page(moving.url + path, 1280, 800, **known)
                          for path in (teacher.present, teacher.session)]
    for page in (projector, control):
        wait_for_address(page, moving.url, teacher.code)
    (moving.folder / "moved").touch()
    for page in (projector, control):
        wait_for_address(page, moving.lan, teacher.code)
    projector.get_by_role("heading", name="Größe?").wait_for()
    # The same page at the new address is another site's for the browser: it knows nobody there.
    projector.goto(moving.lan + teacher.present)
    projector.get_by_label("User name").fill("Åse")
    projector.get_by_label("Password").fill(PASSWORD)
    projector.get_by_role("button", name="Sign in").click()
    projector.get_by_role("link", name="Ökologie").first.click()
    with projector.expect_popup() as opened:
        projector.get_by_role("link", name="Projector").click()
    wait_for_address(opened.value, moving.lan, teacher.code)
    opened.value.get_by_role("heading", name="Größe?").wait_for()
