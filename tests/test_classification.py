"""The contract of the classification losses: values, gradients, edges, types, refusals, what they elicit."""

import math

import numpy as np
import pytest
import sklearn.metrics
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossbook import classification
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
from lossbook.divergences import cross_entropy, entropy, kl
from lossbook.probability import softmax

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(2)
LOGITS, OTHERS = 3 * RNG.standard_normal((2, 6, 4))
LABELS = np.array([0, 1, 2, 3, 0, 2])
TARGETS = RNG.dirichlet(np.ones(4), 6)
PROBS = softmax(LOGITS)
WEIGHTS = np.array([1.0, 0.0, 2.5, 0.3])

# Each loss with its gradient, arguments and settings.
LOSSES = [
    (softmax_cross_entropy, softmax_cross_entropy_grad, (LOGITS, LABELS), {}),
    (softmax_cross_entropy, softmax_cross_entropy_grad, (LOGITS, TARGETS), {}),
    (
        softmax_cross_entropy,
        softmax_cross_entropy_grad,
        (LOGITS, LABELS),
        {"label_smoothing": 0.1, "class_weights": WEIGHTS},
    ),
    (
        softmax_cross_entropy,
        softmax_cross_entropy_grad,
        (LOGITS, TARGETS),
        {"label_smoothing": 1.0, "class_weights": WEIGHTS},
    ),
    (binary_cross_entropy, binary_cross_entropy_grad, (LOGITS, TARGETS), {}),
    (focal_loss, focal_loss_grad, (LOGITS, LABELS), {}),
    (focal_loss, focal_loss_grad, (LOGITS, LABELS), {"gamma": 0}),
    (focal_loss, focal_loss_grad, (LOGITS, LABELS), {"gamma": 0.5}),
    (focal_loss, focal_loss_grad, (LOGITS, LABELS), {"gamma": 5.0}),
    (distillation_loss, distillation_loss_grad, (LOGITS, OTHERS), {}),
    (distillation_loss, distillation_loss_grad, (LOGITS, OTHERS), {"temperature": 4.0}),
    (distillation_loss, distillation_loss_grad, (LOGITS, OTHERS), {"temperature": 0.7}),
]
EVERY = [*LOSSES, (brier_score, brier_score_grad, (PROBS, LABELS), {})]
WITH_LABELS = [softmax_cross_entropy, softmax_cross_entropy_grad, focal_loss, focal_loss_grad]
ON_PROBS = [brier_score, brier_score_grad, expected_calibration_error]
DISTILLING = [distillation_loss, distillation_loss_grad]

quick = settings(max_examples=30, deadline=None)
vectors = arrays(float, 4, elements=st.floats(-30, 30))


def test_every_public_function_is_here():
    tested = {f.__name__ for loss, grad, *_ in EVERY for f in (loss, grad)}
    assert tested | {"expected_calibration_error"} == set(classification.__all__)


# ---- Values ----------------------------------------------------------------------------------------------


def test_values_worked_by_hand():
    logits = np.log([0.2, 0.3, 0.5])
    assert softmax_cross_entropy(logits, 1) == pytest.approx(-math.log(0.3), rel=1e-14, abs=0)
    soft = -0.5 * math.log(0.2) - 0.5 * math.log(0.5)
    assert softmax_cross_entropy(logits, [0.5, 0, 0.5]) == pytest.approx(soft, rel=1e-14, abs=0)
    logs = -np.log([0.2, 0.3, 0.5])
    smooth = 0.7 * logs[1] + 0.1 * logs.sum()
    assert softmax_cross_entropy(logits, 1, label_smoothing=0.3) == pytest.approx(smooth, rel=1e-14, abs=0)
    weighted = 2 * 0.8 * logs[1] + 3 * 0.1 * logs[2] + 2 * 0.1 * logs[1] - 2 * 0.1 * logs[1]
    given_weights = softmax_cross_entropy(logits, [0.1, 0.8, 0.1], class_weights=[0, 2, 3])
    assert given_weights == pytest.approx(weighted, rel=1e-14, abs=0)
    np.testing.assert_allclose(softmax_cross_entropy_grad(logits, 1), [0.2, -0.7, 0.5], rtol=1e-14)
    np.testing.assert_allclose(binary_cross_entropy(math.log(3), 1), -math.log(0.75), rtol=1e-14)
    by_hand = -0.25 * math.log(0.75) - 0.75 * math.log(0.25)
    np.testing.assert_allclose(binary_cross_entropy(math.log(3), 0.25), by_hand, rtol=1e-14)
    np.testing.assert_allclose(binary_cross_entropy_grad(math.log(3), 0.25), 0.5, rtol=1e-14)
    assert focal_loss(logits, 2) == pytest.approx(0.25 * math.log(2), rel=1e-14, abs=0)
    assert focal_loss(logits, 0, gamma=3) == pytest.approx(0.8**3 * math.log(5), rel=1e-14, abs=0)
    assert brier_score([0.2, 0.3, 0.5], 1) == pytest.approx(0.04 + 0.49 + 0.25, rel=1e-14, abs=0)
    np.testing.assert_allclose(brier_score_grad([0.2, 0.3, 0.5], 1), [0.4, -1.4, 1.0], rtol=1e-14)
    divergence = 4 * kl(softmax([1.0, 0.0]), softmax([0.0, 0.5]))
    assert distillation_loss([0.0, 1.0], [2.0, 0.0], temperature=2) == pytest.approx(
        divergence, rel=1e-13, abs=0
    )


def test_torch_has_the_same():
    logits, labels, targets = torch.tensor(LOGITS), torch.tensor(LABELS), torch.tensor(TARGETS)
    for target, ours in [(labels, LABELS), (targets, TARGETS)]:
        for smoothing in (0.0, 0.1, 1.0):
            for weights in (None, WEIGHTS):
                theirs = torch.nn.functional.cross_entropy(
                    logits,
                    target,
                    weight=None if weights is None else torch.tensor(weights),
                    label_smoothing=smoothing,
                    reduction="none",
                )
                result = softmax_cross_entropy(LOGITS, ours, label_smoothing=smoothing, class_weights=weights)
                np.testing.assert_allclose(result, theirs, rtol=1e-13)
    theirs = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    np.testing.assert_allclose(binary_cross_entropy(LOGITS, TARGETS), theirs, rtol=1e-13)
    student, teacher = (torch.log_softmax(torch.tensor(a) / 3, -1) for a in (LOGITS, OTHERS))
    theirs = 9 * torch.nn.functional.kl_div(student, teacher, reduction="none", log_target=True).sum(-1)
    np.testing.assert_allclose(distillation_loss(LOGITS, OTHERS, temperature=3.0), theirs, rtol=1e-12)


def test_scikit_learn_has_the_averages():
    theirs = sklearn.metrics.log_loss(LABELS, PROBS)
    assert softmax_cross_entropy(LOGITS, LABELS).mean() == pytest.approx(theirs, rel=1e-12, abs=0)
    two, labels = softmax(LOGITS[:, :2]), LABELS % 2
    theirs = sklearn.metrics.brier_score_loss(labels, two[:, 1])
    assert brier_score(two, labels).mean() == pytest.approx(2 * theirs, rel=1e-12, abs=0)


def test_focal_loss_is_the_definition_in_torch():
    p = torch.softmax(torch.tensor(LOGITS), -1)[torch.arange(6), torch.tensor(LABELS)]
    for gamma in (0.5, 2.0, 5.0):
        theirs = (1 - p) ** gamma * -p.log()
        np.testing.assert_allclose(focal_loss(LOGITS, LABELS, gamma=gamma), theirs, rtol=1e-12)
    np.testing.assert_allclose(
        focal_loss(LOGITS, LABELS, gamma=0), softmax_cross_entropy(LOGITS, LABELS), rtol=1e-15
    )


def test_expected_calibration_error_by_a_loop():
    probs = RNG.dirichlet(np.full(3, 0.5), 200)
    labels = RNG.integers(0, 3, 200)
    for bins in (1, 2, 10, 15):
        expected = 0.0
        for b in range(1, bins + 1):
            inside = [i for i in range(200) if (b - 1) / bins < max(probs[i]) <= b / bins]
            if inside:
                accuracy = np.mean([probs[i].argmax() == labels[i] for i in inside])
                confidence = np.mean([max(probs[i]) for i in inside])
                expected += len(inside) / 200 * abs(accuracy - confidence)
        assert expected_calibration_error(probs, labels, bins=bins) == pytest.approx(
            expected, rel=1e-12, abs=0
        )
    assert expected_calibration_error(probs, labels) == expected_calibration_error(probs, labels, bins=15)
    folded = expected_calibration_error(probs.reshape(10, 20, 3), labels.reshape(10, 20))
    assert folded == expected_calibration_error(probs, labels)


def test_expected_calibration_error_at_the_edges_of_bins():
    # One half is the upper end of the first of two bins: sure and right, unsure and wrong stay apart.
    probs, labels = [[0.5, 0.5], [0.75, 0.25]], [1, 0]
    assert expected_calibration_error(probs, labels, bins=2) == (0.5 + 0.25) / 2
    assert expected_calibration_error(probs, labels, bins=1) == abs(1 - 1.25) / 2
    assert expected_calibration_error([[1.0, 0.0]], [0]) == 0
    assert expected_calibration_error([[1.0, 0.0]], [1]) == 1
    assert expected_calibration_error([1 + 5e-7, 0.0], 0) == pytest.approx(5e-7, rel=1e-6, abs=0)
    # Of two top classes the first is the prediction.
    assert expected_calibration_error([[0.5, 0.5]], [0]) == 0.5


# ---- Gradients -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("loss", "grad", "arguments", "settings"), LOSSES)
def test_gradients_are_those_of_differences(loss, grad, arguments, settings):
    first, second = arguments
    gradient, h = grad(first, second, **settings), 1e-3
    assert gradient.shape == first.shape
    for j in range(4):
        step = h * np.eye(4)[j]
        # Central differences of the 4th order; each loss depends on its own vector only.
        weights = [(1, 8), (-1, -8), (2, -1), (-2, 1)]
        slope = sum(w * loss(first + s * step, second, **settings) for s, w in weights) / (12 * h)
        expected = slope[:, j] if loss is binary_cross_entropy else slope
        np.testing.assert_allclose(gradient[:, j], expected, rtol=1e-7, atol=1e-9)


def test_gradients_are_those_of_autograd():
    def gradient_of(function):
        a = torch.tensor(LOGITS, requires_grad=True)
        return torch.autograd.grad(function(a).sum(), a)[0].numpy()

    labels = torch.tensor(LABELS)
    cases = [
        (
            lambda a: torch.nn.functional.cross_entropy(a, labels, label_smoothing=0.2, reduction="none"),
            softmax_cross_entropy_grad(LOGITS, LABELS, label_smoothing=0.2),
        ),
        (
            lambda a: torch.nn.functional.cross_entropy(a, torch.tensor(TARGETS), reduction="none"),
            softmax_cross_entropy_grad(LOGITS, TARGETS),
        ),
        (
            lambda a: (
                torch.nn.functional.binary_cross_entropy_with_logits(a, torch.tensor(TARGETS)) * a.numel()
            ),
            binary_cross_entropy_grad(LOGITS, TARGETS),
        ),
        (
            lambda a: (
                9
                * torch.nn.functional.kl_div(
                    torch.log_softmax(a / 3, -1),
                    torch.softmax(torch.tensor(OTHERS) / 3, -1),
                    reduction="none",
                )
            ),
            distillation_loss_grad(LOGITS, OTHERS, temperature=3.0),
        ),
        (
            lambda a: (
                (1 - torch.softmax(a, -1)[range(6), labels]) ** 1.5
                * -torch.log_softmax(a, -1)[range(6), labels]
            ),
            focal_loss_grad(LOGITS, LABELS, gamma=1.5),
        ),
    ]
    for function, ours in cases:
        np.testing.assert_allclose(ours, gradient_of(function), rtol=1e-10, atol=1e-14)


def test_the_brier_gradient_moves_each_probability_by_itself():
    moved = PROBS + 1e-7 * np.eye(4)[1]
    slope = (brier_score(moved, LABELS) - brier_score(PROBS, LABELS)) / 1e-7
    np.testing.assert_allclose(brier_score_grad(PROBS, LABELS)[:, 1], slope, atol=1e-6)


def test_the_gradient_keeps_its_digits_where_the_answer_is_right():
    assert softmax_cross_entropy_grad([50.0, 0.0], 0) == pytest.approx(
        [-math.exp(-50), math.exp(-50)], rel=1e-14, abs=0
    )
    assert softmax_cross_entropy_grad([50.0, 0.0], [1, 0])[0] == pytest.approx(
        -math.exp(-50), rel=1e-14, abs=0
    )
    assert binary_cross_entropy_grad(50.0, 1.0) == pytest.approx(-math.exp(-50), rel=1e-14, abs=0)
    near = distillation_loss_grad([1.0, 2.0], [1.0, 2.0 + 1e-9], temperature=100.0)
    # About (z − v)/K of centered logits: half the difference goes to either class.
    assert near == pytest.approx([0.25e-9, -0.25e-9], rel=1e-3, abs=0)


# ---- Edges -----------------------------------------------------------------------------------------------


def test_extreme_logits():
    assert softmax_cross_entropy([1e4, -1e4], 1) == 2e4
    assert softmax_cross_entropy([1e4, -1e4], 0) == 0
    assert softmax_cross_entropy([50.0, 0.0], 0) == pytest.approx(math.exp(-50), rel=1e-14, abs=0)
    assert math.copysign(1, softmax_cross_entropy([1e4, -1e4], 0)) == 1
    assert softmax_cross_entropy([0.0, -math.inf], 1) == math.inf
    assert softmax_cross_entropy([0.0, -math.inf], 0) == 0
    assert softmax_cross_entropy([0.0, -math.inf], [1, 0]) == 0
    assert softmax_cross_entropy([0.0, -math.inf], 0, label_smoothing=0.1) == math.inf
    assert softmax_cross_entropy([0.0, -math.inf], 1, class_weights=[1, 0]) == 0
    assert softmax_cross_entropy_grad([0.0, -math.inf], 1).tolist() == [1, -1]
    assert softmax_cross_entropy([3.0], 0) == 0
    assert math.copysign(1, softmax_cross_entropy([3.0], 0)) == 1
    assert np.isnan(softmax_cross_entropy([0.0, math.nan], 0, class_weights=[0, 0]))
    assert softmax_cross_entropy_grad([3.0], 0).tolist() == [0]


def test_extreme_logits_of_yes_or_no():
    a = [1e4, -1e4, 1e4, -1e4, math.inf, -math.inf, math.inf, -math.inf]
    t = [1, 1, 0, 0, 1, 1, 0, 0]
    assert binary_cross_entropy(a, t).tolist() == [0, 1e4, 1e4, 0, 0, math.inf, math.inf, 0]
    assert binary_cross_entropy_grad(a, t).tolist() == [0, -1, 1, 0, 0, -1, 1, 0]
    assert binary_cross_entropy(math.inf, 0.5) == math.inf
    assert binary_cross_entropy_grad(math.inf, 0.25) == 0.75


def test_extreme_focal_losses():
    for gamma in (0, 0.5, 2.0):
        assert focal_loss([1e4, -1e4], 0, gamma=gamma) == 0
        assert focal_loss([1e4, -1e4], 1, gamma=gamma) == 2e4
        assert focal_loss([0.0, -math.inf], 1, gamma=gamma) == math.inf
        assert focal_loss_grad([1e4, -1e4], 0, gamma=gamma).tolist() == [0, 0]
        assert focal_loss_grad([1e4, -1e4], 1, gamma=gamma).tolist() == [1, -1]
        assert focal_loss_grad([0.0, -math.inf], 1, gamma=gamma).tolist() == [1, -1]
    assert focal_loss([50.0, 0.0], 0) == pytest.approx(math.exp(-150), rel=1e-13, abs=0)
    assert focal_loss_grad([50.0, 0.0], 0)[1] == pytest.approx(3 * math.exp(-150), rel=1e-13, abs=0)


def test_extreme_distillation():
    assert distillation_loss([0.0, -1e4], [0.0, 0.0]) == pytest.approx(5e3 - math.log(2), rel=1e-14, abs=0)
    assert distillation_loss([0.0, -math.inf], [0.0, 0.0]) == math.inf
    assert distillation_loss([0.0, 0.0], [0.0, -math.inf]) == pytest.approx(math.log(2), rel=1e-15, abs=0)
    assert distillation_loss([1.0, 2.0], [2.0, 3.0]) == 0
    assert distillation_loss_grad([1.0, 2.0], [2.0, 3.0]).tolist() == [0, 0]
    assert distillation_loss_grad([0.0, -math.inf], [0.0, 0.0]).tolist() == [0.5, -0.5]
    assert distillation_loss_grad([0.0, 0.0], [0.0, -math.inf]).tolist() == [-0.5, 0.5]
    # Large T: (z − v)² of centered logits over 2K; tiny T: no overflow turns into NaN.
    assert distillation_loss([1.0, -1.0], [0.0, 0.0], temperature=1e8) == pytest.approx(0.5, rel=1e-14, abs=0)
    assert distillation_loss([1e308, 0.0], [1e308, 0.0], temperature=0.1) == 0
    assert distillation_loss_grad([1e308, 0.0], [0.0, 1e308], temperature=0.1).tolist() == [0.1, -0.1]


# ---- Types and shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("loss", "grad", "arguments", "settings"), EVERY)
def test_types(loss, grad, arguments, settings):
    single = [x.astype(np.float32) if x.dtype == np.float64 else x for x in arguments]
    for function in (loss, grad):
        result = function(*single, **settings)
        assert result.dtype == np.float32
        assert function(*arguments, **settings).dtype == np.float64
        np.testing.assert_allclose(result, function(*arguments, **settings), rtol=1e-3, atol=1e-5)
    lists = [x.tolist() for x in arguments]
    np.testing.assert_array_equal(loss(*lists, **settings), loss(*arguments, **settings))


@pytest.mark.parametrize(("loss", "grad", "arguments", "settings"), EVERY)
def test_shapes(loss, grad, arguments, settings):
    flat, flat_grad = loss(*arguments, **settings), grad(*arguments, **settings)
    cubes = [x.reshape(2, 3, *x.shape[1:]) for x in arguments]
    np.testing.assert_array_equal(loss(*cubes, **settings), flat.reshape(2, 3, *flat.shape[1:]))
    np.testing.assert_array_equal(grad(*cubes, **settings), flat_grad.reshape(2, 3, 4))
    one = [x[0] for x in arguments]
    np.testing.assert_array_equal(loss(*one, **settings), flat[0])
    np.testing.assert_array_equal(grad(*one, **settings), flat_grad[0])
    if loss is not binary_cross_entropy:
        assert flat.shape == (6,)
        assert type(loss(*one, **settings)) is np.float64
    none = [x[:0] for x in arguments]
    assert loss(*none, **settings).shape == flat[:0].shape
    assert grad(*none, **settings).shape == (0, 4)


@pytest.mark.parametrize(("loss", "grad", "arguments", "settings"), EVERY)
def test_arguments_stay_unchanged(loss, grad, arguments, settings):
    before = [x.copy() for x in arguments]
    loss(*arguments, **settings)[...] = 7
    grad(*arguments, **settings)[...] = 7
    for now, then in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(("loss", "grad", "arguments", "settings"), LOSSES)
def test_nan_makes_its_example_nan_and_no_other(loss, grad, arguments, settings):
    logits = arguments[0].copy()
    logits[1, 2] = np.nan
    result, gradient = loss(logits, arguments[1], **settings), grad(logits, arguments[1], **settings)
    if loss is binary_cross_entropy:
        assert np.isnan([result[1, 2], gradient[1, 2]]).all()
        assert np.isnan(result).sum() == np.isnan(gradient).sum() == 1
    else:
        assert np.isnan(result).nonzero()[0].tolist() == [1]
        assert np.isnan(gradient).any(-1).nonzero()[0].tolist() == [1]


def test_labels_of_any_integer_type():
    expected = softmax_cross_entropy(LOGITS, LABELS)
    for dtype in (np.int8, np.uint8, np.int64, np.uint64):
        np.testing.assert_array_equal(softmax_cross_entropy(LOGITS, LABELS.astype(dtype)), expected)
    np.testing.assert_array_equal(softmax_cross_entropy(LOGITS, np.eye(4, dtype=int)[LABELS]), expected)
    assert binary_cross_entropy(np.float32([0.5]), [1]).dtype == np.float32
    assert binary_cross_entropy(np.float32([0.5]), [1.0]).dtype == np.float64


# ---- Refusals ----------------------------------------------------------------------------------------------


def refused(error, message, function, *arguments, **settings):
    """Assert that a call is refused with this error and the beginning of its message."""
    with pytest.raises(error) as caught:
        function(*arguments, **settings)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("function", [*WITH_LABELS, *ON_PROBS])
@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0, 2], ValueError, "must be from 0 to 1; got 2 at index (1,)"),
        ([-1, 0], ValueError, "must be from 0 to 1; got -1 at index (0,)"),
        ([0.0, 1.0], TypeError, "must be integers; got dtype float64"),
        ([True, False], TypeError, "must be integers; got dtype bool"),
        (["0", "1"], TypeError, "must be integers; got dtype <U1"),
        ([None, 1], TypeError, "must be integers; got dtype object"),
        ([0], ValueError, "must have shape (2,)"),
        (0, ValueError, "must have shape (2,)"),
        ([[0, 1]], ValueError, "must have shape (2,)"),
    ],
)
def test_bad_labels_are_refused(function, labels, error, message):
    name = "target" if function in WITH_LABELS[:2] else "labels"
    refused(error, f"{name} {message}", function, [[0.5, 0.5], [0.25, 0.75]], labels)


@pytest.mark.parametrize("function", [*WITH_LABELS[:2]])
def test_other_bad_arguments_of_cross_entropy_are_refused(function):
    a = [[0.0, 1.0]]
    refused(ValueError, "target must have shape (1,) (labels) or (1, 2)", function, a, [[1.0]])
    refused(ValueError, "target must sum to 1 along its axis; got a sum of 1.5", function, a, [[1.0, 0.5]])
    refused(ValueError, "target must hold probabilities, at least 0; got nan", function, a, [[1.0, math.nan]])
    refused(
        TypeError, "target must be an array of real numbers; got dtype bool", function, a, [[True, False]]
    )
    for smoothing in (-0.1, 1.1, math.nan, math.inf, "0", None, True):
        error = (TypeError, ValueError)
        refused(
            error,
            "label_smoothing must be a number from 0 to 1; got",
            function,
            a,
            [0],
            label_smoothing=smoothing,
        )
    for weights, message in [
        ([1.0], "class_weights must have shape (2,); got (1,)"),
        (1.0, "class_weights must have shape (2,); got ()"),
        ([1.0, -1.0], "class_weights must be finite and at least 0; got -1"),
        ([1.0, math.nan], "class_weights must be finite and at least 0; got nan"),
        ([1.0, math.inf], "class_weights must be finite and at least 0; got inf"),
    ]:
        refused(ValueError, message, function, a, [0], class_weights=weights)
    refused(TypeError, "class_weights must be an array of real", function, a, [0], class_weights=[True, True])


@pytest.mark.parametrize("function", [binary_cross_entropy, binary_cross_entropy_grad])
def test_bad_arguments_of_binary_cross_entropy_are_refused(function):
    refused(ValueError, "target must be from 0 to 1; got 1.5", function, [0.0, 1.0], [0.5, 1.5])
    refused(ValueError, "target must be from 0 to 1; got -1", function, [0.0, 1.0], [1, -1])
    refused(ValueError, "target must be from 0 to 1; got nan", function, 0.0, math.nan)
    refused(ValueError, "logits and target must have equal shapes; got (2,) and ()", function, [0.0, 1.0], 1)
    refused(TypeError, "logits must be an array of real numbers; got dtype bool", function, [True], [1])
    refused(TypeError, "target must be an array of real numbers; got dtype bool", function, [0.0], [True])


@pytest.mark.parametrize("function", [focal_loss, focal_loss_grad])
@pytest.mark.parametrize("gamma", [-1, math.nan, math.inf, "2", None, [2.0], False])
def test_a_bad_gamma_is_refused(function, gamma):
    message = "gamma must be a finite number of at least 0; got"
    refused((TypeError, ValueError), message, function, [[0.0, 1.0]], [0], gamma=gamma)


@pytest.mark.parametrize("function", DISTILLING)
def test_bad_arguments_of_distillation_are_refused(function):
    shapes = "student_logits and teacher_logits must have equal shapes; got (2,) and (1,)"
    refused(ValueError, shapes, function, [0.0, 1.0], [0.0])
    refused(ValueError, "teacher_logits must be below inf", function, [0.0, 1.0], [0.0, math.inf])
    refused(TypeError, "student_logits must be an array of real", function, ["0"], [0.0])
    for temperature in (0, -1.0, math.nan, math.inf, None):
        message = "temperature must be a positive finite number; got"
        refused((TypeError, ValueError), message, function, [0.0], [0.0], temperature=temperature)


@pytest.mark.parametrize(
    "function",
    [*(lambda a, f=f: f(a, [0]) for f in WITH_LABELS), *(lambda a, f=f: f(a, a) for f in DISTILLING)],
)
@pytest.mark.parametrize(
    "logits", [[[math.inf, 0.0]], [[-math.inf, -math.inf]], np.zeros((1, 0)), 0.0, [[True, False]], [["0"]]]
)
def test_bad_logits_are_refused(function, logits):
    with pytest.raises((TypeError, ValueError), match=r"^(student_)?logits must "):
        function(logits)


@pytest.mark.parametrize("function", ON_PROBS)
def test_bad_probabilities_are_refused(function):
    refused(ValueError, "probs must sum to 1 along its axis; got a sum of 0.9", function, [[0.5, 0.4]], [0])
    refused(ValueError, "probs must hold probabilities, at least 0; got -0.5", function, [[1.5, -0.5]], [0])
    refused(
        ValueError, "probs must hold probabilities, at least 0; got nan", function, [[math.nan, 1.0]], [0]
    )
    refused(
        TypeError, "probs must be an array of real numbers; got dtype bool", function, [[True, False]], [0]
    )
    refused(ValueError, "probs must have at least one axis; got shape ()", function, 1.0, 0)


def test_bad_bins_and_no_examples_are_refused():
    message = "probs must hold at least one example; got shape (0, 2)"
    refused(ValueError, message, expected_calibration_error, np.zeros((0, 2)), np.zeros(0, int))
    for bins in (0, -3, 2.0, None, True, "2"):
        message = "bins must be a positive integer; got"
        refused((TypeError, ValueError), message, expected_calibration_error, [[1.0]], [0], bins=bins)


# ---- Laws --------------------------------------------------------------------------------------------------


@quick
@given(vectors, vectors, st.floats(-100, 100), st.integers(0, 3))
def test_cross_entropy_of_logits_is_that_of_distributions(a, b, shift, label):
    target = softmax(b)
    assert softmax_cross_entropy(a, target) == pytest.approx(
        cross_entropy(target, softmax(a)), rel=1e-11, abs=1e-15
    )
    assert softmax_cross_entropy(a, target) >= entropy(target) - 1e-12
    divergence = softmax_cross_entropy(a, target) - entropy(target)
    assert distillation_loss(a, b) == pytest.approx(divergence, rel=1e-9, abs=1e-12)
    for function in (softmax_cross_entropy, focal_loss):
        assert function(a + shift, label) == pytest.approx(function(a, label), rel=1e-9, abs=1e-11)
    assert 0 <= focal_loss(a, label) <= softmax_cross_entropy(a, label)
    assert abs(softmax_cross_entropy_grad(a, label).sum()) < 1e-15
    assert 0 <= brier_score(softmax(a), label) <= 2


@quick
@given(st.floats(-50, 50), st.floats(0, 1))
def test_binary_cross_entropy_is_softmax_cross_entropy_of_two(a, t):
    pair = softmax_cross_entropy([a, 0.0], [t, 1 - t])
    assert binary_cross_entropy(a, t) == pytest.approx(pair, rel=1e-13, abs=1e-300)
    assert binary_cross_entropy(-a, t) == pytest.approx(binary_cross_entropy(a, 1 - t), rel=1e-9, abs=1e-14)


@quick
@given(vectors, vectors, st.floats(0, 1), st.integers(0, 3))
def test_convexity(a, b, w, label):
    middle = w * a + (1 - w) * b
    for loss in (
        lambda x: softmax_cross_entropy(x, label, label_smoothing=0.1),
        lambda x: binary_cross_entropy(x, [0.0, 1.0, 0.3, 0.5]).sum(),
        lambda x: distillation_loss(x, [1.0, 0.0, 2.0, -1.0], temperature=2.0),
    ):
        assert loss(middle) <= w * loss(a) + (1 - w) * loss(b) + 1e-10


def test_focal_loss_is_not_convex():
    ends = [focal_loss([-8.0, 0.0], 0), focal_loss([-2.0, 0.0], 0)]
    assert focal_loss([-5.0, 0.0], 0) > sum(ends) / 2 + 0.05


def expected_loss(loss, probabilities):
    """Return the mean of a loss of each candidate where the labels have the probabilities .6, .3, .1."""
    weights = [0.6, 0.3, 0.1]
    return sum(w * loss(probabilities, np.full(len(probabilities), y)) for y, w in enumerate(weights))


def test_what_the_losses_elicit():
    truth = np.array([0.6, 0.3, 0.1])
    steps = np.arange(1, 40) / 40
    grid = np.array([[x, y, 1 - x - y] for x in steps for y in steps if x + y < 0.999])
    nearest = grid[abs(grid - truth).sum(-1).argmin()]
    np.testing.assert_allclose(nearest, truth, atol=1e-12)
    for loss in (lambda p, y: softmax_cross_entropy(np.log(p), y), brier_score):
        np.testing.assert_allclose(grid[expected_loss(loss, grid).argmin()], truth, atol=1e-12)
    best = grid[expected_loss(lambda p, y: focal_loss(np.log(p), y), grid).argmin()]
    # Less sure than the truth, in the same order.
    assert best[0] < 0.58
    assert best[0] > best[1] > best[2]
    logits = np.log(steps / (1 - steps))
    mean = binary_cross_entropy(logits, np.full(39, 0.3))
    assert steps[mean.argmin()] == 0.3
