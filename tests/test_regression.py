"""The contract that every regression loss keeps, run over the catalog: types, shapes, limits, refusals."""

import inspect
import itertools
import math

import numpy as np
import pytest

from lossbook import catalog, regression

ROWS = [row for row in catalog.CATALOG if row.module == "regression"]
# Each loss with every combination of example values, and each function of a loss with the first ones.
SETTINGS = [
    pytest.param(row, dict(zip(row.hyperparameters, values, strict=True)), id=f"{row.name}-{values}")
    for row in ROWS
    for values in itertools.product(*row.hyperparameters.values())
]
FUNCTIONS = [
    pytest.param(
        function, {name: values[0] for name, values in row.hyperparameters.items()}, id=function.__name__
    )
    for row in ROWS
    for function in (row.function, row.gradient, row.weight)
    if function is not None
]
PREDICTION = [-4.0, -0.25, 0.0, 0.5, 3.0, 100.0]
TARGET = [1.0, 0.0, 0.0, -0.5, 2.0, -100.0]

pytestmark = pytest.mark.filterwarnings("error")


def test_every_public_function_belongs_to_a_row_of_the_catalog():
    assert {param.id for param in FUNCTIONS} == set(regression.__all__)


@pytest.mark.parametrize(("function", "hyperparameters"), FUNCTIONS)
def test_float32_stays_float32(function, hyperparameters):
    single = function(np.float32(PREDICTION), np.float32(TARGET), **hyperparameters)
    assert single.dtype == np.float32
    double = function(PREDICTION, TARGET, **hyperparameters)
    np.testing.assert_allclose(single, double, rtol=2e-5, atol=1e-7)
    wide = {name: np.float64(value) for name, value in hyperparameters.items()}
    assert function(np.float32(PREDICTION), np.float32(TARGET), **wide).dtype == np.float32


@pytest.mark.parametrize(("function", "hyperparameters"), FUNCTIONS)
def test_lists_tuples_and_integers_become_float64(function, hyperparameters):
    expected = function(np.array([3.0, -7.0]), np.array([1.0, 2.0]), **hyperparameters)
    assert expected.dtype == np.float64
    for prediction, target in [
        ([3, -7], [1, 2]),
        ((3.0, -7.0), (1.0, 2.0)),
        (np.array([3, -7], np.int8), np.array([1, 2], np.uint8)),
    ]:
        result = function(prediction, target, **hyperparameters)
        assert result.dtype == np.float64
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(("function", "hyperparameters"), FUNCTIONS)
@pytest.mark.parametrize("shape", [(0,), (1,), (6,), (2, 3), (3, 1, 2)])
def test_the_result_has_the_shape_of_the_arguments(function, hyperparameters, shape):
    size = math.prod(shape)
    flat = function(PREDICTION[:size], TARGET[:size], **hyperparameters)
    shaped = function(
        np.reshape(PREDICTION[:size], shape), np.reshape(TARGET[:size], shape), **hyperparameters
    )
    assert shaped.shape == shape
    np.testing.assert_array_equal(shaped.ravel(), flat)


@pytest.mark.parametrize(("function", "hyperparameters"), FUNCTIONS)
def test_two_numbers_give_a_scalar(function, hyperparameters):
    (expected,) = function([2.0], [0.5], **hyperparameters)
    for prediction, target in [(2.0, 0.5), (np.float64(2), np.float64(0.5)), (np.array(2.0), np.array(0.5))]:
        result = function(prediction, target, **hyperparameters)
        assert type(result) is np.float64
        assert result == expected
    assert type(function(np.float32(2), np.float32(0.5), **hyperparameters)) is np.float32


@pytest.mark.parametrize(("function", "hyperparameters"), FUNCTIONS)
def test_only_the_residual_matters_and_arguments_stay_unchanged(function, hyperparameters):
    prediction, target = np.array(PREDICTION), np.array(TARGET)
    result = function(prediction, target, **hyperparameters)
    np.testing.assert_array_equal(prediction, PREDICTION)
    np.testing.assert_array_equal(target, TARGET)
    # All residuals here are exact in binary, and so are the shifted ones.
    np.testing.assert_array_equal(function(prediction + 8, target + 8, **hyperparameters), result)
    np.testing.assert_array_equal(function(prediction - target, np.zeros(6), **hyperparameters), result)
    # A second call sees no trace of the first.
    np.testing.assert_array_equal(function(prediction, target, **hyperparameters), result)


@pytest.mark.parametrize(("function", "hyperparameters"), FUNCTIONS)
def test_nan_gives_nan_and_leaves_its_neighbors_alone(function, hyperparameters):
    result = function([np.nan, 1.0, 2.0], [0.0, np.nan, 1.5], **hyperparameters)
    assert np.isnan(result).tolist() == [True, True, False]
    assert result[2] == function(2.0, 1.5, **hyperparameters)


@pytest.mark.parametrize(("row", "hyperparameters"), SETTINGS)
def test_a_loss_is_0_at_0_and_positive_elsewhere(row, hyperparameters):
    assert row.function(0.0, 0.0, **hyperparameters) == 0
    assert (row.function([-1e-3, 1e-3, -5.0, 5.0], [0.0] * 4, **hyperparameters) > 0).all()


# What each function tends to as the residual goes to −∞ and +∞.
LIMITS = {
    "squared_error": (np.inf, np.inf),
    "squared_error_grad": (-np.inf, np.inf),
    "absolute_error": (np.inf, np.inf),
    "absolute_error_grad": (-1, 1),
    "huber": (np.inf, np.inf),
    "huber_grad": (-1, 1),
    "huber_weight": (0, 0),
    "smooth_l1": (np.inf, np.inf),
    "smooth_l1_grad": (-1, 1),
    "pseudo_huber": (np.inf, np.inf),
    "pseudo_huber_grad": (-1, 1),
    "pseudo_huber_weight": (0, 0),
    "log_cosh": (np.inf, np.inf),
    "log_cosh_grad": (-1, 1),
    "quantile": (np.inf, np.inf),
    "quantile_grad": (-0.5, 0.5),
    "tukey_biweight": (4.685 * (4.685 / 6), 4.685 * (4.685 / 6)),
    "tukey_biweight_grad": (0, 0),
    "tukey_biweight_weight": (0, 0),
    "barron": (np.inf, np.inf),
    "barron_grad": (-1, 1),
}


@pytest.mark.parametrize(("function", "hyperparameters"), FUNCTIONS)
def test_infinite_residuals_give_the_limits(function, hyperparameters):
    result = function([-np.inf, np.inf, 0.0], [0.0, 0.0, -np.inf], **hyperparameters)
    low, high = LIMITS[function.__name__]
    assert result.tolist() == [low, high, high]
    single = function(np.float32([-np.inf, np.inf]), np.float32([0, 0]), **hyperparameters)
    np.testing.assert_allclose(single, [low, high], rtol=1e-6)


@pytest.mark.parametrize(
    ("alpha", "loss", "slope"),
    [
        (np.inf, np.inf, np.inf),
        (3.0, np.inf, np.inf),
        (2.0, np.inf, np.inf),
        (1.5, np.inf, np.inf),
        (1.0, np.inf, 2.0),
        (0.5, np.inf, 0.0),
        (0.0, np.inf, 0.0),
        (-1.0, 3.0, 0.0),
        (-2.0, 2.0, 0.0),
        (-np.inf, 1.0, 0.0),
    ],
)
def test_infinite_residuals_in_barrons_family(alpha, loss, slope):
    ends = [-np.inf, np.inf]
    assert regression.barron(ends, [0, 0], alpha=alpha, scale=0.5).tolist() == [loss, loss]
    assert regression.barron_grad(ends, [0, 0], alpha=alpha, scale=0.5).tolist() == [-slope, slope]


@pytest.mark.parametrize(("row", "hyperparameters"), SETTINGS)
def test_huge_residuals_overflow_in_silence_or_not_at_all(row, hyperparameters):
    huge = [-1.7e308, -1e300, 1e300, 1.7e308]
    for function in (row.function, row.gradient, row.weight):
        if function is not None:
            result = function(huge, [0.0] * 4, **hyperparameters)
            assert not np.isnan(result).any()
            single = function(np.float32([-3e38, 3e38]), np.float32([3e38, -3e38]), **hyperparameters)
            assert not np.isnan(single).any()


@pytest.mark.parametrize(("function", "hyperparameters"), FUNCTIONS)
def test_warnings_of_the_caller_stay_as_they_were(function, hyperparameters):
    with np.errstate(all="raise"):
        function([1e300, 1e-300], [-1e300, 0.0], **hyperparameters)
        assert set(np.geterr().values()) == {"raise"}


@pytest.mark.parametrize(("function", "hyperparameters"), FUNCTIONS)
def test_unequal_shapes_are_refused(function, hyperparameters):
    for prediction, target, shapes in [
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0], "(3,) and (4,)"),
        ([[1.0], [2.0]], [1.0, 2.0], "(2, 1) and (2,)"),
        ([1.0, 2.0], 1.0, "(2,) and ()"),
    ]:
        with pytest.raises(ValueError, match="shapes") as error:
            function(prediction, target, **hyperparameters)
        assert str(error.value) == f"prediction and target must have equal shapes; got {shapes}"


@pytest.mark.parametrize(("function", "hyperparameters"), FUNCTIONS)
@pytest.mark.parametrize(
    ("value", "came"),
    [([True], "bool"), ([1j], "complex128"), (["1"], "<U1"), ([None], "object")],
)
def test_what_is_not_real_is_refused(function, hyperparameters, value, came):
    for name, arguments in [("prediction", (value, [1.0])), ("target", ([1.0], value))]:
        with pytest.raises(TypeError) as error:
            function(*arguments, **hyperparameters)
        assert str(error.value) == f"{name} must be an array of real numbers; got dtype {came}"


REQUIREMENTS = {
    "delta": ("a positive finite number", [0, -1, np.inf, np.nan]),
    "beta": ("a positive finite number", [0, -1, np.inf, np.nan]),
    "c": ("a positive finite number", [0, -1, np.inf, np.nan]),
    "scale": ("a positive finite number", [0, -1, np.inf, np.nan]),
    "tau": ("a number strictly between 0 and 1", [0, 1, -0.5, np.inf, np.nan]),
    "alpha": ("a real number", [np.nan]),
}


@pytest.mark.parametrize(("function", "hyperparameters"), FUNCTIONS)
def test_hyperparameters_out_of_range_are_refused(function, hyperparameters):
    for name in hyperparameters:
        requirement, refused = REQUIREMENTS[name]
        for value in refused:
            with pytest.raises(ValueError, match=name) as error:
                function([1.0], [0.0], **{**hyperparameters, name: value})
            assert str(error.value) == f"{name} must be {requirement}; got {value:g}"
        for value in ("1", None, True, [1.0]):
            with pytest.raises(TypeError) as error:
                function([1.0], [0.0], **{**hyperparameters, name: value})
            assert str(error.value) == f"{name} must be {requirement}; got {value!r}"


@pytest.mark.parametrize(("function", "hyperparameters"), FUNCTIONS)
def test_the_signature_is_prediction_target_and_keywords(function, hyperparameters):
    parameters = inspect.signature(function).parameters
    assert list(parameters) == ["prediction", "target", *hyperparameters]
    for name in hyperparameters:
        assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_gradient_and_weight_have_the_defaults_of_the_loss(row):
    for function in (row.gradient, row.weight):
        if function is not None:
            assert inspect.signature(function) == inspect.signature(row.function)
