"""Arguments of each sort, with the bad values that are tried on them."""

import math

import numpy as np
from kinds import ARRAY_KINDS, AXIS_KINDS, CONTENT_KINDS, KINDS, NUMBER_KINDS, OPTION_KINDS, Argument, Refused

REAL = "array of real numbers"


def reasons(kinds, reason):
    """Give one reason for several kinds."""
    return dict.fromkeys(kinds, reason)


def changed(array, index, value):
    """Return a copy with another value at one index."""
    array = np.array(array)
    array[index] = value
    return array


def hidden(array):
    """Return a masked array of which the first element is masked."""
    return np.ma.array(array, mask=np.arange(array.size).reshape(array.shape) == 0)


def types(array, required=REAL, *, boolean=True):
    """Return the cells of wrong types of an array."""
    array = np.asarray(array)
    nested = array.astype(object)
    nested[(0,) * array.ndim] = None

    def refused(value):
        return value, Refused(TypeError, required, str(np.asarray(value).dtype))

    return {
        "complex": [refused(array + 0j)],
        "object": [refused(array.astype(object)), refused(nested)],
        "string": [refused(array.astype(str)), ("three", Refused(TypeError, required, "<U5"))],
        "boolean": [refused(array > 0)] if boolean else "it holds no numbers at all",
        "none": [refused(None)],
        "masked": [(hidden(array), Refused(TypeError, required, "a masked array"))],
    }


def other_shapes(array, outcome):
    """Return the cells of shapes that are unequal to a partner's, `outcome` made from the shape that came."""
    array = np.asarray(array)
    unequal = [np.concatenate([array, array[:1]]), array[..., 1:], array[..., np.newaxis, np.newaxis]]
    if array.ndim > 1:
        unequal.append(array.ravel())
    broadcastable = [array[:1], array[..., :1], array.flat[0], array[np.newaxis]]
    # Neither list may hold what is equal after all: a part of length 1 is.
    kept = [
        [(a, outcome(np.shape(a))) for a in arrays if np.shape(a) != array.shape]
        for arrays in (unequal, broadcastable)
    ]
    return dict(zip(("unequal shape", "broadcastable shape"), kept, strict=True))


def equal_shapes(*names):
    """Return what makes the outcome of unequal shapes of these arguments."""
    return lambda shape: Refused(ValueError, "must have equal shapes", str(shape), names)


def axis_and_equal_shapes(*names):
    """Return the same for arrays of which a single number is refused already for having no axis."""
    equal = equal_shapes(*names)
    return lambda shape: (
        equal(shape) if shape else Refused(ValueError, "must have at least one axis", "shape ()")
    )


def must_have_shape(shape):
    """Return what makes the outcome of a shape that is not the one required."""
    return lambda came: Refused(ValueError, f"must have shape {shape}", str(came))


def array(good, *, partner=None, where=None, nan, plus, minus, axes="any number of axes will do", empty):
    """Return an argument that holds real numbers.

    `partner` names two arguments whose shapes must be equal, or makes an outcome of a shape; `where` is the
    index at which NaN and infinity are put, and `nan`, `plus`, `minus` what comes of them.
    """
    good = np.asarray(good, dtype=float)
    where = (0,) * good.ndim if where is None else where
    if partner is None:
        shapes = reasons(("unequal shape", "broadcastable shape"), "there is no other shape to agree with")
    else:
        shapes = other_shapes(good, equal_shapes(*partner) if isinstance(partner, tuple) else partner)
    ragged = Refused(ValueError, REAL, "nested lists of unequal lengths")
    return Argument(
        good,
        {
            **shapes,
            "wrong number of axes": axes,
            "empty": empty,
            "ragged lists": [([[1.0], [1.0, 2.0]], ragged)],
            "nan": [(changed(good, where, math.nan), nan)],
            "inf": [(changed(good, where, math.inf), plus)],
            "-inf": [(changed(good, where, -math.inf), minus)],
            **types(good),
            **reasons(("negative probability", "sum is not 1"), "its numbers are no probabilities"),
            **reasons(("float labels", "label out of range"), "its numbers are no labels"),
            "zero vector": "a vector of zeros is as good as another",
            **reasons([k for k in CONTENT_KINDS if k.endswith("matrix")], "it is no covariance matrix"),
            **reasons(NUMBER_KINDS, "it is data, not a hyperparameter"),
            **reasons((*OPTION_KINDS, *AXIS_KINDS), "it is neither an option nor an axis"),
        },
    )


def probabilities(good, *, partner=None, axes, empty):
    """Return an argument that holds probability vectors along its last axis."""
    good = np.asarray(good, dtype=float)
    start = (0,) * good.ndim

    def refused(value, came):
        return changed(good, start, value), Refused(ValueError, "must hold probabilities, at least 0", came)

    infinite = [(changed(good, start, math.inf), Refused(ValueError, "must sum to 1", "inf"))]
    return array(
        good,
        partner=partner,
        nan=refused(math.nan, "nan")[1],
        plus=infinite[0][1],
        minus=refused(-math.inf, "-inf")[1],
        axes=axes,
        empty=empty,
    ).but(
        negative_probability=[refused(-0.25, "-0.25"), refused(-1e-300, "-1e-300")],
        sum_is_not_1=[
            (changed(good, start, good[start] + 0.5), Refused(ValueError, "must sum to 1", "1.5")),
            (0 * good, Refused(ValueError, "must sum to 1", "a sum of 0")),
            (changed(good, start, good[start] + 2e-6), Refused(ValueError, "must sum to 1", "1.000002")),
        ],
        zero_vector="a vector of zeros is one whose sum is not 1",
    )


def labels(good, *, classes, empty):
    """Return an argument that holds class labels, one for each vector of classes."""
    good = np.asarray(good)
    out = [(changed(good, 0, value), value) for value in (-1, classes, 10**6)]
    asked = f"must be from 0 to {classes - 1}"
    cells = {
        **other_shapes(good, must_have_shape(good.shape)),
        "wrong number of axes": "shapes are tried above: any other number of axes is an unequal shape",
        "empty": empty,
        "ragged lists": [([[1], [1, 0]], Refused(ValueError, "integers", "nested lists of unequal lengths"))],
        **{
            kind: [
                (
                    changed(good.astype(float), 0, float(kind)),
                    Refused(TypeError, "must be integers", "float64"),
                )
            ]
            for kind in ("nan", "inf", "-inf")
        },
        **types(good, "must be integers"),
        "none": [(None, Refused(ValueError, f"must have shape {good.shape}", "()"))],
        "string": [(good.astype(str), Refused(TypeError, "must be integers", "<U"))],
        "float labels": [
            (good.astype(dtype), Refused(TypeError, "must be integers", np.dtype(dtype).name))
            for dtype in (np.float64, np.float32)
        ],
        "label out of range": [
            (value, Refused(ValueError, asked, f"{came} at index (0,)")) for value, came in out
        ],
        **reasons(("negative probability", "sum is not 1"), "its numbers are no probabilities"),
        **reasons([k for k in CONTENT_KINDS if k.endswith(("matrix", "vector"))], "it is a list of labels"),
        **reasons(NUMBER_KINDS, "it is data, not a hyperparameter"),
        **reasons((*OPTION_KINDS, *AXIS_KINDS), "it is neither an option nor an axis"),
    }
    return Argument(good, cells)


def covariance(good, *, shape=None):
    """Return an argument that holds a covariance matrix of two dimensions."""
    good = np.asarray(good, dtype=float)
    shape = good.shape if shape is None else shape
    refused = must_have_shape(shape)
    argument = array(
        good,
        partner=refused,
        nan=Refused(ValueError, "must be finite", "nan at index (0, 0)"),
        plus=Refused(ValueError, "must be finite", "inf at index (0, 0)"),
        minus=Refused(ValueError, "must be finite", "-inf at index (0, 0)"),
        axes=[(good[0], refused((2,))), (2.0, refused(()))],
        empty=[(np.zeros((0, 0)), refused((0, 0)))],
    )

    def no_covariance(value, required, came):
        return np.array(value, dtype=float), Refused(ValueError, required, came)

    definite = "must be positive definite"
    return argument.but(
        zero_vector="a column of zeros makes a singular matrix, tried below",
        asymmetric_matrix=[
            no_covariance([[2, 1], [0, 2]], "must be symmetric", "1 at (0, 1) and 0 at (1, 0)")
        ],
        indefinite_matrix=[
            no_covariance([[1, 2], [2, 1]], definite, "eigenvalue -1"),
            no_covariance([[-1, 0], [0, -1]], definite, "eigenvalue -1"),
        ],
        singular_matrix=[
            no_covariance([[1, 1], [1, 1]], definite, "eigenvalue"),
            no_covariance([[0, 0], [0, 0]], definite, "eigenvalue 0"),
            no_covariance([[1, 0], [0, 0]], definite, "eigenvalue 0"),
        ],
    )


WRONG_TYPES = ("1", True, 1j, [1.0], np.ones(3), np.array(1.0), object, np.True_, np.timedelta64(1, "s"))


def shown(value):
    """Return what a message says of a value of the wrong type."""
    return repr(value) if len(repr(value)) <= 40 else type(value).__name__


def number(good, required, *, refused, optional=False):
    """Return a hyperparameter; `refused` are numbers out of its range."""
    wrong = WRONG_TYPES if optional else (*WRONG_TYPES, None)
    return Argument(
        good,
        {
            **reasons(ARRAY_KINDS, "it is a single number: see hyperparameter"),
            **reasons(CONTENT_KINDS, "it is a single number: see hyperparameter"),
            "none": "None is its default" if optional else "tried with the wrong types of hyperparameter",
            "out of range": [(value, Refused(ValueError, required, f"{value:g}")) for value in refused],
            "hyperparameter is nan": [
                (value, Refused(ValueError, required, "nan")) for value in (math.nan, np.float32("nan"))
            ],
            "hyperparameter of wrong type": [(v, Refused(TypeError, required, shown(v))) for v in wrong],
            **reasons((*OPTION_KINDS, *AXIS_KINDS), "it is neither an option nor an axis"),
        },
    )


def positive(good):
    """Return a hyperparameter that must be positive and finite."""
    return number(good, "must be a positive finite number", refused=(0, -0.0, -1.5, math.inf, -math.inf))


def not_negative(good):
    """Return a hyperparameter that must be finite and at least 0."""
    return number(good, "must be a finite number, 0 or more", refused=(-1e-300, -1.5, math.inf, -math.inf))


def fraction(good):
    """Return a hyperparameter strictly between 0 and 1."""
    return number(
        good, "must be a number strictly between 0 and 1", refused=(0, 1, -0.25, 1.25, math.inf, -math.inf)
    )


def base(good=2):
    """Return the base of a logarithm."""
    asked = "must be None or a finite number above 1"
    return number(good, asked, refused=(1, 0.5, 0, -2, math.inf, -math.inf), optional=True)


def integer(good):
    """Return a hyperparameter that must be an integer of at least 1."""
    argument = number(good, "must be a positive integer", refused=(0, -1))
    wrong = (2.0, "1", True, None, 1j, [1], np.ones(3), math.inf, np.timedelta64(1, "s"))
    asked = "must be a positive integer"
    return argument.but(
        hyperparameter_is_nan=[(math.nan, Refused(TypeError, asked, "nan"))],
        hyperparameter_of_wrong_type=[(value, Refused(TypeError, asked, shown(value))) for value in wrong],
    )


def option(good, *options, none=False):
    """Return an argument that is one of some names."""
    asked = f"must be one of {', '.join(map(repr, options))}"
    wrong = ("nope", "", good.upper(), 1, b"bytes", [good]) + (() if none else (None,))
    return Argument(
        good,
        {
            **reasons(KINDS, "it is the name of an option"),
            "none": "None is one of the options" if none else "tried as an unknown option",
            "unknown option": [(value, Refused(ValueError, asked, shown(value))) for value in wrong],
        },
    )


def axis(good, *, ndim, of="x"):
    """Return an axis of arrays of `ndim` axes; `of` is the array that the message names."""
    asked = f"must be an integer from {-ndim} to {ndim - 1} for {of}"
    wrong = (1.0, None, "0", True, (0,), math.nan, np.timedelta64(0, "s"))
    return Argument(
        good,
        {
            **reasons(KINDS, "it is the number of an axis"),
            "axis out of range": [
                (value, Refused(ValueError, asked, str(value))) for value in (ndim, -ndim - 1, 10**6)
            ],
            "axis of wrong type": [(value, Refused(TypeError, asked, shown(value))) for value in wrong],
        },
    )


def callable_(good, *, wrong, bad_results, optional=False):
    """Return an argument that is a function.

    `wrong` says what its results must be; `bad_results` holds for each kind the functions to try, with what
    must come of them.
    """
    no_function = [
        (value, Refused(TypeError, "must be a function", type(value).__name__))
        for value in (1.0, "f", [good], *([] if optional else [None]))
    ]
    return Argument(
        good,
        {
            **reasons(KINDS, f"it is a function; {wrong}"),
            "none": "None is its default" if optional else "tried with what is no function",
            "hyperparameter of wrong type": no_function,
            **bad_results,
        },
    )
