"""Distances of points: Euclidean, Manhattan, Chebyshev, Minkowski and Mahalanobis."""

import numpy as np

from lossbook._legacy_checks import cholesky_factor, real_number, vector_pair
from lossbook.distances._norms import root_sum_of_squares

# Each function below switches NumPy's floating-point warnings off: overflow to infinity is the right answer.


@np.errstate(all="ignore")
def euclidean(x, y, *, axis=-1):
    r"""Euclidean distance: the length of the straight line between two points.

    .. math:: d(x, y) = \sqrt{\sum_i (x_i - y_i)^2}

    Parameters
    ----------
    x, y : array_like
        Points, real numbers of equal shape, all coordinates in one unit.
    axis : int, default -1
        The axis of the coordinates.

    Returns
    -------
    ndarray or scalar
        One distance a pair of points, of the shape without `axis`, in [0, ∞], in the coordinates' unit.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ or there is no such axis.

    Notes
    -----
    A metric; convex in each argument. It is invariant under translations and rotations, and changes by c
    where both points are multiplied by c. Nothing is lost to cancellation: the differences are taken first,
    where the shortcut ‖x‖² + ‖y‖² − 2x·y of ``sklearn.metrics.pairwise.euclidean_distances`` gives 0 for
    near points far from the origin. ``scipy.spatial.distance.euclidean`` is the same for two vectors;
    ``torch.nn.functional.pairwise_distance`` adds 1e-6 to every difference.

    References
    ----------
    Aggarwal, Hinneburg and Keim (2001), doi 10.1007/3-540-44503-X_27

    Examples
    --------
    >>> euclidean([[0.0, 0.0], [1e8, 1e8]], [[3.0, 4.0], [1e8 + 3, 1e8 + 4]])
    array([5., 5.])
    """
    x, y = vector_pair(x, y, axis=axis)
    return root_sum_of_squares(x - y)


@np.errstate(all="ignore")
def manhattan(x, y, *, axis=-1):
    r"""Manhattan (city block) distance: the way between two points along the axes.

    .. math:: d(x, y) = \sum_i \lvert x_i - y_i \rvert

    Parameters
    ----------
    x, y : array_like
        Points, real numbers of equal shape, all coordinates in one unit.
    axis : int, default -1
        The axis of the coordinates.

    Returns
    -------
    ndarray or scalar
        One distance a pair of points, of the shape without `axis`, in [0, ∞], in the coordinates' unit.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ or there is no such axis.

    Notes
    -----
    A metric; convex in each argument. Invariant under translations, but not under rotations. It is
    Minkowski's distance with p = 1, and ``scipy.spatial.distance.cityblock`` for two vectors.

    References
    ----------
    Aggarwal, Hinneburg and Keim (2001), doi 10.1007/3-540-44503-X_27

    Examples
    --------
    >>> manhattan([0.0, 0.0], [3.0, -4.0])
    np.float64(7.0)
    """
    x, y = vector_pair(x, y, axis=axis)
    return np.sum(abs(x - y), axis=-1)


@np.errstate(all="ignore")
def chebyshev(x, y, *, axis=-1):
    r"""Chebyshev distance: the largest difference of a coordinate.

    .. math:: d(x, y) = \max_i \lvert x_i - y_i \rvert

    Parameters
    ----------
    x, y : array_like
        Points, real numbers of equal shape, all coordinates in one unit.
    axis : int, default -1
        The axis of the coordinates.

    Returns
    -------
    ndarray or scalar
        One distance a pair of points, of the shape without `axis`, in [0, ∞], in the coordinates' unit.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ or there is no such axis.

    Notes
    -----
    A metric; convex in each argument. Invariant under translations, but not under rotations. It is the limit
    of Minkowski's distance for p → ∞, and ``scipy.spatial.distance.chebyshev`` for two vectors.

    References
    ----------
    Aggarwal, Hinneburg and Keim (2001), doi 10.1007/3-540-44503-X_27

    Examples
    --------
    >>> chebyshev([0.0, 0.0], [3.0, -4.0])
    np.float64(4.0)
    """
    x, y = vector_pair(x, y, axis=axis)
    return np.max(abs(x - y), axis=-1, initial=0)


@np.errstate(all="ignore")
def minkowski(x, y, *, p, axis=-1):
    r"""Minkowski distance: the p-norm of the difference.

    .. math:: d_p(x, y) = \left(\sum_i \lvert x_i - y_i \rvert^p\right)^{1/p}

    Parameters
    ----------
    x, y : array_like
        Points, real numbers of equal shape, all coordinates in one unit.
    p : float
        The exponent, positive: 1 gives the Manhattan distance, 2 the Euclidean, infinity Chebyshev's.
    axis : int, default -1
        The axis of the coordinates.

    Returns
    -------
    ndarray or scalar
        One distance a pair of points, of the shape without `axis`, in [0, ∞], in the coordinates' unit.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, there is no such axis, or `p` is not positive.

    Notes
    -----
    A metric for p ≥ 1 only, and convex in each argument for these p. For p < 1 the triangle inequality fails:
    with p = ½ it is 4 from (0, 0) to (1, 1), but 1 from each of them to (0, 1). The p-th power of the
    distance is a metric then. Rounding is multiplied by 1/p where p < 1.
    ``scipy.spatial.distance.minkowski`` is the same for two vectors.

    References
    ----------
    Aggarwal, Hinneburg and Keim (2001), doi 10.1007/3-540-44503-X_27

    Examples
    --------
    >>> minkowski([0.0, 0.0], [3.0, 4.0], p=2)
    np.float64(5.0)
    >>> minkowski([0.0, 0.0], [1.0, 1.0], p=0.5)
    np.float64(4.0)
    """
    p = exponent(p)
    if p in _NAMED_EXPONENTS:
        return _NAMED_EXPONENTS[p](x, y, axis=axis)
    x, y = vector_pair(x, y, axis=axis)
    d = abs(x - y)
    largest = np.max(d, axis=-1, keepdims=True, initial=0)
    # Divided by the largest, the powers lie in [0, 1] and one of them is 1.
    total = np.sum((d / largest) ** p, axis=-1) ** (1 / p)
    largest = largest[..., 0]
    return np.where((largest > 0) & (largest < np.inf), largest * total, largest)[()]


_NAMED_EXPONENTS = {1: manhattan, 2: euclidean, np.inf: chebyshev}


def exponent(p):
    """Return Minkowski's exponent as a positive float, infinity included."""
    requirement = "a positive number"
    p = real_number(p, name="p", requirement=requirement)
    if p <= 0:
        raise ValueError(f"p must be {requirement}; got {p:g}")
    return p


@np.errstate(all="ignore")
def mahalanobis(x, y, *, cov, axis=-1):
    r"""Mahalanobis distance: the Euclidean distance in units of the spread along each direction.

    .. math:: d(x, y) = \sqrt{(x - y)^\top \Sigma^{-1} (x - y)}

    Parameters
    ----------
    x, y : array_like
        Points of d coordinates, real numbers of equal shape.
    cov : array_like, shape (d, d)
        The covariance matrix Σ, in the product of the coordinates' units: symmetric up to rounding, and
        positive definite.
    axis : int, default -1
        The axis of the coordinates.

    Returns
    -------
    ndarray or scalar
        One distance a pair of points, of the shape without `axis`, in [0, ∞], without unit.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes do not fit together, there is no such axis, or `cov` is not finite, symmetric and
        positive definite.

    Notes
    -----
    A metric; convex in each argument. With Σ = L Lᵀ it is the Euclidean distance of L⁻¹x and L⁻¹y, and it is
    invariant under every invertible linear map A that takes Σ along to A Σ Aᵀ. A singular Σ, as it comes from
    fewer points than coordinates, gives no metric and is refused. ``scipy.spatial.distance.mahalanobis``
    takes the inverse of Σ, which loses digits where Σ is nearly singular.

    References
    ----------
    Mahalanobis (1936), doi 10.1007/s13171-019-00164-5

    Examples
    --------
    >>> mahalanobis([0.0, 0.0], [3.0, 4.0], cov=[[9.0, 0.0], [0.0, 16.0]]).round(12)
    np.float64(1.414213562373)
    """
    x, y = vector_pair(x, y, axis=axis)
    factor = cholesky_factor(cov, name="cov", dimension=x.shape[-1])
    return root_sum_of_squares(whitened(x - y, factor))


def whitened(d, factor):
    """Return L⁻¹d for each vector d along the last axis, in the type of d; L is lower triangular."""
    from scipy.linalg import solve_triangular

    flat = d.reshape(-1, d.shape[-1]).astype(np.float64, copy=False)
    # SciPy solves for columns, one after the other in memory: the rows of the result, transposed.
    solved = solve_triangular(factor, flat.T, lower=True, check_finite=False).T
    return solved.reshape(d.shape).astype(d.dtype, copy=False)
