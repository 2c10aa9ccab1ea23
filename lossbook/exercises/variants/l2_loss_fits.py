"""Variants of exercise 13.3 on the L2 loss: fits by other rules, which have to keep their digits, too."""

from functools import partial

import numpy as np

from lossbook.exercises.checker import Exercise, named
from lossbook.exercises.l2_loss import ARRAYS, BEND, LINES, design_drawn, line
from lossbook.exercises.properties import case, each_case, has_values, leaves_arguments_alone
from lossbook.exercises.variants import Variant
from lossbook.exercises.variants.l2_loss import weighed


def _far(rng):
    """Draw the rows of lines whose inputs begin far from 0, and which no line fits."""
    for shift in (1e6, float(rng.integers(10**7, 2 * 10**7))):
        yield line(shift + np.arange(6.0), rng.integers(0, 10, 6) + np.array([0, 1, 4, 3, 9, 7]))


def _nearly_parallel(rng):
    """Draw rows in which the second column is the first, and a hair more in every second row."""
    first = np.arange(1.0, 7.0)
    for gap in (2.0**-24, 2.0**-28):
        second = first + gap * np.tile([1.0, 0.0], 3)
        yield case(
            np.column_stack([first, second]), 4 * first + rng.integers(1, 4) * np.array([2, 0, 1, 0, 2, 1])
        )


_ANY = (BEND, design_drawn(7, 3), design_drawn(9, 4))
_DIGITS = {"inputs far from zero": [_far], "columns that are nearly parallel": [_nearly_parallel]}


def _fits(title, prompt, solution, fit, mistakes, digits, others=_ANY):
    """Return a variant; `digits` leads from a name of _DIGITS to what finds the last coefficient exactly."""
    coefficients_are = partial(has_values, "coefficients", fit, mistakes=mistakes)
    tests = {
        "values of a line": coefficients_are(LINES, "which sum has to be least, and under which condition?"),
        "any number of columns": coefficients_are(
            [*others], "does your function take any number of columns?"
        ),
    }
    tests |= {name: each_case(_DIGITS[name], partial(_is_kept, exactly)) for name, exactly in digits.items()}
    tests["inputs unchanged"] = leaves_arguments_alone(LINES)
    return Variant(
        Exercise("13.3", title, "l2_loss", ARRAYS, ("coefficients",), named(tests)),
        f"{prompt}\n\nIt must keep its digits when {_when(digits)}.\nLeave the arguments as they are.",
        "def my_least_squares(design, target):\n    raise NotImplementedError",
        f"def my_least_squares(design, target):\n{solution}",
    )


def _when(digits):
    says = {
        "inputs far from zero": "the inputs are far from zero",
        "columns that are nearly parallel": "columns are nearly parallel",
    }
    return ", and when ".join(says[name] for name in digits)


def _is_kept(exactly, ask, answer, design, target):
    came, required = answer.numbers("coefficients", (design.shape[1],))[-1], exactly(design, target)
    if not abs(came - required) <= 1e-4 * max(1.0, abs(required)):
        raise answer.not_yet(
            f"your last coefficient is {came:.6g}, which has lost its digits or solves another problem: does "
            "anything on the way square the condition number?"
        )


def _near_zero(fit):
    """Return what finds a line's slope from the same inputs, shifted to begin at 0."""
    return lambda design, target: fit(design - [0, design[0, 1]], target)[1]


def _apart(fit):
    """Return what finds the second of two nearly parallel columns' coefficients from their difference."""

    def second(design, target):
        gap = design[0, 1] - design[0, 0]
        return fit(np.column_stack([design[:, 0], (design[:, 1] - design[:, 0]) / gap]), target)[1] / gap

    return second


# ---- The rules ---------------------------------------------------------------------------------------------


def _forgetting(rng):
    keep = float(rng.choice([0.5, 0.8, 0.9]))
    fit = partial(weighed, weight_of=lambda age: keep**age)
    return _fits(
        "A fit that forgets, and keeps its digits",
        f"""\
The rows of a design matrix $X$ of shape $(n, d)$, with independent columns, come in the order of time, and
old ones should count less. Write a function that takes $X$ and targets of shape $(n,)$, and returns the
coefficients θ, shape $(d,)$, with the least $\\sum_i w_i\\,(x_i^\\top\\theta - y_i)^2$, where $x_i$ is a row
of $X$: the last row has the weight 1, and each row {keep:g} times the weight of the next.""",
        f"""\
    roots = np.sqrt({keep:g} ** np.arange(len(target))[::-1])
    q, triangle = np.linalg.qr(design * roots[:, None])
    return np.linalg.solve(triangle, q.T @ (target * roots))""",
        fit,
        {
            "what equal weights give": partial(weighed, weight_of=lambda age: 1.0 + 0 * age),
            "what you get if the first row weighs most": partial(weighed, weight_of=lambda age: keep**-age),
            "what the squares of the weights give": partial(weighed, weight_of=lambda age: keep ** (2 * age)),
        },
        {"inputs far from zero": _near_zero(fit), "columns that are nearly parallel": _apart(fit)},
    )


def _penalized(design, target, alpha, first=0.0):
    """Return the coefficients, by rows that stand for the penalties of the first and of all others."""
    penalties = np.sqrt(alpha) * np.eye(design.shape[1])
    penalties[0] *= first
    return np.linalg.lstsq(np.vstack([design, penalties]), np.append(target, 0 * penalties[0]))[0]


def _ridge(rng):
    alpha = float(rng.choice([0.5, 2.0, 5.0, 10.0]))
    fit = partial(_penalized, alpha=alpha)

    def with_ones(rows, columns):
        def draw(rng):
            yield case(
                np.column_stack([np.ones(rows), rng.normal(0, 2, (rows, columns - 1)).round(1)]),
                rng.normal(0, 3, rows).round(1),
            )

        return draw

    return _fits(
        "A penalized fit that keeps its digits",
        f"""\
The first column of a design matrix $X$ of shape $(n, d)$ holds ones; its coefficient is the intercept. Write
a function that takes $X$ and targets of shape $(n,)$, and returns the coefficients θ, shape $(d,)$, with the
least $\\|X\\theta - y\\|^2 + \\alpha \\sum_{{j \\ge 2}} \\theta_j^2$, where $\\alpha = {alpha:g}$: the
intercept is not penalized.""",
        f"""\
    means, middle = design[:, 1:].mean(axis=0), target.mean()
    penalties = np.sqrt({alpha:g}) * np.eye(len(means))
    rows = np.vstack([design[:, 1:] - means, penalties])
    q, triangle = np.linalg.qr(rows)
    slopes = np.linalg.solve(triangle, q.T @ np.append(target - middle, np.zeros(len(means))))
    return np.append(middle - means @ slopes, slopes)""",
        fit,
        {
            "what the fit without a penalty gives": partial(_penalized, alpha=0.0),
            "what you get if the intercept is penalized": partial(_penalized, alpha=alpha, first=1.0),
            "what twice the penalty gives": partial(_penalized, alpha=2 * alpha),
            "what half the penalty gives": partial(_penalized, alpha=alpha / 2),
            "what the square of α gives": partial(_penalized, alpha=alpha**2),
        },
        {"inputs far from zero": _near_zero(fit)},
        others=(BEND, with_ones(7, 3), with_ones(9, 4)),
    )


def _adding_up(design, target, total):
    """Return the coefficients that add up to a total: the others go against the last."""
    last = design[:, -1]
    free = np.linalg.lstsq(design[:, :-1] - last[:, None], target - total * last)[0]
    return np.append(free, total - free.sum())


def _shares(rng):
    kinds = [(1.0, "shares of a mixture"), (100.0, "shares in percent"), (0.0, "a contrast")]
    total, said = kinds[rng.integers(len(kinds))]
    fit = partial(_adding_up, total=total)

    def free(design, target):
        return np.linalg.lstsq(design, target)[0]

    return _fits(
        "Coefficients that add up",
        f"""\
Coefficients are {said}: they add up to {total:g}, and may be negative. Write a function that takes a
design matrix $X$ of shape $(n, d)$ with independent columns, $d \\ge 2$, and targets of shape $(n,)$, and
returns the coefficients θ, shape $(d,)$, with the least $\\|X\\theta - y\\|^2$ among all that add up to
{total:g}.""",
        f"""\
    # Take the last column from the others: what is left of the coefficients is free.
    last = design[:, -1]
    q, triangle = np.linalg.qr(design[:, :-1] - last[:, None])
    free = np.linalg.solve(triangle, q.T @ (target - {total:g} * last))
    return np.append(free, {total:g} - free.sum())""",
        fit,
        {
            "what the fit without the condition gives": free,
            "what the free fit gives when it is rescaled": lambda X, y: free(X, y) * total / free(X, y).sum(),
            "what the free fit gives when it is shifted": lambda X, y: (
                free(X, y) + (total - free(X, y).sum()) / X.shape[1]
            ),
            "what you get if the last coefficient makes up for the sum": lambda X, y: np.append(
                free(X, y)[:-1], total - free(X, y)[:-1].sum()
            ),
        },
        {"columns that are nearly parallel": lambda design, target: fit(design, target)[1]},
    )


VARIANTS = {"13.3": (_forgetting, _ridge, _shares)}
