r"""Losses of embeddings: by the cosine of two vectors, and contrastive ones over many.

An embedding is a vector; its direction is what counts, and â is the vector divided by its length. Nothing is
averaged over the pairs, except where a quantity is a mean by definition. ``<loss>_grad`` is the derivative
with respect to the first argument.

All functions keep float16, float32 and float64, turn integers into float64, give NaN for vectors with NaN or
infinite elements, and change no argument.

Raises
------
TypeError
    If an argument is not real, or `axis` not an integer.
ValueError
    If shapes differ that must be equal or are not those asked for, nested lists are ragged or there is no such
    axis; if a vector is zero and has no direction; if a sign is neither 1 nor −1, `margin` is outside [−1, 1],
    or `temperature` is not positive and finite.

Examples
--------
>>> from lossbook import embeddings
>>> embeddings.cosine_loss([[1.0, 0.0], [1.0, 0.0]], [[2.0, 0.0], [0.0, 3.0]])
array([0., 1.])
"""

import numpy as np

from lossbook import _checks as check
from lossbook.distances import _cosine, _half_squared_chord, _unit_vectors
from lossbook.probability import log_softmax, softmax

__all__ = [
    "alignment",
    "cosine_embedding_loss",
    "cosine_embedding_loss_grad",
    "cosine_loss",
    "cosine_loss_grad",
    "cosine_similarity",
    "info_nce",
    "info_nce_grad",
    "uniformity",
]


# ---- Pairs of vectors --------------------------------------------------------------------------------------


@check.keeps_float16
def cosine_similarity(a, b, *, axis=-1):
    r"""Cosine similarity: the cosine of the angle between two vectors.

    .. math:: \cos(a, b) = \frac{a \cdot b}{\lVert a \rVert \lVert b \rVert}

    Parameters
    ----------
    a, b : array_like
        Vectors, real numbers of equal shape, none of them zero.
    axis : int, default -1
        The axis of the vectors' elements.

    Returns
    -------
    ndarray or scalar
        One cosine a pair of vectors, of the shape without `axis`, in [−1, 1].

    References
    ----------
    Steck, Ekanadham and Kallus (2024), arXiv 2403.05440

    Examples
    --------
    >>> cosine_similarity([[3.0, 0.0], [3.0, 0.0]], [[2.0, 0.0], [0.0, 5.0]])
    array([1., 0.])
    """
    return _cosine(*_unit_vectors(axis, a=a, b=b))


@check.keeps_float16
def cosine_loss(a, b, *, axis=-1):
    r"""Cosine loss: one minus the cosine similarity.

    .. math:: \ell(a, b) = 1 - \frac{a \cdot b}{\lVert a \rVert \lVert b \rVert}
        = \tfrac12 \lVert \hat a - \hat b \rVert^2

    Parameters
    ----------
    a, b : array_like
        Vectors, real numbers of equal shape, none of them zero.
    axis : int, default -1
        The axis of the vectors' elements.

    Returns
    -------
    ndarray or scalar
        One loss a pair of vectors, of the shape without `axis`, in [0, 2].

    References
    ----------
    Steck, Ekanadham and Kallus (2024), arXiv 2403.05440

    Examples
    --------
    >>> cosine_loss([1.0, 0.0], [1.0, 1e-9])
    np.float64(5e-19)
    """
    return _half_squared_chord(*_unit_vectors(axis, a=a, b=b))


@check.keeps_float16
def cosine_loss_grad(a, b, *, axis=-1):
    r"""Derivative of the cosine loss with respect to the first vector: orthogonal to it.

    .. math:: \nabla_a \ell = \frac{\cos(a, b)\, \hat a - \hat b}{\lVert a \rVert}

    Examples
    --------
    >>> cosine_loss_grad([2.0, 0.0], [0.0, 3.0])
    array([ 0. , -0.5])
    """
    a, b = check.vectors(axis, a=a, b=b)
    return np.moveaxis(_gradient(a, *_unit_vectors(-1, a=a, b=b)), -1, axis)


@check.keeps_float16
def cosine_embedding_loss(a, b, signs, *, margin=0.0):
    r"""Cosine embedding loss: pull pairs of sign 1 together, push those of sign −1 apart up to a margin.

    .. math::

        \ell(a, b, s) = \begin{cases}
            1 - \cos(a, b) & s = 1 \\ \max(0, \cos(a, b) - m) & s = -1
        \end{cases}

    Parameters
    ----------
    a, b : array_like, shape (..., d)
        Vectors, real numbers of equal shape, none of them zero.
    signs : array_like, shape (...)
        1 for a pair that belongs together, −1 for one that does not.
    margin : float, default 0.0
        The cosine m, in [−1, 1], up to which a pair of sign −1 costs nothing.

    Returns
    -------
    ndarray or scalar
        One loss a pair, of the shape of `signs`, in [0, 2].

    References
    ----------
    Wang and Isola (2020), arXiv 2005.10242

    Examples
    --------
    >>> a, b = [[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [5.0, 0.0]]
    >>> cosine_embedding_loss(a, b, [1, -1], margin=0.25)
    array([1.  , 0.75])
    """
    u, v = _unit_vectors(-1, a=a, b=b)
    signs, margin = _signs(signs, u), _margin(margin)
    return np.where(signs > 0, _half_squared_chord(u, v), np.maximum(_cosine(u, v) - margin, 0))[()]


@check.keeps_float16
def cosine_embedding_loss_grad(a, b, signs, *, margin=0.0):
    r"""Derivative of the cosine embedding loss with respect to the first vector.

    .. math::

        \nabla_a \ell = \begin{cases}
            -\nabla_a \cos(a, b) & s = 1 \\ \nabla_a \cos(a, b) & s = -1 \text{ and } \cos(a, b) > m \\
            0 & s = -1 \text{ and } \cos(a, b) \le m
        \end{cases}

    Examples
    --------
    >>> cosine_embedding_loss_grad([[1.0, 1.0], [1.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]], [1, -1]).round(3)
    array([[ 0.354, -0.354],
           [-0.354,  0.354]])
    """
    a, b = check.vectors(a=a, b=b)
    u, v = _unit_vectors(-1, a=a, b=b)
    signs, margin = _signs(signs, u), _margin(margin)
    costs_nothing = (signs < 0) & (_cosine(u, v) <= margin)
    return np.where(costs_nothing[..., np.newaxis], 0, signs[..., np.newaxis] * _gradient(a, u, v))


# ---- Many vectors ------------------------------------------------------------------------------------------


@check.keeps_float16
def info_nce(queries, keys, *, temperature=0.1):
    r"""InfoNCE loss: the cross-entropy of finding each query's own key among all keys.

    .. math::

        \ell_i = -\log \frac{\exp(\cos(q_i, k_i)/T)}{\sum_{j=1}^n \exp(\cos(q_i, k_j)/T)}

    Parameters
    ----------
    queries, keys : array_like, shape (n, d)
        Vectors, real numbers of equal shape, n > 0, none of them zero. The positive of query i is key i, all
        other keys are negatives.
    temperature : float, default 0.1
        The temperature T, positive.

    Returns
    -------
    ndarray, shape (n,)
        One loss a query, in nats, in [0, log n + 2/T].

    References
    ----------
    van den Oord, Li and Vinyals (2018), arXiv 1807.03748

    Chen, Kornblith, Norouzi and Hinton (2020), arXiv 2002.05709

    Examples
    --------
    >>> info_nce([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]], temperature=1.0).round(4)
    array([0.3133, 0.3133])
    """
    queries, keys = _rows(queries=queries, keys=keys)
    u, v = _unit_vectors(-1, queries=queries, keys=keys)
    # From 0, so that certainty costs 0 and not −0.
    return 0 - np.diagonal(log_softmax(u @ v.T, temperature=temperature))


@check.keeps_float16
def info_nce_grad(queries, keys, *, temperature=0.1):
    r"""Derivative of each query's InfoNCE loss with respect to that query: orthogonal to it.

    .. math::

        \nabla_{q_i} \ell_i = \frac1T \sum_{j=1}^n (s_{ij} - [i = j])\, \nabla_{q_i} \cos(q_i, k_j),
        \qquad s_{ij} = \operatorname{softmax}_j(\cos(q_i, k_j)/T)

    Examples
    --------
    >>> info_nce_grad([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]], temperature=1.0).round(4)
    array([[0.    , 0.2689],
           [0.2689, 0.    ]])
    """
    queries, keys = _rows(queries=queries, keys=keys)
    u, v = _unit_vectors(-1, queries=queries, keys=keys)
    s = softmax(u @ v.T, temperature=temperature)
    # sᵢᵢ − 1 = −Σⱼ≠ᵢ sᵢⱼ, which keeps its digits where sᵢᵢ is near 1.
    np.fill_diagonal(s, 0)
    np.fill_diagonal(s, -s.sum(1))
    # ∇ cos(q, k) = (k̂ − cos · q̂)/‖q‖: what points along q goes, and is the sum's, not each key's.
    pull = s @ v
    across = pull - np.vecdot(pull, u)[:, np.newaxis] * u
    with np.errstate(over="ignore"):
        return across / np.vecdot(queries, u)[:, np.newaxis] / temperature


@check.keeps_float16
def alignment(a, b):
    r"""Alignment: the mean squared distance of paired unit vectors.

    .. math:: \frac1n \sum_{i=1}^n \left\lVert \hat a_i - \hat b_i \right\rVert^2

    Parameters
    ----------
    a, b : array_like, shape (n, d)
        Vectors, real numbers of equal shape, n > 0, none of them zero; row i of one belongs to row i of the
        other.

    Returns
    -------
    scalar
        In [0, 4]: 0 if all pairs have the same direction. It is the mean of twice the cosine loss.

    References
    ----------
    Wang and Isola (2020), arXiv 2005.10242

    Examples
    --------
    >>> alignment([[1.0, 0.0], [0.0, 2.0]], [[3.0, 0.0], [1.0, 0.0]])
    np.float64(1.0)
    """
    a, b = _rows(a=a, b=b)
    return (2 * _half_squared_chord(*_unit_vectors(-1, a=a, b=b))).mean()


@check.keeps_float16
def uniformity(a):
    r"""Uniformity: the logarithm of the mean Gaussian potential of all pairs of unit vectors.

    .. math::

        \log \frac{1}{n(n-1)} \sum_{i \ne j}
        \exp\left(-2 \left\lVert \hat a_i - \hat a_j \right\rVert^2\right)

    Parameters
    ----------
    a : array_like, shape (n, d)
        At least two vectors, real numbers, none of them zero.

    Returns
    -------
    scalar
        In [−8, 0]: 0 if all vectors have one direction, the lower the more evenly they fill the sphere.

    References
    ----------
    Wang and Isola (2020), arXiv 2005.10242

    Examples
    --------
    >>> uniformity([[1.0, 0.0], [-5.0, 0.0]])
    np.float64(-8.0)
    """
    from scipy.spatial.distance import pdist

    a = check.real_array(a, "a")
    if a.ndim != 2 or len(a) < 2:
        raise ValueError(f"a must have shape (n, d) with n > 1; got {a.shape}")
    (u,) = _unit_vectors(-1, a=a)
    z = -2 * pdist(u, "sqeuclidean")
    # log mean eᶻ = z̄ + log(1 + mean(eᶻ⁻ᶻ̄ − 1)): where all vectors are near each other, no digit is lost.
    return a.dtype.type(z.mean() + np.log1p(np.expm1(z - z.mean()).mean()))


# ---- What several share ------------------------------------------------------------------------------------


def _gradient(a, u, v):
    """Return the derivative of 1 − cos with respect to a; u and v are the unit vectors."""
    # cos · u − v = d − ½‖d‖² u with d = u − v, which does not cancel for nearly parallel vectors. And a·u is
    # ‖a‖, without squares.
    d = u - v
    with np.errstate(over="ignore", invalid="ignore"):
        return (d - _half_squared_chord(u, v)[..., np.newaxis] * u) / np.vecdot(a, u)[..., np.newaxis]


def _rows(**arrays):
    """Return two tables of equal shape with at least one row."""
    found = check.vectors(**arrays)
    if found[0].ndim != 2 or not len(found[0]):
        names = " and ".join(arrays)
        raise ValueError(f"{names} must have shape (n, d) with n > 0; got {found[0].shape}")
    return found


def _signs(signs, vectors):
    """Return the checked signs, all 1 or −1, one for each vector and in their type."""
    signs = check.real_array(signs, "signs")
    if signs.shape != vectors.shape[:-1]:
        raise ValueError(f"signs must have shape {vectors.shape[:-1]}, one for each pair; got {signs.shape}")
    wrong = abs(signs) != 1
    if wrong.any():
        raise ValueError(f"signs must be 1 or -1; got {signs[wrong].flat[0]:g}")
    return signs.astype(vectors.dtype)


def _margin(margin):
    """Return the margin as a float if it is a cosine."""
    return check.number(margin, "margin", "a number from -1 to 1", -1, 1, closed=True)
