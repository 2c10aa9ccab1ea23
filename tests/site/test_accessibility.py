"""axe-core with every rule it has, on every page, in light and dark; and boxes that scroll instead of pages."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

pytestmark = pytest.mark.browser

#: All of axe's rules, those for the strictest level and the experimental ones included.
RUN_AXE = """async () => {
  const rules = Object.fromEntries(axe.getRules().map((rule) => [rule.ruleId, {enabled: true}]));
  const result = await axe.run({rules, resultTypes: ["violations"]});
  return {
    violations: result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 120)}`)),
    rules: Object.keys(rules).length,
    passed: result.passes.length,
  };
}"""

WIDTHS = [360, 390]

#: How far the page reaches to the right of the screen, and the elements that do so outside of any scroll box.
SIDEWAYS = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""

#: Boxes with more in them than they show, sideways: [kind, can be focused, role, name].
SCROLL_BOXES = """() => [...document.querySelectorAll(".bd-article *")]
  .filter((e) => ["auto", "scroll"].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1)
  .map((e) => [e.tagName.toLowerCase(), e.tabIndex === 0, e.getAttribute("role"), e.getAttribute("aria-label")])"""


def check(page, name):
    page.evaluate(AXE_SCRIPT)
    result = page.evaluate(RUN_AXE)
    assert result["violations"] == [], name
    assert result["rules"] > 90
    assert result["passed"] > 20


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_among_wide_things(sample, serve, opened, scheme):
    check(opened(serve(sample) + "chapters/wide.html", color_scheme=scheme), "the sample page")


@pytest.mark.parametrize("width", [360, 1280])
def test_wide_things_scroll_in_boxes_of_their_own(sample, serve, opened, width):
    page = opened(serve(sample) + "chapters/wide.html", viewport={"width": width, "height": 800})
    assert page.evaluate(SIDEWAYS) == 0
    boxes = page.evaluate(SCROLL_BOXES)
    assert {kind for kind, *_ in boxes} >= {"mjx-container", "div", "pre"}
    for kind, focusable, role, label in boxes:
        assert focusable and role == "region" and label.endswith("scrolls sideways"), (kind, label)
    labels = [label for *_, label in boxes]
    assert len(set(labels)) == len(labels)


def test_a_scroll_box_moves_by_keyboard(sample, serve, opened):
    page = opened(serve(sample) + "chapters/wide.html", viewport={"width": 390, "height": 800})
    formula = page.locator("mjx-container[tabindex='0']").first
    formula.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0", timeout=3000)


def test_boxes_that_fit_are_no_stops(sample, serve, opened):
    page = opened(serve(sample) + "chapters/wide.html")
    inline = page.locator("p mjx-container").first
    assert inline.get_attribute("tabindex") is None
    assert inline.get_attribute("role") is None


def test_motion_is_reduced_on_request(site, chapters, serve, opened):
    slowest = """() => Math.max(...[...document.querySelectorAll("*")].map((e) => {
      const style = getComputedStyle(e);
      const times = `${style.transitionDuration}, ${style.animationDuration}`.split(", ").map(parseFloat);
      return Math.max(...times);
    }))"""
    page = opened(serve(site) + chapters[0], reduced_motion="reduce")
    assert page.evaluate(slowest) <= 0.001
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    moving = opened(serve(site) + chapters[0], reduced_motion="no-preference")
    assert moving.evaluate(slowest) > 0.05
