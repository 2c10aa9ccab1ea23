"""One look for one loss: told apart by color and by dash, and held by chapter 15, which has four of them."""

import pytest

from lossbook import catalog
from lossbook.figures import huber, losses
from lossbook.figures.engine import style

FAMILIES = [losses.REGRESSION, losses.CLASSIFICATION, losses.DIVERGENCES]


@pytest.mark.parametrize("family", FAMILIES)
def test_within_a_family_names_and_colors_differ(family):
    names, colors, dashes = zip(*family.values(), strict=True)
    assert len(set(names)) == len(set(colors)) == len(family)
    assert set(colors) <= set(style.CSS_VARIABLE)
    # Solid is there at most twice, as the first and in ink.
    assert len(set(map(str, dashes))) >= len(family) - 1


def test_every_loss_of_numbers_has_a_look():
    assert set(losses.REGRESSION) == {row.name for row in catalog.CATALOG if row.module == "regression"}


def test_chapter_15_gives_its_losses_the_same_colors_and_dashes():
    for key, (_, color, dash) in huber.LOOKS.items():
        assert losses.REGRESSION[key][1:] == (color, dash)
