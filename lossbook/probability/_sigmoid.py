"""The logistic sigmoid and its logarithm."""

import numpy as np

from lossbook._blocks import map_numbers
from lossbook._checks import as_real_array


@np.errstate(all="ignore")
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
        One probability an element, of the same shape. The true value lies strictly between 0 and 1; rounding
        gives 1 from 53 log 2 ≈ 36.74 on and 0 below about −745 (float32: 17.3 and −104).

    Raises
    ------
    TypeError
        If `x` holds anything but real numbers.
    ValueError
        If nested lists are ragged.

    Notes
    -----
    Increasing; convex below 0, concave above. σ(−x) = 1 − σ(x), σ′ = σ(1 − σ), and σ(x) is the first entry
    of ``softmax([x, 0])``. ``scipy.special.expit(x)`` and ``torch.sigmoid(x)`` are the same function.

    Examples
    --------
    >>> sigmoid([0.0, 2.0, -1000.0])
    array([0.5       , 0.88079708, 0.        ])
    """
    x = as_real_array(x, name="x")

    def share(x):
        result = 1 / (1 + np.exp(-x))
        # Where e⁻ˣ overflows, σ(x) is eˣ to the last digit.
        far = x < -700
        if far.any():
            result = np.where(far, np.exp(x), result)
        return result

    return map_numbers(share, x, dtype=x.dtype)


@np.errstate(all="ignore")
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

    Raises
    ------
    TypeError
        If `x` holds anything but real numbers.
    ValueError
        If nested lists are ragged.

    Notes
    -----
    Concave and increasing; −log σ is convex and is the binary cross-entropy of the target 1.
    ``torch.nn.functional.logsigmoid(x)`` and ``scipy.special.log_expit(x)`` are the same function.

    Examples
    --------
    >>> log_sigmoid([0.0, 40.0, -1000.0])
    array([-6.93147181e-01, -4.24835426e-18, -1.00000000e+03])
    """
    x = as_real_array(x, name="x")
    return map_numbers(lambda x: np.minimum(x, 0) - np.log1p(np.exp(-abs(x))), x, dtype=x.dtype)
