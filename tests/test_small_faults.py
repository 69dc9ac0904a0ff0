"""Faults that stay small: one item fails, is named in the terminal, and everything goes on."""

import os
import subprocess
import sys

import classpulse
import pytest
from conftest import ROOT, START
from test_real_time_results import Listener, wait_for


SECRET = "geheim"


class Fault(Exception):
    """What nobody foresaw."""


@pytest.fixture
def break_once(monkeypatch):
    """A function that lets a method fail at its next call; {"called": how often it was}."""
    def break_once(owner, name):
        method, seen = getattr(owner, name), {"called": 0}

        def fail(*args, **named):
            seen["called"] += 1
            if seen["called"] == 1:
                raise Fault(SECRET)
            return method(*args, **named)
        monkeypatch.setattr(owner, name, fail)
        return seen
    return break_once


@pytest.fixture
def rooms(tmp_path, monkeypatch):
    """A function that opens a classroom whose background beats quickly."""
    monkeypatch.setattr(classpulse.Live, "BEAT_SECONDS", 0.01)
    opened = []

    def open_room():
        classpulse.classroom.open(tmp_path / "data")
        opened.append(classpulse.classroom)
        return opened[-1]
    yield open_room
    for room in opened:
        room.close()


@pytest.mark.parametrize("owner, name", [
    (classpulse.Live, "_beat"), (classpulse.Live, "_save_seen"),
    (classpulse.Live, "check_signins"),
    (classpulse.Exports, "_write_all_due"), (classpulse.Exports, "refresh")],
    ids=lambda value: getattr(value, "__name__", value))
def test_what_goes_on_in_the_background_survives_a_fault(rooms, break_once, capsys, owner, name):
    seen = break_once(owner, name)
    room = rooms()
    wait_for(lambda: seen["called"])
    said = capsys.readouterr().err
    assert "Fault" in said and SECRET not in said
    if name != "refresh":               # which is done once
        room.exports.bell.set()
        wait_for(lambda: seen["called"] > 1)
    assert not room.exports.greenlet.dead and not room.live.heart.dead


def test_one_watcher_that_fails_leaves_the_beat_to_the_others(rooms, break_once, capsys):
    room = rooms()
    beats = []
    for number, beat in enumerate((lambda: 1 / 0, lambda: beats.append(True))):
        watcher = classpulse.Watcher(None)
        watcher.beat, watcher.close = beat, lambda: None
        room.live.room("audience", number).watchers.add(watcher)
    wait_for(lambda: len(beats) > 1)
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_message_that_can_not_be_made_is_made_at_the_next_change(
        room, question, respondent, break_once, capsys):
    page = Listener(room, "results", question["id"])
    seen = break_once(classpulse, "get_question_stats")
    room.live.changed("results", question["id"])
    wait_for(lambda: seen["called"] == 1)
    respondent.respond(question["id"], "A")
    wait_for(lambda: page.heard and page.heard[-1]["response_count"] == 1)
    assert "Fault" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["current", "encode"])
def test_phones_are_told_by_the_next_beat_what_could_not_be_told(
        room, presenter, session, question, break_once, capsys, name):
    phone = Listener(room, "audience", session["id"])
    seen = break_once(classpulse.Live, name)
    presenter.toggle(question["id"], 0)
    wait_for(lambda: seen["called"] == 1)
    room.live._beat()
    wait_for(lambda: phone.heard)
    assert phone.heard[-1]["questions"][0]["stage"] == "results"
    assert "Fault" in capsys.readouterr().err


def test_one_phone_whose_answers_can_not_be_read_leaves_the_others_theirs(
        room, session, break_once, capsys):
    phones = [Listener(room, "audience", session["id"]) for _ in range(2)]
    break_once(classpulse.Live, "first_state")
    room.live.send_answers(session["id"], {"x"})
    assert ["mine" in message for phone in phones for message in phone.heard] == [True]
    assert "Fault" in capsys.readouterr().err


def test_one_file_that_can_not_be_written_leaves_the_others_their_turn(
        room, presenter, respondent, question, break_once, capsys):
    respondent.respond(question["id"], "A")
    other = presenter.create_session("Andere")
    break_once(room.exports, "write")
    room.exports.wanted(question["session_id"], at_once=True)
    room.exports.wanted(other, at_once=True)
    wait_for(lambda: room.exports.find_file(classpulse.get_session(room.db, other)))
    assert "was not written" in capsys.readouterr().err


def test_a_session_deleted_while_files_are_due_does_not_end_the_writing(
        room, presenter, monkeypatch):
    first, second, third = map(presenter.create_session, ("Eins", "Zwei", "Drei"))
    write = room.exports.write

    def delete_next(*which):
        room.exports.due.pop(second, None)
        return write(*which)
    monkeypatch.setattr(room.exports, "write", delete_next)
    for session_id in (first, second, third):
        room.exports.wanted(session_id, at_once=True)
    wait_for(lambda: room.exports.find_file(classpulse.get_session(room.db, third)))
    assert not room.exports.find_file(classpulse.get_session(room.db, second))
    assert not room.exports.greenlet.dead


def test_a_backup_that_fails_is_tried_again(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(classpulse.Backups, "EVERY_SECONDS", 0.01)
    (tmp_path / "backups").mkdir()
    backups, made = classpulse.Backups(tmp_path), []
    monkeypatch.setattr(backups, "make", lambda: made.append(True) or 1 / 0)
    greenlet = classpulse.repeat(backups.run, backups.EVERY_SECONDS)
    try:
        wait_for(lambda: len(made) > 1)
    finally:
        greenlet.kill()
    assert "ZeroDivisionError" in capsys.readouterr().err


# The browser at the start

@pytest.mark.skipif(os.name != "posix" or sys.platform == "darwin",
                    reason="BROWSER and DISPLAY are what other desktops go by")
@pytest.mark.parametrize("opens", [True, False])
def test_the_browser_opens_at_the_start_or_one_sentence_says_that_it_did_not(tmp_path, opens):
    script, opened = tmp_path / "browser", tmp_path / "opened"
    script.write_text(f"#!/bin/sh\necho \"$1\" > {opened}\n", "utf-8")
    script.chmod(0o700 if opens else 0o600)
    environment = {**os.environ, "BROWSER": str(script), "DISPLAY": ":9", "PATH": "/nowhere"}
    with subprocess.Popen(
            [sys.executable, *START, "--data", tmp_path / "data", "--port=0",
             "--host=127.0.0.1"], cwd=ROOT, encoding="utf-8", env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        said = []
        for line in process.stdout:
            said.append(line)
            if "Stop with" in line and not opens:
                assert "No browser could be opened" in process.stdout.readline()
            if "Stop with" in line:
                break
        if opens:
            wait_for(lambda: opened.exists() and opened.read_text("utf-8").strip())
            assert "/setup?token=" in opened.read_text("utf-8")
        process.terminate()
        assert "Traceback" not in process.stdout.read()


def test_a_question_that_is_closed_or_deleted_while_a_message_is_made_ends_none(room, session):
    """A commit is seen between two statements, before the loop hears of it."""
    assert classpulse.count_finished(room.db, session["id"]) == 0
    gone = {"id": 2**40, "type": "rating", "stage": "results", "on_phones": True}
    assert classpulse.find_results(gone) is None
