"""Variants of chapter 2's exercises: their solutions hold, and typical wrong answers are told why."""

import pytest

from lossbook.exercises.variants import makers
from tests.exercises import test_cross_entropy as chapter
from tests.exercises.variants.judging import assert_sound, assert_told, each_variant, each_wrong

TARGETS_FROM_MINUS_ONE, MISSED_POSITIVES_COST_MORE = makers("2.2")
BOUNDED_CROSS_ENTROPY, CROSS_ENTROPY_WITH_A_TERM_ON_TOP = makers("2.3")
SMOOTHED_LABELS, MEAN_OVER_CLASSES = makers("2.4")
HARD, SOFT, FAR = "values for one right answer", chapter.SOFT, chapter.FAR
DIGITS, NEVER, ARRAYS = chapter.DIGITS, chapter.NEGATIVE, chapter.ARRAYS
ONE, PLAIN, OTHER = (
    "gamma = 1 is the chance of being wrong",
    "gamma = 0 is cross-entropy",
    "values for other gammas",
)
SLOPE, TINY = chapter.SLOPE, chapter.TINY
EQUAL, UNEQUAL, NOTHING = "equal weights", "unequal weights", "a class of weight 0"
ABSENT, FACTOR = "classes without examples", chapter.FACTOR

WRONG = {
    TARGETS_FROM_MINUS_ONE: {
        "the chapter's": (
            chapter.binary,
            ((HARD, SOFT, FAR, DIGITS), "which is what targets from 0 to 1 would give"),
            (NEVER, "what would it mean to be paid for an error?"),
        ),
        "product of both": (
            lambda a, y: chapter.binary(y * a, 1.0),
            ((SOFT, FAR), "which is what you get by multiplying target and logit"),
        ),
        "by the formula": (
            lambda a, y: chapter.naive_binary(a, (1 + y) / 2),
            (FAR, "is nan, which is not a number: which numbers go into exp, and which into log?"),
            (DIGITS, "which is too large: what is 1 plus a tiny number in floating point"),
        ),
        "averages": (
            lambda a, y: chapter.binary(a, (1 + y) / 2).mean(),
            (ARRAYS, "your loss is a number"),
        ),
    },
    MISSED_POSITIVES_COST_MORE: {
        "the chapter's": (
            chapter.binary,
            ((HARD, SOFT, FAR, DIGITS), "which is what you get without the weight"),
        ),
        "on the answer no": (
            {"weight * t * yes + (1 - t) * no": "t * yes + weight * (1 - t) * no"},
            ((HARD, DIGITS), "which is what you get without the weight"),
            ((SOFT, FAR), "which is what you get with a weight on the answer no"),
        ),
        "on both": (
            {"weight * t * yes + (1 - t) * no": "weight * (t * yes + (1 - t) * no)"},
            ((HARD, FAR, DIGITS), "which is what you get with a weight on the answer no"),
            (SOFT, "which is what you get with the weight on both summands"),
        ),
        "digits lost": (
            {"np.log1p(": "np.log(1 + "},
            (DIGITS, "which function of NumPy avoids that sum?"),
        ),
    },
    BOUNDED_CROSS_ENTROPY: {
        "the chapter's": (
            chapter.focal,
            ((ONE, OTHER), "which is what the focal loss gives"),
            (FAR, "which numbers go into exp, and which into log?"),
            (TINY, "how many digits are left of 1 minus a number next to 1?"),
        ),
        "not divided": (
            {" / gamma": ""},
            (OTHER, "which is what you get without dividing by gamma"),
            (SLOPE, "but there your own loss changes by"),
            (FAR, "which is what you get without dividing by gamma"),
            (TINY[0], "which is too small"),
        ),
        "1 minus the power": (
            {"-np.expm1(gamma * log_s)": "(1 - np.exp(gamma * log_s))"},
            (TINY[0], "how many digits are left of 1 minus a number next to 1?"),
        ),
        "derivative in s": (
            {"-np.exp(gamma * log_s + log_m)": "-np.exp((gamma - 1) * log_s)"},
            (SLOPE, "for each unit that the logit grows: the two should agree."),
            (FAR, "what does the slope tend to far out on this side?"),
            (TINY[1], "too large in size"),
        ),
    },
    CROSS_ENTROPY_WITH_A_TERM_ON_TOP: {
        "the chapter's": (
            chapter.focal,
            (OTHER, "which is what the focal loss gives"),
            (FAR, "your loss is 800, which is what cross-entropy gives"),
            (TINY, "how many digits are left of 1 minus a number next to 1?"),
        ),
        "gamma forgotten": (
            {"gamma * m**power, ": "m**power, "},
            (PLAIN, "which is what you get without gamma: what remains is minus the logarithm"),
            (OTHER, "which is what you get without gamma"),
            (SLOPE, "but there your own loss changes by"),
            (FAR, "which is what you get without gamma"),
        ),
        "term of the right ones": (
            {"gamma * m**power, ": "gamma * s**power, "},
            (OTHER, "which is what you get with the probability itself in the second term: which examples"),
            (SLOPE, "but there your own loss changes by"),
            (FAR, "which is what"),
            (TINY[0], "which is too large"),
        ),
        "1 minus the probability": (
            {"s, m = np.exp(log_s), np.exp(log_m)": "s = np.exp(log_s); m = 1 - s"},
            (TINY[1], "how many digits are left of 1 minus a number next to 1?"),
        ),
    },
    SMOOTHED_LABELS: {
        "the chapter's": (
            chapter.weighted,
            ((EQUAL, UNEQUAL, NOTHING, FAR), "which is what you get without smoothing"),
        ),
        "nothing for the label": (
            {
                "] += 1 - epsilon": "] = 1 - epsilon",
                "epsilon / log_s.shape[1]": "epsilon / (log_s.shape[1] - 1)",
            },
            (
                (EQUAL, UNEQUAL, NOTHING, FAR),
                "which is what you get if the label gets nothing of the share that is spread",
            ),
        ),
        "the label's weight": (
            {"-(weights * target": "-(weights[labels][:, None] * target"},
            ((UNEQUAL, NOTHING, FAR), "which is what you get if the label's weight counts for all classes"),
        ),
        "over the examples": (
            {"/ weights[labels].sum()": "/ len(labels)"},
            ((UNEQUAL, NOTHING, FAR), "which is what you get by dividing by the number of examples"),
            (FACTOR, "does a mean change if everyone's weight is multiplied by ten?"),
        ),
    },
    MEAN_OVER_CLASSES: {
        "the chapter's": (
            chapter.weighted,
            ((EQUAL, UNEQUAL, ABSENT), "which is what you get if each example counts with its weight"),
        ),
        "all classes below": (
            {"/ weights[present].sum()": "/ weights.sum()"},
            (
                (EQUAL, UNEQUAL, ABSENT, FAR),
                "which is what you get if classes without examples count below",
            ),
        ),
        "a sum for each class": (
            {"[labels == c].mean()": "[labels == c].sum()"},
            ((EQUAL, UNEQUAL, ABSENT), "your mean is"),
        ),
        "by the formula": (
            {"logits - logits.max(axis=1, keepdims=True)": "logits"},
            (FAR, "is inf, which is not finite: subtract something from each row"),
        ),
    },
}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)
