"""Pictures: by hand, against scikit-image and theory."""

import dataclasses
import math

import numpy as np
import pytest
import skimage.data
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from skimage.restoration import denoise_tv_chambolle

from lossbook.images import (
    DenoisingRecord,
    denoise_tv,
    gram_loss,
    gram_loss_grad,
    gram_matrix,
    psnr,
    ssim,
    total_variation,
    total_variation_grad,
)

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(31)
F, S = RNG.standard_normal((2, 2, 3, 4, 5))
U, V = RNG.standard_normal((2, 2, 14, 13))
CAMERA = skimage.data.camera()[100:160, 200:270] / 255.0
NOISY = CAMERA + 0.1 * RNG.standard_normal(CAMERA.shape)


# ---- Gram matrices -----------------------------------------------------------------------------------------


def test_gram_matrices_and_losses_by_hand():
    f = [[[1, 2]], [[0, 3]]]
    assert gram_matrix(f, normalization=None).tolist() == [[5, 6], [6, 9]]
    assert gram_matrix(f, normalization="hw").tolist() == [[2.5, 3], [3, 4.5]]
    assert gram_matrix(f).tolist() == [[1.25, 1.5], [1.5, 2.25]]
    # The positions are the same, in another order.
    assert gram_loss(f, [[[2, 1]], [[3, 0]]]) == 0
    assert gram_loss(f, np.zeros((2, 3, 1)), normalization=None) == (25 + 36 + 36 + 81) / 4
    assert gram_loss_grad([[[2.0]]], [[[1.0]]]).tolist() == [[[24.0]]]


def test_a_style_may_have_another_size_and_counts_by_its_own_positions():
    twice = np.concatenate([S, S], axis=-1)
    for normalization in ("chw", "hw"):
        expected = gram_loss(F, S, normalization=normalization)
        np.testing.assert_allclose(gram_loss(F, twice, normalization=normalization), expected, rtol=1e-12)
        gradient = gram_loss_grad(F, S, normalization=normalization)
        found = gram_loss_grad(F, twice, normalization=normalization)
        np.testing.assert_allclose(found, gradient, rtol=1e-10, atol=1e-14)


def test_maps_that_differ_in_more_than_height_and_width_are_refused():
    message = r"^features and target_features must agree in all but H and W; got shapes \(2, 3, 4, 5\) and "
    for function in (gram_loss, gram_loss_grad):
        with pytest.raises(ValueError, match=message + r"\(2, 2, 4, 5\)$"):
            function(F, S[:, :2])
        with pytest.raises(ValueError, match=message + r"\(1, 3, 4, 5\)$"):
            function(F, S[:1])


# ---- Total variation ---------------------------------------------------------------------------------------


def test_total_variation_by_hand():
    # Differences down (3, −4), to the right (4, −3), and 0 across the last row and column.
    u = [[0.0, 4.0], [3.0, 0.0]]
    assert total_variation(u) == pytest.approx(5 + 4 + 3, rel=1e-15, abs=0)
    assert total_variation(u, kind="anisotropic") == 14
    assert total_variation(u, beta=2) == pytest.approx(50, rel=1e-15, abs=0)
    assert total_variation(u, kind="anisotropic", beta=3) == 2 * (27 + 64)
    assert total_variation([[7.0]]) == 0
    np.testing.assert_allclose(total_variation_grad(u), [[-7 / 5, 4 / 5 + 1], [3 / 5 + 1, -2]], rtol=1e-15)
    assert total_variation_grad(u, kind="anisotropic").tolist() == [[-2, 2], [2, -2]]
    assert total_variation_grad([[0.0, 3.0]], epsilon=4.0).tolist() == [[-0.6, 0.6]]


def test_a_ramp_costs_its_rise_however_wide_and_its_square_prefers_it_wide():
    ramps = [np.clip(np.arange(40.0) / width, 0, 1)[np.newaxis] for width in (1, 10, 30)]
    np.testing.assert_allclose([total_variation(ramp) for ramp in ramps], 1, rtol=1e-14)
    np.testing.assert_allclose([total_variation(ramp, beta=2) for ramp in ramps], [1, 1 / 10, 1 / 30])


@pytest.mark.parametrize("kind", ["isotropic", "anisotropic"])
@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_the_gradient_is_that_of_the_smoothed_total_variation(kind, beta):
    u, h, epsilon = U[0, :4, :5], 1e-6, 0.1

    def smoothed(u):
        # The last row and column repeated: the differences across them are 0.
        v, h = np.diff(u, axis=0, append=u[-1:]), np.diff(u, axis=1, append=u[:, -1:])
        squares = [v**2 + h**2] if kind == "isotropic" else [v**2, h**2]
        return sum(((s + epsilon**2) ** (beta / 2)).sum() for s in squares)

    steps = h * np.eye(20).reshape(20, 4, 5)
    slopes = [(smoothed(u + step) - smoothed(u - step)) / (2 * h) for step in steps]
    found = total_variation_grad(u, kind=kind, beta=beta, epsilon=epsilon)
    np.testing.assert_allclose(found.ravel(), slopes, rtol=1e-6, atol=1e-7)


def test_edges_of_total_variation():
    """Lengths do not overflow, equal neighbors have no pull, and what is not finite shows."""
    assert total_variation([[0.0, 1e200], [0.0, 0.0]]) == pytest.approx(2e200, rel=1e-14, abs=0)
    assert total_variation_grad([[0.0, 1e-300, 1e200]]).tolist() == [[-1, 0, 1]]
    for beta in (0.5, 1.0, 2.0):
        assert not np.signbit(total_variation_grad(np.full((3, 3), 7.0), beta=beta)).any()
    assert total_variation([[math.inf, 0.0]]) == math.inf
    assert np.isnan(total_variation_grad([[math.nan, 1.0], [math.inf, 1.0]])).all()


# ---- Denoising ---------------------------------------------------------------------------------------------


def objective(u, f, weight):
    """Return the model's objective, with a total variation written anew."""
    v, h = np.zeros_like(u), np.zeros_like(u)
    v[:-1], h[:, :-1] = u[1:] - u[:-1], u[:, 1:] - u[:, :-1]
    return 0.5 * np.sum((u - f) ** 2) + weight * np.sum(np.sqrt(v * v + h * h))


@pytest.mark.parametrize(
    ("f", "weight", "expected"),
    [
        # Of a staircase the inner steps stay, the ends move by λ over their lengths.
        ([0, 0, 3, 3, 3, 9], 0.6, [0.3, 0.3, 3, 3, 3, 8.4]),
        # A plateau between a rise and a fall sinks by 2λ over its length.
        ([0, 0, 0, 5, 5, 0], 0.5, [0.5 / 3, 0.5 / 3, 0.5 / 3, 4.5, 4.5, 0.5]),
        # From λ = 4 on the two halves meet.
        ([0, 0, 4, 4], 4.5, [2, 2, 2, 2]),
    ],
)
def test_a_line_of_pixels_is_denoised_as_by_hand(f, weight, expected):
    for picture, wanted in ((np.array([f]), [expected]), (np.array([f]).T, np.transpose([expected]))):
        u, record = denoise_tv(picture, weight=weight, tolerance=1e-10, max_iterations=20_000)
        np.testing.assert_allclose(u, wanted, atol=1e-4)
        assert record.converged
        assert record.gap <= 1e-10


@pytest.mark.parametrize("weight", [0.05, 0.2])
def test_scikit_image_comes_down_to_the_same_picture_and_not_below_the_gap(weight):
    f = NOISY[:20, :18]
    theirs = denoise_tv_chambolle(f, weight=weight, eps=0, max_num_iter=3000)
    ours, record = denoise_tv(f, weight=weight, tolerance=1e-6, max_iterations=10_000)
    lowest = objective(ours, f, weight)
    assert record.converged
    assert lowest * (1 - record.gap) <= objective(theirs, f, weight) <= lowest * (1 + 1e-4)
    np.testing.assert_allclose(ours, theirs, atol=2e-3)
    for tolerance in (3e-2, 1e-3, 1e-4):
        u, record = denoise_tv(f, weight=weight, tolerance=tolerance)
        assert record.gap <= tolerance
        assert objective(u, f, weight) * (1 - record.gap) <= lowest
        # The objective is strongly convex: half of the squared distance to the minimum is at most the excess.
        assert 0.5 * np.sum((u - ours) ** 2) <= (record.gap + 1e-6) * objective(u, f, weight)


def test_the_gap_is_the_duality_gap():
    """After so few steps that it is large: P and D = ½‖f‖² − ½‖u‖² for u = f − λ Δᵀp, whatever p is."""
    u, record = denoise_tv(NOISY, weight=0.2, max_iterations=7)
    primal = objective(u, NOISY, 0.2)
    dual = (np.sum(NOISY**2) - np.sum(u**2)) / 2
    assert 0.01 < record.gap == pytest.approx((primal - dual) / primal, rel=1e-9, abs=0)
    assert (record.iterations, record.converged) == (7, False)
    # It falls as 1/k²: plain projected gradients need more than 1000 steps for this.
    record = denoise_tv(NOISY, weight=0.2, tolerance=1e-4)[1]
    assert record.converged
    assert record.iterations <= 400


def test_a_disc_loses_two_weights_over_its_radius():
    """In the continuum; on pixels the edge becomes a ramp, but the middle is right."""
    radius, fine = 20, 8
    line = (np.arange(81 * fine) + 0.5) / fine - 40.5
    f = (np.hypot(line[:, np.newaxis], line) < radius).reshape(81, fine, 81, fine).mean(axis=(1, 3))
    u, record = denoise_tv(f, weight=1.0, tolerance=1e-3)
    assert record.converged
    at = np.arange(81) - 40
    middle = np.hypot(at[:, np.newaxis], at) < radius / 2
    assert (1 - u[middle]).mean() == pytest.approx(2 * 1.0 / radius, rel=0.02, abs=0)
    assert np.ptp(u[middle]) < 5e-3
    assert u.mean() == pytest.approx(f.mean(), rel=1e-12, abs=0)


def test_weights_far_from_the_pictures_size():
    """From λ = 4HW max|f| on each picture's mean is left, and hardly any weight leaves the picture."""
    bound = 4 * 14 * 13 * abs(U).max()
    means = np.broadcast_to(U.mean(axis=(1, 2), keepdims=True), U.shape)
    u, record = denoise_tv(U, weight=bound)
    assert record == DenoisingRecord(gap=0.0, iterations=0, converged=True)
    np.testing.assert_allclose(u, means, rtol=1e-13)
    below, record = denoise_tv(U, weight=0.999 * bound, max_iterations=2000)
    assert record.iterations > 0
    np.testing.assert_allclose(below, means, rtol=1e-5)
    u, record = denoise_tv(U, weight=1e-300)
    assert record.converged
    np.testing.assert_array_equal(u, U)


def test_where_denoising_ends():
    # The noisy picture has P = λ TV and D = 0: a gap of 1, before anything is done.
    u, record = denoise_tv(U, weight=0.3, tolerance=1.0)
    assert record == DenoisingRecord(gap=1.0, iterations=0, converged=True)
    np.testing.assert_array_equal(u, U)
    u, record = denoise_tv(np.full((3, 3), 5), weight=1)
    assert (u.tolist(), record) == ([[5.0] * 3] * 3, DenoisingRecord(0.0, 0, True))
    assert denoise_tv(U, weight=0.3, tolerance=1e-300, max_iterations=13)[1].iterations == 13
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.converged = False


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_short_floats_are_denoised_in_float32(dtype):
    """The sum of squares that the gap is made of is beyond float16."""
    f = (8 * RNG.standard_normal((100, 100))).astype(dtype)
    u, record = denoise_tv(f, weight=1.5, tolerance=1e-3)
    expected, same = denoise_tv(f.astype(np.float32), weight=1.5, tolerance=1e-3)
    assert record == same
    assert record.converged
    np.testing.assert_array_equal(u, expected.astype(dtype))
    assert u.dtype == dtype


# ---- Similarity --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(60, 70), (11, 11), (11, 40)])
@pytest.mark.parametrize("data_range", [1.0, 0.3])
def test_scikit_image_has_the_same_similarities(shape, data_range):
    x, y = (z[: shape[0], : shape[1]] for z in (CAMERA, NOISY))
    # With these its mean, too, leaves out the border.
    wang = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    expected = structural_similarity(x, y, data_range=data_range, **wang)
    assert ssim(x, y, data_range=data_range) == pytest.approx(expected, rel=1e-11, abs=0)
    assert ssim(y, x, data_range=data_range) == pytest.approx(expected, rel=1e-11, abs=0)
    expected = peak_signal_noise_ratio(x, y, data_range=data_range)
    assert psnr(x, y, data_range=data_range) == pytest.approx(expected, rel=1e-13, abs=0)


def test_similarity_of_one_window_by_hand():
    """Flat pictures differ in light alone; one row against its mirror image in form alone, nearly −1."""
    light = (2 * 0.5 * 0.25 + 1e-4) / (0.5**2 + 0.25**2 + 1e-4)
    found = ssim(np.full((11, 11), 0.5), np.full((11, 11), 0.25), data_range=1.0)
    assert found == pytest.approx(light, rel=1e-14, abs=0)
    weights = np.exp(-(np.arange(-5.0, 6) ** 2) / (2 * 1.5**2))
    variance = np.sum(weights * np.arange(-5.0, 6) ** 2) / np.sum(weights)
    ramp = np.broadcast_to(np.arange(-5.0, 6), (11, 11))
    form = (9e-4 - 2 * variance) / (9e-4 + 2 * variance)
    assert ssim(10 + ramp, 10 - ramp, data_range=1.0) == pytest.approx(form, rel=1e-12, abs=0)
    assert ssim(U, U, data_range=1.0).tolist() == [1, 1]


def test_bright_pictures_keep_their_digits():
    # The windows' contrast and form do not change; of the light only a part below 1e-10 is left.
    bright = ssim(CAMERA + 1e7, NOISY + 1e7, data_range=1.0)
    assert ssim(CAMERA + 1e6, NOISY + 1e6, data_range=1.0) == pytest.approx(bright, abs=1e-8)
    # Each picture of a stack is taken from its own mean.
    stack = np.stack([CAMERA, CAMERA + 1e7]), np.stack([NOISY, NOISY + 1e7])
    assert ssim(*stack, data_range=1.0)[1] == bright
    # In short floats as well.
    x = (200 + 0.5 * RNG.standard_normal((20, 12, 13))).astype(np.float32)
    y = (x + 0.5 * RNG.standard_normal((20, 12, 13))).astype(np.float32)
    expected = ssim(np.float64(x), np.float64(y), data_range=3.0)
    assert np.ptp(expected) > 0.01
    np.testing.assert_allclose(ssim(x, y, data_range=3.0), expected, rtol=0, atol=1e-4)


def test_the_peak_ratio_by_hand():
    assert psnr([[0, 255]], [[255, 0]], data_range=255) == 0
    assert not np.signbit(psnr([[0, 255]], [[255, 0]], data_range=255))
    expected = 20 + 10 * math.log10(2)
    assert psnr([[0.0, 1.0]], [[0.0, 1.1]], data_range=1) == pytest.approx(expected, rel=1e-13, abs=0)
    assert psnr(U, np.stack([U[0], V[1]]), data_range=1)[0] == math.inf
    assert math.isnan(psnr([[math.nan]], [[1.0]], data_range=1))
    # Squares of a short type would overflow: 65 536 pixels, each 400 away.
    far = np.full((256, 256), 400, np.float16)
    assert psnr(far, -far, data_range=800.0) == 0


def test_pictures_smaller_than_a_window_are_refused():
    for small, shape in ((np.s_[:, :10], "(2, 10, 13)"), (np.s_[..., :10], "(2, 14, 10)")):
        with pytest.raises(ValueError, match="must") as caught:
            ssim(U[small], V[small], data_range=1)
        message = "x and y must have at least 11 rows and columns, the window's; got shape "
        assert str(caught.value) == message + shape
