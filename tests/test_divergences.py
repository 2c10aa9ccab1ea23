"""Entropies, divergences and distances of distributions: values, joins, edges, peers, laws, refusals."""

import itertools
import math

import mpmath
import numpy as np
import pytest
import scipy.spatial.distance
import scipy.stats
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
P, Q = RNG.dirichlet(np.ones(5), (2, 4, 3))
DIVERGENCES = [kl, js, js_distance, total_variation_distance, hellinger]
METRICS = [js_distance, total_variation_distance, hellinger]

quick = settings(max_examples=30, deadline=None)
# Probability vectors of 4 classes, some of them 0.
distributions = arrays(float, 4, elements=st.sampled_from([0.0, 1e-9, 0.1, 0.3, 1.0, 2.5])).filter(np.any)
distributions = distributions.map(lambda raw: raw / raw.sum())
positive = arrays(float, 4, elements=st.floats(1e-3, 1.0)).map(lambda raw: raw / raw.sum())


def on_a_line(p, q):
    """Put the classes at the places 0, 1, 2, …"""
    return wasserstein_1d(p, q, support=np.arange(np.shape(p)[-1]))


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


def test_scipy_has_the_same():
    for axis, base in [(-1, None), (0, 2), (1, 10.0)]:
        p, q = np.moveaxis(P, -1, axis), np.moveaxis(Q, -1, axis)
        both = {"base": base, "axis": axis}
        np.testing.assert_allclose(entropy(p, **both), scipy.stats.entropy(p, **both), rtol=1e-13)
        np.testing.assert_allclose(kl(p, q, **both), scipy.stats.entropy(p, q, **both), rtol=1e-12)
        theirs = scipy.spatial.distance.jensenshannon(p, q, **both)
        np.testing.assert_allclose(js_distance(p, q, **both), theirs, rtol=1e-12)
        np.testing.assert_allclose(js(p, q, **both), theirs**2, rtol=1e-12)
        sums = entropy(p, **both) + kl(p, q, **both)
        np.testing.assert_allclose(cross_entropy(p, q, **both), sums, rtol=1e-13)
    places = np.array([-3.0, 0.5, 0.75, 2.0, 100.0])
    theirs = [
        scipy.stats.wasserstein_distance(places, places, *pair) for pair in zip(P[0], Q[0], strict=True)
    ]
    np.testing.assert_allclose(wasserstein_1d(P, Q, support=places)[0], theirs, rtol=1e-12)


def test_torch_has_the_same():
    a, b = 3 * RNG.standard_normal((2, 6, 5))
    log_p, log_q = torch.log_softmax(torch.tensor(a), -1), torch.log_softmax(torch.tensor(b), -1)
    theirs = torch.nn.functional.kl_div(log_q, log_p, reduction="none", log_target=True).sum(-1)
    np.testing.assert_allclose(kl_from_logits(a, b), theirs, rtol=1e-12)
    np.testing.assert_allclose(kl_from_logits(a.T, b.T, axis=0), theirs, rtol=1e-12)
    np.testing.assert_allclose(kl_from_logits(a, b), kl(softmax(a), softmax(b)), rtol=1e-12)
    for d in (1, 3):
        roots, means = RNG.standard_normal((2, d, d)), RNG.standard_normal((2, d))
        covs = roots @ roots.mT + np.eye(d)
        normals = [
            torch.distributions.MultivariateNormal(torch.tensor(mean), torch.tensor(cov))
            for mean, cov in zip(means, covs, strict=True)
        ]
        theirs = float(torch.distributions.kl_divergence(*normals))
        assert gaussian_kl(means[0], covs[0], means[1], covs[1]) == exactly(theirs, 1e-12)


def test_the_definitions_have_the_same():
    for p, q in zip(P.reshape(-1, 5), Q.reshape(-1, 5), strict=True):
        roots = math.dist(np.sqrt(p), np.sqrt(q)) / math.sqrt(2)
        assert hellinger(p, q) == exactly(roots, 1e-13)
        # The largest difference on one of the 32 events.
        events = itertools.product([0, 1], repeat=5)
        assert total_variation_distance(p, q) == exactly(max(np.dot(e, p - q) for e in events), 1e-13)
    ps, weights = P[0], [0.2, 0.5, 0.3]
    mixture = np.average(ps, axis=0, weights=weights)
    expected = sum(w * kl(p, mixture) for w, p in zip(weights, ps, strict=True))
    assert js_general(ps, weights) == exactly(expected, 1e-13)
    identity = entropy(mixture) - np.dot(weights, entropy(ps))
    assert js_general(ps, weights) == exactly(identity, 1e-12)
    assert js_general(ps, weights, base=2) == exactly(identity / math.log(2), 1e-12)
    assert js_general(ps[:2]) == exactly(js(ps[0], ps[1]), 1e-13)


# ---- Gaussians -------------------------------------------------------------------------------------------


def test_gaussians_add_up_and_are_those_of_an_integral():
    separate = gaussian_kl(0.0, 2.0, 1.0, 3.0) + gaussian_kl(5.0, 0.1, 5.0, 7.0)
    joint = gaussian_kl([0.0, 5.0], np.diag([2.0, 0.1]), [1.0, 5.0], np.diag([3.0, 7.0]))
    assert joint == exactly(separate, 1e-14)
    x = np.linspace(-20, 20, 4001)
    densities = [np.exp(-((x - m) ** 2) / (2 * v)) for m, v in [(0.5, 1.0), (-1.0, 4.0)]]
    p, q = (density / density.sum() for density in densities)
    assert kl(p, q) == exactly(gaussian_kl(0.5, 1.0, -1.0, 4.0), 1e-9)


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


@pytest.mark.parametrize(
    "cov", [[[2, 2], [2, 2]], [[4e-12, 2e-6], [2e-6, 1]], [[1, 1 + 1e-12], [1 + 1e-12, 1]]]
)
def test_singular_covariances_are_refused(cov):
    # Of rounding alone a Cholesky factor of some such matrices exists.
    for name, arguments in [("cov_p", (cov, np.eye(2))), ("cov_q", (np.eye(2), cov))]:
        with pytest.raises(ValueError, match=f"^{name} must be positive definite; got a matrix with least"):
            gaussian_kl([0, 0], arguments[0], [1, -1], arguments[1])
    for point in RNG.standard_normal((100, 2)):
        with pytest.raises(ValueError, match=r"^cov_q must be positive definite"):
            gaussian_kl([0, 0], np.eye(2), [0, 0], np.outer(point, point))


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
    for function in (cross_entropy, kl, js, hellinger, total_variation_distance, on_a_line, kl_from_logits):
        assert function(none, none).shape == (0,)


@pytest.mark.parametrize("change", [1e-4, 1e-6, 1e-9, 1e-12])
def test_nearly_equal_distributions(change):
    p = np.array([0.3, 0.2, 0.1, 0.4])
    q = p + change * np.array([1, -1, 1, -1])
    expected = 0.5 * ((p - q) ** 2 / q).sum()
    digits = max(1e-5, 100 * change)
    assert kl(p, q) == exactly(expected, digits)
    assert kl(q, p) == exactly(expected, digits)
    assert js(p, q) == exactly(expected / 4, digits)
    assert js_general([p, q]) == exactly(expected / 4, digits)
    assert hellinger(p, q) == exactly(math.sqrt(expected) / 2, digits)
    a = np.array([0.0, 1.0, -1.0])
    gap = change * np.array([1.0, -2.0, 0.5])
    s = softmax(a)
    variance = (s * gap**2).sum() - (s * gap).sum() ** 2
    assert kl_from_logits(a, a + gap) == exactly(variance / 2, max(1e-3, 100 * change))


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
    # Where the probabilities underflow: 400 shifts over the least floats.
    shifts = np.linspace(-745.2, -741, 400)
    for gap in (0.6, 0.9, 1.5, -0.6, -0.9, -1.5):
        p, q = (np.stack([np.zeros_like(shifts), shifts + step], 1) for step in (0, gap))
        assert (kl_from_logits(p, q) >= 0).all()


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
    assert wasserstein_1d([1.0, 0.0], [0.0, 1.0], support=[-2.0, 5e9]) == 5e9 + 2
    # Places that are the same in float32, and places further apart than the largest float.
    assert wasserstein_1d(np.float32([0.5, 0.5]), np.float32([1, 0]), support=[1e9, 1e9 + 1]) == 0.5
    far = [-1.5e308, 1.5e308]
    assert wasserstein_1d([0.75, 0.25], [0.5, 0.5], support=far) == exactly(0.75e308)
    assert wasserstein_1d([1.0, 0.0], [1.0, 0.0], support=far) == 0
    assert wasserstein_1d([1.0, 0.0], [0.0, 1.0], support=far) == math.inf


def test_the_type_of_the_result_is_the_widest_of_all_arguments():
    arguments = ([0.0, 1.0], np.eye(2), [2.0, 0.5], 2 * np.eye(2)), ([[0.5, 0.5], [0.25, 0.75]], [0.5, 0.5])
    for function, given_arguments in zip((gaussian_kl, js_general), arguments, strict=True):
        for wide in range(len(given_arguments)):
            mixed = [np.float32(argument) for argument in given_arguments]
            assert function(*mixed).dtype == np.float32
            mixed[wide] = np.float64(mixed[wide])
            assert function(*mixed).dtype == np.float64
    assert wasserstein_1d(*np.float32([[0, 1], [1, 0]]), support=[0.0, 1.0]).dtype == np.float32


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


@quick
@given(distributions, distributions, distributions)
def test_metrics(p, q, r):
    for metric in (*METRICS, on_a_line):
        assert metric(p, p) == 0
        assert metric(p, q) == exactly(metric(q, p), 1e-14)
        assert metric(p, r) <= metric(p, q) + metric(q, r) + 1e-14


def test_wasserstein_grows_with_the_shift_where_the_others_do_not():
    block = np.array([0.5, 0.5] + [0.0] * 8)
    shifted = [np.roll(block, k) for k in (2, 4, 6)]
    assert [on_a_line(block, q) for q in shifted] == [2, 4, 6]
    assert len({float(js(block, q)) for q in shifted}) == 1
    places = np.array([0.0, 1.0, 4.0, 9.0])
    p, q = softmax([0.0, 1, 2, 3]), softmax([3.0, 1, 0, 0])
    there = wasserstein_1d(p, q, support=3 * places - 7)
    assert there == exactly(3 * wasserstein_1d(p, q, support=places))


# ---- Refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", [1, 0, -2.0, 0.5, math.nan, math.inf, "2", True, [2]])
@pytest.mark.parametrize("function", [cross_entropy, kl, js, js_distance, entropy, js_general])
def test_a_bad_base_is_refused(function, base):
    vectors = [[[0.5, 0.5]]] * (1 if function in (entropy, js_general) else 2)
    message = r"^base must be None or a finite number above 1; got"
    with pytest.raises((TypeError, ValueError), match=message):
        function(*vectors, base=base)


def test_bad_arguments_of_js_general_are_refused():
    message = r"^ps must have shape \(n, K\) with n at least 1; got \("
    for ps in ([0.5, 0.5], np.zeros((0, 2)), [[[1.0]]]):
        with pytest.raises(ValueError, match=message):
            js_general(ps)
    with pytest.raises(ValueError, match=r"^weights must have shape \(2,\); got \(1,\)$"):
        js_general([[0.5, 0.5]] * 2, [1.0])


@pytest.mark.parametrize(
    ("support", "message"),
    [
        ([0, 1], r"support must have shape \(3,\), one place a class; got \(2,\)"),
        (0.0, r"support must have shape \(3,\), one place a class; got \(\)"),
        ([0, 1, math.inf], r"support must be finite; got inf at index \(2,\)"),
        ([math.nan, 0, 1], r"support must be finite; got nan at index \(0,\)"),
        ([1, 0, -1], "support must be increasing; got 1 before 0 at index 0"),
        ([0, 1, 1], "support must be increasing; got 1 before 1 at index 1"),
    ],
)
def test_bad_supports_are_refused(support, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        wasserstein_1d([0.5, 0.5, 0], [1.0, 0.0, 0], support=support)


EYE = np.eye(2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, 0.0, 0.0, 1.0), "cov_p must be a positive finite variance; got 0"),
        ((0.0, 1.0, 0.0, -1.0), "cov_q must be a positive finite variance; got -1"),
        ((0.0, math.nan, 0.0, 1.0), "cov_p must be a positive finite variance; got nan"),
        ((0.0, 1.0, 0.0, math.inf), "cov_q must be a positive finite variance; got inf"),
        ((math.nan, 1.0, 0.0, 1.0), "mean_p must be finite; got nan"),
        ((0.0, 1.0, math.inf, 1.0), "mean_q must be finite; got inf"),
        ((0.0, [1.0], 0.0, 1.0), "cov_p must be a number, as the mean is; got shape (1,)"),
        (([0.0], EYE, 0.0, EYE), "mean_p and mean_q must have equal shapes; got (1,) and ()"),
        (([[0.0]], EYE, [[0.0]], EYE), "mean_p must be a number or a vector of shape (d,); got shape (1, 1)"),
        (([], EYE, [], EYE), "mean_p must be a number or a vector of shape (d,); got shape (0,)"),
    ],
)
def test_what_is_no_gaussian_is_refused(arguments, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
        gaussian_kl(*arguments)
    assert str(caught.value).startswith(message)
