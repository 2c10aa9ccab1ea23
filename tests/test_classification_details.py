"""Details of the classification losses that a small mistake would change: types, refusals, digits, zeros."""

import math

import mpmath
import numpy as np
import pytest

from lossbook.classification import (
    binary_cross_entropy,
    binary_cross_entropy_grad,
    brier_score,
    distillation_loss,
    distillation_loss_grad,
    focal_loss,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)
from lossbook.probability import softmax

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(31)
LOGITS, OTHERS = RNG.standard_normal((2, 5, 3))


@pytest.mark.parametrize(
    ("function", "second"),
    [
        (binary_cross_entropy, softmax(OTHERS)),
        (binary_cross_entropy_grad, softmax(OTHERS)),
        (softmax_cross_entropy, softmax(OTHERS)),
        (softmax_cross_entropy_grad, softmax(OTHERS)),
        (distillation_loss, OTHERS),
        (distillation_loss_grad, OTHERS),
    ],
)
def test_the_wider_type_of_two_measurements_is_that_of_the_result(function, second):
    for narrow in (np.float16, np.float32):
        assert function(LOGITS.astype(narrow), second).dtype == np.float64
        assert function(LOGITS, second.astype(np.float32)).dtype == np.float64
    assert function(LOGITS.astype(np.float32), second.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("function", [distillation_loss, distillation_loss_grad])
def test_a_temperature_must_exist_in_the_type_of_the_logits(function):
    function(LOGITS, OTHERS, temperature=1e-60)
    function(np.float32(LOGITS), OTHERS, temperature=1e-60)
    with pytest.raises(
        ValueError, match=r"^temperature must be a positive finite number in float32; got 1e-60$"
    ):
        function(np.float32(LOGITS), np.float32(OTHERS), temperature=1e-60)


@pytest.mark.parametrize(("weights", "wrong"), [([0, 0.5, -2], "-2"), ([0.5, math.inf, -1], "inf")])
def test_the_weight_that_is_named_is_the_first_wrong_one(weights, wrong):
    with pytest.raises(ValueError, match=f"^class_weights must be finite and at least 0; got {wrong}$"):
        softmax_cross_entropy(LOGITS[0], 1, class_weights=weights)


def test_the_gradient_of_a_sure_and_right_answer_is_not_0():
    tail = math.exp(-50)
    gradient = softmax_cross_entropy_grad([[0.0, -50.0], [-50.0, 0.0]], [0, 1])
    np.testing.assert_allclose(gradient, [[-tail, tail], [tail, -tail]], rtol=1e-15)
    # Half of the tail is asked for: s − t is −½ and ½ of it, less its square.
    gradient = softmax_cross_entropy_grad([0.0, -50.0], [1.0, tail / 2])
    np.testing.assert_allclose(gradient, [-tail / 2, tail / 2], rtol=1e-15)


def test_a_loss_of_0_has_no_minus():
    for gamma in (0, 1, 2, 3.5):
        loss = focal_loss([0.0, -800.0], 0, gamma=gamma)
        assert loss == 0
        assert not np.signbit(loss)
    loss = softmax_cross_entropy([0.0, -800.0], 0)
    assert loss == 0
    assert not np.signbit(loss)


def test_underflow_is_ignored_whatever_the_caller_does_with_it():
    with np.errstate(all="raise"):
        assert brier_score([1.0, 1e-200], 0) == 0


def test_the_gradient_of_an_improbable_class_keeps_its_digits_where_the_shares_differ_by_a_factor():
    # Logarithms near −700 have an ulp of 1e-13; the probabilities are good to the last digits.
    student, teacher = [0.0, 0.1, -690.3], [0.1, -0.3, -692.1]
    with mpmath.workdps(50):
        logits = [[mpmath.mpf(logit) for logit in vector] for vector in (student, teacher)]
        s, t = (mpmath.exp(a[2]) / mpmath.fsum(map(mpmath.exp, a)) for a in logits)
        exact = [float(s - t), float(t - s)]
    assert 1 < math.log(float(s) / float(t)) < 2
    found = [distillation_loss_grad(student, teacher)[2], distillation_loss_grad(teacher, student)[2]]
    np.testing.assert_allclose(found, exact, rtol=2e-15)
