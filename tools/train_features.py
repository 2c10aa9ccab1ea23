"""Train the book's own feature network, and write its weights.

    python tools/train_features.py [--seed 0] [--steps 700] [--to lossbook/vision/tiny.npz]

The task needs no labels: from which picture, and from which quarter of it, is this crop of 48 × 48 pixels?
The crop was scaled, turned, mirrored and its colors were changed, so that what is left to go by is form and
texture. Each block of the network answers for itself, from the mean of each of its channels alone, as a
Gram matrix will see them later.

It needs scikit-image, scikit-learn and matplotlib for their pictures, and about five minutes of one core.
Chelsea and the pagoda in China are held out: the book tests with them.
"""

import argparse
import itertools
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

BLOCKS = ((32, 32), (64, 64), (96, 96), (96,))
CROP = 48
BATCH = 64

#: Pictures in the public domain, under CC0 or CC BY, or without known restrictions; and whether each quarter
#: is a class of its own.
PICTURES = {
    "skimage/data/astronaut.png": True,
    "skimage/data/brick.png": False,
    "skimage/data/camera.png": True,
    "skimage/data/cell.png": False,
    "skimage/data/clock_motion.png": False,
    "skimage/data/coffee.png": True,
    "skimage/data/coins.png": False,
    "skimage/data/grass.png": False,
    "skimage/data/gravel.png": False,
    "skimage/data/hubble_deep_field.jpg": False,
    "skimage/data/ihc.png": True,
    "skimage/data/retina.jpg": False,
    "skimage/data/rocket.jpg": True,
    "sklearn/datasets/images/flower.jpg": True,
    "matplotlib/mpl-data/sample_data/grace_hopper.jpg": True,
}


def sources():
    """Return one list a class, of the same tile at several scales: (3, H, W), from 0 to 1."""
    classes = []
    for file, in_quarters in PICTURES.items():
        package, _, path = file.partition("/")
        picture = Image.open(Path(find_spec(package).origin).parent / path).convert("RGB")
        picture.thumbnail((720, 720))
        width, height = picture.size
        ends = [(0, 0.5), (0.5, 1)] if in_quarters else [(0, 1)]
        for (top, bottom), (left, right) in itertools.product(ends, ends):
            tile = picture.crop(
                (int(left * width), int(top * height), int(right * width), int(bottom * height))
            )
            sizes = [tuple(round(side * scale) for side in tile.size) for scale in (1, 0.7, 0.5, 0.35, 0.25)]
            scaled = [tile.resize(size, Image.Resampling.BOX) for size in sizes if min(size) >= CROP + 16]
            classes.append(
                [torch.from_numpy(np.asarray(one).copy()).permute(2, 0, 1) / 255 for one in scaled]
            )
    return classes


def crop(tile, rng):
    """Return a random square of a tile, turned and mirrored."""
    top, left = (int(rng.integers(0, side - CROP + 1)) for side in tile.shape[1:])
    square = tile[:, top : top + CROP, left : left + CROP]
    square = torch.rot90(square, int(rng.integers(4)), (1, 2))
    return square.flip(2) if rng.random() < 0.5 else square


def recolored(x, rng):
    """Return crops (N, 3, H, W) in other colors, and with another contrast and level."""

    def uniform(low, high):
        return torch.from_numpy(rng.uniform(low, high, (len(x), 1, 1, 1)).astype(np.float32))

    x = torch.stack([one[torch.from_numpy(rng.permutation(3))] for one in x])
    gray = x.mean(1, keepdim=True)
    x = gray + uniform(0, 1.5) * (x - gray)
    level = x.mean((1, 2, 3), keepdim=True)
    x = level + uniform(0.5, 1.5) * (x - level) + uniform(-0.2, 0.2)
    return x.clamp(0, 1)


class Network(nn.Module):
    """The network while it learns: batch normalization, and an answer after each block."""

    def __init__(self, classes):
        super().__init__()
        channels, self.convolutions, self.norms = 3, nn.ModuleList(), nn.ModuleList()
        for width in itertools.chain(*BLOCKS):
            self.convolutions.append(
                nn.Conv2d(channels, width, 3, padding=1, padding_mode="reflect", bias=False)
            )
            self.norms.append(nn.BatchNorm2d(width))
            channels = width
        self.heads = nn.ModuleList(nn.Linear(block[-1], classes) for block in BLOCKS)

    def forward(self, x):
        """Return the logits of each block."""
        layers, answers = iter(zip(self.convolutions, self.norms, strict=True)), []
        x = (x - 0.45) / 0.25
        for place, (block, head) in enumerate(zip(BLOCKS, self.heads, strict=True)):
            x = functional.avg_pool2d(x, 2) if place else x
            for _ in block:
                convolution, norm = next(layers)
                x = functional.relu(norm(convolution(x)))
            answers.append(head(x.mean((2, 3))))
        return answers


def folded(network, x):
    """Return weights and biases without batch normalization, each layer scaled to a mean activation of 1."""
    network.eval()
    arrays, scale = {}, 1.0
    x = (x - 0.45) / 0.25
    layers = iter(zip(network.convolutions, network.norms, strict=True))
    for place, block in enumerate(BLOCKS, 1):
        x = functional.avg_pool2d(x, 2) if place > 1 else x
        for number, _ in enumerate(block, 1):
            convolution, norm = next(layers)
            gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            weight, bias = (
                convolution.weight * gain[:, None, None, None],
                norm.bias - norm.running_mean * gain,
            )
            x = functional.relu(norm(convolution(x)))
            mean = x.mean()
            # Its input has become `scale` times as large, its output shall become 1/mean as large.
            arrays[f"conv{place}_{number}.weight"] = weight / (scale * mean)
            arrays[f"conv{place}_{number}.bias"] = bias / mean
            scale = 1 / mean
    return {name: array.detach().numpy().astype(np.float16) for name, array in arrays.items()}


def train(seed, steps):
    """Return the arrays of a network trained from a seed."""
    torch.manual_seed(seed)
    rng, classes = np.random.default_rng(seed), sources()
    network = Network(len(classes)).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, steps)

    def batch():
        labels = rng.integers(0, len(classes), BATCH)
        tiles = [classes[label][rng.integers(len(classes[label]))] for label in labels]
        return torch.stack([crop(tile, rng) for tile in tiles]), torch.from_numpy(labels)

    for step in range(steps):
        x, labels = batch()
        x = recolored(x, rng).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):  # three times as fast; the weights stay float32
            answers = [answer.float() for answer in network(x)]
        loss = sum(functional.cross_entropy(answer, labels, label_smoothing=0.05) for answer in answers)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 50 == 49:
            right = [f"{(answer.argmax(1) == labels).float().mean():.2f}" for answer in answers]
            print(f"step {step + 1}: loss {loss.item():.3f}, right by block {' '.join(right)}", flush=True)
    with torch.no_grad():
        return folded(network, torch.cat([batch()[0] for _ in range(8)]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=700)
    parser.add_argument("--to", default=Path(__file__).parents[1] / "lossbook/vision/tiny.npz")
    given = parser.parse_args()
    np.savez_compressed(given.to, **train(given.seed, given.steps))
