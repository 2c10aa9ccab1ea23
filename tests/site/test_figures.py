"""Figures in a real browser: moved by keyboard, equal to what was drawn, whole without JavaScript."""

import gallery
import pytest
from reading import payload_of, positions_of, stored_payloads

from lossbook.figures.engine import style
from lossbook.figures.engine.page import figure_html
from lossbook.site.figures import ASSETS

pytestmark = pytest.mark.browser

#: Every artist; the two figures of 225 positions differ from the others in nothing that a browser sees.
DRAWS = [draw for draw in gallery.FIGURES if draw not in (gallery.draw_panels, gallery.draw_path)]

#: Attributes of all elements of a figure's picture, in document order, at each of its positions.
ALL_POSITIONS = """([name, count]) => {
  const figure = document.getElementById("figure-" + name);
  const inputs = [...figure.querySelectorAll("input, select")];
  const lengths = inputs.map((e) => e.type === "checkbox" ? 2 : e.type === "range" ? +e.max + 1 : e.length);
  const states = [];
  for (let position = 0; position < count; position++) {
    let rest = position;
    for (let k = inputs.length - 1; k >= 0; k--) {
      const at = rest % lengths[k];
      rest = (rest - at) / lengths[k];
      if (inputs[k].type === "checkbox") inputs[k].checked = at === 1; else inputs[k].value = at;
    }
    if (inputs.length) inputs[0].dispatchEvent(new Event("input", {bubbles: true}));
    const readout = figure.querySelector(".lossbook-readout");
    states.push([
      readout && readout.textContent,
      [...figure.querySelectorAll("svg, svg *")].map((e) => [
        e.tagName, e.children.length ? "" : e.textContent,
        Object.fromEntries([...e.attributes].map((a) => [a.name, a.value])),
      ]),
    ]);
  }
  return states;
}"""


@pytest.fixture(scope="module")
def payloads():
    return {draw: payload_of(draw, gallery.FIGURES[draw][0]) for draw in DRAWS}


@pytest.fixture(scope="module")
def gallery_page(payloads, tmp_path_factory):
    """A page with one figure of every kind, as a file."""
    folder = tmp_path_factory.mktemp("gallery")
    figures = "".join(figure_html(payload) for payload in payloads.values())
    script, sheet = ((ASSETS / name).read_text("utf-8") for name in ("figure.js", "figure.css"))
    (folder / "fonts").symlink_to(ASSETS / "fonts")
    path = folder / "gallery.html"
    path.write_text(
        '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8"><title>Gallery</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{style.css_variables()}{sheet}"
        "body{color:var(--lossbook-ink);background:var(--lossbook-paper)}</style>"
        f"<main><h1>Gallery</h1>{figures}</main>"
        f"<script>{script}</script></html>",
        "utf-8",
    )
    return path.as_uri()


def test_the_browser_shows_each_position_as_it_was_drawn(payloads, gallery_page, opened):
    page = opened(gallery_page)
    for draw, payload in payloads.items():
        count = max(1, len(payload["readouts"]))
        states = page.evaluate(ALL_POSITIONS, [payload["name"], count])
        for position, tree in enumerate(positions_of(payload, range(count))):
            readout, elements = states[position]
            wanted = [[n.tag, n.text if not n.children else "", n.attributes] for n in tree.walk()]
            assert elements == wanted, (draw.__name__, position)
            assert (payload["readouts"] or [None])[position] == readout
    assert page.complaints == []
    assert page.failed == []


def test_the_gallery_is_accessible_and_fits_the_narrowest_phone(gallery_page, opened, axe):
    page = opened(gallery_page, viewport={"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe(page) == []
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert axe(page) == []


def test_controls_are_large_enough_for_a_thumb(gallery_page, opened):
    page = opened(gallery_page, viewport={"width": 360, "height": 800})
    sizes = page.eval_on_selector_all(
        ".lossbook-figure input[type=range], .lossbook-figure select, .lossbook-check",
        "all => all.map(e => e.getBoundingClientRect()).map(r => [r.width, r.height])",
    )
    assert len(sizes) > 12
    assert all(width >= 44 and height >= 44 for width, height in sizes)


def test_choices_and_boxes_work_by_keyboard(gallery_page, opened):
    page = opened(gallery_page)
    figure = page.locator("#figure-layers")
    readout = figure.locator(".lossbook-readout")
    assert readout.text_content() == "20 points, a solid line, no band."
    figure.get_by_role("combobox", name="line").focus()
    page.keyboard.press("ArrowDown")
    assert readout.text_content() == "20 points, a dotted line, no band."
    figure.get_by_role("checkbox", name="show the band").focus()
    page.keyboard.press("Space")
    assert readout.text_content() == "20 points, a dotted line, a band."


def test_every_slider_of_the_chapters_moves_its_figure_by_keyboard(site, chapters, opened):
    """From files and without a network: arrow keys, Home and End; value, unit and readout follow."""
    moved = 0
    for chapter in chapters:
        page = opened((site / chapter).as_uri(), offline=True)
        for name, payload in stored_payloads(chapter.split("/")[1].replace(".html", ".ipynb")).items():
            figure = page.locator(f"#figure-{name}")
            assert figure.get_by_role("img", name=payload["alt"]).count() == 1
            for parameter in payload["parameters"]:
                if parameter["kind"] == "slider":
                    walk_slider(page, figure, parameter)
                    moved += 1
        assert page.complaints == []
    assert moved >= 3


def walk_slider(page, figure, parameter):
    """Press End, Home and an arrow on one slider, and look at everything that has to follow."""
    label = parameter["label"] + (f" ({parameter['unit']})" if parameter["unit"] else "")
    slider = figure.get_by_role("slider", name=label, exact=True)
    slider.focus()
    pictures, readouts = set(), set()
    for key, number in [("End", -1), ("Home", 0), ("ArrowRight", 1), ("ArrowLeft", 0)]:
        page.keyboard.press(key)
        text = parameter["texts"][number]
        assert slider.get_attribute("aria-valuetext") == f"{text} {parameter['unit']}".rstrip()
        assert slider.locator("xpath=../output").text_content() == text
        pictures.add(figure.locator("svg").inner_html())
        readouts.add(figure.locator("[role=status]").text_content())
    assert len(pictures) == 3, f"{label}: the picture did not follow"
    assert len(readouts) == 3, f"{label}: the readout did not follow"


def test_without_javascript_nothing_is_missing(site, chapters, browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    for chapter in chapters:
        page.goto((site / chapter).as_uri())
        for name, payload in stored_payloads(chapter.split("/")[1].replace(".html", ".ipynb")).items():
            figure = page.locator(f"#figure-{name}")
            box = figure.locator("svg").bounding_box()
            assert box["width"] > 300
            assert box["height"] > 150
            assert payload["caption"] in figure.inner_text()
            assert figure.get_by_role("slider").count() == 0  # what cannot work is not offered
            if payload["parameters"]:
                assert "With JavaScript on you can move" in figure.inner_text()
    context.close()


def test_the_landing_page_has_a_live_figure_in_both_themes(site, opened):
    strokes = set()
    for scheme in ("light", "dark"):
        page = opened((site / "index.html").as_uri(), color_scheme=scheme, offline=True)
        slider = page.get_by_role("slider").first
        before = page.locator(".lossbook-figure svg").first.inner_html()
        slider.focus()
        page.keyboard.press("Home")
        assert page.locator(".lossbook-figure svg").first.inner_html() != before
        curve = page.locator("[data-artist] path, path[data-artist]").first
        strokes.add(curve.evaluate("e => getComputedStyle(e).stroke"))
    assert len(strokes) == 2  # the palette follows the theme
