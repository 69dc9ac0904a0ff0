"""Where formulas and code of presenters appear, and that nobody else's do."""

import csv
import gzip
import io
import json
import re

import classpulse
import pytest
from classpulse import format_line, format_text
from conftest import resize
from test_hostile_text import CORPUS
from test_markup import SCHOOL, check_inert

CODE = "```\ndef f(x):\n    return x < 1\n```"
TITLE = f"Which is $\\frac{{E}}{{E_0}}$?\n{CODE}\nThink of `f`."
PLAIN = "Which is E/E₀?\ndef f(x):\n    return x < 1\nThink of f."
OPTIONS = ["$\\gamma^2$", "`f` & co", f"Both:\n{CODE}"]
EXPLANATION = "Since $\\beta=\\frac{v}{c}$."
FRACTION, GAMMA, BETA = (format_text(tex) for tex in (
    "$\\frac{E}{E_0}$", "$\\gamma^2$", "$\\beta=\\frac{v}{c}$"))
PROJECTED = f'Which is <span class="bound">{FRACTION}?</span>'
BLOCK = '<code tabindex="0">def f(x):\n    return x &lt; 1</code>'
MARKS = ("\\frac", "\\gamma", "\\beta", "```", "`f`")


def without_what_keeps_tex(html):
    """A page without what may hold TeX: descriptions, and the fields of a form."""
    html = re.sub(r'alttext="[^"]*"', "", html)
    return re.sub(r"(?s)<textarea.*?</textarea>", "", html)


def check_shown(html, *pieces):
    """A page has all of these, and nothing of what presenters type for it."""
    html = html.replace("&#10;", "\n")
    for piece in pieces:
        assert piece in html, piece
    shown = without_what_keeps_tex(html)
    assert [mark for mark in MARKS if mark in shown] == []


@pytest.fixture
def asked(db, presenter, session):
    """An open question with formulas and code in every text."""
    id = presenter.create_question(session["id"], title=TITLE, option=OPTIONS, right="1",
                                   explanation=EXPLANATION)
    presenter.toggle(id)
    return id


def finish(presenter, session, id):
    """Close a question and show its answer."""
    presenter.toggle(id, 0)
    for action in ("show_results", "show_answer"):
        now = presenter.now(session["id"])
        presenter.step(session["id"], action, question_id=id, round=now["round"],
                       stage=now["stage"])


def results_of(id):
    room = classpulse.classroom
    return json.loads(classpulse.to_json(classpulse.results_message(room.db, room.live, id)))


# Messages

def test_results_carry_labels_as_typed_and_as_html(presenter, session, asked):
    message = results_of(asked)
    assert message["title"] == TITLE
    assert message["title_html"] == format_text(TITLE)
    assert [row["label"] for row in message["results"]] == OPTIONS
    assert [row["label_html"] for row in message["results"]] == [
        GAMMA, "<code>f</code> &amp; co", format_line(OPTIONS[2])]
    finish(presenter, session, asked)
    assert results_of(asked)["results"][0]["right"]
    assert presenter.now(session["id"])["title_html"] == format_text(TITLE)


def test_both_rounds_carry_html(presenter, session, asked):
    presenter.toggle(asked, 0)
    presenter.step(session["id"], "vote_again", question_id=asked, round=1, stage="closed")
    presenter.toggle(asked, 0)
    presenter.step(session["id"], "show_results", question_id=asked, round=2, stage="closed")
    message = results_of(asked)
    for rows in (message["results"], message["previous"]["results"]):
        assert rows[0]["label_html"] == GAMMA


def test_options_are_all_in_the_message_however_many_formulas_they_have(presenter, session):
    options = [f"{letter}" + "$x_1$" * 39 for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    id = presenter.create_question(session["id"], option=options)
    message = results_of(id)
    assert [row["label"] for row in message["results"]] == options
    assert message["more"] == 0


def test_what_students_write_stays_text(presenter, session, respondent):
    typed = "$x$ `y` <b>"
    for type, fields in (("short_text", {"accepted": typed}), ("open_text", {}),
                         ("word_cloud", {})):
        id = presenter.create_question(session["id"], type, **fields)
        presenter.toggle(id)
        respondent.get(f"/audience/{session['code']}")
        respondent.respond(id, typed)
        row, = results_of(id)["results"]
        assert row["label"] == typed and row["label_html"] == "$x$ `y` &lt;b&gt;"
        presenter.be_alone()
        finish(presenter, session, id)
        for page in (presenter.get(f"/questions/{id}/private"),
                     presenter.get(f"/questions/{id}/table"),
                     respondent.get(f"/audience/{session['code']}/answers")):
            assert "$x$ `y` &lt;b&gt;" in page.text
        presenter.be_alone(0)


# Every place

def test_each_text_on_a_phone_breaks_a_long_formula_before_its_operators(
        presenter, session, respondent):
    tex = "$\\gamma_1+\\gamma_2=\\gamma_3-\\gamma_4+\\gamma_5$"
    id = presenter.create_question(session["id"], title=f"Is {tex}?\n{CODE}\n{tex}",
                                   option=[tex, "no"], right="1", explanation=tex)
    presenter.toggle(id)
    finish(presenter, session, id)
    for path, count in ((session["code"], 5), (session["code"] + "/answers", 4)):
        assert respondent.get(f"/audience/{path}").text.count('form="infix"') == 4 * count


def test_every_place_formats_titles_options_and_explanations(presenter, session, asked,
                                                             respondent):
    base, code = f"/sessions/{session['id']}", session["code"]
    phone = respondent.get(f"/audience/{code}").text
    check_shown(phone, FRACTION, GAMMA, BLOCK, "<code>f</code> &amp; co",
                "<span hidden data-said>Which is E/E₀?</span>")
    assert "E/E₀?</h2>" not in phone and "</math>?</h2>" in phone     # code is no heading
    respondent.respond(asked, "B")
    now = presenter.now(session["id"])
    check_shown(now["html"], f'data-plain="Which is E/E₀?">{PROJECTED}</h1>',
                f'data-body>{BLOCK}Think of <code>f</code>.</div>', GAMMA)
    finish(presenter, session, asked)
    told = [EXPLANATION.replace("$\\beta=\\frac{v}{c}$", BETA), GAMMA]
    check_shown(presenter.now(session["id"])["html"], *told)
    check_shown(respondent.get(f"/audience/{code}").text, FRACTION,
                f'Correct answer: <bdi dir="auto">A, {GAMMA}</bdi>',
                "Not this time. The answer is A, γ².", *told)
    check_shown(respondent.get(f"/audience/{code}/answers").text, FRACTION, BLOCK,
                'dir="auto">B, <code>f</code> &amp; co</bdi>', "The answer is A, γ².", BETA)
    check_shown(presenter.get(f"/questions/{asked}/table").text, GAMMA,
                f'<caption class="visually-hidden">{PLAIN.replace("<", "&lt;")}</caption>')
    check_shown(presenter.get(base).text, format_text(TITLE), *told,
                f'dir="auto">Which is {FRACTION}?</bdi> <small>')
    presenter.be_alone()
    check_shown(presenter.get(f"/questions/{asked}/private").text, *told,
                'aria-label="A: γ²"')
    check_shown(presenter.get(f"/questions/{asked}/who?key=A").text, FRACTION, GAMMA)
    check_shown(presenter.get(f"/questions/{asked}/delete").text, FRACTION, BLOCK)
    results = presenter.get(f"/questions/{asked}/results").text
    check_shown(results, f'<h1 class="title" dir="auto">{format_text(TITLE)}</h1>', *told)
    assert "<title>Results: Which is E/E₀?" in results
    hardest = {"title": TITLE, "percent": 3}
    check_shown(classpulse.view("partials/_end", session=session, students=9, answers=9,
                                hardest=hardest), f"Which is {FRACTION}?")
    other = presenter.create_session("Next")
    check_shown(presenter.get(f"/sessions/{other}/reuse?source={session['id']}").text,
                format_text(TITLE), *told, 'aria-label="Preview: Which is E/E₀?')
    presenter.be_alone(0)
    check_shown(presenter.get(f"/questions/{asked}/edit").text, FRACTION, BLOCK)    # covered


def test_previews_and_lists_format_texts(presenter, session):
    base = f"/sessions/{session['id']}"
    form = {"title": TITLE, "option": OPTIONS, "right": "1", "explanation": EXPLANATION}
    preview = presenter.htmx(f"{base}/preview/multiple_choice", form).text
    check_shown(preview, f"{PROJECTED}</h1>", f"Which is {FRACTION}?</h2>", BLOCK, GAMMA)
    gift = "::Q1::Which is $\\\\frac\\{E\\}\\{E_0\\}$? {\n=$\\\\gamma^2$\n~`f` & co\n" \
        "####Since $\\\\beta\\=\\\\frac\\{v\\}\\{c\\}$.}\n"
    found = presenter.htmx(f"{base}/import", {"text": gift, "answers": "1"}).text
    check_shown(found, f"Which is {FRACTION}?</bdi>", GAMMA, f"Since {BETA}.",
                'aria-label="Preview: Which is E/E₀?"')


def test_several_open_questions_are_listed_by_their_headings(presenter, session, asked):
    presenter.toggle(presenter.create_question(session["id"], title="Second `f`"))
    html = presenter.now(session["id"])["html"]
    assert "<ol class=\"agenda\">" in html
    check_shown(html, f'<span dir="auto">Which is {FRACTION}?</span>', "Second <code>f</code>")


def test_accepted_answers_are_formatted_each_by_itself(presenter, session, respondent):
    id = presenter.create_question(session["id"], "short_text",
                                   accepted="$\\frac{1}{2}$\ncosts $5\n6$ and less")
    presenter.toggle(id)
    respondent.get(f"/audience/{session['code']}")
    respondent.respond(id, "3")
    finish(presenter, session, id)
    half = format_text("$\\frac{1}{2}$")
    check_shown(respondent.get(f"/audience/{session['code']}").text,
                f'<bdi dir="auto">{half} or costs $5 or 6$ and less</bdi>',
                "The answer is 1/2 or costs $5 or 6$ and less.")
    check_shown(presenter.now(session["id"])["html"], "“1/2” and 2 more are accepted")


def test_files_hold_plain_texts_and_questions_go_out_as_typed(presenter, session, asked,
                                                              respondent):
    respondent.get(f"/audience/{session['code']}")
    respondent.respond(asked, "A")
    rows = presenter.get(f"/questions/{asked}/export").body.decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(rows))
    values = dict(zip(header, row))
    assert PLAIN in values.values() and "γ²" in values.values()
    assert [mark for mark in MARKS if mark in rows] == []
    found = classpulse.list_questions(classpulse.classroom.db, session["id"])[0]
    assert found["title"] == TITLE
    assert [option["text"] for option in found["options"]] == OPTIONS


# Whatever is typed

def check_page(html):
    """Formatted texts of a page are inert: no element is there that our templates don't have."""
    assert not re.search(r"<(script|img|svg|iframe|style|b onclick)\b(?! src=\"/static| class)",
                         re.sub(r'<(?:script|img|svg|link) [^>]*(?:/static/|class="qr")[^>]*>', "",
                                html))
    for formula in re.findall(r"(?s)<math.*?</math>", html):
        check_inert(formula)


@pytest.mark.parametrize("construct", ["{}", "`{}`", "$\\text{{{}}}$", "${}$", "```\n{}\n```"])
def test_hostile_texts_are_inert_in_every_place(presenter, session, respondent, construct):
    hostile = [construct.format(text.replace("\n", " ")) for text in CORPUS
               if len(text) < 100 and text.strip()]
    for first, second in zip(hostile[::8], hostile[1::8]):
        form = {"title": f"What? {first}", "option": [f"1{first}", f"2{second}"], "right": "1",
                "explanation": f"So {second}"}
        id = presenter.create_question(session["id"], **form)
        presenter.toggle(id)
        pages = [respondent.get(f"/audience/{session['code']}").text]
        respondent.respond(id, "B")
        finish(presenter, session, id)
        message = results_of(id)
        for html in (message["title_html"], *(row["label_html"] for row in message["results"])):
            check_inert(html)
        pages += [presenter.now(session["id"])["html"],
                  respondent.get(f"/audience/{session['code']}/answers").text,
                  presenter.get(f"/questions/{id}/table").text,
                  presenter.get(f"/questions/{id}/results").text]
        for page in pages:
            check_page(page)


def test_no_byte_tells_which_answer_is_correct(presenter, session, asked):
    presenter.be_alone()
    room, seen = classpulse.classroom, []
    for keys in ("", "A", "BA", "C"):       # each flips one: A is correct, none, A and B, all
        for key in keys:
            presenter.post(f"/api/questions/{asked}/mark", {"key": key})
        question = classpulse.get_question(room.db, asked)
        message = presenter.now(session["id"])
        seen.append([classpulse.show_asked(question), message["html"],
                     message["title_html"], json.dumps(results_of(asked))])
    assert seen[0] == seen[1] == seen[2] == seen[3]


def test_three_formulas_add_little_to_a_phones_page(presenter, session, respondent):
    formulas = sorted((tex for tex, _, _ in SCHOOL), key=lambda tex: -len(format_text(f"${tex}$")))
    sizes = []
    for texts in (("a", "b", "c"), [f"${tex}$" for tex in formulas[:3]]):
        id = presenter.create_question(session["id"], title=texts[0], option=texts[1:])
        presenter.toggle(id)
        page = respondent.get(f"/audience/{session['code']}")
        sizes.append(len(gzip.compress(page.body, 9)))
        presenter.toggle(id, 0)
        presenter.step(session["id"], "go", to=id, question_id=id, round=1, stage="closed")
    assert 0 < sizes[1] - sizes[0] < 2000


# In the browser

PROGRAM = ("What does this program print?\n```\ndef gamma(v, c=1.0):\n    b = v / c\n"
           "    return (1 - b**2) ** -0.5\n\nprint(round(gamma(0.6), 2))\n```")


def test_the_projector_puts_code_beside_options_or_above_them(server, teacher, open_page):
    narrow = teacher.ask("multiple_choice", PROGRAM, option=["1.25", "1.67", "`0.8`"])
    page = open_page(server.lan + f"{teacher.present}?question={narrow}", **teacher.options())
    resize(page, 1280, 800)
    measure = """() => {
        const box = (path) => document.querySelector(path).getBoundingClientRect();
        const code = document.querySelector(".title-body code");
        return {
            beside: box(".title-body").left >= box(".tiles").right,
            above: box(".title-body").bottom <= box(".tiles").top,
            size: parseFloat(getComputedStyle(code).fontSize),
            weight: getComputedStyle(code).fontWeight,
            whole: code.scrollWidth <= code.clientWidth,
            bottom: box(".tiles").bottom <= box(".foot").top,
        };
    }"""
    beside = page.evaluate(measure)
    assert beside.pop("size") >= 0.024 * 800
    assert beside == {"beside": True, "above": False, "weight": "400", "whole": True,
                      "bottom": True}
    teacher.toggle(narrow, 0)
    long = teacher.ask("multiple_choice", PROGRAM.replace("round(", "round(number=" + "x" * 60),
                       option=["1.25", "1.67"])
    page.goto(f"{server.lan}{teacher.present}?question={long}")
    page.locator(".is-above").wait_for()
    above = page.evaluate(measure)
    assert above.pop("size") >= 0.024 * 800
    assert above == {"beside": False, "above": True, "weight": "400", "whole": True,
                     "bottom": True}
    teacher.toggle(long, 0)
    longest = teacher.ask("multiple_choice", PROGRAM.replace("round(", "round(" + "x(3), " * 22),
                          option=["1.25", "```\nx = 2\ny = 1\n```"])
    page.goto(f"{server.lan}{teacher.present}?question={longest}")
    page.locator(".is-wrapped .is-above").wait_for()
    broken = page.evaluate(measure)
    assert broken.pop("size") >= 0.03 * 800         # no smaller than other code
    assert broken == {"beside": False, "above": True, "weight": "400", "whole": True,
                      "bottom": True}
    # A bar is seen behind an option's code.
    assert page.locator(".tile code").evaluate(
        "code => getComputedStyle(code).backgroundColor") == "rgba(0, 0, 0, 0)"


def test_formulas_have_room_on_projector_and_phone(server, teacher, open_page):
    id = teacher.ask(
        "multiple_choice", "At rest $E=mc^2$. By which factor $\\frac{E}{E_0}=\\gamma$ grows it?",
        option=["$\\gamma=\\frac{1}{\\sqrt{1-\\frac{v^2}{c^2}}}$", "$\\frac{1}{0.8}$", "$x^2$",
                CODE])
    page = open_page(server.lan + f"{teacher.present}?question={id}", **teacher.options())
    resize(page, 1280, 800)
    inside = page.evaluate("""() => Array.from(document.querySelectorAll(".tile"), (tile) => {
        const outer = tile.getBoundingClientRect();
        return Array.from(tile.querySelectorAll("math, code"), (part) => {
            const inner = part.getBoundingClientRect();
            return inner.top >= outer.top && inner.bottom <= outer.bottom
                && part.scrollWidth <= part.clientWidth;
        }).every(Boolean);
    })""")
    assert inside == [True] * 4
    over, under = (page.locator(f"h1 mfrac > :nth-child({place})").bounding_box()
                   for place in (1, 2))
    assert over["y"] + over["height"] <= under["y"]
    phone = open_page(server.lan + f"/{teacher.code}")
    resize(phone, 320, 700)
    assert phone.evaluate("document.documentElement.scrollWidth") == 320
    phone.locator(".tile code").click()     # a tap on code votes
    phone.locator(".saved").wait_for()
    assert phone.locator("input:checked").get_attribute("value") == "D"


def test_what_is_announced_reads_formulas_in_one_line(server, teacher, open_page):
    phone = open_page(server.lan + f"/{teacher.code}")
    page = open_page(server.lan + teacher.present, **teacher.options())
    id = teacher.create_question("multiple_choice", TITLE, option=OPTIONS)
    page.wait_for_function("() => document.querySelector('h1').dataset.plain === 'Which is E/E₀?'")
    teacher.toggle(id, 1)
    phone.wait_for_function("() => document.querySelector('[data-announce]').textContent"
                            " === 'New question: Which is E/E₀?'")
    page.wait_for_function("() => document.querySelector('[data-announce]').textContent"
                           ".endsWith('Which is E/E₀?')")


def test_a_canvas_shows_labels_without_marks(server, teacher, open_page):
    id = teacher.ask("multiple_choice", TITLE, option=OPTIONS)
    teacher.toggle(id, 0)
    teacher.post("/alone", {"alone": "1", "back": "/"})
    page = open_page(server.lan + f"/questions/{id}/results", **teacher.options())
    labels = page.wait_for_function("""() => {
        const canvas = document.querySelector("canvas");
        const chart = canvas && window.Chart.getChart(canvas);
        return chart && chart.data.labels.length && chart.data.labels;
    }""").json_value()
    text = str(labels)
    assert "γ²" in text and "f & co" in text and "return x < 1" in text
    assert "$" not in text and "`" not in text


def test_a_formula_on_display_in_an_explanation_is_not_cut_in_two(server, teacher, open_page):
    id = teacher.ask(
        "multiple_choice", "At rest $E=mc^2$. By which factor $\\frac{E}{E_0}=\\gamma$ does it "
        "grow at $v=0.8c$?",
        option=["$\\gamma=\\frac{1}{\\sqrt{1-0.8^2}}$", "$\\frac{1}{0.8}$", "1", "2"],
        explanation="With $\\beta=\\frac{v}{c}$ it is $$\\gamma=\\frac{1}{\\sqrt{1-\\beta^2}}$$ "
        "so more than 1.")
    teacher.toggle(id, 0)
    teacher.post(f"/api{teacher.session}/step", {
        "action": "show_results", "question_id": id, "round": 1, "stage": "closed"}, status=200)
    page = open_page(server.lan + f"{teacher.present}?question={id}", **teacher.options())
    resize(page, 1280, 800)
    text = page.locator(".explanation p")
    assert text.locator("math").count() == 2
    assert "is-clipped" not in (text.get_attribute("class") or "")
    assert text.inner_text().endswith("\nso more than 1.")      # without a blank in front
