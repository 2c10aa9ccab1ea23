"""Variants of the exercises on KL divergence: softened logits, Rényi's divergence, and blended directions."""

import dataclasses
from functools import partial

import numpy as np
from scipy.special import log_softmax, logsumexp

from lossbook import divergences
from lossbook.exercises import kl_divergence as chapter
from lossbook.exercises.checker import named, of_form
from lossbook.exercises.properties import (
    case,
    has_values,
    leaves_arguments_alone,
    never_negative,
    works_on_arrays,
)
from lossbook.exercises.variants import Variant

_FROM_LOGITS, _DIRICHLETS = chapter.EXERCISES

# ---- 5.2 ---------------------------------------------------------------------------------------------------


def _from_logits(title, reference, hint, mistakes):
    """Return the exercise on logits with another divergence; the hint is on its definition."""
    values = partial(has_values, "divergence", reference, mistakes=mistakes)
    properties = {
        "values": values(chapter.MODERATE, hint),
        "zero for equal distributions": of_form(
            values(chapter.EQUAL, "the same number added to all logits changes no probability.")
        ),
        "right for logits of ten thousand": values(
            # The third one first: in the first, softened or not is all the same.
            [chapter.LARGE[2], *chapter.LARGE],
            "which exponential overflows, and which number may you take away from all logits?",
        ),
        "right where a probability of Q underflows": values(
            chapter.TINY, "of which number that has become 0 do you take the logarithm?"
        ),
        "never negative": never_negative("divergence", chapter.MODERATE + chapter.EQUAL),
        "batches of any shape": works_on_arrays([case((0, 1, -1, 2), (2, 0, -2, 1)), chapter.drawn_logits]),
        "inputs unchanged": leaves_arguments_alone(chapter.MODERATE),
    }
    return dataclasses.replace(_FROM_LOGITS, title=title, properties=named(properties))


_LOGITS_STUB = "def my_kl_from_logits(p_logits, q_logits):\n    raise NotImplementedError"
_STAYS_EXACT = """\
It must be right for logits of ten thousand, where probabilities underflow to 0, and leave its arguments as
they are."""


def _softened_logits(rng):
    """5.2 as distillation uses it: T² KL of softmaxes at temperature T."""
    t = float(rng.choice([1.5, 2.0, 2.5, 3.0, 4.0]))

    def softened(p, q, factor=t**2):
        return factor * divergences.kl_from_logits(p / t, q / t)

    mistakes = {
        "KL at temperature 1": divergences.kl_from_logits,
        "what you get without the factor in front": partial(softened, factor=1.0),
        "what you get with the temperature in front, not its square": partial(softened, factor=t),
        "what you get with the factor and without softening": lambda p, q: (
            t**2 * divergences.kl_from_logits(p, q)
        ),
        "what you get with P and Q exchanged": lambda p, q: softened(q, p),
        "what you get with the logits multiplied by the temperature": lambda p, q: softened(
            t**2 * p, t**2 * q
        ),
    }
    hint = "what does the temperature do to the logits, and what stands before the divergence?"
    return Variant(
        _from_logits("KL from softened logits", softened, hint, mistakes),
        f"""\
To *distill* a large model into a small one, the small one learns the large one's softened probabilities.
With a temperature $T$, $P$ is the softmax of the first logits divided by $T$, and $Q$ that of the second
divided by $T$; the loss is $T^2\\,\\mathrm{{KL}}(P\\Vert Q)$, so that its gradients keep their size. Take
$T = {t:g}$. Write a function that takes two arrays of logits of shape $(\\dots, K)$ and returns this loss
along the last axis, in nats: an array of shape $(\\dots)$. {_STAYS_EXACT}""",
        _LOGITS_STUB,
        f"""\
def my_kl_from_logits(p_logits, q_logits):
    temperature = {t:g}

    def logs(x):
        x = np.asarray(x, dtype=float) / temperature
        x = x - x.max(axis=-1, keepdims=True)
        return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))

    log_p, log_q = logs(p_logits), logs(q_logits)
    return temperature**2 * (np.exp(log_p) * (log_p - log_q)).sum(axis=-1)""",
    )


def _renyi_from_logits(rng):
    """5.2 with Rényi's divergence of some order, of which KL is the limit at 1."""
    order = float(rng.choice([0.25, 0.75, 1.5, 3.0, 4.0]))

    def log_sum(p, q):
        return logsumexp(order * log_softmax(p) + (1 - order) * log_softmax(q))

    def renyi(p, q):
        return log_sum(p, q) / (order - 1)

    mistakes = {
        "KL itself": divergences.kl_from_logits,
        "what you get with P and Q exchanged": lambda p, q: renyi(q, p),
        "what you get without the factor in front": log_sum,
        "what you get with the sign of the factor turned": lambda p, q: -renyi(p, q),
        "what comes out in bits": lambda p, q: renyi(p, q) / np.log(2),
    }
    hint = "which powers do P and Q get, and what stands before the logarithm?"
    return Variant(
        _from_logits("Rényi's divergence from logits", renyi, hint, mistakes),
        f"""\
*Rényi's divergence* of order $\\alpha$ is
$\\frac{{1}}{{\\alpha - 1}}\\log\\sum_i p_i^\\alpha\\, q_i^{{1 - \\alpha}}$; as $\\alpha$ tends to 1 it
becomes $\\mathrm{{KL}}(P\\Vert Q)$. Take $\\alpha = {order:g}$. Write a function that takes two arrays of
logits of shape $(\\dots, K)$ and returns this divergence of their softmaxes along the last axis, in nats: an
array of shape $(\\dots)$. {_STAYS_EXACT}""",
        _LOGITS_STUB,
        f"""\
def my_kl_from_logits(p_logits, q_logits):
    order = {order:g}

    def log_sum_exp(x):
        highest = x.max(axis=-1, keepdims=True)
        return highest + np.log(np.exp(x - highest).sum(axis=-1, keepdims=True))

    p, q = (np.asarray(x, dtype=float) for x in (p_logits, q_logits))
    log_p, log_q = p - log_sum_exp(p), q - log_sum_exp(q)
    return log_sum_exp(order * log_p + (1 - order) * log_q)[..., 0] / (order - 1)""",
    )


# ---- 5.3 ---------------------------------------------------------------------------------------------------


def _two_dirichlets(title, reference, hint, mistakes):
    """Return the exercise on two Dirichlet distributions with another divergence."""
    values = partial(has_values, "divergence", reference, mistakes=mistakes, relative=1e-6, absolute=1e-8)
    properties = {
        "values for two outcomes": values(chapter.BETA, hint),
        "values for three outcomes": values(chapter.DIRICHLET, hint),
        "zero for equal parameters": of_form(
            values(chapter.SAME, "a distribution does not diverge from itself.")
        ),
        "equal means, other sums": values(
            chapter.SUMS, "do the sums of the parameters, which say how sharp the distributions are, enter?"
        ),
        "right for thousands": values(
            chapter.PEAKED, "which function overflows, and which logarithm does not?"
        ),
        "batches of any shape": works_on_arrays([case((2, 3, 1), (1, 1, 2)), chapter.drawn_parameters]),
        "inputs unchanged": leaves_arguments_alone(chapter.DIRICHLET),
    }
    return dataclasses.replace(_DIRICHLETS, title=title, properties=named(properties))


_DIRICHLET_STUB = "def my_dirichlet_kl(a, b):\n    raise NotImplementedError"
_DENSITY = """\
A Dirichlet distribution is a distribution over probability vectors, with the density
$\\frac{1}{B(a)}\\prod_i x_i^{a_i - 1}$ for positive parameters $a$, where
$\\log B(a) = \\sum_i\\log\\Gamma(a_i) - \\log\\Gamma(\\sum_i a_i)$"""
_SHAPES = """\
The parameters have shape $(\\dots, K)$, one Dirichlet along the last axis, and the result has shape
$(\\dots)$. Leave the arguments as they are."""


def _blended_dirichlets(rng):
    """5.3 with both directions, of which one weighs more."""
    weight = float(rng.choice([0.2, 0.25, 0.3, 0.7, 0.75, 0.8]))

    def blend(a, b, share=weight):
        return share * chapter.dirichlet_kl(a, b) + (1 - share) * chapter.dirichlet_kl(b, a)

    mistakes = {
        "KL from P to Q alone": chapter.dirichlet_kl,
        "KL from Q to P alone": lambda a, b: chapter.dirichlet_kl(b, a),
        "what you get with the two weights exchanged": partial(blend, share=1 - weight),
        "the mean of the two directions": partial(blend, share=0.5),
        "what you get without the digamma of the sum": lambda a, b: (
            weight * chapter.dirichlet_kl(a, b, total=False)
            + (1 - weight) * chapter.dirichlet_kl(b, a, total=False)
        ),
    }
    hint = "under which distribution is each mean, and which direction weighs how much?"
    return Variant(
        _two_dirichlets("Two Dirichlet distributions, both directions", blend, hint, mistakes),
        f"""\
{_DENSITY}. Under it $\\mathbb E[\\log x_i] = \\psi(a_i) - \\psi(\\sum_j a_j)$, with ψ the digamma function
(`scipy.special.digamma`, and `gammaln` is $\\log\\Gamma$). Let $P$ and $Q$ be the Dirichlets with parameters
$a$ and $b$. Write
${weight:g}\\,\\mathrm{{KL}}(P\\Vert Q) + {1 - weight:g}\\,\\mathrm{{KL}}(Q\\Vert P)$, in nats. {_SHAPES}""",
        _DIRICHLET_STUB,
        f"""\
from scipy.special import digamma, gammaln


def my_dirichlet_kl(a, b):
    def kl(a, b):
        log_b = [gammaln(c).sum(axis=-1) - gammaln(c.sum(axis=-1)) for c in (a, b)]
        mean_log = digamma(a) - digamma(a.sum(axis=-1, keepdims=True))
        return log_b[1] - log_b[0] + ((a - b) * mean_log).sum(axis=-1)

    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return {weight:g} * kl(a, b) + {1 - weight:g} * kl(b, a)""",
    )


def _renyi_of_dirichlets(rng):
    """5.3 with Rényi's divergence, whose closed form needs no digamma."""
    order = float(rng.choice([0.2, 0.25, 0.3, 0.7, 0.75, 0.8]))

    def log_integral(a, b):
        mixed = chapter.log_beta(order * a + (1 - order) * b)
        return mixed - order * chapter.log_beta(a) - (1 - order) * chapter.log_beta(b)

    def renyi(a, b):
        return log_integral(a, b) / (order - 1)

    mistakes = {
        "KL itself": chapter.dirichlet_kl,
        "what you get with a and b exchanged": lambda a, b: renyi(b, a),
        "the logarithm of the integral, without the factor in front": log_integral,
        "what you get with the sign of the factor turned": lambda a, b: -renyi(a, b),
        "what you get without the two normalizing constants": lambda a, b: (
            chapter.log_beta(order * a + (1 - order) * b) / (order - 1)
        ),
    }
    hint = "which Dirichlet's density is the integrand, up to its constant, and which constants are left?"
    return Variant(
        _two_dirichlets("Rényi's divergence of two Dirichlets", renyi, hint, mistakes),
        f"""\
{_DENSITY} (`scipy.special.gammaln` is $\\log\\Gamma$). *Rényi's divergence* of order $\\alpha$ from a density
$p$ to another, $q$, is
$\\frac{{1}}{{\\alpha - 1}}\\log\\int p(x)^\\alpha\\, q(x)^{{1 - \\alpha}}\\,\\mathrm dx$; as $\\alpha$
tends to 1 it becomes KL. Take $\\alpha = {order:g}$, and write it in closed form from the Dirichlet with
parameters $a$ to that with parameters $b$, in nats. {_SHAPES}""",
        _DIRICHLET_STUB,
        f"""\
from scipy.special import gammaln


def my_dirichlet_kl(a, b):
    def log_beta(c):
        return gammaln(c).sum(axis=-1) - gammaln(c.sum(axis=-1))

    order, a, b = {order:g}, np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    mixed = log_beta(order * a + (1 - order) * b)
    return (mixed - order * log_beta(a) - (1 - order) * log_beta(b)) / (order - 1)""",
    )


VARIANTS = {
    "5.2": (_softened_logits, _renyi_from_logits),
    "5.3": (_blended_dirichlets, _renyi_of_dirichlets),
}
