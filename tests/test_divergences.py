"""The contract of entropies, divergences and distances of distributions: values, edges, refusals, laws."""

import itertools
import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import scipy.spatial.distance
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossbook import divergences
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
WITH_BASE = [cross_entropy, kl, js, js_distance]
PAIRED = [*WITH_BASE, total_variation_distance, hellinger]
METRICS = [js_distance, total_variation_distance, hellinger]


def on_a_line(p, q):
    """Put the classes at the places 0, 1, 2, …"""
    return wasserstein_1d(p, q, support=np.arange(np.shape(p)[-1]))


def of_logs(p, q):
    """Give the logarithms to kl_from_logits."""
    with np.errstate(divide="ignore"):
        return kl_from_logits(*(np.log(np.multiply(vector, 1.0)) for vector in (p, q)))


quick = settings(max_examples=30, deadline=None)
# Probability vectors of 4 classes, some of them 0.
distributions = arrays(float, 4, elements=st.sampled_from([0.0, 1e-9, 0.1, 0.3, 1.0, 2.5])).filter(np.any)
distributions = distributions.map(lambda raw: raw / raw.sum())
positive = arrays(float, 4, elements=st.floats(1e-3, 1.0)).map(lambda raw: raw / raw.sum())


def test_every_public_function_is_here():
    tested = {f.__name__ for f in [*PAIRED, entropy, js_general, kl_from_logits, wasserstein_1d, gaussian_kl]}
    assert tested == set(divergences.__all__)


# ---- Values ----------------------------------------------------------------------------------------------


def test_values_worked_by_hand():
    assert entropy([0.5, 0.25, 0.25], base=2) == 1.5
    assert entropy([0.25] * 4) == pytest.approx(math.log(4), rel=1e-15, abs=0)
    assert cross_entropy([0.75, 0.25], [0.5, 0.5], base=2) == 1
    assert kl([0.75, 0.25], [0.5, 0.5]) == pytest.approx(
        0.75 * math.log(1.5) - 0.25 * math.log(2), rel=1e-15, abs=0
    )
    assert kl([0.5, 0.5], [0.75, 0.25]) == pytest.approx(-0.5 * math.log(0.75), rel=1e-15, abs=0)
    # From the average (.5, .5): half of .75 log 1.5 + .25 log .5, twice.
    by_hand = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert js([0.75, 0.25], [0.25, 0.75]) == pytest.approx(by_hand, rel=1e-15, abs=0)
    assert js_distance([0.75, 0.25], [0.25, 0.75]) == pytest.approx(math.sqrt(by_hand), rel=1e-15, abs=0)
    assert total_variation_distance([0.75, 0.25], [0.25, 0.75]) == 0.5
    assert hellinger([0.64, 0.36], [0.36, 0.64]) == pytest.approx(0.2, rel=1e-14, abs=0)
    assert wasserstein_1d([0.5, 0.5, 0], [0, 0.5, 0.5], support=[0, 1, 10]) == 0.5 * 1 + 0.5 * 9
    assert js_general([[1, 0], [0, 1]], [0.25, 0.75], base=2) == pytest.approx(2 - 0.75 * math.log2(3))
    assert gaussian_kl(1.0, 4.0, 3.0, 1.0) == pytest.approx(0.5 * (4 - 1 - math.log(4) + 4), rel=1e-15, abs=0)


def test_scipy_has_the_same():
    np.testing.assert_allclose(entropy(P), scipy.stats.entropy(P, axis=-1), rtol=1e-13)
    for axis, base in [(-1, None), (-1, 2), (-1, 10.0)]:
        np.testing.assert_allclose(
            kl(P, Q, base=base), scipy.stats.entropy(P, Q, base=base, axis=axis), rtol=1e-12
        )
        theirs = scipy.spatial.distance.jensenshannon(P, Q, base=base, axis=axis)
        np.testing.assert_allclose(js_distance(P, Q, base=base), theirs, rtol=1e-12)
        np.testing.assert_allclose(js(P, Q, base=base), theirs**2, rtol=1e-12)
    for p, q in zip(P[0], Q[0], strict=True):
        assert total_variation_distance(p, q) == pytest.approx(scipy.spatial.distance.cityblock(p, q) / 2)
        places = np.array([-3.0, 0.5, 0.75, 2.0, 100.0])
        theirs = scipy.stats.wasserstein_distance(places, places, p, q)
        assert wasserstein_1d(p, q, support=places) == pytest.approx(theirs, rel=1e-12, abs=0)


def test_torch_has_the_same():
    p, q = torch.tensor(P.reshape(-1, 5)), torch.tensor(Q.reshape(-1, 5))
    theirs = torch.nn.functional.cross_entropy(q.log(), p, reduction="none")
    np.testing.assert_allclose(cross_entropy(P, Q).ravel(), theirs, rtol=1e-13)
    theirs = torch.nn.functional.kl_div(q.log(), p, reduction="none").sum(-1)
    np.testing.assert_allclose(kl(P, Q).ravel(), theirs, rtol=1e-11)
    a, b = 3 * RNG.standard_normal((2, 6, 5))
    log_p, log_q = torch.log_softmax(torch.tensor(a), -1), torch.log_softmax(torch.tensor(b), -1)
    theirs = torch.nn.functional.kl_div(log_q, log_p, reduction="none", log_target=True).sum(-1)
    np.testing.assert_allclose(kl_from_logits(a, b), theirs, rtol=1e-12)
    np.testing.assert_allclose(kl_from_logits(a, b), kl(softmax(a), softmax(b)), rtol=1e-12)


def test_slow_loops_have_the_same():
    for p, q in zip(P.reshape(-1, 5), Q.reshape(-1, 5), strict=True):
        roots = math.dist(np.sqrt(p), np.sqrt(q)) / math.sqrt(2)
        assert hellinger(p, q) == pytest.approx(roots, rel=1e-12, abs=0)
        # The largest difference on one of the 32 events.
        events = itertools.product([0, 1], repeat=5)
        assert total_variation_distance(p, q) == pytest.approx(max(np.dot(e, p - q) for e in events))
    ps, weights = P[0], [0.2, 0.5, 0.3]
    expected = sum(
        w * kl(p, np.average(ps, axis=0, weights=weights)) for w, p in zip(weights, ps, strict=True)
    )
    assert js_general(ps, weights) == pytest.approx(expected, rel=1e-13, abs=0)


def test_gaussians():
    root_p, root_q = RNG.standard_normal((2, 3, 3))
    cov_p, cov_q = root_p @ root_p.T + np.eye(3), root_q @ root_q.T + np.eye(3)
    mean_p, mean_q = RNG.standard_normal((2, 3))
    normals = [
        torch.distributions.MultivariateNormal(torch.tensor(mean), torch.tensor(cov))
        for mean, cov in [(mean_p, cov_p), (mean_q, cov_q)]
    ]
    divergence = gaussian_kl(mean_p, cov_p, mean_q, cov_q)
    assert divergence == pytest.approx(float(torch.distributions.kl_divergence(*normals)), rel=1e-12, abs=0)
    # An invertible affine map of both changes nothing, and independent coordinates add up.
    change = RNG.standard_normal((3, 3))
    moved = [change @ mean_p + 1, change @ cov_p @ change.T, change @ mean_q + 1, change @ cov_q @ change.T]
    moved[1], moved[3] = (moved[1] + moved[1].T) / 2, (moved[3] + moved[3].T) / 2
    assert gaussian_kl(*moved) == pytest.approx(divergence, rel=1e-9, abs=0)
    separate = gaussian_kl(0.0, 2.0, 1.0, 3.0) + gaussian_kl(5.0, 0.1, 5.0, 7.0)
    joint = gaussian_kl([0.0, 5.0], np.diag([2.0, 0.1]), [1.0, 5.0], np.diag([3.0, 7.0]))
    assert joint == pytest.approx(separate, rel=1e-14, abs=0)
    assert gaussian_kl(mean_p, cov_p, mean_p, cov_p) == pytest.approx(0, abs=1e-28)
    assert gaussian_kl(0.0, 1.0, 0.0, 1 + 1e-9) == pytest.approx(0.25e-18, rel=1e-6, abs=0)
    assert gaussian_kl([1], [[2]], [0], [[3]]) == pytest.approx(gaussian_kl(1, 2, 0, 3), rel=1e-15, abs=0)


@pytest.mark.parametrize("steps", range(1, 40))
def test_nearly_equal_gaussians_have_no_negative_divergence(steps):
    for ratio in (1 + steps * 2.0**-52, 1 - steps * 2.0**-53, 1 + steps * 1e-9):
        divergence = gaussian_kl(0.0, ratio, 0.0, 1.0)
        assert divergence >= 0
        # About ¼ (ratio − 1)², where the standard deviation's rounding moves ratio − 1 by that of 1.
        assert 2 * math.sqrt(divergence) == pytest.approx(abs(ratio - 1), rel=1e-5, abs=1.1 * 2.0**-52)


def test_a_numerical_integral_has_the_same():
    x = np.linspace(-20, 20, 4001)
    densities = [np.exp(-((x - m) ** 2) / (2 * v)) for m, v in [(0.5, 1.0), (-1.0, 4.0)]]
    p, q = (density / density.sum() for density in densities)
    assert kl(p, q) == pytest.approx(gaussian_kl(0.5, 1.0, -1.0, 4.0), rel=1e-9, abs=0)


# ---- Edges -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "q", "h", "d", "jensen_shannon"),
    [
        ([1.0], [1.0], 0.0, 0.0, 0.0),
        ([1.0, 0.0], [1.0, 0.0], 0.0, 0.0, 0.0),
        ([0.5, 0.5, 0.0], [0.5, 0.5, 0.0], math.log(2), 0.0, 0.0),
        ([1.0, 0.0], [0.5, 0.5], math.log(2), math.log(2), 0.75 * math.log(4 / 3)),
        ([0.5, 0.5], [1.0, 0.0], math.inf, math.inf, 0.75 * math.log(4 / 3)),
        ([1.0, 0.0], [0.0, 1.0], math.inf, math.inf, math.log(2)),
        ([0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.25, 0.75], math.inf, math.inf, math.log(2)),
        ([1.0, 0.0], [1e-300, 1.0], 300 * math.log(10), 300 * math.log(10), math.log(2)),
        # p/q is beyond the largest float.
        ([1.0, 0.0], [5e-324, 1.0], 1074 * math.log(2), 1074 * math.log(2), math.log(2)),
    ],
)
def test_zeros_and_point_masses(p, q, h, d, jensen_shannon):
    assert cross_entropy(p, q) == pytest.approx(h, rel=1e-15, abs=0)
    assert kl(p, q) == pytest.approx(d, rel=1e-15, abs=1e-300)
    assert of_logs(p, q) == pytest.approx(d, rel=1e-15, abs=1e-300)
    if jensen_shannon == 0.75 * math.log(4 / 3):
        jensen_shannon = 0.5 * (math.log(4 / 3) + 0.5 * math.log(2 / 3) + 0.5 * math.log(2))
    for first, second in [(p, q), (q, p)]:
        assert js(first, second) == pytest.approx(jensen_shannon, rel=4e-16, abs=1e-300)
        assert js_distance(first, second) == pytest.approx(math.sqrt(jensen_shannon), rel=4e-16, abs=1e-300)


def test_a_point_mass_has_the_entropy_0_without_a_minus():
    for value in (entropy([0.0, 1.0]), entropy([1.0]), cross_entropy([1.0, 0.0], [1.0, 0.0])):
        assert math.copysign(1, value) == 1
        assert value == 0


@pytest.mark.parametrize("change", [1e-4, 1e-6, 1e-9, 1e-12])
def test_nearly_equal_distributions(change):
    p = np.array([0.3, 0.2, 0.1, 0.4])
    q = p + change * np.array([1, -1, 1, -1])
    expected = 0.5 * ((p - q) ** 2 / q).sum()
    digits = {"rel": max(1e-5, 100 * change), "abs": 0}
    assert kl(p, q) == pytest.approx(expected, **digits)
    assert kl(q, p) == pytest.approx(expected, **digits)
    assert js(p, q) == pytest.approx(expected / 4, **digits)
    assert js_distance(p, q) == pytest.approx(math.sqrt(expected / 4), **digits)
    assert js_general([p, q]) == pytest.approx(expected / 4, **digits)
    assert hellinger(p, q) == pytest.approx(math.sqrt(expected) / 2, **digits)
    a = np.array([0.0, 1.0, -1.0])
    b = a + change * np.array([1.0, -2.0, 0.5])
    s, gap = softmax(a), b - a
    variance = (s * gap**2).sum() - (s * gap).sum() ** 2
    assert kl_from_logits(a, b) == pytest.approx(variance / 2, rel=max(1e-3, 100 * change), abs=0)


@pytest.mark.parametrize("d", [-0.0099, 0.0099, -0.003, 1e-5, 1e-9])
def test_the_series_near_equality_are_long_enough(d):
    # The divergences alone would not show it: there the inputs' own rounding is allowed for.
    q = 0.25
    p = q + q * d
    with mpmath.workdps(60):
        exact_p, exact_d, s = mpmath.mpf(p), mpmath.mpf(d), mpmath.mpf(1 + d)
        term = exact_p * mpmath.log(exact_p / q) - exact_p + q
        excess_of_exp = mpmath.exp(-exact_d) - 1 + exact_d
        excess_of_square = s * s - 1 - mpmath.log(s * s)
    assert kl_terms(np.array([p]), np.array([q]))[0] == pytest.approx(float(term), rel=2e-15, abs=0)
    assert _excess_of_exp(np.array([d]))[0] == pytest.approx(float(excess_of_exp), rel=1e-15, abs=0)
    for wide in (-0.49, 0.49):
        found = _excess_of_exp(np.array([wide]))[0]
        assert found == pytest.approx(math.exp(-wide) - 1 + wide, rel=2e-15, abs=0)
    # Beyond the series the difference of two numbers near 2d is about 2d².
    digits = 2e-15 if abs(d) < 0.005 else 2e-14
    assert _excess_of_square(np.array([1 + d]))[0] == pytest.approx(
        float(excess_of_square), rel=digits, abs=0
    )


@quick
@given(positive, st.sampled_from([1e-9, 1e-12, 1e-15]), st.integers(0, 2**32))
def test_nothing_is_negative_between_nearly_equal_distributions(p, change, seed):
    q = p * (1 + change * np.random.default_rng(seed).uniform(-1, 1, 4))
    for function in (*PAIRED[1:], on_a_line, of_logs):
        assert function(p, q) >= 0
    assert js_general([p, q]) >= 0
    for function in (kl, js, js_distance, total_variation_distance, hellinger):
        assert (function(p, q) == 0) == (p == q).all()


def test_sums_that_are_a_little_off_are_taken_as_they_are():
    assert kl([0.5, 0.5 + 1e-7], [0.5, 0.5]) == pytest.approx(1e-14, rel=1e-2, abs=0)
    assert entropy([1 + 1e-7]) == pytest.approx(-1e-7, rel=1e-6, abs=0)
    assert kl(np.float32([0.5, 0.50005]), np.float32([0.5, 0.5])) > 0


def test_extreme_logits():
    assert kl_from_logits([0.0, 0.0], [0.0, -1e4]) == pytest.approx(5e3 - math.log(2), rel=1e-15, abs=0)
    assert kl_from_logits([1e5, -1e5], [-1e5, 1e5]) == 2e5
    assert kl_from_logits([0.0, -1e308], [0.0, -1e5]) == 0
    assert kl_from_logits([0.0, -math.inf], [0.0, 0.0]) == pytest.approx(math.log(2), rel=1e-15, abs=0)
    assert kl_from_logits([0.0, 0.0], [0.0, -math.inf]) == math.inf
    assert kl_from_logits([0.0, -math.inf], [3.0, -math.inf]) == 0
    assert kl_from_logits([5.0], [-1e300]) == 0
    assert np.isnan(kl_from_logits([0.0, math.nan], [0.0, 1.0]))
    assert np.isnan(kl_from_logits([0.0, 2.0], [math.nan, 1.0]))


def test_running_sums_keep_their_digits():
    # One number after the other in float64 would lose two or three digits.
    steps = RNG.uniform(0, 1, (2, 100_000))
    p, q = steps / steps.sum(-1, keepdims=True)
    gaps = np.array([float(x) for x in itertools.accumulate(map(Fraction, (p - q)[:2000].tolist()))])
    part = p[:2000], q[:2000]
    rest = [[1 - vector.sum()] for vector in part]
    long = [np.concatenate(pair) for pair in zip(part, rest, strict=True)]
    result = wasserstein_1d(*long, support=np.arange(2001))
    assert result == pytest.approx(abs(gaps).sum(), rel=2e-15, abs=0)


def test_supports():
    assert wasserstein_1d([1.0], [1.0], support=[3.0]) == 0
    assert wasserstein_1d([1.0, 0.0], [0.0, 1.0], support=[-2.0, 5e9]) == 5e9 + 2
    assert wasserstein_1d(P, Q, support=np.arange(5)).shape == (4, 3)


# ---- Types, axes, bases ------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [*PAIRED, on_a_line, of_logs, lambda p, q: entropy(p)])
def test_types(function):
    double = function(P, Q)
    assert double.dtype == np.float64
    single = function(P.astype(np.float32), Q.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, double, rtol=1e-4, atol=1e-5)
    assert type(function([0.5, 0.5], [0.25, 0.75])) is np.float64
    assert type(function(np.float32([0.5, 0.5]), np.float32([0.25, 0.75]))) is np.float32
    assert function([1, 0], [1, 0]) == 0
    assert function(np.array([0, 1], np.int8), np.array([0, 1], np.uint8)).dtype == np.float64
    if function.__name__ in {f.__name__ for f in PAIRED}:
        assert function(np.float32([0.5, 0.5]), [0.25, 0.75]).dtype == np.float64


def test_types_of_the_others():
    assert js_general(np.float32([[1, 0], [0, 1]])).dtype == np.float32
    assert js_general([[1, 0], [0, 1]]).dtype == np.float64
    assert gaussian_kl(*np.float32([0, 1, 1, 2])).dtype == np.float32
    assert gaussian_kl(0, 1, 1, 2).dtype == np.float64


@pytest.mark.parametrize("function", [*PAIRED, lambda p, q, axis: entropy(p, axis=axis)])
@pytest.mark.parametrize("axis", [0, 1, -2, 2])
def test_an_axis_is_the_last_one_moved(function, axis):
    p, q = np.moveaxis(P, -1, axis), np.moveaxis(Q, -1, axis)
    np.testing.assert_array_equal(function(p, q, axis=axis), function(P, Q, axis=-1))


def test_an_axis_of_logits():
    a, b = RNG.standard_normal((2, 4, 3))
    np.testing.assert_array_equal(kl_from_logits(a, b, axis=0), kl_from_logits(a.T, b.T))


@pytest.mark.parametrize("function", PAIRED)
def test_each_pair_stands_alone_and_none_is_changed(function):
    p, q = np.array([[0.5, 0.5], [1.0, 0.0], [0.25, 0.75]]), np.array([[0.5, 0.5], [0.0, 1.0], [0.75, 0.25]])
    before = p.copy(), q.copy()
    result = function(p, q)
    np.testing.assert_array_equal((p, q), before)
    np.testing.assert_array_equal(result, [function(*pair) for pair in zip(p, q, strict=True)])
    assert function(np.zeros((0, 2)), np.zeros((0, 2))).shape == (0,)


@pytest.mark.parametrize("function", [*WITH_BASE, lambda p, q, base: entropy(p, base=base)])
def test_a_base_is_a_unit(function):
    power = 0.5 if function is js_distance else 1
    nats = function(P, Q, base=None)
    for base in (2, 10.0, np.float64(3), 1.01):
        np.testing.assert_allclose(function(P, Q, base=base), nats / math.log(base) ** power, rtol=1e-15)
    np.testing.assert_allclose(function(P, Q, base=math.e), nats, rtol=1e-15)


# ---- Refusals ----------------------------------------------------------------------------------------------


BAD = [
    ([0.5, 0.6], ValueError, "{} must sum to 1 along its axis; got a sum of 1.1"),
    ([0.5, 0.5 + 2e-6], ValueError, "{} must sum to 1 along its axis; got a sum of 1.000002"),
    (np.float32([0.5, 0.5002]), ValueError, "{} must sum to 1 along its axis; got a sum of 1.00019997"),
    ([-0.1, 1.1], ValueError, "{} must hold probabilities, at least 0; got -0.1"),
    ([math.nan, 1.0], ValueError, "{} must hold probabilities, at least 0; got nan"),
    ([math.inf, 0.0], ValueError, "{} must sum to 1 along its axis; got a sum of inf"),
    ([True, False], TypeError, "{} must be an array of real numbers; got dtype bool"),
    ([1j, 0], TypeError, "{} must be an array of real numbers; got dtype complex128"),
    (["1", "0"], TypeError, "{} must be an array of real numbers; got dtype <U1"),
    (np.array([1.0, None]), TypeError, "{} must be an array of real numbers; got dtype object"),
]


@pytest.mark.parametrize("function", [*PAIRED, on_a_line])
@pytest.mark.parametrize(("bad", "error", "message"), BAD)
def test_what_is_no_distribution_is_refused(function, bad, error, message):
    for name, pair in [("p", (bad, [0.5, 0.5])), ("q", ([0.5, 0.5], bad))]:
        with pytest.raises(error) as caught:
            function(*pair)
        assert str(caught.value).startswith(message.format(name))


@pytest.mark.parametrize(("bad", "error", "message"), BAD)
def test_what_is_no_distribution_is_refused_alone_too(bad, error, message):
    for function, name in [
        (entropy, "p"),
        (lambda p: js_general([p]), "ps"),
        (lambda p: js_general([[1.0, 0.0]] * 2, p), "weights"),
    ]:
        with pytest.raises(error) as caught:
            function(bad)
        expected = message.format(name)
        assert str(caught.value).startswith(expected.split("; got dtype object")[0])


@pytest.mark.parametrize("function", [*PAIRED, on_a_line])
def test_bad_shapes_are_refused(function):
    for p, q, shapes in [
        ([1.0], [0.5, 0.5], r"\(1,\) and \(2,\)"),
        ([[0.5, 0.5]], [0.5, 0.5], r"\(1, 2\) and \(2,\)"),
    ]:
        with pytest.raises(ValueError, match=f"^p and q must have equal shapes; got {shapes}$"):
            function(p, q)
    if function is not on_a_line:
        with pytest.raises(ValueError, match=r"^p must have at least one axis; got shape \(\)$"):
            function(1.0, 1.0)
        with pytest.raises(ValueError, match=r"^axis must be an integer from -1 to 0 for p .*; got 1$"):
            function([1.0], [1.0], axis=1)
        with pytest.raises(TypeError, match=r"^axis must be an integer .*; got 'a'$"):
            function([1.0], [1.0], axis="a")
        with pytest.raises(ValueError, match=r"^p must sum to 1 along its axis; got a sum of 0$"):
            function([], [])


@pytest.mark.parametrize("base", [1, 0, -2.0, 0.5, math.nan, math.inf, "2", True, [2]])
def test_a_bad_base_is_refused(base):
    calls = [*(lambda f=f: f([1.0], [1.0], base=base) for f in WITH_BASE)]
    calls += [lambda: entropy([1.0], base=base), lambda: js_general([[1.0]], base=base)]
    for call in calls:
        with pytest.raises(
            (TypeError, ValueError), match=r"^base must be None or a finite number above 1; got"
        ):
            call()


def test_bad_arguments_of_js_general_are_refused():
    with pytest.raises(ValueError, match=r"^ps must have shape \(n, K\) with n at least 1; got \(2,\)$"):
        js_general([0.5, 0.5])
    with pytest.raises(ValueError, match=r"^ps must have shape \(n, K\) with n at least 1; got \(0, 2\)$"):
        js_general(np.zeros((0, 2)))
    with pytest.raises(ValueError, match=r"^weights must have shape \(2,\); got \(1,\)$"):
        js_general([[0.5, 0.5]] * 2, [1.0])


def test_bad_supports_are_refused():
    for support, message in [
        ([0, 1, 2], r"support must have shape \(2,\), one place a class; got \(3,\)"),
        (0.0, r"support must have shape \(2,\), one place a class; got \(\)"),
        ([0, math.inf], "support must be finite; got inf at index"),
        ([math.nan, 0], "support must be finite; got nan at index"),
        ([1, 0], "support must be increasing; got 1 before 0 at index 0"),
        ([1, 1], "support must be increasing; got 1 before 1 at index 0"),
    ]:
        with pytest.raises(ValueError, match=f"^{message}"):
            wasserstein_1d([0.5, 0.5], [1.0, 0.0], support=support)
    with pytest.raises(TypeError, match=r"^support must be an array of real numbers; got dtype bool$"):
        wasserstein_1d([0.5, 0.5], [1.0, 0.0], support=[False, True])


EYE = np.eye(2)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((0.0, 0.0, 0.0, 1.0), ValueError, "cov_p must be a positive finite variance; got 0"),
        ((0.0, 1.0, 0.0, -1.0), ValueError, "cov_q must be a positive finite variance; got -1"),
        ((0.0, math.nan, 0.0, 1.0), ValueError, "cov_p must be a positive finite variance; got nan"),
        ((0.0, 1.0, 0.0, math.inf), ValueError, "cov_q must be a positive finite variance; got inf"),
        ((math.nan, 1.0, 0.0, 1.0), ValueError, "mean_p must be finite; got nan"),
        ((0.0, 1.0, math.inf, 1.0), ValueError, "mean_q must be finite; got inf"),
        ((0.0, [1.0], 0.0, 1.0), ValueError, "cov_p must be a number, as the mean is; got shape (1,)"),
        (([0.0], EYE, 0.0, EYE), ValueError, "mean_p and mean_q must have equal shapes; got (1,) and ()"),
        (([[0.0]], EYE, [[0.0]], EYE), ValueError, "mean_p must be a number or a vector of shape (d,); got"),
        (([], EYE, [], EYE), ValueError, "mean_p must be a number or a vector of shape (d,); got shape (0,)"),
        (([0, 0], EYE, [0, 0], np.eye(3)), ValueError, "cov_q must have shape (2, 2); got (3, 3)"),
        (([0, 0], EYE, [0, 0], 1.0), ValueError, "cov_q must have shape (2, 2); got ()"),
        (([0, 0], [[1, 0.5], [0, 1]], [0, 0], EYE), ValueError, "cov_p must be symmetric; got"),
        (([0, 0], [[1, 2], [2, 1]], [0, 0], EYE), ValueError, "cov_p must be positive definite; got"),
        ((True, 1.0, 0.0, 1.0), TypeError, "mean_p must be an array of real numbers; got dtype bool"),
        ((0.0, 1.0, 0.0, "1"), TypeError, "cov_q must be an array of real numbers; got dtype <U1"),
    ],
)
def test_what_is_no_gaussian_is_refused(arguments, error, message):
    with pytest.raises(error) as caught:
        gaussian_kl(*arguments)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("which", ["p_logits", "q_logits"])
@pytest.mark.parametrize("bad", [[0.0, math.inf], [-math.inf, -math.inf], 1.0, [], [True, False]])
def test_bad_logits_are_refused(which, bad):
    pair = {"p_logits": [0.0, 0.0], "q_logits": [0.0, 0.0], which: bad}
    with pytest.raises((TypeError, ValueError), match=f"^{which} must "):
        kl_from_logits(**pair)
    with pytest.raises(ValueError, match=r"^p_logits and q_logits must have equal shapes; got"):
        kl_from_logits([0.0, 1.0], [0.0])


# ---- Laws --------------------------------------------------------------------------------------------------


@quick
@given(distributions, distributions)
def test_bounds_and_identities(p, q):
    assert 0 <= entropy(p) <= math.log(4) + 1e-15
    assert 0 <= js(p, q) <= math.log(2) + 1e-15
    if np.isfinite(kl(p, q)):
        assert cross_entropy(p, q) == pytest.approx(entropy(p) + kl(p, q), abs=1e-13)
    else:
        assert cross_entropy(p, q) == math.inf
    middle = entropy((p + q) / 2)
    assert js(p, q) == pytest.approx(middle - entropy(p) / 2 - entropy(q) / 2, abs=1e-14)
    assert js_general([p, q]) == pytest.approx(js(p, q), rel=1e-12, abs=1e-16)
    assert js_distance(p, q) ** 2 == pytest.approx(js(p, q), rel=1e-14, abs=1e-300)
    # Pinsker, and Hellinger below and above total variation.
    tv = total_variation_distance(p, q)
    assert tv <= math.sqrt(kl(p, q) / 2) + 1e-15
    assert hellinger(p, q) ** 2 - 1e-15 <= tv <= math.sqrt(2) * hellinger(p, q) + 1e-15


@quick
@given(distributions, distributions, distributions)
def test_metrics(p, q, r):
    for metric in (*METRICS, on_a_line):
        assert metric(p, p) == 0
        assert metric(p, q) == pytest.approx(metric(q, p), rel=1e-14, abs=0)
        assert metric(p, r) <= metric(p, q) + metric(q, r) + 1e-14


def test_what_is_no_metric():
    p, q, r = [1.0, 0.0], [0.5, 0.5], [0.0, 1.0]
    assert js(p, r) > js(p, q) + js(q, r) + 0.2
    p, r = [0.9, 0.1], [0.1, 0.9]
    assert kl(p, r) > kl(p, q) + kl(q, r) + 0.1
    assert kl([0.9, 0.1], [0.5, 0.5]) != pytest.approx(kl([0.5, 0.5], [0.9, 0.1]), rel=0.1, abs=0)


@quick
@given(positive, positive, st.integers(0, 2**32))
def test_processing_data_brings_distributions_nearer(p, q, seed):
    channel = np.random.default_rng(seed).dirichlet(np.ones(3), 4)
    for function in (kl, js, js_distance, total_variation_distance, hellinger):
        assert function(p @ channel, q @ channel) <= function(p, q) + 1e-14


@quick
@given(positive, positive, positive, positive)
def test_the_chain_rule(p, q, r, s):
    joint_p, joint_q = np.outer(p, r), np.outer(q, s)
    joint_p[0], joint_q[0] = p[0] * s, q[0] * r
    steps = sum(p[i] * kl(joint_p[i] / p[i], joint_q[i] / q[i]) for i in range(4))
    assert kl(joint_p.ravel(), joint_q.ravel()) == pytest.approx(kl(p, q) + steps, abs=1e-12)


@quick
@given(distributions, distributions, st.permutations(range(4)))
def test_the_order_of_the_classes_does_not_matter(p, q, order):
    for function in PAIRED:
        assert function(p[order], q[order]) == pytest.approx(function(p, q), rel=1e-13, abs=1e-15)


@quick
@given(positive, positive, positive, positive, st.floats(0, 1))
def test_joint_convexity(p, q, r, s, w):
    for function in (kl, js, total_variation_distance, on_a_line):
        mixed = function(w * p + (1 - w) * r, w * q + (1 - w) * s)
        assert mixed <= w * function(p, q) + (1 - w) * function(r, s) + 1e-14


def test_wasserstein_grows_with_the_shift_where_the_others_do_not():
    block = np.array([0.5, 0.5] + [0.0] * 8)
    shifted = [np.roll(block, k) for k in (2, 4, 6)]
    assert [on_a_line(block, q) for q in shifted] == [2, 4, 6]
    assert len({float(js(block, q)) for q in shifted}) == 1
    places = np.array([0.0, 1.0, 4.0, 9.0])
    p, q = softmax([0.0, 1, 2, 3]), softmax([3.0, 1, 0, 0])
    assert wasserstein_1d(p, q, support=3 * places - 7) == pytest.approx(
        3 * wasserstein_1d(p, q, support=places)
    )
