"""The demo: a link that signs in, a finished session, and students made up by phones' routes."""

import json
import random
import re
from collections import Counter
from pathlib import Path

import classpulse
import pytest
from classpulse import QUESTION_TYPES, Form
from conftest import Browser, Client
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
    teacher.get(server.link.removeprefix(server.url), status=303)
    home = teacher.get("/").content.decode()
    session_id = re.search(r'href="/sessions/(\d+)"[^>]*>Demo: a made-up class', home)[1]
    watched = teacher.watch(f"/ws/present/{session_id}")

    def hear(true):
        while not true(message := json.loads(watched.recv())):
            pass
        return message
    hear(lambda message: message.get("joined") == STUDENTS)
    control = teacher.get(f"/sessions/{session_id}").content.decode()
    question_ids = [int(id) for id in re.findall(r'data-question-id="(\d+)"', control)]
    assert len(question_ids) == len(classpulse.read_examples())
    path = f"/api/sessions/{session_id}/step"
    for question_id in question_ids[:3]:
        seen = {"question_id": question_id, "round": 1, "stage": "draft", "action": "open"}
        teacher.post(path, seen, status=200)
        now = hear(lambda message: message.get("response_count") == STUDENTS)
        assert now["question_id"] == question_id and now["late"] == 0
        teacher.post(path, {**seen, "stage": "open", "action": "close"}, status=200)
        closed = hear(lambda message: message.get("stage") not in (None, "open"))
        if closed["following_id"]:
            teacher.post(path, {
                **seen, "stage": closed["stage"], "action": "go", "to": closed["following_id"]},
                status=200)
    watched.close()
    assert server.stop() == 0
    assert not folder.exists()


@pytest.fixture
def demo(room, monkeypatch):
    """What start_demo makes, in this process and without students."""
    monkeypatch.setattr(classpulse, "DEMO_STUDENTS", STUDENTS)
    monkeypatch.setattr(classpulse.gevent, "spawn_later", lambda *_: None)
    classpulse.start_demo(room.db)
    return room


def test_the_demos_link_signs_in_once_and_only_on_the_laptop(demo):
    def follow(client, token=demo.demo_token, status=303, address="127.0.0.1"):
        return client.get("/demo", params={"token": token}, status=status,
                          extra_environ={"REMOTE_ADDR": address})
    phone, laptop = Client(), Client()
    follow(phone, address="192.168.178.77", status=404)
    follow(laptop, token="ÿ", status=404)
    assert follow(laptop).location.endswith("/")
    assert "Demo: a made-up class" in laptop.get("/").text
    follow(laptop)                              # its own tab, restored
    assert "been used" in follow(Client(), status=404).text
    assert "Hello" not in phone.get("/").text


def test_there_is_no_demo_link_without_a_demo(room, visitor):
    for token in ("", "None"):
        visitor.get("/demo", params={"token": token}, status=404)


def test_the_demo_has_a_finished_session_with_answers_to_every_type(demo):
    finished, ready = sorted(classpulse.list_sessions(demo.db), key=lambda one: one["id"])
    assert not classpulse.get_session(demo.db, finished["id"])["active"]
    assert classpulse.get_session(demo.db, ready["id"])["active"]
    for session, stages in ((ready, {"draft"}), (finished, {"results", "answer"})):
        questions = classpulse.list_questions_with_counts(demo.db, session["id"])
        assert {one["type"] for one in questions} == {*QUESTION_TYPES}
        assert [bool(one["discuss"]) for one in questions].count(True) == 1
        assert {one["stage"] for one in questions} == stages
        assert all(bool(one["responses"]) == (session is finished) for one in questions)


def test_of_the_discussed_question_it_has_both_rounds(demo):
    finished = min(session["id"] for session in classpulse.list_sessions(demo.db))
    [question] = [one for one in classpulse.list_questions(demo.db, finished) if one["discuss"]]
    told = classpulse.results_message(demo.db, demo.live, question["id"])
    assert told["round"] == 2 and told["paired"]["n"] >= STUDENTS - 3
    assert told["previous"]["response_count"] >= STUDENTS - 3


def test_the_answers_that_come_with_the_examples_are_answers(room):
    for example in classpulse.read_examples():
        kind = QUESTION_TYPES[example["type"]]
        options = kind.configure(Form(example.items()))
        for answer in example["answers"] + example.get("first_answers", []):
            sent = Form(("response", part) for part in kind.split(answer))
            assert kind.read(sent, options) == answer


def test_an_example_does_not_show_phones_the_order_that_it_asks_for(room):
    """A ranking begins as its options stand, and most of the made-up students find the order."""
    for example in classpulse.read_examples():
        if example["type"] == "ranking":
            [(found, _)] = Counter(example["answers"]).most_common(1)
            assert found.split(";") != sorted(found.split(";"))


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
    for number in range(50):
        parts = classpulse.make_up_answer(html, 1 + number % 2)
        assert QUESTION_TYPES[type].read(Form(("response", part) for part in parts),
                                         question["options"])


def test_more_of_the_made_up_class_agree_after_a_discussion():
    random.seed(17)
    html = "".join(f'<input type="radio" name="response" value="{key}">' for key in "ABC")
    agree = [[classpulse.make_up_answer(html, round) for _ in range(500)].count(["B"])
             for round in (1, 2)]
    assert 200 < agree[0] < 300 < agree[1] < 400
