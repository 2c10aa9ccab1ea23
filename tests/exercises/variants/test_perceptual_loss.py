"""Variants of chapter 4's exercises: their solutions hold, and typical wrong answers are told why."""

import pytest

from lossbook.exercises.variants.perceptual_loss import VARIANTS
from tests.exercises import test_perceptual_loss as chapter
from tests.exercises.variants.judging import assert_sound, assert_told, each_variant, each_wrong

ANOTHER_POWER, RELATIVE_TO_THE_TARGET = VARIANTS["4.2"]
BY_ANOTHER_LENGTH, MEAN_DISTANCE = VARIANTS["4.3"]
HAND, WEIGHT, SHAPES = chapter.HAND, chapter.WEIGHT, chapter.SHAPES
EQUAL, NEVER = chapter.EQUAL, chapter.NEVER
PLACE, CHANNELS, MANY = chapter.PLACE, chapter.CHANNELS, chapter.MANY
LENGTHS, EMPTY = chapter.LENGTHS, chapter.EMPTY
ALL = (PLACE, CHANNELS, MANY, LENGTHS, EMPTY)

WRONG = {
    ANOTHER_POWER: {
        "the chapter's": (chapter.two_layers, ((HAND, WEIGHT, SHAPES), "which is what squares give")),
        "sums": (
            {"(abs(x1 - y1) ** power).mean()": "(abs(x1 - y1) ** power).sum()"}
            | {"(abs(x2 - y2) ** power).mean()": "(abs(x2 - y2) ** power).sum()"},
            ((HAND, SHAPES), "which is what sums give in the place of means"),
        ),
        "weight on the first": (
            {"return (": "return weight * (", "+ weight * ": "+ "},
            ((WEIGHT, SHAPES), "which is what you get with the weight on the first layer"),
        ),
        "no weight": (
            {"weight * ": ""},
            ((WEIGHT, SHAPES), "which is what you get without the weight"),
        ),
        "negative": (
            lambda *arrays, weight: -chapter.two_layers(*arrays, weight),
            ((HAND, WEIGHT, SHAPES), "your loss is"),
            (NEVER, "what would it mean to be paid for an error?"),
        ),
        "never nothing": (
            {"return ": "return 1 + "},
            ((HAND, WEIGHT, SHAPES), "which is too large"),
            (EQUAL, "features that are equal cost nothing."),
        ),
    },
    RELATIVE_TO_THE_TARGET: {
        "the chapter's": (
            chapter.two_layers,
            ((HAND, WEIGHT, SHAPES), "which is what you get with means of squared differences"),
        ),
        "relative to the prediction": (
            {"(y**2).sum()": "(x**2).sum()"},
            ((HAND, WEIGHT, SHAPES), "which is what you get relative to the prediction's squares"),
        ),
        "weight on the first": (
            {"term(x1, y1) + weight": "weight * term(x1, y1) + 1"},
            ((WEIGHT, SHAPES), "which is what you get with the weight on the first layer"),
        ),
        "no weight": (
            {"weight * ": ""},
            ((WEIGHT, SHAPES), "which is what you get without the weight"),
        ),
    },
    BY_ANOTHER_LENGTH: {
        "the chapter's": (chapter.lpips, (ALL, "which is what Euclidean lengths give")),
        "not scaled": (
            {"return z / np.where(length == 0, 1, length)": "return z"},
            (ALL, "which is what you get without scaling"),
        ),
        "mean over channels": (
            {".sum(axis=0).mean()": ".mean()"},
            (ALL, "which is what you get if the mean is over channels, too"),
        ),
        "sum over places": (
            {".sum(axis=0).mean()": ".sum()"},
            ((MANY, LENGTHS), "which is what you get if the sum is over places, too"),
        ),
        "divides by nothing": (
            {"np.where(length == 0, 1, length)": "length"},
            (EMPTY, "what is the scaled vector where there is no length?"),
        ),
        "weights outside the square": (
            {"np.asarray(weights)": "np.sqrt(weights)"},
            ((CHANNELS, MANY, LENGTHS, EMPTY), "with the weights outside the square"),
        ),
    },
    MEAN_DISTANCE: {
        "the chapter's": (chapter.lpips, (ALL, "which is what you get without the root")),
        "one root at the end": (
            {"axis=0)).mean()": "axis=0).mean())"},
            ((MANY, LENGTHS), "which is what you get with one root at the end"),
        ),
        "no weights": (
            {"np.asarray(weights)[:, None, None]": "1"},
            ((CHANNELS, MANY, LENGTHS, EMPTY), "which is what you get with the weights left out"),
        ),
        "no unit vectors": (
            {"return z / np.where(length == 0, 1, length)": "return z"},
            (ALL, "which is what you get without the unit vectors"),
        ),
        "negative": (
            {"return np.sqrt((": "return -np.sqrt(("},
            (ALL, "your term is"),
            (NEVER, "what would it mean to be paid for an error?"),
        ),
    },
}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)
