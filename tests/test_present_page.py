"""The projector's page itself: its look, and that the screen stays awake."""

DARK = "getComputedStyle(document.body).backgroundColor === 'rgb(18, 22, 28)'"


def test_d_switches_between_light_and_dark_and_is_remembered(server, teacher, open_page):
    page = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    page.locator("[data-joined]", has_text="0").wait_for()
    assert not page.evaluate(DARK)
    for dark in (True, False, True):
        page.keyboard.press("d")
        page.wait_for_function(DARK if dark else f"!({DARK})")
    page.reload()
    page.wait_for_function(DARK)


def test_the_switch_goes_on_from_what_the_system_says(server, teacher, open_page):
    page = open_page(server.lan + teacher.present, 1280, 800, color_scheme="dark",
                     **teacher.options())
    page.locator("[data-joined]", has_text="0").wait_for()
    assert page.evaluate(DARK)
    page.keyboard.press("d")
    page.wait_for_function(f"!({DARK})")


def test_the_screen_stays_awake_where_the_browser_allows_it(server, teacher, open_page):
    options = teacher.options()
    for cookie in options["storage_state"]["cookies"]:
        cookie["domain"] = "127.0.0.1"
    page = open_page("about:blank", 1280, 800, **options)
    page.add_init_script("""
        navigator.wakeLock.request = (kind) => { window.asked = kind; return Promise.resolve(); }
    """)
    page.goto(server.url + teacher.present)
    page.wait_for_function("window.asked === 'screen'")
    assert page.locator("[data-sleep]").get_attribute("hidden") is not None


def test_elsewhere_the_page_says_to_turn_off_sleep(server, teacher, open_page):
    page = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    page.locator("[data-joined]", has_text="0").wait_for()
    page.keyboard.press("?")
    page.get_by_text("turn off sleep").wait_for()


def test_the_join_view_covers_neither_a_lost_connection_nor_that_joining_is_locked(
        server, teacher, open_page):
    page = open_page(server.lan + teacher.present, 1280, 800, **teacher.options())
    page.locator("[data-joined]", has_text="0").wait_for()
    on_top = """(selector) => {
        const one = document.querySelector(selector);
        const { left, top, width, height } = one.getBoundingClientRect();
        return one === document.elementFromPoint(left + width / 2, top + height / 2);
    }"""
    teacher.post(f"/api{teacher.session}/lock", {"locked": 1})
    page.get_by_text("Joining is locked").wait_for()
    assert page.evaluate(on_top, "[data-locked]")
    open_page.expected = "WebSocket|ERR_"
    server.stop()
    page.get_by_text("Connection lost").wait_for()
    assert page.evaluate(on_top, "[data-link]")
