"""Variants of the exercises on objectives: other penalties and scalings, and lines with a given start."""

import dataclasses
from functools import partial

import numpy as np

from lossbook.exercises import objectives as chapter
from lossbook.exercises.checker import named, of_form
from lossbook.exercises.objectives import at, cost, cost_gradient, drawn_objective
from lossbook.exercises.properties import (
    case,
    each_case,
    gradient_matches_loss,
    has_values,
    leaves_arguments_alone,
)
from lossbook.exercises.variants import Variant

_OBJECTIVE, _STRENGTH = chapter.EXERCISES

# ---- 8.3 ---------------------------------------------------------------------------------------------------


def _penalized(title, value, gradient, mistakes, cases, hints):
    """Return the exercise on an objective with another penalty.

    `mistakes` are pairs of functions, of an objective and its gradient; cases and hints are for the cost
    alone, for both, and for what is free of a penalty.
    """
    (bare, full, free), (of_cost, of_penalty, of_free) = cases, hints
    objective_is, gradient_is = (
        partial(has_values, output, right, mistakes={says: pair[i] for says, pair in mistakes.items()})
        for i, (output, right) in enumerate((("objective", value), ("gradient", gradient)))
    )
    properties = {
        "the cost alone": objective_is(bare, of_cost),
        "cost and penalty": objective_is(full, of_penalty),
        "what is free": objective_is(free, of_free),
        "the cost's gradient": gradient_is(
            bare, "each example contributes its error times its inputs; which factors come with that?"
        ),
        "the penalty's gradient": gradient_is(
            full, "in how many terms of the penalty is each parameter, and with which sign?"
        ),
        "the gradient is the derivative of your objective": gradient_matches_loss(
            "objective", "gradient", bare + full
        ),
        "inputs unchanged": leaves_arguments_alone(bare + full),
    }
    return dataclasses.replace(_OBJECTIVE, title=title, properties=named(properties))


_OBJECTIVE_STUB = "def my_objective(theta, x, y, strength):\n    raise NotImplementedError"
_MODEL = """\
Write a function that returns an objective, one number, and its gradient in θ, with θ's shape."""
_FREE = """\
The first column of `x` is ones, so the first parameter is the intercept: do not penalize it. `x` has shape
$(n, 1 + d)$, `y` shape $(n,)$ and `theta` shape $(1 + d,)$. Leave the arguments as they are."""


def _pulled_to(rng):
    """8.3 with slopes that are pulled to another value than 0."""
    aim = float(rng.choice([-2.0, -1.0, 0.5, 1.0, 2.0]))

    def made(aim, first=1, share=1.0):
        """Return an objective and its gradient that pull the parameters from `first` on."""

        def value(theta, x, y, strength):
            return cost(theta, x, y) + strength * np.sum((theta[first:] - aim) ** 2)

        def gradient(theta, x, y, strength):
            pull = np.append(np.zeros(first), 2 * share * (theta[first:] - aim))
            return cost_gradient(theta, x, y) + strength * pull

        return value, gradient

    mistakes = {
        "what a pull to 0 gives": made(0.0),
        "what a pull the other way gives": made(-aim),
        "what you get with the intercept penalized": made(aim, first=0),
        "what the penalty without its factor 2 gives": made(aim, share=0.5),
        "what the cost alone gives": (
            lambda theta, x, y, strength: cost(theta, x, y),
            lambda theta, x, y, strength: cost_gradient(theta, x, y),
        ),
    }
    cases = (
        chapter.BARE,
        chapter.FULL,
        [at([5.0, aim, aim], 0.7), at([-3.0, aim, aim], 2.0), *[drawn_objective(slopes=aim)] * 2],
    )
    hints = (
        "with strength 0 it is the mean of the squared errors.",
        "from where is each slope's distance taken, and over which is the sum?",
        "here all slopes are where they should be: what is left to penalize?",
    )
    return Variant(
        _penalized("An objective with a prior", *made(aim), mistakes, cases, hints),
        f"""\
Experience says that the slopes of a linear model `x @ theta` are near {aim:g}. {_MODEL} The objective is the
mean squared error, plus `strength` times $\\sum_j (\\theta_j - c)^2$ over the slopes, with
$c = {aim:g}$. {_FREE}""",
        _OBJECTIVE_STUB,
        f"""\
def my_objective(theta, x, y, strength):
    miss = x @ theta - y
    aim = {aim:g}
    away = np.append(0.0, theta[1:] - aim)
    value = np.mean(miss**2) + strength * np.sum(away**2)
    return value, 2 / len(y) * x.T @ miss + 2 * strength * away""",
    )


def _smooth_slopes(rng):
    """8.3 with neighboring slopes that are held together, and one of two conventions for the cost."""
    half = bool(rng.integers(2))
    factor = 0.5 if half else 1.0

    def made(factor, first=1, share=1.0, all_pairs=True):
        def value(theta, x, y, strength):
            return factor * cost(theta, x, y) + strength * np.sum(np.diff(theta[first:]) ** 2)

        def gradient(theta, x, y, strength):
            steps = 2 * share * np.diff(theta[first:])
            from_left = np.append(np.zeros(first + 1), steps)
            from_right = np.append(np.append(np.zeros(first), steps), 0) if all_pairs else 0
            return factor * cost_gradient(theta, x, y) + strength * (from_left - from_right)

        return value, gradient

    def squares(theta, x, y, strength):
        return factor * cost(theta, x, y) + strength * theta[1:] @ theta[1:]

    def squares_gradient(theta, x, y, strength):
        return factor * cost_gradient(theta, x, y) + 2 * strength * np.append(0, theta[1:])

    whole = "what half the mean gives", "what the whole mean gives"
    mistakes = {
        whole[half]: made(1.5 - factor),
        "what a penalty on the slopes themselves gives": (squares, squares_gradient),
        "what you get with the intercept as a neighbor": made(factor, first=0),
        "what the penalty without its factor 2 gives": made(factor, share=0.5),
        "what you get with each slope in the term to its left alone": made(factor, all_pairs=False),
    }
    full = [at([1.0, 0.5, -1.0], 0.3), *[drawn_objective(fewest=3)] * 2, drawn_objective(fewest=2)]
    equal = [drawn_objective(fewest=2, slopes=slopes) for slopes in (1.5, -2.0)]
    cases = chapter.BARE, full, [at([5.0, 2.0, 2.0], 0.7), at([-3.0, -1.0, -1.0], 2.0), *equal]
    hints = (
        "with strength 0 the errors alone count; in which scaling?",
        "which parameters are neighbors, and how many pairs are there?",
        "here all slopes are equal: what is left to penalize?",
    )
    mean = "half the mean squared error" if half else "the mean squared error"
    return Variant(
        _penalized("An objective with smooth slopes", *made(factor), mistakes, cases, hints),
        f"""\
The columns of `x` after the first are measured one after the other, so that neighboring slopes of the linear
model `x @ theta` should be alike. {_MODEL} The objective is {mean}, plus `strength` times
$\\sum_{{j=1}}^{{d-1}} (\\theta_{{j+1}} - \\theta_j)^2$ over neighboring slopes; $\\theta_0$ is the
intercept. {_FREE}""",
        _OBJECTIVE_STUB,
        f"""\
def my_objective(theta, x, y, strength):
    miss = x @ theta - y
    steps = np.diff(theta[1:])
    value = np.mean(miss**2){" / 2" if half else ""} + strength * np.sum(steps**2)
    # Each step pushes its right end up and its left end down.
    push = np.concatenate([[0.0, 0.0], steps]) - np.concatenate([[0.0], steps, [0.0]])
    return value, {1 if half else 2} / len(y) * x.T @ miss + 2 * strength * push""",
    )


# ---- 8.4 ---------------------------------------------------------------------------------------------------


def _of_radius(title, length_of, mistakes, cases, given=""):
    """Return the exercise on a radius where the slopes of a strength have another length."""
    short, tiny, long = cases
    gives = chapter.gives_the_length(length_of, mistakes)
    properties = {
        "the slopes have the length asked for": each_case(short, gives),
        "a tiny radius": each_case(tiny, gives),
        "a radius beyond least squares": of_form(
            has_values(
                "strength", lambda x, y, radius: 0.0, long, "how long are the slopes without a penalty?"
            )
        ),
        "inputs unchanged": leaves_arguments_alone(short + long),
    }
    return dataclasses.replace(_STRENGTH, title=title, properties=named(properties), given=given)


_STRENGTH_STUB = "def my_strength(x, y, radius):\n    raise NotImplementedError"
_SHAPES = """\
`x` has shape $(n, d)$ and `y` shape $(n,)$. Leave them as they are."""


def _in_another_scaling(rng):
    """8.4 where cost and penalty have other factors."""
    # In TeX, and by what λ has to be multiplied for the sum of squares plus a penalty.
    scalings = {
        r"\frac{1}{2n}\sum_i r_i^2 + \lambda\sum_j b_j^2": ("2 * len(y)", lambda n: 2.0 * n),
        r"\frac1n\sum_i r_i^2 + \frac{\lambda}{2}\sum_j b_j^2": ("len(y) / 2", lambda n: n / 2),
        r"\sum_i r_i^2 + \frac{\lambda}{2}\sum_j b_j^2": ("0.5", lambda n: 0.5),
        r"\frac12\sum_i r_i^2 + \lambda\sum_j b_j^2": ("2.0", lambda n: 2.0),
    }
    objective = list(scalings)[rng.integers(len(scalings))]
    source, times = scalings[objective]

    def length_of(x, y, strength):
        return chapter.slopes_length(x, y, times(len(y)) * strength)

    mistakes = {
        ", but it is right for the sum of squared errors plus the whole penalty: which factors has "
        "this objective?": chapter.slopes_length,
        ", but it is right for the mean of squared errors plus the whole penalty: which factors has "
        "this objective?": lambda x, y, strength: chapter.slopes_length(x, y, len(y) * strength),
        ", but it would be right with the factor turned over: what do you multiply, and what divide?": (
            lambda x, y, strength: chapter.slopes_length(x, y, strength / times(len(y)))
        ),
    }
    cases = chapter.SHORT, chapter.TINY, chapter.LONG
    return Variant(
        _of_radius("A radius in another scaling", length_of, mistakes, cases, given=_STRENGTH.given),
        f"""\
Ridge regression in the scaling of some library minimizes ${objective}$, with the errors
$r_i = a + x_i^\\top b - y_i$ of $n$ examples and an intercept $a$ that is not penalized. Given `x`, `y` and a
radius, find the λ for which its slopes have exactly that length $\\sqrt{{\\sum_j b_j^2}}$. If the radius
is at least as long as the slopes of least squares, the answer is 0. {_SHAPES} You may use
`objectives.ridge`, which takes its strength for $\\sum_i r_i^2$ and the whole penalty.""",
        _STRENGTH_STUB,
        f"""\
def my_strength(x, y, radius):
    u, sizes, _ = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    along = sizes * (u.T @ (y - y.mean()))
    times = {source}

    def length(lam):
        return np.linalg.norm(along / (sizes**2 + times * lam))

    if length(0) <= radius:
        return 0.0
    low, high = 0.0, 1.0
    while length(high) > radius:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if length(middle) > radius else (low, middle)
    return high""",
    )


def _from_a_start(rng):
    """8.4 where the line has to start at a given height."""
    start = float(rng.choice([0.5, 1.0, 2.0, 3.0, 4.0]))

    def for_the_sum(x, y, strength):
        rows = np.vstack([x, np.sqrt(strength) * np.eye(x.shape[1])])
        heights = np.append(y - start, np.zeros(x.shape[1]))
        return float(np.linalg.norm(np.linalg.lstsq(rows, heights, rcond=None)[0]))

    def length_of(x, y, strength):
        return for_the_sum(x, y, len(y) * strength)

    mistakes = {
        ", but it is right for the sum of squared errors: what belongs to their mean?": for_the_sum,
        ", but it is right with a free intercept: where does this line have to start?": (
            lambda x, y, strength: chapter.slopes_length(x, y, len(y) * strength)
        ),
    }
    table = chapter.TABLE, chapter.HEIGHTS
    cases = (
        [case(*table, radius=0.3), *[chapter.within(0.6, length_of)] * 2, chapter.within(0.95, length_of)],
        [case(*table, radius=0.001), *[chapter.within(0.0005, length_of)] * 2],
        [case(*table, radius=4.0), chapter.within(1.5, length_of)],
    )
    return Variant(
        _of_radius("A radius for lines that start where they must", length_of, mistakes, cases),
        f"""\
At $x = 0$ the height is known to be {start:g}, so a linear model is ${start:g} + x^\\top b$, with no
intercept to choose. Given `x`, `y` and a radius, find the λ for which the minimum of the mean squared error
plus $\\lambda\\sum_j b_j^2$ has slopes of exactly that length $\\sqrt{{\\sum_j b_j^2}}$. If the radius is at
least as long as the slopes of least squares, the answer is 0. {_SHAPES} Do not use `objectives.ridge`, which
chooses an intercept.""",
        _STRENGTH_STUB,
        f"""\
def my_strength(x, y, radius):
    u, sizes, _ = np.linalg.svd(x, full_matrices=False)
    along = sizes * (u.T @ (y - {start:g}))

    def length(lam):
        return np.linalg.norm(along / (sizes**2 + len(y) * lam))

    if length(0) <= radius:
        return 0.0
    low, high = 0.0, 1.0
    while length(high) > radius:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if length(middle) > radius else (low, middle)
    return high""",
    )


VARIANTS = {
    "8.3": (_pulled_to, _smooth_slopes),
    "8.4": (_in_another_scaling, _from_a_start),
}
