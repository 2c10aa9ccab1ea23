"""Softmax cross-entropy: the loss of a classifier with several classes."""

import numpy as np

from lossbook._blocks import map_vectors, reduce_vectors, sum_classes
from lossbook._legacy_checks import as_array, as_logits, as_probabilities, as_real_array, real_number
from lossbook.classification._labels import as_labels, minus_targets, one_hot
from lossbook.probability._softmax import log_shares, shares


@np.errstate(all="ignore")
def softmax_cross_entropy(logits, target, *, label_smoothing=0.0, class_weights=None):
    r"""Cross-entropy of the softmax of logits: the code length of the target class, in nats.

    .. math:: \ell(a, y) = -\sum_c w_c \, y'_c \log \operatorname{softmax}_c(a),
        \qquad y'_c = (1 - \varepsilon) y_c + \varepsilon / K

    For a label y is 1 at it and 0 elsewhere; without weights and smoothing ℓ is minus the label's
    log-probability.

    Parameters
    ----------
    logits : array_like
        Real numbers of shape (..., K), K ≥ 1; −∞ is allowed beside others.
    target : array_like
        Labels, integers from 0 to K − 1 of shape (...), or probabilities of shape (..., K) that sum to 1
        along the last axis.
    label_smoothing : float, default 0.0
        ε, from 0 to 1: how much of the target is spread evenly over all classes.
    class_weights : array_like, optional
        K weights w, finite and not negative. By default all 1.

    Returns
    -------
    ndarray or scalar
        One loss an example, of shape (...), in [0, ∞], in nats; ∞ where a class with a share in the target
        has the logit −∞.

    Raises
    ------
    TypeError
        If labels are not integers, or another argument is not real.
    ValueError
        If `target` has neither shape, a label is out of range, probabilities are negative, NaN or do not sum
        to 1 within 1e-6 (1e-4 for float32), there are no classes, a logit is +∞ or all of a vector are −∞, or
        `label_smoothing` or `class_weights` is not as described.

    Notes
    -----
    Convex in the logits. Its expected value is smallest where the softmax is the distribution of the target:
    a strictly proper score. Nothing is averaged. With weights, some average by dividing by the sum of the
    weights that were met, as torch does.

    ``torch.nn.functional.cross_entropy(logits, target, weight=class_weights, label_smoothing=label_smoothing,
    reduction="none")`` is the same for logits of shape (n, K); further axes stand behind the classes there.
    ``sklearn.metrics.log_loss(labels, probs)`` takes probabilities and averages.

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
    a, target, dtype, targets = _checked(logits, target, label_smoothing, class_weights)

    def loss(a, target):
        t, logs = targets(target), log_shares(a)
        # A class without a share may have the logit −∞. NaN stays.
        return sum_classes(np.where((t == 0) & np.isinf(logs), 0, -t * logs))

    # A sum of nothing but −0 becomes 0.
    return (reduce_vectors(loss, a, target) + 0.0).astype(dtype)[()]


@np.errstate(all="ignore")
def softmax_cross_entropy_grad(logits, target, *, label_smoothing=0.0, class_weights=None):
    r"""Derivative of the softmax cross-entropy of each example with respect to its logits.

    .. math:: \frac{\partial \ell}{\partial a_j} = t_\Sigma \operatorname{softmax}_j(a) - t_j,
        \qquad t_c = w_c \, y'_c, \quad t_\Sigma = \sum_c t_c

    Without weights that is softmax(a) − y′.

    Parameters
    ----------
    logits : array_like
        Real numbers of shape (..., K), K ≥ 1; −∞ is allowed beside others.
    target : array_like
        Labels of shape (...), or probabilities of shape (..., K).
    label_smoothing : float, default 0.0
        How much of the target is spread evenly over all classes, from 0 to 1.
    class_weights : array_like, optional
        K weights, finite and not negative. By default all 1.

    Returns
    -------
    ndarray
        Of the shape of the logits; it sums to 0 along the last axis, and lies in [−1, 1] where all weights
        are 1.

    Raises
    ------
    TypeError
        If labels are not integers, or another argument is not real.
    ValueError
        As `softmax_cross_entropy`.

    Examples
    --------
    >>> softmax_cross_entropy_grad([[0.0, 0.0], [100.0, 0.0]], [0, 1])
    array([[-0.5,  0.5],
           [ 1. , -1. ]])
    """
    a, target, dtype, targets = _checked(logits, target, label_smoothing, class_weights)

    def slope(a, target):
        return minus_targets(shares(a), targets(target))

    return map_vectors(slope, a, target, dtype=dtype)


def _checked(logits, target, label_smoothing, class_weights):
    """Return logits, labels or probabilities, the result's type, and the function of them t = w y′.

    That function takes and returns blocks of vectors, as `lossbook._blocks` hands them out.
    """
    a = as_logits(logits, name="logits")
    target = as_array(target, name="target", requirement="an array of labels or probabilities")
    if target.shape != a.shape[:-1]:
        target = as_real_array(target, name="target")
    if target.shape == a.shape:
        target = as_probabilities(target, name="target")
        dtype = np.result_type(a, target)
    elif target.shape == a.shape[:-1]:
        target, dtype = as_labels(target, name="target", scores=a), a.dtype
    else:
        raise ValueError(
            f"target must have shape {a.shape[:-1]} (labels) or {a.shape} (probabilities); got {target.shape}"
        )
    classes = a.shape[-1]
    requirement = "a number from 0 to 1"
    smoothing = real_number(label_smoothing, name="label_smoothing", requirement=requirement)
    if not 0 <= smoothing <= 1:
        raise ValueError(f"label_smoothing must be {requirement}; got {smoothing:g}")
    weights = None
    if class_weights is not None:
        weights = as_real_array(class_weights, name="class_weights")
        if weights.shape != (classes,):
            raise ValueError(f"class_weights must have shape {(classes,)}; got {weights.shape}")
        if not ((weights >= 0) & (weights < np.inf)).all():
            wrong = weights[~((weights >= 0) & (weights < np.inf))][0]
            raise ValueError(f"class_weights must be finite and at least 0; got {wrong:g}")

    def targets(target):
        y = target if target.ndim == 2 else one_hot(target, classes)
        if smoothing > 0:
            y = (1 - smoothing) * y + smoothing / classes
        return y if weights is None else y * weights[:, None]

    return a, target, dtype, targets
