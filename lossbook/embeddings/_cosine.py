"""Cosine similarity and the losses of pairs of vectors that are made of it."""

import numpy as np

from lossbook._legacy_checks import as_real_array, real_number, vector_pair
from lossbook.distances._directions import half_squared_chord
from lossbook.distances._norms import root_sum_of_squares, unit_vectors

# Each function below switches NumPy's floating-point warnings off: sizes are dealt with where they matter.


@np.errstate(all="ignore")
def cosine_similarity(a, b, *, axis=-1):
    r"""Cosine similarity: the cosine of the angle between two vectors.

    .. math:: \cos(a, b) = \frac{a \cdot b}{\lVert a \rVert \lVert b \rVert}

    Parameters
    ----------
    a, b : array_like
        Vectors, real numbers of equal shape.
    axis : int, default -1
        The axis of the vectors' elements.

    Returns
    -------
    ndarray or scalar
        One cosine a pair of vectors, of the shape without `axis`, in [−1, 1]; NaN for vectors with NaN or
        infinite elements.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, there is no such axis, or a vector is zero.

    Notes
    -----
    Neither convex nor concave. Invariant under rotations and positive multiples of each vector.
    ``torch.nn.functional.cosine_similarity`` is the same but gives 0 for a zero vector, by a small constant
    under each length; ``sklearn.metrics.pairwise.cosine_similarity`` compares all pairs of rows.

    References
    ----------
    Steck, Ekanadham and Kallus (2024), arXiv 2403.05440

    Examples
    --------
    >>> cosine_similarity([[3.0, 0.0], [3.0, 0.0]], [[2.0, 0.0], [0.0, 5.0]])
    array([1., 0.])
    """
    u, v = _unit_pair(a, b, axis)
    return _cosine(u, v)


@np.errstate(all="ignore")
def cosine_loss(a, b, *, axis=-1):
    r"""Cosine loss: one minus the cosine similarity.

    .. math:: \ell(a, b) = 1 - \frac{a \cdot b}{\lVert a \rVert \lVert b \rVert}

    Parameters
    ----------
    a, b : array_like
        Vectors, real numbers of equal shape.
    axis : int, default -1
        The axis of the vectors' elements.

    Returns
    -------
    ndarray or scalar
        One loss a pair of vectors, of the shape without `axis`, in [0, 2]; NaN for vectors with NaN or
        infinite elements.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, there is no such axis, or a vector is zero.

    Notes
    -----
    Not convex. Its expected value over b is smallest in the direction of the mean of b/‖b‖. It equals
    ``lossbook.distances.cosine_distance``, and half the squared distance of the two unit vectors, which is
    how it is computed. ``torch.nn.functional.cosine_embedding_loss`` with targets 1 is the same but for small
    constants.

    References
    ----------
    Steck, Ekanadham and Kallus (2024), arXiv 2403.05440

    Examples
    --------
    >>> cosine_loss([1.0, 0.0], [1.0, 1e-9])
    np.float64(5e-19)
    """
    u, v = _unit_pair(a, b, axis)
    return half_squared_chord(u, v)


@np.errstate(all="ignore")
def cosine_loss_grad(a, b, *, axis=-1):
    r"""Derivative of the cosine loss with respect to the first vector.

    .. math:: \nabla_a \ell = \frac{\cos(a, b)\, \hat a - \hat b}{\lVert a \rVert}

    It is orthogonal to a, and the smaller the longer a is.

    Parameters
    ----------
    a, b : array_like
        Vectors, real numbers of equal shape.
    axis : int, default -1
        The axis of the vectors' elements.

    Returns
    -------
    ndarray
        The gradient, of the shape of `a`, in one over the unit of `a`.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, there is no such axis, or a vector is zero.

    Examples
    --------
    >>> cosine_loss_grad([2.0, 0.0], [0.0, 3.0])
    array([ 0. , -0.5])
    """
    a, b = vector_pair(a, b, axis=axis, names=("a", "b"))
    u, v = unit_vectors(a, name="a"), unit_vectors(b, name="b")
    return np.moveaxis(_gradient(a, u, v, _cosine(u, v)), -1, axis)


def _gradient(a, u, v, cosine):
    """Return the derivative of 1 − cos with respect to a; u and v are the unit vectors."""
    gradient = cosine[..., np.newaxis] * u
    gradient -= v
    gradient /= root_sum_of_squares(a)[..., np.newaxis]
    return gradient


@np.errstate(all="ignore")
def cosine_embedding_loss(a, b, signs, *, margin=0.0):
    r"""Cosine embedding loss: pull pairs of sign 1 together, push those of sign −1 apart up to a margin.

    .. math::

        \ell(a, b, s) = \begin{cases}
            1 - \cos(a, b) & s = 1 \\ \max(0, \cos(a, b) - m) & s = -1
        \end{cases}

    Parameters
    ----------
    a, b : array_like, shape (..., d)
        Vectors, real numbers of equal shape.
    signs : array_like, shape (...)
        1 for a pair that belongs together, −1 for one that does not.
    margin : float, default 0.0
        The cosine m, in [−1, 1], up to which a pair of sign −1 costs nothing.

    Returns
    -------
    ndarray or scalar
        One loss a pair, of the shape of `signs`, in [0, 2].

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes do not fit together, a sign is neither 1 nor −1, `margin` is outside [−1, 1], or a
        vector is zero.

    Notes
    -----
    Not convex. ``torch.nn.functional.cosine_embedding_loss(a, b, signs, margin=margin, reduction="none")`` is
    the same but for small constants under the lengths; torch's default is the mean.

    References
    ----------
    Wang and Isola (2020), arXiv 2005.10242

    Examples
    --------
    >>> a, b = [[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [5.0, 0.0]]
    >>> cosine_embedding_loss(a, b, [1, -1], margin=0.25)
    array([1.  , 0.75])
    """
    u, v = _unit_pair(a, b, -1)
    signs = _signs(signs, u.shape[:-1])
    pushed = np.maximum(_cosine(u, v) - _margin(margin), 0)
    return np.where(signs > 0, half_squared_chord(u, v), pushed)[()]


@np.errstate(all="ignore")
def cosine_embedding_loss_grad(a, b, signs, *, margin=0.0):
    r"""Derivative of the cosine embedding loss with respect to the first vector.

    .. math::

        \nabla_a \ell = \begin{cases}
            -\nabla_a \cos(a, b) & s = 1 \\ \nabla_a \cos(a, b) & s = -1 \text{ and } \cos(a, b) > m \\
            0 & s = -1 \text{ and } \cos(a, b) \le m
        \end{cases}

    Parameters
    ----------
    a, b : array_like, shape (..., d)
        Vectors, real numbers of equal shape.
    signs : array_like, shape (...)
        1 for a pair that belongs together, −1 for one that does not.
    margin : float, default 0.0
        The cosine m, in [−1, 1], up to which a pair of sign −1 costs nothing.

    Returns
    -------
    ndarray
        The gradient, of the shape of `a`, in one over the unit of `a`.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes do not fit together, a sign is neither 1 nor −1, `margin` is outside [−1, 1], or a
        vector is zero.

    Examples
    --------
    >>> cosine_embedding_loss_grad([[1.0, 1.0], [1.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]], [1, -1]).round(3)
    array([[ 0.354, -0.354],
           [-0.354,  0.354]])
    """
    a, b = vector_pair(a, b, axis=-1, names=("a", "b"))
    u, v = unit_vectors(a, name="a"), unit_vectors(b, name="b")
    signs, cosine = _signs(signs, u.shape[:-1]), _cosine(u, v)
    gradient = _gradient(a, u, v, cosine)
    gradient[signs < 0] *= -1
    # Not a product with 0, which would leave NaN and −0.0.
    gradient[(signs < 0) & (cosine <= _margin(margin))] = 0
    return gradient


def _unit_pair(a, b, axis):
    """Return the checked vectors divided by their lengths, the elements last."""
    a, b = vector_pair(a, b, axis=axis, names=("a", "b"))
    return unit_vectors(a, name="a"), unit_vectors(b, name="b")


def _cosine(u, v):
    """Return the cosine of unit vectors; rounding may lead outside [−1, 1] by an ulp or two."""
    return np.clip(np.sum(u * v, axis=-1), -1, 1)


def _signs(signs, shape):
    """Return the checked signs, all 1 or −1."""
    signs = as_real_array(signs, name="signs")
    if signs.shape != shape:
        raise ValueError(f"signs must have shape {shape}, one for each pair; got {signs.shape}")
    wrong = abs(signs) != 1
    if wrong.any():
        raise ValueError(f"signs must be 1 or -1; got {signs[wrong].flat[0]:g}")
    return signs


def _margin(margin):
    """Return the margin as a float if it is a cosine."""
    requirement = "a number from -1 to 1"
    margin = real_number(margin, name="margin", requirement=requirement)
    if not -1 <= margin <= 1:
        raise ValueError(f"margin must be {requirement}; got {margin:g}")
    return margin
