"""Total variation of pictures, and its gradient."""

import math

import numpy as np

from lossbook._legacy_checks import check_option, positive_number, real_number
from lossbook.images._differences import as_picture, differences, joined, length, stripes
from lossbook.images._overflow import without_overflow

_KINDS = ("isotropic", "anisotropic")

# Each function below switches NumPy's floating-point warnings off: overflow to infinity is the right answer.


@np.errstate(all="ignore")
def total_variation(image, *, kind="isotropic", beta=1.0):
    r"""Total variation of a picture: the sum of its differences between neighbors.

    .. math::

        \mathrm{TV}_\beta(u) = \begin{cases}
            \sum_{i,j} \left((\Delta_v u)_{ij}^2 + (\Delta_h u)_{ij}^2\right)^{\beta/2} & \text{isotropic} \\
            \sum_{i,j} \lvert (\Delta_v u)_{ij} \rvert^\beta + \lvert (\Delta_h u)_{ij} \rvert^\beta
            & \text{anisotropic}
        \end{cases}

    The differences are forward, u[i+1, j] − u[i, j] and u[i, j+1] − u[i, j], and 0 across the last row and
    column.

    Parameters
    ----------
    image : array_like, shape (..., H, W)
        One picture or more, real numbers.
    kind : {"isotropic", "anisotropic"}, default "isotropic"
        Whether the two differences of a pixel are joined by Pythagoras or added.
    beta : float, default 1.0
        The exponent, positive: 1 is total variation, 2 the sum of squares.

    Returns
    -------
    ndarray or scalar
        One sum a picture, of shape (...), in [0, ∞], in the pixels' unit to the power β.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If `image` has fewer than two axes or an empty one, `kind` is unknown, or `beta` is not positive.

    Notes
    -----
    Convex for β ≥ 1 only. It is a sum and not a mean over the pixels. Not differentiable for β = 1 where
    neighbors are equal. ``skimage.restoration.denoise_tv_chambolle`` minimizes with the isotropic form for β
    = 1; torch, scipy and scikit-learn do not offer it.

    References
    ----------
    Rudin, Osher and Fatemi (1992), doi 10.1016/0167-2789(92)90242-F

    Mahendran and Vedaldi (2015), arXiv 1412.0035

    Examples
    --------
    >>> total_variation([[0.0, 4.0], [3.0, 0.0]]).round(12)
    np.float64(12.0)
    >>> total_variation([[0.0, 4.0], [3.0, 0.0]], kind="anisotropic")
    np.float64(14.0)
    """
    check_option(kind, _KINDS, name="kind")
    u = as_picture(image)
    beta = positive_number(beta, name="beta", dtype=u.dtype)
    parts = [np.sum(_terms(u, rows, kind, beta), axis=(-1, -2)) for rows in stripes(u)]
    return joined(parts)


def _terms(u, rows, kind, beta):
    """Return what some rows of pixels add to the total variation."""
    d = differences(u, rows)
    sizes = length(*d) if kind == "isotropic" else abs(d)
    terms = sizes if beta == 1 else sizes**beta
    return terms if kind == "isotropic" else terms[0] + terms[1]


@np.errstate(all="ignore")
def total_variation_grad(image, *, kind="isotropic", beta=1.0, epsilon=0.0):
    r"""Derivative of the total variation with respect to the picture, smoothed or not.

    .. math::

        \frac{\partial}{\partial u} \sum_{i,j} \left(\lVert \Delta_{ij} \rVert^2 +
        \varepsilon^2\right)^{\beta/2}, \qquad \Delta_{ij} = \left((\Delta_v u)_{ij}, (\Delta_h u)_{ij}\right)
        \text{ or each of them alone}

    Parameters
    ----------
    image : array_like, shape (..., H, W)
        One picture or more, real numbers.
    kind : {"isotropic", "anisotropic"}, default "isotropic"
        Whether the two differences of a pixel are joined by Pythagoras or added.
    beta : float, default 1.0
        The exponent, positive.
    epsilon : float, default 0.0
        The smoothing ε, finite and not negative, in the pixels' unit. With 0 a difference of 0 contributes 0,
        which for β = 1 is a subgradient.

    Returns
    -------
    ndarray, shape (..., H, W)
        The gradient of each picture's total variation.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If `image` has fewer than two axes or an empty one, `kind` is unknown, `beta` is not positive, or
        `epsilon` is negative or not finite.

    Examples
    --------
    >>> total_variation_grad([[0.0, 1.0, 1.0]])
    array([[-1.,  1.,  0.]])
    """
    check_option(kind, _KINDS, name="kind")
    u = as_picture(image)
    beta = positive_number(beta, name="beta", dtype=u.dtype)
    requirement = "a finite number, 0 or more"
    epsilon = real_number(epsilon, name="epsilon", requirement=requirement)
    if not 0 <= epsilon < math.inf:
        raise ValueError(f"epsilon must be {requirement}; got {epsilon:g}")

    def slopes(u, epsilon):
        gradient = np.zeros_like(u)
        for rows in stripes(u):
            _give(gradient, rows, _pull(u, rows, kind, beta, epsilon))
        return gradient

    # A difference beyond the largest number has no direction, and two infinite pulls have no sum.
    return without_overflow(slopes, u, u.dtype.type(epsilon))


def _pull(u, rows, kind, beta, epsilon):
    """Return the derivative with respect to the differences at some rows, stacked as they are."""
    d = differences(u, rows)
    m = length(*d, epsilon) if kind == "isotropic" else length(d, epsilon)
    # d/dΔ of m^β, m = √(‖Δ‖² + ε²), is β m^(β−1) Δ/m.
    pull = d / m
    if beta != 1:
        pull *= beta * m ** (beta - 1)
    pull[d == 0] = 0
    return pull


def _give(gradient, rows, pull):
    """Take each difference's pull from its pixel and give it to the next, below or to the right."""
    gradient[..., rows, :] -= pull[0]
    gradient[..., rows, :] -= pull[1]
    gradient[..., rows, 1:] += pull[1, ..., :-1]
    below = gradient[..., rows.start + 1 : rows.stop + 1, :]
    below += pull[0, ..., : below.shape[-2], :]
