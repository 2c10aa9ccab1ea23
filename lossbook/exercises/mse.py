"""Exercises of the chapter on the mean squared error: a running MSE, and shrinking towards the mean."""

from functools import partial

import numpy as np

from lossbook.exercises.checker import Exercise, named, of_form, shown
from lossbook.exercises.properties import case, each_case, has_values, leaves_arguments_alone

# ---- 14.3 --------------------------------------------------------------------------------------------------


def _square_mean(prediction, target):
    return float(np.mean((np.asarray(prediction, dtype=float) - np.asarray(target, dtype=float)) ** 2))


def _running(prediction, target, mse, count):
    size = np.size(prediction)
    return (count * mse + size * _square_mean(prediction, target)) / (count + size)


def batch(prediction, target, mse=0.0, count=0, dtype=float):
    """Return a case: one batch, and what came before it."""
    return case(np.array(prediction, dtype=dtype), np.array(target, dtype=dtype), mse=mse, count=count)


def batch_drawn(rng):
    """Draw a later batch."""
    size = int(rng.integers(2, 6))
    prediction, target = rng.normal(0, 2, size=(2, size)).round(2)
    yield batch(prediction, target, mse=round(rng.uniform(0.5, 9), 2), count=int(rng.integers(1, 40)))


def before(rng):
    """Draw what came before a batch."""
    return {"mse": round(rng.uniform(0.5, 9), 2), "count": int(rng.integers(1, 40))}


def first_drawn(rng):
    """Draw first batches of different sizes; nothing is below 0."""
    for size in (1, 3, 4):
        yield batch(*rng.uniform(0, 9, (2, size)).round(1))


def rows_drawn(rng):
    """Draw later batches in rows; nothing is below 0."""
    for shape in ((2, 2), (3, 2), (1, 2, 2)):
        yield batch(*rng.integers(0, 10, (2, *shape)), **before(rng))


def bytes_drawn(rng):
    """Draw later batches of bytes: one prediction is far below its target, one far above."""
    for size in (2, 4):
        low, high = rng.integers(0, 90, size), rng.integers(160, 256, size)
        ends = np.append(low[:1], high[1:]), np.append(high[:1], low[1:])
        yield batch(*ends, dtype=np.uint8, **before(rng))


def powers_drawn(exponent, **past):
    """Return a function that draws a batch in float32, of this order of size, and with this past."""

    def draw(rng):
        values = [[float(f"{x:.1f}e{exponent}") for x in row] for row in rng.uniform(1, 9, (2, 3))]
        yield batch(*values, dtype=np.float32, **past)

    return draw


def long_drawn(size):
    """Return a function that draws small batches after very many elements; nothing is below 0."""

    def draw(rng):
        for count in rng.integers(10**6 + 1, 10**8, 2).tolist():
            high, low = rng.integers(6000, 9000, size), rng.integers(0, 2000, size)
            yield batch(high, low, mse=round(rng.uniform(0.5, 2), 2), count=count)

    return draw


_FIRST = [batch([1.0, 2.0, 4.0], [2.0, 2.0, 1.0]), batch([3.0], [0.5]), first_drawn]
_LATER = [batch([1.0, 3.0], [2.0, 0.0], mse=4.0, count=6), *[batch_drawn] * 4]
_SHAPES = [batch([[1.0, 2.0, 0.0], [4.0, 0.0, 3.0]], [[0.0, 2.0, 3.0], [1.0, 1.0, 1.0]], mse=2.0, count=10)]
_SHAPES += [rows_drawn]
_BYTES = [
    batch([3, 200, 90], [5, 10, 250], dtype=np.uint8),
    batch([100, -100], [-100, 100], mse=1.0, count=2, dtype=np.int8),
    bytes_drawn,
]
_LARGE = [
    batch([1.5e19] * 4, [0.0] * 4, dtype=np.float32),
    batch([3e20, 1.0], [0.0, 0.0], mse=5e39, count=8, dtype=np.float32),
    powers_drawn(20, mse=5e39, count=8),
]
_SMALL = [batch([2e-25, 1e-25], [0.0, 0.0], dtype=np.float32), powers_drawn(-25)]
_LONG = [batch([5000.0], [0.0], mse=1.0, count=2**24), long_drawn(1)]

_mse_is = partial(
    has_values,
    "MSE",
    _running,
    mistakes={
        "what the batch alone gives": lambda p, t, mse, count: _square_mean(p, t),
        "what the plain mean of the old and the new MSE gives": lambda p, t, mse, count: (
            (mse + _square_mean(p, t)) / 2
        ),
        "what each batch weighed as one element gives": lambda p, t, mse, count: (
            mse + (_square_mean(p, t) - mse) / (count + 1)
        ),
        "what a sum of squares gives": lambda p, t, mse, count: _square_mean(p, t) * np.size(p),
    },
    relative=1e-6,
    absolute=0.0,
)

_RUNNING = {
    "the first batch": _mse_is(_FIRST, "with nothing before, it is the mean of this batch's squares."),
    "a later batch": _mse_is(_LATER, "how many elements does each of the two means stand for?"),
    "any shape": _mse_is(_SHAPES, "how many elements has an array with rows?"),
    "bytes": _mse_is(_BYTES, "what is 3 − 5 in whole numbers from 0 to 255, and 200 squared?"),
    "squares too large for float32": _mse_is(_LARGE, "which type can hold the squares and their sum?"),
    "squares too small for float32": _mse_is(_SMALL, "which type can hold squares that small?"),
    "a long run": _mse_is(_LONG, "one element changes the mean of many by a little."),
    "inputs unchanged": leaves_arguments_alone(_FIRST + _LATER),
}

# ---- 14.4 --------------------------------------------------------------------------------------------------


def _shrunk(x, variance, lost=3, positive=True):
    center, spread = x.mean(), np.sum((x - x.mean()) ** 2)
    if len(x) < 4 or spread == 0:
        return x.copy()
    share = 1 - (len(x) - lost) * variance / spread
    return center + (max(share, 0.0) if positive else share) * (x - center)


def wide(variance):
    """Return a function that draws numbers far enough apart for some of the distances to be kept."""

    def draw(rng):
        size = int(rng.integers(5, 9))
        yield case((np.linspace(-4, 4, size) + rng.normal(5, 1, size)).round(1), variance=variance)

    return draw


def close_drawn(rng):
    """Return numbers so close to each other, beside the noise, that no distance from the mean is kept."""
    for size in (5, 7):
        middle = round(rng.uniform(-9, 9), 1)
        yield case((middle + rng.uniform(0, 1, size)).round(2), variance=round(rng.uniform(1.5, 4), 1))


CLOSE = [
    case([1.0, 1.5, 2.0, 2.5, 3.0], variance=4.0),
    case([10.0, 10.5, 9.5, 10.0, 10.2, 9.8], variance=1.0),
    close_drawn,
]
_PLAIN = [case([1.0, 3.0, 5.0, 9.0, 12.0], variance=1.0), *[wide(1.0)] * 3]
_NOISY = [case([1.0, 3.0, 5.0, 9.0, 12.0], variance=6.0), *[wide(0.25), wide(2.0)] * 2]
_FEW = [case([1.0, 4.0], variance=1.0), case([1.0, 4.0, 7.0], variance=2.0)]
_EQUAL = [case([2.5, 2.5, 2.5, 2.5, 2.5], variance=1.0)]

_shrunk_is = partial(
    has_values,
    "estimates",
    _shrunk,
    mistakes={
        "what shrinking towards 0 gives": lambda x, variance: (
            x * (1 - (len(x) - 2) * variance / np.sum(x**2))
        ),
        "what d − 2 in the place of d − 3 gives": lambda x, variance: _shrunk(x, variance, lost=2),
        "what a variance of 1 gives": lambda x, variance: _shrunk(x, 1.0),
        "what a share below 0 gives": lambda x, variance: _shrunk(x, variance, positive=False),
        "what the numbers themselves are": lambda x, variance: x,
    },
)


def _keeps_the_mean(ask, answer, x, variance):
    came = answer.numbers("estimates", x.shape)
    if not abs(came.mean() - x.mean()) <= 1e-9 * max(1.0, abs(x.mean())):
        says = "which point should stay where it is while the numbers move towards it?"
        raise answer.not_yet(f"the mean of your estimates is {shown(came.mean())}: {says}")


_SHRINK = {
    "noise of variance 1": _shrunk_is(_PLAIN, "which share of each distance from the mean is kept?"),
    "other noise": _shrunk_is(_NOISY, "what does a larger variance do to the share?"),
    "the mean stays": of_form(each_case(_PLAIN + _NOISY + CLOSE, _keeps_the_mean)),
    "never past the mean": _shrunk_is(CLOSE, "what should happen when the share would be negative?"),
    "fewer than four numbers": of_form(
        _shrunk_is(_FEW, "for how many numbers does the rule promise anything?")
    ),
    "equal numbers": of_form(_shrunk_is(_EQUAL, "what do you divide by when there is no spread?")),
    "inputs unchanged": leaves_arguments_alone(_PLAIN + _FEW),
}

EXERCISES = (
    Exercise("14.3", "A running MSE", "mse", ("prediction", "target"), ("MSE",), named(_RUNNING)),
    Exercise("14.4", "Shrink towards the mean", "mse", ("x",), ("estimates",), named(_SHRINK)),
)
