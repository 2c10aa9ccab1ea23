"""Errata of the literature: each claim that a chapter refutes has a line, which leads to the right place."""

import json
import re
from pathlib import Path

import lxml.html
import pytest

from lossbook.site import errata

ROOT = Path(__file__).resolve().parents[2]
LINES = errata.read_lines(ROOT)
CELLS = {
    path.name[:2]: json.loads(path.read_text("utf-8"))["cells"]
    for path in sorted(ROOT.glob("chapters/*.ipynb"))
}
MOST_WORDS = 40


def markdown(text):
    return {"cell_type": "markdown", "source": text}


def test_claims_are_what_not_quite_so_quotes_at_the_beginning_of_a_paragraph():
    cells = [
        markdown('## Before\n\n**"Elsewhere."** No.'),
        markdown('## Not quite so\n\n**"One."** No. **"Inside."**\n\n**Guess.** Which?'),
        {"cell_type": "code", "source": '**"code"**'},
        markdown('**"Two, $x$,"** no.\n\n**"Three."** No.'),
        markdown('## After\n\n**"Later."** No.'),
    ]
    assert errata.quoted_claims(cells) == ["One.", "Two, $x$,", "Three."]


def test_every_claim_of_every_chapter_has_its_line_in_order():
    assert len(CELLS) == 15
    for number, cells in CELLS.items():
        assert [line["claim"] for line in LINES[number]] == errata.quoted_claims(cells), number


def test_each_line_is_short_names_a_cell_of_its_chapter_and_whose_the_claim_is():
    for number, lines in LINES.items():
        code = {cell["id"] for cell in CELLS[number] if cell["cell_type"] == "code"}
        for line in lines:
            assert line.keys() <= {"claim", "holds", "target", "whose"}, line
            assert len(line["holds"].split()) <= MOST_WORDS, line
            assert line["holds"].endswith((".", "`.")), line
            assert line.get("target") in code | {None}, line
            assert line.get("whose", "belief") in errata.OWNERS, line


@pytest.mark.browser
def test_those_of_the_set_of_questions_stand_together_too(site):
    page = lxml.html.parse(str(site / "pages/errata.html"))
    (listed,) = page.xpath("//section[@id='errata-of-the-literature']/ul")
    theirs = [number for number, lines in LINES.items() for line in lines if line.get("whose") == "source"]
    told = [item.text_content().strip().partition(":")[0] for item in listed.xpath("./li")]
    assert told == [f"Chapter {int(number)}" for number in theirs]


@pytest.mark.browser
def test_each_line_leads_to_the_claim_or_to_the_cell(site):
    page = lxml.html.parse(str(site / "pages/errata.html"))
    for number, lines in LINES.items():
        (section,) = page.xpath(f"//section[@id='chapter-{int(number)}']")
        links = section.xpath(".//li//a[strong]/@href")
        assert len(links) == len(lines)
        name = links[0].partition("#")[0]
        chapter = lxml.html.parse(str(site / "pages" / name))
        for line, link in zip(lines, links, strict=True):
            assert link.startswith(f"../chapters/{number}_")
            (place,) = chapter.xpath(f"//*[@id='{link.partition('#')[2]}']")
            if "target" in line:
                assert "cell" in place.get("class").split()
            else:
                own = re.sub(r"\W", "", place.text_content())
                plain = re.sub(r"\W", "", re.sub(r"\$.*?\$", "", line["claim"]))
                assert own.startswith(plain[:12]), line
