"""Exercises of the chapter on softmax: a stable softmax over any axis, and log-softmax to the last digits."""

from decimal import Decimal, localcontext
from functools import partial

import numpy as np

from lossbook import probability
from lossbook.exercises.checker import Exercise, named, shown
from lossbook.exercises.properties import case, each_case, has_values, in_kind, leaves_arguments_alone


def drawn_logits(*shape, **parameters):
    """Return a function that draws one case, rounded, so that a report shows the very numbers sent."""
    return lambda rng: [case(rng.normal(0, 2, shape).round(2), **parameters)]


# ---- 1.3 ---------------------------------------------------------------------------------------------------


def _softmax(logits, axis):
    return probability.softmax(logits, axis=axis)


_SMALL = np.array([[0.0, 1.0, 2.0], [3.0, 1.0, 0.0]])
_FAR = np.array([[1000.0, 1001.0], [-1000.0, -1003.0]])


def _large(rng):
    """Return vectors around numbers whose exponentials overflow or vanish."""
    for sign in (1, -1):
        yield case((sign * rng.uniform(800, 2e5) + rng.normal(0, 2, 4)).round(1), axis=0)


def _far_apart(rng):
    """Return arrays whose vectors are around thousands on either side."""
    for axis in (1, 0):
        middles = rng.permutation([1, -1]) * rng.uniform(800, 9000, 2)
        rows = (middles[:, np.newaxis] + rng.normal(0, 2, (2, 3))).round(1)
        yield case(rows if axis else rows.T.copy(), axis=axis)


def with_infinite(number):
    """Return a function that draws vectors with this number at some place of each."""

    def draw(rng):
        for shape, axis in (((4,), 0), ((2, 3), 1)):
            logits = rng.normal(0, 2, shape).round(1)
            places = rng.integers(shape[-1], size=(*shape[:-1], 1))
            np.put_along_axis(logits, places, number, axis=-1)
            yield case(logits, axis=axis)

    return draw


def _whole(rng):
    return [case(rng.integers(-4, 9, (2, size)), axis=1) for size in (2, 3)]


ONE_VECTOR = [
    case([0.0, 1.0], axis=0),
    case([1.0, 2.0, 3.0], axis=0),
    case([-1.0, 0.5, 0.5, 2.0], axis=-1),
    *[drawn_logits(5, axis=0)] * 4,
]
ANY_AXIS = [case(_SMALL, axis=axis) for axis in (0, 1, -1, -2)]
ANY_AXIS += [drawn_logits(2, 3, 2, axis=axis) for axis in (0, 1, 2, -2)]
LARGE = [case(size + np.array([0.0, 1.0, 0.5]), axis=0) for size in (1e3, -1e3, 1e5)]
LARGE += [case([800.0, -800.0], axis=-1), _large]
FAR_APART = [case(_FAR, axis=1), case(_FAR.T.copy(), axis=0), _far_apart]
WHOLE = [case(np.array([[0, 1], [2, 5]]), axis=1), _whole]

_softmax_is = partial(
    has_values,
    "softmax",
    _softmax,
    mistakes={
        "an exponential, not yet a share": lambda logits, axis: np.exp(logits),
        "a share of the logits themselves": lambda logits, axis: logits / logits.sum(axis, keepdims=True),
        "a share of the whole array": lambda logits, axis: _softmax(logits.ravel(), 0).reshape(logits.shape),
        "a share along the last axis": lambda logits, axis: _softmax(logits, -1),
        "a share along the first axis": lambda logits, axis: _softmax(logits, 0),
    },
    relative=1e-9,
    absolute=1e-300,
)

_STABLE_SOFTMAX = {
    "values for one vector": _softmax_is(ONE_VECTOR, "each exponential is a share of which sum?"),
    "every axis": _softmax_is(
        ANY_AXIS, "along which axis do the numbers have to sum to 1, and does the sum keep that axis?"
    ),
    "large logits": _softmax_is(LARGE, "which number may you take away from all logits for free?"),
    "vectors far apart in one array": _softmax_is(
        FAR_APART, "is one number right for all vectors of an array?"
    ),
    "a logit of −∞": _softmax_is(
        [
            case([0.0, -np.inf, 1.0], axis=0),
            case([[0.0, -np.inf], [1.0, 2.0]], axis=1),
            with_infinite(-np.inf),
        ],
        "a class with the weight 0 leaves the others theirs.",
    ),
    "whole numbers": _softmax_is(WHOLE, "an array of integers cannot hold shares: make a new one."),
    "inputs unchanged": leaves_arguments_alone(ANY_AXIS),
}

# ---- 1.4 ---------------------------------------------------------------------------------------------------


def _apart(rng):
    for size in (2, 3):
        yield case(rng.permutation(rng.uniform(2e3, 2e4, size) * np.resize([1, -1], size)).round())


MODERATE = [case([0.0, 1.0]), case([1.0, 2.0, 4.0]), *[drawn_logits(4)] * 4]
APART = [case([1e4, -1e4]), case([-1e4, 1e4, 0.0]), case([8000.0, 0.0]), _apart]
BATCHES = [case([[0.0, 1.0], [-9000.0, 9000.0]]), drawn_logits(2, 2, 3), case(np.array([[2, 1, 0]]))]

_log_softmax_is = partial(
    has_values,
    "log-softmax",
    probability.log_softmax,
    mistakes={
        "the softmax itself": probability.softmax,
        "the logit minus the largest, with nothing normalized yet": lambda logits: (
            logits - logits.max(axis=-1, keepdims=True)
        ),
    },
    relative=1e-9,
    absolute=1e-300,
)


def near_ten_thousand(rng):
    """Return vectors near ±10 000, in binary fractions: with ties for the top, and tops that round to 1."""
    offsets = [[0.0, -1.0, -3.5], [0.0, 0.0, -2.0], [0.0, -40.0, -60.0], [0.0, -300.0, -700.0]]
    offsets += np.sort(-rng.integers(0, 3000, (6, 3)) / 64)[:, ::-1].tolist()
    return [case(sign * 1e4 + np.array(offset)) for offset in offsets for sign in (1, -1)]


def within_ulps(most, *, temperature=1, base=None):
    """Return a look that finds log-softmax, of a vector and to a base, off by no more than so many ulp."""

    def look(ask, answer, vector):
        came = answer.numbers("log-softmax", vector.shape)
        exact = _exact(vector, Decimal(temperature), base)
        for index, (number, right) in enumerate(zip(came.tolist(), exact, strict=True)):
            what = f"element [{index}] of your log-softmax"
            if not np.isfinite(number):
                why = "where do your exponentials overflow, or which probability became 0?"
                kind = in_kind(number, float(right))
                raise answer.not_yet(f"{what} is {shown(number)}, which is {kind}: {why}")
            ulp = np.spacing(abs(float(right)))
            error = abs(float(Decimal(number) - right)) / ulp
            if error > most:
                size = f"about {error:.0f} ulp" if error < 1e6 else "more than a million ulp"
                why = _why_off(vector, error * ulp)
                raise answer.not_yet(f"{what}, {shown(number)}, is {size} off: {why}")

    return look


def _exact(vector, temperature, base):
    """Return the log-softmax of a vector near ±10 000: at 400 digits the sum keeps an exp(−600) beside 1."""
    with localcontext() as context:
        context.prec = 400
        numbers = [Decimal(x) / temperature for x in vector.tolist()]
        top = max(numbers)
        rest = sum((x - top).exp() for x in numbers).ln()
        nats = [x - top - rest for x in numbers]
        return nats if base is None else [number / Decimal(base).ln() for number in nats]


def _why_off(vector, error):
    """Ask for the likeliest cause of an absolute error: a wrong sum, a large number rounded, log(1 + x)."""
    if error > 1e-6:  # far above what rounding does to logits of this size
        if np.count_nonzero(vector == vector.max()) > 1:
            return (
                "how many logits share the largest value, and how many of them did you leave out of the sum?"
            )
        return "that is more than rounding; do the probabilities with these logarithms sum to 1?"
    # Near 1e4, where floats lie 1.8e−12 apart, rounding errs by more than this; next to 1 it errs by less.
    if error >= 1e-13:
        return "which step of yours rounds numbers that are much larger than the result?"
    return "a number next to 1 has lost the digits of what was added to it; which function adds 1 for you?"


_LOG_SOFTMAX = {
    "values for moderate logits": _log_softmax_is(
        MODERATE, "the exponentials of your results should sum to 1."
    ),
    "4 ulp near ±10 000": each_case([near_ten_thousand], within_ulps(4)),
    "logits far apart": _log_softmax_is(
        APART,
        "a class may have a probability below every float, and still a logarithm.",
    ),
    "batches of any shape": _log_softmax_is(BATCHES, "each vector along the last axis on its own."),
    "inputs unchanged": leaves_arguments_alone(BATCHES),
}

EXERCISES = (
    Exercise(
        "1.3", "A stable softmax over any axis", "softmax", ("logits",), ("softmax",), named(_STABLE_SOFTMAX)
    ),
    Exercise(
        "1.4", "Log-softmax to the last digits", "softmax", ("logits",), ("log-softmax",), named(_LOG_SOFTMAX)
    ),
)
