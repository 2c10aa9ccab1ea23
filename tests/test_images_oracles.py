"""Pictures against scikit-image and PyTorch, and denoising against what theory says of a disc."""

import math

import numpy as np
import pytest
import skimage.data
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from skimage.restoration import denoise_tv_chambolle

from lossbook.images import (
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
CAMERA = skimage.data.camera()[100:160, 200:270] / 255.0
NOISY = CAMERA + 0.1 * RNG.standard_normal(CAMERA.shape)


# ---- Similarity -----------------------------------------------------------------------------------------


def skimages_ssim(x, y, data_range):
    """Return scikit-image's SSIM with the window of Wang and others: its mean too leaves out the border."""
    return structural_similarity(
        x, y, data_range=data_range, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )


@pytest.mark.parametrize("shape", [(60, 70), (11, 11), (11, 40), (12, 13)])
@pytest.mark.parametrize("data_range", [1.0, 0.3, 255.0])
def test_scikit_image_has_the_same_ssim_over_full_windows(shape, data_range):
    x, y = (z[: shape[0], : shape[1]] for z in (CAMERA, NOISY))
    expected = skimages_ssim(x, y, data_range)
    assert ssim(x, y, data_range=data_range) == pytest.approx(expected, rel=1e-11, abs=0)
    assert ssim(255 * x, 255 * y, data_range=255 * data_range) == pytest.approx(expected, rel=1e-11, abs=0)


def test_ssim_of_bright_pictures_keeps_digits_that_scikit_images_loses():
    # The windows' contrast and form do not change; of the light only a part below 1e-10 is left.
    contrast_and_form = ssim(CAMERA + 1e7, NOISY + 1e7, data_range=1.0)
    assert ssim(CAMERA + 1e6, NOISY + 1e6, data_range=1.0) == pytest.approx(contrast_and_form, abs=1e-8)
    assert abs(skimages_ssim(CAMERA + 1e7, NOISY + 1e7, 1.0) - contrast_and_form) > 1e-3


@pytest.mark.parametrize("data_range", [1.0, 255.0])
def test_scikit_image_has_the_same_psnr(data_range):
    expected = peak_signal_noise_ratio(CAMERA, NOISY, data_range=data_range)
    assert psnr(CAMERA, NOISY, data_range=data_range) == pytest.approx(expected, rel=1e-13, abs=0)


def test_psnr_of_large_pictures_one_by_one():
    x, y = RNG.random((2, 3, 120, 101))
    y[1] = x[1]
    expected = [
        peak_signal_noise_ratio(*pair, data_range=1.0) for pair in zip(x[[0, 2]], y[[0, 2]], strict=True)
    ]
    ours = psnr(x, y, data_range=1.0)
    np.testing.assert_allclose(ours[[0, 2]], expected, rtol=1e-13)
    assert ours[1] == math.inf


# ---- Gram matrices and total variation ------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3, 5, 7), (1, 2, 3), (2, 6, 1, 4), (2, 3, 8, 9, 9)])
def test_torch_has_the_same_gram_matrices_and_gradients(shape):
    f, s = torch.from_numpy(RNG.standard_normal((2, *shape)))
    f.requires_grad_()
    size = math.prod(shape[-3:])
    g, h = (torch.einsum("...chw,...dhw->...cd", z, z) / size for z in (f, s))
    loss = (g - h).square().mean(dim=(-1, -2))
    loss.sum().backward()
    ours = f.detach().numpy(), s.numpy()
    np.testing.assert_allclose(gram_matrix(ours[0]), g.detach(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(gram_loss(*ours), loss.detach(), rtol=1e-11)
    np.testing.assert_allclose(gram_loss_grad(*ours), f.grad, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize(
    "shape", [(6, 7), (1, 5), (5, 1), (1, 1), (2, 3, 4, 5), (130, 101), (3, 90, 70), (2, 7000)]
)
def test_torch_has_the_same_total_variation_and_gradient(shape):
    picture = RNG.standard_normal(shape)
    for kind in ("isotropic", "anisotropic"):
        u = torch.from_numpy(picture).requires_grad_()
        # The last row and column repeated: the differences across them are 0.
        v = torch.diff(u, dim=-2, append=u[..., -1:, :])
        h = torch.diff(u, dim=-1, append=u[..., :, -1:])
        plain = (v * v + h * h).sqrt() if kind == "isotropic" else v.abs() + h.abs()
        expected = plain.detach().sum(dim=(-1, -2))
        np.testing.assert_allclose(total_variation(picture, kind=kind), expected, rtol=1e-13)
        terms = (
            (v * v + h * h + 1e-4).sqrt()
            if kind == "isotropic"
            else sum((d * d + 1e-4).sqrt() for d in (v, h))
        )
        terms.sum().backward()
        ours = total_variation_grad(picture, kind=kind, epsilon=1e-2)
        np.testing.assert_allclose(ours, u.grad, rtol=1e-11, atol=1e-13)


# ---- Denoising ------------------------------------------------------------------------------------------


def objective(u, f, weight):
    """Return the model's objective, with a total variation written anew."""
    v, h = np.zeros_like(u), np.zeros_like(u)
    v[:-1], h[:, :-1] = np.diff(u, axis=0), np.diff(u, axis=1)
    return 0.5 * np.sum((u - f) ** 2) + weight * np.sum(np.sqrt(v * v + h * h))


@pytest.mark.parametrize("weight", [0.02, 0.1, 0.3])
@pytest.mark.slow
def test_scikit_image_converges_to_the_same_picture(weight):
    # Both weigh the total variation by `weight` against half of the squared distance. Its stopping rule is
    # switched off, for it ends far from the minimum.
    f = NOISY[:20, :18]
    theirs = denoise_tv_chambolle(f, weight=weight, eps=0, max_num_iter=5000)
    ours, record = denoise_tv(f, weight=weight, tolerance=1e-6, max_iterations=10_000)
    assert record.converged
    lowest = objective(ours, f, weight)
    # Ours is within its gap of the minimum, and theirs comes down to it.
    assert lowest * (1 - record.gap) <= objective(theirs, f, weight) <= lowest * (1 + 1e-4)
    # Strong convexity: half of the squared distance to the minimizer is at most the excess.
    assert 0.5 * np.sum((ours - theirs) ** 2) <= 1.1 * lowest * 1e-4
    np.testing.assert_allclose(ours, theirs, atol=2e-3)


@pytest.mark.parametrize("weight", [0.05, 0.2])
@pytest.mark.slow
def test_the_reported_gap_bounds_what_another_solver_can_gain(weight):
    f = NOISY[:30, :25]
    best = objective(denoise_tv_chambolle(f, weight=weight, eps=0, max_num_iter=5000), f, weight)
    for tolerance in (3e-2, 1e-3, 1e-4):
        u, record = denoise_tv(f, weight=weight, tolerance=tolerance)
        assert record.gap <= tolerance
        assert objective(u, f, weight) * (1 - record.gap) <= best


@pytest.mark.parametrize("shape", [(260, 160), (2, 25_000)])
def test_a_large_picture_is_denoised_as_a_whole(shape):
    # Rows are worked on some at a time: a seam between them would cost in the objective of the whole.
    f = np.add.outer(np.arange(shape[0]) // 20 % 3, np.arange(shape[1]) // 30 % 2) + RNG.standard_normal(
        shape
    )
    u, record = denoise_tv(f, weight=0.7, tolerance=1e-3)
    theirs = denoise_tv_chambolle(f, weight=0.7, eps=0, max_num_iter=300)
    assert objective(u, f, 0.7) * (1 - record.gap) <= objective(theirs, f, 0.7)
    assert objective(u, f, 0.7) <= objective(theirs, f, 0.7) * (1 + 1e-3)
    np.testing.assert_allclose(u, theirs, atol=0.1)


@pytest.mark.parametrize("scale", [1e-200, 1e-3, 1e200])
def test_denoising_knows_no_unit(scale):
    u, record = denoise_tv(NOISY, weight=0.1)
    scaled, same = denoise_tv(scale * NOISY, weight=scale * 0.1)
    assert same.iterations == record.iterations
    assert same.gap == pytest.approx(record.gap, rel=1e-6, abs=0)
    np.testing.assert_allclose(scaled, scale * u, rtol=1e-9)


def test_weights_far_from_the_pictures_size():
    # Hardly any weight leaves the picture, much of it leaves the mean.
    for weight in (1e-300, 5e-324):
        u, record = denoise_tv(NOISY, weight=weight)
        assert record.converged
        np.testing.assert_array_equal(u, NOISY)
    u, record = denoise_tv(NOISY[:6, :6] * 1e200, weight=1e-200)
    assert record.converged
    np.testing.assert_array_equal(u, NOISY[:6, :6] * 1e200)
    u, _ = denoise_tv(NOISY[:6, :6], weight=1e3, tolerance=1e-8, max_iterations=20_000)
    np.testing.assert_allclose(u, NOISY[:6, :6].mean(), rtol=1e-3)


def disc(radius):
    """Return a disc of height 1 in a frame of 4 radii, edge pixels by their share, and the radii."""
    fine, size = 8, 4 * radius + 1
    line = (np.arange(size * fine) + 0.5) / fine - size / 2
    inside = np.hypot(line[:, np.newaxis], line) < radius
    picture = inside.reshape(size, fine, size, fine).mean(axis=(1, 3))
    at = np.arange(size) - 2 * radius
    return picture, np.hypot(at[:, np.newaxis], at)


def test_a_disc_loses_2_weights_over_its_radius_and_the_frame_gains_it():
    # In the continuum the disc stays flat and sinks by λ·perimeter/area = 2λ/R; the frame around it rises by
    # λ·perimeter/(its own area), so the step between them shrinks by both. On pixels the edge becomes a ramp,
    # and its pixels lose more: the error of the mean falls about as 1/√R, while the middle is right early.
    errors, losses = [], []
    for radius in (5, 10, 20):
        f, r = disc(radius)
        weight = 0.05 * radius
        u, record = denoise_tv(f, weight=weight, tolerance=1e-3)
        assert record.converged
        rise = weight * 2 * math.pi * radius / (f.size - math.pi * radius**2)
        truth = 0.9 * f + rise * (1 - f)
        errors.append(np.mean(abs(u - truth)))
        losses.append(np.sum(f * (f - u)) / np.sum(f * f))
        # What the pixels' own perimeter allows is a bound.
        assert losses[-1] <= weight * total_variation(f) / np.sum(f * f) * (1 + 1e-12)
        middle = 1 - u[r < radius / 2]
        assert middle.mean() == pytest.approx(0.1, rel=0.3 / radius, abs=0)
        assert np.ptp(middle) < 5e-3
        assert u.mean() == pytest.approx(f.mean(), rel=1e-12, abs=0)
    assert errors[0] > 1.3 * errors[1] > 1.3**2 * errors[2]
    excess = np.array(losses) - 0.1
    assert 0.1 > excess[0] > 1.3 * excess[1] > 1.3**2 * excess[2] > 0
    assert u[r > 1.8 * radius].mean() == pytest.approx(rise, rel=0.05, abs=0)


def test_the_edge_of_a_jagged_disc_depends_on_its_direction():
    # Forward differences join the two jumps of a corner by Pythagoras on one diagonal, and add them on the
    # other: a staircase in direction (1, −1) costs √2 a step, one in direction (1, 1) costs 2.
    i, j = np.indices((41, 41))
    falling, rising = np.float64(i + j < 40), np.float64(i < j)
    steps = 40
    assert total_variation(falling) == pytest.approx(math.sqrt(2) * steps, rel=0.03, abs=0)
    assert total_variation(rising) == pytest.approx(2 * steps, rel=0.03, abs=0)


def test_a_signal_of_one_row_is_denoised_as_by_hand():
    # Of a staircase the inner steps stay, the ends move by λ over their lengths; a plateau between a rise and
    # a fall sinks by 2λ over its length.
    staircase = [[0.0, 0.0, 3.0, 3.0, 3.0, 9.0]]
    u, _ = denoise_tv(staircase, weight=0.6, tolerance=1e-10, max_iterations=20_000)
    np.testing.assert_allclose(u, [[0.3, 0.3, 3.0, 3.0, 3.0, 8.4]], atol=1e-4)
    bump = [[0.0, 0.0, 0.0, 5.0, 5.0, 0.0]]
    u, _ = denoise_tv(bump, weight=0.5, tolerance=1e-10, max_iterations=20_000)
    np.testing.assert_allclose(u, [[0.5 / 3] * 3 + [4.5, 4.5, 0.5]], atol=1e-4)
