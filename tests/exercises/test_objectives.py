"""Chapter 8's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np
from scipy.optimize import brentq

from lossbook import objectives


def objective(theta, x, y, strength):
    r = x @ theta - y
    kept = theta * (np.arange(len(theta)) > 0)
    return r @ r / len(y) + strength * kept @ kept, 2 * (r @ x / len(y) + strength * kept)


def objective_by_loops(theta, x, y, strength):
    value, gradient = 0.0, np.zeros(len(theta))
    for row, target in zip(x, y, strict=True):
        error = sum(row * theta) - target
        value += error**2 / len(y)
        gradient += 2 * error * row / len(y)
    for j in range(1, len(theta)):
        value += strength * theta[j] ** 2
        gradient[j] += 2 * strength * theta[j]
    return value, gradient


def length(x, y, strength):
    return np.linalg.norm(objectives.ridge(x, y, strength=strength)[1:])


def strength_of(x, y, radius):
    if length(x, y, 0) <= radius:
        return 0.0
    return 10 ** brentq(lambda power: length(x, y, len(y) * 10**power) - radius, -12, 12, xtol=1e-13)


def strength_by_singular_values(x, y, radius):
    u, s, _ = np.linalg.svd(x - x.mean(0), full_matrices=False)
    z = s * (u.T @ (y - y.mean()))

    def off(lam):
        return np.sum((z / (s**2 + len(y) * lam)) ** 2) - radius**2

    return brentq(off, 0, 1e9, xtol=1e-14) if off(0) > 0 else 0.0


RIGHT = {
    "8.3": [objective, objective_by_loops],
    "8.4": [strength_of, strength_by_singular_values],
}

COST, BOTH, FREE = "the cost alone", "cost and penalty", "a free intercept"
SLOPE, PULL = "the cost's gradient", "the penalty's gradient"
DERIVATIVE = "the gradient is the derivative of your objective"


def changed(value=None, gradient=None):
    """Return an answer with its value or its gradient computed as given."""

    def answer(theta, x, y, strength):
        came = objective(theta, x, y, strength)
        made = [f and f(theta, x, y, strength) for f in (value, gradient)]
        return tuple(c if m is None else m for c, m in zip(came, made, strict=True))

    return answer


def cost(theta, x, y):
    return np.mean((x @ theta - y) ** 2)


def pull(theta, x, y):
    return 2 / len(y) * x.T @ (x @ theta - y)


WRONG_OBJECTIVE = {
    "sum": (
        changed(value=lambda t, x, y, s: len(y) * cost(t, x, y) + s * t[1:] @ t[1:]),
        ((COST, BOTH, FREE), "which is what the sum of the losses gives"),
        (DERIVATIVE, "your gradient is"),
    ),
    "half": (
        changed(value=lambda t, x, y, s: cost(t, x, y) / 2 + s * t[1:] @ t[1:]),
        ((COST, BOTH, FREE), "which is what half the mean gives"),
        (DERIVATIVE, "your gradient is"),
    ),
    "intercept penalized": (
        lambda t, x, y, strength: (cost(t, x, y) + strength * t @ t, pull(t, x, y) + 2 * strength * t),
        ((BOTH, FREE), "which is what you get with the intercept penalized"),
        (PULL, "which is what you get with the intercept penalized: what is the derivative of a square"),
    ),
    "half the penalty": (
        lambda t, x, y, strength: objective(t, x, y, strength / 2),
        (BOTH, "which is what half the penalty gives: how often is the strength in"),
        (PULL, "which is what the penalty without its factor 2 gives"),
    ),
    "strength twice": (
        lambda t, x, y, strength: objective(t, x, y, strength**2),
        (BOTH, "which is what the strength squared gives"),
        (PULL, "your gradient is"),
    ),
    "absolute values": (
        changed(value=lambda t, x, y, s: cost(t, x, y) + s * abs(t[1:]).sum()),
        (BOTH, "which is what absolute values give"),
        (DERIVATIVE, "your gradient is"),
    ),
    "no penalty": (
        lambda t, x, y, strength: objective(t, x, y, 0),
        (BOTH, "which is what the cost alone gives: how often"),
        (PULL, "which is what the cost alone gives"),
    ),
    "gradient's sign": (
        changed(gradient=lambda t, x, y, s: -objective(t, x, y, s)[1]),
        ((SLOPE, PULL), "which is what you get with the sign turned"),
        (DERIVATIVE, "the two should agree."),
    ),
    "gradient without 2": (
        changed(gradient=lambda t, x, y, s: objective(t, x, y, s)[1] / 2),
        ((SLOPE, PULL), "which is what you get without the factor 2"),
        (DERIVATIVE, "the two should agree."),
    ),
    "value alone": (
        lambda t, x, y, strength: objective(t, x, y, strength)[0],
        ((COST, BOTH, FREE, SLOPE, PULL, DERIVATIVE, "inputs unchanged"), "required are 2 things: objective"),
    ),
}

RADIUS, TINY, LONG = (
    "the slopes have the length asked for",
    "a tiny radius",
    "a radius beyond least squares",
)

WRONG_STRENGTH = {
    "for the sum": (
        lambda x, y, radius: len(y) * strength_of(x, y, radius),
        ((RADIUS, TINY), "but it is right for the sum of squared errors: what belongs to their mean?"),
    ),
    "radius squared": (
        lambda x, y, radius: strength_of(x, y, radius**0.5),
        (RADIUS, "whose square is the radius: what does the exercise call radius?"),
        (TINY, "whose square is the radius"),
    ),
    "never zero": (
        lambda x, y, radius: strength_of(x, y, radius) or 0.1,
        (LONG, "your strength is 0.1, which is too large: how long are the slopes without a penalty?"),
    ),
    "gives up at ten": (
        lambda x, y, radius: min(strength_of(x, y, radius), 10.0),
        (TINY, "your strength is 10, and the slopes have length"),
    ),
    "below zero": (
        lambda x, y, radius: -strength_of(x, y, radius),
        ((RADIUS, TINY), "required is a finite number, not below 0."),
    ),
}

WRONG = {"8.3": WRONG_OBJECTIVE, "8.4": WRONG_STRENGTH}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)
