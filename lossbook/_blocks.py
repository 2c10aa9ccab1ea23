"""Work through large arrays a block at a time.

NumPy carries out one operation on a whole array after the other, and each writes its result to memory. Block
by block what is computed on the way stays in the processor's cache, which saves time and memory alike.

In a block of vectors the classes come first: its shape is (K, m), one vector a column. Sums over the classes
then add long rows to each other, however few classes there are.
"""

import math

import numpy as np

# Numbers in a block. The functions of vectors hold half a dozen blocks at once, of 40 kB each in float64;
# those of numbers hold fewer, and theirs may be larger. Much larger blocks are slower: the system takes back
# the memory after each, and has to clear it for the next.
BLOCK = 5 * 2**10
MANY = 2**14


def map_numbers(function, *arrays, dtype):
    """Apply a function of numbers, each by itself.

    Parameters
    ----------
    function : callable
        Takes as many arrays as there are in `arrays`, in float64 or wider, and returns one of their shape.
        It must not change them.
    *arrays : ndarray
        Real numbers, of equal shape.
    dtype : dtype
        The type of the result.

    Returns
    -------
    ndarray or scalar
        What the function returns for all of them.
    """
    shape, size = arrays[0].shape, arrays[0].size
    wide = np.result_type(np.float64, *arrays)
    if size <= MANY:
        found = function(*(array.astype(wide, copy=False) for array in arrays))
        return np.asarray(found).astype(dtype, copy=False)[()]
    result = np.empty(size, dtype)
    flat = [array.reshape(size) for array in arrays]
    for start in range(0, size, MANY):
        here = slice(start, start + MANY)
        result[here] = function(*(array[here].astype(wide, copy=False) for array in flat))
    return result.reshape(shape)


def overwrite(function, numbers):
    """Replace numbers by what a function makes of each, and return them.

    Parameters
    ----------
    function : callable
        Takes an array and returns one of its shape and type. It must not change it.
    numbers : ndarray or scalar
        Real numbers that nobody else needs, in one piece of memory.

    Returns
    -------
    ndarray or scalar
        What the function returns for all of them.
    """
    if np.size(numbers) <= MANY:
        return np.asarray(function(numbers))[()]
    flat = numbers.ravel(order="K")
    for start in range(0, flat.size, MANY):
        here = slice(start, start + MANY)
        flat[here] = function(flat[here])
    return numbers


def map_vectors(function, *arrays, dtype, axis=-1):
    """Apply a function of vectors that returns vectors of the same length.

    Parameters
    ----------
    function : callable
        Takes blocks of shape (K, m), copies that it may overwrite, and returns a block of this shape.
    *arrays : ndarray
        The vectors, along `axis`, as many of them in each array. An array without this axis holds one number
        a vector; the function gets blocks of shape (m,) of it.
    dtype : dtype
        The type of the result. The function gets real numbers in float64 or wider.
    axis : int, default -1
        Which axis of the first array the vectors lie along.

    Returns
    -------
    ndarray
        Of the shape of the first array.
    """
    rows = _rows(arrays, axis)
    # The result lies in memory as the first array does.
    result = np.empty_like(rows[0], dtype=dtype)
    for here, blocks in _blocks(rows):
        result[here] = function(*blocks).T
    return _shaped(result, arrays[0], axis)


def reduce_vectors(function, *arrays, axis=-1):
    """Apply a function of vectors that returns one number for each.

    Parameters
    ----------
    function : callable
        Takes blocks of shape (K, m), copies that it may overwrite, and returns m numbers.
    *arrays : ndarray
        As in `map_vectors`.
    axis : int, default -1
        Which axis of the first array the vectors lie along.

    Returns
    -------
    ndarray
        The numbers, of the shape of the first array without `axis`, in float64 or wider.
    """
    rows = _rows(arrays, axis)
    result = np.empty(len(rows[0]), _wide(rows))
    for here, blocks in _blocks(rows):
        result[here] = function(*blocks)
    return result.reshape(_last(arrays[0], axis).shape[:-1])


def _rows(arrays, axis):
    """Return arrays of vectors in the shape (count, K), and those of one number a vector in (count,)."""
    *others, classes = _last(arrays[0], axis).shape
    count = math.prod(others)
    return [
        _last(array, axis).reshape(count, classes) if array.ndim > len(others) else array.reshape(count)
        for array in arrays
    ]


def _last(array, axis):
    """Return an array with an axis moved to the end."""
    return array if axis in (-1, array.ndim - 1) else np.moveaxis(array, axis, -1)


def _shaped(rows, like, axis):
    """Return rows in the shape of the array that they were made of."""
    moved = rows.reshape(_last(like, axis).shape)
    return moved if axis in (-1, like.ndim - 1) else np.moveaxis(moved, -1, axis)


def _blocks(rows):
    """Yield slices of the rows, and copies of these in the shape (K, m), or (m,) for one number a vector."""
    count, classes = rows[0].shape
    wide = _wide(rows)
    height = max(1, BLOCK // max(1, classes))
    for start in range(0, count, height):
        here = slice(start, start + height)
        yield here, [np.array(r[here].T, wide if r.dtype.kind == "f" else None, order="C") for r in rows]


def _wide(rows):
    """Return the type that the vectors are computed in."""
    return np.result_type(np.float64, *(r.dtype for r in rows if r.dtype.kind == "f"))


def sum_classes(terms):
    """Return the sum along the first axis, and overwrite the terms.

    Half is added to the other half, again and again: each number goes through log₂ K additions, so that
    rounding grows with log K and not with K.
    """
    count = len(terms)
    if count == 0:
        return terms.sum(0)
    while count > 1:
        half = (count + 1) // 2
        terms[: count - half] += terms[half:count]
        count = half
    # A view would hold all terms in memory.
    return terms[0].copy()


def sum_beside_largest(terms):
    """Return the largest along the first axis and the sum of the others, none negative. Overwrite all."""
    largest = terms.max(0)
    is_largest = terms == largest
    np.putmask(terms, is_largest, 0)
    rest = sum_classes(terms)
    # Of those that tie for the largest one is set aside.
    return largest, rest + (is_largest.sum(0) - 1) * largest


def split(terms, size):
    """Return two blocks that add up to the terms exactly; sums of the first are exact, too.

    Parameters
    ----------
    terms : ndarray
        A block of shape (K, m), of any sign.
    size : ndarray
        m numbers; no sum of some of a vector's terms is larger.

    Returns
    -------
    high, low : ndarray
        The high parts are multiples of one number, and small multiples, so that adding them is exact in any
        order; the low parts are too small for the rounding of their sums to matter.
    """
    # Adding a power of two rounds the terms to multiples of its last digit; taking it off again is exact.
    power = np.ldexp(2.0, np.frexp(size)[1])
    high = terms + power
    high -= power
    return high, terms - high
