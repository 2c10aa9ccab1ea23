"""Chapter 10's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np
from scipy import special


def three_numbers(p, q):
    h, cross = special.entr(p).sum(axis=-1), -special.xlogy(p, q).sum(axis=-1)
    return h, cross, special.rel_entr(p, q).sum(axis=-1)


def three_numbers_by_loops(p, q):
    """Go through the rows one by one, as people do who do not trust axes."""
    rows = [three_numbers(*pair) for pair in zip(*(x.reshape(-1, x.shape[-1]) for x in (p, q)), strict=True)]
    return tuple(np.array(column).reshape(p.shape[:-1]) for column in zip(*rows, strict=True))


def distillation(student_logits, teacher_logits, temperature):
    log_s = special.log_softmax(student_logits / temperature, axis=-1)
    log_t = special.log_softmax(teacher_logits / temperature, axis=-1)
    s, t = np.exp(log_s), np.exp(log_t)
    return temperature**2 * (t * (log_t - log_s)).sum(axis=-1), temperature * (s - t)


RIGHT = {"10.2": [three_numbers, three_numbers_by_loops], "10.3": [distillation]}


def without_care(p, q):
    h, cross = -(p * np.log(p)).sum(axis=-1), -(p * np.log(q)).sum(axis=-1)
    return h, cross, cross - h


def only_single_vectors(p, q):
    if p.ndim > 1:
        raise ValueError("one vector, please")
    return three_numbers(p, q)


POSITIVE, ZEROS = "values where nothing is zero", "classes that p cannot draw contribute nothing"
INFINITE, BATCHES = "a class that only q excludes costs infinity", "batches of any shape"
SUM, INPUTS = "entropy and divergence add up to cross-entropy", "inputs unchanged"

WRONG_THREE = {
    "without care": (
        without_care,
        (ZEROS, "For p [1, 0] and q [0.6, 0.4] your entropy is nan, which is not a number: what should a"),
        (INFINITE, "your entropy is nan, which is not a number"),
        (SUM, "For p [1, 0] and q [0.6, 0.4] your entropy and divergence add up to nan"),
    ),
    "clipped": (
        lambda p, q: three_numbers(p, np.clip(q, 1e-12, None)),
        (INFINITE, "your cross_entropy is 13.8155, which is too small: how surprised is q by a class that"),
    ),
    "minus infinity": (
        lambda p, q: [np.where(value < np.inf, value, -np.inf) for value in three_numbers(p, q)],
        (INFINITE, "your cross_entropy is -inf, which is of the wrong sign: how surprised is q by a class"),
    ),
    "in bits": (
        lambda p, q: [value / np.log(2) for value in three_numbers(p, q)],
        (POSITIVE, "your entropy is 0.468996, which is what comes out in bits: whose probabilities weigh,"),
        ((ZEROS, INFINITE), "which is what comes out in bits"),
    ),
    "p and q exchanged": (
        lambda p, q: (three_numbers(p, q)[0], *three_numbers(q, p)[1:]),
        ((POSITIVE, INFINITE), "which is what you get with p and q exchanged"),
        (ZEROS, "your cross_entropy is inf, which is not finite"),
        (SUM, "your entropy and divergence add up to 0.636322 and your cross_entropy is 0.98425: which of"),
    ),
    "one for the other": (
        lambda p, q: [three_numbers(p, q)[i] for i in (0, 2, 1)],
        ((POSITIVE, ZEROS), "which is the divergence: "),
        (SUM, "your cross_entropy is 0.226289: which of the three is not what the chapter defines?"),
    ),
    "signs left out": (
        lambda p, q: [sign * value for sign, value in zip((-1, -1, 1), three_numbers(p, q), strict=True)],
        ((POSITIVE, ZEROS, INFINITE), "which is what you get with the sign left out"),
        (SUM, "add up to -0.0987938 and your cross_entropy is -0.551372"),
    ),
    "summed": (lambda p, q: [h.sum() for h in three_numbers(p, q)], (BATCHES, "your entropy is a number;")),
    "axis kept": (
        lambda p, q: [value[..., None] for value in three_numbers(p, q)],
        (BATCHES, "your entropy is an array of shape (7, 1); required is an array of shape (7,)."),
    ),
    "each class for itself": (
        lambda p, q: (special.entr(p), -special.xlogy(p, q), special.rel_entr(p, q)),
        ((POSITIVE, ZEROS, INFINITE, SUM), "has shape (2,); required is one number."),
    ),
    "two results": (
        lambda p, q: three_numbers(p, q)[:2],
        ((POSITIVE, ZEROS, INFINITE, SUM, BATCHES, INPUTS), "it returned 2 things; required are 3 things:"),
    ),
    "only single vectors": (only_single_vectors, (BATCHES, "it raised ValueError: one vector, please: each")),
    "averaged": (
        lambda p, q: [np.full_like(value, value.mean()) for value in three_numbers(p, q)],
        (BATCHES, "but as vector [0] of arrays of shape (7, 3) it is 0.967408: each vector should count for"),
    ),
}


def changed(loss=None, gradient=None):
    """Return an answer with a function of loss and temperature, and one of gradient and temperature."""

    def answer(student_logits, teacher_logits, temperature):
        values = distillation(student_logits, teacher_logits, temperature)
        changes = zip(values, (loss, gradient), strict=True)
        return tuple(change(value, temperature) if change else value for value, change in changes)

    return answer


def naive(z, v, temperature):
    s, t = (np.exp(a / temperature) for a in (z, v))
    s, t = s / s.sum(axis=-1, keepdims=True), t / t.sum(axis=-1, keepdims=True)
    return temperature**2 * (t * np.log(t / s)).sum(axis=-1), temperature * (s - t)


def with_a_small_constant(z, v, temperature):
    s, t = special.softmax(z / temperature, axis=-1), special.softmax(v / temperature, axis=-1)
    loss = temperature**2 * (t * (np.log(t + 1e-12) - np.log(s + 1e-12))).sum(axis=-1)
    return loss, temperature * (s - t)


def with_entropy(z, v, temperature):
    t = special.softmax(v / temperature, axis=-1)
    loss, gradient = distillation(z, v, temperature)
    return loss + temperature**2 * special.entr(t).sum(axis=-1), gradient


VALUES, EQUAL = "values", "zero for equal answers"
SLOPE, LARGE = "the gradient is the derivative of your loss", "right for logits of ten thousand"

WRONG_DISTILLATION = {
    "naive": (naive, (LARGE, "which is not a number: which exponential overflows, and of which number")),
    "with a small constant": (with_a_small_constant, (LARGE, "your loss is 27.631, which is too small")),
    "without the square": (
        changed(lambda loss, T: loss / T**2, lambda gradient, T: gradient / T**2),
        (VALUES, "temperature 3 your loss is 0.123119, which is what you get without the factor T²: which"),
        (LARGE, "which is what you get without the factor T²"),
    ),
    "square in the loss only": (
        changed(gradient=lambda gradient, T: gradient / T**2),
        (SLOPE, "temperature 3 element [0] of your gradient is -0.0804733, but there your own loss changes"),
        (LARGE, "which is too small: what are the two softmaxes there, and does an exponential overflow"),
    ),
    "roles exchanged": (
        lambda z, v, temperature: distillation(v, z, temperature),
        ((VALUES, LARGE), "which is what you get with student and teacher exchanged"),
        (SLOPE, "the two should agree."),
    ),
    "with the entropy": (
        with_entropy,
        ((VALUES, LARGE), "is a cross-entropy, which has the teacher's entropy in it"),
        (EQUAL, "entropy in it: the same number added to all logits changes no probability, and a student"),
    ),
    "never softened": (
        lambda z, v, temperature: [temperature**2 * value for value in distillation(z, v, 1.0)],
        ((VALUES, LARGE), "what you get without dividing the logits by the temperature"),
    ),
    "mean over the batch": (
        changed(loss=lambda loss, T: np.mean(loss)),
        (BATCHES, "For arrays of shape (7, 4) your loss is a number; required is an array of shape (7,)."),
    ),
    "gradient is a number": (
        changed(gradient=lambda gradient, T: np.abs(gradient).sum(axis=-1)),
        ((SLOPE, LARGE), "your gradient has shape (); required is (3,)."),
    ),
}

WRONG = {"10.2": WRONG_THREE, "10.3": WRONG_DISTILLATION}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)
