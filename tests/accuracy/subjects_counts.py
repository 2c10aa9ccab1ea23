"""Shares that are counted, and what is made of counts, with their definitions in exact arithmetic."""

import functools

import mpmath
import numpy as np
import scipy.spatial.distance
import sklearn.metrics
import ulp
from mpmath import mpf

from lossbook import classification, distances

K, N, NEIGHBORS = 3, 12, 3


def codes(rng, count):
    """Return pairs of sequences of few symbols, as floats."""
    sizes = rng.choice([1, 2, 7, 50], count)
    return [tuple(rng.integers(0, 3, (2, n)).astype(float)) for n in sizes]


def sets(rng, count):
    """Return pairs of sets, as indicators 0 and 1; some are empty."""
    shares = rng.choice([0.0, 0.1, 0.5, 0.9], count)
    return [tuple((rng.random((2, 7)) < share).astype(float)) for share in shares]


def unequal(x, y):
    return [mpf(sum(a != b for a, b in zip(x, y, strict=True))) / len(x)]


def jaccard(a, b):
    both = sum(1 for p, q in zip(a, b, strict=True) if p and q)
    either = sum(1 for p, q in zip(a, b, strict=True) if p or q)
    return mpf(both) / either if either else mpf(1)


def forecasts(rng, count):
    """Return probabilities of some examples and their labels."""

    def probabilities():
        return rng.dirichlet(np.full(K, 10 ** rng.uniform(-1, 1)), N)

    return [(probabilities(), rng.integers(0, K, N).astype(float)) for _ in range(count)]


def calibration_terms(p, labels):
    """Return accuracy minus confidence of each example, by bin."""
    bins = {}
    for row, label in zip([p[K * i : K * i + K] for i in range(N)], labels, strict=True):
        top = max(row)
        # The edges are the floats b/B.
        here = sum(top > mpf(b / 15) for b in range(1, 15))
        bins.setdefault(here, []).append((row.index(top) == label) - top)
    return list(bins.values())


def calibration(p, labels):
    return [mpmath.fsum(abs(mpmath.fsum(terms)) for terms in calibration_terms(p, labels)) / N]


def calibration_condition(p, labels):
    sizes = mpmath.fsum(abs(term) for terms in calibration_terms(p, labels) for term in terms) / N
    value = calibration(p, labels)[0]
    return sizes / value if value else mpf("inf")


def samples(rng, count):
    """Return samples of two variables that depend on each other more or less."""
    found = []
    for _ in range(count):
        x, noise = rng.standard_normal((2, N))
        y = rng.uniform(0, 2) * x + noise
        unit = 10 ** rng.uniform(-9, 9)
        found.append((x * unit * rng.uniform(0.5, 2), y * unit))
    return found


@functools.cache
def digamma(n):
    return mpmath.digamma(n)


def neighbors_terms(x, y):
    """Return ψ(k) + ψ(n) and the means of ψ(n_x + 1) and ψ(n_y + 1), by comparing all pairs."""
    sums = [mpf(0), mpf(0)]
    for i in range(N):
        others = [j for j in range(N) if j != i]
        radius = sorted(max(abs(x[i] - x[j]), abs(y[i] - y[j])) for j in others)[NEIGHBORS - 1]
        for axis, z in enumerate((x, y)):
            sums[axis] += digamma(1 + sum(abs(z[i] - z[j]) < radius for j in others))
    return [digamma(NEIGHBORS), digamma(N), -sums[0] / N, -sums[1] / N]


def neighbors_condition(x, y):
    terms = neighbors_terms(x, y)
    total = mpmath.fsum(terms)
    return mpmath.fsum(map(abs, terms)) / abs(total) if total else mpf("inf")


def sklearn_jaccard(a, b):
    return sklearn.metrics.jaccard_score(a, b, zero_division=1.0)


SUBJECTS = [
    ulp.Subject(
        "hamming",
        distances.hamming,
        codes,
        unequal,
        lambda *_: 1.0,
        peers={"scipy": scipy.spatial.distance.hamming},
        dtypes=(np.float64, np.float32),
    ),
    ulp.Subject(
        "jaccard_index",
        lambda a, b: distances.jaccard_index(a > 0, b > 0),
        sets,
        lambda a, b: [jaccard(a, b)],
        lambda *_: 1.0,
        peers={"scikit-learn": sklearn_jaccard},
    ),
    ulp.Subject(
        "jaccard_distance",
        lambda a, b: distances.jaccard_distance(a > 0, b > 0),
        sets,
        lambda a, b: [1 - jaccard(a, b)],
        lambda *_: 1.0,
        peers={"scipy": lambda a, b: scipy.spatial.distance.jaccard(a > 0, b > 0)},
    ),
    ulp.Subject(
        "mutual_information_knn",
        lambda x, y: distances.mutual_information_knn(x, y, k=NEIGHBORS),
        samples,
        lambda x, y: [mpmath.fsum(neighbors_terms(x, y))],
        lambda x, y: 4.0 + np.log2(2 * N),
        condition=neighbors_condition,
    ),
    ulp.Subject(
        "expected_calibration_error",
        lambda p, labels: classification.expected_calibration_error(p, labels.astype(int)),
        forecasts,
        calibration,
        lambda p, labels: 4.0 + np.log2(N),
        condition=calibration_condition,
        dtypes=(np.float64, np.float32),
    ),
]
