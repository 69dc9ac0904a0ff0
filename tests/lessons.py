r"""A lesson of physics, chemistry, programming and biology each, as from a chapter of a textbook.

Their questions have what these subjects need: formulas and reactions, code, pictures as options.
A question is (type, title, the form's fields, each phone's answer); `pictures` among the fields
holds the ellipses of each option's picture.
"""

import math
import struct
import zlib
from contextlib import closing

from classpulse import connect, list_questions
from test_images import HEADS

INK, GREEN, PALE, BLUE, PINK = range(1, 6)
PALETTE = bytes.fromhex("ffffff 222222 2f8f4e dcefd8 3b6fb5 f6dfe6")
WIDTH, HEIGHT = 240, 180


def cell(*parts):
    """A cell with what is in it."""
    return [(120, 90, 105, 78, 0, INK), (120, 90, 102, 75, 0, PINK), *parts]


def chromosomes(x, y, turn, *places):
    """Rods in a row from a place on, and each turned."""
    return [(x + dx, y + dy, 22, 6, turn, BLUE) for dx, dy in places]


ROW = [(0, -45), (0, -15), (0, 15), (0, 45)]
MITOSIS = [
    cell((120, 90, 42, 42, 0, INK), (120, 90, 40, 40, 0, PINK), (108, 80, 25, 3, 30, BLUE),
         (130, 95, 25, 3, -50, BLUE), (118, 105, 22, 3, 80, BLUE)),
    cell(*chromosomes(120, 90, 90, *ROW)),
    cell(*chromosomes(75, 90, 25, *ROW[:2]), *chromosomes(75, 90, -25, *ROW[2:]),
         *chromosomes(165, 90, -25, *ROW[:2]), *chromosomes(165, 90, 25, *ROW[2:])),
    [(70, 90, 62, 66, 0, INK), (170, 90, 62, 66, 0, INK), (70, 90, 59, 63, 0, PINK),
     (170, 90, 59, 63, 0, PINK), (62, 90, 26, 26, 0, BLUE), (178, 90, 26, 26, 0, BLUE)]]
LEAVES = [
    [(120, 90, 100, 16, -15, GREEN), (120, 90, 95, 1, -15, PALE), (120, 85, 90, 1, -15, PALE),
     (120, 95, 90, 1, -15, PALE)],
    [(120, 150, 3, 30, 0, INK), *(
        (120 + 45 * math.sin(turn), 100 - 45 * math.cos(turn), 20, 55, math.degrees(turn), GREEN)
        for turn in (-1.4, -.7, 0, .7, 1.4))],
    [(120 + dx, 90 + dy, 75, 3, turn, GREEN) for dx, dy, turn in (
        (-20, -40, 20), (-20, -10, 5), (-20, 20, -10), (-20, 50, -25))],
    [(120, 90, 95, 45, 20, GREEN), (120, 90, 90, 2, 20, PALE), (110, 66, 30, 1, -30, PALE),
     (140, 78, 30, 1, -30, PALE), (95, 105, 30, 1, 70, PALE), (130, 118, 30, 1, 70, PALE)]]

LESSONS = {
    "physics": [
        ("multiple_choice",
         r"A pendulum of length $\ell$ has the period $T=2\pi\sqrt{\frac{\ell}{g}}$. "
         r"How long is one that takes twice as much time?",
         {"option": [r"$4\ell$", r"$\sqrt{2}\,\ell$", r"$2\ell$", r"$\frac{\ell}{2}$"],
          "right": "1", "explanation":
          r"From $\frac{T_2}{T_1}=\sqrt{\frac{\ell_2}{\ell_1}}=2$ follows $\ell_2=4\ell_1$."},
         ["A", "C", "A", "B", "A"]),
        ("numeric",
         "A spring is stretched from its length at rest. How much work does that take?\n"
         r"$$W=\int_{0}^{s}F(x)\,\mathrm{d}x$$"
         "\n" r"with $F(x)=Dx$, $D=300\,\frac{\mathrm{N}}{\mathrm{m}}$ and $s=20\,\mathrm{cm}$",
         {"min": "0", "correct": "6", "tolerance": "0.1", "unit": "J", "explanation":
          r"$W=\frac{1}{2}Ds^2=6\,\mathrm{J}$: the area below the graph of $F$."},
         ["6", "6", "60", "12", "6.05"]),
        ("select_all", r"A body moves at the velocity $\vec{v}$. What is true of it?",
         {"option": [r"$\vec{a}=\frac{\mathrm{d}\vec{v}}{\mathrm{d}t}$",
                     r"$\sum_{i=1}^{n}\vec{F}_i=m\vec{a}$", r"$\vec{p}=\frac{m}{\vec{v}}$",
                     r"$E_{\text{kin}}=\frac{1}{2}m\left|\vec{v}\right|^2$"],
          "right": ["1", "2", "4"]},
         ["AB", "ABD", "ABD", "D", "AC"])],
    "chemistry": [
        ("multiple_choice", "Propane burns in plenty of air. Which equation is balanced?",
         {"option": [r"$\ce{C3H8 + 3O2 -> 3CO2 + 4H2O}$", r"$\ce{C3H8 + 5O2 -> 3CO2 + 4H2O}$",
                     r"$\ce{2C3H8 + 7O2 -> 6CO + 8H2O}$", r"$\ce{C3H8 + O2 -> C3H8O2}$"],
          "right": "2", "explanation":
          r"Count the oxygen: $\ce{3CO2}$ and $\ce{4H2O}$ hold ten atoms, as $\ce{5O2}$ do."},
         ["B", "B", "A", "C", "B"]),
        ("select_all", "In which of these reactions are electrons passed on?",
         {"option": [r"$\ce{Zn + Cu^2+ -> Zn^2+ + Cu}$", r"$\ce{Ag+ + Cl- -> AgCl v}$",
                     r"$\ce{MnO4- + 8H+ + 5Fe^2+ -> Mn^2+ + 5Fe^3+ + 4H2O}$",
                     r"$\ce{NH3 + H3O+ <=> NH4+ + H2O}$"],
          "right": ["1", "3"]},
         ["AC", "AC", "AB", "A", "CD"]),
        ("numeric",
         r"Hydrochloric acid has $c(\ce{H3O+})=10^{-3}\,\frac{\mathrm{mol}}{\mathrm{L}}$. "
         r"What is its $\mathrm{pH}=-\log_{10}\frac{c(\ce{H3O+})}{1\,\mathrm{mol/L}}$?",
         {"min": "0", "max": "14", "correct": "3", "tolerance": "0"},
         ["3", "3", "4", "11", "3"]),
        ("short_text", r"What is the ion $\ce{SO4^2-}$ called?",
         {"accepted": "sulfate\nsulphate", "explanation":
          r"It is what is left of $\ce{H2SO4}$ without both of its $\ce{H+}$."},
         ["sulfate", "Sulphate", "sulfide", "$SO4$", "sulfite"]),
        ("ranking", "Which of them boils first? Begin with the lowest temperature.",
         {"option": [r"$\ce{H2O}$", r"$\ce{CH4}$", r"$\ce{NH3}$"]},
         ["BCA", "BCA", "CBA", "ABC", "BCA"])],
    "programming": [
        ("multiple_choice",
         "What does this program print?\n```python\ndef grow(basket, fruit=\"fig\"):\n"
         "    for _ in range(2):\n        if fruit not in basket:\n"
         "            basket.append(fruit)\n    return len(basket)\n\nmine = [\"kiwi\"]\n"
         "grow(mine)\nprint(grow(mine, \"pear\"), mine[-1])\n```",
         {"option": ["`3 pear`", "`2 pear`", "`1 kiwi`", "`TypeError`"], "right": "1",
          "explanation": "Both calls change the same list, `mine`."},
         ["A", "B", "A", "D", "A"]),
        ("multiple_choice",
         "What is `doubled` afterwards?\n```javascript\nconst numbers = [3, 5, 8];\n"
         "const doubled = numbers.filter((number) => number % 2 === 1)"
         ".map((number) => ({ number, twice: 2 * number })).map(({ twice }) => twice);\n```",
         {"option": ["`[6, 10]`", "`[6, 10, 16]`", "`[16]`", "`undefined`"], "right": "1"},
         ["A", "B", "A", "A", "C"]),
        ("multiple_choice", "Which query counts the students of each class?",
         {"option": ["```sql\nSELECT class, COUNT(*)\nFROM students\nGROUP BY class;\n```",
                     "```sql\nSELECT COUNT(class)\nFROM students;\n```",
                     "```sql\nSELECT class\nFROM students\nWHERE COUNT(*) > 0;\n```"],
          "right": "1", "explanation": "`GROUP BY` makes one row of each class:\n"
          "```\nclass | COUNT(*)\n10a   | 24\n10b   | 27\n```"},
         ["A", "B", "A", "C", "A"]),
        ("multiple_choice",
         "What is wrong with this function?\n```c\nchar *greet(const char *name) {\n"
         "    char text[32];\n    snprintf(text, sizeof text, \"Hello, %s! <&>\", name);\n"
         "    return text;\n}\n```",
         {"option": ["`text` is gone when `greet` has returned",
                     "`sizeof text` is the size of a pointer", "A name of 40 letters is too long",
                     "Nothing"], "right": "1"},
         ["A", "B", "A", "C", "A"]),
        ("open_text", "In your own words: what does `while (*to++ = *from++);` do?", {},
         ["It copies a string,\nwith its zero", "`$x$` <b>no idea</b>", "loops", "Kopiert", "?"])],
    "biology": [
        ("multiple_choice", "In which of these cells are the chromatids just being pulled apart?",
         {"option": ["", "", "", ""], "pictures": MITOSIS, "right": "3",
          "alt": ["Threads in a nucleus", "Rods in a row in the middle",
                  "Two groups of rods on their way to the poles",
                  "Two cells with a nucleus each"],
          "explanation": "This is the anaphase."},
         ["C", "B", "C", "A", "C"]),
        ("select_all", "Which of these are leaves of dicots?",
         {"option": ["Rye", "Horse chestnut", "Larch", "Beech"], "pictures": LEAVES,
          "right": ["2", "4"], "alt": ["Veins in parallel", "Five leaflets of one stalk",
                                       "Needles", "Veins that branch off"]},
         ["BD", "BD", "B", "AD", "BC"]),
        ("numeric", r"A culture grows by $N(t)=N_0\cdot 2^{\frac{t}{T}}$, where $N_0=500$ and "
         r"$T=20\,\mathrm{min}$. How many bacteria are there after an hour?",
         {"min": "0", "correct": "4000", "tolerance": "0"},
         ["4000", "1500", "4000", "4000", "3000"]),
        ("rating",
         r"How well could you explain $\ce{6CO2 + 6H2O ->[\text{light}] C6H12O6 + 6O2}$?",
         {"max_rating": "5", "low": "not at all", "high": "very well"},
         ["3", "4", "2", "4", "5"])],
}


def ask_lesson(teacher, name):
    """Add a lesson's questions to a teacher's session; [(id, type, each phone's answer)]."""
    for type, title, fields, _ in LESSONS[name]:
        send_question(teacher, type, [("title", title), *list_parts(fields)])
    with closing(connect(teacher.folder / "classpulse.db", 5)) as db:
        ids = [question["id"] for question in list_questions(db, teacher.session_id)]
    several = {"select_all", "ranking"}
    return [(id, type, [list(one) if type in several else [one] for one in answers])
            for id, (type, _, _, answers) in zip(ids[-len(LESSONS[name]):], LESSONS[name])]


def list_parts(fields):
    """[(name, value)] of a form's fields, of which some have several values."""
    for name, values in fields.items():
        for place, value in enumerate([values] if isinstance(values, str) else values, 1):
            yield {"alt": f"alt_{place}", "pictures": f"picture_{place}"}.get(name, name), (
                draw(value) if name == "pictures" else value)


def send_question(teacher, type, parts):
    """Send the form of a new question as browsers do, where what is in bytes is a file."""
    body = b""
    for name, value in parts:
        is_file = isinstance(value, bytes)
        body += (b'--part\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (
            name.encode(), b'; filename="a.png"' * is_file, value if is_file else value.encode()))
    teacher.post(f"{teacher.session}/questions/new/{type}", body + b"--part--\r\n",
                 Content_Type="multipart/form-data; boundary=part")


def draw(ellipses):
    """A PNG of ellipses (x, y, radius, other radius, turned by degrees, color), in this order."""
    lines = [bytearray(WIDTH) for _ in range(HEIGHT)]
    for x, y, a, b, turn, color in ellipses:
        cos, sin, reach = math.cos(math.radians(turn)), math.sin(math.radians(turn)), max(a, b)
        for row in range(max(0, int(y - reach)), min(HEIGHT, int(y + reach) + 1)):
            for column in range(max(0, int(x - reach)), min(WIDTH, int(x + reach) + 1)):
                dx, dy = column - x, row - y
                if ((dx * cos + dy * sin) / a)**2 + ((dy * cos - dx * sin) / b)**2 <= 1:
                    lines[row][column] = color
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)), (b"PLTE", PALETTE),
              (b"IDAT", zlib.compress(b"".join(b"\0" + line for line in lines))), (b"IEND", b"")]
    return HEADS["image/png"] + b"".join(
        struct.pack(">I", len(content)) + kind + content
        + struct.pack(">I", zlib.crc32(kind + content)) for kind, content in chunks)
