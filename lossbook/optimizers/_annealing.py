"""Simulated annealing: a random walk that goes uphill less and less."""

import math

import numpy as np

from lossbook._legacy_checks import positive_integer, positive_number, real_number
from lossbook.optimizers._trace import Trace, ask, check_callable, finite_value, starting_point


@np.errstate(all="ignore")
def simulated_annealing(f, start, *, rng, steps, temperature, width=1.0):
    r"""Walk at random, always downhill, and uphill with a probability that falls with the temperature.

    .. math:: P(\text{accept}) = \min\left(1, \exp\left(-\frac{f(\theta') - f(\theta)}{T_k}\right)\right)

    The proposal θ′ is θ plus a normal step.

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
        The points after each proposal, accepted or not, start first, and their values, in float64. Its `best`
        says which is the lowest.

    Raises
    ------
    TypeError
        If an argument holds anything but what is asked for.
    ValueError
        If a number is out of range or not finite, `f` returns no single number or is not finite at the start,
        or `temperature` returns a negative number or NaN.

    Notes
    -----
    Convexity is not needed. At a fixed temperature the walk samples the density proportional to exp(−f/T). It
    finds the global minimum with certainty only in the limit of endless, logarithmically slow cooling.
    ``scipy.optimize.dual_annealing`` is a stronger method that keeps no path.

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
    check_callable(f, name="f")
    point = starting_point(start)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator; got {type(rng).__name__}")
    steps = positive_integer(steps, name="steps")
    width = positive_number(width, name="width")
    if not callable(temperature):
        highest = positive_number(temperature, name="temperature")
    value = finite_value(f, point)
    points, values = [point], [value]
    for k in range(steps):
        t = _temperature(temperature, k) if callable(temperature) else highest * (1 - k / steps)
        trial = point + width * rng.standard_normal(point.shape)
        trial_value = float(ask(f, trial, name="f"))
        # One draw a step, needed or not: the walk's random numbers do not depend on its fate.
        luck = rng.random()
        uphill = trial_value - value
        if math.isfinite(trial_value) and (uphill <= 0 or (t > 0 and luck < math.exp(-uphill / t))):
            point, value = trial, trial_value
        points.append(point)
        values.append(value)
    return Trace(np.array(points), np.array(values), "all steps made")


def _temperature(temperature, k):
    """Return what the reader's schedule gives at step k, if it is a temperature."""
    requirement = f"a number, 0 or more, at step {k}"
    t = real_number(temperature(k), name="temperature", requirement=requirement)
    if t < 0:
        raise ValueError(f"temperature must be {requirement}; got {t:g}")
    return t
