"""Sparsemax: the nearest point of the simplex."""

import numpy as np

from lossbook._blocks import map_vectors, sum_classes
from lossbook._checks import as_logits


@np.errstate(all="ignore")
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
        Probabilities of the shape of `logits`; they sum to 1 along `axis`, up to rounding. Logits at least 1
        below the largest get exactly 0.

    Raises
    ------
    TypeError
        If `logits` is not real, or `axis` not an integer.
    ValueError
        If there is no such axis or nothing along it, a logit is +∞ or all of a vector are −∞.

    Notes
    -----
    A projection: continuous, piecewise linear, the gradient of a convex function; adding one number to all
    logits changes nothing. Sorting makes it O(K log K). torch, scipy and scikit-learn do not offer it.

    References
    ----------
    Martins and Astudillo (2016), arXiv 1602.02068

    Examples
    --------
    >>> sparsemax([1.0, 0.5, -1.0])
    array([0.75, 0.25, 0.  ])
    """
    a = as_logits(logits, name="logits", axis=axis)
    return map_vectors(_nearest, a, dtype=a.dtype, axis=axis)


def _nearest(z):
    """Return the nearest point of the simplex to each vector of a block, one vector a column."""
    # This makes a vector with NaN anywhere NaN as a whole, and so it stays, as it does for softmax.
    z -= z.max(0)
    # The k largest stay, for the greatest k at which the k-th is above their threshold (their sum − 1)/k.
    descending = -np.sort(-z, axis=0)
    k = np.arange(1, len(z) + 1)[:, None]
    stay = k * descending > np.cumsum(descending, axis=0) - 1
    # Only what is above −1 can stay; a sum over those alone rounds less, and meets no −∞.
    tau = (sum_classes(np.where(stay, descending, 0)) - 1) / stay.sum(0)
    return np.maximum(z - tau, 0)
