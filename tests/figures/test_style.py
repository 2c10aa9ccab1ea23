"""What all figures look like: shades that are told apart in gray, on light and on dark paper."""

import itertools

import pytest

from lossbook.figures.engine.style import CYCLE, PALETTE, PAPER, SHADES, shaded
from tests.figures.reading import contrast

COLORS = {colors[0]: colors for colors in PALETTE.values()}
MODES = {"light": 0, "dark": 1}


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_two_shades_of_any_two_colors_differ_in_gray(mode):
    paper = COLORS[PAPER][mode]
    fills = [(shade, (COLORS[color][mode], SHADES[shade])) for color in CYCLE for shade in range(len(SHADES))]
    for (one, fill), (other, next_fill) in itertools.combinations(fills, 2):
        assert one == other or contrast(fill, next_fill, paper) >= 1.5, (fill, next_fill)


def test_a_shade_is_the_same_color_with_paper_in_it_and_a_full_edge():
    assert [shaded("#123456", shade)["facecolor"] for shade in range(3)] == [
        ("#123456", share) for share in SHADES
    ]
    assert {shaded("#123456", shade)["edgecolor"] for shade in range(3)} == {"#123456"}
