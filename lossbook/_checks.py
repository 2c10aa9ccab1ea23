"""The one place where arguments are checked and errors are worded.

Each message says what was required and what came. The checks never repair data: they convert what is
exact (lists to arrays, integers to float64) and refuse the rest.
"""

import math
import numbers

import numpy as np


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
        The same numbers; `value` itself if it is a floating-point array already.

    Raises
    ------
    ValueError
        If the nested lists are ragged.
    TypeError
        If the elements are not real numbers: booleans, complex numbers, strings, objects.
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} must be an array of real numbers; got nested lists of unequal lengths"
        ) from None
    if array.dtype.kind in "iu":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(f"{name} must be an array of real numbers; got dtype {array.dtype}")
    return array


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


def real_number(value, *, name, requirement="a real number"):
    """Return a hyperparameter as a Python float, so that it never widens a float32 array.

    Parameters
    ----------
    value : float
        A Python or NumPy real number; infinities are allowed, NaN is not.
    name, requirement : str
        The argument's name and what it must be, for the message.

    Returns
    -------
    float
        The same number.

    Raises
    ------
    TypeError
        If `value` is not a real number (booleans and arrays are not).
    ValueError
        If it is NaN, or an integer beyond float64.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be {requirement}; got {_show(value)}")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(f"{name} must be {requirement}; got an integer too large for float64") from None
    if math.isnan(number):
        raise ValueError(f"{name} must be {requirement}; got nan")
    return number


def positive_number(value, *, name, dtype=np.float64):
    """Return a hyperparameter that must be positive and finite, as a Python float.

    Parameters
    ----------
    value : float
        A real number.
    name : str
        The argument's name, for the message.
    dtype : dtype, default float64
        The type that it will be used in: it must neither vanish nor overflow there.

    Returns
    -------
    float
        The same number.

    Raises
    ------
    TypeError
        If `value` is not a real number.
    ValueError
        If it is not positive and finite in `dtype`.
    """
    requirement = "a positive finite number"
    number = real_number(value, name=name, requirement=requirement)
    if not 0 < number < math.inf:
        raise ValueError(f"{name} must be {requirement}; got {number:g}")
    with np.errstate(over="ignore", under="ignore"):
        if not 0 < np.dtype(dtype).type(number) < math.inf:
            raise ValueError(f"{name} must be {requirement} in {np.dtype(dtype)}; got {number:g}")
    return number


def positive_integer(value, *, name):
    """Return `value` as an int; raise TypeError if it is not an integer, ValueError if it is below 1."""
    requirement = "a positive integer"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be {requirement}; got {_show(value)}")
    if value < 1:
        raise ValueError(f"{name} must be {requirement}; got {value}")
    return int(value)


def fraction(value, *, name):
    """Return `value` as a float if it lies strictly between 0 and 1; else raise, as `real_number` does."""
    requirement = "a number strictly between 0 and 1"
    number = real_number(value, name=name, requirement=requirement)
    if not 0 < number < 1:
        raise ValueError(f"{name} must be {requirement}; got {number:g}")
    return number


def check_finite(array, *, name):
    """Raise ValueError unless every element is finite; the message names the first that is not."""
    finite = np.isfinite(array)
    if not finite.all():
        index = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(f"{name} must be finite; got {array[index]} at index {index}")


def check_option(value, options, *, name):
    """Raise ValueError unless `value` is one of the strings `options`."""
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, options))}; got {_show(value)}")


def _show(value):
    """Return a short description of a refused value: its repr, or its type if that would be long."""
    text = repr(value)
    return text if len(text) <= 40 else f"a {type(value).__name__}"
