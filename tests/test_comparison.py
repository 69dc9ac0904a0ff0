"""Classes compared: which questions belong together, what the page says, and its pictures."""

import struct

import classpulse
import pytest
from conftest import Respondent
from hypothesis import given, settings
from hypothesis import strategies as st


def create_copy(presenter, session_id):
    location = presenter.post(f"/sessions/{session_id}/again", status=303).location
    return int(location.rsplit("/", 1)[1])


def list_ids(db, session_id):
    return [question["id"] for question in classpulse.list_questions(db, session_id)]


def hold(db, presenter, session_id, *answers, show=("show_results", "show_answer")):
    """A lesson with the first question, to which each student gives one of the answers."""
    code = classpulse.get_session(db, session_id)["code"]
    question_id = list_ids(db, session_id)[0]
    presenter.step(session_id, "open")
    for parts in answers:
        Respondent(code).respond(question_id, *parts)
    for action in ("close", *show):
        presenter.step(session_id, action)


@pytest.fixture
def compare(presenter):
    """A function that opens the report of a session beside another one's."""
    def compare(session_id, other_id, status=200):
        return presenter.get(f"/sessions/{session_id}/report?compare={other_id}", status=status)
    return compare


def read_table(page):
    """[[what stands in a cell, ...], ...] of the page's comparisons, without bars."""
    return [[" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
            for row in page.html.select("[data-comparison] tbody tr")]


def read_differences(page):
    return [line.get_text() for line in page.html.select("[data-difference]")]


# Which questions belong together

@st.composite
def lineages(draw):
    """Questions of three sessions, many of which were copied from an earlier one."""
    questions, origins = [], {}
    for id in range(1, draw(st.integers(2, 14)) + 1):
        origin = draw(st.one_of(st.none(), st.integers(1, id - 1))) if id > 1 else None
        type = draw(st.sampled_from(["multiple_choice", "rating", "word_cloud"]))
        letters = draw(st.permutations("xyz"))[:draw(st.integers(2, 3))]
        options = {"multiple_choice": [{"key": "ABC"[n], "text": text, "correct": False}
                                       for n, text in enumerate(letters)],
                   "rating": {"max_rating": draw(st.integers(4, 5)), "low": "", "high": ""},
                   "word_cloud": {"max_words": 1}}[type]
        questions.append({"id": id, "session_id": draw(st.integers(1, 3)), "number": id,
                          "type": type, "options": options,
                          "title": draw(st.sampled_from(["Why?", "why", "How?", "When?"]))})
        if draw(st.integers(0, 4)):         # else it was deleted
            origins[id] = origin
        else:
            questions.pop()
    return questions, origins


@settings(max_examples=150, deadline=None)
@given(lineages())
def test_pairing_is_the_same_from_both_sides_and_each_question_is_in_one_pair_at_most(lineage):
    questions, origins = lineage
    own, others = ([question for question in questions if question["session_id"] == n]
                   for n in (1, 2))
    pairs = classpulse.pair_questions(own, others, origins)
    back = classpulse.pair_questions(others, own, origins)
    assert {(id, other["id"]) for id, other in pairs.items()} == {
        (other["id"], id) for id, other in back.items()}
    assert len({other["id"] for other in pairs.values()}) == len(pairs)
    for question in own:
        other = pairs.get(question["id"])
        assert other is None or question["type"] == other["type"]
    # What is left says nothing that another one left says as well.
    left = [{(one["type"], classpulse.normalize(one["title"]),
              classpulse.QUESTION_TYPES[one["type"]].wording(one["options"]))
             for one in some if one["id"] not in taken}
            for some, taken in ((own, pairs), (others, back))]
    assert not left[0] & left[1]


def test_copies_stay_a_pair_when_a_typo_is_mended_and_their_source_is_deleted(
        db, presenter, session, compare):
    question_id = presenter.create_question(session["id"], title="Hauptstat?",
                                            options="*Paris\nLion")
    one, other = (create_copy(presenter, session["id"]) for _ in range(2))
    presenter.post(f"/questions/{list_ids(db, other)[0]}/edit",
                   {"title": "Hauptstadt?", "options": "*Paris\nLyon"}, status=303)
    presenter.post(f"/questions/{question_id}/delete", status=303)
    hold(db, presenter, one, "A", "B", "B", "B")
    hold(db, presenter, other, "A", "A", "B", "B")
    page = compare(one, other)
    assert "In Biologie 10b (3) the question reads: Hauptstadt?" in " ".join(
        page.html.select_one("[data-comparison]").get_text().split())
    assert read_table(page) == [["A Paris ✓ correct answer", "25 % 1", "50 % 2", "−25"],
                                ["B Lion", "75 % 3", "50 % 2", "+25"],
                                ["Correct", "25 %", "50 %", "−25"]]
    assert read_differences(page) == [
        "Correct: 25 percentage points lower than in Biologie 10b (3)",
        "Lion (B) chosen: 25 points higher"]
    assert [average.get_text() for average in page.html.select(".averages dd")] == [
        "25 % correct on average", "50 % correct on average"]


def test_equal_options_are_compared_whatever_their_letters(db, presenter, session, compare):
    presenter.create_question(session["id"], title="Wo?", options="Paris\n*Lyon\nNizza")
    other = presenter.create_session("10c")
    presenter.create_question(other, title="wo", options="*Lyon\nNizza\nParis")
    hold(db, presenter, session["id"], "A", "B", "B", "C")
    hold(db, presenter, other, "A", "A", "A", "C")
    assert read_table(compare(session["id"], other)) == [
        ["A Paris C in 10c", "25 % 1", "25 % 1", "0"],
        ["B Lyon ✓ correct answer A in 10c", "50 % 2", "75 % 3", "−25"],
        ["C Nizza B in 10c", "25 % 1", "0 % 0", "+25"],
        ["Correct", "50 %", "75 %", "−25"]]


def test_an_option_that_only_one_class_had_stands_alone(db, presenter, session, compare):
    presenter.create_question(session["id"], title="Wo?", options="Paris\nLyon\nNizza")
    other = create_copy(presenter, session["id"])
    presenter.post(f"/questions/{list_ids(db, other)[0]}/edit",
                   {"title": "Wo?", "options": "Metz\nLyon\nNizza\nParis\nBrest"}, status=303)
    hold(db, presenter, session["id"], "A", "B")
    hold(db, presenter, other, "A", "D", "E", "E")
    name = "Biologie 10b (2)"
    assert read_table(compare(session["id"], other)) == [
        [f"A Paris D in {name}", "50 % 1", "25 % 1", "+25"],
        ["B Lyon", "50 % 1", "0 % 0", "+50"], ["C Nizza", "0 % 0", "0 % 0", "0"],
        [f"Metz A in {name}", "0 % 0", "25 % 1", "−25"],
        [f"Brest E in {name}", "0 % 0", "50 % 2", "−50"]]


def test_ratings_on_other_scales_and_rewritten_questions_are_no_pair(
        db, presenter, session, compare):
    presenter.create_question(session["id"], "rating", "Wie?", max_rating="5")
    presenter.create_question(session["id"], title="Wo?", options="Paris\nLyon")
    other = create_copy(presenter, session["id"])
    rating, choice = list_ids(db, other)
    presenter.post(f"/questions/{rating}/edit", {"title": "Wie?", "max_rating": "7"}, status=303)
    presenter.post(f"/questions/{choice}/edit", {"title": "Wer?", "options": "Ada\nBo"},
                   status=303)
    hold(db, presenter, other, "3")
    page = compare(session["id"], other)
    assert "has no question in common" in page.html.select_one("[role=alert]").get_text()
    assert not page.html.select("[data-comparison], [data-compare] option")


# What is compared

@pytest.mark.parametrize("type, own, there, said", [
    ("select_all", ["AB", "A"], ["C", "C"], "Lungs (A) chosen: 100 points higher"),
    ("rating", ["1", "1"], ["5", "4"], "Median: 3.5 lower"),
    ("numeric", [["300"], ["310"]], [["300"], ["301"]], "Median: 4.5 higher"),
    ("ranking", ["ABCD"], ["BACD"], "Producers (A): 1 place higher"),
    ("short_text", [["Foo"], ["foo"]], [["Bar"], ["Baz"]], "“Foo” written: 100 points higher"),
    ("word_cloud", [["Fog"]], [["ice"]], "“Fog” written: 100 points higher"),
    ("open_text", [["Warum?"]], [["Darum."]], None)])
def test_each_type_says_its_difference(db, presenter, session, compare, type, own, there, said):
    fields = {"title": "Was?", **{
        "select_all": {"options": "Lungs\nSkin\nGills"}, "ranking": {
            "options": "Producers\nGrazers\nHunters\nApex"}}.get(type, {})}
    presenter.create_question(session["id"], type, **{"max_rating": "5", **fields})
    other = create_copy(presenter, session["id"])
    hold(db, presenter, session["id"], *own, show=["show_results"])
    hold(db, presenter, other, *there, show=["show_results"])
    page = compare(session["id"], other)
    assert read_differences(page)[:1] == ([said] if said else [])
    assert bool(read_table(page)) == (type != "open_text")
    assert bool(read_differences(compare(other, session["id"]))) == bool(said)


def test_the_last_rounds_with_answers_are_compared_or_the_first_if_one_class_had_more(
        db, presenter, session, compare):
    presenter.create_question(session["id"], title="Wo?", options="*Paris\nLyon")
    other = create_copy(presenter, session["id"])
    hold(db, presenter, session["id"], "B", show=["vote_again"])
    hold(db, presenter, other, "A", show=["vote_again"])

    def vote(session_id, letter, *actions):
        code = classpulse.get_session(db, session_id)["code"]
        Respondent(code).respond(list_ids(db, session_id)[0], letter)
        for action in actions:
            presenter.step(session_id, action)

    def read(page):
        heads = [" ".join(head.get_text(" ").split())
                 for head in page.html.select(".compared thead th")]
        return heads[1:3], read_table(page)[0], "The first rounds are compared" in page.text

    one, two = "Biologie 10b 1 answer · round", "Biologie 10b (2) 1 answer · round"
    vote(session["id"], "A", "close", "vote_again")     # the third round has no answers
    presenter.be_alone()
    assert read(compare(session["id"], other)) == (
        [f"{one} 1", f"{two} 1"], ["A Paris ✓ correct answer", "0 % 0", "100 % 1", "−100"], True)
    vote(other, "B", "close")
    assert read(compare(session["id"], other)) == (
        [f"{one} 2", f"{two} 2"], ["A Paris ✓ correct answer", "100 % 1", "0 % 0", "+100"], False)


def test_what_either_class_has_not_seen_is_covered_until_the_private_view_is_on(
        db, presenter, session, compare):
    presenter.create_question(session["id"], title="Wo?", options="*Paris\nLyon")
    other = create_copy(presenter, session["id"])
    hold(db, presenter, session["id"], "A")
    hold(db, presenter, other, "B", show=[])
    page = compare(session["id"], other)
    assert page.html.select("[data-covered]") and not read_table(page)
    presenter.step(other, "show_results")
    page = compare(session["id"], other)
    assert read_table(page) == [["A Paris", "100 % 1", "0 % 0", "+100"],
                                ["B Lyon", "0 % 0", "100 % 1", "−100"]]
    assert "correct" not in page.html.select_one("[data-comparison]").get_text()
    assert not page.html.select(".averages")
    presenter.be_alone()
    assert read_table(compare(session["id"], other))[-1] == ["Correct", "100 %", "0 %", "+100"]


def test_a_first_vote_that_is_running_is_shown_to_nobody(db, presenter, session, compare):
    presenter.create_question(session["id"], title="Wo?", options="*Paris\nLyon", discuss="1")
    other = create_copy(presenter, session["id"])
    hold(db, presenter, session["id"], "A")
    presenter.step(other, "open")
    Respondent(classpulse.get_session(db, other)["code"]).respond(list_ids(db, other)[0], "B")
    presenter.be_alone()
    page = compare(session["id"], other)
    assert "The first vote is running" in page.html.select_one("[data-covered]").get_text()
    assert not read_table(page)


# Which sessions can be compared

def test_related_sessions_are_offered_first_and_only_those_with_answers(
        db, presenter, other_presenter, session, compare):
    presenter.create_question(session["id"], title="Wo?", options="Paris\nLyon")
    copy, empty = (create_copy(presenter, session["id"]) for _ in range(2))
    alike, strange = presenter.create_session("10c"), presenter.create_session("10d")
    presenter.create_question(alike, title="Wo?", options="Lyon\nParis")
    presenter.create_question(strange, title="Wann?", options="Lyon\nParis")
    foreign = other_presenter.create_session("Fremd")
    other_presenter.create_question(foreign, title="Wo?", options="Paris\nLyon")
    hold(db, other_presenter, foreign, "A")
    for session_id in (copy, alike, strange):
        hold(db, presenter, session_id, "A")
    offered = classpulse.list_comparable(db, session)
    assert [(other["id"], other["related"]) for other in offered] == [(copy, True),
                                                                      (alike, False)]
    page = presenter.get(f"/sessions/{session['id']}/report")
    assert [int(option["value"]) for option in page.html.select("[data-compare] option")] == [
        copy, alike]
    page = compare(session["id"], strange)
    assert "10d has no question in common" in page.html.select_one("[role=alert]").get_text()
    page = compare(session["id"], session["id"])
    assert "can't be compared with itself" in page.html.select_one("[role=alert]").get_text()
    chosen = compare(session["id"], alike).html.select_one("[data-compare] option[selected]")
    assert chosen["value"] == str(alike)
    for other_id in (foreign, 10**9):
        compare(session["id"], other_id, status=404)
    compare(session["id"], "x", status=422)
    # Nobody has answered there yet, but what it has in common is known.
    hold(db, presenter, session["id"], "A")
    page = compare(session["id"], empty)
    assert "There is nothing to compare yet" in page.text
    assert read_table(page) == [["A Paris", "100 % 1", "– 0", "–"],
                                ["B Lyon", "0 % 0", "– 0", "–"]]


def test_questions_without_a_counterpart_are_listed(db, presenter, session, compare):
    presenter.create_question(session["id"], title="Wo?", options="Paris\nLyon")
    other = create_copy(presenter, session["id"])
    only_here = presenter.create_question(session["id"], "open_text", "Nur hier?")
    presenter.toggle(only_here)
    presenter.create_question(other, "open_text", "Nur dort?")
    page = compare(session["id"], other)
    assert "Nur dort?" not in page.text         # it was never asked
    presenter.be_alone()
    page = compare(session["id"], other)
    [alone] = page.html.select("[data-unpaired]")
    of = alone.find_parent(attrs={"data-question-id": True})
    assert of["data-question-id"] == str(only_here)
    assert [line.get_text() for line in page.html.select("[data-missing-questions] li")] == [
        "Nur dort?"]


# Pictures of what lies on a page

# Counts the pixels of each colour in the picture that a page has saved.
COUNT_COLOURS = """async () => {
    const picture = await createImageBitmap(window.saved);
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, picture.width, picture.height);
    const colours = {};
    for (let n = 0; n < data.length; n += 4) {
        const colour = "#" + [...data.slice(n, n + 3)].map(
            (part) => part.toString(16).padStart(2, "0")).join("");
        colours[colour] = (colours[colour] || 0) + 1;
    }
    return { corner: [...data.slice(0, 4)], colours };
}"""

# A table wider than its box, with a head that sticks to it, both scrolled away.
ADD_TABLE = """() => {
    const part = document.createElement("section");
    part.dataset.pictured = "";
    part.innerHTML = '<div class="box"><p>Anna</p></div><button data-picture="x_grid.png">Grid';
    const [box, wide] = [part.firstChild, part.firstChild.firstChild];
    Object.assign(box.style, { overflow: "auto", width: "200px", height: "100px" });
    Object.assign(wide.style, {
        position: "sticky", top: 0, width: "900px", height: "300px", background: "#0072b2" });
    document.querySelector("main").append(part);
    box.scrollTo(300, 50);
    return () => [box.scrollLeft, box.scrollTop];
}"""


def test_a_picture_shows_what_lies_on_the_page_in_light_and_what_is_scrolled_away(
        server, teacher, open_browser, open_page):
    """Letters and bars have their colours on white, in the dark as well, and formulas are text."""
    question_id = teacher.create_question("multiple_choice", "Wie lang ist $\\sqrt{2}$?",
                                          options="*$\\frac{1}{2}$\nzwei")
    other = teacher.post(f"{teacher.session}/again").headers["Location"].rsplit("/", 1)[1]
    teacher.post(f"/api{teacher.session}/all", {"active": 1})
    phone = open_browser()
    phone.get(f"/{teacher.code}", 303)
    phone.post(f"/audience/respond/{question_id}", {"response": "A"})
    teacher.post("/alone", {"alone": 1})
    page = open_page(f"{server.lan}{teacher.session}/report?compare={other}", color_scheme="dark",
                     **teacher.options())
    page.evaluate("""() => {
        const { createObjectURL } = URL;
        URL.createObjectURL = (blob) => createObjectURL.call(URL, window.saved = blob);
    }""")

    def save():
        with page.expect_download() as download:
            page.locator("[data-picture]").last.click()
        with open(download.value.path(), "rb") as file:
            head = file.read(24)
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        return download.value.suggested_filename, struct.unpack(">II", head[16:])

    before = page.locator("main").inner_html()
    name, (width, height) = save()
    assert name.endswith(f"_{teacher.code}_okologie_q{question_id}.png")
    assert width > 2 * 300 and height > 2 * 300
    seen = page.evaluate(COUNT_COLOURS)
    assert seen["corner"] == [255, 255, 255, 255]
    assert seen["colours"]["#0072b2"] > 64 * 64 / 2 + 2000      # the letter, and a whole bar
    assert seen["colours"]["#e69f00"] > 64 * 64 / 2
    assert seen["colours"]["#171a2b"] > 500                     # words, in the light theme's ink
    assert page.locator("main").inner_html() == before
    page.evaluate(f"() => {{ window.scrolled = ({ADD_TABLE})(); }}")
    name, (width, height) = save()
    assert name == "x_grid.png" and width > 2 * 900 and height > 2 * 300
    assert page.evaluate(COUNT_COLOURS)["colours"]["#0072b2"] > 2 * 900 * 2 * 290
    assert page.evaluate("window.scrolled()") == [300, 50]
