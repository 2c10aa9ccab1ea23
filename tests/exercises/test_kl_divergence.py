"""Chapter 5's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np
from scipy.special import digamma, gammaln, logsumexp


def log_softmax(x):
    return x - logsumexp(x, axis=-1, keepdims=True)


def from_logits(p_logits, q_logits):
    log_p, log_q = log_softmax(p_logits), log_softmax(q_logits)
    return (np.exp(log_p) * (log_p - log_q)).sum(axis=-1)


def by_gap(p_logits, q_logits):
    """Use that the mean of the logits' differences and two log-sum-exps are enough."""
    p = np.exp(log_softmax(p_logits))
    total = logsumexp(q_logits, axis=-1) - logsumexp(p_logits, axis=-1)
    return (p * (p_logits - q_logits)).sum(axis=-1) + total


def dirichlet(a, b):
    log_b = [gammaln(c).sum(axis=-1) - gammaln(c.sum(axis=-1)) for c in (a, b)]
    mean_log = digamma(a) - digamma(a.sum(axis=-1, keepdims=True))
    return log_b[1] - log_b[0] + ((a - b) * mean_log).sum(axis=-1)


RIGHT = {"5.2": [from_logits, by_gap], "5.3": [dirichlet]}


def softmax(x):
    return np.exp(x - x.max(axis=-1, keepdims=True)) / np.exp(x - x.max(axis=-1, keepdims=True)).sum(
        axis=-1, keepdims=True
    )


def plain_softmaxes(p_logits, q_logits):
    p, q = (np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True) for x in (p_logits, q_logits))
    return (p * np.log(p / q)).sum(axis=-1)


def shifted_softmaxes(p_logits, q_logits):
    p, q = softmax(p_logits), softmax(q_logits)
    with np.errstate(all="ignore"):
        return np.where(p > 0, p * np.log(p / q), 0).sum(axis=-1)


def clipped(p_logits, q_logits):
    p, q = (np.clip(softmax(x), 1e-12, 1) for x in (p_logits, q_logits))
    return (p * np.log(p / q)).sum(axis=-1)


def not_normalized(p_logits, q_logits):
    return (softmax(p_logits) * (p_logits - q_logits)).sum(axis=-1)


VALUES, EQUAL = "values", "zero for equal distributions"
LARGE, TINY = "right for logits of ten thousand", "right where a probability of Q underflows"
NEVER, BATCH = "never negative", "batches of any shape"

WRONG_LOGITS = {
    "exchanged": (
        lambda p, q: from_logits(q, p),
        ((VALUES, LARGE, TINY), "which is what you get with P and Q exchanged"),
    ),
    "sign": (
        lambda p, q: -from_logits(p, q),
        ((VALUES, LARGE, TINY), "which is what you get with the sign left out"),
        (NEVER, "what would it mean to be paid for an error?"),
    ),
    "bits": (
        lambda p, q: from_logits(p, q) / np.log(2),
        ((VALUES, LARGE, TINY), "which is what comes out in bits"),
    ),
    "cross-entropy": (
        lambda p, q: -(softmax(p) * log_softmax(q)).sum(axis=-1),
        (VALUES, "which is the cross-entropy, which has P's entropy in it"),
        (EQUAL, "the same number added to all logits changes no probability."),
        ((LARGE, TINY), "which is the cross-entropy"),
    ),
    "overflow": (
        plain_softmaxes,
        (LARGE, "is nan, which is not a number: which exponential overflows"),
        (TINY, "is inf, which is not finite"),
    ),
    "underflow": (shifted_softmaxes, (TINY, "not finite: of which number that has become 0")),
    "clipped": (clipped, (TINY, "which is too small: of which number that has become 0")),
    "not normalized": (
        not_normalized,
        ((VALUES, EQUAL, LARGE, TINY), "which is"),
        (NEVER, "what would it mean to be paid for an error?"),
    ),
    "sum of all": (lambda p, q: from_logits(p, q).sum(), (BATCH, "your divergence is a number")),
}


def without_constants(a, b):
    return ((a - b) * (digamma(a) - digamma(a.sum(axis=-1, keepdims=True)))).sum(axis=-1)


def without_total(a, b):
    return dirichlet(a, b) + (a - b).sum(axis=-1) * digamma(a.sum(axis=-1))


def by_gamma(a, b):
    from scipy.special import gamma

    with np.errstate(all="ignore"):
        log_b = [np.log(gamma(c).prod(axis=-1) / gamma(c.sum(axis=-1))) for c in (a, b)]
    return log_b[1] - log_b[0] + without_constants(a, b)


def of_means(a, b):
    """The divergence of the two means, which is another question."""
    p, q = (c / c.sum(axis=-1, keepdims=True) for c in (a, b))
    return (p * np.log(p / q)).sum(axis=-1)


TWO, THREE, SAME = "values for two outcomes", "values for three outcomes", "zero for equal parameters"
SUMS, PEAKED = "equal means, other sums", "right for thousands"

WRONG_DIRICHLET = {
    "exchanged": (
        lambda a, b: dirichlet(b, a),
        ((TWO, THREE, SUMS, PEAKED), "which is what you get with a and b exchanged"),
    ),
    "sign": (
        lambda a, b: -dirichlet(a, b),
        ((TWO, THREE, SUMS, PEAKED), "which is what you get with the sign left out"),
    ),
    "no constants": (
        without_constants,
        ((TWO, THREE, SUMS, PEAKED), "which is what you get without the two normalizing constants"),
    ),
    "no total": (
        without_total,
        ((TWO, THREE, SUMS), "which is what you get without the digamma of the sum"),
    ),
    "gamma overflows": (by_gamma, (PEAKED, "is nan, which is not a number: which function overflows")),
    "of the means": (
        of_means,
        ((TWO, THREE, PEAKED), "which is too small"),
        (SUMS, "your divergence is 0"),
    ),
    "cross-entropy": (
        lambda a, b: dirichlet(a, b) + gammaln(a.sum(axis=-1)),
        ((TWO, THREE, SUMS, PEAKED), "which is too"),
        (SAME, "a distribution does not diverge from itself."),
    ),
    "sum of all": (lambda a, b: dirichlet(a, b).sum(), (BATCH, "your divergence is a number")),
}

WRONG = {"5.2": WRONG_LOGITS, "5.3": WRONG_DIRICHLET}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)
