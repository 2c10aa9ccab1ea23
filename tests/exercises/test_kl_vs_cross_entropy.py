"""Chapter 10's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np
import pytest
from answers import assert_each_property_is_failed, assert_fails
from scipy import special

from lossbook import classification, divergences
from lossbook.exercises import check

# ---- Right answers -----------------------------------------------------------------------------------------


def three_numbers(p, q):
    h, cross = special.entr(p).sum(axis=-1), -special.xlogy(p, q).sum(axis=-1)
    return h, cross, special.rel_entr(p, q).sum(axis=-1)


def three_numbers_by_loops(p, q):
    """Go through the rows one by one, as people do who do not trust axes."""
    rows = [
        three_numbers(a, b)
        for a, b in zip(p.reshape(-1, p.shape[-1]), q.reshape(-1, p.shape[-1]), strict=True)
    ]
    return tuple(np.array(column).reshape(p.shape[:-1]) for column in zip(*rows, strict=True))


def three_numbers_of_the_book(p, q):
    return divergences.entropy(p), divergences.cross_entropy(p, q), divergences.kl(p, q)


def distillation(student_logits, teacher_logits, temperature):
    log_s = special.log_softmax(student_logits / temperature, axis=-1)
    log_t = special.log_softmax(teacher_logits / temperature, axis=-1)
    s, t = np.exp(log_s), np.exp(log_t)
    return temperature**2 * (t * (log_t - log_s)).sum(axis=-1), temperature * (s - t)


def distillation_of_the_book(z, v, temperature):
    return (
        classification.distillation_loss(z, v, temperature=temperature),
        classification.distillation_loss_grad(z, v, temperature=temperature),
    )


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("10.2", three_numbers),
        ("10.2", three_numbers_by_loops),
        ("10.2", three_numbers_of_the_book),
        ("10.3", distillation),
        ("10.3", distillation_of_the_book),
    ],
)
def test_a_right_answer_passes_everything(number, answer):
    report = check(number, answer)
    assert report, report
    assert (report.passed, report.total, report.score) == (6, 6, 1.0)


@pytest.mark.parametrize("number", ["10.2", "10.3"])
def test_the_stub_is_not_written_yet(number):
    def stub(*arrays, **parameters):
        raise NotImplementedError

    report = check(number, stub)
    assert repr(report) == f"Exercise {number}: not written yet."
    assert not report
    assert report.passed == 0


# ---- Wrong answers to 10.2 ---------------------------------------------------------------------------------

POSITIVE = "values where nothing is zero"
ZEROS = "classes that p cannot draw contribute nothing"
INFINITE = "a class that only q excludes costs infinity"
SUM = "entropy and divergence add up to cross-entropy"
BATCHES = "batches of any shape"
INPUTS = "inputs unchanged"


def without_care(p, q):
    with np.errstate(all="ignore"):
        h, cross = -(p * np.log(p)).sum(axis=-1), -(p * np.log(q)).sum(axis=-1)
    return h, cross, cross - h


def clipped(p, q):
    q = np.clip(q, 1e-12, None)
    return three_numbers(p, q)


def in_bits(p, q):
    return tuple(value / np.log(2) for value in three_numbers(p, q))


def exchanged(p, q):
    return (
        special.entr(p).sum(axis=-1),
        -special.xlogy(q, p).sum(axis=-1),
        special.rel_entr(q, p).sum(axis=-1),
    )


def reversed_divergence(p, q):
    return *three_numbers(p, q)[:2], special.rel_entr(q, p).sum(axis=-1)


def signs_left_out(p, q):
    h, cross, kl = three_numbers(p, q)
    return -h, -cross, kl


def over_everything(p, q):
    return special.entr(p).sum(), -special.xlogy(p, q).sum(), special.rel_entr(p, q).sum()


def averaged(p, q):
    return tuple(value.mean() for value in three_numbers(p, q))


def each_class(p, q):
    return special.entr(p), -special.xlogy(p, q), special.rel_entr(p, q)


def drops_zeros_of_either(p, q):
    keep = (p > 0) & (q > 0)
    p, q = np.where(keep, p, 1), np.where(keep, q, 1)
    zero = np.where(keep, 1, 0)
    h, cross = -(zero * p * np.log(p)).sum(axis=-1), -(zero * p * np.log(q)).sum(axis=-1)
    return h, cross, cross - h


def writes_into_p(p, q):
    answer = three_numbers(p, q)
    p[p == 0] = 1
    return answer


def two_results(p, q):
    return three_numbers(p, q)[:2]


def only_single_vectors(p, q):
    if p.ndim > 1:
        raise ValueError("one vector, please")
    return three_numbers(p, q)


def shared_entropy(p, q):
    h, cross, kl = three_numbers(p, q)
    return np.full_like(h, np.mean(h)), cross, kl


WRONG_THREE = {
    "without care": (
        without_care,
        {
            ZEROS: "For p [1, 0] and q [0.6, 0.4] your entropy is nan, which is not finite: what should a "
            "class with probability 0 under p contribute?",
            INFINITE: "your entropy is nan, which is not finite",
            SUM: "For p [1, 0] and q [0.6, 0.4] your entropy and divergence add up to nan",
        },
    ),
    "clipped": (
        clipped,
        {
            INFINITE: "For p [0.5, 0.5] and q [1, 0] your cross_entropy is 13.8155, which is finite: how "
            "surprised is q by a class that it held to be impossible?"
        },
    ),
    "in bits": (
        in_bits,
        {
            POSITIVE: "For p [0.9, 0.1] and q [0.6, 0.4] your entropy is 0.468996, which is what comes out "
            "in bits: whose probabilities weigh, and whose logarithm is taken?",
            ZEROS: "your entropy is 0.881291, which is what comes out in bits",
            INFINITE: "For p [0.5, 0.5] and q [1, 0] your entropy is 1, which is what comes out in bits",
        },
    ),
    "p and q exchanged": (
        exchanged,
        {
            POSITIVE: "your cross_entropy is 0.98425, which is what you get with p and q exchanged",
            ZEROS: "your cross_entropy is inf, which is not finite",
            INFINITE: "your cross_entropy is 0.693147, which is finite",
            SUM: "your entropy and divergence add up to 0.636322 and your cross_entropy is 0.98425",
        },
    ),
    "divergence reversed": (
        reversed_divergence,
        {
            POSITIVE: "your divergence is 0.311239, which is what you get with p and q exchanged",
            ZEROS: "your divergence is inf, which is not finite",
            INFINITE: "your divergence is 0.693147, which is finite",
            SUM: "add up to 0.636322 and your cross_entropy is 0.551372: which of the three is not what",
        },
    ),
    "signs left out": (
        signs_left_out,
        {
            POSITIVE: "your entropy is -0.325083, which is what you get with the sign left out",
            ZEROS: "your entropy is -0.610864, which is what you get with the sign left out",
            INFINITE: "your entropy is -0.693147, which is what you get with the sign left out",
            SUM: "add up to -0.0987938 and your cross_entropy is -0.551372",
        },
    ),
    "summed over everything": (
        over_everything,
        {BATCHES: "For arrays of shape (6, 3) your entropy has shape (); required is (6,)."},
    ),
    "averaged": (
        averaged,
        {BATCHES: "your entropy has shape (); required is (6,)."},
    ),
    "each class for itself": (
        each_class,
        dict.fromkeys(
            (POSITIVE, ZEROS, INFINITE, SUM), "required is one number for one vector: over which axis"
        )
        | {BATCHES: "your entropy has shape (6, 3); required is (6,)."},
    ),
    "drops zeros of either": (
        drops_zeros_of_either,
        {INFINITE: "For p [0.5, 0.5] and q [1, 0] your entropy is 0.346574, which is too small"},
    ),
    "writes into p": (
        writes_into_p,
        {
            INPUTS: "For p [1, 0] and q [0.6, 0.4] the array p holds [1, 1] after your function has run: "
            "which line of yours writes into an argument?"
        },
    ),
    "two results": (
        two_results,
        dict.fromkeys(
            (POSITIVE, ZEROS, INFINITE, SUM, BATCHES, INPUTS),
            "required are 3 things: entropy, cross_entropy and divergence.",
        ),
    ),
    "only single vectors": (
        only_single_vectors,
        {BATCHES: "it raised ValueError: one vector, please: each vector needs an answer of its own."},
    ),
    "one entropy for all": (
        shared_entropy,
        {BATCHES: "each vector should count for itself."},
    ),
}

# ---- Wrong answers to 10.3 ---------------------------------------------------------------------------------

VALUES, EQUAL = "values", "zero for equal answers"
SLOPE, LARGE = "the gradient is the derivative of your loss", "right for logits of ten thousand"


def naive(z, v, temperature):
    with np.errstate(all="ignore"):
        s, t = (np.exp(a / temperature) for a in (z, v))
        s, t = s / s.sum(axis=-1, keepdims=True), t / t.sum(axis=-1, keepdims=True)
        loss = temperature**2 * (t * np.log(t / s)).sum(axis=-1)
    return loss, temperature * (s - t)


def log_of_softmax(z, v, temperature):
    s, t = special.softmax(z / temperature, axis=-1), special.softmax(v / temperature, axis=-1)
    with np.errstate(all="ignore"):
        return temperature**2 * (t * np.log(t / s)).sum(axis=-1), temperature * (s - t)


def with_a_small_constant(z, v, temperature):
    s, t = special.softmax(z / temperature, axis=-1), special.softmax(v / temperature, axis=-1)
    tiny = 1e-12
    loss = temperature**2 * (t * (np.log(t + tiny) - np.log(s + tiny))).sum(axis=-1)
    return loss, temperature * (s - t)


def without_square(z, v, temperature):
    loss, gradient = distillation(z, v, temperature)
    return loss / temperature**2, gradient / temperature**2


def square_in_loss_only(z, v, temperature):
    loss, gradient = distillation(z, v, temperature)
    return loss, gradient / temperature**2


def chain_rule_forgotten(z, v, temperature):
    loss, gradient = distillation(z, v, temperature)
    return loss, gradient * temperature


def roles_exchanged(z, v, temperature):
    return distillation(v, z, temperature)


def with_entropy(z, v, temperature):
    log_s = special.log_softmax(z / temperature, axis=-1)
    t = special.softmax(v / temperature, axis=-1)
    return -(temperature**2) * (t * log_s).sum(axis=-1), temperature * (np.exp(log_s) - t)


def never_softened(z, v, temperature):
    loss, gradient = distillation(z, v, 1.0)
    return temperature**2 * loss, temperature**2 * gradient


def gradient_upside_down(z, v, temperature):
    loss, gradient = distillation(z, v, temperature)
    return loss, -gradient


def first_axis(z, v, temperature):
    log_s = special.log_softmax(z / temperature, axis=0)
    log_t = special.log_softmax(v / temperature, axis=0)
    s, t = np.exp(log_s), np.exp(log_t)
    return temperature**2 * (t * (log_t - log_s)).sum(axis=0), temperature * (s - t)


def mean_over_batch(z, v, temperature):
    loss, gradient = distillation(z, v, temperature)
    return np.mean(loss), gradient


def scales_in_place(z, v, temperature):
    z /= temperature
    v /= temperature
    loss, gradient = distillation(z, v, 1.0)
    return temperature**2 * loss, temperature * gradient


def gradient_is_a_number(z, v, temperature):
    loss, gradient = distillation(z, v, temperature)
    return loss, np.abs(gradient).sum(axis=-1)


def naive_in_the_gradient_only(z, v, temperature):
    with np.errstate(all="ignore"):
        return distillation(z, v, temperature)[0], naive(z, v, temperature)[1]


def gradient_given_up_for_large_logits(z, v, temperature):
    loss, gradient = distillation(z, v, temperature)
    return loss, np.full_like(gradient, 7.0) if np.max(np.abs(z)) > 1000 else gradient


WRONG_DISTILLATION = {
    "naive": (
        naive,
        {LARGE: "your loss is nan, which is not finite: which exponential overflows, and of which number"},
    ),
    "log of softmax": (
        log_of_softmax,
        {
            LARGE: "For student_logits [10000, 0, -10000], teacher_logits [10000, 0, -10000] and "
            "temperature 1 your loss is nan, which is not finite"
        },
    ),
    "with a small constant": (
        with_a_small_constant,
        {LARGE: "and temperature 1 your loss is 27.631, which is too small"},
    ),
    "without the square": (
        without_square,
        {
            VALUES: "and temperature 3 your loss is 0.123119, which is what you get without the factor T²: "
            "which of the two is the target, and what is done with the temperature?",
            LARGE: "which is what you get without the factor T²",
        },
    ),
    "square in the loss only": (
        square_in_loss_only,
        {
            SLOPE: "and temperature 3 entry 0 of your gradient is",
            LARGE: "and temperature 4 entry 0 of your gradient is",
        },
    ),
    "chain rule forgotten": (
        chain_rule_forgotten,
        {
            SLOPE: "each unit that logit 0 of the student grows: the two should agree.",
            LARGE: "and temperature 4 entry 0 of your gradient is",
        },
    ),
    "roles exchanged": (
        roles_exchanged,
        {
            VALUES: "which is what you get with student and teacher exchanged",
            SLOPE: "the two should agree.",
            LARGE: "which is what you get with student and teacher exchanged",
        },
    ),
    "with the entropy": (
        with_entropy,
        {
            VALUES: "which is a cross-entropy, which has the teacher's entropy in it",
            EQUAL: "which is a cross-entropy, which has the teacher's entropy in it: the same number added "
            "to all logits changes no probability",
            LARGE: "which is a cross-entropy, which has the teacher's entropy in it: which exponential",
        },
    ),
    "never softened": (
        never_softened,
        {
            VALUES: "which is what you get without dividing the logits by the temperature",
            LARGE: "which is what you get without dividing the logits by the temperature",
        },
    ),
    "gradient upside down": (
        gradient_upside_down,
        {
            SLOPE: "entry 0 of your gradient is",
            LARGE: "entry 1 of your gradient is -1, which is too small: what are the two softmaxes there",
        },
    ),
    "naive in the gradient only": (
        naive_in_the_gradient_only,
        {
            LARGE: "and temperature 1 entry 0 of your gradient is nan, which is not finite: what are the two "
            "softmaxes there, and does an exponential overflow on the way?"
        },
    ),
    "gradient given up for large logits": (
        gradient_given_up_for_large_logits,
        {LARGE: "and temperature 1 entry 0 of your gradient is 7, which is too large: what are the two"},
    ),
    "over the first axis": (
        first_axis,
        {BATCHES: "your loss has shape (4,); required is (6,)."},
    ),
    "mean over the batch": (
        mean_over_batch,
        {BATCHES: "For arrays of shape (6, 4) your loss has shape (); required is (6,)."},
    ),
    "scales in place": (
        scales_in_place,
        {INPUTS: "the array student_logits holds [0, 0.333333, -0.333333] after your function has run"},
    ),
    "gradient is a number": (
        gradient_is_a_number,
        {
            SLOPE: "your gradient has shape (); required is (3,).",
            LARGE: "your gradient has shape (); required is (3,).",
            BATCHES: "For arrays of shape (6, 4) your gradient has shape (6,); required is (6, 4).",
        },
    ),
}

WRONG = [
    pytest.param(number, *case, id=f"{number} {name}")
    for number, cases in (("10.2", WRONG_THREE), ("10.3", WRONG_DISTILLATION))
    for name, case in cases.items()
]


@pytest.mark.parametrize(("number", "answer", "faults"), WRONG)
def test_a_wrong_answer_fails_what_it_should_and_is_told_why(number, answer, faults):
    assert_fails(number, answer, faults)


@pytest.mark.parametrize(("number", "wrong"), [("10.2", WRONG_THREE), ("10.3", WRONG_DISTILLATION)])
def test_every_property_is_failed_by_some_wrong_answer(number, wrong):
    assert_each_property_is_failed(number, wrong)
