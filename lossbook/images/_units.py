"""Functions of arrays of any size: in another unit where their own makes them overflow on the way."""

import functools

import numpy as np

# No number's exponent is further from 0 than this, in any type.
_FAR = 20_000


def in_some_unit(function, *arrays, degree):
    """Return a function of arrays, in a unit that makes their largest number 1 where it would overflow.

    Parameters
    ----------
    function : callable
        Homogeneous: of the arrays times t it gives t to the power `degree` times what it gives of the arrays.
    *arrays : ndarray, shape (..., A, B)
        Its arguments, all in one unit.
    degree : float
        The power.

    Returns
    -------
    ndarray
        What it gives; where that is not finite, though it may be only on the way, computed of the arrays
        times a power of 2. Numbers so small beside the largest that they vanish are lost there.
    """
    found = function(*arrays)
    finite = np.isfinite(found)
    if finite.all():
        return found
    largest = [np.max(np.abs(a), axis=(-1, -2), keepdims=True) for a in arrays]
    exponent = np.frexp(functools.reduce(np.maximum, largest))[1]
    in_unit = function(*(np.ldexp(a, -exponent) for a in arrays))
    power = degree * exponent
    whole = np.floor(power)
    back = np.ldexp(in_unit * 2 ** (power - whole), np.clip(whole, -_FAR, _FAR).astype(int))
    return np.where(finite, found, back).astype(found.dtype, copy=False)
