"""One position drawn: layout, settings, refusals."""

from functools import partial

import matplotlib
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
        ("number", "draw must return its readout sentence or None; got 3.0"),
        ("blank", "draw must return its readout sentence or None; got ' '"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_position(what, message):
    canvas = Canvas(draw_wrong)
    canvas.frame({"what": "nothing"})
    with pytest.raises(RuntimeError, match=f"draw_wrong raised .*Error at what = '{what}': .*{message}"):
        canvas.frame({"what": what})
    if what == "cropped":
        canvas.frame({"what": what}, check=False)
