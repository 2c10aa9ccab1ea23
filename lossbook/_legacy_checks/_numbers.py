"""Checks of hyperparameters: numbers, and names of options."""

import math
import numbers
import sys

import numpy as np

# What counts as an integer for Python or NumPy, but stands for something else.
NOT_NUMBERS = (bool, np.bool_, np.timedelta64)


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
    if isinstance(value, NOT_NUMBERS) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be {requirement}; got {show(value)}")
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
    """Return `value` as an int; raise TypeError if it is no integer, ValueError if it is below 1 or huge."""
    requirement = "a positive integer"
    if isinstance(value, NOT_NUMBERS) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be {requirement}; got {show(value)}")
    if value < 1:
        raise ValueError(f"{name} must be {requirement}; got {value}")
    if value > sys.maxsize:
        raise ValueError(f"{name} must be {requirement}; got one too large to count to")
    return int(value)


def fraction(value, *, name):
    """Return `value` as a float if it lies strictly between 0 and 1; else raise, as `real_number` does."""
    requirement = "a number strictly between 0 and 1"
    number = real_number(value, name=name, requirement=requirement)
    if not 0 < number < 1:
        raise ValueError(f"{name} must be {requirement}; got {number:g}")
    return number


def check_option(value, options, *, name):
    """Raise ValueError unless `value` is one of the strings `options`."""
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, options))}; got {show(value)}")


def show(value):
    """Return a short description of a refused value: its repr, or its type if that would be long."""
    text = repr(value)
    return text if len(text) <= 40 else f"a {type(value).__name__}"
