"""Entropies, divergences and distances of distributions: values, joins, edges, peers, laws, refusals."""

import math

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossbook.divergences import (
    cross_entropy,
    entropy,
    gaussian_kl,
    hellinger,
    js,
    js_distance,
    js_general,
    kl,
    kl_from_logits,
    total_variation_distance,
    wasserstein_1d,
)
from lossbook.probability import softmax

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(5)
DIVERGENCES = [kl, js, js_distance, total_variation_distance, hellinger]
quick = settings(max_examples=30, deadline=None)
# Probability vectors of 4 classes, some of them 0.
distributions = arrays(float, 4, elements=st.sampled_from([0.0, 1e-9, 0.1, 0.3, 1.0, 2.5])).filter(np.any)
distributions = distributions.map(lambda raw: raw / raw.sum())
positive = arrays(float, 4, elements=st.floats(1e-3, 1.0)).map(lambda raw: raw / raw.sum())


def of_logs(p, q):
    """Give the logarithms to kl_from_logits."""
    with np.errstate(divide="ignore"):
        return kl_from_logits(np.log(np.multiply(p, 1.0)), np.log(np.multiply(q, 1.0)))


def exactly(value, rel=1e-15):
    return pytest.approx(value, rel=rel, abs=0)


# ---- Values ----------------------------------------------------------------------------------------------


def test_values_worked_by_hand():
    assert entropy([0.5, 0.25, 0.25], base=2) == 1.5
    assert entropy([0.25] * 4) == exactly(math.log(4))
    assert cross_entropy([0.75, 0.25], [0.5, 0.5], base=2) == 1
    assert cross_entropy([0.5, 0.5], [0.75, 0.25]) == exactly(-0.5 * math.log(0.75 * 0.25))
    assert kl([0.75, 0.25], [0.5, 0.5]) == exactly(0.75 * math.log(1.5) - 0.25 * math.log(2), 4e-15)
    assert kl([0.5, 0.5], [0.75, 0.25]) == exactly(-0.5 * math.log(0.75))
    by_hand = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert js([0.75, 0.25], [0.25, 0.75]) == exactly(by_hand, 4e-15)
    assert js_distance([0.75, 0.25], [0.25, 0.75]) == exactly(math.sqrt(by_hand), 4e-15)
    assert js_general([[1, 0], [0, 1]], [0.25, 0.75], base=2) == exactly(2 - 0.75 * math.log2(3))
    assert js_general(np.eye(3)) == exactly(math.log(3))
    assert total_variation_distance([0.75, 0.25], [0.25, 0.75]) == 0.5
    assert hellinger([0.64, 0.36], [0.36, 0.64]) == exactly(0.2)
    assert wasserstein_1d([0.5, 0.5, 0], [0, 0.5, 0.5], support=[0, 1, 10]) == 0.5 * 1 + 0.5 * 9
    assert gaussian_kl(1.0, 4.0, 3.0, 1.0) == exactly(0.5 * (4 - 1 - math.log(4) + 4))
    assert gaussian_kl(1.0, 1.0, 3.0, 4.0) == exactly(0.5 * (0.25 - 1 + math.log(4) + 1))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    "size", [1e-15, 1e-9, 1e-3, 0.0098, 0.0102, 0.0198, 0.0202, 0.3, 0.499, 0.501, 0.9, 1 - 1e-12]
)
def test_near_equality_all_digits_are_kept_on_both_sides_of_the_joins(size, sign):
    # Of the first classes p is q (1 ± size), the last makes up for it.
    q = np.array([0.25, 1e-5, 0.75 - 1e-5])
    p = np.append(q[:2] * (1 + sign * size), 0)
    p[2] = 1 - p.sum()
    with mpmath.workdps(60):
        x, y = ([mpmath.mpf(float(number)) for number in vector] for vector in (p, q))
        m = [(a + b) / 2 for a, b in zip(x, y, strict=True)]
        of_p, to_m, of_q = (
            sum(a * mpmath.log(a / b) - a + b for a, b in zip(*pair, strict=True))
            for pair in ((x, y), (x, m), (y, m))
        )
        roots = sum((mpmath.sqrt(a) - mpmath.sqrt(b)) ** 2 for a, b in zip(x, y, strict=True))
        exact = [float(number) for number in (of_p, (to_m + of_q) / 2, mpmath.sqrt(roots / 2))]
    # Where the series is left, at 0.01 (half the size for JS), p log(p/q) is 200 times the summand.
    digits = [2e-15 if size < 0.01 else 4e-14, 2e-15 if size < 0.02 else 4e-14, 1e-15]
    for function, value, rel in zip((kl, js, hellinger), exact, digits, strict=True):
        assert function(p, q) == exactly(value, rel)


def test_shares_too_small_to_be_told_from_1_in_their_quotient_still_count():
    # 1e-17/q − 1 rounds to −1 and 1/1e-310 overflows.
    assert kl([1e-17, 1.0], [0.5, 0.5]) == exactly(math.log(2))
    assert kl([0.0, 1.0], [1e-310, 1.0]) == 1e-310
    assert kl([1.0, 0.0], [1e-310, 1.0]) == exactly(-math.log(1e-310))
    assert kl([1e-17, 1.0], [1e-310, 1.0]) == exactly(1e-17 * (math.log(1e-17) - math.log(1e-310) - 1))
    assert js([1e-17, 1.0], [1.0, 0.0]) == exactly(math.log(2), 1e-14)


@pytest.mark.parametrize("change", [1e-4, 1e-6, 1e-9, 1e-12])
def test_nearly_equal_rows_and_logits(change):
    a, gap = np.array([0.0, 1.0, -1.0]), change * np.array([1.0, -2.0, 0.5])
    s = softmax(a)
    # Half of the variance of the gap, and a quarter of that from the middle.
    half = ((s * gap**2).sum() - (s * gap).sum() ** 2) / 2
    assert kl_from_logits(a, a + gap) == exactly(half, max(1e-3, 100 * change))
    p = np.array([0.3, 0.2, 0.5])
    q = p + change * np.array([1, -1, 0])
    quarter = ((p - q) ** 2 / p).sum() / 8
    assert js_general([p, q]) == exactly(quarter, max(1e-4, 100 * change))


def test_a_mixtures_weights():
    ps, weights = RNG.dirichlet(np.ones(5), 3), [0.2, 0.5, 0.3]
    expected = entropy(np.average(ps, axis=0, weights=weights)) - np.dot(weights, entropy(ps))
    assert js_general(ps, weights) == exactly(expected, 1e-12)
    assert js_general(ps, weights, base=2) == exactly(expected / math.log(2), 1e-12)


# ---- Gaussians -------------------------------------------------------------------------------------------


def test_torch_has_the_same_between_gaussians():
    roots, means = RNG.standard_normal((2, 3, 3)), RNG.standard_normal((2, 3))
    covs = roots @ roots.mT + np.eye(3)
    pairs = zip(torch.tensor(means), torch.tensor(covs), strict=True)
    normals = [torch.distributions.MultivariateNormal(*pair) for pair in pairs]
    theirs = float(torch.distributions.kl_divergence(*normals))
    assert gaussian_kl(means[0], covs[0], means[1], covs[1]) == exactly(theirs, 1e-12)


def test_gaussians_nearly_equal_and_far_apart():
    for change in (1e-3, 1e-6, 1e-9):
        # ½ (v − 1 − log v) = ¼ change² − change³/6 + … for v = 1 + change.
        nearly = 0.25 * change**2 * (1 - 2 / 3 * change)
        assert gaussian_kl(0.0, 1 + change, 0.0, 1.0) == exactly(nearly, max(change**2, 1e-6))
    for steps in range(1, 40):
        assert gaussian_kl(0.0, 1 + steps * 2.0**-52, 0.0, 1.0) >= 0
        assert gaussian_kl(0.0, 1 - steps * 2.0**-53, 0.0, 1.0) >= 0
    assert gaussian_kl(0.0, 1e-200, 0.0, 1e200) == exactly(200 * math.log(10) - 0.5)
    assert gaussian_kl(0.0, 1e200, 0.0, 1e-200) == math.inf
    assert gaussian_kl(0.0, 1.0, 1e200, 1.0) == math.inf


@pytest.mark.parametrize("cov", [[[2, 2], [2, 2]], [[4e-12, 2e-6], [2e-6, 1]]])
def test_singular_covariances_are_refused(cov):
    # Of rounding alone a Cholesky factor of some such matrices exists.
    for name, arguments in [("cov_p", (cov, np.eye(2))), ("cov_q", (np.eye(2), cov))]:
        with pytest.raises(ValueError, match=f"^{name} must be positive definite; got a matrix with least"):
            gaussian_kl([0, 0], arguments[0], [1, -1], arguments[1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, 0.0, 0.0, 1.0), "cov_p must be a positive finite variance; got 0"),
        ((0.0, math.nan, 0.0, 1.0), "cov_p must be a positive finite variance; got nan"),
        ((0.0, 1.0, 0.0, math.inf), "cov_q must be a positive finite variance; got inf"),
        ((0.0, [1.0], 0.0, 1.0), "cov_p must be a number, as the mean is; got shape (1,)"),
        (([0.0], [[1]], 0.0, [[1]]), "mean_p and mean_q must have equal shapes; got (1,) and ()"),
        (([[0.0]], 1, [[0.0]], 1), "mean_p must be a number or a vector of shape (d,); got shape (1, 1)"),
        (([], 1, [], 1), "mean_p must be a number or a vector of shape (d,); got shape (0,)"),
    ],
)
def test_what_is_no_gaussian_is_refused(arguments, message):
    with pytest.raises(ValueError, match="must") as caught:
        gaussian_kl(*arguments)
    assert str(caught.value) == message


# ---- Edges -----------------------------------------------------------------------------------------------

LOG_2 = math.log(2)
# Between (1, 0) and (½, ½): the mean is (¾, ¼).
HALF_WAY = 0.5 * (math.log(4 / 3) + 0.5 * math.log(2 / 3) + 0.5 * LOG_2)


@pytest.mark.parametrize(
    ("p", "q", "h", "d", "jensen_shannon"),
    [
        ([1.0], [1.0], 0.0, 0.0, 0.0),
        ([1.0, 0.0], [1.0, 0.0], 0.0, 0.0, 0.0),
        ([0.5, 0.5, 0.0], [0.5, 0.5, 0.0], LOG_2, 0.0, 0.0),
        ([1.0, 0.0], [0.5, 0.5], LOG_2, LOG_2, HALF_WAY),
        ([0.5, 0.5], [1.0, 0.0], math.inf, math.inf, HALF_WAY),
        ([1.0, 0.0], [0.0, 1.0], math.inf, math.inf, LOG_2),
        ([0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.25, 0.75], math.inf, math.inf, LOG_2),
        ([1.0, 0.0], [1e-300, 1.0], 300 * math.log(10), 300 * math.log(10), LOG_2),
        # The least float: p/q is beyond the largest one.
        ([1.0, 0.0], [5e-324, 1.0], 1074 * LOG_2, 1074 * LOG_2, LOG_2),
    ],
)
def test_zeros_and_point_masses(p, q, h, d, jensen_shannon):
    assert cross_entropy(p, q) == exactly(h)
    assert kl(p, q) == pytest.approx(d, rel=1e-15, abs=1e-300)
    assert of_logs(p, q) == pytest.approx(d, rel=1e-15, abs=1e-300)
    for first, second in [(p, q), (q, p)]:
        assert js(first, second) == pytest.approx(jensen_shannon, rel=4e-16, abs=1e-300)
        assert js_distance(first, second) == pytest.approx(math.sqrt(jensen_shannon), rel=4e-16, abs=1e-300)


def test_an_entropy_of_0_has_no_minus():
    for value in (entropy([0.0, 1.0]), entropy([1.0]), cross_entropy([1.0, 0.0], [1.0, 0.0])):
        assert math.copysign(1, value) == 1
        assert value == 0


def test_the_least_floats_have_a_finite_jensen_shannon_divergence():
    # Half of the least float rounds to 0; the exact distance is 1.3e-162.
    for pair in [([1.0, 5e-324], [1.0, 0.0]), ([1.0, 0.0], [1.0, 5e-324])]:
        assert js(*pair) <= 5e-324
        assert js_distance(*pair) <= 1.4e-162
        assert js_general(pair) <= 5e-324


def test_what_has_no_weight_counts_for_nothing():
    assert js_general([[1.0, 0.0], [0.0, 1.0]], [1.0, 0.0]) == 0
    assert js_general([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]], [0.5, 0.5, 0.0]) == 0
    assert js_general([[0.25, 0.75]]) == 0


def test_of_nothing_there_is_nothing():
    none = np.zeros((0, 2))
    for function in (cross_entropy, kl, js, hellinger, total_variation_distance, kl_from_logits):
        assert function(none, none).shape == (0,)
    assert wasserstein_1d(none, none, support=[0, 1]).shape == (0,)
    for ps in ([0.5, 0.5], none, [[[1.0]]]):
        with pytest.raises(ValueError, match=r"^ps must have shape \(n, K\) with n at least 1; got \("):
            js_general(ps)


def test_sums_that_are_a_little_off_are_taken_as_they_are():
    assert kl([0.5, 0.5 + 1e-7], [0.5, 0.5]) == exactly(1e-14, 1e-2)
    assert entropy([1 + 1e-7]) == exactly(-1e-7, 1e-6)
    assert kl(np.float32([0.5, 0.50005]), np.float32([0.5, 0.5])) > 0


def test_extreme_logits():
    assert kl_from_logits([0.0, 0.0], [0.0, -1e4]) == exactly(5e3 - LOG_2)
    assert kl_from_logits([1e5, -1e5], [-1e5, 1e5]) == 2e5
    assert kl_from_logits([0.0, -1e308], [0.0, -1e5]) == 0
    assert kl_from_logits([1e308, -1e308], [-1e308, 1e308]) == math.inf
    assert kl_from_logits([5.0], [-1e300]) == 0


def test_logits_of_minus_infinity_are_classes_without_a_chance():
    no = -math.inf
    assert kl_from_logits([0.0, no], [0.0, 0.0]) == exactly(LOG_2)
    assert kl_from_logits([0.0, 0.0], [0.0, no]) == math.inf
    assert kl_from_logits([0.0, no], [3.0, no]) == 0
    # In both arguments, in either and in none of them.
    assert kl_from_logits([0.0, no, no, 0.0], [0.0, no, 0.0, 0.0]) == exactly(math.log(1.5))
    assert kl_from_logits([[0.0, 0.0], [no, no]], [[0.0, 1.0], [no, no]], axis=0).tolist() == [0, 0]


def test_supports():
    assert wasserstein_1d([1.0], [1.0], support=[3.0]) == 0
    # The distance grows with the shift, and with the unit of the places.
    block = np.array([0.5, 0.5] + [0.0] * 8)
    shifted = [np.roll(block, k) for k in (2, 4, 6)]
    assert [wasserstein_1d(block, q, support=3 * np.arange(10) - 7) for q in shifted] == [6, 12, 18]
    # Places that are the same in float32.
    assert wasserstein_1d(np.float32([0.5, 0.5]), np.float32([1, 0]), support=[1e9, 1e9 + 1]) == 0.5
    assert wasserstein_1d(*np.float32([[0, 1], [1, 0]]), support=[0.0, 1.0]).dtype == np.float32
    # Places further apart than the largest float.
    far = [-1.5e308, 1.5e308]
    assert wasserstein_1d([0.75, 0.25], [0.5, 0.5], support=far) == exactly(0.75e308)
    assert wasserstein_1d([1.0, 0.0], [0.0, 1.0], support=far) == math.inf


def test_the_type_of_the_result_is_the_widest_of_all_arguments():
    for function, arguments in (
        (gaussian_kl, ([0.0, 1.0], np.eye(2), [2.0, 0.5], 2 * np.eye(2))),
        (js_general, ([[0.5, 0.5], [0.25, 0.75]], [0.5, 0.5])),
    ):
        for wide in range(len(arguments)):
            mixed = [np.float32(argument) for argument in arguments]
            mixed[wide] = np.float64(mixed[wide])
            assert function(*mixed).dtype == np.float64


# ---- Laws --------------------------------------------------------------------------------------------------


@quick
@given(distributions, distributions)
def test_bounds_and_identities(p, q):
    assert 0 <= entropy(p) <= math.log(4) + 1e-15
    assert 0 <= js(p, q) <= LOG_2 + 1e-15
    assert cross_entropy(p, q) == pytest.approx(entropy(p) + kl(p, q), abs=1e-13)
    middle = entropy((p + q) / 2)
    assert js(p, q) == pytest.approx(middle - entropy(p) / 2 - entropy(q) / 2, abs=1e-14)
    assert js_general([p, q]) == pytest.approx(js(p, q), rel=1e-12, abs=1e-16)
    # Pinsker, and Hellinger below and above total variation.
    tv = total_variation_distance(p, q)
    assert tv <= math.sqrt(kl(p, q) / 2) + 1e-15
    assert hellinger(p, q) ** 2 - 1e-15 <= tv <= math.sqrt(2) * hellinger(p, q) + 1e-15


@quick
@given(positive, st.sampled_from([1e-9, 1e-12, 1e-15]), st.integers(0, 2**32))
def test_nothing_is_negative_between_nearly_equal_distributions(p, change, seed):
    q = p * (1 + change * np.random.default_rng(seed).uniform(-1, 1, 4))
    for function in DIVERGENCES:
        assert function(p, q) >= 0
        assert (function(p, q) == 0) == (p == q).all()
    assert js_general([p, q]) >= 0
    assert of_logs(p, q) >= 0
