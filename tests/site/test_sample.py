"""A small book of wide things, exercises, every kind of figure, and a public address: all in full."""

import io
import re

import lxml.html
import pytest
from PIL import Image

from tests.figures.reading import addressed, stored_payloads

pytestmark = pytest.mark.browser

WIDE, TASKS, GALLERY, PICTURES = (
    f"chapters/{name}.html" for name in ("wide", "98_huber", "gallery", "pictures")
)

#: The wide things on the sample's first page.
BOXES = [".equation > .formula", ".pst-scrollable-table-container", ".cell_input pre", ".cell_output pre"]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OVERFLOW = "(box) => box.scrollWidth - box.clientWidth"
#: Whether the text that follows a formula begins in the formula's line, on its right.
STOP_BESIDE = """(formula) => {
  const range = document.createRange();
  range.selectNodeContents(formula.nextSibling);
  const [stop, box] = [range.getBoundingClientRect(), formula.getBoundingClientRect()];
  return stop.width > 0 && stop.left >= box.right - 1 && stop.top < box.bottom;
}"""
SLOWEST = """() => Math.max(...[...document.querySelectorAll("*")].map((e) => {
  const style = getComputedStyle(e);
  return Math.max(...`${style.transitionDuration}, ${style.animationDuration}`.split(", ").map(parseFloat));
}))"""


@pytest.fixture
def visit(sample, serve, opened):
    """A function that opens a page of the sample."""
    return lambda name, **options: opened(serve(sample) + name, **options)


@pytest.mark.parametrize("name", ["index.html", WIDE, TASKS, GALLERY, PICTURES])
def test_axe_finds_nothing_on_a_desk_and_on_a_phone_in_light_and_dark(visit, axe, resized, name):
    page = visit(name, color_scheme="light", reduced_motion="reduce")
    assert axe(page) == []
    page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    resized(page, 360)
    assert page.evaluate(SIDEWAYS) == 0
    assert axe(page) == []


def test_every_kind_of_artist_and_of_control_follows_the_keyboard(visit, sample, move):
    page = visit(GALLERY, viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    payloads = stored_payloads(sample.parents[1] / "chapters/gallery.ipynb")
    assert {p["kind"] for payload in payloads.values() for p in payload["parameters"]} == {
        "slider",
        "choice",
        "check",
    }
    for payload in payloads.values():
        move(page, payload)
    sizes = page.eval_on_selector_all(
        ".lossbook-figure input[type=range], .lossbook-figure select, .lossbook-check",
        "all => all.map(e => e.getBoundingClientRect()).map(r => [r.width, r.height])",
    )
    assert len(sizes) > 12
    assert all(width >= 44 and height >= 44 for width, height in sizes)  # a thumb


def test_figures_saved_from_jupyterlab_stand_still_with_their_words(sample):
    html = (sample / "chapters/saved.html").read_text("utf-8")
    page = lxml.html.fromstring(html)
    stored = stored_payloads(sample.parents[1] / "chapters/saved.ipynb")
    figures = page.xpath("//figure[contains(@class, 'lossbook-figure')]")
    assert len(figures) == len(stored) == len(page.xpath("//div[contains(@class, 'cell_output')]"))
    for figure, payload in zip(figures, stored.values(), strict=True):
        (picture,) = figure.xpath(".//div[@role='img']")
        assert picture.get("aria-label") == payload["alt"]
        assert html.count(addressed(payload["svg"])) == 1
        assert figure.find("figcaption").text.strip() == payload["caption"]
        assert [p.text_content() for p in figure.xpath("p")] == payload["readouts"]
        assert figure.xpath(".//input | .//select | .//script | .//noscript") == []
    stills = "//*[contains(@class, 'cell_output')]//img[not(ancestor::foreignobject)]"
    assert page.xpath(stills) == []  # the picture is there once


# ---- Wide things -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_wide_things_scroll_in_boxes_of_their_own(visit, width):
    page = visit(WIDE, viewport={"width": width, "height": 800})
    assert page.evaluate(SIDEWAYS) == 0
    names = set()
    for selector in BOXES:
        box = page.locator(selector).first
        box.scroll_into_view_if_needed()
        page.wait_for_function("(box) => box.hasAttribute('tabindex')", arg=box.element_handle())
        assert box.evaluate(OVERFLOW) > 0, selector
        assert (box.get_attribute("tabindex"), box.get_attribute("role")) == ("0", "region"), selector
        names.add(box.get_attribute("aria-label"))
    assert len(names) == len(BOXES)
    assert all(name.endswith(", scrolls sideways") for name in names)
    page.locator(BOXES[0]).first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")


def edges(page, box):
    """Whether the left and the right edge of a box differ from its middle, in a line above its content."""
    picture = Image.open(io.BytesIO(box.screenshot())).convert("L")
    left, *_, right = colors = [picture.getpixel((x, 2)) for x in range(4, picture.width - 4)]
    return [abs(edge - colors[len(colors) // 2]) > 8 for edge in (left, right)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("script", [True, False])
def test_a_cut_edge_has_a_shadow(visit, scheme, script):
    options = {"java_script_enabled": script, "faultless": script, "color_scheme": scheme}
    page = visit(WIDE, viewport={"width": 390, "height": 800}, **options)
    for selector in BOXES:
        box = page.locator(selector).first
        box.scroll_into_view_if_needed()
        if script:
            page.wait_for_function("(box) => box.hasAttribute('tabindex')", arg=box.element_handle())
        shaded = []
        for position in (0, 200, 1e6):
            box.evaluate("(box, x) => { box.scrollLeft = x; }", position)
            shaded.append(edges(page, box))
        assert shaded == [[False, True], [True, True], [True, False]], selector


def test_a_formula_in_a_line_of_text_is_a_box_only_where_it_is_too_wide(visit):
    page = visit(WIDE, viewport={"width": 360, "height": 800})
    short, wide = page.locator("p .formula").first, page.locator("p .formula").nth(1)
    assert (short.get_attribute("role"), short.get_attribute("tabindex")) == (None, None)
    for formula in (short, wide):  # the full stop stands beside it
        assert formula.evaluate(STOP_BESIDE)
    assert (wide.get_attribute("role"), wide.get_attribute("tabindex")) == ("region", "0")
    assert wide.evaluate(OVERFLOW) > 0
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_function("(e) => !e.hasAttribute('tabindex')", arg=wide.element_handle())
    assert wide.get_attribute("role") is None


def test_motion_is_reduced_on_request(visit):
    page = visit(WIDE, reduced_motion="no-preference")
    assert page.evaluate(SLOWEST) > 0.05
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(SLOWEST) <= 0.001
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


# ---- Exercises ---------------------------------------------------------------------------------------------


def test_exercises_have_numbers_and_references_name_them(sample):
    html = (sample / TASKS).read_text("utf-8")
    assert re.findall(r'<h3 class="exercise-title">(.*?)</h3>', html) == [
        'Exercise 15.1 · By hand, <span class="formula"><math alttext="x^2"><msup><mi>x</mi><mn>2</mn></msup>'
        "</math></span>",
        'Exercise 15.2 · <code class="docutils literal notranslate"><span class="pre">max</span></code> of '
        "<strong>two</strong>",
    ]
    assert re.findall(r"<summary>(.*?)</summary>", html) == [
        "Solution to exercise 15.1",
        "Solution to exercise 15.2",
    ]
    tree = lxml.html.fromstring(html)
    assert len(set(tree.xpath("//@id"))) == len(tree.xpath("//@id"))
    inside = [(tree.get_element_by_id(f"{kind}-15-2")).text_content() for kind in ("exercise", "solution")]
    assert [
        re.findall(r"Write it|my_max|Not written|Compare|max_solution\(|After", text) for text in inside
    ] == [
        ["Write it", "my_max", "my_max", "Not written"],
        ["Compare", "max_solution("],
    ]
    assert not re.search(r"(exercise|solution)-(start|end)\b", html)
    opening = html[html.index("<p>See ") :].partition("</p>")[0]
    assert re.sub(r"<[^>]*>", "", opening) == "See Exercise 15.2 and Solution to exercise 15.2."
    assert re.findall(r'href="([^"]*)"', opening) == ["#exercise-15-2", "#solution-15-2"]


def test_a_solution_opens_by_keyboard_and_by_links(visit):
    page = visit(TASKS)
    body = page.locator("#solution-15-2")
    assert not body.is_visible()
    page.locator("summary").nth(1).focus()
    for key, is_open in (("Enter", True), ("Space", False), ("Space", True)):
        page.keyboard.press(key)
        assert body.is_visible() == is_open
    assert not page.locator("#solution-15-1").is_visible()
    page.get_by_role("link", name="Go to solution 15.1").click()
    page.locator("#solution-15-1").wait_for()
    page.get_by_role("link", name="Back to exercise 15.1").click()
    assert page.url.endswith("#exercise-15-1")


def test_what_a_solution_holds_works_on_a_phone(visit):
    page = visit(TASKS, viewport={"width": 360, "height": 800})
    for summary in page.locator("summary").all():
        summary.click()
    figure = page.locator("#solution-15-2 .lossbook-figure")
    slider, sentence = figure.locator("input[type=range]").first, figure.locator("[role=status]")
    slider.focus()
    page.keyboard.press("Home")
    said = sentence.inner_text()
    slider.click(position={"x": slider.bounding_box()["width"] - 12, "y": 10})
    assert sentence.inner_text() != said
    formula = page.locator("#solution-15-1 .equation > .formula")
    formula.scroll_into_view_if_needed()
    page.wait_for_function("(box) => box.getAttribute('role') === 'region'", arg=formula.element_handle())
    assert page.evaluate(SIDEWAYS) == 0
    assert page.locator("#solution-15-2").get_by_text("1 of 1 passed").is_visible()


def test_without_javascript_nothing_is_missing(visit):
    page = visit(TASKS, java_script_enabled=False, faultless=False)  # scripts that were asked for early stop
    page.locator("summary").nth(1).click()
    formula = page.locator("h3 math").bounding_box()
    assert formula["width"] > formula["height"] / 2 > 5
    figure = page.locator(".lossbook-figure")
    box = figure.locator("svg").bounding_box()
    assert box["width"] > 300
    assert box["height"] > 150
    assert figure.locator("figcaption").is_visible()
    assert figure.get_by_role("slider").count() == 0  # what cannot work is not offered
    assert "With JavaScript on you can move" in figure.inner_text()
    page.get_by_role("link", name="Go to solution 15.1").click()
    assert page.locator("#solution-15-1").is_visible()


def test_closed_solutions_are_printed(visit):
    page = visit(TASKS)
    height = "document.querySelector('#solution-15-2').closest('details').getBoundingClientRect().height"
    folded = page.evaluate(height)
    assert not page.locator("#solution-15-2").is_visible()
    page.emulate_media(media="print")
    assert page.locator("#solution-15-2").is_visible()
    assert page.evaluate(height) > folded + 300


# ---- What a page loads and offers --------------------------------------------------------------------------


def test_notes_and_warnings_have_icons(visit):
    page = visit(WIDE)
    style = "(e) => { const s = getComputedStyle(e, '::after'); return [s.fontFamily, s.content]; }"
    for kind, character in (("note", "\uf05a"), ("warning", "\uf071")):
        drawn = page.locator(f".admonition.{kind} > .admonition-title").evaluate(style)
        assert drawn == ['"Font Awesome 6 Free"', f'"{character}"']


def test_a_page_loads_only_what_it_uses(visit):
    def names(page):
        return {url.split("?")[0].rsplit("/", 1)[1] for url in page.requested if url.startswith("http")}

    plain, wide, tasks = (names(visit(name)) for name in ("index.html", WIDE, TASKS))
    extra = {"LossBookMath.woff2", "copybutton.js", "figure.js", "98_huber.js"}
    assert plain & extra == set()
    assert wide & extra == {"LossBookMath.woff2", "copybutton.js"}
    assert tasks & extra == extra
    unwanted = {"search-index.js", "search.js", "sphinx_highlight.js", "fontawesome.js"}
    unwanted |= {"documentation_options.js", "doctools.js"}
    assert (plain | wide | tasks) & unwanted == set()


def buttons(path):
    return lxml.html.parse(str(path)).xpath('//div[@class="article-header-buttons"]//a/@href')


def test_an_address_brings_binder_colab_and_source(visit, sample):
    repository = "https://github.com/example-owner/example-name"
    found = buttons(sample / WIDE)
    assert repository in found
    assert any(link.startswith(f"{repository}/issues/new") for link in found)
    binder = "https://mybinder.org/v2/gh/example-owner/example-name/main?urlpath=lab/tree/chapters/wide.ipynb"
    colab = (
        "https://colab.research.google.com/github/example-owner/example-name/blob/main/chapters/wide.ipynb"
    )
    assert {binder, colab} <= set(found)
    assert not [link for link in buttons(sample / "index.html") if "binder" in link or "colab" in link]
    page = visit(WIDE)
    page.locator(".dropdown-launch-buttons > button").click()
    assert page.locator(".dropdown-launch-buttons a").first.is_visible()


def test_no_address_no_buttons(site):
    is_public = 'url: ""' not in (site.parents[1] / "_config.yml").read_text("utf-8")
    for path in [site / "index.html", *site.glob("chapters/*.html")]:
        links = [link for link in buttons(path) if link.startswith("http")]
        assert bool(links) == is_public, path.name
