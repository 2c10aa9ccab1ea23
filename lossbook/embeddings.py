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
    If shapes do not fit together, nested lists are ragged or there is no such axis; if a vector is zero and
    has no direction; if a sign is neither 1 nor −1, `margin` is outside [−1, 1], or `temperature` is not
    positive and finite.

Examples
--------
>>> from lossbook import embeddings
>>> embeddings.cosine_loss([[1.0, 0.0], [1.0, 0.0]], [[2.0, 0.0], [0.0, 3.0]])
array([0., 1.])
"""

import numpy as np

from lossbook import _checks as check
from lossbook import probability
from lossbook.distances import _half_squared_chord, _unit

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

    Examples
    --------
    >>> cosine_similarity([[3.0, 0.0], [3.0, 0.0]], [[2.0, 0.0], [0.0, 5.0]])
    array([1., 0.])
    """
    a, b = check.directions(axis, a=a, b=b)
    # Rounding leads outside [−1, 1] every few times.
    return np.clip(np.vecdot(_unit(a), _unit(b)), -1, 1)


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

    Examples
    --------
    >>> cosine_loss([1.0, 0.0], [1.0, 1e-9])
    np.float64(5e-19)
    """
    a, b = check.directions(axis, a=a, b=b)
    return _half_squared_chord(_unit(a), _unit(b))


def cosine_loss_grad(a, b, *, axis=-1):
    r"""Derivative of the cosine loss with respect to the first vector: orthogonal to it.

    .. math:: \nabla_a \ell = \frac{\cos(a, b)\, \hat a - \hat b}{\lVert a \rVert}

    Examples
    --------
    >>> cosine_loss_grad([2.0, 0.0], [0.0, 3.0])
    array([ 0. , -0.5])
    """
    a, b = check.directions(axis, a=a, b=b)
    u, v = _unit(a), _unit(b)
    # cos · u − v = d − (d · u) u with d = u − v, which does not cancel where u is near v; ‖a‖ is a · u.
    d = u - v
    across = d - np.vecdot(d, u, keepdims=True) * u
    with np.errstate(over="ignore", invalid="ignore"):
        return np.moveaxis(across / np.vecdot(a, u, keepdims=True), -1, axis)


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
    The documentation of ``torch.nn.CosineEmbeddingLoss``

    Examples
    --------
    >>> a, b = [[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [5.0, 0.0]]
    >>> cosine_embedding_loss(a, b, [1, -1], margin=0.25)
    array([1.  , 0.75])
    """
    a, b = check.directions(a=a, b=b)
    signs = check.signs(signs, a)
    margin = check.number(margin, "margin", "a number from -1 to 1", -1, 1, closed=True)
    u, v = _unit(a), _unit(b)
    pushed = np.maximum(np.clip(np.vecdot(u, v), -1, 1) - margin, 0)
    return np.where(signs > 0, _half_squared_chord(u, v), pushed)[()]


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
    a, b = check.directions(a=a, b=b)
    signs = check.signs(signs, a)
    margin = check.number(margin, "margin", "a number from -1 to 1", -1, 1, closed=True)
    costs_nothing = (signs < 0) & (cosine_similarity(a, b) <= margin)
    return np.where(costs_nothing[..., np.newaxis], 0, signs[..., np.newaxis] * cosine_loss_grad(a, b))


# ---- Many vectors ------------------------------------------------------------------------------------------


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
    queries, keys = check.table_of_directions(queries=queries, keys=keys)
    cosines = _unit(queries) @ _unit(keys).T
    # From 0, so that certainty costs 0 and not −0.
    return 0 - np.diagonal(probability.log_softmax(cosines, temperature=temperature))


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
    queries, keys = check.table_of_directions(queries=queries, keys=keys)
    u, v = _unit(queries), _unit(keys)
    s = probability.softmax(u @ v.T, temperature=temperature)
    # sᵢᵢ − 1 = −Σⱼ≠ᵢ sᵢⱼ, which keeps its digits where sᵢᵢ is near 1.
    np.fill_diagonal(s, 0)
    np.fill_diagonal(s, -s.sum(1))
    # ∇ cos(q, k) = (k̂ − cos · q̂)/‖q‖: the pull of all keys, without what points along q. And ‖q‖ = q · q̂.
    pull = s @ v
    pull -= np.vecdot(pull, u, keepdims=True) * u
    with np.errstate(over="ignore", invalid="ignore"):
        return pull / np.vecdot(queries, u, keepdims=True) / temperature


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
    a, b = check.table_of_directions(a=a, b=b)
    return 2 * _half_squared_chord(_unit(a), _unit(b)).mean()


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

    (a,) = check.table_of_directions(least=2, a=a)
    z = -2 * pdist(_unit(a), "sqeuclidean")
    # log mean eᶻ = z̄ + log(1 + mean(eᶻ⁻ᶻ̄ − 1)): where all vectors are near each other, no digit is lost.
    return a.dtype.type(z.mean() + np.log1p(np.expm1(z - z.mean()).mean()))


check.keep_float16(globals())
