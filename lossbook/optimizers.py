r"""Solvers that keep a trace of what they did: descent, annealing, and robust linear regression.

Points, values and coefficients are float64, and no argument is changed. Functions that are handed over get
a copy of the point; what they warn of, and what they raise, comes through. A path that leaves the finite
numbers ends there and says so.

Raises
------
TypeError
    If an argument holds anything but what is asked for.
ValueError
    If a number is out of range or not finite, an option unknown, or a shape not the one required; if a
    function returns another shape, or what is not finite at the start. By `robust_regression` if the columns
    of x and the intercept are linearly dependent over the points that have weight, or if "mad" becomes 0.

Examples
--------
>>> from lossbook import optimizers
>>> trace = optimizers.gradient_descent(lambda x: 2 * x, [1.0], learning_rate=0.25, steps=3)
>>> trace.points[:, 0]
array([1.   , 0.5  , 0.25 , 0.125])
"""

import dataclasses
import math

import numpy as np

from lossbook import _checks as check
from lossbook import regression

__all__ = [
    "RobustFit",
    "Trace",
    "backtracking",
    "gradient_descent",
    "robust_regression",
    "simulated_annealing",
]


# ---- Descent -----------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, eq=False)
class Trace:
    """The path of an optimizer.

    Attributes
    ----------
    points : ndarray, shape (k + 1, ...)
        Where it was after each of its k steps, the start first, each in the shape of the start.
    values : ndarray, shape (k + 1,), or None
        The function at these points; None if the function was not given.
    outcome : str
        "all steps made"; "stationary": the gradient is 0; "no decrease": no step lowers the function enough,
        at the limit of rounding or because the gradient is wrong; or "diverged": the next point, or what the
        functions give there, was no longer finite.
    """

    points: np.ndarray
    values: np.ndarray | None
    outcome: str

    @property
    def steps(self):
        """How many steps were made."""
        return len(self.points) - 1

    @property
    def diverged(self):
        """Whether the path left the finite numbers."""
        return self.outcome == "diverged"

    @property
    def best(self):
        """The index of the least value; raises ValueError if there are no values."""
        came = "None: give the function f"
        check.require(self.values is not None, "values", "be there to tell the best point", came)
        return int(np.argmin(self.values))

    def __repr__(self):
        """Say in one line where the path ended, and why."""
        value = "" if self.values is None else f", value {self.values[-1]:.6g}"
        end = np.array2string(self.points[-1], precision=6, separator=", ", threshold=6)
        return f"<Trace: {self.steps} steps, {self.outcome}, at {end}{value}>"


def gradient_descent(gradient, start, *, learning_rate, steps, momentum=0.0, f=None):
    r"""Walk downhill with a fixed learning rate, with or without momentum.

    .. math:: \theta_{k+1} = \theta_k + v_{k+1}, \qquad v_{k+1} = \mu v_k - \eta \nabla f(\theta_k),
        \qquad v_0 = 0

    Parameters
    ----------
    gradient : callable
        Takes a point and returns the gradient there, of the same shape.
    start : array_like
        Where to begin: finite real numbers of any shape.
    learning_rate : float
        η, positive. Where the gradient changes by at most L a unit of way, up to 1/L lowers the function at
        each step; on a quadratic the walk converges for η < 2/L and diverges beyond.
    steps : int
        The most steps to make, positive.
    momentum : float, default 0.0
        μ, at least 0 and below 1.
    f : callable, optional
        The function itself, for the values of the trace; the path does not depend on it.

    Returns
    -------
    Trace
        The points, and the values if `f` is given. It is stationary once the momentum is 0, too.

    References
    ----------
    Boyd and Vandenberghe (2004), ISBN 978-0-521-83378-3

    Examples
    --------
    >>> gradient_descent(lambda x: 2 * x, [1.0], learning_rate=0.25, steps=3, f=lambda x: x @ x)
    <Trace: 3 steps, all steps made, at [0.125], value 0.015625>
    >>> gradient_descent(lambda x: x, [1.0], learning_rate=3.0, steps=10_000).diverged
    True
    """
    point = check.starting_point(start)
    learning_rate = check.positive(learning_rate, "learning_rate")
    steps = check.positive_integer(steps, "steps")
    below_1 = math.nextafter(1, 0)
    momentum = check.number(momentum, "momentum", "a number from 0 to below 1", 0, below_1, closed=True)
    slope = check.ask_first(gradient, point, "gradient", point.shape)
    points, values = [point], None if f is None else [float(check.ask_first(f, point, "f"))]
    velocity, outcome = np.zeros_like(point), "all steps made"
    for _ in range(steps):
        if not slope.any() and not velocity.any():
            outcome = "stationary"
            break
        with np.errstate(over="ignore", invalid="ignore"):
            velocity = momentum * velocity - learning_rate * slope
            point = point + velocity
        slope = check.ask(gradient, point, "gradient", point.shape)
        value = 0.0 if f is None else float(check.ask(f, point, "f"))
        if not (np.isfinite(slope).all() and math.isfinite(value)):
            outcome = "diverged"
            break
        points.append(point)
        if f is not None:
            values.append(value)
    return Trace(np.array(points), None if f is None else np.array(values), outcome)


def backtracking(f, gradient, start, *, steps, first_step=1.0, shrink=0.5, decrease=1e-4):
    r"""Walk downhill with a step that is halved until it lowers the function enough.

    .. math:: \theta_{k+1} = \theta_k - t \nabla f(\theta_k), \qquad
        f(\theta_{k+1}) \le f(\theta_k) - c\, t \lVert \nabla f(\theta_k) \rVert^2

    t is the first of s, sβ, sβ², … for which the condition (Armijo's) holds, so the values never rise.

    Parameters
    ----------
    f : callable
        Takes a point and returns a number.
    gradient : callable
        Takes a point and returns the gradient there, of the same shape.
    start : array_like
        Where to begin: finite real numbers of any shape.
    steps : int
        The most steps to make, positive.
    first_step : float, default 1.0
        s, the step that is tried first each time, positive.
    shrink : float, default 0.5
        β, strictly between 0 and 1.
    decrease : float, default 1e-4
        c, strictly between 0 and 1: which share of the decrease that the slope promises must come.

    Returns
    -------
    Trace
        The points and the values.

    References
    ----------
    Boyd and Vandenberghe (2004), ISBN 978-0-521-83378-3

    Examples
    --------
    >>> backtracking(lambda x: x @ x, lambda x: 2 * x, [3.0, 4.0], steps=10)
    <Trace: 1 steps, stationary, at [0., 0.], value 0>
    """
    point = check.starting_point(start)
    steps, first_step = check.positive_integer(steps, "steps"), check.positive(first_step, "first_step")
    shrink, decrease = check.fraction(shrink, "shrink"), check.fraction(decrease, "decrease")
    value = float(check.ask_first(f, point, "f"))
    slope = check.ask_first(gradient, point, "gradient", point.shape)
    points, values, outcome = [point], [value], "all steps made"
    for _ in range(steps):
        if not slope.any():
            outcome = "stationary"
            break
        trial, trial_value = _first_decrease(f, point, value, slope, first_step, shrink, decrease)
        if trial is None:
            outcome = "no decrease"
            break
        slope = check.ask(gradient, trial, "gradient", point.shape)
        if not np.isfinite(slope).all():
            outcome = "diverged"
            break
        point, value = trial, trial_value
        points.append(point)
        values.append(value)
    return Trace(np.array(points), np.array(values), outcome)


def _first_decrease(f, point, value, slope, step, shrink, decrease):
    """Return the first point down the slope that lowers f enough, and f there; None twice without one."""
    while True:
        with np.errstate(over="ignore", invalid="ignore"):
            trial = point - step * slope
            enough = value - decrease * step * np.sum(slope * slope)
        if (trial == point).all():
            return None, None
        trial_value = float(check.ask(f, trial, "f"))
        # NaN is no decrease, and −∞ no value.
        if -math.inf < trial_value <= enough:
            return trial, trial_value
        step *= shrink


# ---- Annealing ---------------------------------------------------------------------------------------------


def simulated_annealing(f, start, *, rng, steps, temperature, width=1.0):
    r"""Walk at random, always downhill, and uphill with a probability that falls with the temperature.

    .. math:: P(\text{accept}) = \min\left(1, \exp\left(-\frac{f(\theta') - f(\theta)}{T_k}\right)\right)

    The proposal θ′ is θ plus a normal step. At a fixed temperature the walk samples the density proportional
    to exp(−f/T). It is sure of the global minimum only in the limit of endless, logarithmically slow cooling.

    Parameters
    ----------
    f : callable
        Takes a point and returns a number; where it gives NaN or infinity, the walk does not go.
    start : array_like
        Where to begin: finite real numbers of any shape.
    rng : numpy.random.Generator
        The source of randomness.
    steps : int
        How many proposals to make, positive.
    temperature : float or callable
        A positive number is the temperature at the start, which then falls linearly to 0 at the end. A
        function takes the number of the step, from 0 on, and returns T, which may be 0.
    width : float, default 1.0
        The standard deviation of a step in each coordinate, positive.

    Returns
    -------
    Trace
        The points after each proposal, accepted or not, and their values; `best` says which is the lowest.

    References
    ----------
    Kirkpatrick, Gelatt and Vecchi (1983), doi 10.1126/science.220.4598.671

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> trace = simulated_annealing(lambda x: abs(x[0] - 3), [0.0], rng=rng, steps=500, temperature=1.0)
    >>> bool(trace.values[trace.best] < 0.05)
    True
    """
    point = check.starting_point(start)
    is_generator = isinstance(rng, np.random.Generator)
    check.require(is_generator, "rng", "be a numpy.random.Generator", type(rng).__name__, TypeError)
    steps, width = check.positive_integer(steps, "steps"), check.positive(width, "width")
    highest = None if callable(temperature) else check.positive(temperature, "temperature")
    value = float(check.ask_first(f, point, "f"))
    points, values = [point], [value]
    for k in range(steps):
        t = highest * (1 - k / steps) if highest else temperature(k)
        t = check.number(t, "temperature", f"a number, 0 or more, at step {k}", 0, closed=True)
        with np.errstate(over="ignore"):
            trial = point + width * rng.standard_normal(point.shape)
        trial_value = float(check.ask(f, trial, "f"))
        # One draw a step, needed or not: the walk's random numbers do not depend on its fate.
        luck, uphill = rng.random(), trial_value - value
        if math.isfinite(trial_value) and (uphill <= 0 or (t > 0 and luck < math.exp(-uphill / t))):
            point, value = trial, trial_value
        points.append(point)
        values.append(value)
    return Trace(np.array(points), np.array(values), "all steps made")


# ---- Robust regression -------------------------------------------------------------------------------------

# What a loss that is fitted by weights calls its threshold, and the value, in units of the scale, that gives
# 95 % efficiency at normal errors.
_EFFICIENT = {"huber": ("delta", 1.345), "tukey_biweight": ("c", 4.685)}


@dataclasses.dataclass(frozen=True, eq=False)
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
        coefficients = ", ".join(f"{c:.6g}" for c in self.coefficients)
        outcome = "converged" if self.converged else "NOT converged"
        return (
            f"<RobustFit {self.loss}: coefficients [{coefficients}], scale {self.scale:.6g}, "
            f"{outcome} after {self.iterations} iterations>"
        )


def robust_regression(
    x, y, *, loss="huber", delta=None, scale="mad", start=None, tolerance=1e-10, max_iterations=1000
):
    r"""Fit y ≈ b₀ + x b by minimizing the summed loss of the residuals.

    .. math:: \min_{b_0, b} \sum_{i=1}^n \rho_{\delta s}\left(b_0 + x_i^\top b - y_i\right)

    The Huber loss and Tukey's biweight are minimized by iteratively reweighted least squares: weigh each
    point by ψ(r)/r, solve the weighted least-squares problem, repeat. With a fixed scale each round minimizes
    a parabola that lies above the objective and touches it, so the objective never rises; with "mad" there is
    no such guarantee. The squared error takes one such step, the absolute error is a linear program, and
    where that has several solutions, one that passes through at least 1 + d of the points comes back.

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
        |r|; a positive number, in the unit of y, stays fixed. "squared_error" and "absolute_error" only
        report it.
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
        Coefficients, scale, weights, and the trace of the iteration. If every point is fitted exactly, "mad"
        is 0 and all weights are 1.

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
    check.option(loss, ("squared_error", "absolute_error", *_EFFICIENT), "loss")
    x, y = check.sample(x, y)
    delta = _threshold(loss, delta)
    fixed = not isinstance(scale, str)
    scale = check.positive(scale, "scale") if fixed else check.option(scale, ("mad",), "scale")
    tolerance = check.positive(tolerance, "tolerance")
    max_iterations = check.positive_integer(max_iterations, "max_iterations")

    # Columns of size 1: neither the rank nor what the solvers call small may depend on the units of x.
    design = np.column_stack([np.ones(len(y)), x])
    sizes = abs(design).max(0)
    sizes[sizes == 0] = 1
    design /= sizes
    beta, rounds = _first_coefficients(loss, start, design, y, sizes)
    points, values, scales, converged = [], [], [], delta is None
    while True:
        fitted, s = design @ beta, _scale(scale, design, beta, y, divides=delta is not None)
        # Without a scale every point is fitted exactly, and no threshold cuts anything off.
        width = {_EFFICIENT[loss][0]: delta * s} if delta and s else {}
        points.append(beta)
        scales.append(s)
        values.append(getattr(regression, loss)(fitted, y, **width).sum())
        weights = getattr(regression, f"{loss}_weight")(fitted, y, **width) if width else np.ones(len(y))
        if converged or s == 0 or len(points) > max_iterations:
            break
        beta = _weighted_least_squares(design, y, weights, beta)
        converged = bool(abs(design @ beta - fitted).max() <= tolerance * s)
    rounds = rounds if delta is None else len(points) - 1
    weights = None if loss == "absolute_error" else weights
    trace = np.array(points) / sizes, np.array(values), np.array(scales)
    return RobustFit(loss, delta, beta / sizes, s, weights, rounds, converged or s == 0, *trace)


def _threshold(loss, delta):
    """Return the threshold in units of the scale, or None for a loss that has none."""
    if loss in _EFFICIENT:
        return _EFFICIENT[loss][1] if delta is None else check.positive(delta, "delta")
    requirement = f"be left out for loss={loss!r}, which has no threshold"
    check.require(delta is None, "delta", requirement, repr(delta))
    return None


def _first_coefficients(loss, start, design, y, sizes):
    """Return the coefficients to begin with, for columns of size 1, and how many rounds it took."""
    least_squares = _weighted_least_squares(design, y, np.ones(len(y)), np.zeros(len(sizes)))
    if start is None and loss in ("squared_error", "huber"):
        return least_squares, 1
    if start is None:
        return _least_absolute_deviations(design, y, least_squares)
    requirement = f"be left out for loss={loss!r}, which is solved at once"
    check.require(loss in _EFFICIENT, "start", requirement, repr(start))
    start = check.starting_point(start)
    requirement = f"have shape {sizes.shape}, intercept first"
    check.require(start.shape == sizes.shape, "start", requirement, start.shape)
    return start * sizes, 0


def _scale(scale, design, beta, y, *, divides):
    """Return the fixed scale, or 1.4826 · median|r|; 0.0 if all residuals are mere rounding.

    Where the fit divides by the scale, a median of 0 with larger residuals beside it is an error.
    """
    if scale != "mad":
        return scale
    r = abs(design @ beta - y)
    rounding = 64 * np.finfo(np.float64).eps * (abs(y).max() + abs(beta).sum())
    if r.max() <= rounding:
        return 0.0
    mad = 1.4826 * float(np.median(r))
    if divides and mad <= rounding:
        raise ValueError(
            "scale='mad' needs residuals of which fewer than half are 0; got a median absolute deviation of "
            "0, so that delta means nothing: give a fixed scale, or use loss='absolute_error'"
        )
    return mad


def _weighted_least_squares(design, y, weights, beta):
    """Return the coefficients that minimize Σ w r²: `beta` and a step from it, solved from its residuals."""
    root = np.sqrt(weights)
    rest = root * (y - design @ beta)
    step, _, rank, _ = np.linalg.lstsq(root[:, np.newaxis] * design, rest)
    requirement = f"give {len(beta)} linearly independent columns over the points with positive weight"
    came = f"rank {rank} over {np.count_nonzero(weights)} points"
    check.require(rank == len(beta), "x and the intercept", requirement, came)
    return beta + step


def _least_absolute_deviations(design, y, beta):
    """Return the coefficients that minimize Σ|r|, `beta` and a step from it, and the solver's iterations."""
    from scipy import optimize, sparse

    # The solver's tolerances are absolute: it gets residuals of size 1, and columns that are orthonormal.
    rest, (q, triangle) = y - design @ beta, np.linalg.qr(design)
    size = abs(rest).max() or 1.0
    # Split each residual rest − Xb = u − v with u, v ≥ 0; at the minimum one is 0 and u + v is its size.
    n, p = design.shape
    cost, bounds = [0] * p + [1] * 2 * n, [(None, None)] * p + [(0, None)] * 2 * n
    equations = sparse.hstack([q, sparse.eye(n), -sparse.eye(n)])
    result = optimize.linprog(cost, A_eq=equations, b_eq=rest / size, bounds=bounds, method="highs-ds")
    if not result.success:
        raise RuntimeError(f"least absolute deviations: the linear program was not solved: {result.message}")
    return beta + np.linalg.solve(triangle, result.x[:p] * size), int(result.nit)
