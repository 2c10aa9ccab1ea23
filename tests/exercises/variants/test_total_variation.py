"""Variants of chapter 11: typical wrong answers are told what they did; the seeds draw one of each kind."""

import numpy as np
import pytest

from lossbook.exercises.variants import drawn
from tests.exercises.variants.judging import assert_sound, assert_told, each_variant, each_wrong

SHARP, ROUND, SLOPE = (
    "values with epsilon 0",
    "values with a larger epsilon",
    "the gradient is the derivative of your loss",
)
GRADIENTS, LEVEL = "gradients with epsilon 0", "a level picture stays as it is"


def differences(u):
    return np.diff(u, axis=0, append=u[-1:]), np.diff(u, append=u[:, -1:])


def spread(down, right):
    u = -down - right
    u[1:] += down[:-1]
    u[:, 1:] += right[:, :-1]
    return u


def variation(image, epsilon, apart=1.0, once=False, power=1.0, factor=None):
    """Return loss and gradient; `once` divides the row's part of the gradient by the distance only once."""
    down, right = differences(image)
    down = down / apart
    square = down**2 + right**2 + epsilon**2
    factor = power if factor is None else factor
    share = factor * np.where(square == 0, 1, square) ** (power / 2 - 1)
    down, right = share * down / (1 if once else apart), share * right
    return (square ** (power / 2)).sum(), spread(down, right)


# Rows are 4 mm apart.
SPACING = {
    "equally far": (
        variation,
        (SHARP, "which is what you get if rows and columns are equally far apart: how steep is a step"),
        (GRADIENTS, "which two pixels does a difference pull, and how hard?"),
    ),
    "times, not divided": (
        lambda u, epsilon: variation(u, epsilon, 1 / 4),
        (SHARP, "which is what you get by multiplying with the distance"),
    ),
    "the square divided by the distance": (
        lambda u, epsilon: variation(u, epsilon, 2.0),
        (SHARP, "which is what you get by dividing the square of the difference by the distance alone"),
    ),
    "divided once in the gradient": (
        lambda u, epsilon: variation(u, epsilon, 4.0, once=True),
        (SLOPE, "the two should agree"),
        (GRADIENTS, "which two pixels does a difference pull"),
    ),
    "the columns": (
        lambda u, epsilon: [part.T for part in variation(u.T, epsilon, 4.0)],
        (SHARP, "which is what you get if the columns lie so far apart: how steep is a step from one row to"),
    ),
    "mean": (
        lambda u, epsilon: [part / u.size for part in variation(u, epsilon, 4.0)],
        (ROUND, "which is the mean over the pixels"),
    ),
}

# The exponent is 1.5.
POWER = {
    "exponent 1": (variation, (SHARP, "which is what total variation itself gives, with exponent 1")),
    "exponent 2": (
        lambda u, epsilon: variation(u, epsilon, power=2.0),
        (SHARP, "which is what the sum of squares gives"),
    ),
    "no half": (
        lambda u, epsilon: variation(u, epsilon, power=3.0),
        (ROUND, "which is what you get with the exponent twice as large"),
    ),
    "the exponent lost in the gradient": (
        lambda u, epsilon: variation(u, epsilon, power=1.5, factor=1.0),
        (SLOPE, "the two should agree"),
        (GRADIENTS, "how hard?"),
    ),
    "downhill": (
        lambda u, epsilon: (variation(u, epsilon, power=1.5)[0], -variation(u, epsilon, power=1.5)[1]),
        (GRADIENTS, "which is of the wrong sign"),
    ),
    "0 / 0": (
        lambda u, epsilon: (
            variation(u, epsilon, power=1.5)[0],
            variation(u, epsilon, power=1.5)[1] * (np.nan if epsilon == 0 else 1),
        ),
        (LEVEL, "which subgradient is the simplest where neighbors are equal?"),
    ),
}

SMALL, LARGE, BOUND = "small steps", "large steps", "arrows stay within their bound"


def ahead(image, down, right, weight, parts, sign=1):
    below, beside = differences(image - sign * weight * spread(down, right))
    return np.array([down + below / (parts * weight), right + beside / (parts * weight)])


def chambolle(*arrows, weight, parts=16, sign=1):
    q = ahead(*arrows, weight, parts, sign)
    return tuple(q / (1 + np.hypot(*(q - arrows[1:]))))


def shortened(q, by):
    return tuple(q / by(np.hypot(*q)))


# The step is 1/16 of 1/λ.
CHAMBOLLE = {
    "the chapter's cut": (
        lambda *arrows, weight: shortened(ahead(*arrows, weight, 16), lambda size: np.maximum(1, size)),
        (SMALL, "which is what you get without the division"),
        (LARGE, "which is what the chapter's cut gives: which picture do the arrows give, and by what"),
    ),
    "the chapter's step": (
        lambda *arrows, weight: chambolle(*arrows, weight=weight, parts=8),
        (SMALL, "which is what you get with a step of 1/(8λ)"),
    ),
    "by the new length": (
        lambda *arrows, weight: shortened(ahead(*arrows, weight, 16), lambda size: 1 + size),
        (SMALL, "which is what you get by dividing by 1 and the new arrow's length"),
    ),
    "not divided": (
        lambda *arrows, weight: tuple(ahead(*arrows, weight, 16)),
        (LARGE, "which is what you get without the division"),
        (BOUND, "how long may an arrow be?"),
    ),
    "sign": (
        lambda *arrows, weight: chambolle(*arrows, weight=weight, sign=-1),
        (SMALL, "which is what you get with the picture's arrows added instead of taken off"),
    ),
}

# The step is 1/20 of 1/λ.
ANISOTROPIC = {
    "cut by length": (
        lambda *arrows, weight: shortened(ahead(*arrows, weight, 20), lambda size: np.maximum(1, size)),
        (LARGE, "which is what you get if arrows are cut by their length: what is cut"),
    ),
    "the chapter's step": (
        lambda *arrows, weight: tuple(ahead(*arrows, weight, 8).clip(-1, 1)),
        (SMALL, "which is what you get with a step of 1/(8λ)"),
    ),
    "not cut": (
        lambda *arrows, weight: tuple(ahead(*arrows, weight, 20)),
        (LARGE, "which is what you get without the cut"),
        (BOUND, "in size: how large may it be?"),
    ),
    "sign": (
        lambda *arrows, weight: tuple(ahead(*arrows, weight, 20, sign=-1).clip(-1, 1)),
        (SMALL, "which is what you get with the picture's arrows added instead of taken off"),
    ),
}

WRONG = {
    drawn("11.2", 3): SPACING,
    drawn("11.2", 1): POWER,
    drawn("11.3", 1): CHAMBOLLE,
    drawn("11.3", 2): ANISOTROPIC,
}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)
