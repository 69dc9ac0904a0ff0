"""Sessions that ask for names: who is asked, who gets to know them, and what is promised."""

import time

import classpulse
import pytest
from conftest import Respondent
from test_question_types import read_csv

NAME = "  Zoë   محمد 🌍 "
CLEAN = "Zoë محمد 🌍"
ANONYMOUS = "Anonymous: your teacher sees the answers, but not who gave them"
KNOWN = "Your teacher sees your name with your answers; the class never does"


@pytest.fixture
def make_session(db, presenter):
    """A function that creates a session with an open question and a setting for names."""
    def make(names, **fields):
        created = presenter.post("/sessions/new", {"name": "Physik", "names": names, **fields},
                                 status=303)
        session = classpulse.get_session(db, int(created.location.rsplit("/", 1)[1]))
        question_id = presenter.create_question(session["id"])
        presenter.toggle(question_id)
        return dict(session, question_id=question_id)
    return make


def get_audience(phone):
    return phone.get(f"/audience/{phone.code}", status=200)


def give_name(phone, name, status=303):
    return phone.post(f"/audience/{phone.code}/name", {"name": name}, status=status)


def get_names(db):
    return [row["name"] for row in db.all("SELECT name FROM respondents")]


def test_nobody_is_asked_unless_the_presenter_says_so(db, presenter, session, respondent):
    assert session["settings"]["names"] == "no"
    page = get_audience(respondent)
    assert not page.html.select("input[name=name]") and ANONYMOUS in page.text
    give_name(respondent, "Zoë")
    assert get_names(db) == []


@pytest.mark.parametrize("names", ["optional", "required"])
def test_a_name_is_asked_once_and_goes_to_the_csv(presenter, make_session, names):
    session = make_session(names)
    phone = Respondent(session["code"])
    page = get_audience(phone)
    assert page.html.select_one("input[name=name]") and KNOWN in page.text
    assert "data-question-id" not in page.text
    give_name(phone, NAME)
    page = get_audience(phone)
    assert not page.html.select("input[name=name]")
    assert KNOWN in page.text and f"You are {CLEAN}" in page.html.footer.get_text()
    phone.respond(session["question_id"], "A")
    [row] = read_csv(presenter.get(f"/sessions/{session['id']}/export"))
    assert row["respondent_name"] == CLEAN


def test_a_name_may_be_declined_where_it_is_optional(db, make_session):
    session = make_session("optional")
    phone = Respondent(session["code"])
    get_audience(phone).forms[1].submit("name", status=303)
    assert get_names(db) == [""]
    assert get_audience(phone).html.select("[data-question-id]")
    phone.respond(session["question_id"], "A")


def test_a_required_name_can_not_be_left_out(db, make_session):
    session = make_session("required")
    phone = Respondent(session["code"])
    page = give_name(phone, "  ", status=422)
    assert "Please enter your name" in page.html.select_one("#name-problem").get_text()
    assert get_names(db) == []
    refused = phone.respond(session["question_id"], "A", status=422)
    assert "asks for your name" in refused.text
    give_name(phone, CLEAN)
    phone.respond(session["question_id"], "A")


def test_a_name_that_is_too_long_is_kept_as_it_was_typed(make_session):
    phone = Respondent(make_session("required")["code"])
    page = give_name(phone, "ü" * (classpulse.PERSON_MAX + 1), status=422)
    assert page.html.select_one("input[name=name]")["value"] == "ü" * 61
    assert "60" in page.html.select_one("#name-problem").get_text()


def test_a_name_may_be_changed_until_the_first_answer(db, make_session):
    session = make_session("required")
    phone = Respondent(session["code"])
    give_name(phone, "Zo")
    form = get_audience(phone).click("Change").form
    assert form["name"].value == "Zo"
    form["name"] = "Zoë"
    form.submit(status=303)
    assert get_names(db) == ["Zoë"]

    phone.respond(session["question_id"], "A")
    # Hidden it keeps its place: nothing moves when the page is loaded again.
    assert get_audience(phone).html.select_one("[data-change-name]").has_attr("hidden")
    assert phone.get(f"/audience/{phone.code}/name", status=303).location.endswith(phone.code)
    refused = give_name(phone, "Somebody else", status=409)
    assert "only your teacher can change your name" in refused.html.select_one(".problem").text
    give_name(phone, "Zoë")         # the form sent twice
    assert get_names(db) == ["Zoë"]


def test_a_change_that_is_refused_shows_the_form_again(db, make_session):
    phone = Respondent(make_session("required")["code"])
    give_name(phone, "Zoë")
    page = give_name(phone, "ü" * 61, status=422)
    assert page.html.select_one("input[name=name]")["value"] == "ü" * 61
    assert get_names(db) == ["Zoë"]


def test_a_name_that_was_declined_stays_so_once_answered(db, make_session):
    session = make_session("optional")
    phone = Respondent(session["code"])
    give_name(phone, "")
    phone.respond(session["question_id"], "A")
    give_name(phone, "Zoë", status=409)
    assert get_names(db) == [""]


def rename(presenter, session, respondent, name, **options):
    return presenter.post(f"/api/sessions/{session['id']}/people",
                          {"respondent": respondent, "name": name}, **options)


def test_the_presenter_may_correct_a_name_at_any_time(db, presenter, make_session):
    session = make_session("required")
    phone = Respondent(session["code"])
    give_name(phone, "Zo")
    phone.respond(session["question_id"], "A")
    presenter.be_alone()
    page = presenter.get(f"/sessions/{session['id']}")
    form = next(form for form in page.forms.values() if form.action.endswith("/people")
                and "name" in form.fields)
    form["respondent"].select(text="Zo")
    form["name"] = "  Zoë\u200b "
    shown = form.submit(status=303).follow()
    assert [one.text for one in shown.html.select(".people bdi")] == ["Zoë"]
    assert "You are Zoë" in get_audience(phone).html.footer.get_text()
    [row] = read_csv(presenter.get(f"/sessions/{session['id']}/export"))
    assert row["respondent_name"] == "Zoë"


def test_a_corrected_name_is_a_name_of_somebody_who_gave_one(
        db, presenter, other_presenter, make_session):
    session = make_session("optional")
    for name in ("Zoë", ""):
        give_name(Respondent(session["code"]), name)
    named, declined = [person["id"] for person in classpulse.list_respondents(db, session["id"])]
    assert "without a name" in rename(presenter, session, declined, "Ben", status=409).text
    rename(presenter, session, "somebody", "Ben", status=404)
    rename(presenter, session, named, "\u3164", status=422)
    rename(presenter, session, named, "n" * 61, status=422)
    rename(other_presenter, session, named, "Ben", status=404)
    assert sorted(get_names(db)) == ["", "Zoë"]
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Physik", "names": "no"},
                   status=303)
    rename(presenter, session, named, "Ben", status=409)
    assert get_names(db) == [None, None]


ASKED = {"number": ("s12-345", "student number"),
         "email": ("zoë@schule.example", "e-mail address"),
         "login": ("zoe34", "login")}


@pytest.mark.parametrize("identify", ASKED)
@pytest.mark.parametrize("names", ["optional", "required"])
def test_what_else_identifies_a_student_is_asked_beside_the_name(
        db, presenter, make_session, names, identify):
    typed, called = ASKED[identify]
    session = make_session(names, identify=identify)
    phone = Respondent(session["code"])
    page = get_audience(phone)
    assert f"Your teacher sees your name and {called} with your answers" in page.text
    form = page.forms[0]
    form["name"] = "Zoë"
    refused = form.submit(status=422)
    assert f"Please enter your {called}" in refused.html.select_one("#name-problem").get_text()
    assert refused.forms[0]["name"].value == "Zoë"
    form[identify], form["name"] = typed, ""
    assert "enter your name" in form.submit(status=422).text       # which does not decline
    form["name"] = "Zoë"
    form[identify] = f" {typed}\u200b "
    form.submit(status=303)
    [person] = classpulse.list_respondents(db, session["id"])
    found = classpulse.find_person(db, session["id"], person["id"])
    assert found == {**classpulse.NOBODY, "name": "Zoë", identify: typed}
    assert get_audience(phone).click("Change").forms[0][identify].value == typed
    presenter.be_alone()
    correct = next(form for form in presenter.get(f"/sessions/{session['id']}").forms.values()
                   if "respondent" in form.fields)
    correct["respondent"].select(text="Zoë")
    assert "what is correct" in correct.submit(status=422).text
    correct[identify] = f"1{typed} "
    correct.submit(status=303)
    assert classpulse.find_person(db, session["id"], person["id"]) == {
        **found, identify: f"1{typed}"}
    # Another phone may have the same: files tell of it.
    other = Respondent(session["code"])
    other.post(f"/audience/{other.code}/name", {"name": "Ida", identify: typed}, status=303)


@pytest.mark.parametrize("identify, typed, said", [
    ("email", "zoe at home", "zoe at home is not an e-mail address"),
    ("number", "1" * 61, "can have at most 60 characters. This has 61."),
    ("login", "\u3164", "Please enter your login")])
def test_what_can_not_identify_a_student_is_refused_and_shown_again(
        db, make_session, identify, typed, said):
    phone = Respondent(make_session("required", identify=identify)["code"])
    page = phone.post(f"/audience/{phone.code}/name", {"name": "Zoë", identify: typed},
                      status=422)
    assert said in page.html.select_one("#name-problem").get_text()
    assert page.form[identify].value == typed and get_names(db) == []


def test_a_number_may_be_declined_with_the_name(db, make_session):
    phone = Respondent(make_session("optional", identify="number")["code"])
    get_audience(phone).forms[1].submit("name", status=303)
    assert get_names(db) == [""]
    assert "You joined without a name" in get_audience(phone).text


@pytest.mark.parametrize("names", ["optional", "required"])
@pytest.mark.parametrize("empty", ["\u200b", "\u3164", "\u2800", "\u2060", "\u202e", " \u00ad "])
def test_a_name_that_shows_nothing_is_empty(db, make_session, names, empty):
    phone = Respondent(make_session(names)["code"])
    page = give_name(phone, empty, status=422)
    assert "Please enter your name" in page.html.select_one("#name-problem").get_text()
    assert get_names(db) == []


@pytest.mark.parametrize("typed, stored", [
    ("Anna\u200b", "Anna"), ("A" + 40 * "\u0301", "\u00c1" + 5 * "\u0301"),
    ("\u202eannA\u202c", "annA"), ("\u2067Zoë\u2069", "Zoë"), ("Zoe\u0308", "Zoë")])
def test_a_name_is_kept_without_what_nobody_can_see(db, make_session, typed, stored):
    phone = Respondent(make_session("required")["code"])
    give_name(phone, typed)
    assert get_names(db) == [stored]
    assert get_audience(phone).html.footer.select_one("bdi").get_text() == stored


def test_who_joins_as_somebody_else_is_asked_again(make_session):
    phone = Respondent(make_session("required")["code"])
    give_name(phone, "Zoë")
    phone.post(f"/audience/{phone.code}/leave", status=303)
    assert get_audience(phone).html.select_one("input[name=name]")["value"] == ""


def test_no_name_reaches_a_phone_or_the_projector(presenter, make_session):
    session = make_session("required")
    phone, other = Respondent(session["code"]), Respondent(session["code"])
    for each, name in ((phone, CLEAN), (other, "Ada")):
        give_name(each, name)
        each.respond(session["question_id"], "A")
    presenter.be_alone()
    seen = [get_audience(other).text, other.get(f"/audience/{other.code}/state").text,
            presenter.get(f"/present/{session['id']}").text,
            classpulse.to_json(presenter.now(session["id"])),
            classpulse.to_json(classpulse.results_message(
                classpulse.classroom.db, classpulse.classroom.live, session["question_id"]))]
    assert not [text for text in seen if CLEAN in text]
    assert CLEAN in presenter.get(f"/sessions/{session['id']}").text


@pytest.mark.parametrize("before, after", [("no", "optional"), ("no", "required"),
                                           ("required", "no"), ("optional", "no")])
def test_a_session_with_answers_keeps_what_was_promised(
        db, presenter, make_session, before, after):
    session = make_session(before)
    phone = Respondent(session["code"])
    give_name(phone, "Zoë")
    phone.respond(session["question_id"], "A")
    page = presenter.post(f"/sessions/{session['id']}/edit", {"name": "Neu", "names": after},
                          status=422)
    assert "another class" in page.html.select_one("#problem-names").get_text()
    assert page.html.select_one("#name")["value"] == "Neu"
    assert page.html.select_one("input[checked]")["value"] == before
    assert page.html.select_one(f"input[value={after}]").has_attr("disabled")
    kept = classpulse.get_session(db, session["id"])
    assert (kept["settings"]["names"], kept["name"]) == (before, "Physik")
    page = presenter.get(f"/sessions/{session['id']}/edit").html
    fixed = {field["value"] for field in page.select("[name=names][disabled]")}
    assert fixed == ({"optional", "required"} if before == "no" else {"no"})
    assert "another class" in page.select_one("#names-hint").get_text()
    assert page.find("a", string="Cancel")["href"] == f"/sessions/{session['id']}"
    # The copy has nobody's answers, and may promise anything.
    copy = presenter.post(f"/sessions/{session['id']}/again", status=303).location
    presenter.post(f"{copy}/edit", {"name": "Physik", "names": after}, status=303)


def test_a_session_that_becomes_anonymous_forgets_the_names(db, presenter, make_session):
    session = make_session("required")
    phone = Respondent(session["code"])
    give_name(phone, "Zoë")
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Neu", "names": "no"}, status=303)
    assert get_names(db) == [None] and ANONYMOUS in get_audience(phone).text


def test_who_declined_is_asked_again_when_names_become_required(db, presenter, make_session):
    session = make_session("optional")
    phone = Respondent(session["code"])
    give_name(phone, "")
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Neu", "names": "required"},
                   status=303)
    assert get_audience(phone).html.select_one("input[name=name]")
    give_name(phone, "Zoë")
    phone.respond(session["question_id"], "A")
    assert get_names(db) == ["Zoë"]


def test_names_can_be_asked_for_until_somebody_answers(db, presenter, session):
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Physik", "names": "required"},
                   status=303)
    assert classpulse.get_session(db, session["id"])["settings"]["names"] == "required"
    page = presenter.get(f"/sessions/{session['id']}/edit")
    assert page.html.select_one("input[checked]")["value"] == "required"


def test_a_rename_leaves_the_names_as_they_are(db, presenter, make_session):
    session = make_session("optional")
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Neu"}, status=303)
    assert classpulse.get_session(db, session["id"])["settings"]["names"] == "optional"


def test_an_unknown_choice_is_refused(presenter):
    page = presenter.post("/sessions/new", {"name": "Physik", "names": "all"}, status=422)
    assert page.html.select_one("#problem-names").get_text()


def test_phones_that_wait_are_asked_when_names_are_switched_on(
        server, teacher, open_page):
    teacher.ask("word_cloud", "Wort?")
    phone = open_page(f"{server.lan}/{teacher.code}")
    phone.get_by_role("heading", name="Wort?").wait_for()
    teacher.post(f"{teacher.session}/edit", {"name": "X", "names": "required"})
    phone.get_by_label("Your name").fill(CLEAN)
    phone.get_by_role("button", name="Join").click()
    phone.get_by_role("heading", name="Wort?").wait_for()
    phone.get_by_text(f"You are {CLEAN}").wait_for()


@pytest.mark.parametrize("change", ["name", "title"])
def test_what_changes_between_a_page_and_its_first_state_is_not_missed(
        server, teacher, open_page, change):
    question = teacher.ask("word_cloud", "Wort?")
    phone = open_page("about:blank")

    def change_first(route):
        if change == "name":
            teacher.post(f"{teacher.session}/edit", {"name": "X", "names": "required"})
        else:
            teacher.post(f"/questions/{question}/edit", {"title": "Begriff?"})
        route.continue_()
    # The page is there, and runs its script next.
    phone.route("**/audience.js", change_first, times=1)
    phone.goto(f"{server.lan}/{teacher.code}")
    seen = {"name": phone.get_by_label("Your name"),
            "title": phone.get_by_role("heading", name="Begriff?")}
    seen[change].wait_for()


def test_two_of_one_name_are_told_apart_for_the_presenter_only(db, presenter, make_session):
    session = make_session("required")
    for name, key in (("Anna", "A"), ("Ben", "A"), ("ANNA", "B"), ("Anna\u200b", "B")):
        phone = Respondent(session["code"])
        give_name(phone, name)
        phone.respond(session["question_id"], key)
    presenter.be_alone()
    page = presenter.get(f"/questions/{session['question_id']}/private").html
    assert [one.get_text() for one in page.select(".people bdi")] == [
        "Anna", "ANNA (2)", "Anna (3)", "Ben"]
    rows = read_csv(presenter.get(f"/sessions/{session['id']}/export"))
    assert [row["respondent_name"] for row in rows] == ["Anna", "Ben", "ANNA (2)", "Anna (3)"]


def test_numbered_names_are_told_apart_from_those_that_were_typed_so():
    typed = ["Anna (2)", "Anna", None, "anna", "", "Anna (2)", "ANNA", "Anna (2) (2)"]
    people = [{"id": id, "name": name} for id, name in enumerate(typed)]
    assert list(classpulse.number_names(people).values()) == [
        "Anna (2)", "Anna", "anna (3)", "Anna (2) (2)", "ANNA (4)", "Anna (2) (2) (2)"]


def test_a_hall_in_which_everybody_has_one_name_is_numbered_as_fast_as_any_other():
    def measure(names):
        people = [{"id": id, "name": name} for id, name in enumerate(names)]
        start = time.process_time()
        assert len(set(classpulse.number_names(people).values())) == 12_000
        return time.process_time() - start
    alike = min(measure(["Anna"] * 12_000) for _ in range(3))
    mixed = ["Anna"] * 6_000 + [f"Anna ({number})" for number in range(2, 6_002)]
    crossed = min(measure(mixed[::-1]) for _ in range(3))
    others = min(measure([f"Anna {number}" for number in range(12_000)]) for _ in range(3))
    print(f"12,000 names: alike {alike:.3f} s, crossed {crossed:.3f} s, others {others:.3f} s")
    assert max(alike, crossed) < 10 * others


# In the browser

def test_a_student_changes_a_name_until_the_first_vote(teacher, open_page, server):
    teacher.post(f"{teacher.session}/edit", {"name": "Physik", "names": "required"})
    teacher.ask("multiple_choice", "Welche?", options="Paris\nLyon")
    page = open_page(f"{server.lan}/{teacher.code}")
    page.get_by_label("Your name").fill("Zo")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Your name").fill("Zoë")
    page.get_by_role("button", name="Join").click()
    page.get_by_text("You are Zoë").wait_for()
    page.locator(".tile").first.click()
    page.get_by_text("Saved").wait_for()
    page.get_by_role("link", name="Change").wait_for(state="hidden")


def test_no_answer_takes_a_half_typed_correction_away(teacher, open_browser, open_page, server):
    teacher.post(f"{teacher.session}/edit", {"name": "Physik", "names": "required"})
    question_id = teacher.ask("multiple_choice", "Welche?", options="Paris\nLyon")
    phones = [open_browser() for _ in range(2)]
    for phone, name in zip(phones, ("Zo", "Ben")):
        phone.post("/join", {"code": teacher.code})
        phone.post(f"/audience/{teacher.code}/name", {"name": name})
    teacher.post("/alone", {"alone": "1"})
    page = open_page(server.lan + "/sessions", 1280, 800, **teacher.options())
    page.clock.install()
    page.goto(f"{server.lan}/questions/{question_id}/results")
    page.get_by_label("Student whose name is wrong").select_option("Zo")
    page.get_by_label("Correct name").fill("Zoë")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    phones[0].post(f"/audience/respond/{question_id}", {"response": "A"})
    page.locator("[data-answered]").get_by_text("1", exact=True).first.wait_for()
    page.clock.run_for(2000)        # the answers are fetched again now and then
    assert not [url for url in asked if url.endswith("/private")]
    assert page.get_by_label("Correct name").input_value() == "Zoë"
    page.locator(".rename button").click()
    page.locator(".people bdi").get_by_text("Zoë", exact=True).wait_for()
    page.get_by_text("Zoë: A").wait_for()           # and then follows again
    phones[1].post(f"/audience/respond/{question_id}", {"response": "B"})
    page.get_by_text("Ben: B").wait_for()
