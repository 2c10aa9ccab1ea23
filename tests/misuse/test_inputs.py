"""Good input in every form: never changed, and the same result however it lies in memory."""

import re

import numpy as np
import pytest
from kinds import frozen, quietly
from rows import ROWS
from rows_optimizers import BACKTRACKING, DESCENT


def is_array(value):
    """Say whether a value is an array of numbers or booleans with at least one axis."""
    return isinstance(value, np.ndarray) and value.ndim > 0


def read_only(array):
    """Return a copy that refuses to be written to."""
    array = array.copy()
    array.flags.writeable = False
    return array


def spread(array):
    """Return a view of every second element along every axis of a larger array."""
    larger = np.full([2 * n for n in array.shape], 99, array.dtype)
    view = larger[(slice(None, None, 2),) * array.ndim]
    view[...] = array
    return view


def reversed_(array):
    """Return a view that runs backwards through memory along every axis."""
    back = (slice(None, None, -1),) * array.ndim
    return array[back].copy()[back]


def unaligned(array):
    """Return an array that begins at an odd address."""
    buffer = np.zeros(array.nbytes + 1, np.uint8)
    result = buffer[1:].view(array.dtype).reshape(array.shape)
    result[...] = array
    return result


def repeated(array):
    """Return a view without strides along a new first axis, cut back to one: strides of 0."""
    return np.broadcast_to(array, (1, *array.shape))[0]


LAYOUTS = {
    "read-only": read_only,
    "every second element": spread,
    "Fortran order": np.asfortranarray,
    "backwards": reversed_,
    "unaligned": unaligned,
    "broadcast": repeated,
    "the other byte order": lambda array: array.astype(array.dtype.newbyteorder()),
    "lists": lambda array: array.tolist(),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_layout_in_memory_changes_neither_result_nor_argument(row, layout):
    good = row.good
    expected = row.numbers(quietly(row.function, good))
    arguments = {name: LAYOUTS[layout](v) if is_array(v) else v for name, v in good.items()}
    before = frozen(arguments)
    result = row.numbers(quietly(row.function, arguments))
    assert frozen(arguments) == before
    assert np.shape(result) == np.shape(expected)
    assert result.dtype == expected.dtype
    assert result.dtype.isnative
    # Bit for bit: sums are not left to run in memory's order.
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_floating_point_type_is_kept(row, dtype):
    good = row.good
    expected = row.numbers(quietly(row.function, good))
    convertible = [name for name, v in good.items() if isinstance(v, np.ndarray) and v.dtype == np.float64]
    arguments = {name: v.astype(dtype) if name in convertible else v for name, v in good.items()}
    before = frozen(arguments)
    result = row.numbers(quietly(row.function, arguments))
    assert frozen(arguments) == before
    assert result.dtype == (dtype if convertible and row.single == np.float32 else expected.dtype)
    assert np.shape(result) == np.shape(expected)
    tolerance = {np.float16: 0.05, np.float32: 1e-4, np.longdouble: 1e-12}[dtype]
    np.testing.assert_allclose(result, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_result_is_no_view_of_an_argument(row):
    arguments = {name: v.copy() if is_array(v) else v for name, v in row.good.items()}
    result = row.numbers(quietly(row.function, arguments))
    before = frozen(arguments)
    if isinstance(result, np.ndarray) and result.flags.writeable:
        result[...] = 0
    assert frozen(arguments) == before


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_two_calls_give_the_same(row):
    first, second = (row.numbers(quietly(row.function, row.good)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def doubled_in_place(x):
    """Return the gradient of the sum of squares, and do to the point what an argument must not suffer."""
    x *= 2
    return x


@pytest.mark.parametrize("row", [DESCENT, BACKTRACKING], ids=lambda row: row.name)
def test_a_gradient_that_works_in_place_does_not_change_the_path(row):
    expected = quietly(row.function, row.good)
    trace = quietly(row.function, {**row.good, "gradient": doubled_in_place})
    np.testing.assert_array_equal(trace.points, expected.points)
    np.testing.assert_array_equal(trace.values, expected.values)


FACTORS = {"0": 0.0, "subnormal": 5e-324, "tiny": 1e-200, "huge": 1e200, "at the end of the range": 1.7e308}


def is_measured(argument):
    """Say whether an argument holds numbers of any size: no probabilities, labels or covariances."""
    limited = ("negative probability", "label out of range", "singular matrix")
    plain = all(isinstance(argument.cells[kind], str) for kind in limited)
    return plain and isinstance(argument.good, np.ndarray) and argument.good.dtype == np.float64


@pytest.mark.parametrize("size", FACTORS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_numbers_of_any_size_raise_no_warning_and_no_error_of_another(row, size):
    for together in (True, False):
        for name in row.arguments:
            arguments = {
                key: FACTORS[size] * (argument.good / max(1.0, np.max(np.abs(argument.good))))
                if is_measured(argument) and (together or key == name)
                else argument.good
                for key, argument in row.arguments.items()
            }
            try:
                quietly(row.function, arguments)
            except (ValueError, RuntimeError) as refused:
                error = refused
            else:
                continue
            assert re.search(r" must .*; ", str(error)), error
