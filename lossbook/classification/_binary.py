"""Binary cross-entropy: the loss of a yes-or-no question, from its logit."""

import numpy as np

from lossbook._blocks import map_numbers
from lossbook._legacy_checks import as_real_array, check_equal_shapes


@np.errstate(all="ignore")
def binary_cross_entropy(logits, target):
    r"""Cross-entropy of the sigmoid of a logit, elementwise, in nats.

    .. math:: \ell(a, t) = -t \log \sigma(a) - (1 - t) \log \sigma(-a)

    Parameters
    ----------
    logits : array_like
        Real numbers of any shape: log-odds of the answer yes; ±∞ are allowed.
    target : array_like
        Probabilities of yes, of equal shape, from 0 to 1: 0 and 1 where the answer is known.

    Returns
    -------
    ndarray or scalar
        One loss an element, of the same shape, in [0, ∞], in nats.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, or a target is not from 0 to 1.

    Notes
    -----
    Convex in the logit. Its expected value is smallest where σ(a) is the probability of yes: a strictly
    proper score. It is ``softmax_cross_entropy`` of the logits (a, 0). With labels ±1 it is log(1 +
    e^(−label·a)), the logistic loss.

    ``torch.nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none")`` is the same.
    ``sklearn.metrics.log_loss(target, probs)`` takes probabilities and averages.

    References
    ----------
    Gneiting and Raftery (2007), doi 10.1198/016214506000001437

    Examples
    --------
    >>> binary_cross_entropy([0.0, 1e4, -1e4], [1, 1, 1])
    array([6.93147181e-01, 0.00000000e+00, 1.00000000e+04])
    """
    a, t, dtype = _logits_and_targets(logits, target)

    def loss(a, t):
        # −log σ(±a) = log(1 + exp(−|a|)) + max(∓a, 0): of the last terms one is |a|, the other 0. No summand
        # is negative, so nothing cancels.
        size = abs(a)
        missed = np.where(a < 0, t, 1 - t)
        loss = np.log1p(np.exp(-size))
        # 0 times an infinite logit is 0.
        loss += np.where(missed == 0, 0, missed * size)
        return loss

    return map_numbers(loss, a, t, dtype=dtype)


@np.errstate(all="ignore")
def binary_cross_entropy_grad(logits, target):
    r"""Derivative of the binary cross-entropy with respect to the logit.

    .. math:: \frac{\partial \ell}{\partial a} = \sigma(a) - t = (1 - t)\, \sigma(a) - t\, \sigma(-a)

    Parameters
    ----------
    logits : array_like
        Real numbers of any shape: log-odds of the answer yes; ±∞ are allowed.
    target : array_like
        Probabilities of yes, of equal shape, from 0 to 1.

    Returns
    -------
    ndarray or scalar
        One derivative an element, of the same shape, in [−1, 1].

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, or a target is not from 0 to 1.

    Examples
    --------
    >>> binary_cross_entropy_grad([0.0, 50.0, -1e4], [1, 1, 1])
    array([-5.00000000e-01, -1.92874985e-22, -1.00000000e+00])
    """
    a, t, dtype = _logits_and_targets(logits, target)

    def slope(a, t):
        # The second form keeps the digits of σ(a) − 1 where σ(a) is near 1. Of σ(a) and σ(−a) one is
        # 1/(1 + e) and the other e/(1 + e), with an e that cannot overflow.
        e = np.exp(-abs(a))
        return np.where(a < 0, (1 - t) * e - t, (1 - t) - t * e) / (1 + e)

    return map_numbers(slope, a, t, dtype=dtype)


def _logits_and_targets(logits, target):
    """Return both after checking them, and the type of the result."""
    a, t = as_real_array(logits, name="logits"), as_real_array(target, name="target")
    check_equal_shapes(a, t, names=("logits", "target"))
    # Both comparisons fail for NaN.
    if not (t.min(initial=0) >= 0 and t.max(initial=1) <= 1):
        raise ValueError(f"target must be from 0 to 1; got {t[~((t >= 0) & (t <= 1))][0]:g}")
    # A label is no measurement: 0 and 1 as integers leave float32 logits what they are.
    dtype = a.dtype if np.asarray(target).dtype.kind in "iu" else np.result_type(a, t)
    return a, t, dtype
