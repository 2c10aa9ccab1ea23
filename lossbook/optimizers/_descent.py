"""Gradient descent: with a fixed step and momentum, and with a step found by backtracking."""

import math

import numpy as np

from lossbook._legacy_checks import fraction, positive_integer, positive_number, real_number
from lossbook.optimizers._trace import Trace, ask, check_callable, finite_value, starting_point


@np.errstate(all="ignore")
def gradient_descent(gradient, start, *, learning_rate, steps, momentum=0.0, f=None):
    r"""Walk downhill with a fixed learning rate, with or without momentum.

    .. math::

        v_{k+1} = \mu v_k - \eta \nabla f(\theta_k), \qquad \theta_{k+1} = \theta_k + v_{k+1}, \qquad v_0 = 0

    Parameters
    ----------
    gradient : callable
        Takes a point and returns the gradient there, of the same shape.
    start : array_like
        Where to begin: finite real numbers of any shape.
    learning_rate : float
        η, positive.
    steps : int
        The most steps to make, positive.
    momentum : float, default 0.0
        μ, at least 0 and below 1.
    f : callable, optional
        The function itself, for the values of the trace; the path does not depend on it.

    Returns
    -------
    Trace
        The points, start first, in float64, and the values if `f` is given. If a point, gradient or value is
        no longer finite, the walk ends before it with the outcome "diverged"; where the gradient and the
        momentum are 0, with "stationary".

    Raises
    ------
    TypeError
        If an argument holds anything but what is asked for.
    ValueError
        If a number is out of range or not finite, `gradient` returns another shape, or `gradient` or `f` is
        not finite at the start.

    Notes
    -----
    For a function whose gradient changes by at most L a unit of way, a learning rate up to 1/L lowers it at
    each step. On a quadratic the walk converges for η < 2/L and diverges beyond. Convexity is not needed to
    walk, but to end in a global minimum. ``torch.optim.SGD(lr=learning_rate, momentum=momentum)`` makes the
    same steps; it holds −v/η as its buffer.

    References
    ----------
    Boyd and Vandenberghe (2004), ISBN 978-0-521-83378-3

    Examples
    --------
    >>> gradient_descent(lambda x: 2 * x, [1.0], learning_rate=0.25, steps=3, f=lambda x: x @ x)
    <Trace: 3 steps, all steps made, at [0.125], value 0.015625>
    >>> gradient_descent(lambda x: 2 * x, [1.0], learning_rate=1.5, steps=10_000).diverged
    True
    """
    check_callable(gradient, name="gradient")
    point = starting_point(start)
    learning_rate = positive_number(learning_rate, name="learning_rate")
    steps = positive_integer(steps, name="steps")
    momentum = _momentum(momentum)
    slope = _finite_gradient(gradient, point)
    points, values = [point], None
    if f is not None:
        check_callable(f, name="f")
        values = [finite_value(f, point)]
    velocity, outcome = np.zeros_like(point), "all steps made"
    for _ in range(steps):
        if not slope.any() and not velocity.any():
            outcome = "stationary"
            break
        velocity = momentum * velocity - learning_rate * slope
        point = point + velocity
        if not np.isfinite(point).all():
            outcome = "diverged"
            break
        slope = ask(gradient, point, name="gradient", shape=point.shape)
        value = 0.0 if f is None else float(ask(f, point, name="f"))
        if not (np.isfinite(slope).all() and math.isfinite(value)):
            outcome = "diverged"
            break
        points.append(point)
        if f is not None:
            values.append(value)
    return Trace(np.array(points), None if f is None else np.array(values), outcome)


@np.errstate(all="ignore")
def backtracking(f, gradient, start, *, steps, first_step=1.0, shrink=0.5, decrease=1e-4):
    r"""Walk downhill with a step that is halved until it lowers the function enough.

    .. math::

        \theta_{k+1} = \theta_k - t \nabla f(\theta_k), \qquad
        f(\theta_{k+1}) \le f(\theta_k) - c\, t \lVert \nabla f(\theta_k) \rVert^2

    t is the first of s, sβ, sβ², … for which the condition (Armijo's) holds.

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
        The points, start first, and the values, in float64. It ends early where the gradient is 0
        ("stationary"), where no step lowers the function enough ("no decrease", as it is at the limit of
        rounding, or if the gradient is wrong), or where the gradient is no longer finite ("diverged").

    Raises
    ------
    TypeError
        If an argument holds anything but what is asked for.
    ValueError
        If a number is out of range or not finite, a function returns another shape, or is not finite at the
        start.

    Notes
    -----
    The values never rise. For a gradient that changes by at most L a unit of way, any t ≤ 2(1 − c)/L is
    accepted, so t is never below β times that or s. ``scipy.optimize.minimize`` has stronger methods and
    keeps no path.

    References
    ----------
    Boyd and Vandenberghe (2004), ISBN 978-0-521-83378-3

    Examples
    --------
    >>> backtracking(lambda x: x @ x, lambda x: 2 * x, [3.0, 4.0], steps=10)
    <Trace: 1 steps, stationary, at [0., 0.], value 0>
    """
    check_callable(f, name="f")
    check_callable(gradient, name="gradient")
    point = starting_point(start)
    steps = positive_integer(steps, name="steps")
    first_step = positive_number(first_step, name="first_step")
    shrink, decrease = fraction(shrink, name="shrink"), fraction(decrease, name="decrease")
    value, slope = finite_value(f, point), _finite_gradient(gradient, point)
    points, values, outcome = [point], [value], "all steps made"
    for _ in range(steps):
        if not slope.any():
            outcome = "stationary"
            break
        step, promised = first_step, np.sum(slope * slope)
        while True:
            trial = point - step * slope
            if (trial == point).all():
                break
            trial_value = float(ask(f, trial, name="f"))
            # Written so that NaN is no decrease.
            if trial_value <= value - decrease * step * promised and trial_value > -math.inf:
                break
            step *= shrink
        if (trial == point).all():
            outcome = "no decrease"
            break
        slope = ask(gradient, trial, name="gradient", shape=point.shape)
        if not np.isfinite(slope).all():
            outcome = "diverged"
            break
        point, value = trial, trial_value
        points.append(point)
        values.append(value)
    return Trace(np.array(points), np.array(values), outcome)


def _finite_gradient(gradient, point):
    """Return the gradient at the start, which must be finite."""
    slope = ask(gradient, point, name="gradient", shape=point.shape)
    if not np.isfinite(slope).all():
        raise ValueError(f"gradient must be finite at start; got {slope[~np.isfinite(slope)].flat[0]}")
    return slope


def _momentum(momentum):
    """Return the momentum as a float in [0, 1)."""
    requirement = "a number from 0 to below 1"
    number = real_number(momentum, name="momentum", requirement=requirement)
    if not 0 <= number < 1:
        raise ValueError(f"momentum must be {requirement}; got {number:g}")
    return number
