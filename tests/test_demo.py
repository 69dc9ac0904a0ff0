"""The demo: made-up students who join and answer by the routes of phones."""

import json
import re
from pathlib import Path

import classpulse
import pytest
from classpulse import QUESTION_TYPES, Form
from conftest import Browser
from test_question_types import EXAMPLES


# They take their time, for people who watch them, and come one after the other. As they only ask,
# the projector hears of them at its next beat.
STUDENTS = 10
QUICK = f"""from gevent import monkey; monkey.patch_all()
import classpulse, sys
classpulse.DEMO_STUDENTS, classpulse.DEMO_SECONDS = {STUDENTS}, 0.5
classpulse.Live.BEAT_SECONDS /= 10
sys.exit(classpulse.main(sys.argv[1:]))
"""


def test_the_made_up_class_joins_and_answers_and_leaves_nothing_behind(start_server):
    server = start_server("--demo", program=["-c", QUICK])
    folder = Path(re.search("Data: (.+)", server.said)[1])
    assert "made up" in server.said and folder.is_dir()
    teacher = Browser(server)
    teacher.sign_in("demo", re.search("with the password +(\\w+)", server.said)[1])
    watched = teacher.watch("/ws/present/1")

    def hear(true):
        while not true(message := json.loads(watched.recv())):
            pass
        return message
    hear(lambda message: message.get("joined") == STUDENTS)
    for question_id in (1, 2, 3):
        seen = {"question_id": question_id, "round": 1, "stage": "draft", "action": "open"}
        teacher.post("/api/sessions/1/step", seen, status=200)
        now = hear(lambda message: message.get("response_count") == STUDENTS)
        assert now["question_id"] == question_id and now["late"] == 0
        teacher.post("/api/sessions/1/step", {**seen, "stage": "open", "action": "close"},
                     status=200)
        closed = hear(lambda message: message.get("stage") not in (None, "open"))
        if closed["following_id"]:
            teacher.post("/api/sessions/1/step", {
                **seen, "stage": closed["stage"], "action": "go", "to": closed["following_id"]},
                status=200)
    watched.close()
    assert server.stop() == 0
    assert not folder.exists()


@pytest.mark.parametrize("status, body", [(404, b"<!doctype html>"), (503, b"Stopped.")])
def test_made_up_students_leave_when_their_session_is_gone(monkeypatch, status, body):
    answers = [(200, {"Set-Cookie": "a=b; Path=/"}, b""), (200, {}, b'{"questions": []}'),
               (status, {}, body)]
    monkeypatch.setattr(classpulse, "ask_server", lambda *_, **__: answers.pop(0))
    monkeypatch.setattr(classpulse.gevent, "sleep", lambda seconds: None)
    classpulse.pretend_student("482913")
    assert not answers


@pytest.mark.parametrize("type", QUESTION_TYPES)
def test_what_is_made_up_is_an_answer_of_every_type(db, presenter, session, type):
    question_id = presenter.create_question(session["id"], type, **EXAMPLES[type].fields)
    presenter.toggle(question_id)
    question = classpulse.get_question(db, question_id)
    html = classpulse.view("partials/_asked", question=question, answer=[], saved=None,
                           results=None)
    for _ in range(50):
        parts = classpulse.make_up_answer(html)
        assert QUESTION_TYPES[type].read(Form(("response", part) for part in parts),
                                         question["options"])
