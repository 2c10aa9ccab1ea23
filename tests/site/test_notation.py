"""The notation: each sign stands in the chapter that is said to define it, and its name in code exists."""

import importlib
import inspect
import json
import re
from pathlib import Path

import lxml.html
import pytest

from lossbook.notebooks import form
from lossbook.site import notation
from lossbook.site.passages import read_page

ROOT = Path(__file__).resolve().parents[2]
GROUPS, SHARED = notation.read(ROOT)
SIGNS = [sign for group in GROUPS for sign in group["symbols"]]
FORMULA = re.compile(r"\$\$(.*?)\$\$|\$([^$]*)\$", re.DOTALL)
CHAPTERS = {
    path.stem[:2]: "\n\n".join(
        form.source_of(cell)
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    )
    for path in ROOT.glob("chapters/*.ipynb")
}


def chapter_of(place):
    """Return the number of the chapter in which a place lies."""
    label = re.compile(rf"\({re.escape(place)}\)$", re.MULTILINE)
    named = re.match(r"\d\d", place)
    found = [named[0]] if named else [number for number, text in CHAPTERS.items() if label.search(text)]
    assert len(found) == 1, place
    return found[0]


def formulas(number):
    """Return what stands between dollars in a chapter."""
    return " ".join("".join(found.groups("")) for found in FORMULA.finditer(CHAPTERS[number]))


def squeezed(formula):
    """Return formulas without what only spaces them, with one form of their signs."""
    for old, new in (
        (r"\|", r"\Vert"),
        (r"\lVert", r"\Vert"),
        (r"\rVert", r"\Vert"),
        (r"\,", ""),
        (r"\;", ""),
    ):
        formula = formula.replace(old, new)
    return re.sub(r"\s+|\{\}", "", formula)


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign["symbol"])
def test_a_sign_stands_in_the_chapter_that_defines_it(sign):
    text = squeezed(formulas(chapter_of(sign["place"])))
    for part in sign["symbol"].split(", "):  # "P, Q" are two signs
        assert squeezed(part) in text or squeezed(sign["symbol"]) in text, part


@pytest.mark.parametrize("sign", [sign for sign in SIGNS if "code" in sign], ids=lambda sign: sign["code"])
def test_its_name_in_code_is_a_function_or_one_of_its_parameters(sign):
    module, function, parameter = re.fullmatch(r"(\w+)\.(\w+)(?:\((\w+)\))?", sign["code"]).groups()
    found = getattr(importlib.import_module(f"lossbook.{module}"), function)
    assert parameter is None or parameter in inspect.signature(found).parameters


def test_a_sign_with_several_meanings_has_them_in_several_places():
    for sign in SHARED:
        places = [place for place, _ in sign["meanings"]]
        assert len(set(places)) == len(places) >= 2
        for place in places:
            assert re.search(re.escape(squeezed(sign["symbol"])), squeezed(formulas(chapter_of(place))))
    repeated = [sign["symbol"] for sign in SIGNS]
    twice = {symbol for symbol in repeated if repeated.count(symbol) > 1}
    assert twice <= {sign["symbol"] for sign in SHARED}


def test_names_of_functions_are_left_to_the_sections_that_show_them():
    listed = '<p>sign <code class="notation-code"><span class="pre">huber_grad</span></code></p>'
    page = f'<article class="bd-article"><section id="s"><h1>Notation</h1>{listed}</section></article>'
    (section,) = read_page(page).sections
    assert section.passages == ["sign"]


def test_formulas_and_code_in_a_cell_are_set_as_such():
    parts = notation.mixed("in $x^2$ or `code`, twice")
    assert [(part.tagname, part.astext()) for part in parts] == [
        ("#text", "in "),
        ("math", "x^2"),
        ("#text", " or "),
        ("literal", "code"),
        ("#text", ", twice"),
    ]


@pytest.mark.browser
def test_the_page_has_a_table_a_group_and_a_link_a_sign(site):
    page = lxml.html.parse(str(site / "pages/notation.html"))
    assert page.xpath("//section/h2/text()") == [*(g["title"] for g in GROUPS), notation.SHARED_TITLE]
    rows = page.xpath("//table[contains(@class, 'notation')]/tbody/tr")
    assert len(rows) == len(SIGNS) + len(SHARED)
    for row in rows:
        assert row.xpath("td[1]//math")
        assert row.xpath(".//a[starts-with(@href, '../chapters/')]")
