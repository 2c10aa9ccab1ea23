"""Exercises of the chapter on distances: all pairs without loops, Mahalanobis distance in a flat cloud."""

from functools import partial

import numpy as np

from lossbook import distances
from lossbook.exercises.checker import Exercise, NotYet, named, of_form
from lossbook.exercises.properties import case, has_values, leaves_arguments_alone

# ---- 9.2 ---------------------------------------------------------------------------------------------------


def _all_pairs(x, y):
    return distances.pairwise(x, y, metric="euclidean")


def any_tables(rng):
    n, m, d = rng.integers(2, 5, size=3)
    yield case(rng.normal(0, 3, (n, d)).round(1), rng.normal(0, 3, (m, d)).round(1))


def _crowded(rng):
    rows = rng.normal(size=(40, 7)) + 3
    yield case(rows, rows[::-1].copy())


def far_tables(rng):
    middle = np.array([1e7, -2e7, 3e7])
    yield case(*(rng.integers(0, 90, (n, 3)) / 10 + middle for n in (3, 4)))


def _small_tables(rng):
    for n, m in ((2, 3), (1, 2)):
        yield case(*(rng.integers(-9, 10, (rows, 2)).astype(float) for rows in (n, m)))


HAND = [
    case(np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[3.0, 0.0], [0.0, 0.0], [-9.0, -12.0]])),
    case(np.array([[2.0, 5.0, 1.0]]), np.array([[4.0, 6.0, -1.0]])),
    _small_tables,
]
SAME = [case(np.array([[0.1, 0.7], [0.3, 0.2]]), np.array([[0.1, 0.7], [0.3, 0.2]])), *[_crowded] * 3]

_distances_are = partial(
    has_values,
    "distances",
    _all_pairs,
    mistakes={
        "what the squared distances are": lambda x, y: _all_pairs(x, y) ** 2,
        "what the Manhattan distances are": lambda x, y: distances.pairwise(x, y, metric="manhattan"),
        "what you get without the factor 2 of the product": lambda x, y: np.sqrt(
            np.maximum((x**2).sum(1)[:, None] - x @ y.T + (y**2).sum(1), 0)
        ),
    },
)

#: Rows, columns and the bytes an answer may need: the result has 0.7 million, all differences 58 million.
_ROWS, _COLUMNS, _BYTES = 300, 80, 25_000_000


def is_frugal(ask, rng):
    x, y = rng.normal(size=(2, _ROWS, _COLUMNS))
    answer = ask(x, y)
    came, peak = answer.numbers(answer.exercise.outputs[0], (_ROWS, _ROWS)), answer.reply.peak
    if peak > _BYTES:
        raise NotYet(
            f"for two tables of {_ROWS} rows and {_COLUMNS} columns your function holds {peak / 1e6:.0f} "
            f"million bytes at once, where the result has {came.nbytes / 1e6:.1f}: which of your arrays has "
            "a number for each pair and column?"
        )


_PAIRWISE = {
    "distances by hand": _distances_are(HAND, "row i and column j belong to row i of x and row j of y."),
    "any two tables": _distances_are([any_tables] * 6, "how many rows has each table, and how many columns?"),
    "a point and itself": _distances_are(
        SAME, "what does the root give if rounding leaves a little less than 0?", absolute=1e-6
    ),
    "clouds far from 0": _distances_are(
        [far_tables] * 4, "large squares leave no digits for a small difference; does a shift matter?"
    ),
    "memory": of_form(is_frugal),
    "inputs unchanged": leaves_arguments_alone(HAND),
}

# ---- 9.3 ---------------------------------------------------------------------------------------------------


def flat_mahalanobis(step, cov):
    variances, axes = np.linalg.eigh(cov)
    along = axes.T @ step
    flat = variances < 1e-9 * variances.max()
    if np.linalg.norm(along[flat]) > 1e-6 * np.linalg.norm(step):
        return np.inf
    return np.sqrt((along[~flat] ** 2 / variances[~flat]).sum())


def _plane(rng, *, inside, scale=1.0):
    """Return a step and the covariance of a plane in four dimensions."""
    basis = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    root = basis[:, :2] @ rng.normal(size=(2, 2)) * scale + 0.0
    step = root @ rng.normal(size=2)
    if not inside:
        step = step + 0.3 * scale * basis[:, 3]
    return case(step, root @ root.T)


def _planes(**more):
    def draw(rng):
        yield _plane(rng, **more)

    return draw


def any_clouds(rng):
    root = rng.normal(size=(3, 3)) + 2 * np.eye(3)
    yield case(rng.normal(0, 2, 3).round(1), root @ root.T)


def _along_the_axes(rng):
    for size in (2, 3):
        yield case(rng.normal(0, 3, size).round(1), np.diag(rng.uniform(0.5, 9, size).round(1)))


ROUND = [
    case(np.array([3.0, 4.0]), 4 * np.eye(2)),
    case(np.array([3.0, 4.0]), np.diag([9.0, 16.0])),
    _along_the_axes,
]
TILTED = [case(np.array([1.0, -1.0]), np.array([[1.0, 0.5], [0.5, 1.0]])), *[any_clouds] * 4]
INSIDE = [case(np.array([3.0, 3.0]), np.full((2, 2), 4.0)), *[_planes(inside=True)] * 4]
OUTSIDE = [case(np.array([2.0, 1.0]), np.full((2, 2), 4.0)), *[_planes(inside=False)] * 4]
UNITS = [_planes(inside=inside, scale=scale) for inside in (True, False) for scale in (1e-8, 1e7)]
NOWHERE = [case(np.zeros(2), np.eye(2)), case(np.zeros(2), np.array([[1.0, 1.0], [1.0, 1.0]]))]

_distance_is = partial(
    has_values,
    "distance",
    flat_mahalanobis,
    mistakes={
        "the square of the distance": lambda step, cov: flat_mahalanobis(step, cov) ** 2,
        "what the covariance gives in the place of its inverse": lambda step, cov: np.sqrt(step @ cov @ step),
        "the Euclidean length": lambda step, cov: np.linalg.norm(step),
        "what the pseudo-inverse gives": lambda step, cov: np.sqrt(
            step @ np.linalg.pinv(cov, rcond=1e-9, hermitian=True) @ step
        ),
    },
)

_MAHALANOBIS = {
    "a cloud along the axes": _distance_is(ROUND, "each coordinate counts in units of its own spread."),
    "a tilted cloud": _distance_is(TILTED, "which matrix stands between the steps, and is a root missing?"),
    "a flat cloud, and a step within": _distance_is(
        INSIDE, "only directions that have a variance can be divided by it.", relative=1e-4
    ),
    "a step out of the plane": of_form(
        _distance_is(OUTSIDE, "what does it cost to go where the cloud has no spread at all?", relative=1e-4)
    ),
    "other units": _distance_is(UNITS, "is your idea of flat tied to the largest variance?", relative=1e-4),
    "no step": of_form(_distance_is(NOWHERE, "a point and itself.")),
    "inputs unchanged": leaves_arguments_alone(ROUND),
}

EXERCISES = (
    Exercise(
        "9.2",
        "All pairs without loops",
        "distances",
        ("x", "y"),
        ("distances",),
        named(_PAIRWISE),
        measured=True,
    ),
    Exercise(
        "9.3",
        "Mahalanobis with a flat cloud",
        "distances",
        ("step", "cov"),
        ("distance",),
        named(_MAHALANOBIS),
    ),
)
