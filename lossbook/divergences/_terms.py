"""The summands that the divergences share, and the unit of their sums."""

import math

import numpy as np

from lossbook._legacy_checks import real_number


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
    d, ratio = gap / q, p / q
    # Near p = q the quotient rounds away what counts, and its logarithm is that of 1 + d.
    log_ratio = np.where(abs(d) <= 0.5, np.log1p(d), np.log(ratio))
    overflows = np.isinf(ratio) & (q > 0)
    if overflows.any():
        log_ratio[overflows] = np.log(p[overflows]) - np.log(q[overflows])
    terms = p * log_ratio - gap
    tiny = abs(d) < 0.01
    if tiny.any():
        terms[tiny] = gap[tiny] * d[tiny] * _kl_series(d[tiny])
    return np.where(p == 0, q, terms)


def _kl_series(d):
    """Return ((1 + d) log(1 + d) − d) / d² = ½ − d/6 + d²/12 − d³/20 + …, which does not cancel."""
    series = np.full_like(d, 1 / 90)
    for k in range(9, 1, -1):
        series *= -d
        series += 1 / (k * (k - 1))
    return series


def js_terms(p, q):
    """Return p log(p/m) + q log(q/m), m = ½(p + q), for each pair of numbers, none of them negative.

    Parameters
    ----------
    p, q : ndarray
        Not negative, of equal shape, at least float64.

    Returns
    -------
    ndarray
        The summands.
    """
    gap, both = p - q, p + q
    d = gap / both
    # With p = m (1 + d) and q = m (1 − d) the logarithms keep their digits where p and q are nearly equal.
    near = abs(d) <= 0.5
    log_p = np.where(near, np.log1p(d), np.log(2 * p / both))
    log_q = np.where(near, np.log1p(-d), np.log(2 * q / both))
    terms = np.where(p == 0, 0, p * log_p) + np.where(q == 0, 0, q * log_q)
    tiny = abs(d) < 0.01
    if tiny.any():
        # The series d² + d⁴/6 + d⁶/15 + … of (1 + d) log(1 + d) + (1 − d) log(1 − d) does not cancel.
        square = d[tiny] * d[tiny]
        series = 1 + square * (1 / 6 + square * (1 / 15 + square / 28))
        terms[tiny] = 0.5 * gap[tiny] * d[tiny] * series
    return terms


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
