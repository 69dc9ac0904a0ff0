"""What the class sees: whole at every size, in every script, with Space alone."""

import re

import pytest
from conftest import Teacher, resize
from still_clock import StillClock
from tour import QUESTIONS, SETTLE, Lesson

SIZES = [(1280, 800), (1920, 1080)]
LARGEST = (3840, 2160)      # all is as at half of it, but what is measured in pixels
LONG = "Which of these sentences, all of which are long, is the one that explains it best? "
# Ten options of 100 characters under a title of 500: {type: fields}.
LONGEST = {
    "multiple_choice": {"options": "\n".join(f"{n}. {LONG}"[:100] for n in range(10))},
    "select_all": {"options": "\n".join(
        f"{n}. {'حروف عربية كثيرة ' * 9}"[:100] for n in range(10))},
    "ranking": {"options": "\n".join(f"{n}. {'光合作用需要阳光和水' * 9}"[:60] for n in range(10))},
    "rating": {"max_rating": "10", "low": "not at all, not even a little of it 😕!", "high": "ja"},
    "numeric": {"unit": "µg"},
    "word_cloud": {"max_words": "5"},
    "short_text": {"accepted": "Ahorn"},
    "open_text": {},
}
# What is cut off or too small to read; what is covered by its own scroll bar counts as cut off.
CUT = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  await frame();
  for (const one of document.getAnimations()) one.finish();
  await frame();      // only then do boxes know how far they scroll
  const problems = [];
  const seen = (one) => one.checkVisibility() && !one.closest(".visually-hidden, dialog");
  const complain = (one, what) => problems.push(
    `${one.className || one.tagName} ${one.textContent.trim().slice(0, 40)}: ${what}`);
  for (const box of document.querySelectorAll("html, main, main div, main article, main ol")) {
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = box;
    if (!seen(box)) continue;
    if (scrollHeight > clientHeight + 1) complain(box, `${scrollHeight} high in ${clientHeight}`);
    if (scrollWidth > clientWidth + 1) complain(box, `${scrollWidth} wide in ${clientWidth}`);
  }
  const main = document.querySelector("main").getBoundingClientRect();
  for (const one of document.querySelectorAll("main h1, main li, main canvas, main p")) {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const inside = left > main.left - 1 && right < main.right + 1
      && top > main.top - 1 && bottom < main.bottom + 1;
    if (seen(one) && !inside) complain(one, "outside");
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement, data } = texts.currentNode;
    const size = parseFloat(getComputedStyle(parentElement).fontSize);
    const small = size < 0.0239 * Math.min(window.innerHeight, 0.75 * window.innerWidth);
    if (data.trim() && seen(parentElement) && small) complain(parentElement, `${size} px`);
  }
  return problems;
}"""


@pytest.fixture
def project(server, open_browser, open_page):
    """A function that puts a lesson of one question of each type on a projector: lesson, page."""
    def put(width=1280, height=800, **options):
        lesson = Lesson(open_browser(Teacher), open_browser)
        page = open_page(server.lan + lesson.teacher.present, width, height,
                         **lesson.teacher.options(), **options)
        page.get_by_role("button", name="Start question 1").wait_for()
        page.keyboard.press("j")
        return lesson, page
    return put


def show_results(lesson, page, type, answers=None):
    """Open, answer and close the question, and show what came in."""
    lesson.go(type)
    lesson.step("open")
    lesson.answer(type, answers)
    lesson.step("close")
    lesson.step("show_results")
    see_results(page, lesson.ids[type])
    page.locator("footer [data-answered]", has_text=str(len(lesson.phones))).wait_for()


def see_results(page, question_id):
    """Wait until the results of a question are drawn."""
    shown = f"[data-question-id='{question_id}']"
    page.locator(f"{shown} .chart > *, {shown} [data-filled]").first.wait_for()


def test_everything_fits_at_every_size(project):
    lesson, page = project(reduced_motion="reduce")
    title, problems = (LONG * 7)[:500], []

    def look(what, *sizes):
        for width, height in sizes or SIZES:
            resize(page, width, height)
            problems.extend(f"{what} {width}: {one}" for one in page.evaluate(CUT))
    for type in QUESTIONS:
        explanation = LONG * 50 if type in ("multiple_choice", "numeric") else ""
        lesson.teacher.post(f"/questions/{lesson.ids[type]}/edit", {
            "title": title, "explanation": explanation, **LONGEST[type]})
        lesson.go(type)
        shown = page.locator(f"[data-question-id='{lesson.ids[type]}']")
        shown.locator("h1", has_text=title[:50]).wait_for()
        look(f"{type} draft", SIZES[0])
        show_results(lesson, page, type, [list("ABCDEFGHIJ")] * 5 if type == "ranking" else None)
        look(f"{type} results")
        if lesson.step("show_answer")["stage"] == "answer":
            page.locator(".stage-answer").wait_for()
            see_results(page, lesson.ids[type])
            look(f"{type} answer")
        look(f"{type} at last", LARGEST)
        resize(page, *SIZES[0])         # to draw on less takes less time
        assert page.locator(".explanation p").count() == bool(explanation)
    assert not problems, "\n".join(problems)


EXPLAINED = """() => {
  const text = document.querySelector(".explanation p");
  const find = (one) => one.getBoundingClientRect();
  const tiles = Array.from(document.querySelectorAll(".tile"), find);
  return {
    size: parseFloat(getComputedStyle(text).fontSize) / (innerHeight / 100),
    clear: tiles.every((tile) => tile.bottom <= find(text).top)
      && find(text).bottom < find(document.querySelector(".foot")).top,
    cut: text.scrollHeight > text.clientHeight + 1,
  };
}"""


def test_an_explanation_has_its_room_below_the_options_and_moves_none(project):
    lesson, page = project()
    for options, length, size in ((2, 3, 3.2), (4, 3, 3.2), (10, 2, 2.8), (4, 50, 2.4),
                                  (26, 50, 2.4)):
        id = lesson.ids["multiple_choice"] = lesson.teacher.create_question(
            "multiple_choice", "Which?", explanation=LONG * length,
            options="\n".join(["*First", *(f"Option {n}" for n in range(1, options))]))
        lesson.go("multiple_choice")
        page.locator(f"[data-question-id='{id}']").wait_for()
        before = [place for _, *place in page.evaluate(PLACES)]
        show_results(lesson, page, "multiple_choice", [["A"], ["B"]])
        assert not page.locator(".explanation p").count()
        lesson.step("show_answer")
        page.locator(".explanation p").wait_for()
        assert [place for _, *place in page.evaluate(PLACES)] == before
        assert page.evaluate(EXPLAINED) == {
            "size": pytest.approx(size, abs=0.01), "clear": True, "cut": length == 50}
        if length == 50:
            page.locator(".explanation p").click()
            assert page.locator(".is-whole").bounding_box()["height"] > 500
            page.locator(".is-whole").click()
            assert page.evaluate(EXPLAINED)["cut"] and not page.locator(".is-whole").count()


# A place of every part of a tile, in the order of the page.
PLACES = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const parts = ".strip, h1, .picture, .tile, .letter, .tile-words > :first-child, .tile-number";
  return [...document.querySelectorAll(parts)].map((one) => {
    const { left, top, width, height } = one.getBoundingClientRect();
    return [one.className, left, top, width, height];
  });
}"""
OPTIONS = ["Nucleus", "Mitochondrion",
           "The cell membrane detaches from the wall, because water leaves the vacuole",
           "for n in range(3):\n    print(n)"]


def test_nothing_moves_from_the_draft_to_the_answer(project):
    """Neither at the reveal nor with the tick, and a bar is its share of the tile."""
    lesson, page = project()
    id = lesson.teacher.create_question(
        "multiple_choice", "Which structure is marked?",
        option=["The nucleus", *OPTIONS], right=["1"])
    lesson.ids["multiple_choice"] = id
    answers = [["A"]] * 12 + [["B"]] * 6 + [["C"]] * 4 + [["D"]] * 3
    lesson.go("multiple_choice")
    page.locator(f"[data-question-id='{id}']").wait_for()
    draft = page.evaluate(PLACES)
    for action, stage in (("open", "open"), ("show_results", "open"), ("close", "results"),
                          ("show_answer", "answer")):
        lesson.step(action)
        page.locator(f".stage-{stage}").wait_for()
        if action == "open":
            lesson.answer("multiple_choice", answers)
            page.locator("footer [data-answered]", has_text="25").wait_for()
        else:
            see_results(page, id)
        moved = [(one, other) for one, other in zip(draft, page.evaluate(PLACES))
                 if any(abs(before - after) >= 1 for before, after in zip(one[1:], other[1:]))]
        assert not moved, (action, moved)
    page.wait_for_function("""() => {
        const bar = document.querySelector("[data-key=A] [data-bar]").getBoundingClientRect();
        const tile = document.querySelector(".tile[data-key=A]").getBoundingClientRect();
        return Math.abs(bar.width - 0.48 * tile.width) < 1 && bar.left === tile.left;
    }""")
    numbers = page.locator("[data-percent]").all_inner_texts()
    assert numbers == ["48 %", "24 %", "16 %", "12 %", "0 %"]
    assert page.locator("[data-count]").all_inner_texts() == ["12", "6", "4", "3", "0"]
    middles = page.locator(".tile").evaluate_all("""tiles => tiles.map((tile) =>
        [".letter", ".tile-words > :first-child", "[data-percent]"].map((part) => {
            const { top, bottom } = tile.querySelector(part).getBoundingClientRect();
            return (top + bottom) / 2 - (part === ".letter"
                ? parseFloat(getComputedStyle(tile.querySelector(part)).paddingBottom) / 2 : 0);
        }))""")
    assert all(max(tile) - min(tile) < 3 for tile in middles), middles
    assert page.locator("[data-status]").inner_text() == "✓ A is correct · 48 % got it"


def test_no_word_is_broken_inside(project):
    lesson, page = project()
    long = "Photosynthesis and the desoxyribonucleic acid are words of a certain length, too"
    for options in ([long] * 4, [f"{n} {long}" for n in range(10)], [long[n:] for n in range(26)]):
        options = [f"{n} {option}" for n, option in enumerate(options)]
        lesson.ids["select_all"] = lesson.teacher.create_question(
            "select_all", (long + " ") * 4, option=options, right=["2"])
        show_results(lesson, page, "select_all")
        broken = page.evaluate(r"""() => {
            const broken = [];
            for (const text of document.querySelectorAll("h1, .tile-words > :first-child")) {
                const words = text.firstChild;
                for (const { 0: word, index } of words.data.matchAll(/\S+/g)) {
                    const range = new Range();
                    range.setStart(words, index);
                    range.setEnd(words, index + word.length);
                    const tops = new Set([...range.getClientRects()].map(({ top }) => top));
                    if (tops.size > 1) broken.push(word);
                }
            }
            return broken;
        }""")
        assert not broken, (len(options), broken)
        assert page.evaluate(CUT) == [], len(options)
        assert page.locator(".tile").count() == len(options)
    columns = page.locator(".tile").evaluate_all(
        "tiles => new Set(tiles.map((tile) => tile.getBoundingClientRect().left)).size")
    assert columns == 2


# Letters and texts that reach into a bar's edge or over the last line that is shown, and texts
# of which fewer lines are shown than there is room for.
INK = r"""() => {
  const context = document.createElement("canvas").getContext("2d");
  const bottom = (one, text, line) => {
    const { fontWeight, fontSize, fontFamily } = getComputedStyle(one);
    context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    const range = new Range();
    range.selectNodeContents(one);
    const { fontBoundingBoxAscent: up, actualBoundingBoxDescent: down }
      = context.measureText(text);
    const tops = [...new Set([...range.getClientRects()].map(({ top }) => top))];
    return tops[Math.min(line, tops.length) - 1] + up + down;
  };
  const problems = [];
  for (const tile of document.querySelectorAll(".tile")) {
    const [letter, room, words] = [".letter", ".tile-text", ".tile-words > :first-child"]
      .map((part) => tile.querySelector(part));
    const { paddingBottom } = getComputedStyle(room);
    const edge = tile.getBoundingClientRect().bottom
      - parseFloat(getComputedStyle(letter).paddingBottom);
    const lines = Number(words.style.getPropertyValue("--lines")) || 1;
    const complain = (what) => problems.push([letter.textContent, what]);
    if (bottom(letter, letter.textContent, 1) > edge) complain("letter");
    if (bottom(words, "gjpqy", lines) > edge) complain("on the edge");
    if (!document.querySelector(".is-cut")) continue;
    if (bottom(words, "gjpqy", lines) > words.getBoundingClientRect().bottom + 0.5) {
      complain("cut");
    }
    const { lineHeight } = getComputedStyle(words);
    const high = room.clientHeight - parseFloat(paddingBottom);
    if (high > (lines + 1.15) * parseFloat(lineHeight)) complain("room");
  }
  const title = document.querySelector(".has-long-title h1");
  const shown = title && Number(title.style.getPropertyValue("--lines"));
  if (title && bottom(title, "gjpqy", shown) > title.getBoundingClientRect().bottom) {
    problems.push("title");
  }
  return problems;
}"""


def test_letters_and_texts_keep_their_descenders_and_stay_off_the_edge(project):
    lesson, page = project()
    for count, text in ((6, 90), (7, 40), (8, 3), (10, 3), (10, 1), (26, 1), (26, 0)):
        options = [f"{n} gypsy energy again " + LONG * text for n in range(count)]
        lesson.ids["select_all"] = lesson.teacher.create_question(
            "select_all", LONG * 5, option=[option[:200] for option in options], right=["2"])
        show_results(lesson, page, "select_all")
        for width, height in [(1280, 800), (1920, 1080), (1024, 768)]:
            resize(page, width, height)
            assert page.evaluate(INK) == [], (count, text, width, height)


def test_equal_counts_have_equal_bars_whatever_their_percents_are_rounded_to(server, project):
    lesson, page = project()
    show_results(lesson, page, "multiple_choice", [[key] for key in "ABC"])
    page.locator("[data-percent]", has_text="34 %").wait_for()
    shown = page.locator("[data-percent]").all_inner_texts()
    assert shown == ["34 %", "33 %", "33 %", "0 %"]
    page.evaluate(CUT)      # waits until nothing moves
    widths = page.locator("[data-bar]").evaluate_all(
        "bars => bars.map((bar) => bar.getBoundingClientRect().width)")
    assert widths[0] == widths[1] == widths[2] > widths[3]
    lesson.teacher.post("/alone", {"alone": 1})
    page.goto(f"{server.lan}/questions/{lesson.ids['multiple_choice']}/results")
    page.locator("canvas").wait_for()
    bars = page.evaluate("Chart.getChart(document.querySelector('canvas')).data.datasets[0].data")
    assert bars[0] == bars[1] == bars[2] > bars[3]


def test_the_longest_title_is_cut_at_the_end_of_a_line(project):
    lesson, page = project()
    lesson.go("multiple_choice")
    page.locator(".tile-text").first.wait_for()
    for title in (LONG * 25)[:2000], "\n".join(f"Line {n}" for n in range(12)):
        page.evaluate("""(title) => {
            document.querySelector("h1").textContent = title;
            dispatchEvent(new Event("resize"));
        }""", title)
        assert page.evaluate(CUT) == []
        height = page.locator(".projection h1").bounding_box()["height"]
        assert page.evaluate(INK) == []
        assert height <= 0.31 * page.locator(".projection").bounding_box()["height"]
        option = page.locator(".tile-text").first.evaluate(
            "one => parseFloat(getComputedStyle(one).fontSize)")
        assert option > 31      # the title is long, and the options are short


CONTRASTS = r"""() => {
  const numbers = (color) => color.match(/[\d.]+/g).slice(0, 3).map(Number);
  const luminance = (color) => numbers(color).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, n) => sum + part * [0.2126, 0.7152, 0.0722][n], 0);
  const contrast = (one, other) => {
    const [dark, light] = [one, other].map(luminance).sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  return [...document.querySelectorAll(".tile")].flatMap((tile) => {
    const [box, letter] = [tile, tile.querySelector(".letter")]
      .map((one) => getComputedStyle(one));
    const edge = getComputedStyle(tile.querySelector(".bar"), "::after");
    const pale = getComputedStyle(tile.querySelector(".bar"), "::before");
    return [
      ["letter", contrast(letter.color, letter.backgroundColor)],
      ["text", contrast(box.color, box.backgroundColor)],
      ["text on the bar", contrast(box.color, pale.backgroundColor)],
      ["edge", contrast(edge.backgroundColor, box.backgroundColor)],
    ].map(([what, ratio]) => [tile.dataset.key, what, ratio]);
  });
}"""


def test_what_steps_back_can_still_be_seen(project):
    lesson, page = project()
    lesson.ids["multiple_choice"] = lesson.teacher.create_question(
        "multiple_choice", "Which?", options="*A1\nB1\nC1\nD1\nE1\nF1\nG1")
    show_results(lesson, page, "multiple_choice", [["A"], ["B"], ["C"], ["D"], ["E"]])
    for dimmed in (0, 6):
        assert page.locator(".is-dimmed").count() == dimmed
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLE)
            found = page.evaluate(CONTRASTS)
            assert not [one for one in found if one[2] < 3], (scheme, dimmed, found)
        lesson.step("show_answer")
        page.locator(".stage-answer [data-filled]").wait_for()


def test_few_short_texts_are_large_and_many_are_on_pages(project):
    lesson, page = project()
    size = "parseFloat(getComputedStyle(document.querySelector('.entries')).fontSize)"
    show_results(lesson, page, "open_text", [[f"Text {n}"] for n in range(5)])
    assert page.evaluate(size) > 0.045 * 800 and page.locator(".chart-more").is_hidden()
    lesson.step("open")
    lesson.answer("open_text", [[f"{n} {LONG * 4}"] for n in range(5)])
    page.locator(".entries li", has_text=f"4 {LONG}").first.wait_for()
    page.get_by_text(re.compile("1 – [234] of 5")).wait_for()
    first = page.locator(".entries li").first.inner_text()
    assert first.startswith("4 ") and page.evaluate(size) < 0.04 * 800
    assert page.evaluate(CUT) == []
    page.keyboard.press("ArrowDown")
    page.wait_for_function("first => document.querySelector('.entries li').innerText !== first",
                           arg=first)
    assert page.locator(".stage-open").count() == 1     # no step was done
    page.get_by_role("button", name="Back").click()
    page.wait_for_function("first => document.querySelector('.entries li').innerText === first",
                           arg=first)


def test_a_click_makes_a_text_large_and_offers_to_hide_it_with_undo(project):
    lesson, page = project()
    show_results(lesson, page, "open_text", [["Rude!"], ["Fine"], ["a"], ["b"], ["c"]])
    page.get_by_role("button", name="Rude!").click()
    dialog = page.get_by_role("dialog", name="An answer")
    assert dialog.inner_text().split() == ["Rude!", "Hide", "Cancel"]   # the class reads it, too
    sizes = [page.locator(text).first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
             for text in (".reading .text", ".entries")]
    assert sizes[0] > 1.4 * sizes[1], sizes
    dialog.get_by_role("button", name="Hide").click()
    page.locator(".entries li", has_text="Rude!").wait_for(state="detached")
    page.get_by_role("button", name="Fine").click()         # what Undo is not about
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Undo").click()
    page.locator(".entries li", has_text="Rude!").wait_for()


def test_a_text_is_large_no_longer_than_it_is_on_the_screen(project):
    lesson, page = project()
    teacher, question_id = lesson.teacher, lesson.ids["open_text"]
    dialog = page.get_by_role("dialog", name="An answer")
    show_results(lesson, page, "open_text", [["Rude!"], ["Fine"], ["a"], ["b"], ["c"]])

    def enlarge(text):
        page.get_by_role("button", name=text, exact=True).click()
        dialog.get_by_text(text, exact=True).wait_for()

    def hide_elsewhere(text):
        entry = page.locator(".entries [data-key]", has_text=text)
        key = entry.get_attribute("data-key")
        teacher.post(f"/api/questions/{question_id}/hide", {"hide": key})
        entry.wait_for(state="detached")
    enlarge("Fine")
    hide_elsewhere("Rude!")
    assert dialog.is_visible()
    hide_elsewhere("Fine")
    dialog.wait_for(state="hidden")
    enlarge("a")
    lesson.step("hide_results")
    dialog.wait_for(state="hidden")
    lesson.step("show_results")
    enlarge("a")
    lesson.go("rating")
    dialog.wait_for(state="hidden")
    lesson.go("open_text")
    enlarge("a")
    lesson.step("end")
    page.get_by_text("Thank you").wait_for()
    assert dialog.is_hidden()


def test_letters_keep_their_side_and_texts_begin_where_their_script_begins(project):
    lesson, page = project()
    lesson.go("select_all")
    page.locator(f"[data-question-id='{lesson.ids['select_all']}']").wait_for()
    directions = page.locator(".tile-words > :first-child").evaluate_all(
        "texts => texts.map((text) => getComputedStyle(text).direction)")
    assert directions == ["rtl"] * 3
    lefts = page.locator(".letter").evaluate_all(
        "letters => new Set(letters.map((one) => one.getBoundingClientRect().left)).size")
    assert lefts == 1


# Where Chart.js has drawn: {the lines of its numbers, its ticks, what stands at the axis}.
CHART = """() => {
  const chart = window.Chart.getChart(document.querySelector("canvas"));
  const { x } = chart.scales;
  const lefts = chart.getDatasetMeta(0).data.map((bar) => bar.getProps(["x"], true).x);
  return {
    ticks: x.ticks.map(({ label }) => label),
    unit: x.options.title.display ? x.options.title.text : "",
    type: x.type,
    gaps: lefts.slice(1).map((left, n) => left - lefts[n]),
    counts: chart.data.datasets[0].data.map(({ y }) => y),
  };
}"""


def test_the_chart_library_is_loaded_with_the_first_axis(project):
    lesson, page = project()
    loaded = "() => Boolean(window.Chart)"
    show_results(lesson, page, "multiple_choice")
    assert not page.evaluate(loaded)
    show_results(lesson, page, "rating")
    page.wait_for_function(loaded)
    chart = page.evaluate(CHART)
    assert chart["ticks"] == ["1", "2", "3", "4", "5"] and chart["counts"] == [0, 1, 1, 2, 1]
    assert page.locator(".ends bdi").all_inner_texts() == ["完全没有", "全部 😀"]
    assert page.locator("[data-figures]").inner_text() == "Median 4 · mean 3.6"


def test_numbers_have_a_linear_axis_with_the_unit_said_once(project):
    lesson, page = project()
    numbers = [*range(280, 320, 3), 5000]
    show_results(lesson, page, "numeric", [[str(number)] for number in numbers][:5])
    lesson.step("open")
    lesson.answer("numeric", [[str(number)] for number in numbers])
    page.locator("footer [data-answered]", has_text=str(len(numbers))).wait_for()
    page.wait_for_function("() => document.querySelector('canvas')"
                           " && document.querySelector('canvas').ariaLabel.includes('above')")
    chart = page.evaluate(CHART)
    assert (chart["type"], chart["unit"]) == ("linear", "m")
    assert chart["ticks"][-1].startswith("above ") and not [
        tick for tick in chart["ticks"] if "m" in tick.replace("above", "")]
    bins = chart["gaps"][:-1]
    assert max(bins) - min(bins) < 1 and sum(chart["counts"]) == len(numbers)
    assert page.locator("[data-range]").get_attribute("data-range") == ""
    lesson.step("close")
    lesson.step("show_answer")
    page.locator(".stage-answer [data-range='290 310']").wait_for()
    page.wait_for_function("() => document.querySelector('canvas')"
                           " && document.querySelector('canvas').ariaLabel.includes('correct')")
    frames = page.evaluate("""() => {
        const [bars] = Chart.getChart(document.querySelector("canvas")).data.datasets;
        return [bars.borderColor, bars.borderWidth.map(Boolean), bars.backgroundColor];
    }""")
    correct, framed, fills = frames
    assert correct == "#0b6b3a" and {True, False} == set(framed)
    assert {fill for fill, right in zip(fills, framed) if not right} == {"#7d8196"}


# Records what is written, and which straight lines are drawn downwards, from here on.
RECORD = """() => {
  window.drawn = { texts: [], lines: [] };
  const { prototype } = CanvasRenderingContext2D;
  let path = [];
  const wrap = (name, before) => {
    const whole = prototype[name];
    if (whole.isRecorded) return;
    prototype[name] = function (...args) { before(this, args); return whole.apply(this, args); };
    prototype[name].isRecorded = true;
  };
  wrap("beginPath", () => { path = []; });
  for (const name of ["moveTo", "lineTo", "arc", "rect", "bezierCurveTo"]) {
    wrap(name, (context, args) => path.push([name, ...args]));
  }
  wrap("stroke", () => path.forEach(([name, x, y], n) => {
    const [, before, from] = path[n - 1] || [];
    if (name === "lineTo" && before === x && y > from && path.every(([one]) => /To$/.test(one))) {
      window.drawn.lines.push({ x, top: from, bottom: y });
    }
  }));
  wrap("fillText", (context, [text, x, y]) => {
    const { width, actualBoundingBoxAscent: up } = context.measureText(text);
    const left = { center: x - width / 2, right: x - width, end: x - width }[context.textAlign];
    const start = left === undefined ? x : left;
    if (context.textBaseline !== "alphabetic") return; // of the axis
    window.drawn.texts.push({ text, left: start, right: start + width, top: y - up, bottom: y });
  });
  dispatchEvent(new Event("theme"));
  return window.drawn;
}"""


def test_no_line_of_a_chart_runs_through_what_is_written(project):
    lesson, page = project(reduced_motion="reduce")
    for type, answers in (
            ("rating", "13445"), ("rating", "11112"), ("rating", "55554"), ("rating", "1555"),
            ("rating", "333"), ("numeric", ["300", "300", "295", "310", "120", "300"]),
            ("numeric", ["300", "301", "300", "302"])):
        lesson.ids[type] = lesson.add(type)
        check_lines(lesson, page, type, answers)


def check_lines(lesson, page, type, answers):
    lesson.phones = []          # as many as there are answers
    show_results(lesson, page, type, [[answer] for answer in answers])
    lesson.step("show_answer")
    if type == "numeric":
        page.locator(".stage-answer canvas").wait_for()
    drawn = page.evaluate(RECORD)
    assert drawn["lines"] and any("Median" in one["text"] for one in drawn["texts"])
    struck = [(line["x"], one["text"]) for line in drawn["lines"] for one in drawn["texts"]
              if one["left"] < line["x"] < one["right"]
              and line["top"] < one["bottom"] and line["bottom"] > one["top"]]
    texts = drawn["texts"]
    crossed = [(one["text"], other["text"]) for n, one in enumerate(texts) for other in texts[:n]
               if one["left"] < other["right"] and other["left"] < one["right"]
               and one["top"] < other["bottom"] and other["top"] < one["bottom"]]
    assert not struck and not crossed, (struck, crossed)


def test_the_first_word_is_in_the_middle(project):
    lesson, page = project()
    lesson.go("word_cloud")
    lesson.step("open")
    page.locator(".stage-open").wait_for()
    lesson.answer("word_cloud", [["Licht"]])
    lesson.step("show_results")
    page.locator(".cloud li").wait_for()
    off = page.evaluate("""() => {
        const [cloud, word] = [".cloud", ".cloud li"].map((one) =>
            document.querySelector(one).getBoundingClientRect());
        return [cloud.x + cloud.width / 2 - word.x - word.width / 2,
                cloud.y + cloud.height / 2 - word.y - word.height / 2].map(Math.abs);
    }""")
    assert max(off) < 2


# The smallest distance between two words, in sizes of the smaller one.
GAP = """() => {
  const words = [...document.querySelectorAll(".cloud li")].map((one) =>
    [one.getBoundingClientRect(), parseFloat(getComputedStyle(one).fontSize)]);
  return Math.min(...words.flatMap(([one, size], n) => words.slice(0, n).map(([other, more]) =>
    Math.max(one.left - other.right, other.left - one.right, one.top - other.bottom,
             other.top - one.bottom) / Math.min(size, more))));
}"""


def test_a_few_words_fill_their_place_whatever_size_it_had_before(project):
    lesson, page = project()
    show_results(lesson, page, "word_cloud")
    for width, height in [(320, 640), *SIZES, LARGEST, (1280, 800)]:
        resize(page, width, height)
        page.evaluate(CUT)      # waits until nothing moves
        assert page.evaluate(GAP) > 0.49
        off, wide, high = page.evaluate("""() => {
            const area = document.querySelector(".cloud").getBoundingClientRect();
            const words = [...document.querySelectorAll(".cloud li")].map((one) =>
                one.getBoundingClientRect());
            const [left, right] = [Math.min(...words.map((one) => one.left)),
                                   Math.max(...words.map((one) => one.right))];
            const [top, bottom] = [Math.min(...words.map((one) => one.top)),
                                   Math.max(...words.map((one) => one.bottom))];
            const middle = (words[0].left + words[0].right - area.left - area.right) / 2;
            return [Math.abs(middle) / area.width, (right - left) / area.width,
                    (bottom - top) / area.height];
        }""")
        assert off < 0.05, (width, off)
        assert max(wide, high) > 0.6 and min(wide, high) > 0.4, (width, wide, high)


def test_space_alone_leads_through_five_questions_of_different_types(
        server, open_browser, open_page):
    """Nothing but Space is pressed, from the join view to the end of the session."""
    lesson = Lesson(open_browser(Teacher), open_browser)
    for type in ("short_text", "open_text", "numeric"):
        lesson.teacher.post(f"/questions/{lesson.ids[type]}/delete")
    page = open_page("about:blank", 1280, 800, **lesson.teacher.options())
    clock = StillClock(page, server.lan + lesson.teacher.present)
    step, done = page.locator("[data-next]"), []
    types = [type for type in QUESTIONS if type not in ("short_text", "open_text", "numeric")]
    opened = iter(types)
    while not done or done[-1] != "End session":
        done.append(step.inner_text())
        clock.jump(701)     # a second press within 700 ms counts as a slip
        page.keyboard.press(" ")
        if done[-1] in ("Start question 1", "Next question"):
            page.locator(".stage-open").wait_for()
            lesson.answer(next(opened))
            page.locator("[data-answered]", has_text="5").first.wait_for()
        if done[-1] != "End session":
            page.wait_for_function(
                "said => document.querySelector('[data-next]').textContent !== said",
                arg=done[-1])
    page.locator("dialog[open]").wait_for()
    clock.jump(701)
    page.keyboard.press(" ")        # the dialog takes it as a yes
    page.get_by_text("Thank you").wait_for()
    right = ["Close voting and show results", "Show the correct answer"]
    held_back, shown = right[:1], ["Close voting"]      # from the first vote: of the rating
    of_types = [right, right, held_back, shown, held_back]
    assert done == ["Start question 1", *of_types[0], *(
        label for labels in of_types[1:] for label in ["Next question", *labels]), "End session"]
    assert len(page.context.pages) == 1
