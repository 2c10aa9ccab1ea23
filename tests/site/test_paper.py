"""What a reader prints: light from a dark screen, whole, and with what is folded."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGES = [f"chapters/{name}.html" for name in ("wide", "99_layers", "98_huber", "gallery")]

THEME = "(theme) => document.documentElement.dataset.theme === theme"

#: The weakest contrast to white paper that a text or a line of a legend has, and which text it is.
FAINTEST = """() => {
  const light = (color) => {
    const channel = (x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = color.match(/[\\d.]+/g).map((x) => channel(x / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const texts = document.createTreeWalker(document.querySelector(".bd-article"), NodeFilter.SHOW_TEXT);
  let faintest = [99, ""];
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const element = text.parentElement;
    if (!text.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const contrast = 1.05 / (light(element.closest("svg") ? style.fill : style.color) + 0.05);
    if (contrast < faintest[0]) faintest = [contrast, text.data];
  }
  return faintest;
}"""

#: Boxes that hide a part of what they hold.
CUT = """() => [...document.querySelectorAll(".bd-article :is(pre, .formula, [class*='scrollable'])")]
  .filter((box) => box.checkVisibility() && getComputedStyle(box).overflowX !== "visible")
  .map((box) => box.textContent.slice(0, 40))"""

#: Code and text that paper does not show, although the page holds it. A figure's caption speaks for its code.
MISSING = """() => [...document.querySelectorAll(".bd-article :is(p, li, .cell_input pre)")]
  .filter((e) => !e.checkVisibility())
  .filter((e) => !e.closest(".lossbook-controls, .lossbook-code, .exercise-link, .tick-note"))
  .map((e) => e.textContent.slice(0, 40))"""

#: What is for hands, and what is said twice.
TOO_MUCH = """() => [...document.querySelectorAll(`
    .lossbook-handle, .lossbook-controls, .lossbook-code, .copybtn, details.prepare > summary,
    .bd-header-article, .bd-sidebar-primary, .bd-sidebar-secondary, #jb-print-docs-body`)]
  .filter((element) => element.checkVisibility())
  .map((element) => element.outerHTML.slice(0, 80))"""

#: What would be torn apart at the end of a page: a heading from its text, a picture or a cell in itself.
TORN = """() => {
  const style = (property, selector) => [...document.querySelectorAll(`.bd-article ${selector}`)]
    .filter((e) => e.checkVisibility() && getComputedStyle(e)[property] !== "avoid")
    .map((e) => `${property} of ${e.outerHTML.slice(0, 60)}`);
  return [
    ...style("breakAfter", ":is(h1, h2, h3, h4, summary, .lossbook-picture)"),
    ...style("breakInside", ":is(.lossbook-picture, summary, .one-card, div.exercise)"),
  ];
}"""

#: Boxes that keep code, or what it printed, on one page however long: the page before would end in a gap.
UNBROKEN = """() => {
  const breaks = ({ display, overflowY, breakInside }) =>
    display === "block" && overflowY === "visible" && breakInside === "auto";
  const held = new Set();
  for (const pre of document.querySelectorAll(".bd-article div.cell pre")) {
    if (!pre.checkVisibility() || pre.closest(".one-card, div.exercise")) continue;
    for (let box = pre; box.tagName !== "SECTION"; box = box.parentElement)
      if (!breaks(getComputedStyle(box))) held.add(box.cloneNode().outerHTML);
  }
  return [...held];
}"""


@pytest.fixture
def visit(sample, serve, opened):
    """A function that opens a page of the sample."""
    return lambda name, **options: opened(serve(sample) + name, **options)


@pytest.mark.parametrize("name", PAGES)
def test_a_dark_page_is_printed_dark_on_white_and_in_full(visit, name):
    page = visit(name, color_scheme="dark", viewport={"width": 700, "height": 990})
    page.wait_for_function(THEME, arg="dark")
    page.emulate_media(media="print")
    page.wait_for_function(THEME, arg="light")
    contrast, text = page.evaluate(FAINTEST)
    assert contrast > 4.5, text
    assert page.evaluate(CUT) == []
    assert page.evaluate(MISSING) == []
    assert page.evaluate(TOO_MUCH) == []
    assert page.evaluate(TORN) == []
    assert page.evaluate(UNBROKEN) == []
    assert page.locator("h1:visible").count() == 1
    page.emulate_media(media="screen")
    page.wait_for_function(THEME, arg="dark")


def test_the_printing_itself_makes_a_dark_page_light_and_leaves_it_dark(visit):
    page = visit(PAGES[1], color_scheme="dark")
    page.evaluate("addEventListener('beforeprint', () => { on = document.documentElement.dataset.theme; })")
    assert re.match(rb"%PDF", page.pdf())
    assert page.evaluate("[on, document.documentElement.dataset.theme]") == ["light", "dark"]


def test_a_long_line_of_code_goes_on_in_the_next(visit):
    page = visit(PAGES[0], viewport={"width": 700, "height": 990})
    page.emulate_media(media="print")
    line = page.locator(".cell_input pre").first
    assert line.evaluate("(pre) => pre.scrollWidth <= pre.clientWidth + 1")
    assert line.evaluate("(pre) => pre.clientHeight > 2 * parseFloat(getComputedStyle(pre).lineHeight)")


def test_code_of_fewer_than_ten_lines_stays_on_one_page(visit):
    page = visit(PAGES[0])
    page.emulate_media(media="print")
    pre = "(pre) => { const { orphans, widows } = getComputedStyle(pre); return [orphans, widows]; }"
    assert page.locator(".cell_input pre").first.evaluate(pre) == ["5", "5"]
