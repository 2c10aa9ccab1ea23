"""Softmax, its relatives and the sigmoids: values, edges, invariances."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

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

LOGITS = 3 * np.random.default_rng(1).standard_normal((4, 3, 5))
vectors = arrays(float, st.integers(1, 8), elements=st.floats(-50, 50))
quick = settings(max_examples=30, deadline=None)


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


def test_torch_has_the_same_jacobian_and_products_with_it():
    vector = np.random.default_rng(2).standard_normal(LOGITS.shape)
    for row, v in zip(LOGITS.reshape(-1, 5), vector.reshape(-1, 5), strict=True):
        theirs = torch.autograd.functional.jacobian(lambda a: torch.softmax(a, 0), torch.tensor(row))
        np.testing.assert_allclose(softmax_jacobian(row), theirs, rtol=1e-12)
        np.testing.assert_allclose(softmax_vjp(row, v), theirs @ torch.tensor(v), rtol=1e-10, atol=1e-15)


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


def test_sigmoids_far_out_and_at_infinity():
    assert sigmoid([-math.inf, -1e308, 0.0, 1e308, math.inf]).tolist() == [0, 0, 0.5, 1, 1]
    assert log_sigmoid([-math.inf, -1e308, 0.0, math.inf]).tolist() == [-math.inf, -1e308, -math.log(2), 0]
    # Just below 53 log 2 the nearest float is still below 1; at −745 it is the smallest above 0.
    assert sigmoid(53 * math.log(2) - 0.001) < 1 == sigmoid(53 * math.log(2) + 0.001)
    assert 0 < sigmoid(-745.0) < 1e-322
    assert log_sigmoid(37.5) == pytest.approx(-math.exp(-37.5), rel=1e-15, abs=0)


def test_the_jacobian_keeps_its_digits_near_certainty():
    assert not np.signbit(softmax_jacobian([3.0])).any()
    # s = (1 − e⁻⁴⁰, e⁻⁴⁰) up to e⁻⁸⁰, so that every entry is ± e⁻⁴⁰: 1 − s₀ alone would be 0.
    np.testing.assert_allclose(softmax_jacobian([40.0, 0.0]), math.exp(-40) * np.array([[1, -1], [-1, 1]]))


def test_sparsemax_edges():
    assert sparsemax([3.0]).tolist() == [1.0]
    assert sparsemax([2.0, 1.0, 0.999]).tolist() == [1.0, 0.0, 0.0]
    assert sparsemax([1e308, -1e308, 1e308]).tolist() == [0.5, 0.0, 0.5]
    assert sparsemax([-math.inf, -5.0, -5.0]).tolist() == [0.0, 0.5, 0.5]
    assert np.count_nonzero(sparsemax([0.5, 0.0, 0.0])) == 3


# ---- Properties --------------------------------------------------------------------------------------------


@quick
@given(vectors, st.floats(-100, 100))
def test_softmax_is_a_probability_that_a_shift_does_not_change(a, shift):
    for function in (softmax, sparsemax):
        p = function(a)
        assert (p >= 0).all()
        assert p.sum() == pytest.approx(1, rel=1e-14, abs=0)
        np.testing.assert_allclose(function(a + shift), p, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(a - logsumexp(a), log_softmax(a), rtol=1e-12, atol=1e-13)
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
def test_the_jacobian_is_symmetric_positive_semidefinite_and_maps_ones_to_0(a):
    jacobian = softmax_jacobian(a)
    np.testing.assert_array_equal(jacobian, jacobian.T)
    np.testing.assert_allclose(jacobian.sum(0), 0, atol=1e-15)
    assert np.linalg.eigvalsh(jacobian)[0] > -1e-15
    np.testing.assert_allclose(softmax_vjp(a, np.full(a.shape, 0.1)), 0, atol=1e-16)


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
