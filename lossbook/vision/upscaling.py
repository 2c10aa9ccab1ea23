r"""Networks that enlarge pictures fourfold, one for each loss that they were trained with.

They are equal but for the loss: form, start, pictures and steps are the same. Their weights were made by
`tools/train_upscalers.py` from the book's pictures without Chelsea and the pagoda, which the book tests with.

Raises
------
TypeError
    If a picture holds anything but real numbers.
ValueError
    If a loss is unknown, a picture has the wrong shape, or the weights are not the ones that were shipped.
"""

import hashlib
import io
from importlib.resources import files

import numpy as np
import torch
from torch.nn import functional

from lossbook import _checks as check
from lossbook.vision.features import to_pixels, to_tensor

__all__ = ["LOSSES", "SHAPES", "enlarge", "load", "upscale"]

#: What the networks were trained with.
LOSSES = ("pixel", "perceptual", "both")

#: Channels in and out of each 3 × 3 convolution; the last two follow an enlargement by 2.
SHAPES = ((3, 32), (32, 32), (32, 32), (32, 24), (24, 3))

UPSCALERS_SHA256 = "18d309dc64aac3c3564f29ad6b8f4704878b5bb6f85ae602adfa346e54c6a276"


def load(loss):
    """Load the weights of a network by the loss that it was trained with.

    Parameters
    ----------
    loss : {"pixel", "perceptual", "both"}
        The mean squared error of pixels, the perceptual loss, or the latter plus a share of the former.

    Returns
    -------
    list of pair of Tensor
        Weight and bias of each convolution.

    Examples
    --------
    >>> sum(part.numel() for layer in load("pixel") for part in layer)
    26979
    """
    check.option(loss, LOSSES, "loss")
    content = files(__package__).joinpath("upscalers.npz").read_bytes()
    found = hashlib.sha256(content).hexdigest()
    check.require(found == UPSCALERS_SHA256, "upscalers.npz", "be the file that was shipped", found)
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        return [
            tuple(torch.from_numpy(stored[f"{loss}.{i}.{part}"]).float() for part in ("weight", "bias"))
            for i in range(len(SHAPES))
        ]


def enlarge(x, weights):
    """Return pictures (N, 3, H, W) at four times their height and width, as a tensor (N, 3, 4H, 4W).

    Bilinear interpolation, plus what five convolutions find to be missing.

    Parameters
    ----------
    x : Tensor, shape (N, 3, H, W)
        Pictures from 0 to 1.
    weights : list of pair of Tensor
        What `load` returns, in the type of the pictures.

    Returns
    -------
    Tensor, shape (N, 3, 4H, 4W)
        The enlarged pictures; they may leave [0, 1].

    Examples
    --------
    >>> enlarge(torch.zeros(1, 3, 8, 8), load("pixel")).shape
    torch.Size([1, 3, 32, 32])
    """
    smooth = functional.interpolate(x, scale_factor=4, mode="bilinear", align_corners=False)
    found = (x - 0.45) / 0.25
    for i, (weight, bias) in enumerate(weights):
        if i >= len(weights) - 2:
            found = functional.interpolate(found, scale_factor=2, mode="bilinear", align_corners=False)
        found = functional.conv2d(functional.pad(found, (1, 1, 1, 1), "replicate"), weight, bias)
        found = functional.relu(found) if i < len(weights) - 1 else found
    return smooth + found


def upscale(pixels, loss):
    """Return a picture (H, W, 3) at four times its height and width, by the network of a loss.

    Parameters
    ----------
    pixels : array_like, shape (H, W, 3)
        Red, green and blue from 0 to 1.
    loss : {"pixel", "perceptual", "both"}
        What the network was trained with, as in `load`.

    Returns
    -------
    ndarray, shape (4H, 4W, 3)
        The enlarged picture in float64, cut off below 0 and above 1.

    Examples
    --------
    >>> from lossbook import data
    >>> upscale(data.picture("china", size=24).pixels, "pixel").shape
    (96, 96, 3)
    """
    with torch.no_grad():
        weights = [(weight.double(), bias.double()) for weight, bias in load(loss)]
        return to_pixels(enlarge(to_tensor(pixels, torch.float64), weights))
