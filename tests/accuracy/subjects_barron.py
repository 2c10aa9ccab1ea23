"""Barron's family of `lossbook.regression`, with its definition in many digits, near all limits of its shape.

The condition number is |x ρ'(x)/ρ(x)|, or that of the slope, of x = (prediction − target)/scale: one rounding
of x is multiplied by it. A ratio that overflows is infinite by definition, so there is none here. A shape is
a point's third number, and the scale its fourth.
"""

import mpmath
import numpy as np
import subjects_regression as of
import ulp
from mpmath import mpf

from lossbook import regression

INF = float("inf")


def near(limit):
    """Return a function that draws shapes near a limit, or the limit."""

    def draw(rng):
        away = rng.choice([-1.0, 1.0]) * 10.0 ** rng.uniform(-18, -2)
        return limit if rng.random() < 0.3 else limit + away

    return draw


def tiny(rng):
    """Return a shape that is 0, or has any exponent below that of 0.1."""
    return 0.0 if rng.random() < 0.3 else rng.choice([-1.0, 1.0]) * 10.0 ** rng.uniform(-323, -1)


def huge(sign):
    def draw(rng):
        return sign * (INF if rng.random() < 0.3 else 10.0 ** rng.uniform(2, 37))

    return draw


SHAPES = {
    "ordinary shapes": lambda rng: rng.choice([1.0, -2.0, 0.5, 1.5, 3.0, rng.uniform(-6, 6)]),
    "near 2": near(2.0),
    "near 1": near(1.0),
    "near 0": tiny,
    "near −∞": huge(-1),
    "near +∞": huge(1),
}


def points(draw):
    """Return a function that gives points of a prediction, a target, a shape and a scale each."""

    def found(rng, count):
        scales = of.ordinary_widths(rng, count)
        pairs = of.residuals(lambda *_: scales)(rng, count)
        return [
            (p, t, np.array([draw(rng)]), width)
            for p, t, width in pairs
            if max(abs(p), abs(t)) <= 1e308 * min(width, 1)
        ]

    return found


def digits(*small):
    """Return a context in which 1 plus such numbers keeps 60 digits of them."""
    lost = sum(max(0, -mpmath.log10(abs(number))) for number in small if number and mpmath.isfinite(number))
    return mpmath.workdps(60 + int(lost))


def rho(x, alpha):
    bend = abs(alpha - 2)
    if alpha == 2 or x == 0:
        return x**2 / 2
    if mpmath.isinf(alpha):
        with digits(x, x):
            sign = mpmath.sign(alpha)
            return sign * (mpmath.exp(sign * x**2 / 2) - 1)
    with digits(x, x, 1 / bend, alpha, alpha / bend):
        if alpha == 0:
            return mpmath.log(x**2 / 2 + 1)
        return bend / alpha * ((x**2 / bend + 1) ** (alpha / 2) - 1)


def slope(x, alpha):
    """Return ρ'(x)."""
    bend = abs(alpha - 2)
    if alpha == 2 or x == 0:
        return x
    if mpmath.isinf(alpha):
        return x * mpmath.exp(mpmath.sign(alpha) * x**2 / 2)
    with digits(x, x, 1 / bend):
        return x * (x**2 / bend + 1) ** (alpha / 2 - 1)


def slope_pull(x, alpha):
    """Return |x ρ''(x)/ρ'(x)|."""
    if mpmath.isinf(alpha):
        return abs(1 + mpmath.sign(alpha) * x**2)
    return abs(1 + (alpha - 2) * x**2 / (x**2 + abs(alpha - 2))) if x else mpf(1)


def of_ratio(definition):
    """Return a function of a point that applies the definition to its ratio and shape."""
    return lambda p, t, alpha, scale: definition((p[0] - t[0]) / scale[0], alpha[0])


def rho_pull(x, alpha):
    """Return |x ρ'(x)/ρ(x)|, which is 2 in the limit of 0."""
    value = rho(x, alpha)
    return abs(x * slope(x, alpha) / value) if value else mpf(2)


def at_point(function):
    """Return a loss as a function of a point."""
    return lambda p, t, alpha, scale: function(p, t, alpha=float(alpha[0]), scale=float(scale[0]))


SUBJECTS = [
    ulp.Subject(
        f"{name}, {shapes}",
        at_point(getattr(regression, name)),
        points(draw),
        oracle,
        lambda *_: 4.0,
        condition=of_ratio(pull),
        dtypes=of.FLOATS,
    )
    for name, oracle, pull in (
        ("barron", lambda *point: [of_ratio(rho)(*point)], rho_pull),
        (
            "barron_grad",
            lambda p, t, alpha, scale: [of_ratio(slope)(p, t, alpha, scale) / scale[0]],
            slope_pull,
        ),
    )
    for shapes, draw in SHAPES.items()
]
