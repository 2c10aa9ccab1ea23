"""Exercises of the chapter on objectives: an objective with its gradient, and the λ of a radius."""

from functools import partial

import numpy as np

from lossbook import objectives
from lossbook.exercises.checker import Exercise, named, of_form, shown
from lossbook.exercises.properties import (
    case,
    each_case,
    gradient_matches_loss,
    has_values,
    leaves_arguments_alone,
)

# ---- 8.3 ---------------------------------------------------------------------------------------------------


def _design(*columns):
    """Return a matrix whose first column is ones."""
    return np.column_stack([np.ones(len(columns[0])), *(np.array(column, float) for column in columns)])


def _cost(theta, x, y):
    return np.mean((x @ theta - y) ** 2)


def _value(theta, x, y, strength):
    return _cost(theta, x, y) + strength * objectives.l2_penalty(theta[1:])


def _cost_gradient(theta, x, y):
    return 2 / len(y) * x.T @ (x @ theta - y)


def _gradient(theta, x, y, strength):
    return _cost_gradient(theta, x, y) + 2 * strength * np.append(0, theta[1:])


def _drawn(strength):
    """Return a function that draws one case, rounded, so that a report shows the very numbers sent."""

    def draw(rng):
        n, d = int(rng.integers(4, 7)), int(rng.integers(1, 4))
        x = _design(*rng.normal(0, 2, (d, n)).round(1))
        theta = rng.normal(0, 2, 1 + d).round(1)
        yield case(theta, x, rng.normal(0, 3, n).round(1), strength=strength or round(rng.uniform(0.2, 2), 1))

    return draw


def _at(theta, strength):
    return case(np.array(theta), _design([0, 1, 3], [2, -1, 1]), np.array([1.0, 4.0, 2.0]), strength=strength)


_BARE = [_at([1.0, 0.5, -1.0], 0.0)]
_FULL = [_at([1.0, 0.5, -1.0], 0.3), *[_drawn(None)] * 3]
_FREE = [_at([5.0, 0.0, 0.0], 0.7), _at([-3.0, 0.0, 0.0], 2.0)]

_objective_is = partial(
    has_values,
    "objective",
    _value,
    mistakes={
        "what the sum of the losses gives": lambda t, x, y, strength: (
            _cost(t, x, y) * len(y) + strength * (t[1:] @ t[1:])
        ),
        "what half the mean gives": lambda t, x, y, strength: _cost(t, x, y) / 2 + strength * (t[1:] @ t[1:]),
        "what you get with the intercept penalized": lambda t, x, y, strength: (
            _cost(t, x, y) + strength * (t @ t)
        ),
        "what half the penalty gives": lambda t, x, y, strength: (
            _cost(t, x, y) + strength / 2 * (t[1:] @ t[1:])
        ),
        "what the strength squared gives": lambda t, x, y, strength: (
            _cost(t, x, y) + strength**2 * (t[1:] @ t[1:])
        ),
        "what absolute values give": lambda t, x, y, strength: (
            _cost(t, x, y) + strength * np.abs(t[1:]).sum()
        ),
        "what the cost alone gives": lambda t, x, y, strength: _cost(t, x, y),
    },
)
_gradient_is = partial(
    has_values,
    "gradient",
    _gradient,
    mistakes={
        "what you get with the sign turned": lambda *given, **of: -_gradient(*given, **of),
        "what you get without the factor 2": lambda *given, **of: _gradient(*given, **of) / 2,
        "what the penalty without its factor 2 gives": lambda t, x, y, strength: (
            _cost_gradient(t, x, y) + strength * np.append(0, t[1:])
        ),
        "what you get with the intercept penalized": lambda t, x, y, strength: (
            _cost_gradient(t, x, y) + 2 * strength * t
        ),
        "what the cost alone gives": lambda t, x, y, strength: _cost_gradient(t, x, y),
    },
)

_OBJECTIVE = {
    "the cost alone": _objective_is(_BARE, "with strength 0 it is the mean of the squared errors."),
    "cost and penalty": _objective_is(_FULL, "how often is the strength in, and over what is the sum?"),
    "a free intercept": _objective_is(_FREE, "here all slopes are 0: what is left to penalize?"),
    "the cost's gradient": _gradient_is(
        _BARE, "each example contributes its error times its inputs; which factors come with that?"
    ),
    "the penalty's gradient": _gradient_is(
        _FULL, "what is the derivative of a square, and which parameter is free?"
    ),
    "the gradient is the derivative of your objective": gradient_matches_loss(
        "objective", "gradient", _BARE + _FULL
    ),
    "inputs unchanged": leaves_arguments_alone(_BARE + _FULL),
}

# ---- 8.4 ---------------------------------------------------------------------------------------------------


def _length(x, y, strength):
    return float(np.linalg.norm(objectives.ridge(x, y, strength=strength)[1:]))


def _within(share):
    """Return a function that draws data far from 0, and a radius that is this share of least squares'."""

    def draw(rng):
        n, d = int(rng.integers(6, 10)), int(rng.integers(1, 4))
        x = (rng.normal(0, 1.5, (n, d)) + 3).round(1)
        y = (x @ rng.normal(0, 2, d) + rng.normal(5, 1, n)).round(1)
        yield case(x, y, radius=round(share * _length(x, y, 0), 3))

    return draw


_TABLE = np.array([[0.0, 2.0], [1.0, -1.0], [3.0, 1.0], [4.0, 3.0], [5.0, 0.0]])
_HEIGHTS = np.array([1.0, 3.0, 2.0, 7.0, 6.0])
_SHORT = [case(_TABLE, _HEIGHTS, radius=0.5), *[_within(0.6)] * 2, _within(0.95)]
_TINY = [case(_TABLE, _HEIGHTS, radius=0.001)]
_LONG = [case(_TABLE, _HEIGHTS, radius=4.0), _within(1.5)]


def _gives_the_length(ask, answer, x, y, radius):
    came, n = answer.number("strength"), len(y)
    if not (np.isfinite(came) and 0 <= came < 1e100):
        raise answer.not_yet(f"your strength is {shown(came)}: required is a finite number, not below 0.")
    length = _length(x, y, n * came)
    if abs(length - radius) > 1e-5 * radius:
        says = f"your strength is {shown(came)}, and the slopes have length {shown(length)}"
        if abs(_length(x, y, came) - radius) <= 1e-5 * radius:
            says += ", but it is right for the sum of squared errors: what belongs to their mean?"
        elif abs(length**2 - radius) <= 1e-5 * radius:
            says += ", whose square is the radius: what does the exercise call radius?"
        else:
            says += f": should it be {'larger' if length > radius else 'smaller'}?"
        raise answer.not_yet(says)


_STRENGTH = {
    "the slopes have the length asked for": each_case(_SHORT, _gives_the_length),
    "a tiny radius": each_case(_TINY, _gives_the_length),
    "a radius beyond least squares": of_form(
        has_values("strength", lambda x, y, radius: 0.0, _LONG, "how long are the slopes without a penalty?")
    ),
    "inputs unchanged": leaves_arguments_alone(_SHORT + _LONG),
}

# The exercise allows objectives.ridge, and an answer is graded where there is no lossbook.
_RIDGE = """
from types import SimpleNamespace


def _ridge(x, y, *, strength):
    x, y = np.asarray(x, dtype=float).reshape(len(y), -1), np.asarray(y, dtype=float)
    middle, height, columns = x.mean(axis=0), y.mean(), x.shape[1]
    rows = np.vstack([x - middle, np.sqrt(strength) * np.eye(columns)])
    sizes = np.where(rows.any(axis=0), abs(rows).max(axis=0), 1)
    slopes = np.linalg.lstsq(rows / sizes, np.append(y - height, np.zeros(columns)), rcond=None)[0] / sizes
    return np.append(height - middle @ slopes, slopes)


objectives = SimpleNamespace(ridge=_ridge)
"""

EXERCISES = (
    Exercise(
        "8.3",
        "An objective with its gradient",
        "objectives",
        ("theta", "x", "y"),
        ("objective", "gradient"),
        named(_OBJECTIVE),
    ),
    Exercise(
        "8.4",
        "From a radius to λ",
        "objectives",
        ("x", "y"),
        ("strength",),
        named(_STRENGTH),
        given=_RIDGE,
    ),
)
