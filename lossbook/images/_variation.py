"""Total variation of pictures, its gradient, and denoising by it."""

import math
from dataclasses import dataclass

import numpy as np

from lossbook._checks import (
    as_real_array,
    check_finite,
    check_option,
    positive_integer,
    positive_number,
    real_number,
)

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
    u = _picture(image)
    beta = positive_number(beta, name="beta", dtype=u.dtype)
    v, h = _differences(u)
    terms = np.hypot(v, h) ** beta if kind == "isotropic" else abs(v) ** beta + abs(h) ** beta
    return np.sum(terms, axis=(-1, -2))


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
    u = _picture(image)
    beta = positive_number(beta, name="beta", dtype=u.dtype)
    requirement = "a finite number, 0 or more"
    epsilon = real_number(epsilon, name="epsilon", requirement=requirement)
    if not 0 <= epsilon < math.inf:
        raise ValueError(f"epsilon must be {requirement}; got {epsilon:g}")
    v, h = _differences(u)
    sizes = [np.hypot(v, h)] * 2 if kind == "isotropic" else [abs(v), abs(h)]
    sizes = [np.hypot(size, u.dtype.type(epsilon)) for size in sizes]
    # d/dΔ of m^β, m = √(‖Δ‖² + ε²), is β m^(β−1) Δ/m.
    pulls = [
        np.where(d == 0, 0 * d, beta * m ** (beta - 1) * (d / m)) for d, m in zip((v, h), sizes, strict=True)
    ]
    return _adjoint(*pulls)


@dataclass(frozen=True)
class DenoisingRecord:
    """How `denoise_tv` ended.

    Attributes
    ----------
    gap : float
        The relative duality gap (P − D)/P, a bound on how far the objective is above its minimum.
    iterations : int
        How many iterations were made.
    converged : bool
        Whether the gap came down to the tolerance.
    """

    gap: float
    iterations: int
    converged: bool


@np.errstate(all="ignore")
def denoise_tv(image, *, weight, tolerance=1e-4, max_iterations=1000):
    r"""Denoise a picture by total variation, the model of Rudin, Osher and Fatemi.

    .. math:: \min_u P(u) = \tfrac12 \lVert u - f \rVert^2 + \lambda\, \mathrm{TV}(u)

    Accelerated projected gradient ascent on the dual problem: u = f − λ Δᵀp with a vector p of length at most
    1 for each pixel.

    Parameters
    ----------
    image : array_like, shape (..., H, W)
        The noisy picture f, finite real numbers; several are denoised each for itself.
    weight : float
        λ, positive, in the pixels' unit.
    tolerance : float, default 1e-4
        Stop once the relative duality gap (P − D)/P is at most this, positive.
    max_iterations : int, default 1000
        The most iterations to make.

    Returns
    -------
    tuple of ndarray and DenoisingRecord
        The picture, and how the iteration ended: a gap above the tolerance is reported there.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If `image` is not finite, has fewer than two axes or an empty one, or a hyperparameter is out of
        range.

    Notes
    -----
    Convex, and the minimizer is unique. The mean of the picture stays. In the continuum a disc of radius R
    loses 2λ/R of its height. ``skimage.restoration.denoise_tv_chambolle(image, weight=weight)`` minimizes the
    same, by Chambolle's slower iteration, and stops where its objective hardly changes.

    References
    ----------
    Rudin, Osher and Fatemi (1992), doi 10.1016/0167-2789(92)90242-F

    Chambolle (2004), doi 10.1023/B:JMIV.0000011325.36760.1e

    Beck and Teboulle (2009), doi 10.1109/TIP.2009.2028250

    Examples
    --------
    >>> picture, record = denoise_tv([[0.0, 0.0, 4.0, 4.0]], weight=0.5, tolerance=1e-9)
    >>> picture.round(6), record.converged
    (array([[0.25, 0.25, 3.75, 3.75]]), True)
    """
    f = _picture(image)
    check_finite(f, name="image")
    weight = positive_number(weight, name="weight", dtype=f.dtype)
    tolerance = positive_number(tolerance, name="tolerance")
    max_iterations = positive_integer(max_iterations, name="max_iterations")
    p = q = np.zeros((2, *f.shape), f.dtype)
    t, gap, iterations = 1.0, math.inf, 0
    while True:
        u = f - weight * _adjoint(*p)
        d = np.stack(_differences(u))
        size = np.hypot(d[0], d[1])
        # P − D = λ Σ (|Δu| − p·Δu), pixel by pixel not negative.
        primal = 0.5 * np.sum((u - f) ** 2) + weight * np.sum(size)
        gap = float(weight * np.sum(size - np.sum(p * d, axis=0)) / primal) if primal else 0.0
        if gap <= tolerance or iterations == max_iterations:
            return u, DenoisingRecord(gap, iterations, gap <= tolerance)
        # The norm of Δ is below √8, so 1/(8λ²) is a safe step for the dual objective over λ.
        step = q + np.stack(_differences(f - weight * _adjoint(*q))) / (8 * weight)
        following = step / np.maximum(np.hypot(step[0], step[1]), 1)
        t_following = (1 + math.sqrt(1 + 4 * t * t)) / 2
        q = following + (t - 1) / t_following * (following - p)
        p, t, iterations = following, t_following, iterations + 1


def _picture(image):
    """Return a picture as an array (..., H, W)."""
    array = as_real_array(image, name="image")
    if array.ndim < 2 or 0 in array.shape:
        raise ValueError(f"image must have shape (..., H, W), none of them 0; got {array.shape}")
    return array


def _differences(u):
    """Return the vertical and the horizontal forward differences, 0 across the last row and column."""
    v, h = np.zeros_like(u), np.zeros_like(u)
    v[..., :-1, :] = u[..., 1:, :] - u[..., :-1, :]
    h[..., :, :-1] = u[..., :, 1:] - u[..., :, :-1]
    return v, h


def _adjoint(v, h):
    """Return the adjoint of the differences: each one is taken from its pixel and given to the next."""
    u = np.zeros_like(v)
    u[..., :-1, :] -= v[..., :-1, :]
    u[..., 1:, :] += v[..., :-1, :]
    u[..., :, :-1] -= h[..., :, :-1]
    u[..., :, 1:] += h[..., :, :-1]
    return u
