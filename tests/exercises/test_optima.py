"""Chapter 7's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np


def halved(H, b, theta, first, share):
    def f(p):
        return p @ H @ p / 2 - b @ p

    slope, step = H @ theta - b, first
    while f(theta - step * slope) > f(theta) - share * step * slope @ slope:
        step /= 2
    return step


def by_powers(H, b, theta, first, share):
    """Use that on a quadratic the condition is a bound on the step: t gᵀHg ≤ 2 (1 − c) gᵀg."""
    g = H @ theta - b
    if not g.any():
        return first
    limit = 2 * (1 - share) * (g @ g) / (g @ H @ g)
    return first * 0.5 ** max(0, np.ceil(np.log2(first / limit)))


def chances(skip, n):
    def one(k):
        return k / n * sum(1 / i for i in range(k, n)) if k else 1 / n

    return np.array([one(int(k)) for k in skip.flat]).reshape(skip.shape)


def by_table(skip, n):
    steps = 1 / np.maximum(np.arange(n), 1)
    table = np.arange(n) / n * np.cumsum(steps[::-1])[::-1]
    table[0] = 1 / n
    return table[skip.astype(int)]


RIGHT = {"7.2": [halved, by_powers], "7.3": [chances, by_table]}

ROUND, TILTED, SHARE, FIRST = "round bowls", "tilted bowls", "any share", "any first step"
FALLS, FLAT = "f falls", "nothing to gain"

WRONG_STEPS = {
    "any decrease will do": (
        lambda H, b, theta, first, share: halved(H, b, theta, first, 0.0),
        (TILTED, "your step is"),
        (SHARE, "your step is 0.25, which is what any decrease would allow: which part of the promise"),
    ),
    "no linear term in the gradient": (
        lambda H, b, theta, first, share: by_powers(H, 0 * b, theta, first, share),
        (TILTED, "what is the gradient of the whole function?"),
        (SHARE, "which part of the promise has to come?"),
        (FLAT, "at a stationary point a step of any length changes nothing."),
    ),
    "always from 1": (
        lambda H, b, theta, first, share: halved(H, b, theta, 1.0, share),
        (ROUND, "which is what you get if the first trial is 1: how far does f fall"),
        (FIRST, "which is what you get if the first trial is 1: where do the trials begin"),
        (FLAT, "your step is 1, which is"),
    ),
    "one halving too many": (
        lambda H, b, theta, first, share: halved(H, b, theta, first, share) / 2,
        ((ROUND, TILTED, SHARE, FIRST), "which is half of the first step that will do"),
        (FLAT, "which is half of the first step that will do"),
    ),
    "uphill": (
        lambda H, b, theta, first, share: -halved(H, b, theta, first, share),
        ((ROUND, TILTED, SHARE, FIRST, FLAT), "which is of the wrong sign"),
        (FALLS, "which step goes down?"),
    ),
}

HAND, MANY, NONE, LAST = "by hand", "many candidates", "nobody is skipped", "all but the last"
PROBABILITY, ARRAYS = "a probability", "arrays of any shape"

WRONG_CHANCES = {
    "the limit for many": (
        lambda skip, n: np.where(skip == 0, 1 / n, -skip / n * np.log(np.maximum(skip, 1) / n)),
        ((HAND, MANY, LAST), "which is what x ln(1/x) gives for x = k/n"),
    ),
    "sum one too far": (
        lambda skip, n: chances(skip, n) + (skip > 0) * skip / n * (1 / n - 1 / np.maximum(skip, 1)),
        ((HAND, MANY, LAST), "which is what a sum that begins and ends one later gives"),
    ),
    "factor forgotten": (
        lambda skip, n: np.where(skip == 0, 1 / n, chances(skip, n) * n / np.maximum(skip, 1)),
        ((HAND, MANY, LAST), "which is the chance without the factor k/n"),
        (PROBABILITY, "which numbers can a probability be?"),
    ),
    "zero at zero": (
        lambda skip, n: np.where(skip == 0, 0.0, chances(skip, n)),
        (NONE, "your chance is 0, which is too small: with which probability is the first the best?"),
    ),
    "one number": (
        lambda skip, n: float(chances(skip, n).flat[0]),
        (ARRAYS, "your chance is a number; required"),
    ),
}

WRONG = {"7.2": WRONG_STEPS, "7.3": WRONG_CHANCES}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)
