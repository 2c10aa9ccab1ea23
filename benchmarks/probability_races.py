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


RACES = []
for name in ("softmax", "log_softmax", "logsumexp"):
    ours = getattr(probability, name)
    scipys = along_rows(getattr(scipy.special, name))
    torchs = functools.partial(getattr(torch, name), dim=-1)
    RACES += [
        Race(name, f"scipy.special.{name}", logits, ours, scipys),
        Race(f"{name}, around 1000", f"scipy.special.{name}", far_logits, ours, scipys),
        Race(name, f"torch {name}", logits, ours, torchs, tensor),
    ]
RACES += [
    Race("sigmoid", "scipy.special.expit", numbers, probability.sigmoid, scipy.special.expit),
    Race("sigmoid", "torch sigmoid", numbers, probability.sigmoid, torch.sigmoid, tensor),
    Race("log_sigmoid", "scipy.special.log_expit", numbers, probability.log_sigmoid, scipy.special.log_expit),
    Race(
        "log_sigmoid",
        "torch logsigmoid",
        numbers,
        probability.log_sigmoid,
        torch.nn.functional.logsigmoid,
        tensor,
    ),
]
