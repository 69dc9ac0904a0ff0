"""A question for what stands on the board, opened in two taps, in the browser."""

import pytest


def test_a_question_is_asked_from_the_projector_in_two_taps(server, teacher, open_page):
    teacher.post(f"{teacher.session}/examples")
    phone = open_page(f"{server.lan}/{teacher.code}")
    projector = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    projector.locator("[data-in]", has_text="1").wait_for()
    projector.keyboard.press("a")
    projector.get_by_role("button", name="A – D").click()
    projector.get_by_role("heading", name="Question").wait_for()
    phone.locator(".tile").nth(2).click()
    phone.get_by_text("Saved").wait_for()
    projector.locator("[data-answered]", has_text="1").wait_for()
    # A poll: its results are on screen, and the next step closes it.
    projector.get_by_role("button", name="Close voting").wait_for()
    assert phone.locator(".tile").count() == 4


@pytest.mark.parametrize("label, field", [("True or false", "radio"), ("Open text", "textarea")])
def test_a_question_is_asked_from_the_control_page(server, teacher, open_page, label, field):
    phone = open_page(f"{server.lan}/{teacher.code}")
    control = open_page(server.lan + teacher.session, **teacher.options())
    control.locator("#more summary").click()
    control.get_by_role("button", name=label, exact=True).click()
    control.locator("[data-next]", has_text="Close voting").wait_for()
    assert not control.get_by_role("button", name=label, exact=True).is_visible()
    phone.locator("textarea" if field == "textarea" else f"[type={field}]").first.wait_for(
        state="attached")


def test_a_quick_question_is_renamed_from_the_control_page(server, teacher, open_page):
    control = open_page(server.lan + teacher.session, 1280, 800, **teacher.options())
    control.locator(".drive summary", has_text="Quick question").click()
    control.get_by_role("button", name="Open text", exact=True).locator("visible=true").click()
    control.locator("[data-next]", has_text="Close voting").wait_for()
    control.locator("#more-steps").click()
    control.get_by_role("link", name="Edit this question").click()
    control.wait_for_url("**/edit")
    control.keyboard.press("Control+A")         # the title has the focus
    control.keyboard.type("What is still unclear?")
    control.keyboard.press("Control+s")
    control.locator(".small-screen h1", has_text="What is still unclear?").wait_for()


def test_an_empty_session_offers_three_examples(server, teacher, open_page):
    control = open_page(server.lan + teacher.session, 1280, 800, **teacher.options())
    control.get_by_role("button", name="Add three example questions").click()
    control.locator(".item-title", has_text="Which planet is the largest?").wait_for()
    assert control.locator("[data-control] li[data-question-id]").count() == 3
    assert control.get_by_role("button", name="Add three").count() == 0
