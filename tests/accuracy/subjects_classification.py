"""The losses of `lossbook.classification`, with their definitions in many digits; label 0 throughout."""

import math

import mpmath
import numpy as np
import torch
import ulp
from mpmath import mpf

from lossbook import classification

FLOATS = (np.float64, np.float32)
INF = mpf("inf")
GAMMA = 2.5
T = 4.0


def logits(rng, count):
    """Return short vectors of logits, of ordinary size to huge."""
    return [
        (np.where(np.isneginf(a[:5]), a[:5], np.clip(a[:5], -4e307, 4e307)),)
        for (a,) in ulp.logits(rng, count)
        if np.isfinite(a[:5]).any()
    ]


def logits_and_targets(rng, count):
    """Return points of one logit and one target each, the target often 0 or 1."""
    return [(a, np.array([rng.choice([0.0, 1.0, rng.random(), 1e-300])])) for (a,) in ulp.scalars(rng, count)]


def pairs(rng, count):
    """Return logits of a student and a teacher: nearly equal, or unrelated."""
    points = []
    for i in range(count):
        z = rng.standard_normal(4) * 10 ** rng.uniform(-3, 2)
        near = z * (1 + 10 ** rng.uniform(-10, -1) * rng.uniform(-1, 1, 4))
        points.append((z, near if i % 2 else rng.standard_normal(4)))
    return points


def probabilities(rng, count):
    """Return points of one distribution each."""
    return [(rng.dirichlet(np.full(4, 10 ** rng.uniform(-2, 2))),) for _ in range(count)]


def softmax_and_logs(a):
    top = max(a)
    e = [mpmath.exp(x - top) if x - top > -1e4 else mpf(0) for x in a]
    rest = mpmath.log(sum(e))
    return [x / sum(e) for x in e], [x - top - rest for x in a]


def cross_entropy(a):
    return [-softmax_and_logs(a)[1][0]]


def cross_entropy_grad(a):
    p, _ = softmax_and_logs(a)
    return [p[0] - 1, *p[1:]]


def focal(a):
    p, logs = softmax_and_logs(a)
    return [(1 - p[0]) ** GAMMA * -logs[0] if not mpmath.isinf(logs[0]) else INF]


def binary(a, t):
    plus, minus = (mpmath.log(1 + mpmath.exp(-abs(a[0]))) + max(s * a[0], 0) for s in (1, -1))
    return [t[0] * minus + (1 - t[0]) * plus]


def binary_grad(a, t):
    return [1 / (1 + mpmath.exp(-a[0])) - t[0]]


def binary_grad_condition(a, t):
    s = 1 / (1 + mpmath.exp(-a[0]))
    size, value = (1 - t[0]) * s + t[0] * (1 - s), abs(s - t[0])
    return size / value if value else INF if size else mpf(1)


def distillation(z, v):
    (p, log_p), (_, log_q) = (softmax_and_logs([x / T for x in a]) for a in (v, z))
    return [mpf(T) ** 2 * sum(x * (a - b) for x, a, b in zip(p, log_p, log_q, strict=True))]


def distillation_condition(z, v):
    (p, log_p), (q, log_q) = (softmax_and_logs([x / T for x in a]) for a in (v, z))
    value = distillation(z, v)[0] / T**2
    sizes = [
        abs(b / T * x * (s - t - value)) + abs(a / T * (x - y))
        for a, b, x, y, s, t in zip(z, v, p, q, log_p, log_q, strict=True)
    ]
    return sum(sizes) / value if value else INF


def distillation_grad(z, v):
    p, q = (softmax_and_logs([x / T for x in a])[0] for a in (v, z))
    return [T * (y - x) for x, y in zip(p, q, strict=True)]


def distillation_grad_condition(z, v):
    (p, _), (q, _) = (softmax_and_logs([x / T for x in a]) for a in (v, z))
    spread = [sum(abs(x / T) * s for x, s in zip(a, share, strict=True)) for a, share in ((v, p), (z, q))]
    return [
        (x * (abs(b / T) + spread[0]) + y * (abs(a / T) + spread[1]) + abs(x - y)) / abs(x - y)
        if x != y
        else INF
        for a, b, x, y in zip(z, v, p, q, strict=True)
    ]


def brier(p):
    return [sum((x - (i == 0)) ** 2 for i, x in enumerate(p))]


def summing(a, *_):
    return 4.0 + math.log2(a.size)


def label(function):
    """Return a function of logits or probabilities that has the label 0."""
    return lambda scores: function(scores, 0)


SUBJECTS = [
    ulp.Subject(
        "softmax_cross_entropy",
        label(classification.softmax_cross_entropy),
        logits,
        cross_entropy,
        lambda *_: 4.0,
        peers={
            "torch": lambda a: torch.nn.functional.cross_entropy(torch.tensor(a), torch.tensor(0)).numpy()
        },
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "softmax_cross_entropy_grad",
        label(classification.softmax_cross_entropy_grad),
        logits,
        cross_entropy_grad,
        summing,
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "binary_cross_entropy",
        classification.binary_cross_entropy,
        logits_and_targets,
        binary,
        lambda *_: 4.0,
        peers={
            "torch": lambda a, t: torch.nn.functional.binary_cross_entropy_with_logits(
                torch.tensor(a), torch.tensor(t), reduction="none"
            ).numpy()
        },
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "binary_cross_entropy_grad",
        classification.binary_cross_entropy_grad,
        logits_and_targets,
        binary_grad,
        lambda *_: 4.0,
        condition=binary_grad_condition,
        dtypes=FLOATS,
    ),
    ulp.Subject(
        f"focal_loss, gamma {GAMMA}",
        lambda a: classification.focal_loss(a, 0, gamma=GAMMA),
        logits,
        focal,
        # The power multiplies the error of 1 − p.
        lambda *_: 4.0 * (1 + GAMMA),
        dtypes=FLOATS,
    ),
    ulp.Subject(
        f"distillation_loss, temperature {T}",
        lambda z, v: classification.distillation_loss(z, v, temperature=T),
        pairs,
        distillation,
        summing,
        condition=distillation_condition,
        dtypes=FLOATS,
    ),
    ulp.Subject(
        f"distillation_loss_grad, temperature {T}",
        lambda z, v: classification.distillation_loss_grad(z, v, temperature=T),
        pairs,
        distillation_grad,
        summing,
        condition=distillation_grad_condition,
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "brier_score", label(classification.brier_score), probabilities, brier, summing, dtypes=FLOATS
    ),
]
