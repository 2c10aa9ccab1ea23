"""Differences between the neighbors of a picture, stripe by stripe: a few rows stay in the cache."""

import functools
import math

import numpy as np

from lossbook._legacy_checks import as_real_array
from lossbook.distances._norms import is_safe_sum

# Numbers in a stripe. Whole pictures of differences, lengths and quotients would be read from memory again
# and again, which takes several times as long, and several times the picture's memory.
STRIPE = 6000


def as_picture(image):
    """Return a picture as an array (..., H, W)."""
    array = as_real_array(image, name="image")
    if array.ndim < 2 or 0 in array.shape:
        raise ValueError(f"image must have shape (..., H, W), none of them 0; got {array.shape}")
    # Sums run in memory's order: in one order they round alike, however the picture lies.
    return np.ascontiguousarray(array)


def stripes(u, numbers=STRIPE):
    """Return slices of rows, from the first to the last, that together make up a picture (..., H, W)."""
    height = u.shape[-2]
    rows = math.ceil(height / math.ceil(u.size / numbers))
    return [slice(top, min(top + rows, height)) for top in range(0, height, rows)]


def joined(sums):
    """Return the sum of the stripes' sums, one a picture."""
    return sums[0] if len(sums) == 1 else np.sum(np.stack(sums, axis=-1), axis=-1)


def differences(u, rows):
    """Return the vertical and the horizontal forward differences of some rows, stacked: (2, ..., rows, W).

    They are 0 across the last row and column of the picture.
    """
    here, below = u[..., rows, :], u[..., rows.start + 1 : rows.stop + 1, :]
    d = np.empty((2, *here.shape), u.dtype)
    np.subtract(below, here[..., : below.shape[-2], :], out=d[0, ..., : below.shape[-2], :])
    d[0, ..., below.shape[-2] :, :] = 0
    np.subtract(here[..., 1:], here[..., :-1], out=d[1, ..., :-1])
    d[1, ..., -1] = 0
    return d


def divergence(p, rows):
    """Return the divergence at some rows, −Δᵀp: what each pixel's differences give it, less what they take.

    p, of shape (2, ..., H, W), must be 0 where the differences are 0 by definition.
    """
    u = p[0, ..., rows, :] + p[1, ..., rows, :]
    u[..., 1:] -= p[1, ..., rows, :-1]
    top = rows.start == 0
    u[..., top:, :] -= p[0, ..., rows.start - 1 + top : rows.stop - 1, :]
    return u


def length(*parts):
    """Return √(a² + b² + …), element by element, for arrays or scalars of one type."""
    squares = parts[0] * parts[0]
    for part in parts[1:]:
        squares += part * part
    # Of all numbers, if of the least and of the largest.
    if is_safe_sum(np.array([squares.min(), squares.max()])).all():
        return np.sqrt(squares, out=squares)
    # Where squares overflow or vanish: hypot does neither, and takes six times as long.
    wrong = ~is_safe_sum(squares)
    exact = functools.reduce(np.hypot, [np.broadcast_to(part, wrong.shape)[wrong] for part in parts])
    np.sqrt(squares, out=squares)
    squares[wrong] = exact
    return squares
