"""Entropy, cross-entropy and the Kullback–Leibler divergence."""

import numpy as np

from lossbook._blocks import reduce_vectors, sum_classes
from lossbook._legacy_checks import as_logits, as_probabilities, check_equal_shapes, probability_pair
from lossbook.divergences._terms import in_base, kl_terms
from lossbook.probability._softmax import shares_and_logs


@np.errstate(all="ignore")
def entropy(p, *, base=None, axis=-1):
    r"""Shannon entropy: the mean information content, −log p, of what is drawn from p.

    .. math:: H(p) = -\sum_i p_i \log p_i, \qquad 0 \log 0 = 0

    Parameters
    ----------
    p : array_like
        Probabilities: not negative, summing to 1 along `axis`.
    base : float, optional
        The base of the logarithm, above 1: by default e, which gives nats; 2 gives bits.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One entropy a vector, of the shape of `p` without `axis`, in [0, log K] up to rounding, in nats unless
        `base` says otherwise.

    Raises
    ------
    TypeError
        If `p` holds anything but real numbers, `base` is no number, or `axis` is not an integer.
    ValueError
        If there is no such axis, a probability is NaN or negative, or a sum is not 1 within
        1e-6 (1e-4 for float32); if `base` is not above 1 and finite.

    Notes
    -----
    Concave in p: largest, log K, where all are equal, and 0 for a point mass. Nothing is normalized.
    ``scipy.stats.entropy(p, base=base, axis=axis)`` is the same, but divides p by its sum first.

    References
    ----------
    Shannon (1948), doi 10.1002/j.1538-7305.1948.tb01338.x

    Examples
    --------
    >>> float(entropy([0.5, 0.25, 0.25], base=2))
    1.5
    >>> float(entropy([1.0, 0.0]))
    0.0
    """
    p = as_probabilities(p, name="p", axis=axis)
    total = reduce_vectors(lambda p: sum_classes(np.where(p == 0, 0, -p * np.log(p))), p)
    # A sum of nothing but −0 is made 0.
    return in_base(total + 0.0, base, p.dtype)


@np.errstate(all="ignore")
def cross_entropy(p, q, *, base=None, axis=-1):
    r"""Cross-entropy: the mean of −log q under p, the code length when q's code is used for p.

    .. math:: H(p, q) = -\sum_i p_i \log q_i, \qquad 0 \log 0 = 0

    Parameters
    ----------
    p, q : array_like
        Probabilities of equal shape: not negative, summing to 1 along `axis`.
    base : float, optional
        The base of the logarithm, above 1: by default e, which gives nats; 2 gives bits.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One number a pair of vectors, of the shape of `p` without `axis`, in [H(p), ∞] up to rounding, in nats
        unless `base` says otherwise; ∞ where some qᵢ = 0 < pᵢ.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers, `base` is no number, or `axis` is not an integer.
    ValueError
        If the shapes differ, there is no such axis, a probability is NaN or negative, or a sum is not 1
        within 1e-6 (1e-4 for float32); if `base` is not above 1 and finite.

    Notes
    -----
    Linear in p, convex in q; smallest over q at q = p, where it is H(p), and H(p, q) = H(p) + D(p‖q).
    Not symmetric. ``torch.nn.functional.cross_entropy(log(q), p)`` is its mean over the batch, since the
    softmax of log q is q.

    References
    ----------
    Cover and Thomas (2006), doi 10.1002/047174882X

    Examples
    --------
    >>> float(cross_entropy([0.5, 0.5], [0.25, 0.75], base=2))
    1.207518749639422
    >>> float(cross_entropy([0.5, 0.5], [1.0, 0.0]))
    inf
    """
    p, q, dtype = probability_pair(p, q, axis=axis)
    total = reduce_vectors(lambda p, q: sum_classes(np.where(p == 0, 0, -p * np.log(q))), p, q)
    return in_base(total + 0.0, base, dtype)


@np.errstate(all="ignore")
def kl(p, q, *, base=None, axis=-1):
    r"""Kullback–Leibler divergence: the excess code length when q's code is used for p.

    .. math:: D(p \Vert q) = \sum_i \left( p_i \log \frac{p_i}{q_i} - p_i + q_i \right),
        \qquad 0 \log 0 = 0

    The last two terms add up to 0 where p and q sum to 1. Floating-point numbers seldom do so exactly, and
    with these terms no summand is negative.

    Parameters
    ----------
    p, q : array_like
        Probabilities of equal shape: not negative, summing to 1 along `axis`.
    base : float, optional
        The base of the logarithm, above 1: by default e, which gives nats; 2 gives bits.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One divergence a pair of vectors, of the shape of `p` without `axis`, in [0, ∞], in nats unless `base`
        says otherwise; ∞ where some qᵢ = 0 < pᵢ.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers, `base` is no number, or `axis` is not an integer.
    ValueError
        If the shapes differ, there is no such axis, a probability is NaN or negative, or a sum is not 1
        within 1e-6 (1e-4 for float32); if `base` is not above 1 and finite.

    Notes
    -----
    Convex in p and q jointly; 0 only for p = q. Neither symmetric nor a metric. Near p = q it is about
    ½Σ(p − q)²/q, and keeps its digits there.
    ``scipy.stats.entropy(p, q, base=base, axis=axis)`` divides both by their sums first and sums
    ``scipy.special.rel_entr(p, q)``, which cancels near p = q; ``scipy.special.kl_div(p, q)`` is one summand.
    ``torch.nn.functional.kl_div(log(q), p, reduction="none")`` is one summand without −p + q, its arguments
    the other way round.

    References
    ----------
    Kullback and Leibler (1951), doi 10.1214/aoms/1177729694

    Examples
    --------
    >>> float(kl([0.5, 0.5], [0.25, 0.75], base=2))
    0.20751874963942193
    >>> float(kl([0.5, 0.5], [1.0, 0.0]))
    inf
    >>> float(kl([1.0, 0.0], [0.5, 0.5]))
    0.6931471805599453
    """
    p, q, dtype = probability_pair(p, q, axis=axis)
    return in_base(reduce_vectors(lambda p, q: sum_classes(kl_terms(p, q)), p, q), base, dtype)


@np.errstate(all="ignore")
def kl_from_logits(p_logits, q_logits, *, axis=-1):
    r"""Kullback–Leibler divergence between the softmaxes of two vectors of logits.

    .. math:: D(p \Vert q) = \sum_i p_i \left( \delta_i - 1 + e^{-\delta_i} \right),
        \qquad \delta_i = \log p_i - \log q_i = a_i - b_i - \operatorname{LSE}(a) + \operatorname{LSE}(b)

    with p = softmax(a) and q = softmax(b). It is finite where the probabilities have long underflowed to 0.

    Parameters
    ----------
    p_logits, q_logits : array_like
        Real numbers of equal shape, at least one along `axis`; −∞ is allowed beside others.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One divergence a pair of vectors, of the shape of `p_logits` without `axis`, in [0, ∞], in nats; ∞
        where a class has the logit −∞ under q only, or logits of q differ by more than the type's largest
        number.

    Raises
    ------
    TypeError
        If an argument is not real, or `axis` not an integer.
    ValueError
        If the shapes differ, there is no such axis or nothing along it, a logit is +∞ or all of a vector
        are −∞.

    Notes
    -----
    Convex in `q_logits`; adding a number to all logits of a vector changes nothing. NaN gives NaN. In torch:
    ``torch.nn.functional.kl_div(log_softmax(b), log_softmax(a), reduction="none", log_target=True)`` is one
    summand without the last two terms.

    Examples
    --------
    >>> float(kl_from_logits([0.0, 0.0], [0.0, -1e4]))
    4999.30685281944
    """
    a, b = as_logits(p_logits, name="p_logits", axis=axis), as_logits(q_logits, name="q_logits", axis=axis)
    check_equal_shapes(a, b, names=("p_logits", "q_logits"))
    dtype = np.result_type(a, b)
    return reduce_vectors(kl_of_logits, a, b, axis=axis).astype(dtype)[()]


def kl_of_logits(a, b):
    """Return the divergence for each pair of vectors in two blocks, one vector a column."""
    p, q, delta = shares_and_log_ratio(a, b)
    # e⁻ᵟ = q/p may overflow where q is the larger.
    terms = np.where(delta > -1, p * (np.expm1(-delta) + delta), q + p * (delta - 1))
    small = abs(delta) < 0.5
    terms[small] = p[small] * _excess_of_exp(delta[small])
    # Where p is 0, so is p times any logarithm.
    return sum_classes(np.where(p == 0, q, terms))


def shares_and_log_ratio(a, b):
    """Return p = softmax(a), q = softmax(b) and log p − log q, in blocks; NaN or infinite where p = 0."""
    gap = a - b
    (p, far), (q, log_q) = shares_and_logs(a), shares_and_logs(b)
    far -= log_q
    # Where p and q are nearly equal, that difference rounds away what counts. Take it relative to the most
    # probable class r, gᵢ = δᵢ − δᵣ, and find δᵣ from Σ q = 1: e⁻ᵟʳ Σ pᵢ exp(−gᵢ) = 1.
    r = p.argmax(0)[None]
    gap -= np.take_along_axis(gap, r, 0)
    close = abs(gap) <= 1
    ratio = np.take_along_axis(p, r, 0) / np.take_along_axis(q, r, 0)
    excess = np.where(close, p * np.expm1(-gap), q * ratio - p)
    near = gap + np.log1p(sum_classes(excess))
    return p, q, np.where(close & (ratio < 8), near, far)


def _excess_of_exp(d):
    """Return e⁻ᵈ − 1 + d for |d| < ½ by its series ½d² − d³/6 + d⁴/24 − …, which does not cancel."""
    series = np.ones_like(d)
    for k in range(17, 2, -1):
        series = 1 - d / k * series
    return 0.5 * d * d * series
