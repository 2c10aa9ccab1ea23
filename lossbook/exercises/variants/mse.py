"""Variants of exercise 14.3 on the mean squared error: other means that run."""

from functools import partial

import numpy as np

from lossbook.exercises.checker import Exercise, named
from lossbook.exercises.mse import (
    batch,
    batch_drawn,
    bytes_drawn,
    first_drawn,
    long_drawn,
    powers_drawn,
    rows_drawn,
)
from lossbook.exercises.properties import has_values, leaves_arguments_alone
from lossbook.exercises.variants import Variant

# Each batch has predictions on both sides of their targets, and something came before it.
_LATER = [batch([1.0, 3.0], [2.0, 0.0], mse=4.0, count=6), *[batch_drawn] * 4]
_FIRST = [batch([1.0, 2.0, 4.0], [2.0, 2.0, 1.0]), first_drawn]
_SHAPES = [batch([[1.0, 2.0, 0.0], [4.0, 0.0, 3.0]], [[0.0, 2.0, 3.0], [1.0, 1.0, 1.0]], mse=2.0, count=10)]
_SHAPES += [rows_drawn]
_BYTES = [
    batch([3, 200, 90], [5, 10, 250], mse=2e3, count=5, dtype=np.uint8),
    batch([100, -100], [-100, 100], mse=9e3, count=3, dtype=np.int8),
    bytes_drawn,
]
_LARGE = [
    batch([3e20, -1e20], [0.0, 1.0], mse=5e39, count=8, dtype=np.float32),
    powers_drawn(20, mse=5e39, count=8),
]
_SMALL = [
    batch([2e-25, 0.0], [0.0, 1e-25], mse=4e-50, count=3, dtype=np.float32),
    powers_drawn(-25, mse=4e-50, count=3),
]
_LONG = [batch([5000.0, 0.0], [0.0, 4000.0], mse=1.0, count=2**24), long_drawn(2)]

_WRITE = """\
Write a function that takes one batch, predictions and targets of any shape and type, with the mean
so far and"""


def _running(title, prompt, solution, reference, mistakes, properties):
    """Return a variant of 14.3; its properties are names to cases and hint."""
    mse_is = partial(has_values, "MSE", reference, mistakes=mistakes, relative=1e-6, absolute=0.0)
    tests = {name: mse_is(cases, hint) for name, (cases, hint) in properties.items()}
    tests["inputs unchanged"] = leaves_arguments_alone(_FIRST + _LATER)
    return Variant(
        Exercise("14.3", title, "mse", ("prediction", "target"), ("MSE",), named(tests)),
        prompt,
        "def my_running_mse(prediction, target, mse, count):\n    raise NotImplementedError",
        f"def my_running_mse(prediction, target, mse, count):\n{solution}",
    )


def _of_squares(mean_of, keep=1.0):
    """Return what a running mean is, from that over one batch and the share of its weight that it keeps."""

    def running(prediction, target, mse, count):
        size, old = np.size(prediction), keep * count
        return (old * mse + size * mean_of(*_in_float64(prediction, target))) / (old + size)

    return running


def _in_float64(*arrays):
    return [np.asarray(array, dtype=float) for array in arrays]


_TYPES = {
    "any shape": (_SHAPES, "how many elements has an array with rows?"),
    "bytes": (_BYTES, "what is 3 − 5 in whole numbers from 0 to 255, and 200 squared?"),
    "squares too large for float32": (_LARGE, "which type can hold the squares and their sum?"),
    "squares too small for float32": (_SMALL, "which type can hold squares that small?"),
    "a long run": (_LONG, "a few elements change the mean of many by a little."),
}


def _forgetting(rng):
    keep = float(rng.choice([0.5, 0.8, 0.9, 0.95]))

    def square_mean(p, t):
        return np.mean((p - t) ** 2)

    return _running(
        "A running MSE that forgets",
        f"""\
Data come in batches, and old ones should count less than new ones.
{_WRITE} the weight `count` that it stands for, and returns the new mean of the squared errors: each element
of the batch has the weight 1, and all before it together have {keep:g} times the weight that they had.
The run starts with a weight of 0. Batches may hold bytes, or float32 values whose squares, or the sum of
them, float32 cannot hold. Leave the arguments as they are.""",
        f"""\
    r = prediction.astype(np.float64) - target.astype(np.float64)
    old = {keep:g} * count
    return mse + (np.mean(r**2) - mse) * r.size / (old + r.size)""",
        _of_squares(square_mean, keep),
        {
            "what you get if nothing is forgotten": _of_squares(square_mean),
            "what you get if old errors fade and their weight does not": lambda p, t, mse, count: _of_squares(
                square_mean
            )(p, t, keep * mse, count),
            "what a mean of means with fixed shares gives": lambda p, t, mse, count: (
                keep * mse + (1 - keep) * square_mean(*_in_float64(p, t))
            ),
        },
        {"a later batch": (_LATER + _FIRST, "which weights do the two means have, and what is their sum?")}
        | _TYPES,
    )


def _two_prices(rng):
    times, side = int(rng.choice([2, 3, 4, 5])), int(rng.choice([-1, 1]))
    dear, cheap = ("high", "low") if side > 0 else ("low", "high")

    def weighed(p, t):
        return np.mean(np.where((p - t) * side > 0, times, 1) * (p - t) ** 2)

    def normalized(p, t, mse, count):
        p, t = _in_float64(p, t)
        new = np.where((p - t) * side > 0, times, 1)
        return (count * mse + np.sum(new * (p - t) ** 2)) / (count + new.sum())

    return _running(
        "A running MSE with two prices",
        f"""\
A prediction that is too {dear} costs {times} times its squared error, one that is too {cheap} the squared
error. Data come in batches, too many to keep.
{_WRITE} the number of elements that it came from, and returns the mean cost of all elements together, each
element counted once. It starts with a count of 0. Batches may hold bytes, or float32 values whose squares,
or the sum of them, float32 cannot hold. Leave the arguments as they are.""",
        f"""\
    r = prediction.astype(np.float64) - target.astype(np.float64)
    costs = np.where(r {">" if side > 0 else "<"} 0, {times}, 1) * r**2
    return mse + (np.mean(costs) - mse) * r.size / (count + r.size)""",
        _of_squares(weighed),
        {
            "what you get if both sides cost the same": _of_squares(lambda p, t: np.mean((p - t) ** 2)),
            "what you get with the prices exchanged": _of_squares(lambda p, t: weighed(t, p)),
            "what you get if a dear element counts several times": normalized,
        },
        {
            "the first batch": (_FIRST, "with nothing before, it is the mean of this batch's costs."),
            "a later batch": (_LATER, "how many elements does each of the two means stand for?"),
        }
        | _TYPES,
    )


_COUNTS = [
    batch([1.0, 3.0, 0.0], [2.0, 0.0, 7.0], mse=0.4, count=6),
    lambda rng: [
        batch(
            *rng.uniform(0, 40, (2, 5)).round(1),
            mse=round(rng.uniform(0.1, 2), 2),
            count=int(rng.integers(1, 40)),
        )
    ],
]
_COUNT_BYTES = [
    batch([3, 255, 90], [5, 10, 255], mse=0.3, count=2, dtype=np.uint8),
    batch([65535, 7], [1000, 65535], mse=1.5, count=4, dtype=np.uint16),
    bytes_drawn,
]


def _tiny_counts(rng):
    values = [[float(f"{x:.1f}e-12") for x in row] for row in rng.uniform(1, 9, (2, 2))]
    yield batch(*values, mse=2e-24, count=int(rng.integers(1, 40)))


def _of_logarithms(rng):
    name, base, log1p = (
        ("natural", np.e, "np.log1p({})"),
        ("binary", 2, "np.log1p({}) / np.log(2)"),
        ("decimal", 10, "np.log1p({}) / np.log(10)"),
    )[rng.integers(3)]

    def square_mean(p, t, base=base):
        return np.mean(((np.log1p(p) - np.log1p(t)) / np.log(base)) ** 2)

    def without_one(p, t):
        return np.mean((np.log(p / t) / np.log(base)) ** 2)

    others = [other for other in (np.e, 2, 10) if other != base]
    new, old = (log1p.format(f"{x}.astype(np.float64)") for x in ("prediction", "target"))
    return _running(
        "A running mean of squared logarithmic errors",
        f"""\
Where numbers range from none to millions, people compare logarithms: the squared logarithmic error of a
prediction $\\hat y \\ge 0$ of a target $y \\ge 0$ is
$\\bigl(\\log(1 + \\hat y) - \\log(1 + y)\\bigr)^2$, here with the {name} logarithm.
Data come in batches, too many to keep.
{_WRITE} the number of elements that it came from, and returns the mean of the squared logarithmic errors of
all elements together. It starts with a count of 0. Batches may hold bytes and other whole numbers, up to the
largest of their type, or values so small that $1 + y$ is rounded to 1. Leave the arguments as they
are.""",
        f"""\
    r = {new} - {old}
    return mse + (np.mean(r**2) - mse) * r.size / (count + r.size)""",
        _of_squares(square_mean),
        {
            "what the squared errors themselves give": _of_squares(lambda p, t: np.mean((p - t) ** 2)),
            "what another base of the logarithm gives": _of_squares(partial(square_mean, base=others[0])),
            "what the other common base of the logarithm gives": _of_squares(
                partial(square_mean, base=others[1])
            ),
            "what you get without adding 1": _of_squares(without_one),
        },
        {
            "the first batch": (_FIRST, "with nothing before, it is the mean over this batch alone."),
            "a later batch": (_COUNTS, "how many elements does each of the two means stand for?"),
            "any shape": (_SHAPES, "how many elements has an array with rows?"),
            "the largest bytes": (_COUNT_BYTES, "what is 255 + 1 in whole numbers from 0 to 255?"),
            "values near 0": (
                [batch([3e-12, 0.0], [1e-12, 4e-12], mse=2e-24, count=3), _tiny_counts],
                "what is left of 1e−12 in 1 + 1e−12?",
            ),
            "a long run": (_LONG, "a few elements change the mean of many by a little."),
        },
    )


VARIANTS = {"14.3": (_forgetting, _two_prices, _of_logarithms)}
