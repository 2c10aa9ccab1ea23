"""Rows for `lossbook.divergences`: probability vectors, logits, and Gaussians."""

import math

import numpy as np
from arguments import (
    array,
    axis,
    axis_and_equal_shapes,
    base,
    covariance,
    equal_shapes,
    must_have_shape,
    probabilities,
)
from kinds import Case, Gives, Refused, Row, constant, first
from rows_probability import NO_AXIS, logits, nothing_along, only_minus_infinity

from lossbook import divergences

P = np.array([[0.5, 0.25, 0.25], [0.125, 0.375, 0.5]])
Q = np.array([[0.25, 0.25, 0.5], [0.75, 0.125, 0.125]])
PAIR = ("p", "q")
TOGETHER = "tried with both arrays together"
NOTHING = Refused(ValueError, "must sum to 1", "a sum of 0")


def nothing(*names):
    """Return the cases of no vectors, which give no results, and of vectors without a class."""
    return [
        Case(dict.fromkeys(names, np.zeros((0, 3))), constant(np.zeros(0))),
        Case(dict.fromkeys(names, np.zeros((2, 0))), NOTHING, names[0]),
        Case(dict.fromkeys(names, ()), NOTHING, names[0]),
    ]


def pair_row(function, **hyperparameters):
    """Return the row of a function of p and q along an axis."""
    return Row(
        function,
        {
            "p": probabilities(P, partner=PAIR, axes=TOGETHER, empty=TOGETHER),
            "q": probabilities(Q, partner=PAIR, axes=TOGETHER, empty=TOGETHER),
            **hyperparameters,
            "axis": axis(-1, ndim=2, of="p"),
        },
        joint={
            "wrong number of axes": [
                Case(
                    {"p": 1.0, "q": 1.0}, Refused(ValueError, "must have at least one axis", "shape ()"), "p"
                ),
                Case({"p": P[0], "q": Q[0]}, Gives(lambda good: good[0])),
            ],
            "empty": nothing(*PAIR),
        },
    )


SUPPORT = np.array([0.0, 1.0, 3.0])


def support():
    """Return the argument of places on the line."""
    required = must_have_shape((3,))

    def not_finite(value):
        return Refused(ValueError, "must be finite", f"{value} at index (0,)")

    argument = array(
        SUPPORT,
        partner=required,
        nan=not_finite(math.nan),
        plus=not_finite(math.inf),
        minus=not_finite(-math.inf),
        axes=[(SUPPORT[np.newaxis], required((1, 3))), (1.0, required(()))],
        empty=[([], required((0,)))],
    )
    increasing = "must be increasing"
    return argument.but(
        out_of_range=[
            (SUPPORT[::-1], Refused(ValueError, increasing, "3 before 1 at index 0")),
            ([0.0, 1.0, 1.0], Refused(ValueError, increasing, "1 before 1 at index 1")),
        ],
        # Places, with no direction; one of zeros does not increase.
        zero_vector=[(0 * SUPPORT, Refused(ValueError, increasing, "0 before 0 at index 0"))],
    )


A = np.array([[1.0, 2.0, 0.5], [0.0, -3.0, 4.0]])
B = np.array([[0.0, 1.0, -0.5], [2.0, 0.25, 1.0]])
LOGIT_PAIR = ("p_logits", "q_logits")


def without_first(a, b):
    """Return D(p‖q) where p has no chance of the first class, by its plain sum."""
    p = np.append(0, np.exp(a[1:]) / np.exp(a[1:]).sum())
    q = np.exp(b) / np.exp(b).sum()
    return np.sum(p[1:] * np.log(p[1:] / q[1:]))


def mean(good, names=("mean_p", "mean_q")):
    """Return a Gaussian's mean."""

    def not_finite(value):
        at = "()" if np.ndim(good) == 0 else "(0,)"
        return Refused(ValueError, "must be finite", f"{value} at index {at}")

    several = Refused(ValueError, "equal shapes", "(1, 2)", names)
    return array(
        good,
        partner=names if np.ndim(good) else None,
        nan=not_finite(math.nan),
        plus=not_finite(math.inf),
        minus=not_finite(-math.inf),
        axes=[([[1.0, 2.0]], several)],
        empty="tried with all arguments together",
    )


COVARIANCE = [[2.0, 0.5], [0.5, 1.0]]


def variance(good):
    """Return a Gaussian's variance."""

    def refused(value, came):
        return np.asarray(value), Refused(ValueError, "must be a positive finite variance", came)

    number = Refused(ValueError, "must be a number, as the mean is", "shape (1,)")
    return array(
        good,
        nan=refused(0, "nan")[1],
        plus=refused(0, "inf")[1],
        minus=refused(0, "-inf")[1],
        axes=[([1.0], number)],
        empty=[([], Refused(ValueError, "must be a number", "shape (0,)"))],
    ).but(
        indefinite_matrix=[refused(-1.0, "-1")],
        singular_matrix=[refused(0.0, "0"), refused(-0.0, "-0")],
    )


def weights():
    """Return the optional weights of the generalized Jensen–Shannon divergence."""
    return probabilities(
        [0.25, 0.75],
        axes=[(1.0, Refused(ValueError, "at least one axis", "shape ()"))],
        empty=[([], NOTHING)],
    ).but(
        unequal_shape=[([0.25, 0.25, 0.5], must_have_shape((2,))((3,)))],
        broadcastable_shape=[
            ([1.0], must_have_shape((2,))((1,))),
            ([[0.25, 0.75]], must_have_shape((2,))((1, 2))),
        ],
        none="None is its default",
    )


ROWS = [
    pair_row(divergences.cross_entropy, base=base()),
    pair_row(divergences.kl, base=base()),
    pair_row(divergences.js, base=base()),
    pair_row(divergences.js_distance, base=base()),
    pair_row(divergences.total_variation_distance),
    pair_row(divergences.hellinger),
    Row(
        divergences.entropy,
        {
            "p": probabilities(P, axes=NO_AXIS, empty="tried in the row, where its result is known"),
            "base": base(),
            "axis": axis(-1, ndim=2, of="p"),
        },
        joint={"empty": nothing("p")},
    ),
    Row(
        divergences.wasserstein_1d,
        {
            "p": probabilities(P, partner=PAIR, axes=TOGETHER, empty=TOGETHER),
            "q": probabilities(Q, partner=PAIR, axes=TOGETHER, empty=TOGETHER),
            "support": support(),
        },
        joint={
            "wrong number of axes": [
                Case(
                    {"p": 1.0, "q": 1.0}, Refused(ValueError, "must have at least one axis", "shape ()"), "p"
                ),
            ],
            "empty": nothing(*PAIR),
            "sum is not 1": [Case({"p": P * 2}, Refused(ValueError, "must sum to 1", "a sum of 2"), "p")],
        },
    ),
    Row(
        divergences.js_general,
        {
            "ps": probabilities(
                P,
                axes=[
                    (P[0], Refused(ValueError, "must have shape (n, K)", "(3,)")),
                    (P[np.newaxis], Refused(ValueError, "must have shape (n, K)", "(1, 2, 3)")),
                ],
                empty=[
                    (np.zeros((0, 3)), Refused(ValueError, "n at least 1", "(0, 3)")),
                    (np.zeros((2, 0)), NOTHING),
                ],
            ),
            "weights": weights(),
            "base": base(),
        },
        joint={"wrong number of axes": [Case({"ps": 1.0}, NO_AXIS[0][1], "ps")]},
    ),
    Row(
        divergences.kl_from_logits,
        {
            "p_logits": logits(
                A, partner=axis_and_equal_shapes(*LOGIT_PAIR), without=first(without_first(A[0], B[0]))
            ),
            "q_logits": logits(B, partner=axis_and_equal_shapes(*LOGIT_PAIR), without=first(math.inf)),
            "axis": axis(-1, ndim=2, of="p_logits"),
        },
        joint={
            "empty": [
                *nothing_along(*LOGIT_PAIR),
                Case(dict.fromkeys(LOGIT_PAIR, np.zeros((0, 3))), constant(np.zeros(0))),
            ],
            "-inf": [only_minus_infinity(name) for name in LOGIT_PAIR],
        },
    ),
    Row(
        divergences.gaussian_kl,
        {
            "mean_p": mean([1.0, -2.0]),
            "cov_p": covariance(COVARIANCE),
            "mean_q": mean([0.5, 0.25]),
            "cov_q": covariance([[1.0, -0.25], [-0.25, 3.0]]),
        },
        joint={
            "empty": [
                Case(
                    {"mean_p": [], "mean_q": [], "cov_p": np.zeros((0, 0)), "cov_q": np.zeros((0, 0))},
                    Refused(ValueError, "must be a number or a vector", "shape (0,)"),
                    "mean_p",
                )
            ],
            "wrong number of axes": [
                Case(
                    dict.fromkeys(["mean_p", "mean_q"], np.ones((2, 2))),
                    Refused(ValueError, "must be a number or a vector", "shape (2, 2)"),
                    "mean_p",
                )
            ],
        },
    ),
    Row(
        divergences.gaussian_kl,
        {
            "mean_p": mean(1.0),
            "cov_p": variance(2.0),
            "mean_q": mean(0.5),
            "cov_q": variance(0.75),
        },
        joint={
            "empty": [Case({"mean_p": []}, equal_shapes("mean_p", "mean_q")((0,)), "mean_p")],
            "broadcastable shape": [
                Case({"mean_p": [1.0]}, equal_shapes("mean_p", "mean_q")((1,)), "mean_p")
            ],
        },
        variant="of numbers",
    ),
]
