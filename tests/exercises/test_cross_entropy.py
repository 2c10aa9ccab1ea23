"""Chapter 2's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np
import pytest
import torch
from answers import assert_each_property_is_failed, assert_fails

from lossbook import classification
from lossbook.exercises import check

# ---- Right answers ---------------------------------------------------------------------------------------


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


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def losses(logits, labels):
    return -log_softmax(logits)[np.arange(len(labels)), labels]


def weighted(logits, labels, weights):
    return np.average(losses(logits, labels), weights=weights[labels])


def by_torch(logits, labels, weights):
    arrays = [torch.tensor(array) for array in (logits, labels, weights)]
    return torch.nn.functional.cross_entropy(*arrays[:2], weight=arrays[2]).item()


@pytest.mark.parametrize(
    ("number", "answer", "total"),
    [
        ("2.2", binary, 7),
        ("2.2", binary_by_logaddexp, 7),
        ("2.2", classification.binary_cross_entropy, 7),
        ("2.3", focal, 7),
        ("2.4", weighted, 6),
        ("2.4", by_torch, 6),
    ],
)
def test_a_right_answer_passes_everything(number, answer, total):
    report = check(number, answer)
    assert report, report
    assert (report.passed, report.total, report.score) == (total, total, 1.0)


@pytest.mark.parametrize("number", ["2.2", "2.3", "2.4"])
def test_the_stub_is_not_written_yet(number):
    def stub(*arrays, **parameters):
        raise NotImplementedError

    report = check(number, stub)
    assert repr(report) == f"Exercise {number}: not written yet."
    assert report.passed == 0


# ---- Wrong answers ---------------------------------------------------------------------------------------

HARD, SOFT, FAR = "values for targets 0 and 1", "values for targets in between", "logits of ±10 000"
DIGITS, NEGATIVE = "small losses keep their digits", "never negative"
ARRAYS, INPUTS = "arrays of any shape", "inputs unchanged"


def naive_binary(logits, target):
    s = 1 / (1 + np.exp(-logits))
    return -target * np.log(s) - (1 - target) * np.log(1 - s)


def clipped_binary(logits, target):
    s = np.clip(1 / (1 + np.exp(-logits)), 1e-12, 1 - 1e-12)
    return -target * np.log(s) - (1 - target) * np.log(1 - s)


def changes_its_logits(logits, target):
    result = binary(logits, target)
    logits *= 0
    return result


WRONG_BINARY = {
    "by the formula": (
        naive_binary,
        {
            FAR: "For logits 800 and target 1 your loss is nan, which is not finite: which numbers go",
            DIGITS: "For logits 25 and target 1 your loss is 1.3888e-11, which has lost its digits: what is "
            "1 plus a tiny number in floating point",
        },
    ),
    "clipped": (
        clipped_binary,
        {
            FAR: "For logits 800 and target 0 your loss is 27.631, which is too small: which numbers go into",
            DIGITS: "which has lost its digits",
        },
    ),
    "log and not log1p": (
        lambda a, t: np.maximum(a, 0) - a * t + np.log(1 + np.exp(-np.abs(a))),
        {DIGITS: "For logits 25 and target 1 your loss is 1.3888e-11, which has lost its digits"},
    ),
    "target times logit at the end": (
        lambda a, t: np.logaddexp(0, a) - t * a,
        {DIGITS: "which has lost its digits"},
    ),
    "wrong sign of the logit": (
        lambda a, t: binary(-a, t),
        {
            HARD: "For logits 2 and target 1 your loss is 2.12693, which is what the opposite logit gives: "
            "which probability does the right answer get",
            SOFT: "which is too small: both answers count",
            FAR: "For logits 800 and target 1 your loss is 800, which is too large",
            DIGITS: "which has lost its digits",
        },
    ),
    "sign forgotten": (
        lambda a, t: -binary(a, t),
        {
            HARD: "your loss is -0.126928, which is its negative",
            SOFT: "which is of the wrong sign",
            FAR: "your loss is -800, which is of the wrong sign",
            DIGITS: "which has lost its digits",
            NEGATIVE: "what would it mean to be paid for an error?",
        },
    ),
    "one summand": (
        lambda a, t: t * np.logaddexp(0, -a),
        {
            HARD: "For logits 2 and target 0 your loss is 0, which is too small",
            SOFT: "which is what the first of the two summands gives: both answers count",
            FAR: "which is too small",
            DIGITS: "which has lost its digits",
        },
    ),
    "rounds the target": (
        lambda a, t: binary(a, (t > 0.5).astype(float)),
        {
            SOFT: "which is what the target rounded to 0 or 1 gives",
            FAR: "For logits 800 and target 0.5 your loss is 800, which is too large",
        },
    ),
    "bits": (
        lambda a, t: binary(a, t) / np.log(2),
        {
            HARD: "which is what the logarithm in base 2 gives",
            SOFT: "which is too large",
            FAR: "which is too large",
            DIGITS: "which has lost its digits",
        },
    ),
    "averages": (
        lambda a, t: binary(a, t).mean(),
        {ARRAYS: "your loss is a number; required is an array of the same shape."},
    ),
    "changes its logits": (
        changes_its_logits,
        {
            INPUTS: "the array logits holds 0 after your function has run: which line of yours writes into",
        },
    ),
}

PLAIN, VALUES = "gamma = 0 is cross-entropy", "values for gamma above 0"
SLOPE, FAR_LOSS = "the gradient is the derivative of your loss", "loss at logits of ±10 000"
FAR_SLOPE = "gradient at logits of ±10 000"


def naive_focal(logit, gamma):
    s = 1 / (1 + np.exp(-logit))
    return -((1 - s) ** gamma) * np.log(s), (1 - s) ** gamma * (gamma * s * np.log(s) + s - 1)


def changed_focal(loss=None, gradient=None):
    def answer(logit, gamma):
        right = focal(logit, gamma)
        return loss(logit, gamma) if loss else right[0], gradient(logit, gamma) if gradient else right[1]

    return answer


def focal_that_writes(logit, gamma):
    result = focal(logit, gamma)
    logit *= 0
    return result


def sure(a):
    return np.exp(-np.logaddexp(0, -a))


WRONG_FOCAL = {
    "by the formula": (
        naive_focal,
        {
            FAR_LOSS: "For logit -800 and gamma 2 your loss is inf, which is not finite: which numbers",
            FAR_SLOPE: "your gradient is nan, which is not finite: for a hopelessly wrong answer",
        },
    ),
    "factor of the right ones": (
        changed_focal(loss=lambda a, g: sure(a) ** g * np.logaddexp(0, -a)),
        {
            VALUES: "which is what you get with the probability itself in the factor: which examples should",
            SLOPE: "but there your own loss changes by",
            FAR_LOSS: "For logit -800 and gamma 2 your loss is 0, which is too small",
        },
    ),
    "no factor": (
        changed_focal(loss=lambda a, g: np.logaddexp(0, -a), gradient=lambda a, g: -sure(-a)),
        {VALUES: "which is what cross-entropy gives"},
    ),
    "factor not differentiated": (
        changed_focal(gradient=lambda a, g: -(sure(-a) ** (g + 1))),
        {SLOPE: "for each unit that the logit grows: the two should agree."},
    ),
    "gradient's sign": (
        changed_focal(gradient=lambda a, g: -focal(a, g)[1]),
        {SLOPE: "the two should agree", FAR_SLOPE: "which is of the wrong sign"},
    ),
    "sign of the loss": (
        lambda logit, gamma: tuple(-part for part in focal(logit, gamma)),
        {
            PLAIN: "which is of the wrong sign: the factor is then 1",
            VALUES: "which is of the wrong sign",
            FAR_LOSS: "your loss is -800, which is of the wrong sign",
            FAR_SLOPE: "which is of the wrong sign",
        },
    ),
    "sums": (
        lambda logit, gamma: tuple(np.sum(part) for part in focal(logit, gamma)),
        {ARRAYS: "your loss is a number; required is an array of the same shape."},
    ),
    "writes into the logit": (
        focal_that_writes,
        {INPUTS: "the array logit holds 0 after your function has run: which line of yours writes into"},
    ),
}

EQUAL, UNEQUAL = "equal weights: the plain mean", "unequal weights: torch's mean"
NOTHING, FACTOR = "a class of weight 0", "a common factor of the weights cancels"


def naive_weighted(logits, labels, weights):
    e = np.exp(logits)
    s = (e / e.sum(axis=1, keepdims=True))[np.arange(len(labels)), labels]
    return -(weights[labels] * np.log(s)).sum() / weights[labels].sum()


def shifts_in_place(logits, labels, weights):
    logits -= logits.max(axis=1, keepdims=True)
    return weighted(logits, labels, weights)


WRONG_WEIGHTED = {
    "over the examples": (
        lambda z, y, w: (w[y] * losses(z, y)).mean(),
        {
            UNEQUAL: "For logits [[1, 0, 0], [0, 2, 0]], labels [0, 2] and weights [1, 3, 0.5] your mean is "
            "0.835609, which is what you get by dividing by the number of examples: how much does each",
            NOTHING: "which is what you get by dividing by the number of examples: its examples count for",
            FACTOR: "your mean is 0.835609, and with ten times these weights it is 8.35609: does a mean",
            FAR: "dividing by the number of examples",
        },
    ),
    "over all weights": (
        lambda z, y, w: (w[y] * losses(z, y)).sum() / w.sum(),
        {
            EQUAL: "which is what you get by dividing by the sum of all entries of weights: with equal",
            UNEQUAL: "which is what you get by dividing by the sum of all entries of weights",
            FAR: "which is what you get by dividing by the sum of all entries of weights",
        },
    ),
    "unweighted": (
        lambda z, y, w: losses(z, y).mean(),
        {
            UNEQUAL: "which is what you get without the weights",
            NOTHING: "which is what you get without the weights",
            FAR: "which is what you get without the weights",
        },
    ),
    "summed": (
        lambda z, y, w: (w[y] * losses(z, y)).sum(),
        {
            EQUAL: "which is a sum and no mean",
            UNEQUAL: "which is a sum and no mean",
            NOTHING: "which is a sum and no mean",
            FACTOR: "does a mean change if everyone's weight is multiplied by ten?",
            FAR: "which is a sum and no mean",
        },
    ),
    "by the formula": (
        naive_weighted,
        {FAR: "your mean is nan, which is not finite: subtract something from each row that does not change"},
    ),
    "one loss an example": (
        lambda z, y, w: w[y] * losses(z, y),
        dict.fromkeys(
            (EQUAL, UNEQUAL, NOTHING, FACTOR, FAR, INPUTS),
            "your mean has shape (2,); required is one number for all examples.",
        ),
    ),
    "weights normalized": (
        lambda z, y, w: ((w / w.mean())[y] * losses(z, y)).mean(),
        {UNEQUAL: "which is another number than torch's", NOTHING: "another number", FAR: "another number"},
    ),
    "shifts in place": (
        shifts_in_place,
        {INPUTS: "the array logits holds [[0, -1, -1], [-2, 0, -2]] after your function has run"},
    ),
}

CASES = (("2.2", WRONG_BINARY), ("2.3", WRONG_FOCAL), ("2.4", WRONG_WEIGHTED))
WRONG = [
    pytest.param(number, *case, id=f"{number} {name}")
    for number, cases in CASES
    for name, case in cases.items()
]


@pytest.mark.parametrize(("number", "answer", "faults"), WRONG)
def test_a_wrong_answer_fails_what_it_should_and_is_told_why(number, answer, faults):
    assert_fails(number, answer, faults)


def test_every_property_is_failed_by_some_wrong_answer():
    for number, cases in CASES:
        assert_each_property_is_failed(number, cases)
