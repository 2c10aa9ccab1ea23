"""How alike two pictures are: peak signal-to-noise ratio and structural similarity."""

import functools
import math

import numpy as np

from lossbook._legacy_checks import as_real_array, check_equal_shapes, positive_number
from lossbook.distances._norms import is_safe_sum, power_of_two_scaled
from lossbook.images._differences import joined, stripes

# Windows along either side of what is computed at a time. A mean over 11 neighbors is taken as a product with
# a matrix that is 0 but for 11 numbers a row: up to about this size that is quicker than leaving out zeros.
_BLOCK = 32

# Each function below switches NumPy's floating-point warnings off: infinity is right for equal pictures.


@np.errstate(all="ignore")
def psnr(x, y, *, data_range):
    r"""Peak signal-to-noise ratio of two pictures.

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

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, have fewer than two axes or an empty one, or `data_range` is not positive.

    Notes
    -----
    Not convex; a similarity, and no more than the mean squared error on another scale.
    ``skimage.metrics.peak_signal_noise_ratio(x, y, data_range=data_range)`` is the same over all axes.

    References
    ----------
    Wang and Bovik (2009), doi 10.1109/MSP.2008.930649

    Examples
    --------
    >>> psnr([[0.0, 1.0]], [[0.1, 0.9]], data_range=1.0).round(9)
    np.float64(20.0)
    """
    x, y = _pair(x, y)
    dtype = x.dtype
    data_range = positive_number(data_range, name="data_range", dtype=dtype)
    if dtype == np.float16:
        # The sum of the squares, or the number of pixels, may be beyond float16 where the ratio is not.
        x, y = x.astype(np.float32), y.astype(np.float32)
    parts = [np.sum(np.square(x[..., rows, :] - y[..., rows, :]), axis=(-1, -2)) for rows in stripes(x)]
    squares = joined(parts)
    # The ratio is taken as a number near 1 times 2ᵉ.
    mantissa, exponent = np.frexp(data_range)
    root = np.sqrt(squares)
    if not is_safe_sum(squares).all():
        # Squares overflow or vanish. So may differences overflow, and those of halves do not.
        halved = np.isinf(squares)
        d = np.where(halved[..., np.newaxis, np.newaxis], x / 2 - y / 2, x - y)
        scaled, size = power_of_two_scaled(d.reshape(*x.shape[:-2], -1))
        root = np.sqrt(np.sum(scaled * scaled, axis=-1))
        exponent = exponent - size - halved
    part = mantissa * np.sqrt(x.dtype.type(x.shape[-2] * x.shape[-1])) / root
    ratio = np.ldexp(part, exponent)
    safe = is_safe_sum(ratio)
    logs = np.log10(ratio)
    if not safe.all():
        # Where the ratio overflows or vanishes, the exponent is so large that these two do not cancel.
        logs = np.where(safe, logs, np.log10(part) + exponent * np.log10(x.dtype.type(2)))
    return (20 * logs).astype(dtype)


@np.errstate(all="ignore")
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

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ or are smaller than a window, or `data_range` is not positive.

    Notes
    -----
    Not convex; a similarity, no distance. ``skimage.metrics.structural_similarity(x, y,
    data_range=data_range, gaussian_weights=True, sigma=1.5, use_sample_covariance=False)`` is the same, with
    the window of 11 pixels that this σ gives there.

    References
    ----------
    Wang, Bovik, Sheikh and Simoncelli (2004), doi 10.1109/TIP.2003.819861

    Examples
    --------
    >>> x = np.add.outer(np.arange(16.0), np.arange(16.0)) / 30
    >>> ssim(x, x, data_range=1.0), ssim(x, 1 - x, data_range=1.0) < 0
    (np.float64(1.0), np.True_)
    """
    x, y = _pair(x, y)
    if min(x.shape[-2:]) < 11:
        raise ValueError(f"x and y must have at least 11 rows and columns, the window's; got shape {x.shape}")
    dtype = x.dtype
    data_range = positive_number(data_range, name="data_range", dtype=dtype)
    largest = max(data_range, x.max(), -x.min(), y.max(), -y.min())
    exponent = np.frexp(largest)[1]
    if abs(exponent) > 240:
        # Fourth powers would overflow or vanish: compare in another unit, a power of two.
        x, y, data_range = np.ldexp(x, -exponent), np.ldexp(y, -exponent), np.ldexp(data_range, -exponent)
    # Deviations from the picture's mean: E[x²] − E[x]² then loses no digits to its brightness.
    level_x, level_y = (np.mean(z, axis=(-1, -2), keepdims=True, dtype=np.float64) for z in (x, y))
    windows = x.shape[-2] - 10, x.shape[-1] - 10
    parts = []
    for top in range(0, windows[0], _BLOCK):
        here = slice(top, top + _BLOCK + 10)
        a, b = x[..., here, :] - level_x, y[..., here, :] - level_y
        parts.append(np.sum(_likeness(a, b, level_x, level_y, data_range), axis=(-1, -2)))
    return (joined(parts) / math.prod(windows)).astype(dtype)[()]


def _likeness(a, b, level_a, level_b, data_range):
    """Return the similarity in each window of two pictures that are given as deviations from levels."""
    light, contrast = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    mean_a, mean_b = _windowed(a), _windowed(b)
    common = _windowed(a * b) - mean_a * mean_b
    a *= a
    a += b * b
    spread = _windowed(a) - mean_a**2 - mean_b**2
    mean_x, mean_y = mean_a + level_a, mean_b + level_b
    likeness = (2 * mean_x * mean_y + light) * (2 * common + contrast)
    likeness /= (mean_x**2 + mean_y**2 + light) * (spread + contrast)
    return likeness


def _windowed(z):
    """Return the Gaussian-weighted mean of each window that lies in the picture."""
    # The Gaussian of two variables is a product: first along the columns, then along the rows.
    columns = _weights(z.shape[-2] - 10) @ z
    width = z.shape[-1] - 10
    means = np.empty((*columns.shape[:-1], width), z.dtype)
    for left in range(0, width, _BLOCK):
        right = min(left + _BLOCK, width)
        means[..., left:right] = columns[..., left : right + 10] @ _weights(right - left).T
    return means


@functools.cache
def _weights(n):
    """Return the matrix (n, n + 10) that takes n weighted means of 11 neighbors: each row one further."""
    weights = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    return sum(w / weights.sum() * np.eye(n, n + 10, k) for k, w in enumerate(weights))


def _pair(x, y):
    """Return two pictures of equal shape and type."""
    x, y = as_real_array(x, name="x"), as_real_array(y, name="y")
    check_equal_shapes(x, y, names=("x", "y"))
    if x.ndim < 2 or 0 in x.shape:
        raise ValueError(f"x and y must have shape (..., H, W), none of them 0; got {x.shape}")
    dtype = np.result_type(x, y)
    # Sums run in memory's order: in one order they round alike, however the pictures lie.
    return tuple(np.ascontiguousarray(z, dtype=dtype) for z in (x, y))
