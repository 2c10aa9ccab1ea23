r"""Train networks that enlarge pictures fourfold, equal but for their loss.

    python tools/train_upscalers.py lossbook/vision/upscalers.npz

All see the same crops in the same order, from the same start: the book's pictures at three scales, but for
the two that it tests with. Crops are averaged over 4 × 4 pixels and enlarged again.
"""

import sys

import numpy as np
import torch
from torch.nn import functional

from lossbook import data
from lossbook.vision import features
from lossbook.vision.losses import perceptual_loss
from lossbook.vision.upscaling import LOSSES, SHAPES, enlarge

STEPS, BATCH, CROP, RATE = 1000, 6, 64, 2e-3
LAYERS = ("relu1_2", "relu2_2", "relu3_1")
PIXEL_SHARE = 400.0
NAMES = tuple(name for name in data.PICTURE_NAMES if name not in ("chelsea", "china"))


def pictures():
    """Return the pictures at three scales as tensors (3, H, W)."""
    return [
        features.to_tensor(data.picture(name, size=size).pixels)[0]
        for name in NAMES
        for size in (256, 192, 128)
    ]


def crops(shelf, rng):
    """Return a batch of crops, turned and mirrored at random."""
    batch = []
    for which in rng.integers(0, len(shelf), BATCH):
        _, h, w = shelf[which].shape
        top, left = rng.integers(0, h - CROP + 1), rng.integers(0, w - CROP + 1)
        crop = torch.rot90(
            shelf[which][:, top : top + CROP, left : left + CROP], int(rng.integers(4)), (1, 2)
        )
        batch.append(crop.flip(2) if rng.random() < 0.5 else crop)
    return torch.stack(batch)


def start():
    """Return weights that enlarge like bilinear interpolation: the last layer is nearly 0."""
    generator = torch.Generator().manual_seed(0)
    weights = []
    for i, (into, out) in enumerate(SHAPES):
        scale = (2 / (9 * into)) ** 0.5 * (0.05 if i == len(SHAPES) - 1 else 1)
        weights.append((scale * torch.randn((out, into, 3, 3), generator=generator), torch.zeros(out)))
    return weights


def trained(loss, extractor):
    """Return the weights of a network trained with one of `LOSSES`."""
    weights, shelf, rng = start(), pictures(), np.random.default_rng(0)
    parts = [part.requires_grad_() for layer in weights for part in layer]
    optimizer = torch.optim.Adam(parts, lr=RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=STEPS)
    for step in range(STEPS):
        y = crops(shelf, rng)
        x = enlarge(functional.avg_pool2d(y, 4), weights)
        error, objective = ((x - y) ** 2).mean(), 0
        if loss != "perceptual":
            objective = PIXEL_SHARE * error
        if loss != "pixel":
            objective = objective + perceptual_loss(x, y, extractor, layers=LAYERS).mean()
        optimizer.zero_grad()
        objective.backward()
        optimizer.step()
        schedule.step()
        if (step + 1) % 100 == 0:
            print(
                f"{loss}, step {step + 1}: squared error {error.item():.5f}, {objective.item():.4f}",
                flush=True,
            )
    return weights


def main(target):
    """Train all and write them in half precision."""
    torch.set_num_threads(1)
    extractor = features.load("tiny")
    found = {}
    for loss in LOSSES:
        for i, layer in enumerate(trained(loss, extractor)):
            for part, value in zip(("weight", "bias"), layer, strict=True):
                found[f"{loss}.{i}.{part}"] = value.detach().half().numpy()
    np.savez(target, **found)


if __name__ == "__main__":
    main(sys.argv[1])
