"""Pictures: Gram matrices, total variation and denoising, similarity, against loops, autograd and theory."""

import math

import numpy as np
import pytest
import torch

from lossbook import images
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

RNG = np.random.default_rng(11)
F, S = RNG.standard_normal((2, 2, 3, 4, 5))
U, V = RNG.standard_normal((2, 2, 14, 13))
DIVISORS = {"chw": 60, "hw": 20, None: 1}


# ---- Gram matrices --------------------------------------------------------------------------------------


@pytest.mark.parametrize("normalization", DIVISORS)
def test_gram_matrices_are_the_inner_products_of_channels(normalization):
    g = gram_matrix(F, normalization=normalization)
    expected = np.einsum("bchw,bdhw->bcd", F, F) / DIVISORS[normalization]
    np.testing.assert_allclose(g, expected, rtol=1e-13, atol=1e-15)
    np.testing.assert_array_equal(g, np.swapaxes(g, 1, 2))
    assert np.linalg.eigvalsh(g).min() > -1e-12
    difference = expected - np.einsum("bchw,bdhw->bcd", S, S) / DIVISORS[normalization]
    loss = gram_loss(F, S, normalization=normalization)
    np.testing.assert_allclose(loss, (difference**2).mean(axis=(1, 2)), rtol=1e-12)
    assert loss.shape == (2,)


def test_gram_values_worked_by_hand():
    f = [[[1, 2]], [[0, 3]]]
    assert gram_matrix(f).tolist() == [[1.25, 1.5], [1.5, 2.25]]
    assert gram_loss([[[2.0]]], [[[1.0]]]) == 9
    assert isinstance(gram_loss([[[2.0]]], [[[1.0]]]), np.float64)
    # Gatys' layer loss is a quarter of ours.
    raw = (gram_matrix(F, normalization=None) - gram_matrix(S, normalization=None)) ** 2
    gatys = raw.sum(axis=(1, 2)) / (4 * 3**2 * 20**2)
    np.testing.assert_allclose(gatys, gram_loss(F, S, normalization="hw") / 4, rtol=1e-12)


def test_gram_matrices_forget_places_and_sizes_may_differ():
    order = RNG.permutation(20)
    shuffled = F.reshape(2, 3, 20)[..., order].reshape(F.shape)
    np.testing.assert_allclose(gram_matrix(shuffled), gram_matrix(F), rtol=1e-13)
    twice = np.concatenate([F, F], axis=-1)
    np.testing.assert_allclose(gram_loss(F, twice), 0, atol=1e-28)
    assert gram_matrix(np.float32(F)).dtype == gram_loss(np.float32(F), np.float32(S)).dtype == np.float32
    assert gram_loss_grad(np.float32(F), np.float32(S)).dtype == np.float32


@pytest.mark.parametrize("normalization", DIVISORS)
def test_the_gradient_of_the_gram_loss_is_autograds(normalization):
    f, s = torch.tensor(F, requires_grad=True), torch.tensor(S)
    g, h = (torch.einsum("bchw,bdhw->bcd", z, z) / DIVISORS[normalization] for z in (f, s))
    ((g - h) ** 2).mean(dim=(1, 2)).sum().backward()
    ours = gram_loss_grad(F, S, normalization=normalization)
    np.testing.assert_allclose(ours, f.grad.numpy(), rtol=1e-10, atol=1e-13)


# ---- Total variation ------------------------------------------------------------------------------------


def torchs_variation(u, kind, beta, epsilon):
    v = torch.nn.functional.pad(u[..., 1:, :] - u[..., :-1, :], (0, 0, 0, 1))
    h = torch.nn.functional.pad(u[..., :, 1:] - u[..., :, :-1], (0, 1))
    if kind == "isotropic":
        return ((v**2 + h**2 + epsilon**2) ** (beta / 2)).sum()
    return ((v**2 + epsilon**2) ** (beta / 2) + (h**2 + epsilon**2) ** (beta / 2)).sum()


@pytest.mark.parametrize("kind", ["isotropic", "anisotropic"])
@pytest.mark.parametrize("beta", [0.5, 1.0, 1.5, 2.0])
def test_total_variation_and_its_gradient_are_torchs(kind, beta):
    expected = [torchs_variation(torch.tensor(u), kind, beta, 0.0).item() for u in U]
    np.testing.assert_allclose(total_variation(U, kind=kind, beta=beta), expected, rtol=1e-13)
    for epsilon in (0.1, 1e-3):
        u = torch.tensor(U, requires_grad=True)
        torchs_variation(u, kind, beta, epsilon).backward()
        ours = total_variation_grad(U, kind=kind, beta=beta, epsilon=epsilon)
        np.testing.assert_allclose(ours, u.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", ["isotropic", "anisotropic"])
def test_the_gradient_without_smoothing_is_that_of_differences(kind):
    u, h = U[0, :4, :4], 1e-3
    ours = total_variation_grad(u, kind=kind, beta=1.5)
    for i, j in np.ndindex(4, 4):
        step = np.zeros((4, 4))
        step[i, j] = h
        two, one, less, least = (total_variation(u + m * step, kind=kind, beta=1.5) for m in (2, 1, -1, -2))
        assert ours[i, j] == pytest.approx((least - 8 * less + 8 * one - two) / (12 * h), abs=1e-5)


def test_values_and_edges_of_total_variation():
    step = np.zeros((5, 6))
    step[:, 3:] = 2.0
    for kind in ("isotropic", "anisotropic"):
        assert total_variation(step, kind=kind) == 10
        assert total_variation(step, kind=kind, beta=2) == 20
    # A monotone ramp costs its rise, however wide; the square prefers it wide.
    ramps = [np.clip(np.arange(40.0) / width, 0, 1)[np.newaxis] for width in (1, 10, 30)]
    np.testing.assert_allclose([total_variation(ramp) for ramp in ramps], 1, rtol=1e-14)
    assert (np.diff([total_variation(ramp, beta=2) for ramp in ramps]) < 0).all()
    assert total_variation([[7.0]]) == 0
    assert not total_variation_grad(np.full((3, 3), 7.0)).any()
    assert total_variation([[0.0, 1e200], [0.0, 0.0]]) == pytest.approx((2 + 0) * 1e200, rel=1e-14, abs=0)
    assert total_variation([[5e-324, 0.0]]) == 5e-324
    assert math.isnan(total_variation([[math.nan, 0.0]]))
    assert np.isnan(total_variation_grad([[math.nan, 0.0]])).all()
    assert total_variation(np.float32(U)).dtype == total_variation_grad(np.float32(U)).dtype == np.float32
    assert total_variation([[1, 2], [3, 4]]) == pytest.approx(math.sqrt(5) + 2 + 1)


def test_total_variation_is_convex_from_beta_1_on():
    for kind in ("isotropic", "anisotropic"):
        for beta in (1.0, 1.5):

            def tv(u, kind=kind, beta=beta):
                return total_variation(u, kind=kind, beta=beta)

            assert (tv(0.3 * U + 0.7 * V) <= 0.3 * tv(U) + 0.7 * tv(V)).all()
    half = total_variation([[0.0, 0.5, 1.0]], beta=0.5)
    assert (
        half
        > (total_variation([[0.0, 1.0, 1.0]], beta=0.5) + total_variation([[0.0, 0.0, 1.0]], beta=0.5)) / 2
    )


# ---- Denoising ------------------------------------------------------------------------------------------


def test_denoising_by_hand():
    # Two plateaus of 2 pixels each give up weight/2 of their height on either side.
    picture, record = denoise_tv([[0, 0, 4, 4]], weight=0.5, tolerance=1e-10, max_iterations=5000)
    np.testing.assert_allclose(picture, [[0.25, 0.25, 3.75, 3.75]], atol=1e-4)
    assert record.converged
    assert record.gap <= 1e-10
    flat, _ = denoise_tv([[0.0, 0, 4, 4]], weight=50.0, tolerance=1e-10, max_iterations=5000)
    np.testing.assert_allclose(flat, 2, atol=1e-3)


@pytest.mark.slow
def test_the_gap_bounds_the_distance_to_the_minimum():
    f, weight = U[0], 0.7

    def primal(u):
        return 0.5 * np.sum((u - f) ** 2) + weight * total_variation(u)

    best, _ = denoise_tv(f, weight=weight, tolerance=1e-10, max_iterations=100_000)
    for tolerance in (1e-2, 1e-4):
        u, record = denoise_tv(f, weight=weight, tolerance=tolerance)
        assert record.converged
        assert primal(best) <= primal(u) <= primal(best) * (1 + 1.1 * tolerance)
        # The objective is strongly convex: ½‖u − û‖² ≤ P(u) − P(û).
        assert 0.5 * np.sum((u - best) ** 2) <= 1.1 * record.gap * primal(u)
    # No small change lowers it.
    for _ in range(20):
        assert primal(best + 1e-3 * RNG.standard_normal(f.shape)) > primal(best)
    assert best.mean() == pytest.approx(f.mean(), abs=1e-12)


def test_denoising_keeps_types_and_tells_when_it_stops_early():
    picture = np.float32(U)
    picture.flags.writeable = False
    u, record = denoise_tv(picture, weight=0.3, max_iterations=3)
    assert u.dtype == np.float32
    assert u.shape == U.shape
    assert (record.iterations, record.converged) == (3, False)
    assert record.gap > 1e-4
    constant, record = denoise_tv(np.full((3, 3), 5), weight=1)
    assert (constant == 5).all()
    assert (record.gap, record.iterations, record.converged) == (0.0, 0, True)
    np.testing.assert_allclose(denoise_tv(U, weight=0.3)[0][1], denoise_tv(U[1], weight=0.3)[0], atol=0.05)


# ---- Similarity -----------------------------------------------------------------------------------------


def slow_ssim(x, y, data_range):
    """Return SSIM by its definition, window by window."""
    offset = np.arange(11) - 5
    w = np.exp(-np.add.outer(offset**2, offset**2) / (2 * 1.5**2))
    w /= w.sum()
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    found = []
    for i, j in np.ndindex(x.shape[0] - 10, x.shape[1] - 10):
        a, b = x[i : i + 11, j : j + 11], y[i : i + 11, j : j + 11]
        ma, mb = (w * a).sum(), (w * b).sum()
        va, vb, cov = (w * (a - ma) ** 2).sum(), (w * (b - mb) ** 2).sum(), (w * (a - ma) * (b - mb)).sum()
        found.append((2 * ma * mb + c1) * (2 * cov + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2)))
    return np.mean(found)


@pytest.mark.parametrize("data_range", [1.0, 255.0])
def test_ssim_is_its_definition(data_range):
    expected = [slow_ssim(*pair, data_range) for pair in zip(U, V, strict=True)]
    np.testing.assert_allclose(ssim(U, V, data_range=data_range), expected, rtol=1e-11)
    np.testing.assert_allclose(
        ssim(U, U + 0.1 * V, data_range=data_range)[0], slow_ssim(U[0], U[0] + 0.1 * V[0], data_range)
    )
    assert ssim(U, U, data_range=data_range).tolist() == [1, 1]
    np.testing.assert_allclose(ssim(V, U, data_range=data_range), expected, rtol=1e-11)
    assert ssim(np.float32(U), np.float32(V), data_range=data_range).dtype == np.float32
    assert isinstance(ssim(U[0], V[0], data_range=data_range), np.float64)
    far = ssim(U + 1e6, V + 1e6, data_range=data_range)
    # Far from 0 only contrast and form are left, and they keep their digits.
    assert far[0] == pytest.approx(ssim(U + 1e5, V + 1e5, data_range=data_range)[0], abs=1e-6)


def test_inverted_contrast_is_negative_similarity():
    assert (ssim(5 + U, 5 - U, data_range=1.0) < -0.5).all()
    assert (abs(ssim(5 + U, 5 - U, data_range=1.0)) <= 1).all()


def test_psnr():
    assert psnr([[0.0, 255.0]], [[255.0, 0.0]], data_range=255) == 0
    assert psnr([[0.0, 1.0]], [[0.0, 1.1]], data_range=1) == pytest.approx(
        20 + 10 * math.log10(2), rel=1e-13, abs=0
    )
    assert psnr(U, U, data_range=1).tolist() == [math.inf, math.inf]
    expected = 10 * np.log10(4 / np.mean((U - V) ** 2, axis=(1, 2)))
    np.testing.assert_allclose(psnr(U, V, data_range=2.0), expected, rtol=1e-13)
    np.testing.assert_allclose(psnr(1e200 * U, 1e200 * V, data_range=2e200), expected, rtol=1e-13)
    assert psnr(np.float32(U), np.float32(V), data_range=2.0).dtype == np.float32
    assert math.isnan(psnr([[math.nan]], [[1.0]], data_range=1))


# ---- Refusals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (
            lambda: gram_matrix(U[0]),
            ValueError,
            "features must have shape (..., C, H, W), none of them 0; got (14, 13)",
        ),
        (
            lambda: gram_matrix(np.zeros((3, 0, 2))),
            ValueError,
            "features must have shape (..., C, H, W), none of them 0; got (3, 0, 2)",
        ),
        (lambda: gram_matrix(F > 0), TypeError, "features must be an array of real numbers; got dtype bool"),
        (
            lambda: gram_matrix(F, normalization="c"),
            ValueError,
            "normalization must be one of 'chw', 'hw'; got 'c'",
        ),
        (
            lambda: gram_loss(F, S[:, :2]),
            ValueError,
            "features and target_features must agree in all but H and W; "
            "got shapes (2, 3, 4, 5) and (2, 2, 4, 5)",
        ),
        (
            lambda: gram_loss_grad(F, S[:1]),
            ValueError,
            "features and target_features must agree in all but H and W; "
            "got shapes (2, 3, 4, 5) and (1, 3, 4, 5)",
        ),
        (
            lambda: total_variation([1.0, 2.0]),
            ValueError,
            "image must have shape (..., H, W), none of them 0; got (2,)",
        ),
        (
            lambda: total_variation(U, kind="l1"),
            ValueError,
            "kind must be one of 'isotropic', 'anisotropic'; got 'l1'",
        ),
        (lambda: total_variation(U, beta=0), ValueError, "beta must be a positive finite number; got 0"),
        (
            lambda: total_variation_grad(U, epsilon=-1),
            ValueError,
            "epsilon must be a finite number, 0 or more; got -1",
        ),
        (
            lambda: total_variation_grad(U, epsilon=math.nan),
            ValueError,
            "epsilon must be a finite number, 0 or more; got nan",
        ),
        (
            lambda: total_variation(U * 1j),
            TypeError,
            "image must be an array of real numbers; got dtype complex128",
        ),
        (lambda: denoise_tv(U, weight=0), ValueError, "weight must be a positive finite number; got 0"),
        (
            lambda: denoise_tv(U, weight=1, tolerance=0),
            ValueError,
            "tolerance must be a positive finite number; got 0",
        ),
        (
            lambda: denoise_tv(U, weight=1, max_iterations=0),
            ValueError,
            "max_iterations must be a positive integer; got 0",
        ),
        (
            lambda: denoise_tv([[math.inf]], weight=1),
            ValueError,
            "image must be finite; got inf at index (0, 0)",
        ),
        (
            lambda: psnr(U, V[0], data_range=1),
            ValueError,
            "x and y must have equal shapes; got (2, 14, 13) and (14, 13)",
        ),
        (
            lambda: psnr([1.0], [2.0], data_range=1),
            ValueError,
            "x and y must have shape (..., H, W), none of them 0; got (1,)",
        ),
        (
            lambda: psnr(U, V, data_range=-1),
            ValueError,
            "data_range must be a positive finite number; got -1",
        ),
        (
            lambda: ssim(U, V, data_range=math.nan),
            ValueError,
            "data_range must be a positive finite number; got nan",
        ),
        (
            lambda: ssim(U[:, :10], V[:, :10], data_range=1),
            ValueError,
            "x and y must have at least 11 rows and columns, the window's; got shape (2, 10, 13)",
        ),
        (
            lambda: ssim(U, V.astype(str), data_range=1),
            TypeError,
            "y must be an array of real numbers; got dtype <U32",
        ),
    ],
)
def test_refusals(ask, error, message):
    with pytest.raises(error) as caught:
        ask()
    assert str(caught.value) == message


def test_every_public_function_is_here():
    assert {name for name in images.__all__ if name in globals()} == set(images.__all__) - {"DenoisingRecord"}
