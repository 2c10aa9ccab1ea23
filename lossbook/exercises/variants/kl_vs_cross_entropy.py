"""Variants of the exercises on KL and cross-entropy: other units, mixtures, and the other direction."""

from dataclasses import replace
from functools import partial

import numpy as np

from lossbook import divergences
from lossbook.exercises import kl_vs_cross_entropy as chapter
from lossbook.exercises.checker import named, of_form
from lossbook.exercises.properties import (
    all_of,
    case,
    each_case,
    gradient_matches_loss,
    has_values,
    leaves_arguments_alone,
    works_on_arrays,
)
from lossbook.exercises.variants import Variant

_THREE_NUMBERS, _DISTILLATION = chapter.EXERCISES

# ---- 10.2 --------------------------------------------------------------------------------------------------

_THREE_STUB = "def my_three_numbers(p, q):\n    raise NotImplementedError"
_UNITS = {2: "bits, by the logarithm to base 2", 3: "trits, by the logarithm to base 3"}
_UNITS |= {4: "units of two bits, by the logarithm to base 4", 10: "bans, by the logarithm to base 10"}


def _three(p, q, base=None):
    """Return the three numbers by name."""
    values = (divergences.entropy(p, base=base), divergences.cross_entropy(p, q, base=base))
    return dict(zip(_THREE_NUMBERS.outputs, (*values, divergences.kl(p, q, base=base)), strict=True))


def _negative(function):
    return lambda p, q: -function(p, q)


def _all_three(title, three, wrong, *, units, zeros, only_q):
    """Return the exercise for ``three(p, q)``, which leads from each output's name to its number.

    `wrong` leads from what to say of a mistake to a function like `three`; then come names and hints.
    """

    def one(name, function=three):
        return lambda p, q: function(p, q)[name]

    def values(cases, hint):
        tests = []
        for name in _THREE_NUMBERS.outputs:
            mistakes = {says: one(name, function) for says, function in wrong.items()}
            mistakes["what you get with the sign left out"] = _negative(one(name))
            others = [other for other in _THREE_NUMBERS.outputs if other != name]
            mistakes |= {f"the {other.replace('_', '-')}": one(other) for other in others}
            tests.append(has_values(name, one(name), cases, hint, mistakes=mistakes))
        return all_of(*tests)

    properties = {
        "values where nothing is zero": values(chapter.POSITIVE, units),
        "classes that p cannot draw contribute nothing": values(chapter.ZEROS, zeros),
        only_q[0]: values(chapter.IMPOSSIBLE, only_q[1]),
        "entropy and divergence add up to cross-entropy": of_form(
            each_case(chapter.POSITIVE + chapter.ZEROS, chapter.adds_up)
        ),
        "batches of any shape": works_on_arrays(chapter.BATCH),
        "inputs unchanged": leaves_arguments_alone(chapter.ZEROS),
    }
    return replace(_THREE_NUMBERS, title=title, properties=named(properties))


def _another_base(rng):
    """10.2 in another unit."""
    base = int(rng.choice(list(_UNITS)))
    exercise = _all_three(
        "The three numbers, in another unit",
        lambda p, q: _three(p, q, base),
        {
            "what comes out in nats": _three,
            "what you get with p and q exchanged": lambda p, q: _three(q, p, base),
            "what you get by multiplying with the logarithm of the base": lambda p, q: {
                name: value * np.log(base) for name, value in _three(p, q).items()
            },
        },
        units="whose probabilities weigh, whose logarithm is taken, and to which base?",
        zeros="what should a class with probability 0 under p contribute?",
        only_q=(
            "a class that only q excludes costs infinity",
            "how surprised is q by a class that it held to be impossible?",
        ),
    )
    return Variant(
        exercise,
        f"""\
Write a function that takes arrays $p$ and $q$ of shape (…, K) and returns three arrays of shape (…):
entropy $H(p)$, cross-entropy $H(p, q)$ and divergence $\\mathrm{{KL}}(p\\Vert q)$, in
{_UNITS[base]}. A class with $p_i = 0$ contributes 0, whatever $q_i$ is;
one with $q_i = 0 < p_i$ makes the last two infinite. Nothing may be `nan`. Use NumPy alone.""",
        _THREE_STUB,
        f"""\
def my_three_numbers(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    with np.errstate(divide="ignore"):
        h = -(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1) / np.log({base})
        cross = -(p * np.log(np.where(p > 0, q, 1))).sum(axis=-1) / np.log({base})
    return h, cross, cross - h""",
    )


def _against_a_mixture(rng):
    """10.2 with a mixture of p and q in the place of q."""
    share = float(rng.choice([0.1, 0.25, 0.5, 0.75, 0.9]))

    def mixed(p, q, share=share):
        return _three(p, (1 - share) * p + share * q)

    exercise = _all_three(
        "The three numbers, against a mixture",
        mixed,
        {
            "what you get with q itself in the mixture's place": _three,
            "what you get with the mixture's two shares exchanged": lambda p, q: mixed(p, q, 1 - share),
            "what you get with p and q exchanged": lambda p, q: mixed(q, p),
            "what comes out in bits": lambda p, q: _three(p, (1 - share) * p + share * q, 2),
        },
        units="whose probabilities weigh, and of which mixture is the logarithm taken?",
        zeros="what should a class with probability 0 under p contribute?",
        only_q=(
            "a class that only q excludes has a finite price",
            "how probable is that class under the mixture?",
        ),
    )
    return Variant(
        exercise,
        f"""\
Mix $p$ into $q$, and no class that $p$ can draw is impossible any more: let
$m = {1 - share:g}\\,p + {share:g}\\,q$. Write a function that takes arrays $p$ and $q$ of shape (…, K)
and returns three arrays of shape (…), in nats: entropy $H(p)$, cross-entropy $H(p, m)$ and divergence
$\\mathrm{{KL}}(p\\Vert m)$. A class with $p_i = 0$ contributes 0, also where $q_i = 0$. Nothing may be
`nan` or infinite. Use NumPy alone.""",
        _THREE_STUB,
        f"""\
def my_three_numbers(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    m = {1 - share:g} * p + {share:g} * q
    h = -(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1)
    cross = -(p * np.log(np.where(p > 0, m, 1))).sum(axis=-1)
    return h, cross, cross - h""",
    )


# ---- 10.3 --------------------------------------------------------------------------------------------------

_DISTILLATION_STUB = "def my_distillation(student_logits, teacher_logits, temperature):\n" + (
    "    raise NotImplementedError"
)
_LOG_SHARES = """\
def log_shares_of(logits, temperature):
    a = np.asarray(logits, dtype=float) / temperature
    a = a - a.max(axis=-1, keepdims=True)
    return a - np.log(np.exp(a).sum(axis=-1, keepdims=True))


"""


def _log_shares(logits, temperature):
    a = logits / temperature
    a = a - a.max(axis=-1, keepdims=True)
    return a - np.log(np.exp(a).sum(axis=-1, keepdims=True))


def _distilled(title, loss, gradient, wrong, free, *, values, costless):
    """Return the exercise for a loss and its gradient; `free` are cases whose loss is 0."""
    is_the_loss = partial(has_values, "loss", loss, mistakes=wrong)
    properties = {
        "values": is_the_loss(chapter.MODERATE, values),
        "zero for the best answer": of_form(is_the_loss(free, costless)),
        "the gradient is the derivative of your loss": gradient_matches_loss(
            "loss", "gradient", chapter.MODERATE
        ),
        "right for logits of ten thousand": all_of(
            is_the_loss(
                chapter.LARGE,
                "which exponential overflows, and do you take the logarithm of a number that became 0?",
            ),
            has_values(
                "gradient", gradient, chapter.LARGE, "what is left of it where a probability is 0 or 1?"
            ),
        ),
        "batches of any shape": works_on_arrays([chapter.drawn_logits(2.5)]),
        "inputs unchanged": leaves_arguments_alone(chapter.MODERATE),
    }
    return replace(_DISTILLATION, title=title, properties=named(properties))


def _reversed(rng):
    """10.3 in the other direction, with some power of the temperature before it."""
    power = int(rng.choice([0, 1, 2]))

    def gaps(student, teacher, temperature):
        log_s, log_t = _log_shares(student, temperature), _log_shares(teacher, temperature)
        return np.exp(log_s), log_s - log_t

    def loss(student, teacher, temperature, power=power):
        s, gap = gaps(student, teacher, temperature)
        return temperature**power * (s * gap).sum(axis=-1)

    def gradient(student, teacher, temperature):
        s, gap = gaps(student, teacher, temperature)
        return temperature ** (power - 1) * s * (gap - (s * gap).sum(axis=-1, keepdims=True))

    def without_entropy(student, teacher, temperature):
        s, _ = gaps(student, teacher, temperature)
        return -(temperature**power) * (s * _log_shares(teacher, temperature)).sum(axis=-1)

    factors = {0: "", 1: "T\\,", 2: "T^2\\,"}
    other_powers = {
        f"what you get with the factor {name}": partial(loss, power=other)
        for other, name in {0: "1", 1: "T", 2: "T²"}.items()
        if other != power
    }
    wrong = {
        "the divergence in the other direction": lambda s, t, temperature: loss(t, s, temperature),
        **other_powers,
        "what you get without dividing the logits by the temperature": lambda s, t, temperature: (
            temperature**power * loss(s, t, 1.0)
        ),
        "a cross-entropy, from which the student's entropy was not taken": without_entropy,
    }
    exercise = _distilled(
        "A distillation loss in the other direction",
        loss,
        gradient,
        wrong,
        chapter.EQUAL,
        values="whose shares weigh the logarithms, and what is done with the temperature?",
        costless="the same number added to all logits changes no probability, and a student that gives the "
        "teacher's answer costs nothing.",
    )
    return Variant(
        exercise,
        f"""\
Turn the distillation loss around: let the student's shares weigh, so that it pays for answers that the
teacher would not give. With $s$ and $t$, the softmaxes of the student's and the teacher's logits divided
by a temperature $T$, the loss is ${factors[power]}\\mathrm{{KL}}(s\\Vert t)$. Write a function that takes
logits of student and teacher, of shape (…, K), and a temperature, and returns two arrays: the loss, of
shape (…), and its gradient in the student's logits, of shape (…, K). Mind that $s$ stands twice in the
divergence. It must be right for logits of ±10,000, where probabilities underflow to 0. Use NumPy alone.""",
        _DISTILLATION_STUB,
        f"""\
{_LOG_SHARES}def my_distillation(student_logits, teacher_logits, temperature):
    log_s = log_shares_of(student_logits, temperature)
    gap = log_s - log_shares_of(teacher_logits, temperature)
    s = np.exp(log_s)
    divergence = (s * gap).sum(axis=-1)
    gradient = s * (gap - divergence[..., None])
    return temperature**{power} * divergence, temperature ** ({power} - 1) * gradient""",
    )


def _from_a_smoothed_teacher(rng):
    """10.3 with a teacher that is mixed with the uniform distribution."""
    share = float(rng.choice([0.05, 0.1, 0.2, 0.3]))

    def target(teacher, temperature):
        t = np.exp(_log_shares(teacher, temperature))
        return (1 - share) * t + share / t.shape[-1]

    def loss(student, teacher, temperature):
        t = target(teacher, temperature)
        return temperature**2 * (t * (np.log(t) - _log_shares(student, temperature))).sum(axis=-1)

    def gradient(student, teacher, temperature):
        return temperature * (np.exp(_log_shares(student, temperature)) - target(teacher, temperature))

    def without_smoothing(student, teacher, temperature):
        log_t = _log_shares(teacher, temperature)
        gap = log_t - _log_shares(student, temperature)
        return temperature**2 * (np.exp(log_t) * gap).sum(axis=-1)

    wrong = {
        "what you get without the smoothing": without_smoothing,
        "what you get if the student is smoothed as well": lambda s, t, temperature: (
            temperature**2 * divergences.kl(target(t, temperature), target(s, temperature))
        ),
        "what you get without the factor T²": lambda s, t, temperature: (
            loss(s, t, temperature) / temperature**2
        ),
        "what you get without dividing the logits by the temperature": lambda s, t, temperature: (
            temperature**2 * loss(s, t, 1.0)
        ),
        "a cross-entropy, which has the teacher's entropy in it": lambda s, t, temperature: (
            loss(s, t, temperature) + temperature**2 * divergences.entropy(target(t, temperature))
        ),
    }

    def matched(rng):
        for _ in range(3):
            teacher = rng.normal(0, 2, 4).round(1)
            yield case(2.5 * np.log(target(teacher, 2.5)) + 7, teacher, temperature=2.5)

    exercise = _distilled(
        "Distillation from a smoothed teacher",
        loss,
        gradient,
        wrong,
        [matched],
        values="what is the target, and what is done with the temperature?",
        costless="a student that gives the smoothed answer costs nothing.",
    )
    return Variant(
        exercise,
        f"""\
Let the teacher never be quite sure. With $s$ and $t$, the softmaxes of the student's and the teacher's
logits divided by a temperature $T$, the target is $t' = {1 - share:g}\\,t + {share:g}/K$, the teacher mixed
with equal shares for all $K$ classes. Write a function that takes logits of student and teacher, of
shape (…, K), and a temperature, and returns two arrays: the loss $T^2\\,\\mathrm{{KL}}(t'\\Vert s)$, of
shape (…), and its gradient in the student's logits, of shape (…, K). It must be right for logits of
±10,000, where probabilities underflow to 0. Use NumPy alone.""",
        _DISTILLATION_STUB,
        f"""\
{_LOG_SHARES}def my_distillation(student_logits, teacher_logits, temperature):
    log_s = log_shares_of(student_logits, temperature)
    t = np.exp(log_shares_of(teacher_logits, temperature))
    t = {1 - share:g} * t + {share:g} / t.shape[-1]
    divergence = (t * (np.log(t) - log_s)).sum(axis=-1)
    return temperature**2 * divergence, temperature * (np.exp(log_s) - t)""",
    )


VARIANTS = {
    "10.2": (_another_base, _against_a_mixture),
    "10.3": (_reversed, _from_a_smoothed_teacher),
}
