"""Variants of exercises 2.2 and 2.3 on cross-entropy: binary losses, and relatives of focal loss."""

from dataclasses import replace
from functools import partial

import numpy as np

from lossbook.classification import binary_cross_entropy
from lossbook.exercises import cross_entropy
from lossbook.exercises.checker import named
from lossbook.exercises.properties import (
    all_of,
    case,
    drawn,
    gradient_matches_loss,
    has_values,
    leaves_arguments_alone,
    never_negative,
    works_on_arrays,
)
from lossbook.exercises.variants import Variant

_CHAPTERS = {exercise.number: exercise for exercise in cross_entropy.EXERCISES}
_SAFE = """\
function of logits and targets, arrays of equal shape, so that it neither overflows nor
gives NaN at logits of ±10 000, and keeps its digits where the loss is tiny. Return the loss, an array of that
shape."""
_STUBS = {
    "2.2": "def my_binary_loss(logits, target):\n    raise NotImplementedError",
    "2.3": "def my_focal(logits, gamma):\n    raise NotImplementedError",
}


def _variant(number, title, properties, prompt, solution):
    exercise = replace(_CHAPTERS[number], title=title, properties=named(properties))
    return Variant(exercise, prompt, _STUBS[number], solution)


# ---- 2.2 ---------------------------------------------------------------------------------------------------


def _binary_properties(reference, mistakes, targets_to, *, hard, soft):
    """Return the properties of a binary loss; `targets_to` takes the chapter's targets to the variant's."""

    def moved(cases):
        return [lambda rng: [case(a, targets_to(t)) for (a, t), _ in drawn(cases, rng)]]

    values = partial(has_values, "loss", reference, mistakes=mistakes)
    digits = "what is 1 plus a tiny number in floating point, and which function of NumPy avoids that sum?"
    return {
        "values for one right answer": values(moved(cross_entropy.HARD), hard),
        "values for targets in between": values(moved(cross_entropy.SOFT), soft),
        "logits of ±10 000": values(
            moved(cross_entropy.FAR), "which numbers go into exp, and which into log?"
        ),
        "small losses keep their digits": values(
            moved(cross_entropy.SMALL), digits, relative=1e-9, absolute=0
        ),
        "never negative": never_negative("loss", moved(cross_entropy.HARD + cross_entropy.SOFT)),
        "arrays of any shape": works_on_arrays(moved(cross_entropy.MIXED)),
        "inputs unchanged": leaves_arguments_alone(moved(cross_entropy.MIXED)),
    }


def _soft_plus(a):
    return np.maximum(a, 0) + np.log1p(np.exp(-abs(a)))


def _targets_from_minus_one(rng):
    """2.2 with the answers named −1 and 1, as those who like margins name them."""

    def loss(logits, target):
        return binary_cross_entropy(logits, (1 + target) / 2)

    mistakes = {
        "what targets from 0 to 1 would give": lambda a, y: _soft_plus(a) - y * a,
        "what the opposite logit gives": lambda a, y: loss(-a, y),
        "what you get by multiplying target and logit": lambda a, y: _soft_plus(-y * a),
        "what the logarithm to the base 2 gives": lambda a, y: loss(a, y) / np.log(2),
    }
    properties = _binary_properties(
        loss,
        mistakes,
        lambda t: 2 * t - 1,
        hard="which probability does the right answer get, and what is minus its logarithm?",
        soft="a target of 0 is half a yes and half a no.",
    )
    return _variant(
        "2.2",
        "Binary cross-entropy with targets from −1 to 1",
        properties,
        f"""\
With $\\sigma(a) = 1/(1 + e^{{-a}})$ a logit $a$ gives the answer *yes* the probability $\\sigma(a)$. Here the
target $y$ is 1 for yes and −1 for no, and in between yes has the share $(1 + y)/2$. Write the cross-entropy

$$
-\\frac{{1 + y}}{{2}}\\log\\sigma(a) - \\frac{{1 - y}}{{2}}\\log\\bigl(1 - \\sigma(a)\\bigr)
$$

as a {_SAFE}""",
        """\
def my_binary_loss(logits, target):
    a, share = np.asarray(logits, dtype=float), (1 + np.asarray(target)) / 2
    return (np.maximum(a, 0) - a * share) + np.log1p(np.exp(-np.abs(a)))""",
    )


def _missed_positives_cost_more(rng):
    """2.2 with a weight on the first summand, which torch calls pos_weight."""
    weight = float(rng.choice([0.25, 3.0, 5.0, 8.0]))

    def loss(logits, target, yes=weight, no=1.0):
        return yes * target * _soft_plus(-logits) + no * (1 - target) * _soft_plus(logits)

    mistakes = {
        "what you get without the weight": lambda a, t: loss(a, t, 1.0),
        "what you get with a weight on the answer no": lambda a, t: loss(a, t, 1.0, weight),
        "what you get with the weight on both summands": lambda a, t: loss(a, t, weight, weight),
    }
    properties = _binary_properties(
        loss,
        mistakes,
        lambda t: t,
        hard="which answer does the weight belong to?",
        soft="both answers count, each with its share in the target, and one of them weighs more.",
    )
    return _variant(
        "2.2",
        "Binary cross-entropy with a weight for yes",
        properties,
        f"""\
With $\\sigma(a) = 1/(1 + e^{{-a}})$ a logit $a$ gives the answer *yes* the probability $\\sigma(a)$; the
target $t$ between 0 and 1 is the share of yes. A missed yes costs ${weight:g}$ times as much as a false alarm
(torch calls this factor `pos_weight`):

$$
-{weight:g}\\,t \\log \\sigma(a) - (1 - t) \\log\\bigl(1 - \\sigma(a)\\bigr) .
$$

Write it as a {_SAFE}""",
        f"""\
def my_binary_loss(logits, target):
    a, t, weight = np.asarray(logits, dtype=float), np.asarray(target, dtype=float), {weight:g}
    rest = np.log1p(np.exp(-np.abs(a)))
    yes, no = np.maximum(-a, 0) + rest, np.maximum(a, 0) + rest
    return weight * t * yes + (1 - t) * no""",
    )


# ---- 2.3 ---------------------------------------------------------------------------------------------------

_ASKED = """
Here $a$ is the logit of the right answer, positive if the prediction is right, and $\\gamma$ is one number.
Return the loss and its derivative in $a$, two arrays of the logits' shape, with all their digits where they
are tiny, and right at logits of ±10 000 too (for $\\gamma = %s$, say)."""


def _focal(logit, gamma):
    return np.exp(-gamma * _soft_plus(logit)) * _soft_plus(-logit)


def _focal_properties(loss, slope, mistakes, *, plain, gammas, far, values):
    """Return the properties of a loss and its gradient; `plain` is a gamma, with what it should give."""
    loss_is = partial(has_values, "loss", loss, mistakes=mistakes)
    slope_is = partial(has_values, "gradient", slope)
    gamma, what, hint = plain
    ends = cross_entropy.far_logits(far)
    tiny = partial(has_values, relative=1e-9, absolute=0)
    left = "how many digits are left of 1 minus a number next to 1?"
    return {
        f"gamma = {gamma:g} is {what}": loss_is(cross_entropy.focal_cases(gamma), hint),
        "values for other gammas": loss_is(cross_entropy.focal_cases(*gammas), values),
        "the gradient is the derivative of your loss": gradient_matches_loss(
            "loss", "gradient", cross_entropy.focal_cases(gamma, *gammas)
        ),
        "logits of ±10 000": all_of(
            loss_is(ends, "which numbers go into exp, and which into log?"),
            slope_is(ends, "what does the slope tend to far out on this side?"),
        ),
        "tiny losses keep their digits": tiny("loss", loss, cross_entropy.SURE, left),
        "tiny gradients keep their digits": tiny("gradient", slope, cross_entropy.SURE, left),
        "arrays of any shape": works_on_arrays([case(a, gamma=far) for a in (1, -4, 0.5, 0, 3)]),
        "inputs unchanged": leaves_arguments_alone(cross_entropy.focal_cases(far)),
    }


def _bounded_cross_entropy(rng):
    """2.3 with (1 − s^γ)/γ, between cross-entropy and the chance of being wrong."""

    def loss(logit, gamma):
        return -np.expm1(-gamma * _soft_plus(-logit)) / gamma

    def slope(logit, gamma):
        return -np.exp(-gamma * _soft_plus(-logit) - _soft_plus(logit))

    mistakes = {
        "what you get without dividing by gamma": lambda a, gamma: gamma * loss(a, gamma),
        "what cross-entropy gives": lambda a, gamma: _soft_plus(-a),
        "what the focal loss gives": _focal,
    }
    properties = _focal_properties(
        loss,
        slope,
        mistakes,
        plain=(1.0, "the chance of being wrong", "what is left of the formula where gamma is 1?"),
        gammas=(0.5, 0.25, 0.8),
        far=0.5,
        values="which number is raised to the power gamma, and what is the difference divided by?",
    )
    return _variant(
        "2.3",
        "A bounded cross-entropy and its gradient",
        properties,
        f"""\
Wrong labels cost cross-entropy and focal loss dearly. Take a loss that stays bounded in their place,
$(1 - s^\\gamma)/\\gamma$ with $0 < \\gamma \\le 1$, and $s = \\sigma(a) = 1/(1 + e^{{-a}})$ the probability
of the right answer: at $\\gamma = 1$ it is $1 - s$, and as $\\gamma \\to 0$ it tends to $-\\log s$.
{_ASKED % "1/2"}""",
        """\
def my_focal(logits, gamma):
    a = np.asarray(logits, dtype=float)
    log_s, log_m = -np.logaddexp(0, -a), -np.logaddexp(0, a)
    return -np.expm1(gamma * log_s) / gamma, -np.exp(gamma * log_s + log_m)""",
    )


def _cross_entropy_with_a_term_on_top(rng):
    """2.3 with −log s + γ (1 − s)^k, a term of its power series made larger."""
    power = int(rng.choice([1, 2, 3]))

    def loss(logit, gamma):
        return _soft_plus(-logit) + gamma * np.exp(-power * _soft_plus(logit))

    def slope(logit, gamma):
        m, s = np.exp(-_soft_plus(logit)), np.exp(-_soft_plus(-logit))
        return -m - gamma * power * m**power * s

    mistakes = {
        "what cross-entropy gives": lambda a, gamma: loss(a, 0.0),
        "what you get with the probability itself in the second term": lambda a, gamma: (
            _soft_plus(-a) + gamma * np.exp(-power * _soft_plus(-a))
        ),
        "what you get without gamma": lambda a, gamma: loss(a, 1.0),
        "what the focal loss gives": _focal,
    }
    properties = _focal_properties(
        loss,
        slope,
        mistakes,
        plain=(0.0, "cross-entropy", "what remains is minus the logarithm of the probability."),
        gammas=(2.0, 0.5, 3.0),
        far=2.0,
        values="which examples does the second term charge, the right ones or the wrong ones?",
    )
    term = "(1 - s)" if power == 1 else f"(1 - s)^{power}"
    return _variant(
        "2.3",
        "Cross-entropy with a term on top, and its gradient",
        properties,
        f"""\
The focal loss has a factor; here something is added. Since
$-\\log s = (1 - s) + \\tfrac12(1 - s)^2 + \\tfrac13(1 - s)^3 + \\dots$, one can turn up a single term. Take
$-\\log s + \\gamma\\,{term}$, $\\gamma \\ge 0$, with the probability $s = \\sigma(a) = 1/(1 + e^{{-a}})$
of the right answer.
{_ASKED % "2"}""",
        f"""\
def my_focal(logits, gamma):
    a, power = np.asarray(logits, dtype=float), {power}
    log_s, log_m = -np.logaddexp(0, -a), -np.logaddexp(0, a)
    s, m = np.exp(log_s), np.exp(log_m)
    return -log_s + gamma * m**power, -m - gamma * power * m**power * s""",
    )


VARIANTS = {
    "2.2": (_targets_from_minus_one, _missed_positives_cost_more),
    "2.3": (_bounded_cross_entropy, _cross_entropy_with_a_term_on_top),
}
