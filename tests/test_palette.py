"""The palette: enough contrast in every pair that is used, one set of values in both sheets."""

import re

import pytest

from conftest import ROOT

SHEETS = [ROOT / "static" / "css" / name for name in ("audience.css", "presenter.css")]
TEXT, SHAPE = 4.5, 3        # WCAG 2.2, 1.4.3 and 1.4.11
# (what is drawn, what it is drawn on, the least contrast).
PAIRS = [
    *[(ink, paper, TEXT) for ink in ("ink", "muted", "accent", "danger")
      for paper in ("paper", "surface", "sunken")],
    *[(edge, paper, SHAPE) for edge in ("edge", "accent", "live", "correct")
      for paper in ("paper", "surface")],
    ("on-accent", "accent", TEXT), ("accent", "accent-soft", TEXT), ("ink", "accent-soft", TEXT),
    ("live", "live-soft", TEXT), ("correct", "correct-soft", TEXT), ("ink", "correct-soft", TEXT),
    ("correct", "paper", TEXT), ("correct", "surface", TEXT), ("surface", "correct", TEXT),
    ("paper", "danger", TEXT), ("surface", "danger", TEXT), ("paper", "ink", TEXT),
    ("live", "line", SHAPE), ("muted", "line", SHAPE)]
OPTION_PAIRS = [
    ("on-fill", "fill", TEXT), ("color-ink", "pale", TEXT), ("color-muted", "pale", SHAPE),
    ("color-ink", "tint", TEXT), ("color-muted", "tint", TEXT),
    ("deep", "color-surface", SHAPE), ("deep", "color-paper", SHAPE)]


def read_palettes(sheet):
    """{"light" or "dark": {token: colour}}, and of each letter {"A": {...}} merged into it."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    at = re.search(r"@media [^{]*\(prefers-color-scheme: dark\)", text).start()
    light = read_rules(text[:at])
    dark = read_rules(text[at:at + re.search(r"\n}", text[at:]).end()])
    return {"light": light, "dark": {name: {**light[name], **dark[name]} for name in light}}


def read_rules(text):
    """{"": the root's colours, "A": the option's, ...} of some rules."""
    found = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", body))
        for name in re.findall(r"\[data-key=\"?(\w)\"?\]", selectors) or (
                [""] if ":root" in selectors else []):
            if colours:
                found.setdefault(name, {}).update(colours)
    return found


def luminance(colour):
    """WCAG 2.2's relative luminance of #rrggbb."""
    parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
                        for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_every_pair_of_colours_has_enough_contrast(sheet):
    weak = []
    for theme, palette in read_palettes(sheet).items():
        root = palette[""]
        pairs = [("", f"color-{one}", f"color-{other}", root, least) for one, other, least in PAIRS
                 if f"color-{one}" in root and f"color-{other}" in root]
        assert len(pairs) > len(PAIRS) / 2
        pairs += [(key, one, other, {**root, **colours}, least)
                  for key, colours in palette.items() if key
                  for one, other, least in OPTION_PAIRS if other in {**root, **colours}]
        weak += [(theme, key, one, other, round(contrast(colours[one], colours[other]), 2))
                 for key, one, other, colours, least in pairs
                 if contrast(colours[one], colours[other]) < least]
    assert weak == []


def test_both_sheets_have_the_same_colours():
    phones, presenters = map(read_palettes, SHEETS)
    for theme, palette in phones.items():
        for key, colours in palette.items():
            other = presenters[theme][key]
            shared = colours.keys() & other.keys()
            assert {name: colours[name] for name in shared} == {
                name: other[name] for name in shared}, (theme, key)
            assert len(shared) > 2


def test_every_letter_has_a_colour():
    for sheet in SHEETS:
        palette = read_palettes(sheet)["light"]
        keys = [chr(ord("A") + place) for place in range(26)]
        assert [palette[key] for key in keys] == [palette[keys[place % 6]] for place in range(26)]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_colours_are_plain_and_named(sheet):
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    assert not re.search(r"light-dark\(|color-mix\(|@layer|!important", text)
    named = re.compile(r"^\s*(--|\[data-key)|--shadow")
    strays = [line for line in text.splitlines()
              if re.search(r"#[0-9a-f]{3,8}\b", line) and not named.search(line)
              and not re.search(r"\.qr |\.picture|\.black", line)]
    assert strays == []


def read_sheet(sheet):
    """[(condition, selectors), ...] of a sheet's rules; keyframes are one rule."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"(@keyframes [\w-]+) \{(?:[^{}]*\{[^{}]*\})*\s*\}", r"\1 {}", text)
    rules, condition = [], ""
    for opened, closed in re.findall(r"([^{}]+)\{|[^{}]*(\})", text):
        opened = " ".join(opened.split())
        if re.match("@(media|supports)", opened):
            condition = opened
        elif opened:
            rules.append((condition, opened))
            condition += " "        # of the rule; its end takes it away again
        elif condition.endswith(" "):
            condition = condition[:-1]
        else:
            condition = ""
    return rules


def read_names():
    """(all classes, all data attributes) that pages have; "page-" stands for "page-home"."""
    classes, attributes = set(), set()
    for path in [*(ROOT / "views").rglob("*.tpl"), *(ROOT / "static" / "js").rglob("*.js"),
                 ROOT / "classpulse.py"]:
        text = path.read_text("utf-8")
        written = r'"([\w -]*)"' if path.suffix == ".js" else r'class="((?:\{\{.*?\}\}|[^"])*)"'
        for names in re.findall(written, text) + re.findall(r"className\b(.*)", text):
            classes.update(re.findall(r"[\w-]+", names))
        attributes.update(re.findall(r"\bdata-[\w-]+", text))
        attributes.update("data-" + re.sub("[A-Z]", lambda one: "-" + one[0].lower(), name)
                          for name in re.findall(r"dataset\.(\w+)", text))
    return classes, attributes


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_what_a_sheet_names_is_on_a_page(sheet):
    classes, attributes = read_names()
    named = " ".join(selectors for _, selectors in read_sheet(sheet))
    unused = [name for name in re.findall(r"\.([a-zA-Z][\w-]*)", named)
              if name not in classes and name[:name.rfind("-") + 1] not in classes]
    unused += set(re.findall(r"\[(data-[\w-]+)", named)) - attributes
    assert unused == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_no_rule_of_a_sheet_repeats_the_selectors_of_another(sheet):
    rules = read_sheet(sheet)
    assert len(rules) > 50
    assert sorted({rule for rule in rules if rules.count(rule) > 1}) == []
