"""Details of the optimizers that a small mistake would change: defaults, draws, reports, limits."""

import inspect
import math

import numpy as np
import pytest

from lossbook.optimizers import Trace, backtracking, gradient_descent, robust_regression, simulated_annealing
from lossbook.optimizers._robust import (
    _design,
    _weighted_least_squares,
    _weighted_least_squares_by_singular_values,
)

pytestmark = pytest.mark.filterwarnings("error")


def test_defaults_are_those_of_the_docstrings():
    defaults = {
        gradient_descent: {"momentum": 0.0, "f": None},
        backtracking: {"first_step": 1.0, "shrink": 0.5, "decrease": 1e-4},
        simulated_annealing: {"width": 1.0},
        robust_regression: {
            **{"loss": "huber", "delta": None, "scale": "mad", "start": None},
            **{"tolerance": 1e-10, "max_iterations": 1000},
        },
    }
    for function, expected in defaults.items():
        parameters = inspect.signature(function).parameters.values()
        assert {p.name: p.default for p in parameters if p.default is not p.empty} == expected


# ---- Descent and annealing ------------------------------------------------------------------------------


def test_momentum_carries_over_a_flat_place_and_a_walk_ends_where_both_are_0():
    flat = gradient_descent(
        lambda x: np.where(x > 0.5, 1.0, 0.0), [1.0], learning_rate=0.5, steps=9, momentum=0.5
    )
    assert flat.points[:4, 0].tolist() == [1.0, 0.5, 0.25, 0.125]
    assert (flat.steps, flat.outcome) == (9, "all steps made")
    ended = gradient_descent(lambda x: np.where(x > 0.5, 1.0, 0.0), [1.0], learning_rate=0.5, steps=9)
    assert (ended.points[:, 0].tolist(), ended.outcome) == ([1.0, 0.5, 0.5], "stationary")


def test_a_walk_ends_before_a_value_or_a_gradient_that_is_not_finite():
    for f, gradient in (
        (lambda x: math.inf if x[0] < 0.3 else x[0], lambda x: np.ones(1)),
        (lambda x: x[0], lambda x: np.where(x < 0.3, np.nan, 1.0)),
    ):
        trace = gradient_descent(gradient, [1.0], learning_rate=0.25, steps=9, f=f)
        assert (trace.points[:, 0].tolist(), trace.outcome) == ([1.0, 0.75, 0.5], "diverged")
        assert trace.values.tolist() == [1.0, 0.75, 0.5]


def test_a_walk_ends_before_a_point_that_is_not_finite():
    trace = gradient_descent(lambda x: np.full(1, 1e308), [1.0], learning_rate=10.0, steps=3)
    assert (trace.points.tolist(), trace.outcome) == ([[1.0]], "diverged")


def test_a_decrease_of_just_what_was_promised_is_enough():
    """Half of a slope that is said to be 2 and is 1."""
    trace = backtracking(lambda x: x[0], lambda x: np.full(1, 2.0), [4.0], steps=1, decrease=0.5)
    assert (trace.points[:, 0].tolist(), trace.outcome) == ([4.0, 2.0], "all steps made")


@pytest.mark.parametrize("first_step", [0.3, 4.0])
def test_backtracking_tries_the_first_step_first_at_every_point(first_step):
    trace = backtracking(lambda x: x[0] ** 4, lambda x: 4 * x**3, [0.9], steps=5, first_step=first_step)
    x, path = 0.9, [0.9]
    for _ in range(5):
        t = first_step
        while (x - t * 4 * x**3) ** 4 > x**4 - 1e-4 * t * 16 * x**6:
            t /= 2
        x = x - t * 4 * x**3
        path.append(x)
    np.testing.assert_allclose(trace.points[:, 0], path, rtol=1e-13)


@pytest.mark.parametrize("temperature", [0.7, lambda k: 1 / (1 + k)])
def test_annealing_draws_a_step_and_its_luck_each_time(temperature):
    def f(x):
        return math.nan if x[0] > 1.5 else np.sum(x**2) + np.sin(5 * x[0])

    walk = simulated_annealing(
        f, [1.0, -0.5], rng=np.random.default_rng(3), steps=80, temperature=temperature, width=0.6
    )
    rng, x = np.random.default_rng(3), np.array([1.0, -0.5])
    path, values = [x], [f(x)]
    for k in range(80):
        t = temperature(k) if callable(temperature) else 0.7 * (1 - k / 80)
        trial = x + 0.6 * rng.standard_normal(2)
        luck, rise = rng.random(), f(trial) - f(x)
        if rise <= 0 or luck < math.exp(-rise / t):
            x = trial
        path.append(x)
        values.append(f(x))
    np.testing.assert_array_equal(walk.points, path)
    np.testing.assert_array_equal(walk.values, values)
    assert walk.outcome == "all steps made"
    assert 3 < len(np.unique(walk.values)) < 78


def test_annealing_walks_along_a_plain_at_any_temperature():
    walk = simulated_annealing(
        lambda x: 0.0, [0.0], rng=np.random.default_rng(4), steps=20, temperature=lambda k: 0
    )
    assert len(np.unique(walk.points)) == 21


def test_the_trace_shows_six_digits_and_shortens_long_points():
    trace = Trace(np.full((3, 2), 1 / 3), np.array([3.0, 2.0, 1 / 7]), "diverged")
    assert repr(trace) == "<Trace: 2 steps, diverged, at [0.333333, 0.333333], value 0.142857>"
    assert (trace.best, trace.diverged) == (2, True)
    long = Trace(np.arange(9.0)[np.newaxis], None, "stationary")
    assert repr(long) == "<Trace: 0 steps, stationary, at [0., 1., 2., ..., 6., 7., 8.]>"


# ---- Robust regression ----------------------------------------------------------------------------------


def sample(n=30):
    rng = np.random.default_rng(61)
    x = rng.standard_normal((n, 2)) * [1.0, 100.0] + [5.0, 0.0]
    return x, 1.0 + x @ [2.0, -0.03] + rng.standard_normal(n)


def test_the_fit_is_reported_in_one_line():
    x, y = [0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 8.0]
    fit = robust_regression(x, y, loss="squared_error", scale=2.0)
    assert repr(fit) == (
        "<RobustFit squared_error: coefficients [0.8, 2.3], scale 2, converged after 1 iterations>"
    )


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_weighted_least_squares_is_numpys_however_little_weight_is_left(share):
    x, y = sample()
    rng = np.random.default_rng(62)
    weights = rng.random(30) * (rng.random(30) >= share)
    weights[:4], weights[4:7] = 0.5, 1.0
    design = _design(x)
    root = np.sqrt(weights)
    expected, *_ = np.linalg.lstsq(design.matrix * root[:, np.newaxis], root * y)
    beta = np.array([1.0, -2.0, 0.3])
    found = _weighted_least_squares(design, y, weights, beta, design.matrix @ beta)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    found = _weighted_least_squares_by_singular_values(design, y, weights)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    # Hardly any weight, but all that there is.
    found = _weighted_least_squares(design, y, 1e-9 * weights, beta, design.matrix @ beta)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_least_squares_keep_their_digits_where_columns_are_nearly_equal():
    rng = np.random.default_rng(63)
    t = rng.standard_normal(40)
    x = np.column_stack([t, t + 1e-6 * rng.integers(-9, 9, 40)])
    fit = robust_regression(x, x @ [3.0, -2.0] + 1.0, loss="squared_error")
    np.testing.assert_allclose(fit.coefficients, [1.0, 3.0, -2.0], rtol=1e-8)


def test_a_response_of_zeros_is_fitted_by_zeros():
    for loss in ("squared_error", "absolute_error", "huber", "tukey_biweight"):
        fit = robust_regression([1.0, 2.0, 4.0, 5.0], np.zeros(4), loss=loss)
        np.testing.assert_allclose(fit.coefficients, 0, atol=1e-15)
        assert (fit.scale, fit.values.tolist()) == (0.0, [0.0])


@pytest.mark.parametrize("noise", [1e-11, 1e-9])
def test_small_residuals_are_no_rounding(noise):
    x, y = np.arange(20.0), np.random.default_rng(64).standard_normal(20)
    for loss in ("squared_error", "huber", "tukey_biweight"):
        small, plain = (robust_regression(x, 2 + x + s * y, loss=loss) for s in (noise, 1.0))
        assert small.scale == pytest.approx(noise * plain.scale, rel=1e-3, abs=0)


def test_a_fixed_scale_is_reported_as_it_is():
    x, y = sample()
    for loss in ("squared_error", "absolute_error"):
        fit = robust_regression(x, y, loss=loss, scale=0.25)
        assert (fit.scale, fit.scales.tolist(), fit.loss, fit.converged) == (0.25, [0.25], loss, True)
        assert fit.points.tolist() == [fit.coefficients.tolist()]
        assert fit.iterations >= 1
