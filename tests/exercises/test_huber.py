"""Chapter 15's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np


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
    return abs(tau - (r > 0)) * huber(prediction, target, delta)[0] / delta


def smooth_l1(prediction, target, beta):
    return huber(prediction, target, beta)[0] / beta


RIGHT = {"15.2": [huber, huber_by_masks], "15.3": [quantile_huber], "15.4": [smooth_l1]}


def changed(**outputs):
    """Return an answer with some outputs computed as given from the residual and delta."""

    def answer(prediction, target, delta):
        result = dict(zip(("loss", "gradient", "weight"), huber(prediction, target, delta), strict=True))
        result |= {name: function(prediction - target, delta) for name, function in outputs.items()}
        return tuple(result.values())

    return answer


def pieces(near, far):
    """Return an answer whose loss has these two pieces."""
    return changed(loss=lambda r, d: np.where(abs(r) <= d, near(r, d), far(r, d)))


def half_square(r, d):
    return r**2 / 2


def line(r, d):
    return d * (abs(r) - d / 2)


def keeps_whole_numbers(prediction, target, delta):
    return [part.astype(prediction.dtype) for part in huber(prediction, target, delta)]


INSIDE, JOIN, BEYOND = "values inside delta", "value at the join", "values beyond delta"
SIGN, SLOPE = "sign of the gradient on both sides", "the gradient is the derivative of your loss"
WEIGHTS, ARRAYS = "weights at 0 and beyond", "arrays of any shape"

WRONG_HUBER = {
    "half missing in the line": (
        pieces(half_square, lambda r, d: d * (abs(r) - d)),
        (JOIN, "delta 1 your loss is 0.5, and a hair further out it is 1e-06: the two pieces should meet"),
        (BEYOND, "your loss is 2, which is what a line that starts from 0 at the join gives: what should"),
    ),
    "line from the origin": (
        pieces(half_square, lambda r, d: d * abs(r)),
        (JOIN, "your loss is 0.5, and a hair further out it is 1: the two pieces should meet there."),
        (BEYOND, "your loss is 3, which is what a straight line from the origin gives: what should happen"),
    ),
    "pieces swapped": (
        pieces(line, half_square),
        (INSIDE, "For prediction 1, target 0 and delta 2 your loss is 0, which is what the piece for large"),
        (BEYOND, "your loss is 4.5, which is what half the squared error gives"),
        (SLOPE, "your gradient is 1, but there your own loss changes by 3 for each unit"),
    ),
    "squared, not half": (
        pieces(lambda r, d: r**2, line),
        (INSIDE, "your loss is 1, which is what the whole squared error gives: which piece holds for small"),
        (JOIN, "your loss is 1, which is what the whole squared error gives: at the join both pieces give"),
        (SLOPE, "loss changes by 2 for each unit that the prediction grows: the two should agree."),
    ),
    "gradient's sign flipped": (
        changed(gradient=lambda r, d: -np.clip(r, -d, d)),
        (SIGN, "your gradient is -0.5: the prediction is too high, so does the loss rise or fall if the"),
        (SLOPE, "your gradient is -1, but there your own loss changes by 1 for each unit"),
    ),
    "gradient without sign beyond": (
        changed(gradient=lambda r, d: np.where(abs(r) <= d, r, d)),
        (SIGN, "For prediction -3, target 0 and delta 1 your gradient is 1: the prediction is too low"),
        (SLOPE, "target 0 and delta 1 your gradient is 1, but there your own loss changes by -1"),
    ),
    "no gradient": (changed(gradient=lambda r, d: 0 * r), ((SIGN, SLOPE), "your gradient is 0")),
    "gradient not clipped": (changed(gradient=lambda r, d: r), (SLOPE, "your gradient is 3, but there your")),
    "weight without delta": (
        changed(weight=lambda r, d: np.where(abs(r) <= d, 1, 1 / abs(r))),
        (WEIGHTS, "delta 2 your weight is 0.25, which is what you get with delta left out: the weight times"),
    ),
    "weight with the sign": (
        changed(weight=lambda r, d: np.where(abs(r) <= d, 1, d / r)),
        (WEIGHTS, "your weight is -0.333333, which is what you get with the residual's sign left in"),
    ),
    "0 / 0": (changed(weight=lambda r, d: np.clip(r, -d, d) / r), (WEIGHTS, "is nan, which is not a number")),
    "lists": (lambda p, t, delta: [x.tolist() for x in huber(p, t, delta)], (ARRAYS, "your loss is a list")),
    "sums": (
        lambda p, t, delta: [np.full_like(part, part.sum()) for part in huber(p, t, delta)],
        (ARRAYS, "your loss is 0.5, but as element [0] of arrays of shape (7,) it is 9.40625: each element"),
    ),
    "whole numbers": (keeps_whole_numbers, (ARRAYS, "of whole numbers in arrays of shape (5,) it is 0:")),
}


SIDES, ZERO, HALF = "values on both sides", "zero at zero", "tau = 1/2 is half of smooth L1"
SHARP, NEGATIVE = "delta to 0 is the quantile loss", "never negative"

WRONG_QUANTILE_HUBER = {
    "tau swapped": (
        lambda p, t, tau, delta: quantile_huber(p, t, 1 - tau, delta),
        (SIDES, "your loss is 0.175, which is what you get with the weights of the two sides exchanged:"),
        (SHARP, "your loss is 0.2, which is what you get with the weights of the two sides exchanged: for a"),
    ),
    "not divided": (
        lambda p, t, tau, delta: delta * quantile_huber(p, t, tau, delta),
        (SIDES, "your loss is 0.7875, which is what you get without the division by delta: which side does"),
        ((HALF, SHARP), "which is what you get without the division by delta"),
    ),
    "no absolute value": (
        lambda p, t, tau, delta: (tau - (p > t)) * smooth_l1(p, t, delta),
        (SIDES, "For prediction 2, target 0, tau 0.9 and delta 0.5 your loss is -0.175, which is of the"),
        ((HALF, SHARP), "which is of the wrong sign: "),
        (NEGATIVE, "your loss is -0.175: what would it mean to be paid for an error?"),
    ),
    "never sharp": (
        lambda p, t, tau, delta: quantile_huber(p, t, tau, max(delta, 0.05)),
        (SHARP, "which is too small: for a tiny delta the kink is nearly sharp, and each unit of error"),
    ),
    "off by a constant": (
        lambda p, t, tau, delta: quantile_huber(p, t, tau, delta) + 0.5,
        (ZERO, "your loss is 0.5, which is too large: a prediction that is right costs nothing."),
        ((SIDES, HALF, SHARP), "which is too large"),
    ),
    "scalar only": (
        lambda p, t, tau, delta: (tau if p < t else 1 - tau) * smooth_l1(p, t, delta),
        (ARRAYS, "Use a.any() or a.all(): each element needs an answer of its own."),
    ),
}


NEAR, FAR = "values inside beta = 1", "values beyond beta = 1"
SCALED, SHALLOW = "for every beta it is Huber's loss, rescaled", "a large beta leaves a shallow parabola"

WRONG_SMOOTH_L1 = {
    "beta not divided": (
        lambda p, t, beta: huber(p, t, beta)[0],
        (SCALED, "target 0 and beta 3 your loss is 0.5, which is what Huber's loss itself gives: which"),
        (SHALLOW, "your loss is 2, which is what Huber's loss itself gives: how flat does the parabola get"),
    ),
    "offset without beta": (
        lambda p, t, beta: np.where(abs(p - t) < beta, (p - t) ** 2 / (2 * beta), abs(p - t) - 0.5),
        (JOIN, "beta 0.5 your loss is 0, and a hair nearer to 0 it is 0.25: the two pieces should meet"),
        (SCALED, "For prediction 6, target 0 and beta 2 your loss is 5.5, which is too large"),
    ),
    "squared, not half": (
        lambda p, t, beta: np.where(abs(p - t) < beta, (p - t) ** 2 / beta, abs(p - t) - beta / 2),
        (NEAR, "your loss is 0.25, which is too large: for beta = 1 it is Huber's loss with delta = 1."),
        (JOIN, "beta 1 your loss is 0.5, and a hair nearer to 0 it is 0.999998: the two pieces should meet"),
        ((SCALED, SHALLOW), "which is too large"),
    ),
    "absolute error far out": (
        lambda p, t, beta: np.where(abs(p - t) <= beta, (p - t) ** 2 / (2 * beta), abs(p - t)),
        (JOIN, "your loss is 0.5, and a hair further out it is 1: the two pieces should meet there."),
        (FAR, "your loss is 3, which is what the absolute error gives: what should happen beyond beta?"),
        (SCALED, "your loss is 6, which is what the absolute error gives"),
    ),
    "half the square": (
        lambda p, t, beta: (p - t) ** 2 / 2,
        (FAR, "For prediction 3, target 0 and beta 1 your loss is 4.5, which is what half the squared error"),
        ((SCALED, SHALLOW), "which is what Huber's loss itself gives"),
    ),
    "averages": (
        lambda p, t, beta: smooth_l1(p, t, beta).mean(),
        (ARRAYS, "your loss is a number; required"),
    ),
}

WRONG = {"15.2": WRONG_HUBER, "15.3": WRONG_QUANTILE_HUBER, "15.4": WRONG_SMOOTH_L1}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)
