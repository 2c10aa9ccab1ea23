"""The chapters' rows, and what the site makes of one."""

import tomllib
from pathlib import Path

import lxml.html
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = tomllib.loads((ROOT / "chapters/chapters.toml").read_text("utf-8"))
QUESTIONS = set(range(1, 16))


# ---- Rows --------------------------------------------------------------------------------------------------


def test_each_chapter_has_a_row_and_each_row_a_chapter():
    assert [*ROWS] == sorted(path.name[:2] for path in ROOT.glob("chapters/*.ipynb"))


@pytest.mark.parametrize("number", ROWS)
def test_a_row_says_all_that_a_page_needs(number):
    row = ROWS[number]
    assert row.keys() == {"builds_on", "read_next", "goals", "chinese", "keywords", "picture"}
    for neighbors in (row["builds_on"], row["read_next"]):
        assert set(neighbors) <= QUESTIONS - {int(number)}
        assert neighbors == sorted(set(neighbors))
    assert row["read_next"]
    assert 3 <= len(row["goals"]) <= 5
    for goal in row["goals"]:  # each goes on from "you can"
        assert goal[0].islower()
        assert goal[-1] != "."
        assert len(goal.split()) <= 20, goal
    assert any("\u4e00" <= sign <= "\u9fff" for sign in row["chinese"])
    assert len(set(row["keywords"])) == len(row["keywords"]) >= 5


# ---- The page ----------------------------------------------------------------------------------------------

in_sample = pytest.mark.browser  # it is built for the tests that look at it in a browser


@pytest.fixture(scope="module")
def page(sample):
    """The sample's page that is a chapter."""
    return lxml.html.parse(str(sample / "chapters/99_layers.html"))


def said(element):
    """Return an element's text, as one line."""
    return " ".join(element.text_content().split())


@in_sample
def test_under_the_title_stands_what_it_takes(page):
    (line,) = page.xpath("//article//h1/following-sibling::*[1]")
    assert line.get("class") == "chapter-line"
    # Open are 89 words and 2 equations; folded are 144 words, 2 equations and a cell of code.
    assert said(line) == "4 minutes · 7 with every fold · builds on question 99"
    assert [(a.text_content(), a.get("href")) for a in line.xpath(".//a")] == [("99", "#")]


@in_sample
def test_goals_are_a_fold_after_the_short_answer(page):
    (fold,) = page.xpath("//details[@class='goals']")
    assert said(fold[0]) == "What you will be able to do"
    assert [said(item) for item in fold.xpath(".//li")] == ["add < up", "see what is folded"]
    assert fold.xpath("../@id") == ["the-short-answer"]


@in_sample
def test_neighbors_that_exist_are_linked_by_their_titles(page):
    (section,) = page.xpath("//section[@id='what-to-read-next']")
    assert said(section[-1]) == "In this book: Layers."


@in_sample
def test_keywords_are_in_the_head_and_in_the_search(page, sample):
    assert page.xpath("//head/meta[@name='keywords']/@content") == ["层次, layers, plinths"]
    assert '"chapters/99_layers.html",["层次","layers","plinths"]' in (sample / "search-index.js").read_text(
        "utf-8"
    )


@in_sample
def test_the_card_has_a_frame_and_terms_beside_what_they_say(sample, serve, opened):
    opened_page = opened(serve(sample) + "chapters/99_layers.html")
    card = opened_page.locator("section.one-card")
    assert card.evaluate("(e) => [e.id, getComputedStyle(e).borderStyle]") == ["on-one-card", "solid"]
    term, text = (card.locator(kind).nth(1).bounding_box() for kind in ("dt", "dd"))
    assert text["x"] > term["x"] + term["width"]
    assert abs(text["y"] - term["y"]) < 10
    opened_page.set_viewport_size({"width": 360, "height": 800})
    assert card.locator("dd").nth(1).bounding_box()["y"] > card.locator("dt").nth(1).bounding_box()["y"]
    opened_page.emulate_media(media="print")
    assert card.evaluate("(e) => getComputedStyle(e).breakInside") == "avoid"
