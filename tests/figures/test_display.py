"""What a notebook cell displays: the bundle, its refusals, and the live widget."""

import base64
import io
import json
from functools import partial

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from lossbook.figures import Check, Choice, Slider, explore, show
from lossbook.figures.engine import FIGURE_MIME
from lossbook.figures.engine import display as engine
from lossbook.figures.engine.html import figure_html
from lossbook.figures.engine.live import widget
from lossbook.figures.engine.parameters import Grid
from tests.figures.reading import canvas_and_grid

WORDS = {"caption": "What to look for.", "alt": "A line whose slope changes."}
SLOPE = Slider(0, 2, 1, label="slope k", unit="m/s", value=1)


def draw_slope(ax, *, k):
    ax.plot([0, 1], [0, k])
    ax.set(xlim=(0, 1), ylim=(0, 2))
    return f"The slope is {k} m/s."


@pytest.fixture
def displayed(monkeypatch):
    """What a call displays, as (data, metadata), with frames built as for the site."""
    monkeypatch.setenv(engine.FRAMES_VARIABLE, "1")
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, metadata, raw: shown.append([data, metadata]))
    return shown


def test_one_cell_displays_figure_still_and_words(displayed):
    explore(draw_slope, **WORDS, k=SLOPE)
    ((data, metadata),) = displayed
    payload = data[FIGURE_MIME]
    assert (payload["name"], payload["caption"], payload["alt"]) == ("slope", *WORDS.values())
    assert payload["readouts"] == [f"The slope is {k} m/s." for k in range(3)]
    assert payload["parameters"] == [
        {"name": "k", "kind": "slider", "label": "slope k", "unit": "m/s", "texts": list("012"), "start": 1}
    ]
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (768, 480)
    assert metadata == {"image/png": {"alt": WORDS["alt"]}}
    assert data["text/plain"] == "Figure slope: A line whose slope changes."
    assert 'max="2"' in figure_html(json.loads(json.dumps(payload)))


def test_a_still_figure_takes_the_same_path(displayed):
    def draw_still(ax):
        ax.plot([0, 1])

    show(draw_still, **WORDS, size=(3, 2))
    ((data, _),) = displayed
    payload = data[FIGURE_MIME]
    assert (payload["parameters"], payload["channels"], payload["readouts"]) == ([], [], [])
    assert 'viewBox="0 0 216 144"' in figure_html(payload)


def test_data_that_do_not_move_are_bound_with_partial(displayed):
    def draw_data(ax, *, heights, k):
        ax.plot(heights)
        return f"{k} of {len(heights)}"

    explore(partial(draw_data, heights=[1, 2, 3]), **WORDS, k=SLOPE)
    ((data, _),) = displayed
    assert (data[FIGURE_MIME]["name"], data[FIGURE_MIME]["readouts"][2]) == ("data", "2 of 3")
    with pytest.raises(TypeError, match=r"draw_data must take .*: required \['k'\]; got \['heights', 'k'\]"):
        explore(draw_data, **WORDS, k=SLOPE)


def test_measured_figures_keep_their_frames_out_of_the_comparison(displayed):
    explore(draw_slope, **WORDS, measured=True, k=SLOPE)
    explore(draw_slope, **WORDS, k=SLOPE)
    (data, metadata), (whole, _) = displayed
    assert set(data[FIGURE_MIME]) == {"version", "name", "alt", "caption", "parameters", "readouts"}
    assert data[FIGURE_MIME] | metadata[FIGURE_MIME] == whole[FIGURE_MIME]


def test_an_exception_names_the_position(displayed):
    def draw_broken(ax, *, k, on):
        if k == 2 and on:
            raise ZeroDivisionError("by hand")

    said = "draw_broken raised ZeroDivisionError at k = 2, on = True: by hand"
    with pytest.raises(RuntimeError, match=said):
        explore(draw_broken, **WORDS, k=SLOPE, on=Check(label="on"))
    assert displayed == []


def test_a_readout_at_some_positions_only_is_refused(displayed):
    def draw_silent(ax, *, k):
        return None if k == 1 else "words"

    said = "a readout sentence at every position or at none; got None at k = 1"
    with pytest.raises(RuntimeError, match=said):
        explore(draw_silent, **WORDS, k=SLOPE)


@pytest.mark.parametrize("name", ["caption", "alt", "axes", "projection", "size", "measured"])
def test_a_parameter_named_like_an_argument_is_refused(name):
    arguments = {**WORDS, "k": SLOPE, name: SLOPE}
    with pytest.raises(TypeError, match=f"cannot be named '{name}', which is its own argument"):
        explore(draw_slope, **arguments)


@pytest.mark.parametrize(
    ("call", "arguments", "error", "message"),
    [
        (explore, {"k": SLOPE, "x": SLOPE}, TypeError, r"arguments: required \['k', 'x'\]; got \['k'\]"),
        (show, {}, TypeError, r"required \[\]; got \['k'\]"),
        (explore, {}, ValueError, r"required one to three parameters; got none \(show\(\) displays a static"),
        (explore, {"k": SLOPE, "alt": ""}, ValueError, "alt must be a non-empty string; got ''"),
        (explore, {"k": SLOPE, "caption": None}, ValueError, "caption must be a non-empty string; got None"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(call, arguments, error, message):
    with pytest.raises(error, match=message):
        call(draw_slope, **WORDS | arguments)


def test_a_function_without_a_name_is_refused():
    with pytest.raises(TypeError, match=r"a function with a name of its own .*; got '<lambda>'"):
        explore(lambda ax, *, k: None, **WORDS, k=SLOPE)


def test_on_a_large_grid_what_sticks_out_at_an_end_is_refused(monkeypatch, displayed):
    def draw_edge(ax, *, a, b):
        if b == 29:
            ax.text(0.95, 0.5, "sticks out", transform=ax.transAxes)

    monkeypatch.setattr(engine, "MAX_CHECKED", 1)
    parameters = {"a": Slider(0, 1, 1, label="a", value=0), "b": Slider(26, 29, 1, label="b", value=26)}
    said = "draw_edge raised ValueError at a = 0, b = 29: the drawing must stay"
    with pytest.raises(RuntimeError, match=said):
        explore(draw_edge, **WORDS, **parameters)


@pytest.mark.parametrize("lengths", [(20, 30), (600,), (2, 15, 20), (40,), ()])
def test_each_slider_is_looked_at_in_different_places(lengths):
    grid = Grid({f"p{i}": Slider(0, length - 1, 1, label="p") for i, length in enumerate(lengths)})
    checked = engine.positions_checked(grid)
    met = [tuple(values.values()) for number, values in enumerate(grid) if number in checked]
    assert min(len(grid), 40) <= len(met) <= 48
    for places, length in zip(zip(*met, strict=True), lengths, strict=False):
        assert {0, length - 1} <= set(places)
        assert len(set(places)) >= min(length, 12)


# ---- Live --------------------------------------------------------------------------------------------------


def live(draw, **parameters):
    canvas, grid, _ = canvas_and_grid(draw, parameters)
    picture, readout = canvas.png(grid.first)
    return widget(canvas, grid, **WORDS, picture=picture, readout=readout)


def test_without_the_variable_a_cell_shows_the_widget_and_a_still(monkeypatch, displayed):
    explore(draw_slope, **WORDS, k=SLOPE)
    monkeypatch.delenv(engine.FRAMES_VARIABLE)
    explore(draw_slope, **WORDS, k=SLOPE)
    (stored, _), (data, metadata) = displayed
    assert "application/vnd.jupyter.widget-view+json" in data
    assert FIGURE_MIME not in data
    assert data["text/plain"] == "Figure slope: A line whose slope changes."
    assert metadata == {"image/png": {"alt": WORDS["alt"]}}
    one, other = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(d["image/png"])))) for d in (stored, data)
    )
    assert np.array_equal(one, other)


def test_moving_a_live_control_redraws_picture_and_readout():
    slider, image, sentence, caption = live(draw_slope, k=SLOPE).children
    before = image.value
    assert 'alt="A line whose slope changes."' in before
    assert "The slope is 1 m/s." in sentence.value
    assert "What to look for." in caption.value
    slider.value = 2
    assert image.value != before
    assert "The slope is 2 m/s." in sentence.value
    slider.value = 1
    assert image.value == before


def test_live_controls_offer_the_same_positions_and_name_quantity_and_unit():
    def draw_three(ax, *, k, c, on):
        return f"{k} {c} {on}"

    parameters = {"k": SLOPE, "c": Choice(["a", "b"], label="letter"), "on": Check(label="on", value=True)}
    slider, choice, check, *_ = live(draw_three, **parameters).children
    assert isinstance(slider, ipywidgets.SelectionSlider)
    assert (slider.value, slider.options) == (1, (("0", 0), ("1", 1), ("2", 2)))
    assert slider.description == "slope k (m/s)"
    assert isinstance(choice, ipywidgets.Dropdown)
    assert (choice.value, choice.options, choice.description) == ("a", (("a", "a"), ("b", "b")), "letter")
    assert (check.value, check.description) == (True, "on")


def test_a_live_exception_is_shown_with_its_position():
    def draw_broken(ax, *, k):
        if k == 2:
            raise ValueError("too steep <here>")
        return "fine"

    slider, image, sentence, _ = live(draw_broken, k=SLOPE).children
    before = image.value
    slider.value = 2
    assert "ValueError at k = 2: too steep &lt;here&gt;" in sentence.value
    assert image.value == before
    slider.value = 0
    assert "fine" in sentence.value
