r"""Losses of a classifier: logits or probabilities against labels, or against target probabilities.

The classes lie along the last axis. Each function returns one loss an example (the binary cross-entropy one a
number): nothing is summed or averaged over the examples, but by the calibration error. ``<loss>_grad`` is the
derivative of each loss with respect to its own logits or probabilities. A logit of −∞ is a class with
probability 0; an example with NaN among its logits gives NaN.

All functions keep float16, float32 and float64, turn integers into float64 and change no argument.

Raises
------
TypeError
    If labels or `bins` are not integers, or another argument is not real.
ValueError
    If shapes do not belong together, nested lists are ragged, or there are no classes; if a label is not from
    0 to K − 1, a logit is +∞ or all of a vector are −∞; if a probability is negative or NaN, or a sum is not
    1 within 1e-6 (1e-4 for float32, 1e-2 for float16); or if a setting is out of its range.

Examples
--------
>>> from lossbook import classification
>>> classification.softmax_cross_entropy([[0.0, 0.0], [100.0, 0.0]], [0, 1])
array([  0.69314718, 100.        ])
"""

import sys

import numpy as np

from lossbook import _checks as check
from lossbook import divergences, probability

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_grad",
    "brier_score",
    "brier_score_grad",
    "distillation_loss",
    "distillation_loss_grad",
    "expected_calibration_error",
    "focal_loss",
    "focal_loss_grad",
    "softmax_cross_entropy",
    "softmax_cross_entropy_grad",
]


# ---- Cross-entropy -----------------------------------------------------------------------------------------


def softmax_cross_entropy(logits, target, *, label_smoothing=0.0, class_weights=None):
    r"""Cross-entropy of the softmax of logits: the code length of the target class, in nats.

    .. math:: \ell(a, y) = -\sum_c t_c \log \operatorname{softmax}_c(a),
        \qquad t_c = w_c \left( (1 - \varepsilon) y_c + \varepsilon / K \right)

    For a label y is 1 at it and 0 elsewhere; without weights and smoothing ℓ is minus the label's
    log-probability.

    Parameters
    ----------
    logits : array_like
        Real numbers of shape (..., K), K ≥ 1; −∞ is allowed beside others.
    target : array_like
        Labels, integers from 0 to K − 1 of shape (...), or probabilities y of shape (..., K) that sum to 1
        along the last axis.
    label_smoothing : float, default 0.0
        ε, from 0 to 1: how much of the target is spread evenly over all classes.
    class_weights : array_like, optional
        K weights w, finite and at least 0. By default all 1.

    Returns
    -------
    ndarray or scalar
        One loss an example, of shape (...), in [0, ∞], in nats; ∞ where a class with a share in the target
        has the logit −∞.

    References
    ----------
    Gneiting and Raftery (2007), doi 10.1198/016214506000001437;
    Szegedy et al. (2016), arXiv 1512.00567

    Examples
    --------
    >>> softmax_cross_entropy([[0.0, 0.0], [100.0, 0.0]], [0, 1])
    array([  0.69314718, 100.        ])
    >>> softmax_cross_entropy([[0.0, 0.0], [2.0, 0.0]], [[0.5, 0.5], [0.9, 0.1]])
    array([0.69314718, 0.32692801])
    """
    a, t = _logits_and_targets(logits, target, label_smoothing, class_weights)
    log_s = probability.log_softmax(a)
    # A class without a share in the target may have the logit −∞: 0 times ∞ is 0 here.
    log_s[(t == 0) & (log_s == -np.inf)] = 0
    return 0.0 - np.vecdot(t, log_s)


def softmax_cross_entropy_grad(logits, target, *, label_smoothing=0.0, class_weights=None):
    r"""Derivative of the softmax cross-entropy of each example with respect to its logits.

    .. math:: \frac{\partial \ell}{\partial a_j} = t_\Sigma \operatorname{softmax}_j(a) - t_j,
        \qquad t_\Sigma = \sum_c t_c

    Examples
    --------
    >>> softmax_cross_entropy_grad([[0.0, 0.0], [100.0, 0.0]], [0, 1])
    array([[-0.5,  0.5],
           [ 1. , -1. ]])
    """
    a, t = _logits_and_targets(logits, target, label_smoothing, class_weights)
    log_s = probability.log_softmax(a)
    # t_Σ s − t = (t_Σ − t) s + t (s − 1), where expm1 keeps the digits of s − 1 for s near 1.
    return (t.sum(-1, keepdims=True) - t) * np.exp(log_s) + t * np.expm1(log_s)


def binary_cross_entropy(logits, target):
    r"""Cross-entropy of the sigmoid of a logit, elementwise, in nats: the loss of a yes-or-no question.

    .. math:: \ell(a, t) = -t \log \sigma(a) - (1 - t) \log \sigma(-a)

    Parameters
    ----------
    logits : array_like
        Real numbers of any shape: log-odds of the answer yes; ±∞ are allowed.
    target : array_like
        Probabilities of yes, of equal shape, from 0 to 1: 0 and 1 where the answer is known. As integers they
        leave the type of the logits what it is.

    Returns
    -------
    ndarray or scalar
        One loss an element, of the same shape, in [0, ∞], in nats.

    References
    ----------
    Gneiting and Raftery (2007), doi 10.1198/016214506000001437

    Examples
    --------
    >>> binary_cross_entropy([0.0, 1e4, -1e4], [1, 1, 1])
    array([6.93147181e-01, 0.00000000e+00, 1.00000000e+04])
    """
    a, t = check.answers(logits, target)
    # −log σ(±a) = log(1 + exp(−|a|)) + max(∓a, 0), and the last is |a| for the answer that the sign of a is
    # against: t for a < 0, 1 − t for a > 0. 0 times ∞ is 0 here.
    missed = abs((a > 0) - t)
    with np.errstate(invalid="ignore"):
        return np.log1p(np.exp(-abs(a))) + np.where(missed == 0, 0, missed * abs(a))


def binary_cross_entropy_grad(logits, target):
    r"""Derivative of the binary cross-entropy with respect to the logit.

    .. math:: \frac{\partial \ell}{\partial a} = \sigma(a) - t = (1 - t)\, \sigma(a) - t\, \sigma(-a)

    Examples
    --------
    >>> binary_cross_entropy_grad([0.0, 50.0, -1e4], [1, 1, 1])
    array([-5.00000000e-01, -1.92874985e-22, -1.00000000e+00])
    """
    a, t = check.answers(logits, target)
    # The second form keeps the digits of σ(a) − 1 where σ(a) is near 1.
    return (1 - t) * probability.sigmoid(a) - t * probability.sigmoid(-a)


# ---- Relatives of cross-entropy ----------------------------------------------------------------------------


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
        The power, finite and at least 0; 0 gives the cross-entropy. There is no weight α for each class here,
        which some versions have.

    Returns
    -------
    ndarray or scalar
        One loss an example, of shape (...), in [0, ∞], in nats; ∞ where the label has the logit −∞.

    References
    ----------
    Lin et al. (2017), arXiv 1708.02002

    Examples
    --------
    >>> focal_loss([[0.0, 0.0], [3.0, 0.0]], [0, 0])
    array([1.73286795e-01, 1.09283324e-04])
    """
    surprise, gamma = _surprise(logits, labels, gamma)
    # 1 − p = −expm1(log p) keeps its digits where p is near 1.
    return (-np.expm1(-surprise)) ** gamma * surprise


def focal_loss_grad(logits, labels, *, gamma=2.0):
    r"""Derivative of the focal loss of each example with respect to its logits.

    .. math:: \frac{\partial \ell_\gamma}{\partial a_j}
        = (1 - p_y)^\gamma \left(1 + \gamma p_y \frac{-\log p_y}{1 - p_y}\right) (p_j - [j = y])

    Examples
    --------
    >>> focal_loss_grad([[0.0, 0.0], [3.0, 0.0]], [0, 0])
    array([[-0.2982868 ,  0.2982868 ],
           [-0.00031487,  0.00031487]])
    """
    surprise, gamma = _surprise(logits, labels, gamma)
    p, missed = np.exp(-surprise), -np.expm1(-surprise)
    # −p log p / (1 − p) tends to 0 as p does; and where 1 − p is 0, so is its power, or else γ.
    with np.errstate(invalid="ignore"):
        ratio = np.where(p * missed == 0, 0, p * surprise / missed)
    factor = missed**gamma * (1 + gamma * ratio)
    return factor[..., np.newaxis] * softmax_cross_entropy_grad(logits, labels)


def distillation_loss(student_logits, teacher_logits, *, temperature=1.0):
    r"""Distillation loss: the divergence of the student's softened probabilities from the teacher's.

    .. math:: \ell_T(z, v) = T^2 \, D(\operatorname{softmax}(v/T) \,\Vert\, \operatorname{softmax}(z/T))

    The factor T² keeps the size of the gradient: for large T it is about (z − v)/K, for centered logits.

    Parameters
    ----------
    student_logits, teacher_logits : array_like
        Logits z and v, of equal shape (..., K), K ≥ 1; −∞ is allowed beside others.
    temperature : float, default 1.0
        T, positive, in the unit of the logits: how much both are softened.

    Returns
    -------
    ndarray or scalar
        One loss an example, of shape (...), in [0, ∞], in nats times the squared unit of T; ∞ where a class
        that the teacher gives a chance has the logit −∞ in the student.

    References
    ----------
    Hinton, Vinyals and Dean (2015), arXiv 1503.02531

    Examples
    --------
    >>> distillation_loss([[0.0, 0.0], [1.0, 2.0]], [[2.0, 0.0], [1.0, 2.0]], temperature=2.0)
    array([0.44377629, 0.        ])
    """
    z, v, temperature = _softened(student_logits, teacher_logits, temperature)
    # T² alone might overflow.
    with np.errstate(over="ignore"):
        return temperature * (temperature * divergences.kl_from_logits(v, z))


def distillation_loss_grad(student_logits, teacher_logits, *, temperature=1.0):
    r"""Derivative of the distillation loss of each example with respect to the student's logits.

    .. math:: \frac{\partial \ell_T}{\partial z}
        = T \left(\operatorname{softmax}(z/T) - \operatorname{softmax}(v/T)\right)

    Examples
    --------
    >>> distillation_loss_grad([0.0, 0.0], [2.0, 0.0], temperature=2.0)
    array([-0.46211716,  0.46211716])
    """
    z, v, temperature = _softened(student_logits, teacher_logits, temperature)
    log_s, log_t = probability.log_softmax(z), probability.log_softmax(v)
    s, t = np.exp(log_s), np.exp(log_t)
    # s − t = t (exp(log s − log t) − 1) keeps its digits where they are nearly equal, as near 1 they are.
    with np.errstate(over="ignore", invalid="ignore"):
        d = log_s - log_t
        return temperature * np.where(d < 1, t * np.expm1(d), s - t)


# ---- Scores of probabilities -------------------------------------------------------------------------------


def brier_score(probs, labels):
    r"""Brier score: the squared distance of the probabilities from the label's point mass.

    .. math:: \ell(p, y) = \sum_c (p_c - [c = y])^2

    Parameters
    ----------
    probs : array_like
        Probabilities of shape (..., K) that sum to 1 along the last axis.
    labels : array_like
        Integers from 0 to K − 1, of shape (...).

    Returns
    -------
    ndarray or scalar
        One score an example, of shape (...), in [0, 2]: over two classes twice the squared error of either
        probability.

    References
    ----------
    Brier (1950), doi 10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2

    Examples
    --------
    >>> brier_score([[0.75, 0.25], [0.75, 0.25]], [0, 1])
    array([0.125, 1.125])
    """
    p, y = _probabilities_and_labels(probs, labels)
    return ((p - _one_hot(y, p)) ** 2).sum(-1)


def brier_score_grad(probs, labels):
    r"""Derivative of the Brier score of each example with respect to each of its probabilities.

    .. math:: \frac{\partial \ell}{\partial p_c} = 2 (p_c - [c = y])

    Each probability is moved by itself here; along the simplex only differences of these derivatives count.

    Examples
    --------
    >>> brier_score_grad([0.75, 0.25], 1)
    array([ 1.5, -1.5])
    """
    p, y = _probabilities_and_labels(probs, labels)
    return 2 * (p - _one_hot(y, p))


def expected_calibration_error(probs, labels, *, bins=15):
    r"""Expected calibration error: how far confidence and accuracy are apart, bin by bin of the confidence.

    .. math:: \operatorname{ECE} = \sum_b \frac{n_b}{n}
        \left\lvert \operatorname{accuracy}_b - \operatorname{confidence}_b \right\rvert

    Bin b holds the examples whose top probability lies in ((b − 1)/B, b/B], for b = 1, …, B. Of several top
    classes the first is the prediction.

    Parameters
    ----------
    probs : array_like
        Probabilities of shape (..., K) that sum to 1 along the last axis; one vector at least.
    labels : array_like
        Integers from 0 to K − 1, of shape (...).
    bins : int, default 15
        B, how many bins of equal width.

    Returns
    -------
    scalar
        The error over all examples, in [0, 1].

    References
    ----------
    Naeini et al. (2015), doi 10.1609/aaai.v29i1.9602; Guo et al. (2017), arXiv 1706.04599

    Examples
    --------
    >>> float(expected_calibration_error([[0.75, 0.25], [0.75, 0.25]], [0, 1]))
    0.25
    """
    p, y = _probabilities_and_labels(probs, labels)
    bins = check.positive_integer(bins, "bins")
    if y.size == 0:
        raise ValueError(f"probs must hold at least one example; got shape {p.shape}")
    confidence, right = p.max(-1).ravel(), (p.argmax(-1) == y).ravel()
    # Edges of the confidences' own type: 0.6 of float32 is above 6/10 in float64, but not in float32.
    edges = (np.arange(1, bins) / bins).astype(np.result_type(np.asarray(probs), np.float16))
    gaps = np.bincount(np.searchsorted(edges, confidence), (right - confidence).astype(np.float64))
    return (abs(gaps).sum() / y.size).astype(p.dtype)


# ---- What they share ---------------------------------------------------------------------------------------


def _one_hot(labels, scores):
    """Return an array of the shape and type of the scores with 1 at each label and 0 elsewhere."""
    return (labels[..., np.newaxis] == np.arange(scores.shape[-1])).astype(scores.dtype)


def _logits_and_targets(logits, target, label_smoothing, class_weights):
    """Return the logits and what stands before each −log softmax: the targets t, smoothed and weighted."""
    (a,) = check.logits(logits=logits)
    y = check.targets(target, a)
    if y.shape != a.shape:
        y = _one_hot(y, a)
    smoothing = check.number(label_smoothing, "label_smoothing", "a number from 0 to 1", 0, 1, closed=True)
    t = (1 - smoothing) * y + smoothing / a.shape[-1]
    if class_weights is None:
        return a, t
    return a, t * check.class_weights(class_weights, a.shape[-1]).astype(t.dtype)


def _surprise(logits, labels, gamma):
    """Return −log p of each label, and γ as a float."""
    (a,) = check.logits(logits=logits)
    y = check.labels(labels, a)
    gamma = check.number(gamma, "gamma", "a finite number of at least 0", 0, sys.float_info.max, closed=True)
    return abs(np.take_along_axis(probability.log_softmax(a), y[..., np.newaxis], -1)[..., 0]), gamma


def _softened(student_logits, teacher_logits, temperature):
    """Return the logits of student and teacher, divided by the temperature, and that as a float."""
    z, v = check.logits(student_logits=student_logits, teacher_logits=teacher_logits)
    temperature = check.positive(temperature, "temperature", z.dtype)
    # Counted from the largest logit, the quotients are finite or −∞.
    with np.errstate(over="ignore"):
        z, v = ((a - a.max(-1, keepdims=True)) / temperature for a in (z, v))
    return z, v, temperature


def _probabilities_and_labels(probs, labels):
    """Return checked probabilities and labels."""
    (p,) = check.probabilities(probs=probs)
    return p, check.labels(labels, p)


check.keep_float16(globals())
