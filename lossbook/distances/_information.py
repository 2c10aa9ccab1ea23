"""How much two variables tell of each other: from a table of probabilities, or from a sample."""

import math

import numpy as np

from lossbook._legacy_checks import as_probabilities, as_real_array, check_finite, positive_integer, real_number

# So many cells of a table are worked on at once: they stay in the processor's cache.
_CELLS = 1 << 12


@np.errstate(all="ignore")
def mutual_information(joint, *, base=None):
    r"""Mutual information of two discrete variables, from their joint probabilities.

    .. math::

        I(X; Y) = \sum_{i,j} p_{ij} \log \frac{p_{ij}}{p_{i\cdot}\, p_{\cdot j}}, \qquad 0 \log 0 = 0

    For a table whose sum s is 1 up to rounding only, the product of the margins is divided by s.

    Parameters
    ----------
    joint : array_like, shape (r, c)
        The probability of each pair of values, a row for each value of X and a column for each of Y.
        Non-negative, with sum 1 within 1e-6 (1e-4 for float32).
    base : float, optional
        The base of the logarithm, above 1: 2 gives bits. By default e, which gives nats.

    Returns
    -------
    scalar
        In [0, log min(r, c)], in nats or in units of `base`.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If `joint` is not a table, holds NaN or a negative number, or does not sum to 1; if `base` is not
        above 1.

    Notes
    -----
    A dependence, no distance: it is large where X and Y tell much of each other, and 0 if and only if they
    are independent. `variation_of_information` is the distance made of it. Not convex in the table. It is the
    Kullback–Leibler divergence of the table from the product of its margins, and computed so that it does not
    cancel for nearly independent variables. ``sklearn.metrics.mutual_info_score(None, None,
    contingency=counts)`` takes counts and gives nats.

    References
    ----------
    Cover and Thomas (2006), doi 10.1002/047174882X

    Examples
    --------
    >>> mutual_information([[0.5, 0.0], [0.0, 0.5]], base=2).round(12)
    np.float64(1.0)
    >>> mutual_information([[0.25, 0.25], [0.25, 0.25]])
    np.float64(0.0)
    """
    p = _table(joint)
    total = p.sum()
    columns = p.sum(axis=0) / total
    sums = [_divergences(p[rows], rest, columns, total).sum() for rows, rest in _tiles(p)]
    return np.sum(sums) / _unit(base, p.dtype)


def _divergences(p, column_rest, columns, total):
    """Return p log(p/q) − p + q for a few rows of the table, with the product q of the margins.

    Since Σ p = Σ q their sum is that of p log(p/q), and no term is negative, so that none cancels another.
    """
    rows = p.sum(axis=1, keepdims=True)
    q = rows * columns
    # p s − row · column = p · (the sum of what is in neither) − (rest of the row)(rest of the column): this
    # keeps digits of p − q where almost all probability is in one cell.
    difference = (p * _rest(column_rest) - column_rest * _rest(p)) / total
    # The ratio of subnormal numbers may overflow where its logarithm does not, and q may vanish.
    logarithm = np.log(p / rows / columns)
    infinite = logarithm == np.inf
    if infinite.any():
        logarithm = np.where(infinite, np.log(p / rows) - np.log(columns), logarithm)
    terms = np.where(p == 0, q, p * logarithm - difference)
    # Where p is near q a term is q φ(d) with d = (p − q)/q and φ(d) = (1 + d) log(1 + d) − d, and very near
    # φ(d) = d²/2 − d³/6 + d⁴/12 − …
    d = difference / q
    near = abs(d) < 0.5
    d, q = d[near], q[near]
    series = d * d * (1 / 2 - d * (1 / 6 - d * (1 / 12 - d * (1 / 20 - d * (1 / 30 - d / 42)))))
    terms[near] = q * np.where(abs(d) < 0.01, series, (1 + d) * np.log1p(d) - d)
    return terms


@np.errstate(all="ignore")
def variation_of_information(joint, *, base=None):
    r"""Variation of information: what each of two discrete variables leaves open of the other.

    .. math::

        \mathrm{VI}(X, Y) = H(X \mid Y) + H(Y \mid X)
        = \sum_{i,j} p_{ij} \left(\log \frac{p_{i\cdot}}{p_{ij}} + \log \frac{p_{\cdot j}}{p_{ij}}\right)

    Parameters
    ----------
    joint : array_like, shape (r, c)
        The probability of each pair of values, a row for each value of X and a column for each of Y.
        Non-negative, with sum 1 within 1e-6 (1e-4 for float32).
    base : float, optional
        The base of the logarithm, above 1: 2 gives bits. By default e, which gives nats.

    Returns
    -------
    scalar
        In [0, log(r c)], in nats or in units of `base`.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If `joint` is not a table, holds NaN or a negative number, or does not sum to 1; if `base` is not
        above 1.

    Notes
    -----
    A metric on the partitions of a set, with the shares of each pair of blocks as the table. On variables a
    pseudometric: 0 if and only if each is a function of the other. Not convex in the table. It is
    H(X) + H(Y) − 2 I(X; Y), but that form cancels. torch, scipy and scikit-learn do not offer it;
    ``skimage.metrics.variation_of_information`` gives the two parts in bits.

    References
    ----------
    Meilă (2007), doi 10.1016/j.jmva.2006.11.013

    Examples
    --------
    >>> variation_of_information([[0.5, 0.0], [0.0, 0.5]])
    np.float64(0.0)
    >>> variation_of_information([[0.25, 0.25], [0.25, 0.25]], base=2)
    np.float64(2.0)
    """
    p = _table(joint)
    sums = [_left_open(p[rows], rest).sum() for rows, rest in _tiles(p)]
    return np.sum(sums) / _unit(base, p.dtype)


def _left_open(p, column_rest):
    """Return p log(row/p) + p log(column/p) for a few rows of the table.

    A margin is p and the rest of its row or column, and log(margin/p) = log(1 + rest/p) keeps a small rest.
    The two logarithms are one, of (1 + a)(1 + b) = 1 + a + b + ab.
    """
    # Where p is 0 the term is, whatever it is divided by.
    divisor = np.where(p == 0, 1, p)
    row_rest = _rest(p)
    a, b = row_rest / divisor, column_rest / divisor
    logarithm = np.log1p(a + b + a * b)
    # A ratio to a very small p may overflow where its logarithm does not; infinity times 0 is NaN.
    overflowed = ~(logarithm < np.inf)
    if overflowed.any():
        margins = np.log(row_rest + p) + np.log(column_rest + p)
        logarithm = np.where(overflowed, margins - 2 * np.log(divisor), logarithm)
    return p * logarithm


def _tiles(p):
    """Yield slices of a few rows, and for each of their elements the sum of all others in its column."""
    totals, largest, every = p.sum(axis=0), p.argmax(axis=0), np.arange(p.shape[1])
    # Taking an element off the total cancels where it is the larger part; there the others are added up.
    is_other = np.ones(p.shape, bool)
    is_other[largest, every] = False
    others = p.sum(axis=0, where=is_other)
    del is_other
    height = max(1, _CELLS // p.shape[1])
    for start in range(0, len(p), height):
        rest = totals - p[start : start + height]
        here = (start <= largest) & (largest < start + height)
        rest[largest[here] - start, every[here]] = others[here]
        yield slice(start, start + height), rest


def _rest(p):
    """Return for each element the sum of all others in its row, as `_tiles` does for columns."""
    each, largest = np.arange(len(p)), p.argmax(axis=1)
    rest = p.sum(axis=1, keepdims=True) - p
    others = p.copy()
    others[each, largest] = 0
    rest[each, largest] = others.sum(axis=1)
    return rest


def _table(joint):
    """Return the checked table of probabilities."""
    joint = as_real_array(joint, name="joint")
    if joint.ndim != 2:
        raise ValueError(f"joint must be a table of shape (r, c); got shape {joint.shape}")
    # One sum over the table and not one a row is what sets this apart from probability vectors.
    return as_probabilities(joint.ravel(), name="joint").reshape(joint.shape)


def _unit(base, dtype):
    """Return the size in nats of the unit that belongs to a base."""
    if base is None:
        return dtype.type(1)
    requirement = "None or a finite number above 1"
    base = real_number(base, name="base", requirement=requirement)
    if not 1 < base < math.inf:
        raise ValueError(f"base must be {requirement}; got {base:g}")
    return dtype.type(math.log(base))


@np.errstate(all="ignore")
def mutual_information_knn(x, y, *, k=3):
    r"""Estimate the mutual information of two continuous variables from a sample, by nearest neighbors.

    .. math::

        \hat I = \psi(k) + \psi(n)
        - \frac1n \sum_{i=1}^n \left(\psi(n_x(i) + 1) + \psi(n_y(i) + 1)\right)

    ψ is the digamma function. The k-th nearest neighbor of point i, by the larger of the two distances in x
    and in y, is at some distance; n_x(i) and n_y(i) count the other points that are strictly nearer than that
    in x alone and in y alone.

    Parameters
    ----------
    x, y : array_like, shape (n,) or (n, d)
        n paired observations of each variable, which may have several coordinates. Distances within x and
        within y are Chebyshev's.
    k : int, default 3
        How many neighbors, from 1 to n − 1. More of them lower the variance and raise the bias.

    Returns
    -------
    numpy.float64
        The estimate in nats. It may be negative where the true value is near 0.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers, or `k` is not an integer.
    ValueError
        If the shapes do not fit together, a number is not finite or above 1e300 in size, `k` is not below n,
        or more than k points coincide: then the variables are not continuous.

    Notes
    -----
    The first estimator of Kraskov, Stögbauer and Grassberger. The true value does not depend on the units of
    x and y; the estimate does a little if they have several coordinates, so standardize those. If y is a
    function of x the true value is infinite and the estimate only says how many points there are. Neither
    convex nor smooth in the data. ``sklearn.feature_selection.mutual_info_regression`` uses the same
    estimator, but divides by the standard deviation, adds noise of 1e-10 and replaces negative estimates
    by 0.

    References
    ----------
    Kraskov, Stögbauer and Grassberger (2004), doi 10.1103/PhysRevE.69.066138

    Examples
    --------
    >>> rng = np.random.default_rng(9)
    >>> x = rng.normal(size=2000)
    >>> y = 0.8 * x + 0.6 * rng.normal(size=2000)  # correlation 0.8: −½ log(1 − 0.8²) = 0.51 nats
    >>> bool(abs(mutual_information_knn(x, y) - 0.51) < 0.1)
    True
    """
    from scipy.spatial import KDTree
    from scipy.special import digamma

    x, y = _sample(x, name="x"), _sample(y, name="y")
    n = len(x)
    if len(y) != n:
        raise ValueError(f"x and y must have equally many observations; got {n} and {len(y)}")
    k = positive_integer(k, name="k")
    if k >= n:
        raise ValueError(f"k must be below the number of observations, {n}; got {k}")
    tree = KDTree(np.hstack([x, y]))
    radius = tree.query(tree.data, k=[k + 1], p=np.inf)[0][:, 0]
    del tree
    if not radius.all():
        index = int(np.argmin(radius))
        raise ValueError(
            f"x and y must be samples of continuous variables; got more than k = {k} points that equal "
            f"point {index}"
        )
    # The counts include the point itself.
    return digamma(k) + digamma(n) - sum(np.mean(digamma(_nearer(z, radius))) for z in (x, y))


def _nearer(x, radius):
    """Return how many of the points are strictly nearer than the radius to each of them, itself included."""
    if x.shape[1] > 1:
        from scipy.spatial import KDTree

        # At most the next smaller number.
        return KDTree(x).query_ball_point(x, np.nextafter(radius, 0), p=np.inf, return_length=True)
    # On a line they are neighbors in a sorted list, where they are found many times quicker.
    rising = np.append(np.sort(x[:, 0]), np.inf)
    falling = np.append(-rising[-2::-1], np.inf)
    above, below = _first_not_nearer(rising, x[:, 0], radius), _first_not_nearer(falling, -x[:, 0], radius)
    return above + below - len(x)


def _first_not_nearer(values, x, radius):
    """Return for each x the index of the first of the values above it that is not nearer than the radius.

    The values are sorted and end with infinity. x + radius is rounded, and so are the distances of which the
    radius is one: the search may end beside what the distances say.
    """
    index = np.searchsorted(values, x + radius)
    while (too_far := values[index - 1] - x >= radius).any():
        index[too_far] = np.searchsorted(values, values[index[too_far] - 1])
    while (nearer := values[index] - x < radius).any():
        index[nearer] = np.searchsorted(values, values[index[nearer]], side="right")
    return index


def _sample(value, *, name):
    """Return observations as a finite float64 array of shape (n, d)."""
    array = as_real_array(value, name=name).astype(np.float64, copy=False)
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2 or array.shape[1] == 0:
        raise ValueError(f"{name} must have shape (n,) or (n, d) with d > 0; got {np.shape(value)}")
    check_finite(array, name=name)
    largest = np.max(np.abs(array), initial=0)
    if largest > 1e300:
        raise ValueError(f"{name} must be at most 1e+300 in size, for its distances; got {largest:g}")
    return array
