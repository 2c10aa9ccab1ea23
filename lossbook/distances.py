r"""Distances and dependences of two points, vectors, sequences, sets or samples, and all pairs of them.

Each function compares ``x`` with ``y`` of equal shape along one axis and gives one number a pair, in the
shape without that axis; `pairwise` compares all rows of one table with all rows of another. Euclidean and
Mahalanobis distances square what they are given: where a square is beyond the largest number they are ∞.
Directions and correlations know no size, and are NaN for infinite elements.

All functions keep float16, float32 and float64, turn integers into float64, give NaN for NaN and change no
argument.

Raises
------
TypeError
    If an argument holds anything but real numbers, or for `hamming` numbers, booleans or strings, the same
    in both, or for the Jaccard functions booleans, if it is no set; if `axis` or `k` is not an integer, or
    the parameters of `pairwise` are not those of its metric.
ValueError
    If shapes do not fit together, nested lists are ragged or there is no such axis; if a vector is zero and
    has no direction, a sample does not vary, or sequences have no places; if a covariance is not positive
    definite, or a table of probabilities does not sum to 1; if more than k points of a sample coincide, or
    one is not finite; or if a hyperparameter is out of its range.

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
from lossbook import divergences

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


def euclidean(x, y, *, axis=-1):
    r"""Euclidean distance: the length of the straight line between two points.

    .. math:: d(x, y) = \sqrt{\sum_i (x_i - y_i)^2}

    Parameters
    ----------
    x, y : array_like
        Points, their coordinates along `axis`, all in one unit.
    axis : int, default -1

    Returns
    -------
    ndarray or scalar
        One distance a pair, in [0, ∞], in the coordinates' unit.

    Examples
    --------
    >>> euclidean([[0.0, 0.0], [1e8, 1e8]], [[3.0, 4.0], [1e8 + 3, 1e8 + 4]])
    array([5., 5.])
    """
    return _length(_difference(axis, x, y))


def manhattan(x, y, *, axis=-1):
    r"""Manhattan (city block) distance: the way between two points along the axes.

    .. math:: d(x, y) = \sum_i \lvert x_i - y_i \rvert

    Parameters
    ----------
    x, y : array_like
        Points, their coordinates along `axis`, all in one unit.
    axis : int, default -1

    Returns
    -------
    ndarray or scalar
        One distance a pair, in [0, ∞], in the coordinates' unit.

    Examples
    --------
    >>> manhattan([0.0, 0.0], [3.0, -4.0])
    np.float64(7.0)
    """
    d = _difference(axis, x, y)
    with np.errstate(over="ignore"):
        return abs(d).sum(-1)


def chebyshev(x, y, *, axis=-1):
    r"""Chebyshev distance: the largest difference of a coordinate.

    .. math:: d(x, y) = \max_i \lvert x_i - y_i \rvert

    Parameters
    ----------
    x, y : array_like
        Points, their coordinates along `axis`, all in one unit.
    axis : int, default -1

    Returns
    -------
    ndarray or scalar
        One distance a pair, in [0, ∞], in the coordinates' unit.

    Examples
    --------
    >>> chebyshev([0.0, 0.0], [3.0, -4.0])
    np.float64(4.0)
    """
    return abs(_difference(axis, x, y)).max(-1, initial=0)


def minkowski(x, y, *, p, axis=-1):
    r"""Minkowski distance: the p-norm of the difference. It is a metric only for p ≥ 1.

    .. math:: d_p(x, y) = \left(\sum_i \lvert x_i - y_i \rvert^p\right)^{1/p}

    Parameters
    ----------
    x, y : array_like
        Points, their coordinates along `axis`, all in one unit.
    p : float
        The exponent, positive: 1 gives the Manhattan distance, 2 the Euclidean, infinity Chebyshev's.
    axis : int, default -1

    Returns
    -------
    ndarray or scalar
        One distance a pair, in [0, ∞], in the coordinates' unit.

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
    p = check.number(p, "p", "a positive number", math.ulp(0), closed=True)  # infinity included
    d = abs(_difference(axis, x, y))
    largest = d.max(-1, keepdims=True, initial=0)
    # The largest difference stands before the root, so that no power overflows: the others are at most 1.
    with np.errstate(over="ignore", invalid="ignore"):
        root = ((d / largest) ** p).sum(-1) ** (1 / p)
        largest = largest[..., 0]
        return np.where((largest > 0) & (largest < np.inf), largest * root, largest)[()]


def mahalanobis(x, y, *, cov, axis=-1):
    r"""Mahalanobis distance: the Euclidean distance in units of the spread along each direction.

    .. math:: d(x, y) = \sqrt{(x - y)^\top \Sigma^{-1} (x - y)} = \lVert L^{-1} (x - y) \rVert,
        \qquad \Sigma = L L^\top

    Parameters
    ----------
    x, y : array_like
        Points, their d coordinates along `axis`.
    cov : array_like, shape (d, d)
        The covariance matrix Σ, in the product of the coordinates' units: symmetric up to rounding, and
        positive definite. A singular one, as it comes from fewer points than coordinates, gives no metric.
    axis : int, default -1

    Returns
    -------
    ndarray or scalar
        One distance a pair, in [0, ∞], without unit.

    References
    ----------
    Mahalanobis (1936), doi 10.1007/s13171-019-00164-5

    Examples
    --------
    >>> mahalanobis([0.0, 0.0], [3.0, 4.0], cov=[[9.0, 0.0], [0.0, 16.0]]).round(12)
    np.float64(1.414213562373)
    """
    from scipy.linalg import solve_triangular

    d = _difference(axis, x, y)
    root = check.covariance_root(cov, d.shape[-1])
    columns = d.reshape(-1, d.shape[-1]).T
    whitened = solve_triangular(root, columns, lower=True, check_finite=False).T.reshape(d.shape)
    return _length(whitened.astype(d.dtype))


# ---- Directions --------------------------------------------------------------------------------------------


def cosine_distance(x, y, *, axis=-1):
    r"""Cosine distance: one minus the cosine of the angle between two vectors.

    .. math:: d(x, y) = 1 - \frac{x \cdot y}{\lVert x \rVert \lVert y \rVert}
        = \tfrac12 \left\lVert \frac{x}{\lVert x \rVert} - \frac{y}{\lVert y \rVert} \right\rVert^2

    The second form does not cancel for nearly parallel vectors.

    Parameters
    ----------
    x, y : array_like
        Vectors along `axis`, none of them zero, all elements in one unit.
    axis : int, default -1

    Returns
    -------
    ndarray or scalar
        One number a pair, in [0, 2], without unit.

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
    x, y = check.directions(axis, x=x, y=y)
    return _half_squared_chord(_unit(x), _unit(y))


def angular_distance(x, y, *, axis=-1):
    r"""Angle between two vectors.

    .. math:: d(x, y) = \arccos (u \cdot v) = 2 \arctan \frac{\lVert u - v \rVert}{\lVert u + v \rVert},
        \qquad u = \frac{x}{\lVert x \rVert}, \ v = \frac{y}{\lVert y \rVert}

    For nearly parallel or opposite vectors the arccosine loses half of the digits, the arctangent none.

    Parameters
    ----------
    x, y : array_like
        Vectors along `axis`, none of them zero, all elements in one unit.
    axis : int, default -1

    Returns
    -------
    ndarray or scalar
        One angle a pair, in [0, π] radians.

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
    x, y = check.directions(axis, x=x, y=y)
    u, v = _unit(x), _unit(y)
    return 2 * np.arctan2(_length(u - v), _length(u + v))


def pearson_correlation(x, y, *, axis=-1):
    r"""Pearson's correlation coefficient: the cosine of two vectors after centering.

    .. math:: r(x, y) = \frac{\sum_i (x_i - \bar x)(y_i - \bar y)}
        {\sqrt{\sum_i (x_i - \bar x)^2} \sqrt{\sum_i (y_i - \bar y)^2}}

    Parameters
    ----------
    x, y : array_like
        Samples of two variables, two or more observations along `axis`, none constant, each in its own unit.
    axis : int, default -1

    Returns
    -------
    ndarray or scalar
        One coefficient a pair, in [−1, 1], without unit.

    References
    ----------
    Hastie, Tibshirani and Friedman (2009), doi 10.1007/978-0-387-84858-7

    Examples
    --------
    >>> pearson_correlation([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]).round(12)
    np.float64(0.5)
    """
    u, v = (_unit(_centered(z)) for z in check.varying(axis, x=x, y=y))
    # Rounding leads outside [−1, 1] every few times.
    return np.clip(np.vecdot(u, v), -1, 1)


def correlation_distance(x, y, *, axis=-1):
    r"""Correlation distance: one minus Pearson's correlation coefficient.

    .. math:: d(x, y) = 1 - r(x, y)

    Parameters
    ----------
    x, y : array_like
        Samples of two variables, two or more observations along `axis`, none constant, each in its own unit.
    axis : int, default -1

    Returns
    -------
    ndarray or scalar
        One number a pair, in [0, 2], without unit.

    Examples
    --------
    >>> correlation_distance([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]).round(12)
    np.float64(0.5)
    """
    x, y = check.varying(axis, x=x, y=y)
    return cosine_distance(_centered(x), _centered(y))


# ---- Sequences and sets ------------------------------------------------------------------------------------


def hamming(x, y, *, axis=-1):
    r"""Hamming distance: the share of places in which two sequences differ.

    .. math:: d(x, y) = \frac1n \sum_{i=1}^n [x_i \ne y_i]

    Parameters
    ----------
    x, y : array_like
        Sequences along `axis`, not empty, both of real numbers, both of booleans, or both of strings.
    axis : int, default -1

    Returns
    -------
    ndarray or scalar
        One share a pair, in [0, 1]; NaN where either holds NaN.

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
    x, y, dtype = check.sequences(x, y, axis)
    # Only NaN differs from itself.
    unknown = ((x != x) | (y != y)).any(-1)
    return np.where(unknown, np.nan, (x != y).mean(-1)).astype(dtype)[()]


def jaccard_index(a, b, *, axis=-1):
    r"""Jaccard index: how much of the union of two sets is in both.

    .. math:: J(A, B) = \frac{\lvert A \cap B \rvert}{\lvert A \cup B \rvert},
        \qquad J(\emptyset, \emptyset) = 1

    Parameters
    ----------
    a, b : set, frozenset or array_like of bool
        Two Python sets, or booleans of equal shape that say which things, along `axis`, are in the set.
    axis : int, default -1

    Returns
    -------
    ndarray or scalar
        One index a pair, in [0, 1]. Two empty sets are equal: 1.

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
    a, b = check.sets(a, b, axis)
    both, either = (a & b).sum(-1), (a | b).sum(-1)
    return np.where(either == 0, 1.0, both / np.maximum(either, 1))[()]


def jaccard_distance(a, b, *, axis=-1):
    r"""Jaccard distance: how much of the union of two sets is in one of them only.

    .. math:: d(A, B) = 1 - J(A, B)
        = \frac{\lvert A \cup B \rvert - \lvert A \cap B \rvert}{\lvert A \cup B \rvert}

    Parameters
    ----------
    a, b : set, frozenset or array_like of bool
        Two Python sets, or booleans of equal shape that say which things, along `axis`, are in the set.
    axis : int, default -1

    Returns
    -------
    ndarray or scalar
        One distance a pair, in [0, 1]; 0 for two empty sets.

    Examples
    --------
    >>> jaccard_distance({"a", "b"}, {"b", "c", "d"})
    np.float64(0.75)
    """
    a, b = check.sets(a, b, axis)
    in_one, either = (a ^ b).sum(-1), (a | b).sum(-1)
    return in_one / np.maximum(either, 1)


# ---- Variables ---------------------------------------------------------------------------------------------


def mutual_information(joint, *, base=None):
    r"""Mutual information of two discrete variables, from their joint probabilities.

    .. math:: I(X; Y) = \sum_{i,j} p_{ij} \log \frac{p_{ij}}{p_{i\cdot}\, p_{\cdot j}}
        = \sum_i p_{i\cdot} \, D\!\left(\frac{p_{ij}}{p_{i\cdot}} \,\middle\|\, p_{\cdot j}\right),
        \qquad 0 \log 0 = 0

    For a table whose sum s is 1 up to rounding only, the product of the margins is divided by s.

    Parameters
    ----------
    joint : array_like, shape (r, c)
        The probabilities of pairs of values, X down and Y across, with sum 1 within 1e-6 (1e-4 for float32).
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
    p = check.joint_probabilities(joint)
    rows, columns = p.sum(1), p.sum(0) / p.sum()
    # Row by row no product of two margins vanishes.
    of_each_row = divergences.kl(p / rows[:, np.newaxis], np.broadcast_to(columns, p.shape), base=base)
    return rows @ of_each_row


def variation_of_information(joint, *, base=None):
    r"""Variation of information: what each of two discrete variables leaves open of the other.

    .. math:: \mathrm{VI}(X, Y) = H(Y \mid X) + H(X \mid Y)
        = \sum_{i,j} p_{ij} \left(\log \frac{p_{i\cdot}}{p_{ij}} + \log \frac{p_{\cdot j}}{p_{ij}}\right)

    Parameters
    ----------
    joint : array_like, shape (r, c)
        The probabilities of pairs of values, X down and Y across, with sum 1 within 1e-6 (1e-4 for float32).
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
    p = check.joint_probabilities(joint)
    rows, columns = p.sum(1), p.sum(0)
    of_each_row = divergences.entropy(p / rows[:, np.newaxis], base=base)
    of_each_column = divergences.entropy(p / columns, base=base, axis=0)
    return rows @ of_each_row + columns @ of_each_column


def mutual_information_knn(x, y, *, k=3):
    r"""Estimate the mutual information of two continuous variables from a sample, by nearest neighbors.

    .. math:: \hat I = \psi(k) + \psi(n)
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

    x, y, k = check.paired_observations(x, y, k)
    both = np.hstack([x, y])
    # Each point is its own nearest neighbor, and is counted among the nearer ones.
    radius = KDTree(both).query(both, k=[k + 1], p=np.inf)[0][:, 0]
    equal = f"more than k = {k} points that equal point {radius.argmin()}"
    check.require(radius.all(), "x and y", "be samples of continuous variables", equal)
    strictly = np.nextafter(radius, 0)
    nearer = [KDTree(z).query_ball_point(z, strictly, p=np.inf, return_length=True) for z in (x, y)]
    return digamma(k) + digamma(len(x)) - digamma(nearer).mean(1).sum()


# ---- All pairs ---------------------------------------------------------------------------------------------

_IN_SCIPY = {"euclidean": "euclidean", "manhattan": "cityblock", "chebyshev": "chebyshev"}
_OF_DIRECTIONS = ("cosine_distance", "angular_distance", "pearson_correlation", "correlation_distance")
_OTHERS = ("minkowski", "mahalanobis", "hamming", "jaccard_index", "jaccard_distance")
_HYPERPARAMETERS = {"minkowski": ("p",), "mahalanobis": ("cov",)}


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

    Examples
    --------
    >>> pairwise([[0.0, 0.0], [3.0, 4.0]], metric="euclidean")
    array([[0., 5.],
           [5., 0.]])
    >>> pairwise([[0.0, 0.0]], [[1.0, 1.0], [4.0, 9.0]], metric="minkowski", p=0.5)
    array([[ 4., 25.]])
    """
    from scipy.spatial.distance import cdist

    check.option(metric, (*_IN_SCIPY, *_OF_DIRECTIONS, *_OTHERS), "metric")
    check.hyperparameters(parameters, _HYPERPARAMETERS.get(metric, ()), f"{metric=}")
    x, y = check.rows_and_columns(x, x if y is None else y)
    function = globals()[metric]
    # What the function refuses is refused without any rows, too; and these tell the result's type.
    dtype = function(x[:0], y[:0], **parameters).dtype
    if metric in _IN_SCIPY:
        d = cdist(x.astype(dtype), y.astype(dtype), _IN_SCIPY[metric])
        if metric == "chebyshev" and not (np.isfinite(x).all() and np.isfinite(y).all()):
            # SciPy's maximum passes over NaN, its sum does not.
            d[np.isnan(cdist(x.astype(dtype), y.astype(dtype), "cityblock"))] = np.nan
    elif metric in _OF_DIRECTIONS:
        d = _pairs_of_directions(x.astype(dtype), y.astype(dtype), metric)
    else:
        d = [function(np.broadcast_to(row, y.shape), y, **parameters) for row in x]
    return np.asarray(d, dtype).reshape(len(x), len(y))


def _pairs_of_directions(x, y, metric):
    """Return cosines or correlations of all pairs of rows, or the distances made of them."""
    from scipy.spatial.distance import cdist

    if metric in ("pearson_correlation", "correlation_distance"):
        (x,), (y,) = check.varying(x=x), check.varying(y=y)
        u, v = _unit(_centered(x)), _unit(_centered(y))
    else:
        (x,), (y,) = check.directions(x=x), check.directions(y=y)
        u, v = _unit(x), _unit(y)
    if metric == "pearson_correlation":
        return np.clip(u @ v.T, -1, 1)
    if metric == "angular_distance":
        return 2 * np.arctan2(cdist(u, v), cdist(u, -v))
    d = cdist(u, v, "sqeuclidean")
    d /= 2
    return np.minimum(d, 2, out=d)


# ---- Formulas that several share ---------------------------------------------------------------------------


def _difference(axis, x, y):
    """Return x − y with the coordinates last: infinite where it overflows, NaN for ∞ − ∞."""
    x, y = check.vectors(axis, x=x, y=y)
    with np.errstate(over="ignore", invalid="ignore"):
        return x - y


def _length(d):
    """Return the Euclidean norm √(d·d) of the vectors along the last axis."""
    with np.errstate(over="ignore"):
        return np.sqrt(np.vecdot(d, d))


def _unit(x):
    """Return vectors divided by their lengths: NaN for infinite ones."""
    # In units of the largest's last digit, a power of two: nothing is rounded, and no square overflows.
    x = x / np.spacing(abs(x).max(-1, keepdims=True, initial=0))
    x /= np.sqrt(np.vecdot(x, x, keepdims=True))
    return x


def _centered(x):
    """Return vectors minus their means, in a unit of their own: NaN for infinite ones."""
    x = x / np.spacing(abs(x).max(-1, keepdims=True))
    # Counted from the first, what is nearly constant leaves no more to round than it varies.
    x -= x[..., :1]
    x -= x.mean(-1, keepdims=True)
    return x


def _half_squared_chord(u, v):
    """Return 1 − u·v = ½‖u − v‖² of unit vectors, which does not cancel; at most 2 in spite of rounding."""
    d = u - v
    return np.minimum(np.vecdot(d, d) / 2, 2)


check.keep_float16(globals())
