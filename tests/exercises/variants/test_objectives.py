"""Variants of chapter 8's exercises: their solutions hold, and typical wrong answers are told why."""

import pytest

from lossbook.exercises.variants.objectives import VARIANTS
from tests.exercises import test_objectives as chapter
from tests.exercises.variants.judging import assert_sound, assert_told, each_variant, each_wrong

PULLED_TO, SMOOTH_SLOPES = VARIANTS["8.3"]
IN_ANOTHER_SCALING, FROM_A_START = VARIANTS["8.4"]
COST, BOTH, FREE = chapter.COST, chapter.BOTH, "what is free"
SLOPE, PULL, DERIVATIVE = chapter.SLOPE, chapter.PULL, chapter.DERIVATIVE
RADIUS, TINY, LONG = chapter.RADIUS, chapter.TINY, chapter.LONG

WRONG = {
    PULLED_TO: {
        "the chapter's": (
            chapter.objective,
            ((BOTH, FREE, PULL), "which is what a pull to 0 gives"),
        ),
        "intercept, too": (
            {"np.append(0.0, theta[1:] - aim)": "theta - aim"},
            ((BOTH, FREE, PULL), "which is what you get with the intercept penalized"),
        ),
        "gradient without 2": (
            {"2 * strength * away": "strength * away"},
            (PULL, "which is what the penalty without its factor 2 gives"),
            (DERIVATIVE, "the two should agree."),
        ),
    },
    SMOOTH_SLOPES: {
        "the chapter's": (
            chapter.objective,
            ((BOTH, FREE), "your objective is"),
            (PULL, "your gradient is"),
        ),
        "intercept as a neighbor": (
            {
                "np.diff(theta[1:])": "np.diff(theta)",
                "[[0.0, 0.0], steps]": "[[0.0], steps]",
                "[[0.0], steps, [0.0]]": "[steps, [0.0]]",
            },
            ((BOTH, FREE, PULL), "which is what you get with the intercept as a neighbor"),
        ),
        "one end only": (
            {" - np.concatenate([[0.0], steps, [0.0]])": ""},
            (PULL, "which is what you get with each slope in the term to its left alone"),
            (DERIVATIVE, "the two should agree."),
        ),
    },
    IN_ANOTHER_SCALING: {
        "the chapter's": (
            chapter.strength_by_singular_values,
            ((RADIUS, TINY), "but it is right for the mean of squared errors plus the whole penalty"),
        ),
        "for the sum": (
            {"times * lam": "lam"},
            ((RADIUS, TINY), "but it is right for the sum of squared errors plus the whole penalty"),
        ),
        "turned over": (
            {"times * lam": "lam / times"},
            ((RADIUS, TINY), "what do you multiply, and what divide?"),
        ),
        "radius squared": (
            {"def length(lam):": "radius **= 0.5\n\n    def length(lam):"},
            (RADIUS, "whose square is the radius: what does the exercise call radius?"),
        ),
        "never zero": ({"return 0.0": "return 0.1"}, (LONG, "how long are the slopes without a penalty?")),
    },
    FROM_A_START: {
        "the chapter's": (
            chapter.strength_by_singular_values,
            ((RADIUS, TINY), "but it is right with a free intercept: where does this line have to start?"),
        ),
        "for the sum": (
            {"len(y) * lam": "lam"},
            ((RADIUS, TINY), "but it is right for the sum of squared errors: what belongs to their mean?"),
        ),
        "gives up at ten": (
            {"return high": "return min(high, 10.0)"},
            (TINY, "and the slopes have length"),
        ),
    },
}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)
