"""How the files beside this one were made: a lesson in the first release, kept as it left it.

    python make_version_1.py FOLDER     in the tests/ of a checkout of version 0.1.0

writes version-1.db, what was counted in it (version-1.json) and its CSV files (version-1.csv)
into FOLDER. They are never made again: later releases must open what that one wrote.
"""

import base64
import json
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))
from conftest import Presenter, Respondent, classpulse  # noqa: E402

DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIA"
                       "pD5fRAAAAABJRU5ErkJggg==")
ASKED = [       # (type, title, form, answers of four respondents)
    ("multiple_choice", "Welche Größe?", {"options": "*1,80 m\n1.80 m\n=1+1"},
     (["A"], ["B"], ["A"], ["-"])),
    ("select_all", "Which are prime?", {"options": "*2\n*3\n4"}, (["A", "B"], ["A", "C"], ["C"])),
    ("rating", "How sure are you?", {"max_rating": "5", "low": "not", "high": "very"},
     (["4"], ["5"], ["1"])),
    ("word_cloud", "Ein Wort zu 🌱", {"max_words": "2"},
     (["Straße", "light"], ["STRASSE!"], ["Licht"], ["C#"])),
    ("short_text", "Capital of France?", {"accepted": "Paris\nParis, France"},
     (["Paris"], ["paris"], ["Lyon"], ["=SUM(A1)"])),
    ("open_text", "Was war unklar?", {}, (["Alles,\n und “nichts”"], ["-3"], ["مرحبا"])),
    ("numeric", "How many chromosomes?", {"correct": "46", "tolerance": "1", "unit": "pairs"},
     (["46"], ["-3,5"], ["1000"], ["45"])),
    ("ranking", "Order of size", {"options": "Atom\nMolecule\nCell"},
     (["A", "B", "C"], ["C", "B", "A"], ["A", "C", "B"])),
]


def main(folder):
    folder, data = Path(folder), Path(tempfile.mkdtemp())
    room = classpulse.classroom
    room.open(data)
    teacher, other = Presenter(room.db, "Åse"), Presenter(room.db, "Señor Otro")
    session_id = teacher.create_session("Ökologie 🌱")
    teacher.post(f"/sessions/{session_id}/edit", {"name": "Ökologie 🌱", "names": "optional",
                                                  "on_phones": "1"})
    code = classpulse.get_session(room.db, session_id)["code"]
    people = [Respondent(code) for _ in range(5)]
    for person, name in zip(people, ("Anna", "Björn", "", "Anna", "=2+2")):
        person.post(f"/audience/{code}/name", {"name": name})
    for number, (type, title, form, answers) in enumerate(ASKED):
        question_id = teacher.create_question(session_id, type, title, abstain="1", **form)
        if not number:
            teacher.post(f"/questions/{question_id}/edit", {
                "title": title, "abstain": "1", "image_alt": "A dot", **form},
                upload_files=[("picture", "dot.png", DOT)])
        teacher.toggle(question_id)
        for person, parts in zip(people, answers):
            person.respond(question_id, *parts)
        teacher.toggle(question_id, 0)
    # A second round with a changed answer, an answer in time that a late one can't replace, and
    # one late answer that is not counted.
    teacher.step(session_id, "go", to=1)
    teacher.step(session_id, "vote_again")
    for person, key in zip(people, "BAA"):
        person.respond(1, key, round=2, seq=1)
    people[0].respond(1, "A", round=2, seq=2)
    teacher.toggle(1, 0)
    people[1].respond(1, "C", round=2, seq=9, queued=1)
    people[3].respond(1, "C", round=2, seq=1, queued=1)
    # Late ones that were admitted, texts that were hidden, somebody who is left out.
    people[4].respond(5, "Marseille", seq=1, queued=1)
    teacher.post("/api/questions/5/admit")
    for question_id, key in ((4, "licht"), (5, "lyon")):
        teacher.post(f"/api/questions/{question_id}/hide", {"hide": key})
    left_out = classpulse.list_respondents(room.db, session_id)[2]["id"]
    teacher.post("/api/questions/1/people", {"leave_out": left_out})
    teacher.step(session_id, "show_answer")
    teacher.create_question(session_id, "open_text", "A draft\nof two lines")
    teacher.post(f"/api/sessions/{session_id}/toggle", {"active": 0})
    copy_id = int(teacher.post(f"/sessions/{session_id}/again").location.rsplit("/", 1)[1])
    teacher.post(f"/api/sessions/{copy_id}/archive")
    other_id = other.create_session("Chemie")
    other.post(f"/sessions/{other_id}/examples")
    other.post(f"/api/sessions/{other_id}/lock")

    sessions = classpulse.list_sessions(room.db)
    counted = {f"{question['id']}, round {round}":
               classpulse.get_question_stats(room.db, question["id"], round)
               for session in sessions
               for question in classpulse.list_questions_with_counts(room.db, session["id"])
               for round in range(1, question["round"] + 1)}
    files = [room.exports.write(session["id"]).read_text("utf-8-sig") for session in sessions]
    room.close()
    with sqlite3.connect(data / "classpulse.db", isolation_level=None) as db:
        db.execute("VACUUM")
        db.execute("PRAGMA journal_mode=DELETE")
    db.close()
    shutil.copy(data / "classpulse.db", folder / "version-1.db")
    said = json.dumps(counted, indent=1, ensure_ascii=False)
    (folder / "version-1.json").write_text(said + "\n", "utf-8")
    (folder / "version-1.csv").write_text("".join(files), "utf-8", newline="")
    shutil.rmtree(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
