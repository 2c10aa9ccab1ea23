"""Variants of exercise 13.2 on the L2 loss: leave-one-out for other fits, and what else it tells."""

from functools import partial

import numpy as np

from lossbook.exercises.checker import Exercise, named
from lossbook.exercises.l2_loss import ARRAYS, BEND, LINES, OTHERS
from lossbook.exercises.properties import case, has_values, leaves_arguments_alone
from lossbook.exercises.variants import Variant

_STUB = "def my_leave_one_out(design, target):\n    raise NotImplementedError"
_TAKES = """\
Write a function that takes a design matrix $X$ of shape $(n, d)$ with independent columns and targets of
shape $(n,)$, and returns two arrays of shape $(n,)$:"""
_ONE_FIT = "One fit must do, and the arguments stay as they are."


def _doubled(rng):
    for rows in (4, 6):
        column = rng.permutation(9)[:rows].astype(float)
        yield case(np.column_stack([np.ones(rows), column, column]), rng.normal(0, 3, rows).round(1))


#: The same column twice. A penalty makes the fit unique all the same.
_TWICE = [case(np.array([[1.0, 2, 2], [1, 0, 0], [1, 5, 5], [1, 3, 3]]), np.array([1.0, 0, 4, 1])), _doubled]


def _variant(title, prompt, solution, outputs, properties):
    properties["inputs unchanged"] = leaves_arguments_alone(LINES)
    return Variant(
        Exercise("13.2", title, "l2_loss", ARRAYS, outputs, named(properties)),
        prompt,
        _STUB,
        f"def my_leave_one_out(design, target):\n{solution}",
    )


# ---- Other fits --------------------------------------------------------------------------------------------


def _another_fit(title, says, solution, fit, mistakes, *, dependent=False):
    """Return a variant that asks for hat values and leave-one-out residuals of a fit.

    ``fit(design, target, rows=…)`` returns the coefficients for some of the rows; `mistakes` leads from what
    to say of a mistake to another such function.
    """
    other_hats = {name: _hats_of(other) for name, other in mistakes.items()}
    hat_is = partial(has_values, "hat value", _hats_of(fit), mistakes=other_hats)
    left = _left_out_of(fit)
    left_is = partial(
        has_values,
        "left-out residual",
        left,
        mistakes={
            "the residual of the fit to all": _residuals_of(fit),
            "target minus prediction": lambda X, y: -left(X, y),
            **{name: _left_out_of(other) for name, other in mistakes.items()},
        },
    )
    hint = "how much does a prediction move when its own target moves by 1?"
    properties = {
        "hat values of a line": hat_is(LINES, hint),
        "hat values of any design": hat_is([BEND, *OTHERS], "does it hold for every number of columns?"),
        "left-out residuals of a line": left_is(
            LINES, "what would the fit to the other rows miss this target by, prediction minus target?"
        ),
        "left-out residuals of any design": left_is(
            [BEND, *OTHERS], "what would the same kind of fit to the other rows miss this target by?"
        ),
        **({"one column twice": hat_is(_TWICE, "what makes the fit unique?")} if dependent else {}),
    }
    prompt = f"""\
{says}

{_TAKES.replace(" with independent columns", "") if dependent else _TAKES}

- the hat values, by how much each prediction rises when its own target rises by 1;
- the leave-one-out residuals, prediction minus target, where each prediction is by the same kind of fit to
  all other rows.

{_ONE_FIT}"""
    return _variant(title, prompt, solution, ("hat value", "left-out residual"), properties)


def _hats_of(fit):
    """Return a function that raises each target in turn, and shares nothing with a solution's matrix."""

    def hats(design, target):
        rows, units = np.arange(len(target)), np.eye(len(target))
        return np.array([design[i] @ fit(design, units[i], rows=rows) for i in rows])

    return hats


def _left_out_of(fit):
    """Return a function that refits without each row in turn."""

    def left_out(design, target):
        rows = np.arange(len(target))
        return np.array([design[i] @ fit(design, target, rows=rows[rows != i]) - target[i] for i in rows])

    return left_out


def _residuals_of(fit):
    return lambda design, target: design @ fit(design, target, rows=np.arange(len(target))) - target


def _penalized(design, target, rows, alpha):
    """Return the coefficients, by rows that stand for the penalty."""
    root = np.sqrt(alpha) * np.eye(design.shape[1])
    return np.linalg.lstsq(np.vstack([design[rows], root]), np.append(target[rows], root[0] * 0))[0]


def weighed(design, target, weight_of, rows=None):
    """Return the coefficients with weights by age; the last of all rows has the age 0."""
    roots = np.sqrt(weight_of(np.arange(len(target))[::-1]))[rows if rows is not None else slice(None)]
    design, target = (design, target) if rows is None else (design[rows], target[rows])
    return np.linalg.lstsq(design * roots[:, None], target * roots)[0]


def _ridge(rng):
    alpha = float(rng.choice([0.5, 1.0, 2.0, 5.0]))
    return _another_fit(
        "Hat values and leave-one-out, with a penalty",
        f"""\
Ridge regression chooses the coefficients θ with the least
$\\|X\\theta - y\\|^2 + \\alpha\\|\\theta\\|^2$, here with $\\alpha = {alpha:g}$, and all coefficients
are penalized. So the columns of $X$ may depend on each other.""",
        f"""\
    inner = design.T @ design + {alpha:g} * np.eye(design.shape[1])
    smooth = design @ np.linalg.solve(inner, design.T)
    hat = np.diag(smooth)
    return hat, (smooth @ target - target) / (1 - hat)""",
        partial(_penalized, alpha=alpha),
        {
            "what the fit without a penalty gives": partial(_penalized, alpha=0.0),
            "what twice the penalty gives": partial(_penalized, alpha=2 * alpha),
            "what half the penalty gives": partial(_penalized, alpha=alpha / 2),
            "what the square of α gives": partial(_penalized, alpha=alpha**2),
        },
        dependent=True,
    )


def _forgetting(rng):
    keep = float(rng.choice([0.5, 0.8, 0.9]))
    return _another_fit(
        "Hat values and leave-one-out, with weights",
        f"""\
Rows come in the order of time, and old ones should count less. Choose the coefficients θ with the least
$\\sum_i w_i\\,(x_i^\\top\\theta - y_i)^2$, where $x_i$ is a row of $X$. The last row has the weight 1, and
each row {keep:g} times the weight of the next; a row that is left out changes no other row's weight.""",
        f"""\
    roots = np.sqrt({keep:g} ** np.arange(len(target))[::-1])
    q, _ = np.linalg.qr(design * roots[:, None])
    hat = (q**2).sum(axis=1)
    return hat, (q @ (q.T @ (target * roots)) / roots - target) / (1 - hat)""",
        partial(weighed, weight_of=lambda age: keep**age),
        {
            "what equal weights give": partial(weighed, weight_of=lambda age: 1.0 + 0 * age),
            "what you get if the first row weighs most": partial(weighed, weight_of=lambda age: keep**-age),
            "what the squares of the weights give": partial(weighed, weight_of=lambda age: keep ** (2 * age)),
        },
    )


# ---- Other things to tell ----------------------------------------------------------------------------------


#: Any four of the five miss their parabola.
_BENT = case(BEND[0][0], np.array([0.0, 2, 3, 1, 4]))


def _fit(design, target):
    return np.linalg.lstsq(design, target)[0]


def _residual(design, target):
    return design @ _fit(design, target) - target


def _per_row(function):
    """Return a function that calls ``function(design, target, i, others)`` for each row."""

    def stacked(design, target):
        rows = np.arange(len(target))
        return np.array([function(design, target, i, rows != i) for i in rows])

    return stacked


def _scale(design, target):
    return np.sqrt((_residual(design, target) ** 2).sum() / (len(target) - design.shape[1]))


def _standard(design, target):
    """Return the root of 1 − h, the share of the noise that each residual keeps."""
    hats = _hats_of(lambda design, target, rows: _fit(design[rows], target[rows]))
    return np.sqrt(1 - hats(design, target))


@_per_row
def _cook(design, target, i, others):
    moved = design @ (_fit(design, target) - _fit(design[others], target[others]))
    return moved @ moved / design.shape[1] / _scale(design, target) ** 2


@_per_row
def _scale_of_others(design, target, i, others):
    return _scale(design[others], target[others])


def _studentized(rng):
    external = bool(rng.integers(2))
    scales = [_scale, _scale_of_others]

    def studentized(design, target, scale=scales[external]):
        return _residual(design, target) / (_standard(design, target) * scale(design, target))

    studentized_is = partial(
        has_values,
        "studentized residual",
        studentized,
        mistakes={
            "the residual itself": _residual,
            "target minus prediction": lambda X, y: -studentized(X, y),
            "what you get with the scale of another fit": partial(studentized, scale=scales[not external]),
            "what you get without the root of 1 − h": lambda X, y: _residual(X, y) / scales[external](X, y),
            "what you get with 1 − h in the place of its root": lambda X, y: (
                studentized(X, y) / _standard(X, y)
            ),
        },
    )
    cook_is = partial(
        has_values,
        "Cook's distance",
        _cook,
        mistakes={
            "what you get without the number of columns": lambda X, y: X.shape[1] * _cook(X, y),
            "what you get without the scale": lambda X, y: _scale(X, y) ** 2 * _cook(X, y),
            "its root": lambda X, y: np.sqrt(_cook(X, y)),
        },
    )
    rest = "which fit does the scale belong to, and how much of its noise does a residual keep?"
    moves = "how far do all predictions move together when this row is left out?"
    properties = {
        "studentized residuals of a line": studentized_is(LINES, rest),
        "studentized residuals of any design": studentized_is([_BENT, *OTHERS], rest),
        "Cook's distances of a line": cook_is(LINES, moves),
        "Cook's distances of any design": cook_is([_BENT, *OTHERS], moves),
    }
    which = (
        "$s_i$ belongs to\n  the fit to all rows but $i$: $s_i^2$ is the sum of its squared residuals "
        "over $n - 1 - d$"
        if external
        else "$s_i^2$ is for\n  all $i$ the sum of the squared residuals over $n - d$"
    )
    prompt = f"""\
{_TAKES}

- the studentized residuals $r_i / (s_i\\sqrt{{1 - h_i}})$, where $r_i$ is the residual of least squares,
  prediction minus target, and $h_i$ the hat value; {which};
- Cook's distances, $\\|\\hat y - \\hat y_{{(i)}}\\|^2 / (d\\,s^2)$, where $\\hat y_{{(i)}}$ are the
  predictions for all rows by the fit without row $i$, and $s^2$ is the sum of the squared residuals of the
  fit to all over $n - d$.

{_ONE_FIT}"""
    solution = f"""\
    q, _ = np.linalg.qr(design)
    hat, r = (q**2).sum(axis=1), q @ (q.T @ target) - target
    rows, columns = design.shape
    square = r @ r / (rows - columns)
    scale = np.sqrt({"(r @ r - r**2 / (1 - hat)) / (rows - columns - 1)" if external else "square"})
    cook = hat * (r / (1 - hat)) ** 2 / (columns * square)
    return r / (scale * np.sqrt(1 - hat)), cook"""
    title = "Studentized residuals and Cook's distances"
    return _variant(title, prompt, solution, ("studentized residual", "Cook's distance"), properties)


VARIANTS = {"13.2": (_ridge, _forgetting, _studentized)}
