"""Rows for `lossbook.objectives`: costs, penalties, and penalized least squares."""

import math

import numpy as np
from arguments import array, changed, integer, not_negative, option, positive
from kinds import Case, Refused, Row, constant, first

from lossbook import objectives

INF = math.inf
RNG = np.random.default_rng(2)
# Many numbers, with digits that tell in which order they were added.
LOSSES, WEIGHTS, THETA = RNG.uniform(size=(7, 11)), RNG.uniform(size=(7, 11)), RNG.normal(size=(7, 11))
SAMPLE, RESPONSE = RNG.normal(size=(8, 2)), RNG.normal(size=8)
NONE = Refused(ValueError, "must hold at least one loss", "shape (0,)")


def losses():
    """Return the losses of examples."""
    return array(
        LOSSES,
        nan=constant(math.nan),
        plus=constant(INF),
        minus=constant(-INF),
        axes="losses of any shape, one alone too, have a mean: tried in the row",
        empty=[([], NONE)],
    )


def parameters(function):
    """Return the parameters that are penalized; there may be none."""
    return array(
        THETA,
        nan=constant(math.nan),
        plus=constant(INF),
        minus=constant(INF),
        axes=[(-3.0, function)],
        empty="no parameters have no penalty: tried in the row",
    )


def weights():
    """Return the optional weights of the losses."""

    def refused(came):
        return Refused(ValueError, "must be finite and not negative", came)

    return array(
        WEIGHTS,
        partner=("losses", "weights"),
        nan=refused("nan"),
        plus=refused("inf"),
        minus=refused("-inf"),
        axes="tried as an unequal shape",
        empty=[([], Refused(ValueError, "equal shapes", "(0,)"))],
    ).but(
        none="None is its default",
        negative_probability=[(changed(WEIGHTS, (0, 0), -1e-300), refused("-1e-300"))],
        zero_vector=[(0 * WEIGHTS, Refused(ValueError, "must not all be 0", "only zeros"))],
    )


def penalty_row(function, alone):
    """Return the row of a penalty, which is `alone` of −3."""
    return Row(
        function,
        {"theta": parameters(constant(alone))},
        joint={
            "empty": [Case({"theta": []}, constant(0.0)), Case({"theta": np.zeros((0, 3))}, constant(0.0))]
        },
    )


def predictors(good=SAMPLE):
    """Return the predictors of a regression, a row an example."""

    def refused(came):
        return Refused(ValueError, "must be finite", f"{came} at index (0, 0)")

    def no_pair(value):
        return value, Refused(
            ValueError, "y must have shape (n,) for x of shape (n, ...)", str(value.shape), PAIR
        )

    def no_table(value):
        return value, Refused(ValueError, "must have shape (n,) or (n, d)", str(np.shape(value)))

    return array(
        good,
        nan=refused("nan"),
        plus=refused("inf"),
        minus=refused("-inf"),
        axes=[no_table(1.0), no_table(good[..., np.newaxis])],
        empty=[no_pair(np.zeros((0, 2)))],
    ).but(unequal_shape=[no_pair(good[1:]), no_pair(good.T)], broadcastable_shape=[no_pair(good[:1])])


def response(good=RESPONSE):
    """Return the response of a regression."""

    def refused(came):
        return Refused(ValueError, "must be finite", f"{came} at index (0,)")

    def no_pair(shape):
        return Refused(ValueError, "must have shape (n,) for x of shape (n, ...)", str(shape))

    return array(
        good,
        partner=no_pair,
        nan=refused("nan"),
        plus=refused("inf"),
        minus=refused("-inf"),
        axes=[(1.0, no_pair(())), (good[:, np.newaxis], no_pair((8, 1)))],
        empty=[([], no_pair((0,)))],
    )


PAIR = ("x", "y")
EMPTY_SAMPLE = [Case({"x": [], "y": []}, Refused(ValueError, "n > 0", "(0,)"), "y")]
# A constant column, twice the same, and one more column than points.
DEPENDENT = Refused(
    ValueError, "must be positive where x and the intercept have linearly dependent columns", "rank"
)
# Squares of the numbers, and their quotients, have to be finite.
SIZES = [
    Case({"x": 1e200 * SAMPLE}, Refused(ValueError, "must be at most 1e+150 in size", "e+200"), "x"),
    Case({"y": 1e200 * RESPONSE}, Refused(ValueError, "must be at most 1e+150 in size", "e+200"), "y"),
    Case(
        {"x": SAMPLE * [1.0, 1e-200]},
        Refused(ValueError, "columns of zeros or of at least 1e-150 in size", "in column 1"),
        "x",
    ),
]
SINGULAR = [
    Case({"x": np.ones(8), "strength": 0.0}, DEPENDENT, "strength"),
    Case({"x": np.column_stack([RESPONSE, 2 * RESPONSE]), "strength": 0.0}, DEPENDENT, "strength"),
    Case({"x": SAMPLE[:2], "y": RESPONSE[:2], "strength": 0}, DEPENDENT, "strength"),
]
REGRESSION = {"x": predictors(), "y": response(), "strength": not_negative(0.5)}

ROWS = [
    Row(
        objectives.mean_loss,
        {"losses": losses(), "weights": weights()},
        # With weights, a shape that differs is refused.
        joint={
            "wrong number of axes": [Case({"losses": 2.5, "weights": None}, constant(2.5))],
            "unequal shape": [
                Case(
                    {"losses": LOSSES[0]}, Refused(ValueError, "equal shapes", "(11,) and (7, 11)"), "losses"
                )
            ],
        },
    ),
    penalty_row(objectives.l1_penalty, 3.0),
    penalty_row(objectives.l2_penalty, 9.0),
    Row(
        objectives.objective,
        {
            "losses": losses(),
            "theta": parameters(constant(LOSSES.mean() + 0.5 * 9)),
            "penalty": option("l2", "l1", "l2"),
            "strength": not_negative(0.5),
        },
        joint={"empty": [Case({"theta": []}, constant(LOSSES.mean()))]},
    ),
    Row(
        objectives.soft_threshold,
        {
            "x": array(
                THETA,
                nan=first(math.nan, (0, 0)),
                plus=first(INF, (0, 0)),
                minus=first(-INF, (0, 0)),
                axes=[(-0.75, constant(-0.5))],
                empty=[([], constant(np.zeros(0)))],
            ),
            "threshold": not_negative(0.25),
        },
    ),
    Row(
        objectives.ridge,
        REGRESSION,
        joint={"empty": EMPTY_SAMPLE, "singular matrix": SINGULAR, "out of range": SIZES},
        single=np.float64,
    ),
    Row(
        objectives.lasso,
        {**REGRESSION, "tolerance": positive(1e-10), "max_iterations": integer(1000)},
        joint={"empty": EMPTY_SAMPLE, "singular matrix": SINGULAR, "out of range": SIZES},
        single=np.float64,
    ),
]
