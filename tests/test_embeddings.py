"""Embedding losses: values by hand, digits near certainty and collapse, bounds and invariances."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossbook import embeddings
from lossbook.embeddings import (
    alignment,
    cosine_embedding_loss,
    cosine_embedding_loss_grad,
    cosine_loss,
    cosine_loss_grad,
    cosine_similarity,
    info_nce,
    info_nce_grad,
    uniformity,
)

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(12)
A, B = RNG.standard_normal((2, 5, 3))


def near(value, rel=1e-14):
    return pytest.approx(value, rel=rel, abs=0)


# ---- Values ------------------------------------------------------------------------------------------------


def test_pairs_by_hand():
    a, b = [3.0, 4.0], [4.0, 3.0]
    assert cosine_similarity(a, b) == near(24 / 25)
    assert cosine_loss(a, b) == near(1 / 25)
    # (24/25 · (3, 4) − (4, 3))/5/5
    slope = np.array([-28 / 625, 21 / 625])
    np.testing.assert_allclose(cosine_loss_grad(a, b), slope, rtol=1e-13)
    for margin, pushed in ((-1.0, 1.96), (0.9, 0.06), (0.96 - 1e-9, 1e-9), (0.96 + 1e-9, 0.0), (1.0, 0.0)):
        loss = cosine_embedding_loss([a, a], [b, b], [1, -1], margin=margin)
        np.testing.assert_allclose(loss, [0.04, pushed], rtol=1e-6)
        gradient = cosine_embedding_loss_grad([a, a], [b, b], [1, -1], margin=margin)
        np.testing.assert_allclose(gradient, [slope, -slope if pushed else [0, 0]], rtol=1e-13)
    assert cosine_embedding_loss(a, b, -1) == near(24 / 25)
    np.testing.assert_allclose(cosine_embedding_loss_grad(a, b, -1), -slope, rtol=1e-13)
    # At the margin itself, by default 0, the pair is left alone.
    assert cosine_embedding_loss([[0.0, 1.0]], [[1.0, 0.0]], [-1]).tolist() == [0]
    assert not np.signbit(cosine_embedding_loss_grad([[0.0, 1.0]], [[1.0, 0.0]], [-1])).any()


def test_many_by_hand():
    e = np.eye(2)
    np.testing.assert_allclose(info_nce(e, e, temperature=0.5), math.log1p(math.exp(-2)), rtol=1e-14)
    np.testing.assert_allclose(info_nce(e, e[::-1], temperature=0.5), math.log1p(math.exp(2)), rtol=1e-14)
    # The default temperature is 0.1.
    np.testing.assert_allclose(info_nce(e, e[::-1]), math.log1p(math.exp(10)), rtol=1e-14)
    pull = 1 / (1 + math.exp(2)) / 0.5
    np.testing.assert_allclose(info_nce_grad(2 * e, e, temperature=0.5), pull / 2 * e[::-1], rtol=1e-14)
    np.testing.assert_array_equal(info_nce_grad(A, B), info_nce_grad(A, B, temperature=0.1))
    assert alignment([[3.0, 4.0], [1.0, 0.0]], [[4.0, 3.0], [0.0, 7.0]]) == near((0.08 + 2) / 2)
    # Squared distances: 2 twice, 4 once.
    expected = math.log((2 * math.exp(-4) + math.exp(-8)) / 3)
    assert uniformity([[1.0, 0.0], [0.0, 2.0], [0.0, -3.0]]) == near(expected)
    assert uniformity([[1.0, 0.0], [-5.0, 0.0]]) == -8


# ---- Digits ------------------------------------------------------------------------------------------------


def test_near_directions_keep_their_digits():
    east, tilted = [1.0, 0.0], np.array([1.0, 1e-9])
    assert cosine_loss(east, tilted) == near(5e-19)
    np.testing.assert_allclose(cosine_loss_grad(east, tilted), [0, -1e-9], rtol=1e-14)
    # Orthogonal to a within its own rounding, not within that of 1.
    a = np.array([0.6, 0.8, 0.1])
    gradient = cosine_loss_grad(a, a + np.array([1e-12, 0, 1e-12]))
    assert abs(gradient @ a) < 1e-14 * np.linalg.norm(gradient)
    assert alignment([east, east], [tilted, east]) == near(5e-19)
    assert uniformity([east, tilted]) == near(-2e-18)
    assert uniformity([east, tilted, east]) == near(-4e-18 / 3)
    assert uniformity([east, [5.0, 0.0]]) == 0


def test_certain_queries_keep_their_digits():
    e = np.array([[1.0, 0.0], [-1.0, 0.0]])
    np.testing.assert_allclose(info_nce(e, e, temperature=0.05), math.exp(-40), rtol=1e-13)
    np.testing.assert_allclose(info_nce(e, -e, temperature=1e-3), 2000, rtol=1e-15)
    e = np.eye(2)
    pull = math.exp(-50) / 0.02
    np.testing.assert_allclose(info_nce_grad(e, e, temperature=0.02), pull * e[::-1], rtol=1e-13)
    loss = info_nce([[1.0, 2.0]], [[3.0, 1.0]])
    assert loss.tolist() == [0]
    assert not np.signbit(loss).any()
    assert info_nce_grad([[1.0, 2.0]], [[3.0, 1.0]]).tolist() == [[0, 0]]


def test_gradients_of_nearly_nothing_and_of_what_is_infinite():
    assert cosine_loss_grad([1e-320, 0.0], [1.0, 1.0]).tolist() == [0, -math.inf]
    for gradient in (cosine_loss_grad, info_nce_grad):
        assert np.isnan(gradient([[math.inf, 0.0]], [[1.0, 1.0]])).all()


# ---- Properties --------------------------------------------------------------------------------------------


# Thousandths: subnormal numbers are rounded when they are rotated.
ELEMENTS = st.integers(-9000, 9000).map(lambda z: z / 1000)


@given(arrays(float, (2, 4, 3), elements=ELEMENTS).filter(lambda z: abs(z).max(axis=2).all()))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_bounds_and_invariances(pair):
    a, b = pair
    rotation = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))[0]
    for loss, low, high in (
        (cosine_similarity, -1, 1),
        (cosine_loss, 0, 2),
        (info_nce, 0, math.log(4) + 20),
        (alignment, 0, 4),
        (lambda a, b: uniformity(a), -8, 0),
    ):
        value = loss(a, b)
        assert (value >= low).all()
        assert (value <= high * (1 + 1e-15)).all()
        np.testing.assert_allclose(loss(a @ rotation, b @ rotation), value, rtol=0, atol=1e-10)
        np.testing.assert_allclose(loss(3 * a, 0.25 * b), value, rtol=0, atol=1e-10)
    np.testing.assert_allclose(cosine_loss(a, b), 1 - cosine_similarity(a, b), rtol=0, atol=1e-14)
    assert alignment(a, b) == pytest.approx(2 * cosine_loss(a, b).mean(), rel=1e-14, abs=0)
    for gradient in (cosine_loss_grad, info_nce_grad):
        slope = gradient(a, b)
        np.testing.assert_allclose(np.vecdot(slope, a), 0, rtol=0, atol=1e-12)
        np.testing.assert_allclose(gradient(4 * a, b), slope / 4, rtol=1e-9, atol=1e-12)


def test_no_cosine_is_beyond_1():
    """The product of a unit vector with itself rounds to more than 1 every few times."""
    vectors = RNG.standard_normal((200, 5))
    for sign in (1, -1):
        cosines = sign * cosine_similarity(vectors, sign * vectors)
        assert cosines.max() == 1
        assert cosines.min() > 1 - 1e-15
        assert cosine_embedding_loss(vectors, vectors, -np.ones(200), margin=-1).max() == 2


# ---- Refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["info_nce", "info_nce_grad", "alignment"])
def test_tables_must_have_rows(name):
    names = "queries and keys" if name.startswith("info") else "a and b"
    for bad in (A[0], A[:0], A[np.newaxis], 1.0):
        with pytest.raises(ValueError, match="must") as caught:
            getattr(embeddings, name)(bad, bad)
        assert str(caught.value) == f"{names} must have shape (n, d) with n > 0; got {np.shape(bad)}"


def test_uniformity_takes_two_vectors_or_more():
    for bad in (A[0], A[:1], A[np.newaxis]):
        with pytest.raises(ValueError, match="must") as caught:
            uniformity(bad)
        assert str(caught.value) == f"a must have shape (n, d) with n > 1; got {bad.shape}"


def test_a_temperature_must_exist_in_the_type_of_the_vectors():
    for function in (info_nce, info_nce_grad):
        assert np.isfinite(function(np.eye(3), np.eye(3), temperature=1e-60)).all()
        with pytest.raises(
            ValueError, match=r"^temperature must be a positive finite number in float32; got"
        ):
            function(np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32), temperature=1e-60)
