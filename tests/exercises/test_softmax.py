"""Chapter 1's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

from functools import partial

import numpy as np

from lossbook import probability


def softmax(logits, axis, *, keepdims=True, tiny=0.0):
    e = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return e / (e.sum(axis=axis, keepdims=keepdims) + tiny)


def softmax_by_moving(logits, axis):
    """Move the axis to the end, as people do who do not know keepdims."""
    rows = np.moveaxis(np.array(logits, dtype=float), axis, -1)
    e = np.exp(rows - rows.max(-1)[..., None])
    return np.moveaxis(e / e.sum(-1)[..., None], -1, axis)


def log_softmax(logits):
    top = logits.argmax(-1)[..., None]
    below = logits - np.take_along_axis(logits, top, -1)
    others = np.exp(below)
    np.put_along_axis(others, top, 0.0, -1)
    return below - np.log1p(others.sum(-1, keepdims=True))


RIGHT = {"1.3": [softmax, softmax_by_moving], "1.4": [log_softmax, probability.log_softmax]}


def naive(logits, axis):
    e = np.exp(logits)
    return e / e.sum(axis=axis, keepdims=True)


VALUES, AXIS, LARGE, INPUTS = "values for one vector", "every axis", "large logits", "inputs unchanged"
APART, MASKED, WHOLE = "vectors far apart in one array", "a logit of −∞", "whole numbers"
ALL_VALUES = (VALUES, AXIS, LARGE, APART, MASKED, WHOLE)

WRONG_SOFTMAX = {
    "naive": (
        naive,
        (LARGE, "your softmax is nan, which is not a number: which number may you take away from all logits"),
        (APART, "is one number right for all vectors of an array?"),
    ),
    "largest of the whole array": (
        lambda logits, axis: naive(logits - logits.max(), axis),
        (APART, "element [1, 0] of your softmax is nan, which is not a number: is one number right for all"),
    ),
    "not divided": (
        lambda logits, axis: np.exp(logits - logits.max(axis=axis, keepdims=True)),
        (VALUES, "softmax is 0.367879, which is too large: each exponential is a share of which sum?"),
        (ALL_VALUES[1:], "which is too large"),
    ),
    "exponentials alone": (
        lambda logits, axis: np.exp(logits),
        ((VALUES, AXIS, MASKED, WHOLE), "which is an exponential, not yet a share"),
        ((LARGE, APART), "is inf, which is not finite"),
    ),
    "shares of the logits": (
        lambda logits, axis: logits / logits.sum(axis=axis, keepdims=True),
        ((VALUES, AXIS, APART, WHOLE), "which is a share of the logits themselves"),
        (LARGE, "which is"),
        (MASKED, "is 0, which is too small"),
    ),
    "always the last axis": (
        lambda logits, axis: softmax(logits, -1),
        (AXIS, "is 0.0900306, which is a share along the last axis: along which axis do the numbers have to"),
        (APART, "which is a share along the last axis: is one number right"),
    ),
    "always the first axis": (
        lambda logits, axis: softmax(logits, 0),
        ((AXIS, APART, MASKED, WHOLE), "which is a share along the first axis"),
    ),
    "the whole array": (
        lambda logits, axis: probability.softmax(logits.ravel()).reshape(logits.shape),
        ((AXIS, APART, MASKED, WHOLE), "which is a share of the whole array"),
    ),
    "sums do not line up": (
        partial(softmax, keepdims=False),
        ((AXIS, INPUTS), "it raised ValueError: operands could not be broadcast together"),
        ((APART, MASKED, WHOLE), "which is too"),
    ),
    "a small constant added": (partial(softmax, tiny=1e-8), (ALL_VALUES, "which is too small")),
    "one number": (lambda logits, axis: 0.5, (ALL_VALUES, "your softmax has shape (); required is (")),
    "keeps whole numbers": (
        lambda logits, axis: softmax(logits, axis).astype(logits.dtype),
        (WHOLE, "of your softmax is 0, which is too small: an array of integers cannot hold shares"),
    ),
}


def without_log1p(logits):
    below = logits - logits.max(-1, keepdims=True)
    return below - np.log(np.exp(below).sum(-1, keepdims=True))


def shift_added_back(logits):
    """Keep the digits of log1p, and lose them when its result is added to the large maximum."""
    top = logits.max(-1, keepdims=True)
    return logits - (top - log_softmax(logits).max(-1, keepdims=True))


def both_tops_left_out(logits):
    below = logits - logits.max(-1, keepdims=True)
    return below - np.log1p(np.where(below == 0, 0, np.exp(below)).sum(-1, keepdims=True))


def vectors_only(logits):
    return log_softmax(logits) if logits.ndim == 1 else without_log1p(logits.ravel()).reshape(logits.shape)


MODERATE, ULPS = "values for moderate logits", "4 ulp near ±10 000"
FAR, BATCHES = "logits far apart", "batches of any shape"

WRONG_LOG_SOFTMAX = {
    "log of the naive softmax": (
        lambda logits: np.log(naive(logits, -1)),
        (ULPS, "log-softmax is nan, which is not a number: where do your exponentials overflow, or which"),
        (FAR, "is nan, which is not a number: a class may have a probability below every float"),
        (BATCHES, "element [1, 0] of your log-softmax is -inf, which is not finite: each vector along the"),
    ),
    "log of the stable softmax": (
        lambda logits: np.log(softmax(logits, -1)),
        (ULPS, "a number next to 1 has lost the digits of what was added to it; which function adds 1 for"),
        (FAR, "For logits [10000, -10000] element [1] of your log-softmax is -inf, which is not finite"),
        (BATCHES, "element [1, 0] of your log-softmax is -inf, which is not finite"),
    ),
    "log of the sum": (without_log1p, (ULPS, "your log-softmax, 0, is more than a million ulp off: a")),
    "shift added back": (shift_added_back, (ULPS, "ulp off: which step of yours rounds numbers that are")),
    "both tops left out": (both_tops_left_out, (ULPS, "more than a million ulp off: how many logits share")),
    "only shifted": (
        lambda logits: logits - logits.max(-1, keepdims=True),
        (MODERATE, "is -1, which is the logit minus the largest, with nothing normalized yet: the"),
        (ULPS, "ulp off: that is more than rounding; do the probabilities with these logarithms sum"),
        (BATCHES, "which is the logit minus the largest, with nothing normalized yet: each vector along"),
    ),
    "the softmax itself": (
        lambda logits: softmax(logits, -1),
        ((MODERATE, FAR, BATCHES), "which is the softmax itself"),
        (ULPS, "ulp off"),
    ),
    "vectors only": (vectors_only, (BATCHES, "each vector along the last axis on its own.")),
}

WRONG = {"1.3": WRONG_SOFTMAX, "1.4": WRONG_LOG_SOFTMAX}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)
