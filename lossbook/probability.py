r"""From scores to probabilities: sigmoid, softmax and their relatives.

The softmax family takes logits, real numbers along one axis, and treats each vector along it on its own. A
logit of −∞ is a class with probability 0. A vector that holds NaN gives NaN throughout.

All functions keep float16, float32 and float64, turn integers into float64 and change no argument.

Raises
------
TypeError
    If an argument is not real, or `axis` not an integer.
ValueError
    If shapes differ that must be equal, nested lists are ragged, there is no such axis or nothing along it;
    if a logit is +∞ or all of a vector are −∞, for which there is no softmax; or if `temperature` is not
    positive and finite.

Examples
--------
>>> from lossbook import probability
>>> probability.softmax([0.0, 0.0, float("-inf")])
array([0.5, 0.5, 0. ])
"""

import numpy as np

from lossbook import _checks as check

__all__ = [
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "sigmoid",
    "softmax",
    "softmax_jacobian",
    "softmax_vjp",
    "sparsemax",
]


# ---- One number at a time ----------------------------------------------------------------------------------


def sigmoid(x):
    r"""Logistic sigmoid: the probability that belongs to a log-odds.

    .. math:: \sigma(x) = \frac{1}{1 + e^{-x}}

    Parameters
    ----------
    x : array_like
        Real numbers of any shape: log-odds, in nats.

    Returns
    -------
    ndarray or scalar
        One probability an element, of the same shape, in [0, 1].

    Examples
    --------
    >>> sigmoid([0.0, 2.0, -1000.0])
    array([0.5       , 0.88079708, 0.        ])
    """
    x = check.real_array(x, "x")
    # For x < 0 the fraction is expanded by eˣ, so that no exponential overflows.
    e = np.exp(-abs(x))
    return np.where(x < 0, e, 1) / (1 + e)


def log_sigmoid(x):
    r"""Logarithm of the sigmoid, without the detour through a probability that rounds to 0 or 1.

    .. math:: \log \sigma(x) = -\log\left(1 + e^{-x}\right) = \min(x, 0) - \log\left(1 + e^{-|x|}\right)

    Parameters
    ----------
    x : array_like
        Real numbers of any shape: log-odds, in nats.

    Returns
    -------
    ndarray or scalar
        One log-probability an element, of the same shape, in [−∞, 0], in nats.

    Examples
    --------
    >>> log_sigmoid([0.0, 40.0, -1000.0])
    array([-6.93147181e-01, -4.24835426e-18, -1.00000000e+03])
    """
    x = check.real_array(x, "x")
    return np.minimum(x, 0) - np.log1p(np.exp(-abs(x)))


# ---- Vectors of logits -------------------------------------------------------------------------------------


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
        Probabilities of the shape of `logits`; they sum to 1 along `axis`.

    References
    ----------
    Bridle (1990), doi 10.1007/978-3-642-76153-9_28

    Examples
    --------
    >>> softmax([1.0, 2.0, 3.0])
    array([0.09003057, 0.24472847, 0.66524096])
    >>> softmax([1e4, 1e4, -1e4], temperature=0.5)
    array([0.5, 0.5, 0. ])
    """
    (a,) = check.logits(axis, logits=logits)
    e = np.exp(_below_largest(a, temperature))
    return np.moveaxis(e / e.sum(-1, keepdims=True), -1, axis)


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
        Log-probabilities of the shape of `logits`, in [−∞, 0], in nats.

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
    (a,) = check.logits(axis, logits=logits)
    d = _below_largest(a, temperature)
    return np.moveaxis(d - _log_sum(d), -1, axis)


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
    (a,) = check.logits(axis, logits=logits)
    return a.max(-1) + _log_sum(_below_largest(a))[..., 0]


def softmax_jacobian(logits):
    r"""Jacobian of softmax: how each probability changes with each logit.

    .. math:: J_{ij} = \frac{\partial s_i}{\partial a_j} = s_i (\delta_{ij} - s_j),
        \qquad J = \operatorname{diag}(s) - s s^\top, \quad s = \operatorname{softmax}(a)

    Parameters
    ----------
    logits : array_like
        Real numbers of shape (..., K), K ≥ 1; −∞ is allowed beside others.

    Returns
    -------
    ndarray
        Of shape (..., K, K): symmetric, positive semidefinite, in [−¼, ¼]; each row sums to 0.

    Examples
    --------
    >>> softmax_jacobian([0.0, 0.0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    (a,) = check.logits(logits=logits)
    s = softmax(a)
    products = s[..., :, np.newaxis] * s[..., np.newaxis, :]
    np.einsum("...ii->...i", products)[...] = 0
    # sᵢ(1 − sᵢ) = Σⱼ≠ᵢ sᵢsⱼ, which keeps its digits where sᵢ is near 1.
    return np.eye(s.shape[-1], dtype=s.dtype) * products.sum(-1, keepdims=True) - products


def softmax_vjp(logits, vector):
    r"""Product of a vector with the Jacobian of softmax, without building it: O(K) a vector.

    .. math:: J v = s \odot (v - \langle s, v \rangle), \qquad s = \operatorname{softmax}(a)

    Parameters
    ----------
    logits : array_like
        Real numbers of shape (..., K), K ≥ 1; −∞ is allowed beside others.
    vector : array_like
        Real numbers of the same shape: derivatives with respect to the probabilities.

    Returns
    -------
    ndarray
        Of the same shape: derivatives with respect to the logits; they sum to 0 along the last axis.

    Examples
    --------
    >>> softmax_vjp([0.0, 0.0], [1.0, 3.0])
    array([-0.5,  0.5])
    """
    a, v = check.vectors(logits=logits, vector=vector)
    s = softmax(a)
    with np.errstate(over="ignore", invalid="ignore"):
        return s * (v - (s * v).sum(-1, keepdims=True))


def sparsemax(logits, *, axis=-1):
    r"""Sparsemax: the probability vector nearest to the logits, often with exact zeros.

    .. math:: \operatorname{sparsemax}(a) = \operatorname*{argmin}_{p \in \Delta} \lVert p - a \rVert^2,
        \qquad p_i = \max(a_i - \tau, 0) \ \text{ with } \tau \text{ such that } \textstyle\sum_i p_i = 1

    Parameters
    ----------
    logits : array_like
        Real numbers, at least one along `axis`; −∞ is allowed beside others.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray
        Probabilities of the shape of `logits`; they sum to 1 along `axis`. Logits at least 1 below the
        largest get exactly 0.

    References
    ----------
    Martins and Astudillo (2016), arXiv 1602.02068

    Examples
    --------
    >>> sparsemax([1.0, 0.5, -1.0])
    array([0.75, 0.25, 0.  ])
    """
    (a,) = check.logits(axis, logits=logits)
    # What lies 1 or more below the largest gets 0: clipping it there keeps sums of what is far below small.
    z = np.maximum(_below_largest(a), -1)
    # The k largest stay, for the greatest k at which the k-th is above their threshold (their sum − 1)/k.
    descending = -np.sort(-z, axis=-1)
    thresholds = (np.cumsum(descending, -1) - 1) / np.arange(1, z.shape[-1] + 1, dtype=z.dtype)
    stay = (descending > thresholds).sum(-1, keepdims=True)
    tau = np.take_along_axis(thresholds, np.maximum(stay, 1) - 1, -1)
    return np.moveaxis(np.maximum(z - tau, 0), -1, axis)


def _below_largest(a, temperature=1.0):
    """Return (a − max a) / T: the largest exponential is then 1, and nothing overflows."""
    temperature = check.positive(temperature, "temperature", a.dtype)
    with np.errstate(over="ignore"):
        return (a - a.max(-1, keepdims=True)) / temperature


def _log_sum(d):
    """Return log Σ exp(d) for logits d whose largest is 0: that one is the 1 in log1p, and the rest count."""
    e = np.exp(d)
    np.put_along_axis(e, d.argmax(-1, keepdims=True), 0, -1)
    return np.log1p(e.sum(-1, keepdims=True))


check.keep_float16(globals())
