"""The one place where arguments are checked and errors are worded.

Each message says what was required and what came. The checks never repair data: they convert what is exact
(lists to arrays, integers to float64) and refuse the rest, with TypeError for the wrong kind of thing and
ValueError for a wrong value or shape.
"""

import functools
import math
import numbers
import sys

import numpy as np

# What counts as an integer for Python or NumPy, but stands for something else.
NOT_NUMBERS = (bool, np.bool_, np.timedelta64)


def keeps_float16(function):
    """Let a function compute float16 arguments in float32, and round its result once, at the end."""

    @functools.wraps(function)
    def rounding_once(*arguments, **named):
        result = function(*arguments, **named)
        types = [getattr(value, "dtype", None) for value in (*arguments, *named.values())]
        if np.float16 in types and np.float32 not in types and getattr(result, "dtype", None) == np.float32:
            with np.errstate(over="ignore"):
                return result.astype(np.float16)
        return result

    return rounding_once


# ---- Arrays ------------------------------------------------------------------------------------------------


def as_array(value, name, requirement):
    """Return `value` as an array of anything; nothing masked, no ragged lists."""
    # Only who has loaded this module has a masked array; NumPy would bring to light what is behind the mask.
    masked = sys.modules.get("numpy.ma")
    if masked is not None and masked.is_masked(value):
        raise TypeError(f"{name} must be {requirement}; got a masked array: leave out what is masked")
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be {requirement}; got nested lists of unequal lengths") from None


def real_array(value, name):
    """Return `value` as an array of floats: integers become float64, float16 float32, other floats stay."""
    array = as_array(value, name, "an array of real numbers")
    if array.dtype.kind in "iu":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(f"{name} must be an array of real numbers; got dtype {array.dtype}")
    if array.dtype == np.float16:
        return array.astype(np.float32)
    # Arrays from files may have the other byte order, which no result shall have.
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def real_arrays(**arrays):
    """Return arrays of floats, all of one type, after checking that their shapes are equal."""
    found = [real_array(value, name) for name, value in arrays.items()]
    names = list(arrays)
    for name, array in zip(names[1:], found[1:], strict=True):
        if array.shape != found[0].shape:
            raise ValueError(
                f"{names[0]} and {name} must have equal shapes; got {found[0].shape} and {array.shape}"
            )
    dtype = np.result_type(*found)
    return [array.astype(dtype, copy=False) for array in found]


def residual(prediction, target):
    """Return prediction − target: infinite where it overflows, NaN for inf − inf."""
    prediction, target = real_arrays(prediction=prediction, target=target)
    with np.errstate(over="ignore", invalid="ignore"):
        return prediction - target


def axis_index(axis, array, name):
    """Return `axis` as an index from 0 on into the shape of `array`."""
    if array.ndim == 0:
        raise ValueError(f"{name} must have at least one axis; got shape ()")
    requirement = f"an integer from {-array.ndim} to {array.ndim - 1} for {name} of shape {array.shape}"
    if isinstance(axis, NOT_NUMBERS) or not isinstance(axis, numbers.Integral):
        raise TypeError(f"axis must be {requirement}; got {show(axis)}")
    if not -array.ndim <= axis < array.ndim:
        raise ValueError(f"axis must be {requirement}; got {axis}")
    return int(axis) % array.ndim


def vectors(axis=-1, **arrays):
    """Return arrays of equal shape and type, the vectors along the last axis."""
    found = real_arrays(**arrays)
    axis = axis_index(axis, found[0], next(iter(arrays)))
    return [np.moveaxis(array, axis, -1) for array in found]


def check_finite(array, name):
    """Raise ValueError unless every element is finite; the message names the first that is not."""
    finite = np.isfinite(array)
    if not finite.all():
        index = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(f"{name} must be finite; got {array[index]} at index {index}")


# ---- What arrays hold --------------------------------------------------------------------------------------


def logits(axis=-1, **arrays):
    """Return logits of equal shape and type, classes last: at least one, none +∞ and not all −∞."""
    found = vectors(axis, **arrays)
    for (name, given), array in zip(arrays.items(), found, strict=True):
        if array.shape[-1] == 0:
            shape = np.shape(given)
            raise ValueError(
                f"{name} must have at least one entry along axis {axis % len(shape)}; got shape {shape}"
            )
        top = array.max(-1)
        if (top == np.inf).any():
            raise ValueError(f"{name} must be below inf; got inf")
        if (top == -np.inf).any():
            raise ValueError(f"{name} must have an entry above -inf in each vector; got one with -inf only")
    return found


def probabilities(axis=-1, **arrays):
    """Return probability vectors of equal shape and type, classes last.

    Each is at least 0 and sums to 1: within 1e-6, within 1e-4 for float32, within 1e-2 for float16.
    """
    found = vectors(axis, **arrays)
    for (name, given), array in zip(arrays.items(), found, strict=True):
        # One comparison finds negative numbers and NaN.
        if not (array.min(initial=0) >= 0):
            raise ValueError(f"{name} must hold probabilities, at least 0; got {array[~(array >= 0)][0]:g}")
        tolerance = {2: 1e-2, 4: 1e-4}.get(np.asarray(given).dtype.itemsize, 1e-6)
        with np.errstate(over="ignore"):
            total = array.sum(-1, dtype=np.float64)
        off = ~(abs(total - 1) <= tolerance)
        if off.any():
            raise ValueError(f"{name} must sum to 1 along its axis; got a sum of {total[off][0]:.9g}")
    return found


def labels(value, scores, name="labels"):
    """Return class labels: integers from 0 to K − 1, one for each vector of K `scores`."""
    array = as_array(value, name, "integers")
    if array.shape != scores.shape[:-1]:
        raise ValueError(
            f"{name} must have shape {scores.shape[:-1]}, one label for each vector of classes; "
            f"got shape {array.shape}"
        )
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"{name} must be integers; got dtype {array.dtype}")
    classes = scores.shape[-1]
    wrong = (array < 0) | (array >= classes)
    if wrong.any():
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"{name} must be from 0 to {classes - 1}; got {array[index]} at index {index}")
    return array.astype(np.intp)


def covariance_root(cov, dimension, name="cov"):
    """Return the lower triangular L, float64, with L Lᵀ = cov, for a symmetric positive definite matrix.

    cov[i, j] and cov[j, i] may differ by rounding: 1e-10 (1e-4 for types shorter than float64) of the root of
    cov[i, i] cov[j, j]. Definite is a matrix whose least eigenvalue, once its diagonal is scaled to 1, stands
    out from rounding: above d·eps times the largest. Of that alone a Cholesky factor is no proof.
    """
    cov = real_array(cov, name)
    if cov.shape != (dimension, dimension):
        raise ValueError(f"{name} must have shape {(dimension, dimension)}; got {cov.shape}")
    check_finite(cov, name)
    eps, tolerance = np.finfo(cov.dtype).eps, 1e-10 if cov.dtype.itemsize >= 8 else 1e-4
    cov = cov.astype(np.float64)
    size = np.sqrt(abs(np.diagonal(cov)))
    asymmetric = abs(cov - cov.T) > tolerance * np.outer(size, size)
    if asymmetric.any():
        i, j = (int(k) for k in np.argwhere(asymmetric)[0])
        raise ValueError(
            f"{name} must be symmetric; got {cov[i, j]:g} at ({i}, {j}) and {cov[j, i]:g} at ({j}, {i})"
        )
    if (np.diagonal(cov) > 0).all():
        scaled = cov / size / size[:, np.newaxis]
        eigenvalues = np.linalg.eigvalsh(scaled)
        if eigenvalues[0] > dimension * eps * eigenvalues[-1]:
            return size[:, np.newaxis] * np.linalg.cholesky(scaled)
    least = np.linalg.eigvalsh(cov)[0]
    raise ValueError(f"{name} must be positive definite; got a matrix with least eigenvalue {least:.3g}")


def sample(x, y):
    """Return predictors of shape (n, d) and a response of shape (n,), both float64, finite, n > 0."""
    x, y = real_array(x, "x").astype(np.float64), real_array(y, "y").astype(np.float64)
    if x.ndim not in (1, 2):
        raise ValueError(f"x must have shape (n,) or (n, d); got {x.shape}")
    if y.shape != x.shape[:1] or not len(y):
        raise ValueError(
            f"y must have shape (n,) for x of shape (n, ...), n > 0; got {y.shape} and {x.shape}"
        )
    for array, name in ((x, "x"), (y, "y")):
        check_finite(array, name)
        largest = abs(array).max(initial=0)
        if largest > 1e150:
            raise ValueError(f"{name} must be at most 1e+150 in size, to be squared; got {largest:g}")
    return x if x.ndim == 2 else x[:, np.newaxis], y


# ---- Hyperparameters ---------------------------------------------------------------------------------------


def number(value, name, requirement="a real number", low=-math.inf, high=math.inf, *, closed=False):
    """Return a Python float strictly between `low` and `high`, or with `closed` from `low` to `high`.

    A Python float never widens a float32 array. `requirement` words the range for the message.
    """
    if isinstance(value, NOT_NUMBERS) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be {requirement}; got {show(value)}")
    try:
        found = float(value)
    except OverflowError:
        raise ValueError(f"{name} must be {requirement}; got an integer too large for float64") from None
    # NaN fails both comparisons.
    if not (low <= found <= high if closed else low < found < high):
        raise ValueError(f"{name} must be {requirement}; got {found:g}")
    return found


def positive(value, name, dtype=np.float64):
    """Return a positive finite number as a float; it must neither vanish nor overflow in `dtype`."""
    found = number(value, name, "a positive finite number", 0)
    with np.errstate(over="ignore", under="ignore"):
        if not 0 < np.dtype(dtype).type(found) < math.inf:
            raise ValueError(f"{name} must be a positive finite number in {np.dtype(dtype)}; got {found:g}")
    return found


def fraction(value, name):
    """Return a number strictly between 0 and 1."""
    return number(value, name, "a number strictly between 0 and 1", 0, 1)


def positive_integer(value, name):
    """Return an integer of at least 1."""
    if isinstance(value, NOT_NUMBERS) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be a positive integer; got {show(value)}")
    if value < 1:
        raise ValueError(f"{name} must be a positive integer; got {value}")
    if value > sys.maxsize:
        raise ValueError(f"{name} must be a positive integer; got one too large to count to")
    return int(value)


def option(value, options, name):
    """Return `value` if it is one of the strings `options`."""
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, options))}; got {show(value)}")
    return value


def show(value):
    """Return a short description of a refused value: its repr, or its type if that would be long."""
    text = repr(value)
    return text if len(text) <= 40 else f"a {type(value).__name__}"
