"""Details of sigmoid and softmax that a small mistake would change: types, temperatures, common parts."""

import numpy as np
import pytest

from lossbook.probability import log_softmax, softmax, softmax_jacobian, softmax_vjp

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(30)


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_a_temperature_must_exist_in_the_type_of_the_logits(function):
    function([1.0, 2.0], temperature=1e-60)
    with pytest.raises(
        ValueError, match=r"^temperature must be a positive finite number in float32; got 1e-60$"
    ):
        function(np.float32([1, 2]), temperature=1e-60)


def test_the_product_has_the_wider_type_of_its_arguments():
    logits, vector = RNG.standard_normal((2, 4))
    for narrow in (np.float16, np.float32):
        assert softmax_vjp(logits.astype(narrow), vector).dtype == np.float64
        assert softmax_vjp(logits, vector.astype(narrow)).dtype == np.float64
        assert softmax_vjp(logits.astype(narrow), vector.astype(narrow)).dtype == narrow


def test_a_part_that_the_vector_has_everywhere_does_not_count():
    for logits in ([0.3, -1.0], [-1.0, 0.3]):
        first, second = softmax(logits)
        product = softmax_vjp(logits, [2.0**50 + 1, 2.0**50])
        np.testing.assert_allclose(product, first * second * np.array([1, -1]), rtol=1e-14)


def test_the_jacobian_is_rounded_once_in_short_types_and_long_in_long_ones():
    logits = RNG.standard_normal((20, 5)).astype(np.float32)
    exact = softmax_jacobian(logits.astype(np.float64))
    np.testing.assert_array_equal(softmax_jacobian(logits), exact.astype(np.float32))
    thirds = softmax_jacobian(np.zeros(3, np.longdouble))
    assert (abs(9 * np.diagonal(thirds) - 2) <= 8 * np.finfo(np.longdouble).eps).all()
