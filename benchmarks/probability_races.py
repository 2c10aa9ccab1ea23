"""Races of softmax and its relatives, and of divergences, along rows of ten."""

import functools

import numpy as np
import scipy.special
import scipy.stats
import torch
from harness import Race
from scipy.spatial.distance import jensenshannon

from lossbook import divergences, probability

CLASSES = 10


def logits(rng, size):
    """Rows of ten logits."""
    return (rng.normal(scale=5.0, size=(size // CLASSES, CLASSES)),)


def distributions(rng, size):
    """Two arrays of rows of ten probabilities."""
    p, q = rng.dirichlet(np.ones(CLASSES), size=(2, size // CLASSES))
    return p, q


def tensor(array):
    """The same as a torch tensor that shares the memory."""
    return (torch.from_numpy(array),)


def along_rows(function):
    """A function of SciPy or torch with its axis filled in."""
    return functools.partial(function, axis=-1)


RACES = []
for name in ("softmax", "log_softmax", "logsumexp"):
    ours = getattr(probability, name)
    RACES.append(Race(name, f"scipy.special.{name}", logits, ours, along_rows(getattr(scipy.special, name))))
    theirs = functools.partial(getattr(torch, name), dim=-1)
    RACES.append(Race(name, f"torch {name}", logits, ours, theirs, tensor))
RACES += [
    Race("kl", "scipy.stats.entropy", distributions, divergences.kl, along_rows(scipy.stats.entropy)),
    Race(
        "js_distance",
        "scipy jensenshannon",
        distributions,
        divergences.js_distance,
        along_rows(jensenshannon),
    ),
]
