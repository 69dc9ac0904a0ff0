"""What two windows do to one form: nothing is overwritten that nobody has seen."""

import classpulse
import gevent
import pytest
from test_question_types import EXAMPLES


def get_form(page):
    """The page's main form, as a browser would send it unchanged."""
    return next(form for form in page.forms.values() if form.action.endswith("/edit"))


def show_saved(page):
    """What the page says is stored: {label: text}."""
    saved = page.html.select_one("[data-saved]")
    return {term.get_text(): term.find_next("dd").get_text().strip()
            for term in saved.select("dt")}


@pytest.fixture
def edit(presenter, session):
    """A function that opens the form of a new question, in two windows."""
    def edit(type="multiple_choice", **fields):
        question_id = presenter.create_question(session["id"], type, **fields)
        presenter.be_alone()
        path = f"/questions/{question_id}/edit"
        return question_id, get_form(presenter.get(path)), get_form(presenter.get(path))
    return edit


def test_a_second_window_never_overwrites_a_question_unseen(db, edit):
    question_id, mine, other = edit(options="Paris\nLyon")
    other["title"] = "Größte Stadt?"
    other.set("option", "Brest", 1)
    other.submit(status=303)
    mine["title"] = "Hauptstadt?"
    refused = mine.submit(status=409)
    assert "not saved yet" in refused.html.select_one("form .problem").get_text()
    kept = classpulse.get_question(db, question_id)
    assert kept["title"] == "Größte Stadt?" and kept["options"][1]["text"] == "Brest"

    typed, saved = get_form(refused), show_saved(refused)
    assert (typed["title"].value, typed.fields["option"][1].value) == ("Hauptstadt?", "Lyon")
    assert (saved["Question"], saved["A"], saved["B"]) == ("Größte Stadt?", "Paris", "Brest")
    typed.submit(status=303)        # knowingly
    kept = classpulse.get_question(db, question_id)
    assert kept["title"] == "Hauptstadt?" and kept["options"][1]["text"] == "Lyon"


def test_a_third_window_is_seen_as_well(db, edit):
    question_id, mine, other = edit()
    other["title"] = "Zwei"
    other.submit(status=303)
    mine["title"] = "Eins"
    again = get_form(mine.submit(status=409))
    other["title"], other["version"] = "Drei", "1"
    other.submit(status=303)
    assert show_saved(again.submit(status=409))["Question"] == "Drei"
    assert classpulse.get_question(db, question_id)["title"] == "Drei"


def test_a_second_click_on_save_is_no_second_version(db, edit):
    question_id, mine, other = edit()
    mine["title"] = "Neu"
    mine.submit(status=303)
    mine.submit(status=303)
    other["title"] = "Neu"
    other.submit(status=303)        # what is stored says the same
    assert classpulse.get_question(db, question_id)["version"] == 1


def test_a_form_without_a_version_is_not_checked(db, presenter, session, edit):
    question_id, _, other = edit()
    other["title"] = "Anders"
    other.submit(status=303)
    presenter.post(f"/questions/{question_id}/edit",
                   {"title": "Neu", "options": "A\nB"}, status=303)
    assert classpulse.get_question(db, question_id)["title"] == "Neu"
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Eins"}, status=303)
    presenter.post(f"/sessions/{session['id']}/edit", {"name": "Zwei"}, status=303)
    assert classpulse.get_session(db, session["id"])["name"] == "Zwei"


def test_an_option_marked_meanwhile_is_not_unmarked_unseen(db, presenter, edit):
    question_id, mine, _ = edit(options="Paris\nLyon")
    presenter.post(f"/api/questions/{question_id}/mark", {"key": "B"}, status=303)
    mine["title"] = "Neu"
    assert show_saved(mine.submit(status=409))["B ✓"] == "Lyon"
    assert classpulse.get_question(db, question_id)["options"][1]["correct"]


def test_a_version_with_the_correct_answer_is_covered_and_not_overwritten_unseen(
        db, presenter, edit):
    question_id, mine, _ = edit(options="Paris\nLyon")
    presenter.post(f"/api/questions/{question_id}/mark", {"key": "B"}, status=303)
    presenter.be_alone(0)
    mine["title"] = "Neu"
    for _ in range(2):
        page = mine.submit(status=409)
        assert "covered" in page.html.select_one("[data-saved]").get_text()
        assert "Lyon" not in page.html.select_one("[data-saved]").get_text()
        mine = get_form(page)
    presenter.be_alone()
    page = mine.submit(status=409)
    assert show_saved(page)["B ✓"] == "Lyon"
    get_form(page).submit(status=303)
    assert classpulse.get_question(db, question_id)["title"] == "Neu"


def test_what_is_invalid_does_not_pass_for_what_was_seen(edit):
    _, mine, other = edit()
    other["title"] = "Anders"
    other.submit(status=303)
    mine["title"] = " "
    again = get_form(mine.submit(status=422))
    again["title"] = "Neu"
    assert show_saved(again.submit(status=409))["Question"] == "Anders"


@pytest.mark.parametrize("type", sorted(EXAMPLES))
def test_the_saved_version_of_every_type_is_shown(presenter, edit, type):
    _, mine, other = edit(type, **EXAMPLES[type].fields)
    other["title"] = "Anders"
    other.submit(status=303)
    mine["title"] = "Neu"
    page = mine.submit(status=409)
    saved, kind = show_saved(page), classpulse.QUESTION_TYPES[type]
    assert saved["Question"] == "Anders"
    assert set(map(str, kind.labels.values())) <= set(saved)


def test_a_session_renamed_in_two_windows_is_shown_in_both_versions(db, presenter, session):
    path = f"/sessions/{session['id']}/edit"
    mine, other = (get_form(presenter.get(path)) for _ in range(2))
    other["name"], other["names"], other["on_phones"] = "Physik", "required", True
    other.submit(status=303)
    mine["name"] = "Chemie"
    refused = mine.submit(status=409)
    assert get_form(refused)["name"].value == "Chemie"
    assert show_saved(refused) == {
        "Name": "Physik", "Who is asked for a name?": classpulse.NAMES["required"],
        "Show results on the phones": "Yes"}
    assert classpulse.get_session(db, session["id"])["name"] == "Physik"
    get_form(refused).submit(status=303)
    kept = classpulse.get_session(db, session["id"])
    assert (kept["name"], classpulse.asked_names(kept)) == ("Chemie", "no")


def test_a_lesson_changes_no_version_of_the_sessions_form(db, presenter, session, question):
    form = get_form(presenter.get(f"/sessions/{session['id']}/edit"))
    for action in ("show_results", "close"):
        presenter.step(session["id"], action)
    form["name"] = "Chemie"
    form.submit(status=303)


def test_of_saves_in_one_moment_one_is_kept_and_the_others_are_shown_it(db, presenter, edit):
    question_id, mine, _ = edit()
    options = classpulse.get_question(db, question_id)["options"]

    def save(number):
        try:
            classpulse.happen(classpulse.update_question, question_id, {
                "title": f"Titel {number}", "options": options}, 0)
        except classpulse.Overwriting:
            return None
        return number
    saving = [gevent.spawn(save, number) for number in range(8)]
    gevent.joinall(saving, raise_error=True)
    saved = [one.value for one in saving if one.value is not None]
    kept = classpulse.get_question(db, question_id)
    assert (len(saved), kept["version"], kept["title"]) == (1, 1, f"Titel {saved[0]}")
