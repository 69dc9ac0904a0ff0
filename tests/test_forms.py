"""What a form does that was turned down: it says why, and puts the focus there."""

import pytest
from test_question_types import EXAMPLES
from tour import WRONG


@pytest.mark.parametrize("type", sorted(WRONG))
def test_the_field_at_fault_has_the_focus_and_its_reason(presenter, session, type):
    fields = {**EXAMPLES[type].fields, **WRONG[type], "title": "Größe?"}
    page = presenter.post(f"/sessions/{session['id']}/questions/new/{type}", fields, status=422)
    [field] = page.html.select("[autofocus]")
    assert field["aria-invalid"] == "true"
    reason = page.html.select_one(".problem:not(:empty)")
    assert reason["id"] in field["aria-describedby"].split()


@pytest.mark.parametrize("path, fields, name", [
    ("/sessions/new", {"name": ""}, "name"),
    ("/sessions/{id}/edit", {"name": ""}, "name"),
    ("/sessions/{id}/delete", {"name": "another"}, "name"),
    ("/sessions/{id}/questions/new/open_text", {"title": ""}, "title"),
])
def test_a_name_that_is_missing_has_the_focus(presenter, session, path, fields, name):
    page = presenter.post(path.format(id=session["id"]), fields, status=422)
    [field] = page.html.select("[autofocus]")
    assert (field["name"], field["aria-invalid"]) == (name, "true")


def test_a_wrong_code_may_be_typed_again_at_once(visitor):
    page = visitor.post("/join", {"code": "000 000"}, status=404)
    assert page.html.select_one("[autofocus][aria-invalid=true]")["value"] == "000 000"


def test_a_form_that_was_not_sent_yet_begins_with_its_first_field(presenter, session):
    page = presenter.get(f"/sessions/{session['id']}/questions/new/rating")
    [field] = page.html.select("[autofocus]")
    assert field["name"] == "title" and not page.html.select("[aria-invalid]")
