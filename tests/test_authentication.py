"""Who is let in: the first account, signing in and out, and what strangers are told."""

import gzip
import threading

import classpulse
import gevent
import pytest
import webob
from conftest import NAME, PASSWORD, Presenter, everything
from test_real_time_results import wait_for
from test_store import refuse_commit

ACCOUNT = {"username": "مدرسة", "display_name": "Frau Öztürk 🦉", "email": "ö@schule.example",
           "password": PASSWORD}


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch):
    """Hash at a thousandth of the cost that is asked for, and that one test looks at."""
    scrypt = classpulse.hashlib.scrypt
    monkeypatch.setattr(classpulse.hashlib, "scrypt", lambda password, **how: scrypt(
        password, **{**how, "n": 2**4}))


@pytest.fixture
def set_up(room, visitor):
    """A function that posts the set-up form."""
    def post(status=303, **fields):
        return visitor.post("/setup", {"token": room.setup_token, **ACCOUNT, **fields},
                            status=status)
    return post


@pytest.fixture
def no_waiting(monkeypatch):
    """How long guessers would have had to wait, in seconds; nobody does."""
    waits = []
    sleep, test = gevent.sleep, gevent.getcurrent()

    def note(seconds=0, ref=True):
        if gevent.getcurrent() is not test:     # what runs by itself goes on in its own time
            return sleep(seconds, ref)
        waits.append(seconds)
        sleep(0)
    monkeypatch.setattr(classpulse.gevent, "sleep", note)
    return waits


def sign_in(client, username=NAME, password=PASSWORD, status=303, **options):
    return client.post("/login", {"username": username, "password": password}, status=status,
                       **options)


# The first account

def test_the_set_up_link_creates_the_first_user(db, room, visitor, set_up):
    page = visitor.get("/setup", params={"token": room.setup_token}, status=200)
    assert page.html.select_one("form[action='/setup'] input[name=token]")["value"] == \
        room.setup_token
    set_up()
    [user] = db.all("SELECT username, display_name, email FROM users")
    assert user == {key: ACCOUNT[key] for key in ("username", "display_name", "email")}


def test_who_created_the_first_user_is_signed_in(visitor, set_up):
    assert set_up().location.endswith("/")
    assert "Frau Öztürk 🦉" in visitor.get("/").text


def test_the_form_of_the_set_up_page_creates_the_first_user(room, visitor):
    form = visitor.get("/setup", params={"token": room.setup_token}).form
    form["username"], form["password"] = "Jürgen", PASSWORD
    form.submit(status=303)
    assert "Jürgen" in visitor.get("/").text


def test_the_email_and_the_name_may_be_left_out(db, set_up):
    set_up(email="", display_name="")
    assert db.one("SELECT email, display_name FROM users") == {
        "email": "", "display_name": ACCOUNT["username"]}


def test_the_set_up_page_is_404_without_the_token(visitor):
    for token in ["", "wrong", "ÿ🙈"]:
        visitor.get("/setup", params={"token": token}, status=404)


def test_the_set_up_page_is_404_without_any_token(visitor):
    visitor.get("/setup", status=404)


def test_nobody_is_created_without_the_token(db, set_up):
    for token in ["", "wrong", "ÿ🙈"]:
        set_up(status=404, token=token)
        assert classpulse.count_users(db) == 0, token


def test_the_set_up_page_is_404_once_there_is_a_user(room, visitor, presenter):
    visitor.get("/setup", params={"token": room.setup_token}, status=404)


def test_nobody_is_created_by_the_set_up_link_once_there_is_a_user(db, presenter, set_up):
    set_up(status=404)
    assert classpulse.count_users(db) == 1


def test_an_account_out_of_limits_is_refused_beside_its_field(db, set_up):
    for field, value in [
            ("username", " "), ("username", "ü" * 65), ("password", "kurz!"), ("password", ""),
            ("display_name", "ü" * 201), ("email", "ü" * 201)]:
        page = set_up(status=422, **{field: value})
        assert page.html.select_one(f"#problem-{field}").get_text(strip=True)
        assert classpulse.count_users(db) == 0, field


def test_a_refused_account_keeps_what_was_typed_but_not_the_password(set_up):
    page = set_up(status=422, password="🙈")
    for field in ("username", "display_name"):
        assert page.html.select_one(f"input[name={field}]")["value"] == ACCOUNT[field]
    assert not page.html.select_one("input[name=password]").get("value")


# Signing in

def test_the_right_password_leads_home(visitor, presenter):
    assert sign_in(visitor).location.endswith("/")
    assert NAME in visitor.get("/").text


def test_the_form_of_the_sign_in_page_signs_in(visitor, presenter):
    form = visitor.get("/login").form
    form["username"], form["password"] = NAME, PASSWORD
    form.submit(status=303)
    assert NAME in visitor.get("/").text


def test_unknown_user_and_wrong_password_get_401_without_a_cookie_and_are_told_alike(
        visitor, presenter):
    messages = set()
    for username in (NAME, "niemand 🙈"):
        page = sign_in(visitor, username, "falsch💥", status=401)
        assert "Set-Cookie" not in page.headers, username
        assert page.html.select_one("input[name=username]")["value"] == username
        assert "falsch💥" not in page.text, username
        messages.add(page.html.select_one("[role=alert]").get_text(strip=True))
    assert len(messages) == 1 and messages != {""}


def test_a_failed_sign_in_takes_one_hashing_whoever_it_names(visitor, presenter, monkeypatch):
    hashed, scrypt = [], classpulse.hashlib.scrypt

    def note(*args, **options):
        hashed.append(options)
        return scrypt(*args, **options)
    monkeypatch.setattr(classpulse.hashlib, "scrypt", note)
    for username in (NAME, "niemand 🙈"):
        hashed.clear()
        sign_in(visitor, username, "falsch", status=401)
        assert [(cost["n"], cost["r"], cost["p"]) for cost in hashed] == [
            (2**14, 8, 5)], username


def test_passwords_are_hashed_off_the_event_loop(visitor, presenter, monkeypatch):
    threads, check = [], classpulse.check_password

    def note(*args):
        threads.append(threading.get_ident())
        return check(*args)
    monkeypatch.setattr(classpulse, "check_password", note)
    sign_in(visitor)
    assert threads and threading.get_ident() not in threads


def test_authenticate_user_gives_the_user_or_none(db, presenter):
    assert classpulse.authenticate_user(db, NAME, PASSWORD)["id"] == presenter.id
    assert classpulse.authenticate_user(db, NAME, PASSWORD + "ß") is None
    assert classpulse.authenticate_user(db, "niemand", PASSWORD) is None


def test_a_name_typed_in_decomposed_letters_signs_in(visitor, set_up):
    set_up(username="J\u00fcrgen")
    visitor.http.reset()
    sign_in(visitor, "Ju\u0308rgen")


@pytest.mark.parametrize("password", ["пароль🔑", "  spaces  ", "ß" * 300])
def test_any_password_of_six_characters_signs_in(visitor, set_up, password):
    set_up(password=password)
    visitor.http.reset()
    sign_in(visitor, ACCOUNT["username"], password)


def test_the_sign_in_page_says_how_to_set_a_new_password(visitor):
    assert "classpulse.py passwd" in visitor.get("/login", status=200).text


def test_failures_slow_down(visitor, presenter, no_waiting):
    for _ in range(9):
        sign_in(visitor, password="falsch", status=401)
    assert no_waiting and no_waiting == sorted(no_waiting) and no_waiting[-1] > no_waiting[0]
    assert max(no_waiting) <= 4


def test_the_right_password_from_loopback_is_never_refused(visitor, presenter, no_waiting):
    for _ in range(9):
        sign_in(visitor, password="falsch", status=401)
    sign_in(visitor, extra_environ={"REMOTE_ADDR": "127.0.0.1"})
    assert NAME in visitor.get("/").text


def test_nobody_is_taken_for_the_laptop_by_what_a_header_says(visitor, presenter, no_waiting,
                                                              monkeypatch):
    monkeypatch.setattr(classpulse.LoginThrottle, "WAITING", 0)
    for _ in range(9):
        forged = {"REMOTE_ADDR": "10.0.0.9", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}
        page = sign_in(visitor, "nobody", "falsch", extra_environ=forged, status="*")
    assert page.status_int == 503


# The cookie

def test_the_cookie_is_http_only_lax_not_secure_and_lasts_30_days(room, visitor, presenter):
    cookie = sign_in(visitor).headers["Set-Cookie"]
    name, *attributes = cookie.lower().split("; ")
    assert name.startswith(f"cp_{room.id}=")
    assert {"httponly", "samesite=lax", "path=/", f"max-age={30 * 86400}"} <= set(attributes)
    assert not any(attribute.startswith(("secure", "domain")) for attribute in attributes)


def test_the_database_holds_only_the_hash_of_the_token(db, room, visitor, presenter):
    sign_in(visitor)
    token = visitor.http.cookies[f"cp_{room.id}"]
    assert token not in everything(db)
    assert db.one("SELECT user_id FROM signins WHERE token_hash = :hash",
                  hash=classpulse.hash_token(token)) == {"user_id": presenter.id}


def test_the_database_does_not_hold_the_password(db, set_up):
    set_up(password="geheim🔑wort")
    assert "geheim" not in everything(db)
    assert db.one("SELECT password_hash FROM users")["password_hash"].startswith("scrypt$")


def test_two_hashes_of_one_password_differ():
    assert classpulse.hash_password("ä") != classpulse.hash_password("ä")


def test_the_hash_from_the_database_is_no_sign_in(db, room, presenter, visitor):
    found = db.one("SELECT token_hash FROM signins")["token_hash"]
    visitor.http.set_cookie(f"cp_{room.id}", found)
    assert visitor.get("/sessions", status=303).location.endswith("/login")


def test_a_sign_in_that_is_used_is_renewed(db, presenter):
    db.write(lambda connection: connection.execute(
        "UPDATE signins SET expires_at = :soon", dict(soon=classpulse.time_in(days=20))).rowcount)
    page = presenter.get("/sessions", status=200)
    assert f"max-age={30 * 86400}" in page.headers["Set-Cookie"].lower()
    wait_for(lambda: db.one("SELECT expires_at FROM signins")["expires_at"]
             > classpulse.time_in(days=29))


def test_pages_come_while_nothing_can_be_saved_and_the_sign_in_is_of_yesterday(
        db, presenter, question, monkeypatch):
    db.write(lambda connection: connection.execute(
        "UPDATE signins SET expires_at = :soon", dict(soon=classpulse.time_in(days=20))).rowcount)
    monkeypatch.setattr(db, "_run_commit", refuse_commit)
    with pytest.raises(classpulse.NotSaved):
        db.write(classpulse.touch)
    session_id = question["session_id"]
    for path in ("/", "/sessions", f"/sessions/{session_id}", f"/present/{session_id}",
                 f"/questions/{question['id']}/results"):
        page = presenter.get(path, status=200)
        assert "Set-Cookie" in page.headers
    assert "refuses to write" in presenter.get(f"/present/{session_id}").text
    monkeypatch.undo()
    presenter.get("/")
    wait_for(lambda: db.one("SELECT expires_at FROM signins")["expires_at"]
             > classpulse.time_in(days=29))


def test_an_expired_sign_in_leads_to_the_sign_in_page(db, presenter):
    db.write(lambda connection: connection.execute(
        "UPDATE signins SET expires_at = :past", dict(past=classpulse.time_in(days=-1))).rowcount)
    assert presenter.get("/sessions", status=303).location.endswith("/login")


def test_an_odd_cookie_of_another_program_does_not_sign_anybody_out(room, presenter):
    token = presenter.http.cookies[f"cp_{room.id}"]
    presenter.http.reset()
    presenter.get("/sessions", headers={"Cookie": f"a[1]={{\"x\":1}}; cp_{room.id}={token}; b=ü"},
                  status=200)


# Signing out

def test_signing_out_forgets_the_sign_in(db, room, presenter):
    token = presenter.http.cookies[f"cp_{room.id}"]
    assert presenter.post("/logout", status=303).location.endswith("/")
    assert db.all("SELECT * FROM signins") == []
    presenter.http.set_cookie(f"cp_{room.id}", token)
    assert presenter.get("/sessions", status=303).location.endswith("/login")


def test_signing_out_takes_the_cookie_away(room, presenter):
    presenter.post("/logout", status=303)
    assert not presenter.http.cookies.get(f"cp_{room.id}")


def test_signing_out_leaves_other_browsers_signed_in(visitor, presenter):
    sign_in(visitor)
    presenter.post("/logout", status=303)
    visitor.get("/sessions", status=200)


def test_signing_out_without_a_sign_in_leads_home(visitor):
    assert visitor.post("/logout", status=303).location.endswith("/")


# Who may see what

PRESENTER_PAGES = ["/sessions", "/sessions/new"]
SESSION_PAGES = ["/sessions/{session}", "/sessions/{session}/questions/new/multiple_choice",
                 "/present/{session}", "/present/{session}?question={question}",
                 "/sessions/{session}/export", "/questions/{question}/results",
                 "/questions/{question}/export"]
SESSION_POSTS = ["/sessions/{session}/questions/new/multiple_choice",
                 "/api/sessions/{session}/toggle", "/api/questions/{question}/toggle",
                 "/api/sessions/{session}/step"]
FIELDS = {"title": "Größe?", "options": "Ä\nÖ", "active": "0", "action": "close", "stage": "open",
          "round": "1"}


@pytest.fixture
def fill(session, question):
    """A function that puts the ids into a path."""
    return lambda path: path.format(session=session["id"], question=question["id"])


def test_anonymous_visitors_of_presenter_pages_go_to_the_sign_in_page(visitor, fill):
    for path in PRESENTER_PAGES + SESSION_PAGES:
        page = visitor.get(fill(path), status=303)
        assert page.location.endswith("/login") and page.text == "", path


def test_anonymous_visitors_change_nothing(db, visitor, fill):
    before = everything(db)
    for path in ["/sessions/new"] + SESSION_POSTS:
        page = visitor.post(fill(path), {"name": "Übung", **FIELDS}, status=303)
        assert page.location.endswith("/login"), path
        assert everything(db) == before, path


def test_respondents_go_to_the_sign_in_page_as_well(respondent, fill):
    for path in PRESENTER_PAGES + SESSION_PAGES:
        assert respondent.get(fill(path), status=303).location.endswith("/login"), path


def test_anonymous_visitors_may_not_watch(visitor, fill):
    for path in ["/ws/present/{session}", "/ws/results/{question}"]:
        visitor.get(fill(path), headers={"Upgrade": "websocket"}, status=403)


def test_another_presenters_things_are_404(other_presenter, fill):
    for path in SESSION_PAGES + ["/ws/present/{session}", "/ws/results/{question}"]:
        page = other_presenter.get(fill(path), status=404)
        assert "Biologie" not in page.text and "Paris" not in page.text, path


def test_another_presenters_things_cannot_be_changed(db, other_presenter, question, fill):
    before = everything(db)
    for path in SESSION_POSTS:
        for post in other_presenter.post, other_presenter.htmx:
            post(fill(path), {**FIELDS, "question_id": question["id"]}, status=404)
            assert everything(db) == before, (path, post)


def test_the_home_and_the_list_hold_the_presenters_own_sessions_only(presenter, other_presenter):
    presenter.create_session("Größenlehre 🦉")
    other_presenter.create_session("درس الرياضيات")
    for page in ("/", "/sessions"):
        assert "Größenlehre 🦉" in presenter.get(page).text
        assert "درس الرياضيات" not in presenter.get(page).text


def test_what_does_not_exist_is_404(presenter):
    for path in ["/sessions/9999", "/sessions/9999/export", "/present/9999",
                 "/questions/9999/results", "/questions/9999/export",
                 "/sessions/9999/questions/new/rating", "/sessions/0", "/sessions/x",
                 "/sessions/99999999999999999999", "/questions/-1/results"]:
        presenter.get(path, status=404)


def test_what_does_not_exist_cannot_be_changed(presenter):
    for path in ["/api/sessions/9999/toggle", "/api/questions/9999/toggle",
                 "/api/sessions/9999/step", "/sessions/9999/questions/new/rating"]:
        presenter.post(path, FIELDS, status=404)


def test_the_projector_does_not_show_a_question_of_another_session(presenter, question):
    second = presenter.create_session("Zweite Übung")
    presenter.get(f"/present/{second}?question={question['id']}", status=404)


# Other sites and other names

ADDRESSES = ["127.0.0.1:8000", "192.168.178.34:8000", "10.0.0.7", "[fe80::1]:8000", "[::1]",
             "localhost", "localhost:8000", "LOCALHOST:8000"]


def test_an_address_or_localhost_is_served(visitor):
    for host in ADDRESSES:
        visitor.get("/", headers={"Host": host}, status=200)


def test_the_laptops_own_name_is_served(visitor, monkeypatch):
    monkeypatch.setattr(classpulse.socket, "gethostname", lambda: "Laptop-7")
    for host in ("laptop-7:8000", "LAPTOP-7", "laptop-7.local:8000"):
        visitor.get("/", headers={"Host": host}, status=200)


def test_the_host_of_the_url_setting_is_served(room, visitor):
    room.settings["url"] = "http://klasse.schule.example:8000"
    visitor.get("/", headers={"Host": "klasse.schule.example:8000"}, status=200)
    visitor.get("/", headers={"Host": "schule.example:8000"}, status=421)


def test_a_host_that_is_not_ours_gets_421(visitor):
    for path in ["/", "/healthz", "/login", "/favicon.ico", "/nothing"]:
        for host in ["evil.example", "evil.example:8000", "localhost.evil.example",
                     "127.0.0.1.evil.example", "", "localhost:8000:1", "a b", "localhost/",
                     "localhost@evil.example"]:
            visitor.get(path, headers={"Host": host}, status=421)


FOREIGN = [
    {"Origin": "http://evil.example"}, {"Origin": "http://localhost:9999"}, {"Origin": "null"},
    {"Origin": "http://localhost"}, {"Origin": "http://localhost:80.evil.example"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://localhost:80", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}]


def test_what_another_site_sends_is_refused(db, presenter):
    for headers in FOREIGN:
        presenter.post("/sessions/new", {"name": "Übung"}, status=403,
                       headers={"Host": "localhost:80", **headers})
        assert db.all("SELECT * FROM sessions") == [], headers


def test_what_our_own_pages_send_is_served(presenter):
    for headers in [
            {}, {"Origin": "http://localhost:80"}, {"Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "none"},
            {"Origin": "http://LOCALHOST:80", "Sec-Fetch-Site": "same-origin"}]:
        presenter.post("/sessions/new", {"name": "Übung"}, status=303,
                       headers={"Host": "localhost:80", **headers})


def test_another_site_cannot_send_a_vote(db, respondent, question):
    respondent.post(f"/audience/respond/{question['id']}", {"response": "A"},
                    headers={"Origin": "http://evil.example"}, status=403)
    assert db.all("SELECT * FROM responses") == []


def test_another_site_cannot_open_a_socket(presenter, fill):
    for path in ["/ws/present/{session}", "/ws/results/{question}"]:
        for headers in FOREIGN[:2] + FOREIGN[6:7]:
            presenter.get(fill(path), status=403, headers={
                "Host": "localhost:80", "Upgrade": "websocket", **headers})


def test_a_link_on_another_site_leads_to_the_page(visitor):
    visitor.get("/join", headers={"Sec-Fetch-Site": "cross-site"}, status=200)


# What every answer says

def policy(page):
    return dict(part.strip().partition(" ")[::2]
                for part in page.headers["Content-Security-Policy"].split(";"))


def test_the_policy_lets_a_page_ask_this_server_only(visitor):
    for path, status in [("/", 200), ("/login", 200), ("/nothing", 404), ("/sessions", 303),
                         ("/healthz", 200), ("/favicon.ico", 200)]:
        page = visitor.get(path, status=status)
        assert policy(page)["default-src"] == "'self'", path
        assert "unsafe" not in page.headers["Content-Security-Policy"], path
        for sources in policy(page).values():
            assert set(sources.split()) <= {
                "'self'", "'none'", f"ws://{page.request.host}"}, path
        assert page.headers["X-Content-Type-Options"] == "nosniff", path
        assert page.headers["Referrer-Policy"] in ("same-origin", "no-referrer"), path


def test_refusals_carry_the_policy_too(visitor):
    for page in (visitor.get("/", headers={"Host": "evil.example"}, status=421),
                 visitor.post("/logout", headers={"Origin": "http://evil.example"}, status=403)):
        assert policy(page)["default-src"] == "'self'"


def test_dynamic_answers_are_not_kept(visitor):
    for path, status in [("/", 200), ("/healthz", 200), ("/nothing", 404), ("/sessions", 303)]:
        page = visitor.get(path, status=status)
        assert page.headers["Connection"] == "close", path
        assert page.headers["Cache-Control"] == "no-store", path


def find_static(page):
    return page.html.select_one("link[rel=stylesheet]")["href"]


def test_static_files_are_cached_for_ever(visitor):
    file = visitor.get(find_static(visitor.get("/")), status=200)
    assert "max-age=31536000" in file.headers["Cache-Control"]
    assert "immutable" in file.headers["Cache-Control"]
    assert file.headers["Connection"] == "close"    # or a phone's vote hangs on it, when it died


def test_static_files_are_compressed_for_who_understands_it(visitor):
    path = find_static(visitor.get("/"))
    plain = visitor.get(path, headers={"Accept-Encoding": "identity"})
    asked = webob.Request.blank(path, headers={"Accept-Encoding": "gzip"})
    packed = asked.get_response(classpulse.app)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == plain.body


def test_static_files_lie_under_a_hash_of_all_of_them(visitor):
    path = find_static(visitor.get("/"))
    version = path.split("/")[2]
    assert path.startswith("/static/") and len(version) >= 8
    visitor.get(path.replace(version, "0" * 12), status=404)
    visitor.get(f"/static/{version}/nothing.js", status=404)
    visitor.get(f"/static/{version}/../classpulse.py", status=404)


def test_the_favicon_answers(visitor):
    icon = visitor.get("/favicon.ico", status=200)
    assert icon.content_type.startswith("image/") and icon.body


def test_the_health_page_says_ok_and_the_version(visitor):
    page = visitor.get("/healthz", status=200)
    assert page.content_type == "text/plain"
    assert page.text.split() == ["ok", classpulse.__version__]


def test_the_health_page_does_not_wait_for_the_writer(db, visitor, monkeypatch):
    def refuse(*_):
        raise classpulse.NotSaved("Not saved.")
    monkeypatch.setattr(db, "write", refuse)
    visitor.get("/healthz", status=200)


def test_the_titles_of_public_pages_contain_the_name(visitor):
    for path in ["/", "/join", "/login", "/nothing"]:
        assert "ClassPulse" in visitor.get(path, status="*").html.title.get_text(), path


def test_the_title_of_what_a_presenter_does_not_have_contains_the_name(presenter):
    assert "ClassPulse" in presenter.get("/sessions/9999", status=404).html.title.get_text()


def test_presenter_pages_have_the_name_in_their_titles_and_nothing_that_the_policy_forbids(
        presenter, fill):
    for path in ["/", *PRESENTER_PAGES, *SESSION_PAGES]:
        if "export" in path:
            continue
        page = presenter.get(fill(path), status=200).html
        assert "ClassPulse" in page.title.get_text(), path
        assert not page.select("style, [style], script:not([src])"), path
        for tag in page.find_all(True):
            assert not [name for name in tag.attrs if name.startswith(("on", "hx-on"))], path
            for name in ("src", "href", "action"):
                assert not tag.get(name, "").startswith(
                    ("http:", "https:", "//", "javascript:")), path


def test_the_home_of_a_visitor_asks_for_the_code_and_leads_presenters_on(visitor):
    page = visitor.get("/", status=200).html
    assert page.select_one("form[action='/join'] input[name=code]")
    assert "Sign in" in page.select_one("a[href='/login']").get_text()


def test_the_home_of_a_presenter_says_where_everything_is_kept(room, presenter):
    assert str(room.folder) in presenter.get("/").text and room.folder.is_absolute()


def test_two_presenters_with_one_name_cannot_exist(db, presenter):
    with pytest.raises(classpulse.Invalid):
        Presenter(db, NAME.replace("Frau", "FRAU"))


def test_a_respondent_stays_one_when_a_presenter_signs_in_on_the_same_device(respondent, presenter,
                                                                             question):
    respondent.respond(question["id"], "A")
    sign_in(respondent)
    respondent.respond(question["id"], "B")
    assert list(respondent.state()["mine"]) == [str(question["id"])]


def test_the_printed_link_can_be_posted_to(room, visitor):
    visitor.post(f"/setup?token={room.setup_token}",
                 {"username": "مدرسة", "password": "geheim 🦉"}, status=303)
    assert classpulse.find_user(room.db, "مدرسة")
