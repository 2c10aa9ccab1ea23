"""Variants of chapter 7's exercises: their solutions hold, and typical wrong answers are told why."""

import itertools

import numpy as np
import pytest

from lossbook.exercises.variants.optima import VARIANTS
from tests.exercises import test_optima as chapter
from tests.exercises.variants.judging import assert_sound, assert_told, each_variant, each_wrong, written

SHORTENED_BY, ALONG_SIGNS = VARIANTS["7.2"]
ONE_OF_THE_BEST_TWO, WHO_MAY_REFUSE = VARIANTS["7.3"]
ROUND, TILTED, SHARE, FIRST, FLAT = (
    chapter.ROUND,
    chapter.TILTED,
    chapter.SHARE,
    chapter.FIRST,
    chapter.FLAT,
)
HAND, MANY, NONE, LAST = chapter.HAND, chapter.MANY, chapter.NONE, chapter.LAST
PASSED_BY = {"return t": "return t if slope.any() else 1.0"}

WRONG = {
    SHORTENED_BY: {
        "the chapter's": (chapter.halved, ((ROUND, TILTED, SHARE, FIRST), "which is what halving gives")),
        "any decrease will do": (
            {"share * t * slope @ slope": "0"},
            ((TILTED, SHARE), "which is"),
        ),
        "always from 1": (
            {"H @ theta - b, first": "H @ theta - b, 1.0"},
            ((ROUND, FIRST, FLAT), "which is what you get if the first trial is 1"),
        ),
    },
    ALONG_SIGNS: {
        "the chapter's": (
            chapter.halved,
            ((ROUND, TILTED, SHARE, FIRST), "your step is"),
        ),
        "along the gradient": (
            {"np.sign(slope)": "slope"},
            ((ROUND, TILTED, SHARE, FIRST), "which is what the gradient itself as the way gives"),
        ),
        "promise of the gradient": (
            {"slope @ way": "slope @ slope"},
            ((ROUND, TILTED, SHARE), "which is too small"),
            (FIRST, "by what are they shortened?"),
        ),
        "flat": (PASSED_BY, (FLAT, "at a stationary point a step of any length changes nothing.")),
    },
    ONE_OF_THE_BEST_TWO: {
        "the chapter's": (
            chapter.chances,
            ((HAND, MANY, NONE, LAST), "which is the chance of the best alone"),
        ),
        "without the last": (
            {"chances += np.arange(1, n) / n / (n - 1)": "pass"},
            ((HAND, MANY), "which is what you get if nobody is taken where none beats those who"),
            (LAST, "which one is taken then, and with which probability is it one of the two?"),
        ),
        "twice": (
            lambda skip, n: 2 * chapter.chances(skip, n),
            ((HAND, MANY), "which is twice the chance of the best alone"),
        ),
    },
    WHO_MAY_REFUSE: {
        "the chapter's": (
            chapter.chances,
            ((HAND, MANY, NONE, LAST), "which is the chance if nobody refuses"),
        ),
        "a refusal ends it": (
            {"free *= 1 - yes / i": "free *= 1 - 1 / i"},
            ((HAND, MANY, NONE), "which is what you get if the search ends with a refusal"),
        ),
    },
}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)


def orders(n):
    """Yield, for all orders of n candidates, their ranks; 0 is the best."""
    return itertools.permutations(range(n))


def offers(ranks, skip):
    """Return the ranks of those who, after the skipped ones, beat all before them."""
    return [rank for i, rank in enumerate(ranks) if i >= skip and rank == min(ranks[: i + 1])]


def content(ranks, skip):
    return float((offers(ranks, skip) or [ranks[-1]])[0] < 2)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_the_best_two_are_as_often_taken_as_in_all_orders(n):
    answer = written(ONE_OF_THE_BEST_TWO(np.random.default_rng(1)).solution)
    counted = [np.mean([content(ranks, skip) for ranks in orders(n)]) for skip in range(n)]
    assert np.allclose(answer(np.arange(n), n), counted, rtol=1e-12, atol=0)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_refusals_are_as_in_all_orders(n):
    variant = WHO_MAY_REFUSE(np.random.default_rng(1))
    yes = float(variant.solution.partition("yes, chances = ")[2].partition(",")[0])

    def gets_the_best(ranks, skip):
        made = offers(ranks, skip)
        return yes * (1 - yes) ** (len(made) - 1) if 0 in made else 0.0

    counted = [np.mean([gets_the_best(ranks, skip) for ranks in orders(n)]) for skip in range(n)]
    assert np.allclose(written(variant.solution)(np.arange(n), n), counted, rtol=1e-12, atol=0)
