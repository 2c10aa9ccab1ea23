"""Variants of the exercises on distances: other measures of all pairs, other ways out of a flat cloud."""

from dataclasses import replace
from functools import partial

import numpy as np

from lossbook.exercises import distances as chapter
from lossbook.exercises.checker import named, of_form
from lossbook.exercises.properties import case, has_values, leaves_arguments_alone
from lossbook.exercises.variants import Variant

_PAIRWISE, _MAHALANOBIS = chapter.EXERCISES

# ---- 9.2 ---------------------------------------------------------------------------------------------------

_PAIRS_STUB = "def my_pairwise(x, y):\n    raise NotImplementedError"
_PAIRS_ASKED = """\
of all rows of `x`, of shape $(n, D)$, to all rows of `y`, of shape $(m, D)$, as an array of shape
$(n, m)$, without a loop and without an array of $n \\cdot m \\cdot D$ numbers. Use NumPy alone."""


def _squares(x, y, weight=1.0):
    step = x[:, None] - y
    return (step[..., :-1] ** 2).sum(-1) + weight * step[..., -1] ** 2


def _of_all_pairs(title, output, measure, mistakes, *, shape, itself):
    """Return the exercise of one measure, with a hint on its shape and one on a point and itself."""
    values = partial(has_values, output, measure, mistakes=mistakes)
    properties = {
        "values by hand": values(chapter.HAND, shape),
        "any two tables": values([chapter.any_tables] * 6, "row i and column j belong to rows i and j."),
        "a point and itself": values(chapter.SAME, itself, absolute=1e-6),
        "clouds far from 0": values(
            [chapter.far_tables] * 4,
            "large squares leave no digits for a small difference; which move helps?",
        ),
        "memory": of_form(chapter.is_frugal),
        "inputs unchanged": leaves_arguments_alone(chapter.HAND),
    }
    return replace(_PAIRWISE, title=title, outputs=(output,), properties=named(properties))


def _kernel(rng):
    """9.2 with a Gaussian similarity in the place of the distance."""
    width = float(rng.choice([1.5, 2.0, 2.5, 3.0, 4.0]))
    mistakes = {
        "what the distances themselves are": lambda x, y: np.sqrt(_squares(x, y)),
        "what you get without the factor 2": lambda x, y: np.exp(-_squares(x, y) / width**2),
        "what you get without squaring the width": lambda x, y: np.exp(-_squares(x, y) / (2 * width)),
        "what you get without squaring the distance": lambda x, y: np.exp(
            -np.sqrt(_squares(x, y)) / (2 * width**2)
        ),
    }
    exercise = _of_all_pairs(
        "All similarities without loops",
        "similarities",
        lambda x, y: np.exp(-_squares(x, y) / (2 * width**2)),
        mistakes,
        shape="which square stands in the exponent, and which under it?",
        itself="how alike are a point and itself?",
    )
    return Variant(
        exercise,
        f"""\
Kernel methods turn a distance into a similarity, 1 for equal points and nearly 0 for distant ones:
$k(x, y) = e^{{-\\lVert x - y\\rVert^2 / (2w^2)}}$, with a width $w$. `all_pairs` above loses digits for two
close points far from 0, and a similarity made of it is wrong there; yours must be right. With
$w = {width:g}$, write the similarities
{_PAIRS_ASKED}""",
        _PAIRS_STUB,
        f"""\
def my_pairwise(x, y):
    middle = y.mean(axis=0)
    x, y = x - middle, y - middle
    square = (x**2).sum(1)[:, None] - 2 * x @ y.T + (y**2).sum(1)
    return np.exp(-square / (2 * {width:g} ** 2))""",
    )


def _other_unit(rng):
    """9.2 with a last column whose unit counts as several of the others'."""
    factor = float(rng.choice([0.5, 2.0, 2.5, 3.0, 10.0]))
    mistakes = {
        "what you get if all columns count alike": lambda x, y: np.sqrt(_squares(x, y)),
        "what you get if the factor is not squared": lambda x, y: np.sqrt(_squares(x, y, factor)),
        "what the squared distances are": lambda x, y: _squares(x, y, factor**2),
        "what you get if the first column is stretched": lambda x, y: np.sqrt(
            _squares(x[:, ::-1], y[:, ::-1], factor**2)
        ),
    }
    exercise = _of_all_pairs(
        "All pairs, with a column in another unit",
        "distances",
        lambda x, y: np.sqrt(_squares(x, y, factor**2)),
        mistakes,
        shape="how long is a step of 1 along the last column alone?",
        itself="what does the root give if rounding leaves a little less than 0?",
    )
    return Variant(
        exercise,
        f"""\
The rows are events: all columns but the last are a place in kilometers, the last is a time in hours.
You decide that an hour counts as {factor:g} km: multiply the times by that, and take Euclidean
distances. `all_pairs` above loses digits for two close points far from 0; yours must be right there, and
no distance may be NaN. Write the distances
{_PAIRS_ASKED}""",
        _PAIRS_STUB,
        f"""\
def my_pairwise(x, y):
    middle = y.mean(axis=0)
    x, y = x - middle, y - middle
    x[:, -1] *= {factor:g}
    y[:, -1] *= {factor:g}
    square = (x**2).sum(1)[:, None] - 2 * x @ y.T + (y**2).sum(1)
    return np.sqrt(np.maximum(square, 0))""",
    )


# ---- 9.3 ---------------------------------------------------------------------------------------------------

_FLAT_STUB = "def my_flat_mahalanobis(step, cov):\n    raise NotImplementedError"


def _narrow(rng):
    """Return clouds along the axes of which one has less than a fiftieth of the largest variance."""
    for size in (2, 3):
        variances = rng.permutation([*rng.uniform(0.5, 1, size - 1), rng.uniform(60, 500)]).round(1)
        yield case(rng.normal(0, 3, size).round(1), np.diag(variances))


def _nowhere_narrow(rng):
    for size in (2, 3):
        yield case(rng.normal(0, 3, size).round(1), np.diag(rng.uniform(3, 9, size).round(1)))


_NARROW = [
    case(np.array([3.0, 4.0]), np.diag([900.0, 1.0])),
    case(np.array([3.0, 4.0]), np.diag([2.0, 400.0])),
    _narrow,
]


def _turned(step, cov):
    """Return the cloud's variances, largest last, and the step along their axes."""
    variances, axes = np.linalg.eigh(cov)
    return variances, axes.T @ step


def _by_power(rng):
    """9.3 with Σ to another power than −1."""
    power = float(rng.choice([0.25, 0.5, 0.75, 2.0]))

    def distance(step, cov, power=power, off_the_plane=np.inf):
        variances, along = _turned(step, cov)
        flat = variances < 1e-9 * variances.max()
        if np.linalg.norm(along[flat]) > 1e-6 * np.linalg.norm(step):
            return off_the_plane
        return np.sqrt((along[~flat] ** 2 / variances[~flat] ** power).sum())

    mistakes = {
        "Mahalanobis distance itself, with the power 1": chapter.flat_mahalanobis,
        "the square of the distance": lambda step, cov: distance(step, cov) ** 2,
        "the Euclidean length": lambda step, cov: np.linalg.norm(step),
        "what you get by the power's opposite sign": lambda step, cov: distance(step, cov, -power),
        "what you get with spreads in the place of variances": lambda step, cov: distance(
            step, cov, power / 2
        ),
        "what you get if flat directions count nothing": lambda step, cov: distance(
            step, cov, off_the_plane=distance(_inside(step, cov), cov)
        ),
    }
    values = partial(has_values, "distance", distance, mistakes=mistakes, relative=1e-4)
    properties = {
        "a cloud along the axes": values(
            chapter.ROUND, "by which power of its variance is each squared coordinate divided?"
        ),
        "a tilted cloud": values(chapter.TILTED, "along which axes is a power of the covariance taken?"),
        "a flat cloud, and a step within": values(
            chapter.INSIDE, "only directions that have a variance can be divided by it."
        ),
        "a step out of the plane": of_form(
            values(chapter.OUTSIDE, "what does it cost to go where the cloud has no spread at all?")
        ),
        "other units": values(chapter.UNITS, "is your idea of flat tied to the largest variance?"),
        "no step": of_form(values(chapter.NOWHERE, "a point and itself.")),
        "inputs unchanged": leaves_arguments_alone(chapter.ROUND),
    }
    return Variant(
        replace(_MAHALANOBIS, title="A flat cloud, to another power", properties=named(properties)),
        f"""\
Mahalanobis distance whitens a cloud once; one may do it by half, or twice. For a `step` $x - y$ of shape
$(D,)$ and a covariance `cov`, Σ, of shape $(D, D)$, write
$d(x, y) = \\sqrt{{(x - y)^\\top \\Sigma^{{-a}}\\, (x - y)}}$ with $a = {power:g}$. (A power of Σ has Σ's
eigenvectors; its eigenvalues are that power of Σ's.) The cloud may be flat: then measure a step inside
its plane by the directions that have variance, and give ∞ if the step leaves the plane by more than a
millionth of its length. Take a direction as flat if its variance is below $10^{{-9}}$ of the largest.""",
        _FLAT_STUB,
        f"""\
def my_flat_mahalanobis(step, cov):
    variances, axes = np.linalg.eigh(cov)
    along = axes.T @ step
    flat = variances < 1e-9 * variances.max()
    if np.linalg.norm(along[flat]) > 1e-6 * np.linalg.norm(step):
        return np.inf
    return np.sqrt((along[~flat] ** 2 / variances[~flat] ** {power:g}).sum())""",
    )


def _inside(step, cov):
    """Return a step without its parts along flat directions."""
    variances, axes = np.linalg.eigh(cov)
    axes = axes[:, variances >= 1e-9 * variances.max()]
    return axes @ (axes.T @ step)


def _with_floor(rng):
    """9.3 with a least variance in the place of ∞."""
    share = float(rng.choice([0.02, 0.05, 0.1, 0.2, 0.25]))

    def distance(step, cov):
        variances, along = _turned(step, cov)
        return np.sqrt((along**2 / np.maximum(variances, share * variances.max())).sum())

    def added(step, cov):
        variances, along = _turned(step, cov)
        return np.sqrt((along**2 / (variances + share * variances.max())).sum())

    def absolute(step, cov):
        variances, along = _turned(step, cov)
        return np.sqrt((along**2 / np.maximum(variances, share)).sum())

    mistakes = {
        "Mahalanobis distance without a floor": chapter.flat_mahalanobis,
        "what you get if the floor is added to each variance": added,
        "what you get with a floor in units of its own": absolute,
        "the square of the distance": lambda step, cov: distance(step, cov) ** 2,
        "the Euclidean length": lambda step, cov: np.linalg.norm(step),
        "what you get if flat directions count nothing": lambda step, cov: distance(_inside(step, cov), cov),
    }
    values = partial(has_values, "distance", distance, mistakes=mistakes, relative=1e-4)
    properties = {
        "a cloud that is nowhere narrow": values(
            [*chapter.ROUND[:2], chapter.TILTED[0], _nowhere_narrow],
            "where no variance is below the floor nothing changes.",
        ),
        "a narrow direction": values(_NARROW, "which variance does a narrow direction count with?"),
        "any cloud": values([chapter.any_clouds] * 4, "along which axes are variances compared?"),
        "a step out of the plane": values(
            chapter.OUTSIDE, "a flat direction has the least variance that you allow, too."
        ),
        "other units": values(chapter.UNITS, "is the floor tied to the largest variance?"),
        "no step": of_form(values(chapter.NOWHERE, "a point and itself.")),
        "inputs unchanged": leaves_arguments_alone(chapter.ROUND),
    }
    return Variant(
        replace(_MAHALANOBIS, title="Mahalanobis with a floor", properties=named(properties)),
        f"""\
A cloud of fewer rows than columns is flat: its covariance Σ is singular, and Mahalanobis distance
$\\sqrt{{(x - y)^\\top \\Sigma^{{-1}} (x - y)}}$ has no inverse. Give the cloud a least thickness: where the
variance along one of Σ's eigenvectors is below {share:g} of the largest, put {share:g} of the largest in
its place. Write this distance for a `step` $x - y$ of shape $(D,)$ and a covariance `cov` of shape
$(D, D)$, flat or not.""",
        _FLAT_STUB,
        f"""\
def my_flat_mahalanobis(step, cov):
    variances, axes = np.linalg.eigh(cov)
    along = axes.T @ step
    return np.sqrt((along**2 / np.maximum(variances, {share:g} * variances.max())).sum())""",
    )


VARIANTS = {"9.2": (_kernel, _other_unit), "9.3": (_by_power, _with_floor)}
