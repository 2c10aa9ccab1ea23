"""All distances between the rows of two tables."""

import inspect

import numpy as np

from lossbook._checks import as_real_array, check_option, cholesky_factor
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
# What SciPy calls the ones that it computes as we do, and quicker.
_SCIPY = {"euclidean": "euclidean", "manhattan": "cityblock", "chebyshev": "chebyshev"}


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
    No array of shape (n, m, d) is made: next to the result there is room for the tables' copies and a few
    rows. Differences are taken before they are squared, so that near points far from the origin keep their
    distance. Euclidean, Manhattan and Chebyshev distances come from ``scipy.spatial.distance.cdist`` where
    its sums cannot overflow or underflow. ``sklearn.metrics.pairwise_distances`` has most of these under
    SciPy's names.

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
        return _row_by_row(metric, *_tables(np.asarray(x), np.asarray(y)))
    if metric.startswith("jaccard"):
        return _jaccard(metric, *_tables(_sets.as_booleans(x, name="x"), _sets.as_booleans(y, name="y")))
    x, y = _tables(as_real_array(x, name="x"), as_real_array(y, name="y"))
    dtype = np.result_type(x, y)
    x, y = np.ascontiguousarray(x, dtype=dtype), np.ascontiguousarray(y, dtype=dtype)
    if metric in ("cosine_distance", "angular_distance", "pearson_correlation", "correlation_distance"):
        return _of_directions(metric, x, y)
    if metric == "mahalanobis":
        factor = cholesky_factor(parameters["cov"], name="cov", dimension=x.shape[1])
        # One product with the transposed inverse of L whitens all differences, quicker than solving for them.
        whiten = _points.whitened(np.eye(x.shape[1], dtype=dtype), factor)
        return _fill(x, y, lambda row: root_sum_of_squares((row - y) @ whiten))
    if metric in _SCIPY and dtype.itemsize <= 8 and _squares_are_safe(x) and _squares_are_safe(y):
        from scipy.spatial.distance import cdist

        return cdist(x, y, _SCIPY[metric]).astype(dtype, copy=False)
    return _row_by_row(metric, x, y, **parameters)


def _check_parameters(metric, parameters):
    """Raise TypeError unless the parameters are the hyperparameters of the metric."""
    signature = inspect.signature(_METRICS[metric]).parameters.values()
    wanted = {p.name for p in signature if p.kind is p.KEYWORD_ONLY} - {"axis"}
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


def _row_by_row(metric, x, y, **parameters):
    """Compare each row of x with all rows of y by the function itself."""
    function = _METRICS[metric]
    return _fill(x, y, lambda row: function(np.broadcast_to(row, y.shape), y, **parameters))


def _fill(x, y, compare):
    """Return the (n, m) results of `compare`, which takes a row of x."""
    if not len(x):
        return np.empty((0, len(y)))
    first = compare(x[0])
    result = np.empty((len(x), len(y)), dtype=first.dtype)
    result[0] = first
    for i in range(1, len(x)):
        result[i] = compare(x[i])
    return result


def _squares_are_safe(x):
    """Say whether squared differences of such numbers can neither overflow nor underflow in float64."""
    size = abs(x[x != 0]).astype(np.float64)
    # Two unequal floats of at least 1e-130 differ by 1e-146 or more.
    return not size.size or (size.min() > 1e-130 and size.max() < 1e150)


def _of_directions(metric, x, y):
    """Return cosines, correlations, and the distances made of them, from unit vectors."""
    from scipy.spatial.distance import cdist

    if metric in ("pearson_correlation", "correlation_distance"):
        x, y = centered(x, name="x"), centered(y, name="y")
    u, v = unit_vectors(x, name="x"), unit_vectors(y, name="y")
    if metric == "pearson_correlation":
        return np.clip(u @ v.T, -1, 1)
    if metric == "angular_distance":
        angle = cdist(u, v)
        # ‖u + v‖ = ‖u − (−v)‖
        return (2 * np.arctan2(angle, cdist(u, -v), out=angle)).astype(u.dtype, copy=False)
    return np.minimum(0.5 * cdist(u, v, "sqeuclidean"), 2).astype(u.dtype, copy=False)


def _jaccard(metric, x, y):
    """Return Jaccard's index or distance; the sizes of the intersections are a matrix product."""
    x, y = x.astype(np.float64), y.astype(np.float64)
    both = x @ y.T
    either = x.sum(axis=1)[:, np.newaxis] + y.sum(axis=1) - both
    if metric == "jaccard_index":
        return np.where(either == 0, 1.0, both / np.maximum(either, 1))
    return np.where(either == 0, 0.0, (either - both) / np.maximum(either, 1))
