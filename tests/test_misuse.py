"""Bad input, by the role of an argument: each is refused with what was required and what came."""

import inspect
import math
import re

import numpy as np
import pytest

from tests.arguments import FUNCTIONS, P, X, call, good, parameters

INF, NAN = math.inf, math.nan
REAL = "array of real numbers"


def put(value):
    """Return what puts a value at the first place of an array."""

    def change(array):
        array = np.array(array)
        array[(0,) * array.ndim] = value
        return array

    return change


def zero_row(array):
    """Return an array of which the first vector is zero."""
    return np.concatenate([0 * array[:1], array[1:]])


def masked(array):
    """Return an array of which the first element is masked."""
    return np.ma.array(array, mask=np.arange(array.size).reshape(array.shape) == 0)


# Each is: what makes the bad value of a good array, the error, what was required, what came.
NOT_REAL = [
    (lambda a: [[1.0], [1.0, 2.0]], ValueError, REAL, "nested lists of unequal lengths"),
    (lambda a: a + 0j, TypeError, REAL, "complex128"),
    (lambda a: a.astype(object), TypeError, REAL, "object"),
    (lambda a: a.astype(str), TypeError, REAL, "<U"),
    (lambda a: a > 0, TypeError, REAL, "bool"),
    (lambda a: None, TypeError, REAL, "object"),
    (masked, TypeError, REAL, "a masked array"),
]
NOT_FINITE = [(put(v), ValueError, "must be finite", f"{v} at index (0") for v in (NAN, INF, -INF)]
NO_DISTRIBUTION = [
    (put(-0.25), ValueError, "must hold probabilities, at least 0", "-0.25"),
    (put(NAN), ValueError, "must hold probabilities, at least 0", "nan"),
    (put(INF), ValueError, "must sum to 1", "inf"),
    (lambda a: 2 * a, ValueError, "must sum to 1", "2"),
    (lambda a: a + 1e-6, ValueError, "must sum to 1", "1.00000"),
    (lambda a: 0 * a, ValueError, "must sum to 1", "a sum of 0"),
    (lambda a: a[..., :0], ValueError, "must", "0"),
]
BAD = {
    "real": NOT_REAL,
    "logits": [
        *NOT_REAL,
        (put(INF), ValueError, "must be below inf", "inf"),
        (lambda a: a - INF, ValueError, "must have an entry above -inf in each vector", "-inf only"),
        (lambda a: a[:, :0], ValueError, "must", "(2, 0)"),
    ],
    "distribution": [*NOT_REAL, *NO_DISTRIBUTION],
    "table": [
        *NOT_REAL,
        *NO_DISTRIBUTION,
        (lambda a: a[0], ValueError, "must be a table of shape (r, c)", "shape (3,)"),
        (lambda a: a[np.newaxis], ValueError, "must be a table of shape (r, c)", "shape (1, 2, 3)"),
    ],
    "shares": [
        *NOT_REAL,
        *((put(v), ValueError, "must be from 0 to 1", f"{v:g}") for v in (NAN, INF, -0.5, 1.25)),
    ],
    "labels": [
        (put(-1), ValueError, "must be from 0 to 2", "-1 at index (0,)"),
        (put(3), ValueError, "must be from 0 to 2", "3 at index (0,)"),
        (lambda a: a.astype(float), TypeError, "must be integers", "float64"),
        (lambda a: a > 1, TypeError, "must be integers", "bool"),
        (lambda a: a[:1], ValueError, "must have shape (2,)", "(1,)"),
        (lambda a: [[1], [1, 0]], ValueError, "integers", "nested lists of unequal lengths"),
        (masked, TypeError, "integers", "a masked array"),
    ],
    "labels or shares": [
        (put(3), ValueError, "must be from 0 to 2", "3 at index (0,)"),
        (lambda a: a.astype(float), TypeError, "must be integers", "float64"),
        (lambda a: a[:1], ValueError, "must have shape (2,) (labels) or (2, 3) (probabilities)", "(1,)"),
        (lambda a: 2 * P, ValueError, "must sum to 1", "2"),
        (lambda a: -P, ValueError, "must hold probabilities, at least 0", "-0.5"),
        (lambda a: None, TypeError, REAL, "object"),
    ],
    "class weights": [
        *NOT_REAL,
        (lambda a: a[:2], ValueError, "must have shape (3,)", "(2,)"),
        *((put(v), ValueError, "must be finite and at least 0", f"{v:g}") for v in (NAN, INF, -1.0)),
    ],
    "support": [
        *NOT_REAL,
        *NOT_FINITE,
        (lambda a: a[:2], ValueError, "must have shape (3,)", "(2,)"),
        (lambda a: a[::-1], ValueError, "must be increasing", "3 before 1 at index 0"),
        (lambda a: a // 2, ValueError, "must be increasing", "0 before 0 at index 0"),
    ],
    "mean": [*NOT_REAL, *NOT_FINITE],
    "covariance": [
        *NOT_REAL,
        *NOT_FINITE,
        (lambda a: a[:2, :2], ValueError, "must have shape (3, 3)", "(2, 2)"),
        (lambda a: np.triu(a + 1), ValueError, "must be symmetric", "at (0, 1) and 0 at (1, 0)"),
        (lambda a: -a, ValueError, "must be positive definite", "least eigenvalue -"),
        (lambda a: 0 * a, ValueError, "must be positive definite", "least eigenvalue 0"),
        (lambda a: 0 * a + 2, ValueError, "must be positive definite", "least eigenvalue"),
        (lambda a: np.cov(X, rowvar=False), ValueError, "must be positive definite", "least eigenvalue"),
    ],
    "vectors": NOT_REAL,
    "directions": [
        *NOT_REAL,
        (zero_row, ValueError, "must have no zero vector", "one at index (0,)"),
    ],
    "rows": [
        *NOT_REAL[:5],
        (masked, TypeError, REAL, "a masked array"),
        (lambda a: 1.0, ValueError, "must have shape (rows, columns)", "shape ()"),
        (lambda a: a[0], ValueError, "must have shape (rows, columns)", "shape (3,)"),
        (lambda a: a[:, 1:], ValueError, "must have equally many columns", "(2, 2)"),
    ],
    "codes": [
        (lambda a: a > 0, TypeError, "must hold the same kind", "booleans"),
        (lambda a: a.astype(str), TypeError, "must hold the same kind", "strings"),
        (lambda a: None, TypeError, REAL, "object"),
    ],
    "booleans": [
        (lambda a: a.astype(int), TypeError, "must be an array of booleans", "int64"),
        (lambda a: None, TypeError, "must be an array of booleans", "object"),
        (masked, TypeError, "must be an array of booleans", "a masked array"),
        (lambda a: [[True], [True, False]], ValueError, "an array of booleans", "lists of unequal lengths"),
        (lambda a: {1}, TypeError, "must both be sets or both arrays of booleans", "set"),
    ],
    "sample": [
        *NOT_REAL,
        *NOT_FINITE,
        (lambda a: a[1:], ValueError, "equally many observations", "7"),
        (lambda a: np.ones((8, 1, 1)), ValueError, "must have shape (n,) or (n, d)", "(8, 1, 1)"),
    ],
    "signs": [
        *NOT_REAL,
        (lambda a: a[:1], ValueError, "must have shape (2,)", "(1,)"),
        *((put(v), ValueError, "must be 1 or -1", f"{v:g}") for v in (0, 2, 0.5, NAN)),
    ],
    "features": [
        *NOT_REAL,
        (lambda a: a[0, 0], ValueError, "must have shape (..., C, H, W), none of them 0", "(4, 5)"),
        (lambda a: a[:, :, :0], ValueError, "must have shape (..., C, H, W), none of them 0", "(2, 3, 0, 5)"),
    ],
    "picture": [
        *NOT_REAL,
        (lambda a: a[0, 0], ValueError, "must have shape (..., H, W), none of them 0", "(13,)"),
        (lambda a: a[:, :0], ValueError, "must have shape (..., H, W), none of them 0", "(2, 0, 13)"),
    ],
    "finite picture": [*NOT_REAL, *NOT_FINITE],
    "pictures": NOT_REAL,
    "losses": [*NOT_REAL, (lambda a: a[:0, :0], ValueError, "", "(0, 0)")],
    "weights": [
        *NOT_REAL,
        *((put(v), ValueError, "must be finite and not negative", f"{v:g}") for v in (NAN, INF, -1.0)),
        (lambda a: 0 * a, ValueError, "must not all be 0", "only zeros"),
    ],
    "predictors": [
        *NOT_REAL,
        *NOT_FINITE,
        (lambda a: 1.0, ValueError, "must have shape (n,) or (n, d)", "()"),
        (lambda a: a[1:], ValueError, "must have shape (n,) for x of shape (n, ...)", "(8,) and (7, 2)"),
        (lambda a: 1e200 * a, ValueError, "must be at most 1e+150 in size", "e+"),
    ],
    "response": [
        *NOT_REAL,
        *NOT_FINITE,
        (lambda a: a[1:], ValueError, "must have shape (n,) for x of shape (n, ...)", "(7,) and (8, 2)"),
        (lambda a: 1e200 * a, ValueError, "must be at most 1e+150 in size", "e+"),
    ],
    "start": [*NOT_REAL, *NOT_FINITE],
    "coefficients": [
        *NOT_REAL,
        *NOT_FINITE,
        (lambda a: a[:2], ValueError, "must have shape (3,)", "(2,)"),
    ],
}

WRONG_TYPES = ("1", True, None, 1j, [1.0], np.ones(3), np.array(1.0), np.True_, np.timedelta64(1, "s"))
# Each is: what was required, what is out of range, and what is not of the wrong type after all.
NUMBERS = {
    "positive": ("a positive finite number", (0, -0.0, -1.5, INF, -INF, NAN, 10**400), ()),
    "optional positive": ("a positive finite number", (0, -1.5, INF, NAN), (None,)),
    "scale": ("a positive finite number", (0, -1.5, INF, NAN), WRONG_TYPES[:1]),
    "schedule": ("a positive finite number", (0, -1.5, INF, NAN), ()),
    "not negative": ("a finite number, 0 or more", (-1e-300, -1.5, INF, -INF, NAN), ()),
    "gamma": ("a finite number of at least 0", (-1e-300, -1.5, INF, -INF, NAN), ()),
    "from 0 to 1": ("a number from 0 to 1", (-1e-300, 1.5, INF, NAN), ()),
    "fraction": ("a number strictly between 0 and 1", (0, 1, -0.25, INF, NAN), ()),
    "momentum": ("a number from 0 to below 1", (-1e-300, 1, INF, NAN), ()),
    "margin": ("a number from -1 to 1", (-1.5, 1.5, INF, NAN), ()),
    "any number": ("a real number", (NAN, 10**400), ()),
    "exponent": ("a positive number", (0, -1.5, -INF, NAN), ()),
    "base": ("None or a finite number above 1", (1, 0.5, 0, -2, INF, NAN), (None,)),
    "integer": ("a positive integer", (0, -1, 10**30), ()),
}
CASES = [
    (name, parameter, role)
    for name in FUNCTIONS
    for parameter, role in parameters(name).items()
    if role != "function"
]


def refused(name, error, words, **changes):
    """Call with changed arguments, and look at the error's type and at the words of its message."""
    with pytest.raises(error) as caught:
        call(name, **{**good(name), **changes})
    text = str(caught.value)
    assert type(caught.value) is error, text
    required, separator, came = text.partition("; got")
    assert separator, f"it is not said what came: {text}"
    for part, where in words:
        assert part in {"required": required, "came": came}[where], f"{part!r} is missing: {text}"
    return text


@pytest.mark.parametrize(("name", "parameter", "role"), [c for c in CASES if c[2] in BAD])
def test_bad_arrays_are_refused(name, parameter, role):
    value = good(name)[parameter]
    for change, error, required, came in BAD[role]:
        bad = change(value)
        if bad is None and inspect.signature(FUNCTIONS[name]).parameters[parameter].default is None:
            continue
        text = refused(name, error, [(required, "required"), (came, "came")], **{parameter: bad})
        assert re.search(rf"\b{parameter}\b|\by\b", text), text


@pytest.mark.parametrize(("name", "parameter", "role"), [c for c in CASES if c[2] in NUMBERS])
def test_bad_numbers_are_refused(name, parameter, role):
    required, out_of_range, allowed = NUMBERS[role]
    words = [(f"{parameter} must be {required}", "required")]
    for value in out_of_range:
        came = "too large" if value in (10**400, 10**30) else f"{value:g}"
        refused(name, ValueError, [*words, (came, "came")], **{parameter: value})
    for value in WRONG_TYPES + ((2.0, NAN) if role == "integer" else ()):
        if not any(value is other for other in allowed):
            shown = repr(value) if len(repr(value)) <= 40 else type(value).__name__
            refused(name, TypeError, [*words, (shown, "came")], **{parameter: value})


# A width, temperature or range is taken in the type of the data; solvers work in float64 throughout.
IN_TYPE = [c[:2] for c in CASES if c[2] == "positive" and not c[0].startswith("optimizers.")]
IN_TYPE = [c for c in IN_TYPE if c[1] != "tolerance"]


@pytest.mark.parametrize(("name", "parameter"), IN_TYPE)
def test_a_number_must_exist_in_the_type_of_the_data(name, parameter):
    short = {k: np.float32(v) for k, v in good(name).items() if getattr(v, "dtype", None) == np.float64}
    words = [(f"{parameter} must be a positive finite number in float32", "required"), ("1e-60", "came")]
    refused(name, ValueError, words, **short, **{parameter: 1e-60})


@pytest.mark.parametrize(("name", "parameter", "role"), [c for c in CASES if c[2] == "option"])
def test_unknown_options_are_refused(name, parameter, role):
    for value in ("nope", "", 1, ["l2"], good(name)[parameter].upper()):
        refused(name, ValueError, [(f"{parameter} must be one of '", "required")], **{parameter: value})


@pytest.mark.parametrize(("name", "parameter", "role"), [c for c in CASES if c[2] == "axis"])
def test_a_bad_axis_is_refused(name, parameter, role):
    words = [("axis must be an integer from -2 to 1 for", "required")]
    for value in (2, -3, 10**6):
        refused(name, ValueError, [*words, (str(value), "came")], axis=value)
    for value in (1.0, None, "0", True, (0,)):
        refused(name, TypeError, [*words, (repr(value), "came")], axis=value)


ALIKE = ("real", "logits", "distribution", "shares", "vectors", "directions", "codes", "booleans", "pictures")


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if "axis" in parameters(name)])
def test_numbers_alone_have_no_axis(name):
    single = {p: v.flat[0] for p, v in good(name).items() if isinstance(v, np.ndarray) and p != "cov"}
    text = refused(name, ValueError, [("must have at least one axis", "required"), ("()", "came")], **single)
    assert text.startswith(next(iter(single)))


def partners(name):
    """Return the first two array parameters of a function, if their shapes must be equal."""
    found = [
        p for p, role in parameters(name).items() if role in ALIKE and p not in ("weights", "probs", "ps")
    ]
    return found if len(found) == 2 else []


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if partners(name)])
def test_unequal_shapes_are_refused_and_nothing_is_broadcast(name):
    first, second = partners(name)
    value = good(name)[second]
    for bad in (value[:1], value[np.newaxis], np.concatenate([value, value]), value[..., :1]):
        text = refused(name, ValueError, [("must have equal shapes", "required")], **{second: bad})
        assert text.startswith(f"{first} and {second} must")
        assert text.endswith(f"got {value.shape} and {bad.shape}")


def test_every_role_is_tried():
    tried = {*BAD, *NUMBERS, "option", "axis", "function", "generator"}
    assert {role for name in FUNCTIONS for role in parameters(name).values()} <= tried


@pytest.mark.parametrize("value", [None, 1, np.random.RandomState(1), "seed"])
def test_randomness_comes_from_a_generator(value):
    words = [("rng must be a numpy.random.Generator", "required"), (type(value).__name__, "came")]
    refused("optimizers.simulated_annealing", TypeError, words, rng=value)


FUNCTION_CASES = [
    c for c in ((n, p, r) for n in FUNCTIONS for p, r in parameters(n).items()) if c[2] == "function"
]


@pytest.mark.parametrize(("name", "parameter", "role"), FUNCTION_CASES)
def test_functions_are_functions_and_return_numbers_of_the_right_shape(name, parameter, role):
    for value in (1.0, "f", [abs]):
        words = [(f"{parameter} must be a function", "required"), (type(value).__name__, "came")]
        refused(name, TypeError, words, **{parameter: value})
    results = [
        (
            np.zeros(3) if parameter == "gradient" else np.zeros(2),
            ValueError,
            "must return an array of shape",
        ),
        ("low", TypeError, REAL),
        (NAN + (np.zeros(2) if parameter == "gradient" else 0), ValueError, "must be finite at start"),
    ]
    for result, error, required in results:
        refused(name, error, [(required, "required")], **{parameter: lambda x, result=result: result})
