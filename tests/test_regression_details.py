"""Details of the regression losses that a small mistake in the code would change: widths, far points."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from lossbook import catalog, regression

pytestmark = pytest.mark.filterwarnings("error")

WIDTHS = [
    pytest.param(
        function,
        name,
        {other: values[0] for other, values in row.hyperparameters.items()},
        id=f"{row.name}-{which}",
    )
    for row in catalog.CATALOG
    if row.module == "regression"
    for name in set(row.hyperparameters) & {"delta", "beta", "c", "scale"}
    for which, function in (("function", row.function), ("gradient", row.gradient), ("weight", row.weight))
    if function is not None
]


@pytest.mark.parametrize(("function", "name", "others"), WIDTHS)
@pytest.mark.parametrize("width", [1e-60, 1e60])
def test_a_width_must_exist_in_the_type_of_the_residuals(function, name, others, width):
    wide, narrow = np.array([0.5, -2.0]), np.float32([0.5, -2.0])
    assert np.isfinite(function(wide, wide[::-1], **{**others, name: 2.0})).all()
    function(wide, wide[::-1], **{**others, name: width})
    with pytest.raises(
        ValueError, match=rf"^{name} must be a positive finite number in float32; got 1e[+-]60$"
    ):
        function(narrow, narrow[::-1], **{**others, name: width})


def test_underflow_is_ignored_whatever_the_caller_does_with_it():
    with np.errstate(all="raise"):
        assert regression.tukey_biweight_grad(0.5e-308, 0.0, c=1e-308) == pytest.approx(
            0.5e-308 * 0.5625, abs=0
        )
        # The square of 14/2048 is below the normal numbers of float16.
        assert regression.tukey_biweight_weight(np.float16(1 - 7 * 2**-11), np.float16(0), c=1.0) > 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_of_the_biweight_overflows_on_the_way_to_what_does_not(dtype):
    largest = np.finfo(dtype).max
    # At r = c/2: (1 − ¼)² = 9/16, and the loss is 37/64 of its limit c²/6.
    for half in (largest / 2, -largest / 2, largest / 4):
        half, c = dtype(half), dtype(2 * abs(half))
        assert regression.tukey_biweight_weight(half, dtype(0), c=c) == dtype(0.5625)
        assert regression.tukey_biweight_grad(half, dtype(0), c=c) == half * dtype(0.5625)
        assert regression.tukey_biweight_grad(2 * half, dtype(0), c=c) == 0
    c = dtype(1.5) * np.sqrt(largest)
    np.testing.assert_allclose(
        regression.tukey_biweight(dtype(0.5) * c, dtype(0), c=c), 37 / 64 * (c / 6) * c, 2e-7
    )
    np.testing.assert_allclose(regression.tukey_biweight(c, dtype(0), c=c), (c / 6) * c, 2e-7)


@pytest.mark.parametrize(
    "unit", [1.0, *(pytest.param(unit, marks=pytest.mark.slow) for unit in (2.0**-1000, 2.0**1000))]
)
def test_the_biweights_weight_and_slope_keep_their_digits_up_to_c(unit):
    """The true values are exact fractions. Plain (1 − |r|/c)(1 + |r|/c), squared, is off by up to 5 ulp."""
    rng = np.random.default_rng(20261128)
    widths = unit * rng.uniform(1, 2, 20)
    for c in widths.tolist():
        share = np.concatenate([rng.uniform(0.2, 0.6, 500), 1 - 10.0 ** rng.uniform(-15, 0, 100)])
        r = c * share
        weights = regression.tukey_biweight_weight(r, np.zeros_like(r), c=c)
        slopes = regression.tukey_biweight_grad(r, np.zeros_like(r), c=c)
        for x, weight, slope in zip(r.tolist(), weights.tolist(), slopes.tolist(), strict=True):
            true = (1 - (Fraction(x) / Fraction(c)) ** 2) ** 2
            for value, exact in ((weight, true), (slope, Fraction(x) * true)):
                assert abs(Fraction(value) - exact) <= 4 * Fraction(float(np.spacing(float(exact)))), (x, c)


# Far points in units of the scale, all exact: from where the forms in use meet to where x² overflows. Beside
# shapes of every kind, there are some near 2, where the root of |α − 2| is small and ratios with it overflow.
FAR = np.array([3, 54, 1.3 * 2**67, 1.1 * 2**200, 1.9 * 2**333, 1.9 * 2**490, 1.03 * 2**511, 1.3 * 2**1000])
SHAPES = [
    -30.0,
    -2.0,
    -1e-9,
    1e-9,
    0.3,
    0.5,
    0.7,
    0.9,
    1.0,
    1.2,
    1.5,
    1.9,
    2.2,
    2.5,
    3.0,
    3.5,
    4.0,
    8.0,
    30.0,
]
SHAPES += [2 - 1e-9, 2 - 2**-52, 2 + 1e-9]


def _barron(x, alpha):
    """Return Barron's loss and its derivative at a ratio, for shapes that are neither a limit nor 0."""
    with mpmath.workdps(60):
        x, alpha = mpf(x), mpf(alpha)
        bend = abs(alpha - 2)
        bowl = mpmath.log1p(x * x / bend)
        return bend / alpha * mpmath.expm1(alpha / 2 * bowl), x * mpmath.exp((alpha / 2 - 1) * bowl)


@pytest.mark.parametrize("alpha", SHAPES)
@pytest.mark.parametrize("scale", [2.0**-1000, 2.0**-300, 1.0, 2.0**300])
def test_barrons_family_keeps_its_digits_far_out(alpha, scale):
    """As many as the rounding of x leaves, which is multiplied by about the exponent of x."""
    compared = 0
    end = regression.barron_grad(np.inf, 0.0, alpha=alpha, scale=scale)
    assert end == (0 if alpha < 1 else 1 / scale if alpha == 1 else np.inf)
    for x in FAR[np.log2(FAR) + np.log2(scale) < 1023]:
        loss, slope = _barron(x, alpha)
        slope /= mpf(scale)
        for function, true, exponent in (
            (regression.barron, loss, alpha),
            (regression.barron_grad, slope, alpha - 1),
        ):
            value = function(x * scale, 0.0, alpha=alpha, scale=scale)
            if abs(true) > mpf(np.finfo(float).max):
                assert value == np.inf
            elif abs(true) > mpf(np.finfo(float).tiny):
                assert abs(mpf(float(value)) / true - 1) < 4 * 2**-52 * max(1, abs(exponent)), (x, function)
                compared += 1
    assert compared >= 3


@pytest.mark.parametrize(
    ("residual", "scale"),
    # The square of the scale overflows, underflows, or is subnormal; or the ratio of the residual to it is.
    [(1e300, 1e170), (3e-300, 7e-170), (2e-200, 3e-160), (1e-320, 3e-7)],
)
def test_a_slope_is_accurate_where_steps_to_it_are_not(residual, scale):
    true = float(Fraction(residual) / Fraction(scale) ** 2)
    assert regression.barron_grad(residual, 0.0, alpha=2, scale=scale) == pytest.approx(
        true, rel=2**-51, abs=0
    )
