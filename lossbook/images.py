r"""Pictures and feature maps: Gram matrices, total variation, denoising, and measures of similarity.

A picture is an array (..., H, W), a feature map (..., C, H, W); what stands before is kept, one result each.
The differences Δ of a picture are forward, (Δᵥu)ᵢⱼ = uᵢ₊₁ⱼ − uᵢⱼ and (Δₕu)ᵢⱼ = uᵢⱼ₊₁ − uᵢⱼ, and 0 across the
last row and column.

All functions keep float16, float32 and float64, turn integers into float64 and change no argument. NaN gives
NaN, but for `denoise_tv`, whose picture must be finite.

Raises
------
TypeError
    If an argument holds anything but real numbers.
ValueError
    If an array has too few axes or an empty one, or is smaller than a window of `ssim`; if shapes do not fit
    together; if an option is unknown, a hyperparameter out of range, or a picture to denoise not finite.

Examples
--------
>>> from lossbook import images
>>> images.total_variation([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
np.float64(2.0)
"""

import dataclasses
import math

import numpy as np

from lossbook import _checks as check

__all__ = [
    "DenoisingRecord",
    "denoise_tv",
    "gram_loss",
    "gram_loss_grad",
    "gram_matrix",
    "psnr",
    "ssim",
    "total_variation",
    "total_variation_grad",
]


# ---- Gram matrices -----------------------------------------------------------------------------------------


def gram_matrix(features, *, normalization="chw"):
    r"""Gram matrix of a feature map: the inner products of its channels.

    .. math:: G_{cd} = \frac1Z \sum_{h,w} F_{chw} F_{dhw}

    Parameters
    ----------
    features : array_like, shape (..., C, H, W)
        One feature map or more, real numbers.
    normalization : {"chw", "hw", None}, default "chw"
        What Z is: C H W (Johnson and others), H W, which gives the uncentered covariance of the channels, or
        1 (Gatys and others).

    Returns
    -------
    ndarray, shape (..., C, C)
        Symmetric and positive semidefinite, in the features' unit squared.

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
    (f,) = check.feature_maps(features=features)
    return _gram(f, normalization)


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
        One loss a feature map, of shape (...), in [0, ∞], in the features' unit to the fourth power.

    References
    ----------
    Gatys, Ecker and Bethge (2016), doi 10.1109/CVPR.2016.265

    Li, Wang, Liu and Hou (2017), arXiv 1701.01036

    Examples
    --------
    >>> gram_loss([[[2.0]]], [[[1.0]]])
    np.float64(9.0)
    """
    f, s = check.feature_maps(features=features, target_features=target_features)
    with np.errstate(over="ignore", invalid="ignore"):
        return ((_gram(f, normalization) - _gram(s, normalization)) ** 2).mean((-1, -2))


def gram_loss_grad(features, target_features, *, normalization="chw"):
    r"""Derivative of `gram_loss` with respect to the features.

    .. math:: \frac{\partial \ell}{\partial F} = \frac{4}{C^2 Z} \left(G(F) - G(S)\right) F

    Examples
    --------
    >>> gram_loss_grad([[[2.0]]], [[[1.0]]])
    array([[[24.]]])
    """
    f, s = check.feature_maps(features=features, target_features=target_features)
    factor = 4 / (f.shape[-2] ** 2 * _divisor(f, normalization))
    with np.errstate(over="ignore", invalid="ignore"):
        difference = _gram(f, normalization) - _gram(s, normalization)
        return (factor * difference @ f).reshape(np.shape(features))


# ---- Total variation ---------------------------------------------------------------------------------------


def total_variation(image, *, kind="isotropic", beta=1.0):
    r"""Total variation of a picture: the sum of its differences between neighbors.

    .. math::

        \mathrm{TV}_\beta(u) = \begin{cases}
            \sum_{i,j} \left((\Delta_v u)_{ij}^2 + (\Delta_h u)_{ij}^2\right)^{\beta/2} & \text{isotropic} \\
            \sum_{i,j} \lvert (\Delta_v u)_{ij} \rvert^\beta + \lvert (\Delta_h u)_{ij} \rvert^\beta
            & \text{anisotropic}
        \end{cases}

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
    (u,) = check.pictures(image=image)
    check.option(kind, ("isotropic", "anisotropic"), "kind")
    beta = check.positive(beta, "beta", u.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        d = _differences(u)
        sizes = np.hypot(*d)[np.newaxis] if kind == "isotropic" else abs(d)
        return (sizes**beta).sum((0, -1, -2))


def total_variation_grad(image, *, kind="isotropic", beta=1.0, epsilon=0.0):
    r"""Derivative of the total variation with respect to the picture, smoothed by ε, finite and at least 0.

    .. math::

        \frac{\partial}{\partial u} \sum_{i,j} \left(\lVert \Delta_{ij} \rVert^2 +
        \varepsilon^2\right)^{\beta/2}, \qquad \Delta_{ij} = \left((\Delta_v u)_{ij}, (\Delta_h u)_{ij}\right)
        \text{ or each of them alone}

    With ε = 0 a difference of 0 contributes 0, which for β = 1 is a subgradient.

    Examples
    --------
    >>> total_variation_grad([[0.0, 1.0, 1.0]])
    array([[-1.,  1.,  0.]])
    """
    (u,) = check.pictures(image=image)
    check.option(kind, ("isotropic", "anisotropic"), "kind")
    beta = check.positive(beta, "beta", u.dtype)
    requirement = "a finite number, 0 or more"
    epsilon = check.number(epsilon, "epsilon", requirement, 0, np.finfo(np.float64).max, closed=True)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        d = _differences(u)
        # d/dΔ of mᵝ, m = √(‖Δ‖² + ε²), is β mᵝ⁻¹ Δ/m, where Δ/m neither overflows nor vanishes.
        m = np.hypot(np.hypot(*d) if kind == "isotropic" else d, epsilon)
        return _adjoint(np.where(d == 0, 0, beta * m ** (beta - 1) * (d / m)))


# ---- Denoising ---------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
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


def denoise_tv(image, *, weight, tolerance=1e-4, max_iterations=1000):
    r"""Denoise a picture by total variation, the model of Rudin, Osher and Fatemi.

    .. math:: \min_u P(u) = \tfrac12 \lVert u - f \rVert^2 + \lambda\, \mathrm{TV}(u)

    Accelerated projected gradient steps on the dual problem: u = f − λ Δᵀp, with a vector p for each pixel,
    of length at most 1; then P − D = λ Σ(‖Δu‖ − p·Δu). The gap is looked at every tenth time.

    Parameters
    ----------
    image : array_like, shape (..., H, W)
        The noisy picture f, finite real numbers; several are denoised each for itself, with one gap for all.
    weight : float
        λ, positive, in the pixels' unit. From 4HW max|f| on, the mean is all that is left of the picture.
    tolerance : float, default 1e-4
        Stop once the relative duality gap (P − D)/P is at most this, positive.
    max_iterations : int, default 1000
        The most iterations to make.

    Returns
    -------
    tuple of ndarray and DenoisingRecord
        The picture, and how the iteration ended: a gap above the tolerance is reported there.

    References
    ----------
    Rudin, Osher and Fatemi (1992), doi 10.1016/0167-2789(92)90242-F

    Chambolle (2004), doi 10.1023/B:JMIV.0000011325.36760.1e

    Beck and Teboulle (2009), doi 10.1109/TIP.2009.2028250

    Chambolle and Dossal (2015), doi 10.1007/s10957-015-0746-4

    Examples
    --------
    >>> picture, record = denoise_tv([[0.0, 0.0, 4.0, 4.0]], weight=0.5, tolerance=1e-9)
    >>> picture.round(6), record.converged
    (array([[0.25, 0.25, 3.75, 3.75]]), True)
    """
    (f,) = check.pictures(image=image)
    check.finite(f, "image")
    weight = check.positive(weight, "weight", f.dtype)
    tolerance = check.positive(tolerance, "tolerance")
    max_iterations = check.positive_integer(max_iterations, "max_iterations")
    u, record = _denoise(f, weight, tolerance, max_iterations)
    return u.astype(
        np.float16 if getattr(image, "dtype", None) == np.float16 else u.dtype, copy=False
    ), record


def _denoise(f, weight, tolerance, max_iterations):
    """Return the denoised picture and the record of it."""
    # Along a path through all HW pixels λ Δᵀp then carries off whatever each of them has above the mean.
    if weight >= 4 * math.prod(f.shape[-2:]) * float(abs(f).max()):
        return np.zeros_like(f) + f.mean((-1, -2), keepdims=True), DenoisingRecord(0.0, 0, True)
    p = ahead = np.zeros((2, *f.shape), f.dtype)
    for k in range(max_iterations + 1):
        if k % 10 == 0 or k == max_iterations:
            u = f - _adjoint(weight * p)
            gap = _relative_gap(u, f, p, weight)
            if gap <= tolerance or k == max_iterations:
                break
        with np.errstate(over="ignore", invalid="ignore"):
            # λp may follow Δu by 1/8, for the norm of Δ is below √8; then each p goes back into its disc.
            step = weight * ahead
            step += _differences(f - _adjoint(step)) / 8
            last, p = p, step / np.maximum(np.hypot(*step), weight)
            ahead = p + k / (k + 3) * (p - last)
    return u, DenoisingRecord(gap, k, gap <= tolerance)


def _relative_gap(u, f, p, weight):
    """Return (P − D)/P for u = f − λ Δᵀp, both of them over λ."""
    with np.errstate(over="ignore", invalid="ignore"):
        d = _differences(u)
        sizes = np.hypot(*d)
        primal = float(((u - f) * ((u - f) / weight)).sum() / 2 + sizes.sum())
        return float((sizes - (p * d).sum(0)).sum()) / primal if primal else 0.0


# ---- Similarity --------------------------------------------------------------------------------------------


def psnr(x, y, *, data_range):
    r"""Peak signal-to-noise ratio of two pictures: the mean squared error on another scale.

    .. math:: \mathrm{PSNR}(x, y) = 20 \log_{10} \frac{R}{\sqrt{\frac{1}{HW} \sum_{i,j} (x_{ij} - y_{ij})^2}}

    Parameters
    ----------
    x, y : array_like, shape (..., H, W)
        Pictures, real numbers of equal shape.
    data_range : float
        R, the largest possible value minus the smallest, positive: 1.0 or 255 as a rule.

    Returns
    -------
    ndarray or scalar
        One ratio a plane, of shape (...), in decibels; infinite for equal pictures. For one number of a color
        picture, reshape its planes into one.

    References
    ----------
    Wang and Bovik (2009), doi 10.1109/MSP.2008.930649

    Examples
    --------
    >>> psnr([[0.0, 1.0]], [[0.1, 0.9]], data_range=1.0).round(9)
    np.float64(20.0)
    """
    x, y = check.pictures(x=x, y=y)
    data_range = check.positive(data_range, "data_range", x.dtype)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        # In units of R: squares neither overflow nor vanish, whatever the unit of the pixels.
        return 20 * np.log10(1 / np.sqrt((((x - y) / data_range) ** 2).mean((-1, -2))))


def ssim(x, y, *, data_range):
    r"""Structural similarity of two pictures: the mean, over windows, of likeness in light, contrast and
    form.

    .. math::

        \mathrm{SSIM} = \frac{(2 \mu_x \mu_y + C_1)(2 \sigma_{xy} + C_2)}
        {(\mu_x^2 + \mu_y^2 + C_1)(\sigma_x^2 + \sigma_y^2 + C_2)},
        \qquad C_1 = (0.01 R)^2, \quad C_2 = (0.03 R)^2

    Means μ, variances σ² and the covariance are weighted by an 11 × 11 Gaussian of standard deviation 1.5
    whose weights sum to 1. Only windows that lie in the picture count.

    Parameters
    ----------
    x, y : array_like, shape (..., H, W)
        Pictures, real numbers of equal shape, H and W at least 11.
    data_range : float
        R, the largest possible value minus the smallest, positive: 1.0 or 255 as a rule.

    Returns
    -------
    ndarray or scalar
        One similarity a plane, of shape (...), in [−1, 1]; 1 for equal pictures.

    References
    ----------
    Wang, Bovik, Sheikh and Simoncelli (2004), doi 10.1109/TIP.2003.819861

    Examples
    --------
    >>> x = np.add.outer(np.arange(16.0), np.arange(16.0)) / 30
    >>> ssim(x, x, data_range=1.0), ssim(x, 1 - x, data_range=1.0) < 0
    (np.float64(1.0), np.True_)
    """
    x, y = check.pictures(11, x=x, y=y)
    data_range = check.positive(data_range, "data_range", x.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        # E[a²] − E[a]² keeps its digits for deviations a from the picture's mean. All is in units of R.
        level_x, level_y = x.mean((-1, -2), keepdims=True), y.mean((-1, -2), keepdims=True)
        a, b = (x - level_x) / data_range, (y - level_y) / data_range
        mean_a, mean_b = _windowed(a), _windowed(b)
        mean_x, mean_y = mean_a + level_x / data_range, mean_b + level_y / data_range
        spread = _windowed(a * a + b * b) - mean_a**2 - mean_b**2
        common = _windowed(a * b) - mean_a * mean_b
        light = (2 * mean_x * mean_y + 0.01**2) / (mean_x**2 + mean_y**2 + 0.01**2)
        return (light * (2 * common + 0.03**2) / (spread + 0.03**2)).mean((-1, -2))


# ---- Steps of the formulas above ---------------------------------------------------------------------------


def _gram(flat, normalization):
    """Return the Gram matrices of matrices (..., C, HW)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return flat @ np.swapaxes(flat, -1, -2) / _divisor(flat, normalization)


def _divisor(flat, normalization):
    """Return Z for matrices (..., C, HW)."""
    if normalization is None:
        return 1
    check.option(normalization, ("chw", "hw"), "normalization")
    return flat.shape[-1] * (flat.shape[-2] if normalization == "chw" else 1)


def _differences(u):
    """Return Δu, shape (2, ..., H, W): the differences down and to the right."""
    d = np.zeros((2, *u.shape), u.dtype)
    d[0, ..., :-1, :], d[1, ..., :-1] = np.diff(u, axis=-2), np.diff(u, axis=-1)
    return d


def _adjoint(p):
    """Return Δᵀp, shape (..., H, W): each p is taken from its pixel and given to the next, down or right."""
    u = 0 - p[0] - p[1]
    u[..., 1:, :] += p[0, ..., :-1, :]
    u[..., 1:] += p[1, ..., :-1]
    return u


def _windowed(z):
    """Return the Gaussian-weighted mean of each 11 × 11 window that lies in the picture."""
    weights = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2).astype(z.dtype)
    for axis in (-2, -1):
        z = np.lib.stride_tricks.sliding_window_view(z, 11, axis) @ (weights / weights.sum())
    return z


check.keep_float16(globals())
