"""Hand-worked values of every regression loss: at 0, on both sides of each join, at it, and far out.

A gradient test lets a wrong constant pass; these do not. Each table was worked out with pencil and paper
from the definition, so it holds fractions, roots and logarithms rather than digits.
"""

import math

import numpy as np
import pytest

from lossbook import regression

INF = math.inf

# Each entry: function, hyperparameters, and pairs (residual, value).
TABLES = [
    (regression.squared_error, {}, [(-3, 9), (-0.5, 0.25), (0, 0), (0.5, 0.25), (1.5, 2.25)]),
    (regression.squared_error_grad, {}, [(-3, -6), (0, 0), (0.5, 1), (1.5, 3)]),
    (regression.absolute_error, {}, [(-3, 3), (-0.5, 0.5), (0, 0), (0.5, 0.5)]),
    (regression.absolute_error_grad, {}, [(-3, -1), (-1e-300, -1), (0, 0), (1e-300, 1), (3, 1)]),
    # Huber with δ = 2: ½r² up to 2, where it is 2, then 2(|r| − 1).
    (
        regression.huber,
        {"delta": 2.0},
        [(0, 0), (1, 1 / 2), (-1.5, 9 / 8), (2, 2), (-2, 2), (2.5, 3), (-3, 4), (10, 18)],
    ),
    (regression.huber, {}, [(-0.5, 1 / 8), (1, 1 / 2), (-1, 1 / 2), (1.5, 1), (-4, 3.5)]),
    (
        regression.huber_grad,
        {"delta": 2.0},
        [(-3, -2), (-2, -2), (-1.5, -1.5), (0, 0), (1, 1), (2, 2), (9, 2)],
    ),
    (regression.huber_weight, {"delta": 2.0}, [(0, 1), (1, 1), (-2, 1), (2, 1), (2.5, 4 / 5), (-8, 1 / 4)]),
    # Smooth L1 with β = 2: r²/4 up to 2, where it is 1, then |r| − 1.
    (
        regression.smooth_l1,
        {"beta": 2.0},
        [(0, 0), (1, 1 / 4), (-1.5, 9 / 16), (2, 1), (-2, 1), (2.5, 3 / 2), (-3, 2), (10, 9)],
    ),
    (regression.smooth_l1, {}, [(0.5, 1 / 8), (-1, 1 / 2), (1.5, 1), (-4, 3.5)]),
    (regression.smooth_l1_grad, {"beta": 2.0}, [(-3, -1), (-2, -1), (-1, -1 / 2), (0, 0), (2, 1), (9, 1)]),
    # Pseudo-Huber from the Pythagorean triples 3-4-5, 5-12-13 and 8-15-17: at r = 3 and δ = 4 it is 4(5 − 4).
    (
        regression.pseudo_huber,
        {"delta": 4.0},
        [(0, 0), (3, 4), (-3, 4), (4, 16 * (math.sqrt(2) - 1)), (7.5, 4 * (8.5 - 4)), (-9.6, 4 * (10.4 - 4))],
    ),
    (regression.pseudo_huber, {}, [(0.75, 1 / 4), (-1, math.sqrt(2) - 1), (2.4, 1.6)]),
    (regression.pseudo_huber_grad, {"delta": 4.0}, [(0, 0), (3, 12 / 5), (-3, -12 / 5), (7.5, 60 / 17)]),
    (regression.pseudo_huber_weight, {"delta": 4.0}, [(0, 1), (3, 4 / 5), (-3, 4 / 5), (7.5, 8 / 17)]),
    # log cosh at logarithms: cosh(log n) = (n + 1/n)/2. The two forms in use meet at 1, between log 2 and
    # log 3.
    (
        regression.log_cosh,
        {},
        [
            (0, 0),
            (math.log(2), math.log(5 / 4)),
            (-math.log(2), math.log(5 / 4)),
            (math.log(3), math.log(5 / 3)),
            (-math.log(4), math.log(17 / 8)),
            (100, 100 - math.log(2)),
        ],
    ),
    (regression.log_cosh_grad, {}, [(0, 0), (math.log(2), 3 / 5), (-math.log(3), -4 / 5), (100, 1)]),
    # A target above the prediction (r < 0) costs τ a unit, one below 1 − τ.
    (regression.quantile, {"tau": 0.75}, [(-4, 3), (-1, 3 / 4), (0, 0), (1, 1 / 4), (4, 1)]),
    (regression.quantile, {}, [(-4, 2), (0, 0), (4, 2)]),
    (regression.quantile_grad, {"tau": 0.75}, [(-4, -3 / 4), (-1e-300, -3 / 4), (0, 0), (1e-300, 1 / 4)]),
    (regression.quantile_grad, {}, [(-4, -1 / 2), (0, 0), (4, 1 / 2)]),
    # Tukey with c = 2: (2/3)(1 − (1 − r²/4)³) up to 2, where it is 2/3, and 2/3 from there.
    (
        regression.tukey_biweight,
        {"c": 2.0},
        [
            (0, 0),
            (1, 37 / 96),
            (-1, 37 / 96),
            (1.5, 1251 / 2048),
            (2, 2 / 3),
            (-2.5, 2 / 3),
        ],
    ),
    (
        regression.tukey_biweight_grad,
        {"c": 2.0},
        [(-2, 0), (-1, -9 / 16), (0, 0), (1, 9 / 16), (2, 0), (3, 0)],
    ),
    (regression.tukey_biweight_weight, {"c": 2.0}, [(0, 1), (1, 9 / 16), (-1, 9 / 16), (2, 0), (-3, 0)]),
    # Barron's family at the members with names, scale 1 …
    (regression.barron, {"alpha": 2}, [(0, 0), (3, 9 / 2), (-1, 1 / 2)]),
    (regression.barron, {"alpha": 1}, [(0, 0), (0.75, 1 / 4), (-2.4, 8 / 5)]),
    (regression.barron, {"alpha": 0}, [(0, 0), (2, math.log(3)), (-4, math.log(9))]),
    (regression.barron, {"alpha": -2}, [(0, 0), (2, 1), (-1, 2 / 5), (4, 8 / 5)]),
    (regression.barron, {"alpha": -INF}, [(0, 0), (math.sqrt(2), 1 - 1 / math.e), (-2, 1 - math.exp(-2))]),
    (regression.barron, {"alpha": INF}, [(0, 0), (math.sqrt(2), math.e - 1), (-2, math.exp(2) - 1)]),
    # … at α = 4, where it is ¼((½x² + 1)² ·2 − 2), and at α = ½ with x² = 12, where (12/1.5 + 1)^¼ = √3.
    (regression.barron, {"alpha": 4}, [(2, 4), (-1, 5 / 8)]),
    (regression.barron, {"alpha": 0.5}, [(math.sqrt(12), 3 * (math.sqrt(3) - 1))]),
    # … and with another scale: x = r/scale.
    (regression.barron, {"alpha": 0, "scale": 2.0}, [(4, math.log(3)), (-8, math.log(9))]),
    (regression.barron_grad, {"alpha": 2}, [(0, 0), (3, 3), (-1, -1)]),
    (regression.barron_grad, {"alpha": 1}, [(0, 0), (0.75, 3 / 5), (-2.4, -12 / 13)]),
    (regression.barron_grad, {"alpha": 0}, [(0, 0), (2, 2 / 3), (-4, -4 / 9)]),
    (regression.barron_grad, {"alpha": -2}, [(2, 1 / 2), (-1, -16 / 25)]),
    (regression.barron_grad, {"alpha": 4}, [(2, 6), (-1, -3 / 2)]),
    (regression.barron_grad, {"alpha": -INF}, [(0, 0), (2, 2 * math.exp(-2))]),
    (regression.barron_grad, {"alpha": INF}, [(0, 0), (-2, -2 * math.exp(2))]),
    (regression.barron_grad, {"alpha": 0, "scale": 2.0}, [(4, 1 / 3), (-8, -2 / 9)]),
]


@pytest.mark.parametrize(
    ("function", "hyperparameters", "pairs"),
    [pytest.param(*entry, id=f"{entry[0].__name__}-{entry[1]}") for entry in TABLES],
)
def test_hand_worked_values(function, hyperparameters, pairs):
    residuals, values = np.array(pairs, dtype=float).T
    result = function(residuals, np.zeros_like(residuals), **hyperparameters)
    np.testing.assert_allclose(result, values, rtol=2e-15, atol=0)
    # Residual is prediction − target, so swapping the arguments mirrors it.
    np.testing.assert_array_equal(function(np.zeros_like(residuals), -residuals, **hyperparameters), result)


def test_every_function_has_hand_worked_values():
    assert {entry[0].__name__ for entry in TABLES} == set(regression.__all__)


@pytest.mark.parametrize("delta", [0.1, 1.0, 1.345, 7.0])
def test_the_branches_of_huber_meet_in_value_and_slope(delta):
    inside, outside = np.nextafter(delta, 0), np.nextafter(delta, np.inf)
    values = regression.huber([inside, delta, outside], [0.0] * 3, delta=delta)
    np.testing.assert_allclose(values, delta * delta / 2, rtol=1e-15)
    slopes = regression.huber_grad([inside, delta, outside], [0.0] * 3, delta=delta)
    np.testing.assert_allclose(slopes, delta, rtol=1e-15)


@pytest.mark.parametrize("c", [0.5, 3.0, 4.685])
def test_tukey_is_exactly_constant_beyond_c(c):
    r = np.array([c, np.nextafter(c, np.inf), 2 * c, 1e6, 1e300])
    assert set(regression.tukey_biweight(r, np.zeros(5), c=c)) == {c * (c / 6)}
    assert set(regression.tukey_biweight_grad(r, np.zeros(5), c=c)) == {0.0}


def test_small_delta_makes_huber_absolute_and_large_delta_makes_it_half_squared():
    r = np.linspace(-3, 3, 61)
    zero = np.zeros(61)
    absolute = regression.huber(r, zero, delta=1e-12) / 1e-12
    np.testing.assert_allclose(absolute, regression.absolute_error(r, zero), atol=1e-12)
    squared = regression.huber(r, zero, delta=1e12)
    np.testing.assert_array_equal(squared, regression.squared_error(r, zero) / 2)


@pytest.mark.parametrize("width", [0.3, 1.0, 2.5])
def test_relatives_are_multiples_of_each_other(width):
    r, zero = np.linspace(-5, 5, 101), np.zeros(101)
    smooth = regression.smooth_l1(r, zero, beta=width)
    np.testing.assert_allclose(smooth, regression.huber(r, zero, delta=width) / width, rtol=1e-14)
    charbonnier = regression.barron(r, zero, alpha=1, scale=width)
    np.testing.assert_allclose(
        charbonnier, regression.pseudo_huber(r, zero, delta=width) / width**2, rtol=1e-14
    )
    median = regression.quantile(r, zero, tau=0.5)
    np.testing.assert_array_equal(median, regression.absolute_error(r, zero) / 2)


def test_huber_is_the_smallest_mixture_of_absolute_and_squared():
    # Huber_δ(r) = min over z of δ|z| + ½(r − z)², attained where z is r pulled toward 0 by δ.
    r = np.linspace(-4, 4, 33)
    z = np.linspace(-4, 4, 3201)
    mixture = 1.5 * np.abs(z) + 0.5 * (r[:, np.newaxis] - z) ** 2
    np.testing.assert_allclose(mixture.min(axis=1), regression.huber(r, np.zeros(33), delta=1.5), atol=1e-6)
