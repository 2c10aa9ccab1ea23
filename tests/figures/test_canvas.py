"""One position drawn: layout, settings, refusals."""

from functools import partial

import matplotlib
import numpy as np
import pytest

from lossbook.figures.engine import style
from lossbook.figures.engine.canvas import Canvas


def draw_line(ax, *, k, bar=False):
    ax.plot([0, 1], [0, k], gid="lossbook:line")
    ax.set_ylim(0, 10 ** (k - 1))
    if bar:
        ax.figure.colorbar(ax.pcolormesh([[0, k], [1, 2]]), ax=ax)


def places(canvas, *positions):
    """Where the first axes lie in each position."""
    with style.applied():
        return [canvas.figure(values)[0].axes[0].get_position().bounds for values in positions]


def test_a_figure_is_named_after_its_function():
    for draw in (draw_line, partial(draw_line, k=2)):
        assert (Canvas(draw).function, Canvas(draw).name) == ("draw_line", "line")


def test_all_positions_with_as_many_axes_have_the_layout_of_the_first():
    wide, narrow, bar = {"k": 3}, {"k": 1}, {"k": 1, "bar": True}
    first, second, with_bar, third, again = places(Canvas(draw_line), wide, narrow, bar, wide, bar)
    assert first == second == third
    assert with_bar == again != first
    assert places(Canvas(draw_line), narrow) != [first]  # laid out by itself it would jump


def test_projections_are_given_to_all_axes_or_by_name():
    def draw_nothing(axes):
        found.update({name: ax.name for name, ax in axes.items()})

    found = {}
    Canvas(draw_nothing, axes="ab", projection="polar").frame({}, check=False)
    assert found == {"a": "polar", "b": "polar"}
    Canvas(draw_nothing, axes="ab", projection={"b": "3d"}).frame({}, check=False)
    assert found == {"a": "rectilinear", "b": "3d"}


def test_two_runs_give_the_same_bytes_whatever_the_readers_own_settings():
    frame = Canvas(draw_line).frame({"k": 2})
    with matplotlib.rc_context({"xtick.minor.visible": True, "font.size": 20}):
        assert Canvas(draw_line).frame({"k": 2}) == frame


def test_lines_keep_the_vertices_that_lie_outside_the_picture():
    def draw_long(ax):
        ax.plot([0, 1, 2, 3], [0, 50, -50, 0], gid="lossbook:line")
        ax.set_ylim(-1, 1)

    (group,) = [n for n in Canvas(draw_long).frame({}).body.walk() if n.attributes.get("data-artist")]
    assert [n.attributes["d"].count("L") for n in group.walk() if n.tag == "path"] == [3]


def draw_axes(ax, *, n):
    """All that may change at an axis: limits, scale, looks of all ticks and of one, minor ticks, aspect."""
    ax.plot([1, 9], [1, 10.0**n])
    ax.set_yscale("log" if n % 2 else "linear")
    ax.tick_params(axis="x", labelrotation=10 * n, length=3 + n)
    ax.set_xticks(np.linspace(1, 9, 2 + 4 * n))
    ax.xaxis.get_major_ticks()[n].label1.set_color("red")
    ax.xaxis.get_major_ticks()[0].gridline.set_linewidth(n)
    ax.twinx().set_ylabel(f"{n}", rotation=0)
    ax.inset_axes([0.5, 0.1, 0.4, 0.3]).set(xlim=(0, n + 1), aspect=n)
    if n == 2:
        ax.minorticks_on()


def test_a_position_looks_the_same_whatever_was_drawn_before_and_with_ticks_worked_out_anew(monkeypatch):
    canvas = Canvas(draw_axes)
    canvas.png({"n": 1})  # sets the layout
    drawn = [canvas.frame({"n": n}, check=False) for n in (1, 2, 3, 1, 2, 3)]
    assert drawn[:3] == drawn[3:]
    assert len({frame.body.write() for frame in drawn}) == 3
    monkeypatch.setattr("lossbook.figures.engine.canvas._keep_ticks", lambda figure: None)
    monkeypatch.setattr(Canvas, "_empty", Canvas._new)
    plain = Canvas(draw_axes)
    plain.png({"n": 1})
    assert [plain.frame({"n": n}, check=False) for n in (1, 2, 3)] == drawn[:3]


def draw_wrong(ax, *, what):
    if what == "huge":
        ax.plot([0, 1], [0, 1e30])
        ax.set_ylim(0, 1)
    elif what == "cropped":
        ax.text(0.9, 0.5, "a long sentence", transform=ax.transAxes)
    return 3.0 if what == "number" else " " if what == "blank" else None


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("huge", r"within 1e\+06 px, or browsers refuse it; a line goes to -\S+ px \(mask with nan"),
        ("cropped", r"inside its picture of 6\.4 × 4 inches; it sticks out by \d\d px"),
        ("number", "one for each layer, or None; got 3.0"),
        ("blank", "one for each layer, or None; got ' '"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_position(what, message):
    canvas = Canvas(draw_wrong)
    canvas.frame({"what": "nothing"})
    with pytest.raises(RuntimeError, match=f"draw_wrong raised .*Error at what = '{what}': .*{message}"):
        canvas.frame({"what": what})
    if what == "cropped":
        canvas.frame({"what": what}, check=False)
