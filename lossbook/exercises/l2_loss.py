"""Exercises of the chapter on the L2 loss: hat values, leave-one-out, and a fit that keeps its digits."""

from functools import partial

import numpy as np

from lossbook.exercises.checker import Exercise, named
from lossbook.exercises.properties import case, each_case, has_values, leaves_arguments_alone


def line(x, y):
    """Return a case: the matrix of a line (a column of ones, and the inputs), and the targets."""
    return case(np.column_stack([np.ones(len(x)), np.array(x, float)]), np.array(y, float))


def design_drawn(rows, columns):
    """Return a function that draws one case, rounded, so that a report shows the very numbers sent."""
    return lambda rng: [case(rng.normal(0, 2, (rows, columns)).round(1), rng.normal(0, 3, rows).round(1))]


def lines_drawn(rng):
    """Return lines through other numbers of points, rounded likewise."""
    for points in (4, 6):
        x = rng.permutation(9)[:points] + round(rng.uniform(-5, 5), 1)
        yield line(x, rng.normal(0, 3, points).round(1))


def _solution(design, target):
    return np.linalg.lstsq(design, target)[0]


# ---- 13.2 --------------------------------------------------------------------------------------------------


def _hat(design, target):
    return np.diag(design @ np.linalg.pinv(design))


def _residual(design, target):
    return design @ _solution(design, target) - target


def _left_out(design, target):
    return _residual(design, target) / (1 - _hat(design, target))


LINES = [line([0, 1, 2, 6], [1, 1, 4, 2]), line([0, 1, 2, 3, 10], [0, 1, 1, 2, 9]), lines_drawn]
OTHERS = [design_drawn(6, 1), design_drawn(7, 3), design_drawn(9, 4)]
BEND = case(np.array([[1.0, 0, 0], [1, 1, 1], [1, 2, 4], [1, 3, 9], [1, 5, 25]]), np.array([0.0, 2, 3, 3, 1]))

_hat_is = partial(
    has_values,
    "hat value",
    _hat,
    mistakes={
        "what the diagonal of X times its transpose gives": lambda X, y: np.diag(X @ X.T),
        "the share of each input in the sum of squares, without the column of ones": lambda X, y: (
            X[:, -1] ** 2 / (X[:, -1] ** 2).sum()
        ),
        "a distance from the mean without the share 1/n": lambda X, y: (
            (X[:, -1] - X[:, -1].mean()) ** 2 / ((X[:, -1] - X[:, -1].mean()) ** 2).sum()
        ),
    },
)
_left_out_is = partial(
    has_values,
    "left-out residual",
    _left_out,
    mistakes={
        "the residual of the fit to all": _residual,
        "target minus prediction": lambda X, y: -_left_out(X, y),
        "what a product with 1 − h gives": lambda X, y: _residual(X, y) * (1 - _hat(X, y)),
        "what a division by the root of 1 − h gives": lambda X, y: _residual(X, y) / np.sqrt(1 - _hat(X, y)),
    },
)


def _sum_is_number_of_columns(ask, answer, design, target):
    came = float(np.sum(answer.numbers("hat value", (len(target),))))
    if not abs(came - design.shape[1]) < 1e-6:
        raise answer.not_yet(
            f"your hat values add up to {came:.6g}: how many numbers does the model have to choose?"
        )


_LEAVE_ONE_OUT = {
    "hat values of a line": _hat_is(LINES, "how much does a prediction move when its own target moves by 1?"),
    "hat values of any design": _hat_is(
        [BEND, *OTHERS], "does your formula hold for every number of columns?"
    ),
    "hat values add up to the number of columns": each_case([*LINES, *OTHERS], _sum_is_number_of_columns),
    "left-out residuals": _left_out_is(
        [*LINES, BEND, *OTHERS],
        "what would the fit to the other rows miss this target by, prediction minus target?",
    ),
    "inputs unchanged": leaves_arguments_alone(LINES),
}

# ---- 13.3 --------------------------------------------------------------------------------------------------

SQUARE = [case(np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([1.0, 2.0]))]


def _shifted(shift, slope=0.5):
    """Return a line whose inputs begin at a number far from 0; all targets lie on it."""
    x = shift + np.arange(6.0)
    return line(x, slope * (x - shift) + 1)


def _shifts_drawn(rng):
    for low, high in ((10**6, 2 * 10**6), (5 * 10**6, 10**7)):
        yield _shifted(int(rng.integers(low, high)), slope=int(rng.integers(1, 40)) / 8)


def _nearly_parallel(gap, first=range(1, 7)):
    """Return two columns that differ by `gap` in every second row, and targets that they reach exactly."""
    first = np.array(first, dtype=float)
    second = first + gap * np.tile([1.0, 0.0], 3)
    return case(np.column_stack([first, second]), first + 3 * second)


def _parallels_drawn(rng):
    for exponent in rng.integers(-31, -27, 3):
        yield _nearly_parallel(2.0**exponent, 1 + rng.permutation(9)[:6])


def _slope_is_kept(ask, answer, design, target):
    came = answer.numbers("coefficients", (design.shape[1],))
    if not (np.isfinite(came).all() and abs(came[1] - _true_second(design, target)) < 1e-4):
        raise answer.not_yet(
            f"your second coefficient is {came[1]:.6g}, which has lost its digits: which product of matrices "
            "squares the condition number?"
        )


def _true_second(design, target):
    # A line's slope by differences; the other kind was made with the coefficients 1 and 3.
    return (target[1] - target[0]) / (design[1, 1] - design[0, 1]) if (design[:, 0] == 1).all() else 3.0


_coefficients_are = partial(
    has_values,
    "coefficients",
    _solution,
    mistakes={
        "of the opposite sign": lambda X, y: -_solution(X, y),
    },
)

_KEEPS_DIGITS = {
    "values of a line": _coefficients_are(
        LINES, "at the best fit the residuals are at right angles to what?"
    ),
    "any number of columns": _coefficients_are(
        [BEND, *SQUARE, *OTHERS], "does your function take any number of columns?"
    ),
    "inputs far from zero": each_case([_shifted(1e6), _shifted(1e7), _shifts_drawn], _slope_is_kept),
    "columns that are nearly parallel": each_case(
        [_nearly_parallel(2.0**-30), _parallels_drawn], _slope_is_kept
    ),
    "inputs unchanged": leaves_arguments_alone(LINES),
}

ARRAYS = ("design", "target")

EXERCISES = (
    Exercise(
        "13.2",
        "Hat values and leave-one-out",
        "l2_loss",
        ARRAYS,
        ("hat value", "left-out residual"),
        named(_LEAVE_ONE_OUT),
    ),
    Exercise(
        "13.3", "A fit that keeps its digits", "l2_loss", ARRAYS, ("coefficients",), named(_KEEPS_DIGITS)
    ),
)
