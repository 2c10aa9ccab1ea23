"""Distances of codes and of sets: Hamming and Jaccard."""

import numpy as np

from lossbook._legacy_checks import as_array, as_real_array, axis_index, check_equal_shapes


@np.errstate(all="ignore")
def hamming(x, y, *, axis=-1):
    r"""Hamming distance: the share of places in which two sequences differ.

    .. math:: d(x, y) = \frac1n \sum_{i=1}^n [x_i \ne y_i]

    Parameters
    ----------
    x, y : array_like
        Sequences of equal shape, both of real numbers, both of booleans, or both of strings.
    axis : int, default -1
        The axis of the places.

    Returns
    -------
    ndarray or scalar
        One share a pair of sequences, of the shape without `axis`, in [0, 1]; NaN where either holds NaN.

    Raises
    ------
    TypeError
        If an argument holds anything else, or the two hold different kinds of things.
    ValueError
        If the shapes differ, there is no such axis, or the sequences are empty.

    Notes
    -----
    A metric; not convex. Hamming counted places; this is the share, so that sequences of different length
    compare. ``scipy.spatial.distance.hamming`` is the same for two vectors but counts NaN as different.

    References
    ----------
    Cover and Thomas (2006), doi 10.1002/047174882X

    Examples
    --------
    >>> hamming([1, 0, 1, 1], [1, 1, 1, 0])
    np.float64(0.5)
    >>> hamming(list("karolin"), list("kathrin")).round(4)
    np.float64(0.4286)
    """
    x, y, _ = code_pair(x, y)
    check_equal_shapes(x, y, names=("x", "y"))
    axis = axis_index(axis, x, name="x")
    check_places(x, axis=axis)
    x, y = np.moveaxis(x, axis, -1), np.moveaxis(y, axis, -1)
    dtype = np.result_type(x, y)
    unequal = np.count_nonzero(x != y, axis=-1)
    if dtype.kind != "f":
        return unequal / x.shape[-1]
    # A long double holds every number of places, where float16 ends at 65504.
    shares = (unequal / np.longdouble(x.shape[-1])).astype(dtype)
    return np.where(np.isnan(x).any(axis=-1) | np.isnan(y).any(axis=-1), np.nan, shares)[()]


def code_pair(x, y):
    """Return both as arrays, and what they hold, as `as_code` does; refuse two different kinds."""
    (x, kind), (y, other) = as_code(x, name="x"), as_code(y, name="y")
    if kind != other:
        raise TypeError(f"x and y must hold the same kind of things; got {kind} and {other}")
    return x, y, kind


def check_places(x, *, axis):
    """Raise ValueError for sequences without places."""
    if x.shape[axis] == 0:
        raise ValueError(f"x must have at least one place along the axis; got shape {x.shape}")


def as_code(value, *, name):
    """Return `value` as an array and what it holds, "numbers", "booleans" or "strings"; refuse all else."""
    array = as_array(value, name=name, requirement="an array of real numbers")
    kind = {"b": "booleans", "U": "strings"}.get(array.dtype.kind, "numbers")
    # Integers are compared as they are: float64 would make 2⁵³ and 2⁵³ + 1 equal.
    if kind == "numbers" and array.dtype.kind not in "iu":
        array = as_real_array(array, name=name)
    return array, kind


def jaccard_index(a, b, *, axis=-1):
    r"""Jaccard index: how much of the union of two sets is in both.

    .. math::

        J(A, B) = \frac{\lvert A \cap B \rvert}{\lvert A \cup B \rvert}, \qquad J(\emptyset, \emptyset) = 1

    Parameters
    ----------
    a, b : set, frozenset or array_like of bool
        Two Python sets, or booleans of equal shape that say which things are in the set.
    axis : int, default -1
        For booleans: the axis of the things.

    Returns
    -------
    ndarray or scalar
        One index a pair of sets, of the shape without `axis`, in [0, 1]. Two empty sets are equal: 1.

    Raises
    ------
    TypeError
        If the arguments are neither two sets nor two arrays of booleans.
    ValueError
        If the shapes differ or there is no such axis.

    Notes
    -----
    A similarity, no distance, and no correlation coefficient: it takes no notice of what is in neither set.
    Not convex. ``sklearn.metrics.jaccard_score`` gives the same for two vectors of labels, but 0 for two
    empty sets.

    References
    ----------
    Jaccard (1912), doi 10.1111/j.1469-8137.1912.tb05611.x

    Examples
    --------
    >>> jaccard_index({"a", "b", "c"}, {"b", "c", "d"})
    np.float64(0.5)
    >>> jaccard_index([True, True, False], [True, False, False])
    np.float64(0.5)
    """
    both, either = _counts(a, b, axis)
    # Nothing in either set: the two are equal.
    return np.where(either == 0, 1.0, both / np.maximum(either, 1))[()]


def jaccard_distance(a, b, *, axis=-1):
    r"""Jaccard distance: how much of the union of two sets is in one of them only.

    .. math::

        d(A, B) = 1 - J(A, B)
        = \frac{\lvert A \cup B \rvert - \lvert A \cap B \rvert}{\lvert A \cup B \rvert}

    Parameters
    ----------
    a, b : set, frozenset or array_like of bool
        Two Python sets, or booleans of equal shape that say which things are in the set.
    axis : int, default -1
        For booleans: the axis of the things.

    Returns
    -------
    ndarray or scalar
        One distance a pair of sets, of the shape without `axis`, in [0, 1]; 0 for two empty sets.

    Raises
    ------
    TypeError
        If the arguments are neither two sets nor two arrays of booleans.
    ValueError
        If the shapes differ or there is no such axis.

    Notes
    -----
    A metric; not convex. ``scipy.spatial.distance.jaccard`` is the same for two boolean vectors.

    References
    ----------
    Jaccard (1912), doi 10.1111/j.1469-8137.1912.tb05611.x

    Examples
    --------
    >>> jaccard_distance({"a", "b"}, {"b", "c", "d"})
    np.float64(0.75)
    """
    both, either = _counts(a, b, axis)
    # Two empty sets differ in nothing, and divided by 1 that is 0.
    return (either - both) / np.maximum(either, 1)


def _counts(a, b, axis):
    """Return how many things are in both sets and in either."""
    sets = [isinstance(value, (set, frozenset)) for value in (a, b)]
    if all(sets):
        return np.int64(len(a & b)), np.int64(len(a | b))
    if any(sets):
        came = f"{type(a).__name__} and {type(b).__name__}"
        raise TypeError(f"a and b must both be sets or both arrays of booleans; got {came}")
    a, b = as_booleans(a, name="a"), as_booleans(b, name="b")
    check_equal_shapes(a, b, names=("a", "b"))
    axis = axis_index(axis, a, name="a")
    return np.count_nonzero(a & b, axis=axis), np.count_nonzero(a | b, axis=axis)


def as_booleans(value, *, name):
    """Return `value` as an array of booleans; raise TypeError if it holds anything else."""
    try:
        array = as_array(value, name=name, requirement="an array of booleans")
    except ValueError as error:
        raise TypeError(str(error)) from None
    if array.dtype != np.bool_:
        raise TypeError(f"{name} must be an array of booleans or a set; got dtype {array.dtype}")
    return array
