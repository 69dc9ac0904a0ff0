"""Questions in files and pastes: every rule and every code, and what no file may do."""

import base64
import io
import itertools
import json
import math
import re
import sys
import zipfile
from functools import partial

import classpulse
import gevent
import pytest
from classpulse import IMPORT_MESSAGES, QUESTION_TYPES, explain, read_questions
from costs import costs_at_most
from hypothesis import HealthCheck, given, settings, strategies

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture(autouse=True, scope="module")
def one_long_turn():
    """Nobody else waits here, but where a test is about turns."""
    classpulse.classroom.turn_ends_at = math.inf
    yield
    classpulse.classroom.turn_ends_at = 0.0


def read(text, format=None):
    """What is found in a text or in bytes; each code has its text, and each question a form."""
    found = read_questions(text if isinstance(text, bytes) else text.encode(), format)
    json.dumps(found)
    for question in found["questions"]:
        check_accepted(question)
    for skipped in found["skipped"]:
        assert explain(skipped["code"], **skipped["values"])
        assert len(skipped["text"]) <= 80
    codes = [*found["notices"], *filter(None, [found["refused"]]),
             *(code for question in found["questions"] for code in question["warnings"])]
    assert all(explain(code) for code in codes)
    return found


def check_accepted(question):
    """The type's form accepts the question, and keeps it as it is."""
    kind = QUESTION_TYPES[question["type"]]
    form = classpulse.Form([("title", question["title"]), *kind.from_file(question)])
    assert form.text("title", "", 500, clean=classpulse.clean_block) == question["title"]
    options = kind.configure(form)
    assert {**question, **kind.to_file(options)} == question


def show(found):
    """What was found, one text a question or skipped one, in the file's order."""
    lines = []
    for question in found["questions"]:
        options = [("*" if chr(65 + place) in question.get("correct", ()) else "") + text
                   for place, text in enumerate(question.get("options", ()))]
        number = [f"{question['correct'] or '?'}±{question['tolerance'] or 0}{question['unit']}"] \
            if "tolerance" in question else []
        short = {"multiple_choice": "choice", "select_all": "select"}
        kind = short.get(question["type"], question["type"])
        lines.append((question["line"], " | ".join(
            [f"{kind} {question['title']}", *options, *question.get("answers", ()), *number])
            + "".join(f" !{warning}" for warning in question["warnings"])))
    lines += [(skipped["line"], f"{skipped['line']} {skipped['code']}")
              for skipped in found["skipped"]]
    return [text for _line, text in sorted(lines, key=lambda line: line[0])]


def check(text, expected, format):
    found = read(text)
    assert (found["format"], found["refused"], show(found)) == (format, None, expected)


# Plain

@pytest.mark.parametrize("text, expected", [
    ("Why?", ["open_text Why?"]),
    ("Capital?\n*Rome", ["short_text Capital? | Rome"]),
    ("Capital?\n✓ Rome", ["short_text Capital? | Rome"]),
    ("Say what\nyou think.", ["open_text Say what you think. !lines-joined"]),
    ("Which?\na\nb", ["choice Which? | a | b !no-right-answer"]),
    ("Which?\n a\n* b \nc", ["choice Which? | a | *b | c"]),
    ("Which?\n*a\nb\n*c", ["select Which? | *a | b | *c"]),
    ("Which?\n✔ a\nb ✅\nc ✔️\n☑️ d", ["select Which? | *a | *b | *c | *d"]),
    ("Which?\n[ ] a\n[x] b", ["select Which? | a | *b"]),
    ("Which?\n[ ] a\n[] b", ["select Which? | a | b !no-right-answer"]),
    ("Which?\n[x] a\nb", ["choice Which? | [x] a | b !no-right-answer"]),
    ("Which?\n~ a\n=b", ["choice Which? | a | *b"]),
    ("Which?\n=a\n=b", ["choice Which? | =a | =b !no-right-answer"]),
    ("Which?\nA) a\n*B) b", ["choice Which? | a | *b"]),
    ("Which?\n(a) *a\n(b) b", ["choice Which? | *a | b"]),
    ("Which?\nA. a\nC. c", ["choice Which? | A. a | C. c !no-right-answer"]),
    ("Which?\n- a\n– *b\n• c", ["choice Which? | a | *b | c"]),
    ("Which?\n☐ a\n☑ b", ["choice Which? | a | *b"]),
    ("Which?\n-5\n*-6", ["choice Which? | -5 | *-6"]),
    ("Which?\n\\*a\n**b", ["choice Which? | *a | **b"]),
    ("1. Is it?\n*yes\nno\n\n2) Was it?\n*yes\nno",
     ["choice Is it? | *yes | no", "choice Was it? | *yes | no"]),
    ("1. Is it?", ["open_text Is it?"]),
    ("2. Weltkrieg: wann?", ["open_text 2. Weltkrieg: wann?"]),
    ("2. Weltkrieg: wann?\n\nUnd dann?", ["open_text 2. Weltkrieg: wann?", "open_text Und dann?"]),
    ("7. a?\n\n8. b?", ["open_text a?", "open_text b?"]),
    ("7. a?\n\n9. b?", ["open_text 7. a?", "open_text 9. b?"]),
    ("Which?\n\n*A) a\nB) b", ["choice Which? | *a | b"]),
    ("Which?\n\n[x] a\n[ ] b\n\nWhy?", ["select Which? | *a | b", "open_text Why?"]),
    ("Why?\n\na\nb\nc", ["open_text Why?", "choice a | b | c !no-right-answer"]),
    ("Write {1, 2} as a list.", ["open_text Write {1, 2} as a list."]),
    # lists without blank lines, and with one below each line
    ("1. Is it?\na) yes\n*b) no\n2. Was it?\n- yes *\n- no\n3. Why?\n4. What?\n[x] a\n[ ] b",
     ["choice Is it? | yes | *no", "choice Was it? | *yes | no !no-blank-line",
      "open_text Why? !no-blank-line", "select What? | *a | b !no-blank-line"]),
    ("3) Is it?\nyes\n*no\n4) Was it?\n*yes\nno\n\n5) Why?",
     ["choice Is it? | yes | *no", "choice Was it? | *yes | no !no-blank-line", "open_text Why?"]),
    ("1. Which?\n*1. a\n2. b\n3. c", ["choice Which? | *1. a | 2. b | 3. c"]),
    ("1. Which?\n2. a\n3. b\n*none", ["choice Which? | 2. a | 3. b | *none"]),
    ("Which?\n*a\nb\n2. c\n3. d", ["choice Which? | *a | b | 2. c | 3. d"]),
    ("1. Is it?\n\na) yes\n\n*b) no\n\n2. Was it?\n\n- *yes\n\n- no\n\n3. Why?",
     ["choice Is it? | yes | *no", "choice Was it? | *yes | no", "open_text Why?"]),
    ("About it:\n\n- Why?\n\n- How?",
     ["open_text About it:", "open_text - Why?", "open_text - How?"]),
    ("Is it?\n\na) yes\n\nc) no", ["open_text Is it?", "open_text a) yes", "open_text c) no"]),
    ("Biology\n\n1. Is it?\n*yes\nno\n\n2. Why?",
     ["open_text Biology", "choice Is it? | *yes | no", "open_text Why?"]),
    ("Biology\n\n1. Why?", ["open_text Biology", "open_text 1. Why?"]),
    ("Biology\n\n2. Why?\n\n3. How?",
     ["open_text Biology", "open_text 2. Why?", "open_text 3. How?"]),
    # Word's own marks, and marks behind
    ("Which?\no\ta\no\tb ✓", ["choice Which? | a | *b"]),
    ("Which?\n§\t*a\n·\tb\n\uf0b7\tc", ["choice Which? | *a | b | c"]),
    ("Which?\n☐ a\n☒ b", ["choice Which? | a | *b"]),
    ("Which?\n\uf0a8\ta\n\uf0fe\tb", ["choice Which? | a | *b"]),
    ("Which?\n☒ a\n☒ b", ["choice Which? | a | b !no-right-answer"]),
    ("Which?\na) x *\nb) y", ["choice Which? | *x | y"]),
    ("Which?\na) x\nb) y (richtig)", ["choice Which? | x | *y"]),
    ("Which?\n• x (correct)\n• y", ["choice Which? | *x | y"]),
    ("Which?\na) x*\nb) y", ["choice Which? | x* | y !no-right-answer"]),
    ("Which?\nx *\ny (richtig)", ["choice Which? | x * | y (richtig) !no-right-answer"]),
    ("Which?\nyes\nYES", ["1 same-options"]),
    ("\nWhich?\nA) a\nB)", ["2 empty-option"]),
    ("Which?\n" + "".join(f"{n}\n" for n in range(27)), ["1 too-many-options"]),
    ("Which?\n" + "".join(f"{n}\n" for n in range(9000)), ["1 too-many-options"]),
    ("Why?\n*a\n\nWhy?\n*a", ["short_text Why? | a", "short_text Why? | a !same-question"]),
    ("x" * 501 + "\n\nx\n" + "y" * 201 + "\nz\n\nx\n*" + "y" * 201,
     ["1 title-too-long", "3 option-too-long", "7 answer-too-long"]),
])
def test_plain_questions_are_read_as_people_write_them(text, expected):
    check(text, expected, "plain")


# Aiken

@pytest.mark.parametrize("text, expected", [
    ("Which?\nA) a\nB) b\nANSWER: B", ["choice Which? | a | *b"]),
    ("Which?\n\na. a\n\nb. b\nAnswer : (a)", ["choice Which? | *a | b"]),
    ("Which?\nA)a\nB)b\nLösung: b.", ["choice Which? | a | *b"]),
    ("Which?\nA. a\nB. b\nRÉPONSE: B) b", ["choice Which? | a | *b"]),
    ("Which?\nA. b\nB. a\nANSWER: b", ["choice Which? | b | *a"]),
    ("One.\nTwo?\nA. a\nB. b\nand more\nANSWER: A",
     ["choice One. Two? | *a | b and more !lines-joined"]),
    ("A. Lincoln?\nA. a\nB. b\nANSWER: A", ["choice A. Lincoln? | *a | b !option-as-question"]),
    ("U.S. states?\nA. a\nB. b\nANSWER: A", ["choice U.S. states? | *a | b"]),
    ("A) a\nB) b\nANSWER: A", ["1 no-question", "3 no-question"]),
    ("A) a\n\nANSWER: A", ["1 no-question", "3 no-question"]),
    ("A) a\nB) b\nWhich?\nA) c\nB) d\nANSWER: A", ["1 no-question", "choice Which? | *c | d"]),
    ("Which?\nA) a\nB) b\nOr which?\nA) c\nB) d\nANSWER: A",
     ["choice Which? | a | b !no-answer-line", "choice Or which? | *c | d"]),
    ("Which?\nA) a\nB) b\nANSWER: A\nWho?\nA) a\nB) b",
     ["choice Which? | *a | b", "choice Who? | a | b !no-answer-line"]),
    ("Which?\nA) a\nB) b\nC) c\nANSWER: A, C", ["select Which? | *a | b | *c !several-right"]),
    ("Which?\nA) a\nB) b\nC) c\nANSWER: AC", ["select Which? | *a | b | *c !several-right"]),
    ("Which?\nA) a\nB) b\nC) c\nANSWER: a und c", ["select Which? | *a | b | *c !several-right"]),
    ("Which?\nA) a\nB) b\nC) c\nRESPUESTA: A y C", ["select Which? | *a | b | *c !several-right"]),
    ("Which?\nA) a\nB) b\nC) c\nANSWER: A, B, and C",
     ["select Which? | *a | *b | *c !several-right"]),
    ("Which?\nA) AC\nB) DC\nC) x\nANSWER: AC", ["choice Which? | *AC | DC | x !answer-as-text"]),
    ("Which?\nA) the Rhine\nB) b\nANSWER: The  Rhine",
     ["choice Which? | *the Rhine | b !answer-as-text"]),
    ("Which?\nA) a\nB) b\nANSWER: E", ["1 answer-unknown"]),
    ("Which?\nA) a\nB) b\nANSWER: all of them", ["1 answer-unknown"]),
    ("Which?\nA) a\nB) b\nANSWER:", ["1 answer-unknown"]),
    ("Which?\nA) a\nB) b\nB) c\nANSWER: A", ["1 letters"]),
    ("Which?\nA) a\nC) b\nANSWER: A", ["1 letters"]),
    ("Which?\nA) a\nANSWER: A", ["1 too-few-options"]),
    ("Which?\nANSWER: A\n\nWhy?\nA) a\nB) b\nANSWER: A",
     ["1 too-few-options", "choice Why? | *a | b"]),
    ("Which?\nA) a\nB) b\nANSWER: A\nAnd now?", ["choice Which? | *a | b", "5 no-options"]),
    ("ANSWER: A\nWhich?\nA) a\nB) b\nANSWER: A", ["1 no-question", "choice Which? | *a | b"]),
    ("1. Which?\nA) a\nB) b\nANSWER: B", ["choice 1. Which? | a | *b"]),
    ("1. Which?\na) a\nb) b\n\n2. Why?\na) a\nb) b\n\nLösung: b",
     ["choice 1. Which? | a | b !no-answer-line", "choice 2. Why? | a | *b"]),
    ("Which <b>?\nA) a<b\nB) &amp;\nANSWER: B", ["choice Which <b>? | a<b | *&amp;"]),
    ("Which?\nA) a\nB)\nANSWER: A", ["1 empty-option"]),
])
def test_aiken_is_read_as_moodle_reads_it_or_more_leniently(text, expected):
    check(text, expected, "aiken")


# GIFT

@pytest.mark.parametrize("text, expected", [
    # parts
    ("// note\n::1:: Which? {=a ~b}\n\n  // note\nWho? {T}",
     ["choice Which? | *a | b", "choice Who? | *True | False"]),
    ("$CATEGORY: $course$/a\nWhich? {=a ~b}", ["choice Which? | *a | b"]),
    ("Which? {\n\n=a\n// =c\n\n~b\n\n}\n\nWhy? {}", ["choice Which? | *a | b", "open_text Why?"]),
    ("One? {=a ~b\n\n::2:: Two? {=c ~d}", ["1 unbalanced-braces", "choice Two? | *c | d"]),
    ("One? {=a ~b\n\n// note\n\nTwo? {=c ~d}", ["1 unbalanced-braces", "choice Two? | *c | d"]),
    ("One? {=a ~b\n\n$CATEGORY: x\n\nTwo? {=c ~d}",
     ["1 unbalanced-braces", "choice Two? | *c | d"]),
    ("One? {=a {~b}\nmore}\n\nTwo? {T}", ["1 unbalanced-braces", "choice Two? | *True | False"]),
    ("Two? {T}\n\nOne? =a}\nmore\n\nWhy? {}",
     ["choice Two? | *True | False", "3 unbalanced-braces", "open_text Why?"]),
    ("Why? {}\n\nOne? {=a\n\nText", ["open_text Why?", "3 unbalanced-braces", "5 description"]),
    ("One? {=a ~b}\n// note\n::2:: Two? {T}\nThree? {}\n\nFour? {}",
     ["choice One? | *a | b", "choice Two? | *True | False !no-blank-line",
      "open_text Three? !no-blank-line", "open_text Four?"]),
    ("The {=sun ~moon} is hot, the {=moon ~sun} not.\n\n{1:MC:~a~=b}", [
        "1 several-gaps", "3 several-gaps"]),
    ("One {=a} more\n{=b}", ["1 several-gaps"]),
    # escapes and formulas
    ("Is 1\\:2 \\= \\{x\\} \\~ \\# \\\\n \\x? {=\\=a\\nb ~C\\:\\\\}",
     ["choice Is 1:2 = {x} ~ # \\n \\x? | *=a\nb | C:\\"]),
    ("Is $a \\neq b$ or \\(\\nu\\)?\\nYes? {T}",
     ["choice Is $a \\neq b$ or \\(\\nu\\)?\nYes? | *True | False"]),
    ("It costs $5.\\neq? {T}", ["choice It costs $5.\neq? | *True | False"]),
    ("What is $\\frac{1}{2}^{x_{1}}$? {=$x^{2}$ ~b}",
     ["choice What is $\\frac{1}{2}^{x_{1}}$? | *$x^{2}$ | b !formula-braces"]),
    ("Solve x^{=2}", ["short_text Solve x^ | 2"]),
    ("It is ____{=x}", ["short_text It is ____ | x"]),
    ("Is x^{2\n\nIs it? {T}", ["1 unbalanced-braces", "choice Is it? | *True | False"]),
    # texts
    ("::Is it?::{T}", ["choice Is it? | *True | False !title-used"]),
    ("::Is it?::[html]<p></p>{T}", ["choice Is it? | *True | False !title-used"]),
    ("::Is it?::[html]<img src=\"x\">{T}",
     ["choice Is it? | *True | False !picture-lost !title-used"]),
    ("Is it? {T####[html]<img src=\"x\">So}", ["choice Is it? | *True | False !picture-lost"]),
    ("::Is it? {T}", ["choice ::Is it? | *True | False"]),
    ("{=A} is a {}", ["1 several-gaps"]),
    ("{=Nitrogen} is {1} thing", ["1 several-gaps"]),
    ("{=Nitrogen} is air.", ["short_text _____ is air. | Nitrogen"]),
    ("a:b=c~d#e? {T}", ["choice a:b=c~d#e? | *True | False"]),
    ("{T}", ["1 no-question-text"]),
    ("[html]a<br>b &lt; c{=<i>x</i> ~[plain]<i> ~[markdown]**y** __z__}",
     ["choice a\nb < c | *x | <i> | y z"]),
    ("[markdown]Is **it** ____ __so__?{T}", ["choice Is it ____ so? | *True | False"]),
    ("[plain]<b>a</b>{T}", ["choice <b>a</b> | *True | False"]),
    ("[moodle]<b>a</b>{T}", ["choice a | *True | False"]),
    # types
    ("Text alone\n\nWhy? {}", ["1 description", "open_text Why?"]),
    ("Why? { ####because }", ["open_text Why?"]),
    ("Is it? {false#no#yes}", ["choice Is it? | True | *False"]),
    ("Match {=a -> b =c -> d}", ["1 matching"]),
    ("Save? {~File -> Print =File -> Save}", ["choice Save? | File -> Print | *File -> Save"]),
    ("Where? {Paris}\n\nWhy? {}", ["short_text Where? | Paris", "open_text Why?"]),
    # choices
    ("Which? {=a#yes ~b # no ~%50%c}", ["choice Which? | *a | b | c !partial-credit"]),
    ("Which? {=a ~%100%b ~%-50%c}", ["choice Which? | *a | *b | c"]),
    ("Which? {=%50%a =%50%b ~c}", ["select Which? | *a | *b | c"]),
    ("Which? {~%50%a ~%33,33333%b ~%-100%c ~%0%d}", ["select Which? | *a | *b | c | d"]),
    ("Which? {~%100%a ~b}", ["select Which? | *a | b"]),
    ("Which? {~a ~b}", ["choice Which? | a | b !no-right-answer"]),
    ("::1::Which? {a ~=b ~c}", ["choice Which? | a | *b | c"]),
    ("Which? {=~a ~b}", ["choice Which? | *a | b"]),
    ("Which? {=a ~b ~}", ["choice Which? | *a | b !empty-answer"]),
    ("Which? {=a ~#ff0000 ~# no}", ["choice Which? | *a | #ff0000 !unescaped !empty-answer"]),
    ("Which? {=50% %x ~ %50%y}", ["choice Which? | *50% %x | %50%y"]),
    ("Which? {=<a href=\"x~y\">a</a> ~b}", ["choice Which? | *a | b"]),
    ("Which? {=a}{~b}\n\nWhy? {}", ["1 several-gaps", "open_text Why?"]),
    ("Which? {~a}", ["1 too-few-options"]),
    ("Which? {=a ~A}", ["1 same-options"]),
    ("Which? {=~}", ["1 too-few-options"]),
    ("Which? {=" + "~".join(map(str, range(27))) + "}", ["1 too-many-options"]),
    ("Which? {=" + "~" * 9000 + "}", ["1 too-many-options"]),
    # short answers
    ("What? {=a =%50%b =%0%c =*}", ["short_text What? | a !partial-credit"]),
    ("What? {=%80%a =%80%b}", ["short_text What? | a | b"]),
    ("What? {=a*b =%reset =[plain]c}", ["short_text What? | a*b | %reset | c !wildcard"]),
    ("What? {=%0%a}", ["1 no-answers"]),
    # numbers
    ("How? {#3}", ["numeric How? | 3±0"]),
    ("How? {#-3.5\\:0.25 ~#no}", ["numeric How? | -3.5±0.25"]),
    ("How? {#1.5..2}", ["numeric How? | 1.75±0.25"]),
    ("How? {#=3:1#yes =%50%4:1 ~#no}", ["numeric How? | 3±1 !partial-credit"]),
    ("How? {#=3 =-3}", ["numeric How? | 3±0 !several-right-numbers"]),
    ("How? {#3,14:0,01}", ["numeric How? | 3.14±0.01 !decimal-comma"]),
    ("How? {#1,000,000}", ["numeric How? | 1000000±0"]),
    ("How? {#1,000}", ["1 ambiguous-number"]),
    ("How? {#many}\n\nHow? {#}\n\nHow? {#5:5%}\n\nHow? {#5 kg}", [
        "1 not-a-number", "3 not-a-number", "5 not-a-number", "7 not-a-number"]),
    ("How? {#1234567890123456}\n\nHow? {#0.12345678901}\n\nHow? {#123456789012.12345}", [
        "1 number-too-long", "3 number-too-long", "5 number-too-long"]),
    # what ClassPulse wrote
    ('// classpulse: {"type": "rating", "max_rating": 7, "low": "a", "high": "z"}\n::1::How?{}',
     ["rating How?"]),
    ('// classpulse: {"type": "ranking", "options": ["aa", "AA"]}\nHow?{}',
     ["ranking How? | aa | AA"]),
    ('// classpulse: {"type": "numeric", "correct": "1", "tolerance": "", "unit": "m"}\nHow?{}',
     ["numeric How? | 1±0m"]),
    ('// classpulse: {"type": "rating", "max_rating": 99}\nHow?{}\n\nWhy?{}',
     ["2 not-accepted", "open_text Why?"]),
    ('// classpulse: {"type": "none"}\nHow?{}\n\n// classpulse: {no}\nHow?{}',
     ["2 type-unknown", "5 type-unknown"]),
])
def test_gift_is_read_as_moodle_reads_it_or_more_leniently(text, expected):
    check(text, expected, "gift")


def test_what_our_own_comments_say_is_read_or_left_out_whoever_wrote_them():
    names = ("options", "correct", "answers", "explanation", "picture", "warnings", "max_rating")
    for type, name, value in itertools.product(
            QUESTION_TYPES, names, (["a", "b"], "ab", "AAAA", 7, None, {"a": ["b"]})):
        comment = json.dumps({"type": type, name: value, "picture_alt": "x"})
        for text in (f"// classpulse: gift\n// classpulse: {comment}\nHow?{{}}",
                     f"// classpulse: plain\nHow?\n// classpulse: {comment}"):
            found = read(text)
            assert len(found["questions"]) + len(found["skipped"]) == 1
            for question in found["questions"]:
                assert classpulse.read_found(question)["picture"] == b""
    rating = '// classpulse: {"type": "rating", "options": ["a", "b"]}\nHow?{}'
    assert show(read(f"{rating}\n\nWhy?{{}}")) == ["2 type-unknown", "open_text Why?"]


def test_an_explanation_comes_along_with_its_line_breaks():
    [question] = read("[html]Why?{=a ~b ####<p>So.</p><p>Or so.</p>}")["questions"]
    assert question["explanation"] == "So.\nOr so."
    assert read("Why?{=a ~b #### So. }")["questions"][0]["explanation"] == "So."
    [question] = read("Why?{=a ~b ####" + "x" * 5001 + "}")["questions"]
    assert "explanation" not in question and question["warnings"] == ["explanation-lost"]
    [row] = read("question,correct,explanation\nWhy?,so,Because.")["questions"]
    assert row["explanation"] == "Because."


@pytest.mark.parametrize("html, text, warnings", [
    ("a<br>b<br/> c", "a\nb\nc", []),
    ("<p>a  b\n c</p>\n<p> d</p><ul><li>e</li><li>f</li></ul>", "a b c\nd\ne\nf", []),
    ("<pre>if x:\n    y</pre>", "if x:\n    y", []),
    ("x<sup>2</sup> x<sub>10</sub> x<sup>n+1</sup> x<sub>max</sub>", "x² x₁₀ x^(n+1) x_(max)", []),
    ("a<!-- <b> c --> d<style>p{}</style><script>1<2</script>", "a d", []),
    ("&lt;b&gt; &amp;amp; &nbsp;x", "<b> &amp; x", []),
    ('a <img src="x" alt="a &quot;leaf&quot;"> <img src="y">', 'a [a "leaf"]', ["picture-lost"]),
    ("a <table><tr><td>1</td><td>2</td></tr></table>", "a\n1 2", ["layout-lost"]),
    ("a <video><source>no</video><iframe></iframe>", "a", ["media-lost"]),
    ("a <svg><text>b</text></svg>", "a", ["picture-lost"]),
    ("a <math><mi>x</mi></math>", "a", ["formula-lost"]),
    ("$x^2$ and \\(y\\)", "$x^2$ and \\(y\\)", []),
    ("a < b and c > d", "a < b and c > d", []),
])
def test_html_is_read_as_a_browser_shows_it(html, text, warnings):
    [question] = read(f"<quiz><question type='essay'><questiontext><text><![CDATA[{html}]]></text>"
                      "</questiontext></question></quiz>")["questions"]
    assert re.sub(" +", " ", question["title"]) == re.sub(" +", " ", text)
    assert question["warnings"] == warnings


@pytest.mark.parametrize("text, is_html", [
    ("<b>bold</b>", True), ("a<br>b", True), ("<img src=x>b", True), ("<b>", False),
    ("x<y and y>z", False), ("<foo>a</foo>", False), ("<a>", False), ("<br>", False)])
def test_untagged_text_is_html_only_with_an_element_that_ends(text, is_html):
    assert (classpulse.strip_markup(text, None, []) != text) == is_html


# Tables

HEADER = "question\toption 1\toption 2\toption 3\tcorrect\n"


@pytest.mark.parametrize("right, expected", [
    ("2", "choice Q | a | *b | c"), ("1,3", "select Q | *a | b | *c"),
    ("1;3", "select Q | *a | b | *c"), ("1 3", "select Q | *a | b | *c"),
    ("1.3", "select Q | *a | b | *c"), ("1.0", "choice Q | *a | b | c"),
    ("B", "choice Q | a | *b | c"), ("A, C", "select Q | *a | b | *c"),
    ("AC", "select Q | *a | b | *c"), ("a;b", "select Q | *a | *b | c"),
    ("a|c", "select Q | *a | b | *c"), ("", "choice Q | a | b | c !no-right-answer"),
    ("0", "2 answer-unknown"), ("4", "2 answer-unknown"), ("d", "2 answer-unknown"),
    ("a;d", "2 answer-unknown"), ("a and b", "select Q | *a | *b | c")])
def test_a_correct_answer_is_a_place_a_letter_or_an_options_words(right, expected):
    assert show(read(f"{HEADER}Q\ta\tb\tc\t{right}")) == [expected]


@pytest.mark.parametrize("row, expected", [
    ("Q\t5\t2\t7\t2", "choice Q | 5 | *2 | 7"),
    ("Q\t1984\t0\t7\t1984", "choice Q | *1984 | 0 | 7"),
    ("Q\tB\tA\tC\tA", "choice Q | B | *A | C"), ("Q\ta\t\tc\t3", "choice Q | a | *c"),
    ("Q\ta\t\tc\t2", "2 answer-unknown"), ("Q\t\t\t\tx;y", "short_text Q | x | y"),
    ("Q\t\t\t\t", "open_text Q"), ("Q\ta\t\t\t1", "2 too-few-options"),
    ("\ta\tb\t\t1", "2 no-question-text"), ("Q\t=1+1\t-3\t+4\tB", "choice Q | =1+1 | *-3 | +4"),
    ("Q\ta\t\"b\"\"\nc\"\t\t2", "choice Q | a | *b\"\nc")])
def test_a_row_is_a_question(row, expected):
    assert show(read(HEADER + row)) == [expected]


@pytest.mark.parametrize("type, row, expected", [
    ("Multiple Choice", "a\tb\t1", "choice Q | *a | b"),
    ("quiz", "a\tb\t1;2", "select Q | *a | *b"),
    ("Checkbox", "a\tb\t1", "select Q | *a | b"),
    ("Poll", "a\tb\t1", "choice Q | a | b !no-right-answer"),
    ("true/false", "\t\tFALSE", "choice Q | True | *False"),
    ("TF", "\t\tWahr", "choice Q | *True | False"),
    ("true/false", "\t\t2", "choice Q | True | *False"),
    ("true/false", "\t\tSí", "choice Q | *True | False"),
    ("true/false", "\t\ttrifft nicht zu", "2 answer-unknown"),
    ("true/false", "\t\tnever", "2 answer-unknown"),
    ("true/false", "\t\t", "choice Q | True | False !no-right-answer"),
    ("Fill-in-the-Blank", "a\tb\t", "short_text Q | a | b"),
    ("short_text", "\t\ta|b", "short_text Q | a | b"),
    ("Open-Ended", "\t\t", "open_text Q"), ("Slider", "\t\t3.14±0.01", "numeric Q | 3.14±0.01"),
    ("Number", "\t\t", "numeric Q | ?±0"), ("number", "\t\tx", "2 not-a-number"),
    ("Word Cloud", "\t\t", "word_cloud Q"), ("Rating", "\t\t", "rating Q"),
    ("Sort", "a\tb\t", "ranking Q | a | b"), ("Draw", "\t\t", "2 type-unknown"),
    ("Freitext", "\t\t", "open_text Q"),
    ("Encuesta", "a\tb\t1", "choice Q | a | b !no-right-answer")])
def test_a_column_says_the_type(type, row, expected):
    assert show(read(f"Type\tQuestion\tA\tB\tCorrect\n{type}\tQ\t{row}")) == [expected]


@pytest.mark.parametrize("header", [
    "Question,Answer 1,Answer 2,Correct Answer(s)", "Frage;Antwort A;Antwort B;Richtige Antwort",
    "Pregunta|Respuesta 1|Respuesta 2|Respuesta(s) correcta(s)", "3. Question:\tA\tB\tcorrect",
    "énoncé;réponse_1;réponse_2;bonne(s) réponse(s)", "STEM*,Choice1,Choice2,Answer key",
    "Question - max 120 characters\tAnswer 1 – max 75\tAnswer 2\tCorrect - one"])
def test_a_header_is_known_in_many_spellings(header):
    delimiter = next(sign for sign in "\t;|," if sign in header)
    rows = ["A title", header, delimiter.join(["Q", "a", "b", "2"])]
    check("\n".join(rows), ["choice Q | a | *b"], "table")


def test_options_in_one_cell_are_separated_by_lines_or_signs():
    rows = ['"a\nb;c"', "a|b;c", "a;b"]
    found = read("question,options,correct\n" + "".join(f"Q{n},{row},2\n"
                                                        for n, row in enumerate(rows)))
    assert show(found) == ["choice Q0 | a | *b;c", "choice Q1 | a | *b;c", "choice Q2 | a | *b"]
    assert [question["line"] for question in found["questions"]] == [2, 4, 5]


def test_letters_in_columns_without_a_name_are_correct_ones():
    check("Question\tAnswer A\tAnswer B\t\t\tOther\nQ\ta\tb\tA\tB\tx",
          ["select Q | *a | *b"], "table")
    assert read("Question\tAnswer A\tAnswer B\t\t\tOther\nQ\ta\tb\tA\t\tx")["notices"] == [
        "columns-ignored"]
    check("Question\tAnswer A\tAnswer B\t\nQ\ta\tb\tA note",
          ["choice Q | a | b !no-right-answer"], "table")


def test_a_correct_answer_with_a_column_of_its_own_has_no_fixed_place():
    found = read("Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2 (Optional)\n"
                 + "".join(f"Q{n},right,x,y\n" for n in range(6)) + "Q,right,,\nQ2,,x,y\n")
    places = [question["options"].index("right") for question in found["questions"][:6]]
    assert sorted(places) == [0, 0, 1, 1, 2, 2]
    assert all(question["correct"] == ["ABC"[place]]
               for question, place in zip(found["questions"], places))
    assert show(found)[6:] == ["short_text Q | right", "9 answer-unknown"]


def test_rows_without_a_question_are_passed_over():
    check("Question Text,Option 1,Option 2,Correct\n\"Text of the question\n(required)\",b,c,d\n"
          "Q,a,b,1\n,,,\nText of the question whether?,a,b,2\n",
          ["choice Q | *a | b", "choice Text of the question whether? | a | *b"], "table")


def test_a_quote_that_nothing_closes_costs_its_own_row():
    found = read('question,option 1,option 2,correct\n"Q1,a,b,1\nQ2,a,b,1\n"Q3, or not",a,b,2\n')
    assert show(found) == ['choice "Q1 | *a | b', "choice Q2 | *a | b",
                           "choice Q3, or not | a | *b"]
    assert show(read('question,option 1,option 2,correct\n"Q1,a,b,1\nQ2,a,b,1')) == [
        'choice "Q1 | *a | b', "choice Q2 | *a | b"]


def make_sheet(rows, **parts):
    """The bytes of an .xlsx file: rows {number: [(column, type, xml of the value), ...]}."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    cells = "".join(f'<row r="{number}">' + "".join(
        f'<c r="{column}{number}" t="{type}">{value}</c>' for column, type, value in row)
        + "</row>" for number, row in rows.items())
    parts = {"xl/workbook.xml": f'<workbook {main} xmlns:r="{of}"><sheets><sheet name="a" '
             'sheetId="1" r:id="rId7"/></sheets></workbook>',
             "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId7" '
             'Target="worksheets/first.xml"/></Relationships>',
             "xl/worksheets/first.xml":
             f"<worksheet {main}><sheetData>{cells}</sheetData></worksheet>",
             "xl/sharedStrings.xml": f"<sst {main}><si><t>Question</t></si><si><r><t>Op</t></r><r>"
             "<t>tion 1</t></r><rPh><t>no</t></rPh></si></sst>", **parts}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


ROWS = {3: [("B", "s", "<v>0</v>"), ("C", "s", "<v>1</v>"),
            ("D", "inlineStr", "<is><t>Option 2</t></is>"), ("F", "str", "<v>correct</v>")],
        5: [("B", "inlineStr", "<is><t>Q &amp; A</t></is>"),
            ("C", "n", "<v>0.1000000000000000055</v>"),
            ("D", "b", "<v>1</v>"), ("F", "n", "<v>2</v>")]}


def test_the_first_sheet_of_a_workbook_is_a_table():
    found = read(make_sheet(ROWS))
    assert (found["format"], show(found)) == ("table", ["choice Q & A | 0.1 | *TRUE"])
    assert found["questions"][0]["line"] == 5


@pytest.mark.parametrize("content, code", [
    (make_sheet(ROWS)[:300], "zip-broken"), (b"PK\x03\x04", "zip-broken"),
    (make_sheet(ROWS, **{"xl/worksheets/first.xml": "<a"}), "zip-broken"),
    (make_sheet({5: [("A", "s", "<v>99</v>")]}), "zip-broken"),
    (make_sheet(ROWS, **{"xl/sharedStrings.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><sst/>"}),
     "xml-doctype"),
    (make_sheet(ROWS, **{"xl/sharedStrings.xml": "<sst>" + " " * (21 * 2**20)}), "too-large"),
    (make_sheet(ROWS, **{"xl/sharedStrings.xml": "<sst>" + "<si/>" * 40_000}), "too-large"),
    (make_sheet(ROWS, **{"xl/sharedStrings.xml": "<sst>" + "<a>" * 100}), "too-large"),
    (make_sheet(ROWS, **{"xl/sharedStrings.xml": "<sst><si>" + "<r/>" * 21_000}), "too-large"),
    (make_sheet(ROWS, **{"xl/sharedStrings.xml": "<sst><si><t>" + "a" * 2_200_000}), "too-large"),
    (make_sheet(ROWS, **{"xl/sharedStrings.xml": f"<sst a='{'a' * 2_200_000}"}), "too-large"),
    (make_sheet(ROWS, **{f"{n}": "" for n in range(5001)}), "zip-unknown"),
    (make_sheet({1: [("A", "inlineStr", "<is><t>a</t></is>")]}), "no-header"),
    (make_sheet({1: [("A", "str", "<v>Timestamp</v>"), ("B", "str", "<v>Name</v>")]}),
     "responses"),
    (make_sheet({**ROWS, **{n: [("A", "n", "<v>1</v>")] for n in range(6, 10_100)}}), "too-many")])
def test_a_sheet_that_holds_no_questions_is_refused(content, code, monkeypatch):
    monkeypatch.setattr(classpulse, "NODES_MAX", 40_000)
    file = zipfile.is_zipfile(io.BytesIO(content)) and zipfile.ZipFile(io.BytesIO(content))
    if file:        # compressed, as it would be
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in file.namelist():
                archive.writestr(name, file.read(name))
        content = packed.getvalue()
    assert read(content)["refused"] == code


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_part_that_can_not_be_unpacked_piece_by_piece_is_refused(way, monkeypatch):
    assert read(make_sheet(ROWS))["refused"] is None
    monkeypatch.setattr(zipfile.ZipFile.__init__, "__defaults__", (
        "r", way, *zipfile.ZipFile.__init__.__defaults__[2:]))
    assert read(make_sheet(ROWS))["refused"] == "zip-broken"


@pytest.mark.parametrize("column, code", [
    ("A", "title-too-long"), ("B", "option-too-long"), ("D", "answer-unknown"), ("E", None)])
def test_a_text_that_many_cells_show_is_handled_as_far_as_it_could_be_used(
        column, code, monkeypatch):
    names = dict(zip("ABCDE", ("question", "option 1", "option 2", "correct", "link")))
    values = [("A", "str", "<v>q</v>"), ("B", "str", "<v>a</v>"), ("C", "str", "<v>b</v>"),
              ("D", "str", "<v>1</v>"), ("E", "str", "<v>x</v>")]
    row = [(name, "s", "<v>0</v>") if name == column else (name, *value)
           for name, *value in values]
    content = make_sheet(
        {1: [(name, "str", f"<v>{text}</v>") for name, text in names.items()],
         **{n: [("A", "str", f"<v>q{n}</v>"), *row[1:]] if column != "A" else row
            for n in range(2, 52)}},
        **{"xl/sharedStrings.xml": f"<sst><si><t>{'a;' * 900_000}</t></si></sst>"})
    handled = []
    build = classpulse.build_row
    monkeypatch.setattr(classpulse, "build_row", lambda row, number: handled.append(
        sum(len(cell) for cells in row.values() for cell in cells)) or build(row, number))
    found = read(content)
    assert {skipped["code"] for skipped in found["skipped"]} == {code} - {None}
    assert len(found["skipped"] or found["questions"]) == 50 == len(handled)
    assert max(handled) < 11_000


def test_a_row_of_many_long_cells_is_skipped_before_they_are_compared(monkeypatch):
    monkeypatch.setattr(classpulse, "find_words", None)
    cells = ["q", *["a b " * 2000] * 8, "A"]
    header = ["question", *(f"option {n}" for n in range(1, 9)), "correct"]
    assert show(read("\n".join(map("\t".join, (header, cells))))) == ["2 option-too-long"]


@pytest.mark.parametrize("option, answer, expected", [
    ("a " * 6000, "A", ["1 option-too-long"]), ("a", "a " * 6000, ["1 answer-too-long"])])
def test_an_answer_is_not_looked_for_in_long_texts(option, answer, expected):
    assert show(read(f"Q\nA) {option}\nB) b\nANSWER: {answer}", "aiken")) == expected


# Moodle XML and Blackboard

def moodle(type, text="Q", more="", format="html"):
    return (f"<quiz><question type='category'/><question type='{type}'><name><text>N</text></name>"
            f"<questiontext format='{format}'><text><![CDATA[{text}]]></text></questiontext>{more}"
            "</question></quiz>")


def answers(*weighed, more=""):
    return "".join(f"<answer fraction='{fraction}'><text>{text}</text>{more}</answer>"
                   for fraction, text in weighed)


@pytest.mark.parametrize("text, expected", [
    (moodle("multichoice", more=answers((0, "a"), (100, "b"))), "choice Q | a | *b"),
    (moodle("multichoice", more=answers((50, "a"), (100, "b"))),
     "choice Q | a | *b !partial-credit"),
    (moodle("multichoice", more=answers((50, "a"), (0, "b"))),
     "choice Q | *a | b !partial-credit"),
    (moodle("multichoice", more=answers((0, "a"), (0, "b"))), "choice Q | a | b !no-right-answer"),
    (moodle("multichoice", more=answers((0, "a"), (0, ""), (100, "b"))),
     "choice Q | a | *b !empty-answer"),
    (moodle("multichoice", more="<single>false</single>"
            + answers((50, "a"), (50, "b"), (-9, "c"))),
     "select Q | *a | *b | c"),
    (moodle("multichoice", more="<single>0</single>" + answers((100, "a"), (0, "b"))),
     "select Q | *a | b"),
    (moodle("truefalse", more=answers((0, "false"), (100, "true"))), "choice Q | *True | False"),
    (moodle("truefalse", more=answers((0, "Wahr"), (100, "Falsch"))), "choice Q | True | *False"),
    (moodle("truefalse", more=answers((100, "Falsch"), (0, "Wahr"))), "choice Q | True | *False"),
    (moodle("truefalse", more=answers((100, "Ano"), (0, "Ne"))), "choice Q | *True | False"),
    (moodle("truefalse", more=answers((0, "true"), (0, "false"))),
     "choice Q | True | False !no-right-answer"),
    (moodle("truefalse"), "choice Q | True | False !no-right-answer"),
    (moodle("multichoice", more=answers(("nan", "a"), (100, "b"))), "choice Q | a | *b"),
    (moodle("essay", more="<generalfeedback><text>&lt;img></text></generalfeedback>"),
     "open_text Q !picture-lost"),
    (moodle("shortanswer", more=answers(*[(100, "a")] * 501)), "1 too-many-options"),
    (moodle("shortanswer", more=answers((100, "a"), (50, "b"), (0, "*"))),
     "short_text Q | a !partial-credit"),
    (moodle("numerical", more=answers((100, "57"), more="<tolerance>0.5</tolerance>")
            + answers((0, "*")) + "<units><unit><multiplier>100</multiplier>"
            "<unit_name>cm</unit_name></unit><unit><multiplier>1</multiplier>"
            "<unit_name>m</unit_name></unit></units>"),
     "numeric Q | 57±0.5m"),
    (moodle("essay"), "open_text Q"), (moodle("essay", ""), "open_text N !title-used"),
    (moodle("essay", "<b>a</b>", format="plain_text"), "open_text <b>a</b>"),
    (moodle("essay", "a <b>b</b>", format="moodle_auto_format"), "open_text a b"),
    (moodle("essay", "**a**", format="markdown"), "open_text a"),
    (moodle("ordering", more=answers((1, "a"), (2, "b"))), "ranking Q | a | b !order-lost"),
    (moodle("description"), "1 description"), (moodle("matching"), "1 matching"),
    (moodle("cloze"), "1 several-gaps"), (moodle("gapselect"), "1 several-gaps"),
    (moodle("ddwtos"), "1 several-gaps"), (moodle("calculated"), "1 type-unknown"),
    ("<?xml version='1.0' encoding='latin1'?><!-- <a> -->" + moodle("essay", "é"), "open_text é")])
def test_moodle_xml_is_read(text, expected):
    check(text, [expected], "moodle-xml")


def test_capitals_that_mattered_in_moodle_still_matter():
    [question] = read(moodle("shortanswer", more="<usecase>1</usecase>"
                             + answers((100, "Rome"))))["questions"]
    assert question["exact"] is True


def picture(name="a b.png", content=PNG):
    return f"<file name='{name}' encoding='base64'>{base64.b64encode(content).decode()}</file>"


def test_the_first_picture_of_a_moodle_question_comes_along():
    text = 'What? <img src="@@PLUGINFILE@@/a%20b.png" alt="a leaf"> <img src="x" alt="b">'
    file = moodle("essay", text).replace("</questiontext>", picture() + "</questiontext>")
    [question] = read(file)["questions"]
    assert base64.b64decode(question["picture"]) == PNG and question["picture_alt"] == "a leaf"
    assert (question["title"], question["warnings"]) == ("What?  [b]".replace("  ", " "),
                                                         ["picture-lost"])
    [question] = read(moodle("essay", "What?", "<image>a.png</image><image_base64>"
                             f"{base64.b64encode(PNG).decode()}</image_base64>"))["questions"]
    assert base64.b64decode(question["picture"]) == PNG and question["warnings"] == []


@pytest.mark.parametrize("content", [b"no picture", PNG + bytes(500_000)])
def test_what_is_no_picture_or_too_large_is_lost_and_said(content):
    file = moodle("essay", 'Q <img src="@@PLUGINFILE@@/a.png">').replace(
        "</questiontext>", picture("a.png", content) + "</questiontext>")
    [question] = read(file)["questions"]
    assert "picture" not in question and question["warnings"] == ["picture-lost"]
    old = f"<image_base64>{base64.b64encode(content).decode()}</image_base64>"
    assert read(moodle("essay", "Q", old))["questions"][0]["warnings"] == ["picture-lost"]


@pytest.mark.parametrize("line, expected", [
    ("MC\tQ\ta\tincorrect\tb\tcorrect", "choice Q | a | *b"),
    ("MC\tQ\ta\tcorrect\tb\tcorrect", "select Q | *a | *b"),
    ("MA\tQ\ta\tcorrect\tb\tincorrect\t", "select Q | *a | b"),
    ("OP\tQ\ta\tincorrect\tb\tincorrect", "choice Q | a | b !no-right-answer"),
    ("TF\tQ\tTrue", "choice Q | *True | False"), ("TF\tQ\ttwo", "1 answer-unknown"),
    ("TF\tQ", "choice Q | True | False !no-right-answer"), ("ESS\tQ\t", "open_text Q"),
    ("SR\tQ", "open_text Q"), ("FIL\tQ", "open_text Q"), ("FIB\tQ\ta\tb", "short_text Q | a | b"),
    ("NUM\t<b>Q</b>\t3.5", "numeric Q | 3.5±0"), ("NUM\tQ\t3.5\t0.1", "numeric Q | 3.5±0.1"),
    ("NUM\tQ", "1 not-a-number"), ("ORD\tQ\ta\tb", "ranking Q | a | b !order-lost"),
    ("MAT\tQ\ta\tb", "1 matching"), ("FIB_PLUS\tQ\ta\tb", "1 type-unknown")])
def test_blackboards_lines_are_read(line, expected):
    check(line, [expected], "blackboard")


# Bytes, detection, refusals

@pytest.mark.parametrize("encode", [
    lambda text: text.encode("utf-8-sig"), lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    lambda text: b"\xfe\xff" + text.encode("utf-16-be"), lambda text: text.encode("utf-16-le"),
    lambda text: text.encode("utf-16-be"), lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: text.replace("\n", "\r").encode(), lambda text: text.replace("\n", "\v").encode(),
    lambda text: text.replace("\n", "\u2028").encode(),
    lambda text: text.replace(" ", "\xa0").encode(),
    lambda text: text.replace("W", "\u200bW\x07").encode()])
def test_bytes_are_read_in_every_usual_encoding(encode):
    check(encode("Wie heißt das?\n*ja so\nnein"),
          ["choice Wie heißt das? | *ja so | nein"], "plain")


def test_bytes_that_are_not_utf_8_are_read_as_windows_does():
    found = read("Wie heißt „grün“ – kurz?\x81".encode("cp1252", "replace") + b"\x81")
    assert show(found)[0].startswith("open_text Wie heißt „grün“ – kurz?")
    assert found["notices"] == ["decoded-as-windows-1252"]


REFUSED = [
    (b"", "empty"), (b"\xef\xbb\xbf \r\n\t", "empty"), ("\u200b\xa0".encode(), "empty"),
    (b"\xd0\xcf\x11\xe0\xa1", "old-office"), (b"%PDF-1.7", "pdf"), (b"{\\rtf1 a", "rtf"),
    (PNG, "picture"), (b"\xff\xd8\xff\xe0", "picture"), (b"\x1f\x8b\x08", "zip-unknown"),
    (b"<html><body>", "html"), (b"<!-- a --><!DOCTYPE html>", "html"),
    (b"<?xml version='1.0'?><questestinterop/>", "qti"), (b"<POOL/>", "blackboard-pool"),
    (b"<?xml version='1.0'?><other/>", "xml-unknown"), (b"<quiz><a></quiz>", "xml-broken"),
    (b"<?xml version='1.0'?><!DOCTYPE quiz [<!ENTITY a 'b'>]><quiz/>", "xml-doctype"),
    (b'{"a": [1]}', "json"), (b'[{"a": 1}]', "json"), (b'[["a"]]' + b" " * 30_000, "json"),
    (b"[true]", "json"), (b"[null, 1]", "json"),
    (b"\n{\\rtf1 a", "rtf"), (b"\xef\xbb\xbf{\\rtf1 a", "rtf"), (b" \r\n%PDF-1.7", "pdf"),
    (b"\xef\xbb\xbf\nPK\3\4", "zip-broken"), (b"[" + b'{"a":[]},' * 90_000 + b"1]", "json"),
    (b'["' + b"a" * 200_000 + b'"]', "json"),
    (b"<quiz><question " + b"".join(b"a%d='>' " % n for n in range(40_000)), "too-large"),
    (b"<quiz><question>" + b"<answer/>" * 21_000, "too-large"),
    (b"<quiz>" + b"<question type='description'/>" * 2001 + b"</quiz>", "too-many"),
    (b"Timestamp\tName\n1\t2", "responses"), (b'"Zeitstempel","Name"\n1,2', "responses"),
    ("Why?\n\n".encode() * 501, "too-many"), (b"x\n" * 100_001, "too-many"),
    ("Q? {=a ~a}\n\n".encode() * 501, "too-many"), (b"Q {}{}" * 300, "too-many"),
    (b"x" * (2 * 2**20 + 1), "too-large")]


@pytest.mark.parametrize("content, code", REFUSED)
def test_what_is_no_list_of_questions_is_refused_with_what_to_do(content, code):
    found = read(content)
    assert (found["refused"], found["format"], found["questions"]) == (code, None, [])
    assert explain(code)


def test_a_text_that_begins_like_json_or_an_archive_is_read():
    assert show(read('["a", "b"] is?\n\n' + "Why?\n\n" * 2 + "f() {x}")) == [
        'open_text ["a", "b"] is?', "open_text Why?", "open_text Why? !same-question",
        "open_text f() {x}"]
    assert read("[1] Is it? {=a ~b}\n\n" + "// so\n" * 20_000 + "[2] Is it {}")["format"] == "gift"
    assert show(read("PK means?")) == ["open_text PK means?"]
    assert read(b"\xef\xbb\xbf" + make_sheet(ROWS))["format"] == "table"


def test_the_beginning_of_a_long_text_tells_whether_it_is_json(monkeypatch):
    handled = []
    loads = json.loads
    monkeypatch.setattr(json, "loads", lambda text: handled.append(len(text)) or loads(text))
    for end, code in (('{"a": 1}]', "json"), ("{=a ~b}]", "json")):
        assert read_questions(f"[{'[1.5, true], ' * 100_000}{end}".encode())["refused"] == code
    assert handled == [classpulse.HEAD] * 2


def test_what_no_question_needs_is_not_taken_to_pieces():
    assert show(read("MC\tQ" + "\ta\tcorrect" * 99_999)) == ["1 too-many-options"]
    assert len([*classpulse.read_blackboard("MC\t" * 99_999)][0][2].args) == 201
    for size, expected in ((90_000, ["rating Q"]), (110_000, ["3 type-unknown"])):
        comment = json.dumps({"type": "rating", "more": "a" * size})
        assert show(read(f"// classpulse: gift\n// classpulse: {comment}\nQ {{}}")) == expected
    for size, kept in ((1000, True), (3000, False)):
        text = f"<img class='{'a' * size}' src='@@PLUGINFILE@@/a.png'>Q"
        [question] = read(moodle("essay", text).replace(
            "</questiontext>", picture("a.png") + "</questiontext>"))["questions"]
        assert ("picture" in question) is kept


def test_texts_that_ask_nothing_do_not_cost_the_questions_of_a_file():
    texts = moodle("description")[6:-7] * 600
    found = read(f"<quiz>{texts}{moodle('essay', 'Why?')[6:-7]}</quiz>")
    assert [question["title"] for question in found["questions"]] == ["Why?"]
    assert len(found["skipped"]) == 600


def make_archive(name):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "x")
    return file.getvalue()


ARCHIVES = [(make_archive(name), code) for name, code in (
    ("imsmanifest.xml", "qti"), ("h5p.json", "h5p"), ("word/document.xml", "word"),
    ("mimetype", "zip-unknown"))]


@pytest.mark.parametrize("content, code", ARCHIVES)
def test_an_archive_without_a_sheet_is_refused_by_its_name(content, code):
    assert read(content)["refused"] == code


@pytest.mark.parametrize("text, format", [
    ("Which?\nA) a\nB) b\nANSWER: A\n::x:: {=a ~b}", "gift"), ("Is it {T}?", "gift"),
    ("Is it {\na\n~b}?", "gift"), ("Is it {}?", "gift"), ("[html]Is it?", "gift"),
    ("Is it \\{=a}?", "plain"), ("f(x) {return 1}", "plain"), ("[1, 2] is a list?", "plain"),
    ("[x] a", "plain"), ("{=a ~b} is it?", "gift"), ("Question, answer it", "plain"),
    ("question;time\nQ;1", "plain"), ("question;correct\nQ;1", "table"),
    ("MC\ta\nMX\tb", "plain")])
def test_a_format_is_recognized_by_what_is_in_it(text, format):
    assert read(text)["format"] == format


def test_a_format_that_is_named_is_not_guessed():
    assert show(read("Which?\n=a\n~b {}", "aiken")) == ["1 no-options"]
    assert read("Why?", "table")["refused"] == "no-header"
    assert read("Why?", "moodle-xml")["refused"] == "xml-broken"
    assert read("<!DOCTYPE quiz [<!ENTITY a 'b'>]><quiz/>", "moodle-xml")["refused"] == (
        "xml-doctype")
    assert show(read("// classpulse: gift\n\nWhy? {}", "plain")) == ["open_text Why? {}"]
    assert read("<!-- -->" * 15_000 + "<!DOCTYPE quiz [<!ENTITY a 'b'>]><quiz/>", "moodle-xml")[
        "refused"] == "xml-broken"
    assert show(read("question,correct\nQ,1", "plain")) == [
        "open_text question,correct Q,1 !lines-joined"]


EXAMPLES = {
    "matching": "Q {=a -> b =c -> d}", "description": "Text\n\nQ {}", "several-gaps": "Q {=a}{=b}",
    "type-unknown": "MC\tQ\ta\tcorrect\tb\tx\nQUIZ_BOWL\tQ", "unbalanced-braces": "::Q:: {=a",
    "too-few-options": "Q {~a}", "too-many-options": "Q\n" + "\n".join(map(str, range(27))),
    "same-options": "Q\na\na", "empty-option": "Q\nA) a\nB)",
    "letters": "Q\nA) a\nC) c\nANSWER: A", "answer-unknown": "Q\nA) a\nB) b\nANSWER: C",
    "no-answers": "Q {=%0%a}", "no-question": "A) a\nANSWER: A", "no-question-text": "{T}",
    "no-options": "Q\nA) a\nB) b\nANSWER: A\nQ", "not-a-number": "Q {#many}",
    "ambiguous-number": "Q {#1,000}", "number-too-long": "Q {#1234567890123456}",
    "title-too-long": "x" * 501, "option-too-long": "Q\na\n" + "x" * 201,
    "answer-too-long": "Q\n*" + "x" * 201,
    "not-accepted": '// classpulse: {"type": "rating", "max_rating": 99}\nQ {}',
    "partial-credit": "Q {=a ~%50%b}", "no-right-answer": "Q\na\nb",
    "no-answer-line": "Q\nA) a\nB) b\nANSWER: A\nQ\nA) a\nB) b",
    "answer-as-text": "Q\nA) so\nB) no\nANSWER: so", "several-right": "Q\nA) a\nB) b\nANSWER: AB",
    "lines-joined": "Q\nis this", "option-as-question": "A. Q\nA. a\nB. b\nANSWER: A",
    "title-used": "::Q::{T}", "no-blank-line": "Q {T}\nQ {}", "formula-braces": "x^{2} {T}",
    "unescaped": "Q {=a ~#fff}", "empty-answer": "Q {=a ~b ~}", "wildcard": "Q {=a*b}",
    "several-right-numbers": "Q {#=1 =2}", "decimal-comma": "Q {#1,5}",
    "order-lost": "ORD\tQ\ta\tb", "same-question": "Q\n\nQ", "picture-lost": "[html]Q<img> {}",
    "media-lost": "[html]Q<video></video> {}", "layout-lost": "[html]Q<table></table> {}",
    "formula-lost": "[html]Q<math></math> {}", "explanation-lost": f"Q {{T####{'x' * 5001}}}",
    "decoded-as-windows-1252": "Größe?".encode("cp1252"),
    "columns-ignored": "question,correct,time\nQ,a,20", "zip-broken": b"PK\x03\x04",
    "no-header": make_sheet({1: [("A", "str", "<v>a</v>")]}),
    **{code: content for content, code in REFUSED + ARCHIVES}}


@pytest.mark.parametrize("code", IMPORT_MESSAGES)
def test_every_code_is_given(code):
    found = read(EXAMPLES[code])
    assert code in [found["refused"], *found["notices"],
                    *(skipped["code"] for skipped in found["skipped"]),
                    *(code for question in found["questions"] for code in question["warnings"])]


def test_a_skipped_question_says_which_and_why():
    [skipped] = read("Which?\nA) a\nB) b\nANSWER: E\n")["skipped"]
    assert skipped == {"line": 1, "code": "answer-unknown", "text": "Which?",
                       "values": {"answer": "E"}}
    assert explain("answer-unknown", **skipped["values"]) == (
        "The correct answer “E” is none of the options. Write it exactly as the option.")
    assert read("A) x\nB) y\nANSWER: A")["skipped"][0]["text"] == "A) x"


def test_a_question_is_the_same_with_another_explanation():
    assert show(read("Why?{=a ~b ####c}\n\nWhy?{=a ~b}")) == [
        "choice Why? | *a | b", "choice Why? | *a | b !same-question"]


# Any bytes

PIECES = strategies.sampled_from([
    "{", "}", "=", "~", "#", "\\", "\n", "\n\n", "::", "//", "->", "%50%", "####", "[html]", "<b>",
    "</b>", "<br>", "<!--", "-->", "<sup>", "</sup>", "&lt;", "$", "^{", "\\neq", "A) ", "B. ",
    "*", "[x] ", "ANSWER: ", "question", "option 1", "correct", "\t", ",", ";", "|", '"', "1",
    "2.5", "a", "T", "..", ":", "$CATEGORY:",
    '// classpulse: {"type": "ranking", "options": "ab", "correct": 5}',
    '// classpulse: {"type": "multiple_choice", "options": ["a", ["b"]], "correct": ["AB", 1]}',
    "MC\t", "- ", "1. ", "é", "\u0301", "<quiz>", "<question type='multichoice'>", "</question>",
    "<questiontext><text>", "</text></questiontext>", "<answer fraction='x'>", "</answer>", "ﷺ",
    " "])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.lists(PIECES, max_size=40).map("".join),
       strategies.sampled_from([None, *classpulse.FORMATS]))
def test_whatever_is_pasted_is_read_and_what_is_read_is_accepted(text, format):
    read(text, format)


@settings(max_examples=100, deadline=None)
@given(strategies.binary(max_size=200), strategies.sampled_from([b"", b"PK\x03\x04", b"<quiz>"]))
def test_no_bytes_are_too_much(content, start):
    read(start + content)


@settings(max_examples=100, deadline=None)
@given(strategies.data())
def test_a_damaged_sheet_is_refused_or_read(data):
    content = bytearray(make_sheet(ROWS))
    for _ in range(data.draw(strategies.integers(1, 4))):
        content[data.draw(strategies.integers(2, len(content) - 1))] = data.draw(
            strategies.integers(0, 255))
    read(bytes(content))


HOSTILE = ["{", "}", "\\", "$a ", "<a ", '"', "\t", "A. x\n", "A. x " * 9 + "\n", "~", "=", "^{",
           "::",
           "{=a ~b}", "<b>x</b> ", "<!--", "-->", "&amp;", "**a ", "__a ", "<sup>", "a\u0301", " ",
           "//\n", "$\\ne$ ", '","', "\n \n", "(a) ", "-> ", "%50%"]
AROUND = {"alone": ("", ""), "gift": ("::q::[html]x{=a ~b}\n\n::q::[html]{=", "}"),
          "aiken": ("Q\nA) x\nB) y\nANSWER: A\n", ""),
          "table": ('question,option 1,correct\n"', ""),
          "xml": ("<quiz><question type='essay'><questiontext><text><![CDATA[",
                  "]]></text></questiontext></question></quiz>")}


@pytest.mark.parametrize("around", AROUND)
def test_the_worst_texts_take_time_in_proportion_to_their_size(around):
    def reading(unit, size):
        content = (unit * (size // len(unit.encode()))).join(AROUND[around])
        return partial(read_questions, content.encode())
    for unit in HOSTILE:
        # Eight times the size; quadratic time would be 64 times as long.
        assert costs_at_most(20, reading(unit, 40_000), reading(unit, 320_000)), unit


@pytest.mark.parametrize("head, question", [
    ("", "Which is {n}?\n*a {n}\nb\nc\n\n"), ("", "Which is {n}?\nA) a\nB) b {n}\nANSWER: A\n"),
    ("", "[html]<p>Which is <b>{n}</b>?</p>{{\n=a\n~%50%b\n####It is.}}\n\n"),
    ("question,option 1,option 2,correct\n", "Which is {n}?,a,b,1\n"),
    ("<quiz>", moodle("multichoice", "<p>Which is {n}?</p>", answers((100, "a"), (0, "b")))[6:-7]),
    ("", "MC\tWhich is {n}?\ta\tcorrect\tb\tincorrect\n")])
def test_a_long_file_is_read_in_many_short_turns(head, question, monkeypatch):
    content = head + "".join(question.format(n=n) for n in range(200)) + "</quiz>" * bool(
        head.startswith("<"))
    calls, turns = itertools.count(), [0]
    monkeypatch.setattr(classpulse, "take_turn", lambda: turns.append(next(calls)))
    sys.setprofile(lambda *event: next(calls))      # the work done, on any machine
    try:
        read_questions(content.encode())
    finally:
        sys.setprofile(None)
    assert max(after - before for before, after in zip(turns, turns[1:])) < turns[-1] / 4


def test_others_are_served_while_a_long_file_is_read(monkeypatch):
    monkeypatch.setattr(classpulse.classroom, "turn_ends_at", 0)
    content = "".join(f"[html]<p>Which is <b>{n}</b>?</p>{'<i>so</i> ' * 99}{{=a ~b}}\n\n"
                      for n in range(500)).encode()
    served = []

    def serve():
        while True:
            gevent.sleep(0.001)
            served.append(1)
    other = gevent.spawn(serve)
    read_questions(content)
    other.kill()
    assert len(served) >= 5


def test_votes_are_committed_while_a_long_list_is_read(db, question, monkeypatch):
    monkeypatch.setattr(classpulse, "TURN_SECONDS", 0)      # as on a slow machine
    monkeypatch.setattr(classpulse.classroom, "turn_ends_at", 0)
    content = ("Why?\n\n" * 100).encode()
    saved = []

    def vote():
        while True:
            db.write(classpulse.accept_response, question["session_id"], question["id"], "someone",
                     "A")
            saved.append(1)
    voter = gevent.spawn(vote)
    read_questions(content)
    voter.kill()
    assert len(saved) >= 20


def test_a_turn_ends_beside_what_never_stops(monkeypatch):
    monkeypatch.setattr(classpulse.classroom, "turn_ends_at", 0)

    def spin():
        while True:
            gevent.sleep(0)
    other = gevent.spawn(spin)
    try:
        with gevent.Timeout(20):
            classpulse.take_turn()
    finally:
        other.kill()


# Out again

TEXTS = strategies.one_of(
    strategies.text(max_size=30), strategies.sampled_from([
        "a", "A", "=1+1", "~a", "{=a ~b}", "a\nb", "  a\n    b", "<b>x</b>", "a < b", "&lt;",
        "[html]a", "[x] a", "%50%a", "%50%", "a -> b", "*", "\\*a", "*a", "// a", "::a::", "# a",
        "#a", "####", "$a \\neq b$", "$a\neq$", "\\n", "\\", "A) a", "- a", "1. a", "✓ a",
        "a\xa0b", "a\u200bb", "question\tcorrect", "question,answer 1", "ANSWER: A", "<br>", "//",
        "__a__", "a b  c", "// classpulse: {}", "👩🏽‍🔬", "x^{2}", "_____", "T", "FALSE", "1,000",
        "-", "_{a}", "}", "{", "$\\frac{1}{x_{2}}=\\nu$", "\\[a \\\\ b\\]", "```\na~b\n\n\tc\n```",
        "`#a`", "\\$5"]))


@strategies.composite
def banks(draw):
    """Questions of all types, as their forms have accepted them."""
    questions = []
    types = strategies.sampled_from(sorted(QUESTION_TYPES))
    for type in draw(strategies.lists(types, max_size=5)):
        kind = QUESTION_TYPES[type]
        texts = draw(strategies.lists(TEXTS, min_size=2, max_size=5))
        number = draw(strategies.sampled_from(
            ["", "3", "-0.5", "6.02e23", "1e-9", "0", "12345678901"]))
        form = classpulse.Form([
            ("title", draw(TEXTS)), *(("option", text) for text in texts),
            *(("right", str(place)) for place in draw(strategies.sets(strategies.integers(1, 5)))),
            ("accepted", "\n".join(texts)), ("exact", draw(strategies.sampled_from("01"))),
            ("max_rating", "7"), ("low", draw(TEXTS)[:40]), ("high", ""), ("max_words", "3"),
            ("unit", draw(TEXTS)[:20]), ("correct", number), ("min", draw(strategies.sampled_from(
                ["", "-9"]))), ("max", ""), ("tolerance", number and draw(
                    strategies.sampled_from(["", "0", "0.5"])))])
        try:
            title = form.text("title", "", 500, clean=classpulse.clean_block)
            options = kind.to_file(kind.configure(form))
        except classpulse.Invalid:
            continue
        explanation = classpulse.clean_block(draw(TEXTS))
        questions.append({"type": type, "title": title, **options,
                          **({"explanation": explanation} if explanation else {})})
    return questions


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(banks(), strategies.sampled_from(["gift", "txt"]))
def test_what_is_written_is_read_as_the_same_questions(questions, format):
    found = read(classpulse.write_questions(questions, format))
    assert not found["skipped"]
    assert [{name: value for name, value in question.items() if name not in ("line", "warnings")}
            for question in found["questions"]] == questions


ONE_OF_EACH = [
    {"type": "multiple_choice", "title": "Which?", "options": ["a", "b"], "correct": ["B"],
     "explanation": "So."},
    {"type": "select_all", "title": "Which of x = {1}?", "options": ["a", "b", "c", "d"],
     "correct": ["A", "B", "D"]},
    {"type": "short_text", "title": "What?", "answers": ["Rome", "Roma"]},
    {"type": "short_text", "title": "What\nelse?", "answers": []},
    {"type": "numeric", "title": "How?", "correct": "3.5", "tolerance": "", "unit": "", "min": "",
     "max": ""},
    {"type": "open_text", "title": "Why <b>?"},
    {"type": "ranking", "title": "Order?", "options": ["a", "b"]},
    {"type": "rating", "title": "Good?", "max_rating": 5, "low": "", "high": "yes"},
    {"type": "word_cloud", "title": "Words?", "max_words": 3}]


def test_gift_is_written_as_moodle_writes_it():
    assert classpulse.write_questions(ONE_OF_EACH, "gift") == r"""// classpulse: gift

::Q1::Which? {
~a
=b
####So.}

::Q2::Which of x \= \{1\}? {
~%33.33333%a
~%33.33333%b
~%-33.33333%c
~%33.33333%d}

::Q3::What? {
=%100%Rome
=%100%Roma}

// classpulse: {"type": "short_text", "answers": []}
::Q4::What\nelse? {}

::Q5::How? {#3.5:0}

::Q6::[html]Why &lt;b&gt;? {}

// classpulse: {"type": "ranking", "options": ["a", "b"]}
::Q7::Order? {}

// classpulse: {"type": "rating", "max_rating": 5, "low": "", "high": "yes"}
::Q8::Good? {}

// classpulse: {"type": "word_cloud", "max_words": 3}
::Q9::Words? {}
"""


def test_plain_text_is_written_as_people_write_it():
    text = classpulse.write_questions(
        [{**ONE_OF_EACH[0], "title": "Who?"}, *ONE_OF_EACH[1:]], "txt")
    assert text.startswith("""// classpulse: plain

1. Who?
// classpulse: {"type": "multiple_choice", "options": ["a", "b"], "correct": ["B"], \
"explanation": "So."}
a
*b

2. Which of x = {1}?
*a
*b
c
*d

3. What?
// classpulse: {"type": "short_text", "answers": ["Rome", "Roma"]}
*Rome
Roma
""")
    assert show(read(text))[5] == "open_text Why <b>?"
