"""Chapter 1's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np
import pytest
from answers import assert_each_property_is_failed, assert_fails

from lossbook import probability
from lossbook.exercises import check

# ---- Right answers ---------------------------------------------------------------------------------------


def softmax(logits, axis):
    e = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def softmax_by_moving(logits, axis):
    """Move the axis to the end, as people do who do not know keepdims."""
    rows = np.moveaxis(np.array(logits, dtype=float), axis, -1)
    e = np.exp(rows - rows.max(-1)[..., None])
    return np.moveaxis(e / e.sum(-1)[..., None], -1, axis)


def log_softmax(logits):
    top = logits.argmax(-1)[..., None]
    d = logits - np.take_along_axis(logits, top, -1)
    others = np.exp(d)
    np.put_along_axis(others, top, 0.0, -1)
    return d - np.log1p(others.sum(-1, keepdims=True))


@pytest.mark.parametrize(
    ("number", "answer", "total"),
    [
        ("1.3", softmax, 7),
        ("1.3", softmax_by_moving, 7),
        ("1.3", lambda logits, axis: probability.softmax(logits, axis=axis), 7),
        ("1.4", log_softmax, 5),
        ("1.4", probability.log_softmax, 5),
    ],
)
def test_a_right_answer_passes_everything(number, answer, total):
    report = check(number, answer)
    assert report, report
    assert (report.passed, report.total, report.score) == (total, total, 1.0)


@pytest.mark.parametrize("number", ["1.3", "1.4"])
def test_the_stub_is_not_written_yet(number):
    def stub(logits, **parameters):
        raise NotImplementedError

    report = check(number, stub)
    assert repr(report) == f"Exercise {number}: not written yet."
    assert not report


# ---- Wrong answers ---------------------------------------------------------------------------------------

VALUES, AXIS, LARGE = "values for one vector", "every axis", "large logits"
APART, MASKED, WHOLE = "vectors far apart in one array", "a logit of −∞", "whole numbers"
INPUTS = "inputs unchanged"


def naive(logits, axis):
    e = np.exp(logits)
    return e / e.sum(axis=axis, keepdims=True)


def largest_of_all(logits, axis):
    return naive(logits - logits.max(), axis)


def writes_into_logits(logits, axis):
    logits -= logits.max(axis=axis, keepdims=True)
    return naive(logits, axis)


def keeps_whole_numbers(logits, axis):
    result = np.zeros_like(logits)
    result[...] = softmax(logits, axis)
    return result


def adds_a_small_constant(logits, axis):
    e = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return e / (e.sum(axis=axis, keepdims=True) + 1e-8)


WRONG_SOFTMAX = {
    "naive": (
        naive,
        {
            LARGE: "For logits [1000, 1001, 1000.5] and axis 0 element [0] of your softmax is nan, which is "
            "not finite: which number may you take away from all logits for free?",
            APART: "is one number right for all vectors of an array?",
        },
    ),
    "largest of the whole array": (
        largest_of_all,
        {APART: "element [1, 0] of your softmax is nan, which is not finite: is one number right for all"},
    ),
    "the least taken away": (
        lambda logits, axis: naive(logits - logits.min(axis=axis, keepdims=True), axis),
        {
            LARGE: "For logits [800, -800] and axis -1 element [0] of your softmax is nan",
            MASKED: "a class with the weight 0 leaves the others theirs.",
        },
    ),
    "not divided": (
        lambda logits, axis: np.exp(logits - logits.max(axis=axis, keepdims=True)),
        {
            VALUES: "For logits [0, 1] and axis 0 element [0] of your softmax is 0.367879, which is too "
            "large: each exponential is a share of which sum?",
            AXIS: "which is too large",
            LARGE: "which is too large",
            APART: "which is too large",
            MASKED: "which is too large",
            WHOLE: "which is too large",
        },
    ),
    "exponentials alone": (
        lambda logits, axis: np.exp(logits),
        {
            VALUES: "element [0] of your softmax is 1, which is an exponential, not yet a share",
            AXIS: "which is too large",
            LARGE: "is inf, which is not finite",
            APART: "is inf, which is not finite",
            MASKED: "which is too large",
            WHOLE: "which is too large",
        },
    ),
    "always the last axis": (
        lambda logits, axis: softmax(logits, -1),
        {
            AXIS: "For logits [[0, 1, 2], [3, 1, 0]] and axis 0 element [0, 0] of your softmax is 0.0900306, "
            "which is a share along the last axis: along which axis do the numbers have to sum to 1",
            APART: "is one number right",
        },
    ),
    "always the first axis": (
        lambda logits, axis: softmax(logits, 0),
        {
            AXIS: "and axis 1 element [0, 0] of your softmax is 0.0474259, which is a share along the first "
            "axis",
            APART: "is one number right",
            MASKED: "leaves the others theirs.",
            WHOLE: "make a new one.",
        },
    ),
    "the whole array": (
        lambda logits, axis: probability.softmax(logits.ravel()).reshape(logits.shape),
        {
            AXIS: "which is a share of the whole array",
            APART: "which is too small",
            MASKED: "which is too small",
            WHOLE: "which is too small",
        },
    ),
    "sums do not line up": (
        lambda logits, axis: (
            np.exp(logits - logits.max(axis=axis, keepdims=True))
            / np.exp(logits - logits.max(axis=axis, keepdims=True)).sum(axis=axis)
        ),
        {
            AXIS: "and axis 1 it raised ValueError: operands could not be broadcast together",
            APART: "which is too large",
            MASKED: "which is",
            WHOLE: "which is",
            INPUTS: "it raised ValueError",
        },
    ),
    "a small constant added": (
        adds_a_small_constant,
        dict.fromkeys((VALUES, AXIS, LARGE, APART, MASKED, WHOLE), "which is too small"),
    ),
    "writes into its argument": (
        writes_into_logits,
        {
            INPUTS: "the array logits holds [[-3, 0, 0], [0, 0, -2]] after your function has run: which line",
        },
    ),
    "keeps whole numbers": (
        keeps_whole_numbers,
        {WHOLE: "element [0, 0] of your softmax is 0, which is too small: an array of integers cannot hold"},
    ),
    "a list": (
        lambda logits, axis: iter([]),
        dict.fromkeys((VALUES, AXIS, LARGE, APART, MASKED, WHOLE, INPUTS), "required are real numbers."),
    ),
    "one number": (
        lambda logits, axis: 0.5,
        dict.fromkeys(
            (VALUES, AXIS, LARGE, APART, MASKED, WHOLE), "has shape (); required is one number a logit"
        ),
    ),
}

MODERATE, ULPS = "values for moderate logits", "4 ulp near ±10 000"
FAR, BATCHES = "logits far apart", "batches of any shape"


def shifted_without_log1p(logits):
    d = logits - logits.max(-1, keepdims=True)
    return d - np.log(np.exp(d).sum(-1, keepdims=True))


def shift_added_back(logits):
    top = logits.max(-1, keepdims=True)
    return logits - (top + np.log(np.exp(logits - top).sum(-1, keepdims=True)))


def shift_added_back_with_log1p(logits):
    """log1p where it belongs, but its result is added to the large maximum."""
    top = logits.argmax(-1)[..., None]
    m = np.take_along_axis(logits, top, -1)
    others = np.exp(logits - m)
    np.put_along_axis(others, top, 0.0, -1)
    return logits - (m + np.log1p(others.sum(-1, keepdims=True)))


def both_tops_left_out(logits):
    d = logits - logits.max(-1, keepdims=True)
    return d - np.log1p(np.where(d == 0, 0, np.exp(d)).sum(-1, keepdims=True))


def vectors_only(logits):
    d = logits - logits.max()
    return log_softmax(logits) if logits.ndim == 1 else d - np.log(np.exp(d).sum())


def writes_log(logits):
    result = log_softmax(logits)
    logits[...] = result
    return result


WRONG_LOG_SOFTMAX = {
    "log of the naive softmax": (
        lambda logits: np.log(naive(logits, -1)),
        {
            ULPS: "For logits [10000, 9999, 9996.5] element [0] of your log-softmax is nan, which is not "
            "finite: where do your exponentials overflow, or which probability became 0?",
            FAR: "is nan, which is not finite: a class may have a probability below every float",
            BATCHES: "element [1, 0] of your log-softmax is -inf, which is not finite: each vector",
        },
    ),
    "log of the stable softmax": (
        lambda logits: np.log(softmax(logits, -1)),
        {
            ULPS: "a number next to 1 has lost the digits of what was added to it; which function adds 1 for "
            "you?",
            FAR: "For logits [10000, -10000] element [1] of your log-softmax is -inf, which is not finite",
            BATCHES: "element [1, 0] of your log-softmax is -inf, which is not finite",
        },
    ),
    "log of the sum": (
        shifted_without_log1p,
        {
            ULPS: "For logits [10000, 9960, 9940] element [0] of your log-softmax, 0, is more than a million "
            "ulp off: a number next to 1 has lost the digits"
        },
    ),
    # Digits lost in a difference of large numbers, whether log1p has kept those of the small one or not.
    "shift added back": (
        shift_added_back,
        {ULPS: "ulp off: which step of yours rounds numbers that are much larger than the result?"},
    ),
    "shift added back, with log1p": (
        shift_added_back_with_log1p,
        {ULPS: "ulp off: which step of yours rounds numbers that are much larger than the result?"},
    ),
    "both tops left out": (
        both_tops_left_out,
        {
            ULPS: "For logits [10000, 10000, 9998] element [0] of your log-softmax, -0.126928, is more than "
            "a million ulp off: how many logits share the largest value, and how many of them did you leave "
            "out of the sum?"
        },
    ),
    "only shifted": (
        lambda logits: logits - logits.max(-1, keepdims=True),
        {
            MODERATE: "is -1, which is the logit minus the largest, with nothing normalized yet",
            ULPS: "element [0] of your log-softmax, 0, is more than a million ulp off: that is more than "
            "rounding; do the exponentials of your results sum to 1?",
            BATCHES: "element [0, 0] of your log-softmax is -1, which is too large: each vector",
        },
    ),
    "the softmax itself": (
        lambda logits: softmax(logits, -1),
        {
            MODERATE: "is 0.268941, which is the softmax itself",
            ULPS: "ulp off",
            FAR: "For logits [10000, -10000] element [0] of your log-softmax is 1, which is too large",
            BATCHES: "of the wrong sign",
        },
    ),
    "vectors only": (vectors_only, {BATCHES: "each vector along the last axis on its own."}),
    "writes into its argument": (
        writes_log,
        {INPUTS: "after your function has run: which line of yours writes into an argument?"},
    ),
}

WRONG = [
    pytest.param(number, *case, id=f"{number} {name}")
    for number, cases in (("1.3", WRONG_SOFTMAX), ("1.4", WRONG_LOG_SOFTMAX))
    for name, case in cases.items()
]


@pytest.mark.parametrize(("number", "answer", "faults"), WRONG)
def test_a_wrong_answer_fails_what_it_should(number, answer, faults):
    assert_fails(number, answer, faults)


@pytest.mark.parametrize("number", ["1.3", "1.4"])
def test_each_property_is_failed_by_some_wrong_answer(number):
    assert_each_property_is_failed(number, {"1.3": WRONG_SOFTMAX, "1.4": WRONG_LOG_SOFTMAX}[number])
