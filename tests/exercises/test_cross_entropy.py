"""Chapter 2's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np
import torch


def binary(logits, target):
    a = np.asarray(logits, dtype=float)
    return (np.maximum(a, 0) - a * target) + np.log1p(np.exp(-np.abs(a)))


def binary_by_logaddexp(logits, target):
    return target * np.logaddexp(0, -logits) + (1 - target) * np.logaddexp(0, logits)


def focal(logit, gamma):
    a = np.asarray(logit, dtype=float)
    log_s, log_m = -np.logaddexp(0, -a), -np.logaddexp(0, a)
    s, m = np.exp(log_s), np.exp(log_m)
    loss = -(m**gamma) * log_s
    return loss, -(m ** (gamma + 1)) - gamma * s * loss


def losses(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_q = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_q[np.arange(len(labels)), labels]


def weighted(logits, labels, weights):
    return np.average(losses(logits, labels), weights=weights[labels])


def by_torch(logits, labels, weights):
    arrays = [torch.tensor(array) for array in (logits, labels, weights)]
    return torch.nn.functional.cross_entropy(*arrays[:2], weight=arrays[2]).item()


RIGHT = {"2.2": [binary, binary_by_logaddexp], "2.3": [focal], "2.4": [weighted, by_torch]}


def naive_binary(logits, target, keep=0.0):
    s = np.clip(1 / (1 + np.exp(-logits)), keep, 1 - keep)
    return -target * np.log(s) - (1 - target) * np.log(1 - s)


HARD, SOFT, FAR = "values for targets 0 and 1", "values for targets in between", "logits of ±10 000"
DIGITS, NEGATIVE = "small losses keep their digits", "never negative"
ARRAYS, INPUTS = "arrays of any shape", "inputs unchanged"

WRONG_BINARY = {
    "by the formula": (
        naive_binary,
        (FAR, "For logits 800 and target 1 your loss is nan, which is not a number: which numbers go into"),
        (DIGITS, "For logits 25 and target 1 your loss is 1.3888e-11, which is too large: what is 1 plus a"),
    ),
    "clipped": (
        lambda a, t: naive_binary(a, t, keep=1e-12),
        (FAR, "For logits 800 and target 0 your loss is 27.631, which is too small: which numbers go into"),
        (DIGITS, "what is 1 plus a tiny number in floating point, and which function of NumPy avoids that"),
    ),
    "wrong sign of the logit": (
        lambda a, t: binary(-a, t),
        (HARD, "For logits 2 and target 1 your loss is 2.12693, which is what the opposite logit gives:"),
        ((SOFT, FAR, DIGITS), "which is what the opposite logit gives"),
    ),
    "sign forgotten": (
        lambda a, t: -binary(a, t),
        ((HARD, SOFT, FAR, DIGITS), "which is its negative"),
        (NEGATIVE, "what would it mean to be paid for an error?"),
    ),
    "one summand": (
        lambda a, t: t * np.logaddexp(0, -a),
        ((HARD, SOFT, FAR, DIGITS), "which is what the first of the two summands gives"),
    ),
    "rounds the target": (
        lambda a, t: binary(a, (t > 0.5).astype(float)),
        ((SOFT, FAR), "which is what the target rounded to 0 or 1 gives"),
    ),
    "bits": (
        lambda a, t: binary(a, t) / np.log(2),
        ((HARD, SOFT, FAR, DIGITS), "which is what the logarithm in base 2 gives"),
    ),
    "averages": (lambda a, t: binary(a, t).mean(), (ARRAYS, "For arrays of shape (7,) your loss is a")),
}


def naive_focal(logit, gamma):
    s = 1 / (1 + np.exp(-logit))
    return -((1 - s) ** gamma) * np.log(s), (1 - s) ** gamma * (gamma * s * np.log(s) + s - 1)


def sure(a):
    return np.exp(-np.logaddexp(0, -a))


PLAIN, VALUES = "gamma = 0 is cross-entropy", "values for gamma above 0"
SLOPE, FAR_LOSS = "the gradient is the derivative of your loss", "loss at logits of ±10 000"
FAR_SLOPE = "gradient at logits of ±10 000"
TINY = ("tiny losses keep their digits", "tiny gradients keep their digits")


def rest_of_one(logit, gamma):
    log_s = -np.logaddexp(0, -logit)
    m = 1 - np.exp(log_s)
    loss = -(m**gamma) * log_s
    return loss, -(m ** (gamma + 1)) - gamma * np.exp(log_s) * loss


WRONG_FOCAL = {
    "by the formula": (
        naive_focal,
        (FAR_LOSS, "For logit -800 and gamma 2 your loss is inf, which is not finite: which numbers go into"),
        (FAR_SLOPE, "your gradient is nan, which is not a number: for a hopelessly wrong answer it is that"),
        (TINY, "how many digits are left of 1 minus a number next to 1?"),
    ),
    "1 minus the probability": (rest_of_one, (TINY, "how many digits are left of 1 minus a number next")),
    "factor of the right ones": (
        lambda logit, gamma: (sure(logit) ** gamma * np.logaddexp(0, -logit), focal(logit, gamma)[1]),
        (VALUES, "which is what you get with the probability itself in the factor: which examples should"),
        (SLOPE, "but there your own loss changes by"),
        (FAR_LOSS, "your loss is 0, which is what you get with the probability itself in the factor"),
        (TINY[0], "your loss is 9.35762e-14, which is too large"),
    ),
    "no factor": (
        lambda logit, gamma: (np.logaddexp(0, -logit), -sure(-logit)),
        (VALUES, "which is what cross-entropy gives"),
        (TINY, "which is too large"),
    ),
    "factor not differentiated": (
        lambda logit, gamma: (focal(logit, gamma)[0], -(sure(-logit) ** (gamma + 1))),
        (SLOPE, "for each unit that the logit grows: the two should agree."),
        (TINY[1], "your gradient is -8.75651e-27, which is too small in size"),
    ),
    "sign of the loss": (
        lambda logit, gamma: [-part for part in focal(logit, gamma)],
        (PLAIN, "which is of the wrong sign: the factor is then 1, and what remains is minus the logarithm"),
        ((VALUES, FAR_LOSS, FAR_SLOPE, *TINY), "which is of the wrong sign"),
    ),
    "sums": (
        lambda logit, gamma: [np.sum(part) for part in focal(logit, gamma)],
        (ARRAYS, "your loss is a number; required is an array of the same shape."),
    ),
}


def naive_weighted(logits, labels, weights):
    e = np.exp(logits)
    s = (e / e.sum(axis=1, keepdims=True))[np.arange(len(labels)), labels]
    return -(weights[labels] * np.log(s)).sum() / weights[labels].sum()


EQUAL, UNEQUAL = "equal weights: the plain mean", "unequal weights: torch's mean"
NOTHING, FACTOR = "a class of weight 0", "a common factor of the weights cancels"

WRONG_WEIGHTED = {
    "over the examples": (
        lambda z, y, w: (w[y] * losses(z, y)).mean(),
        (UNEQUAL, "your mean is 0.835609, which is what you get by dividing by the number of examples: how"),
        ((NOTHING, FAR), "which is what you get by dividing by the number of examples"),
        (FACTOR, "your mean is 0.835609, and with ten times these weights it is 8.35609: does a mean"),
    ),
    "over all weights": (
        lambda z, y, w: (w[y] * losses(z, y)).sum() / w.sum(),
        ((EQUAL, UNEQUAL, NOTHING, FAR), "dividing by the sum of all entries of weights"),
    ),
    "unweighted": (
        lambda z, y, w: losses(z, y).mean(),
        ((UNEQUAL, NOTHING, FAR), "which is what you get without the weights"),
    ),
    "summed": (
        lambda z, y, w: (w[y] * losses(z, y)).sum(),
        ((EQUAL, UNEQUAL, NOTHING, FAR), "which is a sum and no mean"),
        (FACTOR, "does a mean change if everyone's weight is multiplied by ten?"),
    ),
    "by the formula": (naive_weighted, (FAR, "which is not a number: subtract something from each row that")),
    "one loss an example": (
        lambda z, y, w: w[y] * losses(z, y),
        (UNEQUAL, "labels [0, 2] and weights [1, 3, 0.5] your mean has shape (2,); required is one number."),
        ((EQUAL, NOTHING, FACTOR, FAR), "shape (2,); required is one number."),
    ),
}

WRONG = {"2.2": WRONG_BINARY, "2.3": WRONG_FOCAL, "2.4": WRONG_WEIGHTED}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)
