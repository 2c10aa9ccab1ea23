"""The checks convert what is exact, refuse the rest, and say what was required and what came."""

import math

import numpy as np
import pytest
import torch

from lossbook import _checks as check


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
def test_floating_point_types_are_kept_without_a_copy(dtype):
    value = np.array([1, 2], dtype)
    assert check.real_array(value, "x") is value


def test_float16_is_computed_in_float32_and_rounded_once():
    @check.rounding_float16
    def third(x, *, y=0.0):
        x = check.real_array(x, "x")
        assert x.dtype != np.float16
        return x / 3 * 3 / 3

    half = np.array([1.0, 6e4], np.float16)
    assert third(half).dtype == np.float16
    np.testing.assert_array_equal(third(half), np.float16(half.astype(float) / 3))
    assert third(half.astype(np.float32)).dtype == np.float32
    assert third([1.0]).dtype == np.float64
    # Beside a longer argument the result is as long as that.
    assert third(half, y=np.float32(1)).dtype == np.float32


def test_what_is_masked_does_not_come_to_light():
    with pytest.raises(TypeError, match=r"^x must be an array of real numbers; got a masked array"):
        check.real_array(np.ma.array([1.0, -999.0], mask=[False, True]), "x")
    assert check.real_array(np.ma.array([1.0, 2.0]), "x").tolist() == [1.0, 2.0]


@pytest.mark.filterwarnings("error")
def test_a_residual_is_prediction_minus_target_and_overflows_in_silence():
    assert check.residual([5, 1], [2.0, 2.0]).tolist() == [3.0, -1.0]
    assert check.residual([1.7e308, np.inf], [-1.7e308, -np.inf]).tolist() == [np.inf, np.inf]
    assert math.isnan(check.residual(np.inf, np.inf))


@pytest.mark.parametrize(
    ("dtype", "passes", "fails"),
    [(np.float64, 9e-7, 2e-6), (np.float32, 9e-5, 2e-4), (np.float16, 9e-3, 2e-2)],
)
def test_how_far_from_1_a_sum_of_probabilities_may_be(dtype, passes, fails):
    check.probabilities(p=np.array([0.5, 0.5 + passes], dtype))
    with pytest.raises(ValueError, match=r"^p must sum to 1 along its axis; got a sum of 1\."):
        check.probabilities(p=np.array([0.5, 0.5 + fails], dtype))


def test_a_sample_holds_something():
    with pytest.raises(ValueError, match=r"^y must have shape \(n,\) for .*, n > 0; got \(0,\) and \(0,\)$"):
        check.sample([], [])


# ---- Covariances -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1.0, 1e-30, 1e30])
def test_the_root_of_a_covariance(scale):
    # By hand: [[4, 2], [2, 5]] = L Lᵀ with L = [[2, 0], [1, 2]].
    root = check.covariance_root(scale * np.array([[4.0, 2.0], [2.0, 5.0]]), 2)
    np.testing.assert_allclose(root, math.sqrt(scale) * np.array([[2.0, 0.0], [1.0, 2.0]]), rtol=1e-14)


def test_the_covariance_of_as_many_points_as_coordinates_is_singular():
    rng = np.random.default_rng(1)
    for d, dtype in [(2, np.float64), (5, np.float64), (2, np.float32)]:
        for _ in range(100):
            cov = np.cov(rng.normal(size=(d, d)), rowvar=False).astype(dtype)
            with pytest.raises(ValueError, match=r"^cov must be positive definite; got a matrix with least"):
                check.covariance_root(cov, d)


# ---- Hyperparameters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int64(2)])
def test_a_number_becomes_a_python_float(value):
    assert type(check.positive(value, "delta")) is float
    assert check.number(value, "delta") == 2.0


def test_an_interval_is_open_unless_it_is_closed():
    for value in (0, 1):
        assert check.number(value, "tau", "from 0 to 1", 0, 1, closed=True) == value
        with pytest.raises(ValueError, match=rf"^tau must be within; got {value}$"):
            check.number(value, "tau", "within", 0, 1)


def test_a_number_must_not_vanish_or_overflow_in_the_type_of_the_data():
    assert check.positive(1e-60, "delta") == 1e-60
    for value in (1e-60, 1e60):
        with pytest.raises(ValueError, match=r"^delta must be a positive finite number in float32; got 1e"):
            check.positive(value, "delta", np.float32)


def test_a_refused_value_is_shown_shortly():
    assert check.show("short") == "'short'"
    assert check.show(np.ones(99)) == "a ndarray"
    assert check.show(["long"] * 40) == "a list"


# ---- Pictures and tensors ----------------------------------------------------------------------------------


def test_a_color_picture_has_three_channels_last():
    assert check.color_picture([[[0, 1, 2]]], "x").dtype == np.float64
    for shape in ((2, 2), (2, 2, 4), (0, 2, 3)):
        with pytest.raises(ValueError, match=r"^x must have shape \(H, W, 3\); got \("):
            check.color_picture(np.zeros(shape), "x")
    with pytest.raises(ValueError, match=r"^x must be finite; got inf at index \(0, 0, 1\)$"):
        check.color_picture([[[0, np.inf, 2]]], "x")


def test_tensors_are_of_floats_and_agree_in_the_axes_that_are_named():
    a, b = torch.zeros(2, 3, 4, 4), torch.zeros(2, 3, 5, 4)
    check.tensors(3, "(..., C, H, W)", -2, x=a, y=b)
    check.tensors(2, "(..., H, W)", x=a, y=b[0])
    said = r"^x and y must have equal shapes; got shapes \(2, 3, 4, 4\) and \(2, 3, 5, 4\)$"
    with pytest.raises(ValueError, match=said):
        check.tensors(4, "(N, 3, H, W)", 4, x=a, y=b)
    with pytest.raises(ValueError, match=r"^x and y must agree in all but H and W; got shapes \(3, 4, 4\)"):
        check.tensors(3, "(..., C, H, W)", -2, x=a[0], y=b)
    with pytest.raises(
        ValueError, match=r"^x must have shape \(\.\.\., H, W\), none of them 0; got \(0, 4\)$"
    ):
        check.tensors(2, "(..., H, W)", x=torch.zeros(0, 4))
    for value, came in (
        (torch.arange(3), "one of torch.int64"),
        (np.zeros((2, 2)), "a ndarray"),
        (1.0, "a float"),
    ):
        with pytest.raises(TypeError, match=rf"^x must be a tensor of floats; got {came}$"):
            check.tensors(2, "(..., H, W)", x=value)
