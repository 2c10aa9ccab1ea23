"""Details of the divergences that a small mistake would change: types, axes, zeros, digits near equality."""

import itertools
import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from lossbook.divergences import (
    cross_entropy,
    entropy,
    gaussian_kl,
    hellinger,
    js_distance,
    js_general,
    kl_from_logits,
    total_variation_distance,
    wasserstein_1d,
)
from lossbook.divergences._entropy import shares_and_log_ratio
from lossbook.divergences._gaussian import _excess_of_square
from lossbook.divergences._terms import js_terms, kl_terms

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(32)


def exact_log_ratio(a, b):
    """Return p = softmax(a), q = softmax(b) and log p − log q of the floats given, in many digits."""
    p, q = ([mpmath.exp(mpmath.mpf(float(logit))) for logit in vector] for vector in (a, b))
    p, q = ([weight / mpmath.fsum(vector) for weight in vector] for vector in (p, q))
    return p, q, [mpmath.log(x / y) for x, y in zip(p, q, strict=True)]


def exact_kl(a, b):
    """Return the divergence between the softmaxes of the floats given, from many digits."""
    with mpmath.workdps(50):
        p, q, delta = exact_log_ratio(a, b)
        return float(mpmath.fsum(x * d - x + y for x, y, d in zip(p, q, delta, strict=True)))


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (gaussian_kl, ([0.0, 1.0], np.eye(2), [2.0, 0.5], 2 * np.eye(2))),
        (gaussian_kl, (0.5, 1.0, 2.0, 3.0)),
        (kl_from_logits, ([0.5, 1.0], [2.0, 0.0])),
        (js_general, ([[0.5, 0.5], [0.25, 0.75]], [0.5, 0.5])),
    ],
)
def test_the_widest_type_of_all_arguments_is_that_of_the_result(function, arguments):
    for wide in range(len(arguments)):
        types = [np.float64 if place == wide else np.float32 for place in range(len(arguments))]
        mixed = [np.asarray(argument, dtype) for argument, dtype in zip(arguments, types, strict=True)]
        assert function(*mixed).dtype == np.float64
    assert function(*(np.asarray(argument, np.float32) for argument in arguments)).dtype == np.float32


def test_long_types_keep_their_digits():
    third, two = np.longdouble(1) / 3, np.longdouble(2)
    p, q = np.array([[third, 2 * third], [2 * third, third]])
    # The entropies of the middle, log 2, and of each of them, log 3 − ⅔ log 2.
    own = np.log(np.longdouble(3)) - 2 * third * np.log(two)
    eps = 16 * np.finfo(np.longdouble).eps
    assert abs(js_distance(p, q) ** 2 / (np.log(two) - own) - 1) < eps
    assert abs(js_general([p, q]) / (np.log(two) - own) - 1) < eps
    assert abs(js_general(np.eye(2), p) / own - 1) < eps
    # The weights are thirds of its own type.
    assert abs(js_general(np.eye(3, dtype=np.longdouble)) / np.log(np.longdouble(3)) - 1) < eps
    assert abs(wasserstein_1d(p, q, support=[0, third]) / third**2 - 1) < eps


def test_short_types_are_rounded_at_the_end_alone():
    for _ in range(20):
        rows = RNG.dirichlet(np.ones(50), 7).astype(np.float32)
        # A seventh is no float32.
        assert js_general(rows) == np.float32(js_general(rows.astype(np.float64)))
    # These places are the same in float32.
    half = np.float32([0.5, 0.5])
    assert wasserstein_1d(half, np.float32([1, 0]), support=[1e9, 1e9 + 1]) == 0.5


def test_a_distribution_without_weight_counts_for_nothing():
    assert js_general([[1.0, 0.0], [0.0, 1.0]], [1.0, 0.0]) == 0
    assert js_general([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]], [0.5, 0.5, 0.0]) == 0


def test_underflow_is_ignored_whatever_the_caller_does_with_it():
    with np.errstate(all="raise"):
        assert total_variation_distance([1.0, 5e-324], [1.0, 0.0]) == 0
        assert wasserstein_1d([1e-200, 1.0], [0.0, 1.0], support=[0.0, 1e-200]) == 0


def test_a_pair_close_together_beside_one_far_apart_keeps_its_digits():
    # Of 20 and 3 of the smallest numbers above 0; the square of the difference of their roots is subnormal.
    p, q = np.array([[1.0, 1e-322], [1.0, 0.0]]), np.array([[1.0, 1.5e-323], [0.0, 1.0]])
    exact = math.sqrt(0.5) * (math.sqrt(1e-322) - math.sqrt(1.5e-323))
    assert hellinger(p, q)[0] == pytest.approx(exact, rel=1e-15, abs=0)
    # Below the last digit of the other pair's masses, running sums are those of the pair alone.
    tiny = 1e-20 * RNG.uniform(0, 1, (2, 9, 500))
    tiny[..., 0], far = 1, np.eye(500)[[0, -1]]
    support = np.arange(500)
    found = wasserstein_1d([*tiny[0], far[0]], [*tiny[1], far[1]], support=support)
    alone = [wasserstein_1d(*pair, support=support) for pair in zip(*tiny, strict=True)]
    assert found.tolist() == [*alone, 499]


def test_running_sums_round_once():
    # Each step is 6e-16 above a multiple of the last digit of the whole.
    p = np.full(2001, 2.0**-11 + 6e-16)
    p[-1] = 1 - p[:-1].sum()
    q = np.eye(2001)[-1]
    running = itertools.accumulate(map(Fraction, p[:-1].tolist()))
    found = wasserstein_1d([p, q], [q, q], support=np.arange(2001))
    np.testing.assert_allclose(found, [float(sum(running)), 0], rtol=1e-15)


def test_logits_along_the_first_axis_are_checked_along_it():
    # Along the last axis the second vectors would have nothing but −∞.
    columns = [[0.0, 0.0], [-math.inf, -math.inf]]
    assert kl_from_logits(columns, columns, axis=0).tolist() == [0, 0]
    with pytest.raises(ValueError, match=r"^q_logits must have an entry above -inf in each vector"):
        kl_from_logits([[0.0, 0.0], [0.0, 0.0]], [[0.0, -math.inf], [0.0, -math.inf]], axis=0)


def test_an_entropy_of_0_has_no_minus_even_for_one_class():
    for value in (entropy([1.0]), cross_entropy([1.0], [1.0]), cross_entropy([0.0, 1.0], [0.5, 1 - 0.5])):
        assert math.copysign(1, value) == 1


@pytest.mark.parametrize("size", [1e-12, 1e-9, 1e-5, 1e-2, 0.3])
def test_softmaxes_of_nearly_equal_logits_keep_all_digits_of_their_divergence(size):
    for _ in range(20):
        a = RNG.standard_normal(4)
        b = a + size * RNG.standard_normal(4)
        assert kl_from_logits(a, b) == pytest.approx(exact_kl(a, b), rel=1e-13, abs=0)


@pytest.mark.parametrize("gap", [0.3, 1.0, -1.0])
def test_a_log_ratio_keeps_its_digits_where_the_logarithms_are_large(gap):
    # The logarithms near −700 have an ulp of 1e-13 each, their difference has not.
    a, b = np.array([[0.1], [0.0], [-690.25]]), np.array([[0.1], [0.3], [-690.25 - gap]])
    with mpmath.workdps(50):
        exact = [float(d) for d in exact_log_ratio(a[:, 0], b[:, 0])[2]]
    np.testing.assert_allclose(shares_and_log_ratio(a, b)[2][:, 0], exact, rtol=4e-16)


def test_a_divergence_is_summed_from_terms_that_do_not_cancel():
    a, gaps = 0.1 * RNG.standard_normal((400, 5)), 0.3 * RNG.standard_normal((400, 5))
    for wide in (1, 2):
        found = kl_from_logits(a, a + wide * gaps)
        exact = [exact_kl(*pair) for pair in zip(a, a + wide * gaps, strict=True)]
        np.testing.assert_allclose(found, exact, rtol=2.2e-15)


@pytest.mark.parametrize("ratio", [1.2, 1.4, -1.2, -1.4])
def test_classes_whose_probabilities_differ_by_a_factor_of_4_cost_no_digits(ratio):
    a, b = np.array([0.0, 0.3]), np.array([2 * ratio, 0.3])
    assert kl_from_logits(a, b) == pytest.approx(exact_kl(a, b), rel=1e-15, abs=0)


def test_no_divergence_of_logits_is_negative_where_the_probabilities_underflow():
    shifts = np.linspace(-745.2, -741, 400)
    for gap in (0.6, 0.9, 1.5, -0.6, -0.9, -1.5):
        p, q = (np.stack([np.zeros_like(shifts), shifts + step], 1) for step in (0, gap))
        assert (kl_from_logits(p, q) >= 0).all()


@pytest.mark.parametrize("s", [1.00495, 0.99505, 1.0049, 0.9951, 1.003, 1 + 1e-9, 1 - 2**-52, 1.3, 0.5])
def test_the_excess_of_a_square_over_its_logarithm_has_all_digits(s):
    with mpmath.workdps(50):
        exact = mpmath.mpf(s) ** 2 - 1 - 2 * mpmath.log(mpmath.mpf(s))
    assert _excess_of_square(np.array([s]))[0] == pytest.approx(float(exact), rel=8e-16, abs=0)


@pytest.mark.parametrize("d", [0.00999, -0.00999, 0.005, -0.3, 0.4, 0.6, -0.7])
def test_a_summand_of_kl_has_all_digits_on_both_sides_of_its_joins(d):
    q = np.array([0.25, 1e-5])
    p = q * (1 + d)
    with mpmath.workdps(50):
        pairs = [(mpmath.mpf(x), mpmath.mpf(y)) for x, y in zip(p.tolist(), q.tolist(), strict=True)]
        exact = [float(x * mpmath.log(x / y) - x + y) for x, y in pairs]
    # Where the series is left, at 0.01, p log(p/q) still is 200 times the summand.
    np.testing.assert_allclose(kl_terms(p, q), exact, rtol=1e-15 if abs(d) < 0.01 else 4e-15)


@pytest.mark.parametrize(
    ("low", "high", "digits"), [(0, 0.0099, 8e-16), (0.0101, 0.03, 4e-14), (0.1, 0.9, 4e-15)]
)
def test_a_summand_of_js_has_all_digits_on_both_sides_of_its_joins(low, high, digits):
    d = np.linspace(low, high, 40)[1:]
    p, q = (1 + d) / 7, (1 - d) / 7
    with mpmath.workdps(50):
        pairs = [(mpmath.mpf(x), mpmath.mpf(y)) for x, y in zip(p.tolist(), q.tolist(), strict=True)]
        exact = [float(x * mpmath.log(2 * x / (x + y)) + y * mpmath.log(2 * y / (x + y))) for x, y in pairs]
    np.testing.assert_allclose(js_terms(p, q), exact, rtol=digits)
    np.testing.assert_allclose(js_terms(q, p), exact, rtol=digits)
