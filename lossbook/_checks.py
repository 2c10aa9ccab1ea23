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


def as_logits(value, *, name, axis=-1):
    """Return logits as an array of real floating-point numbers.

    Parameters
    ----------
    value : array_like
        Real numbers; along `axis` at least one, none of them +∞ and not all −∞.
    name : str
        The argument's name, for the message.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray
        The same numbers, as `as_real_array` gives them.

    Raises
    ------
    TypeError
        If the elements are not real numbers, or `axis` is not an integer.
    ValueError
        If there is no such axis or nothing along it, or no softmax exists: +∞, or nothing but −∞.
    """
    array = as_real_array(value, name=name)
    axis = axis_index(axis, array, name=name)
    if array.shape[axis] == 0:
        raise ValueError(f"{name} must have at least one entry along axis {axis}; got shape {array.shape}")
    top = array.max(axis)
    if np.isinf(top).any():
        if (top == np.inf).any():
            raise ValueError(f"{name} must be below inf; got inf")
        raise ValueError(f"{name} must have an entry above -inf in each vector; got one with -inf only")
    return array


def as_probabilities(value, *, name, axis=-1):
    """Return probability vectors, moved to the last axis.

    Parameters
    ----------
    value : array_like
        Real numbers, not negative, that sum to 1 along `axis`: within 1e-6, within 1e-4 for float32, within
        1e-2 for float16.
    name : str
        The argument's name, for the message.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray
        The same numbers, contiguous, with the axis of the classes last.

    Raises
    ------
    TypeError
        If the elements are not real numbers, or `axis` is not an integer.
    ValueError
        If there is no such axis, or a number is NaN or negative, or a sum is not 1 (that of nothing is 0).
    """
    array = as_real_array(value, name=name)
    array = np.ascontiguousarray(np.moveaxis(array, axis_index(axis, array, name=name), -1))
    # One comparison finds negative numbers and NaN.
    if not (array.min(initial=0) >= 0):
        wrong = array[~(array >= 0)][0]
        raise ValueError(f"{name} must hold probabilities, at least 0; got {wrong:g}")
    with np.errstate(all="ignore"):
        total = array.sum(-1, dtype=np.result_type(array, np.float64))
        off = ~(abs(total - 1) <= {2: 1e-2, 4: 1e-4}.get(array.dtype.itemsize, 1e-6))
    if off.any():
        raise ValueError(f"{name} must sum to 1 along its axis; got a sum of {total[off][0]:.9g}")
    return array


def probability_pair(p, q, *, axis):
    """Return probability vectors p and q of equal shape, moved to the last axis, and their common type.

    Returns
    -------
    tuple of ndarray, ndarray, dtype
        Both at least in float64, as `as_probabilities` gives them, and the type that they had in common.

    Raises
    ------
    TypeError, ValueError
        As `as_probabilities`; ValueError too if the shapes differ.
    """
    p, q = as_real_array(p, name="p"), as_real_array(q, name="q")
    check_equal_shapes(p, q, names=("p", "q"))
    p, q = as_probabilities(p, name="p", axis=axis), as_probabilities(q, name="q", axis=axis)
    dtype = np.result_type(p, q)
    wide = np.result_type(dtype, np.float64)
    return p.astype(wide, copy=False), q.astype(wide, copy=False), dtype


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
    if isinstance(axis, (bool, np.bool_)) or not isinstance(axis, numbers.Integral):
        raise TypeError(f"axis must be {requirement}; got {_show(axis)}")
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


def cholesky_factor(cov, *, name, dimension):
    """Return the lower triangular L with L Lᵀ = cov after checking that `cov` is a covariance matrix.

    Parameters
    ----------
    cov : array_like, shape (d, d)
        A symmetric positive definite matrix. cov[i, j] and cov[j, i] may differ by rounding, 1e-10 (1e-4 for
        types shorter than float64) of the root of cov[i, i] cov[j, j]; the lower triangle is used.
    name : str
        The argument's name, for the message.
    dimension : int
        The d that is required.

    Returns
    -------
    ndarray, shape (d, d)
        The factor, float64.

    Raises
    ------
    TypeError
        If `cov` holds anything but real numbers.
    ValueError
        If it has another shape, is not finite, not symmetric, or not positive definite in float64.
    """
    cov = as_real_array(cov, name=name)
    if cov.shape != (dimension, dimension):
        raise ValueError(f"{name} must have shape {(dimension, dimension)}; got {cov.shape}")
    check_finite(cov, name=name)
    tolerance = 1e-10 if cov.dtype.itemsize >= 8 else 1e-4
    cov = cov.astype(np.float64)
    size = np.sqrt(np.abs(np.diagonal(cov)))
    asymmetric = np.abs(cov - cov.T) > tolerance * np.outer(size, size)
    if asymmetric.any():
        i, j = (int(k) for k in np.argwhere(asymmetric)[0])
        raise ValueError(
            f"{name} must be symmetric; got {cov[i, j]:g} at ({i}, {j}) and {cov[j, i]:g} at ({j}, {i})"
        )
    try:
        return np.linalg.cholesky(cov)
    except np.linalg.LinAlgError:
        least = np.linalg.eigvalsh(cov)[0]
        raise ValueError(
            f"{name} must be positive definite; got a matrix with least eigenvalue {least:.3g}"
        ) from None
