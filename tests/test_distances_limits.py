"""Distances at limits: large and small numbers, last digits, many places, no rows, many pairs."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import scipy.spatial.distance

from lossbook import distances
from lossbook.distances import (
    angular_distance,
    chebyshev,
    cosine_distance,
    euclidean,
    hamming,
    jaccard_distance,
    mahalanobis,
    manhattan,
    minkowski,
    mutual_information,
    mutual_information_knn,
    pairwise,
    pearson_correlation,
    variation_of_information,
)
from lossbook.distances._pairwise import _METRICS

pytestmark = pytest.mark.filterwarnings("error")


def information(table):
    """Return both informations of a table by their definitions, with 700 digits."""
    with mpmath.workdps(700):
        cells = [[mpmath.mpf(float(cell)) for cell in row] for row in table]
        rows, columns = [sum(row) for row in cells], [sum(column) for column in zip(*cells, strict=True)]
        total = sum(rows)
        mutual = variation = mpmath.mpf(0)
        for i, row in enumerate(cells):
            for j, cell in enumerate(row):
                if cell:
                    mutual += cell * mpmath.log(cell * total / (rows[i] * columns[j]))
                    variation += cell * mpmath.log(rows[i] * columns[j] / cell**2)
        return float(mutual), float(variation)


# ---- Tables of probabilities ---------------------------------------------------------------------------


@pytest.mark.parametrize("total", [1 - 9e-7, 1 + 9e-7])
def test_a_sum_beside_one_takes_no_digits(total):
    """Counts of a sample, divided by a rounded number: near independence, and far from it."""
    for table in ([[0.3, 0.1], [0.2, 0.4]], [[0.06, 0.14], [0.25, 0.55]], [[0.5, 0.0], [0.125, 0.375]]):
        p = total * np.array(table)
        mutual, variation = information(p)
        assert mutual_information(p) == pytest.approx(mutual, rel=1e-13, abs=0)
        assert variation_of_information(p) == pytest.approx(variation, rel=1e-13, abs=0)


@pytest.mark.parametrize("moved", [1, 11, 162, 163, 164, 165, 1000, 8191, 8192, 8193])
@pytest.mark.parametrize("sign", [1, -1])
def test_nearly_independent_variables_of_exact_probabilities_leave_no_rounding(moved, sign):
    """Margins of 1/8 and 7/8, and millionths moved: all sums and products of these are exact.

    The rarest cell departs from the product of its margins by 1 % with 164 millionths, by half with 8192.
    """
    apart = sign * moved / 2**20
    p = np.array([[1, 7], [7, 49]]) / 64 + apart * np.array([[1, -1], [-1, 1]])
    mutual, variation = information(p)
    assert mutual_information(p) == pytest.approx(mutual, rel=5e-14, abs=0)
    assert variation_of_information(p) == pytest.approx(variation, rel=5e-15, abs=0)


def test_one_subnormal_margin_costs_the_other_cells_no_digits():
    """Its ratio overflows; those in the rare second column, which are most of the sum, do not."""
    p = np.array([[0.5, 1e-300, 0.0], [0.5, 3e-300, 0.0], [0.0, 0.0, 1e-310]])
    mutual, _ = information(p)
    assert mutual_information(p) == pytest.approx(mutual, rel=3e-15, abs=0)


@pytest.mark.parametrize(
    "table",
    [
        [[1.0, 1e-310]],
        [[1.0], [5e-324]],
        [[1.0, 1e-310], [0.0, 0.0]],
        [[0.5, 1e-309], [1e-309, 0.5]],
        [[0.5, 1e-200], [1e-180, 0.5]],
        [[0.75, 1e-310], [0.125, 0.125]],
    ],
)
def test_a_probability_near_the_smallest_number_leaves_little_open(table):
    """The ratios of margins to it, or their product, overflow; their logarithms are about 700."""
    _, variation = information(table)
    assert 0 < variation < math.inf
    # The smallest number of all is its own ulp.
    assert variation_of_information(table) == pytest.approx(variation, rel=1e-14, abs=5e-324)
    assert variation_of_information(np.transpose(table)) == pytest.approx(variation, rel=1e-14, abs=5e-324)


def test_short_probabilities_near_their_smallest_number_leave_little_open():
    p = np.float32([[0.5, 1e-30], [1e-25, 0.5]])
    _, variation = information(p)
    found = variation_of_information(p)
    assert found.dtype == np.float32
    assert found == pytest.approx(variation, rel=1e-6, abs=0)


# ---- Points and samples --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "exponent", [-1060, -540, -539, -538, -537, -530, -520, -500, -470, 500, 511, 512, 1020]
)
def test_distances_keep_their_digits_where_squares_are_subnormal_or_overflow(exponent):
    """Their digits are those of the points, as ``math.hypot`` finds them: it scales as well."""
    x = np.ldexp([0.3, -1.1, 0.7], exponent)
    origin = np.zeros(3)
    expected = pytest.approx(math.hypot(*x), rel=1e-15, abs=5e-324)
    assert euclidean(x, origin) == expected
    assert mahalanobis(x, origin, cov=np.eye(3)) == expected
    assert pairwise([x], [origin], metric="euclidean")[0, 0] == expected
    if exponent > -1022:
        y = np.array([1.0, 2.0, 0.5])
        assert cosine_distance(x, y) == cosine_distance(np.ldexp(x, -exponent), y)


@pytest.mark.parametrize("size", [5e-324, 1e-310, 1.0, 1e308])
def test_coinciding_points_are_at_distance_zero_beside_others(size):
    x, y = size * np.array([[1.0, 0], [1, 1], [0, 0]]), size * np.array([[1.0, 0], [0, 1], [0, 0]])
    assert minkowski(x, y, p=3).tolist() == [0, size, 0]
    assert minkowski(x, y, p=0.5).tolist() == [0, size, 0]


def test_the_named_exponents_of_minkowski_take_an_axis():
    x, y = np.array([[0.0, 1, 2], [0, 0, 0]]), np.array([[3.0, 1, 2], [4, 0, 7]])
    for p, expected, function in (
        (1, [7, 0, 7], manhattan),
        (2, [5, 0, 7], euclidean),
        (math.inf, [4, 0, 7], chebyshev),
    ):
        assert minkowski(x, y, p=p, axis=0).tolist() == function(x, y, axis=0).tolist() == expected


def test_no_pair_of_samples_is_beyond_opposite():
    """The product of two unit vectors rounds to less than −1 every few times."""
    x = np.random.default_rng(51).standard_normal((2000, 3))
    r = pearson_correlation(x, 1 - 7 * x)
    assert r.min() == -1
    assert r.max() < -1 + 1e-14


def test_samples_near_the_largest_number_have_a_mean():
    """Their sum overflows, where the sum of as large ones of both signs does not."""
    x, y = np.array([1.0, 2.0, 4.0, 7.0]), np.array([3.0, -1.0, 2.0, 5.0])
    expected = pearson_correlation(x, y)
    for exponent in (970, 972, 1021):
        assert pearson_correlation(np.ldexp(x, exponent), y) == expected
        assert pearson_correlation(y, np.ldexp(-x, exponent)) == -expected


@pytest.mark.parametrize("offset", [2.0**40, -(2.0**40), 2.0**52, 3 * 2.0**50])
def test_samples_a_few_ulps_apart_correlate_by_the_ulps(offset):
    """The mean lies between two floats; the digits that it is rounded to are not those of the spread."""
    ulps, y = np.array([1.0, 2.0, 4.0, 7.0, 9.0, 12.0]), np.array([3.0, -1.0, 2.0, 5.0, 1.0, 0.0])
    x = offset + ulps * np.spacing(abs(offset))
    # Whole numbers: 5.8333… and 1.6666… are their means, and Σ x y, Σ x² and Σ y² are 53, 295 and 40.
    expected = (53 - 35 * 10 / 6) / math.sqrt((295 - 35**2 / 6) * (40 - 10**2 / 6))
    assert pearson_correlation(x, y) == pytest.approx(expected, rel=1e-14, abs=0)
    assert pearson_correlation(y, x) == pytest.approx(expected, rel=1e-14, abs=0)


def test_samples_of_numbers_as_large_as_allowed_are_taken():
    """Up to 1e300, as the refusal says; beyond it, by one ulp, they are refused."""
    x, y = np.array([1e300, 0.0, 3e299, -1e300, 5e299]), np.array([1.0, 2.0, 4.0, 0.5, 7.0])
    expected = mutual_information_knn(x / 1e290, y / 1e290, k=1)
    assert mutual_information_knn(x, y, k=1) == pytest.approx(expected, rel=1e-12, abs=0)
    x[0] = np.nextafter(1e300, math.inf)
    with pytest.raises(
        ValueError, match=r"^x must be at most 1e\+300 in size, for its distances; got 1e\+300"
    ):
        mutual_information_knn(x, y, k=1)


# ---- All pairs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("metric", ["hamming", "minkowski"])
def test_each_pair_is_compared_once_and_many_at_a_time(monkeypatch, metric):
    """One by one, calling the function takes far longer than the arithmetic in it; twice is for nothing."""
    sizes = []

    def counted(compare):
        def counting(*arguments, **parameters):
            distances = compare(*arguments, **parameters)
            sizes.append(distances.size)
            assert len(sizes) < 100
            return distances

        return counting

    # Whichever of the two does it.
    monkeypatch.setattr("scipy.spatial.distance.cdist", counted(scipy.spatial.distance.cdist))
    monkeypatch.setitem(_METRICS, metric, counted(_METRICS[metric]))
    parameters = {"p": 3} if metric == "minkowski" else {}
    # More columns of the result than go into one tile, and more rows.
    for n, m in ((2, 40_000), (40_000, 2), (300, 200)):
        sizes.clear()
        x, y = np.arange(2.0 * n).reshape(n, 2), np.arange(2.0 * m).reshape(m, 2)
        pairwise(x, y, metric=metric, **parameters)
        assert sum(sizes) == n * m
        assert len(sizes) > 1


# ---- Codes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.int64, np.uint64, np.int8, bool, float, "U3"])
def test_tables_without_codes_have_no_distances(dtype):
    codes, none = np.ones((2, 3)).astype(dtype), np.ones((0, 3)).astype(dtype)
    assert pairwise(none, codes, metric="hamming").shape == (0, 2)
    assert pairwise(codes, none, metric="hamming").shape == (2, 0)
    assert pairwise(none, metric="hamming").shape == (0, 0)


def test_more_places_than_float16_holds_are_counted():
    """The largest float16 is 65504; a quarter of 80 000 places differ."""
    x, y = np.zeros((1, 80_000), np.float16), np.zeros((1, 80_000), np.float16)
    y[0, ::4] = 1
    assert hamming(x, y).dtype == np.float16
    assert hamming(x, y).tolist() == pairwise(x, y, metric="hamming")[0].tolist() == [0.25]


def test_sets_of_one_thing_or_none():
    assert jaccard_distance({1}, {1}) == jaccard_distance(set(), set()) == 0
    assert jaccard_distance({1}, set()) == jaccard_distance([True], [False]) == 1
    every = np.array([[False, False], [True, False], [True, False]])
    other = np.array([[False, False], [False, False], [True, False]])
    assert jaccard_distance(every, other).tolist() == [0, 1, 0]
    assert jaccard_distance(every, other).dtype == np.float64
    assert isinstance(jaccard_distance(set(), set()), np.float64)


def test_shares_of_long_doubles_have_their_digits():
    x, y = np.longdouble([[1, 2, 3], [1, 2, np.nan]]), np.longdouble([1, 2, 4])
    shares = hamming(x, np.broadcast_to(y, x.shape))
    assert shares.dtype == np.longdouble
    assert shares[0] == np.longdouble(1) / 3
    assert np.isnan(shares[1])


def test_a_signaling_nan_is_a_nan_and_no_warning():
    """The processor raises its flag where such a float32 is made a float64."""
    x = np.array([0x7F800001, 0], np.uint32).view(np.float32)
    assert math.isnan(hamming(x, np.array([1.0, 0.0])))
    assert math.isnan(euclidean(x, np.array([1.0, 0.0])))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_rounding_of_a_length_is_no_angle(dtype):
    """With y = 3x, rounded, and x nearly along an axis, what y is off by turns it by much less than an ulp.

    In the plane sin θ = |x₁y₂ − x₂y₁|/(‖x‖‖y‖), here in exact fractions. Relative errors of the elements turn
    a direction by at most |u₁u₂| times their difference.
    """
    rng = np.random.default_rng(20261128)
    x = np.stack([10.0 ** rng.uniform(-6, -2, 500), rng.uniform(1, 2, 500)], axis=-1).astype(dtype)
    y = (3 * x).astype(dtype)
    angles, cosines = angular_distance(x, y), cosine_distance(x, y)
    turned = 0
    for a, b, angle, cosine in zip(x.tolist(), y.tolist(), angles.tolist(), cosines.tolist(), strict=True):
        determinant = Fraction(a[0]) * Fraction(b[1]) - Fraction(a[1]) * Fraction(b[0])
        true = abs(float(determinant)) / (math.hypot(*a) * math.hypot(*b))
        room = 16 * np.finfo(dtype).eps * a[0] * a[1] / math.hypot(*a) ** 2
        assert abs(angle - true) <= room
        assert abs(math.sqrt(2 * cosine) - true) <= room
        turned += determinant != 0
    assert turned > 100


@pytest.mark.parametrize("metric", ["cosine_distance", "angular_distance", "correlation_distance"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tables_of_near_directions_are_compared_as_pairs_are(metric, dtype):
    """200 × 150 pairs, all of them near: where a length is rounded, that is no angle, in a table either."""
    rng = np.random.default_rng(61)
    center = rng.standard_normal(20)
    near = (100 * np.finfo(dtype).eps * rng.standard_normal((350, 20)) + center) * rng.uniform(1, 3, (350, 1))
    x, y = near[:200].astype(dtype), near[200:].astype(dtype)
    table = distances.pairwise(x, y, metric=metric)
    pairs = getattr(distances, metric)(*np.broadcast_arrays(x[:, np.newaxis], y))
    assert table.dtype == dtype
    assert (pairs > 0).mean() > 0.99
    np.testing.assert_allclose(table, pairs, rtol=8 * np.finfo(dtype).eps)
