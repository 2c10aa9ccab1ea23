"""Variants of chapter 10: typical wrong answers are told what they did; the seeds draw one of each kind."""

import numpy as np
import pytest
from scipy import special

from lossbook.exercises.variants import drawn
from tests.exercises.variants.judging import assert_sound, assert_told, each_variant, each_wrong

POSITIVE, ZEROS = "values where nothing is zero", "classes that p cannot draw contribute nothing"
SUM = "entropy and divergence add up to cross-entropy"


def three(p, q, unit=1.0):
    values = special.entr(p), -special.xlogy(p, q), special.rel_entr(p, q)
    return tuple(value.sum(axis=-1) / unit for value in values)


# The logarithm has base 3.
TRITS = {
    "nats": (three, (POSITIVE, "which is what comes out in nats: whose probabilities weigh")),
    "times ln 3": (
        lambda p, q: three(p, q, 1 / np.log(3)),
        (POSITIVE, "which is what you get by multiplying with the logarithm of the base"),
    ),
    "exchanged": (
        lambda p, q: three(q, p, np.log(3)),
        (POSITIVE, "which is what you get with p and q exchanged"),
    ),
    "one for the other": (
        lambda p, q: [three(p, q, np.log(3))[i] for i in (0, 2, 1)],
        (POSITIVE, "which is the divergence"),
        (SUM, "which of the three is not what the chapter defines?"),
    ),
    "clipped": (
        lambda p, q: three(p, np.maximum(q, 1e-12), np.log(3)),
        ("a class that only q excludes costs infinity", "which is too small: how surprised is q by a class"),
    ),
}

FINITE = "a class that only q excludes has a finite price"


def against(p, q, share=0.1):
    return three(p, (1 - share) * p + share * q)


# The mixture is 0.9 p + 0.1 q.
MIXTURE = {
    "q itself": (
        three,
        (POSITIVE, "which is what you get with q itself in the mixture's place"),
        (FINITE, "your cross_entropy is inf, which is not finite: how probable is that class"),
    ),
    "shares exchanged": (
        lambda p, q: against(p, q, 0.9),
        (POSITIVE, "which is what you get with the mixture's two shares exchanged"),
    ),
    "p and q exchanged": (
        lambda p, q: against(q, p),
        (POSITIVE, "which is what you get with p and q exchanged"),
    ),
    "bits": (
        lambda p, q: [value / np.log(2) for value in against(p, q)],
        (POSITIVE, "which is what comes out in bits"),
    ),
    "without care": (
        lambda p, q: (three(p, q)[0], *[-(p * np.log(m)).sum(-1) for m in (0.9 * p + 0.1 * q,) * 2]),
        (ZEROS, "what should a class with probability 0 under p contribute?"),
    ),
}

VALUES, LARGE, FREE = "values", "right for logits of ten thousand", "zero for the best answer"


def logs(z, v, temperature):
    return special.log_softmax(z / temperature, axis=-1), special.log_softmax(v / temperature, axis=-1)


def turned(z, v, temperature, power=2):
    log_s, log_t = logs(z, v, temperature)
    s, gap = np.exp(log_s), log_s - log_t
    loss = (s * gap).sum(axis=-1)
    gradient = s * (gap - loss[..., None])
    return temperature**power * loss, temperature ** (power - 1) * gradient


def as_if_the_weights_stood_still(z, v, temperature):
    log_s, log_t = logs(z, v, temperature)
    return turned(z, v, temperature)[0], temperature * (np.exp(log_s) - np.exp(log_t))


def by_probabilities(z, v, temperature):
    s, t = (np.exp(part) for part in logs(z, v, temperature))
    return temperature**2 * (s * np.log(s / t)).sum(axis=-1), turned(z, v, temperature)[1]


def without_entropy(z, v, temperature):
    log_s, log_t = logs(z, v, temperature)
    return -(temperature**2) * (np.exp(log_s) * log_t).sum(axis=-1), turned(z, v, temperature)[1]


# The loss is T² KL(s‖t).
REVERSED = {
    "the chapter's direction": (
        lambda z, v, temperature: turned(v, z, temperature),
        (VALUES, "which is the divergence in the other direction: whose shares weigh"),
    ),
    "T, not squared": (
        lambda z, v, temperature: turned(z, v, temperature, power=1),
        (VALUES, "which is what you get with the factor T:"),
    ),
    "never softened": (
        lambda z, v, temperature: [temperature**2 * part for part in turned(z, v, 1.0)],
        (VALUES, "which is what you get without dividing the logits by the temperature"),
    ),
    "cross-entropy": (
        without_entropy,
        (VALUES, "which is a cross-entropy, from which the student's entropy was not taken"),
        (FREE, "a student that gives the teacher's answer costs nothing"),
    ),
    "the chapter's gradient": (
        as_if_the_weights_stood_still,
        ("the gradient is the derivative of your loss", "the two should agree"),
    ),
    "by probabilities": (by_probabilities, (LARGE, "is nan, which is not a number: which exponential")),
}


def smoothed(z, v, temperature, share=0.05):
    log_s, log_t = logs(z, v, temperature)
    t = (1 - share) * np.exp(log_t) + share / z.shape[-1]
    loss = temperature**2 * (t * (np.log(t) - log_s)).sum(axis=-1)
    return loss, temperature * (np.exp(log_s) - t)


def both_smoothed(z, v, temperature):
    s, t = (0.95 * np.exp(part) + 0.05 / z.shape[-1] for part in logs(z, v, temperature))
    return temperature**2 * special.rel_entr(t, s).sum(axis=-1), temperature * (s - t)


def shares_not_divided(z, v, temperature):
    log_s, log_t = logs(z, v, temperature)
    t = 0.95 * np.exp(log_t) + 0.05
    return temperature**2 * (t * (np.log(t) - log_s)).sum(axis=-1), temperature * (np.exp(log_s) - t)


# The teacher is mixed with 0.05 of the uniform distribution.
SMOOTHED = {
    "not smoothed": (
        lambda z, v, temperature: smoothed(z, v, temperature, share=0.0),
        (VALUES, "which is what you get without the smoothing: what is the target"),
    ),
    "both smoothed": (both_smoothed, (VALUES, "which is what you get if the student is smoothed as well")),
    "no square": (
        lambda z, v, temperature: [part / temperature**2 for part in smoothed(z, v, temperature)],
        (VALUES, "which is what you get without the factor T²"),
    ),
    "no target": (
        shares_not_divided,
        (VALUES, "what is the target"),
        (FREE, "a student that gives the smoothed answer costs nothing"),
    ),
}

WRONG = {
    drawn("10.2", 5): TRITS,
    drawn("10.2", 2): MIXTURE,
    drawn("10.3", 1): REVERSED,
    drawn("10.3", 2): SMOOTHED,
}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)
