"""Variants of the exercises on cosine similarity: ratings and angles, margins and both ways of InfoNCE."""

from dataclasses import replace
from functools import partial

import numpy as np

from lossbook import embeddings
from lossbook.exercises import cosine_similarity as chapter
from lossbook.exercises.checker import named, of_form
from lossbook.exercises.properties import (
    case,
    each_case,
    has_values,
    leaves_arguments_alone,
    never_negative,
    works_on_arrays,
)
from lossbook.exercises.variants import Variant

_COSINE, _INFO_NCE = chapter.EXERCISES

# ---- 12.2 --------------------------------------------------------------------------------------------------

_COSINE_STUB = "def my_cosine(a, b):\n    raise NotImplementedError"
_BATCH = [case((0, 1, -1, 2), (2, 0, -2, 1)), chapter.drawn_pairs]
_DIRECTION = """\
    def direction(x):
        top = np.abs(x).max(axis=-1, keepdims=True)
        x = x / np.where(top == 0, 1, top)
        length = np.sqrt((x * x).sum(axis=-1, keepdims=True))
        return x / np.where(length == 0, 1, length)

"""


def _cosine(a, b):
    tops = np.abs(a).max(), np.abs(b).max()
    if not all(tops):
        return 0.0
    a, b = a / tops[0], b / tops[1]
    return np.clip(a @ b / np.sqrt((a @ a) * (b @ b)), -1, 1)


def _of_ratings(rng):
    """12.2 for ratings, from which the middle of their scale is taken off."""
    low, high = [(0, 5), (1, 5), (1, 7), (0, 10), (1, 10)][rng.integers(5)]
    middle = (low + high) / 2

    def cosine(a, b):
        return _cosine(a - middle, b - middle)

    def parallel(rng):
        return [case(v + middle, k * v + middle) for v in rng.normal(size=(40, 3)) for k in (1.0, -3.7)]

    indifferent = [
        case((middle, middle), (1.0, 2.0)),
        case((1.0, 2.0), (middle, middle)),
        case((middle, middle), (middle, middle)),
    ]
    mistakes = {
        "what you get without taking off the middle": _cosine,
        "what you get if each vector's own mean is taken off": lambda a, b: _cosine(
            a - a.mean(), b - b.mean()
        ),
        "what you get if the middle is taken off the first vector alone": lambda a, b: _cosine(a - middle, b),
        "the dot product": lambda a, b: (a - middle) @ (b - middle),
        "one minus the cosine": lambda a, b: 1 - cosine(a, b),
    }
    values = partial(has_values, "cosine", cosine, mistakes=mistakes)
    properties = {
        "values": values(chapter.PAIRS + chapter.ZERO, "from which point do the two directions start?"),
        "vectors that say nothing": of_form(
            values(indifferent, "what is to come out where nothing is left of a vector?")
        ),
        "huge and tiny elements": values(
            chapter.EXTREME, "what happens to the squares, and which number may you divide a vector by first?"
        ),
        "within −1 and 1": of_form(each_case([parallel], chapter.within_one)),
        "batches of any shape": works_on_arrays(_BATCH),
        "inputs unchanged": leaves_arguments_alone(chapter.PAIRS),
    }
    return Variant(
        replace(_COSINE, title="A cosine of ratings", properties=named(properties)),
        f"""\
Films are rated from {low} to {high}, and {middle:g}, the middle, says nothing. Take the middle off every
rating of two arrays, and write the cosine of what is left, along the last axis. Where nothing is left of
a vector, return 0. Vectors with elements like $10^{{200}}$ or $10^{{-200}}$ must do as well, and no result
may lie outside $[-1, 1]$. Use NumPy alone.""",
        _COSINE_STUB,
        f"""\
def my_cosine(a, b):
{_DIRECTION}    a, b = (direction(np.asarray(x, dtype=float) - {middle:g}) for x in (a, b))
    return np.clip((a * b).sum(axis=-1), -1, 1)""",
    )


#: What a half turn is called and how large it is in each unit.
_UNITS = {
    "degrees": (180.0, "a full turn is 360°"),
    "turns": (0.5, "a full turn is 1"),
    "gons": (200.0, "a full turn is 400 gon"),
    "right angles": (2.0, "a full turn is 4"),
}


def _angle(rng):
    """12.2 for the angle, in some unit."""
    unit = list(_UNITS)[rng.integers(len(_UNITS))]
    half, says = _UNITS[unit]

    def angle(a, b, half=half):
        return half * np.arccos(_cosine(a, b)) / np.pi

    others = {
        f"what comes out in {other}": partial(angle, half=size)
        for other, (size, _) in [*_UNITS.items(), ("radians", (np.pi, ""))]
        if other != unit
    }
    mistakes = {
        "the cosine itself": _cosine,
        "one minus the cosine": lambda a, b: 1 - _cosine(a, b),
        "the angle to a right angle": lambda a, b: half / 2 - angle(a, b),
        **others,
    }
    # Where vectors are parallel a cosine in float64 leaves half of the angle's digits.
    values = partial(has_values, "angle", angle, mistakes=mistakes, absolute=1e-7 * half)
    properties = {
        "values": values(chapter.PAIRS, "which angle has that cosine, and in which unit?"),
        "zero vectors": of_form(
            values(chapter.ZERO, "a vector without direction is to stand at a right angle to all others.")
        ),
        "huge and tiny elements": values(
            chapter.EXTREME, "what happens to the squares, and which number may you divide a vector by first?"
        ),
        "parallel and opposite vectors": values(
            [chapter.parallel], "what may rounding do to a cosine of 1 or −1, and has that number an angle?"
        ),
        "batches of any shape": works_on_arrays(_BATCH),
        "inputs unchanged": leaves_arguments_alone(chapter.PAIRS),
    }
    return Variant(
        replace(
            _COSINE, title="An angle that does not break", outputs=("angle",), properties=named(properties)
        ),
        f"""\
Write the angle between two arrays along the last axis, in {unit}: {says}, and no result lies
beyond half of that. Where a vector is zero, return a right angle. Vectors with elements like
$10^{{200}}$ or $10^{{-200}}$ must do, and no result may be NaN, also for parallel and opposite vectors.
Use NumPy alone.""",
        _COSINE_STUB,
        f"""\
def my_cosine(a, b):
{_DIRECTION}    a, b = (direction(np.asarray(x, dtype=float)) for x in (a, b))
    cosine = np.clip((a * b).sum(axis=-1), -1, 1)
    return {half:g} * np.arccos(cosine) / np.pi""",
    )


# ---- 12.3 --------------------------------------------------------------------------------------------------

_INFO_NCE_STUB = "def my_info_nce(queries, keys, temperature):\n    raise NotImplementedError"
_CROWD = """\
Write it for queries and keys of shape $(n, d)$, one loss for each $i$, as an array of shape $(n,)$. The
chapter's `contrast` overflows; yours must survive a temperature of 0.001. Use NumPy alone."""


# The nearest key is another's, so that also with a margin the largest logit is 1000.
_WRONG_KEY = case([[1.0, 0.0], [0.0, 2.0]], [[1.0, 1.0], [2.0, 0.0]], temperature=0.001)


def _info_nce(queries, keys, temperature):
    return embeddings.info_nce(queries, keys, temperature=temperature)


def _cosines(queries, keys):
    queries, keys = (x / np.sqrt((x**2).sum(axis=1, keepdims=True)) for x in (queries, keys))
    return queries @ keys.T


def _from_logits(logits):
    top = logits.max(axis=1, keepdims=True)
    return np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0] - np.diag(logits)


def _crowd_exercise(title, loss, wrong, *, values, others):
    """Return the exercise for ``loss(queries, keys, temperature)``; `wrong` joins what all may do wrong."""
    wrong |= {
        "the mean over the batch": lambda q, k, temperature: np.full(len(q), loss(q, k, temperature).mean()),
        "what multiplying by the temperature gives": lambda q, k, temperature: loss(q, k, 1 / temperature),
    }
    is_the_loss = partial(has_values, "loss", loss, mistakes=wrong)
    properties = {
        "values at temperature 1": is_the_loss(chapter.CROWDS, values),
        "other temperatures": is_the_loss(chapter.WARM, others),
        "lengths do not count": is_the_loss(chapter.LONG, "what is a cosine when vectors are long or short?"),
        "a temperature of a thousandth": is_the_loss(
            [*chapter.COLD, _WRONG_KEY],
            "which exponential overflows, and which number may you take away from all logits?",
        ),
        "never negative": never_negative("loss", [case([[1.0, 2.0]], [[3.0, 1.0]], temperature=0.5)]),
        "inputs unchanged": leaves_arguments_alone(chapter.CROWDS),
    }
    return replace(_INFO_NCE, title=title, properties=named(properties))


def _with_margin(rng):
    """12.3 with a margin that is taken off the positive's cosine."""
    margin = float(rng.choice([0.1, 0.2, 0.25, 0.35, 0.5]))

    def loss(queries, keys, temperature, margin=margin, products=_cosines):
        found = products(queries, keys)
        return _from_logits((found - margin * np.eye(len(found))) / temperature)

    wrong = {
        "what you get without the margin": _info_nce,
        "what you get with the margin added": partial(loss, margin=-margin),
        "what you get if the margin is not divided by the temperature": lambda q, k, temperature: loss(
            q, k, temperature, margin=margin * temperature
        ),
        "what each key pays that looks for its query": lambda q, k, temperature: loss(k, q, temperature),
        "what dot products give in the place of cosines": partial(loss, products=lambda q, k: q @ k.T),
    }
    exercise = _crowd_exercise(
        "InfoNCE with a margin",
        loss,
        wrong,
        values="which logit does the margin change, in the numerator and in the sum?",
        others="what does the temperature do to the cosines, and to the margin?",
    )
    return Variant(
        exercise,
        f"""\
Let a positive that wins by a hair not be enough: take a margin $m = {margin:g}$ off its cosine, and off no
other,

$$
\\ell_i = -\\log \\frac{{e^{{(\\cos(q_i, k_i) - m)/T}}}}
{{e^{{(\\cos(q_i, k_i) - m)/T}} + \\sum_{{j \\ne i}} e^{{\\cos(q_i, k_j)/T}}}} .
$$

{_CROWD}""",
        _INFO_NCE_STUB,
        f"""\
def my_info_nce(queries, keys, temperature):
    q, k = (x / np.sqrt((x**2).sum(axis=1, keepdims=True)) for x in (queries, keys))
    logits = (q @ k.T - {margin:g} * np.eye(len(q))) / temperature
    logits = logits - logits.max(axis=1, keepdims=True)
    return np.log(np.exp(logits).sum(axis=1)) - np.diag(logits)""",
    )


def _both_ways(rng):
    """12.3 where keys look for queries, too, with some share."""
    share = float(rng.choice([0.25, 0.5, 0.75, 1.0]))

    def loss(queries, keys, temperature, share=share, alone=_info_nce):
        there, back = alone(queries, keys, temperature), alone(keys, queries, temperature)
        return (1 - share) * there + share * back

    def by_dots(queries, keys, temperature):
        return _from_logits(queries @ keys.T / temperature)

    wrong = {
        "what each query pays that looks for its key": _info_nce,
        "what each key pays that looks for its query": partial(loss, share=1.0),
        "what you get with the two shares exchanged": partial(loss, share=1 - share),
        "the sum of the two": lambda q, k, temperature: 2 * loss(q, k, temperature, share=0.5),
        "what dot products give in the place of cosines": partial(loss, alone=by_dots),
    }
    exercise = _crowd_exercise(
        "InfoNCE, both ways",
        loss,
        wrong,
        values="who looks for whom, and over what does each softmax run?",
        others="what does the temperature do to the logits?",
    )
    mixed = f"${1 - share:g}\\,\\ell_i + {share:g}\\,\\ell'_i$" if share < 1 else "$\\ell'_i$ alone"
    return Variant(
        exercise,
        f"""\
Keys may look for queries, too. Let $\\ell_i$ be what query $i$ pays that looks for its key among all, and
$\\ell'_i$ what key $i$ pays that looks for its query among all,

$$
\\ell_i = -\\log \\frac{{e^{{\\cos(q_i, k_i)/T}}}}{{\\sum_j e^{{\\cos(q_i, k_j)/T}}}}, \\qquad
\\ell'_i = -\\log \\frac{{e^{{\\cos(q_i, k_i)/T}}}}{{\\sum_j e^{{\\cos(q_j, k_i)/T}}}} .
$$

The loss is {mixed}.
{_CROWD}""",
        _INFO_NCE_STUB,
        f"""\
def my_info_nce(queries, keys, temperature):
    q, k = (x / np.sqrt((x**2).sum(axis=1, keepdims=True)) for x in (queries, keys))

    def looking(logits):
        logits = logits - logits.max(axis=1, keepdims=True)
        return np.log(np.exp(logits).sum(axis=1)) - np.diag(logits)

    logits = q @ k.T / temperature
    return {1 - share:g} * looking(logits) + {share:g} * looking(logits.T)""",
    )


VARIANTS = {"12.2": (_of_ratings, _angle), "12.3": (_with_margin, _both_ways)}
