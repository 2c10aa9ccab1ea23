"""Formulas: what is done to their MathML, the font, and how they stand in a page."""

import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import lxml.html
import nbformat
import pytest
from docutils import nodes
from fontTools.ttLib import TTFont
from math_core import LatexError

from lossbook.site import mathml

ROOT = Path(__file__).resolve().parents[2]
FONT = ROOT / "lossbook/site/static/fonts/LossBookMath.woff2"


# ---- One formula -------------------------------------------------------------------------------------------


def test_a_formula_keeps_its_tex_and_its_kind():
    assert mathml.mathml("x < 1").startswith('<math alttext="x &lt; 1"><mi>x</mi>')
    assert mathml.mathml(r"\sum", display=True).startswith(r'<math alttext="\sum" display="block">')


@pytest.mark.parametrize(("latex", "shown"), [(r"\mathcal{L}", "ℒ"), (r"\mathscr{L}", "ℒ"), ("f''", "f′′")])
def test_signs_are_those_of_the_font(latex, shown):
    assert lxml.html.fromstring(mathml.mathml(latex)).text_content() == shown


def test_the_extra_space_of_a_row_is_not_printed():
    rows = r"\begin{cases} 1 & a \\[2pt] 2 & b \end{cases}"
    assert lxml.html.fromstring(mathml.mathml(rows)).text_content().strip("\u2063") == "{1a2b"


@pytest.mark.parametrize("size", ["big", "Big", "bigg", "Bigg"])
@pytest.mark.parametrize("kind", ["", "l", "r"])
@pytest.mark.parametrize("sign", ["(", "[", r"\{", "|", r"\Vert", r"\lvert", r"\rangle", "/"])
def test_big_delimiters_are_letters_of_a_larger_size(size, kind, sign):
    element = mathml.mathml(rf"\{size}{kind}{sign}")
    assert re.search(
        r'<mpadded voffset="-0\.\d\dem"><mo stretchy="false" [^>]*font-size:[1-3]\.\d\dem', element
    )
    assert "minsize" not in element


def test_a_slanted_letter_has_room_unless_its_own_subscript_follows():
    def rooms(latex):
        return re.findall("--lean:([^e]*)em", mathml.mathml(latex))

    assert rooms("f(x)") == ["0.09"]
    assert rooms("V^2") == ["0.21"]
    assert rooms("V_i^2") == ["0.11"]
    assert rooms("V_i") == rooms("a") == []


def test_an_integral_over_the_whole_line_and_binary_signs_are_told_apart():
    assert mathml.mathml(r"\int_{-\infty}^\infty f").count('class="whole-line"') == 1
    assert "whole-line" not in mathml.mathml(r"\int_0^\infty")
    assert mathml.mathml(r"p \otimes q \odot r + s").count('largeop="false">') == 2


@pytest.mark.parametrize(
    ("latex", "complaint"),
    [
        (r"a \\ b", "environment"),
        (r"\nosuch", "nosuch"),
        (r"\frac{1}", "end of input"),
        (r"\text{$x$}", "Math"),
    ],
)
def test_what_would_be_shown_wrongly_is_refused(latex, complaint):
    with pytest.raises(LatexError, match=complaint):
        mathml.mathml(latex)


# ---- The font ----------------------------------------------------------------------------------------------


def slanted():
    """Letters and what browsers set them in: for a letter that stands alone they take a slanted one."""
    codes = [0x210E, *range(0x1D434, 0x1D468), *range(0x1D6FC, 0x1D71C)]
    meant = {code: unicodedata.decomposition(chr(code)).split()[-1:] for code in codes}
    return {chr(int(letter, 16)): code for code, letters in meant.items() for letter in letters}


def test_room_is_what_the_font_asks_for():
    font, italic = TTFont(FONT), slanted()
    table = font["MATH"].table.MathGlyphInfo.MathItalicsCorrectionInfo
    corrections = dict(zip(table.Coverage.glyphs, table.ItalicsCorrection, strict=True))
    names = {letter: font.getBestCmap().get(code) for letter, code in italic.items()}
    asked = {c: corrections[name].Value / 1000 for c, name in names.items() if name in corrections}
    assert {letter: lean for letter, lean in asked.items() if lean >= 0.06} == mathml.LEAN


def test_the_font_is_small_and_under_a_name_of_its_own():
    assert FONT.stat().st_size <= 41_000
    font = TTFont(FONT)
    assert {font["name"].getDebugName(1), *font["CFF "].cff.fontNames} == {"LossBookMath"}
    assert "GUST Font License" in FONT.with_name("LICENSE_LATIN_MODERN.txt").read_text()


# ---- In a page ---------------------------------------------------------------------------------------------


def outline(children):
    """Return texts as they are, formulas in dollars, and boxes in brackets."""
    shown = {nodes.math: "${}$", nodes.inline: "[{}]", nodes.emphasis: "*{}*"}
    return "".join(
        shown[type(node)].format(outline(node.children)) if type(node) in shown else str(node)
        for node in children
    )


@pytest.mark.parametrize(
    "expected",
    [
        "of [$x$.] End",
        "the [$n$-th] and [($y$),]",
        "[$a$/$b$]\n[“$c$”]",
        "$x$ and $y$ alone",
        "*so* [$x$,] *that*",
        "*so*$x$ is",
        "no formula, at all.",
    ],
)
def test_a_formula_stays_with_the_signs_that_touch_it(expected):
    kinds = {"$": nodes.math, "*": nodes.emphasis}
    parts = re.findall(r"([$*])(.*?)\1|([^$*]+)", re.sub(r"[\[\]]", "", expected))
    children = [kinds[mark]("", word) if mark else nodes.Text(text) for mark, word, text in parts]
    assert outline(mathml.joined(children)) == expected


SETTINGS = """
extensions = ["myst_nb", "lossbook.site.mathml"]
myst_enable_extensions = ["dollarmath"]
nb_execution_mode = "off"
html_theme = "basic"
"""
BUILD = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", ".", "out"]


@pytest.fixture
def book(tmp_path):
    """A function that builds a page of one notebook strictly: its HTML, and what was said."""

    def build(*texts):
        cells = [nbformat.v4.new_markdown_cell(text, id=f"c{n}") for n, text in enumerate(texts)]
        (tmp_path / "conf.py").write_text(SETTINGS)
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "index.ipynb")
        done = subprocess.run(BUILD, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert bool(done.returncode) == bool(done.stderr)
        return (tmp_path / "out/index.html").read_text("utf-8"), done.stderr

    return build


def test_a_formula_that_does_not_convert_fails_the_build_and_names_its_cell(book):
    page, said = book("# Title", "Fine: $x$.", "And\n$\\nosuch{a\nb}$.", "$$\n\\nosuch{a b}\n$$")
    assert said.count("index.ipynb: WARNING: cell 3 and 4: no MathML for the formula \\nosuch{a b}: ") == 2
    assert "<code>\\nosuch{a" in page


def test_equations_have_numbers_and_links_and_headings_their_formulas(book):
    text = "See {eq}`eq-square`.\n\n$$\ny = x^2\n$$ (eq-square)\n"
    page, said = book("# Title", "## The $\\tfrac12 x^2$ loss\n\nOf $\\operatorname{name}$.", text)
    assert said == ""
    tree = lxml.html.fromstring(page)
    (equation,) = tree.xpath('//div[@class="equation"]')
    assert equation.get("id") == "equation-eq-square"
    assert equation.xpath('string(span[@class="eqno"])').startswith("(1)")
    assert [a.text_content() for a in tree.xpath('//a[@href="#equation-eq-square"]')] == ["(1)", "¶"]
    # The heading itself, and the page's contents.
    assert len(tree.xpath('//math[@alttext="\\tfrac12 x^2"]')) == 2


# ---- The book ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(site):
    """The site's pages with formulas: ``{name: parsed article}``."""
    trees = {path: lxml.html.parse(str(path)).getroot() for path in site.glob("chapters/*.html")}
    return {path.name: tree.xpath("//article")[0] for path, tree in trees.items()}


@pytest.mark.browser
def test_every_formula_of_the_book_can_be_set_in_its_font(pages):
    known, italic = set(TTFont(FONT).getBestCmap()), slanted()
    assert 0x221A in known
    missing = set()
    for name, article in pages.items():
        for element in article.xpath(".//math//*[not(*)]"):
            text = element.text or ""
            is_slanted = element.tag == "mi" and len(text) == 1 and element.get("mathvariant") != "normal"
            codes = [italic.get(text, ord(text))] if is_slanted else map(ord, text)
            missing |= {(name, chr(code)) for code in codes if code not in known}
    assert missing == set()  # what is missing goes into FORMULAS of tools/fonts.py


@pytest.mark.browser
def test_no_sign_beside_a_formula_can_stand_alone_on_a_line(pages):
    count = 0
    for name, article in pages.items():
        for formula in article.xpath('.//span[starts-with(@class, "formula")]'):
            previous, box = formula.getprevious(), formula.getparent()
            before = box.text if previous is None else previous.tail
            beside = re.search(r"\S*\Z", before or "")[0] + re.match(r"\S*", formula.tail or "")[0]
            if beside:
                count += 1
                assert box.get("class") == "together", (name, beside)
                assert not re.match(r"\S", box.tail or ""), (name, beside, box.tail)
    assert count > 400


@pytest.mark.browser
def test_the_site_has_no_other_program_for_formulas(site):
    assert [path for path in site.rglob("*") if "mathjax" in path.name.lower()] == []
    texts = [path for path in site.rglob("*") if path.suffix in (".html", ".js")]
    assert [path.name for path in texts if "mathjax" in path.read_text("utf-8").lower()] == []
