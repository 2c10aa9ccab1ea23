"""The checks convert what is exact, refuse the rest, and say what was required and what came."""

import math
import re

import numpy as np
import pytest

from lossbook import _checks


@pytest.mark.parametrize("value", [[1, 2], np.array([1, 2], np.int8), np.array([1, 2], np.uint64)])
def test_integers_become_float64(value):
    array = _checks.as_real_array(value, name="x")
    assert array.dtype == np.float64
    assert array.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floating_point_types_are_kept_without_a_copy(dtype):
    value = np.array([1, 2], dtype)
    assert _checks.as_real_array(value, name="x") is value


def test_the_other_byte_order_is_turned_around():
    array = _checks.as_real_array(np.array([1.0, 2.0], np.dtype(np.float32).newbyteorder()), name="x")
    assert array.dtype == np.float32
    assert array.dtype.isnative
    assert array.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("value", "came"),
    [
        ([True, False], "bool"),
        ([1j], "complex128"),
        (["1.0"], "<U3"),
        ([None], "object"),
        (np.array(["2026-01-01"], "datetime64[D]"), "datetime64[D]"),
    ],
)
def test_what_is_not_real_is_refused(value, came):
    with pytest.raises(TypeError) as error:
        _checks.as_real_array(value, name="target")
    assert str(error.value) == f"target must be an array of real numbers; got dtype {came}"


def test_ragged_lists_are_refused():
    with pytest.raises(ValueError, match=r"^x must be an array of real numbers; got nested lists of unequal"):
        _checks.as_real_array([[1.0], [1.0, 2.0]], name="x")


def test_an_array_of_anything_is_not_made_of_ragged_lists():
    assert _checks.as_array([["a"]], name="x", requirement="a table").shape == (1, 1)
    with pytest.raises(ValueError, match=r"^x must be a table; got nested lists of unequal lengths$"):
        _checks.as_array([["a"], []], name="x", requirement="a table")


def test_what_is_masked_does_not_come_to_light():
    hidden = np.ma.array([1.0, -999.0], mask=[False, True])
    with pytest.raises(TypeError, match=r"^x must be an array of real numbers; got a masked array"):
        _checks.as_real_array(hidden, name="x")
    assert _checks.as_real_array(np.ma.array([1.0, 2.0]), name="x").tolist() == [1.0, 2.0]


def test_nothing_is_broadcast():
    with pytest.raises(ValueError, match="equal shapes") as error:
        _checks.residual([1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0])
    assert str(error.value) == "prediction and target must have equal shapes; got (3,) and (4,)"
    with pytest.raises(ValueError, match=r"got \(3,\) and \(\)$"):
        _checks.residual([1.0, 2.0, 3.0], 0.0)


def test_residual_is_prediction_minus_target():
    assert _checks.residual([5, 1], [2.0, 2.0]).tolist() == [3.0, -1.0]


def test_residual_of_float32_and_float64_is_float64():
    assert _checks.residual(np.float32([1]), np.float64([2])).dtype == np.float64


@pytest.mark.filterwarnings("error")
def test_residual_overflows_to_infinity_in_silence():
    assert _checks.residual([1.7e308, np.inf], [-1.7e308, -np.inf]).tolist() == [np.inf, np.inf]
    assert math.isnan(_checks.residual(np.inf, np.inf))


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int64(2)])
def test_positive_number_returns_a_python_float(value):
    number = _checks.positive_number(value, name="delta")
    assert type(number) is float
    assert number == 2.0


@pytest.mark.parametrize(
    ("value", "came"),
    [
        (0, "0"),
        (-1.5, "-1.5"),
        (math.inf, "inf"),
        (math.nan, "nan"),
        (10**400, "an integer too large for float64"),
    ],
)
def test_positive_number_refuses_what_is_not_positive_and_finite(value, came):
    with pytest.raises(ValueError, match="delta") as error:
        _checks.positive_number(value, name="delta")
    assert str(error.value) == f"delta must be a positive finite number; got {came}"


@pytest.mark.parametrize(
    ("value", "came"),
    [
        ("1", "'1'"),
        (True, "True"),
        (None, "None"),
        (1j, "1j"),
        ([1.0], "[1.0]"),
        (np.ones(99), "a ndarray"),
        (np.True_, "np.True_"),
    ],
)
def test_positive_number_refuses_what_is_not_a_number(value, came):
    with pytest.raises(TypeError) as error:
        _checks.positive_number(value, name="delta")
    assert str(error.value) == f"delta must be a positive finite number; got {came}"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [1e-60, 1e60])
def test_positive_number_must_exist_in_the_type_it_is_used_in(value):
    assert _checks.positive_number(value, name="delta") == value
    with pytest.raises(ValueError, match="delta") as error:
        _checks.positive_number(value, name="delta", dtype=np.float32)
    assert str(error.value) == f"delta must be a positive finite number in float32; got {value:g}"


def test_real_number_allows_infinity():
    assert _checks.real_number(-math.inf, name="alpha") == -math.inf
    with pytest.raises(ValueError, match=r"^alpha must be a real number; got nan$"):
        _checks.real_number(np.nan, name="alpha")


@pytest.mark.parametrize("value", [0, 1, -0.1, 1.1, math.inf])
def test_fraction_lies_strictly_between_0_and_1(value):
    assert _checks.fraction(0.25, name="tau") == 0.25
    with pytest.raises(ValueError, match="tau") as error:
        _checks.fraction(value, name="tau")
    assert str(error.value) == f"tau must be a number strictly between 0 and 1; got {value:g}"


def test_positive_integer():
    assert _checks.positive_integer(np.int64(3), name="steps") == 3
    with pytest.raises(ValueError, match=r"^steps must be a positive integer; got 0$"):
        _checks.positive_integer(0, name="steps")
    with pytest.raises(
        ValueError, match=r"^steps must be a positive integer; got one too large to count to$"
    ):
        _checks.positive_integer(10**400, name="steps")
    for value, came in [(2.0, "2.0"), (True, "True")]:
        with pytest.raises(TypeError, match=rf"^steps must be a positive integer; got {came}$"):
            _checks.positive_integer(value, name="steps")


def test_check_finite_names_the_first_offender():
    _checks.check_finite(np.ones((2, 2)), name="x")
    with pytest.raises(ValueError, match=r"^x must be finite; got nan at index \(1, 0\)$"):
        _checks.check_finite(np.array([[1.0, 2.0], [np.nan, np.inf]]), name="x")


@pytest.mark.parametrize("value", ["both", None, np.array(["one"])])
def test_check_option_lists_the_options(value):
    _checks.check_option("one", ("one", "two"), name="kind")
    with pytest.raises(ValueError, match="kind") as error:
        _checks.check_option(value, ("one", "two"), name="kind")
    assert str(error.value).startswith("kind must be one of 'one', 'two'; got ")
    assert str(error.value).endswith(repr(value))


def test_axis_index_counts_from_the_first():
    array = np.zeros((2, 3))
    assert [_checks.axis_index(axis, array, name="x") for axis in (0, 1, -1, -2, np.int64(1))] == [
        0,
        1,
        1,
        0,
        1,
    ]
    for axis in (2, -3):
        with pytest.raises(ValueError, match="axis") as error:
            _checks.axis_index(axis, array, name="x")
        assert str(error.value) == f"axis must be an integer from -2 to 1 for x of shape (2, 3); got {axis}"
    for axis, came in [(True, "True"), (1.0, "1.0"), (None, "None"), ((0, 1), "(0, 1)")]:
        with pytest.raises(TypeError) as error:
            _checks.axis_index(axis, array, name="x")
        assert str(error.value) == f"axis must be an integer from -2 to 1 for x of shape (2, 3); got {came}"
    with pytest.raises(ValueError, match=r"^x must have at least one axis; got shape \(\)$"):
        _checks.axis_index(0, np.array(1.0), name="x")


def test_vector_pair_moves_the_vectors_to_the_end_of_memory():
    x = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    first, second = _checks.vector_pair(x, x.astype(np.float64), axis=1)
    assert first.shape == second.shape == (2, 4, 3)
    assert first.dtype == second.dtype == np.float64
    assert first.strides[-1] == first.itemsize
    np.testing.assert_array_equal(first, x.transpose(0, 2, 1))
    with pytest.raises(ValueError, match=r"^a and b must have equal shapes; got \(2,\) and \(2, 1\)$"):
        _checks.vector_pair([1, 2], [[1], [2]], axis=-1, names=("a", "b"))


def test_cholesky_factor():
    cov = np.array([[4.0, 2.0], [2.0, 3.0]])
    factor = _checks.cholesky_factor(cov, name="cov", dimension=2)
    np.testing.assert_allclose(factor @ factor.T, cov, rtol=1e-15)
    assert factor[0, 1] == 0
    nearly = cov + np.array([[0, 1e-11], [0, 0]])
    np.testing.assert_array_equal(_checks.cholesky_factor(nearly, name="cov", dimension=2), factor)


@pytest.mark.parametrize(
    ("cov", "message"),
    [
        ([1.0, 2.0], "cov must have shape (2, 2); got (2,)"),
        ([[1.0, np.nan], [0.0, 1.0]], "cov must be finite; got nan at index (0, 1)"),
        ([[1.0, 0.5], [0.4, 1.0]], "cov must be symmetric; got 0.5 at (0, 1) and 0.4 at (1, 0)"),
        ([[1, 2], [2, 1]], "cov must be positive definite; got a matrix with least eigenvalue -1"),
        ([[1, 0], [0, 0]], "cov must be positive definite; got a matrix with least eigenvalue 0"),
    ],
)
def test_cholesky_factor_refuses_what_is_no_covariance(cov, message):
    with pytest.raises(ValueError, match="cov") as error:
        _checks.cholesky_factor(cov, name="cov", dimension=2)
    assert str(error.value) == message


def test_logits_keep_their_type_and_may_hold_minus_infinity_and_nan():
    value = np.float32([[0, -np.inf], [np.nan, 1]])
    assert _checks.as_logits(value, name="a") is value
    assert _checks.as_logits([[1, -3]], name="a", axis=0).dtype == np.float64


@pytest.mark.parametrize(
    ("value", "axis", "message"),
    [
        ([[0.0, np.inf], [-np.inf, -np.inf]], 1, "a must be below inf; got inf"),
        (
            [[0.0, -np.inf], [0.0, -np.inf]],
            0,
            "a must have an entry above -inf in each vector; got one with -inf only",
        ),
        (np.zeros((0, 2)), 0, "a must have at least one entry along axis 0; got shape (0, 2)"),
        (3.0, -1, "a must have at least one axis; got shape ()"),
    ],
)
def test_logits_without_a_softmax_are_refused(value, axis, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        _checks.as_logits(value, name="a", axis=axis)


def test_probabilities_come_with_their_axis_last():
    value = np.array([[0.25, 0.5, 1.0], [0.75, 0.5, 0.0]])
    found = _checks.as_probabilities(value, name="p", axis=0)
    assert found.tolist() == value.T.tolist()
    assert found.flags.c_contiguous
    assert _checks.as_probabilities(np.zeros((0, 3)), name="p").shape == (0, 3)
    assert _checks.as_probabilities(np.float16([0.5, 0.506]), name="p").dtype == np.float16


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([[0.5, 0.5], [0.5, np.nan]], "p must hold probabilities, at least 0; got nan"),
        ([[0.5, 0.5], [1.5, -0.5]], "p must hold probabilities, at least 0; got -0.5"),
        ([[0.5, 0.5], [0.5, 0.75]], "p must sum to 1 along its axis; got a sum of 1.25"),
        (np.zeros((2, 0)), "p must sum to 1 along its axis; got a sum of 0"),
    ],
)
def test_what_is_no_probability_vector_is_refused(value, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        _checks.as_probabilities(value, name="p")


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-6), (np.float32, 1e-4), (np.float16, 1e-2)])
def test_sums_may_be_off_by_what_the_type_can_tell(dtype, tolerance):
    assert _checks.as_probabilities(np.array([1 + 0.9 * tolerance], dtype), name="p").shape == (1,)
    with pytest.raises(ValueError, match=r"^p must sum to 1"):
        _checks.as_probabilities(np.array([1 + 1.2 * tolerance], dtype), name="p")


def test_a_pair_has_one_type():
    p, q, dtype = _checks.probability_pair(np.float32([1, 0]), np.float32([0, 1]), axis=-1)
    assert (p.dtype, q.dtype, dtype) == (np.float32, np.float32, np.float32)
    assert _checks.probability_pair(np.float32([1]), [1], axis=-1)[2] == np.float64
