"""What people read is a text with named values, formatted and translated where it is shown."""

import ast
import pickle
import re
import string
from pathlib import Path

import bottle
import classpulse
import pytest
from classpulse import Invalid, Sentence, _, _n
from test_layout import SQL, TREE, VIEWS, check_each, section_of

# Who takes a text for people, and in which of its arguments.
TAKES = {"_": [0], "_n": [0, 1], "log_error": [0], "text": [1], "read_text": [1],
         "show_address": [0],
         **{name: [0] for name, kind in vars(classpulse).items()
            if isinstance(kind, type) and issubclass(kind, Sentence)}}
# Values that they add themselves.
GIVES = {"_n": {"count"}, "show_address": {"address"}}
VALUE, SHOWN = "\0", "\1"       # in a template's text: a value as it is, one that `_` has made


def read_code(path):
    """The syntax tree of a template's Python."""
    return ast.parse(bottle.SimpleTemplate(path.read_text("utf-8")).code)


# Texts that are put together

# A word with a blank before or behind it: names, paths and addresses have none.
WORDS = re.compile(r"(?:^|[\s(“])[A-Za-z][a-z’']+(?=[.,:;!?…)”]*(?:\s|$))")
NO_SENTENCE = re.compile(SQL + r"|\bWHERE\b|^HTTP/1\.1 |^attachment; |^ok \0\n$")


def join_parts(node):
    """The text that an expression puts together, with VALUE for what it fills in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else VALUE
    if isinstance(node, ast.JoinedStr):
        return "".join(map(join_parts, node.values))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return join_parts(node.left) + join_parts(node.right)
    if isinstance(node, ast.IfExp):
        return VALUE.join([join_parts(node.body), join_parts(node.orelse)])
    return VALUE


def is_put_together(node):
    """Whether an expression makes a text of pieces: f"", +, %, .format or .join."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, (ast.Add, ast.Mod))
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("format", "join") and isinstance(node.func.value, ast.Constant))


def find_pieces(tree):
    """Every text of a program that is put together and that people would read."""
    found = set()
    for node in filter(is_put_together, ast.walk(tree)):
        text = join_parts(node.func.value if isinstance(node, ast.Call) else
                          node.left if isinstance(getattr(node, "op", None), ast.Mod) else node)
        if WORDS.search(text) and not NO_SENTENCE.search(text):
            found.add(ast.unparse(node))
    return sorted(found)


def test_no_sentence_of_the_program_is_put_together():
    # Above the first section nothing of the program is there yet, `_` neither.
    assert find_pieces(ast.Module([node for node in TREE.body if section_of(node)], [])) == []


def test_no_sentence_of_a_template_is_put_together():
    check_each(VIEWS, lambda path: find_pieces(read_code(path)))


@pytest.mark.parametrize("planted", [
    'f"Question {n}"', 'f" · +{n} late"', 'f"{score:.0%} right."', 'f"Saved {time}, thank you"',
    '"At most " + n', 'name + " is missing"', '"at least %s" % n', '"{} people".format(n)',
    '" or ".join(words)', '"Its name: " + (a if b else c)', '"Delete it" + (", too" if b else "")',
    'say("x", field=f"{what} is missing.")', 'name + (" (they are away)" if b else "")',
    'f"Voting had closed; your answer {answer} counts."'])
def test_a_sentence_that_is_put_together_is_found(planted):
    assert find_pieces(ast.parse(planted))


@pytest.mark.parametrize("innocent", [
    'f"/sessions/{id}/edit"', 'f"cp_{id}_{name}"', 'f"{a} ({n})"', 'f"{n:.0%}"', '", ".join(a)',
    'f"{code[:3]} {code[3:]}"', '"_".join(a)', 'f"classpulse-until-{now}.db"', '"count" + group',
    '"SELECT a FROM b WHERE c = " + d', 'f"HTTP/1.1 {status}\\r\\nConnection: close\\r\\n"',
    '_("Saved {time}", time=f"{hours}:{minutes}")', 'letter + ". "', '"is-" + stage'])
def test_what_is_no_sentence_may_be_put_together(innocent):
    assert not find_pieces(ast.parse(innocent))


def read_texts(tree):
    """What a template prints, each value as VALUE or, where `_` has made it, as SHOWN; no tags."""
    def show(part):
        if isinstance(part, ast.Constant):
            return part.value
        made = {node.func.id for node in ast.walk(part.args[0]) if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)}
        return SHOWN if made & {"_", "_n"} else VALUE
    prints = [node for node in ast.walk(tree) if isinstance(node, ast.Call)
              and ast.unparse(node.func) == "_printlist"]
    prints.sort(key=lambda node: node.lineno)
    text = "".join(show(part) for node in prints for part in node.args[0].elts)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    named = re.findall(r'\s(?:aria-label|title|alt|placeholder)="([^"]*)"', text)
    return [*named, *re.split(r"<[^>]*>|\n", text)]


def find_values_in_sentences(tree):
    """Texts of a template in which a bare value stands beside words. One in an element of its
    own (<bdi>, <b data-joined>) is the page's.
    """
    beside = re.compile(rf"[A-Za-z][,.:;]? ?{VALUE}|{VALUE},? ?[A-Za-z]")
    return [text.replace(VALUE, "{}") for text in read_texts(tree) if beside.search(text)]


def test_a_value_in_a_sentence_of_a_template_is_filled_in_by_name():
    check_each(VIEWS, lambda path: find_values_in_sentences(read_code(path)))


@pytest.mark.parametrize("planted, found", [
    ("<p>Round {{n}}: vote again.</p>", True), ("<p>{{n}} more</p>", True),
    ('<a title="Signed in as {{name}}">x</a>', True), ("{{n}}, of all", True),
    ('Delete its files{{", and more" if n else ""}}', True),
    ('<p>{{_("Round {n}", n=n)}} and more</p>', False), ("<b>{{n}}</b> joined", False),
    ('<a class="is-{{n}}" href="/a/{{n}}/b">{{n}}</a>', False), ("{{n}} %", False)])
def test_a_bare_value_beside_words_is_found(planted, found):
    assert bool(find_values_in_sentences(ast.parse(bottle.SimpleTemplate(planted).code))) == found


# Texts as they are given

def list_literals(node):
    """The texts that an argument can be, as far as they are literals."""
    if isinstance(node, ast.IfExp):
        return list_literals(node.body) + list_literals(node.orelse)
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return [node.value] if is_text else []


def list_calls(tree):
    """[(name, the call, its texts), ...] of all that take a text for people."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            texts = [node.args[place] for place in TAKES.get(name, ()) if place < len(node.args)]
            if texts:
                yield name, node, texts


def list_names(text):
    """The names in a text; ValueError for anything else in braces."""
    names = set()
    for _before, name, spec, conversion in string.Formatter().parse(text):
        if name is not None:
            if spec or conversion or not name.isidentifier():
                raise ValueError(text)
            names.add(name)
    return names


def find_misfits(tree):
    """Calls whose text has other names than values given, or stands where no program finds it."""
    found = []
    for name, call, texts in list_calls(tree):
        literals = [text for node in texts for text in list_literals(node)]
        named = all(list_literals(node) or isinstance(node, (
            ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.IfExp)) for node in texts)
        given = {keyword.arg for keyword in call.keywords} - {
            "field", "shown", "required", "readings", "clean"}
        used = set().union(*map(list_names, literals)) - GIVES.get(name, set())
        if not named or literals and used != given:
            found.append(ast.unparse(call))
    return found


def test_every_text_of_the_program_is_a_literal_with_the_values_that_it_names():
    assert find_misfits(TREE) == []
    assert len(list(list_calls(TREE))) > 150


def test_every_text_of_a_template_is_a_literal_with_the_values_that_it_names():
    check_each(VIEWS, lambda path: find_misfits(read_code(path)))
    assert sum(len(list(list_calls(read_code(path)))) for path in VIEWS) > 40


@pytest.mark.parametrize("planted", [
    '_("Saved {time}")', '_("Saved {time}", at=1)', '_("Saved", time=1)', '_("Saved" + x)',
    'raise Invalid("{what} is missing.", name)', '_n("{n} day", "{n} days", n)', '_(f"Saved {x}")',
    'log_error("Lost: " + x)', '_("A" if b else "{c}")', 'NotSaved("Not saved. {}.", trouble=1)'])
def test_a_text_that_does_not_fit_its_values_is_found(planted):
    try:
        assert find_misfits(ast.parse(planted))
    except ValueError:          # a name that is none
        pass


@pytest.mark.parametrize("table", [
    classpulse.STAGE_NAMES, classpulse.STEPS, classpulse.NAMES, classpulse.TROUBLES,
    {kind.type: kind.label for kind in classpulse.QUESTION_TYPES.values()},
    {kind.type: kind.hint for kind in classpulse.QUESTION_TYPES.values()},
    {label: label for kind in classpulse.QUESTION_TYPES.values() for label in kind.at_once},
    {name: meaning for name, _default, meaning in classpulse.SETTINGS}])
def test_a_text_in_a_table_has_no_names(table):
    assert [_(text) for text in table.values()] == list(table.values())


# Filling in

def test_a_value_is_never_formatted_again():
    assert _("Equal: “{text}”.", text="{text} {0} {{ {x.__class__}") == (
        "Equal: “{text} {0} {{ {x.__class__}”.")


def test_a_text_may_have_braces_of_its_own():
    assert _("{{{name}}}", name="a") == str(Sentence("{{{name}}}", name="a")) == "{a}"


def test_a_value_may_be_a_sentence():
    trouble = Sentence("The disk of {whose} is full", whose="{you}")
    problem = classpulse.NotSaved("Not saved. {trouble}.", trouble=trouble)
    assert _(problem) == str(problem) == "Not saved. The disk of {you} is full."


def test_a_count_chooses_between_one_and_many():
    assert [_n("{count} day", "{count} days", count) for count in (0, 1, 2)] == [
        "0 days", "1 day", "2 days"]
    assert _n("one of {all}", "{count} of {all}", 1, all=3) == "one of 3"


def test_a_problem_is_raised_logged_and_pickled_like_any_exception():
    with pytest.raises(Invalid, match="“a{b” has 3") as raised:
        try:
            1 / 0
        except ZeroDivisionError as cause:
            raise Invalid("“{text}” has {count}", "options", 7, text="a{b", count=3) from cause
    problem = raised.value
    assert isinstance(problem.__cause__, ZeroDivisionError)
    for copy in (problem, pickle.loads(pickle.dumps(problem))):
        assert (str(copy), copy.field, copy.shown, copy.status) == (
            "“a{b” has 3", "options", 7, 422)
    assert str(pickle.loads(pickle.dumps(classpulse.CannotStart("{a}.", a=Path("x"))))) == "x."


def test_a_fault_with_braces_in_its_lines_is_logged(capsys):
    classpulse.attempt(lambda: {"a": 1}["b"])
    assert '{"a": 1}["b"]' in capsys.readouterr().err


# Where it is shown

def test_a_page_shows_a_problem_with_the_value_as_it_was_typed(presenter, session):
    page = presenter.post(f"/sessions/{session['id']}/questions/new/multiple_choice",
                          {"title": "Which?", "options": "{text} <b>\n{text} <b>"}, status=422)
    assert "Two options are the same: “{text} <b>”." in page.html.text


def test_a_problem_reaches_its_page_as_a_text_with_values(presenter, session, monkeypatch):
    shown = []
    monkeypatch.setitem(classpulse.VIEW_HELPERS, "_", lambda text, **values: (
        shown.append(text), _(text, **values))[1])
    for path, fields in ((f"/sessions/{session['id']}/questions/new/multiple_choice",
                          {"title": "Which?", "options": "a\na"}), ("/sessions/new", {}),
                         ("/join", {"code": "1"})):
        presenter.post(path, fields, expect_errors=True)
    problems = [text.text for text in shown if isinstance(text, Sentence)]
    assert problems[:2] == ["Two options are the same: “{text}”.", "{what} is missing."]
    assert problems[2].startswith("That code doesn't match.")


def test_no_template_shows_a_problem_or_a_label_as_it_is():
    def find(path):
        return re.findall(r"\{\{(?:problem\b|\w+\.(?:label|hint)\b|STAGE_NAMES)[^}]*\}\}",
                          path.read_text("utf-8"))
    check_each(VIEWS, find)
