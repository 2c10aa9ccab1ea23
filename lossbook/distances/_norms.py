"""Norms of difference vectors that neither overflow nor underflow, and unit vectors."""

import numpy as np


def root_sum_of_squares(d, *, axis=-1):
    """Return the Euclidean norm of the vectors along an axis, by default the last.

    Where the plain sum of squares overflows or loses digits to underflow, the vectors are first brought to
    size 1 by a power of two, which rounds nothing.
    """
    s = np.sum(d * d, axis=axis)
    if is_safe_sum(s).all():
        return np.sqrt(s)
    scaled, exponent = power_of_two_scaled(np.moveaxis(d, axis, -1))
    return np.ldexp(np.sqrt(np.sum(scaled * scaled, axis=-1)), exponent)


def power_of_two_scaled(d):
    """Return the vectors along the last axis times 2⁻ᵉ, the largest element in [½, 1), and e."""
    exponent = np.frexp(np.max(np.abs(d), axis=-1, initial=0))[1]
    return np.ldexp(d, -exponent[..., np.newaxis]), exponent


def unit_vectors(x, *, name):
    """Return the vectors along the last axis divided by their lengths.

    Raises ValueError for a zero vector, which has no direction, and names where it is.
    """
    squares = np.sum(x * x, axis=-1, keepdims=True)
    if not is_safe_sum(squares).all():
        zero = np.max(np.abs(x), axis=-1, initial=0) == 0
        if zero.any():
            index = tuple(int(i) for i in np.argwhere(zero)[0])
            where = f" at index {index}" if index else ""
            raise ValueError(f"{name} must have no zero vector, which has no direction; got one{where}")
        x, _ = power_of_two_scaled(x)
        squares = np.sum(x * x, axis=-1, keepdims=True)
    return x / np.sqrt(squares)


def is_safe_sum(squares):
    """Say of which sums of squares overflow and underflow took no digits."""
    limits = np.finfo(squares.dtype)
    return (squares >= limits.tiny / limits.eps) & (squares < np.inf)


def centered(x, *, name):
    """Return the vectors along the last axis minus their means.

    Raises ValueError for a vector with fewer than two elements or of equal elements, which does not vary.
    """
    if x.shape[-1] < 2:
        raise ValueError(f"{name} must have at least two elements along the axis; got {x.shape[-1]}")
    constant = (x == x[..., :1]).all(axis=-1)
    if constant.any():
        index = tuple(int(i) for i in np.argwhere(constant)[0])
        where = f" at index {index}" if index else ""
        raise ValueError(f"{name} must vary along the axis; got a constant vector{where}")
    limits = np.finfo(x.dtype)
    # Small enough for the sum and large enough for every difference.
    largest = np.max(np.abs(x), axis=-1)
    if not ((largest > limits.tiny / limits.eps**2) & (largest < limits.max * limits.eps)).all():
        x, _ = power_of_two_scaled(x)
    x = x - np.mean(x, axis=-1, keepdims=True)
    # The mean was rounded; what is left of it is the mean of the differences.
    return x - np.mean(x, axis=-1, keepdims=True)
