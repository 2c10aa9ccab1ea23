"""Races of divergences between rows of ten probabilities, and on a line."""

import functools

import numpy as np
import scipy.stats
import torch
from harness import Race
from scipy.spatial.distance import jensenshannon

from lossbook import divergences

CLASSES = 10


def distributions(rng, size):
    """Two arrays of rows of ten probabilities."""
    p, q = rng.dirichlet(np.ones(CLASSES), size=(2, size // CLASSES))
    return p, q


def near_distributions(rng, size):
    """The same, the second up to 20 % off the first."""
    p = rng.dirichlet(np.ones(CLASSES), size=size // CLASSES)
    q = p * rng.uniform(0.8, 1.2, p.shape)
    return p, q / q.sum(-1, keepdims=True)


def pairs_of_logits(rng, size):
    """Two arrays of rows of ten logits."""
    a, b = rng.normal(scale=2.0, size=(2, size // CLASSES, CLASSES))
    return a, b


def line(rng, size):
    """Two distributions over places on a line, and the places."""
    p, q = rng.random((2, size))
    return p / p.sum(), q / q.sum(), np.cumsum(rng.random(size) + 0.01)


def tensors(*arrays):
    """The same as torch tensors that share the memory."""
    return tuple(map(torch.from_numpy, arrays))


def torch_kl(a, b):
    """The divergence of softmaxes by torch's functions."""
    log_p, log_q = torch.log_softmax(a, -1), torch.log_softmax(b, -1)
    return torch.nn.functional.kl_div(log_q, log_p, reduction="none", log_target=True).sum(-1)


def root_of_js(p, q):
    """The divergence from SciPy's distance."""
    return jensenshannon(p, q, axis=-1) ** 2


def along_rows(function):
    """A function of SciPy with its axis filled in."""
    return functools.partial(function, axis=-1)


def on_a_line(p, q, support):
    """Ours, its support named."""
    return divergences.wasserstein_1d(p, q, support=support)


def scipy_on_a_line(p, q, support):
    """SciPy's, which takes places and weights of both."""
    return scipy.stats.wasserstein_distance(support, support, p, q)


SCIPY_ENTROPY = along_rows(scipy.stats.entropy)

RACES = [
    Race(
        "entropy", "scipy.stats.entropy", lambda *a: distributions(*a)[:1], divergences.entropy, SCIPY_ENTROPY
    ),
    Race("kl", "scipy.stats.entropy", distributions, divergences.kl, SCIPY_ENTROPY),
    Race(
        "kl, nearly equal",
        "scipy.stats.entropy",
        near_distributions,
        divergences.kl,
        SCIPY_ENTROPY,
        why="takes the series near p = q, where the peer's sum loses all digits",
    ),
    Race("js", "scipy jensenshannon²", distributions, divergences.js, root_of_js),
    Race(
        "js_distance",
        "scipy jensenshannon",
        distributions,
        divergences.js_distance,
        along_rows(jensenshannon),
    ),
    Race(
        "kl_from_logits",
        "torch kl_div",
        pairs_of_logits,
        divergences.kl_from_logits,
        torch_kl,
        tensors,
        why="off by 2 ulp at most, torch by all digits where p and q are nearly equal; it is found twice",
    ),
    Race("wasserstein_1d", "scipy wasserstein_distance", line, on_a_line, scipy_on_a_line),
]
