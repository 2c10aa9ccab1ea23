"""Chapter 13's variants: typical wrong answers fail what they should, and last year's earns little."""

import numpy as np
import pytest

from lossbook.exercises.variants import l2_loss, l2_loss_fits
from tests.exercises.variants.judging import (
    assert_earns_little,
    assert_right,
    assert_sound,
    assert_told,
    each_old,
    each_right,
    each_variant,
    each_wrong,
    made,
)

HATS, LEFT, TWICE = "hat values of a line", "left-out residuals of a line", "one column twice"
STUDENT, COOK = "studentized residuals of a line", "Cook's distances of a line"
LINE, ANY, FAR = "values of a line", "any number of columns", "inputs far from zero"
PARALLEL = "columns that are nearly parallel"


def leave_one_out(X, y, alpha=0.0, weights=1.0, power=1, inverse=np.linalg.pinv):
    smooth = (
        X @ inverse(X.T @ (np.ones(len(y)) * weights * X.T).T + alpha * np.eye(X.shape[1])) @ X.T * weights
    )
    hat = np.diag(smooth)
    return hat, (smooth @ y - y) / (1 - hat) ** power


def ages(y):
    return np.arange(len(y))[::-1]


def least_squares(X, y):
    return np.linalg.lstsq(X, y)[0]


def student(X, y, power=0.5, lost=0, divided=1):
    hat, left = leave_one_out(X, y)
    r = left * (1 - hat)
    scale = np.sqrt(r @ r / (len(y) - X.shape[1] + lost))
    return r / scale / (1 - hat) ** power, hat * left**2 / scale**2 / (divided or X.shape[1])


def normal_equations(X, y, weights, alpha=0.0):
    penalty = alpha * np.eye(X.shape[1])
    penalty[0, 0] = 0
    weighed = (weights * X.T).T
    return np.linalg.pinv(X.T @ weighed + penalty) @ (weighed.T @ y)


def rescaled(X, y):
    free = least_squares(X, y)
    return free / free.sum()


def by_multipliers(X, y):
    ones = np.ones((X.shape[1], 1))
    matrix = np.block([[X.T @ X, ones], [ones.T, np.zeros((1, 1))]])
    return (np.linalg.pinv(matrix) @ np.append(X.T @ y, 1.0))[:-1]


RIDGE = made(l2_loss._ridge, but=["= 0.5", "= 1$", "= 5"])
WEIGHTS = made(l2_loss._forgetting, but=["0.8 times", "0.9 times"])
INTERNAL = made(l2_loss._studentized, but=["all rows but"])
FORGETS = made(l2_loss_fits._forgetting, but=["0.8 times", "0.9 times"])
PENALTY = made(l2_loss_fits._ridge, but=["= 0.5", "= 10", "= 5"])
SHARES = made(l2_loss_fits._shares, but=["percent", "contrast"])

WRONG = {
    RIDGE: {
        "no penalty": (leave_one_out, (HATS, "what the fit without a penalty gives: how much does")),
        "half the penalty": (
            lambda X, y: leave_one_out(X, y, 1.0),
            (HATS, "what half the penalty gives"),
            (LEFT, "what half the penalty gives"),
        ),
        "not left out": (
            lambda X, y: leave_one_out(X, y, 2.0, power=0),
            (LEFT, "the residual of the fit to all: what would the fit to the other rows miss"),
        ),
        "by QR of X": (
            lambda X, y: leave_one_out(X, y, 2.0 * (np.linalg.matrix_rank(X) == X.shape[1])),
            (TWICE, "which is what the fit without a penalty gives"),
        ),
    },
    WEIGHTS: {
        "first weighs most": (
            lambda X, y: leave_one_out(X, y, weights=0.5 ** ages(y)[::-1]),
            (HATS, "what you get if the first row weighs most"),
        ),
        "weights twice": (
            lambda X, y: leave_one_out(X, y, weights=0.25 ** ages(y)),
            (LEFT, "what the squares of the weights give"),
        ),
    },
    INTERNAL: {
        "no root": (
            lambda X, y: student(X, y, power=1, divided=0),
            (STUDENT, "what you get with 1 − h in the place of its root: which fit does the scale belong to"),
        ),
        "not divided by d": (student, (COOK, "what you get without the number of columns: how far do")),
        "scale over n": (
            lambda X, y: student(X, y, lost=X.shape[1], divided=0),
            (STUDENT, "which is too large: which fit"),
        ),
    },
    FORGETS: {
        "equal weights": (
            least_squares,
            (LINE, "what equal weights give: which sum has to be least"),
            (FAR, "has lost its digits or solves another problem"),
        ),
        "weights on rows": (
            lambda X, y: least_squares((0.5 ** ages(y) * X.T).T, 0.5 ** ages(y) * y),
            (ANY, "what the squares of the weights give"),
        ),
        "weighed normal equations": (
            lambda X, y: normal_equations(X, y, 0.5 ** ages(y)),
            (FAR, "does anything on the way square the condition number?"),
            (PARALLEL, "does anything on the way square the condition number?"),
        ),
    },
    PENALTY: {
        "penalized intercept": (
            lambda X, y: np.linalg.solve(X.T @ X + 2 * np.eye(X.shape[1]), X.T @ y),
            (LINE, "what you get if the intercept is penalized"),
        ),
        "penalized normal equations": (
            lambda X, y: normal_equations(X, y, np.ones(len(y)), 2.0),
            (FAR, "does anything on the way square the condition number?"),
        ),
    },
    SHARES: {
        "rescaled": (rescaled, (LINE, "what the free fit gives when it is rescaled")),
        "multipliers": (by_multipliers, (PARALLEL, "does anything on the way square the condition number?")),
    },
}


def penalized_rows(X, y):
    rows = np.sqrt(2) * np.eye(X.shape[1])[1:]
    return least_squares(np.vstack([X, rows]), np.append(y, np.zeros(len(rows))))


def within_the_plane(X, y):
    size = X.shape[1]
    plane, start = np.linalg.qr(np.ones((size, 1)), mode="complete")[0][:, 1:], np.full(size, 1 / size)
    return start + plane @ least_squares(X @ plane, y - X @ start)


RIGHT = {
    RIDGE: [lambda X, y: leave_one_out(X, y, 2.0)],
    WEIGHTS: [lambda X, y: leave_one_out(X, y, weights=0.5 ** ages(y))],
    INTERNAL: [lambda X, y: student(X, y, divided=0)],
    FORGETS: [lambda X, y: least_squares((0.5 ** (ages(y) / 2) * X.T).T, 0.5 ** (ages(y) / 2) * y)],
    PENALTY: [penalized_rows],
    SHARES: [within_the_plane],
}

OLD = {"13.2": leave_one_out, "13.3": least_squares}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)


@pytest.mark.parametrize(("variant", "answer"), each_right(RIGHT))
def test_other_right_answers_pass(variant, answer):
    assert_right(variant, answer)


@pytest.mark.parametrize(("maker", "answer"), each_old(OLD))
def test_the_chapters_own_answer_earns_little(maker, answer):
    assert_earns_little(maker, answer)
