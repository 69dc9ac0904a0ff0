"""Short answers accepted in one tap: each by its own button, near misses together."""

import random

import classpulse
import pytest
from conftest import Respondent

SHORT = classpulse.QUESTION_TYPES["short_text"]


@pytest.fixture
def ask(presenter, session):
    """A function that asks for a short answer and lets a phone give each of `answers`."""
    def ask(answers, **fields):
        question_id = presenter.create_question(session["id"], "short_text", "Hauptstadt?",
                                                **fields)
        presenter.toggle(question_id)
        for answer in answers:
            Respondent(session["code"]).respond(question_id, answer)
        presenter.be_alone()
        return question_id
    return ask


def look(presenter, question_id):
    """[(answer, whether it is ticked, whether it can be accepted), ...] of the private view."""
    page = presenter.get(f"/questions/{question_id}/private").html
    return [(row.bdi.get_text(), "✓" in row.get_text(), bool(row.select("[name=key]")))
            for row in page.select(".moderation li")]


def list_near(accepted, answers, **options):
    """{accepted answer: the near misses that are offered with it}."""
    rows = [dict(row, right=SHORT.is_correct(row, {"accepted": accepted, **options}), hidden=False)
            for row in SHORT.count(answers, options)]
    near = SHORT.find_near(rows, {"accepted": accepted, **options})
    return {group["answer"]: [row["label"] for row in group["rows"]] for group in near}


def test_each_answer_is_accepted_by_its_own_button_and_has_a_tick_then(db, presenter, ask):
    question_id = ask(["Canberra", "ACT", "ACT", "Sydney"], accepted="canberra")
    assert look(presenter, question_id) == [("ACT", False, True), ("Canberra", True, False),
                                            ("Sydney", False, True)]
    page = presenter.get(f"/questions/{question_id}/private").html
    button = page.select_one(".moderation [name=key]")
    assert button["formaction"] == f"/api/questions/{question_id}/accept"
    piece = presenter.htmx(button["formaction"], {"key": button["value"]}).html
    assert "data-private" in str(piece)
    assert look(presenter, question_id)[0] == ("ACT", True, False)
    question = classpulse.get_question(db, question_id)
    assert question["options"]["accepted"] == ["canberra", "ACT"]
    assert classpulse.measure_correct(db, question) == 75


def test_what_a_student_wrote_stays_text_when_it_is_accepted(presenter, session, ask):
    typed = "`ls` $HOME $x_1$"
    question_id = ask([typed, "`l` $HOME $x_1$"])
    page = presenter.get(f"/questions/{question_id}/private")
    row, = (row for row in page.html.select(".moderation li") if typed in row.get_text())
    button = row.select_one("[name=key]")
    presenter.post(button["formaction"], {"key": button["value"]})
    page = presenter.get(f"/questions/{question_id}/private")
    assert f"Close to “{typed}”" in page.html.select_one(".near").get_text()
    presenter.be_alone(0)
    for action in ("begin", "close", "show_results", "show_answer"):
        presenter.step(session["id"], action)
    shown = Respondent(session["code"]).get(f"/audience/{session['code']}")
    assert typed in shown.text and "<math" not in shown.text and "<code" not in shown.text
    assert f"“{typed}” is correct" in presenter.get(f"/present/{session['id']}").html.get_text()


@pytest.mark.parametrize("accepted, answer", [
    ("$x^2$", "x²"), ("$x^2$", "$x^2$"), ("$\\ce{H2O}$", "H₂O"), ("$\\ce{H2O}$", "h2o"),
    ("$\\frac{1}{2}$", "1/2")])
def test_what_a_page_shows_as_correct_is_correct(accepted, answer):
    options = {"accepted": [accepted]}
    assert SHORT.score(answer, options) == 1
    assert SHORT.score(answer, {"accepted": ["x", accepted], "added": [accepted]}) == float(
        answer == accepted)
    assert SHORT.score(SHORT.format_correct(options), dict(options, exact=True)) == 1


def test_what_was_accepted_in_class_is_undone_where_it_was_done(
        db, presenter, session, ask):
    question_id = ask(["canberra", "Kanbera", "Sydney"], accepted="Canberra")
    phone = Respondent(session["code"])
    phone.respond(question_id, "KANBERA")
    for action in ("close", "show_results", "show_answer"):
        presenter.step(session["id"], action)

    def judge():
        return phone.state()["mine"][str(question_id)]["result"]

    def read_row():
        page = presenter.get(f"/questions/{question_id}/results")
        [row] = [row for row in page.html.select(".moderation li")
                 if row.bdi.get_text().casefold() == "kanbera"]
        return page, [part.get_text() for part in row.select(":scope > b, :scope > button")]
    wrong = judge()
    assert wrong != "Correct!"
    for before, after, button, result in (
            (["Accept", "Hide"], ["✓ Accepted", "Undo", "Hide"], "key", "Correct!"),
            (["✓ Accepted", "Undo", "Hide"], ["Accept", "Hide"], "withdraw", wrong)):
        page, shown = read_row()
        assert shown == before
        form = next(form for form in page.forms.values() if form.action.endswith("/hide"))
        pressed = form.html.select_one(f".moderation [name={button}]")
        presenter.post(pressed["formaction"], {button: pressed["value"]}, status=303)
        assert read_row()[1] == after and judge() == result
        told = phone.get(f"/audience/{session['code']}/state").text
        assert "Canberra" in told and "Canberra or" not in told
    assert classpulse.get_question(db, question_id)["options"]["accepted"] == ["Canberra"]
    assert look(presenter, question_id)[0] == ("Kanbera", False, True)


def test_what_was_accepted_is_undone_after_whoever_wrote_it_has_changed_it(
        db, presenter, session, ask):
    question_id = ask([], accepted="Canberra")
    phone = Respondent(session["code"])
    phone.respond(question_id, "ACT")
    address = f"/api/questions/{question_id}/accept"
    presenter.post(address, {"key": "act"}, status=303)
    phone.respond(question_id, "Canberra")
    for withdrawn, status in (("sydney", 422), ("act", 303)):
        presenter.post(address, {"withdraw": withdrawn}, status=status)
    assert classpulse.get_question(db, question_id)["options"]["accepted"] == ["Canberra"]


def test_what_the_form_listed_is_not_undone_in_class(presenter, ask):
    question_id = ask(["Canberra"], accepted="Canberra")
    page = presenter.get(f"/questions/{question_id}/private").html
    assert "✓ correct answer" in " ".join(page.select_one(".moderation li").get_text().split())
    assert not page.select("[name=withdraw]")


def test_near_misses_are_accepted_together_without_scripts(db, presenter, ask):
    question_id = ask(["Canbera"] * 3 + ["Camberra", "Sydney", "Canberra"], accepted="Canberra")
    page = presenter.get(f"/questions/{question_id}/results")
    form = next(form for form in page.forms.values() if form.html.form.get("class") == ["near"])
    text = " ".join(form.html.get_text(" ").split())
    assert text == "Close to “Canberra”: Canbera (3), Camberra (1) Accept these"
    form.submit(status=303)
    assert classpulse.get_question(db, question_id)["options"]["accepted"] == [
        "Canberra", "Canbera", "Camberra"]
    assert not presenter.get(f"/questions/{question_id}/private").html.select(".near")


def test_hidden_answers_are_not_offered(presenter, ask):
    question_id = ask(["Canbera"], accepted="Canberra")
    presenter.post(f"/api/questions/{question_id}/hide", {"hide": "canbera"}, status=303)
    assert not presenter.get(f"/questions/{question_id}/private").html.select(".near")


def test_only_a_private_screen_is_offered_them(presenter, session, ask):
    question_id = ask(["Canbera"], accepted="Canberra")
    presenter.be_alone(0)
    presenter.step(session["id"], "show_results")
    page = presenter.get(f"/questions/{question_id}/results")
    assert "Canbera" in page.text and not page.html.select(".near, [formaction]")


def test_one_letter_may_be_wrong_and_from_eight_on_two():
    assert list_near(["Bern"], ["Bren", "Ber", "Berne", "Born", "Biel"]) == {
        "Bern": ["Ber", "Berne", "Born"]}
    assert list_near(["Canberra"], ["Cambera", "Kanbera", "Canbr", "canberra!", "Camberas"]) == {
        "Canberra": ["Cambera", "Kanbera"]}
    assert list_near(["Bern", "Canberra"], ["BERNE", "Camberra"]) == {
        "Bern": ["BERNE"], "Canberra": ["Camberra"]}


def test_other_numbers_symbols_and_capitals_are_no_near_misses():
    assert not list_near(["1492"], ["1493", "149"])
    assert not list_near(["Na"], ["Ne", "N", "K"])
    assert not list_near(["Canberra"], ["canberra", "CANBERRA"], exact=True)
    assert list_near(["Canberra"], ["Canbera"], exact=True) == {"Canberra": ["Canbera"]}


def count_edits(one, other):
    """Levenshtein's distance, by his recurrence."""
    row = list(range(len(other) + 1))
    for n, letter in enumerate(one, start=1):
        before, row[0] = row[0], n
        for m, own in enumerate(other, start=1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (letter != own))
    return row[-1]


def test_nearness_is_levenshteins_distance():
    chance = random.Random(3)
    for _ in range(4000):
        one, other = ("".join(chance.choices("ab", k=chance.randrange(8))) for _ in range(2))
        for most in range(3):
            assert classpulse.is_near(one, other, most) == (count_edits(one, other) <= most)


def test_answers_that_are_meant_to_take_long_are_not_all_compared(monkeypatch):
    compared = []
    is_near = classpulse.is_near
    monkeypatch.setattr(classpulse, "is_near", lambda one, other, most: (
        most == 2 and compared.append(one), is_near(one, other, most))[1])
    accepted = ["x" * 190 + f"{n:010b}".translate({48: "a", 49: "b"}) for n in range(100)]
    answers = ["x" * 100 + f"{n:010b}".translate({48: "a", 49: "b"}) + "x" * 90
               for n in range(300)]
    list_near(accepted, answers)
    assert len(compared) <= SHORT.COMPARED_MAX
