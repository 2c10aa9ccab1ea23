"""Distances: values by hand, edges, other libraries, metrics and counterexamples, invariances, refusals."""

import itertools
import math

import numpy as np
import pytest
import scipy.spatial.distance
import scipy.stats
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossbook import catalog, distances
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
    pearson_correlation,
)

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(9)
X, Y, Z = RNG.standard_normal((3, 6, 4))
COV = np.array([[2.0, 0.6, 0.1, 0], [0.6, 1.0, -0.3, 0.2], [0.1, -0.3, 3.0, 0.5], [0, 0.2, 0.5, 1.5]])
OF_POINTS = {
    "euclidean": {},
    "manhattan": {},
    "chebyshev": {},
    "minkowski": {"p": 3},
    "mahalanobis": {"cov": COV},
}
OF_DIRECTIONS = {
    "cosine_distance": {},
    "angular_distance": {},
    "pearson_correlation": {},
    "correlation_distance": {},
}
OF_REALS = {**OF_POINTS, **OF_DIRECTIONS}
EACH = pytest.mark.parametrize("name", OF_REALS)
quick = settings(max_examples=30, deadline=None)
coordinates = arrays(float, (3, 4), elements=st.floats(-100, 100))


def call(name, x, y, **more):
    return getattr(distances, name)(x, y, **OF_REALS.get(name, {}), **more)


# ---- Values --------------------------------------------------------------------------------------------


def test_values_worked_by_hand():
    x, y = [1.0, 2.0, 3.0], [4.0, -2.0, 3.0]
    assert euclidean(x, y) == 5
    assert manhattan(x, y) == 7
    assert chebyshev(x, y) == 4
    assert minkowski(x, y, p=3) == pytest.approx(91 ** (1 / 3), rel=1e-15, abs=0)
    assert minkowski(x, y, p=0.5) == pytest.approx((math.sqrt(3) + 2) ** 2, rel=1e-15, abs=0)
    assert mahalanobis(x, y, cov=np.diag([9.0, 4.0, 1.0])) == pytest.approx(math.sqrt(5), rel=1e-15, abs=0)
    # The vectors (3, 4) and (4, 3) have the cosine 24/25.
    assert cosine_distance([3, 4], [4, 3]) == pytest.approx(1 / 25, rel=1e-14, abs=0)
    assert angular_distance([3, 4], [4, 3]) == pytest.approx(math.acos(24 / 25), rel=1e-14, abs=0)
    # Centered: (−1, 0, 1) and (−1/3, 5/3, −4/3), product −1, squared lengths 2 and 14/3.
    assert pearson_correlation([1, 2, 3], [1, 3, 0]) == pytest.approx(
        -1 / math.sqrt(28 / 3), rel=1e-14, abs=0
    )
    assert correlation_distance([1, 2, 3], [1, 3, 0]) == pytest.approx(
        1 + 1 / math.sqrt(28 / 3), rel=1e-14, abs=0
    )
    assert hamming([1, 2, 3, 4], [1, 0, 3, 0]) == 0.5
    assert jaccard_index({1, 2, 3}, {3, 4}) == 0.25
    assert jaccard_distance({1, 2, 3}, {3, 4}) == 0.75


@EACH
def test_a_slow_loop_from_the_definition_agrees(name):
    definitions = {
        "euclidean": lambda d: math.sqrt(math.fsum(d * d)),
        "manhattan": lambda d: math.fsum(abs(d)),
        "chebyshev": lambda d: max(abs(d)),
        "minkowski": lambda d: math.fsum(abs(d) ** 3) ** (1 / 3),
        "mahalanobis": lambda d: math.sqrt(d @ np.linalg.inv(COV) @ d),
    }

    def cosine(x, y):
        return math.fsum(x * y) / math.sqrt(math.fsum(x * x) * math.fsum(y * y))

    def of_directions(x, y):
        r = cosine(x, y) if name[0] in "ca" and name != "correlation_distance" else None
        r = cosine(x - x.mean(), y - y.mean()) if r is None else r
        return {"angular_distance": math.acos(r), "pearson_correlation": r}.get(name, 1 - r)

    expected = [
        definitions[name](x - y) if name in definitions else of_directions(x, y)
        for x, y in zip(X, Y, strict=True)
    ]
    np.testing.assert_allclose(call(name, X, Y), expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("name", "twin"),
    [
        ("euclidean", "euclidean"),
        ("manhattan", "cityblock"),
        ("chebyshev", "chebyshev"),
        ("cosine_distance", "cosine"),
        ("correlation_distance", "correlation"),
        ("hamming", "hamming"),
        ("jaccard_distance", "jaccard"),
    ],
)
def test_scipy_has_the_same(name, twin):
    assert catalog.get(name).elsewhere["scipy"].startswith(f"scipy.spatial.distance.{twin}(")
    x, y = {"hamming": (X.round(), Y.round()), "jaccard_distance": (X > 0, Y > 0)}.get(name, (X, Y))
    expected = [getattr(scipy.spatial.distance, twin)(*pair) for pair in zip(x, y, strict=True)]
    np.testing.assert_allclose(getattr(distances, name)(x, y), expected, rtol=1e-12)


def test_scipy_and_scikit_learn_have_the_others():
    theirs = [scipy.spatial.distance.mahalanobis(x, y, np.linalg.inv(COV)) for x, y in zip(X, Y, strict=True)]
    np.testing.assert_allclose(mahalanobis(X, Y, cov=COV), theirs, rtol=1e-12)
    theirs = [scipy.stats.pearsonr(x, y).statistic for x, y in zip(X, Y, strict=True)]
    np.testing.assert_allclose(pearson_correlation(X, Y), theirs, rtol=1e-12)
    for p in (0.5, 1.5, 7.0):
        theirs = [scipy.spatial.distance.minkowski(x, y, p) for x, y in zip(X, Y, strict=True)]
        np.testing.assert_allclose(minkowski(X, Y, p=p), theirs, rtol=1e-12)
    a, b = X > 0, Y > 0
    theirs = [sklearn.metrics.jaccard_score(*pair) for pair in zip(a, b, strict=True)]
    np.testing.assert_allclose(jaccard_index(a, b), theirs, rtol=1e-15)


# ---- Edges ---------------------------------------------------------------------------------------------


def test_named_exponents_of_minkowski_are_the_named_distances():
    np.testing.assert_array_equal(minkowski(X, Y, p=1), manhattan(X, Y))
    np.testing.assert_array_equal(minkowski(X, Y, p=2), euclidean(X, Y))
    np.testing.assert_array_equal(minkowski(X, Y, p=math.inf), chebyshev(X, Y))
    np.testing.assert_allclose(minkowski(X, Y, p=1 + 1e-12), manhattan(X, Y), rtol=1e-11)
    np.testing.assert_allclose(minkowski(X, Y, p=1e6), chebyshev(X, Y), rtol=1e-5)
    assert minkowski([0.0, 0.0], [1.0, 1.0], p=1e-3) == pytest.approx(2.0**1000, rel=1e-12, abs=0)
    assert minkowski([0.0, 0.0], [1.0, 1.0], p=1e-4) == math.inf


def test_near_points_far_from_the_origin_keep_their_distance():
    x = np.array([[1e8, 1e8]])
    y = np.array([[1e8, 1e8 + 0.004]])
    for result in (euclidean(x, y)[0], distances.pairwise(x, y, metric="euclidean")[0, 0]):
        assert result == y[0, 1] - 1e8
    assert mahalanobis(x, y, cov=np.eye(2))[0] == y[0, 1] - 1e8
    cov = [[1, 0], [0, 1]]
    assert distances.pairwise(x, y, metric="mahalanobis", cov=cov)[0, 0] == y[0, 1] - 1e8


@pytest.mark.parametrize("name", ["euclidean", "manhattan", "chebyshev", "minkowski", "mahalanobis"])
@pytest.mark.parametrize("size", [5e-324, 1e-300, 1e-170, 1e170, 1e300])
def test_tiny_and_huge_points_neither_vanish_nor_overflow(name, size):
    x, y = size * np.array([[3.0, 0, 1, 2], [1, 1, 1, 1]]), size * np.array([[0.0, 4, 1, 2], [1, 1, 1, 3]])
    scaled = (x / size).round(), (y / size).round()
    np.testing.assert_allclose(
        call(name, x, y) / size, call(name, *scaled), rtol=0.5 if size < 1e-323 else 1e-14
    )
    every = distances.pairwise(x, y, metric=name, **OF_POINTS[name])
    np.testing.assert_allclose(np.diagonal(every), call(name, x, y), rtol=0.5 if size < 1e-323 else 1e-14)


def test_true_overflow_is_infinite_and_equal_infinities_are_nan():
    for name in ("euclidean", "manhattan", "chebyshev", "minkowski"):
        distance = getattr(distances, name)
        more = {"p": 3} if name == "minkowski" else {}
        assert distance([1.7e308, 0], [-1.7e308, 0], **more) == math.inf
        assert distance([math.inf, 0], [0, 0], **more) == math.inf
        assert math.isnan(distance([math.inf, 0], [math.inf, 0], **more))


@EACH
def test_nan_gives_nan_there_and_nowhere_else(name):
    x = X.copy()
    x[2, 1] = np.nan
    for result in (call(name, x, Y), call(name, Y, x)):
        assert np.isnan(result).tolist() == [False, False, True, False, False, False]
    assert np.isnan(distances.pairwise(x, Y, metric=name, **OF_REALS[name])[2]).all()


@pytest.mark.parametrize("name", ["cosine_distance", "angular_distance", "pearson_correlation"])
def test_directions_of_infinite_vectors_are_nan(name):
    assert math.isnan(call(name, [math.inf, 1.0, 2.0], [1.0, 2.0, 5.0]))


def test_parallel_and_opposite_vectors():
    x = np.array([0.3, -1.1, 2.7])
    for factor in (1.0, 2.0, 2.0**-1000, 2.0**900):
        assert cosine_distance(x, factor * x) == 0
        assert angular_distance(x, factor * x) == 0
        assert cosine_distance(x, -factor * x) == pytest.approx(2, rel=1e-15, abs=0)
        assert angular_distance(x, -factor * x) == math.pi
    many = RNG.standard_normal((2000, 3))
    assert cosine_distance(many, -3 * many).max() == 2
    assert np.abs(pearson_correlation(many, 7 * many + 1)).max() == 1
    assert angular_distance([1.0, 0.0], [-1.0, 1e-9]) == pytest.approx(math.pi - 1e-9, rel=1e-16, abs=0)


def test_two_observations_correlate_perfectly():
    assert pearson_correlation([1.0, 2.0], [5.0, 4.0]) == pytest.approx(-1, rel=1e-15, abs=0)
    # An offset far larger than the spread takes no digits away.
    x = np.array([1.0, 2.0, 4.0]) + 2.0**40
    assert pearson_correlation(x, [1.0, 3.0, 2.0]) == pytest.approx(
        pearson_correlation(x - 2.0**40, [1, 3, 2])
    )


def test_points_without_coordinates_are_equal_and_codes_without_places_are_refused():
    empty = np.zeros((3, 0))
    for distance in (euclidean, manhattan, chebyshev):
        assert distance(empty, empty).tolist() == [0, 0, 0]
    assert minkowski(empty, empty, p=3).tolist() == [0, 0, 0]
    with pytest.raises(
        ValueError, match=r"^x must have at least one place along the axis; got shape \(3, 0\)$"
    ):
        hamming(empty, empty)
    with pytest.raises(ValueError, match=r"^x must have no zero vector, which has no direction; got one at"):
        cosine_distance(empty, empty)


def test_sets():
    assert jaccard_index(set(), set()) == 1
    assert jaccard_distance(set(), frozenset()) == 0
    assert jaccard_index(set(), {1}) == 0
    assert jaccard_index(np.zeros(3, bool), np.zeros(3, bool)) == 1
    assert jaccard_distance(np.zeros((2, 0), bool), np.zeros((2, 0), bool)).tolist() == [0, 0]
    assert jaccard_distance(
        [[True, False], [True, True]], [[True, True], [False, True]], axis=0
    ).tolist() == [
        0.5,
        0.5,
    ]


def test_hamming_compares_what_is_given():
    assert hamming([2**53], [2**53 + 1]) == 1
    assert hamming([True, False], [True, True]) == 0.5
    assert hamming(list("abc"), list("abd")) == pytest.approx(1 / 3)
    assert hamming([1, 2], [1.0, 2.5]) == 0.5
    assert math.isnan(hamming([1.0, math.nan], [1.0, math.nan]))


# ---- Types, axes, arguments ----------------------------------------------------------------------------


@EACH
def test_types_shapes_and_axes(name):
    ours = call(name, X, Y)
    assert ours.shape == (6,)
    assert isinstance(call(name, X[0], Y[0]), np.float64)
    np.testing.assert_allclose(call(name, X[0].tolist(), Y[0].tolist()), ours[0], rtol=1e-14)
    np.testing.assert_allclose(call(name, X.T, Y.T, axis=0), ours, rtol=1e-14)
    np.testing.assert_allclose(
        call(name, X.reshape(2, 3, 4).swapaxes(1, 2), Y.reshape(2, 3, 4).swapaxes(1, 2), axis=1),
        ours.reshape(2, 3),
        rtol=1e-14,
    )
    narrow = call(name, X.astype(np.float32), Y.astype(np.float32))
    assert narrow.dtype == np.float32
    np.testing.assert_allclose(narrow, ours, rtol=2e-5)
    assert call(name, X.astype(np.float32), Y).dtype == np.float64
    whole = np.array([[1, 2, 4, 8]]), np.array([[3, 1, 0, 2]])
    assert call(name, *whole).dtype == np.float64


@EACH
def test_arguments_stay_as_they_are(name):
    x, y = X.copy(), Y.copy()
    x.flags.writeable = y.flags.writeable = False
    call(name, x, y)
    distances.pairwise(x, y, metric=name, **OF_REALS[name])
    np.testing.assert_array_equal(x, X)


@EACH
def test_all_pairs_are_the_pairs(name):
    every = distances.pairwise(X, Y, metric=name, **OF_REALS[name])
    x, y = (np.array(z) for z in zip(*itertools.product(X, Y), strict=True))
    np.testing.assert_allclose(every, call(name, x, y).reshape(6, 6), rtol=1e-13)
    narrow = distances.pairwise(X.astype(np.float32), Y.astype(np.float32), metric=name, **OF_REALS[name])
    assert narrow.dtype == np.float32
    np.testing.assert_allclose(narrow, every, rtol=2e-5)
    own = distances.pairwise(X, metric=name, **OF_REALS[name])
    np.testing.assert_allclose(np.diagonal(own), name == "pearson_correlation", atol=1e-15)
    assert distances.pairwise(X[:0], Y, metric=name, **OF_REALS[name]).shape == (0, 6)
    assert distances.pairwise(X, Y[:0], metric=name, **OF_REALS[name]).shape == (6, 0)


@pytest.mark.parametrize("name", ["jaccard_index", "jaccard_distance", "hamming"])
def test_all_pairs_of_codes(name):
    a, b = X > 0.3, Y > 0.3
    a[0] = b[0] = False
    expected = [[getattr(distances, name)(row, other) for other in b] for row in a]
    np.testing.assert_allclose(distances.pairwise(a, b, metric=name), expected, rtol=1e-15)


@pytest.mark.parametrize(
    "codes",
    [
        np.array([list("abca"), list("abcd"), list("zzzz")]),
        np.array([[2**53, 1, 2, 3], [2**53 + 1, 1, 2, -4], [0, 0, 0, 0]]),
        np.array([[2**64 - 1, 1], [2**64 - 2, 1], [0, 0]], dtype=np.uint64),
        np.array([[-(2**63), 1], [-(2**63) + 1, 1], [0, 0]]),
        np.array([[0.5, 1.5, math.nan], [0.5, 1.5, 2.5], [-0.0, math.inf, 2.5]]),
        np.array([[0.5, 1.5, math.nan], [0.5, 1.5, 2.5], [-0.0, math.inf, 2.5]], dtype=np.float32),
        np.array([[1, 2, 4], [1, 2, 3]], dtype=np.longdouble) / 3,
        np.zeros((2, 3), dtype=np.int8),
    ],
    ids=["strings", "int64", "uint64", "least int64", "float64", "float32", "longdouble", "int8"],
)
def test_all_pairs_of_codes_of_every_type(codes):
    expected = np.array([[hamming(row, other) for other in codes[::-1]] for row in codes])
    every = distances.pairwise(codes, codes[::-1], metric="hamming")
    np.testing.assert_array_equal(every, expected)
    assert every.dtype == expected.dtype


@pytest.mark.parametrize("name", OF_REALS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_many_pairs_are_the_pairs(name, dtype):
    # More pairs than are worked on at once; the last rows are near the first ones, or opposite.
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((2, 220, 12)).astype(dtype)
    near = (x[:8] + dtype(1e-4) * y[:8]) * np.array([[1], [-1]] * 4, dtype)
    y[-8:] = near
    parameters = {"cov": np.cov(x.T)} if name == "mahalanobis" else OF_REALS[name]
    every = distances.pairwise(x, y, metric=name, **parameters)
    assert every.dtype == dtype
    for i in (0, 3, 100, 219):
        expected = getattr(distances, name)(np.broadcast_to(x[i], y.shape), y, **parameters)
        np.testing.assert_allclose(every[i], expected, rtol=1e-13 if dtype == np.float64 else 3e-5)
    # So many near ones that they are no exception.
    every = distances.pairwise(x[:8], near, metric=name, **parameters)
    expected = getattr(distances, name)(x[:8], near, **parameters)
    rtol = 1e-10 if dtype == np.float64 else 2e-2
    np.testing.assert_allclose(np.diagonal(every), expected, rtol=rtol)


def test_pairs_of_near_directions_keep_their_digits():
    # One pair of many is near: 1 − cos would leave no digit of 5e-19, and arccos none of 1e-9.
    x = np.eye(40)
    y = np.roll(x, 7, axis=1)
    y[3] = x[3]
    y[3, 4] = 1e-9
    assert distances.pairwise(x, y, metric="cosine_distance")[3, 3] == pytest.approx(5e-19, rel=1e-12, abs=0)
    assert distances.pairwise(x, y, metric="angular_distance")[3, 3] == pytest.approx(1e-9, rel=1e-12, abs=0)
    assert distances.pairwise(x, -y, metric="angular_distance")[3, 3] == pytest.approx(
        math.pi - 1e-9, rel=1e-15, abs=0
    )


def test_all_pairs_need_no_room_for_all_differences():
    import tracemalloc

    x, y = RNG.standard_normal((2, 300, 100))
    for name in OF_REALS:
        parameters = {"cov": np.eye(100)} if name == "mahalanobis" else OF_REALS[name]
        distances.pairwise(x[:3], metric=name, **parameters)
        tracemalloc.start()
        result = distances.pairwise(x, y, metric=name, **parameters)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak - result.nbytes < 3 * (x.nbytes + y.nbytes), name


METRICS = [
    row
    for row in catalog.CATALOG
    if row.module == "distances" and row.metric and row.name != "variation_of_information"
]


# ---- Metrics and what is none --------------------------------------------------------------------------


@pytest.mark.parametrize("row", METRICS, ids=lambda row: row.name)
@given(coordinates)
@quick
def test_metrics_keep_the_axioms(row, points):
    if row.name == "angular_distance" and not np.abs(points).max(axis=1).all():
        return
    points = (
        points > 0 if row.name == "jaccard_distance" else points.round() if row.name == "hamming" else points
    )
    x, y, z = points
    d = lambda a, b: call(row.name, a, b)  # noqa: E731 - three letters make the axioms readable
    assert d(x, x) == 0
    assert d(x, y) == d(y, x) >= 0
    assert d(x, z) <= (d(x, y) + d(y, z)) * (1 + 1e-12) + 1e-300


def test_what_is_no_metric_breaks_the_triangle_inequality():
    a, b, c = np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([1.0, 1.0])
    assert cosine_distance(a, b) > cosine_distance(a, c) + cosine_distance(c, b)
    x, y, z = [1.0, 0, -1, 0], [0, 1.0, 0, -1], [1.0, 1, -1, -1]
    assert correlation_distance(x, y) > correlation_distance(x, z) + correlation_distance(z, y)
    o = np.zeros(2)
    assert minkowski(o, c, p=0.5) > minkowski(o, a, p=0.5) + minkowski(a, c, p=0.5)


def test_convexity():
    t = 0.3
    for name in OF_POINTS:
        middle = call(name, t * X + (1 - t) * Z, Y)
        assert (middle <= t * call(name, X, Y) + (1 - t) * call(name, Z, Y) + 1e-12).all()
    half = minkowski([0.5, 0.5], [0.0, 0.0], p=0.5)
    assert half > (minkowski([1.0, 0.0], [0, 0], p=0.5) + minkowski([0.0, 1.0], [0, 0], p=0.5)) / 2


def test_invariances():
    for name in OF_POINTS:
        np.testing.assert_allclose(call(name, X + 7, Y + 7), call(name, X, Y), rtol=1e-12)
    rotation = np.linalg.qr(RNG.standard_normal((4, 4)))[0]
    for name in ("euclidean", "cosine_distance", "angular_distance"):
        np.testing.assert_allclose(call(name, X @ rotation, Y @ rotation), call(name, X, Y), rtol=1e-12)
    a = RNG.standard_normal((4, 4))
    moved = a @ COV @ a.T
    np.testing.assert_allclose(
        mahalanobis(X @ a.T, Y @ a.T, cov=moved), mahalanobis(X, Y, cov=COV), rtol=1e-9
    )
    whiten = np.linalg.inv(np.linalg.cholesky(COV))
    np.testing.assert_allclose(euclidean(X @ whiten.T, Y @ whiten.T), mahalanobis(X, Y, cov=COV), rtol=1e-12)
    for name in ("cosine_distance", "angular_distance"):
        np.testing.assert_allclose(call(name, 3 * X, 0.1 * Y), call(name, X, Y), rtol=1e-12)
    np.testing.assert_allclose(pearson_correlation(3 * X + 1, 5 - Y), -pearson_correlation(X, Y), rtol=1e-12)


# Whole numbers, so that a shift and a power of two change them exactly.
whole = arrays(float, (2, 5, 4), elements=st.integers(-50, 50).map(float))


@pytest.mark.parametrize("name", OF_REALS)
@given(whole, st.permutations(range(4)), st.integers(-30, 30), st.integers(-40, 40))
@quick
def test_all_pairs_keep_their_invariances(name, tables, order, shift, exponent):
    x, y = tables
    if name in OF_DIRECTIONS:
        # Neither zero vectors nor constant ones.
        x, y = (np.column_stack([z[:, :3], z[:, 2] + 1 + z[:, 3] ** 2]) for z in tables)
    parameters = OF_REALS[name]
    every = distances.pairwise(x, y, metric=name, **parameters)

    def same(u, v, expected=every, **changed):
        found = distances.pairwise(u, v, metric=name, **{**parameters, **changed})
        atol = 1e-12 if name in OF_DIRECTIONS else 0
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=atol)

    same(y, x, every.T)
    changed = {"cov": COV[np.ix_(order, order)]} if name == "mahalanobis" else {}
    same(x[:, order], y[:, order], **changed)
    scale = 2.0**exponent
    if name in OF_DIRECTIONS:
        same(scale * x, y)
    else:
        same(x + shift, y + shift)
        # A distance grows with its unit, and Mahalanobis' not if the covariance does.
        same(scale * x, scale * y, scale * every)
        if name == "mahalanobis":
            same(scale * x, scale * y, cov=scale**2 * COV)
    if name in ("pearson_correlation", "correlation_distance"):
        same(x + shift, scale * y)


def test_standardized_euclidean_distance_is_correlation():
    z, w = (scipy.stats.zscore(v, axis=1) for v in (X, Y))
    np.testing.assert_allclose(euclidean(z, w) ** 2, 2 * 4 * (1 - pearson_correlation(X, Y)), rtol=1e-12)


# ---- Refusals ------------------------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (
            [1.0, 2.0, 3.0, 4.0],
            [1.0, 2.0, 3.0],
            ValueError,
            "x and y must have equal shapes; got (4,) and (3,)",
        ),
        (
            np.ones((1, 4)),
            np.ones((2, 4)),
            ValueError,
            "x and y must have equal shapes; got (1, 4) and (2, 4)",
        ),
        (1.0, 2.0, ValueError, "x must have at least one axis; got shape ()"),
        ([True] * 4, [1.0] * 4, TypeError, "x must be an array of real numbers; got dtype bool"),
        ([1.0] * 4, [1j] * 4, TypeError, "y must be an array of real numbers; got dtype complex128"),
        ([1.0] * 4, ["a"] * 4, TypeError, "y must be an array of real numbers; got dtype <U1"),
        ([None] * 4, [1.0] * 4, TypeError, "x must be an array of real numbers; got dtype object"),
        (
            [[1.0], [1.0, 2.0]],
            [1.0],
            ValueError,
            "x must be an array of real numbers; got nested lists of unequal lengths",
        ),
    ],
)
def test_refusals_of_arrays(name, x, y, error, message):
    with pytest.raises(error) as caught:
        call(name, x, y)
    assert str(caught.value) == message


@EACH
def test_refusals_of_axes(name):
    with pytest.raises(
        ValueError, match=r"^axis must be an integer from -2 to 1 for x of shape \(6, 4\); got 2$"
    ):
        call(name, X, Y, axis=2)
    with pytest.raises(TypeError, match=r"^axis must be an integer .*; got None$"):
        call(name, X, Y, axis=None)


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: minkowski(X, Y, p=0), ValueError, "p must be a positive number; got 0"),
        (lambda: minkowski(X, Y, p=-1), ValueError, "p must be a positive number; got -1"),
        (lambda: minkowski(X, Y, p=math.nan), ValueError, "p must be a positive number; got nan"),
        (lambda: minkowski(X, Y, p="2"), TypeError, "p must be a positive number; got '2'"),
        (lambda: mahalanobis(X, Y, cov=np.eye(3)), ValueError, "cov must have shape (4, 4); got (3, 3)"),
        (
            lambda: mahalanobis(X, Y, cov=-np.eye(4)),
            ValueError,
            "cov must be positive definite; got a matrix with least eigenvalue -1",
        ),
        (
            lambda: mahalanobis(X, Y, cov=np.eye(4) + np.eye(4, k=1)),
            ValueError,
            "cov must be symmetric; got 1 at (0, 1) and 0 at (1, 0)",
        ),
        (
            lambda: cosine_distance([[1.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]]),
            ValueError,
            "x must have no zero vector, which has no direction; got one at index (1,)",
        ),
        (
            lambda: angular_distance([1.0, 0.0], [0.0, 0.0]),
            ValueError,
            "y must have no zero vector, which has no direction; got one",
        ),
        (
            lambda: pearson_correlation([[1.0, 2.0], [0.1, 0.1]], [[1.0, 2.0], [1.0, 2.0]]),
            ValueError,
            "x must vary along the axis; got a constant vector at index (1,)",
        ),
        (
            lambda: correlation_distance([1.0, 2.0], [3.0, 3.0]),
            ValueError,
            "y must vary along the axis; got a constant vector",
        ),
        (
            lambda: pearson_correlation([1.0], [2.0]),
            ValueError,
            "x must have at least two elements along the axis; got 1",
        ),
        (
            lambda: hamming([1, 2], [True, False]),
            TypeError,
            "x and y must hold the same kind of things; got numbers and booleans",
        ),
        (lambda: hamming([1j], [1j]), TypeError, "x must be an array of real numbers; got dtype complex128"),
        (lambda: hamming([1, 2], [1, 2, 3]), ValueError, "x and y must have equal shapes; got (2,) and (3,)"),
        (
            lambda: hamming([[1], [1, 2]], [1]),
            ValueError,
            "x must be an array of real numbers; got nested lists of unequal lengths",
        ),
        (
            lambda: jaccard_index({1}, [True]),
            TypeError,
            "a and b must both be sets or both arrays of booleans; got set and list",
        ),
        (
            lambda: jaccard_index([1, 0], [1, 1]),
            TypeError,
            "a must be an array of booleans or a set; got dtype int64",
        ),
        (
            lambda: jaccard_distance([True], [True, False]),
            ValueError,
            "a and b must have equal shapes; got (1,) and (2,)",
        ),
        (
            lambda: jaccard_index([[True], [True, False]], [True]),
            TypeError,
            "a must be an array of booleans; got nested lists of unequal lengths",
        ),
        (
            lambda: distances.pairwise(X, metric="minkowski"),
            TypeError,
            "the parameters of metric='minkowski' must be: p; got: none",
        ),
        (
            lambda: distances.pairwise(X, metric="euclidean", p=2),
            TypeError,
            "the parameters of metric='euclidean' must be: none; got: p",
        ),
        (
            lambda: distances.pairwise(X, metric="hamming", axis=0),
            TypeError,
            "the parameters of metric='hamming' must be: none; got: axis",
        ),
        (
            lambda: distances.pairwise(X[0], metric="euclidean"),
            ValueError,
            "x must have shape (rows, columns); got shape (4,)",
        ),
        (
            lambda: distances.pairwise(X, Y[:, :3], metric="manhattan"),
            ValueError,
            "x and y must have equally many columns; got shapes (6, 4) and (6, 3)",
        ),
        (
            lambda: distances.pairwise(X, np.zeros((2, 4)), metric="cosine_distance"),
            ValueError,
            "y must have no zero vector, which has no direction; got one at index (0,)",
        ),
        (
            lambda: distances.pairwise(X, metric="minkowski", p=-1),
            ValueError,
            "p must be a positive number; got -1",
        ),
    ],
)
def test_refusals(ask, error, message):
    with pytest.raises(error) as caught:
        ask()
    assert str(caught.value) == message


def test_an_unknown_metric_is_refused_with_the_list():
    with pytest.raises(
        ValueError, match=r"^metric must be one of 'euclidean', 'manhattan', .*; got 'cityblock'$"
    ):
        distances.pairwise(X, metric="cityblock")
