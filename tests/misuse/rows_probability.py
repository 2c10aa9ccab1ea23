"""Rows for `lossbook.probability`: elementwise functions, and those of logits along an axis."""

import math

import numpy as np
from arguments import array, axis, axis_and_equal_shapes, positive
from kinds import Case, Gives, Refused, Row, Spoils, constant, first

from lossbook import probability

INF = math.inf
X = np.array([[0.5, -1.0, 3.0], [0.0, 2.0, -7.0]])
LOGITS = np.array([[1.0, 2.0, 0.5], [0.0, -3.0, 4.0]])
NO_AXIS = [(2.0, Refused(ValueError, "must have at least one axis", "shape ()"))]


def nothing_along(*names):
    """Return the case of vectors without elements."""
    refused = Refused(ValueError, "must have at least one entry along axis 1", "shape (2, 0)")
    return [Case(dict.fromkeys(names, np.zeros((2, 0))), refused, names[0])]


def logits(good=LOGITS, *, partner=None, without, name="logits"):
    """Return an argument of logits; `without` is what a logit of −∞ at the first place gives."""
    return array(
        good,
        partner=partner,
        nan=first(math.nan),
        plus=Refused(ValueError, "must be below inf", "inf"),
        minus=without,
        axes=NO_AXIS,
        empty="tried in the row, where its result is known",
    )


def only_minus_infinity(name="logits", **others):
    """Return the case of a vector that has nothing but −∞."""
    values = np.array([[0.0, 1.0, 2.0], [-INF, -INF, -INF]])
    refused = Refused(ValueError, "must have an entry above -inf in each vector", "one with -inf only")
    return Case({name: values, **others}, refused, name)


def along(function, lost, *, hyperparameters=None, dropped=None):
    """Return the row of a function of logits that gives `lost` for a class of probability 0."""
    good = {name: argument.good for name, argument in (hyperparameters or {}).items()}
    rest = function(LOGITS[:1, 1:], **good)[0]
    value = np.concatenate([[lost], rest]) if dropped is None else dropped(rest)
    scalar = function.__name__ == "logsumexp"
    return Row(
        function,
        {
            "logits": logits(without=first(value)),
            **(hyperparameters or {}),
            "axis": axis(-1, ndim=2, of="logits"),
        },
        joint={
            "empty": [
                *nothing_along("logits"),
                Case({"logits": np.zeros((0, 3))}, constant(np.zeros((0,) if scalar else (0, 3)))),
            ],
            "-inf": [only_minus_infinity()],
        },
    )


def sigmoid_row(function, high, low):
    """Return the row of an elementwise function with these limits at ∞ and −∞."""
    at = (0, 0)
    x = array(
        X,
        nan=first(math.nan, at),
        plus=first(high, at),
        minus=first(low, at),
        axes=[(0.5, Gives(lambda good: good[0, 0])), (X[np.newaxis], Gives(lambda good: good[np.newaxis]))],
        empty=[([], constant(np.zeros(0))), (np.zeros((0, 3)), constant(np.zeros((0, 3))))],
    )
    return Row(function, {"x": x})


def bordered(rest):
    """Return a matrix with a row and a column of zeros before it."""
    return np.pad(rest, ((1, 0), (1, 0)))


VECTOR = np.array([[0.5, -1.0, 2.0], [3.0, 0.25, -0.75]])

ROWS = [
    sigmoid_row(probability.sigmoid, 1, 0),
    sigmoid_row(probability.log_sigmoid, 0, -INF),
    along(probability.softmax, 0, hyperparameters={"temperature": positive(2.0)}),
    along(probability.log_softmax, -INF, hyperparameters={"temperature": positive(2.0)}),
    along(probability.logsumexp, None, dropped=lambda rest: rest),
    along(probability.sparsemax, 0),
    Row(
        probability.softmax_jacobian,
        {"logits": logits(without=first(bordered(probability.softmax_jacobian(LOGITS[0, 1:]))))},
        joint={
            "empty": [
                *nothing_along("logits"),
                Case({"logits": np.zeros((0, 3))}, constant(np.zeros((0, 3, 3)))),
            ],
            "-inf": [only_minus_infinity()],
        },
    ),
    Row(
        probability.softmax_vjp,
        {
            "logits": logits(
                partner=axis_and_equal_shapes("logits", "vector"),
                without=first(np.append(0, probability.softmax_vjp(LOGITS[0, 1:], VECTOR[0, 1:]))),
            ),
            "vector": array(
                VECTOR,
                partner=("logits", "vector"),
                nan=first(math.nan),
                plus=Spoils((0,)),
                minus=Spoils((0,)),
                empty="tried with both arrays together",
            ),
        },
        joint={
            "empty": [
                *nothing_along("logits", "vector"),
                Case(dict.fromkeys(["logits", "vector"], np.zeros((0, 3))), constant(np.zeros((0, 3)))),
            ],
            "-inf": [only_minus_infinity()],
        },
    ),
]
