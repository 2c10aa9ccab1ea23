"""Contrastive losses: InfoNCE, and the two properties that it trades, alignment and uniformity."""

import numpy as np

from lossbook._checks import as_real_array, positive_number, vector_pair
from lossbook.distances import pairwise
from lossbook.distances._directions import half_squared_chord
from lossbook.distances._norms import root_sum_of_squares, unit_vectors
from lossbook.probability import log_softmax, softmax

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
    return -np.diagonal(log_softmax(_cosines(u, v), temperature=temperature))


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
    cosines = _cosines(u, v)
    pull = softmax(cosines, temperature=temperature) - np.eye(len(u), dtype=u.dtype)
    # ∇ cos(q, k) = (k̂ − cos · q̂)/‖q‖, summed over the keys.
    gradient = pull @ v - np.sum(pull * cosines, axis=1, keepdims=True) * u
    length = root_sum_of_squares(as_real_array(queries, name="queries").astype(u.dtype))
    return gradient / length[:, np.newaxis] / u.dtype.type(temperature)


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
    Not convex. It takes room for n² numbers.

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
    others = ~np.eye(len(a), dtype=bool)
    # −2‖â − b̂‖² = −4 (1 − cos)
    exponent = -4 * pairwise(unit_vectors(a, name="a"), metric="cosine_distance")[others]
    mean = np.mean(np.expm1(exponent))
    # log(1 + mean(eᵗ − 1)) keeps digits where the vectors are near each other.
    return np.log1p(mean) if mean > -0.5 else np.log(np.mean(np.exp(exponent)))


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


def _cosines(u, v):
    """Return the cosines of all pairs of rows."""
    return np.clip(u @ v.T, -1, 1)
