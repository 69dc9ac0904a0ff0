"""Class lists: pasted by the teacher, picked from by students, one phone a name."""

import re

import classpulse
import gevent
import pytest
from conftest import Client, Respondent
from test_lecture_hall import list_run
from test_names import get_audience

CLASS = "Anna Schmidt\t12345\tanna@schule.example\tas1\nBen Öz\t12346\n\nمحمد علي"
NAMES = ["Anna Schmidt", "Ben Öz", "محمد علي"]
TOLD = "The class sees the names on the list, but not who gave which answer."


@pytest.fixture
def class_list(db, presenter):
    """The id of a class list of three."""
    presenter.post("/lists", {"name": "10b", "entries": CLASS}, status=303)
    [one] = classpulse.get_user_class_lists(db, presenter.id)
    return one["id"]


@pytest.fixture
def entries(db, class_list):
    """The ids of its entries."""
    return [entry["id"] for entry in classpulse.list_class_entries(db, class_list)]


@pytest.fixture
def lesson(db, presenter, class_list):
    """A session with an open question, whose students pick their names."""
    session_id = presenter.create_session(names="required", identify="list", list=class_list)
    question_id = presenter.create_question(session_id)
    presenter.toggle(question_id)
    return dict(classpulse.get_session(db, session_id), question_id=question_id)


@pytest.fixture
def phone(lesson):
    return Respondent(lesson["code"])


def pick(phone, entry, status=303):
    return phone.post(f"/audience/{phone.code}/name", {"entry": entry}, status=status)


def get_people(db, session):
    return {person["id"]: classpulse.find_person(db, session["id"], person["id"])
            for person in classpulse.list_respondents(db, session["id"])}


def get_names(db, session):
    return sorted(person["name"] or "" for person in get_people(db, session).values())


def free(presenter, session, entry, status=303):
    return presenter.post(f"/api/sessions/{session['id']}/people", {"entry": entry},
                          status=status)


# The teacher's lists

def test_a_pasted_list_is_kept_with_its_columns_and_given_back(db, presenter, class_list):
    assert [(one["name"], one["number"], one["email"], one["login"]) for one
            in classpulse.list_class_entries(db, class_list)] == [
        ("Anna Schmidt", "12345", "anna@schule.example", "as1"), ("Ben Öz", "12346", "", ""),
        ("محمد علي", "", "", "")]
    presenter.be_alone()
    form = presenter.get(f"/lists/{class_list}/edit").forms[1]
    assert form["entries"].value.replace("\r", "") == CLASS.replace("\n\n", "\n")
    assert "3 students" in presenter.get("/lists").text


@pytest.mark.parametrize("entries, said", [
    ("Anna\n\nBen\t1\t2@x\t3\t4", "Line 3: There are more than four columns"),
    ("Anna\n\t12345", "Line 2: The name is missing"),
    ("Anna\nBen\t1\tben at home", "Line 2: ben at home is not an e-mail address"),
    ("Clarke, Ben;1234\nMae", "Line 1: Put a tab between the name and the rest"),
    ("Clarke, Ben, 1234\nMae", "Line 1: Put a tab"), ("Ben,1\nMae\t2", "Line 1: Put a tab"),
    ("Name;Number\nBen;1;2", "Line 2: There are more columns than in the first line"),
    ("Anna\tanna@x.ch", "Line 1: The second column is for student numbers"),
    ("Anna\t1\nBen\nANNA \u200b\t1", "Lines 1 and 3 are the same student"),
    ("Anna\t1\nZoë\nBen\t1", "Lines 1 and 3 have the same student number"),
    ("Anna\t1\ta@x.ch\nBen\t2\tA@x.ch", "Lines 1 and 2 have the same e-mail address"),
    ("Anna\t\t\tas\nBen\t\t\tAS", "Lines 1 and 2 have the same login"),
    ("Anna\nBen\n" + "n" * 61, "Line 3: The name can have at most 60 characters. This has 61."),
    (" \n\t", "at least one name"),
    ("\n".join(f"Student {n}" for n in range(2001)), "at most 2000 students")])
def test_what_is_wrong_is_said_with_its_line_and_nothing_typed_is_lost(
        db, presenter, entries, said):
    page = presenter.post("/lists", {"name": "10b", "entries": entries}, status=422)
    assert said in page.html.select_one("#problem-entries").get_text()
    form = page.forms[1]
    assert form["entries"].value.replace("\r\n", "\n") == entries and form["name"].value == "10b"
    assert classpulse.get_user_class_lists(db, presenter.id) == []


@pytest.mark.parametrize("entries, read", [
    ("Name\tNumber\nBen\t12", [("Ben", "12", "")]),
    ("\nName\tE-mail\nBen\tben@x.ch\nMae", [("Ben", "", "ben@x.ch"), ("Mae", "", "")]),
    ("Nachname;Vorname;Klasse;Matrikelnummer\nÖz;Ben;10b;7", [("Ben Öz", "7", "")]),
    ("Email address,ID number,First name,Surname\nb@x.ch,7,Ben,Öz", [("Ben Öz", "7", "b@x.ch")]),
    ("Name\nBen", [("Ben", "", "")]), ("Vorname\tNr.\nBen\t7", [("Ben", "7", "")]),
    ("Name, Ben\nOz, Mae", [("Name, Ben", "", ""), ("Oz, Mae", "", "")]),
    ("Clarke, Ben;1234\nMae;", [("Clarke, Ben", "1234", ""), ("Mae", "", "")]),
    ("Ben Clarke, 1234\nMae, s7", [("Ben Clarke", "1234", ""), ("Mae", "s7", "")])])
def test_columns_are_read_as_they_are_named_or_parted(db, presenter, entries, read):
    presenter.post("/lists", {"name": "10b", "entries": entries}, status=303)
    assert [(one["name"], one["number"], one["email"])
            for one in classpulse.list_class_entries(db, 1)] == read


def test_two_of_one_name_are_two_students_if_their_numbers_differ(db, presenter, make_lesson):
    lesson = make_lesson("Anna\t1\nAnna\t2")
    page = get_audience(Respondent(lesson["code"])).html
    assert [one.get_text() for one in page.select("[name=entry]")] == ["Anna", "Anna (2)"]


def test_a_list_of_2000_students_is_taken(db, presenter):
    presenter.post("/lists", {"name": "Alle", "entries": "\n".join(
        f"Student {n}\t{n}\ts{n}@x.ch\ts{n}" for n in range(2000))}, status=303,
        content_type="multipart/form-data")
    assert classpulse.get_user_class_lists(db, presenter.id)[0]["students"] == 2000


def test_the_names_are_covered_until_the_class_can_not_see_the_screen(presenter, class_list):
    for path in ("/lists", f"/lists/{class_list}/edit"):
        assert not [name for name in NAMES if name in presenter.get(path).text]
    shown = presenter.get(f"/lists/{class_list}/edit").forms[1].submit("alone", status=303)
    assert NAMES[0] in shown.follow().text


def test_lists_are_their_teachers_own(db, presenter, other_presenter, class_list, entries):
    assert "3 students" not in other_presenter.get("/lists").text
    for path in ("edit", "delete"):
        other_presenter.get(f"/lists/{class_list}/{path}", status=404)
        other_presenter.post(f"/lists/{class_list}/{path}", {"name": "x", "entries": "y"},
                             status=404)
    page = other_presenter.post("/sessions/new", {
        "name": "Raub", "names": "required", "identify": "list", "list": class_list}, status=422)
    assert "your class lists" in page.html.select_one("#problem-list").get_text()
    own = other_presenter.create_session(names="required")
    other_presenter.post(f"/sessions/{own}/edit", {
        "name": "Raub", "names": "required", "identify": "list", "list": class_list}, status=422)


def test_those_who_stay_on_a_list_keep_their_places(db, presenter, class_list, entries, lesson,
                                                    phone):
    pick(phone, entries[0])
    phone.respond(lesson["question_id"], "A")
    presenter.post(f"/lists/{class_list}/edit", {
        "name": "10c", "entries": "Zoë\nBen Öz\t12346\t\tbo\nAnna Schmidt\t999"}, status=303)
    # Marks go with what the list has by the time that they are taken.
    [person] = get_people(db, lesson).values()
    assert person == {"name": "Anna Schmidt", "number": "999", "email": "", "login": "",
                      "entry_id": entries[0]}
    after = {entry["name"]: entry["id"] for entry in classpulse.list_class_entries(db, class_list)}
    assert (after["Anna Schmidt"], after["Ben Öz"]) == tuple(entries[:2])
    assert after["Zoë"] not in entries
    pick(Respondent(lesson["code"]), entries[0], status=409)


def test_a_corrected_name_stays_its_students_in_files_too(db, room, presenter, class_list,
                                                          entries, lesson, phone):
    pick(phone, entries[0])
    phone.respond(lesson["question_id"], "A")
    path = room.exports.write(lesson["id"], shape="wide")
    presenter.post(f"/lists/{class_list}/edit", {
        "name": "10b", "entries": "Ana Schmid\t12345\t\tneu1\nBen Öz\nمحمد علي"}, status=303)
    [person] = get_people(db, lesson).values()
    assert person == {"name": "Ana Schmid", "number": "12345", "email": "", "login": "neu1",
                      "entry_id": entries[0]}
    pick(Respondent(lesson["code"]), entries[0], status=409)
    with gevent.Timeout(20):
        while not {b"Ana Schmid", b"neu1"} <= {*path.read_bytes().replace(b"\r\n", b",").split(
                b",")}:
            gevent.sleep(0.01)


def test_who_has_which_place_is_right_when_a_list_is_stored_again(
        db, presenter, class_list, entries, lesson):
    phones = [Respondent(lesson["code"]) for _ in entries]
    for phone, entry in zip(phones, entries):
        pick(phone, entry)
    # Ben and Anna change places, all get a number, one is new and one is left out.
    presenter.post(f"/lists/{class_list}/edit", {
        "name": "10b", "entries": "Zoë\t3\nBen Öz\t2\nAnna Schmidt\t1"}, status=303)
    after = [(entry["name"], entry["number"], entry["id"])
             for entry in classpulse.list_class_entries(db, class_list)]
    assert after[1:] == [("Ben Öz", "2", entries[1]), ("Anna Schmidt", "1", entries[0])]
    assert after[0][:2] == ("Zoë", "3") and after[0][2] not in entries
    assert {(person["name"], person["number"], person["entry_id"])
            for person in get_people(db, lesson).values()} == {
        ("Anna Schmidt", "1", entries[0]), ("Ben Öz", "2", entries[1]), ("محمد علي", "", None)}


def test_two_of_one_name_are_not_taken_for_each_other_when_a_list_changes(
        db, presenter, make_lesson):
    lesson = make_lesson("Anna\t1\nAnna\t2")
    list_id = lesson["settings"]["list"]

    def get_ids():
        return {entry["number"]: entry["id"]
                for entry in classpulse.list_class_entries(db, list_id)}
    before = get_ids()
    for entries, kept in (("Anna\t2\nAnna\t1", {"1", "2"}), ("Anna\t3\nAnna\t2", {"2"})):
        presenter.post(f"/lists/{list_id}/edit", {"name": "Neu", "entries": entries}, status=303)
        assert {number for number, id in get_ids().items() if before.get(number) == id} == kept
    # Both have another number: nobody knows which is which.
    ids = {*get_ids().values()}
    presenter.post(f"/lists/{list_id}/edit", {"name": "Neu", "entries": "Anna\t8\nAnna\t9"},
                   status=303)
    assert not ids & {*get_ids().values()}


def test_a_form_that_somebody_else_was_faster_to_save_shows_both(db, presenter, class_list):
    presenter.be_alone()
    old = presenter.get(f"/lists/{class_list}/edit").forms[1]
    presenter.post(f"/lists/{class_list}/edit", {"name": "10c", "entries": "Ida"}, status=303)
    old["entries"] = "Max"
    page = old.submit(status=409)
    assert "Ida" in page.html.select_one("[data-saved]").get_text()
    assert page.forms[1]["entries"].value == "Max"
    page.forms[1].submit(status=303)
    assert [one["name"] for one in classpulse.list_class_entries(db, class_list)] == ["Max"]


def test_a_deleted_list_leaves_marks_and_sessions_whole(db, presenter, class_list, entries,
                                                        lesson, phone):
    pick(phone, entries[0])
    phone.respond(lesson["question_id"], "A")
    page = presenter.get(f"/lists/{class_list}/delete")
    assert lesson["name"] in page.html.main.get_text() and "stays in" not in page.text
    classpulse.classroom.backups.make()
    page = presenter.get(f"/lists/{class_list}/delete")
    assert "The list stays in 1 backup" in page.text
    page.forms[1].submit(status=303)
    [person] = get_people(db, lesson).values()
    assert (person["name"], person["number"], person["entry_id"]) == (NAMES[0], "12345", None)
    phone.respond(lesson["question_id"], "B")
    newcomer = Respondent(lesson["code"])
    newcomer.post(f"/audience/{lesson['code']}/name", {"name": "Zoë"}, status=303)
    newcomer.respond(lesson["question_id"], "A")
    form = presenter.get(f"/sessions/{lesson['id']}/edit").forms[1]
    form.submit(status=303)


def test_phones_are_told_when_the_list_of_their_session_is_deleted(
        db, presenter, class_list, lesson, phone):
    other = presenter.create_session(names="required", identify="list", list=class_list)
    presenter.toggle(presenter.create_question(other))
    phones = [phone, Respondent(classpulse.get_session(db, other)["code"])]
    before = [one.state() for one in phones]
    presenter.post(f"/lists/{class_list}/delete", status=303)
    for one, seen in zip(phones, before):
        told = one.state()
        assert f'data-settings="required{class_list} ' in seen["questions"][0]["html"]
        assert told["version"] > seen["version"]
        assert 'data-settings="required ' in told["questions"][0]["html"]
        assert one.get(f"/audience/{one.code}/name").html.select("[name=name]")


def test_marks_can_be_taken_after_their_list_is_deleted(db, room, presenter, class_list, entries,
                                                        lesson, phone):
    asked = presenter.create_question(lesson["id"], options="*Mars\nVenus")
    presenter.toggle(asked)
    pick(phone, entries[0])
    phone.respond(asked, "A")
    presenter.toggle(asked, 0)

    def take(shape):
        return presenter.get(f"/sessions/{lesson['id']}/export?shape={shape}").body
    before = {shape: take(shape) for shape in ("moodle", "canvas", "wide")}
    assert b"12345" in before["wide"]
    presenter.post(f"/lists/{class_list}/delete", status=303)
    assert {shape: take(shape) for shape in before} == before
    room.exports.wanted(lesson["id"], at_once=True)
    with gevent.Timeout(20):
        while room.exports.due or not room.exports.find_file(lesson, shape="summary"):
            gevent.sleep(0.01)
    assert room.exports.find_file(lesson, shape="moodle")


# What a session asks for

@pytest.fixture
def make_lesson(db, presenter):
    """A function that makes a session whose students pick from a new list of these entries."""
    def make(entries, names="required"):
        presenter.post("/lists", {"name": "Neu", "entries": entries}, status=303)
        [*_, made] = sorted(one["id"] for one
                            in classpulse.get_user_class_lists(db, presenter.id))
        session_id = presenter.create_session(names=names, identify="list", list=made)
        return classpulse.get_session(db, session_id)
    return make


@pytest.mark.parametrize("fields, field", [
    ({"identify": "number"}, "identify"), ({"names": "no", "identify": "email"}, "identify"),
    ({"names": "required", "identify": "list"}, "list"),
    ({"names": "optional", "identify": "list", "list": "99"}, "list"),
    ({"names": "optional", "identify": "list", "list": "x"}, "list"),
    ({"names": "optional", "identify": "passport"}, "identify")])
def test_a_session_asks_for_nothing_that_it_can_not_use(db, presenter, session, fields, field):
    for path in ("/sessions/new", f"/sessions/{session['id']}/edit"):
        page = presenter.post(path, {"name": "Physik", **fields}, status=422)
        assert page.html.select_one(f"#problem-{field}").get_text().strip()
    assert [one["name"] for one in classpulse.list_sessions(db)] == [session["name"]]


def test_who_has_no_class_list_is_told_where_to_create_one(presenter):
    page = presenter.get("/sessions/new").html
    [link] = [link for link in page.select(".is-for-lists a") if link["href"] == "/lists"]
    assert "no class lists yet" in link.parent.get_text() and link["target"] == "_blank"
    assert not page.select("[name=list]")
    presenter.post("/lists", {"name": "10b", "entries": "Ben"}, status=303)
    # The form that is still open has no field for it: sent, it comes back with one.
    page = presenter.post("/sessions/new", {
        "name": "Physik", "names": "required", "identify": "list"}, status=422)
    assert [one[2] for one in page.forms[1]["list"].options] == ["Choose …", "10b"]


def test_a_session_keeps_what_it_asks_for_and_so_do_its_copies(db, presenter, class_list, lesson):
    form = presenter.get(f"/sessions/{lesson['id']}/edit").forms[1]
    assert (form["identify"].value, form["list"].value) == ("list", str(class_list))
    presenter.post(f"/sessions/{lesson['id']}/edit", {"name": "Neu"}, status=303)
    copy = presenter.post(f"/sessions/{lesson['id']}/again", status=303).location
    for session_id in (lesson["id"], int(copy.rsplit("/", 1)[1])):
        settings = classpulse.get_session(db, session_id)["settings"]
        assert (settings["identify"], settings["list"]) == ("list", class_list)


def test_who_is_identified_by_what_can_not_change_after_an_answer(db, presenter, entries, lesson,
                                                                  phone):
    pick(phone, entries[0])
    phone.respond(lesson["question_id"], "A")
    page = presenter.post(f"/sessions/{lesson['id']}/edit", {
        "name": "Neu", "names": "required", "identify": "number"}, status=422)
    assert "another class" in page.html.select_one("#problem-identify").get_text()
    form = presenter.get(f"/sessions/{lesson['id']}/edit").forms[1]
    form["names"] = "optional"
    form.submit(status=303)
    assert get_names(db, lesson) == NAMES[:1]


@pytest.mark.parametrize("asked, person, problem", [
    (dict(names="required", identify="number"), {"name": "Ben"}, "just changed what you are"),
    (dict(names="required", identify="email"), {"name": "Ben", "number": "1"}, "just changed"),
    (dict(names="required", identify="number"), {"name": ""}, "just changed"),
    (dict(names="required"), {"entry_id": 1}, "just changed"),
    (dict(names="no"), {"name": "Ben"}, "no longer asks for names"),
    (dict(names="optional", identify="number"), {"name": ""}, None),
    (dict(names="optional"), {"name": "Ben"}, None)])
def test_what_was_asked_for_until_a_moment_ago_is_not_stored(db, presenter, asked, person,
                                                             problem):
    # The form was read, and then waited for its turn, while the teacher changed the session.
    session = classpulse.get_session(db, presenter.create_session(**asked))

    def give():
        classpulse.happen(classpulse.give_own_name, session["id"], "respondent", person)
    if problem:
        with pytest.raises(classpulse.Closed, match=problem):
            give()
        assert get_names(db, session) == []
    else:
        give()
        assert get_names(db, session) == [person["name"]]


def test_before_an_answer_everybody_is_asked_again(db, presenter, entries, lesson, phone):
    pick(phone, entries[0])
    before = phone.state()["questions"][0]["html"]
    presenter.post(f"/sessions/{lesson['id']}/edit", {
        "name": "Neu", "names": "required", "identify": "number"}, status=303)
    assert get_names(db, lesson) == [""]
    page = get_audience(phone).html
    assert page.select_one("[name=number]") and not page.select("[name=entry]")

    def settings(html):         # a phone loads its page again when these change
        return html.partition('data-settings="')[2].partition('"')[0]
    assert settings(phone.state()["questions"][0]["html"]) != settings(before)


# Students pick themselves

def test_a_student_picks_a_name_and_all_that_the_list_knows_goes_with_it(db, entries, lesson,
                                                                         phone):
    page = get_audience(phone)
    assert TOLD in page.text and "data-question-id" not in page.text
    assert not page.html.select("input[name=name]")
    assert "asks for your name" in phone.respond(lesson["question_id"], "A", status=422).text
    pick(phone, "", status=422)
    page.forms[0].submit("entry", index=0, status=303)
    [person] = get_people(db, lesson).values()
    assert person == {"name": "Anna Schmidt", "number": "12345", "login": "as1",
                      "email": "anna@schule.example", "entry_id": entries[0]}
    page = get_audience(phone)
    assert TOLD in page.text and "You are Anna Schmidt" in page.html.footer.get_text()
    phone.respond(lesson["question_id"], "A")


def test_a_name_that_is_taken_is_refused_with_the_page_again(db, entries, lesson, phone):
    pick(phone, entries[0])
    other = Respondent(lesson["code"])
    [taken] = get_audience(other).html.select("[name=entry][disabled]")
    assert "Anna Schmidt (taken)" in taken.get_text()
    page = pick(other, entries[0], status=409)
    assert "Somebody else has picked Anna Schmidt" in page.html.select_one(".problem").get_text()
    assert len(page.html.select("[name=entry]")) == 3
    pick(other, entries[1])
    pick(phone, entries[0])         # the form sent twice
    assert get_names(db, lesson) == NAMES[:2]


def test_of_two_phones_that_pick_one_name_one_has_it(db, entries, lesson):
    def try_to_pick(respondent):
        try:
            return classpulse.happen(classpulse.give_own_name, lesson["id"], respondent,
                                     {"entry_id": entries[2]})
        except classpulse.Closed:
            return None
    # All are in one transaction.
    picks = [gevent.spawn(try_to_pick, f"respondent-{n}") for n in range(8)]
    gevent.joinall(picks, raise_error=True)
    assert [bool(one.value) for one in picks] == [True] + [False] * 7
    assert get_names(db, lesson) == [NAMES[2]]


def test_a_pick_may_be_changed_until_the_first_answer(db, entries, lesson, phone):
    pick(phone, entries[0])
    page = get_audience(phone).click("Change")
    assert not page.html.select("[name=entry][disabled]")
    pick(phone, entries[1])
    pick(Respondent(lesson["code"]), entries[0])        # which is free again
    phone.respond(lesson["question_id"], "A")
    assert "only your teacher" in pick(phone, entries[2], status=409).text
    assert get_names(db, lesson) == NAMES[:2]


def test_a_pick_may_be_declined_where_names_are_optional(db, make_lesson):
    lesson = make_lesson(CLASS, "optional")
    phone = Respondent(lesson["code"])
    get_audience(phone).forms[1].submit("name", status=303)
    assert get_names(db, lesson) == [""]
    assert "You joined without a name" in get_audience(phone).text
    phone.post(f"/audience/{lesson['code']}/name", {"name": "max"}, status=422)


def test_a_long_list_can_be_searched(make_lesson):
    lesson = make_lesson("\n".join(f"Ida {n} Müller" for n in range(300)))
    phone = Respondent(lesson["code"])
    page = get_audience(phone)
    assert len(page.html.select("[name=entry]")) == classpulse.LISTED_MAX
    assert "and 100 more" in page.text
    page.forms[0]["search"] = "müller 27"
    found = page.forms[0].submit(status=200)
    assert [one.get_text() for one in found.html.select("[name=entry]")] == [
        "Ida 127 Müller", "Ida 227 Müller", "Ida 27 Müller",
        *(f"Ida 27{n} Müller" for n in range(10))]
    found.forms[1].submit("entry", index=0, status=303)
    assert "You are Ida 127 Müller" in get_audience(phone).html.footer.get_text()


def test_the_names_are_read_once_while_a_class_picks(db, presenter, class_list, entries, lesson):
    phones = [Respondent(lesson["code"]) for _ in entries]
    with list_run(db) as run:
        for phone, entry in zip(phones, entries):
            page = get_audience(phone).html
            assert [one.bdi.get_text() for one in page.select("[name=entry]")] == NAMES
            pick(phone, entry)
    assert sum('ORDER BY "order"' in sql and "class_list_entries" in sql for sql in run) == 1
    assert len(page.select("[name=entry][disabled]")) == len(entries) - 1
    presenter.post(f"/lists/{class_list}/edit", {"name": "10b", "entries": CLASS + "\nZoë"})
    page = get_audience(Respondent(lesson["code"])).html
    assert page.select("[name=entry]")[2].bdi.get_text() == "Zoë"


def test_strangers_are_shown_no_names(presenter, lesson, phone):
    stranger = Client()
    addresses = [f"/audience/{lesson['code']}", f"/{lesson['code']}", "/join",
                 f"/audience/{lesson['code']}/name", f"/audience/{lesson['code']}/state"]
    for path in addresses:
        page = Client().get(path, status="*")
        assert not [name for name in NAMES if name in page.text], path
    # A browser that came straight to the address has joined by its next page.
    page = stranger.get(f"/audience/{lesson['code']}", status=200)
    assert NAMES[0] in page.form.submit(status=200).text
    # Nor are those who joined before, once the session is closed.
    early = Respondent(lesson["code"])
    presenter.post(f"/api/sessions/{lesson['id']}/toggle", {"active": 0}, status=303)
    for path in addresses:
        assert NAMES[0] not in early.get(path, status="*").text, path
    assert NAMES[0] not in early.post(addresses[3], {"entry": 1}, status=409).text
    presenter.post(f"/api/sessions/{lesson['id']}/toggle", {"active": 1}, status=303)
    presenter.post(f"/api/sessions/{lesson['id']}/lock", {"locked": 1}, status=303)
    for who in (Client(), stranger, phone):
        for path in addresses:
            assert NAMES[0] not in who.get(path, status="*").text, path


def test_nobody_is_on_a_list_that_is_not_the_sessions(db, presenter, other_presenter, entries,
                                                      lesson, phone, make_lesson):
    own_other = classpulse.list_class_entries(db, make_lesson("Ida")["settings"]["list"])[0]
    other_presenter.post("/lists", {"name": "10a", "entries": "Udo"}, status=303)
    [other] = classpulse.get_user_class_lists(db, other_presenter.id)
    [foreign] = classpulse.list_class_entries(db, other["id"])
    for odd in (own_other["id"], foreign["id"], 0, -1, 2**53 + 1, 99999, "x", "1 OR 1"):
        page = pick(phone, odd, status=422)
        assert page.html.select("[name=entry]"), odd
    for entry in range(1, 300):
        phone.post(f"/audience/{phone.code}/name", {"entry": entry}, status="*")
    assert len(get_people(db, lesson)) == 1         # who holds one name at most


def test_who_starts_over_without_an_answer_leaves_the_name_to_others(db, entries, lesson, phone):
    pick(phone, entries[0])
    phone.post(f"/audience/{phone.code}/leave", status=303)
    pick(phone, entries[0])
    phone.respond(lesson["question_id"], "A")
    phone.post(f"/audience/{phone.code}/leave", status=303)
    pick(phone, entries[0], status=409)
    assert get_names(db, lesson) == ["", NAMES[0]]


def test_who_starts_over_leaves_nobody_elses_name(
        db, presenter, entries, lesson, phone, monkeypatch):
    has_responded = classpulse.has_responded
    other = Respondent(lesson["code"])
    pick(phone, entries[0])

    def free_meanwhile(*args):
        monkeypatch.setattr(classpulse, "has_responded", has_responded)
        free(presenter, lesson, entries[0])
        pick(other, entries[0])
        return False
    monkeypatch.setattr(classpulse, "has_responded", free_meanwhile)
    phone.post(f"/audience/{phone.code}/leave", status=303)
    other.respond(lesson["question_id"], "A")
    assert get_names(db, lesson) == ["", NAMES[0]]


# The teacher frees a name

def test_a_freed_name_can_be_picked_by_whose_it_is(db, presenter, entries, lesson, phone):
    pick(phone, entries[0])
    phone.respond(lesson["question_id"], "A")
    presenter.be_alone()
    page = presenter.get(f"/questions/{lesson['question_id']}/private")
    button = page.html.select_one("[name=entry]")
    assert button["value"] == str(entries[0])
    shown = presenter.htmx(button["formaction"], {
        "entry": entries[0], "question": lesson["question_id"]})
    assert NAMES[0] not in shown.html.select_one(".people").get_text()
    anna = Respondent(lesson["code"])
    pick(anna, entries[0])
    anna.respond(lesson["question_id"], "B")
    # Who had the name is asked again before the next answer, and keeps the answers.
    refused = phone.respond(lesson["question_id"], "B", status=422)
    assert "asks for your name" in refused.text
    assert f'<a href="/audience/{lesson["code"]}/name">Choose your name</a>' in refused.text
    assert get_audience(phone).html.select("[name=entry]")
    pick(phone, entries[0], status=409)
    pick(phone, entries[1])
    phone.respond(lesson["question_id"], "B")
    assert get_names(db, lesson) == NAMES[:2]
    stats = classpulse.get_question_stats(db, lesson["question_id"])
    assert [row["count"] for row in stats["results"]] == [0, 2]


def test_names_that_one_device_took_can_be_picked_once_it_is_excluded(
        db, presenter, entries, lesson, monkeypatch):
    monkeypatch.setattr(classpulse, "GROUP_MIN", 3)
    thieves = [Respondent(lesson["code"]) for _ in entries]
    anna = Respondent(lesson["code"])
    for one, address in [*((one, "10.0.0.5") for one in thieves), (anna, "10.0.0.6")]:
        one.http.extra_environ["REMOTE_ADDR"] = address
        one.state()
    for thief, entry in zip(thieves, entries):
        pick(thief, entry)
    pick(anna, entries[0], status=409)
    presenter.be_alone()
    people = f"/api/questions/{lesson['question_id']}/people"
    page = presenter.get(f"/questions/{lesson['question_id']}/private").html
    [button] = page.select("[name=leave_out_address]")
    assert "can pick the names they took" in page.select_one("#students").get_text()
    presenter.post(people, {"leave_out_address": button["value"]}, status=303)
    for thief in thieves:
        assert "Tell your teacher" in pick(thief, entries[0], status=409).text
    pick(anna, entries[0])
    # Nothing is lost if they were no thieves: they are who they were, beside those who came.
    presenter.post(people, {"count_address": button["value"]}, status=303)
    assert get_names(db, lesson) == [NAMES[0], *NAMES]
    assert classpulse.list_absent(db, lesson["id"], classpulse.find_list_id(
        classpulse.get_session(db, lesson["id"]))) == []
    pick(Respondent(lesson["code"]), entries[1], status=409)
    thieves[1].respond(lesson["question_id"], "A")


def test_only_a_name_that_is_taken_can_be_freed_and_by_its_teacher_alone(
        db, presenter, other_presenter, entries, lesson, phone):
    pick(phone, entries[0])
    free(presenter, lesson, entries[1], status=404)
    free(presenter, {"id": presenter.create_session()}, entries[0], status=404)
    free(other_presenter, lesson, entries[0], status=404)
    free(phone, lesson, entries[0])         # to the sign-in page
    assert get_names(db, lesson) == NAMES[:1]
    free(presenter, lesson, entries[0])
    assert get_names(db, lesson) == [""]


def test_a_teacher_gives_names_of_the_list_alone(db, presenter, other_presenter, entries, lesson,
                                                 phone, make_lesson):
    pick(phone, entries[0])
    phone.respond(lesson["question_id"], "A")
    [respondent] = get_people(db, lesson)
    presenter.be_alone()
    path = f"/api/sessions/{lesson['id']}/people"
    assert "class list" in presenter.post(path, {
        "respondent": respondent, "name": "Ben Öz"}, status=409).text
    form = find_form(presenter, lesson)
    assert "name" not in form.fields
    assert [text for value, _chosen, text in form["entry"].options if value] == NAMES[1:]
    form["respondent"].select(text=NAMES[0])
    form["entry"].select(text=NAMES[1])
    form.submit(status=303)
    [person] = get_people(db, lesson).values()
    assert (person["number"], person["entry_id"]) == ("12346", entries[1])
    # A phone that was freed has no name, and can get one, also once the session has ended.
    free(presenter, lesson, entries[1])
    presenter.post(f"/api/sessions/{lesson['id']}/toggle", {"active": 0}, status=303)
    form = find_form(presenter, lesson)
    assert "Student 1" in presenter.get(f"/questions/{lesson['question_id']}/private").html.select(
        ".people li")[0].get_text()
    form["respondent"].select(text="Student 1")
    form["entry"].select(text=NAMES[2])
    form.submit(status=303)
    assert get_names(db, lesson) == NAMES[2:]
    presenter.post(f"/api/sessions/{lesson['id']}/toggle", {"active": 1}, status=303)
    other = Respondent(lesson["code"])
    pick(other, entries[0])
    assert "Free the name there" in presenter.post(path, {
        "respondent": respondent, "entry": entries[0]}, status=409).text
    foreign = classpulse.list_class_entries(db, make_lesson("Ida")["settings"]["list"])[0]["id"]
    for who, entry, status in ((respondent, foreign, 422), ("somebody", entries[1], 404)):
        presenter.post(path, {"respondent": who, "entry": entry}, status=status)
    other_presenter.post(path, {"respondent": respondent, "entry": entries[1]}, status=404)
    assert get_names(db, lesson) == [NAMES[0], NAMES[2]]


def find_form(presenter, lesson):
    page = presenter.get(f"/questions/{lesson['question_id']}/private")
    return next(form for form in page.forms.values() if "respondent" in form.fields)


def test_those_who_have_not_joined_are_missing_by_name(presenter, entries, lesson, phone):
    pick(phone, entries[0])
    phone.respond(lesson["question_id"], "A")
    presenter.be_alone()
    page = presenter.get(f"/sessions/{lesson['id']}/missing").html
    assert [one.get_text() for one in page.select("h2")] == ["Not joined"]
    assert [one.get_text() for one in page.select("bdi")] == NAMES[1:]
    presenter.be_alone(0)
    presenter.get(f"/sessions/{lesson['id']}/missing", status=403)


# In browsers

def test_phones_and_teacher_agree_on_who_is_who(server, teacher, open_page):
    open_page.expected = "status of 422"
    teacher.post("/lists", {"name": "10b", "entries": CLASS})
    [list_id] = re.findall(r"/lists/(\d+)/edit", teacher.get("/lists").content.decode())
    teacher.post(f"{teacher.session}/edit", {
        "name": "Physik", "names": "required", "identify": "list", "list": list_id})
    teacher.ask("multiple_choice", "Which?", options="Mars\nVenus")
    teacher.ask("multiple_choice", "Why?", options="Near\nFar")
    thief = open_page(f"{server.lan}/{teacher.code}")
    thief.get_by_role("button", name="Anna Schmidt").click()
    thief.get_by_text("You are Anna Schmidt").wait_for()
    thief.get_by_text("Mars").click()
    thief.get_by_text("Saved").first.wait_for()

    anna = open_page(f"{server.lan}/{teacher.code}")
    anna.get_by_role("button", name="Anna Schmidt (taken)", disabled=True).wait_for()
    teacher.post("/alone", {"alone": 1})
    desk = open_page(server.lan + teacher.session, 1280, 800, **teacher.options())
    desk.get_by_role("link", name="Students").click()
    desk.locator("[data-grid]").get_by_text("Anna Schmidt").wait_for()
    desk.get_by_role("button", name="Free name").click()
    desk.get_by_role("button", name="Free name").wait_for(state="detached")
    desk.locator("[data-grid]").get_by_text("Student 1", exact=True).wait_for()
    anna.reload()
    anna.get_by_role("button", name="Anna Schmidt").click()
    anna.get_by_text("You are Anna Schmidt").wait_for()
    desk.get_by_role("button", name="Free name").wait_for()
    thief.get_by_text("Venus").click()
    thief.get_by_text("asks for your name first").wait_for()
    thief.get_by_role("link", name="Choose your name").click()
    thief.get_by_role("button", name="Ben Öz").click()
    thief.get_by_text("You are Ben Öz").wait_for()
    thief.get_by_text("Saved").first.wait_for()         # what was kept is sent
    desk.get_by_text("Ben Öz: B").wait_for()
    # A phone says who its student is as soon as the teacher has corrected that.
    desk.get_by_label("Student whose name is wrong").select_option("Ben Öz")
    desk.get_by_label("Correct name", exact=True).select_option(NAMES[2])
    desk.locator(".rename").get_by_role("button", name="Save").click()
    thief.get_by_text(f"You are {NAMES[2]}").wait_for()
    assert anna.get_by_text("You are Anna Schmidt").count() == 1
