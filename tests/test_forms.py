"""What a form does that was turned down: it says why, and puts the focus there.

And the password of the first account, which can be looked at.
"""

import classpulse
import pytest
from conftest import PASSWORD, Browser
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


def test_the_first_password_can_be_looked_at(server, open_browser, open_page):
    page = open_page(server.link.replace(server.url, server.lan), 1280, 800)
    field = page.get_by_label("Password", exact=True)
    field.fill(PASSWORD)
    for shown in (True, False):
        page.get_by_label("Show password").set_checked(shown)
        assert field.get_attribute("type") == ("text" if shown else "password")
        assert field.input_value() == PASSWORD
    page.get_by_label("User name").fill("Åse")
    page.get_by_role("button", name="Create account").click()
    page.get_by_text("Create your first session").wait_for()
    open_browser(Browser).sign_in("Åse")


def test_without_scripts_nothing_offers_to_show_it(room, visitor):
    page = visitor.get(f"/setup?token={classpulse.classroom.setup_token}").html
    assert page.select_one("[data-show]").has_attr("hidden")
