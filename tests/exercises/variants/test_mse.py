"""Chapter 14's variants: typical wrong answers fail what they should, and last year's earns little."""

import numpy as np
import pytest

from lossbook.exercises.variants import makers, mse, mse_shrinking
from tests.exercises.variants.judging import assert_earns_little, assert_right, assert_told, made

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


MISTAKEN = {
    "nothing forgotten": (
        FORGETS,
        running,
        (LATER, "what you get if nothing is forgotten: which weights do"),
    ),
    "fades twice": (
        FORGETS,
        lambda p, t, mse, count: running(p, t, 0.9 * mse, count),
        (LATER, "what you get if old errors fade and their weight does not"),
    ),
    "smoothed": (
        FORGETS,
        lambda p, t, mse, count: 0.9 * mse + 0.1 * running(p, t, 0.0, 0),
        (LATER, "what a mean of means with fixed shares gives"),
    ),
    "types as given": (FORGETS, as_given, (BYTES, "what is 3 − 5"), (LARGE, "which type can hold")),
    "rows": (FORGETS, rows, (SHAPE, "how many elements has an array with rows?")),
    "prices exchanged": (
        PRICES,
        lambda p, t, mse, count: running(p, t, mse, count, prices=(1, 4)),
        (LATER, "what you get with the prices exchanged"),
    ),
    "prices as counts": (
        PRICES,
        lambda p, t, mse, count: (
            (count * mse + p.size * running(p, t, 0.0, 0, prices=(4, 1)))
            / (count + np.where(p < t, 4, 1).sum())
        ),
        (LATER, "what you get if a dear element counts several times"),
    ),
    "another base": (
        NATURAL,
        lambda p, t, mse, count: running(p, t, mse, count, error=lambda *both: logs(*both) / np.log(10)),
        (LATER, "what the other common base of the logarithm gives"),
    ),
    "adds 1 to bytes": (
        NATURAL,
        bytes_first,
        ("the largest bytes", "what is 255 + 1"),
        ("values near 0", "1e−12"),
    ),
    "towards the mean": (GUESS, shrunk, (PLAIN, "what shrinking towards the mean gives: which share")),
    "d − 3": (
        GUESS,
        lambda x, variance: shrunk(x, variance, two, few=3),
        (PLAIN, "what d − 3 in the place of d − 2 gives"),
        ("three numbers", "from how many numbers on does the rule gain?"),
    ),
    "no positive part": (
        GUESS,
        lambda x, variance: shrunk(x, variance, two, lost=2, few=3, least=-np.inf),
        ("never past the guess", "what a share below 0 gives"),
    ),
    "line for free": (
        TREND,
        lambda x, variance: shrunk(x, variance, line, lost=2, few=5),
        (PLAIN, "what you get if no coefficient counts"),
    ),
    "few are shrunk": (
        LIMITED,
        lambda x, variance: shrunk(x, variance, lost=1, limit=0.3 * variance**0.5, few=1),
        (FEW, "for how many numbers does the rule promise anything?"),
    ),
    "limit in variances": (
        LIMITED,
        lambda x, variance: shrunk(x, variance, limit=0.3 * variance),
        (NOISY, "what a limit in units of the variance gives: how large is a standard deviation"),
    ),
    "no limit": (LIMITED, shrunk, (PLAIN, "what you get without the limit: how far would the rule move")),
}


@pytest.mark.parametrize(
    ("variant", "answer", "sentences"), [(v, a, s) for v, a, *s in MISTAKEN.values()], ids=MISTAKEN
)
def test_a_wrong_answer_is_told_why(variant, answer, sentences):
    assert_told(variant, answer, sentences)


RIGHT = {
    "sums that fade": (FORGETS, lambda p, t, mse, count: running(p, t, mse, count, keep=0.9)),
    "priced sums": (PRICES, lambda p, t, mse, count: running(p, t, mse, count, prices=(4, 1))),
    "sums of logarithms": (NATURAL, lambda p, t, mse, count: running(p, t, mse, count, error=logs)),
    "guess": (GUESS, lambda x, variance: shrunk(x, variance, two, lost=2, few=3)),
    "trend by polyfit": (TREND, lambda x, variance: shrunk(x, variance, line, lost=4, few=5)),
    "limit by clipping": (LIMITED, lambda x, variance: shrunk(x, variance, limit=0.3 * variance**0.5)),
}


@pytest.mark.parametrize(("variant", "answer"), RIGHT.values(), ids=RIGHT)
def test_another_right_answer_passes(variant, answer):
    assert_right(variant, answer)


OLD = {"14.3": running, "14.4": shrunk}


@pytest.mark.parametrize(
    ("number", "maker"), [pytest.param(n, m, id=m.__name__) for n in OLD for m in makers(n)]
)
def test_the_chapters_own_answer_earns_little(number, maker):
    for seed in range(6):
        assert_earns_little(maker(np.random.default_rng(seed)), OLD[number])
