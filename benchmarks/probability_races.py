"""Races of softmax and its relatives, along rows of ten, and of the sigmoid."""

import functools

import scipy.special
import torch
from harness import Race

from lossbook import probability

CLASSES = 10


def logits(rng, size):
    """Rows of ten logits."""
    return (rng.normal(scale=5.0, size=(size // CLASSES, CLASSES)),)


def far_logits(rng, size):
    """Rows of ten logits that no exponential takes as they are."""
    return (rng.normal(scale=5.0, size=(size // CLASSES, CLASSES)) + 1000,)


def numbers(rng, size):
    """Log-odds."""
    return (rng.normal(scale=5.0, size=size),)


def tensor(array):
    """The same as a torch tensor that shares the memory."""
    return (torch.from_numpy(array),)


def along_rows(function):
    """A function of SciPy with its axis filled in."""
    return functools.partial(function, axis=-1)


# The errors are those of ``make accuracy``.
WHY = {
    "softmax": "off by 2.3 ulp at most, the peer by 500: it looks which logits to shift, and sums exactly",
    "log_softmax": "off by 2 ulp at most, the peer by all digits: the others are summed beside the largest",
    "logsumexp": "off by 1.3 ulp at most, torch by 29: the others are summed beside the largest",
}

RACES = []
for name, why in WHY.items():
    ours = getattr(probability, name)
    scipys = along_rows(getattr(scipy.special, name))
    torchs = functools.partial(getattr(torch, name), dim=-1)
    RACES += [
        Race(name, f"scipy.special.{name}", logits, ours, scipys, why=why),
        Race(
            f"{name}, around 1000",
            f"scipy.special.{name}",
            far_logits,
            ours,
            scipys,
            why=why,
            why_memory="half a dozen blocks, which are half of an input of this size",
        ),
        Race(name, f"torch {name}", logits, ours, torchs, tensor, why=why),
    ]
RACES += [
    Race("sigmoid", "scipy.special.expit", numbers, probability.sigmoid, scipy.special.expit),
    Race(
        "sigmoid",
        "torch sigmoid",
        numbers,
        probability.sigmoid,
        torch.sigmoid,
        tensor,
        why="one pass in torch, six in NumPy; and eˣ below −700, where torch loses all digits",
    ),
    Race("log_sigmoid", "scipy.special.log_expit", numbers, probability.log_sigmoid, scipy.special.log_expit),
    Race(
        "log_sigmoid",
        "torch logsigmoid",
        numbers,
        probability.log_sigmoid,
        torch.nn.functional.logsigmoid,
        tensor,
        why="one pass in torch, several in NumPy",
    ),
]
