"""Robust linear regression, by iteratively reweighted least squares and by linear programming."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np

from lossbook import regression
from lossbook._legacy_checks import as_real_array, check_finite, check_option, positive_integer, positive_number
from lossbook._samples import paired_sample

# For each loss with a threshold: what the loss calls it, and the value, in units of the scale, that gives
# 95 % efficiency at normal errors.
_Threshold = namedtuple("_Threshold", ["argument", "delta"])
_EFFICIENT = {"huber": _Threshold("delta", 1.345), "tukey_biweight": _Threshold("c", 4.685)}
_LOSSES = ("squared_error", "absolute_error", *_EFFICIENT)


@dataclass(frozen=True, eq=False)
class RobustFit:
    """The result of `robust_regression`, with the trace of the iteration.

    Attributes
    ----------
    loss : str
        The loss that was minimized.
    delta : float or None
        Its threshold in units of the scale; None for the losses that have none.
    coefficients : ndarray, shape (1 + d,)
        The intercept first, then one slope for each column of x.
    scale : float
        The scale at the end, in the unit of y; 0.0 if every point is fitted exactly.
    weights : ndarray, shape (n,), or None
        Each point's weight at the end; None for the absolute error, which is not fitted by weights.
    iterations : int
        How many weighted least-squares problems were solved; for the absolute error, simplex iterations.
    converged : bool
        Whether the last step moved no fitted value by more than ``tolerance * scale``.
    points : ndarray, shape (k, 1 + d)
        The coefficients of each round, the start first, the result last.
    values : ndarray, shape (k,)
        The summed loss of each round at that round's scale. With a fixed scale it never rises, up to
        rounding; with a re-estimated scale each round has a loss of its own and it may.
    scales : ndarray, shape (k,)
        The scale of each round.
    """

    loss: str
    delta: float | None
    coefficients: np.ndarray
    scale: float
    weights: np.ndarray | None
    iterations: int
    converged: bool
    points: np.ndarray
    values: np.ndarray
    scales: np.ndarray

    def __repr__(self):
        """Say in one line what was fitted, with which result, and whether it converged."""
        coefficients = ", ".join(f"{value:.6g}" for value in self.coefficients)
        outcome = "converged" if self.converged else "NOT converged"
        return (
            f"<RobustFit {self.loss}: coefficients [{coefficients}], scale {self.scale:.6g}, "
            f"{outcome} after {self.iterations} iterations>"
        )


@np.errstate(all="ignore")
def robust_regression(
    x, y, *, loss="huber", delta=None, scale="mad", start=None, tolerance=1e-10, max_iterations=1000
):
    r"""Fit y ≈ b₀ + x b by minimizing the summed loss of the residuals.

    .. math:: \min_{b_0, b} \sum_{i=1}^n \rho_{\delta s}\left(b_0 + x_i^\top b - y_i\right)

    The Huber loss and Tukey's biweight are minimized by iteratively reweighted least squares: weigh each
    point by ψ(r)/r, solve the weighted least-squares problem, repeat. The squared error takes one such
    step, the absolute error is a linear program.

    Parameters
    ----------
    x : array_like, shape (n,) or (n, d)
        The predictors; an intercept is added.
    y : array_like, shape (n,)
        The response.
    loss : {"huber", "tukey_biweight", "squared_error", "absolute_error"}
        The loss, by its name in `lossbook.regression`.
    delta : float, optional
        The loss's threshold (Huber's δ, Tukey's c) in units of the scale. The default gives 95 % efficiency
        at normal errors: 1.345 for "huber", 4.685 for "tukey_biweight". The other two losses have none.
    scale : "mad" or float, default "mad"
        The scale s of the residuals. "mad" estimates it anew in each round, as 1.4826 times the median of
        |r − median r|; a positive number, in the unit of y, stays fixed. "squared_error" and
        "absolute_error" only report it.
    start : array_like, shape (1 + d,), optional
        Where to begin, intercept first. By default "huber" begins at least squares, and "tukey_biweight",
        whose objective has several minima, at least absolute deviations.
    tolerance : float, default 1e-10
        Stop once a step changes no fitted value by more than this, in units of the scale.
    max_iterations : int, default 1000
        The most rounds to make. A fit that needs more comes back with ``converged=False``.

    Returns
    -------
    RobustFit
        Coefficients, scale, weights, and the trace of the iteration. All of it is float64.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If shapes do not fit together; if a number is not finite or above 1e150 in size, or a column of x
        below 1e-150 but not 0; if an option is unknown or a hyperparameter out of range; if the columns of x
        and the intercept are linearly dependent; if "mad" becomes 0 (half of the residuals agree) although
        not every point is fitted exactly, so that `delta` loses its meaning; or if the biweight leaves too
        few points with a positive weight to determine the coefficients.

    Notes
    -----
    With a fixed scale each round minimizes a parabola that lies above the objective and touches it, so the
    objective never rises, and for the convex Huber loss the limit is the global minimum. With "mad" there
    is no such guarantee. If every point is fitted exactly, "mad" is 0 and the fit is returned as it is, all
    weights 1.

    Least absolute deviations need not be unique: then one of the minimizers comes back, a fit that passes
    through at least 1 + d of the points.

    ``sklearn.linear_model.HuberRegressor`` estimates the scale jointly with the coefficients and penalizes
    them (``alpha``); with ``alpha=0`` its coefficients are those that this function finds for its scale.

    References
    ----------
    Holland and Welsch (1977), doi 10.1080/03610927708827533

    Examples
    --------
    >>> x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    >>> y = [1.1, 1.9, 3.2, 3.9, 5.1, 16.0]
    >>> robust_regression(x, y, loss="squared_error").coefficients.round(3)
    array([-3.28 ,  2.423])
    >>> fit = robust_regression(x, y, loss="tukey_biweight")
    >>> fit.coefficients.round(3), fit.weights[-1]
    (array([0.04, 1.  ]), np.float64(0.0))
    """
    check_option(loss, _LOSSES, name="loss")
    x, y = paired_sample(x, y)
    delta = _threshold(loss, delta)
    if isinstance(scale, str):
        check_option(scale, ("mad",), name="scale")
    else:
        scale = positive_number(scale, name="scale")
    tolerance = positive_number(tolerance, name="tolerance")
    max_iterations = positive_integer(max_iterations, name="max_iterations")

    design = _design(x)
    beta, rounds = _start(loss, start, design, y)
    if delta is not None:
        return _reweight(loss, design, y, beta, delta, scale, tolerance, max_iterations)
    s = _scale(design, y, beta, scale, divide=False)
    return RobustFit(
        loss=loss,
        delta=None,
        coefficients=beta,
        scale=s,
        weights=np.ones(len(y)) if loss == "squared_error" else None,
        iterations=rounds,
        converged=True,
        points=beta[np.newaxis],
        values=np.array([getattr(regression, loss)(design.matrix @ beta, y).sum()]),
        scales=np.array([s]),
    )


def _reweight(loss, design, y, beta, delta, scale, tolerance, max_iterations):
    """Run iteratively reweighted least squares from `beta` and return the `RobustFit`."""
    weigh = getattr(regression, f"{loss}_weight")
    width = _EFFICIENT[loss].argument
    points, values, scales = [], [], []
    converged = False
    while True:
        fitted = design.matrix @ beta
        s = _scale(design, y, beta, scale, divide=True)
        points.append(beta)
        scales.append(s)
        if s == 0:  # every point is fitted exactly
            values.append(0.0)
            weights, converged = np.ones(len(y)), True
            break
        values.append(getattr(regression, loss)(fitted, y, **{width: delta * s}).sum())
        weights = weigh(fitted, y, **{width: delta * s})
        if converged or len(points) > max_iterations:
            break
        beta = _weighted_least_squares(design, y, weights, beta, fitted)
        converged = bool(np.max(np.abs(design.matrix @ beta - fitted)) <= tolerance * s)
    return RobustFit(
        loss=loss,
        delta=delta,
        coefficients=beta,
        scale=s,
        weights=weights,
        iterations=len(points) - 1,
        converged=converged,
        points=np.array(points),
        values=np.array(values),
        scales=np.array(scales),
    )


_Design = namedtuple("_Design", ["matrix", "sizes", "q", "triangle"])


def _design(x):
    """Return x with a column of ones before it, shape (n, 1 + d), and its factors: matrix = q triangle sizes.

    q has orthonormal columns, the triangle is that of columns of equal size.
    """
    matrix = np.column_stack([np.ones(len(x)), x])
    # Columns of equal size: the rank, found from the singular values, must not depend on the units of x.
    sizes = np.maximum(matrix.max(axis=0), -matrix.min(axis=0))
    sizes[sizes == 0] = 1
    q, triangle = np.linalg.qr(matrix / sizes)
    rank = np.linalg.matrix_rank(triangle, rtol=np.finfo(np.float64).eps * max(matrix.shape))
    _check_rank(rank, matrix.shape[1], len(matrix))
    return _Design(matrix, sizes, q, triangle)


def _check_rank(rank, columns, points):
    """Raise ValueError unless the columns are linearly independent over so many points."""
    if rank < columns:
        raise ValueError(
            f"x and the intercept must give {columns} linearly independent columns over the points "
            f"with positive weight; got rank {rank} over {points} points"
        )


def _threshold(loss, delta):
    """Return the threshold in units of the scale, or None for a loss that has none."""
    if loss in _EFFICIENT:
        return _EFFICIENT[loss].delta if delta is None else positive_number(delta, name="delta")
    if delta is not None:
        raise ValueError(f"delta must be left out for loss={loss!r}, which has no threshold; got {delta!r}")
    return None


def _start(loss, start, design, y):
    """Return the coefficients to begin with, and how many iterations it took to find them."""
    least_squares = np.linalg.solve(design.triangle, design.q.T @ y) / design.sizes
    # What rounding left in the residuals, once more.
    rest = design.q.T @ (y - design.matrix @ least_squares)
    least_squares += np.linalg.solve(design.triangle, rest) / design.sizes
    if start is not None:
        if _threshold(loss, None) is None:
            raise ValueError(
                f"start must be left out for loss={loss!r}, which is solved at once; got {start!r}"
            )
        start = as_real_array(start, name="start").astype(np.float64)
        if start.shape != least_squares.shape:
            raise ValueError(
                f"start must have shape {least_squares.shape}, intercept first; got {start.shape}"
            )
        check_finite(start, name="start")
        return start, 0
    if loss in ("squared_error", "huber"):
        return least_squares, 1
    return _least_absolute_deviations(design.matrix, y)


def _weighted_least_squares(design, y, weights, beta, fitted):
    """Return the coefficients that minimize the weighted sum of squared residuals: `beta` and a step from it.

    In orthonormal columns the step solves (QᵀWQ) c = QᵀW(y − Xβ), and QᵀWQ = I − Qᵀ(I − W)Q needs only the
    points of weight below 1: five times as fast as to solve the weighted problem anew.
    """
    light = np.flatnonzero(weights < 1)
    rows = design.q[light]
    gram = np.eye(rows.shape[1]) - (rows.T * (1 - weights[light])) @ rows
    if np.linalg.eigvalsh(gram)[0] < 1e-6:
        return _weighted_least_squares_by_singular_values(design, y, weights)
    step = np.linalg.solve(gram, design.q.T @ (weights * (y - fitted)))
    return beta + np.linalg.solve(design.triangle, step) / design.sizes


def _weighted_least_squares_by_singular_values(design, y, weights):
    """Return the same where hardly any weight is left in some direction, if that can be."""
    root = np.sqrt(weights)
    scaled = design.matrix / design.sizes * root[:, np.newaxis]
    solution, _, rank, _ = np.linalg.lstsq(scaled, y * root)
    _check_rank(rank, len(solution), np.count_nonzero(weights))
    return solution / design.sizes


def _least_absolute_deviations(design, y):
    """Return the coefficients that minimize the sum of absolute residuals, and the solver's iterations."""
    from scipy.optimize import linprog

    # Split each residual y − Xb = u − v with u, v ≥ 0; at the minimum one of them is 0 and u + v is its size.
    # The solver's tolerances are absolute: bring the response to size 1 and the columns to orthonormal ones.
    n, p = design.shape
    q, triangle = np.linalg.qr(design)
    height = np.max(np.abs(y)) or 1.0
    cost = np.concatenate([np.zeros(p), np.ones(2 * n)])
    bounds = [(None, None)] * p + [(0, None)] * (2 * n)
    equations = np.hstack([q, np.eye(n), -np.eye(n)])
    result = linprog(cost, A_eq=equations, b_eq=y / height, bounds=bounds, method="highs-ds")
    if not result.success:
        raise RuntimeError(f"least absolute deviations: the linear program was not solved: {result.message}")
    return np.linalg.solve(triangle, result.x[:p] * height), int(result.nit)


def _scale(design, y, beta, scale, *, divide):
    """Return the fixed scale, or 1.4826 · MAD of the residuals; 0.0 if all of them are mere rounding.

    Where the fit divides by the scale, a MAD of 0 with larger residuals beside it is an error.
    """
    if scale != "mad":
        return scale
    r = y - design.matrix @ beta
    rounding = 64 * np.finfo(np.float64).eps * (np.max(np.abs(y)) + design.sizes @ np.abs(beta))
    if np.max(np.abs(r)) <= rounding:
        return 0.0
    mad = 1.4826 * float(np.median(np.abs(r - np.median(r))))
    if divide and mad <= rounding:
        raise ValueError(
            "scale='mad' needs residuals of which fewer than half agree; got a median absolute deviation of "
            "0, so that delta means nothing: give a fixed scale, or use loss='absolute_error'"
        )
    return mad
