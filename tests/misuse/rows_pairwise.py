"""Rows for `lossbook.distances.pairwise`: all pairs of the rows of two tables, by each metric."""

import math

import numpy as np
from arguments import array, changed, covariance, option
from kinds import Case, Gives, Refused, Row, Spoils, constant
from rows_distances import CONSTANT, COVARIANCE, EXPONENT, IN_A, IN_B, NO_DIRECTION, PAIR, X, Y, booleans

from lossbook import distances

INF = math.inf


def table(good, *, spoils):
    """Return a table of points, a row each, for `pairwise`."""

    def columns(value):
        return value, Refused(ValueError, "must have equally many columns", str(value.shape), PAIR)

    def no_table(value):
        return value, Refused(ValueError, "must have shape (rows, columns)", f"shape {np.shape(value)}")

    return array(
        good,
        nan=spoils,
        plus=spoils,
        minus=spoils,
        axes=[no_table(1.0), no_table(good[0]), no_table(good[np.newaxis])],
        empty=[columns(np.zeros((2, 0)))],
    ).but(
        unequal_shape=[columns(good[:, 1:]), columns(np.hstack([good, good]))],
        broadcastable_shape=[columns(good[:, :1])],
    )


METRICS = (
    "euclidean",
    "manhattan",
    "chebyshev",
    "minkowski",
    "mahalanobis",
    "cosine_distance",
    "angular_distance",
    "pearson_correlation",
    "correlation_distance",
    "hamming",
    "jaccard_index",
    "jaccard_distance",
)
A = np.vstack([X, [[3.0, 1.0, -0.5]]])


def pairwise_row(metric, *, x=A, y=Y, **parameters):
    """Return the row of all pairs by one metric."""
    column = (slice(None), 0)
    one_set = metric.startswith("jaccard")
    if one_set:
        arguments = {
            name: booleans(good, "a").but(
                unequal_shape=[
                    (good[:, 1:], Refused(ValueError, "equally many columns", str(good[:, 1:].shape), PAIR))
                ],
                broadcastable_shape=[
                    (good[:, :1], Refused(ValueError, "equally many columns", str(good[:, :1].shape), PAIR))
                ],
                wrong_number_of_axes=[(good[0], Refused(ValueError, "(rows, columns)", str(good[0].shape)))],
                object=[({1}, Refused(TypeError, "must be an array of booleans", "object"))],
                empty="tried for the other metrics; the tables are checked alike",
            )
            for name, good in (("x", IN_A), ("y", IN_B))
        }
    else:
        arguments = {"x": table(x, spoils=Spoils((0,))), "y": table(y, spoils=Spoils(column))}
    if metric == "hamming":
        for name, good in (("x", x), ("y", y)):
            same = Gives(lambda good: good)
            other = ("x and y must hold the same kind", " and ")
            arguments[name] = arguments[name].but(
                inf=[(changed(good, (0, 0), INF), same)],
                minus_inf=[(changed(good, (0, 0), -INF), same)],
                boolean=[(good > 0, Refused(TypeError, *other, PAIR))],
                string=[(good.astype(str), Refused(TypeError, *other, PAIR))],
            )
    arguments["y"] = arguments["y"].but(none="None is its default")
    zero = {"cosine_distance": NO_DIRECTION, "angular_distance": NO_DIRECTION}
    zero |= dict.fromkeys(("pearson_correlation", "correlation_distance"), CONSTANT)
    if metric in zero:
        for name in PAIR:
            cell = [(changed(arguments[name].good, 0, 0), zero[metric])]
            arguments[name] = arguments[name].but(zero_vector=cell)
    none = np.zeros((0, arguments["x"].good.shape[1]), arguments["x"].good.dtype)
    # No rows are no reason to let a bad hyperparameter pass.
    unchecked = [
        Case({"x": none, name: value}, outcome, name)
        for name, argument in parameters.items()
        for kind in ("out of range", "hyperparameter of wrong type", "asymmetric matrix")
        if not isinstance(argument.cells[kind], str)
        for value, outcome in argument.cells[kind]
    ]
    return Row(
        distances.pairwise,
        {**arguments, "metric": option(metric, *METRICS), **parameters},
        joint={
            "empty": [
                Case({"x": none}, constant(np.zeros((0, len(arguments["y"].good))))),
                Case({"y": none}, constant(np.zeros((len(arguments["x"].good), 0)))),
                *unchecked,
            ],
        },
        variant=f"by {metric}",
        single=np.float64 if one_set else np.float32,
    )


ROWS = [
    *(pairwise_row(name) for name in METRICS if name not in ("minkowski", "mahalanobis")),
    pairwise_row("minkowski", p=EXPONENT),
    pairwise_row("mahalanobis", x=A[:, :2], y=Y[:, :2], cov=covariance(COVARIANCE)),
]
