"""Chapter 4's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np


def square(a, b):
    return ((a - b) ** 2).mean()


def two_layers(x1, y1, x2, y2, weight):
    return square(x1, y1) + weight * square(x2, y2)


def two_layers_by_sizes(x1, y1, x2, y2, weight):
    first, second = x1 - y1, x2 - y2
    return (first**2).sum() / first.size + weight * (second**2).sum() / np.prod(second.shape)


def unit(z):
    length = np.linalg.norm(z, axis=0)
    return np.divide(z, length, out=np.zeros_like(z, dtype=float), where=length > 0)


def lpips(x, y, weights):
    return ((weights[:, None, None] * (unit(x) - unit(y))) ** 2).sum(0).mean()


def lpips_by_einsum(x, y, weights):
    return np.einsum("c,chw->", weights**2, (unit(x) - unit(y)) ** 2) / x[0].size


RIGHT = {"4.2": [two_layers, two_layers_by_sizes], "4.3": [lpips, lpips_by_einsum]}

HAND, WEIGHT, SHAPES = "one layer at a time", "the weight", "layers of different shapes"
EQUAL, NEVER = "equal features", "never negative"

WRONG_TWO_LAYERS = {
    "sums": (
        lambda a, b, c, d, weight: a.size * square(a, b) + weight * c.size * square(c, d),
        ((HAND, SHAPES), "which is what sums give in the place of means"),
    ),
    "absolute": (
        lambda a, b, c, d, weight: abs(a - b).mean() + weight * abs(c - d).mean(),
        ((HAND, WEIGHT, SHAPES), "which is what absolute differences give"),
    ),
    "weight on the first": (
        lambda a, b, c, d, weight: weight * square(a, b) + square(c, d),
        ((WEIGHT, SHAPES), "with the weight on the first layer"),
    ),
    "no weight": (
        lambda a, b, c, d, weight: square(a, b) + square(c, d),
        ((WEIGHT, SHAPES), "without the weight"),
    ),
    "sign": (
        lambda *arrays, weight: -two_layers(*arrays, weight),
        ((HAND, WEIGHT, SHAPES, NEVER), "your loss is"),
    ),
    "never nothing": (
        lambda *arrays, weight: two_layers(*arrays, weight) + 1,
        ((HAND, WEIGHT, SHAPES, EQUAL), "your loss is"),
    ),
}

PLACE, CHANNELS, MANY = "one place", "weights of the channels", "many places"
LENGTHS, EMPTY = "lengths do not count", "places where all features are 0"


def off(x, y, weights):
    return weights[:, None, None] * (unit(x) - unit(y))


def no_units(x, y, weights):
    return ((weights[:, None, None] * (x - y)) ** 2).sum(0).mean()


def divides_by_nothing(x, y, weights):
    with np.errstate(invalid="ignore"):
        ours, theirs = (z / np.linalg.norm(z, axis=0) for z in (x, y))
    return ((weights[:, None, None] * (ours - theirs)) ** 2).sum(0).mean()


WRONG_LPIPS = {
    "no unit vectors": (
        no_units,
        ((PLACE, CHANNELS, MANY, LENGTHS, EMPTY), "which is what you get without the unit vectors"),
    ),
    "mean over channels": (
        lambda *arrays: (off(*arrays) ** 2).mean(),
        ((PLACE, CHANNELS, MANY, LENGTHS, EMPTY), "if the mean is over channels, too"),
    ),
    "sum over places": (
        lambda *arrays: (off(*arrays) ** 2).sum(),
        ((MANY, LENGTHS), "if the sum is over places, too"),
    ),
    "no weights": (
        lambda x, y, weights: lpips(x, y, np.ones_like(weights)),
        ((CHANNELS, MANY, LENGTHS, EMPTY), "with the weights left out"),
    ),
    "weights outside the square": (
        lambda x, y, weights: lpips(x, y, np.sqrt(weights)),
        ((CHANNELS, MANY, LENGTHS, EMPTY), "with the weights outside the square"),
    ),
    "divides by nothing": (divides_by_nothing, (EMPTY, "your term is")),
    "sign": (
        lambda *arrays: -lpips(*arrays),
        ((PLACE, CHANNELS, MANY, LENGTHS, EMPTY, NEVER), "your term is"),
    ),
}

WRONG = {"4.2": WRONG_TWO_LAYERS, "4.3": WRONG_LPIPS}


def test_answers_fail_what_they_should_and_hear_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)
