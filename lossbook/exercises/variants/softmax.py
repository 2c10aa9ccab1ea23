"""Variants of the exercises on softmax."""

from dataclasses import replace
from functools import partial

import numpy as np

from lossbook import probability
from lossbook.exercises import softmax
from lossbook.exercises.checker import named
from lossbook.exercises.properties import case, drawn, each_case, has_values, leaves_arguments_alone
from lossbook.exercises.variants import Variant

_CHAPTERS = {exercise.number: exercise for exercise in softmax.EXERCISES}
_SOFTMAX_STUB = "def my_softmax(logits, axis):\n    raise NotImplementedError"
_LOG_STUB = "def my_log_softmax(logits):\n    raise NotImplementedError"
_DIGITS = {"relative": 1e-9, "absolute": 1e-300}


def _variant(number, title, properties, prompt, stub, solution):
    return Variant(
        replace(_CHAPTERS[number], title=title, properties=named(properties)), prompt, stub, solution
    )


# ---- 1.3 ---------------------------------------------------------------------------------------------------


def _shares_by_cost(rng):
    """1.3 where low scores are good: the shares of exp(−c/T)."""
    temperature = float(rng.choice([0.5, 2.0, 4.0, 5.0]))

    def shares(logits, axis):
        # By hand: the library refuses the logit +∞ that a wrong sign makes of an infinite cost.
        weights = np.exp((logits.min(axis=axis, keepdims=True) - logits) / temperature)
        return weights / weights.sum(axis=axis, keepdims=True)

    mistakes = {
        "what you get if high costs are likely": lambda c, axis: shares(-c, axis),
        "what you get at the temperature 1": lambda c, axis: shares(temperature * c, axis),
        "what you get by multiplying by the temperature": lambda c, axis: shares(temperature**2 * c, axis),
        "what softmax gives": lambda c, axis: shares(-temperature * c, axis),
    }
    values = partial(has_values, "softmax", shares, mistakes=mistakes, **_DIGITS)
    far = [
        lambda rng: [case(5 * costs, axis=axes["axis"]) for (costs,), axes in drawn(softmax.FAR_APART, rng)]
    ]
    infinite = [
        case([0.0, np.inf, 1.0], axis=0),
        case([[0.0, np.inf], [1.0, 2.0]], axis=1),
        softmax.with_infinite(np.inf),
    ]
    properties = {
        "values for one vector": values(softmax.ONE_VECTOR, "should a high cost make an entry likelier?"),
        "every axis": values(softmax.ANY_AXIS, "along which axis do the numbers have to sum to 1?"),
        "large costs": values(
            softmax.LARGE, "which number may you take away from all costs, and which cost counts most?"
        ),
        "vectors far apart in one array": values(far, "is one number right for all vectors of an array?"),
        "a cost of +∞": values(infinite, "what cannot be paid has probability 0; the others share the rest."),
        "whole numbers": values(softmax.WHOLE, "an array of integers cannot hold shares: make a new one."),
        "inputs unchanged": leaves_arguments_alone(softmax.ANY_AXIS),
    }
    return _variant(
        "1.3",
        "Probabilities from costs, over any axis",
        properties,
        f"""\
Here `logits` holds *costs*: the lower, the likelier. At the temperature $T = {temperature:g}$ a cost $c$ has
the weight $e^{{-c/T}}$, and its probability is its share of the weights of its vector. Write this for an
array of any shape, over any of its axes (negative ones count from the end), right also where costs are in the
thousands. Each vector along the axis counts for itself. A cost of +∞ beside finite ones has probability 0.

Return the probabilities, an array of the costs' shape. Do not call a ready-made softmax, and leave the
argument as it is.""",
        _SOFTMAX_STUB,
        f"""\
def my_softmax(logits, axis):
    temperature = {temperature:g}
    scores = -np.asarray(logits, dtype=float) / temperature
    weights = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return weights / weights.sum(axis=axis, keepdims=True)""",
    )


def _with_a_silent_class(rng):
    """1.3 with one more class, of a fixed logit, whose probability is not returned."""
    silent = float(rng.choice([-1.0, 0.0, 1.0, 2.0]))

    def shares(logits, axis):
        more = np.insert(logits.astype(float), 0, silent, axis=axis)
        return np.delete(probability.softmax(more, axis=axis), 0, axis=axis)

    def not_shifted(logits, axis):
        weights = np.exp(logits - logits.max(axis=axis, keepdims=True))
        return weights / (np.exp(silent) + weights.sum(axis=axis, keepdims=True))

    mistakes = {
        "what softmax gives without the silent class": lambda a, axis: probability.softmax(a, axis=axis),
        "what you get if all logits are shifted but the silent one": not_shifted,
    }
    values = partial(has_values, "softmax", shares, mistakes=mistakes, **_DIGITS)
    hidden = [
        case([0.0, -np.inf, 1.0], axis=0),
        case([[0.0, -np.inf], [1.0, 2.0]], axis=1),
        case([-np.inf, -np.inf], axis=0),
        softmax.with_infinite(-np.inf),
    ]
    properties = {
        "values for one vector": values(softmax.ONE_VECTOR, "which exponentials does the sum add up?"),
        "every axis": values(
            softmax.ANY_AXIS, "does every vector along the axis have a silent class of its own?"
        ),
        "large logits": values(
            softmax.LARGE, "what is the largest of all logits that count, and what if it is the silent one?"
        ),
        "vectors far apart in one array": values(
            softmax.FAR_APART, "is one number right for all vectors of an array?"
        ),
        "logits of −∞": values(
            hidden, "a class with the weight 0 leaves the others, also the silent one, theirs."
        ),
        "whole numbers": values(softmax.WHOLE, "an array of integers cannot hold shares: make a new one."),
        "inputs unchanged": leaves_arguments_alone(softmax.ANY_AXIS),
    }
    return _variant(
        "1.3",
        "A stable softmax with a silent class",
        properties,
        f"""\
A model may say "none of these". So beside the classes of each vector there is one more, the *silent*
class, with the same logit ${silent:g}$ in every vector. It counts in the sum, but its own probability is not
returned:

$$
s_i = \\frac{{e^{{a_i}}}}{{e^{{{silent:g}}} + \\sum_j e^{{a_j}}}} .
$$

Write this softmax for an array of any shape, over any of its axes (negative ones count from the end), right
also where logits are in the thousands. Each vector along the axis counts for itself. A logit of −∞ has
probability 0, also where all logits of a vector are −∞. Return an array of the logits' shape. Do not call a
ready-made softmax, and leave the argument as it is.""",
        _SOFTMAX_STUB,
        f"""\
def my_softmax(logits, axis):
    a, silent = np.asarray(logits, dtype=float), {silent:g}
    top = np.maximum(a.max(axis=axis, keepdims=True), silent)
    weights = np.exp(a - top)
    return weights / (np.exp(silent - top) + weights.sum(axis=axis, keepdims=True))""",
    )


# ---- 1.4 ---------------------------------------------------------------------------------------------------


def _log_properties(reference, exact, mistakes, *, sums, sizes):
    """Return the properties of log-softmax for another definition."""
    values = partial(has_values, "log-softmax", reference, mistakes=mistakes, **_DIGITS)
    return {
        "values for moderate logits": values(softmax.MODERATE, sums),
        f"{sizes} ulp near ±10 000": each_case([softmax.near_ten_thousand], exact),
        "logits far apart": values(
            softmax.APART, "a class may have a probability below every float, and still a logarithm."
        ),
        "batches of any shape": values(softmax.BATCHES, "each vector along the last axis on its own."),
        "inputs unchanged": leaves_arguments_alone(softmax.BATCHES),
    }


def _at_a_temperature(rng):
    """1.4 at a power of two, by which floats are divided exactly."""
    temperature = float(rng.choice([0.5, 2.0, 4.0]))
    log_softmax = partial(probability.log_softmax, temperature=temperature)
    mistakes = {
        "what you get at the temperature 1": probability.log_softmax,
        "what you get by dividing log-softmax by the temperature": lambda a: (
            probability.log_softmax(a) / temperature
        ),
        "what you get by multiplying by the temperature": lambda a: log_softmax(temperature**2 * a),
        "the softmax itself": lambda a: np.exp(log_softmax(a)),
    }
    properties = _log_properties(
        log_softmax,
        softmax.within_ulps(4, temperature=temperature),
        mistakes,
        sums="is the temperature inside the sum, too? The exponentials of your results should sum to 1.",
        sizes=4,
    )
    return _variant(
        "1.4",
        "Log-softmax at a temperature, to the last digits",
        properties,
        f"""\
Write log-softmax at the temperature $T = {temperature:g}$ over the last axis, the logarithm of
$e^{{a_i/T}} / \\sum_j e^{{a_j/T}}$, so that it is right to 4 ulp for logits near ±10 000, an *ulp* being the
distance from one float to the next: also where a top probability rounds to 1, and its logarithm is a tiny
negative number and not 0. Return an array of the logits' shape.

Hint: let $a_t$ be the largest logit (one of them, if several tie). The logarithm for class $i$ is
$(a_i - a_t)/T - \\log(1 + x)$, with $x$ the sum of $e^{{(a_j - a_t)/T}}$ over the others, $j \\ne t$.
`np.log1p(x)` is $\\log(1 + x)$ without forming $1 + x$; `np.take_along_axis` and `np.put_along_axis` read and
write one entry per vector.""",
        _LOG_STUB,
        f"""\
def my_log_softmax(logits):
    a, temperature = np.asarray(logits, dtype=float), {temperature:g}
    top = a.argmax(axis=-1)[..., None]
    below = (a - np.take_along_axis(a, top, axis=-1)) / temperature
    others = np.exp(below)
    np.put_along_axis(others, top, 0, axis=-1)
    return below - np.log1p(others.sum(axis=-1, keepdims=True))""",
    )


def _in_another_base(rng):
    """1.4 with the logarithm to the base 2 or 10: dividing by log b rounds once more in each term."""
    base = int(rng.choice([2, 10]))

    def log_softmax(logits):
        return probability.log_softmax(logits) / np.log(base)

    mistakes = {
        "the natural logarithm": probability.log_softmax,
        "what you get by multiplying by log b": lambda a: probability.log_softmax(a) * np.log(base),
        "what you get if the exponentials have the base b, too": lambda a: (
            probability.log_softmax(a * np.log(base)) / np.log(base)
        ),
        "the softmax itself": probability.softmax,
    }
    properties = _log_properties(
        log_softmax,
        softmax.within_ulps(6, base=base),
        mistakes,
        sums=f"{base} to the power of your results should sum to 1.",
        sizes=6,
    )
    return _variant(
        "1.4",
        f"Log-softmax to the base {base}, to the last digits",
        properties,
        f"""\
Write the logarithm *to the base {base}* of softmax over the last axis, $\\log_{{{base}}}$ of
$e^{{a_i}} / \\sum_j e^{{a_j}}$, so that it is right to 6 ulp for logits near ±10 000, an *ulp* being the
distance from one float to the next: also where a top probability rounds to 1, and its logarithm is a tiny
negative number and not 0. Return an array of the logits' shape.

Hint: let $a_t$ be the largest logit (one of them, if several tie). The natural logarithm for class $i$ is
$(a_i - a_t) - \\log(1 + x)$, with $x$ the sum of $e^{{a_j - a_t}}$ over the others, $j \\ne t$.
`np.log1p(x)` is $\\log(1 + x)$ without forming $1 + x$; `np.take_along_axis` and `np.put_along_axis` read and
write one entry per vector.""",
        _LOG_STUB,
        f"""\
def my_log_softmax(logits):
    a = np.asarray(logits, dtype=float)
    top = a.argmax(axis=-1)[..., None]
    below = a - np.take_along_axis(a, top, axis=-1)
    others = np.exp(below)
    np.put_along_axis(others, top, 0, axis=-1)
    return (below - np.log1p(others.sum(axis=-1, keepdims=True))) / np.log({base})""",
    )


VARIANTS = {
    "1.3": (_shares_by_cost, _with_a_silent_class),
    "1.4": (_at_a_temperature, _in_another_base),
}
