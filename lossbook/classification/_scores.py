"""Scores of probabilities against labels: Brier's, and the expected calibration error."""

import numpy as np

from lossbook._blocks import map_vectors, reduce_vectors, sum_classes
from lossbook._legacy_checks import as_probabilities, positive_integer
from lossbook.classification._labels import as_labels, one_hot


@np.errstate(all="ignore")
def brier_score(probs, labels):
    r"""Brier score: the squared distance of the probabilities from the label's point mass.

    .. math:: \ell(p, y) = \sum_c (p_c - [c = y])^2

    Parameters
    ----------
    probs : array_like
        Probabilities of shape (..., K): not negative, summing to 1 along the last axis.
    labels : array_like
        Integers from 0 to K − 1, of shape (...).

    Returns
    -------
    ndarray or scalar
        One score an example, of shape (...), in [0, 2].

    Raises
    ------
    TypeError
        If labels are not integers, or probabilities not real.
    ValueError
        If the shapes do not belong together, a label is out of range, a probability is NaN or negative, or a
        sum is not 1 within 1e-6 (1e-4 for float32).

    Notes
    -----
    Convex in the probabilities. Its expected value is smallest at the distribution of the labels: a strictly
    proper score. Mind the factor: over two classes it is twice the squared error of one probability, which
    ``sklearn.metrics.brier_score_loss(labels, probs)`` averages.

    References
    ----------
    Brier (1950), doi 10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2

    Examples
    --------
    >>> brier_score([[0.75, 0.25], [0.75, 0.25]], [0, 1])
    array([0.125, 1.125])
    """
    p, labels = _checked(probs, labels)

    def score(p, labels):
        difference = p - one_hot(labels, len(p))
        return sum_classes(difference * difference)

    return reduce_vectors(score, p, labels).astype(p.dtype, copy=False)[()]


@np.errstate(all="ignore")
def brier_score_grad(probs, labels):
    r"""Derivative of the Brier score of each example with respect to each of its probabilities.

    .. math:: \frac{\partial \ell}{\partial p_c} = 2 (p_c - [c = y])

    Each probability is moved by itself here; along the simplex only differences of these derivatives count.

    Parameters
    ----------
    probs : array_like
        Probabilities of shape (..., K): not negative, summing to 1 along the last axis.
    labels : array_like
        Integers from 0 to K − 1, of shape (...).

    Returns
    -------
    ndarray
        Of the shape of the probabilities, in [−2, 2].

    Raises
    ------
    TypeError
        If labels are not integers, or probabilities not real.
    ValueError
        As `brier_score`.

    Examples
    --------
    >>> brier_score_grad([0.75, 0.25], 1)
    array([ 1.5, -1.5])
    """
    p, labels = _checked(probs, labels)
    return map_vectors(lambda p, labels: 2 * (p - one_hot(labels, len(p))), p, labels, dtype=p.dtype)


@np.errstate(all="ignore")
def expected_calibration_error(probs, labels, *, bins=15):
    r"""Expected calibration error: how far confidence and accuracy are apart, bin by bin of the confidence.

    .. math:: \operatorname{ECE} = \sum_b \frac{n_b}{n}
        \left\lvert \operatorname{accuracy}_b - \operatorname{confidence}_b \right\rvert

    Bin b holds the examples whose top probability lies in ((b − 1)/B, b/B], for b = 1, …, B.

    Parameters
    ----------
    probs : array_like
        Probabilities of shape (..., K): not negative, summing to 1 along the last axis; one vector at least.
    labels : array_like
        Integers from 0 to K − 1, of shape (...).
    bins : int, default 15
        B, how many bins of equal width.

    Returns
    -------
    scalar
        The error over all examples, in [0, 1].

    Raises
    ------
    TypeError
        If labels or `bins` are not integers, or probabilities not real.
    ValueError
        If there is no example, the shapes do not belong together, a label is out of range, a probability is
        NaN or negative, a sum is not 1 within 1e-6 (1e-4 for float32), or `bins` is below 1.

    Notes
    -----
    Of several top classes the first counts as the prediction. No loss: a forecast that knows nothing can
    reach 0. It depends on the bins, and is above 0 on a finite sample even where the probabilities are right.
    torch, scipy and scikit-learn do not offer it.

    References
    ----------
    Guo et al. (2017), arXiv 1706.04599

    Examples
    --------
    >>> float(expected_calibration_error([[0.75, 0.25], [0.75, 0.25]], [0, 1]))
    0.25
    """
    p, labels = _checked(probs, labels)
    bins = positive_integer(bins, name="bins")
    if labels.size == 0:
        raise ValueError(f"probs must hold at least one example; got shape {p.shape}")
    confidence = reduce_vectors(lambda p: p.max(0), p).ravel()
    right = (p.argmax(-1) == labels).ravel()
    edges = np.arange(1, bins) / bins
    index = np.searchsorted(edges, confidence, side="left")
    gaps = np.bincount(index, weights=(right - confidence).astype(np.float64, copy=False))
    return (abs(gaps).sum() / labels.size).astype(p.dtype)[()]


def _checked(probs, labels):
    """Return probabilities and labels after checking them."""
    p = as_probabilities(probs, name="probs")
    return p, as_labels(labels, name="labels", scores=p)
