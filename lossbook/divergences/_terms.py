"""The summands that the divergences share, and the unit of their sums."""

import math

import numpy as np

from lossbook._checks import real_number


def kl_terms(p, q):
    """Return p log(p/q) − p + q for each pair of numbers, none of them negative.

    Parameters
    ----------
    p, q : ndarray
        Not negative, of equal shape, at least float64.

    Returns
    -------
    ndarray
        The summands; ∞ where q = 0 < p, q where p = 0.
    """
    gap = p - q
    log_ratio = np.log(p / q)
    overflows = np.isposinf(log_ratio) & (q > 0)
    if overflows.any():
        log_ratio[overflows] = np.log(p[overflows]) - np.log(q[overflows])
    terms = p * log_ratio - gap
    # Near p = q the quotient rounds away what counts. With d = (p − q)/q it is q φ(d), φ(d) = (1 + d) log(1 +
    # d) − d.
    near = abs(gap) <= 0.5 * q
    terms[near] = q[near] * _phi(gap[near] / q[near])
    return np.where(p == 0, q, terms)


def _phi(d):
    """Return (1 + d) log(1 + d) − d for |d| ≤ ½."""
    # The series ½d² − d³/6 + d⁴/12 − d⁵/20 + … does not cancel where d is small.
    series = np.full_like(d, 1 / 90)
    for k in range(9, 1, -1):
        series *= -d
        series += 1 / (k * (k - 1))
    return np.where(abs(d) < 0.01, d * d * series, (1 + d) * np.log1p(d) - d)


def in_base(nats, base, dtype):
    """Return a sum in nats in the unit of the base, and in the type of the arguments.

    Parameters
    ----------
    nats : ndarray or scalar
        The sum.
    base : float or None
        The base of the logarithm, above 1; None for e.
    dtype : dtype
        The type of the result.

    Raises
    ------
    TypeError
        If `base` is no number.
    ValueError
        If it is not above 1 and finite.
    """
    if base is not None:
        requirement = "None or a finite number above 1"
        number = real_number(base, name="base", requirement=requirement)
        if not 1 < number < math.inf:
            raise ValueError(f"base must be {requirement}; got {number:g}")
        nats = nats / math.log(number)
    return np.asarray(nats).astype(dtype)[()]
