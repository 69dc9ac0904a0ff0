"""A question for what stands on the board, opened in two taps, in the browser."""

from conftest import resize


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


def test_examples_and_quick_questions_are_asked_and_renamed_on_the_control_page(
        server, teacher, open_page):
    phone = open_page(f"{server.lan}/{teacher.code}")
    control = open_page(server.lan + teacher.session, **teacher.options())
    control.get_by_role("button", name="Add three example questions").click()
    control.locator(".item-title", has_text="Which planet is the largest?").wait_for()
    assert control.locator("[data-control] li[data-question-id]").count() == 3
    assert control.get_by_role("button", name="Add three").count() == 0
    control.locator("#more summary").click()
    control.get_by_role("button", name="True or false", exact=True).click()
    step = control.locator("[data-next]")
    step.filter(has_text="Close voting").wait_for()
    assert not control.get_by_role("button", name="True or false", exact=True).is_visible()
    phone.locator("[type=radio]").first.wait_for(state="attached")
    step.click()
    step.filter(has_not_text="Close voting").wait_for()
    resize(control, 1280, 800)
    control.locator(".drive summary", has_text="Quick question").click()
    control.get_by_role("button", name="Open text", exact=True).locator("visible=true").click()
    step.filter(has_text="Close voting").wait_for()
    phone.locator("textarea").wait_for()
    control.locator("#more-steps").click()
    control.get_by_role("link", name="Edit this question").click()
    control.wait_for_url("**/edit")
    control.keyboard.press("Control+A")         # the title has the focus
    control.keyboard.type("What is still unclear?")
    control.keyboard.press("Control+s")
    control.locator(".small-screen h1", has_text="What is still unclear?").wait_for()
