"""Robust regression against statsmodels and scikit-learn: the same rule for the scale, the same fit."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize
from sklearn.linear_model import HuberRegressor, QuantileRegressor

from lossbook import data
from lossbook.optimizers import robust_regression

pytestmark = pytest.mark.filterwarnings("error")

NORMS = {"huber": sm.robust.norms.HuberT, "tukey_biweight": sm.robust.norms.TukeyBiweight}
LOSSES = [("huber", 1.345), ("huber", 0.7), ("tukey_biweight", 4.685), ("tukey_biweight", 6.0)]


def contaminated(seed, n=120, d=3):
    """Return predictors and a response of which every sixth value is far off."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)) * [1.0, 10.0, 0.1][:d] + 2.0
    y = 1.0 + x @ np.array([2.0, -0.3, 4.0])[:d] + 0.5 * rng.standard_t(3, size=n)
    y[::6] += 12.0
    return x, y


def stackloss():
    """Return the predictors and the response of the stack loss data."""
    records = data.load("stackloss")
    names = ["air_flow", "water_temperature", "acid_concentration"]
    return np.column_stack([records[name] for name in names]), records["stack_loss"]


def mad(_, residuals):
    """Return our rule for the scale in the form that statsmodels asks for."""
    return 1.4826 * np.median(np.abs(residuals - np.median(residuals)))


def statsmodels_fit(x, y, loss, delta, **options):
    """Return statsmodels' fit, run until its coefficients stand still."""
    model = sm.RLM(y, sm.add_constant(x, has_constant="add"), M=NORMS[loss](delta))
    return model.fit(conv="coefs", tol=1e-12, maxiter=2000, **options)


@pytest.mark.parametrize(("loss", "delta"), LOSSES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_statsmodels_finds_the_same_fit_with_the_same_rule_for_the_scale(loss, delta, seed):
    x, y = contaminated(seed)
    ours = robust_regression(x, y, loss=loss, delta=delta)
    theirs = statsmodels_fit(x, y, loss, delta, scale_est=mad, start_params=ours.points[0])
    assert ours.converged
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-8)
    np.testing.assert_allclose(ours.scale, theirs.scale, rtol=1e-8)
    np.testing.assert_allclose(ours.weights, theirs.weights, atol=1e-7)


@pytest.mark.parametrize(("loss", "delta"), LOSSES)
def test_at_statsmodels_own_scale_its_fit_is_ours(loss, delta):
    # Its own rule takes the median of |r| without centering the residuals, and divides by 0.6745.
    x, y = contaminated(4)
    theirs = statsmodels_fit(x, y, loss, delta)
    ours = robust_regression(x, y, loss=loss, delta=delta, scale=float(theirs.scale), start=theirs.params)
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-8)
    assert ours.scale == pytest.approx(np.median(np.abs(theirs.resid)) / 0.674489750196, rel=1e-9, abs=0)


def test_real_data_and_published_coefficients():
    # Brownlee's stack loss: the coefficients that R's MASS::rlm and statsmodels print for it, four digits.
    x, y = stackloss()
    theirs = statsmodels_fit(x, y, "huber", 1.345)
    np.testing.assert_allclose(theirs.params, [-41.0265, 0.8294, 0.9261, -0.1278], atol=5e-5)
    ours = robust_regression(x, y, scale=float(theirs.scale))
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-7)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("epsilon", [1.1, 1.35, 2.0])
def test_at_scikit_learns_scale_its_fit_is_ours(seed, epsilon):
    x, y = contaminated(seed)
    theirs = HuberRegressor(epsilon=epsilon, alpha=0.0, tol=1e-10, max_iter=100_000).fit(x, y)
    ours = robust_regression(x, y, delta=epsilon, scale=float(theirs.scale_))
    # It stops while the intercept can still move a little.
    fitted = theirs.predict(x)
    np.testing.assert_allclose(ours.coefficients[0] + x @ ours.coefficients[1:], fitted, atol=1e-3)
    # Ours is the better minimum of the loss at that scale.
    r, width = np.abs(y - fitted), epsilon * theirs.scale_
    assert ours.values[-1] <= np.sum(np.where(r <= width, r * r / 2, width * (r - width / 2))) * (1 + 1e-13)


def test_least_absolute_deviations_are_scikit_learns_median_regression():
    x, y = contaminated(5)
    theirs = QuantileRegressor(quantile=0.5, alpha=0.0, solver="highs").fit(x, y)
    ours = robust_regression(x, y, loss="absolute_error")
    np.testing.assert_allclose(ours.coefficients, [theirs.intercept_, *theirs.coef_], rtol=1e-9)


@pytest.mark.parametrize("seed", [6, 7])
def test_tukeys_fit_is_a_minimum_that_a_general_solver_keeps(seed):
    x, y = contaminated(seed)
    fit = robust_regression(x, y, loss="tukey_biweight", scale=0.6)
    design, c = np.column_stack([np.ones(len(y)), x]), 4.685 * 0.6

    def cost(beta):
        return c * c / 6 * np.sum(1 - np.clip(1 - ((design @ beta - y) / c) ** 2, 0, None) ** 3)

    best = minimize(cost, fit.coefficients * 1.001, method="BFGS", options={"gtol": 1e-7})
    assert fit.values[-1] <= best.fun * (1 + 1e-12)
    np.testing.assert_allclose(fit.coefficients, best.x, atol=1e-5)
