"""Pictures that are files: fetched late, shown as drawn, wiped by key and by hand, and on paper."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from docutils import nodes

from lossbook.site.figures import add_files, stored_figure
from tests.figures import gallery
from tests.figures.reading import addressed, pixels, stored_payloads
from tests.site.conftest import READY

pytestmark = pytest.mark.browser

PAGE = "chapters/pictures.html"

#: The colors of the pictures that a figure shows, in rows of numbers, once they are there.
PIXELS = """async (figure) => Promise.all([...figure.querySelectorAll("img")].map(async (image) => {
  await image.decode();
  const canvas = document.createElement("canvas"), size = [image.naturalWidth, image.naturalHeight];
  [canvas.width, canvas.height] = size;
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return [...context.getImageData(0, 0, ...size).data];
}))"""
#: Whether the pictures that a figure will show are there.
FETCHED = "({ fetched }) => fetched && fetched.every((image) => image.complete && image.naturalWidth)"
#: Left, top, width and height of each picture's place, and of the picture in it.
BOXES = """(figure) => [...figure.querySelectorAll("img")].map((e) => [e.parentNode, e].map((one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  return [left, top, width, height];
}))"""


@pytest.fixture
def visit(sample, serve, opened):
    """A function that opens the page of pictures over http, or as a file, and returns it and its figures."""

    def open_page(as_file=False, **options):
        page = opened((sample / PAGE).as_uri() if as_file else serve(sample) + PAGE, **options)
        return page, [page.locator(f"#figure-{name}") for name in ("photo", "views", "wipe")]

    return open_page


def asked_for(page):
    """The pictures that a page has asked for."""
    return {url.rpartition("/")[2] for url in page.requested if url.endswith(".webp")}


def names(text):
    return set(re.findall(r"_images/(\w+\.webp)", text))


def near(figure):
    figure.evaluate("(figure) => figure.scrollIntoView({ block: 'center', behavior: 'instant' })")


def colors(figure):
    """What a figure's pictures show, in [0, 1]."""
    return [np.reshape(flat, (-1, 128, 4))[..., :3] / 255 for flat in figure.evaluate(PIXELS)]


@pytest.mark.parametrize("as_file", [False, True])
def test_pictures_of_later_positions_are_fetched_once_the_figure_is_near(visit, as_file):
    page, (_, views, _) = visit(as_file, reduced_motion="reduce")
    page.wait_for_load_state("networkidle")
    start = names(page.locator(".lossbook-svg").evaluate_all("(all) => all.map((e) => e.outerHTML).join()"))
    every = names(views.inner_html() + page.evaluate("lossbookFigures['figure-views']"))
    assert not asked_for(page) - start
    assert page.locator("img[loading=lazy]").count() == page.locator(".lossbook-svg img").count() == 5
    assert len(every - start) >= 3
    near(views)
    page.wait_for_function(FETCHED, arg=views.element_handle())
    assert every <= asked_for(page)
    before = len(page.requested)
    views.get_by_role("slider").press("End")
    views.locator("img").last.evaluate("(image) => image.decode()")
    assert len(page.requested) == before  # it had been fetched


def test_each_position_shows_what_was_drawn_and_says_so(visit):
    _, (photo, views, _) = visit(reduced_motion="reduce")
    near(photo)
    assert np.abs(colors(photo)[0] - np.concatenate([gallery.scene(0.5)] * 4)).mean() < 4 / 255
    near(views)
    slider, choice = views.get_by_role("slider"), views.get_by_role("combobox")
    for key, shown, w in (("Home", "ripples", 0.5), ("End", "ripples", 2.0), ("End", "waves", 3.0)):
        slider.press(key)
        choice.select_option(shown)
        left, right = colors(views)
        assert np.abs(left - gallery.scene(1.0)).mean() < 4 / 255
        assert np.abs(right - gallery.scene(w)).mean() < 4 / 255
        alt = gallery.alt_views(min(w, 2.0), shown)
        assert views.get_by_role("img", name=alt, exact=True).count() == 1


def test_a_wipe_follows_the_keys(visit):
    _, (_, _, wipe) = visit(reduced_motion="reduce")
    slider = wipe.get_by_role("slider", name="narrow (%)", exact=True)
    shares = []
    for key in (None, "ArrowLeft", "Home", "End"):
        slider.press(key) if key else slider.focus()
        (below, _), (above, cut) = wipe.evaluate(BOXES)
        shares.append((round(100 * above[2] / below[2]), slider.get_attribute("aria-valuetext")))
        assert np.abs(np.subtract(cut, below)).max() < 1  # the upper picture lies on the lower one
    assert shares == [(50, "50 %"), (49, "49 %"), (0, "0 %"), (100, "100 %")]


@pytest.mark.parametrize("touch", [False, True])
def test_a_wipe_follows_mouse_and_finger(visit, touch):
    options = (
        {"viewport": {"width": 390, "height": 700}, "has_touch": True, "is_mobile": True} if touch else {}
    )
    page, (_, _, wipe) = visit(**options)
    page.emulate_media(reduced_motion="reduce")
    near(wipe)
    # Sections above are laid out as they come near, which moves this one.
    page.wait_for_load_state("networkidle")
    wipe.get_by_role("slider").wait_for()
    near(wipe)
    page.evaluate(READY)
    (left, top, width, height), _ = wipe.evaluate(BOXES)[0]
    places = [(left + share * width, top + height / 3) for share in (0.5, 0.6, 0.7, 0.8)]
    if touch:
        finger = page.context.new_cdp_session(page)
        for kind, at in [("touchStart", 0), *[("touchMove", k) for k in (1, 2, 3)], ("touchEnd", None)]:
            points = [] if at is None else [dict(zip("xy", places[at], strict=True))]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    else:
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places:
            page.mouse.move(*place)
        page.mouse.up()
    assert wipe.get_by_role("slider").input_value() == "80"
    assert wipe.evaluate(BOXES)[1][0][2] == pytest.approx(0.8 * width, abs=1)
    # Left of the line is the one picture, right of it the other.
    seen = pixels(page.screenshot()) / 255
    for share, scene in ((0.75, 1.0), (0.85, 3.0)):
        color = seen[int(top + 0.9 * height), int(left + share * width)]
        assert np.abs(color - gallery.scene(scene)[86, int(share * 128)]).max() < 0.1


def test_dark_mode_leaves_pictures_as_they_are(visit):
    page, (_, views, _) = visit(color_scheme="light")
    shots = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("(theme) => document.documentElement.dataset.theme === theme", arg=scheme)
        near(views)
        page.wait_for_function(FETCHED, arg=views.element_handle())
        shots.append(pixels(views.locator("img").last.screenshot())[3:-3, 3:-3])  # without the paper's edge
    assert np.array_equal(*shots)


@pytest.mark.parametrize("width", [1280, 390])
def test_pictures_fill_their_places_and_nothing_scrolls_sideways(visit, width):
    page, figures = visit(viewport={"width": width, "height": 800})
    for figure in figures[:2]:
        for place, image in figure.evaluate(BOXES):
            assert np.abs(np.subtract(place, image)).max() < 0.5
            assert image[2] / image[3] == pytest.approx(
                128 / (96 * (4 if figure is figures[0] else 1)), abs=0.02
            )
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_without_javascript_and_on_paper_the_start_is_shown(visit, sample):
    page, (_, views, wipe) = visit(java_script_enabled=False, faultless=False)
    page.wait_for_load_state("networkidle")
    stored = stored_payloads(sample.parents[1] / "chapters/pictures.ipynb")
    start = set.union(*(names(addressed(payload["svg"])) for payload in stored.values()))
    assert asked_for(page) == start
    (below, _), (above, _) = wipe.evaluate(BOXES)
    assert above[2] == pytest.approx(below[2] / 2, abs=1)
    assert views.get_by_role("slider").count() == 0
    page, _ = visit()
    paper = page.pdf()
    assert asked_for(page) >= start
    assert paper.count(b"/Subtype /Image") >= len(start)


def test_a_page_that_borrows_a_figure_has_its_pictures(sample, tmp_path):
    node = stored_figure(sample.parents[1] / "chapters/pictures.ipynb", "wipe")
    builder = SimpleNamespace(imagedir="_images")
    nothing = {"add_css_file": lambda *a, **k: None, "add_js_file": lambda *a, **k: None}
    app = SimpleNamespace(builder=builder, outdir=tmp_path, **nothing)
    context = {"body": node.astext(), "pathto": lambda uri, resource: f"up/{uri}"}
    add_files(app, "index", "page.html", context, nodes.container("", node))
    addresses = re.findall('src="([^"]*)"', context["body"])
    assert [address.rpartition("/")[0] for address in addresses] == ["up/_images"] * 2
    files = {path.name: path.read_bytes() for path in (tmp_path / "_images").iterdir()}
    assert set(files) == {address.rpartition("/")[2] for address in addresses}
    assert all(content[8:12] == b"WEBP" for content in files.values())
