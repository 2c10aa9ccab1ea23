"""Details of the embedding losses that a small mistake would change: tiles, types, digits near 0."""

import math

import numpy as np
import pytest

from lossbook.embeddings import cosine_similarity, info_nce, info_nce_grad, uniformity

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(12)


@pytest.mark.parametrize("pairs", [1, 14, 20, 35])
def test_tiles_leave_no_seam(monkeypatch, pairs):
    """Seven rows, in tiles of one, two, two and five."""
    queries, keys = RNG.standard_normal((2, 7, 3))
    functions = [
        lambda: info_nce(queries, keys),
        lambda: info_nce_grad(queries, keys),
        lambda: uniformity(queries),
    ]
    whole = [function() for function in functions]
    monkeypatch.setattr("lossbook.embeddings._contrastive.PAIRS", pairs)
    for function, expected in zip(functions, whole, strict=True):
        np.testing.assert_allclose(function(), expected, rtol=1e-13)


def test_uniformity_keeps_its_digits_where_all_vectors_are_near():
    """Two unit vectors at an angle of 1e-6: −2 times the square of their distance, 2 sin(angle/2)."""
    angle = 1e-6
    expected = -8 * math.sin(angle / 2) ** 2
    assert uniformity([[1.0, 0.0], [math.cos(angle), math.sin(angle)]]) == pytest.approx(
        expected, rel=1e-9, abs=0
    )


def test_a_temperature_must_exist_in_the_type_of_the_vectors():
    vectors = np.eye(3)
    for function in (info_nce, info_nce_grad):
        assert np.isfinite(function(vectors, vectors, temperature=1e-60)).all()
        with pytest.raises(
            ValueError, match=r"^temperature must be a positive finite number in float32; got 1e-60$"
        ):
            function(np.float32(vectors), np.float32(vectors), temperature=1e-60)


def test_no_cosine_is_beyond_1():
    """The product of a unit vector with itself rounds to more than 1 every few times."""
    vectors = RNG.standard_normal((200, 5))
    for sign in (1, -1):
        cosines = sign * cosine_similarity(vectors, sign * vectors)
        assert (cosines <= 1).all()
        assert (cosines >= 1 - 1e-15).all()
