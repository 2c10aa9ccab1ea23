"""Denoising of pictures by total variation."""

import math
from dataclasses import dataclass

import numpy as np

from lossbook._legacy_checks import check_finite, positive_integer, positive_number
from lossbook.images._differences import as_picture, differences, divergence, length, stripes

# Numbers in a stripe. Many operations run on each, and the whole of p and q is held anyway.
_STRIPE = 20_000

# Each function below switches NumPy's floating-point warnings off: overflow to infinity is the right answer.


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
    1 for each pixel. The gap is looked at when it may have become small enough, so a few iterations more than
    needed may be made.

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
    Convex, and the minimizer is unique. The mean of the picture stays, and nothing else from a weight of
    4HW max|f| on, where it is returned at once. In the continuum a disc of radius R
    loses 2λ/R of its height. ``skimage.restoration.denoise_tv_chambolle(image, weight=weight)`` minimizes the
    same, by Chambolle's slower iteration, and stops where its objective hardly changes, by default at gaps of
    several percent.

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
    f = as_picture(image)
    check_finite(f, name="image")
    weight = positive_number(weight, name="weight", dtype=f.dtype)
    tolerance = positive_number(tolerance, name="tolerance")
    max_iterations = positive_integer(max_iterations, name="max_iterations")
    if f.dtype == np.float16:
        # Sums over a picture would overflow.
        u, record = denoise_tv(
            f.astype(np.float32), weight=weight, tolerance=tolerance, max_iterations=max_iterations
        )
        return u.astype(np.float16), record
    # The weight, and sums over the picture, are no wider than float64.
    limits = np.finfo(np.float32 if f.dtype == np.float32 else np.float64)
    largest = max(f.max(), -f.min())
    if largest and not limits.tiny**0.25 < largest < limits.max**0.25:
        # Squares, and their sums, would overflow or vanish: denoise in another unit, a power of two. A weight
        # that is too small or too large there is so far out that its size no longer matters.
        exponent = int(np.frexp(largest)[1])
        weight = min(max(float(np.ldexp(weight, -exponent)), float(limits.tiny)), float(limits.max))
        u, record = denoise_tv(
            np.ldexp(f, -exponent), weight=weight, tolerance=tolerance, max_iterations=max_iterations
        )
        return np.ldexp(u, exponent), record
    # From here on only the mean is left: along a path through all HW pixels, Δᵀp can carry off what each has
    # above the mean, with p below this size.
    if weight >= 4 * f.shape[-2] * f.shape[-1] * float(largest):
        u = np.broadcast_to(np.mean(f, axis=(-1, -2), keepdims=True), f.shape).copy()
        return u, DenoisingRecord(0.0, 0, True)
    # Less weight than this changes no digit of the picture, but steps would overflow.
    weight = max(weight, 64 * float(largest) / float(limits.max))
    p, gap, iterations = _ascend(f, weight, tolerance, max_iterations)
    u = np.empty_like(f)
    for rows, stripe, _ in _pictures(f, weight, p):
        u[..., rows, :] = stripe
    return u, DenoisingRecord(gap, iterations, gap <= tolerance)


def _ascend(f, weight, tolerance, max_iterations):
    """Return the dual variable p, stacked as the differences are, its relative gap, and the iterations."""
    p, q = np.zeros((2, *f.shape), f.dtype), np.zeros((2, *f.shape), f.dtype)
    iterations = due = 0
    while True:
        if iterations == due:
            gap = _relative_gap(f, weight, p)
            if gap <= tolerance or iterations == max_iterations:
                return p, gap, iterations
            # The gap falls about as 1/k²: look again when it may be small enough.
            expected = int(iterations * min(2.0, math.sqrt(gap / tolerance)))
            due = min(max(expected, iterations + 4), max_iterations)
        for rows, _, d in _pictures(f, weight, q):
            here, ahead = p[..., rows, :], q[..., rows, :]
            # The norm of Δ is below √8, so 1/(8λ²) is a safe step for the dual objective over λ.
            d *= 1 / (8 * weight)
            d += ahead
            d /= np.maximum(length(*d), 1)
            # The next step starts ahead of here, at q = p + k/(k + 5) (p − last p).
            np.subtract(d, here, out=ahead)
            ahead *= iterations / (iterations + 5)
            ahead += d
            here[...] = d
        iterations += 1


def _relative_gap(f, weight, p):
    """Return (P − D)/P for u = f − λ Δᵀp: P = ½‖u − f‖² + λ Σ|Δu|, P − D = λ Σ(|Δu| − p·Δu)."""
    squares, variation, excess = 0.0, 0.0, 0.0
    for rows, u, d in _pictures(f, weight, p):
        size = length(*d)
        squares += float(np.sum((u - f[..., rows, :]) ** 2))
        variation += float(np.sum(size))
        # Pixel by pixel not negative, but for rounding.
        excess += float(np.sum(size - np.sum(p[..., rows, :] * d, axis=0)))
    primal = 0.5 * squares + weight * variation
    return weight * excess / primal if primal else 0.0


def _pictures(f, weight, p):
    """Yield rows, from the last up, with u = f − λ Δᵀp there and its differences.

    Upward, because a stripe of u depends on p there and on the row above: both may be changed once the stripe
    is done.
    """
    below = None
    for rows in reversed(stripes(f, _STRIPE)):
        u = divergence(p, rows)
        u *= weight
        u += f[..., rows, :]
        extended = u if below is None else np.concatenate([u, below], axis=-2)
        yield rows, u, differences(extended, slice(0, u.shape[-2]))
        below = u[..., :1, :]
