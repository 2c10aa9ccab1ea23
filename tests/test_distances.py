"""Distances: values by hand, directions, codes and sets, all pairs, metrics and what is none, information."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import digamma

from lossbook import distances
from lossbook.distances import (
    angular_distance,
    chebyshev,
    correlation_distance,
    cosine_distance,
    euclidean,
    hamming,
    jaccard_distance,
    jaccard_index,
    mahalanobis,
    manhattan,
    minkowski,
    mutual_information,
    mutual_information_knn,
    pairwise,
    pearson_correlation,
    variation_of_information,
)

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(9)
X, Y, Z = RNG.standard_normal((3, 6, 4))
COV = np.array([[2.0, 0.6, 0.1, 0], [0.6, 1.0, -0.3, 0.2], [0.1, -0.3, 3.0, 0.5], [0, 0.2, 0.5, 1.5]])
INF, NAN = math.inf, math.nan
OF_POINTS = ["euclidean", "manhattan", "chebyshev", "minkowski", "mahalanobis"]
OF_DIRECTIONS = ["cosine_distance", "angular_distance", "pearson_correlation", "correlation_distance"]
METRICS = [*OF_POINTS, *OF_DIRECTIONS, "hamming", "jaccard_index", "jaccard_distance"]
HYPERPARAMETERS = {"minkowski": {"p": 3}, "mahalanobis": {"cov": COV}}
quick = settings(max_examples=25, deadline=None, derandomize=True)


def near(value, rel=1e-14):
    return pytest.approx(value, rel=rel, abs=0)


def made_for(metric, table):
    """Return a table as the metric takes it: numbers, a few whole ones, or booleans."""
    return {"h": np.round(table), "j": np.array(table) > 0.3}.get(metric[0], np.array(table))


def call(metric, x, y, **more):
    parameters = HYPERPARAMETERS.get(metric, {}) | more
    return getattr(distances, metric)(made_for(metric, x), made_for(metric, y), **parameters)


def all_pairs(metric, x, y, **more):
    parameters = HYPERPARAMETERS.get(metric, {}) | more
    return pairwise(made_for(metric, x), made_for(metric, y), metric=metric, **parameters)


def one_pair(metric):
    """Return a function of two vectors that goes by way of the tables."""
    return lambda x, y: all_pairs(metric, [x], [y])[0, 0]


# ---- Points ------------------------------------------------------------------------------------------------


def test_points_by_hand():
    x, y = [1.0, 2.0, 3.0], [4.0, -2.0, 3.0]
    assert euclidean(x, y) == 5
    assert manhattan(x, y) == 7
    assert chebyshev(x, y) == 4
    assert minkowski(x, y, p=3) == near(91 ** (1 / 3))
    assert minkowski(x, y, p=0.5) == near((math.sqrt(3) + 2) ** 2)
    assert mahalanobis(x, y, cov=np.diag([9.0, 4.0, 1.0])) == near(math.sqrt(5))
    # Σ⁻¹ = [[2, −1], [−1, 2]] / 3, and (1, 3) Σ⁻¹ (1, 3)ᵀ = 14/3.
    assert mahalanobis([2.0, 1.0], [1.0, -2.0], cov=[[2.0, 1.0], [1.0, 2.0]]) == near(math.sqrt(14 / 3))


def test_exponents_with_a_name_and_far_out():
    for p, named in ((1, manhattan), (2, euclidean), (INF, chebyshev)):
        np.testing.assert_allclose(minkowski(X, Y, p=p), named(X, Y), rtol=1e-15)
    # The powers overflow, and the distance does not.
    assert minkowski([3e100, 0.0], [0.0, 4e100], p=4) == near(337**0.25 * 1e100)
    assert minkowski([5.0, 0.0], [0.0, 5.0], p=1000) == near(5 * 2**1e-3)


@pytest.mark.parametrize("metric", OF_POINTS[:4])
def test_points_far_out_equal_or_infinite(metric):
    x = np.array([[1e8, 1e8], [2.0, 3.0], [INF, 0.0], [INF, 0.0]])
    y = np.array([[1e8, 1e8 + 0.004], [2.0, 3.0], [0.0, 1.0], [INF, 1.0]])
    expected = [y[0, 1] - 1e8, 0, INF, NAN]
    np.testing.assert_array_equal(call(metric, x, y), expected)
    np.testing.assert_array_equal(np.diagonal(all_pairs(metric, x, y)), expected)
    assert call(metric, np.zeros((3, 0)), np.zeros((3, 0))).tolist() == [0, 0, 0]
    # Sums and squares that overflow do so silently.
    assert manhattan([1.2e308, 1.2e308], [0.0, 0.0]) == euclidean([1e200], [0.0]) == INF


def test_singular_covariances_are_refused_and_unlike_units_are_not_singular():
    for cov in ([[2.0, 2.0], [2.0, 2.0]], np.cov(Z[:2, :2].T)):
        with pytest.raises(ValueError, match=r"^cov must be positive definite; got a matrix with least eig"):
            mahalanobis([0.0, 0.0], [1.0, -1.0], cov=cov)
    cov = np.array([[1e-12, 0.5e-6], [0.5e-6, 1.0]])
    assert mahalanobis([0.0, 0.0], [1e-6, -1.0], cov=cov) == near(2)
    # Points far out keep their distance: differences first, then the covariance.
    x, y = np.array([[1e8, 1e8]]), np.array([[1e8, 1e8 + 2**-8]])
    for found in (mahalanobis(x, y, cov=cov)[0], all_pairs("mahalanobis", x, y, cov=cov)[0, 0]):
        assert found == near(2**-8 / math.sqrt(0.75))


# ---- Directions --------------------------------------------------------------------------------------------


def test_directions_by_hand():
    # The vectors (3, 4) and (4, 3) have the cosine 24/25.
    assert cosine_distance([3, 4], [4, 3]) == near(1 / 25)
    assert angular_distance([3, 4], [4, 3]) == near(math.acos(24 / 25))
    # Centered: (−1, 0, 1) and (−1/3, 5/3, −4/3), product −1, squared lengths 2 and 14/3.
    assert pearson_correlation([1, 2, 3], [1, 3, 0]) == near(-1 / math.sqrt(28 / 3))
    assert correlation_distance([1, 2, 3], [1, 3, 0]) == near(1 + 1 / math.sqrt(28 / 3))


def test_parallel_opposite_and_all_but_that():
    x = np.array([0.3, -1.1, 2.7])
    for factor in (1.0, 2.0, 2.0**-1000, 2.0**900):
        assert cosine_distance(x, factor * x) == angular_distance(x, factor * x) == 0
        assert cosine_distance(x, -factor * x) == near(2)
        assert angular_distance(x, -factor * x) == math.pi
    east, tilted = np.array([1.0, 0.0]), np.array([1.0, 1e-9])
    assert cosine_distance(east, tilted) == one_pair("cosine_distance")(east, tilted) == near(5e-19)
    for angle in (angular_distance, one_pair("angular_distance")):
        assert angle(east, tilted) == near(1e-9)
        assert angle(-east, tilted) == near(math.pi - 1e-9, 1e-15)


@pytest.mark.parametrize("metric", OF_DIRECTIONS)
def test_directions_stay_in_their_range(metric):
    low, high = {"a": (0, math.pi), "p": (-1, 1)}.get(metric[0], (0, 2))
    many = RNG.standard_normal((300, 3))
    for found in (ask(metric, many, factor * many) for ask in (call, all_pairs) for factor in (-3, 3)):
        assert low <= found.min()
        assert found.max() <= high
    for far in ([INF, 1.0, 2.0], [-INF, INF, 0.0], [NAN, INF, 0.0]):
        assert math.isnan(call(metric, far, [1.0, 2.0, 5.0]))
    assert call(metric, np.zeros((0, 3)), np.zeros((0, 3))).shape == (0,)


@pytest.mark.parametrize("offset", [1.0, 0.1, -(2.0**40), 3 * 2.0**50, 1e300])
def test_samples_a_few_ulps_apart_correlate_by_the_ulps(offset):
    ulps, y = np.array([1.0, 2.0, 4.0, 7.0, 9.0, 12.0]), np.array([3.0, -1.0, 2.0, 5.0, 1.0, 0.0])
    x = offset + ulps * np.spacing(abs(offset))
    # Σ x y, Σ x² and Σ y² of the whole numbers are 53, 295 and 40, their sums 35 and 10.
    expected = (53 - 35 * 10 / 6) / math.sqrt((295 - 35**2 / 6) * (40 - 10**2 / 6))
    for correlation in (pearson_correlation, one_pair("pearson_correlation")):
        assert correlation(x, y) == correlation(y, x) == near(expected)
    for distance in (correlation_distance, one_pair("correlation_distance")):
        assert distance(x, y) == near(1 - expected)
    assert pearson_correlation([offset, offset, x[0]], [0.0, 0.0, 1.0]) == near(1)


@pytest.mark.parametrize("metric", OF_DIRECTIONS)
def test_what_has_no_direction_is_refused_by_its_place(metric):
    message, bad = "{} must have no zero vector, which has no direction; got one{}", [0.0, 0.0]
    if "correlation" in metric:
        message, bad = "{} must vary along the axis; got a constant vector{}", [0.1, 0.1]
    bad = np.array([[1.0, 2.0], bad])
    good, second = np.array([[1.0, 2.0], [2.0, 1.0]]), " at index (1,)"
    for ask, x, y, more, said in (
        (call, bad, good, {}, ("x", second)),
        (call, good.T, bad.T, {"axis": 0}, ("y", second)),
        (call, good[0], bad[1], {}, ("y", "")),
        (all_pairs, bad, good[:1], {}, ("x", second)),
    ):
        with pytest.raises(ValueError, match="must") as caught:
            ask(metric, x, y, **more)
        assert str(caught.value) == message.format(*said)
    if "correlation" in metric:
        with pytest.raises(ValueError, match=r"^x must have at least two elements along the axis; got 1$"):
            call(metric, [1.0], [2.0])


# ---- Sequences and sets ------------------------------------------------------------------------------------


def test_codes_and_sets_by_hand():
    assert hamming([1, 2, 3, 4], [1, 0, 3, 0]) == 0.5
    assert hamming(list("abc"), list("abd")) == near(1 / 3)
    assert hamming([True, False], [True, True]) == 0.5
    codes = [[1.0, NAN], [2**53, 2.0]]
    np.testing.assert_array_equal(hamming(codes, codes, axis=0), [0, NAN])
    assert jaccard_index({1, 2, 3}, {3, 4}) == 0.25
    assert jaccard_distance({1, 2, 3}, frozenset({3, 4})) == 0.75
    assert jaccard_index({1}, set()) == 0
    assert jaccard_index(set(), set()) == 1
    assert jaccard_distance(set(), set()) == 0
    assert jaccard_distance({1}, set()) == jaccard_distance([True], [False]) == 1
    a, b = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0]]) > 0, np.array([[0, 0, 0], [1, 1, 1], [0, 0, 1]]) > 0
    assert jaccard_index(a, b).tolist() == jaccard_index(a.T, b.T, axis=0).tolist() == [1, 1 / 3, 0]
    assert jaccard_distance(a, b).tolist() == jaccard_distance(a.T, b.T, axis=0).tolist() == [0, 2 / 3, 1]
    index, distance = (pairwise(a, b, metric=f"jaccard_{name}") for name in ("index", "distance"))
    assert index.tolist() == [[1, 0, 0], [0, 1 / 3, 0], [0, 2 / 3, 0]]
    assert distance.tolist() == [[0, 1, 1], [1, 2 / 3, 1], [1, 1 / 3, 1]]


@pytest.mark.parametrize(
    "codes",
    [
        np.array([list("abca"), list("abcd"), list("zzzz")]),
        np.array([[2**53, 1, 2, 3], [2**53 + 1, 1, 2, -4], [0, 0, 0, 0]]),
        np.array([[2**64 - 1, 1], [2**64 - 2, 1], [0, 0]], np.uint64),
        np.array([[0.5, 1.5, INF], [0.5, 1.5, 2.5], [0.0, INF, 2.5]], np.float32),
    ],
    ids=["strings", "int64", "uint64", "float32"],
)
def test_codes_of_every_type_are_told_apart(codes):
    expected = [[np.mean([p != q for p, q in zip(a, b, strict=True)]) for b in codes] for a in codes]
    np.testing.assert_allclose(pairwise(codes, metric="hamming"), expected, rtol=1e-6)
    np.testing.assert_allclose([[hamming(a, b) for b in codes] for a in codes], expected, rtol=1e-6)


# ---- All pairs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("metric", METRICS)
def test_all_pairs_are_the_pairs(metric):
    expected = np.array([[call(metric, x, y) for y in Y[:5]] for x in X])
    np.testing.assert_allclose(all_pairs(metric, X, Y[:5]), expected, rtol=1e-13)
    own = pairwise(made_for(metric, X), metric=metric, **HYPERPARAMETERS.get(metric, {}))
    np.testing.assert_array_equal(own, all_pairs(metric, X, X))
    short = X.astype(np.float32)
    assert all_pairs(metric, short, short).dtype == call(metric, short, short).dtype
    assert all_pairs(metric, short, Y).dtype == call(metric, X, Y).dtype
    for x, y in ((X[:0], Y), (X, Y[:0]), (X[:0], Y[:0])):
        assert all_pairs(metric, x, y).shape == (len(x), len(y))
    if not metric.startswith("jaccard"):
        x, y = X.copy(), Y.copy()
        x[2, 1] = y[4, 0] = NAN
        rows, columns = np.nonzero(np.isnan(all_pairs(metric, x, y)))
        assert len(rows) == 11
        assert ((rows == 2) | (columns == 4)).all()


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("the parameters of metric='minkowski' must be: p; got: none", {"metric": "minkowski"}),
        ("the parameters of metric='hamming' must be: none; got: axis", {"metric": "hamming", "axis": 0}),
        ("p must be a positive number; got -1", {"metric": "minkowski", "p": -1, "x": X[:0]}),
        ("cov must have shape (4, 4); got (3, 3)", {"metric": "mahalanobis", "cov": np.eye(3)}),
        ("a must be an array of booleans or a set; got dtype float64", {"metric": "jaccard_index"}),
    ],
)
def test_what_all_pairs_refuse(message, arguments):
    with pytest.raises((TypeError, ValueError)) as caught:
        pairwise(**{"x": X, **arguments})
    assert str(caught.value) == message
    assert (caught.type is TypeError) == ("parameters" in message or "dtype" in message)


def test_codes_of_length_0_are_refused():
    for ask, shape in ((lambda x: hamming(x, x), (6, 0)), (lambda x: pairwise(x, metric="hamming"), (0, 0))):
        with pytest.raises(ValueError, match="must") as caught:
            ask(np.zeros(shape))
        assert str(caught.value) == f"x must have at least one place along the axis; got shape {shape}"


# ---- Information -------------------------------------------------------------------------------------------


def test_information_by_hand():
    # Margins (3/4, 1/4) and (1/2, 1/2); H(X, Y) = 1.5 bits, H(X) = 2 − ¾ log₂ 3, H(Y) = 1.
    joint, bits = [[0.5, 0.25], [0.0, 0.25]], 0.5 * math.log2(4 / 3) + 0.25 * math.log2(2 / 3) + 0.25
    assert mutual_information(joint, base=2) == near(bits)
    assert mutual_information(joint) == near(bits * math.log(2))
    assert variation_of_information(joint, base=2) == near(0.75 * math.log2(3))
    assert variation_of_information(joint) == near(0.75 * math.log(3))
    for joint, mutual, variation in (
        ([[1.0]], 0, 0),
        ([[0.0, 0.0], [0.0, 1.0]], 0, 0),
        (np.eye(5) / 5, near(math.log(5)), 0),
        (np.full((2, 2), 0.25), 0, near(2 * math.log(2))),
    ):
        assert mutual_information(joint) == mutual
        assert variation_of_information(joint) == variation


def test_rare_values_and_nearly_independent_variables():
    # A cell alone in its row and column: the product of its margins vanishes.
    table = [[1.0, 0.0], [0.0, 1e-170]]
    assert mutual_information(table) == near(1e-170 * (1 + 170 * math.log(10)))
    assert variation_of_information(table) == 0
    moved = 1e-6 * np.array([[1, -1], [-1, 1]])
    assert mutual_information(0.25 + moved) == near(8e-12, 1e-9)
    assert 0 <= mutual_information([[0.03, 0.27], [0.07, 0.63]]) < 1e-30


@pytest.mark.parametrize("total", [1 - 9e-7, 1 + 9e-7])
def test_a_sum_beside_one_divides_the_product_of_the_margins(total):
    p = total * np.array([[0.3, 0.1], [0.2, 0.4]])
    q = np.outer(p.sum(1), p.sum(0)) / p.sum()
    assert mutual_information(p) == near((p * np.log(p / q)).sum(), 1e-12)
    open_in_it = p * (np.log(p.sum(1, keepdims=True) / p) + np.log(p.sum(0) / p))
    assert variation_of_information(p) == near(open_in_it.sum())


@given(arrays(float, (3, 4), elements=st.integers(0, 20).map(float)).filter(lambda w: w.sum() > 0))
@quick
def test_information_is_bounded_symmetric_and_made_of_entropies(w):
    p = w / w.sum()
    rows, columns, cells = (scipy.stats.entropy(np.ravel(z)) for z in (p.sum(1), p.sum(0), p))
    mutual, variation = mutual_information(p), variation_of_information(p)
    assert mutual == pytest.approx(rows + columns - cells, rel=0, abs=1e-13)
    assert variation == pytest.approx(2 * cells - rows - columns, rel=0, abs=1e-13)
    assert 0 <= mutual <= min(rows, columns) + 1e-12
    assert variation >= 0
    assert mutual_information(p.T) == pytest.approx(mutual, rel=0, abs=1e-15)
    # Data processing: merging two values of Y can only lose information.
    assert mutual_information(np.column_stack([p[:, 0] + p[:, 1], p[:, 2], p[:, 3]])) <= mutual + 1e-12


# ---- Samples -----------------------------------------------------------------------------------------------


def correlated(seed, n, rho):
    x, noise = np.random.default_rng(seed).standard_normal((2, n))
    return x, rho * x + math.sqrt(1 - rho**2) * noise


@pytest.mark.parametrize("k", [1, 3, 10])
def test_the_estimator_is_its_definition_with_ties(k):
    x, y = correlated(1, 60, 0.8)
    order, steps = np.random.default_rng(2).permutation(60), np.arange(60)
    # On a grid of quarters distances tie; in tenths they do but for their rounding.
    for a, b in ((x, y), (np.c_[x, y**2], y), (steps / 4, order / 4), (steps * 0.1, order * 0.7)):
        total = 0.0
        for i in range(60):
            dx, dy = (abs(np.delete(z, i, 0) - z[i]).reshape(59, -1).max(1) for z in (a, b))
            radius = np.sort(np.maximum(dx, dy))[k - 1]
            total += digamma((dx < radius).sum() + 1) + digamma((dy < radius).sum() + 1)
        assert mutual_information_knn(a, b, k=k) == near(digamma(k) + digamma(60) - total / 60, 1e-12)
        assert mutual_information_knn(b, a, k=k) == near(mutual_information_knn(a, b, k=k), 1e-12)


def test_the_estimate_is_near_the_truth_if_both_samples_are_standardized():
    for rho in (0.0, 0.5, 0.9):
        estimates = [mutual_information_knn(*correlated(seed, 500, rho)) for seed in range(10)]
        assert np.mean(estimates) == pytest.approx(-0.5 * math.log(1 - rho**2), rel=0, abs=0.04)
    x, y = correlated(3, 2000, 0.9)
    assert mutual_information_knn(x, 1000 * y) < 0.25 < 0.75 < mutual_information_knn(x, y) < 0.9


def test_what_is_no_sample_is_refused():
    for x, k, message in (
        ([1, 2, 3], 3, "k must be below the number of observations, 3; got 3"),
        (np.zeros((3, 0)), 1, "x must have shape (n,) or (n, d) with d > 0; got (3, 0)"),
        ([1e301, 2, 3], 1, "x must be at most 1e+300 in size, for its distances; got 1e+301"),
        ([1, 2, 2], 1, "... got more than k = 1 points that equal point 1"),
    ):
        with pytest.raises(ValueError, match="must") as caught:
            mutual_information_knn(x, [1, 5, 5], k=k)
        assert str(caught.value).endswith(message.removeprefix("..."))
