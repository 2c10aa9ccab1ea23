"""Functions of arrays of any size: in another unit where their own makes them overflow on the way."""

import functools

import numpy as np

# No number's exponent is larger than this, in any type.
_FAR = 20_000


def in_some_unit(function, *arrays, degree, is_right=np.isfinite):
    """Return a function of arrays, where it overflows in a unit that makes their largest number about 1.

    Parameters
    ----------
    function : callable
        Homogeneous: of the arrays times t it gives t to the power `degree` times what it gives of the arrays.
    *arrays : ndarray, shape (..., A, B)
        Its arguments, all in one unit.
    degree : float
        The power.
    is_right : callable, default np.isfinite
        Takes what the function gives and says where that is right for sure.

    Returns
    -------
    ndarray
        What the function gives; where that is in doubt, computed of the arrays times a power of 2. Numbers
        that vanish beside the largest are lost there.
    """
    found = function(*arrays)
    right = is_right(found)
    if right.all():
        return found
    largest = [np.max(np.abs(a), axis=(-1, -2), keepdims=True) for a in arrays]
    exponent = np.frexp(functools.reduce(np.maximum, largest))[1]
    in_unit = function(*(np.ldexp(a, -exponent) for a in arrays))
    power = np.minimum(degree * exponent, _FAR)
    whole = np.floor(power).astype(int)
    back = np.ldexp(in_unit * 2.0 ** (power - whole), whole)
    return np.where(right, found, back).astype(found.dtype, copy=False)
