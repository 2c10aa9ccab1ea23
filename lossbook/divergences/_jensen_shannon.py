"""Jensen–Shannon: Kullback–Leibler to the middle, from both sides or from many."""

import numpy as np

from lossbook._blocks import reduce_vectors, sum_classes
from lossbook._legacy_checks import as_probabilities, probability_pair
from lossbook.divergences._terms import in_base, js_terms, kl_terms


@np.errstate(all="ignore")
def js(p, q, *, base=None, axis=-1):
    r"""Jensen–Shannon divergence: the mean divergence of p and q from their average.

    .. math:: \operatorname{JS}(p, q) = \tfrac12 D(p \Vert m) + \tfrac12 D(q \Vert m),
        \qquad m = \tfrac12 (p + q)

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
        One divergence a pair of vectors, of the shape of `p` without `axis`, in [0, log 2] up to rounding, in
        nats unless `base` says otherwise.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers, `base` is no number, or `axis` is not an integer.
    ValueError
        If the shapes differ, there is no such axis, a probability is NaN or negative, or a sum is not 1
        within 1e-6 (1e-4 for float32); if `base` is not above 1 and finite.

    Notes
    -----
    Convex in p and q jointly, symmetric, 0 only for p = q, log 2 for disjoint supports. Not a metric,
    but its root `js_distance` is. It equals H(m) − ½H(p) − ½H(q), and near p = q about ⅛Σ(p − q)²/m.
    ``scipy.spatial.distance.jensenshannon(p, q, base=base, axis=axis)`` is the root.

    References
    ----------
    Lin (1991), doi 10.1109/18.61115

    Examples
    --------
    >>> float(js([1.0, 0.0], [0.0, 1.0], base=2))
    1.0
    >>> float(js([0.5, 0.5], [0.5, 0.5]))
    0.0
    """
    p, q, dtype = probability_pair(p, q, axis=axis)
    return in_base(reduce_vectors(_js, p, q), base, dtype)


@np.errstate(all="ignore")
def js_distance(p, q, *, base=None, axis=-1):
    r"""Jensen–Shannon distance: the root of the divergence, a metric.

    .. math:: \sqrt{\operatorname{JS}(p, q)}

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
        One distance a pair of vectors, of the shape of `p` without `axis`, in [0, √log 2] up to rounding
        (0.8326 in nats), in the root of nats unless `base` says otherwise.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers, `base` is no number, or `axis` is not an integer.
    ValueError
        If the shapes differ, there is no such axis, a probability is NaN or negative, or a sum is not 1
        within 1e-6 (1e-4 for float32); if `base` is not above 1 and finite.

    Notes
    -----
    A metric: symmetric, 0 only for p = q, and it keeps the triangle inequality. The root of a
    convex function, it need not be convex.
    ``scipy.spatial.distance.jensenshannon(p, q, base=base, axis=axis)`` is the same, but divides both by
    their sums first.

    References
    ----------
    Endres and Schindelin (2003), doi 10.1109/TIT.2003.813506

    Examples
    --------
    >>> float(js_distance([1.0, 0.0], [0.0, 1.0]))
    0.8325546111576977
    """
    p, q, dtype = probability_pair(p, q, axis=axis)

    def enlarged(p, q):
        # The divergence may underflow where its root does not, so both are made larger by a power of two.
        p *= 2.0**600
        q *= 2.0**600
        return _js(p, q)

    divergence = reduce_vectors(enlarged, p, q)
    divergence = in_base(divergence, base, divergence.dtype)
    return (2.0**-300 * np.sqrt(divergence)).astype(dtype)[()]


def _js(p, q):
    """Return the divergence in nats for each pair of vectors in two blocks, one vector a column."""
    return 0.5 * sum_classes(js_terms(p, q))


@np.errstate(all="ignore")
def js_general(ps, weights=None, *, base=None):
    r"""Jensen–Shannon divergence of several distributions: their mean divergence from their mixture.

    .. math:: \operatorname{JS}_w(p_1, \dots, p_n) = \sum_i w_i D(p_i \Vert m), \qquad m = \sum_i w_i p_i

    Parameters
    ----------
    ps : array_like
        n ≥ 1 probability vectors, of shape (n, K): not negative, each row summing to 1.
    weights : array_like, optional
        n weights: not negative, summing to 1. By default all 1/n.
    base : float, optional
        The base of the logarithm, above 1: by default e, which gives nats; 2 gives bits.

    Returns
    -------
    scalar
        The divergence, in [0, log n] up to rounding, in nats unless `base` says otherwise.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers, or `base` is no number.
    ValueError
        If `ps` is not of shape (n, K) or `weights` not of shape (n,), a number is NaN or negative, a sum is
        not 1 within 1e-6 (1e-4 for float32), or `base` is not above 1 and finite.

    Notes
    -----
    Convex in `ps`, concave in `weights`. It is H(m) − Σ wᵢ H(pᵢ), the mutual information between the index
    drawn with `weights` and what is drawn from that row. For two rows and equal weights it is `js`. torch,
    scipy and scikit-learn do not offer it.

    References
    ----------
    Lin (1991), doi 10.1109/18.61115

    Examples
    --------
    >>> float(js_general([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    1.0986122886681096
    """
    ps = as_probabilities(ps, name="ps")
    if ps.ndim != 2 or len(ps) == 0:
        raise ValueError(f"ps must have shape (n, K) with n at least 1; got {ps.shape}")
    dtype = ps.dtype
    if weights is None:
        weights = np.ones(len(ps), np.result_type(dtype, np.float64)) / len(ps)
    else:
        weights = as_probabilities(weights, name="weights")
        if weights.shape != ps.shape[:1]:
            raise ValueError(f"weights must have shape {ps.shape[:1]}; got {weights.shape}")
        dtype = np.result_type(ps, weights)
    wide = np.result_type(dtype, np.float64)
    ps, weights = ps.astype(wide), weights.astype(wide)[:, None]
    mixture = np.broadcast_to((weights * ps).sum(0), ps.shape)
    # A class counts for nothing that no distribution with a weight has, or whose share rounds to 0.
    terms = np.where(mixture > 0, weights * kl_terms(ps, mixture), 0)
    return in_base(terms.sum(), base, dtype)
