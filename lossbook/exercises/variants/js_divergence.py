"""Variants of the exercises on JS: an unfair coin, one side alone, an incline, and Cramér's distance."""

import dataclasses
from functools import partial

import numpy as np
from scipy.special import xlog1py

from lossbook import divergences
from lossbook.exercises import js_divergence as chapter
from lossbook.exercises.checker import named, of_form, shown
from lossbook.exercises.properties import (
    case,
    consistent,
    each_case,
    has_values,
    leaves_arguments_alone,
    works_on_arrays,
)
from lossbook.exercises.variants import Variant

_JS, _W1 = chapter.EXERCISES

# ---- 6.2 ---------------------------------------------------------------------------------------------------


def _to_mixture(p, q, share):
    """Return KL from p to share p + (1 − share) q, exact also where they nearly coincide."""
    mixture = share * p + (1 - share) * q
    gap = np.divide((1 - share) * (p - q), mixture, out=np.zeros_like(mixture), where=mixture > 0)
    return xlog1py(p, gap).sum()


# A power of 2, so that near distributions have the same sum to the last digit: KL would show a difference.
_STEP = 2.0**-23


def _near(rng):
    for _ in range(3):
        q = (rng.multinomial(17, [0.3, 0.4, 0.3]) + 1) / 20
        yield case(q + rng.permutation([1, 0, -1]) * rng.integers(1, 9) * _STEP, q)


_NEAR = [
    case((0.3 + _STEP, 0.7 - _STEP), (0.3, 0.7)),
    case((0.2 - 2 * _STEP, 0.3 + 3 * _STEP, 0.5 - _STEP), (0.2, 0.3, 0.5)),
    _near,
]


def _to_a_mixture(title, reference, hint, disjoint, mistakes):
    """Return the exercise on JS with another divergence, and hints on its parts and on disjoint pairs."""
    values = partial(has_values, "divergence", reference, mistakes=mistakes)
    properties = {
        "values where nothing is zero": values(chapter.POSITIVE, hint),
        "classes that one of them lacks, or both": values(
            chapter.ZEROS, "what should a class contribute to a KL whose first distribution cannot draw it?"
        ),
        "without a class in common": values(chapter.DISJOINT, disjoint),
        "zero for equals": of_form(
            values(chapter.EQUAL, "what does a draw tell when both would have made it alike?")
        ),
        "digits where p and q nearly coincide": values(
            _NEAR,
            "of which number near 1 do you take the logarithm, and what has its rounding cost?",
            relative=1e-4,
            absolute=0,
        ),
        "batches of any shape": works_on_arrays(chapter.BATCH),
        "inputs unchanged": leaves_arguments_alone(chapter.POSITIVE),
    }
    return dataclasses.replace(_JS, title=title, properties=named(properties))


_JS_STUB = "def my_js(p, q):\n    raise NotImplementedError"
_WITH_ZEROS = """\
Write it for arrays of shape $(\\dots, K)$, one number a pair of vectors. Classes may have probability 0 in
one or in both. And if $p$ and $q$ differ in the seventh digit only, four digits of the result should be
right: $p_i/m_i$ is then so near to 1 that its rounding spoils the logarithm. Hint: write $p - m$ as a
multiple of $p - q$, and use `np.log1p`. Leave the arguments as they are."""


def _unfair_coin(rng):
    """6.2 with a coin that is not fair: JS of two sources with weights."""
    weight = float(rng.choice([0.2, 0.25, 0.3, 0.7, 0.75, 0.8]))

    def blend(p, q, ours=weight, share=weight):
        return ours * _to_mixture(p, q, share) + (1 - ours) * _to_mixture(q, p, 1 - share)

    mistakes = {
        "JS of a fair coin": divergences.js,
        "what you get with the two weights exchanged": partial(blend, ours=1 - weight, share=1 - weight),
        "what you get with a mixture of equal parts": partial(blend, share=0.5),
        "what you get with the weights in the mixture alone": partial(blend, ours=0.5),
        "what comes out in bits": lambda p, q: blend(p, q) / np.log(2),
    }
    return Variant(
        _to_a_mixture(
            "JS of an unfair coin",
            blend,
            "with which weights are the two mixed, and with which are the two KL added?",
            "how much does a draw tell about an unfair coin when it gives the coin away?",
            mistakes,
        ),
        f"""\
A coin shows heads with probability {weight:g}. After heads a draw is made from $P$, after tails from $Q$, so
it comes from the mixture $M = {weight:g}\\,P + {1 - weight:g}\\,Q$. In nats, it tells about the coin
${weight:g}\\,\\mathrm{{KL}}(P\\Vert M) + {1 - weight:g}\\,\\mathrm{{KL}}(Q\\Vert M)$. {_WITH_ZEROS}""",
        _JS_STUB,
        f"""\
def my_js(p, q):
    w, p, q = {weight:g}, np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    mixture = w * p + (1 - w) * q

    def kl_to_mixture(x, gap):
        ratio = np.divide(gap, mixture, out=np.zeros(mixture.shape), where=mixture > 0)
        return (x * np.log1p(np.where(x > 0, ratio, 0))).sum(axis=-1)

    return w * kl_to_mixture(p, (1 - w) * (p - q)) + (1 - w) * kl_to_mixture(q, w * (q - p))""",
    )


def _one_side(rng):
    """6.2 with one KL alone: the skew divergence, KL from P to a mixture of both."""
    share = float(rng.choice([0.1, 0.2, 0.3, 0.6, 0.7]))

    def skew(p, q, share=share):
        return _to_mixture(p, q, share)

    mistakes = {
        "JS": divergences.js,
        "KL from p to q": divergences.kl,
        "what you get with p and q exchanged": lambda p, q: skew(q, p),
        "what you get with the two shares exchanged": partial(skew, share=1 - share),
        "what you get with a mixture of equal parts": partial(skew, share=0.5),
        "what comes out in bits": lambda p, q: skew(p, q) / np.log(2),
    }
    return Variant(
        _to_a_mixture(
            "The skew divergence",
            skew,
            "which of the two weighs the logarithms, and how are they mixed?",
            "how much more likely is a draw of P under P itself than under the mixture?",
            mistakes,
        ),
        f"""\
KL from $P$ to $Q$ is infinite as soon as $Q$ lacks a class of $P$. The *skew divergence* is
$\\mathrm{{KL}}(P\\Vert M)$ instead, with the mixture $M = {share:g}\\,P + {1 - share:g}\\,Q$, and always
finite. Take it in nats. {_WITH_ZEROS}""",
        _JS_STUB,
        f"""\
def my_js(p, q):
    share, p, q = {share:g}, np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    mixture = share * p + (1 - share) * q
    gap = np.divide((1 - share) * (p - q), mixture, out=np.zeros(mixture.shape), where=mixture > 0)
    return (p * np.log1p(np.where(p > 0, gap, 0))).sum(axis=-1)""",
    )


# ---- 6.3 ---------------------------------------------------------------------------------------------------


def _excess(p, q):
    """Return how much more earth P has than Q left of each gap."""
    return np.cumsum(p - q)[:-1]


def _on_an_incline(rng):
    """6.3 where the two ways have different prices."""
    prices = [(1.0, 2.0), (1.0, 3.0), (2.0, 1.0), (3.0, 1.0), (0.5, 1.5)]
    right, left = prices[rng.integers(len(prices))]

    def work(p, q, places, right=right, left=left):
        excess = _excess(p, q)
        return np.maximum(excess, 0) * right @ np.diff(places) - np.minimum(excess, 0) * left @ np.diff(
            places
        )

    mistakes = {
        "W₁, where both ways cost 1": partial(work, right=1.0, left=1.0),
        "what you get with the two prices exchanged": partial(work, right=left, left=right),
        "what you get with every gap taken for 1": lambda p, q, places: work(p, q, np.arange(len(places))),
        "what one price for the distance of the means gives": lambda p, q, places: max(
            right * (q - p) @ places, left * (p - q) @ places
        ),
    }
    values = partial(has_values, "work", work, mistakes=mistakes)
    properties = {
        "all the earth goes one way": values(
            [chapter.ONE_WAY[2], *chapter.ONE_WAY], "which way does it go, and at which price?"
        ),
        "earth goes both ways": values(
            chapter.BOTH_WAYS, "how much crosses each gap, which way, and at which price?"
        ),
        "nothing to carry, no work": of_form(values(chapter.HOME, "what has to be carried here?")),
        "work has the unit of the places": of_form(
            each_case(chapter.ONE_WAY + chapter.BOTH_WAYS, chapter.follows_units)
        ),
        "batches of any shape": works_on_arrays(chapter.HEAPS),
        "inputs unchanged": leaves_arguments_alone(chapter.BOTH_WAYS),
    }
    return Variant(
        dataclasses.replace(_W1, title="Carry the earth on an incline", properties=named(properties)),
        f"""\
Earth lies in heaps on a line that slopes: to carry all of it one meter to the right costs {right:g},
to the left {left:g}. Write the least cost of turning the distribution $P$ into $Q$. All three arrays have
shape $(\\dots, K)$: `p` and `q` hold the shares of the earth, and `places`, in meters, increases along the
last axis, with unequal gaps. The result has shape $(\\dots)$. Leave the arguments as they are.""",
        "def my_w1(p, q, places):\n    raise NotImplementedError",
        f"""\
def my_w1(p, q, places):
    excess = np.cumsum(p - q, axis=-1)[..., :-1]
    price = np.where(excess > 0, {right:g}, {left:g})
    return (np.abs(excess) * price * np.diff(places, axis=-1)).sum(axis=-1)""",
    )


def _between_distribution_functions(rng):
    """6.3 with another power: for 2 it is Cramér's distance."""
    power = float(rng.choice([1.5, 2.0, 2.5, 3.0, 4.0]))

    def total(p, q, places, power=power):
        return np.abs(_excess(p, q)) ** power @ np.diff(places)

    def distance(p, q, places):
        return total(p, q, places) ** (1 / power)

    def follows_units(ask, answer, p, q, places):
        here, there = (a.number("distance") for a in (answer, ask(p, q, 10 * places)))
        if not consistent(there, 10 ** (1 / power) * here):
            says = (
                f"your distance is {shown(here)}, and with places ten times as far apart it is {shown(there)}"
            )
            raise answer.not_yet(f"{says}: how often is a gap's width in, and what does the root make of it?")

    mistakes = {
        "W₁": partial(total, power=1.0),
        "what you get without the root": total,
        "what you get with every gap taken for 1": lambda p, q, places: distance(
            p, q, np.arange(len(places))
        ),
        "what you get with the widths of the gaps raised to the power, too": lambda p, q, places: (
            ((np.abs(_excess(p, q)) * np.diff(places)) ** power).sum() ** (1 / power)
        ),
        "what shares in the place of cumulative shares give": lambda p, q, places: (
            (np.abs(p - q) ** power).sum() ** (1 / power)
        ),
    }
    values = partial(has_values, "distance", distance, mistakes=mistakes)
    properties = {
        "all the earth on one side": values(
            chapter.ONE_WAY, "how far apart are the two functions in each gap, and how wide is the gap?"
        ),
        "functions that cross": values(
            chapter.BOTH_WAYS, "does it matter which of the two functions is the higher one?"
        ),
        "zero for equals": of_form(values(chapter.HOME, "how far apart are the two functions here?")),
        "wider gaps count for more": of_form(each_case(chapter.ONE_WAY + chapter.BOTH_WAYS, follows_units)),
        "batches of any shape": works_on_arrays(chapter.HEAPS),
        "inputs unchanged": leaves_arguments_alone(chapter.BOTH_WAYS),
    }
    return Variant(
        dataclasses.replace(
            _W1,
            title="Between two distribution functions",
            outputs=("distance",),
            properties=named(properties),
        ),
        f"""\
W₁ on a line is the area between the two distribution functions $F$ and $G$, the shares up to each place.
Raise the difference to a power: with $r = {power:g}$, write
$\\left(\\int \\lvert F(x) - G(x)\\rvert^r\\,\\mathrm dx\\right)^{{1/r}}$ for two distributions over places
on a line. All three arrays have shape $(\\dots, K)$: `p` and `q` hold the probabilities, and
`places` increases along the last axis, with unequal gaps. The result has shape $(\\dots)$.
Leave the arguments as they are.""",
        "def my_w1(p, q, places):\n    raise NotImplementedError",
        f"""\
def my_w1(p, q, places):
    apart = np.abs(np.cumsum(p - q, axis=-1))[..., :-1]
    return (apart**{power:g} * np.diff(places, axis=-1)).sum(axis=-1) ** (1 / {power:g})""",
    )


VARIANTS = {
    "6.2": (_unfair_coin, _one_side),
    "6.3": (_on_an_incline, _between_distribution_functions),
}
