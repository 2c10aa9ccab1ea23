"""Details of objectives that a small mistake in the code would change: rounding, units, limits, warnings."""

import inspect
import math

import numpy as np
import pytest

from lossbook.objectives import l1_penalty, lasso, mean_loss, objective, ridge, soft_threshold

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(21)


def test_the_mean_is_divided_once():
    """Each loss divided by n rounds n times, and is for sums that overflow alone."""
    for n in (3, 7, 49):
        losses = RNG.random((50, n))
        assert [mean_loss(row) for row in losses] == [row.sum() / n for row in losses]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_mean_of_the_largest_number_is_not_infinite(dtype):
    """Ten tenths of the largest float32 add up to infinity, and so do thirds of the largest float64."""
    largest = np.finfo(dtype).max
    for count in range(2, 60):
        assert mean_loss(np.full(count, largest)) == largest
        assert mean_loss(np.full(count, -largest)) == -largest
        assert mean_loss(np.full(count, largest), np.ones(count, dtype)) == largest
    assert mean_loss([largest, largest, np.nan, np.inf], [1.0, 2.0, 0.0, 0.0]) == largest
    assert mean_loss([largest, largest, dtype(0)]) == pytest.approx(largest / 3 * 2, rel=1e-6, abs=0)
    assert mean_loss([largest, np.inf]) == np.inf
    assert mean_loss([1.0, np.inf], [1e300, 1e-300]) == np.inf
    assert np.isnan(mean_loss([largest, largest, np.nan]))


def test_overflow_is_no_warning():
    assert l1_penalty([1e308, 1e308]) == math.inf
    assert objective([1.0], [1e308], penalty="l1", strength=10.0) == math.inf
    assert soft_threshold(np.float32([1, -3]), 1e300).tolist() == [0, 0]


def test_the_rank_does_not_depend_on_units():
    x = RNG.standard_normal((12, 3))
    y = RNG.standard_normal(12)
    expected = ridge(x, y, strength=0)
    for units in ([1, 1e-20, 1], [1e20, 1, 1], [1e-9, 1e9, 1e-30], [1e-25, 1e-25, 1e-25]):
        b = ridge(x * units, y, strength=0)
        np.testing.assert_allclose(b * [1, *units], expected, rtol=1e-9)


def test_no_columns_and_no_penalty_leave_the_mean():
    for solve in (ridge, lasso):
        assert solve(np.empty((4, 0)), [1.0, 2.0, 3.0, 6.0], strength=0).tolist() == [3]


def test_a_constant_response_needs_no_sweep_to_be_fitted():
    assert lasso(RNG.random((5, 2)), np.full(5, 2.0), strength=0.1).tolist() == [2, 0, 0]


def test_the_lasso_may_make_as_many_sweeps_as_its_docstring_says():
    assert inspect.signature(lasso).parameters["max_iterations"].default == 100_000


@pytest.mark.parametrize("solve", [ridge, lasso])
def test_an_offset_of_the_response_goes_into_the_intercept_alone(solve):
    """Halves of integers take an offset of 2³⁰ without rounding, and so must the slopes."""
    x = RNG.integers(-9, 9, (40, 3)) / 2
    y = RNG.integers(-99, 99, 40) / 2
    near, far = (solve(x, y + offset, strength=2.0) for offset in (0, 2.0**30))
    np.testing.assert_allclose(far[1:], near[1:], rtol=1e-12)
    assert far[0] == pytest.approx(near[0] + 2**30, abs=1e-6)


@pytest.mark.parametrize("solve", [ridge, lasso])
def test_an_offset_of_the_predictors_changes_no_slope(solve):
    """The mean of 2⁵² + (0, 1, 1) rounds to 2⁵² + 1: what it leaves has to be taken away too."""
    x, y = np.array([0.0, 1.0, 1.0]), np.array([0.0, 3.0, 3.0])
    assert solve(x + 2.0**52, y, strength=1e-9)[1] == pytest.approx(3, rel=1e-8, abs=0)


@pytest.mark.parametrize("solve", [ridge, lasso])
def test_the_intercept_belongs_to_the_exact_means(solve):
    """Twenty thousand rows are added one after the other, which leaves the means off by many last digits."""
    x = 1e8 + RNG.random((20_000, 2))
    y = x @ [1.0, -0.5] + RNG.random(20_000)
    b = solve(x, y, strength=1e-3)
    means = [math.fsum(column) / len(y) for column in (y, *x.T)]
    assert b[0] == pytest.approx(means[0] - means[1] * b[1] - means[2] * b[2], abs=2e-7)


def test_a_weighted_mean_of_many_losses_is_one_mean():
    """More losses than are added at a time, some of weight 0 or less than 1."""
    losses = RNG.random(20_001)
    weights = RNG.random(20_001) * (RNG.random(20_001) < 0.9)
    assert mean_loss(losses, weights=weights) == pytest.approx(
        np.average(losses, weights=weights), rel=1e-13, abs=0
    )


def test_the_weight_that_is_refused_is_the_one_that_is_named():
    with pytest.raises(ValueError, match=r"got -1$"):
        mean_loss([1.0, 2.0, 3.0, 4.0], weights=[0.0, 0.5, 2.0, -1.0])


@pytest.mark.parametrize(
    ("losses", "weights", "mean"),
    [
        ([1e-160, 3e-160], [1e-160, 1e-160], 2e-160),  # the products are subnormal, with four digits
        ([1e20, 3e20], [5e-324, 1.5e-323], 2.5e20),  # the weights are subnormal, and exact
        ([1e-10, 1e-10], [1e308, 1.7e308], 1e-10),  # the weights' sum overflows
        ([1e308, 1e308], [1.0, 1.0], 1e308),  # the products' sum does
    ],
)
def test_a_weighted_mean_keeps_its_digits_at_the_ends_of_the_range(losses, weights, mean):
    assert mean_loss(losses, weights=weights) == pytest.approx(mean, rel=1e-14, abs=0)


def test_a_weighted_mean_is_divided_once():
    """Shares of the weights round at each loss, and are for sums that overflow or vanish alone."""
    losses, weights = np.random.default_rng(22).random((2, 50, 7))
    expected = [(w * x).sum() / w.sum() for x, w in zip(losses, weights, strict=True)]
    assert [mean_loss(x, weights=w) for x, w in zip(losses, weights, strict=True)] == expected


@pytest.mark.parametrize("shape", [(20, 3), (20, 1), (3, 3)])
def test_ridge_takes_normal_equations_with_a_penalty_and_singular_values_without(monkeypatch, shape):
    """Only singular values say what the rank is; normal equations give the same where they are good."""
    rng = np.random.default_rng(23)
    x, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    with monkeypatch.context() as patch:
        patch.setattr("lossbook.objectives._linear._solve_by_singular_values", None)
        slopes = ridge(x, y, strength=0.5)[1:]
    monkeypatch.setattr("lossbook.objectives._linear._solve_normal_equations", lambda *given: None)
    np.testing.assert_allclose(slopes, ridge(x, y, strength=0.5)[1:], rtol=1e-12)
    if shape[0] > shape[1]:
        monkeypatch.setattr("lossbook.objectives._linear._solve_normal_equations", None)
        ridge(x, y, strength=0)


def test_normal_equations_see_the_response_without_its_mean(monkeypatch):
    """By what rounding leaves of the columns' means, a mean of 2⁴⁴ would cost digits, and so this way."""
    rng = np.random.default_rng(24)
    x, y = rng.random((40, 3)), rng.integers(-99, 99, 40) / 2
    monkeypatch.setattr("lossbook.objectives._linear._solve_by_singular_values", None)
    near, far = (ridge(x, y + offset, strength=2.0)[1:] for offset in (0, 2.0**44))
    np.testing.assert_allclose(far, near, rtol=1e-6)


@pytest.mark.parametrize(("unit", "height"), [(1.0, 1.0), (1e10, 1.0), (1e-10, 1.0), (1.0, 1e-30)])
@pytest.mark.parametrize(("apart", "rtol"), [(1e-3, 1e-11), (1e-7, 1e-7)])
def test_ridge_of_nearly_equal_columns_is_least_squares_with_rows_added(unit, height, apart, rtol):
    """Squares cost digits: some are brought back by a correction, many by singular values, in any units."""
    rng = np.random.default_rng(25)
    t = rng.standard_normal(30)
    x = np.column_stack([t, t + apart * rng.standard_normal(30)])
    y, strength = rng.standard_normal(30), (0.3 * apart) ** 2
    rows = np.vstack([x - x.mean(axis=0), math.sqrt(strength) * np.eye(2)])
    expected, *_ = np.linalg.lstsq(rows, np.concatenate([y - y.mean(), np.zeros(2)]))
    slopes = ridge(unit * x, height * y, strength=unit**2 * strength)[1:]
    np.testing.assert_allclose(slopes * unit / height, expected, rtol=rtol)


def test_ridge_with_more_columns_than_rows_is_its_dual():
    """Slopes Xᵀ(XXᵀ + λ)⁻¹y; all singular values are small, and none is left out."""
    rng = np.random.default_rng(26)
    x, y = 1e-3 * rng.standard_normal((5, 9)), rng.standard_normal(5)
    centered = x - x.mean(axis=0)
    expected = centered.T @ np.linalg.solve(centered @ centered.T + 1e-6 * np.eye(5), y - y.mean())
    np.testing.assert_allclose(ridge(x, y, strength=1e-6)[1:], expected, rtol=1e-9)


def test_ridge_gives_columns_that_do_not_vary_no_slope():
    assert ridge(np.ones((3, 5)), [1.0, 2.0, 6.0], strength=1.0).tolist() == [3, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("unit", "height"), [(2.0**-33, 1.0), (2.0**33, 1.0), (1.0, 2.0**-40), (1.0, 2.0**40)]
)
def test_the_lasso_stops_where_it_does_in_any_units(unit, height):
    """A loose tolerance, so that a step more or fewer shows; powers of two round nothing."""
    rng = np.random.default_rng(27)
    x = rng.standard_normal((30, 6)) + rng.standard_normal((30, 1))
    y = x @ [3.0, -2.0, 1.0, 0.0, 0.0, 0.5] + rng.standard_normal(30)
    plain = lasso(x, y, strength=2.0, tolerance=0.02)[1:]
    slopes = lasso(unit * x, height * y, strength=2.0 * unit * height, tolerance=0.02)[1:]
    np.testing.assert_array_equal(slopes * (unit / height), plain)


def test_the_lasso_solves_for_its_slopes_once_their_signs_stand_still():
    """Sweeps alone would need a thousand: the columns are much alike, and half of them get no slope."""
    rng = np.random.default_rng(28)
    x = rng.standard_normal((60, 1)) + 0.3 * rng.standard_normal((60, 8))
    y = x @ [4.0, -3.0, 0.0, 0.0, 2.0, 0.0, -1.0, 0.0] + 0.1 * rng.standard_normal(60)
    b = lasso(x, y, strength=1.0, max_iterations=200)
    assert np.sign(b[1:]).tolist() == [1, -1, 0, 0, 1, 0, -1, 0]
    pull = x.T @ (y - b[0] - x @ b[1:])
    np.testing.assert_allclose(pull[b[1:] != 0], np.sign(b[1:][b[1:] != 0]), rtol=1e-9)


def test_the_lasso_ends_where_a_sweep_changes_nothing():
    """No residual is as small as this tolerance asks for."""
    rng = np.random.default_rng(29)
    x, _ = np.linalg.qr(rng.standard_normal((20, 4)))
    y = rng.standard_normal(20)
    slopes = lasso(x, y, strength=0.01, tolerance=1e-300, max_iterations=1000)[1:]
    np.testing.assert_allclose(slopes, lasso(x, y, strength=0.01)[1:], rtol=1e-9)


def test_a_column_that_pulls_by_just_what_is_allowed_gets_no_slope():
    """Lengths of 2, a pull of 4, and a tolerance of 2⁻¹⁰ · 2 · 2 in its units, all of them exact."""
    x = np.array([1.0, 1.0, -1.0, -1.0])
    assert lasso(x, x, strength=4 - 2.0**-8, tolerance=2.0**-10).tolist() == [0, 0]
