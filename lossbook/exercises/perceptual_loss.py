"""Exercises of the chapter on perceptual loss: the loss of two layers, and one layer of LPIPS."""

from functools import partial

import numpy as np

from lossbook.exercises.checker import Exercise, named, of_form
from lossbook.exercises.properties import case, has_values, leaves_arguments_alone, never_negative

_NOUN = "perceptual_loss"


def _maps(rng, *shapes):
    """Return feature maps of these shapes, two a shape, rounded so that a report shows what was sent."""
    return [rng.normal(0, 2, shape).round(1) for shape in shapes for _ in range(2)]


# ---- 4.2 ---------------------------------------------------------------------------------------------------


def _one_layer(rng):
    """Yield features that differ in one of the layers only."""
    for layer in (0, 1):
        maps = _maps(rng, (2, 1, 2), (3, 1, 1))
        maps[2 * layer] = maps[2 * layer + 1]
        yield case(*maps, weight=1.0)


def _weighed(rng):
    for low, high in ((0.1, 0.9), (1.5, 20)):
        yield case(*_maps(rng, (1, 1, 1), (1, 1, 1)), weight=round(rng.uniform(low, high), 2))


_ONE, _ZERO = [[[1.0]]], [[[0.0]]]
HAND = [
    case([[[3.0, 1.0]]], [[[1.0, 1.0]]], _ONE, _ONE, weight=1.0),
    case(_ONE, _ONE, [[[2.0]], [[0.0]], [[0.0]]], [[[0.0]], [[0.0]], [[1.0]]], weight=1.0),
    _one_layer,
]
WEIGHTS = [
    case([[[3.0]]], [[[0.0]]], [[[2.0]]], [[[0.0]]], weight=0.25),
    case([[[3.0]]], [[[0.0]]], [[[2.0]]], [[[0.0]]], weight=10.0),
    case([[[3.0]]], [[[0.0]]], [[[2.0]]], [[[0.0]]], weight=0.0),
    _weighed,
]
EQUAL = [case([[[3.0, -1.0]]], [[[3.0, -1.0]]], [[[2.0], [5.0]]], [[[2.0], [5.0]]], weight=2.0)]


def drawn_layers(rng):
    """Yield features of two layers, of other shapes, with several weights."""
    for weight in (0.5, 2.0, 3.0):
        yield case(*_maps(rng, (2, 3, 2), (4, 1, 1)), weight=weight)


def _feature_loss(x1, y1, x2, y2, weight):
    return ((x1 - y1) ** 2).mean() + weight * ((x2 - y2) ** 2).mean()


_loss_is = partial(
    has_values,
    "loss",
    _feature_loss,
    mistakes={
        "what sums give in the place of means": lambda a, b, c, d, weight: (
            ((a - b) ** 2).sum() + weight * ((c - d) ** 2).sum()
        ),
        "what absolute differences give": lambda a, b, c, d, weight: (
            abs(a - b).mean() + weight * abs(c - d).mean()
        ),
        "what you get with the weight on the first layer": lambda a, b, c, d, weight: (
            weight * ((a - b) ** 2).mean() + ((c - d) ** 2).mean()
        ),
        "what you get without the weight": lambda a, b, c, d, weight: _feature_loss(a, b, c, d, 1.0),
        "what you get with the weight squared": lambda a, b, c, d, weight: _feature_loss(
            a, b, c, d, weight**2
        ),
        "what one division by all features gives": lambda a, b, c, d, weight: (
            (((a - b) ** 2).sum() + weight * ((c - d) ** 2).sum()) / (a.size + c.size)
        ),
    },
)

_TWO_LAYERS = {
    "one layer at a time": _loss_is(HAND, "what does each layer divide its sum of squares by?"),
    "the weight": _loss_is(WEIGHTS, "which layer's term does the weight multiply?"),
    "layers of different shapes": _loss_is(
        [drawn_layers], "each layer has its own C, H and W, and its mean is over these."
    ),
    "equal features": of_form(_loss_is(EQUAL, "features that are equal cost nothing.")),
    "never negative": never_negative("loss", [*HAND, drawn_layers]),
    "inputs unchanged": leaves_arguments_alone([*HAND, *WEIGHTS, drawn_layers]),
}

# ---- 4.3 ---------------------------------------------------------------------------------------------------


def _one_place(rng):
    for channels in (2, 3):
        yield case(*_maps(rng, (channels, 1, 1)), np.ones(channels))


def _channels(rng):
    for channels in (2, 3):
        yield case(*_maps(rng, (channels, 1, 1)), rng.uniform(0.2, 4, channels).round(1))


def _empty_places(rng):
    for channels in (2, 3):
        features = _maps(rng, (channels, 1, 1))
        features[rng.integers(2)][:] = 0
        yield case(*features, rng.uniform(0.2, 2, channels).round(1))


PLACE = [
    case([[[3.0]], [[4.0]]], [[[4.0]], [[3.0]]], (1.0, 1.0)),
    case([[[1.0]], [[0.0]]], [[[0.0]], [[2.0]]], (1.0, 1.0)),
    _one_place,
]
CHANNELS = [
    case([[[3.0]], [[4.0]]], [[[4.0]], [[3.0]]], (3.0, 0.0)),
    case([[[3.0]], [[4.0]]], [[[-4.0]], [[3.0]]], (0.5, 3.0)),
    _channels,
]
EMPTY = [
    case([[[0.0]], [[0.0]]], [[[4.0]], [[3.0]]], (1.0, 2.0)),
    case([[[0.0]], [[0.0]]], [[[0.0]], [[0.0]]], (1.0, 2.0)),
    _empty_places,
]


def drawn_places(rng):
    """Yield features at several places."""
    for _ in range(3):
        yield case(*_maps(rng, (3, 2, 4)), rng.uniform(0.2, 2, 3).round(1))


def scaled(rng):
    """Yield features of which one picture's are multiplied by a factor."""
    for factor in (0.5, 3.0, 20.0):
        x, y = _maps(rng, (3, 2, 2))
        yield case(x, factor * y, (1.0, 0.5, 2.0))


def _unit(z):
    length = np.sqrt((z**2).sum(axis=0))
    return z / np.where(length == 0, 1, length)


def _off(x, y, weights):
    return weights[:, None, None] * (_unit(x) - _unit(y))


def _lpips_layer(x, y, weights):
    return (_off(x, y, weights) ** 2).sum(axis=0).mean()


_term_is = partial(
    has_values,
    "term",
    _lpips_layer,
    mistakes={
        "what you get without the unit vectors": lambda x, y, w: (
            ((w[:, None, None] * (x - y)) ** 2).sum(axis=0).mean()
        ),
        "what you get if the mean is over channels, too": lambda x, y, w: (_off(x, y, w) ** 2).mean(),
        "what you get if the sum is over places, too": lambda x, y, w: (_off(x, y, w) ** 2).sum(),
        "what you get with the weights left out": lambda x, y, w: _lpips_layer(x, y, np.ones_like(w)),
        "what you get with the weights outside the square": lambda x, y, w: _lpips_layer(
            x, y, np.sqrt(abs(w))
        ),
    },
)

_LPIPS = {
    "one place": _term_is(PLACE, "what is each vector of features divided by?"),
    "weights of the channels": _term_is(CHANNELS, "do the weights go in before the square or after it?"),
    "many places": _term_is([drawn_places], "over which axes is the sum, and over which the mean?"),
    "lengths do not count": _term_is([scaled], "the length of a feature vector should cancel."),
    "places where all features are 0": _term_is(EMPTY, "what is the unit vector where there is no length?"),
    "never negative": never_negative("term", [*PLACE, drawn_places]),
    "inputs unchanged": leaves_arguments_alone([*PLACE, *EMPTY, drawn_places]),
}

EXERCISES = (
    Exercise("4.2", "Two layers, weighted", _NOUN, ("x1", "y1", "x2", "y2"), ("loss",), named(_TWO_LAYERS)),
    Exercise("4.3", "One layer of LPIPS", _NOUN, ("x", "y", "weights"), ("term",), named(_LPIPS)),
)
