"""What tests stand on: a classroom in this process, a server in its own, a browser."""

import functools
import gc
import http.client
import http.cookiejar
import importlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import classpulse  # before webtest, which would import bottle
import pytest
import websocket
import webtest

ROOT = Path(classpulse.__file__).parent
# A LAN address without HTTPS: on 127.0.0.1 browsers allow what phones are refused.
LAN = "192.168.178.34"
PASSWORD = "correct horse"
HURRIED = ("tests/hurried.py",)
NAME = "Frau Müller-Öz"
SLIP_MS = 700       # a second press of a key within this time is a slip of the finger
MEMORY, ROOM_BYTES = Path("/dev/shm"), 2**30
REWRITTEN = "CLASSPULSE_REWRITTEN_TESTS"        # names the folder for workers

# To hash takes 0.2 s on purpose; of one password and salt it is worked out once.
classpulse.hashlib.scrypt = functools.cache(classpulse.hashlib.scrypt)
# Each room that opens asks for the network's cards, which takes 2 ms.
classpulse.ifaddr.get_adapters = functools.cache(classpulse.ifaddr.get_adapters)


class Moments:
    """The clock that the program reads in this process.

    Moments are stored to the millisecond, in which nobody does two things, but a test may. Here
    each request of a client comes in a later one than the request before, so they have an order.
    """
    def __init__(self):
        self.real_now, self.earliest = classpulse.now, ""

    def now(self):
        return max(self.real_now(), self.earliest)

    def tick(self):
        self.earliest = classpulse.time_in(after=self.now(), milliseconds=1)


moments = Moments()
classpulse.now = moments.now


def pytest_configure(config):
    """Let pytest-xdist begin files in their order: the one with the fewest tests is a slow one."""
    config.option.loadscopereorder = False
    keep_files_in_memory()
    worker = getattr(config, "workerinput", None)
    if not worker:
        os.environ[REWRITTEN] = tempfile.mkdtemp()
    elif config.args == config.getini("testpaths"):
        import_in_turns(int(worker["workerid"].removeprefix("gw")) / worker["workercount"])


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(REWRITTEN))


def import_in_turns(turn):
    """Import the test files in their order, beginning at a worker's turn, from 0 to 1.

    To rewrite their assertions takes pytest 7 s of CPU time, and workers that begin with the same
    file would all do it: so each reads what another has rewritten.
    """
    sys.dont_write_bytecode, sys.pycache_prefix = False, os.environ[REWRITTEN]
    names = sorted(path.stem for path in Path(__file__).parent.glob("test_*.py"))
    first = int(turn * len(names))
    for name in names[first:] + names[:first]:
        with suppress(Exception, pytest.skip.Exception):        # collecting it tells
            importlib.import_module(name)


def pytest_xdist_auto_num_workers():
    """Two more than there are cores: much of the time is spent waiting for what should happen.

    Tests that measure do so by their own CPU time, or by counting.
    """
    return (os.cpu_count() or 1) + 2


def pytest_collection_finish():
    """Have the collector of garbage pass over thousands of tests, and come by less often.

    It took a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(items):
    """Begin with the files that start servers and browsers: shorter ones fill what is left."""
    long = {item.path for item in items if "server" in item.fixturenames}
    items.sort(key=lambda item: item.path not in long)


def keep_files_in_memory():
    """Put temporary folders where Linux keeps them in memory, if there is room, or into TMPDIR.

    Every test has a database of its own, and to wait until a disk has it takes longer than most
    tests do. A process that is killed leaves the same files in either place.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return
    may_run = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if may_run and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def hash_of_password():
    """What is stored of PASSWORD."""
    return classpulse.hash_password(PASSWORD, b"salt")


def create_account(db, username):
    """The id of a new user with PASSWORD."""
    return classpulse.create_user(db, {"username": username, "display_name": username,
                                       "email": "", "password_hash": hash_of_password()})


def create_signed_in_account(db, username, token):
    """The id of a new user with PASSWORD who is signed in with that token."""
    user_id = create_account(db, username)
    classpulse.create_signin(db, user_id, classpulse.hash_token(token))
    return user_id


@contextmanager
def open_room(folder, copy_of=None):
    """The running parts of ClassPulse in this process, on a folder, or on a copy of one there."""
    if copy_of:
        shutil.copytree(copy_of, folder)
    classpulse.classroom.open(folder)
    try:
        yield classpulse.classroom
    finally:
        classpulse.classroom.close()


@pytest.fixture(scope="session")
def new_database():
    """A database in memory as it is in a new folder, without the installation's own keys."""
    with closing(classpulse.connect(":memory:")) as db:
        classpulse.migrate(db, Path())
        db.execute("DELETE FROM instance")
        yield db


@pytest.fixture
def room(tmp_path, new_database):
    """The running parts of ClassPulse in this process, on a new folder of their own.

    Its tables are copied, and no CSV files are looked for where there can be none: to open a room
    takes a third of the time. Rooms that tests open themselves are opened as the program does.
    """
    def migrate(db, path, migrate=classpulse.migrate):
        new_database.backup(db)
        migrate(db, path)

    with ExitStack() as opened:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(classpulse, "migrate", migrate)
            patch.setattr(classpulse.Exports, "_clean_up_at_start", lambda exports: None)
            room = opened.enter_context(open_room(tmp_path / "data"))
        yield room


@pytest.fixture
def db(room):
    """The store of `room`."""
    return room.db


def everything(db):
    """The whole database as text."""
    return "\n".join(db.reader.iterdump())


class Client:
    """A browser without scripts."""

    def __init__(self):
        self.http = webtest.TestApp(classpulse.app)

    def get(self, path, **options):
        moments.tick()
        return self.http.get(path, **options)

    def post(self, path, fields=(), **options):
        moments.tick()
        return self.http.post(path, fields, **options)

    def htmx(self, path, fields=(), **options):
        return self.post(path, fields, headers={"HX-Request": "true"}, **options)


def make_cookie(name, value):
    """A cookie as if the application under test had set it."""
    return http.cookiejar.Cookie(
        0, name, value, None, False, "localhost.local", False, False, "/", True, False, None,
        False, None, None, {})


class Presenter(Client):
    """Somebody signed in."""

    def __init__(self, db, username=NAME):
        super().__init__()
        token = username.encode().hex()
        self.id = db.write(create_signed_in_account, username, token)
        self.http.cookiejar.set_cookie(make_cookie(f"cp_{classpulse.classroom.id}", token))

    def create_session(self, name="Biologie 10b", **fields):
        created = self.post("/sessions/new", {"name": name, **fields}, status=303)
        return int(created.location.rsplit("/", 1)[1])

    def create_question(self, session_id, type="multiple_choice", title="Welche Größe?", **fields):
        fields = fields or {"options": "Paris\nLyon"}
        self.post(f"/sessions/{session_id}/questions/new/{type}", {"title": title, **fields},
                  status=303)
        return max(classpulse.list_question_ids(classpulse.classroom.db, session_id))

    def be_alone(self, alone=1):
        """Turn the private view on or off."""
        self.post("/alone", {"alone": alone}, status=303)

    def toggle(self, question_id, active=1):
        return self.post(f"/api/questions/{question_id}/toggle", {"active": active}, status=303)

    def step(self, session_id, action, **seen):
        now = self.now(session_id)
        seen = {"question_id": now["question_id"], "round": now["round"], "stage": now["stage"],
                **seen}
        return self.post(f"/api/sessions/{session_id}/step", {"action": action, **seen}).json

    def now(self, session_id):
        room = classpulse.classroom
        return classpulse.present_message(room.db, room.live, session_id)


class Respondent(Client):
    """A phone that joined."""

    def __init__(self, code):
        super().__init__()
        self.code = code
        self.post("/join", {"code": code}, status=303)

    def respond(self, question_id, *parts, **fields):
        status = fields.pop("status", 200)
        sent = [("response", part) for part in parts] + list(fields.items())
        return self.htmx(f"/audience/respond/{question_id}", sent, status=status)

    def state(self):
        return self.get(f"/audience/{self.code}/state").json


@pytest.fixture
def visitor(room):
    """Somebody who is neither signed in nor joined."""
    return Client()


@pytest.fixture
def presenter(db):
    return Presenter(db)


@pytest.fixture
def other_presenter(db):
    return Presenter(db, "Señor Otro")


@pytest.fixture
def session(db, presenter):
    return classpulse.get_session(db, presenter.create_session())


@pytest.fixture
def sid(session):
    return session["id"]


@pytest.fixture
def question(db, presenter, session):
    """An open multiple-choice question: Paris or Lyon."""
    question_id = presenter.create_question(session["id"])
    presenter.toggle(question_id)
    return classpulse.get_question(db, question_id)


@pytest.fixture
def respondent(session):
    return Respondent(session["code"])


@pytest.fixture
def make_respondent(session):
    return lambda: Respondent(session["code"])


# The program's second start (classpulse.py, check_packages): the first compiles it each time.
START = ("-c", "import sys; from importlib.machinery import SourceFileLoader; "
         "__file__ = sys.argv[0] = 'classpulse.py'; "
         "exec(SourceFileLoader('classpulse', __file__).get_code('classpulse'))")


class Server:
    """A ClassPulse process on a free port of the loopback interface.

    `program` is what Python runs: another than the file itself changes something first.
    """
    port = 0

    def __init__(self, folder, *options, program=START):
        self.folder, self.options, self.program = Path(folder), options, program
        self.start()

    def start(self):
        """Run; after its end once more, on the same folder and port."""
        self.process = subprocess.Popen(
            [sys.executable, *self.program, "--data", str(self.folder), "--host", "127.0.0.1",
             "--port", str(self.port), "--no-browser", *self.options], cwd=ROOT, encoding="utf-8",
            # A demo that is killed leaves its folder among temporary ones.
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "TMPDIR": str(self.folder.parent),
                 "PYTHONDONTWRITEBYTECODE": ""},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "Stop with" in line:
                break
        found = re.search(r"Teacher: +(http://127\.0\.0\.1:(\d+)\S*)", self.said)
        assert found, f"the server did not start:\n{self.said}"
        self.link, self.port = found[1], int(found[2])
        self.url = f"http://127.0.0.1:{self.port}"
        self.lan = f"http://{LAN}:{self.port}"

    def memory_mb(self):
        """What it holds in memory, by Linux's count."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def stop(self):
        """Stop as Ctrl-C does; the exit code."""
        self.process.terminate()
        return self.end()

    def kill(self):
        """End as in a crash: `start` finds what that leaves behind."""
        self.process.kill()
        self.end()

    def end(self):
        rest = self.process.communicate(timeout=30)[0]
        self.said += rest
        return self.process.returncode


@contextmanager
def gone_at_the_end(servers):
    """A list of servers, none of which runs afterwards."""
    try:
        yield servers
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.process.kill()
            server.process.communicate()


@pytest.fixture
def start_server(tmp_path):
    """A function that starts servers on one folder; all are gone at the end."""
    with gone_at_the_end([]) as servers:
        def start(*options, folder=None, **how):
            servers.append(Server(folder or tmp_path / "data", *options, **how))
            return servers[-1]
        yield start


@pytest.fixture(scope="module")
def servers_of_module():
    """The list of those that `server` has started, none of which may have met with an error."""
    with gone_at_the_end([]) as servers:
        yield servers
        for server in servers:
            if server.process.poll() is None:
                server.stop()
            assert "Traceback" not in server.said


@pytest.fixture(scope="module")
def program():
    """What Python runs as the module's server; tests that wait for the network run HURRIED."""
    return START


@pytest.fixture
def server(servers_of_module, program, tmp_path_factory):
    """The process that a module's tests share; each has a session of its own there.

    A test may kill and start it again, and one that a test has ended is followed by another. What
    is limited, made to fail or counted as a whole is started by `start_server`.
    """
    servers = servers_of_module
    if not servers or servers[-1].process.poll() is not None:
        servers.append(Server(tmp_path_factory.mktemp("server") / "data", program=program))
    return servers[-1]


class Browser:
    """A browser without scripts that talks to a server process, and follows no redirect."""

    def __init__(self, server):
        self.folder, self.port, self.cookies = server.folder, server.port, {}
        self.sockets = []

    def request(self, method, path, fields=None, **headers):
        """The answer with its `content`; header names have `_` for `-`, bytes are sent as such."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Cookie"] = self.cookie()
        if fields is not None and not isinstance(fields, bytes):
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            fields = urlencode(fields, doseq=True)
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            line.request(method, path, fields, headers)
            answer = line.getresponse()
            answer.content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path, status=200, **headers):
        return self.expect(status, self.request("GET", path, **headers))

    def post(self, path, fields=(), status=303, **headers):
        return self.expect(status, self.request("POST", path, fields, **headers))

    def expect(self, status, answer):
        assert answer.status == status, (answer.status, answer.content.decode())
        return answer

    def watch(self, path, **options):
        """An open WebSocket."""
        self.sockets.append(websocket.create_connection(
            f"ws://127.0.0.1:{self.port}{path}", cookie=self.cookie(), timeout=20, **options))
        return self.sockets[-1]

    def sign_in(self, username, password=PASSWORD, status=303):
        return self.post("/login", {"username": username, "password": password}, status)

    def be(self, username):
        """Be signed in to the account of this name, which is created if need be.

        Not by the forms: scrypt takes its time on purpose.
        """
        with closing(classpulse.connect(self.folder / "classpulse.db", 5)) as db:
            name, token = f"cp_{classpulse.get_instance(db)['id']}", secrets.token_hex(16)
            self.cookies[name] = token
            user = classpulse.find_user(db, username)
            user_id = user["id"] if user else classpulse.in_transaction(
                db, create_account, username)
            classpulse.in_transaction(db, classpulse.create_signin, user_id,
                                      classpulse.hash_token(token))


class Teacher(Browser):
    """Somebody with an account and a session of their own, on a server process."""

    def __init__(self, server, username="Åse"):
        super().__init__(server)
        self.be(username)
        self.session = self.post("/sessions/new", {"name": "Ökologie 🌱"}).headers["Location"]
        self.session_id = int(self.session.rsplit("/", 1)[1])
        self.code = re.search(r'data-code="(\d+)"', self.control())[1]
        self.present = self.session.replace("sessions", "present")

    def control(self):
        return self.get(self.session).content.decode()

    def create_question(self, type, title, **fields):
        """Add a question; its id."""
        self.post(f"{self.session}/questions/new/{type}", {"title": title, **fields})
        with closing(classpulse.connect(self.folder / "classpulse.db", 5)) as db:
            return max(classpulse.list_question_ids(db, self.session_id))

    def ask(self, type, title, **fields):
        """Add a question and open it; its id."""
        question_id = self.create_question(type, title, **fields)
        self.toggle(question_id, 1)
        return question_id

    def toggle(self, question_id, active):
        self.post(f"/api/questions/{question_id}/toggle", {"active": active})

    def answers(self, question_id):
        """[(answer, late)] as the CSV has them."""
        rows = self.get(f"/questions/{question_id}/export").content.decode("utf-8-sig")
        lines = [line.split(",") for line in rows.splitlines()]
        return [(line[9], line[13]) for line in lines[1:]]

    def options(self):
        """What `open_page` needs for a page that is signed in as this teacher."""
        return {"storage_state": {"origins": [], "cookies": [
            {"name": name, "value": value, "domain": LAN, "path": "/"}
            for name, value in self.cookies.items()]}}


@pytest.fixture
def teacher(open_browser):
    return open_browser(Teacher)


@pytest.fixture
def open_browser(server):
    """A function that opens browsers without scripts; their sockets are closed at the end."""
    browsers = []

    def open_one(Kind=Browser, *args):
        browsers.append(Kind(server, *args))
        return browsers[-1]
    yield open_one
    for browser in browsers:
        for opened in browser.sockets:
            opened.shutdown()


WHOLE_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# The shell has no window to draw, which saves a sixth of the time that browser tests take.
CHROMIUM = shutil.which("chromium-headless-shell") or WHOLE_CHROMIUM
# First the pop-ups of the browser's own address bar, which it draws for each new window: half of
# what a page costs; and processes that it keeps ready for further pages. The others are those of
# Playwright's list, since only the last such list counts.
CHROMIUM_FEATURES_OFF = [
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess",
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades",
    "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints",
    "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning"]
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update",
                 "--disable-sync", f"--disable-features={','.join(CHROMIUM_FEATURES_OFF)}",
                 f"--host-resolver-rules=MAP {LAN} 127.0.0.1"]


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, or a skip; where the environment demands a browser, a failure."""
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        if os.environ.get("CLASSPULSE_REQUIRE_BROWSER"):
            pytest.fail("Chromium is missing: apt-get install chromium")
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


def resize(page, width, height):
    """Give a page another size, and wait until its scripts have fitted it."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("""() => new Promise((done) => {
        requestAnimationFrame(() => requestAnimationFrame(done));
    })""")


@contextmanager
def hold(page, address):
    """Hold back the first request for an address that a script makes within: [the route], then."""
    held = []
    page.route(address, lambda route: route.fallback() if held else held.append(route))
    with page.expect_request(address):
        yield held
    while not held:
        page.evaluate("() => {}")       # the browser says first that it asks, then that it waits


def let_go(page, route):
    """Let the server answer, and the page take the answer."""
    with page.expect_event("requestfinished", lambda request: request == route.request):
        route.continue_()
    page.evaluate("() => new Promise((done) => setTimeout(done))")


# Marks a page while one of its sockets has neither received a message nor failed.
MARK_SILENT = """
    window.WebSocket = class extends WebSocket {
        static silent = 0;
        constructor(...given) {
            super(...given);
            const mark = (change) => document.documentElement.toggleAttribute(
                "data-silent", (WebSocket.silent += change) > 0);
            const hear = () => {
                mark(-1);
                this.removeEventListener("message", hear);
                this.removeEventListener("close", hear);
            };
            mark(1);
            this.addEventListener("message", hear);
            this.addEventListener("close", hear);
        }
    };"""


@pytest.fixture
def press(page, clock):
    """A function that presses a key of the projector when the press before it is over.

    A module has a `page` of its own, and the `clock` of it that stands still.
    """
    def press(key):
        clock.jump(SLIP_MS)
        page.keyboard.press(key)
    return press


# What outlasts the page that it is called for: a profile of which a test calls one is its alone.
LASTING = ["add_init_script", "emulate_media", "expose_binding", "expose_function",
           "grant_permissions", "new_cdp_session", "new_page", "on", "once", "route",
           "set_offline"]


class Profiles:
    """Fresh profiles of the browser, each with one page, and what their consoles complain of.

    To start one costs as much as to load a page. So one that a test has only used as people do is
    emptied at the test's end, and is fresh for the next.
    """
    def __init__(self, chromium):
        self.chromium, self.kept, self.test = chromium, {}, None

    def open(self, viewport, storage_state=None, **options):
        """The page of a fresh profile."""
        kind = repr(options)
        context = self.kept[kind].pop() if self.kept.get(kind) else self.create(kind, options)
        context.add_cookies(storage_state["cookies"] if storage_state else [])
        [page] = context.pages
        page.set_viewport_size(viewport)
        return page

    def create(self, kind, options):
        context = self.chromium.new_context(**options)
        context.add_init_script(
            "addEventListener('securitypolicyviolation',"
            " event => console.error('policy: ' + event.violatedDirective))")
        context.add_init_script(MARK_SILENT)
        context.set_default_timeout(20_000)
        context.on("page", self.listen)     # also to windows that a page opens
        context.kind, context.hosts, context.is_spent = kind, set(), False
        for one in (context.new_page(), context):
            for name in set(LASTING) & set(dir(one)):
                setattr(one, name, self.spending(context, getattr(one, name)))
        return context

    def spending(self, context, call):
        def spend(*args, **options):
            context.is_spent = True
            return call(*args, **options)
        return spend

    def listen(self, page):
        page.on("console", self.complain)
        page.on("pageerror", lambda error: self.test.complaints.append(f"error: {error}"))
        page.goto, page.reload = self.heard(page, page.goto), self.heard(page, page.reload)

    def complain(self, message):
        expected = self.test.expected and re.search(self.test.expected, message.text)
        if message.type in ("error", "warning") and not expected:
            self.test.complaints.append(f"{message.type}: {message.text}")

    def heard(self, page, load):
        """Load, and wait: until a page has heard from the server, it follows no key."""
        def load_and_wait(*args, **options):
            answer = load(*args, **options)
            page.locator("html:not([data-silent])").wait_for(state="attached")
            page.context.hosts.add(urlsplit(page.url).netloc)
            return answer
        return load_and_wait

    def end(self, context):
        """Empty a profile for the next test, or close it."""
        hosts = [urlsplit(page.url).netloc for page in context.pages]
        if context.is_spent or hosts == [""] or hosts != list(context.hosts):
            context.close()
            return
        [page] = context.pages
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.mouse.move(0, 0)
        page.goto("about:blank")
        context.clear_cookies()
        context.hosts.clear()
        self.kept.setdefault(context.kind, []).append(context)


@pytest.fixture(scope="session")
def profiles(chromium):
    return Profiles(chromium)


@pytest.fixture
def open_page(profiles):
    """A function that opens a page in a fresh browser profile and watches it for complaints.

    It and the page's own `goto` and `reload` return when the page has heard from the server.
    """
    contexts = []

    def open_page(url, width=390, height=844, context=None, **options):
        if context is None:
            page = profiles.open({"width": width, "height": height}, **options)
            contexts.append(page.context)
        else:
            page = context.new_page()
        page.goto(url)
        return page
    open_page.complaints = []
    open_page.expected = None           # a pattern of complaints that are none
    profiles.test = open_page
    yield open_page
    for context in contexts:
        profiles.end(context)
    assert open_page.complaints == [], "the browser's console has complaints"


@pytest.fixture
def phone(server, teacher, open_page):
    """The page of the teacher's session on a phone."""
    return open_page(f"{server.lan}/{teacher.code}", has_touch=True, is_mobile=True)


@pytest.fixture
def form(teacher, open_page, server):
    """A function that opens the form for a new question of a type."""
    def form(type="multiple_choice", **options):
        return open_page(f"{server.lan}{teacher.session}/questions/new/{type}",
                         **{**teacher.options(), **options})
    return form


@pytest.fixture
def stored(teacher):
    """A function that returns the session's questions."""
    def stored():
        with closing(classpulse.connect(teacher.folder / "classpulse.db", 5)) as db:
            return classpulse.list_questions(db, teacher.session_id)
    return stored


RUN_AXE = """async ([what, options]) => {
    if (!window.axe) return null;
    const { context, rules, kinds = null } = (%s)(what);
    const { violations } = context ? await axe.run(context, { ...options, rules })
        : { violations: [] };
    return { violations, kinds };
}"""


@pytest.fixture(scope="module")
def axe():
    """A function that says what axe finds on a page by all its rules, or by those that are given.

    The script `choose` can say which parts of the page are looked at: it is given `what` and the
    kinds of elements that are `known`, and adds to these.
    """
    sync_playwright = pytest.importorskip("axe_playwright_python.sync_playwright")
    script = sync_playwright.Axe().axe_script

    def run(page, *rules, choose="() => ({ context: document })", known=(), **what):
        options = {"resultTypes": ["violations"],
                   "preload": False}    # of a shadow root's sheet, which the policy forbids
        if rules:
            options["runOnly"] = rules
        given = [{**what, "known": list(known)}, options]
        found = page.evaluate(RUN_AXE % choose, given)
        if found is None:
            page.evaluate(script)
            page.context.add_init_script(script)    # later pages load it in half the time
            found = page.evaluate(RUN_AXE % choose, given)
        if found["kinds"]:
            known.update(found["kinds"])
        return [f"{one['id']}: {node['html'][:90]} {node['failureSummary'][:200]}"
                for one in found["violations"] for node in one["nodes"]]
    return run
