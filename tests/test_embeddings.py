"""Embedding losses: values by hand, gradients, other libraries, bounds and invariances, refusals."""

import math

import numpy as np
import pytest
import sklearn.metrics
import torch
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
SIGNS = np.array([1, -1, -1, 1, -1])
functional = torch.nn.functional
quick = settings(max_examples=30, deadline=None)
# Of pairs of vectors, with what else they take.
CALLS = {
    "cosine_similarity": {},
    "cosine_loss": {},
    "cosine_loss_grad": {},
    "cosine_embedding_loss": {"signs": SIGNS},
    "cosine_embedding_loss_grad": {"signs": SIGNS},
    "info_nce": {},
    "info_nce_grad": {},
    "alignment": {},
}
EACH = pytest.mark.parametrize("name", CALLS)


def call(name, a, b):
    return getattr(embeddings, name)(a, b, **CALLS[name])


# ---- Values --------------------------------------------------------------------------------------------


def test_values_worked_by_hand():
    a, b = [3.0, 4.0], [4.0, 3.0]
    assert cosine_similarity(a, b) == pytest.approx(24 / 25, rel=1e-15, abs=0)
    assert cosine_loss(a, b) == pytest.approx(1 / 25, rel=1e-14, abs=0)
    # (24/25 · (3, 4) − (4, 3))/5/5
    np.testing.assert_allclose(cosine_loss_grad(a, b), [-28 / 625, 21 / 625], rtol=1e-13)
    for margin, pushed in ((0.9, 0.06), (0.96 + 1e-9, 0.0), (1.0, 0.0), (-1.0, 1.96)):
        loss = cosine_embedding_loss([a, a], [b, b], [1, -1], margin=margin)
        np.testing.assert_allclose(loss, [0.04, pushed], rtol=1e-12)
    e = np.eye(2)
    np.testing.assert_allclose(info_nce(e, e, temperature=0.5), math.log1p(math.exp(-2)), rtol=1e-14)
    np.testing.assert_allclose(info_nce(e, e[::-1], temperature=0.5), math.log1p(math.exp(2)), rtol=1e-14)
    assert alignment([a, [1.0, 0.0]], [b, [0.0, 7.0]]) == pytest.approx((0.08 + 2) / 2, rel=1e-14, abs=0)
    # Squared distances: 2 twice, 4 once.
    expected = math.log((2 * math.exp(-4) + math.exp(-8)) / 3)
    assert uniformity([[1.0, 0.0], [0.0, 2.0], [0.0, -3.0]]) == pytest.approx(expected, rel=1e-14, abs=0)


def test_edges():
    assert info_nce([[1.0, 2.0]], [[3.0, 1.0]]).tolist() == [0.0]
    assert uniformity([[1.0, 0.0], [2.0, 0.0]]) == 0
    assert uniformity([[1.0, 0.0], [1.0, 1e-9]]) == pytest.approx(-2e-18, rel=1e-12, abs=0)
    assert uniformity([[1.0, 0.0], [-5.0, 0.0]]) == pytest.approx(-8, rel=1e-15, abs=0)
    assert cosine_loss([1e200, 0.0], [1e-200, 0.0]) == 0
    assert cosine_similarity([1e-320, 0.0], [1e-320, 1e-320]) == pytest.approx(
        math.sqrt(0.5), rel=1e-15, abs=0
    )
    # A confident query costs exp(−2/T), not 0; a wrong one 2/T, and nothing overflows.
    e = np.array([[1.0, 0.0], [-1.0, 0.0]])
    np.testing.assert_allclose(info_nce(e, e, temperature=0.05), math.exp(-40), rtol=1e-13)
    np.testing.assert_allclose(info_nce(e, -e, temperature=1e-3), 2000, rtol=1e-15)
    # At the margin the pair is left alone.
    assert cosine_embedding_loss_grad([[0.0, 1.0]], [[1.0, 0.0]], [-1], margin=0.0).tolist() == [[0.0, 0.0]]


def test_a_loop_from_the_definition_agrees():
    for i in range(5):
        cos = [A[i] @ b / np.linalg.norm(A[i]) / np.linalg.norm(b) for b in B]
        assert cosine_similarity(A, B)[i] == pytest.approx(cos[i], rel=1e-13, abs=0)
        expected = -cos[i] / 0.1 + math.log(math.fsum(math.exp(c / 0.1) for c in cos))
        assert info_nce(A, B)[i] == pytest.approx(expected, rel=1e-12, abs=0)
    units = [a / np.linalg.norm(a) for a in A]
    others = [math.exp(-2 * np.sum((u - v) ** 2)) for u in units for v in units if u is not v]
    assert uniformity(A) == pytest.approx(math.log(sum(others) / 20), rel=1e-13, abs=0)
    assert alignment(A, B) == pytest.approx(2 * cosine_loss(A, B).mean(), rel=1e-14, abs=0)


# ---- Other libraries, and gradients --------------------------------------------------------------------


def test_torch_and_scikit_learn_have_the_same():
    a, b, signs = torch.tensor(A), torch.tensor(B), torch.tensor(SIGNS)
    np.testing.assert_allclose(
        cosine_similarity(A, B), functional.cosine_similarity(a, b).numpy(), rtol=1e-12
    )
    np.testing.assert_allclose(
        cosine_similarity(A, B), np.diagonal(sklearn.metrics.pairwise.cosine_similarity(A, B)), rtol=1e-12
    )
    for margin in (-0.5, 0.0, 0.3):
        theirs = functional.cosine_embedding_loss(a, b, signs, margin=margin, reduction="none")
        np.testing.assert_allclose(
            cosine_embedding_loss(A, B, SIGNS, margin=margin), theirs.numpy(), rtol=1e-9
        )
    cosines = functional.normalize(a) @ functional.normalize(b).T
    for temperature in (1.0, 0.1, 0.01):
        theirs = functional.cross_entropy(cosines / temperature, torch.arange(5), reduction="none")
        np.testing.assert_allclose(info_nce(A, B, temperature=temperature), theirs.numpy(), rtol=1e-11)


def losses(a, b):
    """Return each loss as torch computes it, and our gradient."""
    cos = functional.cosine_similarity(a, b, dim=-1)
    cosines = functional.normalize(a) @ functional.normalize(b).T
    signs = torch.tensor(SIGNS)
    pushed = torch.where(signs > 0, 1 - cos, (cos + 0.2).clamp(min=0))
    return {
        "cosine_loss": (1 - cos, cosine_loss_grad(A, B)),
        "cosine_embedding_loss": (pushed, cosine_embedding_loss_grad(A, B, SIGNS, margin=-0.2)),
        "info_nce": (
            functional.cross_entropy(cosines / 0.3, torch.arange(5), reduction="none"),
            info_nce_grad(A, B, temperature=0.3),
        ),
    }


@pytest.mark.parametrize("name", ["cosine_loss", "cosine_embedding_loss", "info_nce"])
def test_gradients_are_those_of_autograd(name):
    a = torch.tensor(A, requires_grad=True)
    theirs, ours = losses(a, torch.tensor(B))[name]
    # Each loss depends on its own row of the first argument alone.
    theirs.sum().backward()
    np.testing.assert_allclose(ours, a.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("loss", "gradient"),
    [
        (cosine_loss, cosine_loss_grad),
        (
            lambda a, b: cosine_embedding_loss(a, b, SIGNS, margin=-0.2),
            lambda a, b: cosine_embedding_loss_grad(a, b, SIGNS, margin=-0.2),
        ),
        (info_nce, info_nce_grad),
    ],
)
def test_gradients_are_those_of_differences(loss, gradient):
    ours, h = gradient(A, B), 1e-3
    assert ours.shape == A.shape
    for k in range(3):
        step = h * np.eye(3)[k]
        two, one, minus_one, minus_two = (loss(A + m * step, B) for m in (2, 1, -1, -2))
        np.testing.assert_allclose(
            ours[:, k], (minus_two - 8 * minus_one + 8 * one - two) / (12 * h), atol=1e-7
        )
    # Orthogonal to the vector: a longer one costs the same.
    np.testing.assert_allclose(np.sum(ours * A, axis=1), 0, atol=1e-14)
    np.testing.assert_allclose(gradient(10 * A, 7 * B), ours / 10, rtol=1e-11, atol=1e-15)


# ---- Properties ----------------------------------------------------------------------------------------


# Thousandths: subnormal numbers are rounded when they are rotated.
elements = st.integers(-9000, 9000).map(lambda z: z / 1000)


@given(arrays(float, (2, 4, 3), elements=elements).filter(lambda z: np.abs(z).max(axis=2).all()))
@quick
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
        assert (value >= low - 1e-12).all()
        assert (value <= high + 1e-12).all()
        np.testing.assert_allclose(loss(a @ rotation, b @ rotation), value, atol=1e-10)
        np.testing.assert_allclose(loss(3 * a, 0.25 * b), value, atol=1e-10)
    np.testing.assert_allclose(cosine_loss(a, b), 1 - cosine_similarity(a, b), atol=1e-14)
    np.testing.assert_array_equal(cosine_loss(a, b), cosine_loss(b, a))


def test_not_convex():
    # On a line through the space, from one side of b to the other by way of the opposite direction.
    b = [1.0, 0.0]
    assert cosine_loss([-1.0, 1e-3], b) > (cosine_loss([-1.0, 5.0], b) + cosine_loss([-1.0, -4.998], b)) / 2


@EACH
def test_types_axes_and_arguments(name):
    a, b = A.copy(), B.copy()
    a.flags.writeable = b.flags.writeable = False
    ours = call(name, a, b)
    np.testing.assert_array_equal(call(name, A.tolist(), B.tolist()), ours)
    narrow = call(name, A.astype(np.float32), B.astype(np.float32))
    assert narrow.dtype == np.float32
    np.testing.assert_allclose(narrow, ours, rtol=1e-4, atol=1e-6)
    assert call(name, A.astype(np.float32), B).dtype == np.float64
    assert call(name, np.arange(1, 16).reshape(5, 3), np.arange(15, 0, -1).reshape(5, 3)).dtype == np.float64
    if name in ("cosine_similarity", "cosine_loss", "cosine_loss_grad"):
        turned = getattr(embeddings, name)(A.T, B.T, axis=0)
        np.testing.assert_allclose(turned.T, ours, rtol=1e-13)
        stacked = call(name, np.stack([A, B]), np.stack([B, A]))
        np.testing.assert_array_equal(stacked[0], ours)


@EACH
def test_nan_stays_nan(name):
    a = A.copy()
    a[1, 0] = np.nan
    assert np.isnan(call(name, a, B)).any()
    if name != "alignment":
        assert np.isnan(call(name, a, B)[1]).all()
        np.testing.assert_array_equal(call(name, a, B)[2], call(name, A, B)[2])


# ---- Refusals ------------------------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize(
    ("a", "b", "error", "message"),
    [
        (A, B[:4], ValueError, "{} and {} must have equal shapes; got (5, 3) and (4, 3)"),
        (A, B[:1], ValueError, "{} and {} must have equal shapes; got (5, 3) and (1, 3)"),
        (A > 0, B, TypeError, "{} must be an array of real numbers; got dtype bool"),
        (A * 1j, B, TypeError, "{} must be an array of real numbers; got dtype complex128"),
        (A.astype(str), B, TypeError, "{} must be an array of real numbers; got dtype <U32"),
        (
            np.where(A[3] == A, 0, A),
            B,
            ValueError,
            "{} must have no zero vector, which has no direction; got one at index (3,)",
        ),
    ],
)
def test_refusals_of_vectors(name, a, b, error, message):
    names = ("queries", "keys") if name.startswith("info") else ("a", "b")
    with pytest.raises(error) as caught:
        call(name, a, b)
    assert str(caught.value) == message.format(*names)


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (
            lambda: info_nce(A, B, temperature=0),
            ValueError,
            "temperature must be a positive finite number; got 0",
        ),
        (
            lambda: info_nce(A, B, temperature=-1),
            ValueError,
            "temperature must be a positive finite number; got -1",
        ),
        (
            lambda: info_nce_grad(A, B, temperature=math.nan),
            ValueError,
            "temperature must be a positive finite number; got nan",
        ),
        (
            lambda: info_nce(A, B, temperature="1"),
            TypeError,
            "temperature must be a positive finite number; got '1'",
        ),
        (
            lambda: info_nce(A[0], B[0]),
            ValueError,
            "queries and keys must have shape (n, d) with n > 0; got (3,)",
        ),
        (
            lambda: info_nce(A[:0], B[:0]),
            ValueError,
            "queries and keys must have shape (n, d) with n > 0; got (0, 3)",
        ),
        (lambda: alignment(A[0], B[0]), ValueError, "a and b must have shape (n, d) with n > 0; got (3,)"),
        (
            lambda: alignment(A[:0], B[:0]),
            ValueError,
            "a and b must have shape (n, d) with n > 0; got (0, 3)",
        ),
        (lambda: uniformity(A[:1]), ValueError, "a must have shape (n, d) with n > 1; got (1, 3)"),
        (lambda: uniformity(A[0]), ValueError, "a must have shape (n, d) with n > 1; got (3,)"),
        (
            lambda: uniformity([[1.0], [0.0]]),
            ValueError,
            "a must have no zero vector, which has no direction; got one at index (1,)",
        ),
        (lambda: uniformity([["a"], ["b"]]), TypeError, "a must be an array of real numbers; got dtype <U1"),
        (
            lambda: cosine_loss(A, B, axis=5),
            ValueError,
            "axis must be an integer from -2 to 1 for a of shape (5, 3); got 5",
        ),
        (
            lambda: cosine_embedding_loss(A, B, [1, -1]),
            ValueError,
            "signs must have shape (5,), one for each pair; got (2,)",
        ),
        (lambda: cosine_embedding_loss(A, B, [1, 0, 1, 1, 1]), ValueError, "signs must be 1 or -1; got 0"),
        (
            lambda: cosine_embedding_loss(A, B, [1, math.nan, 1, 1, 1]),
            ValueError,
            "signs must be 1 or -1; got nan",
        ),
        (
            lambda: cosine_embedding_loss(A, B, SIGNS > 0),
            TypeError,
            "signs must be an array of real numbers; got dtype bool",
        ),
        (
            lambda: cosine_embedding_loss(A, B, SIGNS, margin=1.5),
            ValueError,
            "margin must be a number from -1 to 1; got 1.5",
        ),
        (
            lambda: cosine_embedding_loss_grad(A, B, SIGNS, margin=math.nan),
            ValueError,
            "margin must be a number from -1 to 1; got nan",
        ),
    ],
)
def test_refusals(ask, error, message):
    with pytest.raises(error) as caught:
        ask()
    assert str(caught.value) == message
