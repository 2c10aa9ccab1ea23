"""What a notebook cell displays: the bundle, its refusals, the live widget and the still that is kept."""

import base64
import io
import json
import sys
from functools import partial

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from lossbook.figures import Check, Choice, Slider, explore, show
from lossbook.figures.engine import FIGURE_MIME, PAYLOAD_VERSION, display
from lossbook.figures.engine.canvas import Canvas
from lossbook.figures.engine.live import WIDGET_VIEW_MIME, widget
from lossbook.figures.engine.parameters import Grid

WORDS = {"caption": "What to look for.", "alt": "A line whose slope changes."}
SLOPE = Slider(0, 2, 1, label="slope k", unit="m/s", value=1)


def draw_slope(ax, *, k, base):
    ax.plot([0, 1], [base, k])
    ax.set(xlim=(0, 1), ylim=(0, 2))
    return f"The slope is {k - base} m/s."


def draw_broken(ax, *, k, c="a", on=True):
    if k == 2 and on:
        raise ZeroDivisionError("by <hand>")
    return None if c == "b" and k == 1 else "fine"


LINE = partial(draw_slope, base=0)


@pytest.fixture
def displayed(monkeypatch):
    """What calls display, as (data, metadata) each, with frames built as for the site."""
    monkeypatch.setenv(display.FRAMES_VARIABLE, "1")
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, metadata, raw: shown.append([data, metadata]))
    return shown


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))))


def test_one_cell_displays_figure_still_and_words(displayed):
    explore(LINE, **WORDS, k=SLOPE)
    ((data, metadata),) = displayed
    payload = json.loads(json.dumps(data[FIGURE_MIME]))
    assert all(payload.pop(key) is not None for key in ("svg", "channels", "strings"))
    words = {"name": "k", "kind": "slider", "label": "slope k", "unit": "m/s"}
    words |= {"texts": list("012"), "start": 1}
    readouts = [f"The slope is {k} m/s." for k in range(3)]
    assert payload == WORDS | {"version": 2, "name": "slope", "parameters": [words], "readouts": readouts}
    assert pixels(data).shape == (480, 768, 4)
    assert metadata == {"image/png": {"alt": WORDS["alt"]}}
    assert data["text/plain"] == "Figure slope: A line whose slope changes."


def test_a_still_figure_takes_the_same_path(displayed):
    def draw_still(ax):
        ax.plot([0, 1])

    show(draw_still, **WORDS, size=(3, 2))
    payload = displayed[0][0][FIGURE_MIME]
    assert [payload[key] for key in ("parameters", "channels", "readouts")] == [[], [], []]
    assert 'viewBox="0 0 216 144"' in payload["svg"]
    with pytest.raises(ValueError, match=r"three parameters; got none \(show\(\) displays a static figure\)"):
        explore(draw_still, **WORDS)


def test_measured_figures_keep_their_frames_out_of_the_comparison(displayed):
    for measured in (True, False):
        explore(LINE, **WORDS, measured=measured, k=SLOPE)
    (data, metadata), (whole, _) = displayed
    assert not {"svg", "channels", "strings"} & set(data[FIGURE_MIME])
    assert data[FIGURE_MIME] | metadata[FIGURE_MIME] == whole[FIGURE_MIME]


def test_measured_figures_keep_their_pictures_with_their_frames(displayed, monkeypatch):
    def draw_noise(ax, *, k):
        ax.imshow(np.random.default_rng(k).random((9, 9)))

    explore(draw_noise, **WORDS, measured=True, k=SLOPE)
    monkeypatch.delenv(display.FRAMES_VARIABLE)
    explore(draw_noise, **WORDS, measured=True, k=SLOPE)
    (data, metadata), _, (live_data, live_metadata) = displayed
    assert len(metadata[FIGURE_MIME]["pictures"]) == 3
    (first,) = live_metadata[FIGURE_MIME]["pictures"].items()
    assert first in metadata[FIGURE_MIME]["pictures"].items()
    assert live_data[FIGURE_MIME]["start_only"]
    assert not {"svg", "pictures"} & {*data[FIGURE_MIME], *live_data[FIGURE_MIME]}


def test_alternative_text_may_follow_the_position(displayed, monkeypatch):
    explore(LINE, caption="c", alt=lambda k: f"A line of slope {k}.", k=SLOPE)
    monkeypatch.delenv(display.FRAMES_VARIABLE)
    explore(LINE, caption="c", alt=lambda k: f"A line of slope {k}.", k=SLOPE)
    whole, _, live_still = displayed
    for (data, metadata), more in ((whole, True), (live_still, False)):
        payload = data[FIGURE_MIME]
        assert payload["alt"] == metadata["image/png"]["alt"] == "A line of slope 1."
        assert data["text/plain"] == "Figure slope: A line of slope 1."
        assert payload.get("alts") == ([f"A line of slope {k}." for k in range(3)] if more else None)


SILENT = "must return a readout sentence at every position or at none; got None at k = 1"
REFUSED = [
    (draw_slope, {}, TypeError, r"draw_slope must take .* arguments: required \['k'\]; got \['base', 'k'\]"),
    (lambda ax, *, k: None, {}, TypeError, r"a name of its own \(lower case\); got '<lambda>'"),
    (LINE, {"alt": ""}, ValueError, "alt must be a non-empty string; got ''"),
    (LINE, {"alt": lambda k: "" if k == 2 else "Steep."}, ValueError, "alt must be a .* string; got ''"),
    (LINE, {"caption": None}, ValueError, "caption must be a non-empty string; got None"),
    (partial(draw_broken, c="a"), {"on": Check(label="on")}, RuntimeError, "at k = 2, on = True: by <"),
    (partial(draw_broken, c="b", on=False), {}, RuntimeError, SILENT),
]
OWN = ("caption", "alt", "axes", "projection", "size", "measured")
REFUSED += [(LINE, {name: SLOPE}, TypeError, f"cannot be named '{name}', which is its own") for name in OWN]


@pytest.mark.parametrize(("draw", "arguments", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(displayed, draw, arguments, error, message):
    with pytest.raises(error, match=message):
        explore(draw, **WORDS | {"k": SLOPE} | arguments)
    assert displayed == []


def test_on_a_large_grid_what_sticks_out_at_an_end_is_refused(monkeypatch, displayed):
    def draw_edge(ax, *, a, b):
        if b == 3:
            ax.text(0.95, 0.5, "sticks out", transform=ax.transAxes)

    monkeypatch.setattr(display, "MAX_CHECKED", 1)
    parameters = {"a": Slider(0, 1, 1, label="a", value=0), "b": Slider(0, 3, 1, label="b", value=0)}
    with pytest.raises(
        RuntimeError, match="draw_edge raised ValueError at a = 0, b = 3: the drawing must stay"
    ):
        explore(draw_edge, **WORDS, **parameters)


@pytest.mark.parametrize("lengths", [(20, 30), (600,), (2, 15, 20), (40,), ()])
def test_each_slider_is_looked_at_in_different_places(lengths):
    grid = Grid({f"p{i}": Slider(0, length - 1, 1, label="p") for i, length in enumerate(lengths)})
    checked = display.positions_checked(grid)
    met = [tuple(values.values()) for number, values in enumerate(grid) if number in checked]
    assert min(len(grid), 40) <= len(met) <= 48
    for places, length in zip(zip(*met, strict=True), lengths, strict=False):
        assert {0, length - 1} <= set(places)
        assert len(set(places)) >= min(length, 12)


# ---- Live --------------------------------------------------------------------------------------------------


def test_a_live_session_shows_the_same_still_and_stores_the_first_position_alone(monkeypatch, displayed):
    explore(LINE, **WORDS, k=SLOPE)
    monkeypatch.delenv(display.FRAMES_VARIABLE)
    explore(LINE, **WORDS, k=SLOPE)
    (stored, words), _, (data, metadata) = displayed
    assert set(data) == {FIGURE_MIME, "image/png", "text/html", "text/plain"}
    assert (data["text/plain"], metadata) == (stored["text/plain"], words)
    assert np.array_equal(pixels(stored), pixels(data))
    payload = json.loads(json.dumps(data[FIGURE_MIME]))
    assert payload.pop("svg") == stored[FIGURE_MIME]["svg"]
    assert payload == WORDS | {
        **{"version": PAYLOAD_VERSION, "name": "slope"},
        **{"parameters": [], "readouts": ["The slope is 1 m/s."]},
        **{"channels": [], "strings": [], "start_only": True},
    }


def test_a_still_that_says_everything_stands_after_the_widget_and_gives_way_to_it(monkeypatch, displayed):
    monkeypatch.delenv(display.FRAMES_VARIABLE)
    explore(LINE, **WORDS, k=SLOPE)
    (view, _), (data, _) = displayed
    # Of the widget a saved notebook keeps a number: nothing else may be said in its place.
    key = view[WIDGET_VIEW_MIME]["model_id"]
    assert {mime: said for mime, said in view.items() if mime != WIDGET_VIEW_MIME} == {"text/plain": ""}
    still = data["text/html"]
    said = [
        data["image/png"],
        "The slope is 1 m/s.",
        WORDS["caption"],
        f'alt="{WORDS["alt"]}"',
        "run its cell",
    ]
    assert [words for words in said if words not in still] == []
    # tests/site/test_jupyterlab.py sees which of the two is visible.
    assert f'<div class="lossbook-still-{key}">' in still
    assert f"body:has(.lossbook-live-{key}) .lossbook-still-{key} {{ display: none; }}" in still


def test_without_ipywidgets_the_still_is_shown_and_says_what_is_missing(monkeypatch, displayed):
    monkeypatch.delenv(display.FRAMES_VARIABLE)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)  # which makes importing it an ImportError
    explore(LINE, **WORDS, k=SLOPE)
    ((data, _),) = displayed
    assert set(data) == {FIGURE_MIME, "image/png", "text/html", "text/plain"}
    said = [data["image/png"], "The slope is 1 m/s.", WORDS["caption"], "%pip install ipywidgets"]
    assert [words for words in said if words not in data["text/html"]] == []
    assert "display: none" not in data["text/html"]


@pytest.mark.parametrize("still", [partial(LINE, k=1), partial(draw_broken, k=1, c="b", on=True)])
def test_a_live_session_stores_a_figure_without_parameters_whole(monkeypatch, displayed, still):
    show(still, **WORDS)
    monkeypatch.delenv(display.FRAMES_VARIABLE)
    show(still, **WORDS)
    assert displayed[1] == displayed[0]


def test_a_live_session_shows_what_a_page_cannot(monkeypatch, displayed):
    def draw_far(ax, *, k):
        ax.plot([0, 1], [0, 1e9 * k])
        ax.set(ylim=(0, 1))

    with pytest.raises(
        RuntimeError, match="draw_far raised ValueError at k = 1: the drawing must stay within"
    ):
        explore(draw_far, **WORDS, k=SLOPE)
    monkeypatch.delenv(display.FRAMES_VARIABLE)
    explore(draw_far, **WORDS, k=SLOPE)
    (view, _), (data, _) = displayed
    assert WIDGET_VIEW_MIME in view
    assert set(data) == {"image/png", "text/html", "text/plain"}


def live(draw, words=WORDS, **parameters):
    canvas, grid = Canvas(draw), Grid(parameters)
    picture, readout = canvas.png(grid.first)
    return widget(canvas, grid, **words, picture=picture, readout=readout).children


def test_live_controls_offer_the_same_positions_and_name_quantity_and_unit():
    letter, on = Choice(["a", "d"], label="letter"), Check(label="on")
    slider, choice, check, image, sentence, caption = live(draw_broken, k=SLOPE, c=letter, on=on)
    assert isinstance(slider, ipywidgets.SelectionSlider)
    assert isinstance(choice, ipywidgets.Dropdown)
    assert (slider.options, choice.options) == ((("0", 0), ("1", 1), ("2", 2)), (("a", "a"), ("d", "d")))
    assert [(c.value, c.description) for c in (slider, choice, check)] == [
        *((1, "slope k (m/s)"), ("a", "letter"), (False, "on"))
    ]
    assert 'alt="A line whose slope' in image.value
    assert ("fine" in sentence.value, "What to look for." in caption.value) == (True, True)


def test_a_live_control_redraws_picture_and_sentence_or_shows_what_went_wrong():
    slider, image, sentence, _ = live(LINE, k=SLOPE)
    before = image.value
    slider.value = 2
    assert image.value != before
    assert "The slope is 2 m/s." in sentence.value
    slider.value = 1
    assert image.value == before
    slider, image, sentence, _ = live(draw_broken, k=SLOPE)
    before = image.value
    slider.value = 2
    assert "ZeroDivisionError at k = 2: by &lt;hand&gt;" in sentence.value
    assert image.value == before


def test_live_alternative_text_follows_the_control():
    slider, image, _, _ = live(LINE, {"caption": "c", "alt": lambda k: f"A <line> of slope {k}."}, k=SLOPE)
    assert 'alt="A &lt;line&gt; of slope 1."' in image.value
    slider.value = 2
    assert 'alt="A &lt;line&gt; of slope 2."' in image.value
