"""Robust regression: against independent solvers, on its descent, and in its degenerate cases."""

import itertools

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from sklearn.linear_model import HuberRegressor

from lossbook import data, regression
from lossbook.optimizers import RobustFit, robust_regression

pytestmark = pytest.mark.filterwarnings("error")

ITERATED = {"huber": ("delta", 1.345), "tukey_biweight": ("c", 4.685)}


def contaminated(seed, n=40, d=2):
    """Return predictors and a response of which every fifth value is far too large."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d))
    y = 1.0 + x @ np.arange(2.0, 2.0 + d) + 0.3 * rng.normal(size=n)
    y[::5] += 8.0
    return x, y


def test_squared_error_is_least_squares():
    x, y = contaminated(1)
    fit = robust_regression(x, y, loss="squared_error")
    expected, *_ = np.linalg.lstsq(np.column_stack([np.ones(len(y)), x]), y)
    np.testing.assert_allclose(fit.coefficients, expected, rtol=1e-12)
    assert fit.weights.tolist() == [1.0] * len(y)
    assert (fit.iterations, fit.converged, fit.delta) == (1, True, None)
    r = y - expected[0] - x @ expected[1:]
    assert fit.scale == pytest.approx(1.4826 * np.median(np.abs(r - np.median(r))), rel=1e-9, abs=0)
    assert fit.values.tolist() == [pytest.approx(np.sum(r**2), rel=1e-12, abs=0)]


# The solver drops coefficients below 1e-9: it must not see the unit of x.
@pytest.mark.parametrize(("unit", "offset"), [(1.0, 0.0), (1.0, 1950.0), (1e-12, 0.0), (1e12, 0.0)])
def test_absolute_error_finds_the_best_line_through_two_points(unit, offset):
    # Some least-absolute line passes through two of the points, so trying all pairs is an oracle.
    phones = data.load("phones")
    x, y = phones["year"] - 1950, phones["calls"]
    costs = []
    for i, j in itertools.combinations(range(len(x)), 2):
        slope = (y[j] - y[i]) / (x[j] - x[i])
        costs.append(np.abs(y[i] + slope * (x - x[i]) - y).sum())
    fit = robust_regression(unit * x + offset, y, loss="absolute_error")
    assert fit.values[-1] == pytest.approx(min(costs), rel=1e-12, abs=0)
    fitted = fit.coefficients[0] + fit.coefficients[1] * (unit * x + offset)
    assert np.abs(fitted - y).sum() == pytest.approx(min(costs), rel=1e-12, abs=0)
    assert fit.weights is None
    assert fit.converged


def test_absolute_error_is_the_median_of_a_sample():
    y = np.random.default_rng(3).normal(size=31)
    fit = robust_regression(np.empty((31, 0)), y, loss="absolute_error")
    assert fit.coefficients == pytest.approx([np.median(y)], rel=1e-12, abs=0)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("delta", [0.5, 1.345, 3.0])
def test_huber_at_a_fixed_scale_is_the_minimum_that_scipy_finds(seed, delta):
    x, y = contaminated(seed)
    scale = 0.4
    design = np.column_stack([np.ones(len(y)), x])

    def cost(beta):
        return regression.huber(design @ beta, y, delta=delta * scale).sum()

    def slope(beta):
        return design.T @ regression.huber_grad(design @ beta, y, delta=delta * scale)

    fit = robust_regression(x, y, delta=delta, scale=scale)
    oracle = minimize(cost, np.zeros(3), jac=slope, method="BFGS", options={"gtol": 1e-9})
    np.testing.assert_allclose(fit.coefficients, oracle.x, atol=1e-7)
    assert fit.values[-1] == pytest.approx(oracle.fun, rel=1e-12, abs=0)
    assert fit.scale == scale
    assert set(fit.scales) == {scale}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_huber_at_scikit_learns_scale_is_scikit_learns_fit(seed):
    x, y = contaminated(seed)
    theirs = HuberRegressor(epsilon=1.5, alpha=0.0, tol=1e-9, max_iter=10_000).fit(x, y)
    ours = robust_regression(x, y, delta=1.5, scale=float(theirs.scale_))
    np.testing.assert_allclose(ours.coefficients, [theirs.intercept_, *theirs.coef_], atol=1e-5)


@pytest.mark.parametrize("loss", ITERATED)
@pytest.mark.parametrize("scale", [0.4, "mad"])
def test_the_fit_is_stationary_for_torchs_autograd(loss, scale):
    x, y = contaminated(4)
    fit = robust_regression(x, y, loss=loss, scale=scale)
    width = torch.tensor(ITERATED[loss][1] * fit.scale, dtype=torch.float64)
    beta = torch.tensor(fit.coefficients, requires_grad=True)
    r = beta[0] + torch.tensor(x) @ beta[1:] - torch.tensor(y)
    if loss == "huber":
        cost = torch.where(r.abs() <= width, r**2 / 2, width * (r.abs() - width / 2)).sum()
    else:
        cost = (width**2 / 6 * (1 - (1 - (r / width) ** 2).clamp(min=0) ** 3)).sum()
    cost.backward()
    assert beta.grad.abs().max() < 1e-7
    assert fit.values[-1] == pytest.approx(cost.item(), rel=1e-12, abs=0)


@pytest.mark.parametrize("loss", ITERATED)
def test_the_objective_never_rises_while_the_scale_is_fixed(loss):
    for seed in range(20):
        x, y = contaminated(seed)
        fit = robust_regression(x, y, loss=loss, scale=0.5, start=[0.0, 0.0, 0.0])
        assert fit.converged
        assert fit.iterations > 3
        assert (np.diff(fit.values) <= 1e-12 * fit.values[:-1]).all()


def test_the_objective_may_rise_while_the_scale_is_estimated_anew():
    rises = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=15)
        fit = robust_regression(x, x + rng.standard_t(1.2, size=15))
        rises += (np.diff(fit.values) > 1e-6 * fit.values[:-1]).any()
    assert rises > 0


@pytest.mark.parametrize("loss", ITERATED)
def test_the_trace_holds_every_round(loss):
    x, y = contaminated(5)
    fit = robust_regression(x, y, loss=loss)
    name, delta = ITERATED[loss]
    assert fit.delta == delta
    assert fit.points.shape == (fit.iterations + 1, 3)
    assert fit.values.shape == fit.scales.shape == (fit.iterations + 1,)
    np.testing.assert_array_equal(fit.points[-1], fit.coefficients)
    assert fit.scales[-1] == fit.scale
    for beta, value, scale in zip(fit.points, fit.values, fit.scales, strict=True):
        fitted = beta[0] + x @ beta[1:]
        r = fitted - y
        assert scale == pytest.approx(1.4826 * np.median(np.abs(r - np.median(r))), rel=1e-9, abs=0)
        loss_sum = getattr(regression, loss)(fitted, y, **{name: delta * scale}).sum()
        assert value == pytest.approx(loss_sum, rel=1e-9, abs=0)
    weights = getattr(regression, f"{loss}_weight")(fitted, y, **{name: delta * fit.scale})
    np.testing.assert_allclose(fit.weights, weights, atol=1e-9)


def test_huber_starts_at_least_squares_and_tukey_at_least_absolute_deviations():
    x, y = contaminated(6)
    squared = robust_regression(x, y, loss="squared_error").coefficients
    absolute = robust_regression(x, y, loss="absolute_error").coefficients
    np.testing.assert_array_equal(robust_regression(x, y, loss="huber").points[0], squared)
    np.testing.assert_array_equal(robust_regression(x, y, loss="tukey_biweight").points[0], absolute)


def test_where_tukey_starts_decides_where_it_ends():
    # Two lines, y = 0 and y = 10, with a majority on the first.
    x = np.linspace(0, 1, 20)
    noise = 0.01 * np.random.default_rng(7).normal(size=20)
    y = np.where(np.arange(20) % 5 < 2, 10.0, 0.0) + noise
    low = robust_regression(x, y, loss="tukey_biweight", scale=0.5, start=[0.0, 0.0])
    high = robust_regression(x, y, loss="tukey_biweight", scale=0.5, start=[10.0, 0.0])
    assert low.coefficients == pytest.approx([0, 0], abs=0.05)
    assert high.coefficients == pytest.approx([10, 0], abs=0.05)
    assert low.values[-1] < high.values[-1]
    assert robust_regression(x, y, loss="tukey_biweight", scale=0.5).coefficients == pytest.approx(
        [0, 0], abs=0.05
    )


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber", "tukey_biweight"])
def test_fits_follow_a_change_of_units_and_origin(loss):
    x, y = contaminated(8)
    plain = robust_regression(x, y, loss=loss)
    moved = robust_regression(1e4 * x + [1950, -7e5], 1e-3 * y + 2, loss=loss)
    slopes = plain.coefficients[1:] * 1e-7
    np.testing.assert_allclose(moved.coefficients[1:], slopes, rtol=1e-6)
    intercept = 1e-3 * plain.coefficients[0] + 2 - slopes @ [1950, -7e5]
    np.testing.assert_allclose(moved.coefficients[0], intercept, rtol=1e-6)
    np.testing.assert_allclose(moved.scale, 1e-3 * plain.scale, rtol=1e-6)


def test_one_outlier_in_y_moves_the_slope_little_but_one_in_x_ruins_it():
    x = np.arange(20.0)
    y = x.copy() + 0.1 * np.sin(7 * x)
    in_y = y.copy()
    in_y[10] += 1e6
    assert robust_regression(x, in_y).coefficients[1] == pytest.approx(1, abs=0.05)
    leverage = robust_regression(np.append(x, 1e4), np.append(y, 0.0))
    assert abs(leverage.coefficients[1]) < 0.05


def test_lists_one_predictor_and_a_matrix_with_one_column_agree():
    x, y = [1, 2, 3, 4, 5, 6], [1.1, 1.9, 3.2, 3.9, 5.1, 16]
    fit = robust_regression(x, y)
    column = robust_regression(np.array(x)[:, np.newaxis], np.float32(y))
    np.testing.assert_allclose(column.coefficients, fit.coefficients, rtol=1e-6)
    assert column.coefficients.dtype == np.float64


def test_arguments_stay_unchanged():
    x, y = contaminated(9)
    before = x.copy(), y.copy()
    for loss in ("squared_error", "absolute_error", "huber", "tukey_biweight"):
        robust_regression(x, y, loss=loss)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])


# Degenerate cases.


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber", "tukey_biweight"])
def test_an_exact_fit_has_scale_0_and_full_weights(loss):
    x = np.linspace(1950, 1973, 24)
    fit = robust_regression(x, 3 - 0.1 * x, loss=loss)
    np.testing.assert_allclose(fit.coefficients, [3, -0.1], rtol=1e-8)
    assert fit.scale == 0.0
    assert fit.converged
    assert fit.weights is None or fit.weights.tolist() == [1.0] * 24


def test_a_scale_of_0_without_an_exact_fit_is_an_error():
    y = [0.0, 0.0, 0.0, 0.0, 100.0]
    with pytest.raises(ValueError, match="mad") as error:
        robust_regression(np.empty((5, 0)), y)
    assert str(error.value) == (
        "scale='mad' needs residuals of which fewer than half agree; got a median absolute deviation of 0, "
        "so that delta means nothing: give a fixed scale, or use loss='absolute_error'"
    )
    assert robust_regression(np.empty((5, 0)), y, scale=1.0).coefficients == pytest.approx([1.345 / 4])
    assert robust_regression(np.empty((5, 0)), y, loss="absolute_error").coefficients == pytest.approx([0.0])


def test_a_fit_that_has_not_converged_says_so():
    x, y = contaminated(10)
    fit = robust_regression(x, y, max_iterations=3)
    assert not fit.converged
    assert fit.iterations == 3
    assert "NOT converged after 3 iterations" in repr(fit)
    assert ", converged after" in repr(robust_regression(x, y))


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber", "tukey_biweight"])
@pytest.mark.parametrize(
    ("x", "rank", "columns"),
    [
        (np.ones(6), 1, 2),
        (np.zeros(6), 1, 2),
        (np.column_stack([np.arange(6), 2e9 * np.arange(6)]), 2, 3),
        (np.arange(60.0).reshape(6, 10) ** 2, 3, 11),
    ],
)
def test_linearly_dependent_columns_are_refused(loss, x, rank, columns):
    with pytest.raises(ValueError, match="independent") as error:
        robust_regression(x, np.arange(6.0) ** 2, loss=loss)
    assert str(error.value) == (
        f"x and the intercept must give {columns} linearly independent columns over the points with "
        f"positive weight; got rank {rank} over 6 points"
    )


def test_a_biweight_that_rejects_almost_all_points_is_an_error():
    x, y = contaminated(11)
    with pytest.raises(
        ValueError, match=r"^x and the intercept must give 3 .* over the points with positive weight"
    ):
        robust_regression(x, y, loss="tukey_biweight", scale=0.3, start=[1e6, 0.0, 0.0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"loss": "l2"},
            "loss must be one of 'squared_error', 'absolute_error', 'huber', 'tukey_biweight'; got 'l2'",
        ),
        ({"scale": "std"}, "scale must be one of 'mad'; got 'std'"),
        ({"scale": 0}, "scale must be a positive finite number; got 0"),
        ({"delta": -1.0}, "delta must be a positive finite number; got -1"),
        ({"tolerance": 0.0}, "tolerance must be a positive finite number; got 0"),
        ({"max_iterations": 0}, "max_iterations must be a positive integer; got 0"),
        (
            {"loss": "squared_error", "delta": 1.5},
            "delta must be left out for loss='squared_error', which has no threshold; got 1.5",
        ),
        (
            {"loss": "absolute_error", "start": [0, 0]},
            "start must be left out for loss='absolute_error', which is solved at once; got [0, 0]",
        ),
        ({"start": [0.0]}, "start must have shape (2,), intercept first; got (1,)"),
        ({"start": [0.0, np.nan]}, "start must be finite; got nan at index (1,)"),
        ({"x": [[[1.0]]]}, "x must have shape (n,) or (n, d); got (1, 1, 1)"),
        ({"x": [1.0, 2.0]}, "y must have shape (n,) for x of shape (n, ...), n > 0; got (4,) and (2,)"),
        ({"x": [], "y": []}, "y must have shape (n,) for x of shape (n, ...), n > 0; got (0,) and (0,)"),
        ({"x": [1.0, np.inf, 2.0, 3.0]}, "x must be finite; got inf at index (1,)"),
        ({"y": [1.0, 2.0, 3.0, np.nan]}, "y must be finite; got nan at index (3,)"),
    ],
)
def test_refusals(arguments, message):
    arguments = {"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 2.5, 3.0, 9.0], **arguments}
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole message is compared below
        robust_regression(arguments.pop("x"), arguments.pop("y"), **arguments)
    assert str(error.value) == message


@pytest.mark.parametrize(("name", "value"), [("x", ["a"]), ("y", [True]), ("start", [1j, 0])])
def test_what_is_not_real_is_refused(name, value):
    arguments = {"x": [1.0, 2.0], "y": [1.0, 3.0], name: value}
    with pytest.raises(TypeError, match=rf"^{name} must be an array of real numbers; got dtype "):
        robust_regression(arguments.pop("x"), arguments.pop("y"), **arguments)


def test_the_result_cannot_be_reassigned():
    fit = robust_regression(*contaminated(12))
    assert isinstance(fit, RobustFit)
    with pytest.raises(AttributeError):
        fit.scale = 2.0
