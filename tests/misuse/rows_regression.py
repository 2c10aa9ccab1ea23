"""Rows for `lossbook.regression`: elementwise losses of a prediction and a target."""

import math

import numpy as np
from arguments import array, equal_shapes, fraction, number, positive
from kinds import Case, Gives, Row, constant, first

from lossbook import regression

INF = math.inf
NAMES = ("prediction", "target")
PREDICTION = np.array([[0.5, -1.0, 3.0], [0.0, 2.0, -7.0]])
TARGET = np.array([[0.25, -1.0, -1.0], [1.0, 5.0, 0.5]])

# Each function's hyperparameters, and what it gives for a residual of ∞ and of −∞.
LIMITS = {
    "squared_error": ({}, INF, INF),
    "squared_error_grad": ({}, INF, -INF),
    "absolute_error": ({}, INF, INF),
    "absolute_error_grad": ({}, 1, -1),
    "huber": ({"delta": positive(2.0)}, INF, INF),
    "huber_grad": ({"delta": positive(2.0)}, 2, -2),
    "huber_weight": ({"delta": positive(2.0)}, 0, 0),
    "smooth_l1": ({"beta": positive(2.0)}, INF, INF),
    "smooth_l1_grad": ({"beta": positive(2.0)}, 1, -1),
    "pseudo_huber": ({"delta": positive(2.0)}, INF, INF),
    "pseudo_huber_grad": ({"delta": positive(2.0)}, 2, -2),
    "pseudo_huber_weight": ({"delta": positive(2.0)}, 0, 0),
    "log_cosh": ({}, INF, INF),
    "log_cosh_grad": ({}, 1, -1),
    "quantile": ({"tau": fraction(0.25)}, INF, INF),
    "quantile_grad": ({"tau": fraction(0.25)}, 0.75, -0.25),
    "tukey_biweight": ({"c": positive(3.0)}, 1.5, 1.5),
    "tukey_biweight_grad": ({"c": positive(3.0)}, 0, 0),
    "tukey_biweight_weight": ({"c": positive(3.0)}, 0, 0),
}
# Barron's α is any real number or an infinite one; for +∞ the loss is the limit that its docstring gives.
ALPHA = number(1.0, "must be a", refused=()).but(
    out_of_range="any real number, ∞ and −∞ included, is an alpha"
)
for name, at_infinity in (("barron", (INF, INF)), ("barron_grad", (0.5, -0.5))):
    LIMITS[name] = ({"alpha": ALPHA, "scale": positive(2.0)}, *at_infinity)


def residuals(result):
    """Return the cells of both arguments together."""
    shape = equal_shapes(*NAMES)
    return {
        "wrong number of axes": [
            Case({"prediction": 0.5, "target": 0.25}, Gives(lambda good: good[0, 0])),
            Case({"prediction": PREDICTION, "target": PREDICTION.T}, shape((2, 3)), "target"),
        ],
        "empty": [
            Case({"prediction": [], "target": []}, constant(np.zeros(0))),
            Case({"prediction": np.zeros((0, 3)), "target": np.zeros((0, 3))}, constant(np.zeros((0, 3)))),
            Case({"prediction": [], "target": np.zeros((0, 3))}, shape((0,)), "prediction"),
        ],
        "inf": [Case({"prediction": [INF], "target": [-INF]}, constant([result]))],
        "nan": [Case({"prediction": [INF], "target": [INF]}, constant([math.nan]))],
    }


def row(name):
    """Return the row of one function."""
    hyperparameters, high, low = LIMITS[name]
    together = "tried with both arrays together"
    at = (0, 0)
    return Row(
        getattr(regression, name),
        {
            "prediction": array(
                PREDICTION,
                partner=NAMES,
                nan=first(math.nan, at),
                plus=first(high, at),
                minus=first(low, at),
                empty=together,
            ),
            "target": array(
                TARGET,
                partner=NAMES,
                nan=first(math.nan, at),
                plus=first(low, at),
                minus=first(high, at),
                empty=together,
            ),
            **hyperparameters,
        },
        joint=residuals(high),
    )


ROWS = [row(name) for name in LIMITS]
