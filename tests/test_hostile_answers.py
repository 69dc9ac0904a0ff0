"""What students type has bounds: what it costs to count, to send and to draw, whatever it is."""

import hashlib
import itertools
import json
import sys
import time

import classpulse
import pytest
from conftest import Browser, Respondent, Teacher

GROWS = "\ufdfa"                # 18 letters once it is folded
WIDE = "\ufdfd"                 # as wide as ten letters
MESSAGE_MAX = 64_000            # bytes
OPTIONS = {"multiple_choice": {"options": "Paris\nLyon"}, "select_all": {"options": "Paris\nLyon"},
           "ranking": {"options": "Paris\nLyon\nNice"}, "rating": {"max_rating": "3"},
           "numeric": {"min": "1"}, "short_text": {"accepted": "Paris"}, "open_text": {"x": "y"},
           "word_cloud": {"max_words": "3"}}


@pytest.fixture
def ask(presenter, session):
    """A function that opens a question of a type; its id."""
    def ask(type, title="Warum?", **fields):
        question_id = presenter.create_question(session["id"], type, title,
                                                **(fields or OPTIONS[type]))
        presenter.toggle(question_id)
        return question_id
    return ask


@pytest.fixture
def answer(db, session):
    """A function that stores texts as the answers of as many respondents."""
    def answer(question_id, texts):
        question = classpulse.get_question(db, question_id)

        def store(writer):
            for number, text in enumerate(texts):
                classpulse.record_response(writer, question["id"], f"student-{number}", text)
        db.write(store)
    return answer


def get_message(room, question_id):
    """The results message as it is sent, and its bytes."""
    live = room.live
    live.changed("results", question_id)
    sent = live.encode(live.current("results", question_id)).encode()
    return json.loads(sent), sent


# Counting

def count_folded(act):
    """How many texts are folded meanwhile, and not remembered."""
    before = classpulse.normalize_short.cache_info().misses
    act()
    return classpulse.normalize_short.cache_info().misses - before


@pytest.mark.parametrize("type, values", [
    ("short_text", [GROWS * 190 + str(n) for n in range(900)]),
    ("short_text", ["\u3300" * 190 + str(n) for n in range(900)]),
    ("open_text", [GROWS * 190 + str(n) for n in range(900)]),
    ("word_cloud", ["\n".join(GROWS * 55 + f"{n}{m}" for m in "abcde") for n in range(400)]),
    ("word_cloud", ["\n".join("ᾳ\u0345\u0301" * 18 + f"{n}{m}" for m in "abcde")
                    for n in range(400)])], ids=lambda part: ascii(part)[:25])
def test_texts_that_grow_when_folded_are_folded_once(type, values):
    def count():
        assert classpulse.QUESTION_TYPES[type].count(values, {})
    classpulse.normalize_short.cache_clear()
    assert count_folded(count) >= len(values)
    assert count_folded(count) == 0


def test_a_list_of_people_folds_each_name_once(db, presenter, session, ask, room):
    question = classpulse.get_question(db, ask("open_text"))

    def join(writer):
        for number in range(400):
            id, person = f"student {number}", {"name": GROWS * 55 + str(number)}
            classpulse.ensure_respondent(writer, session["id"], id)
            classpulse.replace_person(writer, session["id"], id, person)
    db.write(join)

    def count():
        assert len(classpulse.list_people(db, room.live, question)[0]) == 400
    count()
    assert count_folded(count) == 0


@pytest.mark.parametrize("text", [GROWS * 200, "ß" * 200, "\u3300" * 200, "a\u0345" * 100,
                                  WIDE * 200, "x" * 5000, GROWS * 5000],
                         ids=lambda text: ascii(text)[1:25])
def test_what_a_text_is_folded_to_is_no_longer_than_texts_are(text):
    folded = classpulse.normalize(text)
    assert len(folded) <= classpulse.FOLDED_MAX or folded == text
    assert classpulse.normalize(folded) == folded
    [row] = classpulse.QUESTION_TYPES["open_text"].count([text], {})
    assert len(row["key"]) == 16


def test_equal_spellings_are_counted_together_however_long_they_grow(ask, answer, room):
    question_id = ask("short_text")
    answer(question_id, [GROWS * 199 + "A", GROWS * 199 + "a", GROWS * 199 + "b"])
    assert [row["count"] for row in get_message(room, question_id)[0]["results"]] == [2, 1]


@pytest.mark.parametrize("type, text", [
    ("short_text", "Straße " * 20), ("open_text", "Straße " * 20), ("open_text", "Straße " * 40),
    ("word_cloud", "Straße")])
def test_what_was_hidden_by_an_earlier_release_stays_hidden(db, ask, answer, room, type, text):
    text = text.strip()
    key = text.replace("S", "s").replace("ß", "ss") if len(text) <= 200 else text
    if type == "open_text":
        key = hashlib.sha256(key.encode()).hexdigest()[:16]
    question_id = ask(type)
    answer(question_id, [text, "Öl"])
    db.write(classpulse.hide_text, question_id, key, True)
    assert [row["label"] for row in get_message(room, question_id)[0]["results"]] == ["Öl"]


def test_messages_that_take_long_get_rarer(room, ask, monkeypatch):
    question_id = ask("rating")
    live, clock = room.live, [0.0]
    told = live.room("results", question_id)
    count = classpulse.results_message
    monkeypatch.setattr(time, "thread_time", lambda: clock[0])
    for took, pause in [(0.2, 2.0), (5.0, live.PAUSE_SECONDS), (0.0, 0.0)]:
        def slow(*args, took=took):
            clock[0] += took
            return count(*args)
        monkeypatch.setitem(classpulse.MESSAGES, "results", slow)
        told.dirty = True
        live._tell("results", question_id, told)
        assert told.pause == pytest.approx(pause)


@pytest.mark.parametrize("type", ["multiple_choice", "select_all", "rating"])
def test_all_hands_for_all_options_cost_a_message_little_more_than_votes(db, room, ask, answer,
                                                                         type):
    fields = {"max_rating": "10"} if type == "rating" else {
        "options": "\n".join(f"Option {number}" for number in range(26))}
    question_id = ask(type, **fields)
    keys = [row["key"] for row in get_message(room, question_id)[0]["results"]]

    def count_calls():
        calls = itertools.count()
        sys.setprofile(lambda *event: next(calls))      # the work done, on any machine
        try:
            classpulse.results_message(db, room.live, question_id)
        finally:
            sys.setprofile(None)
        return next(calls)
    answer(question_id, [keys[number % len(keys)] for number in range(1000)])
    votes = count_calls()
    for key in keys:
        db.write(classpulse.count_hands, question_id, key, 999)
    message, sent = get_message(room, question_id)
    assert message["tallied"] == 999 * len(keys) and len(sent) < MESSAGE_MAX
    assert count_calls() < 10 * votes


# Messages

WORST = ["\U00012031" * 5000, '"' * 5000, "\\" * 5000, "a\n" * 2500, "\u2028" * 5000,
         "'<&>" * 1250]


@pytest.mark.parametrize("text", WORST, ids=lambda text: ascii(text[:2]))
@pytest.mark.parametrize("type, most", [("open_text", 5000), ("short_text", 200)])
def test_a_message_is_bounded_and_counts_what_it_leaves_out(room, presenter, ask, answer, type,
                                                            most, text):
    question_id = ask(type, '"' * 500)
    answer(question_id, [text[:most - 3] + f"{number:03}" for number in range(150)])
    message, sent = get_message(room, question_id)
    assert len(sent) <= MESSAGE_MAX and "html" not in message
    assert 20 < len(message["results"]) <= 100
    assert len(message["results"]) + message["more"] == 150
    for row in message["results"]:
        cut = most > 500 or row["label"].endswith("…")
        assert row.get("cut", False) == cut == row["label"].endswith("…")
        assert len(row["label"]) <= 500 and row["label"].count("\n") < 10
    private = presenter.get(f"/questions/{question_id}/private").text
    assert len(private.encode()) < 6 * MESSAGE_MAX


def test_two_rounds_beside_each_other_are_bounded_each_for_itself(
        room, presenter, session, ask, answer):
    question_id = ask("short_text", '"' * 500)
    texts = ["\U00012031" * 190 + f"{number:03}" for number in range(150)]
    answer(question_id, texts)
    for action in ("reveal", "vote_again"):
        presenter.step(session["id"], action)
    answer(question_id, texts)
    presenter.step(session["id"], "reveal")
    message, sent = get_message(room, question_id)
    for one in (message, message["previous"]):
        assert len(one["results"]) + one["more"] == 150 and len(one["results"]) > 20
    assert MESSAGE_MAX < len(sent) <= 2 * MESSAGE_MAX


def test_a_text_that_was_cut_is_told_whole_to_its_presenter(room, presenter, other_presenter,
                                                            respondent, ask, answer, session):
    question_id = ask("open_text")
    texts = ["ä" * 501, "ö\n" * 11 + "ö", "ü" * 500]
    answer(question_id, texts)
    rows = get_message(room, question_id)[0]["results"]
    assert [row.get("cut") for row in rows] == [None, True, True]
    presenter.be_alone()
    pages = presenter.get(f"/questions/{question_id}/private").html
    links = [link["href"] for link in pages.select(".moderation a")]
    presenter.step(session["id"], "close")
    presenter.step(session["id"], "vote_again")     # earlier rounds have their texts, too
    for link, text in zip(links, texts[1::-1], strict=True):
        page = presenter.get(link, status=200)
        assert (page.content_type, page.text) == ("text/plain", text)
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        other_presenter.get(link, status=404)
        respondent.get(link, status=303)
    presenter.get(f"/questions/{question_id}/text?key=nothing", status=404)
    presenter.get(f"/questions/{question_id}/text", status=404)


@pytest.mark.parametrize("sign", ["\U00012031", '"', "\\", "'"])
@pytest.mark.parametrize("type", ["multiple_choice", "select_all", "ranking"])
def test_options_are_all_in_the_messages(room, presenter, session, ask, type, sign):
    most = classpulse.QUESTION_TYPES[type].MOST
    options = "\n".join(sign * 190 + f"{number:02}" for number in range(most))
    question_id = ask(type, sign * 500, options=options)
    message, sent = get_message(room, question_id)
    assert len(message["results"]) == most and len(sent) <= MESSAGE_MAX
    for topic in ("present", "audience"):
        told = room.live.encode(room.live.current(topic, session["id"])).encode()
        assert len(told) <= 3 * MESSAGE_MAX      # with the markup of a form, and for a keyboard


def test_the_private_view_makes_room_for_more_when_texts_are_hidden(presenter, ask, answer):
    presenter.be_alone()
    question_id = ask("open_text")
    answer(question_id, ["\U00012031" * 4990 + f"{number}" for number in range(100)])

    def get_keys():
        page = presenter.get(f"/questions/{question_id}/private").html
        assert len(page.encode()) < 6 * MESSAGE_MAX
        return [button["value"] for button in page.select("button[name=hide]")]
    first = get_keys()
    for key in first[:20]:
        presenter.htmx(f"/api/questions/{question_id}/hide", {"hide": key})
    second = get_keys()
    assert second[:len(first) - 20] == first[20:] and len(second) == len(first)


def test_the_list_of_people_shows_the_beginning_of_an_answer(db, presenter, session, ask, answer):
    presenter.be_alone()
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "8a", "names": "optional"})
    question_id = ask("open_text")
    answer(question_id, ["'" * 4990 + str(number) for number in range(150)])
    for number in range(150):
        db.write(classpulse.replace_person, session["id"], f"student-{number}", {"name": "'" * 60})
    page = presenter.get(f"/questions/{question_id}/private")
    people = page.html.select(".people li span:has(bdi)")
    assert len(people) == 150
    assert all(person.get_text().count("'") == 60 + 99 for person in people)


def test_who_changes_an_answer_all_the_time_causes_no_more_messages(server, open_browser):
    teacher = open_browser(Teacher)
    question_id = teacher.ask("open_text", "Warum?")
    phones = [open_browser() for _ in range(20)]
    for phone in phones:
        phone.post("/join", {"code": teacher.code})
        phone.request("POST", f"/audience/respond/{question_id}", {"response": '"' * 4999})
    watched = teacher.watch(f"/ws/results/{question_id}")
    began = time.monotonic()
    for number in range(60):
        phones[0].post(f"/audience/respond/{question_id}", {"response": f"{number}" + '"' * 4990})
    heard = [watched.recv()]
    while '"label":"59' not in heard[-1]:
        heard.append(watched.recv())
    seconds = time.monotonic() - began
    results = [message for message in heard if '"results"' in message]
    assert len(results) <= seconds / classpulse.Live.SECONDS["results"] + 2
    assert max(len(message.encode()) for message in results) < 20 * 1200 + 1000


# The projector

MEASURE = r"""async ([name, rows]) => {
  const present = document.querySelector("script[type=module]").src;
  const chart = await import(present.replace("present.js", `charts/${name}.js`));
  const box = document.querySelector(`[data-chart]`);
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  box.hidden = false;
  await frame();
  let least = Infinity, size = 0;
  for (let i = 0; i < 3; i += 1) {
    chart.clear(box);
    await frame();
    const began = performance.now();
    chart.draw(box, { results: rows, more: 0 });
    box.getBoundingClientRect();
    least = Math.min(least, performance.now() - began);
    size = Array.from(box.querySelector("ul").textContent).length;
  }
  const shown = box.querySelectorAll("li").length;
  const [first, last, all] = box.querySelector(".chart-more").textContent.match(/\d+/g) || [0];
  const more = Number(all === undefined ? first : all - last); // "+3 more", or "1 – 5 of 8"
  chart.clear(box);
  return { least, size, shown, more };
}"""
HOSTILE = [WIDE, GROWS, "\u102a", "\U00012031", "\ua9c5", "\u2e3b", "\u0bf5", "a\n", "\u0301",
           "\u202eab\u2067", "\u1780\u17d2", "👩\u200d🔬", "a\u00ad", "\u200d", "W", "\u0e01"]


def open_projector(server, open_page, teacher, question_id):
    """The projector's page, with the results of an open question."""
    teacher.post(f"/api{teacher.session}/step", {
        "action": "show_results", "question_id": question_id, "round": 1, "stage": "open"}, 200)
    return open_page(server.lan + teacher.present, width=1280, height=800, **teacher.options())


@pytest.mark.parametrize("type, name, most", [("open_text", "list", 500),
                                              ("word_cloud", "cloud", 60)])
def test_no_text_takes_the_projector_long_to_draw(server, open_browser, open_page, type, name,
                                                  most):
    teacher = open_browser(Teacher)
    question_id = teacher.ask(type, "Warum?")
    page = open_projector(server, open_page, teacher, question_id)
    page.locator("[data-chart]").wait_for(state="attached")

    def draw(sign):
        rows = [{"key": f"{sign}{n}", "label": (f"{n} " + sign * most)[:most], "count": 1}
                for n in range(100 if name == "list" else 80)]
        drawn = page.evaluate(MEASURE, [name, rows])
        assert drawn["shown"] and drawn["shown"] + drawn["more"] == len(rows)
        return drawn
    ordinary = draw("lorem ipsum dolor ")
    slow = {}
    for sign in HOSTILE:
        drawn = draw(sign)
        print(f"{ascii(sign)}: {drawn} beside {ordinary}")
        assert drawn["size"] <= 100 * most
        # Some fonts take 26 times as long for what fits; to lay out all takes thousands.
        if drawn["least"] > 60 * ordinary["least"]:
            slow[sign] = drawn
    assert not slow


def test_the_projector_holds_only_what_it_shows(server, open_browser, open_page):
    teacher = open_browser(Teacher)
    question_id = teacher.ask("open_text", "Warum?")
    for number in range(20):
        phone = Browser(server)
        phone.post("/join", {"code": teacher.code})
        phone.post(f"/audience/respond/{question_id}", {"response": f"{number} " + WIDE * 4990})
    page = open_projector(server, open_page, teacher, question_id)
    page.locator(".entries li").first.wait_for()
    assert 0 < page.evaluate("document.querySelector('main').textContent.length") < 3000
    assert page.locator("[data-table]").inner_html() == ""
    page.keyboard.press("t")            # asked for only now
    page.locator("[data-table] li").nth(19).wait_for(state="attached")


# What was typed

GARBAGE = [[], [""], ["X"], ["A", "X"], ["A"], ["A", "A"], ["A", "B", "C", "A"], ["B", "A", "X"],
           ["-"], ["-", "-"], [";"], ["A;B"], ["\n"], ["\x00"], ["0"], ["1e999"], ["٣"], ["½"],
           ["NaN"], ["x" * 6000], [WIDE * 5001], ["\u0301" * 3000], ["A"] * 150, ["{{!x}}"],
           ["'\"><b>"], ["w" * 61] * 4, ["a", "b", "c", "d"], [" ", "B"], ["\ud83d"]]


@pytest.mark.parametrize("type", classpulse.QUESTION_TYPES)
def test_no_answer_in_a_plain_form_is_an_error_of_ours(session, ask, type):
    question_id = ask(type)
    for sent in GARBAGE:
        parts = [("response", part.encode("utf-8", "surrogatepass")) for part in sent]
        page = Respondent(session["code"]).post(
            f"/audience/respond/{question_id}", parts, headers={"Sec-Fetch-Mode": "navigate"},
            status="*")
        assert page.status_int in (303, 422), sent
        if page.status_int == 422:
            assert page.html.select_one(".problem").get_text().strip(), sent
            section = page.html.select_one(f"[data-question-id='{question_id}']")
            check_shown(type, section, sent)


def check_shown(type, section, sent):
    """What was typed is in its fields, as far as they can hold it."""
    if type in ("numeric", "short_text", "open_text", "word_cloud"):
        fields = section.select("input[name=response], textarea")
        held = [field.get("value", field.get_text()) for field in fields]
        typed = [part if part.isprintable() else held[at]
                 for at, part in enumerate(sent[:len(fields)])]
        # Of what is much too long, a beginning that is itself too long.
        assert all(text.startswith(shown) and len(shown) >= min(len(text), 250)
                   for text, shown in zip(typed, held, strict=False))
    elif type == "ranking":
        order = [item["data-key"] for item in section.select("[data-sortable] li")]
        ranked = list(dict.fromkeys(key for key in sent if key in "ABC" and key))
        assert order == ranked + [key for key in "ABC" if key not in ranked]
        assert [option.get_text()[0] for option in section.select("[selected]")] == order
    else:
        ticked = {field["value"] for field in section.select("[checked]")}
        assert ticked <= set(sent)
