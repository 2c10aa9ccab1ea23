"""Rows for `lossbook.distances`: points, directions, codes, sets, tables, samples, and all pairs of rows."""

import math

import numpy as np
from arguments import (
    REAL,
    array,
    axis,
    axis_and_equal_shapes,
    base,
    changed,
    covariance,
    integer,
    number,
    reasons,
    types,
)
from kinds import KINDS, Argument, Case, Gives, Refused, Row, constant, first

from lossbook import distances

INF = math.inf
X = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]])
Y = np.array([[0.5, 1.0, 2.0], [-4.0, 0.125, 1.5]])
PAIR = ("x", "y")
TOGETHER = "tried with both arrays together"
NO_AXIS = Refused(ValueError, "must have at least one axis", "shape ()")
NO_DIRECTION = Refused(ValueError, "must have no zero vector", "one at index (0,)")
CONSTANT = Refused(ValueError, "must vary along the axis", "a constant vector at index (0,)")
EXPONENT = number(3.0, "must be a positive number", refused=(0, -0.0, -1.5, -INF))
COVARIANCE = [[2.0, 0.5], [0.5, 1.0]]


def both(x, y=None):
    """Return the changes that make both arrays the same, or these two."""
    return {"x": x, "y": x if y is None else y}


def pair_row(function, at_infinity, *, x=X, y=Y, empty, zero=None, zero_result=None, **others):
    """Return the row of a distance of x and y along an axis.

    `at_infinity` is what one infinite coordinate makes of a distance, `zero` what comes of a zero vector.
    """
    infinite = first(at_infinity)

    def point(good):
        argument = array(
            good,
            partner=PAIR,
            nan=first(math.nan),
            plus=infinite,
            minus=infinite,
            axes=TOGETHER,
            empty=TOGETHER,
        )
        return argument.but(zero_vector=[(changed(good, 0, 0), zero)]) if zero else argument

    return Row(
        function,
        {"x": point(x), "y": point(y), **others, "axis": axis(-1, ndim=2)},
        joint={
            "wrong number of axes": [
                Case(both(1.0), NO_AXIS, "x"),
                Case(both(x[0], y[0]), Gives(lambda good: good[0])),
            ],
            "empty": [
                Case(both(np.zeros((0, x.shape[1]))), constant(np.zeros(0))),
                Case(both(np.zeros((2, 0))), empty, "x"),
            ],
        },
    )


DIRECTIONS = {
    "empty": Refused(ValueError, "must have no zero vector", "one at index (0,)"),
    "zero": NO_DIRECTION,
}
SAMPLES = {
    "empty": Refused(ValueError, "must have at least two elements along the axis", "0"),
    "zero": CONSTANT,
}
NEITHER = constant(np.zeros(2))


def code(good, name):
    """Return a sequence, which may be one of numbers, of booleans or of strings, like its partner."""

    def refused(kind):
        kinds = ("numbers", kind) if name == "y" else (kind, "numbers")
        return Refused(TypeError, "x and y must hold the same kind", " and ".join(kinds))

    differs = first(np.mean(X[0] != Y[0]))
    argument = array(
        good, partner=PAIR, nan=first(math.nan), plus=differs, minus=differs, axes=TOGETHER, empty=TOGETHER
    )
    return argument.but(
        boolean=[(good > 0, refused("booleans"))],
        string=[(good.astype(str), refused("strings"))],
    )


HAMMING = Row(
    distances.hamming,
    {"x": code(X, "x"), "y": code(Y, "y"), "axis": axis(-1, ndim=2)},
    joint={
        "wrong number of axes": [Case(both(1.0), NO_AXIS, "x")],
        "empty": [
            Case(both(np.zeros((0, 3))), constant(np.zeros(0))),
            Case(
                both(np.zeros((2, 0))),
                Refused(ValueError, "at least one place along the axis", "(2, 0)"),
                "x",
            ),
        ],
        "string": [
            Case(both([["a", "b"]], [["a", "c"]]), constant([0.5])),
            Case(both("abc", "abd"), NO_AXIS, "x"),
        ],
        "boolean": [Case(both([True, True], [True, False]), constant(0.5))],
        "object": [Case(both([None, 1]), Refused(TypeError, REAL, "dtype object"), "x")],
    },
)

IN_A, IN_B = (
    np.array([[True, False, True], [False, True, True]]),
    np.array([[True, True, False], [False, True, True]]),
)


def booleans(good, name):
    """Return an argument of booleans, which its partner shares its shape with, or of a Python set."""

    def refused(value):
        asked = "must be an array of booleans"
        return value, Refused(TypeError, asked, f"dtype {np.asarray(value).dtype}")

    unequal = axis_and_equal_shapes("a", "b")
    pairs = {
        "unequal shape": [good[:, 1:], good.ravel(), good[..., np.newaxis, np.newaxis]],
        "broadcastable shape": [good[:1], good[:, :1], good[np.newaxis]],
    }
    not_finite = {
        kind: [refused(changed(good.astype(float), (0, 0), float(kind)))] for kind in ("nan", "inf", "-inf")
    }
    one_set = " and ".join(("set", "ndarray") if name == "a" else ("ndarray", "set"))
    return Argument(
        good,
        {
            **reasons(KINDS, "it holds booleans, which have no such values"),
            **{kind: [(v, unequal(v.shape)) for v in values] for kind, values in pairs.items()},
            "wrong number of axes": TOGETHER,
            "empty": TOGETHER,
            "ragged lists": [
                (
                    [[True], [True, False]],
                    Refused(TypeError, "must be an array of booleans", "unequal lengths"),
                )
            ],
            **not_finite,
            **types(good, "must be an array of booleans", boolean=False),
            "object": [
                refused(good.astype(object)),
                (
                    set(),
                    Refused(TypeError, "must both be sets or both arrays of booleans", one_set, ("a", "b")),
                ),
            ],
            "float labels": [refused(good.astype(float)), refused(good.astype(int))],
        },
    )


def set_row(function, of_empty):
    """Return the row of Jaccard's index or distance, which gives `of_empty` for two empty sets."""
    none = {"a": np.zeros((2, 0), bool), "b": np.zeros((2, 0), bool)}
    return Row(
        function,
        {"a": booleans(IN_A, "a"), "b": booleans(IN_B, "b"), "axis": axis(-1, ndim=2, of="a")},
        joint={
            "wrong number of axes": [Case({"a": True, "b": True}, NO_AXIS, "a")],
            "empty": [
                Case(none, constant([of_empty, of_empty])),
                Case({"a": set(), "b": frozenset()}, constant(of_empty)),
                Case({"a": set(), "b": {1}}, constant(1 - of_empty)),
                Case({"a": [], "b": []}, Refused(TypeError, "must be an array of booleans", "float64"), "a"),
            ],
            "zero vector": [Case({"a": IN_A & False, "b": IN_B & False}, constant([of_empty, of_empty]))],
            "object": [
                Case(
                    {"a": {}, "b": {}},
                    Refused(TypeError, "must be an array of booleans or a set", "object"),
                    "a",
                ),
                Case({"a": {1, "b", None}, "b": {1, None, "b"}}, constant(of_empty)),
            ],
        },
    )


JOINT = np.array([[0.125, 0.25, 0.0], [0.25, 0.25, 0.125]])


def table_row(function):
    """Return the row of a function of a table of probabilities."""

    def refused(value, came):
        return changed(JOINT, (0, 0), value), Refused(ValueError, "must hold probabilities, at least 0", came)

    def no_sum(value, came):
        return value, Refused(ValueError, "must sum to 1", came)

    def no_table(value):
        return value, Refused(ValueError, "must be a table of shape (r, c)", f"shape {np.shape(value)}")

    joint = array(
        JOINT,
        nan=refused(math.nan, "nan")[1],
        plus=Refused(ValueError, "must sum to 1", "inf"),
        minus=refused(-INF, "-inf")[1],
        axes=[no_table(1.0), no_table(JOINT[0]), no_table(JOINT[np.newaxis])],
        empty=[no_sum(np.zeros((0, 3)), "0"), no_sum(np.zeros((2, 0)), "0")],
    ).but(
        negative_probability=[refused(-0.25, "-0.25"), refused(-1e-300, "-1e-300")],
        sum_is_not_1=[
            no_sum(2 * JOINT, "2"),
            no_sum(changed(JOINT, (0, 0), 0.125002), "1.000002"),
            no_sum(JOINT / JOINT.sum(1, keepdims=True), "2"),
        ],
        zero_vector=[no_sum(0 * JOINT, "0")],
    )
    return Row(function, {"joint": joint, "base": base()})


SAMPLE = np.random.default_rng(5).normal(size=(12, 2))


def sample(good, name):
    """Return one of two samples with equally many observations."""

    def not_finite(came):
        return Refused(ValueError, "must be finite", f"{came} at index (0, 0)")

    n = len(good)

    def unequal(value):
        numbers = (n, len(value)) if name == "y" else (len(value), n)
        return value, Refused(
            ValueError, "equally many observations", "{} and {}".format(*numbers), ("x", "y")
        )

    def no_sample(value):
        return value, Refused(ValueError, "must have shape (n,) or (n, d) with d > 0", str(np.shape(value)))

    at = (0,) * good.ndim
    return array(
        good,
        where=at,
        nan=not_finite("nan"),
        plus=not_finite("inf"),
        minus=not_finite("-inf"),
        axes=[no_sample(1.0), no_sample(np.ones((n, 1, 1)))],
        empty=[unequal(np.zeros(0)), no_sample(np.zeros((n, 0)))],
    ).but(
        unequal_shape=[unequal(good[1:]), unequal(np.concatenate([good, good]))],
        broadcastable_shape=[unequal(good[:1])],
    )


CONTINUOUS = Refused(ValueError, "must be samples of continuous variables", "more than k = 3 points", PAIR)

KNN = Row(
    distances.mutual_information_knn,
    {
        "x": sample(SAMPLE, "x"),
        "y": sample(SAMPLE[:, 0] ** 3 + SAMPLE[::-1, 1], "y"),
        "k": integer(3).but(
            out_of_range=[
                (0, Refused(ValueError, "must be a positive integer", "0")),
                (-1, Refused(ValueError, "must be a positive integer", "-1")),
                (12, Refused(ValueError, "must be below the number of observations, 12", "12")),
                (10**9, Refused(ValueError, "must be below the number of observations, 12", "1000000000")),
            ]
        ),
    },
    joint={
        "out of range": [
            Case({name: 1e301 * good}, Refused(ValueError, "must be at most 1e+300 in size", "e+301"), name)
            for name, good in (("x", SAMPLE), ("y", SAMPLE[:, 1]))
        ],
        "zero vector": [Case({"x": np.zeros(12), "y": np.zeros(12)}, CONTINUOUS, "x")],
        "empty": [
            Case(
                {"x": [], "y": []},
                Refused(ValueError, "must be below the number of observations, 0", "3"),
                "k",
            )
        ],
    },
    single=np.float64,
)

ROWS = [
    pair_row(distances.euclidean, INF, empty=NEITHER),
    pair_row(distances.manhattan, INF, empty=NEITHER),
    pair_row(distances.chebyshev, INF, empty=NEITHER),
    pair_row(distances.minkowski, INF, empty=NEITHER, p=EXPONENT),
    pair_row(
        distances.mahalanobis,
        INF,
        x=X[:, :2],
        y=Y[:, :2],
        empty=Refused(ValueError, "cov must have shape (0, 0)", "(2, 2)", ("cov",)),
        cov=covariance(COVARIANCE),
    ),
    pair_row(distances.cosine_distance, math.nan, **DIRECTIONS),
    pair_row(distances.angular_distance, math.nan, **DIRECTIONS),
    pair_row(distances.pearson_correlation, math.nan, **SAMPLES),
    pair_row(distances.correlation_distance, math.nan, **SAMPLES),
    HAMMING,
    set_row(distances.jaccard_index, 1),
    set_row(distances.jaccard_distance, 0),
    table_row(distances.mutual_information),
    table_row(distances.variation_of_information),
    KNN,
]
