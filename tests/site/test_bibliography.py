"""The works: well-formed numbers, none that nobody cites, and links from the list to who cites them."""

import json
import re
from pathlib import Path

import lxml.html
import pytest
from pybtex.database import parse_file

ROOT = Path(__file__).resolve().parents[2]
WORKS = parse_file(ROOT / "references.bib").entries

DOI = re.compile(r"10\.\d{4,9}/[^\s{}]+")
ARXIV = re.compile(r"\d{2}(0[1-9]|1[0-2])\.\d{4,5}|[a-z-]+/\d{2}(0[1-9]|1[0-2])\d{3}")
PAGES = re.compile(r"\d+--\d+")
CITATION = re.compile(r"\{cite(?::\w+)?\}`([^`]*)`")


def is_isbn(text):
    """Say whether a text is an ISBN of 13 digits, the last of which fits the others."""
    digits = text.replace("-", "")
    fits = re.fullmatch(r"97[89]\d{10}", digits)
    return bool(fits) and sum(int(digit) * (1, 3)[k % 2] for k, digit in enumerate(digits)) % 10 == 0


def faults(entry):
    """Return what is wrong with the numbers of an entry."""
    fields = entry.fields
    tests = {"doi": DOI.fullmatch, "eprint": ARXIV.fullmatch, "isbn": is_isbn}
    found = [
        f"{name} {fields[name]}" for name, test in tests.items() if name in fields and not test(fields[name])
    ]
    if not tests.keys() & fields.keys() and not PAGES.fullmatch(fields.get("pages", "")):
        found.append("no number and no pages")
    if "eprint" in fields and fields.get("archiveprefix") != "arXiv":
        found.append("an eprint that is not said to be of arXiv")
    return found


def sources():
    """Return the texts that may cite: page names to text."""
    found = {}
    for path in [*ROOT.glob("chapters/*.ipynb"), *ROOT.glob("pages/*.ipynb")]:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        found[path.relative_to(ROOT).with_suffix("").as_posix()] = "\n".join(texts)
    for path in [ROOT / "index.md", *ROOT.glob("pages/**/*.md"), *ROOT.glob("chapters/*.toml")]:
        found[path.relative_to(ROOT).as_posix()] = path.read_text("utf-8")
    return found


def cited(text):
    """Return the works that a text cites."""
    return {key.strip() for keys in CITATION.findall(text) for key in keys.split(",")}


def test_a_wrong_digit_of_an_isbn_and_malformed_numbers_are_seen():
    assert is_isbn("978-0-521-83378-3")
    assert not is_isbn("978-0-521-83378-2")
    assert not is_isbn("978-0-521-83387-3")  # two digits exchanged
    assert not is_isbn("0-521-83378-3")
    assert DOI.fullmatch("10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2")
    assert not DOI.fullmatch("https://doi.org/10.1214/aoms/1177703732")
    assert ARXIV.fullmatch("1701.03077")
    assert ARXIV.fullmatch("math/0309012")
    assert not ARXIV.fullmatch("1713.03077")
    assert not ARXIV.fullmatch("arXiv:1701.03077")


def test_each_work_has_numbers_that_are_well_formed():
    assert len(WORKS) > 100
    assert {key: found for key, entry in WORKS.items() if (found := faults(entry))} == {}


def test_no_two_works_are_one():
    numbers = [
        entry.fields[name].lower()
        for entry in WORKS.values()
        for name in ("doi", "eprint")
        if name in entry.fields
    ]
    assert sorted({number for number in numbers if numbers.count(number) > 1}) == []


def test_every_work_is_cited_and_every_citation_has_its_work():
    every = set().union(*map(cited, sources().values()))
    assert sorted(WORKS.keys() - every) == []
    assert sorted(every - WORKS.keys()) == []


@pytest.mark.browser
def test_the_list_is_in_order_and_leads_to_each_page_that_cites(site):
    tree = lxml.html.parse(str(site / "references.html"))
    letters = tree.xpath("//section[starts-with(@id, 'works-')]")
    assert [section.get("id") for section in letters] == sorted({f"works-{key[0]}" for key in WORKS})
    pages = {name: cited(text) for name, text in sources().items() if name.startswith("chapters/")}
    for section in letters:
        for work in section.xpath(".//div[@class='citation']"):
            key = work.get("id")
            assert f"works-{key[0]}" == section.get("id")
            found = [link.partition(".html#")[0] for link in work.xpath(".//*[@class='cited-in']//a/@href")]
            assert {page for page in found if page.startswith("chapters/")} == {
                page for page, keys in pages.items() if key in keys and not page.endswith(".toml")
            }, key
