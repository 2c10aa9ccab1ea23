"""Functions whose numbers overflow on the way to a result that does not."""

import numpy as np


def without_overflow(function, *arrays):
    """Return what a function gives of arrays, in the widest type where it is not finite in theirs.

    On most processors the exponents of `numpy.longdouble` are sixteen times as large as those of float64.
    Where it is float64 under another name, only float32 gains by it.
    """
    found = function(*arrays)
    finite = np.isfinite(found)
    if finite.all():
        return found
    wide = function(*(array.astype(np.longdouble) for array in arrays))
    return np.where(finite, found, wide).astype(found.dtype)
