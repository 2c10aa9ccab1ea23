"""Variants of chapter 6's exercises: their solutions hold, and typical wrong answers are told why."""

import pytest

from lossbook.exercises.variants.js_divergence import VARIANTS
from tests.exercises import test_js_divergence as chapter
from tests.exercises.variants.judging import assert_sound, assert_told, each_variant, each_wrong

UNFAIR_COIN, ONE_SIDE = VARIANTS["6.2"]
ON_AN_INCLINE, BETWEEN_DISTRIBUTION_FUNCTIONS = VARIANTS["6.3"]
POSITIVE, ZEROS, DISJOINT, NEAR = chapter.POSITIVE, chapter.ZEROS, chapter.DISJOINT, chapter.NEAR
ONE_WAY, BOTH_WAYS, UNITS = chapter.ONE_WAY, chapter.BOTH_WAYS, chapter.UNITS

#: What the solutions do about zeros, and what people write in its place.
GUARD = "np.where(x > 0, ratio, 0)"
ROUNDED = "of which number near 1 do you take the logarithm"

WRONG = {
    UNFAIR_COIN: {
        "the chapter's": (chapter.js, ((POSITIVE, ZEROS, DISJOINT, NEAR), "which is JS of a fair coin")),
        "weights exchanged": (
            {"w, p, q =": "w, q, p ="},
            ((POSITIVE, ZEROS), "which is what you get with the two weights exchanged"),
        ),
        "equal parts": (
            {
                "mixture = w * p + (1 - w) * q": "mixture = (p + q) / 2",
                "(1 - w) * (p - q)": "(p - q) / 2",
                "w * (q - p)": "(q - p) / 2",
            },
            ((POSITIVE, ZEROS), "which is what you get with a mixture of equal parts"),
            (DISJOINT, "which is JS of a fair coin"),
            (NEAR, ROUNDED),
        ),
        "plain logarithm": ({f"np.log1p({GUARD})": "np.log(1 + ratio * (x > 0))"}, (NEAR, ROUNDED)),
        "no care for zeros": (
            {f"np.log1p({GUARD})": "np.log1p(ratio)"},
            ((ZEROS, DISJOINT), "your divergence is nan, which is not a number"),
        ),
    },
    ONE_SIDE: {
        "the chapter's": (chapter.js, ((POSITIVE, ZEROS, DISJOINT, NEAR), "which is JS: ")),
        "shares exchanged": (
            {"share * p + (1 - share) * q": "(1 - share) * p + share * q", "(1 - share) * (p": "share * (p"},
            ((POSITIVE, ZEROS, DISJOINT, NEAR), "which is what you get with the two shares exchanged"),
        ),
        "plain logarithm": (
            {"np.log1p(np.where(p > 0, gap, 0))": "np.log(1 + np.where(p > 0, gap, 0))"},
            (NEAR, ROUNDED),
        ),
    },
    ON_AN_INCLINE: {
        "the chapter's": (chapter.w1, ((ONE_WAY, BOTH_WAYS), "which is W₁, where both ways cost 1")),
        "prices exchanged": (
            {"excess > 0": "excess < 0"},
            ((ONE_WAY, BOTH_WAYS), "which is what you get with the two prices exchanged"),
        ),
        "gaps taken for 1": (
            {" * np.diff(places, axis=-1)": ""},
            ((ONE_WAY, BOTH_WAYS), "which is what you get with every gap taken for 1"),
            (UNITS, "which unit does work have?"),
        ),
    },
    BETWEEN_DISTRIBUTION_FUNCTIONS: {
        "the chapter's": (
            chapter.w1,
            (("all the earth on one side", "functions that cross"), "which is W₁: "),
            ("wider gaps count for more", "what does the root make of it?"),
        ),
        "gaps taken for 1": (
            {" * np.diff(places, axis=-1)": ""},
            (
                ("all the earth on one side", "functions that cross"),
                "which is what you get with every gap taken for 1",
            ),
            ("wider gaps count for more", "how often is a gap's width in"),
        ),
    },
}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)
