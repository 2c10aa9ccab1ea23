"""How each loss looks, wherever losses are compared: one name, one color, one dash.

A loss keeps its color through the book. Its dash is fixed where losses are compared; a figure that draws one
or two may have others. Colors repeat between the three families, which share no axes; within one they differ,
and so do the dashes, for eyes and paper that do not see colors.
"""

import itertools
from typing import NamedTuple

from lossbook.figures.engine.layers import GID
from lossbook.figures.engine.style import BLUE, GOLD, GREEN, INK, MUTED, PINK, PURPLE, RED, TEAL

_LONG = (0, (6, 1.5))
_LONG_SHORT = (0, (6, 1.5, 1, 1.5))
_LONG_SHORT_SHORT = (0, (6, 1.5, 1, 1.5, 1, 1.5))
_SPARSE = (0, (3, 2.5))


class Look(NamedTuple):
    """A loss in a picture: its name there, its color, its dash."""

    name: str
    color: str
    dash: object


#: Losses of a prediction and a target that are numbers.
REGRESSION = {
    "squared_error": Look("squared error", RED, "--"),
    "absolute_error": Look("absolute error", GREEN, ":"),
    "huber": Look("Huber", BLUE, "-"),
    "smooth_l1": Look("smooth L1", TEAL, _LONG),
    "pseudo_huber": Look("pseudo-Huber", PINK, _SPARSE),
    "log_cosh": Look("log-cosh", GOLD, _LONG_SHORT),
    "quantile": Look("quantile", INK, "-"),
    "tukey_biweight": Look("Tukey", PURPLE, "-."),
    "barron": Look("Cauchy", MUTED, _LONG_SHORT_SHORT),
}

#: Losses of a forecast and a label.
CLASSIFICATION = {
    "softmax_cross_entropy": Look("log loss", BLUE, "-"),
    "label_smoothing": Look("smoothed labels", TEAL, _LONG),
    "brier_score": Look("Brier score", GREEN, "--"),
    "focal_loss": Look("focal loss", PURPLE, "-."),
    "zero_one": Look("0–1 loss", INK, ":"),
}

#: What tells two distributions apart.
DIVERGENCES = {
    "kl": Look("KL(P‖Q)", RED, "--"),
    "reverse_kl": Look("KL(Q‖P)", TEAL, _LONG),
    "js": Look("JS", BLUE, "-"),
    "total_variation_distance": Look("total variation", GREEN, ":"),
    "hellinger": Look("Hellinger", GOLD, _LONG_SHORT),
}


def layer(look, **more):
    """How a loss's curve is drawn, as a layer that the reader shows or hides."""
    return {"color": look.color, "linestyle": look.dash, "gid": GID + look.name, **more}


def mark(look, **more):
    """How a point on a loss's curve is drawn, as part of its layer."""
    look = {"color": look.color, "markeredgecolor": INK, "gid": GID + look.name}
    return {"markersize": 8, "linestyle": "none", "zorder": 5, **look, **more}


def name_layers(ax, looks, *, across, up):
    """Name layers in rows above a panel, row by row, each name behind a piece of its line."""
    for look, (height, left) in zip(looks, itertools.product(up, across), strict=False):
        ax.plot([left, left + 0.08], [height] * 2, transform=ax.transAxes, clip_on=False, **layer(look))
        name = {"color": look.color, "fontsize": 11.5, "va": "center", "gid": GID + look.name}
        ax.text(left + 0.09, height, look.name, transform=ax.transAxes, **name)
