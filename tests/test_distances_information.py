"""Mutual information and variation of information: tables, samples, bounds, refusals."""

import math

import numpy as np
import pytest
import scipy.stats
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import digamma
from sklearn.feature_selection._mutual_info import _compute_mi_cc

from lossbook.distances import mutual_information, mutual_information_knn, variation_of_information

pytestmark = pytest.mark.filterwarnings("error")

BOTH = [mutual_information, variation_of_information]
weights = arrays(float, (3, 4), elements=st.integers(0, 20).map(float)).filter(lambda w: w.sum() > 0)
quick = settings(max_examples=40, deadline=None)


def entropy(p):
    return scipy.stats.entropy(np.ravel(p))


def test_values_worked_by_hand():
    joint = [[0.5, 0.25], [0.0, 0.25]]
    # Margins (3/4, 1/4) and (1/2, 1/2).
    bits = 0.5 * math.log2(4 / 3) + 0.25 * math.log2(2 / 3) + 0.25 * math.log2(2)
    assert mutual_information(joint, base=2) == pytest.approx(bits, rel=1e-14, abs=0)
    assert mutual_information(joint) == pytest.approx(bits * math.log(2), rel=1e-14, abs=0)
    # H(X, Y) = 1.5 bits, H(X) = 2 − ¾ log₂ 3, H(Y) = 1.
    vi = 3 - (2 - 0.75 * math.log2(3)) - 1
    assert variation_of_information(joint, base=2) == pytest.approx(vi, rel=1e-14, abs=0)
    assert variation_of_information(joint) == pytest.approx(vi * math.log(2), rel=1e-14, abs=0)


@given(weights)
@quick
def test_the_entropies_and_other_libraries_agree(w):
    p = w / w.sum()
    expected = entropy(p.sum(0)) + entropy(p.sum(1)) - entropy(p)
    assert mutual_information(p) == pytest.approx(expected, abs=1e-13)
    theirs = sklearn.metrics.mutual_info_score(None, None, contingency=w)
    assert mutual_information(p) == pytest.approx(theirs, abs=1e-13)
    vi = 2 * entropy(p) - entropy(p.sum(0)) - entropy(p.sum(1))
    assert variation_of_information(p) == pytest.approx(vi, abs=1e-13)


@given(weights)
@quick
def test_bounds_and_symmetries(w):
    p = w / w.sum()
    mi, vi = mutual_information(p), variation_of_information(p)
    assert 0 <= mi <= min(entropy(p.sum(0)), entropy(p.sum(1))) + 1e-12
    assert 0 <= vi <= entropy(p) + 1e-12
    for function, value in ((mutual_information, mi), (variation_of_information, vi)):
        assert function(p.T) == pytest.approx(value, rel=1e-11, abs=1e-15)
        assert function(p[::-1, [2, 0, 3, 1]]) == pytest.approx(value, rel=1e-11, abs=1e-15)
    # Data processing: merging two values of Y can only lose information.
    merged = np.column_stack([p[:, 0] + p[:, 1], p[:, 2], p[:, 3]])
    assert mutual_information(merged) <= mi + 1e-12


def test_variation_of_information_is_a_metric_on_partitions():
    rng = np.random.default_rng(1)

    def distance(a, b):
        table = np.zeros((4, 4))
        np.add.at(table, (a, b), 1 / len(a))
        return variation_of_information(table)

    for _ in range(50):
        a, b, c = rng.integers(0, 4, (3, 30))
        assert distance(a, c) <= distance(a, b) + distance(b, c) + 1e-12
        assert distance(a, (a + 1) % 4) == 0


def test_edges():
    assert mutual_information([[1.0]]) == variation_of_information([[1.0]]) == 0
    point = [[0.0, 0.0], [0.0, 1.0]]
    assert mutual_information(point) == variation_of_information(point) == 0
    equal = np.eye(5) / 5
    assert mutual_information(equal) == pytest.approx(math.log(5), rel=1e-15, abs=0)
    assert variation_of_information(equal) == 0
    independent = np.full((2, 2), 0.25)
    assert mutual_information(independent) == 0
    assert variation_of_information(independent, base=2) == 2
    # A margin that is subnormal: the ratio overflows, its logarithm does not.
    rare = 1e-310
    expected = rare * (1 - math.log(rare))
    assert mutual_information([[1.0, 0.0], [0.0, rare]]) == pytest.approx(expected, rel=1e-3, abs=0)
    near = [[0.25 + 1e-6, 0.25 - 1e-6], [0.25 - 1e-6, 0.25 + 1e-6]]
    assert mutual_information(near) == pytest.approx(8e-12, rel=1e-9, abs=0)


def test_large_tables_are_worked_through_in_pieces():
    rng = np.random.default_rng(6)
    p = rng.dirichlet(np.ones(300 * 70)).reshape(300, 70)
    p[:, 3] *= rng.integers(0, 2, 300)
    p /= p.sum()
    vi = 2 * entropy(p) - entropy(p.sum(0)) - entropy(p.sum(1))
    assert variation_of_information(p) == pytest.approx(vi, rel=1e-12, abs=0)
    mi = entropy(p.sum(0)) + entropy(p.sum(1)) - entropy(p)
    assert mutual_information(p) == pytest.approx(mi, rel=1e-12, abs=0)
    # One large cell in each row and column, in any order, and others that vanish beside it.
    n, small = 90, 1e-20
    p = np.full((n, n), small)
    p[np.arange(n), rng.permutation(n)] = large = 1 / n
    rest = (n - 1) * small
    vi = 2 * (math.log1p(rest / large) + n * rest * math.log((large + rest) / small))
    assert variation_of_information(p) == pytest.approx(vi, rel=1e-13, abs=0)
    assert mutual_information(p) == pytest.approx(math.log(n), rel=1e-14, abs=0)
    # Nearly all in one cell: the information is that of the small ones, below an ulp of the large one.
    p = np.full((50, 100), 1e-30)
    p[20, 30] = 1.0
    # In units of 1e-30: margins of 100 and 50 but for the cell's own; what the cell gives is 49 · 99.
    expected = 49 * 99 * (math.log(1e30 / 5000) + 1) - 99 * math.log(50) - 49 * math.log(100)
    assert mutual_information(p) == pytest.approx(1e-30 * expected, rel=1e-12, abs=0)


@pytest.mark.parametrize("function", BOTH)
def test_types_and_arguments(function):
    p = np.array([[0.5, 0.25], [0.125, 0.125]])
    p.flags.writeable = False
    assert isinstance(function(p), np.float64)
    assert isinstance(function(p.astype(np.float32)), np.float32)
    assert isinstance(function(p.astype(np.float32), base=2), np.float32)
    assert function(p.tolist()) == function(p)
    assert function([[1, 0], [0, 0]]) == 0


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize(
    ("joint", "base", "error", "message"),
    [
        ([0.5, 0.5], None, ValueError, "joint must be a table of shape (r, c); got shape (2,)"),
        (1.0, None, ValueError, "joint must be a table of shape (r, c); got shape ()"),
        ([[0.5, 0.6]], None, ValueError, "joint must sum to 1 along its axis; got a sum of 1.1"),
        (np.zeros((0, 3)), None, ValueError, "joint must sum to 1 along its axis; got a sum of 0"),
        ([[1.5, -0.5]], None, ValueError, "joint must hold probabilities, at least 0; got -0.5"),
        ([[1.0, math.nan]], None, ValueError, "joint must hold probabilities, at least 0; got nan"),
        ([[True]], None, TypeError, "joint must be an array of real numbers; got dtype bool"),
        ([[1.0]], 1, ValueError, "base must be None or a finite number above 1; got 1"),
        ([[1.0]], 0, ValueError, "base must be None or a finite number above 1; got 0"),
        ([[1.0]], math.inf, ValueError, "base must be None or a finite number above 1; got inf"),
        ([[1.0]], "2", TypeError, "base must be None or a finite number above 1; got '2'"),
    ],
)
def test_refusals_of_tables(function, joint, base, error, message):
    with pytest.raises(error) as caught:
        function(joint, base=base)
    assert str(caught.value) == message


# ---- Samples ------------------------------------------------------------------------------------------


def sample(seed, n, rho=0.8):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    return x, rho * x + math.sqrt(1 - rho**2) * rng.standard_normal(n)


def slow(x, y, k):
    """Return the estimator by its definition, point by point."""
    n, total = len(x), 0.0
    for i in range(n):
        dx, dy = (np.abs(np.delete(z, i, 0) - z[i]).reshape(n - 1, -1).max(1) for z in (x, y))
        radius = np.sort(np.maximum(dx, dy))[k - 1]
        total += digamma((dx < radius).sum() + 1) + digamma((dy < radius).sum() + 1)
    return digamma(k) + digamma(n) - total / n


@pytest.mark.parametrize("k", [1, 3, 10])
def test_the_estimator_is_its_definition(k):
    x, y = sample(1, 80)
    assert mutual_information_knn(x, y, k=k) == pytest.approx(slow(x, y, k), rel=1e-12, abs=0)
    assert mutual_information_knn(x, y, k=k) == pytest.approx(_compute_mi_cc(x, y, k), rel=1e-12, abs=0)
    wide = np.column_stack([x, y**2])
    assert mutual_information_knn(wide, y, k=k) == pytest.approx(slow(wide, y, k), rel=1e-12, abs=0)
    # On a grid of quarters many distances are equal, and ties at the radius do not count.
    grid = np.arange(80) / 4, np.random.default_rng(2).permutation(80) / 4
    assert mutual_information_knn(*grid, k=k) == pytest.approx(slow(*grid, k), rel=1e-12, abs=0)


@pytest.mark.parametrize("scale", [1.0, 0.1, 1e-3, 1e290])
def test_ties_at_the_radius_are_told_from_what_is_nearer(scale):
    # Tenths are rounded, so that sums and differences of coordinates disagree in the last digit.
    rng = np.random.default_rng(5)
    for _ in range(5):
        x, y = scale * rng.integers(0, 40, (2, 60)), scale * rng.permutation(60)
        assert mutual_information_knn(x[0], y, k=2) == pytest.approx(slow(x[0], y, 2), rel=1e-12, abs=0)
        assert mutual_information_knn(y, x[1] + 0.7 * scale, k=2) == pytest.approx(
            slow(y, x[1] + 0.7 * scale, 2), rel=1e-12, abs=0
        )


def test_the_estimate_is_near_the_truth():
    for rho in (0.0, 0.5, 0.9):
        truth = -0.5 * math.log(1 - rho**2)
        estimates = [mutual_information_knn(*sample(seed, 500, rho)) for seed in range(10)]
        assert np.mean(estimates) == pytest.approx(truth, abs=0.04)
    assert min(mutual_information_knn(*sample(seed, 100, 0.0)) for seed in range(10)) < 0


def test_the_estimate_ignores_order_origin_and_unit():
    x, y = sample(3, 100)
    order = np.random.default_rng(4).permutation(100)
    estimate = mutual_information_knn(x, y)
    assert mutual_information_knn(x[order], y[order]) == pytest.approx(estimate, rel=1e-12, abs=0)
    assert mutual_information_knn(y, x) == pytest.approx(estimate, rel=1e-12, abs=0)
    assert mutual_information_knn(4 * x, 4 * y - 8) == pytest.approx(estimate, rel=1e-12, abs=0)
    assert mutual_information_knn(np.float32(x), y).dtype == np.float64


@pytest.mark.parametrize(
    ("x", "y", "k", "error", "message"),
    [
        ([1, 2, 3, 4], [1, 2, 3], 1, ValueError, "x and y must have equally many observations; got 4 and 3"),
        ([1, 2, 3], [1, 3, 2], 3, ValueError, "k must be below the number of observations, 3; got 3"),
        ([1, 2, 3], [1, 3, 2], 0, ValueError, "k must be a positive integer; got 0"),
        ([1, 2, 3], [1, 3, 2], 1.0, TypeError, "k must be a positive integer; got 1.0"),
        ([1, 2, math.nan], [1, 3, 2], 1, ValueError, "x must be finite; got nan at index (2, 0)"),
        ([1, 2, 3], [1, 3, math.inf], 1, ValueError, "y must be finite; got inf at index (2, 0)"),
        (
            np.zeros((3, 0)),
            [1, 3, 2],
            1,
            ValueError,
            "x must have shape (n,) or (n, d) with d > 0; got (3, 0)",
        ),
        (1.0, [1, 3, 2], 1, ValueError, "x must have shape (n,) or (n, d) with d > 0; got ()"),
        (["a", "b"], [1, 3], 1, TypeError, "x must be an array of real numbers; got dtype <U1"),
        (
            [1, 2, 2, 3],
            [1, 5, 5, 4],
            1,
            ValueError,
            "x and y must be samples of continuous variables; got more than k = 1 points that equal point 1",
        ),
    ],
)
def test_refusals_of_samples(x, y, k, error, message):
    with pytest.raises(error) as caught:
        mutual_information_knn(x, y, k=k)
    assert str(caught.value) == message
