"""Races of pictures and feature maps: Gram matrices, total variation, denoising, similarity.

Denoising runs to the relative duality gap that the peer reaches in 30 and in 200 iterations, its most by
default; ours takes 16 and 52. It holds two dual variables, each of two pictures, so over 3 times its input.
"""

import functools

import numpy as np
import torch
from harness import Race
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from skimage.restoration import denoise_tv_chambolle

from lossbook import images

PICTURES = {"small": (10, 10), "medium": (100, 100), "large": (3162, 3162)}
PAIRS = {"small": (12, 12), "medium": (71, 71), "large": (2236, 2236)}
MAPS = {"small": (4, 5, 5), "medium": (16, 25, 25), "large": (64, 395, 395)}
NOISY = {"small": (10, 10), "medium": (100, 100), "large": (1000, 1000)}

SMOOTHING, WEIGHT = 1e-3, 0.1


def picture(rng, shape):
    """One picture of noise."""
    return (rng.random(shape),)


def pair(rng, shape):
    """A picture, and the same with noise."""
    x = rng.random(shape)
    return x, x + 0.1 * rng.standard_normal(shape)


def feature_maps(rng, shape):
    """Two feature maps of equal shape."""
    return tuple(rng.standard_normal((2, *shape)))


def tensors(first, *others):
    """The same as torch tensors that share the memory; the first asks for its gradient."""
    return torch.from_numpy(first).requires_grad_(), *map(torch.from_numpy, others)


# ---- Torch's side ---------------------------------------------------------------------------------------


def torch_variation(u, epsilon=0.0):
    """Isotropic total variation, differences across the last row and column 0."""
    v = torch.nn.functional.pad(torch.diff(u, dim=-2), (0, 0, 0, 1))
    h = torch.nn.functional.pad(torch.diff(u, dim=-1), (0, 1))
    return torch.sqrt(v * v + h * h + epsilon**2).sum()


def torch_gram(f):
    """Gram matrix over C H W."""
    return torch.einsum("chw,dhw->cd", f, f) / f.numel()


def torch_gram_loss(f, s):
    """Mean squared difference of Gram matrices."""
    return (torch_gram(f) - torch_gram(s)).square().mean()


def forward(function):
    """A torch function without its graph."""

    def call(*arguments):
        with torch.no_grad():
            return function(*arguments)

    return call


def backward(function):
    """A torch function and its gradient in the first argument."""

    def call(first, *others):
        first.grad = None
        function(first, *others).backward()
        return first.grad

    return call


def both(value, gradient):
    """Our value and our gradient, one after the other."""
    return lambda *arguments: (value(*arguments), gradient(*arguments))


CHECKS = "checks of arguments, and a ratio taken so that nothing overflows: half of its 22 µs"
TWO_STRIPES = "in two stripes, to hold 2.5 and not 5 times the picture: 60 µs, 45 without"

RACES = [
    Race(
        "total_variation",
        "torch",
        picture,
        images.total_variation,
        forward(torch_variation),
        tensors,
        PICTURES,
        TWO_STRIPES,
    ),
    Race(
        "total_variation + grad",
        "torch forward + backward",
        picture,
        both(images.total_variation, functools.partial(images.total_variation_grad, epsilon=SMOOTHING)),
        backward(functools.partial(torch_variation, epsilon=SMOOTHING)),
        tensors,
        PICTURES,
        TWO_STRIPES,
    ),
    Race(
        "gram_matrix",
        "torch einsum",
        lambda rng, shape: feature_maps(rng, shape)[:1],
        images.gram_matrix,
        forward(torch_gram),
        tensors,
        MAPS,
    ),
    Race(
        "gram_loss", "torch einsum", feature_maps, images.gram_loss, forward(torch_gram_loss), tensors, MAPS
    ),
    Race(
        "gram_loss + grad",
        "torch forward + backward",
        feature_maps,
        both(images.gram_loss, images.gram_loss_grad),
        backward(torch_gram_loss),
        tensors,
        MAPS,
    ),
    Race(
        "psnr",
        "skimage peak_signal_noise_ratio",
        pair,
        functools.partial(images.psnr, data_range=1.0),
        functools.partial(peak_signal_noise_ratio, data_range=1.0),
        sizes=PAIRS,
        why=CHECKS,
    ),
    Race(
        "ssim",
        "skimage structural_similarity",
        pair,
        functools.partial(images.ssim, data_range=1.0),
        functools.partial(
            structural_similarity,
            data_range=1.0,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        ),
        sizes=PAIRS,
    ),
]


# ---- Denoising to the peer's own gap --------------------------------------------------------------------


def gap_of_chambolle(f, iterations):
    """The relative duality gap of scikit-image's picture after some iterations, and the picture.

    Its dual variable stays inside of it, so its iteration is written again here: p ← (p − τ∇u)/(1 + τ|∇u|/λ)
    with τ = 1/4 and u = f + div p.
    """
    p = np.zeros((2, *f.shape))
    for _ in range(iterations):
        g, size, _ = slopes(f, p)
        p = (p - 0.25 * g) / (1 + 0.25 / WEIGHT * size)
    g, size, u = slopes(f, p)
    excess = WEIGHT * size.sum() + np.sum(p * g)
    return excess / (0.5 * np.sum((u - f) ** 2) + WEIGHT * size.sum()), u


def slopes(f, p):
    """The differences of u = f + div p, their lengths, and u."""
    u, g = f - p.sum(axis=0), np.zeros_like(p)
    u[1:] += p[0, :-1]
    u[:, 1:] += p[1, :, :-1]
    g[0, :-1], g[1, :, :-1] = np.diff(u, axis=0), np.diff(u, axis=1)
    return g, np.hypot(g[0], g[1]), u


def noisy_steps(iterations):
    """Make a picture of steps with noise, and the gap that the peer reaches on it in its iterations."""

    def inputs(rng, shape):
        steps = np.floor(np.add.outer(np.arange(shape[0]) % 37 / 9, np.arange(shape[1]) % 23 / 5))
        f = steps / steps.max() + 0.1 * rng.standard_normal(shape)
        gap, u = gap_of_chambolle(f, iterations)
        theirs = denoise_tv_chambolle(f, weight=WEIGHT, eps=0, max_num_iter=iterations + 1)
        np.testing.assert_allclose(u, theirs, atol=1e-12)
        return f, gap

    return inputs


def denoised(f, gap):
    """Ours, to that gap."""
    return images.denoise_tv(f, weight=WEIGHT, tolerance=gap, max_iterations=10_000)[0]


RACES += [
    Race(
        f"denoise_tv to its gap of {n}",
        f"skimage denoise_tv_chambolle, {n}",
        noisy_steps(n),
        denoised,
        lambda f, gap, n=n: denoise_tv_chambolle(f, weight=WEIGHT, eps=0, max_num_iter=n + 1),
        sizes=NOISY,
        why="an iteration is 1.6 times its own, and this many are too few for acceleration to pay",
        why_memory="two dual variables, four numbers a pixel; a small picture is one stripe",
    )
    for n in (30, 200)
]
