"""What students type has bounds: what it costs to count, to send and to draw, whatever it is."""

import classpulse
import pytest
from conftest import Respondent

WIDE = "\ufdfd"                 # as wide as ten letters
OPTIONS = {"multiple_choice": {"options": "Paris\nLyon"}, "select_all": {"options": "Paris\nLyon"},
           "ranking": {"options": "Paris\nLyon\nNice"}, "rating": {"max_rating": "3"},
           "numeric": {"min": "1"}, "short_text": {"accepted": "Paris"}, "open_text": {"x": "y"},
           "word_cloud": {"max_words": "3"}}


@pytest.fixture
def ask(presenter, session):
    """A function that opens a question of a type; its id."""
    def ask(type, title="Warum?", **fields):
        question_id = presenter.create_question(session["id"], type, title,
                                                **(fields or OPTIONS[type]))
        presenter.toggle(question_id)
        return question_id
    return ask


# What was typed

GARBAGE = [[], [""], ["X"], ["A", "X"], ["A"], ["A", "A"], ["A", "B", "C", "A"], ["B", "A", "X"],
           ["-"], ["-", "-"], [";"], ["A;B"], ["\n"], ["\x00"], ["0"], ["1e999"], ["٣"], ["½"],
           ["NaN"], ["x" * 6000], [WIDE * 5001], ["\u0301" * 3000], ["A"] * 150, ["{{!x}}"],
           ["'\"><b>"], ["w" * 61] * 4, ["a", "b", "c", "d"], [" ", "B"], ["\ud83d"]]


@pytest.mark.parametrize("sent", GARBAGE, ids=lambda sent: ascii(sent)[:24])
def test_no_answer_in_a_plain_form_is_an_error_of_ours(session, ask, sent):
    phone = Respondent(session["code"])
    plain = {"Sec-Fetch-Mode": "navigate"}
    parts = [("response", part.encode("utf-8", "surrogatepass")) for part in sent]
    for type in classpulse.QUESTION_TYPES:
        question_id = ask(type)
        page = phone.post(f"/audience/respond/{question_id}", parts, headers=plain, status="*")
        assert page.status_int in (303, 422), type
        if page.status_int == 422:
            assert page.html.select_one(".problem").get_text().strip()
            section = page.html.select_one(f"[data-question-id='{question_id}']")
            check_shown(type, section, sent)


def check_shown(type, section, sent):
    """What was typed is in its fields, as far as they can hold it."""
    if type in ("numeric", "short_text", "open_text", "word_cloud"):
        fields = section.select("input[name=response], textarea")
        held = [field.get("value", field.get_text()) for field in fields]
        typed = [part if part.isprintable() else held[at]
                 for at, part in enumerate(sent[:len(fields)])]
        assert held[:len(typed)] == typed
    elif type == "ranking":
        order = [item["data-key"] for item in section.select("[data-sortable] li")]
        ranked = list(dict.fromkeys(key for key in sent if key in "ABC" and key))
        assert order == ranked + [key for key in "ABC" if key not in ranked]
        assert [option.get_text()[0] for option in section.select("[selected]")] == order
    else:
        ticked = {field["value"] for field in section.select("[checked]")}
        assert ticked <= set(sent)
