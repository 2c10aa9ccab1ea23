r"""How far one distribution is from another: entropies, divergences and metrics of probability vectors.

Most take two arrays `p, q` of equal shape whose vectors along one axis are probabilities: at least 0, with
the sum 1 up to rounding (1e-6; 1e-4 for float32, 1e-2 for float16). They are taken as they are, neither
normalized nor clipped, and 0 log 0 is 0.

All functions keep float16, float32 and float64, turn integers into float64 and change no argument.

Raises
------
TypeError
    If an argument is not real, `axis` not an integer, or `base` no number.
ValueError
    If shapes do not belong together, nested lists are ragged, or there is no such axis; if a probability is
    negative or NaN, or a sum is not 1; if a logit is +∞ or all of a vector are −∞; if `base` is not above 1
    and finite, `support` not finite and increasing, a mean not finite, or a covariance matrix not symmetric
    and positive definite.

Examples
--------
>>> from lossbook import divergences
>>> p, q = [1.0, 0.0], [0.5, 0.5]
>>> float(divergences.kl(p, q, base=2)), float(divergences.kl(q, p))
(1.0, inf)
"""

import numpy as np

from lossbook import _checks as check
from lossbook import probability

__all__ = [
    "cross_entropy",
    "entropy",
    "gaussian_kl",
    "hellinger",
    "js",
    "js_distance",
    "js_general",
    "kl",
    "kl_from_logits",
    "total_variation_distance",
    "wasserstein_1d",
]


# ---- Entropies and divergences -----------------------------------------------------------------------------


def entropy(p, *, base=None, axis=-1):
    r"""Shannon entropy: the mean information content, −log p, of what is drawn from p.

    .. math:: H(p) = -\sum_i p_i \log p_i, \qquad 0 \log 0 = 0

    Parameters
    ----------
    p : array_like
        Probabilities that sum to 1 along `axis`.
    base : float, optional
        The base of the logarithm, above 1; the default e gives nats, 2 gives bits.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One entropy a vector, of the shape of `p` without `axis`, in nats or the unit of `base`: from 0 for a
        point mass to log K where all K classes are equal.

    References
    ----------
    Shannon (1948), doi 10.1002/j.1538-7305.1948.tb01338.x

    Examples
    --------
    >>> float(entropy([0.5, 0.25, 0.25], base=2))
    1.5
    """
    (p,) = check.probabilities(axis, p=p)
    # Taken from 0, a sum of 0 has no minus.
    return (0.0 - _x_log_y(p, p).sum(-1)) / check.log_of_base(base)


def cross_entropy(p, q, *, base=None, axis=-1):
    r"""Cross-entropy: the mean of −log q under p, the code length when q's code is used for p.

    .. math:: H(p, q) = -\sum_i p_i \log q_i = H(p) + D(p \Vert q), \qquad 0 \log 0 = 0

    Parameters
    ----------
    p, q : array_like
        Probabilities of equal shape that sum to 1 along `axis`.
    base : float, optional
        The base of the logarithm, above 1; the default e gives nats, 2 gives bits.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One number a pair of vectors, of the shape of `p` without `axis`, in [H(p), ∞], in nats or the unit of
        `base`; ∞ where some qᵢ = 0 < pᵢ.

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
    p, q = check.probabilities(axis, p=p, q=q)
    return (0.0 - _x_log_y(p, q).sum(-1)) / check.log_of_base(base)


def kl(p, q, *, base=None, axis=-1):
    r"""Kullback–Leibler divergence: the excess code length when q's code is used for p.

    .. math:: D(p \Vert q) = \sum_i \left( p_i \log \frac{p_i}{q_i} - p_i + q_i \right)
        = \sum_i q_i \, \varphi\!\left( \frac{p_i - q_i}{q_i} \right),
        \qquad \varphi(d) = (1 + d) \log(1 + d) - d

    The terms −pᵢ + qᵢ add up to 0 where p and q sum to 1. Floating-point numbers seldom do so exactly, and
    with these terms no summand is negative.

    Parameters
    ----------
    p, q : array_like
        Probabilities of equal shape that sum to 1 along `axis`.
    base : float, optional
        The base of the logarithm, above 1; the default e gives nats, 2 gives bits.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One divergence a pair of vectors, of the shape of `p` without `axis`, in [0, ∞], in nats or the unit
        of `base`; ∞ where some qᵢ = 0 < pᵢ. Near p = q it is about ½ Σ (pᵢ − qᵢ)²/qᵢ.

    References
    ----------
    Kullback and Leibler (1951), doi 10.1214/aoms/1177729694

    Examples
    --------
    >>> float(kl([0.5, 0.5], [0.25, 0.75], base=2))
    0.20751874963942193
    >>> float(kl([0.5, 0.5], [1.0, 0.0]))
    inf
    """
    p, q = check.probabilities(axis, p=p, q=q)
    return _kl_terms(p, q, p - q).sum(-1) / check.log_of_base(base)


def kl_from_logits(p_logits, q_logits, *, axis=-1):
    r"""Kullback–Leibler divergence between the softmaxes of two vectors of logits.

    .. math:: D(p \Vert q) = \sum_i \left( p_i (\log p_i - \log q_i) - p_i + q_i \right),
        \qquad p = \operatorname{softmax}(a), \quad q = \operatorname{softmax}(b)

    With log-softmax it is finite where the probabilities have long underflowed to 0.

    Parameters
    ----------
    p_logits, q_logits : array_like
        Logits a and b, of equal shape, at least one along `axis`; −∞ is allowed beside others.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One divergence a pair of vectors, of the shape of `p_logits` without `axis`, in [0, ∞], in nats; ∞
        where a class has the logit −∞ under q only.

    References
    ----------
    Kullback and Leibler (1951), doi 10.1214/aoms/1177729694

    Examples
    --------
    >>> float(kl_from_logits([0.0, 0.0], [0.0, -1e4]))
    4999.30685281944
    """
    a, b = check.logits(axis, p_logits=p_logits, q_logits=q_logits)
    log_p, log_q = probability.log_softmax(a), probability.log_softmax(b)
    p, q = np.exp(log_p), np.exp(log_q)
    with np.errstate(invalid="ignore"):
        log_ratio = log_p - log_q
    # Among the least floats, which are multiples of one number, a summand may be rounded to below 0.
    return np.maximum(_terms(p, q, p - q, log_ratio), 0).sum(-1)


def js(p, q, *, base=None, axis=-1):
    r"""Jensen–Shannon divergence: the mean divergence of p and q from their average.

    .. math:: \operatorname{JS}(p, q) = \tfrac12 D(p \Vert m) + \tfrac12 D(q \Vert m)
        = H(m) - \tfrac12 H(p) - \tfrac12 H(q), \qquad m = \tfrac12 (p + q)

    Parameters
    ----------
    p, q : array_like
        Probabilities of equal shape that sum to 1 along `axis`.
    base : float, optional
        The base of the logarithm, above 1; the default e gives nats, 2 gives bits.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One divergence a pair of vectors, of the shape of `p` without `axis`, in [0, log 2], in nats or the
        unit of `base`; log 2 where no class has a share in both.

    References
    ----------
    Lin (1991), doi 10.1109/18.61115

    Examples
    --------
    >>> float(js([1.0, 0.0], [0.0, 1.0], base=2))
    1.0
    """
    p, q = check.probabilities(axis, p=p, q=q)
    # Twice p, q and m, since half of the least float is 0; and p − m is half of p − q, without m's rounding.
    terms = _kl_terms(2 * p, p + q, p - q) + _kl_terms(2 * q, p + q, q - p)
    return terms.sum(-1) / 4 / check.log_of_base(base)


def js_distance(p, q, *, base=None, axis=-1):
    r"""Jensen–Shannon distance: the root of the divergence, a metric.

    .. math:: \sqrt{\operatorname{JS}(p, q)}

    Parameters
    ----------
    p, q : array_like
        Probabilities of equal shape that sum to 1 along `axis`.
    base : float, optional
        The base of the logarithm, above 1; the default e gives nats, 2 gives bits.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One distance a pair of vectors, of the shape of `p` without `axis`, in [0, √log 2]; for base 2 in
        [0, 1].

    References
    ----------
    Endres and Schindelin (2003), doi 10.1109/TIT.2003.813506

    Examples
    --------
    >>> float(js_distance([1.0, 0.0], [0.0, 1.0]))
    0.8325546111576977
    """
    return np.sqrt(js(p, q, base=base, axis=axis))


def js_general(ps, weights=None, *, base=None):
    r"""Jensen–Shannon divergence of several distributions: their mean divergence from their mixture.

    .. math:: \operatorname{JS}_w(p_1, \dots, p_n) = \sum_i w_i D(p_i \Vert m), \qquad m = \sum_i w_i p_i

    Parameters
    ----------
    ps : array_like
        n ≥ 1 probability vectors, of shape (n, K), each of which sums to 1.
    weights : array_like, optional
        n weights: at least 0, with the sum 1. By default all 1/n.
    base : float, optional
        The base of the logarithm, above 1; the default e gives nats, 2 gives bits.

    Returns
    -------
    scalar
        The divergence, in [0, log n], in nats or the unit of `base`; for two and equal weights it is `js`.

    References
    ----------
    Lin (1991), doi 10.1109/18.61115

    Examples
    --------
    >>> float(js_general([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    1.0986122886681096
    """
    ps, w = check.mixture(ps, weights)
    m = w @ ps
    # A class counts for nothing that is without a share in the mixture.
    terms = np.where(m > 0, _kl_terms(ps, m, ps - m), 0)
    return (w @ terms).sum() / check.log_of_base(base)


def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    r"""Kullback–Leibler divergence between two Gaussians, D(p‖q).

    .. math:: D(p \Vert q) = \tfrac12 \left(
        \operatorname{tr}(\Sigma_q^{-1} \Sigma_p) - d - \log\frac{\det \Sigma_p}{\det \Sigma_q}
        + (\mu_q - \mu_p)^\top \Sigma_q^{-1} (\mu_q - \mu_p) \right)

    Parameters
    ----------
    mean_p, mean_q : array_like
        The means: two finite numbers, or two vectors of shape (d,), d ≥ 1.
    cov_p, cov_q : array_like
        For numbers, the variances (not the standard deviations), positive and finite. For vectors, the
        covariance matrices of shape (d, d), symmetric and positive definite.

    Returns
    -------
    scalar
        The divergence in nats, in [0, ∞]; 0 for equal Gaussians only.

    Examples
    --------
    >>> float(gaussian_kl(0.0, 1.0, 2.0, 1.0))
    2.0
    >>> float(gaussian_kl([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]], [0.0, 2.0], [[1.0, 0.0], [0.0, 4.0]]))
    0.8181471805599453
    """
    mean_p, root_p, mean_q, root_q, dtype = check.gaussians(mean_p, cov_p, mean_q, cov_q)
    with np.errstate(over="ignore"):
        # In units of q's standard deviations those of p are s and the means lie z apart.
        s = np.linalg.svd(np.linalg.solve(root_q, root_p), compute_uv=False)
        z = np.linalg.solve(root_q, mean_q - mean_p)
        # The trace and the determinants give Σ (s² − 1 − log s²): summands of KL with p = 1 and q = s².
        terms = _terms(np.ones_like(s), s**2, (1 - s) * (1 + s), -2 * np.log(s))
        return ((terms.sum() + z @ z) / 2).astype(dtype)


# ---- Metrics -----------------------------------------------------------------------------------------------


def total_variation_distance(p, q, *, axis=-1):
    r"""Total variation distance: the most by which p and q can differ on one event.

    .. math:: \operatorname{TV}(p, q) = \tfrac12 \sum_i \lvert p_i - q_i \rvert
        = \max_A \lvert p(A) - q(A) \rvert

    Parameters
    ----------
    p, q : array_like
        Probabilities of equal shape that sum to 1 along `axis`.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One distance a pair of vectors, of the shape of `p` without `axis`, in [0, 1].

    References
    ----------
    Cover and Thomas (2006), doi 10.1002/047174882X

    Examples
    --------
    >>> float(total_variation_distance([0.5, 0.5, 0.0], [0.25, 0.25, 0.5]))
    0.5
    """
    p, q = check.probabilities(axis, p=p, q=q)
    return abs(p - q).sum(-1) / 2


def hellinger(p, q, *, axis=-1):
    r"""Hellinger distance: the Euclidean distance between the roots of the probabilities, over √2.

    .. math:: \operatorname{H}(p, q) = \sqrt{\tfrac12 \sum_i \left( \sqrt{p_i} - \sqrt{q_i} \right)^2}

    Parameters
    ----------
    p, q : array_like
        Probabilities of equal shape that sum to 1 along `axis`.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One distance a pair of vectors, of the shape of `p` without `axis`, in [0, 1].

    References
    ----------
    Nowozin, Cseke and Tomioka (2016), arXiv 1606.00709

    Examples
    --------
    >>> float(hellinger([1.0, 0.0], [0.0, 1.0]))
    1.0
    """
    p, q = check.probabilities(axis, p=p, q=q)
    # √p − √q = (p − q)/(√p + √q) does not cancel near p = q.
    steps = np.divide(p - q, np.sqrt(p) + np.sqrt(q), out=np.zeros_like(p), where=p != q)
    return np.sqrt((steps**2).sum(-1) / 2)


def wasserstein_1d(p, q, *, support):
    r"""Wasserstein-1 distance on the line: the work of moving p's mass to q's places.

    .. math:: W_1(p, q) = \sum_{k=1}^{K-1} \lvert F_p(x_k) - F_q(x_k) \rvert \, (x_{k+1} - x_k),
        \qquad F_p(x_k) = \sum_{i \le k} p_i

    Parameters
    ----------
    p, q : array_like
        Probabilities of equal shape (..., K) that sum to 1 along the last axis.
    support : array_like
        The K places x on the line, finite and increasing.

    Returns
    -------
    ndarray or scalar
        One distance a pair of vectors, of shape (...), in the unit of `support`, in [0, x_K − x_1].

    References
    ----------
    Arjovsky, Chintala and Bottou (2017), arXiv 1701.07875

    Examples
    --------
    >>> float(wasserstein_1d([1.0, 0.0, 0.0], [0.0, 0.0, 1.0], support=[0.0, 1.0, 5.0]))
    5.0
    """
    p, q = check.probabilities(p=p, q=q)
    x = check.places(support, p.shape[-1])
    carried = abs(np.cumsum(p - q, -1)[..., :-1])
    # Half of each length is finite where the length may overflow.
    with np.errstate(over="ignore"):
        return (2 * (carried * np.diff(x / 2)).sum(-1)).astype(p.dtype)


def _x_log_y(x, y):
    """Return x log y, which is 0 where x is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x == 0, 0, x * np.log(y))


def _kl_terms(p, q, gap):
    """Return the summands p log(p/q) − p + q for numbers p and q and the gap p − q; ∞ where q = 0 < p."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        log_ratio = np.log1p(gap / q)
        # Infinite where the quotient rounds to −1 or overflows, p/q being tiny or huge: there two logarithms.
        log_ratio = np.where(np.isinf(log_ratio), np.log(p) - np.log(q), log_ratio)
    return _terms(p, q, gap, log_ratio)


# φ(d)/d² = 1/2 − d/6 + d²/12 − d³/20 + …, highest power first.
_SERIES = [(-1) ** k / ((k + 1) * (k + 2)) for k in range(7, -1, -1)]


def _terms(p, q, gap, log_ratio):
    """Return p log(p/q) − gap = q φ(d) with the gap p − q, d = gap/q and φ(d) = (1 + d) log(1 + d) − d."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        d = gap / q
        terms = p * log_ratio - gap
    # Near p = q that cancels, and the series of φ does not.
    near = abs(d) < 0.01
    terms[near] = gap[near] * d[near] * np.polyval(_SERIES, d[near])
    return np.where(p == 0, q, terms)


check.keep_float16(globals())
