"""Details of distances that a small mistake in the code would change: tiles, types, warnings, limits."""

import itertools

import mpmath
import numpy as np
import pytest
from scipy.special import digamma
from sklearn.feature_selection._mutual_info import _compute_mi_cc

from lossbook import distances
from lossbook.distances import (
    correlation_distance,
    cosine_distance,
    hamming,
    mutual_information,
    mutual_information_knn,
    pairwise,
    pearson_correlation,
    variation_of_information,
)

pytestmark = pytest.mark.filterwarnings("error")

OF_REALS = {
    "euclidean": {},
    "manhattan": {},
    "chebyshev": {},
    "minkowski": {"p": 3},
    "mahalanobis": {"cov": [[2.0, 0.6, 0.1], [0.6, 1.0, -0.3], [0.1, -0.3, 3.0]]},
    "cosine_distance": {},
    "angular_distance": {},
    "pearson_correlation": {},
    "correlation_distance": {},
}


@pytest.mark.parametrize("metric", ["minkowski", "mahalanobis"])
@pytest.mark.parametrize("numbers", [1, 30, 100])
def test_tiles_leave_no_seam_along_either_side(monkeypatch, metric, numbers):
    """Tiles of one, ten and thirty-three pairs."""
    x, y = np.random.default_rng(41).standard_normal((2, 20, 3))
    monkeypatch.setattr("lossbook.distances._pairwise._NUMBERS", numbers)
    every = pairwise(x[:5], y, metric=metric, **OF_REALS[metric])
    pairs = (np.array(z) for z in zip(*itertools.product(x[:5], y), strict=True))
    expected = getattr(distances, metric)(*pairs, **OF_REALS[metric]).reshape(5, 20)
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
    assert mutual_information_knn(x, y) == pytest.approx(_compute_mi_cc(x, y, 3), rel=1e-11, abs=0)


def test_neighbors_at_the_radius_do_not_count_in_the_plane_either():
    """On a grid many distances are equal."""
    rng = np.random.default_rng(44)
    x, y, k = rng.integers(0, 9, (60, 2)) / 4, rng.permutation(60) / 4, 2
    total = 0.0
    for i in range(60):
        dx, dy = abs(np.delete(x, i, 0) - x[i]).max(axis=1), abs(np.delete(y, i) - y[i])
        radius = np.sort(np.maximum(dx, dy))[k - 1]
        total += digamma((dx < radius).sum() + 1) + digamma((dy < radius).sum() + 1)
    expected = digamma(k) + digamma(60) - total / 60
    assert mutual_information_knn(x, y, k=k) == pytest.approx(expected, rel=1e-12, abs=0)


# ---- Types and sizes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("metric", OF_REALS)
def test_tables_of_two_types_are_compared_in_the_wider(metric):
    rng = np.random.default_rng(45)
    x, y = rng.standard_normal((5, 3)).astype(np.float32), rng.standard_normal((4, 3))
    for a, b in ((x, y), (y, x)):
        every = pairwise(a, b, metric=metric, **OF_REALS[metric])
        wide = pairwise(a.astype(float), b.astype(float), metric=metric, **OF_REALS[metric])
        np.testing.assert_array_equal(every, wide)


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "chebyshev", "minkowski", "angular_distance"])
def test_long_doubles_keep_their_type(metric):
    x, y = np.random.default_rng(46).standard_normal((2, 4, 3)).astype(np.longdouble) / 3
    every = pairwise(x, y, metric=metric, **OF_REALS[metric])
    assert every.dtype == np.longdouble
    expected = getattr(distances, metric)(*np.broadcast_arrays(x[:, np.newaxis], y), **OF_REALS[metric])
    np.testing.assert_allclose(np.float64(every), np.float64(expected), rtol=1e-14)


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "chebyshev", "minkowski"])
@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_one_table_of_large_or_small_numbers_is_enough_to_be_careful(metric, size):
    near, far = np.array([[1.0, 2.0, 0.0]]), size * np.array([[3.0, -1.0, 0.0], [0.0, 0.5, 2.0]])
    for x, y in ((near, far), (far, near), (far, far)):
        expected = getattr(distances, metric)(*np.broadcast_arrays(x[:, np.newaxis], y), **OF_REALS[metric])
        np.testing.assert_allclose(pairwise(x, y, metric=metric, **OF_REALS[metric]), expected, rtol=1e-14)


@pytest.mark.parametrize("exponent", [-1074, -1060, -900, -600, -100, 100, 600, 1000, 1020])
def test_directions_and_correlations_know_no_unit(exponent):
    """Powers of two round nothing, neither alone nor beside a row of another size."""
    x, y = np.array([[1.0, 2.0, 4.0, 7.0]]), np.array([[3.0, -1.0, 2.0, 5.0]])
    far = np.ldexp(x, exponent)
    for function in (pearson_correlation, correlation_distance, cosine_distance):
        expected = function(x, y)
        np.testing.assert_array_equal(function(far, y), expected)
        np.testing.assert_array_equal(function(y, far), expected)
        both = function(np.vstack([x, far]), np.vstack([y, y]))
        np.testing.assert_array_equal(both, [*expected, *expected])


def test_no_pair_of_vectors_is_beyond_parallel_or_opposite():
    """Products of unit vectors round to more than 1 every few times."""
    x = np.random.default_rng(47).standard_normal((200, 5))
    assert pairwise(x, -3 * x, metric="cosine_distance").max() == 2
    r = pairwise(x, 3 * x, metric="pearson_correlation")
    assert r.max() == 1
    assert (np.diagonal(r) > 1 - 1e-14).all()
    assert pairwise(x, -x, metric="pearson_correlation").min() == -1


# ---- Codes and sets -------------------------------------------------------------------------------------


def test_codes_beyond_float64_in_one_table_are_told_apart():
    small, large = np.array([[2**53, 1]]), np.array([[2**53 + 1, 1], [2**53, 1]])
    assert pairwise(small, large, metric="hamming").tolist() == [[0.5, 0]]
    assert pairwise(large, small, metric="hamming").tolist() == [[0.5], [0]]


def test_codes_of_two_types_are_compared_in_the_wider():
    x, y = np.float32([[1, 2, np.nan], [1, 2, 3]]), np.array([[1.0, 2.5, 3.0], [1.0, np.nan, 3.0], [1, 2, 4]])
    for a, b in ((x, y), (y, x), (x, x), (x, np.array([[1, 5, 3]]))):
        every = pairwise(a, b, metric="hamming")
        expected = hamming(*np.broadcast_arrays(a[:, np.newaxis], b))
        np.testing.assert_array_equal(every, expected)
        assert every.dtype == expected.dtype


def test_sets_of_more_things_than_float32_counts_are_counted():
    a = np.ones((1, 2**24 + 3), bool)
    b = a.copy()
    b[0, 5] = False
    assert pairwise(a, b, metric="jaccard_distance").tolist() == [[1 / (2**24 + 3)]]


@pytest.mark.parametrize("metric", ["hamming", "jaccard_index"])
def test_tables_of_codes_are_checked(metric):
    codes = np.ones((3, 4), bool)
    with pytest.raises(ValueError, match=r"^x must have shape \(rows, columns\); got shape \(4,\)$"):
        pairwise(codes[0], codes, metric=metric)
    with pytest.raises(ValueError, match=r"^x and y must have equally many columns; got shapes"):
        pairwise(codes, codes[:, :3], metric=metric)
    if metric == "hamming":
        with pytest.raises(ValueError, match=r"^x must have at least one place along the axis; got shape"):
            pairwise(codes[:, :0], metric=metric)


# ---- Tables of probabilities ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "apart", [1e-9, 1e-5, 1e-3, 2e-3, 2.9e-3, 3.1e-3, 0.01, 0.05, 0.1, 0.14, 0.16, 0.2, 0.27]
)
def test_information_of_nearly_independent_variables_keeps_its_digits(apart):
    """Margins (0.3, 0.7) and (0.4, 0.6), and a part of what is possible moved to the diagonal."""
    moved = apart * 0.12
    p = np.array([[0.12 + moved, 0.18 - moved], [0.28 - moved, 0.42 + moved]])
    with mpmath.workdps(60):
        cells = [[mpmath.mpf(float(cell)) for cell in row] for row in p]
        total = sum(map(sum, cells))
        rows, columns = [sum(row) for row in cells], [sum(column) for column in zip(*cells, strict=True)]
        each = [(cells[i][j], rows[i], columns[j]) for i in range(2) for j in range(2)]
        mi = float(sum(c * mpmath.log(c * total / (r * k)) for c, r, k in each))
        vi = float(sum(c * (mpmath.log(r / c) + mpmath.log(k / c)) for c, r, k in each))
    assert mutual_information(p) == pytest.approx(mi, rel=1e-14 + 2e-15 / apart, abs=0)
    assert variation_of_information(p) == pytest.approx(vi, rel=1e-14, abs=0)
