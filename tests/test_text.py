"""What people type: what of it is kept, which spellings are one, which number is meant."""

import json
import re
import time
from decimal import Context, Decimal

import classpulse
import pytest
from classpulse import (
    QUESTION_TYPES, Form, Invalid, Unclear, clean_block, clean_line, clean_text, fold_spaces,
    format_number, normalize, parse_number, show_number)
from hypothesis import given, settings
from hypothesis import strategies as st

ODD = "aiIİıß \n\t'\"“”‘’.!?…-–\u200b\u200d\u200c\u00ad\ufe0f❤é\u0301\u0307ﷺ①`´A"
TEXTS = st.text(max_size=30) | st.text(alphabet=ODD, max_size=12)


# What is kept

@pytest.mark.parametrize("typed, kept", [
    ("Pa\u200bris", "Paris"), ("Foto\u00adsynthese", "Fotosynthese"), ("\ufeffÖl\u2060", "Öl"),
    ("a\u202eb\u202c\u2066c\u2069", "abc"), ("A\u0308", "Ä"), ("Ä\ud800Ö", "ÄÖ"),
    ("a\x00\x1bb", "ab"),
    ("👩🏽\u200d🔬", "👩🏽\u200d🔬"), ("❤\ufe0f", "❤\ufe0f"), ("می\u200cخواهم", "می\u200cخواهم"),
    ("\u200dÖl\u200c", "Öl"), ("a \u200d b", "a b"), ("1\r\n2\r3\u20284", "1 2 3 4")])
def test_what_nobody_sees_never_enters(typed, kept):
    assert clean_line(typed) == kept


@pytest.mark.parametrize("nothing", ["", " ", "\u200b", "\u3164", "\u2800", "\u2060",
                                     "\u115f\u1160", " \u3164\n\t\u2800 ", "\u200d\ufe0f",
                                     "\u200e", "\uffa0", "\U000e0041", "\ufff9"])
def test_what_shows_nothing_is_empty(nothing):
    assert clean_text(nothing) == clean_line(nothing) == clean_block(nothing) == ""


def test_a_character_keeps_its_first_accents():
    assert clean_line("A" + "\u0301" * 40).count("\u0301") == classpulse.MARKS_MAX - 1
    assert clean_line("Việt Nam, שָׁלוֹם") == "Việt Nam, שָׁלוֹם"


def test_lines_and_their_indentation_are_kept():
    code = "    if x:\n\n        y = 1"
    assert clean_block("\n\n" + code + "  \n \t\n") == code
    assert clean_block("Ä  Ö\t\r\n\tÜ") == "Ä  Ö\n\tÜ"


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_cleaning_what_is_clean_changes_nothing(text):
    for clean in (clean_text, clean_line, clean_block):
        assert clean(clean(text)) == clean(text)


@settings(deadline=None, max_examples=150)
@given(TEXTS.filter(lambda text: text.isascii() and text.isprintable()))
def test_what_is_plain_is_kept_as_it_is(text):
    assert clean_text(text) == (text if text.strip() else "")


@pytest.mark.parametrize("unit", [" ", "\t", "\u200d", "\u200b", "\n", "\u3000", "\ufe0f",
                                  "\u0301"])
def test_a_long_run_of_anything_is_cleaned_in_time_that_grows_with_its_length(unit):
    took = {}
    for size in (2500, 20_000):
        text = "a" + unit * size + "b"
        took[size] = max(min(measure(clean, text) for _ in range(3))
                         for clean in (clean_line, clean_block, fold_spaces))
    assert took[20_000] < 24 * took[2500]       # by its square: 64


def measure(clean, text):
    began = time.thread_time()
    clean(text)
    return time.thread_time() - began


# Which spellings are one

@pytest.mark.parametrize("one, other", [
    ("don't", "don’t"), ("don't", "don´t"), ('say "hello"', "say “hello”"), ("Paris", "Paris."),
    ("Paris", " “Paris” "), ("Paris", "PARIS!"), ("Paris", "„Paris.“"), ("Paris", "'Paris'…"),
    ("well-known", "well\u2010known"), ("well-known", "well\u2011known"),
    ("well-known", "well–known"), ("❤", "❤\ufe0f"), ("İzmir", "izmir"), ("IRMAK", "ırmak"),
    ("Straße", "STRASSE"), ("Ｐａｒｉｓ", "paris"), ("café", "CAFE\u0301"), ("x²", "x2"),
    ("日本。", "日本"), ("New  York", "new york"), ("Paris", "Paris\u200e"),
    ("Paris", "Pa\u200cris"), ("Anna", "Anna\u3164")])
def test_spellings_of_one_answer_are_one(one, other):
    assert normalize(clean_line(one)) == normalize(clean_line(other))


@pytest.mark.parametrize("one, other", [
    ("Mutter", "Mütter"), ("C", "C#"), ("C", "C++"), ("5", "-5"), ("50", "50%"), ("NET", ".NET"),
    ("rot", "rote"), ("icecream", "ice cream"), ("don't", "dont"), ("a", "ä")])
def test_different_answers_stay_apart(one, other):
    assert normalize(one) != normalize(other)


@settings(deadline=None, max_examples=100)
@given(TEXTS)
def test_a_key_is_its_own_key_and_is_there_for_every_answer(text):
    text = clean_line(text)
    assert normalize(normalize(text)) == normalize(text)
    assert bool(normalize(text)) == bool(text)


TYPED = {"'": "‘’´`", '"': "“”„", "-": "‐‑–—−"}


@settings(deadline=None, max_examples=100)
@given(st.text("abcdeiıİßéñ 0123'\"-", max_size=20).filter(
    lambda text: re.search(r"\w", text)), st.randoms())
def test_an_answer_is_accepted_in_any_case_dash_quote_or_width(text, random):
    text = clean_line(text)
    typed = "".join(random.choice(TYPED.get(c, c)) for c in text)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in typed)
    kind, options = QUESTION_TYPES["short_text"], {"accepted": [text]}
    for answer in (text, text.upper(), typed.title(), wide, f"“{typed}”.", f" {typed} !"):
        assert kind.score(clean_line(answer), options) == 1, answer


def configure(type, *fields):
    return json.loads(json.dumps(QUESTION_TYPES[type].configure(Form(fields))))


def test_where_special_characters_matter_only_the_text_itself_is_right():
    exact = configure("short_text", ("accepted", "Aa"), ("exact", "0"), ("exact", "1"))
    kind = QUESTION_TYPES["short_text"]
    assert [kind.score(answer, exact) for answer in ("Aa", "AA", "aa", "Aa.")] == [1, 0, 0, 0]
    assert [row["label"] for row in kind.count(["Aa", "aa", "Aa"], exact)] == ["Aa", "aa"]
    assert [kind.score(answer, configure("short_text", ("accepted", "Aa")))
            for answer in ("Aa", "AA", "aa", "b")] == [1, 1, 1, 0]
    kept = kind.configure(Form([("accepted", "Aa")]), before=exact)
    assert kept == exact and kind.configure(Form(kind.fields(exact))) == exact
    off = kind.configure(Form([("accepted", "Aa"), ("exact", "0")]), before=exact)
    assert off == configure("short_text", ("accepted", "Aa")) == {"accepted": ["Aa"]}


@pytest.mark.parametrize("max_words, typed, words", [
    ("1", ["C#"], ["C#"]), ("1", [".NET"], [".NET"]), ("1", ["#metoo"], ["#metoo"]),
    ("1", ["50%"], ["50%"]), ("1", ["C++"], ["C++"]), ("1", ["happy, tired"], ["happy, tired"]),
    ("2", ["happy, tired"], ["happy", "tired"]), ("3", ["a; b، c"], ["a", "b", "c"]),
    ("2", ["happy", "Happy!"], ["happy"]), ("2", ["a,a,a,b"], ["a", "b"]),
    ("3", [",a,,b,"], ["a", "b"])])
def test_words_are_themselves_and_parted_where_there_may_be_several(max_words, typed, words):
    options = configure("word_cloud", ("max_words", max_words))
    answer = Form([("response", part) for part in typed])
    assert QUESTION_TYPES["word_cloud"].read(answer, options).split("\n") == words


@pytest.mark.parametrize("typed", ["a,b,c", ",".join("a" * 21), "a,b" * 30_000])
def test_more_words_than_are_allowed_are_refused(typed):
    with pytest.raises(Invalid):
        QUESTION_TYPES["word_cloud"].read(Form([("response", typed)]), {"max_words": 2})


@pytest.mark.parametrize("typed", ["-", "–", "…", "?!", ":-", "--", "\u3164 !", "\u200e !"])
def test_signs_alone_are_no_word(typed):
    with pytest.raises(Invalid):
        QUESTION_TYPES["word_cloud"].read(Form([("response", typed)]), {"max_words": 1})


# Options

@pytest.mark.parametrize("lines", ["AA\nAa\naa", "1 mW\n1 MW", "das essen\ndas Essen",
                                   "H2O\nH₂O", "x2\nx²", "fi\nﬁ", "5\n５"])
def test_options_that_look_different_are_different(lines):
    options = configure("multiple_choice", ("options", lines))
    assert [option["text"] for option in options] == lines.split("\n")


@pytest.mark.parametrize("one, other", [("Ä", "A\u0308"), ("A", "A\u200e"), ("a  b", "a b"),
                                        ("a\u200bb", "ab"),
                                        ("x:\n  y  z", "x:\n  y z")])
def test_options_that_look_the_same_are_refused(one, other):
    with pytest.raises(Invalid, match="same"):
        configure("multiple_choice", ("option", one), ("option", other))


def test_indentation_tells_options_apart():
    texts = ["if x:\n  y", "if x:\n    y", "  if x:\n  y"]
    options = configure("multiple_choice", *[("option", text) for text in texts])
    assert [option["text"] for option in options] == texts
    assert len({fold_spaces(text) for text in texts}) == 3


def test_rows_close_up_and_ticks_go_by_the_place_as_it_was_sent():
    options = configure("select_all", ("option", ""), ("option", "*p"), ("option", " \u200b"),
                        ("option", "&x"), ("right", "4"), ("right", "1"), ("options", "Ä\nÖ"))
    assert options == [{"key": "A", "text": "*p", "correct": False},
                       {"key": "B", "text": "&x", "correct": True}]


def test_a_list_in_which_every_line_has_a_star_is_asked_about():
    lines = ("options", "* a\n* b\n* c")
    with pytest.raises(Unclear) as asked:
        configure("multiple_choice", lines)
    assert [reading[:2] for reading in asked.value.readings] == [("stars", "list"),
                                                                 ("stars", "correct")]
    for stars, correct in (("list", False), ("correct", True)):
        options = configure("multiple_choice", lines, ("stars", stars))
        assert [(option["text"], option["correct"]) for option in options] == [
            (text, correct) for text in "abc"]
    assert [option["text"] for option in configure("ranking", lines)] == ["* a", "* b", "* c"]


def test_what_shows_nothing_is_no_option_and_no_answer():
    assert len(configure("multiple_choice", ("options", "A\n\u3164\nB"))) == 2
    with pytest.raises(Invalid, match="star"):
        configure("multiple_choice", ("options", "A\n* \u3164\nB"))
    assert configure("short_text", ("accepted", "Paris\n\u3164")) == {"accepted": ["Paris"]}
    assert configure("multiple_choice", ("options", "*\u200d A\nB"))[0]["text"] == "A"


HOSTILE = ["*p", "\\*p", "\\p", "  a\n b", "&x", "<b>", "a  b", "\"'", "A", "- x", "ﷺ", "“”",
           "=1+1"]
OPTION = st.sampled_from(HOSTILE) | TEXTS.map(clean_block).filter(bool)


@settings(deadline=None, max_examples=100)
@given(texts=st.lists(OPTION, min_size=2, max_size=8, unique_by=fold_spaces), data=st.data())
@pytest.mark.parametrize("type", ["multiple_choice", "select_all", "ranking"])
def test_a_form_opened_and_saved_unchanged_changes_nothing(type, texts, data):
    kind = QUESTION_TYPES[type]
    options = [{"key": chr(65 + n), "text": text,
                "correct": kind.marks_correct and data.draw(st.booleans())}
               for n, text in enumerate(texts)]
    assert kind.configure(Form(kind.fields(options))) == options


# Which number is meant

@pytest.mark.parametrize("typed, numbers", [
    ("3,5", ["3.5"]), ("3.5", ["3.5"]), ("1000", ["1000"]), ("1'000", ["1000"]),
    ("1’000", ["1000"]), ("1 000", ["1000"]), ("1\u2009000", ["1000"]),
    ("1.234,56", ["1234.56"]), ("1,234.56", ["1234.56"]),
    ("1.234.567", ["1234567"]), ("1,00,000", ["100000"]), ("1 234,567", ["1234.567"]),
    ("1234,567", ["1234.567"]), ("0,123", ["0.123"]), (",5", ["0.5"]), ("5.", ["5"]),
    ("1,000", ["1000", "1"]), ("1.000", ["1000", "1"]), ("16,000", ["16000", "16"]),
    ("3.142", ["3142", "3.142"]), ("-3,142", ["-3142", "-3.142"]), ("1.000e0", ["1"]),
    ("6.02e23", ["6.02e23"]), ("6,02·10^23", ["6.02e23"]), ("6.02*10^23", ["6.02e23"]),
    ("6.02 × 10²³", ["6.02e23"]), ("6 · 10⁻²³", ["6e-23"]), ("10^5", ["1e5"]), ("1E-3", ["0.001"]),
    ("1,000/2", ["500", "0.5"]), ("1/3", ["0.333333333333333"]), ("-1/4", ["-0.25"]),
    ("½", ["0.5"]), ("–5", ["-5"]),
    ("−5", ["-5"]), ("- 5", ["-5"]), ("+5", ["5"]), ("٣٫٥", ["3.5"]), ("१२", ["12"]),
    ("３．５", ["3.5"])])
def test_a_number_is_read_as_people_write_it(typed, numbers):
    assert parse_number(typed) == list(map(Decimal, numbers))


@pytest.mark.parametrize("typed", [
    "", " ", "drei", "1 2", "12 34", "3 1/2", "1/0", "1,2.3,4", "e5", "1e400", "0x10", "1..2",
    "--1",
    "1234567890123456", "NaN", "inf", "5 km", "1e", "1.2.3", "1,23,4", "5%", "1½", "3 ¾",
    "510^3", "210²", "5 10^3", "1/2/3", ".", "-", "9" * 30, "1." + "0" * 34 + "1"])
def test_what_is_no_number_or_too_long_is_refused(typed):
    assert parse_number(typed) == []


@pytest.mark.parametrize("typed, unit, number", [
    ("5 km", "km", 5), ("5km", "km", 5), ("50%", "%", 50), ("50 %", "%", 50), ("3 m²", "m²", 3),
    ("3 m2", "m²", 3), ("3 m^2", "m²", 3), ("20 °C", "°C", 20), ("5", "km", 5), ("50％", "%", 50),
    ("5 µm", "μm", 5), ("11", "1", 11), ("100", "0", 100)])
def test_the_questions_own_unit_may_stand_behind_a_number(typed, unit, number):
    assert parse_number(typed, unit) == [number]


def test_another_unit_is_no_unit():
    assert parse_number("5 MW", "mW") == parse_number("5 m", "km") == parse_number("5 %", "") == []


def test_for_the_presenter_a_point_is_always_decimal():
    assert parse_number("3.142", point_is_decimal=True) == [Decimal("3.142")]
    assert len(parse_number("3,142", point_is_decimal=True)) == 2


NUMBERS = st.decimals(-10**20, 10**20, allow_nan=False) | st.decimals(-10**6, 10**6, places=3) \
    | st.floats(allow_nan=False, allow_infinity=False, width=32).map(Decimal)


@settings(deadline=None, max_examples=100)
@given(NUMBERS.map(Context(prec=classpulse.DIGITS_MAX).plus))
def test_a_number_that_is_kept_or_shown_is_read_as_itself(number):
    if number and abs(number.adjusted()) > classpulse.POWER_MAX:
        return
    kept = format_number(number)
    for text in (kept, show_number(kept), kept.replace("-", "−"), f" {kept} kg"):
        assert parse_number(text, "kg", point_is_decimal=True) == [number], text


@settings(deadline=None, max_examples=100)
@given(st.text("0123456789.,' e^/+-–10·×km%x²", max_size=40))
def test_no_text_breaks_the_reading_of_numbers(text):
    for number in parse_number(text, "km"):
        assert parse_number(format_number(number), point_is_decimal=True) == [number]


def ask(**options):
    return {"min": "", "max": "", "correct": "", "tolerance": "", "unit": "", **options}


def read(typed, **options):
    return QUESTION_TYPES["numeric"].read(Form([("response", typed)]), ask(**options))


def test_limits_decide_which_number_is_meant():
    assert read("1,000", min="500") == read("1.000", min="500") == "1000"
    assert read("1,000", max="10") == read("1.000", max="10") == "1"
    assert read("16,000", max="100") == "16"


def test_a_number_with_two_readings_is_asked_about_once():
    for typed, options in (("3.142", {}), ("1,000", {"max": "5000"}), ("1,000", {"max": "0"})):
        with pytest.raises(Unclear) as asked:
            read(typed, **options)
        values = [value for _, value, _ in asked.value.readings]
        assert re.fullmatch(r"\d+", values[0]) and values[1].endswith("e0")
    assert [read(value) for value in ("3142", "3.142e0", "1000", "1.000e0")] == [
        "3142", "3.142", "1000", "1"]


def test_the_presenters_own_numbers_are_kept_as_they_are_understood():
    options = configure("numeric", ("min", "–5"), ("max", "6,02·10^23"), ("correct", "3.142"),
                        ("tolerance", "1/4"), ("unit", "kg"))
    assert options == ask(min="-5", max="6.02e23", correct="3.142", tolerance="0.25", unit="kg")
    with pytest.raises(Unclear):
        configure("numeric", ("correct", "3,142"))


# Numbers counted

def count(values, **options):
    return [(row["label"], row["count"])
            for row in QUESTION_TYPES["numeric"].count(list(map(str, values)), ask(**options))]


def test_one_answer_far_away_does_not_squeeze_the_rest():
    rows = count([*range(30, 47), 999999999999])
    assert rows[-1] == ("above 48", 1) and len(rows) <= 12
    assert sum(number for _, number in rows) == 18
    assert count([-999999999999, *range(30, 47)])[0] == ("below 30", 1)


def test_without_one_every_answer_is_in_a_bin():
    rows = count(range(30, 52), unit="kg")
    assert not any("above" in label or "below" in label for label, _ in rows)
    assert sum(number for _, number in rows) == 22


@settings(deadline=None, max_examples=100)
@given(st.lists(NUMBERS.map(Context(prec=classpulse.DIGITS_MAX).plus).map(format_number),
                max_size=40))
def test_every_number_is_in_one_bin(values):
    kind, options = QUESTION_TYPES["numeric"], ask(correct="1", tolerance="2")
    rows = kind.count(values, options)
    assert sum(row["count"] for row in rows) == len(values) and len(rows) <= 13
    json.dumps([rows, kind.summarize(values)], allow_nan=False)
    assert all(isinstance(kind.is_correct(row, options), bool) for row in rows)


# Shares

def test_shares_of_one_answer_each_add_up_to_a_hundred():
    assert classpulse.list_shares([12, 4, 1], 17, True) == [71, 23, 6]
    assert classpulse.list_shares([12, 4, 1], 17, False) == [71, 24, 6]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 500), max_size=12))
def test_shares_are_whole_and_near(numbers):
    total = sum(numbers)
    shares = classpulse.list_shares(numbers, total, True)
    assert sum(shares) == (100 if total else 0)
    assert all(abs(share - 100 * number / total) < 1 for share, number in zip(shares, numbers)
               if total)


# Hidden answers

@pytest.mark.parametrize("type, fields, answers, hidden, left", [
    ("short_text", {}, ["Doof!", "doof", "Paris"], "doof", {"Paris": 1}),
    ("short_text", {"accepted": "x", "exact": "1"}, ["Doof", "doof", "Paris"], "Doof",
     {"Paris": 1}),
    ("word_cloud", {"max_words": "2"}, ["doof, gut", "Doof", "gut"], "doof", {"gut": 2}),
    ("numeric", {}, ["7", "7", "666"], "666", {"7": 2}),
    ("open_text", {}, ["Doof", "Gut"], None, {"Gut": 1})])
def test_any_typed_answer_can_be_hidden_from_the_class(
        db, presenter, session, make_respondent, type, fields, answers, hidden, left):
    question_id = presenter.create_question(session["id"], type, **fields or {"title": "?"})
    presenter.toggle(question_id)
    for answer in answers:
        make_respondent().respond(question_id, answer)
    question = classpulse.get_question(db, question_id)
    if hidden is None:
        counts = classpulse.count_answers(db, question)
        hidden = classpulse.list_entries(question, counts)[-1]["key"]
    presenter.be_alone()
    path = f"/api/questions/{question_id}/hide"
    page = presenter.post(path, {"hide": hidden}, headers={"HX-Request": "true"})
    assert "(hidden)" in page.text
    stats = classpulse.get_question_stats(db, question_id)
    assert {row["label"]: row["count"] for row in stats["results"]} == left
    assert stats["response_count"] == len(answers)
    presenter.post(path, {"show": hidden})
    assert not db.all("SELECT * FROM hidden_entries")


def test_what_students_pick_can_not_be_hidden(presenter, question):
    presenter.post(f"/api/questions/{question['id']}/hide", {"hide": "A"}, status=422)
