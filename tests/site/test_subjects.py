"""The index of subjects: it finds the sections that treat something, and every name leads somewhere."""

import re
import tomllib
from pathlib import Path

import lxml.html
import pytest

from lossbook.site import subjects
from lossbook.site.subjects import Section, sections_of, treated

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = subjects.read_sections(ROOT)
WANTED = subjects.wanted(ROOT)


def text(source, **metadata):
    return {"cell_type": "markdown", "metadata": metadata, "source": [source]}


def section(place, words="", labels=()):
    return Section(place, place[4:], words, labels)


# ---- Sections ----------------------------------------------------------------------------------------------


def test_a_section_is_a_heading_with_its_text_and_labels_and_exercises_and_cards_are_none():
    cells = [
        text("# 7 · Title\n\nTop."),
        text("## First\n\nA *word* and $x$."),
        text("More [of it](other.ipynb).\n\n$$\nx\n$$ (seven-x)"),
        text("### Exercise 7.1 · Try", lossbook={"exercise": "7.1"}),
        text("Hidden."),
        text("## On one card\n\nCard."),
        text("## Last\n\nEnd."),
    ]
    first, last = sections_of("07", cells)
    assert (first.place, first.heading, first.labels) == ("07: First", "First", ("seven-x",))
    assert re.sub(r"\W+", " ", first.text).split() == ["First", "A", "word", "and", "More", "of", "it"]
    assert last.place == "07: Last"


@pytest.mark.parametrize(
    ("name", "forms", "defined", "found"),
    [
        ("cow", (), "b-1", ["02: B", "01: A"]),  # its definition, and where it comes twice
        ("cow", (), None, ["01: A"]),
        ("cow", (), "02: B", ["02: B", "01: A"]),
        ("heading", (), None, ["03: The heading"]),
        ("matrix", (), None, ["01: A"]),  # matrices
        ("MAP", (), None, ["02: B"]),  # not the map of A
        ("solid fact", ("solid",), "b-1", ["02: B"]),  # an ordinary word counts at home alone
        ("once", (), None, ["03: The heading"]),
        ("never", (), None, []),
        ("never", (), "05: Passed over", ["05: Passed over"]),
    ],
)
def test_a_section_treats_what_it_defines_heads_or_names_twice(name, forms, defined, found):
    sections = [
        section("01: A", "Cows and a cow, a map, a map, scow, solid, solid. Matrices and the matrix."),
        section("02: B", "One cow. MAP, MAP. A solid thing, solid.", ("b-1",)),
        section("03: The heading", "Once."),
    ]
    assert treated(sections, name, forms, defined) == found


def test_what_is_everywhere_is_found_by_headings_and_no_entry_is_long():
    crowd = [section(f"01: {n}", "loss loss") for n in range(subjects.EVERYWHERE + 1)]
    assert treated([*crowd, section("02: The loss")], "loss") == ["02: The loss"]
    assert treated([*crowd[:9], section("02: Other", "loss", ("l",))], "loss", (), "l") == [
        "02: Other",
        *(f"01: {n}" for n in range(subjects.MOST - 1)),
    ]


# ---- The book ----------------------------------------------------------------------------------------------


def test_every_term_and_every_name_leads_somewhere():
    names = tomllib.loads((ROOT / subjects.NAMES).read_text("utf-8"))["names"]
    for name in {*names, *(name for name, (_, place) in WANTED.items() if place)}:
        forms, place = WANTED[name]
        assert treated(SECTIONS, name, forms, place), name
    assert names == sorted(names, key=str.lower)


def test_a_term_is_defined_in_a_section_that_speaks_of_it(monkeypatch):
    """By its name, or by a word of it: the definition of a minimum says "local" of it."""
    monkeypatch.setattr(subjects, "PASSED_OVER", set())
    sections = subjects.read_sections(ROOT)
    for term, (forms, place) in WANTED.items():
        if place:
            (home,) = (one for one in sections if place in (one.place, *one.labels))
            words = [word for word in re.findall(r"[^\W\d]+", term) if len(word) > 4]
            assert subjects.pattern_of([term, *forms, *words]).search(f"{home.heading} {home.text}"), term


def test_a_second_name_leads_where_the_term_leads():
    for name, term in {
        "pinball loss": "quantile loss",
        "relative entropy": "Kullback–Leibler divergence",
    }.items():
        (found, expected) = (treated(SECTIONS, one, *WANTED[one]) for one in (name, term))
        assert found == expected


def test_kl_is_found_in_its_chapter_and_huber_in_his():
    forms, place = WANTED["Fisher information"]
    found = treated(SECTIONS, "Fisher information", forms, place)
    assert found[0] == "05: The general step: Fisher information"
    assert "02: In the logits, the Hessian is the Fisher information" in found
    assert "15: Why this shape: Huber's minimax theorem" in treated(SECTIONS, "minimax")


@pytest.mark.browser
def test_the_page_lists_them_by_letters_with_the_definition_in_bold(site):
    page = lxml.html.parse(str(site / "pages/index_of_subjects.html"))
    items = page.xpath("//ul[contains(@class, 'subject-index')]/li")
    assert len(items) > 330
    for item in items:
        links = item.xpath(".//a/@href")
        assert 1 <= len(links) <= subjects.MOST
        assert all(link.startswith("../chapters/") and "#" in link for link in links)
    (fisher,) = (item for item in items if item.text_content().startswith("Fisher information:"))
    assert fisher.xpath(".//strong/a/@href") == [fisher.xpath(".//a/@href")[0]]
    assert "subject-index" not in (site / "search-index.js").read_text("utf-8")
