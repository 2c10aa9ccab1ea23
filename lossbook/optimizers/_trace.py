"""The path of an optimizer, and the checks of what is handed to it."""

import math
from dataclasses import dataclass

import numpy as np

from lossbook._legacy_checks import as_real_array, check_finite


@dataclass(frozen=True, eq=False)
class Trace:
    """The path of an optimizer.

    Attributes
    ----------
    points : ndarray, shape (k + 1, ...)
        Where it was after each of its k steps, the start first, each in the shape of the start.
    values : ndarray, shape (k + 1,), or None
        The function at these points; None if the function was not given.
    outcome : str
        "all steps made"; "stationary": the gradient is 0; "no decrease": no step, however small, lowers the
        function enough; or "diverged": the next point, or what the functions give there, was no longer
        finite.
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
        if self.values is None:
            raise ValueError("values must be there to tell the best point; got None: give the function f")
        return int(np.argmin(self.values))

    def __repr__(self):
        """Say in one line where the path ended, and why."""
        value = "" if self.values is None else f", value {self.values[-1]:.6g}"
        end = np.array2string(self.points[-1], precision=6, separator=", ", threshold=6)
        return f"<Trace: {self.steps} steps, {self.outcome}, at {end}{value}>"


def starting_point(start):
    """Return the start as a finite float64 array of its own."""
    start = as_real_array(start, name="start").astype(np.float64)
    check_finite(start, name="start")
    return start


def ask(function, point, *, name, shape=()):
    """Call the reader's function at a point, and return its numbers as float64 after checking their shape."""
    # A copy: the path must not change if the function works in place.
    result = as_real_array(function(point.copy()), name=f"the result of {name}").astype(np.float64)
    if result.shape != shape:
        raise ValueError(f"{name} must return an array of shape {shape}; got {result.shape}")
    return result


def check_callable(function, *, name):
    """Raise TypeError unless `function` can be called."""
    if not callable(function):
        raise TypeError(f"{name} must be a function; got {type(function).__name__}")


def finite_value(f, point):
    """Return f at the start, which must be a finite number."""
    value = float(ask(f, point, name="f"))
    if not math.isfinite(value):
        raise ValueError(f"f must be finite at start; got {value}")
    return value
