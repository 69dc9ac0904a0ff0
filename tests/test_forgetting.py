"""Forget names: after it nobody can find out, from any file of ours, who gave which answer."""

import csv
import io
import os
import shutil

import classpulse
import gevent
import pytest
from conftest import Respondent
from test_names import ANONYMOUS, get_audience

SECRETS = ["Nilufar Geheim", "471147", "nilufar@schule.example", "nil471"]


@pytest.fixture
def lesson(db, presenter):
    """A session in which one of two has picked her name, with an answer of each."""
    presenter.post("/lists", {"name": "10b", "entries": "\t".join(SECRETS) + "\nBen"}, status=303)
    session_id = presenter.create_session(names="required", identify="list", list=1)
    question_id = presenter.create_question(session_id)
    presenter.toggle(question_id)
    session = dict(classpulse.get_session(db, session_id), question_id=question_id, phones=[])
    for entry, key in zip(classpulse.list_class_entries(db, 1), "AB"):
        phone = Respondent(session["code"])
        phone.post(f"/audience/{phone.code}/name", {"entry": entry["id"]}, status=303)
        phone.respond(question_id, key)
        session["phones"].append(phone)
    # The list itself would keep them, as it should.
    presenter.post("/lists/1/delete", status=303)
    return session


def read_folder(room):
    """{path: content} of every file below the data folder."""
    return {path: path.read_bytes() for path in room.folder.rglob("*") if path.is_file()}


def find_secrets(room):
    """Names of the files in which a secret is found, in the encodings that ours have."""
    return {path.name for path, content in read_folder(room).items()
            if any(secret.encode() in content for secret in SECRETS)}


def forget(presenter, session):
    page = presenter.get(f"/sessions/{session['id']}/edit").click("Forget names")
    return page.forms[1].submit()


def test_no_file_has_a_name_that_was_forgotten(room, db, presenter, lesson):
    path = room.exports.write(lesson["id"])
    room.exports.write(lesson["id"], lesson["question_id"])
    backup = room.backups.make()
    # What a crash left behind.
    shutil.copy(backup, backup.with_name(f"{backup.stem}zz.part"))
    shutil.copy(path, path.with_name(f"{path.stem}zz.part"))
    before = find_secrets(room)
    assert {os.path.splitext(name)[1] for name in before} >= {".csv", ".db", ".db-wal"}
    said = forget(presenter, lesson).follow()
    assert "numbers instead of names" in said.text and "backup" in said.text
    with gevent.Timeout(20):
        while len(room.exports.list_files(lesson)) < 3:
            gevent.sleep(0.01)
    assert find_secrets(room) == set()
    kept = {shape: path for (_, shape), path in room.exports.list_files(lesson)}
    rows = list(csv.DictReader(io.StringIO(kept["long"].read_text("utf-8-sig"), newline="")))
    assert [(row["respondent_name"], row["answer_keys"]) for row in rows] == [("", "A"), ("", "B")]
    assert len(list((room.folder / "backups").glob("*.db"))) == 1


def test_pages_and_phones_have_numbers_instead_of_names(db, presenter, lesson):
    forget(presenter, lesson)
    assert classpulse.get_session(db, lesson["id"])["settings"]["names"] == "no"
    presenter.be_alone()
    seen = [presenter.get(path).text for path in (
        f"/sessions/{lesson['id']}", f"/questions/{lesson['question_id']}/private",
        f"/sessions/{lesson['id']}/missing", f"/sessions/{lesson['id']}/edit")]
    seen += [get_audience(phone).text for phone in lesson["phones"]]
    assert not [secret for secret in SECRETS for text in seen if secret in text]
    phone = lesson["phones"][0]
    assert ANONYMOUS in get_audience(phone).text
    phone.respond(lesson["question_id"], "B")       # is asked for nothing
    stats = classpulse.get_question_stats(db, lesson["question_id"])
    assert [row["count"] for row in stats["results"]] == [0, 2]


def test_forgotten_names_can_not_be_asked_for_again(presenter, lesson):
    forget(presenter, lesson)
    presenter.post(f"/sessions/{lesson['id']}/edit", {"name": "Neu", "names": "required"},
                   status=422)
    assert "Forget names" not in presenter.get(f"/sessions/{lesson['id']}/edit").text
    # By a form that was still open elsewhere.
    presenter.post(f"/sessions/{lesson['id']}/forget", status=303)


def test_the_settings_lead_back_to_copies_that_are_left(presenter, session, lesson):
    forget(presenter, lesson)
    page = presenter.get(f"/sessions/{lesson['id']}/edit").click("Erase remaining copies")
    page.forms[1].submit(status=303)
    # Not where nobody has ever been asked for a name.
    copy = presenter.post(f"/sessions/{lesson['id']}/again", status=303).location
    for path in (copy, f"/sessions/{session['id']}"):
        assert not presenter.get(f"{path}/edit").html.select("a[href$='/forget']")


def test_phones_load_their_page_again_when_names_are_forgotten(presenter, lesson):
    phone = lesson["phones"][0]
    before = phone.state()["questions"][0]["html"]
    forget(presenter, lesson)

    def settings(html):
        return html.partition('data-settings="')[2].partition('"')[0]
    assert settings(phone.state()["questions"][0]["html"]) != settings(before)


def test_what_could_not_be_reached_is_said(room, presenter, lesson, monkeypatch):
    path = room.exports.write(lesson["id"])
    aside = room.folder / "classpulse-until-2026-03-04_104207.db"
    aside.write_bytes(b"")

    def refuse(path, missing_ok=False):
        raise PermissionError("open in Excel")

    def fail(path):
        raise classpulse.NotSaved("{name} could not be emptied.", name="classpulse.db-wal")
    monkeypatch.setattr(classpulse, "empty_log", fail)
    with monkeypatch.context() as patch:
        patch.setattr(classpulse.Path, "unlink", refuse)
        text = forget(presenter, lesson).html.main.get_text()
    for name in (path.name, aside.name, "classpulse.db-wal could not be emptied"):
        assert name in text


def test_the_log_is_not_empty_while_another_program_reads_it(room, presenter, lesson,
                                                             monkeypatch):
    reader = classpulse.connect(room.folder / "classpulse.db")
    connect = classpulse.connect
    monkeypatch.setattr(classpulse, "connect", lambda path, seconds: connect(path, 0))
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM respondents").fetchall()
    with pytest.raises(classpulse.NotSaved, match="classpulse.db-wal"):
        classpulse.empty_log(room.folder / "classpulse.db")
    reader.close()


def test_what_could_not_be_reached_can_be_tried_again(room, presenter, lesson, monkeypatch):
    path = room.exports.write(lesson["id"])
    room.backups.make()
    with monkeypatch.context() as patch:
        patch.setattr(classpulse, "delete_files", lambda paths: [path.name for path in paths])
        assert path.name in forget(presenter, lesson).html.main.get_text()
    page = presenter.get(f"/sessions/{lesson['id']}/forget")
    page.forms[1].submit("", status=303)
    with gevent.Timeout(20):
        while len(room.exports.list_files(lesson)) < 3:
            gevent.sleep(0.01)
    assert find_secrets(room) == set()


def test_a_crash_while_names_are_forgotten_leaves_no_file_with_them(room, presenter, lesson,
                                                                    monkeypatch):
    for shape in ("long", "wide", "summary", "xlsx"):
        room.exports.write(lesson["id"], shape=shape)

    def crash(*args):
        raise SystemExit
    monkeypatch.setattr(classpulse, "erase_copies", crash)
    monkeypatch.setattr(room.exports, "wanted", lambda *args, **kwargs: None)
    with pytest.raises(SystemExit):
        forget(presenter, lesson)
    monkeypatch.undo()
    room.exports.refresh()                  # as at the next start
    with gevent.Timeout(20):
        while len(room.exports.list_files(lesson)) < 3:
            gevent.sleep(0.01)
    assert not [name for name in find_secrets(room) if not name.startswith("classpulse.db")]


def test_backups_that_others_share_are_named_by_who_may_not_replace_them(
        room, presenter, other_presenter):
    session_id = other_presenter.create_session(names="optional")
    made = room.backups.make()
    page = other_presenter.get(f"/sessions/{session_id}/forget")
    assert "The names stay in 1 backup in" in page.html.main.get_text()
    page.forms[1].submit(status=303)
    assert made.exists()
    said = other_presenter.get(f"/sessions/{session_id}/forget").html.main.get_text()
    assert "Earlier names may still be in 1 backup in" in said


def test_only_one_session_is_forgotten(db, presenter, lesson):
    other = presenter.create_session(names="required")
    phone = Respondent(classpulse.get_session(db, other)["code"])
    phone.post(f"/audience/{phone.code}/name", {"name": "Zoë"}, status=303)
    forget(presenter, lesson)
    assert [row["name"] for row in db.all("SELECT name FROM respondents ORDER BY session_id")] == [
        None, None, "Zoë"]
    assert "You are" in get_audience(phone).text
