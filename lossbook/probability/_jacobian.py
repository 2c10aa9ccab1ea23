"""How softmax changes with its logits: the whole Jacobian, and its product with a vector."""

import numpy as np

from lossbook._blocks import map_vectors, sum_classes
from lossbook._checks import as_logits, as_real_array, check_equal_shapes
from lossbook.probability._softmax import shares, softmax


@np.errstate(all="ignore")
def softmax_jacobian(logits):
    r"""Jacobian of softmax: how each probability changes with each logit.

    .. math:: J_{ij} = \frac{\partial s_i}{\partial a_j} = s_i (\delta_{ij} - s_j),
        \qquad J = \operatorname{diag}(s) - s s^\mathsf{T}, \quad s = \operatorname{softmax}(a)

    Parameters
    ----------
    logits : array_like
        Real numbers of shape (..., K), K ≥ 1; −∞ is allowed beside others.

    Returns
    -------
    ndarray
        Of shape (..., K, K): symmetric, positive semidefinite, in [−¼, ¼]; each row sums to 0, and where
        all logits are finite only multiples of (1, …, 1) are mapped to 0.

    Raises
    ------
    TypeError
        If `logits` is not real.
    ValueError
        If there is nothing along the last axis, a logit is +∞ or all of a vector are −∞.

    Notes
    -----
    It is the Hessian of log-sum-exp, which is why that is convex. With a temperature T in softmax, divide the
    Jacobian at logits/T by T. ``torch.autograd.functional.jacobian`` finds it at the cost of K backward
    passes. You seldom need it whole: ``softmax_vjp`` multiplies by it in O(K).

    Examples
    --------
    >>> softmax_jacobian([0.0, 0.0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    a = as_logits(logits, name="logits")
    s = softmax(a.astype(np.result_type(a, np.float64), copy=False))
    products = s[..., :, None] * s[..., None, :]
    np.einsum("...ii->...i", products)[...] = 0
    jacobian = 0 - products
    # sᵢ(1 − sᵢ) = Σⱼ≠ᵢ sᵢsⱼ does not cancel where sᵢ is near 1.
    np.einsum("...ii->...i", jacobian)[...] = products.sum(-1)
    return jacobian.astype(a.dtype, copy=False)


@np.errstate(all="ignore")
def softmax_vjp(logits, vector):
    r"""Product of a vector with the Jacobian of softmax, without building it: O(K) a vector.

    .. math:: J v = s \odot (v - \langle s, v \rangle), \qquad s = \operatorname{softmax}(a)

    Parameters
    ----------
    logits : array_like
        Real numbers of shape (..., K), K ≥ 1; −∞ is allowed beside others.
    vector : array_like
        Real numbers of the same shape: derivatives with respect to the probabilities.

    Returns
    -------
    ndarray
        Of the same shape: derivatives with respect to the logits; they sum to 0 along the last axis.

    Raises
    ------
    TypeError
        If an argument is not real.
    ValueError
        If the shapes differ, there is nothing along the last axis, a logit is +∞ or all of a vector are −∞.

    Notes
    -----
    Linear in `vector`. The Jacobian is symmetric, so this is its product with the vector from either side:
    what backpropagation through softmax computes. In torch: ``torch.softmax(logits, -1)``, then
    ``.backward(vector)``.

    Examples
    --------
    >>> softmax_vjp([0.0, 0.0], [1.0, 3.0])
    array([-0.5,  0.5])
    """
    a = as_logits(logits, name="logits")
    v = as_real_array(vector, name="vector")
    check_equal_shapes(a, v, names=("logits", "vector"))

    def product(a, v):
        s = shares(a)
        # A constant may be taken off v: that of the most probable class, so that nothing cancels there.
        v = v - np.take_along_axis(v, s.argmax(0)[None], 0)
        return s * (v - sum_classes(s * v))

    return map_vectors(product, a, v, dtype=np.result_type(a, v))
