"""Regression losses: values worked by hand, other libraries, limits and relations."""

import math

import numpy as np
import pytest
import scipy.optimize

from lossbook import regression

pytestmark = pytest.mark.filterwarnings("error")

INF = math.inf


def at(name, residuals, **hyperparameters):
    """Call a function with residuals: predictions of 0."""
    residuals = np.asarray(residuals)
    return getattr(regression, name)(residuals, np.zeros_like(residuals), **hyperparameters)


# ---- Values: fractions, roots and logarithms, worked with pencil and paper -------------------------------

# Each entry: function, hyperparameters, and pairs (residual, value); at each join, and on both its sides.
TABLES = [
    ("squared_error", {}, [(-3, 9), (-0.5, 0.25), (0, 0), (0.5, 0.25), (1.5, 2.25)]),
    ("squared_error_grad", {}, [(-3, -6), (0, 0), (0.5, 1), (1.5, 3)]),
    ("absolute_error", {}, [(-3, 3), (-0.5, 0.5), (0, 0), (0.5, 0.5)]),
    ("absolute_error_grad", {}, [(-3, -1), (-1e-300, -1), (0, 0), (1e-300, 1), (3, 1)]),
    # A target above the prediction (r < 0) costs τ a unit, one below 1 − τ.
    ("quantile", {"tau": 0.75}, [(-4, 3), (-1, 3 / 4), (0, 0), (1, 1 / 4), (4, 1)]),
    ("quantile", {}, [(-4, 2), (0, 0), (4, 2)]),
    ("quantile_grad", {"tau": 0.75}, [(-4, -3 / 4), (-1e-300, -3 / 4), (0, 0), (1e-300, 1 / 4), (9, 1 / 4)]),
    ("quantile_grad", {}, [(-4, -1 / 2), (0, 0), (4, 1 / 2)]),
    # Huber with δ = 2: ½r² up to 2, where it is 2, then 2(|r| − 1).
    ("huber", {"delta": 2.0}, [(0, 0), (-1.5, 9 / 8), (2, 2), (-2, 2), (2.5, 3), (-3, 4), (10, 18)]),
    ("huber", {}, [(-0.5, 1 / 8), (1, 1 / 2), (-1, 1 / 2), (1.5, 1), (-4, 3.5)]),
    ("huber_grad", {"delta": 2.0}, [(-3, -2), (-2, -2), (-1.5, -1.5), (0, 0), (1, 1), (2, 2), (9, 2)]),
    ("huber_grad", {}, [(-0.5, -0.5), (1.5, 1)]),
    ("huber_weight", {"delta": 2.0}, [(0, 1), (1, 1), (-2, 1), (2, 1), (2.5, 4 / 5), (-8, 1 / 4)]),
    ("huber_weight", {}, [(0.5, 1), (-4, 1 / 4)]),
    # Smooth L1 with β = 2: r²/4 up to 2, where it is 1, then |r| − 1.
    (
        "smooth_l1",
        {"beta": 2.0},
        [(0, 0), (1, 1 / 4), (-1.5, 9 / 16), (2, 1), (-2, 1), (2.5, 3 / 2), (-3, 2)],
    ),
    ("smooth_l1", {}, [(0.5, 1 / 8), (-1, 1 / 2), (1.5, 1), (-4, 3.5)]),
    ("smooth_l1_grad", {"beta": 2.0}, [(-3, -1), (-2, -1), (-1, -1 / 2), (0, 0), (2, 1), (9, 1)]),
    ("smooth_l1_grad", {}, [(-0.5, -0.5), (1.5, 1)]),
    # Pseudo-Huber from the triples 3-4-5, 5-12-13 and 8-15-17: at r = 3 and δ = 4 it is 4(5 − 4).
    ("pseudo_huber", {"delta": 4.0}, [(0, 0), (3, 4), (-3, 4), (4, 16 * (math.sqrt(2) - 1)), (7.5, 18)]),
    ("pseudo_huber", {}, [(0.75, 1 / 4), (-1, math.sqrt(2) - 1), (2.4, 1.6)]),
    ("pseudo_huber_grad", {"delta": 4.0}, [(0, 0), (3, 12 / 5), (-3, -12 / 5), (7.5, 60 / 17)]),
    ("pseudo_huber_grad", {}, [(0.75, 3 / 5), (-2.4, -12 / 13)]),
    ("pseudo_huber_weight", {"delta": 4.0}, [(0, 1), (3, 4 / 5), (-3, 4 / 5), (7.5, 8 / 17)]),
    ("pseudo_huber_weight", {}, [(0.75, 4 / 5), (-2.4, 5 / 13)]),
    # log cosh at logarithms: cosh(log n) = (n + 1/n)/2.
    ("log_cosh", {}, [(0, 0), (math.log(2), math.log(5 / 4)), (-math.log(3), math.log(5 / 3))]),
    ("log_cosh", {}, [(1e-9, 5e-19), (49, 49 - math.log(2)), (-51, 51 - math.log(2)), (1e17, 1e17)]),
    ("log_cosh_grad", {}, [(0, 0), (1e-9, 1e-9), (math.log(2), 3 / 5), (-math.log(3), -4 / 5), (100, 1)]),
    # Tukey with c = 2: (2/3)(1 − (1 − r²/4)³) up to 2, where it is 2/3, and 2/3 from there.
    ("tukey_biweight", {"c": 2.0}, [(0, 0), (1, 37 / 96), (-1.5, 1251 / 2048), (2, 2 / 3), (-2.5, 2 / 3)]),
    ("tukey_biweight", {}, [(1e-9, 5e-19), (4.685, 4.685**2 / 6), (1e300, 4.685**2 / 6)]),
    ("tukey_biweight_grad", {"c": 2.0}, [(-2, 0), (-1, -9 / 16), (0, 0), (1, 9 / 16), (2, 0), (3, 0)]),
    ("tukey_biweight_grad", {}, [(4.685 / 2, 4.685 / 2 * 9 / 16), (-4.7, 0)]),
    ("tukey_biweight_weight", {"c": 2.0}, [(0, 1), (1, 9 / 16), (-1, 9 / 16), (2, 0), (-3, 0)]),
    ("tukey_biweight_weight", {}, [(4.685 / 2, 9 / 16), (-4.7, 0)]),
    # Near c: for r/c = 1 − ε it is (ε(2 − ε))² = 4ε²(1 − ½ε)².
    ("tukey_biweight_weight", {"c": 1.0}, [(1 - 2**-40, 2**-78 * (1 - 2**-41) ** 2)]),
    # Barron's family at the members with names, at a scale of 1 …
    ("barron", {"alpha": 2}, [(0, 0), (3, 9 / 2), (-1, 1 / 2)]),
    ("barron", {"alpha": 1}, [(0, 0), (0.75, 1 / 4), (-2.4, 8 / 5), (1e-9, 5e-19)]),
    ("barron", {"alpha": 0}, [(0, 0), (2, math.log(3)), (-4, math.log(9)), (1e-9, 5e-19)]),
    ("barron", {"alpha": -2}, [(0, 0), (2, 1), (-1, 2 / 5), (4, 8 / 5)]),
    ("barron", {"alpha": -INF}, [(0, 0), (math.sqrt(2), 1 - 1 / math.e), (-2, 1 - math.exp(-2))]),
    ("barron", {"alpha": INF}, [(0, 0), (math.sqrt(2), math.e - 1), (-2, math.exp(2) - 1)]),
    # … at α = 4, where it is ¼((½x² + 1)² · 2 − 2), and at α = ½ with x² = 12, where (12/1.5 + 1)^¼ = √3 …
    ("barron", {"alpha": 4}, [(2, 4), (-1, 5 / 8)]),
    ("barron", {"alpha": 0.5}, [(math.sqrt(12), 3 * (math.sqrt(3) - 1))]),
    # … and with another scale: x = r/scale.
    ("barron", {"alpha": 0, "scale": 2.0}, [(4, math.log(3)), (-8, math.log(9))]),
    ("barron_grad", {"alpha": 2, "scale": 2.0}, [(0, 0), (3, 3 / 4), (-1, -1 / 4)]),
    ("barron_grad", {"alpha": 1}, [(0, 0), (0.75, 3 / 5), (-2.4, -12 / 13)]),
    ("barron_grad", {"alpha": 0}, [(0, 0), (2, 2 / 3), (-4, -4 / 9)]),
    ("barron_grad", {"alpha": -2}, [(2, 1 / 2), (-1, -16 / 25)]),
    ("barron_grad", {"alpha": 4}, [(2, 6), (-1, -3 / 2)]),
    ("barron_grad", {"alpha": -INF}, [(0, 0), (2, 2 * math.exp(-2))]),
    ("barron_grad", {"alpha": INF}, [(0, 0), (-2, -2 * math.exp(2))]),
    ("barron_grad", {"alpha": 0, "scale": 2.0}, [(4, 1 / 3), (-8, -2 / 9)]),
]


@pytest.mark.parametrize(
    ("name", "hyperparameters", "pairs"),
    [pytest.param(*entry, id=f"{entry[0]}-{entry[1]}") for entry in TABLES],
)
def test_values_worked_by_hand(name, hyperparameters, pairs):
    residuals, values = np.array(pairs, dtype=float).T
    result = at(name, residuals, **hyperparameters)
    np.testing.assert_allclose(result, values, rtol=2e-15, atol=0)
    # The residual is prediction − target.
    mirrored = getattr(regression, name)(np.zeros_like(residuals), -residuals, **hyperparameters)
    np.testing.assert_array_equal(mirrored, result)


def test_every_function_has_values_worked_by_hand():
    assert {name for name, *_ in TABLES} == set(regression.__all__)


@pytest.mark.parametrize("width", [0.1, 1.345, 7.0])
def test_pieces_meet_at_their_join(width):
    beside = [np.nextafter(width, 0), width, np.nextafter(width, INF)]
    np.testing.assert_allclose(at("huber", beside, delta=width), width * width / 2, rtol=1e-15, atol=0)
    np.testing.assert_allclose(at("huber_weight", beside, delta=width), 1, rtol=1e-15, atol=0)
    np.testing.assert_allclose(at("smooth_l1", beside, beta=width), width / 2, rtol=1e-15, atol=0)
    far = [width, np.nextafter(width, INF), 2 * width, 1e300, -INF]
    assert len(set(at("tukey_biweight", far, c=width))) == 1
    assert set(at("tukey_biweight_grad", far, c=width)) == {0.0}


# ---- Relations -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("loss", "alpha", "width"), [("soft_l1", 1, 1.0), ("cauchy", 0, math.sqrt(2))])
def test_scipys_least_squares_has_two_of_barrons_members(loss, alpha, width):
    scale = 0.7
    # One residual that no parameter can change: the cost that is reported is its loss.
    fit = scipy.optimize.least_squares(lambda theta: 2.0 + 0 * theta, [0.0], loss=loss, f_scale=width * scale)
    assert fit.cost == pytest.approx(scale**2 * at("barron", 2.0, alpha=alpha, scale=scale), rel=1e-14, abs=0)


def test_huber_is_the_smallest_mixture_of_absolute_and_squared():
    # Huber_δ(r) = min over z of δ|z| + ½(r − z)², attained where z is r pulled toward 0 by δ.
    r, z = np.linspace(-4, 4, 33), np.linspace(-4, 4, 3201)
    mixture = 1.5 * abs(z) + 0.5 * (r[:, np.newaxis] - z) ** 2
    np.testing.assert_allclose(mixture.min(axis=1), at("huber", r, delta=1.5), rtol=0, atol=1e-6)


@pytest.mark.parametrize("width", [0.3, 2.5])
def test_barrons_family_has_members_with_another_name(width):
    r = np.linspace(-7, 7, 57)
    for alpha, relative in ((1, at("pseudo_huber", r, delta=width)), (2, at("squared_error", r) / 2)):
        member = at("barron", r, alpha=alpha, scale=width)
        np.testing.assert_allclose(member, relative / width**2, rtol=1e-13, atol=0)


def test_tukeys_slope_is_largest_at_c_over_root_5():
    turn = 2 / math.sqrt(5)
    slopes = at("tukey_biweight_grad", [turn - 1e-3, turn, turn + 1e-3], c=2.0)
    assert slopes.argmax() == 1
    assert slopes[1] == pytest.approx(32 / (25 * math.sqrt(5)), rel=1e-15, abs=0)


# ---- Barron's shape --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["barron", "barron_grad"])
def test_barrons_family_is_smooth_through_its_named_members(name):
    r = np.linspace(-20, 20, 81)
    for member in (2.0, 0.0):
        exact = at(name, r, alpha=member)
        below, above = (at(name, r, alpha=member + step) for step in (-1e-9, 1e-9))
        # In α the slope is at most 3·10³ here, and the next term is below 1e-12.
        np.testing.assert_allclose(below, exact, rtol=0, atol=1e-5)
        np.testing.assert_allclose((below + above) / 2, exact, rtol=1e-12, atol=1e-12)
    for tiny in (5e-324, -1e-300, 1e-19, -1e-16):
        np.testing.assert_allclose(at(name, r, alpha=tiny), at(name, r, alpha=0), rtol=1e-15, atol=0)
    r = np.linspace(-5, 5, 41)
    for huge in (1e17, 1e300, 1.7e308):
        for sign in (1, -1):
            member = at(name, r, alpha=sign * INF)
            np.testing.assert_allclose(at(name, r, alpha=sign * huge), member, rtol=1e-14, atol=0)


@pytest.mark.parametrize("name", ["barron", "barron_grad"])
def test_barrons_shape_is_taken_in_the_type_of_the_residuals(name):
    r = np.float32([-3.0, 1e-3, 0.5, 2.0])
    for alpha, member in [(1e-40, 0), (1e-60, 0), (-1e300, -INF), (1e40, INF), (2 - 1e-9, 2)]:
        np.testing.assert_array_equal(at(name, r, alpha=alpha), at(name, r, alpha=member))
        assert at(name, r, alpha=alpha).dtype == np.float32


# ---- Far out ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "hyperparameters", "limit"),
    [
        *((loss, {}, INF) for loss in ("squared_error", "absolute_error", "log_cosh", "quantile")),
        *((loss, {}, INF) for loss in ("huber", "pseudo_huber", "smooth_l1", "squared_error_grad")),
        ("tukey_biweight", {"c": 3.0}, 1.5),
        *((slope, {}, 1) for slope in ("absolute_error_grad", "log_cosh_grad", "smooth_l1_grad")),
        ("quantile_grad", {}, 0.5),
        *((slope, {"delta": 2.0}, 2) for slope in ("huber_grad", "pseudo_huber_grad")),
        *((weight, {}, 0) for weight in ("huber_weight", "pseudo_huber_weight", "tukey_biweight_weight")),
        ("tukey_biweight_grad", {}, 0),
        *(("barron", {"alpha": alpha}, INF) for alpha in (INF, 3, 2, 1.5, 1, 0.5, 0)),
        *(("barron", {"alpha": alpha}, limit) for alpha, limit in ((-1, 3), (-2, 2), (-INF, 1))),
        *(("barron_grad", {"alpha": alpha}, INF) for alpha in (INF, 3, 2, 1.5)),
        ("barron_grad", {"alpha": 1, "scale": 0.5}, 2),
        *(("barron_grad", {"alpha": alpha}, 0) for alpha in (0.5, 0, -2, -INF)),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_infinite_residual_gives_the_limit(name, hyperparameters, limit, dtype):
    largest = np.finfo(dtype).max
    predictions, targets = np.array([[-INF, INF, largest], [0, -INF, -largest]], dtype)
    low, high, overflow = getattr(regression, name)(predictions, targets, **hyperparameters)
    assert high == overflow == dtype(limit)
    assert low == (-high if name.endswith("_grad") else high)


@pytest.mark.parametrize(
    ("name", "residual", "hyperparameters", "value"),
    [
        # Nothing large is squared, so that only what is beyond the largest float becomes infinite.
        ("huber", 1e300, {"delta": 1e-200}, 1e100),
        ("smooth_l1", 1e300, {"beta": 1e200}, 1e300),
        ("pseudo_huber", 1e300, {"delta": 1e-200}, 1e100),
        ("pseudo_huber", 1e-12, {"delta": 1e200}, 5e-25),
        ("pseudo_huber_grad", -1e300, {"delta": 1e-200}, -1e-200),
        ("pseudo_huber_weight", 1e300, {"delta": 1e20}, 1e-280),
        ("log_cosh", -1e300, {}, 1e300),
        ("tukey_biweight", 1.0, {"c": 1e200}, 0.5),
        ("tukey_biweight_grad", 1e200, {"c": 2e200}, 0.5625e200),
        ("squared_error", 1e200, {}, INF),
        ("huber", 1e300, {"delta": 1e300}, INF),
        ("barron_grad", -40.0, {"alpha": INF}, -INF),
    ],
)
def test_sizes_far_apart(name, residual, hyperparameters, value):
    assert at(name, residual, **hyperparameters) == pytest.approx(value, rel=1e-13, abs=0)


WIDTHS = {"huber": "delta", "smooth": "beta", "pseudo": "delta", "tukey": "c", "barron": "scale"}


@pytest.mark.parametrize("name", [name for name in regression.__all__ if name.split("_")[0] in WIDTHS])
def test_a_width_must_exist_in_the_type_of_the_residuals(name):
    width = WIDTHS[name.split("_")[0]]
    others = {"alpha": 1.0} if width == "scale" else {}
    with pytest.raises(
        ValueError, match=rf"^{width} must be a positive finite number in float32; got 1e-60$"
    ):
        at(name, np.float32([1.0]), **{width: 1e-60}, **others)
