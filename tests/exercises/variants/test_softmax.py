"""Variants of chapter 1's exercises: their solutions hold, and typical wrong answers are told why."""

import pytest

from lossbook.exercises.variants.softmax import VARIANTS
from tests.exercises import test_softmax as chapter
from tests.exercises.variants.judging import assert_sound, assert_told, each_variant, each_wrong

SHARES_BY_COST, WITH_A_SILENT_CLASS = VARIANTS["1.3"]
AT_A_TEMPERATURE, IN_ANOTHER_BASE = VARIANTS["1.4"]
VALUES, AXIS, APART, WHOLE = chapter.VALUES, chapter.AXIS, chapter.APART, chapter.WHOLE
MODERATE, FAR, BATCHES = chapter.MODERATE, chapter.FAR, chapter.BATCHES
COSTS, INFINITE = "large costs", "a cost of +∞"
LARGE, HIDDEN = "large logits", "logits of −∞"
FOUR, SIX = "4 ulp near ±10 000", "6 ulp near ±10 000"

WRONG = {
    SHARES_BY_COST: {
        "the chapter's": (
            chapter.softmax,
            ((VALUES, AXIS, COSTS, APART, WHOLE), "which is what softmax gives"),
            (INFINITE, "is nan, which is not a number: what cannot be paid has probability 0"),
        ),
        "sign forgotten": (
            {"scores = -np": "scores = np"},
            ((VALUES, AXIS, COSTS, APART, WHOLE), "which is what you get if high costs are likely"),
            (INFINITE, "is nan"),
        ),
        "multiplied": (
            {"dtype=float) / ": "dtype=float) * "},
            ((VALUES, AXIS, COSTS, APART, INFINITE, WHOLE), "which is what you get by multiplying by the"),
        ),
        "least of the whole array": (
            {"scores.max(axis=axis, keepdims=True)": "scores.max()"},
            (APART, "is one number right for all vectors of an array?"),
        ),
    },
    WITH_A_SILENT_CLASS: {
        "the chapter's": (
            chapter.softmax,
            (
                (VALUES, AXIS, LARGE, APART, HIDDEN, WHOLE),
                "which is what softmax gives without the silent class",
            ),
        ),
        "silent class not shifted": (
            {"np.exp(silent - top)": "np.exp(silent)", "keepdims=True), silent)": "keepdims=True), -np.inf)"},
            (
                (VALUES, AXIS, LARGE, APART, HIDDEN, WHOLE),
                "which is what you get if all logits are shifted but the silent one",
            ),
        ),
        "silent class not the largest": (
            {"keepdims=True), silent)": "keepdims=True), -np.inf)"},
            (HIDDEN, "is nan, which is not a number: a class with the weight 0 leaves the others, also the"),
        ),
        "silent class for the largest": (
            {"np.maximum(a.max(axis=axis, keepdims=True), silent)": "silent"},
            (LARGE, "what is the largest of all logits that count, and what if it is the silent one?"),
            (APART, "is nan, which is not a number: is one number right for all vectors of an array?"),
        ),
    },
    AT_A_TEMPERATURE: {
        "the chapter's": (
            chapter.log_softmax,
            ((MODERATE, FAR, BATCHES), "which is what you get at the temperature 1"),
            (FOUR, "that is more than rounding; do the probabilities with these logarithms sum to 1?"),
        ),
        "without log1p": ({"np.log1p(": "np.log(1 + "}, (FOUR, "which function adds 1 for you?")),
        "divided afterwards": (
            {
                ") / temperature": ")",
                "return below - np.log1p(others.sum(axis=-1, keepdims=True))": (
                    "return (below - np.log1p(others.sum(axis=-1, keepdims=True))) / temperature"
                ),
            },
            ((MODERATE, BATCHES), "which is what you get by dividing log-softmax by the temperature"),
            (FOUR, "that is more than rounding"),
        ),
    },
    IN_ANOTHER_BASE: {
        "the chapter's": (
            chapter.log_softmax,
            ((MODERATE, FAR, BATCHES), "which is the natural logarithm"),
            (SIX, "ulp off"),
        ),
        "multiplied": (
            {") / np.log(": ") * np.log("},
            ((MODERATE, FAR, BATCHES), "which is what you get by multiplying by log b"),
            (SIX, "ulp off"),
        ),
        "without log1p": (
            {"np.log1p(": "np.log(1 + "},
            (SIX, "which function adds 1 for you?"),
        ),
        "all tops left out": (
            {"np.put_along_axis(others, top, 0, axis=-1)": "others[below == 0] = 0"},
            (SIX, "how many logits share the largest value, and how many of them did you leave out"),
        ),
    },
}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)
