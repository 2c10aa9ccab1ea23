"""The functions of `lossbook.probability`, with their definitions in many digits."""

import math

import mpmath
import numpy as np
import scipy.special
import torch
import ulp
from mpmath import mpf

from lossbook import probability

T = 0.37
FLOATS = (np.float64, np.float32)


def exponentials(a):
    """Return exp(a − max a) and the largest."""
    top = max(a)
    # exp(−1e4) is far below the smallest float and the last digit here.
    return [mpmath.exp(number - top) if number - top > -1e4 else mpf(0) for number in a], top


def softmax(a):
    e, _ = exponentials(a)
    total = sum(e)
    return [number / total for number in e]


def log_softmax(a):
    e, top = exponentials(a)
    rest = mpmath.log(sum(e))
    return [number - top - rest for number in a]


def logsumexp(a):
    e, top = exponentials(a)
    return [top + mpmath.log(sum(e))]


def logsumexp_condition(a):
    (value,) = logsumexp(a)
    weighted = sum(s * abs(number) for s, number in zip(softmax(a), a, strict=True) if s)
    return weighted / abs(value) if value else mpf("inf")


def jacobian(a):
    s = softmax(a)
    k = len(s)
    return [s[i] * ((i == j) - s[j]) for i in range(k) for j in range(k)]


def vjp(a, v):
    s = softmax(a)
    mean = sum(p * number for p, number in zip(s, v, strict=True))
    return [p * (number - mean) for p, number in zip(s, v, strict=True)]


def vjp_condition(a, v):
    # Each result is a sum of products sᵢsⱼ(vᵢ − vⱼ). A probability below the normal floats has few digits:
    # its error is that of the smallest normal one.
    s = [max(p, mpf(float(np.finfo(float).tiny))) for p in softmax(a)]
    sizes = [p * sum(q * abs(x - y) for q, y in zip(s, v, strict=True)) for p, x in zip(s, v, strict=True)]
    return [
        size / abs(true) if true else mpf("inf") if size else mpf(1)
        for size, true in zip(sizes, vjp(a, v), strict=True)
    ]


def sparsemax_threshold(a):
    """Return the threshold, less the largest logit, by bisection: another way than sorting."""
    top = max(a)
    z = [number - top for number in a]
    low, high = mpf(-1), mpf(0)
    for _ in range(150):
        middle = (low + high) / 2
        if sum(max(number - middle, 0) for number in z) > 1:
            low = middle
        else:
            high = middle
    return low


def sparsemax(a):
    top, threshold = max(a), sparsemax_threshold(a)
    return [max(number - top - threshold, mpf(0)) for number in a]


def sparsemax_condition(a):
    # A probability is the difference of a logit and the threshold, both of size up to 1. A logit clearly
    # below the threshold has exactly 0; where both are equal up to rounding, nothing can be asked for.
    top, threshold = max(a), sparsemax_threshold(a)
    margins = [number - top - threshold for number in a]
    return [1 / m if m > 1e-290 else mpf(1) if m < -1e-15 else mpf("inf") for m in margins]


def logits_and_vectors(rng, count):
    """Return vectors of logits, each with another vector."""
    return [(a, rng.standard_normal(a.shape) * 10 ** rng.uniform(-5, 5)) for (a,) in small_logits(rng, count)]


def small_logits(rng, count):
    """Return short vectors of logits."""
    return [(a[:7],) for (a,) in ulp.logits(rng, count) if np.isfinite(a[:7]).any()]


def quotients(a):
    """Return a/T rounded to float64; without rounding where that would overflow."""
    with np.errstate(all="ignore"):
        rounded = np.array([float(number) for number in a]) / T
    overflows = any(np.isinf(q) and mpmath.isfinite(number) for q, number in zip(rounded, a, strict=True))
    return [number / mpf(T) for number in a] if overflows else [mpf(float(q)) for q in rounded]


def from_torch(function):
    """Return a function of torch as one of arrays."""
    return lambda *arrays: function(*(torch.tensor(array) for array in arrays)).numpy()


def four(*_):
    return 4.0


def summing(*arrays):
    return 4.0 + math.log2(len(arrays[0]))


SUBJECTS = [
    ulp.Subject(
        "sigmoid",
        probability.sigmoid,
        ulp.scalars,
        lambda x: [1 / (1 + mpmath.exp(-x[0]))],
        four,
        peers={"torch": from_torch(torch.sigmoid), "scipy": scipy.special.expit},
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "log_sigmoid",
        probability.log_sigmoid,
        ulp.scalars,
        lambda x: [min(x[0], 0) - mpmath.log(1 + mpmath.exp(-abs(x[0])))],
        four,
        peers={"torch": from_torch(torch.nn.functional.logsigmoid), "scipy": scipy.special.log_expit},
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "softmax",
        probability.softmax,
        ulp.logits,
        softmax,
        four,
        peers={"torch": from_torch(lambda a: torch.softmax(a, -1)), "scipy": scipy.special.softmax},
        dtypes=FLOATS,
    ),
    ulp.Subject(
        f"softmax, temperature {T}",
        lambda a: probability.softmax(a, temperature=T),
        small_logits,
        lambda a: softmax(quotients(a)),
        four,
    ),
    ulp.Subject(
        "log_softmax",
        probability.log_softmax,
        ulp.logits,
        log_softmax,
        four,
        peers={"torch": from_torch(lambda a: torch.log_softmax(a, -1)), "scipy": scipy.special.log_softmax},
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "logsumexp",
        probability.logsumexp,
        ulp.logits,
        logsumexp,
        four,
        condition=logsumexp_condition,
        peers={"torch": from_torch(lambda a: torch.logsumexp(a, -1)), "scipy": scipy.special.logsumexp},
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "softmax_jacobian",
        probability.softmax_jacobian,
        small_logits,
        jacobian,
        lambda a: 8.0 + math.log2(len(a)),
    ),
    ulp.Subject(
        "softmax_vjp",
        probability.softmax_vjp,
        logits_and_vectors,
        vjp,
        lambda a, v: 8.0 + math.log2(len(a)),
        condition=vjp_condition,
    ),
    ulp.Subject(
        "sparsemax",
        probability.sparsemax,
        small_logits,
        sparsemax,
        summing,
        condition=sparsemax_condition,
    ),
]
