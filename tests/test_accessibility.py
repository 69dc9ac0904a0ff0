"""Everybody can use every page: by axe, at 320 px, with text twice as large, in light and dark."""

import json

import pytest
from conftest import Teacher
from still_clock import StillClock
from tour import PARTS, SETTLE, Lesson, demo, strangers

ASKED_FOR = "status of 4"       # what browsers report of forms that are turned down on purpose
TARGET_PX, TEXT_PX = 48, 16
# The projector's page in a small window, and with text twice as large: (width, height, text).
SMALL = [(640, 400, 16), (320, 640, 32), (1280, 800, 32)]
# What reaches out of the window at its sides; tables may, in boxes of their own that scroll.
REACH = """() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true })
    && !one.closest(".visually-hidden, dialog:not([open]), svg, canvas, [data-table]");
  return [...document.querySelectorAll("body, body *")].filter(seen).flatMap((one) => {
    const { left, right, width } = one.getBoundingClientRect();
    return width && (left < -1 || right > innerWidth + 1)
      ? [`${left} to ${right} of ${innerWidth}: ${one.outerHTML.slice(0, 90)}`] : [];
  });
}"""
# Buttons that can't be scrolled to.
LOST = """() => [...document.querySelectorAll("dialog[open] *, footer *")].filter((one) => {
  if (one.tagName !== "BUTTON") return false;
  if (!one.checkVisibility({ visibilityProperty: true })) return false;
  one.scrollIntoView({ block: "nearest", inline: "nearest" });
  const { left, right, top, bottom } = one.getBoundingClientRect();
  return left < -1 || right > innerWidth + 1 || top < -1 || bottom > innerHeight + 1;
}).map((one) => `out of reach: ${one.outerHTML.slice(0, 90)}`)"""
# What axe is to look at: the page but for those parts of it that have nothing new, if any has.
# New is an element of a kind that has not been seen within elements of these names (of those that
# `structure` selects, and those that scroll), or a text that looks like none before (where `texts`
# are looked at). Elements that hold something new are looked at, too: rules may be about both.
# A kind is a number; a list of many numbers takes far longer to be passed than its JSON.
NEW = """({ seen, structure, texts }) => {
  const before = JSON.parse(seen), kinds = new Set(before), exclude = [];
  const rules = { "color-contrast": { enabled: false } };     // which takes axe longest
  const isNew = (kind) => kinds.size < kinds.add(kind).size;
  const count = (...parts) => {
    const text = parts.join(" ");
    let sum = 2166136261;
    for (let place = 0; place < text.length; place += 1) {
      sum = Math.imul(sum ^ text.charCodeAt(place), 16777619);
    }
    return sum;
  };
  const visit = (one, place, ground, faded) => {
    const here = count(place, one.localName, one.getAttribute("role"));
    const isSeen = one.checkVisibility({ visibilityProperty: true });
    const hasText = one.matches("input, textarea, select") || [...one.childNodes].some(
      ({ nodeName, data }) => nodeName === "#text" && data.trim());
    let isKnown = true;
    const { clientWidth, clientHeight, scrollWidth, scrollHeight } = one;
    const isWithin = scrollWidth <= clientWidth && scrollHeight <= clientHeight;
    if (structure && (one.matches(structure) || !isWithin)) {
      const attributes = [...one.attributes].map(({ name, value }) => (
        /^(type|aria-(?!label))/.test(name) ? `${name}=${value.replace(/\\d/g, "")}` : name));
      isKnown = !isNew(count(here, isSeen, hasText, one.matches(":disabled"), ...attributes));
    }
    if (texts && isSeen) {
      const { color, fontSize, fontWeight, backgroundColor, opacity } = getComputedStyle(one);
      const isLarge = parseFloat(fontSize) >= (fontWeight >= 700 ? 18.66 : 24);   // needs less
      if (backgroundColor !== "rgba(0, 0, 0, 0)") ground = `${backgroundColor} ${one.className}`;
      if (opacity !== "1") faded += ` ${opacity}`;
      if (hasText && isNew(count("text", color, isLarge, ground, faded))) {
        isKnown = false;
        rules["color-contrast"].enabled = true;
      }
    }
    const quiet = [...one.children].filter((inner) => visit(inner, here, ground, faded));
    isKnown = isKnown && quiet.length === one.children.length;
    if (!isKnown) exclude.push(...quiet);
    return isKnown;
  };
  const isNothing = visit(document.documentElement, 0, "", "");
  const context = isNothing ? null : { include: [document.documentElement], exclude };
  return { context, rules, kinds: [...kinds].slice(before.length) };
}"""
CONTROLS = "a, button, input, select, summary, textarea, [role], [tabindex], [contenteditable]"
# In a page of another size: scripts fit it a frame later.
FITTED = f"""async () => {{
  await new Promise((done) => requestAnimationFrame(done));
  await ({SETTLE})();
}}"""
REACH_AND_LOST = f"async () => {{ await ({FITTED})(); return [...({REACH})(), ...({LOST})()]; }}"
# What is wrong with the page at hand, beyond what axe looks for.
MEASURE = """([targetPx, textPx, isPhone]) => {
  const problems = [];
  const name = (element) => element.outerHTML.slice(0, 90);
  const wide = document.documentElement.scrollWidth;
  if (wide > window.innerWidth) {
    const first = [...document.querySelectorAll("body *")].find((element) =>
      element.getBoundingClientRect().right > window.innerWidth);
    problems.push(`scrolls sideways to ${wide} px: ${name(first)}`);
  }
  if (!isPhone) return problems;
  const targets = "button, summary, select, textarea, a, label.tile, input";
  for (const target of document.querySelectorAll(targets)) {
    const { width, height } = target.getBoundingClientRect();
    if (width === 0 || target.closest(".tile input")) continue;
    if (Math.min(width, height) < targetPx) problems.push(`${width} × ${height}: ${name(target)}`);
    // iOS enlarges the page for a field with smaller text.
    const size = parseFloat(getComputedStyle(target).fontSize);
    if ("value" in target && size < textPx) problems.push(`${size} px: ${name(target)}`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement, data } = texts.currentNode;
    const size = parseFloat(getComputedStyle(parentElement).fontSize);
    if (data.trim() && size < textPx) problems.push(`${size} px: ${name(parentElement)}`);
  }
  return problems;
}"""
MEASURE_TWICE = f"""async (given) => {{
  await ({FITTED})();
  const usual = ({MEASURE})(given);
  document.documentElement.style.fontSize = "200%";
  return [usual, ({MEASURE})(given)];
}}"""


def look(page, name, axe, known, schemes):
    """What is wrong with the page in every look; its size is as before after it.

    `known` are the kinds of what axe has looked at, by size; the colours stay the last scheme's.
    """
    def find(look, size, *rules, **what):
        kinds, new = known.setdefault(size, set()), set()
        found = axe(page, *rules, choose=NEW, known=new, seen=json.dumps(list(kinds)), **what)
        kinds |= new
        return [f"{look}: {one}" for one in found]
    before, is_phone, problems = page.viewport_size, name.startswith("phone"), []
    # In the other scheme only colours can be wrong that are right in the first.
    for scheme, rules, structure in zip(schemes, ([], ["color-contrast"]), ("*", "")):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLE)
        problems += find(scheme, "usual", *rules, structure=structure, texts=True)
    if name.startswith("projector"):        # whose text is as large as the window is high
        problems += measure_small(page)
    else:
        page.set_viewport_size({"width": 320, "height": 640})
        usual, large = page.evaluate(MEASURE_TWICE, [TARGET_PX, TEXT_PX, is_phone])
        # Only what depends on sizes can be wrong that was right before.
        found = find("200 %", "200 %", "target-size", "scrollable-region-focusable",
                     structure=CONTROLS)
        problems += usual + found + [f"200 %: {one}" for one in large]
        page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(before)
    if is_phone:    # its page would stay enlarged, and a tap miss what it is meant for
        browser = page.context.new_cdp_session(page)
        browser.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 1})
    return problems


def measure_small(page):
    """What can't be reached on the projector's page when it is small, or its text large."""
    problems, browser = [], page.context.new_cdp_session(page)
    for width, height, text in SMALL:
        browser.send("Page.setFontSizes", {"fontSizes": {"standard": text}})
        page.set_viewport_size({"width": width, "height": height})
        here, found = f"{width} × {height}, text of {text} px", page.evaluate(REACH_AND_LOST)
        problems += [f"{here}: {one}" for one in found]
    browser.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    browser.detach()
    return problems


def expect_none(pages, axe):
    known, problems, schemes = {}, [], ["light", "dark"]
    for name, page in pages:
        problems += [f"{name}: {one}" for one in look(page, name, axe, known, schemes)]
        schemes.reverse()       # the next page begins in the colours that this one has
    assert not problems, "\n".join(problems)


def test_pages_of_strangers_are_for_everybody(start_server, open_page, axe):
    open_page.expected = ASKED_FOR
    expect_none(strangers(start_server(), open_page), axe)


def test_the_demo_is_for_everybody(start_server, open_page, axe):
    expect_none(demo(start_server("--demo"), open_page), axe)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_page_is_for_everybody(server, open_page, open_browser, axe, part):
    lesson = Lesson(open_browser(Teacher), open_browser)
    open_page.expected = ASKED_FOR
    expect_none(part(server, open_page, lesson), axe)


FOCUS = """() => {
  const one = document.activeElement;
  const card = one.matches(".tile input") && one.nextElementSibling;
  const { outlineStyle, outlineWidth } = getComputedStyle(card || one);
  return { visible: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
           name: one === document.body ? "" : one.outerHTML.slice(0, 90) };
}"""


def tab_through(page, most=80):
    """[what has the focus, ...] of each press of Tab, as far as the page goes."""
    stops = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
        if not stops[-1]["name"]:
            break
    return stops[:-1]


def test_the_focus_is_seen_at_every_stop(server, open_browser, open_page):
    lesson = Lesson(open_browser(Teacher), open_browser)
    teacher = lesson.teacher
    lesson.go("select_all")
    lesson.step("open")
    options = teacher.options()
    for url in (server.lan, f"{server.lan}/{teacher.code}"):
        stops = tab_through(open_page(url))
        assert len(stops) >= 3 and [one for one in stops if not one["visible"]] == []
    for path in (teacher.session, teacher.present, teacher.session + "/questions/new/rating"):
        stops = tab_through(open_page(server.lan + path, 1280, 800, **options))
        assert len(stops) >= 7 and [one for one in stops if not one["visible"]] == []


def test_a_lesson_is_run_from_the_control_page_by_the_keyboard(server, open_browser, open_page):
    lesson = Lesson(open_browser(Teacher), open_browser)
    page = open_page(server.lan + lesson.teacher.session, 1280, 800, **lesson.teacher.options())
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "step-next":
            break
    for before, after in (("Start question 1", "Close voting and show results"),
                          ("Close voting and show results", "Show the correct answer"),
                          ("Show the correct answer", "Next question"),
                          ("Next question", "Close voting and show results")):
        page.locator("#step-next", has_text=before).wait_for()
        page.keyboard.press("Enter")
        page.locator("#step-next:focus", has_text=after).wait_for()


LISTEN = """() => {
  window.said = [];
  const hear = new MutationObserver((changes) => {
    for (const { target } of changes) {
      const one = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
      const region = one && one.closest("[aria-live], [role=status], [role=alert], [role=log]");
      const text = region && !region.closest("[hidden]") && region.textContent.trim();
      if (text) window.said.push(text);
    }
  });
  hear.observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def test_votes_that_come_in_are_not_read_aloud(server, open_browser, open_page):
    """At most one announcement in 5 s: here all come in less, so at most one in all."""
    lesson = Lesson(open_browser(Teacher), open_browser)
    teacher = lesson.teacher
    lesson.go("multiple_choice")
    lesson.step("open")
    pages = [open_page(server.lan + path, 1280, 800, **teacher.options())
             for path in (teacher.present, teacher.session,
                          f"/questions/{lesson.ids['multiple_choice']}/results")]
    for page in pages:
        page.locator("[data-answered]", has_text="0").first.wait_for()
        page.evaluate(LISTEN)
    for key in "ABCD":
        lesson.answer("multiple_choice", [[key]] * 5)
    for page in pages:
        page.locator("[data-answered]", has_text="5").first.wait_for()
        assert len(page.evaluate("window.said")) <= 1


def test_what_the_projector_shows_is_said_once_in_five_seconds(server, open_browser, open_page):
    """A presenter who is blind hears each new stage, and of quick ones the last."""
    lesson = Lesson(open_browser(Teacher), open_browser)
    page = open_page("about:blank", 1280, 800, **lesson.teacher.options())
    clock = StillClock(page, server.lan + lesson.teacher.present)
    page.evaluate(LISTEN)

    def show(action, shown, milliseconds, state="visible"):
        lesson.step(action)
        page.locator(shown).wait_for(state=state)
        clock.jump(milliseconds)
        return page.evaluate("window.said.splice(0)")
    assert show("begin", ".join-view", 1, state="hidden") == [
        "Get ready. Which planet is the largest?"]
    assert show("open", ".stage-open", 4000) == []
    assert show("close", ".stage-closed", 2000) == ["Voting is closed"]
    assert show("show_results", ".stage-results", 5000) == [
        "Results"]
    assert show("show_answer", ".stage-answer", 5000) == [
        "✓ B is correct"]
    assert show("vote_again", ".stage-open", 5000) == ["Voting is open. Round 2"]
    assert show("close", ".stage-closed", 0) == []
    lesson.step("show_answer")
    assert show("move", ".stage-draft", 5000) == [
        "Get ready. ما هي عاصمة كل بلد؟"]
    assert show("end", "[data-end]", 5000) == ["The session has ended"]


def test_nothing_moves_for_who_does_not_want_it(server, open_browser, open_page):
    lesson = Lesson(open_browser(Teacher), open_browser)
    page = open_page(server.lan + lesson.teacher.present, 1280, 800, reduced_motion="reduce",
                     **lesson.teacher.options())
    for type in ("rating", "word_cloud"):
        lesson.go(type)
        lesson.step("open")
        lesson.step("show_results")
        page.locator(f"[data-question-id='{lesson.ids[type]}'] .chart > *").wait_for()
        lesson.answer(type)
        page.locator("[data-answered]", has_text="5").first.wait_for()
        assert page.evaluate("document.getAnimations().length") == 0
        assert page.evaluate("""() => {
            const canvas = document.querySelector("canvas");
            return canvas && window.Chart.getChart(canvas).options.animation;
        }""") in (None, False)


def test_a_choice_is_seen_in_forced_colours(server, open_browser, open_page):
    lesson = Lesson(open_browser(Teacher), open_browser)
    lesson.go("multiple_choice")
    lesson.step("open")
    phone = open_page(f"{server.lan}/{lesson.teacher.code}", has_touch=True, is_mobile=True,
                      forced_colors="active")
    phone.get_by_text("Jupiter").tap()
    phone.get_by_text("Saved").wait_for()
    outlines = phone.locator(".tile .card").evaluate_all(
        "cards => cards.map((card) => getComputedStyle(card).outlineStyle)")
    assert outlines == ["none", "solid", "none", "none"]
    ticks = phone.locator(".tile .card").evaluate_all(
        "cards => cards.map((card) => getComputedStyle(card, '::before').visibility)")
    assert ticks == ["hidden", "visible", "hidden", "hidden"]


def test_bars_and_the_correct_answer_are_seen_in_forced_colours(server, open_browser, open_page):
    lesson = Lesson(open_browser(Teacher), open_browser)
    lesson.go("multiple_choice")
    lesson.step("open")
    lesson.answer("multiple_choice")
    page = open_page(server.lan + lesson.teacher.present, 1280, 800, forced_colors="active",
                     **lesson.teacher.options())
    dot, pill = page.locator(".pill.is-live").evaluate("""one => ["::before", null].map(
        (part) => getComputedStyle(one, part).backgroundColor)""")
    assert dot != pill
    for action in ("close", "show_results", "show_answer"):
        lesson.step(action)
    page.locator(".stage-answer [data-filled]").wait_for()
    frames = """tiles => tiles.map((one) => getComputedStyle(one, "::after").borderTopWidth)"""
    thin, thick, *others = page.locator(".tile").evaluate_all(frames)
    assert others == [thin, thin] and float(thick[:-2]) > float(thin[:-2]) >= 1
    colours = """tiles => tiles.map((one) => [[".letter", null], [".bar", "::after"]].map(
        ([part, edge]) => getComputedStyle(one.querySelector(part), edge).backgroundColor))"""
    letters, bars = zip(*page.locator(".tile").evaluate_all(colours))
    assert len(set(letters)) == len(set(bars)) == 4
    lesson.teacher.post("/alone", {"alone": 1, "back": "/"})
    page.goto(f"{server.lan}/questions/{lesson.ids['multiple_choice']}/results")
    page.locator(".is-keyed meter").nth(3).wait_for()       # they are drawn again at each message
    meters = page.evaluate("""() => Array.from(
        document.querySelectorAll(".is-keyed meter"),
        (one) => [one.offsetHeight, getComputedStyle(one).forcedColorAdjust])""")
    assert meters == [[6, "none"]] * 4      # no text stands on what keeps its colour
