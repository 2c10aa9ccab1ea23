"""Chapter 14's variants: typical wrong answers fail what they should, and last year's earns little."""

import numpy as np
import pytest

from lossbook.exercises.variants import mse, mse_shrinking
from tests.exercises.variants.judging import (
    assert_earns_little,
    assert_right,
    assert_sound,
    assert_told,
    each_old,
    each_right,
    each_variant,
    each_wrong,
    made,
)

LATER, SHAPE, BYTES, LARGE = "a later batch", "any shape", "bytes", "squares too large for float32"
PLAIN, NOISY, FEW = "noise of variance 1", "other noise", "few numbers"


def running(p, t, mse, count, keep=1.0, error=np.subtract, prices=(1, 1), old=None):
    r = error(p.astype(float), t.astype(float))
    costs = np.where(r < 0, *prices) * r**2
    old = keep * count if old is None else old(count)
    return (old * mse + costs.sum()) / (old + r.size)


def as_given(p, t, mse, count):
    return (0.9 * count * mse + np.sum((p - t) ** 2)) / (0.9 * count + p.size)


def logs(p, t):
    return np.log1p(p) - np.log1p(t)


def bytes_first(p, t, mse, count):
    return (count * mse + np.sum((np.log(p + 1) - np.log(t + 1)) ** 2)) / (count + p.size)


def rows(p, t, mse, count):
    return (0.9 * count * mse + len(p) * np.mean((p * 1.0 - t) ** 2)) / (0.9 * count + len(p))


def shrunk(x, variance, center=np.mean, lost=3, limit=np.inf, few=4, least=0.0):
    middle = center(x)
    spread = np.sum((x - middle) ** 2)
    if len(x) < few or spread < 1e-20:
        return x.copy()
    moved = x - (x - middle) * min((len(x) - lost) * variance / spread, 1 - least)
    return x + np.clip(moved - x, -limit, limit)


def line(x):
    return np.polyval(np.polyfit(range(len(x)), x, 1), range(len(x)))


FORGETS = made(mse._forgetting, but=["0.5 times", "0.8 times", "0.95 times"])
PRICES = made(mse._two_prices, but=["too high costs", "costs 2", "costs 3", "costs 5"])
NATURAL = made(mse._of_logarithms, but=["binary", "decimal"])
GUESS = made(mse_shrinking._towards_a_number, but=["near 1", "near 20", "near 10"])
TREND = made(mse_shrinking._towards_a_trend, but=["parabola"])
LIMITED = made(mse_shrinking._limited, but=["0.2 standard", "0.4 standard"])


def two(x):
    return 2.0 + 0 * x


WRONG = {
    FORGETS: {
        "nothing forgotten": (running, (LATER, "what you get if nothing is forgotten: which weights do")),
        "fades twice": (
            lambda p, t, mse, count: running(p, t, 0.9 * mse, count),
            (LATER, "what you get if old errors fade and their weight does not"),
        ),
        "smoothed": (
            lambda p, t, mse, count: 0.9 * mse + 0.1 * running(p, t, 0.0, 0),
            (LATER, "what a mean of means with fixed shares gives"),
        ),
        "types as given": (as_given, (BYTES, "what is 3 − 5"), (LARGE, "which type can hold")),
        "rows": (rows, (SHAPE, "how many elements has an array with rows?")),
    },
    PRICES: {
        "prices exchanged": (
            lambda p, t, mse, count: running(p, t, mse, count, prices=(1, 4)),
            (LATER, "what you get with the prices exchanged"),
        ),
        "prices as counts": (
            lambda p, t, mse, count: (
                (count * mse + p.size * running(p, t, 0.0, 0, prices=(4, 1)))
                / (count + np.where(p < t, 4, 1).sum())
            ),
            (LATER, "what you get if a dear element counts several times"),
        ),
    },
    NATURAL: {
        "another base": (
            lambda p, t, mse, count: running(p, t, mse, count, error=lambda *both: logs(*both) / np.log(10)),
            (LATER, "what the other common base of the logarithm gives"),
        ),
        "adds 1 to bytes": (
            bytes_first,
            ("the largest bytes", "what is 255 + 1"),
            ("values near 0", "1e−12"),
        ),
    },
    GUESS: {
        "towards the mean": (shrunk, (PLAIN, "what shrinking towards the mean gives: which share")),
        "d − 3": (
            lambda x, variance: shrunk(x, variance, two, few=3),
            (PLAIN, "what d − 3 in the place of d − 2 gives"),
            ("three numbers", "from how many numbers on does the rule gain?"),
        ),
        "no positive part": (
            lambda x, variance: shrunk(x, variance, two, lost=2, few=3, least=-np.inf),
            ("never past the guess", "what a share below 0 gives"),
        ),
    },
    TREND: {
        "line for free": (
            lambda x, variance: shrunk(x, variance, line, lost=2, few=5),
            (PLAIN, "what you get if no coefficient counts"),
        ),
    },
    LIMITED: {
        "few are shrunk": (
            lambda x, variance: shrunk(x, variance, lost=1, limit=0.3 * variance**0.5, few=1),
            (FEW, "for how many numbers does the rule promise anything?"),
        ),
        "limit in variances": (
            lambda x, variance: shrunk(x, variance, limit=0.3 * variance),
            (NOISY, "what a limit in units of the variance gives: how large is a standard deviation"),
        ),
        "no limit": (shrunk, (PLAIN, "what you get without the limit: how far would the rule move")),
    },
}

RIGHT = {
    FORGETS: [lambda p, t, mse, count: running(p, t, mse, count, keep=0.9)],
    PRICES: [lambda p, t, mse, count: running(p, t, mse, count, prices=(4, 1))],
    NATURAL: [lambda p, t, mse, count: running(p, t, mse, count, error=logs)],
    GUESS: [lambda x, variance: shrunk(x, variance, two, lost=2, few=3)],
    TREND: [lambda x, variance: shrunk(x, variance, line, lost=4, few=5)],
    LIMITED: [lambda x, variance: shrunk(x, variance, limit=0.3 * variance**0.5)],
}

OLD = {"14.3": running, "14.4": shrunk}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)


@pytest.mark.parametrize(("variant", "answer"), each_right(RIGHT))
def test_other_right_answers_pass(variant, answer):
    assert_right(variant, answer)


@pytest.mark.parametrize(("maker", "answer"), each_old(OLD))
def test_the_chapters_own_answer_earns_little(maker, answer):
    assert_earns_little(maker, answer)
