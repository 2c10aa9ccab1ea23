"""Variants of chapter 9: typical wrong answers are told what they did; the seeds draw one of each kind."""

import numpy as np
import pytest

from lossbook.exercises.variants import drawn
from tests.exercises.variants.judging import assert_sound, assert_told, each_variant, each_wrong

FAR, HAND, SELF, MEMORY = "clouds far from 0", "values by hand", "a point and itself", "memory"


def squares(x, y):
    return np.array([((row - y) ** 2).sum(1) for row in x])


def expanded(x, y):
    return (x**2).sum(1)[:, None] - 2 * x @ y.T + (y**2).sum(1)


def stretched(x, factor):
    return np.hstack([x[:, :-1], factor * x[:, -1:]])


# The width is 2.5.
KERNEL = {
    "distances": (lambda x, y: np.sqrt(squares(x, y)), (HAND, "which is what the distances themselves are")),
    "no 2": (
        lambda x, y: np.exp(-squares(x, y) / 6.25),
        (HAND, "which is what you get without the factor 2"),
    ),
    "width alone": (lambda x, y: np.exp(-squares(x, y) / 5), (HAND, "you get without squaring the width")),
    "no square": (
        lambda x, y: np.exp(-np.sqrt(squares(x, y)) / 12.5),
        (HAND, "which is what you get without squaring the distance"),
    ),
    "not shifted": (lambda x, y: np.exp(-expanded(x, y) / 12.5), (FAR, "which move helps?")),
    "broadcasting": (
        lambda x, y: np.exp(-((x[:, None] - y) ** 2).sum(-1) / 12.5),
        (MEMORY, "which of your arrays has a number for each pair and column?"),
    ),
}

# An hour is 2.5 km.
HOURS = {
    "all alike": (lambda x, y: np.sqrt(squares(x, y)), (HAND, "which is what you get if all columns count")),
    "square forgotten": (
        lambda x, y: np.sqrt(squares(stretched(x, 2.5**0.5), stretched(y, 2.5**0.5))),
        (HAND, "which is what you get if the factor is not squared"),
    ),
    "no root": (
        lambda x, y: squares(stretched(x, 2.5), stretched(y, 2.5)),
        (HAND, "which is what the squared distances are"),
    ),
    "first column": (
        lambda x, y: np.sqrt(squares(x * ([2.5] + [1] * (len(x.T) - 1)), y * ([2.5] + [1] * (len(x.T) - 1)))),
        (HAND, "which is what you get if the first column is stretched"),
    ),
    "NaN at 0": (
        lambda x, y: np.sqrt(expanded(*(stretched(z - y.mean(0), 2.5) for z in (x, y)))),
        (SELF, "is nan, which is not a number"),
    ),
}

AXES, OUT, UNITS = "a cloud along the axes", "a step out of the plane", "other units"


def by_axes(step, cov, of_variances):
    variances, axes = np.linalg.eigh(cov)
    return np.sqrt(((axes.T @ step) ** 2 * of_variances(variances)).sum())


# The power is 0.75.
POWER = {
    "Mahalanobis": (
        lambda step, cov: np.sqrt(step @ np.linalg.pinv(cov, rcond=1e-9, hermitian=True) @ step),
        (AXES, "which is Mahalanobis distance itself, with the power 1"),
    ),
    "of spreads": (
        lambda step, cov: by_axes(step, cov, lambda v: v**-0.375),
        (AXES, "which is what you get with spreads in the place of variances"),
    ),
    "sign": (
        lambda step, cov: by_axes(step, cov, lambda v: abs(v) ** 0.75),
        (AXES, "which is what you get by the power's opposite sign"),
    ),
    "pseudo-power": (
        lambda step, cov: by_axes(
            step, cov, lambda v: np.where(v < 1e-9 * v.max(), 0, np.maximum(v, 1e-30) ** -0.75)
        ),
        (OUT, "which is what you get if flat directions count nothing"),
        (UNITS, "which is what you get if flat directions count nothing"),
    ),
    "of each element": (
        lambda step, cov: np.sqrt(step @ np.linalg.inv(cov) ** 0.75 @ step),
        ("a tilted cloud", "along which axes is a power of the covariance taken?"),
    ),
}

# The floor is 0.1.
FLOOR = {
    "none": (
        lambda step, cov: np.sqrt(step @ np.linalg.inv(cov) @ step),
        ("a narrow direction", "which is Mahalanobis distance without a floor"),
    ),
    "added": (
        lambda step, cov: by_axes(step, cov, lambda v: 1 / (v + 0.1 * v.max())),
        ("a cloud that is nowhere narrow", "what you get if the floor is added to each variance"),
    ),
    "absolute": (
        lambda step, cov: by_axes(step, cov, lambda v: 1 / np.maximum(v, 0.1)),
        (UNITS, "which is what you get with a floor in units of its own"),
    ),
    "pseudo-inverse": (
        lambda step, cov: by_axes(
            step, cov, lambda v: np.where(v < 1e-9 * v.max(), 0, 1 / np.maximum(v, 0.1 * v.max()))
        ),
        (OUT, "which is what you get if flat directions count nothing"),
    ),
    "no root": (
        lambda step, cov: by_axes(step, cov, lambda v: 1 / np.maximum(v, 0.1 * v.max())) ** 2,
        ("any cloud", "which is the square of the distance"),
    ),
}

WRONG = {drawn("9.2", 2): KERNEL, drawn("9.2", 1): HOURS, drawn("9.3", 1): POWER, drawn("9.3", 2): FLOOR}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)
