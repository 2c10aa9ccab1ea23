"""Rows for `lossbook.classification`: logits or probabilities against labels or shares."""

import math

import numpy as np
from arguments import (
    array,
    axis_and_equal_shapes,
    changed,
    hidden,
    integer,
    labels,
    must_have_shape,
    number,
    positive,
    probabilities,
)
from kinds import Case, Gives, Refused, Row, constant, first
from rows_divergences import NOTHING, without_first
from rows_probability import NO_AXIS, logits, nothing_along, only_minus_infinity

from lossbook import classification

INF = math.inf
LOGITS = np.array([[1.0, 2.0, 0.5], [0.0, -3.0, 4.0]])
LABELS = np.array([1, 2])
SHARES = np.array([[0.25, 0.5, 0.25], [0.0, 0.125, 0.875]])
IN_ROW = "tried in the row, where its result is known"


def without_class(function, **others):
    """Return what a gradient or a loss gives for the first example without its first class."""
    value = function(LOGITS[:1, 1:], LABELS[:1] - 1, **others)[0]
    return np.append(0, value) if np.ndim(value) else value


def no_examples(function, logits_name="logits", labels_name="labels"):
    """Return the cells of no examples, and of no classes."""
    grad = function.__name__.endswith("_grad")
    none = {logits_name: np.zeros((0, 3)), labels_name: np.zeros(0, int)}
    return [Case(none, constant(np.zeros((0, 3) if grad else (0,)))), *nothing_along(logits_name)]


def label_row(function, target, **hyperparameters):
    """Return the row of a loss of logits and labels, or of its gradient."""
    good = {name: argument.good for name, argument in hyperparameters.items()}
    grad = function.__name__.endswith("_grad")
    return Row(
        function,
        {
            "logits": logits(without=first(without_class(function, **good))),
            target: labels(LABELS, classes=3, empty=IN_ROW),
            **hyperparameters,
        },
        joint={
            "empty": no_examples(function, labels_name=target),
            "-inf": [only_minus_infinity()]
            + ([] if grad else [Case({"logits": changed(LOGITS, (0, 1), -INF)}, first(INF))]),
        },
    )


def smoothing(good=0.0):
    """Return the share of the target that is spread evenly."""
    return number(good, "must be a number from 0 to 1", refused=(-1e-300, -0.5, 1.5, INF, -INF))


def class_weights():
    """Return the optional weights of classes."""
    good = np.array([1.0, 2.0, 0.5])
    required = must_have_shape((3,))

    def refused(came):
        return Refused(ValueError, "must be finite and at least 0", came)

    return array(
        good,
        partner=required,
        nan=refused("nan"),
        plus=refused("inf"),
        minus=refused("-inf"),
        axes=[(1.0, required(()))],
        empty=[([], required((0,)))],
    ).but(none="None is its default", negative_probability=[(-good, refused("-1"))])


def smoothed_row(function):
    """Return the row of softmax cross-entropy with labels, which says of shapes that there are two."""
    row = label_row(function, "target", label_smoothing=smoothing())
    target = row.arguments["target"]
    shapes = (
        "must have shape (2,) (labels) or (2, 3) (probabilities)",
        "unequal shape",
        "broadcastable shape",
    )

    def reworded(cell):
        return [(v, Refused(ValueError, shapes[0], str(np.shape(v)))) for v, _ in cell]

    own = {kind.replace(" ", "_"): reworded(target.cells[kind]) for kind in shapes[1:]}
    target = target.but(
        **own,
        none=[(None, Refused(TypeError, "array of real numbers", "dtype object"))],
        ragged_lists=[
            ([[1], [1, 0]], Refused(ValueError, "array of labels or probabilities", "unequal lengths"))
        ],
        masked=[(hidden(LABELS), Refused(TypeError, "array of labels or probabilities", "a masked array"))],
    )
    arguments = {**row.arguments, "target": target, "class_weights": class_weights()}
    without = without_class(function, class_weights=class_weights().good[1:])
    return Row(function, {**arguments, "logits": logits(without=first(without))}, row.joint)


def shares_row(function):
    """Return the row of softmax cross-entropy with shares as targets."""
    grad = function.__name__.endswith("_grad")

    def refused(shape):
        return Refused(ValueError, "must have shape (2,) (labels) or (2, 3)", str(shape))

    target = probabilities(
        SHARES, partner=refused, axes=[(0.5, refused(()))], empty="tried with labels, where both are empty"
    )
    # Of the shape of labels, it is taken for labels, which are not floats.
    cells = [(v, outcome) for v, outcome in target.cells["unequal shape"] if np.shape(v) != (2,)]
    # A share falls on the class without a chance: the loss is infinite, the gradient t_Σ softmax − t is not.
    t = (0.75 * SHARES[0] + 0.25 / 3) * class_weights().good
    rest = np.exp(LOGITS[0, 1:]) / np.exp(LOGITS[0, 1:]).sum()
    without = t.sum() * np.append(0, rest) - t if grad else INF
    return Row(
        function,
        {
            "logits": logits(without=first(without)),
            "target": target.but(
                unequal_shape=cells,
                ragged_lists=[
                    ([[1], [1, 0]], Refused(ValueError, "array of labels or probabilities", "unequal"))
                ],
                masked=[
                    (hidden(SHARES), Refused(TypeError, "array of labels or probabilities", "a masked array"))
                ],
                float_labels=[(SHARES[:, 0], Refused(TypeError, "must be integers", "float64"))],
            ),
            "label_smoothing": smoothing(0.25),
            "class_weights": class_weights(),
        },
        joint={"-inf": [only_minus_infinity()]},
        variant="of shares",
    )


ANSWER = np.array([[0.25, 1.0, 0.0], [0.5, 0.75, 1.0]])
ODDS = np.array([[0.5, -1.0, 3.0], [0.0, 2.0, -7.0]])
BINARY = ("logits", "target")


def binary_row(function, high, low):
    """Return the row of a function of log-odds and answers; at the first the answer is 0.25."""
    at = (0, 0)

    def outside(came):
        return Refused(ValueError, "must be from 0 to 1", came)

    return Row(
        function,
        {
            "logits": array(
                ODDS,
                partner=BINARY,
                nan=first(math.nan, at),
                plus=first(high, at),
                minus=first(low, at),
                empty="tried with both arrays together",
            ),
            "target": array(
                ANSWER,
                partner=BINARY,
                nan=outside("nan"),
                plus=outside("inf"),
                minus=outside("-inf"),
                empty="tried with both arrays together",
            ).but(
                negative_probability=[
                    (changed(ANSWER, at, -0.5), outside("-0.5")),
                    (ANSWER + 1, outside("1.25")),
                ]
            ),
        },
        joint={
            "wrong number of axes": [Case({"logits": 0.5, "target": 0.25}, Gives(lambda good: good[0, 0]))],
            "empty": [Case(dict.fromkeys(BINARY, np.zeros((0, 3))), constant(np.zeros((0, 3))))],
        },
    )


TEACHER = np.array([[0.0, 1.0, -0.5], [2.0, 0.25, 1.0]])
DISTILLED = ("student_logits", "teacher_logits")


def distillation_row(function):
    """Return the row of the distillation loss or its gradient, at temperature 2."""
    grad = function.__name__.endswith("_grad")
    z, v = LOGITS[0] / 2, TEACHER[0] / 2
    # Without a chance for the student, and without one for the teacher.
    if grad:
        share = [np.append(0, np.exp(a[1:]) / np.exp(a[1:]).sum()) for a in (z, v)]
        whole = [np.exp(a) / np.exp(a).sum() for a in (z, v)]
        student, teacher = 2 * (share[0] - whole[1]), 2 * (whole[0] - share[1])
    else:
        student, teacher = INF, 4 * without_first(v, z)
    return Row(
        function,
        {
            "student_logits": logits(
                LOGITS, partner=axis_and_equal_shapes(*DISTILLED), without=first(student)
            ),
            "teacher_logits": logits(
                TEACHER, partner=axis_and_equal_shapes(*DISTILLED), without=first(teacher)
            ),
            "temperature": positive(2.0),
        },
        joint={
            "empty": [
                *nothing_along(*DISTILLED),
                Case(
                    dict.fromkeys(DISTILLED, np.zeros((0, 3))),
                    constant(np.zeros((0, 3) if grad else (0,))),
                ),
            ],
            "-inf": [only_minus_infinity(name) for name in DISTILLED],
        },
    )


PROBS = np.array([[0.25, 0.5, 0.25], [0.125, 0.0, 0.875]])


def score_row(function, empty, **hyperparameters):
    """Return the row of a score of probabilities against labels."""
    return Row(
        function,
        {
            "probs": probabilities(PROBS, axes=NO_AXIS, empty=IN_ROW),
            "labels": labels(LABELS, classes=3, empty=IN_ROW),
            **hyperparameters,
        },
        joint={
            "empty": [
                Case({"probs": np.zeros((0, 3)), "labels": np.zeros(0, int)}, empty, "probs"),
                Case({"probs": np.zeros((2, 0))}, NOTHING, "probs"),
            ],
            "unequal shape": [
                Case({"probs": PROBS[:1]}, must_have_shape((1,))((2,)), "labels"),
                Case({"probs": PROBS[..., np.newaxis] ** 0}, must_have_shape((2, 3))((2,)), "labels"),
            ],
        },
    )


GAMMA = number(1.5, "must be a finite number of at least 0", refused=(-1e-300, -2, INF, -INF))

ROWS = [
    smoothed_row(classification.softmax_cross_entropy),
    smoothed_row(classification.softmax_cross_entropy_grad),
    shares_row(classification.softmax_cross_entropy),
    shares_row(classification.softmax_cross_entropy_grad),
    binary_row(classification.binary_cross_entropy, INF, INF),
    binary_row(classification.binary_cross_entropy_grad, 0.75, -0.25),
    label_row(classification.focal_loss, "labels", gamma=GAMMA),
    label_row(classification.focal_loss_grad, "labels", gamma=GAMMA),
    distillation_row(classification.distillation_loss),
    distillation_row(classification.distillation_loss_grad),
    score_row(classification.brier_score, constant(np.zeros(0))),
    score_row(classification.brier_score_grad, constant(np.zeros((0, 3)))),
    score_row(
        classification.expected_calibration_error,
        Refused(ValueError, "must hold at least one example", "shape (0, 3)"),
        bins=integer(5),
    ),
]
