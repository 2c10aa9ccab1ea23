"""Exercises of the chapter on KL divergence: from logits, and between two Dirichlet distributions."""

from functools import partial

import numpy as np
from scipy.special import digamma, gammaln

from lossbook import divergences
from lossbook.exercises.checker import Exercise, named, of_form
from lossbook.exercises.properties import (
    case,
    has_values,
    leaves_arguments_alone,
    never_negative,
    works_on_arrays,
)

# ---- 5.2 ---------------------------------------------------------------------------------------------------


def drawn_logits(rng):
    """Return pairs of logits, rounded, so that a report shows the very numbers that were sent."""
    return [case(*rng.normal(0, 2, (2, 4)).round(1)) for _ in range(5)]


MODERATE = [case((0, 1, -1), (2, 0, -2)), case((1, 1, 1), (0, 3, 0)), drawn_logits]
EQUAL = [case((1, -2, 0.5), (1, -2, 0.5)), case((1, -2, 0.5), (11, 8, 10.5))]


def _large(rng):
    """Return logits around ±10 000 that are near each other, and some of P alone that are not."""
    for middle in (1e4, -1e4):
        yield case(*(middle + rng.normal(0, 2, (2, 3))).round(1))
    yield case(rng.uniform(-2e4, 2e4, 3).round(), rng.normal(0, 2, 3).round(1))


def _underflowing(rng):
    """Return logits of which Q's have one far below the others."""
    for _ in range(3):
        p, q = rng.normal(0, 2, (2, 4)).round(1)
        q[rng.integers(4)] = -round(rng.uniform(2e3, 2e4))
        yield case(p, q)


LARGE = [
    case((1e4, 0, -1e4), (0, 0, 0)),
    case((-1e4, -1e4 + 1, -1e4), (-1e4, -1e4, -1e4 + 2)),
    case((1e4, 1e4 - 1, 0), (1e4, 1e4 + 1, 0)),
    _large,
]
TINY = [case((0, 0, 0), (0, -1e4, 1)), case((5e3, 0), (-5e3, 0)), _underflowing]


def _softmaxes(p_logits, q_logits):
    return [np.exp(x - x.max()) / np.exp(x - x.max()).sum() for x in (p_logits, q_logits)]


def _cross_entropy(p_logits, q_logits):
    p, _ = _softmaxes(p_logits, q_logits)
    return divergences.kl_from_logits(p_logits, q_logits) + divergences.entropy(p)


_logit_kl_is = partial(
    has_values,
    "divergence",
    divergences.kl_from_logits,
    mistakes={
        "what you get with P and Q exchanged": lambda p, q: divergences.kl_from_logits(q, p),
        "what you get with the sign left out": lambda p, q: -divergences.kl_from_logits(p, q),
        "what comes out in bits": lambda p, q: divergences.kl_from_logits(p, q) / np.log(2),
        "the cross-entropy, which has P's entropy in it": _cross_entropy,
        "what you get with the logits not normalized": lambda p, q: _softmaxes(p, q)[0] @ (np.asarray(p) - q),
    },
)

_FROM_LOGITS = {
    "values": _logit_kl_is(MODERATE, "whose probabilities weigh, and whose logarithms are compared?"),
    "zero for equal distributions": of_form(
        _logit_kl_is(EQUAL, "the same number added to all logits changes no probability.")
    ),
    "right for logits of ten thousand": _logit_kl_is(
        LARGE, "which exponential overflows, and which number may you take away from all logits?"
    ),
    "right where a probability of Q underflows": _logit_kl_is(
        TINY, "of which number that has become 0 do you take the logarithm?"
    ),
    "never negative": never_negative("divergence", MODERATE + EQUAL),
    "batches of any shape": works_on_arrays([case((0, 1, -1, 2), (2, 0, -2, 1)), drawn_logits]),
    "inputs unchanged": leaves_arguments_alone(MODERATE),
}

# ---- 5.3 ---------------------------------------------------------------------------------------------------


def drawn_parameters(rng, outcomes=3):
    """Return pairs of parameters, rounded likewise."""
    return [case(*rng.uniform(0.2, 6, (2, outcomes)).round(1)) for _ in range(5)]


def _other_sums(rng):
    for _ in range(3):
        mean, factors = rng.integers(1, 6, 3), rng.permutation([0.5, 1, 2, 5, 10])
        yield case(*(factor * mean for factor in factors[:2]))


def _thousands(rng):
    for parameters in rng.integers(1000, 6000, (3, 3)).astype(float):
        yield case(parameters, np.roll(parameters, 1))


BETA = [case((2.0, 3.0), (1.0, 1.0)), case((0.5, 0.5), (4.0, 1.0)), partial(drawn_parameters, outcomes=2)]
DIRICHLET = [case((2.0, 3.0, 0.7), (1.0, 1.5, 2.0)), case((5.0, 1.0, 1.0), (1.0, 2.0, 9.0))]
DIRICHLET += [drawn_parameters]
SAME = [case((2.0, 3.0, 0.7), (2.0, 3.0, 0.7)), case((1.0, 1.0), (1.0, 1.0))]
SUMS = [case((2.0, 2.0, 2.0), (20.0, 20.0, 20.0)), case((30.0, 10.0, 20.0), (3.0, 1.0, 2.0)), _other_sums]
PEAKED = [case((4000.0, 2000.0, 3000.0), (3000.0, 3000.0, 3000.0)), _thousands]


def log_beta(a):
    """Return log B of parameters of shape (K,): B divides a Dirichlet's density."""
    return gammaln(a).sum() - gammaln(a.sum())


def dirichlet_kl(a, b, *, total=True):
    """Return KL from one Dirichlet to another, in nats; without `total`, by a mean that lacks a term."""
    mean_log = digamma(a) - (digamma(a.sum()) if total else 0)
    return log_beta(b) - log_beta(a) + (a - b) @ mean_log


_dirichlet_kl_is = partial(
    has_values,
    "divergence",
    dirichlet_kl,
    mistakes={
        "what you get with a and b exchanged": lambda a, b: dirichlet_kl(b, a),
        "what you get with the sign left out": lambda a, b: -dirichlet_kl(a, b),
        "what you get without the two normalizing constants": lambda a, b: (
            (a - b) @ (digamma(a) - digamma(a.sum()))
        ),
        "what you get without the digamma of the sum": partial(dirichlet_kl, total=False),
    },
    relative=1e-6,
    absolute=1e-8,
)

_DIRICHLETS = {
    "values for two outcomes": _dirichlet_kl_is(
        BETA, "which constants stand before the densities, and under which distribution is the mean?"
    ),
    "values for three outcomes": _dirichlet_kl_is(
        DIRICHLET, "which constants stand before the densities, and under which distribution is the mean?"
    ),
    "zero for equal parameters": of_form(
        _dirichlet_kl_is(SAME, "a distribution does not diverge from itself.")
    ),
    "equal means, other sums": _dirichlet_kl_is(
        SUMS, "do the sums of the parameters, which say how sharp the distributions are, enter?"
    ),
    "right for thousands": _dirichlet_kl_is(
        PEAKED, "which function overflows, and which logarithm does not?"
    ),
    "batches of any shape": works_on_arrays([case((2, 3, 1), (1, 1, 2)), drawn_parameters]),
    "inputs unchanged": leaves_arguments_alone(DIRICHLET),
}

EXERCISES = (
    Exercise(
        "5.2",
        "KL from logits",
        "kl_divergence",
        ("p_logits", "q_logits"),
        ("divergence",),
        named(_FROM_LOGITS),
    ),
    Exercise(
        "5.3",
        "Two Dirichlet distributions",
        "kl_divergence",
        ("a", "b"),
        ("divergence",),
        named(_DIRICHLETS),
        given="from scipy import special",
    ),
)
