"""One look for one loss: told apart by color and by dash, and held by every chapter that draws one."""

from functools import cache

import pytest

from lossbook import catalog
from lossbook.figures import huber, losses
from lossbook.figures.engine import style
from tests.figures.reading import parse, stored_payloads

FAMILIES = [losses.REGRESSION, losses.CLASSIFICATION, losses.DIVERGENCES]

#: Chapter, figure and artist, and the loss that it draws. Dashes may differ: a lone curve is solid.
DRAWN = """
02_cross_entropy cross-entropy-forecast mean softmax_cross_entropy
02_cross_entropy cross-entropy-scores log softmax_cross_entropy
02_cross_entropy cross-entropy-scores brier brier_score
02_cross_entropy cross-entropy-scores error zero_one
02_cross_entropy cross-entropy-scores focal focal_loss
02_cross_entropy cross-entropy-logit cross-loss softmax_cross_entropy
02_cross_entropy cross-entropy-logit squared-loss squared_error
02_cross_entropy cross-entropy-memorizing training softmax_cross_entropy
02_cross_entropy cross-entropy-memorizing held-out softmax_cross_entropy
05_kl_divergence kl-two-fits covering kl
05_kl_divergence kl-two-fits seeking reverse_kl
05_kl_divergence kl-coins forward kl
05_kl_divergence kl-coins backward reverse_kl
05_kl_divergence kl-paths forward kl
05_kl_divergence kl-paths backward reverse_kl
08_objectives objective-threshold mistakes zero_one
08_objectives objective-threshold bits softmax_cross_entropy
10_kl_vs_cross_entropy klce-shift cross_entropy softmax_cross_entropy
10_kl_vs_cross_entropy klce-shift kl kl
10_kl_vs_cross_entropy klce-moving cross softmax_cross_entropy
10_kl_vs_cross_entropy klce-moving kl kl
10_kl_vs_cross_entropy klce-penalty trade kl
13_l2_loss l2-squares line squared_error
13_l2_loss l2-leverage line squared_error
13_l2_loss engel-leverage all squared_error
14_mse mse-bowl bowl squared_error
14_mse mse-constants root-of-mse squared_error
14_mse mse-constants mae absolute_error
14_mse mse-constants quantile-loss quantile
14_mse mse-batting error squared_error
15_huber huber-losses huber-loss huber
15_huber huber-relatives relative-loss pseudo_huber
"""


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


@cache
def stored(chapter):
    return stored_payloads(f"{chapter}.ipynb")


@pytest.mark.parametrize("row", DRAWN.split("\n")[1:-1])
def test_a_loss_is_drawn_in_its_color(row):
    chapter, figure, artist, loss = row.split()
    (color,) = [family[loss].color for family in FAMILIES if loss in family]
    tree = parse(stored(chapter)[figure]["svg"])
    (group,) = [node for node in tree.walk() if node.attributes.get("data-artist") == artist]
    assert style.CSS_VARIABLE[color] in group.write()
