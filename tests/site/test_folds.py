"""The folds of a small page: what stays open, what a line says, and what opens them."""

import lxml.html
import pytest

pytestmark = pytest.mark.browser

PAGE = "chapters/99_layers.html"
OPEN = "document.querySelector('details.deeper').open"
SEEN = "(e) => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; }"

#: Where the lines of each summary begin, without the mark before the first.
LINES = """(summaries) => summaries.map((summary) => {
  const words = document.createTreeWalker(summary, NodeFilter.SHOW_TEXT);
  const boxes = [];
  for (let text = words.nextNode(); text; text = words.nextNode()) {
    if (text.parentElement.matches("[aria-hidden], .visually-hidden")) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    boxes.push(...[...range.getClientRects()].filter((box) => box.width > 3));
  }
  // Letters of any size are on one line with those in whose height their middle lies.
  const lines = [];
  for (const { left, top, bottom } of boxes) {
    const line = lines.find((line) => line.top < (top + bottom) / 2 && (top + bottom) / 2 < line.bottom);
    if (line) line.left = Math.min(line.left, left);
    else lines.push({ left, top, bottom });
  }
  return lines.map((line) => line.left);
})"""


@pytest.fixture
def visit(sample, serve, opened):
    """A function that opens the page, at some part of it."""
    return lambda part="", **options: opened(serve(sample) + PAGE + part, **options)


@pytest.fixture(scope="module")
def article(sample):
    """The article of the page."""
    (article,) = lxml.html.parse(str(sample / PAGE)).xpath("//article")
    return article


def said(element):
    """Return an element's text, as one line."""
    return " ".join(element.text_content().split())


# ---- What is written ---------------------------------------------------------------------------------------


def test_a_check_is_a_tick_with_its_last_line_and_a_plumbing_its_comment(article):
    summaries = article.xpath(".//details[@class='tick' or @class='prepare']/summary")
    assert [said(summary) for summary in summaries] == [
        "✓ Checked: 9 by hand, 9 by machine",
        "✓ Checked: 1 by this way, 2 < 3 & more by that",
        "✓ Checked: 1 and 2",
        "Load <b> & scale it",
    ]
    assert [mark.text for mark in article.xpath(".//summary/span[@aria-hidden='true']")] == ["✓"] * 3
    folds = [summary.getparent() for summary in summaries]
    assert ["assert" in said(fold) for fold in folds] == [True, True, True, False]
    assert "first line 1 by this way" in said(folds[1])
    assert not article.xpath(".//details[@open]")


def test_the_first_tick_in_the_open_says_what_a_tick_is(article):
    (note,) = article.xpath(".//p[@class='tick-note']")
    assert "has checked" in said(note)
    assert "1 by this way" in said(note.getparent())


def test_a_deeper_section_keeps_its_takeaway_open_and_folds_the_rest(article):
    (section,) = article.xpath(".//section[@class='deeper']")
    takeaway, fold = section.xpath("p | details")
    assert said(takeaway) == "Deeper. A square is never negative."
    assert said(fold[0]) == "No square is negative3 min"
    assert [(e.tag, e.text_content()) for e in fold[0]] == [
        ("h3", "No square is negative"),
        ("span", "3 min"),
    ]
    assert [h.text for h in fold.xpath(".//h4")] == ["A step of it"]
    assert not fold[0].xpath(".//a")
    assert not fold.xpath(".//*[contains(., 'After the proof')]")


def test_equations_of_a_fold_have_letters_so_that_the_path_counts_without_gaps(article):
    assert [e.text for e in article.xpath(".//span[@class='eqno']")] == ["(1)", "(1a)", "(1b)", "(2)"]
    links = {a.text: a.get("href") for a in article.xpath(".//p/a")}
    names = {"(1)": "open", "(1a)": "folded", "(1b)": "inner", "(2)": "after"}
    assert {text: links[text] for text in names} == {k: f"#equation-eq-{v}" for k, v in names.items()}
    assert links["the whole proof"] == "#the-whole-proof"


def test_the_contents_mark_what_is_folded(sample):
    page = lxml.html.parse(str(sample / PAGE))
    entries = {said(a): "data-fold" in a.attrib for a in page.xpath("//nav[contains(@class, 'page-toc')]//a")}
    assert {name for name, folded in entries.items() if folded} == {"No square is negative"}
    assert {"A step of it", "After the proof"} <= entries.keys()


# ---- In a browser ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "seen"),
    [
        ("#no-square-is-negative", "#no-square-is-negative > p"),
        ("#the-whole-proof", "#no-square-is-negative > p"),
        ("#equation-eq-inner", "#equation-eq-inner"),
        ("#a-step-of-it", "#a-step-of-it h4"),
        ("?highlight=plinth", None),
        ("#:~:text=plinth", None),
    ],
)
def test_what_is_looked_for_opens_its_fold(visit, part, seen):
    page = visit(part)
    page.wait_for_function(OPEN)
    if seen:
        page.wait_for_function(f"({SEEN})(document.querySelector('{seen}'))")
    assert not page.evaluate("document.querySelector('details.tick').open")


def test_links_on_the_page_open_folds_too(visit):
    page = visit()
    assert not page.evaluate(OPEN)
    page.locator("article a", has_text="the whole proof").click()
    page.wait_for_function(OPEN)


def test_folds_open_by_keyboard_and_without_javascript(visit):
    page = visit(java_script_enabled=False, faultless=False)
    inside = page.get_by_text("A plinth of words")
    assert not inside.is_visible()
    page.locator("details.deeper > summary").focus()
    page.keyboard.press("Enter")
    assert inside.is_visible()
    page.locator("details.tick > summary", has_text="1 and 2").click()
    assert page.get_by_text("print('1 and 2')").is_visible()


def test_further_lines_of_a_summary_begin_under_its_words(visit):
    page = visit(viewport={"width": 280, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    lines = page.eval_on_selector_all("article details > summary", LINES)
    assert sum(len(lefts) > 1 for lefts in lines) >= 3
    for first, *others in lines:
        assert all(abs(left - first) < 6 for left in others)


def test_paper_shows_what_is_folded(visit):
    page = visit()
    hidden = [page.get_by_text(t) for t in ("A plinth of words", "print('1 and 2')", "An answer.")]
    assert not any(text.is_visible() for text in hidden)
    page.emulate_media(media="print")
    assert all(text.is_visible() for text in hidden)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_closed_and_open(visit, axe, resized, scheme):
    page = visit(color_scheme=scheme, reduced_motion="reduce")
    assert axe(page) == []
    page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    resized(page, 360)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
