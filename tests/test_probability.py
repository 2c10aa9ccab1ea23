"""The contract of the softmax family and the sigmoids: values, edges, types, axes, refusals, invariances."""

import math

import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossbook import probability
from lossbook.probability import (
    log_sigmoid,
    log_softmax,
    logsumexp,
    sigmoid,
    softmax,
    softmax_jacobian,
    softmax_vjp,
    sparsemax,
)

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(1)
LOGITS = 3 * RNG.standard_normal((4, 3, 5))
ALONG_AXIS = [softmax, log_softmax, logsumexp, sparsemax]
ON_LOGITS = [*ALONG_AXIS, softmax_jacobian]
ELEMENTWISE = [sigmoid, log_sigmoid]


def vjp_of_ones(logits):
    """Give softmax_vjp the arguments of the others, with a vector that is not constant."""
    vector = np.arange(np.size(logits), dtype=np.asarray(logits).dtype).reshape(np.shape(logits))
    return softmax_vjp(logits, vector)


EVERY = [*ELEMENTWISE, *ON_LOGITS, vjp_of_ones]

vectors = arrays(float, st.integers(1, 8), elements=st.floats(-50, 50))
quick = settings(max_examples=30, deadline=None)


def test_every_public_function_is_here():
    assert {f.__name__ for f in [*ELEMENTWISE, *ON_LOGITS, softmax_vjp]} == set(probability.__all__)


# ---- Values ----------------------------------------------------------------------------------------------


def test_values_worked_by_hand():
    third = [math.log(1), math.log(2), math.log(3)]
    np.testing.assert_allclose(softmax(third), [1 / 6, 2 / 6, 3 / 6], rtol=1e-15)
    np.testing.assert_allclose(log_softmax(third), np.log([1 / 6, 2 / 6, 3 / 6]), rtol=1e-15)
    assert logsumexp(third) == pytest.approx(math.log(6), rel=1e-15, abs=0)
    assert sigmoid(math.log(3)) == pytest.approx(0.75, rel=1e-15, abs=0)
    assert log_sigmoid(math.log(3)) == pytest.approx(math.log(0.75), rel=1e-15, abs=0)
    jacobian = [[5 / 36, -2 / 36, -3 / 36], [-2 / 36, 8 / 36, -6 / 36], [-3 / 36, -6 / 36, 9 / 36]]
    np.testing.assert_allclose(softmax_jacobian(third), jacobian, rtol=1e-14)
    np.testing.assert_allclose(softmax_vjp(third, [6.0, 0.0, 0.0]), [5 / 6, -2 / 6, -3 / 6], rtol=1e-14)
    np.testing.assert_allclose(sparsemax([1.0, 0.8, 0.1]), [0.6, 0.4, 0.0], rtol=1e-15, atol=1e-16)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
def test_torch_and_scipy_have_the_same(axis):
    for ours, name in [(softmax, "softmax"), (log_softmax, "log_softmax"), (logsumexp, "logsumexp")]:
        theirs = getattr(torch, name)(torch.tensor(LOGITS), axis).numpy()
        np.testing.assert_allclose(ours(LOGITS, axis=axis), theirs, rtol=1e-13)
        np.testing.assert_allclose(
            ours(LOGITS, axis=axis), getattr(scipy.special, name)(LOGITS, axis=axis), rtol=1e-13
        )
    np.testing.assert_allclose(sigmoid(LOGITS), scipy.special.expit(LOGITS), rtol=1e-14)
    np.testing.assert_allclose(
        log_sigmoid(LOGITS), torch.nn.functional.logsigmoid(torch.tensor(LOGITS)), rtol=1e-14
    )


def test_derivatives_are_those_of_torch():
    for row in LOGITS.reshape(-1, 5):
        theirs = torch.autograd.functional.jacobian(lambda a: torch.softmax(a, 0), torch.tensor(row))
        np.testing.assert_allclose(softmax_jacobian(row), theirs, rtol=1e-12)
    logits, vector = torch.tensor(LOGITS, requires_grad=True), RNG.standard_normal(LOGITS.shape)
    (theirs,) = torch.autograd.grad(torch.softmax(logits, -1), logits, torch.tensor(vector))
    np.testing.assert_allclose(softmax_vjp(LOGITS, vector), theirs, rtol=1e-11, atol=1e-15)
    np.testing.assert_allclose(
        softmax_vjp(LOGITS, vector),
        np.einsum("...ij,...j->...i", softmax_jacobian(LOGITS), vector),
        rtol=1e-11,
    )


def test_the_jacobian_is_the_derivative_of_softmax():
    a, h = LOGITS[0, 0], 1e-3
    # Central differences of the 4th order.
    steps = [(1, 8), (-1, -8), (2, -1), (-2, 1)]
    columns = [sum(w * softmax(a + s * h * e) for s, w in steps) / (12 * h) for e in np.eye(5)]
    np.testing.assert_allclose(softmax_jacobian(a), np.transpose(columns), atol=1e-12)


@pytest.mark.parametrize("temperature", [0.25, 3, np.float64(2.0)])
def test_a_temperature_divides_the_logits(temperature):
    for function in (softmax, log_softmax):
        np.testing.assert_array_equal(
            function(LOGITS, temperature=temperature), function(LOGITS / temperature)
        )
    assert softmax(np.float32(LOGITS), temperature=temperature).dtype == np.float32


def test_extreme_temperatures():
    assert softmax([1.0, 3.0, 3.0], temperature=1e-300).tolist() == [0, 0.5, 0.5]
    assert softmax([1.0, 3.0, 2.0], temperature=1e300).tolist() == [1 / 3] * 3
    # logits / temperature is beyond the largest float, its differences are not.
    assert softmax([[1e308, -1e308, 1e308], [-1e308] * 3], temperature=0.1).tolist() == [
        [0.5, 0, 0.5],
        [1 / 3] * 3,
    ]
    assert log_softmax([1e308, -1e308], temperature=0.1).tolist() == [0, -math.inf]
    assert log_softmax([1e305, 1e305], temperature=1e-10) == pytest.approx([-math.log(2)] * 2)
    # A vector beside one that overflows is what it is alone.
    pair = softmax([[1e308, 0.0], [0.3, 0.4]], temperature=0.1)
    np.testing.assert_array_equal(pair[1], softmax([0.3, 0.4], temperature=0.1))


# ---- Edges -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("logits", "probabilities"),
    [
        ([7.0], [1.0]),
        ([-1e308], [1.0]),
        ([5e-324, 5e-324], [0.5, 0.5]),
        ([1e308, 1e308, -1e308], [0.5, 0.5, 0.0]),
        ([-math.inf, 0.0, -math.inf], [0.0, 1.0, 0.0]),
        ([-math.inf, 1e5, 1e5], [0.0, 0.5, 0.5]),
        ([0.0, -800.0], [1.0, 0.0]),
        ([710.0, 710.0], [0.5, 0.5]),
        ([-745.2, -745.2], [0.5, 0.5]),
    ],
)
def test_edges(logits, probabilities):
    assert softmax(logits).tolist() == probabilities
    top = max(logits)
    assert logsumexp(logits) == top - max(log_softmax(logits))
    with np.errstate(divide="ignore"):
        expected = np.log(probabilities)
    # −∞ where the logit is, else the difference itself.
    expected = [
        a - top if p == 0 else log_p for a, p, log_p in zip(logits, probabilities, expected, strict=True)
    ]
    np.testing.assert_allclose(log_softmax(logits), expected, rtol=1e-15)
    np.testing.assert_allclose(
        softmax_jacobian(logits), np.diag(probabilities) - np.outer(probabilities, probabilities), atol=1e-16
    )


def test_a_point_mass_has_a_log_probability_that_is_not_0():
    assert log_softmax([0.0, -50.0])[0] == pytest.approx(-math.exp(-50), rel=1e-15, abs=0)
    assert log_softmax([690.0, 0.0])[0] == pytest.approx(-math.exp(-690), rel=1e-15, abs=0)
    assert log_softmax([0.0, -740.0])[0] == pytest.approx(-math.exp(-740), rel=1e-3, abs=0)
    assert logsumexp([0.0, -50.0]) == pytest.approx(math.exp(-50), rel=1e-15, abs=0)


def test_no_zeros_have_a_minus():
    assert not np.signbit(softmax_jacobian([0.0, -800.0, 0.0])[1]).any()
    assert not np.signbit(softmax_jacobian([3.0])).any()


@pytest.mark.parametrize("function", ELEMENTWISE)
def test_sigmoids_at_infinity(function):
    exact = {sigmoid: [0.0, 0.5, 1.0], log_sigmoid: [-math.inf, -math.log(2), 0.0]}[function]
    assert function([-math.inf, 0.0, math.inf]).tolist() == exact
    np.testing.assert_array_equal(function([-1e308, -0.0, 1e308]), [max(exact[0], -1e308), *exact[1:]])


def test_where_the_sigmoid_first_rounds_to_1():
    # From 53 log 2 on, 1 + e⁻ˣ rounds to 1; in float32 the result is rounded once, from 25 log 2 on.
    assert sigmoid(53 * np.log(2) - 0.001) < 1
    assert sigmoid(53 * np.log(2) + 0.001) == 1
    assert sigmoid(np.float32(25 * np.log(2) - 0.001)) < 1
    assert sigmoid(np.float32(25 * np.log(2) + 0.001)) == 1
    assert 0 < sigmoid(-745.0) < 1e-322
    assert log_sigmoid(37.5) < 0


def test_sparsemax_edges():
    assert sparsemax([3.0]).tolist() == [1.0]
    assert sparsemax([2.0, 1.0, 0.999]).tolist() == [1.0, 0.0, 0.0]
    assert sparsemax([1e308, -1e308, 1e308]).tolist() == [0.5, 0.0, 0.5]
    assert sparsemax([-math.inf, -5.0, -5.0]).tolist() == [0.0, 0.5, 0.5]
    assert np.count_nonzero(sparsemax([0.5, 0.0, 0.0])) == 3


# ---- Types and shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", EVERY)
def test_types(function):
    double = function(LOGITS)
    for dtype, tolerance in [(np.float16, 5e-3), (np.float32, 1e-5), (np.longdouble, 1e-12)]:
        result = function(LOGITS.astype(dtype))
        assert result.dtype == dtype
        if dtype != np.float16:  # its rounded logits are others
            np.testing.assert_allclose(result, double, rtol=tolerance, atol=1e-5)
    expected = function(np.array([1.0, -2.0, 3.0]))
    for integers in ([1, -2, 3], (1, -2, 3), np.array([1, -2, 3], np.int8)):
        assert function(integers).dtype == np.float64
        np.testing.assert_array_equal(function(integers), expected)


@pytest.mark.parametrize("function", EVERY)
def test_arguments_stay_unchanged_and_results_are_new(function):
    for values in (LOGITS.copy(), np.array([[-1e4, 0.0], [2.0, 1.0]]), np.array([-np.inf, 0.0])):
        before = values.copy()
        result = function(values)
        if result.ndim:
            result[...] = 7
        np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("function", ALONG_AXIS)
@pytest.mark.parametrize("axis", [0, 1, -2])
def test_an_axis_is_the_last_one_moved(function, axis):
    moved = function(np.moveaxis(LOGITS, axis, -1))
    expected = moved if function is logsumexp else np.moveaxis(moved, -1, axis)
    np.testing.assert_array_equal(function(LOGITS, axis=axis), expected)


@pytest.mark.parametrize("function", EVERY)
def test_each_vector_stands_alone(function):
    logits = np.concatenate([LOGITS[0], [[1e4, -1e4, 0.0, -np.inf, 3.0], [1e308, 0, 0, 0, 0]]])
    whole = function(logits)
    assert whole.shape[0] == 5
    if function is not vjp_of_ones:
        for row, result in zip(logits, whole, strict=True):
            np.testing.assert_array_equal(function(row), result)


def test_shapes():
    assert softmax(np.zeros((0, 3))).shape == (0, 3)
    assert logsumexp(np.zeros((0, 3))).shape == (0,)
    assert softmax_jacobian(np.zeros((2, 0, 3))).shape == (2, 0, 3, 3)
    assert type(logsumexp([1.0, 2.0])) is np.float64
    assert type(sigmoid(1)) is np.float64
    assert type(log_sigmoid(np.float32(1))) is np.float32


@pytest.mark.parametrize("function", [*ON_LOGITS, vjp_of_ones])
def test_nan_makes_its_vector_nan_and_no_other(function):
    result = function(np.array([[0.0, np.nan, 1.0], [0.0, 0.5, 1.0], [np.nan, -1e4, 1e4]]))
    assert np.isnan(result[[0, 2]]).all()
    np.testing.assert_allclose(
        result[1],
        function([0.0, 0.5, 1.0]) if function is not vjp_of_ones else softmax_vjp([0, 0.5, 1], [3, 4, 5]),
        rtol=1e-13,
    )


def test_nan_in_a_sigmoid():
    assert np.isnan(sigmoid([np.nan, 0.0])).tolist() == [True, False]
    assert np.isnan(log_sigmoid([np.nan, 0.0])).tolist() == [True, False]


# ---- Refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [*ON_LOGITS, lambda a: softmax_vjp(a, a)])
@pytest.mark.parametrize(
    ("logits", "error", "message"),
    [
        ([0.0, math.inf], ValueError, "logits must be below inf; got inf"),
        (
            [[0.0, 1.0], [-math.inf] * 2],
            ValueError,
            "logits must have an entry above -inf in each vector; got one with -inf only",
        ),
        ([], ValueError, "logits must have at least one entry along axis 0; got shape (0,)"),
        (np.zeros((2, 0)), ValueError, "logits must have at least one entry along axis 1; got shape (2, 0)"),
        (1.0, ValueError, "logits must have at least one axis; got shape ()"),
        ([True, False], TypeError, "logits must be an array of real numbers; got dtype bool"),
        ([1j, 0], TypeError, "logits must be an array of real numbers; got dtype complex128"),
        (["a"], TypeError, "logits must be an array of real numbers; got dtype <U1"),
        ([None], TypeError, "logits must be an array of real numbers; got dtype object"),
        (
            [[1.0], [1.0, 2.0]],
            ValueError,
            "logits must be an array of real numbers; got nested lists of unequal lengths",
        ),
    ],
)
def test_bad_logits_are_refused(function, logits, error, message):
    with pytest.raises(error) as caught:
        function(logits)
    assert str(caught.value) == message


@pytest.mark.parametrize("function", ALONG_AXIS)
@pytest.mark.parametrize(
    ("axis", "error"), [(1, ValueError), (-2, ValueError), (0.0, TypeError), (None, TypeError)]
)
def test_a_bad_axis_is_refused(function, axis, error):
    with pytest.raises(error, match=f"^axis must be an integer from -1 to 0 .*; got {axis}$"):
        function([1.0, 2.0], axis=axis)


@pytest.mark.parametrize("function", [softmax, log_softmax])
@pytest.mark.parametrize("temperature", [0, -1.0, math.nan, math.inf, "1", [1.0], True, None])
def test_a_bad_temperature_is_refused(function, temperature):
    with pytest.raises((TypeError, ValueError), match=r"^temperature must be a positive finite number; got "):
        function([1.0, 2.0], temperature=temperature)


def test_other_bad_arguments_are_refused():
    with pytest.raises(
        ValueError, match=r"^logits and vector must have equal shapes; got \(2,\) and \(1,\)$"
    ):
        softmax_vjp([1.0, 2.0], [1.0])
    with pytest.raises(TypeError, match=r"^vector must be an array of real numbers; got dtype bool$"):
        softmax_vjp([1.0], [True])
    for function in ELEMENTWISE:
        with pytest.raises(TypeError, match=r"^x must be an array of real numbers; got dtype bool$"):
            function([True])


# ---- Properties --------------------------------------------------------------------------------------------


@quick
@given(vectors, st.floats(-100, 100))
def test_softmax_is_a_probability_that_a_shift_does_not_change(a, shift):
    for function in (softmax, sparsemax):
        p = function(a)
        assert (p >= 0).all()
        assert p.sum() == pytest.approx(1, rel=1e-14, abs=0)
        np.testing.assert_allclose(function(a + shift), p, rtol=1e-12, atol=1e-13)
    assert logsumexp(a + shift) == pytest.approx(logsumexp(a) + shift, abs=1e-12)


@quick
@given(vectors)
def test_order_is_kept_and_permutations_go_through(a):
    order = np.argsort(a)
    for function in (softmax, log_softmax, sparsemax):
        assert (np.diff(function(a)[order]) >= 0).all()
        np.testing.assert_allclose(function(a[::-1]), function(a)[::-1], rtol=1e-13, atol=1e-15)
    assert a.max() <= logsumexp(a) <= a.max() + math.log(len(a)) + 1e-13


@quick
@given(vectors)
def test_the_three_belong_together(a):
    np.testing.assert_allclose(np.exp(log_softmax(a)), softmax(a), rtol=1e-13)
    np.testing.assert_allclose(a - logsumexp(a), log_softmax(a), rtol=1e-12, atol=1e-13)


@quick
@given(vectors)
def test_the_jacobian_is_symmetric_positive_semidefinite_and_maps_ones_to_0(a):
    jacobian = softmax_jacobian(a)
    np.testing.assert_array_equal(jacobian, jacobian.T)
    np.testing.assert_allclose(jacobian.sum(0), 0, atol=1e-15)
    assert np.linalg.eigvalsh(jacobian)[0] > -1e-15
    assert softmax_vjp(a, np.full(a.shape, 0.1)).tolist() == [0] * len(a)


@quick
@given(st.floats(-1e3, 1e3))
def test_the_sigmoid_is_a_softmax_and_symmetric(x):
    assert sigmoid(x) == pytest.approx(softmax([x, 0.0])[0], rel=1e-15, abs=5e-324)
    assert log_sigmoid(x) == pytest.approx(log_softmax([x, 0.0])[0], rel=1e-15, abs=5e-324)
    assert sigmoid(x) + sigmoid(-x) == pytest.approx(1, rel=1e-15, abs=0)


@quick
@given(vectors, vectors)
def test_sparsemax_is_the_nearest_point(a, other):
    p = sparsemax(a)
    # Every other point of the simplex is on the far side: (a − p)·(q − p) ≤ 0.
    q = softmax(np.resize(other, a.shape))
    assert (a - p) @ (q - p) <= 1e-12 * (1 + abs(a).max())
    for vertex in np.eye(len(a)):
        assert (a - p) @ (vertex - p) <= 1e-12 * (1 + abs(a).max())


def test_long_sums_are_added_by_pairs():
    # One after the other, 1e5 terms would lose two digits more.
    for axis in (0, 1):
        logits = np.full((100_000, 2), 0.1).T if axis else np.full((100_000, 2), 0.1)
        np.testing.assert_allclose(softmax(logits, axis=axis), 1e-5, rtol=4e-16)
        np.testing.assert_allclose(logsumexp(logits, axis=axis), 0.1 + math.log(1e5), rtol=1e-15)
