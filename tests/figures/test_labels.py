"""Names stand beside their lines, apart from each other, and a row of names stands above the picture."""

import pytest
from matplotlib.figure import Figure

from lossbook.figures.engine.labels import name_ends, name_row


@pytest.fixture
def ax():
    return Figure().add_subplot(xlim=(0, 10), ylim=(0, 10))


def heights(ax):
    return {text.get_text(): text.get_position()[1] for text in ax.texts}


def test_names_stand_at_their_lines_ends(ax):
    name_ends(ax, 8, [(2.0, "low", "C0"), (7.0, "high", "C1")], gap=1.0)
    assert heights(ax) == {"low": 2.0, "high": 7.0}
    assert {text.get_position()[0] for text in ax.texts} == {8}
    assert [text.get_color() for text in ax.texts] == ["C0", "C1"]


def test_names_that_would_be_too_near_are_pushed_apart_evenly(ax):
    # By hand: 4 and 4.4 are a gap of 1 apart about 4.2; the pair then touches 5, and three stand about 4.467.
    name_ends(ax, 8, [(4.4, "b", "C0"), (4.0, "a", "C1"), (5.0, "c", "C2")], gap=1.0)
    found = heights(ax)
    assert list(found) == ["a", "b", "c"]
    assert list(found.values()) == pytest.approx([13.4 / 3 - 1, 13.4 / 3, 13.4 / 3 + 1])


def test_lines_that_coincide_keep_their_order_whatever_rounding_says(ax):
    name_ends(ax, 8, [(3.0 + 1e-12, "first", "C0"), (3.0, "second", "C1")], gap=1.0)
    assert heights(ax) == pytest.approx({"first": 2.5, "second": 3.5})


def test_names_of_layers_are_in_them_and_come_in_one_order_whatever_their_heights(ax):
    for lines in ([(4.0, "b", "C0"), (2.0, "a", "C1")], [(1.0, "b", "C0"), (8.0, "a", "C1")]):
        name_ends(ax, 8, lines, gap=1.0, layers=True, ha="right")
    assert [text.get_gid() for text in ax.texts] == 2 * ["lossbook:layer:b", "lossbook:layer:a"]
    assert [text.get_position()[1] for text in ax.texts] == [4, 2, 1, 8]
    assert {text.get_ha() for text in ax.texts} == {"right"}
    name_ends(ax, 8, [(5.0, "c", "C2")], gap=1.0)
    assert ax.texts[-1].get_gid() is None


def test_a_row_of_names_stands_above_the_axes(ax):
    ax.plot([0, 10], [0, 10], label="line")
    name_row(ax)
    ax.figure.draw_without_rendering()
    assert ax.get_legend().get_window_extent().y0 >= ax.get_window_extent().y1 - 5
