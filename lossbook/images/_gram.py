"""Gram matrices of feature maps, and the loss that compares them."""

import numpy as np

from lossbook._legacy_checks import as_real_array, check_option
from lossbook.images._overflow import without_overflow

# Each function below switches NumPy's floating-point warnings off: where one overflows on the way, it is
# computed again in a wider type, and overflow of the result to infinity is the right answer.


@np.errstate(all="ignore")
def gram_matrix(features, *, normalization="chw"):
    r"""Gram matrix of a feature map: the inner products of its channels.

    .. math:: G_{cd} = \frac1Z \sum_{h,w} F_{chw} F_{dhw}

    Parameters
    ----------
    features : array_like, shape (..., C, H, W)
        One feature map or more, real numbers.
    normalization : {"chw", "hw", None}, default "chw"
        What Z is: C H W, H W, or 1.

    Returns
    -------
    ndarray, shape (..., C, C)
        Symmetric and positive semidefinite.

    Raises
    ------
    TypeError
        If `features` holds anything but real numbers.
    ValueError
        If it has fewer than three axes or an empty one, or `normalization` is unknown.

    Notes
    -----
    Not convex entry by entry. Any permutation of the positions, the same in each channel, leaves it as it is.
    Johnson and others divide by C H W; with H W it is the uncentered covariance of the channels; Gatys and
    others do not divide. torch, scipy and scikit-learn do not offer it.

    References
    ----------
    Gatys, Ecker and Bethge (2015), arXiv 1505.07376

    Johnson, Alahi and Fei-Fei (2016), arXiv 1603.08155

    Examples
    --------
    >>> gram_matrix([[[1.0, 2.0]], [[0.0, 3.0]]], normalization=None)
    array([[5., 6.],
           [6., 9.]])
    """
    flat, dtype = _flat(features, name="features")
    gram = without_overflow(lambda f: _gram(f, normalization), flat)
    return gram.astype(dtype, copy=False)


@np.errstate(all="ignore")
def gram_loss(features, target_features, *, normalization="chw"):
    r"""Gram (style) loss: the mean squared difference of two Gram matrices.

    .. math:: \ell(F, S) = \frac{1}{C^2} \sum_{c,d} \left(G_{cd}(F) - G_{cd}(S)\right)^2

    Parameters
    ----------
    features, target_features : array_like, shape (..., C, H, W)
        Feature maps, real numbers; H and W of the target may differ.
    normalization : {"chw", "hw", None}, default "chw"
        What the Gram matrices are divided by, as in `gram_matrix`.

    Returns
    -------
    ndarray or scalar
        One loss a feature map, of shape (...), in [0, ∞].

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes do not fit together or `normalization` is unknown.

    Notes
    -----
    Not convex. Gatys' layer loss, Σ(G − Ĝ)²/(4C²(HW)²) of Gram matrices that are not divided, is ¼ of this
    with "hw". torch, scipy and scikit-learn do not offer it.

    References
    ----------
    Gatys, Ecker and Bethge (2016), doi 10.1109/CVPR.2016.265

    Li, Wang, Liu and Hou (2017), arXiv 1701.01036

    Examples
    --------
    >>> gram_loss([[[1.0, 2.0]], [[0.0, 3.0]]], [[[2.0, 1.0]], [[3.0, 0.0]]])
    np.float64(0.0)
    >>> gram_loss([[[2.0]]], [[[1.0]]])
    np.float64(9.0)
    """
    flat, target, dtype = _pair(features, target_features)

    def loss(f, s):
        difference = _gram(f, normalization) - _gram(s, normalization)
        return np.mean(difference * difference, axis=(-1, -2), keepdims=True)

    return without_overflow(loss, flat, target)[..., 0, 0].astype(dtype)[()]


@np.errstate(all="ignore")
def gram_loss_grad(features, target_features, *, normalization="chw"):
    r"""Derivative of the Gram loss with respect to the features.

    .. math:: \frac{\partial \ell}{\partial F} = \frac{4}{C^2 Z} \left(G(F) - G(S)\right) F

    Parameters
    ----------
    features, target_features : array_like, shape (..., C, H, W)
        Feature maps, real numbers; H and W of the target may differ.
    normalization : {"chw", "hw", None}, default "chw"
        What the Gram matrices are divided by, as in `gram_matrix`.

    Returns
    -------
    ndarray, shape (..., C, H, W)
        The gradient of each feature map's loss.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes do not fit together or `normalization` is unknown.

    Examples
    --------
    >>> gram_loss_grad([[[2.0]]], [[[1.0]]])
    array([[[24.]]])
    """
    flat, target, dtype = _pair(features, target_features)
    factor = 4 / (flat.shape[-2] ** 2 * _divisor(flat, normalization))

    def gradient(f, s):
        return (_gram(f, normalization) - _gram(s, normalization)) @ f * factor

    found = without_overflow(gradient, flat, target)
    return found.reshape(np.shape(features)).astype(dtype, copy=False)


def _flat(features, *, name):
    """Return feature maps as matrices (..., C, H W), and the type that a result shall have."""
    array = as_real_array(features, name=name)
    if array.ndim < 3 or 0 in array.shape:
        raise ValueError(f"{name} must have shape (..., C, H, W), none of them 0; got {array.shape}")
    # Sums over the positions overflow in float16. And matrices that lie otherwise in memory are multiplied by
    # another routine of NumPy's, which rounds differently.
    wide = np.result_type(array, np.float32)
    return np.require(array.reshape(*array.shape[:-2], -1), wide, requirements="CA"), array.dtype


def _gram(flat, normalization):
    """Return the Gram matrices of matrices (..., C, H W)."""
    return flat @ np.swapaxes(flat, -1, -2) / _divisor(flat, normalization)


def _divisor(flat, normalization):
    """Return what the Gram matrix is divided by, as a Python integer."""
    if normalization is None:
        return 1
    check_option(normalization, ("chw", "hw"), name="normalization")
    return flat.shape[-1] * (flat.shape[-2] if normalization == "chw" else 1)


def _pair(features, target_features):
    """Return two feature maps as matrices of one type, and the type that a result shall have."""
    flat, dtype = _flat(features, name="features")
    target, target_dtype = _flat(target_features, name="target_features")
    if flat.shape[:-1] != target.shape[:-1]:
        raise ValueError(
            f"features and target_features must agree in all but H and W; got shapes {np.shape(features)} "
            f"and {np.shape(target_features)}"
        )
    wide = np.result_type(flat, target)
    return (
        flat.astype(wide, copy=False),
        target.astype(wide, copy=False),
        np.result_type(dtype, target_dtype),
    )
