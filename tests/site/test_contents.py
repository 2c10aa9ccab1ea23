"""The contents at the side of a real chapter: they mark the section that is read."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = re.findall(r"file: (chapters/\S+)", (ROOT / "_toc.yml").read_text("utf-8"))[-1]

#: What is marked, and which listed sections reach into the window: [address, top, bottom], in order.
LOOK = """async (share) => {
  const root = document.documentElement;
  if (share !== null) scrollTo(0, share * (root.scrollHeight - innerHeight));
  for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  const links = [...document.querySelectorAll("nav.page-toc a")];
  const active = links.filter((link) => link.classList.contains("active"));
  const list = document.querySelector(".bd-sidebar-secondary").getBoundingClientRect();
  const isListed = (box) => box.top >= list.top - 1 && box.bottom <= list.bottom + 1;
  return {
    marked: active.map((link) => link.hash),
    told: links.filter((link) => link.ariaCurrent === "true").map((link) => link.hash),
    listed: active.every((link) => isListed(link.getBoundingClientRect())),
    tops: links.map((link) => [link.hash, document.querySelector(link.hash).getBoundingClientRect().top]),
    height: innerHeight,
  };
}"""


@pytest.fixture
def visit(site, opened):
    """A function that opens the chapter, at some part of it."""
    return lambda part="": opened((site / f"{CHAPTER}.html").as_uri() + part, offline=True)


def test_wherever_the_page_stands_the_section_that_is_read_is_marked(visit):
    page, last = visit(), -1
    for step in range(61):
        seen = page.evaluate(LOOK, step / 60)
        assert seen["told"] == seen["marked"]
        assert seen["listed"], step
        names = [name for name, _ in seen["tops"]]
        above = [name for name, top in seen["tops"] if top <= 64]  # below the header
        within = [name for name, top in seen["tops"] if 64 < top < seen["height"]]
        # It has begun, or begins in this window; a section that fills the window leaves no choice.
        assert seen["marked"] or not above
        assert set(seen["marked"]) <= {*above[-1:], *within}, step
        assert len(seen["marked"]) <= 1
        place = names.index(seen["marked"][0]) if seen["marked"] else -1
        assert place >= last  # who reads on is never sent back
        last = place
    assert last == len(names) - 1


def test_a_link_marks_its_section_also_one_in_a_fold_or_near_the_end(visit):
    page = visit()
    names = page.eval_on_selector_all("nav.page-toc a", "links => links.map((link) => link.hash)")
    folds = page.eval_on_selector_all("nav.page-toc a[data-fold]", "links => links.map((link) => link.hash)")
    assert len(names) > len(folds) > 3
    for name in names:
        page.locator(f"nav.page-toc a[href='{name}']").click()
        assert page.evaluate(LOOK, None)["marked"] == [name]
    # From another page, too; and what the reader does next counts for more than the link.
    page = visit(names[-1])
    marked = "(name) => document.querySelector('nav.page-toc a.active')?.hash === name"
    page.wait_for_function(marked, arg=names[-1])
    page.mouse.move(500, 500)
    page.mouse.wheel(0, -20_000)
    page.wait_for_function(f"(name) => !({marked})(name)", arg=names[-1])
