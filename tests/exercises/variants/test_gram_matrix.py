"""Variants of chapter 3's exercises: their solutions hold, and typical wrong answers are told why."""

import pytest

from lossbook.exercises.variants.gram_matrix import VARIANTS
from tests.exercises import test_gram_matrix as chapter
from tests.exercises.variants.judging import assert_sound, assert_told, each_variant, each_wrong

COVARIANCES, OF_NEIGHBORS = VARIANTS["3.2"]
ANOTHER_POWER, OF_COVARIANCES = VARIANTS["3.3"]
ONE, MANY, SYMMETRIC, MEMORY = chapter.ONE, chapter.MANY, chapter.SYMMETRIC, chapter.MEMORY
FAR, ORDER = "channels far from 0", "the order of the channels"
LOSS, SLOPE, DERIVATIVE, SIZE = chapter.LOSS, chapter.SLOPE, chapter.DERIVATIVE, chapter.SIZE
ZERO, NEVER = chapter.ZERO, chapter.NEVER
DISAGREE = "but there your own loss changes by"

WRONG = {
    COVARIANCES: {
        "not centered": (
            {"rows - rows.mean(axis=2, keepdims=True)": "rows"},
            ((ONE, MANY, FAR), "which is what you get without taking the means away"),
        ),
        "means of the positions": (
            {"mean(axis=2": "mean(axis=1"},
            ((ONE, MANY, FAR), "which is what you get with each position's mean taken away"),
        ),
        "one mean for all": (
            {"rows.mean(axis=2, keepdims=True)": "rows.mean()"},
            (ONE, "which mean belongs to a channel"),
            (MANY, "each channel of each map of the batch has a mean of its own."),
            (FAR, "what should be subtracted before numbers are multiplied?"),
        ),
        "a fixed divisor": (
            {"c, p = rows.shape[1:]": "c, p = 1, 2"},
            ((ONE, MANY, FAR), "of your gram is"),
        ),
        "all products first": (
            {"rows @ rows.swapaxes(1, 2)": "(rows[:, :, None] * rows[:, None]).sum(axis=3)"},
            (MEMORY, "which product need not be stored before it is summed?"),
        ),
        "half of it": (
            {"rows @ rows.swapaxes(1, 2)": "np.tri(c) * (rows @ rows.swapaxes(1, 2))"},
            (ONE, "which mean belongs to a channel"),
            (MANY, "each channel of each map"),
            (FAR, "what should be subtracted"),
            (SYMMETRIC, "your gram is not symmetric"),
        ),
    },
    OF_NEIGHBORS: {
        "the chapter's": (chapter.gram, ((ONE, ORDER, MANY), "which is the Gram matrix itself")),
        "exchanged": (
            {"here @ there.swapaxes(1, 2)": "there @ here.swapaxes(1, 2)"},
            ((ONE, ORDER, MANY), "which is what you get with the two channels exchanged"),
        ),
        "divided by C HW": (
            {"(here.shape[1] * here.shape[2])": "features[0].size"},
            ((ONE, ORDER, MANY), "which is what you get by dividing by C HW"),
        ),
        "all products first": (
            {"here @ there.swapaxes(1, 2)": "(here[:, :, None] * there[:, None]).sum(axis=3)"},
            (MEMORY, "which product need not be stored before it is summed?"),
        ),
    },
    ANOTHER_POWER: {
        "the chapter's": (chapter.loss_and_gradient, ((LOSS, SLOPE, SIZE), "which is what squares give")),
        "half the gradient": (
            {"2 / f.size": "1 / f.size"},
            (SLOPE, "which is half of the derivative"),
            (DERIVATIVE, DISAGREE),
        ),
        "no sign": (
            {"np.sign(D) * ": ""},
            (SLOPE, "which is what you get without the sign of the difference"),
            (DERIVATIVE, DISAGREE),
        ),
        "a sum": (
            {"/ D.size": "", "np.mean": "np.sum"},
            ((LOSS, SLOPE, SIZE), "which is what you get without the mean over the C² entries"),
        ),
        "one Z for both": (
            {"/ s.size": "/ f.size"},
            (SIZE, "each Gram matrix has the Z of its own map."),
        ),
    },
    OF_COVARIANCES: {
        "the chapter's": (
            chapter.loss_and_gradient,
            ((LOSS, SLOPE, SIZE), "your"),
        ),
        "not centered": (
            {"rows - rows.mean(axis=1, keepdims=True)": "rows"},
            ((LOSS, SLOPE, SIZE), "which is what you get without taking the means away"),
        ),
        "half the gradient": (
            {"gradient = 4": "gradient = 2"},
            (SLOPE, "which is half of the derivative"),
            (DERIVATIVE, DISAGREE),
        ),
        "a sum": (
            {"4 / (D.size * Z)": "4 / Z", "np.mean": "np.sum"},
            ((LOSS, SLOPE, SIZE), "which is what you get without the mean over the C² entries"),
        ),
        "gradient without the target": (
            {"* D @ f": "* G @ f"},
            (SLOPE, "F stands in each matrix twice"),
            (DERIVATIVE, DISAGREE),
            (ZERO, "nothing is left to change there."),
        ),
        "loss of the wrong sign": (
            {"return np.mean": "return -np.mean"},
            ((LOSS, SIZE), "which is of the wrong sign"),
            (DERIVATIVE, DISAGREE),
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
