"""Distances between distributions that are metrics: total variation, Hellinger, Wasserstein."""

import numpy as np

from lossbook._blocks import reduce_vectors, split, sum_classes
from lossbook._legacy_checks import as_real_array, check_finite, probability_pair


@np.errstate(all="ignore")
def total_variation_distance(p, q, *, axis=-1):
    r"""Total variation distance: the most by which p and q can differ on one event.

    .. math:: \operatorname{TV}(p, q) = \tfrac12 \sum_i \lvert p_i - q_i \rvert
        = \max_A \lvert p(A) - q(A) \rvert

    Parameters
    ----------
    p, q : array_like
        Probabilities of equal shape: not negative, summing to 1 along `axis`.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One distance a pair of vectors, of the shape of `p` without `axis`, in [0, 1] up to rounding.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers, or `axis` is not an integer.
    ValueError
        If the shapes differ, there is no such axis, a probability is NaN or negative, or a sum is not 1
        within 1e-6 (1e-4 for float32).

    Notes
    -----
    A metric, convex in p and q jointly. Mind the factor ½: some authors leave it out, and their distance
    reaches 2. Pinsker: TV² ≤ ½ D(p‖q) in nats. It is half of ``scipy.spatial.distance.cityblock(p, q)``.

    References
    ----------
    Cover and Thomas (2006), doi 10.1002/047174882X

    Examples
    --------
    >>> float(total_variation_distance([0.5, 0.5, 0.0], [0.25, 0.25, 0.5]))
    0.5
    """
    p, q, dtype = probability_pair(p, q, axis=axis)
    return (0.5 * reduce_vectors(lambda p, q: sum_classes(abs(p - q)), p, q)).astype(dtype)[()]


@np.errstate(all="ignore")
def hellinger(p, q, *, axis=-1):
    r"""Hellinger distance: the Euclidean distance between the roots of the probabilities, over √2.

    .. math:: \operatorname{H}(p, q) = \sqrt{\tfrac12 \sum_i \left( \sqrt{p_i} - \sqrt{q_i} \right)^2}

    Parameters
    ----------
    p, q : array_like
        Probabilities of equal shape: not negative, summing to 1 along `axis`.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        One distance a pair of vectors, of the shape of `p` without `axis`, in [0, 1] up to rounding.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers, or `axis` is not an integer.
    ValueError
        If the shapes differ, there is no such axis, a probability is NaN or negative, or a sum is not 1
        within 1e-6 (1e-4 for float32).

    Notes
    -----
    A metric; its square is jointly convex, and H² ≤ TV ≤ √2 H. Some authors leave out the factor ½ under the
    root. torch, scipy and scikit-learn do not offer it.

    References
    ----------
    Nowozin, Cseke and Tomioka (2016), arXiv 1606.00709

    Examples
    --------
    >>> float(hellinger([1.0, 0.0], [0.0, 1.0]))
    1.0
    """
    p, q, dtype = probability_pair(p, q, axis=axis)
    return reduce_vectors(_hellinger, p, q).astype(dtype)[()]


def _hellinger(p, q):
    """Return the distance for each pair of vectors in two blocks, one vector a column."""
    # √p − √q = (p − q)/(√p + √q) does not cancel near p = q.
    steps = np.where(p == q, 0, abs(p - q) / (np.sqrt(p) + np.sqrt(q)))
    # Divided by the largest, the squares do not underflow.
    largest = steps.max(0)
    shares = np.where(largest > 0, steps / largest, 0)
    return largest * np.sqrt(0.5 * sum_classes(shares * shares))


@np.errstate(all="ignore")
def wasserstein_1d(p, q, *, support):
    r"""Wasserstein-1 distance on the line: the work of moving p's mass to q's places.

    .. math:: W_1(p, q) = \sum_{k=1}^{K-1} \lvert F_p(x_k) - F_q(x_k) \rvert \, (x_{k+1} - x_k),
        \qquad F_p(x_k) = \sum_{i \le k} p_i

    Parameters
    ----------
    p, q : array_like
        Probabilities of equal shape (..., K): not negative, summing to 1 along the last axis.
    support : array_like
        The K places on the line, finite and increasing.

    Returns
    -------
    ndarray or scalar
        One distance a pair of vectors, of shape (...), in the unit of `support`, in [0, x_K − x_1].

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, a probability is NaN or negative, a sum is not 1 within 1e-6 (1e-4 for float32),
        or `support` is not of shape (K,), finite and increasing.

    Notes
    -----
    A metric, convex in p and q jointly. Unlike the other divergences it knows how far apart the places are:
    shift a distribution and it grows with the shift. ``scipy.stats.wasserstein_distance(support, support, p,
    q)`` is the same, but divides both by their sums first.

    References
    ----------
    Arjovsky, Chintala and Bottou (2017), arXiv 1701.07875

    Examples
    --------
    >>> float(wasserstein_1d([1.0, 0.0, 0.0], [0.0, 0.0, 1.0], support=[0.0, 1.0, 5.0]))
    5.0
    """
    p, q, dtype = probability_pair(p, q, axis=-1)
    support = as_real_array(support, name="support")
    if support.shape != p.shape[-1:]:
        raise ValueError(f"support must have shape {p.shape[-1:]}, one place a class; got {support.shape}")
    check_finite(support, name="support")
    lengths = np.diff(support.astype(np.result_type(dtype, np.float64)))
    if not (lengths > 0).all():
        at = int(np.argmin(lengths > 0))
        raise ValueError(
            f"support must be increasing; got {support[at]:g} before {support[at + 1]:g} at index {at}"
        )

    def work(p, q):
        p -= q
        # A running sum adds one number after the other: split, none of these additions rounds but the last.
        high, low = split(p, abs(p).sum(0))
        carried = (np.cumsum(high, axis=0) + np.cumsum(low, axis=0))[:-1]
        return sum_classes(abs(carried) * lengths[:, None])

    return reduce_vectors(work, p, q).astype(dtype)[()]
