"""One position drawn: layout, settings, refusals."""

from functools import partial

import matplotlib
import pytest

from lossbook.figures.engine import style
from lossbook.figures.engine.canvas import Canvas


def draw_line(ax, *, k):
    ax.plot([0, 1], [0, k])
    ax.set_ylim(0, 10 ** (k - 1))


def test_a_figure_is_named_after_its_function():
    for draw in (draw_line, partial(draw_line, k=2)):
        canvas = Canvas(draw)
        assert (canvas.function, canvas.name) == ("draw_line", "line")


def test_all_positions_have_the_layout_of_the_first():
    canvas = Canvas(draw_line)
    with style.applied():
        boxes = [canvas.figure({"k": k})[0].axes[0].get_position().bounds for k in (3, 1, 2)]
        alone = Canvas(draw_line).figure({"k": 1})[0].axes[0].get_position().bounds
    assert boxes[0] == boxes[1] == boxes[2]
    assert alone != boxes[0]  # narrower tick labels: laid out by itself it would jump


def test_each_number_of_axes_has_one_layout():
    def draw_bar(ax, *, k, bar):
        mesh = ax.pcolormesh([[0, k], [1, 2]])
        if bar:
            ax.figure.colorbar(mesh, ax=ax)

    canvas, seen = Canvas(draw_bar), {True: set(), False: set()}
    with style.applied():
        for k, bar in ((1, True), (1, False), (1000, True), (1000, False)):
            axes = canvas.figure({"k": k, "bar": bar})[0].axes
            assert len(axes) == 1 + bar
            seen[bar].add(tuple(axes[0].get_position().bounds))
    assert [len(places) for places in seen.values()] == [1, 1]


def test_projections_are_given_to_all_axes_or_by_name():
    def draw_nothing(axes):
        found.update({name: ax.name for name, ax in axes.items()})

    found = {}
    Canvas(draw_nothing, axes="ab", projection="polar").frame({})
    assert found == {"a": "polar", "b": "polar"}
    Canvas(draw_nothing, axes="ab", projection={"b": "3d"}).frame({})
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


def test_what_a_browser_cannot_draw_is_refused():
    def draw_huge(ax):
        ax.plot([0, 1], [0, 1e30])
        ax.set_ylim(0, 1)

    said = r"draw_huge raised ValueError at its only position: the drawing must stay within 1e\+06 px, "
    with pytest.raises(RuntimeError, match=said + r".* a line goes to -\S+ px \(mask with nan"):
        Canvas(draw_huge).frame({})


def test_what_sticks_out_is_refused_where_it_is_looked_at():
    def draw_far(ax, *, far):
        ax.text(0.9 if far else 0.1, 0.5, "a long sentence", transform=ax.transAxes)

    canvas = Canvas(draw_far)
    canvas.frame({"far": False})
    canvas.frame({"far": True}, check=False)
    said = r"must stay inside its picture of 6\.4 × 4 inches; it sticks out by \d\d px"
    with pytest.raises(RuntimeError, match=r"draw_far raised ValueError at far = True: .*" + said):
        canvas.frame({"far": True})


@pytest.mark.parametrize("readout", [3.0, " "])
def test_a_readout_must_be_a_sentence(readout):
    def draw_number(ax):
        return readout

    with pytest.raises(RuntimeError, match=f"must return its readout sentence or None; got {readout!r}"):
        Canvas(draw_number).frame({})
