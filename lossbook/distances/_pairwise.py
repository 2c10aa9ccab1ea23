"""All distances between the rows of two tables."""

import functools
import inspect

import numpy as np

from lossbook._legacy_checks import as_real_array, check_option, cholesky_factor
from lossbook.distances import _directions, _points, _sets
from lossbook.distances._norms import centered, root_sum_of_squares, unit_vectors

_METRICS = {
    function.__name__: function
    for function in (
        _points.euclidean,
        _points.manhattan,
        _points.chebyshev,
        _points.minkowski,
        _points.mahalanobis,
        _directions.cosine_distance,
        _directions.angular_distance,
        _directions.pearson_correlation,
        _directions.correlation_distance,
        _sets.hamming,
        _sets.jaccard_index,
        _sets.jaccard_distance,
    )
}
_PARAMETERS = {
    name: {p.name for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY}
    - {"axis"}
    for name, function in _METRICS.items()
}
# What SciPy calls the ones that it computes as we do, and quicker.
_SCIPY = {"euclidean": "euclidean", "manhattan": "cityblock", "chebyshev": "chebyshev"}
_OF_DIRECTIONS = ("cosine_distance", "angular_distance", "pearson_correlation", "correlation_distance")

# The result is filled tile by tile: so many pairs, or numbers where each pair takes as many as there are
# columns, are at work at once. They stay in the processor's cache.
PAIRS = 1 << 15
_NUMBERS = 1 << 14


@np.errstate(all="ignore")
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

    Raises
    ------
    TypeError
        If the tables hold what the metric does not take, or `parameters` are not its hyperparameters.
    ValueError
        If the tables are no tables, have unequal numbers of columns, `metric` is unknown, or the function
        refuses a row.

    Notes
    -----
    No array of shape (n, m, d) is made: next to the result there is room for the tables' copies and a tile of
    pairs. Differences are taken before they are squared, so that near points far from the origin keep their
    distance, and so do near directions, for which 1 − cos would cancel. Hamming distances come from
    ``scipy.spatial.distance.cdist``, and so do Euclidean, Manhattan and Chebyshev distances where its sums
    cannot overflow or underflow. ``sklearn.metrics.pairwise_distances`` has most of these under other names.

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
    check_option(metric, tuple(_METRICS), name="metric")
    _check_parameters(metric, parameters)
    y = x if y is None else y
    if metric == "hamming":
        return _hamming(x, y)
    if metric.startswith("jaccard"):
        return _jaccard(metric, *_tables(_sets.as_booleans(x, name="x"), _sets.as_booleans(y, name="y")))
    x, y = _tables(as_real_array(x, name="x"), as_real_array(y, name="y"))
    dtype = np.result_type(x, y)
    x, y = np.ascontiguousarray(x, dtype=dtype), np.ascontiguousarray(y, dtype=dtype)
    if metric in _OF_DIRECTIONS:
        return _of_directions(metric, x, y)
    if metric == "mahalanobis":
        return _mahalanobis(x, y, cholesky_factor(parameters["cov"], name="cov", dimension=x.shape[1]))
    if metric == "minkowski":
        # Where there are no rows, no distance looks at it.
        _points.exponent(parameters["p"])
    if metric in _SCIPY and dtype.itemsize <= 8 and _squares_are_safe(x) and _squares_are_safe(y):
        from scipy.spatial.distance import cdist

        compare = functools.partial(cdist, metric=_SCIPY[metric])
        return compare(x, y) if dtype == np.float64 else _tiled(x, y, compare, dtype)
    return _by_function(metric, x, y, dtype, **parameters)


def _check_parameters(metric, parameters):
    """Raise TypeError unless the parameters are the hyperparameters of the metric."""
    wanted = _PARAMETERS[metric]
    if set(parameters) != wanted:
        came = ", ".join(sorted(parameters)) or "none"
        required = ", ".join(sorted(wanted)) or "none"
        raise TypeError(f"the parameters of metric={metric!r} must be: {required}; got: {came}")


def _tables(x, y):
    """Return both arrays if they are tables with equally many columns."""
    for array, name in ((x, "x"), (y, "y")):
        if array.ndim != 2:
            raise ValueError(f"{name} must have shape (rows, columns); got shape {array.shape}")
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"x and y must have equally many columns; got shapes {x.shape} and {y.shape}")
    return x, y


def _tiled(x, y, compare, dtype, *, pairs=PAIRS):
    """Return the (n, m) results of `compare`, which gives those of a few rows of x and of y at a time."""
    result = np.empty((len(x), len(y)), dtype)
    width = max(1, min(len(y), pairs))
    height = max(1, pairs // width)
    for i in range(0, len(x), height):
        for j in range(0, len(y), width):
            result[i : i + height, j : j + width] = compare(x[i : i + height], y[j : j + width])
    return result


def _tiled_by_numbers(x, y, compare, dtype):
    """The same for a `compare` that makes all differences of its rows."""
    return _tiled(x, y, compare, dtype, pairs=max(1, _NUMBERS // max(1, x.shape[1])))


def _by_function(metric, x, y, dtype, **parameters):
    """Compare all pairs by the function itself."""
    function = _METRICS[metric]

    def compare(u, v):
        return function(*np.broadcast_arrays(u[:, np.newaxis], v), **parameters)

    return _tiled_by_numbers(x, y, compare, dtype)


def _squares_are_safe(x):
    """Say whether squared differences of such numbers can neither overflow nor underflow in float64."""
    size = np.abs(x)
    # Two unequal floats of at least 1e-130 differ by 1e-146 or more.
    smallest = size.min(initial=1)
    if smallest == 0:
        smallest = size.min(initial=1, where=size > 0)
    return smallest > 1e-130 and size.max(initial=0) < 1e150


def _mahalanobis(x, y, factor):
    """Return the lengths of all L⁻¹(x − y): differences first, so that near points keep theirs."""
    dtype = x.dtype
    # One product with L⁻¹ whitens all differences of a tile, quicker than solving for them.
    whiten = _points.whitened(np.eye(x.shape[1], dtype=dtype), factor).T

    def compare(u, v):
        # The coordinates lie along the first axis here: long rows are quicker for NumPy than long columns.
        difference = u.T[:, :, np.newaxis] - v.T[:, np.newaxis]
        white = whiten @ difference.reshape(len(whiten), -1)
        return root_sum_of_squares(white, axis=0).reshape(len(u), len(v))

    return _tiled_by_numbers(x, y, compare, dtype)


def _of_directions(metric, x, y):
    """Return cosines, correlations, and the distances made of them, from unit vectors."""
    if metric in ("pearson_correlation", "correlation_distance"):
        x, y = centered(x, name="x"), centered(y, name="y")
    u, v = unit_vectors(x, name="x"), unit_vectors(y, name="y")
    compare = {"pearson_correlation": _cosines, "angular_distance": _angles}.get(metric, one_minus_cosines)
    return _tiled(u, v, compare, u.dtype)


def _cosines(u, v):
    """Return the cosines of all pairs of unit vectors."""
    cosine = u @ v.T
    return np.clip(cosine, -1, 1, out=cosine)


def one_minus_cosines(u, v):
    """Return 1 − u·v = ½‖u − v‖² for all pairs of unit vectors.

    The product is several times quicker, but cancels where the vectors are near; the chord does not.
    """
    distance = u @ v.T
    np.subtract(1, distance, out=distance)
    distance = _mended(distance, distance < 0.25, _directions.half_squared_chord, u, v)
    return np.minimum(distance, 2, out=distance)


def _angles(u, v):
    """Return arccos(u·v) = 2 arctan(‖u − v‖/‖u + v‖) for all pairs of unit vectors, for the same reason."""
    cosine = u @ v.T
    return _mended(np.arccos(cosine), abs(cosine) > 0.75, _directions.angle, u, v)


def _mended(result, inexact, distance, u, v):
    """Put `distance` of the unit vectors in the place of the results that are inexact."""
    if 64 * np.count_nonzero(inexact) >= inexact.size:
        from scipy.spatial.distance import cdist

        if distance is _directions.half_squared_chord:
            result = 0.5 * cdist(u, v, "sqeuclidean")
            inexact = result < _directions.NEAR
        else:
            # ‖u + v‖ = ‖u − (−v)‖
            result = 2 * np.arctan2(cdist(u, v), cdist(u, -v))
            inexact = 0.5 * result * result < _directions.NEAR
    i, j = np.nonzero(inexact)
    step = max(1, _NUMBERS // max(1, u.shape[1]))
    for start in range(0, len(i), step):
        here = i[start : start + step], j[start : start + step]
        result[here] = distance(u[here[0]], v[here[1]])
    return result


def _hamming(x, y):
    """Return the shares of unequal places, counted by SciPy in float64."""
    from scipy.spatial.distance import cdist

    x, y, kind = _sets.code_pair(x, y)
    _tables(x, y)
    _sets.check_places(x, axis=1)
    dtype = np.result_type(x, y) if kind == "numbers" else np.dtype(np.float64)
    dtype = dtype if dtype.kind == "f" else np.dtype(np.float64)
    if dtype.itemsize > 8:
        return _by_function("hamming", x, y, dtype)
    if not (_fits_float64(x) and _fits_float64(y)):
        # The codes' places in their order are as equal or unequal as the codes.
        places = np.unique(np.concatenate([x, y]), return_inverse=True)[1].reshape(-1, x.shape[1])
        ours = np.split(places, [len(x)])
    else:
        ours = x, y
    result = _tiled(*ours, lambda u, v: cdist(u, v, "hamming"), dtype)
    if kind == "numbers":
        result[np.isnan(x).any(axis=1)] = np.nan
        result[:, np.isnan(y).any(axis=1)] = np.nan
    return result


def _fits_float64(x):
    """Say whether float64 holds each element as it is."""
    if x.dtype.kind == "U":
        return False
    return (
        x.dtype.kind in "bf"
        or x.dtype.itemsize < 8
        or not x.size
        or max(int(x.max()), -int(x.min())) <= 2**53
    )


def _jaccard(metric, x, y):
    """Return Jaccard's index or distance; the sizes of the intersections are a matrix product."""
    # float32 counts up to 2²⁴ exactly.
    counting = np.float32 if x.shape[1] <= 2**24 else np.float64
    y = y.astype(counting)

    def compare(a, b):
        a = a.astype(counting)
        both = a @ b.T
        either = a.sum(axis=1)[:, np.newaxis] + b.sum(axis=1) - both
        part = either - both if metric == "jaccard_distance" else both
        share = np.divide(part, np.maximum(either, 1), dtype=np.float64)
        return share if metric == "jaccard_distance" else np.where(either == 0, 1.0, share)

    return _tiled(x, y, compare, np.float64)
