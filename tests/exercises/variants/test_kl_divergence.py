"""Variants of chapter 5's exercises: their solutions hold, and typical wrong answers are told why."""

import pytest

from lossbook.exercises.variants.kl_divergence import VARIANTS
from tests.exercises import test_kl_divergence as chapter
from tests.exercises.variants.judging import assert_sound, assert_told, each_variant, each_wrong

SOFTENED_LOGITS, RENYI_FROM_LOGITS = VARIANTS["5.2"]
BLENDED_DIRICHLETS, RENYI_OF_DIRICHLETS = VARIANTS["5.3"]
VALUES, LARGE, TINY, NEVER = chapter.VALUES, chapter.LARGE, chapter.TINY, chapter.NEVER
TWO, THREE, SUMS, PEAKED = chapter.TWO, chapter.THREE, chapter.SUMS, chapter.PEAKED


WRONG = {
    SOFTENED_LOGITS: {
        "the chapter's": (chapter.from_logits, ((VALUES, LARGE, TINY), "which is KL at temperature 1")),
        "no factor": (
            {"temperature**2 * ": ""},
            ((VALUES, LARGE, TINY), "which is what you get without the factor in front"),
        ),
        "factor alone": (
            {" / temperature": ""},
            ((VALUES, LARGE, TINY), "which is what you get with the factor and without softening"),
        ),
        "overflow": (
            {"x = x - x.max(axis=-1, keepdims=True)": "pass"},
            ((LARGE, TINY), "which is not a number: "),
        ),
        "sum of all": (
            {"(log_p - log_q)).sum(axis=-1)": "(log_p - log_q)).sum()"},
            (chapter.BATCH, "your divergence is a number"),
        ),
    },
    RENYI_FROM_LOGITS: {
        "the chapter's": (chapter.from_logits, ((VALUES, LARGE, TINY), "which is KL itself")),
        "exchanged": (
            {"order * log_p + (1 - order) * log_q": "order * log_q + (1 - order) * log_p"},
            ((VALUES, LARGE, TINY), "which is what you get with P and Q exchanged"),
        ),
        "bits": (
            {"[..., 0] / (order - 1)": "[..., 0] / (order - 1) / np.log(2)"},
            ((VALUES, LARGE, TINY), "which is what comes out in bits"),
        ),
        "sign": (
            {"/ (order - 1)": "/ (1 - order)"},
            ((VALUES, LARGE, TINY), "which is what you get with the sign of the factor turned"),
            (NEVER, "what would it mean to be paid for an error?"),
        ),
    },
    BLENDED_DIRICHLETS: {
        "the chapter's": (chapter.dirichlet, ((TWO, THREE, SUMS, PEAKED), "which is KL from P to Q alone")),
        "weights exchanged": (
            {"* kl(a, b)": "* kl(b, a)", "* kl(b, a)": "* kl(a, b)"},
            ((TWO, THREE, SUMS, PEAKED), "which is what you get with the two weights exchanged"),
        ),
        "no total": (
            {"digamma(a) - digamma(a.sum(axis=-1, keepdims=True))": "digamma(a)"},
            ((TWO, THREE, SUMS), "which is what you get without the digamma of the sum"),
        ),
    },
    RENYI_OF_DIRICHLETS: {
        "the chapter's": (chapter.dirichlet, ((TWO, THREE, SUMS, PEAKED), "which is KL itself")),
        "exchanged": (
            {
                "order * a + (1 - order) * b": "order * b + (1 - order) * a",
                "order * log_beta(a)": "order * log_beta(b)",
                "(1 - order) * log_beta(b)": "(1 - order) * log_beta(a)",
            },
            ((TWO, THREE, SUMS, PEAKED), "which is what you get with a and b exchanged"),
        ),
        "no factor": (
            {" / (order - 1)": ""},
            ((TWO, THREE, SUMS, PEAKED), "without the factor in front"),
        ),
    },
}


@pytest.mark.parametrize(("variant", "answer", "told"), each_wrong(WRONG))
def test_wrong_answers_are_told_why(variant, answer, told):
    assert_told(variant, answer, told)


@pytest.mark.parametrize("variant", each_variant(WRONG))
def test_the_solution_alone_has_full_marks_and_form_none(variant):
    assert_sound(variant)
