"""Details of the regression losses that a small mistake in the code would change: widths and underflow."""

import numpy as np
import pytest

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
