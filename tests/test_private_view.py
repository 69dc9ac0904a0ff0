"""What only the presenter may see: covered until they say that nobody else sees the screen."""

import classpulse
import pytest
from conftest import Client, Respondent, make_cookie

RIGHT, TEXT, NAME = "Antwort‑Ω", "Unerhörtes ☠", "Zoë Ñandú"


@pytest.fixture
def named(db, presenter):
    """A session that asks for names, where Zoë has answered a quiz with its right option, B."""
    created = presenter.post("/sessions/new", {"name": "Physik", "names": "required"}, status=303)
    session = classpulse.get_session(db, int(created.location.rsplit("/", 1)[1]))
    question_id = presenter.create_question(session["id"], options=f"Lyon\n*{RIGHT}")
    presenter.toggle(question_id)
    phone = Respondent(session["code"])
    phone.post(f"/audience/{session['code']}/name", {"name": NAME}, status=303)
    phone.respond(question_id, "B")
    return dict(session, question_id=question_id)


@pytest.fixture
def text(db, presenter, session):
    """An open word cloud in which two phones wrote the same, a third something else."""
    question_id = presenter.create_question(session["id"], "word_cloud", max_words="2")
    presenter.toggle(question_id)
    for words in ([TEXT], [TEXT.upper()], ["Öl"]):
        Respondent(session["code"]).respond(question_id, *words)
    return classpulse.get_question(db, question_id)


def get_pages(presenter, session_id, question_id):
    """The presenter's pages as text: control page, its living part, results, their piece."""
    return [presenter.get(f"/sessions/{session_id}").text,
            presenter.get(f"/sessions/{session_id}", headers={"HX-Request": "true"}).text,
            presenter.get(f"/questions/{question_id}/results").text,
            presenter.get(f"/questions/{question_id}/private").text]


def show_answers(stats):
    return {row["label"]: row["count"] for row in stats["results"]}


# The cover

def test_right_answers_names_and_held_back_counts_are_covered_until_i_am_alone(presenter, named):
    pages = get_pages(presenter, named["id"], named["question_id"])
    for page in pages:
        assert NAME not in page and "is-right" not in page and "is-correct" not in page
        assert f"B. <bdi dir=\"auto\">{RIGHT}" not in page
    assert "The answers are covered" in pages[2] and "<meter" not in pages[2]
    assert 'name="key"' not in "".join(pages)

    presenter.be_alone()
    control, living, results, private = get_pages(presenter, named["id"], named["question_id"])
    for page in (control, living, results, private):
        assert NAME in page and f"B. <bdi dir=\"auto\">{RIGHT}" in page

    presenter.be_alone(0)
    assert all(NAME not in page and f"B. <bdi dir=\"auto\">{RIGHT}" not in page
               for page in get_pages(presenter, named["id"], named["question_id"]))


def test_texts_are_covered_until_they_are_shown(presenter, session, text):
    assert all("Unerhörtes" not in page
               for page in get_pages(presenter, session["id"], text["id"]))
    presenter.step(session["id"], "show_results")
    assert "Unerhörtes" in presenter.get(f"/questions/{text['id']}/results").text


def test_the_form_of_a_question_with_a_right_answer_is_covered(presenter, named):
    path = f"/questions/{named['question_id']}/edit"
    page = presenter.get(path)
    assert RIGHT not in page.text and "*" not in page.html.main.get_text()
    uncovered = next(form for form in page.forms.values() if form.action == "/alone").submit(
        "alone", status=303)
    assert uncovered.location.endswith(path)
    assert RIGHT in presenter.get(path).text
    assert "Show it: only I see this screen" in page.html.main.get_text()


def test_the_switch_is_this_browsers_own(presenter, named):
    presenter.be_alone()
    other_browser = Client()
    other_browser.http.cookiejar.set_cookie(next(
        cookie for cookie in presenter.http.cookiejar if not cookie.name.endswith("_alone")))
    assert NAME not in other_browser.get(f"/sessions/{named['id']}").text
    assert NAME in presenter.get(f"/sessions/{named['id']}").text


def test_the_private_view_ends_with_the_sign_in_or_the_browser(db, presenter, named):
    answer = presenter.post("/alone", {"alone": "1"}, status=303)
    assert "max-age" not in answer.headers["Set-Cookie"].lower()
    path = f"/sessions/{named['id']}"
    assert NAME in presenter.get(path).text
    presenter.post("/logout")
    db.write(classpulse.create_signin, presenter.id, classpulse.hash_token("another"))
    presenter.http.cookiejar.set_cookie(make_cookie(f"cp_{classpulse.classroom.id}", "another"))
    assert NAME not in presenter.get(path).text


def test_nobody_switches_the_private_view_on_by_a_cookie_of_their_own(room, presenter, named):
    for value in ("1", "", "0" * 16):
        presenter.http.cookiejar.set_cookie(make_cookie(f"cp_{room.id}_alone", value))
        assert NAME not in presenter.get(f"/sessions/{named['id']}").text


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example", "/\\evil", "", "x",
                                  "/a\r\nSet-Cookie: b=c"])
def test_the_switch_leads_nowhere_else(presenter, back):
    answer = presenter.post("/alone", {"alone": "1", "back": back}, status=303)
    assert answer.headers["Location"] == "/"


# Right answers

def test_a_tap_on_a_letter_marks_it_right_or_takes_it_back(db, presenter, question, respondent):
    respondent.respond(question["id"], "A")
    presenter.be_alone()
    page = presenter.get(f"/questions/{question['id']}/results")
    form = next(form for form in page.forms.values() if form.action.endswith("/mark"))
    form.submit("key", index=1, status=303)
    options = classpulse.get_question(db, question["id"])["options"]
    assert [option["correct"] for option in options] == [False, True]
    piece = presenter.htmx(f"/api/questions/{question['id']}/mark", {"key": "B"}).html
    assert [button["aria-pressed"] for button in piece.select(".marks button")] == ["false"] * 2
    assert not classpulse.has_answer(classpulse.get_question(db, question["id"]))


def test_an_answer_marked_after_the_votes_counts(presenter, session, question, respondent):
    respondent.respond(question["id"], "B")
    presenter.step(session["id"], "close")
    assert presenter.now(session["id"])["next"]["action"] != "show_answer"
    presenter.post(f"/api/questions/{question['id']}/mark", {"key": "B"}, status=303)
    assert presenter.now(session["id"])["next"]["action"] == "show_answer"
    presenter.step(session["id"], "show_answer")
    assert respondent.state()["mine"][str(question["id"])]["result"] == "Correct!"


@pytest.mark.parametrize("key", ["", "C", "a", "AB"])
def test_a_letter_that_is_no_option_is_refused(presenter, question, key):
    presenter.post(f"/api/questions/{question['id']}/mark", {"key": key}, status=422)


@pytest.mark.parametrize("type", ["rating", "word_cloud", "ranking"])
def test_types_without_right_letters_have_none_to_tap(presenter, session, type):
    question_id = presenter.create_question(session["id"], type, options="A\nB")
    presenter.post(f"/api/questions/{question_id}/mark", {"key": "A"}, status=422)
    presenter.be_alone()
    assert ".marks" not in presenter.get(f"/questions/{question_id}/private").text


# Hiding texts

def test_a_hidden_text_leaves_with_all_equal_ones_and_can_be_shown_again(db, presenter, text):
    presenter.be_alone()
    page = presenter.get(f"/questions/{text['id']}/results")
    form = next(form for form in page.forms.values() if form.action.endswith("/hide"))
    form.submit("hide", index=0, status=303)
    stats = classpulse.get_question_stats(db, text["id"])
    assert show_answers(stats) == {"Öl": 1} and stats["response_count"] == 3
    assert "hidden" not in stats["results"][0]

    piece = presenter.get(f"/questions/{text['id']}/private").html
    assert "(hidden)" in piece.select_one(".is-hidden").get_text()
    key = piece.select_one("button[name=show]")["value"]
    presenter.htmx(f"/api/questions/{text['id']}/hide", {"show": key})
    assert show_answers(classpulse.get_question_stats(db, text["id"])) == {TEXT: 2, "Öl": 1}


def test_a_hidden_text_stays_in_the_csv_and_in_the_database(db, presenter, text):
    presenter.htmx(f"/api/questions/{text['id']}/hide", {"hide": classpulse.normalize(TEXT)})
    assert TEXT in presenter.get(f"/questions/{text['id']}/export").text
    assert len(db.all("SELECT * FROM responses")) == 3


def test_a_text_that_is_hidden_stays_so_when_it_is_written_again(db, presenter, session, text):
    presenter.htmx(f"/api/questions/{text['id']}/hide", {"hide": classpulse.normalize(TEXT)})
    Respondent(session["code"]).respond(text["id"], TEXT.lower())
    assert show_answers(classpulse.get_question_stats(db, text["id"])) == {"Öl": 1}


def test_long_texts_have_short_keys_and_are_hidden_with_their_equals(db, presenter, session):
    question_id = presenter.create_question(session["id"], "open_text")
    presenter.toggle(question_id)
    for text in ("\ufdfa" * 5000, "\ufdfa" * 5000, "Kurz", " KURZ "):
        Respondent(session["code"]).respond(question_id, text)
    rows = classpulse.get_question_stats(db, question_id)["results"]
    assert {len(row["key"]) for row in rows} == {16} and len({row["key"] for row in rows}) == 2
    for row in (rows[0], rows[-1]):
        presenter.htmx(f"/api/questions/{question_id}/hide", {"hide": row["key"]})
    assert classpulse.get_question_stats(db, question_id)["results"] == []


def test_only_texts_can_be_hidden(presenter, question):
    presenter.post(f"/api/questions/{question['id']}/hide", {"hide": "A"}, status=422)


def test_another_presenter_can_neither_look_nor_mark_nor_hide(other_presenter, question, text):
    other_presenter.be_alone()
    other_presenter.get(f"/questions/{question['id']}/private", status=404)
    other_presenter.post(f"/api/questions/{question['id']}/mark", {"key": "A"}, status=404)
    other_presenter.post(f"/api/questions/{text['id']}/hide", {"hide": "x"}, status=404)


# Rounds and abstentions

def test_earlier_rounds_stay_in_the_results(presenter, session, question, respondent):
    for letter in "ABB":
        respondent.respond(question["id"], letter)
        presenter.step(session["id"], "close")
        presenter.step(session["id"], "vote_again")
    path = f"/questions/{question['id']}/results"
    assert "Round 1" not in presenter.get(path).text
    presenter.be_alone()
    page = presenter.get(path).html
    beside, _, first = page.select(".counts")
    assert [[cell.get_text(" ", strip=True) for cell in row.select("td")[:3]]
            for row in beside.select("tbody tr")] == [["0 % 0", "0 % 0", "0"],
                                                      ["100 % 1", "0 % 0", "−100"]]
    assert [cell.get_text() for cell in beside.select("thead th")[1:3]] == ["Round 3", "Round 4"]
    assert [title.get_text() for title in page.select(".card h2")][-2:] == ["Round 2", "Round 1"]
    assert [cell.get_text() for cell in first.select("td:nth-of-type(1)")] == ["1", "0"]


def test_who_does_not_know_is_told_apart_and_not_in_the_shares(presenter, session, respondent):
    question_id = presenter.create_question(session["id"], abstain="1", options="Ja\nNein")
    presenter.toggle(question_id)
    respondent.respond(question_id, "A")
    for _ in range(3):
        Respondent(session["code"]).respond(question_id, "-")
    page = presenter.get(f"/questions/{question_id}/results").html
    assert "100 %" in page.select_one(".counts").get_text()
    assert "3 don't know" in page.main.get_text()


# Who chose it

def list_who(presenter, question_id, key, **more):
    page = presenter.get(f"/questions/{question_id}/who", params={"key": key, **more},
                         headers={"HX-Request": "true"}, status=200).html
    return [line.get_text(" ", strip=True) for line in page.select("li, p")]


@pytest.fixture
def class_of(db, presenter):
    """A function that asks a class with names a question: [(name, parts of the answer), ...]."""
    def ask(type, answers, names="optional", **fields):
        session_id = presenter.create_session(names=names)
        code = classpulse.get_session(db, session_id)["code"]
        question_id = presenter.create_question(session_id, type, "Was?", **fields)
        presenter.toggle(question_id)
        for name, *parts in answers:
            phone = Respondent(code)
            if name:
                phone.post(f"/audience/{code}/name", {"name": name}, status=303)
            phone.respond(question_id, *parts)
        presenter.be_alone()
        return question_id
    return ask


@pytest.mark.parametrize("type, fields, answers, key", [
    ("multiple_choice", {"options": "x\ny"}, ["A", "B"], "A"),
    ("select_all", {"options": "x\ny"}, [["A", "B"], "B"], "A"),
    ("rating", {"max_rating": "5"}, ["5", "4"], "5"),
    ("numeric", {"unit": "km"}, ["5.0", "400"], "5"),
    ("numeric", {"unit": "km"}, ["12", "400"], "10…20"),
    ("numeric", {"unit": "km"}, ["400", "12"], "20…"),
    ("word_cloud", {"max_words": "2"}, [["Öl", "#1"], "C#"], "öl"),
    ("short_text", {"accepted": "x"}, ["Paris & Rom?", "Paris"], "paris & rom"),
    ("ranking", {"options": "x\ny"}, [["B", "A"], ["A", "B"]], "B")])
def test_a_row_opens_those_who_chose_it_by_name(class_of, presenter, type, fields, answers, key):
    first, second = ([part] if isinstance(part, str) else part for part in answers)
    question_id = class_of(type, [("Anna", *first), ("Anna", *first), ("", *first),
                                  ("Zoë", *second)], **fields)
    assert list_who(presenter, question_id, key) == ["Anna", "Anna (2)", "and 1 without a name"]


def test_the_private_view_leads_to_them_without_scripts(class_of, presenter):
    question_id = class_of("short_text", [("Anna", "a & b=c#d"), ("Zoë", "e")], accepted="x")
    page = presenter.get(f"/questions/{question_id}/private").html
    link = page.select_one("[data-chosen='entry a & b=c#d'] a")
    small = presenter.get(link["href"]).html
    assert [name.get_text(strip=True) for name in small.select(".names li")] == ["Anna"]
    assert "Who chose a & b=c#d" in small.h2.get_text()


def test_an_anonymous_session_tells_only_how_many(class_of, presenter):
    question_id = class_of("rating", [("", "4"), ("", "4")], names="no", max_rating="5")
    assert list_who(presenter, question_id, "4") == ["2 students without a name"]
    assert not presenter.get(f"/questions/{question_id}/private").html.select("[data-chosen]")


def test_nobody_sees_who_chose_it_while_it_is_covered(class_of, presenter):
    question_id = class_of("rating", [("Anna", "4")], max_rating="5")
    path = f"/questions/{question_id}/who"
    for key in ("", "nan…", "…", "9" * 400, "…inf…"):
        assert list_who(presenter, question_id, key) == ["Nobody"]
    presenter.get(path, params={"key": "4", "round": "2"}, status=422)
    presenter.be_alone(0)
    presenter.get(path, params={"key": "4"}, status=403)


# Raised hands

def test_hands_are_raised_without_scripts(db, presenter, question):
    page = f"/questions/{question['id']}/results"
    presenter.be_alone()
    for press, raised in (("more", 1), ("more", 2), ("fewer", 1), ("fewer", 0), ("fewer", 0)):
        html = presenter.get(page).html
        form = html.select_one(f"[data-hands='{question['id']}-B']")
        fields = {field["name"]: field["value"] for field in form.select("input")}
        button = form.select_one(f"#{press}-{question['id']}-B")
        presenter.post(form["action"], {**fields, "count": button["value"]}, status=303)
        assert classpulse.get_question_stats(db, question["id"])["tallied"] == raised
    presenter.post(form["action"], {**fields, "count": "4"}, status=303)
    html = presenter.get(page).html
    assert [text.get_text() for text in html.select("output")] == ["0 hands", "4 hands"]
    assert html.select_one(".counters [data-tallied]").get_text() == ", 4 hands"


def test_hands_can_be_raised_only_while_they_count_and_in_private(presenter, session):
    question_id = presenter.create_question(session["id"], options="*a\nb")

    def count_forms():
        return len(presenter.get(f"/questions/{question_id}/private").html.select(".hands"))
    presenter.be_alone()
    assert count_forms() == 0
    for action, forms in (("ask", 2), ("close", 2), ("show_results", 2), ("show_answer", 0)):
        presenter.step(session["id"], action)
        assert count_forms() == forms, action
    presenter.step(session["id"], "vote_again")
    presenter.be_alone(0)
    assert count_forms() == 0


# In the browser

def test_a_click_on_the_projector_hides_a_text_and_undo_brings_it_back(
        server, teacher, open_browser, open_page):
    question_id = teacher.ask("word_cloud", "Wort?")
    phone = open_browser()
    phone.post("/join", {"code": teacher.code})
    phone.post(f"/audience/respond/{question_id}", {"response": TEXT})
    projector = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    projector.locator("[data-answered]", has_text="1").wait_for()
    projector.keyboard.press("r")
    word = projector.locator(".cloud").get_by_text(TEXT)
    word.click()
    projector.get_by_role("button", name="Hide").click()
    word.wait_for(state="detached")
    projector.get_by_role("button", name="Undo").click()
    word.wait_for()


def test_the_control_page_shows_answers_as_they_come_once_i_am_alone(
        server, teacher, open_browser, open_page):
    question_id = teacher.ask("word_cloud", "Wort?")
    control = open_page(server.lan + teacher.session, **teacher.options())
    control.get_by_role("button", name="Private view").click()
    control.get_by_text("No answers yet").wait_for()
    phone = open_browser()
    phone.post("/join", {"code": teacher.code})
    phone.post(f"/audience/respond/{question_id}", {"response": TEXT})
    control.locator(".moderation").get_by_text(TEXT).wait_for()
    control.get_by_role("button", name="Hide", exact=True).click()
    control.get_by_role("button", name="Show again").click()
    control.get_by_role("button", name="Hide").wait_for()


def test_five_quick_presses_are_five_hands_and_opened_rows_stay_open(
        server, teacher, open_browser, open_page):
    teacher.post(f"{teacher.session}/edit", {"name": "Physik", "names": "required"})
    question_id = teacher.ask("multiple_choice", "Was?", options="Block\nKugel")
    page = open_page(server.lan + teacher.session, **teacher.options())
    with page.expect_navigation():
        page.get_by_role("button", name="Private view").click()
    more = page.get_by_role("button", name="Kugel: one hand more")
    assert not more.is_visible()        # until hands are counted, words have their room
    page.get_by_text("Count hands").click()
    more.wait_for()
    teacher.create_question("rating", "Wie?")       # replaces the part around them
    page.locator(".item-title", has_text="Wie?").wait_for(state="attached")
    assert more.is_visible()
    held = []       # the first press, whose number is on its way while the others come
    page.route("**/tally", lambda route: route.continue_() if held else held.append(route))
    more.focus()
    for _ in range(5):
        page.keyboard.press("Enter")
    page.locator("output", has_text="5 hands").wait_for()
    # What is fetched before the newest number is saved changes nothing.
    phone = open_browser()
    phone.post("/join", {"code": teacher.code})
    phone.post(f"/audience/{teacher.code}/name", {"name": NAME})
    phone.post(f"/audience/respond/{question_id}", {"response": "B"})
    page.locator("[data-key=B] td:nth-of-type(1)", has_text="1").wait_for()
    assert page.locator("output").all_inner_texts() == ["0 hands", "5 hands"]
    held[0].continue_()
    page.locator("[data-key=B] td:nth-of-type(1)", has_text="6").wait_for()
    assert page.evaluate("document.activeElement.id") == f"more-{question_id}-B"
    assert page.locator("output").all_inner_texts() == ["0 hands", "5 hands"]
    more.press("Enter")
    page.locator("[data-key=B] td:nth-of-type(1)", has_text="7").wait_for()

    row = page.locator("[data-chosen=B]")
    row.locator("summary").click()
    row.get_by_text(NAME).wait_for()
    second = open_browser()
    second.post("/join", {"code": teacher.code})
    second.post(f"/audience/{teacher.code}/name", {"name": "Émile"})
    second.post(f"/audience/respond/{question_id}", {"response": "B"})
    row.get_by_text("Émile").wait_for()
    row.get_by_text(NAME).wait_for()
