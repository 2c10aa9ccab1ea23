"""Rows for `lossbook.optimizers`: functions that take functions, and robust regression."""

import math

import numpy as np
from arguments import (
    REAL,
    array,
    callable_,
    fraction,
    integer,
    must_have_shape,
    number,
    option,
    positive,
    shown,
)
from kinds import Argument, Case, Refused, Row
from rows_objectives import EMPTY_SAMPLE, SIZES, predictors, response

from lossbook import optimizers

INF = math.inf
START = np.array([3.0, -1.0])


def value(x):
    """Return the sum of squares."""
    return x @ x


def slope(x):
    """Return its gradient."""
    return 2 * x


def always(result):
    """Return a function that gives this result everywhere."""
    return lambda x: result


def function(good, shape, name):
    """Return the argument of a function whose results have a shape; ones that are bad at the start."""

    def refused(result, error, required, came):
        return always(result), Refused(error, required, came)

    other = np.zeros(3) if shape else np.zeros(2)
    start = np.zeros(shape)
    results = {
        kind: [refused(start + float(kind), ValueError, "must be finite at start", kind)]
        for kind in ("nan", "inf", "-inf")
    }
    returned = f"must return an array of shape {shape}"
    results |= {
        "unequal shape": [refused(other, ValueError, returned, str(other.shape))],
        "broadcastable shape": [refused(np.zeros((1,)), ValueError, returned, "(1,)")],
        "wrong number of axes": [refused(np.zeros((1, 1, 2)), ValueError, returned, "(1, 1, 2)")],
        "empty": [refused([], ValueError, returned, "(0,)")],
        "ragged lists": [refused([[1.0], [1.0, 2.0]], ValueError, REAL, "nested lists of unequal lengths")],
        "complex": [refused(start + 0j, TypeError, REAL, "complex128")],
        "object": [refused(start.astype(object), TypeError, REAL, "object")],
        "string": [refused("low", TypeError, REAL, "<U3")],
        "boolean": [refused(start > 0, TypeError, REAL, "bool")],
        "masked": [refused(np.ma.array(start, mask=True), TypeError, REAL, "masked")],
    }
    if name != "f of gradient_descent":
        # A function that has forgotten to return anything.
        results["none"] = [refused(None, TypeError, REAL, "object")]
        return callable_(good, wrong="see what its results are", bad_results=results)
    return callable_(good, wrong="see what its results are", bad_results=results, optional=True)


def starting_point():
    """Return where a walk begins; any shape will do if the functions take it."""

    def refused(came):
        return Refused(ValueError, "must be finite", f"{came} at index (0,)")

    return array(
        START,
        nan=refused("nan"),
        plus=refused("inf"),
        minus=refused("-inf"),
        empty="what a walk of no coordinates gives depends on the functions",
    )


def points(trace):
    """Return the path."""
    return trace.points


MOMENTUM = number(0.5, "must be a number from 0 to below 1", refused=(-1e-300, 1, 1.5, INF, -INF))

DESCENT = Row(
    optimizers.gradient_descent,
    {
        "gradient": function(slope, (2,), "gradient"),
        "start": starting_point(),
        "learning_rate": positive(0.125),
        "steps": integer(5),
        "momentum": MOMENTUM,
        "f": function(value, (), "f of gradient_descent"),
    },
    numbers=points,
    single=np.float64,
)
BACKTRACKING = Row(
    optimizers.backtracking,
    {
        "f": function(value, (), "f"),
        "gradient": function(slope, (2,), "gradient"),
        "start": starting_point(),
        "steps": integer(5),
        "first_step": positive(0.75),
        "shrink": fraction(0.5),
        "decrease": fraction(0.25),
    },
    numbers=points,
    single=np.float64,
)


GENERATOR = np.random.default_rng(1)


def generator():
    """Return the source of randomness."""
    wrong = (None, 1, np.random.RandomState(1), np.random, "seed")
    required = "must be a numpy.random.Generator"
    argument = number(GENERATOR, "", refused=(1,))
    return Argument(
        GENERATOR,
        {
            **dict.fromkeys(argument.cells, "it is a source of randomness"),
            "hyperparameter of wrong type": [
                (value, Refused(TypeError, required, type(value).__name__)) for value in wrong
            ],
        },
    )


def temperature():
    """Return the temperature at the start, or a schedule of temperatures."""
    argument = positive(0.5)
    required = "must be a number, 0 or more, at step 0"

    def refused(result, error, came):
        return always(result), Refused(error, required, came)

    cells = argument.cells
    return argument.but(
        out_of_range=[
            *cells["out of range"],
            refused(-1.0, ValueError, "-1"),
            refused(-INF, ValueError, "-inf"),
        ],
        hyperparameter_is_nan=[*cells["hyperparameter is nan"], refused(math.nan, ValueError, "nan")],
        hyperparameter_of_wrong_type=[
            *((v, outcome) for v, outcome in cells["hyperparameter of wrong type"] if v is not object),
            *(refused(v, TypeError, shown(v)) for v in ("1", None, True, 1j, [1.0])),
        ],
    )


ANNEALING = Row(
    optimizers.simulated_annealing,
    {
        "f": function(value, (), "f"),
        "start": starting_point(),
        "rng": generator(),
        "steps": integer(20),
        "temperature": temperature(),
        "width": positive(0.5),
    },
    # A generator moves on with each draw: only the start and the length of the walk are the same every time.
    numbers=lambda trace: np.array([*trace.points[0], trace.values[0], trace.steps]),
    single=np.float64,
)


def robust_row(loss, *, iterated, **hyperparameters):
    """Return the row of robust regression with one of its losses."""
    scale = positive(1.5)
    options = Refused(ValueError, "must be one of 'mad'", "'nope'")
    wrong = [
        (v, outcome) for v, outcome in scale.cells["hyperparameter of wrong type"] if not isinstance(v, str)
    ]
    arguments = {
        "x": predictors(),
        "y": response(),
        "loss": option(loss, "squared_error", "absolute_error", "huber", "tukey_biweight"),
        "scale": scale.but(unknown_option=[("nope", options)], hyperparameter_of_wrong_type=wrong),
        "tolerance": positive(1e-8),
        "max_iterations": integer(100),
        **hyperparameters,
    }
    singular = Refused(ValueError, "must give 3 linearly independent columns", "rank 2")
    line = np.arange(8.0)
    half = Refused(ValueError, "needs residuals of which fewer than half agree", "deviation of 0")
    agreeing = {"x": line, "y": np.where(line == 6, 50.0, 0.0), "scale": "mad", "start": [0.0, 0.0]}
    return Row(
        optimizers.robust_regression,
        arguments,
        joint={
            "empty": EMPTY_SAMPLE,
            "out of range": SIZES,
            "singular matrix": [
                Case({"x": np.column_stack([line, 2 * line + 1])}, singular, "x"),
                Case({"x": np.column_stack([line, np.ones(8)])}, singular, "x"),
                *([Case(agreeing, half, "scale")] if iterated else []),
            ],
        },
        numbers=lambda fit: fit.coefficients,
        variant=f"by {loss}",
        single=np.float64,
    )


def coefficients():
    """Return the coefficients to begin with."""
    required = must_have_shape((3,))

    def refused(came):
        return Refused(ValueError, "must be finite", f"{came} at index (0,)")

    return array(
        [0.5, 1.0, -1.0],
        partner=required,
        nan=refused("nan"),
        plus=refused("inf"),
        minus=refused("-inf"),
        axes=[(1.0, required(()))],
        empty=[([], required((0,)))],
    ).but(none="None is its default")


def threshold():
    """Return the threshold in units of the scale."""
    required = "must be a positive finite number"
    return number(1.5, required, refused=(0, -1.0, INF, -INF), optional=True)


def left_out(wrong):
    """Return an argument that the loss has no use for."""
    argument = number(None, "", refused=(1,))
    required = "must be left out"
    return Argument(
        None,
        {
            **dict.fromkeys(argument.cells, "whatever it is, it must be left out"),
            "out of range": [(wrong, Refused(ValueError, required, shown(wrong)))],
        },
    )


ROWS = [
    DESCENT,
    BACKTRACKING,
    ANNEALING,
    robust_row("huber", iterated=True, delta=threshold(), start=coefficients()),
    robust_row("tukey_biweight", iterated=True, delta=threshold(), start=coefficients()),
    *(
        robust_row(loss, iterated=False, delta=left_out(1.5), start=left_out([0.0, 0.0, 0.0]))
        for loss in ("squared_error", "absolute_error")
    ),
]
