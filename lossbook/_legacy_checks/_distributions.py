"""Checks of logits, of probability vectors, and of covariance matrices."""

import numpy as np

from lossbook._blocks import reduce_vectors
from lossbook._legacy_checks._arrays import as_real_array, axis_index, check_equal_shapes, check_finite


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
    with np.errstate(all="ignore"):
        # Most logits have a finite sum, and then are finite themselves.
        if np.isfinite(array.sum()):
            return array
    top = reduce_vectors(lambda a: a.max(0), array, axis=axis)
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
        total = reduce_vectors(lambda p: p.sum(0), array)
        off = ~(abs(total - 1) <= {2: 1e-2, 4: 1e-4}.get(array.dtype.itemsize, 1e-6))
    if off.any():
        raise ValueError(f"{name} must sum to 1 along its axis; got a sum of {total[off][0]:.9g}")
    return array


def probability_pair(p, q, *, axis):
    """Return probability vectors p and q of equal shape, moved to the last axis, and their common type.

    Returns
    -------
    tuple of ndarray, ndarray, dtype
        Both as `as_probabilities` gives them, and the type that they have in common.

    Raises
    ------
    TypeError, ValueError
        As `as_probabilities`; ValueError too if the shapes differ.
    """
    p, q = as_real_array(p, name="p"), as_real_array(q, name="q")
    check_equal_shapes(p, q, names=("p", "q"))
    p, q = as_probabilities(p, name="p", axis=axis), as_probabilities(q, name="q", axis=axis)
    return p, q, np.result_type(p, q)


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
