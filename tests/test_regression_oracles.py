"""Regression losses against other libraries, and against 700-digit arithmetic at tiny and huge residuals."""

import itertools
import math

import mpmath
import numpy as np
import pytest
import scipy.optimize
import scipy.special
import sklearn.metrics
import torch
from mpmath import mpf

from lossbook import catalog, regression

RNG = np.random.default_rng(15)
PREDICTION, TARGET = 3 * RNG.standard_normal((2, 200))


@pytest.mark.parametrize(
    ("row", "twin"),
    [
        ("squared_error", torch.nn.functional.mse_loss),
        ("absolute_error", torch.nn.functional.l1_loss),
        ("huber", torch.nn.functional.huber_loss),
        ("smooth_l1", torch.nn.functional.smooth_l1_loss),
    ],
)
def test_torch_has_the_same(row, twin):
    row = catalog.get(row)
    assert row.elsewhere["torch"].startswith(f"torch.nn.functional.{twin.__name__}(")
    for values in itertools.product(*row.hyperparameters.values()):
        hyperparameters = dict(zip(row.hyperparameters, values, strict=True))
        theirs = twin(torch.tensor(PREDICTION), torch.tensor(TARGET), reduction="none", **hyperparameters)
        np.testing.assert_allclose(
            row.function(PREDICTION, TARGET, **hyperparameters), theirs.numpy(), rtol=1e-14
        )


@pytest.mark.parametrize("name", ["huber", "pseudo_huber"])
@pytest.mark.parametrize("delta", [0.3, 1.0, 2.5])
def test_scipy_has_the_same(name, delta):
    row = catalog.get(name)
    assert row.elsewhere["scipy"] == f"scipy.special.{name}(delta, prediction - target)"
    theirs = getattr(scipy.special, name)(delta, PREDICTION - TARGET)
    np.testing.assert_allclose(row.function(PREDICTION, TARGET, delta=delta), theirs, rtol=1e-12)


@pytest.mark.parametrize(("loss", "alpha", "width"), [("soft_l1", 1, 1.0), ("cauchy", 0, math.sqrt(2))])
def test_scipys_least_squares_has_two_of_barrons_members(loss, alpha, width):
    assert f"loss='{loss}'" in catalog.get("barron").elsewhere["scipy"]
    scale = 0.7
    # One residual that no parameter can change: the cost that is reported is its loss.
    fit = scipy.optimize.least_squares(lambda theta: 2.0 + 0 * theta, [0.0], loss=loss, f_scale=width * scale)
    expected = scale**2 * regression.barron(2.0, 0.0, alpha=alpha, scale=scale)
    assert fit.cost == pytest.approx(expected, rel=1e-14, abs=0)


def test_scikit_learn_has_the_averages():
    squared = sklearn.metrics.mean_squared_error(TARGET, PREDICTION)
    assert regression.squared_error(PREDICTION, TARGET).mean() == pytest.approx(squared, rel=1e-14, abs=0)
    absolute = sklearn.metrics.mean_absolute_error(TARGET, PREDICTION)
    assert regression.absolute_error(PREDICTION, TARGET).mean() == pytest.approx(absolute, rel=1e-14, abs=0)
    for tau in (0.1, 0.5, 0.8):
        pinball = sklearn.metrics.mean_pinball_loss(TARGET, PREDICTION, alpha=tau)
        assert regression.quantile(PREDICTION, TARGET, tau=tau).mean() == pytest.approx(
            pinball, rel=1e-14, abs=0
        )


def test_the_names_elsewhere_exist():
    modules = {"torch": torch, "scipy": scipy, "sklearn": sklearn}
    for row in catalog.CATALOG:
        for call in row.elsewhere.values():
            package, *path = call.partition("(")[0].split(".")
            found = modules[package]
            for name in path:
                found = getattr(found, name)
            assert callable(found)


# The definitions once more, for numbers of any precision.
def _huber(r, delta):
    return r * r / 2 if abs(r) <= delta else delta * (abs(r) - delta / 2)


def _pseudo_huber(r, delta):
    return delta**2 * (mpmath.sqrt(1 + (r / delta) ** 2) - 1)


def _log_cosh(r):
    # Beyond 1e4 the second term of log cosh r = |r| − log 2 + log(1 + exp(−2|r|)) has thousands of zeros.
    return mpmath.log(mpmath.cosh(r)) if abs(r) < 1e4 else abs(r) - mpmath.log(2)


def _tukey(r, c):
    return c**2 / 6 * (1 - (1 - (r / c) ** 2) ** 3) if abs(r) <= c else c**2 / 6


def _barron(r, alpha, scale):
    z = (r / scale) ** 2
    if alpha == 2:
        return z / 2
    if alpha == 0:
        return mpmath.log(z / 2 + 1)
    if mpmath.isinf(alpha):
        return mpmath.expm1(z / 2) if alpha > 0 else -mpmath.expm1(-z / 2)
    bend = abs(alpha - 2)
    return bend / alpha * ((z / bend + 1) ** (alpha / 2) - 1)


def _barron_grad(r, alpha, scale):
    z = (r / scale) ** 2
    if mpmath.isinf(alpha):
        return r / scale**2 * mpmath.exp(z / 2 if alpha > 0 else -z / 2)
    power = mpf(1) if alpha == 2 else (z / abs(alpha - 2) + 1) ** (alpha / 2 - 1)
    return r / scale**2 * power


REFERENCES = {
    "squared_error": lambda r: r * r,
    "squared_error_grad": lambda r: 2 * r,
    "absolute_error": abs,
    "absolute_error_grad": mpmath.sign,
    "huber": _huber,
    "huber_grad": lambda r, delta: max(-delta, min(r, delta)),
    "huber_weight": lambda r, delta: min(mpf(1), delta / abs(r)),
    "smooth_l1": lambda r, beta: _huber(r, beta) / beta,
    "smooth_l1_grad": lambda r, beta: max(mpf(-1), min(r / beta, mpf(1))),
    "pseudo_huber": _pseudo_huber,
    "pseudo_huber_grad": lambda r, delta: r / mpmath.sqrt(1 + (r / delta) ** 2),
    "pseudo_huber_weight": lambda r, delta: 1 / mpmath.sqrt(1 + (r / delta) ** 2),
    "log_cosh": _log_cosh,
    "log_cosh_grad": mpmath.tanh,
    "quantile": lambda r, tau: max(-tau * r, (1 - tau) * r),
    "quantile_grad": lambda r, tau: -tau if r < 0 else 1 - tau,
    "tukey_biweight": _tukey,
    "tukey_biweight_grad": lambda r, c: r * (1 - (r / c) ** 2) ** 2 if abs(r) <= c else mpf(0),
    "tukey_biweight_weight": lambda r, c: (1 - (r / c) ** 2) ** 2 if abs(r) <= c else mpf(0),
    "barron": _barron,
    "barron_grad": _barron_grad,
}
RESIDUALS = np.array(
    [
        -1e6,
        -2.4,
        -0.3,
        -1e-9,
        1e-140,
        1e-12,
        1e-9,
        1e-5,
        0.01,
        0.3,
        0.999,
        1.0,
        2.5,
        4.6,
        10.0,
        1e3,
        1e17,
        1e120,
        1e300,
    ]
)
# Enough for the definitions that subtract 1 from 1 + (r/δ)², with r/δ down to 1e-340.
DIGITS = 700
# Shapes close to Barron's limits and far from them, beside the catalog's.
ALPHAS = [2 - 1e-9, 2 + 1e-9, 2 - 4.5e-16, 1e-9, -1e-9, 5e-324, 1.0, 1.7, 2.3, 8.0, -0.5, -30.0, -1e9, -1e300]
CASES = [
    (function, dict(zip(row.hyperparameters, values, strict=True)))
    for row in catalog.CATALOG
    if row.module == "regression"
    for values in itertools.product(*row.hyperparameters.values())
    for function in (row.function, row.gradient, row.weight)
    if function is not None
]
CASES += [
    (function, {"alpha": alpha, "scale": 0.5})
    for alpha in [*ALPHAS, 2.0, 0.0, math.inf, -math.inf]
    for function in (regression.barron, regression.barron_grad)
]


@pytest.mark.parametrize(
    ("function", "hyperparameters"),
    [pytest.param(*case, id=f"{case[0].__name__}-{list(case[1].values())}") for case in CASES],
)
def test_relative_accuracy_against_many_digits(function, hyperparameters):
    result = function(RESIDUALS, np.zeros_like(RESIDUALS), **hyperparameters)
    with mpmath.workdps(DIGITS):
        exact = {name: mpf(value) for name, value in hyperparameters.items()}
        truth = [REFERENCES[function.__name__](mpf(r), **exact) for r in RESIDUALS.tolist()]
        for r, value, true in zip(RESIDUALS, result, truth, strict=True):
            if abs(true) > mpf(np.finfo(float).max):
                assert value == math.copysign(math.inf, true), r
            elif abs(true) < mpf(np.finfo(float).tiny):
                assert abs(value - true) <= 1e-307, r
            else:
                assert abs(mpf(float(value)) / true - 1) < 1e-12, r


@pytest.mark.parametrize("delta", [1e-200, 1e-6, 1e6, 1e200])
def test_the_hubers_are_accurate_for_tiny_and_huge_thresholds(delta):
    for name in ("huber", "pseudo_huber", "pseudo_huber_grad", "pseudo_huber_weight", "huber_weight"):
        test_relative_accuracy_against_many_digits(getattr(regression, name), {"delta": delta})
    for name in ("smooth_l1", "smooth_l1_grad"):
        test_relative_accuracy_against_many_digits(getattr(regression, name), {"beta": delta})


def test_the_named_cases():
    assert regression.log_cosh(1e6, 0.0) == pytest.approx(1e6 - math.log(2), rel=1e-15, abs=0)
    assert regression.log_cosh(1e-9, 0.0) == pytest.approx(5e-19, rel=1e-15, abs=0)
    assert regression.pseudo_huber(1e-12, 0.0) == pytest.approx(5e-25, rel=1e-15, abs=0)
    assert regression.pseudo_huber(1e300, 0.0) == pytest.approx(1e300, rel=1e-15, abs=0)


@pytest.mark.parametrize("limit", [2.0, 0.0])
def test_barron_is_smooth_through_its_limits(limit):
    r = np.linspace(-20, 20, 81)
    at, below, above = (regression.barron(r, np.zeros(81), alpha=limit + step) for step in (0.0, -1e-9, 1e-9))
    # The derivative in α is at most 3·10³ here: a step of 1e-9 may change the loss by 3e-6.
    np.testing.assert_allclose(below, at, atol=1e-5)
    np.testing.assert_allclose((below + above) / 2, at, atol=1e-11)


def test_barron_tends_to_its_limit_at_minus_infinity():
    r = np.linspace(-5, 5, 41)
    limit = regression.barron(r, np.zeros(41), alpha=-np.inf)
    np.testing.assert_allclose(regression.barron(r, np.zeros(41), alpha=-1e14), limit, rtol=1e-12)
    np.testing.assert_allclose(regression.barron(r, np.zeros(41), alpha=-1e300), limit, rtol=1e-14)
