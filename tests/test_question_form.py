"""The question's form in a browser: keys, rows of options, previews, and leaving it half typed."""

import re

from conftest import resize


def save(page):
    page.get_by_label("Question", exact=True).fill("Welche?")
    page.locator(".save-bar").get_by_role("button", name=re.compile("^Save( and close)?$")).click()
    page.wait_for_url("**/sessions/*", wait_until="commit")


def get_texts(stored):
    return [option["text"] for option in stored()[-1]["options"]]


def get_correct(stored):
    return "".join(option["key"] for option in stored()[-1]["options"] if option["correct"])


def list_rows(page):
    """What is in the rows, but for empty ones at the end."""
    return page.locator("[name=option]").evaluate_all("all => all.map(one => one.value)")


def paste(page, place, text):
    """Copy a text and paste it into a row."""
    title = page.get_by_label("Question", exact=True)
    title.fill(text)
    title.press("Control+a")
    title.press("Control+x")
    page.get_by_label(f"Option {'ABC'[place - 1]}", exact=True).press("Control+v")


def test_a_question_is_typed_without_the_mouse(form, stored):
    page = form()
    page.get_by_label("Option A", exact=True).focus()
    for line in ("if x:", None, "    print(x)", "", "Brest", "", "Lyon", "", "Metz", "", "Nizza"):
        if line is None:
            page.keyboard.press("Shift+Enter")
        elif line:
            page.keyboard.type(line)
        else:
            page.keyboard.press("Enter")
    page.get_by_label("Option B is correct").check()
    save(page)
    assert get_texts(stored) == ["if x:\n    print(x)", "Brest", "Lyon", "Metz", "Nizza"]
    assert get_correct(stored) == "B"


def test_a_pasted_list_fills_rows_and_replaces_nothing(form, stored):
    page = form()
    page.get_by_label("Option A", exact=True).fill("vorn")
    page.get_by_label("Option C", exact=True).fill("hinten")
    page.get_by_label("Option C is correct").check()
    paste(page, 2, "Ä\n\n  *Ö  \r\n\\*Ü\nß\n")
    assert list_rows(page) == ["vorn", "Ä", "Ö", "*Ü", "ß", "hinten", ""]
    save(page)
    assert get_correct(stored) == "CF"


def test_a_list_in_which_every_line_has_a_star_is_asked_about(form, stored):
    page = form()
    question = page.get_by_text("Every line begins with a star")
    ticked = page.locator("[name=right]:checked")
    for answer, correct in (("It is a list", 0), ("Every option is correct", 3)):
        for row in page.locator("[name=option]").all():
            row.fill("")
        paste(page, 1, "* a\n* b\n* c")
        assert list_rows(page) == ["a", "b", "c", ""]
        question.wait_for()
        assert ticked.count() == 0
        page.get_by_role("button", name=answer).click()
        question.wait_for(state="detached")
        assert ticked.count() == correct
    save(page)
    assert (get_texts(stored), get_correct(stored)) == (["a", "b", "c"], "ABC")


def test_lines_pasted_where_no_option_is_correct_keep_their_stars_and_take_no_option_away(
        form, stored):
    page = form("ranking")
    page.get_by_label("Option B", exact=True).fill("von Hand")
    paste(page, 1, "\n".join(map(str, range(10))))
    page.get_by_text("There can be at most 10 options; this has 11.").wait_for()
    assert list(filter(None, list_rows(page))) == ["von Hand"]
    lines = [f"* {number}" for number in range(9)]
    paste(page, 1, "\n".join(lines))
    assert list_rows(page) == [*lines, "von Hand"]
    save(page)
    assert get_texts(stored) == [*lines, "von Hand"]


def test_pasted_code_and_lines_within_an_option_are_one_that_can_be_seen_as_a_whole(
        form, stored):
    page = form()
    page.get_by_label("Option C", exact=True).fill("vorn")
    paste(page, 3, "mit\n    Einzug")
    code = "def f(x):\n    if x:\n        return 1\n    return 2"
    paste(page, 2, code)
    field = page.get_by_label("Option B", exact=True)
    assert list_rows(page)[:3] == ["", code, "vornmit\n    Einzug"]
    assert field.evaluate("field => field.scrollHeight <= field.clientHeight")
    page.get_by_label("Option A", exact=True).fill("x " * 90)
    assert page.get_by_label("Option A", exact=True).evaluate(
        "field => field.scrollHeight <= field.clientHeight")
    save(page)
    assert get_texts(stored) == [("x " * 90).strip(), code, "vornmit\n    Einzug"]


def test_a_preset_replaces_a_preset_and_nothing_that_was_typed(form, stored):
    page = form()
    page.get_by_role("button", name="A to D").click()
    page.get_by_label("Option D is correct").check()
    page.get_by_role("button", name="True or false").click()
    assert [text for text in list_rows(page) if text] == ["True", "False"]
    page.get_by_label("Option C", exact=True).fill("Vielleicht")
    page.get_by_role("button", name="Yes or no").click()
    save(page)
    assert get_texts(stored) == ["True", "False", "Vielleicht", "Yes", "No"]
    assert get_correct(stored) == ""


def test_the_rows_work_without_scripts_and_several_may_be_correct(form, stored, server):
    page = form(java_script_enabled=False)
    for letter, text in (("A", "*p"), ("B", "if x:\n    y"), ("D", "ß")):
        page.get_by_label(f"Option {letter}", exact=True).fill(text)
    for letter in "BD":
        page.get_by_label(f"Option {letter} is correct").check()
    save(page)
    assert get_texts(stored) == ["*p", "if x:\n    y", "ß"]
    assert (stored()[-1]["type"], get_correct(stored)) == ("multiple_choice", "BC")
    page.goto(f"{server.lan}/questions/{stored()[-1]['id']}/edit")
    page.get_by_role("button", name="Show it: only I see this screen").click()
    assert list_rows(page) == ["*p", "if x:\n    y", "ß", "", ""]
    assert page.get_by_text("Each of these counts as correct.").is_visible()
    assert not page.get_by_role("button", name="If students").count()   # its type stays
    page.get_by_label("Option E", exact=True).fill("neu")
    save(page)
    assert get_texts(stored) == ["*p", "if x:\n    y", "ß", "neu"]
    assert get_correct(stored) == "BC"


def test_rows_are_moved_and_removed_with_their_ticks(form, stored):
    page = form()
    for letter, text in zip("ABC", ("eins", "zwei", "drei")):
        page.get_by_label(f"Option {letter}", exact=True).fill(text)
    page.get_by_label("Option C is correct").check()
    page.get_by_label("Option C", exact=True).press("Alt+ArrowUp")
    page.get_by_role("button", name="Remove option A").click()
    assert list_rows(page) == ["drei", "zwei", ""]
    assert page.locator(":focus").input_value() == "drei"
    assert page.locator(".option-edit").evaluate_all("all => all.map(one => one.dataset.key)") == [
        "A", "B", "C"]
    save(page)
    assert (get_texts(stored), get_correct(stored)) == (["drei", "zwei"], "A")


# Keys

def test_a_question_is_typed_and_followed_by_another_with_few_keys(form, stored):
    page = form()
    for title in ("Eins?", "Zwei?"):
        page.keyboard.type(title)           # the focus is there
        for text in ("Köln", "Bonn"):
            page.keyboard.press("Enter")
            page.keyboard.type(text)
        page.keyboard.press("Control+Enter")
        page.wait_for_function("() => document.getElementById('title').value === ''")
        assert page.url.endswith("/questions/new/multiple_choice")
    assert page.get_by_role("heading", level=1).inner_text() == "Question 3"
    assert [question["title"] for question in stored()] == ["Eins?", "Zwei?"]
    assert get_texts(stored) == ["Köln", "Bonn"]


def test_enter_leads_through_fields_of_one_line_and_switches_no_type(form, stored):
    page = form("rating", java_script_enabled=False)
    page.get_by_label("Question", exact=True).fill("Ohne Skript?")
    page.get_by_label("Highest number", exact=True).press("Enter")
    page.wait_for_url("**/sessions/*", wait_until="commit")
    assert (stored()[-1]["type"], stored()[-1]["title"]) == ("rating", "Ohne Skript?")
    page = form("rating")
    for text in ("Wie?", "gar nicht", "ganz", "", "60"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    assert page.locator(":focus").inner_text().startswith("Save, add another")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.getElementById('title').value === ''")
    assert stored()[-1]["options"] == {"max_rating": 5, "low": "gar nicht", "high": "ganz"}
    assert stored()[-1]["seconds"] == 60


def test_ticks_types_and_saving_have_keys_of_their_own(form, stored):
    page = form(width=1280, height=800)
    focused = page.locator(":focus")
    page.locator(".chip[aria-current]").focus()
    for key, name in (("Left", "Ranking"), ("Right", "Multiple choice"),
                      ("Right", "Select all that apply")):
        page.keyboard.press(f"Arrow{key}")
        assert focused.inner_text() == name
    page.keyboard.press("Tab")
    assert focused.get_attribute("id") == "title"       # not the next type
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/select_all")
    page.keyboard.type("Welche?")
    page.get_by_label("Option A", exact=True).focus()
    for text, ticked in (("Köln am Rhein", True), ("Bonn", False), ("Trier", True)):
        page.keyboard.type(text)
        if ticked:
            page.keyboard.press("Control+Space")
        page.keyboard.press("Tab")
    assert focused.get_attribute("aria-label") == "Option D"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")                    # past the cross of C
    assert focused.get_attribute("aria-label") == "Option C is correct"
    page.keyboard.press("Control+s")
    page.wait_for_url("**/sessions/*", wait_until="commit")
    assert get_texts(stored) == ["Köln am Rhein", "Bonn", "Trier"]
    assert get_correct(stored) == "AC"


# Types

def test_several_ticks_in_multiple_choice_lead_to_select_all(form, stored):
    page = form()
    said = page.get_by_text("Each of these counts as correct.")
    offer = page.get_by_role("button", name="If students should tick several, choose")
    hint = page.get_by_text("Tick the correct answer, if there is one.")

    def is_round():
        return page.get_by_label("Option A is correct").evaluate(
            "box => getComputedStyle(box).borderRadius") == "50%"
    page.get_by_label("Question", exact=True).fill("Welche?")
    for letter, text in zip("ABC", ("Köln", "Bonn", "Trier")):
        page.get_by_label(f"Option {letter}", exact=True).fill(text)
    page.get_by_label("Option A is correct").check()
    assert said.is_hidden() and hint.is_visible() and is_round()
    page.get_by_label("Option C is correct").check()
    assert said.is_visible() and hint.is_hidden()
    page.get_by_label("Option C", exact=True).fill("")
    assert said.is_hidden()                 # an empty row is no option
    page.get_by_label("Option C", exact=True).fill("Trier")
    offer.click()
    page.wait_for_url("**/select_all")
    assert not is_round() and not said.count()
    save(page)
    assert (stored()[-1]["type"], get_correct(stored)) == ("select_all", "AC")


def test_another_type_keeps_what_was_typed_and_asks_nothing(form, stored):
    page = form()
    empty, dialogs = page.url, []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.dismiss()))
    page.get_by_role("button", name="Select all that apply").click()
    page.wait_for_url("**/select_all")
    assert not leave(page)                  # nothing was typed
    page.goto(empty)
    page.get_by_label("Question", exact=True).fill("Welche?")
    page.get_by_label("Option A", exact=True).fill("Köln")
    page.get_by_label("Option B", exact=True).fill("Bonn")
    page.get_by_label("Option B is correct").check()
    for type in ("Number", "Ranking", "Select all that apply"):
        page.get_by_role("button", name=type, exact=True).click()
        page.get_by_role("button", name=type, exact=True).and_(
            page.locator("[aria-current]")).wait_for()
        assert page.get_by_label("Question", exact=True).input_value() == "Welche?"
    assert not dialogs and leave(page)
    save(page)
    assert stored()[-1]["type"] == "select_all"
    assert (get_texts(stored), get_correct(stored)) == (["Köln", "Bonn"], "B")


def test_types_and_previews_work_without_scripts(form, stored):
    page = form("numeric", java_script_enabled=False)
    page.get_by_label("Question", exact=True).fill("Welche?")
    page.get_by_label("Unit").fill("km")
    page.get_by_role("button", name="Multiple choice").click()
    for letter, text in (("A", "Köln"), ("C", "Bonn")):
        page.get_by_label(f"Option {letter}", exact=True).fill(text)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview").click()
    for box in ("projector", "phone"):
        shown = opened.value.locator(f"[data-preview={box}]")
        for text in ("Welche?", "Bonn"):
            shown.get_by_text(text).locator("visible=true").wait_for()
    assert stored() == []
    save(page)
    assert get_texts(stored) == ["Köln", "Bonn"]


# Results while students vote

def test_live_results_follow_the_preset_until_the_box_is_touched(form, stored):
    live = "Show results while students vote"
    page = form()
    assert page.get_by_label(live).is_checked()
    page.get_by_label("Option A", exact=True).fill("Köln")
    page.get_by_label("Option B", exact=True).fill("Bonn")
    for ticked in (True, False):
        page.get_by_label("Option B is correct").set_checked(ticked)
        assert page.get_by_label(live).is_checked() != ticked
    page.get_by_role("button", name="Number", exact=True).click()
    page.wait_for_url("**/numeric")
    assert not page.get_by_label(live).is_checked()     # nor has it been touched
    page.get_by_role("button", name="Multiple choice").click()
    page.wait_for_url("**/multiple_choice")
    page.get_by_label(live).uncheck()
    page.get_by_label("Option B is correct").check()
    page.get_by_label("Option B is correct").uncheck()
    assert not page.get_by_label(live).is_checked()
    save(page)
    assert not stored()[-1]["live"]


def test_live_results_are_off_while_a_question_is_discussed_and_come_back(form, stored, server):
    page = form()
    live, discuss = (page.get_by_role("checkbox", name=name) for name in (
        "Show results while students vote", "Vote, discuss, vote again"))
    why = page.get_by_text("Off, because this question is discussed.")
    for letter, text in zip("AB", ("Köln", "Bonn")):
        page.get_by_label(f"Option {letter}", exact=True).fill(text)
    discuss.check()
    assert live.is_disabled() and not live.is_checked() and why.is_visible()
    discuss.uncheck()
    assert live.is_enabled() and live.is_checked() and why.is_hidden()      # the preset
    page.get_by_label("Option B is correct").check()
    live.check()
    discuss.check()
    page.get_by_role("button", name="Open text").click()
    page.wait_for_url("**/open_text")
    assert live.is_enabled() and live.is_checked() and not discuss.count()
    page.get_by_role("button", name="Multiple choice").click()
    page.wait_for_url("**/multiple_choice")
    assert discuss.is_checked() and live.is_disabled() and not live.is_checked()
    save(page)
    assert (stored()[-1]["discuss"], stored()[-1]["live"]) == (1, 1)
    page.goto(f"{server.lan}/questions/{stored()[-1]['id']}/edit")
    page.get_by_role("button", name="Show it: only I see this screen").click()
    assert discuss.is_checked() and live.is_disabled()
    discuss.uncheck()
    assert live.is_checked()
    save(page)
    assert (stored()[-1]["discuss"], stored()[-1]["live"]) == (0, 1)


# Previews

def test_previews_follow_what_is_typed_and_disturb_nothing(form, stored, teacher):
    previewed = []
    page = form(width=1280, height=800)
    page.on("request", lambda request: previewed.append(request.post_data)
            if "/preview/" in request.url else None)
    projector = page.locator("[data-preview=projector]")
    phone = page.locator("[data-preview=phone]")
    page.keyboard.type("Welche Stadt?")
    page.get_by_text("Write at least 2 options.").wait_for()
    assert not page.locator("[role=alert]:not(:empty)").count()
    page.keyboard.press("Enter")
    page.keyboard.type("Köln")
    page.keyboard.press("Enter")
    page.evaluate("""() => {        // faster than any keys
        for (const letter of "Bonn") document.execCommand("insertText", false, letter);
    }""")
    for shown in (projector, phone):
        shown.get_by_text("Bonn").wait_for()
        shown.get_by_text("Welche Stadt?").wait_for()
    assert page.get_by_text("Write at least 2 options.").count() == 0
    assert "=Bonn" in str(previewed)        # and there is not one for each key
    assert not [text for text in previewed if re.search("=(B|Bo|Bon)(&|$)", text)]
    assert page.locator(":focus").input_value() == "Bonn"
    page.keyboard.type("!")
    projector.get_by_text("Bonn!").wait_for()
    assert projector.locator("[data-key=B]").evaluate(
        "tile => getComputedStyle(tile.querySelector('.letter')).backgroundColor"
    ) == page.locator(".option-edit[data-key=B] .letter").evaluate(
        "letter => getComputedStyle(letter).backgroundColor")
    # The phone's own sheet shapes its preview.
    phone.locator("link").wait_for(state="attached")
    for box in (projector, phone):
        inside = box.locator("button, input, textarea")
        assert all(inside.evaluate_all(
            "all => all.map(one => (one.focus(), one.getRootNode().activeElement !== one))"))
    assert phone.evaluate("one => one.getBoundingClientRect().width") < 330
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    assert stored() == []


def test_the_newest_preview_wins(form):
    held = []
    page = form()

    def answer(route):
        if "Alt" in (route.request.post_data or "") and not held:
            held.append(route)
        else:
            route.continue_()
    page.route("**/preview/**", answer)
    page.get_by_label("Option B", exact=True).fill("Bonn")
    page.get_by_label("Question", exact=True).fill("Welche?")
    with page.expect_request(lambda sent: "Alt" in (sent.post_data or "")):
        page.get_by_label("Option A", exact=True).fill("Alt")
    page.get_by_label("Option A", exact=True).fill("Neu")
    projector = page.locator("[data-preview=projector]")
    projector.get_by_text("Neu").wait_for()
    with page.expect_response("**/preview/**"):
        held[0].continue_()
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    assert projector.get_by_text("Neu").count() and not projector.get_by_text("Alt").count()


def test_an_empty_form_fits_on_a_small_laptop_and_the_save_bar_is_always_in_reach(form):
    page = form(width=1280, height=800)
    bar = page.locator(".save-bar").bounding_box()
    rows = page.locator(".option-edit")
    presets = page.locator("[data-fills]").bounding_box()
    assert rows.count() == 4 and presets["y"] + presets["height"] < rows.first.bounding_box()["y"]
    for part in (rows.last, page.locator("[data-keys]")):
        box = part.bounding_box()
        assert box["y"] + box["height"] <= bar["y"]
    looks = page.locator(".looks").bounding_box()
    assert looks["y"] + looks["height"] < 800
    for text in "ABCDEFGHIJ":
        page.locator("[name=option]").last.fill(text)
    for width, height in ((1280, 800), (390, 844)):
        resize(page, width, height)
        for place in (0, 600):
            page.evaluate("place => scrollTo(0, place)", place)
            bar = page.locator(".save-bar .primary").bounding_box()
            assert 0 <= bar["y"] and bar["y"] + bar["height"] <= height
        beside = page.locator(".looks").bounding_box()["x"] > width / 2
        assert beside == (width == 1280)
        assert page.evaluate("document.documentElement.scrollWidth") == width


# Leaving

def leave(page):
    """Whether leaving the page by a link asks first, and is not done then."""
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()
    page.on("dialog", stay)
    here = page.url
    page.get_by_role("link", name="Sessions", exact=True).click()
    page.wait_for_timeout(0)
    if not asked:
        page.wait_for_url("**/sessions")
    page.remove_listener("dialog", stay)
    assert asked in ([], ["beforeunload"]) and (page.url == here) == bool(asked)
    return bool(asked)


def test_leaving_a_form_asks_only_when_something_was_typed(teacher, open_page, server):
    page = open_page("about:blank", **teacher.options())
    for path, label in ((f"{teacher.session}/questions/new/multiple_choice", "Option B"),
                        (f"{teacher.session}/questions/new/open_text", None),
                        (f"{teacher.session}/edit", "Name (students see it)"),
                        ("/sessions/new", "Name (students see it)")):
        page.goto(server.lan + path)
        page.locator("main h1").click()
        if label is None:
            page.get_by_label("Offer").check()
        else:
            field = page.get_by_label(label, exact=True)
            before = field.input_value()
            field.fill("Neu")
        assert leave(page), path
        if label is None:
            page.get_by_label("Offer").uncheck()
        else:
            field.fill(before)
        assert not leave(page), path


def test_saving_asks_nothing_and_what_was_refused_is_not_saved_and_says_so_in_sight(
        form, open_page):
    open_page.expected = "422"
    page = form(width=1280, height=800)
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    page.get_by_label("Question", exact=True).fill("Welche?")
    page.get_by_role("button", name="Save, add another").click()
    problem = page.get_by_text("Write at least 2 options.")
    problem.wait_for()
    covered = problem.evaluate("""(problem) => {
        const { left, top, bottom } = problem.getBoundingClientRect();
        return document.elementFromPoint(left + 2, (top + bottom) / 2) !== problem;
    }""")
    assert not covered and not dialogs
    page.locator("main h1").click()
    page.get_by_role("link", name="Sessions", exact=True).click()
    page.wait_for_url("**/sessions")
    assert dialogs == ["beforeunload"]


def test_a_form_whose_saving_was_stopped_is_not_saved(form):
    page = form()
    page.get_by_label("Question", exact=True).fill("Welche?")
    page.route(page.url, lambda route: route.abort("aborted"), times=1)
    with page.expect_event("requestfailed"):
        page.locator("button.primary").click(no_wait_after=True)
    assert leave(page)


def test_another_button_asks_before_it_loses_what_was_typed(form, open_page, server):
    open_page.expected = "status of 403"        # a preview that is requested with the old sign-in
    page = form()
    page.get_by_label("Option A", exact=True).fill("Paris")
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(server.lan + "/")
    assert dialogs == ["beforeunload"]
