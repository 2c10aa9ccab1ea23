"""Chapter 15's variants: typical wrong answers fail what they should, and last year's earns little."""

import numpy as np
import pytest

from lossbook.exercises.variants import huber, huber_relatives
from tests.exercises.variants.judging import (
    assert_earns_little,
    assert_right,
    assert_sound,
    assert_told,
    each_old,
    each_right,
    each_variant,
    each_wrong,
    made,
)

NEAR, FAR, VERY = "values near 0", "values far out", "residuals of thousands"
GRADIENT, WEIGHTS = "values of the gradient", "weights at 0 and far out"
CORNER, SMALL, SLOPES = "values near the corner", "a small delta", "values beyond beta = 1"


def hubers(p, t, delta):
    r = p - t
    weight = delta / np.maximum(abs(r), delta)
    return np.where(abs(r) <= delta, r**2 / 2, delta * (abs(r) - delta / 2)), weight * r, weight


def pseudo(p, t, delta, power=2, without=1, inner=1):
    root = np.sqrt(1 + ((p - t) / delta) ** 2)
    weight = delta ** (power - 2) / root
    return delta**power * (root - without), inner * weight * (p - t), weight


def by_cosh(p, t, delta):
    r = p - t
    weight = np.where(r == 0, 1, np.tanh(r / delta) * delta / np.where(r == 0, 1, r))
    return delta**2 * np.log(np.cosh(r / delta)), delta * np.tanh(r / delta), weight


def tukey(p, t, delta, kept=False, at_zero=1.0):
    left = 1 - ((p - t) / delta) ** 2
    left = left if kept else np.maximum(left, 0)
    weight = np.where(p == t, at_zero, left**2)
    return delta**2 / 6 * (1 - left**3), weight * (p - t), weight


def cauchy(p, t, delta, log=np.log1p):
    square = ((p - t) / delta) ** 2
    weight = 1 / (1 + square)
    return delta**2 / 2 * log(square), weight * (p - t), (p - t) * weight


def quantile_huber(p, t, tau, delta):
    return np.where(p > t, 1 - tau, tau) * hubers(p, t, delta)[0] / delta


def softplus(p, t, tau, delta):
    return delta * np.log(1 + np.exp((p - t) / delta)) - tau * (p - t)


def hyperbola(p, t, tau, delta):
    return np.where(p > t, tau, 1 - tau) * (np.hypot(p - t, delta) - delta)


def half_window(p, t, tau, delta):
    return np.where(abs(p - t) < delta, (p - t + delta) ** 2 / (2 * delta), np.maximum(p - t, 0)) - tau * (
        p - t
    )


def smooth_l1(p, t, beta):
    return hubers(p, t, beta)[0] / beta


SLOPE_1, UNIT = "slope far out tends to 1", "can cost is 1"
WHOLE = "like the squared error"
PSEUDO = made(huber_relatives._pseudo_huber, but=[SLOPE_1])
LOG_COSH = made(huber_relatives._log_cosh, but=[SLOPE_1])
TUKEY = made(huber_relatives._tukey, but=[UNIT])
CAUCHY = made(huber_relatives._cauchy, but=[WHOLE])
THRESHOLDS = made(huber_relatives._two_thresholds)
HYPERBOLA = made(huber._with_hyperbola)
SOFTPLUS = made(huber._with_softplus)
PARABOLA = made(huber._with_parabola)
SLOPE = made(huber._smooth_l1_with_slope)

WRONG = {
    PSEUDO: {
        "no − 1": (
            lambda p, t, delta: pseudo(p, t, delta, without=0),
            (
                NEAR,
                "your loss is 4.47214, which is what you get without the − 1: what does the definition say",
            ),
        ),
        "other power": (
            lambda p, t, delta: pseudo(p, t, delta, power=1),
            (NEAR, "which is what you get with another power of δ"),
        ),
        "the target's derivative": (
            lambda p, t, delta: pseudo(p, t, delta, inner=-1),
            (GRADIENT, "your gradient is -0.894427, which is the derivative in the target: how much does"),
        ),
    },
    LOG_COSH: {
        "cosh": (
            by_cosh,
            (VERY, "your loss is inf, which is not finite: does anything on the way grow out of bounds?"),
        ),
    },
    TUKEY: {
        "Tukey goes on": (
            lambda p, t, delta: tukey(p, t, delta, kept=True),
            (FAR, "which is what the piece for small residuals gives: what does the definition come to"),
            (WEIGHTS, "your weight is 64, which is too large"),
        ),
        "Tukey's weight at 0": (
            lambda p, t, delta: tukey(p, t, delta, at_zero=0.0),
            (
                WEIGHTS,
                "For prediction 3, target 3 and delta 2 your weight is 0, which is too small: the weight",
            ),
        ),
    },
    CAUCHY: {
        "the gradient for a weight": (
            cauchy,
            (WEIGHTS, "target 0 and delta 2 your weight is -0.470588, which is the derivative itself"),
        ),
    },
    THRESHOLDS: {
        "thresholds exchanged": (
            lambda p, t, delta: hubers(p, t, np.where(p > t, 1, 2) * delta),
            (NEAR, "which is what you get with the two thresholds exchanged"),
        ),
    },
    HYPERBOLA: {
        "sides exchanged": (
            hyperbola,
            (CORNER, "which is what you get with the two sides exchanged: which side does tau weigh"),
        ),
        "Huber's rounding": (quantile_huber, (CORNER, "which is what Huber's loss for the rounding gives")),
    },
    SOFTPLUS: {
        "exponential": (
            softplus,
            (SMALL, "your loss is inf, which is not finite: the quantile loss is near, so does anything"),
        ),
    },
    PARABOLA: {
        "half the window": (half_window, (CORNER, "which is too large")),
    },
    SLOPE: {
        "slope 1": (smooth_l1, (SLOPES, "what smooth L1 with slope 1 gives")),
    },
}

RIGHT = {
    PSEUDO: [pseudo],
    TUKEY: [tukey],
    HYPERBOLA: [lambda p, t, tau, delta: hyperbola(p, t, 1 - tau, delta)],
    SOFTPLUS: [
        lambda p, t, tau, delta: (
            np.where(p > t, (1 - tau) * (p - t), tau * (t - p))
            + delta * np.log1p(np.exp(-abs(p - t) / delta))
        )
    ],
}

OLD = {"15.2": hubers, "15.3": quantile_huber, "15.4": smooth_l1}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)


@pytest.mark.parametrize(("variant", "answer"), each_right(RIGHT))
def test_other_right_answers_pass(variant, answer):
    assert_right(variant, answer)


@pytest.mark.parametrize(("maker", "answer"), each_old(OLD))
def test_the_chapters_own_answer_earns_little(maker, answer):
    assert_earns_little(maker, answer)
