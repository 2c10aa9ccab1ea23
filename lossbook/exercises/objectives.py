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


def design(*columns):
    """Return a matrix whose first column is ones."""
    return np.column_stack([np.ones(len(columns[0])), *(np.array(column, float) for column in columns)])


def cost(theta, x, y):
    """Return the mean squared error of a linear model."""
    return np.mean((x @ theta - y) ** 2)


def _value(theta, x, y, strength):
    return cost(theta, x, y) + strength * objectives.l2_penalty(theta[1:])


def cost_gradient(theta, x, y):
    """Return the gradient of the mean squared error in θ."""
    return 2 / len(y) * x.T @ (x @ theta - y)


def _gradient(theta, x, y, strength):
    return cost_gradient(theta, x, y) + 2 * strength * np.append(0, theta[1:])


def drawn_objective(fewest=1, *, bare=False, slopes=None):
    """Return a function that draws one case, of so many slopes or more.

    If it is `bare`, the strength is 0. All slopes are `slopes`, if that is given. It is rounded, so that a
    report shows the very numbers sent.
    """

    def draw(rng):
        n, d = int(rng.integers(4, 7)), int(rng.integers(fewest, 4))
        x = design(*rng.normal(0, 2, (d, n)).round(1))
        theta = rng.normal(0, 2, 1 + d).round(1)
        theta[1:] = theta[1:] if slopes is None else slopes
        strength = 0.0 if bare else round(rng.uniform(0.2, 2), 1)
        yield case(theta, x, rng.normal(0, 3, n).round(1), strength=strength)

    return draw


def at(theta, strength):
    """Return a case of three examples and two slopes."""
    return case(np.array(theta), design([0, 1, 3], [2, -1, 1]), np.array([1.0, 4.0, 2.0]), strength=strength)


BARE = [at([1.0, 0.5, -1.0], 0.0), *[drawn_objective(bare=True)] * 2]
FULL = [at([1.0, 0.5, -1.0], 0.3), *[drawn_objective()] * 3]
FREE = [at([5.0, 0.0, 0.0], 0.7), at([-3.0, 0.0, 0.0], 2.0), *[drawn_objective(slopes=0.0)] * 2]

_objective_is = partial(
    has_values,
    "objective",
    _value,
    mistakes={
        "what the sum of the losses gives": lambda t, x, y, strength: (
            cost(t, x, y) * len(y) + strength * (t[1:] @ t[1:])
        ),
        "what half the mean gives": lambda t, x, y, strength: cost(t, x, y) / 2 + strength * (t[1:] @ t[1:]),
        "what you get with the intercept penalized": lambda t, x, y, strength: (
            cost(t, x, y) + strength * (t @ t)
        ),
        "what half the penalty gives": lambda t, x, y, strength: (
            cost(t, x, y) + strength / 2 * (t[1:] @ t[1:])
        ),
        "what the strength squared gives": lambda t, x, y, strength: (
            cost(t, x, y) + strength**2 * (t[1:] @ t[1:])
        ),
        "what absolute values give": lambda t, x, y, strength: cost(t, x, y) + strength * np.abs(t[1:]).sum(),
        "what the cost alone gives": lambda t, x, y, strength: cost(t, x, y),
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
            cost_gradient(t, x, y) + strength * np.append(0, t[1:])
        ),
        "what you get with the intercept penalized": lambda t, x, y, strength: (
            cost_gradient(t, x, y) + 2 * strength * t
        ),
        "what the cost alone gives": lambda t, x, y, strength: cost_gradient(t, x, y),
    },
)

_OBJECTIVE = {
    "the cost alone": _objective_is(BARE, "with strength 0 it is the mean of the squared errors."),
    "cost and penalty": _objective_is(FULL, "how often is the strength in, and over what is the sum?"),
    "a free intercept": _objective_is(FREE, "here all slopes are 0: what is left to penalize?"),
    "the cost's gradient": _gradient_is(
        BARE, "each example contributes its error times its inputs; which factors come with that?"
    ),
    "the penalty's gradient": _gradient_is(
        FULL, "what is the derivative of a square, and which parameter is free?"
    ),
    "the gradient is the derivative of your objective": gradient_matches_loss(
        "objective", "gradient", BARE + FULL
    ),
    "inputs unchanged": leaves_arguments_alone(BARE + FULL),
}

# ---- 8.4 ---------------------------------------------------------------------------------------------------


def slopes_length(x, y, strength):
    """Return the length of the slopes of ridge regression, whose strength is for the sum of the squares."""
    return float(np.linalg.norm(objectives.ridge(x, y, strength=strength)[1:]))


def within(share, length_of=slopes_length):
    """Return a function that draws data far from 0, and a radius that is this share of least squares'.

    The slopes of a strength have the length ``length_of(x, y, strength)``.
    """

    def draw(rng):
        n, d = int(rng.integers(6, 10)), int(rng.integers(1, 4))
        x = (rng.normal(0, 1.5, (n, d)) + 3).round(1)
        y = (x @ rng.normal(0, 2, d) + rng.normal(5, 1, n)).round(1)
        yield case(x, y, radius=float(f"{share * length_of(x, y, 0):.3g}"))

    return draw


TABLE = np.array([[0.0, 2.0], [1.0, -1.0], [3.0, 1.0], [4.0, 3.0], [5.0, 0.0]])
HEIGHTS = np.array([1.0, 3.0, 2.0, 7.0, 6.0])
SHORT = [case(TABLE, HEIGHTS, radius=0.5), *[within(0.6)] * 2, within(0.95)]
TINY = [case(TABLE, HEIGHTS, radius=0.001), *[within(0.0005)] * 2]
LONG = [case(TABLE, HEIGHTS, radius=4.0), within(1.5)]


def gives_the_length(length_of, mistakes):
    """Return what looks at one answer: with its strength, the slopes must have the length of the radius.

    `mistakes` leads from what to say of a typical one to the length that its strength is right for.
    """

    def look(ask, answer, x, y, radius):
        came = answer.number("strength")
        if not (np.isfinite(came) and 0 <= came < 1e100):
            raise answer.not_yet(f"your strength is {shown(came)}: required is a finite number, not below 0.")

        def is_radius(length):
            return abs(length - radius) <= 1e-5 * radius

        length = length_of(x, y, came)
        if not is_radius(length):
            known = (says for says, other in mistakes.items() if is_radius(other(x, y, came)))
            compared = f": should it be {'larger' if length > radius else 'smaller'}?"
            squared = ", whose square is the radius: what does the exercise call radius?"
            verdict = next(known, squared if is_radius(length**2) else compared)
            says = f"your strength is {shown(came)}, and the slopes have length {shown(length)}"
            raise answer.not_yet(says + verdict)

    return look


_gives_the_length = gives_the_length(
    lambda x, y, strength: slopes_length(x, y, len(y) * strength),
    {", but it is right for the sum of squared errors: what belongs to their mean?": slopes_length},
)

_STRENGTH = {
    "the slopes have the length asked for": each_case(SHORT, _gives_the_length),
    "a tiny radius": each_case(TINY, _gives_the_length),
    "a radius beyond least squares": of_form(
        has_values("strength", lambda x, y, radius: 0.0, LONG, "how long are the slopes without a penalty?")
    ),
    "inputs unchanged": leaves_arguments_alone(SHORT + LONG),
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
