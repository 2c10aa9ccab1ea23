"""Pictures at the limits of number types: short floats, huge and tiny values, weights of any size."""

import math

import numpy as np
import pytest

from lossbook.images import (
    DenoisingRecord,
    denoise_tv,
    gram_loss,
    gram_loss_grad,
    gram_matrix,
    psnr,
    ssim,
    total_variation_grad,
)

pytestmark = pytest.mark.filterwarnings("error")

# What overflows in float64 can be computed in no wider type on some processors.
extended = pytest.mark.skipif(np.finfo(np.longdouble).maxexp == 1024, reason="longdouble is float64 here")


def picture(*shape):
    return np.random.default_rng(52).standard_normal(shape)


def unlike(x, y):
    """Return the peak ratio of two pictures with 65 536 pixels, a number that float16 does not hold."""
    return psnr(x, y, data_range=4.0)


SHORT = {
    "psnr": (unlike, [picture(256, 256), picture(256, 256)[::-1]]),
    # A sum over the positions reaches 10⁵ before it is divided.
    "gram_matrix": (gram_matrix, [5 * picture(3, 64, 64)]),
    "gram_loss": (gram_loss, [5 * picture(3, 64, 64), 4 * picture(3, 64, 64)]),
    "gram_loss_grad": (gram_loss_grad, [5 * picture(3, 64, 64), 4 * picture(3, 64, 64)]),
    # So does the sum of the squares that the gap is made of.
    "denoise_tv": (lambda f: denoise_tv(f, weight=1.5)[0], [8 * picture(100, 100)]),
}


@pytest.mark.parametrize("name", SHORT)
def test_float16_is_summed_in_float32(name):
    """The result is float32's, rounded once: not infinite, nor NaN, where float16 holds it."""
    function, arguments = SHORT[name]
    short = [argument.astype(np.float16) for argument in arguments]
    found = function(*short)
    expected = function(*[argument.astype(np.float32) for argument in short])
    assert (found.dtype, expected.dtype) == (np.float16, np.float32)
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found, expected.astype(np.float16))


@pytest.mark.parametrize("function", [gram_loss, gram_loss_grad])
@pytest.mark.parametrize(("narrow", "wide"), [(np.float16, np.float32), (np.float32, np.float64)])
def test_style_of_two_types_is_compared_in_the_wider(function, narrow, wide):
    features, style = picture(2, 3, 4), picture(2, 5, 6)
    for types in ((narrow, wide), (wide, narrow)):
        pair = features.astype(types[0]), style.astype(types[1])
        assert function(*pair).dtype == wide
        np.testing.assert_array_equal(function(*pair), function(*(z.astype(wide) for z in pair)))


def test_float16_is_denoised_to_the_gap_that_is_reported():
    f = (8 * picture(100, 100)).astype(np.float16)
    _, record = denoise_tv(f, weight=1.5, tolerance=1e-3)
    assert record == denoise_tv(f.astype(np.float32), weight=1.5, tolerance=1e-3)[1]
    assert record.converged
    assert record.iterations > 4
    assert denoise_tv(f, weight=1.5, tolerance=1e-3, max_iterations=3)[1].iterations == 3


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e-90, 1e-70, 1e70, 1e90, 1e160, 1e300])
def test_similarity_has_no_unit(scale):
    """SSIM is a ratio of fourth powers of the unit, which overflow at 1e77 and vanish at 1e-81."""
    x, y = picture(2, 20, 20)
    expected = ssim(x, y, data_range=3.0)
    assert ssim(scale * x, scale * y, data_range=scale * 3.0) == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("bright", [0, 1])
def test_similarity_has_no_unit_with_one_pixel_far_beyond_the_range(bright, sign):
    """The fourth power of that pixel overflows, not those of the others."""
    pictures = 1e-15 * picture(2, 12, 12)
    pictures[bright, 5, 6] = sign
    expected = ssim(*pictures, data_range=1e-15)
    assert abs(expected) > 1e-50
    found = ssim(*(2.0**275 * pictures), data_range=2.0**275 * 1e-15)
    assert found == pytest.approx(expected, rel=1e-12, abs=0)


def test_pictures_that_are_tiny_beside_the_range_are_alike():
    """For R → ∞ only the constants are left, C₁C₂/(C₁C₂)."""
    assert ssim(*picture(2, 12, 12), data_range=1e200) == 1.0


@pytest.mark.parametrize("unit", [1e-250, 1.0, 1e250])
def test_the_mean_is_left_from_the_bound_on_and_just_below_it(unit):
    """From λ = 4HW max|f| on the answer is known, and the iteration agrees with it from below."""
    f = unit * picture(3, 4)
    bound = 48 * abs(f).max()
    u, record = denoise_tv(f, weight=bound)
    assert record == DenoisingRecord(gap=0.0, iterations=0, converged=True)
    np.testing.assert_allclose(u / unit, f.mean() / unit, rtol=1e-14)
    below, record = denoise_tv(f, weight=0.999 * bound, tolerance=1e-6, max_iterations=5000)
    assert record.iterations > 0
    np.testing.assert_allclose(below / unit, f.mean() / unit, rtol=1e-6)


def test_each_picture_of_a_stack_has_its_own_mean():
    f = picture(2, 5, 6)
    largest = abs(f).max()
    u, record = denoise_tv(f, weight=120 * largest)
    np.testing.assert_allclose(u, np.broadcast_to(f.mean(axis=(1, 2), keepdims=True), f.shape), rtol=1e-14)
    assert record.iterations == 0
    # HW are the pixels of one picture, 30, whatever their number.
    assert denoise_tv(f, weight=119 * largest)[1].iterations > 0


@pytest.mark.parametrize("unit", [1e-70, 1.0, 1e70])
def test_a_weight_that_changes_no_digit_leaves_the_picture(unit):
    f = unit * picture(4, 5)
    u, record = denoise_tv(f, weight=1e-300)
    np.testing.assert_array_equal(u, f)
    assert record.converged


@pytest.mark.parametrize("exponent", [-60, 60])
def test_float32_is_denoised_in_another_unit_where_its_squares_are_out_of_reach(exponent):
    """A power of two changes no digit."""
    f = picture(9, 8).astype(np.float32)
    u, record = denoise_tv(f, weight=0.25)
    scaled, same = denoise_tv(np.ldexp(f, exponent), weight=0.25 * 2.0**exponent)
    np.testing.assert_array_equal(scaled, np.ldexp(u, exponent))
    assert same == record


@pytest.mark.parametrize("exponent", [-5000, -2000, 2000, 5000])
def test_a_longdouble_is_denoised_beyond_float64(exponent):
    """A weight of 1 is nothing beside 2²⁰⁰⁰, and everything beside 2⁻²⁰⁰⁰."""
    if np.finfo(np.longdouble).maxexp <= 5000:
        exponent = 900 if exponent > 0 else -900
    f = np.ldexp(picture(4, 5).astype(np.longdouble), exponent)
    u, record = denoise_tv(f, weight=1.0)
    assert record.converged
    expected = f if exponent > 0 else np.broadcast_to(f.mean(), f.shape)
    np.testing.assert_array_less(abs(u / expected - 1), 1e-15)


@extended
def test_a_gram_matrix_is_a_mean_that_may_be_finite_where_the_sum_is_not():
    """The sum of 12 squares of 1.3e154 is beyond the largest number; their mean, 1.69e308, is not."""
    features = np.full((2, 1, 3, 4), 1.3e154)
    features[1] = 2.0
    np.testing.assert_allclose(gram_matrix(features)[:, 0, 0], [1.69e308, 4.0], rtol=1e-15)
    # So for the loss: 4 squares of 1.21e154.
    features = np.array([1.1e77, 1e300])[:, np.newaxis, np.newaxis, np.newaxis] * np.ones((2, 2, 1, 1))
    loss = gram_loss(features, np.zeros_like(features), normalization="hw")
    np.testing.assert_allclose(loss, [1.4641e308, np.inf], rtol=1e-14)
    # And for its gradient, the cube of 6e102 over 16.
    gradient = gram_loss_grad(np.full((2, 2, 4), 6e102), np.zeros((2, 2, 4)))
    np.testing.assert_allclose(gradient, np.full((2, 2, 4), 1.35e307), rtol=1e-14)


@extended
def test_infinities_on_the_way_neither_cancel_nor_turn_the_sign():
    """(1, 1, 1)·(1, −1, −1) = −1, and so it is in a unit of 1e200, where the first product is ∞ alone."""
    features = 1e200 * np.array([[[1.0, 1.0, 1.0]], [[1.0, -1.0, -1.0]]])
    inf = np.inf
    np.testing.assert_array_equal(gram_matrix(features), [[inf, -inf], [-inf, inf]])
    np.testing.assert_array_equal(gram_loss(features, features), 0.0)
    np.testing.assert_array_equal(gram_loss(features, 2 * features), inf)
    np.testing.assert_array_equal(gram_loss_grad(features, features), np.zeros((2, 1, 3)))
    expected = gram_loss_grad(features / 1e200, 2 * features / 1e200)
    assert (expected != 0).all()
    np.testing.assert_array_equal(gram_loss_grad(features, 2 * features), np.sign(expected) * inf)


@extended
def test_style_of_a_stack_is_computed_map_by_map():
    """Beside one that overflows and is equal, an ordinary feature map gets what it gets alone."""
    features, style = picture(2, 2, 3, 2, 4)
    features[1] = style[1] = 1e200 * features[1]
    loss, gradient = gram_loss(features, style), gram_loss_grad(features, style)
    np.testing.assert_array_equal(loss, [gram_loss(features[0], style[0]), 0.0])
    np.testing.assert_array_equal(gradient[0], gram_loss_grad(features[0], style[0]))
    np.testing.assert_array_equal(gradient[1], np.zeros((3, 2, 4)))


def test_what_is_not_finite_is_not_repaired():
    assert np.isnan(gram_matrix([[[np.nan, 1.0]]]))
    assert gram_matrix([[[np.inf, 1.0]]]) == np.inf
    assert np.isnan(gram_loss([[[np.inf]]], [[[np.inf]]]))
    assert np.isnan(total_variation_grad([[np.nan, 1.0]])).all()


LARGE = 1.7e308
STEPS = [[LARGE, -LARGE, LARGE]]


@extended
@pytest.mark.parametrize("kind", ["isotropic", "anisotropic"])
@pytest.mark.parametrize(
    ("beta", "epsilon", "slope"),
    [
        (1.0, 0.0, 1.0),
        (1.0, LARGE, 2 / math.sqrt(5)),
        # β m^(β−1) is the root of 1.5² 2 · 1.7e308.
        (1.5, 0.0, 1.5 * math.sqrt(3.4) * 1e154),
        (0.5, 0.0, 0.5 / math.sqrt(3.4) * 1e-154),
        # The unit is 2¹⁰²⁴, and its power half of a power of two.
        (1 + 2.0**-11, 0.0, (1 + 2.0**-11) * LARGE**2.0**-11 * 2**2.0**-11),
        (2.0, 0.0, np.inf),
    ],
)
def test_a_difference_may_be_beyond_the_largest_number(kind, beta, epsilon, slope):
    found = total_variation_grad(STEPS, kind=kind, beta=beta, epsilon=epsilon)
    np.testing.assert_allclose(found, [[slope, -2 * slope, slope]], rtol=1e-14)


@extended
@pytest.mark.parametrize("beta", [2.0, 15.0])
def test_pulls_beyond_the_largest_number_may_cancel(beta):
    """Its neighbors pull the middle alike."""
    slopes = total_variation_grad([[LARGE, 0.0, -LARGE]], beta=beta)
    np.testing.assert_array_equal(slopes, [[np.inf, 0.0, -np.inf]])


def test_a_stack_of_short_floats_has_slopes_beyond_the_largest_number_too():
    stack = np.float32([[[3e38, -3e38]], [[1.0, 3.0]]])
    found = total_variation_grad(stack)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [[[1, -1]], [[-1, 1]]])


@extended
def test_the_larger_of_two_pulls_beyond_the_largest_number_prevails():
    """Three steps to the right, each larger than the one before: all pixels but the last are pulled there."""
    pixels = [[1e300, 1e300 + 2e284, 1e300 + 6e284, 2e300]]
    steps = np.diff(pixels)
    assert ((steps[:, :-1] > 1e284) & (steps[:, :-1] < steps[:, 1:])).all()
    np.testing.assert_array_equal(
        total_variation_grad(pixels, beta=15.0), [[-np.inf, -np.inf, -np.inf, np.inf]]
    )


def test_short_floats_that_overflow_get_what_long_ones_give():
    pixels = np.float32([[1000, 1010, 1020.001]])
    found = total_variation_grad(pixels, beta=38.6)
    assert found.dtype == np.float32
    expected = total_variation_grad(pixels.astype(np.float64), beta=38.6)
    assert -1e38 < expected[0, 1] < -1e36
    np.testing.assert_allclose(found[0, 1], expected[0, 1], rtol=1e-6)
    features, style = np.float32([[[1e20]], [[1e-3]]]), np.float32([[[1e20]], [[0]]])
    for function in (gram_loss, gram_loss_grad):
        short = function(features, style, normalization=None)
        exact = function(features.astype(np.float64), style.astype(np.float64), normalization=None)
        assert short.dtype == np.float32
        assert (exact > 0).all()
        np.testing.assert_allclose(short, exact, rtol=1e-6)


@pytest.mark.parametrize(
    ("difference", "data_range", "expected"),
    [
        # 20 log₁₀ of the range over the difference, whose ratio no float holds.
        (1e-300, 1e100, 8000.0),
        (1e300, 1e-300, -12000.0),
        (1e-310, 1.0, 6200.0),
        (5e-324, 1.0, 20 * 1074 * math.log10(2)),
        (1e-320, 1e-320, 0.0),
        # Subnormal numbers are whole multiples of the least: 1417 of them, and 2024.
        (0.7e-320, 1e-320, 20 * math.log10(2024 / 1417)),
        (1.5e308, 1.6e308, 20 * math.log10(1.6 / 1.5)),
        (0.0, 1e-320, np.inf),
    ],
)
def test_a_peak_ratio_beyond_the_floats(difference, data_range, expected):
    x = np.zeros((2, 3, 5))
    y = np.stack([np.full((3, 5), difference), np.full((3, 5), data_range)])
    found = psnr(x, y, data_range=data_range)
    np.testing.assert_allclose(found, [expected, 0.0], rtol=1e-13, atol=1e-12)


def test_a_peak_ratio_near_one_keeps_its_digits():
    """The logarithms of a mantissa near a half and of 2 would cancel."""
    difference = 1 - 2.0**-30
    # The ratio is rounded to a whole number of last places, of which this is 2²² beyond 1.
    expected = pytest.approx(20 * math.log1p(2.0**-30) / math.log(10), rel=1e-10, abs=0)
    assert psnr([[0.0]], [[difference]], data_range=1.0) == expected
    # So it does beside a plane whose ratio overflows.
    beside, huge = psnr([[[0.0]], [[0.0]]], [[[difference]], [[5e-324]]], data_range=1.0)
    assert beside == expected
    assert huge == pytest.approx(20 * 1074 * math.log10(2), rel=1e-14, abs=0)


def test_pictures_whose_difference_is_beyond_the_largest_number():
    """3.4e308 against 1, and a plane of ordinary differences beside it."""
    x, y = np.array([[[LARGE]], [[1.0]]]), np.array([[[-LARGE]], [[0.5]]])
    expected = [-20 * (308 + math.log10(3.4)), 20 * math.log10(2)]
    np.testing.assert_allclose(psnr(x, y, data_range=1.0), expected, rtol=1e-15)


def test_a_long_style_is_compared_with_all_its_digits():
    """(⅓)² − (¼)² = 7/144, and no float64 is a third."""
    third, quarter = np.longdouble(1) / 3, np.longdouble(0.25)
    loss = gram_loss(np.full((1, 1, 1), third), np.full((1, 1, 1), quarter))
    assert loss.dtype == np.longdouble
    assert abs(loss / (np.longdouble(7) / 144) ** 2 - 1) < 16 * np.finfo(np.longdouble).eps
