"""Variants of chapter 12: typical wrong answers are told what they did; the seeds draw one of each kind."""

import numpy as np
import pytest
from scipy.special import logsumexp

from lossbook.exercises.variants import drawn
from tests.exercises.variants.judging import assert_sound, assert_told, each_variant, each_wrong

VALUES, EXTREME, BATCH = "values", "huge and tiny elements", "batches of any shape"
NOTHING, WITHIN = "vectors that say nothing", "within −1 and 1"


def direction(x):
    top = np.abs(x).max(axis=-1, keepdims=True)
    x = x / np.where(top == 0, 1, top)
    length = np.sqrt((x * x).sum(axis=-1, keepdims=True))
    return x / np.where(length == 0, 1, length)


def cosine(a, b):
    return np.clip((direction(a) * direction(b)).sum(axis=-1), -1, 1)


def plain(a, b):
    return (a * b).sum(axis=-1) / np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))


def less_mean(x):
    return x - x.mean(axis=-1, keepdims=True)


# The middle is 3.
RATINGS = {
    "nothing off": (cosine, (VALUES, "which is what you get without taking off the middle: from which")),
    "own means off": (
        lambda a, b: cosine(less_mean(a), less_mean(b)),
        (VALUES, "which is what you get if each vector's own mean is taken off"),
    ),
    "one alone": (
        lambda a, b: cosine(a - 3, b),
        (VALUES, "which is what you get if the middle is taken off the first vector alone"),
    ),
    "plain": (
        lambda a, b: plain(a - 3, b - 3),
        (NOTHING, "is nan, which is not a number: what is to come out where nothing is left"),
        (EXTREME, "what happens to the squares"),
        (WITHIN, "beyond 1 in size: which angle has that cosine?"),
    ),
    "one vector": (
        lambda a, b: np.clip(direction(a - 3).ravel() @ direction(b - 3).ravel(), -1, 1),
        (BATCH, "required is an array of shape"),
    ),
}

ZERO, PARALLEL = "zero vectors", "parallel and opposite vectors"

# The angle is in degrees.
DEGREES = {
    "cosine": (cosine, (VALUES, "which is the cosine itself: which angle has that cosine")),
    "radians": (lambda a, b: np.arccos(cosine(a, b)), (VALUES, "which is what comes out in radians")),
    "turns": (
        lambda a, b: np.arccos(cosine(a, b)) / (2 * np.pi),
        (VALUES, "which is what comes out in turns"),
    ),
    "arcsine": (
        lambda a, b: np.degrees(np.arcsin(cosine(a, b))),
        (VALUES, "which is the angle to a right angle"),
    ),
    "not clipped": (
        lambda a, b: np.degrees(np.arccos((direction(a) * direction(b)).sum(axis=-1))),
        (PARALLEL, "is nan, which is not a number: what may rounding do to a cosine of 1"),
    ),
    "zero angle": (
        lambda a, b: np.where(
            (a == 0).all(axis=-1) | (b == 0).all(axis=-1), 0, np.degrees(np.arccos(cosine(a, b)))
        ),
        (ZERO, "a vector without direction is to stand at a right angle to all others"),
    ),
}

ONE, OTHER, COLD = "values at temperature 1", "other temperatures", "a temperature of a thousandth"


def pay(logits):
    return logsumexp(logits, axis=1) - np.diag(logits)


def with_margin(queries, keys, temperature, margin=0.35, of=direction):
    cosines = of(queries) @ of(keys).T
    return pay((cosines - margin * np.eye(len(cosines))) / temperature)


def on_top_alone(queries, keys, temperature):
    """Take the margin off in the numerator alone, which adds the same to every loss."""
    return with_margin(queries, keys, temperature, margin=0) + 0.35 / temperature


def overflows(queries, keys, temperature):
    logits = (direction(queries) @ direction(keys).T - 0.35 * np.eye(len(queries))) / temperature
    return np.log(np.exp(logits).sum(axis=1)) - np.diag(logits)


# The margin is 0.35.
MARGIN = {
    "none": (
        lambda q, k, temperature: with_margin(q, k, temperature, margin=0),
        (ONE, "which is what you get without the margin: which logit does the margin change"),
    ),
    "off all": (
        lambda q, k, temperature: pay((direction(q) @ direction(k).T - 0.35) / temperature),
        (ONE, "which is what you get without the margin"),
    ),
    "added": (
        lambda q, k, temperature: with_margin(q, k, temperature, margin=-0.35),
        (ONE, "which is what you get with the margin added"),
    ),
    "numerator alone": (on_top_alone, (ONE, "in the numerator and in the sum?")),
    "off the logit": (
        lambda q, k, temperature: with_margin(q, k, temperature, margin=0.35 * temperature),
        (OTHER, "which is what you get if the margin is not divided by the temperature"),
    ),
    "dot products": (
        lambda q, k, temperature: with_margin(q, k, temperature, of=lambda x: x),
        (ONE, "which is what dot products give in the place of cosines"),
    ),
    "overflows": (overflows, (COLD, "which exponential overflows")),
}


def both(queries, keys, temperature, there=0.75, back=0.25):
    logits = direction(queries) @ direction(keys).T / temperature
    return there * pay(logits) + back * pay(logits.T)


# A quarter of the loss is what keys pay.
BOTH_WAYS = {
    "queries alone": (
        lambda q, k, temperature: both(q, k, temperature, 1, 0),
        (ONE, "which is what each query pays that looks for its key: who looks for whom"),
    ),
    "keys alone": (
        lambda q, k, temperature: both(q, k, temperature, 0, 1),
        (ONE, "which is what each key pays that looks for its query"),
    ),
    "exchanged": (
        lambda q, k, temperature: both(q, k, temperature, 0.25, 0.75),
        (ONE, "which is what you get with the two shares exchanged"),
    ),
    "summed": (lambda q, k, temperature: both(q, k, temperature, 1, 1), (ONE, "which is the sum of the two")),
    "mean": (lambda q, k, temperature: both(q, k, temperature).mean(), (ONE, "required is (2,)")),
    "temperature multiplies": (
        lambda q, k, temperature: both(q, k, 1 / temperature),
        (OTHER, "which is what multiplying by the temperature gives"),
    ),
}

WRONG = {
    drawn("12.2", 1): RATINGS,
    drawn("12.2", 2): DEGREES,
    drawn("12.3", 3): MARGIN,
    drawn("12.3", 2): BOTH_WAYS,
}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)
