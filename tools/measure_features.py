"""Measure the book's feature network on pictures that it has not seen.

    python tools/measure_features.py [tiny.npz ...]

takes crops of the two held-out pictures and distorts each in eight ways, all with one mean squared error.
Four of them leave what is to be seen as it is (brighter, more contrast, shifted, another gamma), four
damage it (blur, noise, blocks, single wrong pixels): these are our own labels, not those of observers. A
measure is right on a pair if it calls the mild distortion the smaller one. It prints a row for each
measure: the share of pairs that are right, a bootstrap interval over crops, and the share by damage.
"""

import itertools
import sys

import numpy as np
import torch
from scipy import ndimage

from lossbook import data, images
from lossbook.vision import features
from lossbook.vision.losses import perceptual_loss

CROP, CROPS, SIGMA = 80, 12, 1.5
RNG = np.random.default_rng(0)
NOISE = RNG.standard_normal((CROP, CROP, 3))
PLACES, COLORS = RNG.random((CROP, CROP, 1)), RNG.random((CROP, CROP, 3))


def shifted(x, amount):
    """Return the middle of a larger crop, moved aside by parts of pixels."""
    return ndimage.shift(x, (amount * 0.6, amount * 0.8, 0), order=3, mode="reflect")


def blocks(x, amount):
    """Return a crop mixed with its means over 8 × 8 pixels."""
    n = len(x) // 8
    means = x.reshape(n, 8, n, 8, 3).mean((1, 3)).repeat(8, 0).repeat(8, 1)
    return x + amount * (means - x)


def wrong_pixels(x, amount):
    """Return a crop of which a share of pixels has a random color."""
    return np.where(amount > PLACES, COLORS, x)


MILD = {
    "brighter": (lambda x, a: x + a, 1),
    "contrast": (lambda x, a: x.mean() + (1 + a) * (x - x.mean()), 3),
    "shifted": (shifted, 8),
    "gamma": (lambda x, a: x ** (1 + a), 3),
}
DAMAGE = {
    "blur": (lambda x, a: ndimage.gaussian_filter(x, (a, a, 0)), 6),
    "noise": (lambda x, a: x + a * NOISE, 1),
    "blocks": (blocks, 1),
    "pixels": (wrong_pixels, 1),
}


def distorted(x, way, most, mse):
    """Return the crop distorted to a mean squared error, by bisection; None if it cannot be reached."""

    def at(amount):
        return np.clip(way(x, amount), 0, 1)

    low, high = 0.0, float(most)
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if ((at(middle) - x) ** 2).mean() < mse else (low, middle)
    found = at(low)
    return found if abs(((found - x) ** 2).mean() / mse - 1) < 0.02 else None


def cases():
    """Yield for each crop the crop itself, and its distorted ones by name."""
    for name in ("chelsea", "china"):
        pixels = data.picture(name).pixels
        for _ in range(CROPS):
            top, left = RNG.integers(0, len(pixels) - CROP, 2)
            x = pixels[top : top + CROP, left : left + CROP]
            # What blur of 1.5 pixels costs, and at least something: the sky costs nothing.
            mse = max(((ndimage.gaussian_filter(x, (SIGMA, SIGMA, 0)) - x) ** 2).mean(), 1e-4)
            found = {key: distorted(x, *way, mse) for key, way in (MILD | DAMAGE).items()}
            yield x, {key: one for key, one in found.items() if one is not None}


def luma(x):
    """Return the brightness of a picture (H, W, 3)."""
    return x @ [0.299, 0.587, 0.114]


def measures(files):
    """Return name to distance of two pictures (H, W, 3)."""

    def by(extractor):
        def distance(x, y):
            with torch.no_grad():
                return perceptual_loss(*(features.to_tensor(one) for one in (x, y)), extractor).item()

        return distance

    found = {
        "MSE": lambda x, y: ((x - y) ** 2).mean(),
        "SSIM": lambda x, y: 1 - images.ssim(luma(x), luma(y), data_range=1.0),
    }
    found |= {f"random, seed {seed}": by(features.load("random", seed=seed)) for seed in range(3)}
    for file in files:
        with np.load(file) as stored:
            weights = {key: torch.from_numpy(stored[key]).float() for key in stored.files}
        found[str(file)] = by(features.Extractor("tiny", weights))
    return found if files else found | {"tiny": by(features.load("tiny"))}


def main(files):
    """Print the table."""
    crops = list(cases())
    for name, distance in measures(files).items():
        right = []
        for x, found in crops:
            far = {key: distance(x, one) for key, one in found.items()}
            if name == "MSE":
                # They are equal but for the bisection: its last digits decide nothing.
                far = dict.fromkeys(far, 1.0)
            right.append(
                {
                    (m, d): (1 + np.sign(far[d] - far[m])) / 2
                    for m, d in itertools.product(MILD, DAMAGE)
                    if m in far and d in far
                }
            )
        shares = np.array([[sum(one.values()), len(one)] for one in right])
        again = shares[np.random.default_rng(1).integers(0, len(shares), (2000, len(shares)))].sum(1)
        low, high = np.percentile(again[:, 0] / again[:, 1], [2.5, 97.5])
        by_damage = [np.mean([v for one in right for (_, d), v in one.items() if d == key]) for key in DAMAGE]
        by_mild = [np.mean([v for one in right for (m, _), v in one.items() if m == key]) for key in MILD]
        total, pairs = shares.sum(0)
        print(f"{name}: {total / pairs:.3f} of {pairs:.0f} [{low:.3f}, {high:.3f}]", end="; ")
        print(
            *(f"{key} {value:.2f}" for key, value in zip((*DAMAGE, *MILD), by_damage + by_mild, strict=True))
        )


if __name__ == "__main__":
    main(sys.argv[1:])
