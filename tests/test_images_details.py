"""Details of pictures that a small mistake in the code would change: stripes, units, types, limits."""

import dataclasses
import math
import tracemalloc

import numpy as np
import pytest

from lossbook.images import DenoisingRecord, denoise_tv, psnr, ssim, total_variation, total_variation_grad
from lossbook.images._differences import stripes

pytestmark = pytest.mark.filterwarnings("error")


def picture(*shape):
    return np.random.default_rng(51).standard_normal(shape)


# ---- Stripes and blocks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "numbers"), [((100, 30), 500), ((3, 41, 7), 100), ((5, 9), 1000), ((4, 50), 20)]
)
def test_stripes_cover_all_rows_once_and_are_as_small_as_asked_for(shape, numbers):
    found = stripes(np.empty(shape), numbers)
    rows = [row for part in found for row in range(part.start, part.stop)]
    assert rows == list(range(shape[-2]))
    a_row = math.prod(shape) // shape[-2]
    assert all((part.stop - part.start - 1) * a_row < numbers for part in found)
    # No smaller than they must be, either.
    assert (len(found) - 1) * numbers < 2 * math.prod(shape) + numbers


@pytest.mark.parametrize("numbers", [30, 65, 200])
def test_stripes_leave_no_seam_in_denoising(monkeypatch, numbers):
    f = picture(2, 12, 7)
    monkeypatch.setattr("lossbook.images._denoising._STRIPE", 10**9)
    whole, expected = denoise_tv(f, weight=0.4, tolerance=1e-5)
    monkeypatch.setattr("lossbook.images._denoising._STRIPE", numbers)
    u, record = denoise_tv(f, weight=0.4, tolerance=1e-5)
    np.testing.assert_allclose(u, whole, rtol=1e-10)
    assert record.gap == pytest.approx(expected.gap, rel=1e-8, abs=0)
    assert record.iterations == expected.iterations


@pytest.mark.parametrize("kind", ["isotropic", "anisotropic"])
@pytest.mark.parametrize("beta", [1.0, 1.5])
def test_stripes_leave_no_seam_in_total_variation(kind, beta):
    """Two pictures of 150 rows, which are worked on a few dozen at a time, against whole arrays."""
    f = picture(2, 150, 70)
    v, h = np.zeros_like(f), np.zeros_like(f)
    v[:, :-1], h[..., :-1] = np.diff(f, axis=1), np.diff(f, axis=2)
    terms = np.hypot(v, h) ** beta if kind == "isotropic" else abs(v) ** beta + abs(h) ** beta
    np.testing.assert_allclose(total_variation(f, kind=kind, beta=beta), terms.sum(axis=(1, 2)), rtol=1e-13)
    sizes = [np.hypot(v, h)] * 2 if kind == "isotropic" else [abs(v), abs(h)]
    a, b = (beta * np.where(m > 0, m, 1) ** (beta - 2) * d for m, d in zip(sizes, (v, h), strict=True))
    expected = -a - b
    expected[:, 1:] += a[:, :-1]
    expected[..., 1:] += b[..., :-1]
    np.testing.assert_allclose(
        total_variation_grad(f, kind=kind, beta=beta), expected, rtol=1e-11, atol=1e-13
    )


def test_blocks_leave_no_seam_in_ssim():
    """Parts of a picture, each with its own windows, have the mean of the whole's in their share."""
    x, y = picture(2, 85, 93)
    likeness = ssim(x, y, data_range=3.0) * 75 * 83
    cuts = [(slice(0, 33), 23), (slice(23, 85), 52)]
    columns = [(slice(0, 43), 33), (slice(33, 93), 50)]
    parts = 0.0
    for rows, height in cuts:
        for here, width in columns:
            parts += ssim(x[rows, here], y[rows, here], data_range=3.0) * height * width
    assert likeness == pytest.approx(parts, rel=1e-12, abs=0)


def test_pictures_of_a_stack_are_compared_each_for_itself():
    """One at the brightness 0, one at 1e7: only its own mean keeps the contrast's digits."""
    x, y = picture(2, 2, 20, 21) + np.array([0.0, 1e7])[:, np.newaxis, np.newaxis]
    expected = [ssim(*pair, data_range=1.0) for pair in zip(x, y, strict=True)]
    np.testing.assert_allclose(ssim(x, y, data_range=1.0), expected, rtol=1e-12)


# ---- Denoising ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exponent", [-600, 600])
@pytest.mark.parametrize("limits", [{"max_iterations": 7}, {"tolerance": 0.02}, {"tolerance": 1e-7}])
def test_denoising_in_another_unit_ends_at_the_same_limits(exponent, limits):
    f = picture(9, 8)
    u, record = denoise_tv(f, weight=0.3, **limits)
    scale = 2.0**exponent
    scaled, same = denoise_tv(scale * f, weight=scale * 0.3, **limits)
    np.testing.assert_array_equal(scaled, scale * u)
    assert same == record


def test_a_picture_below_0_is_denoised_as_one_above():
    """The model has no sign: −f has the minimizer −u. Here squares overflow, so both need another unit."""
    f = 1e200 * (2 + abs(picture(9, 8)))
    u, record = denoise_tv(f, weight=3e199)
    below, same = denoise_tv(-f, weight=3e199)
    assert record.converged
    np.testing.assert_array_equal(below, -u)
    assert same == record


@pytest.mark.parametrize("unit", [1e-200, 1.0])
def test_any_weight_that_is_large_enough_leaves_the_mean(unit):
    """For λ above some limit the minimizer is flat, so that a larger one changes nothing, however large."""
    f = picture(6, 6)
    for weight in (1e50, 1e150, 1e300):
        u, _ = denoise_tv(unit * f, weight=weight)
        np.testing.assert_allclose(u / unit, f.mean(), rtol=1e-9)


def test_a_gap_that_equals_the_tolerance_is_small_enough():
    """The noisy picture, with p = 0, has P = λ TV and D = 0: a gap of 1, before anything is done."""
    f = picture(6, 7)
    u, record = denoise_tv(f, weight=0.3, tolerance=1.0)
    assert record == DenoisingRecord(gap=1.0, iterations=0, converged=True)
    np.testing.assert_array_equal(u, f)


@pytest.mark.parametrize("tolerance", [1e-2, 1e-4, 1e-6, 1e-8])
def test_few_iterations_are_made_that_are_not_needed(tolerance):
    """The gap is not looked at each time; the least number that brings it down is found by trying all."""

    def record(most):
        return denoise_tv([[0.0, 0.0, 4.0, 4.0]], weight=0.3, tolerance=tolerance, max_iterations=most)[1]

    needed = next(most for most in range(1, 100) if record(most).converged)
    assert needed > 4
    assert needed <= record(1000).iterations <= 2 * needed


def test_a_record_cannot_be_altered():
    """It tells what happened."""
    _, record = denoise_tv(picture(3, 3), weight=0.3, max_iterations=1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.converged = True
    assert not record.converged


def test_the_gap_is_looked_at_now_and_then(monkeypatch):
    """Each look costs as much as an iteration: a thousand of these need no more than about ten."""
    from lossbook.images import _denoising

    looks = []

    def look(*given):
        looks.append(1)
        return relative_gap(*given)

    relative_gap = _denoising._relative_gap
    monkeypatch.setattr(_denoising, "_relative_gap", look)
    _, record = denoise_tv(picture(6, 6), weight=0.3, tolerance=1e-300, max_iterations=1000)
    assert record.iterations == 1000
    assert 5 < len(looks) < 15
    looks.clear()
    _, record = denoise_tv(picture(30, 30), weight=0.3, tolerance=1e-4)
    assert record.converged
    assert len(looks) < record.iterations / 4


# ---- Types and limits -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("beta", lambda f, tiny: total_variation(f, beta=tiny)),
        ("beta", lambda f, tiny: total_variation_grad(f, beta=tiny)),
        ("weight", lambda f, tiny: denoise_tv(f, weight=tiny)),
        ("data_range", lambda f, tiny: psnr(f, -f, data_range=tiny)),
        ("data_range", lambda f, tiny: ssim(f, -f, data_range=tiny)),
    ],
)
def test_a_hyperparameter_must_exist_in_the_type_of_the_picture(name, ask):
    f = picture(12, 12)
    ask(f, 1e-60)
    with pytest.raises(ValueError, match=rf"^{name} must be a positive finite number in float32; got 1e-60$"):
        ask(np.float32(f), 1e-60)


def test_a_smoothing_without_end_is_refused():
    with pytest.raises(ValueError, match=r"^epsilon must be a finite number, 0 or more; got inf$"):
        total_variation_grad(picture(3, 3), epsilon=math.inf)


def test_denoising_in_float32_takes_half_of_the_memory():
    """No array of the picture's size is wider than the picture."""
    f = picture(400, 250)
    peaks = []
    for image in (f, np.float32(f)):
        tracemalloc.start()
        denoise_tv(image, weight=0.3, max_iterations=1)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 0.55 * peaks[0]


@pytest.mark.parametrize("compare", [psnr, ssim])
@pytest.mark.parametrize("dtypes", [(np.float16, np.float32), (np.float32, np.float64)])
def test_pictures_of_two_types_are_compared_in_the_wider(compare, dtypes):
    """The narrower picture's numbers exist in the other type; so may a range that its own does not hold."""
    wide = dtypes[1]
    for types in (dtypes, dtypes[::-1]):
        x, y = (z.astype(dtype) for z, dtype in zip(picture(2, 2, 12, 13), types, strict=True))
        for data_range in (2.0, float(np.finfo(wide).tiny)):
            found = compare(x, y, data_range=data_range)
            assert found.dtype == wide
            expected = compare(x.astype(wide), y.astype(wide), data_range=data_range)
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_similarity_in_short_types_is_that_of_float64_rounded_once(dtype):
    """Bright pictures with little contrast: a mean or a variance of so few digits would leave none of it."""
    x = (200 + 0.5 * picture(20, 12, 13)).astype(dtype)
    y = (x + 0.5 * picture(20, 12, 13)[::-1]).astype(dtype)
    expected = ssim(np.float64(x), np.float64(y), data_range=3.0)
    assert np.ptp(expected) > 0.01
    np.testing.assert_array_equal(ssim(x, y, data_range=3.0), expected.astype(dtype))


def test_similarity_of_long_doubles_beyond_float64():
    """Far above C₁ and C₂ similarity knows no unit. Where long doubles reach no further, this is ordinary."""
    x, y = picture(2, 12, 13)
    far = np.longdouble(2) ** (np.finfo(np.longdouble).maxexp // 8)
    expected = ssim(2.0**100 * x, 2.0**100 * y, data_range=1.0)
    assert ssim(far * x, far * y, data_range=1.0) == pytest.approx(expected, rel=1e-12, abs=0)


def test_similarity_of_long_doubles_keeps_their_digits():
    """One window, by the definition; the weights are those of float64."""
    x, y = picture(2, 11, 11).astype(np.longdouble) / 3
    w = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    w = np.outer(*[(w / w.sum()).astype(np.longdouble)] * 2)
    level = x.mean()
    a, b = x - level, y - level
    mean_a, mean_b = np.sum(w * a), np.sum(w * b)
    variances = np.sum(w * a * a) + np.sum(w * b * b) - mean_a**2 - mean_b**2
    covariance = np.sum(w * a * b) - mean_a * mean_b
    c1, c2 = np.longdouble(0.01) ** 2, np.longdouble(0.03) ** 2
    mean_x, mean_y = mean_a + level, mean_b + level
    expected = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    expected /= (mean_x**2 + mean_y**2 + c1) * (variances + c2)
    found = ssim(x, y, data_range=1.0)
    assert found.dtype == np.longdouble
    assert abs(found / expected - 1) < 200 * np.finfo(np.longdouble).eps
