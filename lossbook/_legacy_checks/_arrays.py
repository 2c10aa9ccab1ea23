"""Checks of arrays: their elements, shapes and axes."""

import numbers
import sys

import numpy as np

from lossbook._legacy_checks._numbers import NOT_NUMBERS, show


def as_real_array(value, *, name):
    """Return `value` as an array of real floating-point numbers.

    Parameters
    ----------
    value : array_like
        Real numbers of any shape. float16, float32, float64 and longdouble keep their type; integers
        become float64.
    name : str
        The argument's name, for the message.

    Returns
    -------
    ndarray
        The same numbers in the machine's byte order; `value` itself if it is such a floating-point array.

    Raises
    ------
    ValueError
        If the nested lists are ragged.
    TypeError
        If the elements are not real numbers: booleans, complex numbers, strings, objects; or if some are
        masked.
    """
    requirement = "an array of real numbers"
    array = as_array(value, name=name, requirement=requirement)
    if array.dtype.kind in "iu":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(f"{name} must be {requirement}; got dtype {array.dtype}")
    # Arrays from files may have the other byte order, which no result shall have.
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def as_array(value, *, name, requirement):
    """Return `value` as an array.

    Raises
    ------
    TypeError
        If it is a masked array in which something is masked: NumPy would bring to light what is behind it.
    ValueError
        If it is made of nested lists of unequal lengths.
    """
    # Only who has loaded this module has a masked array; it is slow to load.
    masked = sys.modules.get("numpy.ma")
    if masked is not None and masked.is_masked(value):
        raise TypeError(f"{name} must be {requirement}; got a masked array: leave out what is masked")
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be {requirement}; got nested lists of unequal lengths") from None


def residual(prediction, target):
    """Return prediction − target after checking both.

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape. If one is float32 and the other float64, the result is float64.

    Returns
    -------
    ndarray or NumPy scalar
        The difference, of the same shape; infinite where it overflows, NaN for inf − inf.

    Raises
    ------
    TypeError
        If either holds anything but real numbers.
    ValueError
        If the shapes differ: nothing is broadcast.
    """
    prediction = as_real_array(prediction, name="prediction")
    target = as_real_array(target, name="target")
    check_equal_shapes(prediction, target, names=("prediction", "target"))
    with np.errstate(over="ignore", invalid="ignore"):
        return prediction - target


def check_equal_shapes(first, second, *, names):
    """Raise ValueError unless two arrays have the same shape."""
    if first.shape != second.shape:
        raise ValueError(
            f"{names[0]} and {names[1]} must have equal shapes; got {first.shape} and {second.shape}"
        )


def check_finite(array, *, name):
    """Raise ValueError unless every element is finite; the message names the first that is not."""
    finite = np.isfinite(array)
    if not finite.all():
        index = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(f"{name} must be finite; got {array[index]} at index {index}")


def axis_index(axis, array, *, name):
    """Return `axis` as an index from 0 on into the shape of `array`.

    Parameters
    ----------
    axis : int
        Which axis; negative ones count from the last.
    array : ndarray
        The array that it belongs to.
    name : str
        The array's name, for the message.

    Returns
    -------
    int
        The same axis, counted from the first.

    Raises
    ------
    TypeError
        If `axis` is not an integer.
    ValueError
        If `array` is a single number or has no such axis.
    """
    if array.ndim == 0:
        raise ValueError(f"{name} must have at least one axis; got shape ()")
    requirement = f"an integer from {-array.ndim} to {array.ndim - 1} for {name} of shape {array.shape}"
    if isinstance(axis, NOT_NUMBERS) or not isinstance(axis, numbers.Integral):
        raise TypeError(f"axis must be {requirement}; got {show(axis)}")
    if not -array.ndim <= axis < array.ndim:
        raise ValueError(f"axis must be {requirement}; got {axis}")
    return int(axis) % array.ndim


def vector_pair(first, second, *, axis, names=("x", "y")):
    """Return two arrays of vectors of equal shape, the vectors along the last axis.

    Parameters
    ----------
    first, second : array_like
        Real numbers of equal shape. If one is float32 and the other float64, both become float64.
    axis : int
        The axis along which each vector lies.
    names : pair of str
        The arguments' names, for the messages.

    Returns
    -------
    tuple of ndarray
        Both, with `axis` moved to the end. The elements of a vector lie side by side in memory, where NumPy
        adds them up in pairs, which is more accurate than one after the other.

    Raises
    ------
    TypeError
        If an array holds anything but real numbers, or `axis` is not an integer.
    ValueError
        If the shapes differ, the arrays are single numbers, or there is no such axis.
    """
    first = as_real_array(first, name=names[0])
    second = as_real_array(second, name=names[1])
    check_equal_shapes(first, second, names=names)
    axis = axis_index(axis, first, name=names[0])
    dtype = np.result_type(first, second)
    return tuple(np.ascontiguousarray(np.moveaxis(array, axis, -1), dtype=dtype) for array in (first, second))
