"""Chapter 12's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np
from scipy.special import logsumexp


def direction(x):
    x = np.asarray(x, dtype=float)
    top = np.abs(x).max(axis=-1, keepdims=True)
    x = x / np.where(top == 0, 1, top)
    length = np.sqrt((x * x).sum(axis=-1, keepdims=True))
    return x / np.where(length == 0, 1, length)


def cosine(a, b):
    return np.clip((direction(a) * direction(b)).sum(axis=-1), -1, 1)


def by_chord(a, b):
    """Use that half the squared chord of unit vectors is one minus the cosine, but for zero vectors."""
    u, v = direction(a), direction(b)
    there = (u**2).sum(axis=-1) * (v**2).sum(axis=-1) > 0.5
    return np.where(there, np.clip(1 - ((u - v) ** 2).sum(axis=-1) / 2, -1, 1), 0)


def infonce(queries, keys, temperature):
    logits = direction(queries) @ direction(keys).T / temperature
    return logsumexp(logits, axis=1) - np.diag(logits)


def by_gaps(queries, keys, temperature):
    logits = direction(queries) @ direction(keys).T / temperature
    gaps = logits - np.diag(logits)[:, None]
    return np.logaddexp.reduce(gaps, axis=1)


RIGHT = {"12.2": [cosine, by_chord], "12.3": [infonce, by_gaps]}


def plain(a, b):
    return (a * b).sum(axis=-1) / np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))


def added(a, b):
    return (a * b).sum(axis=-1) / (np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1)) + 1e-8)


VALUES, ZERO, EXTREME = "values", "zero vectors", "huge and tiny elements"
WITHIN, BATCH = "within −1 and 1", "batches of any shape"

WRONG_COSINE = {
    "plain": (
        plain,
        (ZERO, "is nan, which is not a number: a vector without direction is to have the cosine 0"),
        (EXTREME, "what happens to the squares, and which number may you divide a vector by first?"),
        (WITHIN, "beyond 1 in size: which angle has that cosine?"),
    ),
    "a small number added": (
        added,
        (EXTREME, "what happens to the squares, and which number may you divide a vector by first?"),
    ),
    "distance": (
        lambda a, b: 1 - cosine(a, b),
        ((VALUES, ZERO, EXTREME), "which is one minus the cosine"),
        (WITHIN, "beyond 1 in size: which angle has that cosine?"),
    ),
    "dot product": (
        lambda a, b: (a * b).sum(axis=-1),
        (VALUES, "your cosine is 24, which is the dot product: which two lengths divide"),
        (EXTREME, "which is the dot product"),
        (WITHIN, "beyond 1 in size"),
    ),
    "one vector alone": (
        lambda a, b: np.clip(direction(a).ravel() @ direction(b).ravel(), -1, 1),
        (BATCH, "required is an array of shape"),
    ),
}

ONE, OTHER, LONG = "values at temperature 1", "other temperatures", "lengths do not count"
COLD, NEVER = "a temperature of a thousandth", "never negative"


def unstable(queries, keys, temperature):
    logits = direction(queries) @ direction(keys).T / temperature
    return np.log(np.exp(logits).sum(axis=1)) - np.diag(logits)


def columns(queries, keys, temperature):
    logits = direction(queries) @ direction(keys).T / temperature
    return logsumexp(logits, axis=0) - np.diag(logits)


def negatives_only(queries, keys, temperature):
    logits = direction(queries) @ direction(keys).T / temperature
    others = logits.copy()
    np.fill_diagonal(others, -np.inf)
    return logsumexp(others, axis=1) - np.diag(logits)


def dots(queries, keys, temperature):
    logits = queries @ keys.T / temperature
    return logsumexp(logits, axis=1) - np.diag(logits)


WRONG_INFONCE = {
    "overflows": (unstable, (COLD, "which exponential overflows, and which number may you take away")),
    "columns": (
        columns,
        ((ONE, OTHER, LONG, COLD), "which is what each key pays that looks for its query"),
    ),
    "dot products": (
        dots,
        ((ONE, OTHER), "which is what dot products give in the place of cosines"),
        ((LONG, COLD), "which is"),
    ),
    "no positive in the sum": (
        negatives_only,
        ((ONE, OTHER, LONG), "which is what you get without the positive in the sum"),
        ((COLD, NEVER), "your loss is"),
    ),
    "sign": (
        lambda *arrays, temperature: -infonce(*arrays, temperature),
        ((ONE, OTHER, LONG, COLD), "which is of the wrong sign"),
    ),
    "temperature multiplies": (
        lambda *arrays, temperature: infonce(*arrays, 1 / temperature),
        ((OTHER, LONG, COLD), "which is what multiplying by the temperature gives"),
    ),
    "no temperature": (
        lambda *arrays, temperature: infonce(*arrays, 1),
        ((OTHER, LONG, COLD), "your loss is"),
    ),
    "mean": (
        lambda *arrays, temperature: infonce(*arrays, temperature).mean(),
        ((ONE, OTHER, LONG, COLD), "required is (2,)"),
    ),
}

WRONG = {"12.2": WRONG_COSINE, "12.3": WRONG_INFONCE}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)
