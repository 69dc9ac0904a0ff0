"""ClassPulse: live classroom polls from one laptop, over the room's own Wi-Fi.

    python classpulse.py

One file, in the order in which a response travels:

    Settings             what differs from one installation to the next
    Application          who is asking, what a route may ask for, how errors look
    Routes: audience     join a session, respond
    Routes: presenter    sign in, write questions, run a session
    Routes: live         the WebSocket that carries changes
    Lesson               acts: what can happen in a session, and who is notified
    Question types       what an answer is and how it is counted
    Text                 what people type: cleaned, compared, formatted
    Markup               code and formulas in what presenters write
    Imports              questions that teachers already have
    Store                tables, migrations, and every SQL statement
    Live                 who is watching, and notifying them
    Report               a session read as a whole: its grid, and beside another one
    Exports              answers and marks as files on the teacher's disk
    Backups              copies of the database, and putting one back
    Views                rendering, translating, and what every template is given
    Throttles            how often codes and passwords may be tried
    Server               limits around gevent's server, start and stop
    Network              this laptop's addresses
    Demo                 a made-up class
    Command line         one function for each command

It rests on six ideas. All changes go through `db.write` and share one fsync. An act returns what
it changed, and one place notifies everyone concerned. Watchers are sent states, never events. A
question type is a class and a folder of views. The phone keeps an answer until the server has
confirmed that it is on disk. A sentence is a text with named values until it is shown.
"""

# Read by `uv run classpulse.py` and `pipx run ./classpulse.py`; the same as in setup.cfg.
# /// script
# requires-python = ">=3.10"
# dependencies = [
#     "bottle>=0.13.4",
#     "gevent>=25.5,<27",
#     "gevent-websocket>=0.10.1",
#     "ifaddr>=0.2.0",
#     "latex2mathml>=3.80,<4",
#     "segno>=1.6.6",
# ]
# ///

import importlib.util
import os
import sys


def check_packages():
    """Exit with status 2 and the commands to run on this system when a package is missing."""
    needed = ("bottle", "gevent", "geventwebsocket", "ifaddr", "latex2mathml", "segno")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        steps = (["py -m venv .venv", r".venv\Scripts\pip install .",
                  r".venv\Scripts\python classpulse.py"] if os.name == "nt" else
                 ["python3 -m venv .venv", ".venv/bin/pip install .",
                  ".venv/bin/python classpulse.py"])
        here = os.path.dirname(os.path.abspath(__file__))
        command = ("; " if os.name == "nt" else " && ").join([f'cd "{here}"', *steps])
        print(f"ClassPulse needs packages that this Python does not have ({', '.join(missing)}); "
              f"install them with  {command}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    check_packages()
    # Python keeps the syntax tree of the script it was told to run: 16 of 54 MB. So it starts a
    # second time, with what an import compiles, or has compiled before. Not under a debugger, and
    # not on Windows, where it would be another process.
    if os.name == "posix" and sys.orig_argv[1:] == sys.argv:
        run = (f"import sys; sys.path[0] = {sys.path[0]!r}; del sys.argv[0]; "
               "__file__ = sys.argv[0]; from importlib.machinery import SourceFileLoader; "
               "exec(SourceFileLoader('classpulse', __file__).get_code('classpulse'))")
        os.execv(sys.executable, [sys.executable, "-c", run, *sys.argv])
    # Before Bottle is imported: its request object is a thread-local, and without the patch
    # students would get each other's identity.
    if "bottle" in sys.modules:
        raise ImportError("classpulse must be started before bottle is imported")
    from gevent import config, events, monkey
    sys.modules["ssl"] = None               # nothing here speaks TLS; it would take 1.4 MB
    # It would ask all packages of this Python who wants to know of each patch: a fifth of a start.
    events.notify_and_call_entry_points = lambda event: None
    monkey.patch_all(ssl=False)
    config.track_greenlet_tree = False      # it would keep ten frames per request and phone

import argparse
import base64
import bisect
import csv
import ctypes
import decimal
import filecmp
import functools
import gc
import getpass
import gzip
import hashlib
import hmac
import http.client
import inspect
import io
import ipaddress
import itertools
import json
import math
import random
import re
import secrets
import shlex
import signal
import site
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time
import traceback
import unicodedata
import uuid
import webbrowser
import zlib
from collections import Counter, defaultdict, deque
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import bottle
import gevent
import gevent.monkey
import ifaddr
import segno
from gevent.event import AsyncResult, Event
from gevent.lock import BoundedSemaphore
from gevent.pywsgi import WSGIHandler, WSGIServer
from gevent.threadpool import ThreadPool
from geventwebsocket.handler import WebSocketHandler
from geventwebsocket.websocket import Header, WebSocket

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt
try:
    import resource
except ImportError:  # Windows
    resource = None

__version__ = "0.1.0"


# ------------------------------------------------------------------------------
# Settings
# ------------------------------------------------------------------------------
# Each setting is one line here, which defines both `--its-name` (`--no-its-name` where the default
# is True) and CLASSPULSE_ITS_NAME: its name, its default, and what the switch means.

SETTINGS = [
    ("host", "0.0.0.0", "address to listen at"),
    ("port", 8000, "port to listen at"),
    ("data", "", "folder that holds the database, the exports and the backups"),
    ("url", "", "address to show to students, such as http://192.168.1.20:8000"),
    ("browser", True, "do not open the browser at start"),
    ("demo", False, "run a made-up class in a temporary folder"),
    ("csv_delimiter", ",", "delimiter of CSV files; ';' where Excel expects it"),
    ("user", "", "user whose session `import` creates; the first one if not given"),
    # Vickrey et al. 2015, "Research-based implementation of peer instruction", CBE Life Sciences
    # Education 14, es3: a discussion helps most between these.
    ("discuss_from", 35, "percent of correct first votes from which to suggest a discussion"),
    ("discuss_to", 70, "percent of correct first votes up to which to suggest a discussion"),
]

HERE = Path(__file__).resolve().parent
# Next to the module, or where a wheel installs its data files.
SHARE = next((folder for folder in (HERE, Path(sys.prefix, "share", "classpulse"),
                                    Path(site.getuserbase(), "share", "classpulse"))
              if (folder / "views").is_dir()), HERE)

CODE_DIGITS = 6
CODE_TYPED_MAX = 40     # characters of a code, including the spaces and dashes that people type
NUMBER_MAX = 40         # characters of a number
TITLE_MAX, EXPLANATION_MAX = 500, 5000
NAME_MAX = 200
USERNAME_MAX = 64
LINES_MAX = 10_000      # characters of a field with one option or answer per line
MARKS_MAX = 6           # accents and other marks on one character; no language needs more
PERSON_MAX = 60         # characters of a respondent's name, student number or login
ENTRIES_MAX = 2000      # students on a class list
LONG_LIST = 40          # a class list of more names than this can be searched by those who pick
COOKIE_DAYS = 30
PASSWORD_MIN, PASSWORD_MAX = 6, 1000
ONLINE_SECONDS = 30       # a respondent seen this recently counts as here
OLD_HOURS = 6           # answers older than this belong to another lesson
GROUP_MIN = 10          # students from one minute or one address who are shown as a group
GROUPS_MAX = 20         # groups in the private view
RECENT_MAX = 12         # sessions on the home page
FOUND_MAX = 100         # questions that a search of all of them finds
SEARCH_FROM = 8         # a list of more sessions or questions than this can be searched
LISTED_MAX = 200        # texts or people in the private view; even a lecture hall needs no more
FOLDED_MAX = 200        # characters; longer texts are equal only when they are identical
LABEL_MAX, LABEL_LINES = 500, 10    # characters and lines that a list shows of a text
ROWS_MAX = 56_000       # bytes of a round's rows; the rest is below 8,000, without formulas
IDLE_HOURS = 12         # a session without activity for this long is closed automatically
DELETED_MAX = 1000      # remembered codes of deleted sessions
VISITORS_MAX = 5000     # remembered addresses, to count devices
SIGNINS_EACH = 3        # sign-ins per address at a time; others wait for at most this many hashes
HASHES_WAITING = 20     # passwords being checked before other users are asked to try again
BODY_MAX = 65536        # bytes of a request's body
STOP_SECONDS = 2.5      # to finish pending writes when the server is stopped
UPLOAD_MAX = 2 * 2**20  # bytes of a body with a file, from presenters
REFUSED_MAX = 10 * UPLOAD_MAX       # bytes of one that is read only to say that it is too large
PICTURE_MAX = 500_000   # bytes of a stored picture; the form's script shrinks larger ones
OPTION_PICTURE_MAX = 60_000         # bytes of an option's
HEAD_MAX = 16384        # bytes of a request's headers
FIELDS_MAX = 200        # fields of a form; an answer needs fewer than 30
TALLY_MAX = 999         # hands raised for one option
SECONDS_MIN = 5         # of a countdown
SECONDS_MAX = 3600
MORE_SECONDS = 30       # that a running one is given
GRACE_SECONDS = 1.5     # after it shows 0, for votes that are on their way


def default_settings():
    """{name: value} of all settings, from the environment if set there; or CannotStart."""
    settings = {}
    for name, default, _ in SETTINGS:
        variable = "CLASSPULSE_" + name.upper()
        given = os.environ.get(variable, str(default))
        try:
            settings[name] = (given.lower() not in ("", "0", "no", "false")
                              if isinstance(default, bool) else type(default)(given))
        except ValueError:
            raise CannotStart("{variable} can't be {given}.", variable=variable,
                              given=repr(given)) from None
    return settings


# ------------------------------------------------------------------------------
# Application
# ------------------------------------------------------------------------------
# Whatever a route may need is an attribute of Visit; a route gets it by naming it in its
# signature. An error for the user is a Problem, raised where it is detected.

app = bottle.Bottle()
# It combines a group of patterns again with each route: that of large ones is a tenth of a start.
app.router._MAX_GROUPS_PER_PATTERN = 8
# Ids that fit into SQLite; Bottle's `int` also accepts numbers too large for an integer column.
app.router.add_filter("id", lambda _: (r"[1-9][0-9]{0,14}", int, str))


class Sentence:
    """Something for people to read: a text with {names}, and their values.

    A value may be a sentence as well. `_` translates and formats it; `str` gives English.
    """

    def __init__(self, text, /, **values):
        self.text, self.values = text, values

    def __str__(self):
        return self.text.format(**self.values)


class Problem(Sentence, Exception):
    """An error explained to the user; `shown` characters of the faulty `field` are shown again."""
    status = 500

    def __init__(self, text, /, field=None, shown=LINES_MAX, **values):
        super().__init__(text, **values)
        self.field, self.shown, self.readings, self.page = field, shown, (), None


class Invalid(Problem):
    """The input is not a valid answer, title, number ..."""
    status = 422


class Unclear(Invalid):
    """What was sent can be read in several ways: `readings` [(field, value, its label), ...]."""

    def __init__(self, text, field, readings, **values):
        super().__init__(text, field, **values)
        self.readings = readings


class Nameless(Invalid):
    """The name that the session requires is missing; `link` leads to the `page` that asks."""

    def __init__(self, session):
        super().__init__("Your teacher asks for your name first.", "name")
        self.page = f"/audience/{session['code']}/name"
        self.link = "Choose your name" if find_list_id(session) else "Enter your name"


class Changed(Invalid):
    """The question has changed since it was answered; a script also gets the current one."""


class Forbidden(Problem):
    """The user, signed in or not, is not allowed to do this."""
    status = 403


class NotFound(Problem):
    """It does not exist, or not for this user."""
    status = 404


class Closed(Problem):
    """The request is not possible at this stage."""
    status = 409


class Overwriting(Closed):
    """The form was made from an earlier version than the stored one; its page shows both."""


class Gone(Problem):
    """The session is closed for joining."""
    status = 410


class NotSaved(Problem):
    """The disk, or the queue in front of it, did not accept the change."""
    status = 503


class Busy(Problem):
    """Too many requests for this at the same time; a later one will succeed."""
    status = 503


class WrongPassword(Problem):
    """The user name or the password is wrong; the message never says which."""
    status = 401


class NeedsSignIn(Forbidden):
    """The request is for presenters only, and came without a sign-in."""


class Classroom:
    """The state shared within one running server; call `open` once per process or test."""

    def __init__(self):
        self.settings = {name: default for name, default, _ in SETTINGS}
        self.setup_token = secrets.token_urlsafe(24)
        self.demo_token = None          # until it is used, and only in a demo
        self.db = self.live = self.exports = self.backups = None
        self.turn_ends_at = 0.0         # when take_turn lets others come first again

    def open(self, folder, **settings):
        """Open the data folder, creating what is missing; CannotStart when that fails."""
        self.settings = dict(default_settings(), **settings)
        self.visitors = {}              # {address seen so far: whether it is another device's}
        self.folder = prepare_folder(folder)
        self.db = Store(self.folder)
        instance = get_instance(self.db)
        self.id, self.key = instance["id"], bytes.fromhex(instance["key"])
        self.alarm = Event()            # wakes what runs scheduled acts
        if list_overdue(self.db):
            self.db.write(drop_timers)
        self.hashers = ThreadPool(max(1, (os.cpu_count() or 1) - 1))  # leaves a core for votes
        self.laptop_hashers = ThreadPool(1)        # sign-ins on the laptop wait for no others
        self.readers = ThreadPool(1)               # for what reads a whole session for a page
        self.jobs = Jobs()
        self.hashing = Slots()
        self.login_throttle = LoginThrottle()
        self.code_throttle = AddressThrottle(FREE_CODES, TOO_MANY_CODES)
        self.images, self.unsent = Images(self.db), Unsent()
        # [((sign-in, mark), content)] of the newest lists of questions that were sent as files:
        # presenters look at them first, and add them then.
        self.lists = deque(maxlen=8)
        self.address = find_address()
        self.live = Live(self.db)
        self.exports = Exports(self.db, self.folder, self.settings["csv_delimiter"])
        self.backups = Backups(self.folder)

    def note_device(self, address):
        """Count a device that has reached this laptop, and notify presenters waiting for it."""
        if address in self.visitors or len(self.visitors) >= VISITORS_MAX:
            return
        self.visitors[address] = not is_own(address)
        if self.visitors[address]:
            self.live.presenters_changed(Live.PEOPLE_SECONDS)

    def close(self):
        """Notify the watchers, finish pending writes, and leave up-to-date CSV files."""
        self.live.close()
        self.db.finish()
        self.exports.close()
        for pool in (self.hashers, self.laptop_hashers, self.readers):
            gevent.spawn(pool.kill)     # not awaited: what runs there has nothing to save
        self.db.close()                 # last: nothing that still reads may be running


classroom = Classroom()


class Images:
    """Pictures in memory, one copy of each: the newest few, and those being sent."""
    NEWEST = 8

    def __init__(self, db):
        self.db, self.kept = db, {}

    def get(self, id):
        """{"type", "content"} of a picture, or NotFound."""
        if id not in self.kept:
            image = get_image(self.db, id)
            # Those being sent stay: else fetching many in turn would copy each again and again.
            for old in list(self.kept)[:1 - self.NEWEST]:
                if sys.getrefcount(self.kept[old]["content"]) <= 2:     # `kept` and this call
                    del self.kept[old]
            self.kept[id] = dict(image, content=Shared(image["content"]))
        return self.kept[id]

    def clear(self):
        """Forget all pictures, because some were deleted."""
        self.kept.clear()


class Visit:
    """One request: who is asking, and for what. A route names what it needs in its signature."""

    def __init__(self, path):
        self.path = path                 # parameters from the URL: {"question_id": 7}

    def give(self, wanted):
        """{name: value} of wanted names in the path or in Visit; raises a Problem if denied."""
        return {name: self.path[name] if name in self.path else getattr(self, name)
                for name in wanted if name in self.path or hasattr(Visit, name)}

    db = property(lambda self: classroom.db)
    live = property(lambda self: classroom.live)
    exports = property(lambda self: classroom.exports)
    backups = property(lambda self: classroom.backups)
    form = functools.cached_property(lambda self: read_form())

    @functools.cached_property
    def presenter(self):
        """The signed-in user, with `screen_is_private` if the class can't see it; NeedsSignIn."""
        user = find_presenter(self.db)
        if user is None:
            raise NeedsSignIn("Sign in first.")
        alone = find_cookie(f"cp_{classroom.id}_alone")
        return dict(user, screen_is_private=alone == name_signin(user))

    @functools.cached_property
    def session(self):
        """The session of the code or question in the path, for anyone."""
        if "code" in self.path:
            return get_session_for(self.db, self.path["code"])
        return self.db.recall(get_session, self.question["session_id"])

    @functools.cached_property
    def question(self):
        """The question named in the path, for anyone; NotFound for a draft, which is secret."""
        question = self.db.recall(get_question, self.path["question_id"])
        if question["stage"] == "draft":
            raise NotFound(NO_QUESTION)
        return question

    # What the path names of the presenter's own; NotFound when it belongs to another user.
    own_session = functools.cached_property(lambda self: get_own_session(
        self.db, self.presenter["id"], self.path["session_id"]))
    own_question = functools.cached_property(lambda self: get_own_question(
        self.db, self.presenter["id"], self.path["question_id"]))
    own_class_list = functools.cached_property(lambda self: get_own_class_list(
        self.db, self.presenter["id"], self.path["list_id"]))

    @functools.cached_property
    def respondent(self):
        """The respondent's id from the cookie; Forbidden for anyone who has not joined."""
        respondent = find_respondent_cookie(self.session)
        if respondent is None:
            raise Forbidden("You have not joined this session, or this browser refuses cookies."
                            " Allow cookies, and enter the code again.")
        if is_locked_out(self.db, self.session, respondent):
            raise Forbidden(LOCKED)
        return respondent


class Guard:
    """Passes each route what its signature names, and turns Problems into responses.

    `retry=show_page` on a route shows that page again, with the problem and what was typed, to
    anyone who may use both the route and the page.
    """
    name, api = "guard", 2

    def apply(self, callback, route):
        wanted = inspect.signature(callback).parameters
        retry = route.config.get("retry")

        @functools.wraps(callback)
        def guarded(**path):
            visit, given = Visit(path), None
            try:
                given = visit.give(wanted)
                return compress_page(callback(**given))
            except NeedsSignIn as problem:
                return ask_to_sign_in(problem)
            except Problem as problem:
                # Anyone who may not use the route must not see its retry page either.
                if retry is None or given is None or wants_fragment():
                    return show_problem(problem)
                return self.try_again(retry, visit, problem)
        return guarded

    def try_again(self, page, visit, problem):
        bottle.response.status = problem.status
        try:
            visit.form.shorten(problem)
            return page(problem=problem, **visit.give(inspect.signature(page).parameters))
        except Problem:             # the page failed as well: say why the form was refused
            return show_problem(problem)


app.install(Guard())


def ask_to_sign_in(problem):
    """Redirect to the sign-in page, have htmx do so, or simply refuse a socket."""
    if get_header("Upgrade"):
        return show_problem(problem)
    if get_header("HX-Request"):
        return bottle.HTTPResponse(status=403, headers={"HX-Redirect": "/login"})
    return redirect("/login")


def redirect(path):
    """303 to a path on this server, with the cookies set so far."""
    # Relative: bottle.redirect would insert the Host header, which anyone can forge.
    bottle.response.status = 303
    bottle.response.set_header("Location", path)
    return ""


def get_header(name, default=""):
    """A request header as it was sent; Bottle's own accessor takes five times as long."""
    return bottle.request.environ.get("HTTP_" + name.upper().replace("-", "_"), default)


def wants_fragment():
    """Whether one of our scripts sent the request, and not a link or a form."""
    mode = get_header("Sec-Fetch-Mode", "navigate")
    return get_header("HX-Request") == "true" or mode != "navigate"


def show_problem(problem):
    """A Problem as a full page, or as a sentence for a script to show."""
    bottle.response.status = problem.status
    name = "partials/_problem" if wants_fragment() else "problem"
    return view(name, problem=problem)


def read_form():
    """The request's fields, decoded as UTF-8 (Bottle 0.13 reads them as Latin-1)."""
    request = bottle.request
    if request.method in ("GET", "HEAD"):
        sent = request.query_string
    elif request.content_type.startswith("multipart/"):
        if find_signin_in_cookie() is None:
            raise Forbidden("Only teachers who are signed in can send files.")
        try:
            return read_multipart(request.environ["wsgi.input"].read(),
                                  request.environ["CONTENT_TYPE"])
        except ValueError:
            raise Invalid("This form can't be read.") from None
    else:
        # Not `request.body`, which is a copy: 7 of the application's 110 µs per vote.
        sent = request.environ["wsgi.input"].read().decode("utf-8", "replace")
    try:
        return Form(parse_qsl(sent, keep_blank_values=True, max_num_fields=FIELDS_MAX,
                              encoding="utf-8", errors="replace"))
    except ValueError:
        raise Invalid("This form has too many fields.") from None


# A part's field name, and whether it is a file: browsers send one without a name where none was
# chosen; and a charset other than UTF-8.
PART = re.compile(rb'\r\nContent-Disposition: *form-data; *name=("?)([^"\r\n;]*)\1'
                  rb'(; *filename(?! *= *""))?', re.IGNORECASE)
OTHER_CHARSET = re.compile(rb'charset *=(?! *"?utf-8\b)', re.IGNORECASE)


def read_multipart(body, content_type):
    """A form with files (RFC 7578); ValueError when it is malformed or not in UTF-8."""
    boundary = re.search(r'boundary="?([!#-:<-~]{1,70})', content_type)
    if boundary is None:
        raise ValueError("no boundary")
    between = b"\r\n--" + boundary[1].encode()
    most = FIELDS_MAX + QUESTIONS_MAX           # each question of a list can be left out
    _, *parts, end = (b"\r\n" + body).split(between, most + 2)
    if len(parts) > most:
        raise Invalid("This form has too many fields.")
    form = Form()
    for part in parts:
        head, blank, content = part.partition(b"\r\n\r\n")
        field = PART.search(head)
        if not blank or field is None:
            raise ValueError("not a field")
        if field[3]:
            form.files[field[2].decode()] = content
        elif OTHER_CHARSET.search(head):        # Bottle would use it, however slow it is
            raise ValueError("another charset")
        else:
            form.pairs.append((field[2].decode(), content.decode()))
    if not parts or not end.startswith(b"--"):
        raise ValueError("cut off")
    return form


class Form:
    """The text fields of a form or a query, in the order sent; `files` are {field: bytes}."""

    def __init__(self, pairs=(), files=()):
        self.pairs, self.files = list(pairs), dict(files)

    def get(self, name, default=""):
        """The first value of a field."""
        return next((value for field, value in self.pairs if field == name), default)

    def getall(self, name):
        """Every value of a field."""
        return [value for field, value in self.pairs if field == name]

    def text(self, name, what, most, required=True, clean=None):
        """One line of at most `most` characters, or Invalid, whose message calls it `what`."""
        text = read_text(self.get(name), what, most, name, clean or clean_line)
        if required and not text:
            raise Invalid("{what} is missing.", name, what=Sentence(what))
        return text

    def password(self):
        """The password as typed."""
        return read_text(self.get("password"), "The password", PASSWORD_MAX, "password", str)

    def choice(self, name, offered):
        """One of the offered values, the first when the field is empty; Invalid for any other."""
        value = self.get(name) or next(iter(offered))
        if value not in offered:
            raise Invalid("Choose one of these.", name)
        return value

    def integer(self, name, least, most, default=None):
        """A whole number from `least` to `most`, or the default when the field is empty."""
        text = self.get(name).strip()
        if not text:
            return default
        if not re.fullmatch(r"-?\d{1,16}", text) or not least <= int(text) <= most:
            raise Invalid("This must be a whole number from {least} to {most}.", name,
                          least=least, most=most)
        return int(text)

    def shorten(self, problem):
        """Cut the values that are shown again after a Problem; forged ones may be huge.

        All but pasted lists, of questions or students, which are only bounded by the body.
        """
        self.pairs = [(name, value if name in ("text", "entries") else
                       value[:problem.shown if name == problem.field else LINES_MAX])
                      for name, value in self.pairs]


def read_text(typed, what, most, field, clean):
    """The cleaned text, of at most `most` characters; Invalid when it has more.

    Cleaning may drop characters, so the input may be longer, but not unbounded: each costs time.
    """
    room = 4 * most + 100
    text = clean(typed) if len(typed) <= room else typed
    if len(text) > most:
        raise Invalid("{what} can have at most {most} characters. This has {count}.", field, room,
                      what=Sentence(what), most=most, count=len(text))
    return text


@app.hook("before_request")
def check_origin():
    """Refuse a foreign Host (421, DNS rebinding) and requests from other sites (403)."""
    if classroom.db.closing:        # the last votes are being written
        raise bottle.HTTPResponse("ClassPulse is being stopped.\n", 503)
    host = get_header("Host")
    if not is_our_host(host):
        raise bottle.HTTPResponse("This server does not answer to that name.\n", 421)
    classroom.note_device(get_client_address())
    if bottle.request.method not in ("GET", "HEAD") or get_header("Upgrade"):
        origin = get_header("Origin", None)
        site_of_origin = get_header("Sec-Fetch-Site", "none")
        if ((origin is not None and origin.partition("://")[2].lower() != host.lower())
                or site_of_origin not in ("same-origin", "none")):
            raise bottle.HTTPResponse("Requests from other sites are refused.\n", 403)


def get_client_address():
    """The address that a request came from. Bottle's remote_addr also trusts X-Forwarded-For."""
    return bottle.request.environ.get("REMOTE_ADDR", "")


def is_our_host(host):
    """Whether a Host header names this laptop: any IP address, its own name, or that of --url."""
    name = read_host(host)
    return not isinstance(name, str) or name != "" and (
        name in list_own_names() or name == urlsplit(classroom.settings["url"]).hostname)


def list_own_names():
    """The names that lead to this laptop without --url."""
    own = socket.gethostname().lower()
    return "localhost", own, own.split(".")[0] + ".local"


@functools.lru_cache(maxsize=100)       # called twice per request
def read_host(host):
    """The IP address or the name in a Host header, without the port; "" when there is neither."""
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?", host, re.ASCII)
    name = match[1].strip("[]").lower() if match else ""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return name


@app.hook("after_request")
def add_headers():
    """Add the headers that every response has. Static files set their own caching."""
    headers = bottle.response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    if "Content-Security-Policy" not in headers:
        # connect-src is for Safari 15, whose 'self' does not cover WebSockets. Only a Host that
        # was checked is inserted: any other may contain anything.
        host = get_header("Host")
        headers["Content-Security-Policy"] = (
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
            f"object-src 'none'; connect-src 'self' {f'ws://{host}' if is_our_host(host) else ''}")
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    # After sleep, a phone reuses dead connections and hangs on each; a new one costs 0.1 ms.
    headers["Connection"] = "close"


def show_error(error):
    """The page for an error that no route handled; a slash at the end is taken off."""
    request = bottle.request
    if error.status_code == 404 and request.method == "GET" and request.path.endswith("/"):
        # Leading slashes go as well: two of them would lead to another host.
        query = f"?{request.query_string}" if request.query_string else ""
        page = redirect(f"/{quote(request.path.strip('/'))}{query}")
    else:
        page = show_fault(error)
    add_headers()       # Bottle runs the hook before it handles the error
    return page


app.default_error_handler = show_error


def show_fault(error):
    """An error as a page; server errors are logged with a reference."""
    if error.status_code < 500:
        problem = Problem("Page not found." if error.status_code == 404
                          else "This is not possible here.")
    else:
        reference = secrets.token_hex(4)
        # Without the exception's message, which may quote what people typed.
        fault = describe_fault(error.exception) if error.exception else error.body
        log_error("Error {reference}: {fault}", reference=reference, fault=fault)
        problem = Problem("Something went wrong on the laptop (reference {reference}). Everything "
                          "saved is safe. Please try again.", reference=reference)
    problem.status = error.status_code
    return show_problem(problem)


def log_error(text, /, **values):
    """Print an error to the terminal; a failure to write there must not stop anything."""
    with suppress(OSError):
        print(_(text, **values), file=sys.stderr, flush=True)


def describe_fault(problem):
    """An exception's type and traceback, without its message."""
    return f"{type(problem).__name__}\n{''.join(traceback.format_tb(problem.__traceback__))}"


# All ports of an address share cookies, so cookie names include the instance's id.

def find_presenter(db):
    """The user whose sign-in the request carries, or None; renews a sign-in that is in use."""
    signin = find_signin_in_cookie()
    if signin and signin["expires_at"] < time_in(days=COOKIE_DAYS - 1):
        # In the background: pages must stay readable even when nothing can be saved.
        gevent.spawn(attempt, db.write, renew_signin, signin["token_hash"])
        set_cookie(f"cp_{classroom.id}", find_cookie(f"cp_{classroom.id}"))
    return signin


def find_signin_in_cookie(cookies=None):
    """The sign-in in a Cookie header, by default the request's, or None."""
    token = find_cookie(f"cp_{classroom.id}", cookies)
    return find_signin(classroom.db, hash_token(token)) if token else None


def name_signin(presenter):
    """An identifier of a presenter's sign-in that does not grant access."""
    return presenter["token_hash"][:16]


def hash_token(token):
    """The stored form of a sign-in's token: reading the database does not grant access."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_respondent_cookie(session):
    """The respondent's id from this session's cookie, or None unless this server signed it."""
    cookie = find_cookie(f"cp_{classroom.id}_{session['id']}") or ""
    respondent_id, _, mark = cookie.partition(".")
    expected = sign_respondent(session["id"], respondent_id)
    return respondent_id if hmac.compare_digest(mark, expected) else None


def sign_respondent(session_id, respondent_id):
    """HMAC over both ids as 32 hex digits, so that an id seen in a CSV file is of no use."""
    text = f"{session_id}.{respondent_id}".encode()
    return hmac.digest(classroom.key, text, "sha256").hex()[:32]


def set_cookie(name, value, days=COOKIE_DAYS):
    """Set a cookie for this address; with days=None it lasts until the browser closes."""
    lasting = {} if days is None else {"max_age": days * 86400}
    # Not Secure: browsers drop such cookies over plain HTTP.
    bottle.response.set_cookie(name, value, path="/", httponly=True, samesite="lax", **lasting)


def find_cookie(name, cookies=None):
    """A cookie's value or None. In SimpleCookie, one malformed cookie would hide the others."""
    if cookies is None:
        cookies = get_header("Cookie")
    match = re.search(rf"(?:^|;)\s*{name}=([\w.-]*)", cookies, re.ASCII)
    return match[1] if match else None


# ------------------------------------------------------------------------------
# Routes: audience
# ------------------------------------------------------------------------------
# The pages for phones. They work without JavaScript; static/js/audience.js adds live changes and
# the outbox that keeps an answer until it is saved.

# Wrong codes that pass without waiting in line, and the message when the line is too long. Trying
# all 900,000 takes days. A correct code gives its turn back, so a whole hall can type it together.
FREE_CODES = 60
TOO_MANY_CODES = ("Too many codes are being tried at the moment. Check the code on the screen, "
                  "and try again shortly.")


def get_session_for(db, code):
    """The session with this code, or NotFound, possibly after a wait.

    A newcomer waits equally for a correct and a wrong code. Respondents who have joined never
    wait, even if their session has been deleted since.
    """
    try:
        session = get_session_by_code(db, code)
        if find_respondent_cookie(session):
            return session
    except NotFound:
        if find_respondent_cookie({"id": classroom.live.deleted.get(code)}):
            raise
    passed = classroom.code_throttle.wait(get_client_address())
    session = get_session_by_code(db, code)
    for throttle in passed:
        throttle.give_back()
    return session


@app.get("/")
def show_home(db, form):
    """The presenter's home page; for everyone else, the form that asks for the code."""
    user = find_presenter(db)
    if user is None:
        return show_join(form)
    sessions = get_user_sessions(db, user["id"])
    recent = [session for session in sessions if not session["archived"]][:RECENT_MAX]
    return view("home", presenter=user, sessions=recent, count=len(sessions),
                shares=list_session_shares(db, recent), folder=classroom.folder, today=day(now()))


def list_session_shares(db, sessions):
    """{session_id: [the share_correct of each question that has one, ...], ...}."""
    shares = defaultdict(list)
    for question in list_judged(db, [session["id"] for session in sessions]):
        percent = share_correct(db, question)
        if percent is not None:
            shares[question["session_id"]].append(percent)
        gevent.sleep(0)     # the first time after a start there is much to count; votes come first
    return shares


def show_join(form, problem=None, code=""):
    """The form that asks for a code."""
    return view("join", code=form.get("code") or code, problem=problem)


@app.get("/join", retry=show_join)
@app.post("/join", retry=show_join)
def join(db, form):
    """Join a session by its code, typed with or without spaces."""
    if bottle.request.method == "GET" and not form.get("code"):
        return show_join(form)
    return join_by_link(db, form.get("code"))


@app.get("/<code:re:[0-9][0-9 -]{4,20}[0-9]>", retry=show_join)
def join_by_link(db, code):
    """Join an open session by the link in its QR code."""
    session = get_session_for(db, code)
    if not session["active"]:
        raise Gone("This session is closed. If you were in it, your answers are saved.")
    ensure_identity(session)
    return redirect(f"/audience/{session['code']}")


def ensure_identity(session):
    """This browser's respondent id in the session, created if needed; None if it can't join.

    Only routes that take a code may call this, because knowing the code is what grants access.
    """
    respondent = find_respondent_cookie(session)
    if respondent is None and session["active"] and not session["locked"]:
        respondent = create_respondent_id()
    if respondent:
        set_respondent_cookie(session, respondent)
    return respondent


def set_respondent_cookie(session, respondent_id):
    """Make this browser that respondent of this session."""
    mark = sign_respondent(session["id"], respondent_id)
    set_cookie(f"cp_{classroom.id}_{session['id']}", f"{respondent_id}.{mark}")


def create_respondent_id():
    """A new UUID that begins with the current time (RFC 9562, version 7).

    For a phone that loses the network after loading the page, only this shows when it joined.
    """
    moment = int(1000 * datetime.fromisoformat(now()).timestamp())
    made = bytearray(moment.to_bytes(6, "big") + secrets.token_bytes(10))
    made[6], made[8] = 0x70 | made[6] & 0x0F, 0x80 | made[8] & 0x3F     # version and variant
    return str(uuid.UUID(bytes=bytes(made)))


@app.get("/audience/<code>")
def visit_audience(db, session, form):
    """The audience's page; anyone who can't join sees only the reason."""
    respondent = ensure_identity(session)
    if respondent is None or is_locked_out(db, session, respondent):
        return view("locked", session=session)
    return show_audience(db, session, respondent, waits=form.get("wait") == "1")


def show_audience(db, session, respondent, problem=None, form=None, question_id=None,
                  waits=False):
    """The open questions with this respondent's own answers.

    After a Problem with an answer, `form` holds what was typed and `question_id` says where.
    Without scripts students wait on a page that loads itself again: one with `waits` leaves out
    the forms that were sent.
    """
    if needs_name(db, session, respondent):
        return ask_name(db, session, respondent, form or Form(), problem)
    version = classroom.live.name_version("audience", session["id"])
    own = get_own_result(db, session, respondent)
    questions = [question for question in db.recall(list_for_audience, session["id"])
                 if not (own and question["active"] and name_round(question) in own["final"])]
    mine = list_mine(db, questions, respondent)
    answers = {question["id"]: split_answer(question, mine) for question in questions}
    sent = {question["id"] for question in questions
            if question["active"] and mine.get(question["id"], {}).get("value")}
    if waits:
        questions = [question for question in questions if question["id"] not in sent]
    if problem:
        answers[question_id] = form.getall("response")
    return view("audience", session=session, questions=questions, answers=answers, own=own,
                mine=mine,
                results={question["id"]: find_results(question) for question in questions},
                name=(find_person(db, session["id"], respondent) or NOBODY)["name"],
                problem=problem, asked=question_id, sent=sent, waits=waits,
                can_change_name=can_change_name(db, session, respondent), version=version,
                outbox=f"{session['id']}-{hash_token(respondent)[:12]}")


def is_locked_out(db, session, respondent):
    """Whether joining is locked and this respondent had not joined before."""
    return session["locked"] and not has_joined(db, session["id"], respondent)


@app.get("/audience/<code>/name")
def show_name(db, session, respondent, form, problem=None):
    """The form for a name, with the present one in it; the questions if it can't change."""
    if not can_change_name(db, session, respondent):
        return (show_audience(db, session, respondent, problem, form) if problem
                else redirect(f"/audience/{session['code']}"))
    if problem is None:
        person = find_person(db, session["id"], respondent) or {}
        form = Form([("search", form.get("search")), ("name", person.get("name") or ""),
                     *((field, person.get(field) or "") for field in IDENTIFIERS)])
    return ask_name(db, session, respondent, form, problem)


def ask_name(db, session, respondent, form, problem):
    """The form for a name, and what else identifies a student, or with the names to pick from.

    Those are only for a browser that had joined when it asked for the page.
    """
    identify, picks = session["settings"]["identify"], None
    if identify == "list" and find_respondent_cookie(session):
        search = clean_line(form.get("search")[:PERSON_MAX])
        picks = dict(list_picks(db, session, respondent, search), search=search)
    return view("name", session=session, form=form, problem=problem, picks=picks,
                identifier=identify if identify in IDENTIFIERS else None)


def list_picks(db, session, respondent, search):
    """{"names": [{"id", "name", "taken"}, ...], "more", "count"} of a session's class list.

    `names` are those in which each word of the search is found, by the alphabet, and `more` says
    how many are left out. What the respondent has picked is not taken.
    """
    names, words = db.recall(sort_class_list, find_list_id(session)), normalize(search).split()
    taken = {entry_id for id, entry_id in list_picked(db, session["id"]).items()
             if id != respondent}
    found = [one for one in names if all(word in one[0] for word in words)] if words else names
    return {"names": [{"id": id, "name": name, "taken": id in taken}
                      for _key, id, name in found[:LISTED_MAX]],
            "more": len(found[LISTED_MAX:]), "count": len(names)}


@app.post("/audience/<code>/name", retry=show_name)
def give_name(db, live, session, respondent, form):
    """Store who a respondent is, if the presenter asks for names; an empty name declines."""
    person = read_person(session, form)
    if session["settings"]["names"] != "no":
        wait_to_join(db, live, session["id"], respondent)
        stored_at = happen(give_own_name, session["id"], respondent, person)
        live.seen(session["id"], respondent, get_client_address(), stored_at)
    return redirect(f"/audience/{session['code']}")


def read_person(session, form):
    """{"name"}, and what else the session asks for, or {"entry_id"} of a name that was picked."""
    settings = session["settings"]
    identify, required = settings["identify"], settings["names"] == "required"
    if identify == "list":
        entry_id = form.integer("entry", 1, 2**53)
        if entry_id is None and (form.get("name") or required):
            raise Invalid("Please choose your name.", "entry")
        return {"name": ""} if entry_id is None else {"entry_id": entry_id}
    name = form.text("name", "Your name", PERSON_MAX, required=False)
    # What looks empty, but is not, was not meant to decline.
    if not name and (form.get("name") or form.get(identify) or required):
        raise Invalid("Please enter your name.", "name")
    if not name or identify == "name":
        return {"name": name}
    known = read_identifier(identify, form.get(identify), identify)
    if not known:
        raise Invalid(IDENTIFIERS[identify].missing, identify)
    return {"name": name, identify: known}


def read_identifier(column, typed, field):
    """A name, or what identifies a student in other programs; Invalid if it can't be that."""
    what = IDENTIFIERS[column].what if column in IDENTIFIERS else "The name"
    text = read_text(typed, what, NAME_MAX if column == "email" else PERSON_MAX, field, clean_line)
    if column == "email" and text and not re.fullmatch(r"[^\s@]+@[^\s@]+", text):
        raise Invalid("{email} is not an e-mail address.", field, email=text)
    return text


def find_results(question):
    """The results message of a question whose results phones show, or None.

    Phones show results only if the session allows it, after voting, never before the projector
    does, and never texts: only the presenter decides which of those are displayed. Answers are
    counted once for all phones.
    """
    shown = question["on_phones"] and question["stage"] in ("results", "answer")
    if not shown or QUESTION_TYPES[question["type"]].is_text:
        return None
    with suppress(NotFound):        # deleted since it was read
        return classroom.live.current("results", question["id"]).content


@app.get("/audience/<code>/answers")
def show_own_answers(db, session, respondent):
    """A respondent's own answers of every round, with the correct ones that were shown."""
    if needs_name(db, session, respondent):
        return redirect(f"/audience/{session['code']}")
    return view("answers", session=session, asked=list_own_answers(db, session, respondent),
                own=get_own_result(db, session, respondent))


@app.get("/audience/<code>/state")
def show_state(db, live, session, respondent):
    """The state message, for browsers whose sockets are blocked; polling counts as joining."""
    if live.has_stored(session["id"], respondent):
        live.seen(session["id"], respondent, get_client_address())
    else:
        mark_joined(db, live, session["id"], respondent, polls=True)
    bottle.response.content_type = "application/json"
    return live.first_state(session["id"], respondent)


def mark_joined(db, live, session_id, respondent, polls=False):
    """Count a respondent who opens a socket, or polls, as joined: a lock does not stop them."""
    wait_to_join(db, live, session_id, respondent)
    try:
        stored_at = db.write(ensure_respondent, session_id, respondent)
    except NotSaved:
        stored_at = None    # they may watch while nothing can be saved; a vote will count them
    live.seen(session_id, respondent, get_client_address(), stored_at, polls)


def wait_to_join(db, live, session_id, respondent):
    """Wait for a turn to join when very many do; respondents who have joined never wait.

    Cookies are not counted: anyone can fetch any number of them, and they cost nothing.
    """
    if (live.has_stored(session_id, respondent) or respondent in live.admitted[session_id]
            or has_joined(db, session_id, respondent)):
        return
    if respondent in live.waiting_to_join:             # a phone that retries keeps its turn
        raise Busy(TOO_MANY_JOIN)
    live.waiting_to_join.add(respondent)
    try:
        live.join_throttles[session_id].wait(get_client_address())
    finally:
        live.waiting_to_join.discard(respondent)
    live.admitted[session_id].add(respondent)


FREE_ARRIVALS = 2500    # new respondents who need not wait, besides the first few per address
TOO_MANY_JOIN = "Too many people are joining at the moment. You will be let in automatically."


@app.post("/audience/<code>/leave")
def leave(db, session, respondent):
    """Start as a new respondent on a shared device; the earlier answers stay.

    Without any, a name that was picked from a class list is free again.
    """
    if not session["active"]:
        raise Closed("The session is closed, so nobody new can join.")
    if session["locked"]:
        raise Closed(LOCKED)
    person = find_person(db, session["id"], respondent)
    if person and person["entry_id"] and not has_responded(db, session["id"], respondent):
        with suppress(NotFound):        # the teacher has freed it meanwhile
            happen(free_entry, session["id"], person["entry_id"], respondent)
    set_respondent_cookie(session, create_respondent_id())
    return redirect(f"/audience/{session['code']}")


@app.post("/audience/<code>/finish", retry=show_audience)
def finish(db, live, session, respondent):
    """Make a respondent's answers final, and show the result, as far as the session allows."""
    check_named(db, session, respondent)
    wait_to_join(db, live, session["id"], respondent)
    finished_at = happen(finish_own, session["id"], respondent)
    live.seen(session["id"], respondent, get_client_address(), finished_at)
    if wants_fragment():
        return view("partials/_own_result", session=session,
                    own=get_own_result(db, session, respondent))
    return redirect(f"/audience/{session['code']}")


@app.post("/audience/respond/<question_id:id>", retry=show_audience)
def respond(db, live, form, question, session, respondent):
    """Record a response, and show what was saved."""
    round, seq = form.integer("round", 1, 10**9), form.integer("seq", 0, 2**53)
    shape = form.get("shape") or str(question["shape"])
    try:
        if form.getall("response"):     # first: it may be invalid for the changed question
            check_shape(question, shape)
        value = read_answer(question, form)
        check_named(db, session, respondent)
        wait_to_join(db, live, session["id"], respondent)
        saved = happen(accept_response, session["id"], question["id"], respondent, value,
                       round, seq, form.get("queued") == "1", shape)
    except Changed as problem:
        if not wants_fragment():
            raise
        return show_problem(problem) + show_asked(get_question(db, question["id"]))
    live.seen(session["id"], respondent, get_client_address(), saved["saved_at"])
    if wants_fragment():
        return view("partials/_receipt", question=question, saved=saved)
    return redirect(f"/audience/{session['code']}")


def check_named(db, session, respondent):
    """Raise Nameless if a respondent lacks the name that the session requires."""
    if session["settings"]["names"] == "required" and needs_name(db, session, respondent):
        raise Nameless(session)


def read_answer(question, form):
    """The value of an answer, or of an offered abstention, "" if it is taken back; or Invalid."""
    kind, parts = QUESTION_TYPES[question["type"]], form.getall("response")
    if not parts and (kind.can_be_empty or form.get("clear") == "1"):
        return ""
    if question["abstain"] and parts == [ABSTENTION]:
        return ABSTENTION
    return kind.read(form, question["options"])


@app.get("/images/<image_id:re:[0-9a-f]{32}>")
def show_image(image_id):
    """A question's picture. Its URL can't be guessed, and its content never changes."""
    image = classroom.images.get(image_id)
    bottle.response.content_type = image["type"]
    bottle.response.set_header("Cache-Control", "private, max-age=31536000, immutable")
    bottle.response.set_header("Content-Security-Policy", "default-src 'none'; sandbox")
    return image["content"]


@app.get("/healthz")
def show_health():
    """A sign that the event loop is running, without access to the disk."""
    bottle.response.content_type = "text/plain"
    return f"ok {__version__}\n"


@app.get("/favicon.ico")
def show_favicon():
    """The icon for browsers that request it at the root, where no hash marks a new version."""
    bottle.response.set_header("Cache-Control", "public, max-age=86400")
    return send_static("favicon.svg")


@app.get("/static/<version>/<path:path>")
def show_static(version, path):
    """A file of static/, compressed once, cached permanently under the hash of all files."""
    if version != static_files().version:
        raise NotFound("Page not found.")
    return send_static(path)


# ------------------------------------------------------------------------------
# Routes: presenter
# ------------------------------------------------------------------------------
# Everything a signed-in presenter does. One function shows a form's page; another handles its
# POST and names the first as `retry`.

@app.get("/setup")
def show_setup(db, form, problem=None):
    """The form for the first account; it requires the token that the terminal shows."""
    check_setup(db, form)
    return view("setup", form=form, token=classroom.setup_token, problem=problem)


@app.post("/setup", retry=show_setup)
def set_up(db, form):
    """Create the first user and sign in."""
    check_setup(db, form)
    account = read_account(form)
    account["password_hash"] = off_loop(hash_password, form.password())
    user_id = db.write(create_first_user, account)
    return sign_in(db, user_id)


def check_setup(db, form):
    """Raise NotFound unless there is no user yet and the token is the printed one."""
    token = (form.get("token") or bottle.request.query.token).encode()
    if count_users(db) or not hmac.compare_digest(token, classroom.setup_token.encode()):
        raise NotFound("There is nothing to set up here. Sign in, or use the link in the "
                       "terminal.")


def read_account(form):
    """{"username", "email", "display_name"} from a form; also checks the password's length."""
    username = form.text("username", "The user name", USERNAME_MAX)
    if len(form.password()) < PASSWORD_MIN:
        raise Invalid("The password needs at least {least} characters.", "password",
                      least=PASSWORD_MIN)
    email = form.text("email", "The e-mail address", NAME_MAX, required=False)
    display_name = form.text("display_name", "The name", NAME_MAX, required=False) or username
    return {"username": username, "email": email, "display_name": display_name}


@app.get("/demo")
def enter_demo(db, form):
    """Sign in to the demo by the link that the terminal shows, once, and on this laptop only."""
    token = classroom.demo_token if bottle.request.method == "GET" else None    # no HEAD
    if token and is_from_laptop() and hmac.compare_digest(form.get("token").encode(),
                                                          token.encode()):
        classroom.demo_token = None
        return sign_in(db, find_user(db, DEMO_USER)["id"])
    if find_presenter(db):      # the same browser, when it restores its tabs
        return redirect("/")
    raise NotFound("This link has been used, or it is not from this laptop. Start the demo again "
                   "for a new one.")


@app.get("/login")
def show_login(form, problem=None):
    """The sign-in page."""
    return view("login", username=form.get("username"), problem=problem)


@app.post("/login", retry=show_login)
def login(db, form):
    """Sign in; a wrong name and a wrong password get the same message after the same time."""
    username = form.text("username", "The user name", USERNAME_MAX, required=False)
    password = form.password()
    who = ("user", username.casefold()), ("address", get_client_address())
    classroom.login_throttle.wait(*who)
    try:
        user = authenticate_user(db, username, password)
    except Busy:
        classroom.login_throttle.give_back(*who)
        raise
    if user is None:
        raise WrongPassword("Wrong user name or password.", "password")
    classroom.login_throttle.passed(*who)
    return sign_in(db, user["id"])


def authenticate_user(db, username, password):
    """The user with that name and password, or None. Takes as long for an unknown name."""
    user = find_user(db, username)
    known = off_loop(check_password, password, user["password_hash"] if user else NO_PASSWORD)
    return user if user and known else None


def sign_in(db, user_id):
    """Sign this browser in for 30 days."""
    token = secrets.token_urlsafe(32)
    db.write(create_signin, user_id, hash_token(token))
    set_cookie(f"cp_{classroom.id}", token)
    return redirect("/")


@app.post("/logout")
def logout(db, live):
    """End this browser's sign-in, and close the sockets opened with it."""
    if token := find_cookie(f"cp_{classroom.id}"):
        db.write(delete_signin, hash_token(token))
        live.check_signins()
    set_cookie(f"cp_{classroom.id}", "", days=0)
    return redirect("/")


@app.post("/alone")
def set_alone(presenter, form):
    """Set whether only the presenter sees this screen; otherwise private parts stay covered."""
    alone = form.integer("alone", 0, 1, default=1)
    # Until sign-out or until the browser closes: it must not apply to the next user.
    set_cookie(f"cp_{classroom.id}_alone", name_signin(presenter) if alone else "", days=None)
    back = form.get("back")
    is_page = re.fullmatch(r"/(\w[\w/-]{0,200}(\?compare=\d{1,15})?)?", back, re.ASCII)
    return redirect(back if is_page else "/")


@app.get("/sessions")
def show_sessions(db, presenter):
    """All sessions of the presenter, newest first."""
    return view("sessions", presenter=presenter, sessions=get_user_sessions(db, presenter["id"]))


@app.get("/sessions/new")
def show_new_session(db, presenter, form, problem=None):
    """The form for a new session; with `text` or `file` the one that starts with a list."""
    if has_list(form):
        return show_list(db, presenter, form, problem)
    return view("session_new", presenter=presenter, form=form, problem=problem,
                class_lists=get_user_class_lists(db, presenter["id"]))


@app.post("/sessions/new", retry=show_new_session)
def add_session(db, presenter, form):
    """Create a session, open for joining immediately.

    The home page fills it: `examples` adds the example questions, and `ask` asks one now. With
    `text` or `file` it starts with the questions of a list, and without `confirm` only shows them.
    """
    if has_list(form) and not form.get("confirm"):
        return show_list(db, presenter, form)
    name = form.text("name", "The name", NAME_MAX)
    drafts = (read_confirmed(presenter, form) if has_list(form) else
              read_drafts(db, read_examples()) if form.get("examples") else [])
    asked = form.get("ask") and read_quick_question(form)
    session_id = happen(start_session, presenter["id"], name, read_settings(form), drafts, asked,
                        name_form(presenter, form))
    return redirect(f"/sessions/{session_id}")


@app.get("/sessions/<session_id:id>")
def show_control(db, live, presenter, own_session):
    """The page that runs a session; htmx gets only the part that changes."""
    name = "partials/_control" if get_header("HX-Request") else "control"
    read_answerers(db, own_session["id"])
    own_session = get_session(db, own_session["id"])        # a step may have gone between
    question = find_projected_question(db, own_session)
    together, ticket = list_together(db, question), list_ticket(db, question)
    now = present_message(db, live, own_session["id"])
    return view(name, presenter=presenter, session=own_session, now=now,
                questions=list_questions_with_counts(db, own_session["id"]), ticket=ticket,
                shown=question and project(db, own_session, question, together,
                                           now["question_count"]),
                private=question and get_private_view(db, live, presenter, question),
                progress=(list_progress(db, live, own_session["id"], ticket)
                          if presenter["screen_is_private"] else []),
                first_vote=bool(question) and is_first_vote(question),
                ran_out=any(one["closes_at"] == "" for one in together or [question] if one),
                hands=sum(list_tallies(db, question).values()) if question else 0,
                addresses=list_urls(),
                files=describe_files(db, classroom.exports, presenter, own_session,
                                     lists_people=not own_session["active"]))


def describe_files(db, exports, presenter, session, lists_people=True):
    """What _files.tpl shows of a session's files.

    {"shapes": {name: Shape} of those it has, "obstacle": why none is for a grade book, or None,
    "delimiter", "folder", "saved": names of files, "left_out" and "doubled" of grade books:
    {ids of people: (labels of the files, the people's names on a private screen)} if
    `lists_people`}.
    """
    obstacles = {name: find_obstacle(db, session, name) for name in SHAPES}
    shapes = {name: shape for name, shape in SHAPES.items() if not obstacles[name]}
    graded = [shape for shape in shapes.values() if shape.needs]
    files = {"shapes": shapes, "folder": exports.folder,
             "delimiter": exports.get_delimiter(session["user_id"]),
             "obstacle": None if graded else next(filter(None, obstacles.values())),
             "saved": [path.name for _, path in exports.list_files(session)],
             "left_out": {}, "doubled": {}}
    people = list_joined(db, session["id"]) if graded and lists_people else []
    for shape in reversed(graded):      # as its buttons stand
        students, unknown = sort_students(people, list_fields(db, session, shape))
        doubled = [person for student in students if len(student) > 1 for person in student]
        for found, label in filter(all, ((unknown, "left_out"), (doubled, "doubled"))):
            names = [person["shown"] or _("Student {number}", number=person["place"])
                     for person in found if presenter["screen_is_private"]]
            ids = frozenset(person["id"] for person in found)
            files[label].setdefault(ids, ([], names))[0].append(_(shape.label))
    return files


@app.get("/sessions/<session_id:id>/missing")
def show_missing(db, live, presenter, own_session):
    """A fragment with those who have not answered yet; only for a private screen."""
    if not presenter["screen_is_private"]:
        raise Forbidden("Turn on the private view to see who is missing.")
    question = find_projected_question(db, own_session)
    asked = list_together(db, question) or [question] if question and question["opened_at"] else []
    people = list_progress(db, live, own_session["id"], asked)
    missing = sorted((person for person in people if len(person["answered"]) < len(asked)),
                     key=lambda person: (person["name"] or "").casefold())
    return view("partials/_missing", session=own_session,
                here=[person for person in missing if person["here"]],
                away=[person for person in missing if not person["here"]],
                absent=list_absent(db, own_session["id"], find_list_id(own_session)))


@app.get("/sessions/<session_id:id>/progress")
def show_progress(db, live, presenter, own_session):
    """A fragment with who has answered which question of an exit ticket; for a private screen."""
    if not presenter["screen_is_private"]:
        raise Forbidden("Turn on the private view to see who has answered.")
    asked = list_ticket(db, find_projected_question(db, own_session))
    return view("partials/_progress", session=own_session, asked=asked,
                people=list_progress(db, live, own_session["id"], asked))


def list_ticket(db, question):
    """The questions of an exit ticket: those open together or, until another is open, before."""
    together = list_together(db, question)
    if together or not question or not question["opened_at"]:
        return together
    closed_at = find_closing(question)
    asked = [other for other in list_questions(db, question["session_id"])
             if other["active"] or closed_at and find_closing(other) == closed_at]
    return asked if len(asked) > 1 and not any(other["active"] for other in asked) else []


def find_closing(question):
    """When the question's round was closed, to the millisecond, or None."""
    return read_json(question["closings"], "{}").get(str(question["round"]))


def list_progress(db, live, session_id, asked):
    """[{"id", "number", "name", "here", "answered"}, ...] of those expected to answer `asked`.

    `answered` are the ids of the questions, `number` is the place in the order of joining. Those
    who lack most come first, then by name, then by number.
    """
    if not asked:
        return []
    joined, here = list_respondents(db, session_id), live.list_here(session_id)
    names, answered = number_names(joined), list_answered(db, asked)
    expected = live.list_expected(session_id, min(
        asked, key=lambda question: question["opened_at"]))
    people = [{"id": person["id"], "number": number, "name": names.get(person["id"]),
               "here": person["id"] in here, "answered": answered.get(person["id"], set())}
              for number, person in enumerate(joined, 1) if person["id"] in expected]
    return sorted(people, key=lambda person: (len(person["answered"]),
                                              (person["name"] or "").casefold()))


def read_settings(form):
    """The settings from a session's form: {"names", "on_phones"}, and those of read_choices."""
    return {"names": form.choice("names", NAMES), "on_phones": bool(form.get("on_phones")),
            **read_choices(form)}


def read_choices(form):
    """{"pace", "own_results", "identify", "list": as chosen}, of these what a form has."""
    choices = {name: form.choice(name, offered) for name, offered in
               (("pace", PACES), ("own_results", OWN_RESULTS), ("identify", IDENTIFY))
               if form.get(name)}
    if choices.get("identify") == "list":
        choices["list"] = form.integer("list", 1, 2**53)
    return choices


@app.get("/sessions/<session_id:id>/edit")
def show_edit_session(db, presenter, own_session, form, problem=None):
    """The form for a session's name and settings, with the other actions on the session."""
    session, saved = own_session, None
    if problem is None:
        form = Form([("version", str(session["version"])), ("name", session["name"]),
                     ("list", str(find_list_id(session) or "")),
                     ("on_phones", "1" if session["settings"]["on_phones"] else ""),
                     *((name, session["settings"][name])
                       for name in ("names", "pace", "own_results", "identify"))])
    elif isinstance(problem, Overwriting):
        session = saved = get_session(db, session["id"])
        form.pairs.insert(0, ("version", str(saved["version"])))
    return view("session_edit", presenter=presenter, session=session, problem=problem, form=form,
                saved=saved, promise=find_promise(db, session),
                class_lists=get_user_class_lists(db, presenter["id"]),
                source=next((one for one in get_user_sessions(db, presenter["id"])
                             if one["id"] == session["copied_from"]), None))


@app.post("/sessions/<session_id:id>/edit", retry=show_edit_session)
def edit_session(own_session, form):
    """Rename a session, or change whether respondents are asked for names; its code stays."""
    name = form.text("name", "The name", NAME_MAX)
    # Without `names` it is no form of ours, and what it doesn't name stays as it is.
    settings = read_settings(form) if form.get("names") else read_choices(form)
    happen(change_session, own_session["id"], name, settings, read_version(form))
    return redirect(f"/sessions/{own_session['id']}")


def read_version(form):
    """The version that a form was made from, None where it doesn't say so."""
    try:
        return form.integer("version", 0, 2**53)
    except Invalid:
        return -1       # forged; no form was made from it


@app.post("/sessions/<session_id:id>/again")
def copy_for_another_class(db, own_session):
    """Copy a session for another class: the same questions, a new code, no answers."""
    copy_id = db.write(duplicate_session, own_session["id"])
    return redirect(f"/sessions/{copy_id}")


@app.post("/api/sessions/<session_id:id>/archive")
def archive(db, own_session, form):
    """Archive a session, or unarchive it with `archived=0`."""
    db.write(set_archived, own_session["id"], form.integer("archived", 0, 1, default=1))
    return redirect("/sessions")


@app.get("/sessions/<session_id:id>/delete")
def show_delete_session(db, exports, backups, presenter, own_session, form, problem=None):
    """The page that lists what is deleted and what stays, and asks for the session's name."""
    return view("session_delete", presenter=presenter, session=own_session, problem=problem,
                counts=count_session(db, own_session["id"]),
                files=[path for _, path in exports.list_files(own_session)],
                backups=backups.format_until(), ticked=problem is None or form.get("copies"),
                renews=is_first_user(db, presenter["id"]), shared=count_users(db) > 1,
                typed=form.get("name"))


@app.post("/sessions/<session_id:id>/delete", retry=show_delete_session)
def remove_session(db, exports, backups, presenter, own_session, form):
    """Delete a session with everything in it, if its name was typed; `copies`: files as well."""
    typed = form.text("name", "The name", NAME_MAX, required=False)
    if normalize(typed) != normalize(own_session["name"]):
        raise Invalid("Type the session's name to delete it.", "name")
    for question_id in list_question_ids(db, own_session["id"]):
        delete_in_pieces(db, delete_some_responses, question_id)
    delete_in_pieces(db, delete_some_respondents, own_session["id"])
    happen(delete_whole_session, own_session["id"])
    if not form.get("copies"):
        return redirect("/sessions")
    left = exports.delete(own_session) + erase_copies(db, exports, backups, presenter)
    if left:
        return view("problem", problem=Sentence(
            "The session is deleted, but copies are left. Another program may be using them: "
            "{left}",
            left=", ".join(left)))
    return redirect("/sessions")


def erase_copies(db, exports, backups, presenter):
    """Erase what the log and the backups hold of what was deleted; the names of what is left.

    Only the first presenter may replace backups, since they also hold the sessions of others.
    """
    left = [path.name for path in list_set_aside(classroom.folder)]
    try:
        # Between two files: while one is written, the log can't be emptied.
        run_in_thread(exports.pool, empty_log, exports.database)
        if is_first_user(db, presenter["id"]):
            backups.renew()
    except NotSaved as problem:
        left.append(_(problem))
    return left


@app.get("/sessions/<session_id:id>/forget")
def show_forget_names(db, backups, presenter, own_session):
    """The page that says what erasing the names reaches; afterwards what it did not reach."""
    return view("session_forget", presenter=presenter, session=own_session,
                backups=backups.format_until(), renews=is_first_user(db, presenter["id"]),
                shared=count_users(db) > 1)


@app.post("/sessions/<session_id:id>/forget")
def erase_names(db, exports, backups, presenter, own_session):
    """Erase students' names wherever ClassPulse keeps them, again if need be; answers stay."""
    with exports.renewing(own_session) as left:
        happen(forget_names, own_session["id"])
        left += erase_copies(db, exports, backups, presenter)
    if left:
        return view("problem", problem=Sentence(
            "The names are erased, but these copies may still have them. If another program is "
            "using them, close it, go back and try again: {left}", left=", ".join(left)))
    return redirect(f"/sessions/{own_session['id']}/forget")


def delete_in_pieces(db, delete_some, id):
    """Delete rows in pieces, so that votes for other questions are written in between."""
    # What remains goes with the rows' parent: while votes come in, zero may never be reached.
    while db.write(delete_some, id) == PIECE:
        pass


@app.get("/lists")
def show_class_lists(db, presenter, form, problem=None):
    """The presenter's class lists, without the names, and the form for a new one."""
    return view("class_lists", presenter=presenter, form=form, problem=problem,
                class_lists=get_user_class_lists(db, presenter["id"]))


@app.post("/lists", retry=show_class_lists)
def add_class_list(db, presenter, form):
    """Create a class list, from which students can pick their names."""
    name = form.text("name", "The name", NAME_MAX)
    db.write(create_class_list, presenter["id"], name, read_entries(form))
    return redirect("/lists")


@app.get("/lists/<list_id:id>/edit")
def show_edit_class_list(db, presenter, own_class_list, form, problem=None):
    """The form of a class list, covered while the class may see the screen."""
    saved, covered = None, not presenter["screen_is_private"]
    if problem is None:
        form = Form([("version", str(own_class_list["version"])),
                     ("name", own_class_list["name"]),
                     ("entries", "" if covered else write_entries(db, own_class_list["id"]))])
    elif isinstance(problem, Overwriting) and not covered:
        saved = get_own_class_list(db, presenter["id"], own_class_list["id"])
        saved["entries"] = write_entries(db, saved["id"])
        form.pairs.insert(0, ("version", str(saved["version"])))
    return view("class_list_edit", presenter=presenter, class_list=own_class_list, form=form,
                problem=problem, saved=saved, covered=covered and problem is None)


@app.post("/lists/<list_id:id>/edit", retry=show_edit_class_list)
def edit_class_list(db, own_class_list, form):
    """Change a class list; students who stay on it keep what they have picked.

    A name may be corrected, and what identifies them in other programs added, after the lesson.
    """
    name, list_id = form.text("name", "The name", NAME_MAX), own_class_list["id"]
    db.write(change_class_list, own_class_list["user_id"], list_id, name, read_entries(form),
             read_version(form))
    while happen(follow_class_list, list_id):
        pass
    return redirect("/lists")


@app.get("/lists/<list_id:id>/delete")
def show_delete_class_list(db, backups, presenter, own_class_list):
    """The page that says what becomes of the sessions that use a class list."""
    return view("class_list_delete", presenter=presenter, class_list=own_class_list,
                sessions=list_sessions_with_list(db, own_class_list["id"]),
                backups=backups.format_until())


@app.post("/lists/<list_id:id>/delete")
def remove_class_list(own_class_list):
    """Delete a class list; those who picked a name from it keep that."""
    while happen(drop_class_list, own_class_list["id"]):
        pass
    return redirect("/lists")


def read_entries(form):
    """[{"name", "number", "email", "login"}, ...] of a class list that was typed or pasted.

    One per line, with the columns of find_list_columns. Invalid names the line that is wrong.
    """
    lines = re.split("\r\n?|\n", form.get("entries"))
    sign, columns, head = find_list_columns(lines[:LINES_MAX])
    entries, known = [], {}
    for line, text in enumerate(lines, 1):
        take_turn()
        if not text.strip() or line == head:
            continue
        if len(entries) == ENTRIES_MAX or len(lines) > LINES_MAX:
            raise Invalid("A class list can have at most {most} students.", "entries",
                          most=ENTRIES_MAX)
        try:
            entry = read_entry(text, sign, columns)
        except Invalid as problem:
            raise Invalid("Line {line}: {problem}", "entries", line=line, problem=problem
                          ) from None
        for key, problem in list_keys_of_entry(entry):
            if key in known:
                raise Invalid(problem, "entries", line=known[key], other=line)
            known[key] = line
        entries.append(entry)
    if not entries:
        raise Invalid("Type or paste at least one name.", "entries")
    return entries


def list_keys_of_entry(entry):
    """[(key, what to say of two lines that have it)], which only one line of a list may have.

    E-mail addresses and logins are compared as sort_students does.
    """
    keys = [(("name", normalize(entry["name"]), entry["number"]),
             "Lines {line} and {other} are the same student. Add something that tells them apart, "
             "such as a student number.")]
    return keys + [((column, entry[column] if column == "number" else entry[column].casefold()),
                    known.same) for column, known in IDENTIFIERS.items() if entry[column]]


def find_list_columns(lines):
    """(sign, columns, number): the sign between the columns of a class list, and what they hold.

    `number` is that of a first line that names the columns, else 0. Without one all lines must
    have a semicolon, or one number of commas and no spaces in the second column, which then is no
    first name: anything else has tabs.
    """
    filled = [(number, text) for number, text in enumerate(lines, 1) if text.strip()]
    for number, head in filled[:1]:
        for sign in "\t;,":
            columns = [find_column(cell, LIST_COLUMNS) for cell in head.split(sign, COLUMNS_MAX)]
            if {"name", "first", "last"} & {*columns} and (all(columns) or len({*columns}) > 2):
                return sign, columns, number
    texts = [text for _number, text in filled]
    if any("\t" in text for text in texts):
        sign = "\t"
    elif all(";" in text for text in texts):
        sign = ";"
    else:
        cells = [text.split(",", COLUMNS_MAX) for text in texts]
        is_alike = len({*map(len, cells)}) == 1
        sign = "," if is_alike and all(map(has_identifier, cells)) else "\t"
    return sign, ["name", *IDENTIFIERS], 0


LIST_COLUMNS = {column: re.compile(pattern) for column, pattern in {
    "name": "(?:full |student )?names?|students?|schuler(?:in|innen)?|alumnos?|nombre|eleves?|nom|"
            "nome|nominativo",
    "first": "(?:first|given) names?|vornamen?|prenoms?|nombres",
    "last": "(?:last|family) names?|surnames?|nachnamen?|familiennamen?|apellidos?|"
            "nom de famille|cognome",
    "number": r"(?:student |id )?(?:number|no\.?|nr\.?|id)|student ?id|"
              "(?:matrikel|schuler)?nummer|matricule|matricula|numero",
    "email": "e ?mail(?: ?address| ?adresse)?|mail|correo(?: electronico)?|courriel",
    "login": "logins?|user ?names?|benutzernamen?|anmeldenamen?|usuario|identifiant"}.items()}


def has_identifier(cells):
    """Whether the second cell has a digit or an @, as names have not."""
    return len(cells) > 1 and re.search(r"[\d@]", cells[1]) and len(cells[1].split()) == 1


def read_entry(text, sign, columns):
    """{"name", "number", "email", "login"} of a line of a class list."""
    cells = text.rstrip().split(sign, COLUMNS_MAX)
    if len(cells) > len(columns):
        raise Invalid("There are more than four columns: name, student number, e-mail, login."
                      if columns == ["name", *IDENTIFIERS] else
                      "There are more columns than in the first line.")
    typed = {"name": "", **dict(zip(columns, cells))}
    if "first" in columns:
        typed["name"] = f"{typed.get('first', '')} {typed.get('last') or typed['name']}"
    entry = {column: read_identifier(column, typed.get(column, ""), None)
             for column in ("name", *IDENTIFIERS)}
    if not entry["name"]:
        raise Invalid("The name is missing.")
    if ";" in entry["name"] or has_identifier(entry["name"].rsplit(",", 1)):
        raise Invalid("Put a tab between the name and the rest, or a semicolon in every line.")
    if "@" in entry["number"]:
        raise Invalid("The second column is for student numbers. E-mail addresses go into the "
                      "third.")
    return entry


def write_entries(db, list_id):
    """A class list as it is typed."""
    return "\n".join("\t".join(entry[column] for column in ("name", *IDENTIFIERS)).rstrip()
                     for entry in list_class_entries(db, list_id))


@app.get("/sessions/<session_id:id>/questions/new/<type>")
def show_new_question(db, presenter, own_session, type, form, problem=None):
    """The form for a new question of a type, with what was typed into it as another type."""
    kind, questions = get_question_type(type), list_questions(db, own_session["id"])
    newest = max(questions, key=lambda question: question["id"], default=None)
    # What was saved a few seconds ago is still on the mind.
    is_recent = newest and newest["created_at"] > time_in(seconds=-15)
    return view("question_form", presenter=presenter, session=own_session, question=None,
                number=len(questions) + 1, kind=kind, form=form,
                elsewhere=list_elsewhere(kind, form), problem=problem, saved=None,
                added=newest if is_recent else None)


def list_elsewhere(kind, form):
    """[(field, value), ...] typed into fields that only other types have: one may come back."""
    fields = {one: one.list_form_fields() | (set() if one.is_text else {"discuss"})
              for one in QUESTION_TYPES.values()}
    others = set().union(*fields.values()) - fields[kind]
    return [(name, value) for name, value in form.pairs if name in others]


@app.post("/sessions/<session_id:id>/questions/new/<type>", retry=show_new_question)
def add_question(db, presenter, own_session, type, form):
    """Add a question as a draft at the end of the session; `switch` only changes its type."""
    get_question_type(type)
    page = f"/sessions/{own_session['id']}"
    if form.get("switch"):
        read_images(db, form)       # pictures that were chosen are kept
        return show_new_question(db, presenter, own_session, type, form)
    happen(add_drafts, own_session["id"], [(type, read_question_form(db, type, form))])
    return redirect(f"{page}/questions/new/{type}" if form.get("then") == "another" else page)


@app.post("/sessions/<session_id:id>/pictures")
def add_picture(db, own_session, form):
    """Keep an option's picture until its form is saved: {"image": its id}."""
    return {"image": read_image(db, form, "picture", "image", OPTION_PICTURE_MAX)}


@app.post("/sessions/<session_id:id>/preview/<type>")
def preview_question(db, presenter, own_session, type, form):
    """A question as projector and phones will show it: a page, or a fragment for our script.

    With `typing`, what is missing is no error: browsers would log one for each pause.
    """
    get_question_type(type)
    form.files.clear()              # nothing is stored
    count = len(list_question_ids(db, own_session["id"]))
    number = min(count + 1, form.integer("number", 1, 10**6, default=count + 1))
    try:
        asked = read_question_form(db, type, form)
    except Invalid as problem:
        if form.get("typing"):
            return view("partials/_problem", problem=problem) + view("partials/_all_unreadable",
                                                                     form=form)
        raise
    question = sketch_question(own_session, type, number, asked)
    shown = project(db, dict(own_session, active=1), question, [], max(count, number))
    if wants_fragment():
        return view("partials/_previews", shown=shown) + view("partials/_all_unreadable",
                                                              form=form)
    return view("question_preview", presenter=presenter, form=form, shown=shown)


def sketch_question(session, type, number, asked):
    """A question that is not stored, as get_question returns it while it takes votes."""
    return dict(asked, id=0, session_id=session["id"], session_name=session["name"], type=type,
                number=number, round=1, shape=0, active=1, stage="open", opened_at=now(),
                discussing=0, closes_at=None, results_shown=0, answer_shown=0, session_active=1,
                asked_names=session["settings"]["names"], identity=name_identity(session),
                on_phones=0, own_results="off")


def read_question_form(db, type, form, before=None):
    """The values in a question's form: {"title", "options", ...}; `before` is what it edits."""
    image = read_images(db, form)       # first: they are kept if another field is refused
    title = form.text("title", "The question", TITLE_MAX, clean=clean_block)
    kind = QUESTION_TYPES[type]
    options = kind.configure(form, before and before["options"])
    discuss = read_box(form, "discuss", before and before["discuss"])
    starts_live = kind.starts_live(options) and not discuss
    # As in read_box, where a form does not have them.
    kept = {field: before[field] for field in ("explanation", "seconds")
            if before and not form.getall(field)}
    return {"title": title, "options": options, "abstain": bool(form.get("abstain")),
            "image": image, "explanation": form.text("explanation", "The explanation",
                                                     EXPLANATION_MAX, required=False,
                                                     clean=clean_block),
            "live": read_box(form, "live", before["live"] if before else starts_live),
            "discuss": discuss and not kind.is_text, "seconds": read_seconds(form),
            "image_alt": form.text("image_alt", "The description", NAME_MAX, required=False,
                                   clean=clean_block), **kept}


def read_box(form, field, before):
    """Whether a box is ticked; as `before` where a form does not have it."""
    sent = form.getall(field)           # the box, and before it what says that it may be empty
    return "1" in sent if sent else bool(before)


def read_images(db, form):
    """The id of a question's picture, sent with this form or an earlier one, or None.

    Ids of its options' pictures come to stand in the form's fields `image_1` ... One that can't
    be used is reported after the others are kept.
    """
    problems = []
    for place in range(1, Choice.MOST + 1):
        try:
            read_image(db, form, f"picture_{place}", f"image_{place}", OPTION_PICTURE_MAX)
        except Invalid as problem:
            problems.append(Invalid("Option {letter}: {problem}", "options", problem=problem,
                                    letter=chr(ord("A") + place - 1)))
    image_id = None if form.get("remove_image") else read_image(db, form, "picture", "image",
                                                                PICTURE_MAX)
    if problems:
        raise problems[0]
    return image_id


def read_image(db, form, file, field, most):
    """The id of a picture sent as `file` or earlier, which then stands in `field`; or None."""
    content = form.files.get(file)
    if content:
        type = find_image_type(content)
        if type is None:
            raise Invalid("A picture must be a PNG, JPEG, WebP or GIF file.", "picture")
        if len(content) > most:
            raise Invalid("A picture can have {most} kB; this has {size} kB.", "picture",
                          most=most // 1000, size=-(-len(content) // 1000))
        form.pairs.insert(0, (field, db.write(create_image, type, content)))
    image_id = form.get(field) or None
    try:
        if image_id:
            classroom.images.get(image_id)
        return image_id
    except NotFound:
        raise Invalid("Choose the picture again.", "picture") from None


def find_image_type(content):
    """The media type according to a picture's first bytes, whatever its file name; or None."""
    signs = {rb"\x89PNG\r\n\x1a\n": "image/png", rb"\xff\xd8\xff": "image/jpeg",
             rb"GIF8[79]a": "image/gif", rb"RIFF....WEBP": "image/webp"}
    return next((type for sign, type in signs.items() if re.match(sign, content, re.DOTALL)), None)


@app.post("/sessions/<session_id:id>/examples")
def add_examples(db, own_session):
    """Add three questions to try the program with."""
    happen(add_drafts, own_session["id"], read_drafts(db, read_examples()[:3]))
    return redirect(f"/sessions/{own_session['id']}")


def read_examples():
    """Examples: a form's fields, `answers` as stored, `first_answers` before a discussion."""
    return json.loads((SHARE / "views" / "example_questions.json").read_text("utf-8"))


def read_drafts(db, examples):
    """[(type, what read_question_form returns), ...] of example questions."""
    return [(fields["type"], read_question_form(db, fields["type"], Form(fields.items())))
            for fields in examples]


@app.get("/sessions/<session_id:id>/import")
def show_import(db, presenter, own_session, form, problem=None):
    """The form for a list of questions, with what was understood of the one that was sent."""
    return show_list(db, presenter, form, problem, own_session)


@app.post("/sessions/<session_id:id>/import", retry=show_import)
def import_questions(db, presenter, own_session, form):
    """Show what is understood of a list of questions; with `confirm`, add them as drafts."""
    if not form.get("confirm"):
        return show_list(db, presenter, form, session=own_session)
    happen(add_drafts, own_session["id"], read_confirmed(presenter, form),
           name_form(presenter, form))
    return redirect(f"/sessions/{own_session['id']}")


def has_list(form):
    """Whether a form is one for a list of questions."""
    return bool(form.getall("text")) or "file" in form.files


def show_list(db, presenter, form, problem=None, session=None):
    """A list of questions before anything is created: a page, the parts that change, or JSON.

    `session` is None for a new one. With `look`, a script only gets what projector and phones
    will show of the question in that line.
    """
    found, mark, content = None, "", b""
    # Without a file or a format it can't be read.
    if bottle.request.method == "POST" and getattr(problem, "field", "") not in ("file", "format"):
        found, mark, content = read_list(presenter, form)
    if (found or problem) and "application/json" in get_header("Accept"):
        bottle.response.content_type = "application/json"
        return to_json(found or {"problem": str(problem)})
    if found and found["refused"] and not wants_fragment():     # browsers would log an error
        bottle.response.status = 422
    room = session or {"id": 0, "name": form.get("name"), "active": 0, "settings": USUAL_SETTINGS}
    questions = found["questions"] if found else []
    shown = look_at_found(db, room, questions, form.get("look"))
    previews = view("partials/_previews", shown=shown) if wants_fragment() else ""
    if previews and form.get("look"):
        return previews
    return previews + view(
        "partials/_import" if previews else "import", presenter=presenter, session=session,
        form=form, problem=problem, found=found, mark=mark, shown=shown,
        rows=sketch_rows(db, room, questions), is_prose=bool(found) and is_prose(found, content),
        token=form.get("token") or secrets.token_hex(8))


def look_at_found(db, room, questions, line):
    """What the class will see of the question found in a line, else of the first; or None."""
    before = len(list_question_ids(db, room["id"]))
    place = next((place for place, question in enumerate(questions)
                  if str(question["line"]) == line), 0)
    return project(db, room, sketch_found(room, questions[place], before + place + 1), [],
                   before + len(questions)) if questions else None


def sketch_rows(db, room, questions):
    """(question as found, the same as it would be, whether the session has it already) of each."""
    own = {identify(question) for question in list_questions(db, room["id"])}
    for question in take_turns(questions):
        sketch = sketch_found(room, question, 1)
        yield question, sketch, identify(sketch) in own


def is_prose(found, content):
    """Whether a text has several questions, but no question mark, correct answer or number."""
    return found["format"] == "plain" and len(found["questions"]) > 1 and not any(
        question.get("correct") or question.get("answers") for question in found["questions"]) \
        and not QUESTION_SIGNS.search(content[:PROSE_MAX])


PROSE_MAX = 10_000      # bytes that tell; all of a large file would take long
# In UTF-8: ASCII's question mark, Arabic's and the wide one; "1." or "a)" before a line.
QUESTION_SIGNS = re.compile(rb"\?|\xd8\x9f|\xef\xbc\x9f|^[ \t]*\(?\w{1,3}[.)]", re.MULTILINE)


def identify(question):
    """The same for two questions that say the same."""
    described = QUESTION_TYPES[question["type"]].describe(question["options"])
    return normalize(question["title"]), tuple(text for _label, text in described)


def sketch_found(session, question, number):
    """A question that read_questions has found, as it would be while it takes votes."""
    return sketch_question(session, question["type"], number, read_found(question))


def read_list(presenter, form):
    """(what read_questions returns for the list in a form, the mark of that list, the list).

    It is the file that was sent, else the one that was looked at before, else the text.
    """
    format = form.choice("format", ("", "moodle", *FORMATS))
    content = form.files.get("file")
    if content is not None:
        classroom.lists.append(((name_signin(presenter), mark_list(content)), content))
    elif form.get("kept") and not form.get("drop"):
        content = dict(classroom.lists).get((name_signin(presenter), form.get("kept")))
        if content is None:
            raise Invalid("The file is no longer here. Choose it again.", "file")
    else:
        content = form.get("text").encode()
    format = "moodle-xml" if format == "moodle" else format
    return read_questions(content, format), mark_list(content), content


def mark_list(content):
    """What tells a list of questions from any other."""
    return hashlib.sha256(content).hexdigest()[:16]


def read_confirmed(presenter, form):
    """What add_drafts takes of a form's list, without what is left out; Invalid if nothing."""
    found, mark, _content = read_list(presenter, form)
    if form.get("seen") not in ("", mark):
        raise Invalid("The list has changed. Check the questions again, then add them.", "text")
    left_out = {*form.getall("leave_out")}
    drafts = [(question["type"], read_found(question))
              for question in take_turns(found["questions"])
              if str(question["line"]) not in left_out]
    if found["refused"]:
        raise Invalid("{reason}", "text", reason=explain(found["refused"]))
    if not drafts:
        raise Invalid("There is no question to add.", "text")
    return drafts


def read_found(question):
    """What read_question_form returns for one of read_questions, with a `picture` to be stored."""
    form = Form([("title", question["title"]), ("image_alt", question.get("picture_alt", "")),
                 ("explanation", question.get("explanation", "")),
                 *QUESTION_TYPES[question["type"]].from_file(question)])
    picture = base64.b64decode(question.get("picture", ""))
    return dict(read_question_form(None, question["type"], form), picture=picture)


def name_form(presenter, form):
    """What is the same for a form sent twice with one list, or None if it has no `token`."""
    mark = mark_list(form.files.get("file") or (form.get("kept") + form.get("text")).encode())
    token = form.get("token")
    return hash_token(f"{presenter['id']} {token} {mark}") if token else None


def take_turns(rows):
    """The same rows; votes and all else that waits go between."""
    for row in rows:
        take_turn()
        yield row


def take_turn():
    """Let votes and all else that waits come first, for a millisecond, after a third of one.

    An idle loop never waits, so that the thread which commits votes would not get the GIL: they
    took as long as an import. With `sleep(0)` half of them took four times as long.
    """
    if time.monotonic() > classroom.turn_ends_at:
        gevent.sleep(0.001)
        classroom.turn_ends_at = time.monotonic() + TURN_SECONDS


TURN_SECONDS = 0.0003       # with a whole millisecond, votes took twice as long


@app.get("/sessions/<session_id:id>/reuse")
def show_reuse(db, presenter, own_session, form, problem=None):
    """The presenter's other sessions; with `source`, the questions of that one.

    With `search`, those of all others in which each of its words is found. With `look`, a script
    only gets what projector and phones will show of that question.
    """
    shown = look_at_stored(db, presenter, own_session, form)
    if shown and wants_fragment():
        return view("partials/_previews", shown=shown)
    source_id, search = form.integer("source", 1, 2**53), form.get("search").strip()
    source = source_id and get_own_session(db, presenter["id"], source_id)
    return view("reuse", presenter=presenter, session=own_session, problem=problem, source=source,
                search=search, picked=form.getall("question_id"), shown=shown,
                questions=list_questions(db, source_id) if source
                else search_questions(db, own_session, search) if search else [],
                sessions=[session for session in get_user_sessions(db, presenter["id"])
                          if session["questions"] and session["id"] != own_session["id"]])


def look_at_stored(db, presenter, session, form):
    """What projector and phones will show of a copy of the question `look`; None without it."""
    question_id = form.integer("look", 1, 2**53)
    if question_id is None:
        return None
    question = get_own_question(db, presenter["id"], question_id)
    number = len(list_question_ids(db, session["id"])) + 1
    return project(db, dict(session, active=1),
                   sketch_question(session, question["type"], number, question), [], number)


@app.post("/sessions/<session_id:id>/reuse", retry=show_reuse)
def reuse(db, presenter, own_session, form):
    """Copy the picked questions, as drafts at the end of this session; with `look`, show one."""
    if form.get("look"):
        return show_reuse(db, presenter, own_session, form)
    picked = form.getall("question_id")
    if not picked:
        raise Invalid("Choose at least one question.", "question_id")
    happen(reuse_questions, own_session["id"], presenter["id"], picked)
    return redirect(f"/sessions/{own_session['id']}")


@app.get("/questions/<question_id:id>/edit")
def show_edit_question(db, presenter, own_question, form, problem=None):
    """The form of an existing question, with its stored values or with what was typed.

    If a correct answer is marked or explained, the form is covered while the class may see the
    screen. So is the version that was saved meanwhile; the form then stays one that overwrites
    nothing.
    """
    kind, question, saved = QUESTION_TYPES[own_question["type"]], own_question, None
    if isinstance(problem, Overwriting):
        question = saved = get_question(db, question["id"])
    covered = not presenter["screen_is_private"] and (
        has_answer(question) or question["explanation"])
    if problem is None and covered:
        return view("question_covered", presenter=presenter, question=question)
    if problem is None:
        fields = ("title", "abstain", "live", "discuss", "seconds", "explanation", "image",
                  "image_alt")
        form = Form([("version", str(question["version"])), *kind.fields(question["options"]),
                     *((field, str(question[field] or "")) for field in fields)])
    elif saved and not covered:
        form.pairs.insert(0, ("version", str(saved["version"])))
    return view("question_form", presenter=presenter, question=question, kind=kind, form=form,
                session=get_session(db, question["session_id"]), number=question["number"],
                elsewhere=[], problem=problem, saved=saved, covered=covered)


@app.post("/questions/<question_id:id>/edit", retry=show_edit_question)
def edit_question(db, own_question, form):
    """Change a question; existing answers must keep their meaning."""
    happen(update_question, own_question["id"],
           read_question_form(db, own_question["type"], form, own_question),
           read_version(form))
    return redirect(f"/sessions/{own_question['session_id']}")


@app.post("/questions/<question_id:id>/duplicate")
def copy_question(own_question):
    """Copy this question as a draft right after it."""
    happen(duplicate_question, own_question["id"])
    return redirect(f"/sessions/{own_question['session_id']}")


@app.post("/questions/<question_id:id>/move")
def move_question(own_question, form):
    """Move a question to a position in its session, counted from 1."""
    place = form.integer("place", 1, 10**6)
    if place is None:
        raise Invalid("Choose a position.", "place")
    happen(place_question, own_question["id"], place)
    return redirect(f"/sessions/{own_question['session_id']}")


@app.get("/questions/<question_id:id>/delete")
def show_delete_question(db, presenter, own_question):
    """The page that asks for confirmation and says how many responses will be deleted."""
    return view("question_delete", presenter=presenter, question=own_question,
                responses=count_responses(db, own_question["id"]))


@app.post("/questions/<question_id:id>/delete")
def remove_question(db, own_question):
    """Delete a question with its responses."""
    delete_in_pieces(db, delete_some_responses, own_question["id"])
    happen(drop_question, own_question["id"])
    return redirect(f"/sessions/{own_question['session_id']}")


@app.post("/api/sessions/<session_id:id>/toggle")
def toggle_session(db, form, own_session):
    """Open a session, after asking if it has old answers (`anyway` confirms), or close it."""
    active = form.integer("active", 0, 1)
    opens = active != 0 and not own_session["active"]
    if opens and find_old_answers(db, own_session["id"]) and not form.get("anyway"):
        page = f"/sessions/{own_session['id']}/open"
        if not get_header("HX-Request"):
            return redirect(page)
        bottle.response.set_header("HX-Redirect", page)
        return ""
    session = happen(open_or_close_session, own_session["id"], active)
    if wants_fragment():
        return view("partials/_toggle_session", session=session)
    return redirect(f"/sessions/{session['id']}")


@app.get("/sessions/<session_id:id>/open")
def show_open_session(db, presenter, own_session):
    """The page that asks whether this is another class or the one that gave the answers."""
    return view("session_open", presenter=presenter, session=own_session,
                answers=find_old_answers(db, own_session["id"]))


@app.post("/api/questions/<question_id:id>/toggle")
def toggle_question(form, own_question):
    """Open a question for votes, or close it; other questions do not change."""
    active = form.integer("active", 0, 1)
    question = happen(toggle_question_status, own_question["id"], active)
    if wants_fragment():
        return view("partials/_toggle_question", question=question)
    return redirect(f"/sessions/{question['session_id']}")


@app.post("/api/sessions/<session_id:id>/lock")
def lock(db, live, presenter, own_session, form):
    """Lock joining, or unlock it with `locked=0`; respondents who have joined can continue."""
    happen(lock_session, own_session["id"], form.integer("locked", 0, 1, default=1))
    return show_session(db, live, presenter, own_session["id"])


@app.post("/api/sessions/<session_id:id>/all")
def toggle_all(db, live, presenter, own_session, form):
    """Open all drafts, for an exit ticket, or close all questions."""
    active = form.integer("active", 0, 1, default=1)
    happen(open_all if active else close_all, own_session["id"])
    return show_session(db, live, presenter, own_session["id"])


@app.post("/api/sessions/<session_id:id>/step")
def step(db, live, presenter, own_session, form):
    """Take one step on the current question, if its state is still the one the page showed.

    Returns the resulting state: the present message as JSON, or for htmx the changing part of the
    control page. `action` is a key of STEPS.
    """
    action = form.get("action")
    if action not in STEPS:
        raise Invalid("There is no such step.", "action")
    number = functools.partial(form.integer, least=0, most=2**53)
    seen = Seen(number("question_id"), number("round"), form.get("stage"),
                read_seen(form, "discussing"), read_seen(form, "remaining_ms"))
    happen(take_step, own_session["id"], action, seen, number("to"), read_seconds(form))
    wants_page = "text/html" in get_header("Accept")
    if get_header("HX-Request") or wants_page:
        return show_session(db, live, presenter, own_session["id"])
    read_answerers(db, own_session["id"])
    bottle.response.content_type = "application/json"
    return to_json(present_message(db, live, own_session["id"]))


def read_seen(form, field):
    """What a page saw in a message, as a number; None where that had none, or does not say so."""
    known = {"none": None, "null": None, "false": 0, "true": 1}
    text = form.get(field).lower()
    return known[text] if text in known else form.integer(field, 0, 2**53)


def read_seconds(form):
    """How long a countdown is to last, None for none."""
    return form.integer("seconds", SECONDS_MIN, SECONDS_MAX)


@app.post("/api/sessions/<session_id:id>/ask")
def ask(db, live, presenter, own_session, form):
    """Open a question immediately, for one that is on the board; `ask` is its button's label."""
    happen(ask_now, own_session["id"], *read_quick_question(form))
    return show_session(db, live, presenter, own_session["id"])


def read_quick_question(form):
    """(type, options) of the quick question whose label is `ask`."""
    label = form.get("ask")
    kind = next((kind for kind in QUESTION_TYPES.values() if label in kind.at_once), None)
    if kind is None:
        raise Invalid("There is no such quick question.", "ask")
    return kind.type, kind.configure(Form(kind.at_once[label].items()))


def show_session(db, live, presenter, session_id):
    """After an act: the control page's changing part for htmx, the whole page for a plain form."""
    if get_header("HX-Request"):
        return show_control(db, live, presenter, get_session(db, session_id))
    return redirect(f"/sessions/{session_id}")


@app.post("/api/questions/<question_id:id>/admit")
def admit(own_question):
    """Also count the votes that came after closing; possible until the answer is shown."""
    happen(admit_late, own_question["id"])
    return redirect(f"/sessions/{own_question['session_id']}")


@app.get("/questions/<question_id:id>/results")
def show_results(db, live, presenter, own_question):
    """The results page of one question, which updates as answers come in."""
    session = get_session(db, own_question["session_id"])
    private = get_private_view(db, live, presenter, own_question)
    stats, beside = private["stats"], 2 if "previous" in (private["stats"] or ()) else 1
    earlier = range(own_question["round"] - beside, 0, -1) if stats else []
    return view("results", presenter=presenter, question=own_question, session=session,
                private=private, earlier={round: get_question_stats(db, own_question["id"], round)
                                          for round in earlier},
                message=results_message(db, live, own_question["id"], stats),
                saved_as=classroom.exports.find_file(session, own_question["id"]))


@app.get("/questions/<question_id:id>/private")
def show_private(db, live, presenter, own_question):
    """A fragment with everything that the presenter may see and change about the answers."""
    return view("partials/_private", presenter=presenter,
                private=get_private_view(db, live, presenter, own_question))


def get_private_view(db, live, presenter, question):
    """What the private view shows of a question, and counters.

    `stats` is None while the class may see the screen but not the results, and for everybody while
    a first vote `is_covered`: then `rows` are its options alone. From round 2 on there are
    `previous` stats in it, and `changes` from one to the other. Only a private screen gets the
    `hint` after a first vote, `entries` (texts that can be hidden, then the hidden ones), `near`
    misses among them, `people`, what offer_names gives, the number of `addresses` they answer
    from, and `groups` of them that one person may have created. `more` is the number of entries
    that do not fit; they appear as others are hidden. `takes_hands`: whether raised hands can be
    counted.
    """
    kind, alone = QUESTION_TYPES[question["type"]], presenter["screen_is_private"]
    seen = {"question": question, "stats": None, "rows": [], "changes": None, "hint": None,
            "is_covered": is_first_vote_running(question), "entries": [], "near": [], "more": 0,
            "people": [], "addresses": 0, "groups": [], "free": [], "identify": None,
            "takes_hands": alone and kind.can_tally and question["stage"] in TALLIED_STAGES,
            **live.count_people(question["session_id"], question)}
    if alone:
        seen["people"], seen["addresses"] = list_people(db, live, question)
        seen["groups"] = list_groups(db, live, question["session_id"])
        seen |= offer_names(db, question["session_id"])
    if seen["is_covered"]:
        seen["people"] = [dict(person, answer=None) for person in seen["people"]]
        seen["rows"] = list_bare_rows(db, question) if seen["takes_hands"] else []
    elif alone or question["results_shown"]:
        counts, before = count_answers(db, question), None
        if question["round"] > 1 and not kind.is_text:
            before = count_answers(db, dict(question, round=question["round"] - 1))
            seen["changes"] = list_changes(db, question, alone or question["answer_shown"])
        seen["stats"] = mark_rows(question, show_counts(question, counts, before), alone)
        seen["rows"] = seen["stats"]["results"]
        if alone:
            seen |= {"hint": find_hint(db, question), **list_to_moderate(question, counts)}
    return seen


def list_to_moderate(question, counts):
    """The `entries`, how many `more` there are, and the `near` misses of get_private_view."""
    kind, entries = QUESTION_TYPES[question["type"]], list_entries(question, counts)
    shown = cut_rows([
        dict(row, right=has_answer(question) and kind.is_correct(row, question["options"]))
        for row in entries[:LISTED_MAX]])
    return {"entries": shown, "more": len(entries) - len(shown) + counts["unread"],
            "near": kind.find_near(shown, question["options"]) if kind.can_accept else []}


def find_hint(db, question):
    """What to do after a first vote, by its share of correct answers, or None."""
    if not (is_first_vote(question) and question["stage"] == "closed" and has_answer(question)):
        return None
    percent, settings = measure_correct(db, question), classroom.settings
    if percent is None:
        return None
    return Sentence("{percent} % answered correctly. It may be best to explain it again first."
                    if percent < settings["discuss_from"] else
                    "{percent} % answered correctly. A discussion usually helps most here."
                    if percent <= settings["discuss_to"] else
                    "{percent} % answered correctly. Most students have it, so you can go on.",
                    percent=percent)


def list_people(db, live, question):
    """[{"id", "number", "name", "here", "answer", "shares", "left_out"}, ...], address count.

    With `entry_id`, what they picked of a class list, or None, and `declined`: whether they chose
    to give no name. Anonymous respondents are listed if they share an address (`shares`) or are
    left out of the counts. First come those without a name, in the order in which they joined,
    then the others by name, and at last those who declined. If all have one address (a router
    between the class and the laptop), nobody `shares` it. Only the first LISTED_MAX have their
    `answer`.
    """
    addresses = live.addresses.get(question["session_id"], {})
    sharing, here = Counter(addresses.values()), live.list_here(question["session_id"])
    joined = list_respondents(db, question["session_id"])
    names, picked = number_names(joined), list_picked(db, question["session_id"])
    people = [dict(person, number=number, here=person["id"] in here,
                   entry_id=picked.get(person["id"]), declined=person["name"] == "",
                   shares=len(sharing) > 1 and sharing[addresses.get(person["id"])] > 1)
              for number, person in enumerate(joined, 1)]
    listed = [dict(person, name=names.get(person["id"])) for person in sorted(
                  people, key=lambda one: (one["declined"], (one["name"] or "").casefold()))
              if question["asked_names"] != "no" or person["name"] or person["shares"]
              or person["left_out"]]
    answers = list_answers(db, question, [person["id"] for person in listed[:LISTED_MAX]])
    for person in listed[:LISTED_MAX]:
        person["answer"] = answers.get(person["id"])
    return listed, len(sharing)


def offer_names(db, session_id):
    """What corrects who a student is: {"identify", "free": [(id, name), ...] of the list}."""
    session = get_session(db, session_id)
    taken = {*list_picked(db, session_id).values()}
    return {"identify": session["settings"]["identify"],
            "free": [(id, name) for _key, id, name
                     in db.recall(sort_class_list, find_list_id(session)) if id not in taken]}


def list_groups(db, live, session_id):
    """[{"field", "value", "count", "left_out"}, ...]: the largest groups of one minute or address.

    Groups whose members are all left out come last. A single address for the whole class, such as
    a router between it and the laptop, is not a group.
    """
    addresses = live.addresses.get(session_id, {})
    sharing, left_out = Counter(addresses.values()), list_left_out(db, session_id)
    gone = Counter(address for id, address in addresses.items() if id in left_out)
    groups = count_arrivals(db, session_id, GROUP_MIN) + [
        {"field": "address", "value": name_address(session_id, address), "count": count,
         "left_out": gone[address] == count}
        for address, count in sharing.items() if count >= GROUP_MIN and len(sharing) > 1]
    groups.sort(key=lambda group: (group["left_out"], -group["count"]))
    return groups[:GROUPS_MAX]


@app.get("/questions/<question_id:id>/who")
def show_who(db, presenter, own_question, form):
    """Who gave the answers of the row `key`, a fragment or a page; only for a private screen."""
    if not presenter["screen_is_private"]:
        raise Forbidden("Turn on the private view to see who chose an answer.")
    if is_first_vote_running(own_question):
        raise Forbidden("The first vote is running. Its results appear when you close it.")
    round = form.integer("round", 1, own_question["round"], default=own_question["round"])
    question, key = dict(own_question, round=round), form.get("key")
    return view("partials/_who" if wants_fragment() else "who", presenter=presenter,
                question=question, key=key, who=list_who(db, question, key))


def list_who(db, question, key):
    """A row with the "names" of those who gave an answer of it; "count" is how many they are."""
    kind, joined = QUESTION_TYPES[question["type"]], list_respondents(db, question["session_id"])
    names = number_names(joined)
    answers = list_answers(db, question, [
        person["id"] for person in joined if not person["left_out"]])
    values = [value for value in answers.values() if value != ABSTENTION]
    chosen = {value for value in {*values} if kind.is_in_row(value, key, question["options"])}
    ids = [id for id, value in answers.items() if value in chosen]
    row = next((row for row in kind.count(values, question["options"]) if row["key"] == key),
               {"label": key})
    return {**row, "label": cut_text(row["label"]), "count": len(ids),
            "names": sorted((names[id] for id in ids if id in names), key=str.casefold)}


@app.get("/questions/<question_id:id>/table")
def show_table(db, own_question):
    """The answers as a table, of as many rounds as the projector shows, for its page to load."""
    stats = mark_rows(own_question, count_shown(db, own_question))
    return view(f"questions/{own_question['type']}/_results", question=own_question, stats=stats)


@app.get("/questions/<question_id:id>/text")
def show_text(db, own_question, form):
    """The full version of a text that was cut, from any round; `key` is that of its row."""
    for round in range(own_question["round"], 0, -1):
        question = dict(own_question, round=round)
        counts, kind = count_answers(db, question), QUESTION_TYPES[question["type"]]
        for row in kind.count(counts["values"], question["options"]):
            if row["key"] == form.get("key"):
                bottle.response.content_type = "text/plain; charset=utf-8"
                return row["label"]
    raise NotFound("There is no such text.")


@app.post("/api/questions/<question_id:id>/mark")
def mark(db, live, presenter, own_question, form):
    """Mark an option, named by its letter, as correct, or remove the mark."""
    happen(mark_correct, own_question["id"], form.get("key"))
    return show_change(db, live, presenter, own_question["id"])


@app.post("/api/questions/<question_id:id>/accept")
def accept(db, live, presenter, own_question, form):
    """Accept short answers, named by the `key` of their rows; `withdraw` takes that back."""
    withdrawn = form.getall("withdraw")
    happen(accept_answers, own_question["id"], withdrawn or form.getall("key"), bool(withdrawn))
    return show_change(db, live, presenter, own_question["id"])


@app.post("/api/questions/<question_id:id>/tally")
def tally(db, live, presenter, own_question, form):
    """Set how many students without a phone raised a hand for an option, or a rating."""
    count = form.integer("count", 0, TALLY_MAX)
    if count is None:
        raise Invalid("Enter how many hands were raised.", "count")
    happen(count_hands, own_question["id"], form.get("key"), count,
           form.integer("round", 1, 10**9))
    return show_change(db, live, presenter, own_question["id"])


@app.post("/api/questions/<question_id:id>/hide")
def hide(db, live, presenter, own_question, form):
    """Hide a text and all equal ones from the class; `show` names a text to show again."""
    hidden = form.get("hide")
    happen(hide_text, own_question["id"], hidden or form.get("show"), bool(hidden))
    return show_change(db, live, presenter, own_question["id"])


@app.post("/api/questions/<question_id:id>/people")
def leave_out(db, live, presenter, own_question, form):
    """Exclude a respondent from all counts of the session; `count` names one to include again.

    `leave_out_minute` and `leave_out_address` name everyone who joined then or from there.
    """
    session_id = own_question["session_id"]
    for group, find in PEOPLE.items():
        left_out, counted = form.get("leave_out" + group), form.get("count" + group)
        if left_out or counted:
            people = find(db, live, session_id, left_out or counted)
            happen(leave_out_people, session_id, people, bool(left_out))
            break
    else:
        raise NotFound(NO_RESPONDENT)
    return show_change(db, live, presenter, own_question["id"])


# {suffix of a field that names respondents: how to get their ids from its value}.
PEOPLE = {
    "": lambda db, live, session_id, id: [id],
    "_minute": lambda db, live, session_id, minute: list_arrivals(db, session_id, minute),
    "_address": lambda db, live, session_id, name: [
        id for id, address in live.addresses.get(session_id, {}).items()
        if name_address(session_id, address) == name],
}


@app.post("/api/sessions/<session_id:id>/people")
def change_name(db, live, presenter, own_session, form):
    """Correct who a respondent is, or free the `entry` of a class list that one has picked.

    With both, the respondent gets that entry. `question` says whose private view the form is in.
    """
    entry_id, question_id = form.integer("entry", 1, 2**53), form.integer("question", 1, 2**53)
    respondent, session_id = form.get("respondent"), own_session["id"]
    if question_id:
        get_own_question(db, presenter["id"], question_id)
    if entry_id and respondent:
        happen(give_entry, session_id, respondent, entry_id)
    elif entry_id:
        happen(free_entry, session_id, entry_id)
    else:
        happen(correct_person, session_id, respondent, read_correction(own_session, form))
    return (show_change(db, live, presenter, question_id) if question_id
            else redirect(f"/sessions/{own_session['id']}"))


def read_correction(session, form):
    """What a presenter corrects of a respondent: {"name", "number" ...}, without what is empty."""
    identify = session["settings"]["identify"]
    known = {"name": form.text("name", "The name", PERSON_MAX, required=identify == "name")}
    if identify in IDENTIFIERS:
        known[identify] = read_identifier(identify, form.get(identify), identify)
    known = {column: text for column, text in known.items() if text}
    if not known:
        raise Invalid("Enter what is correct.", "name")
    return known


def name_address(session_id, address):
    """The pseudonym of an address in pages; the address itself is never shown or stored."""
    return sign_respondent(session_id, f"address/{address}")


def show_change(db, live, presenter, question_id):
    """After a change: the private fragment for a script, the results page for a plain form."""
    if wants_fragment():
        return show_private(db, live, presenter, get_question(db, question_id))
    return redirect(f"/questions/{question_id}/results")


@app.get("/present/<session_id:id>")
def show_present(db, live, presenter, own_session, form):
    """The projector's page: the current question, or the one that `question` names."""
    read_answerers(db, own_session["id"])
    own_session = get_session(db, own_session["id"])        # a step may have gone between
    named = form.integer("question", 1, 2**53)
    question = (get_own_question(db, presenter["id"], named) if named
                else find_projected_question(db, own_session))
    if question and question["session_id"] != own_session["id"]:
        raise NotFound("This question belongs to another session.")
    now = present_message(db, live, own_session["id"], question)
    return view("present", presenter=presenter, session=own_session, now=now,
                shown=question and project(db, own_session, question,
                                           [] if named else list_together(db, question),
                                           now["question_count"]))


@app.get("/present/<session_id:id>/end")
def show_end(db, own_session):
    """The session in numbers, a fragment that the projector shows at its end."""
    return view("partials/_end", session=own_session, **summarize_session(db, own_session["id"]))


@app.get("/sessions/<session_id:id>/report")
def show_report(db, presenter, own_session, form):
    """A session to read and print, in the order in which it was asked, or the hardest first.

    Only a private screen gets names, the grid, and what the class has not seen. There `student`,
    a number in the order of joining, and `question` name an answer to show in full, which is all
    that a script gets. With `compare`, another session, its answers stand beside the own ones.
    """
    alone, student = presenter["screen_is_private"], form.integer("student", 1, 2**53)
    question_id = form.integer("question", 1, 2**53)
    order, sort = form.choice("order", ORDERS), form.choice("sort", SORTS)
    page, other_id = form.integer("page", 1, 10**6), form.integer("compare", 1, 2**53)
    if student and wants_fragment() and not alone:
        raise Forbidden("Turn on the private view to see who gave an answer.")
    given = find_given(db, own_session, student, question_id) if alone and student else None
    if given and wants_fragment():
        return view("partials/_given", given=given)

    with classroom.jobs.take(presenter["id"]):
        read = run_in_thread(classroom.readers, read_report, classroom.folder / "classpulse.db",
                             own_session["id"], alone, order, sort, page, student, other_id)
    query = {"order": form.get("order"), "sort": form.get("sort"),
             "compare": read["comparison"] and other_id}
    return view("report", presenter=presenter, session=own_session, given=given, order=order,
                sort=sort, **read,
                files=describe_files(db, classroom.exports, presenter, own_session),
                query={name: value for name, value in query.items() if value})


ORDERS = {"asked": "As asked", "hardest": "Hardest first"}
SORTS = {"name": "Name", "points": "Points"}        # of the grid's rows; points: the most first


@app.get("/questions/<question_id:id>/export")
def export_question(exports, presenter, own_question, form):
    """One question's responses as CSV; the same bytes are kept on disk."""
    form.choice("shape", ["long"])
    return send_export(exports, form, presenter, own_question["session_id"], own_question["id"])


@app.get("/sessions/<session_id:id>/export")
def export_session(exports, presenter, own_session, form):
    """A session's file in one of SHAPES; the same bytes are kept on disk."""
    shape = form.choice("shape", SHAPES)
    return send_export(exports, form, presenter, own_session["id"], shape=shape)


@app.get("/sessions/<session_id:id>/questions.<format:re:gift|txt>")
def send_questions(db, own_session, format):
    """The session's questions without their pictures, as a file that can be imported again."""
    questions = [{"type": question["type"], "title": question["title"],
                  **QUESTION_TYPES[question["type"]].to_file(question["options"]),
                  **({"explanation": question["explanation"]} if question["explanation"] else {})}
                 for question in list_questions(db, own_session["id"])]
    bottle.response.content_type = "text/plain; charset=utf-8"
    bottle.response.set_header("Content-Disposition", "attachment; filename="
                               f'"{name_files(own_session)}.{format}"')
    return write_questions(take_turns(questions), format)


def send_export(exports, form, presenter, session_id, question_id=None, shape="long"):
    """Write the file, then send it in pieces, because it may be large.

    A `delimiter` is remembered, and all CSV files of this presenter have it from then on.
    """
    delimiter = form.get("delimiter") and form.choice("delimiter", CSV_DELIMITERS)
    if delimiter and CSV_DELIMITERS[delimiter] != exports.get_delimiter(presenter["id"]):
        happen(choose_delimiter, session_id, delimiter)
    with classroom.jobs.take(presenter["id"]):
        path = exports.write(session_id, question_id, shape)
    bottle.response.content_type = MEDIA_TYPES[path.suffix]
    bottle.response.set_header("Content-Disposition", f'attachment; filename="{path.name}"')
    file = path.open("rb")
    bottle.response.set_header("Content-Length", os.fstat(file.fileno()).st_size)
    return file


# ------------------------------------------------------------------------------
# Routes: live
# ------------------------------------------------------------------------------
# One-way sockets, from the server to the browser. Anyone who may not watch gets a plain HTTP
# error: the upgrade happens in Live.watch, after the signature's checks.

@app.get("/ws/audience/<code>")
def watch_audience(db, live, session, respondent):
    """The audience's view as state messages; the first includes the respondent's answers."""
    live.check_upgrade(respondent)
    mark_joined(db, live, session["id"], respondent)
    return live.watch("audience", session["id"], respondent)


@app.get("/ws/present/<session_id:id>")
def watch_present(db, live, presenter, own_session):
    """The state of the projector, as present messages."""
    read_answerers(db, own_session["id"])
    return live.watch("present", own_session["id"], signin=presenter["token_hash"])


@app.get("/ws/results/<question_id:id>")
def watch_results(live, presenter, own_question):
    """A question's results, as results messages."""
    return live.watch("results", own_question["id"], signin=presenter["token_hash"])


# ------------------------------------------------------------------------------
# Lesson
# ------------------------------------------------------------------------------
# Acts: what can happen in a session. Each runs in db.write and returns a Change; `happen` runs one
# and notifies watchers, files and caches. Routes, the scheduler and commands all go through it. An
# act knows no HTTP and no SQL; a new one states in its Change who must be notified.

class Change(NamedTuple):
    """What an act changed in a session, and its `result` for the caller.

    `told` is a key of NOTIFY, None if nothing changed. `files` says when to update the files on
    disk: "now", "later" (after a pause in the votes), "if any" (now, if there are any), or None.
    """
    session_id: int
    result: object = None
    told: str | None = "everybody"
    question_id: int | None = None
    files: str | None = None
    gone: int | None = None                 # the id of a deleted question
    images: bool = False                    # whether a picture may have been deleted
    respondents: frozenset = frozenset()    # whose own answers now count differently
    renamed: str | None = None              # the id of a respondent who has another name now


def happen(act, *args):
    """The result of an act, run in the next transaction; everyone it concerns is notified."""
    change = classroom.db.write(act, *args)
    attempt(notify, classroom.live, classroom.exports, change)      # it is saved in any case
    return change.result


def notify(live, exports, change):
    """Notify files, caches and watchers of what an act has changed."""
    if change.gone:
        exports.gone.add(change.gone)
    if change.files:
        exports.wanted(change.session_id, at_once=change.files != "later",
                       if_any=change.files == "if any")
    if change.images:
        classroom.images.clear()
    if change.told == "votes":
        classroom.db.answerers.get(change.session_id, {}).pop(change.question_id, None)
    elif change.told:
        classroom.db.shares.pop(change.session_id, None)
        classroom.db.answerers.pop(change.session_id, None)
    if change.told:
        NOTIFY[change.told](live, change)
    if change.told == "everybody":
        classroom.alarm.set()       # a countdown may have been started
    if change.respondents:
        live.send_answers(change.session_id, change.respondents)
    if change.renamed:
        live.reload(change.session_id, change.renamed)


# How watchers are notified: {`told` of a Change: function}.
NOTIFY = {
    "everybody": lambda live, change: live.session_changed(change.session_id),
    "presenters": lambda live, change: live.changed("present", change.session_id),
    "results": lambda live, change: (live.changed("results", change.question_id),
                                     live.changed("audience", change.session_id)),
    "votes": lambda live, change: live.votes_changed(change.session_id, change.question_id),
    "people": lambda live, change: live.people_changed(change.session_id),
    "deleted": lambda live, change: live.session_deleted(change.session_id, change.result),
}


# Scheduled acts, which need no request

CHECK_SECONDS = 60      # at most, between two checks for due acts: the laptop may have slept
TIMER_SECONDS = 1       # the same while a countdown runs; and before a failed act is tried again


def run_due_acts(db):
    """Run the acts that are due; any that fail are tried again at the next check."""
    for moment, act, args in list_due(db):
        if moment <= now():
            attempt(run_due_act, act, args)


def run_due_act(act, args):
    """Run an act on something that may have been deleted meanwhile."""
    with suppress(NotFound):
        happen(act, *args)


def get_seconds_until_due(db):
    """Seconds until an act is due, or until the next check."""
    seconds = [CHECK_SECONDS]
    for moment, act, _ in list_due(db):
        left = measure_ms(moment) / 1000
        seconds.append(left if left > 0 else TIMER_SECONDS)
        if act is close_on_time:
            seconds.append(TIMER_SECONDS)
    return min(seconds)


def list_due(db):
    """[(moment, act, its arguments), ...] of all scheduled acts.

    They come from the database, so they survive a restart.
    """
    return [due for find in (list_idle, list_timed) for due in attempt(find, db) or ()]


def list_idle(db):
    """When to close each open session, unless there is activity in it."""
    return [(find_idle_at(db, session["id"]), close_idle_session, (session["id"],))
            for session in list_open_sessions(db)]


def list_timed(db):
    """When to close each question that has a countdown."""
    return [(find_end(question), close_on_time, (question["id"],))
            for question in list_with_timer(db)]


def close_on_time(db, question_id):
    """Close a question when its countdown has ended, unless that was changed meanwhile."""
    question = get_question(db, question_id)
    if not has_ended(question):
        return Change(question["session_id"], told=None)
    close_questions(db, question["session_id"], question_id, at=find_end(question))
    return Change(question["session_id"], files="now")


# Answers and people

def accept_response(db, session_id, *response):
    """Accept a respondent's answer; `result` is what record_response returns."""
    saved = record_response(db, *response)
    return Change(session_id, saved, "votes", response[0], files="later")


def record_response(db, question_id, respondent_id, value, round=None, seq=None, queued=False,
                    shape=None):
    """Store one respondent's answer; returns what is then stored: {"value", "round", "seq", ...}.

    A later tap replaces an earlier one, by `seq` if it is given; a `seq` that is not above the
    stored one changes nothing. An empty value takes the answer back; its row stays, so that no
    older tap that is still on its way brings it back. `queued` marks an answer that could not be
    sent when it was given: after voting has closed, it is stored as late, unless an answer in time
    exists; that one then stays, with `too_late` set. Raises Closed for any other vote outside an
    open round, also for an empty one, and for any to a question that the respondent has finished
    with; Forbidden for a late vote from anyone who joined after the round closed, and Changed when
    the question no longer has the `shape` that was answered.
    """
    question = get_asked(db, question_id, respondent_id)
    if value:
        check_shape(question, shape)
    round = round or question["round"]
    kept = find_response(db, question_id, respondent_id, round)
    if kept and None not in (seq, kept["seq"]) and seq <= kept["seq"]:
        return dict(kept, too_late=False)       # sent twice: the first reply was lost
    # When an earlier round opened is not stored: it is final for anyone who has ever finished.
    if is_final(question, question["finished_at"]) or (
            question["finished_at"] and round < question["round"]):
        raise Closed("You have finished, so your answers are final.")
    is_open = bool(question["active"]) and not has_ended(question)
    in_time = is_open and round == question["round"]
    was_open = question["opened_at"] if round == question["round"] else round < question["round"]
    if not in_time and not value and kept and kept["value"]:
        raise Closed("Voting was already closed. Your earlier answer stays.")
    if not in_time and not (queued and was_open and value):
        raise Closed("Voting is closed." if was_open else "Voting is not open.")
    if kept and kept["value"] and not in_time and kept["late"] != 1:
        return dict(kept, too_late=True)
    closed_at = read_json(question["closings"], "{}").get(str(round), "")
    if question["active"] and round == question["round"] and not is_open:
        closed_at = find_end(question)
    if not in_time and not has_joined(db, question["session_id"], respondent_id, closed_at):
        raise Forbidden("Voting was closed before you joined, so this answer can't be counted.")
    ensure_respondent(db, question["session_id"], respondent_id)
    if kept and seq is None:
        seq = kept["seq"]
    saved = dict(value=value, round=round, seq=seq, late=int(not in_time), saved_at=now())
    upsert_response(db, question_id, question, respondent_id, saved)
    return dict(saved, too_late=False)


def is_final(question, finished_at):
    """Whether a respondent who finished then, if ever, can't change the answer to a question.

    Nobody finishes with a first vote that the class has not seen: there will be a second one.
    """
    if is_held_back(question):
        return False
    return bool(finished_at and question["opened_at"]) and question["opened_at"] <= finished_at


def check_shape(question, shape):
    """Raise Changed unless `shape`, from the form, is the question's current one; None passes."""
    if shape is not None and shape != str(question["shape"]):
        raise Changed("Your teacher has changed this question. Check your answer, and send it "
                      "again.", "response")


def finish_own(db, session_id, respondent_id):
    """Make a respondent's answers to all that has been asked final; `result` is the time."""
    session = get_session(db, session_id)
    if session["settings"]["own_results"] == "off":
        raise Closed("In this session your answers stay open until voting closes.")
    if not (session["active"] or has_joined(db, session_id, respondent_id)):
        raise Closed("The session is closed, so nobody new can join.")
    ensure_respondent(db, session_id, respondent_id)
    return Change(session_id, set_finished(db, session_id, respondent_id), told=None,
                  respondents=frozenset([respondent_id]))


def give_own_name(db, session_id, respondent_id, person):
    """Store who a respondent is, as read_person gives it; `result` is when they were seen.

    Raises Closed for a change after the first answer, and for a name that somebody else has
    picked: of two who pick one, the first to get here has it.
    """
    session = get_session(db, session_id)
    check_still_asked(session, person)
    if "entry_id" in person:
        if respondent_id in list_left_out(db, session_id):
            raise Closed("You can't pick a name. Tell your teacher.", "entry")
        person = get_free_entry(
            db, session, person["entry_id"], respondent_id, "Somebody else has picked {name}. "
            "If this is your name, tell your teacher.")
    is_other = {**NOBODY, **person} != find_person(db, session_id, respondent_id)
    if is_other and not can_change_name(db, session, respondent_id):
        raise Closed("You have already answered, so only your teacher can change your name."
                     if session["active"] else "The session is closed.")
    seen_at = ensure_respondent(db, session_id, respondent_id)
    replace_person(db, session_id, respondent_id, person)
    return Change(session_id, seen_at, "people")


def get_free_entry(db, session, entry_id, respondent_id, taken):
    """An entry of the session's class list; Closed, with `taken`, if another respondent has it."""
    entry = find_class_entry(db, find_list_id(session), entry_id)
    if entry is None:
        raise Invalid("This name is not on the list. Choose another.", "entry")
    if find_picker(db, session["id"], entry_id) not in (None, respondent_id):
        raise Closed(taken, "entry", name=entry["name"])
    return entry


def check_still_asked(session, person):
    """Raise Closed if the session, since read_person, asks for no names or for something else."""
    asked, identify = session["settings"]["names"], session["settings"]["identify"]
    if asked == "no":
        raise Closed("This session no longer asks for names. Reload this page.")
    wanted = {"name": {"name"}, "list": {"entry_id"}}.get(identify, {"name", identify})
    if {*person} != wanted and (asked == "required" or person != {"name": ""}):
        raise Closed("Your teacher has just changed what you are asked for. Reload this page.")


def free_entry(db, session_id, entry_id, by=None):
    """Let another pick this name of a class list: whoever has it is asked again.

    NotFound if nobody has it, or not the respondent `by` whom it is freed.

    The answers stay with the respondent who gave them, who has no name until then. That phone
    hears of it with its next answer, so that the student whose name it is can pick it first.
    """
    respondent_id = find_picker(db, session_id, entry_id)
    if respondent_id is None or by not in (None, respondent_id):
        raise NotFound(NO_RESPONDENT)
    replace_person(db, session_id, respondent_id, NOBODY)
    return Change(session_id, told="people", files="now")


def can_change_name(db, session, respondent):
    """Whether a respondent may give a name, or change it: until the first answer."""
    return session["settings"]["names"] != "no" and session["active"] and (
        needs_name(db, session, respondent) or not has_responded(db, session["id"], respondent))


def needs_name(db, session, respondent):
    """Whether this respondent still has to give a name, or to decline where that is allowed.

    Nobody has to in a closed session, which shows its class list to nobody.
    """
    asked = session["settings"]["names"]
    if asked == "no" or not session["active"]:
        return False
    name = (find_person(db, session["id"], respondent) or NOBODY)["name"]
    return not name if asked == "required" else name is None


def give_entry(db, session_id, respondent_id, entry_id):
    """Make a respondent the one on the class list whom the presenter knows them to be."""
    session = get_session(db, session_id)
    get_nameable(db, session, respondent_id)
    entry = get_free_entry(db, session, entry_id, respondent_id,
                           "Another phone has {name}. Free the name there first.")
    replace_person(db, session_id, respondent_id, entry)
    return Change(session_id, files="now", renamed=respondent_id)


def correct_person(db, session_id, respondent_id, known):
    """Replace what `known` has of a respondent: "name", "number", "email" or "login".

    Where students pick from a class list, whose marks go with the entry, Closed.
    """
    session = get_session(db, session_id)
    person = get_nameable(db, session, respondent_id)
    if find_list_id(session):
        raise Closed("Choose a name from the class list.", "entry")
    if not {**person, **known}["name"]:
        raise Invalid("The name is missing.", "name")
    replace_person(db, session_id, respondent_id, {**person, **known})
    return Change(session_id, files="now", renamed=respondent_id)


def get_nameable(db, session, respondent_id):
    """What is known of a respondent; Closed for one who declined to say, and was told so."""
    person = find_person(db, session["id"], respondent_id)
    if person is None:
        raise NotFound(NO_RESPONDENT)
    if session["settings"]["names"] == "no" or person["name"] == "":
        raise Closed("This student joined without a name.")
    return person


def leave_out_people(db, session_id, respondent_ids, left_out):
    """Exclude respondents' votes from every count, or include them again.

    Several who are excluded may be one student who has taken many names of a class list. A phone
    gets any number of cookies, and a class behind one router has one address, so only the teacher
    can tell; others can then pick these names, which stay with the excluded answers as well.
    """
    set_left_out(db, session_id, respondent_ids, left_out)
    if left_out and respondent_ids[1:]:
        release_entries(db, session_id, respondent_ids)
    elif not left_out:
        take_entries_back(db, session_id, respondent_ids)
    return Change(session_id, files="now")


def admit_late(db, question_id):
    """Count the late votes of the current round after all; Closed once the answer is shown."""
    question = get_question(db, question_id)
    if question["answer_shown"]:
        raise Closed("The correct answer was shown, so late answers can't be counted any more.")
    admitted = admit_responses(db, question_id, question["round"])
    return Change(question["session_id"], files="now", respondents=admitted)


def count_hands(db, question_id, key, count, round=None):
    """Store the hands raised for a row; Closed outside TALLIED_STAGES, or if `round` is over."""
    question = get_question(db, question_id)
    kind = QUESTION_TYPES[question["type"]]
    rows = kind.count([], question["options"]) if kind.can_tally else []
    if key not in [row["key"] for row in rows]:
        raise Invalid("There is nothing to raise a hand for.", "key")
    if question["stage"] not in TALLIED_STAGES:
        raise Closed("Hands are counted from the opening of a question until its correct answer "
                     "is shown.")
    if round not in (None, question["round"]):
        raise Closed("A new round has begun.")
    set_tally(db, question_id, question["round"], key, count)
    told = "everybody" if question["stage"] == "results" else "votes"      # phones may show them
    return Change(question["session_id"], told=told, question_id=question_id, files="later")


TALLIED_STAGES = ("open", "closed", "results")     # in which raised hands are counted


def accept_answers(db, question_id, keys, withdrawn=False):
    """Accept rows of short answers, or take that back; scores, files and phones follow."""
    question = get_question(db, question_id)
    kind, options = QUESTION_TYPES[question["type"]], question["options"]
    given = {row["key"]: row["label"] for row in kind.count(
        count_answers(db, question)["values"], options)} if kind.can_accept else {}
    if withdrawn and kind.can_accept:       # whoever gave it may have another answer now
        given |= kind.list_added(options)
    if not keys or not {*keys} <= {*given}:
        raise Invalid("There is no such answer to accept.", "key")
    set_options(db, question_id, kind.withdraw(options, keys) if withdrawn
                else kind.accept(options, [given[key] for key in keys]), question["live"])
    return Change(question["session_id"], files="now",
                  respondents=list_judged_people(db, question))


def hide_text(db, question_id, key, hidden):
    """Hide a typed answer from the projector and phones, or show it again; files have it."""
    question = get_question(db, question_id)
    kind = QUESTION_TYPES[question["type"]]
    if not kind.can_hide:
        raise Invalid("Only written answers can be hidden.", "hide")
    set_hidden(db, question_id, kind.hides_row(key), hidden)
    return Change(question["session_id"], told="results", question_id=question_id)


# Sessions

def change_session(db, session_id, name, settings, version=None):
    """Rename a session and change its settings; once answered, its anonymity can't change."""
    session = get_session(db, session_id)
    if settings.get("names") == "no":       # which may be all that is sent
        settings = {"identify": "name", **settings}
    settings = {**session["settings"], **settings}
    if (name, settings) == (session["name"], session["settings"]):      # by a second click
        return Change(session_id, told=None)
    check_version(session, version)
    becomes_anonymous = settings["names"] == "no"
    if becomes_anonymous != (session["settings"]["names"] == "no") and find_promise(db, session):
        raise Invalid(find_promise(db, session), "names")
    check_identify(db, session["user_id"], settings)
    asks_again = name_identity({"settings": settings}) != name_identity(session)
    if asks_again and find_promise(db, session):
        raise Invalid(find_promise(db, session), "identify")
    set_session_form(db, session, settings, name)
    if becomes_anonymous or asks_again:
        delete_names(db, session_id)
    return Change(session_id, files="now")


def choose_delimiter(db, session_id, delimiter):
    """Set the delimiter, a key of CSV_DELIMITERS, of its owner's CSV files; its own get it now."""
    set_csv_delimiter(db, get_session(db, session_id)["user_id"], delimiter)
    return Change(session_id, told=None, files="if any")


def check_identify(db, user_id, settings):
    """Raise Invalid unless students can be asked for what identifies them by these settings."""
    if settings["identify"] != "name" and settings["names"] == "no":
        raise Invalid("Anonymous students can't be asked for this. Make names optional or "
                      "required.", "identify")
    if settings["identify"] == "list" and settings["list"] not in [
            one["id"] for one in get_user_class_lists(db, user_id)]:
        raise Invalid("Choose one of your class lists.", "list")


def forget_names(db, session_id):
    """Erase who a session's students are, for good; it then is one that asks for no names."""
    session = get_session(db, session_id)
    settings = {**session["settings"], "names": "no", "identify": "name", "forgotten": True}
    set_session_form(db, session, settings, session["name"])
    delete_names(db, session_id)
    return Change(session_id)


def find_promise(db, session):
    """Why a session can't become anonymous, or stop being so: somebody has answered; or None."""
    if not count_session(db, session["id"])["responses"]:
        return None
    if session["settings"]["names"] == "no":
        return ("Students were told that their answers are anonymous, so you can't change this "
                "now. Use the session with another class and change it there.")
    return ("Students were told that you see their names, so you can't change this now. "
            "Use the session with another class and change it there.")


def change_class_list(db, user_id, list_id, name, entries, version=None):
    """Replace what is on a user's class list; Overwriting if `version` is not the stored one.

    No page that is open shows a list, so nobody is notified.
    """
    stored = get_own_class_list(db, user_id, list_id)
    kept = list_class_entries(db, list_id)
    if (name, entries) == (stored["name"], [
            {column: entry[column] for column in ("name", *IDENTIFIERS)} for entry in kept]):
        return                          # by a second click
    check_version(stored, version)
    set_class_list(db, list_id, name, match_entries(kept, entries))


def match_entries(kept, entries):
    """The entries, each with the `id` of the one that it was before, or None.

    It is one of the same name and number or, where there is none, the only one of that name; else
    of that number: the name was corrected.
    """
    matched, left = [dict(entry, id=None) for entry in entries], kept
    for identify in (lambda entry: (normalize(entry["name"]), entry["number"]),
                     lambda entry: normalize(entry["name"]), lambda entry: entry["number"]):
        counts = Counter(map(identify, left))
        ids = {key: entry["id"] for entry in left if counts[key := identify(entry)] == 1 and key}
        for entry in matched:
            entry["id"] = entry["id"] or ids.pop(identify(entry), None)
        taken = {entry["id"] for entry in matched}
        left = [entry for entry in left if entry["id"] not in taken]
    return matched


def follow_class_list(db, list_id):
    """Give students of one session who picked from a class list what it has now.

    `result` is whether there were any.
    """
    session_id = find_session_behind(db, list_id)
    if session_id is None:
        return Change(None, False, told=None)
    copy_entries(db, list_id, session_id)
    return Change(session_id, True, "people", files="if any")


def drop_class_list(db, list_id):
    """Have one session that uses a class list ask for a name to type; without any, delete it.

    `result` is whether there was a session.
    """
    for used in list_sessions_with_list(db, list_id)[:1]:
        session = get_session(db, used["id"])
        set_session_form(db, session, {**session["settings"], "identify": "name"}, session["name"])
        return Change(session["id"], True)
    delete_class_list(db, list_id)
    return Change(None, False, told=None)


def check_version(stored, version):
    """Raise Overwriting unless a form was made from the `stored` version; None passes."""
    if version not in (None, stored["version"]):
        raise Overwriting("This was changed elsewhere in the meantime. Your version is not saved "
                          "yet. Compare both.")


def open_or_close_session(db, session_id, active=None):
    """Set or flip whether a session is open; `result` is the session."""
    session = toggle_session_status(db, session_id, active)
    return Change(session_id, session, files=None if session["active"] else "now")


def toggle_session_status(db, session_id, active=None, idle=False):
    """The session, after setting or flipping whether it is open; closing closes its questions."""
    session = get_session(db, session_id)
    active = not session["active"] if active is None else active
    set_session_active(db, session_id, bool(active), idle)
    if not active:
        close_questions(db, session_id)
    return get_session(db, session_id)


def close_idle_session(db, session_id):
    """Close a session that has been idle for too long, unless there has been activity since."""
    get_session(db, session_id)
    if find_idle_at(db, session_id) > now():
        return Change(session_id, told=None)
    toggle_session_status(db, session_id, active=False, idle=True)
    return Change(session_id, files="now")


def lock_session(db, session_id, locked):
    """Lock or unlock joining."""
    set_locked(db, session_id, locked)
    return Change(session_id, told="presenters")


def delete_whole_session(db, session_id):
    """Delete a session with everything still in it; `result` is the code it had."""
    code = get_session(db, session_id)["code"]
    delete_session(db, session_id)
    return Change(session_id, code, "deleted", images=True)


# Questions

def start_session(db, user_id, name, settings, drafts=(), quick=None, form=None):
    """Create a session, with drafts and a quick question; `result`: its id, one for a `form`."""
    if made := find_made(db, form):
        return Change(made, made, told=None)
    check_identify(db, user_id, {**USUAL_SETTINGS, **settings})
    session_id = create_session(db, user_id, name, settings)
    add_drafts(db, session_id, drafts, form)
    if quick:
        ask_now(db, session_id, *quick)
    return Change(session_id, session_id)


def add_drafts(db, session_id, drafts, form=None):
    """Add questions, (type, what read_question_form returns) each, as drafts at the end.

    One may have a `picture` that is not stored yet. `form` identifies what asked for them: the
    same one adds nothing again.
    """
    get_session(db, session_id)     # it may have been deleted while its list was read
    if find_made(db, form):
        return Change(session_id, told=None)
    for type, asked in drafts:
        if asked.get("picture"):
            asked = dict(asked, image=create_image(db, find_image_type(asked["picture"]),
                                                   asked["picture"]))
        create_question(db, session_id, type, asked)
    if form:
        note_made(db, form, session_id)
    return Change(session_id)


def reuse_questions(db, session_id, user_id, question_ids):
    """Copy a user's questions, as drafts at the end of a session."""
    for question_id in question_ids:
        question = get_own_question(db, user_id, question_id)
        create_copy(db, session_id, question)
    return Change(session_id)


def update_question(db, question_id, asked, version=None):
    """Change the fields of the form; Invalid if existing answers would get another meaning.

    Raises Overwriting if `version` is not the stored one and anything differs from that. Without
    answers, a change gives the question a new `shape`: an answer that is still on its way
    to the earlier version is then not mistaken for an answer to this one.
    """
    question = get_question(db, question_id)
    kind = QUESTION_TYPES[question["type"]]
    if to_columns(asked) == to_columns(question):       # such as by a second click
        return Change(question["session_id"], told=None)
    check_version(question, version)
    answered = count_responses(db, question_id) or has_hands(db, question_id)
    if answered and not kind.is_same_shape(question["options"], asked["options"]):
        raise Invalid("Students have already answered, so you can only correct the wording. To "
                      "change the choices, duplicate the question.", kind.shape_field)
    set_question(db, question_id, asked, reshaped=not answered)
    return Change(question["session_id"], files="now", images=True,
                  respondents=list_judged_people(db, question))


def mark_correct(db, question_id, key):
    """Mark an option as correct, or remove the mark; possible at any time.

    A draft then begins as a question of its kind does: nobody should follow the crowd.
    """
    question = get_question(db, question_id)
    kind = QUESTION_TYPES[question["type"]]
    if not kind.marks_correct or key not in [option["key"] for option in question["options"]]:
        raise Invalid("There is no such option to mark.", "key")
    options = kind.mark(question["options"], key)
    set_options(db, question_id, options, question["live"] if question["opened_at"]
                else kind.starts_live(options) and not question["discuss"])
    return Change(question["session_id"], files="now",
                  respondents=list_judged_people(db, question))


def duplicate_question(db, question_id):
    """Copy a question as a draft right after it; `result` is the copy's id."""
    question = get_question(db, question_id)
    copy_id = create_copy(db, question["session_id"], question)
    set_question_place(db, copy_id, question["number"] + 1)
    return Change(question["session_id"], copy_id, files="if any")


def place_question(db, question_id, place):
    """Move a question to a position in its session, counted from 1; the others shift."""
    set_question_place(db, question_id, place)
    return Change(get_question(db, question_id)["session_id"], files="if any")


def drop_question(db, question_id):
    """Delete a question with its responses."""
    session_id = get_question(db, question_id)["session_id"]
    delete_question(db, question_id)
    return Change(session_id, files="if any", gone=question_id, images=True)


def ask_now(db, session_id, type, options):
    """Add and open a question after the current one; its title has the time, `result` its id."""
    session = get_session(db, session_id)
    shown = find_projected_question(db, session)
    follows = bool(shown and session["current_question_id"])
    number = 1 + (shown["number"] if follows else len(list_question_ids(db, session_id)))
    # A title like any other, kept as it was made.
    title = _("Question {number}, {time}", number=number, time=clock(now()))
    question_id = create_question(db, session_id, type, {"title": title, "options": options},
                                  interrupts=shown and shown["id"])
    if follows:
        set_question_place(db, question_id, number)
    close_questions(db, session_id)
    open_question(db, get_question(db, question_id))
    set_current_question(db, session_id, question_id)
    return Change(session_id, question_id, files="now")


def toggle_question_status(db, question_id, active=None):
    """Set or flip whether a question takes votes; `result` is the question. No other changes."""
    question = get_question(db, question_id)
    active = not question["active"] if active is None else active
    if active and question["stage"] == "answer":
        raise Closed("The correct answer was shown. “Vote again” starts a new round.")
    if active:
        if not question["active"]:      # else a second press would start its countdown again
            open_question(db, question)
        # The projector moves to it, unless it shows a question that is being answered.
        current = get_session(db, question["session_id"])["current_question_id"]
        if not current or not get_question(db, current)["active"]:
            set_current_question(db, question["session_id"], question_id)
    else:
        close_questions(db, question["session_id"], question_id)
    return Change(question["session_id"], get_question(db, question_id),
                  files=None if active else "now")


def open_all(db, session_id):
    """Open all drafts for votes, with their results covered; the first becomes current.

    Without countdowns: everybody answers them at their own pace.
    """
    drafts = [question for question in list_questions(db, session_id)
              if question["stage"] == "draft"]
    for question in drafts:
        open_question(db, question, timed=False)
        set_shown(db, question["id"], results=False)
    if drafts:
        set_current_question(db, session_id, drafts[0]["id"])
    return Change(session_id)


def close_all(db, session_id):
    """Close all questions of the session."""
    close_questions(db, session_id)
    return Change(session_id, files="now")


def open_question(db, question, timed=True):
    """Open a question, with its countdown if `timed`.

    Its results show from the first vote if it is live, in its first round, and not discussed.
    """
    if not question["session_active"]:
        raise Closed("The session is closed. Reopen it first.")
    shown = question["results_shown"] if question["opened_at"] else (
        question["live"] and question["round"] == 1 and not question["discuss"])
    set_open(db, question["id"], shown, question["seconds"] if timed else None)


def has_answer(question):
    """Whether a correct answer is marked."""
    return QUESTION_TYPES[question["type"]].has_answer(question["options"])


def list_together(db, question):
    """The questions projected together with an open one, as an exit ticket; [] if none are."""
    active = list_active(db, question["session_id"]) if question and question["active"] else []
    return active if len(active) > 1 else []


# Steps

# Names of the stages in pages.
STAGE_NAMES = {"draft": "draft", "open": "open", "closed": "closed", "results": "results shown",
               "answer": "answer shown"}

# The steps of a lesson: {action: label of its button}. `next` does the first of list_steps.
STEPS = {
    "ask": "Next question",
    "reveal": "Close voting and show results",
    "begin": "Show the first question",
    "open": "Open voting",
    "close": "Close voting",
    "discuss": "Start the discussion",
    "close_all": "Close all",
    "show_results": "Show results",
    "hide_results": "Hide results",
    "show_answer": "Show the correct answer",
    "vote_again": "Vote again",
    "move": "Next question",
    "end": "End session",
    "next": "Next step",
    "go": "Show this question",
    "start_timer": "Start a countdown",
    "more_time": "30 seconds more",
    "stop_timer": "Stop the countdown",
}
TIMER_STEPS = {"start_timer", "more_time", "stop_timer"}


class Seen(NamedTuple):
    """The state of the projector's question as a page showed it; None: not checked."""
    question_id: int | None
    round: int | None
    stage: str
    discussing: int | None = None
    remaining_ms: int | None = None

    def is_now(self, question):
        """Whether the question is still so."""
        return (self[:3] == (question["id"], question["round"], question["stage"])
                and self.discussing in (None, question["discussing"]))

    def is_timed_so(self, closes_at):
        """Whether the countdown ends when it did, give or take the time of a message."""
        return self.remaining_ms is None or bool(closes_at) and abs(
            max(0, measure_ms(closes_at)) - self.remaining_ms) <= 2000


def take_step(db, session_id, action, seen, to=None, seconds=None):
    """Take a step if the projector's question is still as `seen`; `result` is it, or None.

    `to` is the question that `go` shows, `seconds` those of `start_timer`. Two devices or a double
    press never skip a step: the second request no longer matches the stage.
    """
    session = get_session(db, session_id)
    question = find_projected_question(db, session)
    if question is None or not seen.is_now(question):
        return Change(session_id, told=None)
    if action in ("more_time", "stop_timer") and not seen.is_timed_so(find_timer(db, question)):
        return Change(session_id, told=None)
    steps = list_steps(db, session, question)
    if action == "next" and session["active"]:
        is_new = question["stage"] == "draft"
        action = "open" if steps[0] == "begin" and is_new else steps[0]
    if action not in steps:
        return Change(session_id, told=None)
    if action == "move" or action == "ask" and question["stage"] != "draft":
        question = find_next_question(db, question)
    set_current_question(db, session_id, question["id"])
    if action == "open" or action == "ask" and question["stage"] == "draft":
        close_questions(db, session_id)
        open_question(db, question)
    elif action == "close_all":
        close_questions(db, session_id)
    elif action in ("close", "reveal"):
        close_questions(db, session_id, question["id"])
    elif action == "discuss":
        set_discussing(db, question["id"])
    elif action in TIMER_STEPS:
        for other in list_together(db, question) or [question]:
            change_timer(db, other, action, seconds)
    elif action == "vote_again":
        start_round(db, question)
    elif action == "go":
        if get_question(db, to)["session_id"] != session_id:
            raise NotFound("This question belongs to another session.")
        set_current_question(db, session_id, to)
    elif action == "end":
        toggle_session_status(db, session_id, active=False)
    if action in ("reveal", "show_results", "hide_results", "show_answer"):
        set_shown(db, question["id"], action != "hide_results", answer=action == "show_answer")
    harmless = action in {"ask", "open", "discuss", *TIMER_STEPS}
    return Change(session_id, action, files=None if harmless else "now")


def change_timer(db, question, action, seconds):
    """Start a question's countdown, give it more time, or stop it."""
    if action == "start_timer" and seconds is None:
        raise Invalid("Choose how many seconds.", "seconds")
    end = question["closes_at"]
    if action == "start_timer":
        set_timer(db, question["id"], time_in(seconds=seconds))
    elif end:
        set_timer(db, question["id"], None if action == "stop_timer"
                  else time_in(after=max(end, now()), seconds=MORE_SECONDS))


def list_steps(db, session, question):
    """Every action that is possible at this stage, the next step first."""
    if question is None:
        return []
    stage, steps = question["stage"], []
    if session["active"]:
        in_pace = find_next_steps(db, session, question)
        steps += [in_pace.pop(session["settings"]["pace"]), *in_pace.values()]
        if is_first_vote(question) and stage == "closed":
            steps.append("reveal")
        if stage in ("draft", "closed", "results"):
            steps.append("open")
    if stage in ("open", "closed", "results"):
        steps.append("hide_results" if question["results_shown"] else "show_results")
    if stage in ("closed", "results") and has_answer(question):
        steps.append("show_answer")
    if session["active"] and stage in ("closed", "results", "answer"):
        steps.append("vote_again")
    if session["active"] and (stage == "open" or question["discussing"]):
        steps.append("start_timer")
        if find_timer(db, question):
            steps += ["more_time", "stop_timer"]
    return list(dict.fromkeys([*steps, "go", *(["end"] if session["active"] else [])]))


def find_timer(db, question):
    """When the projector's countdown shows 0, the first one of several questions; or None."""
    together = list_together(db, question) or [question]
    return min((one["closes_at"] for one in together if one["closes_at"]), default=None)


def find_next_steps(db, session, question):
    """{pace: the next step in it}: what Space and the primary button do; both paces take both."""
    stage = question["stage"]
    quick, stepwise = {"draft": ("ask", "open"), "open": ("reveal", "close"),
                       "closed": ("reveal", "show_results")}.get(stage, (None, None))
    if stage == "open" and len(list_active(db, session["id"])) > 1:
        quick = stepwise = "close_all"
    elif is_first_vote(question) and stage in ("open", "closed"):
        quick = stepwise = "close" if stage == "open" else (
            "vote_again" if question["discussing"] else "discuss")
    elif stage == "results" and has_answer(question):
        quick = stepwise = "show_answer"
    elif stage in ("results", "answer"):
        following = find_next_question(db, question)
        stepwise = "move" if following else "end"
        quick = "ask" if following and following["stage"] == "draft" else stepwise
    if not session["current_question_id"] and not question["active"]:
        stepwise = "begin"
    return {"quick": quick, "stepwise": stepwise}


def is_first_vote(question):
    """Whether these are the votes before a discussion, which the class should not see yet."""
    return bool(question["discuss"]) and question["round"] == 1


def is_first_vote_running(question):
    """Whether such votes are coming in: then even the presenter sees none of them."""
    return bool(is_first_vote(question) and question["active"] and not question["results_shown"])


def is_held_back(question):
    """Whether these are votes that the class should not see before it has discussed them."""
    return is_first_vote(question) and not question["results_shown"]


def start_round(db, question):
    """Start a new round; responses of earlier rounds stay, but do not count in it."""
    close_questions(db, question["session_id"])
    begin_round(db, question["id"])
    open_question(db, get_question(db, question["id"]))


# ------------------------------------------------------------------------------
# Question types
# ------------------------------------------------------------------------------
# A question type is a class here with a folder of views/questions/: `_edit.tpl` (the presenter's
# form), `_answer.tpl` (phones), `_project.tpl` (the projector, without results unless `tiles`) and
# `_results.tpl` (a table); nothing else refers to it. Answers are stored as plain text.

ABSTENTION = "-"        # the value of "I don't know", for every type

QUESTION_TYPES = {}     # {type: an instance of its class}, in the order offered


def question_type(kind):
    """Class decorator that offers a question type."""
    QUESTION_TYPES[kind.type] = kind()
    return kind


def get_question_type(type):
    """The question type of that name, or NotFound."""
    if type not in QUESTION_TYPES:
        raise NotFound("There is no such type of question.")
    return QUESTION_TYPES[type]


class QuestionType:
    """What an answer is, and how it is counted and drawn. Each type has its own `options`."""
    type = label = hint = ""
    chart = "axis"          # static/js/charts/<chart>.js draws its results on presenter pages
    tiles = False           # on the projector its options fill up instead
    preset_live = False     # results show while votes come in, unless an answer is correct
    is_text = False         # the answer is the respondent's own words
    is_number = False       # the answer is a number, even if it begins with a minus
    can_hide = False        # the presenter may keep answers from projector and phones
    can_be_empty = False    # a form without a response takes the answer back
    echoes = False          # "Saved" says what was understood
    marks_correct = False     # options have letters, and `mark` changes which are correct
    in_tiles = False        # phones answer in tiles, where the results then stand
    separator = None        # between the parts of a value that can have several
    one_each = True         # a respondent's answer counts in one row
    can_tally = False       # hands can be raised for a row
    can_accept = False      # `accept` adds answers to the correct ones
    stands_in = False       # reads the answers to questions of unknown types
    at_once = {}            # for a quick question: {label of a button: the form it stands for}
    labels = {}             # {field of the form: its label}
    names = ()              # what files call it, except its type
    shape_field = "options"     # the form's field that determines the possible answers
    SHOWN = None            # maximum number of rows in a message; None: all
    NEWEST = None           # how many of the newest answers are read; None: all

    def configure(self, form, before=None):
        """JSON-serializable options from the presenter's form; Invalid names the faulty field.

        `before` are the options that the form edits: what it doesn't name stays as it was.
        """
        return {}

    def mend(self, options):
        """What can be used of options that are not as `configure` makes them, or of None."""
        empty = self.configure(Form([]))
        known = options if isinstance(options, dict) else {}
        return {name: known[name] if type(known.get(name)) is type(value) else value
                for name, value in empty.items()}

    def fields(self, options):
        """The form from which `configure` made these options: [(field, text), ...]."""
        return [(name, str(value)) for name, value in options.items()]

    def list_form_fields(self):
        """The set of fields that the form has for this type."""
        return set(self.labels)

    def to_file(self, options):
        """The options as a file's question has them (Imports)."""
        return options

    def from_file(self, question):
        """The form for a file's question: [(field, text), ...]."""
        return [(name, str(question.get(name, ""))) for name in self.labels]

    def describe(self, options):
        """What their form holds, in words: [(label, text), ...]."""
        return [(self.labels[name], text) for name, text in self.fields(options)
                if name in self.labels]

    def is_same_shape(self, before, after):
        """Whether answers given to the options `before` still mean the same with those `after`."""
        return True

    def read(self, form, options):
        """The value, as text, from a respondent's form; Invalid when it is not an answer."""
        raise NotImplementedError

    def can_count(self, value, options):
        """Whether a stored value is an answer: what others wrote into the database may be odd."""
        return True

    def count(self, values, options):
        """Rows {"key", "label", "count", ...} of the values, in display order."""
        raise NotImplementedError

    def count_rounds(self, rounds, options):
        """The rows of the values of each of several rounds."""
        return [self.count(values, options) for values in rounds]

    def count_distinct(self, values, options):
        """The rows of `count`, where each text that was given has one, the most frequent first."""
        return self.count(values, options)

    def entries(self, values, options):
        """Rows of what the presenter may hide, each with the `key` that hides it."""
        return self.count(values, options) if self.can_hide else []

    def is_in_row(self, value, key, options):
        """Whether a value counts in the row of this key."""
        return any(row["key"] == key and row["count"] for row in self.count([value], options))

    def are_few(self, values):
        """Whether the different values are so few that it is worth saying who went where."""
        return not self.is_text

    def is_same(self, before, after, options):
        """Whether two answers of a respondent mean the same."""
        return before == after

    def hides(self, part):
        """The key that hides a part of a value, and every part that is equal to it."""
        return normalize(part) if self.is_text else part

    def hides_row(self, key):
        """The key that hides a row, even one of several that normalize to the same."""
        return normalize(key) if self.is_text else key

    def show(self, values, hidden):
        """The values without the parts whose keys are hidden."""
        if not hidden:
            return values
        kept = ([part for part in self.split(value) if self.hides(part) not in hidden]
                for value in values)
        return [(self.separator or "").join(parts) for parts in kept if parts]

    def summarize(self, values):
        """Further figures for the results message."""
        return summarize_numbers([float(value) for value in values]) if self.is_number else {}

    def say(self, value, options):
        """The answer in words."""
        return self.join(value)

    def spell(self, value, options):
        """The answer in a sentence: with letters and words where options have both."""
        return self.join(value)

    def spell_html(self, value, options):
        """The same as safe HTML: what presenters wrote is formatted, students' words are not."""
        return bottle.html_escape(self.spell(value, options))

    def keys(self, value):
        """The answer as letters or numbers; empty for free text."""
        return "" if self.is_text else value

    def has_answer(self, options):
        """Whether a correct answer is marked."""
        return False

    def scale(self, options):
        """What must be the same for two questions' answers to be comparable: a unit, an end."""
        return None

    def wording(self, options):
        """What must be the same in two questions of one title: options may have other letters."""
        return self.scale(options)

    def is_alike(self, options, others):
        """Whether a question could have come from one with the options `others`, if edited."""
        return True

    def align(self, options, others):
        """(options that include the `others`, {key of one of these: its key there})."""
        return options, {}

    def translate(self, value, keys):
        """A value with the keys that `align` gave."""
        return value

    def starts_live(self, options):
        """Whether results show while votes come in, unless the presenter says otherwise."""
        return self.preset_live and not self.has_answer(options)

    def score(self, value, options):
        """From 0 (wrong) to 1 (correct); called only when `has_answer`."""
        return 0.0

    def points(self, options):
        """How many points a correct answer is worth, where a part of it earns some."""
        return 1

    def is_correct(self, row, options):
        """Whether a row of the results is marked as correct."""
        return self.has_answer(options) and self.score(row["key"], options) == 1

    def format_correct(self, options):
        """The correct answer in words; called only when `has_answer`."""
        return ""

    def format_correct_html(self, options):
        """The same as safe HTML."""
        return bottle.html_escape(self.format_correct(options))

    def name_correct(self, options):
        """A short sentence that names the correct answer; called only when `has_answer`."""
        return _("{answer} is correct", answer=self.format_correct(options))

    def axis(self, options, answer_shown):
        """What a chart shows: {"unit", "low", "high"; "range": correct numbers, once shown}."""
        return {}

    def spell_correct(self, options):
        """The correct answer in a sentence; called only when `has_answer`."""
        return self.format_correct(options)

    def split(self, value):
        """The parts of a value, as they stand in the fields of its form."""
        return value.split(self.separator) if self.separator else [value]

    def join(self, value):
        """The parts of a value as one line."""
        return "; ".join(self.split(value))


def row(key, label, count, **more):
    """One row of a question's results."""
    return {"key": key, "label": label, "count": count, **more}


def list_shares(counts, total, one_each):
    """The share of each count in a total of answers, in whole percent.

    Where everybody gives one answer the shares of all answers add up to 100: what rounding down
    leaves goes to the largest remainders.
    """
    if not (one_each and total and sum(counts) == total):
        return [(200 * count + total) // (2 * total) if total else 0 for count in counts]
    shares = [100 * count // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda n: -(100 * counts[n] % total))
    for n in by_remainder[:100 - sum(shares)]:
        shares[n] += 1
    return shares


def cut_rows(rows, with_html=False):
    """The first rows, as many as fit into a message; rows whose text was cut have `cut`.

    If asked for, each has its `label_html`: others than options while they are whole and all fit,
    options also into as much again.
    """
    shown, size = [], 0
    for row in rows:
        label = cut_text(row["label"])
        row = row if label == row["label"] else dict(row, label=label, cut=True)
        size += len(to_json(row).encode("utf-8", "replace"))
        if size > ROWS_MAX:
            break
        shown.append(row)
    for place, row in enumerate(shown if with_html else []):
        label = format_label(row)
        size += 0 if "cut" in row else len(to_json(label).encode("utf-8", "replace")) + 14
        if size <= 2 * ROWS_MAX if "letter" in row else size <= ROWS_MAX and "cut" not in row:
            shown[place] = dict(row, label_html=label)
    return shown


class Choice(QuestionType):
    """Base of types whose options have letters.

    Options: [{"key": "A", "text": ..., "correct": bool}, ...], where one with a picture also has
    `image`, its id, and `image_alt`, its description. If the picture stands alone, that is `text`.
    """
    tiles = True
    MOST = 26
    in_tiles = True
    SPELLED_MAX = 60          # characters of an option, with its letter, that a sentence repeats
    marks_correct = True      # a star in front of an option marks it as correct
    has_pictures = False      # options can have pictures
    presets = {}            # {button: lines of options}

    def configure(self, form, before=None):
        options, texts = [], {""}
        for place, (text, correct) in self.read_options(form):
            picture = self.read_picture(form, place, text, before or [])
            text = text or picture.get("image_alt", "")
            if not text and picture:
                raise Invalid("Describe the picture of option {letter}, or write a text. Your "
                              "results name it so.", "options", letter=chr(ord("A") + place - 1))
            if not text:
                continue
            if len(text) > NAME_MAX:
                raise Invalid("An option can have {most} characters: “{text}…” has {count}.",
                              "options", most=NAME_MAX, text=text[:30], count=len(text))
            if fold_spaces(text) in texts:
                raise Invalid("Two options are the same: “{text}”.", "options", text=text)
            texts.add(fold_spaces(text))
            options.append({"key": chr(ord("A") + len(options)), "text": text,
                            "correct": self.marks_correct and correct, **picture})
        if len(options) < 2:
            raise Invalid("Write at least 2 options.", "options")
        if len(options) > self.MOST:
            raise Invalid("There can be at most {most} options; this has {count}.", "options",
                          most=self.MOST, count=len(options))
        return options

    def mend(self, options):
        return [{"key": option["key"], "text": option["text"],
                 "correct": option.get("correct") is True}
                for option in (options if isinstance(options, list) else ())
                if isinstance(option, dict)
                and isinstance(option.get("key"), str) and isinstance(option.get("text"), str)]

    def read_options(self, form):
        """[(place, (text, whether it is correct)), ...]: of fields `option`, or of lines."""
        if form.getall("option"):
            right = form.getall("right")
            return [(place, (read_text(typed, "An option", LINES_MAX, "options", clean_block),
                             str(place) in right))
                    for place, typed in enumerate(form.getall("option"), start=1)]
        lines = read_lines(form, "options")
        starred = [line.startswith("*") for line in lines]
        if not self.marks_correct:
            return [*enumerate(((clean_block(line), False) for line in lines), start=1)]
        if len(lines) > 1 and all(starred) and form.get("stars") not in ("list", "correct"):
            raise Unclear("Every line begins with a star. Is this a list, or is every option "
                          "correct?", "options", readings=[
                              ("stars", "list", "It is a list"),
                              ("stars", "correct", "Every option is correct")])
        is_list = form.get("stars") == "list"
        options = [(clean_block(re.sub(r"\A\\(?=\*)", "", line[star:].strip())),
                    star and not is_list) for star, line in zip(starred, lines)]
        if any(correct and not text for text, correct in options):
            raise Invalid("An option has a star but no text.", "options")
        return [*enumerate(options, start=1)]

    def read_picture(self, form, place, text, before):
        """{"image", "image_alt"} of the option at a place of the form, or {} without a picture.

        A form without these fields keeps the pictures that the options had `before`.
        """
        if not self.has_pictures or form.get(f"remove_picture_{place}") or place > self.MOST:
            return {}
        same = [option for option in before if fold_spaces(option["text"]) == fold_spaces(text)]
        kept = {} if form.getall(f"image_{place}") else dict(*(same or before[place - 1:])[:1])
        image = form.get(f"image_{place}") or kept.get("image")
        alt = read_text(form.get(f"alt_{place}", kept.get("image_alt", "")), "A description",
                        NAME_MAX, "options", clean_line)
        if not image:
            return {}
        # What would be said twice is only said once.
        return {"image": image, "image_alt": "" if fold_spaces(alt) == fold_spaces(text) else alt}

    def fields(self, options):
        places = [*enumerate(options, start=1)]
        return [("option", "" if is_bare(option) else option["text"]) for option in options] + [
            ("right", str(place)) for place, option in places if option["correct"]] + [
            (f"{field}_{place}", option[name]) for place, option in places if "image" in option
            for field, name in (("image", "image"), ("alt", "image_alt"))]

    def list_form_fields(self):
        return {"option", "right", "options", *(
            f"{name}_{place}" for name in ("image", "alt", "remove_picture")
            for place in range(1, self.MOST + 1))}

    def to_file(self, options):
        texts = [option["text"] for option in options]
        return {"options": texts, **({"correct": self.correct_keys(options)}
                                     if self.marks_correct else {})}

    def from_file(self, question):
        return [("option", text) for text in question.get("options", ())] + [
            ("right", str(place)) for place in range(1, self.MOST + 1)
            if chr(ord("A") + place - 1) in question.get("correct", ())]

    def describe(self, options):
        def label(option):
            letter = option["key"] + " ✓" * option["correct"]
            return _("{letter}, with a picture", letter=letter) if "image" in option else letter
        return [(label(option), option["text"]) for option in options]

    def is_same_shape(self, before, after):
        places = {value: option["key"] for option in before
                  for value in (fold_spaces(option["text"]), option.get("image")) if value}
        return len(before) == len(after) and all(
            places.get(value, option["key"]) == option["key"] for option in after
            for value in (fold_spaces(option["text"]), option.get("image")))

    def wording(self, options):
        return frozenset(fold_spaces(option["text"]) for option in options)

    def is_alike(self, options, others):
        return bool(self.wording(options) & self.wording(others))

    def align(self, options, others):
        # By their texts; of the rest, whose texts were mended, by their letters.
        texts = {fold_spaces(option["text"]): option["key"] for option in options}
        keys = {option["key"]: texts[text] for option in others
                if (text := fold_spaces(option["text"])) in texts}
        left = {option["key"] for option in options} - {*keys.values()}
        for option in others:
            if option["key"] not in keys:
                keys[option["key"]] = (option["key"] if option["key"] in left
                                       else ONLY_THERE + option["key"])
        return options + [dict(option, key=keys[option["key"]], correct=False)
                          for option in others if keys[option["key"]][0] == ONLY_THERE], keys

    def translate(self, value, keys):
        return (self.separator or "").join(keys.get(key, key) for key in self.split(value))

    def count(self, values, options):
        # Options nobody picked stay: the class also learns from an empty bar.
        counts = Counter()
        for value, times in Counter(values).items():
            counts.update({key: times for key in self.split(value)})
        return [row(option["key"], option["text"], counts[option["key"]], letter=option["key"])
                for option in options]

    def say(self, value, options):
        texts = {option["key"]: option["text"] for option in options}
        return "; ".join(plain_text(texts.get(key, key)) for key in self.split(value))

    def spell(self, value, options):
        return self.spell_keys(self.split(value), options)

    def spell_html(self, value, options):
        return self.spell_keys(self.split(value), options, format_line)

    def spell_keys(self, keys, options, write=None):
        """Options with their letters: A, Mars; B, Jupiter. `write` each as HTML, or plainly."""
        write, texts = write or plain_text, {option["key"]: option["text"] for option in options}
        spelled = [(write(key), write(texts.get(key, key))) for key in keys]
        return "; ".join(key if key == text else f"{key}, {text}" for key, text in spelled)

    def has_answer(self, options):
        return any(option["correct"] for option in options)

    def is_correct(self, row, options):
        return row["key"] in self.correct_keys(options)

    def format_correct(self, options):
        return self.spell_keys(self.correct_keys(options), options)

    def format_correct_html(self, options):
        return self.spell_keys(self.correct_keys(options), options, format_line)

    def name_correct(self, options):
        *others, last = self.correct_keys(options)
        return _("{others} and {last} are correct", others=", ".join(others), last=last) \
            if others else _("{answer} is correct", answer=last)

    def spell_correct(self, options):
        # Several are given by their letters alone, and so is a long one or code.
        *others, last = self.correct_keys(options)
        if others:
            return _("{others} and {last}", others=", ".join(others), last=last)
        spelled = self.format_correct(options)
        return last if "\n" in spelled or len(spelled) > self.SPELLED_MAX else spelled

    def correct_keys(self, options):
        """Letters of the correct options, in order."""
        return [option["key"] for option in options if option["correct"]]

    def mark(self, options, key):
        """The options, with `correct` flipped on the one with this key."""
        return [dict(option, correct=option["correct"] != (option["key"] == key))
                for option in options]


ONLY_THERE = "+"        # begins the key of an option that only the session compared with has


def is_bare(option):
    """Whether an option is a picture alone, and its text the description of that."""
    return "image" in option and option["text"] == option["image_alt"]


def read_lines(form, field):
    """The lines of a field that hold something, each without spaces around it."""
    text = read_text(form.get(field), "This field", LINES_MAX, field, clean_text)
    return [line.strip() for line in text.split("\n") if line.strip()]


# Names by which files call a choice without a correct answer, and one of true and false.
POLLS = ("poll", "umfrage", "encuesta")
TRUTHS = ("true/false", "true or false", "true false", "wahr/falsch", "richtig/falsch", "tf",
          "verdadero o falso", "verdadero/falso")


@question_type
class MultipleChoice(Choice):
    """Pick exactly one option; the value is its key."""
    type = "multiple_choice"
    names = (*POLLS, *TRUTHS, "single choice", "quiz", "choice", "binary", "einfachauswahl", "mc",
             "opcion unica", "seleccion unica", "respuesta unica", "opcion multiple", "op")
    preset_live = can_tally = has_pictures = True
    label = "Multiple choice"
    hint = "Students pick one answer"
    at_once = {**{"A – " + "ABCDEF"[most - 1]: {"options": "\n".join("ABCDEF"[:most])}
                  for most in range(2, 7)}, "True or false": {"options": "True\nFalse"}}
    presets = {"True or false": "True\nFalse", "Yes or no": "Yes\nNo", "A to D": "A\nB\nC\nD"}

    def read(self, form, options):
        picked = form.get("response")
        if picked not in {option["key"] for option in options} or len(form.getall("response")) > 1:
            raise Invalid("Pick one of the options.", "response")
        return picked

    def score(self, value, options):
        return float(value in self.correct_keys(options))


@question_type
class SelectAll(Choice):
    """Pick one or more options; the value is their keys: A;C."""
    type = "select_all"
    names = ("checkbox", "checkboxes", "multiple answer", "multiple answers",
             "multiple response", "multi select", "mehrfachauswahl", "seleccion multiple",
             "respuesta multiple", "ma")
    preset_live = can_tally = has_pictures = True
    one_each = False
    can_be_empty = True     # browsers send nothing for boxes that are not ticked
    label = "Select all that apply"
    hint = "Students pick as many answers as they like"
    separator = ";"

    def read(self, form, options):
        picked = form.getall("response")
        keys = [option["key"] for option in options if option["key"] in picked]
        if not picked or sorted(picked) != keys:
            raise Invalid("Pick at least one of the options, each once.", "response")
        return ";".join(keys)

    def score(self, value, options):
        right = self.correct_keys(options)
        ticks = [1 if key in right else -1 for key in self.split(value)]
        return max(0.0, sum(ticks) / len(right))

    def points(self, options):
        return len(self.correct_keys(options))


@question_type
class Rating(QuestionType):
    """A number on a scale. Options: {"max_rating": 5, "low": "", "high": ""}."""
    type = "rating"
    names = ("scale", "skala", "bewertung", "escala", "valoracion")
    preset_live = can_tally = True
    label = "Rating"
    hint = "A number on a scale, with mean and median"
    at_once = {"Rating 1 – 5": {}}
    is_number = in_tiles = True
    labels = {"max_rating": "Highest number", "low": "Label for 1 (optional)",
              "high": "Label for the highest number (optional)"}
    shape_field = "max_rating"

    def configure(self, form, before=None):
        return {"max_rating": form.integer("max_rating", 2, 10, default=5),
                "low": form.text("low", "The label", 40, required=False),
                "high": form.text("high", "The label", 40, required=False)}

    def is_same_shape(self, before, after):
        return before["max_rating"] == after["max_rating"]

    def scale(self, options):
        return options["max_rating"]

    def numbers(self, options):
        """The values that can be picked."""
        return [str(number) for number in range(1, options["max_rating"] + 1)]

    def read(self, form, options):
        picked = form.get("response")
        if picked not in self.numbers(options) or len(form.getall("response")) > 1:
            raise Invalid("Pick a number from 1 to {most}.", "response",
                          most=options["max_rating"])
        return picked

    def can_count(self, value, options):
        return value in self.numbers(options)

    def count(self, values, options):
        counts = Counter(values)
        ends = {"1": options["low"], str(options["max_rating"]): options["high"]}
        return [row(number, number, counts[number], note=ends.get(number, ""))
                for number in self.numbers(options)]

    def axis(self, options, answer_shown):
        return {"low": options["low"], "high": options["high"]}


def summarize_numbers(numbers):
    """{"average", "median"}, None without numbers: two decimals, or four digits if very large."""
    if not numbers:
        return {"average": None, "median": None}
    return {name: float(f"{number:.4g}") if not 0.01 <= abs(number) < 1e15 and number
            else int(number) if number == int(number) else round(number, 2)
            for name, number in (("average", statistics.mean(numbers)),
                                 ("median", statistics.median(numbers)))}


@question_type
class WordCloud(QuestionType):
    """A few words or short phrases. Options: {"max_words": 3}; the value has one per line."""
    type = "word_cloud"
    names = ("wordcloud", "wortwolke", "nube de palabras")
    one_each = False
    can_hide = echoes = True
    label = "Word cloud"
    hint = "Students' words; the most frequent are the largest"
    chart = "cloud"
    is_text = True
    separator = "\n"
    WORD_MAX = 60           # characters: a short phrase
    BETWEEN = "[,;،؛、，；]"     # words in one field, where several are allowed
    AROUND = " ¿¡。\"'`´‘’‚‛“”„‟«»‹›「」『』()[]{}（）［］｛｝【】,:;!?…،؛؟、，：；！？"
    labels = {"max_words": "Words per student"}
    SHOWN = 80              # entries that fit on a projector

    def configure(self, form, before=None):
        return {"max_words": form.integer("max_words", 1, 5, default=1)}

    def read(self, form, options):
        words, most = {}, options["max_words"]
        parts = [part for written in form.getall("response")
                 for part in (re.split(self.BETWEEN, written) if most > 1 else [written])
                 if part.strip()]
        for part in parts[:4 * most]:       # each takes time, also the equal and empty ones
            word = read_text(part, "A word or phrase", self.WORD_MAX, "response",
                             lambda text: clean_line(self.trim(clean_line(text))))
            if word:
                words.setdefault(normalize(word), word)
        if len(words) > most or len(parts) > 4 * most:
            raise Invalid("At most {most} words or phrases, please.", "response", most=most)
        if not words:
            raise Invalid("Write a word or a short phrase.", "response")
        return "\n".join(words.values())

    def trim(self, text):
        """The text without quotes, brackets and punctuation around it: .NET, C# and 50% are whole.

        Empty when only dashes are left, one of which is kept for an abstention.
        """
        word = text.lstrip(self.AROUND).rstrip(self.AROUND + ".")
        return word if word.strip("-–—") else ""

    def is_same(self, before, after, options):
        return {*map(normalize, self.split(before))} == {*map(normalize, self.split(after))}

    def count(self, values, options):
        return count_spellings(word for value in values for word in self.split(value))


def count_spellings(texts, key=None):
    """One row per set of texts of one key(text), most frequent first, as most of them write it."""
    key, spellings = key or normalize, {}
    for text, count in Counter(texts).items():      # each is normalized once
        spellings.setdefault(key(text), {})[text] = count
    # max keeps the order of arrival among equals, so the earliest spelling wins a tie.
    rows = [row(key, max(counts, key=counts.get), sum(counts.values()))
            for key, counts in spellings.items()]
    return sorted(rows, key=lambda row: (-row["count"], row["key"]))


@question_type
class ShortText(QuestionType):
    """A few words. Options: {"accepted": ["Paris", ...], "exact": whether capitals matter}."""
    type = "short_text"
    names = ("short answer", "fill in the blank", "fill in the blanks", "type answer",
             "luckentext", "kurzantwort", "respuesta corta", "completar", "fib")
    can_hide = can_accept = True
    label = "Short answer"
    hint = "A word or a sentence; equal answers are counted together"
    chart = "list"
    is_text = True
    labels = {"accepted": "Correct answers, one per line (optional)"}
    SHOWN = 100
    TEXT_MAX = 200          # characters
    ACCEPTED_MAX = 100      # answers: each response is compared with all of them
    NEAR_FROM, NEARER_FROM = 3, 8   # letters from which one, or two, may be wrong in a near miss
    COMPARED_MAX = 2000     # pairs in a list, each of which takes 5 µs, and 15 µs at worst

    def configure(self, form, before=None):
        accepted = [text for line in read_lines(form, "accepted") if (text := clean_line(line))]
        if len(accepted) > self.ACCEPTED_MAX:
            raise Invalid("There can be at most {most} answers; this has {count}.", "accepted",
                          most=self.ACCEPTED_MAX, count=len(accepted))
        if any(len(text) > self.TEXT_MAX for text in accepted):
            raise Invalid("An answer can have {most} characters.", "accepted", most=self.TEXT_MAX)
        exact = read_box(form, "exact", before and before.get("exact"))
        added = [text for text in (before or {}).get("added", ()) if text in accepted]
        return {"accepted": accepted, **({"added": added} if added else {}),
                **({"exact": True} if exact else {})}

    def fields(self, options):
        return [("accepted", "\n".join(options["accepted"])),
                ("exact", "1" if options.get("exact") else "0")]

    def list_form_fields(self):
        return {*super().list_form_fields(), "exact"}

    def describe(self, options):
        return super().describe(options) + [(
            "Capital letters and special characters matter",
            _("Yes") if options.get("exact") else _("No"))]

    def to_file(self, options):
        exact = {"exact": True} if options.get("exact") else {}
        return {"answers": options["accepted"], **exact}

    def from_file(self, question):
        return [("accepted", "\n".join(question.get("answers", ()))),
                ("exact", "1" if question.get("exact") else "0")]

    def accept(self, options, texts):
        """The options with these texts accepted, as answers that were `added` in class."""
        added = [text for text in dict.fromkeys(texts) if text not in options["accepted"]]
        if len(options["accepted"]) + len(added) > self.ACCEPTED_MAX:
            raise Invalid("There can be at most {most} answers; this has {count}.", "key",
                          most=self.ACCEPTED_MAX, count=len(options["accepted"]) + len(added))
        return dict(options, accepted=options["accepted"] + added,
                    added=options.get("added", []) + added)

    def withdraw(self, options, keys):
        """The options without the answers of these rows that were `added` in class."""
        gone = {text for key, text in self.list_added(options).items() if key in keys}
        return dict(options, **{name: [text for text in options.get(name, ()) if text not in gone]
                                for name in ("accepted", "added")})

    def list_added(self, options):
        """{row: the text in it that was accepted in class, if the form does not list it, too}."""
        return {self.name_row(text, options): text for text in options.get("added", ())}

    def name_row(self, text, options):
        """The key of the row in which an answer counts."""
        return text if options.get("exact") else normalize(text)

    def read(self, form, options):
        return refuse_dash(form.text("response", "Your answer", self.TEXT_MAX))

    def count(self, values, options):
        return count_spellings(values, key=lambda text: self.name_row(text, options))

    def has_answer(self, options):
        return bool(options["accepted"])

    def score(self, value, options):
        rows = list_right_rows(tuple(options["accepted"]), tuple(options.get("added", ())),
                               bool(options.get("exact")))
        return float(self.name_row(value, options) in rows)

    def is_same(self, before, after, options):
        return self.name_row(before, options) == self.name_row(after, options)

    def is_correct(self, row, options):
        return self.has_answer(options) and self.score(row["label"], options) == 1

    def find_near(self, rows, options):
        """[{"answer", "rows"}, ...]: rows of answers that are nearly an accepted `answer`."""
        # Only answers of about the same length are compared, and not too many of them: students
        # may write what takes long. One that differs in digits is no misspelling, and where
        # capitals matter, they alone are no mistake that should be overlooked.
        by_length, near, compared = defaultdict(list), {}, 0
        added = options.get("added", ())
        for text in (text if text in added else plain_text(text) for text in options["accepted"]):
            own = normalize(text)
            if len(own) >= self.NEAR_FROM:
                most = 2 if len(own) >= self.NEARER_FROM else 1
                for length in range(len(own) - most, len(own) + most + 1):
                    by_length[length].append((text, own, most))
        for row in rows:
            if row["right"] or row["hidden"]:
                continue
            key = normalize(row["label"])
            for text, own, most in by_length[len(key)][:self.COMPARED_MAX - compared]:
                compared += 1
                if key != own and is_near(key, own, most) and digits(key) == digits(own):
                    near.setdefault(text, []).append(row)
                    break
        return [{"answer": answer, "rows": found} for answer, found in near.items()]

    def format_correct(self, options):
        return _(" or ").join(self.list_written(options, plain_text))

    def format_correct_html(self, options):
        return bottle.html_escape(_(" or ")).join(
            self.list_written(options, format_line, bottle.html_escape))

    def name_correct(self, options):
        answer, *others = self.list_written(options, plain_text)
        return _("“{answer}” and {count} more are accepted", answer=answer, count=len(others)) \
            if others else _("“{answer}” is correct", answer=answer)

    def list_written(self, options, format, keep=str):
        """The accepted answers that the presenter wrote, formatted; if none are left, all.

        What was accepted in class counts, but a slip in spelling is not what to learn. Students
        wrote it: it is kept as it is.
        """
        added = options.get("added", ())
        return [format(text) for text in options["accepted"] if text not in added] or [
            keep(text) for text in options["accepted"]]


@functools.lru_cache(maxsize=64)
def list_right_rows(accepted, added, exact):
    """Keys of the rows that are correct; a class's answers are all compared with the same.

    What the presenter wrote is also correct as pages show it: "x²" where that is a formula.
    """
    texts = {*accepted, *(plain_text(text) for text in accepted if text not in added)}
    return frozenset(texts if exact else map(normalize, texts))


def refuse_dash(text):
    """The text; Invalid when it is the value that stands for an abstention."""
    if text == ABSTENTION:
        raise Invalid("Write more than a dash.", "response")
    return text


@question_type
class OpenText(QuestionType):
    """A text of several lines. The value is the text."""
    type = "open_text"
    names = ("open ended", "essay", "text", "open", "freitext", "offene frage", "aufsatz",
             "respuesta abierta", "pregunta abierta", "abierta", "ensayo", "ess", "sr", "fil")
    can_hide = stands_in = True
    label = "Open text"
    hint = "Longer answers, listed with the newest first"
    at_once = {"Open text": {}}
    chart = "list"
    is_text = True
    SHOWN = 100
    NEWEST = 300            # reading 2,500 of 15 kB each would take 0.2 s
    TEXT_MAX = 5000         # characters

    def read(self, form, options):
        text = read_text(form.get("response"), "Your answer", self.TEXT_MAX, "response",
                         clean_block)
        if not text:
            raise Invalid("Your answer is missing.", "response")
        return refuse_dash(text)

    def count(self, values, options):
        return [row(self.hides(value), value, 1) for value in reversed(values)]

    def count_distinct(self, values, options):
        return count_spellings(values)

    def hides(self, part):
        return hash_token(normalize(part))[:16]


@question_type
class Numeric(QuestionType):
    """A number: 3.5. Options: {"min", "max", "correct", "tolerance": the same or "", "unit"}."""
    type = "numeric"
    names = ("number", "slider", "numerical", "zahl", "schieberegler", "numero", "numerica", "num")
    can_hide = echoes = True
    label = "Number"
    hint = "A number, shown as a distribution"
    is_number = True
    labels = {"correct": "Correct number", "tolerance": "Tolerance (±)", "unit": "Unit",
              "min": "Lowest number accepted", "max": "Highest number accepted"}
    ROWS_MAX = 10           # with up to this many distinct numbers, each gets a bar
    GAPS_MAX = 16           # if the axis is no longer than this many of their smallest gaps
    WIDTHS = (1, 2, 2.5, 5, 10)

    def configure(self, form, before=None):
        options = {"unit": form.text("unit", "The unit", 20, required=False)}
        for name in ("min", "max", "correct", "tolerance"):
            options[name] = read_number(form, name, options["unit"], point_is_decimal=True) \
                if form.get(name).strip() else ""
        number = {name: Decimal(text) for name, text in options.items() if name != "unit" and text}
        if "min" in number and "max" in number and number["min"] > number["max"]:
            raise Invalid("The highest number accepted is below the lowest.", "max")
        if "tolerance" in number and "correct" not in number:
            raise Invalid("Enter the correct number first.", "tolerance")
        if number.get("tolerance", 0) < 0:
            raise Invalid("The tolerance can't be negative.", "tolerance")
        if "correct" in number and not self.allows(number["correct"], options):
            raise Invalid("This number is outside the range that is accepted.", "correct")
        return options

    def allows(self, number, options):
        """Whether a number is within the limits."""
        return not (options["min"] and number < Decimal(options["min"])
                    or options["max"] and number > Decimal(options["max"]))

    def read(self, form, options):
        value = read_number(form, "response", options["unit"],
                            allows=lambda number: self.allows(number, options))
        if options["min"] and Decimal(value) < Decimal(options["min"]):
            raise Invalid("The number must be at least {least}.", "response",
                          least=show_number(options["min"]))
        if options["max"] and Decimal(value) > Decimal(options["max"]):
            raise Invalid("The number must be at most {most}.", "response",
                          most=show_number(options["max"]))
        return value

    def can_count(self, value, options):
        try:
            number = Decimal(value)
        except decimal.InvalidOperation:
            return False
        return number.is_finite() and abs(number.adjusted()) <= POWER_MAX

    def scale(self, options):
        return options["unit"]

    def join(self, value):
        return show_number(value)

    def entries(self, values, options):
        return [row(key, show_number(key), count) for key, count in sorted(
            Counter(values).items(), key=lambda found: Decimal(found[0]))]

    def count(self, values, options):
        [rows] = self.count_rounds([values], options)
        return rows

    def count_rounds(self, rounds, options):
        rounds = [sorted(map(Decimal, values)) for values in rounds]
        numbers = sorted(itertools.chain(*rounds))
        distinct = list(dict.fromkeys(numbers))
        if self.stand_apart(distinct):
            return [[row(format_number(number), self.label_range(number, number), counts[number])
                     for number in distinct] for counts in map(Counter, rounds)]
        bins = self.list_bins(numbers)
        return [[row(self.name_range(low, high), self.label_range(low, high),
                     self.count_between(own, low, high)) for low, high in bins]
                for own in rounds]

    def list_bins(self, numbers):
        """[(low, high), ...] of equal bins, with an open one where numbers lie beyond them."""
        bulk = self.find_bulk(numbers)
        start, width = self.find_bins(bulk)
        edges = [start + n * width for n in range(int((bulk[-1] - start) // width) + 2)]
        return [(low, high) for low, high in zip([None, *edges], [*edges, None])
                if None not in (low, high) or self.count_between(numbers, low, high)]

    def count_between(self, numbers, low, high):
        """How many of sorted numbers are at least `low` and below `high`; None: no limit."""
        return (len(numbers) if high is None else bisect.bisect_left(numbers, high)) - (
            0 if low is None else bisect.bisect_left(numbers, low))

    def stand_apart(self, numbers):
        """Whether sorted numbers are few, and far enough from each other for a bar each."""
        gaps = [high - low for low, high in zip(numbers, numbers[1:])]
        return len(numbers) <= self.ROWS_MAX and (
            not gaps or sum(gaps) <= self.GAPS_MAX * min(gaps))

    def is_in_row(self, value, key, options):
        low, ends, high = key.partition("…")
        try:
            return Decimal(low or "-inf") <= Decimal(value) < Decimal(high or "inf") \
                if ends else value == key
        except decimal.InvalidOperation:
            return False

    def are_few(self, values):
        return self.stand_apart(sorted(map(Decimal, values)))

    def find_bulk(self, numbers):
        """Sorted numbers without those that are so far away that the rest would be one bar.

        Far is three times the spread of the middle half, beyond it (Tukey's outer fences).
        """
        for parts in (4, 10):
            cuts = statistics.quantiles(numbers, n=parts, method="inclusive")
            reach = 3 * (cuts[-1] - cuts[0])
            near = [n for n in numbers if cuts[0] - reach <= n <= cuts[-1] + reach]
            if reach and 2 * (near[-1] - near[0]) < numbers[-1] - numbers[0]:
                return near
        return numbers

    def find_bins(self, numbers):
        """(start, width) of up to ROWS_MAX bins as people choose them, no narrower than a gap."""
        least, most = numbers[0], numbers[-1]
        gaps = [high - low for low, high in zip(numbers, numbers[1:]) if high > low]
        span = max((most - least) / (self.ROWS_MAX - 2), min(gaps, default=0))
        power = Decimal(10) ** span.adjusted()
        width = next(Decimal(str(width)) * power for width in self.WIDTHS
                     if Decimal(str(width)) * power >= span)
        return least // width * width - (width if least % width < 0 else 0), width

    def name_range(self, low, high):
        """The key of a bin: 10…20, …10 or 20…"""
        return "…".join("" if edge is None else format_number(edge) for edge in (low, high))

    def label_range(self, low, high):
        """“3”, “10 – <20”, “below 10” or “above 20”; the unit stands at the axis or column."""
        low, high = (None if edge is None else show_number(format_number(edge))
                     for edge in (low, high))
        return (_("below {number}", number=high) if low is None else
                _("above {number}", number=low) if high is None else
                low if low == high else f"{low} – <{high}")

    def axis(self, options, answer_shown):
        shown = {"unit": options["unit"]}
        if answer_shown and options["correct"]:
            right, tolerance = Decimal(options["correct"]), Decimal(options["tolerance"] or 0)
            shown["range"] = f"{right - tolerance} {right + tolerance}"
        return shown

    def has_answer(self, options):
        return bool(options["correct"])

    def score(self, value, options):
        tolerance = Decimal(options["tolerance"] or 0)
        return float(abs(Decimal(value) - Decimal(options["correct"])) <= tolerance)

    def is_correct(self, row, options):
        low, ends, high = row["key"].partition("…")
        if not self.has_answer(options) or not ends:
            return super().is_correct(row, options)
        right, tolerance = Decimal(options["correct"]), Decimal(options["tolerance"] or 0)
        return right - tolerance <= Decimal(low or "-inf") \
            and Decimal(high or "inf") <= right + tolerance     # everything in it is correct

    def format_correct(self, options):
        exact = not Decimal(options["tolerance"] or 0)
        tolerance = "" if exact else f" ± {show_number(options['tolerance'])}"
        return f"{show_number(options['correct'])}{tolerance} {options['unit']}".strip()


def read_number(form, field, unit, point_is_decimal=False, allows=lambda number: True):
    """A number from a field as it is kept: 6.02e23; Unclear if both or none of two is allowed."""
    text = form.text(field, "A number", NUMBER_MAX, required=False)
    numbers = parse_number(text, unit, point_is_decimal)
    if not numbers:
        raise Invalid("Please enter a number, e.g. 3.5.", field)
    allowed = [number for number in numbers if allows(number)] if len(numbers) > 1 else numbers
    if len(allowed) == 1:
        return format_number(allowed[0])
    grouped, fraction = (show_number(format_number(number)) for number in numbers)
    raise Unclear("Do you mean {grouped} or {fraction}?", field, grouped=grouped,
                  fraction=fraction, readings=[(field, f"{numbers[0]:f}", grouped),
                                               (field, f"{numbers[1]:f}e0", fraction)])


@question_type
class Ranking(Choice):
    """Put all options in order; the value is all keys, the first one on top: C;A;B."""
    type = "ranking"
    names = ("ordering", "sort", "reorder", "order", "puzzle", "sortieren", "reihenfolge",
             "rangfolge", "ordenar", "ordenacion", "clasificar", "ord")
    label = "Ranking"
    hint = "Students put options in order"
    separator = ";"
    marks_correct = False
    MOST = 10

    def read(self, form, options):
        ranked = form.getall("response")
        if sorted(ranked) != [option["key"] for option in options]:
            raise Invalid("Rank every option.", "response")
        return ";".join(ranked)

    def can_count(self, value, options):
        return {option["key"] for option in options} <= {*self.split(value)}

    def scale(self, options):
        return len(options)

    def align(self, options, others):
        # Answers hold all options, so whatever has no counterpart is paired in its order.
        _options, keys = super().align(options, others)
        paired = {*keys.values()}
        left = iter([option["key"] for option in options if option["key"] not in paired])
        return options, {key: next(left) if own[0] == ONLY_THERE else own
                         for key, own in keys.items()}

    def is_in_row(self, value, key, options):
        return self.split(value)[0] == key

    def count(self, values, options):
        """`count` is how many put the option first, `places` how many put it at each place."""
        ranked = [self.split(value) for value in values]
        rows = []
        for option in options:
            places = Counter(keys.index(option["key"]) + 1 for keys in ranked)
            mean = round(sum(place * count for place, count in places.items()) / len(ranked), 2) \
                if ranked else None
            note = _("mean place {mean}", mean=mean) if ranked else ""
            rows.append(row(option["key"], option["text"], places[1], letter=option["key"],
                            mean_rank=mean, note=note,
                            places=[places[place + 1] for place in range(len(options))]))
        return rows


# ------------------------------------------------------------------------------
# Text
# ------------------------------------------------------------------------------
# What people type. Each function answers one question: what is kept (clean_...), whether two
# options are the same (fold_spaces), which answers are one row (normalize) or nearly so (is_near),
# which number is meant (parse_number), how people of one name are told apart (number_names), how
# much of a text a list shows (cut_text).

def clean_line(text):
    """The cleaned text in one line, with its spaces collapsed."""
    return " ".join(clean_text(text).split())


def clean_block(text):
    """Clean lines with their indentation, without spaces at line ends or outer blank lines."""
    return "\n".join(line.rstrip() for line in clean_text(text).split("\n")).strip("\n")


def clean_text(text):
    """Text as it is kept: in NFC, each line ended by one newline, without what nobody can see.

    It is empty when all that is left would show nothing.
    """
    if text.isascii() and text.isprintable():
        return "" if text.isspace() else text
    text = DROPPED.sub("", re.sub("\r\n?|[\u2028\u2029]", "\n", text))
    if not text.isascii():
        # Surplus marks go first: normalizing sorts the marks of each character, in quadratic time.
        text = FAR_FROM_LATIN.sub(drop_surplus_marks, text)
        text = LOOSE.sub("", unicodedata.normalize("NFC", text))
    return "" if BLANK.fullmatch(text) else text


# Control characters but tabs and line ends, halves of surrogates, soft hyphens, spaces without a
# width, and overrides of the writing direction.
DROPPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff\u202a-\u202e"
                     "\u2066-\u2069\ud800-\udfff]")

# Joiners and variation selectors belong inside a word or an emoji.
JOINERS = "\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef"
LOOSE = re.compile(rf"(?:\A|(?<=\s))[{JOINERS}]+|(?<![\u200c\u200d])[\u200c\u200d]+(?=\s|\Z)")

# Fillers, and other marks that show nothing.
FILLERS = (JOINERS + "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200e\u200f\u2061-\u2065"
           "\u206a-\u206f\u2800\u3164\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3"
           "\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f")
BLANK, UNSEEN = re.compile(rf"[\s{FILLERS}]*"), re.compile(f"[{FILLERS}]")

# Runs in which there may be too many marks: only there is each character's category looked up.
FAR_FROM_LATIN = re.compile(rf"[\u0300-\U0010ffff]{{{MARKS_MAX + 1},}}")


def drop_surplus_marks(match):
    """The text found, with the first MARKS_MAX marks on each character."""
    kept, marks = [], 0
    for c in match[0]:
        # These two Japanese characters are not marks, but NFKC turns them into marks.
        marks = marks + 1 if unicodedata.category(c)[0] == "M" or c in "\uff9e\uff9f" else 0
        if marks <= MARKS_MAX:
            kept.append(c)
    return "".join(kept)


def fold_spaces(text):
    """What options that look the same have in common; indentation is a difference."""
    return re.sub(r"(?<=\S)[^\S\n]+", " ", UNSEEN.sub("", text))


def normalize(text):
    """What all spellings of one answer have in common: a key of at most FOLDED_MAX characters.

    Case, width, accents composed or not, kinds of quotes and dashes, spaces, a closing full stop
    and quotes around all of it make no difference. A longer text is its own key.
    """
    return normalize_short(text) if len(text) <= FOLDED_MAX else text


@functools.lru_cache(maxsize=10_000)    # every message needs all texts; 10 MB if all are long
def normalize_short(text):
    """The key of a text of at most FOLDED_MAX characters."""
    if not text.isascii():
        if len(WORDS.findall(text)) > WORDS_MAX:
            return hash_token(text.casefold())[:16]
        text = unicodedata.normalize("NFKC", spell(text)).casefold()
        # Turkish has an i with and one without a dot; in lower case the capital with one is two
        # characters.
        text = spell(unicodedata.normalize("NFKC", DOTTED.sub("i", text)))
    text = bare = " ".join(text.casefold().replace("`", "'").split())
    before = None
    while bare != before:
        before, bare = bare, bare.rstrip(" .!?")
        if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"":
            bare = bare[1:-1].strip()
    text = bare or text
    # It goes with every message as a row's key, and U+FDFA grows 18 times.
    return text if len(text) <= FOLDED_MAX else hash_token(text)[:16]


def spell(text):
    """Text without marks that nobody sees, with one kind of quotes and dashes."""
    return SPELLED.sub(lambda match: SPELLINGS[match[0]], UNSEEN.sub("", text))


SPELLINGS = {**dict.fromkeys("‘’‚‛‹›′ʹʻʼʽ´", "'"), **dict.fromkeys("“”„‟«»″", '"'),
             **dict.fromkeys("‐‑‒–—―−⸺⸻゠〰︱︲﹘﹣－־᐀", "-"), "ı": "i", "。": ".", "｡": "."}
SPELLED = re.compile("[" + "".join(SPELLINGS) + "]")
DOTTED = re.compile("i\u0307+")

# Characters that NFKC expands to whole words of up to 18 letters. No language has so many of them:
# such texts are equal only if they have the same letters.
WORDS = re.compile("[\u2474-\u24b5\u3200-\u33ff\ufdf0-\ufdfc\U0001f100-\U0001f265]")
WORDS_MAX = 10


def is_near(one, other, most):
    """Whether at most so many letters inserted, removed or replaced make one text the other."""
    if one == other:
        return True
    if not most or abs(len(one) - len(other)) > most:
        return False
    low, high = 0, min(len(one), len(other))
    while low < high:       # looks for where they part; letter by letter takes five times as long
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    one, other = one[low:], other[low:]
    return any(is_near(one[n:], other[m:], most - 1) for n, m in ((1, 1), (1, 0), (0, 1)))


def digits(text):
    """The digits of a text."""
    return "".join(filter(str.isdecimal, text))


def number_names(people):
    """{id: name} of those with one, in the order of joining; equal: Anna, ANNA (2), Anna (3)."""
    names, taken, counts = {}, set(), Counter()
    for person in people:
        if not person["name"]:
            continue
        name, key = person["name"], normalize(person["name"])
        counts[key] += 1
        while (key if counts[key] == 1 else f"{key} ({counts[key]})") in taken:
            counts[key] += 1
        number = f" ({counts[key]})" if counts[key] > 1 else ""
        taken.add(key + number)
        names[person["id"]] = name + number
    return names


def cut_text(text, most=LABEL_MAX):
    """The part of a text that a list shows; "…" at the end means that there is more."""
    lines = text[:most + 1].split("\n", LABEL_LINES)
    if len(text) <= most and len(lines) <= LABEL_LINES:
        return text
    return "\n".join(lines[:LABEL_LINES])[:most - 1].rstrip() + "…"


# Numbers

DIGITS_MAX, POWER_MAX = 15, 300     # significant digits, and powers of ten, of a number


def parse_number(text, unit="", point_is_decimal=False):
    """The numbers that a text may mean, as Decimals: none, one, or two.

    Two where one separator has three digits behind it, as in 1,000, and may group digits or begin
    a fraction. With `point_is_decimal` only a comma can be read in two ways. `unit` may stand
    behind the number.
    """
    found = NUMBER.fullmatch(spell_number(text))
    if not found and unit:
        bare = spell_number(unit, "")
        ends = (n for n in range(len(text)) if spell_number(text[n:], "") == bare)
        found = NUMBER.fullmatch(spell_number(text[:next(ends, 0)]))
    if not found or not (found["digits"] or found["ten"]):
        return []
    power = int((found["power"] or "0").replace(" ", ""))
    numbers = read_digits(found["digits"] or "1",
                          both=not found["power"], point_is_decimal=point_is_decimal)
    if found["under"]:
        under = int(found["under"])
        numbers = [TO_DIGITS.divide(number, under) for number in numbers
                   if under and number == int(number)]
    numbers = [number.scaleb(power, EXACT) for number in numbers]
    if found["sign"] == "-":
        numbers = [number.copy_negate() for number in numbers]
    if any(len(number.normalize(EXACT).as_tuple().digits) > DIGITS_MAX
           or abs(number.adjusted()) > POWER_MAX for number in numbers):
        return []
    return numbers


NUMBER = re.compile(r"(?P<sign>[+-]?) ?(?P<digits>(?:[\d.,' ]*\d)?[.,]?)(?: ?/ ?(?P<under>\d+))?"
                    r"(?:(?: ?e|(?P<ten>(?:(?<=[\d.,]) ?[*·×⋅x] ?|(?<![\d.,])(?<![\d.,] ))"
                    r"10 ?\^)) ?"
                    r"(?P<power>[+-]? ?\d{1,4}))?", re.IGNORECASE)
EXACT, TO_DIGITS = decimal.Context(prec=100), decimal.Context(prec=DIGITS_MAX)
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def spell_number(text, raised="^"):
    """A number's text with ASCII digits and signs, powers behind a ^, spaces folded."""
    text = re.sub("[¼-¾⅐-⅞]", r" \g<0>", re.sub("[⁰¹²³⁴-⁹⁺⁻]+", raised + r"\g<0>", text))
    signs = {"−": "-", "٫": ".", "٬": "'", "’": "'", "⁄": "/"}
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else
                   "-" if unicodedata.category(c) == "Pd" else signs.get(c, c)
                   for c in unicodedata.normalize("NFKC", text))
    return " ".join(text.split()) if raised else re.sub(r"[\s^]", "", text)


def read_digits(digits, both, point_is_decimal):
    """The numbers, without sign and power, that digits with separators may mean."""
    place = max(digits.rfind("."), digits.rfind(","))
    whole = read_whole(digits if place < 0 else digits[:place])
    mark, behind = digits[place:place + 1], digits[place + 1:]
    if re.fullmatch(r"(\d{3} )+\d{1,3}", behind):
        behind = behind.replace(" ", "")
    if place < 0 or mark in digits[:place]:     # twice, it groups the digits
        whole = read_whole(digits)
        return [Decimal(whole)] if whole else []
    if whole is None or not whole + behind or not (behind or "0").isdecimal():
        return []
    number = Decimal((whole or "0") + "." + (behind or "0"))
    grouped = re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits)
    if grouped and both and not (mark == "." and point_is_decimal):
        return [Decimal(whole + behind), number]
    return [number]


def read_whole(text):
    """The digits of a whole number, which one kind of mark may group; None where none is meant.

    Groups have three digits; in India all but the last have two.
    """
    if not text or text.isdecimal():
        return text
    found = re.fullmatch(r"\d{1,3}([ '.,])(?:\d{2,3}\1)*\d{3}", text)
    return found and re.sub(r"\D", "", text)


def format_number(number):
    """A Decimal as it is kept: plain, or with an exponent where it is very large or small."""
    number = number.normalize(EXACT)
    if not number:
        return "0"
    return f"{number:f}" if -7 <= number.adjusted() < 21 else f"{number:e}".replace("e+", "e")


def show_number(number):
    """A number as it is kept or counted, as people read it: 6.02 × 10²³."""
    digits, _, power = str(number).replace("e+", "e").partition("e")
    return f"{digits} × 10{power.translate(SUPERSCRIPTS)}" if power else digits


# ------------------------------------------------------------------------------
# Markup
# ------------------------------------------------------------------------------
# What presenters write, as it is shown: line breaks stay, backticks mark code, dollar signs mark
# formulas, and nothing else means anything. A new mark is a group of MARKUP, with a branch in
# format_part and in plain_text.

def format_text(text):
    """Safe HTML of a presenter's text, for an element with `white-space: pre-wrap`.

    All of it is phrasing content, so blocks of code may stand in a label or a heading as well.
    """
    return "".join(format_part(*part) for part in read_markup(text))


def format_title(text):
    """The same for a title on the projector, where no line begins with what follows a formula."""
    return BOUND.sub(r'<span class="bound">\g<0></span>', format_text(text))


BOUND = re.compile(r'[(\[]?<math (?![^>]* display="block")(?:(?!</math>).)*</math>[.,;:!?)\]]+')


def format_wrapped(text):
    """The same where a long formula goes on in a new line: on phones, and in tiles."""
    return "".join(format_part(*part, wraps=True) for part in read_markup(text))


def format_line(text):
    """Safe HTML of a presenter's text for rows and tables: nothing in it has lines of its own."""
    in_line = {"block": "code", "display": "formula", "break": "text"}
    return "".join(format_part(in_line.get(kind, kind), source, typed, wraps=True)
                   for kind, source, typed in read_markup(text))


def plain_text(text):
    """A presenter's text without its marks: for files, titles of windows, descriptions, labels."""
    return "".join((formula.text or typed) if (formula := find_formula(kind, source)) else source
                   for kind, source, typed in read_markup(text))


def format_heading(title):
    """Safe HTML of a question's heading, for rows."""
    return format_line(split_title(title)[0])


def format_label(row):
    """Safe HTML of a row's label. What students wrote means nothing, and stays as it is."""
    is_whole_option = "letter" in row and "cut" not in row
    return format_line(row["label"]) if is_whole_option else bottle.html_escape(row["label"])


def format_cut(text, most):
    """Safe HTML of a presenter's text for rows; of a long one the beginning, without its marks."""
    plain = plain_text(text)
    cut = cut_text(plain, most)
    return format_line(text) if cut == plain else bottle.html_escape(cut)


def split_title(title):
    """(heading, body): the body is the first block of code and what follows, or "".

    The heading is never empty: where code comes first, it is what follows the code.
    """
    for found in MARKUP.finditer(title):
        if found.lastgroup == "block":
            before, block, behind = title[:found.start()], found[0], title[found.end():]
            if before.strip():
                return before.strip("\n"), block + behind
            return (behind.strip("\n"), block) if behind.strip() else (title, "")
    return title, ""


def list_unreadable(text):
    """Sentences that say what of a text's formulas can't be shown."""
    return [formula.problem for kind, source, _ in read_markup(text)
            if (formula := find_formula(kind, source)) and formula.problem]


def format_part(kind, source, typed, wraps=False):
    """Safe HTML of one part of a text, as read_markup gives it; its lines may be wrapped."""
    if kind == "break":
        return ""
    if kind == "text":
        return bottle.html_escape(source)
    formula = find_formula(kind, source)
    if formula and formula.html:
        return formula.pieces if wraps else formula.html
    if formula:
        kind, source = "block" if kind == "display" else "code", typed
    # Keys scroll only what can have the focus.
    attribute = ' tabindex="0"' if kind == "block" else ""
    return f"<code{attribute}>{bottle.html_escape(source)}</code>"


def find_formula(kind, source):
    """The Formula that a part of a text is, or None."""
    is_formula = kind in ("formula", "display")
    return read_formula(source, display=kind == "display") if is_formula else None


def read_markup(text):
    """(kind, source, what was typed) of each part: text, code, formula; block, display, break.

    A break is what ends the line behind a block or a formula on display, which do so anyway.
    """
    end = 0
    for found in MARKUP.finditer(text):
        if found.lastgroup:
            kind = found.lastgroup.rstrip("_")
            if end < found.start():
                yield "text", text[end:found.start()], text[end:found.start()]
            yield kind, found[found.lastgroup], found[0]
            end = found.end()
            gap = REST_OF_LINE.match(text, end)[0] if kind in ("block", "display") else ""
            if gap:
                yield "break", gap, gap
                end += len(gap)
    if text[end:]:
        yield "text", text[end:], text[end:]


# No part can hold what begins another one of its kind: a text with many beginnings and no end is
# still read in time that grows with its length. Dollars are Pandoc's: "from $5 to $6" is text. A
# backtick behind a letter is an apostrophe.
MARKUP = re.compile(r"""
    \\(?P<text>[$`]) | \\\\
    | (?<![^\n]) [ \t]*```[\w+#-]*[ \t]*\n
      (?P<block>(?![ \t]*```).*(?:\n(?![ \t]*```).*)*)\n[ \t]*```[ \t]*(?!.)
    | (?<![\w`]) `(?P<code>[^`\n]+)` (?!`)
    | \$\$ (?P<display>(?:[^$`\\\n]|\\[^`\n]|\n(?!\n))+) \$\$ (?![\d$])
    | (?<!(?<!\\)\$) \$(?!\s) (?P<formula>(?:[^$`\\\n]|\\[^`\n])+) (?<!\s)\$ (?![\d$])
    | \\\[ (?P<display_>(?:[^`\\\n]|\\[^`\n[\]]|\n(?!\n))+) \\\]
    | \\\( (?P<formula_>(?:[^`\\\n]|\\[^`\n()])+) \\\)
    """, re.VERBOSE)
REST_OF_LINE = re.compile(r"[ \t]*\n?")


# Formulas

FORMULA_MAX, NESTED_MAX = 300, 20       # characters, and braces within braces
LINE_MAX = 16       # characters in one line of text, which have room beside an option's letter


class Formula(NamedTuple):
    """A formula as MathML and in one line of text; all is empty where there is a problem.

    `pieces` is MathML, too: a long formula as several, since browsers begin a new line only
    between formulas.
    """
    html: str = ""
    text: str = ""
    problem: Sentence = None
    pieces: str = ""


# A formula takes 0.3 ms, and 2 to 8 kB; one written to take much memory 50 kB.
@functools.lru_cache(maxsize=500)
def read_formula(tex, display=False):
    """The Formula that TeX means. No text raises an exception."""
    from latex2mathml.converter import convert_to_element       # 25 ms and up to 10 MB, once
    try:
        root = sift(convert_to_element(prepare_tex(tex), display="block" if display else "inline"))
        line = " ".join(write_line(root).split())
        root.attrib = {"alttext": tex, "aria-label": line, "display": "block" if display else ""}
        html = write_mathml(root)
        is_long = len(line) > LINE_MAX and not display
        return Formula(html, line, pieces="".join(map(write_mathml, cut_row(root)))
                       if is_long else html)
    except Invalid as problem:
        return Formula(problem=Sentence(problem.text, **problem.values))
    except Exception:       # whatever the library comes upon in an odd text
        return Formula(problem=Sentence("{formula} can't be read. Are all its braces closed?",
                                        formula=cut_text(tex.strip(), 60)))


def prepare_tex(tex):
    """TeX as latex2mathml reads it, or Invalid."""
    if len(tex) > FORMULA_MAX:
        raise Invalid("A formula has at most {most} characters.", most=FORMULA_MAX)
    braces = re.findall(r"\\.|[{}]", tex, re.DOTALL)
    depths = [0, *itertools.accumulate({"{": 1, "}": -1}.get(sign, 0) for sign in braces)]
    if max(depths) > NESTED_MAX:
        raise Invalid("Braces can be at most {most} deep in a formula.", most=NESTED_MAX)
    if min(depths) < 0 or depths[-1]:
        raise ValueError(tex)
    refused = REFUSED.search(tex)
    if refused:
        raise Invalid("{command} can't be shown.", command=refused[0])
    for _ in range(2):      # an arrow of a reaction has one more above it
        tex = re.sub(r"\\ce\s*\{((?:[^{}]|\{[^{}]*\})*)\}", write_chemistry, tex)
    tex = re.sub(r"(?<=\d)(?:,|\{,\})(?=\d)", COMMA, tex)
    # In TeX a comment begins with a percent sign; in a lesson nobody means one.
    tex = re.sub(r"(\\.)|%", lambda found: found[1] or r"\%", tex)
    tex = re.sub(r"(\\(?:begin|end)\{align)ed\}", r"\1*}", tex.replace(r"\not=", r"\neq "))
    # Of \mathrm{m} it makes an italic m, which is a mass and no metre.
    return tex.replace(r"\mathrm{", r"\mathrm {")


# Macros and \sideset double what they hold, each time; the others would lose what they mean, since
# Chromium does not draw <menclose>. Of a gap to fill in, ____, nothing would be seen.
REFUSED = re.compile(r"(?<!\\)[_^]\s*[_^]|"
                     r"\\(?:def|(?:re|provide)?newcommand|newenvironment|DeclareMathOperator|"
                     r"sideset|[bx]?cancel|boxed|fbox|sout|unicode)(?![a-zA-Z])")
COMMA = "\ue000"        # between digits: part of a number, without a space behind it
OVERLINE = "\u0332"     # as long as what it is above or below, in every font with a MATH table

TOKENS = {"mi", "mn", "mo", "mtext"}
CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3,
            "munderover": 3}
ROWS = {"math", "msqrt", "mstyle", "mpadded", "mphantom", "mtd"}    # what they hold is one <mrow>
MATHML = {*TOKENS, *CHILDREN, *ROWS, "mrow", "mspace", "mtable", "mtr"}
LENGTH = r"\d{0,2}(\.\d{1,3})?(em|ex|pt|px)?"
ATTRIBUTES = {"mathvariant": "[a-z-]+", "stretchy": "true|false", "fence": "true|false",
              "form": "(pre|in|post)fix", "linethickness": LENGTH, "width": LENGTH,
              "displaystyle": "true|false"}


def sift(element):
    """What latex2mathml has made, with nothing left but what MATHML and ATTRIBUTES list.

    Raises Invalid for what no browser would show as it is meant. A row of one is the one.
    """
    tag, text = element.tag, element.text or ""
    text = re.sub(r"\\([%_&$#{}])", r"\1", text) if tag == "mtext" else text
    unread = re.search(r"\\[a-zA-Z]+|^&$", text) or element.get("linebreak") and [r"\\"]
    unread = [r"\not"] if text == "&#x029F8;" else unread      # which WebKit does not draw
    if unread:
        raise Invalid("{command} can't be shown.", command=unread[0])
    text = re.sub("&#x([0-9A-Fa-f]{1,5});", lambda found: chr(int(found[1], 16)), text)
    text = DROPPED.sub("", text)
    children = []
    for child in map(sift, element):
        last = children[-1] if children and tag not in CHILDREN else None
        if last is not None and last.tag == child.tag == "mn":
            last.text += child.text
            continue
        if last is not None and (is_name(last) and child.tag != "mo"
                                 or is_name(child) and last.tag not in ("mo", "mspace")):
            children.append(element.makeelement("mspace", {"width": "0.167em"}))    # 2 sin x
        children.append(child)
    if tag in TOKENS and children:
        tag = "mrow"            # HTML would read <mrow> in <mo> as an unknown element of its own
    elif text == COMMA:
        tag = "mn"
    elif text in ("∞", "∅"):
        tag = "mi"
    elif text == "―":           # which Chromium draws as long as it is
        text = OVERLINE
        element.set("stretchy", "true")
    elif tag == "mi" and len(text) == 1 and unicodedata.category(text) == "Sm":
        tag = "mo"              # ± has spaces around it
    if tag not in MATHML or len(children) != CHILDREN.get(tag, len(children)):
        raise ValueError(tag)
    if len(children) == 1 and tag == "mrow":
        return children[0]
    if children and tag == "mrow" and all(
            child.tag == "mi" and child.get("mathvariant") == "normal" for child in children):
        unit = element.makeelement("mi", {})        # \mathrm{mol}
        unit.text = "".join(child.text for child in children)
        return unit
    if len(children) == 1 and tag in ROWS and children[0].tag == "mrow":
        children = children[0]
    element.tag, element.text, element[:] = tag, text.replace(COMMA, ","), list(children)
    element.attrib = {name: element.get(name) for name, values in ATTRIBUTES.items()
                      if re.fullmatch(values, element.get(name, "!"))}
    return element


def cut_row(root):
    """A sifted formula as several: as in books, each begins with an operator in no parentheses."""
    parts, last, depth, in_bars = [[]], None, 0, False
    for child in root:
        # An arrow may have something above it.
        sign = next(child[0].iter("mo"), child) if child.tag == "mover" else child
        is_binary = last is not None and (last.tag != "mo" or last.text in CLOSING | BARS)
        is_outside = depth == 0 and not in_bars
        if is_binary and is_outside and sign.tag == "mo" and sign.text in CUT_BEFORE:
            child.set("form", "infix")      # also at the beginning of a formula
            parts.append([])
        parts[-1].append(child)
        depth += (child.text in OPENING) - (child.text in CLOSING)
        in_bars ^= child.text in BARS
        last = child
    for place, part in enumerate(parts):
        parts[place] = root.makeelement("math", {} if place else {"alttext": root.get("alttext")})
        parts[place].extend(part)
        parts[place].set("aria-label", re.sub(r"\s+", " ", write_row(parts[place])))
    return parts


CUT_BEFORE = set("=≠≈≡<>≤≥+−±→←↔⇌⇒⇔")
OPENING, CLOSING, BARS = set("([{"), set(")]}"), set("|‖")


def is_name(element):
    """Whether an element is a function's name, or one with scripts: sin, log₂."""
    name = element[0] if element.tag in CHILDREN else element
    return name.tag == "mi" and len(name.text) > 1


def write_mathml(element):
    """HTML of a sifted element."""
    text = bottle.html_escape(element.text) if element.tag in TOKENS else ""
    inner = text + "".join(map(write_mathml, element))
    attributes = "".join(f' {name}="{bottle.html_escape(value)}"'
                         for name, value in element.attrib.items() if value)
    return f"<{element.tag}{attributes}>{inner}</{element.tag}>"


def write_line(element):
    """A sifted element in one line of text: E/E₀ = γ, √(1 − v²), a^(n + 1)."""
    tag = element.tag
    if tag in TOKENS:
        return element.text
    if tag in ("mspace", "mphantom"):
        return " "
    if tag == "mfrac":      # without its line a binomial coefficient, in parentheses already
        return (", " if element.get("linethickness") else "/").join(map(wrap, element))
    if tag in ("mtable", "mtr"):
        return ("; " if tag == "mtable" else ", ").join(map(write_line, element))
    if tag == "mroot":
        return write_script(element[1], "sup").lstrip("^") + "√" + wrap(element[0])
    if tag == "msqrt":
        return "√" + (wrap(element[0]) if len(element) == 1 else f"({write_row(element)})")
    if tag in CHILDREN:
        names = ["sub", "sup"][tag in ("msup", "mover"):]
        base = wrap(element[0], SEVERAL | {"msqrt", "mroot", "msup", "msubsup"})
        return base + "".join(map(write_script, element[1:], names))
    return write_row(element)


def write_row(element):
    """What an element holds in one line of text, with spaces around operators but not signs."""
    line = ""
    for child, following in itertools.zip_longest(element, element[1:]):
        part = write_line(child)
        is_binary = SPACED.fullmatch(part) and line[-1:].strip(" (")
        if child.tag == "mo" and (is_binary or part.isalpha() or child.get("form") == "infix"):
            part = f" {part} "
        if child.tag == "mfrac" and not child.get("linethickness"):
            is_factor = following is not None and (
                following.tag not in ("mo", "mspace") or following.text in OPENING)
            part = f"({part})" if is_factor else part
            line += " " if line[-1:].isalnum() and not is_factor else ""        # 2 1/2
        line += ", " if part == "," else part
    return line


SEVERAL = {"mrow", "mstyle", "mfrac"}       # what such an element holds can be several things


def wrap(element, several=SEVERAL, line=None):
    """An element in one line of text, in parentheses if it is one of several parts without any."""
    line = write_line(element) if line is None else line
    has_some = len(element) and element[0].get("fence") and element[-1].get("fence")
    return f"({line})" if len(line) > 1 and element.tag in several and not has_some else line


def write_script(element, name):
    """A script in one line of text: raised ("sup") or lowered digits, else behind a ^ or _."""
    sign, signs = RAISED[name]
    line = write_line(element)      # once: scripts can have scripts
    if line in ACCENTS[name]:
        return ACCENTS[name][line]
    if all(ord(c) in signs for c in line):
        return line.translate(signs)
    return sign + wrap(element, line=line)


RAISED = {"sup": ("^", str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")),
          "sub": ("_", str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎"))}
ACCENTS = {"sup": {"→": "\u20d7", "¯": "\u0304", OVERLINE: "\u0305", "^": "\u0302", "~": "\u0303",
                   "˙": "\u0307", "¨": "\u0308", "⏞": "", "′": "′", "″": "″", "‴": "‴",
                   "∘": "°"},
           "sub": {OVERLINE: OVERLINE, "⏟": ""}}
SPACED = re.compile(r"[^\w\s()\[\]{}|‖.,;:!?/]")


def write_chemistry(found):
    """TeX of mhchem's \\ce{...}, of which `found` has what is in the braces; or Invalid."""
    text, made, end = found[1].replace("−", "-"), [], 0
    while end < len(text):
        part, tex = next(((part, tex) for pattern, tex in CHEMISTRY
                          if (part := pattern.match(text, end))), (None, ""))
        if not part:
            raise Invalid("{command} can't show {part}.", command="\\ce", part=text[end:end + 20])
        made.append(part.expand(tex).replace("-", "−"))
        end = part.end()
    return "".join(made)


# What may stand in \ce, as patterns of which the first one counts: subscripts, charges, isotopes,
# arrows, amounts, states, bonds, crystal water, gases and what settles.
ABOVE = r"\[((?:[^][{}]|\\text\{[^{}]*\})*)\]"
CHEMISTRY = [(re.compile(pattern), tex) for pattern, tex in [
    (rf"\s*->{ABOVE}{ABOVE}\s*", r"\\xrightarrow[\\ce{\2}]{\\ce{\1}}"),
    (rf"\s*->{ABOVE}(?!\[)\s*", r"\\xrightarrow{\\ce{\1}}"),
    (r"\s*->(?!\[)\s*", r"\\rightarrow "), (r"\s*<=>(?!\[)\s*", r"\\rightleftharpoons "),
    (r"\s*<->(?!\[)\s*", r"\\leftrightarrow "), (r"\s*<-(?!\[)\s*", r"\\leftarrow "),
    (r"\s*[*·]\s*", r"\\cdot "),
    (r"\^(?=\s|$)", r"\\,\\text{↑}"), (r"(?<=\s)v(?=\s|$)", r"\\,\\text{↓}"),
    (r"(?<![\w)\]}])([_^])(?:\{(\d+)\}|(\d+))", r"{}\1{\2\3}"),
    (r"\^(?:\{(\d*[+-])\}|(\d*[+-]))", r"^{\\text{\1\2}}"),
    (r"_(?:\{([\w+-]+)\}|(\w))", r"_{\1\2}"),
    (r"(?<![\w)\]}])(\d+(?:[./,]\d+)?)\s*", r"\1\\,"), (r"\d+", r"_{\g<0>}"),
    (r"(?<=[\w)\]}])[+-](?!\w|\((?!(?:s|l|g|aq)\)))", r"^{\\text{\g<0>}}"),
    (r"\s*\+\s*", "+"), (r"\s+=\s+", "="), (r"-|=", r"\\text{\g<0>}"), (r"#", r"\\text{≡}"),
    (r"\\text\{[^{}]*\}", r"\g<0>"), (r"[A-Za-z]+", r"\\text{\g<0>}"),
    (r"[()[\]]|\\[A-Za-z]+\s*", r"\g<0>"), (r"\s+", "")]]


# ------------------------------------------------------------------------------
# Imports
# ------------------------------------------------------------------------------
# Questions that teachers have already. `read_questions` needs no database; a page, a command and
# tests call it. A new format is a generator with @file_format, placed where it should be tried; a
# new reason to leave something out is a line of IMPORT_MESSAGES.
#
# A format yields (line, text, build) for each question: `build()` returns it as a dict with `kind`
# (a name in FILE_TYPES), `title` and what the type's `from_file` reads, or raises Skip. It yields
# a code as a notice. Where it works for long without a question it takes turns with votes. Its
# time must be linear in the size: each pattern has one way to match, and nothing is read twice.

QUESTIONS_MAX = 500     # questions of one file
OWN_LINE = "// classpulse: "    # and the format's name: the first line of our own files
PART_MAX = 20 * 2**20   # bytes of an unpacked part of a sheet
NODES_MAX, DEPTH_MAX = 250_000, 100     # elements of an XML document, and within each other
ITEM_MAX = 20_000       # elements of one question, row or text in it, or attributes of an element
PARTS_MAX = 5000        # files in an archive
SKIPPED_MAX = 4 * QUESTIONS_MAX         # left out; Moodle has many texts that ask nothing
CHUNK = 20_000          # characters or bytes worked on at a time
HEAD = 100_000          # characters by which a format is recognized
FILE_LINES_MAX = 200 * QUESTIONS_MAX    # more than questions need

IMPORT_MESSAGES = {
    # What was left out
    "matching": "Matching questions can't be asked here. Ask each pair as its own question.",
    "description": "This is a text without a question.",
    "several-gaps": "Questions with several gaps can't be asked here. Ask each gap as its "
                    "own question.",
    "type-unknown": "This type of question can't be asked here. Write it as another type.",
    "unbalanced-braces": "A brace {{ or }} has no partner. In GIFT, write \\{{ for a brace in a "
                         "text.",
    "too-few-options": "A choice needs at least 2 options. Add another one.",
    "too-many-options": "There can be at most {most} options. Delete some, or split the "
                        "question.",
    "same-options": "Two options are the same: “{text}”. Change or delete one of them.",
    "empty-option": "Option {letter} is empty. Fill it in or delete it.",
    "letters": "The letters of the options must run A, B, C. This has {letters}.",
    "answer-unknown": "The correct answer “{answer}” is none of the options. Write it exactly as "
                      "the option.",
    "no-answers": "No answer is fully correct. Give one of them the full score.",
    "no-question": "There is no question above this. Add one.",
    "no-question-text": "The question's text is missing. Add it.",
    "no-options": "There are no options below this text. Add them.",
    "not-a-number": "“{number}” is not a number. Write one such as 3.5.",
    "ambiguous-number": "Does {number} mean {grouped} or {fraction}? Write {grouped}, or "
                        "{fraction} with a point.",
    "number-too-long": "{number} has too many digits. Round it.",
    "title-too-long": "The question can have {most} characters. This has {count}. Shorten it.",
    "option-too-long": "An option can have {most} characters. This has {count}: “{text}…” "
                       "Shorten it.",
    "answer-too-long": "An answer can have {most} characters. This has {count}: “{text}…” "
                       "Shorten it.",
    "not-accepted": "{problem}",
    # What to look at in a question
    "partial-credit": "Partly correct answers count as wrong.",
    "no-right-answer": "No answer is marked as correct.",
    "no-answer-line": "The line with the correct answer is missing.",
    "answer-as-text": "The correct answer was found by its words.",
    "several-right": "Several answers are correct, so students select all that apply.",
    "lines-joined": "Several lines were joined.",
    "option-as-question": "The question begins like an option.",
    "title-used": "The question had no text, so its title was used.",
    "no-blank-line": "There was no blank line above this question.",
    "formula-braces": "Braces were read as part of a formula.",
    "unescaped": "An answer begins with #, which was read as text.",
    "empty-answer": "An empty answer was left out.",
    "wildcard": "The asterisk (*) in an answer is read as an ordinary character.",
    "several-right-numbers": "There are several correct numbers. The first one was used.",
    "decimal-comma": "The comma in a number was read as a decimal point.",
    "order-lost": "The correct order was lost.",
    "same-question": "The same question is already above.",
    "picture-lost": "A picture was left out.",
    "media-lost": "A sound, a video or an embedded page was left out.",
    "layout-lost": "The layout of a table was lost.",
    "formula-lost": "A formula was left out.",
    "explanation-lost": "The explanation was too long and was left out.",
    # What to know of the file
    "decoded-as-windows-1252": "The file is not in UTF-8. Check accents and special characters.",
    "columns-ignored": "Columns such as time limits, points and pictures were not used.",
    # Why a file was refused
    "qti": "This is a QTI package (Canvas and others). Export as Moodle XML, GIFT or Aiken, or "
           "copy the questions as text.",
    "h5p": "This is an H5P package. Copy the questions as text.",
    "word": "This is a Word file. Open it, copy the questions and paste them here.",
    "old-office": "This is an old Office file. Save it as .xlsx or CSV, or copy the questions.",
    "rtf": "This is an RTF file. Open it, copy the questions and paste them here.",
    "pdf": "This is a PDF file. Open it, copy the questions and paste them here.",
    "html": "This is a web page. Open it, copy the questions and paste them here.",
    "picture": "This is a picture. Questions are read from text.",
    "zip-unknown": "This archive has no sheet with questions. Unpack it, or copy the questions.",
    "zip-broken": "This file is damaged. Save it again, or copy its cells.",
    "json": "This is a JSON file. Copy the questions as text.",
    "empty": "There is nothing to read.",
    "blackboard-pool": "This is a Blackboard pool. Export it as tab-delimited text, or copy the "
                       "questions.",
    "responses": "These are answers collected with a form. Choose a file with questions.",
    "no-header": "No row has column names such as Question, Answer 1, Correct answer.",
    "xml-doctype": "XML files with a document type are not read.",
    "xml-broken": "This XML file is damaged.",
    "xml-unknown": "This XML file is not from Moodle.",
    "too-many": "This has more than {most} questions. Split it into several files.",
    "too-large": "The file is too large. It can have 2 MB. Split it into several files."}

# What files call the question types, in lower case, without accents.
FILE_TYPES = {name: kind for kind in QUESTION_TYPES.values()
              for name in (kind.type.replace("_", " "), *kind.names)}

FORMATS = {}    # {name: {"label", "fits", "place", "read"}}, in the order in which they are tried


def file_format(name, label, fits, place="Line {line}"):
    """Decorator that registers a format; `fits(text)` says whether a text's beginning is in it.

    `place` says where in its file a question stands.
    """
    def register(read):
        FORMATS[name] = {"label": label, "fits": fits, "place": place, "read": read}
        return read
    return register


class Refused(Exception):
    """Nothing of the file can be read; its argument is a code of IMPORT_MESSAGES."""


class Skip(Exception):
    """One question can't be imported: a code of IMPORT_MESSAGES, and the message's values."""

    def __init__(self, code, **values):
        super().__init__(code)
        self.code, self.values = code, values


def explain(code, **values):
    """The message of a code as it is shown."""
    return _(IMPORT_MESSAGES[code], **{"most": QUESTIONS_MAX, **values})


def read_questions(content, format=None):
    """The questions of a file, or of a paste in UTF-8, ready for JSON:

    {"format": its name or None, "refused": a code or None,
     "questions": [{"line", "type", "title", "warnings": [code], "explanation" and "picture" (in
                    base64, with "picture_alt") if there are, and the type's `to_file`}],
     "skipped": [{"line", "code", "text": how it begins, "values": those of the code's message}],
     "notices": [code]}

    Every question is as the type's form would have accepted it. `format` is the name of a format,
    nothing where it is to be guessed.
    """
    found = {"format": None, "refused": None, "questions": [], "skipped": [], "notices": []}
    seen = set()
    try:
        for item in take_turns(read_file(content, format, found)):
            if isinstance(item, str):
                found["notices"].append(item)
            else:
                keep_question(found, seen, *item)
    except Refused as refusal:
        found.update(format=None, refused=str(refusal), questions=[], skipped=[])
    return found


def keep_question(found, seen, line, text, build):
    """Put one question where it belongs: into `questions` or `skipped`."""
    try:
        question = check_question(build())
    except Skip as skip:
        found["skipped"].append({"line": line, "code": skip.code, "values": skip.values,
                                 "text": clean_line(text[:400])[:80]})
    else:
        key = to_json([value for name, value in question.items()
                       if name not in ("warnings", "explanation")])
        if key in seen:
            question["warnings"].append("same-question")
        seen.add(key)
        found["questions"].append({"line": line, **question})
    skipped = found["skipped"]
    if len(found["questions"]) > QUESTIONS_MAX or len(skipped) > SKIPPED_MAX or len(
            skipped) > QUESTIONS_MAX < sum(skip["code"] != "description" for skip in skipped):
        raise Refused("too-many")


def check_question(found):
    """The question that a format found, as its type's form accepts it; or Skip."""
    kind, warnings = FILE_TYPES.get(found["kind"]), [*found.get("warnings", ())]
    # What our own comments say may be of anybody's making.
    if kind is None or "options" in found and not isinstance(kind, Choice) or (
            any(found.get("answers", ())) and not kind.can_accept):
        raise Skip("type-unknown")
    title = limit(found["title"], clean_block, TITLE_MAX, "title-too-long")
    if not title:
        raise Skip("no-question-text")
    if "options" in found:
        found["options"] = check_options(kind, found["options"], found.get("is_own"))
    if "answers" in found:
        found["answers"] = list(filter(None, (limit(
            text, clean_line, kind.TEXT_MAX, "answer-too-long") for text in found["answers"])))
    try:
        options = kind.to_file(kind.configure(Form(kind.from_file(found))))
    except Invalid as problem:
        raise Skip("not-accepted", problem=str(problem)) from None
    if options.get("correct") == [] and "no-answer-line" not in warnings \
            and not found.get("is_own"):
        warnings.append("no-right-answer")
    question = {"type": kind.type, "title": title, **options}
    explanation = clean_block(found.get("explanation", "")[:EXPLANATION_MAX + 1])
    if len(explanation) > EXPLANATION_MAX:
        warnings.append("explanation-lost")
    elif explanation:
        question["explanation"] = explanation
    if found.get("picture"):
        question["picture"] = found["picture"]
        question["picture_alt"] = clean_line(found["picture_alt"][:NAME_MAX])
    return {**question, "warnings": list(dict.fromkeys(warnings))}


def check_options(kind, options, is_own):
    """The cleaned options of a choice; Skip where they are too few, too many, equal ..."""
    if len(options) < 2:
        raise Skip("too-few-options")
    if len(options) > kind.MOST:
        raise Skip("too-many-options", most=kind.MOST)
    options = [limit(text, clean_block, NAME_MAX, "option-too-long") for text in options]
    if "" in options:
        raise Skip("empty-option", letter=chr(ord("A") + options.index("")))
    # Options that differ only in case may be meant in our own file, but hardly in another.
    fold = fold_spaces if is_own else lambda text: fold_words(fold_spaces(text))
    keys = [fold(text) for text in options]
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise Skip("same-options", text=options[place])
    return options


def limit(text, clean, most, code):
    """The cleaned text; Skip when it is too long."""
    cleaned = clean(text) if len(text) < LINES_MAX else text
    if len(cleaned) > most:
        raise Skip(code, most=most, count=len(cleaned), text=cleaned[:30])
    return cleaned


# Bytes to text, and which format it is

def read_file(content, format, found):
    """What the file's format yields; Refused for what is no list of questions."""
    if len(content) > UPLOAD_MAX:
        raise Refused("too-large")
    start = content[:400].removeprefix(b"\xef\xbb\xbf").lstrip()
    for sign, code in REFUSED_BYTES.items():
        if re.match(sign, start, re.DOTALL):
            raise Refused(code)
    if start.startswith((b"PK\3\4", b"PK\5\6")):
        found["format"] = "table"
        return read_table(read_sheet(content))
    text = decode(content, found["notices"])
    if not text.strip():
        raise Refused("empty")
    if text.count("\n") > FILE_LINES_MAX:
        raise Refused("too-many")
    if own := re.match(rf"{OWN_LINE}(gift|plain)(?=\n)", text):
        format, text = format or own[1], text[own.end():]
    if not format:
        refuse_text(text)
        head = text if len(text) < HEAD else text[:HEAD].rpartition("\n")[0] or text[:HEAD]
        format = next(name for name in FORMATS if FORMATS[name]["fits"](head))
    found["format"] = format
    return FORMATS[format]["read"](text)


REFUSED_BYTES = {rb"\xd0\xcf\x11\xe0": "old-office", rb"%PDF": "pdf", rb"\{\\rtf": "rtf",
                 rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP|BM.{4}\0\0\0\0|II\*\0|MM\0\*":
                 "picture", rb"\x1f\x8b|7z\xbc\xaf|Rar!": "zip-unknown"}


def decode(content, notices):
    """The text, each line ended by one newline, without what nobody can see."""
    encoding = "utf-8-sig"
    for start, guess in ((0, "utf-16-be"), (1, "utf-16-le")):
        head = content[start:400:2]
        if 5 * head.count(0) > len(head):
            encoding = guess
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        text = content.decode(encoding, "strict" if encoding == "utf-8-sig" else "replace")
    except UnicodeDecodeError:
        notices.append("decoded-as-windows-1252")
        # What Windows lacks are no characters.
        text = content.translate(None, b"\x81\x8d\x8f\x90\x9d").decode("cp1252")
    text, parts = text.replace("\r\n", "\n"), []
    for start in range(0, len(text), CHUNK):
        take_turn()
        part = re.sub("[\r\v\f\x85\u2028\u2029]", "\n", text[start:start + CHUNK])
        part = re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff]", "", part)
        parts.append(re.sub("[\xa0\u202f\u2007]", " ", part))
    return "".join(parts)


def refuse_text(text):
    """Raise Refused for texts that are known not to be questions in a format that is read."""
    root, head = find_root(text), text.lstrip()[:200]
    if root in REFUSED_ROOTS or root != "quiz" and head.startswith("<?xml"):
        raise Refused(REFUSED_ROOTS.get(root, "xml-unknown"))
    if head[0] in "[{" and text.rstrip()[-1] in "]}" and is_json(text):
        raise Refused("json")
    if re.match(rf'(?i)"?(?:{FORM_ANSWERS})"?\s*[\t;,|]', head):
        raise Refused("responses")


FORM_ANSWERS = "Timestamp|Zeitstempel|Horodateur|Marca temporal"    # a first column's names


def is_json(text):
    """Whether a text is JSON, as far as its beginning tells."""
    try:
        json.loads(text[:HEAD])
    except json.JSONDecodeError as fault:
        return len(text) > HEAD and (fault.pos > HEAD - 10 or "Unterminated" in fault.msg)
    except (ValueError, RecursionError):
        return False
    return True


REFUSED_ROOTS = {"html": "html", "POOL": "blackboard-pool", **dict.fromkeys(
    ("questestinterop", "assessmentItem", "assessmentTest", "manifest"), "qti")}
PROLOG = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
ROOT = re.compile(r"\s*<(!?)(?:\w+:)?(\w+)(?: (html))?", re.IGNORECASE)


def find_root(text):
    """The name of a root element that begins within HEAD, or None; Refused for a document type."""
    text, at = text[:HEAD], 0
    while part := PROLOG.match(text, at):
        at = part.end()
    root = ROOT.match(text, at)
    if root and root[1] and root[2].upper() in ("DOCTYPE", "ENTITY"):
        raise Refused("html" if root[3] else "xml-doctype")
    return root and root[2]


# Moodle XML

@file_format("moodle-xml", "Moodle XML", lambda text: find_root(text) == "quiz",
             place="Question {line}")
def read_moodle(text):
    """Questions that Moodle exported; their line is their place among the questions."""
    place = 0
    if not find_root(text):     # which refuses document types, and so entities that expand
        raise Refused("xml-broken")
    chunks = (text[start:start + CHUNK] for start in range(0, len(text), CHUNK))
    for node in read_elements(chunks, "question", "xml-broken"):
        if node.get("type") != "category":
            place += 1
            title = node.findtext("questiontext/text") or ""
            yield place, strip_markup(title[:1000], "html", []), functools.partial(
                build_moodle, node)


def read_elements(chunks, name, broken):
    """Each element of that name in an XML document; or Refused."""
    from xml.etree import ElementTree       # 0.4 MB, which only such a file needs
    parser, path = ElementTree.XMLPullParser(["start", "end"]), []
    size = nodes = depth = inner = 0    # depth: how many of `path` have the name
    unseen = attributes = 0             # since the last event
    try:
        for chunk in chunks:
            size += len(chunk)
            unseen += len(chunk)
            attributes += chunk.count("=" if isinstance(chunk, str) else b"=")
            if size > PART_MAX or unseen > UPLOAD_MAX or attributes > ITEM_MAX:
                raise Refused("too-large")
            parser.feed(chunk)
            take_turn()
            for event, node in parser.read_events():
                unseen = attributes = 0
                is_named = node.tag.rpartition("}")[2] == name
                if event == "start":
                    path.append(node)
                    depth += is_named
                    nodes += 1
                    inner = 0 if depth == is_named else inner + 1
                    if nodes > NODES_MAX or inner > ITEM_MAX or len(path) > DEPTH_MAX:
                        raise Refused("too-large")
                    continue
                path.pop()
                depth -= is_named
                if is_named:
                    yield node
                if path and not depth:
                    path[-1].clear()        # or all of the file would stay in memory
        parser.close()
    except ElementTree.ParseError as fault:
        raise Refused(broken) from fault


def build_moodle(node):
    """The question of an element <question>."""
    type, warnings = node.get("type"), []
    if type not in MOODLE_TYPES:
        raise Skip(LEFT_OUT.get(type, "type-unknown"))
    picture = take_picture(node)
    title = read_moodle_text(node.find("questiontext"), warnings)
    if not title.strip() and (title := node.findtext("name/text") or "").strip():
        warnings.append("title-used")
    if node.findtext("image_base64") and not picture:
        warnings.append("picture-lost")
    found = node.findall("answer")
    if len(found) > QUESTIONS_MAX:
        raise Skip("too-many-options", most=Choice.MOST)
    answers = [(float(answer.get("fraction")) if re.fullmatch(
        r"\s*-?\d{1,9}(?:\.\d*)?\s*", answer.get("fraction", "")) else 0, answer)
        for answer in found]
    return {"title": title, "warnings": warnings, **picture,
            "explanation": read_moodle_text(node.find("generalfeedback"), warnings),
            **MOODLE_TYPES[type](node, answers, warnings)}


def read_moodle_text(node, warnings):
    """What a reader sees of an element with a <text>."""
    formats = {"plain_text": "plain", "markdown": "markdown", "moodle_auto_format": None}
    return "" if node is None else strip_markup(
        node.findtext("text") or "", formats.get(node.get("format"), "html"), warnings)


def take_picture(node):
    """{"picture": in base64, "picture_alt"} of the first picture, taken out of the text; or {}."""
    text = node.find("questiontext/text")
    files = {file.get("name"): file.text for file in node.findall("questiontext/file")}
    image = re.search(r"<img\b([^<>]{0,2000})>", text.text or "", re.IGNORECASE) \
        if text is not None else None
    source = image and re.search(r"""\bsrc\s*=\s*["']?@@PLUGINFILE@@/([^"'?\s]+)""", image[1])
    content = files.get(unquote(source[1])) if source else node.findtext("image_base64")
    try:
        picture = base64.b64decode(content or "")
    except ValueError:
        return {}
    if not find_image_type(picture) or len(picture) > PICTURE_MAX:
        return {}
    alt = source and ALT.search(image[1])
    if source:
        text.text = text.text[:image.start()] + text.text[image.end():]
    return {"picture": base64.b64encode(picture).decode(),
            "picture_alt": strip_html(alt[1] or alt[2] or alt[3] or "", []) if alt else ""}


def build_moodle_choice(node, answers, warnings):
    """A choice, of one answer or of several."""
    found = [(fraction, read_moodle_text(answer, warnings)) for fraction, answer in answers]
    kept = [(fraction, text) for fraction, text in found if text.strip()]
    warnings += ["empty-answer"] if len(kept) < len(found) else []
    several = (node.findtext("single") or "").strip().lower() in ("false", "0")
    best = max((fraction for fraction, _text in kept), default=0)
    least = 1e-9 if several else min(max(best, 1e-9), 100)
    if not several and any(0 < fraction < 100 for fraction, _text in kept):
        warnings.append("partial-credit")
    return {"kind": "checkbox" if several else "single choice",
            "options": [text for _fraction, text in kept],
            "correct": list_letters(fraction >= least for fraction, _text in kept)}


def build_moodle_truth(node, answers, warnings):
    """True or false; in old files with words of their own, the first of which is true."""
    best = max(answers, key=lambda answer: answer[0], default=(0, None))
    word = read_moodle_text(best[1], []).strip()
    if fold_name(word) not in TRUTH_WORDS:
        word = "true" if best in answers[:1] else "false"
    return build_truth(word if best[0] > 0 else "")


def build_moodle_short(node, answers, warnings):
    """A short answer."""
    exact = {"exact": True} if (node.findtext("usecase") or "").strip() == "1" else {}
    return {**exact, **build_short([(fraction, answer.findtext("text") or "")
                                    for fraction, answer in answers], warnings)}


def build_moodle_number(node, answers, warnings):
    """A number, with the unit that it is given in."""
    unit = next((unit.findtext("unit_name") or "" for unit in node.iter("unit")
                 if (unit.findtext("multiplier") or "").strip() in ("1", "1.0")), "")
    texts = [(fraction, (answer.findtext("text") or "").strip(),
              (answer.findtext("tolerance") or "").strip()) for fraction, answer in answers]
    return {"unit": unit if len(clean_line(unit)) <= 20 else "",
            **build_number([(fraction, text if text == "*" else f"{text}:{tolerance}")
                            for fraction, text, tolerance in texts], warnings)}


MOODLE_TYPES = {
    "multichoice": build_moodle_choice, "truefalse": build_moodle_truth,
    "shortanswer": build_moodle_short, "numerical": build_moodle_number,
    "essay": lambda node, answers, warnings: {"kind": "open ended"},
    "ordering": lambda node, answers, warnings: {
        "kind": "ordering", "warnings": [*warnings, "order-lost"],
        "options": [read_moodle_text(answer, warnings) for _fraction, answer in answers]}}
LEFT_OUT = {"description": "description", "matching": "matching",
            **dict.fromkeys(("cloze", "gapselect", "ddwtos", "multianswer"), "several-gaps")}


# Blackboard's tab-delimited lines: the type, the question, its answers.

BLACKBOARD_TYPES = {*"mc ma op tf ess sr fil fib num ord mat fib_plus jumbled_sentence quiz_bowl"
                    .split()}


def is_blackboard(text):
    """Whether each line begins with a type of Blackboard and a tab."""
    starts = (line.split("\t", 1) for line in text.strip().split("\n") if line.strip())
    return all(len(start) == 2 and start[0].strip().lower() in BLACKBOARD_TYPES
               for start in starts)


@file_format("blackboard", "Blackboard", is_blackboard)
def read_blackboard(text):
    """Questions in the lines that Blackboard uploads."""
    for number, line in take_turns(enumerate(text.split("\n"), start=1)):
        cells = [cell.strip() for cell in line.split("\t", COLUMNS_MAX)]
        if line.strip():
            yield number, " ".join(cells[1:]), functools.partial(build_blackboard, *cells)


def build_blackboard(type, title="", *cells):
    """The question of a line."""
    type, warnings = type.lower(), []
    if type not in FILE_TYPES:
        raise Skip("matching" if type == "mat" else "type-unknown")
    while cells and not cells[-1]:
        cells = cells[:-1]
    found = {"kind": type, "title": strip_markup(title, None, warnings), "warnings": warnings}
    kind = FILE_TYPES[type]
    if type == "tf":
        return {**found, **build_truth(cells[0] if cells else "")}
    if kind.marks_correct:
        right = [word.lower() == "correct" for word in cells[1::2]]
        return {**found, "kind": "checkbox" if sum(right) > 1 else type,
                "options": [strip_markup(text, None, warnings) for text in cells[::2]],
                "correct": list_letters(right)}
    if kind is FILE_TYPES["number"]:
        return {**found, **build_number([(None, ":".join(cells[:2]))], warnings)}
    if kind is FILE_TYPES["ordering"]:
        return {**found, "options": list(cells), "warnings": [*warnings, "order-lost"]}
    return {**found, "answers": list(cells)} if kind is FILE_TYPES["short answer"] else found


# Tables: pasted cells, CSV, and the first sheet of an .xlsx file. A row of names says which column
# holds what; {role: pattern of the names, in lower case and without what is in brackets}.

ROLES = {role: re.compile(pattern) for role, pattern in {
    "question": "question|question (?:text|body|title)|text|body|prompt|stem|frage|fragetext|"
                "pregunta|enunciado|enonce|domanda",
    "option": "(?:(?:answer|option|choice|antwort|respuesta|opcion|reponse|risposta) ?"
              "(?:[1-9][0-9]?|[a-j])|[a-j])",
    "options": "options|choices|answers|antworten|opciones|reponses",
    "correct": "correct|(?:correct|right) (?:answers?|options?)|correct ?options?|answer|"
               "answer key|richtig|richtige antwort(?:en)?|antwort|respuestas? correctas?|"
               "bonnes? reponses?|risposta corretta|solution|losung",
    "wrong": r"(?:(?:incorrect|wrong) answer|falsche antwort|distractor) ?\d*",
    "type": "type|question type|typ|fragetyp|format|tipo de pregunta",
    "explanation": "(?:answer )?explanation|feedback|erklarung|explicacion|explication",
    "number": r"#|no\.?|nr\.?|number|question #|id"}.items()}
DELIMITERS = "\t;,|"
HEADER_ROWS = 15        # above the header stand titles and instructions
COLUMNS_MAX, SHEET_ROWS_MAX = 200, 10_000


def find_delimiter(text):
    """The sign between cells with which a header has most columns that are known, or None."""
    lines = text[:HEAD].split("\n", 100)[:100]
    known = {sign: max((count_known(row) for _line, row in itertools.islice(
        split_rows(lines, sign), HEADER_ROWS)), default=0) for sign in DELIMITERS}
    best = max(known, key=known.get)
    return best if known[best] else None


def split_rows(lines, delimiter):
    """(line number, cells) of each row; a quote that nothing closes is an ordinary sign."""
    start, swallowed = 0, 0
    while start < len(lines):
        # Each quote that nothing closes swallows all that follows, so a few are enough.
        reader = csv.reader((lines[n] + "\n" for n in range(start, len(lines))), strict=True,
                            delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if swallowed < 4
                            else csv.QUOTE_NONE)
        first = start
        try:
            for cells in reader:
                yield first + 1, cells[:COLUMNS_MAX]
                first = start + reader.line_num
            return
        except csv.Error:
            line = lines[first]
            is_whole = line.count('"') % 2 == 0 and delimiter != "\t" and len(line) < CHUNK
            cells = next(csv.reader([line], delimiter=delimiter)) if is_whole \
                else line.split(delimiter)
            yield first + 1, cells[:COLUMNS_MAX]
            swallowed += start + reader.line_num - first > 20
            start = first + 1


def count_known(cells):
    """How many cells are names of columns; 0 unless they make a header."""
    roles = [find_role(cell) for cell in cells]
    known = [role for role in roles if role]
    return len(known) if "question" in known and len(known) > 1 else 0


def find_role(cell):
    """What a column with this name holds, or None."""
    name = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", cell.strip().partition("\n")[0][:100])
    name = re.sub(r"^\d+\. +", "", re.split(" [-–] ", name)[0]).strip("*: \t")
    return find_column(name, ROLES)


def find_column(name, columns):
    """Which of the columns {what it holds: pattern of its names} has this name, or None."""
    name = fold_name(name)
    return next((column for column, pattern in columns.items() if pattern.fullmatch(name)), None)


def fold_name(name):
    """A column's or a type's name in lower case and without accents, its words separated."""
    name = unicodedata.normalize("NFD", name[:100].replace("_", " ").replace("-", " "))
    return fold_words(re.sub("[\u0300-\u036f]", "", name))


@file_format("table", "Table", find_delimiter, place="Row {line}")
def read_table_text(text):
    """Questions in the rows of pasted cells, or of a CSV file."""
    return read_table(split_rows(text.split("\n"), find_delimiter(text) or "\t"))


def read_table(rows):
    """Questions of rows (line, cells), whose header says what a column holds; or Refused."""
    columns, ignored, read = None, False, 0
    for number, (line, cells) in enumerate(take_turns(rows), start=1):
        cells = [cell[:LINES_MAX] for cell in cells]
        if columns is None:
            if number > HEADER_ROWS:
                break
            columns = find_columns(cells)
            continue
        if number > SHEET_ROWS_MAX:
            raise Refused("too-many")
        row = defaultdict(list)
        for column, cell in zip(columns, cells):
            row[column].append(cell[:CHUNK].strip())    # more is too long in any case
        [question] = row["question"] or [""]
        if any((question, *row["option"], *row["options"], *row["wrong"], *row["correct"])) \
                and not re.match(r"(?is)text of the question.*\(required\)", question):
            read += 1
            ignored = ignored or any((*row["ignored"], *row["explanation"]))
            yield line, question or " ".join(cells), functools.partial(build_row, row, read)
    if columns is None:
        raise Refused("no-header")
    if ignored:
        yield "columns-ignored"


def find_columns(cells):
    """The role of each column of a header row, or None when it is no header."""
    if cells and re.fullmatch(f"(?i){FORM_ANSWERS}", cells[0].strip()):
        raise Refused("responses")
    if not count_known(cells):
        return None
    columns = [find_role(cell) or cell.strip() and "ignored" for cell in cells]
    columns = ["ignored" if role in ("question", "type") and role in columns[:place] else role
               for place, role in enumerate(columns)]
    if "option" in columns:
        # Socrative has the letters of the correct options in columns without a name, between the
        # options and the next column.
        start = len(columns) - columns[::-1].index("option")
        end = next((place for place in range(start, len(cells)) if cells[place].strip()), start)
        columns[start:end] = ["correct"] * (end - start)
    return columns


def build_row(row, number):
    """The question of a row {role: [cell, ...]}, the `number`-th of its file."""
    cells = [cell for role, cells in row.items() if role != "ignored" for cell in cells]
    if sum(map(len, cells)) > 5 * LINES_MAX:
        limit(max(cells, key=len), str, NAME_MAX, "option-too-long")
    [name] = row["type"] or [""]
    name = fold_name(name)
    kind = FILE_TYPES.get(name)
    if name and not kind:
        raise Skip("type-unknown")
    options = row["option"]
    if any(row["options"]):
        cell = row["options"][0]
        options = cell.split(next((sign for sign in "\n|" if sign in cell), ";"))
    options = [option.strip() for option in options]
    filled, wrong, answers = ([cell for cell in cells if cell]
                              for cells in (options, row["wrong"], row["correct"]))
    found = {"kind": name, "title": "".join(row["question"]), "warnings": [],
             "explanation": "\n".join(row["explanation"])}
    if kind is FILE_TYPES["short answer"] or not (kind or filled or wrong):
        found["answers"] = filled or re.split("[\n;|]", "\n".join(answers))
        found["kind"] = "short answer" if filled or answers or kind else "open ended"
    elif kind is FILE_TYPES["number"]:
        number = re.sub(r"\+/?-", "±", (answers or filled or [""])[0])
        if number:
            found.update(build_number([(None, number.replace("±", ":"))], found["warnings"]))
    elif kind is FILE_TYPES["ordering"]:
        found["options"] = filled
    elif kind is None or kind.marks_correct:
        found.update(build_row_choice(name, options, answers, wrong, number))
    return found


def build_row_choice(name, options, answers, wrong, number):
    """The choice of a row: options, those of `answers` that are correct, and others `wrong`."""
    if wrong and not any(options):
        # The correct one has a column of its own, and its place must not tell.
        place = number % (len(wrong) + 1)
        options, answers = [*wrong[:place], *answers[:1], *wrong[place:]], [str(place + 1)] \
            if answers else ["?"]
    elif name in TRUTHS and not any(options):
        options, answers = [_("True"), _("False")], [
            TRUTH_WORDS.get(fold_name(answer), answer) for answer in answers]
    places = {place for answer in answers[:Choice.MOST] if name not in POLLS
              for place in find_places(answer, options)}
    if not all(options[place] for place in places):
        raise Skip("answer-unknown", answer="; ".join(answers)[:80])
    several = len(places) > 1 or FILE_TYPES.get(name) is FILE_TYPES["checkbox"]
    return {"kind": "checkbox" if several else "single choice",
            "options": [option for option in options if option], "correct": list_letters(
                place in places for place, option in enumerate(options) if option)}


def read_sheet(content):
    """(row number, cells) of each row of an .xlsx file's first sheet; or Refused."""
    import zipfile                          # 0.5 MB, with the parser of XML
    try:
        if content.count(b"PK\1\2") > PARTS_MAX:
            raise Refused("zip-unknown")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                raise Refused("qti" if "imsmanifest.xml" in names else "h5p" if "h5p.json" in names
                              else "word" if any(name.startswith("word/") for name in names)
                              else "zip-unknown")
            shared = []
            if "xl/sharedStrings.xml" in names:
                shared = [*map(join_runs, read_part(archive, "xl/sharedStrings.xml", "si"))]
            yield from read_cells(archive, find_sheet(archive), shared)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError,
            LookupError, ValueError) as fault:
        raise Refused("zip-broken") from fault


def find_sheet(archive):
    """The name of the part that holds a workbook's first sheet."""
    sheet = next(read_part(archive, "xl/workbook.xml", "sheet"), {})
    ids = [value for name, value in sheet.items() if name.endswith("}id")]
    for relation in read_part(archive, "xl/_rels/workbook.xml.rels", "Relationship"):
        if relation.get("Id") in ids:
            target = relation.get("Target", "").removeprefix("/xl/").removeprefix("xl/")
            return f"xl/{target}"
    return "xl/worksheets/sheet1.xml"


def read_part(archive, part, name):
    """Each element of that name in a part of an archive."""
    if archive.getinfo(part).compress_type not in (0, 8):
        raise Refused("zip-broken")         # only stored and deflated are unpacked piece by piece
    with archive.open(part) as file:
        head = file.read(CHUNK)
        if not find_root(head.decode("utf-8-sig", "replace")):
            raise Refused("zip-broken")
        chunks = itertools.chain([head], iter(lambda: file.read(CHUNK), b""))
        yield from read_elements(chunks, name, "zip-broken")


def read_cells(archive, sheet, shared):
    """(row number, cells) of each row of a sheet; texts are places in the list `shared`."""
    number = 0
    for row in read_part(archive, sheet, "row"):
        number, cells = int(row.get("r", number + 1)), []
        for cell in row.findall("{*}c"):
            letters = re.match(r"[A-Z]{1,3}(?=\d)", cell.get("r", ""))
            place = functools.reduce(lambda place, letter: 26 * place + ord(letter) - 64,
                                     letters[0], 0) if letters else len(cells) + 1
            if not len(cells) < place <= COLUMNS_MAX:
                continue
            type, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
            if type == "s":
                value = shared[int(value)]
            elif type == "inlineStr":
                value = join_runs(cell.find("{*}is"))
            elif type == "b":
                value = "TRUE" if value == "1" else "FALSE"
            elif type == "n" and value:
                value = f"{float(value):.15g}"      # 0.1, not 0.10000000000000001
            cells += [""] * (place - 1 - len(cells)) + [value]
        yield number, cells


def join_runs(node):
    """The text of a cell, without its pronunciation."""
    return "" if node is None else "".join(
        text.text or "" for run in (node, *node.findall("{*}r"))
        for text in run.findall("{*}t"))


# Aiken: a question, options with letters, a line with the answer.

ANSWER_WORDS = "(?:ANSWER|ANTWORT|LÖSUNG|RÉPONSE|RESPUESTA|RISPOSTA|RESPOSTA|ANTWOORD)"
AIKEN_LINE = re.compile(rf"{ANSWER_WORDS}\s*[:：]\s*(?P<answer>.*)|"
                        r"(?P<letter>[A-Z])[).](?P<blank>\s*)(?P<text>.*)", re.IGNORECASE)


def is_aiken(text):
    """Whether a line has an answer, another an option, and none is GIFT's own."""
    return re.search(rf"(?mi)^[ \t]*{ANSWER_WORDS}[ \t]*[:：]", text) and re.search(
        r"(?m)^[ \t]*[A-Za-z][).]", text) and not re.search(
        r"(?m)^[ \t]*(?:::.*?::|\$CATEGORY:)", text)


@file_format("aiken", "Aiken", is_aiken)
def read_aiken(text):
    """Questions in Moodle's Aiken format, and in what people type from memory of it."""
    lines = []
    for number, line in take_turns(enumerate(text.split("\n"), start=1)):
        if line := line.strip():
            lines.append((number, line, AIKEN_LINE.fullmatch(line)))
    begins = [False] * len(lines)   # whether an option A follows, above the next answer
    for n in take_turns(range(len(lines) - 1, 0, -1)):
        part = lines[n][2]
        begins[n - 1] = begins[n] if part is None else part["answer"] is None and (
            begins[n] or part["letter"] in "Aa")

    block, count = [], 0        # [(number, line, letter or "", text), ...]; how many have a letter
    for n, (number, line, part) in take_turns(enumerate(lines)):
        if part and part["answer"] is not None:
            if block:
                yield *block[0][:2], functools.partial(build_aiken, block, part["answer"])
            if not block or block[0][2]:
                yield number, line, functools.partial(build_aiken, [], "")
            block, count = [], 0
            continue
        letter = find_letter(part, chr(ord("A") + count))
        if not block and letter:
            # It is the question's text, unless it stands above its own B, an answer or nothing:
            # the end is as good as an answer.
            after = lines[n + 1][2] if n + 1 < len(lines) else AIKEN_LINE.match("ANSWER:")
            alone = after and (after["answer"] is not None or find_letter(after, "B") == "B")
            letter = letter if letter == "A" and alone else ""
        elif count and not letter and (block[0][2] or begins[n]):
            # A text below options belongs to the last one, unless an option A follows.
            yield *block[0][:2], functools.partial(build_aiken, block, None)
            block, count = [], 0
        if len(block) < QUESTIONS_MAX:
            block.append((number, line, letter, part["text"] if letter else line))
        count += bool(letter)
    if block:
        yield *block[0][:2], functools.partial(build_aiken, block, None)


def find_letter(part, due):
    """The letter of an option's line, or ""; a small one, or one without a blank, only if due."""
    letter = part["letter"] or "" if part else ""
    return letter.upper() if letter.upper() == due or letter.isupper() and part["blank"] else ""


def build_aiken(block, answer):
    """The question of lines [(..., letter or "", text), ...]; `answer` None: there is none."""
    title, options, letters, joined = [], [], [], False
    for _number, _line, letter, text in block:
        if letter:
            letters.append(letter)
            options.append([text])
        else:
            joined = joined or bool(options or title)
            (options[-1] if options else title).append(text)
    if not title:
        raise Skip("no-question")
    if not options and answer is None:
        raise Skip("no-options")
    if letters != list_letters([True] * len(letters)):
        raise Skip("letters", letters=", ".join(letters[:30]))
    if len(options) < 2:
        raise Skip("too-few-options")
    warnings = ["lines-joined"] if joined else []
    if find_letter(AIKEN_LINE.fullmatch(title[0]), "A"):
        warnings.append("option-as-question")
    options = [" ".join(lines) for lines in options]
    places = set()
    if answer is None:
        warnings.append("no-answer-line")
    else:
        answer = bound_answer(answer, options)
        # A lone letter is always a letter, also where an option reads "b".
        words = [] if re.fullmatch(r"\(?[A-Za-z][).]*", answer) else find_words(answer, options)
        places = words or find_letters(answer, options)
        if not places:
            raise Skip("answer-unknown", answer=answer[:80])
        warnings += ["answer-as-text"] if words else ["several-right"] * (len(set(places)) > 1)
    return {"kind": "checkbox" if len(set(places)) > 1 else "single choice",
            "title": " ".join(title), "options": options, "warnings": warnings,
            "correct": list_letters(place in places for place in range(len(options)))}


def bound_answer(answer, options):
    """An answer that may be looked for among options; Skip if it or they are too long for that."""
    filled = [option for option in options if option]
    if len(filled) > Choice.MOST or sum(map(len, filled)) > LINES_MAX:
        check_options(Choice, filled, False)
    return limit(answer, str, LINES_MAX, "answer-too-long").strip()


def find_words(answer, options):
    """[the place from 0 of the option that has these words], or []."""
    words = [fold_words(option) for option in options]
    return [words.index(fold_words(answer))] if fold_words(answer) in words else []


def find_letters(answer, options):
    """The places from 0 that B, (B), B) text, A, C, AC or A and C mean; [] if one is no option."""
    lone = re.match(r"\(?([A-Za-z])(?:[).]*\Z|[).]\s)", answer)
    listed = re.sub(r"\s(?:(?i:and|und|et|en)|y|e)\s", " ", answer)
    letters = lone[1] if lone else re.sub("[^A-Za-z]", "", listed) if re.fullmatch(
        r"[A-Za-z](?:[\s,;/&+|.]+[A-Za-z])+|[A-Z]{2,26}", listed) else ""
    places = [ord(letter) - ord("A") for letter in letters.upper()]
    return places if max(places, default=0) < len(options) else []


def find_places(cell, options):
    """The places from 0 of the options that a cell means; or Skip.

    Places from 1: 2 · 1,3 · 1.3 (what a German Excel makes of 1,3) · 1.0, or words, or letters.
    """
    cell = bound_answer(cell, options)
    numbers = re.fullmatch(r"\d+(?:[\s,;.|]+\d+)*", re.sub(r"\A(\d+)\.0+\Z", r"\1", cell))
    places = numbers and [int(number) - 1 for number in re.findall(r"\d+", numbers[0][:200])]
    if not places or min(places) < 0 or max(places) >= len(options):
        places = find_words(cell, options) or find_letters(cell, options)
    parts = [part for part in re.split("[\n;|]", cell) if part.strip()]
    if not places and not 2 <= len(parts) <= len(options):
        raise Skip("answer-unknown", answer=cell[:80])
    return places or [place for part in parts for place in find_places(part, options)]


def list_letters(rights):
    """Letters of the options that are correct."""
    return [chr(ord("A") + place) for place, is_right in enumerate(rights) if is_right]


@functools.lru_cache(64)        # the options are compared with each answer
def fold_words(text):
    """What spellings of an option's words have in common."""
    return " ".join(text.split()).casefold()


# GIFT: text {=correct answer ~wrong answer}. Control characters, of which none is left in the
# text, stand for escaped signs until the unescaped ones have been found, and for comments.

ESCAPED = dict(zip("\\:#={}~n", "\x01\x02\x03\x04\x05\x06\x07\x11"))
UNESCAPED = {**{hidden: sign for sign, hidden in ESCAPED.items()}, "\x11": "\n"}
# Lines that are no text: \x0e comments, \x0f categories, \x10 around our own comments.
NO_TEXT = re.compile(r"[\x0e\x0f]|\x10[^\x10]*\x10")
NO_TEXT_ABOVE = re.compile(r"(?:[\s\x0e\x0f]+|\x10[^\x10]*\x10)*")
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
BRACE_OR_BLANK = re.compile(r"[{}]|\n(?:[ \t]*\n)+")
LINE_END, NEXT_LINE = re.compile(r"[ \t]*\n"), re.compile(r"(?:[ \t]*\x0e\n)*[ \t]*(.*)")
# Commands of TeX that begin with n look like an escaped newline; without the n they are these.
TEX_N = ("(?:eq|e|u|abla|otin|ot|i|eg|mid|parallel|atural|earrow|warrow|exists|less|gtr|leq|geq|"
         "subseteq|supseteq|olimits|onumber|ewline|sim|cong)(?![A-Za-z])")
FORMULA_BRACE = re.compile(rf"(?:\^|(?<!_)_|[\\\x01][A-Za-z]+|\x11{TEX_N})\Z")
TEX_LINE = re.compile(rf"\x11(?={TEX_N})")
TEX = re.compile(r"\$\$[^$]+\$\$|\$[^$]+\$|[\\\x01]\((?:(?![\\\x01][()]).)+[\\\x01]\)"
                 r"|[\\\x01]\[(?:(?![\\\x01][\[\]]).)+[\\\x01]\]", re.DOTALL)
TEXT_TAG = re.compile(r"\s*\[(html|markdown|moodle|plain)\]")
WEIGHT = re.compile(r"%(-*)(\d{1,3}(?:[.,]\d*)?)%")
HTML_TAG = re.compile(r"</?[A-Za-z][\w-]*(?:\s+[\w:-]+(?:\s*[=\x04]\s*"
                      r"(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>=~]+))?)*\s*/?>")


def is_gift(text):
    """Whether a line begins like one of GIFT, or braces hold answers or nothing."""
    return re.search(r"(?m)^[ \t]*(?:::.*?::|\$CATEGORY:|\[(?:html|markdown|moodle|plain)\]"
                     r"|//[ \t]*classpulse:[ \t]*\{)", text) or re.search(
        r"(?<!\\)\{\s*(?:[=~#}]|(?:T|TRUE|F|FALSE)\s*[#}]|[^{}]*\n[ \t]*[=~])", text,
        re.IGNORECASE)


@file_format("gift", "GIFT", is_gift)
def read_gift(text):
    """Questions in Moodle's GIFT, somewhat more leniently than Moodle reads it."""
    signs = str.maketrans({sign: hidden for sign, hidden in ESCAPED.items() if sign != "n"})
    for sign, line, hidden in (
            ("//", r"//[ \t]*classpulse:[ \t]*(\{.*\})[ \t]*",
             lambda own: f"\x10{own[1].translate(signs)}\x10"),
            ("//", "//.*", "\x0e"), ("$", r"\$CATEGORY:.*", "\x0f")):
        take_turn()
        if sign in text:
            text = re.sub(rf"(?m)^[ \t]*{line}$", hidden, text)
    for sign, hidden in ESCAPED.items():
        take_turn()
        text = text.replace("\\" + sign, hidden)

    line, counted = 1, 0
    for paragraph in take_turns(split_gift(text)):
        for n, (start, end, groups) in enumerate(divide_paragraph(text, *paragraph)):
            own = min(NO_TEXT_ABOVE.match(text, start).end(), end)
            line, counted = line + text.count("\n", counted, own), own
            if own == end:      # nothing but comments
                continue
            comment = re.search(r"\x10([^\x10]*)\x10", text[start:end])
            yield line, show_gift(text[own:min(end, own + 400)]), functools.partial(
                build_gift, text[start:end], [(first - start, last - start)
                                              for first, last in groups or ()],
                None if groups is None else comment[1] if comment else "", n > 0)


def split_gift(text):
    """(start, end, groups) of each paragraph.

    Blank lines within braces do not end one. `groups` are [(start, end), ...] of what is in
    braces, or None when one has no partner.
    """
    start = at = 0
    while start < len(text):
        groups, opened, depth, closed = [], None, 0, -1     # depth: of braces in a formula
        while True:
            take_turn()
            token = BRACE_OR_BLANK.search(text, at)
            mark, here = (token[0][0], token.start()) if token else ("", len(text))
            at = token.end() if token else len(text)
            if mark == "{" and (depth or is_formula(text, here, closed)):
                depth += 1
            elif mark == "}" and depth:
                depth -= 1
                closed = at
            elif mark == "{" and opened is None:
                opened = at
            elif mark == "}" and opened is not None:
                groups.append((opened, here))
                opened = None
                if len(groups) > QUESTIONS_MAX:
                    raise Refused("too-many")
            elif mark == "\n" and opened is not None and not depth \
                    and not begins_question(text, at):
                continue
            else:       # the end of the paragraph, or a brace without a partner
                if mark in ("{", "}") or depth or opened is not None:
                    groups = None
                    if mark != "\n":
                        blank = BLANK_LINES.search(text, at if mark else start)
                        here, at = blank.span() if blank else (len(text), len(text))
                break
        yield start, here, groups
        start = at


def is_formula(text, place, closed):
    """Whether the brace at a place belongs to a formula; `closed` is where one ended."""
    return text[place + 1:place + 2] not in ("", *"=~#}") and (
        place == closed or bool(FORMULA_BRACE.search(text[max(0, place - 25):place])))


def begins_question(text, place):
    """Whether a question begins in the line at a place, which is within braces."""
    line = NEXT_LINE.match(text, place)
    return line[1].startswith(("::", "\x0f")) or any(
        not is_formula(text, line.start(1) + brace.start(), -1)
        for brace in re.finditer("{", line[1]))


def divide_paragraph(text, start, end, groups):
    """(start, end, groups) of each question of a paragraph: several where no line is blank."""
    ends = [LINE_END.match(text, last + 1) for _first, last in (groups or ())[:-1]]
    if ends and all(ends) and all(NO_TEXT_ABOVE.match(text, line.end()).end() < first - 1
                                  for line, (first, _last) in zip(ends, groups[1:])):
        for line, group in zip(ends, groups):
            yield start, line.end(), [group]
            start = line.end()
        groups = groups[-1:]
    yield start, end, groups


def build_gift(text, groups, comment, joined):
    """The question of a text with groups of answers; `comment` None: a brace has no partner."""
    if comment is None:
        raise Skip("unbalanced-braces")
    (first, last), *more = groups or [(len(text) + 1, len(text))]
    stem, answers, tail = (NO_TEXT.sub("", part) for part in (
        text[:first - 1], text[first:last], text[last + 1:]))
    if more or re.match(r"\s*\d*:[A-Z_]{2,}:", answers):
        raise Skip("several-gaps")
    warnings = ["no-blank-line"] if joined else []
    warnings += ["formula-braces"] if "{" in stem + answers + tail else []
    stem, name = stem.lstrip(), ""
    if stem.startswith("::") and (end := stem.find("::", 2)) > 0:
        name, stem = stem[2:end].strip(), stem[end + 2:].lstrip()
    format, stem = cut_tag(stem, None)
    stem = f"{stem}_____{tail}" if tail.strip() else stem.strip()
    title = strip_markup(show_gift(stem), format, warnings)
    if name and not title.strip():
        title = strip_markup(show_gift(name), format, warnings)
        warnings.append("title-used")
    if comment:
        return read_comment(show_gift(comment), title)
    if not groups:
        raise Skip("description")
    answers, mark, feedback = answers.rpartition("####")
    return {"title": title, "warnings": warnings,
            "explanation": strip_gift(feedback.strip(), format, warnings) if mark else "",
            **build_answers(answers if mark else feedback, format, warnings)}


def cut_tag(text, format):
    """(format, the rest) of a text that may begin with a format's tag."""
    tag = TEXT_TAG.match(text)
    return (tag[1], text[tag.end():].lstrip()) if tag else (format, text)


def strip_gift(text, format, warnings):
    """The text that a reader sees of a piece of GIFT with an own format, or this one."""
    format, text = cut_tag(text, format)
    return strip_markup(show_gift(text), format, warnings)


def build_answers(answers, format, warnings):
    """What is in a group of answers: {"kind", ...}."""
    if not answers.strip():
        return {"kind": "open ended"}
    if 0 < answers.count("<") < TAGS_MAX:       # signs in a tag are no marks
        answers = HTML_TAG.sub(lambda tag: tag[0].translate({ord("="): 4, ord("~"): 7}), answers)
    if answers.lstrip().startswith("#"):
        return build_number([(weight, show_gift(text)) for mark, weight, text in split_answers(
            answers.lstrip()[1:], []) if mark != "~"], warnings)
    if "~" in answers:
        return build_choice(split_answers(answers, warnings), format, warnings)
    if "=" in answers and "->" in answers:
        raise Skip("matching")
    truth = re.fullmatch(r"(?s)\s*(T|TRUE|F|FALSE)\s*(?:#.*)?", answers, re.IGNORECASE)
    if truth:
        return build_truth(truth[1])
    return build_short([(weight, show_gift(cut_tag(text, None)[1])) for mark, weight, text
                        in split_answers(answers, warnings)], warnings)


def split_answers(answers, warnings):
    """[("=", "~" or "", weight or None, text), ...] of what is in a group, without feedback."""
    if answers.count("~") + answers.count("=") > QUESTIONS_MAX:
        raise Skip("too-many-options", most=Choice.MOST)
    lead, *rest = re.split("(~=|=~|[=~])", answers)
    found = []
    for mark, text in [("", lead)] * bool(lead.strip()) + [*zip(rest[::2], rest[1::2])]:
        weight = WEIGHT.match(text)
        text = text[weight.end() if weight else 0:].strip()
        is_text = bool(re.match(r"#\S", text))
        warnings += ["unescaped"] * is_text
        text = text[:1] * is_text + text[is_text:].split("#", 1)[0].rstrip()
        found.append(("=" if "=" in mark else mark,
                      weight and float(weight[2].replace(",", ".")) * (-1 if weight[1] else 1),
                      text))
    return found


def build_choice(answers, format, warnings):
    """A choice of answers [(mark, weight, text), ...]."""
    kept = [answer for answer in answers if answer[2] or answer[0] == "="]
    if len(kept) < len(answers):
        warnings.append("empty-answer")
    weights = [100 if weight is None and mark == "=" else weight or 0
               for mark, weight, _text in kept]
    marked = [weight for (mark, *_), weight in zip(kept, weights) if mark == "="]
    if len(marked) == 1 or max(marked, default=0) >= 100:
        kind = "single choice"
        right = [mark == "=" or weight >= 100 for (mark, *_), weight in zip(kept, weights)]
        if any(0 < weight < 100 and not is_right for weight, is_right in zip(weights, right)):
            warnings.append("partial-credit")
    else:
        kind = "single choice" if all(weight is None for _mark, weight, _text in kept) \
            else "checkbox"
        right = [weight > 0 for weight in weights]
    return {"kind": kind, "correct": list_letters(right),
            "options": [strip_gift(text, format, warnings) for _mark, _weight, text in kept]}


TRUTH_WORDS = {word: letter for letter, words in {
    "A": "true t wahr w richtig r correct yes y ja j si s oui vrai v verdadero vero",
    "B": "false f falsch falso faux incorrect wrong no n nein non"}.items()
               for word in words.split()}


def build_truth(word):
    """A choice of true and false, and which of them a word means; without a word, none."""
    if word and fold_name(word) not in TRUTH_WORDS:
        raise Skip("answer-unknown", answer=word[:80])
    return {"kind": "single choice", "options": [_("True"), _("False")],
            "correct": [TRUTH_WORDS[fold_name(word)]] if word else []}


def build_short(answers, warnings):
    """A short answer of [(weight or None, text), ...]; a misspelling of less weight is wrong."""
    kept = keep_best(answers, warnings)
    if any("*" in text for text in kept):
        warnings.append("wildcard")
    return {"kind": "short answer", "answers": kept}


def keep_best(answers, warnings):
    """The texts with the highest weight of [(weight or None, text), ...], without a lone star."""
    answers = [(100 if weight is None else weight, text.strip()) for weight, text in answers
               if text.strip() not in ("", "*")]
    best = max((weight for weight, _text in answers if weight > 0), default=None)
    if best is None:
        raise Skip("no-answers")
    if any(0 < weight < best for weight, _text in answers):
        warnings.append("partial-credit")
    return [text for weight, text in answers if weight == best]


def build_number(answers, warnings):
    """A number of [(weight or None, "3", "3:0.5" or "2.5..3.5"), ...]."""
    if not any(text.strip() for _weight, text in answers):
        raise Skip("not-a-number", number="")
    kept = keep_best(answers, warnings)
    if len(set(kept)) > 1:
        warnings.append("several-right-numbers")
    low, is_range, high = kept[0].partition("..")
    if is_range:
        low, high = read_file_number(low, warnings), read_file_number(high, warnings)
        number, tolerance = (low + high) / 2, abs(high - low) / 2
    else:
        number, _mark, tolerance = kept[0].partition(":")
        number = read_file_number(number, warnings)
        tolerance = read_file_number(tolerance, warnings) if tolerance.strip() else 0
    if tolerance < 0:
        raise Skip("not-a-number", number=str(tolerance))
    return {"kind": "number", "correct": format_number(number),
            "tolerance": format_number(tolerance) if tolerance else ""}


def read_file_number(text, warnings):
    """The Decimal that a text means; Skip when there is none, or there are two."""
    text = text.strip()
    plain = re.fullmatch(r"[+-]?(\d*)[.,]?(\d*)", text)
    numbers = parse_number(text, point_is_decimal=True) if len(text) <= NUMBER_MAX else []
    if plain and (len(plain[1]) > 15 or len(plain[2]) > 10 or plain[1] + plain[2]
                  and not numbers):
        raise Skip("number-too-long", number=text[:80])
    if not numbers:
        raise Skip("not-a-number", number=text[:80])
    if len(numbers) > 1:
        grouped, fraction = map(format_number, numbers)
        raise Skip("ambiguous-number", number=text, grouped=grouped, fraction=fraction)
    if text.count(",") == 1 and "." not in text.partition(",")[2]:
        warnings.append("decimal-comma")
    return numbers[0]


def show_gift(text):
    """A piece of GIFT with its escaped signs; \\neq in a formula is no newline."""
    if "\x11" in text and len(text) < CHUNK:
        text = TEX.sub(lambda formula: TEX_LINE.sub(r"\\n", formula[0]), text)
    for hidden, sign in UNESCAPED.items():
        text = text.replace(hidden, sign)       # translate takes 30 times as long
    return NO_TEXT.sub("", text)


# What becomes of a file's HTML and Markdown

def strip_markup(text, format, warnings):
    """The text that a reader sees; `format` is html, markdown, plain or, if unknown, None."""
    if len(text) > CHUNK and (text.count("<") > TAGS_MAX
                              or len(HTML_TOKEN.sub("", text)) > CHUNK):
        return text             # it is too long in any case
    if format == "markdown":
        for bold in (r"\*\*(?=\S)([^*\n]+)(?<=\S)\*\*", r"__(?=\S)([^_\n]+)(?<=\S)__"):
            text = re.sub(f"{UNMARKED}|{bold}", lambda found: found[1] or found[0], text)
        return text
    if format == "html":
        return strip_html(text, warnings)
    if format in (None, "moodle") and "<" in text:
        starts = {name.lower() for name in re.findall(r"<([A-Za-z]\w*)(?:[\s/][^<>]*)?>", text)}
        ends = {name.lower() for name in re.findall(r"</([A-Za-z]\w*)\s*>", text)}
        if starts & {"br", "img"} or starts & ends & ELEMENTS:
            return strip_html(text, warnings).strip() or text       # or it asks for a tag
    return text


# Code and formulas, in which no sign means bold.
UNMARKED = r"```[^`]*```|`[^`\n]*`|\$(?!\s)[^$\n]*(?<!\s)\$(?!\d)"
LOST = {"img": "picture-lost", "svg": "picture-lost", "math": "formula-lost",
        "table": "layout-lost", **dict.fromkeys(("audio", "video", "object", "iframe", "embed"),
                                                "media-lost")}
HIDDEN = {"script", "style", "svg", "math", "audio", "video", "object", "iframe"}
BLOCKS = set("p div ul ol li table tr h1 h2 h3 h4 h5 h6 pre blockquote section article dl dt dd "
             "hr center caption figure figcaption".split())
ELEMENTS = {*LOST, *HIDDEN, *BLOCKS, *"b i u a em strong span sub sup small big font code tt kbd "
            "samp var s strike del ins mark q cite td th thead tbody label abbr".split()}
TAGS_MAX = 5000
HTML_TOKEN = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<more>[^<>]*)>"
                        r"|<[!?][^<>]*>")
ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def strip_html(text, warnings):
    """What a browser would show of html; what is lost is added to the warnings."""
    import html                             # 0.3 MB, which only such a file needs
    text, *comments = text.split("<!--")
    text += "".join(comment.partition("-->")[2] for comment in comments)
    shown, hidden, raised, preformatted, at = [], "", [], False, 0
    ended = {name.lower() for name in re.findall(r"</([A-Za-z]\w*)", text)}
    for token in itertools.chain(HTML_TOKEN.finditer(text), [None]):
        piece, at = text[at:token.start() if token else len(text)], token and token.end()
        name = (token["name"] or "").lower() if token else ""
        ends = bool(token and token["end"])
        if hidden:
            hidden = "" if ends and name == hidden else hidden
            continue
        piece = html.unescape(piece)
        shown.append(piece.replace(" ", "\xa0") if preformatted
                     else re.sub("[ \t\n]+", " ", piece))
        if name in LOST and not ends:
            warnings.append(LOST[name])
        if name in HIDDEN and not ends and name in ended and not token["more"].endswith("/"):
            hidden = name
        elif name == "img" and (alt := ALT.search(       # around the data of a picture
                token["more"][:LINES_MAX] + token["more"][-LINES_MAX:])):
            alt = html.unescape(alt[1] or alt[2] or alt[3] or "").strip()
            shown += [f"[{alt}]"] if alt else []
        elif name in BLOCKS:
            shown.append("\x12")
            preformatted = not ends if name == "pre" else preformatted
        elif name in ("td", "th"):
            shown.append(" ")
        elif name == "br":
            shown.append("\n")
        elif name in RAISED and not ends:
            raised.append((name, len(shown)))
        elif name in RAISED and raised and raised[-1][0] == name:
            start = raised.pop()[1]
            sign, signs = RAISED[name]
            inner = "".join(shown[start:]).strip()
            shown[start:] = [inner.translate(signs) if all(ord(c) in signs for c in inner)
                             else f"{sign}({inner})"]
    parts = re.sub(" +", " ", "".join(shown)).split("\x12")
    return "\n".join("\n".join(line.strip(" ") for line in part.split("\n"))
                     for part in parts if part.strip(" ")).replace("\xa0", " ")


# Plain: blocks between blank lines; the first line is the question, the others are its options.

# A star is not taken for a bullet: it marks a correct option. Some bullets are Word's own.
BULLETS, TICKED, UNTICKED = "-–•◦○□☐☒\uf0b7\uf0a8\uf0feo§·", "☒\uf0fe", "☐□\uf0a8"
PLAIN_OPTION = re.compile(r"(?P<right>\*|[✓✔☑✅]\ufe0f?)?\s*"
                          r"(?P<rest>(?P<mark>\(?(?P<letter>[A-Za-z])[).]|\[[xX* ]?\]|[=~]|"
                          rf"[{BULLETS[:-3]}](?=\s)|[o§·](?=\t))?\s*"
                          r"(?P<inner>\*|[✓✔☑✅]\ufe0f?)?\s*(?P<text>.*))", re.DOTALL)
RIGHT_BEHIND = re.compile(r"(?:(?P<tick>[✓✔☑✅]\ufe0f*)|(?<=\s)(?:\*|\((?:richtig|correct)\)))\Z",
                          re.IGNORECASE)
PLAIN_NUMBER = re.compile(r"(\d{1,4})[.)]\s+(?=\S)")
COMMENT = re.compile(r"\s*//\s*classpulse:\s*(\{.*\})\s*")


@file_format("plain", "List", lambda text: True)
def read_plain(text):
    """Questions as people write them in a document or a mail."""
    blocks, questions, above = split_plain(text), [], -1
    for alone, group in itertools.groupby(
            blocks, key=lambda block: len(block) == 1 and bool(block[0][1]["mark"])):
        group = [*group]
        for some in [group] if alone else zip(group):
            lines = [*itertools.chain(*some)]
            marks = find_marks([part for _number, part in lines[:100]])
            if questions and len(questions[-1]) == 1 and (
                    marks in ("letters", "boxes", "signs") or marks and alone and any(
                        part["right"] or part["inner"] for _number, part in lines)):
                questions[-1] += lines      # their question stands alone above a blank line
            else:
                questions += some
            take_turn()
    titles = drop_numbers([block[0][1].string for block in questions],
                          [*map(len, questions[:1])] == [1])
    for block, title in zip(questions, titles):
        number, part = block[0]
        yield number, part.string, functools.partial(
            build_plain, title, [part for _number, part in block[1:]],
            ["no-blank-line"] * (number == above + 1))
        above = block[-1][0]


def split_plain(text):
    """[[(line number, match of the line), ...], ...]: blocks between blank lines.

    They are also parted by numbers that count on, if there are marked options between.
    """
    blocks, block, starts, due, marked, parted = [], [], [], 0, False, False
    for number, line in take_turns(enumerate([*text.split("\n"), ""], start=1)):
        if line := line.strip():
            part, count = PLAIN_OPTION.fullmatch(line), PLAIN_NUMBER.match(line)
            if count and (not block or int(count[1]) == due):
                starts.append(len(block))
                due, parted = int(count[1]) + 1, marked
            marked = marked or part["mark"] or part["right"] and not PLAIN_NUMBER.match(
                part["rest"])
            if len(block) < QUESTIONS_MAX + (starts[-1] if starts else 0):
                block.append((number, part))
        elif block:
            for start, end in itertools.pairwise([*(starts if parted else [0]), len(block)]):
                blocks.append(block[start:end])
            if len(blocks) > 10 * QUESTIONS_MAX:    # some hold a single option
                raise Refused("too-many")
            block, starts, due, marked, parted = [], [], 0, False, False
    return blocks


def drop_numbers(titles, has_heading):
    """The titles without their numbers, if these count on; the first may be a heading without."""
    found = [PLAIN_NUMBER.match(title) for title in titles]
    start = int(has_heading and not found[0] and len(titles) > 2)
    numbers = [int(number[1]) for number in found[start:] if number]
    first = numbers[0] if len(numbers) > 1 and not start else 1
    if numbers != [*range(first, first + len(titles) - start)]:
        return titles
    return [title[number.end():] if number else title for title, number in zip(titles, found)]


def find_marks(parts):
    """What all of some lines begin with: "letters", "boxes", "signs", "bullets" or None."""
    letters = [(part["letter"] or "").upper() for part in parts]
    marks = [part["mark"] or "" for part in parts]
    fits = {"letters": letters == list_letters([True] * len(parts)),
            "boxes": all(mark.startswith("[") for mark in marks),
            "signs": {"~"} <= {*marks} <= {"=", "~"},
            "bullets": any(marks) and all(mark in tuple(BULLETS) or part["right"] not in (
                None, "*") for mark, part in zip(marks, parts))}
    return next((name for name in fits if fits[name] and len(parts) > 1), None)


def build_plain(title, parts, warnings):
    """The question of a block's lines."""
    if parts and (comment := COMMENT.fullmatch(parts[0].string)):
        return read_comment(comment[1], title)
    marks, options, correct = find_options(parts)
    if len(options) > 1:
        return {"kind": "checkbox" if sum(correct) > 1 or marks == "boxes" else "single choice",
                "title": title, "options": options, "correct": list_letters(correct),
                "warnings": warnings}
    if any(correct):
        return {"kind": "short answer", "title": title, "answers": options, "warnings": warnings}
    return {"kind": "open ended", "title": " ".join([title, *(part.string for part in parts)]),
            "warnings": warnings + ["lines-joined"] * len(parts)}


def find_options(parts):
    """(the marks of some lines, their texts, whether each is marked as correct)."""
    marks, texts, correct = find_marks(parts), [], []
    signs = ["[x]", "[X]", "[*]", "=", *TICKED * any(
        part["mark"] in tuple(UNTICKED) for part in parts)]
    for part in parts:
        text = part["text"] if marks else part["rest"]
        behind = RIGHT_BEHIND.search(text, max(0, len(text) - 20))
        behind = behind if behind and (marks or behind["tick"]) else None
        texts.append(re.sub(r"\A\\(?=\*)", "",
                            text[:behind.start()].rstrip() if behind else text))
        correct.append(bool(part["right"] or behind or marks and (
            part["inner"] or part["mark"] in signs)))
    return marks, texts, correct


def read_comment(text, title):
    """The question that ClassPulse itself wrote into a comment."""
    lists = ("options", "correct", "answers")
    if len(text) > HEAD:
        raise Skip("type-unknown")
    try:
        found = {name: [*map(str, value)] if name in lists and isinstance(value, list)
                 else str(value) for name, value in json.loads(text).items()
                 if name not in ("picture", "picture_alt")}     # which we leave out ourselves
    except (ValueError, RecursionError):
        raise Skip("type-unknown") from None
    return {"title": title, **found, "kind": found.get("type", "").replace("_", " "),
            "is_own": True, "warnings": []}


# ------------------------------------------------------------------------------
# Store
# ------------------------------------------------------------------------------
# Every SQL statement. Functions know nothing of HTTP; their first argument, `db`, is a Store for
# reads and the writer's Connection for what `db.write` calls. Times are UTC, ISO 8601.

APPLICATION_ID = 0x436C5073     # "ClPs": distinguishes our databases from other programs'

SCHEMA = """
CREATE TABLE instance (             -- id: names the cookies; key: signs respondents' ids (hex)
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password_hash TEXT NOT NULL,    -- scrypt$salt$hash
    email TEXT NOT NULL,
    display_name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    delimiter TEXT                  -- of CSV files: a key of CSV_DELIMITERS, once one was chosen
);
CREATE TABLE signins (
    token_hash TEXT PRIMARY KEY,    -- SHA-256 of the cookie's token
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX signins_of_user ON signins (user_id);
CREATE INDEX signins_by_end ON signins (expires_at);
CREATE TABLE sessions (             -- AUTOINCREMENT, here and below: a phone may still hold
    id INTEGER PRIMARY KEY AUTOINCREMENT,           -- a vote for a deleted id
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    active INTEGER NOT NULL DEFAULT 1,
    archived INTEGER NOT NULL DEFAULT 0,
    locked INTEGER NOT NULL DEFAULT 0,      -- whether new respondents are refused
    current_question_id INTEGER REFERENCES questions ON DELETE SET NULL,
    opened_at TEXT NOT NULL,        -- most recently
    settings TEXT NOT NULL DEFAULT '{}',    -- {"names": a key of NAMES, "pace": a key of PACES,
        -- "own_results": a key of OWN_RESULTS, "on_phones": whether phones also show results,
        -- "identify": a key of IDENTIFY, "list": the class list that students pick from,
        -- "forgotten": whether names were erased}
    file_stems TEXT NOT NULL DEFAULT '[]',  -- JSON: stems of its files under earlier names
    version INTEGER NOT NULL DEFAULT 0,     -- counts changes of what its form holds
    idle INTEGER NOT NULL DEFAULT 0,        -- whether it was closed for inactivity
    copied_from INTEGER             -- the session that this is a copy of; it may be deleted
);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_at_question ON sessions (current_question_id);
CREATE TABLE images (
    id TEXT PRIMARY KEY,            -- random: anyone who knows it may see the picture
    type TEXT NOT NULL,             -- image/png ...
    waiting_since TEXT,             -- upload time, for refused forms; NULL once a question used it
    content BLOB NOT NULL
);
CREATE TABLE questions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
    type TEXT NOT NULL,
    title TEXT NOT NULL,
    options TEXT NOT NULL,          -- JSON; the type defines its shape
    abstain INTEGER NOT NULL DEFAULT 0,     -- whether "I don't know" is offered
    image TEXT REFERENCES images,   -- shared with copies of the question
    image_alt TEXT NOT NULL DEFAULT '',     -- description for people who can't see it
    explanation TEXT NOT NULL DEFAULT '',   -- shown with the correct answer, or the results
    copied_from INTEGER,            -- the question that this is a copy of; it may be deleted
    active INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    "order" INTEGER NOT NULL,
    round INTEGER NOT NULL DEFAULT 1,
    interrupts INTEGER,             -- the question shown when this quick question was asked
    opened_at TEXT,                 -- first opening of this round; NULL: a draft
    reopened_at TEXT,               -- last opening of this round
    version INTEGER NOT NULL DEFAULT 0,     -- counts changes of what its form holds
    shape INTEGER NOT NULL DEFAULT 0,       -- number of edits before the first answer
    live INTEGER NOT NULL DEFAULT 0,        -- whether results are shown while votes come in
    discuss INTEGER NOT NULL DEFAULT 0,     -- whether the class votes, discusses and votes again
    discussing INTEGER NOT NULL DEFAULT 0,  -- whether it is discussing; voting is then closed
    seconds INTEGER,                -- of the countdown that voting starts with; NULL: none
    closes_at TEXT,                 -- when the countdown that is running shows 0; NULL: there is
        -- none; '': there was one, which ended while the server was not running
    results_shown INTEGER NOT NULL DEFAULT 0,
    answer_shown INTEGER NOT NULL DEFAULT 0,
    closings TEXT NOT NULL DEFAULT '{}',    -- {"1": when round 1 was last closed}
    scored INTEGER NOT NULL DEFAULT 0       -- whether a correct answer is marked; see score_again
);
CREATE INDEX questions_of_session ON questions (session_id, "order");
CREATE INDEX questions_with_image ON questions (image);
CREATE INDEX questions_with_timer ON questions (closes_at) WHERE closes_at IS NOT NULL;
CREATE TABLE hidden_entries (       -- texts that projector and phones must not show
    question_id INTEGER NOT NULL REFERENCES questions ON DELETE CASCADE,
    key TEXT NOT NULL,              -- of the row in the results; equal texts share one
    PRIMARY KEY (question_id, key)
) WITHOUT ROWID;
CREATE TABLE class_lists (          -- of students, who pick themselves
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 0      -- counts changes
);
CREATE INDEX class_lists_of_user ON class_lists (user_id);
CREATE TABLE class_list_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    list_id INTEGER NOT NULL REFERENCES class_lists ON DELETE CASCADE,
    "order" INTEGER NOT NULL,
    name TEXT NOT NULL,
    number TEXT,                    -- these three identify a student in other programs
    email TEXT,
    login TEXT
);
CREATE INDEX class_list_entries_of_list ON class_list_entries (list_id, "order");
CREATE TABLE respondents (
    session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
    id TEXT NOT NULL,               -- a UUID
    name TEXT,                      -- only if asked for; '' if declined
    joined_at TEXT NOT NULL,
    left_out INTEGER NOT NULL DEFAULT 0,    -- whether the presenter excluded the votes from counts
    last_seen_at TEXT NOT NULL,     -- last vote, or opening or closing of a socket
    finished_at TEXT,               -- when answers to all that was asked before became final
    number TEXT,                    -- only if asked for, as are the next two
    email TEXT,
    login TEXT,
    entry_id INTEGER REFERENCES class_list_entries ON DELETE SET NULL,  -- who they picked
    PRIMARY KEY (session_id, id)
) WITHOUT ROWID;
CREATE INDEX respondents_left_out ON respondents (session_id) WHERE left_out;
CREATE UNIQUE INDEX respondents_by_entry ON respondents (entry_id, session_id)
    WHERE entry_id IS NOT NULL;     -- one phone at a time
CREATE TABLE tallies (              -- raised hands of students without a phone
    question_id INTEGER NOT NULL REFERENCES questions ON DELETE CASCADE,
    round INTEGER NOT NULL,
    key TEXT NOT NULL,              -- of the row in the results
    count INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (question_id, round, key)
) WITHOUT ROWID;
CREATE TABLE made (                 -- what forms have made: sent twice, they make nothing again
    form TEXT PRIMARY KEY,          -- a hash of user and token
    session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX made_in_session ON made (session_id);
CREATE TABLE responses (
    id INTEGER PRIMARY KEY,
    question_id INTEGER NOT NULL REFERENCES questions ON DELETE CASCADE,
    session_id INTEGER NOT NULL,
    round INTEGER NOT NULL,
    response_value TEXT NOT NULL,   -- key, keys, number or text; '-': abstained; '': taken back
    respondent_id TEXT NOT NULL,
    seq INTEGER,                    -- increases with each tap; NULL from plain forms
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    changes INTEGER NOT NULL DEFAULT 0,
    late INTEGER NOT NULL DEFAULT 0,        -- 1: after closing, not counted; 2: admitted
    score REAL,                     -- from 0 to 1; NULL: taken back, or nothing is marked correct
    UNIQUE (question_id, round, respondent_id),
    FOREIGN KEY (session_id, respondent_id) REFERENCES respondents ON DELETE CASCADE
);
CREATE INDEX responses_of_respondent ON responses (session_id, respondent_id);
"""

# For teachers who write SQL: the README lists the columns, which stay as they are. Scores are
# stored so that a query in any other program can sum them.
VIEWS = """
CREATE VIEW answers AS              -- one row for each answer, counted or not
    SELECT sessions.code AS session_code, sessions.name AS session_name,
        (SELECT COUNT(*) FROM questions AS others WHERE others.session_id = sessions.id
            AND others."order" <= questions."order") AS question_no,
        questions.id AS question_id, questions.type AS question_type,
        questions.title AS question_text, responses.round, respondents.id AS respondent_id,
        respondents.name AS respondent_name, responses.response_value AS answer, responses.score,
        responses.late, responses.late != 1 AND NOT respondents.left_out AS counted,
        responses.changes, responses.updated_at AS answered_at
    FROM responses JOIN questions ON questions.id = responses.question_id
        JOIN sessions ON sessions.id = questions.session_id
        JOIN respondents ON respondents.session_id = sessions.id
            AND respondents.id = responses.respondent_id
    WHERE responses.response_value != '';
CREATE VIEW scores AS               -- one row for each respondent who is not left out
    SELECT sessions.code AS session_code, sessions.name AS session_name,
        respondents.id AS respondent_id, respondents.name AS respondent_name,
        COUNT(responses.id) AS answered_count, COUNT(questions.id) AS question_count,
        CASE WHEN SUM(questions.scored) THEN ROUND(TOTAL(responses.score), 4) END AS score,
        NULLIF(SUM(questions.scored), 0) AS max_score,
        ROUND(100 * TOTAL(responses.score) / NULLIF(SUM(questions.scored), 0), 1) AS percent
    FROM sessions JOIN respondents ON respondents.session_id = sessions.id
        LEFT JOIN questions ON questions.session_id = sessions.id
            AND (questions.opened_at IS NOT NULL OR questions.round > 1)
        LEFT JOIN responses ON responses.question_id = questions.id
            AND responses.round = questions.round AND responses.respondent_id = respondents.id
            AND responses.response_value != '' AND responses.late != 1
    WHERE NOT respondents.left_out
    GROUP BY sessions.code, respondents.id;     -- the code, so that SQLite searches by it
"""
SCHEMA += VIEWS

# MIGRATIONS[0] takes version 1 to 2, and so on; a released entry is never edited.
MIGRATIONS = [
    # Rounds closed before get the time of the migration: everyone in the session during one had
    # joined by then, so no vote that a phone still keeps is refused; later respondents' votes are.
    """
    ALTER TABLE sessions ADD COLUMN file_stems TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE sessions ADD COLUMN idle INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE questions ADD COLUMN shape INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE questions ADD COLUMN closings TEXT NOT NULL DEFAULT '{}';
    WITH RECURSIVE closed (question_id, round) AS (
        SELECT id, round - active FROM questions WHERE opened_at IS NOT NULL
        UNION ALL SELECT question_id, round - 1 FROM closed WHERE round > 1)
    UPDATE questions SET closings = (
        SELECT json_group_object(closed.round, strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'))
        FROM closed WHERE question_id = questions.id AND closed.round > 0)
    """,
    """
    ALTER TABLE sessions ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE questions ADD COLUMN version INTEGER NOT NULL DEFAULT 0
    """,
    # Sessions forget which types were shown last; `live` gets the type's preset in complete_step.
    """
    ALTER TABLE questions ADD COLUMN live INTEGER NOT NULL DEFAULT 0;
    UPDATE sessions SET settings = json_remove(settings, '$.live')
        WHERE json_valid(settings)
    """,
    """
    ALTER TABLE questions ADD COLUMN discuss INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE questions ADD COLUMN discussing INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE questions ADD COLUMN seconds INTEGER;
    ALTER TABLE questions ADD COLUMN closes_at TEXT;
    CREATE INDEX questions_with_timer ON questions (closes_at) WHERE closes_at IS NOT NULL;
    ALTER TABLE respondents ADD COLUMN finished_at TEXT;
    CREATE TABLE tallies (
        question_id INTEGER NOT NULL REFERENCES questions ON DELETE CASCADE,
        round INTEGER NOT NULL,
        key TEXT NOT NULL,
        count INTEGER NOT NULL,
        updated_at TEXT NOT NULL,
        PRIMARY KEY (question_id, round, key)
    ) WITHOUT ROWID
    """,
    """
    ALTER TABLE questions ADD COLUMN explanation TEXT NOT NULL DEFAULT '';
    ALTER TABLE questions ADD COLUMN copied_from INTEGER;
    ALTER TABLE sessions ADD COLUMN copied_from INTEGER;
    CREATE TABLE made (
        form TEXT PRIMARY KEY,
        session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE INDEX made_in_session ON made (session_id)
    """,
    """
    ALTER TABLE questions ADD COLUMN scored INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE responses ADD COLUMN score REAL;
    ALTER TABLE users ADD COLUMN delimiter TEXT;
    CREATE TABLE class_lists (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
        name TEXT NOT NULL,
        created_at TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX class_lists_of_user ON class_lists (user_id);
    CREATE TABLE class_list_entries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        list_id INTEGER NOT NULL REFERENCES class_lists ON DELETE CASCADE,
        "order" INTEGER NOT NULL,
        name TEXT NOT NULL,
        number TEXT,
        email TEXT,
        login TEXT
    );
    CREATE INDEX class_list_entries_of_list ON class_list_entries (list_id, "order");
    ALTER TABLE respondents ADD COLUMN number TEXT;
    ALTER TABLE respondents ADD COLUMN email TEXT;
    ALTER TABLE respondents ADD COLUMN login TEXT;
    ALTER TABLE respondents ADD COLUMN entry_id INTEGER
        REFERENCES class_list_entries ON DELETE SET NULL;
    CREATE UNIQUE INDEX respondents_by_entry ON respondents (entry_id, session_id)
        WHERE entry_id IS NOT NULL;
    """ + VIEWS,
]


class CannotStart(Sentence, Exception):
    """The data folder can't be used; the sentence says why and what to do."""


def prepare_folder(folder):
    """The absolute path of the data folder, with its subfolders and a migrated database."""
    folder = make_folder(folder)
    path = folder / "classpulse.db"
    try:
        # A journal means that the program was killed while creating the file: it holds no answers
        # yet, and only a connection that can write can roll it back.
        if path.exists() and not sibling_path(path, "-journal").exists():
            check_file(path, folder)
        with closing(connect(path)) as db:
            migrate(db, path)
    except sqlite3.DatabaseError as problem:
        raise CannotStart("{path} can't be opened: {problem}. It was not changed. Choose "
                          "another folder with --data FOLDER.", path=path, problem=problem
                          ) from None
    return folder


def make_folder(folder):
    """The absolute path of the data folder, with `exports` and `backups`; else CannotStart."""
    folder = Path(folder).expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "exports").mkdir(exist_ok=True)
        (folder / "backups").mkdir(exist_ok=True)
    except OSError as problem:
        raise CannotStart("The data folder {folder} can't be used: {reason}. Choose another one "
                          "with --data FOLDER.", folder=folder, reason=problem.strerror) from None
    if not os.access(folder, os.W_OK):
        raise CannotStart("The data folder {folder} can't be written. Choose another one with "
                          "--data FOLDER.", folder=folder)
    for path in (folder / "exports", folder / "backups", folder / "classpulse.lock",
                 *folder.glob("classpulse*.db*")):
        # Other users' permissions may be left by an earlier run or by a file's creator.
        with suppress(OSError):         # owned by another account, which decides
            if os.name == "posix" and not path.is_symlink():        # a link's target is not ours
                path.chmod(path.stat().st_mode & 0o700)
    return folder


def check_file(path, folder, foreign=True):
    """Raise CannotStart, with a way out, if a file is damaged or not a ClassPulse database.

    With `foreign=False` also if its schema is not exactly ours.
    """
    try:
        with closing(open_read_only(path)) as db:
            sound = check_database(db, path, folder, foreign)
    except sqlite3.OperationalError:    # locked or unreadable, not damaged
        raise
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        raise CannotStart("{path} is damaged. It was not changed. {way_out}", path=path,
                          way_out=format_restore(folder))


def open_read_only(path):
    """A read-only connection that leaves a database and its log unchanged, even if damaged."""
    # One that can write would move a crash's log into the file on closing. `immutable` keeps
    # SQLite from creating a log where there is none (so nobody is writing), and from deleting one
    # beside an empty file.
    alone = "" if path.stat().st_size and has_log(path) else "&immutable=1"
    db = sqlite3.connect(f"{write_uri(path)}?mode=ro{alone}", uri=True, factory=Connection,
                         isolation_level=None, timeout=5)
    db.row_factory = sqlite3.Row
    # The file's own schema must not call functions that have side effects.
    db.executescript("PRAGMA trusted_schema=OFF; PRAGMA query_only=ON")
    return db


def write_uri(path):
    """A file's URI for SQLite, which accepts no host: a Windows share is part of the path."""
    return "file:///" + quote(os.fsencode(path.as_posix().removeprefix("/")))


def has_log(path):
    """Whether a database's log holds changes."""
    log = sibling_path(path, "-wal")
    return log.exists() and log.stat().st_size > 0


def sibling_path(path, suffix):
    """The file that SQLite keeps beside a database: its log (-wal), the log's index (-shm) ..."""
    return path.with_name(path.name + suffix)


def check_database(db, path, folder, foreign=True):
    """Whether the file is sound; CannotStart, before anything in it runs, if it is not ours."""
    if not db.value("SELECT 1 FROM sqlite_schema"):
        # Just created, unless there are backups or a log.
        return foreign and not (list_backups(folder) or not path.stat().st_size and has_log(path))
    if db.value("PRAGMA application_id") != APPLICATION_ID:
        raise CannotStart("{path} is not a ClassPulse database. It was not changed. Choose "
                          "another folder with --data FOLDER.", path=path)
    version = db.value("PRAGMA user_version")
    if version > len(MIGRATIONS) + 1:
        raise CannotStart("{path} was made by a newer ClassPulse (database version {version}, "
                          "this program knows {known}). Start the newer program.", path=path,
                          version=version, known=len(MIGRATIONS) + 1)
    if not foreign and (odd := find_schema_mismatch(db, version)):
        raise CannotStart("{path} can't be restored. Its {odd} is not what ClassPulse creates. "
                          "Nothing was changed.", path=path, odd=odd)
    return db.value("PRAGMA quick_check") == "ok"


def find_schema_mismatch(db, version):
    """The first schema object that is missing or not ours, such as "trigger 'x'", or None."""
    if version < 1:
        return Sentence("version")
    # Read only as text: tables are recreated without rows, migrated, and compared with SCHEMA.
    with closing(connect(":memory:")) as copy, closing(connect(":memory:")) as ours:
        ours.executescript(SCHEMA)
        views = [definition for (type, _), (_, definition) in read_schema(ours).items()
                 if type == "view"]
        copy.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in MAKES_TABLES
                            else sqlite3.SQLITE_DENY)
        for row in db.all("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"):
            # SQLite creates its own automatically. A view is a query: only ours are copied.
            if row["name"].startswith("sqlite_") or (
                    row["type"] == "view" and split_definition(row["sql"]) not in views):
                continue
            try:
                copy.execute(row["sql"])
            except sqlite3.Error:
                return f"{row['type']} {row['name']!a:.80}"
        copy.set_authorizer(lambda *_: sqlite3.SQLITE_OK)
        if odd := find_difference(db, copy):
            return odd
        try:
            copy.executescript(";".join(MIGRATIONS[version - 1:]))
        except sqlite3.Error as problem:
            return Sentence("table for a newer version ({problem})", problem=problem)
        return find_difference(copy, ours)


# Allows tables, indexes and views, but no CREATE TABLE AS SELECT, virtual table, trigger or
# function call. SQLite calls the authorizer before each action.
MAKES_TABLES = {sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_CREATE_INDEX, sqlite3.SQLITE_REINDEX,
                sqlite3.SQLITE_CREATE_VIEW, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE,
                sqlite3.SQLITE_READ}


def find_difference(one, other):
    """The first object that two databases define differently, such as "table 'x'", or None."""
    one, other = read_schema(one), read_schema(other)
    odd = sorted(thing for thing in {*one, *other} if one.get(thing) != other.get(thing))
    return f"{odd[0][0]} {odd[0][1]!a:.80}" if odd else None


def read_schema(db):
    """A database's schema: {(type, name): (table, parts of its definition, for comparison)}."""
    return {(row["type"], row["name"]): (row["tbl_name"], split_definition(row["sql"] or ""))
            for row in db.all("SELECT type, name, tbl_name, sql FROM sqlite_schema")}


TOKEN = re.compile(r"""--[^\n]*|/\*.*?\*/|\s+|"(\w+)"|('[^']*'|"[^"]*"|\w+|.)""", re.DOTALL)


def split_definition(sql):
    """The words of a CREATE statement; a table's columns are sorted: migrations add them last."""
    words = ["".join(found) for found in TOKEN.findall(sql) if any(found)]
    if words[:2] != ["CREATE", "TABLE"]:
        return words
    parts, depth = [[]], 0
    for word in words:
        depth += (word == "(") - (word == ")")
        if (word, depth) in (("(", 1), (",", 1), (")", 0)):
            parts.append([])
        parts[-1].append(word)
    return sorted(" ".join(part) for part in parts)


def migrate(db, path):
    """Migrate a database to the current schema, each step and its version in one transaction."""
    db.execute("PRAGMA journal_mode=WAL")
    if 0 < db.value("PRAGMA user_version") <= len(MIGRATIONS):
        make_backup(path.parent)
    while (found := db.value("PRAGMA user_version")) <= len(MIGRATIONS):
        script, version = (MIGRATIONS[found - 1], found + 1) if found else (
            SCHEMA, len(MIGRATIONS) + 1)
        try:        # the first statement fails, by an overflow, if that is no longer the version
            in_transaction(db, complete_step, version, script=(
                f"SELECT abs(-9223372036854775807 - (user_version != {found})) "
                f"FROM pragma_user_version; {script}; "
                f"PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={version}"))
        except sqlite3.Error:
            if db.value("PRAGMA user_version") == found:
                raise       # else another program, started together with this one, was faster
    if list_missing_keys(db):       # possible in a restored file
        in_transaction(db, complete_instance)


def complete_step(db, version):
    """Do the part of a migration to a version that SQL can't."""
    complete_instance(db)
    if version == 3:
        renew_hidden_keys(db)
    if version in (4, 7):
        for question_id in db.column("SELECT id FROM questions"):       # an odd one stays as it is
            attempt(set_preset if version == 4 else score_again, db, question_id)


def set_preset(db, question_id):
    """Show a question's results while votes come in if its type does, as version 3 did."""
    question = db.one("SELECT id, type, options FROM questions WHERE id = :id", id=question_id)
    kind, options = QUESTION_TYPES[question["type"]], json.loads(question["options"])
    db.execute("UPDATE questions SET live = :live WHERE id = :id",
               dict(id=question_id, live=kind.starts_live(options)))


def renew_hidden_keys(db):
    """Hide what was hidden by the keys of version 2, under which fewer spellings were equal."""
    for question in db.all("SELECT id, type FROM questions WHERE id IN (SELECT question_id "
                           "FROM hidden_entries)"):
        kind, renewed = QUESTION_TYPES[question["type"]], {}
        for value in db.column("SELECT DISTINCT response_value FROM responses "
                               "WHERE question_id = :id", id=question["id"]):
            for part in kind.split(value):
                key = normalize_2(part)
                for old in (key, hash_token(key)[:16]):     # of short texts, of long ones
                    renewed.setdefault(old, set()).add(kind.hides(part))
        keys = {new for key in db.column("SELECT key FROM hidden_entries WHERE question_id = :id",
                                         id=question["id"])
                for new in renewed.get(key, [kind.hides_row(key)])}
        db.execute("DELETE FROM hidden_entries WHERE question_id = :id", question)
        db.executemany("INSERT INTO hidden_entries VALUES (?, ?)",
                       [(question["id"], key) for key in sorted(keys)])


def normalize_2(text):
    """The key of a text as version 2 of the database had it."""
    if len(text) > FOLDED_MAX:
        return text
    if len(WORDS.findall(text)) > WORDS_MAX:
        return hash_token(text.casefold())[:16]
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    folded = " ".join(folded.split())
    return folded if len(folded) <= FOLDED_MAX else hash_token(folded)[:16]


def backup(path, target):
    """Copy a database, even one in use, to a file that appears only once it is complete."""
    with temporary_file(target) as part:
        copy_database(connect(path), part)
        os.replace(part, target)


def copy_database(db, part):
    """Copy a connection's database to a file that needs no log beside it; closes both."""
    with closing(db), closing(sqlite3.connect(part)) as copy:
        db.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def empty_log(path):
    """Empty a database's log, which holds deleted data until it is overwritten; or NotSaved."""
    try:
        # Votes wait meanwhile, and must not do so for longer than the writer tries.
        with closing(connect(path, Store.LOCKED_SECONDS - 0.5)) as db:
            [(is_busy, _frames, _moved)] = db.tuples("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        is_busy = True
    if is_busy:
        raise NotSaved("{name} could not be emptied.", name=sibling_path(path, "-wal").name)


def in_transaction(db, change, *args, script=""):
    """The result of change(db, *args), after a script, in one transaction; without a Store."""
    try:
        db.executescript("BEGIN IMMEDIATE;" + script)
        outcome = change(db, *args)
        db.execute("COMMIT")
        return outcome
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def connect(path, timeout_seconds=5.0):
    """A connection to a database file, which waits that long while another program writes."""
    db = sqlite3.connect(path, factory=Connection, isolation_level=None, timeout=timeout_seconds,
                         check_same_thread=False)
    db.row_factory = sqlite3.Row
    # On macOS fsync leaves data in the drive's cache; fullfsync does what fsync does elsewhere.
    db.executescript("PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA fullfsync=ON;"
                     "PRAGMA secure_delete=ON")
    return db


@contextmanager
def read_snapshot(path):
    """A connection that sees the database as it is now, whatever is written meanwhile."""
    with closing(connect(path)) as db:
        db.execute("BEGIN")
        yield db


class Connection(sqlite3.Connection):
    """A connection that returns rows as dicts, all of them read before anything else can run."""

    def all(self, sql, **values):
        """The rows, as a list of dicts; values that the statement does not name are ignored."""
        rows = self.execute(sql, values).fetchall()
        names = rows and rows[0].keys()         # each row["name"] would search the names
        return [dict(zip(names, row)) for row in rows]

    def tuples(self, sql, **values):
        """The rows as tuples, for thousands of them: dicts take twice as long."""
        cursor = self.cursor()
        cursor.row_factory = None
        return cursor.execute(sql, values).fetchall()

    def one(self, sql, **values):
        """The first row as a dict, or None."""
        found = self.execute(sql, values).fetchone()
        return dict(zip(found.keys(), found)) if found else None

    def value(self, sql, **values):
        """The first row's first column, or None."""
        found = self.execute(sql, values).fetchone()
        return found[0] if found else None

    def column(self, sql, **values):
        """The first column of all rows, as a list."""
        return [row[0] for row in self.tuples(sql, **values)]

    def recall(self, read, id):
        """read(self, id): only a Store knows for how long that could be cached."""
        return read(self, id)


class Store:
    """The only way to write to the database, and a connection for reading.

    Waiting writes share one transaction, so that they don't each wait for the disk. Statements
    run on the event loop (10 µs each); only COMMIT, which waits for the disk, runs in a thread,
    since there each statement would wait for the GIL.

    The reader sees a COMMIT before the loop hears of it: between two statements something may be
    gone, and what is recalled is older. Holding the reader back doubled the slowest votes' time.
    """
    MAX_BATCH, MAX_WAITING = 200, 5000
    WAIT_SECONDS, LOCKED_SECONDS = 5.0, 2.7
    TRY_SECONDS = 1.0           # between automatic retries while nothing can be saved

    def __init__(self, folder):
        path = folder / "classpulse.db"
        self.writer, self.reader = connect(path, 0), connect(path, 0)   # the loop must not wait
        self.reader.execute("PRAGMA query_only=ON")
        self.all, self.one, self.tuples = self.reader.all, self.reader.one, self.reader.tuples
        self.value, self.column = self.reader.value, self.reader.column
        self.disk, self.queue, self.bell = ThreadPool(1), deque(), Event()
        self.kept = {}                          # what `recall` has cached
        self.shares = {}                        # {session_id: {question_id: its share_correct}}
        self.answerers = {}                     # {session_id: {question_id: (round, ids)}}
        self.closing = False
        self.failure = self.trouble = ""        # why this batch failed; what is wrong now
        self.tell = lambda: None                # called when `trouble` changes
        self.greenlet = gevent.spawn(self._run)
        self.greenlet.link(self._ended)

    def write(self, change, *args):
        """The result of change(connection, *args) in the next transaction, once it is on disk.

        Raises what the change raised, or NotSaved. A change must not yield.
        """
        if self.closing or len(self.queue) >= self.MAX_WAITING:
            raise NotSaved("Not saved: the laptop is too busy. Please try again shortly.")
        done = AsyncResult()
        waiting = done, change, args
        self.queue.append(waiting)
        self.bell.set()
        try:
            return done.get(timeout=self.WAIT_SECONDS)
        except gevent.Timeout:
            self._notice(self.trouble or Sentence("The laptop's disk is not responding"))
        if waiting in self.queue:       # a change that was given up must not run later
            self.queue.remove(waiting)
            raise NotSaved("Not saved. {trouble}.", trouble=self.trouble)
        return done.get()               # it is being committed: only the disk knows

    def recall(self, read, id):
        """read(self, id), cached until more than what is in UNRECALLED is written.

        Callers must not modify it. After each commit SQLite rereads its pages, which would take an
        eighth of a vote's time.
        """
        kept = self.kept
        if (read, id) not in kept:
            kept[read, id] = read(self, id)
        return kept[read, id]

    def finish(self):
        """Commit what is waiting, and accept no more writes."""
        self.closing = True
        self.bell.set()
        self.greenlet.join()
        self.disk.kill()

    def close(self):
        """Close both connections."""
        self.reader.close()
        self.writer.close()

    def _run(self):
        while self.queue or not self.closing:
            if not self.queue:
                self.bell.clear()
                if self.bell.wait(timeout=self.TRY_SECONDS if self.trouble else None):
                    continue
            problem = self._begin()     # first: writes given up meanwhile are in no batch
            batch = [self.queue.popleft() for _ in range(min(len(self.queue), self.MAX_BATCH))]
            if self.trouble:        # an empty transaction would prove nothing
                batch.append((AsyncResult(), touch, ()))
            try:
                if problem:
                    raise problem
                self.failure = ""
                outcomes = [self._attempt(change, args) for _, change, args in batch]
                run_in_thread(self.disk, self._run_commit)
            except sqlite3.Error as problem:
                if self.writer.in_transaction:
                    self.writer.execute("ROLLBACK")
                self.failure = find_trouble(problem) or Sentence("Database error: {problem}",
                                                                 problem=str(problem))
                outcomes = [NotSaved("Not saved. {trouble}.", trouble=self.failure) for _ in batch]
            if any(change not in UNRECALLED for _, change, _ in batch):
                self.kept = {}
            self._notice(self.failure)
            for (done, _, _), outcome in zip(batch, outcomes):
                if isinstance(outcome, BaseException):
                    done.set_exception(outcome, (type(outcome), outcome, outcome.__traceback__))
                else:
                    done.set(outcome)

    def _notice(self, trouble):
        """Report why nothing can be saved, or with "" that saving works again."""
        if str(trouble) == str(self.trouble):
            return
        self.trouble = trouble
        gevent.spawn(self.tell)
        gevent.spawn(log_error, Sentence("Not saved. {trouble}.", trouble=trouble) if trouble
                     else Sentence("Saving works again."))

    def _begin(self):
        """Begin a transaction, waiting a while for another program's lock; the error, or None."""
        give_up_at = time.monotonic() + self.LOCKED_SECONDS
        while True:
            try:
                self.writer.execute("BEGIN IMMEDIATE")
                return None
            except sqlite3.Error as problem:
                waited = self.closing or time.monotonic() > give_up_at
                if "locked" not in str(problem) or waited:
                    return problem
                gevent.sleep(0.02)

    def _attempt(self, change, args):
        """The result of one change, or its exception, after rolling back this change only."""
        self.writer.execute("SAVEPOINT one")
        try:
            outcome = change(self.writer, *args)
        except BaseException as problem:
            if not self.writer.in_transaction:      # SQLite rolled back the whole batch: disk full
                raise
            self.writer.execute("ROLLBACK TO one")
            outcome = problem
            if trouble := find_trouble(problem):
                self.failure = trouble
                outcome = NotSaved("Not saved. {trouble}.", trouble=self.failure)
        self.writer.execute("RELEASE one")
        return outcome

    def _run_commit(self):
        self.writer.execute("COMMIT")

    def _ended(self, greenlet):
        if not self.closing:        # otherwise every vote would wait indefinitely, unexplained
            log_error("Saving has stopped: {problem}. ClassPulse shuts down. Start it again.",
                      problem=repr(greenlet.exception))
            os._exit(70)


def touch(db):
    """Write without changing anything, to test whether writing works."""
    db.execute("UPDATE instance SET value = value")


# Parts of SQLite's messages for errors that are not the program's fault, and what people see.
TROUBLES = {
    "locked": "Another program is using the database",
    "disk is full": "The laptop's disk is full",
    "readonly": "The database can't be written",
    "disk I/O error": "The laptop's disk refuses to write: it is full, failing, or was taken out",
    "malformed": "The database is damaged: stop ClassPulse and start it again",
}


def find_trouble(problem):
    """Why SQLite can't save; None if neither the disk nor a lock is the cause of the exception."""
    return next((Sentence(text) for said, text in TROUBLES.items()
                 if isinstance(problem, sqlite3.Error) and said in str(problem)), None)


def now():
    """The current time as it is stored: 2026-03-04T09:42:07.123+00:00."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


def measure_ms(moment):
    """Milliseconds from now until a stored time; negative after it."""
    left = datetime.fromisoformat(moment) - datetime.fromisoformat(now())
    return round(left.total_seconds() * 1000)


def time_in(after=None, **duration):
    """The time `duration` after now, or after a stored time, as it is stored."""
    start = datetime.fromisoformat(read_moment(after) or now())
    return (start + timedelta(**duration)).isoformat(timespec="milliseconds")


def get_instance(db):
    """{"id", "key"} of this installation."""
    return {row["key"]: row["value"] for row in db.all("SELECT key, value FROM instance")}


INSTANCE = {"id": 3, "key": 32}         # number of random bytes, stored in hex


def list_missing_keys(db):
    """Names of the instance's keys that are missing or malformed."""
    kept = get_instance(db)
    return [key for key, size in INSTANCE.items()
            if not re.fullmatch("[0-9a-f]{%d}" % (2 * size), str(kept.get(key)))]


def complete_instance(db):
    """Create missing keys. Phones then become new respondents, and users must sign in again."""
    db.executemany("INSERT OR REPLACE INTO instance VALUES (?, ?)",
                   [(key, secrets.token_hex(INSTANCE[key])) for key in list_missing_keys(db)])


def get_csv_delimiter(db, user_id):
    """The delimiter that a user chose for CSV files, a key of CSV_DELIMITERS; or None."""
    return db.value("SELECT delimiter FROM users WHERE id = :id", id=user_id)


def set_csv_delimiter(db, user_id, delimiter):
    """Remember the delimiter of a user's CSV files."""
    db.execute("UPDATE users SET delimiter = :delimiter WHERE id = :user_id",
               dict(user_id=user_id, delimiter=delimiter))


# Accounts

def count_users(db):
    """How many presenters there are."""
    return db.value("SELECT COUNT(*) FROM users")


def is_first_user(db, user_id):
    """Whether this is the first presenter, the laptop's owner."""
    return not db.value("SELECT 1 FROM users WHERE id < :user_id", user_id=user_id)


def create_first_user(db, account):
    """The id of the first user; NotFound if somebody else was faster."""
    if count_users(db):
        raise NotFound("The first account already exists. Sign in.")
    return create_user(db, account)


def create_user(db, account):
    """The id of a new user; Invalid if the name is taken. `account` maps columns to values."""
    if find_user(db, account["username"]):
        raise Invalid("This user name is taken.", "username")
    return db.execute(
        "INSERT INTO users (username, password_hash, email, display_name, created_at) "
        "VALUES (:username, :password_hash, :email, :display_name, :now)",
        dict(account, now=now())).lastrowid


def find_first_user(db):
    """The user who was created first, or None."""
    return db.one("SELECT * FROM users ORDER BY id LIMIT 1")


def find_user(db, username):
    """A user by name, or None."""
    return db.one("SELECT * FROM users WHERE username = :username", username=username)


def set_password(db, user_id, password_hash):
    """Set a new password, and sign the user out everywhere."""
    db.execute("UPDATE users SET password_hash = :password_hash WHERE id = :user_id",
               dict(user_id=user_id, password_hash=password_hash))
    db.execute("DELETE FROM signins WHERE user_id = :user_id", dict(user_id=user_id))


def create_signin(db, user_id, token_hash):
    """Remember a browser's sign-in, and delete expired ones."""
    db.execute("DELETE FROM signins WHERE expires_at < :now", dict(now=now()))
    db.execute("INSERT INTO signins VALUES (:token_hash, :user_id, :now, :expires_at)",
               dict(token_hash=token_hash, user_id=user_id, now=now(),
                    expires_at=time_in(days=COOKIE_DAYS)))


def find_signin(db, token_hash):
    """The user's row with `token_hash` and `expires_at` of a valid sign-in, or None."""
    return db.one("SELECT users.*, token_hash, expires_at FROM signins JOIN users "
                  "ON users.id = user_id WHERE token_hash = :token_hash AND expires_at > :now",
                  token_hash=token_hash, now=now())


def renew_signin(db, token_hash):
    """Extend a sign-in to 30 days from now."""
    db.execute("UPDATE signins SET expires_at = :expires_at WHERE token_hash = :token_hash",
               dict(token_hash=token_hash, expires_at=time_in(days=COOKIE_DAYS)))


def delete_signin(db, token_hash):
    """Sign one browser out."""
    db.execute("DELETE FROM signins WHERE token_hash = :token_hash", dict(token_hash=token_hash))


# Sessions

# Whether a session asks respondents for a name: {the setting's value: its label in the form}.
NAMES = {"no": "Anonymous", "optional": "Optional", "required": "Required"}

# What identifies the students of a session: {the setting's value: its label in the form}.
IDENTIFY = {"name": "Their name", "number": "Their name and student number",
            "email": "Their name and e-mail address", "login": "Their name and login",
            "list": "A name picked from a class list"}


class Identifier(NamedTuple):
    """What may be asked for besides the name, in words."""
    label: str      # on phones
    what: str       # in messages
    missing: str    # the message if it is missing
    same: str       # the message if two students of a class list have the same


IDENTIFIERS = {     # {a column of respondents: its Identifier}
    "number": Identifier("Your student number", "The student number",
                         "Please enter your student number.",
                         "Lines {line} and {other} have the same student number."),
    "email": Identifier("Your e-mail address", "The e-mail address",
                        "Please enter your e-mail address.",
                        "Lines {line} and {other} have the same e-mail address."),
    "login": Identifier("Your login", "The login", "Please enter your login.",
                        "Lines {line} and {other} have the same login.")}
NOBODY = dict.fromkeys(("name", *IDENTIFIERS, "entry_id"))      # of whom nothing is known

# What the button of the next step does: {the setting's value: its label in the form}.
PACES = {"quick": "Quick: start a question, then close it and show the results",
         "stepwise": "Step by step: show a question, open voting, close it, show the results"}

# What students see of their result once they have finished: {the setting's value: its label}.
OWN_RESULTS = {"off": "Nothing",
               "score": "Their points, and the correct answers once voting has closed, before you "
                        "show them",
               "answers": "Their points and the correct answers"}

# {setting: what can be chosen}, of those that are not just on or off.
OFFERED = {"names": NAMES, "identify": IDENTIFY, "pace": PACES, "own_results": OWN_RESULTS}

# What settings a session has unless others were chosen.
USUAL_SETTINGS = {"names": "no", "identify": "name", "list": None, "pace": "quick",
                  "own_results": "off", "on_phones": False, "forgotten": False}


def create_session(db, user_id, name, settings=None, copied_from=None):
    """The id of a new session, open for joining under a unique code."""
    least = 10 ** (CODE_DIGITS - 1)
    while find_session_id(db, code := str(least + secrets.randbelow(9 * least))):
        pass
    return db.execute("""
        INSERT INTO sessions (code, name, created_at, opened_at, user_id, settings, copied_from)
        VALUES (:code, :name, :now, :now, :user_id, :settings, :copied_from)""",
                      dict(code=code, name=name, now=now(), user_id=user_id,
                           copied_from=copied_from,
                           settings=json.dumps(settings or {}))).lastrowid


def find_session_id(db, code):
    """The id of the session with that code, or None."""
    return db.value("SELECT id FROM sessions WHERE code = :code", code=code)


def get_session(db, session_id):
    """A session with its settings parsed, or NotFound."""
    session = db.one("SELECT * FROM sessions WHERE id = :session_id", session_id=session_id)
    if session is None:
        raise NotFound("There is no such session.")
    session["settings"] = complete_settings(session["settings"])
    session["file_stems"] = read_json(session["file_stems"], "[]")
    return session


def complete_settings(stored):
    """All settings of a session, from what is stored of them."""
    return {**USUAL_SETTINGS, **{name: value for name, value in read_json(stored, "{}").items()
                                 if value in [*OFFERED.get(name, [value])]}}


def read_json(stored, empty):
    """What is stored as JSON; or `empty`, JSON of the right kind, where something else is stored.

    So an odd row costs what is in it, and nothing that is read together with it.
    """
    return json.loads(mend_json(stored, empty))


@functools.lru_cache(maxsize=4096)      # what is odd is logged once
def mend_json(stored, empty):
    """The text as stored if it can be read and is of the kind of `empty`, else that."""
    return stored if isinstance(attempt(json.loads, stored), type(json.loads(empty))) else empty


def get_session_by_code(db, code):
    """The session with this code as people type it, in any script's digits; or NotFound."""
    digits = re.sub(r"[\s\-–]", "", code) if len(code) <= CODE_TYPED_MAX else ""
    if digits.isdecimal():
        digits = "".join(str(unicodedata.decimal(digit)) for digit in digits)
    session_id = find_session_id(db, digits)
    if session_id is None:
        raise NotFound("That code doesn't match. Check it on the screen."
                       if digits else "Type the six digits from the big screen.", "code")
    return db.recall(get_session, session_id)


def get_own_session(db, user_id, session_id):
    """A presenter's own session; NotFound also if it belongs to another presenter."""
    session = get_session(db, session_id)
    if session["user_id"] != user_id:
        raise NotFound("There is no such session.")
    return session


def get_user_sessions(db, user_id):
    """A presenter's sessions, newest first: how many `questions`, `joined`; whether `answered`."""
    return db.all("""
        SELECT *, (SELECT COUNT(*) FROM questions WHERE session_id = sessions.id) AS questions,
            (SELECT COUNT(*) FROM respondents WHERE session_id = sessions.id) AS joined,
            EXISTS (SELECT 1 FROM responses WHERE session_id = sessions.id) AS answered
        FROM sessions WHERE user_id = :user_id ORDER BY id DESC""", user_id=user_id)


def list_judged(db, session_ids):
    """The questions of some sessions whose correct answer was shown, in order."""
    return select_questions(db, """session_id IN (SELECT value FROM json_each(:ids))
        AND answer_shown ORDER BY session_id, "order\"""", ids=json.dumps(session_ids))


def list_sessions(db):
    """Every presenter's sessions, with when the last answer came or hands were counted.

    This is `answered_at`, or None.
    """
    sessions = db.all("""
        SELECT sessions.id, name, code, created_at, file_stems, (SELECT MAX(updated_at) FROM (
            SELECT updated_at FROM responses WHERE session_id = sessions.id UNION ALL
            SELECT updated_at FROM tallies JOIN questions ON questions.id = question_id
            WHERE session_id = sessions.id)) AS answered_at
        FROM sessions ORDER BY id""")
    return [dict(session, file_stems=read_json(session["file_stems"], "[]"))
            for session in sessions]


def list_open_sessions(db):
    """Sessions that can be joined, newest first."""
    return db.all("SELECT * FROM sessions WHERE active ORDER BY id DESC")


def find_old_answers(db, session_id):
    """{"people", "answered_at"} if the last response is from an earlier lesson, else None."""
    found = db.one("SELECT COUNT(DISTINCT respondent_id) AS people, MAX(updated_at) AS "
                   "answered_at FROM responses WHERE session_id = :id AND " + ANSWERED,
                   id=session_id)
    return found if found["people"] and found["answered_at"] < time_in(hours=-OLD_HOURS) else None


def set_session_form(db, session, settings, name):
    """Replace what a session's form sets; the stem of its files so far is stored as well."""
    stems = dict.fromkeys([*session["file_stems"], name_files(session)])
    db.execute("UPDATE sessions SET name = :name, settings = :settings, file_stems = :stems, "
               "version = version + 1 WHERE id = :id",
               dict(id=session["id"], name=name, settings=json.dumps(settings),
                    stems=json.dumps([*stems])))


def delete_names(db, session_id):
    """Delete the names of a session's respondents, and what else identifies them."""
    db.execute("UPDATE respondents SET name = NULL, number = NULL, email = NULL, login = NULL, "
               "entry_id = NULL WHERE session_id = :session_id", dict(session_id=session_id))


def set_session_active(db, session_id, active, idle):
    """Open or close a session; `idle` marks one that was closed for inactivity."""
    db.execute("UPDATE sessions SET active = :active, idle = :idle, opened_at = "
               "CASE WHEN :active > active THEN :now ELSE opened_at END WHERE id = :session_id",
               dict(session_id=session_id, active=active, idle=idle, now=now()))


def find_idle_at(db, session_id):
    """When an open session will have been idle for too long, as a stored time."""
    used_at = db.value("""
        SELECT MAX(opened_at,
            COALESCE((SELECT MAX(last_seen_at) FROM respondents WHERE session_id = sessions.id),
                ''),
            COALESCE((SELECT MAX(reopened_at) FROM questions WHERE session_id = sessions.id), ''))
        FROM sessions WHERE id = :session_id""", session_id=session_id)
    return time_in(after=used_at, hours=IDLE_HOURS)


def find_list_id(session):
    """The id of the class list that a session's students pick their names from, or None."""
    return session["settings"]["list"] if session["settings"]["identify"] == "list" else None


def name_identity(session):
    """What sessions have in common that identify their students by the same; None: a name."""
    identify = session["settings"]["identify"]
    return find_list_id(session) or (identify if identify != "name" else None)


def duplicate_session(db, session_id):
    """The id of a new session with the same settings and questions, open under a new code."""
    session = get_session(db, session_id)
    copy_id = create_session(db, session["user_id"], name_copy(db, session),
                             {**session["settings"], "forgotten": False}, copied_from=session_id)
    for question in list_questions(db, session_id):
        create_copy(db, copy_id, question)
    return copy_id


def name_copy(db, session):
    """The session's name with the first number that makes it unique among its presenter's."""
    taken = db.column("SELECT name FROM sessions WHERE user_id = :user_id",
                      user_id=session["user_id"])
    original = re.sub(r" \(\d+\)$", "", session["name"])
    # A number in brackets may be the teacher's: "Biology (2026)" was never copied from "Biology".
    name = (original if original in taken else session["name"])[:NAME_MAX - 10].rstrip()
    copies = (f"{name} ({number})" for number in itertools.count(2))
    return next(copy for copy in copies if copy not in taken)


def set_archived(db, session_id, archived):
    """Archive a session, or unarchive it."""
    db.execute("UPDATE sessions SET archived = :archived WHERE id = :session_id",
               dict(session_id=session_id, archived=archived))


def set_locked(db, session_id, locked):
    """Lock a session against new respondents, or unlock it."""
    db.execute("UPDATE sessions SET locked = :locked WHERE id = :session_id",
               dict(session_id=session_id, locked=locked))


def count_session(db, session_id):
    """{"questions", "joined", "responses"}: how many of each a session has, answers alone."""
    return db.one("""
        SELECT (SELECT COUNT(*) FROM questions WHERE session_id = :id) AS questions,
            (SELECT COUNT(*) FROM respondents WHERE session_id = :id) AS joined,
            (SELECT COUNT(*) FROM questions JOIN responses ON question_id = questions.id
                WHERE questions.session_id = :id AND """ + ANSWERED + ") AS responses",
                  id=session_id)


def delete_session(db, session_id):
    """Delete a session with its questions, respondents and responses."""
    db.execute("DELETE FROM sessions WHERE id = :session_id", dict(session_id=session_id))
    delete_unused_images(db)


# Class lists

def create_class_list(db, user_id, name, entries):
    """The id of a new class list of these entries."""
    list_id = db.execute("INSERT INTO class_lists (user_id, name, created_at) "
                         "VALUES (:user_id, :name, :now)",
                         dict(user_id=user_id, name=name, now=now())).lastrowid
    set_class_list(db, list_id, name, [dict(entry, id=None) for entry in entries])
    return list_id


def get_own_class_list(db, user_id, list_id):
    """A presenter's own class list; NotFound also if it belongs to another presenter."""
    found = db.one("SELECT * FROM class_lists WHERE id = :list_id AND user_id = :user_id",
                   list_id=list_id, user_id=user_id)
    if found is None:
        raise NotFound("There is no such class list.")
    return found


def get_user_class_lists(db, user_id):
    """A presenter's class lists by name, with their `students` counted."""
    return db.all("""
        SELECT *, (SELECT COUNT(*) FROM class_list_entries WHERE list_id = class_lists.id)
            AS students
        FROM class_lists WHERE user_id = :user_id ORDER BY name COLLATE NOCASE, id""",
                  user_id=user_id)


def list_class_entries(db, list_id):
    """[{"id", "name", "number", "email", "login"}, ...] of a class list, in its order."""
    return db.all("SELECT id, name, number, email, login FROM class_list_entries "
                  'WHERE list_id = :list_id ORDER BY "order"', list_id=list_id)


def sort_class_list(db, list_id):
    """[(key to search, id, name), ...] of a class list by the alphabet; no two names are equal.

    Phones ask for it all together when a class begins, and 2,000 names take 5 ms: recall it.
    """
    names = number_names(list_class_entries(db, list_id))
    return sorted((normalize(name), id, name) for id, name in names.items())


def find_class_entry(db, list_id, entry_id):
    """What a respondent who picks an entry of that list is from then on, or None."""
    return db.one("SELECT id AS entry_id, name, number, email, login FROM class_list_entries "
                  "WHERE id = :entry_id AND list_id = :list_id", entry_id=entry_id,
                  list_id=list_id)


def set_class_list(db, list_id, name, entries):
    """Replace a class list's name and entries; those with an `id` keep it, new ones have None."""
    db.execute("UPDATE class_lists SET name = :name, version = version + 1 WHERE id = :list_id",
               dict(list_id=list_id, name=name))
    db.execute("DELETE FROM class_list_entries WHERE list_id = :list_id AND id NOT IN "
               "(SELECT value FROM json_each(:kept))",
               dict(list_id=list_id, kept=json.dumps([entry["id"] for entry in entries
                                                      if entry["id"]])))
    db.executemany("""
        INSERT INTO class_list_entries (id, list_id, "order", name, number, email, login)
        VALUES (:id, :list_id, :order, :name, :number, :email, :login)
        ON CONFLICT (id) DO UPDATE SET "order" = :order, name = :name, number = :number,
            email = :email, login = :login
        WHERE ("order", name, number, email, login)
            IS NOT (:order, :name, :number, :email, :login)""",
                   [dict(entry, list_id=list_id, order=place)
                    for place, entry in enumerate(entries, 1)])


# Of those who picked from a class list, those of whom it has something else now.
BEHIND = """
    FROM class_list_entries AS entries JOIN respondents ON entry_id = entries.id
    WHERE list_id = :list_id AND (respondents.name, respondents.number, respondents.email,
        respondents.login) IS NOT (entries.name, entries.number, entries.email, entries.login)"""


def find_session_behind(db, list_id):
    """The id of a session in which somebody has other data than the class list, or None."""
    return db.value("SELECT session_id" + BEHIND + " LIMIT 1", list_id=list_id)


def copy_entries(db, list_id, session_id):
    """Give those of a session who picked from a class list what it has now."""
    db.execute("""
        UPDATE respondents SET (name, number, email, login) = (
            SELECT name, number, email, login FROM class_list_entries WHERE id = entry_id)
        WHERE session_id = :session_id AND id IN (SELECT respondents.id""" + BEHIND + """
            AND session_id = :session_id)""", dict(list_id=list_id, session_id=session_id))


def list_sessions_with_list(db, list_id):
    """[{"id", "name"}, ...] of the sessions whose students pick from a class list."""
    return [{"id": id, "name": name} for id, name, settings in db.tuples("""
        SELECT id, name, settings FROM sessions
        WHERE user_id = (SELECT user_id FROM class_lists WHERE id = :list_id)
        ORDER BY id DESC""", list_id=list_id)
            if find_list_id({"settings": complete_settings(settings)}) == list_id]


def delete_class_list(db, list_id):
    """Delete a class list, which no session may use any more."""
    db.execute("DELETE FROM class_lists WHERE id = :list_id", dict(list_id=list_id))


PIECE = 500         # rows deleted in one change, which takes 18 ms of the loop for long texts


def delete_some_responses(db, question_id):
    """Delete up to PIECE of a question's responses; how many were deleted."""
    return db.execute("""
        DELETE FROM responses WHERE id IN (SELECT id FROM responses
            WHERE question_id = :question_id LIMIT :piece)""",
                      dict(question_id=question_id, piece=PIECE)).rowcount


def delete_some_respondents(db, session_id):
    """Delete up to PIECE of a session's respondents, with their responses; how many."""
    return db.execute("""
        DELETE FROM respondents WHERE session_id = :session_id AND id IN (SELECT id
            FROM respondents WHERE session_id = :session_id LIMIT :piece)""",
                      dict(session_id=session_id, piece=PIECE)).rowcount


# Questions

def create_question(db, session_id, type, asked, copied_from=None, interrupts=None):
    """The id of a new draft at a session's end; `asked` needs only `title` and `options`."""
    claim_images(db, asked)
    return db.execute("""
        INSERT INTO questions (session_id, type, title, options, abstain, live, discuss, seconds,
            image, image_alt, explanation, copied_from, interrupts, created_at, scored, "order")
        VALUES (:session_id, :type, :title, :options, :abstain, :live, :discuss, :seconds,
            :image, :image_alt, :explanation, :copied_from, :interrupts, :now, :scored,
            (SELECT COALESCE(MAX("order"), 0) + 1 FROM questions WHERE session_id = :session_id))
        """, dict(to_columns(asked), session_id=session_id, type=type, now=now(),
                  copied_from=copied_from, interrupts=interrupts,
                  scored=QUESTION_TYPES[type].has_answer(asked["options"]))).lastrowid


def create_copy(db, session_id, question):
    """The id of a copy of a question, a draft at the end of a session."""
    return create_question(db, session_id, question["type"], question, question["id"])


def to_columns(asked):
    """The columns that a question's form sets, with their values."""
    return {"title": asked["title"], "options": json.dumps(asked["options"], ensure_ascii=False),
            "abstain": asked.get("abstain", False), "live": asked.get("live", False),
            "discuss": asked.get("discuss", False), "seconds": asked.get("seconds"),
            "image": asked.get("image"), "image_alt": asked.get("image_alt", ""),
            "explanation": asked.get("explanation", "")}


def set_question(db, question_id, asked, reshaped):
    """Replace what a question's form sets; `reshaped` gives the question a new shape."""
    db.execute("UPDATE questions SET title = :title, options = :options, abstain = :abstain, "
               "live = :live, discuss = :discuss, seconds = :seconds, image = :image, "
               "explanation = :explanation, "
               "closes_at = CASE WHEN discussing > :discuss THEN NULL ELSE closes_at END, "
               "discussing = MIN(discussing, :discuss), image_alt = :image_alt, "
               "shape = shape + :reshaped, version = version + 1 WHERE id = :id",
               dict(to_columns(asked), id=question_id, reshaped=reshaped))
    score_again(db, question_id)
    claim_images(db, asked)
    delete_unused_images(db)


def set_open(db, question_id, shown, seconds):
    """Open a question for votes, with its results shown or covered; `seconds` count down."""
    opened_at = now()
    db.execute("UPDATE questions SET active = 1, results_shown = :shown, answer_shown = 0, "
               "discussing = 0, closes_at = :closes_at, "
               "opened_at = COALESCE(opened_at, :now), reopened_at = :now WHERE id = :id",
               dict(id=question_id, shown=shown, now=opened_at,
                    closes_at=time_in(after=opened_at, seconds=seconds) if seconds else None))


def set_discussing(db, question_id):
    """Note that the class discusses a closed question."""
    db.execute("UPDATE questions SET discussing = 1, closes_at = NULL WHERE id = :id",
               dict(id=question_id))


def set_timer(db, question_id, closes_at):
    """Set when a question's countdown shows 0, or None to stop it."""
    db.execute("UPDATE questions SET closes_at = :closes_at WHERE id = :id",
               dict(id=question_id, closes_at=closes_at))


def list_with_timer(db):
    """The id and `closes_at` of open questions that have a countdown."""
    return [question for question in db.all(
        "SELECT id, closes_at FROM questions WHERE active AND closes_at != ''")
        if read_moment(question["closes_at"])]


def list_overdue(db):
    """Those of list_with_timer whose countdown shows 0."""
    return [question for question in list_with_timer(db) if question["closes_at"] <= now()]


def has_ended(question):
    """Whether a question's countdown is over, and votes on their way have had time to arrive."""
    return bool(question["closes_at"]) and find_end(question) <= now()


def find_end(question):
    """When the server closes a question that has a countdown, as a stored time."""
    return time_in(after=question["closes_at"], seconds=GRACE_SECONDS)


def drop_timers(db):
    """Leave questions open whose countdown ended while the server was not running."""
    for question in list_overdue(db):
        set_timer(db, question["id"], "")


def begin_round(db, question_id):
    """Advance a question to its next round, which is not open yet."""
    db.execute("UPDATE questions SET round = round + 1, opened_at = NULL, results_shown = 0, "
               "answer_shown = 0 WHERE id = :id", dict(id=question_id))


def set_options(db, question_id, options, live):
    """Replace a question's options, and whether its results show while votes come in."""
    db.execute("UPDATE questions SET options = :options, live = :live, version = version + 1 "
               "WHERE id = :id",
               dict(id=question_id, live=live, options=json.dumps(options, ensure_ascii=False)))
    score_again(db, question_id)


def score_again(db, question_id):
    """Store the scores that a question's answers have under its `options`, if it has any.

    Whatever replaces `options` calls this in the same transaction, and upsert_response stores the
    score with each answer, so what is stored is always what score_answer says. Only scores that
    differ are written: 2,000 answers take 3 to 6 ms of the loop, twice as long if each is a text
    that was not compared before. A version that scores differently has to call this for every
    question when it migrates.
    """
    question = db.one("SELECT id, type, options, scored FROM questions WHERE id = :id",
                      id=question_id)
    question["type"], question["options"] = read_options(question["type"], question["options"])
    scored = has_answer(question)
    if not (scored or question["scored"]):
        return                          # texts are long
    stored = db.tuples("SELECT id, response_value, score FROM responses "
                       "WHERE question_id = :id", id=question_id)
    scores = {value: score_answer(question, value) if value else None for _, value, _ in stored}
    db.executemany("UPDATE responses SET score = ? WHERE id = ?",
                   [(scores[value], id) for id, value, score in stored if score != scores[value]])
    db.execute("UPDATE questions SET scored = :scored WHERE id = :id",
               dict(id=question_id, scored=scored))


def set_question_place(db, question_id, place):
    """Move a question to a place in its session, counted from 1, and renumber the others."""
    session_id = get_question(db, question_id)["session_id"]
    ids = [question["id"] for question in list_questions(db, session_id)]
    ids.remove(question_id)
    ids.insert(place - 1, question_id)
    db.executemany('UPDATE questions SET "order" = ? WHERE id = ?', enumerate(ids, start=1))


def delete_question(db, question_id):
    """Delete a question with its responses."""
    db.execute("DELETE FROM questions WHERE id = :id", dict(id=question_id))
    delete_unused_images(db)


def find_made(db, form):
    """The id of the session in which a form has made something, or None."""
    return db.value("SELECT session_id FROM made WHERE form = :form", form=form)


def note_made(db, form, session_id):
    """Remember that a form has made something in a session."""
    db.execute("INSERT INTO made VALUES (:form, :session_id)",
               dict(form=form, session_id=session_id))


def create_image(db, type, content):
    """The id of a newly stored picture."""
    image_id = secrets.token_hex(16)
    db.execute("INSERT INTO images VALUES (:id, :type, :now, :content)",
               dict(id=image_id, type=type, content=content, now=now()))
    return image_id


def claim_images(db, asked):
    """Mark the pictures of a question as used, so that they are kept; Invalid if one is gone."""
    options = asked["options"] if isinstance(asked["options"], list) else []
    for field, owners in (("picture", [asked]), ("options", options)):
        for image_id in filter(None, [owner.get("image") for owner in owners]):
            if not db.execute("UPDATE images SET waiting_since = NULL WHERE id = :id",
                              dict(id=image_id)).rowcount:
                raise Invalid("Choose the picture again.", field)


def get_image(db, image_id):
    """{"type", "content"} of a picture, or NotFound."""
    found = db.one("SELECT type, content FROM images WHERE id = :id", id=image_id)
    if found is None:
        raise NotFound("There is no such picture.")
    return found


def delete_unused_images(db):
    """Delete pictures that no question and no option uses; one not used yet, after a day."""
    db.execute("""
        DELETE FROM images WHERE COALESCE(waiting_since, '') < :day_ago
            AND NOT EXISTS (SELECT 1 FROM questions WHERE image = images.id)
            AND id NOT IN (SELECT json_tree.atom FROM questions, json_tree(options)
                WHERE instr(options, '"image"') AND json_valid(options)
                    AND json_tree.key = 'image' AND json_tree.atom IS NOT NULL)""",
               dict(day_ago=time_in(days=-1)))


def count_responses(db, question_id):
    """How many answers a question has, in all rounds."""
    return db.value("SELECT COUNT(*) FROM responses WHERE question_id = :id AND " + ANSWERED,
                    id=question_id)


QUESTION = """
    SELECT questions.*, sessions.active AS session_active, sessions.name AS session_name,
        sessions.settings,
        (SELECT COUNT(*) FROM questions AS others WHERE others.session_id = sessions.id
            AND others."order" <= questions."order") AS number
    FROM questions JOIN sessions ON sessions.id = questions.session_id"""
NO_QUESTION = "There is no such question."


def get_question(db, question_id):
    """A question with `stage`, `number` in its session and `session_active`; or NotFound."""
    for question in select_questions(db, "questions.id = :id", id=question_id):
        return question
    raise NotFound(NO_QUESTION)


def select_questions(db, where, **values):
    """The questions that a condition selects, each as read_question returns it."""
    return [read_question(found) for found in db.all(QUESTION + " WHERE " + where, **values)]


def read_question(found):
    """A question's row with parsed `options` and its `stage`: draft, open, closed, results ...

    Of its session's settings it has `asked_names`, `identity`, `on_phones` and `own_results`.
    """
    settings = complete_settings(found.pop("settings"))
    found |= {"asked_names": settings["names"], "on_phones": settings["on_phones"],
              "own_results": settings["own_results"],
              "identity": name_identity({"settings": settings})}
    found["type"], found["options"] = read_options(found["type"], found["options"])
    found["closes_at"] = read_moment(found["closes_at"])
    found["seconds"] = found["seconds"] if isinstance(found["seconds"], int) else None
    found["round"] = read_round(found["round"])
    found["stage"] = ("open" if found["active"] else "draft" if not found["opened_at"]
                      else "answer" if found["answer_shown"]
                      else "results" if found["results_shown"] else "closed")
    return found


def read_options(type, stored):
    """(type, options) of a question, from what is stored."""
    type, stored = mend_options(type, stored)
    return type, json.loads(stored)


@functools.lru_cache(maxsize=4096)      # each is read again and again; what is odd is logged once
def mend_options(type, stored):
    """(type, options) as stored if the type can work with them, else what can be read of them.

    What others wrote into the database may be anything. Another type stands in for an unknown
    one: the answers stay, also in the files.
    """
    if attempt(try_options, type, stored):
        return type, stored
    kind = QUESTION_TYPES.get(type) or next(
        kind for kind in QUESTION_TYPES.values() if kind.stands_in)
    try:
        mended = json.dumps(kind.mend(json.loads(stored)))
        try_options(kind.type, mended)
    except Exception:                   # the log already says what is wrong
        mended = json.dumps(kind.mend(None))
    return kind.type, mended


def try_options(type, stored):
    """True if stored options allow what votes, pages and files do with them; else an error."""
    kind, options = QUESTION_TYPES[type], json.loads(stored)
    with suppress(Invalid):
        kind.read(Form([("response", "0")]), options)
    if kind.has_answer(options):
        kind.score("0", options)
    hash((kind.scale(options), kind.wording(options)))
    for use in (kind.fields, kind.describe, kind.to_file):
        use(options)
    kind.axis(options, True)
    kind.count([], options)
    return True


def get_own_question(db, user_id, question_id):
    """A presenter's own question; NotFound also if it belongs to another presenter."""
    question = get_question(db, question_id)
    get_own_session(db, user_id, question["session_id"])
    return question


def list_question_ids(db, session_id):
    """Ids of a session's questions."""
    return db.column("SELECT id FROM questions WHERE session_id = :session_id",
                     session_id=session_id)


def list_questions(db, session_id):
    """A session's questions in order."""
    return select_questions(db, 'session_id = :id ORDER BY "order"', id=session_id)


def list_once_asked(db, session_id):
    """The questions of a session that were opened at least once, in order."""
    return [question for question in list_questions(db, session_id) if was_asked(question)]


def was_asked(question):
    """Whether a question was opened at least once."""
    return bool(question["opened_at"]) or question["round"] > 1


def count_scored(questions):
    """How many questions have a correct answer, which is the best score."""
    return sum(question["scored"] for question in questions)


def search_questions(db, session, search):
    """The newest FOUND_MAX questions of its user's other sessions that have each word."""
    words, found, before = [*map(normalize, search.split())], [], 2**63 - 1
    # Chosen first: sorted with their columns, those of all questions would be read.
    some = ("SELECT questions.id FROM questions JOIN sessions ON sessions.id = session_id "
            "WHERE user_id = :user_id AND session_id != :id AND questions.id < :before "
            "ORDER BY questions.id DESC LIMIT 50")
    while len(found) < FOUND_MAX and (rows := select_questions(
            db, "questions.id IN (" + some + ") ORDER BY questions.id DESC",
            **session, before=before)):
        found += [row for row in rows if has_words(row, words)]
        before = rows[-1]["id"]
        take_turn()         # votes come first
    return found[:FOUND_MAX]


def has_words(question, words):
    """Whether each of these is in a question's title or options, as its presenter wrote them."""
    written = QUESTION_TYPES[question["type"]].to_file(question["options"]).values()
    texts = itertools.chain.from_iterable([value] if isinstance(value, str) else value
                                          for value in written if isinstance(value, str | list))
    text = " ".join(map(normalize, "\n".join([question["title"], *texts]).split()))
    return all(word in text for word in words)


def list_questions_with_counts(db, session_id):
    """A session's questions in order, with `responses` counted and share_correct as `percent`."""
    questions = list_questions(db, session_id)
    for question in questions:
        question["responses"] = count_votes(db, question)["response_count"]
        question["percent"] = share_correct(db, question)
        gevent.sleep(0)     # votes come first
    return questions


def list_for_audience(db, session_id):
    """What the audience sees: open questions, and the current one until the next opens."""
    session = get_session(db, session_id)
    if not session["active"]:
        return []
    asked = "session_id = :id AND questions.opened_at IS NOT NULL "
    return select_questions(
        db, asked + 'AND (questions.active OR questions.id = :current_question_id) '
        'ORDER BY "order"', **session) or select_questions(
        db, asked + 'ORDER BY reopened_at DESC, "order" DESC LIMIT 1', **session)


def find_projected_question(db, session):
    """What the projector shows: the current question, else the first active, else the first."""
    if session["current_question_id"]:
        return get_question(db, session["current_question_id"])
    questions = list_questions(db, session["id"])
    return next((question for question in questions if question["active"]),
                questions[0] if questions else None)


def find_next_question(db, question):
    """The next question to ask or show, or None; after a quick one, the one it interrupted."""
    back = select_questions(db, "questions.id = :interrupts AND NOT results_shown", **question)
    following = back or select_questions(db, """session_id = :session_id AND (
        questions.opened_at IS NULL OR questions.active OR NOT results_shown)
        AND "order" > :order ORDER BY "order" LIMIT 1""", **question)
    return following[0] if following else None


def list_active(db, session_id):
    """The questions that take votes, in order."""
    return select_questions(db, 'session_id = :id AND questions.active ORDER BY "order"',
                            id=session_id)


def close_questions(db, session_id, question_id=None, at=None):
    """Close a session's questions and discussions, or only this question; as of `at` or now."""
    db.execute("""
        UPDATE questions SET active = 0, discussing = 0, closes_at = NULL,
            closings = CASE WHEN active
                THEN json_set(CASE WHEN json_valid(closings) THEN closings ELSE '{}' END,
                    '$."' || round || '"', :now) ELSE closings END
        WHERE (active OR discussing AND :question_id IS NULL)
            AND session_id = :session_id AND id = COALESCE(:question_id, id)""",
               dict(session_id=session_id, question_id=question_id, now=at or now()))


def set_current_question(db, session_id, question_id):
    """Set the question that the projector shows."""
    db.execute("UPDATE sessions SET current_question_id = :question_id WHERE id = :session_id",
               dict(session_id=session_id, question_id=question_id))


def set_shown(db, question_id, results, answer=False):
    """Show or cover the results and the correct answer."""
    db.execute("UPDATE questions SET results_shown = :results, answer_shown = :answer, "
               "closes_at = CASE WHEN discussing AND :results THEN NULL ELSE closes_at END, "
               "discussing = discussing AND NOT :results WHERE id = :id",
               dict(id=question_id, results=results, answer=answer))


# Responses

def ensure_respondent(db, session_id, respondent_id):
    """Record a respondent as joined and as seen now; returns this time.

    NotFound if the session is gone, Forbidden for a new respondent if it is locked.
    """
    moment = now()
    who = dict(session_id=session_id, id=respondent_id, now=moment)
    if not db.execute("UPDATE respondents SET last_seen_at = :now "
                      "WHERE session_id = :session_id AND id = :id", who).rowcount:
        # Checked again: it may have been locked while the respondent waited to be let in.
        if get_session(db, session_id)["locked"]:
            raise Forbidden(LOCKED)
        db.execute("INSERT INTO respondents (session_id, id, joined_at, last_seen_at) "
                   "VALUES (:session_id, :id, :now, :now)", who)
    return moment


LOCKED = "Your teacher has locked the session, so nobody new can join."


def has_joined(db, session_id, respondent_id, since=None):
    """Whether a respondent has joined, or had joined by the stored time `since`."""
    stored = db.value("SELECT joined_at FROM respondents WHERE session_id = :session_id "
                      "AND id = :id", session_id=session_id, id=respondent_id)
    if since is None:
        return stored is not None
    joined_at = min(filter(None, [stored, find_id_created_at(respondent_id)]), default=None)
    return joined_at is not None and joined_at <= since


def has_responded(db, session_id, respondent_id):
    """Whether a respondent has an answer in the session."""
    return bool(db.value("SELECT 1 FROM responses WHERE session_id = :session_id "
                         "AND respondent_id = :id AND " + ANSWERED,
                         session_id=session_id, id=respondent_id))


def find_id_created_at(respondent_id):
    """When a respondent's id was created, as a stored time; None for older kinds of id."""
    try:
        made = uuid.UUID(respondent_id)
    except ValueError:
        return None
    if made.version != 7:
        return None
    moment = datetime.fromtimestamp((made.int >> 80) / 1000, timezone.utc)
    return moment.isoformat(timespec="milliseconds")


def replace_person(db, session_id, respondent_id, person):
    """Set who a respondent who has joined is, "name": "" if declined; the rest is deleted."""
    db.execute("UPDATE respondents SET name = :name, number = :number, email = :email, "
               "login = :login, entry_id = :entry_id WHERE session_id = :session_id AND id = :id",
               {**NOBODY, **person, "session_id": session_id, "id": respondent_id})


def find_person(db, session_id, respondent_id):
    """{"name": "" if declined, "number", "email", "login", "entry_id"} of a respondent or None."""
    return db.one("SELECT name, number, email, login, entry_id FROM respondents "
                  "WHERE session_id = :session_id AND id = :id",
                  session_id=session_id, id=respondent_id)


def release_entries(db, session_id, respondent_ids):
    """Let others pick what these have picked from a class list; who they are stays."""
    db.execute("UPDATE respondents SET entry_id = NULL WHERE session_id = :session_id AND id IN "
               "(SELECT value FROM json_each(:ids))",
               dict(session_id=session_id, ids=json.dumps(respondent_ids)))


def take_entries_back(db, session_id, respondent_ids):
    """Undo release_entries, for names that nobody else has picked since."""
    list_id = find_list_id(get_session(db, session_id))
    db.execute("UPDATE OR IGNORE respondents SET entry_id = (SELECT MIN(id) FROM "
               "class_list_entries AS entries WHERE list_id = :list_id AND (entries.name, "
               "entries.number, entries.email, entries.login) IS (respondents.name, "
               "respondents.number, respondents.email, respondents.login)) WHERE session_id = "
               ":session_id AND entry_id IS NULL AND id IN (SELECT value FROM json_each(:ids))",
               dict(list_id=list_id, session_id=session_id, ids=json.dumps(respondent_ids)))


def find_picker(db, session_id, entry_id):
    """The id of the respondent who has picked an entry of a class list, or None."""
    return db.value("SELECT id FROM respondents WHERE session_id = :session_id "
                    "AND entry_id = :entry_id", session_id=session_id, entry_id=entry_id)


def list_picked(db, session_id):
    """{respondent_id: the id of the entry of a class list that they have picked}."""
    return dict(db.tuples("SELECT id, entry_id FROM respondents WHERE session_id = :session_id "
                          "AND entry_id IS NOT NULL", session_id=session_id))


def list_absent(db, session_id, list_id):
    """Names on a class list that nobody in the session has picked, in its order."""
    return db.column("""
        SELECT name FROM class_list_entries WHERE list_id = :list_id AND id NOT IN (
            SELECT entry_id FROM respondents WHERE session_id = :session_id
                AND entry_id IS NOT NULL)
        ORDER BY "order\"""", session_id=session_id, list_id=list_id)


def set_finished(db, session_id, respondent_id):
    """Store that a respondent finishes now; returns this time."""
    moment = now()
    db.execute("UPDATE respondents SET finished_at = :now WHERE session_id = :session_id "
               "AND id = :id", dict(session_id=session_id, id=respondent_id, now=moment))
    return moment


def has_finishers(db, session_id):
    """Whether anybody in a session has finished."""
    return bool(db.value("SELECT 1 FROM respondents WHERE session_id = :session_id "
                         "AND finished_at IS NOT NULL", session_id=session_id))


def find_finished_at(db, session_id, respondent_id):
    """When a respondent finished most recently, or None."""
    return db.value("SELECT finished_at FROM respondents WHERE session_id = :session_id "
                    "AND id = :id", session_id=session_id, id=respondent_id)


NO_RESPONDENT = "There is no such student."


def set_left_out(db, session_id, respondent_ids, left_out):
    """Leave respondents' votes out of every count, or count them again; NotFound if none exist."""
    who = dict(session_id=session_id, ids=json.dumps(respondent_ids), left_out=left_out)
    if not db.execute("UPDATE respondents SET left_out = :left_out WHERE session_id = :session_id "
                      "AND id IN (SELECT value FROM json_each(:ids))", who).rowcount:
        raise NotFound(NO_RESPONDENT)


def list_arrivals(db, session_id, minute):
    """Ids of respondents who joined in a minute, such as 2026-03-04T09:42 (UTC)."""
    return db.column("SELECT id FROM respondents WHERE session_id = :session_id "
                     "AND substr(joined_at, 1, 16) = :minute",
                     session_id=session_id, minute=minute)


def count_arrivals(db, session_id, least):
    """[{"field": "minute", "value", "count", "left_out"}, ...] of minutes in which `least` joined.

    `left_out` says whether all of them are left out.
    """
    return db.all("SELECT 'minute' AS field, substr(joined_at, 1, 16) AS value, "
                  "COUNT(*) AS count, MIN(left_out) AS left_out FROM respondents "
                  "WHERE session_id = :session_id GROUP BY value HAVING COUNT(*) >= :least "
                  "ORDER BY value", session_id=session_id, least=least)


def set_seen(db, seen):
    """Store when respondents were last seen: [(at, session_id, respondent_id), ...]."""
    db.executemany("UPDATE respondents SET last_seen_at = MAX(last_seen_at, ?) "
                   "WHERE session_id = ? AND id = ?", seen)


# What changes nothing that `recall` caches: answers, names, and who has joined and was seen.
UNRECALLED = {accept_response, give_own_name, ensure_respondent, set_seen}


# Selects the responses that are answers: one that was taken back is empty, but keeps its row.
ANSWERED = "response_value != ''"
# Selects the answers that count. The subquery runs once per query, not once per row.
COUNTED = (ANSWERED + " AND respondent_id NOT IN (SELECT id FROM respondents "
           "WHERE session_id = :session_id AND left_out)")


def get_asked(db, question_id, respondent_id):
    """The columns of a question that a vote needs, with the voter's `finished_at`; or NotFound.

    `options` are as stored, and None where no correct answer is marked. get_question also reads
    what pages need: a vote's statements would take a third longer.
    """
    question = db.one("""
        SELECT session_id, type, CASE WHEN scored THEN options END AS options, shape, round,
            active, opened_at, closes_at, closings, discuss, results_shown,
            (SELECT finished_at FROM respondents
                WHERE session_id = questions.session_id AND id = :respondent_id) AS finished_at
        FROM questions WHERE id = :question_id""",
                      question_id=question_id, respondent_id=respondent_id)
    if question is None:
        raise NotFound(NO_QUESTION)
    return dict(question, closes_at=read_moment(question["closes_at"]),
                round=read_round(question["round"]))


def read_round(stored):
    """A stored round, or the first one for anything else."""
    return stored if isinstance(stored, int) else 1


def read_moment(text):
    """A stored time, or "" for one that is over; None for anything else."""
    try:
        known = text == "" or datetime.fromisoformat(text).tzinfo
    except (TypeError, ValueError):
        known = False
    return text if known else None


def upsert_response(db, question_id, question, respondent_id, saved):
    """Store or replace what record_response `saved`, with its score, of get_asked's `question`."""
    options, value = question["options"], saved["value"]
    score = score_value(question["type"], options, value) if options and value else None
    db.execute("""
        INSERT INTO responses (question_id, session_id, round, response_value, respondent_id,
            seq, created_at, updated_at, late, score)
        VALUES (:question_id, :session_id, :round, :value, :respondent_id, :seq, :saved_at,
            :saved_at, :late, :score)
        ON CONFLICT (question_id, round, respondent_id) DO UPDATE SET response_value = :value,
            seq = :seq, updated_at = :saved_at, late = :late, score = :score,
            changes = changes + (response_value != :value)""",
               dict(saved, question_id=question_id, session_id=question["session_id"],
                    respondent_id=respondent_id, score=score))


def find_response(db, question_id, respondent_id, round):
    """A respondent's answer in a round: {"value", "round", "seq", "late", "saved_at"}, or None."""
    return db.one("""
        SELECT response_value AS value, round, seq, late, updated_at AS saved_at FROM responses
        WHERE question_id = :question_id AND round = :round AND respondent_id = :respondent_id""",
                  question_id=question_id, round=round, respondent_id=respondent_id)


def get_answers(db, questions, respondent_id):
    """{question_id: find_response} of a respondent in the current rounds; empty if taken back."""
    rounds = {question["id"]: question["round"] for question in questions}
    return {id: answer for id, answer in list_of_respondent(
        db, questions[0]["session_id"] if questions else None, respondent_id)
        if answer["round"] == rounds.get(id)}


def list_of_respondent(db, session_id, respondent_id):
    """[(question_id, what find_response returns), ...] of all questions and rounds."""
    found = db.all("""
        SELECT question_id, response_value AS value, round, seq, late, updated_at AS saved_at
        FROM responses WHERE session_id = :session_id AND respondent_id = :respondent_id
        ORDER BY round""", session_id=session_id, respondent_id=respondent_id)
    return [(answer.pop("question_id"), answer) for answer in found]


@functools.lru_cache(maxsize=256)       # most of a class give one of a few answers
def score_value(type, options, value):
    """What score_answer says of a value, for `options` as they are stored."""
    type, options = read_options(type, options)
    return score_answer({"type": type, "options": options}, value)


def score_answer(question, value):
    """A score from 0 to 1; None if no correct answer is marked, or the value is no answer.

    It is stored in the transaction of a vote, which must not fail for what can't be scored.
    """
    kind = QUESTION_TYPES[question["type"]]
    if not kind.has_answer(question["options"]):
        return None
    if value in ("", ABSTENTION):
        return 0.0
    return kind.score(value, question["options"]) if kind.can_count(
        value, question["options"]) else None


def get_question_stats(db, question_id, round=None):
    """Stats of a round, by default the current one, as in the results message.

    {"response_count", "late", "abstained", "tallied": hands, "total": what shares are of,
    "results": [row, ...], "more"} and the type's figures. `more` counts the rows that don't fit in
    a message.
    """
    question = get_question(db, question_id)
    question["round"] = round or question["round"]
    return show_counts(question, count_answers(db, question))


def summarize_session(db, session_id):
    """{"students", "answers": how many, "hardest": a question or None}.

    The hardest question is looked for among those whose correct answer the class has seen.
    """
    questions = list_questions_with_counts(db, session_id)
    judged = [question for question in questions if question["percent"] is not None]
    hardest = min(judged, key=lambda question: question["percent"], default=None)
    return {"students": count_respondents(db, session_id, "")[0],
            "answers": sum(question["responses"] for question in questions),
            "hardest": hardest if len(judged) > 1 and hardest["percent"] < 100 else None}


def share_correct(db, question):
    """How many answers were fully correct, in whole percent, once the correct one was shown.

    None without answers; late ones and abstentions do not count. It is cached: no answer counts
    then until an act changes the session, after which `notify` clears it.
    """
    if not (question["answer_shown"] and has_answer(question)):
        return None
    shares = db.shares.setdefault(question["session_id"], {})
    if (question["id"], question["round"]) not in shares:
        shares[question["id"], question["round"]] = measure_correct(db, question)
    return shares[question["id"], question["round"]]


def measure_correct(db, question):
    """The share of share_correct, whether the answer was shown or not.

    Hands count, where each is an answer.
    """
    kind, counts = QUESTION_TYPES[question["type"]], Counter()
    if kind.can_tally and kind.one_each:
        counts.update(list_tallies(db, question))
    counts.update(dict(db.tuples(
        "SELECT response_value, COUNT(*) FROM responses WHERE question_id = :id "
        "AND round = :round AND late != 1 AND response_value != :no AND " + COUNTED
        + " GROUP BY response_value", **question, no=ABSTENTION)))
    if not counts:
        return None
    correct = [value for value in counts if score_answer(question, value) == 1]
    if kind.tiles and kind.one_each:        # as its tiles say, whose shares add up to 100
        keys = [option["key"] for option in question["options"]]
        shares = list_shares([counts[key] for key in keys], counts.total(), True)
        return sum(share for key, share in zip(keys, shares) if key in correct)
    return list_shares([sum(counts[value] for value in correct)], counts.total(), False)[0]


def show_counts(question, counts, before=None):
    """The stats of get_question_stats, from what count_answers returns.

    With the counts of the round `before` also those, as `previous`, in the same rows.
    """
    kind = QUESTION_TYPES[question["type"]]
    rounds = [counts] if before is None else [counts, before]
    values = [[*kind.show(one["values"], one["hidden"]), *Counter(one["tallies"]).elements()]
              for one in rounds]
    rows = kind.count_rounds(values, question["options"])
    stats, *earlier = map(functools.partial(lay_out_counts, kind), rounds, values, rows)
    return {**stats, **{"previous": dict(one, round=question["round"] - 1) for one in earlier[:1]}}


def lay_out_counts(kind, counts, values, rows):
    """The stats of one round, from its counts, the values that are shown, and their rows."""
    tallies, total = counts["tallies"], count_total(kind, counts)
    shares = list_shares([row["count"] for row in rows], total, kind.one_each)
    if kind.can_tally:
        rows = [dict(row, tallied=tallies.get(row["key"], 0)) for row in rows]
    shown = cut_rows([dict(row, percent=share)
                      for row, share in zip(rows[:kind.SHOWN], shares)], with_html=True)
    return {**{name: counts[name] for name in ("response_count", "late", "abstained")},
            "tallied": sum(tallies.values()), "total": total,
            "results": shown, "more": len(rows) - len(shown) + counts["unread"],
            **kind.summarize(values)}


def count_total(kind, counts):
    """What the shares of a round's rows are shares of: answers, and hands.

    Where somebody may have raised a hand for several rows, those are as few people as possible.
    """
    hands = counts["tallies"].values()
    return counts["response_count"] - counts["abstained"] + (
        sum(hands) if kind.one_each else max(hands, default=0))


def list_entries(question, counts):
    """Rows of the answers that the presenter may hide, the `hidden` ones at the end."""
    kind = QUESTION_TYPES[question["type"]]
    rows = [dict(row, hidden=kind.hides_row(row["key"]) in counts["hidden"])
            for row in kind.entries(counts["values"], question["options"])]
    return sorted(rows, key=lambda row: row["hidden"])


def list_bare_rows(db, question):
    """The rows that answers would be counted in, with nothing but their raised hands."""
    tallies = list_tallies(db, question)
    return [dict(row, tallied=tallies.get(row["key"], 0)) for row in
            QUESTION_TYPES[question["type"]].count([], question["options"])]


def count_answers(db, question, whole=False):
    """The current round's {"response_count", "late", "abstained", "values", "unread", "hidden"}.

    `values` are those that count, in the order in which they were first sent; `unread` answers
    are older than those that the type reads, unless the `whole` round is asked for. `hidden` are
    keys of parts hidden from the class.
    """
    kind = QUESTION_TYPES[question["type"]]
    these = "FROM responses WHERE question_id = :id AND round = :round AND " + COUNTED
    if kind.NEWEST and not whole:
        counts = db.one("SELECT COUNT(*) FILTER (WHERE late != 1) AS response_count, "
                        "COUNT(*) FILTER (WHERE late = 1) AS late, COUNT(*) FILTER "
                        "(WHERE late != 1 AND response_value = :no) AS abstained " + these,
                        no=ABSTENTION, **question)
        # Chosen first: sorted with their ids, all texts would be read.
        newest = "SELECT id " + these + " AND late != 1 ORDER BY id DESC LIMIT :newest"
        found = db.column("SELECT response_value FROM responses WHERE id IN (" + newest + ") "
                          "ORDER BY id", newest=kind.NEWEST, **question)
        values = [value for value in found if value != ABSTENTION]
    else:
        # Sorted and counted here: SQLite takes 0.5 ms longer for 1,000, ten times a second.
        found = sorted(db.tuples("SELECT id, response_value, late " + these, **question))
        counted = [value for _, value, late in found if late != 1]
        values = [value for value in counted if value != ABSTENTION]
        counts = {"response_count": len(counted), "late": len(found) - len(counted),
                  "abstained": len(counted) - len(values)}
    odd = {value for value in {*values} if not kind.can_count(value, question["options"])}
    values = [value for value in values if value not in odd] if odd else values
    hidden = db.column("SELECT key FROM hidden_entries WHERE question_id = :id", **question)
    return {**counts, "values": values, "hidden": {*hidden},
            "tallies": list_tallies(db, question),
            "unread": counts["response_count"] - counts["abstained"] - len(values)}


def list_tallies(db, question):
    """{key: how many hands were raised for it} in the current round."""
    found = dict(db.tuples("SELECT key, count FROM tallies WHERE question_id = :id "
                           "AND round = :round AND count", **question))
    kind = QUESTION_TYPES[question["type"]]
    rows = kind.count([], question["options"]) if found and kind.can_tally else []
    return {row["key"]: min(found[row["key"]], TALLY_MAX) for row in rows if row["key"] in found}


def has_hands(db, question_id):
    """Whether hands were raised for a question, in any round."""
    return bool(db.value("SELECT 1 FROM tallies WHERE question_id = :id AND count",
                         id=question_id))


def set_tally(db, question_id, round, key, count):
    """Store how many hands were raised for a row of the results."""
    db.execute("INSERT OR REPLACE INTO tallies VALUES (:question_id, :round, :key, :count, :now)",
               dict(question_id=question_id, round=round, key=key, count=count, now=now()))


def count_changes(db, question):
    """{(answer of the round before, answer now): how many gave both, in time}.

    Long texts are only told apart: the answer before is then "", and "" or " " the one now.
    """
    answers = ("'', CASE WHEN earlier.response_value = later.response_value THEN '' ELSE ' ' END"
               if QUESTION_TYPES[question["type"]].NEWEST
               else "earlier.response_value, later.response_value")
    return {(before, after): count for before, after, count in db.tuples(
        "SELECT " + answers + """, COUNT(*)
        FROM responses AS later JOIN responses AS earlier
            ON earlier.question_id = later.question_id
                AND earlier.respondent_id = later.respondent_id
        WHERE later.question_id = :id AND later.round = :round AND earlier.round = :round - 1
            AND later.late = 0 AND earlier.late = 0
            AND later.response_value != '' AND earlier.response_value != ''
            AND later.respondent_id NOT IN (SELECT id FROM respondents
                WHERE session_id = :session_id AND left_out)
        GROUP BY 1, 2""", **question)}


def list_judged_people(db, question):
    """Ids of the respondents who were told how correct their answer to a question is.

    Those who have finished with it may know before it was shown.
    """
    return frozenset(db.column(
        "SELECT respondent_id FROM responses WHERE :answer_shown AND question_id = :id "
        "AND round = :round AND " + ANSWERED + " UNION SELECT id FROM respondents "
        "WHERE session_id = :session_id AND finished_at >= :opened_at", **question))


def set_hidden(db, question_id, key, hidden):
    """Hide a row of the results, or show it again."""
    change = ("INSERT OR IGNORE INTO hidden_entries VALUES (:question_id, :key)" if hidden else
              "DELETE FROM hidden_entries WHERE question_id = :question_id AND key = :key")
    db.execute(change, dict(question_id=question_id, key=key))


def count_votes(db, question):
    """{"response_count", "late"} of a question's current round."""
    return db.one("SELECT COUNT(*) FILTER (WHERE late != 1) AS response_count, "
                  "COUNT(*) FILTER (WHERE late = 1) AS late FROM responses "
                  "WHERE question_id = :id AND round = :round AND " + COUNTED, **question)


def count_finished(db, session_id):
    """How many respondents have answered every open question; 0 without any."""
    answered = [list_answerers(db, question) for question in list_active(db, session_id)]
    return len(frozenset.intersection(*answered or [frozenset()])
               - db.recall(list_left_out, session_id))


def admit_responses(db, question_id, round):
    """Count a round's late votes from now on; the ids of the respondents who sent them."""
    late = "question_id = :id AND round = :round AND late = 1"
    of = dict(id=question_id, round=round)
    admitted = db.column("SELECT respondent_id FROM responses WHERE " + late, **of)
    db.execute("UPDATE responses SET late = 2 WHERE " + late, of)
    return frozenset(admitted)


def list_respondents(db, session_id):
    """A session's [{"id", "name", "left_out", "last_seen_at"}, ...] in the order of joining."""
    return db.all("SELECT id, name, left_out, last_seen_at FROM respondents "
                  "WHERE session_id = :session_id ORDER BY joined_at, id", session_id=session_id)


def list_joined(db, session_id):
    """A session's respondents who are not left out: by name, those without one as they joined.

    [{"id", "place" in the order of joining, "shown": the name that no other has, or "",
    "joined_at", "number", "email", "login"}, ...].
    """
    joined = db.all("SELECT id, name, joined_at, left_out, number, email, login FROM respondents "
                    "WHERE session_id = :session_id ORDER BY joined_at, id", session_id=session_id)
    names = number_names(joined)
    people = [dict(person, place=place, shown=names.get(person["id"], ""))
              for place, person in enumerate(joined, start=1) if not person["left_out"]]
    return sorted(people, key=lambda person: (not person["shown"], normalize(person["shown"])))


def count_identified(db, session):
    """{what identifies students to other programs, a key of IDENTIFIERS: how many have it}.

    What the session asks for, and what anybody has: a list that they picked from may be deleted.
    """
    counts = db.one("SELECT COUNT(NULLIF(number, '')) AS number, COUNT(NULLIF(email, '')) AS "
                    "email, COUNT(NULLIF(login, '')) AS login FROM respondents "
                    "WHERE session_id = :id AND NOT left_out", id=session["id"])
    return {name: count for name, count in counts.items()
            if count or name == session["settings"]["identify"]}


def count_respondents(db, session_id, since):
    """(respondents whose votes count, how many of them were seen since a stored time)."""
    # Counted by SQLite: reading 12,000 rows into Python took 6 of a message's 8 ms.
    return db.tuples("SELECT COUNT(*), COUNT(*) FILTER (WHERE last_seen_at >= :since) "
                     "FROM respondents WHERE session_id = :session_id AND NOT left_out",
                     session_id=session_id, since=since)[0]


def list_left_out(db, session_id):
    """Ids of respondents whose votes are left out."""
    return {*db.column("SELECT id FROM respondents WHERE session_id = :session_id AND left_out",
                       session_id=session_id)}


def list_answers(db, question, respondent_ids):
    """{respondent_id: value} of these respondents' counted answers in the current round."""
    return dict(db.tuples(
        "SELECT respondent_id, response_value FROM responses WHERE question_id = :id AND "
        "round = :round AND late != 1 AND respondent_id IN (SELECT value FROM json_each(:ids)) "
        "AND " + ANSWERED, ids=json.dumps(respondent_ids), **question))


def list_answered(db, questions):
    """{respondent_id: ids of those of the questions that they have answered in this round}.

    Of 100,000 answers it takes 0.1 s, so votes go between.
    """
    answered = defaultdict(set)
    for question in take_turns(questions):
        for id in list_answerers(db, question):
            answered[id].add(question["id"])
    return answered


def list_answerers(db, question):
    """Ids of those who have answered a question in this round in time, also of those left out.

    They are cached: `notify` clears what a vote or an act has changed.
    """
    kept = db.answerers.setdefault(question["session_id"], {})
    if question["id"] not in kept or kept[question["id"]][0] != question["round"]:
        found = db.column("SELECT respondent_id FROM responses WHERE question_id = :id AND "
                          "round = :round AND late != 1 AND " + ANSWERED, **question)
        kept[question["id"]] = question["round"], frozenset(map(sys.intern, found))
    return kept[question["id"]][1]


def read_answerers(db, session_id):
    """Cache who has answered each of several open questions; the CPU seconds that it took.

    A message about 50 of them in a lecture hall would keep votes waiting for 0.2 s.
    """
    took, active = 0.0, list_active(db, session_id)
    for question in active if active[1:] else ():
        began = time.thread_time()
        list_answerers(db, question)
        took += time.thread_time() - began
        gevent.sleep(0)     # votes come first
    return took


# Selects the answers of each question's last round.
LAST = ("FROM responses JOIN questions ON questions.id = question_id "
        "AND questions.round = responses.round "
        "WHERE questions.session_id = :session_id AND " + ANSWERED)


def count_complete(db, session_id, questions):
    """How many of those whose answers count have answered every one of the questions."""
    return db.value("SELECT COUNT(*) FROM (SELECT 1 " + LAST + " AND late != 1 AND " + COUNTED
                    + " GROUP BY respondent_id HAVING COUNT(*) = :asked)",
                    session_id=session_id, asked=len(questions))


def list_totals(db, session_id):
    """{question_id: {"answers", "points"}} of the answers in the last rounds that count."""
    return {id: {"answers": answers, "points": points} for id, answers, points in db.tuples(
        "SELECT question_id, COUNT(*), TOTAL(score) " + LAST + " AND late != 1 AND " + COUNTED
        + " GROUP BY 1", session_id=session_id)}


def list_marks(db, session):
    """{respondent_id: {"answered", "score", "most", "percent"}} of those who are not left out.

    As the view `scores` says; without a correct answer the last three are None. SQLite counts
    100,000 answers without the GIL, so call it in a thread.
    """
    marks = db.all("SELECT respondent_id, answered_count AS answered, score, max_score AS most, "
                   "percent FROM scores WHERE session_code = :code", code=session["code"])
    return {mark.pop("respondent_id"): mark for mark in marks}


def list_last_answers(db, session_id, respondent_ids):
    """{respondent_id: {question_id: (value, late)}} in the last rounds; long texts are cut."""
    answers = {id: {} for id in respondent_ids}
    for respondent_id, question_id, value, late in db.tuples(
            "SELECT respondent_id, question_id, substr(response_value, 1, 200), late " + LAST
            + " AND respondent_id IN (SELECT value FROM json_each(:ids))",
            session_id=session_id, ids=json.dumps(respondent_ids)):
        answers[respondent_id][question_id] = value, late
    return answers


def list_responses(db, session_id, question_id=None):
    """A cursor over the answers of a session or one question, all rounds; needs its own `db`.

    Rows of (question_id, round, respondent_id, value, late, changes, updated_at, 1, ...). Behind
    those of each round come the raised hands, with their number and without a respondent.
    """
    return db.execute("""
        SELECT question_id, responses.round, respondent_id, response_value, late, changes,
            updated_at, 1, questions."order", responses.id
        FROM responses JOIN questions ON questions.id = question_id
            JOIN respondents ON respondents.session_id = responses.session_id
                AND respondents.id = respondent_id
        WHERE questions.session_id = :session_id AND NOT left_out AND """ + ANSWERED + """
            AND (:question_id IS NULL OR questions.id = :question_id)
        UNION ALL
        SELECT question_id, tallies.round, '', key, 0, 0, updated_at, count, questions."order", key
        FROM tallies JOIN questions ON questions.id = question_id
        WHERE questions.session_id = :session_id AND count
            AND (:question_id IS NULL OR questions.id = :question_id)
        ORDER BY 9, 2, 10""",       # texts are greater than numbers
                      dict(session_id=session_id, question_id=question_id))


# Classes compared

COMPARABLE_MAX = 100    # sessions that are offered for comparison


def list_comparable(db, session):
    """[{"id", "name", "created_at", "related"}, ...] of sessions to compare this one with.

    Those of its user that have answers, and a question in common with it. First come those that
    are `related`: one was copied from the other, or both from a third; then the newest first.
    """
    titles, origins = {}, {}
    for id, session_id, type, title, copied_from in yield_to_loop(db.tuples("""
            SELECT questions.id, session_id, type, title, questions.copied_from
            FROM questions JOIN sessions ON sessions.id = session_id
            WHERE user_id = :user_id""", user_id=session["user_id"])):
        titles.setdefault(session_id, []).append((id, type, normalize(title)))
        origins[id] = copied_from
    sessions = db.all("""
        SELECT id, name, created_at, copied_from FROM sessions WHERE user_id = :user_id AND (
            id = :id OR EXISTS (SELECT 1 FROM responses WHERE session_id = sessions.id)
            OR EXISTS (SELECT 1 FROM questions JOIN tallies ON question_id = questions.id
                WHERE session_id = sessions.id AND count)) ORDER BY id DESC""",
                      user_id=session["user_id"], id=session["id"])
    copies = dict(db.tuples("SELECT id, copied_from FROM sessions WHERE user_id = :user_id",
                            user_id=session["user_id"]))

    def list_shared(session_id):
        """What a question that can be paired with one of the session's must have in common."""
        return {mark for id, type, title in titles.get(session_id, ())
                for mark in ((type, trace(origins, id)[-1]), (type, title))}

    def is_comparable(other):
        return pair_questions(own, list_questions(db, other["id"]), origins)

    own, root = list_questions(db, session["id"]), trace(copies, session["id"])[-1]
    shared = list_shared(session["id"])
    others = sorted((dict(other, related=trace(copies, other["id"])[-1] == root)
                     for other in sessions if other["id"] != session["id"]
                     and not shared.isdisjoint(list_shared(other["id"]))),
                    key=lambda other: not other["related"])
    comparable = (other for other in yield_to_loop(others) if attempt(is_comparable, other))
    return list(itertools.islice(comparable, COMPARABLE_MAX))


def trace(origins, id):
    """The ids that one comes from, by {id: origin or None}; itself first, the last may be gone."""
    line = [id]
    while (id := origins.get(id)) and id < line[-1]:        # a copy always has a larger id
        line.append(id)
    return line


def list_lines(db, session_id, other_id):
    """{id of a question: the one that it was copied from} of two sessions, back to the first."""
    return dict(db.tuples("""
        WITH RECURSIVE line (id, copied_from) AS (
            SELECT id, copied_from FROM questions WHERE session_id IN (:id, :other) UNION
            SELECT questions.id, questions.copied_from
            FROM questions JOIN line ON questions.id = line.copied_from)
        SELECT id, copied_from FROM line""", id=session_id, other=other_id))


def find_rounds(db, question):
    """The first and the last round of a question with answers or hands; without, the current."""
    found = db.one("SELECT MIN(round) AS first, MAX(round) AS last FROM ("
                   "SELECT round FROM responses WHERE question_id = :id AND late != 1 AND "
                   + COUNTED + " UNION ALL "
                   "SELECT round FROM tallies WHERE question_id = :id AND count)", **question)
    return found["first"] or question["round"], found["last"] or question["round"]


# ------------------------------------------------------------------------------
# Live
# ------------------------------------------------------------------------------
# Watchers are sent states: each message is complete, and only the newest is ever queued.
# A new kind of message is a function in MESSAGES and a route in "Routes: live".

def encode_frame(opcode, payload=b""):
    """A WebSocket frame from the server, shared by all recipients of the message."""
    return Header.encode_header(True, opcode, b"", len(payload), 0) + payload


def encode_message(text):
    """A text frame of a message."""
    return encode_frame(WebSocket.OPCODE_TEXT, text.encode("utf-8", "replace"))


def to_json(message):
    """A message as compact JSON."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"),
                      default=lambda part: part.measure())


PING = encode_frame(WebSocket.OPCODE_PING)
BEAT = encode_message(to_json({"type": "beat"})) + PING
BYE = encode_frame(WebSocket.OPCODE_CLOSE, (1001).to_bytes(2, "big"))


def results_message(db, live, question_id, stats=None):
    """A question's stats, unless they were counted already, and its state."""
    question = get_question(db, question_id)
    stats = mark_rows(question, count_shown(db, question) if stats is None else stats)
    return {"type": "results", "question_id": question_id, **describe(question),
            **live.count_people(question["session_id"], question), **stats,
            "trouble": format_trouble(db)}


def count_shown(db, question):
    """The stats of the current round; those of a later one, once shown, beside the one before.

    `previous` {"round", "response_count", "results", ...} has the same rows, or bins. `paired`
    {"n", "changed"} counts those who answered both in time; once the correct answer has been
    shown, and if there are PAIRED_MIN of them, also "right_right", "wrong_right", "right_wrong"
    and "wrong_wrong".
    """
    if not question["results_shown"] or question["round"] == 1:
        return get_question_stats(db, question["id"])
    earlier = dict(question, round=question["round"] - 1)
    stats = show_counts(question, count_answers(db, question), count_answers(db, earlier))
    return dict(stats, paired=pair_answers(question, count_changes(db, question),
                                           question["answer_shown"]))


def pair_answers(question, changes, judged):
    """How those who answered this round and the one before in time have changed their minds.

    As in count_shown, from what count_changes returns; with correct and wrong answers if
    `judged`, where they are marked.
    """
    kind = QUESTION_TYPES[question["type"]]
    paired = {"n": sum(changes.values()),
              "changed": sum(count for answers, count in changes.items()
                             if not kind.is_same(*answers, question["options"]))}
    if judged and has_answer(question) and paired["n"] >= PAIRED_MIN:
        correct = {value for value in {value for answers in changes for value in answers}
                   if score_answer(question, value) == 1}
        paired.update(dict.fromkeys(PAIRS.values(), 0))
        for answers, count in changes.items():
            paired[PAIRS[tuple(value in correct for value in answers)]] += count
    return paired


def list_changes(db, question, judged):
    """How answers have changed since the round before, in words.

    pair_answers and, from PAIRED_MIN on, for its counts of correct and wrong answers their
    `shares`, or without these the most frequent `moves` {"before", "after", "count"}; `more` are
    those who made other ones.
    """
    kind, changes = QUESTION_TYPES[question["type"]], count_changes(db, question)
    paired = pair_answers(question, changes, judged)
    counts = [paired[name] for name in PAIRS.values() if name in paired]
    shares = dict(zip(PAIRS.values(), list_shares(counts, paired["n"], True)))
    moves = {pair: count for pair, count in changes.items()
             if not kind.is_same(*pair, question["options"])}
    values = {value for pair in moves for value in pair
              if value != ABSTENTION and kind.can_count(value, question["options"])}
    if has_answer(question) or paired["n"] < PAIRED_MIN or not kind.are_few(values):
        return dict(paired, shares=shares, moves=[], more=0)
    often = sorted(moves, key=lambda pair: (-moves[pair], pair))[:MOVES_MAX]
    return dict(paired, shares=shares, more=paired["changed"] - sum(map(moves.get, often)),
                moves=[{"before": spell_answer(question, before),
                        "after": spell_answer(question, after), "count": moves[before, after]}
                       for before, after in often])


PAIRED_MIN = 5      # fewer would show who they are
MOVES_MAX = 10      # changes from one answer to another in a list

# {(whether the earlier answer was correct, whether the later one is): the name of the count}.
PAIRS = {(True, True): "right_right", (False, True): "wrong_right",
         (True, False): "right_wrong", (False, False): "wrong_wrong"}


def format_trouble(db):
    """Why nothing can be saved at the moment, for the presenter; "" when saving works."""
    return db.trouble and _("Answers are not being saved. {trouble}. Phones keep them and try "
                            "again.", trouble=db.trouble)


def mark_rows(question, stats, alone=False):
    """The stats, with `right` on each row once the correct answer has been shown, or `alone`."""
    if not (question["answer_shown"] or alone):
        return stats
    kind = QUESTION_TYPES[question["type"]]
    if "previous" in stats:
        stats = dict(stats, previous=mark_rows(question, stats["previous"], alone))
    return dict(stats, results=[dict(row, right=kind.is_correct(row, question["options"]))
                                for row in stats["results"]])


def describe(question):
    """The part of a question's state that results and present messages share."""
    return {"title": question["title"], "title_html": format_text(question["title"]),
            "question_type": question["type"], "round": question["round"],
            "active": bool(question["active"]), "stage": question["stage"],
            "results_shown": bool(question["results_shown"]),
            "answer_shown": bool(question["answer_shown"]), **describe_moment(question)}


def describe_moment(question):
    """The part that results, present and state messages share."""
    return {"discussing": bool(question["discussing"]),
            "remaining_ms": Remaining(question["closes_at"]) if question["closes_at"] else None}


class Remaining:
    """What a countdown still shows, in milliseconds: measured when a message is encoded."""

    def __init__(self, closes_at):
        self.closes_at = closes_at

    def __eq__(self, other):
        return isinstance(other, Remaining) and self.closes_at == other.closes_at

    def __str__(self):
        """What displays show at this moment: 1:05."""
        minutes, seconds = divmod(math.ceil(self.measure() / 1000), 60)
        return f"{minutes}:{seconds:02}"

    def measure(self):
        """The number, at this moment."""
        return max(0, measure_ms(self.closes_at))


def present_message(db, live, session_id, question=None):
    """What the projector shows: its question (or the one given), counters, address, next step.

    `question_id` is null in an empty session; `joining` is true until a question is shown;
    `trouble` says why nothing can be saved at the moment, or is empty. When several open questions
    are projected together, `finished` counts the respondents who answered all of them. `answers`
    {id: count} has the open questions and the projected one, in their current rounds. `first_vote`
    says whether the question's results would spoil a discussion.
    """
    session = get_session(db, session_id)
    question = question or find_projected_question(db, session)
    questions = list_questions(db, session_id)
    together = list_together(db, question)
    active = [other["id"] for other in questions if other["active"]]
    message = {"type": "present", "session_id": session_id, "code": session["code"],
               "name": session["name"], "locked": bool(session["locked"]),
               "address": classroom.address, "devices": sum(classroom.visitors.values()),
               "join_url": join_url(session), "session_active": bool(session["active"]),
               "joining": not session["current_question_id"] and not active,
               "question_id": question and question["id"], "question_count": len(questions),
               "stages": {other["id"]: other["stage"] for other in questions},
               **offer_steps(db, session, question),
               "others_open": sum(id != question["id"] for id in active),
               "trouble": format_trouble(db),
               "finished": count_finished(db, session_id) if together else None,
               **live.count_people(session_id, min(
                   together, key=lambda other: other["opened_at"], default=question))}
    left_out, votes = db.recall(list_left_out, session_id), {}
    message["answers"] = {other["id"]: len(list_answerers(db, other) - left_out)
                          for other in questions
                          if other["active"] and other["id"] != message["question_id"]}
    if question:
        votes = count_votes(db, question)
        message["answers"][question["id"]] = votes["response_count"]
    # What the control page shows besides counters: it is fetched again when this changes.
    shown = [message[name] for name in ("session_active", "locked", "stages", "next", "also",
                                        "question_id")]
    shown += [bool(message["devices"]), bool(message["here"]), question and question["round"],
              question and (question["discussing"], question["closes_at"]),
              bool(votes.get("late")), [other["title"] for other in questions],
              question and format_status(db, question)]
    message["revision"] = hash_token(repr(shown))[:12]
    if question:
        place = question["number"] - 1
        message |= {"question_no": question["number"], **describe(question), **votes,
                    **describe_moment(dict(question, closes_at=find_timer(db, question))),
                    "live": bool(question["live"]), "first_vote": is_first_vote(question),
                    "previous_id": questions[place - 1]["id"] if place else None,
                    "following_id": questions[place + 1]["id"] if questions[place + 1:] else None,
                    "html": view("partials/_projection", **project(
                        db, session, question, together, len(questions)))}
    return message


def project(db, session, question, together, count):
    """What partials/_projection.tpl shows: the question as the class may see it.

    `together` are the questions that are projected together with it, `count` how many there are.
    """
    return {"session": session, "question": question, "together": together, "count": count,
            "status": format_status(db, question),
            "address": shorten_address(classroom.address)}


def format_status(db, question):
    """What is happening with the projected question, in a few words."""
    if question["answer_shown"] and has_answer(question):
        answer = QUESTION_TYPES[question["type"]].name_correct(question["options"])
        percent = share_correct(db, question)
        before = share_correct(db, dict(question, round=question["round"] - 1))
        if percent is None:
            return answer
        if before is None:
            return _("{answer} · {percent} % got it", answer=answer, percent=percent)
        return _("{answer} · from {before} % to {percent} %", answer=answer, before=before,
                 percent=percent)
    if not question["session_active"]:
        return _("The session has ended")
    if question["discussing"]:
        return _("Talk to your neighbour")
    if question["stage"] == "open" and question["results_shown"]:
        return _("Voting is open, results are live")
    return _(STATUS[question["stage"]])


# {stage: what the projector says}.
STATUS = {"draft": "Get ready", "open": "Voting is open", "closed": "Voting is closed",
          "results": "Results", "answer": "Results"}


def state_message(db, live, session_id):
    """The session's state, as the whole audience sees it."""
    session = db.recall(get_session, session_id)
    return {"type": "state", "active": bool(session["active"]), "questions": [
        {"id": question["id"], "round": question["round"], "stage": question["stage"],
         **describe_moment(question), "html": show_asked(question)}
        for question in db.recall(list_for_audience, session_id)]}


def show_asked(question):
    """A question's HTML, the same for every phone."""
    return view("partials/_asked", question=question, answer=[], saved=None,
                results=find_results(question))


def list_mine(db, questions, respondent_id):
    """A respondent's answers as phones get them: those of get_answers, with what to say of each.

    `html` is the receipt, which is the same at every stage; `result` says in words how correct the
    answer is once the correct one has been shown, `verdict` is its one word for that.
    """
    asked, mine = {question["id"]: question for question in questions}, {}
    for id, answer in get_answers(db, questions, respondent_id).items():
        verdict, result = judge_answer(asked[id], answer)
        mine[id] = dict(answer, verdict=verdict, result=result,
                        html=view("partials/_receipt", question=asked[id], saved=answer))
    return mine


def get_own_result(db, session, respondent_id):
    """What a respondent who has finished sees; None for anyone else.

    {"final": names of the rounds whose answers are final, "points", "most": of those which have a
    correct answer, "asked": these as in list_own_answers, "whole": whether they are told}
    """
    finished_at = (find_finished_at(db, session["id"], respondent_id)
                   if db.recall(has_finishers, session["id"]) else None)
    if finished_at is None:
        return None
    own = {"final": [], "points": 0, "most": 0, "asked": [], "whole": True}
    for question, answers in list_own_answers(db, session, respondent_id):
        if not is_final(question, finished_at):
            continue
        own["final"].append(name_round(question))
        if has_answer(question):
            points, most = count_points(question, answers)
            own["points"], own["most"] = own["points"] + points, own["most"] + most
            own["asked"].append((question, answers))
            own["whole"] = own["whole"] and bool(question["answer_shown"])
    return own


def name_round(question):
    """A question's current round, as phones name it: "7:1"."""
    return f"{question['id']}:{question['round']}"


def count_points(question, answers):
    """(points, the most there are) of the own answer in the current round; none if it was late."""
    most = QUESTION_TYPES[question["type"]].points(question["options"])
    value = next((answer["value"] for answer in answers
                  if answer["round"] == question["round"] and answer["late"] != 1), "")
    return round(score_answer(question, value) * most), most


def list_own_answers(db, session, respondent_id):
    """[(question, [answer, ...]), ...]: what was asked, with a respondent's own of all rounds.

    To a respondent who has finished, correct answers count as shown where the session allows that:
    immediately, or once no question is open.
    """
    answers = defaultdict(list)
    for id, answer in list_of_respondent(db, session["id"], respondent_id):
        if answer["value"]:
            answers[id].append(answer)
    asked = [question for question in list_questions(db, session["id"])
             if question["stage"] != "draft"]
    finished_at = find_finished_at(db, session["id"], respondent_id)
    setting = session["settings"]["own_results"]
    final = [question for question in asked if is_final(question, finished_at)]
    if setting == "answers" or setting == "score" and not any(one["active"] for one in asked):
        for question in final:
            question["answer_shown"] = 1
    return [(question, answers[question["id"]]) for question in asked]


def offer_steps(db, session, question):
    """The buttons of the steps: {"next": {"action", "label"} or None, "also": [further ones]}.

    A further one is left out if it does the same as the next step, or a part of an `ask`.
    """
    steps = [{"action": step, "label": label_step(step, question)}
             for step in list_steps(db, session, question)]
    following = steps[0] if steps and session["active"] else {"action": None, "label": None}
    left_out = {"ask", "reveal", "go", "end", *TIMER_STEPS}
    if following["action"] == "ask":
        left_out |= {"begin", "open"}
    if question and is_first_vote(question) and question["stage"] == "closed":
        left_out ^= {"reveal", "show_results"}
    return {"next": following if following["action"] else None,
            "also": [step for step in steps if step["action"] not in left_out
                     and step["label"] != following["label"]]}


def label_step(step, question):
    """The label of a step's button, which says what the step does to the projected question."""
    if step == "ask" and question["stage"] == "draft":
        return _("Start question {number}", number=question["number"])
    if step == "reveal" and question["stage"] == "closed" and is_first_vote(question):
        return _("Skip: show results")
    if step == "reveal" and question["results_shown"]:
        step = "close"
    elif step == "reveal" and question["stage"] == "closed":
        step = "show_results"
    return _("Open again" if step == "open" and question["opened_at"] else STEPS[step])


MESSAGES = {"results": results_message, "present": present_message, "audience": state_message}


class Room:
    """The watchers of one thing, and the newest message about it."""

    def __init__(self):
        self.watchers = set()
        self.dirty = True           # something changed since `content` was made
        self.content = None         # the message, as a dict
        self.frame = None           # the same, encoded
        self.version = self.told = 0
        self.sent_at = 0.0
        self.pause = 0.0            # seconds until the next message, from the last one's CPU time
        self.due_at = self.timer = None
        self.failed = False         # the last message could not be made


class Live:
    """Tracks watchers and notifies them: of a first change immediately, then at intervals."""
    FRESH_SECONDS = 0.25        # an older message with a countdown is encoded again
    SECONDS = {"results": 0.1, "present": 0.1, "audience": 0.25}
    # Least time between present messages when only answers, or only people, have changed. The
    # projector gets the answers from results messages.
    COUNTED_SECONDS, PEOPLE_SECONDS = 0.25, 1.0
    PAUSE, PAUSE_SECONDS = 10, 3    # per CPU time of a message (3 ms for 2,000 votes); maximum
    BEAT_SECONDS = 10
    SOCKETS_EACH = 4                # per respondent; the oldest is closed

    def __init__(self, db):
        self.db = db
        self.epoch = secrets.token_hex(4)       # versions are comparable within one epoch
        self.rooms = {}                         # {(topic, id): Room}
        self.unsaved = {}                       # {(session_id, respondent_id): seen at}
        # For each session: the throttle of new respondents, and ids of those who have passed it,
        # even if that could not be saved.
        self.join_throttles = defaultdict(lambda: AddressThrottle(FREE_ARRIVALS, TOO_MANY_JOIN))
        self.admitted = defaultdict(set)
        self.waiting_to_join = set()                   # ids of respondents waiting in a throttle
        self.stored = {}                        # {session_id: {respondent_id: seen at, as saved}}
        self.addresses = {}                     # {session_id: {respondent_id: address}}
        self.deleted = {}                       # {code: id} of the most recently deleted sessions
        self.sockets, self.sockets_max = 0, 5000    # now; phones beyond the maximum must poll
        self.sockets_most = 0                   # highest since memory was given back
        self.heart = repeat(self._beat, self.BEAT_SECONDS)
        db.tell = self.presenters_changed

    def room(self, topic, id):
        """The room of a topic and id; it is kept, since versions must never decrease."""
        return self.rooms.setdefault((topic, id), Room())

    def changed(self, topic, id, seconds=None):
        """Notify the watchers of a room soon, once for all changes until then."""
        room = self.rooms.get((topic, id))
        if room is None:
            return
        room.dirty = True
        if not room.watchers:
            return
        moment = time.monotonic()
        due_at = max(moment, room.sent_at + max(seconds or self.SECONDS[topic], room.pause))
        if room.due_at is None or due_at < room.due_at:
            if room.timer:
                room.timer.kill(block=False)
            room.due_at = due_at
            room.timer = gevent.spawn_later(due_at - moment, attempt, self._tell, topic, id, room)

    def session_changed(self, session_id):
        """Notify everybody in a session that it or one of its questions has changed."""
        self.changed("audience", session_id)
        self.people_changed(session_id, seconds=None)

    def votes_changed(self, session_id, question_id):
        """Notify watchers of a new answer."""
        self.changed("results", question_id)
        self.changed("present", session_id, self.COUNTED_SECONDS)

    def session_deleted(self, session_id, code):
        """Disconnect and forget everybody in a deleted session; its code is remembered."""
        self.deleted[code] = session_id
        if len(self.deleted) > DELETED_MAX:
            del self.deleted[next(iter(self.deleted))]
        self.changed("audience", session_id)
        self.changed("present", session_id)
        for known in self.stored, self.addresses, self.join_throttles, self.admitted:
            known.pop(session_id, None)

    def presenters_changed(self, seconds=None):
        """Notify presenters of what concerns every session: devices, address, saving."""
        for topic, id in list(self.rooms):
            if topic != "audience":
                self.changed(topic, id, seconds)

    def people_changed(self, session_id, seconds=PEOPLE_SECONDS):
        """Notify a session's presenters, less often, that somebody came or went."""
        self.changed("present", session_id, seconds)
        for question_id in self.db.recall(list_question_ids, session_id):
            self.changed("results", question_id, seconds)

    def seen(self, session_id, respondent_id, address=None, stored_at=None, polls=False):
        """Record that a respondent is active; `stored_at` if the database has it already.

        Of one that newly `polls` presenters are notified here, of others when the socket opens.
        """
        if address:
            self.addresses.setdefault(session_id, {})[respondent_id] = address
        if polls:
            self.people_changed(session_id)
        if stored_at:
            stored = self.stored.setdefault(session_id, {})
            stored[respondent_id] = max(stored_at, stored.get(respondent_id, ""))
        else:
            self.unsaved[session_id, respondent_id] = now()

    def has_stored(self, session_id, respondent_id):
        """Whether a respondent is known to have joined, without querying the database."""
        return respondent_id in self.stored.get(session_id, ())

    def list_here(self, session_id):
        """Ids of respondents who are connected, or were seen in the last half minute."""
        since, stored = time_in(seconds=-ONLINE_SECONDS), self.stored.get(session_id, {})
        return self.list_lately(session_id, since) | {id for id, at in stored.items()
                                                      if at >= since}

    def list_connected(self, session_id):
        """Ids of respondents whose phones hold a socket."""
        room = self.rooms.get(("audience", session_id))
        return {watcher.respondent_id for watcher in room.watchers} if room else set()

    def count_people(self, session_id, question):
        """{"joined", "here", "expected"}: respondents whose votes count.

        `expected` is the 28 of "23 of 28 answered": connected, or seen since the question opened.
        """
        opened_at = question and question["opened_at"]
        here, lately = self.list_here(session_id), self.list_lately(session_id, opened_at)
        joined, seen = count_respondents(self.db, session_id, opened_at)
        left_out = self.db.recall(list_left_out, session_id)
        stored = self.stored.get(session_id, {})
        # Those whose activity is not in the database yet: the others are counted in `seen`.
        unseen = sum(stored.get(id, "") < (opened_at or "~") for id in lately - left_out)
        # While saving fails, some are here whose joining could not be saved.
        return {"joined": joined, "here": min(joined, len(here - left_out)),
                "expected": min(joined, seen + unseen)}

    def list_expected(self, session_id, question):
        """Ids of the `expected` respondents to an opened question."""
        opened_at = question["opened_at"]
        lately = self.list_lately(session_id, opened_at)
        return {person["id"] for person in list_respondents(self.db, session_id)
                if not person["left_out"]
                and (person["id"] in lately or person["last_seen_at"] >= opened_at)}

    def list_lately(self, session_id, since):
        """Ids of respondents who are active, by what the database need not know yet."""
        if not since:
            return self.list_here(session_id)
        return self.list_connected(session_id) | {id for (of, id), at in self.unsaved.items()
                                                  if of == session_id and at >= since}

    def current(self, topic, id):
        """The room, with its newest message up to date."""
        room = self.room(topic, id)
        if room.dirty:
            content = MESSAGES[topic](self.db, self, id)
            room.dirty = False
            if content != room.content:
                room.content = content
                room.version += 1
        return room

    def name_version(self, topic, id):
        """The newest message's version among those of all times, as in pages: "9f2c01aa/7"."""
        return f"{self.epoch}/{self.current(topic, id).version}"

    def encode(self, room, **more):
        """A room's message as JSON."""
        return to_json({**room.content, "epoch": self.epoch, "version": room.version, **more})

    def frame(self, room):
        """A room's newest message as a frame; encoded again if a countdown in it is old."""
        frame = room.frame
        if not frame or frame.version != room.version or time.monotonic() > frame.old_at:
            frame = room.frame = Frame(encode_message(self.encode(room)))
            frame.version, frame.renew = room.version, functools.partial(self.frame, room)
            parts = [room.content, *room.content.get("questions", ())]
            if any(part.get("remaining_ms") for part in parts):
                frame.old_at = time.monotonic() + self.FRESH_SECONDS
        return frame

    def first_state(self, session_id, respondent_id):
        """The state message as JSON, with this respondent's answers, and the result, if any."""
        room = self.current("audience", session_id)
        session = self.db.recall(get_session, session_id)
        asked = self.db.recall(list_for_audience, session_id)
        mine = list_mine(self.db, asked, respondent_id)
        own = get_own_result(self.db, session, respondent_id)
        html = own and {"own": view("partials/_own_result", session=session, own=own)}
        return self.encode(room, mine=mine, **(html or {}))

    def send_answers(self, session_id, respondents):
        """Send some respondents the state with their own answers, which have changed."""
        for watcher in list(self.room("audience", session_id).watchers):
            if watcher.respondent_id in respondents:
                state = attempt(self.first_state, session_id, watcher.respondent_id)
                if state:
                    watcher.show(encode_message(state))
                gevent.sleep(0)     # it may be a whole class

    def reload(self, session_id, respondent_id):
        """Have a respondent's pages load again, if they show a question and nothing is typed.

        They do so for a question that says it is of other settings than the page.
        """
        room = self.current("audience", session_id)
        asked = [dict(question, html=question["html"].replace(
            'data-settings="', 'data-settings="renamed ', 1))
            for question in room.content["questions"]]
        for watcher in list(room.watchers):
            if watcher.respondent_id == respondent_id:
                watcher.show(encode_message(self.encode(room, questions=asked)))

    def check_upgrade(self, respondent_id=None):
        """Raise a Problem unless this request can become a socket, of a respondent if given."""
        # Phones that are refused poll, which leaves room for votes.
        full = respondent_id and self.sockets >= self.sockets_max
        if full and not self.make_room(get_client_address()):
            raise Busy("Too many pages are open at the moment.")
        if not bottle.request.environ.get("classpulse.upgrade"):
            problem = Problem("This address is for WebSockets.")
            problem.status = 426
            raise problem

    def make_room(self, address):
        """Disconnect a phone of the address with by far the most sockets; whether there is one."""
        phones = [(watcher, room) for (topic, _), room in self.rooms.items() if topic == "audience"
                  for watcher in room.watchers]
        counts = Counter(watcher.address for watcher, _ in phones)
        for most, count in counts.most_common(1):
            if count > counts[address] + self.SOCKETS_EACH:
                own = [phone for phone in phones if phone[0].address == most]
                watcher, room = min(own, key=lambda phone: phone[0].since)
                room.watchers.discard(watcher)      # so that the next call picks another
                watcher.close()
                return True
        return False

    def watch(self, topic, id, respondent_id=None, signin=None):
        """Take over the socket of a respondent, or of a presenter with this sign-in's hash."""
        self.check_upgrade(respondent_id)
        line = bottle.request.environ["classpulse.upgrade"]()
        if not line:
            return ""       # disconnected meanwhile
        room = self.room(topic, id)
        watcher = Watcher(*line, respondent_id, signin, get_client_address())
        # In its own greenlet: the request's would keep 15 kB, most of it Bottle's.
        gevent.spawn(self._follow, id, room, watcher)
        self.sockets += 1
        self.sockets_most = max(self.sockets_most, self.sockets)
        own = [other for other in room.watchers if other.respondent_id and
               other.respondent_id == respondent_id]
        for other in sorted(own, key=lambda other: other.since)[:1 - self.SOCKETS_EACH]:
            room.watchers.discard(other)
            other.close()
        room.watchers.add(watcher)      # notified from now on; no yield before its first message
        try:
            room.dirty = room.dirty or topic != "audience"      # who is here depends on the time
            watcher.show(encode_message(self.first_state(id, respondent_id)) if respondent_id
                         else self.frame(self.current(topic, id)))
            if len(room.watchers) == 1:
                room.told = room.version    # no other watcher needs it
        except BaseException:
            watcher.close()
            raise
        if respondent_id:
            self.people_changed(id)
        return ""

    def _follow(self, id, room, watcher):
        """Run a watcher until it disconnects, and update the counts."""
        try:
            watcher.listen()
        finally:
            self.sockets -= 1
            room.watchers.discard(watcher)
            if not (room.watchers or watcher.respondent_id):    # phones may still poll theirs
                room.content, room.frame, room.dirty = {}, None, True       # it has answers
            if watcher.respondent_id:
                self.seen(id, watcher.respondent_id)
                if not self.db.closing:         # else nobody is left to be told
                    self.people_changed(id)

    def _tell(self, topic, id, room):
        room.due_at, room.timer, room.failed = None, None, True
        room.sent_at = time.monotonic()
        read = read_answerers(self.db, id) if topic == "present" else 0
        began = time.thread_time()
        try:
            self.current(topic, id)
            frame = room.version != room.told and self.frame(room)
            took = read + time.thread_time() - began    # the clock would include other programs
            room.pause = min(self.PAUSE_SECONDS, self.PAUSE * took)     # votes come first
        except NotFound:            # deleted: there is nothing left to watch
            del self.rooms[topic, id]
            for watcher in list(room.watchers):
                watcher.close()
            return
        room.failed = False
        if not frame:
            return
        room.told = room.version
        for number, watcher in enumerate(list(room.watchers), start=1):
            watcher.show(frame)
            if number % 50 == 0:
                gevent.sleep(0)     # votes come first
                frame = self.frame(room)

    def check_signins(self):
        """Disconnect presenters who have signed out, or were signed out by another program."""
        for room in list(self.rooms.values()):
            for watcher in list(room.watchers):
                if watcher.signin and not find_signin(self.db, watcher.signin):
                    watcher.close()

    def _beat(self):
        """Beat; tell again what could not be told, and presenters who is here.

        Check for a new address and ended sign-ins; save who was seen, and free memory.
        """
        for (topic, id), room in list(self.rooms.items()):
            for watcher in list(room.watchers):
                attempt(watcher.beat)
            if room.failed:
                self.changed(topic, id)
            gevent.sleep(0)
        self.check_signins()
        address = find_address()
        moved, classroom.address = address != classroom.address, address
        self.presenters_changed(None if moved else self.PEOPLE_SECONDS)
        if moved:
            show_address("\nThis laptop has another address now. Students join at  {address}")
        gevent.spawn(attempt, self._save_seen)  # waiting for the disk would delay the next beat
        if self.sockets < self.sockets_most / 2:
            self.sockets_most = self.sockets
            give_memory_back()

    def _save_seen(self):
        seen = dict(self.unsaved)
        with suppress(NotSaved):        # else they stay
            if seen:
                self.db.write(set_seen, [(at, *who) for who, at in seen.items()])
            for (session_id, id), at in seen.items():
                if self.has_stored(session_id, id):
                    self.stored[session_id][id] = max(at, self.stored[session_id][id])
                if self.unsaved.get((session_id, id)) == at:        # not seen again meanwhile
                    del self.unsaved[session_id, id]

    def close(self):
        """Close all connections; browsers reconnect when the server is back."""
        self.heart.kill()
        for room in self.rooms.values():
            if room.timer:
                room.timer.kill(block=False)
            for watcher in list(room.watchers):
                watcher.close()
        gevent.spawn(self._save_seen)
        gevent.sleep(0)     # now the store has it, and writes it if it need not wait


class Watcher:
    """A connected browser. Only the newest message is ever queued for it."""
    SILENCE_SECONDS = 30        # a live browser answers the ping sent every 10 s
    FRAMES, FRAMES_PER_SECOND = 20, 1

    def __init__(self, sock, stream=None, respondent_id=None, signin=None, address=""):
        self.sock, self.stream, self.address = sock, stream, address
        self.respondent_id, self.signin = respondent_id, signin
        self.since = time.monotonic()
        self.sending = self.waiting = None      # frames: the one being sent, and the next

    busy = property(lambda self: self.sending is not None)

    def show(self, frame):
        """Send a frame without waiting; while an older one is being sent, keep only this one."""
        if self.busy:
            self.waiting = frame
            self._note(progress=False)
        else:
            self._send(frame)

    def beat(self):
        """Show that the server is alive, and ping the browser."""
        if not self.busy:
            self._send(BEAT)

    def close(self):
        """Close the connection; the browser sees code 1001, "going away"."""
        if not self.busy:
            self._send(BYE)
        hang_up(self.sock)

    def _send(self, data):
        try:
            sent = self.sock.send(data, 0, 0.0)     # gevent: don't wait
        except BlockingIOError:
            sent = 0
        except OSError:
            return hang_up(self.sock)
        if sent < len(data):
            self.sending = data
            self._note()
            gevent.spawn(self._catch_up, sent)

    def _catch_up(self, sent):
        try:
            while self.busy:    # up to the socket's timeout, then the connection is dropped
                self.sock.sendall(memoryview(self.sending)[sent:])
                waiting, self.waiting, sent = self.waiting, None, 0
                self.sending = waiting.renew() if isinstance(waiting, Frame) else waiting
                self._note()
        except OSError:
            hang_up(self.sock)
            self.sending = self.waiting = None
            self._note()

    def _note(self, progress=True):
        classroom.unsent.note(self.sock, count_own(self.sending, self.waiting), progress)

    def listen(self):
        """Read pongs until any other frame, a timeout or too many frames; then close."""
        self.sock.settimeout(self.SILENCE_SECONDS)
        frames = 0
        with suppress(OSError):
            while frames < self.FRAMES + (time.monotonic() - self.since) * self.FRAMES_PER_SECOND:
                head = Header.decode_header(self.stream)
                frames += 1
                if not head.mask or head.flags or head.opcode != WebSocket.OPCODE_PONG:
                    break
                if len(self.stream.read(head.length)) < head.length:
                    break
        self.close()
        self.stream.close()
        self.sock.close()


class Shared(bytes):
    """Bytes sent to many connections: in memory only once, however many still wait for them."""


class Frame(Shared):
    """A room's newest message as a frame; `renew` makes it again, with a countdown's time."""
    version, old_at, renew = 0, math.inf, None


def count_own(*pieces):
    """How many of these bytes are in memory for one connection alone."""
    return sum(len(piece) for piece in pieces if piece and not isinstance(piece, Shared))


class Unsent:
    """Bytes held for single connections: requests partly read, responses partly sent."""
    MOST = 8 * 2**20        # beyond it, the connection longest without progress is closed

    def __init__(self):
        self.sizes, self.total = {}, 0      # {socket: bytes}, the longest without progress first

    def note(self, sock, size, progress=True):
        """Record the bytes held for a connection, and whether it made progress; 0 removes it."""
        self.total += size - self.sizes.get(sock, 0)
        if progress or not size:
            self.sizes.pop(sock, None)
        if size:
            self.sizes[sock] = size
        while self.total > self.MOST:
            slowest = next(iter(self.sizes))
            self.note(slowest, 0)
            hang_up(slowest)


def hang_up(sock):
    """Shut a connection down; the greenlet that reads it wakes and cleans up."""
    with suppress(OSError, AttributeError):
        sock._sock.shutdown(socket.SHUT_RDWR)


# ------------------------------------------------------------------------------
# Report
# ------------------------------------------------------------------------------
# A session read as a whole: its questions, the grid of students and questions, and its answers
# beside those of another session. It reads all responses, so it runs in a thread.

GRID_ROWS = 100         # on a page
COMPARED_MAX = 10       # words of two classes that are compared
DIFFERENCE_MIN = 2      # percentage points that are worth a sentence; one may come of rounding
TEXTS_MAX = 200_000     # characters of long texts in a report; a class of 40 writes less


def find_given(db, session, number, question_id):
    """{"name", "number", "question", "answers": those of all its rounds}, or NotFound."""
    joined, question = list_respondents(db, session["id"]), get_question(db, question_id)
    if number > len(joined) or question["session_id"] != session["id"]:
        raise NotFound(NO_RESPONDENT)
    id = joined[number - 1]["id"]
    return {"name": number_names(joined).get(id), "number": number, "question": question,
            "answers": [answer for answered, answer in list_of_respondent(db, session["id"], id)
                        if answered == question_id and answer["value"]]}


def read_report(database, session_id, alone, order, sort, page, student, other_id):
    """What the page shows of a session at one moment; runs in a thread.

    {"report": what sum_up returns, "grid": what read_grid returns, or False, and what
    read_comparison returns}
    """
    with read_snapshot(database) as db:
        session = get_session(db, session_id)
        return {"report": sum_up(db, session_id, alone, order),
                "grid": alone and read_grid(db, session, sort, page, student),
                **read_comparison(db, session, other_id, alone)}


def sum_up(db, session_id, alone, order):
    """What was asked and how it was answered.

    {"joined", "complete": how many of them have answered everything, "asked": [what read_asked
    returns, ...], "average": the mean of its percents, "hardest": one of it; both may be None}
    """
    questions, room = list_once_asked(db, session_id), TEXTS_MAX
    report = {"joined": count_respondents(db, session_id, "")[0], "asked": [],
              "complete": count_complete(db, session_id, questions)}
    for question in questions:
        report["asked"].append(read_asked(db, question, alone, room))
        room -= report["asked"][-1]["size"]
    judged = [one for one in report["asked"] if one["percent"] is not None]
    if order == "hardest":
        report["asked"].sort(key=lambda one: 101 if one["percent"] is None else one["percent"])
    percents = [one["percent"] for one in judged]
    hardest = min(judged, key=lambda one: one["percent"], default=None)
    return dict(report, average=round(statistics.mean(percents)) if percents else None,
                hardest=hardest if percents[1:] and hardest["percent"] < 100 else None)


def read_asked(db, question, alone, room):
    """What the report says of a question, as far as the class has seen it or `alone`.

    {"question": with `answer_shown` if the correct one is told, "stats": None while covered,
    with the round before as `previous`; "earlier": {round: its stats}, "changes", "percent": who
    were correct, "before": who were in the round before, "instead": the row of the most frequent
    wrong answer, "explanation", "hidden": how many texts are not shown, "size": characters of
    long texts, for which there is `room`}
    """
    kind, judged = QUESTION_TYPES[question["type"]], has_answer(question) and (
        alone or question["answer_shown"])
    seen = {"question": dict(question, answer_shown=int(bool(judged))), "stats": None,
            "earlier": {}, "changes": None, "percent": None, "before": None, "instead": None,
            "hidden": 0, "size": 0,
            "explanation": question["explanation"] if alone else find_explanation(question)}
    if is_first_vote_running(question) or not (alone or question["results_shown"]):
        return seen
    counts, compared = count_answers(db, question), question["round"] > 1 and not kind.is_text
    last = dict(question, round=question["round"] - 1)
    seen["stats"] = mark_rows(question, show_counts(
        question, counts, count_answers(db, last) if compared else None), judged)
    for round in range(question["round"] - (2 if compared else 1), 0, -1):
        seen["earlier"][round] = get_question_stats(db, question["id"], round)
    shown = kind.show(counts["values"], counts["hidden"])
    seen["hidden"] = len(counts["values"]) - len(shown)
    if kind.NEWEST:
        rows = kind.count(shown, question["options"])
        sizes = itertools.accumulate(len(row["label"]) for row in rows)
        whole = [row for row, size in zip(rows, sizes) if size <= room]     # none is cut
        seen["stats"] |= {"results": whole, "more": len(rows) - len(whole) + counts["unread"]}
        seen["size"] = sum(len(row["label"]) for row in whole)
    if compared:
        seen["changes"] = list_changes(db, question, judged)
    if judged:
        seen["percent"] = measure_correct(db, question)
        seen["before"] = measure_correct(db, last) if compared else None
        seen["instead"] = find_instead(question, seen["stats"], shown)
    return seen


def find_instead(question, stats, values):
    """The row of the most frequent wrong answer or None; words and numbers were given twice.

    Numbers are not told by their bins, in which there may be correct ones, too.
    """
    kind, options = QUESTION_TYPES[question["type"]], question["options"]
    rows = ([dict(row, right=kind.is_correct(row, options))
             for row in kind.entries(values, options)] if kind.is_number else stats["results"])
    most = max((row for row in rows if not row["right"]), key=lambda row: row["count"],
               default=None)
    return most if most and most["count"] > (0 if kind.tiles else 1) else None


def read_grid(db, session, sort, page, student):
    """A page of the table of students and questions.

    {"questions", "rows": those of list_joined with "points" and "answers": {question_id: (value,
    late)}; "totals": {question_id: {"answers", "points"}}, "most": points there are, "mean": of
    all students, "count": how many they are, "page", "pages"}. It is `page`, by default the one
    with the `student` of that place.
    """
    questions, totals = list_once_asked(db, session["id"]), list_totals(db, session["id"])
    marks = list_marks(db, session)
    people = [dict(person, points=marks[person["id"]]["score"] or 0)
              for person in list_joined(db, session["id"])]
    if sort == "points":
        people.sort(key=lambda person: -person["points"])
    place = next((place for place, person in enumerate(people)
                  if person["place"] == student), 0)
    pages = max(1, -(-len(people) // GRID_ROWS))
    page = min(page or place // GRID_ROWS + 1, pages)
    rows = people[(page - 1) * GRID_ROWS:page * GRID_ROWS]
    answers = list_last_answers(db, session["id"], [person["id"] for person in rows])
    return {"questions": questions, "most": count_scored(questions), "count": len(people),
            "totals": {question["id"]: totals.get(question["id"], {"answers": 0, "points": 0.0})
                       for question in questions}, "page": page, "pages": pages,
            "mean": sum(person["points"] for person in people) / max(len(people), 1),
            "rows": [dict(person, answers=answers[person["id"]]) for person in rows]}


def read_comparison(db, session, other_id, alone):
    """What pages show of a session beside another one.

    {"others": what list_comparable returns; "comparison": what compare_sessions returns, if there
    is an `other_id`, else None, as it is if they have nothing in common: "problem" then says so}.
    NotFound if the other one is another presenter's.
    """
    comparison, problem = None, None
    if other_id == session["id"]:
        problem = Sentence("A session can't be compared with itself. Choose another one.")
    elif other_id:
        other = get_own_session(db, session["user_id"], other_id)
        comparison = compare_sessions(db, session, other, alone)
        if not comparison["questions"]:
            comparison, problem = None, Sentence(
                "{name} has no question in common with this session. Choose another one.",
                name=other["name"])
    return {"others": list_comparable(db, session), "comparison": comparison, "problem": problem}


def compare_sessions(db, session, other, alone):
    """The answers of two sessions to the questions that they have in common.

    {"session", "other", "questions": {id of one of the session's: what compare_questions
    returns}, "unpaired", "missing": questions of the session and of the other that have no
    counterpart, of the other without `alone` only those that were asked; "percents": the mean
    shares of correct answers of both, or None}.
    """
    questions, others = list_questions(db, session["id"]), list_questions(db, other["id"])
    pairs = pair_questions(questions, others, list_lines(db, session["id"], other["id"]))
    compared = {question["id"]: compare_questions(db, question, pairs[question["id"]], alone,
                                                  other["name"])
                for question in yield_to_loop(questions) if question["id"] in pairs}
    paired = {question["id"] for question in pairs.values()}
    percents = [[side["percent"] for side in one["sides"]] for one in compared.values()
                if None not in (side["percent"] for side in one["sides"])]
    return {"session": session, "other": other, "questions": compared,
            "unpaired": [one for one in questions if one["id"] not in pairs],
            "missing": [one for one in others
                        if one["id"] not in paired and (alone or was_asked(one))],
            "percents": [round(statistics.mean(side)) for side in zip(*percents)] or None}


def pair_questions(questions, others, origins):
    """{id of a question: the one of `others` that asks the same}, each in one pair at most.

    First those that come from one question, through the newest that they have in common; then
    those that say the same. The other way round it gives the same pairs.
    """
    def index(some):
        """{what two questions of a pair share: [(how far it is away, place, question), ...]}."""
        shared = defaultdict(list)
        for question in some:
            kind, options = QUESTION_TYPES[question["type"]], question["options"]
            for steps, origin in enumerate(trace(origins, question["id"])):
                key = (-origin, kind.type, kind.scale(options))
                shared[key].append((steps, question["number"], question))
            key = (1, kind.type, normalize(question["title"]), kind.wording(options))
            shared[key].append((0, question["number"], question))
        return shared

    pairs, taken, own, there = {}, set(), index(questions), index(others)
    for key in sorted(own.keys() & there.keys(), key=lambda key: key[0]):
        free = ((one for *_place, one in sorted(some[key], key=lambda found: found[:2])
                 if one["id"] not in taken) for some in (own, there))
        for question, other in list(zip(*free)):
            # One comes from the other, but may have been edited since.
            if (normalize(question["title"]) == normalize(other["title"])
                    or QUESTION_TYPES[question["type"]].is_alike(question["options"],
                                                                 other["options"])):
                pairs[question["id"]] = other
                taken |= {question["id"], other["id"]}
    return pairs


def compare_questions(db, question, other, alone, name):
    """What two classes answered to a question, each in the last round with answers.

    If one had more rounds, it is the first: a second vote would stand beside the other's only one.
    `name` is the other session's.

    {"other": the question there, "covered": why nothing is shown, or None; "rows": [{"row", "own",
    "there": its rows or None, "letter": its letter there, "difference": in points}, ...],
    "figures": [(label, own, there), ...], "said": the main differences as sentences, "rounds":
    how many each had, "sides": [{"question", "round", "total", "abstained", "percent": of correct
    answers, or None}, ...]}.
    """
    kind = QUESTION_TYPES[question["type"]]
    found = [find_rounds(db, one) for one in (question, other)]
    rounds = [last - first + 1 for first, last in found]
    pair = [dict(one, round=last if rounds[0] == rounds[1] else first)
            for one, (first, last) in zip((question, other), found)]
    counts = [count_answers(db, one) for one in pair]
    judged = alone or question["answer_shown"] and other["answer_shown"]
    sides = [{"question": one, "round": one["round"], "abstained": counted["abstained"],
              "total": 0, "percent": None} for one, counted in zip(pair, counts)]
    compared = {"other": other, "sides": sides, "rounds": rounds,
                "rows": [], "figures": [], "said": [],
                "covered": find_cover(question, alone) or find_cover(other, alone)}
    if compared["covered"]:
        return compared
    options, keys = kind.align(question["options"], other["options"])
    translated = {value: kind.translate(value, keys) for value in {*counts[1]["values"]}}
    counts[1] = dict(counts[1], values=[*map(translated.get, counts[1]["values"])], tallies={
        keys.get(key, key): count for key, count in counts[1]["tallies"].items()})
    stats = mark_rows(dict(question, answer_shown=judged),
                      show_counts(dict(question, options=options), *counts))
    both = stats, stats["previous"]
    for side, counted in zip(sides, both):
        side["total"] = counted["total"]
        if judged and has_answer(side["question"]):
            side["percent"] = measure_correct(db, side["question"])
    compared["figures"] = [(name, stats[name], stats["previous"][name]) for name in FIGURES
                           if None not in (stats.get(name), stats["previous"].get(name))]
    if not kind.NEWEST:         # those are texts that hardly two people have in common
        compared["rows"] = list_compared_rows(kind, both, {own: key for key, own in keys.items()})
    if all(side["total"] for side in sides):
        compared["said"] = list(list_differences(question, compared, name))
    return compared


FIGURES = {"median": "Median", "average": "Mean"}       # {name in stats: label}


def find_cover(question, alone):
    """Why the class may not see a question's results, as a sentence; None if it may."""
    if is_first_vote_running(question):
        return Sentence("The first vote is running. Its results appear when you close it.")
    if alone or question["results_shown"] or question["stage"] == "draft":
        return None
    return Sentence("The answers are covered.")


def list_compared_rows(kind, both, letters):
    """The `rows` of compare_questions, from the stats of both classes.

    `letters` is {key of an option: its letter there}. Of words only the most frequent are listed.
    A class without answers has no shares: 0 % would be what all of it did not choose.
    """
    own, there = ({row["key"]: row for row in stats["results"]} for stats in both)
    rows = []
    for key in dict.fromkeys([*own, *there]):
        pair = [own.get(key), there.get(key)]
        values = [None if not stats["total"] else row.get("mean_rank", row["percent"]) if row
                  else None if stats["more"] else 0 for row, stats in zip(pair, both)]
        is_option = key in letters and not key.startswith(ONLY_THERE)
        rows.append({"row": pair[0] or pair[1], "letter": key if is_option else "",
                     "letter_there": letters.get(key, ""), "values": values,
                     "counts": [row["count"] if row else 0 for row in pair], "difference":
                     None if None in values else round(values[0] - values[1], 2)})
    if kind.is_text:
        rows = sorted(rows, key=lambda row: -sum(filter(None, row["values"])))[:COMPARED_MAX]
    return rows


def list_differences(question, compared, name):
    """Yield the main differences between two classes, the other one's `name`, as sentences."""
    kind, rows = QUESTION_TYPES[question["type"]], compared["rows"]
    own, there = (side["percent"] for side in compared["sides"])
    if None not in (own, there) and abs(own - there) >= DIFFERENCE_MIN:
        yield say_difference("correct", own - there, name=name)
        rows = [row for row in rows if not row["row"].get("right")]
    moved = [(name, own - there) for name, own, there in compared["figures"] if own != there]
    if moved:
        yield say_difference(*moved[0])
    rows = [row for row in rows if row["difference"] and not kind.is_number]
    largest = max(rows, key=lambda row: abs(row["difference"]), default=None)
    if largest and "mean_rank" in largest["row"]:
        moved = -largest["difference"]
        yield say_difference("place" if abs(moved) == 1 else "places", moved,
                             answer=spell_row(question, largest))
    elif largest and abs(largest["difference"]) >= DIFFERENCE_MIN:
        yield say_difference("wrote" if kind.is_text else "chose", largest["difference"],
                             answer=spell_row(question, largest))


def say_difference(kind, difference, **values):
    """The sentence of DIFFERENCES that says by how much more or less there is here."""
    more, less = DIFFERENCES[kind]
    return Sentence(more if difference > 0 else less, **values,
                    by=show_number(f"{abs(difference):.4g}"))


DIFFERENCES = {
    "correct": ("Correct: {by} percentage points higher than in {name}",
                "Correct: {by} percentage points lower than in {name}"),
    "median": ("Median: {by} higher", "Median: {by} lower"),
    "average": ("Mean: {by} higher", "Mean: {by} lower"),
    "place": ("{answer}: {by} place higher", "{answer}: {by} place lower"),
    "places": ("{answer}: {by} places higher", "{answer}: {by} places lower"),
    "chose": ("{answer} chosen: {by} points higher", "{answer} chosen: {by} points lower"),
    "wrote": ("{answer} written: {by} points higher", "{answer} written: {by} points lower")}


def spell_row(question, row):
    """A compared row in a sentence: a short option and its letter, the letter, or its text."""
    letter = row["letter"]
    if letter:
        text = spell_answer(question, letter).removeprefix(f"{letter}, ")
        return Sentence("{text} ({letter})", text=text, letter=letter) \
            if letter != text and len(text) <= Choice.SPELLED_MAX else letter
    return Sentence("“{text}”", text=cut_text(row["row"]["label"], Choice.SPELLED_MAX))


# ------------------------------------------------------------------------------
# Exports
# ------------------------------------------------------------------------------
# Answers as files in the data folder's `exports`; those of the `automatic` shapes are written and
# updated without being asked for. A shape of file is a function that yields rows, the header
# first, and one line in SHAPES; its columns stand in the README, and new ones go at the end. In a
# row, people's texts are `str`, which the writers guard, and what is ours is `Bare` or a number.

class Exports:
    """Writes files in a thread, each over its own database connection."""
    QUIET_SECONDS, BUSY_SECONDS = 5, 60     # after the last vote; at most while votes come in

    def __init__(self, db, folder, delimiter):
        self.db, self.folder, self.usual = db, folder / "exports", delimiter
        self.database = folder / "classpulse.db"
        self.due = {}                       # {session_id: [when quiet, at the latest, if_any]}
        self.gone = set()                   # ids of deleted questions, whose files will be deleted
        self.pool = ThreadPool(1)
        self.bell = Event()
        gevent.spawn(attempt, self._clean_up_at_start)
        self.greenlet = repeat(self._write_all_due, 1, self.bell)

    def get_delimiter(self, user_id):
        """The delimiter of a user's CSV files: the one that was chosen, or the usual one."""
        return CSV_DELIMITERS.get(get_csv_delimiter(self.db, user_id), self.usual)

    def wanted(self, session_id, at_once=False, if_any=False):
        """Schedule writing a session's files, or those it has `if_any`, after a pause or now."""
        moment = time.monotonic()
        due = self.due.setdefault(session_id, [math.inf, moment + self.BUSY_SECONDS, True])
        is_now = at_once or due[0] <= moment
        due[0] = moment if is_now else moment + self.QUIET_SECONDS
        due[2] &= if_any
        if at_once:
            self.bell.set()

    def refresh(self):
        """Schedule every file that is missing or older than what it holds."""
        for session_id in run_in_thread(self.pool, self._list_outdated):
            self.wanted(session_id, at_once=True)

    def _list_outdated(self):
        """Ids of those sessions; runs in a thread, because it reads all responses."""
        with closing(connect(self.database)) as db:
            sessions = list_sessions(db)
        names = {}                          # one listing for all sessions, by code
        for name in self.list_names():
            names.setdefault("".join(name.split("_")[1:2]), []).append(name)
        return [session["id"] for session in yield_to_loop(sessions)
                if attempt(self._is_outdated, session, names.get(session["code"], []))]

    def _is_outdated(self, session, names):
        return session["answered_at"] and any(
            path is None or path.stat().st_mtime < to_local(session["answered_at"]).timestamp()
            for path in (self.find_file(session, shape=name, names=names)
                         for name, shape in SHAPES.items() if shape.automatic))

    def write(self, session_id, question_id=None, shape="long"):
        """The path of a session's or one question's file, newly written."""
        return run_in_thread(self.pool, export_to_file, self.database, self.folder,
                             self.usual, session_id, question_id, shape)

    def find_file(self, session, question_id=None, shape="long", names=None):
        """The path of the newest file of a session, or of one question, or None."""
        found = [path for which, path in self.list_files(session, names)
                 if which == (question_id, shape)]
        return max(found, key=lambda path: path.stat().st_mtime, default=None)

    def list_files(self, session, names=None):
        """[((a question's id, or None for the whole session; shape), path), ...] of its files.

        Only files written here, under the session's current or earlier names; anything else in the
        folder is the teacher's. `names` are the file names to search, by default all.
        """
        if names is None:
            names = self.list_names()
        shapes = {shape.end: name for name, shape in SHAPES.items()}
        return sorted((((int(end[1]) if end[1] else None, shapes[end[2] + end[3]]),
                        self.folder / name)
                       for stem in {name_files(session), *session["file_stems"]}
                       for name in names if name.startswith(stem)
                       and (end := FILE_END.fullmatch(name, len(stem)))
                       and end[2] + end[3] in shapes), key=str)

    def list_names(self):
        """Names of all files in the folder; none, with a line in the log, if it can't be read."""
        try:
            return os.listdir(self.folder)
        except OSError as problem:
            log_error("The folder of CSV files can't be read: {problem}", problem=repr(problem))
            return []

    def delete(self, session):
        """Delete a session's files; the names of those that could not be deleted."""
        self.due.pop(session["id"], None)
        stems = {name_files(session), *session["file_stems"]}
        parts = (self.folder.glob(f"{stem}_*.part") for stem in stems)      # left by a crash
        return run_in_thread(self.pool, lambda: delete_files(       # after any write in progress
            [*itertools.chain(*parts), *(path for _, path in self.list_files(session))]))

    @contextmanager
    def renewing(self, session):
        """Around a change that no file may miss: a session's files are deleted, then written.

        Gives a list that has, at the end, the names of those that could not be deleted.
        """
        left, had_any = [], run_in_thread(self.pool, self.list_files, session)
        self.delete(session)        # before it as well: after a crash, what is missing is written
        try:
            yield left
            left += self.delete(session)
        finally:
            if had_any:
                self.wanted(session["id"], at_once=True)

    def close(self):
        """Write what is due, and stop."""
        self.greenlet.kill()
        for session_id in list(self.due):
            self._write_due(session_id)
        self.pool.kill()

    def _clean_up_at_start(self):
        """At the start, write files that are out of date, and delete what a crash left behind."""
        self.refresh()
        parts = (self.folder.glob(f"*{Path(shape.end).stem}*.part") for shape in SHAPES.values())
        for part in itertools.chain(*parts):
            if time.time() - part.stat().st_mtime > 3600:   # else `export` may be writing it
                part.unlink(missing_ok=True)

    def _write_all_due(self):
        moment = time.monotonic()
        for session_id in [id for id, due in self.due.items() if min(due[:2]) <= moment]:
            self._write_due(session_id)

    def _write_due(self, session_id):
        """Write a session's automatic files, and the others that were requested before.

        If votes come in meanwhile, only the first, unless it is the latest time: the others follow
        when it is quiet again. To write all slowed down the votes for the next question.
        """
        if session_id not in self.due:
            return                  # deleted while others were being written
        _quiet, latest, if_any = self.due.pop(session_id)
        try:
            session = get_session(self.db, session_id)
            files = run_in_thread(self.pool, self.list_files, session)      # among thousands
            if if_any and not files:
                return
            ids = {None, *list_question_ids(self.db, session_id)}
            shapes = [name for name in SHAPES if not find_obstacle(self.db, session, name)]
            written = [*dict.fromkeys(
                [(None, name) for name in shapes if SHAPES[name].automatic]
                + [which for which, _ in files if which[0] in ids and which[1] in shapes])]
            for place, (question_id, shape) in enumerate(written):
                if place and session_id in self.due and time.monotonic() < latest:
                    due = self.due[session_id]
                    due[1:] = [min(due[1], latest), due[2] and if_any]
                    return
                with suppress(Invalid):     # since then the session has no file of this shape
                    self.write(session_id, question_id, shape)
            # Files of earlier names and of deleted questions go once the new ones are there; those
            # of grade books, once the session has none.
            today = self.list_files(dict(session, file_stems=[]), [path.name for _, path in files])
            delete_files(path for which, path in files
                         if which[0] in self.gone or which[1] not in shapes
                         or which in written and (which, path) not in today)
        except NotFound:
            pass                    # deleted meanwhile
        except BaseException as problem:        # whatever the error, the next file must be written
            self.wanted(session_id, if_any=if_any)
            if not isinstance(problem, Exception):      # stopped: `close` writes it
                raise
            log_error("The CSV file was not written: {problem}", problem=repr(problem))


def run_in_thread(pool, function, *args):
    """What a function returns or raises, run in a pool's thread while the loop serves others."""
    def run():
        try:
            return function(*args), None
        except Exception as problem:    # if raised there, gevent would print it as well
            return None, problem
    value, problem = pool.apply(run)
    if problem:
        raise problem
    return value


def export_to_file(database, folder, usual, session_id, question_id=None, shape="long"):
    """The path of a newly written file, which appears only once it is complete.

    Its delimiter is the `usual` one unless the session's owner chose another. Raises Invalid if
    the session has no file of this shape.
    """
    with read_snapshot(database) as db:
        session = get_session(db, session_id)
        if obstacle := find_obstacle(db, session, shape):
            raise Invalid(obstacle, "shape")
        path = folder / name_file(session, question_id, SHAPES[shape].end)
        folder.mkdir(mode=0o700, exist_ok=True)         # it may have been removed
        asked = [question_id] if question_id else []
        sheets = {name: yield_to_loop(list_rows(db, session, *asked))
                  for name, list_rows in SHAPES[shape].sheets.items()}
        with temporary_file(path) as part:
            if path.suffix == ".csv":
                [rows] = sheets.values()
                chosen = get_csv_delimiter(db, session["user_id"])
                write_csv(part, rows, CSV_DELIMITERS.get(chosen, usual))
            else:
                write_workbook(part, sheets)
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            return replace_file(part, path)


@contextmanager
def temporary_file(path):
    """A temporary file in the folder of `path`, to write and rename; deleted if not renamed."""
    handle, name = tempfile.mkstemp(prefix=path.stem, suffix=".part", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def replace_file(part, path):
    """The path written: `path`, or a numbered sibling if it is locked (Excel on Windows)."""
    for number in range(1, 100):
        target = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        try:
            os.replace(part, target)
        except PermissionError:
            if number == 99:
                raise
            continue
        if number > 1:
            log_error("{name} is open in another program; {other} was written instead.",
                      name=path.name, other=target.name)
        return target


def name_files(session):
    """2026-03-04_482913_biology-101: the stem of a session's file names, ASCII and stable."""
    letters = unicodedata.normalize("NFKD", session["name"]).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")[:60].strip("-")
    parts = [to_local(session["created_at"]).date().isoformat(), session["code"], slug]
    return "_".join(filter(None, parts))


def name_file(session, question_id, end):
    """2026-03-04_482913_biology-101_q17_long.csv: with a question's id, if any, which stays."""
    return name_files(session) + (f"_q{question_id}" if question_id else "") + end


# What follows name_files in a file name; with a number if the file itself was locked.
FILE_END = re.compile(r"(?:_q(\d+))?(_[a-z]+)(?:-\d+)?(\.[a-z]+)", re.ASCII)


def delete_files(paths):
    """Delete files; the names of those that could not be deleted."""
    kept = []
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError:             # open in Excel on Windows
            kept.append(path.name)
    return kept


class Bare(str):
    """The text of a cell that is a number's, or our own: no writer guards it."""


CELLS_KEPT = 200        # most texts are repeated; some are of 15 kB


def write_csv(path, rows, delimiter):
    """Write rows as CSV: UTF-8 with a byte-order mark, by which Excel recognizes it."""
    guard = functools.lru_cache(CELLS_KEPT)(guard_cell)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(
            [guard(cell) if type(cell) is str else cell for cell in row] for row in rows)


def write_workbook(path, sheets):
    """Write {name of a sheet: its rows} as .xlsx, row by row; texts are typed, so no formulas."""
    import zipfile                          # as in read_sheet
    paths = [f"xl/worksheets/sheet{number}.xml" for number, _ in enumerate(sheets, start=1)]
    listed = "".join(f'<sheet name="{name}" sheetId="{number}" r:id="sheet{number}"/>'
                     for number, name in enumerate(sheets, start=1))
    parts = {
        "[Content_Types].xml":
            f'<Types xmlns="{OPEN_XML}/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{SHEET_TYPE}.styles+xml"/>'
            + "".join(f'<Override PartName="/{part}" ContentType="{SHEET_TYPE}.worksheet+xml"/>'
                      for part in paths) + "</Types>",
        "_rels/.rels": link_parts({"book": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml":
            f'<workbook xmlns="{OPEN_XML}/spreadsheetml/2006/main" '
            f'xmlns:r="{OPEN_XML}/officeDocument/2006/relationships">'
            f"<bookViews><workbookView/></bookViews><sheets>{listed}</sheets></workbook>",
        "xl/styles.xml": BOLD_IS_1,
        "xl/_rels/workbook.xml.rels": link_parts(
            {"styles": ("styles", "/xl/styles.xml"), **{
                f"sheet{number}": ("worksheet", "/" + part)
                for number, part in enumerate(paths, start=1)}})}
    show = functools.lru_cache(CELLS_KEPT, typed=True)(show_cell)
    # Compressed lightly: more takes twice as long for a file that is hardly smaller.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in parts.items():
            book.writestr(name, XML + content)
        for part, rows in zip(paths, sheets.values()):
            with io.TextIOWrapper(book.open(part, "w"), "utf-8", newline="") as sheet:
                sheet.write(f'{XML}<worksheet xmlns="{OPEN_XML}/spreadsheetml/2006/main">'
                            + open_rows(next(rows), show))
                sheet.writelines(f"<row>{''.join(map(show, row))}</row>" for row in rows)
                sheet.write("</sheetData></worksheet>")


def open_rows(names, show):
    """The beginning of a sheet: how wide its columns are, and their names, which stay in sight."""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{30 if name.endswith(LONG) else 16}" '
        f'customWidth="1" hidden="{int(name == "respondent_id")}"/>'
        for number, name in enumerate(names, start=1))
    cells = "".join(map(show, names)).replace("<c ", '<c s="1" ')
    return ('<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
            'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f"<cols>{columns}</cols><sheetData><row>{cells}</row>")


LONG = ("_text", "answer", "_name")     # ends of names of columns that hold people's words
XML = '<?xml version="1.0" encoding="UTF-8"?>'
OPEN_XML = "http://schemas.openxmlformats.org"
BOLD_IS_1 = (       # Excel wants a part of each kind
    f'<styleSheet xmlns="{OPEN_XML}/spreadsheetml/2006/main"><fonts count="2">'
    '<font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>")
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def link_parts(targets):
    """The part of a workbook that links to others: {id: (type, path)}."""
    return f'<Relationships xmlns="{OPEN_XML}/package/2006/relationships">' + "".join(
        f'<Relationship Id="{id}" Type="{OPEN_XML}/officeDocument/2006/relationships/{type}" '
        f'Target="{target}"/>' for id, (type, target) in targets.items()) + "</Relationships>"


def show_cell(value):
    """A cell of a workbook: a number, or a text without the characters that XML forbids."""
    if value == "":
        return "<c/>"
    if not isinstance(value, str) or type(value) is Bare and CELL_NUMBER.fullmatch(value):
        return f"<c><v>{value}</v></c>"
    # Excel reads _x003D_ as "=", unless its first character is itself written like that.
    value = bottle.html_escape(LIKE_CODE.sub("_x005F_", FORBIDDEN.sub("", value)[:CELL_MAX]))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


CELL_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", re.ASCII)
LIKE_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CELL_MAX = 32_767       # characters that Excel takes

LONG_COLUMNS = ("session_code session_name question_no question_id question_type question_text "
                "round respondent_id respondent_name answer answer_keys correct score late "
                "changes answered_at answer_count").split()


def list_answer_rows(db, session, question_id=None):
    """Yield the rows of the long file, as they are read: one per response, then raised hands."""
    questions = {question["id"]: question for question in list_questions(db, session["id"])}
    asked = {id: [session["code"], session["name"], question["number"], id, question["type"],
                  plain_text(question["title"])] for id, question in questions.items()}
    describe = describe_answers(questions)
    names = number_names(yield_to_loop(list_respondents(db, session["id"])))
    yield LONG_COLUMNS
    for id, round, respondent, value, late, changes, at, count, *_order in list_responses(
            db, session["id"], question_id):
        answer, keys, score = describe(id, value)
        # Who raised a hand for one of several options may have raised it for others, too.
        if not respondent and not QUESTION_TYPES[questions[id]["type"]].one_each:
            score = None
        yield [*asked[id], round, Bare(respondent), names.get(respondent, ""), answer, keys,
               "" if score is None else int(score == 1), round_points(score), late, changes,
               format_moment(at), count]


def describe_answers(questions):
    """A function of an id in {id: question} and an answer: (words, keys, score or None)."""
    @functools.lru_cache(maxsize=1000)      # most of 100,000 answers are repeated
    def describe(id, value):
        kind, options = QUESTION_TYPES[questions[id]["type"]], questions[id]["options"]
        score = score_answer(questions[id], value)
        if value == ABSTENTION:
            return "", Bare(ABSTENTION), score
        answer = kind.say(value, options)
        return Bare(answer) if kind.is_number else answer, Bare(kind.keys(value)), score
    return describe


def round_points(score):
    """A score or None as a cell: with at most four decimals, without any where it is whole."""
    if score is None:
        return ""
    return int(score) if score == int(score) else round(score, 4)


def format_moment(moment):
    """A stored time as a cell: 2026-03-04T10:42:07+01:00; empty for anything else."""
    return Bare(to_local(moment).isoformat(timespec="seconds")) if read_moment(moment) else ""


WIDE_COLUMNS = ("respondent_id respondent_name joined_at answered_count question_count score "
                "max_score percent").split()


def list_student_rows(db, session):
    """Yield the rows of the wide file: one per respondent, with two columns per round."""
    questions = {question["id"]: question for question in list_once_asked(db, session["id"])}
    describe, people = describe_answers(questions), list_joined(db, session["id"])
    marks = list_marks(db, session)
    rounds = {(id, round): f"q{question['number']}" + f"_r{round}" * (question["round"] > 1)
              for id, question in questions.items() for round in range(1, question["round"] + 1)}
    identifiers = [*count_identified(db, session)]
    yield [*WIDE_COLUMNS, *(f"{name}_{what}" for name in rounds.values()
                            for what in ("answer", "score")),
           *(f"respondent_{name}" for name in identifiers)]
    for person in people:
        answers = {(id, answer["round"]): answer["value"]
                   for id, answer in list_of_respondent(db, session["id"], person["id"])
                   if answer["value"] and answer["late"] != 1}
        cells, mark = [], marks[person["id"]]
        for round in rounds:
            answer, keys, points = describe(round[0], answers[round]) if round in answers else (
                "", "", None)
            words = keys if keys == ABSTENTION else put_on_one_line(answer)
            cells += [words, round_points(points)]
        yield [Bare(person["id"]), person["shown"], format_moment(person["joined_at"]),
               mark["answered"], len(questions), round_points(mark["score"]), mark["most"] or "",
               "" if mark["percent"] is None else mark["percent"], *cells,
               *(person[name] or "" for name in identifiers)]


def put_on_one_line(text):
    """A cell's text with a slash for each line break."""
    return type(text)(text.replace("\n", " / "))


SUMMARY_COLUMNS = ("question_no question_text round option_key option_text is_correct count "
                   "percent n_answered n_joined").split()


def list_option_rows(db, session):
    """Yield the rows of the summary: one per option, different text, number or bin, and round."""
    joined, _here = count_respondents(db, session["id"], "")
    yield SUMMARY_COLUMNS
    for question in list_once_asked(db, session["id"]):
        kind, options = QUESTION_TYPES[question["type"]], question["options"]
        for round in range(1, question["round"] + 1):
            counts = count_answers(db, dict(question, round=round), whole=True)
            total, none = count_total(kind, counts), counts["abstained"]
            values = [*counts["values"], *Counter(counts["tallies"]).elements()]
            rows = [(show_number_cell(kind.keys(row["key"])), show_row(kind, row),
                     int(kind.is_correct(row, options)), row["count"],
                     round_percent(row["count"], total))
                    for row in kind.count_distinct(values, options)]
            for key, text, is_correct, count, percent in rows + (
                    [(Bare(ABSTENTION), "", 0, none, "")] if none else []):
                yield [question["number"], put_on_one_line(plain_text(question["title"])), round,
                       key, text, is_correct if has_answer(question) else "", count, percent,
                       total + none, joined]


def round_percent(part, whole):
    """A part in percent of the whole, with one decimal; empty without a whole."""
    return round(100 * part / whole, 1) if whole else ""


def show_row(kind, row):
    """The text of a row of results as a cell; what teachers write is without its marks."""
    text = put_on_one_line(plain_text(row["label"]) if "letter" in row else row["label"])
    return show_number_cell(text) if kind.is_number else text


def show_number_cell(text):
    """A text as a cell, which no writer guards if it is a number."""
    return Bare(text) if CELL_NUMBER.fullmatch(text) else text


# Grade books: a file for another program, which finds each student by an identifier.

def find_obstacle(db, session, shape):
    """Why a session has no file of a shape; None if it has."""
    needs = SHAPES[shape].needs
    if not needs:
        return None
    identified = count_identified(db, session)
    if not identified:
        return ("Moodle and Canvas files need a student number, an e-mail address or a login. The "
                "session's settings say what students are asked for.")
    if not {*needs} & {*identified}:
        return ("Nobody in this session has what this grade book finds students by. Canvas needs "
                "a student number or a login.")
    if not count_scored(list_once_asked(db, session["id"])):
        return "There are no marks yet, because no question that was asked has a correct answer."
    return None


def list_moodle_rows(db, session):
    """Yield the rows of a file for Moodle's grade book: an identifier, and percent."""
    fields = [field] = list_fields(db, session, SHAPES["moodle"])
    yield [{"email": "email", "number": "idnumber", "login": "username"}[field], session["name"]]
    for person, mark in list_graded(db, session, fields):
        yield [person[field], mark["percent"]]


def list_canvas_rows(db, session):
    """Yield the rows of a file for Canvas' grade book: who it is, and points."""
    most = count_scored(list_once_asked(db, session["id"]))
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", session["name"]]
    yield ["Points Possible", "", "", "", "", most]
    for person, mark in list_graded(db, session, list_fields(db, session, SHAPES["canvas"])):
        yield [person["shown"], "", person["number"] or "", person["login"] or "", "",
               round_points(mark["score"])]


def list_graded(db, session, fields):
    """Yield (person, mark) of each student in a grade book; of two phones the better mark."""
    students, _unknown = sort_students(list_joined(db, session["id"]), fields)
    marks = list_marks(db, session)
    for student in students:
        yield student[0], max((marks[person["id"]] for person in student),
                              key=lambda mark: mark["score"])


def sort_students(people, fields):
    """([the people who are one student, ...], those who can't be identified by any of `fields`).

    E-mail addresses and logins are compared without case, as grade books do, numbers exactly.
    """
    students, unknown = {}, []
    for person in people:
        field = next((field for field in fields if person[field]), None)
        if field is None:
            unknown.append(person)
        else:
            text = person[field] if field == "number" else person[field].casefold()
            students.setdefault((field, text), []).append(person)
    return list(students.values()), unknown


def list_fields(db, session, shape):
    """The identifiers by which a grade book finds students: all that it has, or the commonest."""
    counts = count_identified(db, session)
    fields = [name for name in shape.needs if name in counts]
    return [max(fields, key=counts.get)] if shape.one_field else fields


class Shape(NamedTuple):
    """A kind of file.

    `sheets` are {name: function that yields rows}, `end` is how its file's name ends, `label` and
    `hint` are for pages. A grade book needs one of the identifiers `needs`.
    """
    sheets: dict
    end: str
    label: str
    hint: str
    automatic: bool = False     # whether it is written without being asked for
    needs: tuple = ()
    one_field: bool = False     # whether a grade book takes only one identifier


SHAPES = {
    "long": Shape({"answers": list_answer_rows}, "_long.csv", "All answers (CSV)",
                  "One row per answer, for R or pivot tables", True),
    "summary": Shape({"options": list_option_rows}, "_summary.csv", "Counts (CSV)",
                     "One row per option or different answer", True),
    "wide": Shape({"students": list_student_rows}, "_wide.csv", "Points (CSV)",
                  "One row per student", True),
    "xlsx": Shape({"students": list_student_rows, "answers": list_answer_rows,
                   "options": list_option_rows}, "_workbook.xlsx", "Excel workbook",
                  "Students, answers and counts on three sheets"),
    "moodle": Shape({"marks": list_moodle_rows}, "_moodle.csv", "Marks for Moodle",
                    "Percentages, to import into Moodle's gradebook",
                    needs=("email", "number", "login"), one_field=True),
    "canvas": Shape({"marks": list_canvas_rows}, "_canvas.csv", "Marks for Canvas",
                    "Points, to import into Canvas' gradebook", needs=("number", "login")),
}
CSV_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
MEDIA_TYPES = {".csv": "text/csv; charset=utf-8", ".xlsx": f"{SHEET_TYPE}.sheet"}


def yield_to_loop(rows):
    """The same rows, with a pause after every few milliseconds, so that the loop isn't slowed.

    Otherwise the loop waits 5 ms for the GIL after each of its system calls: half of the votes
    during an export of 100,000 responses took more than 98 ms; with pauses, 7 ms.
    """
    # The patched one would start a second event loop in the thread.
    sleep_in_thread = gevent.monkey.get_original("time", "sleep")
    paused_at = time.monotonic()
    for row in rows:
        yield row
        if time.monotonic() - paused_at > 0.003:
            sleep_in_thread(0.0005)
            paused_at = time.monotonic()


# Signs that start a formula, full-width ones included; and characters that start a cell if the
# reader expects another delimiter or ignores quotes. No blank is a delimiter: matching is linear.
SIGN = r"[=+@\-\u2212\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
START = r"\A|[\n;,|\u061b\u060c]"         # the last two are used in Persian and Arabic
BLANKS = (r"""(?:[^\S\t\r\n]|["\u00ad\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069"""
          r"""\u2800\u3164\ufeff\uffa0])*""")
FORMULA = re.compile(rf"(?:{START}){BLANKS}(?=[\t\r])|(?:{START}|[\t\r]){BLANKS}(?={SIGN})")


def guard_cell(text):
    """The text with an apostrophe before each sign that a spreadsheet may take for a formula."""
    return FORMULA.sub(r"\g<0>'", text)


def to_local(moment):
    """A stored time in the laptop's time zone, as a datetime; long ago for anything else."""
    return datetime.fromisoformat(read_moment(moment) or LONG_AGO).astimezone()


LONG_AGO = "1970-01-02T00:00:00+00:00"


# Questions out again, as GIFT and as plain text. What a format can't say stands in a comment in
# which only ClassPulse looks: so importing gives the same questions, except pictures.

def write_questions(questions, format):
    """Questions of `read_questions` as a file, "gift" or "txt"; with comments where needed."""
    name, write = WRITERS[format]
    blocks = [f"{OWN_LINE}{name}\n"]
    for number, question in enumerate(questions, start=1):
        own = {name: value for name, value in question.items()
               if name not in ("line", "warnings", "picture", "picture_alt")}
        short = {name: value for name, value in own.items() if name != "title"}
        for comment in ("", json.dumps(short), json.dumps(own)):
            text = write(1, own, comment and f"{OWN_LINE}{comment}\n")
            found = read_questions(f"{blocks[0]}\n{text}".encode())["questions"]
            if [{**again, "line": 0, "warnings": 0} for again in found] == [
                    {**own, "line": 0, "warnings": 0}]:
                break
        blocks.append(write(number, own, comment and f"{OWN_LINE}{comment}\n"))
    return "\n".join(blocks)


def write_gift(number, question, comment):
    """A question in GIFT, below our comment if it has one."""
    import html                             # as in strip_html
    options = question.get("options", ())
    is_html = any(re.search(r"[<>&]|\A\[", text)
                  for text in (question["title"], *options, question.get("explanation", "")))

    def show(text, is_first=False):
        if is_html:
            text = html.escape(text, quote=False).replace("\n", "<br>")
            text = "[html]" * (is_first or text.startswith("[")) + text
        return re.sub(r"[\\#={}~:]", r"\\\g<0>", text).replace("\n", "\\n")

    if "correct" in question and options:
        right = [chr(ord("A") + place) in question["correct"] for place in range(len(options))]
        weight = f"{100 / (sum(right) or 1) * any(right):.5f}".rstrip("0").rstrip(".")
        marks = ("~", "=") if QUESTION_TYPES[question["type"]].one_each else (
            f"~%-{weight}%", f"~%{weight}%")
        group = "".join(f"\n{marks[is_right]}{show(text)}"
                        for is_right, text in zip(right, options))
    elif question.get("correct"):
        group = f"#{question['correct']}:{question['tolerance'] or 0}"
    else:
        group = "".join(f"\n=%100%{show(text)}" for text in question.get("answers", ()))
    if question.get("explanation"):
        group += f"\n####{show(question['explanation'])}"
    return f"{comment}::Q{number}::{show(question['title'], True)} {{{group}}}\n"


def write_plain(number, question, comment):
    """A question in plain text; our comment, if it has one, stands below its first line."""
    options = question.get("options", question.get("answers", ()))
    correct = question.get("correct", "A")
    lines = [question["title"].replace("\n", " "), *comment.splitlines()]
    lines += [("*" if chr(ord("A") + place) in correct else "") + re.sub(
        r"\A(?=\*)", r"\\", text.replace("\n", " ")) for place, text in enumerate(options)]
    return f"{number}. " + "\n".join(lines) + "\n"


WRITERS = {"gift": ("gift", write_gift), "txt": ("plain", write_plain)}


# ------------------------------------------------------------------------------
# Backups
# ------------------------------------------------------------------------------
# Dated copies of the database in the data folder's `backups`. Names start with the date, so that
# they sort by age; other files there are left alone.

class Backups:
    """Makes backups while the server runs, and deletes those that newer ones replace."""
    EVERY_SECONDS = 6 * 3600
    NEWEST, DAYS = 10, 7        # backups kept; and days whose newest one is kept

    def __init__(self, folder):
        self.folder, self.turn = folder, BoundedSemaphore()
        self.left_by_crashes = list((folder / "backups").glob(DATED + "*.part*"))

    def run(self):
        """Make a backup if anything has changed, and delete those it replaces."""
        try:
            with self.turn:
                made = self.make()
                kept = {made, *self.choose_kept()}
                delete_files({*self.left_by_crashes, *list_backups(self.folder)} - kept)
                self.left_by_crashes = []
        except (OSError, sqlite3.Error) as problem:
            log_error("No backup was made: {problem}", problem=problem)

    def make(self):
        """The path of an up-to-date backup, made in a thread."""
        return run_in_thread(gevent.get_hub().threadpool, make_backup, self.folder)

    def choose_kept(self):
        """Paths of the newest backups, and of the newest one of each of the last days with any."""
        found, days = list_backups(self.folder), {}
        for path in found:
            days.setdefault(path.name[:10], path)
        return {*found[:self.NEWEST], *list(days.values())[:self.DAYS]}

    def renew(self):
        """The path of a new backup that replaces all others, so that none holds deleted data."""
        try:
            with self.turn:     # a backup in progress may hold deleted data
                made = self.make()
                parts = (self.folder / "backups").glob(DATED + "*.part*")   # left by a crash
                for path in {*parts, *list_backups(self.folder)} - {made}:
                    path.unlink(missing_ok=True)
        except (OSError, sqlite3.Error) as problem:
            raise NotSaved("The older backups could not be replaced: {problem}.", problem=problem
                           ) from None
        return made

    def format_until(self):
        """The end of a sentence on how long backups keep what is deleted now; "" without any."""
        found = list_backups(self.folder)
        if not found:
            return ""
        return Sentence(
            "{count} backup in {folder} until it expires (after backups on {days} more days)."
            if len(found) == 1 else
            "{count} backups in {folder} until they expire (after backups on {days} more days).",
            count=len(found), folder=found[0].parent, days=self.DAYS)


DATED = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]_" + "[0-9]" * 6


def list_backups(folder):
    """Paths of a data folder's backups, newest first."""
    return sorted((folder / "backups").glob(DATED + ".db"), reverse=True)


def make_backup(folder):
    """The path of a new backup, or of the newest one if nothing has changed since."""
    path = folder / "backups" / f"{stamp()}.db"
    with temporary_file(path) as part:
        copy_database(connect(folder / "classpulse.db"), part)
        for newest in list_backups(folder)[:1]:
            if filecmp.cmp(part, newest, shallow=False):
                return newest
        os.replace(part, path)
    return path


def stamp():
    """The local time, for a file name: 2026-03-04_104207."""
    return f"{datetime.now():%Y-%m-%d_%H%M%S}"


def list_set_aside(folder):
    """Paths of the databases that `restore` has moved aside."""
    return sorted(folder.glob("classpulse-until-*.db"))


def format_restore(folder):
    """How to recover from a damaged database: a command to copy, if there is a good backup."""
    good = next(filter(is_sound, list_backups(folder)), None)
    if good is None:
        return Sentence("There is no good backup. Choose another folder with --data FOLDER.")
    command = [sys.executable, str(Path(__file__).resolve()), "restore", str(good),
               "--data", str(folder)]
    quote = subprocess.list2cmdline if os.name == "nt" else shlex.join
    return Sentence("To continue with the newest good backup, {backup}:  {command}",
                    backup=good.stem, command=quote(command))


def is_sound(path):
    """Whether a file is a ClassPulse database that can be opened."""
    try:
        with closing(open_read_only(path)) as db:
            return check_database(db, path, path.parent.parent, foreign=False)
    except (CannotStart, sqlite3.Error):
        return False


def replace_database(path, folder):
    """The path to which the database was moved, after a copy of a backup replaced it."""
    database, aside = folder / "classpulse.db", folder / f"classpulse-until-{stamp()}.db"
    with temporary_file(database) as part:
        copy_database(open_read_only(path), part)
        # The log must move as well, or SQLite would take it for the backup's; and first, since
        # SQLite discards a log without a database.
        for suffix in ("-wal", ""):
            if sibling_path(database, suffix).exists():
                os.replace(sibling_path(database, suffix), sibling_path(aside, suffix))
        sibling_path(database, "-shm").unlink(missing_ok=True)
        os.replace(part, database)
    return aside


# ------------------------------------------------------------------------------
# Views
# ------------------------------------------------------------------------------
# views/<page>.tpl rebases layout.tpl, views/partials/_x.tpl is a piece. What every template may
# use is in VIEW_HELPERS. A sentence with values is `_("Saved {time}", time=...)`, in templates, in
# what prints and in the functions that make messages; all else hands it on as a Sentence. Its text
# stands there as it is, for a program to collect, or in a table.

# A single list: Bottle caches compiled templates by its identity.
VIEW_FOLDERS = [str(SHARE / "views")]


def view(name, /, **values):
    """A template, rendered. Its first line lists the values it uses."""
    return bottle.template(name, template_lookup=VIEW_FOLDERS, **VIEW_HELPERS,
                           static=f"/static/{static_files().version}", **values)


def _(text, /, **values):
    """A text or a Sentence as it is shown, with its {names} filled in; English so far."""
    if isinstance(text, Sentence):
        text, values = text.text, text.values
    return text.format(**{name: _(value) if isinstance(value, Sentence) else value
                          for name, value in values.items()})


def _n(one, many, count, /, **values):
    """The text for one thing, or for another `count` of them, as it is shown."""
    return _(one if count == 1 else many, count=count, **values)


def clock(moment):
    """A stored time as a clock shows it: 10:42."""
    return to_local(moment).strftime("%H:%M")


def day(moment):
    """The date of a stored time: 2026-03-04."""
    return to_local(moment).date().isoformat()


def format_day(moment):
    """When a stored time was: "10:42 today", "yesterday" or its date."""
    days = (datetime.now().date() - to_local(moment).date()).days
    return {0: _("{time} today", time=clock(moment)), 1: _("yesterday")}.get(days, day(moment))


def group_code(code):
    """A join code grouped for reading: 482 913."""
    return f"{code[:3]} {code[3:]}"


def format_code(code):
    """A join code as it is read aloud: 4 8 2, 9 1 3."""
    return f"{' '.join(code[:3])}, {' '.join(code[3:])}"


def join_url(session):
    """The address in the QR code."""
    return f"{classroom.address}/{session['code']}"


def shorten_address(url):
    """An address as people type it, without what browsers add."""
    return url.partition("//")[2]


def format_average(percents):
    """A session's mean of its questions' shares of correct answers, in words; "" without any."""
    if not percents:
        return ""
    return _("{percent} % correct on average", percent=round(sum(percents) / len(percents)))


def format_privacy(session, name=None):
    """What the teacher can see, as respondents are told; `name` is "" for one who gave none."""
    if session["settings"]["names"] == "no":
        return _("Anonymous: your teacher sees the answers, but not who gave them.")
    if name == "":
        return _("You joined without a name: your teacher sees your answers, but not who gave "
                 "them.")
    return _(PRIVACY[session["settings"]["identify"]])


# What students are told who are asked for more than nothing: {a key of IDENTIFY: sentence}.
PRIVACY = {
    "name": "Your teacher sees your name with your answers; the class never does.",
    "number": "Your teacher sees your name and student number with your answers; the class never "
              "does.",
    "email": "Your teacher sees your name and e-mail address with your answers; the class never "
             "does.",
    "login": "Your teacher sees your name and login with your answers; the class never does.",
    "list": "Your teacher sees your name with your answers. The class sees the names on the list, "
            "but not who gave which answer."}


@functools.lru_cache(maxsize=100)       # takes 3 ms, and a control page has three
def qr_code(text):
    """{"size", "path"}: an SVG of size × size units, whose path is stroked 1 unit wide."""
    qr = segno.make(text, micro=False, error="m")
    return {"size": qr.symbol_size(border=4)[0],
            "path": re.search(r' d="([^"]+)"', qr.svg_inline(border=4))[1]}


def format_correct(question):
    """The correct answer in words; "" until it has been shown."""
    if not (question["answer_shown"] and has_answer(question)):
        return ""
    return QUESTION_TYPES[question["type"]].format_correct(question["options"])


def format_correct_html(question):
    """The same as safe HTML."""
    if not (question["answer_shown"] and has_answer(question)):
        return ""
    return QUESTION_TYPES[question["type"]].format_correct_html(question["options"])


def find_explanation(question):
    """A question's explanation; "" until the correct answer has been shown.

    Where none is marked, it comes with the results, once students don't vote any more.
    """
    shown = (question["answer_shown"] if has_answer(question)
             else question["stage"] in ("results", "answer"))
    return question["explanation"] if shown else ""


def judge_answer(question, answer):
    """(how correct an answer is: "correct", "partly" or "wrong"; the same in words).

    Both are empty until the correct answer has been shown, and for late answers that don't count.
    """
    value, options = answer["value"], question["options"]
    score = score_answer(question, value) if question["answer_shown"] else None
    if score is None or value in ("", ABSTENTION) or answer["late"] == 1:
        return "", ""
    kind = QUESTION_TYPES[question["type"]]
    if score == 1:
        return "correct", _("Correct!")
    if score == 0:
        return "wrong", _("Not this time. The answer is {answer}.",
                          answer=kind.spell_correct(options))
    most = kind.points(options)
    return "partly", _("Partly correct: {points} of {most} points", most=most,
                       points=round(score * most))


def format_mark(question, value, late):
    """(a class, a sign or a few words, the sign in words) of an answer in the grid; or of None."""
    if value is None or late == 1:
        return "none", "–", _("late, not counted") if late else _("not answered")
    if value == ABSTENTION:
        return "none", "?", _("I don't know")
    score, most = score_answer(question, value), QUESTION_TYPES[question["type"]].points(
        question["options"])
    if score is None:
        return "said", cut_text(format_answer(question, value).replace("\n", " "), 24), ""
    if score in (0, 1):
        return ("correct", "✓", _("correct")) if score else ("wrong", "✗", _("wrong"))
    points = round(score * most)
    return "partly", FRACTIONS.get(round(score, 6), f"{points}/{most}"), _(
        "{points} of {most} points", points=points, most=most)


FRACTIONS = {round(unicodedata.numeric(sign), 6): sign for sign in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}


def show_points(points):
    """Points as people write them: 2.7, 3."""
    return f"{points:.1f}".removesuffix(".0")


def split_answer(question, mine):
    """The parts of a respondent's own answer, for the fields of its form."""
    answer = mine.get(question["id"])
    if answer is None or answer["value"] in ("", ABSTENTION):
        return []
    return QUESTION_TYPES[question["type"]].split(answer["value"])


def format_answer(question, value):
    """An answer on one line: its letters, its number, its words."""
    if value == ABSTENTION:
        return _("“I don't know”")
    return QUESTION_TYPES[question["type"]].join(value)


def spell_answer(question, value):
    """An answer in a sentence: its letters with the options' words, its number, its words."""
    if value == ABSTENTION:
        return _("“I don't know”")
    return QUESTION_TYPES[question["type"]].spell(value, question["options"])


def spell_answer_html(question, value):
    """The same as safe HTML."""
    if value == ABSTENTION:
        return bottle.html_escape(_("“I don't know”"))
    return QUESTION_TYPES[question["type"]].spell_html(value, question["options"])


def format_echo(question, value):
    """An answer as it was understood, where a type says so beside "Saved"; else ""."""
    echoes = QUESTION_TYPES[question["type"]].echoes and value not in ("", ABSTENTION)
    return format_answer(question, value) if echoes else ""


def focus(problem, field, first=False):
    """Attributes that focus the invalid field, or the form's first if none is invalid."""
    if problem and problem.field == field:
        return "autofocus aria-invalid=true"
    return "autofocus" if first and not problem else ""


def format_unreadable(form, field):
    """What of the formulas in a field of a question's form can't be shown, in sentences; or ""."""
    said = list(dict.fromkeys(
        _("Option {letter}: {problem}", letter=chr(ord("A") + place), problem=problem)
        if field == "option" else _(problem)
        for place, typed in enumerate(form.getall(field))       # too long ones are refused anyway
        for problem in list_unreadable(typed[:LINES_MAX].replace("\r\n", "\n"))))
    return "" if not said else _n("{problems} The formula appears as you typed it.",
                                  "{problems} These formulas appear as you typed them.",
                                  len(said), problems=" ".join(said[:3]))


VIEW_HELPERS = {
    **{helper.__name__: helper for helper in (
        _, _n, Sentence, clock, day, format_day, group_code, format_code, focus,
        format_unreadable, join_url, shorten_address, name_identity, format_privacy,
        format_average, is_bare, qr_code, format_answer, format_echo, format_correct,
        find_explanation, spell_answer, judge_answer, format_mark, show_points, has_answer,
        is_held_back, cut_text, urlencode, format_text, format_title, format_wrapped,
        format_heading, format_label, format_cut, format_correct_html, spell_answer_html,
        plain_text, split_title, explain, normalize, name_file, count_points,
        show_number, take_turns)},
    **dict(
        NAMES=NAMES, PACES=PACES, IDENTIFY=IDENTIFY, IDENTIFIERS=IDENTIFIERS,
        LONG_LIST=LONG_LIST, SEARCH_FROM=SEARCH_FROM, LISTED_MAX=LISTED_MAX,
        PAIRED_MIN=PAIRED_MIN, PERSON_MAX=PERSON_MAX, PICTURE_MAX=PICTURE_MAX, FORMATS=FORMATS,
        OPTION_PICTURE_MAX=OPTION_PICTURE_MAX, SECONDS_MIN=SECONDS_MIN, SECONDS_MAX=SECONDS_MAX,
        ORDERS=ORDERS, SORTS=SORTS, GRID_ROWS=GRID_ROWS, UPLOAD_MAX=UPLOAD_MAX, FIGURES=FIGURES,
        QUESTION_TYPES=QUESTION_TYPES, ABSTENTION=ABSTENTION, STAGE_NAMES=STAGE_NAMES,
        CSV_DELIMITERS=CSV_DELIMITERS, PASSWORD_MIN=PASSWORD_MIN, NUMBER_MAX=NUMBER_MAX,
        EXPLANATION_MAX=EXPLANATION_MAX, OWN_RESULTS=OWN_RESULTS, TITLE_MAX=TITLE_MAX,
        NAME_MAX=NAME_MAX, USERNAME_MAX=USERNAME_MAX)}


class StaticFiles(NamedTuple):
    """All of static/ in memory."""
    version: str        # a hash of all files: any change gives each a new URL
    files: dict         # {path below static/: (content, the same compressed, media type)}


# Not `mimetypes`: on Windows it uses the registry, where .js is often text/plain, and elsewhere it
# keeps 0.4 MB of types that no browser asks for.
STATIC_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
                ".svg": "image/svg+xml"}

# Our own scripts and sheets are sent without their comments and indentation, so that explaining
# them costs a room full of phones nothing; also without line ends and spaces that mean nothing.
# Texts, which stand first, stay as they are.
SURPLUS = {".js": re.compile(rb"""("(?:[^"\\\n]|\\.)*"|`[^`]*`)"""
                             rb"|^[ ]*(?://.*)?\n|^[ ]+|(?<=[{;,(])(?:[ ]+// .*)?\n|[ ]+// .*$"
                             rb"|(?<=[,:?=<>|&*+({]) | (?=[:?=<>|&*+)}])|(?<=\)) (?={)"
                             rb"|(?<=\bif) (?=\()", re.MULTILINE),
           ".css": re.compile(rb"""("[^"]*")|\s*/\*.*?\*/\s*|(?<=[:;,{}])\s+|;?\s+(?=[{}])""",
                              re.DOTALL)}


@functools.cache
def static_files():
    """static/, read and compressed once: a phone's first load must not wait for gzip."""
    digest, files = hashlib.sha256(), {}
    folder = SHARE / "static"
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name, content = path.relative_to(folder).as_posix(), path.read_bytes()
            if path.suffix in SURPLUS and not name.startswith("vendor/"):
                content = SURPLUS[path.suffix].sub(rb"\1", content)
            digest.update(name.encode() + b"\0" + content)
            files[name] = (Shared(content), Shared(gzip.compress(content, 9, mtime=0)),
                           STATIC_TYPES.get(path.suffix, "application/octet-stream"))
    return StaticFiles(digest.hexdigest()[:12], files)


def compress_page(body):
    """What a route returns; a page compressed if the browser accepts that, and it is large."""
    response = bottle.response
    # Up to 1,400 bytes fit into one packet anyway.
    if not (isinstance(body, str) and len(body) > 1400 and accepts_gzip()
            and response.content_type.startswith("text/html")):
        return body
    response.set_header("Content-Encoding", "gzip")
    response.set_header("Vary", "Accept-Encoding")
    # A window of 8 kB: the usual one takes four times as long, for a page that is hardly smaller.
    packer = zlib.compressobj(1, zlib.DEFLATED, 16 + 13, 6)
    return packer.compress(body.encode()) + packer.flush()


def accepts_gzip():
    """Whether the browser accepts gzip; all name it without a weight."""
    return re.search(r"(?:^|[,\s])gzip\s*(?:,|$)", get_header("Accept-Encoding"))


def send_static(path):
    """A file of static/ from memory."""
    if path not in static_files().files:
        raise NotFound("Page not found.")
    response = bottle.response
    content, compressed, response.content_type = static_files().files[path]
    response.headers.setdefault("Cache-Control", "public, max-age=31536000, immutable")
    response.set_header("Vary", "Accept-Encoding")
    if accepts_gzip():
        response.set_header("Content-Encoding", "gzip")
        return compressed
    return content


# ------------------------------------------------------------------------------
# Throttles
# ------------------------------------------------------------------------------
# How often codes and passwords may be tried, and who waits meanwhile, also for long work.

class AddressThrottle:
    """Slows down addresses that try too often, without blocking others.

    Each address has a few turns of its own, out of a pool that all share; beyond them everybody
    waits in one line, whose first `free` pass immediately. `busy` is the error if it is too long.
    """
    TRIES, TRIES_SECONDS = 3, 600       # turns of one address in that many seconds
    ADDRESSES = 4096                    # remembered; the pool bounds anyone who changes addresses
    POOL, PER_SECOND = 3000, 4

    def __init__(self, free, busy):
        self.pool = Throttle(self.POOL, self.PER_SECOND, most_seconds=0)
        self.line, self.busy = Throttle(free, self.PER_SECOND), busy
        self.addresses = {}             # {address: Throttle}, the most recent at the end

    def wait(self, address):
        """The throttles that this greenlet has passed, after waiting if necessary."""
        own = self.addresses.pop(address, None) or Throttle(
            self.TRIES, self.TRIES / self.TRIES_SECONDS, most_seconds=0)
        self.addresses[address] = own
        if len(self.addresses) > self.ADDRESSES:
            del self.addresses[next(iter(self.addresses))]
        if own.take() is not None:
            if self.pool.take() is not None:
                return own, self.pool
            own.give_back()
        self.line.wait(self.busy)
        return (self.line,)


class Throttle:
    """Lets `free` pass immediately, then `per_second`, in order of arrival."""
    MOST_SECONDS = 30       # the longest wait; beyond it, nobody may join the line

    def __init__(self, free, per_second, most_seconds=MOST_SECONDS):
        self.free_seconds, self.step_seconds = free / per_second, 1 / per_second
        self.most_seconds = most_seconds
        self.turn = -math.inf       # the last one given, by the monotonic clock

    def take(self):
        """The seconds until the next turn, which is taken; None, and not taken, if too many."""
        moment = time.monotonic()
        turn = max(self.turn, moment - self.free_seconds) + self.step_seconds
        if turn > moment + self.most_seconds + 1e-6:        # rounding errors of the sums
            return None
        self.turn = turn
        return max(0.0, turn - moment)

    def wait(self, busy):
        """Make this greenlet wait for its turn; Busy, with this message, if the line is long."""
        seconds = self.take()
        if seconds is None:
            raise Busy(busy)
        if seconds > 1e-6:
            gevent.sleep(seconds)

    def give_back(self):
        """Return a turn that was taken, so that others can use it."""
        self.turn -= self.step_seconds


class LoginThrottle:
    """Slows down anyone who guesses passwords: per user name and per address.

    Three failures are free, then each doubles the wait before the next try, up to 4 seconds. A try
    counts as a failure until it succeeds; otherwise a thousand simultaneous tries would be free.
    """
    FREE, MOST_SECONDS, FORGET_SECONDS, NAMES = 3, 4.0, 900, 10_000
    WAITING = 200           # greenlets; each holds a connection that can't be freed for others

    def __init__(self):
        self.failures = {}               # {user name or address: (failures, time of the last)}
        self.slots = Slots()

    def wait(self, *who):
        """Make only this greenlet wait, as its failures require; Busy if too many wait."""
        now = time.monotonic()
        counts = [count for count, at in map(self.failures.get, who, [(0, 0)] * len(who))
                  if now - at < self.FORGET_SECONDS]
        excess = max(counts, default=0) - self.FREE
        if excess < 0:
            return self.failed(*who)
        with self.slots.take(self.WAITING):
            self.failed(*who)
            # The exponent is bounded: in a flood the count grows until the power would overflow.
            gevent.sleep(min(0.25 * 2 ** min(excess, 9), self.MOST_SECONDS))

    def failed(self, *who):
        """Record a failure, or a try that may become one."""
        if len(self.failures) > self.NAMES:
            self.failures.clear()
        for name in who:
            self.failures[name] = (self.failures.get(name, (0, 0))[0] + 1, time.monotonic())

    def give_back(self, *who):
        """Take back a try that was never checked: it is not a failure."""
        for name in who:
            count, at = self.failures.get(name, (1, 0.0))
            self.failures[name] = max(0, count - 1), at

    def passed(self, *who):
        """Forget the failures after a success."""
        for name in who:
            self.failures.pop(name, None)


class Slots:
    """Bounds how many may wait: a few per address, more in total; the laptop has its own slots."""
    LAPTOP = "laptop"

    def __init__(self):
        self.taken = Counter()      # {address, or LAPTOP: how many}

    @contextmanager
    def take(self, most):
        """A slot for the duration of the block; Busy if none of `most` is free."""
        own = is_from_laptop()
        who = self.LAPTOP if own else get_client_address()
        others = self.taken.total() - self.taken[self.LAPTOP]
        if self.taken[who] >= (most if own else SIGNINS_EACH) or not own and others >= most:
            raise Busy("Too many sign-ins at the moment. Try again shortly, or sign in on the "
                       "laptop itself.")
        self.taken[who] += 1
        try:
            yield
        finally:
            self.taken[who] -= 1
            self.taken += Counter()     # drops those with none


class Jobs:
    """Bounds how many reports and files a presenter can order: all presenters wait in one line."""
    EACH = 3                    # the one that is being made, and two that wait

    def __init__(self):
        self.ordered = Counter()        # {user_id: how many}

    @contextmanager
    def take(self, user_id):
        """A place in the line for the duration of the block; Busy if this user has EACH."""
        if self.ordered[user_id] >= self.EACH:
            raise Busy("ClassPulse is still working on your last reports and files. Wait a "
                       "moment, then try again.")
        self.ordered[user_id] += 1
        try:
            yield
        finally:
            self.ordered[user_id] -= 1


def off_loop(function, *args):
    """A slow function's result, from a thread while the loop serves others; Busy if many wait."""
    pool = classroom.laptop_hashers if is_from_laptop() else classroom.hashers
    is_gone = bottle.request.environ.get("classpulse.is_gone", bool)

    def run():
        if is_gone():               # meanwhile: nobody waits for the result
            raise Busy("Too late.")
        return function(*args)
    with classroom.hashing.take(HASHES_WAITING):
        return run_in_thread(pool, run)


def check_password(password, password_hash):
    """Whether a hash was made from this password."""
    salt = bytes.fromhex(password_hash.split("$")[1])
    return hmac.compare_digest(hash_password(password, salt), password_hash)


def hash_password(password, salt=None):
    """scrypt (RFC 7914) as `scrypt$salt$hash`, n=2**14 r=8 p=5: about 0.2 s."""
    salt = salt or secrets.token_bytes(16)
    digest = hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt,
                            n=2**14, r=8, p=5, maxmem=2**26)
    return f"scrypt${salt.hex()}${digest.hex()}"


NO_PASSWORD = "scrypt$" + "00" * 16 + "$"


# ------------------------------------------------------------------------------
# Server
# ------------------------------------------------------------------------------
# Limits around gevent's server, start and stop.

def serve(folder, settings):
    """Serve until Ctrl-C or SIGTERM; a demo runs in a temporary folder."""
    if not settings["demo"]:
        return run_server(folder, settings)
    with tempfile.TemporaryDirectory(prefix="classpulse-demo-",
                                     ignore_cleanup_errors=True) as folder:
        run_server(folder, settings)


def run_server(folder, settings):
    """Listen, print where, and stop cleanly on a signal."""
    give_large_pieces_back()
    lock = lock_folder(make_folder(folder))           # held until the process ends
    listener = listen(settings["host"], settings["port"])
    classroom.open(folder, **dict(settings, port=listener.getsockname()[1]))
    stopping = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not gevent's handler, which may miss a console's Ctrl-C: KeyboardInterrupt could then end
        # any greenlet, even the writer.
        signal.signal(number, lambda *_: stopping.set())
    server = Server(listener, app)
    classroom.live.sockets_max = server.total // 2      # the rest is for votes
    run_due_acts(classroom.db)        # before anybody can connect
    server.start()
    give_memory_back()
    # Full garbage collections stopped the loop for 60 ms every second or two while a hall voted.
    gc.freeze()
    gc.set_threshold(1000, 20, 100)
    repeat(classroom.backups.run, Backups.EVERY_SECONDS)
    scheduler = repeat(functools.partial(run_due_acts, classroom.db),
                       functools.partial(get_seconds_until_due, classroom.db),
                       classroom.alarm)
    if settings["demo"]:
        start_demo(classroom.db)
    show_start()
    while not stopping.wait(timeout=0.3 if os.name == "nt" else None):
        pass                                        # Windows notices Ctrl-C only between waits
    print(_("\nStopping: writing the CSV files …"), flush=True)
    try:
        with gevent.Timeout(STOP_SECONDS):
            server.stop()
            scheduler.kill()
            classroom.close()
    except gevent.Timeout:
        raise CannotStart("Stopped before everything was written. All that phones show as saved "
                          "is on the disk. The result files are written at the next start."
                          ) from None
    lock.close()


def lock_folder(folder):
    """The lock file, locked while this server runs; CannotStart if another server holds it."""
    file = (folder / "classpulse.lock").open("a", encoding="utf-8")
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        raise CannotStart("ClassPulse is already running with {folder}. Use that one, or choose "
                          "another folder with --data FOLDER.", folder=folder) from None
    return file


def listen(host, port):
    """A listening socket; CannotStart, with a free port's number, if this one is taken."""
    try:
        # With the default backlog of 128, 300 phones that open the page together wait a second.
        return Server.get_listener((host, port), backlog=4096, family=socket.AF_INET)
    except (OSError, OverflowError) as problem:
        reason = problem.args[-1]
    try:
        with socket.socket() as free:
            free.bind((host, 0))
            other = free.getsockname()[1]
    except OSError:
        raise CannotStart("Port {port} can't be used on {host} ({reason}). Is {host} an address "
                          "of this computer?", port=port, host=host, reason=reason) from None
    raise CannotStart("Port {port} can't be used on {host} ({reason}). Port {other} is free: add "
                      "--port {other}.", port=port, host=host, reason=reason, other=other)


def show_start():
    """Print where students join and where the presenter signs in; open the browser."""
    settings, own = classroom.settings, find_own_url()
    print(_("ClassPulse {version}\nData: {folder}\n", version=__version__,
            folder=classroom.folder))
    sessions = show_address("Students join at  {address}")
    for session in sessions[:5]:
        print(_("       with code  {code}  ({name})", code=group_code(session["code"]),
                name=session["name"]))
    if not sessions:
        print(_("       with the code of a session. Create one first."))
    if settings["host"] in ("", "0.0.0.0") and not settings["url"]:
        for url, card in list_urls()[1:]:
            print(_("  or, through {card}:  {url}", card=card, url=url))
    page = f"{own}/demo?token={classroom.demo_token}" if settings["demo"] else own + "/"
    if not count_users(classroom.db):
        page = f"{own}/setup?token={classroom.setup_token}"
        print(_("\nFirst time here? Create your account with this link. It works once."))
    print(_("\nTeacher:  {page}\nStop with Ctrl-C.", page=page), flush=True)
    has_firewall = os.name == "nt" or sys.platform == "darwin"
    if has_firewall:
        print(_("\nIf this computer asks whether Python may accept connections, allow it for "
                "private\nand public networks. Otherwise phones can't connect."), flush=True)
    if settings["browser"] and (has_firewall
                                or {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ)):
        # Leave time to read that before the browser covers the terminal.
        gevent.spawn_later(2 if has_firewall else 0, open_browser, page)


def open_browser(page):
    """Open a page in the browser. Not in a thread: its child processes belong to the loop."""
    try:
        opened = webbrowser.open(page)
    except (OSError, webbrowser.Error):
        opened = False
    if not opened:
        log_error("No browser could be opened. Open the link above yourself.")


def show_address(text):
    """Print where to join, as a QR code and as a text with {address}; the open sessions."""
    sessions = list_open_sessions(classroom.db)
    print_qr(join_url(sessions[0]) if sessions else classroom.address)
    print(_(text, address=classroom.address), flush=True)
    return sessions


def print_qr(text):
    """Print a QR code in half blocks, unless the terminal's encoding lacks them."""
    picture = io.StringIO()
    segno.make(text, micro=False).terminal(picture, compact=True)
    with suppress(UnicodeEncodeError):
        print(picture.getvalue())


def repeat(act, seconds, bell=None):
    """A greenlet that calls act() every `seconds`, or seconds(), and when `bell` is set."""
    bell = bell or Event()

    def run():
        while True:
            attempt(act)        # all background work is started here, so that no error ends it
            bell.wait(timeout=(attempt(seconds) or 1) if callable(seconds) else seconds)
            bell.clear()
    return gevent.spawn(run)


def attempt(act, *args):
    """What act(*args) returns; None after an error, which is logged and affects only this call."""
    try:
        return act(*args)
    except NotSaved:                # already logged by the store
        return None
    except Exception as problem:
        return log_error("{fault}", fault=describe_fault(problem))


class TooLarge(ValueError):
    """A request over the limits, refused unread: its status, and whether it came with a file."""


class Server(WSGIServer):
    """gevent's server, with bounds on connections and on how long each may keep it waiting."""
    max_accept = 20
    MOST = 10_000           # connections, 15 to 30 kB each

    def __init__(self, listener, application):
        super().__init__(listener, application, log=None, error_log=None, handler_class=Handler,
                         # otherwise gevent asks DNS for the full host name, slow without DNS
                         environ={"SERVER_NAME": socket.gethostname()})
        # Connections inherit both. Without TCP_NODELAY, a frame or the end of a response waits for
        # the phone's acknowledgement; with SO_SNDBUF, a phone that doesn't read holds 0.2 MB of
        # kernel memory instead of 4.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        # The rest of the limit is for files, pipes and threads.
        self.total = max(50, min(self.MOST, raise_file_limit() - 200))
        # Connections being served: how many, and those that wait for their browser, longest first:
        # {socket: since when it has sent no complete request, or read nothing of a response}.
        self.held, self.idle = 0, {}

    def start(self):
        super().start()
        self.sweeper = repeat(self._sweep, 1)

    def do_read(self):
        while (pair := super().do_read()) and is_cut(pair[0]):
            pair[0].close()     # cut while queued: 5 µs, and no greenlet
        return pair

    def handle(self, sock, address):
        if self.held + classroom.live.sockets >= self.total and not self.make_room():
            return
        self.held += 1
        try:
            super().handle(sock, address)
        except OSError:
            pass                # disconnected midway: not worth logging
        finally:
            self.idle.pop(sock, None)
            self.held -= 1

    def wait_for(self, sock):
        """Record that a connection waits for its browser from now on, behind all others."""
        self.idle.pop(sock, None)
        self.idle[sock] = time.monotonic()

    def make_room(self, late=math.inf):
        """Cut the connection that waits longest, since before `late`; whether there was one."""
        sock, since = next(iter(self.idle.items()), (None, late))
        if since >= late:
            return False
        del self.idle[sock]
        hang_up(sock)
        return True

    def _sweep(self):
        """Enforce deadlines of requests and readers. A timer for each took 3 % of a vote."""
        while self.make_room(time.monotonic() - Handler.SECONDS):
            pass


def is_cut(sock):
    """Whether the other side has hung up; may be called from any thread."""
    try:
        # SO_ERROR first: after a reset, data that came before can still be read.
        return bool(sock._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    or not sock._sock.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    except OSError:
        return True


class Head(dict):
    """A request's headers by lower-case name; Python's e-mail parser took a tenth of a vote."""
    # Strict, because other parsers read these differently: names with spaces, values with control
    # characters, lines that end with \n alone or continue on the next line.
    LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)\r\n")
    status = ""         # gevent refuses headers whose status is not empty
    headers = ()        # for gevent's own environment; `get_environ` adds ours

    def add(self, line):
        """Add one line as received; ValueError if it is not a header."""
        found = self.LINE.fullmatch(line)
        if found is None:
            raise ValueError("not a header")
        name, value = found[1].decode().lower(), found[2].decode("latin-1").strip(" \t")
        if name in self:
            value = self[name] + ("; " if name == "cookie" else ",") + value
        self[name] = value

    def get(self, name, default=None):
        return super().get(name.lower(), default)

    getheader = get
    typeheader = property(lambda self: self.get("content-type"))


class Input(socket.SocketIO):
    """A connection's input; the bytes of an incomplete request count towards `unsent`."""
    size = 0

    def readinto(self, buffer):
        count = super().readinto(buffer)
        before, self.size = self.size, self.size + (count or 0)
        # A client that sends a byte now and then makes no progress. A vote is too short to count.
        if self.size // Handler.PIECE > before // Handler.PIECE:
            classroom.unsent.note(self._sock, self.size)
        return count


class Handler(WSGIHandler):
    """One connection: each request is bounded, and read completely before the application runs.

    Three hooks that gevent calls private are overridden, so setup.cfg bounds gevent above:
    `_sendall`: nothing public shows when, and how much of, a response a browser takes;
    `_write_with_headers`: head and body in one packet; in two, a vote takes 3 % more CPU;
    `_handle_client_error`: each kind of refused request gets a response of its own.
    """
    SECONDS, LINES = 10, 80
    PIECE, PACKET = 4096, 16384     # bytes of a body read in one call; sent with the headers
    ignored_socket_errors = WSGIHandler.ignored_socket_errors + ("timed out",)
    upgraded, packet = False, None

    def __init__(self, sock, address, server):
        sock._io_refs += 1                      # as `makefile` does
        super().__init__(sock, address, server, io.BufferedReader(Input(sock, "r")))

    def handle(self):
        sock = self.socket
        try:
            super().handle()
        finally:
            self.environ = None     # breaks a cycle that would wait for garbage collection
            if not self.upgraded:
                classroom.unsent.note(sock, 0)

    def handle_one_request(self):
        self.server.wait_for(self.socket)
        self.socket.settimeout(self.SECONDS + 1)    # in case hang_up doesn't wake the reader
        return super().handle_one_request()

    def read_requestline(self):
        if self.requestline is not None:
            gevent.sleep(0)     # gevent doesn't yield while data is there: others first
        return super().read_requestline()

    def MessageClass(self, rfile, *_):
        head, room = Head(), HEAD_MAX
        for _ in range(self.LINES):
            line = rfile.readline(room)
            room -= len(line)
            if line == b"\r\n":
                return head
            if room <= 0:
                break
            head.add(line)
        raise TooLarge("431 Request Header Fields Too Large")

    # Also strict: gevent accepts other whitespace, and numbers such as +16 or 1_6.
    REQUEST = re.compile(r"[A-Z]+ /[\x21-\x7e\x80-\xff]* HTTP/1\.[01]\r\n")
    LENGTH = re.compile("[0-9]{1,20}")

    def read_request(self, raw_requestline):
        if not self.REQUEST.fullmatch(raw_requestline):
            raise ValueError("not a request")
        super().read_request(raw_requestline)
        if "transfer-encoding" in self.headers:
            raise TooLarge("411 Length Required")
        if not self.LENGTH.fullmatch(self.headers.get("content-length", "0")):
            raise ValueError("not a length")
        if "upgrade" in self.headers and not self.is_handshake():
            raise ValueError("not a handshake")
        expected = self.headers.pop("expect", "").lower()
        if expected and self.request_version == "HTTP/1.1":
            if expected != "100-continue":
                raise TooLarge("417 Expectation Failed")
            self.headers["expect"] = expected
        uploads = (self.headers.get("content-type", "").startswith("multipart/")
                   and find_signin_in_cookie(self.headers.get("cookie", "")))
        if (self.content_length or 0) > (UPLOAD_MAX if uploads else BODY_MAX):
            if uploads and self.content_length <= REFUSED_MAX and "expect" not in self.headers:
                self.skip_body()
            raise TooLarge("413 Content Too Large", bool(uploads))
        return True

    def skip_body(self):
        """Read a body without keeping it: browsers show a refusal only after they sent all."""
        rest = self.content_length
        while rest > 0 and (piece := self.rfile.read(min(BODY_MAX, rest))):
            rest, self.rfile.raw.size = rest - len(piece), 0
            gevent.sleep(0)

    def is_handshake(self):
        """Whether this is a complete WebSocket handshake (RFC 6455, 4.2.1)."""
        head = self.headers
        return (self.command == "GET" and self.request_version == "HTTP/1.1"
                and not int(head.get("content-length", 0)) and "expect" not in head
                and head["upgrade"].lower() == "websocket"
                and "upgrade" in re.split("[ \t,]+", head.get("connection", "").lower())
                and head.get("sec-websocket-version") == "13"
                and re.fullmatch("[A-Za-z0-9+/]{22}==", head.get("sec-websocket-key", "")))

    def get_environ(self):
        environ = super().get_environ()
        # A name with _ may have been sent with - or with _, so it is left out.
        environ.update(("HTTP_" + name.replace("-", "_").upper(), value)
                       for name, value in self.headers.items()
                       if "_" not in name and name not in ("content-type", "content-length"))
        # Read here, where it is bounded, and always: for an upgrade request, gevent passes on the
        # connection itself, which Bottle would read indefinitely.
        environ["wsgi.input"] = io.BytesIO(self.read_body())
        environ["classpulse.upgrade"] = self.upgrade if "upgrade" in self.headers else None
        environ["classpulse.is_gone"] = functools.partial(is_cut, self.socket)
        self.server.idle.pop(self.socket, None)
        return environ

    def read_body(self):
        """The request's body, read in pieces: one large read would allocate it all first."""
        pieces, size, length = [], 0, self.content_length or 0
        if length and "expect" in self.headers:
            self.socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while size < length:
            pieces.append(self.wsgi_input.read(self.PIECE))
            size += len(pieces[-1])
        return b"".join(pieces)

    def upgrade(self):
        """Answer 101 (RFC 6455, 4.2); (socket, file that reads it), or None if disconnected.

        gevent-websocket's own upgrade creates a class per socket, which only garbage collection
        frees, and that is rare (run_server).
        """
        key = self.headers["sec-websocket-key"]
        digest = hashlib.sha1((key + WebSocketHandler.GUID).encode()).digest()
        self.start_response("101 Switching Protocols", [
            ("Upgrade", "websocket"), ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", base64.b64encode(digest).decode())])
        self.upgraded = self.close_connection = True
        self.rfile.raw.size = -math.inf             # frames that follow are not counted as held
        classroom.unsent.note(self.socket, 0)
        try:
            self.write(b"")
        except OSError:                             # disconnected meanwhile
            return None
        # gevent can't close a socket it has no reference to; the file keeps the connection open.
        sock, self.socket = self.socket, None
        return sock, self.rfile

    def start_response(self, status, headers, exc_info=None):
        if self.upgraded:                           # only frames may follow, no response
            return self.write
        return super().start_response(status, headers, exc_info)

    def process_result(self):
        if not self.upgraded:
            super().process_result()

    def _write_with_headers(self, data):
        short = len(data) <= self.PACKET
        self.packet = bytearray()                   # headers and a short body together
        super()._write_with_headers(data if short else b"")
        packet, self.packet = self.packet, None
        self._sendall(packet)
        if not short:                               # not copied: a copy would not be Shared
            self._write(data)

    def _sendall(self, data):
        if self.packet is not None:
            self.packet += data
            return
        rest = memoryview(data)
        while rest:
            self.server.wait_for(self.socket)
            if len(data) > self.PIECE:
                classroom.unsent.note(self.socket, count_own(data))
            rest = rest[self.socket.send(rest):]
        self.server.idle.pop(self.socket, None)
        classroom.unsent.note(self.socket, 0)
        self.response_length += len(data)

    def log_request(self):
        pass

    def _handle_client_error(self, ex):
        status = ex.args[0] if isinstance(ex, TooLarge) else "400 Bad Request"
        answer = f"HTTP/1.1 {status}\r\nConnection: close\r\n"
        page = b""
        if status.startswith("413"):
            accepted = self.headers.get("accept", "")
            is_page = "text/html" in accepted and "hx-request" not in self.headers
            type = "application/json" if "application/json" in accepted else "text/html"
            page = make_too_large("problem" if is_page else "partials/_problem", type, ex.args[1])
            answer += f"Content-Type: {type}; charset=utf-8\r\n"
        return status.split()[0], f"{answer}Content-Length: {len(page)}\r\n\r\n".encode() + page


@functools.cache
def make_too_large(name, type, is_upload):
    """The page, the piece of one or the JSON that says that a body is too large."""
    if type == "application/json":      # as an import would answer
        return to_json(read_questions(bytes(UPLOAD_MAX + 1))).encode()
    return view(name, problem=Problem(explain("too-large")) if is_upload else Problem(
        "This form is too large; it can have 64 kB. Send a long list as a file.")).encode()


def raise_file_limit():
    """The limit on open files, raised as far as the system allows."""
    if resource is None:
        return 10_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard, 65_536, 8192, 4096, 2048):     # macOS reports unlimited, allows 10,240
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, 65_536), hard))
            break
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def give_large_pieces_back():
    """Return each large block of memory, such as a page, to the system when it is freed."""
    limit = sys.platform == "linux" and getattr(ctypes.CDLL(None), "mallopt", None)
    if limit:       # glibc would raise it to the largest block freed so far, and keep twice that
        limit(-3, 2**17)        # M_MMAP_THRESHOLD, its initial value


def give_memory_back():
    """Return free memory to the system: 5 MB after the start, 10 when 1,000 phones have left."""
    gc.collect()
    trim = sys.platform == "linux" and getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:        # glibc keeps freed memory; others return it automatically
        trim(0)


# ------------------------------------------------------------------------------
# Network
# ------------------------------------------------------------------------------
# This laptop's addresses: which of them phones can reach, and whether a request is its own.

def find_address():
    """The address shown and in the QR code: --url, else --host, else this laptop's best."""
    settings = classroom.settings
    if settings["url"]:
        return settings["url"].rstrip("/")
    host = settings["host"]
    if host in ("", "0.0.0.0"):
        host = next((address for address, _ in list_addresses()), "127.0.0.1")
    return f"http://{host}:{settings['port']}"


def find_own_url():
    """The server's URL on this laptop itself."""
    host, port = classroom.settings["host"], classroom.settings["port"]
    return f"http://{'127.0.0.1' if host in ('', '0.0.0.0') else host}:{port}"


def list_urls():
    """[(URL for phones to try, network card), ...] of this laptop, best first."""
    return [(f"http://{address}:{classroom.settings['port']}", card)
            for address, card in list_addresses()]


def list_addresses():
    """This laptop's addresses that phones may reach, best first: [(address, card), ...]."""
    found = []
    for card in ifaddr.get_adapters():
        for ip in card.ips:
            if ip.is_IPv4:
                address = ipaddress.ip_address(ip.ip)
                # On Windows one is the hardware's name, the other what its owner calls it.
                rank = rank_address(address, f"{ip.nice_name} {card.nice_name}")
                if rank is not None:
                    found.append((rank, address, ip.nice_name))
    return [(str(address), card) for _, address, card in sorted(found)]


def rank_address(address, card):
    """An address's rank, smaller is better; None if no phone can reach it."""
    if address.is_loopback or address.is_link_local:
        return None
    virtual = (r"docker|veth|\bbr-|hyper-v|wsl|vmware|virtual|vpn|\bu?tun|\btap|\bwg|\bzt|"
               r"zerotier|tailscale|wireguard")
    shared = ipaddress.ip_network("100.64.0.0/10")      # VPNs, and carriers' own networks
    if re.search(virtual, card, re.IGNORECASE) or not address.is_private or address in shared:
        return 2
    return 0 if re.search(r"\bwl|wi-?fi|wireless|\ben0", card, re.IGNORECASE) else 1


def is_own(address):
    """Whether an address is this laptop's."""
    return (not address or ipaddress.ip_address(address).is_loopback
            or address in [own for own, _ in list_addresses()])


def is_from_laptop():
    """Whether the laptop itself sent this request, which may be delayed but is never refused."""
    # The Host must be the laptop's, too: through a tunnel that ends on it, everybody's sender is.
    name, turn = read_host(get_header("Host")), int(time.monotonic() / 5)
    sender = get_client_address().partition("%")[0].removeprefix("::ffff:")
    return sender in list_own_addresses(turn) and (
        name in list_own_names() or str(name) in list_own_addresses(turn))


@functools.lru_cache(maxsize=1)         # takes 1 ms, and each request of a flood asks
def list_own_addresses(turn):
    """Every address that only the laptop itself can send from; looked up once per `turn`."""
    return {"127.0.0.1", "::1", *(ip.ip if ip.is_IPv4 else ip.ip[0]
                                  for card in ifaddr.get_adapters() for ip in card.ips)}


# ------------------------------------------------------------------------------
# Demo
# ------------------------------------------------------------------------------
# A made-up class, which uses the same routes as phones whose sockets are blocked.

DEMO_USER = "demo"
DEMO_STUDENTS = 25
DEMO_SECONDS = 8        # students answer within this time after a question opens
DEMO_NEIGHBOURS = 7     # who talk to each other before they vote again
DEMO_WORDS = "light water leaves sugar green sun air energy life photosynthesis".split()


def start_demo(db):
    """Create a presenter with two sessions, start the students, and print what to try.

    One session is over and has results of every type; the other is ready to run. Nobody knows the
    presenter's password: the link with `classroom.demo_token` signs in, once.
    """
    user_id = db.write(create_first_user, dict(username=DEMO_USER, display_name="Demo", email="",
                                               password_hash=NO_PASSWORD))
    examples = read_examples()
    finished, ready = (happen(start_session, user_id, name, {}, read_drafts(db, examples))
                       for name in ("Demo: a finished session", "Demo: a made-up class"))
    db.write(finish_session, finished, examples)
    code = get_session(db, ready)["code"]
    for number in range(DEMO_STUDENTS):
        gevent.spawn_later(number * 0.2, pretend_student, code)
    classroom.demo_token = secrets.token_urlsafe(24)
    print(_("""DEMO: all of this is made up, and thrown away when you stop it.

  1. Open the link below. It signs you in.
  2. Open "Demo: a made-up class", then the projector.
  3. Press Space for each next step. {count} made-up students answer each question within
     {seconds} seconds. Join them with your own phone: scan this picture.
""", count=DEMO_STUDENTS, seconds=DEMO_SECONDS), flush=True)


def finish_session(db, session_id, examples):
    """Run a session of examples to its end: students join and answer, and answers are shown."""
    students = [str(uuid.uuid4()) for _number in range(DEMO_STUDENTS)]
    for student in students:
        ensure_respondent(db, session_id, student)
    for question, example in zip(list_questions(db, session_id), examples):
        open_question(db, question)
        if "first_answers" in example:
            make_up_answers(db, question, students, example["first_answers"])
            start_round(db, question)
        make_up_answers(db, question, students, example["answers"])
        set_shown(db, question["id"], True, answer=has_answer(question))
    toggle_session_status(db, session_id, active=False)


def make_up_answers(db, question, students, answers):
    """Let most of the students answer a question of the finished session."""
    for student in students[:random.randint(DEMO_STUDENTS - 3, DEMO_STUDENTS)]:
        record_response(db, question["id"], student, random.choice(answers))


def pretend_student(code):
    """Join, and answer each question once, a while after it opens, until the session is gone."""
    _, headers, _ = ask_server("GET", f"/{code}")
    cookie, answered = headers["Set-Cookie"].partition(";")[0], set()
    while True:
        status, _, state = ask_server("GET", f"/audience/{code}/state", cookie=cookie)
        if status != 200:
            return
        for question in json.loads(state)["questions"]:
            asked = question["id"], question["round"]
            if question["stage"] == "open" and asked not in answered:
                answered.add(asked)
                parts = make_up_answer(question["html"], question["round"])
                form = urlencode({"response": parts}, doseq=True)
                gevent.spawn_later(random.uniform(0, DEMO_SECONDS), ask_server, "POST",
                                   f"/audience/respond/{question['id']}", form, cookie)
        gevent.sleep(random.uniform(0.5, 1))


def ask_server(method, path, form=None, cookie=""):
    """(status, headers, body) of the server's response to a made-up student."""
    with closing(http.client.HTTPConnection(urlsplit(find_own_url()).netloc, timeout=10)) as line:
        line.request(method, path, form, {
            "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie})
        answer = line.getresponse()
        return answer.status, answer.headers, answer.read()


def make_up_answer(html, round=1):
    """Parts of an answer that a question's form accepts; some are likelier than others.

    From the second round on they are what most of a few neighbours say.
    """
    def pick(values):
        return statistics.mode(
            values[min(int(random.triangular(0, len(values), 1)), len(values) - 1)]
            for _neighbour in range(DEMO_NEIGHBOURS if round > 1 else 1))
    choices = re.findall('type="radio" name="response" value="([^"]+)"', html)
    ticks = re.findall('type="checkbox" name="response" value="([^"]+)"', html)
    places = re.findall('<li[^>]* data-key="([^"]+)"', html)
    if choices:
        return [pick(choices)]
    if ticks:
        return random.sample(ticks, random.randint(1, len(ticks)))
    if places:
        return random.sample(places, len(places))
    return [str(random.randint(1, 20)) if "inputmode=" in html else pick(DEMO_WORDS)]


# ------------------------------------------------------------------------------
# Command line
# ------------------------------------------------------------------------------
# One function for each command; a new one gets a line in COMMANDS.

def main(arguments=None):
    """The exit status of one command: 0, or 2 after one sentence about what was wrong."""
    os.umask(0o077)         # the database, its log and all else are private, in any folder
    usage = " | ".join(f"{name} {takes}".strip() for name, (_, takes) in COMMANDS.items())
    parser = argparse.ArgumentParser(prog="classpulse.py",
                                     usage=f"classpulse.py [{usage}] [options]",
                                     description=_("Live classroom polls from one laptop."))
    parser.add_argument("command", nargs="?", default="serve", help=_("serve if none is given"))
    parser.add_argument("argument", nargs="?", help=_("what the command takes"))
    parser.add_argument("--version", action="version", version=f"ClassPulse {__version__}")
    for stream in (sys.stdout, sys.stderr):     # a name in Arabic must not crash the program
        stream.reconfigure(errors="replace")
    try:
        for (name, usual, meaning), default in zip(SETTINGS, default_settings().values()):
            switch = "--" + ("no-" if usual is True else "") + name.replace("_", "-")
            kind = ({"action": "store_false" if usual else "store_true"}
                    if isinstance(usual, bool) else {"type": type(usual), "metavar": name.upper()})
            parser.add_argument(switch, dest=name, default=default, help=_(meaning), **kind)
        settings = vars(parser.parse_intermixed_args(arguments))
        check_settings(settings)
        run_command(parser, settings.pop("command"), settings.pop("argument"), settings)
    except (Problem, CannotStart) as problem:
        print(_("ClassPulse: {problem}", problem=problem), file=sys.stderr)
        return 2
    except (OSError, sqlite3.Error) as problem:
        print(_("ClassPulse: {problem}. Nothing was changed.", problem=problem), file=sys.stderr)
        return 2
    except (EOFError, KeyboardInterrupt):
        return 2
    return 0


def run_command(parser, command, argument, settings):
    """Check a command's argument, and run the command."""
    if command not in COMMANDS:
        parser.error(_("there is no command {command}", command=command))
    function, takes = COMMANDS[command]
    if bool(argument) != bool(takes) and not takes.startswith("["):
        parser.error(_("{command} takes {argument}" if takes else "{command} takes nothing more",
                       command=command, argument=takes))
    # Beside the module if it is run as a file, else in the home folder.
    folder = settings["data"] or (HERE if SHARE == HERE else Path.home()) / "classpulse-data"
    function(folder, settings, *([argument] if argument else []))


def check_settings(settings):
    """Raise CannotStart if a setting has an invalid value."""
    delimiter = settings["csv_delimiter"]
    if len(delimiter) != 1 or delimiter in "\r\n\"'":
        raise CannotStart("The CSV delimiter must be one character, such as ';', not {given}.",
                          given=repr(delimiter))
    try:
        url = urlsplit(settings["url"])
        good = not settings["url"] or (url.scheme in ("http", "https") and url.hostname)
        url.port        # raises ValueError if it is not a number
    except ValueError:
        good = False
    if not good:
        raise CannotStart("The address {given} must be like http://192.168.1.20:8000.",
                          given=repr(settings["url"]))
    if not 0 <= settings["port"] <= 65535:
        raise CannotStart("The port must be a number up to 65535, not {given}.",
                          given=settings["port"])
    least, most = settings["discuss_from"], settings["discuss_to"]
    if not 0 <= least <= most <= 100:
        raise CannotStart("--discuss-from and --discuss-to must be percentages from 0 to 100, the "
                          "lower one first, not {least} and {most}.", least=least, most=most)


def add_user(folder, settings, name):
    """adduser NAME: create a presenter."""
    account = read_account(Form([("username", name), ("password", password := read_password())]))
    with command_database(folder) as db:
        in_transaction(db, create_user, dict(account, password_hash=hash_password(password)))
    print(_("{name} can sign in now.", name=account["username"]))


def change_password(folder, settings, name):
    """passwd NAME: set a new password, and sign the user out everywhere."""
    with command_database(expect_database(folder)) as db:
        user = find_user(db, clean_line(name))
        if user is None:
            raise NotFound("There is no user {name}.", name=name)
        account = Form([("username", name), ("password", password := read_password())])
        read_account(account)
        in_transaction(db, set_password, user["id"], hash_password(password))
    print(_("{name} has a new password and is signed out everywhere.", name=user["username"]))


def export_files(folder, settings, code=None):
    """export [CODE]: write the automatic files without a server."""
    folder = expect_database(folder)
    with closing(connect(folder / "classpulse.db")) as db:
        sessions = [get_session_by_code(db, code)] if code else list_sessions(db)
    # Whatever is wrong with one session, the next is written.
    written = [attempt(export_to_file, folder / "classpulse.db", folder / "exports",
                       settings["csv_delimiter"], session["id"], None, name)
               for session in sessions for name, shape in SHAPES.items() if shape.automatic]
    for path in filter(None, written):
        print(path)
    if not all(written):
        raise CannotStart("Not every file was written.")


def import_file(folder, settings, file):
    """import FILE: make a session of the questions in a file, and print what is left out."""
    file = Path(file).expanduser()
    try:
        with file.open("rb") as opened:
            found = read_questions(opened.read(UPLOAD_MAX + 1))
    except FileNotFoundError:
        raise NotFound("There is no file {file}.", file=str(file)) from None
    if found["refused"]:
        raise Invalid("{reason}", reason=explain(found["refused"]))
    with command_database(expect_database(folder)) as db:
        named = clean_line(settings["user"])
        user = find_user(db, named) if named else find_first_user(db)
        if user is None and named:
            raise NotFound("There is no user {name}.", name=named)
        if user is None:
            raise NotFound("There is no user yet. Start ClassPulse and create one.")
        for skipped in found["skipped"]:
            print(_("{place} was left out: {reason} ({text})",
                    place=_(FORMATS[found["format"]]["place"], line=skipped["line"]),
                    reason=explain(skipped["code"], **skipped["values"]), text=skipped["text"]))
        if not found["questions"]:
            raise Invalid("There is no question to add.")
        drafts = [(question["type"], read_found(question)) for question in found["questions"]]
        name = clean_line(file.stem)[:NAME_MAX] or _("Questions")
        made = in_transaction(db, start_session, user["id"], name, {}, drafts).result
        session = get_session(db, made)
    print(_n("{name} has {count} question. Its code is {code}.",
             "{name} has {count} questions. Its code is {code}.", len(drafts),
             name=name, code=group_code(session["code"])))


def back_up(folder, settings, file):
    """backup FILE: copy the database, even while a server runs."""
    folder, file = expect_database(folder), Path(file).expanduser().resolve()
    if file == folder / "classpulse.db":
        raise CannotStart("This is the database itself. Name another file.")
    try:
        backup(folder / "classpulse.db", file)
    except (OSError, sqlite3.Error) as problem:
        raise CannotStart("{file} was not written: {problem}.", file=file, problem=problem
                          ) from None
    print(file)


def restore(folder, settings, file):
    """restore FILE: replace the database with a backup; the old one is kept beside it."""
    folder, file = Path(folder).expanduser().resolve(), Path(file).expanduser().resolve()
    if file == folder / "classpulse.db" or not file.is_file() or not file.stat().st_size:
        raise CannotStart("{file} is not a backup.", file=file)
    check_file(file, folder, foreign=False)
    lock = lock_folder(make_folder(folder))       # refused while a server runs
    aside = replace_database(file, folder)
    lock.close()
    print(_("{database} was restored from {backup}.", database=folder / "classpulse.db",
            backup=file.name))
    if aside.exists():
        print(_("The previous database is {file}. Delete it when you no longer need it.",
                file=aside))


def expect_database(folder):
    """The data folder, prepared; CannotStart if it has no database: a typo must not create one."""
    path = Path(folder).expanduser().resolve() / "classpulse.db"
    if not path.is_file() or not (path.stat().st_size or has_log(path)):
        raise CannotStart("There is no database in {folder}. Name its folder with --data FOLDER. "
                          "Nothing was created.", folder=path.parent)
    return prepare_folder(folder)


def command_database(folder):
    """The database for one command, even while a server runs; a context manager that closes it."""
    return closing(connect(prepare_folder(folder) / "classpulse.db"))


def read_password():
    """A password, prompted for twice; one line of standard input if that is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(_("Password: "))
    if getpass.getpass(_("Repeat password: ")) != password:
        raise Invalid("The passwords don't match.")
    return password


# {name: (function, argument)}: an argument in brackets is optional.
COMMANDS = {
    "serve": (serve, ""),
    "adduser": (add_user, "NAME"),
    "passwd": (change_password, "NAME"),
    "export": (export_files, "[CODE]"),
    "import": (import_file, "FILE"),
    "backup": (back_up, "FILE"),
    "restore": (restore, "FILE"),
}


if __name__ == "__main__":
    sys.exit(main())
