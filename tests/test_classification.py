"""Losses of classifiers and their gradients: values, edges, digits near certainty, peers, laws, refusals."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossbook.classification import (
    binary_cross_entropy,
    binary_cross_entropy_grad,
    brier_score,
    brier_score_grad,
    distillation_loss,
    distillation_loss_grad,
    expected_calibration_error,
    focal_loss,
    focal_loss_grad,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)
from lossbook.divergences import cross_entropy, kl
from lossbook.probability import softmax

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(2)
LOGITS, OTHERS = 3 * RNG.standard_normal((2, 6, 4))
LABELS = np.array([0, 1, 2, 3, 0, 2])
quick = settings(max_examples=30, deadline=None)
vectors = arrays(float, 4, elements=st.floats(-30, 30))


def exactly(value, rel=1e-14):
    return pytest.approx(value, rel=rel, abs=0)


# ---- Values ----------------------------------------------------------------------------------------------


def test_values_worked_by_hand():
    logits = np.log([0.2, 0.3, 0.5])
    logs = -np.log([0.2, 0.3, 0.5])
    assert softmax_cross_entropy(logits, 1) == exactly(logs[1])
    assert softmax_cross_entropy(logits, [0.5, 0, 0.5]) == exactly((logs[0] + logs[2]) / 2)
    smooth = 0.7 * logs[1] + 0.1 * logs.sum()
    assert softmax_cross_entropy(logits, 1, label_smoothing=0.3) == exactly(smooth)
    weighted = 0.8 * 2 * logs[1] + 0.1 * 3 * logs[2]
    assert softmax_cross_entropy(logits, [0.1, 0.8, 0.1], class_weights=[0, 2, 3]) == exactly(weighted)
    assert binary_cross_entropy(math.log(3), 1) == exactly(-math.log(0.75))
    by_hand = -0.25 * math.log(0.75) - 0.75 * math.log(0.25)
    assert binary_cross_entropy(math.log(3), 0.25) == exactly(by_hand)
    assert binary_cross_entropy(-math.log(3), 0.75) == exactly(by_hand)
    assert binary_cross_entropy(0.0, 0.1) == exactly(math.log(2))
    assert focal_loss(logits, 2) == exactly(0.25 * math.log(2))
    assert focal_loss(logits, 0, gamma=3) == exactly(0.8**3 * math.log(5))
    assert brier_score([0.2, 0.3, 0.5], 1) == exactly(0.04 + 0.49 + 0.25)
    divergence = 4 * kl(softmax([1.0, 0.0]), softmax([0.0, 0.5]))
    assert distillation_loss([0.0, 1.0], [2.0, 0.0], temperature=2) == exactly(divergence, 1e-13)


def test_gradients_worked_by_hand():
    logits = np.log([0.2, 0.3, 0.5])
    np.testing.assert_allclose(softmax_cross_entropy_grad(logits, 1), [0.2, -0.7, 0.5], rtol=1e-14)
    # t is w y′ = (.2, 1.6, .6), whose sum is 2.4.
    smooth = {"label_smoothing": 0.3, "class_weights": [2, 2, 6]}
    expected = 2.4 * np.array([0.2, 0.3, 0.5]) - [0.2, 1.6, 0.6]
    np.testing.assert_allclose(softmax_cross_entropy_grad(logits, 1, **smooth), expected, rtol=1e-14)
    assert binary_cross_entropy_grad(math.log(3), 0.25) == exactly(0.5)
    assert binary_cross_entropy_grad(-math.log(3), 1) == exactly(-0.75)
    factor = 0.5**2 * (1 + 2 * 0.5 * math.log(2) / 0.5)
    np.testing.assert_allclose(focal_loss_grad(logits, 2), factor * np.array([0.2, 0.3, -0.5]), rtol=1e-14)
    np.testing.assert_allclose(brier_score_grad([0.2, 0.3, 0.5], 1), [0.4, -1.4, 1.0], rtol=1e-14)
    # The softmaxes are (¼, ¾) and (¾, ¼) at T = 2, and (.1, .9) and (.9, .1) at T = 1.
    pair = [0.0, math.log(9)], [math.log(9), 0.0]
    np.testing.assert_allclose(distillation_loss_grad(*pair, temperature=2), [-1, 1], rtol=1e-14)
    np.testing.assert_allclose(distillation_loss_grad(*pair), [-0.8, 0.8], rtol=1e-14)


@pytest.mark.parametrize("target", [LABELS, np.eye(4)[LABELS], softmax(OTHERS)])
def test_any_number_of_axes_may_come_before_the_classes(target):
    flat = softmax_cross_entropy(LOGITS, target)
    cube = softmax_cross_entropy(LOGITS.reshape(2, 3, 4), target.reshape(2, 3, *target.shape[1:]))
    np.testing.assert_array_equal(cube, flat.reshape(2, 3))


# ---- Calibration -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bins", [1, 2, 10, 15])
def test_the_calibration_error_is_that_of_a_loop(bins):
    probs, labels = RNG.dirichlet(np.full(3, 0.5), 200), RNG.integers(0, 3, 200)
    expected = 0.0
    for b in range(1, bins + 1):
        inside = [i for i in range(200) if (b - 1) / bins < max(probs[i]) <= b / bins]
        if inside:
            accuracy = np.mean([probs[i].argmax() == labels[i] for i in inside])
            confidence = np.mean([max(probs[i]) for i in inside])
            expected += len(inside) / 200 * abs(accuracy - confidence)
    found = expected_calibration_error(probs, labels, bins=bins)
    assert found == exactly(expected, 1e-12)
    assert expected_calibration_error(probs.reshape(10, 20, 3), labels.reshape(10, 20), bins=bins) == found
    if bins == 15:
        assert expected_calibration_error(probs, labels) == found


def test_the_calibration_error_at_the_edges_of_bins():
    # One half is the upper end of the first of two bins: sure and right, unsure and wrong stay apart.
    probs, labels = [[0.5, 0.5], [0.75, 0.25]], [1, 0]
    assert expected_calibration_error(probs, labels, bins=2) == (0.5 + 0.25) / 2
    assert expected_calibration_error(probs, labels, bins=1) == abs(1 - 1.25) / 2
    assert expected_calibration_error([[1, 0]], [0]) == 0
    assert expected_calibration_error([[1, 0]], [1]) == 1
    # A sum that is off by rounding stays in the last bin.
    assert expected_calibration_error([1 + 5e-7, 0.0], 0) == exactly(5e-7, 1e-6)
    # Of two top classes the first is the prediction.
    assert expected_calibration_error([[0.5, 0.5]], [0]) == 0.5


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_bins_are_the_same_in_every_type(dtype):
    probs, eps = np.array([[0.6, 0.4], [0.65, 0.35]], dtype), float(np.finfo(dtype).eps)
    found = expected_calibration_error(probs, [0, 1], bins=10)
    assert found.dtype == dtype
    assert found == pytest.approx(0.525, rel=4 * eps, abs=0)
    # Each tenth is the upper end of its bin, and what follows it lies in the next.
    tenths = np.arange(5, 10, dtype=np.float64) / 10
    pairs = np.stack([tenths, 1 - tenths], 1).astype(dtype)
    for pair in pairs:
        above = [np.nextafter(pair[0], dtype(1)), pair[1]]
        apart = expected_calibration_error(np.array([pair, above]), [0, 1], bins=10)
        assert apart == pytest.approx(0.5, rel=4 * eps, abs=0)


# ---- Edges -----------------------------------------------------------------------------------------------

NO = -math.inf


def test_extreme_logits():
    assert softmax_cross_entropy([1e4, -1e4], 1) == 2e4
    assert softmax_cross_entropy([0.0, NO], 1) == math.inf
    assert softmax_cross_entropy([0.0, NO], [1, 0]) == 0
    assert softmax_cross_entropy([0.0, NO], 0, label_smoothing=0.1) == math.inf
    assert softmax_cross_entropy([0.0, NO], 1, class_weights=[1, 0]) == 0
    assert softmax_cross_entropy_grad([0.0, NO], 1).tolist() == [1, -1]
    assert softmax_cross_entropy_grad([3.0], 0).tolist() == [0]
    assert np.isnan(softmax_cross_entropy([0.0, math.nan], 0, class_weights=[0, 0]))
    for loss in (softmax_cross_entropy, focal_loss):
        for logits in ([3.0], [1e4, -1e4], [0.0, NO]):
            assert math.copysign(1, loss(logits, 0)) == 1
            assert loss(logits, 0) == 0


def test_extreme_logits_of_yes_or_no():
    a = [1e4, -1e4, 1e4, -1e4, math.inf, NO, math.inf, NO, math.inf]
    t = [1, 1, 0, 0, 1, 1, 0, 0, 0.25]
    assert binary_cross_entropy(a, t).tolist() == [0, 1e4, 1e4, 0, 0, math.inf, math.inf, 0, math.inf]
    assert binary_cross_entropy_grad(a, t).tolist() == [0, -1, 1, 0, 0, -1, 1, 0, 0.75]


@pytest.mark.parametrize("gamma", [0, 0.5, 2.0])
def test_extreme_focal_losses(gamma):
    assert focal_loss([1e4, -1e4], 1, gamma=gamma) == 2e4
    assert focal_loss([0.0, NO], 1, gamma=gamma) == math.inf
    assert focal_loss_grad([1e4, -1e4], 0, gamma=gamma).tolist() == [0, 0]
    assert focal_loss_grad([1e4, -1e4], 1, gamma=gamma).tolist() == [1, -1]
    assert focal_loss_grad([0.0, NO], 1, gamma=gamma).tolist() == [1, -1]


def test_extreme_distillation():
    assert distillation_loss([0.0, -1e4], [0.0, 0.0]) == exactly(5e3 - math.log(2))
    assert distillation_loss([0.0, NO], [0.0, 0.0]) == math.inf
    assert distillation_loss([0.0, 0.0], [0.0, NO]) == exactly(math.log(2))
    assert distillation_loss([0.0, 1.0, NO], [2.0, 3.0, NO]) == 0
    assert distillation_loss_grad([0.0, 1.0, NO], [2.0, 3.0, NO]).tolist() == [0, 0, 0]
    assert distillation_loss_grad([0.0, NO], [0.0, 0.0]).tolist() == [0.5, -0.5]
    assert distillation_loss_grad([0.0, 0.0], [0.0, NO]).tolist() == [-0.5, 0.5]
    # Logits over a low temperature, and the square of a high one, are beyond the largest float.
    assert distillation_loss([1e308, 0.0], [1e308, 0.0], temperature=0.1) == 0
    assert distillation_loss_grad([1e308, 0.0], [0.0, 1e308], temperature=0.1).tolist() == [0.1, -0.1]
    assert distillation_loss([0.0, 0.0], [0.0, 0.0], temperature=1e200) == 0
    assert distillation_loss([0.0, 1e200], [1e200, 0.0], temperature=1e200) == math.inf
    # At a high temperature it is (z − v)²/(2K), for centered logits.
    assert distillation_loss([1.0, -1.0], [0.0, 0.0], temperature=1e3) == exactly(0.5, 1e-6)


def test_no_examples_have_no_losses():
    none = np.zeros((0, 3))
    for loss in (softmax_cross_entropy, focal_loss, brier_score):
        assert loss(none, np.zeros(0, int)).shape == (0,)
    assert distillation_loss(none, none).shape == (0,)
    assert softmax_cross_entropy_grad(none, none).shape == binary_cross_entropy(none, none).shape == (0, 3)


# ---- Digits ------------------------------------------------------------------------------------------------


def test_digits_are_kept_where_the_answer_is_right():
    tail = math.exp(-50)
    assert softmax_cross_entropy([50.0, 0.0], 0) == exactly(tail)
    assert binary_cross_entropy([50.0, -50.0], [1, 0]) == exactly([tail, tail])
    assert focal_loss([50.0, 0.0], 0) == exactly(tail**3)
    for target in (0, [1.0, 0.0]):
        assert softmax_cross_entropy_grad([50.0, 0.0], target) == exactly([-tail, tail])
    assert softmax_cross_entropy_grad([0.0, 50.0], 1, class_weights=[1, 3]) == exactly([3 * tail, -3 * tail])
    assert binary_cross_entropy_grad([50.0, -50.0], [1.0, 0.0]) == exactly([-tail, tail])
    assert focal_loss_grad([50.0, 0.0], 0) == exactly([-3 * tail**3, 3 * tail**3])
    assert distillation_loss_grad([50.0, 0.0], [60.0, 0.0]) == exactly(
        [math.exp(-60) - tail, tail - math.exp(-60)]
    )


def test_the_gradient_of_distillation_keeps_its_digits_where_both_are_nearly_equal():
    student, teacher = [0.3, 1.0, 0.0], [0.3 + 1e-9, 1.0, 0.0]
    with mpmath.workdps(50):
        s, t = ([mpmath.exp(mpmath.mpf(x)) for x in logits] for logits in (student, teacher))
        exact = [float(x / sum(s) - y / sum(t)) for x, y in zip(s, t, strict=True)]
    np.testing.assert_allclose(distillation_loss_grad(student, teacher), exact, rtol=1e-6)
    # At a high temperature about (z − v)/K of centered logits.
    near = distillation_loss_grad([1.0, 2.0], [1.0, 2.0 + 1e-9], temperature=100.0)
    assert near == exactly([0.25e-9, -0.25e-9], 1e-3)


# ---- Types -------------------------------------------------------------------------------------------------


def test_labels_are_no_measurements_and_leave_the_type_of_the_logits():
    single = LOGITS.astype(np.float32)
    for dtype in (np.int8, np.uint64):
        labels, answers = LABELS.astype(dtype), np.eye(4, dtype=dtype)[LABELS]
        loss = softmax_cross_entropy(single, labels, class_weights=[1.0, 2.0, 3.0, 4.0])
        np.testing.assert_allclose(loss, (1 + LABELS) * softmax_cross_entropy(LOGITS, LABELS), rtol=1e-5)
        assert loss.dtype == np.float32
        for function in (binary_cross_entropy, binary_cross_entropy_grad):
            assert function(single, answers).dtype == np.float32
            assert function(single, np.float64(answers)).dtype == np.float64


@pytest.mark.parametrize("function", [distillation_loss, distillation_loss_grad])
def test_a_temperature_must_exist_in_the_type_of_the_logits(function):
    function(np.float32(LOGITS), OTHERS, temperature=1e-60)
    message = "^temperature must be a positive finite number in float32; got 1e-60$"
    with pytest.raises(ValueError, match=message):
        function(np.float32(LOGITS), np.float32(OTHERS), temperature=1e-60)


# ---- Laws --------------------------------------------------------------------------------------------------


@quick
@given(vectors, vectors, st.floats(-100, 100), st.integers(0, 3))
def test_cross_entropy_of_logits_is_that_of_distributions(a, b, shift, label):
    target = softmax(b)
    loss = softmax_cross_entropy(a, target)
    assert loss == pytest.approx(cross_entropy(target, softmax(a)), rel=1e-11, abs=1e-15)
    assert distillation_loss(a, b) == pytest.approx(kl(target, softmax(a)), rel=1e-9, abs=1e-12)
    for function in (softmax_cross_entropy, focal_loss):
        assert function(a + shift, label) == pytest.approx(function(a, label), rel=1e-9, abs=1e-11)
    assert 0 <= focal_loss(a, label) <= softmax_cross_entropy(a, label)
    assert abs(softmax_cross_entropy_grad(a, label).sum()) < 1e-15
    assert 0 <= brier_score(softmax(a), label) <= 2


@quick
@given(st.floats(-50, 50), st.floats(0, 1))
def test_binary_cross_entropy_is_softmax_cross_entropy_of_two(a, t):
    pair = [a, 0.0], [t, 1 - t]
    assert binary_cross_entropy(a, t) == pytest.approx(softmax_cross_entropy(*pair), rel=1e-13, abs=1e-300)
    gradient = softmax_cross_entropy_grad(*pair)[0]
    assert binary_cross_entropy_grad(a, t) == pytest.approx(gradient, rel=1e-9, abs=1e-15)
    assert binary_cross_entropy(-a, t) == pytest.approx(binary_cross_entropy(a, 1 - t), rel=1e-9, abs=1e-14)


# ---- Refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [softmax_cross_entropy, softmax_cross_entropy_grad])
def test_what_is_neither_labels_nor_probabilities_is_refused(function):
    for target, message in (
        ([[1.0]], "target must have shape (1,) (labels) or (1, 2) (probabilities); got (1, 1)"),
        ([[True, False]], "target must be an array of real numbers; got dtype bool"),
        ([[1], [1, 0]], "target must be an array of labels or probabilities; got nested lists of unequal le"),
    ):
        with pytest.raises((TypeError, ValueError)) as caught:
            function([[0.0, 1.0]], target)
        assert str(caught.value).startswith(message)


def test_a_mean_over_no_examples_is_refused():
    message = r"^probs must hold at least one example; got shape \(0, 2\)$"
    with pytest.raises(ValueError, match=message):
        expected_calibration_error(np.zeros((0, 2)), np.zeros(0, int))
