"""Chapter 14's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np


def running(prediction, target, mse, count):
    r = prediction.astype(float) - target.astype(float)
    return mse + (np.mean(r**2) - mse) * r.size / (count + r.size)


def running_by_sums(prediction, target, mse, count):
    r = np.float64(prediction) - np.float64(target)
    return (mse * count + np.sum(r * r)) / (count + r.size)


def shrink(x, variance):
    center, spread = np.mean(x), np.var(x) * len(x)
    if len(x) <= 3 or spread == 0:
        return np.array(x)
    return center + np.maximum(0, 1 - (len(x) - 3) * variance / spread) * (x - center)


RIGHT = {"14.3": [running, running_by_sums], "14.4": [shrink]}

FIRST, LATER, SHAPE = "the first batch", "a later batch", "any shape"
BYTES, LARGE, SMALL, LONG = (
    "bytes",
    "squares too large for float32",
    "squares too small for float32",
    "a long run",
)


def as_given(prediction, target, mse, count):
    r = prediction - target
    return mse + (np.mean(r**2) - mse) * r.size / (count + r.size)


def in_float32(prediction, target, mse, count):
    r = prediction.astype(np.float32) - target.astype(np.float32)
    return float(np.sum(r**2)) / (count + r.size) + mse * (count / (count + r.size))


WRONG_RUNNING = {
    "this batch alone": (
        lambda p, t, mse, count: running(p, t, 0.0, 0),
        ((LATER, SHAPE, BYTES, LARGE, LONG), "what the batch alone gives"),
    ),
    "sum": (
        lambda p, t, mse, count: running(p, t, mse, count) * p.size,
        (FIRST, "which is what a sum of squares gives: with nothing before"),
        ((LATER, SHAPE, BYTES, LARGE, SMALL), "your MSE is"),
    ),
    "rows counted": (
        lambda p, t, mse, count: mse + (running(p, t, 0.0, 0) - mse) * len(p) / (count + len(p)),
        (SHAPE, "how many elements has an array with rows?"),
    ),
    "types as given": (
        as_given,
        (BYTES, "what is 3 − 5 in whole numbers from 0 to 255"),
        (LARGE, "which type can hold the squares and their sum?"),
        (SMALL, "which type can hold squares that small?"),
    ),
    "float32": (
        in_float32,
        (LARGE, "your MSE is inf"),
        (SMALL, "your MSE is 0"),
    ),
    "each batch as one": (
        lambda p, t, mse, count: mse + (running(p, t, 0.0, 0) - mse) / (count + 1),
        ((LATER, SHAPE, BYTES, LARGE), "what each batch weighed as one element gives"),
    ),
    "forgets new elements": (
        lambda p, t, mse, count: mse if count > 1e6 else running(p, t, mse, count),
        (LONG, "which is too small: one element changes the mean of many by a little."),
    ),
}

PLAIN, NOISY, MEAN = "noise of variance 1", "other noise", "the mean stays"
PAST, FEW, EQUAL = "never past the mean", "fewer than four numbers", "equal numbers"


def with_share(share, few=True):
    """Return an answer that keeps this share of each distance from the mean."""

    def answer(x, variance):
        center, spread = np.mean(x), np.var(x) * len(x)
        if spread == 0 or (few and len(x) <= 3):
            return np.array(x)
        return center + share(len(x), variance, spread) * (x - center)

    return answer


def towards_zero(x, variance):
    if len(x) <= 3 or np.ptp(x) == 0:
        return np.array(x)
    return x * max(0, 1 - (len(x) - 2) * variance / np.sum(x**2))


WRONG_SHRINK = {
    "d − 2": (
        with_share(lambda d, v, s: max(0, 1 - (d - 2) * v / s)),
        ((PLAIN, NOISY), "what d − 2 in the place of d − 3 gives"),
    ),
    "no variance": (
        with_share(lambda d, v, s: max(0, 1 - (d - 3) / s)),
        (NOISY, "what a variance of 1 gives: what does a larger variance do to the share?"),
        (PAST, "what a variance of 1 gives"),
    ),
    "no positive part": (
        with_share(lambda d, v, s: 1 - (d - 3) * v / s),
        (PAST, "what a share below 0 gives: what should happen when the share would be negative?"),
    ),
    "towards 0": (
        towards_zero,
        ((PLAIN, NOISY, PAST), "what shrinking towards 0 gives"),
        (MEAN, "which point should stay where it is"),
    ),
    "stretches few": (
        with_share(lambda d, v, s: max(0, 1 - (d - 3) * v / s), few=False),
        (FEW, "for how many numbers does the rule promise anything?"),
    ),
    "divides by no spread": (
        lambda x, variance: np.full(len(x), np.nan) if np.ptp(x) == 0 else shrink(x, variance),
        (EQUAL, "what do you divide by when there is no spread?"),
    ),
    "nothing done": (
        lambda x, variance: np.array(x),
        ((PLAIN, NOISY, PAST), "what the numbers themselves are"),
    ),
}

WRONG = {"14.3": WRONG_RUNNING, "14.4": WRONG_SHRINK}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)
