"""The functions of `lossbook.divergences`, with their definitions in many digits."""

import itertools
import math

import mpmath
import numpy as np
import scipy.spatial.distance
import scipy.special
import scipy.stats
import torch
import ulp
from mpmath import mpf

from lossbook import divergences

FLOATS = (np.float64, np.float32)
INF = mpf("inf")


# ---- Points ----------------------------------------------------------------------------------------------


def distribution(rng, k, kind):
    """Return k probabilities: alike, over many exponents, nearly a point mass, with zeros, subnormal."""
    raw = [
        lambda: rng.dirichlet(np.ones(k)),
        lambda: np.exp(rng.uniform(-700, 0, k)),
        lambda: np.where(np.arange(k) == rng.integers(k), 1, 10.0 ** rng.uniform(-300, -1, k)),
        lambda: rng.random(k) * (rng.random(k) < 0.6) + (np.arange(k) == 0),
        lambda: np.where(np.arange(k) == 0, 1, 5e-324 * rng.integers(0, 50, k)),
        lambda: np.full(k, 1.0),
    ][kind % 6]()
    return raw / raw.sum()


def vectors(rng, count):
    """Return points of one distribution."""
    return [(distribution(rng, int(rng.choice([1, 2, 3, 9])), i),) for i in range(count)]


def pairs(rng, count):
    """Return points of two distributions: unrelated, equal, nearly equal, with disjoint supports."""

    def pair(i):
        k = int(rng.choice([1, 2, 3, 9]))
        p = distribution(rng, k, i // 6)
        if i % 6 == 0:
            q = p * (1 + 10 ** rng.uniform(-13, -1) * rng.uniform(-1, 1, k))
            return p, q / q.sum()
        if i % 6 == 1:
            return p, p[::-1].copy()
        if i % 6 == 2 and k > 1:
            half = np.arange(k) < k // 2
            return np.where(half, 1 / half.sum(), 0.0), np.where(half, 0.0, 1 / (~half).sum())
        if i % 6 == 3:
            # Each number a little off, from 1 % to half: on both sides of where the formula changes.
            q = p * np.exp(rng.uniform(-0.8, 0.8, k))
            return p, q / q.sum()
        return p, distribution(rng, k, i)

    return [pair(i) for i in range(count)]


def triples(rng, count):
    """Return points of three distributions as rows, and three weights."""
    return [
        (np.stack([distribution(rng, 4, i), *pair]), distribution(rng, 3, 3 * i))
        for i, pair in enumerate(
            (distribution(rng, 4, i + 1), distribution(rng, 4, i // 6)) for i in range(count)
        )
    ]


def pairs_on_a_line(rng, count):
    """Return two distributions and increasing places."""
    return [(p, q, np.cumsum(10 ** rng.uniform(-3, 3, len(p)))) for p, q in pairs(rng, count)]


def pairs_of_logits(rng, count):
    """Return two vectors of logits: unrelated or nearly equal, ordinary, tied, dominated, tiny, huge."""
    points = []
    for i, (a,) in enumerate(ulp.logits(rng, count)):
        a = a[:5] if np.isfinite(a[:5]).any() else a
        near = a * (1 + 10 ** rng.uniform(-12, -1) * rng.uniform(-1, 1, a.shape))
        b = near if i % 20 < 10 else 3 * rng.standard_normal(a.shape) if i % 3 else a[::-1].copy()
        # Differences of logits beyond the largest float are no logarithms of probabilities.
        points.append(tuple(np.where(np.isneginf(x), x, np.clip(x, -4e307, 4e307)) for x in (a, b)))
    return points


def pairs_of_gaussians(rng, count):
    """Return means and variances of two Gaussians, over many exponents and nearly equal."""
    points = []
    for i in range(count):
        means, variances = rng.standard_normal(2), 10 ** rng.uniform(-100, 100, 2)
        if i % 2:
            variances[1] = variances[0] * (1 + 10 ** rng.uniform(-12, 0))
            means[1] = means[0] * (1 + 10 ** rng.uniform(-12, 0))
        points.append(tuple(np.array(x) for x in (means[0], variances[0], means[1], variances[1])))
    return points


# ---- Definitions -----------------------------------------------------------------------------------------


def log_ratio(p, q):
    return mpmath.log(p / q) if p and q else INF if p else mpf(0)


def each(function, p, q):
    return [function(x, y) for x, y in zip(p, q, strict=True)]


def over(size, value):
    return size / value if value and not mpmath.isinf(value) else INF if size else mpf(1)


def entropy(p):
    return [-sum(x * mpmath.log(x) for x in p if x)]


def entropy_condition(p):
    return over(sum(abs(x * (mpmath.log(x) + 1)) for x in p if x), abs(entropy(p)[0]))


def cross_entropy(p, q):
    return [sum(x * -mpmath.log(y) if y else INF for x, y in zip(p, q, strict=True) if x)]


def cross_entropy_condition(p, q):
    (value,) = cross_entropy(p, q)
    return over(
        sum(x + abs(x * mpmath.log(y)) if y else INF for x, y in zip(p, q, strict=True) if x), abs(value)
    )


def kl(p, q):
    return [sum(each(lambda x, y: (x * log_ratio(x, y) if x else 0) - x + y, p, q))]


def kl_condition(p, q):
    return over(sum(each(lambda x, y: abs(x * log_ratio(x, y)) + abs(x - y), p, q)), kl(p, q)[0])


def js(p, q):
    m = each(lambda x, y: (x + y) / 2, p, q)
    return [(kl(p, m)[0] + kl(q, m)[0]) / 2]


def js_condition(p, q):
    m = each(lambda x, y: (x + y) / 2, p, q)
    return over(
        sum(abs(x * log_ratio(x, y)) / 2 for x, y in zip([*p, *q], [*m, *m], strict=True)), js(p, q)[0]
    )


def js_general(ps, weights):
    k = len(ps) // len(weights)
    rows = [ps[i : i + k] for i in range(0, len(ps), k)]
    mixture = [sum(w * row[j] for w, row in zip(weights, rows, strict=True)) for j in range(k)]
    return [sum(w * kl(row, mixture)[0] for w, row in zip(weights, rows, strict=True) if w)]


def js_general_condition(ps, weights):
    k = len(ps) // len(weights)
    rows = [ps[i : i + k] for i in range(0, len(ps), k)]
    mixture = [sum(w * row[j] for w, row in zip(weights, rows, strict=True)) for j in range(k)]
    sizes = [
        w * (abs(x * log_ratio(x, m)) + abs(x - m))
        for w, row in zip(weights, rows, strict=True)
        if w
        for x, m in zip(row, mixture, strict=True)
    ]
    return over(sum(sizes), js_general(ps, weights)[0])


def total_variation(p, q):
    return [sum(each(lambda x, y: abs(x - y), p, q)) / 2]


def hellinger(p, q):
    return [mpmath.sqrt(sum(each(lambda x, y: (mpmath.sqrt(x) - mpmath.sqrt(y)) ** 2, p, q)) / 2)]


def running(gaps):
    return [sum(gaps[: k + 1]) for k in range(len(gaps) - 1)]


def wasserstein(p, q, support):
    lengths = [b - a for a, b in itertools.pairwise(support)]
    return [
        sum(abs(f) * x for f, x in zip(running(each(lambda x, y: x - y, p, q)), lengths, strict=True))
        + mpf(0)
    ]


def wasserstein_condition(p, q, support):
    lengths = [b - a for a, b in itertools.pairwise(support)]
    sizes = running(each(lambda x, y: abs(x - y), p, q))
    return over(
        sum((f * x for f, x in zip(sizes, lengths, strict=True)), mpf(0)), wasserstein(p, q, support)[0]
    )


def softmax(a):
    top = max(a)
    e = [mpmath.exp(x - top) if x - top > -1e4 else mpf(0) for x in a]
    return [x / sum(e) for x in e]


def logs(a):
    top = max(a)
    rest = mpmath.log(sum(mpmath.exp(x - top) for x in a if x - top > -1e4))
    return [x - top - rest for x in a]


def kl_from_logits(a, b):
    p, q, log_p, log_q = softmax(a), softmax(b), logs(a), logs(b)
    terms = [
        y if mpmath.isinf(u) else INF if mpmath.isinf(v) else x * (u - v) - x + y
        for x, y, u, v in zip(p, q, log_p, log_q, strict=True)
    ]
    return [sum(terms)]


def kl_from_logits_condition(a, b):
    (value,) = kl_from_logits(a, b)
    if mpmath.isinf(value):
        return INF
    p, q, log_p, log_q = softmax(a), softmax(b), logs(a), logs(b)
    sizes = [
        abs(s * x * (u - v - value)) + abs(t * (x - y))
        for s, t, x, y, u, v in zip(a, b, p, q, log_p, log_q, strict=True)
        if not mpmath.isinf(u) and not mpmath.isinf(v)
    ]
    return over(sum(sizes), value)


def gaussian(mean_p, var_p, mean_q, var_q):
    ratio = var_p[0] / var_q[0]
    return [(ratio - 1 - mpmath.log(ratio) + (mean_p[0] - mean_q[0]) ** 2 / var_q[0]) / 2]


def gaussian_condition(mean_p, var_p, mean_q, var_q):
    ratio, gap = var_p[0] / var_q[0], mean_p[0] - mean_q[0]
    sizes = [abs(ratio - 1), abs(ratio - 1) + gap**2 / var_q[0]]
    sizes += [2 * abs(x[0] * gap) / var_q[0] for x in (mean_p, mean_q)]
    return over(sum(sizes) / 2, gaussian(mean_p, var_p, mean_q, var_q)[0])


# ---- Subjects --------------------------------------------------------------------------------------------


def summing(p, *_):
    return 4.0 + math.log2(p.shape[-1] if p.ndim else 1)


def twin(function):
    """Return a function of torch as one of arrays."""
    return lambda *arrays: function(*(torch.tensor(array) for array in arrays)).numpy()


def torch_kl(p, q):
    return torch.nn.functional.kl_div(torch.log(q), p, reduction="none").sum(-1)


def torch_kl_from_logits(a, b):
    log_p, log_q = torch.log_softmax(a, -1), torch.log_softmax(b, -1)
    return torch.nn.functional.kl_div(log_q, log_p, reduction="none", log_target=True).sum(-1)


def torch_gaussian_kl(mean_p, var_p, mean_q, var_q):
    normal = torch.distributions.Normal
    return torch.distributions.kl_divergence(normal(mean_p, var_p.sqrt()), normal(mean_q, var_q.sqrt()))


SUBJECTS = [
    ulp.Subject(
        "entropy",
        divergences.entropy,
        vectors,
        entropy,
        summing,
        condition=entropy_condition,
        peers={"scipy": scipy.stats.entropy},
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "cross_entropy",
        divergences.cross_entropy,
        pairs,
        cross_entropy,
        summing,
        condition=cross_entropy_condition,
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "kl",
        divergences.kl,
        pairs,
        kl,
        summing,
        condition=kl_condition,
        peers={
            "torch": twin(torch_kl),
            "scipy": scipy.stats.entropy,
            "scipy, kl_div": lambda p, q: scipy.special.kl_div(p, q).sum(-1),
        },
        dtypes=FLOATS,
    ),
    ulp.Subject("js", divergences.js, pairs, js, summing, condition=js_condition, dtypes=FLOATS),
    ulp.Subject(
        "js_distance",
        divergences.js_distance,
        pairs,
        lambda p, q: [mpmath.sqrt(js(p, q)[0])],
        summing,
        condition=lambda p, q: js_condition(p, q) / 2,
        peers={"scipy": scipy.spatial.distance.jensenshannon},
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "js_general", divergences.js_general, triples, js_general, summing, condition=js_general_condition
    ),
    ulp.Subject(
        "total_variation_distance",
        divergences.total_variation_distance,
        pairs,
        total_variation,
        summing,
        dtypes=FLOATS,
    ),
    ulp.Subject("hellinger", divergences.hellinger, pairs, hellinger, summing, dtypes=FLOATS),
    ulp.Subject(
        "wasserstein_1d",
        lambda p, q, x: divergences.wasserstein_1d(p, q, support=x),
        pairs_on_a_line,
        wasserstein,
        summing,
        condition=wasserstein_condition,
        peers={"scipy": lambda p, q, x: scipy.stats.wasserstein_distance(x, x, p, q)},
    ),
    ulp.Subject(
        "kl_from_logits",
        divergences.kl_from_logits,
        pairs_of_logits,
        kl_from_logits,
        summing,
        condition=kl_from_logits_condition,
        peers={"torch": twin(torch_kl_from_logits)},
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "gaussian_kl, variances",
        divergences.gaussian_kl,
        pairs_of_gaussians,
        gaussian,
        lambda *_: 8.0,
        condition=gaussian_condition,
        peers={"torch": twin(torch_gaussian_kl)},
    ),
]
