"""Formulas, tables and code too wide for the screen scroll in boxes of their own; the page never does."""

import pytest

pytestmark = pytest.mark.browser

#: The wide things on the sample page.
BOXES = {
    "formula": "mjx-container[display='true']",
    "table": ".pst-scrollable-table-container",
    "code": ".cell_input pre",
    "output": ".cell_output pre",
}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OVERFLOW = "(box) => box.scrollWidth - box.clientWidth"


@pytest.mark.parametrize("width", [360, 1280])
def test_wide_things_scroll_in_boxes_of_their_own(sample, serve, opened, width):
    page = opened(f"{serve(sample)}chapters/wide.html", viewport={"width": width, "height": 800})
    assert page.evaluate(SIDEWAYS) == 0
    names = []
    for kind, selector in BOXES.items():
        box = page.locator(selector).first
        assert box.evaluate(OVERFLOW) > 0, kind
        assert (box.get_attribute("tabindex"), box.get_attribute("role")) == ("0", "region"), kind
        names.append(box.get_attribute("aria-label"))
        assert names[-1].endswith(", scrolls sideways"), kind
    assert len(set(names)) == len(BOXES)


def test_a_wide_formula_in_a_line_of_text_becomes_a_box_on_a_phone(sample, serve, opened):
    page = opened(f"{serve(sample)}chapters/wide.html", viewport={"width": 360, "height": 800})
    short, wide = page.locator("p mjx-container").first, page.locator("p mjx-container").nth(1)
    assert wide.get_attribute("role") == "region"
    assert wide.evaluate(OVERFLOW) > 0
    assert (short.get_attribute("role"), short.get_attribute("tabindex")) == (None, None)


def test_a_box_moves_by_keyboard(sample, serve, opened):
    page = opened(f"{serve(sample)}chapters/wide.html", viewport={"width": 390, "height": 800})
    page.locator(BOXES["formula"]).first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0", timeout=3000)


def test_boxes_come_and_go_with_the_width(sample, serve, opened):
    page = opened(f"{serve(sample)}chapters/wide.html", viewport={"width": 360, "height": 800})
    wide = page.locator("p mjx-container").nth(1)
    assert wide.get_attribute("tabindex") == "0"
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_function("(e) => !e.hasAttribute('tabindex')", arg=wide.element_handle(), timeout=3000)
    assert wide.get_attribute("role") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_among_wide_things(sample, serve, opened, axe, scheme):
    page = opened(f"{serve(sample)}chapters/wide.html", color_scheme=scheme)
    assert axe(page) == []


def test_motion_is_reduced_on_request(site, chapters, serve, opened):
    slowest = """() => Math.max(...[...document.querySelectorAll("*")].map((e) => {
      const style = getComputedStyle(e);
      const times = `${style.transitionDuration}, ${style.animationDuration}`.split(", ").map(parseFloat);
      return Math.max(...times);
    }))"""
    still = opened(serve(site) + chapters[0], reduced_motion="reduce")
    assert still.evaluate(slowest) <= 0.001
    assert still.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    moving = opened(serve(site) + chapters[0], reduced_motion="no-preference")
    assert moving.evaluate(slowest) > 0.05
