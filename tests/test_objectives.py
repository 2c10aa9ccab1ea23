"""Costs and penalties, ridge regression and the lasso: values by hand, scikit-learn, optimality, units."""

import math

import numpy as np
import pytest
from sklearn.linear_model import Lasso, Ridge

from lossbook.objectives import l1_penalty, l2_penalty, lasso, mean_loss, objective, ridge, soft_threshold

pytestmark = pytest.mark.filterwarnings("error")

SHAPES = [(60, 5), (25, 60), (40, 40)]


def sample(shape=(30, 4)):
    """Return correlated predictors of several sizes and offsets, and a response that few of them make."""
    rng = np.random.default_rng(5)
    n, d = shape
    x = rng.standard_normal((n, d)) + 0.7 * rng.standard_normal((n, 1))
    x = x * 10.0 ** rng.uniform(-1, 1, d) + rng.uniform(-5, 5, d)
    return x, 3.0 + x[:, :4] @ [1.0, -2.0, 0.5, 0.1] + rng.standard_normal(n)


X, Y = sample()


# ---- Costs -------------------------------------------------------------------------------------------------


def test_values_worked_by_hand():
    assert mean_loss([1, 2, 6]) == 3
    assert mean_loss([[1.0, 2.0], [6.0, 7.0]], weights=[[1, 1], [2, 0]]) == 3.75
    assert mean_loss(np.ones(49)) == 1
    assert l1_penalty([[1.0, -2.0], [0.5, 0.0]]) == 3.5
    assert l2_penalty([[1.0, -2.0], [0.5, 0.0]]) == 5.25
    # Three houses, each priced wrong by 10 000.
    houses = (np.array([310e3, 390e3, 510e3]) - [300e3, 400e3, 500e3]) ** 2
    assert mean_loss(houses) == 1e8
    assert objective(houses, [200.0, -3.0], penalty="l2", strength=10.0) == 1e8 + 10 * 40009
    assert objective(houses, [200.0, -3.0], penalty="l1", strength=0.5) == 1e8 + 101.5
    assert soft_threshold([-3.0, -1.0, -0.5, 0.0, 1.0, 1.5], 1.0).tolist() == [-2, 0, 0, 0, 0, 0.5]
    assert soft_threshold([-1.0, 2.0], 0).tolist() == [-1.0, 2.0]


def test_a_loss_of_weight_0_does_not_count():
    assert mean_loss([1.0, math.inf], weights=[2, 0]) == 1
    assert mean_loss([1.0, math.nan, 4.0], weights=[2, 0, 1]) == 2
    assert math.isnan(mean_loss([1.0, math.nan], weights=[2, 1]))
    assert mean_loss([1.0, math.inf], weights=[2, 1]) == mean_loss([1.0, math.inf]) == math.inf


def test_means_and_penalties_at_the_ends_of_the_range():
    # A mean does not overflow on its way.
    assert mean_loss([1e308, 1.5e308]) == pytest.approx(1.25e308, rel=1e-15, abs=0)
    assert mean_loss([1e308, 1.5e308], [1e308, 3e307]) == pytest.approx(1.45e308 / 1.3, rel=1e-15, abs=0)
    assert l1_penalty([]) == l2_penalty(np.zeros((0, 3))) == 0
    assert l2_penalty([1e200]) == l1_penalty([1e308, -1e308]) == math.inf
    # No strength, no penalty, be it ever so large.
    assert objective([1.0], [0.0, 1e200], penalty="l2", strength=0.0) == 1
    assert objective([1.0], [1e308, 1e308], penalty="l1", strength=0) == 1
    assert math.isnan(objective([1.0], [math.inf], penalty="l2", strength=0.0))
    # In float16 the penalty alone is too large, and it is rounded once, at the end.
    losses, theta = np.float16([0.1, 0.2, 0.7]), np.float16([300.0, 1.0])
    expected = np.float16(losses.astype(float).mean() + 0.01 * 90001)
    assert objective(losses, theta, penalty="l2", strength=0.01) == expected


@pytest.mark.parametrize("t", [0.0, 0.7, 2.0])
def test_soft_thresholding_minimizes_its_objective(t):
    z = np.linspace(-4, 4, 80001)
    for x in (-3.1, -0.7, 0.0, 0.3, 1.9):
        best = z[np.argmin(0.5 * (x - z) ** 2 + t * abs(z))]
        assert soft_threshold(x, t) == pytest.approx(best, rel=0, abs=1e-4)
    np.testing.assert_array_equal(soft_threshold([math.inf, -math.inf], t), [math.inf, -math.inf])


# ---- Ridge regression and the lasso ------------------------------------------------------------------------


def test_fits_worked_by_hand():
    # Centered x: (−4, −1, 5)/3 with squares 14/3, its product with y 13/3.
    for solve, slope in ((ridge, 13 / (14 + 3 * 2)), (lasso, (13 - 3 * 2) / 14)):
        fit = solve([1, 2, 4], [1.0, 3.0, 4.0], strength=2)
        np.testing.assert_allclose(fit, [8 / 3 - slope * 7 / 3, slope], rtol=1e-13, atol=0)
        assert fit.dtype == np.float64
        # No columns leave the mean, and a constant one gets no slope.
        assert solve(np.empty((4, 0)), [1.0, 2.0, 3.0, 6.0], strength=0).tolist() == [3]
        assert solve(np.full((4, 2), 0.1), [1.0, 2.0, 3.0, 6.0], strength=0.5).tolist() == [3, 0, 0]
        np.testing.assert_array_equal(solve(X, np.full(30, 2.0), strength=0.1), [2, 0, 0, 0, 0])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("strength", [1e-4, 0.3, 30.0, 3000.0])
def test_scikit_learn_has_the_same_ridge(shape, strength):
    x, y = sample(shape)
    fit = Ridge(alpha=strength, solver="svd").fit(x, y)
    expected = np.array([fit.intercept_, *fit.coef_])
    ours = ridge(x, y, strength=strength)
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-11 * abs(expected).max())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("share", [0.5, 0.05, 0.01])
def test_scikit_learn_has_the_same_lasso_and_it_is_optimal(shape, share):
    x, y = sample(shape)
    centered = x - x.mean(axis=0)
    strength = share * abs(centered.T @ (y - y.mean())).max()
    fit = Lasso(alpha=strength / len(y), tol=1e-14, max_iter=1_000_000).fit(x, y)
    expected = np.array([fit.intercept_, *fit.coef_])
    ours = lasso(x, y, strength=strength)
    np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-8 * abs(expected).max())
    # What pulls by less than λ has no slope; what has one pulls by λ, toward its sign.
    pull = centered.T @ (y - ours[0] - x @ ours[1:])
    out = ours[1:] == 0
    assert out.any() or shape == (60, 5)
    assert (abs(pull[out]) <= strength * (1 + 1e-9)).all()
    np.testing.assert_allclose(pull[~out], strength * np.sign(ours[1:][~out]), rtol=1e-8, atol=0)


def test_strength_0_is_least_squares():
    expected, *_ = np.linalg.lstsq(np.column_stack([np.ones(30), X]), Y)
    np.testing.assert_allclose(ridge(X, Y, strength=0), expected, rtol=1e-9, atol=0)
    np.testing.assert_array_equal(lasso(X, Y, strength=0), ridge(X, Y, strength=0))


def test_ridge_shrinks_most_where_the_sample_varies_least():
    _, s, vt = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    full, shrunk = (vt @ ridge(X, Y, strength=strength)[1:] for strength in (0, 3.0))
    np.testing.assert_allclose(shrunk, full * s**2 / (s**2 + 3), rtol=1e-9, atol=0)


def test_from_some_strength_on_the_lasso_has_no_slopes():
    top = abs((X - X.mean(axis=0)).T @ (Y - Y.mean())).max()
    assert lasso(X, Y, strength=top * (1 + 1e-12))[1:].tolist() == [0, 0, 0, 0]
    assert np.count_nonzero(lasso(X, Y, strength=0.999 * top)[1:]) == 1


def test_the_lasso_soft_thresholds_orthonormal_columns():
    x = np.random.default_rng(2).standard_normal((30, 6))
    x, _ = np.linalg.qr(x - x.mean(axis=0))
    y = x @ [3.0, -2.0, 1.0, -0.5, 0.2, 0.0]
    np.testing.assert_allclose(
        lasso(x, y + 5, strength=0.7), [5, 2.3, -1.3, 0.3, 0, 0, 0], rtol=0, atol=1e-12
    )


def test_dependent_columns():
    twice = np.column_stack([X[:, 0], 2 * X[:, 0], np.full(30, 7.0)])
    fit = ridge(twice, Y, strength=2.0)
    assert fit[2] == pytest.approx(2 * fit[1], rel=1e-9, abs=0)
    assert fit[3] == lasso(twice, Y, strength=2.0)[3] == 0
    for solve in (ridge, lasso):
        for x, ranks in [(twice, "2 of 4"), (twice[:, 2], "1 of 2"), (X[:3], "3 of 5")]:
            with pytest.raises(ValueError, match="strength") as error:
                solve(x, Y[: len(x)], strength=0)
            assert str(error.value) == (
                "strength must be positive where x and the intercept have linearly dependent columns; got 0 "
                f"and rank {ranks} columns"
            )


@pytest.mark.parametrize("units", [[1, 1e-20, 1, 1], [1e20, 1, 1, 1e9], [1e-25, 1e-25, 1e-25, 1e-25]])
def test_the_rank_does_not_depend_on_units(units):
    fit = ridge(X * units, Y, strength=0)
    np.testing.assert_allclose(fit * [1, *units], ridge(X, Y, strength=0), rtol=1e-9, atol=0)


@pytest.mark.parametrize("solve", [ridge, lasso])
def test_offsets_change_the_intercept_alone(solve):
    rng = np.random.default_rng(21)
    # Halves of integers take an offset of 2³⁰ without rounding, and so must the slopes.
    x, y = rng.integers(-9, 9, (40, 3)) / 2, rng.integers(-99, 99, 40) / 2
    near, far = solve(x, y, strength=2.0), solve(x, y + 2.0**30, strength=2.0)
    np.testing.assert_allclose(far[1:], near[1:], rtol=1e-12, atol=0)
    assert far[0] == pytest.approx(near[0] + 2.0**30, rel=1e-15, abs=0)
    # The mean of the predictors, 2⁵² + ⅔, is no float.
    far = solve(np.array([0.0, 1.0, 1.0]) + 2.0**52, [0.0, 3.0, 3.0], strength=1e-9)
    assert far[1] == pytest.approx(3, rel=1e-8, abs=0)


def test_ridge_keeps_digits_where_columns_are_nearly_equal():
    # The columns differ by 1e-7: their squares would leave hardly a digit of what tells them apart.
    t, apart = np.random.default_rng(25).standard_normal((2, 30))
    fit = ridge(np.column_stack([t, t + 1e-7 * apart]), 1 + 2 * t + 3 * apart, strength=0)
    np.testing.assert_allclose(fit, [1, 2 - 3e7, 3e7], rtol=1e-6, atol=0)


@pytest.mark.parametrize(("unit", "height"), [(2.0**-33, 1.0), (2.0**33, 1.0), (1.0, 2.0**40)])
def test_the_lasso_stops_where_it_does_in_any_units(unit, height):
    # A loose tolerance, so that a sweep more or fewer shows; powers of two round nothing.
    plain = lasso(X, Y, strength=2.0, tolerance=0.02)[1:]
    slopes = lasso(unit * X, height * Y, strength=2.0 * unit * height, tolerance=0.02)[1:]
    np.testing.assert_array_equal(slopes * (unit / height), plain)


def test_a_lasso_that_has_not_converged_says_so():
    message = (
        r"^lasso must reach tolerance=1e-12 within max_iterations=2; the last sweep still changed the fit by"
    )
    with pytest.raises(RuntimeError, match=message):
        lasso(X, Y, strength=0.1, max_iterations=2)
