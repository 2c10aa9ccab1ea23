"""Figures taken by hand: mouse and finger, gliding and standing still, with everything that follows."""

import re

import numpy as np
import pytest

from tests.figures import gallery
from tests.figures.reading import canvas_and_grid, outline, parse

pytestmark = pytest.mark.browser

GALLERY = "chapters/gallery.html"
DRAW = gallery.draw_handles
ARGUMENTS, _ = gallery.FIGURES[DRAW]

#: Says the picture as markup without the namespace, which the stored one does not spell out.
MARKUP = """(figure) => new XMLSerializer().serializeToString(figure.querySelector(".lossbook-svg"))"""
#: Counts what fires while a reader drags, and collects every picture that is seen on the way.
WATCH = """(figure) => {
  figure.fired = 0;
  figure.addEventListener("input", () => { figure.fired += 1; });
}"""
# Move the slider to its end and return what is seen, frame by frame. The page's clock is ours: a frame takes
# 16 ms however busy the machine is.
FRAMES = """(figure) => {
  const [input, svg] = ["input[type=range]", ".lossbook-svg"].map((s) => figure.querySelector(s)), seen = [];
  const real = window.requestAnimationFrame;
  let time = performance.now(), waiting = [];
  window.requestAnimationFrame = (call) => waiting.push(call);
  performance.now = () => time;
  input.value = input.max;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  for (let frame = 0; frame < 30; frame += 1) {
    const now = new XMLSerializer().serializeToString(svg);
    if (now !== seen.at(-1)) seen.push(now);
    time += 16;
    for (const call of waiting.splice(0)) call(time);
  }
  window.requestAnimationFrame = real;
  delete performance.now;
  return seen;
}"""


@pytest.fixture(scope="module")
def fresh():
    """A function that draws a position of the gallery's figure anew and returns its outline and sentence."""
    canvas, grid = canvas_and_grid(DRAW, ARGUMENTS)
    canvas.png(grid.first)  # the layout is that of the start

    def draw(**values):
        frame = canvas.frame(values)
        return outline(frame.body), frame.readout

    return draw


@pytest.fixture
def held(sample, serve, opened):
    """A function that opens the gallery and returns its page and the figure with handles."""

    def open_figure(**options):
        page = opened(serve(sample) + GALLERY, **options)
        figure = page.locator("#figure-handles")
        figure.evaluate("(figure) => figure.scrollIntoView({ block: 'center' })")
        figure.evaluate(WATCH)
        return page, figure

    return open_figure


def picture(markup):
    """The outline of a picture on the page, with tags and attributes named as in the stored one."""
    return outline(parse(re.sub(r' xmlns(:\w+)?="[^"]*"', "", markup)))


def shown(figure):
    """Outline of the picture that a figure shows, and its sentence."""
    return picture(figure.evaluate(MARKUP)), figure.locator("[role=status]").inner_text()


def sliders(figure):
    return [int(box.input_value()) for box in figure.locator("input[type=range]").all()]


def middle(figure):
    """The middle of the grip that moves in the plane, in pixels of the window."""
    box = figure.locator(".lossbook-handle").nth(1).bounding_box()
    return np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])


def data_of(figure):
    """What the page's own script brings for a figure."""
    return figure.evaluate("(figure) => JSON.parse(lossbookFigures[figure.id])")


def step(figure):
    """How far apart the window's places of x = 0, 1 and y = 0, 1 are, in pixels."""
    data = data_of(figure)
    scale = figure.locator(".lossbook-svg").bounding_box()["width"] / (72 * 6.4)
    handle = data["handles"][1]
    across, up = handle["x"][len(gallery.UP.values)] - handle["x"][0], handle["y"][1]
    return np.array([across, up]) * scale / 10


def test_a_drag_ends_at_the_nearest_position_and_shows_it_as_drawn_anew(held, fresh):
    page, figure = held(reduced_motion="reduce")
    assert sliders(figure) == [1, 2]
    start, unit = middle(figure), step(figure)
    page.mouse.move(*np.add(start, [3, 4]))
    page.mouse.down()
    assert sliders(figure) == [1, 2]  # taken beside its middle, it stays
    page.mouse.move(*np.add(start, [3, 4]) + [2.3, -1.8] * unit, steps=7)
    page.mouse.up()
    assert sliders(figure) == [3, 0]
    assert np.abs(middle(figure) - start - [2, -2] * unit).max() < 1
    assert shown(figure) == fresh(mark=False, x=4, y=1)
    assert figure.evaluate("(figure) => figure.fired") >= 2
    # When let go it no longer follows; a drag beyond the last place ends there; the box stays as it is.
    page.mouse.move(*start)
    assert sliders(figure) == [3, 0]
    figure.get_by_role("checkbox").check()
    page.mouse.move(*middle(figure))
    page.mouse.down()
    page.mouse.move(5, 5, steps=3)
    page.mouse.up()
    assert shown(figure) == fresh(mark=True, x=1, y=4)


@pytest.mark.parametrize(("way", "end"), [((1.1, -5), [2, 0]), ((7, 0.9), [5, 3]), ((-4, -2), [0, 0])])
def test_beyond_its_last_places_a_point_goes_on_sideways(held, way, end):
    page, figure = held(reduced_motion="reduce")
    assert sliders(figure) == [1, 2]
    start, unit = middle(figure), step(figure)
    page.mouse.move(*start)
    page.mouse.down()
    # Far out, up or to the side: what the other coordinate says still counts.
    page.mouse.move(*start + way * unit)
    page.mouse.up()
    assert sliders(figure) == end


@pytest.mark.parametrize(
    ("beside", "grips", "end"),
    [
        ((0, 0), 2, [2, 1]),  # on the point, which lies on the line
        ((16, 0), 3, [2, 1]),  # between point and dot, nearer to the point; the dot's grip lies on top
        ((35, 0), 1, [1, 1]),  # on the dot, which only moves up and down
        ((0, 66), 1, [2, 2]),  # on the line, which only moves sideways
    ],
)
def test_where_grips_overlap_the_nearest_takes_it(held, beside, grips, end):
    page, figure = held(reduced_motion="reduce")
    place = middle(figure) + beside
    under = "([x, y]) => document.elementsFromPoint(x, y).filter((e) => e.matches('.lossbook-handle')).length"
    assert page.evaluate(under, place.tolist()) == grips
    page.mouse.move(*place)
    page.mouse.down()
    page.mouse.move(*place + [1, -1] * step(figure), steps=5)
    page.mouse.up()
    assert sliders(figure) == end


def test_where_its_path_crosses_itself_a_handle_goes_on(held):
    page, _ = held(reduced_motion="reduce")
    loop = page.locator("#figure-loop")
    loop.evaluate("(figure) => figure.scrollIntoView({ block: 'center' })")
    handle = data_of(loop)["handles"][0]
    box = loop.locator(".lossbook-svg").bounding_box()
    places = np.column_stack([np.cumsum(handle[axis]) for axis in "xy"]) / 10
    places = places * box["width"] / (72 * 6.4) + [box["x"], box["y"]]
    assert np.abs(places[16] - places[0]).max() < 1
    page.mouse.move(*places[10])
    page.mouse.down()
    met = []
    for place in places[11:24]:
        page.mouse.move(*place)
        met += sliders(loop)
    page.mouse.up()
    assert met == list(range(11, 24))


def test_a_finger_drags_a_handle_and_elsewhere_scrolls_the_page(held, fresh):
    page, figure = held(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    page.emulate_media(reduced_motion="reduce")
    touch = page.context.new_cdp_session(page)

    def swipe(begin, way):
        for kind, share in (("touchStart", 0), *(("touchMove", k / 8) for k in range(1, 9)), ("touchEnd", 1)):
            x, y = begin + np.multiply(way, share)
            points = [] if kind == "touchEnd" else [{"x": float(x), "y": float(y)}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    before, place = page.evaluate("scrollY"), middle(figure)
    assert (
        figure.locator(".lossbook-handle").last.evaluate("(e) => getComputedStyle(e).touchAction") == "none"
    )
    swipe(place, [1, -2] * step(figure))
    assert sliders(figure) == [2, 0]
    assert shown(figure) == fresh(mark=False, x=3, y=1)
    assert page.evaluate("scrollY") == before
    # The same movement beside the handles belongs to the page.
    box = figure.locator(".lossbook-svg").bounding_box()
    swipe(np.array([box["x"] + box["width"] * 0.85, box["y"] + box["height"] * 0.7]), [0, -90])
    page.wait_for_function("(before) => scrollY > before + 40", arg=before)
    assert sliders(figure) == [2, 0]


def test_between_positions_numbers_glide_and_rest_on_true_ones(held, fresh):
    page, figure = held(reduced_motion="no-preference")
    pictures = [picture(markup) for markup in figure.evaluate(FRAMES)]
    end, sentence = fresh(mark=False, x=6, y=3)
    assert len(pictures) > 2
    assert (pictures[-1], shown(figure)[1]) == (end, sentence)
    # On the way only numbers differ from where it goes.
    number = re.compile(r"-?\d+(\.\d+)?")
    assert {number.sub("#", one) for one in pictures} == {number.sub("#", end)}
    page.emulate_media(reduced_motion="reduce")
    figure.get_by_role("slider").first.evaluate("(slider) => { slider.max = slider.value - 3; }")
    assert [picture(markup) for markup in figure.evaluate(FRAMES)] == [fresh(mark=False, x=3, y=3)[0]]


def test_code_opens_at_the_captions_end_without_javascript(sample, serve, opened):
    page = opened(serve(sample) + GALLERY, java_script_enabled=False, faultless=False)
    assert page.locator(".admonition.hide").count() == 0  # nothing announces the code above a picture
    for draw in gallery.FIGURES:
        caption = page.locator(f"#figure-{draw.__name__[5:].replace('_', '-')} figcaption")
        assert re.fullmatch(rf"What to look for\.\s+code\s+{draw.__name__}\(\)\s*", caption.text_content())
    code = caption.get_by_text(draw.__name__)
    caption.locator("summary").focus()
    for key, is_open in (("Enter", True), ("Space", False), ("Space", True), ("Enter", False)):
        page.keyboard.press(key)
        assert code.is_visible() == is_open
    page.emulate_media(media="print")
    assert not code.is_visible()  # on paper the caption speaks for it
    assert caption.is_visible()
    assert draw.__name__ in (sample / "search-index.js").read_text("utf-8")


def test_controls_stay_at_hand_only_where_a_figure_is_taller_than_the_window(held):
    page, figure = held(viewport={"width": 390, "height": 260})
    edges = """(figure) => {
      const bottom = (selector) => figure.querySelector(selector).getBoundingClientRect().bottom;
      figure.scrollIntoView({ block: "start", behavior: "instant" });
      return [bottom(".lossbook-controls"), innerHeight, bottom(".lossbook-picture")];
    }"""
    controls, window, picture = figure.evaluate(edges)
    assert abs(controls - window) <= 1 < picture - window + 140  # three rows over the picture's lower part
    figure.get_by_role("slider").last.press("End")
    assert sliders(figure)[1] == 3
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function("innerWidth === 1280")
    assert figure.evaluate(edges)[0] > figure.evaluate(edges)[2]
