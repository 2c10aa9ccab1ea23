"""Chapter 15's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np
import pytest
from answers import assert_each_property_is_failed, assert_fails

from lossbook import regression
from lossbook.exercises import check

# ---- Right answers ---------------------------------------------------------------------------------------


def huber(prediction, target, delta):
    r = prediction - target
    inside = abs(r) <= delta
    loss = np.where(inside, 0.5 * r**2, delta * (abs(r) - 0.5 * delta))
    return loss, np.clip(r, -delta, delta), np.where(inside, 1.0, delta / abs(r))


def huber_by_masks(prediction, target, delta):
    """Assign to the elements beyond δ, as people do who do not know np.where."""
    r = (prediction - target).astype(float)
    far = abs(r) > delta
    loss, gradient, weight = r**2 / 2, r.copy(), np.ones_like(r)
    loss[far] = delta * abs(r[far]) - delta**2 / 2
    gradient[far] = np.sign(r[far]) * delta
    weight[far] = delta / abs(r[far])
    return loss, gradient, weight


def quantile_huber(prediction, target, tau, delta):
    r = prediction - target
    side = abs(tau - (r > 0))
    return side * huber(prediction, target, delta)[0] / delta


def smooth_l1(prediction, target, beta):
    return huber(prediction, target, beta)[0] / beta


@pytest.mark.parametrize(
    ("number", "answer", "total"),
    [
        ("15.2", huber, 8),
        ("15.2", huber_by_masks, 8),
        ("15.3", quantile_huber, 7),
        ("15.4", smooth_l1, 7),
        ("15.4", regression.smooth_l1, 7),
    ],
)
def test_a_right_answer_passes_everything(number, answer, total):
    report = check(number, answer)
    assert report, report
    assert (report.passed, report.total, report.score) == (total, total, 1.0)


@pytest.mark.parametrize("number", ["15.2", "15.3", "15.4"])
def test_the_stub_is_not_written_yet(number):
    def stub(prediction, target, **parameters):
        raise NotImplementedError

    report = check(number, stub)
    assert repr(report) == f"Exercise {number}: not written yet."
    assert not report
    assert report.passed == 0


# ---- Wrong answers ---------------------------------------------------------------------------------------


def changed(right, **outputs):
    """Return `right`'s answer to 15.2 with some outputs computed as given."""

    def answer(prediction, target, delta):
        result = dict(zip(("loss", "gradient", "weight"), right(prediction, target, delta), strict=True))
        r = prediction - target
        return tuple(outputs.get(name, lambda r, d, v=value: v)(r, delta) for name, value in result.items())

    return answer


def scalar_only(prediction, target, delta):
    r = prediction - target
    if abs(r) <= delta:
        return 0.5 * r**2, r, np.ones_like(r)
    return delta * (abs(r) - 0.5 * delta), delta * np.sign(r), delta / abs(r)


def changes_its_input(prediction, target, delta):
    prediction -= target
    return huber(prediction, np.zeros_like(prediction), delta)


def returns_lists(prediction, target, delta):
    return [part.tolist() for part in huber(prediction, target, delta)]


def averages(prediction, target, delta):
    loss, gradient, weight = huber(prediction, target, delta)
    return np.mean(loss), gradient, weight


def keeps_whole_numbers(prediction, target, delta):
    r = prediction - target
    loss = np.zeros_like(r)
    loss[:] = huber(prediction, target, delta)[0]
    return loss, *huber(prediction, target, delta)[1:]


def one_result(prediction, target, delta):
    return huber(prediction, target, delta)[0]


INSIDE, JOIN, BEYOND = "values inside delta", "value at the join", "values beyond delta"
SIGN, DERIVATIVE = "sign of the gradient on both sides", "the gradient is the derivative of your loss"
WEIGHTS, ARRAYS, INPUTS = "weights at 0 and beyond", "arrays of any shape", "inputs unchanged"

EVERYTHING = (INSIDE, JOIN, BEYOND, SIGN, DERIVATIVE, WEIGHTS, ARRAYS, INPUTS)

WRONG_HUBER = {
    "half missing in the line": (
        changed(huber, loss=lambda r, d: np.where(abs(r) <= d, r**2 / 2, d * (abs(r) - d))),
        {
            JOIN: "For prediction 1, target 0 and delta 1 your loss is 0.5, and a hair further out it is "
            "1e-06: the two pieces should meet there.",
            BEYOND: "For prediction 3, target 0 and delta 1 your loss is 2, which is what a line that starts "
            "from 0 at the join gives: what should happen beyond delta?",
        },
    ),
    "line from the origin": (
        changed(huber, loss=lambda r, d: np.where(abs(r) <= d, r**2 / 2, d * abs(r))),
        {
            JOIN: "your loss is 0.5, and a hair further out it is 1: the two pieces should meet there.",
            BEYOND: "your loss is 3, which is what a straight line from the origin gives: what should happen",
        },
    ),
    "no line": (
        changed(huber, loss=lambda r, d: r**2 / 2, gradient=lambda r, d: r),
        {
            BEYOND: "For prediction 3, target 0 and delta 1 your loss is 4.5, which is what half the squared "
            "error gives: what should happen beyond delta?"
        },
    ),
    "pieces swapped": (
        changed(huber, loss=lambda r, d: np.where(abs(r) > d, r**2 / 2, d * (abs(r) - d / 2))),
        {
            INSIDE: "For prediction 1, target 0 and delta 2 your loss is 0, which is what the piece for "
            "large residuals gives: which piece holds for small residuals, and with which factor?",
            BEYOND: "your loss is 4.5, which is what half the squared error gives",
            DERIVATIVE: "your gradient is 1, but there your own loss changes by 3 for each unit",
        },
    ),
    "squared, not half": (
        changed(huber, loss=lambda r, d: np.where(abs(r) <= d, r**2, d * (abs(r) - d / 2))),
        {
            INSIDE: "your loss is 1, which is what the whole squared error gives: which piece",
            JOIN: "For prediction 1, target 0 and delta 1 your loss is 1, which is too large",
            DERIVATIVE: "your gradient is 1, but there your own loss changes by 2 for each unit that the "
            "prediction grows: the two should agree.",
        },
    ),
    "gradient's sign flipped": (
        changed(huber, gradient=lambda r, d: -np.clip(r, -d, d)),
        {
            SIGN: "For prediction 0.5, target 0 and delta 1 your gradient is -0.5: the prediction is too "
            "high, so does the loss rise or fall if the prediction rises?",
            DERIVATIVE: "your gradient is -1, but there your own loss changes by 1 for each unit",
        },
    ),
    "gradient not clipped": (
        changed(huber, gradient=lambda r, d: r),
        {
            DERIVATIVE: "For prediction 3, target 0 and delta 1 your gradient is 3, but there your own loss "
            "changes by 1 for each unit that the prediction grows: the two should agree."
        },
    ),
    "gradient without sign beyond": (
        changed(huber, gradient=lambda r, d: np.where(abs(r) <= d, r, d)),
        {
            SIGN: "For prediction -3, target 0 and delta 1 your gradient is 1: the prediction is too low",
            DERIVATIVE: "For prediction -3, target 0 and delta 1 your gradient is 1, but there your own loss "
            "changes by -1",
        },
    ),
    "weight without delta": (
        changed(huber, weight=lambda r, d: np.where(abs(r) <= d, 1, 1 / abs(r))),
        {
            WEIGHTS: "For prediction 4, target 0 and delta 2 your weight is 0.25, which is what you get with "
            "delta left out: the weight times the residual should be the gradient"
        },
    ),
    "weight with the sign": (
        changed(huber, weight=lambda r, d: np.where(abs(r) <= d, 1, d / r)),
        {
            WEIGHTS: "For prediction -3, target 0 and delta 1 your weight is -0.333333, which is what you "
            "get with the residual's sign left in"
        },
    ),
    "weight 0 / 0": (
        changed(huber, weight=lambda r, d: np.clip(r, -d, d) / r),
        {WEIGHTS: "For prediction 0, target 0 and delta 1 your weight is nan, which is not finite"},
    ),
    "scalar only": (
        scalar_only,
        {
            ARRAYS: "and delta 1.5 it raised ValueError: The truth value of an array with more than one "
            "element is ambiguous. Use a.any() or a.all(): each pair needs an answer of its own."
        },
    ),
    "changes its input": (
        changes_its_input,
        {
            INPUTS: "For prediction 3, target 3 and delta 2 the array prediction holds 0 after your function "
            "has run: which line of yours writes into an argument?"
        },
    ),
    "returns lists": (
        returns_lists,
        {ARRAYS: "For arrays of shape (7,) your loss is a list; required is an array of the same shape."},
    ),
    "averages": (
        averages,
        {ARRAYS: "For arrays of shape (7,) your loss is a number; required is an array of the same shape."},
    ),
    "adds up": (
        lambda prediction, target, delta: tuple(
            np.full_like(part, part.sum()) for part in huber(prediction, target, delta)
        ),
        {ARRAYS: "each pair should count for itself."},
    ),
    "flattens": (
        lambda prediction, target, delta: tuple(p.ravel() for p in huber(prediction, target, delta)),
        {ARRAYS: "For arrays of shape (2, 3) your loss is an array of shape (6,); required is an array of"},
    ),
    "keeps whole numbers": (
        keeps_whole_numbers,
        {ARRAYS: "of whole numbers in arrays of shape (5,) it is 0: each pair should count for itself."},
    ),
    "one result": (
        one_result,
        dict.fromkeys(
            EVERYTHING,
            "it returned an array; required are 3 things: loss, gradient and weight.",
        ),
    ),
    "gradient missing": (
        changed(huber, gradient=lambda r, d: None),
        dict.fromkeys((SIGN, DERIVATIVE), "your gradient is None; required are real numbers.")
        | {ARRAYS: "For arrays of shape (7,) your gradient is None; required is an array of the same shape."},
    ),
}

SIDES, ZERO, HALF = "values on both sides", "zero at zero", "tau = 1/2 is half of smooth L1"
SHARP, NEGATIVE = "delta to 0 is the quantile loss", "never negative"

WRONG_QUANTILE_HUBER = {
    "tau swapped": (
        lambda p, t, tau, delta: quantile_huber(p, t, 1 - tau, delta),
        {
            SIDES: "For prediction -2, target 0, tau 0.9 and delta 0.5 your loss is 0.175, which is what you "
            "get with the weights of the two sides exchanged: which side does tau weigh",
            SHARP: "your loss is 0.2, which is what you get with the weights of the two sides exchanged: for "
            "a tiny delta",
        },
    ),
    "not divided": (
        lambda p, t, tau, delta: delta * quantile_huber(p, t, tau, delta),
        {
            SIDES: "your loss is 0.7875, which is what you get without the division by delta",
            HALF: "For prediction 1, target 0, tau 0.5 and delta 2 your loss is 0.25, which is too large",
            SHARP: "which is too small",
        },
    ),
    "no absolute value": (
        lambda p, t, tau, delta: (tau - (p > t)) * smooth_l1(p, t, delta),
        {
            SIDES: "For prediction 2, target 0, tau 0.9 and delta 0.5 your loss is -0.175, which is of the "
            "wrong sign",
            HALF: "which is of the wrong sign: at tau = 1/2 both sides weigh the same.",
            SHARP: "which is of the wrong sign",
            NEGATIVE: "your loss is -0.175: what would it mean to be paid for an error?",
        },
    ),
    "the sharp loss": (
        lambda p, t, tau, delta: regression.quantile(p, t, tau=tau),
        {SIDES: "your loss is 1.8, which is too large", HALF: "your loss is 0.5, which is too large"},
    ),
    "never weighs": (
        lambda p, t, tau, delta: smooth_l1(p, t, delta),
        {SIDES: "which is too large", HALF: "which is too large", SHARP: "which is too large"},
    ),
    "off by a constant": (
        lambda p, t, tau, delta: quantile_huber(p, t, tau, delta) + 0.5,
        {
            SIDES: "which is too large",
            ZERO: "your loss is 0.5, which is too large: a prediction that is right costs nothing.",
            HALF: "which is too large",
            SHARP: "which is too large",
        },
    ),
    "off by one in ten thousand": (
        lambda p, t, tau, delta: 1.0001 * quantile_huber(p, t, tau, delta),
        dict.fromkeys((SIDES, HALF, SHARP), "which is too large"),
    ),
    "scalar only": (
        lambda p, t, tau, delta: (tau if p < t else 1 - tau) * smooth_l1(p, t, delta),
        {ARRAYS: "each pair needs an answer of its own."},
    ),
    "a list": (
        lambda p, t, tau, delta: quantile_huber(p, t, tau, delta).tolist(),
        {ARRAYS: "your loss is a list; required is an array of the same shape."},
    ),
    "a generator": (
        lambda p, t, tau, delta: (value for value in quantile_huber(p, t, tau, delta)),
        dict.fromkeys(
            (SIDES, ZERO, HALF, SHARP, NEGATIVE, INPUTS),
            "your loss is a generator; required are real numbers.",
        )
        | {ARRAYS: "your loss is a generator; required"},
    ),
}

NEAR, FAR = "values inside beta = 1", "values beyond beta = 1"
SCALED, SHALLOW = "for every beta it is Huber's loss, rescaled", "a large beta leaves a shallow parabola"

WRONG_SMOOTH_L1 = {
    "beta not divided": (
        lambda p, t, beta: huber(p, t, beta)[0],
        {
            SCALED: "For prediction 1, target 0 and beta 3 your loss is 0.5, which is what Huber's loss "
            "itself gives: which delta should Huber's loss get, and which slope does smooth L1 have far out?",
            SHALLOW: "your loss is 2, which is what half the squared error gives, whatever beta is",
        },
    ),
    "beta multiplied": (
        lambda p, t, beta: huber(p, t, beta)[0] * beta,
        {SCALED: "which is too large", SHALLOW: "which is too large"},
    ),
    "join stays at 1": (
        lambda p, t, beta: huber(p, t, 1.0)[0] / beta,
        {
            SCALED: "For prediction 6, target 0 and beta 2 your loss is 2.75, which is too small",
            SHALLOW: "which is too small",
        },
    ),
    "offset without beta": (
        lambda p, t, beta: np.where(abs(p - t) < beta, (p - t) ** 2 / (2 * beta), abs(p - t) - 0.5),
        {
            JOIN: "For prediction 0.5, target 0 and beta 0.5 your loss is 0, and a hair nearer to 0 it is "
            "0.25: the two pieces should meet there.",
            SCALED: "For prediction 6, target 0 and beta 2 your loss is 5.5, which is too large",
        },
    ),
    "squared, not half": (
        lambda p, t, beta: np.where(abs(p - t) < beta, (p - t) ** 2 / beta, abs(p - t) - beta / 2),
        {
            NEAR: "which is too large: for beta = 1 it is Huber's loss with delta = 1.",
            JOIN: "For prediction 1, target 0 and beta 1 your loss is 0.5, and a hair nearer to 0 it is "
            "0.999998: the two pieces should meet there.",
            SCALED: "which is too large",
            SHALLOW: "which is too large",
        },
    ),
    "absolute error far out": (
        lambda p, t, beta: np.where(abs(p - t) <= beta, (p - t) ** 2 / (2 * beta), abs(p - t)),
        {
            JOIN: "your loss is 0.5, and a hair further out it is 1: the two pieces",
            FAR: "your loss is 3, which is what the absolute error gives: what should happen beyond beta?",
            SCALED: "which is too large",
        },
    ),
    "changes its target": (
        lambda p, t, beta: smooth_l1(p, np.add(t, 0, out=t), beta) + np.multiply(t, 0, out=t),
        {
            INPUTS: "For prediction 3, target 3 and beta 2 the array target holds 0 after your function has "
            "run"
        },
    ),
    "complex": (
        lambda p, t, beta: smooth_l1(p, t, beta) + 0j,
        dict.fromkeys(
            (NEAR, JOIN, FAR, SCALED, SHALLOW, INPUTS),
            "your loss is an array of type complex128; required are real numbers.",
        )
        | {ARRAYS: "your loss is an array of type complex128; required"},
    ),
    "nan beyond": (
        lambda p, t, beta: np.where(abs(p - t) <= beta, smooth_l1(p, t, beta), np.nan),
        {
            JOIN: "your loss is 0.5, and a hair further out it is nan",
            FAR: "your loss is nan, which is not finite: what should happen beyond beta?",
            SCALED: "your loss is nan, which is not finite",
        },
    ),
}

WRONG = [
    pytest.param(number, *case, id=f"{number} {name}")
    for number, cases in (
        ("15.2", WRONG_HUBER),
        ("15.3", WRONG_QUANTILE_HUBER),
        ("15.4", WRONG_SMOOTH_L1),
    )
    for name, case in cases.items()
]


@pytest.mark.parametrize(("number", "answer", "faults"), WRONG)
def test_a_wrong_answer_fails_what_it_should_and_is_told_why(number, answer, faults):
    assert_fails(number, answer, faults)


def test_every_property_is_failed_by_some_wrong_answer():
    for number, cases in (("15.2", WRONG_HUBER), ("15.3", WRONG_QUANTILE_HUBER), ("15.4", WRONG_SMOOTH_L1)):
        assert_each_property_is_failed(number, cases, but=[INPUTS])
