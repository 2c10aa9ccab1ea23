r"""Distances and dependences of two points, vectors, sequences, sets or samples, and all pairs of them.

Each function compares ``x`` with ``y`` of equal shape along one axis and gives one number a pair; `pairwise`
compares all rows of one table with all rows of another. Squares are summed as they are: a Euclidean or
Mahalanobis distance above the root of the largest number is ∞. Directions and correlations know no such limit.

All functions keep float16, float32 and float64, turn integers into float64, give NaN for NaN and change no
argument.

Raises
------
TypeError
    If an argument holds anything but what it must: real numbers, for `hamming` numbers, booleans or strings
    (the same for both), for the Jaccard functions booleans or two Python sets; if `axis` or `k` is no integer,
    or the parameters of `pairwise` are not those of its metric.
ValueError
    If shapes differ that must be equal, nested lists are ragged or there is no such axis; if a vector is zero
    and has no direction, a sample does not vary, sequences have no places, a covariance is not positive
    definite, a table holds no probabilities or does not sum to 1, points of a sample coincide or are not
    finite; or if a hyperparameter is out of its range.

Examples
--------
>>> from lossbook import distances
>>> distances.euclidean([0.0, 0.0], [3.0, 4.0])
np.float64(5.0)
>>> distances.pairwise([[0.0], [1.0]], [[3.0]], metric="manhattan")
array([[3.],
       [2.]])
"""

import math

import numpy as np

from lossbook import _checks as check
from lossbook.divergences import entropy, kl

__all__ = [
    "angular_distance",
    "chebyshev",
    "correlation_distance",
    "cosine_distance",
    "euclidean",
    "hamming",
    "jaccard_distance",
    "jaccard_index",
    "mahalanobis",
    "manhattan",
    "minkowski",
    "mutual_information",
    "mutual_information_knn",
    "pairwise",
    "pearson_correlation",
    "variation_of_information",
]


# ---- Points ------------------------------------------------------------------------------------------------


@check.keeps_float16
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

    References
    ----------
    Aggarwal, Hinneburg and Keim (2001), doi 10.1007/3-540-44503-X_27

    Examples
    --------
    >>> euclidean([[0.0, 0.0], [1e8, 1e8]], [[3.0, 4.0], [1e8 + 3, 1e8 + 4]])
    array([5., 5.])
    """
    return _length(_difference(axis, x, y))


@check.keeps_float16
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

    References
    ----------
    Aggarwal, Hinneburg and Keim (2001), doi 10.1007/3-540-44503-X_27

    Examples
    --------
    >>> manhattan([0.0, 0.0], [3.0, -4.0])
    np.float64(7.0)
    """
    d = _difference(axis, x, y)
    with np.errstate(over="ignore"):
        return abs(d).sum(-1)


@check.keeps_float16
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

    References
    ----------
    Aggarwal, Hinneburg and Keim (2001), doi 10.1007/3-540-44503-X_27

    Examples
    --------
    >>> chebyshev([0.0, 0.0], [3.0, -4.0])
    np.float64(4.0)
    """
    return abs(_difference(axis, x, y)).max(-1, initial=0)


@check.keeps_float16
def minkowski(x, y, *, p, axis=-1):
    r"""Minkowski distance: the p-norm of the difference. It is a metric only for p ≥ 1.

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
    p = _exponent(p)
    d = abs(_difference(axis, x, y))
    largest = d.max(-1, keepdims=True, initial=0)
    # The largest difference stands before the root, so that no power overflows: the others are at most 1.
    with np.errstate(over="ignore", invalid="ignore"):
        root = ((d / largest) ** p).sum(-1) ** (1 / p)
        largest = largest[..., 0]
        return np.where((largest > 0) & (largest < np.inf), largest * root, largest)[()]


@check.keeps_float16
def mahalanobis(x, y, *, cov, axis=-1):
    r"""Mahalanobis distance: the Euclidean distance in units of the spread along each direction.

    .. math:: d(x, y) = \sqrt{(x - y)^\top \Sigma^{-1} (x - y)} = \lVert L^{-1} (x - y) \rVert,
        \qquad \Sigma = L L^\top

    Parameters
    ----------
    x, y : array_like
        Points of d coordinates, real numbers of equal shape.
    cov : array_like, shape (d, d)
        The covariance matrix Σ, in the product of the coordinates' units: symmetric up to rounding, and
        positive definite. A singular one, as it comes from fewer points than coordinates, gives no metric.
    axis : int, default -1
        The axis of the coordinates.

    Returns
    -------
    ndarray or scalar
        One distance a pair of points, of the shape without `axis`, in [0, ∞], without unit.

    References
    ----------
    Mahalanobis (1936), doi 10.1007/s13171-019-00164-5

    Examples
    --------
    >>> mahalanobis([0.0, 0.0], [3.0, 4.0], cov=[[9.0, 0.0], [0.0, 16.0]]).round(12)
    np.float64(1.414213562373)
    """
    d = _difference(axis, x, y)
    return _length(_whitened(d, check.covariance_root(cov, d.shape[-1])))


# ---- Directions --------------------------------------------------------------------------------------------


@check.keeps_float16
def cosine_distance(x, y, *, axis=-1):
    r"""Cosine distance: one minus the cosine of the angle between two vectors.

    .. math::

        d(x, y) = 1 - \frac{x \cdot y}{\lVert x \rVert \lVert y \rVert}
        = \tfrac12 \left\lVert \frac{x}{\lVert x \rVert} - \frac{y}{\lVert y \rVert} \right\rVert^2

    The second form does not cancel for nearly parallel vectors.

    Parameters
    ----------
    x, y : array_like
        Vectors, real numbers of equal shape, none of them zero, all elements in one unit.
    axis : int, default -1
        The axis of the vectors' elements.

    Returns
    -------
    ndarray or scalar
        One number a pair of vectors, of the shape without `axis`, in [0, 2], without unit; NaN for vectors
        with infinite elements.

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
    return _half_squared_chord(*_unit_vectors(axis, x=x, y=y))


@check.keeps_float16
def angular_distance(x, y, *, axis=-1):
    r"""Angle between two vectors.

    .. math::

        d(x, y) = \arccos \frac{x \cdot y}{\lVert x \rVert \lVert y \rVert}
        = 2 \arctan \frac{\lVert u - v \rVert}{\lVert u + v \rVert}, \qquad
        u = \frac{x}{\lVert x \rVert}, \ v = \frac{y}{\lVert y \rVert}

    The arccosine loses half of the digits for nearly parallel and nearly opposite vectors; the second form
    does not.

    Parameters
    ----------
    x, y : array_like
        Vectors, real numbers of equal shape, none of them zero, all elements in one unit.
    axis : int, default -1
        The axis of the vectors' elements.

    Returns
    -------
    ndarray or scalar
        One angle a pair of vectors, of the shape without `axis`, in [0, π] radians; NaN for vectors with
        infinite elements.

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
    u, v = _unit_vectors(axis, x=x, y=y)
    return 2 * np.arctan2(_length(u - v), _length(u + v))


@check.keeps_float16
def pearson_correlation(x, y, *, axis=-1):
    r"""Pearson's correlation coefficient: the cosine of two vectors after centering.

    .. math::

        r(x, y) = \frac{\sum_i (x_i - \bar x)(y_i - \bar y)}
        {\sqrt{\sum_i (x_i - \bar x)^2} \sqrt{\sum_i (y_i - \bar y)^2}}

    Parameters
    ----------
    x, y : array_like
        Samples of two variables, real numbers of equal shape, none of them constant, each in its own unit.
    axis : int, default -1
        The axis of the observations, two or more.

    Returns
    -------
    ndarray or scalar
        One coefficient a pair of samples, of the shape without `axis`, in [−1, 1], without unit; NaN for
        samples with infinite elements.

    References
    ----------
    Hastie, Tibshirani and Friedman (2009), doi 10.1007/978-0-387-84858-7

    Examples
    --------
    >>> pearson_correlation([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]).round(12)
    np.float64(0.5)
    """
    return _cosine(*_unit_vectors(axis, centered=True, x=x, y=y))


@check.keeps_float16
def correlation_distance(x, y, *, axis=-1):
    r"""Correlation distance: one minus Pearson's correlation coefficient.

    .. math:: d(x, y) = 1 - r(x, y)

    Parameters
    ----------
    x, y : array_like
        Samples of two variables, real numbers of equal shape, none of them constant, each in its own unit.
    axis : int, default -1
        The axis of the observations, two or more.

    Returns
    -------
    ndarray or scalar
        One number a pair of samples, of the shape without `axis`, in [0, 2], without unit; NaN for samples
        with infinite elements.

    References
    ----------
    Hastie, Tibshirani and Friedman (2009), doi 10.1007/978-0-387-84858-7

    Examples
    --------
    >>> correlation_distance([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]).round(12)
    np.float64(0.5)
    """
    return _half_squared_chord(*_unit_vectors(axis, centered=True, x=x, y=y))


# ---- Sequences and sets ------------------------------------------------------------------------------------


@check.keeps_float16
def hamming(x, y, *, axis=-1):
    r"""Hamming distance: the share of places in which two sequences differ.

    .. math:: d(x, y) = \frac1n \sum_{i=1}^n [x_i \ne y_i]

    Parameters
    ----------
    x, y : array_like
        Sequences of equal shape, both of real numbers, both of booleans, or both of strings.
    axis : int, default -1
        The axis of the places, one or more.

    Returns
    -------
    ndarray or scalar
        One share a pair of sequences, of the shape without `axis`, in [0, 1]; NaN where either holds NaN.

    References
    ----------
    Cover and Thomas (2006), doi 10.1002/047174882X

    Examples
    --------
    >>> hamming([1, 0, 1, 1], [1, 1, 1, 0])
    np.float64(0.5)
    >>> hamming(list("karolin"), list("kathrin")).round(4)
    np.float64(0.4286)
    """
    x, y, dtype = _codes(x, y)
    _check_equal_shapes(x=x, y=y)
    axis = check.axis_index(axis, x, "x")
    _check_places(x, axis)
    # Only NaN differs from itself.
    unknown = ((x != x) | (y != y)).any(axis)
    return np.where(unknown, np.nan, (x != y).mean(axis)).astype(dtype)[()]


def jaccard_index(a, b, *, axis=-1):
    r"""Jaccard index: how much of the union of two sets is in both.

    .. math::

        J(A, B) = \frac{\lvert A \cap B \rvert}{\lvert A \cup B \rvert}, \qquad J(\emptyset, \emptyset) = 1

    Parameters
    ----------
    a, b : set, frozenset or array_like of bool
        Two Python sets, or booleans of equal shape that say which things are in the set.
    axis : int, default -1
        For booleans: the axis of the things.

    Returns
    -------
    ndarray or scalar
        One index a pair of sets, of the shape without `axis`, in [0, 1]. Two empty sets are equal: 1.

    References
    ----------
    Jaccard (1912), doi 10.1111/j.1469-8137.1912.tb05611.x

    Examples
    --------
    >>> jaccard_index({"a", "b", "c"}, {"b", "c", "d"})
    np.float64(0.5)
    >>> jaccard_index([True, True, False], [True, False, False])
    np.float64(0.5)
    """
    both, either = _counts(a, b, axis)
    return _share(both + (either == 0), either)


def jaccard_distance(a, b, *, axis=-1):
    r"""Jaccard distance: how much of the union of two sets is in one of them only.

    .. math::

        d(A, B) = 1 - J(A, B)
        = \frac{\lvert A \cup B \rvert - \lvert A \cap B \rvert}{\lvert A \cup B \rvert}

    Parameters
    ----------
    a, b : set, frozenset or array_like of bool
        Two Python sets, or booleans of equal shape that say which things are in the set.
    axis : int, default -1
        For booleans: the axis of the things.

    Returns
    -------
    ndarray or scalar
        One distance a pair of sets, of the shape without `axis`, in [0, 1]; 0 for two empty sets.

    References
    ----------
    Jaccard (1912), doi 10.1111/j.1469-8137.1912.tb05611.x

    Examples
    --------
    >>> jaccard_distance({"a", "b"}, {"b", "c", "d"})
    np.float64(0.75)
    """
    both, either = _counts(a, b, axis)
    return _share(either - both, either)


# ---- Variables ---------------------------------------------------------------------------------------------


@check.keeps_float16
def mutual_information(joint, *, base=None):
    r"""Mutual information of two discrete variables, from their joint probabilities.

    .. math::

        I(X; Y) = \sum_{i,j} p_{ij} \log \frac{p_{ij}}{p_{i\cdot}\, p_{\cdot j}}
        = \sum_i p_{i\cdot} \, D\!\left(\frac{p_{ij}}{p_{i\cdot}} \,\middle\|\, p_{\cdot j}\right),
        \qquad 0 \log 0 = 0

    For a table whose sum s is 1 up to rounding only, the product of the margins is divided by s.

    Parameters
    ----------
    joint : array_like, shape (r, c)
        The probability of each pair of values, a row for each value of X and a column for each of Y.
        Non-negative, with sum 1 within 1e-6 (1e-4 for float32).
    base : float, optional
        The base of the logarithm, above 1: 2 gives bits. By default e, which gives nats.

    Returns
    -------
    scalar
        In [0, log min(r, c)], in nats or in units of `base`.

    References
    ----------
    Cover and Thomas (2006), doi 10.1002/047174882X

    Examples
    --------
    >>> mutual_information([[0.5, 0.0], [0.0, 0.5]], base=2).round(12)
    np.float64(1.0)
    >>> mutual_information([[0.25, 0.25], [0.25, 0.25]])
    np.float64(0.0)
    """
    p = _table(joint)
    rows, columns = p.sum(1), p.sum(0) / p.sum()
    # Row by row no product of two margins vanishes.
    return rows @ kl(p / rows[:, np.newaxis], np.broadcast_to(columns, p.shape), base=base)


@check.keeps_float16
def variation_of_information(joint, *, base=None):
    r"""Variation of information: what each of two discrete variables leaves open of the other.

    .. math::

        \mathrm{VI}(X, Y) = H(Y \mid X) + H(X \mid Y)
        = \sum_{i,j} p_{ij} \left(\log \frac{p_{i\cdot}}{p_{ij}} + \log \frac{p_{\cdot j}}{p_{ij}}\right)

    Parameters
    ----------
    joint : array_like, shape (r, c)
        The probability of each pair of values, a row for each value of X and a column for each of Y.
        Non-negative, with sum 1 within 1e-6 (1e-4 for float32).
    base : float, optional
        The base of the logarithm, above 1: 2 gives bits. By default e, which gives nats.

    Returns
    -------
    scalar
        In [0, log(r c)], in nats or in units of `base`.

    References
    ----------
    Meilă (2007), doi 10.1016/j.jmva.2006.11.013

    Examples
    --------
    >>> variation_of_information([[0.5, 0.0], [0.0, 0.5]])
    np.float64(0.0)
    >>> variation_of_information([[0.25, 0.25], [0.25, 0.25]], base=2)
    np.float64(2.0)
    """
    p = _table(joint)
    rows, columns = p.sum(1), p.sum(0)
    open_in_rows = entropy(p / rows[:, np.newaxis], base=base)
    open_in_columns = entropy(p / columns, base=base, axis=0)
    return rows @ open_in_rows + columns @ open_in_columns


def mutual_information_knn(x, y, *, k=3):
    r"""Estimate the mutual information of two continuous variables from a sample, by nearest neighbors.

    .. math::

        \hat I = \psi(k) + \psi(n)
        - \frac1n \sum_{i=1}^n \left(\psi(n_x(i) + 1) + \psi(n_y(i) + 1)\right)

    ψ is the digamma function. The k-th nearest neighbor of point i, by the larger of the two distances in x
    and in y, is at some distance; n_x(i) and n_y(i) count the other points that are strictly nearer than that
    in x alone and in y alone.

    Standardize x and y first. The true value knows no units, but the estimate does: where y has the larger
    numbers, y alone says who is near, and much of what x tells is lost.

    Parameters
    ----------
    x, y : array_like, shape (n,) or (n, d)
        n paired observations of each variable, which may have several coordinates; finite, at most 1e300 in
        size. Distances within x and within y are Chebyshev's.
    k : int, default 3
        How many neighbors, from 1 to n − 1. More of them lower the variance and raise the bias.

    Returns
    -------
    numpy.float64
        The estimate in nats. It may be negative where the true value is near 0. If y is a function of x the
        true value is infinite, and the estimate only says how many points there are.

    References
    ----------
    Kraskov, Stögbauer and Grassberger (2004), doi 10.1103/PhysRevE.69.066138

    Examples
    --------
    >>> rng = np.random.default_rng(9)
    >>> x = rng.normal(size=2000)
    >>> y = 0.8 * x + 0.6 * rng.normal(size=2000)  # correlation 0.8: −½ log(1 − 0.8²) = 0.51 nats
    >>> bool(abs(mutual_information_knn(x, y) - 0.51) < 0.1)
    True
    """
    from scipy.spatial import KDTree
    from scipy.special import digamma

    x, y = _observations(x, "x"), _observations(y, "y")
    n = len(x)
    if len(y) != n:
        raise ValueError(f"x and y must have equally many observations; got {n} and {len(y)}")
    k = check.positive_integer(k, "k")
    if k >= n:
        raise ValueError(f"k must be below the number of observations, {n}; got {k}")
    both = np.hstack([x, y])
    # Each point is its own nearest neighbor, and is counted among the nearer ones.
    radius = KDTree(both).query(both, k=[k + 1], p=np.inf)[0][:, 0]
    if not radius.all():
        raise ValueError(
            f"x and y must be samples of continuous variables; got more than k = {k} points that equal "
            f"point {radius.argmin()}"
        )
    strictly = np.nextafter(radius, 0)
    nearer = [KDTree(z).query_ball_point(z, strictly, p=np.inf, return_length=True) for z in (x, y)]
    return digamma(k) + digamma(n) - digamma(nearer).mean(1).sum()


# ---- All pairs ---------------------------------------------------------------------------------------------

# The metrics of `pairwise`, and the hyperparameters of each.
METRICS = {
    "euclidean": (),
    "manhattan": (),
    "chebyshev": (),
    "minkowski": ("p",),
    "mahalanobis": ("cov",),
    "cosine_distance": (),
    "angular_distance": (),
    "pearson_correlation": (),
    "correlation_distance": (),
    "hamming": (),
    "jaccard_index": (),
    "jaccard_distance": (),
}


@check.keeps_float16
def pairwise(x, y=None, *, metric, **parameters):
    r"""Compute a distance between each row of one table and each row of another.

    .. math:: D_{ij} = d(x_i, y_j)

    Parameters
    ----------
    x : array_like, shape (n, d)
        One point, vector, sequence or set a row, of the kind that the metric takes.
    y : array_like, shape (m, d), optional
        The same for the columns of the result. By default `x` itself.
    metric : str
        The name of a function of this module: "euclidean", "manhattan", "chebyshev", "minkowski",
        "mahalanobis", "cosine_distance", "angular_distance", "pearson_correlation", "correlation_distance",
        "hamming", "jaccard_index" or "jaccard_distance".
    **parameters
        The hyperparameters of that function: `p` for "minkowski", `cov` for "mahalanobis".

    Returns
    -------
    ndarray, shape (n, m)
        What the function gives for each pair of rows.

    References
    ----------
    Aggarwal, Hinneburg and Keim (2001), doi 10.1007/3-540-44503-X_27

    Examples
    --------
    >>> pairwise([[0.0, 0.0], [3.0, 4.0]], metric="euclidean")
    array([[0., 5.],
           [5., 0.]])
    >>> pairwise([[0.0, 0.0]], [[1.0, 1.0], [4.0, 9.0]], metric="minkowski", p=0.5)
    array([[ 4., 25.]])
    """
    from scipy.spatial.distance import cdist

    _check_metric(metric, parameters)
    x, y, dtype = _tables(x, x if y is None else y, metric)
    if metric == "euclidean":
        d = cdist(x, y)
    elif metric == "manhattan":
        d = cdist(x, y, "cityblock")
    elif metric == "chebyshev":
        # SciPy's maximum passes over NaN, its sum does not.
        d = np.where(np.isnan(cdist(x, y, "cityblock")), np.nan, cdist(x, y, "chebyshev"))
    elif metric == "minkowski":
        p = _exponent(parameters["p"])
        d = [minkowski(np.broadcast_to(row, y.shape), y, p=p) for row in x]
    elif metric == "mahalanobis":
        root = check.covariance_root(parameters["cov"], x.shape[1])
        d = [_length(_whitened(_difference(-1, np.broadcast_to(row, y.shape), y), root)) for row in x]
    elif metric == "hamming":
        # Numbers for the different places, since SciPy compares float64, which does not hold each of them.
        places = np.unique(np.concatenate([x, y]), return_inverse=True)[1].reshape(-1, x.shape[1])
        d = cdist(places[: len(x)], places[len(x) :], "hamming")
        d[(x != x).any(1)] = np.nan
        d[:, (y != y).any(1)] = np.nan
    elif metric in ("jaccard_index", "jaccard_distance"):
        both = x.astype(np.float64) @ y.T
        either = x.sum(1)[:, np.newaxis] + y.sum(1) - both
        d = _share(both + (either == 0) if metric == "jaccard_index" else either - both, either)
    else:
        centered = metric in ("pearson_correlation", "correlation_distance")
        (u,), (v,) = _unit_vectors(-1, centered, x=x), _unit_vectors(-1, centered, y=y)
        if metric == "pearson_correlation":
            d = np.clip(u @ v.T, -1, 1)
        elif metric == "angular_distance":
            d = 2 * np.arctan2(cdist(u, v), cdist(u, -v))
        else:
            d = np.minimum(cdist(u, v, "sqeuclidean") / 2, 2)
    return np.asarray(d, dtype).reshape(len(x), len(y))


# ---- Formulas that several share ---------------------------------------------------------------------------


def _difference(axis, x, y):
    """Return x − y with the coordinates last: infinite where it overflows, NaN for ∞ − ∞."""
    x, y = check.vectors(axis, x=x, y=y)
    with np.errstate(over="ignore", invalid="ignore"):
        return x - y


def _length(d):
    """Return the Euclidean norm √(d·d) of the vectors along the last axis."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.sqrt(np.vecdot(d, d))


def _whitened(d, root):
    """Return L⁻¹d for the vectors along the last axis, in their type; L is lower triangular."""
    from scipy.linalg import solve_triangular

    columns = d.reshape(-1, d.shape[-1]).T
    return solve_triangular(root, columns, lower=True, check_finite=False).T.reshape(d.shape).astype(d.dtype)


def _unit_vectors(axis, centered=False, **arrays):
    """Return vectors of length 1 along the last axis, made of the given ones or of what is left of their mean.

    A zero vector has no direction, and a constant one no correlation: ValueError that says where it is.
    """
    units = []
    for name, x in zip(arrays, check.vectors(axis, **arrays), strict=True):
        if centered and x.shape[-1] < 2:
            raise ValueError(f"{name} must have at least two elements along the axis; got {x.shape[-1]}")
        with np.errstate(invalid="ignore"):
            # In units of the largest's last digit, a power of two, nothing is rounded and no square overflows.
            x = x / np.spacing(abs(x).max(-1, keepdims=True, initial=0))
            if centered:
                # Counted from the first, what is nearly constant leaves no more to round than it varies.
                x = x - x[..., :1]
                x = x - x.mean(-1, keepdims=True)
            length = _length(x)
            _check_no_zero(length, name, centered)
            units.append(x / length[..., np.newaxis])
    return units


def _half_squared_chord(u, v):
    """Return 1 − u·v = ½‖u − v‖² of unit vectors: it does not cancel, and is at most 2 in spite of rounding."""
    d = u - v
    return np.minimum(np.vecdot(d, d) / 2, 2)


def _cosine(u, v):
    """Return u·v of unit vectors, which rounding leads outside [−1, 1] every few times."""
    return np.clip(np.vecdot(u, v), -1, 1)


def _share(part, whole):
    """Return part / whole, for nothing of nothing 0."""
    return part / np.maximum(whole, 1)


def _counts(a, b, axis):
    """Return how many things are in both sets and in either."""
    sets = [isinstance(value, (set, frozenset)) for value in (a, b)]
    if all(sets):
        return np.int64(len(a & b)), np.int64(len(a | b))
    if any(sets):
        came = f"{type(a).__name__} and {type(b).__name__}"
        raise TypeError(f"a and b must both be sets or both arrays of booleans; got {came}")
    a, b = _booleans(a, "a"), _booleans(b, "b")
    _check_equal_shapes(a=a, b=b)
    axis = check.axis_index(axis, a, "a")
    return np.count_nonzero(a & b, axis), np.count_nonzero(a | b, axis)


# ---- Checks of this family ---------------------------------------------------------------------------------


def _exponent(p):
    """Return Minkowski's exponent as a positive float, infinity included."""
    return check.number(p, "p", "a positive number", math.ulp(0), closed=True)


def _check_no_zero(length, name, centered):
    """Raise ValueError if a vector is zero, or was constant before it was centered."""
    if not length.all():
        index = tuple(int(i) for i in np.argwhere(length == 0)[0])
        where = f" at index {index}" if index else ""
        if centered:
            raise ValueError(f"{name} must vary along the axis; got a constant vector{where}")
        raise ValueError(f"{name} must have no zero vector, which has no direction; got one{where}")


def _check_equal_shapes(**arrays):
    """Raise ValueError unless two arrays have equal shapes."""
    (first, a), (second, b) = arrays.items()
    if a.shape != b.shape:
        raise ValueError(f"{first} and {second} must have equal shapes; got {a.shape} and {b.shape}")


def _check_places(x, axis):
    """Raise ValueError for sequences without places."""
    if x.shape[axis] == 0:
        raise ValueError(f"x must have at least one place along the axis; got shape {x.shape}")


def _codes(x, y):
    """Return both as arrays of one kind, numbers, booleans or strings, and the type of their shares."""
    arrays, kinds = [], []
    for value, name in ((x, "x"), (y, "y")):
        array = check.as_array(value, name, "an array of real numbers")
        kinds.append({"b": "booleans", "U": "strings"}.get(array.dtype.kind, "numbers"))
        # Integers are compared as they are: float64 would make 2⁵³ and 2⁵³ + 1 equal.
        exact = kinds[-1] != "numbers" or array.dtype.kind in "iu"
        arrays.append(array if exact else check.real_array(array, name))
    if kinds[0] != kinds[1]:
        raise TypeError(f"x and y must hold the same kind of things; got {kinds[0]} and {kinds[1]}")
    dtype = np.result_type(*arrays)
    return *arrays, dtype if dtype.kind == "f" else np.dtype(np.float64)


def _booleans(value, name):
    """Return `value` as an array of booleans; raise TypeError if it holds anything else."""
    try:
        array = check.as_array(value, name, "an array of booleans")
    except ValueError as error:
        raise TypeError(str(error)) from None
    if array.dtype != np.bool_:
        raise TypeError(f"{name} must be an array of booleans or a set; got dtype {array.dtype}")
    return array


def _table(joint):
    """Return the table of probabilities, without rows and columns of zeros: they add nothing."""
    p = check.real_array(joint, "joint")
    if p.ndim != 2:
        raise ValueError(f"joint must be a table of shape (r, c); got shape {p.shape}")
    # One sum over the table and not one a row is what sets this apart from probability vectors.
    check.probabilities(joint=np.asarray(joint).ravel())
    return p[p.any(1)][:, p.any(0)]


def _observations(value, name):
    """Return observations as a finite float64 array of shape (n, d)."""
    array = check.real_array(value, name).astype(np.float64)
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2 or array.shape[1] == 0:
        raise ValueError(f"{name} must have shape (n,) or (n, d) with d > 0; got {np.shape(value)}")
    check.check_finite(array, name)
    largest = abs(array).max(initial=0)
    if largest > 1e300:
        raise ValueError(f"{name} must be at most 1e+300 in size, for its distances; got {largest:g}")
    return array


def _check_metric(metric, parameters):
    """Raise unless the metric is known and the parameters are its hyperparameters."""
    wanted = METRICS[check.option(metric, tuple(METRICS), "metric")]
    if set(parameters) != set(wanted):
        came = ", ".join(sorted(parameters)) or "none"
        raise TypeError(f"the parameters of metric={metric!r} must be: {', '.join(wanted) or 'none'}; got: {came}")


def _tables(x, y, metric):
    """Return the tables as the metric takes them, with equally many columns, and the type of the result."""
    if metric == "hamming":
        x, y, dtype = _codes(x, y)
    elif metric in ("jaccard_index", "jaccard_distance"):
        x, y, dtype = _booleans(x, "x"), _booleans(y, "y"), np.dtype(np.float64)
    else:
        x, y = check.real_array(x, "x"), check.real_array(y, "y")
        dtype = np.result_type(x, y)
        x, y = x.astype(dtype, copy=False), y.astype(dtype, copy=False)
    for array, name in ((x, "x"), (y, "y")):
        if array.ndim != 2:
            raise ValueError(f"{name} must have shape (rows, columns); got shape {array.shape}")
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"x and y must have equally many columns; got shapes {x.shape} and {y.shape}")
    if metric == "hamming":
        _check_places(x, 1)
    return x, y, dtype
