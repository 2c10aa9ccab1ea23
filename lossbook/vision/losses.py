r"""Losses on pictures and feature maps, for PyTorch: what a chapter optimizes through.

The first three are those of `lossbook.images`, whose definitions hold here; PyTorch finds their gradients.
A tensor is a picture (..., H, W) or a feature map (..., C, H, W), of floats, on any device; results have
its type. NaN gives NaN.

Raises
------
TypeError
    If an argument is no tensor of floats.
ValueError
    If a tensor has too few axes or an empty one, if shapes do not fit together, if an option is unknown, or a
    hyperparameter is out of range.
"""

import torch

from lossbook import _checks as check

__all__ = ["gram_loss", "gram_matrix", "perceptual_loss", "total_variation"]


def gram_matrix(features, *, normalization="chw"):
    r"""Gram matrix of a feature map: the inner products of its channels.

    .. math:: G_{cd} = \frac1Z \sum_{h,w} F_{chw} F_{dhw}

    Parameters
    ----------
    features : Tensor, shape (..., C, H, W)
        One feature map or more.
    normalization : {"chw", "hw", None}, default "chw"
        What Z is: C H W (Johnson and others), H W, or 1 (Gatys and others).

    Returns
    -------
    Tensor, shape (..., C, C)
        Symmetric and positive semidefinite, in the features' unit squared.

    References
    ----------
    Gatys, Ecker and Bethge (2015), arXiv 1505.07376

    Johnson, Alahi and Fei-Fei (2016), arXiv 1603.08155

    Examples
    --------
    >>> gram_matrix(torch.tensor([[[1.0, 2.0]], [[0.0, 3.0]]]), normalization=None)
    tensor([[5., 6.],
            [6., 9.]])
    """
    check.tensors(3, "(..., C, H, W)", features=features)
    if normalization is not None:
        check.option(normalization, ("chw", "hw"), "normalization")
    f = features.flatten(-2)
    channels, positions = f.shape[-2:]
    return f @ f.mT / {"chw": channels * positions, "hw": positions, None: 1}[normalization]


def gram_loss(features, target_features, *, normalization="chw"):
    r"""Gram (style) loss: the mean squared difference of two Gram matrices.

    .. math:: \ell(F, S) = \frac{1}{C^2} \sum_{c,d} \left(G_{cd}(F) - G_{cd}(S)\right)^2

    Parameters
    ----------
    features, target_features : Tensor, shape (..., C, H, W)
        Feature maps; H and W of the target may differ.
    normalization : {"chw", "hw", None}, default "chw"
        What the Gram matrices are divided by, as in `gram_matrix`.

    Returns
    -------
    Tensor, shape (...)
        One loss a feature map, in [0, ∞], in the features' unit to the fourth power.

    References
    ----------
    Gatys, Ecker and Bethge (2016), doi 10.1109/CVPR.2016.265

    Examples
    --------
    >>> gram_loss(torch.tensor([[[2.0]]]), torch.tensor([[[1.0]]]))
    tensor(9.)
    """
    check.tensors(3, "(..., C, H, W)", -2, features=features, target_features=target_features)
    g, target = (gram_matrix(f, normalization=normalization) for f in (features, target_features))
    return ((g - target) ** 2).mean((-1, -2))


def total_variation(image, *, kind="isotropic", beta=1.0, epsilon=0.0):
    r"""Total variation of a picture: the sum of its differences between neighbors, smoothed by ε.

    .. math::

        \sum_{i,j} \left(\lVert \Delta_{ij} \rVert^2 + \varepsilon^2\right)^{\beta/2}, \qquad
        \Delta_{ij} = \left((\Delta_v u)_{ij}, (\Delta_h u)_{ij}\right) \text{ or each of them alone}

    Parameters
    ----------
    image : Tensor, shape (..., H, W)
        One picture or more. The differences are forward, and 0 across the last row and column.
    kind : {"isotropic", "anisotropic"}, default "isotropic"
        Whether the two differences of a pixel are joined by Pythagoras or added.
    beta : float, default 1.0
        The exponent, positive: 1 is total variation, 2 the sum of squares.
    epsilon : float, default 0.0
        Where it is 0, a difference of 0 contributes 0 to the gradient, as in `lossbook.images`.

    Returns
    -------
    Tensor, shape (...)
        One sum a picture, in [0, ∞], in the pixels' unit to the power β.

    References
    ----------
    Rudin, Osher and Fatemi (1992), doi 10.1016/0167-2789(92)90242-F

    Mahendran and Vedaldi (2015), arXiv 1412.0035

    Examples
    --------
    >>> total_variation(torch.tensor([[0.0, 4.0], [3.0, 0.0]]))
    tensor(12.)
    >>> total_variation(torch.tensor([[0.0, 4.0], [3.0, 0.0]]), kind="anisotropic")
    tensor(14.)
    """
    check.tensors(2, "(..., H, W)", image=image)
    check.option(kind, ("isotropic", "anisotropic"), "kind")
    beta, epsilon = check.positive(beta, "beta"), check.not_negative(epsilon, "epsilon")
    # The last row and column once more: the differences across them are 0.
    down = torch.diff(image, dim=-2, append=image[..., -1:, :])
    right = torch.diff(image, dim=-1, append=image[..., -1:])
    squares = torch.stack([down, right]) ** 2
    squares = (squares.sum(0, keepdim=True) if kind == "isotropic" else squares) + epsilon**2
    # A power of 0 has no slope to hand on: it is left out, and is 0.
    powers = torch.where(squares == 0, 1, squares) ** (beta / 2)
    return torch.where(squares == 0, 0, powers).sum((0, -1, -2))


def perceptual_loss(x, y, extractor, *, layers=None):
    r"""Perceptual (feature reconstruction) loss: the mean squared difference of features, added over layers.

    .. math:: \ell(x, y) = \sum_l \frac{1}{C_l H_l W_l} \lVert \varphi_l(x) - \varphi_l(y) \rVert^2

    Parameters
    ----------
    x, y : Tensor, shape (N, 3, H, W)
        Pictures, red, green and blue from 0 to 1.
    extractor : callable
        What `features.load` returns: it gives for pictures and names of layers a dict of features φ.
    layers : sequence of str, optional
        Which layers take part: by default all that the extractor gives if none is named, its ReLU layers.

    Returns
    -------
    Tensor, shape (N,)
        One loss a pair of pictures, in [0, ∞], in the features' unit squared.

    References
    ----------
    Johnson, Alahi and Fei-Fei (2016), arXiv 1603.08155

    Examples
    --------
    >>> x, y = torch.zeros(2, 3, 8, 8), torch.full((2, 3, 8, 8), 0.5)
    >>> perceptual_loss(x, y, lambda x, layers: {"pixels": x})  # features that are pixels: the MSE
    tensor([0.2500, 0.2500])
    """
    check.tensors(4, "(N, 3, H, W)", 4, x=x, y=y)
    ours, theirs = extractor(x, layers), extractor(y, layers)
    return sum(((ours[layer] - theirs[layer]) ** 2).mean((1, 2, 3)) for layer in ours)
