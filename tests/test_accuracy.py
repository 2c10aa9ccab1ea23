"""Digits: as many as the best-known peers keep, and those that textbooks' code loses."""

import math
import warnings

import mpmath
import numpy as np
import pytest
import scipy.spatial.distance
import scipy.special
import scipy.stats
import torch
from mpmath import mpf

from lossbook import classification, distances, divergences, embeddings, probability, regression

# A probability of 1 − 1e-300 is told from 1 by its 300th digit.
DIGITS = 400
POINTS = 120
F = torch.nn.functional


def ulps(result, truth):
    """Return |result − truth| in units in the last place of the truth; infinite for NaN or a wrong ∞."""
    if abs(truth) > mpf(np.finfo(float).max):
        return 0.0 if result == math.copysign(math.inf, truth) else math.inf
    if not math.isfinite(result):
        return math.inf
    unit = mpmath.ldexp(1, max(int(mpmath.frexp(truth)[1]) - 53, -1074) if truth else -1074)
    return float(abs(mpf(float(result)) - truth) / unit)


# ---- Points: ordinary ones, and those where digits get lost ------------------------------------------------


def logits(rng):
    """Return logits: ordinary, far above 0, one of them leading by up to 700."""
    a = rng.normal(size=rng.integers(2, 8))
    leading = a + rng.uniform(20, 700) * (np.arange(len(a)) == 0)
    return [(a, 3 * a + rng.uniform(-1000, 1000), leading)[rng.integers(3)]]


def log_odds(rng):
    """Return log-odds from −700 to 700, most of them near 0."""
    return [np.array(rng.normal() * 10 ** rng.uniform(-2, 2.2))]


def residuals(rng):
    """Return a residual of any ordinary size."""
    return [np.array(rng.choice([-1, 1]) * 10 ** rng.uniform(-9, 6))]


def two_distributions(rng):
    """Return two distributions, from unlike to nearly the same: apart by 10⁰ to 10⁻⁹."""
    p = rng.dirichlet(np.ones(5))
    shift = 10 ** rng.uniform(-9, 0)
    return [p, p + shift * (rng.dirichlet(np.ones(5)) - p)]


def two_directions(rng):
    """Return two vectors, from unlike to nearly parallel."""
    x = rng.normal(size=6)
    return [x, rng.uniform(0.5, 2) * (x + 10 ** rng.uniform(-9, 0) * rng.normal(size=6))]


def logits_and_class(rng):
    """Return logits, with the most probable class as the label: where a loss is small."""
    (a,) = logits(rng)
    return [a, np.array(a.argmax())]


# ---- Definitions, for numbers of any precision -------------------------------------------------------------


def exact_softmax(a):
    e = [mpmath.exp(x - max(a)) for x in a]
    return [x / sum(e) for x in e]


def exact_kl(p, q):
    # As the library defines it for floats that do not sum to 1 exactly.
    return sum(x * mpmath.log(x / y) - x + y for x, y in zip(p, q, strict=True))


def exact_js(p, q):
    m = [(x + y) / 2 for x, y in zip(p, q, strict=True)]
    return (exact_kl(p, m) + exact_kl(q, m)) / 2


def exact_cosine(x, y):
    dot = sum(a * b for a, b in zip(x, y, strict=True))
    return dot / mpmath.sqrt(sum(a * a for a in x) * sum(b * b for b in y))


def exact_huber(r, delta):
    return r * r / 2 if abs(r) <= delta else delta * (abs(r) - delta / 2)


def tensor(function):
    """Return a function of arrays that is one of torch's."""
    return lambda *arrays: function(*map(torch.tensor, arrays)).numpy()


SUBJECTS = {
    "sigmoid": (probability.sigmoid, log_odds, lambda x: 1 / (1 + mpmath.exp(-x)), scipy.special.expit),
    "log_sigmoid": (
        probability.log_sigmoid,
        log_odds,
        lambda x: -mpmath.log1p(mpmath.exp(-x)),
        tensor(F.logsigmoid),
    ),
    "softmax": (probability.softmax, logits, exact_softmax, scipy.special.softmax),
    "log_softmax": (
        probability.log_softmax,
        logits,
        lambda a: [mpmath.log(s) for s in exact_softmax(a)],
        scipy.special.log_softmax,
    ),
    "softmax_cross_entropy": (
        lambda a, y: classification.softmax_cross_entropy(a, y),
        logits_and_class,
        lambda a, y: -mpmath.log(exact_softmax(a)[int(y)]),
        lambda a, y: F.cross_entropy(torch.tensor(a)[None], torch.tensor(y)[None], reduction="none").numpy()[
            0
        ],
    ),
    "kl": (divergences.kl, two_distributions, exact_kl, lambda p, q: scipy.special.kl_div(p, q).sum()),
    "js": (
        divergences.js,
        two_distributions,
        exact_js,
        lambda p, q: scipy.spatial.distance.jensenshannon(p, q) ** 2,
    ),
    "hellinger": (
        divergences.hellinger,
        two_distributions,
        lambda p, q: mpmath.sqrt(
            sum((mpmath.sqrt(x) - mpmath.sqrt(y)) ** 2 for x, y in zip(p, q, strict=True)) / 2
        ),
        lambda p, q: np.sqrt(((np.sqrt(p) - np.sqrt(q)) ** 2).sum() / 2),
    ),
    "cosine_distance": (
        distances.cosine_distance,
        two_directions,
        lambda x, y: 1 - exact_cosine(x, y),
        scipy.spatial.distance.cosine,
    ),
    "cosine_similarity": (
        embeddings.cosine_similarity,
        two_directions,
        exact_cosine,
        tensor(lambda a, b: F.cosine_similarity(a, b, dim=-1)),
    ),
    "angular_distance": (
        distances.angular_distance,
        two_directions,
        lambda x, y: mpmath.acos(exact_cosine(x, y)),
        lambda x, y: np.arccos(1 - scipy.spatial.distance.cosine(x, y)),
    ),
    "huber": (
        lambda r: regression.huber(r, 0 * r, delta=0.7),
        residuals,
        lambda r: exact_huber(r, mpf(0.7)),
        lambda r: scipy.special.huber(0.7, r),
    ),
    "pseudo_huber": (
        lambda r: regression.pseudo_huber(r, 0 * r, delta=0.7),
        residuals,
        lambda r: mpf(0.7) ** 2 * (mpmath.sqrt(1 + (r / mpf(0.7)) ** 2) - 1),
        lambda r: scipy.special.pseudo_huber(0.7, r),
    ),
    "log_cosh": (
        lambda r: regression.log_cosh(r, 0 * r),
        residuals,
        lambda r: abs(r) + mpmath.log1p(mpmath.exp(-2 * abs(r))) - mpmath.log(2),
        lambda r: np.logaddexp(r, -r) - math.log(2),
    ),
}
# Where textbooks' code loses digits ours keeps them: at most so many units in the last place are lost.
BOUNDS = {
    "log_sigmoid": 4,
    "log_softmax": 300,
    "softmax_cross_entropy": 300,
    "kl": 100,
    "js": 100,
    "hellinger": 100,
    "pseudo_huber": 8,
    "log_cosh": 8,
}


def worst(function, points, exact):
    """Return the largest error of a function at the points, in units in the last place."""
    errors = []
    with warnings.catch_warnings(), mpmath.workdps(DIGITS):
        warnings.simplefilter("ignore")
        for point in points:
            numbers = [[mpf(float(x)) for x in a] if a.ndim else mpf(float(a)) for a in point]
            truth = exact(*numbers)
            results = np.ravel(function(*point)).tolist()
            errors += map(ulps, results, truth if isinstance(truth, list) else [truth])
    return max(errors)


@pytest.mark.parametrize("name", SUBJECTS)
def test_at_most_twice_the_error_of_the_best_known_peer(name):
    ours, draw, exact, peer = SUBJECTS[name]
    rng = np.random.default_rng(1)
    points = [draw(rng) for _ in range(POINTS)]
    error = worst(ours, points, exact)
    assert error <= 2 * max(worst(peer, points, exact), 2)
    assert error <= BOUNDS.get(name, math.inf)


def test_an_error_is_counted_in_units_in_the_last_place():
    with mpmath.workdps(DIGITS):
        assert ulps(1 + 2**-52, mpf(1)) == 1
        assert ulps(1 - 2**-53, mpf(1)) == 0.5
        assert ulps(0.0, mpf("5e-324")) == pytest.approx(1, rel=0.02, abs=0)
        assert ulps(math.inf, mpf("1e309")) == 0
        assert ulps(math.inf, mpf(1)) == ulps(math.nan, mpf(1)) == ulps(1e308, mpf("1e309")) == math.inf
