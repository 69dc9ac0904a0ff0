"""Faults of phones and presenter pages that must stay small: one odd thing costs itself."""

import json
import sqlite3
from contextlib import closing
from urllib.parse import urlsplit

import classpulse
import pytest
from conftest import HURRIED, Respondent
from test_real_time_results import wait_for

REFUSED = r"status of 4|WebSocket connection to \S+ failed"
NOT_SENT = "Not sent yet"
WAKE = """() => {
    document.dispatchEvent(new Event('visibilitychange'));
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    window.dispatchEvent(new Event('online'));
}"""


@pytest.fixture(scope="module")
def program():
    return HURRIED


def receipt(page):
    return page.locator(".receipt").first


def option(page, text):
    return page.locator("label", has_text=text)


def ask(teacher, title="Größe?", **fields):
    return teacher.ask("multiple_choice", title, **{"options": "klein\ngroß", **fields})


def step(teacher, action, question, stage, round=1):
    teacher.post(f"/api{teacher.session}/step", {
        "action": action, "question_id": question, "round": round, "stage": stage}, status=200)


def store(page, content):
    """Leave a text, or what JSON makes of something, where the phone keeps its answers."""
    text = content if isinstance(content, str) else json.dumps(content)
    page.evaluate("""text => localStorage.setItem(
        'classpulse-' + document.querySelector('main').dataset.outboxName, text)""", text)


def stored(page):
    return page.evaluate("""() => JSON.parse(localStorage.getItem(
        'classpulse-' + document.querySelector('main').dataset.outboxName))""")


def take_any_time(page):
    """Let the page wait for an answer as long as it takes."""
    page.evaluate("Object.defineProperty(XMLHttpRequest.prototype, 'timeout', { set() {} })")


class Held:
    """What a page asks the server for, which answers at once; the page hears of it on release."""

    def __init__(self, page, path):
        self.page = page
        self.answered = []
        take_any_time(page)
        page.route(path, lambda route: self.answered.append((route, self.ask(route))), times=1)

    def ask(self, route):
        at = urlsplit(route.request.url)        # whose host only the browser finds
        return route.fetch(url=at._replace(netloc=f"127.0.0.1:{at.port}").geturl(),
                           headers={**route.request.all_headers(), "host": at.netloc})

    def wait(self):
        wait_for(lambda: self.answered or self.page.wait_for_timeout(50))

    def release(self):
        [(route, answer)] = self.answered
        with self.page.expect_event("requestfinished"):
            route.fulfill(response=answer)
        self.page.evaluate("0")         # what the page makes of it is done


# What is stored

def test_a_draft_of_a_ranking_whose_options_were_changed_ends_nothing(teacher, phone):
    ranking = teacher.ask("ranking", "Was zuerst?", options="Ahorn\nBuche\nZeder")
    phone.get_by_role("button", name="C up").tap()
    receipt(phone).get_by_text(NOT_SENT).wait_for()
    teacher.post(f"/questions/{ranking}/edit", {"title": "Was zuerst?", "options": "Ahorn\nBuche"})
    phone.get_by_text("Zeder").wait_for(state="detached")
    ask(teacher)
    phone.get_by_label("groß").wait_for(state="attached")
    phone.reload()
    phone.get_by_label("groß").wait_for(state="attached")
    assert phone.locator("[data-sortable] li").evaluate_all(
        "items => items.map(item => item.dataset.key)") == ["A", "B"]
    phone.get_by_role("button", name="B up").tap()
    phone.get_by_role("button", name="Send order").tap()
    receipt(phone).get_by_text("Saved").wait_for()
    assert teacher.answers(ranking) == [("Buche; Ahorn", "0")]


def test_a_draft_of_which_nothing_fits_any_more_is_dropped(teacher, phone):
    question = teacher.ask("select_all", "Was?", options="Ahorn\nBuche\nZeder")
    phone.get_by_text("Zeder").tap()
    receipt(phone).get_by_text(NOT_SENT).wait_for()
    teacher.post(f"/questions/{question}/edit", {"title": "Was?", "options": "Ahorn\nBuche"})
    phone.get_by_text("Zeder").wait_for(state="detached")
    phone.get_by_text(NOT_SENT).wait_for(state="detached")
    assert stored(phone)["drafts"] == {}


NESTED = "[" * 500 + "]" * 500
ODD_PARTS = ["A", [7], [None], {"0": "A"}, [["A"]], json.loads(NESTED)]
ODD_ENTRIES = [None, True, 7, "B", [], ["A"], {}, {"seq": 1}, json.loads(NESTED),
               *({"parts": parts, "seq": 1} for parts in ODD_PARTS)]
ODD_KEYS = ["", "1", "x:1", "1:x", "1:1:1", "__proto__", "constructor", "1:1&round=2", "-1:1"]
ODD_STORES = {
    "no JSON": "{", "null": "null", "a list": "[1, 2]",
    "parts that are no objects": {"outbox": None, "drafts": 7},
    "parts that are lists": {"outbox": [{"parts": ["A"], "seq": 1}], "drafts": ["A"]},
    "foreign keys": {part: {key: {"parts": ["A"], "seq": 1} for key in ODD_KEYS}
                     for part in ("outbox", "drafts")},
    "outbox entries without a number": {"outbox": {
        f"1:{n}": {"parts": ["A"], "seq": seq} for n, seq in
        enumerate(["x", "", None, [], {}, 1.5, 1e300], start=1)}},
}


def test_a_phone_goes_on_whatever_is_stored_on_it(teacher, phone):
    for what, content in ODD_STORES.items():
        question = ask(teacher)
        section = phone.locator(f"[data-question-id='{question}']")
        section.wait_for(state="attached")
        store(phone, content)
        phone.reload()
        section.get_by_text("groß").tap()
        receipt(section).get_by_text("Saved").wait_for()
        assert teacher.answers(question) == [("groß", "0")], what
        assert stored(phone) == {"outbox": {}, "drafts": {}}, what
        teacher.toggle(question, 0)


def test_an_odd_entry_costs_no_other_entry(teacher, phone):
    first, second = ask(teacher), ask(teacher, "Menge?", options="wenig\nviel")
    phone.get_by_label("viel").wait_for(state="attached")
    odd = {"0:0": None, f"{first}:1": None,
           **{f"{n}:1": entry for n, entry in enumerate(ODD_ENTRIES, start=1000)}}
    store(phone, {"drafts": odd, "outbox": {**odd, f"{second}:1": {"parts": ["B"], "seq": 5}}})
    phone.reload()
    phone.get_by_role("button", name="Next").tap()
    option(phone, "viel").locator("input:checked").wait_for()
    receipt(phone.locator(f"[data-question-id='{second}']")).get_by_text("Saved").wait_for()
    assert teacher.answers(first) == []
    assert teacher.answers(second) == [("viel", "0")]


DRAFTS = [["Z"], ["A", "A", "A"], ['"]'], ["]", "[", "*"], ["x" * 10_000], ["\ud83d"], ["-"],
          ["A\nB"], ["A"] * 500, [""], ["__proto__"]]
TYPES = {
    "multiple_choice": {"options": "Ahorn\nBuche"}, "select_all": {"options": "Ahorn\nBuche"},
    "ranking": {"options": "Ahorn\nBuche"}, "rating": {"max_rating": "3"}, "numeric": {},
    "word_cloud": {"max_words": "2"}, "short_text": {}, "open_text": {},
}


# Press Next until a question is shown: quicker than a finger.
GO_TO = """(id) => {
    const section = document.querySelector(`[data-question-id='${id}']`);
    const next = [...document.querySelectorAll('button')].find(
        (button) => button.textContent.trim() === 'Next');
    for (let left = 50; left > 0 && !section.classList.contains('is-shown'); left -= 1) {
        next.click();
    }
}"""


def test_a_draft_of_another_question_is_shown_as_far_as_it_fits(teacher, phone):
    at_once = 4
    questions = [teacher.create_question(type, f"Was ({type})?", **TYPES[type])
                 for type in TYPES for _ in range(at_once)]
    last = ask(teacher)
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    section = phone.locator(f"[data-question-id='{last}']")
    section.wait_for(state="attached")
    for first in range(0, len(DRAFTS), at_once):
        some = DRAFTS[first:first + at_once]
        store(phone, {"drafts": {f"{question}:1": {"parts": some[n % len(some)]}
                                 for n, question in enumerate(questions)}})
        phone.reload()
        section.wait_for(state="attached")
        phone.evaluate(GO_TO, last)
        section.get_by_text("groß").tap()
        section.get_by_text("Saved").wait_for()
    assert teacher.answers(last) == [("groß", "0")]
    assert [teacher.answers(question) for question in questions] == [[]] * len(questions)


def test_half_a_character_in_a_kept_answer_holds_up_no_other(teacher, phone):
    first, second = teacher.ask("open_text", "Was?"), ask(teacher)
    phone.get_by_label("groß").wait_for(state="attached")
    store(phone, {"outbox": {f"{first}:1": {"parts": ["Zeder \ud83d"], "seq": 1},
                             f"{second}:1": {"parts": ["B"], "seq": 1}}})
    phone.reload()
    for question in (first, second):
        phone.locator(f"[data-question-id='{question}']").get_by_text("Saved").wait_for(
            state="attached")
    assert teacher.answers(first) == [("Zeder", "0")]
    assert teacher.answers(second) == [("groß", "0")]


# What is heard

LISTEN = """
    window.sockets = [];
    window.WebSocket = class extends WebSocket {
        constructor(...given) { super(...given); window.sockets.push(this); }
    };"""
HEAR = """text => window.sockets[window.sockets.length - 1].dispatchEvent(
    new MessageEvent('message', { data: text }))"""
FORMLESS = ('<section class="question" data-question-id="7" data-round="1" data-stage="open">'
            '<h2>?</h2></section>')
ODD_QUESTIONS = [None, 7, [], {}, {"id": 7}, {"id": 7, "html": ""}, {"id": 7, "html": "<p>"},
                 {"id": 7, "round": 1, "stage": "open", "html": FORMLESS}]


@pytest.fixture
def listening(server, teacher, open_page):
    """A phone that can be made to hear anything. That a message was odd stands in its console."""
    open_page.expected = r"Error"
    page = open_page("about:blank", has_touch=True, is_mobile=True)
    page.context.add_init_script(LISTEN)
    page.goto(f"{server.lan}/{teacher.code}")
    return page


ODD_MESSAGES = ["", "{", "null", "7", "[]", "{}", '{"type": "new"}', *map(json.dumps, [
    {"type": "state"}, {"type": "state", "questions": None}, {"type": "state", "questions": 7},
    {"type": "state", "questions": ODD_QUESTIONS, "mine": {"1": None, "2": 7}, "active": True}])]


def test_an_odd_message_costs_itself(teacher, listening):
    question = ask(teacher)
    listening.get_by_label("groß").wait_for()
    for message in ODD_MESSAGES:
        listening.evaluate(HEAR, message)
    teacher.toggle(question, 0)
    question = ask(teacher)
    section = listening.locator(f"[data-question-id='{question}']")
    section.get_by_text("groß").tap()
    section.get_by_text("Saved").wait_for()
    assert teacher.answers(question) == [("groß", "0")]


def test_an_odd_question_costs_no_other_question_and_unknown_fields_nothing(teacher, listening):
    ask(teacher)
    listening.get_by_label("groß").wait_for()
    html = listening.evaluate("document.querySelector('section').outerHTML")
    good = {"id": 9, "round": 1, "stage": "open", "new": {"x": [1]},
            "html": html.replace('data-question-id="1"', 'data-question-id="9"')
                        .replace("Größe?", "Menge?")}
    listening.evaluate(HEAR, json.dumps({
        "type": "state", "active": True, "more": [None], "mine": {"9": {"value": 7, "round": 1}},
        "questions": [*ODD_QUESTIONS, good, *ODD_QUESTIONS]}))
    listening.get_by_role("heading", name="Menge?").wait_for()
    assert listening.locator("section").count() == 1


# A tap that meets the closing

def meet_closing(teacher, phone, question, button):
    """Tap where the question closes while the answer is on its way."""
    def close_first(route):
        teacher.toggle(question, 0)
        route.continue_()
    button.wait_for()
    phone.route("**/audience/respond/*", close_first, times=1)
    button.tap()
    receipt(phone).get_by_text("Voting closed before this was sent").wait_for()
    assert teacher.answers(question) == []


def test_a_tap_that_met_the_closing_is_sent_when_voting_opens_again(teacher, phone, open_page):
    open_page.expected = REFUSED
    question = ask(teacher)
    meet_closing(teacher, phone, question, phone.get_by_text("groß"))
    teacher.toggle(question, 1)
    option(phone, "groß").locator("input:checked").wait_for()
    receipt(phone).get_by_text("Saved").wait_for()
    assert teacher.answers(question) == [("groß", "0")]
    assert stored(phone) == {"outbox": {}, "drafts": {}}
    teacher.toggle(question, 0)
    question = teacher.ask("numeric", "Wie hoch?", abstain="1")
    abstention = phone.get_by_role("button", name="I don't know")
    meet_closing(teacher, phone, question, abstention)
    teacher.toggle(question, 1)
    receipt(phone).get_by_text("Saved").wait_for()
    assert abstention.get_attribute("aria-pressed") == "true"
    assert teacher.answers(question) == [("", "0")]


def test_a_tap_that_met_the_closing_is_sent_by_a_phone_that_was_closed_meanwhile(
        server, teacher, phone, open_page):
    open_page.expected = REFUSED
    question = ask(teacher)
    meet_closing(teacher, phone, question, phone.get_by_text("groß"))
    context = phone.context
    phone.close()
    teacher.toggle(question, 1)
    again = open_page(f"{server.lan}/{teacher.code}", context=context)
    receipt(again).get_by_text("Saved").wait_for()
    assert teacher.answers(question) == [("groß", "0")]


def test_a_tap_that_is_refused_as_too_late_while_voting_is_open_again_is_sent(
        teacher, phone, open_page):
    open_page.expected = REFUSED
    question = ask(teacher)
    phone.get_by_label("groß").wait_for()
    phone.route("**/audience/respond/*", lambda route: route.fulfill(
        status=409, body='<span class="problem">Voting is closed.</span>'), times=1)
    phone.get_by_text("groß").tap()
    receipt(phone).get_by_text("Saved").wait_for()
    assert teacher.answers(question) == [("groß", "0")]


def test_a_tap_that_met_the_closing_is_not_sent_in_another_round(teacher, phone, open_page):
    open_page.expected = REFUSED
    question = ask(teacher)
    meet_closing(teacher, phone, question, phone.get_by_text("groß"))
    step(teacher, "vote_again", question, "results")
    phone.get_by_text("Round 2").wait_for()
    phone.locator("[data-round='2']").get_by_text("klein").tap()
    phone.get_by_text("Saved").wait_for()
    assert teacher.answers(question) == [("klein", "0")]
    phone.get_by_role("button", name="Discard").tap()
    phone.locator("[data-round='1']").wait_for(state="detached")


def test_a_refused_tap_leaves_a_button_that_sends_it(teacher, phone, open_page):
    open_page.expected = REFUSED
    question = ask(teacher)
    phone.route("**/audience/respond/*", lambda route: route.fulfill(
        status=422, body='<span class="problem">Not now.</span>'), times=1)
    phone.get_by_text("groß").tap()
    receipt(phone).get_by_text("Not now.").wait_for()
    assert phone.get_by_label("groß").is_checked()
    phone.get_by_role("button", name="Send answer").tap()
    receipt(phone).get_by_text("Saved").wait_for()
    assert phone.get_by_role("button", name="Send answer").count() == 0
    assert teacher.answers(question) == [("groß", "0")]


def test_words_that_are_too_long_stay_with_the_reason_while_others_open(teacher, phone, open_page):
    open_page.expected = REFUSED
    teacher.ask("numeric", "Wie hoch?")
    phone.get_by_role("textbox").fill("hoch")
    phone.get_by_role("button", name="Send", exact=True).tap()
    phone.get_by_text("Please enter a number").wait_for()
    ask(teacher)
    phone.get_by_label("groß").wait_for(state="attached")
    assert phone.get_by_text("Please enter a number").is_visible()
    assert phone.get_by_role("textbox").input_value() == "hoch"
    phone.get_by_role("textbox").fill("3")
    receipt(phone).get_by_text(NOT_SENT).wait_for()


# A question that was edited while an answer was on its way

def test_a_tap_on_options_that_are_swapped_meanwhile_is_asked_about(teacher, phone, open_page):
    open_page.expected = REFUSED
    question = ask(teacher, "Hauptstadt?", options="Paris\nLyon")

    def swap_first(route):
        teacher.post(f"/questions/{question}/edit",
                     {"title": "Hauptstadt?", "options": "Lyon\nParis"})
        route.continue_()
    phone.get_by_label("Paris").wait_for()
    phone.route("**/audience/respond/*", swap_first, times=1)
    phone.get_by_text("Paris").tap()
    receipt(phone).get_by_text("has changed this question").wait_for()
    assert teacher.answers(question) == []
    assert phone.get_by_label("A Lyon").is_checked()
    phone.get_by_role("button", name="Send answer").tap()
    receipt(phone).get_by_text("Saved").wait_for()
    assert teacher.answers(question) == [("Lyon", "0")]


def test_a_refusal_that_arrives_after_the_next_edit_brings_no_older_question_back(
        teacher, phone, open_page):
    open_page.expected = REFUSED
    question = ask(teacher)
    phone.get_by_label("groß").wait_for(state="attached")
    teacher.post(f"/questions/{question}/edit", {"title": "Größe?", "options": "klein\nriesig"})
    phone.get_by_label("riesig").wait_for(state="attached")
    phone.evaluate("document.querySelector('[name=shape]').value = 'of the question before'")
    held = Held(phone, "**/audience/respond/*")
    phone.get_by_text("riesig").tap()
    held.wait()
    teacher.post(f"/questions/{question}/edit", {"title": "Höhe?", "options": "klein\nhoch"})
    phone.get_by_role("heading", name="Höhe?").wait_for()
    held.release()
    receipt(phone).get_by_text("has changed this question").wait_for()
    assert phone.get_by_role("heading", name="Höhe?").is_visible()
    assert phone.get_by_text("riesig").count() == 0


def test_an_answer_kept_through_a_swap_of_options_is_asked_about(teacher, phone, open_page):
    open_page.expected = REFUSED + "|ERR_"
    question = ask(teacher, "Hauptstadt?", options="Paris\nLyon")
    phone.route("**/audience/respond/*", lambda route: route.abort())
    phone.get_by_text("Paris").tap()
    phone.get_by_text("Not sent yet, kept on this phone").wait_for()
    teacher.post(f"/questions/{question}/edit", {"title": "Hauptstadt?", "options": "Lyon\nParis"})
    phone.get_by_label("A Lyon").wait_for()
    here = phone.url
    phone.goto("about:blank")       # on which nothing is sent before it is loaded again
    phone.unroute("**/audience/respond/*")
    phone.goto(here)
    receipt(phone).get_by_text("has changed this question").wait_for()
    assert phone.get_by_label("A Lyon").is_checked()
    phone.get_by_text("Paris").tap()
    receipt(phone).get_by_text("Saved").wait_for()
    assert teacher.answers(question) == [("Paris", "0")]


def test_a_tap_that_met_the_closing_is_not_sent_to_swapped_options(teacher, phone, open_page):
    open_page.expected = REFUSED
    question = ask(teacher, "Hauptstadt?", options="Paris\nLyon")
    meet_closing(teacher, phone, question, phone.get_by_text("Paris"))
    teacher.post(f"/questions/{question}/edit", {"title": "Hauptstadt?", "options": "Lyon\nParis"})
    teacher.toggle(question, 1)
    phone.get_by_role("button", name="Send answer").wait_for()
    receipt(phone).get_by_text(NOT_SENT).wait_for()
    assert phone.get_by_label("A Lyon").is_checked()
    assert teacher.answers(question) == []
    phone.get_by_role("button", name="Send answer").tap()
    receipt(phone).get_by_text("Saved").wait_for()


def test_words_sent_to_a_title_that_has_changed_stay_in_the_field(teacher, phone, open_page):
    open_page.expected = REFUSED
    question = teacher.ask("short_text", "Hauptstadt von Frankreich?")

    def change_first(route):
        teacher.post(f"/questions/{question}/edit", {"title": "Hauptstadt von Italien?"})
        route.continue_()
    phone.route("**/audience/respond/*", change_first, times=1)
    field = phone.get_by_label("Your answer")
    field.press_sequentially("Paris")
    field.press("Enter")
    phone.get_by_role("heading", name="Italien").wait_for()
    receipt(phone).get_by_text("has changed this question").wait_for()
    assert field.input_value() == "Paris"
    assert teacher.answers(question) == []
    field.fill("Rom")
    phone.get_by_role("button", name="Send", exact=True).tap()
    receipt(phone).get_by_text("Saved").wait_for()
    assert teacher.answers(question) == [("Rom", "0")]


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


# A session that is deleted

def delete(teacher):
    teacher.post(f"{teacher.session}/delete", {"name": "Ökologie 🌱"})


DELETED = "Your teacher has deleted this session."


def listen_to_requests(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    return asked


NO_SOCKETS = """window.WebSocket = class {
    constructor() { setTimeout(() => this.onclose()); }
    close() {}
};"""


@pytest.fixture
def open_deaf(server, teacher, open_page):
    """A function that opens a phone whose network blocks sockets."""
    def open_deaf():
        page = open_page("about:blank", has_touch=True, is_mobile=True)
        page.context.add_init_script(NO_SOCKETS)
        page.clock.install()
        page.goto(f"{server.lan}/{teacher.code}")
        return page
    return open_deaf


@pytest.mark.parametrize("sockets", ["sockets", "no sockets"])
def test_a_phone_of_a_deleted_session_says_so_and_asks_nothing_more(
        server, teacher, open_page, open_deaf, sockets):
    open_page.expected = REFUSED
    if sockets == "no sockets":
        phone = open_deaf()
    else:
        phone = open_page("about:blank", has_touch=True, is_mobile=True)
        phone.clock.install()
        phone.goto(f"{server.lan}/{teacher.code}")
    ask(teacher)
    phone.get_by_text("groß").tap()
    receipt(phone).get_by_text("Saved").wait_for()
    phone.get_by_role("button", name="Clear my answer").wait_for()
    delete(teacher)
    phone.get_by_text(DELETED).wait_for()
    assert phone.get_by_text("answers are").count() == 0      # neither kept nor saved
    assert phone.get_by_role("button", name="Clear my answer").count() == 0
    assert phone.get_by_label("klein").is_disabled()
    asked = listen_to_requests(phone)
    phone.evaluate(WAKE)
    phone.clock.run_for(120_000)
    assert asked == []


def test_a_phone_that_lost_its_cookie_says_so_and_joins_again(teacher, open_deaf, open_page):
    open_page.expected = REFUSED
    phone = open_deaf()
    phone.get_by_text("You're in.").wait_for()
    asked = listen_to_requests(phone)
    phone.context.clear_cookies()
    phone.clock.run_for(10_000)
    waiting = phone.locator("[data-waiting]")
    waiting.get_by_text("You have not joined this session").wait_for()
    assert phone.get_by_text("Connection lost").count() == 0
    phone.clock.run_for(10_000)
    waiting.get_by_text("You're in.").wait_for()
    assert [path.rpartition("/")[2] for path in asked].count(teacher.code) == 1


def test_a_full_laptop_hides_no_lost_connection(teacher, open_deaf, open_page):
    open_page.expected = REFUSED + "|status of 503|ERR_"
    phone = open_deaf()
    phone.get_by_text("You're in.").wait_for()
    answers = []

    def refuse(route):
        answers.append(route.fulfill(
            status=503, body='<span class="problem">Too many pages are open.</span>'))

    def lose(route):
        answers.append(route.abort())
    for answer in (refuse, lose):
        phone.route("**/state", answer)
        answers.clear()
        while len(answers) < 2:     # the first is known when the second is asked for
            phone.clock.run_for(1000)
    phone.get_by_text("Connection lost").wait_for()
    assert phone.get_by_text("Too many pages").count() == 0


def test_a_404_of_another_machine_ends_nothing_and_a_410_of_ours_does(
        teacher, open_deaf, open_page):
    open_page.expected = REFUSED
    phone = open_deaf()
    with phone.expect_response(lambda answer: answer.status == 404):
        phone.route("**/state", lambda route: route.fulfill(status=404, body="<h1>Router</h1>"),
                    times=1)
    ask(teacher)
    phone.get_by_label("groß").wait_for()
    phone.route("**/state", lambda route: route.fulfill(
        status=410, body='<span class="problem">Gone.</span>'))
    phone.get_by_text("Gone.").wait_for()
    asked = listen_to_requests(phone)
    phone.clock.run_for(120_000)
    assert asked == []


def test_a_vote_on_its_way_into_a_deleted_session_is_not_tried_for_ever(
        teacher, phone, open_page):
    open_page.expected = REFUSED + "|ERR_"
    teacher.ask("open_text", "Warum?")
    field = phone.get_by_label("Your answer")
    field.wait_for()
    take_any_time(phone)        # until it is lost below
    tries = []

    def lose_first(route):
        tries.append(route)
        if len(tries) == 1:
            route.abort()
    phone.route("**/audience/respond/*", lose_first)
    field.fill("Weil es so ist.")
    phone.get_by_role("button", name="Send", exact=True).tap()
    phone.get_by_text("Not sent yet, kept on this phone").wait_for()
    wait_for(lambda: len(tries) > 1 or phone.wait_for_timeout(50))
    delete(teacher)
    phone.get_by_text(DELETED).wait_for()
    asked = listen_to_requests(phone)
    with phone.expect_event("requestfailed"):
        tries[1].abort()
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    assert asked == []
    assert field.input_value() == "Weil es so ist."
    assert phone.get_by_text("Not sent yet").count() == 0


def test_a_vote_that_is_answered_once_its_session_was_deleted_adds_nothing(
        teacher, phone, open_page):
    open_page.expected = REFUSED
    ask(teacher)
    take_any_time(phone)        # until it is answered below
    asked = []

    def ask_later(route):
        asked.append(route)
    phone.route("**/audience/respond/*", ask_later)
    phone.get_by_text("groß").tap()
    wait_for(lambda: asked or phone.wait_for_timeout(50))
    delete(teacher)
    phone.get_by_text(DELETED).wait_for()
    with phone.expect_event("requestfinished"):
        asked[-1].continue_()
    phone.evaluate("0")
    assert receipt(phone).inner_text() == ""


def test_a_vote_for_a_question_that_is_gone_is_told_in_words(teacher, phone, open_page):
    open_page.expected = REFUSED
    ask(teacher)
    phone.route("**/audience/respond/*", lambda route: route.fulfill(
        status=404, body='<p class="problem">There is no such question.</p>'))
    phone.get_by_text("groß").tap()
    receipt(phone).get_by_text("There is no such question.", exact=True).wait_for()


def test_a_late_state_takes_back_neither_the_answer_of_a_new_round_nor_the_own_result(
        teacher, phone):
    teacher.post(f"{teacher.session}/edit", {"name": "Quiz", "own_results": "score"})
    question = ask(teacher, options="klein\n*groß")
    phone.reload()
    phone.get_by_text("groß").tap()
    receipt(phone).get_by_text("Saved").wait_for()
    held = Held(phone, "**/state")          # in which this answer is correct, and nothing final
    step(teacher, "close", question, "open")
    step(teacher, "show_answer", question, "closed")
    held.wait()
    step(teacher, "vote_again", question, "answer")
    phone.locator("section[data-round='2']").wait_for()
    phone.get_by_text("klein").tap()
    receipt(phone).get_by_text("Saved").wait_for()
    phone.get_by_text("Finish and see my result").tap()
    phone.get_by_role("button", name="Finish", exact=True).locator("visible=true").tap()
    phone.get_by_role("heading", name="You have").wait_for()
    held.release()
    assert phone.get_by_role("heading", name="You have").is_visible()
    assert phone.get_by_label("klein").is_checked()
    assert phone.locator("fieldset:disabled").count() == 1


# A student who leaves while an answer is not sent yet

def lose_votes(page):
    """Lose what a page sends until the list that is returned is emptied."""
    lost = [True]
    page.route("**/audience/respond/*",
               lambda route: route.abort() if lost else route.continue_())
    return lost


def start_over(phone):
    phone.get_by_text("Not you?").tap()
    phone.get_by_role("button", name="Start over as someone else").tap()
    phone.get_by_role("button", name="Start over and lose it").tap(no_wait_after=True)


def test_what_a_student_leaves_behind_is_not_sent_while_the_next_one_joins(
        teacher, phone, open_page):
    open_page.expected = REFUSED + "|ERR_"
    question = ask(teacher)
    lost = lose_votes(phone)
    phone.get_by_text("groß").tap()
    receipt(phone).get_by_text("Not sent yet, kept").wait_for()
    leaving = []
    phone.route("**/leave", lambda route: leaving.append(route))
    # Two seconds of leaving: in a hurry, some more tries would have begun.
    phone.evaluate("""window.addEventListener('submit', () =>
        setTimeout(() => fetch('/healthz'), 2000))""")
    start_over(phone)
    wait_for(lambda: leaving or phone.wait_for_timeout(50))
    lost.clear()
    asked = listen_to_requests(phone)
    wait_for(lambda: "healthz" in str(asked) or phone.wait_for_timeout(50))
    assert "respond" not in str(asked)
    leaving[0].fulfill(status=204)      # as if it was stopped: they go on as who they are
    phone.get_by_text("klein").tap()
    receipt(phone).get_by_text("Saved").wait_for()
    assert teacher.answers(question) == [("klein", "0")]


def test_what_a_student_left_behind_is_not_sent_by_another_tab(server, teacher, phone, open_page):
    open_page.expected = REFUSED + "|ERR_"
    question = ask(teacher)
    other = open_page(f"{server.lan}/audience/{teacher.code}", context=phone.context)
    lost = [lose_votes(page) for page in (phone, other)][0]
    phone.get_by_text("groß").tap()
    receipt(phone).get_by_text("Not sent yet, kept").wait_for()
    other.reload()
    receipt(other).get_by_text("Not sent yet").wait_for()
    with phone.expect_event("load"):
        start_over(other)
    lost.clear()
    sent = []
    phone.on("request", lambda request: sent.append(request.method))
    phone.evaluate(WAKE)
    teacher.toggle(question, 0)
    phone.locator(".pill").get_by_text("Voting is closed").wait_for()
    assert "POST" not in sent and teacher.answers(question) == []


def test_a_page_says_whether_its_question_or_its_session_was_deleted(
        teacher, open_presenter, open_page):
    open_page.expected = REFUSED + "|Code 404"
    ask(teacher)
    question = teacher.create_question("multiple_choice", "Menge?", options="wenig\nviel")
    results = open_presenter(f"/questions/{question}/results")
    projector = open_presenter(f"{teacher.present}?question={question}")
    projector.get_by_role("heading", name="Menge?").wait_for()
    teacher.post(f"/questions/{question}/delete", {"title": "Menge?"})
    projector.get_by_role("heading", name="Größe?").wait_for()
    assert projector.url.endswith(teacher.present)
    results.get_by_text("This question was deleted.").wait_for()
    delete(teacher)
    projector.get_by_text("This session was deleted.").wait_for()


def test_what_a_deleted_sessions_phone_asks_is_the_sentence_that_ends_it(presenter, session):
    phone = Respondent(session["code"])
    presenter.post(f"/sessions/{session['id']}/delete", {"name": session["name"]}, status=303)
    answer = phone.htmx(f"/audience/{session['code']}/leave", status=404)
    assert answer.html.select_one(".problem")
    answer = phone.get(f"/audience/{session['code']}/state", status=404,
                       headers={"HX-Request": "true"})
    assert answer.html.select_one(".problem")


# A presenter's act after the sign-in has ended

@pytest.fixture
def open_presenter(server, teacher, open_page):
    """A function that opens a page of the teacher's."""
    return lambda path: open_page(server.lan + path, 1280, 800, **teacher.options())


def end_sign_ins(server):
    with closing(sqlite3.connect(server.folder / "classpulse.db")) as db:
        db.execute("DELETE FROM signins")
        db.commit()


@pytest.fixture
def projected(server, teacher, phone, open_presenter):
    """The projector with a text that somebody wrote."""
    question = teacher.ask("word_cloud", "Ein Wort?")
    phone.get_by_label("Word or short phrase").fill("Übermut")
    phone.get_by_label("Word or short phrase").press("Enter")
    phone.get_by_text("Saved").wait_for()
    projector = open_presenter(teacher.present)
    for action, stage in (("close", "open"), ("show_results", "closed")):
        step(teacher, action, question, stage)
    projector.locator("[data-hides] [data-key]", has_text="Übermut").wait_for()
    return projector


def hide(projector):
    projector.locator("[data-hides] [data-key]", has_text="Übermut").click()
    projector.get_by_role("button", name="Hide", exact=True).click()


# None is a line that breaks.
FOREIGN = [{"status": 200, "body": "<h1>Log in to the Wi-Fi</h1>"},
           {"status": 302, "headers": {"Location": "/login"}}, None]


def test_only_our_own_answer_says_that_a_text_is_hidden(server, projected, open_page):
    open_page.expected = REFUSED + "|ERR_"

    def answer_once(answer):
        projected.route("**/hide", lambda route: route.fulfill(**answer) if answer
                        else route.abort(), times=1)
    for answer in FOREIGN:
        answer_once(answer)
        hide(projected)
        projected.get_by_text("This was not hidden.").wait_for()
        hide(projected)
        projected.get_by_text("Hidden.").wait_for()
        projected.locator("[data-hides] [data-key]").wait_for(state="detached")
        answer_once(answer)
        projected.get_by_role("button", name="Undo").click()
        projected.get_by_text("It is still hidden.").wait_for()
        projected.get_by_role("button", name="Undo").click()
        projected.locator("[data-hides] [data-key]", has_text="Übermut").wait_for()
    end_sign_ins(server)
    hide(projected)
    projected.get_by_text("This was not hidden.").wait_for()
    assert projected.get_by_role("button", name="Undo").count() == 0
    assert projected.locator("[data-hides] [data-key]", has_text="Übermut").is_visible()


def test_a_step_after_the_sign_in_has_ended_says_so(
        server, teacher, open_presenter, open_page):
    open_page.expected = REFUSED        # its sockets, if they try again in time
    ask(teacher)
    projector = open_presenter(teacher.present)
    projector.get_by_role("heading", name="Größe?").wait_for()
    end_sign_ins(server)
    projector.keyboard.press("Space")
    projector.get_by_text("You are signed out.").wait_for()


def test_a_question_asked_now_after_the_sign_in_has_ended_says_so(
        server, teacher, open_presenter, open_page):
    open_page.expected = REFUSED
    ask(teacher)
    projector = open_presenter(teacher.present)
    projector.get_by_role("heading", name="Größe?").wait_for()
    end_sign_ins(server)
    projector.keyboard.press("a")
    projector.get_by_role("button", name="A – D").click()
    projector.get_by_text("You are signed out.").wait_for()


def test_a_control_page_takes_no_other_page_for_its_own_part(teacher, open_presenter, open_page):
    open_page.expected = "Status Error Code 200"
    ask(teacher)
    control = open_presenter(teacher.session)
    control.route("**/step", lambda route: route.fulfill(
        status=200, content_type="text/html", body="<html><body><h1>Wi-Fi</h1></body></html>"))
    control.locator("#step-next").click()
    control.get_by_text("This did not work.").wait_for()
    assert control.get_by_text("Wi-Fi", exact=True).count() == 0
    control.unroute("**/step")
    control.locator("#step-next").click()
    control.locator(".row-state").get_by_text("0 answers").wait_for()


# The own result

def test_a_lost_request_for_the_own_result_is_made_until_it_arrives(teacher, phone, open_page):
    open_page.expected = "ERR_"
    question = ask(teacher, options="klein\n*groß")
    phone.get_by_text("groß").tap()
    receipt(phone).get_by_text("Saved").wait_for()
    phone.route("**/state", lambda route: route.abort(), times=3)
    step(teacher, "close", question, "open")
    step(teacher, "show_answer", question, "closed")
    phone.locator("section").get_by_text("Correct!").wait_for()


def test_the_own_result_is_asked_for_no_longer_than_its_question_is_there(
        teacher, phone, open_page):
    open_page.expected = "ERR_"
    phone.clock.install()
    phone.reload()
    question = ask(teacher, options="klein\n*groß")
    phone.get_by_text("groß").tap()
    receipt(phone).get_by_text("Saved").wait_for()
    phone.route("**/state", lambda route: route.abort())
    with phone.expect_request("**/state"):
        step(teacher, "close", question, "open")
        step(teacher, "show_answer", question, "closed")
    ask(teacher, "Menge?", options="wenig\nviel")
    phone.get_by_label("viel").wait_for()
    step_on = {"action": "go", "to": 2, "question_id": question, "round": 1, "stage": "answer"}
    teacher.post(f"/api{teacher.session}/step", step_on, status=200)
    phone.get_by_label("groß").wait_for(state="detached")
    asked = listen_to_requests(phone)
    phone.clock.run_for(2_000)      # more than the longest pause between two tries, in a hurry
    assert asked == []


# Waking

def test_a_phone_that_wakes_posts_its_answer_once(teacher, phone, open_page):
    open_page.expected = "ERR_"
    question = ask(teacher)
    phone.get_by_label("groß").wait_for()
    phone.route("**/audience/respond/*", lambda route: route.abort())
    phone.get_by_text("groß").tap()
    phone.get_by_text("Not sent yet, kept on this phone").wait_for()
    take_any_time(phone)        # given up, it would be posted again
    posts = []

    def count(route):
        posts.append(route.request.post_data)
        route.continue_()
    phone.route("**/audience/respond/*", count)     # before the one that aborts
    phone.evaluate(WAKE)
    receipt(phone).get_by_text("Saved").wait_for()
    assert len(posts) == 1
    assert teacher.answers(question) == [("groß", "0")]
