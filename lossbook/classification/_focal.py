"""Focal loss: cross-entropy with less weight on what is already right."""

import math

import numpy as np

from lossbook._blocks import map_vectors, reduce_vectors
from lossbook._legacy_checks import as_logits, real_number
from lossbook.classification._labels import as_labels, minus_targets, of_label, one_hot
from lossbook.probability._softmax import log_shares, shares_and_logs


@np.errstate(all="ignore")
def focal_loss(logits, labels, *, gamma=2.0):
    r"""Focal loss: cross-entropy times a power of the probability that was missed.

    .. math:: \ell_\gamma(a, y) = (1 - p_y)^\gamma \, (-\log p_y), \qquad p = \operatorname{softmax}(a)

    Parameters
    ----------
    logits : array_like
        Real numbers of shape (..., K), K ≥ 1; −∞ is allowed beside others.
    labels : array_like
        Integers from 0 to K − 1, of shape (...).
    gamma : float, default 2.0
        The power, finite and at least 0; 0 gives the cross-entropy.

    Returns
    -------
    ndarray or scalar
        One loss an example, of shape (...), in [0, ∞], in nats; ∞ where the label has the logit −∞.

    Raises
    ------
    TypeError
        If labels are not integers, or another argument is not real.
    ValueError
        If the shapes do not belong together, a label is out of range, there are no classes, a logit is +∞ or
        all of a vector are −∞, or `gamma` is not as described.

    Notes
    -----
    Not convex in the logits for γ > 0. Its expected value is then not smallest at the distribution of the
    labels: it is no proper score, though the most probable class stays the most probable. There is no weight
    α for each class here, which some versions have. torch, scipy and scikit-learn do not offer it;
    torchvision's ``sigmoid_focal_loss`` is the one for yes-or-no questions, with α = 0.25.

    References
    ----------
    Lin et al. (2017), arXiv 1708.02002

    Examples
    --------
    >>> focal_loss([[0.0, 0.0], [3.0, 0.0]], [0, 0])
    array([1.73286795e-01, 1.09283324e-04])
    """
    a, labels, gamma = _checked(logits, labels, gamma)

    def loss(a, labels):
        surprise = -of_label(log_shares(a), labels) + 0.0
        # 1 − p = −expm1(log p) keeps its digits where p is near 1.
        return (-np.expm1(-surprise)) ** gamma * surprise

    return reduce_vectors(loss, a, labels).astype(a.dtype, copy=False)[()]


@np.errstate(all="ignore")
def focal_loss_grad(logits, labels, *, gamma=2.0):
    r"""Derivative of the focal loss of each example with respect to its logits.

    .. math:: \frac{\partial \ell_\gamma}{\partial a_j}
        = (1 - p_y)^\gamma \left(1 + \gamma p_y \frac{-\log p_y}{1 - p_y}\right) (p_j - [j = y])

    Parameters
    ----------
    logits : array_like
        Real numbers of shape (..., K), K ≥ 1; −∞ is allowed beside others.
    labels : array_like
        Integers from 0 to K − 1, of shape (...).
    gamma : float, default 2.0
        The power, finite and at least 0.

    Returns
    -------
    ndarray
        Of the shape of the logits; it sums to 0 along the last axis.

    Raises
    ------
    TypeError
        If labels are not integers, or another argument is not real.
    ValueError
        As `focal_loss`.

    Examples
    --------
    >>> focal_loss_grad([[0.0, 0.0], [3.0, 0.0]], [0, 0])
    array([[-0.2982868 ,  0.2982868 ],
           [-0.00031487,  0.00031487]])
    """
    a, labels, gamma = _checked(logits, labels, gamma)

    def slope(a, labels):
        s, logs = shares_and_logs(a)
        surprise = -of_label(logs, labels)
        missed, p = -np.expm1(-surprise), np.exp(-surprise)
        # −log p / (1 − p) tends to 1 as p does, and p log p to 0 as p does.
        ratio = np.where(missed == 0, 1, np.where(p == 0, 0, p * surprise / missed))
        result = minus_targets(s, one_hot(labels, len(a)))
        result *= missed**gamma * (1 + gamma * ratio)
        return result

    return map_vectors(slope, a, labels, dtype=a.dtype)


def _checked(logits, labels, gamma):
    """Return logits, labels and γ after checking them."""
    a = as_logits(logits, name="logits")
    labels = as_labels(labels, name="labels", scores=a)
    requirement = "a finite number of at least 0"
    gamma = real_number(gamma, name="gamma", requirement=requirement)
    if not 0 <= gamma < math.inf:
        raise ValueError(f"gamma must be {requirement}; got {gamma:g}")
    return a, labels, gamma
