"""Sections that are laid out late: their places are right, and nothing on them is lost."""

import pytest

pytestmark = pytest.mark.browser

CHAPTER = "chapters/15_huber"

#: Goes to an anchor, waits until nothing moves, and says how far from where it belongs its element stands.
GO = """async (hash) => {
  location.hash = hash;
  const element = document.getElementById(decodeURIComponent(hash.slice(1)));
  for (let still = 0, last = null; still < 10; still += 1) {
    await new Promise(requestAnimationFrame);
    const { top } = element.getBoundingClientRect();
    if (top !== last) still = 0;
    last = top;
  }
  const { scrollHeight } = document.documentElement, atEnd = scrollY + innerHeight > scrollHeight - 2;
  const room = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
  const own = parseFloat(getComputedStyle(element).scrollMarginTop);
  return atEnd ? 0 : element.getBoundingClientRect().top - room - own;
}"""
#: Heights of the sections as they are taken to be, and as they are.
HEIGHTS = """() => [...document.querySelectorAll(".bd-article > section > section")].map((section) => {
  const taken = section.getBoundingClientRect().height;
  section.style.contentVisibility = "visible";
  return [section.id, taken, section.getBoundingClientRect().height];
})"""


@pytest.mark.parametrize("width", [1280, 390])
def test_links_lead_to_their_places(site, opened, width):
    size = {"width": width, "height": 800}
    page = opened((site / f"{CHAPTER}.html").as_uri(), viewport=size, reduced_motion="reduce")
    hashes = page.evaluate("[...document.querySelectorAll('.page-toc a')].map((a) => a.hash)")
    hashes += page.evaluate(
        "[...document.querySelectorAll('.equation[id], .exercise[id]')].map((e) => `#${e.id}`)"
    )
    assert len(hashes) > 30
    # From end to end and back: what lies between has never been seen.
    order = [hash for pair in zip(hashes, reversed(hashes), strict=True) for hash in pair]
    assert {hash: off for hash in order if abs(off := page.evaluate(GO, hash)) > 2} == {}


@pytest.mark.parametrize("width", [1280, 390])
def test_sections_are_about_as_high_as_they_are_taken_to_be(site, opened, width):
    page = opened((site / f"{CHAPTER}.html").as_uri(), viewport={"width": width, "height": 800})
    heights = page.evaluate(HEIGHTS)
    assert len(heights) > 10
    assert {name: (taken, true) for name, taken, true in heights if not 0.6 < taken / true < 1.5} == {}
    assert sum(taken != true for _, taken, true in heights) > 5  # most had not been laid out


def test_what_is_not_laid_out_is_found_and_printed(site, opened):
    page = opened((site / f"{CHAPTER}.html").as_uri(), viewport={"width": 1280, "height": 800})
    last = page.locator(".bd-article > section > section").last
    visible = "(e) => e.firstElementChild.checkVisibility({ contentVisibilityAuto: true })"
    assert not last.evaluate(visible)
    page.emulate_media(media="print")
    assert last.evaluate(visible)
    page.emulate_media(media="screen")
    assert page.evaluate("window.find('What to read next', false, false, true)")
    page.wait_for_function("scrollY > 5000")
