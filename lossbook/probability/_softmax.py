"""Softmax, its logarithm, and the log-sum-exp that normalizes both."""

import numpy as np

from lossbook._blocks import map_vectors, reduce_vectors, split, sum_beside_largest
from lossbook._checks import as_logits, positive_number

# Logits between these need no shift: no exponential overflows or loses digits, nor does the sum of many.
LOW, HIGH = -700, 600


@np.errstate(all="ignore")
def softmax(logits, *, temperature=1.0, axis=-1):
    r"""Softmax: positive numbers that sum to 1, in the proportions of the logits' exponentials.

    .. math:: \operatorname{softmax}_i(a) = \frac{e^{a_i/T}}{\sum_j e^{a_j/T}}

    Parameters
    ----------
    logits : array_like
        Real numbers, at least one along `axis`; −∞ is allowed beside others and has probability 0.
    temperature : float, default 1.0
        What the logits are divided by, positive, in their unit. Near 0 the largest take all in equal shares,
        far out all classes are equal.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray
        Probabilities of the shape of `logits`; they sum to 1 along `axis`, up to rounding.

    Raises
    ------
    TypeError
        If `logits` or `temperature` is not real, or `axis` not an integer.
    ValueError
        If there is no such axis or nothing along it, a logit is +∞ or all of a vector are −∞, or
        `temperature` is not positive and finite.

    Notes
    -----
    A map into the simplex and the gradient of log-sum-exp, the convex function that makes it monotone. Adding
    one number to all logits changes nothing. At most 4 units in the last place from the true value, of the
    rounded quotient logits/temperature where there is a temperature. ``scipy.special.softmax(logits, axis)``
    and ``torch.softmax(logits, dim)`` are the same; they lose digits where logits lie far apart, and give NaN
    for what is refused here.

    References
    ----------
    Bridle (1990), doi 10.1007/978-3-642-76153-9_28;
    Blanchard, Higham and Higham (2021), doi 10.1093/imanum/draa038

    Examples
    --------
    >>> softmax([1.0, 2.0, 3.0])
    array([0.09003057, 0.24472847, 0.66524096])
    >>> softmax([1e4, 1e4, -1e4], temperature=0.5)
    array([0.5, 0.5, 0. ])
    """
    a = as_logits(logits, name="logits", axis=axis)
    temperature = positive_number(temperature, name="temperature", dtype=a.dtype)

    return map_vectors(lambda a: shares(over(a, temperature)), a, dtype=a.dtype, axis=axis)


@np.errstate(all="ignore")
def log_softmax(logits, *, temperature=1.0, axis=-1):
    r"""Logarithm of softmax, without the detour through probabilities that round to 0 or 1.

    .. math:: \log \operatorname{softmax}_i(a) = a_i/T - \log \sum_j e^{a_j/T}

    Parameters
    ----------
    logits : array_like
        Real numbers, at least one along `axis`; −∞ is allowed beside others.
    temperature : float, default 1.0
        What the logits are divided by, positive, in their unit.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray
        Log-probabilities of the shape of `logits`, in [−∞, 0], in nats. Finite logits give −∞ only where they
        differ by more than the type's largest number.

    Raises
    ------
    TypeError
        If `logits` or `temperature` is not real, or `axis` not an integer.
    ValueError
        If there is no such axis or nothing along it, a logit is +∞ or all of a vector are −∞, or
        `temperature` is not positive and finite.

    Notes
    -----
    Each entry is concave in the logits. At most 4 units in the last place from the true value, of the rounded
    quotient logits/temperature where there is a temperature: also where a probability is 1 − 1e-300.
    ``scipy.special.log_softmax(logits, axis)`` and ``torch.log_softmax(logits, dim)`` are the same function,
    and give 0 there.

    References
    ----------
    Blanchard, Higham and Higham (2021), doi 10.1093/imanum/draa038

    Examples
    --------
    >>> log_softmax([1000.0, 0.0, 990.0])
    array([-4.53988992e-05, -1.00000005e+03, -1.00000454e+01])
    >>> log_softmax([0.0, -50.0])
    array([-1.92874985e-22, -5.00000000e+01])
    """
    a = as_logits(logits, name="logits", axis=axis)
    temperature = positive_number(temperature, name="temperature", dtype=a.dtype)
    return map_vectors(lambda a: log_shares(over(a, temperature)), a, dtype=a.dtype, axis=axis)


@np.errstate(all="ignore")
def logsumexp(logits, *, axis=-1):
    r"""Log-sum-exp: a smooth maximum, and the logarithm of softmax's denominator.

    .. math:: \operatorname{LSE}(a) = \log \sum_j e^{a_j}

    Parameters
    ----------
    logits : array_like
        Real numbers, at least one along `axis`; −∞ is allowed beside others.
    axis : int, default -1
        The axis that is summed over.

    Returns
    -------
    ndarray or scalar
        One number a vector, of the shape of `logits` without `axis`: between the largest logit and that plus
        log K, in nats.

    Raises
    ------
    TypeError
        If `logits` is not real, or `axis` not an integer.
    ValueError
        If there is no such axis or nothing along it, a logit is +∞ or all of a vector are −∞.

    Notes
    -----
    Convex; its gradient is softmax. Within 4 units in the last place times the condition number
    Σ sᵢ|aᵢ| / |LSE|, if that is above 1. ``scipy.special.logsumexp(logits, axis)`` and
    ``torch.logsumexp(logits, dim)`` are the same function; they also take +∞ and vectors of −∞.

    References
    ----------
    Blanchard, Higham and Higham (2021), doi 10.1093/imanum/draa038

    Examples
    --------
    >>> float(logsumexp([1000.0, 1000.0]))
    1000.6931471805599
    >>> float(logsumexp([0.0, -50.0]))
    1.9287498479639178e-22
    """
    a = as_logits(logits, name="logits", axis=axis)

    def total(a):
        top, rest = _top_and_rest(a)
        return top + rest

    return reduce_vectors(total, a, axis=axis).astype(a.dtype, copy=False)[()]


# ---- Blocks of vectors, as `lossbook._blocks` hands them out: one vector a column -------------------------


def over(a, temperature):
    """Return logits over the temperature."""
    if temperature == 1:
        return a
    top = a.max(0)
    # Only differences count, and where the quotient overflows any difference is a large one.
    overflows = np.isinf(top / temperature)
    return np.where(overflows, a - top, a) / temperature


def _exponentials(a):
    """Return exp(a − shift), with a shift for each vector that makes it safe, and overwrite the logits."""
    if a.max() <= HIGH and a.min() >= LOW:
        return np.exp(a, out=a)
    top, bottom = a.max(0), a.min(0)
    safe = (top <= HIGH) & (bottom >= LOW)
    shift = np.where(safe, 0, top)
    hi = a - shift
    # The difference rounds, by e in absolute terms, and exp(hi) is then wrong by e in relative ones: up to
    # ½|hi| units in the last place. Knuth's two-sum gives the lost part exactly: a − shift = hi + lo.
    # In memory that is there already: lo = (a − (hi − back)) − (shift + back) with back = hi − a.
    back = hi - a
    lo = hi - back
    np.subtract(a, lo, out=lo)
    back += shift
    lo -= back
    e = np.exp(hi, out=hi)
    # Where the difference is infinite, the exponential is 0 and there is nothing to mend.
    np.putmask(lo, e == 0, 0)
    lo *= e
    e += lo
    return e


def _exact_sum(e):
    """Return the sum of each vector, in which every rounding would be one of each share."""
    high, low = split(e, len(e) * e.max(0))
    return high.sum(0) + low.sum(0)


def shares(a):
    """Return the softmax of each vector, and overwrite the logits."""
    e = _exponentials(a)
    e /= _exact_sum(e)
    return e


def shares_and_logs(a):
    """Return the softmax of each vector and its logarithm, and overwrite the logits."""
    e = _exponentials(a.copy())
    p = e / _exact_sum(e)
    a -= a.max(0)
    largest, others = sum_beside_largest(e)
    a -= np.log1p(others / largest)
    return p, a


def _top_and_rest(a):
    """Return each vector's largest logit, and log-sum-exp minus it: log(1 + others/largest). Overwrite a."""
    top = a.max(0)
    largest, others = sum_beside_largest(_exponentials(a))
    return top, np.log1p(others / largest)


def log_shares(a):
    """Return the logarithm of the softmax of each vector, and overwrite the logits."""
    top, rest = _top_and_rest(a.copy())
    a -= top
    a -= rest
    return a
