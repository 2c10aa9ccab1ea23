"""Exercises of the chapter on the Jensen–Shannon divergence: JS with zeros, and Wasserstein-1 on a line."""

from functools import partial

import numpy as np

from lossbook import divergences
from lossbook.exercises.checker import Exercise, named, of_form, shown
from lossbook.exercises.properties import (
    case,
    consistent,
    each_case,
    has_values,
    leaves_arguments_alone,
    works_on_arrays,
)

# ---- 6.2 ---------------------------------------------------------------------------------------------------


def _drawn_pairs(rng):
    """Return pairs of distributions, rounded, so that a report shows the very numbers that were sent."""
    heads = ((rng.multinomial(18, [0.25, 0.4, 0.35], size=(6, 2)) + 1)[..., :2] / 21).round(2)
    return [case(*((a, b, round(1 - a - b, 2)) for a, b in pair)) for pair in heads.tolist()]


def _with_zeros(rng):
    """Return pairs of four classes, of which each lacks one, and perhaps the same."""
    for _ in range(4):
        pair = np.zeros((2, 4))
        for shares in pair:
            shares[np.arange(4) != rng.integers(4)] = (rng.multinomial(17, [0.3, 0.4, 0.3]) + 1) / 20
        yield case(*pair)


def _without_a_common_class(rng):
    for _ in range(3):
        share, places = round(rng.uniform(0.1, 0.9), 2), rng.permutation(3)
        yield case(np.array([share, round(1 - share, 2), 0])[places], np.array([0.0, 0, 1])[places])


def _near(rng):
    for _ in range(3):
        q = (rng.multinomial(17, [0.3, 0.4, 0.3]) + 1) / 20
        step = rng.permutation([1, 0, -1]) * rng.integers(1, 9) * 1e-7
        yield case((q + step).round(7), q)


POSITIVE = [case((0.9, 0.1), (0.6, 0.4)), case((0.2, 0.5, 0.3), (0.6, 0.1, 0.3)), _drawn_pairs]
ZEROS = [
    case((1.0, 0.0), (0.5, 0.5)),
    case((0.2, 0.0, 0.8), (0.0, 0.5, 0.5)),
    case((0.7, 0.3, 0.0), (0.2, 0.8, 0.0)),
    _with_zeros,
]
DISJOINT = [
    case((1.0, 0.0), (0.0, 1.0)),
    case((0.25, 0.75, 0.0), (0.0, 0.0, 1.0)),
    _without_a_common_class,
]
EQUAL = [case((0.5, 0.5), (0.5, 0.5)), case((0.3, 0.0, 0.7), (0.3, 0.0, 0.7))]
NEAR = [
    case((0.5000001, 0.4999999), (0.5, 0.5)),
    case((0.2000003, 0.2999999, 0.4999998), (0.2, 0.3, 0.5)),
    _near,
]
BATCH = [case((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), case((0.1, 0.2, 0.7), (0.4, 0.4, 0.2)), _drawn_pairs]

_is_js = partial(
    has_values,
    "divergence",
    divergences.js,
    mistakes={
        "what comes out in bits": partial(divergences.js, base=2),
        "the root of what is asked for": divergences.js_distance,
        "what you get without the factor ½": lambda p, q: 2 * divergences.js(p, q),
        "half of what is asked for": lambda p, q: divergences.js(p, q) / 2,
        "KL from p to q": divergences.kl,
        "the mean of the two KL between p and q": lambda p, q: (
            (divergences.kl(p, q) + divergences.kl(q, p)) / 2
        ),
    },
)

_JS = {
    "values where nothing is zero": _is_js(
        POSITIVE, "from where to where do the two KL lead, and what is done with their sum?"
    ),
    "classes that one of them lacks, or both": _is_js(
        ZEROS, "what should a class contribute to a KL whose first distribution cannot draw it?"
    ),
    "without a class in common": _is_js(
        DISJOINT, "how much does a draw tell about a coin when it gives the coin away?"
    ),
    "zero for equals": of_form(_is_js(EQUAL, "what does a draw tell when both would have made it alike?")),
    "digits where p and q nearly coincide": _is_js(
        NEAR,
        "of which number near 1 do you take the logarithm, and what has its rounding cost?",
        relative=1e-4,
        absolute=0,
    ),
    "batches of any shape": works_on_arrays(BATCH),
    "inputs unchanged": leaves_arguments_alone(POSITIVE),
}

# ---- 6.3 ---------------------------------------------------------------------------------------------------

_PLACES = (0.0, 1.0, 4.0)


def _drawn_heaps(rng):
    for (p, q), places in zip(
        rng.multinomial(20, [0.25] * 4, size=(5, 2)) / 20, rng.integers(1, 9, size=(5, 4)), strict=True
    ):
        yield case(p, q, np.cumsum(places).astype(float) - 10)


def _heaps_one_way(rng):
    """Return heaps of which, over each gap, earth goes to the right, and then all to the left."""
    sums = (rng.integers(1, 20, size=(4, 2, 3)) / 20).cumsum(axis=-1) / 3
    for upper, lower in np.sort(sums.round(2), axis=1)[:, ::-1]:
        p, q = (np.diff(heap, prepend=0, append=1).round(2) for heap in (upper, lower))
        places = np.cumsum(rng.integers(1, 9, size=4)).astype(float) - 10
        yield case(*((p, q) if rng.integers(2) else (q, p)), places)


ONE_WAY = [
    case((1.0, 0.0, 0.0), (0.0, 0.0, 1.0), _PLACES),
    case((0.5, 0.5, 0.0), (0.0, 0.5, 0.5), _PLACES),
    case((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (-2.0, 0.5, 3.0)),
    _heaps_one_way,
]
BOTH_WAYS = [
    case((0.4, 0.1, 0.1, 0.4), (0.1, 0.5, 0.3, 0.1), (0.0, 1.0, 2.5, 6.0)),
    _drawn_heaps,
]
HOME = [case((0.25, 0.5, 0.25), (0.25, 0.5, 0.25), _PLACES)]
HEAPS = [
    case((1.0, 0.0, 0.0), (0.0, 0.0, 1.0), _PLACES),
    case((0.5, 0.0, 0.5), (0.0, 1.0, 0.0), (-3.0, 1.0, 2.0)),
    case((0.2, 0.3, 0.5), (0.6, 0.3, 0.1), (0.5, 1.5, 9.0)),
]


def _work(p, q, places):
    return divergences.wasserstein_1d(p, q, support=places)


def _areas_without_gaps(p, q, places):
    return _work(p, q, np.arange(float(len(places))))


_is_work = partial(
    has_values,
    "work",
    _work,
    mistakes={
        "what you get with every gap taken for 1": _areas_without_gaps,
        "the distance of the two means": lambda p, q, places: abs((p - q) @ places),
        "the total variation distance": lambda p, q, places: divergences.total_variation_distance(p, q),
        "what you get with the sign left in": lambda p, q, places: (q - p) @ places,
    },
)


def follows_units(ask, answer, p, q, places):
    """Raise NotYet if the work is not ten times as large for places ten times as far apart."""
    here = answer.number("work")
    there = ask(p, q, 10 * places).number("work")
    if not consistent(there, 10 * here):
        raise answer.not_yet(
            f"your work is {shown(here)}, and with places ten times as far apart it is {shown(there)}: "
            "which unit does work have?"
        )


_W1 = {
    "all the earth goes one way": _is_work(
        ONE_WAY, "how much earth crosses each gap, and how wide is the gap?"
    ),
    "earth goes both ways": _is_work(
        BOTH_WAYS, "is earth that goes left carried for free, or does it pay for what goes right?"
    ),
    "nothing to carry, no work": of_form(_is_work(HOME, "what has to be carried here?")),
    "work has the unit of the places": of_form(each_case(ONE_WAY + BOTH_WAYS, follows_units)),
    "batches of any shape": works_on_arrays(HEAPS),
    "inputs unchanged": leaves_arguments_alone(BOTH_WAYS),
}

_NOUN = "js_divergence"

EXERCISES = (
    Exercise(
        "6.2",
        "JS with zeros, and near equality",
        _NOUN,
        ("p", "q"),
        ("divergence",),
        named(_JS),
        given="from scipy import special",
    ),
    Exercise("6.3", "Carry the earth", _NOUN, ("p", "q", "places"), ("work",), named(_W1)),
)
