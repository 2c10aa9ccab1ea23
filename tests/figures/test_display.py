"""What a notebook cell displays: the bundle, its refusals, and the live widget."""

import base64
import io
import json
from functools import partial

import ipywidgets
import numpy as np
import pytest
from PIL import Image
from reading import canvas_and_grid

from lossbook.figures import Check, Choice, Slider, explore, show
from lossbook.figures.engine import display as engine
from lossbook.figures.engine.live import widget
from lossbook.figures.engine.page import figure_html
from lossbook.figures.engine.parameters import Grid

WORDS = {"caption": "What to look for.", "alt": "A line whose slope changes."}
SLOPE = Slider(0, 4, 1, label="slope k", unit="m/s", value=2)


def draw_slope(ax, *, k):
    ax.plot([0, 1], [0, k])
    ax.set(xlim=(0, 1), ylim=(0, 4))
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
    payload = data[engine.MIME]
    assert payload["name"] == "slope"
    assert payload["readouts"] == [f"The slope is {k} m/s." for k in range(5)]
    assert payload["parameters"] == [
        {"name": "k", "kind": "slider", "label": "slope k", "unit": "m/s", "texts": list("01234"), "start": 2}
    ]
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (768, 480)
    assert metadata == {"image/png": {"alt": WORDS["alt"]}}
    assert data["text/plain"] == "Figure slope: A line whose slope changes."
    json.dumps(data)


def test_a_still_figure_takes_the_same_path(displayed):
    def draw_still(ax):
        ax.plot([0, 1])

    show(draw_still, **WORDS)
    ((data, _),) = displayed
    assert data[engine.MIME]["parameters"] == []
    assert data[engine.MIME]["channels"] == []
    assert "<input" not in figure_html(data[engine.MIME])


def test_data_that_do_not_move_are_bound_with_partial(displayed):
    def draw_data(ax, *, heights, k):
        ax.plot(heights)
        return f"{k} of {len(heights)}"

    explore(partial(draw_data, heights=[1, 2, 3]), **WORDS, k=SLOPE)
    ((data, _),) = displayed
    assert data[engine.MIME]["name"] == "data"
    assert data[engine.MIME]["readouts"][4] == "4 of 3"
    with pytest.raises(TypeError, match=r"draw_data must take .*: required \['k'\]; got \['heights', 'k'\]"):
        explore(draw_data, **WORDS, k=SLOPE)


def test_measured_figures_keep_their_frames_out_of_the_comparison(displayed):
    explore(draw_slope, **WORDS, measured=True, k=SLOPE)
    ((data, metadata),) = displayed
    assert set(data[engine.MIME]) == {"version", "name", "alt", "caption", "parameters", "readouts"}
    assert set(metadata[engine.MIME]) == {"svg", "channels", "table", "order"}


def test_an_exception_names_the_position(displayed):
    def draw_broken(ax, *, k, on):
        if k == 3 and on:
            raise ZeroDivisionError("by hand")

    with pytest.raises(
        RuntimeError, match="draw_broken raised ZeroDivisionError at k = 3, on = True: by hand"
    ):
        explore(draw_broken, **WORDS, k=SLOPE, on=Check(label="on"))
    assert displayed == []


def test_a_readout_at_some_positions_only_is_refused(displayed):
    def draw_silent(ax, *, k):
        return None if k == 1 else "words"

    with pytest.raises(
        RuntimeError, match="a readout sentence at every position or at none; got None at k = 1"
    ):
        explore(draw_silent, **WORDS, k=SLOPE)


@pytest.mark.parametrize("name", ["caption", "alt", "axes", "projection", "size", "measured"])
def test_a_parameter_named_like_an_argument_is_refused(name):
    arguments = {**WORDS, "k": SLOPE, name: SLOPE}
    with pytest.raises(TypeError, match=f"cannot be named '{name}', which is its own argument"):
        explore(draw_slope, **arguments)


def test_draw_must_take_exactly_the_parameters():
    with pytest.raises(TypeError, match=r"keyword-only arguments: required \['k', 'x'\]; got \['k'\]"):
        explore(draw_slope, **WORDS, k=SLOPE, x=SLOPE)
    with pytest.raises(TypeError, match=r"required \[\]; got \['k'\]"):
        show(draw_slope, **WORDS)


def test_other_refusals():
    with pytest.raises(
        ValueError, match=r"required one to three parameters; got none \(show\(\) displays a static figure\)"
    ):
        explore(draw_slope, **WORDS)
    with pytest.raises(ValueError, match="alt must be a non-empty string; got ''"):
        explore(draw_slope, caption="c", alt="", k=SLOPE)
    with pytest.raises(ValueError, match="caption must be a non-empty string; got None"):
        explore(draw_slope, caption=None, alt="a", k=SLOPE)
    with pytest.raises(TypeError, match=r"a function with a name of its own .*; got '<lambda>'"):
        explore(lambda ax, *, k: None, **WORDS, k=SLOPE)
    with pytest.raises(ValueError, match=r"required a payload of version 1 with its picture; got version 2"):
        figure_html({"name": "x", "version": 2})


def test_on_a_large_grid_every_end_of_every_slider_is_looked_at(displayed):
    def draw_edge(ax, *, a, b):
        if b == 29:
            ax.text(0.95, 0.5, "sticks out", transform=ax.transAxes)

    parameters = {"a": Slider(0, 1, 1, label="a"), "b": Slider(0, 29, 1, label="b", value=0)}
    with pytest.raises(
        RuntimeError, match="draw_edge raised ValueError at a = 0, b = 29: the drawing must stay"
    ):
        explore(draw_edge, **WORDS, **parameters)


@pytest.mark.parametrize("lengths", [(20, 30), (600,), (2, 15, 20), (40,)])
def test_the_stride_meets_each_slider_at_different_places(lengths):
    sliders = {f"p{i}": Slider(0, length - 1, 1, label="p") for i, length in enumerate(lengths)}
    grid = Grid(sliders)
    looked_at = engine._looked_at(grid)
    values = [v for number, v in enumerate(grid) if number in looked_at]
    assert len(values) <= 50
    for name, length in zip(sliders, lengths, strict=True):
        met = {v[name] for v in values}
        assert {0, length - 1} <= met
        assert len(met) >= min(length, 15)


# ---- Live --------------------------------------------------------------------------------------------------


def live(draw, **parameters):
    canvas, grid, _ = canvas_and_grid(draw, parameters)
    picture, readout = engine.still(canvas, grid)
    return widget(canvas, grid, **WORDS, picture=picture, readout=readout)


def test_without_the_variable_a_cell_shows_the_widget_and_a_still(monkeypatch):
    shown = []
    monkeypatch.delenv(engine.FRAMES_VARIABLE, raising=False)
    monkeypatch.setattr("IPython.display.display", lambda data, metadata, raw: shown.append(data))
    explore(draw_slope, **WORDS, k=SLOPE)
    (data,) = shown
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "image/png" in data
    assert engine.MIME not in data
    assert data["text/plain"] == "Figure slope: A line whose slope changes."


def test_moving_a_live_control_redraws_picture_and_readout():
    slider, image, sentence, _ = live(draw_slope, k=SLOPE).children
    before = image.value
    assert "The slope is 2 m/s." in sentence.value
    slider.value = 3
    assert image.value != before
    assert "The slope is 3 m/s." in sentence.value
    slider.value = 2
    assert image.value == before


def test_live_controls_offer_the_same_positions_and_name_quantity_and_unit():
    def draw_three(ax, *, k, c, on):
        return f"{k} {c} {on}"

    parameters = {"k": SLOPE, "c": Choice(["a", "b"], label="letter"), "on": Check(label="on", value=True)}
    slider, choice, check, *_ = live(draw_three, **parameters).children
    assert isinstance(slider, ipywidgets.SelectionSlider)
    assert [value for _, value in slider.options] == list(SLOPE.values)
    assert slider.description == "slope k (m/s)"
    assert (choice.value, [value for _, value in choice.options]) == ("a", ["a", "b"])
    assert (check.value, check.description) == (True, "on")


def test_a_live_exception_is_shown_with_its_position():
    def draw_broken(ax, *, k):
        if k == 4:
            raise ValueError("too steep <here>")
        return "fine"

    slider, image, sentence, _ = live(draw_broken, k=SLOPE).children
    before = image.value
    slider.value = 4
    assert "ValueError at k = 4: too steep &lt;here&gt;" in sentence.value
    assert image.value == before


def test_live_and_site_show_the_same_picture_first():
    canvas, grid, _ = canvas_and_grid(draw_slope, {"k": SLOPE})
    still, _ = engine.still(canvas, grid)
    data, _ = engine.bundle(canvas, grid, **WORDS)
    one, other = (np.asarray(Image.open(io.BytesIO(b))) for b in (still, base64.b64decode(data["image/png"])))
    assert np.array_equal(one, other)
