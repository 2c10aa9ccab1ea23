"""Contrastive losses: InfoNCE, and the two properties that it trades, alignment and uniformity."""

import math

import numpy as np

from lossbook._legacy_checks import as_real_array, positive_number, vector_pair
from lossbook.distances._directions import half_squared_chord
from lossbook.distances._norms import root_sum_of_squares, unit_vectors
from lossbook.distances._pairwise import PAIRS, one_minus_cosines

# Each function below switches NumPy's floating-point warnings off: sizes are dealt with where they matter.


@np.errstate(all="ignore")
def info_nce(queries, keys, *, temperature=0.1):
    r"""InfoNCE loss: the cross-entropy of finding each query's own key among all keys.

    .. math::

        \ell_i = -\log \frac{\exp(\cos(q_i, k_i)/T)}{\sum_{j=1}^n \exp(\cos(q_i, k_j)/T)}

    Parameters
    ----------
    queries, keys : array_like, shape (n, d)
        Vectors, real numbers of equal shape. The positive of query i is key i, all other keys are negatives.
    temperature : float, default 0.1
        The temperature T, positive.

    Returns
    -------
    ndarray, shape (n,)
        One loss a query, in nats, in [0, log n + 2/T].

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ or are not (n, d) with n > 0, `temperature` is not positive and finite, or a
        vector is zero.

    Notes
    -----
    Not convex. With L its expected value, the mutual information of query and key is at least log n − L, a
    bound that cannot exceed log n. It is the cross-entropy of the logits cos/T with label i, in torch
    ``torch.nn.functional.cross_entropy(cosines / temperature, torch.arange(n), reduction="none")``. The loss
    of a symmetric contrastive model adds that of the keys as queries.

    References
    ----------
    van den Oord, Li and Vinyals (2018), arXiv 1807.03748

    Chen, Kornblith, Norouzi and Hinton (2020), arXiv 2002.05709

    Examples
    --------
    >>> info_nce([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]], temperature=1.0).round(4)
    array([0.3133, 0.3133])
    """
    u, v, temperature = _contrast(queries, keys, temperature)
    loss = np.empty(len(u), u.dtype)
    for here in _tiles(u):
        cosines, weights, largest, own = _weights(u, v, here, temperature)
        # log Σ exp(zⱼ) = z + log(1 + Σ' exp(zⱼ − z)) with the largest z, and Σ' over the others: a small loss
        # keeps its digits.
        weights[largest] = 0
        loss[here] = (cosines[largest] - cosines[own]) / temperature + np.log1p(weights.sum(axis=1))
    return loss


@np.errstate(all="ignore")
def info_nce_grad(queries, keys, *, temperature=0.1):
    r"""Derivative of each query's InfoNCE loss with respect to that query.

    .. math::

        \nabla_{q_i} \ell_i = \frac1T \sum_{j=1}^n (s_{ij} - [i = j])\, \nabla_{q_i} \cos(q_i, k_j),
        \qquad s_{ij} = \operatorname{softmax}_j(\cos(q_i, k_j)/T)

    Parameters
    ----------
    queries, keys : array_like, shape (n, d)
        Vectors, real numbers of equal shape. The positive of query i is key i, all other keys are negatives.
    temperature : float, default 0.1
        The temperature T, positive.

    Returns
    -------
    ndarray, shape (n, d)
        One gradient a query, orthogonal to it, in one over the unit of the queries.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ or are not (n, d) with n > 0, `temperature` is not positive and finite, or a
        vector is zero.

    Examples
    --------
    >>> info_nce_grad([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]], temperature=1.0).round(4)
    array([[0.    , 0.2689],
           [0.2689, 0.    ]])
    """
    u, v, temperature = _contrast(queries, keys, temperature)
    gradient = np.empty_like(u)
    for here in _tiles(u):
        cosines, pull, _, own = _weights(u, v, here, temperature)
        # s − 1 for the query's own key is minus the share of all others.
        total = pull.sum(axis=1)
        pull[own] = 0
        pull[own] = -pull.sum(axis=1)
        # ∇ cos(q, k) = (k̂ − cos · q̂)/‖q‖, summed over the keys.
        along = np.einsum("ij,ij->i", pull, cosines)[:, np.newaxis]
        gradient[here] = (pull @ v - along * u[here]) / total[:, np.newaxis]
    length = root_sum_of_squares(as_real_array(queries, name="queries").astype(u.dtype, copy=False))
    gradient /= length[:, np.newaxis]
    gradient /= u.dtype.type(temperature)
    return gradient


@np.errstate(all="ignore")
def alignment(a, b):
    r"""Alignment: the mean squared distance of paired unit vectors.

    .. math:: \frac1n \sum_{i=1}^n \left\lVert \hat a_i - \hat b_i \right\rVert^2

    Parameters
    ----------
    a, b : array_like, shape (n, d)
        Vectors, real numbers of equal shape; row i of one belongs to row i of the other.

    Returns
    -------
    scalar
        In [0, 4]: 0 if all pairs have the same direction. It is the mean of twice the cosine loss.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ or are not (n, d) with n > 0, or a vector is zero.

    Notes
    -----
    Not convex. A constant map has perfect alignment: see `uniformity` for what it lacks.

    References
    ----------
    Wang and Isola (2020), arXiv 2005.10242

    Examples
    --------
    >>> alignment([[1.0, 0.0], [0.0, 2.0]], [[3.0, 0.0], [1.0, 0.0]])
    np.float64(1.0)
    """
    a, b = _rows(*vector_pair(a, b, axis=-1, names=("a", "b")), names=("a", "b"))
    return np.mean(2 * half_squared_chord(unit_vectors(a, name="a"), unit_vectors(b, name="b")))


@np.errstate(all="ignore")
def uniformity(a):
    r"""Uniformity: the logarithm of the mean Gaussian potential of all pairs of unit vectors.

    .. math::

        \log \frac{1}{n(n-1)} \sum_{i \ne j}
        \exp\left(-2 \left\lVert \hat a_i - \hat a_j \right\rVert^2\right)

    Parameters
    ----------
    a : array_like, shape (n, d)
        At least two vectors, real numbers.

    Returns
    -------
    scalar
        In [−8, 0]: 0 if all vectors have one direction, the lower the more evenly they fill the sphere.

    Raises
    ------
    TypeError
        If `a` holds anything but real numbers.
    ValueError
        If its shape is not (n, d) with n > 1, or a vector is zero.

    Notes
    -----
    Not convex. The time it takes grows with n².

    References
    ----------
    Wang and Isola (2020), arXiv 2005.10242

    Examples
    --------
    >>> uniformity([[1.0, 0.0], [-5.0, 0.0]])
    np.float64(-8.0)
    """
    a = as_real_array(a, name="a")
    if a.ndim != 2 or len(a) < 2:
        raise ValueError(f"a must have shape (n, d) with n > 1; got {a.shape}")
    u = unit_vectors(a, name="a")
    mean = _mean_potential(u, np.exp)
    # log(1 + mean(eᵗ − 1)) keeps digits where the vectors are near each other.
    return np.log(mean) if mean < 0.5 else np.log1p(_mean_potential(u, np.expm1))


def _mean_potential(u, function):
    """Return the mean of the function of −2‖û − v̂‖² over all pairs of two different unit vectors."""
    sums = []
    for here in _tiles(u):
        # −2‖û − v̂‖² = −4 (1 − cos)
        potentials = function(-4 * one_minus_cosines(u[here], u))
        potentials[_own(u, here)] = 0
        sums.append(potentials.sum(dtype=np.float64))
    return u.dtype.type(math.fsum(sums) / (len(u) * (len(u) - 1)))


def _contrast(queries, keys, temperature):
    """Return the checked unit vectors of queries and keys, and the temperature."""
    names = ("queries", "keys")
    queries, keys = _rows(*vector_pair(queries, keys, axis=-1, names=names), names=names)
    temperature = positive_number(temperature, name="temperature", dtype=queries.dtype)
    return unit_vectors(queries, name="queries"), unit_vectors(keys, name="keys"), temperature


def _rows(u, v, *, names):
    """Return both if they are tables with at least one row."""
    if u.ndim != 2 or not len(u):
        raise ValueError(f"{names[0]} and {names[1]} must have shape (n, d) with n > 0; got {u.shape}")
    return u, v


def _tiles(u):
    """Yield slices of a few rows each, so that what all pairs of them need stays in the cache."""
    height = max(1, PAIRS // len(u))
    for start in range(0, len(u), height):
        yield slice(start, start + height)


def _own(u, here):
    """Return the indices of each row of the tile with itself."""
    rows = np.arange(len(u))[here]
    return rows - here.start, rows


def _weights(u, v, here, temperature):
    """Return what the losses of some queries are made of.

    Returns
    -------
    cosines : ndarray
        Those of the queries `here` with all keys.
    weights : ndarray
        exp((cos − largest)/T): the shares of the keys, but for a factor.
    largest : tuple of ndarray
        The index of each query's largest cosine.
    own : tuple of ndarray
        The index of each query's own key.
    """
    cosines = u[here] @ v.T
    np.clip(cosines, -1, 1, out=cosines)
    own = _own(u, here)
    largest = own[0], cosines.argmax(axis=1)
    weights = cosines - cosines[largest][:, np.newaxis]
    weights /= temperature
    return cosines, np.exp(weights, out=weights), largest, own
