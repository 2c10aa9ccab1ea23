"""Block by block gives what the whole would, for every size, axis, type and layout in memory."""

import math

import mpmath
import numpy as np
import pytest

from lossbook import classification, probability
from lossbook._blocks import (
    BLOCK,
    MANY,
    map_numbers,
    map_vectors,
    reduce_vectors,
    split,
    sum_beside_largest,
    sum_classes,
)
from lossbook.divergences._terms import js_terms

SHAPES = [(7,), (3, 5), (2, 3, 4), (0, 3), (BLOCK // 3, 5), (2, BLOCK + 1), (BLOCK + 1, 1)]


def numbers(shape):
    return np.random.default_rng(1).standard_normal(shape)


@pytest.mark.parametrize("shape", [(), (0,), *SHAPES])
def test_numbers(shape):
    x, y = numbers(shape), numbers(shape) + 1
    found = map_numbers(lambda x, y: 2 * x + y, x, y, dtype=np.float64)
    np.testing.assert_array_equal(found, 2 * x + y)
    assert np.shape(found) == shape


@pytest.mark.parametrize("shape", SHAPES)
def test_vectors_along_every_axis(shape):
    x = numbers(shape)
    for axis in range(-len(shape), len(shape)):
        if shape[axis]:
            found = map_vectors(lambda a: a - a.max(0), x, dtype=np.float64, axis=axis)
            np.testing.assert_array_equal(found, x - x.max(axis, keepdims=True))
            largest = reduce_vectors(lambda a: a.max(0), x, axis=axis)
            np.testing.assert_array_equal(largest, x.max(axis))


def test_numbers_that_belong_to_vectors():
    x, labels = numbers((BLOCK // 2, 3)), np.arange(BLOCK // 2) % 3
    found = reduce_vectors(lambda a, label: a[label, np.arange(label.size)], x, labels)
    np.testing.assert_array_equal(found, x[np.arange(len(x)), labels])
    assert reduce_vectors(lambda a, label: a[label, 0], x[1], labels[1]) == x[1, 1]


@pytest.mark.parametrize(
    "x", [numbers((60, 50)).T, numbers((50, 120))[:, ::2], np.asfortranarray(numbers((50, 60)))]
)
def test_the_layout_in_memory_does_not_matter(x):
    np.testing.assert_array_equal(map_numbers(np.exp, x, dtype=np.float64), np.exp(x))
    np.testing.assert_array_equal(map_vectors(lambda a: 2 * a, x, dtype=np.float64), 2 * x)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
def test_functions_compute_in_float64_at_least_and_results_have_the_type_asked_for(dtype):
    x, seen = numbers((4, 3)).astype(dtype), []

    def note(a):
        seen.append(a.dtype)
        return a

    assert map_numbers(note, x, dtype=dtype).dtype == dtype
    assert map_vectors(note, x, dtype=dtype).dtype == dtype
    wide = np.result_type(dtype, np.float64)
    assert seen == [wide, wide]
    assert reduce_vectors(sum_classes, x).dtype == wide


def test_blocks_may_be_overwritten_but_arguments_never_are():
    x = numbers((30, 4))
    before = x.copy()
    reduce_vectors(sum_classes, x)
    reduce_vectors(sum_classes, x, axis=0)
    np.testing.assert_array_equal(x, before)


def test_no_block_is_larger_than_it_has_to_be():
    seen = []
    map_vectors(lambda a: seen.append(a.shape) or a, numbers((BLOCK, 10)), dtype=np.float64)
    assert sum(m for _, m in seen) == BLOCK
    assert {k for k, _ in seen} == {10}
    assert max(k * m for k, m in seen) <= BLOCK
    seen.clear()
    map_numbers(lambda x: seen.append(x.size) or x, numbers(2 * MANY + 1), dtype=np.float64)
    assert seen == [MANY, MANY, 1]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, 1000])
def test_a_sum_of_classes(count):
    terms = numbers((count, 3))
    expected = [math.fsum(column) for column in terms.T]
    np.testing.assert_allclose(sum_classes(terms.copy()), expected, rtol=0, atol=1e-13)


def test_rounding_of_a_sum_of_classes_grows_with_the_logarithm():
    terms = np.full((3**10, 2), 0.1)
    one_after_the_other = abs(np.cumsum(terms[:, 0])[-1] / math.fsum(terms[:, 0]) - 1)
    assert one_after_the_other > 1e-13
    assert abs(sum_classes(terms.copy()) / math.fsum(terms[:, 0]) - 1).max() < 1e-15


def test_the_others_beside_the_largest():
    terms = np.array([[1.0, 2.0, 1e-20, np.nan], [3.0, 2.0, 1.0, 1.0], [0.5, 1.0, 1e-22, 0.0]])
    largest, others = sum_beside_largest(terms)
    np.testing.assert_array_equal(largest, [3.0, 2.0, 1.0, np.nan])
    np.testing.assert_allclose(others, [1.5, 3.0, 1.01e-20, np.nan], rtol=1e-15)


@pytest.mark.parametrize("size", [1.0, 1e-290, 1e250])
def test_high_parts_add_up_without_rounding(size):
    terms = size * numbers((1000, 2))
    high, low = split(terms, abs(terms).sum(0))
    np.testing.assert_array_equal(high + low, terms)
    for column, total in zip(high.T, high.sum(0), strict=True):
        assert math.fsum(column) == total
    assert abs(low).max() < 1e-12 * size


# ---- What is computed in blocks keeps its digits where its formula changes -------------------------------


@pytest.mark.parametrize("logits", [[1000.1, 300.3], [-200.1, -750.3], [1000.1, 700.7], [-800.1, -1100.7]])
def test_a_shift_that_rounds_is_mended(logits):
    with mpmath.workdps(50):
        a, b = map(mpmath.mpf, logits)
        expected = float(1 / (1 + mpmath.exp(a - b)))
    assert probability.softmax(logits)[1] == pytest.approx(expected, rel=8e-16, abs=0)


@pytest.mark.parametrize("logit", [0.5, 3.0, 7.0])
def test_the_gradient_of_a_likely_label_does_not_cancel(logit):
    with mpmath.workdps(50):
        expected = float(-1 / (1 + mpmath.exp(mpmath.mpf(logit))))
    found = classification.softmax_cross_entropy_grad([logit, 0.0], 0)
    np.testing.assert_allclose(found, [expected, -expected], rtol=8e-16)


@pytest.mark.parametrize("d", [-0.0099, 0.0099, 0.003, 1e-9, 0.0101, 0.4, 0.6])
def test_the_terms_of_jensen_shannon(d):
    p, q = 0.25 * (1 + d), 0.25 * (1 - d)
    with mpmath.workdps(50):
        x, y = mpmath.mpf(p), mpmath.mpf(q)
        expected = float(x * mpmath.log(2 * x / (x + y)) + y * mpmath.log(2 * y / (x + y)))
    bound = 1e-15 if abs(d) < 0.01 else 1e-15 / abs(d)
    assert js_terms(np.array([p]), np.array([q]))[0] == pytest.approx(expected, rel=bound, abs=0)
