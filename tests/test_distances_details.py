"""Details of distances that a small mistake in the code would change: tiles, types, warnings, limits."""

import itertools

import numpy as np
import pytest
from sklearn.feature_selection._mutual_info import _compute_mi_cc

from lossbook import distances
from lossbook.distances import mutual_information_knn, pairwise

pytestmark = pytest.mark.filterwarnings("error")

COV = [[2.0, 0.6, 0.1], [0.6, 1.0, -0.3], [0.1, -0.3, 3.0]]


@pytest.mark.parametrize(("metric", "parameters"), [("minkowski", {"p": 3}), ("mahalanobis", {"cov": COV})])
@pytest.mark.parametrize("numbers", [1, 30, 100])
def test_tiles_leave_no_seam_along_either_side(monkeypatch, metric, parameters, numbers):
    """Tiles of one, ten and thirty-three pairs."""
    x, y = np.random.default_rng(41).standard_normal((2, 20, 3))
    monkeypatch.setattr("lossbook.distances._pairwise._NUMBERS", numbers)
    every = pairwise(x[:5], y, metric=metric, **parameters)
    pairs = (np.array(z) for z in zip(*itertools.product(x[:5], y), strict=True))
    expected = getattr(distances, metric)(*pairs, **parameters).reshape(5, 20)
    np.testing.assert_allclose(every, expected, rtol=1e-13)


@pytest.mark.parametrize("metric", ["hamming", "jaccard_index", "jaccard_distance"])
def test_tiles_of_codes_leave_no_seam(metric):
    """More pairs than are worked on at once."""
    rng = np.random.default_rng(42)
    x, y = rng.random((230, 6)) < 0.4, rng.random((190, 6)) < 0.4
    function = getattr(distances, metric)
    expected = function(*np.broadcast_arrays(x[:, np.newaxis], y))
    np.testing.assert_array_equal(pairwise(x, y, metric=metric), expected)


def test_neighbors_of_many_points_are_counted_in_pieces():
    """More points than are counted at once, in one coordinate each."""
    x, y = np.random.default_rng(43).standard_normal((2, 4500))
    y += x
    assert mutual_information_knn(x, y) == pytest.approx(_compute_mi_cc(x, y, 3), rel=1e-11)
