"""Who goes through a page by keyboard sees where they are, and stops only where there is something to do."""

import pytest

pytestmark = pytest.mark.browser

#: The element in focus, and whether an outline or a shadow shows that it is.
FOCUS = """() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  const shadow = boxShadow.match(/rgba?\\([^)]*\\) 0px 0px 0px ([\\d.]+)px/)?.[1] ?? 0;
  return {
    name: element === document.body ? "" : element.outerHTML.slice(0, 120),
    ring: Math.max(outlineStyle === "none" ? 0 : parseFloat(outlineWidth), shadow),
    copies: element.matches(".copybtn"),
    output: element.matches(".cell_output button:not(.cell_input *)"),
  };
}"""


#: Pages of the sample, with every kind of thing that chapters have, and the book's own that are no chapters.
SAMPLE = ["chapters/wide", "chapters/98_huber", "chapters/99_layers", "chapters/gallery"]
OWN = ["index", "pages/interview", "404"]


@pytest.mark.parametrize(
    ("book", "name"), [*(("sample", name) for name in SAMPLE), *(("site", name) for name in OWN)]
)
@pytest.mark.parametrize("width", [390, 1280])
def test_every_stop_shows_a_ring_and_no_output_has_a_button(request, serve, opened, book, name, width):
    address = f"{serve(request.getfixturevalue(book))}{name}.html"
    page = opened(address, viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    stops = []
    while not stops or stops[-1]["name"]:
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
        assert len(stops) < 400
    assert len(stops) > 5
    assert [stop["name"] for stop in stops[:-1] if stop["ring"] < 2] == []
    assert not any(stop["output"] for stop in stops)
    copied = page.locator(".cell_input pre")
    assert sum(stop["copies"] for stop in stops) == sum(pre.is_visible() for pre in copied.all())


@pytest.mark.parametrize("name", ["index", "chapters/12_cosine_similarity", "pages/interview", "404"])
def test_the_first_stop_leads_past_the_sidebar(site, serve, opened, name):
    """On the search page it is the field, which the page has in focus from the start."""
    page = opened(f"{serve(site)}{name}.html", reduced_motion="reduce")
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.text_content() == "Skip to main content"
    box = link.bounding_box()
    assert 0 <= box["x"] < box["x"] + box["width"] <= 1280
    assert 0 <= box["y"] < box["y"] + box["height"] <= 900
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#main-content') !== null")
