"""Exercises of the chapter on KL and cross-entropy: the three numbers, and a stable distillation loss."""

from functools import partial

import numpy as np

from lossbook import classification, divergences, probability
from lossbook.exercises.checker import Exercise, named, of_form, shown
from lossbook.exercises.properties import (
    all_of,
    case,
    consistent,
    each_case,
    gradient_matches_loss,
    has_values,
    leaves_arguments_alone,
    works_on_arrays,
)

# ---- 10.2 --------------------------------------------------------------------------------------------------


def _drawn_pairs(rng):
    """Return pairs of distributions, rounded, so that a report shows the very numbers that were sent."""
    heads = ((rng.multinomial(18, [0.25, 0.4, 0.35], size=(6, 2)) + 1)[..., :2] / 21).round(2)
    return [case(*((a, b, round(1 - a - b, 2)) for a, b in pair)) for pair in heads.tolist()]


def _with_zeros(rng):
    """Return pairs of four classes; p lacks two, of which q has one or none."""
    for third in (0.1, 0, 0.1):
        (one, other), places = rng.uniform(0.1, 0.8, 2).round(2), rng.permutation(4)
        p, q = np.array([[one, 1 - one, 0, 0], [other, 1 - other - third, third, 0]]).round(2)
        yield case(p[places], q[places])


def _impossible(rng):
    """Return pairs of which q lacks a class that p has."""
    for _ in range(3):
        (*p, last), (one, two, three) = (rng.multinomial(17, [0.3, 0.4, 0.3], size=2) + 1) / 20
        places = rng.permutation(3)
        yield case(np.array([*p, last])[places], np.array([one, round(two + three, 2), 0])[places])


POSITIVE = [case((0.9, 0.1), (0.6, 0.4)), case((0.2, 0.5, 0.3), (0.6, 0.1, 0.3)), _drawn_pairs]
ZEROS = [
    case((1.0, 0.0), (0.6, 0.4)),
    case((0.7, 0.3, 0.0), (0.2, 0.8, 0.0)),
    case((0.0, 0.0, 1.0), (0.0, 0.5, 0.5)),
    _with_zeros,
]
IMPOSSIBLE = [case((0.5, 0.5), (1.0, 0.0)), case((0.2, 0.0, 0.8), (0.0, 0.5, 0.5)), _impossible]
BATCH = [case((0.5, 0.5, 0.0), (0.2, 0.3, 0.5)), case((0.1, 0.2, 0.7), (0.1, 0.2, 0.7)), _drawn_pairs]

_THREE = {
    "entropy": lambda p, q, base=None: divergences.entropy(p, base=base),
    "cross_entropy": divergences.cross_entropy,
    "divergence": divergences.kl,
}


def _mistakes(name):
    right = _THREE[name]
    return {
        "what comes out in bits": lambda p, q: right(p, q, base=2),
        "what you get with p and q exchanged": lambda p, q: right(q, p),
        "what you get with the sign left out": lambda p, q: -right(p, q),
        **{f"the {other.replace('_', '-')}": _THREE[other] for other in _THREE if other != name},
    }


def _all_three(cases, hint):
    tests = [has_values(name, right, cases, hint, mistakes=_mistakes(name)) for name, right in _THREE.items()]
    return all_of(*tests)


def adds_up(ask, answer, p, q):
    h, cross, kl = (answer.number(name) for name in _THREE)
    if not consistent(h + kl, cross):
        raise answer.not_yet(
            f"your entropy and divergence add up to {shown(h + kl)} and your cross_entropy is {shown(cross)}"
            ": which of the three is not what the chapter defines?"
        )


_THREE_NUMBERS = {
    "values where nothing is zero": _all_three(
        POSITIVE, "whose probabilities weigh, and whose logarithm is taken?"
    ),
    "classes that p cannot draw contribute nothing": _all_three(
        ZEROS, "what should a class with probability 0 under p contribute?"
    ),
    "a class that only q excludes costs infinity": _all_three(
        IMPOSSIBLE, "how surprised is q by a class that it held to be impossible?"
    ),
    "entropy and divergence add up to cross-entropy": of_form(each_case(POSITIVE + ZEROS, adds_up)),
    "batches of any shape": works_on_arrays(BATCH),
    "inputs unchanged": leaves_arguments_alone(ZEROS),
}

# ---- 10.3 --------------------------------------------------------------------------------------------------


def drawn_logits(temperature=None):
    """Return a function that draws logits of a student and a teacher, and a temperature if none is given."""

    def draw(rng):
        for _ in range(5):
            logits, drawn = rng.normal(0, 2, (2, 4)).round(1), round(rng.uniform(0.5, 6), 1)
            yield case(*logits, temperature=temperature or drawn)

    return draw


MODERATE = [case((0, 1, -1), (2, 0, -2), temperature=t) for t in (1.0, 3.0)] + [drawn_logits()]
EQUAL = [case(student, (1, -2, 0.5), temperature=2.0) for student in ((1, -2, 0.5), (11, 8, 10.5))]


def _large(rng):
    """Return logits around ±10 000 whose differences are small, and some whose differences are not."""
    for middle in (1e4, -1e4):
        logits = (middle + rng.normal(0, 2, (2, 3))).round(1)
        yield case(*logits, temperature=round(rng.uniform(0.5, 6), 1))
    yield case(*rng.uniform(-2e4, 2e4, (2, 3)).round(), temperature=1.0)


LARGE = [
    case((1e4, 0, -1e4), (1e4, 0, -1e4), temperature=1.0),
    case((0, 1e4, -1e4), (0, -1e4, 1e4), temperature=1.0),
    case((-1e4, -1e4, -1e4 + 1), (-1e4, -1e4 + 2, -1e4), temperature=4.0),
    case((1e4, 1e4 - 1, 0), (1e4, 1e4 + 1, 0), temperature=0.5),
    _large,
]


def _loss(student, teacher, temperature):
    return classification.distillation_loss(student, teacher, temperature=temperature)


def _gradient(student, teacher, temperature):
    return classification.distillation_loss_grad(student, teacher, temperature=temperature)


def _with_entropy(student, teacher, temperature):
    entropy = divergences.entropy(probability.softmax(teacher, temperature=temperature))
    return _loss(student, teacher, temperature) + temperature**2 * entropy


_loss_is = partial(
    has_values,
    "loss",
    _loss,
    mistakes={
        "what you get without the factor T²": lambda s, t, temperature: (
            _loss(s, t, temperature) / temperature**2
        ),
        "what you get with student and teacher exchanged": lambda s, t, temperature: _loss(t, s, temperature),
        "what you get without dividing the logits by the temperature": lambda s, t, temperature: (
            temperature**2 * _loss(s, t, 1.0)
        ),
        "a cross-entropy, which has the teacher's entropy in it": _with_entropy,
    },
)

_DISTILLATION = {
    "values": _loss_is(MODERATE, "which of the two is the target, and what is done with the temperature?"),
    "zero for equal answers": of_form(
        _loss_is(
            EQUAL,
            "the same number added to all logits changes no probability, and a student that gives the "
            "teacher's answer costs nothing.",
        )
    ),
    "the gradient is the derivative of your loss": gradient_matches_loss("loss", "gradient", MODERATE),
    "right for logits of ten thousand": all_of(
        _loss_is(
            LARGE,
            "which exponential overflows, and of which number that has become 0 do you take the logarithm?",
        ),
        has_values(
            "gradient",
            _gradient,
            LARGE,
            "what are the two softmaxes there, and does an exponential overflow on the way?",
        ),
    ),
    "batches of any shape": works_on_arrays([drawn_logits(2.5)]),
    "inputs unchanged": leaves_arguments_alone(MODERATE),
}

_NOUN, _LOGITS = "kl_vs_cross_entropy", ("student_logits", "teacher_logits")

EXERCISES = (
    Exercise(
        "10.2", "The three numbers, with zeros", _NOUN, ("p", "q"), tuple(_THREE), named(_THREE_NUMBERS)
    ),
    Exercise(
        "10.3",
        "A distillation loss that survives large logits",
        _NOUN,
        _LOGITS,
        ("loss", "gradient"),
        named(_DISTILLATION),
    ),
)
