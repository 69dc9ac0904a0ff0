"""What the files promise about themselves: their order, their words, their weight."""

import ast
import builtins
import configparser
import gzip
import hashlib
import re
from collections import Counter
from pathlib import Path

import bottle
import classpulse
from conftest import ROOT, Browser

SOURCE = (ROOT / "classpulse.py").read_text("utf-8")
TREE = ast.parse(SOURCE)
VIEWS = sorted((ROOT / "views").rglob("*.tpl"))
VENDOR = ROOT / "static" / "vendor"
OWN = sorted(path for path in (ROOT / "static").rglob("*")
             if path.is_file() and VENDOR not in path.parents)
SCRIPTS = [path for path in OWN if path.suffix == ".js"]
SHEETS = [path for path in OWN if path.suffix == ".css"]


def short(path):
    return path.relative_to(ROOT).as_posix()


def check_each(paths, check):
    """One rule for many files: {file: what it has that it must not have} is empty."""
    assert len(paths) > 1
    assert {short(path): found for path in paths if (found := check(path))} == {}


def without_comments(path):
    """The text of a script, style sheet or template; their comments explain what is avoided."""
    text = path.read_text("utf-8")
    if path.suffix == ".tpl":
        return re.sub(r"(?m)^\s*% ?#.*$|<!--(?s:.*?)-->", "", text)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return text if path.suffix == ".css" else re.sub(r"(?m)(^|[\s;{}(),])//.*$", r"\1", text)


# classpulse.py

def list_sections():
    """[(name, first line, line after the last), ...] by the banners of classpulse.py."""
    lines = SOURCE.splitlines()
    rule = "# " + "-" * 78
    starts = [number for number in range(1, len(lines) - 1)
              if lines[number - 1] == rule == lines[number + 1]]
    return [(lines[number].removeprefix("# "), number, end)
            for number, end in zip(starts, [*starts[1:], len(lines) + 1])]


SECTIONS = list_sections()


def section_of(node):
    """The section that a piece of the program stands in; "" above the first."""
    return next((name for name, first, end in SECTIONS if first <= node.lineno < end), "")


def test_the_table_of_contents_is_the_banners_in_their_order():
    contents = re.findall(r"(?m)^    (\S.*?) {2,}\S", ast.get_docstring(TREE, clean=False))
    assert contents == [name for name, _, _ in SECTIONS]
    assert len(contents) >= 10


def test_every_banner_says_what_lives_below_it():
    lines = SOURCE.splitlines()
    for name, number, _ in SECTIONS:
        assert re.match("# [A-Zv]", lines[number + 2]), name


def test_the_sections_of_the_style_guide_are_there_in_its_order():
    order = ["Settings", "Application", "Routes: audience", "Routes: presenter", "Routes: live",
             "Question types", "Store", "Live", "Views", "Server"]
    assert [name for name, _, _ in SECTIONS if name in order] == order


def find_stranded(tree, section_of):
    """Functions that stand above all their callers, some of which are in the same section.

    Routes are called by Bottle; what a table names (COMMANDS, VIEW_HELPERS ...) by who reads it.
    """
    named = {}      # {name: statements of the module that use it}
    for node in tree.body:
        for name in {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}:
            named.setdefault(name, []).append(node)
    stranded = []
    for node in tree.body:
        routed = any(ast.unparse(by).startswith("app.")
                     for by in getattr(node, "decorator_list", ()))
        if isinstance(node, ast.FunctionDef) and not routed:
            users = [user for user in named.get(node.name, ()) if user is not node]
            tables = [user for user in users
                      if not isinstance(user, (ast.FunctionDef, ast.ClassDef))
                      or any(node.name in ast.unparse(of) for of in user.decorator_list)]
            beside = [user for user in users if section_of(user) == section_of(node)]
            if beside and not tables and all(user.lineno > node.lineno for user in users):
                stranded.append(node.name)
    return stranded


def test_callers_come_before_what_they_call():
    wrong = ast.parse("def called():\n    pass\n\ndef caller():\n    called()")
    assert find_stranded(wrong, lambda node: "") == ["called"]
    assert find_stranded(TREE, section_of) == []


SQL = (r"\b(SELECT\s|INSERT\s+(OR|INTO)|UPDATE\s+\w+\s+SET|DELETE\s+FROM|PRAGMA|CREATE\s+TABLE|"
       r"ALTER\s+TABLE|DROP\s+TABLE|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|ORDER\s+BY)\b")


def test_sql_is_in_the_store_only():
    texts = [node for node in ast.walk(TREE)
             if isinstance(node, ast.Constant) and isinstance(node.value, str)
             and re.search(SQL, node.value)]
    assert {section_of(node) for node in texts} == {"Store"}
    assert len(texts) > 50      # so that the search is known to find


def test_statements_are_run_in_the_store_only():
    calls = [node for node in ast.walk(TREE)
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
             and (node.func.attr in ("execute", "executemany", "executescript")
                  or re.fullmatch(r"db\.(one|all|value|column|tuples)", ast.unparse(node.func)))]
    assert {section_of(node) for node in calls} == {"Store"}
    assert len(calls) > 50


def test_the_store_knows_nothing_of_http():
    for node in ast.walk(TREE):
        if isinstance(node, ast.Name) and section_of(node) == "Store":
            assert node.id not in ("bottle", "app", "view", "redirect"), node.lineno


def test_values_are_never_formatted_into_sql():
    """Only what no parameter can stand for: a script, its version, our own number."""
    formatted = [ast.unparse(node) for node in ast.walk(TREE)
                 if isinstance(node, ast.JoinedStr) and re.search(SQL, ast.unparse(node))]
    assert [text for text in formatted if "PRAGMA user_version={version}" not in text] == []


def test_nothing_is_defined_twice():
    names = [node.name for node in TREE.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    assert len(names) == len(set(names))


def is_documented(node):
    return ast.get_docstring(node) or isinstance(node, ast.FunctionDef) and any(
        isinstance(part, ast.Name) and part.id == "property" for part in node.decorator_list)


def test_every_function_and_class_of_the_module_has_a_docstring():
    for node in TREE.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            assert is_documented(node) or node.name.startswith("_"), node.name


def test_no_route_tells_watchers_files_or_caches_what_changed():
    telling = re.compile(r"live\.(changed|\w+_changed|session_deleted|send_answers)\b|"
                         r"exports\.wanted|images\.clear")
    told = [f"{section_of(node)}: {node.name}" for node in TREE.body
            if isinstance(node, ast.FunctionDef) and section_of(node).startswith("Routes")
            and telling.search(ast.unparse(node))]
    assert not told
    assert telling.search("live.votes_changed(1)") and telling.search("live.changed('present')")


def test_gevent_patches_before_anything_else_is_imported():
    *first, patching = [ast.unparse(node) for node in TREE.body
                        if not isinstance(node, (ast.Expr, ast.FunctionDef))][:4]
    assert first == ["import importlib.util", "import os", "import sys"]
    assert patching.startswith("if __name__ == '__main__':")
    assert "monkey.patch_all(" in patching


def test_the_private_hooks_of_gevent_that_are_overridden_are_listed_with_the_handler():
    overridden = {name for own in vars(classpulse).values()
                  if isinstance(own, type) and own.__module__ == "classpulse"
                  for base in own.__mro__[1:] if base.__module__.startswith("gevent")
                  for name in vars(own).keys() & vars(base).keys()
                  if name.startswith("_") and not name.endswith("__")}
    assert set(re.findall(r"`(_\w+)`", classpulse.Handler.__doc__)) == overridden


# Question types

TYPES = sorted(classpulse.QUESTION_TYPES)


def names_of(kind, path):
    """Where a file outside the type's own names it: as a literal, or in a selector."""
    text = without_comments(path) if path.suffix != ".py" else path.read_text("utf-8")
    word = re.escape(kind)
    found = [rf"\b{word}\b"] if "_" in kind else [
        rf"""(?<!inputmode=)["'`]{word}["'`]""", rf"[.#]{word}\b(?!\()", rf"questions/{word}\b"]
    return [match.group() for pattern in found for match in re.finditer(pattern, text)]


def test_a_question_type_is_named_in_its_class_only():
    classes = {node.name: node for node in TREE.body if isinstance(node, ast.ClassDef)}
    owns = {kind: classes[one.__class__.__name__]
            for kind, one in classpulse.QUESTION_TYPES.items()}
    names = {own.name: own for own in owns.values()}
    assert [node.lineno for node in ast.walk(TREE)
            if (own := owns.get(node.value) if isinstance(node, ast.Constant)
                else names.get(node.id) if isinstance(node, ast.Name) else None)
            and not own.lineno <= node.lineno <= own.end_lineno] == []


def test_a_question_type_is_named_in_its_folder_of_views_only():
    for kind in TYPES:
        folder = ROOT / "views" / "questions" / kind
        check_each([path for path in [*VIEWS, *OWN] if folder not in path.parents],
                   lambda path: names_of(kind, path))


def test_a_question_type_has_its_views_and_its_chart():
    for kind in TYPES:
        folder = ROOT / "views" / "questions" / kind
        assert {"_edit.tpl", "_answer.tpl", "_project.tpl", "_results.tpl"} <= {
            path.name for path in folder.iterdir()}
        assert (ROOT / f"static/js/charts/{classpulse.QUESTION_TYPES[kind].chart}.js").is_file()


def test_every_folder_of_views_belongs_to_a_question_type():
    assert sorted(path.name for path in (ROOT / "views/questions").iterdir()) == TYPES


# Views

def test_a_template_begins_with_the_variables_it_uses():
    def list_missing(path):
        lines = path.read_text("utf-8").splitlines()
        assert lines[0].startswith("% # "), path
        listed = set(re.findall(r"\w+", lines[0]))
        code = ast.parse(bottle.SimpleTemplate(path.read_text("utf-8")).code)
        names = [node for node in ast.walk(code) if isinstance(node, ast.Name)]
        assigned = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
        given = {*dir(builtins), *classpulse.VIEW_HELPERS, "static", "include", "rebase", "get",
                 "defined", "setdefault", "_printlist", "_escape", "_str", "_rebase", "_env"}
        return {node.id for node in names} - assigned - given - listed
    check_each(VIEWS, list_missing)


def test_only_the_layout_and_what_formats_texts_print_unescaped():
    def list_unescaped(path):
        return re.findall(r"\{\{!\s*(\w*\(?)", path.read_text("utf-8"))
    found = Counter(name for path in VIEWS for name in list_unescaped(path))
    assert list_unescaped(ROOT / "views/layout.tpl") == ["base"] and found.pop("base") == 1
    assert set(found) == {"format_text(", "format_title(", "format_wrapped(", "format_heading(",
                          "format_label(", "format_cut(", "format_correct_html(",
                          "spell_answer_html("}


def test_a_template_has_nothing_that_the_policy_forbids():
    def find(path):
        text = without_comments(path)
        return re.findall(r"<style\b|\sstyle=|<base\b|<iframe\b|<object\b|"
                          r"\son[a-z]+\s*=|\shx-on|\bjs:|javascript:|hx-vars|"
                          r"hx-trigger=[^>]*\[", text) + [
            tag for tag, content in re.findall(r"(<script\b[^>]*>)(.*?)</script>", text,
                                               re.DOTALL)
            if " src=" not in tag or content.strip()]
    check_each(VIEWS, find)


def test_nothing_asks_another_host():
    def find(path):     # a name space is no link
        text = re.sub(r"http://www\.w3\.org/\d+/\w+", "", without_comments(path))
        return re.findall(r"https?:|[\"'(]//\w|@import|wss?://\w", text)
    check_each([*VIEWS, *OWN], find)


def test_a_page_has_the_layout():
    pages = [path for path in VIEWS if path.parent.name == "views" and path.name != "layout.tpl"]
    check_each(pages, lambda path: "% rebase(" not in path.read_text("utf-8").splitlines()[1])


def test_the_layout_names_the_program_in_every_title_and_keeps_htmx_tame():
    layout = (ROOT / "views/layout.tpl").read_text("utf-8")
    assert re.search("<title>[^<]*ClassPulse[^<]*</title>", layout)
    for switch in ("allowEval", "allowScriptTags", "includeIndicatorStyles"):
        assert f'"{switch}":false' in layout


# Scripts and styles

def test_nothing_needs_https():
    """Phones open http://192.168.…, which is no secure context; so may the projector."""
    def find(path):
        needed = re.findall(r"serviceWorker|randomUUID|clipboard(?!Data)|wakeLock|crypto\.subtle|"
                            r"Notification\b|getUserMedia|mediaDevices", without_comments(path))
        # The projector on the laptop itself has it, and says where it does not.
        return set(needed) - ({"wakeLock"} if path.name == "present.js" else set())
    check_each([*SCRIPTS, *VIEWS], find)


def test_a_script_has_nothing_that_the_policy_forbids():
    check_each(SCRIPTS, lambda path: re.findall(
        r"\beval\(|\bnew Function\b|document\.write|javascript:|"
        r"setAttribute\(\"style\"|cssText", without_comments(path)))


LITERAL = r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`"""
TEXT_CALL = r"(?<![\w.$])_\("
# Calls with a text that nobody reads, and names of keys.
SILENT_CALL = r"\b(?:querySelector(?:All)?|closest|matches|matchMedia|Error)\(|\.key [!=]=="


def find_built_sentences(script):
    """What a script shows without `_("literal {name}", { name })`, or puts together from pieces.

    Words (letters and a blank, or a capital) stand in a literal that is the text of `_`, so that a
    translator's tool finds them; no template with values has a blank; and what `_` gives is whole:
    neither `+` nor a template adds to it, for no two languages put pieces together alike.
    """
    literals = re.findall(LITERAL, script)
    numbers = iter(range(len(literals)))
    code = re.sub(LITERAL, lambda _: f'"{next(numbers)}"', script)

    found = []
    for place in re.finditer(r'"(\d+)"', code):
        literal, before = literals[int(place[1])], code[:place.start()].rstrip()
        values = "".join(re.findall(r"\$\{.*?\}", literal)) if literal[0] == "`" else ""
        fixed = re.sub(r"\$\{.*?\}", "", literal[1:-1]) if values else literal[1:-1]
        is_selector = re.match(r"\[|#|\.\w", literal[1:])
        has_words = re.search(r"\s", fixed) and re.search(r"[^\W\d_]", fixed)
        is_word = re.fullmatch(r"[A-Z][a-z]+[^\w-]?", fixed)
        is_shown = not is_selector and not re.search(f"(?:{TEXT_CALL}|{SILENT_CALL})$", before)
        if (has_words or is_word) and is_shown or values and (
                re.search(r"\s", fixed) or re.search(TEXT_CALL + r"|[\"'][^\"']*\s", values)):
            found.append(literal)
    code = re.sub(TEXT_CALL + r'\s*"\d+"(?:,\s*(?:\{[^{}]*\}|[\w.]+))?,?\s*\)', "_()", code)
    found += [part.strip() for part in re.split(r"[;,{}]", code)
              if re.search(TEXT_CALL + r"(?!\))", part) or "_()" in part and "+" in part]
    return found


def test_a_script_builds_no_sentence_from_pieces():
    check_each(SCRIPTS, lambda path: find_built_sentences(without_comments(path)))
    for built in ("`${left} more`", "`${a}, ${b}`", '"Saved " + time', 'count + " more"',
                  'text += " late"', '(late ? "late " : "") + time', 'time + _("more")',
                  '`${late ? "late " : ""}${time}`', '`${_("Saved")}${time}`',
                  '_("Saved {time}", { time }) + place', '(late ? _("Late.") : "") + time',
                  "_(text)", "_(`Saved ${time}`)", '_("Saved " + time)', '_(late ? "a" : "b")',
                  'show("Saved it")', 'show("Saved")'):
        assert find_built_sentences(built), built
    for allowed in ('_("Saved {time}", { time: clock(saved.at) })', '_(\n  "Saved")',
                    '_("{n}", row)', 'show(late ? _("Late.") : "", n + 1)', "count += 1",
                    "`/questions/${id}/table`", '"/ws/results/" + id', 'closest("button, a")',
                    'read(".a, .b")', '[a, b].join(" ")', 'new Error("no form")',
                    '"Content-Type"', 'item.append(" ", _("late"))'):
        assert not find_built_sentences(allowed), allowed


def test_a_style_sheet_has_no_ids_and_no_important():
    check_each(SHEETS, lambda path: re.findall(
        r"!important|@layer|(?m:^[^{}@;:]*#[a-zA-Z][^{};]*\{)", without_comments(path)))


# What a phone loads

def weigh(page):
    """{what: its bytes} of a phone's first load: the page and what new browsers load of it."""
    loads, found = {"page": page.body}, re.findall(
        r'<(?:script(?! nomodule)|link|img)\b[^>]*?(?:src|href)="([^"]+)"', page.text)
    for address in found:
        version, path = re.fullmatch(r"/static/([0-9a-f]+)/(.+)", address).groups()
        assert version == classpulse.static_files().version
        loads[path] = classpulse.static_files().files[path][0]
    return loads


def test_a_phone_loads_little(presenter, session, respondent):
    for type, fields in (("multiple_choice", {"options": "\n".join(f"Größe {n}" for n in
                         range(8))}),
                         ("word_cloud", {"max_words": "5"}), ("rating", {"max_rating": "10"})):
        presenter.toggle(presenter.create_question(session["id"], type, **fields))
    loads = weigh(respondent.get(f"/audience/{session['code']}"))
    assert set(loads) == {"page", "css/audience.css", "js/audience.js", "favicon.svg"}
    del loads["favicon.svg"]
    raw = sum(map(len, loads.values()))
    compressed = sum(len(gzip.compress(content, 9)) for content in loads.values())
    print(f"A phone's first load: {compressed:,} bytes compressed, {raw:,} raw.")
    assert raw <= 55_000 and compressed <= 16_000 and len(loads) + 1 <= 5


def test_joining_loads_no_more_than_the_questions(visitor):
    assert set(weigh(visitor.get("/"))) <= {"page", "css/audience.css", "favicon.svg"}


def test_static_files_are_sent_compressed_and_kept_for_ever(server):
    browser = Browser(server)
    version = re.search("/static/([0-9a-f]+)/", browser.get("/").content.decode())[1]
    for path in [*OWN, *VENDOR.iterdir()]:
        address = f"/static/{version}/{path.relative_to(ROOT / 'static').as_posix()}"
        packed = browser.get(address, Accept_Encoding="gzip, br")
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "immutable" in packed.headers["Cache-Control"]
        content = classpulse.static_files().files[path.relative_to(ROOT / "static").as_posix()][0]
        assert gzip.decompress(packed.content) == browser.get(address).content == content


def test_files_are_sent_whole_but_for_comments_and_space_outside_of_texts():
    def squeeze(text):
        return re.sub(r"\s|;(?=\s*})", "", text)
    for path in [*OWN, *VENDOR.iterdir()]:
        sent = classpulse.static_files().files[path.relative_to(ROOT / "static").as_posix()][0]
        if path.suffix in (".js", ".css") and path in OWN:
            own, sent = without_comments(path), sent.decode()
            assert squeeze(sent) == squeeze(own), path
            texts = re.findall(r""""(?:[^"\\\n]|\\.)*"|`[^`]*`""", own)
            assert [text for text in texts if text not in sent] == [], path
            assert not re.search(r"(?m)^\s|^//", sent) and len(sent) < len(own), path
            assert sent.count("++") == own.count("++"), path        # no sum of signed numbers
        else:
            assert sent == path.read_bytes(), path


# Files that come along

def test_every_vendored_file_is_listed_with_its_checksum():
    listed = dict(reversed(line.split()) for line in
                  (VENDOR / "checksums.sha256").read_text("utf-8").splitlines())
    found = {path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
             for path in VENDOR.rglob("*") if path.is_file()}
    for own in ("README.md", "checksums.sha256"):
        del found[own]
    assert found == listed


def test_every_vendored_script_has_its_version_licence_and_origin():
    readme = (VENDOR / "README.md").read_text("utf-8")
    for path in VENDOR.glob("*.js"):
        name, version = re.match(r"([\w-]+?)-(\d+\.\d+\.\d+)", path.name).groups()
        assert (VENDOR / f"{name}-{version}.LICENSE").is_file()
        assert version in readme


def test_the_pages_load_only_vendored_files_that_are_there():
    for path in VIEWS:
        for name in re.findall(r"vendor/[\w.-]+", path.read_text("utf-8")):
            assert (ROOT / "static" / name).is_file(), (short(path), name)


def test_a_wheel_takes_every_view_and_static_file_along():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    packed = {}
    for target, patterns in setup["options.data_files"].items():
        for pattern in patterns.split():
            for path in ROOT.glob(pattern):
                packed[short(path)] = target
    expected = {short(path): f"share/classpulse/{Path(short(path)).parent.as_posix()}"
                for folder in ("views", "static") for path in (ROOT / folder).rglob("*")
                if path.is_file()}
    assert packed == expected


def test_the_top_level_holds_only_what_tools_demand():
    kept = {"classpulse.py", "views", "static", "tests", "README.md", "setup.cfg",
            "pyproject.toml", "LICENSE"}
    passing = {"__pycache__", "classpulse-data", "build", "dist", "classpulse.egg-info"}
    visible = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert visible - passing == kept


def test_the_module_is_run_and_never_installed_as_a_script():
    setup = (ROOT / "setup.cfg").read_text("utf-8")
    assert "console_scripts" not in setup
    assert "[project.scripts]" not in (ROOT / "pyproject.toml").read_text("utf-8")


def test_a_templates_blocks_are_all_closed():
    """Bottle takes a missing `end` without a word, and leaves out what comes after."""
    def count_open(path):
        lines = re.findall(r"(?m)^\s*%\s*(.*?)\s*$", path.read_text(encoding="utf-8"))
        opened = [line for line in lines if re.match(r"(if|for|while|try|with|def)\b.*:", line)]
        return len(opened) - lines.count("end")
    check_each(VIEWS, count_open)
