"""Where handles stand: read off the drawing, at every position, on any axes."""

import gzip
import json
from itertools import accumulate

import numpy as np
import pytest

from lossbook.figures import Choice, Slider
from lossbook.figures.engine import style
from lossbook.figures.engine.canvas import DPI, Canvas
from lossbook.figures.engine.parameters import Grid
from tests.figures.reading import payload_of

X = Slider(1, 9, 1, label="x", value=2)
Y = Slider(10, 100, 15, label="y")
KIND = Choice(["plain", "log"], label="axes")


def draw_point(ax, *, kind, x, y):
    """A point that is moved by two sliders, on axes with straight or logarithmic scales."""
    ax.plot([x], [y], "o", gid="lossbook:handle:x+y")
    ax.set(xlim=(1, 10), ylim=(10, 100))
    if kind == "log":
        ax.loglog()


def draw_edges(ax, *, x):
    """Both edges of a band, and a dot outside the axes."""
    for edge in (-x, x):
        ax.axvline(edge, gid="lossbook:handle:x")
    ax.scatter([20], [x], zorder=3, gid="lossbook:handle:x")
    ax.set(xlim=(-10, 10), ylim=(0, 10))


def series(steps, row):
    return np.array([value for i in range(0, len(steps), row) for value in accumulate(steps[i : i + row])])


def weight(payload):
    """What the handles of a payload add to it, in bytes of gzip."""
    sizes = [
        len(gzip.compress(json.dumps(p, separators=(",", ":")).encode()))
        for p in (payload, {key: value for key, value in payload.items() if key != "handles"})
    ]
    return sizes[0] - sizes[1]


def test_a_point_is_stored_where_the_axes_put_it():
    parameters = {"kind": KIND, "x": X, "y": Y}
    payload = payload_of(draw_point, parameters)
    (handle,) = payload["handles"]
    assert (handle["p"], handle["s"]) == ([1, 2], [0, 0])
    stored = np.column_stack([series(handle[axis], len(Y.values)) for axis in "xy"]) / 10
    canvas, expected = Canvas(draw_point), []
    with style.applied():
        canvas.figure(Grid(parameters).first)  # sets the layout
        for values in Grid(parameters):
            figure, _ = canvas.figure(values)
            figure.dpi = DPI
            across, up = figure.axes[0].transData.transform([values["x"], values["y"]])
            expected.append([across, figure.bbox.height - up])
    assert np.abs(stored - expected).max() < 0.11
    assert weight(payload) <= 800


def test_artists_of_one_name_are_handles_of_their_own_and_end_at_the_edge_of_their_axes():
    payload = payload_of(draw_edges, {"x": X})
    left, right, dot = payload["handles"]
    assert [handle["p"] for handle in (left, right, dot)] == [[0]] * 3
    across = [series(handle["x"], len(X.values)) for handle in (left, right)]
    assert np.ptp(across[0] + across[1]) <= 1  # they mirror each other
    assert (left["s"][0], left["s"][1]) == (0, right["s"][1])
    assert 200 < left["s"][1] < 72 * 4  # as long as the line
    assert set(dot["x"][1:]) == {0}
    assert across[1].max() < dot["x"][0] < 10 * 72 * 6.4
    assert weight(payload) <= 3 * 300


def test_what_has_no_handle_stores_none():
    def draw_plain(ax, *, x):
        ax.plot([x], [1], "o", gid="lossbook:handles")
        ax.set(xlim=(0, 10), ylim=(0, 2))

    assert "handles" not in payload_of(draw_plain, {"x": X})


def draw_wrong(ax, *, kind, x, mark, missing):
    if x != missing:
        ax.plot([x], [1], "o", gid=f"lossbook:handle:{mark}")
    ax.set(xlim=(0, 10), ylim=(0, 2))


@pytest.mark.parametrize(
    ("mark", "missing", "message"),
    [
        ("z", None, r"handle 'z' must name one or two of the figure's sliders, \['x'\]"),
        ("x+z", None, "handle 'x.z' must name one or two"),
        ("x+x", None, "handle 'x.x' must name one or two"),
        ("kind", None, "handle 'kind' must name one or two"),
        ("", None, "handle '' must name one or two"),
        ("x", 4, "'x' must be drawn at every position, .*; there is none at kind = 'plain', x = 4"),
    ],
)
def test_a_handle_that_nothing_moves_or_that_goes_missing_is_refused(mark, missing, message):
    def draw_bad(ax, *, kind, x):
        draw_wrong(ax, kind=kind, x=x, mark=mark, missing=missing)

    with pytest.raises(ValueError, match=message):
        payload_of(draw_bad, {"kind": KIND, "x": X})
