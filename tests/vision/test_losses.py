"""Losses in PyTorch: those of `lossbook.images` in value and gradient, and the perceptual loss by hand."""

import functools
import math

import numpy as np
import pytest
import torch

from lossbook import images
from lossbook.vision.losses import gram_loss, gram_matrix, perceptual_loss, total_variation

RNG = np.random.default_rng(14)
F, S = RNG.standard_normal((2, 2, 3, 4, 5))
U = RNG.standard_normal((2, 3, 7, 6))
U[0, 0, 2] = U[0, 0, 3]  # neighbors that are equal, where a root has no slope

NORMALIZATIONS = ["chw", "hw", None]


def gradient(function, array):
    """Return value and gradient of the sum of a function's results."""
    x = torch.tensor(array, requires_grad=True)
    value = function(x)
    value.sum().backward()
    return value.detach().numpy(), x.grad.numpy()


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_gram_matrices_and_losses_are_those_of_numpy(normalization):
    found = gram_matrix(torch.tensor(F), normalization=normalization).numpy()
    np.testing.assert_allclose(found, images.gram_matrix(F, normalization=normalization), rtol=1e-13)
    for target in (S, S[..., :2, :]):
        s = torch.tensor(target)
        value, slope = gradient(
            functools.partial(gram_loss, target_features=s, normalization=normalization), F
        )
        np.testing.assert_allclose(
            value, images.gram_loss(F, target, normalization=normalization), rtol=1e-12
        )
        wanted = images.gram_loss_grad(F, target, normalization=normalization)
        np.testing.assert_allclose(slope, wanted, rtol=1e-11, atol=1e-13 * abs(wanted).max())


@pytest.mark.parametrize("kind", ["isotropic", "anisotropic"])
@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("epsilon", [0.0, 0.1])
def test_total_variation_is_that_of_numpy(kind, beta, epsilon):
    value, slope = gradient(lambda u: total_variation(u, kind=kind, beta=beta, epsilon=epsilon), U)
    if epsilon == 0:
        np.testing.assert_allclose(value, images.total_variation(U, kind=kind, beta=beta), rtol=1e-13)
    wanted = images.total_variation_grad(U, kind=kind, beta=beta, epsilon=epsilon)
    np.testing.assert_allclose(slope, wanted, rtol=1e-11, atol=1e-12)


def test_nan_shows_and_types_are_kept():
    assert total_variation(torch.tensor([[math.nan, 1.0], [0.0, 0.0]])).isnan()
    assert gram_loss(torch.full((1, 2, 2), math.nan), torch.ones(1, 2, 2)).isnan()
    for dtype in (torch.float32, torch.float64):
        assert gram_matrix(torch.ones(2, 3, 3, dtype=dtype)).dtype == dtype
        assert total_variation(torch.ones(3, 3, dtype=dtype)).dtype == dtype


# ---- Perceptual loss ---------------------------------------------------------------------------------------


def pair(x, layers):
    """Return the pixels and their sums by twos, as if those were features."""
    found = {"pixels": x, "sums": x[..., ::2] + x[..., 1::2]}
    return {name: found[name] for name in layers or found}


def test_the_perceptual_loss_adds_the_mean_squares_of_its_layers():
    x, y = torch.zeros(2, 3, 2, 4), torch.zeros(2, 3, 2, 4)
    x[1, 0, 0] = torch.tensor([1.0, 1.0, 1.0, -1.0])
    # Four pixels differ by 1 out of 24; the sums differ by 2 and by 0, out of 12.
    assert perceptual_loss(x, y, pair, layers=["pixels"]).tolist() == pytest.approx([0, 4 / 24])
    assert perceptual_loss(x, y, pair, layers=["sums"]).tolist() == pytest.approx([0, 4 / 12])
    assert perceptual_loss(x, y, pair).tolist() == pytest.approx([0, 4 / 24 + 4 / 12])


# ---- What is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (
            lambda: gram_matrix(np.ones((2, 2, 2))),
            TypeError,
            "features must be a tensor of floats; got a ndarray",
        ),
        (
            lambda: gram_matrix(torch.ones(2, 2, 2, dtype=torch.int64)),
            TypeError,
            "features must be a tensor of floats; got one of torch.int64",
        ),
        (
            lambda: gram_matrix(torch.ones(2, 2)),
            ValueError,
            "features must have shape (..., C, H, W), none of them 0; got (2, 2)",
        ),
        (
            lambda: gram_matrix(torch.ones(2, 2, 2), normalization="none"),
            ValueError,
            "normalization must be one of 'chw', 'hw'; got 'none'",
        ),
        (
            lambda: gram_loss(torch.ones(3, 2, 2), torch.ones(2, 2, 2)),
            ValueError,
            "features and target_features must agree in all but H and W; got shapes (3, 2, 2) and (2, 2, 2)",
        ),
        (
            lambda: total_variation(torch.ones(3)),
            ValueError,
            "image must have shape (..., H, W), none of them 0; got (3,)",
        ),
        (
            lambda: total_variation(torch.ones(3, 3), kind="round"),
            ValueError,
            "kind must be one of 'isotropic', 'anisotropic'; got 'round'",
        ),
        (
            lambda: total_variation(torch.ones(3, 3), beta=0),
            ValueError,
            "beta must be a positive finite number; got 0",
        ),
        (
            lambda: total_variation(torch.ones(3, 3), epsilon=-1),
            ValueError,
            "epsilon must be a finite number, 0 or more; got -1",
        ),
        (
            lambda: perceptual_loss(torch.ones(1, 3, 4, 4), torch.ones(1, 3, 4, 5), pair),
            ValueError,
            "x and y must have equal shapes; got shapes (1, 3, 4, 4) and (1, 3, 4, 5)",
        ),
    ],
)
def test_what_is_refused_is_said(call, error, said):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == said
