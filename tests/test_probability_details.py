"""Details of sigmoid and softmax that a small mistake would change: types, temperatures, parts, digits."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from lossbook.probability import log_softmax, softmax, softmax_jacobian, softmax_vjp
from lossbook.probability._softmax import shares_and_logs

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


def exact_softmax(logits):
    """Return the softmax of the floats given, from many digits."""
    with mpmath.workdps(50):
        weights = [mpmath.exp(mpmath.mpf(float(logit))) for logit in logits]
        total = mpmath.fsum(weights)
        return np.array([float(weight / total) for weight in weights])


@pytest.mark.parametrize("logits", [[1000.1, 300.3], [601.7, -90.3], [-200.1, -750.3], [-270.3, -800.1]])
def test_a_difference_of_logits_that_rounds_costs_no_digits(logits):
    first, second = map(Fraction, logits)
    assert first - second != Fraction(logits[0] - logits[1])
    np.testing.assert_allclose(softmax(logits), exact_softmax(logits), rtol=8e-16)
    np.testing.assert_allclose(softmax(logits[::-1]), exact_softmax(logits)[::-1], rtol=8e-16)


@pytest.mark.parametrize("level", [-650, 0, 590])
def test_a_sum_of_many_exponentials_rounds_no_more_than_one_of_them(level):
    # Added one after the other, they would be wrong by a dozen units in the last place.
    logits = level + np.linspace(-3, 3, 1001)
    shares = softmax(logits)
    np.testing.assert_allclose(shares, exact_softmax(logits), rtol=8e-16)
    # So it is beside vectors of other sizes, too.
    together = softmax([np.zeros(1001), logits, logits - 10, np.full(1001, 599.0)])
    np.testing.assert_array_equal(together[1], shares)


def test_shares_and_their_logarithms_are_those_of_softmax_for_several_vectors_at_once():
    logits = np.array([[0.3, 2.0, -1.0, 0.3], [900.0, 901.0, 10.0, 0.0], [-3.0, -800.0, -2.5, -2.5]])
    shares, logs = shares_and_logs(logits.T.copy())
    np.testing.assert_array_equal(shares.T, softmax(logits))
    np.testing.assert_array_equal(logs.T, log_softmax(logits))
