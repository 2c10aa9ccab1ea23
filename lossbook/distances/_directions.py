"""Distances of directions: by the cosine of two vectors, and by it after centering, the correlation."""

import numpy as np

from lossbook._legacy_checks import vector_pair
from lossbook.distances._norms import centered, root_sum_of_squares, unit_vectors

# Below this 1 − cos, the difference of two unit vectors is split into along and across.
NEAR = 1e-3

# Each function below switches NumPy's floating-point warnings off: sizes are dealt with where they matter.


@np.errstate(all="ignore")
def cosine_distance(x, y, *, axis=-1):
    r"""Cosine distance: one minus the cosine of the angle between two vectors.

    .. math::

        d(x, y) = 1 - \frac{x \cdot y}{\lVert x \rVert \lVert y \rVert}
        = \tfrac12 \left\lVert \frac{x}{\lVert x \rVert} - \frac{y}{\lVert y \rVert} \right\rVert^2

    Parameters
    ----------
    x, y : array_like
        Vectors, real numbers of equal shape, all elements in one unit.
    axis : int, default -1
        The axis of the vectors' elements.

    Returns
    -------
    ndarray or scalar
        One number a pair of vectors, of the shape without `axis`, in [0, 2], without unit; NaN for vectors
        with NaN or infinite elements.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, there is no such axis, or a vector is zero.

    Notes
    -----
    Not a metric: the triangle inequality fails, 1 from (1, 0) to (0, 1), but 0.293 from each of them to
    (1, 1). `angular_distance` is one, on directions. Not convex. Invariant under rotations, and under
    positive multiples of each vector; not under translations. The second form does not cancel for nearly
    parallel vectors. ``scipy.spatial.distance.cosine`` is the same for two vectors but gives NaN for a zero
    vector; ``sklearn.metrics.pairwise.cosine_distances`` gives 1 for it.

    References
    ----------
    Steck, Ekanadham and Kallus (2024), arXiv 2403.05440

    Examples
    --------
    >>> cosine_distance([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]], [[5.0, 0.0], [0.0, 5.0], [-5.0, 0.0]])
    array([0., 1., 2.])
    >>> cosine_distance([1.0, 0.0], [1.0, 1e-9])
    np.float64(5e-19)
    """
    x, y = vector_pair(x, y, axis=axis)
    return half_squared_chord(unit_vectors(x, name="x"), unit_vectors(y, name="y"))


def half_squared_chord(u, v):
    """Return ½‖u − v‖² = 1 − cos for unit vectors, at most 2 in spite of rounding."""
    d = u - v
    half = 0.5 * np.sum(d * d, axis=-1)
    near = half < NEAR
    if near.any():
        across = across_direction(d, u + v)
        half = np.where(near, 0.5 * np.sum(across * across, axis=-1), half)
    return np.minimum(half, 2)


def across_direction(d, m):
    """Return the part of d = u − v at right angles to m = u + v.

    For vectors of length 1 that is all of it. Rounding leaves them a little longer or shorter, which for near
    directions would be most of the difference, and it is no angle.
    """
    return d - np.sum(d * m, axis=-1, keepdims=True) / np.sum(m * m, axis=-1, keepdims=True) * m


@np.errstate(all="ignore")
def angular_distance(x, y, *, axis=-1):
    r"""Angle between two vectors.

    .. math:: d(x, y) = \arccos \frac{x \cdot y}{\lVert x \rVert \lVert y \rVert}

    Parameters
    ----------
    x, y : array_like
        Vectors, real numbers of equal shape, all elements in one unit.
    axis : int, default -1
        The axis of the vectors' elements.

    Returns
    -------
    ndarray or scalar
        One angle a pair of vectors, of the shape without `axis`, in [0, π] radians; NaN for vectors with NaN
        or infinite elements.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, there is no such axis, or a vector is zero.

    Notes
    -----
    A metric on directions: two vectors have distance 0 if one is a positive multiple of the other. Not
    convex. Invariant under rotations and positive multiples. Computed as 2 arctan(‖u − v‖/‖u + v‖) for
    the unit vectors u and v: the arccosine loses half of the digits for nearly parallel and nearly opposite
    vectors.

    References
    ----------
    Wang and Isola (2020), arXiv 2005.10242

    Examples
    --------
    >>> angular_distance([1.0, 0.0], [0.0, 2.0]) * 180 / np.pi
    np.float64(90.0)
    >>> angular_distance([1.0, 0.0], [1.0, 1e-9])
    np.float64(1e-09)
    """
    x, y = vector_pair(x, y, axis=axis)
    return angle(unit_vectors(x, name="x"), unit_vectors(y, name="y"))


def angle(u, v):
    """Return 2 arctan(‖u − v‖/‖u + v‖), the angle between unit vectors."""
    d, m = u - v, u + v
    chord = root_sum_of_squares(d)
    near = 0.5 * chord * chord < NEAR
    if near.any():
        chord = np.where(near, root_sum_of_squares(across_direction(d, m)), chord)
    return 2 * np.arctan2(chord, root_sum_of_squares(m))


@np.errstate(all="ignore")
def pearson_correlation(x, y, *, axis=-1):
    r"""Pearson's correlation coefficient: the cosine of two vectors after centering.

    .. math::

        r(x, y) = \frac{\sum_i (x_i - \bar x)(y_i - \bar y)}
        {\sqrt{\sum_i (x_i - \bar x)^2} \sqrt{\sum_i (y_i - \bar y)^2}}

    Parameters
    ----------
    x, y : array_like
        Samples of two variables, real numbers of equal shape, each in its own unit.
    axis : int, default -1
        The axis of the observations.

    Returns
    -------
    ndarray or scalar
        One coefficient a pair of samples, of the shape without `axis`, in [−1, 1], without unit; NaN for
        samples with NaN or infinite elements.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, there is no such axis, a sample has fewer than two observations or does not
        vary.

    Notes
    -----
    A similarity, no distance. Not convex. Invariant under a change of origin and of unit of each variable.
    It sees linear dependence only: 0 does not mean independent. ``scipy.stats.pearsonr`` and
    ``numpy.corrcoef`` give the same number.

    References
    ----------
    Hastie, Tibshirani and Friedman (2009), doi 10.1007/978-0-387-84858-7

    Examples
    --------
    >>> pearson_correlation([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]).round(12)
    np.float64(0.5)
    """
    x, y = vector_pair(x, y, axis=axis)
    u, v = unit_vectors(centered(x, name="x"), name="x"), unit_vectors(centered(y, name="y"), name="y")
    # Rounding may lead outside [−1, 1] by an ulp or two.
    return np.clip(np.sum(u * v, axis=-1), -1, 1)


@np.errstate(all="ignore")
def correlation_distance(x, y, *, axis=-1):
    r"""Correlation distance: one minus Pearson's correlation coefficient.

    .. math:: d(x, y) = 1 - r(x, y)

    Parameters
    ----------
    x, y : array_like
        Samples of two variables, real numbers of equal shape, each in its own unit.
    axis : int, default -1
        The axis of the observations.

    Returns
    -------
    ndarray or scalar
        One number a pair of samples, of the shape without `axis`, in [0, 2], without unit; NaN for samples
        with NaN or infinite elements.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, there is no such axis, a sample has fewer than two observations or does not
        vary.

    Notes
    -----
    Not a metric: the triangle inequality fails, as for `cosine_distance`, which it is after centering. Its
    square root is a metric on z-scored samples: with scores divided by the 1/n standard deviation,
    ‖z(x) − z(y)‖² = 2n(1 − r). Not convex. Invariant under a change of origin and of unit of each variable.
    ``scipy.spatial.distance.correlation`` is the same for two vectors.

    References
    ----------
    Hastie, Tibshirani and Friedman (2009), doi 10.1007/978-0-387-84858-7

    Examples
    --------
    >>> correlation_distance([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]).round(12)
    np.float64(0.5)
    """
    x, y = vector_pair(x, y, axis=axis)
    u, v = unit_vectors(centered(x, name="x"), name="x"), unit_vectors(centered(y, name="y"), name="y")
    return half_squared_chord(u, v)
